//! Columns without a deadline, day after day.

use super::tests::{World, at};
use crate::alert::incident::Kind;
use crate::alert::outbox::Told;
use crate::assess::ladder::Tier;
use crate::domain::act::{Act, Deed, Ground, Scope};
use crate::domain::id::ColumnId;

fn column() -> ColumnId {
    ColumnId::parse("h0/a").unwrap()
}

/// A world in which `h0/a` is updated as the need arises, and asked for after thirty days.
fn world() -> World {
    let mut world = World::new();
    let column = world.group.columns.get_mut(&column()).unwrap();
    column.on_demand = true;
    column.limit_days = Some(30);
    world
}

/// Two visits on `day` that see `on` as the last update of `h0/a`; what is newly told of `h0`.
fn day(world: &mut World, day: &str, on: &str) -> Vec<(String, Told)> {
    for hour in ["06", "07"] {
        let when = format!("{day}T{hour}:00:00");
        world.saw_all(&when, day);
        world.saw(0, &when, on, None);
        world.pass(&when);
    }
    let news = std::mem::take(&mut world.waiting).into_iter();
    let told = news.filter(|notice| notice.column == Some(column()));
    told.map(|notice| {
        assert_eq!(notice.kind, Kind::SelfCheck);
        // Whoever waits to be told is told.
        if let Some(open) = world.open.get_mut(&notice.incident) {
            open.told.insert(notice.person.clone());
        }
        (notice.person.to_string(), notice.told)
    })
    .collect()
}

const ASKED: Told = Told::Raised(Tier::Reminder);

#[test]
fn a_unit_is_asked_once_in_a_turn_and_of_nothing_else() {
    let mut world = world();
    let first: chrono::NaiveDate = "2017-10-01".parse().unwrap();
    let mut told = Vec::new();
    for when in first.iter_days().take(100) {
        let news = day(&mut world, &when.to_string(), "2017-10-01");
        told.extend(news.into_iter().map(|one| (when.to_string(), one)));
    }
    let asked = |on: &str| (on.to_owned(), ("li".to_owned(), ASKED));
    // The thirtieth day is in time; a turn has thirty days.
    let turns = ["2017-11-01", "2017-12-01", "2017-12-31"];
    assert_eq!(told, turns.map(asked));
    let over = day(&mut world, "2018-01-10", "2018-01-09");
    assert_eq!(over, [("li".to_owned(), Told::Recovered)]);
    assert!(world.open.keys().all(|key| key.kind != Kind::SelfCheck));
}

#[test]
fn nobody_is_asked_while_it_is_declared_that_nothing_is_due() {
    let mut world = world();
    world.acts.push(Act {
        approver: None,
        at: at("2017-10-31T10:00:00"),
        by: "张".to_owned(),
        reason: "无事项".to_owned(),
        deed: Deed::Exempted {
            scope: Scope::Column(column()),
            ground: Ground::NothingDue,
            from: "2017-10-31".parse().unwrap(),
            until: "2017-11-29".parse().unwrap(),
            paused: false,
        },
    });
    assert_eq!(day(&mut world, "2017-11-01", "2017-10-01"), []);
    assert_eq!(day(&mut world, "2017-11-29", "2017-10-01"), []);
    let asked = [("li".to_owned(), ASKED)];
    assert_eq!(day(&mut world, "2017-11-30", "2017-10-01"), asked);
}

#[test]
fn a_column_that_has_a_deadline_again_is_asked_no_more() {
    let mut world = world();
    assert_eq!(day(&mut world, "2017-11-20", "2017-10-01").len(), 1);
    world.group.columns.get_mut(&column()).unwrap().on_demand = false;
    world.pass("2017-11-20T07:30:00");
    assert!(world.open.keys().all(|key| key.kind != Kind::SelfCheck));
}
