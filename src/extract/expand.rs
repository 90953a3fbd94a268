//! Rows that hide in scripts and data islands, written out as plain list markup: records in
//! CDATA, `document.write`, arrays and JSON in scripts, feeds, and bodies that are JSON as a whole.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::island::Island;
use super::loose::{self, Value};
use super::words::Words;

/// The most bytes of one script's written strings.
const MAX_WRITTEN: usize = 1024 * 1024;

/// The hidden rows of a page as markup; empty when there are none.
pub fn rows(text: &str) -> Island {
    let mut out = Island::default();
    let lead = text.trim_start_matches('\u{feff}').trim_start();
    if lead.starts_with(['{', '[']) || is_padded(lead) {
        out.literals(lead);
        return out;
    }
    out.records(text);
    out.feed(text);
    out.scripts(text);
    out
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

impl Island {
    /// Hanweb's data islands: every `<record>` holds one row of markup.
    fn records(&mut self, text: &str) {
        let mut open = false;
        if !has_one(text, &["ecord>", "ECORD>"]) {
            return;
        }
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
            self.arrays(body);
            if KEYS.any_in(body) {
                self.literals(body);
            }
        }
    }

    /// `document.write` and `writeln`: the strings of all calls of one script, joined.
    fn written(&mut self, script: &str) {
        let mut joined = String::new();
        let mut rest = script;
        while let Some(at) = memchr::memmem::find(rest.as_bytes(), b"document.write") {
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
            if joined.len() > MAX_WRITTEN {
                break;
            }
        }
        if joined.contains("<a") || joined.contains("<A") {
            self.fragment(&joined);
        }
    }

    /// `new Array("…", "…", "2018-03-05")`, one call a row or one call of all.
    fn arrays(&mut self, script: &str) {
        let mut at = 0;
        let next = |at| {
            let rest = script.as_bytes().get(at..)?;
            memchr::memmem::find(rest, b"new Array(").map(|offset| at + offset)
        };
        while let Some(start) = next(at) {
            let used = match self.literal(script.get(start..).unwrap_or_default()) {
                Some(used) => used,
                None => return,
            };
            at = start + used.max("new Array(".len());
        }
    }

    /// `title[3]="…"; url[3]="…"; day[3]="…"`: the strings of one number are one row.
    fn numbered(&mut self, script: &str) {
        let mut rows: BTreeMap<u32, Vec<Cow<str>>> = BTreeMap::new();
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
            let texts: Vec<&str> = values.iter().map(AsRef::as_ref).take(12).collect();
            self.of_texts(&texts);
        }
    }
}

/// Signs of titles and rows in a script.
static KEYS: LazyLock<Words> = LazyLock::new(|| {
    Words::of(&[&[
        "itle", "ITLE", "ubject", "SUBJECT", "eadline", "href=", "[[", "Array(", "=[\"", "=['",
        "push([",
    ]])
});

fn has_one(script: &str, words: &[&str]) -> bool {
    let has = |word: &&str| memchr::memmem::find(script.as_bytes(), word.as_bytes()).is_some();
    words.iter().any(has)
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
    let is_here = |at: &usize| {
        bytes
            .get(*at..at + word.len())
            .is_some_and(|here| here.eq_ignore_ascii_case(word))
    };
    // All words begin with a sign.
    memchr::memchr_iter(first, bytes).find(is_here)
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
                "a call a row",
                r#"<script>arr[0]=new Array("关于通知的公告","/art/1.html","2018-03-16");arr[1]=new Array("关于检查的公告","/art/2.html","2018-03-15");</script>"#,
            ),
            (
                "a call of all",
                r#"<script>var list=new Array(new Array("关于通知的公告","/art/1.html","2018-03-16"),new Array("关于检查的公告","/art/2.html","2018-03-15"));</script>"#,
            ),
            (
                "brackets a row",
                r#"<script>arr[0]=["关于通知的公告","/art/1.html","2018-03-16"];arr[1]=["关于检查的公告","/art/2.html","2018-03-15"];</script>"#,
            ),
            (
                "feed",
                "<?xml version=\"1.0\"?><rss><channel><item><title>关于通知的公告</title><link>/art/1.html</link><pubDate>Fri, 16 Mar 2018 09:15:00 +0800</pubDate></item></channel></rss>",
            ),
        ];
        for (name, page) in cases {
            let html = rows(page).html;
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
                rows(&format!("<p>text</p><script>{script}</script>")).html,
                "",
                "{script}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_script_is_read_within_its_bounds(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "<script>", "</script>", "{", "}", "[", "]", "\"", "'", "\\", "\\u4e", "title:", "'关于通知的公告'",
                ",", "date:'2018-03-16'", "url:'/a'", "document.write(", ")", "<a href=x>", "t[1]=", "new Date(",
                "<record>", "<![CDATA[", "]]></record>", "unescape('%u", "%", "</SCRIPT", "<RSS><item", "é", "\u{feff}",
            ]), 0..200),
        ) {
            let text = parts.concat();
            proptest::prop_assert!(rows(&text).html.len() <= 100 * (text.len() + 100));
        }
    }
}
