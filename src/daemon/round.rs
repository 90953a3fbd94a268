//! The loop of rounds: visits what is due, host beside host, and has the group judged.
//!
//! On one host the columns follow one another; across hosts as many run together as the
//! configuration allows. What one host's columns brought is committed together; visits that a stop
//! interrupts have happened not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::watch;

use super::desk::Desk;
use super::event::{Event, Listener};
use super::front::{self, Front};
use super::host::Host;
use super::pulse::{self, Pulse};
use super::schedule::{self, Job};
use super::timekeeper::{DOUBTED_WAIT, Timekeeper};
use super::visit::Means;
use crate::assess::outage::{host_of, is_doubtful, latest_health, watched};
use crate::assess::timekeeping::Stand;
use crate::clock::{Alarm, Bell};
use crate::domain::group::Column;
use crate::domain::home::HomeRecord;
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::observation::ColumnRecord;
use crate::domain::time::Moment;
use crate::fetch::reach::Reach;
use crate::store::commit::{Commit, JobRun};
use crate::store::error::StoreError;
use crate::web::metrics::Metrics;

/// How long visits in flight may go on after a stop was asked for.
const GRACE: Duration = Duration::from_secs(8);
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
    /// Tells whether the clock is believed.
    pub timekeeper: Timekeeper,
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
        let mut judged = false;
        while !*self.stop.borrow() {
            self.pulse.beat();
            let next = match self.timekeeper.before_round().await? {
                Stand::Doubted(_) => clock.now() + DOUBTED_WAIT,
                Stand::Believed => {
                    self.desk.begin_anew().await?;
                    if !judged {
                        self.judge(0).await?;
                        judged = true;
                    }
                    self.turn().await?;
                    if *self.stop.borrow() {
                        break;
                    }
                    self.desk.visited().await?;
                    self.outbox.ring();
                    self.next_at().await?
                }
            };
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
        let store = &self.desk.store;
        let last = store.last_run(schedule::VISITS).await?;
        let fire = self.job(schedule::VISITS).due(last, now);
        let last = store.last_run(schedule::HOMES).await?;
        let homes_fire = self.job(schedule::HOMES).due(last, now);
        let paused = self.desk.paused().await?;
        let records = self.records(&paused).await?;
        let due: Vec<&Column> = match fire {
            Some(_) => config
                .group
                .columns
                .values()
                .filter(|column| column.url.is_some() && !paused.contains(&column.site))
                .collect(),
            None => schedule::revisits(&config.group, &records, now),
        };
        let homes: Vec<Front<'_>> = match homes_fire {
            Some(_) => front::scheduled(&config.group)
                .filter(|front| !paused.contains(&front.site.id))
                .collect(),
            None => front::revisits(&config.group, &self.homes(&paused).await?, now),
        };
        let visits = !due.is_empty() || !homes.is_empty();
        let mut pages = 0;
        if visits {
            pages = self.visit_all(due, records, homes).await?;
            if *self.stop.borrow() {
                return Ok(());
            }
        }
        self.ran(schedule::VISITS, fire, now).await?;
        self.ran(schedule::HOMES, homes_fire, now).await?;
        if visits {
            self.judge(pages).await?;
        }
        self.prune(now).await
    }

    /// What is known of the columns whose sites do not rest.
    async fn records(
        &self,
        paused: &BTreeSet<SiteId>,
    ) -> Result<BTreeMap<ColumnId, ColumnRecord>, StoreError> {
        let mut records = self.desk.store.records().await?;
        let columns = &self.desk.config.group.columns;
        records.retain(|id, _| {
            let column = columns.get(id);
            column.is_none_or(|column| !paused.contains(&column.site))
        });
        Ok(records)
    }

    /// What is known of the home pages whose sites do not rest.
    async fn homes(
        &self,
        paused: &BTreeSet<SiteId>,
    ) -> Result<BTreeMap<SiteId, HomeRecord>, StoreError> {
        let mut homes = self.desk.store.homes().await?;
        homes.retain(|site, _| !paused.contains(site));
        Ok(homes)
    }

    fn job(&self, name: &'static str) -> Job<'_> {
        let plan = &self.desk.config.schedule;
        Job {
            name,
            line: match name {
                schedule::HOMES => &plan.homes,
                _ => &plan.visits,
            },
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
        let paused = self.desk.paused().await?;
        let records = self.records(&paused).await?;
        let mut fires = Vec::new();
        for name in [schedule::VISITS, schedule::HOMES] {
            fires.push(self.job(name).next_at(store.last_run(name).await?, now));
        }
        let revisit = schedule::next_revisit_at(&config.group, &records);
        let front = front::next_revisit_at(&config.group, &self.homes(&paused).await?);
        let prune = config.schedule.prune.next_after(now);
        let next = fires.into_iter().chain([revisit, front, prune]);
        let next = next.flatten().min();
        Ok(next.map_or(now + LONGEST_WAIT, |next| next.min(now + LONGEST_WAIT)))
    }

    /// Visits the columns and home pages; the pages that came.
    async fn visit_all(
        &self,
        due: Vec<&Column>,
        mut records: BTreeMap<ColumnId, ColumnRecord>,
        homes: Vec<Front<'_>>,
    ) -> Result<usize, StoreError> {
        let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
        for column in due {
            if let Some(url) = column.address() {
                let record = records.remove(&column.id);
                let host = hosts.entry(host_of(url)).or_default();
                host.columns.push((column, record));
            }
        }
        for home in homes {
            let host = hosts.entry(host_of(home.url)).or_default();
            host.homes.push(home);
        }
        let at_once = self.desk.config.visits_at_once.max(1);
        let hosts: Vec<_> = hosts
            .into_values()
            .map(|host| self.visit_host(host))
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

    /// Whether the probes answer; `None` while too few hosts are silent to ask them.
    async fn own_network(&self) -> Result<Option<bool>, StoreError> {
        let config = &self.desk.config;
        let store = &self.desk.store;
        let (records, homes) = (store.records().await?, store.homes().await?);
        let watched = watched(config.group.columns.values(), &records);
        let fronts: Vec<_> = front::sites(&config.group)
            .filter_map(|(site, url)| Some((host_of(url), homes.get(&site.id)?)))
            .collect();
        let fronts = fronts.iter().map(|(host, home)| (host.as_str(), *home));
        let hosts = latest_health(&watched, fronts);
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

/// Ends when a stop was asked for and its grace is over.
async fn until_abandoned(stop: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop too.
    let _ = stop.wait_for(|stop| *stop).await;
    tokio::time::sleep(GRACE).await;
}
