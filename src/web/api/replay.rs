//! `/api/v1/replay`: other limits and another ladder, tried on the last days.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::read::bad_query;
use super::{answered, later, refused};
use crate::assess::limits::Limits;
use crate::assess::tuning::Tuning;
use crate::report::replay::{self, Comparison, HEAD, sum_keys};
use crate::web::access::right::Right;
use crate::web::access::viewer::Viewer;
use crate::web::counter::Tried;
use crate::web::view::Shared;
use crate::web::workbench::{Asked, changes, numbers, tried};

/// What other thresholds would have sent.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Replay {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// What differs from the thresholds in force, in Chinese.
    pub changes: Vec<String>,
    /// What was sent, and what would have been.
    pub sums: Vec<Sum>,
    /// The differences counted by kind, in Chinese.
    pub counted: String,
    /// The same by tier, so that `would_be` less `was` of a tier is what they come to.
    pub kinds: Vec<OfKind>,
    /// For how many people it differs, in Chinese.
    pub people: String,
    /// The heads of the rows, in Chinese.
    pub head: Vec<String>,
    /// The differences.
    pub rows: Vec<Vec<String>>,
    /// What a reader must know, in Chinese.
    pub notes: Vec<String>,
}

/// A number under both.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Sum {
    /// What is counted: notices of a tier, those of none (`other`), all of them, or the messages that carry
    /// them.
    #[schemars(extend("enum" = KEYS))]
    pub key: String,
    /// The same in Chinese.
    pub what: String,
    /// Under the thresholds in force.
    pub was: usize,
    /// Under the others.
    pub would_be: usize,
}

/// The words of [`Sum::key`].
const KEYS: [&str; 8] = [
    "reminder",
    "warning",
    "overdue",
    "severely-overdue",
    "escalation",
    "other",
    "notices",
    "messages",
];

/// The differences of one kind. Of those at another tier there are two, by what it becomes and by what it was.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OfKind {
    /// The kind, in Chinese.
    pub what: String,
    /// How many of each tier, by the words of [`Sum::key`].
    pub tiers: BTreeMap<String, usize>,
    /// How many in all.
    pub all: usize,
    /// How many people they are about.
    pub people: usize,
}

/// `GET /api/v1/replay`: what is not named is as it is in force.
pub async fn replay(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    RawQuery(query): RawQuery,
) -> Response {
    if !viewer.may_for_all(Right::Try) {
        return refused(StatusCode::FORBIDDEN, "您的账号无权试算时限。");
    }
    let asked = Asked::of(&query.unwrap_or_default(), &console.limits);
    if !asked.known {
        return bad_query();
    }
    if let Some(why) = asked.fault {
        return refused(StatusCode::BAD_REQUEST, why);
    }
    let changes = changes(&Tuning::of(&console.limits), &asked.tuning);
    match tried(&console, &asked.tuning).await {
        Ok(Tried::Done(came)) => answered(Ok(told(&came.comparison, changes))),
        Ok(Tried::Running(percent)) => later(format!("正在试算（{percent}%），请稍后再试。")),
        Ok(Tried::Busy) => later("正在进行另一项试算，请稍后再试。"),
        Err(why) => refused(StatusCode::UNPROCESSABLE_ENTITY, why),
    }
}

fn told(comparison: &Comparison, changes: Vec<String>) -> Replay {
    let sums = comparison.sums.iter();
    Replay {
        from: comparison.from.to_string(),
        to: comparison.to.to_string(),
        changes,
        sums: sums
            .zip(sum_keys())
            .map(|(&(what, was, would_be), key)| Sum {
                key: key.to_owned(),
                what: what.to_owned(),
                was,
                would_be,
            })
            .collect(),
        counted: comparison.counted.clone(),
        kinds: comparison.kinds.iter().map(of_kind).collect(),
        people: comparison.people.clone(),
        head: HEAD.map(str::to_owned).into(),
        rows: comparison.rows.clone(),
        notes: comparison.notes.clone(),
    }
}

fn of_kind(kind: &replay::OfKind) -> OfKind {
    let tiers = sum_keys().zip(&kind.tiers);
    OfKind {
        what: kind.name.to_owned(),
        tiers: tiers
            .map(|(key, (_, count))| (key.to_owned(), *count))
            .collect(),
        all: kind.all,
        people: kind.people,
    }
}

/// The parameters, as the type of a query would be described.
pub fn parameters() -> Value {
    let numbers = numbers(&Limits::default()).into_iter();
    let properties = numbers.map(|(name, range)| {
        let number = json!({
            "type": "integer", "minimum": range.start(), "maximum": range.end(),
        });
        (name, number)
    });
    json!({ "properties": properties.collect::<serde_json::Map<_, _>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_description_are_those_of_the_sums() {
        assert_eq!(sum_keys().collect::<Vec<_>>(), KEYS);
    }
}
