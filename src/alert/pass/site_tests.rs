//! Sites as a whole, visit after visit.

use chrono::TimeDelta;

use super::tests::{World, at};
use crate::alert::incident::Kind;
use crate::alert::outbox::Told;
use crate::alert::site_step::is_hidden;
use crate::alert::trial;
use crate::assess::home::{HomeSight, remember};
use crate::domain::finding::{Basis, Evidence, Finding, LastUpdate, Undated};
use crate::domain::group::{Duty, Person, Role, Route};
use crate::domain::id::{ColumnId, PersonId, SiteId, UnitId};
use crate::domain::observation::{Blind, Cause, Sight};
use crate::domain::site_day::SiteDay;
use crate::domain::time::Moment;
use crate::domain::visit::{Failure, Validators};

/// What a visit to a home page sees.
#[derive(Clone, Copy)]
enum Sees<'a> {
    Newest(&'a str),
    Undated,
    Fails,
    Blocked,
}

/// Four sites with home pages, a liaison, a head, the operator and the supervision.
fn world() -> World {
    let mut world = World::new();
    for (id, role, unit) in [
        ("head", Role::Head, Some("kxw")),
        ("supervision", Role::Supervision, None),
    ] {
        let id = PersonId::parse(id).unwrap();
        let person = Person {
            id: id.clone(),
            duties: vec![Duty {
                role,
                unit: unit.map(|unit| UnitId::parse(unit).unwrap()),
            }],
            routes: vec![Route::Sms],
            ..world.group.people[&PersonId::parse("li").unwrap()].clone()
        };
        world.group.people.insert(id, person);
    }
    for host in 0..4 {
        let site = world.group.sites.get_mut(&site(host)).unwrap();
        site.home = format!("http://h{host}.example.cn/").parse().ok();
    }
    world
}

fn site(host: usize) -> SiteId {
    SiteId::parse(&format!("h{host}")).unwrap()
}

fn visit(world: &mut World, host: usize, when: Moment, sees: Sees<'_>) {
    let sight = match sees {
        Sees::Newest(on) => Sight::Read(Finding::Dated(LastUpdate {
            on: on.parse().unwrap(),
            basis: Basis::ListRow,
            evidence: Evidence {
                page: String::new(),
                title: String::new(),
                link: None,
                snippet: String::new(),
            },
        })),
        Sees::Undated => Sight::Read(Finding::Undated(Undated::NoDates)),
        Sees::Fails => Sight::Failed(Failure::ConnectTimeout),
        Sees::Blocked => Sight::Failed(Failure::Blocked(403)),
    };
    let seen = HomeSight {
        at: when,
        sight,
        blocks: Vec::new(),
        notes: Vec::new(),
        digest: None,
        validators: Validators::default(),
    };
    let before = world.homes.remove(&site(host));
    let record = remember(before, &site(host), seen);
    world.homes.insert(site(host), record);
}

/// A scheduled visit to the home pages of all four sites.
fn round(world: &mut World, when: &str, sees: [Sees<'_>; 4]) {
    for (host, sees) in sees.into_iter().enumerate() {
        visit(world, host, at(when), sees);
    }
    world.pass(when);
}

/// A visit to confirm what was seen of `h0`, with `h1` as witness.
fn again(world: &mut World, when: &str, sees: Sees<'_>) {
    visit(world, 0, at(when), sees);
    visit(world, 1, at(when), Sees::Newest("2017-11-19"));
    world.pass(when);
}

const WELL: Sees<'_> = Sees::Newest("2017-11-19");

fn of(world: &World, told: Told) -> Vec<String> {
    let all = world.told().into_iter();
    let mut people: Vec<String> = all
        .filter(|(_, other)| *other == told)
        .map(|(person, _)| person)
        .collect();
    people.sort();
    people
}

/// Everybody who waits to be told has been.
fn hear(world: &mut World) {
    for notice in std::mem::take(&mut world.waiting) {
        if let Some(incident) = world.open.get_mut(&notice.incident) {
            incident.told.insert(notice.person);
        }
    }
}

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

/// Rounds on two hours of `day` that see the newest item of `h0` on `on`.
fn two_rounds(world: &mut World, day: &str, on: &str) {
    for hour in ["08", "09"] {
        let when = format!("{day}T{hour}:25:00");
        let others = Sees::Newest(day);
        round(world, &when, [Sees::Newest(on), others, others, others]);
    }
}

#[test]
fn an_old_home_page_nears_a_veto_after_ten_days_and_meets_it_after_fourteen() {
    let rows = [
        ("2017-11-13", None, 0),
        ("2017-11-14", Some(Told::NearVeto(0)), 3),
        ("2017-11-17", Some(Told::NearVeto(0)), 3),
        ("2017-11-18", Some(Told::Veto(0)), 4),
    ];
    for (day, told, people) in rows {
        let mut world = world();
        two_rounds(&mut world, day, "2017-11-03");
        let heard = told.map_or(0, |told| of(&world, told).len());
        assert_eq!((heard, world.told().len()), (people, people), "{day}");
    }
}

#[test]
fn a_veto_is_confirmed_told_daily_and_its_end_is_told() {
    let mut world = world();
    let others = |day: &'static str| [Sees::Newest("2017-11-03"), Sees::Newest(day), WELL, WELL];
    round(&mut world, "2017-11-20T00:25:00", others("2017-11-20"));
    assert_eq!(world.told(), []);
    // The same visit judged again confirms nothing.
    world.pass("2017-11-20T00:30:00");
    assert_eq!(world.told(), []);
    round(&mut world, "2017-11-20T01:25:00", others("2017-11-20"));
    assert_eq!(
        of(&world, Told::Veto(0)),
        ["head", "li", "op", "supervision"]
    );
    let notice = &world.waiting[0];
    assert_eq!(notice.facts.why, "首页最近更新为11月3日，已超过14天");
    // It is urgent, and nobody is woken.
    assert_eq!(
        (notice.urgent, notice.not_before),
        (true, at("2017-11-20T07:00:00"))
    );
    hear(&mut world);
    for (day, repeat) in [("21", Some(1)), ("22", Some(2)), ("25", None), ("26", None)] {
        let when = format!("2017-11-{day}T00:25:00");
        round(&mut world, &when, others("2017-11-20"));
        let heard = repeat.map_or(0, |times| of(&world, Told::Veto(times)).len());
        assert_eq!(heard, world.told().len(), "{day}");
        assert_eq!(heard, if repeat.is_some() { 4 } else { 0 }, "{day}");
        hear(&mut world);
    }
    // A visit that cannot tell ends nothing.
    round(
        &mut world,
        "2017-11-26T02:25:00",
        [Sees::Undated, WELL, WELL, WELL],
    );
    round(
        &mut world,
        "2017-11-26T03:25:00",
        [Sees::Undated, WELL, WELL, WELL],
    );
    assert_eq!(world.told(), []);
    let fresh = Sees::Newest("2017-11-26");
    round(&mut world, "2017-11-26T04:25:00", [fresh, WELL, WELL, WELL]);
    assert_eq!(world.told(), []);
    round(&mut world, "2017-11-26T05:25:00", [fresh, WELL, WELL, WELL]);
    assert_eq!(
        of(&world, Told::Recovered),
        ["head", "li", "op", "supervision"]
    );
    assert!(world.open.keys().all(|key| key.kind != Kind::Veto));
}

#[test]
fn the_nearness_of_a_veto_is_told_weekly_and_gives_way_to_the_veto() {
    let mut world = world();
    let mut told = Vec::new();
    for day in 13..=19 {
        let day = format!("2017-11-{day}");
        two_rounds(&mut world, &day, "2017-11-03");
        told.extend(of(&world, Told::NearVeto(0)).first().map(|_| day.clone()));
        hear(&mut world);
    }
    assert_eq!(told, ["2017-11-14"]);
    assert!(world.open.keys().any(|key| key.kind == Kind::Veto));
    assert!(world.open.keys().all(|key| key.kind != Kind::NearVeto));
    let mut world = self::world();
    world.rules.sites.veto.marks.home_days = 60;
    let mut repeats = Vec::new();
    for day in 14..=28 {
        let day = format!("2017-11-{day}");
        two_rounds(&mut world, &day, "2017-11-03");
        for times in 1..4 {
            let heard = of(&world, Told::NearVeto(times));
            repeats.extend(heard.first().map(|_| day.clone()));
        }
        hear(&mut world);
    }
    assert_eq!(repeats, ["2017-11-21", "2017-11-28"]);
}

/// Adds columns to `h0` until it has `late` news columns that are late by the fourteenth day, and
/// `empty` empty ones; visited at two instants.
fn columns(world: &mut World, late: usize, empty: usize, unseen: usize) {
    let model = world.group.columns[&ColumnId::parse("h0/a").unwrap()].clone();
    world
        .group
        .columns
        .retain(|_, column| column.site != site(0));
    let all = late + empty + unseen;
    for number in 0..all {
        let id = ColumnId::parse(&format!("h0/n{number}")).unwrap();
        let mut column = model.clone();
        column.id = id.clone();
        column.url = format!("http://h0.example.cn/n{number}").parse().ok();
        world.group.columns.insert(id, column);
    }
    for when in ["2017-11-20T08:00:00", "2017-11-20T09:00:00"] {
        world.saw_all(when, "2017-11-19");
        let model = world.records[&ColumnId::parse("h1/a").unwrap()].clone();
        world
            .records
            .retain(|id, _| !id.as_str().starts_with("h0/"));
        for number in 0..all {
            let id = ColumnId::parse(&format!("h0/n{number}")).unwrap();
            let mut record = model.clone();
            record.column = id.clone();
            if let Some(update) = &mut record.last_update {
                update.on = "2017-11-01".parse().unwrap();
            }
            if number >= late {
                record.empty_since = Some(at("2017-11-01T08:00:00"));
            }
            if number >= late + empty {
                record.empty_since = None;
                record.blind = Some(Blind {
                    since: at("2017-11-01T08:00:00"),
                    visits: 9,
                    silent: 0,
                    why: Cause::Failed(Failure::Blocked(403)),
                });
            }
            world.records.insert(id, record);
        }
        world.pass(when);
    }
}

#[test]
fn columns_are_counted_as_the_rules_say() {
    // Late, empty, unseen; near, met.
    let rows = [
        (2, 0, 9, false, false),
        (3, 0, 0, true, false),
        (4, 0, 9, true, false),
        (5, 0, 0, false, true),
        (0, 2, 9, false, false),
        (0, 3, 0, true, false),
        (0, 4, 0, true, false),
        (0, 5, 0, false, true),
    ];
    for (late, empty, unseen, near, met) in rows {
        let mut world = world();
        columns(&mut world, late, empty, unseen);
        let found = (
            !of(&world, Told::NearVeto(0)).is_empty(),
            !of(&world, Told::Veto(0)).is_empty(),
        );
        assert_eq!(found, (near, met), "{late} {empty} {unseen}");
    }
}

#[test]
fn late_and_empty_columns_together_near_a_veto_and_do_not_meet_it() {
    // Columns of no class of its own, so that only their whole number counts.
    let rows = [
        (6, 0, false, false),
        (5, 2, true, false),
        (7, 0, true, false),
        (9, 4, true, false),
        (10, 0, false, true),
    ];
    for (late, empty, near, met) in rows {
        let mut world = world();
        for rule in world.limits.classes.values_mut() {
            rule.limit_days = 14;
        }
        columns(&mut world, late, empty, 0);
        for column in world.group.columns.values_mut() {
            column.class = crate::domain::class::Class::Other;
        }
        world.open.clear();
        world.waiting.clear();
        world.pass("2017-11-20T09:01:00");
        for record in world.records.values_mut() {
            record.visited_at = at("2017-11-20T10:00:00");
        }
        world.pass("2017-11-20T10:01:00");
        let found = (
            !of(&world, Told::NearVeto(0)).is_empty(),
            !of(&world, Told::Veto(0)).is_empty(),
        );
        assert_eq!(found, (near, met), "{late} {empty}");
    }
}

#[test]
fn the_rate_of_failures_needs_enough_samples() {
    // Samples, failures; near, met.
    let rows = [
        (139, 7, false, false),
        (140, 4, false, false),
        (140, 5, true, false),
        (140, 6, true, false),
        (140, 7, false, true),
        (168, 5, false, false),
        (168, 6, true, false),
        (168, 8, true, false),
        (168, 9, false, true),
    ];
    for (samples, failed, near, met) in rows {
        let mut world = world();
        let mut day = SiteDay::new(site(0), "2017-11-19".parse().unwrap());
        day.opened[1] = samples - failed;
        day.failed = failed;
        world.days.insert(site(0), vec![day]);
        for when in ["2017-11-20T08:25:00", "2017-11-20T09:25:00"] {
            round(&mut world, when, [WELL; 4]);
        }
        let found = (
            !of(&world, Told::NearVeto(0)).is_empty(),
            !of(&world, Told::Veto(0)).is_empty(),
        );
        assert_eq!(found, (near, met), "{failed} of {samples}");
    }
}

#[test]
fn no_column_is_told_of_that_was_not_read_since_its_site_went_down_or_whose_site_seems_redesigned()
{
    let mut world = world();
    round(
        &mut world,
        "2017-11-20T06:25:00",
        [Sees::Fails, WELL, WELL, WELL],
    );
    for minute in ["40", "55"] {
        again(
            &mut world,
            &format!("2017-11-20T06:{minute}:00"),
            Sees::Fails,
        );
    }
    hear(&mut world);
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
    let mut world = self::world();
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

#[test]
fn in_a_trial_run_the_operator_alone_hears_and_its_end_tells_the_unit() {
    let mut world = world();
    world.live = false;
    two_rounds(&mut world, "2017-11-20", "2017-11-03");
    assert_eq!(of(&world, Told::Veto(0)), ["op"]);
    hear(&mut world);
    let forecast = trial::forecast(&world.open, &world.group, &world.rules);
    assert_eq!((forecast.messages, forecast.columns), (4, 0));
    world.live = true;
    let verdicts = trial::go_live(&world.situation("2017-11-20T10:00:00"));
    for incident in verdicts.incidents {
        world.open.insert(incident.key.clone(), incident);
    }
    round(
        &mut world,
        "2017-11-20T10:25:00",
        [Sees::Newest("2017-11-03"), WELL, WELL, WELL],
    );
    assert_eq!(
        of(&world, Told::Veto(0)),
        ["head", "li", "op", "supervision"]
    );
}
