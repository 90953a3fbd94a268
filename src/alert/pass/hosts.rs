//! Hosts without an answer, and our own network.

use std::collections::{BTreeMap, BTreeSet};

use super::Desk;
use crate::alert::incident::{IncidentKey, Kind, Subject};
use crate::alert::notice::About;
use crate::alert::outbox::Told;
use crate::assess::outage::{self, HostHealth};

impl Desk<'_> {
    pub(super) fn own_network(&mut self, offline: bool, hosts: &BTreeMap<String, HostHealth>) {
        let key = IncidentKey {
            subject: Subject::Monitor,
            kind: Kind::Offline,
        };
        let silent = hosts
            .values()
            .filter(|health| matches!(health, HostHealth::Silent { .. }))
            .count();
        let why = format!("{}个网站中有{silent}个同时无应答", hosts.len());
        self.plain(
            key,
            Some(offline),
            Told::Offline,
            About::Monitor(&why),
            true,
        );
        if offline {
            self.excuse_all();
            self.excuse_homes();
        }
    }

    /// While our own network is down no site is to blame.
    fn excuse_all(&mut self) {
        for record in self.situation.records.values() {
            let mut excused = record.clone();
            outage::excuse(&mut excused);
            if excused != *record {
                self.verdicts.records.push(excused);
            }
        }
    }

    pub(super) fn hosts(
        &mut self,
        hosts: &BTreeMap<String, HostHealth>,
        down: &BTreeSet<String>,
        offline: bool,
    ) {
        let told_by_site = self.hosts_of_homes();
        for (host, health) in hosts {
            let key = IncidentKey {
                subject: Subject::Host(host.clone()),
                kind: Kind::Down,
            };
            if told_by_site.contains(host) && !self.situation.open.contains_key(&key) {
                continue;
            }
            let present = match health {
                HostHealth::Answers => Some(false),
                HostHealth::Silent { .. } if offline => None,
                HostHealth::Silent { .. } => down.contains(host).then_some(true),
            };
            self.plain(key, present, Told::Down, About::Host(host), true);
        }
    }

    /// The hosts that are down, and those that were and have not answered since: while the host's
    /// incident is open, its columns have none of their own, whatever they counted in between.
    pub(super) fn still_down(
        &self,
        hosts: &BTreeMap<String, HostHealth>,
        mut down: BTreeSet<String>,
    ) -> BTreeSet<String> {
        for (host, health) in hosts {
            let key = IncidentKey {
                subject: Subject::Host(host.clone()),
                kind: Kind::Down,
            };
            let open = self.situation.open.get(&key);
            let told = open.is_some_and(|incident| incident.is_open());
            if told && matches!(health, HostHealth::Silent { .. }) {
                down.insert(host.clone());
            }
        }
        down
    }

    /// Ends incidents about hosts all of whose columns are exempt: nobody looks out for them.
    pub(super) fn exempt_hosts(&mut self, hosts: &BTreeMap<String, HostHealth>) {
        let columns = self.situation.group.columns.values();
        let exempt: BTreeSet<String> = columns
            .filter(|column| self.exemptions.until(column).is_some())
            .filter_map(|column| column.address().map(outage::host_of))
            .filter(|host| !hosts.contains_key(host))
            .collect();
        for host in exempt {
            self.dismiss(&IncidentKey {
                subject: Subject::Host(host),
                kind: Kind::Down,
            });
        }
    }
}
