//! Measuring interpretations: which policy documents of the period have one, by title or by link, how
//! many working days later it came, and whether the two link each other.

use super::facts::{SiteFacts, Titled};
use super::finding::{About, Amount, Aside, Fact, Find, Measurement, Spared, Unmeasured};
use super::rubric::Rule;
use crate::assess::interpretations::interprets;
use crate::calendar::Calendar;
use crate::domain::class::Class;
use crate::domain::document::{Document, bare};
use crate::domain::group::Watch;
use crate::domain::time::Date;

/// A document and its interpretation, the first that came.
struct Pair<'a> {
    policy: &'a Titled,
    interpretation: Option<&'a Titled>,
}

/// The documents of the period, each with its interpretation; or why nothing is said.
fn pairs<'a>(facts: &'a SiteFacts<'_>) -> Result<Vec<Pair<'a>>, Unmeasured> {
    let policies = titles(facts, Class::Policy)?;
    let interpretations = titles(facts, Class::Interpretation)?;
    let of_period = |title: &&Titled| facts.from <= title.on && title.on <= facts.to;
    let policies = policies.into_iter().filter(of_period);
    let pairs = policies.map(|policy| {
        let mut own: Vec<&Titled> = interpretations
            .iter()
            .copied()
            .filter(|one| one.on <= facts.to && is_of(facts, one, policy))
            .collect();
        own.sort_by_key(|one| one.on);
        let interpretation = own.first().copied();
        Pair {
            policy,
            interpretation,
        }
    });
    Ok(pairs.collect())
}

/// The items of the columns of a class that people have confirmed and that were all read.
fn titles<'a>(facts: &'a SiteFacts<'_>, class: Class) -> Result<Vec<&'a Titled>, Unmeasured> {
    let columns = facts
        .columns
        .iter()
        .filter(|column| column.column.class == class && column.column.watch() == Watch::Judged);
    let mut titles = Vec::new();
    let mut none = true;
    for column in columns {
        none = false;
        if column.readings.is_empty() {
            return Err(Unmeasured::NoVisits);
        }
        titles.extend(&column.titles);
    }
    match none {
        true => Err(Unmeasured::NothingConfigured),
        false => Ok(titles),
    }
}

fn is_of(facts: &SiteFacts<'_>, interpretation: &Titled, policy: &Titled) -> bool {
    interprets(&interpretation.title, &policy.title)
        || links(facts, interpretation, policy) == Some(true)
        || links(facts, policy, interpretation) == Some(true)
}

/// Whether the page of one links to the other; nothing where it was not read.
fn links(facts: &SiteFacts<'_>, one: &Titled, other: &Titled) -> Option<bool> {
    let (one, other) = (one.url.as_deref()?, other.url.as_deref()?);
    let is_it = |document: &&Document| bare(&document.url) == bare(one);
    let document = facts.documents.iter().find(is_it)?;
    Some(document.links.iter().any(|link| bare(link) == bare(other)))
}

fn find(fact: Fact) -> Find {
    let about = About::Class(Class::Policy);
    Find { about, fact }
}

fn detail(fact: Fact) -> Aside {
    let find = find(fact);
    let why = Spared::Detail;
    Aside { find, why }
}

fn days(policy: Date, interpretation: Date, calendar: &Calendar) -> u32 {
    calendar.working_days_between(policy, interpretation)
}

fn told(pair: &Pair<'_>, calendar: &Calendar) -> Fact {
    let interpretation = pair.interpretation;
    Fact::Interpreted {
        policy: pair.policy.title.clone(),
        policy_on: pair.policy.on,
        url: pair.policy.url.clone(),
        interpretation: interpretation.map(|one| one.title.clone()),
        interpretation_on: interpretation.map(|one| one.on),
        working_days: interpretation.map(|one| days(pair.policy.on, one.on, calendar)),
    }
}

/// The share of documents that have an interpretation, in percent.
pub fn share(facts: &SiteFacts<'_>, calendar: &Calendar) -> Measurement {
    let pairs = match pairs(facts) {
        Ok(pairs) => pairs,
        Err(why) => return Measurement::none(why),
    };
    if pairs.is_empty() {
        return Measurement::none(Unmeasured::CannotTell);
    }
    let done = pairs
        .iter()
        .filter(|pair| pair.interpretation.is_some())
        .count();
    let percent = u32::try_from(done * 100 / pairs.len()).unwrap_or(0);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let summary = detail(Fact::InterpretedShare {
        documents: count(pairs.len()),
        interpreted: count(done),
    });
    let each = pairs.iter().map(|pair| detail(told(pair, calendar)));
    Measurement {
        amount: Ok(Amount::Number(percent)),
        finds: Vec::new(),
        asides: std::iter::once(summary).chain(each).collect(),
        near_too: 0,
    }
}

/// Interpretations that came more working days after their documents than the window has. That a
/// document has none at all is no find: not every one needs it.
pub fn late(rule: &Rule, facts: &SiteFacts<'_>, calendar: &Calendar) -> Measurement {
    let pairs = match pairs(facts) {
        Ok(pairs) => pairs,
        Err(why) => return Measurement::none(why),
    };
    let with = |pair: &&Pair<'_>| pair.interpretation.is_some();
    let pairs: Vec<&Pair<'_>> = pairs.iter().filter(with).collect();
    if pairs.is_empty() {
        return Measurement::none(Unmeasured::CannotTell);
    }
    let (mut finds, mut asides) = (Vec::new(), Vec::new());
    for pair in pairs {
        let fact = told(pair, calendar);
        let took = pair
            .interpretation
            .map(|one| days(pair.policy.on, one.on, calendar));
        match took > Some(rule.window_days) {
            true => finds.push(find(fact)),
            false => asides.push(detail(fact)),
        }
    }
    Measurement::finds(finds, asides)
}

/// Documents and interpretations that do not link each other, of those whose pages were read.
pub fn linked(facts: &SiteFacts<'_>) -> Measurement {
    let pairs = match pairs(facts) {
        Ok(pairs) => pairs,
        Err(why) => return Measurement::none(why),
    };
    let mut finds = Vec::new();
    let mut read = 0;
    for pair in &pairs {
        let Some(interpretation) = pair.interpretation else {
            continue;
        };
        let forth = links(facts, interpretation, pair.policy);
        let back = links(facts, pair.policy, interpretation);
        if forth.is_some() && back.is_some() {
            read += 1;
        }
        if forth == Some(false) || back == Some(false) {
            finds.push(find(Fact::NotLinked {
                policy: pair.policy.title.clone(),
                policy_url: pair.policy.url.clone(),
                interpretation: interpretation.title.clone(),
                interpretation_url: interpretation.url.clone(),
                forth: forth != Some(false),
                back: back != Some(false),
            }));
        }
    }
    match read == 0 && finds.is_empty() {
        true => Measurement::none(Unmeasured::CannotTell),
        false => Measurement::finds(finds, Vec::new()),
    }
}
