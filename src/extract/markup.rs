//! A page read as a stream: tags, texts and the contents of scripts in the order of the source,
//! without a tree. One pass over the bytes whatever they are, and nothing is copied.
//!
//! It is as lenient as the parser, but nothing of what the parser mends is mended here.

use std::borrow::Cow;

use memchr::{memchr, memchr3, memmem};

use super::tags::tag;

/// One piece of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// A start tag.
    Open(Tag<'a>),
    /// An end tag, by its name's key.
    Close(u64),
    /// Text between tags, as written.
    Text(&'a str),
    /// An element whose content is no markup, with that content: scripts, styles, titles.
    Raw(Tag<'a>, &'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The key of its name: the first eight letters.
    pub key: u64,
    /// What stands between the name and the end, as written.
    pub attributes: &'a str,
}

/// The pieces of a page.
pub struct Tokens<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// The pieces of this text.
    pub fn of(source: &'a str) -> Tokens<'a> {
        Tokens { source, at: 0 }
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.source.get(from..to).unwrap_or_default()
    }

    fn rest(&self, from: usize) -> &'a [u8] {
        self.source.as_bytes().get(from..).unwrap_or_default()
    }

    /// The text up to the next `<`, the first `skip` bytes being text whatever they are.
    fn text(&mut self, skip: usize) -> Token<'a> {
        let from = self.at;
        let end = memchr(b'<', self.rest(from + skip))
            .map_or(self.source.len(), |offset| from + skip + offset);
        self.at = end;
        Token::Text(self.slice(from, end))
    }

    /// Moves behind the next `end`, or to the end of the page.
    fn skip_past(&mut self, from: usize, end: &[u8]) {
        self.at = memmem::find(self.rest(from), end)
            .map_or(self.source.len(), |offset| from + offset + end.len());
    }

    fn name(&self, from: usize) -> (u64, usize) {
        let mut key = 0_u64;
        let mut length = 0;
        for b in self.rest(from) {
            if b.is_ascii_whitespace() || matches!(b, b'>' | b'/') {
                break;
            }
            if length < 8 {
                key = (key << 8) | u64::from(b.to_ascii_lowercase());
            }
            length += 1;
        }
        (key, from + length)
    }

    fn open(&mut self) -> Token<'a> {
        let (key, from) = self.name(self.at + 1);
        let end = from + tag_length(self.rest(from));
        self.at = (end + 1).min(self.source.len());
        let tag = Tag {
            key,
            attributes: self.slice(from, end),
        };
        match raw_name(key) {
            Some(name) => Token::Raw(tag, self.raw(name)),
            None => Token::Open(tag),
        }
    }

    /// The content of a raw element up to its end tag, or to the end of the page.
    fn raw(&mut self, name: &str) -> &'a str {
        let from = self.at;
        let bytes = self.rest(from);
        let end = memmem::find_iter(bytes, b"</").find(|at| {
            bytes
                .get(at + 2..at + 2 + name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        });
        let Some(end) = end else {
            self.at = self.source.len();
            return self.slice(from, self.at);
        };
        self.skip_past(from + end, b">");
        self.slice(from, from + end)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest(self.at);
            match (rest.first()?, rest.get(1)) {
                (b'<', Some(b'!')) if rest.starts_with(b"<!--") => {
                    self.skip_past(self.at + 2, b"-->")
                }
                (b'<', Some(b'!' | b'?')) => self.skip_past(self.at, b">"),
                (b'<', Some(b'/')) => {
                    let (key, from) = self.name(self.at + 2);
                    self.skip_past(from, b">");
                    return Some(Token::Close(key));
                }
                (b'<', Some(b)) if b.is_ascii_alphabetic() => return Some(self.open()),
                (b'<', _) => return Some(self.text(1)),
                _ => return Some(self.text(0)),
            }
        }
    }
}

/// How far the end of a start tag is: a `>` in a quoted value is none.
fn tag_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(offset) = memchr3(b'>', b'"', b'\'', bytes.get(at..).unwrap_or_default()) {
        at += offset;
        let found = bytes.get(at).copied().unwrap_or(b'>');
        if found == b'>' {
            return at;
        }
        let before = bytes.get(..at).unwrap_or_default().trim_ascii_end();
        at += 1;
        if before.ends_with(b"=") {
            match memchr(found, bytes.get(at..).unwrap_or_default()) {
                Some(offset) => at += offset + 1,
                None => break,
            }
        }
    }
    bytes.len()
}

fn raw_name(key: u64) -> Option<&'static str> {
    ["script", "style", "title", "textarea", "iframe"]
        .into_iter()
        .find(|name| tag(name) == key)
}

/// The attributes of a start tag, names as written, values as written without their quotes.
pub fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let gap = |c: char| c.is_ascii_whitespace() || c == '/';
        rest = rest.trim_start_matches(gap);
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .find(|c: char| gap(c) || c == '=')
            .unwrap_or(rest.len());
        // A stray sign is a name of its own, so that every step moves on.
        let (name, after) = rest.split_at(first_length(rest, end));
        let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_ascii_start();
        let (value, after) = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            Some(quote) => {
                let inside = value.get(1..).unwrap_or_default();
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            None => value.split_at(
                value
                    .find(|c: char| c.is_ascii_whitespace())
                    .unwrap_or(value.len()),
            ),
        };
        rest = after;
        Some((name, value))
    })
}

/// Bytes of the name: to `end`, or the first character where that is none.
fn first_length(rest: &str, end: usize) -> usize {
    if end > 0 {
        return end;
    }
    rest.chars().next().map_or(0, char::len_utf8)
}

/// An attribute of a start tag, references resolved.
pub fn attribute<'a>(text: &'a str, name: &str) -> Option<Cow<'a, str>> {
    attributes(text)
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| resolved(value))
}

/// References that stand in dates and in the words around them. Others stay as they are written.
const NAMED: [(&str, char); 27] = [
    ("nbsp", '\u{a0}'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("middot", '·'),
    ("bull", '•'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("copy", '©'),
    ("raquo", '»'),
    ("laquo", '«'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("ucirc", 'û'),
    ("ldquo", '“'),
];

/// The text with its character references resolved.
pub fn resolved(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match reference(after) {
            Some((c, length)) => {
                out.push(c);
                rest = after.get(length..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that a reference names, and how many bytes it takes behind the `&`.
fn reference(text: &str) -> Option<(char, usize)> {
    let (digits, radix, lead) = match text.strip_prefix('#') {
        Some(rest) => match rest.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16, 2),
            None => (rest, 10, 1),
        },
        None => {
            let end = text
                .bytes()
                .take_while(u8::is_ascii_alphanumeric)
                .take(8)
                .count();
            let name = text.get(..end)?;
            let (_, c) = NAMED.iter().find(|(known, _)| *known == name)?;
            let closed = text.as_bytes().get(end) == Some(&b';');
            return Some((*c, end + usize::from(closed)));
        }
    };
    let length = digits
        .bytes()
        .take_while(|b| char::from(*b).is_digit(radix))
        .take(7)
        .count();
    let c = char::from_u32(u32::from_str_radix(digits.get(..length)?, radix).ok()?)?;
    let closed = digits.as_bytes().get(length) == Some(&b';');
    Some((c, lead + length + usize::from(closed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> Vec<String> {
        Tokens::of(source)
            .map(|token| match token {
                Token::Open(tag) => format!("<{}", tag.attributes.trim()),
                Token::Close(_) => ">".to_owned(),
                Token::Text(text) => text.to_owned(),
                Token::Raw(_, text) => format!("raw {text}"),
            })
            .collect()
    }

    #[test]
    fn a_page_becomes_its_pieces() {
        let cases: [(&str, &[&str]); 9] = [
            ("<p class=a>x</p>", &["<class=a", "x", ">"]),
            ("<a title='a>b'>x", &["<title='a>b'", "x"]),
            ("<a b\"c>x", &["<b\"c", "x"]),
            ("a < b", &["a ", "< b"]),
            ("<!-- <p> -->x<!---->y<!doctype html>z", &["x", "y", "z"]),
            (
                "<script>if(a<b)'</p>'</SCRIPT >x",
                &["raw if(a<b)'</p>'", "x"],
            ),
            ("<title>a</title>", &["raw a"]),
            ("<script>open", &["raw open"]),
            ("<a title='open", &["<title='open"]),
        ];
        for (source, expected) in cases {
            assert_eq!(shown(source), expected, "{source}");
        }
    }

    #[test]
    fn attributes_are_read_in_all_their_forms() {
        let text = " NAME = 'a b' content=\"x\"checked value=c/d = é=1 /";
        let all: Vec<_> = attributes(text).collect();
        assert_eq!(
            all,
            [
                ("NAME", "a b"),
                ("content", "x"),
                ("checked", ""),
                ("value", "c/d"),
                ("=", ""),
                ("é", "1")
            ]
        );
        assert_eq!(attribute(text, "name").as_deref(), Some("a b"));
        assert_eq!(
            attribute("title='a &amp; b'", "title").as_deref(),
            Some("a & b")
        );
    }

    #[test]
    fn references_are_resolved_and_others_left() {
        let cases = [
            ("2018-03-06&nbsp;09:15", "2018-03-06\u{a0}09:15"),
            ("M&auml;rz &#x4e2d;&#25991;", "März 中文"),
            (
                "a & b &unknown; &#99999999; &",
                "a & b &unknown; &#99999999; &",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(resolved(text), expected, "{text}");
        }
    }
}
