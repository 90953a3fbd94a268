//! Whether a home page opens, by what visits and samples prove.
//!
//! A visit that was turned away by a firewall or by its own TLS proves nothing either way. What our
//! own network spoiled is taken back. How often the page failed is told by the samples alone, which
//! the assessment counts as well.

use chrono::{Days, TimeDelta};

use crate::domain::home::{HomeRecord, Reach};
use crate::domain::observation::{Cause, Sight};
use crate::domain::site_day::SiteDay;
use crate::domain::time::{Date, Moment};
use crate::domain::visit::Failure;

/// The days over which the rate is told, the present one included.
/// Source: 国办发〔2015〕15号 watches a home page for one week.
pub const DAYS: u64 = 7;
/// The most visits of a row that are kept.
const MOST_FAILED: usize = 12;

/// What one visit proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The page came.
    Came,
    /// No browser would have got it either.
    Failed,
    /// Something answered that says nothing of what others get.
    Unproven,
}

/// How often samples failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// Samples that count.
    pub visits: u32,
    /// Those that failed.
    pub failed: u32,
}

impl Rate {
    /// Whether at least `percent` of the samples failed.
    pub fn reaches(self, percent: u32) -> bool {
        self.failed > 0
            && u64::from(self.failed) * 100 >= u64::from(self.visits) * u64::from(percent)
    }
}

/// What `sight` proves.
pub fn arrival(sight: &Sight) -> Arrival {
    match sight {
        Sight::Failed(failure) if fails_all(failure) => Arrival::Failed,
        Sight::Failed(_) => Arrival::Unproven,
        Sight::Read(_) | Sight::Unchanged(_) => Arrival::Came,
    }
}

/// Whether nobody gets a page that fails so, whoever asks.
pub fn fails_all(failure: &Failure) -> bool {
    failure.is_host_down() || matches!(failure, Failure::Status(404 | 410))
}

/// What is known after a visit at `at`.
pub fn after(mut reach: Reach, at: Moment, arrival: Arrival) -> Reach {
    reach.revisit_at = None;
    // What was seen in a future from which the clock was set back is forgotten.
    reach.failed_at.retain(|&failed| failed <= at);
    reach.answers_since = reach.answers_since.filter(|&since| since <= at);
    reach.unproven_since = match arrival {
        Arrival::Unproven => reach
            .unproven_since
            .filter(|&since| since <= at)
            .or(Some(at)),
        Arrival::Came | Arrival::Failed => None,
    };
    match arrival {
        Arrival::Came => {
            reach.failed_at.clear();
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
    reach
}

/// The first day of the week that ends on `today`.
pub fn first_day(today: Date) -> Date {
    today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today)
}

/// How often the samples of the week that ends on `today` failed.
pub fn rate(days: &[SiteDay], today: Date) -> Rate {
    let first = first_day(today);
    let week = days.iter().filter(|day| first <= day.on && day.on <= today);
    week.fold(Rate::default(), |rate, day| Rate {
        visits: rate.visits + day.visits(),
        failed: rate.failed + day.failed,
    })
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

/// Takes back what our own network spoiled: the row of failures.
pub fn excuse(record: &mut HomeRecord) {
    let silent = record.blind.as_mut().filter(|blind| match &blind.why {
        Cause::Failed(failure) => failure.is_host_down(),
        _ => false,
    });
    let Some(blind) = silent else { return };
    blind.why = Cause::OwnNetwork;
    (blind.visits, blind.silent) = (0, 0);
    record.reach.failed_at.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::{Finding, Undated};
    use crate::domain::id::SiteId;
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    #[test]
    fn the_rate_is_that_of_seven_days_with_the_present_one() {
        let day = |on: &str, opened, failed| {
            let mut day = SiteDay::new(SiteId::parse("kxw").unwrap(), on.parse().unwrap());
            day.opened[0] = opened;
            day.failed = failed;
            day.excluded = 3;
            day
        };
        let days = [
            day("2017-11-07", 10, 14),
            day("2017-11-08", 20, 4),
            day("2017-11-13", 23, 1),
            day("2017-11-14", 11, 0),
            day("2017-11-15", 0, 24),
        ];
        let rate = rate(&days, "2017-11-14".parse().unwrap());
        assert_eq!((rate.visits, rate.failed), (59, 5));
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
    fn of_failures_in_a_row_those_far_enough_apart_are_counted() {
        let mut reach = Reach::default();
        for minute in ["00:25", "00:40", "00:55", "01:10"] {
            let when = at(&format!("2017-11-01T{minute}:00"));
            reach = after(reach, when, Arrival::Failed);
        }
        let rows = [(15, 4), (16, 2), (30, 2), (45, 2), (46, 1)];
        for (minutes, row) in rows {
            let apart = TimeDelta::minutes(minutes);
            assert_eq!(failed_in_row(&reach, apart), row, "{minutes}");
        }
        let back = after(reach, at("2017-11-01T01:25:00"), Arrival::Came);
        assert_eq!(failed_in_row(&back, TimeDelta::minutes(15)), 0);
        assert_eq!(back.answers_since, Some(at("2017-11-01T01:25:00")));
    }

    #[test]
    fn what_an_answer_proves() {
        let failed = |failure| Sight::Failed(failure);
        let read = || Sight::Read(Finding::Undated(Undated::NoDates));
        let rows = [
            (failed(Failure::Dns), Arrival::Failed),
            (failed(Failure::Status(502)), Arrival::Failed),
            (failed(Failure::Status(404)), Arrival::Failed),
            (failed(Failure::Status(400)), Arrival::Unproven),
            (failed(Failure::Blocked(403)), Arrival::Unproven),
            (failed(Failure::TlsLegacy), Arrival::Unproven),
            (read(), Arrival::Came),
        ];
        for (sight, proves) in rows {
            assert_eq!(arrival(&sight), proves, "{sight:?}");
        }
    }
}
