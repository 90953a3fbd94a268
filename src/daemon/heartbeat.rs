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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::pulse::Part;
    use crate::domain::transport::Heartbeat;
    use crate::store::settings::StoreSettings;

    #[tokio::test]
    async fn no_heartbeat_is_sent_for_a_monitor_that_does_not_work() {
        crate::fetch::tls::init_crypto();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let settings = Heartbeat {
            url: url.parse().unwrap(),
            every: Duration::from_secs(60),
            post: false,
        };
        let dir = tempfile::tempdir().unwrap();
        let now = Clock::system().now();
        let store = StoreSettings {
            cache_bytes: 4 << 20,
            ..StoreSettings::in_dir(dir.path())
        };
        let (store, _) = Store::open(&store, now).await.unwrap();
        let heart = Heart {
            beacon: Beacon::new(&settings, "test").unwrap(),
            every: settings.every,
            loops: vec![Pulse::new(Part::Rounds)],
            pulse: Pulse::new(Part::Heartbeat),
            store,
            clock: Clock::system(),
            metrics: Arc::new(Metrics::new(now)),
            stale_after: TimeDelta::hours(26),
        };
        assert_eq!(heart.ailment(), None);
        heart.metrics.round_finished(now - TimeDelta::hours(27));
        assert!(heart.ailment().unwrap().contains("no round has finished"));
        heart.beat().await;
        assert_eq!(heart.metrics.tally().heartbeats["withheld"], 1);
        assert!(listener.accept().is_err(), "nobody was asked");
        heart.metrics.round_finished(now);
        // A loop that hangs: what is left of the test lives more than its longest silence later.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(700)).await;
        assert_eq!(heart.ailment().unwrap(), "stuck loops: rounds");
    }
}
