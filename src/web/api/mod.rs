//! `/api/v1`: what the pages show, for programs; and one thing to do, to answer for a column.
//!
//! A program proves itself by a token of its own, which `wangxun token add` makes, as
//! `Authorization: Bearer …`, or as the password of basic authentication where a program knows
//! nothing else (calendars, feed readers). A browser that has signed in may read too. The
//! description is made from the types that the routes answer with.

pub mod atom;
pub mod candidates;
pub mod column;
pub mod copy;
pub mod describe;
pub mod ical;
pub mod ledger;
pub mod read;
pub mod replay;
pub mod score;
pub mod shape;
pub mod site;
pub mod site_score;
pub mod trend;
pub mod write;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Serialize;

use super::Route;
use super::access::gate::Admits;
use crate::store::error::StoreError;

/// Where the interface begins.
pub const ROOT: &str = "/api/";

/// The routes of the interface.
pub fn routes() -> Vec<Route> {
    let route = |path, admits, answer| Route {
        path,
        admits,
        answer,
    };
    vec![
        route(
            "/api/v1/openapi.json",
            Admits::Everybody,
            get(describe::openapi),
        ),
        route("/api/v1/overview", Admits::Signed, get(read::overview)),
        route("/api/v1/sites", Admits::Signed, get(read::sites)),
        route("/api/v1/sites/{*id}", Admits::Signed, get(site::site)),
        route("/api/v1/columns", Admits::Signed, get(read::columns)),
        route("/api/v1/columns/{*id}", Admits::Signed, get(column::column)),
        route("/api/v1/copies/{*id}", Admits::Signed, get(copy::copy)),
        route("/api/v1/incidents", Admits::Signed, get(read::incidents)),
        route("/api/v1/messages", Admits::Office, get(read::messages)),
        route("/api/v1/assessment", Admits::Signed, get(score::assessment)),
        route(
            "/api/v1/scorecards/{*id}",
            Admits::Signed,
            get(score::scorecard),
        ),
        route("/api/v1/trend", Admits::Signed, get(trend::trend)),
        route(
            "/api/v1/candidates",
            Admits::Office,
            get(candidates::candidates),
        ),
        route("/api/v1/replay", Admits::Office, get(replay::replay)),
        route("/api/v1/links", Admits::Signed, get(ledger::links)),
        route(
            "/api/v1/availability",
            Admits::Signed,
            get(ledger::availability),
        ),
        route("/api/v1/acts", Admits::Office, get(ledger::acts)),
        route("/api/v1/flags", Admits::Office, get(ledger::flags)),
        route("/api/v1/ack", Admits::Signed, post(write::ack)),
        route("/api/v1/due.ics", Admits::Signed, get(ical::due)),
        route(
            "/api/v1/incidents.atom",
            Admits::Signed,
            get(atom::incidents),
        ),
    ]
}

/// A refusal.
pub fn refused(status: StatusCode, why: impl Into<String>) -> Response {
    let body = shape::Refusal { error: why.into() };
    (status, Json(body)).into_response()
}

/// That something is still being worked out, and to ask again in two seconds.
pub fn later(why: impl Into<String>) -> Response {
    let body = shape::Later { wait: why.into() };
    let head = [(RETRY_AFTER, "2")];
    (StatusCode::ACCEPTED, head, Json(body)).into_response()
}

/// An answer, or that the store cannot be read.
pub fn answered<T: Serialize>(answer: Result<T, StoreError>) -> Response {
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => unreadable(&error),
    }
}

/// That the store cannot be read.
pub fn unreadable(error: &StoreError) -> Response {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "store unreadable for an answer"
    );
    refused(
        StatusCode::SERVICE_UNAVAILABLE,
        "暂时无法读取监测数据，请稍后再试。",
    )
}

/// That there is no such thing for who asks.
pub fn unknown() -> Response {
    refused(StatusCode::NOT_FOUND, "配置中没有这个对象。")
}
