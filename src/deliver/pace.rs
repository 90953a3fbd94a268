//! How fast messages leave by one transport: at most so many in any second and in any minute.
//!
//! Pure. What is over the limit is told an instant at which it may leave; nothing is dropped.

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::domain::time::Moment;
use crate::domain::transport::Rate;

/// What has left by one transport lately.
#[derive(Debug, Clone)]
pub struct Pace {
    rate: Rate,
    /// The instants, the latest last; as many as the larger limit looks back to.
    left: VecDeque<Moment>,
}

impl Pace {
    /// Nothing has left yet.
    pub fn new(rate: Rate) -> Pace {
        Pace {
            rate,
            left: VecDeque::new(),
        }
    }

    /// The first instant, at or after `now`, at which one more may leave.
    pub fn free_at(&self, now: Moment) -> Moment {
        self.limits()
            .filter_map(|(most, span)| {
                let place = self.left.len().checked_sub(most)?;
                let oldest = self.left.get(place)?;
                // A later one than now was noted before the clock was set back.
                (*oldest <= now).then(|| *oldest + span)
            })
            .fold(now, Moment::max)
    }

    /// One left at `at`.
    pub fn note(&mut self, at: Moment) {
        let most = self.limits().map(|(most, _)| most).max().unwrap_or(0);
        self.left.push_back(at);
        while self.left.len() > most {
            self.left.pop_front();
        }
    }

    fn limits(&self) -> impl Iterator<Item = (usize, TimeDelta)> {
        let second = self.rate.per_second.map(|most| (most, 1));
        let minute = self.rate.per_minute.map(|most| (most, 60));
        second
            .into_iter()
            .chain(minute)
            .map(|(most, seconds)| (most.max(1) as usize, TimeDelta::seconds(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::china;

    fn at(millis: i64) -> Moment {
        china().timestamp_millis_opt(millis).unwrap()
    }

    fn rate(per_second: Option<u32>, per_minute: Option<u32>) -> Rate {
        Rate {
            per_second,
            per_minute,
        }
    }

    #[test]
    fn both_limits_hold() {
        let mut pace = Pace::new(rate(Some(2), Some(3)));
        // When each would like to leave, and when it may.
        let rows = [(0, 0), (0, 0), (0, 1000), (1000, 60_000), (60_000, 60_000)];
        for (wish, leave) in rows {
            assert_eq!(pace.free_at(at(wish)), at(leave), "{wish}");
            pace.note(at(leave));
        }
    }

    #[test]
    fn without_limits_all_may_leave_at_once() {
        let mut pace = Pace::new(Rate::default());
        for _ in 0..100 {
            assert_eq!(pace.free_at(at(5)), at(5));
            pace.note(at(5));
        }
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_up() {
        let mut pace = Pace::new(rate(None, Some(1)));
        pace.note(at(86_400_000));
        assert_eq!(pace.free_at(at(0)), at(0));
    }

    proptest! {
        #[test]
        fn no_minute_holds_more_than_the_limit(
            gaps in prop::collection::vec(0_i64..20_000, 1..60), most in 1_u32..10,
        ) {
            let mut pace = Pace::new(rate(None, Some(most)));
            let mut left: Vec<Moment> = Vec::new();
            let mut now = at(0);
            for gap in gaps {
                now = pace.free_at(now + TimeDelta::milliseconds(gap));
                pace.note(now);
                left.push(now);
            }
            for (place, from) in left.iter().enumerate() {
                let until = *from + TimeDelta::seconds(60);
                let within = left.iter().skip(place).take_while(|at| **at < until);
                prop_assert!(within.count() <= most as usize);
            }
        }
    }
}
