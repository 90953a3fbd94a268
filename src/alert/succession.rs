//! What was written for a person who is no longer among the people of the group, and never sent, goes to
//! those who hold the office now.

use std::collections::BTreeSet;

use super::hours;
use super::incident::{Incident, State, Subject};
use super::notice::{self, About, Owed};
use super::outbox::{MessageKey, Notice, NoticeState, Told};
use super::pass::Situation;
use super::route;
use crate::domain::time::date_of;

/// The notices that tell what `notice` tells to everybody whom it concerns now, under the keys under which
/// they would have been written then: whoever was told already has one of that key. No notice where what it
/// tells is over, or has moved on and was told to those who are in office, and of an end, which nobody hears
/// who has not heard of the beginning. Nothing where it was handed over by somebody who may be gone as well.
pub fn successors(situation: &Situation<'_>, notice: &Notice) -> Option<Vec<Notice>> {
    if notice.in_place_of.is_some() {
        return None;
    }
    if notice.told == Told::Trouble && notice.incident.subject == Subject::Monitor {
        return Some(of_operators(situation, notice));
    }
    let incident = situation.open.get(&notice.incident);
    let about = about(situation, notice);
    let Some((incident, about)) = incident.zip(about) else {
        return Some(Vec::new());
    };
    let is_other = notice::key(incident, notice.told, &notice.person) != notice.key;
    let has_moved = is_other || !is_latest(incident, notice.told);
    if has_moved || notice.told == Told::Recovered {
        return Some(Vec::new());
    }
    let mut heirs = notice::write(situation, incident, notice.told, about, notice.urgent);
    if notice.told == Told::EscalationProposed {
        for heir in &mut heirs {
            heir.facts.why.clone_from(&notice.facts.why);
        }
    }
    Some(heirs)
}

/// What is told of the monitor itself, with no incident behind it, to every operator.
fn of_operators(situation: &Situation<'_>, notice: &Notice) -> Vec<Notice> {
    let (group, rules) = (situation.group, situation.rules);
    let operators = route::operators(group).into_iter();
    let heirs = operators.map(|person| {
        let hours = hours::of_id(&person, group, rules);
        let opens = situation.calendar.opening(situation.now, hours);
        let lapses = situation.calendar.lapse(opens, rules.expires_after, hours);
        Notice {
            key: MessageKey::of(&["heir", notice.key.as_str(), person.as_str()]),
            person,
            not_before: notice.not_before.max(opens),
            expires_at: notice.expires_at.max(lapses),
            state: NoticeState::Waiting,
            copied: false,
            ..notice.clone()
        }
    });
    heirs.collect()
}

/// Those of `heirs` of whom `others`, which were told or wait, show that their person has been told the same
/// at the same instant already.
pub fn not_told(heirs: Vec<Notice>, others: &[Notice]) -> Vec<Notice> {
    let same = |one: &Notice| (one.person.clone(), one.created_at, one.facts.why.clone());
    let of_monitor = |one: &&Notice| one.incident.subject == Subject::Monitor;
    let mut told: BTreeSet<_> = others.iter().filter(of_monitor).map(same).collect();
    let mut heirs = heirs;
    // Whoever follows two people is told it once.
    heirs.retain(|heir| !of_monitor(&heir) || told.insert(same(heir)));
    heirs
}

/// Whether nothing has been told of the tier of `incident` since `told`.
fn is_latest(incident: &Incident, told: Told) -> bool {
    let State::Open { repeats, .. } = incident.state else {
        return false;
    };
    match told {
        Told::Raised(_) => repeats == 0,
        Told::Repeated(_, number) | Told::NearVeto(number) | Told::Veto(number) => {
            repeats == number
        }
        _ => true,
    }
}

fn about<'a>(situation: &Situation<'a>, notice: &'a Notice) -> Option<About<'a>> {
    let group = situation.group;
    Some(match &notice.incident.subject {
        Subject::Column(id) => About::Column(group.columns.get(id)?),
        Subject::Duty(id, word) => {
            let mut duties = situation.limits.duties.iter();
            let duty = duties.find(|duty| duty.id == *word)?;
            About::Duty(Owed {
                column: group.columns.get(id)?,
                duty,
                due_on: duty.period(date_of(situation.now)).due_on,
            })
        }
        Subject::Site(id) => About::Site(group.sites.get(id)?, &notice.facts.why),
        Subject::Host(host) => About::Host(host),
        Subject::Unit(id) => About::Unit(group.units.get(id)?),
        Subject::Monitor => About::Monitor(&notice.facts.why),
    })
}
