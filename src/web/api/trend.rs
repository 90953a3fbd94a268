//! `/api/v1/trend`: the last quarters of one site, or of all that who asks may see.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::bad_query;
use super::score::missing;
use super::{answered, refused, unknown, unreadable};
use crate::domain::id::SiteId;
use crate::domain::time::date_of;
use crate::web::access::viewer::Viewer;
use crate::web::source::Picture;
use crate::web::trend::{Row, quarters};
use crate::web::view::Shared;

/// Of which site.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfWhich {
    /// The identifier of a site; all together if left out.
    #[schemars(regex(pattern = r"^[a-z0-9_.-]{1,64}$"))]
    pub site: Option<String>,
}

/// A quarter.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Quarter {
    /// The period, `2017Q4`.
    pub period: String,
    /// Whether it is still running.
    pub running: bool,
    /// The total of the site, or the mean of all; none where nothing was measured.
    pub total: Option<f64>,
    /// How many sites have a total.
    pub sites: usize,
    /// How many sites hit a veto.
    pub vetoed: usize,
}

/// `GET /api/v1/trend`: the oldest quarter first, at most six.
pub async fn trend(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<OfWhich>, QueryRejection>,
) -> Response {
    let Ok(Query(which)) = which else {
        return bad_query();
    };
    let site = match which.site.as_deref().map(SiteId::parse) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => return refused(StatusCode::BAD_REQUEST, "site不是网站标识。"),
    };
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    if site
        .as_ref()
        .is_some_and(|id| !picture.group.sites.contains_key(id))
    {
        return unknown();
    }
    match quarters(&console, &viewer, site.as_ref(), date_of(picture.now)).await {
        Ok(rows) => answered(Ok(rows.iter().map(quarter).collect::<Vec<_>>())),
        Err((_, _, without)) => missing(without),
    }
}

fn quarter(row: &Row) -> Quarter {
    Quarter {
        period: row.period.clone(),
        running: row.open,
        total: row.total,
        sites: row.sites,
        vetoed: row.vetoed,
    }
}
