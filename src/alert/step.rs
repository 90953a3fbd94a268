//! How an incident moves: the incident before, what the latest visit proves, `now`; the incident
//! after and the effects, as data.
//!
//! Every pair of state and sight is written out. A visit that proves nothing changes nothing: it
//! neither raises nor ends an incident. What would reach a unit, a rise and an end alike, waits
//! for a second visit that agrees.

use chrono::TimeDelta;

use super::again::{Again, Before};
use super::incident::{Change, Incident, IncidentKey, Pending, Proposal, Release, Rise, State};
use super::outbox::Told;
use super::rules::{AlertRules, Repeat, Tiers};
use crate::assess::ladder::Tier;
use crate::calendar::{Calendar, Window};
use crate::domain::finding::LastUpdate;
use crate::domain::time::{Moment, date_of};

/// What the latest visit proves of a column's deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof<'a> {
    /// The deadline was read, and reaches this tier, if any.
    Judged {
        /// The tier by its age, or by the day by which something is owed.
        tier: Option<Tier>,
        /// The item; `None` where something is owed that was not published.
        update: Option<&'a LastUpdate>,
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
    /// Propose escalation to the operator because it is the second time.
    Propose(Again),
    /// Visit again at this instant, to confirm.
    Revisit(Moment),
}

/// What a step needs to know besides the incident.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The rules of alerting.
    pub rules: &'a AlertRules,
    /// Who hears of which tier of the column, and how often.
    pub tiers: &'a Tiers,
    /// The working days.
    pub calendar: &'a Calendar,
    /// Working days of severely overdue after which escalation follows.
    pub escalate_after: u32,
    /// Of what this would be the second time, by the tier that it rises to.
    pub before: Before,
    /// Whether the unit's answer holds today: nothing is repeated meanwhile.
    pub answered: bool,
    /// When the latest visit began.
    pub visited_at: Moment,
    /// The present instant.
    pub now: Moment,
}

/// The incident after the step, `None` where nothing changes, and the effects.
pub type Step = (Option<Incident>, Vec<Effect>);

/// A clock that was set back by more had been wrong by days.
pub(super) const SET_BACK: TimeDelta = TimeDelta::days(1);

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
            Proof::Judged {
                tier: Some(_),
                update,
            },
        ) => suspect(key, update, at),
        (None | Some((_, State::Resolved { .. })), _) => UNCHANGED,
        (Some((_, State::Suspected { .. } | State::Open { .. })), Proof::Nothing) => UNCHANGED,
        (Some((incident, _)), Proof::OutOfScope) => {
            (Some(resolved(incident, at.now)), vec![Effect::Withdraw])
        }
        (Some((incident, State::Suspected { seen_at })), Proof::Judged { tier, update }) => {
            match tier {
                None => (Some(resolved(incident, at.now)), Vec::new()),
                // What was seen in a future from which the clock was set back is seen now.
                Some(_) if *seen_at > at.now => suspect(key, update, at),
                Some(_) if at.visited_at <= *seen_at => UNCHANGED,
                Some(_) if is_other_deadline(incident, update) => suspect(key, update, at),
                Some(tier) => opened(incident, tier, at),
            }
        }
        (Some((incident, State::Open { .. })), Proof::Judged { tier, update }) => match tier {
            Some(tier) if !is_later(incident, update) => stays(incident, tier, update, at),
            _ => clears(incident, at),
        },
    }
}

/// A person lets a proposed escalation go out.
pub fn release(incident: &Incident, by: &str, now: Moment) -> Option<Step> {
    let State::Open { pending, .. } = incident.state else {
        return None;
    };
    if incident.release != Some(Release::Proposed) {
        return None;
    }
    let mut after = incident.clone();
    after.tier = Some(Tier::Escalation);
    after.proposal = None;
    after.release = Some(Release::Granted {
        by: by.to_owned(),
        at: now,
    });
    after.state = State::Open {
        since: now,
        // Those of the tier before do not count.
        repeats: 0,
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
            let incident = Incident::new(key.clone(), now, State::told_now(now));
            (Some(incident), vec![Effect::Tell(told)])
        }
        (Some(incident), Some(false)) => (Some(resolved(incident, now)), vec![Effect::Recover]),
        (None, Some(false) | None) | (Some(_), Some(true) | None) => UNCHANGED,
    }
}

fn suspect(key: &IncidentKey, update: Option<&LastUpdate>, at: Context<'_>) -> Step {
    let state = State::Suspected {
        seen_at: at.visited_at,
    };
    let mut incident = Incident::new(key.clone(), at.visited_at, state);
    incident.last_update = update.cloned();
    (Some(incident), vec![revisit(at)])
}

fn opened(incident: &Incident, tier: Tier, at: Context<'_>) -> Step {
    let mut after = incident.clone();
    after.state = State::told_now(at.now);
    raised(after, tier, at)
}

/// The rise to `tier` is told; where it is the second time, escalation is proposed as well and the
/// ladder goes on meanwhile.
fn raised(mut after: Incident, tier: Tier, at: Context<'_>) -> Step {
    after.tier = Some(tier);
    let mut effects = vec![Effect::Tell(Told::Raised(tier))];
    let again = at.before.again(tier, after.rises.is_empty());
    if tier >= Tier::Overdue {
        after.rises.push(Rise {
            tier,
            at: at.now,
            goes_on: at.before.goes_on(tier),
        });
    }
    match again.filter(|_| after.release.is_none()) {
        None => {}
        Some(again) if waits_for_release(at) => {
            after.release = Some(Release::Proposed);
            after.proposal = Some(Proposal {
                again,
                told_at: at.now,
                repeats: 0,
            });
            effects.push(Effect::Propose(again));
        }
        Some(_) => {
            after.tier = Some(Tier::Escalation);
            effects.push(Effect::Tell(Told::Raised(Tier::Escalation)));
        }
    }
    (Some(after), effects)
}

/// The deadline stands as it was, or an older item is now the newest: it rises, repeats, or
/// stays.
fn stays(incident: &Incident, tier: Tier, update: Option<&LastUpdate>, at: Context<'_>) -> Step {
    let State::Open { since, pending, .. } = incident.state else {
        return UNCHANGED;
    };
    let pending = from_now(pending, at);
    let mut after = incident.clone();
    after.last_update = update.cloned();
    let told = incident.tier.unwrap_or(Tier::Reminder);
    if tier > told {
        return match pending {
            Some(Pending {
                change: Change::Raise,
                seen_at,
            }) if seen_at < at.visited_at => {
                after.state = State::told_now(at.now);
                raised(after, tier, at)
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
    let made = match repeated(&after, at) {
        Some(step) => step,
        None if lowered || pending.is_some() => (Some(without_pending(after.clone())), Vec::new()),
        None => UNCHANGED,
    };
    proposed_anew(after, made, at)
}

/// An update was seen: over when a second visit sees it too.
fn clears(incident: &Incident, at: Context<'_>) -> Step {
    let State::Open { pending, .. } = incident.state else {
        return UNCHANGED;
    };
    match from_now(pending, at) {
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
    let waits = waits_for_release(at);
    after.tier = Some(Tier::Escalation);
    after.proposal = None;
    after.state = State::told_now(at.now);
    after.release = waits.then_some(Release::Proposed);
    let told = if waits {
        Told::EscalationProposed
    } else {
        Told::Raised(Tier::Escalation)
    };
    (Some(after), vec![Effect::Tell(told)])
}

/// Whether a person has to release an escalation.
fn waits_for_release(at: Context<'_>) -> bool {
    let rule = at.tiers.get(&Tier::Escalation);
    rule.is_some_and(|rule| rule.release)
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
    if !is_due_again(tier, told_at, repeats, at) {
        return None;
    }
    let repeats = repeats.saturating_add(1);
    let mut after = incident.clone();
    after.state = State::Open {
        since: since.min(at.now),
        repeats,
        told_at: at.now,
        pending: None,
    };
    // Until somebody releases it, an escalation is proposed again.
    let waits = tier == Tier::Escalation && incident.release == Some(Release::Proposed);
    let told = match waits {
        true => Told::EscalationProposed,
        false => Told::Repeated(tier, repeats),
    };
    Some((Some(after), vec![Effect::Tell(told)]))
}

/// What `made` of `incident` becomes where its escalation, proposed beside a ladder that goes on, waits for
/// a person for so long that it is proposed anew.
fn proposed_anew(incident: Incident, (moved, mut effects): Step, at: Context<'_>) -> Step {
    let mut after = moved.clone().unwrap_or(incident);
    let waits = after.release == Some(Release::Proposed);
    let Some(proposal) = after.proposal.filter(|_| waits) else {
        return (moved, effects);
    };
    if !is_due_again(Tier::Escalation, proposal.told_at, proposal.repeats, at) {
        return (moved, effects);
    }
    after.proposal = Some(Proposal {
        told_at: at.now,
        repeats: proposal.repeats.saturating_add(1),
        ..proposal
    });
    effects.push(Effect::Propose(proposal.again));
    (Some(after), effects)
}

/// Whether what was told of `tier` at `told_at`, and repeated so often, is told again: after enough working
/// days, and on the word of a visit made since.
fn is_due_again(tier: Tier, told_at: Moment, repeats: u32, at: Context<'_>) -> bool {
    // What was told in a future from which the clock was set back by days is told once more. Of
    // some hours nobody takes notice: it was told today.
    let is_undone = told_at - at.now > SET_BACK;
    if at.answered || (at.visited_at <= told_at && !is_undone) {
        return false;
    }
    let rule = at.tiers.get(&tier).map(|rule| rule.repeat);
    let Some(Repeat::Every { working_days, most }) = rule else {
        return false;
    };
    let spent = most.is_some_and(|most| repeats >= most);
    // What is decided on a day off waits, and an answer that comes meanwhile would spend it unheard.
    let is_worked = at.calendar.is_working_day(date_of(at.now));
    let is_due = is_undone || is_worked && worked(told_at, at) >= working_days.max(1);
    !spent && is_due
}

/// The working days since `decided_at`, for what goes out in `window`: decided on a day off, it is heard on the
/// next working day. They count to the day of `now`, not to that on which what is decided now is heard: an answer
/// of the night would still what was decided in the evening, and a repetition would be spent unheard.
pub(super) fn worked_since(
    decided_at: Moment,
    now: Moment,
    calendar: &Calendar,
    window: Window,
) -> u32 {
    let heard_at = calendar.opening(decided_at, window);
    calendar.working_days_between(date_of(heard_at), date_of(now))
}

/// A change that was seen in a future from which the clock was set back waits for nothing.
fn from_now(pending: Option<Pending>, at: Context<'_>) -> Option<Pending> {
    pending.filter(|pending| pending.seen_at <= at.now)
}

fn worked(decided_at: Moment, at: Context<'_>) -> u32 {
    worked_since(decided_at, at.now, at.calendar, at.rules.window)
}

fn is_long(since: Moment, at: Context<'_>) -> bool {
    worked(since, at) >= at.escalate_after && at.calendar.is_working_day(date_of(at.now))
}

/// Whether `update` is newer than what the incident is about: that deadline is met.
fn is_later(incident: &Incident, update: Option<&LastUpdate>) -> bool {
    let known = incident.last_update.as_ref().zip(update);
    known.is_some_and(|(known, update)| update.on > known.on)
}

fn is_other_deadline(incident: &Incident, update: Option<&LastUpdate>) -> bool {
    let known = incident.last_update.as_ref().zip(update);
    known.is_some_and(|(known, update)| update.on != known.on)
}

fn revisit(at: Context<'_>) -> Effect {
    Effect::Revisit(at.now + at.rules.confirm_after.max(TimeDelta::seconds(1)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::incident::{Kind, Subject};
    use crate::assess::ladder::Ladder;
    use crate::domain::finding::{Basis, Evidence};
    use crate::domain::id::ColumnId;
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    fn update(on: &str) -> LastUpdate {
        LastUpdate {
            on: on.parse().unwrap(),
            basis: Basis::ListRow,
            evidence: Evidence {
                page: String::new(),
                title: String::new(),
                link: None,
                snippet: String::new(),
            },
        }
    }

    fn key() -> IncidentKey {
        IncidentKey {
            subject: Subject::Column(ColumnId::parse("kxw/gzdt").unwrap()),
            kind: Kind::Stale,
        }
    }

    /// A column of the 14-day class that is visited at will.
    struct Walk {
        incident: Option<Incident>,
        rules: AlertRules,
        calendar: Calendar,
        answered: bool,
        before: Before,
        told: Vec<(String, Told)>,
        proposed: Vec<String>,
        recovered: u32,
        withdrawn: u32,
    }

    impl Walk {
        fn new() -> Walk {
            Walk {
                incident: None,
                rules: AlertRules::default(),
                calendar: Calendar::default(),
                answered: false,
                before: Before::default(),
                told: Vec::new(),
                proposed: Vec::new(),
                recovered: 0,
                withdrawn: 0,
            }
        }

        fn step(&mut self, when: &str, proof: Proof<'_>) -> Vec<Effect> {
            let context = Context {
                rules: &self.rules,
                tiers: &self.rules.tiers,
                calendar: &self.calendar,
                escalate_after: 10,
                before: self.before,
                answered: self.answered,
                visited_at: at(when),
                now: at(when),
            };
            let (after, effects) = step(self.incident.as_ref(), &key(), proof, context);
            if let Some(after) = after {
                self.incident = (!after.is_resolved()).then_some(after);
            }
            let day = at(when).format("%m-%d").to_string();
            for effect in &effects {
                match effect {
                    Effect::Tell(told) => self.told.push((day.clone(), *told)),
                    Effect::Recover => self.recovered += 1,
                    Effect::Withdraw => self.withdrawn += 1,
                    Effect::Propose(_) => self.proposed.push(day.clone()),
                    Effect::Revisit(_) => {}
                }
            }
            effects
        }

        fn dated(&mut self, when: &str, on: &str) -> Vec<Effect> {
            let update = update(on);
            let age = (at(when).date_naive() - update.on).num_days();
            let tier = Ladder::default().tier(u32::try_from(age).unwrap(), 14);
            self.step(
                when,
                Proof::Judged {
                    tier,
                    update: Some(&update),
                },
            )
        }

        /// A morning's visit and the one that confirms it.
        fn morning(&mut self, day: &str, on: &str) {
            self.dated(&format!("{day}T07:00:00"), on);
            self.dated(&format!("{day}T07:30:00"), on);
        }
    }

    #[test]
    fn a_sleeping_column_climbs_the_ladder_once_a_tier_and_repeats_by_working_days() {
        let mut walk = Walk::new();
        let first: chrono::NaiveDate = "2017-11-10".parse().unwrap();
        for day in first.iter_days().take(36) {
            walk.morning(&day.to_string(), "2017-11-03");
        }
        use Tier::{Escalation, Overdue, Reminder, SeverelyOverdue, Warning};
        let expected = [
            ("11-14", Told::Raised(Reminder)),
            ("11-16", Told::Raised(Warning)),
            // A Saturday: the message waits, the tier does not.
            ("11-18", Told::Raised(Overdue)),
            // Three working days after that Monday's message.
            ("11-23", Told::Repeated(Overdue, 1)),
            ("11-25", Told::Raised(SeverelyOverdue)),
            ("11-28", Told::Repeated(SeverelyOverdue, 1)),
            ("11-29", Told::Repeated(SeverelyOverdue, 2)),
            ("11-30", Told::Repeated(SeverelyOverdue, 3)),
            ("12-01", Told::Repeated(SeverelyOverdue, 4)),
            ("12-04", Told::Repeated(SeverelyOverdue, 5)),
            // Ten working days after Monday, 27 November.
            ("12-11", Told::EscalationProposed),
        ];
        let told: Vec<_> = walk
            .told
            .iter()
            .map(|(day, told)| (day.as_str(), *told))
            .collect();
        assert_eq!(told, expected);
        let incident = walk.incident.clone().unwrap();
        assert_eq!(incident.tier, Some(Escalation));
        assert_eq!(incident.release, Some(Release::Proposed));

        let (released, effects) = release(&incident, "张", at("2017-12-18T09:00:00")).unwrap();
        assert_eq!(effects, [Effect::Tell(Told::Raised(Escalation))]);
        let released = released.unwrap();
        assert!(release(&released, "张", at("2017-12-18T09:01:00")).is_none());

        // From then on every five working days, without end.
        walk.incident = Some(released);
        walk.told.clear();
        let next: chrono::NaiveDate = "2017-12-18".parse().unwrap();
        for day in next.iter_days().take(15) {
            walk.morning(&day.to_string(), "2017-11-03");
        }
        let repeated = |day: &str, times| (day.to_owned(), Told::Repeated(Escalation, times));
        assert_eq!(walk.told, [repeated("12-25", 1), repeated("01-01", 2)]);
    }

    #[test]
    fn nobody_is_told_before_a_second_visit_agrees() {
        let mut walk = Walk::new();
        let effects = walk.dated("2017-11-14T07:00:00", "2017-11-03");
        assert_eq!(effects, [Effect::Revisit(at("2017-11-14T07:30:00"))]);
        // The same visit judged again is no second visit.
        assert_eq!(walk.dated("2017-11-14T07:00:00", "2017-11-03"), []);
        // A second visit that sees another date begins anew.
        let effects = walk.dated("2017-11-14T07:30:00", "2017-11-02");
        assert!(matches!(effects[..], [Effect::Revisit(_)]));
        // One that sees a fresh column ends it, and nobody ever knew.
        walk.dated("2017-11-14T08:00:00", "2017-11-14");
        assert_eq!(
            (walk.incident, walk.told.len(), walk.recovered),
            (None, 0, 0)
        );
    }

    #[test]
    fn on_a_day_off_no_repetition_is_decided() {
        let mut walk = Walk::new();
        let first: chrono::NaiveDate = "2017-11-10".parse().unwrap();
        for day in first.iter_days().take(19) {
            walk.morning(&day.to_string(), "2017-11-03");
        }
        let told = walk.told.len();
        // Not seen until Saturday.
        walk.morning("2017-12-02", "2017-11-03");
        assert_eq!(walk.told.len(), told);
        walk.morning("2017-12-04", "2017-11-03");
        let last = walk.told.last().map(|(day, told)| (day.as_str(), *told));
        let again = Told::Repeated(Tier::SeverelyOverdue, 2);
        assert_eq!(last, Some(("12-04", again)));
    }

    #[test]
    fn what_cannot_be_seen_neither_raises_nor_ends() {
        let mut walk = Walk::new();
        walk.dated("2017-11-14T07:00:00", "2017-11-03");
        let suspected = walk.incident.clone();
        assert_eq!(walk.step("2017-11-14T07:30:00", Proof::Nothing), []);
        assert_eq!(walk.incident, suspected);
        walk.dated("2017-11-14T08:00:00", "2017-11-03");
        let open = walk.incident.clone();
        for day in 15..30 {
            let when = format!("2017-11-{day}T07:00:00");
            assert_eq!(walk.step(&when, Proof::Nothing), [], "{when}");
        }
        assert_eq!(walk.incident, open);
    }

    #[test]
    fn a_clock_that_was_set_back_by_a_year_silences_no_column() {
        let mut walk = Walk::new();
        walk.dated("2018-11-14T07:00:00", "2017-11-03");
        walk.morning("2017-11-18", "2017-11-03");
        assert_eq!(
            walk.told,
            [("11-18".to_owned(), Told::Raised(Tier::Overdue))]
        );

        // An update that was seen in that future.
        walk.dated("2018-11-20T07:00:00", "2017-11-20");
        walk.morning("2017-11-20", "2017-11-20");
        assert_eq!((walk.recovered, walk.incident), (1, None));

        // A telling in that future.
        let mut walk = Walk::new();
        walk.morning("2018-11-14", "2018-10-30");
        walk.morning("2017-11-20", "2017-11-03");
        let last = walk.told.last().cloned();
        let repeated = Told::Repeated(Tier::Overdue, 1);
        assert_eq!(last, Some(("11-20".to_owned(), repeated)));
    }

    #[test]
    fn a_clock_that_was_set_back_by_hours_repeats_nothing() {
        let mut walk = Walk::new();
        walk.morning("2017-11-20", "2017-11-03");
        let told = walk.told.len();
        // The machine is started again with a clock that is late by two hours.
        walk.dated("2017-11-20T05:40:00", "2017-11-03");
        walk.dated("2017-11-20T08:40:00", "2017-11-03");
        assert_eq!(walk.told.len(), told, "{:?}", walk.told);
        walk.morning("2017-11-23", "2017-11-03");
        assert_eq!(walk.told.len(), told + 1);
    }

    #[test]
    fn an_update_ends_it_when_two_visits_saw_it() {
        let mut walk = Walk::new();
        walk.morning("2017-11-18", "2017-11-03");
        assert_eq!(walk.told.len(), 1);
        walk.dated("2017-11-20T07:00:00", "2017-11-20");
        assert_eq!(walk.recovered, 0);
        // Seen once and gone again: nothing has happened.
        walk.dated("2017-11-20T07:30:00", "2017-11-03");
        walk.dated("2017-11-20T08:00:00", "2017-11-20");
        assert_eq!(walk.recovered, 0);
        walk.dated("2017-11-20T08:30:00", "2017-11-20");
        assert_eq!((walk.recovered, walk.incident), (1, None));
    }

    #[test]
    fn an_update_that_is_itself_late_meets_the_old_deadline_and_opens_a_new_one() {
        let mut walk = Walk::new();
        walk.morning("2017-11-25", "2017-11-03");
        walk.morning("2017-11-26", "2017-11-13");
        assert_eq!((walk.recovered, walk.incident.is_none()), (1, true));
        walk.morning("2017-11-27", "2017-11-13");
        let last = walk.told.last().unwrap();
        assert_eq!(last.1, Told::Raised(Tier::Warning));
    }

    #[test]
    fn an_answer_stills_the_repetitions_and_no_rise() {
        use Tier::{Overdue, SeverelyOverdue};
        let mut walk = Walk::new();
        walk.morning("2017-11-18", "2017-11-03");
        walk.answered = true;
        for day in 19..=26 {
            walk.morning(&format!("2017-11-{day}"), "2017-11-03");
        }
        let told = |walk: &Walk| walk.told.iter().map(|(_, told)| *told).collect::<Vec<_>>();
        let raised = [Told::Raised(Overdue), Told::Raised(SeverelyOverdue)];
        assert_eq!(told(&walk), raised);
        // It lapsed on Sunday; what is heard on Monday is repeated on Tuesday.
        walk.answered = false;
        walk.morning("2017-11-28", "2017-11-03");
        assert_eq!(
            told(&walk).last(),
            Some(&Told::Repeated(SeverelyOverdue, 1))
        );
    }

    #[test]
    fn a_second_offence_is_proposed_while_the_ladder_goes_on() {
        use Tier::{Escalation, Overdue, SeverelyOverdue};
        let mut walk = Walk::new();
        walk.before.unit_was_overdue = Some(7);
        walk.morning("2017-11-18", "2017-11-03");
        let incident = walk.incident.clone().unwrap();
        assert_eq!(incident.release, Some(Release::Proposed));
        assert_eq!(incident.tier, Some(Overdue));
        for day in ["2017-11-23", "2017-11-25"] {
            walk.morning(day, "2017-11-03");
        }
        let told: Vec<_> = walk.told.iter().map(|(_, told)| *told).collect();
        let on = [
            Told::Raised(Overdue),
            Told::Repeated(Overdue, 1),
            Told::Raised(SeverelyOverdue),
        ];
        assert_eq!(told, on);
        walk.morning("2017-11-28", "2017-11-03");
        let last = walk.told.last().map(|(_, told)| *told);
        assert_eq!(last, Some(Told::Repeated(SeverelyOverdue, 1)));
        // Proposed on a Saturday and heard on Monday, 20 November; again five working days later.
        assert_eq!(walk.proposed, ["11-18", "11-28"]);
        let incident = walk.incident.clone().unwrap();
        let (released, effects) = release(&incident, "张", at("2017-11-28T09:00:00")).unwrap();
        assert_eq!(effects, [Effect::Tell(Told::Raised(Escalation))]);
        let released = released.unwrap();
        assert_eq!(released.tier, Some(Escalation));
        // Its repetitions are counted from here on.
        assert!(matches!(released.state, State::Open { repeats: 0, .. }));
    }

    #[test]
    fn a_column_out_of_scope_is_no_longer_spoken_of() {
        let mut walk = Walk::new();
        walk.morning("2017-11-18", "2017-11-03");
        let effects = walk.step("2017-11-19T07:00:00", Proof::OutOfScope);
        assert_eq!(effects, [Effect::Withdraw]);
        assert_eq!((walk.incident, walk.recovered), (None, 0));
    }

    #[test]
    fn incidents_without_tiers_begin_and_end_once() {
        let now = at("2017-11-14T07:00:00");
        let told = Told::Blind;
        assert_eq!(step_plain(None, &key(), None, told, now), UNCHANGED);
        assert_eq!(step_plain(None, &key(), Some(false), told, now), UNCHANGED);
        let (open, effects) = step_plain(None, &key(), Some(true), told, now);
        assert_eq!(effects, [Effect::Tell(told)]);
        let open = open.unwrap();
        assert_eq!(
            step_plain(Some(&open), &key(), Some(true), told, now),
            UNCHANGED
        );
        assert_eq!(step_plain(Some(&open), &key(), None, told, now), UNCHANGED);
        let (over, effects) = step_plain(Some(&open), &key(), Some(false), told, now);
        assert_eq!(effects, [Effect::Recover]);
        assert_eq!(
            step_plain(over.as_ref(), &key(), Some(false), told, now),
            UNCHANGED
        );
    }
}
