//! The past once more.

use super::{World, at};
use crate::alert::outbox::Told;
use crate::alert::replay::{Replay, Setting, Standing, Step};
use crate::assess::ladder::Tier;
use crate::domain::act::{Act, Deed, Ground, Scope};
use crate::domain::id::ColumnId;

/// What of the repetitions about two columns, one of which is answered for before anybody hears of it, is
/// told in the replay.
fn repeated(answers: bool) -> Vec<String> {
    let mut world = World::new();
    for day in ["20", "23"] {
        for minute in ["00", "30"] {
            let when = format!("2017-11-{day}T07:{minute}:00");
            world.saw(0, &when, "2017-11-03", None);
            world.pass(&when);
        }
        if day == "20" {
            world.waiting.clear();
        }
    }
    let again = Told::Repeated(Tier::Overdue, 1);
    world
        .waiting
        .retain(|notice| notice.told == again && notice.person.as_str() == "li");
    assert_eq!(world.waiting.len(), 2);
    let column = ColumnId::parse("h0/a").unwrap();
    let began_at = world.open[&crate::alert::pass::stale_key(&column)].began_at;
    let mut standing = Standing {
        records: world.records.clone(),
        open: world.open.clone(),
        ..Standing::default()
    };
    for notice in &world.waiting {
        standing.keep_notice(notice.clone());
    }
    let setting = Setting {
        group: &world.group,
        limits: &world.limits,
        calendar: &world.calendar,
        rules: &world.rules,
    };
    let mut replay = Replay::new(setting, standing, at("2017-11-23T07:31:00"));
    if answers {
        replay.take(Step::Acted(Act {
            approver: None,
            at: at("2017-11-23T07:40:00"),
            by: "张".to_owned(),
            reason: String::new(),
            deed: Deed::Answered {
                column,
                duty: None,
                began_at,
                until: "2017-11-27".parse().unwrap(),
                by_link: None,
            },
        }));
    }
    let account = replay.finish(at("2017-11-23T12:00:00"));
    account
        .tellings
        .into_iter()
        .map(|told| told.column)
        .collect()
}

#[test]
fn an_answer_stops_the_repetition_that_waits_in_a_replay_too() {
    assert_eq!(repeated(false), ["a", "b"]);
    assert_eq!(repeated(true), ["b"]);
}

#[test]
fn of_what_an_exemption_does_not_cover_a_replay_decides_no_earlier_than_the_daemon() {
    let mut world = World::new();
    for minute in ["00", "30"] {
        let when = format!("2017-11-20T07:{minute}:00");
        world.saw(0, &when, "2017-11-03", None);
        world.pass(&when);
    }
    // On this day the repetitions about both columns are due, but no round was made.
    world.saw(0, "2017-11-23T07:00:00", "2017-11-03", None);
    let standing = Standing {
        records: world.records.clone(),
        open: world.open.clone(),
        ..Standing::default()
    };
    let setting = Setting {
        group: &world.group,
        limits: &world.limits,
        calendar: &world.calendar,
        rules: &world.rules,
    };
    let act = |when: &str, deed| Act {
        approver: None,
        at: at(when),
        by: "张".to_owned(),
        reason: String::new(),
        deed,
    };
    let exempted = act(
        "2017-11-23T07:05:00",
        Deed::Exempted {
            scope: Scope::Column(ColumnId::parse("h0/a").unwrap()),
            ground: Ground::Approved,
            from: "2017-11-23".parse().unwrap(),
            until: "2017-11-30".parse().unwrap(),
            paused: false,
        },
    );
    let ended = Deed::ExemptionEnded {
        key: exempted.key(),
    };
    let mut replay = Replay::new(setting, standing, at("2017-11-23T07:01:00"));
    replay.take(Step::Acted(exempted));
    replay.take(Step::Acted(act("2017-11-23T07:10:00", ended)));
    let account = replay.finish(at("2017-11-23T12:00:00"));
    assert_eq!(account.tellings, []);
}
