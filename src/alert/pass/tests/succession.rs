//! What waited for people who left.

use std::collections::BTreeSet;

use crate::domain::id::PersonId;

use super::{World, at};
use crate::alert::notice::undelivered;
use crate::alert::outbox::{MessageKey, Notice};
use crate::alert::succession::{not_told, successors};

/// Who hears, after `change`, what waited for the liaison of two columns that are overdue, and had no
/// word of it before.
fn heirs(change: impl FnOnce(&mut World)) -> Vec<String> {
    let mut world = World::new();
    world.saw(0, "2017-11-20T07:00:00", "2017-11-03", None);
    world.pass("2017-11-20T07:00:00");
    world.saw(0, "2017-11-20T07:30:00", "2017-11-03", None);
    world.pass("2017-11-20T07:30:00");
    let known: BTreeSet<_> = world
        .waiting
        .iter()
        .map(|notice| notice.key.clone())
        .collect();
    let li = PersonId::parse("li").unwrap();
    let mut left = world.waiting.clone();
    left.retain(|notice| notice.person == li);
    assert_eq!(left.len(), 2, "{left:?}");
    change(&mut world);
    let situation = world.situation("2017-11-21T07:00:00");
    let told = left
        .iter()
        .flat_map(|notice| successors(&situation, notice))
        .flatten();
    let fresh = told.filter(|notice| !known.contains(&notice.key));
    fresh.map(|notice| notice.person.to_string()).collect()
}

/// `new` is liaison in place of `li`.
fn replaced(world: &mut World) {
    let li = PersonId::parse("li").unwrap();
    let mut person = world.group.people.remove(&li).unwrap();
    person.id = PersonId::parse("new").unwrap();
    world.group.people.insert(person.id.clone(), person);
}

#[test]
fn who_holds_the_office_now_hears_what_waited_for_who_held_it() {
    assert_eq!(heirs(replaced), ["new", "new"]);
    // Were the person still there, it would be the same notice.
    assert!(heirs(|_| ()).is_empty());
}

#[test]
fn what_is_over_or_has_moved_on_goes_to_nobody() {
    let over = heirs(|world| {
        replaced(world);
        world.open.clear();
    });
    assert!(over.is_empty(), "{over:?}");
    let moved = heirs(|world| {
        replaced(world);
        for day in ["26", "27"] {
            let morning = format!("2017-11-{day}T07:00:00");
            world.saw(0, &morning, "2017-11-03", None);
            world.pass(&morning);
        }
    });
    assert!(moved.is_empty(), "{moved:?}");
    // What was told again since is told to the new one by that.
    let repeated = heirs(|world| {
        replaced(world);
        let morning = "2017-11-23T07:00:00";
        world.saw(0, morning, "2017-11-03", None);
        world.pass(morning);
    });
    assert!(repeated.is_empty(), "{repeated:?}");
}

#[test]
fn what_waited_for_an_operator_goes_to_those_operators_who_have_not_had_it() {
    let mut world = World::new();
    let now = at("2017-11-20T18:00:00");
    let said = |world: &World| {
        let seen = world.situation("2017-11-20T18:00:00");
        let cause = MessageKey::of(&["lost"]);
        undelivered(seen.group, seen.calendar, seen.rules, &cause, "未送达", now)
    };
    let op = PersonId::parse("op").unwrap();
    let second = PersonId::parse("op2").unwrap();
    let mut person = world.group.people[&op].clone();
    person.id = second.clone();
    world.group.people.insert(second.clone(), person.clone());
    let written = said(&world);
    assert_eq!(written.len(), 2);
    // One of the two is replaced by a third.
    world.group.people.remove(&op);
    person.id = PersonId::parse("op3").unwrap();
    world.group.people.insert(person.id.clone(), person.clone());
    let situation = world.situation("2017-11-21T07:00:00");
    let left = written.iter().find(|notice| notice.person == op).unwrap();
    let heirs = successors(&situation, left).unwrap();
    let heirs: Vec<Notice> = not_told(heirs, &written);
    let who: Vec<&PersonId> = heirs.iter().map(|heir| &heir.person).collect();
    assert_eq!(who, [&person.id]);
    assert_eq!(heirs[0].facts.why, "未送达");
    // Whoever follows both hears it once.
    world.group.people.remove(&second);
    let situation = world.situation("2017-11-21T07:00:00");
    let both = written
        .iter()
        .filter_map(|left| successors(&situation, left));
    assert_eq!(not_told(both.flatten().collect(), &written).len(), 1);
    assert!(heirs[0].not_before >= at("2017-11-21T08:30:00"));
}
