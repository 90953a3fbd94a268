//! Dates whose parts stand in neighbouring elements: a big day above a small year and month, a
//! year apart from month and day, every number and sign in an element of its own.

use super::dates::{self, Stamp};
use super::foreign::{self, Order};

/// The most elements over which one date is split: three numbers, each with its sign behind it.
pub const MOST_PARTS: usize = 6;
/// The longest part, in bytes: `September`, `2018年12月`.
const PART: usize = 16;

/// The first date that neighbouring texts make together, and the words that do. None of them is a
/// date by itself.
pub fn find(texts: &[String]) -> Option<(Stamp, String)> {
    (2..=MOST_PARTS)
        .flat_map(|length| texts.windows(length))
        .find_map(|parts| Some((assemble(parts)?, parts.join(" "))))
}

/// A text as the part of a date; nothing where it can be none.
pub fn part(text: &str) -> Option<String> {
    let begins = |c: char| c.is_ascii() || "年月日号一二三四五六七八九十".contains(dates::plain(c));
    if text.len() > 3 * PART || !text.chars().map(dates::plain).next().is_some_and(begins) {
        return None;
    }
    let frame = |c: &char| !matches!(c, ' ' | '[' | ']' | '(' | ')');
    let part: String = text.chars().map(dates::plain).filter(frame).collect();
    let sign = |c: char| c.is_ascii_digit() || "-/.年月日号".contains(c);
    let is_part = part.len() <= PART && (part.chars().all(sign) || month_and_digits(&part));
    (is_part && !part.is_empty()).then_some(part)
}

/// The name of a month, digits beside it or not: `Mar`, `15Mar`, `Mar2018`, `Mar15,2018`.
fn month_and_digits(part: &str) -> bool {
    let beside = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '/' | '-');
    let word = part.trim_matches(beside);
    !word.is_empty() && word.chars().all(char::is_alphabetic) && month_word(word).is_some()
}

/// Puts the parts of a split date together.
fn assemble(parts: &[String]) -> Option<Stamp> {
    in_places(parts).or_else(|| in_one(parts))
}

/// What the parts make when nothing stands between them, or blanks between words.
fn in_one(parts: &[String]) -> Option<Stamp> {
    let whole = |found: &dates::Found, length: usize| {
        matches!(found.stamp, Stamp::Full(_)) && found.start == 0 && found.end == length
    };
    let joined: String = parts.concat();
    let length = joined.chars().count();
    if joined.is_ascii() && joined.contains(|c: char| c.is_ascii_alphabetic()) {
        let spaced = parts.iter().map(|part| spaced(part)).collect::<Vec<_>>();
        let spaced = spaced.join(" ");
        let found = foreign::scan(&spaced, Order::DayFirst);
        return match found.as_slice() {
            [one] if whole(one, spaced.chars().count()) => Some(one.stamp),
            _ => None,
        };
    }
    // Digits of two elements are one number nowhere.
    let apart = |pair: &[String]| match pair {
        [a, b] => !(a.ends_with(is_digit) && b.starts_with(is_digit)),
        _ => true,
    };
    let found = dates::scan(&joined);
    match found.as_slice() {
        [one] if parts.windows(2).all(apart) && whole(one, length) => Some(one.stamp),
        _ => None,
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// A part with blanks where letters and digits meet.
fn spaced(part: &str) -> String {
    let mut out = String::new();
    let mut last = ' ';
    for c in part.chars() {
        if last.is_ascii_alphabetic() && is_digit(c) || is_digit(last) && c.is_ascii_alphabetic() {
            out.push(' ');
        }
        out.push(c);
        last = c;
    }
    out
}

/// What two or three parts make, each of which has its own place in a date.
fn in_places(parts: &[String]) -> Option<Stamp> {
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
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let lower = text.trim_matches(['.', ',', '/']).to_lowercase();
    let in_english = |name: &&str| lower.len() >= 3 && name.starts_with(&lower);
    let named = CHINESE.iter().position(|m| *m == text);
    let named = named.or_else(|| ENGLISH.iter().position(in_english));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_date_are_put_together() {
        for texts in [
            &["15", "2018-03"][..],
            &["15", "2018/03"],
            &["15日", "2018年3月"],
            &["03-15", "2018"],
            &["2018年", "3月", "15日"],
            &["2018", "年", "3", "月", "15", "日"],
            &["2018", "-", "03", "-", "15"],
            &["2018-", "03-", "15"],
            &["15", "三月", "2018"],
            &["15", "MAR 2018"],
            &["Mar", "15", "2018"],
            &["15 Mar", "2018"],
            &["[", "2018年", "3月15日", "]"],
        ] {
            let parts: Vec<String> = texts.iter().filter_map(|text| part(text)).collect();
            let found = find(&parts).map(|(stamp, _)| stamp);
            let day = chrono::NaiveDate::from_ymd_opt(2018, 3, 15).map(Stamp::Full);
            assert_eq!(found, day, "{texts:?}");
        }
        for texts in [
            &["12", "15"][..],
            &["2018", "2017", "2016"],
            &["共", "12", "页"],
            &["2018-0", "3-15"],
            &["15", "2018-13"],
            &["Marketing", "15", "2018"],
        ] {
            let parts: Vec<String> = texts.iter().filter_map(|text| part(text)).collect();
            assert_eq!(find(&parts), None, "{texts:?}");
        }
    }
}
