//! Measuring whether a site has a way to ask.

use std::collections::BTreeSet;

use super::fact::Fact;
use super::facts::SiteFacts;
use super::finding::{About, Aside, Find, Spared};
use super::letter_box::{boxes, midnight};
use super::measurement::{Measurement, Unmeasured};
use super::rubric::Rubric;

/// Whether there is a way to ask: a column of letters that is read, or a link to one from a page
/// that was read, which leads somewhere. That none was found is no proof that there is none.
pub fn channel(rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    if facts.site.home.is_none() {
        return Measurement::none(Unmeasured::NothingConfigured);
    }
    let Some(inspection) = &facts.inspection else {
        return Measurement::none(Unmeasured::NotInspected);
    };
    let aside = |about: About, fact: Fact, why: Spared| {
        let find = Find::of(about, fact);
        vec![Aside { find, why }]
    };
    let boxes = boxes(facts, &rubric.choices.unanswered_excludes).unwrap_or_default();
    let dead = dead(facts);
    for of in &boxes {
        let url = of.column.column.url.as_ref();
        let url = url.map(|url| url.as_str()).unwrap_or_default();
        let is_shown = inspection
            .columns
            .iter()
            .any(|(id, _)| *id == of.column.column.id);
        if is_shown && !dead.contains(url) {
            let text = of.column.column.name.clone();
            let url = url.to_owned();
            let find = of.find(Fact::Channel { text, url });
            let why = Spared::Detail;
            return Measurement::finds(Vec::new(), vec![Aside { find, why }]);
        }
    }
    let linked = inspection.channel.as_ref();
    if let Some(link) = linked.filter(|link| !dead.contains(link.page.as_str())) {
        let fact = Fact::Channel {
            text: link.text.clone(),
            url: link.page.clone(),
        };
        let asides = aside(About::Site, fact, Spared::Detail);
        return Measurement::finds(Vec::new(), asides);
    }
    Measurement {
        asides: aside(About::Site, Fact::NoChannel, Spared::Suspected),
        ..Measurement::none(Unmeasured::CannotTell)
    }
}

/// The links that certainly led nowhere on the last day.
fn dead<'a>(facts: &'a SiteFacts<'_>) -> BTreeSet<&'a str> {
    let next = facts.to.succ_opt().unwrap_or(facts.to);
    let end = midnight(next);
    let targets = facts.targets.iter();
    let is_dead = targets.filter(|target| {
        let spell = target.spell_at(end);
        spell.is_some_and(|spell| spell.is_confirmed(end))
    });
    is_dead.map(|target| target.url.as_str()).collect()
}
