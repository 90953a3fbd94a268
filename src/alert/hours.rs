//! When a person takes messages: in the sending window of all, or in hours of their own.

use chrono::NaiveTime;

use super::rules::AlertRules;
use crate::calendar::{Hours, Window};
use crate::domain::group::{Group, Person};
use crate::domain::id::PersonId;

/// When `person` takes messages that are not urgent.
pub fn of(person: Option<&Person>, rules: &AlertRules) -> Hours {
    match person.and_then(|person| person.presence.hours) {
        Some(own) => Hours {
            window: Window {
                from: own.from,
                until: own.until,
            },
            on: own.days,
        },
        None => rules.window.into(),
    }
}

/// Like [`of`], by the person's id.
pub fn of_id(person: &PersonId, group: &Group, rules: &AlertRules) -> Hours {
    of(group.people.get(person), rules)
}

/// From which time of a day the person's digest is written: of own hours, from their beginning.
pub fn digest_at(person: Option<&Person>, rules: &AlertRules) -> NaiveTime {
    match person.and_then(|person| person.presence.hours) {
        Some(own) => own.from,
        None => rules.digest_at,
    }
}
