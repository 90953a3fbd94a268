//! What nobody is to hear of: exemptions, the trial run, what is not or no longer configured.

use super::*;
use crate::alert::acts::holds;

fn h1() -> SiteId {
    SiteId::parse("h1").unwrap()
}

/// The columns of `h1` about which an incident is suspected or open.
fn open_on_h1(world: &World) -> usize {
    let of_h1 = |key: &&IncidentKey| match &key.subject {
        Subject::Column(id) => id.as_str().starts_with("h1/"),
        Subject::Host(host) => host.starts_with("h1."),
        _ => false,
    };
    world.open.keys().filter(of_h1).count()
}

#[test]
fn nobody_hears_of_what_is_exempt_and_afterwards_two_visits_are_needed_again() {
    let mut world = World::new();
    world.saw_all("2017-11-14T07:00:00", "2017-11-03");
    world.pass("2017-11-14T07:05:00");
    world.saw_all("2017-11-14T07:35:00", "2017-11-03");
    world.pass("2017-11-14T07:36:00");
    assert_eq!((world.told().len(), open_on_h1(&world)), (8, 2));
    // What waits is withdrawn, and no rise is told while it lasts.
    world.acts = vec![exempted(h1(), "2017-11-14", "2017-11-20")];
    world.pass("2017-11-14T09:00:00");
    assert_eq!((world.told().len(), open_on_h1(&world)), (6, 0));
    for day in 15..=20 {
        world.saw_all(&format!("2017-11-{day}T07:00:00"), "2017-11-03");
        world.pass(&format!("2017-11-{day}T07:05:00"));
        assert_eq!(open_on_h1(&world), 0, "{day}");
    }
    // The first day after it: suspected by one visit, told after the second.
    world.waiting.clear();
    world.saw_all("2017-11-21T07:00:00", "2017-11-03");
    world.pass("2017-11-21T07:05:00");
    let of_h1 = |world: &World| {
        let raised = |one: &&Notice| matches!(one.told, Told::Raised(_));
        let waiting = world.waiting.iter().filter(raised);
        let columns = waiting.filter_map(|one| one.column.clone());
        columns.filter(|id| id.as_str().starts_with("h1/")).count()
    };
    assert_eq!((open_on_h1(&world), of_h1(&world)), (2, 0));
    world.saw_all("2017-11-21T07:35:00", "2017-11-03");
    world.pass("2017-11-21T07:36:00");
    // The unit has no head: the operator hears in the head's place.
    assert_eq!((open_on_h1(&world), of_h1(&world)), (2, 4));
}

/// The verdicts of two visits in the morning of `day` that read an item of `on` everywhere.
fn confirmed(world: &mut World, day: &str, on: &str) {
    for minute in ["00", "35"] {
        let when = format!("{day}T07:{minute}:00");
        world.saw_all(&when, on);
        world.pass(&when);
    }
}

#[test]
fn a_silence_that_goes_on_after_an_exemption_is_no_second_offence() {
    let proposed = |world: &World| {
        let told = world.told().into_iter();
        told.filter(|(_, told)| *told == Told::EscalationProposed)
            .count()
    };
    let mut world = World::new();
    // The columns of h1 alone, severely overdue.
    world
        .group
        .columns
        .retain(|id, _| id.as_str().starts_with("h1/"));
    confirmed(&mut world, "2017-12-01", "2017-11-03");
    assert_eq!((open_on_h1(&world), proposed(&world)), (2, 0));
    world.acts = vec![exempted(h1(), "2017-12-01", "2017-12-03")];
    world.pass("2017-12-01T09:00:00");
    assert_eq!(open_on_h1(&world), 0);
    // It ended, and nothing was ever updated.
    confirmed(&mut world, "2017-12-04", "2017-11-03");
    assert_eq!((open_on_h1(&world), proposed(&world)), (2, 0));
    // Updated, and severely overdue once more within the quarter: that is a second time.
    confirmed(&mut world, "2017-12-05", "2017-12-05");
    assert_eq!(open_on_h1(&world), 0);
    confirmed(&mut world, "2018-01-05", "2017-12-05");
    assert_eq!((open_on_h1(&world), proposed(&world)), (2, 2));
}

#[test]
fn an_exempt_host_may_be_silent_and_its_columns_unreadable() {
    let mut world = World::new();
    let silent = || Some((3, TIMED_OUT));
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    world.saw(1, "2017-11-20T07:00:00", "2017-11-01", silent());
    world.pass("2017-11-20T07:05:00");
    assert_eq!((world.told().len(), open_on_h1(&world)), (1, 1));
    world.acts = vec![exempted(h1(), "2017-11-20", "2017-11-21")];
    world.pass("2017-11-20T07:06:00");
    assert_eq!((world.told().len(), open_on_h1(&world)), (0, 0));
    world.saw(1, "2017-11-20T11:00:00", "2017-11-01", silent());
    assert!(world.pass("2017-11-20T11:05:00").is_empty());
    let next = world.pass("2017-11-22T07:00:00");
    assert_eq!((next.incidents.len(), world.told().len()), (1, 1));
}

#[test]
fn a_silence_that_was_exempt_when_the_trial_ended_is_no_second_offence() {
    let mut world = World::new();
    let of_two = |id: &ColumnId| matches!(id.as_str(), "h0/a" | "h1/a");
    world.group.columns.retain(|id, _| of_two(id));
    world.live = false;
    confirmed(&mut world, "2017-12-01", "2017-11-14");
    world.acts = vec![exempted(h1(), "2017-12-01", "2017-12-03")];
    world.pass("2017-12-01T09:00:00");
    world.live = true;
    world.acts.push(Act {
        at: at("2017-12-01T10:00:00"),
        deed: Deed::WentLive,
        ..exempted(h1(), "2017-12-01", "2017-12-03")
    });
    let live = trial::go_live(&world.situation("2017-12-01T10:00:00"));
    assert!(!live.notices.is_empty());
    for incident in live.incidents {
        world.open.insert(incident.key.clone(), incident);
    }
    confirmed(&mut world, "2017-12-04", "2017-11-14");
    assert_eq!(open_on_h1(&world), 1);
    let proposed = |(_, told): &(String, Told)| *told == Told::EscalationProposed;
    assert!(!world.told().iter().any(proposed), "{:?}", world.told());
}

#[test]
fn a_trial_run_tells_no_unit_and_its_end_tells_how_things_stand() {
    let mut world = World::new();
    world.live = false;
    for day in 14..=18 {
        for minute in ["00", "35"] {
            let when = format!("2017-11-{day}T07:{minute}:00");
            world.saw_all(&when, "2017-11-03");
            world.pass(&when);
        }
    }
    assert_eq!(world.told(), []);
    let of = |world: &World| {
        let (rules, now) = ((&world.group, &world.rules), at("2017-11-20T08:00:00"));
        trial::forecast(&world.open, rules, (&holds(&world.acts), now))
    };
    let forecast = of(&world);
    // Of a unit without a head the operator hears in the head's place.
    assert_eq!((forecast.messages, forecast.columns), (2, [0, 8, 0, 0]));
    // What people hold back would not go out.
    world.acts = vec![Act {
        at: at("2017-11-20T07:30:00"),
        by: "张三".to_owned(),
        reason: String::new(),
        approver: None,
        deed: Deed::Held {
            scope: Scope::Column(ColumnId::parse("h0/a").unwrap()),
            until: at("2017-11-21T00:00:00"),
        },
    }];
    assert_eq!(of(&world).columns, [0, 7, 0, 0]);
    world.acts.clear();
    // Two columns are in time again before it ends.
    for minute in ["00", "35"] {
        let when = format!("2017-11-20T07:{minute}:00");
        world.saw_all(&when, "2017-11-03");
        world.saw(1, &when, "2017-11-20", None);
        world.pass(&when);
    }
    world.live = true;
    let verdicts = trial::go_live(&world.situation("2017-11-20T09:00:00"));
    let told: Vec<_> = verdicts.notices.iter().map(|notice| notice.told).collect();
    assert_eq!(told, [Told::Raised(Tier::Overdue); 12]);
    assert_eq!(verdicts.incidents.len(), 6);
}

#[test]
fn a_unit_without_contacts_is_told_of_once() {
    let mut world = World::new();
    world.group.people.remove(&PersonId::parse("li").unwrap());
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    world.pass("2017-11-20T07:05:00");
    assert_eq!(world.told(), [("op".to_owned(), Told::Trouble)]);
    assert!(world.pass("2017-11-21T07:05:00").is_empty());
}

#[test]
fn of_an_unconfirmed_column_nobody_hears_anything() {
    let mut world = World::new();
    world.saw_all("2017-11-20T07:00:00", "2017-11-01");
    world.pass("2017-11-20T07:05:00");
    world.saw_all("2017-11-20T07:35:00", "2017-11-01");
    world.pass("2017-11-20T07:36:00");
    assert!(!world.open.is_empty() && !world.waiting.is_empty());
    for column in world.group.columns.values_mut() {
        column.confirmed = false;
    }
    world.pass("2017-11-20T08:00:00");
    assert!(world.open.is_empty() && world.waiting.is_empty());
    let blocked = || Some((9, Cause::Failed(Failure::Blocked(403))));
    world.saw(1, "2017-11-21T07:00:00", "2017-11-01", blocked());
    assert!(world.pass("2017-11-21T07:05:00").is_empty());
    assert!(world.waiting.is_empty());
}

#[test]
fn a_host_that_no_column_has_any_more_is_no_longer_spoken_of() {
    let mut world = World::new();
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    for host in [2, 3] {
        let silent = Some((3, Cause::Failed(Failure::ConnectTimeout)));
        world.saw(host, "2017-11-20T07:00:00", "2017-11-18", silent);
    }
    world.rules.offline.least_hosts = 99;
    world.pass("2017-11-20T07:05:00");
    assert_eq!(world.told().len(), 2);
    // The columns of the one move to another address; the other is taken out with its columns.
    for name in ["a", "b"] {
        let column = |host| ColumnId::parse(&format!("h{host}/{name}")).unwrap();
        let moved = world.group.columns.get_mut(&column(2)).unwrap();
        moved.url = format!("http://new.example.cn/{name}").parse().ok();
        world.group.columns.remove(&column(3));
    }
    world.saw(2, "2017-11-20T08:00:00", "2017-11-18", None);
    world.pass("2017-11-20T08:05:00");
    assert!(world.open.is_empty(), "{:?}", world.open);
    assert_eq!(world.told(), []);
}

#[test]
fn of_a_unit_that_was_taken_out_nothing_is_open() {
    let mut world = World::new();
    world.group.people.remove(&PersonId::parse("li").unwrap());
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    world.pass("2017-11-20T07:05:00");
    assert_eq!(world.open.len(), 1);
    world.group.units.clear();
    world.group.columns.clear();
    world.pass("2017-11-21T07:05:00");
    assert!(world.open.is_empty(), "{:?}", world.open);
}

#[test]
fn a_column_taken_out_of_the_configuration_is_no_longer_spoken_of() {
    let mut world = World::new();
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    world.saw(0, "2017-11-20T07:00:00", "2017-11-01", None);
    world.pass("2017-11-20T07:05:00");
    world.saw(0, "2017-11-20T07:35:00", "2017-11-01", None);
    world.pass("2017-11-20T07:36:00");
    assert_eq!(world.told().len(), 4, "liaison and operator, two columns");
    world
        .group
        .columns
        .remove(&ColumnId::parse("h0/a").unwrap());
    world.pass("2017-11-20T08:00:00");
    let left: Vec<_> = world.waiting.iter().map(|notice| &notice.column).collect();
    assert!(
        left.iter()
            .all(|column| { column.as_ref().is_some_and(|id| id.as_str() == "h0/b") })
    );
    let told = Told::Raised(Tier::Overdue);
    assert!(world.waiting.iter().all(|notice| notice.told == told));
    assert!(
        world
            .open
            .values()
            .all(|incident| { matches!(incident.state, State::Open { .. }) })
    );
}
