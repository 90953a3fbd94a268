//! What becomes due within a week, day by day.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, Weekday};

use super::filter::{Filter, State, WEEK};
use super::view::NAME_CHARS;
use crate::domain::time::{Date, in_chinese};
use crate::report::overview::{ColumnLine, Overview};
use crate::report::plain::one_line;

/// How many columns of one day are named.
const NAMED: usize = 3;

/// The days of a week on which something becomes due.
pub struct Due {
    /// How many columns in all.
    pub count: usize,
    /// Where they are listed.
    pub href: String,
    /// The days, the nearest first.
    pub days: Vec<Day>,
}

/// One day.
pub struct Day {
    /// `今天`, `周三 11月22日`.
    pub name: String,
    /// The first columns: id, name with its site.
    pub columns: Vec<(String, String)>,
    /// How many more.
    pub more: usize,
}

/// What of the columns that are looked for, wherever they stand, becomes due from `today` on within a week.
pub fn of(overview: &Overview, filter: &Filter, today: Date) -> Due {
    let week = Filter::of("state=week");
    let lines = overview.sites.iter().flat_map(|site| &site.columns);
    let last = today.checked_add_days(Days::new(WEEK - 1)).unwrap_or(today);
    let lines = lines.filter(|line| week.takes(line, today) && filter.is_about(line));
    let mut days: BTreeMap<Date, Vec<(String, String)>> = BTreeMap::new();
    let mut count = 0;
    for line in lines {
        count += 1;
        for (due, what) in dues(line).filter(|(due, _)| today <= *due && *due <= last) {
            days.entry(due).or_default().push(named(line, what));
        }
    }
    Due {
        count,
        href: filter.in_state(State::Week),
        days: days
            .into_iter()
            .map(|(due, lines)| Day {
                name: name(due, today),
                more: lines.len().saturating_sub(NAMED),
                columns: lines.into_iter().take(NAMED).collect(),
            })
            .collect(),
    }
}

/// When something of a column is due, and what, where that is not its limit.
fn dues(line: &ColumnLine) -> impl Iterator<Item = (Date, Option<&str>)> {
    let owed = line.owed.iter();
    let owed = owed.map(|owed| (owed.due_on, Some(owed.name.as_str())));
    line.due_on.map(|due| (due, None)).into_iter().chain(owed)
}

fn named(line: &ColumnLine, what: Option<&str>) -> (String, String) {
    let what = what.map_or(String::new(), |what| format!("：{what}"));
    let name = format!("{} {}{what}", line.site_name, line.name);
    (line.column.to_string(), one_line(&name, NAME_CHARS))
}

fn name(due: Date, today: Date) -> String {
    match (due - today).num_days() {
        0 => "今天".to_owned(),
        1 => "明天".to_owned(),
        _ => format!("{} {}", weekday(due), in_chinese(due, today)),
    }
}

fn weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Mon => "周一",
        Weekday::Tue => "周二",
        Weekday::Wed => "周三",
        Weekday::Thu => "周四",
        Weekday::Fri => "周五",
        Weekday::Sat => "周六",
        Weekday::Sun => "周日",
    }
}
