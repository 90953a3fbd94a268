//! The guard before the HTML parser, whose cost grows with the square of the nesting depth: a
//! linear look at the tags decides whether a page may be parsed at all, and leaves out on the way
//! what nobody reads.
//!
//! Where this scan and the parser could disagree, the scan errs towards more work, never less.

use std::borrow::Cow;

use memchr::memmem::Finder;

use super::lean::{self, Lean};
use super::tags::{self, tag};

/// The most bytes of text that are parsed.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
const MAX_DEPTH: usize = 512;
const MAX_TAGS: usize = 120_000;
const MAX_ATTRIBUTES: usize = 512;
/// Steps of the parser, estimated as the open elements seen by each tag.
const MAX_WORK: usize = 8_000_000;

/// What is to be parsed of a text, if the parser can take it within its time.
pub fn admit(text: &str) -> Option<Cow<'_, str>> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let mut scan = Scan::new(text);
    scan.run().then(|| scan.lean.finish())
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
    /// Up to where the parser sees text, not tags.
    text_to: usize,
    dashes: Finder<'static>,
    lean: Lean<'a>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Scan {
            bytes: text.as_bytes(),
            at: 0,
            foreign: 0,
            open: Vec::new(),
            formatting: 0,
            tags: 0,
            work: 0,
            text_to: 0,
            dashes: Finder::new(b"--"),
            lean: Lean::new(text),
        }
    }

    fn run(&mut self) -> bool {
        while let Some(offset) = memchr::memchr(b'<', self.rest()) {
            self.gap(offset);
            let start = self.at + offset;
            self.at = start + 1;
            let text = start < self.text_to;
            let next = self.rest().get(1).copied().unwrap_or_default();
            let bearable = match self.peek() {
                Some(b'!' | b'?') if text => true,
                Some(b'!') => self.skip_declaration(),
                Some(b'/') if next.is_ascii_alphabetic() => self.end_tag(text),
                Some(b'/' | b'?') => self.skip_past(b">"),
                Some(b) if b.is_ascii_alphabetic() => self.start_tag(text),
                _ => true,
            };
            if !bearable {
                return false;
            }
            if text && self.at > self.text_to {
                // What is no tag here has hidden the end of the text.
                self.doubt();
            }
        }
        true
    }

    /// Where the parser goes on otherwise than this scan, nothing more is left out.
    fn doubt(&mut self) {
        self.lean.keep(self.bytes.len());
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_past(&mut self, end: &[u8]) -> bool {
        self.at =
            tags::find(self.bytes, self.at, end).map_or(self.bytes.len(), |at| at + end.len());
        true
    }

    /// White space between two tags is one blank.
    fn gap(&mut self, length: usize) {
        let gap = self.rest().get(..length).unwrap_or_default();
        if length > 1 && self.foreign == 0 && gap.iter().all(u8::is_ascii_whitespace) {
            self.lean.replace(self.at, self.at + length, " ");
        }
    }

    /// A comment ends at `-->` or `--!>`; the short forms `<!-->` and `<!--->` end at once.
    fn skip_declaration(&mut self) -> bool {
        if !self.rest().starts_with(b"!--") {
            if self.foreign > 0 {
                self.doubt();
            }
            return self.skip_past(b">");
        }
        self.at += 1;
        let inside = self.at + 2;
        while let Some(offset) = self.dashes.find(self.rest()) {
            self.at += offset;
            let after = self.rest().get(2..).unwrap_or_default();
            if after.starts_with(b">") {
                self.comment(inside);
                self.at += 3;
                return true;
            }
            if after.starts_with(b"!>") && self.at >= inside {
                self.comment(inside);
                self.at += 4;
                return true;
            }
            self.at += 1;
        }
        self.at = self.bytes.len();
        true
    }

    fn comment(&mut self, inside: usize) {
        if self.foreign == 0 && inside < self.at {
            self.lean.replace(inside, self.at, "");
        }
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

    fn end_tag(&mut self, text: bool) -> bool {
        self.at += 1;
        let name = self.name();
        if tags::is_formatting(name) {
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
                .filter(|name| tags::is_foreign(*name))
                .count();
            self.foreign = self.foreign.saturating_sub(closed);
            if closed > 0 && !tags::is_foreign(name) {
                self.doubt();
            }
        }
        self.attributes(name, text).is_some()
    }

    /// `text` tells that the parser takes this for text: it opens nothing that hides tags.
    fn start_tag(&mut self, text: bool) -> bool {
        let name = self.name();
        let Some(closed) = self.attributes(name, text) else {
            return false;
        };
        self.tags += 1;
        self.work += 1 + self.open.len() + self.formatting;
        if self.tags > MAX_TAGS || self.work > MAX_WORK {
            return false;
        }
        if !text {
            self.hide(name);
            if let Some(end) = tags::raw_end(name).filter(|_| self.foreign == 0) {
                return self.raw(end);
            }
        }
        let complete = tags::is_void(name) || (closed && self.foreign > 0);
        if !complete {
            self.push(name);
        }
        self.open.len() <= MAX_DEPTH
    }

    /// Elements whose content is text for the parser, if they stand where it heeds them.
    fn hide(&mut self, name: u64) {
        let end = tags::text_end(name);
        let hides = end.is_some() || tags::raw_end(name).is_some();
        let heeded = self.foreign == 0 && !self.open.iter().any(|open| tags::is_selective(*open));
        if name == tag("frameset") || (hides && !heeded) {
            self.doubt();
        } else if let Some(end) = end {
            self.text_to = tags::text_until(self.bytes, self.at, end);
            self.lean.keep(self.text_to);
        }
    }

    /// The body of a script or a style, which no tag interrupts.
    fn raw(&mut self, end: &[u8]) -> bool {
        let body = self.at;
        let until = tags::text_until(self.bytes, body, end);
        let inside = self.bytes.get(body..until).unwrap_or_default();
        // A script in a comment in a script ends later than it seems.
        let doubtful = memchr::memmem::find(inside, b"<!--")
            .is_some_and(|at| tags::find(inside, at, b"<script").is_some());
        if doubtful {
            self.doubt();
        } else if inside.len() > 1 {
            self.lean.replace(body, until, " ");
        }
        self.at = until;
        true
    }

    /// Elements with an optional end tag close their own kind.
    fn push(&mut self, name: u64) {
        self.formatting += usize::from(tags::is_formatting(name));
        let closes = tags::closed_by(name);
        while self.open.last().is_some_and(|top| closes.contains(top)) {
            self.open.pop();
        }
        self.open.push(name);
        self.foreign += usize::from(tags::is_foreign(name));
    }

    /// Runs over the attributes; `None` when there are too many, else whether the tag ends in `/>`.
    fn attributes(&mut self, tag: u64, text: bool) -> Option<bool> {
        // The parser tells some formatting elements apart by their attributes.
        let may_drop =
            !text && self.foreign == 0 && (self.formatting == 0 || !tags::is_formatting(tag));
        let (mut count, mut styled) = (0, false);
        loop {
            self.skip_blanks();
            match self.peek() {
                None => return Some(false),
                Some(b'>') => {
                    self.at += 1;
                    return Some(false);
                }
                Some(b'/') => {
                    self.at += 1;
                    if self.peek() == Some(b'>') {
                        self.at += 1;
                        return Some(true);
                    }
                }
                Some(_) => {
                    count += 1;
                    if count > MAX_ATTRIBUTES {
                        return None;
                    }
                    self.attribute(tag, may_drop, &mut styled);
                }
            }
        }
    }

    /// `styled` tells of an earlier style: the parser heeds only the first.
    fn attribute(&mut self, tag: u64, may_drop: bool, styled: &mut bool) {
        let start = self.at;
        self.at += 1;
        self.skip_to(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'='));
        let name = start..self.at;
        self.skip_blanks();
        let value = if self.peek() == Some(b'=') {
            self.at += 1;
            self.value()
        } else {
            self.at..self.at
        };
        let bytes = |range| self.bytes.get(range).unwrap_or_default();
        let name = bytes(name);
        let again = name.eq_ignore_ascii_case(b"style") && std::mem::replace(styled, true);
        if may_drop && (again || lean::is_idle(tag, name, bytes(value))) {
            let end = self.at;
            self.skip_blanks();
            // Else it would become the value of the attribute before.
            if self.peek() != Some(b'=') {
                self.lean.replace(start, end, "");
            }
        }
    }

    /// Runs over a value behind its sign; where it stands.
    fn value(&mut self) -> std::ops::Range<usize> {
        self.skip_blanks();
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                let start = self.at + 1;
                self.at = start;
                let end = memchr::memchr(quote, self.rest());
                let end = end.map_or(self.bytes.len(), |offset| start + offset);
                self.at = (end + 1).min(self.bytes.len());
                start..end
            }
            Some(_) => {
                let start = self.at;
                self.skip_to(|b| b.is_ascii_whitespace() || b == b'>');
                start..self.at
            }
            None => self.at..self.at,
        }
    }

    fn skip_blanks(&mut self) {
        self.skip_to(|b| !b.is_ascii_whitespace());
    }

    fn skip_to(&mut self, is_end: impl Fn(u8) -> bool) {
        let rest = self.rest();
        self.at += rest.iter().position(|b| is_end(*b)).unwrap_or(rest.len());
    }
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
            assert!(admit(&text).is_none(), "{name}");
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
            assert!(admit(&text).is_some(), "{name}");
        }
    }
}
