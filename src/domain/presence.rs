//! When a person can be reached: hours of their own, and absences with deputies.

use chrono::{Datelike as _, NaiveTime, Weekday};

use super::group::Person;
use super::id::PersonId;
use super::time::Date;

/// When a person can be reached, where that differs from everybody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presence {
    /// Hours of their own, instead of the sending window of all.
    pub hours: Option<OwnHours>,
    /// When they are away. No two share a day.
    pub absences: Vec<Absence>,
}

/// The hours in which a person takes messages that are not urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnHours {
    /// The first minute.
    pub from: NaiveTime,
    /// The first minute that is too late.
    pub until: NaiveTime,
    /// On which days.
    pub days: Days,
}

/// The days on which messages may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// Working days.
    Working,
    /// Days of the week, whether worked or not; at least one.
    Of(Weekdays),
}

/// A set of days of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// This set and `day`.
    #[must_use]
    pub fn and(self, day: Weekday) -> Weekdays {
        Weekdays(self.0 | bit(day))
    }

    /// Whether `day` is among them.
    pub fn has(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// Whether `date` falls on one of them.
    pub fn covers(self, date: Date) -> bool {
        self.has(date.weekday())
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.num_days_from_monday()
}

/// Days on which a person is away (缺席). What would reach them then goes to a deputy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Who stands in, in order: the first who is not away on the day. Without any, messages climb
    /// as they do where nobody holds the role.
    pub deputies: Vec<PersonId>,
    /// Whether the person gets the messages too.
    pub copy: bool,
}

impl Absence {
    /// Whether `day` is one of its days.
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }

    /// Whether it shares a day with `other`.
    pub fn meets(&self, other: &Absence) -> bool {
        self.from <= other.until && other.from <= self.until
    }
}

impl Person {
    /// The absence that `day` falls into.
    pub fn absence(&self, day: Date) -> Option<&Absence> {
        let mut absences = self.presence.absences.iter();
        absences.find(|absence| absence.covers(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_day_are_days_of_an_absence() {
        let absence = |from: &str, until: &str| Absence {
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            deputies: Vec::new(),
            copy: false,
        };
        let week = absence("2017-11-20", "2017-11-24");
        for (day, covered) in [
            ("2017-11-19", false),
            ("2017-11-20", true),
            ("2017-11-24", true),
            ("2017-11-25", false),
        ] {
            assert_eq!(week.covers(day.parse().unwrap()), covered, "{day}");
        }
        assert!(week.meets(&absence("2017-11-24", "2017-11-30")));
        assert!(!week.meets(&absence("2017-11-25", "2017-11-30")));
    }

    #[test]
    fn a_set_of_days_has_what_was_put_in() {
        let days = Weekdays::default().and(Weekday::Mon).and(Weekday::Sun);
        assert!(days.has(Weekday::Mon) && days.has(Weekday::Sun) && !days.has(Weekday::Sat));
        assert!(days.covers("2017-11-19".parse().unwrap()));
        assert!(Weekdays::default().is_empty() && !days.is_empty());
    }
}
