//! What waited for people who left.

use std::collections::BTreeSet;

use crate::domain::id::PersonId;

use super::World;
use crate::alert::succession::successors;

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
