//! Dates that a script writes where it stands: `发布时间：<script>document.write("2018-03-05")</script>`.
//! They are put in the place of the script, for whoever reads the page. Rows that scripts write
//! are read elsewhere.

use memchr::memmem;

use super::dates::{self, Stamp};
use super::loose;

/// The longest script that is looked at, tags included, in bytes.
const SCRIPT: usize = 700;
/// The longest text that is put in its place, in bytes.
const TEXT: usize = 200;
/// The most scripts of a page.
const MOST: usize = 500;

/// The page with the dates that its scripts write; nothing where they write none.
pub fn inlined(source: &str) -> Option<String> {
    let writes = memmem::Finder::new("document.write");
    let bytes = source.as_bytes();
    let mut out = String::new();
    let (mut kept, mut from) = (0, 0);
    for _ in 0..MOST {
        let Some(at) = bytes
            .get(from..)
            .and_then(|rest| writes.find(rest))
            .map(|offset| from + offset)
        else {
            break;
        };
        from = at + 1;
        let Some((start, end)) = script(bytes, kept, at) else {
            continue;
        };
        from = end;
        if let Some(text) = source.get(start..end).and_then(text) {
            out.push_str(source.get(kept..start).unwrap_or_default());
            out.push_str(&text);
            kept = end;
        }
    }
    if kept == 0 {
        return None;
    }
    out.push_str(source.get(kept..).unwrap_or_default());
    Some(out)
}

/// The script around a place, when it is a short one.
fn script(bytes: &[u8], from: usize, at: usize) -> Option<(usize, usize)> {
    let first = from.max(at.saturating_sub(SCRIPT));
    let start = first + memmem::rfind(bytes.get(first..at)?, b"<script")?;
    if memmem::find(bytes.get(start..at)?, b"</script").is_some() {
        return None;
    }
    let last = (start + SCRIPT).min(bytes.len());
    let close = at + memmem::find(bytes.get(at..last)?, b"</script")?;
    let end = close + memchr::memchr(b'>', bytes.get(close..last)?)? + 1;
    Some((start, end))
}

/// What a script writes, when that is a date with hardly anything around it: the strings of its
/// calls, or the only date among its strings where it writes a variable.
fn text(script: &str) -> Option<String> {
    let (_, body) = script.split_once('>')?;
    let body = body.get(..body.rfind("</script")?)?;
    // What time it is now is no date of the page.
    if body.contains("getFullYear") || body.contains("new Date()") || body.contains("<a") {
        return None;
    }
    let mut written = String::new();
    for call in body.split("document.write").skip(1) {
        let call = call.strip_prefix("ln").unwrap_or(call).trim_start();
        written.push_str(&loose::strings_of_call(call.strip_prefix('(')?).0);
    }
    let text = Some(written).filter(|text| is_dated(text));
    text.or_else(|| only_string(body))
        .filter(|text| text.len() <= TEXT && !text.contains("--") && !text.contains("<script"))
}

fn is_dated(text: &str) -> bool {
    let partial = |stamp: &Stamp| matches!(stamp, Stamp::Full(_) | Stamp::MonthDay(..));
    dates::scan(text).iter().any(|found| partial(&found.stamp))
}

/// The only string of a script that is a date.
fn only_string(body: &str) -> Option<String> {
    let strings = body.split(['"', '\'']).skip(1).step_by(2);
    let mut dated = strings.filter(|text| text.len() <= TEXT && is_dated(text));
    let first = dated.next()?;
    dated.all(|other| other == first).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_dates_stand_where_the_script_stood() {
        let cases = [
            (r#"document.write("2018-03-05")"#, "<b>2018-03-05</b>"),
            (
                r#"document.writeln('<i>2018-03-05</i>');"#,
                "<b><i>2018-03-05</i></b>",
            ),
            (
                r#"var tm = "2018-03-05 09:00:00"; document.write(tm.substring(0,10));"#,
                "<b>2018-03-05 09:00:00</b>",
            ),
            (
                r#"document.write(formatDate("2018年3月5日"));"#,
                "<b>2018年3月5日</b>",
            ),
        ];
        for (script, expected) in cases {
            let page = format!("<b><script type=text/javascript>{script}</script></b>");
            assert_eq!(inlined(&page).as_deref(), Some(expected), "{script}");
        }
    }

    #[test]
    fn other_scripts_stay() {
        for script in [
            "document.write('<script src=/x.js></'+'script>')",
            "var d = new Date(); document.write(d.getFullYear()+'年3月5日')",
            "document.write('<li><a href=/1.html>关于通知的公告</a>2018-03-05</li>')",
            "document.write('访问量')",
            "var a='2018-03-05', b='2018-03-06'; document.write(a)",
            "var a='2018-03-05';",
        ] {
            assert_eq!(
                inlined(&format!("<script>{script}</script>")),
                None,
                "{script}"
            );
        }
    }
}
