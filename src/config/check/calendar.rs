//! Holidays and make-up working days, year by year.

use std::collections::BTreeSet;

use chrono::{Datelike as _, Weekday};
use toml::Spanned;

use super::super::quantity::{name, within};
use super::super::raw::Key;
use super::super::raw::calendar::{RawCalendar, RawYear};
use super::super::source::Source;
use super::parts;
use crate::calendar::{Calendar, Year};
use crate::domain::time::Date;

/// The longest holiday written as a range, in days.
const LONGEST_DAYS: i64 = 15;
/// The most entries in one list.
const MOST_ENTRIES: usize = 60;

/// Adds the years of `raw` to `calendar`; a year that is there already is replaced.
pub fn years(source: &mut Source, raw: &RawCalendar, calendar: &mut Calendar) {
    let mut seen = BTreeSet::new();
    for raw in &raw.year {
        let Some((number, year)) = year(source, raw) else {
            continue;
        };
        if seen.insert(number) {
            calendar.years.insert(number, year);
        } else {
            source.fault(
                &raw.span(),
                format!("the year {number} stands a second time"),
            );
        }
    }
}

fn year(source: &mut Source, raw: &Spanned<RawYear>) -> Option<(i32, Year)> {
    let table = raw.span();
    let raw = raw.get_ref();
    let number = source.need(("year", "2027"), &table, &raw.year, |&year| {
        within(year, 2000..=2100)
    })?;
    if raw.holidays.is_none() {
        source.missing(&table, "holidays", "[\"2027-10-01..2027-10-07\"]");
    }
    let notice = match &raw.notice {
        Some(key) if key.get_ref().is_empty() => String::new(),
        key => source
            .take("notice", key, |text| name(text, 60))
            .unwrap_or_default(),
    };
    let holidays = days(source, "holidays", &raw.holidays, number);
    let make_up_days = days(source, "make_up_days", &raw.make_up_days, number);
    for part in parts(&raw.make_up_days) {
        let Ok(range) = range(part.get_ref()) else {
            continue;
        };
        for day in range {
            if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                source.fault(
                    &part.span(),
                    format!("make_up_days: {day} is no Saturday or Sunday"),
                );
            } else if holidays.contains(&day) {
                source.fault(
                    &part.span(),
                    format!("make_up_days: {day} is among the holidays as well"),
                );
            }
        }
    }
    Some((
        number,
        Year {
            notice,
            holidays,
            make_up_days,
        },
    ))
}

fn days(
    source: &mut Source,
    name: &str,
    key: &Key<Vec<Spanned<String>>>,
    year: i32,
) -> BTreeSet<Date> {
    let mut days = BTreeSet::new();
    if let Some(key) = key
        && key.get_ref().len() > MOST_ENTRIES
    {
        source.fault(
            &key.span(),
            format!("{name}: at most {MOST_ENTRIES} entries"),
        );
    }
    for part in parts(key).iter().take(MOST_ENTRIES) {
        match range(part.get_ref()) {
            Err(message) => source.fault(&part.span(), format!("{name}: {message}")),
            Ok(range) if range.iter().any(|day| day.year() != year) => source.fault(
                &part.span(),
                format!("{name}: {:?} does not lie in {year}", part.get_ref()),
            ),
            Ok(range) => {
                for day in range {
                    if !days.insert(day) {
                        source.fault(&part.span(), format!("{name}: {day} stands a second time"));
                    }
                }
            }
        }
    }
    days
}

/// `2017-10-01` or `2017-10-01..2017-10-08`, both ends included.
fn range(text: &str) -> Result<Vec<Date>, String> {
    let fault = || {
        format!(
            "{text:?} is no date; write \"2017-10-01\" or \"2017-10-01..2017-10-08\" (at most {LONGEST_DAYS} days)"
        )
    };
    let date = |text: &str| Date::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| fault());
    let (from, to) = match text.split_once("..") {
        Some((from, to)) => (date(from)?, date(to)?),
        None => (date(text)?, date(text)?),
    };
    let length = (to - from).num_days();
    if !(0..LONGEST_DAYS).contains(&length) {
        return Err(fault());
    }
    Ok(from.iter_days().take_while(|&day| day <= to).collect())
}
