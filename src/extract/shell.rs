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

/// The most frames that are looked at.
const FRAMES: usize = 3;

/// Frames that may hold the list: on the same site and not invisible.
pub fn frames(dom: &Dom, base: &Url) -> Vec<Url> {
    let tiny =
        |value: Option<&str>| value.is_some_and(|v| matches!(v.trim(), "0" | "1" | "0px" | "1px"));
    let mut out: Vec<Url> = Vec::new();
    for tag in ["iframe", "frame"] {
        for (at, frame) in dom.tagged(tag) {
            let seen = !tiny(attr(frame, "width"))
                && !tiny(attr(frame, "height"))
                && dom.get(at).is_some_and(|n| !n.hidden);
            let target = attr(frame, "src")
                .filter(|_| seen)
                .and_then(|src| address::join(base, src));
            if let Some(target) =
                target.filter(|t| address::is_same_site(t, base) && t != base && !out.contains(t))
            {
                out.push(target);
            }
            if out.len() >= FRAMES {
                return out;
            }
        }
    }
    out
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
                super::loose::Value::Number(number) => number.to_string(),
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
    fn a_frame_with_the_list_is_named_and_counters_are_not() {
        let tree = parse(
            "<iframe src='/list/1.html' width=100%></iframe><iframe src='/c' width=0></iframe><iframe src='http://tj.example.com/'></iframe>",
        ).expect("a tree");
        let frames: Vec<String> = frames(&Dom::of(&tree), &base())
            .into_iter()
            .map(String::from)
            .collect();
        assert_eq!(frames, ["http://www.a.gov.cn/list/1.html"]);
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
