//! Whether the loops are alive: each beats as it works, and only while all beat is the service
//! manager's watchdog answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The longest silence of a loop that works: one visit may fetch several slow pages.
const LONGEST_SILENCE: Duration = Duration::from_secs(600);

/// The heart of one loop.
#[derive(Debug, Clone)]
pub struct Pulse {
    born: Instant,
    beat_at_seconds: Arc<AtomicU64>,
}

impl Pulse {
    /// A heart that has just beaten.
    pub fn new() -> Pulse {
        Pulse {
            born: Instant::now(),
            beat_at_seconds: Arc::new(AtomicU64::new(0)),
        }
    }

    /// Says that the loop is alive.
    pub fn beat(&self) {
        let seconds = self.born.elapsed().as_secs();
        self.beat_at_seconds.store(seconds, Ordering::Relaxed);
    }

    /// Whether it has beaten lately.
    pub fn is_alive(&self) -> bool {
        let beat = Duration::from_secs(self.beat_at_seconds.load(Ordering::Relaxed));
        self.born.elapsed().saturating_sub(beat) < LONGEST_SILENCE
    }
}

impl Default for Pulse {
    fn default() -> Pulse {
        Pulse::new()
    }
}

/// Answers the service manager's watchdog while every pulse is alive. Ends at once where no
/// watchdog is set.
pub async fn watch(pulses: Vec<Pulse>) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    let mut every = tokio::time::interval(limit / 3);
    loop {
        every.tick().await;
        if pulses.iter().all(Pulse::is_alive) {
            tell(&[sd_notify::NotifyState::Watchdog]);
        } else {
            tracing::error!("a loop is stuck, the watchdog is not answered");
        }
    }
}

/// Tells the service manager, if there is one.
pub fn tell(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_loop_is_not_alive() {
        let pulse = Pulse::new();
        tokio::time::advance(LONGEST_SILENCE - Duration::from_secs(2)).await;
        assert!(pulse.is_alive());
        tokio::time::advance(Duration::from_secs(4)).await;
        assert!(!pulse.is_alive());
        pulse.beat();
        assert!(pulse.is_alive());
    }
}
