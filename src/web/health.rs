//! Whether the monitor itself is well. Decides on values; `/healthz` and the status page show it.
//!
//! Unwell means that warnings may be missed: the store cannot be written, no visit has finished
//! for long, or messages are not getting out.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use chrono::TimeDelta;
use serde::Serialize;

use super::Console;
use super::access::viewer::Viewer;
use super::source::Picture;
use crate::alert::outbox::{Delivery, Message, Notice};
use crate::domain::id::ColumnId;
use crate::domain::observation::ColumnRecord;
use crate::domain::time::Moment;
use crate::store::handle::StoreHealth;

/// The monitor's own condition.
#[derive(Debug, Clone)]
pub struct Vitals {
    /// The instant.
    pub now: Moment,
    /// When this run began.
    pub started_at: Moment,
    /// The latest visit to any column.
    pub visited_at: Option<Moment>,
    /// When the latest round finished in this run.
    pub round_finished_at: Option<Moment>,
    /// Messages that are not final.
    pub outbox: usize,
    /// When the oldest of them was written.
    pub outbox_since: Option<Moment>,
    /// The store's condition.
    pub store: StoreHealth,
    /// Why the monitor is unwell; empty while it is well.
    pub reasons: Vec<Reason>,
}

/// One way of being unwell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    /// The store can no longer be written.
    StoreFatal,
    /// No visit has finished for too long.
    VisitsStale {
        /// Since when.
        since: Moment,
    },
    /// Messages are past their time and were not tried.
    OutboxStuck {
        /// How many messages and notices.
        messages: usize,
    },
    /// The machine's clock and the hosts' disagree.
    ClockDoubted,
    /// Less is free on the disk of the store than there is to be.
    DiskLow,
}

impl Reason {
    /// Every reason's word, as a label.
    pub const KEYS: [&'static str; 5] = [
        "store-fatal",
        "visits-stale",
        "outbox-stuck",
        "clock-doubted",
        "disk-low",
    ];

    /// The word of a label.
    pub fn key(self) -> &'static str {
        match self {
            Reason::StoreFatal => "store-fatal",
            Reason::VisitsStale { .. } => "visits-stale",
            Reason::OutboxStuck { .. } => "outbox-stuck",
            Reason::ClockDoubted => "clock-doubted",
            Reason::DiskLow => "disk-low",
        }
    }

    /// The reason in the words of the status page.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Reason::StoreFatal => "存储无法写入，监测结果未能保存",
            Reason::VisitsStale { .. } => "长时间没有完成任何访问",
            Reason::OutboxStuck { .. } => "消息到时未能发出",
            Reason::ClockDoubted => "服务器时钟与多数网站不一致，判断和发送已暂停",
            Reason::DiskLow => "磁盘剩余空间不足，写满后监测将停止",
        }
    }
}

impl Vitals {
    /// The condition at `now`.
    pub fn of(
        console: &Console,
        now: Moment,
        records: &BTreeMap<ColumnId, ColumnRecord>,
        outbox: &[Message],
        waiting: &[Notice],
    ) -> Vitals {
        let mut vitals = Vitals {
            now,
            started_at: console.metrics.started_at(),
            visited_at: records.values().map(|record| record.visited_at).max(),
            round_finished_at: console.metrics.tally().round_finished_at,
            outbox: outbox.len(),
            outbox_since: outbox.iter().map(|message| message.created_at).min(),
            store: console.store.health(),
            reasons: Vec::new(),
        };
        let watching = console
            .group
            .columns
            .values()
            .any(|column| column.url.is_some());
        let stuck = stuck(outbox, waiting, now, console.stuck_after);
        vitals.reasons = vitals.judge(watching, console.stale_after, stuck);
        if console.metrics.tally().clock_doubted {
            vitals.reasons.push(Reason::ClockDoubted);
        }
        vitals
    }

    fn judge(&self, watching: bool, stale_after: TimeDelta, stuck: usize) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if self.store.fatal.is_some() {
            reasons.push(Reason::StoreFatal);
        }
        if self.store.short_of_room {
            reasons.push(Reason::DiskLow);
        }
        // A run that has just begun gets as long as any other for its first visit.
        let since = [
            self.visited_at,
            self.round_finished_at,
            Some(self.started_at),
        ];
        if let Some(since) = since.into_iter().flatten().max()
            && watching
            && self.now - since > stale_after
        {
            reasons.push(Reason::VisitsStale { since });
        }
        if stuck > 0 {
            reasons.push(Reason::OutboxStuck { messages: stuck });
        }
        reasons
    }
}

/// Messages that were not tried though their time came, and notices that ran out unsent.
fn stuck(outbox: &[Message], waiting: &[Notice], now: Moment, after: TimeDelta) -> usize {
    let late = |at: Moment| now - at > after;
    let messages = outbox.iter().filter(|message| match message.delivery {
        Delivery::Attempting { since } => late(since),
        _ => late(message.next_attempt_at),
    });
    messages.count()
        + waiting
            .iter()
            .filter(|notice| late(notice.expires_at))
            .count()
}

#[derive(Serialize)]
struct Answer<'a> {
    status: &'static str,
    at: Moment,
    reasons: &'a [Reason],
    last_visit_at: Option<Moment>,
    last_round_finished_at: Option<Moment>,
    open_messages: usize,
}

/// `GET /healthz`: 200 while well, 503 with the reasons otherwise.
pub async fn healthz(State(console): State<Arc<Console>>) -> Response {
    match Picture::take(&console, &Viewer::Anybody).await {
        Ok(picture) => answer(&picture.vitals),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "store unreadable for healthz"
            );
            let body = serde_json::json!({
                "status": "unwell",
                "at": console.clock.now(),
                "reasons": [{"reason": "store-unreadable"}],
            });
            json(StatusCode::SERVICE_UNAVAILABLE, body.to_string())
        }
    }
}

fn answer(vitals: &Vitals) -> Response {
    let well = vitals.reasons.is_empty();
    let body = Answer {
        status: if well { "ok" } else { "unwell" },
        at: vitals.now,
        reasons: &vitals.reasons,
        last_visit_at: vitals.visited_at,
        last_round_finished_at: vitals.round_finished_at,
        open_messages: vitals.outbox,
    };
    let status = match well {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    json(status, serde_json::to_string(&body).unwrap_or_default())
}

fn json(status: StatusCode, text: String) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    /// A run of an hour, with the latest visit two hours ago.
    fn vitals() -> Vitals {
        Vitals {
            now: at("2017-11-18T12:00:00"),
            started_at: at("2017-11-18T11:00:00"),
            visited_at: Some(at("2017-11-18T10:00:00")),
            round_finished_at: None,
            outbox: 0,
            outbox_since: None,
            store: StoreHealth::default(),
            reasons: Vec::new(),
        }
    }

    #[test]
    fn each_way_of_being_unwell_is_named() {
        let hours = TimeDelta::hours;
        let began = at("2017-11-18T11:00:00");
        assert_eq!(vitals().judge(true, hours(1), 0), []);
        let stale = Reason::VisitsStale { since: began };
        assert_eq!(vitals().judge(true, TimeDelta::minutes(59), 0), [stale]);
        assert_eq!(vitals().judge(false, TimeDelta::minutes(59), 0), []);
        let stuck = Reason::OutboxStuck { messages: 3 };
        assert_eq!(vitals().judge(true, hours(1), 3), [stuck]);
        let mut fatal = vitals();
        fatal.store.fatal = Some("the disk is full".to_owned());
        assert_eq!(fatal.judge(true, hours(1), 0), [Reason::StoreFatal]);
        let mut filling = vitals();
        filling.store.short_of_room = true;
        assert_eq!(filling.judge(true, hours(1), 0), [Reason::DiskLow]);
        let all = [
            Reason::StoreFatal,
            stale,
            stuck,
            Reason::ClockDoubted,
            Reason::DiskLow,
        ];
        assert_eq!(all.map(Reason::key), Reason::KEYS);
    }
}
