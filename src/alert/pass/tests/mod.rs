//! One pass after another over a small group.

mod deadlines;
mod outages;
mod replayed;
mod scope;
mod succession;

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
use crate::domain::letter::Letter;
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

/// Announced maintenance of a site, laid down on its first day or before.
pub(super) fn exempted(site: SiteId, from: &str, until: &str) -> Act {
    Act {
        approver: None,
        at: at(&format!("{from}T07:00:00")),
        by: "张".to_owned(),
        reason: "改版".to_owned(),
        deed: Deed::Exempted {
            scope: Scope::Site(site),
            ground: Ground::Maintenance,
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            paused: false,
        },
    }
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
    pub(super) letters: BTreeMap<ColumnId, Vec<Letter>>,
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
                    on_demand: false,
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
            letters: BTreeMap::new(),
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
                    silent: visits,
                    why,
                }),
                empty_since: None,
                signature: None,
                digest: None,
                proof: None,
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
            letters: &self.letters,
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
                let known = |one: &Incident| {
                    (&one.key, one.began_at, &one.state)
                        == (&incident.key, incident.began_at, &incident.state)
                };
                self.closed.retain(|one| !known(one));
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
