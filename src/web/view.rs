//! What the pages share: the frame, marks of standing, rows of columns, pages that say no.
//!
//! Rows are words ready to be shown. Templates escape them; `one_line` has taken away line
//! breaks, direction marks and excess length before.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};

use super::Console;
use super::access::right::Right;
use super::access::viewer::Viewer;
use super::api;
use super::source::Picture;
use crate::alert::trial::Forecast;
use crate::assess::freshness::Freshness;
use crate::assess::ladder::Tier;
use crate::domain::time::{Date, Moment, date_of, in_chinese};
use crate::report::overview::{ColumnLine, OwedLine, SiteLine, Veto};
use crate::report::plain::{full_date, instant, one_line};
use crate::report::standing::{Counts, Standing};
use crate::report::step::Step;
use crate::store::error::StoreError;

/// The longest name on a page, in characters.
pub const NAME_CHARS: usize = 40;
/// The longest title on a page, in characters.
pub const TITLE_CHARS: usize = 120;

/// What stands around every page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The installation's name.
    pub title: String,
    /// The instant of the data.
    pub at: String,
    /// The same for programs.
    pub stamp: String,
    /// The latest visit to any column.
    pub visited: String,
    /// Which part of the console it is.
    pub place: Place,
    /// Whether the whole group is shown, and not one unit's part.
    pub whole: bool,
    /// Whether thresholds may be tried.
    pub tries: bool,
    /// Whether the monitor is well.
    pub well: bool,
    /// Why it is not.
    pub trouble: Vec<&'static str>,
    /// What the trial run would send, while there is one.
    pub trial: Option<String>,
    /// Who has signed in.
    pub who: Option<Who>,
}

/// The parts of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The group, its sites and columns.
    Overview,
    /// Incidents and flags.
    Incidents,
    /// Messages.
    Messages,
    /// The assessment.
    Assessment,
    /// What people have to judge.
    Candidates,
    /// The workbench for thresholds.
    Workbench,
}

impl Place {
    /// The mark of the link to where one is.
    pub fn mark(self, place: Place) -> &'static str {
        match self == place {
            true => " aria-current=\"page\"",
            false => "",
        }
    }
}

/// Who has signed in, for the head of a page.
#[derive(Debug, Clone)]
pub struct Who {
    /// By which name.
    pub name: String,
    /// As what.
    pub role: &'static str,
    /// What the form for signing out carries; `None` where that is a proxy's business.
    pub form: Option<String>,
}

impl Who {
    fn of(viewer: &Viewer) -> Option<Who> {
        let Viewer::Signed(signed) = viewer else {
            return None;
        };
        Some(Who {
            name: signed.name.to_string(),
            role: signed.role.in_chinese(),
            form: (!signed.vouched).then(|| signed.form.as_str().to_owned()),
        })
    }
}

impl Frame {
    /// The frame of a page made from this picture.
    pub fn of(console: &Console, picture: &Picture, viewer: &Viewer, place: Place) -> Frame {
        let vitals = &picture.vitals;
        let at = vitals.now;
        Frame {
            title: one_line(&console.title, NAME_CHARS),
            at: format!("{} {}", full_date(date_of(at)), at.format("%H:%M")),
            stamp: at.to_rfc3339(),
            visited: when(vitals.visited_at, at),
            place,
            whole: viewer.only().is_none(),
            tries: viewer.may_for_all(Right::Try),
            well: vitals.reasons.is_empty(),
            trouble: vitals
                .reasons
                .iter()
                .map(|reason| reason.in_chinese())
                .collect(),
            trial: picture.trial.map(Forecast::in_chinese),
            who: Who::of(viewer),
        }
    }
}

/// A standing as sign, word and class of the style sheet, so that colour never stands alone.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// The class.
    pub key: &'static str,
    /// The sign.
    pub sign: &'static str,
    /// The word.
    pub word: &'static str,
}

impl Mark {
    /// The mark of a standing.
    pub fn of(standing: Standing) -> Mark {
        let sign = match standing {
            Standing::SeverelyOverdue => "✕✕",
            Standing::Overdue => "✕",
            Standing::Down => "⊘",
            Standing::Empty => "○",
            Standing::Unknown => "?",
            Standing::DueSoon => "△",
            Standing::Fresh => "✓",
            Standing::NotYetVisited => "…",
            Standing::Exempt => "◇",
            Standing::Unconfirmed => "◌",
            Standing::NotConfigured => "–",
        };
        Mark {
            key: standing.key(),
            sign,
            word: standing.in_chinese(),
        }
    }

    /// The mark of a step.
    pub fn of_step(step: Step) -> Mark {
        let (standing, sign) = match step {
            Step::Standing(standing) => return Mark::of(standing),
            Step::Tier(Tier::Escalation) => (Standing::SeverelyOverdue, "✕✕✕"),
            Step::Tier(Tier::SeverelyOverdue) => (Standing::SeverelyOverdue, "✕✕"),
            Step::Tier(Tier::Overdue) => (Standing::Overdue, "✕"),
            Step::Tier(Tier::Warning) => (Standing::DueSoon, "△△"),
            Step::Tier(Tier::Reminder) => (Standing::DueSoon, "△"),
        };
        Mark {
            key: standing.key(),
            sign,
            word: step.in_chinese(),
        }
    }

    /// The mark of a site: a veto outranks all else, and that it is shut what its columns are; the
    /// nearness of a veto outranks only what is in time.
    pub fn of_site(line: &SiteLine) -> Mark {
        match (line.veto, line.down_in_chinese().filter(|_| line.shut)) {
            (Some(Veto::Hit), _) => Mark {
                key: Standing::SeverelyOverdue.key(),
                sign: "!!",
                word: "触及单项否决",
            },
            (_, Some(word)) => Mark {
                word,
                ..Mark::of(Standing::Down)
            },
            (Some(Veto::Near), None) if line.standing >= Standing::DueSoon => Mark {
                key: Standing::DueSoon.key(),
                sign: "!",
                word: "当前接近单项否决",
            },
            // Not shut as a whole, though one of its hosts gives no answer.
            _ if line.standing == Standing::Down => Mark {
                word: line.standing_in_chinese(),
                ..Mark::of(line.standing)
            },
            _ => Mark::of_step(Step::of_site(line)),
        }
    }
}

/// A number with the mark it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Tile {
    /// The mark.
    pub mark: Mark,
    /// How many.
    pub count: usize,
}

/// What there is to count as tiles, in the order of need.
pub fn tiles(counts: &Counts) -> Vec<Tile> {
    let tiles = Step::ALL.into_iter().map(|step| Tile {
        mark: Mark::of_step(step),
        count: step.count(counts),
    });
    tiles.filter(|tile| tile.count > 0).collect()
}

/// One column in a table.
#[derive(Debug, Clone)]
pub struct ColumnRow {
    /// Where it stands.
    pub mark: Mark,
    /// The stable identifier, for the link.
    pub id: String,
    /// The name.
    pub name: String,
    /// The site's identifier, for the link.
    pub site: String,
    /// The site's name.
    pub site_name: String,
    /// The unit that answers for it.
    pub unit: String,
    /// `动态要闻 · 14天`
    pub rule: String,
    /// The last update.
    pub updated: String,
    /// The due date.
    pub due: String,
    /// How late, how long still, or why nothing can be said.
    pub remark: String,
    /// The latest visit.
    pub visited: String,
}

/// What stands where there is no date.
const NO_DATE: &str = "—";

impl ColumnRow {
    /// The row of a line.
    pub fn of(line: &ColumnLine, now: Moment) -> ColumnRow {
        let today = date_of(now);
        let update = line.judgement.last_update.as_ref();
        ColumnRow {
            mark: Mark::of_step(Step::of(line)),
            id: line.column.to_string(),
            name: one_line(&line.name, NAME_CHARS),
            site: line.site.to_string(),
            site_name: one_line(&line.site_name, NAME_CHARS),
            unit: one_line(&line.unit_name, NAME_CHARS),
            rule: format!(
                "{} · {}天",
                line.class.in_chinese(),
                line.judgement.limit_days
            ),
            updated: date(update.map(|update| update.on), today),
            due: date(line.due_on, today),
            remark: remark(line, now),
            visited: when(line.visited_at, now),
        }
    }
}

fn remark(line: &ColumnLine, now: Moment) -> String {
    let mut text = match &line.judgement.freshness {
        Freshness::Overdue { days, .. } => format!("超期{days}天"),
        Freshness::DueSoon { days_left: 0, .. } => "今天到期".to_owned(),
        Freshness::DueSoon { days_left, .. } => format!("还有{days_left}天"),
        Freshness::Unknown { since, why } => format!(
            "{}（{}起）",
            one_line(&why.in_chinese(), NAME_CHARS),
            instant(*since, now)
        ),
        Freshness::Empty { since } => format!("{}起没有条目", instant(*since, now)),
        Freshness::Exempt { until } => format!("豁免至{}", in_chinese(*until, date_of(now))),
        Freshness::OnDemand { .. } => "按需更新".to_owned(),
        Freshness::Unconfirmed => "不判断".to_owned(),
        Freshness::Fresh { .. } | Freshness::NotConfigured | Freshness::NotYetVisited => {
            String::new()
        }
    };
    if let Some(unread) = unread(line, now) {
        let gap = if text.is_empty() { "" } else { "，" };
        text.push_str(gap);
        text.push_str(&unread);
    }
    for owed in &line.owed {
        let gap = if text.is_empty() { "" } else { "，" };
        text.push_str(&format!("{gap}{}", of_duty(owed, date_of(now))));
    }
    if let Some(until) = line.answered_until {
        let gap = if text.is_empty() { "" } else { "，" };
        let until = in_chinese(until, date_of(now));
        text.push_str(&format!("{gap}已回复，将于{until}前更新"));
    }
    if line.confirming {
        let gap = if text.is_empty() { "" } else { "，" };
        text.push_str(gap);
        text.push_str("待复核");
    }
    text
}

/// Since when a column could not be read that stands where it does by what is known; of one that cannot be
/// judged that is said anyway.
pub fn unread(line: &ColumnLine, now: Moment) -> Option<String> {
    let is_said = matches!(line.judgement.freshness, Freshness::Unknown { .. });
    let since = line.unread_since.filter(|_| !is_said)?;
    Some(format!("{}起未能读取", instant(since, now)))
}

/// What is owed by a day, and how long still or since.
pub fn of_duty(owed: &OwedLine, today: Date) -> String {
    let name = one_line(&owed.name, NAME_CHARS);
    match (owed.due_on - today).num_days() {
        0 => format!("{name}今天截止"),
        left @ 1.. => format!("{name}还有{left}天"),
        left => format!("{name}超期{}天", -left),
    }
}

/// A date, or a stroke.
pub fn date(on: Option<Date>, today: Date) -> String {
    on.map_or(NO_DATE.to_owned(), |on| in_chinese(on, today))
}

/// An instant, or a stroke.
pub fn when(at: Option<Moment>, now: Moment) -> String {
    at.map_or("—".to_owned(), |at| {
        format!(
            "{} {}",
            in_chinese(date_of(at), date_of(now)),
            at.format("%H:%M")
        )
    })
}

/// `text` if it is an address that a link may lead to.
pub fn web_address(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// A page, or 500 when it cannot be made.
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(%error, "page could not be rendered");
            fault(StatusCode::INTERNAL_SERVER_ERROR, "页面生成失败。")
        }
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage<'a> {
    status: u16,
    text: &'a str,
}

/// A page that says no, in one sentence.
pub fn fault(status: StatusCode, text: &str) -> Response {
    let page = FaultPage {
        status: status.as_u16(),
        text,
    };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => status.into_response(),
    }
}

/// The page of a form that is none of ours.
pub fn unreadable_form() -> Response {
    fault(StatusCode::BAD_REQUEST, "提交的内容无法识别，请返回重试。")
}

/// The page of a store that cannot be read.
pub fn unreadable(error: &StoreError) -> Response {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "store unreadable for a page"
    );
    fault(
        StatusCode::SERVICE_UNAVAILABLE,
        "暂时无法读取监测数据，请稍后再试。",
    )
}

/// Any address that is not ours.
pub async fn missing(uri: Uri) -> Response {
    match uri.path().starts_with(api::ROOT) {
        true => api::refused(StatusCode::NOT_FOUND, "没有这个接口。"),
        false => fault(StatusCode::NOT_FOUND, "没有这个页面。"),
    }
}

/// An address of ours, asked for by a method that it does not answer to; the router names those that
/// it does.
pub async fn other_method(uri: Uri) -> Response {
    let (status, why) = (StatusCode::METHOD_NOT_ALLOWED, "此地址不接受这种请求方法。");
    match uri.path().starts_with(api::ROOT) {
        true => api::refused(status, why),
        false => fault(status, why),
    }
}

/// A page that says that a site or column is not configured.
pub fn unknown() -> Response {
    fault(StatusCode::NOT_FOUND, "配置中没有这个网站或栏目。")
}

/// The console as handlers get it.
pub type Shared = State<Arc<Console>>;

/// The identifier in the address; one that is no text is as unknown as any other.
pub type Named = Result<Path<String>, PathRejection>;
