//! Columns of letters, and what an inspection read of each.

use chrono::{Days, NaiveTime};

use super::fact::Fact;
use super::facts::{ColumnFacts, SiteFacts};
use super::finding::{About, Aside, Find, Spared};
use super::measurement::Unmeasured;
use super::rubric::Rubric;
use crate::calendar::Calendar;
use crate::domain::class::Class;
use crate::domain::group::{Column, Watch};
use crate::domain::letter::Letter;
use crate::domain::time::{Date, Moment, date_of, moment};

/// Letters of so many days are looked at: 1年内.
const YEAR_DAYS: u32 = 365;

/// A column of letters, and what was read of it.
pub(super) struct LetterBox<'a> {
    pub column: &'a ColumnFacts<'a>,
    pub letters: Vec<&'a Letter>,
    /// Whether the latest inspection read its list.
    pub is_read: bool,
    /// The day back to which all letters are known, where the list goes on behind a younger one.
    pub back_to: Option<Date>,
}

impl LetterBox<'_> {
    pub fn find(&self, fact: Fact) -> Find {
        let column = self.column.column;
        let about = About::Column(column.id.clone(), column.name.clone());
        Find::of(about, fact)
    }

    /// Letters of which it is known when they were written and whether they are answered.
    pub fn told(&self) -> usize {
        let is_told = |letter: &&&Letter| {
            letter.told.is_answered()
                || (letter.open_at.is_some() && letter.told.asked_on.is_some())
        };
        self.letters.iter().filter(is_told).count()
    }

    pub fn summary(&self, at: Moment, rubric: &Rubric, to: Date, calendar: &Calendar) -> Aside {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let taken = self.letters.iter().filter_map(|letter| {
            let answered_on = letter.told.answered_on.filter(|on| *on <= to)?;
            Some(calendar.working_days_between(letter.told.asked_on?, answered_on))
        });
        let taken: Vec<u32> = taken.collect();
        let simple = rubric.choices.simple_reply_working_days;
        let answered = |letter: &&&Letter| letter.answered_by().is_some_and(|on| on <= to);
        let answered = self.letters.iter().filter(answered).count();
        let open = self.letters.iter().filter(|letter| letter.told.is_open());
        let fact = Fact::Letters {
            letters: count(self.letters.len()),
            answered: count(answered),
            open: count(open.count()),
            timed: count(taken.len()),
            working_days: taken.iter().sum(),
            quick: count(taken.iter().filter(|days| **days <= simple).count()),
            back_to: self.back_to,
            at,
        };
        let find = self.find(fact);
        let why = Spared::Detail;
        Aside { find, why }
    }
}

/// Whether the letters of a column count: its class is confirmed, and its name holds none of `without`.
pub fn is_box(column: &Column, without: &[String]) -> bool {
    let mut without = without.iter();
    let is_left_out = without.any(|word| column.name.contains(word.as_str()));
    column.class == Class::Replies && column.watch() == Watch::Judged && !is_left_out
}

/// The first day of the year that ends with `to`: 1年内. Letters of former days count nowhere.
pub fn year_before(to: Date) -> Date {
    let day = to.checked_sub_days(Days::new(u64::from(YEAR_DAYS)));
    day.unwrap_or(to)
}

/// The columns of letters whose class a person has confirmed, without those whose name holds one of
/// `without`; or why nothing is said.
pub(super) fn boxes<'a>(
    facts: &'a SiteFacts<'a>,
    without: &[String],
) -> Result<Vec<LetterBox<'a>>, Unmeasured> {
    let counts = |column: &&ColumnFacts<'_>| is_box(column.column, without);
    let columns: Vec<&ColumnFacts<'_>> = facts.columns.iter().filter(counts).collect();
    if columns.is_empty() {
        return Err(Unmeasured::NothingConfigured);
    }
    let inspection = facts.inspection.as_ref().ok_or(Unmeasured::NotInspected)?;
    let year = year_before(facts.to);
    let boxes = columns.into_iter().map(|column| {
        let id = &column.column.id;
        let letters = facts.letters.iter().filter(|letter| {
            let on = letter.told.asked_on.or(letter.told.answered_on);
            let on = on.unwrap_or(date_of(letter.first_seen_at));
            letter.column == *id && year <= on && on <= facts.to
        });
        LetterBox {
            column,
            letters: letters.collect(),
            is_read: inspection.letters.iter().any(|(read, _)| read == id),
            back_to: inspection
                .letters_back
                .iter()
                .find_map(|(of, on)| (of == id && year < *on).then_some(*on)),
        }
    });
    Ok(boxes.collect())
}

/// When the inspection that counts was made.
pub(super) fn looked_at(facts: &SiteFacts<'_>) -> Moment {
    let inspection = facts.inspection.as_ref();
    inspection.map_or(midnight(facts.to), |seen| seen.at)
}

pub(super) fn midnight(day: Date) -> Moment {
    moment(day.and_time(NaiveTime::MIN))
}
