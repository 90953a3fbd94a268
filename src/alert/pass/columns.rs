//! Columns and the units that answer for them: deadlines, blindness, emptiness.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::sites::site_key;
use super::{Desk, is_past, sight_key, stale_key};
use crate::alert::acts::answer;
use crate::alert::incident::{Incident, IncidentKey, Kind, State, Subject};
use crate::alert::notice::About;
use crate::alert::outbox::Told;
use crate::alert::route;
use crate::alert::step::{Context, Proof, step};
use crate::assess::freshness::{Freshness, due_on, judge};
use crate::assess::ladder::Tier;
use crate::assess::{outage, reach};
use crate::domain::group::{Column, Watch};
use crate::domain::observation::{Cause, ColumnRecord};
use crate::domain::time::{Date, date_of};

/// How long a home page fails at most before it is told of, or is not.
const UNDECIDED: TimeDelta = TimeDelta::hours(1);

impl<'a> Desk<'a> {
    pub(super) fn column(&mut self, column: &'a Column, down: &BTreeSet<String>, offline: bool) {
        let situation = self.situation;
        let record = situation.records.get(&column.id);
        let rule = situation.limits.of(column);
        let judgement = judge(
            record,
            column.watch(),
            rule.limit_days,
            &rule.ladder,
            date_of(situation.now),
        )
        .under(self.exemptions.until(column));
        let blind = record.is_some_and(|record| record.blind.is_some());
        let proof = match (&judgement.freshness, &judgement.last_update) {
            (Freshness::Exempt { .. } | Freshness::NotConfigured | Freshness::Unconfirmed, _) => {
                Proof::OutOfScope
            }
            _ if column.watch() == Watch::OnDemand => Proof::OutOfScope,
            // A list without items has met no deadline: the operators hear that it is empty.
            (Freshness::NotYetVisited | Freshness::Unknown { .. } | Freshness::Empty { .. }, _)
            | (_, None) => Proof::Nothing,
            _ if blind || is_past(record, situation.now) || self.is_site_unclear(column) => {
                Proof::Nothing
            }
            (_, Some(update)) => {
                let due_on = due_on(update.on, rule.limit_days);
                let eve = self.is_eve_of(due_on);
                Proof::Judged {
                    tier: judgement.tier.max(eve.then_some(Tier::Warning)),
                    update: Some(update),
                }
            }
        };
        let key = stale_key(&column.id);
        let open = situation.open.get(&key);
        let context = Context {
            rules: situation.rules,
            tiers: situation.rules.tiers_of(column),
            calendar: situation.calendar,
            escalate_after: rule.ladder.escalate_after_working_days,
            before: self.before.of_column(column, open, situation),
            answered: open.is_some_and(|incident| {
                answer(situation.acts, incident, date_of(situation.now)).is_some()
            }),
            visited_at: record.map_or(situation.now, |record| record.visited_at),
            now: situation.now,
        };
        let made = step(open, &key, proof, context);
        self.settle(&key, made, About::Column(column), false);
        self.self_check(column, &judgement);
        self.duties(column);
        // What is not looked at can neither be blind nor empty.
        if matches!(
            judgement.freshness,
            Freshness::Exempt { .. } | Freshness::NotConfigured
        ) {
            self.dismiss(&sight_key(column, Kind::Blind));
            self.dismiss(&sight_key(column, Kind::Empty));
        } else if let Some(record) = record {
            self.sight(column, record, down, offline);
        }
    }

    /// Whether what falls due on `due_on` is announced today, because of a long holiday.
    pub(super) fn is_eve_of(&self, due_on: Date) -> bool {
        let (calendar, rules) = (self.situation.calendar, self.situation.rules);
        let today = date_of(self.situation.now);
        calendar.is_eve_of(due_on, rules.long_holiday_days as usize, today)
    }

    /// Whether the column can be seen at all: blindness and emptiness go to the operator.
    fn sight(
        &mut self,
        column: &'a Column,
        record: &'a ColumnRecord,
        down: &BTreeSet<String>,
        offline: bool,
    ) {
        let rules = self.situation.rules;
        let host_down = column
            .address()
            .is_some_and(|url| down.contains(&outage::host_of(url)));
        let blind = match &record.blind {
            None => Some(false),
            Some(_) if host_down || offline => None,
            Some(blind)
                if matches!(&blind.why, Cause::Failed(failure) if reach::fails_all(failure))
                    && self.fails_with_home(column, record) =>
            {
                None
            }
            Some(_) => outage::is_blind(record, rules.blind_after_visits).then_some(true),
        };
        let key = |kind| sight_key(column, kind);
        let about = About::Column(column);
        self.plain(key(Kind::Blind), blind, Told::Blind, about, false);
        let empty = match record.empty_since {
            None => Some(false),
            Some(since) => (record.blind.is_none() && since < record.visited_at).then_some(true),
        };
        self.plain(key(Kind::Empty), empty, Told::Empty, about, false);
        self.look_again(record);
    }

    /// Whether the home page of the column's site, on the same host, did not open either when the column was
    /// visited: that says it for all of them, once it is told. While that is undecided, nothing is said. A column that
    /// is turned away, which tells of no outage, has a reason of its own.
    fn fails_with_home(&self, column: &Column, record: &ColumnRecord) -> bool {
        let situation = self.situation;
        let site = situation.group.sites.get(&column.site);
        let home = site
            .and_then(|site| site.home.as_ref())
            .map(outage::host_of);
        if home.is_none() || column.address().map(outage::host_of) != home {
            return false;
        }
        let failing = situation.homes.get(&column.site);
        let failing = failing.and_then(|home| home.reach.failed_at.first());
        let is_undecided = failing.is_some_and(|&since| situation.now - since < UNDECIDED);
        let key = site_key(&column.site, Kind::Down);
        let was_down = |incident: &Incident| match incident.state {
            State::Suspected { .. } => false,
            State::Open { .. } => true,
            State::Resolved { at } => {
                incident.began_at <= record.visited_at && record.visited_at <= at
            }
        };
        let mut of_site = situation
            .closed
            .iter()
            .filter(|incident| incident.key == key);
        is_undecided || situation.open.get(&key).is_some_and(was_down) || of_site.any(was_down)
    }

    /// A column that has just become blind or empty is looked at again soon, not at the next
    /// round: most failures pass.
    fn look_again(&mut self, record: &ColumnRecord) {
        let rules = self.situation.rules;
        let enough = rules.blind_after_visits.max(rules.down_after_visits);
        let young = match (&record.blind, record.empty_since) {
            (Some(blind), _) => blind.visits < enough,
            (None, Some(since)) => since >= record.visited_at,
            (None, None) => false,
        };
        if young {
            self.revisit(&record.column, record.visited_at + rules.confirm_after);
        }
    }

    /// Ends incidents about columns that are no longer configured, or no longer confirmed, and about hosts
    /// and units that are not configured any more.
    pub(super) fn orphans(&mut self) {
        let group = self.situation.group;
        for key in self.situation.open.keys() {
            let (column, duty) = match &key.subject {
                Subject::Column(column) => (column, None),
                Subject::Duty(column, duty) => (column, Some(duty)),
                Subject::Host(host) => {
                    let columns = group.columns.values();
                    let mut hosts = columns.filter_map(Column::address).map(outage::host_of);
                    if !hosts.any(|known| known == *host) {
                        self.dismiss(key);
                    }
                    continue;
                }
                Subject::Unit(unit) => {
                    if !group.units.contains_key(unit) {
                        self.dismiss(key);
                    }
                    continue;
                }
                Subject::Site(_) | Subject::Monitor => continue,
            };
            let column = self.situation.group.columns.get(column);
            let owes = |column: &Column| {
                let mut duties = self.situation.limits.duties.iter();
                duty.is_none_or(|id| duties.any(|duty| duty.id == *id && duty.is_of(column)))
            };
            if !column.is_some_and(|column| column.confirmed && owes(column)) {
                self.dismiss(key);
            }
        }
    }

    /// A unit that answers for columns and has nobody to be told is told of to the operator.
    pub(super) fn units(&mut self) {
        let group = self.situation.group;
        let owners: BTreeSet<_> = group
            .columns
            .values()
            .filter(|column| column.watch().is_kept())
            .map(|column| &column.unit)
            .collect();
        for unit in group.units.values() {
            let missing = owners.contains(&unit.id) && !route::is_reachable(&unit.id, group);
            let key = IncidentKey {
                subject: Subject::Unit(unit.id.clone()),
                kind: Kind::Trouble,
            };
            let about = About::Unit(unit);
            self.plain(key, Some(missing), Told::Trouble, about, false);
        }
    }
}
