//! `/candidates`: what inspections found and only people can judge, with what proves it. It is confirmed,
//! rejected or commented on here.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::access::right::Right;
use super::access::session::Once;
use super::access::viewer::Viewer;
use super::column::parameter;
use super::home::Pages;
use super::proof::address_of;
use super::source::Picture;
use super::view::{
    Frame, NAME_CHARS, Place, Shared, page, unreadable, unreadable_form, web_address,
};
use super::work::filled::Filled;
use super::work::offer::{STILL_TO_BE_DONE, said};
use super::work::{Entry, hand_in};
use crate::assess::candidates::{Case, Stand, cases};
use crate::domain::act::REASON_CHARS;
use crate::domain::candidate::Suspicion;
use crate::domain::id::SiteId;
use crate::report::candidates as words;
use crate::report::plain::one_line;
use crate::store::error::StoreError;

/// How many one page lists.
const ROWS: usize = 30;

#[derive(Template)]
#[template(path = "candidates.html")]
struct CandidatesPage {
    frame: Frame,
    waiting: usize,
    all: bool,
    site: Option<(String, String)>,
    rows: Vec<Row>,
    pages: Pages,
    /// What the forms carry, where the viewer may decide.
    form: Option<String>,
    done: Option<&'static str>,
    fault: Option<String>,
    most: usize,
}

/// One candidate.
struct Row {
    key: String,
    site: String,
    site_name: String,
    stand: &'static str,
    waits: bool,
    what: String,
    place: String,
    link: Option<String>,
    /// Where the copy of its page is shown.
    copy: Option<String>,
    seen: String,
    decisions: Vec<String>,
    /// Whether it can be a serious error.
    serious: bool,
    /// What was entered into its form, which is shown unfolded then.
    again: Option<Again>,
}

/// What was entered into the form of a candidate.
struct Again {
    decided: String,
    reason: String,
}

impl Row {
    /// Whether this was chosen in its form.
    fn chose(&self, decided: &str) -> bool {
        let again = self.again.as_ref();
        again.is_some_and(|again| again.decided == decided)
    }
}

/// Which of them.
struct Asked {
    all: bool,
    site: Option<SiteId>,
    page: usize,
}

impl Asked {
    fn of(query: Option<&str>) -> Asked {
        let page = parameter(query, "page").and_then(|text| text.parse().ok());
        let page: usize = page.unwrap_or(1);
        let site = parameter(query, "site");
        Asked {
            all: parameter(query, "state").is_some_and(|state| state == "all"),
            site: site.and_then(|text| SiteId::parse(&text).ok()),
            page: page.clamp(1, 100_000) - 1,
        }
    }

    fn address(&self, page: usize) -> String {
        let state = if self.all { "all" } else { "waiting" };
        let site = self.site.as_ref();
        let site = site.map_or(String::new(), |site| format!("&site={site}"));
        format!("/candidates?state={state}{site}&page={}", page + 1)
    }
}

/// `GET /candidates`.
pub async fn candidates(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = Asked::of(query.as_deref());
    let (done, typed) = match console.porter.told_once(&viewer, &uri) {
        Some(Once::Done(key)) => (said(&key), None),
        Some(Once::Typed(form)) => (None, Filled::typed(&form)),
        None => (None, None),
    };
    match shown(&console, &viewer, &asked, typed.as_ref()).await {
        Ok(mut shown) => {
            shown.done = done;
            shown.fault = typed.map(|_| STILL_TO_BE_DONE.to_owned());
            page(&shown)
        }
        Err(error) => unreadable(&error),
    }
}

/// `POST /candidates`: a form of the page.
pub async fn enter(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    RawQuery(query): RawQuery,
    form: Result<Form<Filled>, FormRejection>,
) -> Response {
    let Ok(Form(filled)) = form else {
        return unreadable_form();
    };
    let asked = Asked::of(query.as_deref());
    let task = filled.about_candidate();
    let back = asked.address(asked.page);
    let why = match hand_in(&console, &viewer, None, &filled, task, &back).await {
        Entry::Done(answer) | Entry::Never(answer) => return answer,
        Entry::Refused(why) => why,
    };
    match shown(&console, &viewer, &asked, Some(&filled)).await {
        Ok(mut again) => {
            again.fault = Some(why);
            (StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response()
        }
        Err(error) => unreadable(&error),
    }
}

async fn shown(
    console: &Console,
    viewer: &Viewer,
    asked: &Asked,
    filled: Option<&Filled>,
) -> Result<CandidatesPage, StoreError> {
    let picture = Picture::take(console, viewer).await?;
    let mut cases = of(console, &picture, asked.site.as_ref()).await?;
    let waiting = cases.iter().filter(|case| case.stand() == Stand::Waiting);
    let waiting = waiting.count();
    cases.retain(|case| asked.all || case.stand() == Stand::Waiting);
    let pages = Pages::of(cases.len(), ROWS, asked.page, |page| asked.address(page));
    let site = asked
        .site
        .as_ref()
        .and_then(|id| picture.group.sites.get(id));
    let form = match viewer {
        Viewer::Signed(signed) if viewer.may_for_all(Right::Decide) => {
            Some(signed.form.as_str().to_owned())
        }
        _ => None,
    };
    let rows = cases.iter().skip(pages.skipped(ROWS)).take(ROWS);
    Ok(CandidatesPage {
        frame: Frame::of(console, &picture, viewer, Place::Candidates),
        waiting,
        all: asked.all,
        site: site.map(|site| (site.id.to_string(), one_line(&site.name, NAME_CHARS))),
        rows: rows.map(|case| row(case, &picture, filled)).collect(),
        pages,
        form,
        done: None,
        fault: None,
        most: REASON_CHARS,
    })
}

/// The candidates of one site or of all, with what was decided of each.
pub async fn of(
    console: &Console,
    picture: &Picture,
    site: Option<&SiteId>,
) -> Result<Vec<Case>, StoreError> {
    let found = console.store.candidates(site).await?;
    let mut cases = cases(found, &console.store.decisions().await?);
    cases.retain(|case| picture.group.sites.contains_key(&case.candidate.site));
    Ok(cases)
}

fn row(case: &Case, picture: &Picture, filled: Option<&Filled>) -> Row {
    let (candidate, now) = (&case.candidate, picture.now);
    let key = candidate.key();
    let site = picture.group.sites.get(&candidate.site);
    let entered = filled.filter(|filled| filled.key == key);
    Row {
        site: candidate.site.to_string(),
        site_name: site.map_or(String::new(), |site| one_line(&site.name, NAME_CHARS)),
        stand: case.stand().in_chinese(),
        waits: case.stand() == Stand::Waiting,
        what: words::suspicion(candidate),
        place: words::place(candidate),
        link: web_address(&candidate.page),
        copy: address_of(candidate),
        seen: words::seen(candidate, now),
        decisions: case
            .decisions
            .iter()
            .map(|said| words::decision(said, now))
            .collect(),
        serious: matches!(candidate.suspicion, Suspicion::Word { .. }),
        again: entered.map(|filled| Again {
            decided: filled.decided.clone(),
            reason: filled.reason_again(),
        }),
        key,
    }
}
