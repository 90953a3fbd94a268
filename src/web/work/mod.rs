//! What is done on the pages: which forms are offered to whom, and what comes of a form.
//!
//! A form is taken only from whom it could be offered to, and only with what this session's forms
//! carry; it is handed in at the counter and carried out under the same checks as an order by
//! command line.

pub mod filled;
pub mod of_column;
pub mod of_office;
pub mod offer;

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::access::session::Once;
use super::access::viewer::Viewer;
use super::counter::{Closed, Counter, Task};
use super::view::fault;
use crate::domain::account::AccountName;
use crate::domain::id::UnitId;
use filled::Filled;

/// How handing in ended.
pub enum Entry {
    /// It is done; the browser is sent back to where it was.
    Done(Response),
    /// It cannot be, in Chinese; the page is shown again with what was entered.
    Refused(String),
    /// It may not be, or nobody takes it.
    Never(Response),
}

/// Hands in what a form asks for, of what `unit` answers for, as `viewer`; without a unit it is about
/// all of them.
pub async fn hand_in(
    console: &Console,
    viewer: &Viewer,
    unit: Option<&UnitId>,
    filled: &Filled,
    task: Result<Task, String>,
    back: &str,
) -> Entry {
    let (name, counter) = match admitted(console, viewer, unit, filled) {
        Ok(admitted) => admitted,
        Err(answer) => return Entry::Never(*answer),
    };
    let task = match task {
        Ok(task) => task,
        Err(why) => return Entry::Refused(why),
    };
    if filled.reason.trim().is_empty() && !matches!(task, Task::Lift { .. }) {
        let what = match task {
            Task::State { .. } => "说明",
            _ => "理由",
        };
        return Entry::Refused(format!("请填写{what}。"));
    }
    tracing::info!(account = %name, action = filled.action, "a form was handed in");
    let by = name.to_string();
    let reason = filled.reason.clone();
    match counter.enter(by, reason, task).await {
        Ok(Ok(_)) => {
            let done = Once::Done(filled.action.clone());
            console.porter.tell_once(viewer, back, done);
            let to = format!("{back}#work");
            Entry::Done((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
        Ok(Err(why)) => Entry::Refused(why),
        Err(error) => Entry::Never(closed(&error)),
    }
}

/// By which name `viewer` hands in what `filled` asks for, and where; or the answer to who may not.
pub fn admitted<'a>(
    console: &'a Console,
    viewer: &'a Viewer,
    unit: Option<&UnitId>,
    filled: &Filled,
) -> Result<(&'a AccountName, &'a Counter), Box<Response>> {
    let never = |why| Err(Box::new(fault(StatusCode::FORBIDDEN, why)));
    let (Viewer::Signed(signed), Some(counter)) = (viewer, &console.counter) else {
        return never("本页面只供查看。");
    };
    if !signed.form.is(&filled.form) {
        return never("页面已过期，请返回刷新后重试。");
    }
    let may = |right| match unit {
        Some(unit) => viewer.may(right, unit),
        None => viewer.may_for_all(right),
    };
    match filled.right().is_some_and(may) {
        true => Ok((&signed.name, counter)),
        false => never("您的账号无权进行此项处理。"),
    }
}

/// The answer where nobody takes a form.
pub fn closed(error: &Closed) -> Response {
    tracing::error!(%error, "a form cannot be taken");
    fault(
        StatusCode::SERVICE_UNAVAILABLE,
        "监测系统正在停止，请稍后再试。",
    )
}
