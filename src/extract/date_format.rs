//! A date format as an administrator writes it, `%d/%m/%Y`, and the first date of a text that is
//! printed so.

use chrono::NaiveDate;

use super::dates::{self, Stamp};

/// The longest format, in characters.
const MOST_CHARS: usize = 60;
/// How much of a text is looked at, in characters.
const TEXT_CHARS: usize = 400;

/// Why a text is no date format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatFault {
    /// Longer than the limit.
    #[error("it is longer than {MOST_CHARS} characters")]
    TooLong,
    /// A directive that is not known.
    #[error("unknown directive %{0}; known are %Y %y %m %d %H %M %S and %%")]
    Unknown(char),
    /// A percent sign at the end.
    #[error("it ends in %; known are %Y %y %m %d %H %M %S and %%")]
    Open,
    /// One part of a date stands twice.
    #[error("%{0} stands twice, or %Y and %y together")]
    Twice(char),
    /// It names no date.
    #[error("it names no date; write month and day (%m %d), or year and month (%Y %m)")]
    NoDate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A number: its directive and its most digits.
    Number(char, usize),
    /// White space of any length, none too.
    Blank,
    /// This sign.
    Sign(char),
}

/// A date format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat(Vec<Part>);

impl DateFormat {
    /// Reads a format: `%Y %y %m %d %H %M %S`, `%%` for a percent sign, anything else stands for
    /// itself.
    pub fn parse(text: &str) -> Result<DateFormat, FormatFault> {
        if text.chars().count() > MOST_CHARS {
            return Err(FormatFault::TooLong);
        }
        let mut parts = Vec::new();
        let mut signs = text.chars().map(dates::plain);
        while let Some(c) = signs.next() {
            parts.push(match c {
                '%' => match signs.next().ok_or(FormatFault::Open)? {
                    '%' => Part::Sign('%'),
                    'Y' => Part::Number('Y', 4),
                    c @ ('y' | 'm' | 'd' | 'H' | 'M' | 'S') => Part::Number(c, 2),
                    other => return Err(FormatFault::Unknown(other)),
                },
                ' ' => Part::Blank,
                c => Part::Sign(c),
            });
        }
        let format = DateFormat(parts);
        let twice = "YmdHMS".chars().find(|c| format.count(*c) > 1);
        if let Some(c) = twice {
            return Err(FormatFault::Twice(c));
        }
        let has = |c: char| format.count(c) > 0;
        if has('m') && (has('d') || has('Y')) {
            Ok(format)
        } else {
            Err(FormatFault::NoDate)
        }
    }

    /// How often a part stands in it; the two forms of the year are one part.
    fn count(&self, wanted: char) -> usize {
        let is = |part: &&Part| match part {
            Part::Number('y', _) => wanted == 'Y',
            Part::Number(c, _) => *c == wanted,
            Part::Blank | Part::Sign(_) => false,
        };
        self.0.iter().filter(is).count()
    }

    /// The first date of `text` that is printed so.
    pub fn find(&self, text: &str) -> Option<Stamp> {
        let chars: Vec<char> = text.chars().take(TEXT_CHARS).map(dates::plain).collect();
        (0..chars.len()).find_map(|start| self.at(&chars, start))
    }

    /// The date that begins at `start`, unless it is the tail or the head of a longer number.
    fn at(&self, chars: &[char], start: usize) -> Option<Stamp> {
        let mut read = Read::default();
        let mut at = start;
        for part in &self.0 {
            match part {
                Part::Blank => at += chars.iter().skip(at).take_while(|c| **c == ' ').count(),
                Part::Sign(sign) => {
                    if chars.get(at) != Some(sign) {
                        return None;
                    }
                    at += 1;
                }
                Part::Number(directive, most) => {
                    let (value, length) = number(chars, at, *most)?;
                    // A year of three digits is none.
                    if matches!(directive, 'Y' | 'y') && length != *most {
                        return None;
                    }
                    read.take(*directive, value)?;
                    at += length;
                }
            }
        }
        let open = |part: Option<&Part>| matches!(part, Some(Part::Number(..)));
        let torn = (open(self.0.first()) && is_torn(chars, start, |at, by| at.checked_sub(by)))
            || (open(self.0.last()) && is_torn(chars, at, |at, by| Some(at + by - 1)));
        if torn { None } else { read.stamp() }
    }
}

/// Whether a number goes on beyond an edge of what was read, alone or behind a sign that parts the
/// numbers of one date or time.
fn is_torn(chars: &[char], edge: usize, step: impl Fn(usize, usize) -> Option<usize>) -> bool {
    let char_at = |by| step(edge, by).and_then(|at| chars.get(at).copied());
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let joint = |c: Option<char>| c.is_some_and(|c| "-/.:—·年月".contains(c));
    digit(char_at(1)) || (joint(char_at(1)) && digit(char_at(2)))
}

/// A number of at most `most` digits, and how many it has.
fn number(chars: &[char], at: usize, most: usize) -> Option<(u32, usize)> {
    let digits: String = chars
        .iter()
        .skip(at)
        .take(most)
        .take_while(|c| c.is_ascii_digit())
        .collect();
    Some((digits.parse().ok()?, digits.len()))
}

/// The parts that were read.
#[derive(Debug, Default)]
struct Read {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
}

impl Read {
    /// Takes a part; nothing where it cannot be one.
    fn take(&mut self, directive: char, value: u32) -> Option<()> {
        match directive {
            'Y' => self.year = Some(i32::try_from(value).ok()?),
            'y' => {
                let value = i32::try_from(value).ok()?;
                self.year = Some(if value >= 95 { 1900 } else { 2000 } + value);
            }
            'm' => self.month = Some(value),
            'd' => self.day = Some(value),
            'H' => return (value <= 24).then_some(()),
            _ => return (value < 60).then_some(()),
        }
        Some(())
    }

    fn stamp(&self) -> Option<Stamp> {
        let month = self.month?;
        match (self.year, self.day) {
            (Some(year), Some(day)) => NaiveDate::from_ymd_opt(year, month, day).map(Stamp::Full),
            // A leap year, so that 29 February counts.
            (None, Some(day)) => NaiveDate::from_ymd_opt(2000, month, day)
                .is_some()
                .then_some(Stamp::MonthDay(month, day)),
            (Some(year), None) => {
                NaiveDate::from_ymd_opt(year, month, 1).map(|_| Stamp::Month(year, month))
            }
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> Option<Stamp> {
        NaiveDate::from_ymd_opt(y, m, d).map(Stamp::Full)
    }

    #[test]
    fn dates_are_read_as_the_format_says() {
        let cases = [
            ("%d/%m/%Y", "06/03/2018", day(2018, 3, 6)),
            ("%d/%m/%Y", "发布：6/3/2018 浏览15", day(2018, 3, 6)),
            ("%m/%d/%y", "03/06/18", day(2018, 3, 6)),
            ("%m/%d/%y", "03/06/98", day(1998, 3, 6)),
            ("%Y%m%d", "20180306", day(2018, 3, 6)),
            ("%Y%m%d", "id=120180306", None),
            ("%Y%m%d", "201803061", None),
            ("[%Y.%m.%d]", "【2018.03.06】", day(2018, 3, 6)),
            ("%Y年%m月%d日", "２０１８年３月６日", day(2018, 3, 6)),
            (
                "%d-%m-%Y %H:%M:%S",
                "06-03-2018   09:15:00",
                day(2018, 3, 6),
            ),
            ("%d-%m-%Y %H:%M", "06-03-2018 09:75", None),
            ("%m-%d", "03-06", Some(Stamp::MonthDay(3, 6))),
            ("%m-%d", "02-29", Some(Stamp::MonthDay(2, 29))),
            ("%d %Y-%m", "06 2018-03", day(2018, 3, 6)),
            ("%Y/%m", "2018/03", Some(Stamp::Month(2018, 3))),
            ("%d/%m/%Y", "31/02/2018", None),
            ("%d/%m/%Y", "06/03/018", None),
            ("%d/%m/%Y", "", None),
            ("%d%%%m%%%Y", "6%3%2018", day(2018, 3, 6)),
            ("%m-%d", "2017-03-05", None),
            (
                "%m-%d",
                "2017-03-05 发布 03-06",
                Some(Stamp::MonthDay(3, 6)),
            ),
            ("%m-%d", "03-05-2017", None),
            ("%m-%d", "17-03-05", None),
            ("%m/%d", "2017/03/05", None),
            ("%m月%d日", "2017年03月05日", None),
            ("%m月%d日", "发布于03月05日", Some(Stamp::MonthDay(3, 5))),
            ("%m.%d", "版本2.03.05", None),
            ("%m-%d", "09:03-05", None),
            ("%m-%d", "03-05 09:15", Some(Stamp::MonthDay(3, 5))),
            ("%d.%m", "05.03.", Some(Stamp::MonthDay(3, 5))),
            ("%Y-%m", "2018-03-06", None),
            ("%Y.%m", "2018.03（总第8期）", Some(Stamp::Month(2018, 3))),
        ];
        for (format, text, expected) in cases {
            let format = DateFormat::parse(format).unwrap();
            assert_eq!(format.find(text), expected, "{format:?} {text}");
        }
    }

    #[test]
    fn what_is_no_format_is_refused_with_its_reason() {
        let long = "%m%d".to_owned() + &"-".repeat(MOST_CHARS);
        let cases = [
            ("%d/%b/%Y", FormatFault::Unknown('b')),
            ("%m/%d/%", FormatFault::Open),
            ("%m/%m/%d", FormatFault::Twice('m')),
            ("%Y %y %m", FormatFault::Twice('Y')),
            ("%H:%M", FormatFault::NoDate),
            ("", FormatFault::NoDate),
            ("%d", FormatFault::NoDate),
            (&long, FormatFault::TooLong),
        ];
        for (text, fault) in cases {
            assert_eq!(DateFormat::parse(text), Err(fault), "{text:.20}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_format_reads_any_text(format in "[%YymdHMS/ .年-]{0,20}", text in "\\PC{0,60}") {
            if let Ok(format) = DateFormat::parse(&format) {
                let _ = format.find(&text);
            }
        }

        #[test]
        fn a_printed_day_comes_back(y in 1995..2100_i32, m in 1..=12_u32, d in 1..=28_u32) {
            let format = DateFormat::parse("%d.%m.%Y").unwrap();
            proptest::prop_assert_eq!(format.find(&format!("x {d:02}.{m}.{y}")), day(y, m, d));
        }
    }
}
