//! One visit to one home page, in the same rounds as the columns'. What it finds is recorded and
//! shown; nothing is alerted by it.

use url::Url;

use super::reader::fingerprint;
use super::visit::{Aimed, Look, Means, look};
use crate::assess::home::{HomeSight, remember};
use crate::domain::finding::{Finding, Unreadable};
use crate::domain::group::{Group, Site};
use crate::domain::home::{HomeBlock, HomeRecord};
use crate::domain::observation::Sight;
use crate::domain::reading_rules::ExtraHeaders;
use crate::domain::time::Moment;
use crate::domain::visit::{Outcome, Validators};
use crate::extract::{Aim, Reading, Recipe};

/// The sites whose home pages are visited: those with at least one column that is.
pub fn sites(group: &Group) -> impl Iterator<Item = (&Site, &Url)> {
    let watched = |site: &Site| {
        let mut columns = group.columns.values();
        columns.any(|column| column.site == site.id && column.url.is_some())
    };
    let sites = group.sites.values().filter(move |site| watched(site));
    sites.filter_map(|site| Some((site, site.home.as_ref()?)))
}

/// How the home page of `site` is read.
pub fn recipe(site: &Site, budget: usize) -> Recipe {
    Recipe {
        home: site.home.clone(),
        asked: site.home.clone(),
        site: site.identity.clone(),
        budget,
        ..Recipe::of(Aim::Home)
    }
}

/// Visits the home page at `now`; answers with what is known then, and how each request ended.
pub async fn visit(
    means: &Means,
    (site, url): (&Site, &Url),
    before: Option<HomeRecord>,
    now: Moment,
) -> (HomeRecord, Vec<&'static str>) {
    let recipe = recipe(site, means.page_budget);
    let reader = fingerprint(url, &recipe, ExtraHeaders::NONE);
    let holds = |record: &&HomeRecord| {
        record.blind.is_none() && record.reader.as_deref() == Some(reader.as_str())
    };
    let known = before.as_ref().filter(holds);
    let aimed = Aimed {
        url,
        access: &site.access,
        recipe,
        validators: known
            .map(|record| record.validators.clone())
            .unwrap_or_default(),
        known: known.and_then(|record| record.digest.clone()),
        extra: ExtraHeaders::NONE,
    };
    let stands = known.and_then(|record| record.last_update.clone());
    let look = look(means, aimed, now).await;
    let outcomes = look.outcomes.clone();
    let seen = seen(look, stands.map(Finding::Dated), now);
    let mut record = remember(before, &site.id, seen);
    record.reader = Some(reader);
    (record, outcomes)
}

fn seen(look: Look, stands: Option<Finding>, now: Moment) -> HomeSight {
    let digest = look.digest;
    let (blocks, notes) = match &look.reading {
        Some(reading) => (blocks(reading), reading.notes.clone()),
        None => (Vec::new(), Vec::new()),
    };
    let sight = match (look.visit.outcome, look.reading) {
        (Outcome::Failed(failure), _) => Sight::Failed(failure),
        (_, Some(reading)) => Sight::Read(reading.finding),
        (Outcome::Page(_) | Outcome::NotModified, None) => match stands {
            Some(finding) => Sight::Unchanged(finding),
            None => Sight::Read(Finding::Unreadable(Unreadable::TooComplex)),
        },
    };
    HomeSight {
        at: now,
        sight,
        blocks,
        notes,
        // Where other pages had a part in it, the first page's bytes alone prove nothing.
        digest: digest.filter(|_| look.alone),
        validators: match look.alone {
            true => look.visit.validators,
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
