//! A column's year, day by day: what it claims to have published, what was first seen, and how the
//! monitor itself fared. Claim and observation stand beside each other, and an outage of ours or
//! theirs is never taken for a quiet column.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days};

use crate::domain::finding::Finding;
use crate::domain::item::Item;
use crate::domain::observation::{Observation, Sight};
use crate::domain::time::{Date, date_of};

/// The days of a strip.
pub const DAYS: u64 = 365;

/// How the visits of one day ended, the best of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visited {
    /// It was not visited, or nothing is kept of it.
    Not,
    /// No page came.
    Failed,
    /// A page came, and its list or date could not be told.
    Unjudged,
    /// The list was read.
    Read,
}

impl Visited {
    /// Every way, the best first.
    pub const ALL: [Visited; 4] = [
        Visited::Read,
        Visited::Unjudged,
        Visited::Failed,
        Visited::Not,
    ];

    fn of(sight: &Sight) -> Visited {
        match sight {
            Sight::Failed(_) => Visited::Failed,
            Sight::Read(finding) | Sight::Unchanged(finding) => match finding {
                Finding::Dated(_) | Finding::Empty => Visited::Read,
                Finding::Undated(_) | Finding::Unreadable(_) => Visited::Unjudged,
            },
        }
    }

    /// The word of a legend.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Visited::Read => "已读取",
            Visited::Unjudged => "无法判断",
            Visited::Failed => "未能打开",
            Visited::Not => "未访问",
        }
    }
}

/// One day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub on: Date,
    /// Items that claim it as their date.
    pub published: usize,
    /// Items that were first seen on it while the list was watched.
    pub seen: usize,
    /// How the visits of the day ended.
    pub visited: Visited,
}

/// One month of the days, summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// The year.
    pub year: i32,
    /// The month, from 1.
    pub month: u32,
    /// Items that claim a date in it.
    pub published: usize,
    /// Items first seen in it.
    pub seen: usize,
    /// Days on which the list was read.
    pub read: usize,
    /// Days on which no visit could tell.
    pub blind: usize,
}

/// The days up to `today`, the oldest first.
pub fn days(items: &[Item], observations: &[Observation], today: Date) -> Vec<Day> {
    let mut published: BTreeMap<Date, usize> = BTreeMap::new();
    let mut seen: BTreeMap<Date, usize> = BTreeMap::new();
    let mut visited: BTreeMap<Date, Visited> = BTreeMap::new();
    for item in items {
        if let Some(on) = item.claimed_on {
            *published.entry(on).or_default() += 1;
        }
        // What was there at the first look was not published then.
        if item.witnessed {
            *seen.entry(date_of(item.first_seen_at)).or_default() += 1;
        }
    }
    for observation in observations {
        let day = visited
            .entry(date_of(observation.observed_at))
            .or_insert(Visited::Not);
        *day = (*day).max(Visited::of(&observation.sight));
    }
    let days = (0..DAYS).rev();
    days.filter_map(|back| today.checked_sub_days(Days::new(back)))
        .map(|on| Day {
            on,
            published: published.get(&on).copied().unwrap_or_default(),
            seen: seen.get(&on).copied().unwrap_or_default(),
            visited: visited.get(&on).copied().unwrap_or(Visited::Not),
        })
        .collect()
}

/// The months of the days, the oldest first.
pub fn months(days: &[Day]) -> Vec<Month> {
    let mut months: BTreeMap<(i32, u32), Month> = BTreeMap::new();
    for day in days {
        let (year, month) = (day.on.year(), day.on.month());
        let sum = months.entry((year, month)).or_insert(Month {
            year,
            month,
            published: 0,
            seen: 0,
            read: 0,
            blind: 0,
        });
        sum.published += day.published;
        sum.seen += day.seen;
        match day.visited {
            Visited::Read => sum.read += 1,
            Visited::Unjudged | Visited::Failed => sum.blind += 1,
            Visited::Not => {}
        }
    }
    months.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::visit::Failure;
    use crate::report::fixture::{at, column_id};

    fn observation(when: &str, sight: Sight) -> Observation {
        Observation {
            column: column_id("kxw/gzdt"),
            observed_at: at(when),
            sight,
            rows: 1,
            took_ms: 1,
            digest: None,
            notes: Vec::new(),
        }
    }

    fn item(claimed: &str, seen: &str, witnessed: bool) -> Item {
        Item {
            column: column_id("kxw/gzdt"),
            title: "题".to_owned(),
            url: None,
            claimed_on: claimed.parse().ok(),
            first_seen_at: at(seen),
            witnessed,
            changes: Vec::new(),
        }
    }

    #[test]
    fn claim_sight_and_visit_of_a_day_stand_beside_each_other() {
        let today: Date = "2017-11-18".parse().unwrap();
        let items = [
            item("2017-11-16", "2017-11-18T09:00:00", true),
            item("2017-11-16", "2017-11-01T09:00:00", false),
            item("2016-01-01", "2017-11-01T09:00:00", false),
        ];
        let failed = Sight::Failed(Failure::Refused);
        let seen = [
            observation("2017-11-17T09:00:00", failed.clone()),
            observation("2017-11-18T09:00:00", failed),
            observation("2017-11-18T12:00:00", Sight::Read(Finding::Empty)),
        ];
        let days = days(&items, &seen, today);
        assert_eq!(days.len(), 365);
        let last = |back: usize| days[days.len() - 1 - back];
        assert_eq!((last(0).seen, last(0).visited), (1, Visited::Read));
        assert_eq!((last(1).published, last(1).visited), (0, Visited::Failed));
        assert_eq!((last(2).published, last(2).visited), (2, Visited::Not));
        let months = months(&days);
        let november = months.last().unwrap();
        assert_eq!((november.year, november.month), (2017, 11));
        assert_eq!((november.published, november.seen), (2, 1));
        assert_eq!((november.read, november.blind), (1, 1));
        let published: usize = months.iter().map(|month| month.published).sum();
        assert_eq!(published, 2, "what is older than a year is not counted");
    }
}
