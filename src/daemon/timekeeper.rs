//! Asks hosts for the time, and tells the loops whether our own clock is believed.
//!
//! Nothing is visited, judged, written or removed by a clock that is doubted, so that no record
//! holds its time. It is checked before each round, and whenever it went otherwise than time itself
//! since it was checked; while it is doubted, three times a minute.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::assess::outage::host_of;
use crate::assess::timekeeping::{Doubt, Stand, Witness, stand};
use crate::clock::Clock;
use crate::config::settings::Config;
use crate::domain::access::Access;
use crate::domain::time::Moment;
use crate::domain::visit::Validators;
use crate::fetch::client::Fetcher;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::web::metrics::Metrics;

/// The most hosts that are asked.
const MOST_HOSTS: usize = 5;
/// How long all of them may take together.
const PATIENCE: Duration = Duration::from_secs(6);
/// How long a check holds while the clock goes as time does.
const HOLDS: Duration = Duration::from_secs(600);
/// How long a doubt holds.
const DOUBT_HOLDS: Duration = Duration::from_secs(15);
/// How long a loop waits that has met a doubt.
pub const DOUBTED_WAIT: TimeDelta = TimeDelta::seconds(20);
/// By how much the clock may go otherwise than time since it was checked.
const DRIFT: TimeDelta = TimeDelta::minutes(5);

/// Knows whether our clock is believed. Clones share what they know.
#[derive(Clone)]
pub struct Timekeeper(Arc<Inner>);

struct Inner {
    clock: Clock,
    store: Store,
    fetcher: Fetcher,
    metrics: Arc<Metrics>,
    /// By how much a clock may differ; `None` where it is not checked.
    tolerance: Option<TimeDelta>,
    hosts: Vec<(String, Url, Access)>,
    checked: Mutex<Option<Checked>>,
}

/// The latest check.
#[derive(Clone, Copy)]
struct Checked {
    at: Instant,
    /// What our clock showed.
    shown: Moment,
    stand: Stand,
    /// Whether it follows a doubt whose end has not been told.
    was_doubted: bool,
}

impl Timekeeper {
    /// A timekeeper that asks hosts of the group. A made-up time is not checked.
    pub fn new(
        config: &Config,
        clock: &Clock,
        store: &Store,
        fetcher: &Fetcher,
        metrics: &Arc<Metrics>,
    ) -> Timekeeper {
        let tolerance = config
            .clock_tolerance
            .and_then(|tolerance| TimeDelta::from_std(tolerance).ok());
        Timekeeper(Arc::new(Inner {
            clock: clock.clone(),
            store: store.clone(),
            fetcher: fetcher.clone(),
            metrics: Arc::clone(metrics),
            tolerance: tolerance.filter(|_| clock.is_system()),
            hosts: hosts(config),
            checked: Mutex::new(None),
        }))
    }

    /// Whether the clock may be believed before a round.
    pub async fn before_round(&self) -> Result<Stand, StoreError> {
        self.stand_within(HOLDS).await
    }

    /// Whether the clock may be believed; it is asked anew only when it was set since.
    pub async fn stand(&self) -> Result<Stand, StoreError> {
        self.stand_within(Duration::MAX).await
    }

    /// Why the clock is doubted, by the latest check.
    pub async fn doubt(&self) -> Option<Doubt> {
        match self.0.checked.lock().await.as_ref()?.stand {
            Stand::Doubted(doubt) => Some(doubt),
            Stand::Believed => None,
        }
    }

    /// Whether a doubt has ended since this was asked last.
    pub async fn is_doubt_over(&self) -> bool {
        let mut checked = self.0.checked.lock().await;
        let known = checked.as_mut().filter(|known| known.was_doubted);
        known.is_some_and(|known| {
            known.was_doubted = false;
            true
        })
    }

    async fn stand_within(&self, holds: Duration) -> Result<Stand, StoreError> {
        let inner = &self.0;
        let Some(tolerance) = inner.tolerance else {
            return Ok(Stand::Believed);
        };
        let mut checked = inner.checked.lock().await;
        if let Some(known) = checked.filter(|known| known.is_good(inner.clock.now(), holds)) {
            return Ok(known.stand);
        }
        let ahead = self.ask().await;
        let records = inner.store.records().await?;
        let now = inner.clock.now();
        let found = stand(Witness {
            ahead: &ahead,
            visited_at: records.values().map(|record| record.visited_at).max(),
            tolerance,
            now,
        });
        let before = checked.map(|known| known.stand);
        if before != Some(found) {
            match found {
                Stand::Doubted(doubt) => {
                    tracing::error!(
                        ?doubt,
                        "the clock is not believed: nothing is judged or sent"
                    );
                }
                Stand::Believed => tracing::info!(hosts = ahead.len(), "the clock is believed"),
            }
        }
        inner
            .metrics
            .clock_doubted(matches!(found, Stand::Doubted(_)));
        *checked = Some(Checked {
            at: Instant::now(),
            shown: now,
            stand: found,
            was_doubted: found == Stand::Believed
                && checked.is_some_and(|known| {
                    known.was_doubted || matches!(known.stand, Stand::Doubted(_))
                }),
        });
        Ok(found)
    }

    /// By how much our clock is ahead of each host's that tells the time.
    async fn ask(&self) -> BTreeMap<String, TimeDelta> {
        let inner = &self.0;
        let begun = Instant::now();
        let asked = inner.hosts.iter().map(|(_, url, access)| async move {
            // What it shows is not looked at: the answer's date is what is wanted.
            let _ = inner
                .fetcher
                .visit(url, access, &Validators::default())
                .await;
        });
        // Whoever has not answered by then is no witness.
        let _ = timeout(PATIENCE, join_all(asked)).await;
        let now = inner.clock.now();
        let told = inner.fetcher.told(begun);
        let of_ours = |(host, theirs): (String, Moment)| {
            let ours = inner.hosts.iter().any(|(name, ..)| *name == host);
            ours.then(|| (host, now - theirs))
        };
        told.into_iter().filter_map(of_ours).collect()
    }
}

impl Checked {
    fn is_good(&self, now: Moment, holds: Duration) -> bool {
        let passed = self.at.elapsed();
        let went = now - self.shown;
        let drift = TimeDelta::from_std(passed).map_or(TimeDelta::MAX, |passed| went - passed);
        let holds = match self.stand {
            Stand::Believed => holds,
            Stand::Doubted(_) => DOUBT_HOLDS,
        };
        passed < holds && drift.abs() < DRIFT
    }
}

/// The roots of a few hosts, spread over the group.
fn hosts(config: &Config) -> Vec<(String, Url, Access)> {
    let mut all: BTreeMap<String, (Url, Access)> = BTreeMap::new();
    for column in config.group.columns.values() {
        let site = config.group.sites.get(&column.site);
        let (Some(url), Some(site)) = (column.address(), site) else {
            continue;
        };
        if let Ok(root) = url.join("/") {
            let access = Access {
                connect_timeout: site.access.connect_timeout.min(PATIENCE),
                first_byte_timeout: site.access.first_byte_timeout.min(PATIENCE),
                total_timeout: site.access.total_timeout.min(PATIENCE),
                ..site.access.clone()
            };
            all.entry(host_of(url)).or_insert((root, access));
        }
    }
    let every = (all.len() / MOST_HOSTS).max(1);
    let spread = all.into_iter().step_by(every).take(MOST_HOSTS);
    spread
        .map(|(host, (url, access))| (host, url, access))
        .collect()
}
