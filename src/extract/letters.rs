//! Lists of letters: which rows say that they are answered, and which that they wait. A letter that
//! waits for its answer is nothing that the unit has done, whatever day stands beside it.

use super::clean;
use super::dom::{What, attr};
use super::view::View;
use super::years::{Claim, Dating, Doubt};

/// The longest statement of a state, in characters.
const LENGTH: usize = 12;
/// The most texts of a row that are looked at.
const MOST_TEXTS: usize = 40;

/// What a row says of its letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is answered, or dealt with.
    Answered,
    /// It waits for an answer.
    Unanswered,
    /// It is being dealt with: so are affairs that are no letters.
    Underway,
}

/// Words for a letter that is answered, beside 已 with what was done.
const ANSWERED: [&str; 8] = [
    "回复", "答复", "反馈", "办结", "办理", "处理", "办复", "解决",
];
/// Words for one that waits.
const UNANSWERED: [&str; 12] = [
    "未回复",
    "未答复",
    "未反馈",
    "待回复",
    "待答复",
    "待反馈",
    "暂未回复",
    "暂无回复",
    "尚未回复",
    "尚未答复",
    "等待回复",
    "等待答复",
];
/// Words for one that is being dealt with.
const UNDERWAY: [&str; 16] = [
    "未办理",
    "未办结",
    "未处理",
    "未受理",
    "待办理",
    "待办结",
    "待处理",
    "待受理",
    "办理中",
    "处理中",
    "受理中",
    "回复中",
    "正在办理",
    "正在处理",
    "已受理",
    "已转办",
];

/// The rows of a list of letters that count, and the dates of the page as they are to be read then.
pub struct Letters {
    /// The rows that do not wait for an answer.
    pub rows: Vec<usize>,
    /// The dates of all rows: those which only tell when a letter was written are marked so.
    pub datings: Vec<Dating>,
}

/// The letters among some rows; nothing where no row says that it waits for an answer.
pub fn of(view: &View, rows: &[usize]) -> Option<Letters> {
    let states: Vec<(usize, Option<State>)> =
        rows.iter().map(|at| (*at, state(view, *at))).collect();
    let waits = |state: &Option<State>| matches!(state, Some(State::Unanswered | State::Underway));
    let claim = |at: usize| view.datings.get(at).and_then(|dating| dating.claim());
    let asked = |at: usize| claim(at).is_some_and(|claim| claim.doubt == Doubt::Asked);
    let waiting = || states.iter().filter(|(_, state)| waits(state));
    let named = states
        .iter()
        .any(|(_, state)| *state == Some(State::Unanswered));
    if !named && !waiting().any(|(at, _)| asked(*at)) {
        return None;
    }
    // A day beside a letter that waits is no answer's; then neither is the only day of another.
    let written = waiting().any(|(at, _)| claim(*at).is_some());
    let mut datings = view.datings.to_vec();
    for (at, _) in states.iter().filter(|(_, state)| !waits(state)) {
        if let Some(Dating::Claim(claim)) = datings.get_mut(*at)
            && written
            && is_only_day(view, *at)
        {
            *claim = Claim {
                doubt: Doubt::Asked,
                ..*claim
            };
        }
    }
    let rows = states.into_iter().filter(|(_, state)| !waits(state));
    Some(Letters {
        rows: rows.map(|(at, _)| at).collect(),
        datings,
    })
}

/// Whether a row shows one day alone, and no word that it is the answer's.
fn is_only_day(view: &View, at: usize) -> bool {
    let Some(row) = view.rows.get(at).filter(|row| row.block < view.dom.len()) else {
        return false;
    };
    let mut days = view
        .survey
        .dates_between(row.block, view.dom.end(row.block));
    let only = days.next().is_some() && days.next().is_none();
    let said = row.mark.as_ref().map(|mark| mark.snippet.as_str());
    let answer = |said: &str| ANSWERED.iter().any(|word| said.contains(word));
    only && !said.is_some_and(answer)
}

/// What a row says of its letter, in a text or the words of a picture.
fn state(view: &View, at: usize) -> Option<State> {
    let (dom, block) = view.place(at)?;
    let said = dom
        .range(block, dom.end(block))
        .filter_map(|(_, node)| match node.what {
            What::Text(text) if !node.silent => Some(text),
            What::Element(element) if element.name() == "img" => attr(element, "alt"),
            _ => None,
        });
    said.take(MOST_TEXTS).find_map(of_words)
}

fn of_words(text: &str) -> Option<State> {
    let said = clean::squeezed(&clean::line(text, LENGTH + 1));
    let said = said
        .rsplit_once("状态")
        .map_or(said.as_str(), |(_, said)| said);
    let said = said.trim_matches(|c: char| !c.is_alphabetic());
    if UNANSWERED.contains(&said) {
        Some(State::Unanswered)
    } else if UNDERWAY.contains(&said) {
        Some(State::Underway)
    } else {
        let done = said.strip_prefix('已')?;
        ANSWERED.contains(&done).then_some(State::Answered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_a_letter_is_a_statement_of_its_own() {
        let cases = [
            ("未回复", Some(State::Unanswered)),
            ("[ 待答复 ]", Some(State::Unanswered)),
            ("办理状态：办理中", Some(State::Underway)),
            ("状态:已办结", Some(State::Answered)),
            ("【已回复】", Some(State::Answered)),
            ("已回复时间", None),
            ("关于未回复来信的通报", None),
            ("已", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(of_words(text), expected, "{text}");
        }
    }
}
