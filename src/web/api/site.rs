//! `/api/v1/sites/{id}`: one site, and what its home page showed.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::shape::Site;
use super::{answered, unknown, unreadable};
use crate::alert::incident::Subject;
use crate::domain::home::HomeRecord;
use crate::domain::id::SiteId;
use crate::domain::time::{Moment, date_of};
use crate::report::front;
use crate::report::note::note;
use crate::report::overview::overview;
use crate::web::access::viewer::Viewer;
use crate::web::copy::is_owner;
use crate::web::incidents::is_of;
use crate::web::site::{defended, paused};
use crate::web::source::Picture;
use crate::web::view::{Named, Shared, web_address};

/// One site with its home page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteDetail {
    /// The site.
    pub site: Site,
    /// Until when it rests: it is not visited; in Chinese.
    pub paused_until: Option<String>,
    /// What is known of its home page, once it was visited.
    pub home: Option<Home>,
    /// The paragraph that defends what is told of the site as a whole, in Chinese; none where nothing
    /// is, or the site is another unit's.
    pub why: Option<String>,
}

/// What is known of a home page. It is watched beside the columns; none is judged by it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Home {
    /// The latest visit, RFC 3339.
    pub visited_at: String,
    /// The day of its newest item.
    pub newest_on: Option<String>,
    /// That item, with where its date stands, in Chinese.
    pub proof: String,
    /// Where it leads.
    pub url: Option<String>,
    /// Why it cannot be judged, in Chinese.
    pub blind: Option<String>,
    /// What was remarkable about the reading, in Chinese.
    pub notes: Vec<String>,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// SHA-256 of the page copy on which its age rests, for `/copies/{id}`; none where none is kept,
    /// or the site is another unit's.
    pub copy: Option<String>,
}

/// A block of a home page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Block {
    /// Its heading.
    pub heading: String,
    /// How many rows it has.
    pub rows: usize,
    /// Its newest date, in Chinese.
    pub newest: String,
}

/// `GET /api/v1/sites/{id}`.
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
    let record = match console.store.home(&id).await {
        Ok(record) => record,
        Err(error) => return unreadable(&error),
    };
    let seen = overview(&picture.scene(&console));
    let line = seen.sites.iter().find(|line| line.site == id);
    let (Some(line), Some(site)) = (line, picture.group.sites.get(&id)) else {
        return unknown();
    };
    let why = match is_of(&picture.group, &Subject::Site(id.clone())) {
        true => defended(&console, &id).await,
        false => None,
    };
    answered(Ok(SiteDetail {
        why,
        site: Site::of(line),
        paused_until: paused(&picture.acts, site, date_of(picture.now)),
        home: record
            .filter(|_| is_owner(&viewer, site))
            .map(|record| Home {
                copy: record.proof().map(|copy| copy.digest.clone()),
                ..home(&record, picture.now)
            }),
    }))
}

fn home(record: &HomeRecord, now: Moment) -> Home {
    let update = record.last_update.as_ref();
    let link = update.and_then(|update| update.evidence.link.as_deref());
    let (notes, blocks) = (record.notes.iter(), record.blocks.iter());
    Home {
        visited_at: record.visited_at.to_rfc3339(),
        newest_on: update.map(|update| update.on.to_string()),
        proof: front::proof(record),
        url: link.and_then(web_address),
        blind: front::blindness(record, now),
        notes: notes.map(|one| note(one, date_of(now))).collect(),
        blocks: blocks
            .map(|block| {
                let (heading, rows, newest) = front::block(block, date_of(now));
                Block {
                    heading,
                    rows,
                    newest,
                }
            })
            .collect(),
        copy: None,
    }
}
