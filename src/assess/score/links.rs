//! Measuring broken links: those that were certain on the last day. What is only suspected, and what
//! was mended within the period, is told beside them.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::candidates;
use super::fact::Fact;
use super::facts::SiteFacts;
use super::finding::{About, Aside, Find, Spared};
use super::measurement::{Measurement, Unmeasured};
use super::rubric::{Check, ExternalLinks, Rubric, Rule};
use crate::assess::candidates::Case;
use crate::domain::candidate::{self, Decided, Suspicion};
use crate::domain::target::{Spell, Target, TargetKind};
use crate::domain::time::{Moment, moment};
use crate::domain::visit::Failure;

/// What is known of a link that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLink {
    /// Where it leads.
    pub url: String,
    /// What it is.
    pub kind: TargetKind,
    /// Whether it leads to another site.
    pub external: bool,
    /// A page that carries it.
    pub page: String,
    /// Its words there.
    pub text: String,
    /// How many pages are known to carry it.
    pub places: u32,
    /// What the latest answer was.
    pub why: Failure,
    /// When it began.
    pub since: Moment,
    /// When it was certain.
    pub confirmed_at: Option<Moment>,
    /// When it was over.
    pub ended_at: Option<Moment>,
    /// Who confirmed it, where that was a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<String>,
}

/// Broken links of the home page.
pub fn of_home(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    measured(rule, rubric, facts, true)
}

/// Broken links of other pages alone.
pub fn of_others(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    measured(rule, rubric, facts, false)
}

/// What holds of a link that leads nowhere at the end: certain by its answers, and by a person where one
/// decided or has to.
enum Held {
    Counts { by: Option<String> },
    Spared(Spared),
}

fn held(rule: &Rule, facts: &SiteFacts<'_>, target: &Target, is_sure: bool) -> Held {
    let suspicion = Suspicion::Link {
        url: target.url.clone(),
        why: Failure::Dns,
    };
    let key = candidate::key(&target.site, "", &suspicion);
    let case = candidates::of_key(facts, &key);
    let decision = case.and_then(Case::decision);
    match (decision.map(|decision| decision.what), decision) {
        (Some(Decided::Confirmed { .. }), Some(decision)) => Held::Counts {
            by: Some(decision.by.clone()),
        },
        (Some(Decided::Rejected), _) => Held::Spared(Spared::Rejected),
        _ if rule.check == Check::Semi && case.is_some() => Held::Spared(Spared::Waiting),
        _ if is_sure && rule.check == Check::Semi => Held::Spared(Spared::Unasked),
        _ if is_sure => Held::Counts { by: None },
        _ => Held::Spared(Spared::Suspected),
    }
}

fn measured(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>, on_home: bool) -> Measurement {
    if facts.site.home.is_none() {
        return Measurement::none(Unmeasured::NothingConfigured);
    }
    let Some(inspection) = &facts.inspection else {
        return Measurement::none(Unmeasured::NotInspected);
    };
    let links = inspection.links;
    let is_looked_at = match on_home {
        true => inspection.home.is_some(),
        false => inspection.pages > 1,
    };
    let counts = |target: &Target| match rubric.choices.external_links {
        _ if !target.external => true,
        ExternalLinks::Home => target.on_home,
        ExternalLinks::Everywhere => true,
        ExternalLinks::Nowhere => false,
    };
    let end = end_of(facts);
    let (mut finds, mut asides) = (Vec::new(), Vec::new());
    for target in &facts.targets {
        if target.on_home != on_home || !counts(target) {
            continue;
        }
        if let Some(spell) = target.spell_at(end) {
            match held(rule, facts, target, spell.is_confirmed(end)) {
                Held::Counts { by } => finds.push(find(target, spell, end, by)),
                Held::Spared(why) => {
                    let find = find(target, spell, end, None);
                    asides.push(Aside { find, why });
                }
            }
            continue;
        }
        let begin = moment(facts.from.and_time(NaiveTime::MIN));
        let over = target.spells.iter().rev().find(|spell| {
            let ended = spell.ended_at.is_some_and(|at| begin <= at && at <= end);
            ended && spell.confirmed_at.is_some()
        });
        if let Some(spell) = over {
            let find = find(target, spell, end, None);
            let why = Spared::Over;
            asides.push(Aside { find, why });
        }
    }
    if !is_looked_at && finds.is_empty() {
        return Measurement {
            asides,
            ..Measurement::none(Unmeasured::CannotTell)
        };
    }
    asides.push(Aside {
        find: Find::of(
            About::Site,
            Fact::Inspected {
                at: inspection.at,
                pages: inspection.pages,
                articles: inspection.articles,
                links: links.home + links.others,
                unasked: links.unasked,
            },
        ),
        why: Spared::Detail,
    });
    let many = |why: Spared| asides.iter().filter(|one| one.why == why).count();
    let is_asked = rule.check == Check::Semi && finds.is_empty();
    let why = candidates::untold(many(Spared::Waiting), many(Spared::Unasked));
    match why.filter(|_| is_asked) {
        None => Measurement::finds(finds, asides),
        Some(why) => Measurement {
            asides,
            ..Measurement::none(why)
        },
    }
}

/// The last moment that is looked at.
fn end_of(facts: &SiteFacts<'_>) -> Moment {
    let next = facts.to.succ_opt().unwrap_or(facts.to);
    moment(next.and_time(NaiveTime::MIN))
}

/// A find of a link that leads nowhere, as it was known at `end`.
pub fn find(target: &Target, spell: &Spell, end: Moment, confirmed_by: Option<String>) -> Find {
    let place = target.places.first();
    let about = match target.on_home {
        true => About::Home,
        false => About::Site,
    };
    Find::of(
        about,
        Fact::DeadLink(Box::new(DeadLink {
            url: target.url.clone(),
            kind: target.kind,
            external: target.external,
            page: place.map(|place| place.page.clone()).unwrap_or_default(),
            text: place.map(|place| place.text.clone()).unwrap_or_default(),
            places: u32::try_from(target.places.len()).unwrap_or(u32::MAX),
            why: spell.why.clone(),
            since: spell.since,
            confirmed_at: spell.confirmed_at.filter(|at| *at <= end),
            ended_at: spell.ended_at.filter(|at| *at <= end),
            confirmed_by,
        })),
    )
}
