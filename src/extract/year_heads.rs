//! Years that a page prints for rows of month and day: as a heading above them, a row of its own
//! between them, or the tab of several that is marked as the present one.

use super::clean;
use super::dates;
use super::dom::{Dom, What, attr};
use super::rows::Listed;
use super::survey::Survey;

/// The longest text of a year alone, in bytes: `【 2016 年度 】`.
const ALONE: usize = 32;
/// The longest heading with a year, in characters.
const HEADING: usize = 16;
/// Bytes of text between a year and its first row, or between two years of a strip.
const NEAR: u32 = 48;
/// The most years of a page that are looked at.
const MOST: usize = 200;

/// A printed year.
struct Year {
    at: usize,
    year: i32,
    is_current: bool,
}

/// The year printed for each of some rows, which stand in document order.
pub fn of(survey: &Survey, rows: &[Listed]) -> Vec<Option<i32>> {
    let mut out = vec![None; rows.len()];
    let years = heads(strips(survey, found(survey, rows)));
    let mut next = years.iter().peekable();
    let mut head: Option<(i32, usize)> = None;
    let mut last: Option<&Listed> = None;
    let known = rows.iter().take_while(|row| row.block < survey.dom.len());
    for (row, out) in known.zip(&mut out) {
        let mut begins = false;
        while let Some(year) = next.next_if(|year| year.at < row.block) {
            head = Some((year.year, year.at));
            begins = true;
        }
        let goes_on = match last.filter(|_| !begins) {
            // One list goes on, or the next one follows without a word.
            Some(last) => {
                let end = survey.dom.end(last.block);
                last.path == row.path
                    && (last.list == row.list || survey.text_between(end, row.block) == 0)
            }
            None => head.is_some_and(|(_, at)| {
                begins && survey.text_between(at, row.block) <= NEAR + year_bytes(survey, at)
            }),
        };
        if !goes_on {
            head = None;
        }
        *out = head.map(|(year, _)| year);
        last = Some(row);
    }
    out
}

fn year_bytes(survey: &Survey, at: usize) -> u32 {
    survey.text_between(at, at + 1)
}

/// Every year on the page that stands alone in its text, or leads a heading, outside of rows and
/// furniture; and the chosen one of a list of choices.
fn found(survey: &Survey, rows: &[Listed]) -> Vec<Year> {
    let dom = survey.dom;
    let mut out: Vec<Year> = Vec::new();
    for (at, node) in dom.iter() {
        let What::Text(text) = node.what else {
            continue;
        };
        let chosen = node.silent
            && dom.tag(node.parent) == "option"
            && dom.attr(node.parent, "selected").is_some();
        if node.hidden || node.furniture || (node.silent && !chosen) || out.len() >= MOST {
            continue;
        }
        let text = clean::trimmed(text);
        let alone =
            text.len() <= ALONE && text.contains(|c: char| dates::plain(c).is_ascii_digit());
        let year = alone.then(|| lone(text)).flatten();
        let Some(year) = year.or_else(|| heading(dom, at, text)) else {
            continue;
        };
        if !is_in_row(dom, rows, at) {
            out.push(Year {
                at,
                year,
                is_current: chosen || is_marked(dom, at),
            });
        }
    }
    out
}

/// A year and nothing else.
fn lone(text: &str) -> Option<i32> {
    let plain: String = text
        .chars()
        .map(dates::plain)
        .filter(|c| !" []():".contains(*c))
        .collect();
    let digits = plain
        .strip_suffix("年度")
        .or_else(|| plain.strip_suffix('年'))
        .unwrap_or(&plain);
    year(digits)
}

fn year(digits: &str) -> Option<i32> {
    let plausible = |year: &i32| (1995..=2100).contains(year);
    (digits.len() == 4)
        .then(|| digits.parse().ok())
        .flatten()
        .filter(plausible)
}

/// `2016年工作动态` in an element that is a heading by its tag.
fn heading(dom: &Dom, at: usize, text: &str) -> Option<i32> {
    let above = dom.tag(dom.parent(at));
    let is_heading = matches!(
        above,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" | "th" | "caption" | "legend"
    );
    if !is_heading || text.chars().count() > HEADING {
        return None;
    }
    let (digits, rest) = text.split_at_checked(4)?;
    let led = rest.trim_start().starts_with('年');
    year(digits).filter(|_| led && dates::scan(text).is_empty())
}

/// Whether a text stands in a row that has a date of its own: years of rows are put together with
/// these elsewhere.
fn is_in_row(dom: &Dom, rows: &[Listed], at: usize) -> bool {
    let after = rows.partition_point(|row| row.block <= at);
    let near = after.checked_sub(1).and_then(|at| rows.get(at));
    near.is_some_and(|row| at < dom.end(row.block))
}

/// Whether an element near a text is marked as the present one of several.
fn is_marked(dom: &Dom, at: usize) -> bool {
    const MARKS: [&str; 12] = [
        "on", "cur", "curr", "current", "active", "selected", "select", "now", "this", "checked",
        "hover", "focus",
    ];
    let mut place = dom.parent(at);
    for _ in 0..3 {
        let Some(element) = dom.element(place) else {
            return false;
        };
        let tag = element.name();
        let classes = attr(element, "class").unwrap_or_default();
        let mut words = classes.split(|c: char| !c.is_ascii_alphabetic());
        if words.any(|word| MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(word)))
            || attr(element, "aria-selected") == Some("true")
        {
            return true;
        }
        if !matches!(
            tag,
            "a" | "span" | "li" | "b" | "strong" | "em" | "font" | "i" | "td"
        ) {
            return false;
        }
        place = dom.parent(place);
    }
    false
}

/// Runs of different years close to one another: strips of tabs, each as its places.
fn strips(survey: &Survey, years: Vec<Year>) -> Vec<Vec<Year>> {
    let mut out: Vec<Vec<Year>> = Vec::new();
    for year in years {
        let near = |last: &Year| {
            let items = survey.items.partition_point(|item| item.at < last.at);
            let between = survey
                .items
                .get(items)
                .is_some_and(|item| item.at < year.at);
            !between && survey.text_between(last.at, year.at) <= NEAR
        };
        match out.last_mut() {
            Some(strip) if strip.last().is_some_and(near) => strip.push(year),
            _ => out.push(vec![year]),
        }
    }
    out
}

/// Of each strip the year that holds for what follows: the only one, or the one that is marked.
fn heads(strips: Vec<Vec<Year>>) -> Vec<Year> {
    let chosen = strips.into_iter().filter_map(|mut strip| {
        let last = strip.last()?.at;
        if strip.len() > 1 {
            strip.retain(|year| year.is_current);
        }
        let several = strip.len() > 1;
        let head = strip.pop().filter(|_| !several)?;
        // What follows begins behind the whole strip.
        Some(Year { at: last, ..head })
    });
    chosen.collect()
}
