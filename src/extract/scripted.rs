//! The publication of an article as its scripts hold it: `fbrq = "2024年…"`, `__$pubtime='…'`, JSON-LD's
//! `datePublished`. Scripts hold the publications of other articles too: an object that names
//! another one, or one of many that does not name this one, says nothing of the page.

use memchr::memmem;

use super::article::Article;
use super::clean;
use super::clues::Clues;
use super::dates;
use super::moment;
use crate::domain::finding::Basis;

/// Names of publications in scripts, the surest first.
const NAMES: [&str; 13] = [
    "var ct",
    "datePublished",
    "pubtime",
    "publishTime",
    "publish_time",
    "publishDate",
    "publish_date",
    "publishedAt",
    "published_at",
    "pubDate",
    "PubDate",
    "fbrq",
    "fbsj",
];
/// The most places of one name that are looked at.
const PLACES: usize = 20;
/// The most values of a page whose objects are looked at.
const VALUES: usize = 24;
/// How far before a value its script may begin, and how much of its object is read, in bytes.
const REACH: usize = 64 * 1024;
const OBJECT: usize = 4000;

/// The publication that the scripts of the page tell.
pub fn read(clues: &Clues) -> Option<Article> {
    let source = clues.source;
    let title = clean::squeezed(clues.heads.title(&clues.metas));
    let mut left = VALUES;
    for name in NAMES {
        for at in memmem::find_iter(source.as_bytes(), name).take(PLACES) {
            let Some(article) = valued(clues, name, at + name.len()) else {
                continue;
            };
            if left == 0 {
                return None;
            }
            left -= 1;
            if is_own(source, at, &title) {
                return Some(article);
            }
        }
    }
    None
}

/// The date behind a name.
fn valued(clues: &Clues, name: &str, end: usize) -> Option<Article> {
    let after: String = clues.source.get(end..)?.chars().take(60).collect();
    let rest = after.trim_start_matches(['"', '\'', ' ']);
    let value = rest
        .strip_prefix([':', '='])?
        .trim_start()
        .trim_start_matches(['"', '\'']);
    let value = value.split(['"', '\'', ';', ',', '<', '}', ')']).next()?;
    let (on, time) = match value.trim().parse::<i64>() {
        Ok(epoch) => dates::from_epoch(epoch).map(|(on, time)| (on, Some(time)))?,
        Err(_) => moment::of(value, clues.chinese).map(|moment| (moment.on, moment.time))?,
    };
    dates::is_plausible(on, clues.today).then(|| Article {
        on,
        time,
        month_only: false,
        basis: Basis::Script,
        snippet: clean::line(&format!("{name}: {value}"), clean::SNIPPET),
        title: String::new(),
    })
}

/// Whether the value at a place may be the page's own.
fn is_own(source: &str, at: usize, title: &str) -> bool {
    let Some(nest) = nest(source.as_bytes(), at) else {
        return true;
    };
    let object = nest.object.map(|start| object(source, start));
    let named = object.as_deref().and_then(title_of);
    match named {
        Some(named) => is_same(&clean::squeezed(&named), title) || is_shown(source, &named),
        None => !nest.in_list,
    }
}

/// Whether a title stands on the page by itself and in no link.
fn is_shown(source: &str, title: &str) -> bool {
    let long = title.chars().nth(3).is_some();
    let mut places = memmem::find_iter(source.as_bytes(), title).take(PLACES);
    long && places.any(|at| {
        let before = source.get(..at).map(str::trim_end).unwrap_or_default();
        let after = source.get(at + title.len()..).map(str::trim_start);
        let after = after.unwrap_or_default();
        before.ends_with('>') && after.starts_with("</") && !after.starts_with("</a")
    })
}

/// Where in a script a value stands.
struct Nest {
    /// Whether one of the brackets around it is a list's.
    in_list: bool,
    /// Where its object begins.
    object: Option<usize>,
}

/// The brackets around a place of a script; nothing where it stands in none.
fn nest(bytes: &[u8], at: usize) -> Option<Nest> {
    let first = at.saturating_sub(REACH);
    let before = bytes.get(first..at)?;
    let start = memmem::rfind(before, b"<script")?;
    let script = before.get(start..)?;
    if memmem::find(script, b"</script").is_some() {
        return None;
    }
    let body = first + start + memchr::memchr(b'>', script)? + 1;
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut place = body;
    // The name itself may be quoted.
    while place + 1 < at {
        let byte = *bytes.get(place)?;
        match byte {
            b'"' | b'\'' => place = string_end(bytes, place, at),
            b'{' | b'[' => open.push((byte, place)),
            b'}' | b']' => {
                open.pop();
            }
            _ => {}
        }
        place += 1;
    }
    Some(Nest {
        in_list: open.iter().any(|(byte, _)| *byte == b'['),
        object: open
            .last()
            .filter(|(byte, _)| *byte == b'{')
            .map(|(_, at)| *at),
    })
}

/// Where the string that begins at a place ends.
fn string_end(bytes: &[u8], start: usize, most: usize) -> usize {
    let quote = bytes.get(start).copied().unwrap_or_default();
    let mut place = start + 1;
    while place < most {
        match bytes.get(place) {
            Some(b'\\') => place += 1,
            // No string goes on in the next line: this was an apostrophe.
            Some(b'\n') => return start,
            Some(byte) if *byte == quote => return place,
            _ => {}
        }
        place += 1;
    }
    start
}

/// The object that begins at a place, without what is nested in it, as far as it is read.
fn object(source: &str, start: usize) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    for c in source.get(start..).unwrap_or_default().chars().take(OBJECT) {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 {
            out.push(c);
        }
    }
    out
}

/// The title that an object has.
fn title_of(object: &str) -> Option<String> {
    let places = |word: &'static str| {
        let found = memmem::find_iter(object.as_bytes(), word).take(8);
        found.map(|at| at + word.len()).collect::<Vec<usize>>()
    };
    let mut places = places("itle").into_iter().chain(places("eadline"));
    places.find_map(|end| {
        let rest = object.get(end..)?;
        let rest = rest.trim_start_matches(['"', '\'']).trim_start();
        let value = rest.strip_prefix(':')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = value.get(1..)?.split(quote).next()?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    })
}

fn is_same(named: &str, title: &str) -> bool {
    let long = |text: &str| text.chars().nth(3).is_some();
    long(named) && long(title) && (named.contains(title) || title.contains(named))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::domain::time::Date;

    fn on(script: &str) -> Option<String> {
        let url = Url::parse("http://www.a.gov.cn/a/1.html").unwrap();
        let source = format!(
            "<html lang=zh><h1>关于印发工作要点的通知</h1><script>{script}</script><p>各有关单位</p>"
        );
        let clues = Clues::of(&source, &url, Date::from_ymd_opt(2018, 6, 1).unwrap());
        read(&clues).map(|article| article.on.to_string())
    }

    #[test]
    fn a_script_tells_the_publication_of_its_page() {
        for script in [
            "var fbrq = \"2018年3月6日\";",
            "__$pubtime='2018-03-06 10:20';",
            "var info = {\"title\":\"关于印发工作要点的通知\",\"publishTime\":\"2018-03-06\"};",
            "window.data = {\"article\":{\"publishTime\":1520316000000}};",
            "var all = [{title:'关于印发工作要点的通知',publishTime:'2018-03-06'}];",
            "var related = [{title:'其他通知公告',publishTime:'2018-05-01'}], publishTime = '2018-03-06';",
        ] {
            assert_eq!(on(script).as_deref(), Some("2018-03-06"), "{script}");
        }
    }

    #[test]
    fn a_script_tells_nothing_of_its_page_where_it_names_others() {
        for script in [
            "var x = {\"related\":[{\"publishTime\":\"2018-03-06\"}]};",
            "var x = {\"related\":[{\"title\":\"关于检查工作的通知\",\"publishTime\":\"2018-03-06\"}]};",
            "var next = {title:'关于检查工作的通知', publishTime:'2018-03-06'};",
            "var list = [{publishTime:'2018-03-06'},{publishTime:'2018-03-05'}];",
        ] {
            assert_eq!(on(script), None, "{script}");
        }
    }
}
