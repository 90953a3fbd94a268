//! What is not held against a site: what is exempt, and what nobody could see near the last day.

use super::*;

fn exemption() -> Exemption {
    Exemption {
        until: end(),
        key: "0011aabb".to_owned(),
    }
}

fn is_exempt(line: &Line) -> bool {
    line.verdict == Verdict::Unmeasured(Unmeasured::Exempt)
        && line
            .asides
            .iter()
            .any(|aside| matches!(&aside.why, Spared::Exempt { key, .. } if key == "0011aabb"))
}

#[test]
fn samples_of_announced_maintenance_bring_no_veto_and_are_shown() {
    let mut world = World::new();
    world.samples(140, 70);
    assert!(is_vetoed(&world.card(&p2015()), "V1"));
    // The first half of the week is maintenance: what fails on the other days still counts.
    let days = world.days.clone();
    world.away = days
        .iter()
        .take(4)
        .map(|day| (day.on, exemption()))
        .collect();
    for day in world.days.iter_mut().skip(4) {
        let on = day.on;
        *day = SiteDay::new(day.site.clone(), on);
        for _ in 0..50 {
            day.add(at(on), Sample::of(200, None));
        }
    }
    let shown = |line: &Line| {
        let aside = line.asides.first().unwrap();
        assert!(matches!(aside.why, Spared::Exempt { .. }));
        let Fact::Failures {
            visits, from, to, ..
        } = aside.find.fact
        else {
            panic!("no rate");
        };
        assert_eq!((visits, from, to), (80, ago(6), ago(3)));
    };
    // Three days are no week: what fails on them costs points and is no veto.
    world.days.last_mut().unwrap().failed = 60;
    let card = world.card(&p2015());
    let veto = line(&card, "V1");
    assert!(is_exempt(veto));
    shown(veto);
    let cost = line(&card, "D1");
    let Fact::Failures { failed, visits, .. } = cost.finds.first().unwrap().fact else {
        panic!("no rate");
    };
    assert_eq!((failed, visits), (60, 210));
    assert!(cost.lost > Points::ZERO);
    shown(cost);
    // A whole week beside it is held against the site.
    world.from = ago(20);
    for on in (7..21).map(ago) {
        let mut day = SiteDay::new(world.site.id.clone(), on);
        day.failed = 24;
        world.days.push(day);
    }
    assert!(is_vetoed(&world.card(&p2015()), "V1"));
}

#[test]
fn an_old_home_page_of_an_exempt_site_is_no_veto_and_not_called_kept() {
    let mut world = World::new();
    world.home = Some(home(20));
    assert!(is_vetoed(&world.card(&p2015()), "V2"));
    world.exempt = Some(exemption());
    let card = world.card(&p2015());
    assert!(!is_vetoed(&card, "V2"));
    assert!(is_exempt(line(&card, "V2")));
}

#[test]
fn a_column_of_activities_without_items_held_none_within_the_year() {
    for (class, rule, fewer) in [
        (Class::Replies, "D10", None),
        (Class::Surveys, "D11", Some("D11a")),
        (Class::Interviews, "D12", Some("D12a")),
    ] {
        let mut world = World::new();
        let _ = world.blank();
        world.columns[0].0.class = class;
        let card = world.card(&p2015());
        assert_eq!(lost(&card, rule), "5.00", "{rule}");
        if let Some(fewer) = fewer {
            assert_eq!(lost(&card, fewer), "0.00", "{fewer}");
        }
        // Seen once, or weeks ago alone, it proves nothing.
        for (visits, last) in [(1, 0), (40, 8)] {
            let mut doubted = world.clone();
            let reading = &mut doubted.columns[0].1[0];
            (reading.visits, reading.last_at) = (visits, at(ago(last)));
            let card = doubted.card(&p2015());
            let verdict = &line(&card, rule).verdict;
            assert_eq!(
                *verdict,
                Verdict::Unmeasured(Unmeasured::CannotTell),
                "{rule}"
            );
        }
    }
}

#[test]
fn activities_are_not_counted_where_no_visit_near_the_last_day_could_read_them() {
    let with = |blind_since: i64| {
        let mut world = World::new();
        let read = dated(400, ago(92), ago(blind_since + 1));
        let blind = Reading {
            first_at: at(ago(blind_since)),
            last_at: at(end()),
            visits: 30,
            saw: Saw::Blind(Cause::Failed(Failure::ConnectTimeout)),
        };
        let _ = world.column(Class::Surveys, vec![read, blind]);
        line(&world.card(&p2015()), "D11a").verdict.clone()
    };
    assert_eq!(with(30), Verdict::Unmeasured(Unmeasured::CannotTell));
    assert_eq!(with(7), Verdict::Unmeasured(Unmeasured::CannotTell));
    assert_eq!(with(6), Verdict::Lost);
}

#[test]
fn of_two_columns_of_activities_one_exempt_the_other_does_not_stand_in_for_it() {
    let mut world = World::new();
    let exempt = world.aged(Class::Interviews, 400);
    let _ = world.aged(Class::Interviews, 400);
    let held = Titled {
        title: "第1期访谈：科技创新".to_owned(),
        url: None,
        on: Some(ago(300)),
        seen_at: at(ago(300)),
        was_announced: false,
    };
    world.titles.push((exempt, held));
    assert_eq!(lost(&world.card(&p2015()), "D12"), "5.00");
    world.columns[0].2 = Some(exemption());
    let card = world.card(&p2015());
    for rule in ["D12", "D12a"] {
        assert!(is_exempt(line(&card, rule)), "{rule}");
    }
    // What it held is told as it was.
    let aside = line(&card, "D12a").asides.first().unwrap();
    assert!(
        matches!(aside.find.fact, Fact::Few { count: 1, .. }),
        "{aside:?}"
    );
}

#[test]
fn one_column_below_another_is_not_vouched_for_by_its_sister() {
    let late_lines = |world: &World| {
        let card = world.card(&p2019());
        lost(&card, "D22")
    };
    let mut world = World::new();
    let top = world.column(Class::Policy, Vec::new());
    world.columns[0].0.url = None;
    let one = world.aged(Class::Policy, 300);
    world.parents = vec![(one, top.clone())];
    assert_eq!(
        late_lines(&world),
        "5.00",
        "a heading needs no list of its own"
    );
    // Another below it that nobody has looked at, or not for weeks, may be newer.
    for readings in [Vec::new(), vec![dated(300, ago(40), ago(30))]] {
        let mut world = world.clone();
        let other = world.column(Class::Policy, readings);
        world.parents.push((other, top.clone()));
        assert_eq!(late_lines(&world), "0.00");
    }
    // All that is watched below it is exempt.
    world.columns[1].2 = Some(exemption());
    assert_eq!(late_lines(&world), "0.00");
    let other = world.aged(Class::Policy, 300);
    world.parents.push((other, top));
    assert_eq!(late_lines(&world), "5.00");
}

#[test]
fn what_an_exempt_home_page_shows_in_few_items_costs_nothing_either() {
    let mut world = World::new();
    world.inspection = Some(Inspection {
        home_items_on: Some(Vec::new()),
        ..inspection()
    });
    assert_eq!(lost(&world.card(&p2015()), "D4"), "5.00");
    world.exempt = Some(exemption());
    assert!(is_exempt(line(&world.card(&p2015()), "D4")));
}

#[test]
fn a_home_page_that_was_old_only_during_maintenance_came_near_nothing() {
    let mut world = World::new();
    world.home = Some(home(1));
    let old = |day: &mut SiteDay| {
        day.home = Some(HomeOfDay {
            newest_on: Some(ago(60)),
            read_at: Some(at(day.on)),
            undated: None,
        });
    };
    world
        .days
        .iter_mut()
        .filter(|day| ago(30) < day.on && day.on < ago(20))
        .for_each(old);
    assert!(is_near(&world.card(&p2015()), "V2"));
    let days = world
        .days
        .iter()
        .filter(|day| ago(30) < day.on && day.on < ago(20));
    world.away = days.map(|day| (day.on, exemption())).collect();
    assert!(!is_near(&world.card(&p2015()), "V2"));
}

#[test]
fn of_a_week_with_maintenance_the_other_days_are_no_week() {
    let mut world = World::new();
    // Eight of 168 in the last week: of six days alone it would be more than five in a hundred.
    for (day, failed) in world.days.iter_mut().rev().zip([2, 2, 1, 1, 1, 1]) {
        day.opened[0] -= failed;
        day.failed += failed;
    }
    assert!(!is_vetoed(&world.card(&p2015()), "V1"));
    world.away = vec![(ago(6), exemption())];
    assert!(!is_vetoed(&world.card(&p2015()), "V1"));
}

#[test]
fn an_empty_column_that_nothing_proves_is_not_measured() {
    let mut world = World::new();
    for _ in 0..5 {
        let _ = world.blank();
    }
    assert!(is_vetoed(&world.card(&p2015()), "V3c"));
    for (_, readings, _) in &mut world.columns {
        readings[0].visits = 1;
    }
    let verdict = line(&world.card(&p2015()), "V3c").verdict.clone();
    assert_eq!(verdict, Verdict::Unmeasured(Unmeasured::CannotTell));
}
