//! The line of a quiet day: when nothing else is told to an operator, one line says that the monitor
//! works, so that its silence never has to be guessed at.
//!
//! It is a message without notices. It takes no place of a digest: what must be told later on the
//! same day is told. Where all that was to be told on a day is withdrawn before anybody heard it, the
//! line is owed then.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveTime, TimeDelta};

use super::deputy;
use super::detour::failing_since;
use super::dress::dressed;
use super::hours;
use super::outbox::{Delivery, Message, MessageKey, Notice, Words};
use super::route;
use super::tray::Tray;
use crate::calendar::{Calendar, Hours};
use crate::domain::group::Role;
use crate::domain::id::PersonId;
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

/// When the next line of who takes messages in `hours`, and digests from `digest_at`, is due, after the one
/// for `last`.
pub fn due_at(
    calendar: &Calendar,
    (hours, digest_at): (Hours, NaiveTime),
    last: Option<Date>,
    now: Moment,
) -> Moment {
    let today = date_of(now);
    let from = match last {
        // A day of the future is from before the clock was set back.
        Some(last) if last == today => {
            moment(today.succ_opt().unwrap_or(today).and_time(NaiveTime::MIN))
        }
        _ => now,
    };
    let opens = calendar.opening(from, hours);
    opens.max(moment(date_of(opens).and_time(digest_at)))
}

/// The operators who are there today, and those who stand in for the others.
pub fn on_duty(tray: &Tray<'_>) -> BTreeSet<PersonId> {
    deputy::on_duty(route::operators(tray.group), date_of(tray.now), tray.group)
}

/// When `person` takes messages, and from when digests.
pub fn hours_of(tray: &Tray<'_>, person: &PersonId) -> (Hours, NaiveTime) {
    let person = tray.group.people.get(person);
    let digest_at = hours::digest_at(person, tray.rules);
    (hours::of(person, tray.rules), digest_at)
}

/// Whether `person` was to hear something today, and all of it was withdrawn unsaid.
pub fn is_silenced(tray: &Tray<'_>, person: &PersonId) -> bool {
    let mut written = tray.today.iter().filter(|told| told.person == *person);
    written.clone().next().is_some() && written.all(Message::is_unsaid)
}

/// The line for `id`, to whom nothing was told today. Who stands in for an operator reads so.
pub fn message(tray: &Tray<'_>, id: &PersonId, quiet: &Quiet) -> Option<Message> {
    let mut today = tray.today.iter();
    if !today.all(|told| told.person != *id || told.is_unsaid()) {
        return None;
    }
    let person = tray.group.people.get(id)?;
    let route = *person.routes.first()?;
    let mut line = line(quiet, date_of(tray.now));
    if !person.is_operator() {
        line.push_str(&format!("（代{}接收）", Role::Operator.in_chinese()));
    }
    let subject = match quiet.unsent {
        0 => "监测运行正常",
        _ => "有消息未能送达",
    };
    let (hours, _) = hours_of(tray, id);
    Some(Message {
        key: MessageKey::of(&["quiet", id.as_str(), &date_of(tray.now).to_string()]),
        person: id.clone(),
        route,
        subject: format!("【{}】{subject}", tray.rules.signature),
        text: dressed(&line, route, tray.rules),
        words: Words {
            wording: "trouble".to_owned(),
            values: [("why".to_owned(), line)].into(),
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
        expires_at: tray.calendar.lapse(tray.now, TimeDelta::zero(), hours),
        attempts: 0,
        maybe_taken: false,
        unsent_since: None,
        next_attempt_at: tray.now,
        delivery: Delivery::Queued { last_error: None },
    })
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
    use std::collections::BTreeMap;

    use super::*;
    use crate::alert::rules::AlertRules;
    use crate::domain::group::{Duty, Group, Person, Route};
    use crate::domain::presence::{Days, OwnHours, Presence};

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

    fn lines(tray: &Tray<'_>, quiet: &Quiet) -> Vec<Message> {
        let operators = on_duty(tray).into_iter();
        operators
            .filter_map(|one| message(tray, &one, quiet))
            .collect()
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
        let op = PersonId::parse("op").unwrap();
        let now = "2017-11-15T10:00:00";
        let written = told(&group, &[], now, "2017-11-14");
        let unsaid = |change: fn(&mut Message)| {
            let mut message = written[0].clone();
            message.delivery = Delivery::Withdrawn { at: at(now) };
            change(&mut message);
            let lines = told(&group, &[message.clone()], now, "2017-11-15");
            let silenced = with(&group, &[message], now, |tray| is_silenced(tray, &op));
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
        assert!(!with(&group, &[], now, |tray| is_silenced(tray, &op)));
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
            let hours = (rules.window.into(), rules.digest_at);
            let next = due_at(&Calendar::default(), hours, last, at(now));
            assert_eq!(next, at(due), "{last:?} {now}");
        }
    }

    #[test]
    fn whoever_takes_messages_in_hours_of_their_own_has_the_line_then_and_stand_ins_know_for_whom()
    {
        let (id, mut evening) = operator("op", Route::Sms);
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        evening.presence.hours = Some(OwnHours {
            from: time(20),
            until: time(21),
            days: Days::Working,
        });
        let (desk, mut other) = operator("desk", Route::Sms);
        other.duties[0].role = Role::Supervision;
        let group = Group {
            people: [(id.clone(), evening), (desk.clone(), other)].into(),
            ..Group::default()
        };
        let now = "2017-11-15T20:00:00";
        let quiet = Quiet {
            since: "2017-11-14".parse().unwrap(),
            columns: 238,
            unknown: 2,
            waiting: 0,
            unsent: 0,
        };
        with(&group, &[], now, |tray| {
            let due = |last: &str, now: &str| {
                let last = last.parse().ok();
                due_at(&Calendar::default(), hours_of(tray, &id), last, at(now))
            };
            assert_eq!(due("2017-11-14", "2017-11-15T08:30:00"), at(now));
            assert_eq!(due("2017-11-15", now), at("2017-11-16T20:00:00"));
            let line = message(tray, &id, &quiet).unwrap();
            // It is of use until the hours of the next day are over.
            assert_eq!(line.expires_at, at("2017-11-16T21:00:00"));
            let instead = message(tray, &desk, &quiet).unwrap();
            assert!(
                instead.text.ends_with("待发消息0条。（代管理员接收）"),
                "{}",
                instead.text
            );
        });
    }
}
