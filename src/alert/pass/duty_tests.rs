//! Duties by a date and holidays, day after day.

use super::tests::{World, at};
use crate::alert::incident::Kind;
use crate::alert::outbox::Told;
use crate::assess::duty::{DueLadder, Duty, YearDay};
use crate::assess::ladder::Tier;
use crate::calendar::Year;
use crate::domain::act::{Act, Deed};
use crate::domain::id::ColumnId;
use crate::domain::item::Item;
use crate::domain::time::Date;

fn column() -> ColumnId {
    ColumnId::parse("h0/a").unwrap()
}

/// A world in which `h0/a` owes an annual report by the 31st of March.
fn world() -> World {
    let mut world = World::new();
    world.limits.duties = vec![Duty {
        id: "annual-report".to_owned(),
        name: "年度报告".to_owned(),
        columns: [column()].into(),
        classes: Default::default(),
        opens: YearDay { month: 1, day: 1 },
        due: YearDay { month: 3, day: 31 },
        titles: vec!["年度报告".to_owned()],
        ladder: DueLadder::default(),
    }];
    listed(&mut world, "2016年信息公开年度报告", "2017-03-01");
    world
}

fn listed(world: &mut World, title: &str, on: &str) {
    let claimed_on: Date = on.parse().unwrap();
    world.items.entry(column()).or_default().push(Item {
        column: column(),
        title: title.to_owned(),
        url: None,
        claimed_on: Some(claimed_on),
        first_seen_at: at(&format!("{on}T09:00:00")),
        witnessed: true,
        changes: Vec::new(),
    });
}

/// Two visits on `day`, to columns that are fresh; what is newly told of duties.
fn day(world: &mut World, day: &str) -> Vec<(String, Told)> {
    for hour in ["06", "07"] {
        let when = format!("{day}T{hour}:00:00");
        world.saw_all(&when, day);
        for record in world.records.values_mut() {
            record.read_at = Some(at(&when));
        }
        world.pass(&when);
    }
    let news = std::mem::take(&mut world.waiting).into_iter();
    let owed = news.filter(|notice| notice.kind == Kind::Owed);
    owed.map(|notice| {
        if let Some(incident) = world.open.get_mut(&notice.incident) {
            incident.told.insert(notice.person.clone());
        }
        (notice.person.to_string(), notice.told)
    })
    .collect()
}

#[test]
fn a_duty_climbs_its_ladder_and_ends_when_it_is_met() {
    let mut world = world();
    let mut told = Vec::new();
    let first: Date = "2018-02-25".parse().unwrap();
    for today in first.iter_days().take(60) {
        let news = day(&mut world, &today.to_string());
        let raised = news.iter().find(|(person, _)| person == "li");
        told.extend(raised.map(|(_, told)| (today.to_string(), *told)));
        if told.len() == 3 {
            break;
        }
    }
    let expected = [
        ("2018-03-01", Tier::Reminder),
        ("2018-03-24", Tier::Warning),
        ("2018-04-01", Tier::Overdue),
    ];
    let expected = expected.map(|(day, tier)| (day.to_owned(), Told::Raised(tier)));
    assert_eq!(told, expected);
    listed(&mut world, "2017年信息公开年度报告", "2018-04-02");
    // The unit has no head: the operator heard in the head's place.
    let both = ["li", "op"].map(|person| (person.to_owned(), Told::Recovered));
    assert_eq!(day(&mut world, "2018-04-02"), both);
    assert_eq!(day(&mut world, "2018-12-31"), []);
    let reminded = [("li".to_owned(), Told::Raised(Tier::Reminder))];
    assert_eq!(day(&mut world, "2019-03-02"), reminded);
}

#[test]
fn a_duty_that_is_met_or_cannot_be_told_is_never_spoken_of() {
    for met in [true, false] {
        let mut world = world();
        match met {
            true => listed(&mut world, "2017年信息公开年度报告", "2018-01-31"),
            false => world.items.clear(),
        }
        for month in 3..=12 {
            let told = day(&mut world, &format!("2018-{month:02}-15"));
            assert_eq!(told, [], "{month}");
        }
    }
}

#[test]
fn an_answer_pauses_the_repetitions_of_a_duty() {
    let mut world = world();
    let days = |world: &mut World, from: u32, to: u32| {
        let mut repeated = Vec::new();
        for day in from..=to {
            let news = self::day(world, &format!("2018-04-{day:02}"));
            let again = |(_, told): &(String, Told)| matches!(told, Told::Repeated(..));
            repeated.extend(news.iter().any(again).then_some(day));
        }
        repeated
    };
    // Overdue from the first, a Sunday, and heard on Monday; told again every three working days.
    assert_eq!(days(&mut world, 1, 5), [5]);
    let key = world.open.keys().find(|key| key.kind == Kind::Owed);
    let incident = &world.open[key.unwrap()];
    world.acts.push(Act {
        approver: None,
        at: at("2018-04-06T09:00:00"),
        by: "张三".to_owned(),
        reason: "稿件在审".to_owned(),
        deed: Deed::Answered {
            column: column(),
            duty: Some("annual-report".to_owned()),
            began_at: incident.began_at,
            until: "2018-04-12".parse().unwrap(),
            by_link: None,
        },
    });
    assert_eq!(days(&mut world, 6, 15), [13]);
    // One about the column's limit pauses nothing of the duty.
    if let Deed::Answered { duty, .. } = &mut world.acts[0].deed {
        *duty = None;
    }
    let mut again = self::world();
    again.acts = world.acts;
    assert_eq!(days(&mut again, 1, 15), [5, 10, 13]);
}

#[test]
fn a_new_period_begins_anew() {
    let mut world = world();
    for month in [4, 5, 12] {
        day(&mut world, &format!("2018-{month:02}-20"));
    }
    assert!(world.open.keys().any(|key| key.kind == Kind::Owed));
    assert_eq!(day(&mut world, "2019-01-01"), []);
    assert!(world.open.keys().all(|key| key.kind != Kind::Owed));
}

#[test]
fn what_falls_due_in_a_long_holiday_is_announced_before_it() {
    let holidays: Date = "2017-10-01".parse().unwrap();
    let year = Year {
        holidays: holidays.iter_days().take(8).collect(),
        make_up_days: ["2017-09-30".parse().unwrap()].into(),
        ..Year::default()
    };
    // The last update, whether it is warned of on the 29th, and on the 30th, the last working day.
    let rows = [
        ("2017-09-16", true, true),
        ("2017-09-17", false, true),
        ("2017-09-21", false, true),
        ("2017-09-24", false, true),
        // Due on the first working day after it, and on the second.
        ("2017-09-25", false, true),
        ("2017-09-26", false, false),
    ];
    for (on, before, eve) in rows {
        let mut world = World::new();
        world.calendar.years.insert(2017, year.clone());
        for (day, warned) in [("29", before), ("30", eve)] {
            for hour in ["06", "07"] {
                let when = format!("2017-09-{day}T{hour}:00:00");
                world.saw_all(&when, "2017-09-29");
                world.saw(0, &when, on, None);
                world.pass(&when);
            }
            let told = Told::Raised(Tier::Warning);
            let found = world.waiting.iter().any(|notice| notice.told == told);
            assert_eq!(found, warned, "{on} on the {day}");
        }
        // It stays so in the holiday, and is not called over.
        for hour in ["06", "07"] {
            let when = format!("2017-10-01T{hour}:00:00");
            world.saw_all(&when, "2017-09-30");
            world.saw(0, &when, on, None);
            world.pass(&when);
        }
        let open = world.open.values();
        let open = open.filter(|incident| incident.key.kind == Kind::Stale && incident.is_open());
        assert_eq!(open.count(), if eve { 2 } else { 0 }, "{on}");
    }
}
