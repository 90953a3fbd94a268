//! What is to be told, to whom, and how far the telling has come.
//!
//! A *notice* is one fact for one person, written in the same transaction as the incident that
//! caused it. A *message* carries one or several notices to one person over one transport. Keys
//! are computed, never random: telling the same thing again after a crash uses the same key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::incident::{IncidentKey, Kind};
use super::links::Link;
use crate::assess::ladder::Tier;
use crate::domain::group::Route;
use crate::domain::id::{ColumnId, PersonId, UnitId};
use crate::domain::time::{Date, Moment, date_of};

/// The computed identity of a notice or message: 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageKey(String);

impl MessageKey {
    /// The key of `parts`, in order. Equal parts give equal keys, on every machine.
    pub fn of(parts: &[&str]) -> MessageKey {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let hex: String = digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        MessageKey(hex)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is written as keys are.
    pub fn is_one(text: &str) -> bool {
        text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    }
}

impl std::fmt::Display for MessageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// A column reached a tier.
    Raised(Tier),
    /// A column is still at a tier; the number of the repetition, from 1.
    Repeated(Tier, u32),
    /// Escalation is proposed to the operator and waits for a person.
    EscalationProposed,
    /// What was told about is over.
    Recovered,
    /// A column cannot be judged.
    Blind,
    /// A column has no items.
    Empty,
    /// A host gives no answer, or the home page of a site does not open.
    Down,
    /// The home page of a site has not opened for hours.
    StillDown,
    /// A site is near a veto; the number of the repetition, 0 the first time.
    NearVeto(u32),
    /// A site meets a veto; the number of the repetition, 0 the first time.
    Veto(u32),
    /// The monitor's own network is down.
    Offline,
    /// Something the operator must know: a person without contact, a message that failed.
    Trouble,
}

/// The facts that fill a template. Texts come from the configuration or were cleaned by the
/// reader; none can hold a line break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The site's name, or the host's.
    pub site: String,
    /// The column's name; empty for hosts.
    pub column: String,
    /// The responsible unit's short name.
    pub unit: String,
    /// The last update, when known.
    pub last_update: Option<Date>,
    /// The due date, when known.
    pub due_on: Option<Date>,
    /// The limit in natural days, when known.
    pub limit_days: Option<u32>,
    /// A cause or remark, in Chinese.
    pub why: String,
    /// What is owed, of a duty by a day.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub duty: String,
}

/// One fact for one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The computed identity.
    pub key: MessageKey,
    /// Who is told.
    pub person: PersonId,
    /// What caused it.
    pub incident: IncidentKey,
    /// The kind of incident.
    pub kind: Kind,
    /// The column it is about, if any.
    pub column: Option<ColumnId>,
    /// The responsible unit, if any.
    pub unit: Option<UnitId>,
    /// What it says.
    pub told: Told,
    /// The facts for the template.
    pub facts: Facts,
    /// Whether it goes out alone and at once.
    pub urgent: bool,
    /// When it was decided.
    pub created_at: Moment,
    /// It is sent at this instant or later.
    pub not_before: Moment,
    /// It is not sent after this instant.
    pub expires_at: Moment,
    /// How far it has come.
    pub state: NoticeState,
    /// For whom the person stands in, who is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_place_of: Option<InPlaceOf>,
    /// Whether a deputy has it too, so that it is not handed over again.
    #[serde(default, skip_serializing_if = "is_false")]
    pub copied: bool,
    /// Whether the person had been told nothing of the incident before the message that carries it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub first: bool,
    /// The day to which the budget has put it off, where it was to go at once: it goes when the hours
    /// of its person open, on a day off too, and not in the night.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_off: Option<Date>,
    /// Since when its person could not be sent what it says, where messages that carried it were taken
    /// back at the end of their day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent_since: Option<Moment>,
    /// Whether its person only looks on: an operator, or the supervision office, who answers for no unit that it
    /// concerns. Who stands in for them looks on too.
    #[serde(default, skip_serializing_if = "is_false")]
    pub looks_on: bool,
    /// When it was taken out of a message that a transport had taken and not delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laid_back_at: Option<Moment>,
}

/// For whom somebody stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InPlaceOf {
    /// Who is away.
    pub person: PersonId,
    /// What that person is, in Chinese: `科信委联络员`.
    pub post: String,
    /// Why this one stands in.
    pub why: Why,
}

/// Why somebody receives what is meant for a person who is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// As the deputy.
    Deputy,
    /// There is no deputy who is there: messages climb.
    NoDeputy,
}

impl InPlaceOf {
    /// The remark behind what is told.
    pub fn in_chinese(&self) -> String {
        match self.why {
            Why::Deputy => format!("代{}接收", self.post),
            Why::NoDeputy => format!("{}不在岗且无人代理", self.post),
        }
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// How far a notice has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeState {
    /// Not yet part of a message.
    Waiting,
    /// Part of this message.
    Bundled(MessageKey),
    /// No longer true before it was sent.
    Withdrawn(Moment),
    /// Too late to be of use.
    Expired(Moment),
}

/// What a message says in fields, for gateways that fill approved templates of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The key of the wording: `overdue`, or `digest` when several notices are carried.
    pub wording: String,
    /// The values of its fields; those of a digest are its own and those of its worst notice.
    /// Fields without a value are left out.
    pub values: BTreeMap<String, String>,
}

impl Words {
    /// Whether nothing is said: so messages of former versions are read.
    pub fn is_empty(&self) -> bool {
        self.wording.is_empty()
    }
}

/// One message to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The computed identity, sent along as idempotency key.
    pub key: MessageKey,
    /// Who receives it.
    pub person: PersonId,
    /// By which way.
    pub route: Route,
    /// The subject line, for mail.
    pub subject: String,
    /// The whole text.
    pub text: String,
    /// The same in fields.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub words: Words,
    /// The highest tier it speaks of, if any.
    pub tier: Option<Tier>,
    /// The notices it carries.
    pub notices: Vec<MessageKey>,
    /// For whom the person stands in with any of them, who is away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_place_of: Vec<InPlaceOf>,
    /// The links that were sent in it, by the digests of their tokens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Whether it was sent alone and at once.
    pub urgent: bool,
    /// At which hours it is sent, if it is urgent.
    #[serde(default, skip_serializing_if = "Leaves::is_at_any_hour")]
    pub leaves: Leaves,
    /// Whether it was written by provisional working days, Monday to Friday, for want of the year's
    /// holiday table.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// When it was written.
    pub created_at: Moment,
    /// Of which day it is, where that is an earlier one than it was written on: what failed then goes by
    /// the next route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_day: Option<Date>,
    /// It is not sent after this instant.
    pub expires_at: Moment,
    /// How many attempts have begun.
    pub attempts: u32,
    /// Whether a transport may have taken it all the same: an attempt ended without an answer, or
    /// the process died in it. Such a message is repeated under its key and becomes no other.
    #[serde(default, skip_serializing_if = "is_false")]
    pub maybe_taken: bool,
    /// Since when its person could not be sent what it says, where that is longer than it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent_since: Option<Moment>,
    /// When the next attempt is due, while not final.
    pub next_attempt_at: Moment,
    /// How far it has come.
    pub delivery: Delivery,
}

impl Message {
    /// The day it is of.
    pub fn day(&self) -> Date {
        self.of_day.unwrap_or_else(|| date_of(self.created_at))
    }

    /// Whether it was withdrawn and surely reached nobody.
    pub fn is_unsaid(&self) -> bool {
        matches!(self.delivery, Delivery::Withdrawn { .. }) && !self.maybe_taken
    }

    /// Whether it has ended and surely reached nobody.
    pub fn is_lost(&self) -> bool {
        let failed = matches!(
            self.delivery,
            Delivery::Failed { .. } | Delivery::Expired { .. }
        );
        self.is_unsaid() || failed && !self.maybe_taken
    }
}

/// At which hours something urgent is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaves {
    /// By day and by night.
    #[default]
    AtAnyHour,
    /// On any day, but not at night.
    ByDay,
    /// In the hours of its person.
    InHours,
}

impl Leaves {
    fn is_at_any_hour(&self) -> bool {
        *self == Leaves::AtAnyHour
    }
}

/// How far a message has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Written, not yet tried, or waiting for the next attempt after `last_error`.
    Queued {
        /// The latest attempt's error, in English, masked.
        last_error: Option<String>,
    },
    /// An attempt has begun and its outcome is not known.
    Attempting {
        /// When it began.
        since: Moment,
    },
    /// The transport took it.
    Accepted {
        /// When.
        at: Moment,
        /// The transport's receipt id, if it gave one.
        receipt: Option<String>,
    },
    /// The transport reports that it arrived.
    Delivered {
        /// When.
        at: Moment,
        /// The transport's receipt id, if it gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<String>,
    },
    /// It will not be tried again.
    Failed {
        /// When that was decided.
        at: Moment,
        /// Whether the transport refused for good (else the attempts ran out).
        permanent: bool,
        /// The error, in English, masked.
        error: String,
    },
    /// Its time ran out.
    Expired {
        /// When.
        at: Moment,
    },
    /// It was no longer true.
    Withdrawn {
        /// When.
        at: Moment,
    },
}

impl Delivery {
    /// Whether nothing more will be sent.
    pub fn is_final(&self) -> bool {
        !matches!(self, Delivery::Queued { .. } | Delivery::Attempting { .. })
    }

    /// The state in the words of a report.
    pub fn in_chinese(&self) -> &'static str {
        match self {
            Delivery::Queued { last_error: None } => "待发送",
            Delivery::Queued {
                last_error: Some(_),
            } => "待重试",
            Delivery::Attempting { .. } => "发送中",
            Delivery::Accepted { .. } => "已提交",
            Delivery::Delivered { .. } => "已送达",
            Delivery::Failed { .. } => "发送失败",
            Delivery::Expired { .. } => "已过期",
            Delivery::Withdrawn { .. } => "已撤回",
        }
    }
}
