//! Rows of a list that say whether their letters are answered or wait. A letter that waits for its
//! answer is nothing that the unit has done, whatever day stands beside it.

use super::words;
use crate::domain::letter::State;
use crate::extract::dom::{What, attr};
use crate::extract::view::View;
use crate::extract::years::{Claim, Dating, Doubt};

/// The longest statement of a state, in bytes.
const LENGTH: usize = 48;
/// The most texts of a row that are looked at.
const MOST_TEXTS: usize = 40;
/// What a letter waits for; affairs that are no letters wait for other things.
const ANSWERS: [&str; 3] = ["回复", "答复", "反馈"];
/// Words beside a day that is that of an answer, or of what was done.
const DONE: [&str; 7] = ["回复", "答复", "反馈", "办结", "办理", "处理", "办复"];

/// The rows of a list of letters that count, and the dates of the page as they are to be read then.
pub struct Letters {
    /// The rows that do not wait for an answer.
    pub rows: Vec<usize>,
    /// The dates of all rows: those which only tell when a letter was written are marked so.
    pub datings: Vec<Dating>,
}

/// The letters among some rows; nothing where no row says that it waits for an answer.
pub fn of(view: &View, rows: &[usize]) -> Option<Letters> {
    let (mut waiting, mut others) = (Vec::new(), Vec::new());
    let mut named = false;
    for at in rows {
        let said = state(view, *at);
        match said.filter(|(state, _)| *state == State::Open) {
            Some((_, words)) => {
                waiting.push(*at);
                named |= ANSWERS.iter().any(|answer| words.contains(answer));
            }
            None => others.push(*at),
        }
    }
    let claim = |at: &usize| view.datings.get(*at).and_then(|dating| dating.claim());
    let asked = |at: &usize| claim(at).is_some_and(|claim| claim.doubt == Doubt::Asked);
    if !named && !waiting.iter().any(asked) {
        return None;
    }
    // A day beside a letter that waits is no answer's; then neither is the only day of another.
    let written = waiting.iter().any(|at| claim(at).is_some());
    let mut datings = view.datings.to_vec();
    for at in others
        .iter()
        .filter(|at| written && is_only_day(view, **at))
    {
        if let Some(Dating::Claim(claim)) = datings.get_mut(*at) {
            *claim = Claim {
                doubt: Doubt::Asked,
                ..*claim
            };
        }
    }
    Some(Letters {
        rows: others,
        datings,
    })
}

/// Whether a row shows one day alone, and no word that it is the answer's.
fn is_only_day(view: &View, at: usize) -> bool {
    let Some(row) = view.rows.get(at).filter(|row| row.block < view.dom.len()) else {
        return false;
    };
    let end = view.dom.end(row.block);
    let only = view.survey.dates_between(row.block, end).take(2).count() == 1;
    let said = row.mark.as_ref().map(|mark| mark.snippet.as_str());
    only && !said.is_some_and(|said| DONE.iter().any(|word| said.contains(word)))
}

/// What a row says of its letter, in a text or the words of a picture, and in which words.
fn state<'v>(view: &'v View, at: usize) -> Option<(State, &'v str)> {
    let (dom, block) = view.place(at)?;
    let nodes = dom.range(block, dom.end(block));
    let said = nodes.filter_map(|(_, node)| match node.what {
        What::Text(text) if !node.silent => Some(text),
        What::Element(element) if element.name() == "img" => attr(element, "alt"),
        _ => None,
    });
    let short = said.filter(|text| text.trim().len() <= LENGTH);
    let mut short = short.take(MOST_TEXTS).map(words::content);
    short.find_map(|words| Some((words::state_of(words)?, words)))
}
