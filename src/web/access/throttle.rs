//! How long somebody who guesses passwords has to wait.
//!
//! Failures are counted per account *and* where they come from: an address, or a browser that has
//! signed in before. So nobody can lock others out of an account by failing at it.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::domain::account::AccountName;
use crate::domain::time::Moment;

/// Failures that cost nothing.
const FREE: u32 = 4;
/// The wait after the first failure beyond these; it doubles with each more.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
/// The longest wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// After how long without a failure they are forgotten.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::minutes(30);
/// Failures of one place at any account before it waits too, so that trying many names is slow.
const FREE_OF_A_PLACE: u32 = 30;
/// The most counters that are kept; beyond it the oldest goes.
const MOST: usize = 10_000;

/// Where an attempt comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A network address, or the network of an IPv6 one.
    Address(String),
    /// A browser that has signed in to this account before.
    Known(String),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Address(address) => f.write_str(address),
            Place::Known(_) => f.write_str("a known browser"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    At(AccountName, Place),
    Of(Place),
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    last: Moment,
}

/// The failures of late.
#[derive(Debug, Default)]
pub struct Throttle {
    counts: HashMap<Key, Count>,
}

impl Throttle {
    /// Until when `place` may not try `account`; `None`: it may now.
    fn until(&self, account: &AccountName, place: &Place, now: Moment) -> Option<Moment> {
        let at = self.wait(&Key::At(account.clone(), place.clone()), FREE, now);
        let of = self.wait(&Key::Of(place.clone()), FREE_OF_A_PLACE, now);
        at.max(of).filter(|until| *until > now)
    }

    /// Counts an attempt as failed until it has [passed](Throttle::passed), so that a hundred at
    /// once are a hundred; or says until when it may not be made.
    pub fn attempt(&mut self, account: &AccountName, place: &Place, now: Moment) -> Option<Moment> {
        let until = self.until(account, place, now);
        if until.is_none() {
            self.failed(account, place, now);
        }
        until
    }

    /// Counts a failure.
    fn failed(&mut self, account: &AccountName, place: &Place, now: Moment) {
        self.count(Key::At(account.clone(), place.clone()), now);
        self.count(Key::Of(place.clone()), now);
    }

    /// Forgets the failures at an account that was signed in to; those of the place at others stay.
    pub fn passed(&mut self, account: &AccountName, place: &Place) {
        if let Some(count) = self.counts.get_mut(&Key::Of(place.clone())) {
            count.failures = count.failures.saturating_sub(1);
        }
        self.counts.remove(&Key::At(account.clone(), place.clone()));
    }

    fn wait(&self, key: &Key, free: u32, now: Moment) -> Option<Moment> {
        let count = self.counts.get(key).filter(|count| count.holds(now))?;
        let beyond = count.failures.checked_sub(free + 1)?;
        let wait = FIRST_WAIT * 2_i32.pow(beyond.min(10));
        Some(count.last + wait.min(LONGEST_WAIT))
    }

    fn count(&mut self, key: Key, now: Moment) {
        if self.counts.len() >= MOST && !self.counts.contains_key(&key) {
            self.make_room(now);
        }
        let count = self.counts.entry(key).or_insert(Count {
            failures: 0,
            last: now,
        });
        if !count.holds(now) {
            count.failures = 0;
        }
        count.failures = count.failures.saturating_add(1);
        count.last = now;
    }

    fn make_room(&mut self, now: Moment) {
        self.counts.retain(|_, count| count.holds(now));
        if self.counts.len() >= MOST {
            let oldest = self.counts.iter().min_by_key(|(_, count)| count.last);
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                self.counts.remove(&key);
            }
        }
    }
}

impl Count {
    fn holds(&self, now: Moment) -> bool {
        now - self.last < FORGOTTEN_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    fn now() -> Moment {
        moment("2017-11-18T12:00:00".parse().unwrap())
    }

    fn name(text: &str) -> AccountName {
        AccountName::parse(text).unwrap()
    }

    fn address(text: &str) -> Place {
        Place::Address(text.to_owned())
    }

    /// Seconds that `place` must wait after `failures` at `li`.
    fn wait_after(failures: u32) -> i64 {
        let mut throttle = Throttle::default();
        for _ in 0..failures {
            throttle.failed(&name("li"), &address("10.0.0.1"), now());
        }
        let until = throttle.until(&name("li"), &address("10.0.0.1"), now());
        until.map_or(0, |until| (until - now()).num_seconds())
    }

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let rows = [
            (0, 0),
            (4, 0),
            (5, 30),
            (6, 60),
            (7, 120),
            (9, 480),
            (10, 900),
            (99, 900),
        ];
        for (failures, seconds) in rows {
            assert_eq!(wait_after(failures), seconds, "{failures}");
        }
    }

    #[test]
    fn nobody_is_locked_out_by_others() {
        let mut throttle = Throttle::default();
        for _ in 0..20 {
            throttle.failed(&name("li"), &address("10.0.0.1"), now());
        }
        assert!(
            throttle
                .until(&name("li"), &address("10.0.0.1"), now())
                .is_some()
        );
        assert!(
            throttle
                .until(&name("li"), &address("10.0.0.2"), now())
                .is_none()
        );
        let known = Place::Known("a browser".to_owned());
        assert!(throttle.until(&name("li"), &known, now()).is_none());
        assert!(
            throttle
                .until(&name("wang"), &address("10.0.0.1"), now())
                .is_none()
        );
    }

    #[test]
    fn trying_many_names_is_slow_too() {
        let mut throttle = Throttle::default();
        for n in 0..31 {
            throttle.failed(&name(&format!("u{n}")), &address("10.0.0.1"), now());
        }
        assert!(
            throttle
                .until(&name("new"), &address("10.0.0.1"), now())
                .is_some()
        );
        assert!(
            throttle
                .until(&name("new"), &address("10.0.0.2"), now())
                .is_none()
        );
    }

    #[test]
    fn failures_are_forgotten_by_time_and_by_success() {
        let mut throttle = Throttle::default();
        let (li, place) = (name("li"), address("10.0.0.1"));
        for _ in 0..8 {
            throttle.failed(&li, &place, now());
        }
        let later = now() + FORGOTTEN_AFTER;
        assert!(throttle.until(&li, &place, later).is_none());
        throttle.failed(&li, &place, later);
        assert!(throttle.until(&li, &place, later).is_none());
        for _ in 0..8 {
            throttle.failed(&li, &place, later);
        }
        throttle.passed(&li, &place);
        assert!(throttle.until(&li, &place, later).is_none());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut throttle = Throttle::default();
        for n in 0..MOST {
            throttle.failed(&name("li"), &address(&n.to_string()), now());
        }
        assert_eq!(throttle.counts.len(), MOST);
    }
}
