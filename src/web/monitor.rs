//! The monitor's own condition, line by line.

use chrono::Datelike as _;

use super::Console;
use super::access::viewer::Viewer;
use super::source::Picture;
use super::view::when;
use crate::domain::time::date_of;
use crate::report::away;
use crate::report::plain::size;
use crate::store::handle::StoreHealth;

/// The lines: what, and how it is. The server, and who is away, are no business of a unit.
pub fn condition(
    console: &Console,
    viewer: &Viewer,
    picture: &Picture,
) -> Vec<(&'static str, String)> {
    let (now, vitals) = (picture.now, &picture.vitals);
    let day = date_of(now);
    let worked = match console.calendar.is_working_day(day) {
        true => "工作日",
        false => "休息日",
    };
    let calendar = match console.calendar.knows(day.year()) {
        true => format!("今天是{worked}"),
        false => format!("今天按{worked}计（{}年节假日安排尚未录入）", day.year()),
    };
    let mut lines = vec![
        ("最近访问", when(vitals.visited_at, now)),
        ("最近一轮", when(vitals.round_finished_at, now)),
        ("本次启动", when(Some(vitals.started_at), now)),
        ("工作日历", calendar),
    ];
    if viewer.only().is_some() {
        return lines;
    }
    lines.insert(3, ("数据存储", store_in_chinese(&vitals.store)));
    lines.push(("程序版本", env!("CARGO_PKG_VERSION").to_owned()));
    let away = away::lines(&console.group, day);
    if !away.is_empty() {
        lines.push(("今日不在岗", away.join("；")));
    }
    lines
}

fn store_in_chinese(store: &StoreHealth) -> String {
    let set_aside = store.quarantined.saturating_add(store.journal_damage);
    let state = match (&store.fatal, set_aside) {
        (Some(_), _) => "无法写入".to_owned(),
        (None, 0) => "正常".to_owned(),
        (None, damaged) => format!("正常，已隔离损坏记录{damaged}条"),
    };
    let free = store.bytes_free.map_or_else(String::new, |free| {
        let short = if store.short_of_room { "，不足" } else { "" };
        format!("，磁盘剩余{}{short}", size(free))
    });
    format!("{state}，{}{free}", size(store.bytes_on_disk))
}
