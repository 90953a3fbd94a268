//! The guard before the HTML parser, whose cost grows with the square of the nesting depth: a
//! linear look at the tags decides whether a page may be parsed at all.
//!
//! Where this scan and the parser could disagree, the scan errs towards more work, never less.

/// The most bytes of text that are parsed.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
const MAX_DEPTH: usize = 512;
const MAX_TAGS: usize = 120_000;
const MAX_ATTRIBUTES: usize = 512;
/// Steps of the parser, estimated as the open elements seen by each tag.
const MAX_WORK: usize = 8_000_000;

/// Whether the parser can take this text within its time.
pub fn is_bearable(text: &str) -> bool {
    text.len() <= MAX_BYTES && Scan::new(text).run()
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Open `<svg>` and `<math>`: inside them `<script>` and `<style>` are ordinary elements.
    foreign: usize,
    open: Vec<u64>,
    formatting: usize,
    tags: usize,
    work: usize,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        Scan {
            bytes,
            at: 0,
            foreign: 0,
            open: Vec::new(),
            formatting: 0,
            tags: 0,
            work: 0,
        }
    }

    fn run(mut self) -> bool {
        while let Some(offset) = memchr::memchr(b'<', self.rest()) {
            self.at += offset + 1;
            let bearable = match self.peek() {
                Some(b'!') => self.skip_declaration(),
                Some(b'/') => self.end_tag(),
                Some(b'?') => self.skip_past(b">"),
                Some(b) if b.is_ascii_alphabetic() => self.start_tag(),
                _ => true,
            };
            if !bearable {
                return false;
            }
        }
        true
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_past(&mut self, end: &[u8]) -> bool {
        self.at = find(self.bytes, self.at, end).map_or(self.bytes.len(), |at| at + end.len());
        true
    }

    /// A comment ends at `-->` or `--!>`; the short forms `<!-->` and `<!--->` end at once.
    fn skip_declaration(&mut self) -> bool {
        if !self.rest().starts_with(b"!--") {
            return self.skip_past(b">");
        }
        self.at += 1;
        let inside = self.at + 2;
        while let Some(offset) = find(self.rest(), 0, b"--") {
            self.at += offset;
            let after = self.rest().get(2..).unwrap_or_default();
            if after.starts_with(b">") {
                self.at += 3;
                return true;
            }
            if after.starts_with(b"!>") && self.at >= inside {
                self.at += 4;
                return true;
            }
            self.at += 1;
        }
        self.at = self.bytes.len();
        true
    }

    /// A key of up to eight letters, enough to tell tags apart.
    fn name(&mut self) -> u64 {
        let mut key = 0_u64;
        let mut length = 0;
        while let Some(b) = self.peek() {
            if b.is_ascii_whitespace() || b == b'>' || b == b'/' {
                break;
            }
            if length < 8 {
                key = (key << 8) | u64::from(b.to_ascii_lowercase());
            }
            length += 1;
            self.at += 1;
        }
        key
    }

    fn end_tag(&mut self) -> bool {
        self.at += 1;
        let name = self.name();
        if is_formatting(name) {
            self.formatting = self.formatting.saturating_sub(1);
        }
        if let Some(above) = self
            .open
            .iter()
            .rev()
            .take(64)
            .position(|open| *open == name)
        {
            let kept = self.open.len() - above - 1;
            let closed = self
                .open
                .drain(kept..)
                .filter(|name| is_foreign(*name))
                .count();
            self.foreign = self.foreign.saturating_sub(closed);
        }
        self.skip_past(b">")
    }

    fn start_tag(&mut self) -> bool {
        let name = self.name();
        let Some(closed) = self.attributes() else {
            return false;
        };
        self.tags += 1;
        self.work += 1 + self.open.len() + self.formatting;
        if self.tags > MAX_TAGS || self.work > MAX_WORK {
            return false;
        }
        if let Some(raw) = raw_end(name).filter(|_| self.foreign == 0) {
            return self.skip_past(raw);
        }
        let complete = is_void(name) || (closed && self.foreign > 0);
        if !complete {
            self.push(name);
        }
        self.open.len() <= MAX_DEPTH
    }

    /// Elements with an optional end tag close their own kind.
    fn push(&mut self, name: u64) {
        self.formatting += usize::from(is_formatting(name));
        let closes = closed_by(name);
        while self.open.last().is_some_and(|top| closes.contains(top)) {
            self.open.pop();
        }
        self.open.push(name);
        self.foreign += usize::from(is_foreign(name));
    }

    /// Runs over the attributes; `None` when there are too many, else whether the tag ends in `/>`.
    fn attributes(&mut self) -> Option<bool> {
        let (mut count, mut quote, mut between) = (0_usize, None, true);
        let mut last = 0_u8;
        while let Some(b) = self.peek() {
            self.at += 1;
            match quote {
                Some(q) if b == q => quote = None,
                Some(_) => {}
                None if b == b'>' => return Some(last == b'/'),
                None if (b == b'"' || b == b'\'') && last == b'=' => quote = Some(b),
                None if b.is_ascii_whitespace() || b == b'/' || b == b'"' || b == b'\'' => {
                    between = true
                }
                None => {
                    count += usize::from(between);
                    between = false;
                }
            }
            if count > MAX_ATTRIBUTES {
                return None;
            }
            if !b.is_ascii_whitespace() || quote.is_some() {
                last = b;
            }
        }
        Some(false)
    }
}

fn find(bytes: &[u8], from: usize, word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        at += memchr::memchr2(first, first.to_ascii_uppercase(), rest)?;
        let here = bytes.get(at..at + word.len())?;
        if here.eq_ignore_ascii_case(word) {
            return Some(at);
        }
        at += 1;
    }
}

/// The key of a tag's name: its first eight letters.
pub const fn tag(name: &str) -> u64 {
    let mut bytes = name.as_bytes();
    let mut key = 0_u64;
    let mut length = 0;
    while let Some((first, rest)) = bytes.split_first() {
        if length < 8 {
            key = (key << 8) | *first as u64;
        }
        length += 1;
        bytes = rest;
    }
    key
}

const LI: u64 = tag("li");
const TR: u64 = tag("tr");
const TD: u64 = tag("td");
const TH: u64 = tag("th");
const DT: u64 = tag("dt");
const DD: u64 = tag("dd");
const P: u64 = tag("p");
const A: u64 = tag("a");
const UL: u64 = tag("ul");
const DIV: u64 = tag("div");
const TABLE: u64 = tag("table");
const OPTION: u64 = tag("option");

/// The open elements that a start tag closes.
pub fn closed_by(name: u64) -> &'static [u64] {
    match name {
        LI => &[LI, P],
        TR => &[TR, TD, TH, P],
        TD | TH => &[TD, TH, P],
        DT | DD => &[DT, DD, P],
        P | DIV | UL | TABLE => &[P],
        A => &[A],
        OPTION => &[OPTION],
        _ => &[],
    }
}

fn raw_end(name: u64) -> Option<&'static [u8]> {
    match name {
        _ if name == tag("script") => Some(b"</script"),
        _ if name == tag("style") => Some(b"</style"),
        _ => None,
    }
}

fn is_foreign(name: u64) -> bool {
    name == tag("svg") || name == tag("math")
}

/// Whether an element has no content and no end tag.
pub fn is_void(name: u64) -> bool {
    const VOID: [u64; 11] = [
        tag("br"),
        tag("img"),
        tag("hr"),
        tag("input"),
        tag("meta"),
        tag("link"),
        tag("col"),
        tag("area"),
        tag("base"),
        tag("embed"),
        tag("param"),
    ];
    VOID.contains(&name)
}

/// Elements that the parser opens again in every block while they are not closed.
fn is_formatting(name: u64) -> bool {
    const FORMATTING: [u64; 11] = [
        tag("b"),
        tag("big"),
        tag("code"),
        tag("em"),
        tag("font"),
        tag("i"),
        tag("small"),
        tag("strong"),
        tag("tt"),
        tag("u"),
        tag("s"),
    ];
    FORMATTING.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_pages_are_refused_before_they_are_parsed() {
        let attributes: String = (0..4000).map(|n| format!(" a{n}=1")).collect();
        let fonts: String = (0..4000).map(|n| format!("<font color={n}><p>")).collect();
        let cases = [
            ("nested lists", "<ul><li>".repeat(16_000)),
            ("nested divisions", "<div>".repeat(600)),
            ("a million rows", "<li>".repeat(400_000)),
            ("attributes", format!("<a{attributes}>x</a>")),
            ("unclosed formatting", fonts),
            ("too long", "a".repeat(MAX_BYTES + 1)),
            (
                "behind a short comment",
                format!("<!-->{}-->", "<div>".repeat(600)),
            ),
            (
                "behind a comment that goes on",
                format!("<!--!><script>--><a>{}", "<div>".repeat(600)),
            ),
            (
                "in foreign content",
                format!("<svg><style>{}", "<div>".repeat(600)),
            ),
        ];
        for (name, text) in cases {
            assert!(!is_bearable(&text), "{name}");
        }
    }

    #[test]
    fn long_ordinary_pages_pass() {
        let cases = [
            (
                "rows",
                "<ul>".to_owned()
                    + &"<li class='a b'><a href='/x' title=y>标题</a><span>2018-03-16</span></li>"
                        .repeat(5_000),
            ),
            (
                "rows without end tags",
                "<ul>".to_owned() + &"<li><a href=x>标题</a> 2018-03-16".repeat(5_000),
            ),
            (
                "cells without end tags",
                "<table>".to_owned() + &"<tr><td>a<td>b".repeat(5_000),
            ),
            (
                "a long script",
                format!("<script>{}</script>", "if (a<b) s+='<div>';".repeat(5_000)),
            ),
            (
                "a long comment",
                format!("<!-- {} -->", "<div>".repeat(5_000)),
            ),
            (
                "a long attribute",
                format!("<img src='data:{}'>", "a b=c ".repeat(50_000)),
            ),
        ];
        for (name, text) in cases {
            assert!(is_bearable(&text), "{name}");
        }
    }
}
