//! Hosts and columns that cannot be seen, and our own network.

use super::*;

#[test]
fn a_dead_host_is_one_incident_for_the_operator_alone() {
    let mut world = World::new();
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    world.saw(2, "2017-11-20T07:00:00", "2017-11-01", Some((3, TIMED_OUT)));
    world.pass("2017-11-20T07:05:00");
    assert_eq!(world.told(), [("op".to_owned(), Told::Down)]);
    assert_eq!(world.waiting[0].facts.site, "第2网站");
    assert_eq!(world.waiting[0].facts.why, "连接超时");
    assert!(world.waiting[0].urgent);
    // It answers again; the operator had been told.
    for incident in world.open.values_mut() {
        incident.told.insert(PersonId::parse("op").unwrap());
    }
    world.waiting.clear();
    world.saw(2, "2017-11-20T11:00:00", "2017-11-18", None);
    world.pass("2017-11-20T11:05:00");
    assert_eq!(world.told(), [("op".to_owned(), Told::Recovered)]);
    assert!(world.open.is_empty());
}

#[test]
fn a_dead_host_stays_one_incident_until_it_answers_whatever_its_visits_count() {
    let mut world = World::new();
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    world.saw(2, "2017-11-20T07:00:00", "2017-11-18", Some((3, TIMED_OUT)));
    world.pass("2017-11-20T07:05:00");
    world.waiting.clear();
    // One refusal in between, and its silent visits are counted from the beginning.
    world.saw(2, "2017-11-21T07:00:00", "2017-11-18", Some((9, TIMED_OUT)));
    for record in world.records.values_mut() {
        if let Some(blind) = &mut record.blind {
            blind.silent = 1;
        }
    }
    world.pass("2017-11-21T07:05:00");
    assert_eq!(world.told(), []);
    assert_eq!(world.open.len(), 1);
}

#[test]
fn all_hosts_silent_together_is_one_word_about_our_own_network() {
    let mut world = World::new();
    for host in 0..4 {
        world.saw(
            host,
            "2017-11-20T07:00:00",
            "2017-11-01",
            Some((3, TIMED_OUT)),
        );
    }
    let verdicts = world.pass("2017-11-20T07:05:00");
    assert_eq!(world.told(), [("op".to_owned(), Told::Offline)]);
    assert_eq!(verdicts.records.len(), 8);
    let excused = |record: &ColumnRecord| {
        let blind = record.blind.as_ref().unwrap();
        (blind.why.clone(), blind.visits) == (Cause::OwnNetwork, 0)
    };
    assert!(world.records.values().all(excused));
}

#[test]
fn a_column_that_cannot_be_judged_is_for_the_operator_and_looked_at_again_soon() {
    let mut world = World::new();
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    let blocked = || Cause::Failed(Failure::Blocked(403));
    world.saw(1, "2017-11-20T07:00:00", "2017-11-01", Some((1, blocked())));
    let verdicts = world.pass("2017-11-20T07:05:00");
    assert_eq!((world.told().len(), verdicts.records.len()), (0, 2));
    let again = Some(at("2017-11-20T07:30:00"));
    assert!(verdicts.records.iter().all(|r| r.revisit_at == again));
    world.saw(1, "2017-11-20T08:00:00", "2017-11-01", Some((3, blocked())));
    world.pass("2017-11-20T08:05:00");
    let told = world.told();
    assert_eq!(told, vec![("op".to_owned(), Told::Blind); 2]);
}
