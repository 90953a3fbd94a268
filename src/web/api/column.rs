//! `/api/v1/columns/{id}`: one column with all that its page shows.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::ledger::{Act, Flagged, act, flagged};
use super::read::{incident, message};
use super::shape::{Column, Incident, Message};
use super::{answered, unknown, unreadable};
use crate::domain::item;
use crate::domain::observation::Observation;
use crate::domain::time::{Moment, date_of};
use crate::report::acts::about;
use crate::report::duty;
use crate::report::history::sight_in_chinese;
use crate::report::note::note;
use crate::report::overview::{column_line, stale_incident};
use crate::report::plain::one_line;
use crate::report::sentence::{Case, why};
use crate::report::year::{days, months};
use crate::web::access::viewer::Viewer;
use crate::web::column::{change_in_chinese, find, gather, is_own};
use crate::web::view::{Named, Shared, TITLE_CHARS, web_address};

/// How many items are told.
const ITEMS: usize = 200;
/// How many visits are told.
const VISITS: usize = 50;
/// How many flags, and how many acts, are told.
const NOTED: usize = 50;

/// One column with what its verdict rests on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ColumnDetail {
    /// The column.
    pub column: Column,
    /// The paragraph that defends the verdict, in Chinese.
    pub why: String,
    /// SHA-256 of the page copy on which the verdict rests, for `/copies/{id}`; none where none is kept.
    pub copy: Option<String>,
    /// Its items, the newest claim first, at most 200.
    pub items: Vec<Item>,
    /// The latest visits, the newest first, at most 50.
    pub visits: Vec<Visit>,
    /// The last year by months, the oldest first.
    pub months: Vec<Month>,
    /// Its incidents, the open ones first.
    pub incidents: Vec<Incident>,
    /// What people laid down about it, the newest first, at most 50.
    pub acts: Vec<Act>,
    /// What the operator should look at, the newest first, at most 50; not for a unit.
    pub flags: Vec<Flagged>,
    /// The messages that tell of it, the newest first; not for a unit.
    pub messages: Vec<Message>,
}

/// An item of a column: claim and observation are two facts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Item {
    /// The title.
    pub title: String,
    /// Where it leads.
    pub url: Option<String>,
    /// The date that the page claims.
    pub claimed_on: Option<String>,
    /// When a visit saw it first, RFC 3339.
    pub first_seen_at: String,
    /// What it showed before it was seen changed, the latest first, in Chinese.
    pub changes: Vec<String>,
}

/// One visit to a column.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Visit {
    /// When, RFC 3339.
    pub at: String,
    /// What it saw, in Chinese.
    pub saw: String,
    /// How many rows the list had.
    pub rows: usize,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// SHA-256 of the page, where one was read. Copies are kept of pages that changed the verdict.
    pub digest: Option<String>,
    /// What was remarkable about the reading, in Chinese.
    pub notes: Vec<String>,
}

/// One month of the last year.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Month {
    /// The month, `2017-11`.
    pub month: String,
    /// Items that claim a date in it.
    pub published: usize,
    /// Items first seen in it.
    pub seen: usize,
    /// Days on which the list was read.
    pub read_days: usize,
    /// Days on which no visit could tell.
    pub blind_days: usize,
}

/// `GET /api/v1/columns/{id}`.
pub async fn column(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    id: Named,
) -> Response {
    let found = id.ok().and_then(|Path(id)| find(&console, &id));
    let Some((column, site, unit)) = found.filter(|(column, _, _)| is_own(&viewer, column)) else {
        return unknown();
    };
    let known = match gather(&console, &viewer, column).await {
        Ok(known) => known,
        Err(error) => return unreadable(&error),
    };
    let picture = &known.picture;
    let (now, today) = (picture.now, date_of(picture.now));
    let seen = &known.observations;
    let latest = seen.get(..VISITS.min(seen.len())).unwrap_or(seen);
    let line = column_line(&picture.scene(&console), column);
    let case = Case {
        column,
        site,
        unit,
        judgement: &line.judgement,
        record: picture.records.get(&column.id),
        observations: latest,
        items: &known.items,
        flags: &known.flags,
        acceptance: known.acceptance.as_ref(),
        incident: stale_incident(&picture.open, &column.id),
        acts: &picture.acts,
        now,
    };
    let (items, flags) = (known.items.iter(), known.flags.iter());
    let incidents = known.incidents.iter();
    let names = console.names(picture);
    let scene = picture.scene(&console);
    let duties = duty::of_column(&scene, column, site, &known.items);
    let acts = about(&picture.acts, column).into_iter().rev();
    let year = months(&days(&known.items, seen, today));
    answered(Ok(ColumnDetail {
        column: Column::of(&line),
        why: why(&case) + &duty::sentences(&duties),
        copy: known.proof.clone(),
        items: items.take(ITEMS).map(|one| item(one, now)).collect(),
        visits: latest.iter().map(|one| visit(one, now)).collect(),
        months: year
            .into_iter()
            .map(|one| Month {
                month: format!("{}-{:02}", one.year, one.month),
                published: one.published,
                seen: one.seen,
                read_days: one.read,
                blind_days: one.blind,
            })
            .collect(),
        incidents: incidents.map(|one| incident(names, one, now)).collect(),
        acts: acts.take(NOTED).map(|one| act(names, one, now)).collect(),
        flags: flags.take(NOTED).map(|one| flagged(one, now)).collect(),
        messages: known
            .messages
            .iter()
            .map(|one| message(&picture.group, one))
            .collect(),
    }))
}

fn item(item: &item::Item, now: Moment) -> Item {
    let changes = item.changes.iter().rev();
    Item {
        title: one_line(&item.title, TITLE_CHARS),
        url: item.url.as_deref().and_then(web_address),
        claimed_on: item.claimed_on.map(|on| on.to_string()),
        first_seen_at: item.first_seen_at.to_rfc3339(),
        changes: changes
            .map(|change| change_in_chinese(item, change, now))
            .collect(),
    }
}

fn visit(seen: &Observation, now: Moment) -> Visit {
    let today = date_of(now);
    Visit {
        at: seen.observed_at.to_rfc3339(),
        saw: one_line(&sight_in_chinese(&seen.sight, today), TITLE_CHARS),
        rows: seen.rows,
        took_ms: seen.took_ms,
        digest: seen.digest.clone(),
        notes: seen.notes.iter().map(|one| note(one, today)).collect(),
    }
}
