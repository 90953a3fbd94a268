//! Whether the loops are alive: each beats as it works, and only while all beat is the service
//! manager's watchdog answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The longest silence of a loop that works: one visit may fetch several slow pages.
pub const LONGEST_SILENCE: Duration = Duration::from_secs(600);
/// A loop that waits beats at least so often.
pub const AT_LEAST_EVERY: Duration = Duration::from_secs(60);

/// The heart of one loop.
#[derive(Debug, Clone)]
pub struct Pulse {
    name: &'static str,
    born: Instant,
    beat_at_seconds: Arc<AtomicU64>,
}

impl Pulse {
    /// A heart of the loop `name` that has just beaten.
    pub fn new(name: &'static str) -> Pulse {
        Pulse {
            name,
            born: Instant::now(),
            beat_at_seconds: Arc::new(AtomicU64::new(0)),
        }
    }

    /// The loop.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Says that the loop is alive.
    pub fn beat(&self) {
        let seconds = self.born.elapsed().as_secs();
        self.beat_at_seconds.store(seconds, Ordering::Relaxed);
    }

    /// How long it has not beaten, to the second.
    pub fn silence(&self) -> Duration {
        let beat = Duration::from_secs(self.beat_at_seconds.load(Ordering::Relaxed));
        self.born.elapsed().saturating_sub(beat)
    }

    /// Whether it has beaten lately.
    pub fn is_alive(&self) -> bool {
        self.silence() < LONGEST_SILENCE
    }
}

/// The loops that are stuck.
pub fn stuck(pulses: &[Pulse]) -> Vec<&'static str> {
    let silent = pulses.iter().filter(|pulse| !pulse.is_alive());
    silent.map(Pulse::name).collect()
}

/// Answers the service manager's watchdog while every pulse is alive. Ends at once where no
/// watchdog is set.
pub async fn watch(pulses: Vec<Pulse>) {
    if let Some(limit) = sd_notify::watchdog_enabled() {
        let alive = || tell(&[sd_notify::NotifyState::Watchdog]);
        vouch(&pulses, limit / 3, alive).await;
    }
}

/// Calls `alive` every `every`, as long as no loop is stuck.
async fn vouch(pulses: &[Pulse], every: Duration, mut alive: impl FnMut()) {
    let mut every = tokio::time::interval(every);
    loop {
        every.tick().await;
        let stuck = stuck(pulses);
        if stuck.is_empty() {
            alive();
        } else {
            tracing::error!(loops = ?stuck, "loops are stuck, the watchdog is not answered");
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

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn a_silent_loop_is_not_alive() {
        let pulse = Pulse::new("rounds");
        tokio::time::advance(LONGEST_SILENCE - Duration::from_secs(2)).await;
        assert!(pulse.is_alive());
        tokio::time::advance(Duration::from_secs(4)).await;
        assert!(!pulse.is_alive());
        pulse.beat();
        assert!(pulse.is_alive());
    }

    /// Beats every minute until it waits for what never comes, after `minutes`.
    async fn worker(pulse: Pulse, minutes: u32) {
        for _ in 0..minutes {
            pulse.beat();
            tokio::time::sleep(MINUTE).await;
        }
        std::future::pending::<()>().await;
    }

    #[tokio::test(start_paused = true)]
    async fn one_loop_that_hangs_silences_the_watchdog_though_the_others_work() {
        let pulses = ["rounds", "outbox", "control"].map(Pulse::new);
        for (pulse, minutes) in pulses.iter().zip([10_000, 30, 10_000]) {
            tokio::spawn(worker(pulse.clone(), minutes));
        }
        let answered = Arc::new(AtomicU64::new(0));
        let (watched, count) = (pulses.to_vec(), Arc::clone(&answered));
        tokio::spawn(async move {
            let alive = || {
                count.fetch_add(1, Ordering::Relaxed);
            };
            vouch(&watched, MINUTE, alive).await;
        });
        tokio::time::sleep(MINUTE * 30).await;
        let answers = || answered.load(Ordering::Relaxed);
        assert!(answers() >= 30, "{}", answers());
        assert_eq!(stuck(&pulses), [""; 0]);
        // The loop hangs from now on; it is given its longest silence, and nothing after that.
        tokio::time::sleep(LONGEST_SILENCE + MINUTE).await;
        let last = answers();
        assert_eq!(stuck(&pulses), ["outbox"]);
        tokio::time::sleep(MINUTE * 600).await;
        assert_eq!(answers(), last);
    }
}
