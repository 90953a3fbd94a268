//! What the daemon counts while it runs. Counters begin at zero with each start, as Prometheus
//! expects; what can be read from the store is not kept here.
//!
//! Labels come from `label`, so their number is bounded by the code.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::group::Route;
use crate::domain::time::Moment;

/// The upper bounds of the visit histogram, in milliseconds.
pub const VISIT_BOUNDS_MS: [u64; 8] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/// The counters of one run. Shared by all who count.
#[derive(Debug)]
pub struct Metrics {
    started_at: Moment,
    tally: Mutex<Tally>,
}

/// The counts at one instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests by outcome.
    pub pages: BTreeMap<&'static str, u64>,
    /// Visits by outcome.
    pub visits: BTreeMap<&'static str, u64>,
    /// Bytes of bodies that visits read.
    pub bytes: u64,
    /// Visits by duration, each bound with those at or below it and above the one before.
    pub took: [u64; VISIT_BOUNDS_MS.len()],
    /// The durations of all visits together, in milliseconds.
    pub took_sum_ms: u64,
    /// Changes of delivery state by route and state.
    pub messages: BTreeMap<(Route, &'static str), u64>,
    /// Finished rounds.
    pub rounds: u64,
    /// Heartbeats by outcome.
    pub heartbeats: BTreeMap<&'static str, u64>,
    /// When the latest round finished.
    pub round_finished_at: Option<Moment>,
    /// Whether the clock is doubted, so that nothing is judged or sent.
    pub clock_doubted: bool,
}

impl Metrics {
    /// Counters at zero.
    pub fn new(started_at: Moment) -> Metrics {
        Metrics {
            started_at,
            tally: Mutex::default(),
        }
    }

    /// When counting began.
    pub fn started_at(&self) -> Moment {
        self.started_at
    }

    /// One request ended; the label is of `label::outcome`.
    pub fn page(&self, outcome: &'static str) {
        *self.lock().pages.entry(outcome).or_default() += 1;
    }

    /// One visit to a column ended; the label is of `label::sight`.
    pub fn visit(&self, outcome: &'static str, took_ms: u64, bytes: u64) {
        let mut tally = self.lock();
        *tally.visits.entry(outcome).or_default() += 1;
        tally.bytes = tally.bytes.saturating_add(bytes);
        tally.took_sum_ms = tally.took_sum_ms.saturating_add(took_ms);
        let place = VISIT_BOUNDS_MS.iter().position(|&bound| took_ms <= bound);
        if let Some(count) = place.and_then(|place| tally.took.get_mut(place)) {
            *count += 1;
        }
    }

    /// A message reached a state; the label is of `label::delivery`.
    pub fn message(&self, route: Route, state: &'static str) {
        *self.lock().messages.entry((route, state)).or_default() += 1;
    }

    /// A heartbeat was `sent`, has `failed`, or was `withheld` because the monitor does not work.
    pub fn heartbeat(&self, outcome: &'static str) {
        *self.lock().heartbeats.entry(outcome).or_default() += 1;
    }

    /// A round over all due columns finished.
    pub fn round_finished(&self, at: Moment) {
        let mut tally = self.lock();
        tally.rounds += 1;
        tally.round_finished_at = Some(at);
    }

    /// The clock was checked.
    pub fn clock_doubted(&self, doubted: bool) {
        self.lock().clock_doubted = doubted;
    }

    /// The counts now.
    pub fn tally(&self) -> Tally {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
