//! `/api/v1/candidates`: what inspections suspect and people decided.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::{bad_query, listed};
use super::{refused, unreadable};
use crate::assess::candidates::{Case, Stand};
use crate::domain::candidate::Decided;
use crate::domain::id::SiteId;
use crate::domain::time::Moment;
use crate::report::candidates as words;
use crate::report::plain::typed;
use crate::web::access::viewer::Viewer;
use crate::web::candidates::of;
use crate::web::source::Picture;
use crate::web::view::{NAME_CHARS, Shared, web_address};

/// The longest words of a person, in characters.
const REASON_CHARS: usize = 200;

/// Which candidates.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichCandidates {
    /// `waiting`, which is the default, or `all`.
    #[schemars(extend("enum" = ["waiting", "all"]))]
    pub state: Option<String>,
    /// The identifier of a site.
    #[schemars(regex(pattern = r"^[a-z0-9_.-]{1,64}$"))]
    pub site: Option<String>,
    /// The page, from 1.
    #[schemars(range(min = 1, max = 100000))]
    pub page: Option<usize>,
}

/// What an inspection found and only a person can judge.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Candidate {
    /// By which it is referred to.
    pub key: String,
    /// The site.
    pub site: String,
    /// `word`, `link`, `advert`, `mark`, `letter`, `guide` or `tags`.
    pub kind: String,
    /// `waiting`, `confirmed`, `serious` or `rejected`.
    pub state: String,
    /// What is suspected, in Chinese.
    pub says: String,
    /// Where it stands, with the words around it, in Chinese.
    pub place: String,
    /// The page.
    pub url: Option<String>,
    /// The digest of the page's copy; the copy is called by the site.
    pub copy: Option<String>,
    /// When it was seen first, RFC 3339.
    pub first_at: String,
    /// When it was seen last, RFC 3339.
    pub seen_at: String,
    /// When the page was read and it was not there any more, RFC 3339.
    pub gone_at: Option<String>,
    /// What people decided and said, the oldest first.
    pub decisions: Vec<Decision>,
}

/// What somebody decided or said of a candidate.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Decision {
    /// When, RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
    /// `confirmed`, `serious`, `rejected` or `commented`.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// `GET /api/v1/candidates`: of all units, so not for one.
pub async fn candidates(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<WhichCandidates>, QueryRejection>,
) -> Response {
    let Ok(Query(which)) = which else {
        return bad_query();
    };
    let all = match which.state.as_deref() {
        None | Some("waiting") => false,
        Some("all") => true,
        Some(_) => return bad_query(),
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
    match of(&console, &picture, site.as_ref()).await {
        Ok(cases) => {
            let cases = cases.iter();
            let cases = cases.filter(|case| all || case.stand() == Stand::Waiting);
            listed(cases.map(candidate).collect(), which.page)
        }
        Err(error) => unreadable(&error),
    }
}

fn candidate(case: &Case) -> Candidate {
    let candidate = &case.candidate;
    let at = |at: Moment| at.to_rfc3339();
    Candidate {
        key: candidate.key(),
        site: candidate.site.to_string(),
        kind: candidate.suspicion.key().to_owned(),
        state: match case.stand() {
            Stand::Waiting => "waiting",
            Stand::Confirmed { serious: false } => "confirmed",
            Stand::Confirmed { serious: true } => "serious",
            Stand::Rejected => "rejected",
        }
        .to_owned(),
        says: words::suspicion(candidate),
        place: words::place(candidate),
        url: web_address(&candidate.page),
        copy: candidate.copy.clone(),
        first_at: at(candidate.first_at),
        seen_at: at(candidate.seen_at),
        gone_at: candidate.gone_at.map(at),
        decisions: case
            .decisions
            .iter()
            .map(|decision| Decision {
                at: at(decision.at),
                by: typed(&decision.by, NAME_CHARS),
                what: match decision.what {
                    Decided::Confirmed { serious: false } => "confirmed",
                    Decided::Confirmed { serious: true } => "serious",
                    Decided::Rejected => "rejected",
                    Decided::Commented => "commented",
                }
                .to_owned(),
                reason: typed(&decision.reason, REASON_CHARS),
            })
            .collect(),
    }
}
