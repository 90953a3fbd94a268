//! Dates as Chinese pages print them: where they stand in a text, how complete they are, and how
//! far they stand apart from prose. Whether a date is plausible or a publication date at all is
//! decided by the callers.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime};

use super::numerals;
use super::zone;
use crate::domain::time::Date;
use ago::ago;
use clock::{Clock, is_range, time_after};
pub use short::{begins_with_year, ordered};
use short::{month_day, short_year, short_year_in_words, turned};

mod ago;
mod clock;
mod short;

/// How complete a printed date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Year, month and day.
    Full(Date),
    /// Month and day without a year.
    MonthDay(u32, u32),
    /// Year and month.
    Month(i32, u32),
    /// So many days before the day of reading.
    Ago(u32),
    /// A year of two digits, month and day: another writing puts the day first and the year last.
    Short(Date),
    /// Two numbers before a year, either of which may be the month.
    Turned(u32, u32, i32),
}

/// A date in a text. Positions count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What is printed.
    pub stamp: Stamp,
    /// The time of day behind it.
    pub time: Option<NaiveTime>,
    /// Minutes that the zone behind the time is ahead of UTC, if one is written.
    pub zone: Option<i32>,
    /// The first character.
    pub start: usize,
    /// One past the last character, time included.
    pub end: usize,
    /// Whether it is one end of a period.
    pub ranged: bool,
    /// Whether it is written in digits and signs only, without 年 or 月.
    pub numeric: bool,
    /// Whether the year is printed with four digits.
    pub full_year: bool,
}

impl Found {
    /// Whether it is written as eight digits in a row, like many a number that is no date.
    pub fn is_compact(&self) -> bool {
        self.numeric
            && self.full_year
            && self.end - self.start == 8
            && matches!(self.stamp, Stamp::Full(_))
    }

    /// Whether it is written like many a number that is no date: in one run of digits, or in two
    /// short ones.
    pub fn is_like_a_number(&self) -> bool {
        let short = matches!(self.stamp, Stamp::MonthDay(..) | Stamp::Month(..));
        self.is_compact() || (self.numeric && short)
    }

    /// The same moment as clocks in China show it, where its zone is written.
    pub fn in_china(self) -> Found {
        let (Stamp::Full(on), Some(time), Some(zone)) = (self.stamp, self.time, self.zone) else {
            return self;
        };
        match zone::in_china(on, time, zone) {
            Some((on, time)) => Found {
                stamp: Stamp::Full(on),
                time: Some(time),
                ..self
            },
            None => self,
        }
    }
}

/// The first day that is believed.
pub fn earliest() -> Date {
    NaiveDate::from_ymd_opt(1995, 1, 1).unwrap_or_default()
}

/// Whether a date can be a publication date seen on `today`.
pub fn is_plausible(date: Date, today: Date) -> bool {
    date >= earliest() && date <= today.checked_add_days(Days::new(1)).unwrap_or(today)
}

/// The last day of a month, as far as it has come by `today`, if it can be one of publication.
pub fn end_of_month(year: i32, month: u32, today: Date) -> Option<Date> {
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let next = first.checked_add_months(Months::new(1))?;
    is_plausible(first, today).then_some(next.pred_opt()?.min(today))
}

/// One character as the scanner sees it: full-width and look-alike forms become plain ones.
pub fn plain(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '－' | '–' | '‐' | '‑' | '‒' | '−' | '﹣' | '⁃' => '-',
        '—' | '―' | '─' | '━' | '⸺' => '—',
        '·' | '•' | '・' | '･' | '‧' | '∙' | '⋅' => '·',
        '／' => '/',
        '．' | '。' => '.',
        '：' | '∶' | '︰' => ':',
        '（' => '(',
        '）' => ')',
        '【' | '［' | '〔' | '「' => '[',
        '】' | '］' | '〕' | '」' => ']',
        '～' | '〜' => '~',
        c if c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}' => ' ',
        c => c,
    }
}

/// Whether a text can hold a date at all.
pub fn has_digit(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = bytes.iter().enumerate().any(|(at, b)| {
        b.is_ascii_digit()
            // A full-width digit.
            || *b == 0xef && matches!(bytes.get(at + 1..at + 3), Some([0xbc, 0x90..=0x99]))
    });
    digit || numerals::may_stand(text)
}

/// The most dates of one text: prose with more is no row and no date line.
const MAX_FOUND: usize = 24;

/// Every date of a text, in order, without overlaps. At most the first 4,000 characters are read.
pub fn scan(text: &str) -> Vec<Found> {
    if !has_digit(text) {
        return Vec::new();
    }
    let chars: Vec<char> = text.chars().take(4000).map(plain).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() && found.len() < MAX_FOUND {
        let length = digits(&chars, at);
        let begins = match length {
            0 => numerals::is_start(char_at(&chars, at)),
            _ => is_word_start(&chars, at),
        };
        at = match begins.then(|| date_at(&chars, at, length)).flatten() {
            Some(date) => {
                found.push(date);
                date.end
            }
            None => at + length.max(1),
        };
    }
    found
}

/// The dates of a text, `昨天` and `3小时前` too where they are all of it.
pub fn scan_row(text: &str) -> Vec<Found> {
    match ago(text) {
        Some(found) => vec![found],
        None => scan(text),
    }
}

fn char_at(chars: &[char], at: usize) -> char {
    chars.get(at).copied().unwrap_or('\0')
}

fn digits(chars: &[char], at: usize) -> usize {
    chars
        .iter()
        .skip(at)
        .take_while(|c| c.is_ascii_digit())
        .count()
}

fn number(chars: &[char], at: usize, length: usize) -> u32 {
    chars
        .iter()
        .skip(at)
        .take(length.min(9))
        .fold(0, |n, c| n * 10 + c.to_digit(10).unwrap_or(0))
}

fn blanks(chars: &[char], at: usize, most: usize) -> usize {
    at + chars
        .iter()
        .skip(at)
        .take(most)
        .take_while(|c| **c == ' ')
        .count()
}

/// A run of digits begins a date only when it is no tail of an identifier or number.
fn is_word_start(chars: &[char], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map_or(' ', |i| char_at(chars, i));
    match before(1) {
        c if c.is_ascii_alphabetic() || c == '_' => false,
        '-' | '/' | '.' => !before(2).is_ascii_alphanumeric(),
        _ => true,
    }
}

fn date_at(chars: &[char], at: usize, length: usize) -> Option<Found> {
    let in_numerals = || numerals::read(chars, at).map(|(stamp, end)| (stamp, end, false));
    let read = match length {
        0 => in_numerals(),
        4 => full(chars, at)
            .or_else(|| year_month(chars, at))
            .or_else(in_numerals),
        8 => compact(chars, at),
        1 | 2 => short_year(chars, at, length)
            .or_else(|| short_year_in_words(chars, at, length))
            .or_else(|| turned(chars, at))
            .or_else(|| month_day(chars, at, length)),
        _ => None,
    }?;
    let (stamp, end, numeric) = read;
    let Clock { time, zone, end } = time_after(chars, end);
    let ranged = is_range(chars, at, end);
    Some(Found {
        stamp,
        time,
        zone,
        start: at,
        end,
        ranged,
        numeric,
        full_year: !matches!(length, 1 | 2) || matches!(stamp, Stamp::Turned(..)),
    })
}

type Read = (Stamp, usize, bool);

/// A sign between the parts of a date, blanks around it allowed.
fn sign(chars: &[char], at: usize) -> Option<(char, usize)> {
    let at = blanks(chars, at, 4);
    let c = char_at(chars, at);
    matches!(c, '-' | '/' | '.' | '年' | '月' | '—' | '·').then(|| (c, blanks(chars, at + 1, 4)))
}

fn part(chars: &[char], at: usize) -> Option<(u32, usize)> {
    let length = digits(chars, at);
    (1..=2)
        .contains(&length)
        .then(|| (number(chars, at, length), at + length))
}

fn full(chars: &[char], at: usize) -> Option<Read> {
    let year = i32::try_from(number(chars, at, 4)).ok()?;
    let (first, next) = sign(chars, at + 4)?;
    let (month, next) = part(chars, next)?;
    let (second, next) = sign(chars, next)?;
    let (day, end) = part(chars, next)?;
    let matched = match (first, second) {
        ('年', '月') => true,
        ('年', _) | (_, '月') | ('月', _) | (_, '年') => false,
        // These part whole dates and numbers too, so that one alone says nothing.
        ('—' | '·', _) | (_, '—' | '·') => first == second,
        _ => true,
    };
    if !matched || !(1900..=2100).contains(&year) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    let numeric = first != '年';
    let end = if numeric {
        end
    } else {
        past_day_word(chars, end)
    };
    (!numeric || !continues(chars, end)).then_some((Stamp::Full(date), end, numeric))
}

fn past_day_word(chars: &[char], end: usize) -> usize {
    let at = blanks(chars, end, 2);
    if matches!(char_at(chars, at), '日' | '号') {
        at + 1
    } else {
        end
    }
}

/// Whether the last number goes on as an index number or version would: `2026-02-01-003`.
fn continues(chars: &[char], end: usize) -> bool {
    matches!(char_at(chars, end), '-' | '/' | '.' | '_')
        && digits(chars, end + 1) > 0
        && !(digits(chars, end + 1) <= 2 && char_at(chars, end + 1 + digits(chars, end + 1)) == ':')
}

fn year_month(chars: &[char], at: usize) -> Option<Read> {
    let year = i32::try_from(number(chars, at, 4)).ok()?;
    let (first, next) = sign(chars, at + 4)?;
    let length = digits(chars, next);
    let (month, end) = part(chars, next)?;
    let closed = blanks(chars, end, 2);
    let good = match first {
        '年' => char_at(chars, closed) == '月',
        '-' | '/' | '.' => {
            length == 2 && !continues(chars, end) && !char_at(chars, end).is_ascii_alphanumeric()
        }
        _ => false,
    };
    let valid = good && (1..=12).contains(&month) && (1990..=2100).contains(&year);
    let numeric = first != '年';
    valid.then_some((
        Stamp::Month(year, month),
        if numeric { end } else { closed + 1 },
        numeric,
    ))
}

fn compact(chars: &[char], at: usize) -> Option<Read> {
    let year = i32::try_from(number(chars, at, 4)).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(chars, at + 4, 2), number(chars, at + 6, 2))?;
    let apart = !char_at(chars, at + 8).is_ascii_alphanumeric() && !continues(chars, at + 8);
    (apart && (1995..=2100).contains(&year)).then_some((Stamp::Full(date), at + 8, true))
}

/// A date from an epoch in seconds or milliseconds, in UTC+8.
pub fn from_epoch(value: i64) -> Option<(Date, NaiveTime)> {
    let seconds = if value.abs() >= 100_000_000_000 {
        value / 1000
    } else {
        value
    };
    let moment =
        chrono::DateTime::from_timestamp(seconds, 0)?.with_timezone(&crate::domain::time::china());
    let year = moment.year();
    (1995..=2100)
        .contains(&year)
        .then(|| (moment.date_naive(), moment.time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ymd(y: i32, m: u32, d: u32) -> Date {
        NaiveDate::from_ymd_opt(y, m, d).expect("a date")
    }

    fn day(y: i32, m: u32, d: u32) -> Stamp {
        Stamp::Full(ymd(y, m, d))
    }

    #[test]
    fn printed_dates_are_read_in_all_their_forms() {
        let d = day(2018, 3, 6);
        let cases = [
            ("2018-03-06", d),
            ("[2018-03-06]", d),
            ("（2018-3-6）", d),
            ("2018/03/06", d),
            ("2018.03.06", d),
            ("2018年3月6日", d),
            ("2018年03月06", d),
            ("2018 年 3 月 6 日", d),
            ("２０１８－０３－０６", d),
            ("2018-03-06 09:15:00", d),
            ("2018-03-06-09:15", d),
            ("2018年3月6日 9时15分", d),
            ("发布时间：2018-03-06浏览次数：15", d),
            ("18-03-06", Stamp::Short(ymd(2018, 3, 6))),
            ("[18-03-06]", Stamp::Short(ymd(2018, 3, 6))),
            ("05/03/2018", Stamp::Turned(5, 3, 2018)),
            ("2018—03—06", d),
            ("2018－3－6", d),
            ("2018·3·6", d),
            ("2018‒03‒06", d),
            ("二〇一八年三月六日", d),
            ("98/03/06", day(1998, 3, 6)),
            ("03-06", Stamp::MonthDay(3, 6)),
            ("[3/6]", Stamp::MonthDay(3, 6)),
            ("第5年，3月6日", Stamp::MonthDay(3, 6)),
            ("3月6日", Stamp::MonthDay(3, 6)),
            ("2018-03", Stamp::Month(2018, 3)),
            ("2018年3月", Stamp::Month(2018, 3)),
            ("20180306", d),
            ("2018 - 03 - 06", d),
            ("2018-03-06　09：15", d),
            ("2018-03-06T09:15:00+08:00", d),
        ];
        for (text, stamp) in cases {
            let found = scan(text);
            assert_eq!(
                found.iter().map(|f| f.stamp).collect::<Vec<_>>(),
                [stamp],
                "{text}"
            );
        }
    }

    #[test]
    fn numbers_that_look_like_dates_are_not_dates() {
        for text in [
            "2026-02-00018",
            "令和8年6月8日",
            "110102-2017-03-05x",
            "〔2017〕28号",
            "第320号",
            "2018-13-01",
            "2018-02-30",
            "13/22699",
            "t20180306_4755",
            "v1.2.3-4",
            "2018-03-06-003",
            "010-66503456",
            "100%",
            "2018—2020年",
            "12:30",
            "3.15晚会",
            "1.5亿元",
            "2018",
        ] {
            let found: Vec<Stamp> = scan(text)
                .iter()
                .map(|f| f.stamp)
                .filter(|s| matches!(s, Stamp::Full(_)))
                .collect();
            assert_eq!(found, [], "{text}");
        }
        assert_eq!(scan("2026-02-00018"), []);
    }

    #[test]
    fn times_follow_their_date() {
        let nine = NaiveTime::from_hms_opt(9, 15, 0);
        for text in [
            "2018-03-06 09:15",
            "2018-03-06-09:15",
            "2018年3月6日9时15分",
            "2018-03-06 09∶15",
            "2018/3/6 9:15:00",
        ] {
            assert_eq!(scan(text).first().and_then(|f| f.time), nine, "{text}");
        }
    }

    #[test]
    fn the_ends_of_a_period_are_marked() {
        for text in [
            "2009.7.22-8.4",
            "2018-03-06至2018-03-20",
            "2018-03-06 ~ 2018-03-20",
            "2018年3月6日—3月20日",
        ] {
            assert!(
                scan(text).iter().all(|f| f.ranged),
                "{text}: {:?}",
                scan(text)
            );
        }
        assert!(scan("[2018-03-06]").iter().all(|f| !f.ranged));
        assert!(scan("截至 2018-03-06").iter().all(|f| !f.ranged));
    }

    #[test]
    fn epochs_are_days_in_china() {
        let cases = [(1_520_265_600_000, 2018, 3, 6), (1_520_265_600, 2018, 3, 6)];
        for (value, y, m, d) in cases {
            assert_eq!(
                from_epoch(value).map(|(on, _)| on),
                NaiveDate::from_ymd_opt(y, m, d)
            );
        }
        assert_eq!(from_epoch(12), None);
    }

    proptest::proptest! {
        #[test]
        fn found_dates_lie_in_their_text_one_after_the_other(text in "[0-9０-９年月日/.:：~至 a\\-－\\[\\]昨天小时前]{0,60}") {
            let length = text.chars().count();
            let mut last = 0;
            for found in scan_row(&text) {
                proptest::prop_assert!(last <= found.start && found.start < found.end);
                proptest::prop_assert!(found.end <= length);
                last = found.end;
            }
        }

        #[test]
        fn a_whole_date_is_read_in_every_form(
            days in 0_u64..15_000,
            form in 0_usize..6,
            before in "[^0-9０-９a-zA-Z_./~至到日分〜～—\\-－–‐‑−﹣／．。]{0,8}",
        ) {
            let on = earliest().checked_add_days(Days::new(days)).unwrap_or_default();
            let printed = match form {
                0 => on.to_string(),
                1 => on.format("%Y/%m/%d").to_string(),
                2 => on.format("%Y.%-m.%-d").to_string(),
                3 => on.format("%Y年%-m月%-d日").to_string(),
                4 => on.format("[%Y-%m-%d]").to_string(),
                _ => on.format("%Y-%m-%d 09:15").to_string(),
            };
            let found = scan(&format!("{before}{printed}"));
            proptest::prop_assert_eq!(found.len(), 1);
            proptest::prop_assert_eq!(found[0].stamp, Stamp::Full(on));
        }
    }
}
