//! `/api/v1/copies/{id}`: the stored copy of the page behind a verdict, as rows and as source text; of
//! a column by its id, of a home page, or a page on which an inspection found something, by its site's.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::bad_query;
use super::{answered, refused, unknown, unreadable};
use crate::domain::time::date_of;
use crate::report::plain::{lines, one_line};
use crate::web::access::viewer::Viewer;
use crate::web::copy::{BROKEN, Copied, GONE, Lack, ROWS, SOURCE_CHARS};
use crate::web::proof::says;
use crate::web::view::{Named, Shared, TITLE_CHARS, web_address};

/// Which copy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichCopy {
    /// The digest that a visit names, what is known of a home page, or a candidate.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub digest: String,
}

/// A stored copy of a list page, of a home page, or of a page on which an inspection found something.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CopyOfPage {
    /// The site.
    pub site: String,
    /// The column; none for another page.
    pub column: Option<String>,
    /// SHA-256 of the page.
    pub digest: String,
    /// The latest visit that saw it, RFC 3339.
    pub visited_at: String,
    /// What that visit saw or suspects, in Chinese.
    pub saw: String,
    /// The size of the page.
    pub bytes: usize,
    /// The rows that are read of it, at most 200.
    pub rows: Vec<CopiedRow>,
    /// Its source, at most 60,000 characters; none where it is no text.
    pub source: Option<String>,
}

/// A row of the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CopiedRow {
    /// Its date.
    pub on: Option<String>,
    /// Its title.
    pub title: String,
    /// Where it leads.
    pub url: Option<String>,
    /// Whether the verdict rests on it.
    pub decided: bool,
}

/// `GET /api/v1/copies/{id}`.
pub async fn copy(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    id: Named,
    which: Result<Query<WhichCopy>, QueryRejection>,
) -> Response {
    let Ok(Query(which)) = which else {
        return bad_query();
    };
    let Ok(Path(id)) = id else {
        return unknown();
    };
    let copied = match Copied::find(&console, &viewer, &id, Some(which.digest)).await {
        Ok(copied) => copied,
        Err(Lack::Unknown) => return unknown(),
        Err(Lack::Gone) => return refused(StatusCode::NOT_FOUND, GONE),
        Err(Lack::Broken) => return refused(StatusCode::SERVICE_UNAVAILABLE, BROKEN),
        Err(Lack::Store(error)) => return unreadable(&error),
    };
    let today = date_of(console.clock.now());
    let rows = copied.rows.iter().take(ROWS);
    answered(Ok(CopyOfPage {
        site: copied.of.site().id.to_string(),
        column: copied.of.column().map(|column| column.id.to_string()),
        digest: copied.digest.clone(),
        visited_at: copied.seen_at.to_rfc3339(),
        saw: one_line(&says(&copied, today), 2 * TITLE_CHARS),
        bytes: copied.bytes,
        rows: rows
            .map(|row| CopiedRow {
                on: row.on.map(|on| on.to_string()),
                title: one_line(&row.title, TITLE_CHARS),
                url: row.url.as_deref().and_then(web_address),
                decided: copied.is_decided_by(row),
            })
            .collect(),
        source: copied.text.as_deref().map(|text| lines(text, SOURCE_CHARS)),
    }))
}
