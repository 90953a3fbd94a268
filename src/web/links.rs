//! The page behind the link of a message: it shows one incident, and takes one answer to it.
//!
//! Who holds the link may answer; nobody signs in, and no cookie is looked at, so that there is
//! nothing that another site could borrow. Looking at the page changes nothing: what opens links
//! by itself does no harm. A link that is wrong, used, expired or whose incident is over is
//! answered alike.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::TimeDelta;
use serde::Deserialize;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::Console;
use super::view::{NAME_CHARS, fault, page};
use crate::alert::links::{Link, TOKEN_CHARS, find, hash_of, incident_of};
use crate::assess::freshness::{age_days, due_on};
use crate::assess::ladder::Tier;
use crate::domain::group::Column;
use crate::domain::time::{Date, date_of};
use crate::report::plain::{full_date, one_line};
use crate::store::error::StoreError;

/// How much longer than a link lasts its message may have waited to be sent.
pub const LOOKED_BACK: TimeDelta = TimeDelta::days(15);
/// How many links are looked up at one time.
const AT_ONE_TIME: usize = 4;
/// How long somebody with a link that leads nowhere waits, and keeps one of these places.
const MISSED: Duration = Duration::from_millis(500);

/// What was entered on the page of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The digest of the link's token.
    pub hash: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The day until whose end the column will be updated.
    pub until: Date,
}

/// Why an answer is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum No {
    /// The link leads nowhere, or nowhere any more.
    Gone,
    /// What was entered cannot be, in Chinese.
    Because(String),
}

/// An answer on its way to the desk.
#[derive(Debug)]
pub struct Entered {
    /// What was entered.
    pub answer: Answer,
    /// Where the day goes, in Chinese, that is kept; or why nothing is.
    pub back: oneshot::Sender<Result<String, No>>,
}

/// Where links are looked up and answers taken.
#[derive(Clone)]
pub struct Door {
    desk: mpsc::Sender<Entered>,
    places: Arc<Semaphore>,
    lasts: TimeDelta,
}

impl Door {
    /// A door for links that last for `lasts`; answers go to `desk`.
    pub fn new(desk: mpsc::Sender<Entered>, lasts: TimeDelta) -> Door {
        Door {
            desk,
            places: Arc::new(Semaphore::new(AT_ONE_TIME)),
            lasts,
        }
    }
}

/// The route. The token in the path is what admits.
pub fn router() -> Router<Arc<Console>> {
    Router::new().route("/a/{token}", get(show).post(enter))
}

#[derive(Clone, Template)]
#[template(path = "answer.html")]
struct AnswerPage {
    title: String,
    site: String,
    column: String,
    lines: Vec<(&'static str, String)>,
    fault: Option<String>,
    by: String,
    reason: String,
    until: String,
    today: String,
    /// What will be done by a day.
    verb: &'static str,
    done: Option<String>,
}

/// What the form carries.
#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    by: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    until: String,
}

async fn show(State(console): State<Arc<Console>>, Path(token): Path<String>) -> Response {
    match look_up(&console, &token).await {
        Ok(Some(found)) => page(&found),
        Ok(None) => gone(),
        Err(_) => unreadable(),
    }
}

async fn enter(
    State(console): State<Arc<Console>>,
    Path(token): Path<String>,
    form: Result<Form<Filled>, FormRejection>,
) -> Response {
    let (found, door) = match (look_up(&console, &token).await, &console.links) {
        (Ok(Some(found)), Some(door)) => (found, door),
        (Ok(_), _) => return gone(),
        (Err(_), _) => return unreadable(),
    };
    let Ok(Form(filled)) = form else {
        return fault(StatusCode::BAD_REQUEST, "提交的内容无法识别，请返回重试。");
    };
    let again = |why: String| {
        let again = AnswerPage {
            fault: Some(why),
            by: one_line(&filled.by, NAME_CHARS),
            reason: one_line(&filled.reason, 120),
            until: one_line(&filled.until, 10),
            ..found.clone()
        };
        (StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response()
    };
    let Ok(until) = Date::parse_from_str(filled.until.trim(), "%Y-%m-%d") else {
        return again(format!("请填写预计{}日期。", found.verb));
    };
    let answer = Answer {
        hash: hash_of(&token),
        by: filled.by.clone(),
        reason: filled.reason.clone(),
        until,
    };
    let (back, said) = oneshot::channel();
    if door.desk.send(Entered { answer, back }).await.is_err() {
        return unreadable();
    }
    match said.await {
        Ok(Ok(until)) => page(&AnswerPage {
            done: Some(until),
            ..found
        }),
        Ok(Err(No::Because(why))) => again(why),
        Ok(Err(No::Gone)) => gone(),
        Err(_) => unreadable(),
    }
}

/// The page of the link with this token, while it may be used.
async fn look_up(console: &Console, token: &str) -> Result<Option<AnswerPage>, StoreError> {
    let Some(door) = &console.links else {
        return Ok(None);
    };
    // The semaphore is never closed.
    let place = door.places.acquire().await.ok();
    let found = match token.len() == TOKEN_CHARS {
        true => found(console, door, &hash_of(token)).await?,
        false => None,
    };
    if found.is_none() {
        tokio::time::sleep(MISSED).await;
    }
    drop(place);
    Ok(found)
}

async fn found(
    console: &Console,
    door: &Door,
    hash: &str,
) -> Result<Option<AnswerPage>, StoreError> {
    let (store, now) = (&console.store, console.clock.now());
    let messages = store.messages_since(now - door.lasts - LOOKED_BACK).await?;
    let Some(link) = find(hash, &messages) else {
        return Ok(None);
    };
    let (open, acts) = (store.open_incidents().await?, store.acts().await?);
    let Some(incident) = incident_of(link, &open, &acts, now) else {
        return Ok(None);
    };
    described(console, link, incident.tier).await
}

/// The page about what `link` answers for, where it is still configured.
async fn described(
    console: &Console,
    link: &Link,
    tier: Option<Tier>,
) -> Result<Option<AnswerPage>, StoreError> {
    let group = &console.group;
    let Some(column) = group.columns.get(&link.column) else {
        return Ok(None);
    };
    let today = date_of(console.clock.now());
    let mut lines = vec![("等级", tier.map_or("待核实", Tier::in_chinese).to_owned())];
    lines.extend(match &link.duty {
        Some(duty) => owed(console, duty, today),
        None => dated(console, column, today).await?,
    });
    let unit = group.units.get(&column.unit);
    if let Some(unit) = unit {
        lines.push(("责任单位", one_line(&unit.name, NAME_CHARS)));
    }
    let site = group.sites.get(&column.site);
    Ok(Some(AnswerPage {
        title: one_line(&console.title, NAME_CHARS),
        site: site.map_or(String::new(), |site| one_line(&site.name, NAME_CHARS)),
        column: one_line(&column.name, NAME_CHARS),
        lines,
        fault: None,
        by: String::new(),
        reason: String::new(),
        until: String::new(),
        today: today.to_string(),
        verb: match link.duty {
            Some(_) => "发布",
            None => "更新",
        },
        done: None,
    }))
}

/// When `column` was updated and is due.
async fn dated(
    console: &Console,
    column: &Column,
    today: Date,
) -> Result<Vec<(&'static str, String)>, StoreError> {
    let record = console.store.record(&column.id).await?;
    let days = console.limits.of(column).limit_days;
    let updated = record.and_then(|record| record.last_update);
    Ok(updated.map_or_else(Vec::new, |update| {
        let age = age_days(update.on, today);
        vec![
            ("最近更新", format!("{}（已{age}天）", full_date(update.on))),
            ("更新时限", format!("{days}天")),
            ("到期日", full_date(due_on(update.on, days))),
        ]
    }))
}

/// What is owed, and by when.
fn owed(console: &Console, duty: &str, today: Date) -> Vec<(&'static str, String)> {
    let mut duties = console.limits.duties.iter();
    let found = duties.find(|one| one.id == duty);
    found.map_or_else(Vec::new, |duty| {
        vec![
            ("应发布", one_line(&duty.name, NAME_CHARS)),
            ("截止日期", full_date(duty.period(today).due_on)),
        ]
    })
}

fn gone() -> Response {
    fault(
        StatusCode::NOT_FOUND,
        "链接无效、已使用或已过期，或者所述事项已经办结。如需回复，请与监测管理员联系。",
    )
}

fn unreadable() -> Response {
    fault(
        StatusCode::SERVICE_UNAVAILABLE,
        "暂时无法处理，请稍后再试。",
    )
}
