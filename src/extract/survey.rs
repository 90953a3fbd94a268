//! The survey of a page: its article links, the dates in its text, and how much of each stands
//! in every block, counted once so that climbing the tree costs nothing.

use std::cell::RefCell;
use std::collections::BTreeSet;

use url::Url;

use super::column_heads::Heads;
use super::dates::{self, Found};
use super::dom::{Dom, What};
use super::foreign;
use super::items::{self, Item};
use super::labels::{self, Label};
use super::standing::{self, Standing};
use super::{clean, pageclock};

/// A date in the page's text.
pub struct Dated<'a> {
    /// The text node.
    pub node: usize,
    /// The node's text.
    pub text: &'a str,
    /// The date.
    pub found: Found,
    /// How it stands in the text.
    pub standing: Standing,
    /// What the words before it say.
    pub label: Label,
    /// The article link in which it stands.
    pub in_item: Option<usize>,
}

/// What stands before one place of the page.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    items: u32,
    links: u32,
    bytes: u32,
}

/// The links and dates of a page, and what each of its blocks holds.
pub struct Survey<'d, 'a> {
    /// The page.
    pub dom: &'d Dom<'a>,
    /// Its article links, in document order.
    pub items: Vec<Item<'a>>,
    /// Every date in its visible text, in document order.
    pub dated: Vec<Dated<'a>>,
    sums: Vec<Sum>,
    /// The heads of the list that was asked for last.
    pub heads: RefCell<Option<Heads>>,
}

impl<'d, 'a> Survey<'d, 'a> {
    /// Surveys a page.
    pub fn of(dom: &'d Dom<'a>, base: &Url) -> Self {
        Survey::with(dom, base, &BTreeSet::new())
    }

    /// Surveys a page of which these links are articles' too, however short their titles are.
    pub fn with(dom: &'d Dom<'a>, base: &Url, short: &BTreeSet<usize>) -> Self {
        let items = items::items(dom, base, short);
        let sums = sums(dom, &items);
        let english = base.host_str().is_some_and(|host| host.ends_with(".cn"));
        let dated = dated(dom, &items, english);
        Survey {
            dom,
            items,
            dated,
            sums,
            heads: RefCell::new(None),
        }
    }

    fn sum(&self, at: usize) -> Sum {
        self.sums.get(at).copied().unwrap_or_default()
    }

    /// Article links in a subtree.
    pub fn items_in(&self, at: usize) -> u32 {
        self.sum(self.dom.end(at)).items - self.sum(at).items
    }

    /// Links of any kind in a subtree.
    pub fn links_in(&self, at: usize) -> u32 {
        self.links_between(at, self.dom.end(at))
    }

    /// Links of any kind between two places.
    pub fn links_between(&self, start: usize, end: usize) -> u32 {
        self.sum(end).links.saturating_sub(self.sum(start).links)
    }

    /// Bytes of visible text between two places.
    pub fn text_between(&self, start: usize, end: usize) -> u32 {
        self.sum(end).bytes.saturating_sub(self.sum(start).bytes)
    }

    /// The dates between two places.
    pub fn dates_between(&self, start: usize, end: usize) -> impl Iterator<Item = &Dated<'a>> {
        let from = self.dated.partition_point(|d| d.node < start);
        let to = self.dated.partition_point(|d| d.node < end);
        self.dated.get(from..to).unwrap_or_default().iter()
    }
}

/// Whether an address tells links apart: scripts and bare marks stand in all rows alike.
fn leads_somewhere(href: &str) -> bool {
    let script = |href: &str| {
        href.get(..11)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:"))
    };
    href.len() > 1 && !script(href.trim_start())
}

/// What stands before every place of the page; links to the same address in a row count once.
fn sums(dom: &Dom, items: &[Item]) -> Vec<Sum> {
    let mut out = Vec::with_capacity(dom.len() + 1);
    let (mut count, mut links, mut bytes) = (0_u32, 0_u32, 0_u32);
    let mut next = items.iter().peekable();
    let mut last: Option<&str> = None;
    for (at, node) in dom.iter() {
        out.push(Sum {
            items: count,
            links,
            bytes,
        });
        match node.what {
            What::Element(_) if node.tag == "a" => links += 1,
            What::Text(text) if !node.silent => {
                bytes = bytes
                    .saturating_add(u32::try_from(clean::trimmed(text).len()).unwrap_or(u32::MAX))
            }
            _ => {}
        }
        if next.peek().is_some_and(|item| item.at == at) {
            let href = next
                .next()
                .and_then(|item| item.href)
                .filter(|href| leads_somewhere(href));
            count += u32::from(href.is_none() || href != last);
            last = href;
        }
    }
    out.push(Sum {
        items: count,
        links,
        bytes,
    });
    out
}

/// The dates of the page; `english` says whether names of months are looked for too.
fn dated<'a>(dom: &Dom<'a>, items: &[Item], english: bool) -> Vec<Dated<'a>> {
    let mut out = Vec::new();
    let mut previous: (&str, Option<usize>) = ("", None);
    let mut known = ("", Label::None);
    let mut begun = 0;
    for (node, text) in dom.texts(0, dom.len()) {
        let bare = clean::trimmed(text);
        if bare.is_empty() {
            continue;
        }
        while items.get(begun).is_some_and(|item| item.at <= node) {
            begun += 1;
        }
        let in_item = begun
            .checked_sub(1)
            .filter(|i| items.get(*i).is_some_and(|item| node < item.end));
        for found in found(text, bare, english) {
            let before = text.char_indices().nth(found.start);
            let before = before
                .and_then(|(at, _)| text.get(..at))
                .unwrap_or_default();
            // What stands in a title says nothing of the date behind it.
            let led = previous.1.is_none() || previous.1 == in_item;
            let before = if led && !before.contains(char::is_alphanumeric) && may_label(previous.0)
            {
                previous.0
            } else {
                before
            };
            let label = if in_item.is_none() && pageclock::is_line(text) {
                Label::Other
            } else {
                // Rows say the same again and again.
                if known.0 != before {
                    known = (before, label(before));
                }
                match found.is_like_a_number() {
                    true => labels::label_of(&found, before),
                    false => known.1,
                }
            };
            let in_item =
                in_item.filter(|i| items.get(*i).is_some_and(|item| dom.tag(item.at) == "a"));
            out.push(Dated {
                node,
                text,
                found,
                standing: standing::standing(text, &found),
                label,
                in_item,
            });
        }
        previous = (text, in_item);
    }
    out
}

/// The dates of a text; most have none, and no word of a distance in days either.
fn found(text: &str, bare: &str, english: bool) -> Vec<Found> {
    let mut found = if bare.len() <= 96 && bare.contains(['刚', '今', '昨', '前']) {
        dates::scan_row(text)
    } else if english {
        foreign::or_named(dates::scan(text), text)
    } else {
        dates::scan(text)
    };
    for found in found.iter_mut().filter(|found| found.zone.is_some()) {
        *found = found.in_china();
    }
    found
}

/// What the words before a date make of it: without a letter they make nothing.
fn label(before: &str) -> Label {
    if before.contains(char::is_alphabetic) {
        labels::label(before)
    } else {
        Label::None
    }
}

/// Whether a text can be the label of what follows it: short, or ending in a colon.
fn may_label(text: &str) -> bool {
    let text = text.trim();
    let ends = text.ends_with([':', '：']);
    text.chars().take(41).count() <= if ends { 40 } else { 8 }
}
