//! Days that stand above the rows which they date: a heading for every day, under it the rows
//! without dates. One such day alone is no heading but the clock of the page.

use super::dates::Stamp;
use super::labels::Label;
use super::printed::{Mark, marked};
use super::rows::Listed;
use super::standing::Standing;
use super::survey::Survey;

/// The most days of a page that are looked at.
const MOST: usize = 400;

/// A day that may be the heading of rows.
struct Day {
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
    let days = days(survey, rows);
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

/// The days right above rows of which none has a date.
fn days(survey: &Survey, rows: &[Listed]) -> Vec<Day> {
    let dom = survey.dom;
    let alone = survey.dated.iter().filter(|d| {
        let shown = dom.get(d.node).is_some_and(|n| !n.hidden && !n.furniture);
        let plain = d.standing == Standing::Alone && !d.found.ranged && d.label == Label::None;
        shown && plain && d.in_item.is_none() && matches!(d.found.stamp, Stamp::Full(_))
    });
    let alone: Vec<_> = alone.take(MOST).collect();
    let mut out: Vec<Day> = Vec::new();
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
            out.push(Day {
                at: d.node,
                path: dom.get(dom.parent(d.node)).map_or(0, |node| node.path),
                mark: marked(d.text, d.found.stamp),
                rows: (below.start, below.end),
            });
        }
    }
    out.dedup_by_key(|day| day.at);
    out
}
