//! The one thing that a program may do: answer for a column that is late, as its unit or as who
//! runs the monitor.

use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::shape::{Ack, Done};
use super::{refused, unknown};
use crate::domain::time::Date;
use crate::web::access::right::Right;
use crate::web::access::viewer::Viewer;
use crate::web::column::{find, is_own};
use crate::web::counter::Task;
use crate::web::view::Shared;

/// `POST /api/v1/ack`. A browser's session does not do: another site could borrow it.
pub async fn ack(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    ack: Result<Json<Ack>, JsonRejection>,
) -> Response {
    let Ok(Json(ack)) = ack else {
        return refused(StatusCode::BAD_REQUEST, "内容不是所要求的JSON。");
    };
    let (Viewer::Client(client), Some(counter)) = (&viewer, &console.counter) else {
        return refused(StatusCode::FORBIDDEN, "须使用接口令牌。");
    };
    let found = find(&console, &ack.column).filter(|(column, _, _)| is_own(&viewer, column));
    let Some((column, _, unit)) = found else {
        return unknown();
    };
    if !viewer.may(Right::Answer, &unit.id) {
        return refused(StatusCode::FORBIDDEN, "该令牌无权登记答复。");
    }
    let Ok(until) = Date::parse_from_str(&ack.until, "%Y-%m-%d") else {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "until须为日期。");
    };
    let task = Task::Answer {
        column: column.id.clone(),
        duty: ack.duty,
        until,
    };
    tracing::info!(client = %client.name, column = %column.id, "a program answers for a column");
    match counter
        .enter(client.name.to_string(), ack.reason, task)
        .await
    {
        Ok(Ok(_)) => Json(Done { done: true }).into_response(),
        Ok(Err(why)) => refused(StatusCode::UNPROCESSABLE_ENTITY, why),
        Err(_) => refused(StatusCode::SERVICE_UNAVAILABLE, "监测系统正在停止。"),
    }
}
