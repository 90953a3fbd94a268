//! The only door to real time.
//!
//! Everything that waits does so through an [`Alarm`]; everything that decides gets `now` as a
//! value. A stepped clock moves in jumps: it stands still while any alarm's owner works, then
//! jumps to the earliest wish and wakes that one owner alone. So a year of visits runs in minutes,
//! over real sockets, with the same order of events every time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use tokio::sync::Notify;

/// An instant at +08:00.
type Moment = DateTime<FixedOffset>;

/// Longer waits are cut, so that a machine that slept or a clock that was set does not oversleep.
const NAP: TimeDelta = TimeDelta::minutes(1);

/// A source of `now` and of alarms. Clones share one time.
#[derive(Clone)]
pub struct Clock(Kind);

#[derive(Clone)]
enum Kind {
    System,
    Stepped(Arc<Stepped>),
}

struct Stepped {
    state: Mutex<State>,
    /// Virtual seconds per real second; `None` jumps without waiting.
    pace: Option<f64>,
}

struct State {
    now: Moment,
    next_id: usize,
    /// What each alarm waits for; `None` while its owner works.
    waiting: BTreeMap<usize, Option<Moment>>,
    bells: BTreeMap<usize, Arc<Notify>>,
    /// Alarms whose bell rang while their owner worked.
    rung: BTreeSet<usize>,
    /// Whether a jump is under way.
    jumping: bool,
}

/// One waiting place. Its owner works from the moment [`Alarm::until`] returns until it calls it
/// again; an owner begins by waiting for `now`, so that owners start in order.
pub struct Alarm {
    clock: Clock,
    id: usize,
    bell: Arc<Notify>,
}

/// Ends the wait of one alarm early.
#[derive(Clone)]
pub struct Bell {
    clock: Clock,
    id: usize,
    bell: Arc<Notify>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock(Kind::System)
    }

    /// A clock that begins at `start` and jumps from wish to wish, at most `pace` virtual seconds
    /// a real second (`None`: without waiting).
    pub fn stepped(start: Moment, pace: Option<f64>) -> Clock {
        Clock(Kind::Stepped(Arc::new(Stepped {
            state: Mutex::new(State {
                now: start,
                next_id: 0,
                waiting: BTreeMap::new(),
                bells: BTreeMap::new(),
                rung: BTreeSet::new(),
                jumping: false,
            }),
            pace,
        })))
    }

    /// Whether this is the machine's clock, which may be wrong, and no made-up time.
    pub fn is_system(&self) -> bool {
        matches!(self.0, Kind::System)
    }

    /// The present instant, at +08:00.
    pub fn now(&self) -> Moment {
        match &self.0 {
            Kind::System => {
                #[expect(clippy::disallowed_methods, reason = "this is the door")]
                let now = Utc::now();
                FixedOffset::east_opt(8 * 3600)
                    .map_or_else(|| now.fixed_offset(), |east| now.with_timezone(&east))
            }
            Kind::Stepped(stepped) => stepped.lock().now,
        }
    }

    /// Sets a stepped clock, as whoever administers a machine sets its clock; the machine's own is
    /// not ours to set. As on a machine, those who wait look at the new time within a minute.
    pub fn set(&self, to: Moment) {
        let Kind::Stepped(stepped) = &self.0 else {
            return;
        };
        let mut state = stepped.lock();
        let before = std::mem::replace(&mut state.now, to);
        for wish in state.waiting.values_mut().flatten() {
            let soonest = match *wish <= before {
                true => to,
                false => to + NAP,
            };
            *wish = soonest.min(*wish);
        }
    }

    /// A new waiting place. Make all of them before the first owner waits.
    pub fn alarm(&self) -> Alarm {
        let bell = Arc::new(Notify::new());
        let id = match &self.0 {
            Kind::System => 0,
            Kind::Stepped(stepped) => {
                let mut state = stepped.lock();
                let id = state.next_id;
                state.next_id += 1;
                state.waiting.insert(id, None);
                state.bells.insert(id, bell.clone());
                id
            }
        };
        Alarm {
            clock: self.clone(),
            id,
            bell,
        }
    }
}

impl Stepped {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When every owner waits: jumps to the earliest wish and wakes its owner.
    fn jump(self: &Arc<Self>) {
        let (wait, target) = {
            let mut state = self.lock();
            if state.jumping || state.waiting.values().any(Option::is_none) {
                return;
            }
            let Some(target) = state.waiting.values().flatten().min().copied() else {
                return;
            };
            state.jumping = true;
            let ahead = (target - state.now).to_std().unwrap_or(Duration::ZERO);
            let wait = self.pace.map(|pace| ahead.div_f64(pace.max(1.0)));
            (wait.unwrap_or(Duration::ZERO), target)
        };
        let clock = self.clone();
        tokio::spawn(async move {
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            clock.arrive(target);
        });
    }

    fn arrive(self: &Arc<Self>, target: Moment) {
        let again = {
            let mut state = self.lock();
            state.jumping = false;
            if state.waiting.values().any(Option::is_none) {
                false
            } else {
                let first = state
                    .waiting
                    .iter()
                    .filter_map(|(id, wish)| wish.map(|at| (at, *id)))
                    .min();
                match first {
                    Some((at, id)) if at <= target => {
                        state.now = state.now.max(at);
                        state.waiting.insert(id, None);
                        if let Some(bell) = state.bells.get(&id) {
                            bell.notify_one();
                        }
                        false
                    }
                    _ => true,
                }
            }
        };
        if again {
            self.jump();
        }
    }
}

impl Alarm {
    /// Waits until `at`, or until a bell of this alarm rings.
    pub async fn until(&mut self, at: Moment) {
        match &self.clock.0 {
            Kind::System => {
                let ahead = (at - self.clock.now()).min(NAP);
                let nap = ahead.to_std().unwrap_or(Duration::ZERO);
                tokio::select! {
                    () = tokio::time::sleep(nap) => {}
                    () = self.bell.notified() => {}
                }
            }
            Kind::Stepped(stepped) => {
                {
                    let mut state = stepped.lock();
                    let rung = state.rung.remove(&self.id);
                    let wish = if rung { state.now } else { at };
                    state.waiting.insert(self.id, Some(wish));
                }
                stepped.jump();
                self.bell.notified().await;
            }
        }
    }

    /// A bell that ends this alarm's wait.
    pub fn bell(&self) -> Bell {
        Bell {
            clock: self.clock.clone(),
            id: self.id,
            bell: self.bell.clone(),
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Kind::Stepped(stepped) = &self.clock.0 {
            {
                let mut state = stepped.lock();
                state.waiting.remove(&self.id);
                state.bells.remove(&self.id);
            }
            if tokio::runtime::Handle::try_current().is_ok() {
                stepped.jump();
            }
        }
    }
}

impl Bell {
    /// Ends the wait, or the next one if the owner works just now.
    pub fn ring(&self) {
        match &self.clock.0 {
            Kind::System => self.bell.notify_one(),
            // On a stepped clock the owner is asked to wake now, in its turn, so that the order
            // of events does not depend on the scheduler.
            Kind::Stepped(stepped) => {
                let mut state = stepped.lock();
                let now = state.now;
                match state.waiting.get_mut(&self.id) {
                    Some(Some(wish)) => *wish = now.min(*wish),
                    _ => {
                        state.rung.insert(self.id);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

    fn start() -> Moment {
        DateTime::parse_from_rfc3339("2017-11-03T00:00:00+08:00").unwrap()
    }

    /// Works every `minutes`, `times` times, and says so.
    async fn worker(
        mut alarm: Alarm,
        clock: Clock,
        name: &'static str,
        minutes: i64,
        times: i32,
        said: UnboundedSender<String>,
    ) {
        alarm.until(clock.now()).await;
        for _ in 0..times {
            said.send(format!("{name} {}", clock.now().format("%H:%M")))
                .unwrap();
            // Work that takes real turns of the scheduler takes no virtual time.
            tokio::task::yield_now().await;
            alarm.until(clock.now() + TimeDelta::minutes(minutes)).await;
        }
    }

    #[tokio::test]
    async fn owners_wake_one_at_a_time_in_the_order_of_their_wishes() {
        for _ in 0..20 {
            let clock = Clock::stepped(start(), None);
            let (said, mut heard) = unbounded_channel();
            let (first, second) = (clock.alarm(), clock.alarm());
            let a = tokio::spawn(worker(first, clock.clone(), "a", 20, 4, said.clone()));
            let b = tokio::spawn(worker(second, clock.clone(), "b", 30, 3, said));
            a.await.unwrap();
            b.await.unwrap();
            let mut order = Vec::new();
            while let Some(line) = heard.recv().await {
                order.push(line);
            }
            let expected = [
                "a 00:00", "b 00:00", "a 00:20", "b 00:30", "a 00:40", "a 01:00", "b 01:00",
            ];
            assert_eq!(order, expected);
        }
    }

    #[tokio::test]
    async fn a_bell_wakes_at_the_instant_of_the_ringing() {
        let clock = Clock::stepped(start(), None);
        let (mut ringer, mut sleeper) = (clock.alarm(), clock.alarm());
        let bell = sleeper.bell();
        let sleeping = clock.clone();
        let slept = tokio::spawn(async move {
            sleeper.until(sleeping.now()).await;
            sleeper.until(sleeping.now() + TimeDelta::days(9)).await;
            sleeping.now()
        });
        ringer.until(clock.now()).await;
        ringer.until(clock.now() + TimeDelta::hours(1)).await;
        bell.ring();
        ringer.until(clock.now() + TimeDelta::days(1)).await;
        assert_eq!(slept.await.unwrap(), start() + TimeDelta::hours(1));
    }

    #[tokio::test]
    async fn whoever_waits_looks_at_a_clock_that_was_set_within_a_minute() {
        for (hours, back_at) in [(-2, "02:01"), (3, "07:00")] {
            let clock = Clock::stepped(start(), None);
            let (mut setter, mut sleeper) = (clock.alarm(), clock.alarm());
            let sleeping = clock.clone();
            let slept = tokio::spawn(async move {
                sleeper.until(sleeping.now()).await;
                sleeper.until(start() + TimeDelta::hours(6)).await;
                sleeping.now()
            });
            setter.until(clock.now()).await;
            setter.until(start() + TimeDelta::hours(4)).await;
            clock.set(clock.now() + TimeDelta::hours(hours));
            setter.until(clock.now() + TimeDelta::days(1)).await;
            let woke = slept.await.unwrap();
            assert_eq!(woke.format("%H:%M").to_string(), back_at);
        }
    }

    #[tokio::test]
    async fn an_owner_at_work_holds_the_time() {
        let clock = Clock::stepped(start(), None);
        let (mut worker, mut waiter) = (clock.alarm(), clock.alarm());
        let waiting = tokio::spawn(async move { waiter.until(start() + TimeDelta::days(1)).await });
        worker.until(clock.now()).await;
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        assert_eq!((clock.now(), waiting.is_finished()), (start(), false));
        drop(worker);
        waiting.await.unwrap();
        assert_eq!(clock.now(), start() + TimeDelta::days(1));
    }
}
