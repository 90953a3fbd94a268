//! What was noted: acts of people, flags, broken links, days of availability.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::Days;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::{WhichPart, bad_query, listed};
use super::{answered, refused, unknown, unreadable};
use crate::domain::act::{self, NAME_CHARS, REASON_CHARS, Scope};
use crate::domain::flag::Flag;
use crate::domain::id::SiteId;
use crate::domain::site_day::SiteDay;
use crate::domain::time::{Moment, date_of};
use crate::report::acts;
use crate::report::flags::fact;
use crate::report::links::open;
use crate::report::plain::{one_line, typed};
use crate::web::access::viewer::Viewer;
use crate::web::copy::is_owner;
use crate::web::source::Picture;
use crate::web::view::{Shared, TITLE_CHARS, web_address};

/// The most days of availability.
const DAYS: u64 = 92;

/// Which site.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichSite {
    /// The identifier of a site.
    #[schemars(regex(pattern = r"^[a-z0-9_.-]{1,64}$"))]
    pub site: String,
}

/// What a person laid down.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Act {
    /// When, RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
    /// What kind: `exempted`, `exemption-ended`, `answered`, `held`, `hold-lifted`,
    /// `escalation-released`, `visit-wanted`, `test-sent`, `trial-began`, `went-live`.
    pub kind: String,
    /// The column that it is about, if it is about one.
    pub column: Option<String>,
    /// The site, if it is about one as a whole.
    pub site: Option<String>,
    /// The unit, if it is about all that one answers for.
    pub unit: Option<String>,
    /// Who approved an exemption, where that is named.
    pub approver: Option<String>,
    /// What, in Chinese.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// Something that the operator should look at; it accuses nobody.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Flagged {
    /// When the visit that saw it began, RFC 3339.
    pub at: String,
    /// The column.
    pub column: String,
    /// What kind, in Chinese.
    pub kind: String,
    /// The item's title.
    pub title: String,
    /// Its address.
    pub url: Option<String>,
    /// What was seen, in Chinese.
    pub says: String,
}

/// A link that leads nowhere.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Link {
    /// Where it leads.
    pub url: String,
    /// What it is: `page`, `file`, `picture` or `part`.
    pub kind: String,
    /// Whether it leads to another site.
    pub external: bool,
    /// Whether the home page carries it.
    pub on_home: bool,
    /// Since when, RFC 3339.
    pub since: String,
    /// Why, in Chinese.
    pub why: String,
    /// When it was certain, RFC 3339; none while it is suspected.
    pub confirmed_at: Option<String>,
    /// Pages that carry it, at most five.
    pub pages: Vec<String>,
}

/// One day of a home page's availability.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AvailableDay {
    /// The day.
    pub on: String,
    /// Samples that count.
    pub visits: u32,
    /// Those in which the page opened.
    pub opened: u32,
    /// Samples that say nothing of the site.
    pub excluded: u32,
    /// Samples in which it did not open or that were excluded, at most 200.
    pub misses: Vec<Miss>,
}

/// A sample in which the page did not open.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Miss {
    /// When, RFC 3339.
    pub at: String,
    /// Why, in Chinese.
    pub why: String,
    /// Whether it counts against the site.
    pub counts: bool,
}

/// `GET /api/v1/acts`: of all units, so not for one.
pub async fn acts(
    State(console): Shared,
    which: Result<Query<WhichPart>, QueryRejection>,
) -> Response {
    let Ok(Query(which)) = which else {
        return bad_query();
    };
    let now = console.clock.now();
    match console.store.acts().await {
        Ok(all) => {
            let names = acts::Names {
                group: &console.group,
                duties: &console.limits.duties,
                acts: &all,
            };
            let acts = all.iter().rev().map(|one| act(names, one, now));
            listed(acts.collect(), which.page)
        }
        Err(error) => unreadable(&error),
    }
}

/// An act in words.
pub(super) fn act(names: acts::Names<'_>, act: &act::Act, now: Moment) -> Act {
    let scope = acts::scope(&act.deed, names.acts);
    let (column, site, unit) = match scope {
        Some(Scope::Column(id)) => (Some(id.to_string()), None, None),
        Some(Scope::Site(id)) => (None, Some(id.to_string()), None),
        Some(Scope::Unit(id)) => (None, None, Some(id.to_string())),
        None => (None, None, None),
    };
    let approver = act.approver.as_deref();
    Act {
        kind: act.deed.key().to_owned(),
        column,
        site,
        unit,
        approver: approver.map(|name| typed(name, NAME_CHARS)),
        at: act.at.to_rfc3339(),
        by: typed(&act.by, NAME_CHARS),
        what: acts::told_about(act, names, now),
        reason: typed(&act.reason, REASON_CHARS),
    }
}

/// A flag in words.
pub(super) fn flagged(flag: &Flag, now: Moment) -> Flagged {
    Flagged {
        at: flag.raised_at.to_rfc3339(),
        column: flag.column.to_string(),
        kind: flag.fact.kind().in_chinese().to_owned(),
        title: one_line(&flag.title, TITLE_CHARS),
        url: flag.url.as_deref().and_then(web_address),
        says: fact(flag, now),
    }
}

/// `GET /api/v1/flags`: for those who run the monitor.
pub async fn flags(
    State(console): Shared,
    which: Result<Query<WhichPart>, QueryRejection>,
) -> Response {
    let Ok(Query(which)) = which else {
        return bad_query();
    };
    let now = console.clock.now();
    match console.store.flags(None).await {
        Ok(flags) => listed(
            flags.iter().map(|one| flagged(one, now)).collect(),
            which.page,
        ),
        Err(error) => unreadable(&error),
    }
}

/// The site that is asked for, if it is there for the viewer.
pub(super) async fn found(
    console: &crate::web::Console,
    viewer: &Viewer,
    which: Result<Query<WhichSite>, QueryRejection>,
) -> Result<SiteId, Box<Response>> {
    let Ok(Query(which)) = which else {
        return Err(Box::new(bad_query()));
    };
    let Ok(id) = SiteId::parse(&which.site) else {
        let why = "site不是网站标识。";
        return Err(Box::new(refused(StatusCode::BAD_REQUEST, why)));
    };
    let picture = Picture::take(console, viewer).await;
    let picture = picture.map_err(|error| Box::new(unreadable(&error)))?;
    // Whose site it is not sees its own columns there, and nothing that tells of others'.
    let site = picture.group.sites.get(&id);
    match site.is_some_and(|site| is_owner(viewer, site)) {
        true => Ok(id),
        false => Err(Box::new(unknown())),
    }
}

/// `GET /api/v1/links`: the links of a site that lead nowhere.
pub async fn links(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<WhichSite>, QueryRejection>,
) -> Response {
    let site = match found(&console, &viewer, which).await {
        Ok(site) => site,
        Err(refused) => return *refused,
    };
    let targets = console.store.targets(&site).await;
    answered(targets.map(|targets| {
        let open = open(&targets);
        let links = open.into_iter().map(|(target, spell)| Link {
            url: one_line(&target.url, 2000),
            kind: target.kind.key().to_owned(),
            external: target.external,
            on_home: target.on_home,
            since: spell.since.to_rfc3339(),
            why: spell.why.in_chinese(),
            confirmed_at: spell.confirmed_at.map(|at| at.to_rfc3339()),
            pages: target
                .places
                .iter()
                .map(|place| one_line(&place.page, 2000))
                .collect(),
        });
        links.collect::<Vec<_>>()
    }))
}

/// `GET /api/v1/availability`: the last 92 days of a site's home page, the oldest first.
pub async fn availability(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<WhichSite>, QueryRejection>,
) -> Response {
    let site = match found(&console, &viewer, which).await {
        Ok(site) => site,
        Err(refused) => return *refused,
    };
    let today = date_of(console.clock.now());
    let first = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today);
    let days = console.store.site_days(&site, first, today).await;
    answered(days.map(|days| days.iter().map(day).collect::<Vec<_>>()))
}

fn day(day: &SiteDay) -> AvailableDay {
    AvailableDay {
        on: day.on.to_string(),
        visits: day.visits(),
        opened: day.opened(),
        excluded: day.excluded,
        misses: day
            .misses
            .iter()
            .map(|miss| Miss {
                at: miss.at.to_rfc3339(),
                why: miss.why.in_chinese(),
                counts: miss.why.counts(),
            })
            .collect(),
    }
}
