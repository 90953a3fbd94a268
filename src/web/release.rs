//! The escalations that wait for a person: listed on `/incidents?show=release`, let out there several at
//! once under one reason. Each is handed in by itself, in the order of the list, and leaves its own entry.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::access::right::Right;
use super::access::session::Once;
use super::access::viewer::Viewer;
use super::counter::Task;
use super::sought::Sought;
use super::source::Picture;
use super::view::{ColumnRow, NAME_CHARS};
use super::work::filled::Filled;
use super::work::{admitted, closed};
use crate::alert::incident::Subject;
use crate::domain::act::REASON_CHARS;
use crate::domain::id::ColumnId;
use crate::report::overview::{ColumnLine, column_line};
use crate::report::plain::one_line;

/// How many refusals are told one by one.
const TOLD: usize = 5;

/// The list as a form.
pub struct Waiting {
    /// What the form carries; `None` for who may not let anything out.
    pub form: Option<String>,
    /// The columns.
    pub rows: Vec<Row>,
    /// The reason as entered.
    pub reason: String,
    /// The longest reason, in characters.
    pub most: usize,
    /// What was done just now.
    pub done: Option<String>,
    /// Why what was entered cannot be.
    pub fault: Option<String>,
}

/// One column whose escalation waits.
pub struct Row {
    /// As every table of columns shows it.
    pub column: ColumnRow,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Waiting {
    /// The columns of these `lines`.
    pub fn of(viewer: &Viewer, picture: &Picture, lines: &[ColumnLine], all: bool) -> Waiting {
        let form = match viewer {
            Viewer::Signed(signed) if viewer.may_for_all(Right::Release) => {
                Some(signed.form.as_str().to_owned())
            }
            _ => None,
        };
        let rows = lines.iter().map(|line| Row {
            column: ColumnRow::of(line, picture.now),
            chosen: all && form.is_some(),
        });
        Waiting {
            rows: rows.collect(),
            form,
            reason: String::new(),
            most: REASON_CHARS,
            done: None,
            fault: None,
        }
    }

    /// The same with what was entered and why it is not done.
    pub fn again(mut self, typed: &str, why: String) -> Waiting {
        let chosen: BTreeSet<String> = chosen(typed).map(|id| id.to_string()).collect();
        for row in &mut self.rows {
            row.chosen = chosen.contains(&row.column.id);
        }
        self.reason = Filled::typed(typed).map_or(String::new(), |filled| filled.reason_again());
        self.fault = Some(why);
        self
    }
}

/// The columns whose escalation waits, what needs a person first on top.
pub fn lines(console: &Console, picture: &Picture) -> Vec<ColumnLine> {
    let scene = picture.scene(console);
    let waiting = Sought::Release.of(picture);
    let columns = waiting.filter_map(|incident| match &incident.key.subject {
        Subject::Column(id) => picture.group.columns.get(id),
        _ => None,
    });
    let mut lines: Vec<ColumnLine> = columns.map(|column| column_line(&scene, column)).collect();
    lines.sort_by(|a, b| a.rank().cmp(&b.rank()));
    lines
}

/// The columns that a form names, each once, as it names them.
fn chosen(typed: &str) -> impl Iterator<Item = ColumnId> {
    let mut known = BTreeSet::new();
    let pairs = url::form_urlencoded::parse(typed.as_bytes());
    let columns = pairs.filter(|(key, _)| key == "column");
    columns.filter_map(move |(_, id)| {
        let id = ColumnId::parse(&id).ok()?;
        known.insert(id.clone()).then_some(id)
    })
}

/// How handing in ended.
pub enum Entry {
    /// All is done, or nothing may be.
    Answer(Response),
    /// Some is not, in Chinese.
    Refused(String),
}

/// Lets out what the form `typed` names, as `viewer`; the browser is sent `back`.
pub async fn hand_in(console: &Console, viewer: &Viewer, typed: &str, back: &str) -> Entry {
    let filled = Filled::typed(typed).unwrap_or_default();
    let (by, counter) = match admitted(console, viewer, None, &filled) {
        Ok(admitted) => admitted,
        Err(answer) => return Entry::Answer(*answer),
    };
    if filled.action != "release" {
        return Entry::Refused("不能识别要进行的处理。".to_owned());
    }
    let columns: Vec<ColumnId> = chosen(typed).collect();
    if columns.is_empty() {
        return Entry::Refused("请选择要放行的栏目。".to_owned());
    }
    if filled.reason.trim().is_empty() {
        return Entry::Refused("请填写理由。".to_owned());
    }
    tracing::info!(account = %by, count = columns.len(), "escalations are to be released");
    let mut done = 0;
    let mut refused = Vec::new();
    for column in columns {
        let task = Task::Release {
            column: column.clone(),
        };
        match counter
            .enter(by.to_string(), filled.reason.clone(), task)
            .await
        {
            Ok(Ok(_)) => done += 1,
            Ok(Err(why)) => refused.push((column, why)),
            Err(error) => return Entry::Answer(closed(&error)),
        }
    }
    if !refused.is_empty() {
        return Entry::Refused(not_all(console, done, &refused));
    }
    let once = Once::Done(format!("{DONE}{done}"));
    console.porter.tell_once(viewer, back, once);
    let to = format!("{back}#list");
    Entry::Answer((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
}

/// What the number of those that were let out is remembered under.
const DONE: &str = "release ";

/// What was done, by what was remembered of it.
pub fn told(done: &str) -> Option<String> {
    let count: usize = done.strip_prefix(DONE)?.parse().ok()?;
    Some(format!(
        "已放行{count}项督办，每项均已单独留存处理人、时间和理由。"
    ))
}

/// That some were not let out, and why.
fn not_all(console: &Console, done: usize, refused: &[(ColumnId, String)]) -> String {
    let mut text = match done {
        0 => String::new(),
        done => format!("已放行{done}项；"),
    };
    text.push_str(&format!("有{}项未能放行：", refused.len()));
    let told = refused.iter().take(TOLD).map(|(column, why)| {
        let known = console.group.columns.get(column);
        let name = known.map_or(column.as_str(), |column| column.name.as_str());
        let why = why.trim_end_matches('。');
        format!("{}（{column}），{why}", one_line(name, NAME_CHARS))
    });
    text.push_str(&told.collect::<Vec<_>>().join("；"));
    text.push_str(if refused.len() > TOLD {
        "等。"
    } else {
        "。"
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_names_each_column_once_in_its_order() {
        let named = |typed| chosen(typed).map(|id| id.to_string()).collect::<Vec<_>>();
        assert_eq!(
            named("form=x&column=b%2Fc&column=a%2Fc&column=b%2Fc&column=%00&reason=y"),
            ["b/c", "a/c"]
        );
        assert!(named("form=x&reason=y").is_empty());
        assert_eq!(told("release").as_deref(), None);
        let told = told("release 3").unwrap_or_default();
        assert!(told.starts_with("已放行3项督办"), "{told}");
    }
}
