//! Telling a dead host from a dead column, and the monitor's own network from a dead world.
//!
//! A host is down when every column on it failed for want of any answer, several visits in a row.
//! When most hosts fail together, it is our network, and nobody else hears of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::domain::group::Column;
use crate::domain::home::HomeRecord;
use crate::domain::id::ColumnId;
use crate::domain::observation::{Blind, Cause, ColumnRecord};
use crate::domain::time::Moment;

/// Visits of one host that lie no further apart were made in one round.
const ONE_ROUND: TimeDelta = TimeDelta::minutes(10);

/// How one host answered lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostHealth {
    /// At least one of its columns got an answer at its latest visit.
    Answers,
    /// None did; the number of failed visits in a row that all of them share.
    Silent {
        /// Failed visits in a row.
        visits: u32,
    },
}

/// When many hosts are silent together, how many make it our own network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfflineRule {
    /// The least number of visited hosts for the rule to apply.
    pub least_hosts: usize,
    /// The share of silent hosts, in percent.
    pub share_percent: u32,
}

/// How each host answered, by the latest visit to each of its columns.
pub fn host_health<'a>(
    columns: impl Iterator<Item = (&'a str, &'a ColumnRecord)>,
) -> BTreeMap<String, HostHealth> {
    let mut hosts: BTreeMap<String, HostHealth> = BTreeMap::new();
    for (host, record) in columns {
        let silent = silent_visits(record);
        let health = match (hosts.get(host), silent) {
            (Some(HostHealth::Answers), _) | (_, None) => HostHealth::Answers,
            (Some(HostHealth::Silent { visits }), Some(more)) => HostHealth::Silent {
                visits: more.min(*visits),
            },
            (None, Some(visits)) => HostHealth::Silent { visits },
        };
        hosts.insert(host.to_owned(), health);
    }
    hosts
}

/// How each host answered, by its columns and its home pages, whichever were visited last: where
/// the home page has failed since a column was answered, or a column was answered since the home
/// page failed, the later visit tells.
pub fn latest_health<'a>(
    columns: &[(String, &ColumnRecord)],
    homes: impl Iterator<Item = (&'a str, &'a HomeRecord)>,
) -> BTreeMap<String, HostHealth> {
    let seen = columns.iter();
    let mut hosts = host_health(seen.map(|(host, record)| (host.as_str(), *record)));
    let newest = |host: &str, silent: bool| {
        let of_host = columns.iter().filter(|(other, _)| other == host);
        let such = of_host.filter(|(_, record)| is_silent(record) == silent);
        such.map(|(_, record)| record.visited_at).max()
    };
    let mut fronts: BTreeMap<&str, (Option<Moment>, Option<Moment>)> = BTreeMap::new();
    for (host, home) in homes {
        let (answered, silent) = fronts.entry(host).or_default();
        let at = match is_home_silent(home) {
            true => silent,
            false => answered,
        };
        *at = (*at).max(Some(home.visited_at));
    }
    for (host, (answered, silent)) in fronts {
        // Of several home pages of one host, one that answers is enough.
        let by_home = match answered {
            Some(at) => (HostHealth::Answers, Some(at)),
            None => (HostHealth::Silent { visits: 1 }, silent),
        };
        let by_columns = hosts.get(host).map(|health| {
            let at = newest(host, *health != HostHealth::Answers);
            (health.clone(), at)
        });
        let health = match by_columns {
            Some(by_columns) => later(by_columns, by_home),
            None => by_home.0,
        };
        hosts.insert(host.to_owned(), health);
    }
    hosts
}

/// What the later visit tells; of two in one round an answer.
fn later(
    (a, a_at): (HostHealth, Option<Moment>),
    (b, b_at): (HostHealth, Option<Moment>),
) -> HostHealth {
    let apart = a_at.zip(b_at).map(|(a_at, b_at)| a_at - b_at);
    match apart {
        Some(apart) if apart > ONE_ROUND => a,
        Some(apart) if apart < -ONE_ROUND => b,
        _ if b == HostHealth::Answers => b,
        _ => a,
    }
}

/// Whether the latest visit got no answer.
pub fn is_silent(record: &ColumnRecord) -> bool {
    silent_visits(record).is_some()
}

/// Whether the latest visit to the home page got no answer.
pub fn is_home_silent(home: &HomeRecord) -> bool {
    home.blind.as_ref().and_then(silence).is_some()
}

/// Failed visits in a row for want of any answer; `None` when the latest visit got one.
fn silent_visits(record: &ColumnRecord) -> Option<u32> {
    record.blind.as_ref().and_then(silence)
}

fn silence(blind: &Blind) -> Option<u32> {
    match &blind.why {
        Cause::Failed(failure) if failure.is_host_down() => Some(blind.silent),
        Cause::OwnNetwork => Some(0),
        _ => None,
    }
}

/// Whether so many hosts are silent that the monitor's own network must be the cause.
pub fn is_offline(hosts: &BTreeMap<String, HostHealth>, rule: OfflineRule) -> bool {
    let silent = hosts
        .values()
        .filter(|health| matches!(health, HostHealth::Silent { .. }))
        .count();
    hosts.len() >= rule.least_hosts.max(1)
        && silent * 100 >= hosts.len() * rule.share_percent as usize
}

/// Hosts in percent whose silence together is worth asking the probes.
const MAJORITY_PERCENT: u32 = 50;

/// Whether so many hosts are silent that it is worth asking whether our own network is up.
pub fn is_doubtful(hosts: &BTreeMap<String, HostHealth>, rule: OfflineRule) -> bool {
    is_offline(hosts, told_apart(rule, Some(false)))
}

/// The rule after the probes were asked: where any has `answered` the network is up whatever the
/// hosts do, where none has, half of the hosts are enough. `None` where none was asked.
pub fn told_apart(rule: OfflineRule, answered: Option<bool>) -> OfflineRule {
    match answered {
        None => rule,
        Some(true) => OfflineRule {
            least_hosts: usize::MAX,
            ..rule
        },
        Some(false) => OfflineRule {
            share_percent: rule.share_percent.min(MAJORITY_PERCENT),
            ..rule
        },
    }
}

/// The records of `columns`, with their hosts.
pub fn watched<'a, 'g>(
    columns: impl Iterator<Item = &'g Column>,
    records: &'a BTreeMap<ColumnId, ColumnRecord>,
) -> Vec<(String, &'a ColumnRecord)> {
    columns
        .filter_map(|column| {
            let host = host_of(column.address()?);
            Some((host, records.get(&column.id)?))
        })
        .collect()
}

/// The hosts that have been silent for at least `visits` visits.
pub fn down_hosts(hosts: &BTreeMap<String, HostHealth>, visits: u32) -> BTreeSet<String> {
    hosts
        .iter()
        .filter(|(_, health)| matches!(health, HostHealth::Silent { visits: n } if *n >= visits))
        .map(|(host, _)| host.clone())
        .collect()
}

/// Rewrites the cause of silence to the monitor's own network, so that no report blames a site and
/// the silence does not count against it later.
pub fn excuse(record: &mut ColumnRecord) {
    if silent_visits(record).is_some()
        && let Some(blind) = &mut record.blind
    {
        blind.why = Cause::OwnNetwork;
        (blind.visits, blind.silent) = (0, 0);
    }
}

/// Whether a column is blind long enough to tell the operator, on a host that is not down itself.
pub fn is_blind(record: &ColumnRecord, visits: u32) -> bool {
    record
        .blind
        .as_ref()
        .is_some_and(|blind| blind.visits >= visits && blind.why != Cause::OwnNetwork)
}

/// The host of a column's address as incidents name it, with the port when it is not the scheme's.
pub fn host_of(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The records of `columns` by column, for callers that hold a list.
pub fn by_column(columns: Vec<ColumnRecord>) -> BTreeMap<ColumnId, ColumnRecord> {
    columns
        .into_iter()
        .map(|record| (record.column.clone(), record))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::observation::Blind;
    use crate::domain::time::moment;
    use crate::domain::visit::{Failure, Validators};

    fn record(visits: u32, why: Option<Cause>) -> ColumnRecord {
        let day = chrono::NaiveDate::from_ymd_opt(2017, 11, 14).unwrap();
        let at = moment(day.and_hms_opt(9, 0, 0).unwrap());
        ColumnRecord {
            column: ColumnId::parse("a").unwrap(),
            last_update: None,
            read_at: None,
            blind: why.map(|why| Blind {
                since: at,
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
            visited_at: at,
            revisit_at: None,
        }
    }

    #[test]
    fn probes_tell_a_dead_world_from_our_own_network() {
        let rule = OfflineRule {
            least_hosts: 3,
            share_percent: 80,
        };
        let hosts = |silent: usize| -> BTreeMap<String, HostHealth> {
            let health = |n: usize| match n < silent {
                true => HostHealth::Silent { visits: 1 },
                false => HostHealth::Answers,
            };
            (0..10).map(|n| (format!("h{n}"), health(n))).collect()
        };
        // Silent hosts of ten; worth asking; offline by the share, by an answer, by none.
        let table = [
            (4, false, false, false, false),
            (5, true, false, false, true),
            (8, true, true, false, true),
            (10, true, true, false, true),
        ];
        for (silent, doubtful, by_share, answered, by_none) in table {
            let hosts = hosts(silent);
            let offline = |answer| is_offline(&hosts, told_apart(rule, answer));
            let found = [None, Some(true), Some(false)].map(offline);
            assert_eq!(is_doubtful(&hosts, rule), doubtful, "{silent}");
            assert_eq!(found, [by_share, answered, by_none], "{silent}");
        }
    }

    #[test]
    fn a_host_is_down_only_when_all_its_columns_are_silent_long_enough() {
        let dead = |n| record(n, Some(Cause::Failed(Failure::Refused)));
        let blocked = record(9, Some(Cause::Failed(Failure::Blocked(403))));
        let (d2, d3, well) = (dead(2), dead(3), record(0, None));
        let rows = [
            ("a", &d3),
            ("a", &d2),
            ("b", &d3),
            ("b", &well),
            ("c", &d3),
            ("c", &d3),
            ("d", &blocked),
        ];
        let hosts = host_health(rows.into_iter());
        assert_eq!(down_hosts(&hosts, 3).into_iter().collect::<Vec<_>>(), ["c"]);
        assert_eq!(hosts["a"], HostHealth::Silent { visits: 2 });
        assert_eq!(hosts["d"], HostHealth::Answers);
    }

    #[test]
    fn most_hosts_silent_together_is_our_own_network() {
        let rule = OfflineRule {
            least_hosts: 3,
            share_percent: 80,
        };
        let hosts = |silent: usize, all: usize| {
            (0..all)
                .map(|n| {
                    let health = if n < silent {
                        HostHealth::Silent { visits: 1 }
                    } else {
                        HostHealth::Answers
                    };
                    (format!("h{n}"), health)
                })
                .collect::<BTreeMap<_, _>>()
        };
        assert!(is_offline(&hosts(4, 5), rule));
        assert!(!is_offline(&hosts(3, 5), rule));
        assert!(!is_offline(&hosts(2, 2), rule));
        assert!(!is_offline(&hosts(0, 0), rule));
    }
}
