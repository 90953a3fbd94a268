//! How an incident moves: the incident before, what the latest visit proves, `now`; the incident
//! after and the effects, as data.
//!
//! Every pair of state and sight is written out. A visit that proves nothing changes nothing: it
//! neither raises nor ends an incident. What would reach a unit, a rise and an end alike, waits
//! for a second visit that agrees.

use chrono::TimeDelta;

use super::incident::{Change, Incident, IncidentKey, Pending, Release, State};
use super::outbox::Told;
use super::rules::{AlertRules, Repeat};
use crate::assess::ladder::Tier;
use crate::calendar::Calendar;
use crate::domain::finding::LastUpdate;
use crate::domain::time::{Moment, date_of};

/// What the latest visit proves of a column's deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof<'a> {
    /// The newest dated item was read, and its age reaches this tier, if any.
    Dated {
        /// The tier by age.
        tier: Option<Tier>,
        /// The item.
        update: &'a LastUpdate,
    },
    /// Nothing: the visit could not judge.
    Nothing,
    /// The column is not to be judged: exempt, not configured, emptied.
    OutOfScope,
}

/// What follows from a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Tell those whom the tier selects.
    Tell(Told),
    /// Tell those who were told that it is over; what still waits is withdrawn.
    Recover,
    /// Withdraw what still waits.
    Withdraw,
    /// Visit again at this instant, to confirm.
    Revisit(Moment),
}

/// What a step needs to know besides the incident.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The rules of alerting.
    pub rules: &'a AlertRules,
    /// The working days.
    pub calendar: &'a Calendar,
    /// Working days of severely overdue after which escalation follows.
    pub escalate_after: u32,
    /// When the latest visit began.
    pub visited_at: Moment,
    /// The present instant.
    pub now: Moment,
}

/// The incident after the step, `None` where nothing changes, and the effects.
pub type Step = (Option<Incident>, Vec<Effect>);

const UNCHANGED: Step = (None, Vec::new());

/// Moves the incident of a column's deadline.
pub fn step(
    before: Option<&Incident>,
    key: &IncidentKey,
    proof: Proof<'_>,
    at: Context<'_>,
) -> Step {
    match (before.map(|incident| (incident, &incident.state)), proof) {
        (
            None | Some((_, State::Resolved { .. })),
            Proof::Dated {
                tier: Some(_),
                update,
            },
        ) => suspect(key, update, at),
        (None | Some((_, State::Resolved { .. })), _) => UNCHANGED,
        (Some((_, State::Suspected { .. } | State::Open { .. })), Proof::Nothing) => UNCHANGED,
        (Some((incident, _)), Proof::OutOfScope) => {
            (Some(resolved(incident, at.now)), vec![Effect::Withdraw])
        }
        (Some((incident, State::Suspected { seen_at })), Proof::Dated { tier, update }) => {
            match tier {
                None => (Some(resolved(incident, at.now)), Vec::new()),
                Some(_) if at.visited_at <= *seen_at => UNCHANGED,
                Some(_) if is_other_deadline(incident, update) => suspect(key, update, at),
                Some(tier) => opened(incident, tier, at),
            }
        }
        (Some((incident, State::Open { .. })), Proof::Dated { tier, update }) => match tier {
            Some(tier) if !is_later(incident, update) => stays(incident, tier, update, at),
            _ => clears(incident, at),
        },
    }
}

/// A person lets a proposed escalation go out.
pub fn release(incident: &Incident, by: &str, now: Moment) -> Option<Step> {
    let State::Open {
        repeats, pending, ..
    } = incident.state
    else {
        return None;
    };
    if incident.release != Some(Release::Proposed) {
        return None;
    }
    let mut after = incident.clone();
    after.release = Some(Release::Granted {
        by: by.to_owned(),
        at: now,
    });
    after.state = State::Open {
        since: now,
        repeats,
        told_at: now,
        pending,
    };
    let effects = vec![Effect::Tell(Told::Raised(Tier::Escalation))];
    Some((Some(after), effects))
}

/// Moves an incident without tiers, which its own rule has already confirmed; `present` is `None`
/// where nothing can be said now.
pub fn step_plain(
    before: Option<&Incident>,
    key: &IncidentKey,
    present: Option<bool>,
    told: Told,
    now: Moment,
) -> Step {
    match (before.filter(|incident| !incident.is_resolved()), present) {
        (None, Some(true)) => {
            let state = State::Open {
                since: now,
                repeats: 0,
                told_at: now,
                pending: None,
            };
            let incident = Incident::new(key.clone(), now, state);
            (Some(incident), vec![Effect::Tell(told)])
        }
        (Some(incident), Some(false)) => (Some(resolved(incident, now)), vec![Effect::Recover]),
        (None, Some(false) | None) | (Some(_), Some(true) | None) => UNCHANGED,
    }
}

fn suspect(key: &IncidentKey, update: &LastUpdate, at: Context<'_>) -> Step {
    let state = State::Suspected {
        seen_at: at.visited_at,
    };
    let mut incident = Incident::new(key.clone(), at.visited_at, state);
    incident.last_update = Some(update.clone());
    (Some(incident), vec![revisit(at)])
}

fn opened(incident: &Incident, tier: Tier, at: Context<'_>) -> Step {
    let mut after = incident.clone();
    after.tier = Some(tier);
    after.state = told_now(0, at.now);
    (Some(after), vec![Effect::Tell(Told::Raised(tier))])
}

/// The deadline stands as it was, or an older item is now the newest: it rises, repeats, or
/// stays.
fn stays(incident: &Incident, tier: Tier, update: &LastUpdate, at: Context<'_>) -> Step {
    let State::Open { since, pending, .. } = incident.state else {
        return UNCHANGED;
    };
    let mut after = incident.clone();
    after.last_update = Some(update.clone());
    let told = incident.tier.unwrap_or(Tier::Reminder);
    if tier > told {
        return match pending {
            Some(Pending {
                change: Change::Raise,
                seen_at,
            }) if seen_at < at.visited_at => {
                after.tier = Some(tier);
                after.state = told_now(0, at.now);
                (Some(after), vec![Effect::Tell(Told::Raised(tier))])
            }
            Some(Pending {
                change: Change::Raise,
                ..
            }) => UNCHANGED,
            _ => (
                Some(with_pending(after, Change::Raise, at)),
                vec![revisit(at)],
            ),
        };
    }
    if told == Tier::SeverelyOverdue && tier == told && is_long(since, at) {
        return escalated(after, at);
    }
    let lowered = tier < told && told != Tier::Escalation;
    if lowered {
        after.tier = Some(tier);
    }
    match repeated(&after, at) {
        Some(step) => step,
        None if lowered || pending.is_some() => (Some(without_pending(after)), Vec::new()),
        None => UNCHANGED,
    }
}

/// An update was seen: over when a second visit sees it too.
fn clears(incident: &Incident, at: Context<'_>) -> Step {
    let State::Open { pending, .. } = incident.state else {
        return UNCHANGED;
    };
    match pending {
        Some(Pending {
            change: Change::Clear,
            seen_at,
        }) if seen_at < at.visited_at => (Some(resolved(incident, at.now)), vec![Effect::Recover]),
        Some(Pending {
            change: Change::Clear,
            ..
        }) => UNCHANGED,
        _ => {
            let after = with_pending(incident.clone(), Change::Clear, at);
            (Some(after), vec![revisit(at)])
        }
    }
}

fn escalated(mut after: Incident, at: Context<'_>) -> Step {
    let waits = at
        .rules
        .tiers
        .get(&Tier::Escalation)
        .is_some_and(|rule| rule.release);
    after.tier = Some(Tier::Escalation);
    after.state = told_now(0, at.now);
    after.release = waits.then_some(Release::Proposed);
    let told = if waits {
        Told::EscalationProposed
    } else {
        Told::Raised(Tier::Escalation)
    };
    (Some(after), vec![Effect::Tell(told)])
}

/// The repetition that is due, if one is: after enough working days, and on the word of a visit
/// made since the last telling.
fn repeated(incident: &Incident, at: Context<'_>) -> Option<Step> {
    let State::Open {
        since,
        repeats,
        told_at,
        ..
    } = incident.state
    else {
        return None;
    };
    let tier = incident.tier?;
    if incident.release == Some(Release::Proposed) || at.visited_at <= told_at {
        return None;
    }
    let Repeat::Every { working_days, most } = at.rules.tiers.get(&tier)?.repeat else {
        return None;
    };
    let passed = at
        .calendar
        .working_days_between(date_of(told_at), date_of(at.now));
    let spent = most.is_some_and(|most| repeats >= most);
    if spent || passed < working_days.max(1) || !at.calendar.is_working_day(date_of(at.now)) {
        return None;
    }
    let repeats = repeats.saturating_add(1);
    let mut after = incident.clone();
    after.state = State::Open {
        since,
        repeats,
        told_at: at.now,
        pending: None,
    };
    Some((
        Some(after),
        vec![Effect::Tell(Told::Repeated(tier, repeats))],
    ))
}

fn is_long(since: Moment, at: Context<'_>) -> bool {
    let days = at
        .calendar
        .working_days_between(date_of(since), date_of(at.now));
    days >= at.escalate_after
}

/// Whether `update` is newer than what the incident is about: that deadline is met.
fn is_later(incident: &Incident, update: &LastUpdate) -> bool {
    incident
        .last_update
        .as_ref()
        .is_some_and(|known| update.on > known.on)
}

fn is_other_deadline(incident: &Incident, update: &LastUpdate) -> bool {
    incident
        .last_update
        .as_ref()
        .is_some_and(|known| update.on != known.on)
}

fn revisit(at: Context<'_>) -> Effect {
    Effect::Revisit(at.now + at.rules.confirm_after.max(TimeDelta::minutes(1)))
}

fn told_now(repeats: u32, now: Moment) -> State {
    State::Open {
        since: now,
        repeats,
        told_at: now,
        pending: None,
    }
}

fn resolved(incident: &Incident, now: Moment) -> Incident {
    let mut after = incident.clone();
    after.state = State::Resolved { at: now };
    after
}

fn with_pending(mut incident: Incident, change: Change, at: Context<'_>) -> Incident {
    if let State::Open { pending, .. } = &mut incident.state {
        *pending = Some(Pending {
            change,
            seen_at: at.visited_at,
        });
    }
    incident
}

fn without_pending(mut incident: Incident) -> Incident {
    if let State::Open { pending, .. } = &mut incident.state {
        *pending = None;
    }
    incident
}
