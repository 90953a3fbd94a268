//! Whether a home page opens, by what visits prove.
//!
//! Counted is at most one scheduled visit an hour, over the last seven days (首页可用性 of
//! 国办发〔2015〕15号: one week, spaced visits, 15 seconds). A visit that was turned away by a
//! firewall or by its own TLS proves nothing either way. What our own network spoiled is taken
//! back.

use chrono::{TimeDelta, Timelike as _};

use crate::domain::home::{DayOfVisits, HomeRecord, Reach};
use crate::domain::observation::{Cause, Sight};
use crate::domain::time::{Moment, date_of};
use crate::domain::visit::Failure;

/// A page that is not open by then counts as failed.
const OPEN_WITHIN_MS: u64 = 15_000;
/// The hours over which the rate is told: seven days.
const HOURS: i64 = 168;
/// The days that are kept, so that seven times twenty-four hours are covered.
const DAYS: i64 = 8;
/// The most visits of a row that are kept.
const MOST_FAILED: usize = 12;

/// What one visit proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The page came.
    Came,
    /// It came too late for the rule.
    CameLate,
    /// No browser would have got it either.
    Failed,
    /// Something answered that says nothing of what others get.
    Unproven,
}

/// How often scheduled visits failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// Visits.
    pub visits: u32,
    /// Those that failed.
    pub failed: u32,
}

impl Rate {
    /// Whether at least `percent` of the visits failed.
    pub fn reaches(self, percent: u32) -> bool {
        self.failed > 0
            && u64::from(self.failed) * 100 >= u64::from(self.visits) * u64::from(percent)
    }
}

/// What `sight` proves, brought in `took_ms` milliseconds.
pub fn arrival(sight: &Sight, took_ms: u64) -> Arrival {
    match sight {
        Sight::Failed(Failure::Status(404 | 410)) => Arrival::Failed,
        Sight::Failed(failure) if failure.is_host_down() => Arrival::Failed,
        Sight::Failed(_) => Arrival::Unproven,
        Sight::Read(_) | Sight::Unchanged(_) if took_ms >= OPEN_WITHIN_MS => Arrival::CameLate,
        Sight::Read(_) | Sight::Unchanged(_) => Arrival::Came,
    }
}

/// What is known after a visit at `at`; `scheduled` unless it only confirms another.
pub fn after(mut reach: Reach, at: Moment, arrival: Arrival, scheduled: bool) -> Reach {
    reach.revisit_at = None;
    // What was seen in a future from which the clock was set back is forgotten.
    reach.failed_at.retain(|&failed| failed <= at);
    reach.answers_since = reach.answers_since.filter(|&since| since <= at);
    match arrival {
        Arrival::Came | Arrival::CameLate => {
            reach.failed_at.clear();
            reach.doubted = None;
            reach.answers_since.get_or_insert(at);
        }
        Arrival::Failed => {
            reach.answers_since = None;
            if reach.failed_at.len() < MOST_FAILED {
                reach.failed_at.push(at);
            }
        }
        Arrival::Unproven => {
            reach.failed_at.clear();
            reach.answers_since = None;
        }
    }
    if scheduled && arrival != Arrival::Unproven {
        let failed = arrival != Arrival::Came;
        if count(&mut reach.days, at, failed) && arrival == Arrival::Failed {
            reach.doubted = Some(at);
        }
    }
    reach
}

/// Counts a visit, unless its hour has one; whether it was counted.
fn count(days: &mut Vec<DayOfVisits>, at: Moment, failed: bool) -> bool {
    let today = date_of(at);
    days.retain(|day| (0..DAYS).contains(&(today - day.on).num_days()));
    let bit = 1 << at.hour();
    if days.last().is_none_or(|last| last.on != today) {
        days.push(DayOfVisits {
            on: today,
            asked: 0,
            failed: 0,
        });
    }
    let Some(day) = days.last_mut().filter(|day| day.asked & bit == 0) else {
        return false;
    };
    day.asked |= bit;
    if failed {
        day.failed |= bit;
    }
    true
}

/// How often the visits of the last seven times twenty-four hours failed.
pub fn rate(reach: &Reach, now: Moment) -> Rate {
    let today = date_of(now);
    let mut rate = Rate::default();
    for day in &reach.days {
        let ago = (today - day.on).num_days() * 24 + i64::from(now.hour());
        for hour in 0..24 {
            let bit = 1_u32 << hour;
            if day.asked & bit != 0 && (0..HOURS).contains(&(ago - hour)) {
                rate.visits += 1;
                rate.failed += u32::from(day.failed & bit != 0);
            }
        }
    }
    rate
}

/// How many visits in a row failed, of those at least `apart` from one another.
pub fn failed_in_row(reach: &Reach, apart: TimeDelta) -> u32 {
    let mut last: Option<Moment> = None;
    let mut count = 0;
    for &at in &reach.failed_at {
        if last.is_none_or(|last| at - last >= apart) {
            last = Some(at);
            count += 1;
        }
    }
    count
}

/// Takes back what our own network spoiled: the row of failures, and the latest that was counted.
pub fn excuse(record: &mut HomeRecord) {
    let silent = record.blind.as_mut().filter(|blind| match &blind.why {
        Cause::Failed(failure) => failure.is_host_down(),
        _ => false,
    });
    let Some(blind) = silent else { return };
    blind.why = Cause::OwnNetwork;
    blind.visits = 0;
    record.reach.failed_at.clear();
    if let Some(at) = record.reach.doubted.take() {
        let (on, bit) = (date_of(at), !(1 << at.hour()));
        for day in record.reach.days.iter_mut().filter(|day| day.on == on) {
            day.asked &= bit;
            day.failed &= bit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::{Finding, Undated};
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    /// Hourly visits for `hours` from the first of November on; those for which `fails` failed.
    fn watched(hours: i64, fails: impl Fn(i64) -> bool) -> (Reach, Moment) {
        let start = at("2017-11-01T00:25:00");
        let mut reach = Reach::default();
        for hour in 0..hours {
            let arrival = match fails(hour) {
                true => Arrival::Failed,
                false => Arrival::Came,
            };
            let now = start + TimeDelta::hours(hour);
            reach = after(reach, now, arrival, true);
        }
        (reach, start + TimeDelta::hours(hours - 1))
    }

    #[test]
    fn the_rate_is_that_of_the_last_hundred_and_sixty_eight_hours() {
        let (reach, now) = watched(400, |hour| hour % 20 == 0);
        let rate = rate(&reach, now);
        assert_eq!((rate.visits, rate.failed), (168, 8));
        assert!(reach.days.len() <= 8);
        let (young, now) = watched(100, |_| false);
        assert_eq!(super::rate(&young, now).visits, 100);
    }

    #[test]
    fn percentages_are_compared_as_whole_numbers() {
        let rows = [
            (140, 7, 5, true),
            (140, 6, 5, false),
            (168, 9, 5, true),
            (168, 8, 5, false),
            (168, 6, 3, true),
            (168, 5, 3, false),
            (0, 0, 3, false),
        ];
        for (visits, failed, percent, reached) in rows {
            let rate = Rate { visits, failed };
            assert_eq!(rate.reaches(percent), reached, "{rate:?}");
        }
    }

    #[test]
    fn confirmations_and_second_visits_of_an_hour_are_not_counted() {
        let mut reach = Reach::default();
        let visits = [
            ("2017-11-01T00:25:00", true),
            ("2017-11-01T00:40:00", false),
            ("2017-11-01T00:55:00", true),
            ("2017-11-01T01:10:00", false),
        ];
        for (when, scheduled) in visits {
            reach = after(reach, at(when), Arrival::Failed, scheduled);
        }
        let counted = rate(&reach, at("2017-11-01T01:10:00"));
        assert_eq!((counted.visits, counted.failed), (1, 1));
        let rows = [(15, 4), (16, 2), (30, 2), (45, 2), (46, 1)];
        for (minutes, row) in rows {
            let apart = TimeDelta::minutes(minutes);
            assert_eq!(failed_in_row(&reach, apart), row, "{minutes}");
        }
        let back = after(reach, at("2017-11-01T01:25:00"), Arrival::Came, true);
        assert_eq!(failed_in_row(&back, TimeDelta::minutes(15)), 0);
        assert_eq!(back.answers_since, Some(at("2017-11-01T01:25:00")));
    }

    #[test]
    fn what_an_answer_proves() {
        let failed = |failure| Sight::Failed(failure);
        let read = || Sight::Read(Finding::Undated(Undated::NoDates));
        let rows = [
            (failed(Failure::Dns), 3, Arrival::Failed),
            (failed(Failure::Status(502)), 3, Arrival::Failed),
            (failed(Failure::Status(404)), 3, Arrival::Failed),
            (failed(Failure::Status(400)), 3, Arrival::Unproven),
            (failed(Failure::Blocked(403)), 3, Arrival::Unproven),
            (failed(Failure::TlsLegacy), 3, Arrival::Unproven),
            (read(), 14_999, Arrival::Came),
            (read(), 15_000, Arrival::CameLate),
        ];
        for (sight, took_ms, proves) in rows {
            assert_eq!(arrival(&sight, took_ms), proves, "{sight:?}");
        }
    }
}
