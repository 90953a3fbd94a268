//! What the operators hear of the monitor's own clock: once that nothing is judged or sent by it,
//! and once that it is believed again.
//!
//! These messages carry no notices and are dated by the hosts' time: the clock that is doubted must
//! not date them.

use chrono::TimeDelta;

use super::deputy;
use super::dress::dressed;
use super::outbox::{Delivery, Message, MessageKey, Words};
use super::route;
use super::rules::AlertRules;
use crate::assess::timekeeping::Doubt;
use crate::domain::group::Group;
use crate::domain::time::{Moment, date_of};

/// How long such a word is of use.
const USE: TimeDelta = TimeDelta::days(3);

/// The word that the clock is doubted, to each operator: one for each day of the hosts' time, by
/// its key.
pub fn doubted(doubt: Doubt, group: &Group, rules: &AlertRules, now: Moment) -> Vec<Message> {
    let text = format!(
        "{}。已暂停判断和发送，请校准时钟，恢复一致后自动继续。",
        doubt.in_chinese()
    );
    messages("clock-doubted", &text, group, rules, doubt.corrected(now))
}

/// The word that it is believed again.
pub fn believed(group: &Group, rules: &AlertRules, now: Moment) -> Vec<Message> {
    let text = "监测服务器时钟已与各网站一致，判断和发送已恢复。";
    messages("clock-believed", text, group, rules, now)
}

/// Whether `message` is a word about the clock, whichever route it goes by.
pub fn is_about_clock(message: &Message) -> bool {
    message.urgent && message.notices.is_empty()
}

fn messages(
    sort: &str,
    text: &str,
    group: &Group,
    rules: &AlertRules,
    now: Moment,
) -> Vec<Message> {
    let today = date_of(now);
    let operators = deputy::on_duty(route::operators(group), today, group);
    let written = operators.into_iter().filter_map(|person| {
        let route = *group.people.get(&person)?.routes.first()?;
        Some(Message {
            key: MessageKey::of(&[sort, person.as_str(), &today.to_string()]),
            person,
            route,
            subject: format!("【{}】时钟核对", rules.signature),
            text: dressed(text, route, rules),
            words: Words {
                wording: "trouble".to_owned(),
                values: [("why".to_owned(), text.to_owned())].into(),
            },
            tier: None,
            notices: Vec::new(),
            in_place_of: Vec::new(),
            links: Vec::new(),
            urgent: true,
            leaves: Default::default(),
            provisional: false,
            created_at: now,
            of_day: None,
            expires_at: now + USE,
            attempts: 0,
            maybe_taken: false,
            unsent_since: None,
            next_attempt_at: now,
            delivery: Delivery::Queued { last_error: None },
        })
    });
    written.collect()
}
