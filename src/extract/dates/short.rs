//! Dates whose year is short, stands at their end, or is not printed. The same signs part prices,
//! scores, hours and counts, so what stands beside them is looked at too.

use chrono::{Datelike as _, NaiveDate};

use super::{
    Read, Stamp, blanks, char_at, continues, digits, is_plausible, number, part, past_day_word,
    sign,
};
use crate::domain::time::Date;

/// `yy-MM-dd`, always with two digits in each part.
pub fn short_year(chars: &[char], at: usize, length: usize) -> Option<Read> {
    let sign = char_at(chars, at + 2);
    let shaped = length == 2
        && matches!(sign, '-' | '/' | '.')
        && digits(chars, at + 3) == 2
        && char_at(chars, at + 5) == sign
        && digits(chars, at + 6) == 2
        && !continues(chars, at + 8)
        && !char_at(chars, at + 8).is_ascii_alphabetic();
    if !shaped {
        return None;
    }
    let short = i32::try_from(number(chars, at, 2)).ok()?;
    let date = NaiveDate::from_ymd_opt(
        of_century(short),
        number(chars, at + 3, 2),
        number(chars, at + 6, 2),
    )?;
    // No day is as high.
    let stamp = match short {
        32.. => Stamp::Full(date),
        _ => Stamp::Short(date),
    };
    Some((stamp, at + 8, true))
}

/// `17年11月3日`. Behind a name the years are those of a reign: 民国26年7月7日.
pub fn short_year_in_words(chars: &[char], at: usize, length: usize) -> Option<Read> {
    let before = at.checked_sub(1).map_or(' ', |at| char_at(chars, at));
    if length != 2 || before.is_alphanumeric() {
        return None;
    }
    let short = i32::try_from(number(chars, at, 2)).ok()?;
    let (first, next) = sign(chars, at + 2)?;
    let (month, next) = part(chars, next)?;
    let (second, next) = sign(chars, next)?;
    let (day, end) = part(chars, next)?;
    let closed = past_day_word(chars, end);
    let date = NaiveDate::from_ymd_opt(of_century(short), month, day)?;
    let worded = (first, second) == ('年', '月') && closed > end;
    worded.then_some((Stamp::Full(date), closed, false))
}

/// The year that two digits mean.
fn of_century(short: i32) -> i32 {
    if short >= 95 {
        1900 + short
    } else {
        2000 + short
    }
}

/// `05/03/2018`: the fifth of March, or the third of May.
pub fn turned(chars: &[char], at: usize) -> Option<Read> {
    let (first, next) = part(chars, at)?;
    let sign = char_at(chars, next);
    let (second, next) = part(chars, next + 1)?;
    let end = next + 5;
    let shaped = matches!(sign, '-' | '/')
        && char_at(chars, next) == sign
        && digits(chars, next + 1) == 4
        && !continues(chars, end)
        && !char_at(chars, end).is_ascii_alphabetic();
    let year = i32::try_from(number(chars, next + 1, 4)).ok()?;
    let valid = |month, day| NaiveDate::from_ymd_opt(year, month, day).is_some();
    let plausible = (1990..=2100).contains(&year) && (valid(first, second) || valid(second, first));
    (shaped && plausible).then_some((Stamp::Turned(first, second, year), end, true))
}

/// Whether a short date of the last century or this one can only begin with its year: read with
/// the year at its end it would be no date, or one that nobody can have seen on `today`.
pub fn begins_with_year(on: Date, today: Date) -> bool {
    let other = i32::try_from(on.day()).ok().and_then(|last| {
        let day = u32::try_from(on.year() % 100).ok()?;
        NaiveDate::from_ymd_opt(2000 + last, on.month(), day)
    });
    other.is_none_or(|other| !is_plausible(other, today))
}

/// A day whose month stands before it or behind it.
pub fn ordered(first: u32, second: u32, year: i32, day_first: bool) -> Option<Date> {
    let (month, day) = if day_first {
        (second, first)
    } else {
        (first, second)
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

/// `03-06`, `3月6日`: month and day without a year.
pub fn month_day(chars: &[char], at: usize, length: usize) -> Option<Read> {
    let before = |back: usize| at.checked_sub(back).map_or(' ', |i| char_at(chars, i));
    // The year stands there, and is none of ours: 令和8年6月8日.
    if before(1) == '年' && before(2).is_ascii_digit() {
        return None;
    }
    let month = number(chars, at, length);
    let (first, next) = sign(chars, at + length)?;
    let (day, end) = part(chars, next)?;
    let end = match first {
        '月' if matches!(char_at(chars, blanks(chars, end, 2)), '日' | '号') => {
            past_day_word(chars, end)
        }
        // With a single digit it is a price, a version, a share.
        '.' if length != 2 || end - next != 2 => return None,
        '-' | '/' | '.' if !continues(chars, end) && stands_alone(chars, at, end) => end,
        _ => return None,
    };
    // A leap year, so that 29 February counts.
    NaiveDate::from_ymd_opt(2000, month, day)?;
    Some((Stamp::MonthDay(month, day), end, first != '月'))
}

/// Whether nothing beside two numbers says that they are a price, a score, a span of hours or a
/// count.
fn stands_alone(chars: &[char], start: usize, end: usize) -> bool {
    const UNITS: &str = "%‰°℃元万亿倍人个名项件岁天米吨分级折平公千百小页版度斤户家所条届场层楼室";
    let before = |back: usize| start.checked_sub(back).map_or(' ', |at| char_at(chars, at));
    let led = match before(1) {
        // The last of 日期, 时间, 发布, 更新, 发布于.
        '期' | '间' | '布' | '新' | '于' => true,
        ':' => !before(2).is_ascii_digit(),
        c => !c.is_alphanumeric() && !"$¥￥€£#+".contains(c),
    };
    let next = char_at(chars, end);
    let followed = match next {
        // The first of 发布, 来源, 浏览, 点击, 阅读, 作者, 编辑.
        '发' | '来' | '浏' | '点' | '阅' | '作' | '编' => true,
        ':' => digits(chars, end + 1) == 0,
        c => !c.is_alphanumeric(),
    };
    let unit = char_at(chars, blanks(chars, end, 2));
    led && followed && (unit == '\0' || !UNITS.contains(unit))
}
