//! A column's year as a strip: published, first seen, visits, and the present limit on one axis.
//! The drawing has a text that says the same, and a table of months for who cannot see it.

use askama::Template;
use chrono::Datelike as _;

use crate::alert::incident::{Incident, Kind, State};
use crate::assess::freshness::Judgement;
use crate::assess::ladder::Tier;
use crate::domain::item::Item;
use crate::domain::observation::Observation;
use crate::domain::time::{Date, date_of, in_chinese};
use crate::report::year::{DAYS, Day, Month, Visited, days, months};

/// Where the days begin, in units of the drawing.
const LEFT: f64 = 64.0;
/// How wide a day is.
const WIDTH: f64 = 2.8;

/// The strip as it is drawn.
#[derive(Template)]
#[template(path = "strip.svg", escape = "html")]
pub struct Strip {
    says: String,
    months: Vec<(f64, String)>,
    lines: Vec<Line>,
    runs: Vec<Run>,
    limits: Vec<Run>,
    /// The same by months, the latest first.
    pub table: Vec<(String, Month)>,
}

/// One row of cells.
struct Line {
    y: u32,
    word: &'static str,
    cells: Vec<Cell>,
}

struct Cell {
    x: f64,
    heat: usize,
    says: String,
}

/// Days in a row whose visits ended alike.
struct Run {
    x: f64,
    width: f64,
    key: &'static str,
    says: String,
}

impl Strip {
    /// The strip up to `today`; `late` are the days from and to which it is known to have been late.
    pub fn of(
        items: &[Item],
        seen: &[Observation],
        judgement: &Judgement,
        due_on: Option<Date>,
        late: &[(Date, Date)],
        today: Date,
    ) -> Strip {
        let days = days(items, seen, today);
        let months = months(&days);
        let updated = judgement.last_update.as_ref().map(|update| update.on);
        Strip {
            says: says(&days, today),
            months: ticks(&days),
            lines: vec![
                line(18, "标注发布", &days, today, |day| day.published),
                line(40, "首次见到", &days, today, |day| day.seen),
            ],
            runs: runs(&days, today),
            limits: before(late, updated, due_on, today)
                .into_iter()
                .chain(limits(updated, due_on, today))
                .collect(),
            table: months
                .into_iter()
                .rev()
                .map(|month| (format!("{}年{}月", month.year, month.month), month))
                .collect(),
        }
    }
}

/// From and to which days `incidents` tell that the limit was passed.
pub fn late(incidents: &[Incident], today: Date) -> Vec<(Date, Date)> {
    let stale = incidents.iter().filter(|one| one.key.kind == Kind::Stale);
    let spans = stale.filter_map(|incident| {
        let mut rises = incident.rises.iter();
        let from = rises.find(|rise| rise.tier >= Tier::Overdue)?.at;
        let to = match incident.state {
            State::Resolved { at } => date_of(at),
            State::Suspected { .. } | State::Open { .. } => today,
        };
        Some((date_of(from), to))
    });
    spans.collect()
}

fn x(place: usize) -> f64 {
    // A year's days are far from where a float would lose one.
    (LEFT + WIDTH * place as f64).round_to()
}

trait Rounded {
    fn round_to(self) -> f64;
}

impl Rounded for f64 {
    fn round_to(self) -> f64 {
        (self * 10.0).round() / 10.0
    }
}

fn line(
    y: u32,
    word: &'static str,
    days: &[Day],
    today: Date,
    count: impl Fn(&Day) -> usize,
) -> Line {
    let counted = days
        .iter()
        .enumerate()
        .map(|(at, day)| (at, day, count(day)));
    let cells = counted.filter(|(_, _, count)| *count > 0);
    Line {
        y,
        word,
        cells: cells
            .map(|(at, day, count)| Cell {
                x: x(at),
                heat: count.min(3),
                says: format!("{} {word}{count}条", in_chinese(day.on, today)),
            })
            .collect(),
    }
}

fn runs(days: &[Day], today: Date) -> Vec<Run> {
    let mut runs = Vec::new();
    let alike = days.chunk_by(|a, b| a.visited == b.visited);
    let mut at = 0;
    for run in alike {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        let key = match first.visited {
            Visited::Read => Some("read"),
            Visited::Unjudged => Some("unjudged"),
            Visited::Failed => Some("failed"),
            Visited::Not => None,
        };
        if let Some(key) = key {
            let day = |on| in_chinese(on, today);
            let when = match first.on == last.on {
                true => day(first.on),
                false => format!("{}至{}", day(first.on), day(last.on)),
            };
            runs.push(Run {
                x: x(at),
                width: (WIDTH * run.len() as f64).round_to(),
                key,
                says: format!("{when} {}", first.visited.in_chinese()),
            });
        }
        at += run.len();
    }
    runs
}

/// The days from the last update on: those in time up to the due day, and those late after it.
fn limits(updated: Option<Date>, due: Option<Date>, today: Date) -> Vec<Run> {
    let Some((updated, due)) = updated.zip(due) else {
        return Vec::new();
    };
    let parts = [
        ("within", "时限内", updated, due.min(today)),
        ("over", "超过时限", due + chrono::Days::new(1), today),
    ];
    let parts = parts.into_iter();
    parts
        .filter_map(|(key, word, from, to)| bar((key, word), (from, to), today))
        .collect()
}

/// The times that it was late before the last update; where nothing is due, as nobody can judge, to this day.
fn before(
    late: &[(Date, Date)],
    updated: Option<Date>,
    due: Option<Date>,
    today: Date,
) -> Vec<Run> {
    let known = updated.filter(|_| due.is_some());
    let end = known.map_or(today, |on| on - chrono::Days::new(1));
    let late = late.iter().map(|(from, to)| (*from, (*to).min(end)));
    late.filter_map(|days| bar(("over", "超过时限"), days, today))
        .collect()
}

/// A bar from day to day, as far as it lies within the year; nothing where it ends before it begins.
fn bar((key, word): (&'static str, &str), (from, to): (Date, Date), today: Date) -> Option<Run> {
    let first = today - chrono::Days::new(DAYS - 1);
    let place = |on: Date| (on - first).num_days().max(0) as f64 * WIDTH + LEFT;
    (from <= to && to >= first).then(|| Run {
        x: place(from).round_to(),
        width: (place(to) + WIDTH - place(from)).round_to(),
        key,
        says: format!(
            "{}至{} {word}",
            in_chinese(from, today),
            in_chinese(to, today)
        ),
    })
}

fn ticks(days: &[Day]) -> Vec<(f64, String)> {
    let firsts = days.iter().enumerate().filter(|(_, day)| day.on.day() == 1);
    firsts
        .map(|(at, day)| {
            let text = match day.on.month() {
                1 => format!("{}年", day.on.year()),
                month => format!("{month}月"),
            };
            (x(at), text)
        })
        .collect()
}

fn says(days: &[Day], today: Date) -> String {
    let published: usize = days.iter().map(|day| day.published).sum();
    let on = days.iter().filter(|day| day.published > 0).count();
    let visited = |visited| days.iter().filter(|day| day.visited == visited).count();
    let last = days.iter().rev().find(|day| day.published > 0);
    let last = last.map_or("没有标注发布的条目".to_owned(), |day| {
        format!("最近一次为{}", in_chinese(day.on, today))
    });
    format!(
        "近一年：{on}天有标注发布的条目，共{published}条，{last}；{}天已读取，{}天无法判断，{}天未能打开。",
        visited(Visited::Read),
        visited(Visited::Unjudged),
        visited(Visited::Failed),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bars of the limit in days from the beginning of the year that is drawn.
    fn drawn(updated: &str, due: &str, today: &str) -> Vec<(&'static str, i64, i64)> {
        let on = |text: &str| Some(text.parse().unwrap());
        let limits = limits(on(updated), on(due), today.parse().unwrap());
        let days = |width: f64| (width / WIDTH).round() as i64;
        let bars = limits.into_iter();
        bars.map(|bar| (bar.key, days(bar.x - LEFT), days(bar.width)))
            .collect()
    }

    #[test]
    fn a_time_late_that_is_over_is_drawn_too() {
        let on = |text: &str| text.parse::<Date>().unwrap();
        let late = [(on("2017-10-27"), on("2017-11-01"))];
        let today = on("2017-11-20");
        let last = i64::try_from(DAYS).unwrap() - 1;
        let bars = |updated: Option<&str>, due: Option<&str>| {
            let runs = before(&late, updated.map(on), due.map(on), today).into_iter();
            let days = |width: f64| (width / WIDTH).round() as i64;
            runs.map(|run| (days(run.x - LEFT), days(run.width)))
                .collect::<Vec<_>>()
        };
        // Up to the day before the item that ended it, whenever that was seen.
        assert_eq!(
            bars(Some("2017-10-31"), Some("2017-11-24")),
            [(last - 24, 4)]
        );
        assert_eq!(
            bars(Some("2017-11-18"), Some("2017-12-02")),
            [(last - 24, 6)]
        );
        assert_eq!(bars(Some("2017-10-01"), Some("2017-10-15")), []);
        // Nobody can judge it now: what was proven stays.
        assert_eq!(bars(Some("2017-10-01"), None), [(last - 24, 6)]);
    }

    #[test]
    fn days_in_time_and_days_late_are_bars_of_their_own() {
        let last = i64::try_from(DAYS).unwrap() - 1;
        // Updated ten days ago, due in four: in time until today.
        assert_eq!(
            drawn("2017-11-10", "2017-11-24", "2017-11-20"),
            [("within", last - 10, 11)]
        );
        // The due day itself is in time.
        assert_eq!(
            drawn("2017-11-06", "2017-11-20", "2017-11-20"),
            [("within", last - 14, 15)]
        );
        assert_eq!(
            drawn("2017-03-30", "2017-09-26", "2017-11-15"),
            [("within", last - 230, 181), ("over", last - 49, 50)]
        );
        // All of a year late, and what lies before it is not drawn.
        assert_eq!(
            drawn("2015-01-01", "2015-01-15", "2017-11-15"),
            [("over", 0, last + 1)]
        );
    }
}
