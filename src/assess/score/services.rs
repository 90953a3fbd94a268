//! Measuring service guides: the element classes that their pages lack, attachments that cannot be
//! downloaded, online systems that do not open. Guides on other platforms are not read: for them a
//! person enters what was found.

use std::collections::BTreeSet;

use chrono::NaiveTime;

use super::candidates;
use super::fact::Fact;
use super::facts::SiteFacts;
use super::finding::{About, Aside, Find, Spared};
use super::links;
use super::measurement::{Amount, Measurement, Part, Unmeasured};
use super::rubric::Rule;
use crate::domain::candidate::Suspicion;
use crate::domain::guide::{Element, Guide};
use crate::domain::target::{Target, TargetKind};
use crate::domain::time::{date_of, moment};

/// A guide that no list showed for so many days is taken for gone, whether directories could be read or not.
const GONE_DAYS: i64 = 60;
/// A guide that lacks so many classes is not usable. Source: V8 of 国办秘函〔2019〕19号.
pub const UNUSABLE: usize = 4;

fn about_site(fact: Fact) -> Find {
    let about = About::Site;
    Find::of(about, fact)
}

/// The guides that count, or why nothing is said.
fn guides<'a>(facts: &'a SiteFacts<'_>) -> Result<Vec<&'a Guide>, Unmeasured> {
    if !facts.has_guides {
        return Err(Unmeasured::NothingConfigured);
    }
    if facts.inspection.is_none() {
        return Err(Unmeasured::NotInspected);
    }
    let is_there = |guide: &&Guide| {
        let is_gone = guide.gone_at.is_some_and(|at| date_of(at) <= facts.to);
        !is_gone && (facts.to - date_of(guide.seen_at)).num_days() <= GONE_DAYS
    };
    let mut guides: Vec<&Guide> = facts.guides.iter().filter(is_there).collect();
    guides.sort_by_key(|guide| &guide.url);
    match guides.as_slice() {
        [] => Err(Unmeasured::CannotTell),
        _ => Ok(guides),
    }
}

/// That nothing is measured; where no directory shows a guide, that is said.
fn nothing(facts: &SiteFacts<'_>, why: Unmeasured) -> Measurement {
    let is_bare = why == Unmeasured::CannotTell && guides(facts) == Err(Unmeasured::CannotTell);
    let find = is_bare.then(|| about_site(Fact::NoGuides));
    let asides = find.map(|find| Aside {
        find,
        why: Spared::Detail,
    });
    Measurement {
        asides: asides.into_iter().collect(),
        ..Measurement::none(why)
    }
}

/// The guides whose pages were read; none is a reason.
fn read<'a>(guides: &[&'a Guide]) -> Result<Vec<(&'a Guide, Vec<Element>)>, Unmeasured> {
    let read = guides
        .iter()
        .filter_map(|guide| Some((*guide, guide.lacks()?)));
    let read: Vec<(&Guide, Vec<Element>)> = read.collect();
    match (read.is_empty(), guides.iter().all(|guide| guide.elsewhere)) {
        (false, _) => Ok(read),
        (true, true) => Err(Unmeasured::Elsewhere),
        (true, false) => Err(Unmeasured::CannotTell),
    }
}

fn summary(guides: &[&Guide]) -> Aside {
    let count = |is: &dyn Fn(&Guide) -> bool| {
        let number = guides.iter().filter(|guide| is(guide)).count();
        u32::try_from(number).unwrap_or(u32::MAX)
    };
    let find = about_site(Fact::Guides {
        all: count(&|_| true),
        read: count(&|guide| guide.has.is_some()),
        elsewhere: count(&|guide| guide.elsewhere),
    });
    let why = Spared::Detail;
    Aside { find, why }
}

fn lacking(guide: &Guide, missing: Vec<Element>) -> Find {
    about_site(Fact::GuideLacks {
        title: guide.title.clone(),
        url: guide.url.clone(),
        missing,
        read_at: guide.read_at.unwrap_or(guide.seen_at),
    })
}

/// What a person is asked of a guide that lacks elements: all of them at one time.
fn suspected(facts: &SiteFacts<'_>, find: &Find) -> Option<(String, Suspicion)> {
    let Fact::GuideLacks { url, .. } = &find.fact else {
        return None;
    };
    let guide = facts.guides.iter().find(|guide| guide.url == *url)?;
    let missing = guide.lacks()?;
    Some((url.clone(), Suspicion::Guide { missing }))
}

/// Elements that guides lack, each for itself.
pub fn elements(rule: &Rule, facts: &SiteFacts<'_>) -> Measurement {
    let found = guides(facts).and_then(|guides| Ok((read(&guides)?, guides)));
    let (read, guides) = match found {
        Ok(found) => found,
        Err(why) => return nothing(facts, why),
    };
    let part = Part::new(read.len(), guides.len());
    let finds = read.into_iter().flat_map(|(guide, missing)| {
        let one = |element| lacking(guide, vec![element]);
        missing.into_iter().map(one).collect::<Vec<Find>>()
    });
    let measured = Measurement {
        part,
        ..Measurement::finds(finds.collect(), vec![summary(&guides)])
    };
    candidates::confirmed(rule, facts, measured, |find| suspected(facts, find))
}

/// Guides that lack so many classes that they are of no use. Where there are fewer than the rule's
/// threshold in all, all of them have to.
pub fn unusable(rule: &Rule, facts: &SiteFacts<'_>) -> Measurement {
    let found = guides(facts).and_then(|guides| Ok((read(&guides)?, guides)));
    let (read, guides) = match found {
        Ok(found) => found,
        Err(why) => return nothing(facts, why),
    };
    let unread = guides.len() - read.len();
    let mut finds = Vec::new();
    for (guide, missing) in read {
        if missing.len() >= UNUSABLE {
            finds.push(lacking(guide, missing));
        }
    }
    let threshold = usize::try_from(rule.threshold).unwrap_or(usize::MAX);
    let is_hit = finds.len() >= threshold;
    let may_be_hit = finds.len() + unread >= threshold.min(guides.len());
    let all = finds.len() == guides.len();
    let asides = vec![summary(&guides)];
    if !is_hit && !all && may_be_hit {
        let mut measurement = Measurement::none(Unmeasured::CannotTell);
        let why = Spared::Unproven;
        let doubtful = finds.into_iter().map(|find| Aside {
            find,
            why: why.clone(),
        });
        measurement.asides = doubtful.chain(asides).collect();
        return measurement;
    }
    let mut measurement = Measurement::finds(finds, asides);
    if !is_hit && !all {
        // Whatever people said of these, the rule would not be met.
        return measurement;
    }
    if all {
        measurement.amount = Ok(Amount::Finds(rule.threshold));
    }
    let measured = candidates::confirmed(rule, facts, measurement, |find| suspected(facts, find));
    // Of few guides all are a veto.
    let needed = Rule {
        threshold: rule
            .threshold
            .min(u32::try_from(guides.len()).unwrap_or(u32::MAX)),
        ..rule.clone()
    };
    candidates::undecided(&needed, unread, measured)
}

/// Files on guides that certainly cannot be downloaded.
pub fn attachments(facts: &SiteFacts<'_>) -> Measurement {
    let found = guides(facts).and_then(|guides| Ok((read(&guides)?, guides)));
    let (read, guides) = match found {
        Ok(found) => found,
        Err(why) => return nothing(facts, why),
    };
    let pages: BTreeSet<&str> = read.iter().map(|(guide, _)| guide.url.as_str()).collect();
    let is_meant = |target: &Target| {
        let mut places = target.places.iter();
        target.kind == TargetKind::File && places.any(|place| pages.contains(place.page.as_str()))
    };
    broken(facts, &is_meant, &guides)
}

/// Online systems to which guides lead and that certainly do not open.
pub fn online(facts: &SiteFacts<'_>) -> Measurement {
    let guides = match guides(facts) {
        Ok(guides) => guides,
        Err(why) => return nothing(facts, why),
    };
    let systems = guides.iter().flat_map(|guide| &guide.online);
    let systems: BTreeSet<&str> = systems.map(String::as_str).collect();
    if systems.is_empty() {
        return Measurement::none(Unmeasured::CannotTell);
    }
    broken(
        facts,
        &|target| systems.contains(target.url.as_str()),
        &guides,
    )
}

fn broken(
    facts: &SiteFacts<'_>,
    is_meant: &dyn Fn(&Target) -> bool,
    guides: &[&Guide],
) -> Measurement {
    let next = facts.to.succ_opt().unwrap_or(facts.to);
    let end = moment(next.and_time(NaiveTime::MIN));
    let (mut finds, mut asides) = (Vec::new(), vec![summary(guides)]);
    for target in facts.targets.iter().filter(|target| is_meant(target)) {
        if let Some(spell) = target.spell_at(end) {
            let find = links::find(target, spell, end, None);
            match spell.is_confirmed(end) {
                true => finds.push(find),
                false => {
                    let why = Spared::Suspected;
                    asides.push(Aside { find, why });
                }
            }
        }
    }
    let read = guides.iter().filter(|guide| guide.lacks().is_some());
    Measurement {
        part: Part::new(read.count(), guides.len()),
        ..Measurement::finds(finds, asides)
    }
}
