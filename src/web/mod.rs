//! The console: a status page for people, `/healthz` for watchers, `/metrics` for Prometheus.
//!
//! Reads the store and shows; it changes nothing, takes only GET and HEAD, and answers only to
//! the names it is configured for. Beside the pages stands one address for what gateways report. Order, words and verdicts come from `report`; whether the
//! monitor is well is decided in `health`.

pub mod column;
pub mod exposition;
pub mod guard;
pub mod health;
pub mod home;
pub mod label;
pub mod metrics;
pub mod receipts;
pub mod serve;
pub mod site;
pub mod source;
pub mod view;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::get;
use chrono::TimeDelta;
use url::Url;

use crate::assess::limits::Limits;
use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::domain::group::Group;
use crate::store::handle::Store;
use metrics::Metrics;

const STYLE: &str = include_str!("../../templates/style.css");
const ICON: &str = include_str!("../../templates/icon.svg");

/// All that the console shows and is configured by. Clones share everything.
#[derive(Clone)]
pub struct Console {
    /// The site group.
    pub group: Arc<Group>,
    /// The limits in force.
    pub limits: Arc<Limits>,
    /// The working days, for the line that says whether this and the next year are known.
    pub calendar: Arc<Calendar>,
    /// Where visits, incidents and messages are read from.
    pub store: Store,
    /// The source of `now`.
    pub clock: Clock,
    /// What the daemon counts.
    pub metrics: Arc<Metrics>,
    /// The installation's name, as in the signature of messages.
    pub title: String,
    /// The host names and addresses, without port, by which the console may be called besides the
    /// loopback ones; see [`hosts_of`].
    pub hosts: Vec<String>,
    /// After how long without any finished visit the monitor is unwell. Longer than the longest
    /// gap of the schedule.
    pub stale_after: TimeDelta,
    /// How long a message may be past its next attempt before the outbox counts as stuck.
    pub stuck_after: TimeDelta,
    /// The address for a gateway's reports, if there is one.
    pub callback: Option<receipts::Callback>,
}

/// The names by which a console that listens on `listen` and is linked to as `link` is called.
pub fn hosts_of(listen: Option<SocketAddr>, link: Option<&str>) -> Vec<String> {
    let bound = listen
        .map(|listen| listen.ip())
        .filter(|ip| !ip.is_unspecified() && !ip.is_loopback())
        .map(|ip| ip.to_string());
    let linked = link
        .and_then(|link| Url::parse(link).ok())
        .and_then(|link| link.host_str().map(str::to_owned));
    bound.into_iter().chain(linked).collect()
}

/// Every route: the pages behind the guard, and the address for reports.
pub fn router(console: Console) -> Router {
    let console = Arc::new(console);
    Router::new()
        .route("/", get(home::home))
        .route("/site/{*id}", get(site::site))
        .route("/column/{*id}", get(column::column))
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(exposition::metrics))
        .route("/style.css", get(|| file("text/css; charset=utf-8", STYLE)))
        .route("/icon.svg", get(|| file("image/svg+xml", ICON)))
        .fallback(view::missing)
        .layer(from_fn_with_state(console.clone(), guard::guard))
        .merge(receipts::router())
        .with_state(console)
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "max-age=300")], text)
}
