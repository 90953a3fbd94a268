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
use super::view::{ColumnRow, NAME_CHARS, of_duty};
use super::work::filled::Filled;
use super::work::{admitted, closed};
use crate::alert::incident::Subject;
use crate::alert::rules::AlertRules;
use crate::assess::ladder::Tier;
use crate::domain::act::REASON_CHARS;
use crate::domain::group::{Column, Role};
use crate::domain::id::ColumnId;
use crate::domain::time::{Moment, date_of, in_chinese};
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
    /// Who hears of them.
    pub told: String,
    /// The reason as entered.
    pub reason: String,
    /// The longest reason, in characters.
    pub most: usize,
    /// What was done just now.
    pub done: Option<String>,
    /// Why what was entered cannot be.
    pub fault: Option<String>,
}

/// One escalation that waits.
pub struct Row {
    /// Its column, as every table of columns shows it; of a duty with the day and the words of that.
    pub column: ColumnRow,
    /// The duty's name, where it is one that is late.
    pub duty: Option<String>,
    /// What the form names it by.
    pub value: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Waiting {
    /// The rows of these `lines`.
    pub fn of(
        viewer: &Viewer,
        picture: &Picture,
        lines: impl Iterator<Item = WaitingLine>,
        rules: &AlertRules,
    ) -> Waiting {
        let lines: Vec<WaitingLine> = lines.collect();
        let columns = &picture.group.columns;
        let columns = lines.iter().filter_map(|one| columns.get(&one.line.column));
        let form = match viewer {
            Viewer::Signed(signed) if viewer.may_for_all(Right::Release) => {
                Some(signed.form.as_str().to_owned())
            }
            _ => None,
        };
        Waiting {
            told: hears(rules, columns),
            rows: lines.iter().map(|line| line.row(picture.now)).collect(),
            form,
            reason: String::new(),
            most: REASON_CHARS,
            done: None,
            fault: None,
        }
    }

    /// The same with what was entered and why it is not done, where it was handed in.
    pub fn again(mut self, typed: &str, why: Option<String>) -> Waiting {
        let values: BTreeSet<String> = chosen(typed).filter_map(|one| value(&one)).collect();
        for row in &mut self.rows {
            row.chosen = match choosing(typed) {
                Some(all) => all,
                None => values.contains(&row.value),
            };
        }
        self.reason = Filled::typed(typed).map_or(String::new(), |filled| filled.reason_again());
        self.fault = why;
        self
    }
}

/// An escalation that waits.
pub struct WaitingLine {
    /// Its column.
    line: ColumnLine,
    /// The duty that is late, by its identifier and name; else the limit is passed.
    duty: Option<(String, String)>,
}

impl WaitingLine {
    fn row(&self, now: Moment) -> Row {
        let mut column = ColumnRow::of(&self.line, now);
        let duty = self.duty.as_ref();
        let mut owed = self.line.owed.iter();
        let owed = duty.and_then(|(id, _)| owed.find(|owed| owed.duty == *id));
        if let Some(owed) = owed {
            let today = date_of(now);
            column.due = in_chinese(owed.due_on, today);
            column.remark = of_duty(owed, today);
        }
        let id = &self.line.column;
        Row {
            column,
            duty: duty.map(|(_, name)| name.clone()),
            value: named(id, duty.map(|(id, _)| id.as_str())),
            chosen: false,
        }
    }
}

/// The escalations that wait, what needs a person first on top.
pub fn lines(console: &Console, picture: &Picture) -> Vec<WaitingLine> {
    let (scene, names) = (picture.scene(console), console.names(picture));
    let waiting = Sought::Release.of(picture);
    let lines = waiting.filter_map(|incident| {
        let (id, duty) = match &incident.key.subject {
            Subject::Column(id) => (id, None),
            Subject::Duty(id, duty) => (id, Some((duty.clone(), names.duty(duty)))),
            _ => return None,
        };
        let line = column_line(&scene, picture.group.columns.get(id)?);
        Some(WaitingLine { line, duty })
    });
    let mut lines: Vec<WaitingLine> = lines.collect();
    lines.sort_by(|a, b| (a.line.rank(), &a.duty).cmp(&(b.line.rank(), &b.duty)));
    lines
}

/// Who hears of an escalation of `columns` once it is let out, as the rules have it.
pub fn hears<'a>(rules: &AlertRules, columns: impl IntoIterator<Item = &'a Column>) -> String {
    let tiers = columns.into_iter().map(|column| rules.tiers_of(column));
    let roles = tiers.map(|tiers| tiers.get(&Tier::Escalation).map(|rule| &rule.roles));
    let told: BTreeSet<&[Role]> = roles.flatten().map(Vec::as_slice).collect();
    let all: BTreeSet<Role> = told
        .iter()
        .flat_map(|roles| roles.iter().copied())
        .collect();
    let words: Vec<&str> = all.into_iter().map(Role::in_chinese).collect();
    match (told.len(), words.split_last()) {
        (_, None) => "督办通知没有配置收件人。".to_owned(),
        (1, Some((last, []))) => format!("督办通知发给{last}。"),
        (1, Some((last, rest))) => format!("督办通知发给{}和{last}。", rest.join("、")),
        _ => format!(
            "督办通知按各栏目的设置，发给{}中的有关人员。",
            words.join("、")
        ),
    }
}

/// What a form names the limit of `column`, or a duty of it, by: neither identifier of a column has a
/// space.
fn named(column: &ColumnId, duty: Option<&str>) -> String {
    match duty {
        Some(duty) => format!("{column} {duty}"),
        None => column.to_string(),
    }
}

/// What a form names `subject` by.
fn value(subject: &Subject) -> Option<String> {
    match subject {
        Subject::Column(id) => Some(named(id, None)),
        Subject::Duty(id, duty) => Some(named(id, Some(duty))),
        _ => None,
    }
}

/// What a form names, each once, as it names them.
fn chosen(typed: &str) -> impl Iterator<Item = Subject> {
    let mut known = BTreeSet::new();
    let pairs = url::form_urlencoded::parse(typed.as_bytes());
    let columns = pairs.filter(|(key, _)| key == "column");
    columns.filter_map(move |(_, value)| {
        let subject = match value.split_once(' ') {
            Some((id, duty)) => Subject::Duty(ColumnId::parse(id).ok()?, duty.to_owned()),
            None => Subject::Column(ColumnId::parse(&value).ok()?),
        };
        known.insert(subject.clone()).then_some(subject)
    })
}

/// Whether a form is sent only to have all of its page chosen, or nothing.
fn choosing(typed: &str) -> Option<bool> {
    let mut pairs = url::form_urlencoded::parse(typed.as_bytes());
    let (_, what) = pairs.find(|(key, _)| key == "choose")?;
    Some(what == "all")
}

/// How handing in ended.
pub enum Entry {
    /// All is done, or nothing may be.
    Answer(Response),
    /// Some is not, in Chinese.
    Refused(String),
    /// Nothing is asked for yet: all of the page is chosen, or nothing.
    Choosing,
}

/// Lets out what the form `typed` names, as `viewer`; the browser is sent `back`.
pub async fn hand_in(console: &Console, viewer: &Viewer, typed: &str, back: &str) -> Entry {
    let filled = Filled::typed(typed).unwrap_or_default();
    let (by, counter) = match admitted(console, viewer, None, &filled) {
        Ok(admitted) => admitted,
        Err(answer) => return Entry::Answer(*answer),
    };
    if choosing(typed).is_some() {
        return Entry::Choosing;
    }
    if filled.action != "release" {
        return Entry::Refused("不能识别要进行的处理。".to_owned());
    }
    let subjects: Vec<Subject> = chosen(typed).collect();
    if subjects.is_empty() {
        return Entry::Refused("请选择要放行的栏目。".to_owned());
    }
    if filled.reason.trim().is_empty() {
        return Entry::Refused("请填写理由。".to_owned());
    }
    tracing::info!(account = %by, count = subjects.len(), "escalations are to be released");
    let mut done = 0;
    let mut refused = Vec::new();
    for subject in subjects {
        let task = Task::Release {
            subject: subject.clone(),
        };
        match counter
            .enter(by.to_string(), filled.reason.clone(), task)
            .await
        {
            Ok(Ok(_)) => done += 1,
            Ok(Err(why)) => refused.push((subject, why)),
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
fn not_all(console: &Console, done: usize, refused: &[(Subject, String)]) -> String {
    let mut text = match done {
        0 => String::new(),
        done => format!("已放行{done}项；"),
    };
    text.push_str(&format!("有{}项未能放行：", refused.len()));
    let told = refused.iter().take(TOLD).filter_map(|(subject, why)| {
        let (Subject::Column(column) | Subject::Duty(column, _)) = subject else {
            return None;
        };
        let known = console.group.columns.get(column);
        let name = known.map_or(column.as_str(), |column| column.name.as_str());
        let why = why.trim_end_matches('。');
        let name = one_line(name, NAME_CHARS);
        Some(format!("{name}（{column}），{why}"))
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
        let named = |typed| chosen(typed).map(|one| value(&one).unwrap_or_default());
        let named = |typed| named(typed).collect::<Vec<_>>();
        let typed = "form=x&column=b%2Fc&column=a%2Fc&column=b%2Fc&column=a%2Fc+plan&column=%00";
        assert_eq!(named(typed), ["b/c", "a/c", "a/c plan"]);
        assert_eq!(choosing(typed), None);
        assert_eq!(choosing("choose=all&column=a%2Fc"), Some(true));
        assert_eq!(choosing("choose=none"), Some(false));
        assert!(named("form=x&reason=y").is_empty());
        assert_eq!(told("release").as_deref(), None);
        let told = told("release 3").unwrap_or_default();
        assert!(told.starts_with("已放行3项督办"), "{told}");
    }
}
