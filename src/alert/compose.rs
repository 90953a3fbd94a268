//! Writing messages: what waits for one person becomes one digest a day, and what is urgent one
//! message each.
//!
//! Quiet hours and working days defer, the budget defers, nothing is dropped: a notice waits until
//! it is part of a message, is withdrawn because it is no longer true, or has outlived its use.
//! What is told of a column's deadline is what the latest visit saw: while that visit saw nothing,
//! or a change that no second has confirmed, the notice is held.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveTime};

use super::acts::{Hold, held_until};
use super::incident::{Incident, IncidentKey, Kind, State, Subject};
use super::notice;
use super::outbox::{Delivery, Message, MessageKey, Notice, NoticeState, Told};
use super::rules::AlertRules;
use super::trial::{self, Forecast};
use super::wording;
use crate::calendar::Calendar;
use crate::domain::group::{Group, Person, Role, Route};
use crate::domain::id::{ColumnId, PersonId};
use crate::domain::time::{Moment, date_of, moment};

/// What the writer of messages looks at.
#[derive(Debug, Clone, Copy)]
pub struct Tray<'a> {
    /// The site group, for its people.
    pub group: &'a Group,
    /// The rules of alerting.
    pub rules: &'a AlertRules,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The incidents that are not over.
    pub open: &'a BTreeMap<IncidentKey, Incident>,
    /// The columns that their latest visit could not judge.
    pub unseen: &'a BTreeSet<ColumnId>,
    /// The notices that are not yet part of a message.
    pub waiting: &'a [Notice],
    /// The messages that were written today.
    pub today: &'a [Message],
    /// The holds that people laid down.
    pub holds: &'a [Hold<'a>],
    /// What a trial run would send; `None` where the installation is live.
    pub trial: Option<Forecast>,
    /// The present instant.
    pub now: Moment,
}

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
    };
    let reports = reports(tray);
    for (person, notices) in by_person(tray.waiting.iter().chain(&reports)) {
        match tray.group.people.get(person) {
            Some(person) => writer.person(person, notices),
            None => {
                writer.retire(notices, NoticeState::Withdrawn(tray.now));
                writer.operators(
                    "gone",
                    person,
                    "有联系人已从名单中移除，其待发消息未发出，请确认接替人已登记",
                );
            }
        }
    }
    writer.written.incidents = writer.told.into_values().collect();
    writer.written
}

/// The earliest instant at which [`compose`] may have something to write. What is held is due
/// after a visit, and whoever judges visits composes afterwards.
pub fn next_at(tray: &Tray<'_>) -> Option<Moment> {
    let reports = reports(tray);
    let all = || tray.waiting.iter().chain(&reports);
    let due = all().filter(|notice| !is_held(tray, notice)).map(|notice| {
        if is_urgent(tray, notice) && !is_spent(tray, &notice.person, &[]) {
            not_before(tray, notice)
        } else {
            digest_due_at(tray, notice)
        }
    });
    let freed = all().filter_map(|notice| on_hold(tray, notice));
    due.chain(freed).min()
}

/// The word of the trial run to the operators. It is kept only as part of a digest: the next one
/// says how things stand then.
fn reports(tray: &Tray<'_>) -> Vec<Notice> {
    tray.trial.map_or_else(Vec::new, |forecast| {
        trial::report(forecast, tray.group, tray.calendar, tray.rules, tray.now)
    })
}

/// Whether `notice` goes out alone and at once: in a trial run nothing does.
fn is_urgent(tray: &Tray<'_>, notice: &Notice) -> bool {
    notice.urgent && tray.trial.is_none()
}

/// Until when a person lets `notice` wait, while that lasts.
fn on_hold(tray: &Tray<'_>, notice: &Notice) -> Option<Moment> {
    held_until(tray.holds, notice).filter(|&until| tray.now < until)
}

/// When `notice` has outlived its use: what a person let wait has its whole time afterwards.
fn expires_at(tray: &Tray<'_>, notice: &Notice) -> Moment {
    let (rules, calendar) = (tray.rules, tray.calendar);
    let freed = held_until(tray.holds, notice)
        .map(|until| calendar.lapse(until, rules.expires_after, rules.window));
    freed.map_or(notice.expires_at, |freed| freed.max(notice.expires_at))
}

/// The first instant at which `notice` may be part of a message. No notice waits beyond the next
/// opening: one that would was written before the clock was set back.
fn not_before(tray: &Tray<'_>, notice: &Notice) -> Moment {
    let opens = if is_urgent(tray, notice) {
        let (sites, window) = (&tray.rules.sites, tray.rules.window);
        sites.opening((notice.kind, notice.told), tray.calendar, window, tray.now)
    } else {
        tray.calendar.opening(tray.now, tray.rules.window)
    };
    notice.not_before.min(opens)
}

/// Whether a person lets `notice` wait, or it tells of a deadline whose column is not seen, or where
/// one visit has seen a change that no second has confirmed.
fn is_held(tray: &Tray<'_>, notice: &Notice) -> bool {
    let deadline =
        matches!(notice.kind, Kind::Stale | Kind::Owed) && notice.told != Told::Recovered;
    let unseen = |column: &ColumnId| tray.unseen.contains(column) || is_site_down(tray, column);
    let changes = |incident: &Incident| {
        matches!(
            incident.state,
            State::Open {
                pending: Some(_),
                ..
            }
        )
    };
    on_hold(tray, notice).is_some()
        || deadline
            && (notice.column.as_ref().is_some_and(unseen)
                || tray.open.get(&notice.incident).is_some_and(changes))
}

/// Whether the home page of the column's site does not open.
fn is_site_down(tray: &Tray<'_>, column: &ColumnId) -> bool {
    let column = tray.group.columns.get(column);
    let down = column.and_then(|column| {
        let key = IncidentKey {
            subject: Subject::Site(column.site.clone()),
            kind: Kind::Down,
        };
        tray.open.get(&key)
    });
    down.is_some_and(Incident::is_open)
}

/// When the digest that will carry `notice` is written.
fn digest_due_at(tray: &Tray<'_>, notice: &Notice) -> Moment {
    let mut from = not_before(tray, notice).max(tray.now);
    let today = date_of(tray.now);
    if date_of(from) == today
        && (has_digest(tray, &notice.person) || is_spent(tray, &notice.person, &[]))
    {
        from = moment(today.succ_opt().unwrap_or(today).and_time(NaiveTime::MIN));
    }
    let opens = tray.calendar.opening(from, tray.rules.window);
    opens.max(moment(date_of(opens).and_time(tray.rules.digest_at)))
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

/// Whether `person` has had a digest today. The line of a quiet day carries nothing and is none.
fn has_digest(tray: &Tray<'_>, person: &PersonId) -> bool {
    tray.today
        .iter()
        .any(|message| message.person == *person && !message.urgent && !message.notices.is_empty())
}

/// Whether today's budget allows no message to `person` any more, `more` written just now.
fn is_spent(tray: &Tray<'_>, person: &PersonId, more: &[Message]) -> bool {
    let budget = tray.rules.budget;
    let spent = |messages: usize, most: u32| messages >= most as usize;
    let all = || tray.today.iter().chain(more);
    let to_person = all().filter(|message| message.person == *person).count();
    spent(to_person, budget.per_person) || spent(all().count(), budget.in_all)
}

struct Writer<'a> {
    tray: &'a Tray<'a>,
    written: Written,
    told: BTreeMap<IncidentKey, Incident>,
}

impl Writer<'_> {
    fn person(&mut self, person: &Person, notices: Vec<&Notice>) {
        let now = self.tray.now;
        let (late, live): (Vec<_>, Vec<_>) = notices
            .into_iter()
            .partition(|notice| expires_at(self.tray, notice) < now);
        if !late.is_empty() && !is_operator(person) {
            let why = "有联系人的消息未能在有效期内发出，请登录监测平台核查";
            self.operators("late", &person.id, why);
        }
        self.retire(late, NoticeState::Expired(now));
        let (urgent, rest): (Vec<_>, Vec<_>) = live
            .into_iter()
            .filter(|notice| not_before(self.tray, notice) <= now)
            .filter(|notice| !is_held(self.tray, notice))
            .partition(|notice| is_urgent(self.tray, notice));
        // One message for each outage, and one for all vetoes together.
        let (vetoes, alone): (Vec<_>, Vec<_>) = urgent
            .into_iter()
            .partition(|notice| notice.kind == Kind::Veto);
        for notice in alone {
            self.message(person, vec![notice], true);
        }
        if !vetoes.is_empty() {
            self.message(person, vetoes, true);
        }
        let open = self.tray.calendar.opening(now, self.tray.rules.window) == now
            && now.time() >= self.tray.rules.digest_at;
        if open && !rest.is_empty() && !has_digest(self.tray, &person.id) {
            self.message(person, rest, false);
        }
    }

    fn message(&mut self, person: &Person, mut notices: Vec<&Notice>, urgent: bool) {
        if is_spent(self.tray, &person.id, &self.written.messages) {
            return self.overspent(person);
        }
        let Some(&route) = person.routes.first() else {
            return;
        };
        notices.sort_by_key(|notice| wording::order(notice));
        let message = write(self.tray, person, &notices, route, urgent);
        for notice in &notices {
            self.tell(&notice.incident, &person.id);
            let mut bundled = (*notice).clone();
            bundled.state = NoticeState::Bundled(message.key.clone());
            self.written.notices.push(bundled);
        }
        self.written.messages.push(message);
    }

    /// Notes that `person` is told of the incident, so that its end is told too.
    fn tell(&mut self, key: &IncidentKey, person: &PersonId) {
        let open = self.tray.open;
        if let Some(incident) = open.get(key).filter(|incident| incident.is_open()) {
            let told = self
                .told
                .entry(key.clone())
                .or_insert_with(|| incident.clone());
            told.told.insert(person.clone());
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

    /// The budget holds a message back until tomorrow: the operators hear of it once a day.
    fn overspent(&mut self, person: &Person) {
        if !is_operator(person) {
            let why = "有联系人当日消息条数已达上限，其余消息顺延至次日发送";
            self.operators("budget", &person.id, why);
        }
    }

    /// Tells the operators what becomes of the notices of `person`, once a day for each `cause`.
    fn operators(&mut self, cause: &str, person: &PersonId, why: &str) {
        let tray = self.tray;
        let day = date_of(tray.now).to_string();
        let key = MessageKey::of(&[cause, person.as_str(), &day]);
        let notices =
            notice::undelivered(tray.group, tray.calendar, tray.rules, &key, why, tray.now);
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

fn is_operator(person: &Person) -> bool {
    person.duties.iter().any(|duty| duty.role == Role::Operator)
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
    let mut parts = vec!["message", route.key(), person.id.as_str()];
    parts.extend(notices.iter().map(|notice| notice.key.as_str()));
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
        urgent,
        provisional: !tray.calendar.knows(date_of(tray.now).year()),
        created_at: tray.now,
        expires_at: expiry(tray, notices, urgent),
        attempts: 0,
        next_attempt_at: tray.now,
        delivery: Delivery::Queued { last_error: None },
    }
}

/// A message is of use as long as what it carries. One that quiet hours hold back has the whole of
/// the next working day, however late in their lives its notices came into it.
fn expiry(tray: &Tray<'_>, notices: &[&Notice], urgent: bool) -> Moment {
    let carried = notices.iter().map(|notice| expires_at(tray, notice)).max();
    let least = if urgent {
        tray.now
    } else {
        let none = chrono::TimeDelta::zero();
        tray.calendar.lapse(tray.now, none, tray.rules.window)
    };
    carried.map_or(least, |carried| carried.max(least))
}

/// The same message over the person's next route, after `failed` failed for good; `None` where
/// there is none. `notices` are those that `failed` carried.
pub fn second_try(
    failed: &Message,
    person: &Person,
    notices: &[Notice],
    calendar: &Calendar,
    rules: &AlertRules,
    now: Moment,
) -> Option<Message> {
    let place = person.routes.iter().position(|&r| r == failed.route)?;
    let route = *person.routes.get(place + 1)?;
    let mut notices: Vec<&Notice> = notices.iter().collect();
    notices.sort_by_key(|notice| wording::order(notice));
    let mut parts = vec!["message", route.key(), person.id.as_str()];
    parts.extend(notices.iter().map(|notice| notice.key.as_str()));
    // What carries no notices is said again in its own words.
    let today = date_of(now);
    let (text, words) = match notices.is_empty() {
        true => {
            parts.push(failed.key.as_str());
            (failed.text.clone(), failed.words.clone())
        }
        false => (
            wording::text(&notices, route, today, rules),
            wording::words(&notices, today, rules),
        ),
    };
    Some(Message {
        key: MessageKey::of(&parts),
        route,
        text,
        words,
        provisional: !calendar.knows(today.year()),
        created_at: now,
        expires_at: calendar.lapse(now, rules.expires_after, rules.window),
        attempts: 0,
        next_attempt_at: now,
        delivery: Delivery::Queued { last_error: None },
        ..failed.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::acts::holds;
    use crate::alert::incident::{Change, Pending};
    use crate::alert::outbox::Facts;
    use crate::assess::ladder::Tier;
    use crate::domain::act::{Act, Deed, Scope};
    use crate::domain::group::Duty;
    use crate::domain::id::ColumnId;

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
                now: at(now),
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
    fn what_a_person_lets_wait_goes_out_afterwards_however_late_that_is() {
        let mut waiting = notice("li", "a", REMINDER, "2017-11-14T07:00:00");
        waiting.column = ColumnId::parse("a").ok();
        let act: &'static Act = Box::leak(Box::new(Act {
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
            columns: 5,
        });
        let opens = Some(at("2017-11-14T08:30:00"));
        assert_eq!(next_at(&day.tray("2017-11-13T20:00:00")), opens);
        assert!(day.write("2017-11-13T20:00:00").is_empty());
        let written = day.write("2017-11-14T08:30:00");
        let [message] = &written.messages[..] else {
            panic!("{written:?}");
        };
        assert_eq!((message.person.as_str(), message.notices.len()), ("op", 2));
        assert!(message.text.contains("如已启用将发送3条，涉及5个栏目"));
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
    fn the_budget_defers_and_the_operator_hears_of_it_once() {
        let mut day = Day::new(vec![notice("li", "a", REMINDER, "2017-11-14T07:00:00")]);
        day.rules.budget.per_person = 0;
        let written = day.write("2017-11-14T08:30:00");
        assert_eq!((written.messages.len(), written.notices.len()), (0, 1));
        assert_eq!(written.notices[0].person.as_str(), "op");
        let again = day.write("2017-11-14T08:31:00");
        assert_eq!((again.messages.len(), again.notices.len()), (0, 0));
        assert_eq!(day.waiting.len(), 2, "nothing is dropped");
        let tomorrow = Some(at("2017-11-15T08:30:00"));
        assert_eq!(next_at(&day.tray("2017-11-14T08:31:00")), tomorrow);
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
            ("gone", NoticeState::Withdrawn(now)),
            ("op", NoticeState::Waiting),
            ("op", NoticeState::Waiting),
            ("li", NoticeState::Expired(now)),
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
        let mut day = Day::new(vec![
            notice("li", "a", REMINDER, "2017-11-14T07:00:00"),
            notice("op", "a", REMINDER, "2017-11-14T07:00:00"),
        ]);
        day.rules.budget.in_all = 1;
        assert_eq!(day.write("2017-11-14T08:30:00").messages.len(), 1);
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
        let person = &day.group.people[&first.person];
        let carried = [notice("li", "a", REMINDER, "2017-11-14T07:00:00")];
        let now = at("2017-11-14T10:00:00");
        let second = second_try(&first, person, &carried, &day.calendar, &day.rules, now).unwrap();
        assert_eq!((second.route, second.attempts), (Route::Mail, 0));
        assert_ne!(second.key, first.key);
        assert!(second.text.ends_with("【网巡】本邮件由系统自动发送。\n"));
        let third = second_try(&second, person, &carried, &day.calendar, &day.rules, now);
        assert_eq!(third, None);
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
}
