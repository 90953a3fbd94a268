//! Notices, incidents and a message for the tests of this folder.

use std::collections::BTreeMap;

use super::incident::{Incident, IncidentKey, Kind, State, Subject};
use super::outbox::{Delivery, Facts, Message, MessageKey, Notice, NoticeState, Told};
use super::reconsider::{Bench, in_words_of_today};
use super::rules::AlertRules;
use crate::assess::ladder::Tier;
use crate::domain::group::Route;
use crate::domain::id::{ColumnId, PersonId};
use crate::domain::time::{Moment, moment};

pub(super) const WRITTEN: &str = "2017-11-15T08:30:00";

pub(super) fn at(text: &str) -> Moment {
    moment(text.parse().unwrap())
}

pub(super) fn key(column: &str) -> IncidentKey {
    IncidentKey {
        subject: Subject::Column(ColumnId::parse(column).unwrap()),
        kind: Kind::Stale,
    }
}

pub(super) fn notice(column: &str, told: Told) -> Notice {
    Notice {
        key: MessageKey::of(&[column, &format!("{told:?}")]),
        person: PersonId::parse("li").unwrap(),
        incident: key(column),
        kind: Kind::Stale,
        column: ColumnId::parse(column).ok(),
        unit: None,
        told,
        facts: Facts {
            site: "科信委网站".to_owned(),
            column: column.to_owned(),
            unit: "科信委".to_owned(),
            last_update: "2017-11-02".parse().ok(),
            due_on: "2017-11-16".parse().ok(),
            limit_days: Some(14),
            why: String::new(),
            duty: String::new(),
        },
        urgent: false,
        created_at: at("2017-11-15T07:00:00"),
        not_before: at(WRITTEN),
        expires_at: at("2017-11-20T08:30:00"),
        state: NoticeState::Waiting,
        in_place_of: None,
        copied: false,
        first: false,
        put_off: None,
        unsent_since: None,
        looks_on: false,
        laid_back_at: None,
    }
}

pub(super) fn incident(column: &str, began: &str, tier: Tier) -> (IncidentKey, Incident) {
    let state = State::Open {
        since: at(began),
        repeats: 0,
        told_at: at(began),
        pending: None,
    };
    let mut incident = Incident::new(key(column), at(began), state);
    incident.tier = Some(tier);
    (key(column), incident)
}

/// A message with a warning about each of `columns`, as it was written.
pub(super) fn message(columns: &[&str], rules: &AlertRules) -> (Message, Vec<Notice>) {
    let told = Told::Raised(Tier::Warning);
    let notices = columns.iter().map(|name| Notice {
        first: true,
        ..notice(name, told)
    });
    let notices: Vec<Notice> = notices.collect();
    let message = Message {
        key: MessageKey::of(&["message"]),
        person: PersonId::parse("li").unwrap(),
        route: Route::Sms,
        subject: String::new(),
        text: String::new(),
        words: Default::default(),
        tier: None,
        notices: notices.iter().map(|notice| notice.key.clone()).collect(),
        in_place_of: Vec::new(),
        links: Vec::new(),
        urgent: false,
        leaves: Default::default(),
        provisional: false,
        created_at: at(WRITTEN),
        of_day: None,
        expires_at: at("2017-11-20T08:30:00"),
        attempts: 0,
        maybe_taken: false,
        unsent_since: None,
        next_attempt_at: at(WRITTEN),
        delivery: Delivery::Queued { last_error: None },
    };
    let bench = Bench {
        open: &BTreeMap::new(),
        later: &[],
        acts: &[],
        rules,
        now: at(WRITTEN),
    };
    (in_words_of_today(&message, &notices, bench), notices)
}
