//! The assessment of a period for programs: cards with areas and rules, without the finds' evidence,
//! which the file of all data has.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{answered, refused};
use crate::assess::score::card::{AreaScore, Card, Grade, Line, Verdict};
use crate::assess::score::period::Period;
use crate::domain::time::date_of;
use crate::report::assessment::words;
use crate::web::access::viewer::Viewer;
use crate::web::assessment::quarter;
use crate::web::made::{Without, made};
use crate::web::view::Shared;

/// Which period.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichPeriod {
    /// A month, quarter or year, `2017-11`, `2017Q4`, `2017`; the running quarter if left out.
    #[schemars(regex(pattern = r"^(19|20)[0-9]{2}(Q[1-4]|-(0[1-9]|1[0-2]))?$"))]
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
    /// The sites, the best first.
    pub sites: Vec<SiteScore>,
}

/// One site of an assessment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteScore {
    /// The site.
    pub site: String,
    /// The unit that answers for it.
    pub unit: String,
    /// The total of a hundred; none where nothing was measured.
    pub total: Option<f64>,
    /// The change against the period before.
    pub change: Option<f64>,
    /// The place among all sites.
    pub rank: Option<u32>,
    /// The grade, in Chinese.
    pub grade: Option<String>,
    /// The share of all points that stands on measurement, in percent.
    pub measured: f64,
    /// The rules whose veto was hit.
    pub vetoes: Vec<String>,
    /// The areas.
    pub areas: Vec<AreaOfSite>,
}

/// One area of a site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AreaOfSite {
    /// Its word.
    pub area: String,
    /// Its weight of a hundred.
    pub weight: u32,
    /// A hundred less what was lost; none where nothing was measured.
    pub score: Option<f64>,
    /// Its rules.
    pub rules: Vec<RuleOfSite>,
}

/// What became of one rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleOfSite {
    /// Its identifier.
    pub rule: String,
    /// `kept`, `lost`, `not-kept` (without points), `veto`, `yields` (counted by another rule) or
    /// `unmeasured`.
    pub outcome: String,
    /// The same in Chinese, with the points.
    pub says: String,
    /// How many finds count.
    pub finds: usize,
}

/// `GET /api/v1/assessment`.
pub async fn assessment(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<WhichPeriod>, QueryRejection>,
) -> Response {
    let today = date_of(console.clock.now());
    let period = match which {
        Ok(Query(WhichPeriod { period: None })) => quarter(today),
        Ok(Query(WhichPeriod { period: Some(text) })) => text.parse::<Period>().ok(),
        Err(_) => None,
    };
    let Some(period) = period else {
        return refused(StatusCode::BAD_REQUEST, "查询参数不正确。");
    };
    match made(&console, period).await {
        Ok(made) => {
            let own = |card: &&Card| viewer.only().is_none_or(|unit| card.unit == *unit);
            answered(Ok(Assessment {
                period: period.to_string(),
                from: period.first().to_string(),
                to: period.last().to_string(),
                made_at: made.at.to_rfc3339(),
                version: made.seals.last().map(|seal| seal.version),
                sites: made.cards.iter().filter(own).map(site).collect(),
            }))
        }
        Err(Without::Never(why)) => refused(StatusCode::NOT_FOUND, why),
        Err(Without::Nobody) => refused(StatusCode::SERVICE_UNAVAILABLE, "监测服务没有运行。"),
        Err(Without::NotYet) => {
            let later = refused(StatusCode::SERVICE_UNAVAILABLE, "正在生成，请稍后再试。");
            ([(RETRY_AFTER, "2")], later).into_response()
        }
    }
}

fn number(points: impl ToString) -> Option<f64> {
    points.to_string().parse().ok()
}

fn site(card: &Card) -> SiteScore {
    SiteScore {
        site: card.site.to_string(),
        unit: card.unit.to_string(),
        total: card.total.and_then(number),
        change: card.change.and_then(number),
        rank: card.rank,
        grade: card.grade.map(Grade::in_chinese).map(str::to_owned),
        measured: number(card.measured).unwrap_or_default(),
        vetoes: card.vetoes.iter().map(ToString::to_string).collect(),
        areas: card
            .areas
            .iter()
            .filter(|area| area.applies)
            .map(area)
            .collect(),
    }
}

fn area(area: &AreaScore) -> AreaOfSite {
    AreaOfSite {
        area: area.area.key().to_owned(),
        weight: area.weight,
        score: area.score.and_then(number),
        rules: area.lines.iter().map(rule).collect(),
    }
}

fn rule(line: &Line) -> RuleOfSite {
    let outcome = match line.verdict {
        Verdict::Veto => "veto",
        Verdict::Lost => "lost",
        Verdict::NotKept => "not-kept",
        Verdict::Yields(_) => "yields",
        Verdict::Unmeasured(_) => "unmeasured",
        Verdict::Kept => "kept",
    };
    RuleOfSite {
        rule: line.rule.id.to_string(),
        outcome: outcome.to_owned(),
        says: words::verdict(line),
        finds: line.finds.len(),
    }
}
