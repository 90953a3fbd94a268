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

/// A part of the daemon that runs in a loop of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Visits what is due.
    Rounds,
    /// Sends messages.
    Outbox,
    /// Learns what became of them.
    Receipts,
    /// Answers the command line.
    Control,
    /// Takes answers by links of messages.
    Links,
    /// Does what is asked for on pages.
    Counter,
    /// Serves the pages.
    Console,
    /// Tells another place that the monitor lives.
    Heartbeat,
    /// Samples home pages.
    Samples,
    /// Inspects sites at night.
    Inspection,
}

impl Part {
    /// The word of logs and metrics.
    pub fn key(self) -> &'static str {
        match self {
            Part::Rounds => "rounds",
            Part::Outbox => "outbox",
            Part::Receipts => "receipts",
            Part::Control => "control",
            Part::Links => "links",
            Part::Counter => "counter",
            Part::Console => "console",
            Part::Heartbeat => "heartbeat",
            Part::Samples => "samples",
            Part::Inspection => "inspection",
        }
    }

    /// What it does, in Chinese.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Part::Rounds => "定时访问",
            Part::Outbox => "消息发送",
            Part::Receipts => "短信回执",
            Part::Control => "命令应答",
            Part::Links => "链接答复",
            Part::Counter => "页面办理",
            Part::Console => "控制台",
            Part::Heartbeat => "定时报到",
            Part::Samples => "首页抽测",
            Part::Inspection => "夜间巡检",
        }
    }
}

/// The heart of one loop.
#[derive(Debug, Clone)]
pub struct Pulse {
    part: Part,
    born: Instant,
    beat_at_seconds: Arc<AtomicU64>,
}

impl Pulse {
    /// A heart of the loop of `part` that has just beaten.
    pub fn new(part: Part) -> Pulse {
        Pulse {
            part,
            born: Instant::now(),
            beat_at_seconds: Arc::new(AtomicU64::new(0)),
        }
    }

    /// The loop.
    pub fn part(&self) -> Part {
        self.part
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
    silent.map(|pulse| pulse.part.key()).collect()
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
        let pulse = Pulse::new(Part::Rounds);
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
        let pulses = [Part::Rounds, Part::Outbox, Part::Control].map(Pulse::new);
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
