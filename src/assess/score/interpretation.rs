//! Measuring interpretations: which policy documents of the period have one, by title or by link, how
//! many working days later it came, and whether the two link each other.

use super::fact::Fact;
use super::facts::{ColumnFacts, Saw, SiteFacts, Titled};
use super::finding::{About, Aside, Find, Spared};
use super::measurement::{Amount, Measurement, Unmeasured};
use super::publishing::BLANK_VISITS;
use super::rubric::Rule;
use crate::assess::interpretations::{interprets, repeals};
use crate::calendar::Calendar;
use crate::domain::class::Class;
use crate::domain::document::{Document, bare};
use crate::domain::group::Watch;
use crate::domain::time::{Date, date_of};

/// A document and its interpretation: the first that came, or one that does not say when.
struct Pair<'a> {
    policy: &'a Titled,
    policy_on: Date,
    interpretation: Option<&'a Titled>,
}

/// The documents of the period, each with its interpretation.
struct Papers<'a> {
    pairs: Vec<Pair<'a>>,
    /// Whether there are no others, as far as pages tell.
    is_whole: bool,
}

/// What is known of documents and interpretations, or why nothing is said.
fn papers<'a>(facts: &'a SiteFacts<'_>) -> Result<Papers<'a>, Unmeasured> {
    let policies = columns(facts, Class::Policy)?;
    let interpreting = columns(facts, Class::Interpretation)?;
    // A notice that a document holds no more is neither its interpretation nor in need of one.
    let by_the_end = |one: &&Titled| one.on.is_none_or(|on| on <= facts.to) && !repeals(&one.title);
    let interpretations = interpreting.iter().flat_map(|column| &column.titles);
    let interpretations: Vec<&Titled> = interpretations.filter(by_the_end).collect();
    // Of a document without a date nobody knows whether it is one of the period.
    let may_be_of_period = |one: &Titled| {
        one.on.is_none() && facts.from <= date_of(one.seen_at) && !repeals(&one.title)
    };
    let is_whole = policies
        .iter()
        .all(|column| shows(column, false) && !column.titles.iter().any(may_be_of_period))
        && interpreting.iter().all(|column| shows(column, true));
    let mut pairs = Vec::new();
    let documents = policies.iter().flat_map(|column| &column.titles);
    for policy in documents.filter(|one| !repeals(&one.title)) {
        let of_period = |on: &Date| facts.from <= *on && *on <= facts.to;
        let Some(policy_on) = policy.on.filter(of_period) else {
            continue;
        };
        let own = interpretations
            .iter()
            .copied()
            .filter(|one| is_of(facts, one, policy));
        pairs.push(Pair {
            policy,
            policy_on,
            interpretation: own.min_by_key(|one| one.on),
        });
    }
    Ok(Papers { pairs, is_whole })
}

/// The columns of a class that people have confirmed; all of them were visited.
fn columns<'a>(
    facts: &'a SiteFacts<'_>,
    class: Class,
) -> Result<Vec<&'a ColumnFacts<'a>>, Unmeasured> {
    let is_meant = |column: &&ColumnFacts<'_>| {
        column.column.class == class && column.column.watch() == Watch::Judged
    };
    let columns: Vec<&ColumnFacts<'_>> = facts.columns.iter().filter(is_meant).collect();
    if columns.iter().any(|column| column.readings.is_empty()) {
        return Err(Unmeasured::NoVisits);
    }
    match columns.is_empty() {
        true => Err(Unmeasured::NothingConfigured),
        false => Ok(columns),
    }
}

/// Whether the latest visits showed all that the column has, with dates or `undated` too.
fn shows(column: &ColumnFacts<'_>, undated: bool) -> bool {
    column.readings.last().is_some_and(|last| match last.saw {
        Saw::Dated(_) => true,
        Saw::Undated(_) => undated,
        Saw::Empty => last.visits >= BLANK_VISITS,
        Saw::Blind(_) => false,
    })
}

fn is_of(facts: &SiteFacts<'_>, interpretation: &Titled, policy: &Titled) -> bool {
    interprets(&interpretation.title, &policy.title)
        || links(facts, interpretation, policy) == Some(true)
        || links(facts, policy, interpretation) == Some(true)
}

/// Whether the page of one links to the other; nothing where it was not read since both were there.
fn links(facts: &SiteFacts<'_>, one: &Titled, other: &Titled) -> Option<bool> {
    let (here, there) = (one.url.as_deref()?, other.url.as_deref()?);
    let is_it = |document: &&Document| bare(&document.url) == bare(here);
    let document = facts.documents.iter().find(is_it)?;
    let mut links = document.links.iter();
    let links_it = links.any(|link| bare(link) == bare(there));
    (links_it || one.seen_at.max(other.seen_at) <= document.read_at).then_some(links_it)
}

fn find(fact: Fact) -> Find {
    let about = About::Class(Class::Policy);
    Find::of(about, fact)
}

fn detail(fact: Fact) -> Aside {
    let find = find(fact);
    let why = Spared::Detail;
    Aside { find, why }
}

fn took(pair: &Pair<'_>, calendar: &Calendar) -> Option<u32> {
    let on = pair.interpretation?.on?;
    Some(calendar.working_days_between(pair.policy_on, on))
}

fn told(pair: &Pair<'_>, calendar: &Calendar) -> Fact {
    let interpretation = pair.interpretation;
    Fact::Interpreted {
        policy: pair.policy.title.clone(),
        policy_on: pair.policy_on,
        url: pair.policy.url.clone(),
        interpretation: interpretation.map(|one| one.title.clone()),
        interpretation_on: interpretation.and_then(|one| one.on),
        working_days: took(pair, calendar),
    }
}

/// The share of documents that have an interpretation, in percent. Where a column could not be read
/// at the end there may be more of both, and only what is known is told.
pub fn share(facts: &SiteFacts<'_>, calendar: &Calendar) -> Measurement {
    let Papers { pairs, is_whole } = match papers(facts) {
        Ok(papers) => papers,
        Err(why) => return Measurement::none(why),
    };
    if pairs.is_empty() {
        return Measurement::none(match is_whole {
            true => Unmeasured::NoDocuments,
            false => Unmeasured::CannotTell,
        });
    }
    let done = pairs.iter().filter(|pair| pair.interpretation.is_some());
    let done = done.count();
    let percent = u32::try_from(done * 100 / pairs.len()).unwrap_or(0);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let summary = detail(Fact::InterpretedShare {
        documents: count(pairs.len()),
        interpreted: count(done),
    });
    let each = pairs.iter().map(|pair| detail(told(pair, calendar)));
    Measurement {
        amount: match is_whole {
            true => Ok(Amount::Number(percent)),
            false => Err(Unmeasured::CannotTell),
        },
        finds: Vec::new(),
        asides: std::iter::once(summary).chain(each).collect(),
        near_too: 0,
        part: None,
    }
}

/// Interpretations that came more working days after their documents than the window has. That a
/// document has none at all is no find: not every one needs it.
pub fn late(rule: &Rule, facts: &SiteFacts<'_>, calendar: &Calendar) -> Measurement {
    let pairs = match papers(facts) {
        Ok(papers) => papers.pairs,
        Err(why) => return Measurement::none(why),
    };
    let (mut finds, mut asides) = (Vec::new(), Vec::new());
    let mut is_told = false;
    for pair in pairs.iter().filter(|pair| pair.interpretation.is_some()) {
        let (fact, took) = (told(pair, calendar), took(pair, calendar));
        is_told |= took.is_some();
        match took > Some(rule.window_days) {
            true => finds.push(find(fact)),
            false => asides.push(detail(fact)),
        }
    }
    match is_told {
        true => Measurement::finds(finds, asides),
        false => Measurement {
            asides,
            ..Measurement::none(Unmeasured::CannotTell)
        },
    }
}

/// Documents and interpretations that do not link each other, of those whose pages were read.
pub fn linked(facts: &SiteFacts<'_>) -> Measurement {
    let pairs = match papers(facts) {
        Ok(papers) => papers.pairs,
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
