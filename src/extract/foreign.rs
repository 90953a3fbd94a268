//! Dates of pages that are not Chinese: month names of common languages and day-first numbers.

use chrono::{NaiveDate, NaiveTime};

use super::dates::{self, Found, Stamp};

/// Which of two numbers before a year is the month, where both can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `6.3.2018` is the sixth of March.
    DayFirst,
    /// `3/6/2018` is the sixth of March, as in the United States.
    MonthFirst,
}

/// Beginnings of month names in the order of the months: English, German, French, Spanish, Italian,
/// Portuguese, Dutch, Polish, Turkish, Russian and Ukrainian, Czech, Hungarian, Romanian,
/// Indonesian, Greek.
const MONTHS: [&[&str]; 12] = [
    &[
        "jan", "jän", "ene", "gen", "sty", "oca", "янв", "січ", "ledn", "ian", "ιαν",
    ],
    &[
        "feb", "fév", "fev", "lut", "şub", "фев", "лют", "úno", "φεβ",
    ],
    &[
        "mar", "mär", "mrz", "maa", "мар", "бер", "bře", "már", "μαρ",
    ],
    &[
        "apr", "avr", "abr", "kwi", "nis", "апр", "кві", "dubn", "ápr", "απρ",
    ],
    &[
        "may", "mai", "mag", "mei", "maj", "мая", "май", "тра", "kvě", "máj", "μαΐ", "μαϊ", "μάι",
    ],
    &[
        "jun", "jui", "giu", "cze", "haz", "июн", "чер", "červn", "jún", "iun", "ιουν",
    ],
    &[
        "jul", "juil", "lug", "lip", "tem", "июл", "лип", "červenc", "júl", "iul", "ιουλ",
    ],
    &[
        "aug", "aoû", "aou", "ago", "sie", "ağu", "авг", "сер", "srp", "agu", "αυγ",
    ],
    &[
        "sep", "set", "wrz", "eyl", "сен", "вер", "zář", "sze", "σεπ",
    ],
    &[
        "oct", "okt", "ott", "out", "paź", "eki", "окт", "жов", "říj", "οκτ",
    ],
    &["nov", "lis", "kas", "ноя", "лис", "noi", "νοε"],
    &[
        "dec", "dez", "déc", "dic", "gru", "ara", "дек", "гру", "prosin", "desem", "δεκ",
    ],
];

/// The month that a word names.
fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    if word.chars().count() < 3 || word.chars().count() > 10 {
        return None;
    }
    // The longest beginning wins: `juillet` before `juin`.
    let found = MONTHS.iter().zip(1_u32..).filter_map(|(names, number)| {
        let longest = names
            .iter()
            .filter(|name| word.starts_with(**name))
            .map(|name| name.len())
            .max()?;
        Some((longest, number))
    });
    found
        .max_by_key(|(length, _)| *length)
        .map(|(_, number)| number)
}

/// The most words of a text that are read.
const MAX_WORDS: usize = 700;
/// The most dates of one text.
const MAX_FOUND: usize = 24;

/// A run of letters and digits.
struct Word<'c> {
    chars: &'c [char],
    start: usize,
    end: usize,
}

impl Word<'_> {
    fn number(&self, most: usize) -> Option<u32> {
        let number = self.chars.iter().all(char::is_ascii_digit) && self.chars.len() <= most;
        number.then(|| self.text().parse().ok()).flatten()
    }

    /// `6`, `6th`, `1er`.
    fn day(&self) -> Option<u32> {
        let digits = self.chars.iter().take_while(|c| c.is_ascii_digit()).count();
        let rest = self.chars.get(digits..)?;
        let ordinal = rest.len() <= 2 && rest.iter().all(|c| c.is_alphabetic());
        let day: String = self.chars.get(..digits)?.iter().collect();
        (ordinal && digits <= 2).then(|| day.parse().ok()).flatten()
    }

    fn year(&self) -> Option<i32> {
        let number = self.number(4).filter(|_| self.chars.len() == 4)?;
        let year = i32::try_from(number).ok()?;
        (1995..=2100).contains(&year).then_some(year)
    }

    fn text(&self) -> String {
        self.chars.iter().collect()
    }

    fn month(&self) -> Option<u32> {
        let letters = self.chars.first().is_some_and(|c| c.is_alphabetic());
        letters.then(|| month(&self.text())).flatten()
    }

    fn is_filler(&self) -> bool {
        matches!(
            self.chars,
            ['d', 'e'] | ['d', 'e', 'l'] | ['o', 'f'] | ['a'] | ['g'] | ['р'] | ['г']
        )
    }
}

/// The longest text outside a foreign page in which names of months are looked for, in bytes.
const NAMED: usize = 120;

/// The dates that were found in a text, or, where it has none, those with the name of a month:
/// pages in English stand on Chinese sites too.
pub fn or_named(found: Vec<Found>, text: &str) -> Vec<Found> {
    let letters = || text.bytes().any(|b| b.is_ascii_alphabetic());
    let wide = || text.bytes().filter(|b| *b >= 0x80).count() * 2 > text.len();
    if !found.is_empty() || text.trim().len() > NAMED || !letters() || wide() {
        return found;
    }
    let named = scan(text, Order::DayFirst).into_iter();
    named.filter(|found| !found.numeric).collect()
}

/// Every date of a text, in order, without overlaps.
pub fn scan(text: &str, order: Order) -> Vec<Found> {
    if !dates::has_digit(text) {
        return Vec::new();
    }
    let chars: Vec<char> = text.chars().take(4000).collect();
    let mut found: Vec<Found> = dates::scan(text)
        .into_iter()
        .filter(|found| {
            let apart = chars
                .get(found.start + 4)
                .is_some_and(|c| !c.is_ascii_digit());
            matches!(found.stamp, Stamp::Full(_)) && found.full_year && apart
        })
        .collect();
    let words = words(&chars);
    let mut at = 0;
    while at < words.len() && found.len() < MAX_FOUND {
        let read = words.get(at..).and_then(|words| {
            let named = worded(words).map(|on| (on, false));
            named.or_else(|| numbers(words, &chars, order).map(|on| (on, true)))
        });
        let Some(((on, used), numeric)) = read else {
            at += 1;
            continue;
        };
        let (start, end) = span(&words, at, used);
        if found
            .iter()
            .all(|other| other.end <= start || other.start >= end)
        {
            found.push(Found {
                stamp: Stamp::Full(on),
                time: words
                    .get(at + used..)
                    .and_then(|rest| time(rest, &chars, end)),
                zone: None,
                start,
                end,
                ranged: is_ranged(&words, &chars, at, used),
                numeric,
                full_year: true,
            });
        }
        at += used;
    }
    found.sort_by_key(|found| found.start);
    found
}

fn words(chars: &[char]) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() && words.len() < MAX_WORDS {
        let length = chars
            .iter()
            .skip(at)
            .take_while(|c| c.is_alphanumeric())
            .count();
        if length > 0 {
            let word = Word {
                chars: chars.get(at..at + length).unwrap_or_default(),
                start: at,
                end: at + length,
            };
            if !word.is_filler() {
                words.push(word);
            }
        }
        at += length.max(1);
    }
    words
}

fn span(words: &[Word], at: usize, used: usize) -> (usize, usize) {
    let start = words.get(at).map_or(0, |word| word.start);
    let end = words.get(at + used - 1).map_or(start, |word| word.end);
    (start, end)
}

/// `March 6, 2018`, `6. März 2018`, `6 de marzo de 2018`, `2018. március 6.`
fn worded(words: &[Word]) -> Option<(NaiveDate, usize)> {
    let [a, b, c, ..] = words else { return None };
    let (year, month, day) = match (a.month(), b.month(), a.year()) {
        (Some(month), _, _) => (c.year()?, month, b.day()?),
        (None, Some(month), Some(year)) => (year, month, c.day()?),
        (None, Some(month), None) => (c.year()?, month, a.day()?),
        _ => return None,
    };
    // Words of one date stand together.
    let close = c.end - a.start <= 40;
    let on = NaiveDate::from_ymd_opt(year, month, day)?;
    close.then_some((on, 3))
}

/// `06.03.2018`, `6/3/2018`, `06.03.18`; the other order where the wanted one cannot be.
fn numbers(words: &[Word], chars: &[char], order: Order) -> Option<(NaiveDate, usize)> {
    let [a, b, c, ..] = words else { return None };
    let sign = *chars.get(a.end)?;
    let signs = matches!(sign, '.' | '/' | '-')
        && a.end + 1 == b.start
        && c.start == b.end + 1
        && chars.get(b.end) == Some(&sign);
    let before = a.start.checked_sub(1).and_then(|at| chars.get(at));
    let goes_on = |c: Option<&char>| c.is_some_and(|c| *c == sign && sign != '.' || *c == '_');
    let after = chars.get(c.end);
    if !signs || goes_on(before) || goes_on(after) {
        return None;
    }
    // Where a time follows without a gap, the year is all of the digits.
    let year = match c.chars.len() {
        4 => c.year()?,
        // `4.8.12` is a version.
        2 if a.chars.len() == 2 && b.chars.len() == 2 => 2000 + i32::try_from(c.number(2)?).ok()?,
        _ => {
            let digits = c.chars.get(..4)?;
            let year: i32 = digits.iter().collect::<String>().parse().ok()?;
            let timed = c.chars.get(4) == Some(&'T') && (1995..=2100).contains(&year);
            timed.then_some(year)?
        }
    };
    let (a, b) = (a.number(2)?, b.number(2)?);
    let (first, second) = match order {
        Order::MonthFirst if sign == '/' => ((a, b), (b, a)),
        _ => ((b, a), (a, b)),
    };
    NaiveDate::from_ymd_opt(year, first.0, first.1)
        .or_else(|| NaiveDate::from_ymd_opt(year, second.0, second.1))
        .filter(|on| *on >= dates::earliest())
        .map(|on| (on, 3))
}

/// The time of day that stands close behind a date.
fn time(words: &[Word], chars: &[char], end: usize) -> Option<NaiveTime> {
    words.windows(2).take(3).find_map(|pair| {
        let [hour, minute] = pair else { return None };
        let sign = chars
            .get(hour.end)
            .is_some_and(|c| matches!(c, ':' | '.' | 'h'));
        let close =
            hour.start - end <= 8 && hour.end + 1 == minute.start && minute.chars.len() >= 2;
        let digits: String = minute.chars.iter().take(2).collect();
        let afternoon = minute.chars.get(2).is_some_and(|c| matches!(c, 'p' | 'P'))
            || words
                .get(2)
                .is_some_and(|word| word.text().eq_ignore_ascii_case("pm"));
        let hour = hour.number(2).filter(|_| sign && close)?;
        let hour = if afternoon && hour < 12 {
            hour + 12
        } else {
            hour
        };
        NaiveTime::from_hms_opt(hour, digits.parse().ok()?, 0)
    })
}

/// Whether the date is one end of a period: `14. - 20. Januar 2022`, `1.2.2022 – 3.2.2022`.
fn is_ranged(words: &[Word], chars: &[char], at: usize, used: usize) -> bool {
    let joined = |from: usize, to: usize| {
        let between = chars.get(from..to).unwrap_or_default();
        let dash = between
            .iter()
            .filter(|c| matches!(c, '-' | '–' | '—' | '~'))
            .count();
        dash == 1 && between.len() <= 5
    };
    let (start, end) = span(words, at, used);
    let before = at.checked_sub(1).and_then(|before| words.get(before));
    let after = words.get(at + used);
    let number = |word: &Word| word.day().is_some() || word.year().is_some();
    let to = |word: &Word| matches!(word.text().as_str(), "bis" | "to" | "until" | "au" | "al");
    before.is_some_and(|word| number(word) && joined(word.end, start) || to(word))
        || after.is_some_and(|word| {
            let longer = word.day().is_some() && word.chars.len() <= 2;
            let dated = chars
                .get(word.end)
                .is_some_and(|c| matches!(c, '.' | '/' | ' '));
            longer && dated && joined(end, word.start) || to(word)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<NaiveDate> {
        let found = *scan(text, Order::DayFirst).first()?;
        match found.stamp {
            Stamp::Full(on) if !found.ranged => Some(on),
            _ => None,
        }
    }

    #[test]
    fn foreign_dates_are_read() {
        let expected = NaiveDate::from_ymd_opt(2018, 3, 6);
        for text in [
            "March 6, 2018",
            "Mar 6th, 2018",
            "6 March 2018",
            "Stand: 6. März 2018",
            "6 de marzo de 2018",
            "06.03.2018",
            "06/03/2018 10:00",
            "06.03.18, 10:00",
            "2018-03-06T10:00:00Z",
            "06-03-2018T14:12:32+0200",
            "6 марта 2018 г.",
            "6 Mart 2018",
            "6 mars 2018",
            "(06.03.2018). Traditionell",
            "2018. március 6.",
            "6. března 2018",
            "6 Μαρτίου 2018",
        ] {
            assert_eq!(first(text), expected, "{text}");
        }
        assert_eq!(
            first("10 juillet 2018"),
            NaiveDate::from_ymd_opt(2018, 7, 10)
        );
        let american = scan("3/6/2018", Order::MonthFirst);
        assert_eq!(american.first().map(|f| f.stamp), expected.map(Stamp::Full));
        for text in [
            "March 2018",
            "1.2.3",
            "WordPress 4.8.12",
            "tel. 010-123-4567",
            "no date",
            "Wochenbericht 14. - 20. Januar 2022",
            "vom 1.2.2022 - 3.2.2022",
            "20180306",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
