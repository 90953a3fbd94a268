//! Writing messages: what waits for one person becomes one digest a day, and what is urgent one
//! message each.
//!
//! Quiet hours and working days defer, the budget defers, nothing is dropped: a notice waits until
//! it is part of a message, is withdrawn because it is no longer true, or has outlived its use.
//! What is told of a column's deadline is what the latest visit saw: while that visit saw nothing,
//! or a change that no second has confirmed, the notice is held.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike as _;

use super::detour::next_route;
use super::dress;
use super::hours;
use super::incident::{Incident, IncidentKey, Kind};
use super::notice;
use super::outbox::{Delivery, InPlaceOf, Leaves, Message, MessageKey, Notice, NoticeState, Told};
use super::reconsider::{Bench, in_words_of_today};
use super::route;
use super::tray::{
    Tray, expires_at, hand_over, has_digest, is_digest_time, is_held, is_of_budget, is_spent,
    is_urgent, not_before, reports, waits_to_settle,
};
use super::wording;
use crate::calendar::Calendar;
use crate::domain::group::{Person, Route};
use crate::domain::id::PersonId;
use crate::domain::time::{Moment, date_of, moment};

/// What was written. To be stored in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// New messages.
    pub messages: Vec<Message>,
    /// Notices whose state changed, and new ones about the budget.
    pub notices: Vec<Notice>,
    /// Incidents that more people have been told of.
    pub incidents: Vec<Incident>,
}

impl Written {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.notices.is_empty()
    }
}

/// Writes every message that is due at `tray.now`.
pub fn compose(tray: &Tray<'_>) -> Written {
    let mut writer = Writer {
        tray,
        written: Written::default(),
        told: BTreeMap::new(),
        put_off: BTreeSet::new(),
    };
    let reports = reports(tray);
    let handed = hand_over(tray, tray.waiting);
    // What a trial run reports is written anew each time: there is nothing to withdraw.
    let reported = hand_over(tray, &reports);
    let left = tray.waiting.iter().chain(&reports).filter(|notice| {
        let mut gone = handed.gone.iter().chain(&reported.gone);
        gone.all(|gone| gone.key != notice.key)
    });
    let kept = handed.gone.iter().chain(&reported.gone);
    let kept = kept.filter(|notice| notice.state == NoticeState::Waiting);
    let fresh = handed.fresh.iter().chain(&reported.fresh);
    for (person, notices) in in_turn(by_person(left.chain(kept).chain(fresh))) {
        match tray.group.people.get(person) {
            Some(person) => writer.person(person, notices),
            None => {
                let unit = notices.iter().find_map(|notice| notice.unit.as_ref());
                let former = route::former(unit, tray.group);
                writer.retire(notices, NoticeState::Withdrawn(tray.now));
                let why = format!("{former}已从名单中移除，其待发消息未发出，请确认接替人已登记");
                writer.operators("gone", person, &why);
            }
        }
    }
    writer.over_budget();
    writer.keep(handed.gone.into_iter().chain(handed.fresh));
    writer.written.incidents = writer.told.into_values().collect();
    writer.written
}

/// What goes at once, as messages: sites that go down in one moment are told of together, for they
/// may share what failed, and so are those that are back, and all vetoes; the rest alone.
fn at_once(urgent: Vec<&Notice>) -> Vec<Vec<&Notice>> {
    let is_over = |notice: &Notice| notice.told == Told::Recovered;
    let mut messages: Vec<Vec<&Notice>> = Vec::new();
    for notice in urgent {
        let joins = |others: &&mut Vec<&Notice>| {
            let first = others.first();
            first.is_some_and(|first| match notice.kind {
                Kind::Down => first.kind == Kind::Down && is_over(first) == is_over(notice),
                Kind::Veto => first.kind == Kind::Veto,
                _ => false,
            })
        };
        match messages.iter_mut().find(joins) {
            Some(others) => others.push(notice),
            None => messages.push(vec![notice]),
        }
    }
    messages
}

fn by_person<'a>(
    waiting: impl Iterator<Item = &'a Notice>,
) -> BTreeMap<&'a PersonId, Vec<&'a Notice>> {
    let mut people: BTreeMap<&PersonId, Vec<&Notice>> = BTreeMap::new();
    for notice in waiting {
        people.entry(&notice.person).or_default().push(notice);
    }
    people
}

/// In the order in which a budget for all is used up: who has waited for most days, then who hears the
/// worst. So nobody is put off for ever.
fn in_turn<'a>(
    people: BTreeMap<&'a PersonId, Vec<&'a Notice>>,
) -> Vec<(&'a PersonId, Vec<&'a Notice>)> {
    let mut people: Vec<_> = people.into_iter().collect();
    people.sort_by_cached_key(|(_, notices)| {
        let waits_since = notices
            .iter()
            .map(|notice| date_of(notice.not_before))
            .min();
        let worst = notices.iter().map(|notice| wording::order(notice)).min();
        (waits_since, worst)
    });
    people
}

struct Writer<'a> {
    tray: &'a Tray<'a>,
    written: Written,
    told: BTreeMap<IncidentKey, Incident>,
    /// The people whose messages the budget puts off.
    put_off: BTreeSet<PersonId>,
}

impl Writer<'_> {
    fn person(&mut self, person: &Person, notices: Vec<&Notice>) {
        let now = self.tray.now;
        let (held, notices): (Vec<_>, Vec<_>) = notices
            .into_iter()
            .partition(|notice| is_held(self.tray, notice) || waits_to_settle(self.tray, notice));
        self.lengthen(person, &held);
        let (late, live): (Vec<_>, Vec<_>) = notices
            .into_iter()
            .partition(|notice| expires_at(self.tray, notice) < now);
        if !late.is_empty() && !person.is_operator() {
            let unit = late.iter().find_map(|notice| notice.unit.as_ref());
            let why = format!(
                "应发给{}的{}项通知未能在有效期内发出，请核查",
                route::post(&person.id, unit, self.tray.group),
                late.len()
            );
            self.operators("late", &person.id, &why);
        }
        self.retire(late, NoticeState::Expired(now));
        let (urgent, rest): (Vec<_>, Vec<_>) = live
            .into_iter()
            .filter(|notice| not_before(self.tray, notice) <= now)
            .partition(|notice| is_urgent(self.tray, notice));
        for together in at_once(urgent) {
            self.message(person, together, true);
        }
        let open = is_digest_time(self.tray, person);
        if open && !rest.is_empty() && !has_digest(self.tray, &person.id) {
            self.message(person, rest, false);
        }
    }

    fn message(&mut self, person: &Person, mut notices: Vec<&Notice>, urgent: bool) {
        let is_free = notices.iter().all(|notice| is_of_budget(notice));
        if !is_free && is_spent(self.tray, &person.id, urgent, &self.written.messages) {
            return self.overspent(person, &notices);
        }
        let Some(&route) = person.routes.first() else {
            return;
        };
        notices.sort_by_key(|notice| wording::order(notice));
        let message = write(self.tray, person, &notices, route, urgent);
        for notice in &notices {
            let mut bundled = (*notice).clone();
            bundled.first = self.tell(notice);
            bundled.state = NoticeState::Bundled(message.key.clone());
            self.written.notices.push(bundled);
        }
        self.written.messages.push(message);
    }

    /// Notes that a person is told of the incident, so that its end is told too; whether this is
    /// the first that the person is told of it. The end of one is no word about the next.
    fn tell(&mut self, notice: &Notice) -> bool {
        let incident = self.tray.open.get(&notice.incident);
        let is_told = |incident: &&Incident| incident.is_open() && notice.told != Told::Recovered;
        let Some(incident) = incident.filter(is_told) else {
            return false;
        };
        let told = self
            .told
            .entry(notice.incident.clone())
            .or_insert_with(|| incident.clone());
        told.told.insert(notice.person.clone())
    }

    /// Keeps what was handed over and did not become part of a message at once.
    fn keep(&mut self, notices: impl Iterator<Item = Notice>) {
        for notice in notices {
            if self
                .written
                .notices
                .iter()
                .all(|kept| kept.key != notice.key)
            {
                self.written.notices.push(notice);
            }
        }
    }

    fn retire(&mut self, notices: Vec<&Notice>, state: NoticeState) {
        self.written
            .notices
            .extend(notices.into_iter().map(|notice| {
                let mut retired = notice.clone();
                retired.state = state.clone();
                retired
            }));
    }

    /// The budget holds a message back until tomorrow, and what was to go at once until the opening.
    fn overspent(&mut self, person: &Person, notices: &[&Notice]) {
        self.put_off.insert(person.id.clone());
        let tomorrow = date_of(self.tray.now).succ_opt();
        let (urgent, rest): (Vec<&Notice>, Vec<&Notice>) =
            notices.iter().partition(|notice| notice.urgent);
        self.lengthen(person, &rest);
        let until = hours::of(Some(person), self.tray.rules).window.until;
        let closes = tomorrow.map(|day| moment(day.and_time(until)));
        self.written
            .notices
            .extend(urgent.into_iter().map(|notice| Notice {
                put_off: tomorrow,
                expires_at: closes.map_or(notice.expires_at, |at| notice.expires_at.max(at)),
                ..notice.clone()
            }));
    }

    /// What is held back does not run out meanwhile: it has at least the whole of the next sending day.
    fn lengthen(&mut self, person: &Person, notices: &[&Notice]) {
        let hours = hours::of(Some(person), self.tray.rules);
        let none = chrono::TimeDelta::zero();
        let lapses = self.tray.calendar.lapse(self.tray.now, none, hours);
        let short = notices
            .iter()
            .filter(|notice| expires_at(self.tray, notice) < lapses);
        self.written.notices.extend(short.map(|&notice| Notice {
            expires_at: lapses,
            ..notice.clone()
        }));
    }

    /// One word a day to the operators, at once, that the budget is used up.
    fn over_budget(&mut self) {
        if self.put_off.is_empty() {
            return;
        }
        let tray = self.tray;
        let why = format!(
            "今日消息条数已达上限，有{}人的消息顺延至下一个发送日，请核查是否异常",
            self.put_off.len()
        );
        let key = MessageKey::of(&["budget", &date_of(tray.now).to_string()]);
        let mut notices =
            notice::undelivered(tray.group, tray.calendar, tray.rules, &key, &why, tray.now);
        for notice in &mut notices {
            notice.urgent = true;
            notice.not_before = tray.now;
        }
        self.tell_new(notices);
    }

    /// Tells the operators what becomes of the notices of `person`, once a day for each `cause`.
    fn operators(&mut self, cause: &str, person: &PersonId, why: &str) {
        let tray = self.tray;
        let day = date_of(tray.now).to_string();
        let key = MessageKey::of(&[cause, person.as_str(), &day]);
        let notices =
            notice::undelivered(tray.group, tray.calendar, tray.rules, &key, why, tray.now);
        self.tell_new(notices);
    }

    /// Keeps those of `notices` that neither wait already nor were told today.
    fn tell_new(&mut self, notices: Vec<Notice>) {
        let known = |notice: &Notice| {
            let waits = self
                .tray
                .waiting
                .iter()
                .any(|other| other.key == notice.key);
            let told = |message: &Message| message.notices.contains(&notice.key);
            waits || self.tray.today.iter().any(told)
        };
        let new: Vec<Notice> = notices
            .into_iter()
            .filter(|notice| !known(notice))
            .collect();
        self.written.notices.extend(new);
    }
}

/// One message to `person` that carries `notices`, which are in order.
fn write(
    tray: &Tray<'_>,
    person: &Person,
    notices: &[&Notice],
    route: Route,
    urgent: bool,
) -> Message {
    let today = date_of(tray.now);
    let unsent_since = notices
        .iter()
        .filter_map(|notice| notice.unsent_since)
        .min();
    let mut parts = vec!["message", route.key(), person.id.as_str()];
    parts.extend(notices.iter().map(|notice| notice.key.as_str()));
    let laid_back_at = laid_back_at(notices.iter().copied());
    parts.extend(laid_back_at.as_deref());
    Message {
        key: MessageKey::of(&parts),
        person: person.id.clone(),
        route,
        subject: wording::subject(notices, tray.rules),
        text: wording::text(notices, route, today, tray.rules),
        words: wording::words(notices, today, tray.rules),
        tier: notices
            .iter()
            .filter_map(|notice| wording::tier(notice.told))
            .max(),
        notices: notices.iter().map(|notice| notice.key.clone()).collect(),
        in_place_of: instead(notices),
        links: Vec::new(),
        urgent,
        leaves: leaves(tray, notices),
        provisional: !tray.calendar.knows(date_of(tray.now).year()),
        created_at: tray.now,
        of_day: None,
        expires_at: expiry(tray, person, notices, urgent),
        attempts: 0,
        maybe_taken: false,
        unsent_since,
        next_attempt_at: tray.now,
        delivery: Delivery::Queued { last_error: None },
    }
}

/// What tells a message that carries `notices` apart from one that a gateway has taken and not delivered: it
/// would drop it under the same key.
fn laid_back_at<'a>(notices: impl IntoIterator<Item = &'a Notice>) -> Option<String> {
    let each = notices.into_iter().filter_map(|notice| notice.laid_back_at);
    each.max().map(|at| at.to_rfc3339())
}

/// At which hours a message that carries `notices` is sent, if it is urgent: what may be sent first decides.
fn leaves(tray: &Tray<'_>, notices: &[&Notice]) -> Leaves {
    let urgent = notices.iter().filter(|notice| is_urgent(tray, notice));
    let rules = &tray.rules.sites;
    // What was put off to a day is no reason to wake anybody.
    let each = urgent.map(|notice| match notice.put_off {
        Some(_) => rules.leaves((notice.kind, notice.told)).max(Leaves::ByDay),
        None => rules.leaves((notice.kind, notice.told)),
    });
    each.min().unwrap_or_default()
}

/// For whom the person of `notices` stands in, each once.
fn instead(notices: &[&Notice]) -> Vec<InPlaceOf> {
    let mut instead: Vec<InPlaceOf> = Vec::new();
    for one in notices
        .iter()
        .filter_map(|notice| notice.in_place_of.as_ref())
    {
        if !instead.contains(one) {
            instead.push(one.clone());
        }
    }
    instead
}

/// A message is of use as long as what it carries. One that quiet hours hold back has the whole of
/// the next working day, however late in their lives its notices came into it.
fn expiry(tray: &Tray<'_>, person: &Person, notices: &[&Notice], urgent: bool) -> Moment {
    let carried = notices.iter().map(|notice| expires_at(tray, notice)).max();
    // What is urgent and waits for somebody's hours all the same has the whole of a working day too.
    let least = if urgent && leaves(tray, notices) != Leaves::InHours {
        tray.now
    } else {
        let none = chrono::TimeDelta::zero();
        let hours = hours::of(Some(person), tray.rules);
        tray.calendar.lapse(tray.now, none, hours)
    };
    carried.map_or(least, |carried| carried.max(least))
}

/// The same message over the person's next route, after `failed` failed; `None` where there is none.
/// `left` is what of it is still to be said, as it stands now; without any it is said in its own words.
pub fn second_try(
    failed: &Message,
    person: &Person,
    left: &[Notice],
    calendar: &Calendar,
    bench: Bench<'_>,
) -> Option<Message> {
    let route = next_route(failed, person)?;
    let (now, rules) = (bench.now, bench.rules);
    let by_route = Message {
        route,
        ..failed.clone()
    };
    let mut parts = vec!["message", route.key(), person.id.as_str()];
    // What carries no notices is said again in its own words, dressed for the route.
    let said = match left.is_empty() {
        true => {
            parts.push(failed.key.as_str());
            dress::by_its_route(by_route, rules)
        }
        false => in_words_of_today(&by_route, left, bench),
    };
    parts.extend(said.notices.iter().map(MessageKey::as_str));
    let laid_back_at = laid_back_at(left);
    parts.extend(laid_back_at.as_deref());
    Some(Message {
        key: MessageKey::of(&parts),
        provisional: !calendar.knows(date_of(now).year()),
        created_at: now,
        of_day: Some(failed.day()).filter(|&day| day < date_of(now)),
        expires_at: calendar.lapse(now, rules.expires_after, hours::of(Some(person), rules)),
        attempts: 0,
        maybe_taken: false,
        unsent_since: None,
        links: Vec::new(),
        next_attempt_at: now,
        delivery: Delivery::Queued { last_error: None },
        ..said
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{NaiveTime, Weekday};

    use super::*;
    use crate::alert::acts::{Hold, holds};
    use crate::alert::incident::State;
    use crate::alert::incident::{Change, Pending, Subject};
    use crate::alert::outbox::Facts;
    use crate::alert::rules::AlertRules;
    use crate::alert::tray::next_at;
    use crate::alert::trial::Forecast;
    use crate::assess::ladder::Tier;
    use crate::domain::act::{Act, Deed, Scope};
    use crate::domain::group::{Duty, Group, Role};
    use crate::domain::id::{ColumnId, UnitId};
    use crate::domain::presence::{Absence, Days, OwnHours, Presence, Weekdays};
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    fn incident_key(column: &str) -> IncidentKey {
        IncidentKey {
            subject: Subject::Column(ColumnId::parse(column).unwrap()),
            kind: Kind::Stale,
        }
    }

    fn notice(person: &str, column: &str, told: Told, created: &str) -> Notice {
        let created_at = at(created);
        Notice {
            key: MessageKey::of(&[person, column, created]),
            person: PersonId::parse(person).unwrap(),
            incident: incident_key(column),
            kind: Kind::Stale,
            column: None,
            unit: None,
            told,
            facts: Facts {
                site: "科信委网站".to_owned(),
                column: column.to_owned(),
                unit: "科信委".to_owned(),
                last_update: "2017-11-03".parse().ok(),
                due_on: "2017-11-17".parse().ok(),
                limit_days: Some(14),
                duty: String::new(),
                why: match told {
                    Told::Raised(_) | Told::Repeated(..) => String::new(),
                    _ => "域名无法解析".to_owned(),
                },
            },
            urgent: matches!(told, Told::Down),
            created_at,
            not_before: created_at,
            expires_at: created_at + chrono::TimeDelta::hours(72),
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

    /// A day's work at the desk.
    struct Day {
        group: Group,
        rules: AlertRules,
        calendar: Calendar,
        open: BTreeMap<IncidentKey, Incident>,
        unseen: BTreeSet<ColumnId>,
        waiting: Vec<Notice>,
        today: Vec<Message>,
        holds: Vec<Hold<'static>>,
        trial: Option<Forecast>,
    }

    impl Day {
        fn new(waiting: Vec<Notice>) -> Day {
            let mut group = Group::default();
            for (id, role) in [("li", Role::Liaison), ("op", Role::Operator)] {
                let id = PersonId::parse(id).unwrap();
                let person = Person {
                    id: id.clone(),
                    name: "甲".to_owned(),
                    phone: Some("10000000001".to_owned()),
                    mail: Some("a@example.cn".to_owned()),
                    robot: None,
                    presence: Presence::default(),
                    routes: vec![Route::Sms, Route::Mail],
                    duties: vec![Duty { role, unit: None }],
                };
                group.people.insert(id, person);
            }
            let open = waiting
                .iter()
                .map(|notice| {
                    let state = State::Open {
                        since: notice.created_at,
                        repeats: 0,
                        told_at: notice.created_at,
                        pending: None,
                    };
                    let key = notice.incident.clone();
                    (key.clone(), Incident::new(key, notice.created_at, state))
                })
                .collect();
            Day {
                group,
                rules: AlertRules::default(),
                calendar: Calendar::default(),
                open,
                unseen: BTreeSet::new(),
                waiting,
                today: Vec::new(),
                holds: Vec::new(),
                trial: None,
            }
        }

        fn tray(&self, now: &str) -> Tray<'_> {
            Tray {
                group: &self.group,
                rules: &self.rules,
                calendar: &self.calendar,
                open: &self.open,
                unseen: &self.unseen,
                waiting: &self.waiting,
                today: &self.today,
                holds: &self.holds,
                trial: self.trial,
                digests: true,
                now: at(now),
            }
        }

        /// More people like `li`.
        fn hire(&mut self, names: &[&str]) {
            let li = PersonId::parse("li").unwrap();
            for name in names {
                let mut person = self.group.people[&li].clone();
                person.id = PersonId::parse(name).unwrap();
                self.group.people.insert(person.id.clone(), person);
            }
        }

        /// Writes what is due and keeps it as the store would.
        fn write(&mut self, now: &str) -> Written {
            let written = compose(&self.tray(now));
            for notice in &written.notices {
                self.waiting.retain(|known| known.key != notice.key);
                if notice.state == NoticeState::Waiting {
                    self.waiting.push(notice.clone());
                }
            }
            self.today.extend(written.messages.clone());
            written
        }
    }

    const REMINDER: Told = Told::Raised(Tier::Reminder);

    #[test]
    fn the_end_of_one_incident_is_no_word_about_the_next() {
        for (told, first) in [(Told::Recovered, false), (REMINDER, true)] {
            let mut day = Day::new(vec![notice("li", "a", told, "2017-11-14T07:00:00")]);
            let written = day.write("2017-11-14T09:00:00");
            assert_eq!(written.messages.len(), 1);
            assert_eq!(written.notices[0].first, first);
            let told = written.incidents.iter().any(|open| !open.told.is_empty());
            assert_eq!(told, first);
        }
    }

    #[test]
    fn what_a_person_lets_wait_goes_out_afterwards_however_late_that_is() {
        let mut waiting = notice("li", "a", REMINDER, "2017-11-14T07:00:00");
        waiting.column = ColumnId::parse("a").ok();
        let act: &'static Act = Box::leak(Box::new(Act {
            approver: None,
            at: at("2017-11-14T07:30:00"),
            by: "张".to_owned(),
            reason: "日期存疑".to_owned(),
            deed: Deed::Held {
                scope: Scope::Column(ColumnId::parse("a").unwrap()),
                until: at("2017-11-18T00:00:00"),
            },
        }));
        let mut day = Day::new(vec![waiting]);
        day.holds = holds(std::slice::from_ref(act));
        let now = "2017-11-14T08:30:00";
        assert_eq!(
            next_at(&day.tray(now)),
            Some(at("2017-11-18T00:00:00")),
            "when the hold ends"
        );
        assert!(day.write(now).is_empty());
        // It would have expired on Friday morning; the hold ended on Saturday, Monday opens.
        assert!(day.write("2017-11-17T15:00:00").is_empty());
        assert!(day.write("2017-11-18T09:00:00").is_empty());
        let written = day.write("2017-11-20T08:30:00");
        let [message] = &written.messages[..] else {
            panic!("{written:?}");
        };
        assert!(message.expires_at > at("2017-11-20T17:30:00"));
    }

    #[test]
    fn the_trial_run_has_one_word_a_day_for_the_operator() {
        let down = notice("op", "a", Told::Down, "2017-11-13T20:00:00");
        let mut day = Day::new(vec![down]);
        day.trial = Some(Forecast {
            messages: 3,
            columns: [0, 5, 0, 0],
        });
        let opens = Some(at("2017-11-14T08:30:00"));
        assert_eq!(next_at(&day.tray("2017-11-13T20:00:00")), opens);
        assert!(day.write("2017-11-13T20:00:00").is_empty());
        let written = day.write("2017-11-14T08:30:00");
        let [message] = &written.messages[..] else {
            panic!("{written:?}");
        };
        assert_eq!((message.person.as_str(), message.notices.len()), ("op", 2));
        assert!(
            message
                .text
                .contains("如启用将发送3条（名单见wangxun status），涉及5个栏目")
        );
        assert!(day.write("2017-11-14T09:30:00").is_empty());
        let next = Some(at("2017-11-15T08:30:00"));
        assert_eq!(next_at(&day.tray("2017-11-14T09:30:00")), next);
        assert_eq!(day.waiting, []);
    }

    #[test]
    fn what_waits_becomes_one_digest_in_the_morning() {
        let mut day = Day::new(vec![
            notice("li", "a", REMINDER, "2017-11-14T07:00:00"),
            notice(
                "li",
                "b",
                Told::Raised(Tier::Overdue),
                "2017-11-14T07:00:00",
            ),
        ]);
        let opens = Some(at("2017-11-14T08:30:00"));
        assert_eq!(next_at(&day.tray("2017-11-14T07:00:00")), opens);
        assert!(day.write("2017-11-14T08:29:00").is_empty());
        let written = day.write("2017-11-14T08:30:00");
        let [message] = &written.messages[..] else {
            panic!("{written:?}");
        };
        assert_eq!(
            (message.tier, message.notices.len()),
            (Some(Tier::Overdue), 2)
        );
        assert_eq!(
            message.text,
            "【网巡】您有2项网站栏目事项，最紧要：超期。\
             1.科信委网站“b”栏目最近更新为11月3日，已11天未更新，超过14天时限0天，请立即更新。\
             2.科信委网站“a”栏目最近更新为11月3日，已11天，11月17日到期，请及时更新。"
        );
        let told = |incident: &Incident| incident.told.iter().map(PersonId::to_string).collect();
        let told: Vec<Vec<String>> = written.incidents.iter().map(told).collect();
        assert_eq!(told, [["li"], ["li"]]);
    }

    /// A day on which a group chat is told instead of the liaison's telephone.
    fn day_of_a_group(waiting: Vec<Notice>) -> Day {
        let mut day = Day::new(waiting);
        for person in day.group.people.values_mut() {
            person.routes = vec![Route::Robot];
            person.robot = Some("duty".to_owned());
        }
        day
    }

    #[test]
    fn a_group_is_told_line_by_line() {
        let overdue = Told::Raised(Tier::Overdue);
        let mut day = day_of_a_group(vec![
            notice("li", "a", REMINDER, "2017-11-14T07:00:00"),
            notice("li", "b", overdue, "2017-11-14T07:00:00"),
        ]);
        day.rules.console_link = Some("https://wangxun.example.cn/".to_owned());
        let written = day.write("2017-11-14T08:30:00");
        let message = &written.messages[0];
        assert_eq!(message.route, Route::Robot);
        assert_eq!(
            message.text,
            "【网巡】\n1. 科信委网站“b”栏目最近更新为11月3日，已11天未更新，超过14天时限0天，请立即更新。\n\
             2. 科信委网站“a”栏目最近更新为11月3日，已11天，11月17日到期，请及时更新。\n\
             监测平台：https://wangxun.example.cn/"
        );
        let many = (0..60).map(|n| {
            let column = format!("column-of-a-site-{n}");
            notice("li", &column, overdue, "2017-11-14T07:00:00")
        });
        let mut day = day_of_a_group(many.collect());
        let text = day.write("2017-11-14T08:30:00").messages[0].text.clone();
        assert!(text.len() <= 2000, "{}", text.len());
        let lines = text.lines().count();
        assert!(
            text.contains(&format!("另有{}项未列出", 60 - (lines - 2))),
            "{text}"
        );
    }

    #[test]
    fn approved_templates_get_the_fields() {
        let overdue = Told::Raised(Tier::Overdue);
        let mut day = Day::new(vec![notice("li", "b", overdue, "2017-11-14T07:00:00")]);
        let words = day.write("2017-11-14T08:30:00").messages[0].words.clone();
        assert_eq!(words.wording, "overdue");
        let rows = [
            ("site", Some("科信委网站")),
            ("column", Some("b")),
            ("overdue_days", Some("0")),
            ("last_update", Some("11月3日")),
            ("worst", Some("超期")),
            ("link", None),
            ("count", None),
        ];
        for (field, value) in rows {
            assert_eq!(
                words.values.get(field).map(String::as_str),
                value,
                "{field}"
            );
        }
        let mut day = Day::new(vec![
            notice("li", "a", REMINDER, "2017-11-14T07:00:00"),
            notice("li", "b", overdue, "2017-11-14T07:00:00"),
        ]);
        let words = day.write("2017-11-14T08:30:00").messages[0].words.clone();
        assert_eq!(words.wording, "digest");
        for (field, value) in [
            ("count", "2"),
            ("more", "1"),
            ("column", "b"),
            ("worst", "超期"),
        ] {
            assert_eq!(words.values[field], value, "{field}");
        }
    }

    #[test]
    fn a_second_digest_waits_for_the_next_working_day() {
        let mut day = Day::new(vec![notice("li", "a", REMINDER, "2017-11-17T07:00:00")]);
        assert_eq!(day.write("2017-11-17T08:30:00").messages.len(), 1);
        // A Friday.
        day.waiting
            .push(notice("li", "b", REMINDER, "2017-11-17T10:00:00"));
        assert!(day.write("2017-11-17T10:00:00").is_empty());
        let monday = Some(at("2017-11-20T08:30:00"));
        assert_eq!(next_at(&day.tray("2017-11-17T10:00:00")), monday);
        day.today.clear();
        assert!(day.write("2017-11-18T10:00:00").is_empty());
        assert_eq!(day.write("2017-11-20T08:30:00").messages.len(), 1);
    }

    #[test]
    fn what_is_urgent_goes_alone_at_any_hour() {
        let mut day = Day::new(vec![
            notice("op", "a", Told::Down, "2017-11-18T02:00:00"),
            notice("op", "b", Told::Blind, "2017-11-18T02:00:00"),
        ]);
        let now = Some(at("2017-11-18T02:00:00"));
        assert_eq!(next_at(&day.tray("2017-11-18T02:00:00")), now);
        let written = day.write("2017-11-18T02:00:00");
        let texts: Vec<_> = written.messages.iter().map(|m| m.text.as_str()).collect();
        assert_eq!(
            texts,
            ["【网巡】科信委网站无法访问：域名无法解析。该网站各栏目已暂停计时，请核查。"]
        );
        assert_eq!(day.waiting.len(), 1);
    }

    #[test]
    fn sites_that_go_down_together_are_one_message_and_so_are_those_that_are_back() {
        let now = "2017-11-18T02:00:00";
        let of_site = |name: &str, told, kind| {
            let mut notice = notice("op", name, told, now);
            (notice.kind, notice.urgent) = (kind, true);
            notice.facts.site = format!("{name}网站");
            notice
        };
        let mut day = Day::new(vec![
            of_site("a", Told::Down, Kind::Down),
            of_site("b", Told::Recovered, Kind::Down),
            of_site("c", Told::Down, Kind::Down),
            of_site("d", Told::Offline, Kind::Offline),
            of_site("e", Told::Recovered, Kind::Down),
        ]);
        let written = day.write(now);
        let carried = |message: &Message| message.notices.len();
        let mut counts: Vec<_> = written.messages.iter().map(carried).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2, 2], "{:?}", written.messages);
        let down = |message: &&Message| message.text.contains("无法访问");
        let text = written.messages.iter().find(down).map(|one| &one.text);
        let text = text.unwrap();
        assert!(text.contains("a网站") && text.contains("c网站"), "{text}");
        assert!(written.messages.iter().all(|message| message.urgent));
    }

    #[test]
    fn the_budget_defers_and_the_operator_hears_of_it_once() {
        let mut day = Day::new(vec![notice("li", "a", REMINDER, "2017-11-14T07:00:00")]);
        day.rules.budget.per_person = 0;
        let written = day.write("2017-11-14T08:30:00");
        assert_eq!((written.messages.len(), written.notices.len()), (0, 1));
        assert_eq!(written.notices[0].person.as_str(), "op");
        // Nothing keeps that word back.
        let again = day.write("2017-11-14T08:31:00");
        assert!(
            again.messages[0].text.contains("有1人的消息顺延"),
            "{}",
            again.messages[0].text
        );
        let later = day.write("2017-11-14T08:32:00");
        assert_eq!((later.messages.len(), later.notices.len()), (0, 0));
        assert_eq!(day.waiting.len(), 1, "nothing is dropped");
        let tomorrow = Some(at("2017-11-15T08:30:00"));
        assert_eq!(next_at(&day.tray("2017-11-14T08:31:00")), tomorrow);
    }

    #[test]
    fn what_the_budget_puts_off_of_what_goes_at_once_goes_with_the_next_opening() {
        let down = |column: &str, on: &str| {
            let mut down = notice("li", column, Told::Down, on);
            (down.kind, down.urgent) = (Kind::Down, true);
            down
        };
        let mut day = Day::new(vec![notice("li", "a", REMINDER, "2017-11-14T07:00:00")]);
        day.rules.budget.per_person = 1;
        assert_eq!(day.write("2017-11-14T08:30:00").messages.len(), 1);
        // The digest of the morning keeps nothing back that goes at once.
        day.waiting.push(down("b", "2017-11-14T09:00:00"));
        assert_eq!(day.write("2017-11-14T09:00:00").messages.len(), 1);
        day.waiting.push(down("c", "2017-11-14T10:00:00"));
        assert!(day.write("2017-11-14T10:00:00").messages.is_empty());
        let told = day.write("2017-11-14T10:01:00").messages;
        assert_eq!((told.len(), told[0].person.as_str()), (1, "op"));
        day.today.clear();
        assert!(
            day.write("2017-11-15T00:28:00").messages.is_empty(),
            "not in the night"
        );
        let opening = Some(at("2017-11-15T08:30:00"));
        assert_eq!(next_at(&day.tray("2017-11-15T00:28:00")), opening);
        assert_eq!(day.write("2017-11-15T08:30:00").messages.len(), 1);
        // Of Friday's it hears on Saturday.
        day.today.clear();
        for (column, sent) in [("d", 1), ("e", 0)] {
            day.waiting.push(down(column, "2017-11-17T20:00:00"));
            assert_eq!(day.write("2017-11-17T20:00:00").messages.len(), sent);
        }
        let saturday = "2017-11-18T08:30:00";
        assert_eq!(
            next_at(&day.tray("2017-11-17T20:01:00")),
            Some(at("2017-11-17T20:00:00"))
        );
        assert_eq!(
            day.write("2017-11-17T20:01:00").messages[0].person.as_str(),
            "op"
        );
        assert_eq!(
            next_at(&day.tray("2017-11-17T20:02:00")),
            Some(at(saturday))
        );
        day.today.clear();
        assert_eq!(day.write(saturday).messages.len(), 1);
    }

    #[test]
    fn what_outlived_its_use_or_its_person_is_retired() {
        let mut day = Day::new(vec![
            notice("li", "a", REMINDER, "2017-11-10T07:00:00"),
            notice("gone", "a", REMINDER, "2017-11-14T07:00:00"),
        ]);
        let written = day.write("2017-11-14T08:30:00");
        let now = at("2017-11-14T08:30:00");
        let states: Vec<_> = written
            .notices
            .iter()
            .map(|notice| (notice.person.as_str(), notice.state.clone()))
            .collect();
        let expected = [
            ("op", NoticeState::Waiting),
            ("li", NoticeState::Expired(now)),
            ("gone", NoticeState::Withdrawn(now)),
            ("op", NoticeState::Waiting),
        ];
        assert_eq!((written.messages.len(), &states[..]), (0, &expected[..]));
        assert!(!day.write("2017-11-14T08:31:00").messages.is_empty());
    }

    #[test]
    fn a_deadline_is_not_told_while_its_column_is_unseen_or_changes() {
        let column = ColumnId::parse("a").unwrap();
        let mut raised = notice("li", "a", REMINDER, "2017-11-14T07:00:00");
        let mut over = notice("li", "b", Told::Recovered, "2017-11-14T07:00:00");
        raised.column = Some(column.clone());
        over.column = Some(column.clone());
        let mut day = Day::new(vec![raised.clone(), over]);
        day.unseen.insert(column);
        // What is over is over, whoever looks.
        assert_eq!(
            day.write("2017-11-14T08:30:00").messages[0].notices.len(),
            1
        );
        assert_eq!(next_at(&day.tray("2017-11-14T08:30:00")), None);
        day.today.clear();
        day.unseen.clear();
        let incident = day.open.get_mut(&raised.incident).unwrap();
        incident.state = State::Open {
            since: raised.created_at,
            repeats: 0,
            told_at: raised.created_at,
            pending: Some(Pending {
                change: Change::Clear,
                seen_at: at("2017-11-14T13:00:00"),
            }),
        };
        assert!(day.write("2017-11-14T13:00:00").is_empty());
        let incident = day.open.get_mut(&raised.incident).unwrap();
        if let State::Open { pending, .. } = &mut incident.state {
            *pending = None;
        }
        let told = day.write("2017-11-14T13:30:00").messages;
        assert_eq!(told[0].notices, [raised.key]);
    }

    #[test]
    fn what_a_full_day_defers_over_a_holiday_is_sent_after_it() {
        let mut day = Day::new(vec![notice("li", "a", REMINDER, "2017-09-29T07:00:00")]);
        let holidays: chrono::NaiveDate = "2017-10-01".parse().unwrap();
        let year = crate::calendar::Year {
            holidays: holidays.iter_days().take(8).collect(),
            ..crate::calendar::Year::default()
        };
        day.calendar.years.insert(2017, year);
        let first = day.write("2017-09-29T08:30:00").messages.remove(0);
        // Its attempts may fail all day: the day after the holiday belongs to it.
        assert_eq!(first.expires_at, at("2017-10-09T17:30:00"));
        let mut late = notice("li", "b", REMINDER, "2017-09-29T10:00:00");
        late.expires_at = day.calendar.lapse(
            late.not_before,
            chrono::TimeDelta::hours(1),
            day.rules.window,
        );
        day.waiting.push(late);
        assert!(day.write("2017-09-29T10:00:00").is_empty());
        let monday = Some(at("2017-10-09T08:30:00"));
        assert_eq!(next_at(&day.tray("2017-09-29T10:00:00")), monday);
        day.today.clear();
        assert_eq!(day.write("2017-10-09T08:30:00").messages.len(), 1);
    }

    #[test]
    fn the_budget_in_all_holds_within_one_writing() {
        let names = ["li", "n1", "n2", "n3"];
        let waiting = names.map(|name| notice(name, "a", REMINDER, "2017-11-14T07:00:00"));
        let mut day = Day::new(waiting.to_vec());
        day.hire(&names[1..]);
        day.rules.budget.in_all = 1;
        let written = day.write("2017-11-14T08:30:00");
        assert_eq!(written.messages.len(), 1);
        // The operator hears of the other three at once, in one message, and is not bound by it.
        let now = "2017-11-14T08:31:00";
        assert_eq!(next_at(&day.tray(now)), Some(at("2017-11-14T08:30:00")));
        let written = day.write(now);
        let texts: Vec<&str> = written
            .messages
            .iter()
            .map(|one| one.text.as_str())
            .collect();
        assert_eq!(texts.len(), 1);
        assert!(texts[0].contains("有3人的消息顺延"), "{texts:?}");
        assert!(day.write("2017-11-14T09:31:00").is_empty(), "once a day");
    }

    #[test]
    fn what_is_held_while_its_column_is_not_seen_is_told_afterwards() {
        let column = ColumnId::parse("a").unwrap();
        let mut raised = notice("li", "a", REMINDER, "2017-11-14T07:00:00");
        raised.column = Some(column.clone());
        let mut day = Day::new(vec![raised]);
        day.unseen.insert(column);
        let first: crate::domain::time::Date = "2017-11-14".parse().unwrap();
        for on in first.iter_days().take(9) {
            let written = day.write(&format!("{on}T08:30:00"));
            assert!(written.messages.is_empty(), "{on}");
        }
        day.unseen.clear();
        let told = day.write("2017-11-23T08:30:00").messages;
        assert_eq!((told.len(), told[0].person.as_str()), (1, "li"));
    }

    #[test]
    fn whom_the_budget_puts_off_goes_first_and_what_waits_for_it_does_not_run_out() {
        let names = ["li", "n1", "n2", "n3"];
        let mut day = Day::new(Vec::new());
        day.hire(&names[1..]);
        day.rules.budget.in_all = 1;
        let mut heard: Vec<String> = Vec::new();
        let first: crate::domain::time::Date = "2017-11-13".parse().unwrap();
        for on in first.iter_days().take(40) {
            day.today.clear();
            for name in names {
                let created = format!("{on}T07:00:00");
                day.waiting.push(notice(name, "a", REMINDER, &created));
            }
            let written = day.write(&format!("{on}T08:30:00"));
            let expired = |notice: &&Notice| matches!(notice.state, NoticeState::Expired(_));
            assert_eq!(written.notices.iter().find(expired), None, "{on}");
            let people = written.messages.iter().map(|one| one.person.to_string());
            heard.extend(people.filter(|person| person != "op"));
        }
        let in_turn: Vec<String> = names
            .iter()
            .cycle()
            .take(heard.len())
            .map(ToString::to_string)
            .collect();
        assert_eq!((heard.len(), &heard), (30, &in_turn));
    }

    #[test]
    fn what_goes_at_once_and_what_waits_for_its_hours_do_not_share_the_budget_for_all() {
        let mut day = Day::new(vec![notice("li", "a", REMINDER, "2017-11-14T07:00:00")]);
        day.rules.budget.in_all = 1;
        assert_eq!(day.write("2017-11-14T08:30:00").messages.len(), 1);
        let mut down = notice("li", "b", Told::Down, "2017-11-14T09:00:00");
        (down.kind, down.urgent) = (Kind::Down, true);
        day.waiting.push(down);
        assert_eq!(day.write("2017-11-14T09:00:00").messages.len(), 1);
    }

    #[test]
    fn what_reached_nobody_uses_nothing_up_and_is_no_digest_of_the_day() {
        let mut day = Day::new(vec![notice("li", "a", REMINDER, "2017-11-13T07:00:00")]);
        day.rules.budget.per_person = 1;
        assert_eq!(day.write("2017-11-13T08:30:00").messages.len(), 1);
        let mut refused = day.today[0].clone();
        refused.delivery = Delivery::Failed {
            at: at("2017-11-14T07:10:00"),
            permanent: true,
            error: "no such number".to_owned(),
        };
        let mut person = day.group.people[&refused.person].clone();
        person.routes = vec![Route::Sms, Route::Mail];
        let bench = Bench {
            open: &BTreeMap::new(),
            later: &[],
            acts: &[],
            rules: &day.rules,
            now: at("2017-11-14T07:10:00"),
        };
        let second = second_try(&refused, &person, &[], &Calendar::default(), bench).unwrap();
        assert_eq!(second.of_day, Some("2017-11-13".parse().unwrap()));
        day.today = vec![second];
        day.rules.budget.per_person = 2;
        day.waiting = vec![notice("li", "b", REMINDER, "2017-11-14T07:30:00")];
        assert_eq!(day.write("2017-11-14T08:30:00").messages.len(), 1);
        (refused.created_at, refused.urgent) = (at("2017-11-14T08:00:00"), true);
        day.today = vec![refused];
        day.rules.budget.per_person = 1;
        let mut down = notice("li", "c", Told::Down, "2017-11-14T09:00:00");
        (down.kind, down.urgent) = (Kind::Down, true);
        day.waiting = vec![down];
        assert_eq!(day.write("2017-11-14T09:00:00").messages.len(), 1);
    }

    #[test]
    fn a_word_about_the_monitor_keeps_nothing_back_from_the_operator() {
        let mut word = notice("op", "a", Told::Trouble, "2017-11-14T09:00:00");
        (word.kind, word.urgent) = (Kind::Trouble, true);
        let mut day = Day::new(vec![word]);
        day.rules.budget.per_person = 1;
        assert_eq!(day.write("2017-11-14T09:00:00").messages.len(), 1);
        for (column, sent) in [("b", 1), ("c", 0)] {
            let mut down = notice("op", column, Told::Down, "2017-11-14T10:00:00");
            (down.kind, down.urgent) = (Kind::Down, true);
            day.waiting.push(down);
            let written = day.write("2017-11-14T10:00:00");
            let of_down = written
                .messages
                .iter()
                .filter(|one| one.words.wording == "down");
            assert_eq!(of_down.count(), sent, "{:?}", written.messages);
        }
    }

    #[test]
    fn notices_from_before_the_clock_was_set_back_do_not_wait_for_that_time() {
        let mut day = Day::new(vec![
            notice("li", "a", REMINDER, "2018-11-14T07:00:00"),
            notice("op", "b", Told::Down, "2018-11-14T07:00:00"),
        ]);
        let opens = Some(at("2017-11-14T08:00:00"));
        assert_eq!(next_at(&day.tray("2017-11-14T08:00:00")), opens);
        assert_eq!(day.write("2017-11-14T08:00:00").messages.len(), 1);
        assert_eq!(day.write("2017-11-14T08:30:00").messages.len(), 1);
    }

    #[test]
    fn the_same_notices_give_the_same_key_and_another_route_another() {
        let write = || {
            let mut day = Day::new(vec![notice("li", "a", REMINDER, "2017-11-14T07:00:00")]);
            let written = day.write("2017-11-14T09:00:00");
            (written.messages[0].clone(), day)
        };
        let (first, day) = write();
        assert_eq!(first.key, write().0.key);
        // What was taken and did not arrive comes again under another key.
        let back = Notice {
            laid_back_at: Some(at("2017-11-14T08:45:00")),
            ..notice("li", "a", REMINDER, "2017-11-14T07:00:00")
        };
        let again = Day::new(vec![back]).write("2017-11-14T09:00:00");
        assert_ne!(first.key, again.messages[0].key);
        let person = &day.group.people[&first.person];
        let carried = [notice("li", "a", REMINDER, "2017-11-14T07:00:00")];
        let now = at("2017-11-14T10:00:00");
        let bench = Bench {
            open: &BTreeMap::new(),
            later: &[],
            acts: &[],
            rules: &day.rules,
            now,
        };
        let second = second_try(&first, person, &carried, &day.calendar, bench).unwrap();
        assert_eq!((second.route, second.attempts), (Route::Mail, 0));
        assert_ne!(second.key, first.key);
        assert!(second.text.ends_with("【网巡】本邮件由系统自动发送。\n"));
        let third = second_try(&second, person, &carried, &day.calendar, bench);
        assert_eq!(third, None);
        // What has risen meanwhile is told at its tier; what cannot be read, in its own words.
        let risen = Notice {
            told: Told::Raised(Tier::Overdue),
            ..carried[0].clone()
        };
        let second = second_try(&first, person, &[risen], &day.calendar, bench).unwrap();
        assert_eq!(second.tier, Some(Tier::Overdue));
        assert!(second.subject.contains("超期"), "{}", second.subject);
        assert!(second.text.contains("超过"), "{}", second.text);
        let own = second_try(&first, person, &[], &day.calendar, bench).unwrap();
        assert_eq!(own.text, first.text);
    }

    #[test]
    fn a_long_digest_is_cut_to_whole_notices_and_counts_the_rest() {
        let names: Vec<String> = (0..40).map(|n| format!("栏目{n:02}")).collect();
        let waiting = names
            .iter()
            .map(|name| {
                let mut notice = notice("li", "a", REMINDER, "2017-11-14T07:00:00");
                notice.key = MessageKey::of(&[name]);
                notice.facts.column.clone_from(name);
                notice
            })
            .collect();
        let mut day = Day::new(waiting);
        day.rules.console_link = Some("http://xc.example.cn/".to_owned());
        let message = day.write("2017-11-14T08:30:00").messages.remove(0);
        assert_eq!(message.notices.len(), 40);
        assert!(super::super::segments::size(&message.text).segments <= day.rules.most_segments);
        let whole = message.text.matches("请及时更新。").count();
        let tail = format!("另有{}项，详见监测平台http://xc.example.cn/", 40 - whole);
        assert!(
            whole > 1 && message.text.ends_with(&tail),
            "{}",
            message.text
        );
    }

    fn absent(from: &str, until: &str, deputies: &[&str], copy: bool) -> Absence {
        let ids = deputies.iter().map(|id| PersonId::parse(id).unwrap());
        Absence {
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            deputies: ids.collect(),
            copy,
        }
    }

    /// `li` and `ed` of a unit, its head `he` and the operator `op`.
    fn unit_day(waiting: Vec<Notice>, absences: &[(&str, Absence)]) -> Day {
        let mut day = Day::new(waiting);
        let unit = UnitId::parse("kxw").unwrap();
        let template = day.group.people.values().next().unwrap().clone();
        for (id, role) in [
            ("li", Role::Liaison),
            ("ed", Role::Editor),
            ("he", Role::Head),
        ] {
            let id = PersonId::parse(id).unwrap();
            let mut person = template.clone();
            person.id = id.clone();
            let unit = Some(unit.clone());
            person.duties = vec![Duty { role, unit }];
            day.group.people.insert(id, person);
        }
        for (id, absence) in absences {
            let id = PersonId::parse(id).unwrap();
            let person = day.group.people.get_mut(&id).unwrap();
            person.presence.absences.push(absence.clone());
        }
        day
    }

    fn of_unit(person: &str, column: &str, told: Told, created: &str) -> Notice {
        let mut notice = notice(person, column, told, created);
        notice.unit = UnitId::parse("kxw").ok();
        notice
    }

    /// Who gets how many lines, and the remarks.
    fn got(written: &Written) -> Vec<(String, usize, String)> {
        let of = |message: &Message| {
            let remarks = message.in_place_of.iter().map(InPlaceOf::in_chinese);
            let remarks: Vec<String> = remarks.collect();
            (
                message.person.to_string(),
                message.notices.len(),
                remarks.join("，"),
            )
        };
        written.messages.iter().map(of).collect()
    }

    #[test]
    fn what_is_meant_for_somebody_away_goes_to_the_first_deputy_who_is_there() {
        let week = |deputies: &[&str], copy| absent("2017-11-20", "2017-11-24", deputies, copy);
        let monday = "2017-11-20T08:30:00";
        let deputy = "代联络员接收";
        let climbs = "联络员不在岗且无人代理";
        type Got<'a> = &'a [(&'a str, &'a str)];
        let table: [(&[(&str, Absence)], Got<'_>); 7] = [
            (&[], &[("li", "")]),
            (&[("li", week(&["ed"], false))], &[("ed", deputy)]),
            (
                &[("li", week(&["ed"], true))],
                &[("ed", deputy), ("li", "")],
            ),
            // The deputy is away too: the next one of the list.
            (
                &[
                    ("li", week(&["ed", "op"], false)),
                    ("ed", absent("2017-11-20", "2017-11-20", &["he"], false)),
                ],
                &[("op", deputy)],
            ),
            // Nobody stands in: the next higher role, and the operator.
            (
                &[("li", week(&[], false))],
                &[("he", climbs), ("op", climbs)],
            ),
            // The head is away with a deputy, who is reached in turn.
            (
                &[("li", week(&[], false)), ("he", week(&["ed"], false))],
                &[("ed", climbs), ("op", climbs)],
            ),
            // The last day of the absence was the day before.
            (
                &[("li", absent("2017-11-13", "2017-11-19", &["ed"], false))],
                &[("li", "")],
            ),
        ];
        for (absences, expected) in table {
            let waiting = of_unit("li", "a", REMINDER, "2017-11-20T07:00:00");
            let mut day = unit_day(vec![waiting], absences);
            let written = day.write(monday);
            let got = got(&written);
            let got: Vec<(&str, &str)> = got
                .iter()
                .map(|(person, lines, remark)| {
                    assert_eq!(*lines, 1);
                    (person.as_str(), remark.as_str())
                })
                .collect();
            assert_eq!(got, expected, "{absences:?}");
            assert!(day.write("2017-11-20T09:00:00").is_empty(), "{absences:?}");
            assert!(day.waiting.is_empty());
        }
    }

    #[test]
    fn a_deputy_is_told_each_thing_once_in_one_digest_that_says_for_whom() {
        let morning = "2017-11-20T07:00:00";
        let waiting = vec![
            of_unit("li", "a", REMINDER, morning),
            of_unit("ed", "a", REMINDER, morning),
            of_unit("li", "b", REMINDER, morning),
        ];
        let away = absent("2017-11-20", "2017-11-24", &["ed"], false);
        let mut day = unit_day(waiting, &[("li", away)]);
        let written = day.write("2017-11-20T08:30:00");
        assert_eq!(
            got(&written),
            [("ed".to_owned(), 2, "代联络员接收".to_owned())]
        );
        let text = &written.messages[0].text;
        assert_eq!(text.matches("（代联络员接收）").count(), 1, "{text}");
        assert!(day.waiting.is_empty());
        // Of the end hears who was told.
        let told: Vec<&PersonId> = written.incidents.iter().flat_map(|one| &one.told).collect();
        assert!(
            told.iter().all(|person| person.as_str() == "ed"),
            "{told:?}"
        );
    }

    #[test]
    fn what_is_urgent_and_keeps_to_hours_has_a_whole_working_day_and_what_is_put_off_wakes_nobody()
    {
        let mut later = notice("li", "h", Told::StillDown, "2017-11-17T17:20:00");
        (later.kind, later.urgent) = (Kind::Down, true);
        let mut put_off = notice("li", "a", Told::Trouble, "2017-11-17T17:20:00");
        (put_off.kind, put_off.urgent) = (Kind::Trouble, true);
        put_off.put_off = "2017-11-17".parse().ok();
        let written = Day::new(vec![later, put_off]).write("2017-11-17T17:20:00");
        let of = |leaves: Leaves| {
            let found = written.messages.iter().find(|one| one.leaves == leaves);
            found.unwrap_or_else(|| panic!("{leaves:?} {written:?}"))
        };
        assert!(of(Leaves::InHours).expires_at > at("2017-11-20T17:20:00"));
        assert_eq!(of(Leaves::ByDay).expires_at, at("2017-11-20T17:20:00"));
    }

    #[test]
    fn who_stands_in_is_not_told_what_a_message_of_the_day_has_told() {
        let morning = "2017-11-20T07:00:00";
        let away = absent("2017-11-20", "2017-11-24", &["ed"], false);
        for (told_as, heard_again) in [(REMINDER, 0), (Told::Raised(Tier::Warning), 1)] {
            let own = of_unit("ed", "a", told_as, morning);
            let mut day = unit_day(vec![own], &[("li", away.clone())]);
            let open = &day.open[&day.waiting[0].incident];
            let person = day.waiting[0].person.clone();
            day.waiting[0].key = notice::key(open, told_as, &person);
            assert_eq!(got(&day.write("2017-11-20T08:30:00"))[0].0, "ed");
            // What was written for the liaison comes back when the absence is known.
            day.waiting.push(of_unit("li", "a", REMINDER, morning));
            let next = day.write("2017-11-20T08:45:00");
            assert_eq!(next.notices.len(), 1 + heard_again, "{next:?}");
            assert!(next.messages.is_empty());
            assert_eq!(day.waiting.len(), heard_again);
        }
    }

    #[test]
    fn what_waits_over_the_first_day_away_is_handed_over_on_that_day() {
        let friday = "2017-11-17T18:00:00";
        let mut waiting = of_unit("li", "a", REMINDER, friday);
        waiting.not_before = at("2017-11-20T08:30:00");
        let away = absent("2017-11-20", "2017-11-24", &["ed"], false);
        let mut day = unit_day(vec![waiting], &[("li", away)]);
        assert!(day.write(friday).is_empty());
        let due = next_at(&day.tray(friday));
        assert_eq!(due, Some(at("2017-11-20T08:30:00")));
        assert_eq!(got(&day.write("2017-11-20T08:30:00"))[0].0, "ed");
    }

    #[test]
    fn who_is_away_with_nobody_to_stand_in_has_one_digest_a_day_all_the_same() {
        let waiting = of_unit("op", "a", Told::Trouble, "2017-11-20T08:00:00");
        let away = absent("2017-11-20", "2017-11-24", &[], false);
        let mut day = unit_day(vec![waiting], &[("op", away)]);
        assert_eq!(got(&day.write("2017-11-20T08:30:00"))[0].0, "op");
        let more = of_unit("op", "b", Told::Trouble, "2017-11-20T09:00:00");
        day.waiting.push(more);
        assert!(day.write("2017-11-20T09:00:01").is_empty());
        let due = next_at(&day.tray("2017-11-20T09:00:01"));
        assert_eq!(due, Some(at("2017-11-21T08:30:00")));
    }

    #[test]
    fn own_hours_hold_for_digests_and_not_for_what_is_urgent() {
        let saturday = Days::Of(Weekdays::default().and(Weekday::Sat));
        let time = |text: &str| text.parse::<NaiveTime>().unwrap();
        let created = "2017-11-17T09:00:00";
        let mut waiting = notice("li", "a", REMINDER, created);
        waiting.not_before = at("2017-11-18T10:00:00");
        let urgent = notice("li", "h", Told::Down, created);
        let mut day = Day::new(vec![waiting, urgent]);
        let li = PersonId::parse("li").unwrap();
        day.group.people.get_mut(&li).unwrap().presence.hours = Some(OwnHours {
            from: time("10:00:00"),
            until: time("12:00:00"),
            days: saturday,
        });
        let written = day.write(created);
        assert_eq!(written.messages.len(), 1);
        assert!(written.messages[0].urgent);
        // Friday's window of all is not this person's.
        let due = next_at(&day.tray("2017-11-17T10:00:00"));
        assert_eq!(due, Some(at("2017-11-18T10:00:00")));
        let written = day.write("2017-11-18T10:00:00");
        assert_eq!(got(&written).len(), 1);
        // It is of use until the hours have closed once more.
        assert_eq!(written.messages[0].expires_at, at("2017-11-25T12:00:00"));
    }
}
