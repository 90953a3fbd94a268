//! `/column/{id}`: one column with the paragraph that defends its verdict, its visits, its items.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::Console;
use super::access::viewer::Viewer;
use super::source::Picture;
use super::view::{
    ColumnRow, Frame, Named, Shared, TITLE_CHARS, date, page, unknown, unreadable, web_address,
    when,
};
use crate::domain::acceptance::Acceptance;
use crate::domain::act::{Act, NAME_CHARS, REASON_CHARS};
use crate::domain::flag::Flag;
use crate::domain::group::{Column, Site, Unit};
use crate::domain::id::ColumnId;
use crate::domain::item::{Change, Item};
use crate::domain::name::is_same_title;
use crate::domain::observation::{Observation, Sight};
use crate::domain::time::{Moment, date_of};
use crate::report::acts;
use crate::report::flags::fact;
use crate::report::history::sight_in_chinese;
use crate::report::note::note;
use crate::report::overview::{column_line, stale_incident};
use crate::report::plain::{one_line, title, typed};
use crate::report::sentence::{Case, why};
use crate::store::error::StoreError;

/// How many visits are listed.
const VISITS: usize = 30;
/// How many items are listed.
const ITEMS: usize = 50;
/// How many flags are listed.
const FLAGS: usize = 20;
/// How many acts of people are listed.
const ACTS: usize = 20;
/// How many notes of one visit are listed.
const NOTES: usize = 8;

#[derive(Template)]
#[template(path = "column.html")]
struct ColumnPage {
    frame: Frame,
    row: ColumnRow,
    why: String,
    address: Option<String>,
    visits: Vec<VisitRow>,
    flags: Vec<FlagRow>,
    items: Vec<ItemRow>,
    acts: Vec<ActRow>,
}

struct ActRow {
    at: String,
    by: String,
    what: String,
    reason: String,
}

struct VisitRow {
    at: String,
    outcome: String,
    rows: String,
    took: String,
    digest: String,
    notes: Vec<String>,
}

struct ItemRow {
    title: String,
    link: Option<String>,
    claimed: String,
    seen: String,
    changes: Vec<String>,
}

struct FlagRow {
    at: String,
    kind: &'static str,
    title: String,
    link: Option<String>,
    fact: String,
}

/// `GET /column/{id}`.
pub async fn column(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    id: Named,
) -> Response {
    let found = id.ok().and_then(|Path(id)| find(&console, &id));
    // A column of others is as unknown as one that does not exist.
    let own = |column: &Column| viewer.only().is_none_or(|unit| *unit == column.unit);
    let Some((column, site, unit)) = found.filter(|(column, _, _)| own(column)) else {
        return unknown();
    };
    match gather(&console, &viewer, &column.id).await {
        Ok((picture, observations, items, flags, acceptance)) => {
            let line = column_line(&picture.scene(&console), column);
            let case = Case {
                column,
                site,
                unit,
                judgement: &line.judgement,
                record: picture.records.get(&column.id),
                observations: &observations,
                items: &items,
                flags: &flags,
                acceptance: acceptance.as_ref(),
                incident: stale_incident(&picture.open, &column.id),
                acts: &picture.acts,
                now: picture.now,
            };
            page(&ColumnPage {
                frame: Frame::of(&console, &picture, &viewer),
                why: why(&case),
                address: line.url.as_deref().and_then(web_address),
                row: ColumnRow::of(&line, picture.now),
                visits: observations
                    .iter()
                    .map(|seen| visit_row(seen, picture.now))
                    .collect(),
                flags: flags
                    .iter()
                    .take(FLAGS)
                    .map(|flag| flag_row(flag, picture.now))
                    .collect(),
                items: items
                    .iter()
                    .take(ITEMS)
                    .map(|item| item_row(item, picture.now))
                    .collect(),
                acts: acts::about(&picture.acts, column)
                    .into_iter()
                    .rev()
                    .take(ACTS)
                    .map(|act| act_row(act, picture.now))
                    .collect(),
            })
        }
        Err(error) => unreadable(&error),
    }
}

fn find<'a>(console: &'a Console, id: &str) -> Option<(&'a Column, &'a Site, &'a Unit)> {
    let column = console.group.columns.get(&ColumnId::parse(id).ok()?)?;
    let site = console.group.sites.get(&column.site)?;
    let unit = console.group.units.get(&column.unit)?;
    Some((column, site, unit))
}

type Gathered = (
    Picture,
    Vec<Observation>,
    Vec<Item>,
    Vec<Flag>,
    Option<Acceptance>,
);

async fn gather(
    console: &Console,
    viewer: &Viewer,
    column: &ColumnId,
) -> Result<Gathered, StoreError> {
    let picture = Picture::take(console, viewer).await?;
    let observations = console.store.observations(column, VISITS).await?;
    let items = console.store.items(column).await?;
    let flags = match viewer.only() {
        Some(_) => Vec::new(),
        None => console.store.flags(Some(column)).await?,
    };
    let acceptance = console.store.acceptance(column).await?;
    Ok((picture, observations, items, flags, acceptance))
}

fn visit_row(seen: &Observation, now: Moment) -> VisitRow {
    let digest = seen.digest.as_deref().unwrap_or("—");
    VisitRow {
        at: when(Some(seen.observed_at), now),
        outcome: one_line(&sight_in_chinese(&seen.sight, date_of(now)), TITLE_CHARS),
        // Only a page that came back anew was counted.
        rows: match seen.sight {
            Sight::Read(_) => seen.rows.to_string(),
            Sight::Unchanged(_) | Sight::Failed(_) => "—".to_owned(),
        },
        took: format!("{}.{}秒", seen.took_ms / 1000, seen.took_ms % 1000 / 100),
        digest: digest.chars().take(12).collect(),
        notes: seen
            .notes
            .iter()
            .take(NOTES)
            .map(|noted| note(noted, date_of(now)))
            .collect(),
    }
}

fn item_row(item: &Item, now: Moment) -> ItemRow {
    ItemRow {
        title: one_line(&item.title, TITLE_CHARS),
        link: item.url.as_deref().and_then(web_address),
        claimed: date(item.claimed_on, date_of(now)),
        seen: when(Some(item.first_seen_at), now),
        changes: item
            .changes
            .iter()
            .rev()
            .map(|change| change_in_chinese(item, change, now))
            .collect(),
    }
}

/// What an item showed until it was seen changed.
fn change_in_chinese(item: &Item, change: &Change, now: Moment) -> String {
    let at = when(Some(change.seen_at), now);
    let on = date(change.claimed_on, date_of(now));
    match is_same_title(&change.title, &item.title) {
        true => format!("{at} 此前标注{on}"),
        false => format!(
            "{at} 此前标注{on}，标题{}",
            title(&change.title, TITLE_CHARS)
        ),
    }
}

fn act_row(act: &Act, now: Moment) -> ActRow {
    ActRow {
        at: when(Some(act.at), now),
        by: typed(&act.by, NAME_CHARS),
        what: acts::deed(&act.deed, now),
        reason: typed(&act.reason, REASON_CHARS),
    }
}

fn flag_row(flag: &Flag, now: Moment) -> FlagRow {
    FlagRow {
        at: when(Some(flag.raised_at), now),
        kind: flag.fact.kind().in_chinese(),
        title: one_line(&flag.title, TITLE_CHARS),
        link: flag.url.as_deref().and_then(web_address),
        fact: fact(flag, now),
    }
}
