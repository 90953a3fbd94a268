//! `/site/{id}`: one site with all its columns.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::source::Picture;
use super::view::{
    ColumnRow, Frame, Mark, NAME_CHARS, Named, Shared, Tile, page, tiles, unknown, unreadable,
    web_address, when,
};
use crate::domain::id::SiteId;
use crate::report::overview::overview;
use crate::report::plain::one_line;

#[derive(Template)]
#[template(path = "site.html")]
struct SitePage {
    frame: Frame,
    mark: Mark,
    name: String,
    unit: String,
    home: Option<String>,
    down: Option<String>,
    tiles: Vec<Tile>,
    columns: Vec<ColumnRow>,
}

/// `GET /site/{id}`.
pub async fn site(State(console): Shared, id: Named) -> Response {
    let Some(id) = id.ok().and_then(|Path(id)| SiteId::parse(&id).ok()) else {
        return unknown();
    };
    let picture = match Picture::take(&console).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    let overview = overview(&picture.scene(&console));
    let Some(line) = overview.sites.iter().find(|line| line.site == id) else {
        return unknown();
    };
    let rows = line.columns.iter();
    page(&SitePage {
        frame: Frame::of(&console, &picture),
        mark: Mark::of(line.standing),
        name: one_line(&line.name, NAME_CHARS),
        unit: one_line(&line.unit_name, NAME_CHARS),
        home: line.home.as_deref().and_then(web_address),
        down: line.down_since.map(|since| when(Some(since), picture.now)),
        tiles: tiles(&line.counts, false),
        columns: rows.map(|row| ColumnRow::of(row, picture.now)).collect(),
    })
}
