//! Vetoes that are near or met.

use super::{Sees, WELL, columns, hear, of, round, site, two_rounds, world};
use crate::alert::incident::Kind;
use crate::alert::outbox::Told;
use crate::alert::pass::tests::{World, at, exempted};
use crate::domain::class::Class;
use crate::domain::id::ColumnId;
use crate::domain::letter::{Letter, State, Told as Asked};
use crate::domain::site_day::SiteDay;

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
    // Nor does a clock that is an hour back say it once more.
    round(&mut world, "2017-11-20T00:40:00", others("2017-11-20"));
    assert_eq!(world.told(), []);
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
    // From a Tuesday on; and from a Saturday, which is heard on Monday, 20 November.
    let rows: [(&str, &[&str]); 2] = [
        ("2017-11-03", &["2017-11-21", "2017-11-28"]),
        ("2017-11-07", &["2017-11-27"]),
    ];
    for (newest, expected) in rows {
        let mut world = super::world();
        world.rules.sites.veto.marks.home_days = 60;
        let mut repeats = Vec::new();
        for day in 14..=28 {
            let day = format!("2017-11-{day}");
            two_rounds(&mut world, &day, newest);
            for times in 1..4 {
                let heard = of(&world, Told::NearVeto(times));
                repeats.extend(heard.first().map(|_| day.clone()));
            }
            hear(&mut world);
        }
        assert_eq!(repeats, expected, "{newest}");
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

/// A column of letters of `h0` with one letter of `asked_on`, which a page said at `open_at` to wait.
fn letter(world: &mut World, name: &str, asked_on: &str, open_at: &str) {
    let id = ColumnId::parse("h0/a").unwrap();
    let column = world.group.columns.get_mut(&id).unwrap();
    (column.class, column.name) = (Class::Replies, name.to_owned());
    let letter = Letter {
        column: id.clone(),
        title: "关于路灯的咨询".to_owned(),
        url: None,
        told: Asked {
            asked_on: asked_on.parse().ok(),
            state: Some(State::Open),
            ..Asked::default()
        },
        row: Asked::default(),
        first_seen_at: at("2017-09-01T22:00:00"),
        open_at: Some(at(open_at)),
        open_before: Vec::new(),
        answered_at: None,
        page: None,
        overruled: false,
    };
    world.letters.insert(id, vec![letter]);
}

/// What is told of `h0` on the morning after each of two nights, in which a page was read that has a
/// letter of `asked_on` in the column `name`.
fn two_nights(world: &mut World, name: &str, asked_on: &str) -> bool {
    for day in ["20", "21"] {
        let morning = format!("2017-11-{day}T08:25:00");
        letter(world, name, asked_on, &format!("2017-11-{day}T02:10:00"));
        world.saw_all(&morning, "2017-11-19");
        round(world, &morning, [WELL; 4]);
        // Judging the same night again confirms nothing.
        world.pass(&format!("2017-11-{day}T08:30:00"));
        assert!(day == "21" || world.told().is_empty());
    }
    !of(world, Told::NearVeto(0)).is_empty()
}

#[test]
fn a_letter_that_waits_nears_a_veto_after_seventy_five_days_and_never_meets_it() {
    let rows = [
        // Seen twice at that age, on the second morning.
        ("咨询留言", "2017-09-07", false),
        ("咨询留言", "2017-09-06", true),
        ("咨询留言", "2017-06-01", true),
        ("咨询留言", "2016-11-01", false),
        ("举报投诉", "2017-09-01", false),
    ];
    for (name, asked_on, near) in rows {
        let mut world = world();
        let told = two_nights(&mut world, name, asked_on);
        assert_eq!(told, near, "{name} {asked_on}");
        assert!(of(&world, Told::Veto(0)).is_empty(), "{name} {asked_on}");
    }
}

#[test]
fn what_is_told_of_letters_is_what_pages_said_and_its_end_is_told() {
    let mut world = world();
    assert!(two_nights(&mut world, "咨询留言", "2017-09-01"));
    assert_eq!(of(&world, Told::NearVeto(0)), ["head", "li", "op"]);
    assert_eq!(
        world.waiting[0].facts.why,
        "来信1封满75天未答复（最长81天）"
    );
    hear(&mut world);
    // No page has been read for days: that ends nothing.
    for hour in ["08", "09", "10"] {
        let when = format!("2017-11-24T{hour}:25:00");
        world.saw_all(&when, "2017-11-19");
        round(&mut world, &when, [WELL; 4]);
    }
    assert_eq!(world.told(), []);
    // It is answered.
    world.letters.clear();
    for hour in ["11", "12"] {
        let when = format!("2017-11-24T{hour}:25:00");
        world.saw_all(&when, "2017-11-19");
        round(&mut world, &when, [WELL; 4]);
    }
    assert_eq!(of(&world, Told::Recovered), ["head", "li", "op"]);
    // Where nobody is to hear of letters nobody does.
    let mut world = super::world();
    world.rules.sites.near.marks.letter_days = 0;
    assert!(!two_nights(&mut world, "咨询留言", "2017-09-01"));
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
fn a_week_with_announced_maintenance_brings_no_veto() {
    for (until, met) in [("2017-11-13", true), ("2017-11-14", false)] {
        let mut world = world();
        let mut day = SiteDay::new(site(0), "2017-11-19".parse().unwrap());
        (day.opened[1], day.failed) = (100, 68);
        world.days.insert(site(0), vec![day]);
        world.acts = vec![exempted(site(0), "2017-11-01", until)];
        for when in ["2017-11-20T08:25:00", "2017-11-20T09:25:00"] {
            round(&mut world, when, [WELL; 4]);
        }
        assert_eq!(!of(&world, Told::Veto(0)).is_empty(), met, "{until}");
    }
}
