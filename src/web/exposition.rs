//! `/metrics`: the text format of Prometheus, version 0.0.4.
//!
//! Every label value comes from a fixed list; none carries a site, a column or a person.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::access::viewer::Viewer;
use super::health::Reason;
use super::label;
use super::metrics::{Tally, VISIT_BOUNDS_MS};
use super::source::Picture;
use crate::alert::incident::{Incident, State as IncidentState};
use crate::assess::ladder::Tier;
use crate::domain::flag::FlagKind;
use crate::domain::time::Moment;
use crate::report::overview::overview;
use crate::report::standing::Counts;

const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`.
pub async fn metrics(State(console): State<Arc<Console>>) -> Response {
    match Picture::take(&console, &Viewer::Anybody).await {
        Ok(picture) => ([(CONTENT_TYPE, FORMAT)], exposition(&console, &picture)).into_response(),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "store unreadable for metrics"
            );
            (StatusCode::SERVICE_UNAVAILABLE, "store unreadable\n").into_response()
        }
    }
}

/// The whole text.
pub fn exposition(console: &Console, picture: &Picture) -> String {
    let mut text = Text::default();
    run(&mut text, console, picture);
    counted(&mut text, &console.metrics.tally());
    text.gauge("wangxun_columns", "Columns by where they stand.");
    columns(&mut text, &overview(&picture.scene(console)).totals);
    text.gauge(
        "wangxun_incidents_open",
        "Suspected and open incidents by kind and tier told.",
    );
    for ((kind, tier), count) in incidents(picture.open.values()) {
        text.sample("", &[("kind", kind), ("tier", tier)], count);
    }
    text.gauge(
        "wangxun_escalations_waiting",
        "Escalations that wait for a person to let them out.",
    );
    let waiting = picture.open.values().filter(|one| one.is_proposed());
    text.sample("", &[], waiting.count());
    flags(&mut text, picture);
    outbox(&mut text, picture);
    store(&mut text, picture);
    text.0
}

/// A text that grows by families of samples.
#[derive(Default)]
struct Text(String, &'static str);

impl Text {
    fn gauge(&mut self, name: &'static str, help: &str) {
        self.family(name, "gauge", help);
    }

    fn counter(&mut self, name: &'static str, help: &str) {
        self.family(name, "counter", help);
    }

    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.1 = name;
        // Writing into a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A sample of the family that was begun last. Label values come from fixed lists and hold
    /// nothing to escape.
    fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        let _ = writeln!(self.0, "{}{suffix}{labels} {value}", self.1);
    }

    fn instant(&mut self, name: &'static str, help: &str, at: Option<Moment>) {
        if let Some(at) = at {
            self.gauge(name, help);
            self.sample("", &[], at.timestamp());
        }
    }
}

fn run(text: &mut Text, console: &Console, picture: &Picture) {
    let reasons = &picture.vitals.reasons;
    text.gauge("wangxun_up", "1 while the monitor runs.");
    text.sample("", &[], 1);
    text.gauge("wangxun_build_info", "1, with the version as label.");
    text.sample("", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    text.gauge(
        "wangxun_unwell",
        "1 for each reason for which /healthz answers 503.",
    );
    for key in Reason::KEYS {
        let holds = reasons.iter().any(|reason| reason.key() == key);
        text.sample("", &[("reason", key)], u8::from(holds));
    }
    let started_at = console.metrics.started_at();
    text.instant(
        "wangxun_start_time_seconds",
        "When this run began.",
        Some(started_at),
    );
    text.instant(
        "wangxun_last_visit_timestamp_seconds",
        "When any column was visited last.",
        picture.vitals.visited_at,
    );
    text.instant(
        "wangxun_last_round_finished_timestamp_seconds",
        "When a round over all due columns finished last, in this run.",
        picture.vitals.round_finished_at,
    );
}

fn counted(text: &mut Text, tally: &Tally) {
    text.counter(
        "wangxun_rounds_total",
        "Finished rounds over all due columns.",
    );
    text.sample("", &[], tally.rounds);
    text.counter("wangxun_pages_fetched_total", "Requests by outcome.");
    for (outcome, count) in &tally.pages {
        text.sample("", &[("outcome", outcome)], count);
    }
    text.counter(
        "wangxun_visits_total",
        "Visits to columns by what they saw.",
    );
    for (outcome, count) in &tally.visits {
        text.sample("", &[("outcome", outcome)], count);
    }
    text.counter(
        "wangxun_read_bytes_total",
        "Bytes of bodies that visits read.",
    );
    text.sample("", &[], tally.bytes);
    durations(text, tally);
    text.counter("wangxun_heartbeats_total", "Heartbeats by outcome.");
    for (outcome, count) in &tally.heartbeats {
        text.sample("", &[("outcome", outcome)], count);
    }
    text.counter(
        "wangxun_message_changes_total",
        "Changes of delivery state by transport and new state.",
    );
    for ((route, state), count) in &tally.messages {
        let labels = [("transport", route.key()), ("state", *state)];
        text.sample("", &labels, count);
    }
}

fn durations(text: &mut Text, tally: &Tally) {
    text.family(
        "wangxun_visit_duration_seconds",
        "histogram",
        "How long visits took, all their pages together.",
    );
    let mut below = 0;
    for (bound, count) in VISIT_BOUNDS_MS.iter().zip(tally.took) {
        below += count;
        text.sample("_bucket", &[("le", &seconds(*bound))], below);
    }
    let all: u64 = tally.visits.values().sum();
    text.sample("_bucket", &[("le", "+Inf")], all);
    text.sample("_sum", &[], seconds(tally.took_sum_ms));
    text.sample("_count", &[], all);
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn columns(text: &mut Text, counts: &Counts) {
    let rows = [
        ("fresh", counts.fresh),
        ("due-soon", counts.due_soon),
        ("overdue", counts.overdue - counts.severely_overdue),
        ("severely-overdue", counts.severely_overdue),
        ("empty", counts.empty),
        ("unknown", counts.unknown),
        ("exempt", counts.exempt),
        ("not-yet-visited", counts.not_yet_visited),
        ("unconfirmed", counts.unconfirmed),
        ("not-configured", counts.not_configured),
    ];
    for (standing, count) in rows {
        text.sample("", &[("standing", standing)], count);
    }
}

fn incidents<'a>(
    open: impl Iterator<Item = &'a Incident>,
) -> BTreeMap<(&'static str, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for incident in open {
        let tier = match &incident.state {
            IncidentState::Suspected { .. } => "suspected",
            IncidentState::Open { .. } => incident.told_tier().map_or("none", Tier::key),
            IncidentState::Resolved { .. } => continue,
        };
        *counts
            .entry((label::kind(incident.key.kind), tier))
            .or_default() += 1;
    }
    counts
}

fn flags(text: &mut Text, picture: &Picture) {
    text.gauge(
        "wangxun_flags",
        "Flags for the operator that are kept, by kind.",
    );
    for kind in FlagKind::ALL {
        let of_kind = picture.flags.iter();
        let count = of_kind.filter(|flag| flag.fact.kind() == kind).count();
        text.sample("", &[("kind", kind.key())], count);
    }
}

fn outbox(text: &mut Text, picture: &Picture) {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for message in &picture.outbox {
        let place = (message.route.key(), label::delivery(&message.delivery));
        *counts.entry(place).or_default() += 1;
    }
    text.gauge(
        "wangxun_outbox_messages",
        "Messages that are not final, by transport and state.",
    );
    for ((transport, state), count) in counts {
        text.sample("", &[("transport", transport), ("state", state)], count);
    }
    text.gauge(
        "wangxun_notices_waiting",
        "Notices that are not yet part of a message.",
    );
    text.sample("", &[], picture.waiting);
    text.gauge(
        "wangxun_outbox_oldest_age_seconds",
        "Age of the oldest message that is not final.",
    );
    let oldest = picture.vitals.outbox_since.map(|since| picture.now - since);
    text.sample("", &[], oldest.map_or(0, |age| age.num_seconds().max(0)));
}

fn store(text: &mut Text, picture: &Picture) {
    let store = &picture.vitals.store;
    text.gauge("wangxun_store_size_bytes", "Size of the store on disk.");
    text.sample("", &[], store.bytes_on_disk);
    if let Some(free) = store.bytes_free {
        text.gauge(
            "wangxun_store_free_bytes",
            "Bytes that are free on the disk of the store.",
        );
        text.sample("", &[], free);
    }
    text.gauge(
        "wangxun_store_fatal",
        "1 once the store can no longer be written.",
    );
    text.sample("", &[], u8::from(store.fatal.is_some()));
    text.gauge(
        "wangxun_store_quarantined_records",
        "Records set aside as unreadable.",
    );
    text.sample("", &[], store.quarantined);
    text.instant(
        "wangxun_store_last_commit_timestamp_seconds",
        "When the store acknowledged a change last.",
        store.last_commit_at,
    );
}
