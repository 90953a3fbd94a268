//! Days that are named by their distance from the day of reading: 昨天, 3小时前.

use super::{Found, Stamp, plain};

/// A text that names a day by its distance and says nothing else, but that it is a publication's.
pub fn ago(text: &str) -> Option<Found> {
    let length = text.trim().chars().count();
    if !(2..=24).contains(&length) {
        return None;
    }
    const LED: [&str; 8] = [
        "发布时间",
        "发布日期",
        "更新时间",
        "发布于",
        "更新于",
        "发布",
        "时间",
        "日期",
    ];
    let frame = |c: char| matches!(plain(c), ' ' | '[' | ']' | '(' | ')' | ':');
    let bare = text.trim_matches(frame);
    let led = LED.iter().find_map(|word| bare.strip_prefix(word));
    let bare = led.map_or(bare, |bare| bare.trim_start_matches(frame));
    let clock = |rest: &str| {
        rest.chars()
            .map(plain)
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | ':'))
    };
    const DAYS: [(&str, u32); 6] = [
        ("刚刚", 0),
        ("今天", 0),
        ("今日", 0),
        ("昨天", 1),
        ("昨日", 1),
        ("前天", 2),
    ];
    let named = DAYS.iter().find_map(|(word, days)| {
        let rest = bare.strip_prefix(word)?;
        clock(rest).then_some(*days)
    });
    let days = named.or_else(|| counted(bare))?;
    Some(Found {
        stamp: Stamp::Ago(days),
        time: None,
        zone: None,
        start: 0,
        end: text.chars().count(),
        ranged: false,
        numeric: false,
        full_year: true,
    })
}

/// `5分钟前`, `3小时前`, `2天前`. Weeks, months and years are too coarse to be dates.
fn counted(text: &str) -> Option<u32> {
    let digits: String = text
        .chars()
        .map(plain)
        .take_while(char::is_ascii_digit)
        .collect();
    let number: u32 = digits.parse().ok().filter(|n| *n < 1000)?;
    let unit: String = text
        .chars()
        .skip(digits.len())
        .filter(|c| !c.is_whitespace())
        .collect();
    match unit.as_str() {
        "秒前" | "秒钟前" | "分前" | "分钟前" => Some(0),
        "小时前" | "个小时前" => Some(number / 24),
        "天前" | "日前" => (number <= 60).then_some(number),
        _ => None,
    }
}
