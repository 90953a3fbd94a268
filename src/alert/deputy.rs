//! Who receives what is meant for a person who is away: a deputy, or those to whom messages climb
//! where nobody holds a role.
//!
//! Decided on the day on which a message is written, for whole days. What a deputy receives is not
//! handed on again: a deputy who is away is passed over for the next one of the list.

use std::collections::BTreeSet;

use super::hours;
use super::outbox::{InPlaceOf, MessageKey, Notice, NoticeState, Told, Why};
use super::route;
use super::rules::AlertRules;
use crate::calendar::Calendar;
use crate::domain::group::{Group, Person};
use crate::domain::id::{PersonId, UnitId};
use crate::domain::time::{Date, Moment, date_of};

/// Who receives what is meant for a person who is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receivers {
    /// The people; never the person alone.
    pub people: BTreeSet<PersonId>,
    /// Why they do.
    pub why: Why,
    /// Whether the person gets it too.
    pub copy: bool,
}

/// Who receives on `day` what is meant for `person` and about `unit`; `None` where the person does:
/// nobody is away, or everybody is, and then nothing is to be silent.
pub fn receivers(
    person: &PersonId,
    unit: Option<&UnitId>,
    day: Date,
    group: &Group,
) -> Option<Receivers> {
    let person = group.people.get(person)?;
    let absence = person.absence(day)?;
    if let Some(deputy) = deputy_on(person, day, group) {
        return Some(Receivers {
            people: [deputy].into(),
            why: Why::Deputy,
            copy: absence.copy,
        });
    }
    let mut people = above(person, unit, day, group);
    people.remove(&person.id);
    (!people.is_empty()).then_some(Receivers {
        people,
        why: Why::NoDeputy,
        copy: absence.copy,
    })
}

/// Who can be reached on `day` of those who are meant: they themselves, or who stands in for them.
pub fn on_duty(meant: BTreeSet<PersonId>, day: Date, group: &Group) -> BTreeSet<PersonId> {
    let mut reached = BTreeSet::new();
    for person in meant {
        match receivers(&person, None, day, group) {
            Some(receivers) => {
                reached.extend(receivers.people);
                reached.extend(receivers.copy.then_some(person));
            }
            None => {
                reached.insert(person);
            }
        }
    }
    reached
}

/// The first deputy of `person` who is there on `day`.
fn deputy_on(person: &Person, day: Date, group: &Group) -> Option<PersonId> {
    let deputies = &person.absence(day)?.deputies;
    let there = |id: &&PersonId| {
        let deputy = group.people.get(id);
        deputy.is_some_and(|deputy| deputy.absence(day).is_none())
    };
    deputies.iter().find(there).cloned()
}

/// To whom messages climb from `person`: the next higher role of the unit in which anybody is
/// reached, and the operators, who so hear of it.
fn above(person: &Person, unit: Option<&UnitId>, day: Date, group: &Group) -> BTreeSet<PersonId> {
    let reached = |people: BTreeSet<PersonId>| -> BTreeSet<PersonId> {
        let there = people.into_iter().filter_map(|id| {
            let one = group.people.get(&id)?;
            match one.absence(day) {
                None => Some(id),
                Some(_) => deputy_on(one, day, group),
            }
        });
        there.filter(|id| *id != person.id).collect()
    };
    let mut duties = person.duties.iter();
    let role = duties
        .by_ref()
        .filter(|duty| unit.is_some() && duty.unit.as_ref() == unit)
        .map(|duty| duty.role)
        .max();
    let mut people = unit.zip(role).map_or_else(BTreeSet::new, |(unit, role)| {
        let mut levels = route::levels_above(role, unit, group).map(reached);
        levels.find(|people| !people.is_empty()).unwrap_or_default()
    });
    people.extend(reached(route::operators(group)));
    people
}

/// Whether somebody else receives `notice`, should it still wait on `day`.
pub fn is_handed_on(notice: &Notice, day: Date, group: &Group) -> bool {
    handed_to(notice, day, group).is_some()
}

/// Who receives on `day` what waits as `notice`, why, and whether its person gets it too; `None` where it
/// stays with its person.
fn handed_to(
    notice: &Notice,
    day: Date,
    group: &Group,
) -> Option<(BTreeSet<PersonId>, Option<Why>, bool)> {
    let person = group.people.get(&notice.person)?;
    if notice.copied || person.absence(day).is_none() {
        return None;
    }
    let meant = meant_for(notice);
    let own = *meant == notice.person;
    match receivers(meant, notice.unit.as_ref(), day, group) {
        Some(to) => Some((to.people, Some(to.why), to.copy && own)),
        // Whoever was away may be back, while who stood in is away now.
        None => (!own).then(|| ([meant.clone()].into(), None, false)),
    }
}

/// Whom `notice` is meant for, though another stand in.
fn meant_for(notice: &Notice) -> &PersonId {
    let instead = notice.in_place_of.as_ref();
    instead.map_or(&notice.person, |instead| &instead.person)
}

/// What was handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handed {
    /// What waits for those who stand in.
    pub fresh: Vec<Notice>,
    /// What was meant for those who are away: withdrawn, or marked where they get it too.
    pub gone: Vec<Notice>,
}

/// Hands over those of `waiting` that are `ready` and whose person is away on the day of `now`.
/// Nobody is handed what already waits for them.
pub fn hand_over(
    waiting: &[Notice],
    group: &Group,
    calendar: &Calendar,
    rules: &AlertRules,
    now: Moment,
    ready: impl Fn(&Notice) -> bool,
) -> Handed {
    let mut handed = Handed::default();
    for notice in waiting.iter().filter(|notice| ready(notice)) {
        let Some((people, why, copy)) = handed_to(notice, date_of(now), group) else {
            continue;
        };
        let meant = meant_for(notice);
        // These are told apart by their cause alone; of others it is a remark for one person.
        let by_cause = matches!(notice.told, Told::Trouble | Told::EscalationProposed);
        for receiver in people.into_iter().filter(|one| *one != notice.person) {
            let known = |other: &Notice| {
                other.person == receiver
                    && other.incident == notice.incident
                    && other.told == notice.told
                    && (!by_cause || other.facts.why == notice.facts.why)
            };
            if waiting.iter().chain(&handed.fresh).any(known) {
                continue;
            }
            let hours = hours::of_id(&receiver, group, rules);
            let opens = match notice.urgent {
                true => now,
                false => calendar.opening(now, hours),
            };
            handed.fresh.push(Notice {
                key: MessageKey::of(&["stand-in", notice.key.as_str(), receiver.as_str()]),
                in_place_of: why.map(|why| InPlaceOf {
                    person: meant.clone(),
                    post: route::post(meant, notice.unit.as_ref(), group),
                    why,
                }),
                person: receiver,
                not_before: opens,
                expires_at: match notice.urgent {
                    true => notice.expires_at,
                    false => calendar
                        .lapse(opens, rules.expires_after, hours)
                        .max(notice.expires_at),
                },
                copied: false,
                first: false,
                ..notice.clone()
            });
        }
        let mut gone = notice.clone();
        match copy {
            true => gone.copied = true,
            false => gone.state = NoticeState::Withdrawn(now),
        }
        handed.gone.push(gone);
    }
    handed
}
