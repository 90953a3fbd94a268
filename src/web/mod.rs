//! The console: a status page for people, `/healthz` for watchers, `/metrics` for Prometheus.
//!
//! Reads the store and shows; what is to be changed it hands in at a counter. It answers only to the
//! names it is configured for. No route exists without saying whom it admits. Beside the pages stands one
//! address for what gateways report. Order, words and verdicts come from `report`; whether the
//! monitor is well is decided in `health`.

pub mod access;
pub mod api;
pub mod assessment;
pub mod broken;
pub mod bulletin;
pub mod candidates;
pub mod column;
pub mod copy;
pub mod counter;
pub mod due;
pub mod exposition;
pub mod filter;
pub mod ground;
pub mod guard;
pub mod handout;
pub mod health;
pub mod home;
pub mod incidents;
pub mod label;
pub mod links;
pub mod made;
pub mod messages;
pub mod metrics;
pub mod monitor;
pub mod narrow;
pub mod past;
pub mod pending;
pub mod proof;
pub mod receipts;
pub mod release;
pub mod search;
pub mod serve;
pub mod site;
pub mod sought;
pub mod source;
pub mod strip;
pub mod trend;
pub mod view;
pub mod week;
pub mod work;
pub mod workbench;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
use chrono::TimeDelta;
use url::Url;

use crate::alert::rules::AlertRules;
use crate::assess::limits::Limits;
use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::domain::group::Group;
use crate::report::acts::Names;
use crate::store::handle::Store;
use access::gate::{Admits, gate};
use access::{Porter, login};
use metrics::Metrics;
use source::Picture;

const STYLE: &str = include_str!("../../templates/style.css");
const ICON: &str = include_str!("../../templates/icon.svg");
const SCRIPT: &str = include_str!("../../templates/live.js");

/// All that the console shows and is configured by. Clones share everything.
#[derive(Clone)]
pub struct Console {
    /// The site group.
    pub group: Arc<Group>,
    /// The limits in force.
    pub limits: Arc<Limits>,
    /// The rules of alerting, for what a trial run would send.
    pub rules: Arc<AlertRules>,
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
    /// So many samples of each home page are taken a day.
    pub samples_a_day: u32,
    /// After how long without any finished visit the monitor is unwell. Longer than the longest
    /// gap of the schedule.
    pub stale_after: TimeDelta,
    /// How long a message may be past its next attempt before the outbox counts as stuck.
    pub stuck_after: TimeDelta,
    /// Who may see it.
    pub porter: Arc<Porter>,
    /// The address for a gateway's reports, if there is one.
    pub callback: Option<receipts::Callback>,
    /// Where the links of messages lead, if there are any.
    pub links: Option<links::Door>,
    /// Where what is done on the pages is handed in; nothing is done without.
    pub counter: Option<counter::Counter>,
}

impl Console {
    /// The names by which what happened is told, as far as `picture` goes.
    pub fn names<'a>(&'a self, picture: &'a Picture) -> Names<'a> {
        Names {
            group: &picture.group,
            duties: &self.limits.duties,
            acts: &picture.acts,
        }
    }
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

/// The longest form, in bytes.
const FORM_BYTES: usize = 16 * 1024;

/// A route of the console.
pub struct Route {
    /// The path, as the router writes it.
    pub path: &'static str,
    /// Whom it admits.
    pub admits: Admits,
    answer: MethodRouter<Arc<Console>>,
}

/// Every route of the console, and whom it admits.
pub fn routes() -> Vec<Route> {
    let route = |path, admits, answer| Route {
        path,
        admits,
        answer,
    };
    let mut routes = vec![
        route("/", Admits::Signed, get(home::home)),
        route(
            "/site/{*id}",
            Admits::Signed,
            get(site::site).post(site::enter),
        ),
        route(
            "/column/{*id}",
            Admits::Signed,
            get(column::column).post(column::enter),
        ),
        route(
            "/assessment",
            Admits::Signed,
            get(assessment::assessment).post(assessment::enter),
        ),
        route(
            "/candidates",
            Admits::Office,
            get(candidates::candidates).post(candidates::enter),
        ),
        route("/trend", Admits::Signed, get(trend::trend)),
        route("/workbench", Admits::Office, get(workbench::workbench)),
        route("/copy/{*id}", Admits::Signed, get(copy::copy)),
        route(
            "/incidents",
            Admits::Signed,
            get(incidents::incidents).post(incidents::enter),
        ),
        route(
            "/messages",
            Admits::Office,
            get(messages::messages).post(messages::enter),
        ),
        route("/logout", Admits::Signed, post(login::leave)),
        route(
            "/login",
            Admits::Everybody,
            get(login::show).post(login::enter),
        ),
        route("/healthz", Admits::Everybody, get(health::healthz)),
        route("/metrics", Admits::Everybody, get(exposition::metrics)),
        route(
            "/style.css",
            Admits::Everybody,
            get(|| file("text/css; charset=utf-8", STYLE)),
        ),
        route(
            "/icon.svg",
            Admits::Everybody,
            get(|| file("image/svg+xml", ICON)),
        ),
        route(
            "/live.js",
            Admits::Everybody,
            get(|| file("text/javascript; charset=utf-8", SCRIPT)),
        ),
    ];
    routes.extend(api::routes());
    routes
}

/// The routes behind guard and gate, and the address for reports.
pub fn router(console: Console) -> Router {
    let console = Arc::new(console);
    let mut router = Router::new();
    for route in routes() {
        let gate = from_fn_with_state((console.clone(), route.admits), gate);
        router = router.route(route.path, route.answer.layer(gate));
    }
    router
        .merge(links::router())
        .fallback(view::missing)
        .method_not_allowed_fallback(view::other_method)
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(from_fn_with_state(console.clone(), guard::guard))
        .merge(receipts::router())
        .with_state(console)
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "max-age=300")], text)
}
