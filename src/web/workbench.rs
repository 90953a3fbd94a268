//! `/workbench`: other limits and another ladder, tried on the last days, and the settings that would
//! make them hold. Nothing is changed here: settings stay in files.

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

mod shown;

use self::shown::{Former, Shown};
use super::Console;
use super::access::right::Right;
use super::access::viewer::Viewer;
use super::counter::Tried;
use super::source::Picture;
use super::view::{Frame, Place, Shared, fault, page, unreadable};
use crate::assess::ladder::Share;
use crate::assess::limits::Limits;
use crate::assess::tuning::{Begins, MOST_DAYS, MOST_WORKING_DAYS, Tuning};
use crate::domain::class::Class;
use crate::report::assessment::csv;
use crate::report::replay::{Comparison, HEAD};

#[derive(Template)]
#[template(path = "workbench.html")]
struct WorkbenchPage {
    frame: Frame,
    classes: Vec<ClassRow>,
    shares: Vec<ShareRow>,
    working_days: u32,
    most_working_days: u32,
    changes: Vec<String>,
    fault: Option<String>,
    came: Came,
    /// The query that asks for the same again.
    again: String,
    takes: bool,
}

/// One class.
struct ClassRow {
    key: &'static str,
    name: &'static str,
    days: u32,
    most: u32,
    /// The limit in force.
    now: u32,
    begins: Option<Begins>,
}

/// One step of the ladder.
struct ShareRow {
    key: &'static str,
    name: &'static str,
    share: Share,
    most: u32,
}

/// What came of a trial.
enum Came {
    /// None was asked for.
    Nothing,
    Running(u32),
    Busy,
    Done(Box<Shown>),
}

/// The steps of the ladder by the words of the form.
const SHARES: [(&str, &str); 3] = [
    ("reminder", "提醒：到期前"),
    ("warning", "预警：到期前"),
    ("severe", "严重超期：到期后"),
];

fn shares(tuning: &Tuning) -> [Share; 3] {
    let ladder = tuning.ladder;
    [
        ladder.reminder_lead,
        ladder.warning_lead,
        ladder.severe_after,
    ]
}

/// What is asked for.
pub struct Asked {
    /// The thresholds.
    pub tuning: Tuning,
    /// Whether anything was filled in.
    filled: bool,
    form: Option<String>,
    former: Option<Former>,
    /// What cannot be, in Chinese.
    pub fault: Option<String>,
    /// Whether everything that was named means something.
    pub known: bool,
}

impl Asked {
    /// What `query` asks for; what it does not name is as it is under `limits`.
    pub fn of(query: &str, limits: &Limits) -> Asked {
        let mut asked = Asked {
            tuning: Tuning::of(limits),
            filled: false,
            form: None,
            former: None,
            fault: None,
            known: true,
        };
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if key == "as" {
                asked.form = Some(value.into_owned());
                continue;
            }
            if key == "former" {
                asked.former = Former::parse(&value);
                continue;
            }
            let Some((place, range)) = place(&mut asked.tuning, &key) else {
                asked.known = false;
                continue;
            };
            asked.filled = true;
            match value.trim().parse::<u32>() {
                Ok(number) if range.contains(&number) => *place = number,
                _ => {
                    let (least, most) = (range.start(), range.end());
                    let name = named(&key);
                    asked.fault = Some(format!("“{name}”须为{least}至{most}的整数。"));
                }
            }
        }
        let shares = shares(&asked.tuning);
        if shares.iter().any(|share| share.least > share.most) {
            asked.fault = Some("“最少”不能大于“最多”。".to_owned());
        }
        asked
    }
}

/// What the form calls the number `key`.
fn named(key: &str) -> String {
    let class = Class::ALL.into_iter().find(|class| class.key() == key);
    if let Some(class) = class {
        return format!("{}时限", class.in_chinese());
    }
    let (step, part) = key.split_once('.').unwrap_or((key, ""));
    let step = SHARES.iter().find(|(known, _)| *known == step);
    let part = match part {
        "percent" => "百分比",
        "least" => "最少",
        _ => "最多",
    };
    step.map_or("督办工作日".to_owned(), |(_, name)| {
        format!("{name}（{part}）")
    })
}

/// Where the number called `key` stands, and its range.
fn place<'a>(
    tuning: &'a mut Tuning,
    key: &str,
) -> Option<(&'a mut u32, std::ops::RangeInclusive<u32>)> {
    let ladder = &mut tuning.ladder;
    if key == "working-days" {
        let days = &mut ladder.escalate_after_working_days;
        return Some((days, 1..=MOST_WORKING_DAYS));
    }
    if let Some((step, part)) = key.split_once('.') {
        let share = match step {
            "reminder" => &mut ladder.reminder_lead,
            "warning" => &mut ladder.warning_lead,
            "severe" => &mut ladder.severe_after,
            _ => return None,
        };
        return match part {
            "percent" => Some((&mut share.percent, 0..=100)),
            "least" => Some((&mut share.least, 0..=MOST_DAYS)),
            "most" => Some((&mut share.most, 0..=MOST_DAYS)),
            _ => None,
        };
    }
    let class = Class::ALL.into_iter().find(|class| class.key() == key)?;
    Some((tuning.days.get_mut(&class)?, 1..=MOST_DAYS))
}

/// `GET /workbench`.
pub async fn workbench(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    RawQuery(query): RawQuery,
) -> Response {
    if !viewer.may_for_all(Right::Try) {
        return fault(StatusCode::FORBIDDEN, "您的账号无权试算时限。");
    }
    let query = query.unwrap_or_default();
    let mut asked = Asked::of(&query, &console.limits);
    if asked.fault.is_none() && asked.form.as_deref() == Some("toml") {
        return match viewer.may_for_all(Right::Settings) {
            true => settings(&console, asked.tuning).await,
            false => fault(StatusCode::FORBIDDEN, "配置文件只由管理员下载。"),
        };
    }
    let mut done = None;
    let mut came = Came::Nothing;
    if asked.filled && asked.fault.is_none() {
        match tried(&console, &asked.tuning).await {
            Ok(Tried::Running(percent)) => came = Came::Running(percent),
            Ok(Tried::Busy) => came = Came::Busy,
            Ok(Tried::Done(one)) if asked.form.as_deref() == Some("csv") => {
                return table(&one.comparison);
            }
            Ok(Tried::Done(one)) => done = Some(one),
            Err(why) => asked.fault = Some(why),
        }
    }
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    if let Some(done) = done {
        let former = Former::after(asked.former, done.number);
        came = Came::Done(Box::new(Shown::of(&done, former, picture.now)));
    }
    let frame = Frame::of(&console, &picture, &viewer, Place::Workbench);
    let mut shown = workbench_page(&console, frame, asked, came);
    shown.takes = viewer.may_for_all(Right::Settings);
    page(&shown)
}

/// The names of all numbers under `limits`, each with its range.
pub fn numbers(limits: &Limits) -> Vec<(String, std::ops::RangeInclusive<u32>)> {
    let mut tuning = Tuning::of(limits);
    let query = again(&tuning);
    let names = url::form_urlencoded::parse(query.as_bytes());
    let names = names.filter_map(|(name, _)| {
        let (_, range) = place(&mut tuning, &name)?;
        Some((name.into_owned(), range))
    });
    names.collect()
}

/// What comes of these thresholds, or why nothing does, in Chinese.
pub async fn tried(console: &Console, tuning: &Tuning) -> Result<Tried, String> {
    let Some(counter) = &console.counter else {
        return Err("试算由监测服务进行，目前没有运行。".to_owned());
    };
    let answer = counter.attempt(tuning.clone()).await;
    answer.unwrap_or_else(|_| Err("监测系统正在停止，请稍后再试。".to_owned()))
}

/// The settings as a file.
async fn settings(console: &Console, tuning: Tuning) -> Response {
    let drafted = match &console.counter {
        Some(counter) => counter.draft(tuning).await,
        None => return fault(StatusCode::SERVICE_UNAVAILABLE, "监测服务目前没有运行。"),
    };
    match drafted {
        Ok(Ok(text)) => file("application/toml; charset=utf-8", "monitor.toml", text),
        Ok(Err(why)) => fault(StatusCode::CONFLICT, &why),
        Err(_) => fault(
            StatusCode::SERVICE_UNAVAILABLE,
            "监测系统正在停止，请稍后再试。",
        ),
    }
}

/// All differences as a table for spreadsheets.
fn table(comparison: &Comparison) -> Response {
    let mut text = String::from(csv::BOM);
    text.push_str(&csv::row(&HEAD.map(str::to_owned)));
    for row in &comparison.rows {
        text.push_str(&csv::row(row));
    }
    let name = format!("wangxun-replay-{}.csv", comparison.to);
    file("text/csv; charset=utf-8", &name, text)
}

fn file(kind: &'static str, name: &str, text: String) -> Response {
    let name = format!("attachment; filename=\"{name}\"");
    (
        [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)],
        text,
    )
        .into_response()
}

fn workbench_page(console: &Console, frame: Frame, asked: Asked, came: Came) -> WorkbenchPage {
    let now = Tuning::of(&console.limits);
    let tuning = asked.tuning;
    WorkbenchPage {
        frame,
        classes: class_rows(&console.limits, &tuning),
        shares: SHARES
            .iter()
            .zip(shares(&tuning))
            .map(|(&(key, name), share)| ShareRow {
                key,
                name,
                share,
                most: MOST_DAYS,
            })
            .collect(),
        working_days: tuning.ladder.escalate_after_working_days,
        most_working_days: MOST_WORKING_DAYS,
        changes: changes(&now, &tuning),
        fault: asked.fault,
        came,
        again: again(&tuning),
        takes: false,
    }
}

fn class_rows(limits: &Limits, tuning: &Tuning) -> Vec<ClassRow> {
    let classes = tuning.days.iter().filter_map(|(class, &days)| {
        let mut rule = *limits.classes.get(class)?;
        let now = rule.limit_days;
        // A class with a ladder of its own keeps it.
        if rule.ladder == limits.ladder {
            rule.ladder = tuning.ladder;
        }
        rule.limit_days = days;
        Some(ClassRow {
            key: class.key(),
            name: class.in_chinese(),
            days,
            most: MOST_DAYS,
            now,
            begins: rule.ladder.rises(days).then(|| Begins::of(&rule)),
        })
    });
    classes.collect()
}

/// What differs from what is in force, in words.
pub fn changes(now: &Tuning, wanted: &Tuning) -> Vec<String> {
    let mut changes = Vec::new();
    for (class, days) in &wanted.days {
        let before = now.days.get(class).copied().unwrap_or_default();
        if before != *days {
            changes.push(format!("{}{before}天改为{days}天", class.in_chinese()));
        }
    }
    for ((_, name), (before, after)) in SHARES
        .iter()
        .zip(shares(now).into_iter().zip(shares(wanted)))
    {
        if before != after {
            changes.push(format!("{name}{}改为{}", worded(before), worded(after)));
        }
    }
    let days = |tuning: &Tuning| tuning.ladder.escalate_after_working_days;
    if days(now) != days(wanted) {
        changes.push(format!(
            "督办：严重超期后{}个工作日改为{}个工作日",
            days(now),
            days(wanted)
        ));
    }
    changes
}

fn worded(share: Share) -> String {
    format!(
        "时限的{}%（{}至{}天）",
        share.percent, share.least, share.most
    )
}

/// The query that asks for these thresholds.
fn again(tuning: &Tuning) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (class, days) in &tuning.days {
        query.append_pair(class.key(), &days.to_string());
    }
    for ((key, _), share) in SHARES.iter().zip(shares(tuning)) {
        for (part, number) in [
            ("percent", share.percent),
            ("least", share.least),
            ("most", share.most),
        ] {
            query.append_pair(&format!("{key}.{part}"), &number.to_string());
        }
    }
    let days = tuning.ladder.escalate_after_working_days;
    query.append_pair("working-days", &days.to_string());
    query.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_asked_for_again_and_told_in_words() {
        let limits = Limits::default();
        let query = "news=10&warning.most=5&working-days=8&other=&x=1";
        let asked = Asked::of("news=10&warning.most=5&working-days=8&x=1", &limits);
        assert!(asked.filled && asked.fault.is_none());
        let same = Asked::of(&again(&asked.tuning), &limits);
        assert_eq!(same.tuning, asked.tuning);
        let told = changes(&Tuning::of(&limits), &asked.tuning);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(
            told.iter().any(|one| one == "动态要闻14天改为10天"),
            "{told:?}"
        );
        assert!(Asked::of(query, &limits).fault.is_some());
        for bad in [
            "news=0",
            "news=4000",
            "reminder.percent=101",
            "severe.least=40",
            "working-days=-1",
        ] {
            assert!(Asked::of(bad, &limits).fault.is_some(), "{bad}");
        }
        assert!(!Asked::of("", &limits).filled);
        // A fault names its field.
        for (query, name) in [
            ("news=abc", "动态要闻时限"),
            ("warning.least=9999", "预警：到期前（最少）"),
            ("working-days=0", "督办工作日"),
        ] {
            let fault = Asked::of(query, &limits).fault.unwrap();
            assert!(fault.starts_with(&format!("“{name}”须为")), "{fault}");
        }
    }
}
