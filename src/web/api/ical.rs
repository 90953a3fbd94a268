//! `/api/v1/due.ics`: the due dates as a calendar, of one unit or of all that who asks may see.
//! Format: RFC 5545.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::read::{NO_UNIT, knows};
use super::{refused, unreadable};
use crate::assess::duty::Stand;
use crate::domain::id::UnitId;
use crate::domain::time::{Date, Moment};
use crate::report::duty::{of_column, sentences};
use crate::report::overview::{ColumnLine, overview};
use crate::report::plain::one_line;
use crate::store::error::StoreError;
use crate::web::Console;
use crate::web::access::viewer::Viewer;
use crate::web::source::Picture;
use crate::web::view::{NAME_CHARS, Shared};

/// The most columns in one calendar.
const MOST: usize = 5000;
/// The longest line, in bytes, after which it is folded.
const LINE_BYTES: usize = 73;

/// Of which unit.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichUnit {
    /// The identifier of a unit.
    #[schemars(regex(pattern = r"^[a-z0-9_./-]{1,64}$"))]
    pub unit: Option<String>,
}

/// `GET /api/v1/due.ics`.
pub async fn due(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<WhichUnit>, QueryRejection>,
) -> Response {
    let unit = which.map(|Query(which)| which.unit.map(|unit| UnitId::parse(&unit)));
    let unit = match unit {
        Ok(Some(Ok(unit))) => Some(unit),
        Ok(None) => None,
        Ok(Some(Err(_))) | Err(_) => return refused(StatusCode::BAD_REQUEST, "查询参数不正确。"),
    };
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    if unit.as_ref().is_some_and(|unit| !knows(&picture, unit)) {
        return refused(StatusCode::NOT_FOUND, NO_UNIT);
    }
    let overview = overview(&picture.scene(&console));
    let lines = overview.sites.iter().flat_map(|site| &site.columns);
    let lines = lines.filter(|line| unit.as_ref().is_none_or(|unit| *unit == line.unit));
    let mut events = Vec::new();
    for line in lines.take(MOST) {
        events.extend(Event::of_limit(line));
        match owed(&console, &picture, line).await {
            Ok(owed) => events.extend(owed),
            Err(error) => return unreadable(&error),
        }
    }
    let text = calendar(events, &console.title, picture.now);
    ([(CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
}

/// A day on which something is due.
struct Event {
    uid: String,
    due: Date,
    name: String,
    says: String,
}

impl Event {
    /// When the limit of a column runs out, while its clock runs.
    fn of_limit(line: &ColumnLine) -> Option<Event> {
        let updated = line.judgement.last_update.as_ref();
        let updated = updated.map_or_else(String::new, |update| {
            format!(
                "最近更新{}，时限{}天。",
                update.on, line.judgement.limit_days
            )
        });
        Some(Event {
            uid: line.column.to_string(),
            due: line.due_on?,
            name: format!("{} {} 到期", line.site_name, line.name),
            says: updated,
        })
    }
}

/// What a column owes by a day and has not published.
async fn owed(
    console: &Console,
    picture: &Picture,
    line: &ColumnLine,
) -> Result<Vec<Event>, StoreError> {
    let column = picture.group.columns.get(&line.column);
    let site = picture.group.sites.get(&line.site);
    let mut duties = console.limits.duties.iter();
    let (Some(column), Some(site)) = (column, site) else {
        return Ok(Vec::new());
    };
    if !duties.any(|duty| duty.is_of(column)) {
        return Ok(Vec::new());
    }
    let items = console.store.items(&column.id).await?;
    let cases = of_column(&picture.scene(console), column, site, &items).into_iter();
    let cases = cases.filter(|case| !case.spared && !matches!(case.stand, Stand::Met(_)));
    let events = cases.map(|case| Event {
        uid: format!("{}/{}", column.id, case.duty.id),
        due: case.period.due_on,
        name: format!("{} {}：{} 截止", line.site_name, line.name, case.duty.name),
        says: sentences(&[case]),
    });
    Ok(events.collect())
}

fn calendar(events: Vec<Event>, title: &str, now: Moment) -> String {
    let mut out = String::new();
    let mut put = |line: &str| fold(&mut out, line);
    put("BEGIN:VCALENDAR");
    put("VERSION:2.0");
    put("PRODID:-//wangxun//due//ZH");
    put(&format!("X-WR-CALNAME:{} 栏目到期日", escaped(title)));
    let stamp = now.to_utc().format("%Y%m%dT%H%M%SZ").to_string();
    for event in events {
        let due = event.due;
        let next = due.succ_opt().unwrap_or(due);
        put("BEGIN:VEVENT");
        put(&format!("UID:{}@wangxun", event.uid));
        put(&format!("DTSTAMP:{stamp}"));
        put(&format!("DTSTART;VALUE=DATE:{}", due.format("%Y%m%d")));
        put(&format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
        put(&format!("SUMMARY:{}", escaped(&event.name)));
        put(&format!("DESCRIPTION:{}", escaped(&event.says)));
        put("TRANSP:TRANSPARENT");
        put("END:VEVENT");
    }
    put("END:VCALENDAR");
    out
}

fn escaped(text: &str) -> String {
    let text = one_line(text, 2 * NAME_CHARS);
    let text = text.replace('\\', "\\\\").replace(';', "\\;");
    text.replace(',', "\\,")
}

/// Adds a line, folded between characters.
fn fold(out: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > LINE_BYTES {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_escaped_and_folded_between_characters() {
        assert_eq!(
            escaped("a,b;c\\d\r\nEND:VEVENT"),
            "a\\,b\\;c\\\\d END:VEVENT"
        );
        let mut out = String::new();
        fold(&mut out, &"长".repeat(60));
        let lines: Vec<&str> = out.split("\r\n").collect();
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| line.len() <= 75), "{out}");
        assert!(
            lines
                .iter()
                .skip(1)
                .take(2)
                .all(|line| line.starts_with(' '))
        );
    }
}
