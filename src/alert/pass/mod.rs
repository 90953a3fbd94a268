//! One pass over the whole group: what the latest visits prove, held against every incident.
//!
//! Asks nothing and remembers nothing: the same records, incidents and instant give the same
//! verdicts, so a pass may be run after every round, at start and at any time in between.

mod calendar;
mod columns;
mod duties;
#[cfg(test)]
mod duty_tests;
mod hosts;
#[cfg(test)]
mod self_check_tests;
mod self_checks;
mod settle;
#[cfg(test)]
mod site_tests;
mod sites;
#[cfg(test)]
mod tests;
mod within;

pub use self::duties::{Known as OwingKnown, Owing, owing};

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::again::History;
use super::incident::{Incident, IncidentKey, Kind, Subject};
use super::notice::{About, Owed};
use super::outbox::{Notice, NoticeState};
use super::rules::AlertRules;
use super::step::release;
use crate::assess::exemption::Exemptions;
use crate::assess::limits::Limits;
use crate::assess::outage;
use crate::assess::vetoes::SiteSight;
use crate::calendar::Calendar;
use crate::domain::act::{Act, Scope};
use crate::domain::group::{Column, Group, Site};
use crate::domain::home::HomeRecord;
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::observation::ColumnRecord;
use crate::domain::site_day::SiteDay;
use crate::domain::time::{Moment, date_of};

/// How long a visit proves anything. Rounds follow one another by the hour or the day; a longer
/// gap is the monitor's own silence.
pub const PROOF_LASTS: TimeDelta = TimeDelta::hours(36);

/// What a pass looks at.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The site group.
    pub group: &'a Group,
    /// The limits.
    pub limits: &'a Limits,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The rules of alerting.
    pub rules: &'a AlertRules,
    /// What is known of each column.
    pub records: &'a BTreeMap<ColumnId, ColumnRecord>,
    /// The items of columns that owe something by a day.
    pub items: &'a BTreeMap<ColumnId, Vec<Item>>,
    /// What is known of each home page.
    pub homes: &'a BTreeMap<SiteId, HomeRecord>,
    /// The days of samples of each home page, of the last week at least.
    pub days: &'a BTreeMap<SiteId, Vec<SiteDay>>,
    /// The letters that wait, of columns of letters.
    pub letters: &'a BTreeMap<ColumnId, Vec<Letter>>,
    /// The incidents that are not over.
    pub open: &'a BTreeMap<IncidentKey, Incident>,
    /// The notices that are not yet part of a message.
    pub waiting: &'a [Notice],
    /// The incidents that are over and may count as a first offence.
    pub closed: &'a [Incident],
    /// What people laid down.
    pub acts: &'a [Act],
    /// Whether units are told; else the installation only tries.
    pub live: bool,
    /// The present instant.
    pub now: Moment,
}

/// What a pass changes. To be stored in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Incidents that began, moved or ended.
    pub incidents: Vec<Incident>,
    /// Notices that are new or withdrawn.
    pub notices: Vec<Notice>,
    /// Records whose next visit or cause of blindness changed.
    pub records: Vec<ColumnRecord>,
    /// Home pages whose next visit changed, or whose failures our own network caused.
    pub homes: Vec<HomeRecord>,
}

impl Verdicts {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.incidents.is_empty()
            && self.notices.is_empty()
            && self.records.is_empty()
            && self.homes.is_empty()
    }
}

/// Judges every column and host of the group.
pub fn pass(situation: &Situation<'_>) -> Verdicts {
    let mut desk = Desk::new(situation);
    let watched = watched(&desk);
    let hosts = outage::host_health(
        watched
            .iter()
            .map(|(host, record)| (host.as_str(), *record)),
    );
    let homes = desk.watched_homes();
    let homes = homes.iter().map(|(_, host, home)| (host.as_str(), *home));
    let lately = outage::latest_health(&watched, homes);
    let offline = outage::is_offline(&lately, situation.rules.offline);
    let down = outage::down_hosts(&hosts, situation.rules.down_after_visits);
    desk.own_network(offline, &lately);
    desk.hosts(&hosts, &down, offline);
    let down = desk.still_down(&hosts, down);
    desk.sites(offline);
    let columns = situation.group.columns.values();
    for column in columns.filter(|column| column.confirmed) {
        desk.column(column, &down, offline);
    }
    desk.exempt_hosts(&hosts);
    desk.orphans();
    desk.gone_sites();
    desk.units();
    desk.calendar();
    desk.verdicts
}

/// Judges what `scope` covers, which a person has just exempted or no longer exempts.
pub fn pass_within(situation: &Situation<'_>, scope: &Scope) -> Verdicts {
    pass(situation).within(scope, situation.group)
}

/// What visits and samples tell of `site` now, and whether it is exempt as a whole.
pub fn sight_of(situation: &Situation<'_>, site: &Site) -> (SiteSight, bool) {
    let desk = Desk::new(situation);
    let exempt = desk.exemptions.covers_site(site);
    (desk.sight_of(site), exempt)
}

/// How each duty of `column` stands now, with the incident about it, and whether the column is spared.
pub fn duties_of<'a>(situation: &'a Situation<'a>, column: &Column) -> Vec<Owing<'a>> {
    let duties = situation.limits.duties.iter();
    let of_column: Vec<_> = duties.filter(|duty| duty.is_of(column)).collect();
    if of_column.is_empty() {
        return Vec::new();
    }
    let desk = Desk::new(situation);
    let owing = of_column.into_iter().map(|duty| desk.owing(column, duty));
    owing.collect()
}

/// What of `column` has an escalation that is proposed: its limit, else the first of its duties.
pub fn proposed_of(situation: &Situation<'_>, column: &Column) -> Option<Subject> {
    let duties = situation.limits.duties.iter();
    let duties = duties.map(|duty| duties::duty_key(&column.id, duty));
    let mut keys = std::iter::once(stale_key(&column.id)).chain(duties);
    let key = keys.find(|key| situation.open.get(key).is_some_and(Incident::is_proposed))?;
    Some(key.subject)
}

/// A person lets the proposed escalation of `subject`, a column's limit or a duty of it, go out; `None`
/// when none is proposed.
pub fn release_escalation(
    situation: &Situation<'_>,
    subject: &Subject,
    by: &str,
) -> Option<Verdicts> {
    let (key, about) = match subject {
        Subject::Column(id) => {
            let column = situation.group.columns.get(id)?;
            (stale_key(id), About::Column(column))
        }
        Subject::Duty(id, duty) => {
            let mut duties = situation.limits.duties.iter();
            let duty = duties.find(|known| known.id == *duty)?;
            let owed = Owed {
                column: situation.group.columns.get(id)?,
                duty,
                due_on: duty.period(date_of(situation.now)).due_on,
            };
            (duties::duty_key(id, duty), About::Duty(owed))
        }
        _ => return None,
    };
    let made = release(situation.open.get(&key)?, by, situation.now)?;
    let mut desk = Desk::new(situation);
    desk.settle(&key, made, about, false);
    Some(desk.verdicts)
}

/// The records of the columns that are configured now and not exempt, with their hosts.
fn watched<'a>(desk: &Desk<'a>) -> Vec<(String, &'a ColumnRecord)> {
    let situation = desk.situation;
    let columns = situation.group.columns.values();
    let judged = columns.filter(|column| desk.exemptions.until(column).is_none());
    outage::watched(judged, situation.records)
}

/// What waits to be told of the incident, withdrawn.
pub fn withdrawn(situation: &Situation<'_>, key: &IncidentKey) -> Vec<Notice> {
    let waiting = situation.waiting.iter();
    waiting
        .filter(|notice| notice.incident == *key)
        .map(|notice| {
            let mut notice = notice.clone();
            notice.state = NoticeState::Withdrawn(situation.now);
            notice
        })
        .collect()
}

fn stale_key(column: &ColumnId) -> IncidentKey {
    IncidentKey {
        subject: Subject::Column(column.clone()),
        kind: Kind::Stale,
    }
}

fn sight_key(column: &Column, kind: Kind) -> IncidentKey {
    IncidentKey {
        subject: Subject::Column(column.id.clone()),
        kind,
    }
}

/// Whether the latest visit lies so far back that it says nothing of today: the monitor itself
/// has not looked, and what it saw then proves no tier now.
pub fn is_past(record: Option<&ColumnRecord>, now: Moment) -> bool {
    record.is_some_and(|record| now - record.visited_at > PROOF_LASTS)
}

/// The desk at which one pass is made.
struct Desk<'a> {
    situation: &'a Situation<'a>,
    exemptions: Exemptions<'a>,
    before: History<'a>,
    /// The sites that seem to be redesigned.
    redesigned: BTreeSet<SiteId>,
    verdicts: Verdicts,
}

impl<'a> Desk<'a> {
    fn new(situation: &'a Situation<'a>) -> Desk<'a> {
        Desk {
            situation,
            exemptions: Exemptions::on(situation.acts, date_of(situation.now)),
            before: History::of(situation),
            redesigned: sites::redesigned(situation),
            verdicts: Verdicts::default(),
        }
    }
}
