//! Letters past their day of which nothing tells whether they still wait: no page ever said, or the look
//! that did proves nothing any more. They count against nobody, and nobody can say that none waits.

use url::Url;

use super::candidates;
use super::fact::Fact;
use super::facts::SiteFacts;
use super::finding::{About, Aside, Find, Spared};
use super::letter_box::boxes;
use super::rubric::{Rubric, Rule};
use super::standing::due;
use crate::assess::candidates::{Case, Stand, of_letter};
use crate::domain::candidate::{Suspicion, key};
use crate::domain::letter::Letter;
use crate::domain::time::date_of;

/// How many letters past their day are known of which no page ever said whether they are answered.
pub(super) fn silent(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>) -> usize {
    let boxes = boxes(facts, &rubric.choices.unanswered_excludes).unwrap_or_default();
    let letters = boxes.iter().flat_map(|of| &of.letters);
    let is_silent = |letter: &&&Letter| {
        let told = &letter.told;
        // One without a day was written before it was seen.
        let asked_on = told.asked_on.unwrap_or(date_of(letter.first_seen_at));
        let due_on = due(asked_on, rule.window_days, rubric.choices.six_months);
        let is_answered = letter.answered_by().is_some_and(|on| on <= facts.to);
        let is_told = letter.open_at.is_some() && told.asked_on.is_some();
        !is_answered && !is_told && !letter.overruled && due_on < facts.to
    };
    letters.filter(is_silent).count()
}

/// How many letters among `asides` are past their day, were seen waiting, and may be answered by now.
/// Those that a person found not to wait are told as such.
pub(super) fn unproven(facts: &SiteFacts<'_>, asides: &mut [Aside]) -> usize {
    let is_late = |find: &Find| match find.fact {
        Fact::LetterOpen { due_on, .. } => due_on < facts.to,
        _ => false,
    };
    let mut count = 0;
    for aside in asides.iter_mut() {
        if aside.why != Spared::Unproven || !is_late(&aside.find) {
            continue;
        }
        let what = suspected(facts, &aside.find);
        let key = what.map(|(page, what)| key(&facts.site.id, &page, &what));
        let case = key.and_then(|key| candidates::of_key(facts, &key));
        aside.find.asked = case.map(candidates::asked);
        match case.map(Case::stand) {
            Some(Stand::Rejected) => aside.why = Spared::Rejected,
            _ => count += 1,
        }
    }
    count
}

/// What a person is asked of a letter that waits.
pub(super) fn suspected(facts: &SiteFacts<'_>, find: &Find) -> Option<(String, Suspicion)> {
    let (
        Fact::LetterOpen {
            title,
            url,
            asked_on,
            ..
        },
        About::Column(id, _),
    ) = (&find.fact, &find.about)
    else {
        return None;
    };
    let column = facts
        .columns
        .iter()
        .find(|column| column.column.id == *id)?;
    let list = column.column.url.as_ref().map_or("", Url::as_str);
    Some(of_letter(url.as_deref(), list, title, *asked_on))
}
