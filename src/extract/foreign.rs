//! Dates of pages that are not Chinese: `<time>`, month names of common languages, and day-first
//! numbers. Such pages are only ever probed one by one, so this is kept small.

use chrono::NaiveDate;

use super::article::Article;
use super::clean;
use super::dates;
use super::dom::{Dom, attr};
use super::metas;
use super::view::View;
use super::visible;
use crate::domain::finding::Basis;
use crate::domain::time::Date;

/// Whether a page is written in Chinese, by its declared language, its host, or its text.
pub fn is_chinese(dom: &Dom, host: &str) -> bool {
    let declared = dom
        .tagged("html")
        .find_map(|(_, html)| attr(html, "lang"))
        .is_some_and(|lang| lang.to_ascii_lowercase().starts_with("zh"));
    if declared || host.ends_with(".cn") {
        return true;
    }
    let sample = dom.text(0, dom.len(), 4000);
    let wide = sample
        .chars()
        .filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c))
        .count();
    let kana = sample
        .chars()
        .filter(|c| ('\u{3040}'..='\u{30ff}').contains(c))
        .count();
    wide * 10 >= sample.chars().count() && kana * 10 < wide.max(1)
}

/// The publication date of a foreign article.
pub fn read(view: &View, title: Option<usize>) -> Option<Article> {
    by_time_element(view, title).or_else(|| by_text(view, title))
}

/// The `<time>` nearest behind the title; one marked as changed counts last.
fn by_time_element(view: &View, title: Option<usize>) -> Option<Article> {
    let mut best: Option<(u32, Date, String)> = None;
    for (at, time) in view.dom.tagged("time").take(60) {
        let Some(text) = attr(time, "datetime") else {
            continue;
        };
        let Some((on, _)) = metas::stamp_of(text, false) else {
            continue;
        };
        let marked = attr(time, "class").unwrap_or_default();
        let changed = marked.contains("updated") || marked.contains("modified");
        let named = attr(time, "pubdate").is_some()
            || marked.contains("publish")
            || attr(time, "itemprop") == Some("datePublished");
        let behind = title.is_none_or(|title| at > title);
        let rank = u32::from(named) * 4 + u32::from(!changed) * 2 + u32::from(behind);
        let better = best.as_ref().is_none_or(|(other, ..)| rank > *other);
        if better && dates::is_plausible(on, view.today) {
            best = Some((rank, on, text.to_owned()));
        }
    }
    best.map(|(_, on, text)| article(on, Basis::ArticleMeta, &text))
}

/// The first date behind the title, else the first of the page that stands in a short text.
fn by_text(view: &View, title: Option<usize>) -> Option<Article> {
    let start = title.unwrap_or(0);
    let texts = view.dom.texts(start, view.dom.len()).take(150);
    let before = view.dom.texts(0, start).take(400);
    texts.chain(before).find_map(|(at, text)| {
        let short = text.trim().chars().count() <= 100 && !visible::in_link(view.dom, at);
        let on = scan(text).filter(|on| short && dates::is_plausible(*on, view.today))?;
        Some(article(on, Basis::ArticleLabel, text))
    })
}

fn article(on: Date, basis: Basis, snippet: &str) -> Article {
    Article {
        on,
        time: None,
        basis,
        snippet: clean::line(snippet, clean::SNIPPET),
        title: String::new(),
    }
}

/// Beginnings of month names, in the order of the months: English, German, French, Spanish,
/// Italian, Portuguese, Dutch, Polish, Turkish, Russian and Ukrainian.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen", "sty", "oca", "янв", "січ"],
    &["feb", "fév", "fev", "lut", "şub", "фев", "лют"],
    &["mar", "mär", "mrz", "maa", "мар", "бер"],
    &["apr", "avr", "abr", "kwi", "nis", "апр", "кві"],
    &["may", "mai", "mag", "mei", "maj", "мая", "май", "тра"],
    &["jun", "jui", "giu", "cze", "haz", "июн", "чер"],
    &["jul", "juil", "lug", "lip", "tem", "июл", "лип"],
    &["aug", "aoû", "aou", "ago", "sie", "ağu", "авг", "сер"],
    &["sep", "set", "wrz", "eyl", "сен", "вер"],
    &["oct", "okt", "ott", "out", "paź", "eki", "окт", "жов"],
    &["nov", "lis", "kas", "ноя", "лис"],
    &["dec", "dez", "déc", "dic", "gru", "ara", "дек", "гру"],
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

/// The first date of a text.
pub fn scan(text: &str) -> Option<Date> {
    if !dates::has_digit(text) {
        return None;
    }
    let iso = dates::scan(text)
        .into_iter()
        .find_map(|found| match found.stamp {
            dates::Stamp::Full(on) if found.end - found.start >= 8 && found.full_year => Some(on),
            _ => None,
        });
    iso.or_else(|| worded(text)).or_else(|| day_first(text))
}

/// `March 6, 2018`, `6. März 2018`, `6 de marzo de 2018`.
fn worded(text: &str) -> Option<Date> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| {
            !word.is_empty() && !matches!(*word, "de" | "del" | "of" | "a" | "g" | "р" | "г")
        })
        .take(40)
        .collect();
    words.windows(3).find_map(|three| match three {
        [a, b, c] => {
            let year = |text: &str| {
                text.parse::<i32>()
                    .ok()
                    .filter(|y| (1995..=2100).contains(y))
            };
            let (m, d) = match (month(a), month(b)) {
                (Some(m), _) => (m, *b),
                (None, Some(m)) => (m, *a),
                _ => return None,
            };
            let day = d
                .trim_end_matches(|c: char| c.is_alphabetic())
                .parse()
                .ok()?;
            NaiveDate::from_ymd_opt(year(c)?, m, day)
        }
        _ => None,
    })
}

/// `06.03.2018`, `6/3/2018`, `06.03.18`; month first only where the day cannot stand first.
fn day_first(text: &str) -> Option<Date> {
    text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '/' | '-')))
        .find_map(|token| {
            let parts: Vec<&str> = token
                .trim_matches(['.', '/', '-'])
                .split(['.', '/', '-'])
                .collect();
            let [a, b, y] = parts.as_slice() else {
                return None;
            };
            let year: i32 = y.parse().ok()?;
            let year = match y.len() {
                4 => year,
                2 => 2000 + year,
                _ => return None,
            };
            let (a, b) = (a.parse().ok()?, b.parse().ok()?);
            NaiveDate::from_ymd_opt(year, b, a)
                .or_else(|| NaiveDate::from_ymd_opt(year, a, b))
                .filter(|on| *on >= dates::earliest())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "6 марта 2018 г.",
            "6 Mart 2018",
            "6 mars 2018",
        ] {
            assert_eq!(scan(text), expected, "{text}");
        }
        assert_eq!(
            scan("10 juillet 2018"),
            NaiveDate::from_ymd_opt(2018, 7, 10)
        );
        for text in ["March 2018", "1.2.3", "tel. 010-123-4567", "no date"] {
            assert_eq!(scan(text), None, "{text}");
        }
    }
}
