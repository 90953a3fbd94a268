//! The label values of the metrics. Few and fixed: a label never carries a name, an address or
//! anything a page can choose.

use crate::alert::incident::Kind;
use crate::alert::outbox::Delivery;
use crate::domain::finding::Finding;
use crate::domain::observation::Sight;
use crate::domain::visit::{Failure, Outcome};

/// How a visit to a column ended.
pub fn sight(sight: &Sight) -> &'static str {
    match sight {
        Sight::Unchanged(_) => "unchanged",
        Sight::Failed(_) => "failed",
        Sight::Read(Finding::Dated(_)) => "dated",
        Sight::Read(Finding::Undated(_)) => "undated",
        Sight::Read(Finding::Empty) => "empty",
        Sight::Read(Finding::Unreadable(_)) => "unreadable",
    }
}

/// How one request ended.
pub fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Page(_) => "page",
        Outcome::NotModified => "not-modified",
        Outcome::Failed(why) => failure(why),
    }
}

/// Why a request brought no page.
pub fn failure(failure: &Failure) -> &'static str {
    match failure {
        Failure::Dns => "dns",
        Failure::Refused => "refused",
        Failure::Closed => "closed",
        Failure::ConnectTimeout | Failure::FirstByteTimeout | Failure::TotalTimeout => "timeout",
        Failure::TlsLegacy => "tls-legacy",
        Failure::Certificate(_) => "certificate",
        Failure::Tls => "tls",
        Failure::Robots => "robots",
        Failure::Blocked(_) => "blocked",
        Failure::Status(_) => "status",
        Failure::TooLarge => "too-large",
        Failure::TooManyRedirects | Failure::ForeignHost(_) => "redirect",
        Failure::PrivateAddress => "private-address",
        Failure::BadAnswer => "bad-answer",
        Failure::NoSuchPage => "no-such-page",
    }
}

/// How far a message has come.
pub fn delivery(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Queued { .. } => "queued",
        Delivery::Attempting { .. } => "attempting",
        Delivery::Accepted { .. } => "accepted",
        Delivery::Delivered { .. } => "delivered",
        Delivery::Failed { .. } => "failed",
        Delivery::Expired { .. } => "expired",
        Delivery::Withdrawn { .. } => "withdrawn",
    }
}

/// What kind of incident.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Stale => "stale",
        Kind::Owed => "owed",
        Kind::SelfCheck => "self-check",
        Kind::Blind => "blind",
        Kind::Empty => "empty",
        Kind::Down => "down",
        Kind::Offline => "offline",
        Kind::Trouble => "trouble",
        Kind::Calendar => "calendar",
        Kind::NearVeto => "near-veto",
        Kind::Veto => "veto",
    }
}
