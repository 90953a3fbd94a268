//! The assessment of a period for programs: cards with areas and rules; and one site's card with the
//! finds of each rule, what proves them, and what the unit says.

use std::borrow::Cow;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::bad_query;
use super::site_score::SiteScore;
use super::{answered, later, refused, unknown, unreadable};
use crate::assess::score::card::{Card, Line};
use crate::assess::score::finding::Find;
use crate::assess::score::period::Period;
use crate::domain::act;
use crate::domain::closing::STATEMENT_CHARS;
use crate::domain::id::SiteId;
use crate::domain::time::date_of;

use crate::report::assessment::notes::remarks;
use crate::report::assessment::untold::untold;
use crate::report::assessment::{self as report, Extent, Seal, words};
use crate::report::plain::{one_line, typed};
use crate::report::rubric::confidence;
use crate::web::Console;
use crate::web::access::viewer::Viewer;
use crate::web::assessment::quarter;
use crate::web::made::{Without, made};
use crate::web::view::{NAME_CHARS, Named, Shared};

/// The most finds of one rule that are told.
const FINDS: usize = 500;

/// Which period.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichPeriod {
    /// A month, quarter or year, `2017-11`, `2017Q4`, `2017`; the running quarter if left out.
    #[schemars(regex(pattern = r"^(199[5-9]|20[0-9]{2})(Q[1-4]|-(0[1-9]|1[0-2]))?$"))]
    pub period: Option<String>,
}

/// The assessment of a period.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Assessment {
    /// The period.
    pub period: String,
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// The version that was closed last; none while the period is open.
    pub version: Option<u32>,
    /// The versions of a closed period, the oldest first; none while it is open.
    pub versions: Vec<Version>,
    /// Sites without any address: they are not assessed.
    pub blank: Vec<String>,
    /// What else is to be known of the figures, in Chinese: that the period before followed other rules, and
    /// whose figures rest on a part of the period or of the points.
    pub remarks: Vec<String>,
    /// What was not measured, in Chinese.
    pub unmeasured: Vec<String>,
    /// The sites, the best first.
    pub sites: Vec<SiteScore>,
}

/// One version of a closed period.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Version {
    /// The first is 1.
    pub version: u32,
    /// When it was closed or corrected, RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What it changed, in Chinese.
    pub changes: Vec<String>,
}

/// The card of one site, with evidence.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Scorecard {
    /// The period.
    pub period: String,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// The version that was closed last; none while the period is open.
    pub version: Option<u32>,
    /// The site with its areas and rules.
    pub score: SiteScore,
    /// What each rule rests on, in the order of the areas.
    pub points: Vec<Point>,
}

/// What the outcome of one rule rests on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Point {
    /// The rule.
    pub rule: String,
    /// What it asks, in Chinese.
    pub title: String,
    /// Where it is written, in Chinese.
    pub source: String,
    /// What counts, at most 500.
    pub finds: Vec<Evident>,
    /// What does not count, and why, at most 500.
    pub spared: Vec<Evident>,
    /// What the unit says, the oldest first.
    pub statements: Vec<Statement>,
}

/// A find, and what proves it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Evident {
    /// What was found, in Chinese.
    pub says: String,
    /// What proves it, in Chinese.
    pub evidence: String,
    /// Why it does not count, in Chinese.
    pub spared: Option<String>,
}

/// What a unit says to a point.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Statement {
    /// When, RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
    /// What.
    pub text: String,
}

/// `GET /api/v1/assessment`.
pub async fn assessment(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<WhichPeriod>, QueryRejection>,
) -> Response {
    let period = match asked(&console, which) {
        Ok(period) => period,
        Err(refused) => return *refused,
    };
    match made(&console, period).await {
        Ok(made) => {
            let made = owned(&made, &viewer);
            answered(Ok(Assessment {
                period: period.to_string(),
                from: period.first().to_string(),
                to: period.last().to_string(),
                made_at: made.at.to_rfc3339(),
                version: made.seals.last().map(|seal| seal.version),
                versions: made.seals.iter().map(version).collect(),
                blank: made
                    .blank
                    .iter()
                    .map(|name| one_line(name, NAME_CHARS))
                    .collect(),
                remarks: remarks(&made),
                unmeasured: untold(&made)
                    .into_iter()
                    .map(|line| line.replace('\\', ""))
                    .collect(),
                sites: made.cards.iter().map(SiteScore::of).collect(),
            }))
        }
        Err(without) => missing(without),
    }
}

/// `GET /api/v1/scorecards/{id}`.
pub async fn scorecard(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    id: Named,
    which: Result<Query<WhichPeriod>, QueryRejection>,
) -> Response {
    let period = match asked(&console, which) {
        Ok(period) => period,
        Err(refused) => return *refused,
    };
    let Some(id) = id.ok().and_then(|Path(id)| SiteId::parse(&id).ok()) else {
        return unknown();
    };
    match made(&console, period).await {
        Ok(made) => {
            let made = owned(&made, &viewer);
            let Some(card) = made.cards.iter().find(|card| card.site == id) else {
                return unknown();
            };
            answered(Ok(Scorecard {
                period: period.to_string(),
                made_at: made.at.to_rfc3339(),
                version: made.seals.last().map(|seal| seal.version),
                score: SiteScore::of(card),
                points: card
                    .areas
                    .iter()
                    .filter(|area| area.applies)
                    .flat_map(|area| &area.lines)
                    .map(|line| point(&made, card, line))
                    .collect(),
            }))
        }
        Err(without) => missing(without),
    }
}

/// The period that is asked for.
fn asked(
    console: &Console,
    which: Result<Query<WhichPeriod>, QueryRejection>,
) -> Result<Period, Box<Response>> {
    let today = date_of(console.clock.now());
    let period = match which {
        Ok(Query(WhichPeriod { period: None })) => quarter(today),
        Ok(Query(WhichPeriod { period: Some(text) })) => text.parse::<Period>().ok(),
        Err(_) => None,
    };
    period.ok_or_else(|| Box::new(bad_query()))
}

/// What the viewer may see of it.
fn owned<'a>(made: &'a report::Assessment, viewer: &Viewer) -> Cow<'a, report::Assessment> {
    match viewer.only() {
        Some(unit) => Cow::Owned(made.clone().only(&Extent::Unit(unit.clone()))),
        None => Cow::Borrowed(made),
    }
}

/// That there is no assessment.
pub(super) fn missing(without: Without) -> Response {
    match without {
        Without::Never(why) => refused(StatusCode::NOT_FOUND, why),
        Without::Nobody => refused(StatusCode::SERVICE_UNAVAILABLE, "监测服务没有运行。"),
        Without::Unreadable(error) => unreadable(&error),
        Without::NotYet => later("正在生成，请稍后再试。"),
    }
}

fn version(seal: &Seal) -> Version {
    Version {
        version: seal.version,
        at: seal.at.to_rfc3339(),
        by: typed(&seal.by, act::NAME_CHARS),
        reason: typed(&seal.reason, act::REASON_CHARS),
        changes: seal.changes.clone(),
    }
}

fn point(made: &report::Assessment, card: &Card, line: &Line) -> Point {
    let evident = |find: &Find, spared: Option<String>| Evident {
        says: words::find(find, card.to),
        evidence: words::evidence(find, card.to),
        spared,
    };
    let (finds, asides) = (line.finds.iter(), line.asides.iter());
    Point {
        rule: line.rule.id.to_string(),
        title: line.rule.title.clone(),
        source: format!("{}，{}", line.rule.source, confidence(&line.rule)),
        finds: finds.take(FINDS).map(|one| evident(one, None)).collect(),
        spared: asides
            .take(FINDS)
            .map(|aside| {
                let why = words::spared(aside, card.to);
                evident(&aside.find, Some(why).filter(|why| !why.is_empty()))
            })
            .collect(),
        statements: made
            .statements_of(card, line)
            .map(|said| Statement {
                at: said.at.to_rfc3339(),
                by: typed(&said.by, act::NAME_CHARS),
                text: typed(&said.text, STATEMENT_CHARS),
            })
            .collect(),
    }
}
