//! What of a page was left aside and why, told in notes: refused dates, pinned and hidden rows,
//! rows that lead off the site, and what looks like a row's date and is none. It decides nothing.

use super::dates::{self, Stamp};
use super::dom::What;
use super::labels::Label;
use super::notes::Notes;
use super::rows::Listed;
use super::standing::Standing;
use super::survey::Dated;
use super::view::View;
use super::years::Dating;
use super::{address, column, pageclock};
use crate::domain::note::Note;
use crate::domain::time::Date;

/// The most rows that are looked at for remarks.
const MOST_ROWS: usize = 200;
/// Digits from which a number that begins like a year is an index number.
const INDEX_DIGITS: usize = 9;
/// Words of a line about the site itself.
const SITE_LINES: [&str; 8] = [
    "版权",
    "copyright",
    "©",
    "备案",
    "访问量",
    "浏览量",
    "访问人数",
    "访客",
];

/// Tells what was left aside on a page whose deciding rows are these.
pub fn remark(view: &View, rows: &[usize], notes: &mut Notes) {
    let rows = rows.get(..rows.len().min(MOST_ROWS)).unwrap_or_default();
    refused(view, notes);
    disputed(view, rows, notes);
    pinned(view, rows, notes);
    hidden(view, rows, notes);
    off_site(view, rows, notes);
    head_row(view, rows, notes);
    inside(view, rows, notes);
    beside(view, notes);
}

fn listed<'v>(view: &'v View, rows: &'v [usize]) -> impl Iterator<Item = &'v Listed> {
    rows.iter().filter_map(|at| view.rows.get(*at))
}

/// The date that a row prints or its address carries, believed or not.
fn stated(row: &Listed) -> Option<Date> {
    match row.mark.as_ref().map(|mark| mark.stamp) {
        Some(Stamp::Full(on) | Stamp::Short(on)) => Some(on),
        Some(_) => None,
        None => match row.url.as_ref().and_then(address::path_date) {
            Some(address::PathDate::Day(on)) => Some(on),
            _ => None,
        },
    }
}

fn refused(view: &View, notes: &mut Notes) {
    let dates = view.datings.iter().filter_map(|dating| dating.refused());
    let dates: Vec<Date> = dates.collect();
    let (future, past): (Vec<Date>, Vec<Date>) = dates.iter().partition(|on| **on > view.today);
    if let Some(&latest) = future.iter().max() {
        let dates = future.len();
        notes.say(Note::FutureRefused { dates, latest });
    }
    if let Some(&earliest) = past.iter().min() {
        let dates = past.len();
        notes.say(Note::PastRefused { dates, earliest });
    }
}

/// Rows whose day could not be told though something like one is there.
fn disputed(view: &View, rows: &[usize], notes: &mut Notes) {
    let datings = || rows.iter().filter_map(|at| view.datings.get(*at));
    let rows = datings()
        .filter(|dating| **dating == Dating::Disputed)
        .count();
    if rows > 0 {
        notes.say(Note::YearsDisagree { rows });
    }
    let shared = datings().find_map(|dating| match dating {
        Dating::Shared(day) => Some(*day),
        _ => None,
    });
    if let Some(on) = shared {
        notes.say(Note::SharedDay { on });
    }
    if view.shared {
        notes.say(Note::SharedMoment);
    }
}

/// Rows above the newest one that are older than what follows it: lists show the newest first.
fn pinned(view: &View, rows: &[usize], notes: &mut Notes) {
    let dates: Vec<Option<Date>> = rows
        .iter()
        .map(|at| Some(view.datings.get(*at)?.claim()?.on))
        .collect();
    let newest = dates.iter().enumerate().rev().max_by_key(|(_, on)| **on);
    let Some((at, _)) = newest.filter(|(at, on)| *at > 0 && on.is_some()) else {
        return;
    };
    let (above, below) = dates.split_at(at);
    let falls = below.windows(2).all(|pair| pair.first() >= pair.last());
    let one_list = listed(view, rows).take(at + 1).all(|row| {
        let first = rows.first().and_then(|at| view.rows.get(*at));
        first.is_some_and(|first| first.list == row.list)
    });
    let count = above.iter().flatten().count();
    if (1..=column::MOST_PINNED).contains(&count) && below.len() >= 2 && falls && one_list {
        notes.say(Note::Pinned { rows: count });
    }
}

/// Rows of the list's own structure that are not displayed.
fn hidden(view: &View, rows: &[usize], notes: &mut Notes) {
    let Some(path) = listed(view, rows).map(|row| row.path).next() else {
        return;
    };
    if listed(view, rows).all(|row| row.hidden || row.tucked) {
        notes.say(Note::ListHidden);
        return;
    }
    let alike = view.rows.iter().filter(|row| row.path == path);
    let rows = alike.filter(|row| row.hidden).count();
    if rows > 0 {
        notes.say(Note::Hidden { rows });
    }
}

fn off_site(view: &View, rows: &[usize], notes: &mut Notes) {
    let urls = listed(view, rows).filter_map(|row| row.url.as_ref());
    let rows = urls
        .filter(|url| !address::is_same_site(url, view.base))
        .count();
    if rows > 0 {
        notes.say(Note::OffSite { rows });
    }
}

/// A row of column heads before the first row.
fn head_row(view: &View, rows: &[usize], notes: &mut Notes) {
    let Some(first) = listed(view, rows).next() else {
        return;
    };
    if first.block >= view.dom.len() {
        return;
    }
    let says = |words: &[&str]| {
        view.dom
            .texts(first.list, first.block)
            .map(|(_, text)| text.trim())
            .any(|text| text.len() <= 30 && words.iter().any(|word| text.contains(word)))
    };
    if says(&["标题", "名称"]) && says(&["日期", "时间"]) {
        notes.say(Note::HeadRow);
    }
}

/// Within the rows: dates that are not the row's, and numbers that are no dates.
fn inside(view: &View, rows: &[usize], notes: &mut Notes) {
    let (mut events, mut numbers) = (0, 0);
    for row in listed(view, rows).filter(|row| row.block < view.dom.len()) {
        let end = view.dom.end(row.block);
        let mut dated = view.survey.dates_between(row.block, end);
        events += usize::from(dated.any(is_of_an_event));
        let mut texts = view.dom.texts(row.block, end);
        numbers += usize::from(texts.any(|(_, text)| has_index_number(text)));
    }
    if events > 0 {
        notes.say(Note::EventDates { rows: events });
    }
    if numbers > 0 {
        notes.say(Note::IndexNumbers { rows: numbers });
    }
}

fn is_of_an_event(d: &Dated) -> bool {
    let named = d.in_item.is_some() && d.standing == Standing::Prose;
    d.label == Label::Other || d.found.ranged || named
}

/// Whether a text has a run of digits that begins like a date and is too long for one.
fn has_index_number(text: &str) -> bool {
    if !dates::has_digit(text) {
        return false;
    }
    let mut runs = text.split(|c: char| !c.is_ascii_digit() && c != '-');
    runs.any(|run| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let year = run.starts_with("19") || run.starts_with("20");
        year && digits >= INDEX_DIGITS && dates::scan(run).is_empty()
    })
}

/// Beside the rows: clocks, weather, traffic rules, and lines about the site.
fn beside(view: &View, notes: &mut Notes) {
    let dated = view.survey.dated.iter();
    let mut lines = dated.filter(|d| d.in_item.is_none()).map(|d| d.text);
    let struck = view.rows.iter().zip(view.datings).any(|(row, dating)| {
        *dating == Dating::None && row.mark.is_some() && stated(row) == Some(view.today)
    });
    if struck || lines.clone().any(pageclock::is_line) {
        notes.say(Note::PageClock);
    }
    let of_the_site = |text: &str| {
        let lower = text.to_lowercase();
        SITE_LINES.iter().any(|word| lower.contains(word))
    };
    if lines.any(of_the_site) || has_counter(view) {
        notes.say(Note::SiteLine);
    }
}

/// Whether a line about the site has a number that could pass for a day.
fn has_counter(view: &View) -> bool {
    view.dom.iter().any(|(_, node)| match node.what {
        What::Text(text) if !node.silent && text.len() < 400 && dates::has_digit(text) => {
            let counter = ["访问量", "浏览量", "访问人数"];
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            digits >= 8 && counter.iter().any(|word| text.contains(word))
        }
        _ => false,
    })
}
