//! One pass after another over a small group.

use std::collections::BTreeMap;

use super::{Situation, Verdicts, pass, stale_key};
use crate::alert::incident::Rise;
use crate::alert::incident::{Incident, IncidentKey, State, Subject};
use crate::alert::outbox::{Notice, NoticeState, Told};
use crate::alert::rules::AlertRules;
use crate::alert::trial;
use crate::assess::ladder::Tier;
use crate::assess::limits::Limits;
use crate::calendar::{Calendar, Year};
use crate::domain::access::Access;
use crate::domain::act::Act;
use crate::domain::act::{Deed, Ground, Scope};
use crate::domain::class::Class;
use crate::domain::finding::{Basis, Evidence, LastUpdate};
use crate::domain::group::{Column, Group};
use crate::domain::group::{Duty, Identity, Person, Role, Route, Site, Unit};
use crate::domain::home::HomeRecord;
use crate::domain::id::ColumnId;
use crate::domain::id::{PersonId, SiteId, UnitId};
use crate::domain::item::Item;
use crate::domain::observation::ColumnRecord;
use crate::domain::observation::{Blind, Cause};
use crate::domain::site_day::SiteDay;
use crate::domain::time::Moment;
use crate::domain::time::{Date, moment};
use crate::domain::visit::{Failure, Validators};
use chrono::TimeDelta;

pub(super) fn at(text: &str) -> Moment {
    moment(text.parse().unwrap())
}

/// Four hosts `h0` to `h3` with two news columns each, owned by the unit `kxw`.
pub(super) struct World {
    pub(super) group: Group,
    pub(super) limits: Limits,
    pub(super) calendar: Calendar,
    pub(super) rules: AlertRules,
    pub(super) records: BTreeMap<ColumnId, ColumnRecord>,
    pub(super) homes: BTreeMap<SiteId, HomeRecord>,
    pub(super) days: BTreeMap<SiteId, Vec<SiteDay>>,
    pub(super) items: BTreeMap<ColumnId, Vec<Item>>,
    pub(super) open: BTreeMap<IncidentKey, Incident>,
    pub(super) waiting: Vec<Notice>,
    pub(super) closed: Vec<Incident>,
    pub(super) acts: Vec<Act>,
    pub(super) live: bool,
}

impl World {
    pub(super) fn new() -> World {
        let mut group = Group::default();
        let unit = UnitId::parse("kxw").unwrap();
        group.units.insert(
            unit.clone(),
            Unit {
                id: unit.clone(),
                name: "区科信委".to_owned(),
                short: "科信委".to_owned(),
            },
        );
        let duty = |role, unit| Duty { role, unit };
        for (id, duty) in [
            ("li", duty(Role::Liaison, Some(unit.clone()))),
            ("op", duty(Role::Operator, None)),
        ] {
            let id = PersonId::parse(id).unwrap();
            let person = Person {
                id: id.clone(),
                name: String::new(),
                phone: Some("10000000001".to_owned()),
                mail: None,
                robot: None,
                presence: Default::default(),
                routes: vec![Route::Sms],
                duties: vec![duty],
            };
            group.people.insert(id, person);
        }
        for host in 0..4 {
            let site = SiteId::parse(&format!("h{host}")).unwrap();
            group.sites.insert(
                site.clone(),
                Site {
                    id: site.clone(),
                    unit: unit.clone(),
                    name: format!("第{host}网站"),
                    home: None,
                    identity: Identity::default(),
                    access: Access::default(),
                },
            );
            for name in ["a", "b"] {
                let id = ColumnId::parse(&format!("h{host}/{name}")).unwrap();
                let column = Column {
                    id: id.clone(),
                    site: site.clone(),
                    unit: unit.clone(),
                    name: name.to_owned(),
                    class: Class::News,
                    url: format!("http://h{host}.example.cn/{name}").parse().ok(),
                    limit_days: None,
                    read: None,
                    confirmed: true,
                };
                group.columns.insert(id, column);
            }
        }
        World {
            group,
            limits: Limits::default(),
            calendar: Calendar {
                years: (2016..=2019).map(|year| (year, Year::default())).collect(),
            },
            rules: AlertRules::default(),
            records: BTreeMap::new(),
            homes: BTreeMap::new(),
            days: BTreeMap::new(),
            items: BTreeMap::new(),
            open: BTreeMap::new(),
            waiting: Vec::new(),
            closed: Vec::new(),
            acts: Vec::new(),
            live: true,
        }
    }

    /// What the latest visit to the columns of `host` left.
    pub(super) fn saw(&mut self, host: usize, when: &str, on: &str, blind: Option<(u32, Cause)>) {
        for name in ["a", "b"] {
            let id = ColumnId::parse(&format!("h{host}/{name}")).unwrap();
            let record = ColumnRecord {
                column: id.clone(),
                last_update: Some(LastUpdate {
                    on: on.parse().unwrap(),
                    basis: Basis::ListRow,
                    evidence: Evidence {
                        page: String::new(),
                        title: String::new(),
                        link: None,
                        snippet: String::new(),
                    },
                }),
                read_at: None,
                blind: blind.clone().map(|(visits, why)| Blind {
                    since: at(when),
                    visits,
                    why,
                }),
                empty_since: None,
                signature: None,
                digest: None,
                validators: Validators::default(),
                reader: None,
                visited_at: at(when),
                revisit_at: None,
            };
            self.records.insert(id, record);
        }
    }

    pub(super) fn saw_all(&mut self, when: &str, on: &str) {
        for host in 0..4 {
            self.saw(host, when, on, None);
        }
    }

    pub(super) fn situation(&self, now: &str) -> Situation<'_> {
        Situation {
            group: &self.group,
            limits: &self.limits,
            calendar: &self.calendar,
            rules: &self.rules,
            records: &self.records,
            homes: &self.homes,
            days: &self.days,
            items: &self.items,
            open: &self.open,
            waiting: &self.waiting,
            closed: &self.closed,
            acts: &self.acts,
            live: self.live,
            now: at(now),
        }
    }

    /// Makes a pass and keeps what it changes, as the store would.
    pub(super) fn pass(&mut self, now: &str) -> Verdicts {
        let verdicts = pass(&self.situation(now));
        for incident in &verdicts.incidents {
            if incident.is_resolved() {
                self.open.remove(&incident.key);
                self.closed.push(incident.clone());
            } else {
                self.open.insert(incident.key.clone(), incident.clone());
            }
        }
        for notice in &verdicts.notices {
            self.waiting.retain(|known| known.key != notice.key);
            if notice.state == NoticeState::Waiting {
                self.waiting.push(notice.clone());
            }
        }
        for record in &verdicts.records {
            self.records.insert(record.column.clone(), record.clone());
        }
        for home in &verdicts.homes {
            self.homes.insert(home.site.clone(), home.clone());
        }
        verdicts
    }

    pub(super) fn told(&self) -> Vec<(String, Told)> {
        self.waiting
            .iter()
            .map(|notice| (notice.person.to_string(), notice.told))
            .collect()
    }
}

const TIMED_OUT: Cause = Cause::Failed(Failure::ConnectTimeout);

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
}

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

#[test]
fn the_second_overdue_of_a_unit_within_a_week_is_proposed_for_escalation() {
    for (first, proposed) in [("2017-11-18", 0), ("2017-11-20", 2), ("2017-11-26", 0)] {
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
fn the_second_severe_lateness_of_a_column_within_a_quarter_is_proposed_for_escalation() {
    for (rose, proposed) in [("2017-09-30", 1), ("2017-08-01", 0)] {
        let mut world = World::new();
        let column = ColumnId::parse("h1/a").unwrap();
        let rose = at(&format!("{rose}T08:00:00"));
        let state = State::Resolved { at: rose };
        let mut over = Incident::new(stale_key(&column), rose, state);
        over.rises = vec![Rise {
            tier: Tier::SeverelyOverdue,
            at: rose,
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
    }
}

fn exempted(from: &str, until: &str) -> Act {
    Act {
        at: at("2017-11-14T09:00:00"),
        by: "张".to_owned(),
        reason: "改版".to_owned(),
        deed: Deed::Exempted {
            scope: Scope::Site(SiteId::parse("h1").unwrap()),
            ground: Ground::Maintenance,
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
        },
    }
}

/// The columns of `h1` about which an incident is suspected or open.
fn open_on_h1(world: &World) -> usize {
    let of_h1 = |key: &&IncidentKey| match &key.subject {
        Subject::Column(id) => id.as_str().starts_with("h1/"),
        Subject::Host(host) => host.starts_with("h1."),
        _ => false,
    };
    world.open.keys().filter(of_h1).count()
}

#[test]
fn nobody_hears_of_what_is_exempt_and_afterwards_two_visits_are_needed_again() {
    let mut world = World::new();
    world.saw_all("2017-11-14T07:00:00", "2017-11-03");
    world.pass("2017-11-14T07:05:00");
    world.saw_all("2017-11-14T07:35:00", "2017-11-03");
    world.pass("2017-11-14T07:36:00");
    assert_eq!((world.told().len(), open_on_h1(&world)), (8, 2));
    // What waits is withdrawn, and no rise is told while it lasts.
    world.acts = vec![exempted("2017-11-14", "2017-11-20")];
    world.pass("2017-11-14T09:00:00");
    assert_eq!((world.told().len(), open_on_h1(&world)), (6, 0));
    for day in 15..=20 {
        world.saw_all(&format!("2017-11-{day}T07:00:00"), "2017-11-03");
        world.pass(&format!("2017-11-{day}T07:05:00"));
        assert_eq!(open_on_h1(&world), 0, "{day}");
    }
    // The first day after it: suspected by one visit, told after the second.
    world.waiting.clear();
    world.saw_all("2017-11-21T07:00:00", "2017-11-03");
    world.pass("2017-11-21T07:05:00");
    let of_h1 = |world: &World| {
        let raised = |one: &&Notice| matches!(one.told, Told::Raised(_));
        let waiting = world.waiting.iter().filter(raised);
        let columns = waiting.filter_map(|one| one.column.clone());
        columns.filter(|id| id.as_str().starts_with("h1/")).count()
    };
    assert_eq!((open_on_h1(&world), of_h1(&world)), (2, 0));
    world.saw_all("2017-11-21T07:35:00", "2017-11-03");
    world.pass("2017-11-21T07:36:00");
    // The unit has no head: the operator hears in the head's place.
    assert_eq!((open_on_h1(&world), of_h1(&world)), (2, 4));
}

#[test]
fn an_exempt_host_may_be_silent_and_its_columns_unreadable() {
    let mut world = World::new();
    let silent = || Some((3, TIMED_OUT));
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    world.saw(1, "2017-11-20T07:00:00", "2017-11-01", silent());
    world.pass("2017-11-20T07:05:00");
    assert_eq!((world.told().len(), open_on_h1(&world)), (1, 1));
    world.acts = vec![exempted("2017-11-20", "2017-11-21")];
    world.pass("2017-11-20T07:06:00");
    assert_eq!((world.told().len(), open_on_h1(&world)), (0, 0));
    world.saw(1, "2017-11-20T11:00:00", "2017-11-01", silent());
    assert!(world.pass("2017-11-20T11:05:00").is_empty());
    let next = world.pass("2017-11-22T07:00:00");
    assert_eq!((next.incidents.len(), world.told().len()), (1, 1));
}

#[test]
fn a_trial_run_tells_no_unit_and_its_end_tells_how_things_stand() {
    let mut world = World::new();
    world.live = false;
    for day in 14..=18 {
        for minute in ["00", "35"] {
            let when = format!("2017-11-{day}T07:{minute}:00");
            world.saw_all(&when, "2017-11-03");
            world.pass(&when);
        }
    }
    assert_eq!(world.told(), []);
    let of = |world: &World| trial::forecast(&world.open, &world.group, &world.rules);
    let forecast = of(&world);
    // Of a unit without a head the operator hears in the head's place.
    assert_eq!((forecast.messages, forecast.columns), (2, 8));
    // Two columns are in time again before it ends.
    for minute in ["00", "35"] {
        let when = format!("2017-11-20T07:{minute}:00");
        world.saw_all(&when, "2017-11-03");
        world.saw(1, &when, "2017-11-20", None);
        world.pass(&when);
    }
    world.live = true;
    let verdicts = trial::go_live(&world.situation("2017-11-20T09:00:00"));
    let told: Vec<_> = verdicts.notices.iter().map(|notice| notice.told).collect();
    assert_eq!(told, [Told::Raised(Tier::Overdue); 12]);
    assert_eq!(verdicts.incidents.len(), 6);
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
fn a_unit_without_contacts_is_told_of_once() {
    let mut world = World::new();
    world.group.people.remove(&PersonId::parse("li").unwrap());
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    world.pass("2017-11-20T07:05:00");
    assert_eq!(world.told(), [("op".to_owned(), Told::Trouble)]);
    assert!(world.pass("2017-11-21T07:05:00").is_empty());
}

#[test]
fn of_an_unconfirmed_column_nobody_hears_anything() {
    let mut world = World::new();
    world.saw_all("2017-11-20T07:00:00", "2017-11-01");
    world.pass("2017-11-20T07:05:00");
    world.saw_all("2017-11-20T07:35:00", "2017-11-01");
    world.pass("2017-11-20T07:36:00");
    assert!(!world.open.is_empty() && !world.waiting.is_empty());
    for column in world.group.columns.values_mut() {
        column.confirmed = false;
    }
    world.pass("2017-11-20T08:00:00");
    assert!(world.open.is_empty() && world.waiting.is_empty());
    let blocked = || Some((9, Cause::Failed(Failure::Blocked(403))));
    world.saw(1, "2017-11-21T07:00:00", "2017-11-01", blocked());
    assert!(world.pass("2017-11-21T07:05:00").is_empty());
    assert!(world.waiting.is_empty());
}

#[test]
fn a_column_taken_out_of_the_configuration_is_no_longer_spoken_of() {
    let mut world = World::new();
    world.saw_all("2017-11-20T07:00:00", "2017-11-18");
    world.saw(0, "2017-11-20T07:00:00", "2017-11-01", None);
    world.pass("2017-11-20T07:05:00");
    world.saw(0, "2017-11-20T07:35:00", "2017-11-01", None);
    world.pass("2017-11-20T07:36:00");
    assert_eq!(world.told().len(), 4, "liaison and operator, two columns");
    world
        .group
        .columns
        .remove(&ColumnId::parse("h0/a").unwrap());
    world.pass("2017-11-20T08:00:00");
    let left: Vec<_> = world.waiting.iter().map(|notice| &notice.column).collect();
    assert!(
        left.iter()
            .all(|column| { column.as_ref().is_some_and(|id| id.as_str() == "h0/b") })
    );
    let told = Told::Raised(Tier::Overdue);
    assert!(world.waiting.iter().all(|notice| notice.told == told));
    assert!(
        world
            .open
            .values()
            .all(|incident| { matches!(incident.state, State::Open { .. }) })
    );
}
