//! What two rules would count twice is counted once: the one that yields says which other counts it.

use std::collections::{BTreeMap, BTreeSet};

use super::card::{Line, Verdict};
use super::fact::Fact;
use super::finding::{About, Aside, Find, Spared};
use super::measurement::Measurement;
use super::metric::Shape;
use super::outcome;
use super::points::Points;
use super::rubric::{Area, Rubric, RuleId};
use crate::domain::class::Class;
use crate::domain::id::ColumnId;

/// What two rules would count twice: a link by its address, anything else by what it is about.
type Thing = (About, Option<String>);

/// Nothing where a person entered a number of finds: which those are is not known, so that none of them is
/// known to be that of another rule.
fn thing(find: &Find) -> Option<Thing> {
    let url = match &find.fact {
        Fact::Entered { .. } => return None,
        Fact::DeadLink(link) => Some(link.url.clone()),
        _ => None,
    };
    Some((find.about.clone(), url))
}

/// Takes out of each line what another one that it yields to counts already. One whose area does not
/// apply to the site counts nothing.
pub(super) fn settle(
    lines: &mut BTreeMap<RuleId, Line>,
    rubric: &Rubric,
    classes: &BTreeMap<&ColumnId, Class>,
    applies: impl Fn(Area) -> bool,
) {
    let counted: BTreeMap<RuleId, BTreeSet<Thing>> = lines
        .iter()
        .filter(|(_, line)| applies(line.rule.area))
        .filter(|(_, line)| matches!(line.verdict, Verdict::Lost | Verdict::Veto))
        .map(|(id, line)| (id.clone(), line.finds.iter().filter_map(thing).collect()))
        .collect();
    for line in lines.values_mut() {
        if line.amount.is_none() {
            continue;
        }
        let before = line
            .rule
            .yields_to
            .iter()
            .find(|id| counted.contains_key(id));
        if line.rule.metric.shape() != Shape::Finds {
            if let Some(id) = before.filter(|_| line.verdict != Verdict::Kept) {
                line.verdict = Verdict::Yields(id.clone());
                line.lost = Points::ZERO;
            }
            continue;
        }
        let counts = |find: &Find| {
            let thing = thing(find)?;
            let mut others = line.rule.yields_to.iter();
            others.find(|id| counted.get(id).is_some_and(|all| all.contains(&thing)))
        };
        let mut kept = Vec::new();
        let mut asides = Vec::new();
        for find in line.finds.iter() {
            match counts(find) {
                Some(id) => asides.push(Aside {
                    find: find.clone(),
                    why: Spared::Other(id.clone()),
                }),
                None => kept.push(find.clone()),
            }
        }
        if asides.is_empty() {
            continue;
        }
        asides.splice(0..0, line.asides.iter().cloned());
        let less = Measurement {
            part: line.part,
            ..Measurement::finds(kept, asides)
        };
        *line = outcome::line(&line.rule, less, rubric, classes);
    }
}
