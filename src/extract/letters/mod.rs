//! Letter-boxes (信箱、咨询、留言): which letters a list shows, and what their rows and pages say of
//! asking and answering. Only what a page says in words counts: that it shows no answer is no proof
//! that there is none, since answers are often loaded by scripts.

mod data;
pub mod paging;
mod putting_off;
mod row;
mod short;
pub(super) mod waiting;
mod words;

use std::borrow::Cow;

use super::dates::{self, Stamp};
use super::dom::What;
use super::labels::Label;
use super::notes::Notes;
use super::rows::Listed;
use super::survey::{Dated, Survey};
use super::view::{self, View};
use super::{by_rules, clean, column, expand, items, json_list};
use crate::domain::letter::{ListedLetter, State, Told};
use crate::domain::page::Page;
use crate::domain::reading_rules::{Json, ReadRules, Shape};
use crate::domain::time::Date;
pub use data::waits;
use row::{answer_cell, of_row};
pub(super) use short::links as short_links;
use words::Sayings;

/// The most letters of one list.
const MOST: usize = 500;
/// Bytes of text up to which a row may be one of a list beside the letter.
const ROW_BYTES: u32 = 400;
/// Letters of one list that stand in it without links, from which it is read as such.
const BLOCKS: usize = 2;

/// The letters of a list page, of a piece of one, or of its data, under the rules of its column.
pub fn list(page: &Page, rules: Option<&ReadRules>, today: Date) -> Vec<ListedLetter> {
    let page = rules.map_or(Cow::Borrowed(page), |rules| {
        by_rules::decoded(page, rules, &mut Notes::default()).0
    });
    let Some(text) = super::text(&page) else {
        return Vec::new();
    };
    let shape = rules.and_then(|rules| rules.json.as_ref()).map(Json::shape);
    let markup = |shape: &Shape| json_list::markup(&text, shape);
    if let Some(html) = shape.as_ref().and_then(markup) {
        return of_page(&made(&page, html), today);
    }
    if json_list::is_data(&text) {
        return data::list(&text, shape.as_ref(), &page.url, today);
    }
    let letters = of_page(&page, today);
    if letters.iter().any(|letter| letter.told != Told::default()) {
        return letters;
    }
    let hidden = expand::rows(&text).html;
    if hidden.is_empty() {
        return letters;
    }
    let more = of_page(&made(&page, hidden), today);
    match more.is_empty() {
        true => letters,
        false => more,
    }
}

fn of_page(page: &Page, today: Date) -> Vec<ListedLetter> {
    view::of_short(page, today, short::links, of_view).unwrap_or_default()
}

/// Markup that stands in a page, as a page.
fn made(page: &Page, html: String) -> Page {
    Page {
        url: page.url.clone(),
        status: page.status,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: html.into_bytes(),
    }
}

/// What a letter's own page says of it; nothing where it is no page that could be read.
pub fn letter(page: &Page, today: Date) -> Option<Told> {
    let of = |view: &View| {
        let survey = view.survey;
        let nodes = |node: usize| is_own(survey, node);
        let dates = || survey.dated.iter().filter(|dated| nodes(dated.node));
        let mut told = told(survey, (0, survey.dom.len()), dates(), nodes, today);
        if told.asked_on.is_none() {
            told.asked_on = bare_day(dates(), today).filter(|on| {
                let answered_on = told.answered_on;
                answered_on.is_none_or(|answered_on| *on <= answered_on)
            });
        }
        told
    };
    view::of(page, today, of).ok()
}

/// The day that a letter's page calls nothing but its time, before any that is said to be another.
fn bare_day<'d, 'a: 'd>(
    mut dates: impl Iterator<Item = &'d Dated<'a>>,
    today: Date,
) -> Option<Date> {
    let first = dates.find(|dated| dated.in_item.is_none() && dated.label != Label::None)?;
    day(first, today).filter(|_| first.label == Label::Date)
}

/// Whether a place of a letter's page tells of that letter: not in header, footer or navigation,
/// and in no row of a list of other letters.
fn is_own(survey: &Survey<'_, '_>, node: usize) -> bool {
    let dom = survey.dom;
    let is_shown = dom
        .get(node)
        .is_some_and(|node| !node.furniture && !node.hidden);
    let mut at = node;
    for _ in 0..6 {
        at = dom.parent(at);
        if matches!(dom.tag(at), "li" | "tr" | "dd") {
            let is_row =
                survey.items_in(at) > 0 && survey.text_between(at, dom.end(at)) < ROW_BYTES;
            return is_shown && !is_row;
        }
    }
    is_shown
}

fn of_view(view: &View) -> Vec<ListedLetter> {
    let blocks = of_blocks(view);
    if blocks.len() >= BLOCKS {
        return blocks;
    }
    let Some(group) = column::deciding(view) else {
        return blocks;
    };
    let rows = group.rows.iter().take(MOST);
    let rows: Vec<(&Listed, Option<Date>)> = rows
        .filter_map(|at| {
            let row = view.rows.get(*at)?;
            let on = view.datings.get(*at)?.claim().map(|claim| claim.on);
            (row.block < view.dom.len()).then_some((row, on))
        })
        .collect();
    // Places of answers, of which some are filled and others blank, say so of these.
    let said: Vec<(&Listed, Option<Date>, Told, bool)> = rows
        .into_iter()
        .map(|(row, on)| {
            let (told, is_blank) = of_row(view, row);
            (row, on, told, is_blank)
        })
        .collect();
    let is_filled = said.iter().any(|(row, _, told, is_blank)| {
        let is_told = told.words || told.answered_on.is_some();
        !is_blank && (is_told || answer_cell(view.survey, row) == Some(true))
    });
    let letters = said.into_iter().map(|(row, on, mut told, is_blank)| {
        if is_filled && is_blank && !told.is_answered() {
            told.state = told.state.or(Some(State::Open));
        }
        // The only day of a letter that waits is that of its writing.
        if told.is_open() && told.asked_on.is_none() {
            told.asked_on = on.filter(|on| dates::is_plausible(*on, view.today));
        }
        ListedLetter {
            title: row.title.clone(),
            url: row
                .url
                .as_ref()
                .filter(|url| *url != view.base)
                .map(|url| clean::line(url.as_str(), 1000)),
            told,
        }
    });
    letters.collect()
}

/// Letters that stand in a page as blocks of text: each begins with the day of its writing.
fn of_blocks(view: &View) -> Vec<ListedLetter> {
    let survey = view.survey;
    let is_asked = |dated: &&Dated<'_>| {
        let is_shown = survey.dom.get(dated.node);
        let is_shown = is_shown.is_some_and(|node| !node.furniture && !node.hidden);
        let is_alone = dated.in_item.is_none() && !in_row(survey, dated.node);
        dated.label == Label::Asked && is_shown && is_alone
    };
    let begins: Vec<&Dated<'_>> = survey.dated.iter().filter(is_asked).take(MOST).collect();
    let ends = begins.iter().skip(1).map(|dated| dated.node);
    let mut letters = Vec::new();
    let mut former = 0;
    for (dated, end) in begins.iter().zip(ends.chain([survey.dom.len()])) {
        let range = (dated.node, end);
        let dates = survey.dates_between(range.0, range.1);
        let nodes = |node: usize| survey.dom.get(node).is_some_and(|node| !node.furniture);
        let (told, sayings) = heard(survey, range, dates, nodes, view.today);
        let title = title_before(survey, former, dated.node);
        former = dated.node + 1;
        if let Some(title) = title {
            let url = None;
            let letter = ListedLetter { title, url, told };
            letters.push((letter, sayings.is_blank() && !shows_more(survey, range)));
        }
    }
    by_blanks(letters)
}

/// Letters, each with whether the place of its answer is left blank: where others of the same list fill
/// it, that says that this one waits. Where none does, answers may stand elsewhere.
fn by_blanks(letters: Vec<(ListedLetter, bool)>) -> Vec<ListedLetter> {
    let is_filled = letters.iter().any(|(letter, is_blank)| {
        let told = &letter.told;
        !is_blank && (told.words || told.answered_on.is_some())
    });
    let said = letters.into_iter().map(|(mut letter, is_blank)| {
        if is_filled && is_blank && !letter.told.is_answered() {
            letter.told.state = letter.told.state.or(Some(State::Open));
        }
        letter
    });
    said.collect()
}

/// Whether a range shows what may be an answer without being text.
fn shows_more(survey: &Survey<'_, '_>, (start, end): (usize, usize)) -> bool {
    let mut nodes = survey.dom.range(start, end);
    nodes.any(|(_, node)| {
        !node.furniture && matches!(node.tag, "img" | "iframe" | "object" | "embed" | "video")
    })
}

/// Whether a place lies in a row with a link: rows of lists are read as such.
fn in_row(survey: &Survey<'_, '_>, node: usize) -> bool {
    let mut at = node;
    for _ in 0..6 {
        at = survey.dom.parent(at);
        match survey.dom.tag(at) {
            // What is said of a term stands beside it.
            "dd" | "dt" if survey.items_in(at) == 0 => {}
            "li" | "tr" | "dd" | "dt" | "dl" | "table" => return survey.items_in(at) > 0,
            _ => {}
        }
    }
    false
}

/// The last words before a place that can be a title.
fn title_before(survey: &Survey<'_, '_>, start: usize, end: usize) -> Option<String> {
    let texts: Vec<(usize, &str)> = survey.dom.texts(start, end).collect();
    let mut last = texts.iter().enumerate().rev().take(8);
    last.find_map(|(at, (node, text))| {
        let before = at.checked_sub(1).and_then(|at| texts.get(at));
        let is_named = || short::is_title(survey.dom, *node, text, before.map(|(_, text)| *text));
        let text = clean::line(words::content(text), clean::TITLE);
        let weight = clean::weight(&text);
        let may_be = weight >= items::LEAST || (weight >= short::LEAST && is_named());
        may_be.then_some(text)
    })
}

/// What a range says of a letter, by its labelled days and by words.
fn told<'d, 'a: 'd>(
    survey: &Survey<'_, '_>,
    (start, end): (usize, usize),
    dates: impl Iterator<Item = &'d Dated<'a>>,
    is_read: impl Fn(usize) -> bool,
    today: Date,
) -> Told {
    heard(survey, (start, end), dates, is_read, today).0
}

/// The same, with the words that were heard.
fn heard<'d, 'a: 'd>(
    survey: &Survey<'_, '_>,
    (start, end): (usize, usize),
    dates: impl Iterator<Item = &'d Dated<'a>>,
    is_read: impl Fn(usize) -> bool,
    today: Date,
) -> (Told, Sayings) {
    let mut told = Told::default();
    for dated in dates.filter(|dated| dated.in_item.is_none()) {
        if let Some(on) = day(dated, today)
            && !is_led_by_a_state(survey, dated)
        {
            set(&mut told, dated.label, on);
        }
    }
    let mut sayings = Sayings::default();
    for (node, place) in survey.dom.range(start, end) {
        if let What::Text(text) = place.what
            && !place.silent
            && is_read(node)
        {
            sayings.hear(text);
        }
    }
    told.state = sayings.state();
    told.unit = sayings.unit;
    told.words = sayings.words();
    (told, sayings)
}

/// Whether a state stands before a day: 已回复 2017-11-01 need not be the day of the answer.
fn is_led_by_a_state(survey: &Survey<'_, '_>, dated: &Dated<'_>) -> bool {
    let chars: String = dated.text.chars().take(dated.found.start).collect();
    let before = chars.split_whitespace().next_back();
    if let Some(before) = before.filter(|text| text.chars().any(char::is_alphabetic)) {
        return words::is_state(before);
    }
    let from = dated.node.saturating_sub(24);
    let texts = survey.dom.texts(from, dated.node);
    let last = texts
        .map(|(_, text)| text.trim())
        .filter(|text| !text.is_empty());
    last.last().is_some_and(words::is_state)
}

fn day(dated: &Dated<'_>, today: Date) -> Option<Date> {
    match dated.found.stamp {
        Stamp::Full(on) if dates::is_plausible(on, today) => Some(on),
        _ => None,
    }
}

/// Takes a labelled day: the first of each kind counts, and no answer is older than its question.
fn set(told: &mut Told, label: Label, on: Date) {
    match label {
        Label::Asked => told.asked_on = told.asked_on.or(Some(on)),
        Label::Answered | Label::Handled => {
            let is_later = told.asked_on.is_none_or(|asked| asked <= on);
            told.answered_on = told.answered_on.or(Some(on).filter(|_| is_later));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
