//! The assessment as a unit reads its own: of what only people can judge, what somebody confirmed. What
//! waits for a person, or was rejected, was never held against the unit, and is told to nobody outside the
//! office.

use super::Assessment;
use crate::assess::score::card::{Line, Verdict};
use crate::assess::score::fact::Fact;
use crate::assess::score::finding::{About, Aside, Find, Spared};
use crate::assess::score::measurement::Unmeasured;
use crate::domain::candidate::{Decided, Decision};

/// What is said in a correction of a rule that waited, before and after the number of what waits.
const WAITED: [(&str, &str); 2] = [
    ("有", "条问题待人工确认"),
    ("有", "条问题须经人工确认，巡检时未列入待确认问题"),
];

/// Leaves out what is no business of the unit.
pub fn told(assessment: &mut Assessment) {
    let cards = assessment.cards.iter_mut();
    let areas = cards.flat_map(|card| &mut card.areas);
    areas.flat_map(|area| &mut area.lines).for_each(of_line);
    let changes = assessment
        .seals
        .iter_mut()
        .flat_map(|seal| &mut seal.changes);
    for change in changes {
        *change = without_counts(change);
    }
}

fn of_line(line: &mut Line) {
    line.asides.retain(is_told);
    if let Verdict::Unmeasured(why) = &mut line.verdict
        && matches!(why, Unmeasured::Waiting(_) | Unmeasured::Unasked(_))
    {
        *why = Unmeasured::NotEntered;
    }
}

fn is_told(aside: &Aside) -> bool {
    let is_suspicion = matches!(
        aside.why,
        Spared::Waiting | Spared::Unasked | Spared::Rejected | Spared::Suspected
    );
    !is_suspicion && is_confirmed(&aside.find)
}

/// Whether a person confirmed it, or nobody has to.
fn is_confirmed(find: &Find) -> bool {
    let is_so = |decision: Option<&Decision>| {
        decision.is_some_and(|one| matches!(one.what, Decided::Confirmed { .. }))
    };
    let of_find = match &find.fact {
        Fact::Candidate { decision, .. } => is_so(decision.as_deref()),
        // How many there are that a person has to judge, of a period closed when that was told as a detail.
        Fact::Cut { .. } => find.about == About::Home,
        _ => true,
    };
    let asked = find.asked.as_ref();
    of_find && asked.is_none_or(|asked| is_so(asked.decision.as_ref()))
}

/// A line of a correction in which no rule tells how much waits.
fn without_counts(change: &str) -> String {
    let untold = super::words::unmeasured(&Unmeasured::NotEntered);
    let mut out = change.to_owned();
    for (before, after) in WAITED {
        while let Some((head, rest)) = out.split_once(after) {
            let head = head.trim_end_matches(|c: char| c.is_ascii_digit());
            let Some(head) = head.strip_suffix(before) else {
                break;
            };
            out = format!("{head}{untold}{rest}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::assessment::words;

    #[test]
    fn a_correction_tells_a_unit_no_number_of_what_waited() {
        let before = words::unmeasured(&Unmeasured::Waiting(12));
        let after = words::unmeasured(&Unmeasured::Unasked(3));
        let line = format!("科信委网站：规则V4由“未测评（{before}）”改为“未测评（{after}）”");
        assert_eq!(
            without_counts(&line),
            "科信委网站：规则V4由“未测评（待人工录入）”改为“未测评（待人工录入）”"
        );
        for same in ["规则V4由“未发现问题”改为“单项否决”", "条问题待人工确认"]
        {
            assert_eq!(without_counts(same), same);
        }
    }
}
