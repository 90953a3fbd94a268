//! One visit to one column, end to end: fetch, read, fetch what the reader still needs, read
//! again; and what is to be remembered of it.
//!
//! Reading is work for a processor and runs on the blocking pool. Nothing here decides anything
//! about freshness.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::reader::{fingerprint, under};
use super::sameness::Digests;
use crate::assess::remember::{Traces, remember};
use crate::domain::access::Access;
use crate::domain::finding::{Finding, Unreadable};
use crate::domain::group::{Column, Site};
use crate::domain::host::Fingerprint;
use crate::domain::item::Row;
use crate::domain::note::Note;
use crate::domain::observation::{Cause, ColumnRecord, Observation, Sight};
use crate::domain::page::Page;
use crate::domain::reading_rules::Extras;
use crate::domain::time::{Date, Moment, date_of};
use crate::domain::visit::{Outcome, Validators, Visit};
use crate::extract::{Answer, More, Pages, Reader, Reading, Recipe};
use crate::fetch::client::Fetcher;
use crate::web::label;

/// The most notes that an observation keeps.
const MOST_NOTES: usize = 8;
/// The most rows of one list that are remembered.
const MOST_ITEMS: usize = 50;
/// Rounds of reading and fetching more; the page budget ends earlier in all real cases.
const MOST_TURNS: usize = 8;

/// What one visit brought.
#[derive(Debug)]
pub struct Brought {
    /// What was seen.
    pub observation: Observation,
    /// What is known of the column now.
    pub record: ColumnRecord,
    /// The rows in the order of the page, where it was read anew and is the column's list.
    pub rows: Vec<Row>,
    /// The list page's bytes with their digest, where the page was read anew.
    pub body: Option<(String, Vec<u8>)>,
    /// Whether the host answered with the page, or with its being unchanged.
    pub came: bool,
    /// How each request ended, the first included.
    pub outcomes: Vec<&'static str>,
    /// The bytes of all pages.
    pub bytes: usize,
}

/// A page as it was fetched and read.
#[derive(Debug)]
pub struct Look {
    /// The request for the first page.
    pub visit: Visit,
    /// What the reader made of it, where a page came and was read.
    pub reading: Option<Reading>,
    /// How each request ended, the first included.
    pub outcomes: Vec<&'static str>,
    /// The bytes of all pages.
    pub bytes: usize,
    /// Whether the first page alone decided.
    pub alone: bool,
    /// The digest of the first page's bytes, where a page came.
    pub digest: Option<String>,
}

impl Look {
    /// The first page, where one came.
    pub fn page(&self) -> Option<&Page> {
        match &self.visit.outcome {
            Outcome::Page(page) => Some(page),
            Outcome::NotModified | Outcome::Failed(_) => None,
        }
    }
}

/// Stands in for network and reader where the world is made up and a year has to pass in seconds.
pub trait Eye: Send + Sync {
    /// What fetching and reading the page at `now` would have brought. As with a real page, no
    /// reading is due where the digest is the one that is known.
    fn look<'a>(&'a self, aimed: &'a Aimed<'_>, now: Moment) -> BoxFuture<'a, Look>;
}

/// What a visit needs besides its column.
#[derive(Clone)]
pub struct Means {
    /// Fetches pages.
    pub fetcher: Fetcher,
    /// Looks in its place, where the world is made up.
    pub eye: Option<Arc<dyn Eye>>,
    /// Pages that one visit may fetch.
    pub page_budget: usize,
    /// Tells quickly whether a page is what it was.
    pub digests: Digests,
}

/// How a page is to be looked at.
#[derive(Debug, Clone)]
pub struct Aimed<'a> {
    /// The address.
    pub url: &'a Url,
    /// The rules under which it is fetched.
    pub access: &'a Access,
    /// What the reader is to expect.
    pub recipe: Recipe,
    /// For a conditional request.
    pub validators: Validators,
    /// The digest of a page that need not be read again.
    pub known: Option<String>,
    /// What is sent besides.
    pub extra: Extras<'a>,
}

/// A column to be visited, and what is known beside its record.
#[derive(Debug, Clone, Copy)]
pub struct Errand<'a> {
    /// The column.
    pub column: &'a Column,
    /// Its site.
    pub site: &'a Site,
    /// Its list page.
    pub url: &'a Url,
    /// What the host shows for a path that cannot exist.
    pub missing: Option<&'a Fingerprint>,
    /// Whether the page is read though it is what it was.
    pub anew: bool,
    /// When a person last took a changed list for the column's.
    pub accepted_at: Option<Moment>,
}

/// Visits a column at `now`; `before` is what is known of it.
pub async fn visit(
    means: &Means,
    errand: &Errand<'_>,
    before: Option<ColumnRecord>,
    now: Moment,
) -> Brought {
    let Errand { column, site, .. } = *errand;
    let recipe = recipe(site, column, means.page_budget);
    let extra = extra(column, errand.url);
    let reader = fingerprint(errand.url, &recipe, extra);
    let before = before.map(|record| under(record, &reader));
    let stands = before.as_ref().and_then(|record| standing(record, &reader));
    let known = before.as_ref();
    let known = known.filter(|_| stands.is_some() && !errand.anew);
    let aimed = Aimed {
        url: errand.url,
        access: &site.access,
        recipe: Recipe {
            missing: errand.missing.cloned(),
            ..recipe
        },
        validators: known
            .map(|record| record.validators.clone())
            .unwrap_or_default(),
        known: known.and_then(|record| record.digest.clone()),
        extra,
    };
    let look = look(means, aimed, now).await;
    let mut brought = remembered(errand, before, stands, look, now);
    brought.record.reader = Some(reader);
    brought
}

/// What is sent for `column` besides, to the host of `url` alone.
pub fn extra<'a>(column: &'a Column, url: &'a Url) -> Extras<'a> {
    Extras::to(url, column.read.as_ref())
}

/// How the page of `column` is read.
pub fn recipe(site: &Site, column: &Column, budget: usize) -> Recipe {
    Recipe::of_column(site, column, budget)
}

/// The finding that holds while neither the page nor the reader changes.
fn standing(record: &ColumnRecord, reader: &str) -> Option<Finding> {
    if record.blind.is_some() || record.reader.as_deref() != Some(reader) {
        return None;
    }
    match (&record.last_update, record.empty_since) {
        (_, Some(_)) => Some(Finding::Empty),
        (Some(update), None) => Some(Finding::Dated(update.clone())),
        (None, None) => None,
    }
}

/// Fetches the page and reads it, with the further pages that the reader asks for.
pub async fn look(means: &Means, aimed: Aimed<'_>, now: Moment) -> Look {
    if let Some(eye) = &means.eye {
        return eye.look(&aimed, now).await;
    }
    let visit = means
        .fetcher
        .visit_with(aimed.url, aimed.access, &aimed.validators, aimed.extra)
        .await;
    let mut look = Look {
        outcomes: vec![label::outcome(&visit.outcome)],
        visit,
        reading: None,
        bytes: 0,
        alone: true,
        digest: None,
    };
    let Some(page) = look.page() else {
        return look;
    };
    let bytes = page.body.len();
    let digest = means.digests.of(&page.body, aimed.known.as_deref());
    let is_known = aimed.known.is_some_and(|known| known == digest);
    (look.bytes, look.digest) = (bytes, Some(digest));
    let Some(page) = look.page().filter(|_| !is_known).cloned() else {
        return look;
    };
    let mut pages = Pages {
        first: page,
        more: BTreeMap::new(),
    };
    let further = Further {
        access: aimed.access,
        extra: aimed.extra.further(),
    };
    let mut reader = Reader::new(aimed.recipe, date_of(now));
    for _ in 0..MOST_TURNS {
        let Some((seen, kept, answer)) = read_aside(reader, pages).await else {
            return look;
        };
        match answer {
            Answer::Found(mut reading) => {
                let detour = look.visit.detour.as_ref().map(Note::of_detour);
                reading.notes.extend(detour);
                look.reading = Some(*reading);
                return look;
            }
            Answer::Need(urls) => {
                (reader, pages) = (seen, kept);
                look.alone = false;
                fetch_more(means, &further, &mut pages, &mut look, urls).await;
            }
        }
    }
    look
}

/// Reads on the blocking pool; nothing where the reader broke off.
async fn read_aside(mut reader: Reader, pages: Pages) -> Option<(Reader, Pages, Answer)> {
    let url = pages.first.url.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let answer = reader.read(&pages);
        (reader, pages, answer)
    });
    match reading.await {
        Ok(read) => Some(read),
        Err(error) => {
            tracing::error!(%url, %error, "the reader broke off");
            None
        }
    }
}

/// How further pages are fetched.
struct Further<'a> {
    access: &'a Access,
    extra: Extras<'a>,
}

/// Fetches the pages that the reader asks for, each once.
async fn fetch_more(
    means: &Means,
    further: &Further<'_>,
    pages: &mut Pages,
    look: &mut Look,
    urls: Vec<Url>,
) {
    for url in urls {
        if pages.more.contains_key(&url) {
            continue;
        }
        let more = if pages.more.len() + 1 < means.page_budget.max(1) {
            let visit = means
                .fetcher
                .visit_with(&url, further.access, &Validators::default(), further.extra)
                .await;
            look.outcomes.push(label::outcome(&visit.outcome));
            match visit.outcome {
                Outcome::Page(page) => {
                    look.bytes += page.body.len();
                    More::Page(page)
                }
                Outcome::NotModified | Outcome::Failed(_) => More::Failed,
            }
        } else {
            More::Failed
        };
        pages.more.insert(url, more);
    }
}

/// What is remembered of a look.
fn remembered(
    errand: &Errand,
    before: Option<ColumnRecord>,
    stands: Option<Finding>,
    look: Look,
    now: Moment,
) -> Brought {
    let digest = look.digest.clone();
    let sight = sight(&look, stands);
    let reading = look.reading.as_ref();
    let observation = Observation {
        column: errand.column.id.clone(),
        observed_at: now,
        rows: reading.map_or(0, |reading| reading.rows.len()),
        took_ms: look.visit.took_ms,
        digest: digest.clone(),
        notes: reading.map_or_else(Vec::new, |reading| {
            reading.notes.iter().take(MOST_NOTES).cloned().collect()
        }),
        sight,
    };
    let traces = Traces {
        signature: reading.and_then(|reading| reading.signature.clone()),
        validators: look.visit.validators.clone(),
        accepted_at: errand.accepted_at,
    };
    let mut record = match &observation.sight {
        Sight::Unchanged(_) => unchanged(before, &observation, traces),
        Sight::Read(_) | Sight::Failed(_) => remember(before, &observation, traces),
    };
    if !look.alone || reading.is_some_and(|reading| looks_ahead(reading, date_of(now))) {
        // Other pages had a part in it, or days that will have come: the first page's bytes alone prove
        // nothing next time.
        record.digest = None;
        record.validators = Validators::default();
    }
    let listed = is_list(&observation.sight, &record);
    Brought {
        came: !matches!(look.visit.outcome, Outcome::Failed(_)),
        rows: look
            .reading
            .filter(|_| listed)
            .map(|reading| newest(dated(reading.rows, &reading.finding)))
            .unwrap_or_default(),
        body: match (look.visit.outcome, digest) {
            (Outcome::Page(page), Some(digest))
                if !matches!(observation.sight, Sight::Unchanged(_)) =>
            {
                Some((digest, page.body))
            }
            _ => None,
        },
        outcomes: look.outcomes,
        bytes: look.bytes,
        observation,
        record,
    }
}

/// Whether a row shows a day to come: once it has, the same page says something else.
fn looks_ahead(reading: &Reading, today: Date) -> bool {
    let days = |row: &Row| row.on.max(row.refused_on);
    reading.rows.iter().any(|row| days(row) > Some(today))
}

/// Whether rows that were read are the column's items, dated or not. Of a page that is not its list,
/// or may be another since a redesign, none is remembered.
fn is_list(sight: &Sight, record: &ColumnRecord) -> bool {
    let redesigned = record
        .blind
        .as_ref()
        .is_some_and(|blind| blind.why == Cause::Redesigned);
    let found = matches!(sight, Sight::Read(Finding::Dated(_) | Finding::Undated(_)));
    found && !redesigned
}

/// The record after a visit that found the page as it was: what was read stands, and so does what
/// makes the next visit cheap.
fn unchanged(before: Option<ColumnRecord>, seen: &Observation, traces: Traces) -> ColumnRecord {
    let kept = before.clone();
    let mut record = remember(before, seen, traces);
    if let Some(kept) = kept {
        record.signature = kept.signature;
        record.digest = kept.digest;
        record.validators = kept.validators;
    }
    record
}

fn sight(look: &Look, stands: Option<Finding>) -> Sight {
    match (&look.visit.outcome, &look.reading) {
        (Outcome::Failed(failure), _) => Sight::Failed(failure.clone()),
        (_, Some(reading)) => Sight::Read(reading.finding.clone()),
        (Outcome::Page(_) | Outcome::NotModified, None) => match stands {
            Some(finding) => Sight::Unchanged(finding),
            None => Sight::Read(Finding::Unreadable(Unreadable::TooComplex)),
        },
    }
}

/// The rows, the one that the finding is about with its date where only the article tells it.
fn dated(mut rows: Vec<Row>, finding: &Finding) -> Vec<Row> {
    if let Finding::Dated(update) = finding {
        let link = update.evidence.link.as_ref();
        let bare = |row: &&mut Row| row.on.is_none() && row.refused_on.is_none();
        let its = |row: &&mut Row| link.is_some() && row.url.as_ref() == link;
        if let Some(row) = rows.iter_mut().filter(bare).find(its) {
            row.on = Some(update.on);
            row.basis = Some(update.basis);
        }
    }
    rows
}

/// The rows with the newest claims in the order of the page, the others cut off.
fn newest(rows: Vec<Row>) -> Vec<Row> {
    let mut places: Vec<usize> = (0..rows.len()).collect();
    let claim = |place: &usize| rows.get(*place).and_then(|row| row.on.or(row.refused_on));
    places.sort_by_key(|place| std::cmp::Reverse(claim(place)));
    let kept: BTreeSet<usize> = places.into_iter().take(MOST_ITEMS).collect();
    let rows = rows.into_iter().enumerate();
    rows.filter(|(place, _)| kept.contains(place))
        .map(|(_, row)| row)
        .collect()
}

/// SHA-256 in hexadecimal.
pub fn digest_of(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}
