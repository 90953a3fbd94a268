//! When a failed attempt is tried again.
//!
//! The wait doubles from `first` to `longest`. It is moved by up to a tenth, computed from the
//! message's key, so that a batch that failed together does not return together, and the same
//! history gives the same instants on every run.

use std::time::Duration;

use chrono::TimeDelta;

use crate::alert::outbox::MessageKey;
use crate::domain::time::Moment;
use crate::domain::transport::Retry;

/// The instant of the next attempt after `attempts` (1 or more) have failed, the latest at `now`.
///
/// The wait is `retry.first` doubled with each further attempt, at most `retry.longest`, moved by
/// at most 10 % either way and never beyond `longest`.
pub fn next_attempt(retry: &Retry, attempts: u32, now: Moment, key: &MessageKey) -> Moment {
    let doublings = attempts.saturating_sub(1).min(31);
    let plain = retry
        .first
        .saturating_mul(2_u32.saturating_pow(doublings))
        .min(retry.longest);
    let tenth = plain / 10;
    let least = plain.saturating_sub(tenth);
    let most = plain.saturating_add(tenth).min(retry.longest);
    let wait = least + part(most.saturating_sub(least), key, attempts);
    TimeDelta::from_std(wait)
        .ok()
        .and_then(|wait| now.checked_add_signed(wait))
        .unwrap_or(now)
}

/// A share of `span` that depends on the key and the attempt alone.
fn part(span: Duration, key: &MessageKey, attempts: u32) -> Duration {
    let digits = MessageKey::of(&["retry", key.as_str(), &attempts.to_string()]);
    let thousandths = digits
        .as_str()
        .bytes()
        .fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 1001);
    span * thousandths / 1000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::moment;

    fn now() -> Moment {
        let day = chrono::NaiveDate::from_ymd_opt(2017, 11, 3).expect("a date");
        moment(day.and_hms_opt(9, 0, 0).expect("a time"))
    }

    fn wait(retry: &Retry, attempts: u32, key: &str) -> i64 {
        (next_attempt(retry, attempts, now(), &MessageKey::of(&[key])) - now()).num_milliseconds()
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest() {
        let retry = Retry::default();
        let rows = [
            (1, 60),
            (2, 120),
            (3, 240),
            (6, 1920),
            (7, 3600),
            (40, 3600),
        ];
        for (attempts, seconds) in rows {
            let wait = wait(&retry, attempts, "k");
            let (least, most) = (seconds * 900, (seconds * 1100).min(3_600_000));
            assert!((least..=most).contains(&wait), "{attempts}: {wait} ms");
        }
    }

    #[test]
    fn a_batch_spreads_and_repeats_itself() {
        let retry = Retry::default();
        for attempts in [1, 20] {
            let waits: std::collections::BTreeSet<i64> = (0..50)
                .map(|n| wait(&retry, attempts, &n.to_string()))
                .collect();
            assert!(waits.len() > 30, "{attempts}: {}", waits.len());
        }
        assert_eq!(wait(&retry, 3, "k"), wait(&retry, 3, "k"));
    }

    proptest! {
        #[test]
        fn never_before_now_nor_beyond_the_longest(
            first in any::<u64>(), longest in any::<u64>(), attempts in any::<u32>(),
        ) {
            let retry = Retry {
                first: Duration::from_millis(first),
                longest: Duration::from_millis(longest),
                ..Retry::default()
            };
            let next = next_attempt(&retry, attempts, now(), &MessageKey::of(&["k"]));
            prop_assert!(now() <= next);
            let wait = (next - now()).to_std().expect("not negative");
            prop_assert!(wait <= retry.longest);
        }
    }
}
