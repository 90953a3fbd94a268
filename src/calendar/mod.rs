//! Working days in China: weekends, holidays (节假日) and make-up working days (调休上班日).
//!
//! Freshness counts natural days and never looks here; sending, repeating and rectifying count
//! working days. A year without a table is counted Monday to Friday and is said to be provisional.
//! The tables come from the yearly notices of the State Council's General Office; the sample
//! configuration names each notice.

pub mod cron_line;

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use chrono::{Datelike as _, Days, NaiveTime, TimeDelta, Weekday};

use crate::domain::presence::Days as On;
use crate::domain::time::{Date, Moment, date_of, moment};

/// The holidays and make-up working days of one year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Year {
    /// The number of the notice that says so, e.g. `国办发明电〔2016〕17号`.
    pub notice: String,
    /// Days off, weekends inside a holiday included.
    pub holidays: BTreeSet<Date>,
    /// Saturdays and Sundays that are worked.
    pub make_up_days: BTreeSet<Date>,
}

/// The years that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// The tables by year.
    pub years: BTreeMap<i32, Year>,
}

/// When messages may be sent, on working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first minute.
    pub from: NaiveTime,
    /// The first minute that is too late.
    pub until: NaiveTime,
}

/// When messages may be sent, with the days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The window of a day.
    pub window: Window,
    /// The days.
    pub on: On,
}

impl From<Window> for Hours {
    fn from(window: Window) -> Hours {
        let on = On::Working;
        Hours { window, on }
    }
}

/// No search for a working day goes farther: the longest holiday has eight days.
const FARTHEST_DAYS: u32 = 60;

impl Calendar {
    /// Whether there is a table for `year`; without one, working days are provisional.
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains_key(&year)
    }

    /// Whether `date` is worked.
    pub fn is_working_day(&self, date: Date) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        match self.years.get(&date.year()) {
            Some(year) => {
                year.make_up_days.contains(&date) || (!weekend && !year.holidays.contains(&date))
            }
            None => !weekend,
        }
    }

    /// Whether `due_on` lies in a holiday of at least `long` days off, or on the working day after one, and
    /// `today` between the last working day before it and `due_on`: what falls due while people are away or
    /// on the day when they come back is announced before they leave. With 0 none is.
    pub fn is_eve_of(&self, due_on: Date, long: usize, today: Date) -> bool {
        if long == 0 || today > due_on {
            return false;
        }
        let before = iter::successors(due_on.pred_opt(), Date::pred_opt)
            .take(FARTHEST_DAYS as usize)
            .take_while(|&day| !self.is_working_day(day));
        let from_then = iter::successors(Some(due_on), Date::succ_opt)
            .take(FARTHEST_DAYS as usize)
            .take_while(|&day| !self.is_working_day(day));
        let days_before = before.count();
        let eve = due_on.checked_sub_days(Days::new(days_before as u64 + 1));
        days_before + from_then.count() >= long && eve.is_some_and(|eve| today >= eve)
    }

    /// The first working day at or after `date`.
    pub fn working_day_from(&self, date: Date) -> Date {
        days_from(date)
            .find(|&day| self.is_working_day(day))
            .unwrap_or(date)
    }

    /// The `n`-th working day after `date`; `date` itself for `n = 0`.
    pub fn add_working_days(&self, date: Date, n: u32) -> Date {
        let mut day = date;
        for _ in 0..n {
            day = self.working_day_from(day.succ_opt().unwrap_or(day));
        }
        day
    }

    /// The working days in `(from, to]`; 0 when `to` is not after `from`.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        let days = from
            .iter_days()
            .skip(1)
            .take_while(|&day| day <= to)
            .filter(|&day| self.is_working_day(day))
            .count();
        u32::try_from(days).unwrap_or(u32::MAX)
    }

    /// The first instant at or after `at` inside `hours`; a plain window is one of working days.
    pub fn opening(&self, at: Moment, hours: impl Into<Hours>) -> Moment {
        let hours = hours.into();
        let (today, time) = (date_of(at), at.time());
        if self.is_open(today, hours.on) {
            if time < hours.window.from {
                return moment(today.and_time(hours.window.from));
            }
            if time < hours.window.until {
                return at;
            }
        }
        moment(self.next_open(today, hours.on).and_time(hours.window.from))
    }

    /// When something that may first be sent at `from` is of no use any more: `after` has passed,
    /// days off not counted, and `hours` have opened and closed once more on a later day. What a
    /// holiday defers outlives the holiday.
    pub fn lapse(&self, from: Moment, after: TimeDelta, hours: impl Into<Hours>) -> Moment {
        let hours = hours.into();
        let next = self.next_open(date_of(from), hours.on);
        let mut lapse = from + after;
        for day in days_from(date_of(from)).skip(1) {
            if day > date_of(lapse) {
                break;
            }
            if !self.is_open(day, hours.on) {
                lapse += TimeDelta::days(1);
            }
        }
        lapse.max(moment(next.and_time(hours.window.until)))
    }

    fn is_open(&self, day: Date, on: On) -> bool {
        match on {
            On::Working => self.is_working_day(day),
            On::Of(days) => days.covers(day),
        }
    }

    /// The first day after `day` that is one of `on`.
    fn next_open(&self, day: Date, on: On) -> Date {
        let mut later = days_from(day).skip(1);
        later
            .find(|&day| self.is_open(day, on))
            .unwrap_or_else(|| day.succ_opt().unwrap_or(day))
    }
}

fn days_from(date: Date) -> impl Iterator<Item = Date> {
    (0..FARTHEST_DAYS).filter_map(move |n| date.checked_add_days(Days::new(u64::from(n))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// October 2017: off from the 1st to the 8th, Saturday 30 September worked.
    fn calendar() -> Calendar {
        let holidays = date("2017-10-01").iter_days().take(8).collect();
        let year = Year {
            notice: "test".to_owned(),
            holidays,
            make_up_days: [date("2017-09-30")].into(),
        };
        Calendar {
            years: [(2017, year)].into(),
        }
    }

    #[test]
    fn make_up_days_are_worked_and_holidays_are_not() {
        let calendar = calendar();
        let rows = [
            ("2017-09-29", true),
            ("2017-09-30", true),
            ("2017-10-01", false),
            ("2017-10-06", false),
            ("2017-10-08", false),
            ("2017-10-09", true),
            ("2017-10-14", false),
            // No table: Monday to Friday.
            ("2018-10-01", true),
            ("2018-10-06", false),
        ];
        for (day, worked) in rows {
            assert_eq!(calendar.is_working_day(date(day)), worked, "{day}");
        }
        assert!(calendar.knows(2017) && !calendar.knows(2018));
    }

    #[test]
    fn what_falls_due_in_a_long_holiday_or_right_after_it_is_announced_on_its_eve() {
        let calendar = calendar();
        let rows = [
            ("2017-10-05", "2017-09-29", false),
            ("2017-10-05", "2017-09-30", true),
            ("2017-10-05", "2017-10-05", true),
            ("2017-10-05", "2017-10-06", false),
            ("2017-10-01", "2017-09-30", true),
            ("2017-10-08", "2017-09-30", true),
            // The first working day after it.
            ("2017-10-09", "2017-09-30", true),
            ("2017-10-09", "2017-09-29", false),
            ("2017-10-10", "2017-09-30", false),
            ("2017-09-30", "2017-09-29", false),
            // A weekend is no long holiday.
            ("2017-10-15", "2017-10-13", false),
            ("2017-10-16", "2017-10-13", false),
        ];
        for (due_on, today, eve) in rows {
            let found = calendar.is_eve_of(date(due_on), 3, date(today));
            assert_eq!(found, eve, "{due_on} on {today}");
            assert!(!calendar.is_eve_of(date(due_on), 0, date(today)));
            assert!(!calendar.is_eve_of(date(due_on), 9, date(today)));
        }
    }

    #[test]
    fn working_days_are_counted_across_the_holiday() {
        let calendar = calendar();
        let (before, after) = (date("2017-09-29"), date("2017-10-10"));
        assert_eq!(calendar.working_days_between(before, after), 3);
        assert_eq!(calendar.working_days_between(after, before), 0);
        assert_eq!(calendar.add_working_days(before, 2), date("2017-10-09"));
        assert_eq!(calendar.add_working_days(before, 0), before);
    }

    #[test]
    fn the_window_opens_on_the_next_working_morning() {
        let calendar = calendar();
        let time = |text: &str| text.parse::<NaiveTime>().unwrap();
        let window = Window {
            from: time("08:30:00"),
            until: time("17:30:00"),
        };
        let at = |text: &str| moment(text.parse().unwrap());
        let rows = [
            ("2017-09-29T07:00:00", "2017-09-29T08:30:00"),
            ("2017-09-29T09:15:00", "2017-09-29T09:15:00"),
            ("2017-09-29T17:30:00", "2017-09-30T08:30:00"),
            ("2017-09-30T18:00:00", "2017-10-09T08:30:00"),
            ("2017-10-03T10:00:00", "2017-10-09T08:30:00"),
        ];
        for (from, opens) in rows {
            assert_eq!(calendar.opening(at(from), window), at(opens), "{from}");
        }
    }

    #[test]
    fn what_a_holiday_defers_outlives_the_holiday() {
        let calendar = calendar();
        let time = |text: &str| text.parse::<NaiveTime>().unwrap();
        let window = Window {
            from: time("08:30:00"),
            until: time("17:30:00"),
        };
        let at = |text: &str| moment(text.parse().unwrap());
        let rows = [
            // A week without days off.
            ("2017-09-25T09:00:00", 72, "2017-09-28T09:00:00"),
            // The next working day's window closes first of all.
            ("2017-09-25T09:00:00", 1, "2017-09-26T17:30:00"),
            // One working day before the eight days off, and two after them.
            ("2017-09-29T16:00:00", 72, "2017-10-10T16:00:00"),
            ("2017-09-30T17:00:00", 1, "2017-10-09T17:30:00"),
            ("2017-09-30T17:00:00", 72, "2017-10-11T17:00:00"),
            // An ordinary weekend.
            ("2017-10-13T09:00:00", 24, "2017-10-16T17:30:00"),
        ];
        for (from, hours, lapse) in rows {
            let after = TimeDelta::hours(hours);
            assert_eq!(calendar.lapse(at(from), after, window), at(lapse), "{from}");
        }
    }

    #[test]
    fn a_calendar_without_working_days_ends_the_search() {
        let day = date("2017-01-01");
        let year = |number: i32| {
            let all = date(&format!("{number}-01-01")).iter_days().take(365);
            let year = Year {
                notice: String::new(),
                holidays: all.collect(),
                make_up_days: BTreeSet::new(),
            };
            (number, year)
        };
        let calendar = Calendar {
            years: [year(2017), year(2018)].into(),
        };
        let window = Window {
            from: NaiveTime::MIN,
            until: NaiveTime::MIN,
        };
        let from = moment(day.and_time(NaiveTime::MIN));
        let lapse = calendar.lapse(from, TimeDelta::hours(1), window);
        assert!(
            lapse > from && lapse < from + TimeDelta::days(70),
            "{lapse}"
        );
    }
}
