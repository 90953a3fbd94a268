//! The loop of rounds: visits what is due, host beside host, and has the group judged.
//!
//! On one host the columns follow one another; across hosts as many run together as the
//! configuration allows. What one host's columns brought is committed together; visits that a stop
//! interrupts have happened not at all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::watch;

use super::desk::Desk;
use super::event::{Event, Listener};
use super::memory::memory;
use super::pulse::{self, Pulse};
use super::schedule::{self, Job};
use super::visit::{Brought, Means, visit};
use crate::assess::outage::{host_health, host_of, is_doubtful, watched};
use crate::clock::{Alarm, Bell};
use crate::domain::group::Column;
use crate::domain::id::ColumnId;
use crate::domain::observation::ColumnRecord;
use crate::domain::time::Moment;
use crate::fetch::reach::Reach;
use crate::store::commit::{Commit, JobRun};
use crate::store::error::StoreError;
use crate::web::label;
use crate::web::metrics::Metrics;

/// How long visits in flight may go on after a stop was asked for.
const GRACE: Duration = Duration::from_secs(8);
/// The most columns of one host whose visits are committed together.
const COLUMNS_A_COMMIT: usize = 16;
/// The longest wait until the store is asked again what is due.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(6);

/// What the loop of rounds works with.
pub struct Rounds {
    /// The desk.
    pub desk: Desk,
    /// The means of visiting.
    pub means: Means,
    /// Tells whether our own network is up.
    pub reach: Reach,
    /// Told of every round.
    pub listener: Listener,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Beats with every visit.
    pub pulse: Pulse,
    /// Rung when there may be something to send.
    pub outbox: Bell,
    /// Turns true when the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

impl Rounds {
    /// Runs until the stop; fails only when the store does.
    pub async fn run(mut self, mut alarm: Alarm) -> Result<(), StoreError> {
        let clock = self.desk.clock.clone();
        alarm.until(clock.now()).await;
        self.judge(0).await?;
        while !*self.stop.borrow() {
            self.pulse.beat();
            self.turn().await?;
            let next = self.next_at().await?;
            // However the times fall, an idle loop does not spin.
            let next = next.max(clock.now() + TimeDelta::seconds(1));
            tokio::select! {
                () = alarm.until(next) => {}
                _ = self.stop.changed() => {}
            }
        }
        Ok(())
    }

    /// Carries out whatever is due now.
    async fn turn(&self) -> Result<(), StoreError> {
        let now = self.desk.clock.now();
        let config = &self.desk.config;
        let last = self.desk.store.last_run(schedule::VISITS).await?;
        let fire = self.job().due(last, now);
        let records = self.desk.store.records().await?;
        let due: Vec<&Column> = match fire {
            Some(_) => config
                .group
                .columns
                .values()
                .filter(|column| column.url.is_some())
                .collect(),
            None => schedule::revisits(&config.group, &records, now),
        };
        if !due.is_empty() {
            let pages = self.visit_all(due, records).await?;
            if *self.stop.borrow() {
                return Ok(());
            }
            self.ran(schedule::VISITS, fire, now).await?;
            self.judge(pages).await?;
        } else if fire.is_some() {
            self.ran(schedule::VISITS, fire, now).await?;
        }
        self.prune(now).await
    }

    fn job(&self) -> Job<'_> {
        let plan = &self.desk.config.schedule;
        Job {
            name: schedule::VISITS,
            line: &plan.visits,
            jitter: TimeDelta::from_std(plan.jitter).unwrap_or_default(),
        }
    }

    async fn ran(&self, job: &str, fire: Option<Moment>, now: Moment) -> Result<(), StoreError> {
        let Some(at) = fire else { return Ok(()) };
        let mut commit = Commit::at(now);
        commit.runs.push(JobRun {
            job: job.to_owned(),
            at,
        });
        self.desk.store.commit(commit).await
    }

    async fn prune(&self, now: Moment) -> Result<(), StoreError> {
        let job = Job {
            name: schedule::PRUNE,
            line: &self.desk.config.schedule.prune,
            jitter: TimeDelta::zero(),
        };
        let last = self.desk.store.last_run(schedule::PRUNE).await?;
        let Some(fire) = job.due(last, now) else {
            return Ok(());
        };
        if last.is_some() {
            let pruned = self.desk.store.prune(now).await?;
            tracing::info!(?pruned, "history beyond its retention was removed");
        }
        self.ran(schedule::PRUNE, Some(fire), now).await
    }

    /// When there is something to do next.
    async fn next_at(&self) -> Result<Moment, StoreError> {
        let now = self.desk.clock.now();
        let store = &self.desk.store;
        let config = &self.desk.config;
        let records = store.records().await?;
        let visits = self
            .job()
            .next_at(store.last_run(schedule::VISITS).await?, now);
        let revisit = schedule::next_revisit_at(&config.group, &records);
        let prune = config.schedule.prune.next_after(now);
        let next = [visits, revisit, prune].into_iter().flatten().min();
        Ok(next.map_or(now + LONGEST_WAIT, |next| next.min(now + LONGEST_WAIT)))
    }

    /// Visits the columns; the pages that came.
    async fn visit_all(
        &self,
        due: Vec<&Column>,
        mut records: BTreeMap<ColumnId, ColumnRecord>,
    ) -> Result<usize, StoreError> {
        let mut hosts: BTreeMap<String, Vec<(&Column, Option<ColumnRecord>)>> = BTreeMap::new();
        for column in due {
            if let Some(url) = column.address() {
                let record = records.remove(&column.id);
                hosts
                    .entry(host_of(url))
                    .or_default()
                    .push((column, record));
            }
        }
        let at_once = self.desk.config.visits_at_once.max(1);
        let hosts: Vec<_> = hosts
            .into_values()
            .map(|columns| self.visit_host(columns))
            .collect();
        let mut visits = stream::iter(hosts).buffer_unordered(at_once);
        let mut stop = self.stop.clone();
        let mut pages = 0;
        let all = async {
            while let Some(host) = visits.next().await {
                pages += host?;
            }
            Ok(())
        };
        tokio::select! {
            ended = all => ended?,
            () = until_abandoned(&mut stop) => tracing::warn!("visits in flight are abandoned"),
        }
        Ok(pages)
    }

    /// Visits the columns of one host, one after the other, and commits what they brought
    /// together: one commit costs the disk as much as twenty.
    async fn visit_host(
        &self,
        columns: Vec<(&Column, Option<ColumnRecord>)>,
    ) -> Result<usize, StoreError> {
        let mut pages = 0;
        let mut commit = Commit::at(self.desk.clock.now());
        for (column, record) in columns {
            if *self.stop.borrow() {
                break;
            }
            pages += self.visit_one(column, record, &mut commit).await?;
            self.pulse.beat();
            if commit.records.len() >= COLUMNS_A_COMMIT {
                let full = std::mem::replace(&mut commit, Commit::at(self.desk.clock.now()));
                self.desk.store.commit(full).await?;
            }
        }
        if !commit.records.is_empty() {
            self.desk.store.commit(commit).await?;
        }
        Ok(pages)
    }

    async fn visit_one(
        &self,
        column: &Column,
        record: Option<ColumnRecord>,
        commit: &mut Commit,
    ) -> Result<usize, StoreError> {
        let Some((site, url)) = self
            .desk
            .config
            .group
            .sites
            .get(&column.site)
            .zip(column.address())
        else {
            return Ok(0);
        };
        let before = record.clone();
        let now = self.desk.clock.now();
        let brought = visit(&self.means, site, column, url, record, now).await;
        tracing::debug!(
            column = %column.id, %url, sight = ?brought.observation.sight, "visited"
        );
        let (took_ms, bytes) = (brought.observation.took_ms, brought.bytes);
        self.metrics.visit(
            label::sight(&brought.observation.sight),
            took_ms,
            bytes as u64,
        );
        for outcome in &brought.outcomes {
            self.metrics.page(outcome);
        }
        let pages = brought.outcomes.len();
        self.keep(column, before, brought, commit).await?;
        Ok(pages)
    }

    /// Adds what a visit brought to `commit`; its page is stored first, as the facts name it.
    async fn keep(
        &self,
        column: &Column,
        before: Option<ColumnRecord>,
        brought: Brought,
        commit: &mut Commit,
    ) -> Result<(), StoreError> {
        let store = &self.desk.store;
        if let Some((digest, body)) = brought.body
            && is_news(before.as_ref(), &brought.record)
        {
            store.keep_body(&digest, body).await?;
        }
        if !brought.rows.is_empty() {
            let memory = memory(
                store,
                column,
                before.as_ref(),
                &brought.rows,
                &brought.record,
            );
            let (items, flags) = memory.await?;
            commit.items.extend(items);
            commit.flags.extend(flags);
        }
        commit.observations.push(brought.observation);
        commit.records.push(brought.record);
        Ok(())
    }

    /// Whether the probes answer; `None` while too few hosts are silent to ask them.
    async fn own_network(&self) -> Result<Option<bool>, StoreError> {
        let config = &self.desk.config;
        let records = self.desk.store.records().await?;
        let watched = watched(&config.group, &records);
        let hosts = host_health(
            watched
                .iter()
                .map(|(host, record)| (host.as_str(), *record)),
        );
        if !is_doubtful(&hosts, config.alert.offline) {
            return Ok(None);
        }
        let answered = self.reach.answers().await;
        tracing::info!(answered, "most hosts are silent");
        Ok(answered)
    }

    async fn judge(&self, pages: usize) -> Result<(), StoreError> {
        let answered = self.own_network().await?;
        let incidents = self.desk.judge(answered).await?;
        let at = self.desk.clock.now();
        self.metrics.round_finished(at);
        self.outbox.ring();
        pulse::tell(&[sd_notify::NotifyState::Status(&format!(
            "{pages} pages in the last round, {incidents} incidents open"
        ))]);
        self.listener.tell(Event::Round {
            at,
            pages,
            incidents,
        });
        Ok(())
    }
}

/// Whether the verdict rests on other words than before, so that its page is worth keeping.
fn is_news(before: Option<&ColumnRecord>, after: &ColumnRecord) -> bool {
    let Some(before) = before else { return true };
    before.last_update.as_ref().map(|update| update.on)
        != after.last_update.as_ref().map(|update| update.on)
        || before.blind.as_ref().map(|blind| &blind.why)
            != after.blind.as_ref().map(|blind| &blind.why)
        || before.empty_since != after.empty_since
}

/// Ends when a stop was asked for and its grace is over.
async fn until_abandoned(stop: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop too.
    let _ = stop.wait_for(|stop| *stop).await;
    tokio::time::sleep(GRACE).await;
}
