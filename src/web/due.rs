//! What becomes due within a week, day by day.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Weekday};

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

/// What becomes due from `today` on within a week.
pub fn of(overview: &Overview, filter: &Filter, today: Date) -> Due {
    let week = Filter::of("state=week");
    let lines = overview.sites.iter().flat_map(|site| &site.columns);
    let mut days: BTreeMap<Date, Vec<&ColumnLine>> = BTreeMap::new();
    for line in lines.filter(|line| week.takes(line, today)) {
        if let Some(due) = line.due_on {
            days.entry(due).or_default().push(line);
        }
    }
    debug_assert!(days.len() <= WEEK as usize);
    Due {
        count: days.values().map(Vec::len).sum(),
        href: filter.in_state(State::Week),
        days: days
            .into_iter()
            .map(|(due, lines)| Day {
                name: name(due, today),
                more: lines.len().saturating_sub(NAMED),
                columns: lines.into_iter().take(NAMED).map(named).collect(),
            })
            .collect(),
    }
}

fn named(line: &ColumnLine) -> (String, String) {
    let name = format!("{} {}", line.site_name, line.name);
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
