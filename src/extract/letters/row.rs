//! One row of a list of letters: a row of a table or list, or a term with what is said of it.

use super::{day, heard, is_led_by_a_state, set, shows_more, words};
use crate::domain::letter::Told;
use crate::extract::clean;
use crate::extract::labels::{self, Label};
use crate::extract::rows::Listed;
use crate::extract::survey::Survey;
use crate::extract::view::View;

/// The most places of a row that is made of terms and definitions.
const MOST_OF_A_ROW: usize = 200;

/// Whether the cell of a row for the day of the answer is filled; nothing where the list has none.
pub fn answer_cell(survey: &Survey<'_, '_>, row: &Listed) -> Option<bool> {
    let is_answer = |cell: &usize| {
        let head = survey.column_head(row.block, *cell);
        head.is_some_and(|head| matches!(labels::label(&head), Label::Answered | Label::Handled))
    };
    let cell = survey.cells(row.block).into_iter().find(is_answer)?;
    let end = survey.dom.end(cell);
    Some(!words::is_bare(&survey.dom.text(cell, end, 8)))
}

/// Whether a row's own cell under a head of answers holds one.
fn is_answered_in_cell(survey: &Survey<'_, '_>, row: &Listed) -> bool {
    let is_answer = |cell: &usize| {
        let head = survey.column_head(row.block, *cell);
        head.is_some_and(|head| words::is_answer_head(&clean::squeezed(&head)))
    };
    let mut cells = survey.cells(row.block).into_iter().filter(is_answer);
    cells.any(|cell| words::is_answer(&survey.dom.text(cell, survey.dom.end(cell), 400)))
}

/// What a row says of its letter, and whether it leaves the place of the answer blank.
pub fn of_row(view: &View, row: &Listed) -> (Told, bool) {
    let survey = view.survey;
    let end = end_of_row(survey, row.block);
    let dates = survey.dates_between(row.block, end);
    let linked = |node: usize| {
        let mut at = node;
        while at > row.block {
            if survey.dom.tag(at) == "a"
                && !words::is_state(&survey.dom.text(at, survey.dom.end(at), 12))
            {
                return false;
            }
            at = survey.dom.parent(at);
        }
        true
    };
    let range = (row.block, end);
    let (mut told, sayings) = heard(survey, range, dates, linked, view.today);
    let heads = |node: usize| survey.column_head(row.block, node);
    for dated in survey.dates_between(row.block, end) {
        let is_bare = matches!(dated.label, Label::None | Label::Date);
        if dated.in_item.is_some() || !(is_bare || is_led_by_a_state(survey, dated)) {
            continue;
        }
        let label = heads(dated.node).and_then(|head| labels::head(&dated.found, &head));
        if let (Some(label), Some(on)) = (label, day(dated, view.today)) {
            set(&mut told, label, on);
        }
    }
    told.words |= is_answered_in_cell(survey, row);
    for (node, text) in survey.dom.texts(row.block, end) {
        let head = heads(node).unwrap_or_default();
        let is_long = clean::weight(text) >= 2;
        told.unit |= is_long && words::is_unit(&head);
    }
    let is_blank = match answer_cell(survey, row) {
        Some(filled) => !filled,
        None => sayings.is_blank() && !shows_more(survey, range),
    };
    (told, is_blank)
}

/// Where the row ends that begins at `block`: a term or a definition is followed by what else is said of
/// its letter, up to the next letter of the same list.
fn end_of_row(survey: &Survey<'_, '_>, block: usize) -> usize {
    let dom = survey.dom;
    let (tag, whole) = (dom.tag(block), dom.end(dom.parent(block)));
    let mut end = dom.end(block);
    if !matches!(tag, "dt" | "dd") {
        return end;
    }
    // The label of what follows belongs to that.
    let mut sure = end;
    while end < whole && end < block + MOST_OF_A_ROW {
        let next = end;
        let (kind, is_element) = (dom.tag(next), !dom.tag(next).is_empty());
        if survey.items_in(next) > 0 || (tag == "dt" && kind == "dt") {
            return match tag {
                "dt" => end,
                _ => sure,
            };
        }
        end = dom.end(next).max(next + 1);
        if is_element && kind != "dt" {
            sure = end;
        }
    }
    end.min(whole)
}
