//! Rows that hide in scripts and data islands, written out as plain list markup: records in
//! CDATA, `document.write`, arrays and JSON in scripts, feeds, and bodies that are JSON as a whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::clean;
use super::dates;
use super::loose::{self, Value};

/// The most bytes of markup that are produced for one page.
const MAX_OUT: usize = 1024 * 1024;
/// Literals that are tried in one page, and the bytes read for them.
const MAX_TRIES: usize = 400;
const MAX_READ: usize = 4 * 1024 * 1024;

/// The hidden rows of a page as markup; empty when there are none.
pub fn rows(text: &str) -> String {
    let mut out = Out {
        html: String::new(),
        tries: 0,
        read: 0,
    };
    let lead = text.trim_start_matches('\u{feff}').trim_start();
    if lead.starts_with(['{', '[']) || is_padded(lead) {
        out.literals(lead);
        return out.html;
    }
    out.records(text);
    out.feed(text);
    out.scripts(text);
    out.html
}

/// JSON with a function name before it.
fn is_padded(text: &str) -> bool {
    let name = text
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$'))
        .count();
    let rest = text.get(name..).unwrap_or_default();
    name > 0 && name < 80 && (rest.starts_with("({") || rest.starts_with("(["))
}

struct Out {
    html: String,
    tries: usize,
    read: usize,
}

impl Out {
    fn room(&self) -> bool {
        self.html.len() < MAX_OUT
    }

    fn fragment(&mut self, html: &str) {
        if !self.room() {
            return;
        }
        let trimmed = html.trim_start();
        if trimmed
            .get(..3)
            .is_some_and(|s| s.eq_ignore_ascii_case("<tr"))
        {
            let _ = write!(self.html, "<table>{html}</table>");
        } else {
            self.html.push_str(html);
        }
        self.html.push('\n');
    }

    fn row(&mut self, title: &str, link: Option<&str>, date: Option<&str>) {
        if !self.room() || clean::weight(title) < 4 {
            return;
        }
        let href = link
            .map(|link| format!(" href=\"{}\"", escape(link.trim())))
            .unwrap_or_default();
        let date = date.map(escape).unwrap_or_default();
        let title = escape(&clean::line(&without_tags(title), clean::TITLE));
        let _ = writeln!(
            self.html,
            "<ul><li><a{href}>{title}</a><span>{date}</span></li></ul>"
        );
    }

    /// Hanweb's data islands: every `<record>` holds one row of markup.
    fn records(&mut self, text: &str) {
        let mut open = false;
        for record in between(text, "<record>", "</record>") {
            let inner = record.trim();
            let inner = inner
                .strip_prefix("<![CDATA[")
                .and_then(|s| s.strip_suffix("]]>"))
                .unwrap_or(inner);
            if !open {
                self.html.push_str("<div class=\"record\">");
                open = true;
            }
            self.fragment(inner);
        }
        if open {
            self.html.push_str("</div>");
        }
    }

    /// RSS and Atom.
    fn feed(&mut self, text: &str) {
        let head: String = text.chars().take(600).collect();
        if !head.contains("<rss") && !head.contains("<feed") && !head.contains("<rdf") {
            return;
        }
        for item in between(text, "<item", "</item>").chain(between(text, "<entry", "</entry>")) {
            let field = |name: &str| {
                let close = format!("</{name}>");
                let inner = item
                    .split_once(&format!("<{name}"))?
                    .1
                    .split_once('>')?
                    .1
                    .split_once(&close)?
                    .0
                    .trim();
                Some(
                    inner
                        .strip_prefix("<![CDATA[")
                        .and_then(|s| s.strip_suffix("]]>"))
                        .unwrap_or(inner),
                )
            };
            let date = field("pubDate")
                .or_else(|| field("published"))
                .or_else(|| field("updated"))
                .map(feed_date);
            self.row(
                field("title").unwrap_or_default(),
                field("link"),
                date.as_deref(),
            );
        }
    }

    fn scripts(&mut self, text: &str) {
        for script in between(text, "<script", "</script") {
            let Some((head, body)) = script.split_once('>') else {
                continue;
            };
            if body.len() < 40 || head.contains("ld+json") {
                continue;
            }
            self.written(body);
            self.numbered(body);
            if has_title_key(body)
                || body.contains("href=")
                || body.contains("[[")
                || body.contains("Array(")
            {
                self.literals(body);
            }
        }
    }

    /// `document.write` and `writeln`: the strings of all calls of one script, joined.
    fn written(&mut self, script: &str) {
        let mut joined = String::new();
        let mut rest = script;
        while let Some(at) = rest.find("document.write") {
            rest = rest.get(at + "document.write".len()..).unwrap_or_default();
            let Some(call) = rest
                .strip_prefix("ln")
                .unwrap_or(rest)
                .trim_start()
                .strip_prefix('(')
            else {
                continue;
            };
            let (text, used) = loose::strings_of_call(call);
            joined.push_str(&text);
            rest = call.get(used..).unwrap_or_default();
            if joined.len() > MAX_OUT {
                break;
            }
        }
        if joined.contains("<a") || joined.contains("<A") {
            self.fragment(&joined);
        }
    }

    /// `title[3]="…"; url[3]="…"; day[3]="…"`: the strings of one number are one row.
    fn numbered(&mut self, script: &str) {
        let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        let mut rest = script;
        while let Some(at) = rest.find(']') {
            let (before, after) = rest.split_at(at);
            rest = after.get(1..).unwrap_or_default();
            let Some((head, number)) = before.rsplit_once('[') else {
                continue;
            };
            let Ok(number) = number.trim().parse::<u32>() else {
                continue;
            };
            let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
                continue;
            };
            let Some((Value::Text(value), _)) = value
                .starts_with(['"', '\''])
                .then(|| loose::read(value))
                .flatten()
            else {
                continue;
            };
            let named = head.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if named && number < 2000 {
                rows.entry(number).or_default().push(value);
            }
        }
        for values in rows.values().filter(|values| values.len() >= 2) {
            let texts: Vec<&str> = values.iter().map(String::as_str).take(12).collect();
            self.of_texts(&texts);
        }
    }

    /// One row from loose strings: an address, a title, a date or its parts.
    fn of_texts(&mut self, texts: &[&str]) {
        let is_link = |t: &str| {
            !t.contains(char::is_whitespace)
                && (t.starts_with("http")
                    || t.starts_with('/')
                    || t.contains(".htm")
                    || t.contains(".shtml")
                    || t.contains(".jsp"))
        };
        let link = texts.iter().copied().find(|t| is_link(t));
        let title = texts
            .iter()
            .copied()
            .filter(|t| !is_link(t))
            .max_by_key(|t| clean::weight(t));
        let dated = |t: &str| {
            dates::scan(t).iter().any(|f| {
                matches!(f.stamp, dates::Stamp::Full(_))
                    && dates::standing(t, f) == dates::Standing::Alone
            })
        };
        let date = texts
            .iter()
            .copied()
            .find(|t| Some(*t) != title && dated(t))
            .map(str::to_owned);
        let parts: Vec<&str> = texts
            .iter()
            .copied()
            .filter(|t| t.len() <= 4 && t.bytes().all(|b| b.is_ascii_digit()) && !t.is_empty())
            .collect();
        let date = date.or_else(|| match parts.as_slice() {
            [y, m, d] if y.len() == 4 => Some(format!("{y}-{m}-{d}")),
            _ => None,
        });
        if let Some(title) = title.filter(|_| link.is_some() && date.is_some()) {
            self.row(title, link, date.as_deref());
        }
    }

    /// Object and array literals anywhere in a text.
    fn literals(&mut self, text: &str) {
        let mut at = 0;
        while let Some(offset) = text.get(at..).and_then(|rest| rest.find(['{', '['])) {
            at += offset;
            if self.tries >= MAX_TRIES || self.read >= MAX_READ || !self.room() {
                return;
            }
            let rest = text.get(at..).unwrap_or_default();
            let inner = rest.get(1..).unwrap_or_default().trim_start();
            if !inner.starts_with(['{', '[', '"', '\'']) && !starts_with_key(inner) {
                at += 1;
                continue;
            }
            self.tries += 1;
            match loose::read(rest) {
                Some((value, used)) => {
                    self.read += used;
                    self.value(&value, 0);
                    at += used.max(1);
                }
                None => {
                    self.read += 2000;
                    at += 1;
                }
            }
        }
    }

    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Object(pairs) => {
                if !self.object(pairs) {
                    pairs
                        .iter()
                        .for_each(|(_, inner)| self.value(inner, depth + 1));
                }
            }
            Value::List(values) => {
                let texts: Vec<&str> = values
                    .iter()
                    .filter_map(|v| {
                        if let Value::Text(t) = v {
                            Some(t.as_str())
                        } else {
                            None
                        }
                    })
                    .collect();
                if texts.len() >= 3 && texts.len() == values.len() && depth > 0 {
                    self.of_texts(&texts);
                }
                values.iter().for_each(|inner| self.value(inner, depth + 1));
            }
            Value::Text(text)
                if text.len() > 40 && text.contains("<a") && text.contains("href") =>
            {
                self.fragment(text)
            }
            _ => {}
        }
    }

    /// A row from an object with a title, and a date or an address.
    fn object(&mut self, pairs: &[(String, Value)]) -> bool {
        let text = |wanted: &[&str]| {
            wanted.iter().find_map(|key| {
                pairs.iter().find_map(|(name, value)| match value {
                    Value::Text(text) if plain_key(name) == *key && !text.trim().is_empty() => {
                        Some(text.as_str())
                    }
                    _ => None,
                })
            })
        };
        let Some(title) = text(TITLE_KEYS) else {
            return false;
        };
        let date = DATE_KEYS.iter().find_map(|key| {
            pairs
                .iter()
                .find(|(name, _)| plain_key(name) == *key)
                .and_then(|(_, value)| date_of(value))
        });
        let link = text(LINK_KEYS);
        if date.is_none() && link.is_none() {
            return false;
        }
        self.row(title, link, date.as_deref());
        true
    }
}

const TITLE_KEYS: &[&str] = &[
    "title",
    "doctitle",
    "articletitle",
    "infotitle",
    "newstitle",
    "contenttitle",
    "linktitle",
    "subject",
    "headline",
    "showtitle",
    "listtitle",
    "topic",
    "biaoti",
    "mc",
    "bt",
];
const DATE_KEYS: &[&str] = &[
    "pubdate",
    "publishdate",
    "publishtime",
    "publishedtime",
    "publishedtimestr",
    "publishedtimeformat",
    "pubtime",
    "docpubtime",
    "docreltime",
    "releasedate",
    "releasetime",
    "displaydate",
    "displaytime",
    "showdate",
    "showtime",
    "infodate",
    "newsdate",
    "fbrq",
    "fbsj",
    "datetime",
    "date",
    "time",
    "writedate",
    "inputtime",
    "inputdate",
    "addtime",
    "adddate",
    "createdate",
    "createtime",
    "crtime",
];
const LINK_KEYS: &[&str] = &[
    "url",
    "link",
    "href",
    "docpuburl",
    "puburl",
    "linkurl",
    "infourl",
    "articleurl",
    "htmlurl",
    "pageurl",
    "urls",
    "path",
    "curl",
    "visiturl",
    "urlpath",
    "filepath",
];

fn plain_key(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase()
}

fn has_title_key(script: &str) -> bool {
    ["itle", "ITLE", "ubject", "SUBJECT", "eadline"]
        .iter()
        .any(|word| script.contains(word))
}

fn starts_with_key(text: &str) -> bool {
    let name = text
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .count();
    name > 0
        && name < 60
        && text
            .get(name..)
            .is_some_and(|rest| rest.trim_start().starts_with(':'))
}

fn date_of(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => dates::from_epoch(*number).map(|(on, _)| on.to_string()),
        Value::Text(text) => match text.trim().parse::<i64>() {
            Ok(number) if text.trim().len() >= 10 => {
                dates::from_epoch(number).map(|(on, _)| on.to_string())
            }
            _ => dates::scan(text).first().map(|_| clean::line(text, 40)),
        },
        _ => None,
    }
}

/// `Fri, 16 Mar 2018 09:15:00 +0800`, or a date as it stands.
fn feed_date(text: &str) -> String {
    chrono::DateTime::parse_from_rfc2822(text.trim())
        .map(|at| {
            at.with_timezone(&crate::domain::time::china())
                .date_naive()
                .to_string()
        })
        .unwrap_or_else(|_| text.to_owned())
}

fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars().take(2000) {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// The texts between an opening and a closing word, without regard to case.
fn between<'t>(
    text: &'t str,
    open: &'static str,
    close: &'static str,
) -> impl Iterator<Item = &'t str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + find(text.get(at..)?, open)? + open.len();
        let length = find(text.get(start..)?, close)?;
        at = start + length + close.len();
        text.get(start..start + length)
    })
}

fn find(text: &str, word: &str) -> Option<usize> {
    let (bytes, word) = (text.as_bytes(), word.as_bytes());
    let first = *word.first()?;
    let mut at = 0;
    loop {
        at += bytes
            .get(at..)?
            .iter()
            .position(|b| b.eq_ignore_ascii_case(&first))?;
        if bytes.get(at..at + word.len())?.eq_ignore_ascii_case(word) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_rows_come_out_with_title_link_and_date() {
        let cases = [
            (
                "hanweb",
                r#"<script type="text/xml"><datastore><recordset><record><![CDATA[<li><a href="/art/1.html">关于通知的公告</a><span>2018-03-16</span></li>]]></record></recordset></datastore></script>"#,
            ),
            (
                "written",
                r#"<script>document.writeln("<li><a href='/art/1.html'>关于通知的公告</a>");document.write("<b>2018-03-16<\/b></li>");</script>"#,
            ),
            (
                "escaped",
                r#"<script>document.write(unescape("%3Ca%20href='/art/1.html'%3E%u5173%u4E8E%u901A%u77E5%u7684%u516C%u544A%3C/a%3E 2018-03-16"))</script>"#,
            ),
            (
                "json in a script",
                r#"<script>var articleList = [{"title":"关于通知的公告","pubDate":"2018-03-16 09:15:00","url":"/art/1.html"}];</script>"#,
            ),
            (
                "milliseconds",
                r#"{"data":{"results":[{"title":"关于通知的公告","publishedTime":1521162900000,"url":"/art/1.html"}]}}"#,
            ),
            (
                "padded",
                r#"callback({"rows":[{"DOC_TITLE":"关于通知的公告","DOC_PUB_TIME":"2018-03-16","link":"/art/1.html"}]})"#,
            ),
            (
                "markup in json",
                r#"{"success":true,"data":{"html":"<ul><li><a href=\"/art/1.html\">关于通知的公告<\/a><span>2018-03-16</span></li></ul>"}}"#,
            ),
            (
                "numbered",
                "<script>var t=new Array(); t[0]='关于通知的公告';u[0]='/art/1.html';y[0]='2018';m[0]='03';d[0]='16';</script>",
            ),
            (
                "arrays",
                r#"<script>var list = [["关于通知的公告","/art/1.html","2018-03-16"],["关于检查的公告公告","/art/2.html","2018-03-15"]];</script>"#,
            ),
            (
                "feed",
                "<?xml version=\"1.0\"?><rss><channel><item><title>关于通知的公告</title><link>/art/1.html</link><pubDate>Fri, 16 Mar 2018 09:15:00 +0800</pubDate></item></channel></rss>",
            ),
        ];
        for (name, page) in cases {
            let html = rows(page);
            for word in ["关于通知的公告", "/art/1.html", "2018-03-16"] {
                assert!(html.contains(word), "{name}: {word} not in {html}");
            }
        }
    }

    #[test]
    fn ordinary_scripts_give_nothing() {
        for script in [
            "var a = {title: 'x', show: true}; b = [1,2,3];",
            "document.write('<script src=/x.js></'+'script>')",
            "if (a[0] == '首页') { c = '2018-03-16' }",
        ] {
            assert_eq!(
                rows(&format!("<p>text</p><script>{script}</script>")),
                "",
                "{script}"
            );
        }
    }
}
