//! Dates that a script writes where it stands: `发布时间：<script>document.write("2018-03-05")</script>`,
//! or into an element that it calls by name: `$("#time").html("2018-03-05")`. They are put in the
//! place of the script, and into the element, for whoever reads the page. Rows that scripts write
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

/// The longest text that is put into an element, in bytes.
const FILLED: usize = 40;
/// The most elements that are looked for, and the longest statement that fills one, in bytes.
const MOST_FILLED: usize = 16;
const STATEMENT: usize = 160;

/// The page with the dates that its scripts write; nothing where they write none.
pub fn inlined(source: &str) -> Option<String> {
    let written = written(source);
    let filled = filled(written.as_deref().unwrap_or(source));
    filled.or(written)
}

/// The page with the dates that its scripts put into elements.
fn filled(source: &str) -> Option<String> {
    let bytes = source.as_bytes();
    let mut out: Vec<(usize, &str)> = Vec::new();
    let mut left = MOST_FILLED;
    for (call, close) in [("getElementById(", ")."), ("$(", ").")] {
        for at in memmem::find_iter(bytes, call).take(MOST) {
            let from = at + call.len();
            let end = (from + STATEMENT).min(source.len());
            // Where a sign would be cut in two, it is left out.
            let rest = (0..4).find_map(|back| source.get(from..end.saturating_sub(back)));
            let rest = rest.unwrap_or_default();
            let Some((name, text)) = fill(rest, close, call == "$(").filter(|_| left > 0) else {
                continue;
            };
            left -= 1;
            let place = opened(source, name);
            let place = place.filter(|place| out.iter().all(|(other, _)| other != place));
            out.extend(place.map(|place| (place, text)));
        }
    }
    if out.is_empty() {
        return None;
    }
    out.sort_unstable();
    let mut page = String::with_capacity(source.len() + out.len() * FILLED);
    let mut from = 0;
    for (place, text) in out {
        page.push_str(source.get(from..place).unwrap_or_default());
        page.push_str(text);
        from = place;
    }
    page.push_str(source.get(from..).unwrap_or_default());
    Some(page)
}

/// The name of an element and the date that is put into it: `"time").innerHTML = "2018-03-05"`.
fn fill<'s>(rest: &'s str, close: &str, hashed: bool) -> Option<(&'s str, &'s str)> {
    let (name, rest) = quoted(rest)?;
    let name = match hashed {
        true => name.strip_prefix('#')?,
        false => name,
    };
    let rest = rest.trim_start().strip_prefix(close)?;
    let set = ["innerHTML", "innerText", "textContent"];
    let set = set.iter().find_map(|word| rest.strip_prefix(word));
    let value = match set {
        Some(rest) => rest.trim_start().strip_prefix('=')?,
        None => ["html(", "text("]
            .iter()
            .find_map(|word| rest.strip_prefix(word))?,
    };
    let (text, behind) = quoted(value)?;
    // What is put together with something else is not the whole text.
    let whole = behind
        .trim_start()
        .starts_with([';', ')', '}', '<', '\n', ',']);
    // A day of the week stands behind the day of today.
    let clock = text.contains("星期") || text.contains("今天");
    let plain = whole && text.len() <= FILLED && !text.contains('<') && !clock;
    let dated = plain && is_dated(text);
    (dated && !name.is_empty()).then_some((name, text))
}

/// The string with which a text begins, and what stands behind it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text.get(1..)?.split_once(quote)
}

/// Where the content of the element of this name begins, when that is empty.
fn opened(source: &str, name: &str) -> Option<usize> {
    if !name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    {
        return None;
    }
    let named = [
        format!(" id=\"{name}\""),
        format!(" id='{name}'"),
        format!(" id={name}>"),
        format!(" id={name} "),
    ];
    let at = named
        .iter()
        .find_map(|named| memmem::find(source.as_bytes(), named.as_bytes()))?;
    let place = at + source.get(at..)?.find('>')? + 1;
    let rest = source.get(place..)?.trim_start();
    rest.starts_with("</").then_some(place)
}

/// The page with the dates that its scripts write where they stand.
fn written(source: &str) -> Option<String> {
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
    fn dates_that_are_put_into_an_element_stand_there() {
        for script in [
            "document.getElementById('pt').innerHTML='2018-03-05 10:11';",
            "document.getElementById(\"pt\").innerText = \"2018年3月5日\"",
            "$('#pt').html('2018-03-05')",
            "$(\"#pt\").text(\"2018-03-05\");",
        ] {
            let page = format!("<i id=\"pt\"></i><script>{script}</script>");
            let read = inlined(&page).unwrap_or_default();
            assert!(read.starts_with("<i id=\"pt\">2018"), "{script} {read}");
        }
        let bare = inlined("<i id=pt></i><script>$('#pt').html('2018-03-05')</script>");
        assert!(bare.is_some_and(|page| page.starts_with("<i id=pt>2018")));
        for (page, script) in [
            ("<i id='pt'>2018-03-01</i>", "$('#pt').html('2018-03-05')"),
            ("<i id='pt'></i>", "$('#pt').html('2018-03-05'+x)"),
            ("<i id='pt'></i>", "$('#pt').html('<a>2018-03-05</a>')"),
            ("<i id='pt'></i>", "$('#qt').html('2018-03-05')"),
            ("<i id='pt'></i>", "$('.pt').html('2018-03-05')"),
            ("<i id='pt'></i>", "$('#pt').html('loading')"),
            ("<i id='pt'></i>", "$('#pt').html('2018-03-18 星期日')"),
            ("<i id='pt'></i>", "$('#pt').attr('2018-03-05')"),
        ] {
            let page = format!("{page}<script>{script}</script>");
            assert_eq!(inlined(&page), None, "{page}");
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
