//! Home pages that do not open, or cannot be judged.

use chrono::TimeDelta;

use super::{Sees, WELL, again, columns, hear, of, round, site, visit, world};
use crate::alert::incident::{Incident, Kind, State};
use crate::alert::outbox::Told;
use crate::alert::pass::sites::site_key;
use crate::alert::pass::tests::{World, at, exempted};
use crate::alert::site_step::is_hidden;
use crate::domain::finding::Unreadable;
use crate::domain::id::ColumnId;
use crate::domain::observation::Cause;
use crate::domain::visit::Failure;

#[test]
fn a_home_page_is_down_after_three_visits_a_quarter_of_an_hour_apart() {
    for (third, down) in [("11:54:59", false), ("11:55:00", true)] {
        let mut world = world();
        round(
            &mut world,
            "2017-11-20T11:25:00",
            [Sees::Fails, WELL, WELL, WELL],
        );
        let asked = world.homes[&site(0)].reach.revisit_at;
        assert_eq!(asked, Some(at("2017-11-20T11:40:00")));
        again(&mut world, "2017-11-20T11:40:00", Sees::Fails);
        assert_eq!(world.told(), []);
        again(&mut world, &format!("2017-11-20T{third}"), Sees::Fails);
        let expected: &[&str] = if down { &["li", "op"] } else { &[] };
        assert_eq!(of(&world, Told::Down), expected, "{third}");
        assert_eq!(world.told().len(), expected.len());
    }
}

#[test]
fn the_head_hears_after_four_hours_and_all_hear_of_the_end_once() {
    let mut world = world();
    round(
        &mut world,
        "2017-11-20T11:25:00",
        [Sees::Fails, WELL, WELL, WELL],
    );
    for minute in ["40", "55"] {
        again(
            &mut world,
            &format!("2017-11-20T11:{minute}:00"),
            Sees::Fails,
        );
    }
    let notice = world.waiting[0].clone();
    assert!(
        notice.urgent && notice.facts.why == "连接超时",
        "{notice:?}"
    );
    hear(&mut world);
    for hour in 12..16 {
        let when = format!("2017-11-20T{hour}:25:00");
        round(&mut world, &when, [Sees::Fails, WELL, WELL, WELL]);
        assert_eq!(world.told(), [], "{when}");
    }
    round(
        &mut world,
        "2017-11-20T16:25:00",
        [Sees::Fails, WELL, WELL, WELL],
    );
    assert_eq!(of(&world, Told::StillDown), ["head"]);
    hear(&mut world);
    round(
        &mut world,
        "2017-11-20T17:25:00",
        [Sees::Fails, WELL, WELL, WELL],
    );
    assert_eq!(world.told(), []);
    // One visit is not enough for the end, and a visit that fails begins anew.
    round(&mut world, "2017-11-20T18:25:00", [WELL; 4]);
    assert_eq!(
        world.homes[&site(0)].reach.revisit_at,
        Some(at("2017-11-20T18:40:00"))
    );
    again(&mut world, "2017-11-20T18:39:59", WELL);
    assert_eq!(world.told(), []);
    again(&mut world, "2017-11-20T18:40:00", WELL);
    assert_eq!(of(&world, Told::Recovered), ["head", "li", "op"]);
    assert!(world.open.keys().all(|key| key.kind != Kind::Down));
}

#[test]
fn a_site_that_comes_and_goes_is_called_up_only_when_it_is_steady() {
    let mut world = world();
    let mut ups = Vec::new();
    let start = at("2017-11-20T00:00:00");
    // Down for an hour, up for an hour, all day; then well.
    for quarter in 0..(4 * 40) {
        let when = start + TimeDelta::minutes(15 * quarter);
        let fails = (quarter / 4) % 2 == 0 && quarter < 4 * 24;
        let sees = if fails { Sees::Fails } else { WELL };
        for (host, sees) in [(0, sees), (1, WELL)] {
            visit(&mut world, host, when, sees);
        }
        world.pass(&when.naive_local().format("%Y-%m-%dT%H:%M:%S").to_string());
        if !of(&world, Told::Recovered).is_empty() {
            ups.push(when);
        }
        hear(&mut world);
    }
    // The first two outages end after a quarter of an hour, the third after four hours.
    let at = |text: &str| at(text);
    assert_eq!(
        ups,
        [
            at("2017-11-20T01:15:00"),
            at("2017-11-20T03:15:00"),
            at("2017-11-21T03:00:00")
        ]
    );
}

#[test]
fn the_head_hears_once_four_hours_are_full() {
    for (seen, told) in [("15:54:59", 0), ("15:55:00", 1)] {
        let mut world = world();
        for time in ["11:25:00", "11:40:00", "11:55:00", seen] {
            let when = format!("2017-11-20T{time}");
            round(&mut world, &when, [Sees::Fails, WELL, WELL, WELL]);
            if time != seen {
                hear(&mut world);
            }
        }
        assert_eq!(of(&world, Told::StillDown).len(), told, "{seen}");
    }
}

#[test]
fn the_third_outage_within_a_day_has_to_be_over_for_four_hours() {
    for (earlier, is_over) in [
        ("2017-11-19T11:25:00", false),
        ("2017-11-19T11:24:59", true),
    ] {
        let mut world = world();
        for ended in [earlier, "2017-11-20T03:00:00"] {
            let ended = at(ended);
            let key = site_key(&site(0), Kind::Down);
            let state = State::Resolved { at: ended };
            let began = ended - TimeDelta::minutes(30);
            world.closed.push(Incident::new(key, began, state));
        }
        for minute in ["25", "40", "55"] {
            let when = format!("2017-11-20T11:{minute}:00");
            round(&mut world, &when, [Sees::Fails, WELL, WELL, WELL]);
        }
        hear(&mut world);
        for time in ["12:00:00", "12:15:00"] {
            again(&mut world, &format!("2017-11-20T{time}"), WELL);
        }
        let over = !of(&world, Told::Recovered).is_empty();
        assert_eq!(over, is_over, "{earlier}");
        if !over {
            for (time, ups) in [("15:59:59", 0), ("16:00:00", 2)] {
                again(&mut world, &format!("2017-11-20T{time}"), WELL);
                assert_eq!(of(&world, Told::Recovered).len(), ups, "{time}");
            }
        }
    }
}

#[test]
fn without_a_witness_no_unit_hears_and_together_it_is_our_own_network() {
    // Nobody else was visited since: it may be our own network.
    let mut world = world();
    round(
        &mut world,
        "2017-11-20T11:25:00",
        [Sees::Fails, WELL, WELL, WELL],
    );
    for minute in ["40", "55"] {
        let when = format!("2017-11-20T11:{minute}:00");
        visit(&mut world, 0, at(&when), Sees::Fails);
        world.pass(&when);
    }
    assert_eq!(world.told(), []);
    // All that were asked are silent.
    for host in 0..4 {
        visit(&mut world, host, at("2017-11-20T12:25:00"), Sees::Fails);
    }
    world.pass("2017-11-20T12:26:00");
    assert_eq!(of(&world, Told::Offline), ["op"]);
    assert_eq!(world.told().len(), 1);
    let home = &world.homes[&site(0)];
    assert_eq!(
        home.blind.as_ref().map(|blind| &blind.why),
        Some(&Cause::OwnNetwork)
    );
    assert!(home.reach.failed_at.is_empty());
    hear(&mut world);
    // The columns answer again before the home pages are visited: our own network is back.
    world.saw_all("2017-11-20T12:56:00", "2017-11-19");
    world.pass("2017-11-20T12:57:00");
    assert_eq!(of(&world, Told::Recovered), ["op"]);
    assert!(world.open.is_empty(), "{:?}", world.open);
}

#[test]
fn what_blocks_us_is_no_outage_and_goes_to_the_operator_after_a_day() {
    let mut world = world();
    round(&mut world, "2017-11-20T11:25:00", [WELL; 4]);
    for hour in 0..26 {
        let when = at("2017-11-20T12:25:00") + TimeDelta::hours(hour);
        let text = when.naive_local().format("%Y-%m-%dT%H:%M:%S").to_string();
        let blocked = [Sees::Blocked, WELL, WELL, Sees::Undated];
        for (host, sees) in blocked.into_iter().enumerate() {
            visit(&mut world, host, when, sees);
        }
        world.pass(&text);
        let told = if hour < 24 { 0 } else { 2 };
        assert_eq!(of(&world, Told::Blind).len(), told, "{text}");
    }
    assert!(world.told().iter().all(|(person, _)| person == "op"));
}

/// The home page of `h0` fails three times, and all have heard that it is down.
fn goes_down(world: &mut World) {
    round(
        world,
        "2017-11-20T06:25:00",
        [Sees::Fails, WELL, WELL, WELL],
    );
    for minute in ["40", "55"] {
        again(world, &format!("2017-11-20T06:{minute}:00"), Sees::Fails);
    }
    hear(world);
}

#[test]
fn no_column_is_told_of_that_was_not_read_since_its_site_went_down_or_whose_site_seems_redesigned()
{
    let mut world = world();
    goes_down(&mut world);
    // Two visits saw it late, the second before the home page stopped opening.
    let column = ColumnId::parse("h0/a").unwrap();
    for when in ["2017-11-20T05:50:00", "2017-11-20T06:20:00"] {
        world.saw_all(when, "2017-11-19");
        world.saw(0, when, "2017-11-01", None);
        world.pass("2017-11-20T07:00:00");
    }
    assert_eq!(world.told(), []);
    let hides = |world: &World| {
        let column = &world.group.columns[&column];
        is_hidden(&world.open, column, world.records.get(&column.id))
    };
    assert!(hides(&world));
    // What is read although the home page does not open is told.
    for minute in ["10", "40"] {
        let when = format!("2017-11-20T07:{minute}:00");
        world.saw(0, &when, "2017-11-01", None);
        world.pass(&when);
    }
    assert!(!hides(&world));
    assert!(!world.told().is_empty());
    // Four of five columns show another structure: the fifth is not told of.
    let mut world = super::world();
    columns(&mut world, 1, 0, 4);
    for record in world.records.values_mut() {
        if let Some(blind) = &mut record.blind {
            blind.why = Cause::Redesigned;
        }
    }
    world.open.clear();
    world.waiting.clear();
    let stale = |world: &World| {
        world
            .open
            .keys()
            .filter(|key| key.kind == Kind::Stale)
            .count()
    };
    world.pass("2017-11-20T10:00:00");
    assert_eq!(stale(&world), 0);
    let freed = ColumnId::parse("h0/n1").unwrap();
    world.records.get_mut(&freed).unwrap().blind = None;
    world.pass("2017-11-20T10:05:00");
    assert_eq!(stale(&world), 2);
}

/// The first column of the first site could not be judged at `when`, the others could.
fn only_a_is_blind(world: &mut World, when: &str, (visits, why): (u32, Cause)) {
    let a = ColumnId::parse("h0/a").unwrap();
    world.saw(0, when, "2017-11-19", Some((visits, why)));
    let failed = world.records.remove(&a).unwrap();
    world.saw(0, when, "2017-11-19", None);
    world.records.insert(a, failed);
}

#[test]
fn a_column_that_opens_and_cannot_be_read_is_told_of_beside_a_home_page_that_fails() {
    let mut world = world();
    world.saw_all("2017-11-20T06:00:00", "2017-11-19");
    goes_down(&mut world);
    let why = Cause::Unreadable(Unreadable::NoList);
    only_a_is_blind(&mut world, "2017-11-20T07:00:00", (3, why));
    world.pass("2017-11-20T07:00:00");
    assert_eq!(of(&world, Told::Blind), ["op"]);
}

#[test]
fn a_column_that_fails_with_its_home_page_is_not_told_of_beside_it() {
    let mut world = world();
    let fails = |world: &mut World, when: &str, visits: u32| {
        let why = Cause::Failed(Failure::ConnectTimeout);
        only_a_is_blind(world, when, (visits, why));
    };
    world.saw_all("2017-11-20T06:00:00", "2017-11-19");
    goes_down(&mut world);
    // The others of the site have not been visited yet.
    fails(&mut world, "2017-11-20T07:00:00", 3);
    world.pass("2017-11-20T07:00:00");
    assert_eq!(of(&world, Told::Blind), Vec::<String>::new());
    // The home page opens again, and the column does not.
    for minute in ["10", "25", "40"] {
        again(&mut world, &format!("2017-11-20T07:{minute}:00"), WELL);
    }
    hear(&mut world);
    fails(&mut world, "2017-11-20T07:45:00", 4);
    world.pass("2017-11-20T07:45:00");
    assert_eq!(of(&world, Told::Blind), ["op"]);
}

#[test]
fn a_column_that_is_turned_away_is_told_of_though_its_home_page_is_told_to_be_down() {
    let mut world = world();
    world.saw_all("2017-11-20T06:00:00", "2017-11-19");
    goes_down(&mut world);
    // Behind a firewall since it came back, the home page as well as the columns.
    again(&mut world, "2017-11-20T08:00:00", Sees::Blocked);
    let why = Cause::Failed(Failure::Blocked(403));
    only_a_is_blind(&mut world, "2017-11-20T08:00:00", (3, why));
    world.pass("2017-11-20T08:00:00");
    assert_eq!(of(&world, Told::Blind), ["op"]);
}

#[test]
fn a_home_page_that_turned_us_away_for_a_day_since_it_was_down_is_called_that_and_down_no_more() {
    let mut world = world();
    let is_down = |world: &World| world.open.keys().any(|key| key.kind == Kind::Down);
    // It was never read before.
    goes_down(&mut world);
    for hour in 0..24 {
        let when = at("2017-11-20T08:00:00") + TimeDelta::hours(hour);
        let text = when.naive_local().format("%Y-%m-%dT%H:%M:%S").to_string();
        again(&mut world, &text, Sees::Blocked);
        assert!(is_down(&world), "{text}");
    }
    hear(&mut world);
    again(&mut world, "2017-11-21T08:00:00", Sees::Blocked);
    assert!(!is_down(&world));
    assert_eq!(world.told(), []);
    let blind = |world: &World| world.open.keys().any(|key| key.kind == Kind::Blind);
    assert!(blind(&world));
    // A failure that meets everybody is an outage again, and one in between ends nothing.
    for minute in ["00", "15", "30"] {
        again(
            &mut world,
            &format!("2017-11-21T09:{minute}:00"),
            Sees::Fails,
        );
    }
    assert_eq!(of(&world, Told::Down), ["li", "op"]);
    again(&mut world, "2017-11-21T10:00:00", Sees::Blocked);
    assert!(is_down(&world));
}

#[test]
fn whoever_heard_that_a_home_page_is_down_hears_of_its_end_once_it_lets_us_in_again() {
    let mut world = world();
    goes_down(&mut world);
    let turned_away = |world: &mut World, from: &str| {
        for hour in 0..=24 {
            let when = at(from) + TimeDelta::hours(hour);
            let text = when.naive_local().format("%Y-%m-%dT%H:%M:%S").to_string();
            again(world, &text, Sees::Blocked);
        }
        assert!(world.open.keys().all(|key| key.kind != Kind::Down));
        hear(world);
    };
    turned_away(&mut world, "2017-11-20T08:00:00");
    // Down once more before anybody heard of an end: one end of both.
    for minute in ["00", "15", "30"] {
        let when = format!("2017-11-21T09:{minute}:00");
        again(&mut world, &when, Sees::Fails);
    }
    assert_eq!(of(&world, Told::Down), ["li", "op"]);
    hear(&mut world);
    turned_away(&mut world, "2017-11-21T10:00:00");
    // It opens, and steadily so.
    again(&mut world, "2017-11-22T11:00:00", WELL);
    assert_eq!(of(&world, Told::Recovered), ["op"], "of its being blind");
    hear(&mut world);
    again(&mut world, "2017-11-22T11:14:59", WELL);
    assert_eq!(world.told(), []);
    again(&mut world, "2017-11-22T11:15:00", WELL);
    assert_eq!(of(&world, Told::Recovered), ["li", "op"]);
    hear(&mut world);
    for when in ["2017-11-22T11:30:00", "2017-11-22T12:30:00"] {
        again(&mut world, when, WELL);
        assert_eq!(world.told(), [], "{when}");
    }
}

#[test]
fn nobody_hears_of_the_end_of_an_outage_that_an_exemption_made_forgotten() {
    let mut world = world();
    goes_down(&mut world);
    for hour in 0..=24 {
        let when = at("2017-11-20T08:00:00") + TimeDelta::hours(hour);
        let text = when.naive_local().format("%Y-%m-%dT%H:%M:%S").to_string();
        again(&mut world, &text, Sees::Blocked);
    }
    hear(&mut world);
    world.acts = vec![exempted(site(0), "2017-11-21", "2017-11-22")];
    again(&mut world, "2017-11-21T10:00:00", Sees::Blocked);
    world.waiting.clear();
    world.acts.clear();
    for when in ["2017-11-23T10:00:00", "2017-11-23T10:30:00"] {
        again(&mut world, when, WELL);
        assert_eq!(world.told(), [], "{when}");
    }
}

#[test]
fn what_is_no_longer_visited_is_neither_blind_nor_empty_nor_down() {
    let mut world = world();
    world.saw_all("2017-11-20T06:00:00", "2017-11-19");
    goes_down(&mut world);
    let why = Cause::Unreadable(Unreadable::NoList);
    world.saw(0, "2017-11-20T07:00:00", "2017-11-19", Some((3, why)));
    let b = ColumnId::parse("h0/b").unwrap();
    let empty = world.records.get_mut(&b).unwrap();
    (empty.blind, empty.empty_since) = (None, Some(at("2017-11-20T06:30:00")));
    world.pass("2017-11-20T07:00:00");
    let kinds = |world: &World| -> Vec<Kind> { world.open.keys().map(|key| key.kind).collect() };
    for kind in [Kind::Down, Kind::Blind, Kind::Empty] {
        assert!(kinds(&world).contains(&kind), "{kind:?}");
    }
    for column in world.group.columns.values_mut() {
        if column.site == site(0) {
            column.url = None;
        }
    }
    for when in ["2017-11-20T07:05:00", "2017-11-20T07:10:00"] {
        world.pass(when);
        assert_eq!((kinds(&world), world.told()), (vec![], vec![]), "{when}");
    }
}
