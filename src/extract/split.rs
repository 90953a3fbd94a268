//! Dates whose parts stand in neighbouring elements: a big day above a small year and month, a
//! year apart from month and day.

use super::dates::{self, Stamp};

/// Puts the parts of a split date together.
pub fn assemble(parts: &[String]) -> Option<Stamp> {
    let year = |text: &str| {
        let text = text.trim_end_matches('年');
        (text.len() == 4)
            .then(|| text.parse::<i32>().ok())
            .flatten()
            .filter(|y| (1995..=2100).contains(y))
    };
    let small = |text: &str, unit: char| {
        let text = text.trim_end_matches(unit).trim_matches('/');
        (1..=2)
            .contains(&text.len())
            .then(|| text.parse::<u32>().ok())
            .flatten()
    };
    let only = |text: &str| match dates::scan(text).as_slice() {
        [one] => Some(one.stamp),
        _ => None,
    };
    let full = |y, m, d| chrono::NaiveDate::from_ymd_opt(y, m, d).map(Stamp::Full);
    match parts {
        [a, b] => match (only(a), only(b)) {
            (Some(Stamp::Month(y, m)), None) => full(y, m, small(b, '日')?),
            (None, Some(Stamp::Month(y, m))) => full(y, m, small(a, '日')?),
            (Some(Stamp::MonthDay(m, d)), None) => full(year(b)?, m, d),
            (None, Some(Stamp::MonthDay(m, d))) => full(year(a)?, m, d),
            _ => None,
        },
        [a, b, c] => match year(a) {
            Some(y) => full(y, small(b, '月')?, small(c, '日')?),
            None => full(year(c)?, month_word(b)?, small(a, '日')?),
        },
        _ => None,
    }
}

/// A month standing between a day and a year: in digits, Chinese or English.
fn month_word(text: &str) -> Option<u32> {
    const CHINESE: [&str; 12] = [
        "一月",
        "二月",
        "三月",
        "四月",
        "五月",
        "六月",
        "七月",
        "八月",
        "九月",
        "十月",
        "十一月",
        "十二月",
    ];
    const ENGLISH: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let lower = text.to_lowercase();
    let named = CHINESE
        .iter()
        .position(|m| *m == text)
        .or_else(|| ENGLISH.iter().position(|m| lower.starts_with(m)));
    match named {
        Some(at) => u32::try_from(at + 1).ok(),
        None => text
            .trim_matches('/')
            .trim_end_matches('月')
            .parse()
            .ok()
            .filter(|m| (1..=12).contains(m)),
    }
}
