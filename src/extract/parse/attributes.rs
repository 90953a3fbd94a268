//! Names and attributes of tags, cut out of the text at once.

use std::ops::Range;

use html5ever::{Attribute, LocalName, QualName, ns};
use memchr::memchr;

use super::Parser;
use super::meaning::{Stretch, meant};
use crate::extract::{lean, tags};

/// The most attributes of one tag.
const MAX_ATTRIBUTES: usize = 512;

/// The attributes of a tag.
pub struct Attributes {
    /// Those that tell something.
    pub kept: Vec<Attribute>,
    /// Whether the tag ends in `/>`.
    pub closed: bool,
}

impl Parser<'_> {
    /// The name that begins here: its key, and as the tree has it.
    pub fn name(&mut self) -> (u64, LocalName) {
        let ends = |b: u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'/');
        self.word(ends)
    }

    fn word(&mut self, ends: impl Fn(u8) -> bool) -> (u64, LocalName) {
        let from = self.at;
        let mut key = 0_u64;
        let mut plain = true;
        // Whatever the first sign of an attribute is, it belongs to its name.
        while let Some(b) = self.peek().filter(|b| self.at == from || !ends(*b)) {
            if self.at - from < 8 {
                key = (key << 8) | u64::from(b.to_ascii_lowercase());
            }
            plain &= b.is_ascii_graphic();
            self.at += 1;
        }
        let text = self.slice(from..self.at);
        let letters = || LocalName::from(meant(text, Stretch::Raw).to_ascii_lowercase());
        let name = match plain && text.len() <= 8 {
            true => self.names.short(key, letters),
            false => letters(),
        };
        (key, name)
    }

    /// Runs over the attributes of a tag: `None` when there are too many, `Some(None)` when the
    /// page ends in them. Those of an end tag are not kept.
    pub fn attributes(&mut self, tag: Option<u64>) -> Option<Option<Attributes>> {
        let (mut count, mut styled) = (0, false);
        let mut kept = Vec::new();
        loop {
            self.skip_blanks();
            let closed = match self.peek() {
                None => return Some(None),
                Some(b'>') => false,
                Some(b'/') => {
                    self.at += 1;
                    if self.peek() != Some(b'>') {
                        continue;
                    }
                    true
                }
                Some(_) => {
                    count += 1;
                    if count > MAX_ATTRIBUTES {
                        return None;
                    }
                    self.attribute(tag, &mut kept, &mut styled);
                    continue;
                }
            };
            self.at += 1;
            return Some(Some(Attributes { kept, closed }));
        }
    }

    /// One attribute, kept where it tells something and is the first of its name. `styled` tells of
    /// an earlier style that was not kept.
    fn attribute(&mut self, tag: Option<u64>, kept: &mut Vec<Attribute>, styled: &mut bool) {
        let from = self.at;
        let ends = |b: u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'=');
        let (_, name) = self.word(ends);
        let named = self.bytes.get(from..self.at).unwrap_or_default();
        self.skip_blanks();
        let value = match self.peek() {
            Some(b'=') => {
                self.at += 1;
                self.value()
            }
            _ => self.at..self.at,
        };
        let Some(tag) = tag else {
            return;
        };
        let style = named.eq_ignore_ascii_case(b"style");
        if style && std::mem::replace(styled, true) {
            return;
        }
        let written = self.bytes.get(value.clone()).unwrap_or_default();
        // The parser tells formatting elements apart by their attributes.
        if !tags::is_formatting(tag) && lean::is_idle(tag, named, written) {
            return;
        }
        if kept.iter().all(|known| known.name.local != name) {
            kept.push(Attribute {
                name: QualName::new(None, ns!(), name),
                value: self.read(value, Stretch::Value),
            });
        }
    }

    /// Runs over a value behind its sign; where it stands.
    fn value(&mut self) -> Range<usize> {
        self.skip_blanks();
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                let start = self.at + 1;
                let rest = self.bytes.get(start..).unwrap_or_default();
                let end = memchr(quote, rest).map_or(self.bytes.len(), |offset| start + offset);
                self.at = (end + 1).min(self.bytes.len());
                start..end
            }
            _ => {
                let start = self.at;
                self.skip_to(|b| b.is_ascii_whitespace() || b == b'>');
                start..self.at
            }
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
