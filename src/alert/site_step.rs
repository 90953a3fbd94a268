//! How the incidents of a site move: its home page that does not open, and the vetoes that it nears
//! or meets.
//!
//! As with columns, what would reach a unit is proven by visits that follow one another, and a
//! visit that proves nothing changes nothing.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::incident::{Change, Ground, Incident, IncidentKey, Kind, Pending, State, Subject};
use super::outbox::Told;
use super::rules::Repeat;
use super::site_rules::DownRule;
use super::step::{Effect, SET_BACK, Step, worked_since};
use crate::assess::vetoes::{Fact, Held};
use crate::calendar::{Calendar, Window};
use crate::domain::group::Column;
use crate::domain::observation::ColumnRecord;
use crate::domain::time::{Moment, date_of};

/// What the visits to a home page prove now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    /// It has not opened for so many visits in a row, since this instant, and our own network is up.
    Closed {
        /// The first visit of the row.
        since: Moment,
    },
    /// Every visit since this instant brought the page.
    Opens {
        /// The first visit of the row.
        since: Moment,
    },
    /// Nothing.
    Nothing,
}

/// When the visit was made and the judgement is.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// When the latest visit to the home page began.
    pub visited_at: Moment,
    /// The present instant.
    pub now: Moment,
}

/// Whether `column` was not visited since the home page of its site stopped opening: nothing is told
/// of it until a visit has shown that it can be read nevertheless.
pub fn is_hidden(
    open: &BTreeMap<IncidentKey, Incident>,
    column: &Column,
    record: Option<&ColumnRecord>,
) -> bool {
    let down = open.get(&IncidentKey {
        subject: Subject::Site(column.site.clone()),
        kind: Kind::Down,
    });
    down.filter(|incident| incident.is_open())
        .is_some_and(|incident| record.is_none_or(|record| record.visited_at <= incident.began_at))
}

const UNCHANGED: Step = (None, Vec::new());

/// Moves the incident of a home page, or tells the end of one that was laid aside. `outages` is how many
/// there were lately, this one included.
pub fn step_front(
    before: Option<&Incident>,
    key: &IncidentKey,
    front: Front,
    (rule, outages): (&DownRule, u32),
    at: At,
) -> Step {
    let open = before.and_then(|incident| match incident.state {
        State::Open {
            since,
            repeats,
            told_at,
            ..
        } => Some((incident, since, repeats, told_at)),
        State::Suspected { .. } | State::Resolved { .. } => None,
    });
    match (open, front) {
        (None, Front::Closed { since }) => {
            let mut incident = Incident::new(key.clone(), since, State::told_now(at.now));
            // Who has not heard of the end of the one before hears of it with this one's.
            incident.told = before.map_or_else(Default::default, |laid| laid.told.clone());
            (Some(incident), vec![Effect::Tell(Told::Down)])
        }
        (Some((incident, since, 0, told_at)), Front::Closed { .. })
            if at.now - since >= rule.later_after && at.visited_at > told_at =>
        {
            let mut after = incident.clone();
            after.state = State::Open {
                since,
                repeats: 1,
                told_at: at.now,
                pending: None,
            };
            (Some(after), vec![Effect::Tell(Told::StillDown)])
        }
        (Some((incident, ..)), Front::Opens { since }) => opens(since, (rule, outages), at)
            .unwrap_or_else(|| (Some(resolved(incident, at.now)), vec![Effect::Recover])),
        (None, Front::Opens { since }) => match before {
            Some(laid) => opens(since, (rule, outages), at).unwrap_or_else(|| {
                let mut ended = laid.clone();
                ended.unended = false;
                (Some(ended), vec![Effect::Recover])
            }),
            None => UNCHANGED,
        },
        (None, Front::Nothing) | (Some(_), _) => UNCHANGED,
    }
}

/// The visit that is waited for until a home page that opens since `since` is called up; `None` where it is.
fn opens(since: Moment, (rule, outages): (&DownRule, u32), at: At) -> Option<Step> {
    let steady = match outages >= rule.flapping.times {
        true => rule.flapping.steady.max(rule.steady),
        false => rule.steady,
    };
    let next = (since + steady).min(at.visited_at + rule.apart);
    let waits = at.visited_at - since < steady;
    waits.then(|| (None, vec![Effect::Revisit(next.max(at.now))]))
}

/// What the visits to a site tell of its vetoes.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// The rules that are met or cannot be told.
    pub held: &'a Held,
    /// The oldest latest visit to any page of the site, and the newest.
    pub oldest: Moment,
    /// The newest of them.
    pub latest: Moment,
}

/// How a veto is told again.
#[derive(Debug, Clone, Copy)]
pub struct Again<'a> {
    /// The working days.
    pub calendar: &'a Calendar,
    /// How it is repeated.
    pub repeat: Repeat,
    /// In which hours it goes out; `None` where it goes at once.
    pub window: Option<Window>,
    /// How long after a first sight the second visit is made.
    pub confirm_after: TimeDelta,
    /// The present instant.
    pub now: Moment,
}

/// Moves the incident of a veto, or of its nearness; `told` names a repetition.
pub fn step_veto(
    before: Option<&Incident>,
    key: &IncidentKey,
    sight: Sight<'_>,
    told: fn(u32) -> Told,
    at: Again<'_>,
) -> Step {
    let before = before.filter(|incident| !incident.is_resolved());
    let known: &[Ground] = before.map_or(&[], |incident| &incident.grounds);
    let grounds = grounds(known, sight.held, at.now);
    let Some(incident) = before else {
        if sight.held.facts.is_empty() {
            return UNCHANGED;
        }
        let seen_at = sight.latest;
        let mut fresh = Incident::new(key.clone(), seen_at, State::Suspected { seen_at });
        fresh.grounds = grounds;
        return (Some(fresh), vec![revisit(at)]);
    };
    let mut after = incident.clone();
    after.grounds = grounds;
    let is_proven = proven(&after.grounds, sight.held).next().is_some();
    match incident.state {
        State::Resolved { .. } => UNCHANGED,
        State::Suspected { .. } if after.grounds.is_empty() => {
            (Some(resolved(incident, at.now)), Vec::new())
        }
        State::Suspected { .. } if is_proven => {
            after.state = State::told_now(at.now);
            (Some(after), vec![Effect::Tell(told(0))])
        }
        State::Suspected { .. } => changed(incident, after),
        State::Open { .. } if after.grounds.is_empty() => clears(incident, sight, at),
        State::Open { .. } => {
            if let State::Open { pending, .. } = &mut after.state {
                *pending = None;
            }
            match is_proven.then(|| repeated(&after, told, at)).flatten() {
                Some(step) => step,
                None => changed(incident, after),
            }
        }
    }
}

/// The facts that a later visit has confirmed.
pub fn proven<'a>(grounds: &'a [Ground], held: &'a Held) -> impl Iterator<Item = &'a Fact> {
    held.facts.iter().filter(move |fact| {
        let ground = grounds.iter().find(|ground| ground.rule == fact.rule);
        ground.is_some_and(|ground| ground.seen_at < fact.since)
    })
}

/// The rules that are met: those known before as long as they are met or cannot be told, and new
/// ones. What was seen in a future from which the clock was set back is seen anew.
fn grounds(known: &[Ground], held: &Held, now: Moment) -> Vec<Ground> {
    let is_met = |ground: &&Ground| held.facts.iter().any(|fact| fact.rule == ground.rule);
    let stays = |ground: &&Ground| is_met(ground) || held.untold.contains(&ground.rule);
    let known = known.iter().filter(|ground| ground.seen_at <= now);
    let mut all: Vec<Ground> = known.filter(stays).copied().collect();
    for fact in &held.facts {
        if all.iter().all(|ground| ground.rule != fact.rule) {
            all.push(Ground {
                rule: fact.rule,
                seen_at: fact.until,
            });
        }
    }
    all
}

/// No rule is met any more: over when every page of the site was visited once more.
fn clears(incident: &Incident, sight: Sight<'_>, at: Again<'_>) -> Step {
    let State::Open { pending, .. } = incident.state else {
        return UNCHANGED;
    };
    match pending.filter(|pending| pending.seen_at <= at.now) {
        Some(pending) if pending.seen_at < sight.oldest => {
            (Some(resolved(incident, at.now)), vec![Effect::Recover])
        }
        Some(_) => UNCHANGED,
        None => {
            let mut after = incident.clone();
            after.grounds.clear();
            if let State::Open { pending, .. } = &mut after.state {
                *pending = Some(Pending {
                    change: Change::Clear,
                    seen_at: sight.latest,
                });
            }
            (Some(after), vec![revisit(at)])
        }
    }
}

/// The repetition that is due, on a working day.
fn repeated(incident: &Incident, told: fn(u32) -> Told, at: Again<'_>) -> Option<Step> {
    let State::Open {
        since,
        repeats,
        told_at,
        pending,
    } = incident.state
    else {
        return None;
    };
    let Repeat::Every { working_days, most } = at.repeat else {
        return None;
    };
    let today = date_of(at.now);
    let is_undone = told_at - at.now > SET_BACK;
    let passed = match at.window {
        Some(window) => worked_since(told_at, at.now, at.calendar, window),
        None => at.calendar.working_days_between(date_of(told_at), today),
    };
    let is_due = is_undone || passed >= working_days.max(1);
    let is_spent = most.is_some_and(|most| repeats >= most);
    if !is_due || is_spent || !at.calendar.is_working_day(today) {
        return None;
    }
    let repeats = repeats.saturating_add(1);
    let mut after = incident.clone();
    after.state = State::Open {
        since: since.min(at.now),
        repeats,
        told_at: at.now,
        pending,
    };
    Some((Some(after), vec![Effect::Tell(told(repeats))]))
}

fn changed(before: &Incident, after: Incident) -> Step {
    match *before == after {
        true => UNCHANGED,
        false => (Some(after), Vec::new()),
    }
}

fn revisit(at: Again<'_>) -> Effect {
    Effect::Revisit(at.now + at.confirm_after.max(TimeDelta::seconds(1)))
}

fn resolved(incident: &Incident, now: Moment) -> Incident {
    let mut after = incident.clone();
    after.state = State::Resolved { at: now };
    after
}
