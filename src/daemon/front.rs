//! One visit to one home page. What it finds is recorded beside the columns, with a copy of the page
//! that said it first; the incidents of sites rest on it.

use std::collections::BTreeMap;

use url::Url;

use super::reader::fingerprint;
use super::visit::{Aimed, Look, Means, look};
use crate::assess::home::{HomeSight, remember};
use crate::assess::outage::host_of;
use crate::domain::finding::{Finding, Unreadable};
use crate::domain::group::{Group, Site};
use crate::domain::home::{HomeBlock, HomeRecord};
use crate::domain::id::SiteId;
use crate::domain::observation::Sight;
use crate::domain::reading_rules::Extras;
use crate::domain::time::Moment;
use crate::domain::visit::{Outcome, Validators};
use crate::extract::{Reading, Recipe};

/// The sites whose home pages are visited: those with at least one column that is.
pub fn sites(group: &Group) -> impl Iterator<Item = (&Site, &Url)> {
    let sites = group.sites.values();
    let sites = sites.filter(|site| group.visits_home(site));
    sites.filter_map(|site| Some((site, site.home.as_ref()?)))
}

/// A home page that is to be visited.
#[derive(Debug, Clone, Copy)]
pub struct Front<'a> {
    /// The site.
    pub site: &'a Site,
    /// Its home page.
    pub url: &'a Url,
}

/// Every home page that is visited, as the schedule asks for it.
pub fn scheduled(group: &Group) -> impl Iterator<Item = Front<'_>> {
    sites(group).map(|(site, url)| Front { site, url })
}

/// How many home pages of other hosts are visited beside one whose failure is to be confirmed: where
/// they answer, our own network is not to blame.
const WITNESSES: usize = 2;

/// The home pages whose confirmation is due at `now`, with witnesses.
pub fn revisits<'a>(
    group: &'a Group,
    records: &BTreeMap<SiteId, HomeRecord>,
    now: Moment,
) -> Vec<Front<'a>> {
    let due = |record: &HomeRecord| record.reach.revisit_at.is_some_and(|at| at <= now);
    let front = |(site, url): (&'a Site, &'a Url)| Front { site, url };
    let known = |site: &Site| records.get(&site.id);
    let (asked, others): (Vec<_>, Vec<_>) =
        sites(group).partition(|(site, _)| known(site).is_some_and(due));
    if asked.is_empty() {
        return Vec::new();
    }
    let hosts: Vec<String> = asked.iter().map(|(_, url)| host_of(url)).collect();
    let witnesses = others.into_iter().filter(|(site, url)| {
        let answers = known(site).is_some_and(|record| record.reach.answers_since.is_some());
        answers && !hosts.contains(&host_of(url))
    });
    let witnesses: Vec<_> = witnesses.take(WITNESSES).collect();
    asked.into_iter().chain(witnesses).map(front).collect()
}

/// When the next confirmation of a home page is due.
pub fn next_revisit_at(group: &Group, records: &BTreeMap<SiteId, HomeRecord>) -> Option<Moment> {
    let visited = sites(group).filter_map(|(site, _)| records.get(&site.id));
    visited.filter_map(|record| record.reach.revisit_at).min()
}

/// What a visit to a home page brought.
#[derive(Debug)]
pub struct Fronted {
    /// What is known of it now.
    pub record: HomeRecord,
    /// The page with its digest, where the record names it as a copy from now on.
    pub body: Option<(String, Vec<u8>)>,
    /// How each request ended.
    pub outcomes: Vec<&'static str>,
}

/// Visits the home page at `now`.
pub async fn visit(
    means: &Means,
    errand: &Front<'_>,
    before: Option<HomeRecord>,
    now: Moment,
) -> Fronted {
    let Front { site, url } = *errand;
    let recipe = Recipe::of_home(site, means.page_budget);
    let reader = fingerprint(url, &recipe, Extras::NONE);
    let holds = |record: &&HomeRecord| {
        record.blind.is_none() && record.reader.as_deref() == Some(reader.as_str())
    };
    let known = before.as_ref().filter(holds);
    // Where no copy is kept, the page is to come even if it is what it was.
    let proven = known.filter(|record| record.proof().is_some());
    let aimed = Aimed {
        url,
        access: &site.access,
        recipe,
        validators: proven
            .map(|record| record.validators.clone())
            .unwrap_or_default(),
        known: known.and_then(|record| record.digest.clone()),
        extra: Extras::NONE,
    };
    let stands = known.and_then(|record| record.last_update.clone());
    let look = look(means, aimed, now).await;
    let seen = seen(&look, stands.map(Finding::Dated), now);
    let mut record = remember(before, &site.id, seen);
    record.reader = Some(reader);
    Fronted {
        body: copied(&record, &look, now),
        outcomes: look.outcomes,
        record,
    }
}

/// The page that came, where the record names it since this visit.
fn copied(record: &HomeRecord, look: &Look, now: Moment) -> Option<(String, Vec<u8>)> {
    let page = look.page()?;
    let newest = record.copies.first().filter(|copy| copy.seen_at == now)?;
    let is_it = look.digest.as_ref() == Some(&newest.digest);
    is_it.then(|| (newest.digest.clone(), page.body.clone()))
}

fn seen(look: &Look, stands: Option<Finding>, now: Moment) -> HomeSight {
    let (blocks, notes) = match &look.reading {
        Some(reading) => (blocks(reading), reading.notes.clone()),
        None => (Vec::new(), Vec::new()),
    };
    let sight = match (&look.visit.outcome, &look.reading) {
        (Outcome::Failed(failure), _) => Sight::Failed(failure.clone()),
        (_, Some(reading)) => Sight::Read(reading.finding.clone()),
        (Outcome::Page(_) | Outcome::NotModified, None) => match stands {
            Some(finding) => Sight::Unchanged(finding),
            None => Sight::Read(Finding::Unreadable(Unreadable::TooComplex)),
        },
    };
    // Where other pages had a part in it, or days that will have come, the first page's bytes alone
    // prove nothing next time.
    let tells_alone = look.alone && !look.reading.as_ref().is_some_and(|reading| reading.ahead);
    HomeSight {
        at: now,
        sight,
        blocks,
        notes,
        page: look.page().and_then(|_| look.digest.clone()),
        digest: look.digest.clone().filter(|_| tells_alone),
        validators: match tells_alone {
            true => look.visit.validators.clone(),
            false => Validators::default(),
        },
    }
}

fn blocks(reading: &Reading) -> Vec<HomeBlock> {
    let blocks = reading.blocks.iter().map(|block| HomeBlock {
        heading: block.heading.clone(),
        newest: block.newest,
        rows: block.rows,
    });
    blocks.collect()
}
