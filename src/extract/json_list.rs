//! A list in data, read along configured paths: JSON with or without padding, JSON around a piece
//! of a page, XML with pieces of a page. What the paths do not lead to is missing, never guessed.

use scraper::Html;
use url::Url;

use super::date_format::DateFormat;
use super::dates::{self, Stamp};
use super::json_link::{Link, LinkFault};
use super::json_path::JsonPath;
use super::letters;
use super::loose::{self, Value};
use super::notes::Notes;
use super::printed::{Mark, Reserve};
use super::rows::Listed;
use super::{clean, expand};
use crate::domain::finding::Basis;
use crate::domain::note::Note;
use crate::domain::reading_rules::Shape;
use crate::domain::time::{Date, china};

/// The most rows that are read.
const MOST_ROWS: usize = 2000;
/// The longest padding before the data, in bytes.
const PADDING: usize = 200;
/// How much of a title is looked at, in characters.
const TITLE_CHARS: usize = 2000;

/// What the data turned out to be.
#[derive(Debug)]
pub enum Data {
    /// Rows, in the order of the data.
    Rows(Vec<Listed>),
    /// A piece of a page.
    Fragment(String),
    /// Nothing where the paths lead.
    Missing,
}

/// Whether a body is data and no page.
pub fn is_data(text: &str) -> bool {
    unpadded(text).is_some()
}

/// Reads `text` along the paths of `shape`.
pub fn read(
    text: &str,
    shape: &Shape,
    format: Option<&DateFormat>,
    base: &Url,
    notes: &mut Notes,
) -> Result<Data, LinkFault> {
    if *shape == Shape::Records {
        let count = text.matches("<record>").count();
        notes.say(Note::Records { count });
        return Ok(match count {
            0 => Data::Missing,
            _ => Data::Fragment(expand::rows(text).html),
        });
    }
    let Some((value, _)) = unpadded(text).and_then(loose::read) else {
        notes.say(Note::NoJson);
        return Ok(Data::Missing);
    };
    match shape {
        Shape::Fragment { html } => fragment(&value, html, notes),
        Shape::List {
            rows,
            title,
            url,
            date,
            answered,
        } => {
            let path = |text: &Option<String>| text.as_deref().map(JsonPath::parse).transpose();
            let paths = Paths {
                title: JsonPath::parse(title)?,
                url: url.as_deref().map(Link::parse).transpose()?,
                date: path(date)?,
                answered: path(answered)?,
            };
            let found = elements(&JsonPath::parse(rows)?, &value);
            notes.say(Note::RowsAt {
                path: rows.clone(),
                rows: found.len(),
            });
            Ok(paths.rows(&found, format, base, notes))
        }
        Shape::Records => Ok(Data::Missing),
    }
}

/// The data behind its padding, `callback(…)` or `var list = …`; `None` where it is no data.
pub fn unpadded(text: &str) -> Option<&str> {
    let lead = text.trim_start_matches('\u{feff}').trim_start();
    let at = lead.find(['{', '['])?;
    let padding = lead.get(..at)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || " \t\r\n_$.(=*/;".contains(c);
    (at <= PADDING && padding.chars().all(plain))
        .then(|| lead.get(at..))
        .flatten()
}

fn fragment(value: &Value, html: &str, notes: &mut Notes) -> Result<Data, LinkFault> {
    let found = JsonPath::parse(html)?;
    let mut markup = String::new();
    for value in found.all(value).into_iter().take(MOST_ROWS) {
        match value {
            Value::Text(text) => markup.push_str(text.trim()),
            _ => break,
        }
    }
    if markup.is_empty() {
        notes.say(Note::NoMarkupAt {
            path: html.to_owned(),
        });
        return Ok(Data::Missing);
    }
    notes.say(Note::MarkupAt {
        path: html.to_owned(),
        bytes: markup.len(),
    });
    // Rows of a table are none outside of one.
    let is_bare = markup
        .get(..3)
        .is_some_and(|tag| tag.eq_ignore_ascii_case("<tr"));
    Ok(Data::Fragment(match is_bare {
        true => format!("<table>{markup}</table>"),
        false => markup,
    }))
}

/// The markup that stands in data, where its shape is that of markup.
pub fn markup(text: &str, shape: &Shape) -> Option<String> {
    let shape = (!matches!(shape, Shape::List { .. })).then_some(shape)?;
    // Only what stands between braces has an address, and is no markup.
    let nowhere = Url::parse("http://localhost/").ok()?;
    match read(text, shape, None, &nowhere, &mut Notes::default()) {
        Ok(Data::Fragment(html)) => Some(html),
        Ok(Data::Rows(_) | Data::Missing) | Err(_) => None,
    }
}

/// The objects at a path: those of the lists to which it leads, and those to which it leads itself.
pub fn elements<'v>(path: &JsonPath, value: &'v Value<'v>) -> Vec<&'v Value<'v>> {
    path.all(value)
        .into_iter()
        .flat_map(|value| match value {
            Value::List(values) => values.iter().collect(),
            other => vec![other],
        })
        .filter(|value| matches!(value, Value::Object(_) | Value::List(_)))
        .take(MOST_ROWS)
        .collect()
}

/// The paths within a row.
struct Paths {
    title: JsonPath,
    url: Option<Link>,
    date: Option<JsonPath>,
    answered: Option<JsonPath>,
}

impl Paths {
    fn rows(
        &self,
        found: &[&Value],
        format: Option<&DateFormat>,
        base: &Url,
        notes: &mut Notes,
    ) -> Data {
        let rows: Vec<Listed> = found
            .iter()
            .enumerate()
            .filter_map(|(at, value)| self.row(at, value, format, base))
            .collect();
        let linked = rows.iter().filter(|row| row.url.is_some()).count();
        let dated = rows.iter().filter(|row| row.mark.is_some()).count();
        notes.say(Note::PartsFound {
            titles: rows.len(),
            addresses: linked,
            dates: dated,
        });
        if rows.is_empty() || (self.date.is_some() && dated == 0) {
            Data::Missing
        } else {
            Data::Rows(rows)
        }
    }

    fn row(
        &self,
        at: usize,
        value: &Value,
        format: Option<&DateFormat>,
        base: &Url,
    ) -> Option<Listed> {
        let title = match self.title.first(value)? {
            Value::Text(text) => bare(text),
            _ => return None,
        };
        let sign = self.answered.as_ref().and_then(|path| path.first(value));
        if sign.is_some_and(letters::waits) {
            return None;
        }
        let date = self.date.as_ref().and_then(|path| path.first(value));
        (!title.is_empty()).then(|| Listed {
            weight: clean::weight(&title),
            title,
            url: self.url.as_ref().and_then(|link| link.of(value, base)),
            mark: date.and_then(|date| mark(date, format)),
            block: at,
            list: 0,
            path: 0,
            hidden: false,
            tucked: false,
            furniture: false,
        })
    }
}

/// A title without the markup and the entities that some systems leave in it.
pub fn bare(text: &str) -> String {
    let text: String = text.chars().take(TITLE_CHARS).collect();
    if !text.contains(['<', '&']) {
        return clean::line(&text, clean::TITLE);
    }
    let html = Html::parse_fragment(&text);
    let shown: String = html.root_element().text().collect();
    clean::line(&shown, clean::TITLE)
}

/// The date of a value: an epoch in seconds or milliseconds, an instant, or a date as printed.
fn mark(value: &Value, format: Option<&DateFormat>) -> Option<Mark> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.trim().chars().take(clean::SNIPPET).collect(),
        _ => return None,
    };
    let stamp = match format {
        Some(format) => format.find(&text)?,
        None => epoch(&text)
            .or_else(|| instant(&text))
            .map(Stamp::Full)
            .or_else(|| printed(&text))?,
    };
    Some(Mark {
        stamp,
        basis: Basis::OwnRules,
        snippet: clean::line(&text, clean::SNIPPET),
        apart: true,
        reserve: Reserve::None,
    })
}

fn epoch(text: &str) -> Option<Date> {
    let number = text.parse().ok().filter(|_| text.len() >= 9)?;
    dates::from_epoch(number).map(|(on, _)| on)
}

/// `2018-03-15T16:00:00.000+0000`: the only dates whose zone is known are those that state it.
fn instant(text: &str) -> Option<Date> {
    chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_| chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()
        .map(|at| at.with_timezone(&china()).date_naive())
}

/// A date as people read it, or run together: `20180316091500`.
fn printed(text: &str) -> Option<Stamp> {
    let run_together = text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = if run_together { text.get(..8)? } else { text };
    dates::scan(text)
        .first()
        .map(|found| found.in_china().stamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading_rules::Preset;

    fn base() -> Url {
        Url::parse("http://www.a.gov.cn/tzgg/").unwrap()
    }

    fn rows(text: &str, shape: &Shape) -> Option<Vec<(String, String, String)>> {
        match read(text, shape, None, &base(), &mut Notes::default()).unwrap() {
            Data::Rows(rows) => Some(
                rows.into_iter()
                    .map(|row| {
                        let on = row.mark.map(|mark| match mark.stamp {
                            Stamp::Full(on) => on.to_string(),
                            other => format!("{other:?}"),
                        });
                        let url = row.url.map(String::from);
                        (row.title, url.unwrap_or_default(), on.unwrap_or_default())
                    })
                    .collect(),
            ),
            Data::Fragment(_) | Data::Missing => None,
        }
    }

    fn one(title: &str, url: &str, on: &str) -> Option<Vec<(String, String, String)>> {
        Some(vec![(title.to_owned(), url.to_owned(), on.to_owned())])
    }

    #[test]
    fn each_preset_reads_the_data_of_its_family() {
        let article = "http://www.a.gov.cn/a/1.html";
        let cases = [
            (
                Preset::Ucap,
                r#"{"data":{"results":[{"title":"关于检查的通知","url":"//www.a.gov.cn/a/1.html","publishedTime":1521129600000,"publishedTimeStr":"2018-03-16 09:15:00"}]}}"#,
            ),
            (
                Preset::Gkmlpt,
                r#"{"total":1,"articles":[{"id":7,"title":"关于检查的通知","url":"http://www.a.gov.cn/a/1.html","display_publish_time":1521162900,"create_time":1521000000}]}"#,
            ),
            (
                Preset::Xinhua,
                r#"{"categoryName":"通知","datasource":[{"title":"<a>关于检查的通知</a>","publishUrl":"/a/1.html","publishTime":"2018-03-16 09:15:00"}]}"#,
            ),
        ];
        for (preset, text) in cases {
            let expected = one("关于检查的通知", article, "2018-03-16");
            assert_eq!(rows(text, &preset.shape()), expected, "{preset:?}");
        }
        let jpaas = r#"{"success":true,"data":{"html":"<ul><li><a href='\/a\/1.html'>通知<\/a><\/li><\/ul>"}}"#;
        let hanweb = "<datastore><recordset><record><![CDATA[<li><a href='/a/1.html'>通知</a></li>]]></record></recordset></datastore>";
        for (preset, text) in [(Preset::Jpaas, jpaas), (Preset::HanwebDataproxy, hanweb)] {
            let data = read(text, &preset.shape(), None, &base(), &mut Notes::default());
            let Data::Fragment(html) = data.unwrap() else {
                panic!("{preset:?}");
            };
            assert!(html.contains("<a href='/a/1.html'>通知</a>"), "{html}");
        }
    }

    #[test]
    fn padding_is_peeled_off_and_pages_are_no_data() {
        for text in [
            "cb({\"a\":1});",
            "\u{feff} /**/ jQuery1_2.cb( [1] )",
            "var list = [1];",
            "{\"a\":1}",
        ] {
            assert!(is_data(text), "{text}");
        }
        for text in ["<html>{a}", "", "通知 {", "if (a<b) {"] {
            assert!(!is_data(text), "{text}");
        }
    }

    #[test]
    fn dates_are_read_in_all_forms_of_data() {
        let shape = Shape::List {
            rows: "$".to_owned(),
            title: "t".to_owned(),
            url: None,
            date: Some("d".to_owned()),
            answered: None,
        };
        for date in [
            "1521162900000",
            "\"1521162900000\"",
            "1521162900",
            "\"2018-03-16 09:15\"",
            "\"2018年3月16日\"",
            "20180316",
            "\"20180316091500\"",
            "\"2018-03-15T16:00:00.000+0000\"",
            "\"2018-03-15T16:00:00Z\"",
        ] {
            let text = format!("[{{t:'通知',d:{date}}}]");
            assert_eq!(rows(&text, &shape), one("通知", "", "2018-03-16"), "{date}");
        }
    }

    #[test]
    fn what_the_paths_do_not_lead_to_is_missing() {
        let shape = Preset::Ucap.shape();
        for text in [
            "",
            "{",
            "<html></html>",
            r#"{"data":{}}"#,
            r#"{"data":{"results":[]}}"#,
            r#"{"data":{"results":[{"name":"通知"}]}}"#,
            r#"{"data":{"results":[{"title":"通知","publishedTimeStr":"昨"}]}}"#,
            r#"{"data":{"results":"通知"}}"#,
            &r#"{"data":"#.repeat(100_000),
            &"[".repeat(1_000_000),
        ] {
            assert_eq!(rows(text, &shape), None, "{text:.60}");
        }
    }
}
