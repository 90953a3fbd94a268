//! `/assessment`: the ranking of a period, one site's points with their evidence, and the forms in
//! which the assessment is handed over.

mod ranking;
mod sheet;

use std::str::FromStr as _;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use chrono::Datelike as _;

use self::ranking::{First, NAMED, Row, first, row};
pub use self::ranking::{of_area, placed, ranked};
use self::sheet::{Sheet, sheet};
use super::Console;
use super::access::right::Right;
use super::access::viewer::Viewer;
use super::bulletin::{Block, blocks};
use super::copy::is_owner;
use super::handout::handout;
use super::home::Pages;
use super::made::{instead, made};
use super::source::Picture;
use super::view::{
    Frame, NAME_CHARS, Place, Shared, fault, page, unknown, unreadable, unreadable_form,
};
use super::work::filled::Filled;
use super::work::of_office::to_card;
use super::work::offer::Work;
use super::work::{Entry, hand_in};
use crate::assess::score::card::Card;
use crate::assess::score::period::Period;
use crate::assess::score::rubric::Area;
use crate::domain::act;
use crate::domain::id::SiteId;
use crate::domain::time::{Date, date_of};
use crate::report::assessment::bulletin::markdown;
use crate::report::assessment::notes::remarks;
use crate::report::assessment::untold::untold;
use crate::report::assessment::{Assessment, Extent, Seal, changes};
use crate::report::plain::{full_date, one_line, typed};

/// How much of the bulletin is shown, in characters.
const BULLETIN_CHARS: usize = 40_000;
/// How many lines of a correction are shown.
const CHANGES: usize = 50;
/// What is said of a site that has no card.
const NOT_ASSESSED: &str = "该网站未参加本期考评（未配置网址，或当时不在监测范围）。";
/// How many sites one page ranks.
const SITES: usize = 100;

#[derive(Template)]
#[template(path = "assessment.html")]
struct AssessmentPage {
    frame: Frame,
    period: Period,
    name: String,
    periods: Vec<(String, String, bool)>,
    areas: Vec<&'static str>,
    rows: Vec<Row>,
    /// The sites that hit a veto and those that are near one, by identifier and name.
    first: Vec<First>,
    pages: Pages,
    /// Among how many sites the places are, where not all of those are shown.
    among: Option<usize>,
    blank: String,
    notes: Vec<String>,
    /// The bulletin, and whether it is shown whole.
    bulletin: Option<(Vec<Block>, bool)>,
    sheet: Option<Sheet>,
    work: Option<Work>,
    seals: Vec<Sealed>,
    /// What else a reader has to know of the figures.
    remarks: Vec<String>,
}

/// A closed version of the period.
struct Sealed {
    version: u32,
    at: String,
    by: String,
    reason: String,
    changes: Vec<String>,
}

/// What is asked for.
struct Asked {
    period: Period,
    site: Option<SiteId>,
    form: Option<String>,
    /// The page of the ranking, from 0.
    page: usize,
}

impl Asked {
    fn of(query: &str, today: Date) -> Option<Asked> {
        let mut asked = Asked {
            period: quarter(today)?,
            site: None,
            form: None,
            page: 0,
        };
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match key.as_ref() {
                "period" => asked.period = Period::from_str(&value).unwrap_or(asked.period),
                "site" => asked.site = SiteId::parse(&value).ok(),
                "as" => asked.form = Some(value.into_owned()),
                "page" => {
                    let page: usize = value.parse().unwrap_or(1);
                    asked.page = page.clamp(1, 100_000) - 1;
                }
                _ => {}
            }
        }
        Some(asked)
    }
}

/// The quarter of a day.
pub fn quarter(day: Date) -> Option<Period> {
    Period::from_str(&format!("{}Q{}", day.year(), day.month0() / 3 + 1)).ok()
}

/// `GET /assessment`.
pub async fn assessment(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Response {
    let today = date_of(console.clock.now());
    let query = query.unwrap_or_default();
    let Some(asked) = Asked::of(&query, today) else {
        return unknown();
    };
    let once = || console.porter.told_once(&viewer, &uri);
    match shown(&console, &viewer, asked, |work| work.once(once())).await {
        Ok(shown) => page(&shown),
        Err(answer) => *answer,
    }
}

/// `POST /assessment`: a form of the page, whose query says which.
pub async fn enter(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    form: Result<Form<Filled>, FormRejection>,
) -> Response {
    let Ok(Form(filled)) = form else {
        return unreadable_form();
    };
    let today = date_of(console.clock.now());
    let Some(mut asked) = Asked::of("", today) else {
        return unknown();
    };
    asked.period = Period::from_str(&filled.period).unwrap_or(asked.period);
    asked.site = SiteId::parse(&filled.site).ok();
    let back = match &asked.site {
        Some(site) => to_card(asked.period, site),
        None => format!("/assessment?period={}", asked.period),
    };
    let task = filled.about_assessment();
    // What a unit says is about its own site; all else here is about every one.
    let site = asked
        .site
        .as_ref()
        .and_then(|id| console.group.sites.get(id));
    let unit = match filled.right() {
        Some(Right::State) => site.map(|site| &site.unit),
        _ => None,
    };
    let why = match hand_in(&console, &viewer, unit, &filled, task, &back).await {
        Entry::Done(answer) | Entry::Never(answer) => return answer,
        Entry::Refused(why) => why,
    };
    match shown(&console, &viewer, asked, |work| work.again(&filled, why)).await {
        Ok(again) => (StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response(),
        Err(answer) => *answer,
    }
}

/// The page, or what is answered instead of it.
async fn shown(
    console: &Console,
    viewer: &Viewer,
    asked: Asked,
    work: impl FnOnce(Work) -> Work,
) -> Result<AssessmentPage, Box<Response>> {
    let today = date_of(console.clock.now());
    let assessment = match made(console, asked.period).await {
        Ok(assessment) => assessment,
        Err(without) => {
            let what = (asked.period.in_chinese(), 0, 1);
            return Err(Box::new(instead(console, viewer, without, what).await));
        }
    };
    let ranked = ranked(&assessment);
    let assessment = match viewer.only() {
        Some(unit) => {
            let own = Extent::Unit(unit.clone());
            Arc::new(Assessment::clone(&assessment).only(&own))
        }
        None => assessment,
    };
    let is_there = |site: &SiteId| assessment.cards.iter().any(|card| card.site == *site);
    if let Some(site) = asked.site.as_ref().filter(|site| !is_there(site)) {
        let known = console.group.sites.get(site);
        let known = known.filter(|site| is_owner(viewer, site));
        let answer = known.map_or_else(unknown, |_| fault(StatusCode::NOT_FOUND, NOT_ASSESSED));
        return Err(Box::new(answer));
    }
    if let Some(form) = &asked.form {
        return Err(Box::new(handout(&assessment, asked.site, form)));
    }
    let picture = Picture::take(console, viewer).await;
    let picture = picture.map_err(|error| Box::new(unreadable(&error)))?;
    let card = match &asked.site {
        None => None,
        Some(site) => {
            let mut cards = assessment.cards.iter();
            let card = cards.find(|card| card.site == *site);
            Some(card.ok_or_else(|| Box::new(unknown()))?)
        }
    };
    let sites = console.group.sites.keys().cloned().collect();
    let since = console.store.known_since(sites).await;
    let since = since.map_err(|error| Box::new(unreadable(&error)))?;
    let unseen = |period: Period| since.is_none_or(|since| period.last() < since);
    let offered = match card {
        Some(card) => Work::of_card(viewer, &assessment, card, today),
        None if assessment.seals.is_empty() && unseen(assessment.period) => None,
        None => Work::of_period(viewer, &assessment, today),
    };
    let frame = Frame::of(console, &picture, viewer, Place::Assessment);
    let whole = viewer.only().is_none();
    let sheet = card.map(|card| sheet(&assessment, card, ranked));
    let mut shown = assessment_page(frame, &assessment, whole, sheet, asked.page);
    shown.periods = periods(today, assessment.period, unseen);
    shown.work = offered.map(work);
    shown.among = (!whole).then_some(ranked);
    Ok(shown)
}

fn assessment_page(
    frame: Frame,
    assessment: &Assessment,
    whole: bool,
    sheet: Option<Sheet>,
    at: usize,
) -> AssessmentPage {
    let period = assessment.period;
    let sheet_site = sheet.as_ref().map(|sheet| sheet.site.clone());
    let pages = Pages::of(assessment.cards.len(), SITES, at, |page| {
        format!("/assessment?period={period}&page={}", page + 1)
    });
    let here = assessment.cards.iter().skip(pages.skipped(SITES));
    AssessmentPage {
        frame,
        period,
        name: period.in_chinese(),
        periods: Vec::new(),
        areas: Area::ALL.iter().map(|area| area.in_chinese()).collect(),
        first: first(&assessment.cards),
        rows: here.take(SITES).map(row).collect(),
        pages,
        among: None,
        blank: blank(&assessment.blank),
        notes: untold(assessment)
            .into_iter()
            .map(|line| line.replace('\\', ""))
            .collect(),
        bulletin: (whole && sheet.is_none()).then(|| blocks(&markdown(assessment), BULLETIN_CHARS)),
        sheet,
        work: None,
        seals: seals(assessment, sheet_site.as_deref()),
        remarks: remarks(assessment),
    }
}

/// The sites without any address: the first of them by name, and how many they are.
fn blank(sites: &[String]) -> String {
    let named: Vec<String> = sites
        .iter()
        .take(NAMED)
        .map(|name| one_line(name, NAME_CHARS))
        .collect();
    let named = named.join("、");
    match sites.len() > NAMED {
        true => format!("{named}等{}个", sites.len()),
        false => named,
    }
}

/// The versions, the latest first; for the page of one site, with what was corrected of it.
fn seals(assessment: &Assessment, site: Option<&str>) -> Vec<Sealed> {
    let versions = assessment.seals.iter().rev();
    let Some(site) = site else {
        return versions.map(sealed).collect();
    };
    let cards = assessment.cards.iter();
    let own: Vec<Card> = cards
        .filter(|card| card.site.as_str() == site)
        .cloned()
        .collect();
    let of_site = versions.map(|seal| {
        let mut seal = seal.clone();
        changes::keep_of(&mut seal.changes, &own);
        sealed(&seal)
    });
    of_site.collect()
}

fn sealed(seal: &Seal) -> Sealed {
    Sealed {
        version: seal.version,
        at: format!(
            "{} {}",
            full_date(date_of(seal.at)),
            seal.at.format("%H:%M")
        ),
        by: typed(&seal.by, act::NAME_CHARS),
        reason: typed(&seal.reason, act::REASON_CHARS),
        changes: seal.changes.iter().take(CHANGES).cloned().collect(),
    }
}

/// The periods to choose from: the running ones and those just before of which something was seen.
fn periods(
    today: Date,
    chosen: Period,
    unseen: impl Fn(Period) -> bool,
) -> Vec<(String, String, bool)> {
    let mut periods = Vec::new();
    if let Some(mut one) = quarter(today) {
        for _ in 0..4 {
            periods.push(one);
            one = one.before();
        }
    }
    let month = Period::from_str(&today.format("%Y-%m").to_string());
    let year = Period::from_str(&today.year().to_string());
    periods.extend(month.iter().flat_map(|month| [*month, month.before()]));
    periods.extend(year);
    periods.retain(|period| *period == chosen || !unseen(*period));
    if !periods.contains(&chosen) {
        periods.insert(0, chosen);
    }
    periods
        .into_iter()
        .map(|period| (period.to_string(), period.in_chinese(), period == chosen))
        .collect()
}
