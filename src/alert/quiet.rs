//! The line of a quiet day: when nothing else is told to an operator, one line says that the monitor
//! works, so that its silence never has to be guessed at.
//!
//! It is a message without notices. It takes no place of a digest: what must be told later on the
//! same day is told. Where all that was to be told on a day is withdrawn before anybody heard it, the
//! line is owed then.

use chrono::Datelike as _;

use super::deputy;
use super::detour::failing_since;
use super::dress::dressed;
use super::outbox::{Delivery, Message, MessageKey, Notice, Words};
use super::route;
use super::rules::AlertRules;
use super::tray::Tray;
use crate::calendar::Calendar;
use crate::domain::time::{Date, Moment, date_of, in_chinese, moment};

/// What the line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// The first day it speaks of: that of the line before, or the present one.
    pub since: Date,
    /// Columns that are watched.
    pub columns: usize,
    /// Those of them that cannot be judged.
    pub unknown: usize,
    /// Notices and messages that wait.
    pub waiting: usize,
    /// Those that could not be sent in time; of a day with any it is not said that all went well.
    pub unsent: usize,
}

/// How much of `waiting`, `open` and the messages `of_late` was to be heard before today and could not be
/// sent, or reached nobody on `since` or later.
pub fn unsent(
    (waiting, open): (&[Notice], &[Message]),
    of_late: &[Message],
    since: Date,
    today: Date,
) -> usize {
    let is_old = |at: Moment| date_of(at) < today;
    let waiting = waiting
        .iter()
        .filter(|one| one.unsent_since.is_some_and(is_old));
    // What was taken back and written anew has not failed itself.
    let stuck = |message: &&Message| {
        let failing = message.unsent_since.or(failing_since(message));
        failing.is_some_and(is_old)
    };
    let lost = |message: &&Message| match &message.delivery {
        Delivery::Failed { at, .. } | Delivery::Expired { at } => {
            date_of(*at) >= since && !goes_on(message, of_late)
        }
        // So ends on the next day a line that could not be sent.
        Delivery::Withdrawn { at } => {
            date_of(*at) >= since && is_line(message) && message.attempts > 0
        }
        _ => false,
    };
    waiting.count() + open.iter().filter(stuck).count() + of_late.iter().filter(lost).count()
}

/// Whether a later one of `of_late` says what `failed` was to say.
fn goes_on(failed: &Message, of_late: &[Message]) -> bool {
    let mut later = of_late.iter().filter(|later| {
        later.person == failed.person
            && later.key != failed.key
            && later.created_at >= failed.created_at
    });
    later.any(|later| match failed.notices.is_empty() {
        true => later.notices.is_empty() && later.words == failed.words,
        false => later.notices.iter().any(|key| failed.notices.contains(key)),
    })
}

/// Whether `message` is the line of a quiet day, which is of use on its day alone.
pub fn is_line(message: &Message) -> bool {
    message.notices.is_empty() && !message.urgent
}

/// When the next line is due, after the one for `last`: at the time of digests, on a working day.
pub fn due_at(calendar: &Calendar, rules: &AlertRules, last: Option<Date>, now: Moment) -> Moment {
    let today = date_of(now);
    let from = match last {
        // A day of the future is from before the clock was set back.
        Some(last) if last == today => moment(
            today
                .succ_opt()
                .unwrap_or(today)
                .and_time(chrono::NaiveTime::MIN),
        ),
        _ => now,
    };
    let opens = calendar.opening(from, rules.window);
    opens.max(moment(date_of(opens).and_time(rules.digest_at)))
}

/// Whether an operator on duty was to hear something today, and all of it was withdrawn unsaid.
pub fn is_anybody_silenced(tray: &Tray<'_>) -> bool {
    let today = date_of(tray.now);
    let on_duty = deputy::on_duty(route::operators(tray.group), today, tray.group);
    let mut operators = on_duty.iter();
    operators.any(|operator| {
        let mut written = tray.today.iter().filter(|told| told.person == *operator);
        written.clone().next().is_some() && written.all(Message::is_unsaid)
    })
}

/// One line for each operator to whom nothing was told today.
pub fn lines(tray: &Tray<'_>, quiet: &Quiet) -> Vec<Message> {
    let line = line(quiet, date_of(tray.now));
    let subject = match quiet.unsent {
        0 => "监测运行正常",
        _ => "有消息未能送达",
    };
    deputy::on_duty(route::operators(tray.group), date_of(tray.now), tray.group)
        .into_iter()
        .filter(|operator| {
            let mut today = tray.today.iter();
            today.all(|told| told.person != *operator || told.is_unsaid())
        })
        .filter_map(|operator| {
            let route = *tray.group.people.get(&operator)?.routes.first()?;
            Some(Message {
                key: MessageKey::of(&["quiet", operator.as_str(), &date_of(tray.now).to_string()]),
                person: operator,
                route,
                subject: format!("【{}】{subject}", tray.rules.signature),
                text: dressed(&line, route, tray.rules),
                words: Words {
                    wording: "trouble".to_owned(),
                    values: [("why".to_owned(), line.clone())].into(),
                },
                tier: None,
                notices: Vec::new(),
                in_place_of: Vec::new(),
                links: Vec::new(),
                urgent: false,
                leaves: Default::default(),
                provisional: !tray.calendar.knows(date_of(tray.now).year()),
                created_at: tray.now,
                of_day: None,
                expires_at: tray.calendar.lapse(
                    tray.now,
                    chrono::TimeDelta::zero(),
                    tray.rules.window,
                ),
                attempts: 0,
                maybe_taken: false,
                unsent_since: None,
                next_attempt_at: tray.now,
                delivery: Delivery::Queued { last_error: None },
            })
        })
        .collect()
}

fn line(quiet: &Quiet, today: Date) -> String {
    let since = match (today - quiet.since).num_days() {
        0 => "今日".to_owned(),
        1 => "昨日".to_owned(),
        _ => format!("{}以来", in_chinese(quiet.since, today)),
    };
    let how = match quiet.unsent {
        0 => "运行正常：".to_owned(),
        unsent => format!("有{unsent}条消息未能送达，请检查。"),
    };
    format!(
        "{since}{how}监测{}个栏目，无法判断{}个，待发消息{}条。",
        quiet.columns, quiet.unknown, quiet.waiting
    )
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::domain::group::{Duty, Group, Person, Role, Route};
    use crate::domain::id::PersonId;
    use crate::domain::presence::Presence;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    fn operator(id: &str, route: Route) -> (PersonId, Person) {
        let id = PersonId::parse(id).unwrap();
        let person = Person {
            id: id.clone(),
            name: "值班员".to_owned(),
            phone: None,
            mail: None,
            robot: None,
            presence: Presence::default(),
            routes: vec![route],
            duties: vec![Duty {
                role: Role::Operator,
                unit: None,
            }],
        };
        (id, person)
    }

    fn with<T>(group: &Group, today: &[Message], now: &str, ask: impl FnOnce(&Tray<'_>) -> T) -> T {
        ask(&Tray {
            group,
            rules: &AlertRules::default(),
            calendar: &Calendar::default(),
            open: &BTreeMap::new(),
            unseen: &BTreeSet::new(),
            waiting: &[],
            today,
            holds: &[],
            trial: None,
            digests: true,
            now: at(now),
        })
    }

    fn told(group: &Group, today: &[Message], now: &str, since: &str) -> Vec<Message> {
        let quiet = Quiet {
            since: since.parse().unwrap(),
            columns: 238,
            unknown: 2,
            waiting: 0,
            unsent: 0,
        };
        with(group, today, now, |tray| lines(tray, &quiet))
    }

    #[test]
    fn every_operator_who_heard_nothing_hears_that_all_is_quiet() {
        let group = Group {
            people: [operator("op", Route::Sms), operator("desk", Route::Mail)].into(),
            ..Group::default()
        };
        let first = told(&group, &[], "2017-11-15T08:30:00", "2017-11-14");
        let texts: Vec<&str> = first.iter().map(|line| line.text.as_str()).collect();
        let line = "运行正常：监测238个栏目，无法判断2个，待发消息0条。";
        assert_eq!(
            texts,
            [
                format!("昨日{line}\n\n【网巡】本邮件由系统自动发送。\n"),
                format!("【网巡】昨日{line}")
            ]
        );
        // Whoever heard anything today is left alone; after a weekend more than a day is spoken of.
        let second = told(&group, &first[..1], "2017-11-20T08:30:00", "2017-11-17");
        assert_eq!(second.len(), 1);
        assert!(
            second[0].text.contains("】11月17日以来运行正常"),
            "{}",
            second[0].text
        );
        assert_ne!(second[0].key, first[1].key);
    }

    #[test]
    fn what_was_withdrawn_unsaid_has_told_nothing() {
        let group = Group {
            people: [operator("op", Route::Sms)].into(),
            ..Group::default()
        };
        let now = "2017-11-15T10:00:00";
        let written = told(&group, &[], now, "2017-11-14");
        let unsaid = |change: fn(&mut Message)| {
            let mut message = written[0].clone();
            message.delivery = Delivery::Withdrawn { at: at(now) };
            change(&mut message);
            let lines = told(&group, &[message.clone()], now, "2017-11-15");
            let silenced = with(&group, &[message], now, is_anybody_silenced);
            (silenced, lines.first().map(|line| line.text.clone()))
        };
        let (silenced, line) = unsaid(|_| ());
        assert!(silenced);
        assert!(line.unwrap().contains("】今日运行正常"));
        let may_be_heard: [fn(&mut Message); 2] = [
            |message| message.maybe_taken = true,
            |message| message.delivery = Delivery::Queued { last_error: None },
        ];
        for change in may_be_heard {
            assert_eq!(unsaid(change), (false, None));
        }
        // Who was to hear nothing is not silenced by anybody.
        assert!(!with(&group, &[], now, is_anybody_silenced));
    }

    #[test]
    fn what_could_not_be_sent_makes_no_day_quiet() {
        let group = Group {
            people: [operator("op", Route::Sms)].into(),
            ..Group::default()
        };
        let now = "2017-11-15T08:30:00";
        let quiet = Quiet {
            since: "2017-11-14".parse().unwrap(),
            columns: 238,
            unknown: 2,
            waiting: 1,
            unsent: 1,
        };
        let line = with(&group, &[], now, |tray| lines(tray, &quiet)).remove(0);
        assert_eq!(
            line.text,
            "【网巡】昨日有1条消息未能送达，请检查。监测238个栏目，无法判断2个，待发消息1条。"
        );
        assert_eq!(line.subject, "【网巡】有消息未能送达");

        let yesterday = at("2017-11-14T16:00:00");
        let failed = |at| Delivery::Failed {
            at,
            permanent: true,
            error: String::new(),
        };
        let error = Some("503".to_owned());
        let stuck = Delivery::Queued { last_error: error };
        type Change<'a> = &'a dyn Fn(&mut Message);
        let table: [(Change<'_>, usize); 7] = [
            (&|_| (), 0),
            (&|message| message.delivery = stuck.clone(), 1),
            (
                &|message| {
                    message.delivery = stuck.clone();
                    message.created_at = at("2017-11-15T07:00:00");
                },
                0,
            ),
            // Written anew for today.
            (&|message| message.unsent_since = Some(yesterday), 1),
            (&|message| message.delivery = failed(yesterday), 1),
            (
                &|message| message.delivery = failed(yesterday - chrono::TimeDelta::days(1)),
                0,
            ),
            (
                &|message| {
                    message.attempts = 3;
                    message.delivery = Delivery::Withdrawn { at: at(now) };
                },
                1,
            ),
        ];
        for (place, (change, expected)) in table.into_iter().enumerate() {
            let mut message = line.clone();
            message.created_at = yesterday;
            change(&mut message);
            let all = [message.clone()];
            let open = match message.delivery.is_final() {
                true => &[][..],
                false => &all[..],
            };
            let counted = unsent((&[], open), &all, quiet.since, date_of(at(now)));
            assert_eq!(counted, expected, "row {place}");
        }
        // What the next route has said is not lost.
        let mut lost = line.clone();
        lost.delivery = failed(yesterday);
        lost.created_at = yesterday;
        let mut second = line.clone();
        second.key = MessageKey::of(&["second"]);
        second.delivery = Delivery::Accepted {
            at: yesterday,
            receipt: None,
        };
        let all = [lost, second];
        assert_eq!(unsent((&[], &[]), &all, quiet.since, date_of(at(now))), 0);
    }

    #[test]
    fn the_line_is_due_once_a_working_day_at_the_time_of_digests() {
        let table = [
            (None, "2017-11-15T07:00:00", "2017-11-15T08:30:00"),
            (None, "2017-11-15T09:40:00", "2017-11-15T09:40:00"),
            (None, "2017-11-15T18:00:00", "2017-11-16T08:30:00"),
            (
                Some("2017-11-15"),
                "2017-11-15T09:40:00",
                "2017-11-16T08:30:00",
            ),
            (
                Some("2017-11-17"),
                "2017-11-17T08:30:00",
                "2017-11-20T08:30:00",
            ),
            (
                Some("2018-11-17"),
                "2017-11-20T08:30:00",
                "2017-11-20T08:30:00",
            ),
        ];
        for (last, now, due) in table {
            let last = last.map(|last| last.parse().unwrap());
            let rules = AlertRules::default();
            let next = due_at(&Calendar::default(), &rules, last, at(now));
            assert_eq!(next, at(due), "{last:?} {now}");
        }
    }
}
