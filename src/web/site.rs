//! `/site/{id}`: one site with all its columns, and what its home page shows.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::access::viewer::Viewer;
use super::source::Picture;
use super::view::{
    ColumnRow, Frame, Mark, NAME_CHARS, Named, Shared, Tile, page, tiles, unknown, unreadable,
    web_address, when,
};
use crate::domain::home::HomeRecord;
use crate::domain::id::SiteId;
use crate::domain::time::{Moment, date_of};
use crate::report::front;
use crate::report::note::note;
use crate::report::overview::overview;
use crate::report::plain::one_line;

/// How many blocks of the home page are listed.
const BLOCKS: usize = 40;
/// How many notes of its reading are listed.
const NOTES: usize = 8;

#[derive(Template)]
#[template(path = "site.html")]
struct SitePage {
    frame: Frame,
    mark: Mark,
    name: String,
    unit: String,
    home: Option<String>,
    down: Option<String>,
    front: Option<Front>,
    tiles: Vec<Tile>,
    columns: Vec<ColumnRow>,
}

/// What is known of the home page.
struct Front {
    newest: String,
    proof: String,
    link: Option<String>,
    visited: String,
    blind: Option<String>,
    notes: Vec<String>,
    blocks: Vec<(String, usize, String)>,
}

impl Front {
    fn of(record: &HomeRecord, now: Moment) -> Front {
        let update = record.last_update.as_ref();
        let blocks = record.blocks.iter();
        Front {
            newest: front::newest(record, now),
            proof: front::proof(record),
            link: update
                .and_then(|update| update.evidence.link.as_deref())
                .and_then(web_address),
            visited: when(Some(record.visited_at), now),
            blind: front::blindness(record, now),
            notes: record
                .notes
                .iter()
                .take(NOTES)
                .map(|noted| note(noted, date_of(now)))
                .collect(),
            blocks: blocks
                .take(BLOCKS)
                .map(|block| front::block(block, date_of(now)))
                .collect(),
        }
    }
}

/// `GET /site/{id}`.
pub async fn site(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    id: Named,
) -> Response {
    let Some(id) = id.ok().and_then(|Path(id)| SiteId::parse(&id).ok()) else {
        return unknown();
    };
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    let front = match console.store.home(&id).await {
        Ok(record) => record.map(|record| Front::of(&record, picture.now)),
        Err(error) => return unreadable(&error),
    };
    let overview = overview(&picture.scene(&console));
    let Some(line) = overview.sites.iter().find(|line| line.site == id) else {
        return unknown();
    };
    let rows = line.columns.iter();
    page(&SitePage {
        frame: Frame::of(&console, &picture, &viewer),
        mark: Mark::of(line.standing),
        name: one_line(&line.name, NAME_CHARS),
        unit: one_line(&line.unit_name, NAME_CHARS),
        home: line.home.as_deref().and_then(web_address),
        down: line.down_since.map(|since| when(Some(since), picture.now)),
        front,
        tiles: tiles(&line.counts, false),
        columns: rows.map(|row| ColumnRow::of(row, picture.now)).collect(),
    })
}
