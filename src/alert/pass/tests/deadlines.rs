//! Deadlines: what is told once, risen, over, and for the second time.

use super::super::{proposed_of, release_escalation};
use super::*;
use crate::alert::incident::{Kind, Release};
use crate::assess::duty::{self, YearDay};

#[test]
fn a_pass_over_the_same_facts_changes_nothing_more() {
    let mut world = World::new();
    world.saw_all("2017-11-14T07:00:00", "2017-11-03");
    let first = world.pass("2017-11-14T07:05:00");
    assert_eq!((first.incidents.len(), first.notices.len()), (8, 0));
    assert!(world.pass("2017-11-14T07:06:00").is_empty());
    world.saw_all("2017-11-14T07:35:00", "2017-11-03");
    let second = world.pass("2017-11-14T07:36:00");
    assert_eq!((second.incidents.len(), second.notices.len()), (8, 8));
    assert!(world.told().iter().all(|(person, _)| person == "li"));
    assert!(world.pass("2017-11-14T07:37:00").is_empty());
}

#[test]
fn whoever_was_told_hears_of_the_update_though_the_next_deadline_nears() {
    let mut world = World::new();
    world.saw(0, "2017-11-17T07:00:00", "2017-10-25", None);
    world.pass("2017-11-17T07:00:00");
    world.saw(0, "2017-11-17T07:30:00", "2017-10-25", None);
    world.pass("2017-11-17T07:30:00");
    assert!(
        world
            .told()
            .contains(&("op".to_owned(), Told::Raised(Tier::SeverelyOverdue)))
    );
    for incident in world.open.values_mut() {
        incident.told.insert(PersonId::parse("op").unwrap());
    }
    world.waiting.clear();
    // A late update on a Saturday, and on Sunday its own deadline nears: nobody has read yet.
    for when in ["2017-11-18T07:00:00", "2017-11-18T07:30:00"] {
        world.saw(0, when, "2017-11-08", None);
        world.pass(when);
    }
    for when in ["2017-11-19T07:00:00", "2017-11-19T07:30:00"] {
        world.saw(0, when, "2017-11-08", None);
        world.pass(when);
    }
    let told = world.told();
    let of = |person: &str, what| {
        told.iter()
            .filter(|one| **one == (person.to_owned(), what))
            .count()
    };
    assert_eq!(of("op", Told::Recovered), 2, "{told:?}");
    assert_eq!(of("li", Told::Raised(Tier::Reminder)), 2, "{told:?}");
    // On Monday morning that one is met as well, of which nobody was told.
    for when in ["2017-11-20T07:00:00", "2017-11-20T07:30:00"] {
        world.saw(0, when, "2017-11-19", None);
        world.pass(when);
    }
    let both = vec![("op".to_owned(), Told::Recovered); 2];
    assert_eq!(world.told(), both, "the end of what was told");
}

#[test]
fn an_operator_to_whom_a_message_climbs_hears_whose_contact_is_missing() {
    let mut world = World::new();
    for minute in ["00", "35"] {
        let when = format!("2017-11-18T07:{minute}:00");
        world.saw_all(&when, "2017-11-03");
        world.pass(&when);
    }
    let why = |person: &str| {
        let mut notices = world.waiting.iter();
        let found = notices.find(|notice| notice.person.as_str() == person);
        found.map(|notice| notice.facts.why.as_str())
    };
    assert_eq!(why("op"), Some("科信委未登记主要负责人"));
    assert_eq!(why("li"), Some(""));
}

#[test]
fn the_second_overdue_of_a_unit_within_a_week_is_proposed_for_escalation() {
    let rows = [
        ("2017-11-18", 0),
        ("2017-11-20", 2),
        ("2017-11-25", 2),
        ("2017-11-26", 0),
    ];
    for (first, proposed) in rows {
        let mut world = World::new();
        // The columns of h1 are overdue from the 18th on, those of h2 a while later.
        world.saw_all("2017-11-18T07:00:00", "2017-11-18");
        let second: Date = first.parse().unwrap();
        for minute in ["00", "35"] {
            let when = format!("2017-11-18T07:{minute}:00");
            world.saw(1, &when, "2017-11-03", None);
            world.pass(&when);
        }
        let on = (second - TimeDelta::days(15)).to_string();
        for minute in ["40", "55"] {
            let when = format!("{first}T07:{minute}:00");
            world.saw(2, &when, &on, None);
            world.pass(&when);
        }
        let told = world.told().into_iter();
        let found = told.filter(|(_, told)| *told == Told::EscalationProposed);
        assert_eq!(found.count(), proposed, "{first}");
    }
}

#[test]
fn who_hears_of_an_escalation_at_once_does_not_hear_of_its_cause_beside_it() {
    let mut world = World::new();
    world.saw_all("2017-11-18T07:00:00", "2017-11-18");
    if let Some(rule) = world.rules.tiers.get_mut(&Tier::Escalation) {
        rule.release = false;
        rule.roles.retain(|&role| role != Role::Liaison);
    }
    for (host, minute) in [(1, "00"), (1, "35"), (2, "00"), (2, "35")] {
        // The columns of h1 are overdue on the 18th, those of h2, of the same unit, two days later.
        let (day, on) = match host {
            1 => ("2017-11-18", "2017-11-03"),
            _ => ("2017-11-20", "2017-11-05"),
        };
        let when = format!("{day}T07:{minute}:00");
        world.saw(host, &when, on, None);
        world.pass(&when);
    }
    let second = world.waiting.iter().filter(|notice| {
        let column = notice.column.as_ref();
        column.is_some_and(|column| column.as_str().starts_with("h2/"))
    });
    let mut told = BTreeMap::<_, Vec<Told>>::new();
    for notice in second {
        let whose = (notice.person.as_str(), notice.incident.clone());
        told.entry(whose).or_default().push(notice.told);
    }
    assert!(told.values().all(|told| told.len() == 1), "{told:?}");
    let has = |told| told == [Told::Raised(Tier::Escalation)];
    assert!(told.values().any(|told| has(told.as_slice())), "{told:?}");
    // Whoever does not hear of escalations hears of what led to it.
    assert!(
        told.iter().any(|((person, _), told)| {
            *person == "li" && *told == [Told::Raised(Tier::Overdue)]
        })
    );
}

#[test]
fn the_second_severe_lateness_of_a_column_within_a_quarter_is_proposed_for_escalation() {
    // One that had gone on since before is none of its own.
    let rows = [
        ("2017-09-30", false, 1),
        ("2017-09-02", false, 1),
        ("2017-09-01", false, 0),
        ("2017-09-30", true, 0),
    ];
    for (rose, goes_on, proposed) in rows {
        let mut world = World::new();
        let column = ColumnId::parse("h1/a").unwrap();
        let rose = at(&format!("{rose}T08:00:00"));
        let state = State::Resolved { at: rose };
        let mut over = Incident::new(stale_key(&column), rose, state);
        world.saw(1, "2017-07-01T08:00:00", "2017-07-01", None);
        let record = world.records.get(&column);
        over.last_update = record.and_then(|record| record.last_update.clone());
        over.rises = vec![Rise {
            tier: Tier::SeverelyOverdue,
            at: rose,
            goes_on,
        }];
        world.closed = vec![over];
        for minute in ["00", "35"] {
            let when = format!("2017-12-01T07:{minute}:00");
            world.saw_all(&when, "2017-11-03");
            world.pass(&when);
        }
        let told = world.told().into_iter();
        let found = told.filter(|(_, told)| *told == Told::EscalationProposed);
        assert_eq!(found.count(), proposed, "{rose}");
        // Where it is updated before anybody has read that, it is proposed no more.
        for minute in ["40", "55"] {
            let when = format!("2017-12-01T07:{minute}:00");
            world.saw_all(&when, "2017-11-30");
            world.pass(&when);
        }
        assert_eq!(world.told(), [], "{rose}");
    }
}

#[test]
fn what_was_seen_before_the_monitors_own_silence_proves_nothing_now() {
    let mut world = World::new();
    world.saw_all("2017-11-18T07:00:00", "2017-11-03");
    world.pass("2017-11-18T07:05:00");
    world.saw_all("2017-11-18T07:35:00", "2017-11-03");
    world.pass("2017-11-18T07:36:00");
    assert_eq!(
        world.told().len(),
        16,
        "liaison and operator, eight columns"
    );
    // Weeks later the machine is switched on again.
    assert!(world.pass("2017-12-18T07:00:00").is_empty());
    world.saw_all("2017-12-18T07:05:00", "2017-12-15");
    world.pass("2017-12-18T07:10:00");
    world.saw_all("2017-12-18T07:40:00", "2017-12-15");
    world.pass("2017-12-18T07:41:00");
    assert!(world.open.is_empty() && world.waiting.is_empty());
}

#[test]
fn a_list_without_items_ends_no_deadline() {
    let mut world = World::new();
    for hour in ["07:00", "07:35"] {
        world.saw_all(&format!("2017-11-20T{hour}:00"), "2017-11-03");
        world.pass(&format!("2017-11-20T{hour}:30"));
    }
    let told = world.told();
    let open = world.open.clone();
    world.saw_all("2017-11-20T13:00:00", "2017-11-03");
    for record in world.records.values_mut() {
        record.empty_since = Some(at("2017-11-20T13:00:00"));
    }
    world.pass("2017-11-20T13:00:30");
    world.saw_all("2017-11-20T13:35:00", "2017-11-03");
    world.pass("2017-11-20T13:36:00");
    assert_eq!((world.told(), &world.open), (told, &open));
    // Made on demand, it has no deadline, empty as it is.
    for column in world.group.columns.values_mut() {
        column.on_demand = true;
    }
    world.pass("2017-11-20T13:37:00");
    let is_stale = |key: &IncidentKey| key.kind == Kind::Stale;
    assert!(!world.open.keys().any(is_stale), "{:?}", world.open);
}

#[test]
fn the_escalation_of_a_duty_and_that_of_the_limit_are_released_each_by_itself() {
    let mut world = World::new();
    let column = world.group.columns.values().next().unwrap().clone();
    let day = |month, day| YearDay { month, day };
    world.limits.duties = vec![duty::Duty {
        id: "plan".to_owned(),
        name: "工作要点".to_owned(),
        columns: [column.id.clone()].into(),
        classes: Default::default(),
        opens: day(1, 1),
        due: day(3, 31),
        titles: Vec::new(),
        ladder: Default::default(),
    }];
    let limit = Subject::Column(column.id.clone());
    let duty = Subject::Duty(column.id.clone(), "plan".to_owned());
    for (subject, kind) in [(&limit, Kind::Stale), (&duty, Kind::Owed)] {
        let state = State::Open {
            since: at("2017-06-01T09:00:00"),
            repeats: 0,
            told_at: at("2017-06-01T09:00:00"),
            pending: None,
        };
        let key = IncidentKey {
            subject: subject.clone(),
            kind,
        };
        let mut incident = Incident::new(key.clone(), at("2017-06-01T09:00:00"), state);
        incident.tier = Some(Tier::Escalation);
        incident.release = Some(Release::Proposed);
        world.open.insert(key, incident);
    }
    let released = |world: &World, subject: &Subject| {
        let situation = world.situation("2017-06-02T09:00:00");
        release_escalation(&situation, subject, "张三")
    };
    let first = |world: &World| proposed_of(&world.situation("2017-06-02T09:00:00"), &column);
    assert_eq!(first(&world).as_ref(), Some(&limit));
    for subject in [&duty, &limit] {
        let made = released(&world, subject).unwrap();
        let keys: Vec<_> = made.incidents.iter().map(|one| &one.key.subject).collect();
        assert_eq!(keys, [subject]);
        let keep = made.incidents.into_iter();
        world.open.extend(keep.map(|one| (one.key.clone(), one)));
        assert!(released(&world, subject).is_none(), "once");
    }
    assert_eq!(first(&world), None);
}
