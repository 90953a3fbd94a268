//! Measuring what only people can judge: of the candidates that inspections found in the period, and of
//! what was found under a rule that wants a person's word, that counts which somebody confirmed. While
//! some wait and none is confirmed, nothing is said.

use std::collections::BTreeSet;

use chrono::NaiveTime;

use super::fact::Fact;
use super::facts::SiteFacts;
use super::finding::{About, Aside, Asked, Find, Spared};
use super::measurement::{Amount, Measurement, Unmeasured};
use super::rubric::{Check, Kind, Rule};
use crate::assess::candidates::{Case, Stand};
use crate::domain::candidate::{Decided, Suspicion, key};
use crate::domain::time::{Moment, moment};

/// The most candidates of a kind that are told under one rule without being counted.
const MOST_ASIDE: usize = 50;

/// Wrong words: the serious ones, which a veto asks for, or all others.
pub fn words(facts: &SiteFacts<'_>, serious: bool) -> Measurement {
    let own = |case: &&Case| matches!(case.candidate.suspicion, Suspicion::Word { .. });
    let looked = facts.inspection.as_ref().and_then(|seen| seen.words);
    let wanted = Decided::Confirmed { serious };
    let mut measured = measured(facts, own, |decided| decided == wanted, looked.is_some());
    if let Some(looked) = looked {
        measured.asides.push(Aside {
            find: Find::of(
                About::Site,
                Fact::LookedForWords {
                    texts: looked.texts,
                    expressions: looked.expressions,
                },
            ),
            why: Spared::Detail,
        });
    }
    measured
}

/// Commercial advertising.
pub fn adverts(facts: &SiteFacts<'_>) -> Measurement {
    let own = |case: &&Case| matches!(case.candidate.suspicion, Suspicion::Advert { .. });
    let is_so = |decided| matches!(decided, Decided::Confirmed { .. });
    measured(facts, own, is_so, facts.inspection.is_some())
}

fn measured(
    facts: &SiteFacts<'_>,
    own: impl Fn(&&Case) -> bool,
    counts: impl Fn(Decided) -> bool,
    is_looked_for: bool,
) -> Measurement {
    let (mut finds, mut waiting, mut left_out) = (Vec::new(), 0_u32, 0_u32);
    let (mut asides, mut rejected) = (Vec::new(), Vec::new());
    for case in facts.cases.iter().filter(|case| within(case, facts)) {
        if !own(&case) {
            continue;
        }
        match (case.stand(), case.decision()) {
            (Stand::Waiting, _) => {
                waiting += 1;
                set_aside(&mut asides, case, Spared::Waiting);
            }
            (Stand::Confirmed { .. }, Some(decision)) if counts(decision.what) => {
                finds.push(find(case));
            }
            (Stand::Rejected, _) => {
                left_out += 1;
                set_aside(&mut rejected, case, Spared::Rejected);
            }
            (Stand::Confirmed { .. }, _) => {}
        }
    }
    finish(&mut asides, waiting, Spared::Waiting);
    finish(&mut rejected, left_out, Spared::Rejected);
    asides.append(&mut rejected);
    let amount = match (finds.is_empty(), waiting, is_looked_for) {
        (true, 1.., _) => Err(Unmeasured::Waiting(waiting)),
        (true, 0, false) => Err(Unmeasured::NotEntered),
        _ => Ok(()),
    };
    match amount {
        Ok(()) => Measurement::finds(finds, asides),
        Err(why) => Measurement {
            asides,
            ..Measurement::none(why)
        },
    }
}

fn set_aside(asides: &mut Vec<Aside>, case: &Case, why: Spared) {
    if asides.len() < MOST_ASIDE {
        let find = find(case);
        asides.push(Aside { find, why });
    }
}

/// Says that not all of them are told, where that is so: for whom they are, the number is as well.
fn finish(asides: &mut Vec<Aside>, all: u32, why: Spared) {
    let told = u32::try_from(asides.len()).unwrap_or(u32::MAX);
    if told < all {
        let find = Find::of(About::Site, Fact::Cut { told, all });
        asides.push(Aside { find, why });
    }
}

/// Of what was measured under a rule that wants a person's word, what a person confirmed: the rest waits,
/// or was rejected. `what` names the page of a find, and what is suspected there.
pub fn confirmed(
    rule: &Rule,
    facts: &SiteFacts<'_>,
    measured: Measurement,
    what: impl Fn(&Find) -> Option<(String, Suspicion)>,
) -> Measurement {
    if rule.check != Check::Semi || measured.finds.is_empty() {
        return measured;
    }
    let Measurement {
        amount,
        finds: found,
        mut asides,
        near_too,
        part,
    } = measured;
    let (all, mut finds) = (found.len(), Vec::new());
    // Several finds may be one candidate.
    let (mut waiting, mut unasked) = (BTreeSet::new(), BTreeSet::new());
    for mut find in found {
        let key = what(&find).map(|(page, what)| key(&facts.site.id, &page, &what));
        let case = key.as_deref().and_then(|key| of_key(facts, key));
        find.asked = case.map(asked);
        let why = match case.map_or(Stand::Waiting, Case::stand) {
            Stand::Confirmed { .. } => {
                finds.push(find);
                continue;
            }
            Stand::Rejected => Spared::Rejected,
            Stand::Waiting => {
                let why = pending(case);
                match why {
                    Spared::Unasked => unasked.insert(key),
                    _ => waiting.insert(key),
                };
                why
            }
        };
        asides.push(Aside { find, why });
    }
    let open = untold(waiting.len(), unasked.len()).filter(|_| finds.is_empty());
    match (finds.len() == all, open) {
        (true, _) => Measurement {
            amount,
            finds,
            asides,
            near_too,
            part,
        },
        (false, Some(why)) => Measurement {
            asides,
            ..Measurement::none(why)
        },
        (false, None) => Measurement {
            near_too,
            part,
            ..Measurement::finds(finds, asides)
        },
    }
}

/// Why a find that wants a person's word is not counted while nobody gave it: people were asked, or no
/// inspection put it to anybody, because it went by other rules.
pub fn pending(case: Option<&Case>) -> Spared {
    match case {
        Some(_) => Spared::Waiting,
        None => Spared::Unasked,
    }
}

/// Why nothing is said while so many finds wait, and so many were put to nobody: what waits can be decided.
pub fn untold(waiting: usize, unasked: usize) -> Option<Unmeasured> {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    match (waiting, unasked) {
        (0, 0) => None,
        (0, unasked) => Some(Unmeasured::Unasked(count(unasked))),
        (waiting, _) => Some(Unmeasured::Waiting(count(waiting))),
    }
}

/// What is measured under a veto, but where what wants a person's word, with `unread` things that nobody could
/// read, can still bring it about: then nothing is said but what was confirmed.
pub fn undecided(rule: &Rule, unread: usize, measured: Measurement) -> Measurement {
    let Ok(Amount::Finds(count)) = measured.amount else {
        return measured;
    };
    let of = |why: Spared| {
        let asides = measured.asides.iter();
        asides
            .filter(|one| one.why == why && !matches!(one.find.fact, Fact::Cut { .. }))
            .map(|one| &one.find)
            .collect()
    };
    let (waiting, unasked): (Vec<&Find>, Vec<&Find>) = (of(Spared::Waiting), of(Spared::Unasked));
    let doubtful = waiting.len() + unasked.len() + unread;
    let may_be = usize::try_from(count).unwrap_or(usize::MAX);
    let may_be = may_be.saturating_add(doubtful);
    let threshold = usize::try_from(rule.threshold).unwrap_or(usize::MAX);
    let is_open = rule.kind == Kind::Veto && count < rule.threshold && threshold <= may_be;
    if !is_open || doubtful == 0 {
        return measured;
    }
    // Several finds may be one candidate.
    let (asked, others): (Vec<&Find>, Vec<&Find>) =
        waiting.iter().partition(|find| find.asked.is_some());
    let keys = asked.iter().filter_map(|find| find.asked.as_ref());
    let keys: BTreeSet<&str> = keys.map(|asked| asked.candidate.as_str()).collect();
    let why = untold(keys.len() + others.len(), unasked.len()).unwrap_or(Unmeasured::CannotTell);
    Measurement {
        amount: Err(why),
        ..measured
    }
}

/// What people were asked and answered.
pub fn asked(case: &Case) -> Box<Asked> {
    Box::new(Asked {
        candidate: case.candidate.key(),
        decision: case.decision().cloned(),
    })
}

/// Whether an inspection of the period saw it.
fn within(case: &Case, facts: &SiteFacts<'_>) -> bool {
    let midnight = |day: crate::domain::time::Date| moment(day.and_time(NaiveTime::MIN));
    let end: Moment = midnight(facts.to.succ_opt().unwrap_or(facts.to));
    case.candidate.first_at < end && midnight(facts.from) <= case.candidate.seen_at
}

/// The candidate as a find, with the decision that holds.
pub fn find(case: &Case) -> Find {
    Find::of(
        About::Site,
        Fact::Candidate {
            candidate: Box::new(case.candidate.clone()),
            decision: case.decision().cloned().map(Box::new),
        },
    )
}

/// How the candidate with this key stands, and who decided.
pub fn of_key<'a>(facts: &'a SiteFacts<'_>, key: &str) -> Option<&'a Case> {
    facts.cases.iter().find(|case| case.candidate.key() == key)
}
