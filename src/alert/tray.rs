//! What waits to be written, and when each of it is due.
//!
//! Quiet hours and working days defer, the budget defers, nothing is dropped. What is told of a
//! column's deadline is what the latest visit saw: while that visit saw nothing, or a change that
//! no second has confirmed, the notice is held.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveTime, TimeDelta};

use super::acts::{Hold, held_until};
use super::deputy::{self, Handed};
use super::hours;
use super::incident::{Incident, IncidentKey, Kind, State};
use super::notice;
use super::outbox::{Message, Notice, Told};
use super::rules::AlertRules;
use super::trial::{self, Forecast};
use crate::calendar::{Calendar, Hours};
use crate::domain::group::{Group, Person};
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
    /// Whether digests are written: not while what was seen first after an outage of the monitor waits
    /// to be confirmed.
    pub digests: bool,
    /// The present instant.
    pub now: Moment,
}

/// How often it is asked whether digests are written again.
const SETTLED_YET: TimeDelta = TimeDelta::minutes(1);

/// The earliest instant at which [`compose`](super::compose::compose) may have something to write.
/// What is held is due after a visit, and whoever judges visits composes afterwards.
pub fn next_at(tray: &Tray<'_>) -> Option<Moment> {
    let reports = reports(tray);
    let all = || tray.waiting.iter().chain(&reports);
    let due = all().filter(|notice| !is_held(tray, notice)).map(|notice| {
        let is_free = is_of_budget(notice) || notice.put_off.is_some();
        if is_urgent(tray, notice) && (is_free || !is_spent(tray, &notice.person, true, &[])) {
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
pub(super) fn reports(tray: &Tray<'_>) -> Vec<Notice> {
    tray.trial.map_or_else(Vec::new, |forecast| {
        trial::report(forecast, tray.group, tray.calendar, tray.rules, tray.now)
    })
}

/// Whether `notice` goes out alone and at once: in a trial run nothing does.
pub(super) fn is_urgent(tray: &Tray<'_>, notice: &Notice) -> bool {
    notice.urgent && tray.trial.is_none()
}

/// Until when a person lets `notice` wait, while that lasts.
fn on_hold(tray: &Tray<'_>, notice: &Notice) -> Option<Moment> {
    held_until(tray.holds, notice).filter(|&until| tray.now < until)
}

/// When `notice` has outlived its use: what a person let wait has its whole time afterwards.
pub(super) fn expires_at(tray: &Tray<'_>, notice: &Notice) -> Moment {
    let (rules, calendar) = (tray.rules, tray.calendar);
    let freed = held_until(tray.holds, notice)
        .map(|until| calendar.lapse(until, rules.expires_after, hours_of(tray, notice)));
    freed.map_or(notice.expires_at, |freed| freed.max(notice.expires_at))
}

/// The first instant at which `notice` may be part of a message. No notice waits beyond the next
/// opening: one that would was written before the clock was set back.
pub(super) fn not_before(tray: &Tray<'_>, notice: &Notice) -> Moment {
    if let Some(day) = notice.put_off {
        let today = date_of(tray.now);
        let day = day.min(today.succ_opt().unwrap_or(today));
        // What goes at once waits for no working day.
        return moment(day.and_time(hours_of(tray, notice).window.from));
    }
    let opens = if is_urgent(tray, notice) {
        let what = (notice.kind, notice.told);
        let hours = hours_of(tray, notice);
        tray.rules
            .sites
            .opening(what, tray.calendar, hours, tray.now)
    } else {
        tray.calendar.opening(tray.now, hours_of(tray, notice))
    };
    notice.not_before.min(opens)
}

/// Whether a person lets `notice` wait, or it tells of a deadline whose column is not seen, or where
/// one visit has seen a change that no second has confirmed.
pub(super) fn is_held(tray: &Tray<'_>, notice: &Notice) -> bool {
    let of_dates = matches!(notice.kind, Kind::Stale | Kind::Owed | Kind::SelfCheck);
    let deadline = of_dates && notice.told != Told::Recovered;
    let of_site = matches!(notice.told, Told::NearVeto(_) | Told::Veto(_));
    let unseen = |column: &ColumnId| tray.unseen.contains(column);
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
        || deadline && notice.column.as_ref().is_some_and(unseen)
        || (deadline || of_site) && tray.open.get(&notice.incident).is_some_and(changes)
}

/// Whether `notice` waits with all digests until what was seen first after an outage is confirmed.
pub(super) fn waits_to_settle(tray: &Tray<'_>, notice: &Notice) -> bool {
    !tray.digests && !is_urgent(tray, notice)
}

/// When the digest that will carry `notice` is written, or when it is handed over, where its person
/// is away by then.
fn digest_due_at(tray: &Tray<'_>, notice: &Notice) -> Moment {
    let mut from = not_before(tray, notice).max(tray.now);
    let today = date_of(tray.now);
    if date_of(from) == today
        && (has_digest(tray, &notice.person)
            || is_spent(tray, &notice.person, is_urgent(tray, notice), &[]))
    {
        from = moment(today.succ_opt().unwrap_or(today).and_time(NaiveTime::MIN));
    }
    let person = tray.group.people.get(&notice.person);
    let opens = tray.calendar.opening(from, hours_of(tray, notice));
    let time = hours::digest_at(person, tray.rules);
    let mut due = opens.max(moment(date_of(opens).and_time(time)));
    if !tray.digests {
        due = due.max(tray.now + SETTLED_YET);
    }
    let handed = tray.calendar.opening(tray.now, tray.rules.window);
    match deputy::is_handed_on(notice, date_of(handed), tray.group) {
        true => due.min(handed),
        false => due,
    }
}

/// Whether `notice` may be handed over today: in the sending window of all, or once it is due for
/// its own person.
fn may_be_handed(tray: &Tray<'_>, notice: &Notice) -> bool {
    let opens = tray.calendar.opening(tray.now, tray.rules.window);
    not_before(tray, notice).min(opens) <= tray.now
        && !is_held(tray, notice)
        && tray.now <= expires_at(tray, notice)
}

/// Hands over what is meant for people who are away.
pub(super) fn hand_over(tray: &Tray<'_>, waiting: &[Notice]) -> Handed {
    let ready = |notice: &Notice| may_be_handed(tray, notice);
    let mut handed = deputy::hand_over(
        waiting,
        tray.group,
        tray.calendar,
        tray.rules,
        tray.now,
        ready,
    );
    handed.fresh.retain(|notice| !is_said(tray, notice));
    handed
}

/// Whether a message of today tells the person of `notice` the same as one of those whom it concerns anyway.
fn is_said(tray: &Tray<'_>, notice: &Notice) -> bool {
    let incident = tray.open.get(&notice.incident);
    let own = incident.map(|incident| notice::key(incident, notice.told, &notice.person));
    let mut today = tray.today.iter();
    own.is_some_and(|own| {
        today.any(|message| {
            message.person == notice.person
                && !message.is_unsaid()
                && message.notices.contains(&own)
        })
    })
}

/// The hours of the person whom `notice` is for.
fn hours_of(tray: &Tray<'_>, notice: &Notice) -> Hours {
    hours::of_id(&notice.person, tray.group, tray.rules)
}

/// Whether `person`'s digest may be written now.
pub(super) fn is_digest_time(tray: &Tray<'_>, person: &Person) -> bool {
    let hours = hours::of(Some(person), tray.rules);
    tray.digests
        && tray.calendar.opening(tray.now, hours) == tray.now
        && tray.now.time() >= hours::digest_at(Some(person), tray.rules)
}

/// Whether `person` has had a digest today. The line of a quiet day carries nothing and is none; nor
/// is what was withdrawn before anybody heard it.
pub(super) fn has_digest(tray: &Tray<'_>, person: &PersonId) -> bool {
    let is_digest = |message: &Message| {
        !message.urgent
            && !message.notices.is_empty()
            && !message.is_unsaid()
            && message.day() == date_of(tray.now)
    };
    let mut today = tray.today.iter();
    today.any(|message| message.person == *person && is_digest(message))
}

fn is_operator(tray: &Tray<'_>, person: &PersonId) -> bool {
    let person = tray.group.people.get(person);
    person.is_some_and(Person::is_operator)
}

/// Whether `notice` tells the operators that the budget is used up: nothing keeps that back.
pub(super) fn is_of_budget(notice: &Notice) -> bool {
    notice.urgent && notice.kind == Kind::Trouble
}

/// Whether `message` carries nothing but a word about the monitor itself, told at once: such words are free.
fn is_of_monitor(message: &Message) -> bool {
    message.urgent && message.tier.is_none() && message.words.wording == "trouble"
}

/// Whether today's budget allows `person` no message any more, `more` written just now: what goes at
/// once and what waits for its hours are counted apart, so that neither keeps the other back.
pub(super) fn is_spent(tray: &Tray<'_>, person: &PersonId, urgent: bool, more: &[Message]) -> bool {
    let budget = tray.rules.budget;
    let spent = |messages: usize, most: u32| messages >= most as usize;
    let all = || {
        let written = tray.today.iter().chain(more);
        written.filter(|message| !is_of_monitor(message) && !message.is_lost())
    };
    let of_person = all().filter(|message| message.person == *person && message.urgent == urgent);
    let to_person = of_person.count();
    // Whoever is to hear that the budget is used up is not bound by it, and uses none of it up.
    let of_others =
        all().filter(|message| message.urgent == urgent && !is_operator(tray, &message.person));
    let of_all = !is_operator(tray, person) && spent(of_others.count(), budget.in_all);
    spent(to_person, budget.per_person) || of_all
}
