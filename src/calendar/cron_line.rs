//! Cron lines as an administrator writes them.
//!
//! Five fields as everywhere else, or six with the seconds in front. The crate below counts
//! weekdays from Sunday = 1, everyone else from Sunday = 0: so weekdays are written as names and
//! digits are refused. A line that would not fire for more than a year is a slip of the pen and
//! refused as well. All times are those of China.

use std::fmt;
use std::str::FromStr as _;

use chrono::{NaiveTime, TimeDelta};
use cron::Schedule;
use thiserror::Error;

use crate::domain::time::{Date, Moment, china, moment};

/// The longest line that is read, in bytes.
const LINE_BYTES: usize = 200;
/// Every line must fire at least once in any span of so many days.
const LONGEST_PAUSE_DAYS: i64 = 366;
/// The calendar of dates and weekdays repeats itself after so many years.
const CYCLE_YEARS: i64 = 28;
/// The names of the fields, seconds first.
const FIELDS: [&str; 6] = [
    "second",
    "minute",
    "hour",
    "day of month",
    "month",
    "weekday",
];
/// The abbreviations of other programs and what they stand for.
const ABBREVIATIONS: [(&str, &str); 6] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * Sun"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
];

/// When something is to be done, again and again.
#[derive(Clone)]
pub struct CronLine {
    source: String,
    schedule: Schedule,
}

/// Why a text is no cron line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CronFault {
    /// Longer than any sensible line.
    #[error("a cron line has at most {LINE_BYTES} characters")]
    TooLong,
    /// Neither five nor six fields.
    #[error(
        "a cron line has 5 fields (minute hour day-of-month month weekday), or 6 with the second in front, not {0}"
    )]
    Fields(usize),
    /// `@daily` and the like.
    #[error("abbreviations are not read; write {0:?}")]
    Abbreviation(&'static str),
    /// `@reboot` and other words.
    #[error("abbreviations are not read; write 5 fields, for example \"0 8 * * Mon-Fri\"")]
    UnknownAbbreviation,
    /// A digit in the weekday field.
    #[error(
        "weekdays are written as names (Mon-Fri, or Mon,Wed,Sat), because their numbers mean different days to different programs"
    )]
    WeekdayDigits,
    /// A field that cannot be read.
    #[error("the {field} field {text:?} cannot be read")]
    Field {
        /// Its name.
        field: &'static str,
        /// As written.
        text: String,
    },
    /// Fields that are well one by one and not together.
    #[error("the line cannot be read")]
    Unreadable,
    /// It fires never, or with pauses longer than a year.
    #[error("the line does not fire at least once in any {LONGEST_PAUSE_DAYS} days")]
    TooRare,
}

impl CronLine {
    /// Reads `text`.
    pub fn parse(text: &str) -> Result<CronLine, CronFault> {
        let fields = fields(text)?;
        let schedule = Schedule::from_str(&fields.join(" ")).map_err(|_| faulty(&fields))?;
        if !fires_every_year(&schedule) {
            return Err(CronFault::TooRare);
        }
        Ok(CronLine {
            source: text.trim().to_owned(),
            schedule,
        })
    }

    /// The first instant after `at`.
    pub fn next_after(&self, at: Moment) -> Option<Moment> {
        self.schedule.after(&at.with_timezone(&china())).next()
    }

    /// The last instant at or before `at`.
    pub fn latest_at_or_before(&self, at: Moment) -> Option<Moment> {
        latest(&self.schedule, at)
    }

    /// The last instant in `(since, now]`, for what was missed while nothing ran.
    pub fn fires_between(&self, since: Moment, now: Moment) -> Option<Moment> {
        self.latest_at_or_before(now).filter(|&fire| fire > since)
    }

    /// The line as written.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Debug for CronLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CronLine").field(&self.source).finish()
    }
}

impl PartialEq for CronLine {
    fn eq(&self, other: &CronLine) -> bool {
        self.source == other.source
    }
}

impl Eq for CronLine {}

/// The six fields of `text`, seconds first.
fn fields(text: &str) -> Result<Vec<&str>, CronFault> {
    if text.len() > LINE_BYTES {
        return Err(CronFault::TooLong);
    }
    let text = text.trim();
    if text.starts_with('@') {
        let known = ABBREVIATIONS
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(text));
        return Err(match known {
            Some((_, line)) => CronFault::Abbreviation(line),
            None => CronFault::UnknownAbbreviation,
        });
    }
    let mut fields: Vec<&str> = text.split_whitespace().collect();
    match fields.len() {
        5 => fields.insert(0, "0"),
        6 => {}
        n => return Err(CronFault::Fields(n)),
    }
    let weekday_digits = |field: &&str| field.chars().any(|c| c.is_ascii_digit());
    if fields.last().is_some_and(weekday_digits) {
        return Err(CronFault::WeekdayDigits);
    }
    Ok(fields)
}

/// Which of `fields` the crate does not read, tried one by one among stars.
fn faulty(fields: &[&str]) -> CronFault {
    for (at, (name, field)) in FIELDS.into_iter().zip(fields).enumerate() {
        let alone: Vec<&str> = (0..FIELDS.len())
            .map(|n| if n == at { *field } else { "*" })
            .collect();
        if Schedule::from_str(&alone.join(" ")).is_err() {
            return CronFault::Field {
                field: name,
                text: (*field).to_owned(),
            };
        }
    }
    CronFault::Unreadable
}

/// The last fire at or before `at`.
fn latest(schedule: &Schedule, at: Moment) -> Option<Moment> {
    // The crate's look backwards leaves out its own starting second.
    let just_after = at.checked_add_signed(TimeDelta::seconds(1))?;
    schedule
        .after(&just_after.with_timezone(&china()))
        .rev()
        .find(|&fire| fire <= at)
}

/// Whether every span of [`LONGEST_PAUSE_DAYS`] in a whole cycle of the calendar holds a fire:
/// walks from the last fire of one span to the last of the next.
fn fires_every_year(schedule: &Schedule) -> bool {
    let mut at = moment(Date::default().and_time(NaiveTime::MIN));
    let end = at + TimeDelta::days(CYCLE_YEARS * 366);
    while at < end {
        let reach = at + TimeDelta::days(LONGEST_PAUSE_DAYS);
        match latest(schedule, reach) {
            Some(fire) if fire > at => at = fire,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    #[test]
    fn lines_fire_when_an_administrator_expects_it() {
        let rows = [
            // 3 November 2017 is a Friday.
            (
                "0 8 * * Mon-Fri",
                "2017-11-03T08:00:00",
                "2017-11-06T08:00:00",
            ),
            (
                "0 8 * * Mon-Fri",
                "2017-11-03T07:59:59",
                "2017-11-03T08:00:00",
            ),
            ("30 0 8 * * *", "2017-11-03T08:00:00", "2017-11-03T08:00:30"),
            (
                "0 6-22/4 * * *",
                "2017-11-03T22:00:00",
                "2017-11-04T06:00:00",
            ),
            ("0 9 1 * *", "2017-11-03T00:00:00", "2017-12-01T09:00:00"),
            (
                "15 10 * * Sat,Sun",
                "2017-11-03T00:00:00",
                "2017-11-04T10:15:00",
            ),
            (
                " 0  8 * *  mon ",
                "2017-11-03T00:00:00",
                "2017-11-06T08:00:00",
            ),
            ("0 0 1 1 *", "2017-01-01T00:00:00", "2018-01-01T00:00:00"),
        ];
        for (line, after, fires) in rows {
            let parsed = CronLine::parse(line).expect(line);
            assert_eq!(parsed.next_after(at(after)), Some(at(fires)), "{line}");
            assert_eq!(parsed.source(), line.trim());
        }
    }

    #[test]
    fn fires_carry_the_offset_of_china() {
        let line = CronLine::parse("0 8 * * *").unwrap();
        let fire = line.next_after(at("2017-11-03T09:00:00")).unwrap();
        assert_eq!(fire.to_rfc3339(), "2017-11-04T08:00:00+08:00");
        // The same instant told in another offset gives the same answer.
        let elsewhere =
            at("2017-11-03T09:00:00").with_timezone(&chrono::FixedOffset::east_opt(0).unwrap());
        assert_eq!(line.next_after(elsewhere), Some(fire));
    }

    #[test]
    fn what_was_missed_is_the_latest_fire_alone() {
        let line = CronLine::parse("0 8 * * *").unwrap();
        let rows = [
            (
                "2017-11-01T08:00:00",
                "2017-11-03T07:59:59",
                Some("2017-11-02T08:00:00"),
            ),
            (
                "2017-11-01T08:00:00",
                "2017-11-03T08:00:00",
                Some("2017-11-03T08:00:00"),
            ),
            ("2017-11-03T08:00:00", "2017-11-03T08:00:00", None),
            ("2017-11-03T08:00:00", "2017-11-04T07:00:00", None),
            ("2017-11-05T08:00:00", "2017-11-04T09:00:00", None),
        ];
        for (since, now, fire) in rows {
            let fire = fire.map(at);
            assert_eq!(
                line.fires_between(at(since), at(now)),
                fire,
                "{since} {now}"
            );
        }
        let half = at("2017-11-03T08:00:00") + TimeDelta::milliseconds(500);
        assert_eq!(
            line.latest_at_or_before(half),
            Some(at("2017-11-03T08:00:00"))
        );
    }

    #[test]
    fn faults_say_what_to_write_instead() {
        let field = |field, text: &str| CronFault::Field {
            field,
            text: text.to_owned(),
        };
        let rows = [
            ("", CronFault::Fields(0)),
            ("0 8 * *", CronFault::Fields(4)),
            ("0 0 8 * * Mon 2017", CronFault::Fields(7)),
            ("0 8 * * 1-5", CronFault::WeekdayDigits),
            ("0 8 * * */2", CronFault::WeekdayDigits),
            ("@daily", CronFault::Abbreviation("0 0 * * *")),
            ("@reboot", CronFault::UnknownAbbreviation),
            ("61 8 * * *", field("minute", "61")),
            ("0 25 * * *", field("hour", "25")),
            ("0 8 0 * *", field("day of month", "0")),
            ("0 8 * Foo *", field("month", "Foo")),
            ("0 8 * * Montag", field("weekday", "Montag")),
            ("0 8 31 2 *", CronFault::TooRare),
            ("0 8 29 2 *", CronFault::TooRare),
            ("0 8 1 1 Mon", CronFault::TooRare),
        ];
        for (line, fault) in rows {
            assert_eq!(CronLine::parse(line).err(), Some(fault), "{line}");
        }
        assert_eq!(
            CronLine::parse(&"1,".repeat(200)).err(),
            Some(CronFault::TooLong)
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _ = CronLine::parse(&text);
        }

        #[test]
        fn no_fields_make_it_panic(text in "[0-9*/,@a-zA-Z?LW# -]{0,40}") {
            let _ = CronLine::parse(&text);
        }

        #[test]
        fn forward_and_backward_agree(hour in 0_u32..24, minute in 0_u32..60, ahead in 0_i64..400_000_000) {
            let line = CronLine::parse(&format!("{minute} {hour} * * Mon-Fri")).unwrap();
            let now = at("2015-01-01T00:00:00") + TimeDelta::seconds(ahead);
            let before = line.latest_at_or_before(now).unwrap();
            let next = line.next_after(now).unwrap();
            prop_assert!(before <= now && now < next);
            prop_assert_eq!(line.next_after(before), Some(next));
        }
    }
}
