//! `/copy/{id}?digest=…`: the stored copy of the page behind a verdict, as rows and as source text.
//!
//! Nothing of the page is ever shown as a page: its markup is text here, and its links lead
//! nowhere by themselves. Only what a visit to this column kept is shown.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use url::Url;

use super::Console;
use super::access::viewer::Viewer;
use super::column::{find, is_own, parameter};
use super::source::Picture;
use super::view::{
    Frame, NAME_CHARS, Named, Place, Shared, TITLE_CHARS, date, fault, page, unknown, unreadable,
    when,
};
use crate::domain::finding::{Finding, LastUpdate};
use crate::domain::group::{Column, Site};
use crate::domain::item::Row;
use crate::domain::name::is_same_title;
use crate::domain::observation::Observation;
use crate::domain::page::Page;
use crate::domain::time::{Date, date_of};
use crate::extract::{Answer, More, Pages, Reader, Recipe};
use crate::report::history::sight_in_chinese;
use crate::report::plain::{lines, one_line};
use crate::store::error::StoreError;

/// How many visits are looked through for the digest.
const VISITS: usize = 2000;
/// How many rows are shown.
pub const ROWS: usize = 200;
/// How much of the source is shown, in characters.
pub const SOURCE_CHARS: usize = 60_000;
/// The shortest end of an address by which a row is found in the source.
const FILE_CHARS: usize = 4;
/// Rounds of reading: what the reader asks for besides is not at hand.
const TURNS: usize = 8;

#[derive(Template)]
#[template(path = "copy.html")]
struct CopyPage {
    frame: Frame,
    id: String,
    name: String,
    site: String,
    site_name: String,
    digest: String,
    visited: String,
    verdict: String,
    bytes: usize,
    rows: Vec<RowLine>,
    more: usize,
    source: Option<Vec<Piece>>,
    cut: bool,
}

struct RowLine {
    decided: bool,
    on: String,
    title: String,
    url: String,
}

/// A stretch of the source, and whether the deciding row stands in it.
struct Piece {
    decided: bool,
    text: String,
}

/// What was read of the copy, and its source.
struct Reread {
    rows: Vec<Row>,
    text: Option<String>,
}

/// Why there is no copy to show.
pub enum Lack {
    /// No such column for the viewer, or no visit to it that kept this copy.
    Unknown,
    /// None was kept, or as long as the configuration says.
    Gone,
    /// It cannot be read.
    Broken,
    /// The store cannot be read.
    Store(StoreError),
}

impl From<StoreError> for Lack {
    fn from(error: StoreError) -> Lack {
        Lack::Store(error)
    }
}

/// What is said of a copy that was removed, or of a page of which none was kept.
pub const GONE: &str = "该次访问的页面未留副本，或副本已按保存期限清除。";
/// What is said of a copy that cannot be read.
pub const BROKEN: &str = "页面副本无法读取。";

/// A stored copy with the visit that kept it, and what is read of it.
pub struct Copied<'a> {
    /// The column.
    pub column: &'a Column,
    /// The site that shows it.
    pub site: &'a Site,
    /// The visit.
    pub visit: Observation,
    /// The size of the page, in bytes.
    pub bytes: usize,
    /// The rows that are read of it.
    pub rows: Vec<Row>,
    /// Its source, where it is text.
    pub text: Option<String>,
}

impl Copied<'_> {
    /// The copy called `digest` of the column `id`.
    pub async fn find<'a>(
        console: &'a Console,
        viewer: &Viewer,
        id: &str,
        digest: Option<String>,
    ) -> Result<Copied<'a>, Lack> {
        let found = find(console, id).filter(|(column, _, _)| is_own(viewer, column));
        let (column, site, _) = found.ok_or(Lack::Unknown)?;
        let digest = digest.ok_or(Lack::Unknown)?;
        let observations = console.store.observations(&column.id, VISITS).await?;
        let mut observations = observations.into_iter();
        let visit = observations
            .find(|seen| seen.digest.as_ref() == Some(&digest))
            .ok_or(Lack::Unknown)?;
        let body = console.store.body(&digest).await?.ok_or(Lack::Gone)?;
        let bytes = body.len();
        let reread = read_again(site, column, body, date_of(visit.observed_at)).await;
        let Reread { rows, text } = reread.ok_or(Lack::Broken)?;
        Ok(Copied {
            column,
            site,
            visit,
            bytes,
            rows,
            text,
        })
    }

    /// Whether `row` decided at the visit.
    pub fn is_decided_by(&self, row: &Row) -> bool {
        decided(&self.visit).is_some_and(|update| is_it(row, update))
    }
}

/// `GET /copy/{id}`.
pub async fn copy(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    id: Named,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path(id)) = id else {
        return unknown();
    };
    let digest = parameter(query.as_deref(), "digest");
    let copied = match Copied::find(&console, &viewer, &id, digest).await {
        Ok(copied) => copied,
        Err(Lack::Unknown) => return unknown(),
        Err(Lack::Gone) => return fault(StatusCode::NOT_FOUND, GONE),
        Err(Lack::Broken) => return fault(StatusCode::INTERNAL_SERVER_ERROR, BROKEN),
        Err(Lack::Store(error)) => return unreadable(&error),
    };
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    let (column, visit) = (copied.column, &copied.visit);
    let today = date_of(picture.now);
    let source = copied.text.as_deref();
    page(&CopyPage {
        frame: Frame::of(&console, &picture, &viewer, Place::Overview),
        id: column.id.to_string(),
        name: one_line(&column.name, NAME_CHARS),
        site: copied.site.id.to_string(),
        site_name: one_line(&copied.site.name, NAME_CHARS),
        digest: visit.digest.clone().unwrap_or_default(),
        visited: when(Some(visit.observed_at), picture.now),
        verdict: one_line(&sight_in_chinese(&visit.sight, today), TITLE_CHARS),
        bytes: copied.bytes,
        more: copied.rows.len().saturating_sub(ROWS),
        cut: source.is_some_and(|text| text.chars().nth(SOURCE_CHARS).is_some()),
        source: source.map(|text| pieces(&lines(text, SOURCE_CHARS), decided(visit))),
        rows: copied
            .rows
            .iter()
            .take(ROWS)
            .map(|row| row_line(row, copied.is_decided_by(row), today))
            .collect(),
    })
}

/// The item that decided at a visit.
fn decided(visit: &Observation) -> Option<&LastUpdate> {
    match visit.sight.finding()? {
        Finding::Dated(update) => Some(update),
        _ => None,
    }
}

fn row_line(row: &Row, decided: bool, today: Date) -> RowLine {
    RowLine {
        decided,
        on: date(row.on, today),
        title: one_line(&row.title, TITLE_CHARS),
        url: one_line(row.url.as_deref().unwrap_or("—"), 2 * TITLE_CHARS),
    }
}

fn is_it(row: &Row, update: &LastUpdate) -> bool {
    row.on == Some(update.on) && is_same_title(&row.title, &update.evidence.title)
}

/// Reads the copy as the visit did, without any further page.
async fn read_again(site: &Site, column: &Column, body: Vec<u8>, on: Date) -> Option<Reread> {
    let url: Url = column.address()?.clone();
    let recipe = Recipe::of_column(site, column, Recipe::BUDGET);
    let work = move || {
        let first = Page {
            url,
            status: 200,
            content_type: None,
            body,
        };
        let text = crate::extract::text(&first);
        let mut pages = Pages {
            first,
            more: BTreeMap::new(),
        };
        let mut reader = Reader::new(recipe, on);
        for _ in 0..TURNS {
            match reader.read(&pages) {
                Answer::Found(reading) => {
                    let rows = reading.rows;
                    return Reread { rows, text };
                }
                Answer::Need(urls) => {
                    let failed = urls.into_iter().map(|url| (url, More::Failed));
                    pages.more.extend(failed);
                }
            }
        }
        let rows = Vec::new();
        Reread { rows, text }
    };
    tokio::task::spawn_blocking(work).await.ok()
}

/// The source in stretches of lines, those of the deciding row apart.
fn pieces(source: &str, decided: Option<&LastUpdate>) -> Vec<Piece> {
    let evidence = decided.map(|update| &update.evidence);
    // The source may write a title otherwise than it reads; its address then finds the row.
    let link = evidence.and_then(|evidence| evidence.link.as_deref());
    let file = link.and_then(|link| link.rsplit('/').find(|part| part.len() >= FILE_CHARS));
    let title = evidence.map(|evidence| evidence.title.as_str());
    let wanted = [title.filter(|title| !title.is_empty()), file];
    let holds = |line: &str| wanted.iter().flatten().any(|part| line.contains(part));
    let mut pieces: Vec<Piece> = Vec::new();
    for line in source.split_inclusive('\n') {
        let decided = holds(line);
        match pieces.last_mut() {
            Some(last) if last.decided == decided => last.text.push_str(line),
            _ => pieces.push(Piece {
                decided,
                text: line.to_owned(),
            }),
        }
    }
    pieces
}
