//! Text to a tree, as the standard of HTML says: the same tree as any parser of the standard
//! builds, but for what nobody reads, which is left out on the way: bodies of scripts, styles and
//! comments, attributes of layout, white space between tags.
//!
//! The tree is built by html5ever. Its tokenizer, which takes one character after the other from
//! streams, would be two thirds of the work; here the whole text lies ready, so that a tag or a
//! text is cut out of it at once, and most are borrowed.

use std::ops::Range;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{Attribute, LocalName, QualName, ns};
use memchr::{memchr, memchr3};

use super::guard::{Guard, MAX_BYTES};
use super::{lean, tags};
use names::Names;
use tree::Sink;
pub use tree::{Element, Kind, Tree};

mod doctype;
mod names;
mod raw;
mod references;
mod tree;

#[cfg(test)]
mod tests;

/// The most attributes of one tag.
const MAX_ATTRIBUTES: usize = 512;

/// The tree of a text; nothing where it would take too long to build.
pub fn parse(text: &str) -> Option<Tree> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser {
        text,
        bytes: text.as_bytes(),
        shared: StrTendril::from_slice(text),
        at: 0,
        builder: TreeBuilder::new(Sink::of(text.len()), Default::default()),
        guard: Guard::default(),
        names: Names::new(),
    };
    parser.run()?;
    Some(parser.finish())
}

/// What a stretch of text is for the parser.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stretch {
    /// Text between tags.
    Text,
    /// The same where references mean nothing.
    Data,
    /// The title and the like.
    Title,
    /// A value of an attribute.
    Value,
    /// A style and the like.
    Raw,
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// The text once more, for the tree to borrow from.
    shared: StrTendril,
    at: usize,
    builder: TreeBuilder<u32, Sink>,
    guard: Guard,
    names: Names,
}

impl<'a> Parser<'a> {
    fn finish(self) -> Tree {
        use html5ever::tree_builder::TreeSink as _;
        let _ = self.builder.process_token(Token::EOFToken, 1);
        self.builder.end();
        self.builder.sink.finish()
    }

    /// Hands on piece after piece; `None` where the page would take too long.
    fn run(&mut self) -> Option<()> {
        while self.at < self.bytes.len() {
            let from = self.at;
            let sign = memchr(b'<', self.rest()).map_or(self.bytes.len(), |offset| from + offset);
            self.gap(from..sign);
            self.at = sign;
            let rest = self.rest();
            match (rest.first(), rest.get(1)) {
                (None, _) => {}
                (_, Some(b'!')) => self.declaration()?,
                (_, Some(b'?')) => self.bogus(1)?,
                (_, Some(b'/')) => self.end_tag()?,
                (_, Some(b)) if b.is_ascii_alphabetic() => self.start_tag()?,
                _ => self.stray(1),
            }
        }
        Some(())
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    fn hand_on(&self, token: Token) -> TokenSinkResult<u32> {
        self.builder.process_token(token, 1)
    }

    /// Signs that begin no tag are text.
    fn stray(&mut self, length: usize) {
        self.characters(self.at..self.at + length, Stretch::Text);
        self.at += length;
    }

    /// Text up to the next sign: white space alone is one blank.
    fn gap(&mut self, range: Range<usize>) {
        let text = self.bytes.get(range.clone()).unwrap_or_default();
        if text.len() > 1 && text.iter().all(u8::is_ascii_whitespace) {
            let _ = self.hand_on(Token::CharacterTokens(StrTendril::from_slice(" ")));
        } else {
            self.characters(range, Stretch::Text);
        }
    }

    fn characters(&mut self, range: Range<usize>, stretch: Stretch) {
        if range.is_empty() {
            return;
        }
        let read = self.read(range, stretch);
        if matches!(stretch, Stretch::Text | Stretch::Data) && read.contains('\0') {
            for part in read.split_inclusive('\0') {
                let bare = part.strip_suffix('\0');
                let text = StrTendril::from_slice(bare.unwrap_or(part));
                if !text.is_empty() {
                    let _ = self.hand_on(Token::CharacterTokens(text));
                }
                if bare.is_some() {
                    let _ = self.hand_on(Token::NullCharacterToken);
                }
            }
        } else {
            let _ = self.hand_on(Token::CharacterTokens(read));
        }
    }

    /// A range as it is meant: references resolved, line ends as one sign.
    fn read(&self, range: Range<usize>, stretch: Stretch) -> StrTendril {
        let text = self.slice(range.clone());
        if memchr3(b'&', b'\r', b'\0', text.as_bytes()).is_none() {
            let place = u32::try_from(range.start)
                .ok()
                .zip(u32::try_from(text.len()).ok());
            return place
                .and_then(|(from, length)| self.shared.try_subtendril(from, length).ok())
                .unwrap_or_default();
        }
        StrTendril::from_slice(&meant(text, stretch))
    }

    /// `<!` begins a comment, the type of the document, data of another language, or nothing.
    fn declaration(&mut self) -> Option<()> {
        let behind = self.rest().get(2..).unwrap_or_default();
        let is = |word: &[u8]| {
            behind
                .get(..word.len())
                .is_some_and(|here| here.eq_ignore_ascii_case(word))
        };
        if behind.starts_with(b"--") {
            self.comment()?;
        } else if is(b"doctype") {
            let from = self.at + 2 + b"doctype".len();
            let end = memchr(b'>', self.bytes.get(from..).unwrap_or_default());
            let to = end.map_or(self.bytes.len(), |offset| from + offset);
            let doctype = doctype::read(self.slice(from..to), end.is_some());
            let _ = self.hand_on(Token::DoctypeToken(doctype));
            self.at = to + 1;
        } else if behind.starts_with(b"[CDATA[")
            && self
                .builder
                .adjusted_current_node_present_but_not_in_html_namespace()
        {
            let from = self.at + b"<![CDATA[".len();
            let rest = self.bytes.get(from..).unwrap_or_default();
            let end = memchr::memmem::find(rest, b"]]>");
            let to = end.map_or(self.bytes.len(), |offset| from + offset);
            self.characters(from..to, Stretch::Data);
            self.at = to + 3;
        } else {
            self.bogus(2)?;
        }
        Some(())
    }

    /// What is taken for a comment up to the next `>`.
    fn bogus(&mut self, skipped: usize) -> Option<()> {
        let from = self.at + skipped;
        let end = memchr(b'>', self.bytes.get(from..).unwrap_or_default());
        self.at = end.map_or(self.bytes.len(), |offset| from + offset + 1);
        self.noted()
    }

    fn noted(&mut self) -> Option<()> {
        let _ = self.hand_on(Token::CommentToken(StrTendril::new()));
        self.guard.comment()
    }

    /// A comment ends at `-->` or `--!>`; the short forms `<!-->` and `<!--->` end at once.
    fn comment(&mut self) -> Option<()> {
        let inside = self.at + 4;
        self.at += 2;
        while let Some(offset) = memchr::memmem::find(self.rest(), b"--") {
            self.at += offset;
            let after = self.rest().get(2..).unwrap_or_default();
            let length = if after.starts_with(b">") {
                3
            } else if after.starts_with(b"!>") && self.at >= inside {
                4
            } else {
                self.at += 1;
                continue;
            };
            self.at += length;
            return self.noted();
        }
        self.at = self.bytes.len();
        self.noted()
    }

    fn end_tag(&mut self) -> Option<()> {
        match self.rest().get(2) {
            None => self.stray(2),
            Some(b'>') => self.at += 3,
            Some(b) if b.is_ascii_alphabetic() => {
                self.at += 2;
                let (key, name) = self.name();
                if self.attributes(None)?.is_some() {
                    self.guard.end(key)?;
                    let _ = self.hand_on(Token::TagToken(tag(TagKind::EndTag, name)));
                }
            }
            Some(_) => self.bogus(2)?,
        }
        Some(())
    }

    fn start_tag(&mut self) -> Option<()> {
        self.at += 1;
        let from = self.at;
        let (key, name) = self.name();
        let named = from..self.at;
        let Some(Attributes { kept, closed }) = self.attributes(Some(key))? else {
            return Some(());
        };
        self.guard.start(key, closed)?;
        let told = self.hand_on(Token::TagToken(Tag {
            self_closing: closed,
            attrs: kept,
            ..tag(TagKind::StartTag, name)
        }));
        self.guard.grown(self.builder.sink.depth())?;
        match told {
            TokenSinkResult::RawData(kind) => self.raw(kind, named),
            TokenSinkResult::Plaintext => {
                self.characters(self.at..self.bytes.len(), Stretch::Raw);
                self.at = self.bytes.len();
            }
            _ => {}
        }
        Some(())
    }

    /// The content of an element that no tag interrupts but its own end. Nobody reads scripts and
    /// styles.
    fn raw(&mut self, kind: RawKind, name: Range<usize>) {
        let from = self.at;
        let name = self.bytes.get(name).unwrap_or_default();
        let script = matches!(kind, RawKind::ScriptData | RawKind::ScriptDataEscaped(_));
        let end = match script {
            true => raw::script_end(self.bytes, from),
            false => raw::end(self.bytes, from, name),
        };
        if kind == RawKind::Rcdata {
            self.characters(from..end, Stretch::Title);
        } else if end > from && (script || name.eq_ignore_ascii_case(b"style")) {
            let _ = self.hand_on(Token::CharacterTokens(StrTendril::from_slice(" ")));
        } else {
            self.characters(from..end, Stretch::Raw);
        }
        self.at = end;
    }

    /// The name that begins here: its key, and as the tree has it.
    fn name(&mut self) -> (u64, LocalName) {
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
    fn attributes(&mut self, tag: Option<u64>) -> Option<Option<Attributes>> {
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

/// The attributes of a tag, and whether it ends in `/>`.
struct Attributes {
    kept: Vec<Attribute>,
    closed: bool,
}

fn tag(kind: TagKind, name: LocalName) -> Tag {
    Tag {
        kind,
        name,
        self_closing: false,
        attrs: Vec::new(),
        had_duplicate_attributes: false,
    }
}

/// A text as it is meant.
fn meant(text: &str, stretch: Stretch) -> String {
    let references = matches!(stretch, Stretch::Text | Stretch::Title | Stretch::Value);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr3(b'&', b'\r', b'\0', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let sign = from.chars().next();
        rest = from.get(1..).unwrap_or_default();
        match sign {
            Some('\r') => {
                out.push('\n');
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
            Some('&') => {
                let value = stretch == Stretch::Value;
                let meant = references
                    .then(|| references::resolve(rest, value))
                    .flatten();
                match meant {
                    Some(((first, second), used)) => {
                        out.push(first);
                        out.extend(second);
                        rest = rest.get(used..).unwrap_or_default();
                    }
                    None => out.push('&'),
                }
            }
            _ if matches!(stretch, Stretch::Text | Stretch::Data) => out.push('\0'),
            _ => out.push('\u{fffd}'),
        }
    }
    out.push_str(rest);
    out
}
