//! Sites as a whole, visit after visit.

mod front;
mod vetoes;

use super::tests::{World, at};
use crate::alert::outbox::Told;
use crate::alert::trial;
use crate::assess::home::{HomeSight, remember};
use crate::domain::finding::{Basis, Evidence, Finding, LastUpdate, Undated};
use crate::domain::group::{Duty, Person, Role, Route};
use crate::domain::id::{ColumnId, PersonId, SiteId, UnitId};
use crate::domain::observation::{Blind, Cause, Sight};
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
        page: None,
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

/// Rounds on two hours of `day` that see the newest item of `h0` on `on`.
fn two_rounds(world: &mut World, day: &str, on: &str) {
    for hour in ["08", "09"] {
        let when = format!("{day}T{hour}:25:00");
        let others = Sees::Newest(day);
        round(world, &when, [Sees::Newest(on), others, others, others]);
    }
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
fn in_a_trial_run_the_operator_alone_hears_and_its_end_tells_the_unit() {
    let mut world = world();
    world.live = false;
    two_rounds(&mut world, "2017-11-20", "2017-11-03");
    assert_eq!(of(&world, Told::Veto(0)), ["op"]);
    hear(&mut world);
    let (rules, now) = ((&world.group, &world.rules), at("2017-11-20T09:00:00"));
    let forecast = trial::forecast(&world.open, rules, (&[], now));
    assert_eq!((forecast.messages, forecast.columns), (4, [0; 4]));
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
