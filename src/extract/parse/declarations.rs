//! What begins with `<!` or `<?`: comments, the type of the document, data of another language.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink as _};
use memchr::memchr;

use super::meaning::Stretch;
use super::{Parser, doctype};

impl Parser<'_> {
    /// `<!` begins a comment, the type of the document, data of another language, or nothing.
    pub fn declaration(&mut self) -> Option<()> {
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
    pub fn bogus(&mut self, skipped: usize) -> Option<()> {
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
}
