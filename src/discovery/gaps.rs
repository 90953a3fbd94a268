//! How often a column is updated, by the dates that it shows.

use std::collections::BTreeSet;

use crate::domain::time::Date;

/// The gaps between the days on which something was published, in natural days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gaps {
    /// How many days have at least one item.
    pub days: usize,
    /// The middle gap.
    pub median: i64,
    /// Nine in ten gaps are not longer.
    pub most: i64,
    /// The longest gap.
    pub longest: i64,
}

/// How the usual gap stands to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// The usual gap is longer than the limit: the column would be late most of the time.
    TooSlow,
    /// Even long gaps are a small part of the limit: a dead column would be noticed late.
    MuchFaster,
    /// The limit fits.
    Fitting,
}

/// Gaps from which on something can be said of the usual one.
const ENOUGH: usize = 3;

impl Gaps {
    /// The gaps between distinct dates; nothing where there are fewer than two.
    pub fn of(dates: impl IntoIterator<Item = Date>) -> Option<Gaps> {
        let dates: Vec<Date> = dates
            .into_iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut gaps: Vec<i64> = dates
            .iter()
            .zip(dates.iter().skip(1))
            .map(|(earlier, later)| (*later - *earlier).num_days())
            .collect();
        gaps.sort_unstable();
        let at = |percent: usize| {
            let rank = (gaps.len() * percent).div_ceil(100);
            gaps.get(rank.saturating_sub(1)).copied()
        };
        Some(Gaps {
            days: dates.len(),
            median: at(50)?,
            most: at(90)?,
            longest: *gaps.last()?,
        })
    }

    /// How they stand to a limit in natural days; too few gaps prove nothing.
    pub fn pace(&self, limit_days: u32) -> Pace {
        let limit = i64::from(limit_days);
        if self.days <= ENOUGH {
            Pace::Fitting
        } else if self.median > limit {
            Pace::TooSlow
        } else if self.longest.saturating_mul(4) < limit {
            Pace::MuchFaster
        } else {
            Pace::Fitting
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(days: &[&str]) -> Option<Gaps> {
        Gaps::of(days.iter().map(|day| day.parse().unwrap()))
    }

    #[test]
    fn gaps_lie_between_distinct_days_in_any_order() {
        assert_eq!(gaps(&[]), None);
        assert_eq!(gaps(&["2017-11-03", "2017-11-03"]), None);
        let days = [
            "2017-11-10",
            "2017-11-03",
            "2017-11-03",
            "2017-11-04",
            "2017-10-03",
        ];
        let expected = Gaps {
            days: 4,
            median: 6,
            most: 31,
            longest: 31,
        };
        assert_eq!(gaps(&days), Some(expected));
        let two = gaps(&["2017-11-01", "2017-11-04"]).unwrap();
        assert_eq!((two.median, two.most, two.longest), (3, 3, 3));
    }

    #[test]
    fn nine_in_ten_gaps_leave_the_one_long_pause_out() {
        let first: Date = "2017-01-01".parse().unwrap();
        let mut days: Vec<Date> = (0..10).map(|n| first + chrono::Days::new(n)).collect();
        days.push(first + chrono::Days::new(109));
        let gaps = Gaps::of(days).unwrap();
        assert_eq!((gaps.median, gaps.most, gaps.longest), (1, 1, 100));
    }

    #[test]
    fn the_pace_is_held_against_the_limit_where_there_are_gaps_enough() {
        let of = |median, longest, days| Gaps {
            days,
            median,
            most: longest,
            longest,
        };
        assert_eq!(of(20, 40, 9).pace(14), Pace::TooSlow);
        assert_eq!(of(20, 40, 2).pace(14), Pace::Fitting);
        assert_eq!(of(1, 3, 9).pace(14), Pace::MuchFaster);
        assert_eq!(of(3, 9, 9).pace(14), Pace::Fitting);
    }
}
