//! The guard of the HTML parser, whose cost grows with the square of the nesting depth: it counts
//! along with the tags and stops the parser before a page takes too long.
//!
//! Its own count of what is open and the depth of the tree can differ, since the parser does not
//! heed every tag: whichever is larger counts.

use super::tags;

/// The most bytes of text that are parsed.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
const MAX_DEPTH: usize = 512;
const MAX_TAGS: usize = 120_000;
/// Steps of the parser, estimated as the open elements seen by each tag.
const MAX_WORK: usize = 8_000_000;

/// What is open, by the keys of the tags, and what it has cost.
#[derive(Default)]
pub struct Guard {
    open: Vec<u64>,
    /// Open elements that hold another language: in them a tag can close itself.
    foreign: usize,
    formatting: usize,
    /// How deep in the tree the latest element stands.
    depth: usize,
    tags: usize,
    work: usize,
}

impl Guard {
    /// A start tag, which may end in `/>`; nothing when the page takes too long.
    pub fn start(&mut self, name: u64, closed: bool) -> Option<()> {
        self.tags += 1;
        self.work += 1 + self.deepest() + self.formatting;
        if self.tags > MAX_TAGS || self.work > MAX_WORK {
            return None;
        }
        let complete = tags::is_void(name) || (closed && self.foreign > 0);
        if !complete {
            self.push(name);
        }
        (self.open.len() <= MAX_DEPTH).then_some(())
    }

    /// A comment, which parts the text around it.
    pub fn comment(&mut self) -> Option<()> {
        self.work += self.deepest();
        (self.work <= MAX_WORK).then_some(())
    }

    /// The tree has grown by an element at this depth.
    pub fn grown(&mut self, depth: usize) -> Option<()> {
        self.depth = depth;
        (depth <= MAX_DEPTH).then_some(())
    }

    fn deepest(&self) -> usize {
        self.open.len().max(self.depth)
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

    /// An end tag: the parser looks for its element among all that are open.
    pub fn end(&mut self, name: u64) -> Option<()> {
        let is_latest = self.open.last() == Some(&name);
        self.work += if is_latest { 1 } else { self.deepest() };
        if tags::is_formatting(name) {
            self.formatting = self.formatting.saturating_sub(1);
        }
        let mut above = self.open.iter().rev().take(64);
        if let Some(above) = above.position(|open| *open == name) {
            let kept = self.open.len() - above - 1;
            let closed = self.open.drain(kept..);
            let foreign = closed.filter(|name| tags::is_foreign(*name)).count();
            self.foreign = self.foreign.saturating_sub(foreign);
        }
        (self.work <= MAX_WORK).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
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
                "end tags alone",
                "<div>".repeat(500) + &"</p>".repeat(400_000),
            ),
            ("end tags not heeded", "<span><div></span>".repeat(600)),
            (
                "in foreign content",
                format!("<svg><style>{}", "<div>".repeat(600)),
            ),
        ];
        for (name, text) in cases {
            assert!(parse(&text).is_none(), "{name}");
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
            assert!(parse(&text).is_some(), "{name}");
        }
    }
}
