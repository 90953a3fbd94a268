//! Text to a tree, as the standard of HTML says: the same tree as any parser of the standard
//! builds, but for what nobody reads, which is left out on the way: bodies of scripts, styles and
//! comments, attributes of layout, white space between tags.
//!
//! The tree is built by html5ever. Its tokenizer, which takes one character after the other from
//! streams, would be two thirds of the work; here the whole text lies ready, so that a tag or a
//! text is cut out of it at once, and most are borrowed.

use std::ops::Range;

use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use memchr::{memchr, memchr3};

use super::guard::{Guard, MAX_BYTES};
use attributes::Attributes;
use meaning::{Stretch, meant};
use names::Names;
use tree::Sink;
pub use tree::{Element, Kind, Tree};

mod attributes;
mod declarations;
mod doctype;
mod meaning;
mod names;
mod raw;
mod references;
mod tree;

#[cfg(test)]
mod tests;

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

    /// Text up to the next sign: white space alone is one blank, but for a single line end, which
    /// means nothing at the beginning of a `pre`.
    fn gap(&mut self, range: Range<usize>) {
        let text = self.bytes.get(range.clone()).unwrap_or_default();
        let blank = text.len() > 1 && text.iter().all(u8::is_ascii_whitespace);
        if blank && text != b"\r\n" {
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
