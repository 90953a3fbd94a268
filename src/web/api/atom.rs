//! `/api/v1/incidents.atom`: incidents that began or ended, as a feed. Format: RFC 4287.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::unreadable;
use crate::alert::incident::{Incident, State as IncidentState};
use crate::alert::outbox::MessageKey;
use crate::alert::rules::AlertRules;
use crate::assess::ladder::Tier;
use crate::domain::time::Moment;
use crate::report::acts::Names;
use crate::report::plain::one_line;
use crate::web::access::viewer::Viewer;
use crate::web::incidents::{kind_in_chinese, page_of, stage, subject};
use crate::web::past::closed;
use crate::web::source::Picture;
use crate::web::view::{NAME_CHARS, Shared, when};

/// How many incidents the feed holds.
const ENTRIES: usize = 100;

#[derive(Template)]
#[template(path = "incidents.atom", escape = "html")]
struct Feed {
    title: String,
    updated: String,
    /// Where the console is linked to, which the addresses stand behind; empty where nothing says.
    base: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    at: String,
    path: Option<String>,
    says: String,
}

/// `GET /api/v1/incidents.atom`.
pub async fn incidents(State(console): Shared, Extension(viewer): Extension<Viewer>) -> Response {
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    let ended = match closed(&console, &viewer, &picture, ENTRIES).await {
        Ok(ended) => ended,
        Err(error) => return unreadable(&error),
    };
    let names = console.names(&picture);
    let open = picture.open.values().filter(|one| one.is_open());
    let mut all: Vec<&Incident> = open.chain(&ended).collect();
    all.sort_by_key(|incident| std::cmp::Reverse(moved(incident)));
    let feed = Feed {
        title: one_line(&console.title, NAME_CHARS),
        updated: all
            .first()
            .map_or(picture.now, |one| moved(one))
            .to_rfc3339(),
        base: base(&console.rules).to_owned(),
        entries: all
            .into_iter()
            .take(ENTRIES)
            .map(|incident| entry(&picture, names, incident))
            .collect(),
    };
    match feed.render() {
        Ok(text) => (
            [(CONTENT_TYPE, "application/atom+xml; charset=utf-8")],
            text,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "feed could not be rendered");
            super::refused(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "生成失败。")
        }
    }
}

/// Where the console is linked to, without the slash that all of its addresses begin with.
fn base(rules: &AlertRules) -> &str {
    let link = rules.console_link.as_deref().unwrap_or_default();
    link.trim_end_matches('/')
}

/// When an incident moved last.
fn moved(incident: &Incident) -> Moment {
    match incident.state {
        IncidentState::Suspected { seen_at } => seen_at,
        IncidentState::Open { since, .. } => since,
        IncidentState::Resolved { at } => at,
    }
}

fn entry(picture: &Picture, names: Names<'_>, incident: &Incident) -> Entry {
    let key = &incident.key;
    let (name, _) = subject(names, &key.subject);
    let tier = incident.told_tier().map_or("", Tier::in_chinese);
    let kind = kind_in_chinese(key);
    let over = incident.is_resolved();
    let began = incident.began_at.to_rfc3339();
    let id = MessageKey::of(&[&key.subject.to_string(), kind, &began]);
    Entry {
        id: id.to_string(),
        title: match over {
            true => format!("【解除】{name} {kind}"),
            false => format!(
                "{name} {kind}{}{tier}",
                if tier.is_empty() { "" } else { "·" }
            ),
        },
        at: moved(incident).to_rfc3339(),
        path: page_of(&picture.group, &key.subject),
        says: format!(
            "始于{}，{}。",
            when(Some(incident.began_at), picture.now),
            stage(incident, names, picture.now)
        ),
    }
}
