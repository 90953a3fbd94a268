//! Zones behind a time of day, and the same moment in China. Times without a zone are local ones:
//! no site says so, and all mean it.

use chrono::{NaiveTime, TimeDelta};

use crate::domain::time::{Date, china};

/// The zone that is written behind a time of day, in minutes ahead of UTC, and where it ends: `Z`,
/// `.000Z`, `+08:00`, ` GMT`. `exact` says that seconds or a `T` tell the time from the beginning
/// of office hours: `09:00-11:30` has no zone.
pub fn behind(chars: &[char], end: usize, exact: bool) -> (Option<i32>, usize) {
    let c = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let digits = |at: usize| {
        (at..at + 10)
            .take_while(|at| c(*at).is_ascii_digit())
            .count()
    };
    let fraction = match c(end) {
        '.' | ',' if exact => digits(end + 1),
        _ => 0,
    };
    let end = if fraction > 0 {
        end + 1 + fraction
    } else {
        end
    };
    let at = if c(end) == ' ' { end + 1 } else { end };
    let ends = |at: usize| !c(at).is_ascii_alphanumeric();
    if matches!(c(at), 'Z' | 'z') && ends(at + 1) {
        return (Some(0), at + 1);
    }
    let named = [['U', 'T', 'C'], ['G', 'M', 'T']];
    if named.iter().any(|name| chars.get(at..at + 3) == Some(name)) {
        return match offset(chars, at + 3) {
            Some((minutes, end)) => (Some(minutes), end),
            None if ends(at + 3) => (Some(0), at + 3),
            None => (None, end),
        };
    }
    match offset(chars, at).filter(|_| exact) {
        Some((minutes, end)) => (Some(minutes), end),
        None => (None, end),
    }
}

/// `+8`, `+08`, `+0800`, `-05:00`.
fn offset(chars: &[char], at: usize) -> Option<(i32, usize)> {
    let sign = match chars.get(at)? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let rest = chars.get(at + 1..)?;
    let mut digits: Vec<i32> = Vec::new();
    let mut end = at + 1;
    for c in rest.iter().take(6) {
        match c.to_digit(10) {
            Some(digit) => digits.push(i32::try_from(digit).ok()?),
            None if *c == ':' && digits.len() == 2 => {}
            None => break,
        }
        end += 1;
    }
    let (hours, minutes) = match digits.as_slice() {
        [one] => (*one, 0),
        [tens, ones] => (tens * 10 + ones, 0),
        [a, b, c, d] => (a * 10 + b, c * 10 + d),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some((sign * (hours * 60 + minutes), end))
}

/// The day and the time in China of a moment that is written with its zone.
pub fn in_china(on: Date, time: NaiveTime, zone: i32) -> Option<(Date, NaiveTime)> {
    let ahead = TimeDelta::seconds(i64::from(china().local_minus_utc()));
    let utc = on
        .and_time(time)
        .checked_sub_signed(TimeDelta::minutes(i64::from(zone)))?;
    let local = utc.checked_add_signed(ahead)?;
    Some((local.date(), local.time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_behind_hours_are_no_zone() {
        let cases = [
            ("Z", false, Some(0)),
            (".000Z", true, Some(0)),
            (" GMT", false, Some(0)),
            (" GMT+08:00", false, Some(480)),
            ("+0800", true, Some(480)),
            (".123+08:00", true, Some(480)),
            (" +0800", true, Some(480)),
            ("-05:00", true, Some(-300)),
            ("-11:30", false, None),
            ("-17:00", true, None),
            (" 来源", true, None),
            ("Zhang", true, None),
            ("", true, None),
        ];
        for (text, exact, expected) in cases {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(behind(&chars, 0, exact).0, expected, "{text}");
        }
    }
}
