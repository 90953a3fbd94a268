//! Days that stand above the rows which they date: a heading for every day, under it the rows
//! without dates. One such day alone is no heading but the clock of the page. Months stand so too,
//! above rows that print nothing but the day.

use chrono::NaiveDate;

use super::clean;
use super::dates::{self, Stamp};
use super::labels::Label;
use super::printed::{Mark, marked};
use super::rows::Listed;
use super::standing::Standing;
use super::survey::Survey;

/// The most days of a page that are looked at.
const MOST: usize = 400;

/// A day or a month that may be the heading of rows.
struct Head {
    at: usize,
    /// The structure of what it stands in.
    path: u64,
    mark: Mark,
    /// The rows below it, as their first and one past the last.
    rows: (usize, usize),
}

/// Dates the rows that stand below a heading with their day.
pub fn apply(survey: &Survey, rows: &mut [Listed]) {
    if rows.iter().all(|row| row.mark.is_some()) {
        return;
    }
    let heads = heads(survey, rows);
    let is_day = |head: &&Head| matches!(head.mark.stamp, Stamp::Full(_));
    let (days, months): (Vec<&Head>, Vec<&Head>) = heads.iter().partition(is_day);
    for month in &months {
        let alike = months.iter().filter(|other| other.path == month.path);
        below_a_month(survey, rows, month, alike.take(2).count() > 1);
    }
    for day in &days {
        let alike = days.iter().filter(|other| other.path == day.path);
        if alike.take(2).count() < 2 {
            continue;
        }
        let below = rows.get_mut(day.rows.0..day.rows.1).unwrap_or_default();
        for row in below {
            row.mark = Some(day.mark.clone());
        }
    }
}

/// Dates the rows below a month, where each of them prints its day and they run downwards. Mere
/// numbers may be ranks: below one of several months alone they are days.
fn below_a_month(survey: &Survey, rows: &mut [Listed], head: &Head, several: bool) {
    let Stamp::Month(year, month) = head.mark.stamp else {
        return;
    };
    let below = rows.get_mut(head.rows.0..head.rows.1).unwrap_or_default();
    let days: Option<Vec<NaiveDate>> = below
        .iter()
        .map(|row| NaiveDate::from_ymd_opt(year, month, day_of(survey, row, several)?))
        .collect();
    let Some(days) = days.filter(|days| days.is_sorted_by(|a, b| a >= b)) else {
        return;
    };
    for (row, on) in below.iter_mut().zip(days) {
        let words = format!("{} {}", head.mark.snippet, on.format("%-d"));
        row.mark = Some(marked(&words, Stamp::Full(on)));
    }
}

/// The only number of one or two digits that stands in a row by itself: `20日`, or `20` too where it
/// may be `bare`.
fn day_of(survey: &Survey, row: &Listed, bare: bool) -> Option<u32> {
    let texts = survey.dom.texts(row.block, survey.dom.end(row.block));
    let mut days = texts.take(40).filter_map(|(_, text)| {
        let plain: String = clean::trimmed(text)
            .chars()
            .take(6)
            .map(dates::plain)
            .collect();
        let plain = plain.trim_matches(['[', ']', '(', ')', ' ']);
        let named = plain.strip_suffix(['日', '号']);
        let digits = named.or(Some(plain).filter(|_| bare))?;
        let number = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        number.then(|| digits.parse::<u32>().ok()).flatten()
    });
    let day = days.next()?;
    days.next().is_none().then_some(day)
}

/// The days and months right above rows of which none has a date.
fn heads(survey: &Survey, rows: &[Listed]) -> Vec<Head> {
    let dom = survey.dom;
    let alone = survey.dated.iter().filter(|d| {
        let shown = dom.get(d.node).is_some_and(|n| !n.hidden && !n.furniture);
        let plain = d.standing == Standing::Alone && !d.found.ranged && d.label == Label::None;
        shown
            && plain
            && d.in_item.is_none()
            && matches!(d.found.stamp, Stamp::Full(_) | Stamp::Month(..))
    });
    let alone: Vec<_> = alone.take(MOST).collect();
    let mut out: Vec<Head> = Vec::new();
    for (place, d) in alone.iter().enumerate() {
        let end = alone.get(place + 1).map_or(dom.len(), |next| next.node);
        let first = rows.partition_point(|row| row.block < d.node);
        let Some(lead) = rows.get(first).filter(|row| row.block < end) else {
            continue;
        };
        let inside = rows
            .get(first.saturating_sub(1))
            .is_some_and(|row| first > 0 && row.block < d.node && d.node < dom.end(row.block));
        let near = survey.text_between(d.node + 1, lead.block) == 0;
        let last = rows.iter().skip(first);
        let last = last.take_while(|row| row.block < end && row.list == lead.list);
        let below = first..first + last.count();
        let bare = rows.get(below.clone()).unwrap_or_default();
        if !inside && near && bare.iter().all(|row| row.mark.is_none()) {
            out.push(Head {
                at: d.node,
                path: dom.get(dom.parent(d.node)).map_or(0, |node| node.path),
                mark: marked(d.text, d.found.stamp),
                rows: (below.start, below.end),
            });
        }
    }
    out.dedup_by_key(|head| head.at);
    out
}
