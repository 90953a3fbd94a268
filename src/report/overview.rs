//! The group at a glance: each column's judgement, summed up by site and by unit, what needs a
//! person first on top.
//!
//! Example: site `kxw`, standing `Overdue`, 12 fresh, 1 overdue; its first column line is the
//! overdue one.

mod lines;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub use self::lines::{ColumnLine, Overview, OwedLine, SiteLine, UnitLine, Veto};
use super::standing::{Counts, Standing};
use crate::alert::acts::answer;
use crate::alert::incident::{Incident, IncidentKey, Kind, State, Subject};
use crate::assess::exemption::Exemptions;
use crate::assess::freshness::{Freshness, Judgement, judge};
use crate::assess::ladder::Tier;
use crate::assess::limits::Limits;
use crate::assess::outage::{host_of, is_blind};
use crate::domain::act::Act;
use crate::domain::group::{Column, Group, Site};
use crate::domain::id::{ColumnId, SiteId, UnitId};
use crate::domain::observation::ColumnRecord;
use crate::domain::time::{Date, Moment, date_of};

/// All that an overview is made from.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The site group.
    pub group: &'a Group,
    /// The limits in force.
    pub limits: &'a Limits,
    /// What is known of each column.
    pub records: &'a BTreeMap<ColumnId, ColumnRecord>,
    /// The incidents that are suspected or open.
    pub open: &'a BTreeMap<IncidentKey, Incident>,
    /// What people laid down.
    pub acts: &'a [Act],
    /// So many visits in a row that could not tell are told to the operator.
    pub blind_after_visits: u32,
    /// The instant of the judgement.
    pub now: Moment,
}

/// Judges every column of the scene and sums up. Every column's site and unit stand in the group:
/// the configuration refuses others.
pub fn overview(scene: &Scene) -> Overview {
    let lines: Vec<ColumnLine> = scene
        .group
        .columns
        .values()
        .map(|column| column_line(scene, column))
        .collect();
    let units = unit_lines(scene, &lines);
    let totals = Counts::of(&lines);
    let visited_at = lines.iter().filter_map(|line| line.visited_at).max();
    let mut by_site: BTreeMap<SiteId, Vec<ColumnLine>> = BTreeMap::new();
    for line in lines {
        by_site.entry(line.site.clone()).or_default().push(line);
    }
    let mut sites: Vec<SiteLine> = scene
        .group
        .sites
        .values()
        .map(|site| site_line(scene, site, by_site.remove(&site.id).unwrap_or_default()))
        .collect();
    sites.sort_by_key(|line| {
        let vetoed = line.veto == Some(Veto::Hit);
        let shut_since = line.down_since.filter(|_| line.shut);
        // The nearness of a veto outranks what is in time.
        let near = line.veto.map_or(line.standing, |_| Standing::DueSoon);
        let order = (line.standing.min(near), Reverse(line.counts.weight()));
        (!vetoed, !line.shut, shut_since, order)
    });
    Overview {
        at: scene.now,
        sites,
        units,
        totals,
        visited_at,
    }
}

/// The verdict on one column of the scene.
pub fn judged(scene: &Scene, column: &Column) -> Judgement {
    let rule = scene.limits.of(column);
    judge(
        scene.records.get(&column.id),
        column.watch(),
        rule.limit_days,
        &rule.ladder,
        date_of(scene.now),
    )
    .under(Exemptions::on(scene.acts, date_of(scene.now)).until(column))
}

/// One column of the scene.
pub fn column_line(scene: &Scene, column: &Column) -> ColumnLine {
    let judgement = judged(scene, column);
    let record = scene.records.get(&column.id);
    let incident = stale_incident(scene.open, &column.id);
    let pending = incident.is_some_and(|incident| is_pending(&incident.state));
    let owed = owed(scene, column);
    let worst = owed.iter().map(OwedLine::standing).min();
    let standing = Standing::of(&judgement);
    let watched = !matches!(
        standing,
        Standing::Exempt | Standing::Unconfirmed | Standing::NotConfigured
    );
    ColumnLine {
        column: column.id.clone(),
        name: column.name.clone(),
        site: column.site.clone(),
        site_name: site_name(scene.group, &column.site),
        unit: column.unit.clone(),
        unit_name: unit_name(scene.group, &column.unit),
        unit_full_name: unit_full_name(scene.group, &column.unit),
        class: column.class,
        standing: worst.map_or(standing, |worst| worst.min(standing)),
        due_on: due_on(&judgement.freshness),
        judgement,
        visited_at: record.map(|record| record.visited_at),
        url: column.url.as_ref().map(ToString::to_string),
        told: incident.and_then(tier_of),
        answered_until: incident
            .and_then(|incident| answer(scene.acts, incident, date_of(scene.now)))
            .map(|(_, until)| until),
        unread_since: record
            .filter(|_| watched)
            .and_then(|record| unread_since(record, scene.blind_after_visits)),
        confirming: pending || record.is_some_and(|record| record.revisit_at.is_some()),
        escalation_waits: incident.is_some_and(Incident::is_proposed),
        owed,
    }
}

/// Since when a column could not be read, where that are as many visits as are told.
fn unread_since(record: &ColumnRecord, visits: u32) -> Option<Moment> {
    let blind = record.blind.as_ref()?;
    is_blind(record, visits).then_some(blind.since)
}

/// What `column` owes by a day, the first due first.
fn owed(scene: &Scene, column: &Column) -> Vec<OwedLine> {
    let today = date_of(scene.now);
    let duties = scene.limits.duties.iter();
    let duties = duties.filter(|duty| duty.is_of(column));
    let owed = duties.filter_map(|duty| {
        let incident = scene.open.get(&IncidentKey {
            subject: Subject::Duty(column.id.clone(), duty.id.clone()),
            kind: Kind::Owed,
        });
        let incident = incident.filter(|incident| incident.is_open())?;
        Some(OwedLine {
            duty: duty.id.clone(),
            name: duty.name.clone(),
            due_on: duty.period(today).due_on,
            told: incident.told_tier(),
        })
    });
    let mut owed: Vec<_> = owed.collect();
    owed.sort_by_key(|line| line.due_on);
    owed
}

/// The incident about a column's limit.
pub fn stale_incident<'a>(
    open: &'a BTreeMap<IncidentKey, Incident>,
    column: &ColumnId,
) -> Option<&'a Incident> {
    open.get(&IncidentKey {
        subject: Subject::Column(column.clone()),
        kind: Kind::Stale,
    })
}

fn is_pending(state: &State) -> bool {
    match state {
        State::Suspected { .. } => true,
        State::Open { pending, .. } => pending.is_some(),
        State::Resolved { .. } => false,
    }
}

fn tier_of(incident: &Incident) -> Option<Tier> {
    incident.told_tier().filter(|_| incident.is_open())
}

fn due_on(freshness: &Freshness) -> Option<Date> {
    match freshness {
        Freshness::Fresh { due_on, .. }
        | Freshness::DueSoon { due_on, .. }
        | Freshness::Overdue { due_on, .. } => Some(*due_on),
        _ => None,
    }
}

fn site_line(scene: &Scene, site: &Site, mut columns: Vec<ColumnLine>) -> SiteLine {
    columns.sort_by(|a, b| a.rank().cmp(&b.rank()));
    let down_since = down_since(scene, site, &columns);
    let home_down = is_down(scene, Subject::Site(site.id.clone())).is_some();
    let home_host = site.home.as_ref().map(|home| Subject::Host(host_of(home)));
    let worst = columns.first().map(|line| line.standing);
    let worst = worst.unwrap_or(Standing::NotConfigured);
    SiteLine {
        site: site.id.clone(),
        name: site.name.clone(),
        unit: site.unit.clone(),
        unit_name: unit_name(scene.group, &site.unit),
        unit_full_name: unit_full_name(scene.group, &site.unit),
        home: site.home.as_ref().map(ToString::to_string),
        veto: veto(scene, site),
        standing: down_since.map_or(worst, |_| worst.min(Standing::Down)),
        down_since,
        home_down,
        shut: home_down || home_host.is_some_and(|host| is_down(scene, host).is_some()),
        counts: Counts::of(&columns),
        visited_at: columns.iter().filter_map(|line| line.visited_at).max(),
        columns,
    }
}

fn veto(scene: &Scene, site: &Site) -> Option<Veto> {
    let kinds = [(Kind::Veto, Veto::Hit), (Kind::NearVeto, Veto::Near)];
    let found = kinds.into_iter().find(|(kind, _)| {
        let subject = Subject::Site(site.id.clone());
        let key = IncidentKey {
            subject,
            kind: *kind,
        };
        scene.open.get(&key).is_some_and(Incident::is_open)
    });
    found.map(|(_, veto)| veto)
}

/// Since when the home page of a site does not open, or one of its hosts gives no answer.
fn down_since(scene: &Scene, site: &Site, columns: &[ColumnLine]) -> Option<Moment> {
    let urls = columns
        .iter()
        .filter_map(|line| scene.group.columns.get(&line.column)?.address());
    let hosts: BTreeSet<String> = site.home.iter().chain(urls).map(host_of).collect();
    let subjects = hosts.into_iter().map(Subject::Host);
    subjects
        .chain([Subject::Site(site.id.clone())])
        .filter_map(|subject| is_down(scene, subject))
        .min()
}

/// Since when a host or a site is down, where that is proven.
fn is_down(scene: &Scene, subject: Subject) -> Option<Moment> {
    let incident = scene.open.get(&IncidentKey {
        subject,
        kind: Kind::Down,
    })?;
    matches!(incident.state, State::Open { .. }).then_some(incident.began_at)
}

fn unit_lines(scene: &Scene, lines: &[ColumnLine]) -> Vec<UnitLine> {
    let mut by_unit: BTreeMap<&UnitId, Vec<&ColumnLine>> = BTreeMap::new();
    for line in lines {
        by_unit.entry(&line.unit).or_default().push(line);
    }
    let mut units: Vec<UnitLine> = scene
        .group
        .units
        .values()
        .map(|unit| {
            let own = by_unit.remove(&unit.id).unwrap_or_default();
            let worst = own.iter().map(|line| line.standing).min();
            UnitLine {
                unit: unit.id.clone(),
                name: unit.name.clone(),
                short: unit.short.clone(),
                standing: worst.unwrap_or(Standing::NotConfigured),
                counts: Counts::of(own.iter().copied()),
                visited_at: own.iter().filter_map(|line| line.visited_at).max(),
            }
        })
        .collect();
    units.sort_by_key(|line| (line.standing, Reverse(line.counts.weight())));
    units
}

fn unit_name(group: &Group, unit: &UnitId) -> String {
    let known = group.units.get(unit).map(|unit| unit.short.clone());
    known.unwrap_or_else(|| unit.to_string())
}

fn unit_full_name(group: &Group, unit: &UnitId) -> String {
    let known = group.units.get(unit).map(|unit| unit.name.clone());
    known.unwrap_or_else(|| unit.to_string())
}

fn site_name(group: &Group, site: &SiteId) -> String {
    let known = group.sites.get(site).map(|site| site.name.clone());
    known.unwrap_or_else(|| site.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::incident::Release;
    use crate::assess::duty::{DueLadder, Duty, YearDay};
    use crate::domain::observation::Cause;
    use crate::domain::visit::Failure;
    use crate::report::fixture::{
        at, blind, column_id, group, incident, open, record, records, suspected,
    };

    const NOW: &str = "2017-11-18T10:00:00";

    fn rows() -> BTreeMap<ColumnId, ColumnRecord> {
        let mut unread = record("wjw/gzdt", Some("2017-10-01"), "2017-11-18T09:00:00");
        let refused = Cause::Failed(Failure::Refused);
        unread.blind = blind("2017-11-17T09:00:00", 4, refused);
        records(vec![
            record("kxw/gzdt", Some("2017-11-03"), "2017-11-18T09:10:00"),
            record("kxw/tzgg", Some("2017-11-01"), "2017-11-18T09:05:00"),
            unread,
            record("wjw/zcjd", Some("2017-11-01"), "2017-11-18T09:00:00"),
        ])
    }

    fn look(open: &[Incident]) -> Overview {
        let open = open.iter().map(|one| (one.key.clone(), one.clone()));
        overview(&Scene {
            group: &group(),
            limits: &Limits::default(),
            records: &rows(),
            open: &open.collect(),
            acts: &[],
            blind_after_visits: 3,
            now: at(NOW),
        })
    }

    #[test]
    fn every_column_is_counted_once_for_its_site_and_its_unit() {
        let overview = look(&[]);
        let totals = Counts {
            overdue: 1,
            fresh: 2,
            unknown: 1,
            not_configured: 1,
            ..Counts::default()
        };
        assert_eq!(overview.totals, totals);
        assert_eq!(overview.totals.all(), 5);
        let of_sites: usize = overview.sites.iter().map(|line| line.counts.all()).sum();
        let of_units: usize = overview.units.iter().map(|line| line.counts.all()).sum();
        assert_eq!((of_sites, of_units), (5, 5));
        assert_eq!(overview.visited_at, Some(at("2017-11-18T09:10:00")));
    }

    #[test]
    fn a_site_that_hit_a_veto_stands_before_all_others() {
        let about = |kind, stage| {
            let subject = Subject::Site(SiteId::parse("wjw").unwrap());
            look(&[incident(subject, kind, "2017-11-17T09:00:00", stage)])
        };
        let told = || open(None, "2017-11-17T09:30:00");
        let rows = [
            (about(Kind::Veto, told()), "wjw", Some(Veto::Hit)),
            (about(Kind::NearVeto, told()), "kxw", Some(Veto::Near)),
            (
                about(Kind::Veto, suspected("2017-11-17T09:00:00")),
                "kxw",
                None,
            ),
        ];
        for (overview, first, veto) in rows {
            assert_eq!(overview.sites[0].site.as_str(), first);
            let mut sites = overview.sites.iter();
            let site = sites.find(|line| line.site.as_str() == "wjw").unwrap();
            assert_eq!(site.veto, veto);
        }
    }

    #[test]
    fn a_site_that_is_down_stands_before_those_that_are_late_the_longest_first() {
        let about = |site: &str, kind, began| {
            let subject = Subject::Site(SiteId::parse(site).unwrap());
            incident(subject, kind, began, open(None, began))
        };
        let (day, week) = ("2017-11-17T09:00:00", "2017-11-11T09:00:00");
        let order = |open: &[Incident]| -> Vec<String> {
            let sites = look(open).sites;
            sites.iter().map(|line| line.site.to_string()).collect()
        };
        assert_eq!(order(&[about("wjw", Kind::Down, day)]), ["wjw", "kxw"]);
        let both = [
            about("wjw", Kind::Down, week),
            about("kxw", Kind::Down, day),
        ];
        assert_eq!(order(&both), ["wjw", "kxw"]);
        let vetoed = [
            about("wjw", Kind::Down, week),
            about("kxw", Kind::Veto, day),
        ];
        assert_eq!(order(&vetoed), ["kxw", "wjw"]);
        let overview = look(&[about("wjw", Kind::Down, week)]);
        assert_eq!(overview.sites[0].days_down(at(NOW)), Some(7));
    }

    #[test]
    fn what_needs_a_person_first_stands_on_top() {
        let overview = look(&[]);
        let rows = overview.sites.iter();
        let sites: Vec<_> = rows
            .map(|line| (line.site.as_str(), line.standing))
            .collect();
        assert_eq!(
            sites,
            [("kxw", Standing::Overdue), ("wjw", Standing::Unknown)]
        );
        let columns = overview.sites[1].columns.iter().map(|line| line.standing);
        let order = [Standing::Unknown, Standing::Fresh, Standing::NotConfigured];
        assert_eq!(columns.collect::<Vec<_>>(), order);
    }

    #[test]
    fn a_host_that_is_not_the_home_pages_outranks_nothing_that_is_late() {
        let began = "2017-11-17T09:00:00";
        let mut group = group();
        let column = group.columns.get_mut(&column_id("kxw/gzdt")).unwrap();
        column.url = "http://platform.example.cn/gzdt/".parse().ok();
        let seen = |host: &str, group: &Group| {
            let subject = Subject::Host(host.to_owned());
            let down = incident(subject, Kind::Down, began, open(None, began));
            let overview = overview(&Scene {
                group,
                limits: &Limits::default(),
                records: &rows(),
                open: &[(down.key.clone(), down)].into_iter().collect(),
                acts: &[],
                blind_after_visits: 3,
                now: at(NOW),
            });
            let line = overview
                .sites
                .iter()
                .find(|line| line.site.as_str() == "kxw");
            let line = line.unwrap();
            (line.shut, line.down_since.is_some(), line.standing)
        };
        assert_eq!(
            seen("platform.example.cn", &group),
            (false, true, Standing::Overdue)
        );
        group.sites.values_mut().for_each(|site| {
            site.home = format!("http://{}.example.cn/", site.id).parse().ok();
        });
        assert!(seen("kxw.example.cn", &group).0);
    }

    #[test]
    fn a_site_is_down_only_by_a_confirmed_incident_of_its_host() {
        let host = || Subject::Host("wjw.example.cn".to_owned());
        let began = "2017-11-17T09:00:00";
        let suspected = incident(host(), Kind::Down, began, suspected(began));
        let confirmed = incident(host(), Kind::Down, began, open(None, began));
        let standing = |incident: Incident| {
            let overview = look(&[incident]);
            let line = overview
                .sites
                .iter()
                .find(|line| line.site.as_str() == "wjw")
                .unwrap();
            (line.standing, line.down_since)
        };
        assert_eq!(standing(suspected), (Standing::Unknown, None));
        assert_eq!(standing(confirmed), (Standing::Down, Some(at(began))));
    }

    #[test]
    fn a_suspected_change_is_marked_and_has_told_nothing() {
        let column = || Subject::Column(column_id("kxw/gzdt"));
        let since = "2017-11-16T09:00:00";
        let line = |state| {
            let overview = look(&[incident(column(), Kind::Stale, since, state)]);
            let line = &overview.sites[0].columns[0];
            assert_eq!(line.column, column_id("kxw/gzdt"));
            (line.told, line.confirming)
        };
        assert_eq!(line(suspected(since)), (None, true));
        assert_eq!(
            line(open(Some(Tier::Warning), since)),
            (Some(Tier::Warning), false)
        );
    }

    #[test]
    fn an_escalation_that_waits_has_told_nobody() {
        let column = || Subject::Column(column_id("kxw/gzdt"));
        let since = "2017-11-16T09:00:00";
        let line = |release| {
            let stage = open(Some(Tier::Escalation), since);
            let mut one = incident(column(), Kind::Stale, since, stage);
            one.release = release;
            let overview = look(&[one]);
            let line = &overview.sites[0].columns[0];
            (line.told, line.escalation_waits)
        };
        let severe = Some(Tier::SeverelyOverdue);
        assert_eq!(line(Some(Release::Proposed)), (severe, true));
        let granted = Release::Granted {
            by: "王".to_owned(),
            at: at(since),
        };
        let told = Some(Tier::Escalation);
        assert_eq!(line(Some(granted)), (told, false));
        assert_eq!(line(None), (told, false));
    }

    #[test]
    fn what_is_owed_by_a_day_counts_where_a_column_stands() {
        let mut limits = Limits::default();
        limits.duties.push(Duty {
            id: "report".to_owned(),
            name: "年度报告".to_owned(),
            columns: [column_id("wjw/zcjd")].into(),
            classes: Default::default(),
            opens: YearDay { month: 1, day: 1 },
            due: YearDay { month: 11, day: 15 },
            titles: Vec::new(),
            ladder: DueLadder::default(),
        });
        let subject = || Subject::Duty(column_id("wjw/zcjd"), "report".to_owned());
        let since = "2017-11-16T09:00:00";
        let rows = [
            (Some(suspected(since)), Standing::Fresh, None),
            (
                Some(open(Some(Tier::Warning), since)),
                Standing::DueSoon,
                Some(Tier::Warning),
            ),
            (
                Some(open(Some(Tier::Overdue), since)),
                Standing::Overdue,
                Some(Tier::Overdue),
            ),
            (None, Standing::Fresh, None),
        ];
        for (stage, standing, told) in rows {
            let incidents = stage.map(|stage| incident(subject(), Kind::Owed, since, stage));
            let incidents = incidents.into_iter().map(|one| (one.key.clone(), one));
            let overview = overview(&Scene {
                group: &group(),
                limits: &limits,
                records: &rows_of_kept(),
                open: &incidents.collect(),
                acts: &[],
                blind_after_visits: 3,
                now: at(NOW),
            });
            let mut lines = overview.sites.iter().flat_map(|site| &site.columns);
            let line = lines
                .find(|line| line.column == column_id("wjw/zcjd"))
                .unwrap();
            assert_eq!(line.standing, standing, "{told:?}");
            let owed = line.owed.first();
            assert_eq!(owed.and_then(|owed| owed.told), told);
            let day = owed.map(|owed| owed.due_on.to_string());
            let expected = told.map(|_| "2017-11-15".to_owned());
            assert_eq!(day, expected);
        }
    }

    fn rows_of_kept() -> BTreeMap<ColumnId, ColumnRecord> {
        records(vec![record(
            "wjw/zcjd",
            Some("2017-11-17"),
            "2017-11-18T09:00:00",
        )])
    }

    #[test]
    fn an_overview_can_be_written_as_json() {
        let json = serde_json::to_value(look(&[])).unwrap();
        assert_eq!(json["totals"]["overdue"], 1);
        assert_eq!(json["sites"][0]["columns"][0]["standing"], "overdue");
    }
}
