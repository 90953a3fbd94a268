//! The loop of the heartbeat: tells a service elsewhere, again and again, that the monitor works,
//! and keeps silent when it does not, so that its silence is heard.
//!
//! It holds nothing up: a request has ten seconds, and its failure is a line in the log and a count.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::pulse::{self, AT_LEAST_EVERY, Pulse};
use crate::clock::Clock;
use crate::deliver::heartbeat::Beacon;
use crate::store::handle::Store;
use crate::web::metrics::Metrics;

/// What the loop of the heartbeat works with.
pub struct Heart {
    /// Sends.
    pub beacon: Beacon,
    /// How often.
    pub every: Duration,
    /// The loops whose life is told.
    pub loops: Vec<Pulse>,
    /// Its own pulse.
    pub pulse: Pulse,
    /// The store, without which nothing works.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Counts, and knows when a round finished last.
    pub metrics: Arc<Metrics>,
    /// Without a finished round for so long the monitor does not work.
    pub stale_after: TimeDelta,
}

impl Heart {
    /// Beats until the task is ended, the first time at once.
    pub async fn run(self) {
        let mut ticks = interval(self.every.min(AT_LEAST_EVERY));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut next = Instant::now();
        loop {
            ticks.tick().await;
            self.pulse.beat();
            if Instant::now() >= next {
                next += self.every;
                self.beat().await;
            }
        }
    }

    async fn beat(&self) {
        let outcome = match self.ailment() {
            Some(why) => {
                tracing::error!(why, "the heartbeat is withheld");
                "withheld"
            }
            None => match self.beacon.beat().await {
                Ok(()) => "sent",
                Err(error) => {
                    tracing::warn!(%error, "the heartbeat did not arrive");
                    "failed"
                }
            },
        };
        self.metrics.heartbeat(outcome);
    }

    /// Why the monitor does not work, if so.
    fn ailment(&self) -> Option<String> {
        let stuck = pulse::stuck(&self.loops);
        if !stuck.is_empty() {
            return Some(format!("stuck loops: {}", stuck.join(", ")));
        }
        if let Some(fatal) = self.store.health().fatal {
            return Some(fatal);
        }
        let finished_at = self.metrics.tally().round_finished_at;
        let since = finished_at.unwrap_or(self.metrics.started_at());
        let is_stale = self.clock.now() - since > self.stale_after;
        is_stale.then(|| format!("no round has finished since {since}"))
    }
}
