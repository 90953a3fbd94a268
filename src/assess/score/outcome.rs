//! What a measurement means under its rule: kept or not, what it costs, whether a veto is hit or near.

use std::collections::BTreeMap;

use super::card::{Line, Verdict};
use super::fact::Fact;
use super::finding::{About, Aside, Find, Spared};
use super::measurement::{Amount, Measurement};
use super::metric::{Metric, Shape};
use super::points::Points;
use super::publishing::kinds;
use super::rubric::{Kind, PerPercent, Rubric, Rule, Together};
use crate::domain::class::Class;
use crate::domain::id::ColumnId;

/// What `measurement` means under `rule`.
pub(super) fn line(
    rule: &Rule,
    measurement: Measurement,
    rubric: &Rubric,
    classes: &BTreeMap<&ColumnId, Class>,
) -> Line {
    let Measurement {
        amount,
        finds,
        asides,
        near_too,
        part,
    } = measurement;
    let (verdict, lost, near) = match amount {
        Err(ref why) => (Verdict::Unmeasured(why.clone()), Points::ZERO, false),
        Ok(amount) if rule.kind == Kind::Veto => {
            let hit = is_reached(rule, rule.threshold, amount, &finds, rubric, classes);
            let near = rule.near.is_some_and(|near| {
                let wider = match amount {
                    Amount::Finds(count) => Amount::Finds(count.saturating_add(near_too)),
                    other => other,
                };
                let near = near + u32::from(!rubric.choices.near_is_reached);
                let was_hit = || asides.iter().any(|aside| aside.why == Spared::Over);
                match rule.metric {
                    Metric::HomeAge => was_hit() || age_of(&finds, &asides) > Some(near),
                    _ => is_reached(rule, near, wider, &[], rubric, classes),
                }
            });
            match hit {
                true => (Verdict::Veto, Points::ZERO, false),
                false => (Verdict::Kept, Points::ZERO, near),
            }
        }
        Ok(amount) => {
            let (is_kept, lost) = cost(rule, amount, rubric);
            let verdict = match (is_kept, lost == Points::ZERO) {
                (true, _) => Verdict::Kept,
                (false, true) => Verdict::NotKept,
                (false, false) => Verdict::Lost,
            };
            (verdict, lost, false)
        }
    };
    Line {
        rule: rule.clone(),
        verdict,
        lost,
        near,
        amount: amount.ok(),
        finds,
        asides,
        part,
    }
}

/// The age of the home page, as far as it is told.
fn age_of(finds: &[Find], asides: &[Aside]) -> Option<u32> {
    let mut told = finds.iter().chain(asides.iter().map(|aside| &aside.find));
    told.find_map(|find| match find.fact {
        Fact::HomeOld { age_days, .. } => Some(age_days),
        _ => None,
    })
}

/// Whether `threshold` is reached. Shares are compared as integers.
fn is_reached(
    rule: &Rule,
    threshold: u32,
    amount: Amount,
    finds: &[Find],
    rubric: &Rubric,
    classes: &BTreeMap<&ColumnId, Class>,
) -> bool {
    match amount {
        Amount::Rate { bad, all } => {
            all > 0 && u64::from(bad) * 100 >= u64::from(all) * u64::from(threshold)
        }
        Amount::Number(number) => number < threshold,
        // The age itself was held against the window.
        Amount::Finds(count) if rule.metric == Metric::HomeAge => count > 0,
        // A person says that a number is not reached.
        Amount::Finds(count) if rule.metric.shape() == Shape::Number => count > 0,
        Amount::Finds(_)
            if rule.id.as_str() == "V3a"
                && rubric.choices.v3a == Together::Each
                && !finds.is_empty() =>
        {
            let of = |wanted: &[Class]| {
                let about = finds.iter().filter(|find| match &find.about {
                    About::Column(id, _) => classes.get(id).is_some_and(|c| wanted.contains(c)),
                    _ => false,
                });
                about.count()
            };
            let mut kinds = kinds(rule).into_iter();
            kinds.any(|(_, classes)| of(&classes) >= threshold as usize)
        }
        Amount::Finds(count) => count >= threshold,
    }
}

/// Whether the rule is kept, and what it costs.
fn cost(rule: &Rule, amount: Amount, rubric: &Rubric) -> (bool, Points) {
    let (is_kept, lost) = match amount {
        Amount::Finds(count) => (count == 0, rule.points.times(count as usize)),
        Amount::Number(number) => match number < rule.threshold {
            true => (false, rule.points),
            false => (true, Points::ZERO),
        },
        Amount::Rate { bad, all } => {
            let (bad, all) = (i64::from(bad), i64::from(all.max(1)));
            let lost = match rubric.choices.per_percent {
                PerPercent::Linear => rule.points.share(bad * 100, all),
                PerPercent::Floor => rule.points.share(bad * 100 / all, 1),
            };
            (bad == 0, lost)
        }
    };
    (is_kept, rule.cap.map_or(lost, |cap| lost.min(cap)))
}
