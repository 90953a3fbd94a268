//! The address of a row in data: where a path leads to it, or as it is made up from parts of the row,
//! such as `detail.do?id={id}`. Parts can neither leave their place in the address nor add another.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::address;
use super::json_path::{JsonPath, PathFault};
use super::loose::Value;

/// The longest address that is made up, in bytes, its parts not included.
const MOST_BYTES: usize = 300;
/// The longest part, in characters.
const PART: usize = 200;
/// What stands for itself.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Why a text says no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// A path is none.
    #[error(transparent)]
    Path(#[from] PathFault),
    /// A brace without its other half.
    #[error("a brace in it has no other half; write for example \"detail.do?id={{id}}\"")]
    Brace,
    /// Longer than the limit.
    #[error("it is longer than {MOST_BYTES} bytes")]
    TooLong,
}

/// Where the address of a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// In the row.
    Found(JsonPath),
    /// It is made up: texts, each before a part of the row, and the rest.
    Made(Vec<(String, JsonPath)>, String),
}

impl Link {
    /// Reads a path, or an address with paths in braces.
    pub fn parse(text: &str) -> Result<Link, LinkFault> {
        if !text.contains(['{', '}']) {
            return Ok(Link::Found(JsonPath::parse(text)?));
        }
        if text.len() > MOST_BYTES {
            return Err(LinkFault::TooLong);
        }
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, from)) = rest.split_once('{') {
            let (path, after) = from.split_once('}').ok_or(LinkFault::Brace)?;
            if before.contains('}') {
                return Err(LinkFault::Brace);
            }
            parts.push((before.to_owned(), JsonPath::parse(path)?));
            rest = after;
        }
        match rest.contains('}') {
            true => Err(LinkFault::Brace),
            false => Ok(Link::Made(parts, rest.to_owned())),
        }
    }

    /// The address of `row` in data that is shown at `base`.
    pub fn of(&self, row: &Value, base: &Url) -> Option<Url> {
        match self {
            Link::Found(path) => match path.first(row)? {
                Value::Text(text) => address::join(base, text),
                _ => None,
            },
            Link::Made(parts, rest) => {
                let mut made = String::new();
                for (before, path) in parts {
                    let part = match path.first(row)? {
                        Value::Text(text) => text.trim().to_owned(),
                        Value::Number(number) => number.to_string(),
                        _ => return None,
                    };
                    if part.is_empty()
                        || part.chars().count() > PART
                        || matches!(&*part, "." | "..")
                    {
                        return None;
                    }
                    made.push_str(before);
                    made.extend(utf8_percent_encode(&part, KEPT));
                }
                made.push_str(rest);
                address::join(base, &made)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::loose;

    fn made(link: &str, row: &str) -> Option<String> {
        let base = Url::parse("http://www.a.gov.cn/hd/list.flow?x=1").unwrap();
        let (row, _) = loose::read(row).unwrap();
        let url = Link::parse(link).unwrap().of(&row, &base);
        url.map(String::from)
    }

    #[test]
    fn an_address_is_found_or_made_up() {
        let own = |path: &str| Some(format!("http://www.a.gov.cn{path}"));
        for (link, row, expected) in [
            ("url", r#"{"url":"1.html"}"#, own("/hd/1.html")),
            (
                "d.flow?id={id}",
                r#"{"id":"AH2111"}"#,
                own("/hd/d.flow?id=AH2111"),
            ),
            (
                "/d/{a.b}-{n}.html",
                r#"{"a":{"b":"x"},"n":7}"#,
                own("/d/x-7.html"),
            ),
            (
                "d?id={id}",
                r#"{"id":"1&admin=1#/../x"}"#,
                own("/hd/d?id=1%26admin%3D1%23%2F..%2Fx"),
            ),
            (
                "{id}",
                r#"{"id":"http://evil.cn/"}"#,
                own("/hd/http%3A%2F%2Fevil.cn%2F"),
            ),
            ("{id}", r#"{"id":"//evil.cn"}"#, own("/hd/%2F%2Fevil.cn")),
            ("/x/{id}/y", r#"{"id":".."}"#, None),
            ("d?id={id}", r#"{"id":""}"#, None),
            ("d?id={id}", r#"{"id":null}"#, None),
            ("d?id={id}", r#"{}"#, None),
        ] {
            assert_eq!(made(link, row), expected, "{link} {row}");
        }
        assert_eq!(
            made("d?id={id}", &format!("{{\"id\":\"{}\"}}", "x".repeat(201))),
            None
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for (text, fault) in [
            ("a..b", LinkFault::Path(PathFault::Empty)),
            ("d?id={a..b}", LinkFault::Path(PathFault::Empty)),
            ("d?id={id", LinkFault::Brace),
            ("d?id=id}", LinkFault::Brace),
            ("d}?id={id}", LinkFault::Brace),
            (&format!("{}{{id}}", "x".repeat(300)), LinkFault::TooLong),
        ] {
            assert_eq!(Link::parse(text), Err(fault), "{text:.30}");
        }
    }
}
