//! Assessments as the pages get them: at once, or not yet.
//!
//! A large group's period takes a while to be read. A page that would make its reader wait says so
//! and asks again by itself; the assessment is made meanwhile, and is kept.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::REFRESH;
use axum::response::{IntoResponse as _, Response};

use askama::Template;

use super::Console;
use super::access::viewer::Viewer;
use super::source::Picture;
use super::view::{Frame, Place, fault, page, unreadable};
use crate::assess::score::period::Period;
use crate::report::assessment::Assessment;
use crate::store::error::StoreError;

/// How long a page waits before it says that it does.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How long a page waits that can do without.
const AT_ONCE: Duration = Duration::from_millis(200);
/// In how many seconds it asks again.
const AGAIN: &str = "2";

/// Why there is no assessment.
pub enum Without {
    /// It is being made.
    NotYet,
    /// There is none of this period, in Chinese.
    Never(String),
    /// The daemon does not run, or ends.
    Nobody,
    /// The store cannot be read.
    Unreadable(StoreError),
}

/// The assessment of `period`.
pub async fn made(console: &Console, period: Period) -> Result<Arc<Assessment>, Without> {
    made_within(PATIENCE, console, period).await
}

/// The assessment of `period` if it is there at once: what another page only mentions. It is begun
/// otherwise.
pub async fn made_at_once(console: &Console, period: Period) -> Result<Arc<Assessment>, Without> {
    made_within(AT_ONCE, console, period).await
}

async fn made_within(
    patience: Duration,
    console: &Console,
    period: Period,
) -> Result<Arc<Assessment>, Without> {
    let Some(counter) = &console.counter else {
        return Err(Without::Nobody);
    };
    match tokio::time::timeout(patience, counter.assess(period)).await {
        Err(_) => Err(Without::NotYet),
        Ok(Err(_)) => Err(Without::Nobody),
        Ok(Ok(Err(why))) => Err(Without::Never(why)),
        Ok(Ok(Ok(assessment))) => Ok(assessment),
    }
}

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage {
    frame: Frame,
    what: String,
    done: usize,
    of: usize,
}

/// The page that stands in for one without an assessment. `what` is being made, of which `done` parts
/// of `of` are there.
pub async fn instead(
    console: &Console,
    viewer: &Viewer,
    without: Without,
    (what, done, of): (String, usize, usize),
) -> Response {
    let busy = |text| fault(StatusCode::SERVICE_UNAVAILABLE, text);
    match without {
        Without::Never(why) => return fault(StatusCode::NOT_FOUND, &why),
        Without::Nobody => return busy("考评由监测服务生成，目前没有运行。"),
        Without::Unreadable(error) => return unreadable(&error),
        Without::NotYet => {}
    }
    match Picture::take(console, viewer).await {
        Ok(picture) => {
            let frame = Frame::of(console, &picture, viewer, Place::Assessment);
            let waiting = WaitingPage {
                frame,
                what,
                done,
                of,
            };
            (StatusCode::OK, [(REFRESH, AGAIN)], page(&waiting)).into_response()
        }
        Err(error) => unreadable(&error),
    }
}
