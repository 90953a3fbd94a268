//! Pages that only lead on: meta refresh, script jumps, frames, and data addresses written in a
//! script tag. The target is named here; whether it may be fetched is decided elsewhere.

use url::Url;

use super::address;
use super::dom::{Dom, attr};

/// Where a thin page sends its readers.
pub fn jump(dom: &Dom, text: &str, base: &Url) -> Option<Url> {
    refresh(dom, base)
        .or_else(|| script_jump(text, base))
        .filter(|target| target != base)
}

fn refresh(dom: &Dom, base: &Url) -> Option<Url> {
    dom.tagged("meta").find_map(|(_, meta)| {
        let named = attr(meta, "http-equiv")
            .is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"));
        let content = attr(meta, "content").filter(|_| named)?;
        let (_, target) = content
            .split_once(['=', ';'])
            .map(|_| split_refresh(content))?;
        address::join(base, target)
    })
}

/// `3; url='…'`
fn split_refresh(content: &str) -> (&str, &str) {
    let lower = content.to_ascii_lowercase();
    let target = lower
        .find("url")
        .and_then(|at| content.get(at + 3..))
        .unwrap_or_default();
    (
        content,
        target
            .trim_start()
            .trim_start_matches('=')
            .trim()
            .trim_matches(['"', '\'']),
    )
}

/// The last assignment to `location` that does not lead to the pages for telephones.
fn script_jump(text: &str, base: &Url) -> Option<Url> {
    let mut found = None;
    let mut rest = text;
    while let Some(at) = rest.find("location") {
        rest = rest.get(at + "location".len()..).unwrap_or_default();
        let after = rest.strip_prefix(".href").unwrap_or(rest).trim_start();
        let value = match after.strip_prefix('=') {
            Some(value) if !value.starts_with('=') => Some(value),
            Some(_) => None,
            None => after
                .strip_prefix(".replace")
                .or_else(|| after.strip_prefix(".assign"))
                .and_then(|v| v.trim_start().strip_prefix('(')),
        };
        let target = value
            .and_then(joined_strings)
            .and_then(|target| address::join(base, &target));
        if let Some(target) = target.filter(|target| !is_for_telephones(target)) {
            found = Some(target);
        }
    }
    found
}

fn is_for_telephones(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.starts_with("m.")
        || host.starts_with("wap.")
        || host.starts_with("3g.")
        || url.path().starts_with("/m/")
        || url.path().starts_with("/wap")
}

/// `'http:/'+'/'+'www…'`; anything but string literals ends it.
fn joined_strings(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text.trim_start();
    for _ in 0..12 {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (part, after) = rest.get(1..)?.split_once(quote)?;
        out.push_str(part);
        rest = after.trim_start();
        match rest.strip_prefix('+') {
            Some(more) => rest = more.trim_start(),
            None => break,
        }
    }
    (!out.is_empty() && out.len() < 1000).then_some(out)
}

/// The most frames of a page.
const FRAMES: usize = 6;
/// The most frames of a page that are looked through.
const MOST_FRAMES: usize = 60;
/// Frames lower or narrower than this hold no list.
const LIST_PIXELS: u32 = 90;

/// A frame of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The page in it.
    pub url: Url,
    /// Whether a person is meant to see a list in it: it is displayed, of some size, and not named
    /// as an advertisement or a counter.
    pub shown: bool,
}

/// The frames on the same site that may hold the list, those that show most first.
pub fn frames(dom: &Dom, base: &Url) -> Vec<Frame> {
    let mut out: Vec<Frame> = Vec::new();
    for tag in ["iframe", "frame"] {
        for (at, frame) in dom.tagged(tag).take(MOST_FRAMES) {
            let target = attr(frame, "src").and_then(|src| address::join(base, src));
            let Some(url) = target.filter(|url| address::is_same_site(url, base) && url != base)
            else {
                continue;
            };
            let small = |name: &str| {
                attr(frame, name)
                    .and_then(pixels)
                    .is_some_and(|n| n < LIST_PIXELS)
            };
            let beside = small("width") || small("height") || is_beside(url.path());
            let shown = !beside && dom.get(at).is_some_and(|node| !node.hidden);
            if !out.iter().any(|other| other.url == url) {
                out.push(Frame { url, shown });
            }
        }
    }
    out.sort_by_key(|frame| !frame.shown);
    out.truncate(FRAMES);
    out
}

/// A length in pixels; a share of the page is none.
fn pixels(value: &str) -> Option<u32> {
    value.trim().trim_end_matches("px").trim().parse().ok()
}

/// Whether a path is that of an advertisement, a counter, or a part of every page.
fn is_beside(path: &str) -> bool {
    const NAMES: [&str; 18] = [
        "ad", "ads", "advert", "banner", "count", "counter", "stat", "tj", "weather", "tianqi",
        "share", "top", "head", "header", "foot", "footer", "bottom", "search",
    ];
    let mut words = path.split(|c: char| !c.is_ascii_alphabetic());
    words.any(|word| NAMES.iter().any(|name| word.eq_ignore_ascii_case(name)))
}

/// The address from which a script tag of the jpaas family fills the list.
pub fn data_address(dom: &Dom, base: &Url) -> Option<Url> {
    dom.tagged("script").find_map(|(_, script)| {
        let mut url = address::join(base, attr(script, "url")?)?;
        let query = attr(script, "querydata")?.replace('\'', "\"");
        let (super::loose::Value::Object(pairs), _) = super::loose::read(&query)? else {
            return None;
        };
        for (key, value) in pairs {
            let text = match value {
                super::loose::Value::Text(text) => text,
                super::loose::Value::Number(number) => number.to_string().into(),
                _ => continue,
            };
            url.query_pairs_mut().append_pair(&key, &text);
        }
        Some(url)
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn base() -> Url {
        Url::parse("http://www.a.gov.cn/").expect("an address")
    }

    #[test]
    fn jumps_are_followed_in_all_their_forms() {
        let cases = [
            (
                "<meta http-equiv='Refresh' content='0; URL=/web/index.html'>",
                Some("http://www.a.gov.cn/web/index.html"),
            ),
            (
                "<script>location.href=\"/col/col3664/index.html\";</script>",
                Some("http://www.a.gov.cn/col/col3664/index.html"),
            ),
            (
                "<script><!--//\nwindow.location.href='/web/index.htm'//\n//--></script>",
                Some("http://www.a.gov.cn/web/index.htm"),
            ),
            (
                "<script>window.location.href='http:/'+'/'+'www.b.gov.cn/b/';</script>",
                Some("http://www.b.gov.cn/b/"),
            ),
            (
                "<script>location.replace('index.shtml')</script>",
                Some("http://www.a.gov.cn/index.shtml"),
            ),
            (
                "<script>window.top.location = 'http://www.a.gov.cn/x'</script>",
                Some("http://www.a.gov.cn/x"),
            ),
            (
                "<script>if (m) {location.href='/wap/'} else {location.href='/pc/'}</script>",
                Some("http://www.a.gov.cn/pc/"),
            ),
            (
                "<script>if (location.href == 'x') { location.href = target; }</script>",
                None,
            ),
            ("<script>location.href='/'</script>", None),
        ];
        for (text, expected) in cases {
            let tree = parse(text).expect("a tree");
            assert_eq!(
                jump(&Dom::of(&tree), text, &base())
                    .map(String::from)
                    .as_deref(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn frames_that_show_a_list_come_first_and_those_of_other_sites_never() {
        let tree = parse(
            "<iframe src='/c' width=0></iframe><iframe src='/top.html' width=100% height=120></iframe>\
             <iframe src='/menu.html'></iframe><iframe src='/list/1.html' width=100%></iframe>\
             <div style='display:none'><iframe src='/x.html'></iframe></div>\
             <iframe src='http://tj.example.com/'></iframe><iframe src='/menu.html'></iframe>",
        )
        .expect("a tree");
        let frames = frames(&Dom::of(&tree), &base());
        let seen: Vec<(&str, bool)> = frames
            .iter()
            .map(|one| (one.url.path(), one.shown))
            .collect();
        let expected = [
            ("/menu.html", true),
            ("/list/1.html", true),
            ("/c", false),
            ("/top.html", false),
            ("/x.html", false),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn the_data_address_of_a_script_tag_is_put_together() {
        let tree = parse(
            r#"<script parseType="bulidstatic" url="/api-gateway/build/unit" querydata="{'webId':'9','pageNo':1}"></script>"#,
        ).expect("a tree");
        let url = data_address(&Dom::of(&tree), &base()).expect("an address");
        assert_eq!(
            url.as_str(),
            "http://www.a.gov.cn/api-gateway/build/unit?webId=9&pageNo=1"
        );
    }
}
