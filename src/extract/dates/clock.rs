//! What stands right behind a date and before it: a time of day with its zone, and the other end of a
//! period.

use chrono::NaiveTime;

use super::{blanks, char_at, digits, part};
use crate::extract::zone;

/// What stands behind a date of the moment: where all of it ends, too.
pub struct Clock {
    /// The time of day.
    pub time: Option<NaiveTime>,
    /// Minutes that its zone is ahead of UTC.
    pub zone: Option<i32>,
    /// One past the last character.
    pub end: usize,
}

/// The time of day directly behind a date, and its zone.
pub fn time_after(chars: &[char], end: usize) -> Clock {
    let none = Clock {
        time: None,
        zone: None,
        end,
    };
    let mut at = blanks(chars, end, 6);
    let joined = matches!(char_at(chars, at), 'T' | 't') && digits(chars, at + 1) > 0;
    if joined || (char_at(chars, at) == '-' && digits(chars, at + 1) > 0) {
        at += 1;
    }
    let Some((hour, next)) = part(chars, at) else {
        return none;
    };
    let minute = match char_at(chars, next) {
        ':' => part(chars, blanks(chars, next + 1, 1)),
        '时' | '時' | '点' => part(chars, next + 1),
        _ => None,
    };
    let Some((minute, mut next)) = minute else {
        return none;
    };
    let (mut second, mut exact) = (0, joined);
    if char_at(chars, next) == ':' {
        if let Some((value, after)) = part(chars, next + 1) {
            (second, next) = (value, after);
            exact = true;
        }
    } else if char_at(chars, next) == '分' {
        next += 1;
    }
    match NaiveTime::from_hms_opt(hour, minute, second) {
        Some(time) => {
            let (zone, end) = zone::behind(chars, next, exact);
            Clock {
                time: Some(time),
                zone,
                end,
            }
        }
        None => none,
    }
}

/// Whether the date between `start` and `end` is one end of a period.
pub fn is_range(chars: &[char], start: usize, end: usize) -> bool {
    let after = blanks(chars, end, 4);
    let opens = match char_at(chars, after) {
        '~' | '—' | '至' | '到' => true,
        '-' => digits(chars, blanks(chars, after + 1, 4)) > 0,
        _ => false,
    };
    let before = chars.get(..start).unwrap_or_default();
    let mut back = before.iter().rev().skip_while(|c| is_gap(**c));
    let closes = match back.next() {
        Some('至' | '到') => back
            .next()
            .is_some_and(|c| c.is_ascii_digit() || matches!(c, '日' | ' ' | '分')),
        Some(c) => {
            let gap = before.iter().rev().take_while(|c| is_gap(**c));
            (c.is_ascii_digit() || *c == '日') && gap.clone().any(|c| *c != ' ')
        }
        None => false,
    };
    opens || closes
}

/// Signs between the ends of a period.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '-' | '~' | '—')
}
