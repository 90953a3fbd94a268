//! The open elements of a page read as a stream, and what they make of a place in it: whether it
//! is displayed, whether it is furniture, and by which elements it is reached.

use std::cell::Cell;

use super::dom;
use super::markup::{self, Tag};
use super::tags::{self, tag};

/// The most open elements that are kept; what is nested deeper counts to the deepest one.
const MAX_DEPTH: usize = 512;
/// How far up the element of an end tag is looked for.
const REACH: usize = 64;

/// Where a text stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Whether it is not displayed.
    pub hidden: bool,
    /// Whether it lies in the header, the footer or a navigation block.
    pub furniture: bool,
    /// Whether it lies beside the article: in comments, teasers, sidebars.
    pub aside: bool,
    /// Whether its nearest elements are named like a publication date.
    pub named: Named,
    /// A digest of the tags and class letters from the root to here.
    pub path: u64,
}

/// How elements name a date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Named {
    /// Not.
    #[default]
    No,
    /// By a class or identifier with a word for dates.
    Class,
    /// By a tag of their own.
    Element,
}

#[derive(Clone, Copy)]
struct Open<'a> {
    tag: Tag<'a>,
    /// What it and the elements above it make of a place, once asked.
    place: Option<Place>,
    named: Named,
}

/// The open elements.
#[derive(Default)]
pub struct Stack<'a> {
    open: Vec<Open<'a>>,
    silent: Cell<usize>,
}

impl<'a> Stack<'a> {
    /// Opens an element; those that cannot hold it are closed.
    pub fn push(&mut self, tag: Tag<'a>) {
        let closed = tags::closed_by(tag.key);
        while self
            .open
            .last()
            .is_some_and(|top| closed.contains(&top.tag.key))
        {
            self.open.pop();
        }
        // Content ends a head that nobody closed.
        if self
            .open
            .last()
            .is_some_and(|top| top.tag.key == self::tag("head"))
            && is_content(tag.key)
        {
            self.pop(self::tag("head"));
        }
        if self.open.len() >= MAX_DEPTH {
            return;
        }
        if is_silent(tag.key) {
            self.silent.set(self.silent.get() + 1);
        }
        self.open.push(Open {
            tag,
            place: None,
            named: Named::No,
        });
    }

    /// Closes the nearest open element of this name and all within it.
    pub fn pop(&mut self, key: u64) {
        let above = self
            .open
            .iter()
            .rev()
            .take(REACH)
            .position(|open| open.tag.key == key);
        let Some(above) = above else { return };
        for _ in 0..=above {
            if let Some(open) = self.open.pop()
                && is_silent(open.tag.key)
            {
                self.silent.set(self.silent.get().saturating_sub(1));
            }
        }
    }

    /// Whether the text here is never for a reader.
    pub fn is_silent(&self) -> bool {
        self.silent.get() > 0
    }

    /// Where a text here stands.
    pub fn place(&mut self) -> Place {
        let known = self.open.iter().rposition(|open| open.place.is_some());
        let mut place = known
            .and_then(|at| self.open.get(at)?.place)
            .unwrap_or_default();
        for open in self.open.iter_mut().skip(known.map_or(0, |at| at + 1)) {
            (place, open.named) = inside(place, open.tag);
            open.place = Some(place);
        }
        let near = self.open.iter().rev().take(3).map(|open| open.named);
        place.named = near
            .into_iter()
            .find(|named| *named != Named::No)
            .unwrap_or_default();
        place
    }
}

/// What an element makes of a place.
fn inside(above: Place, tag: Tag) -> (Place, Named) {
    let mut place = above;
    let mut classes = "";
    let mut named = Named::No;
    if [
        self::tag("publisht"),
        self::tag("pubtime"),
        self::tag("publishd"),
    ]
    .contains(&tag.key)
    {
        named = Named::Element;
    }
    for (name, value) in markup::attributes(tag.attributes) {
        let plain = name.to_ascii_lowercase();
        match plain.as_str() {
            "hidden" => place.hidden = true,
            "style" => place.hidden |= dom::is_undisplayed(value),
            "id" | "class" => {
                place.furniture |= dom::names_furniture(value);
                place.aside |= is_aside(value);
                if named == Named::No && names_date(value) {
                    named = Named::Class;
                }
                if plain == "class" {
                    classes = value;
                }
            }
            _ => {}
        }
    }
    place.furniture |= is_furniture(tag.key);
    place.aside |= tag.key == self::tag("aside") || tag.key == self::tag("blockquote");
    place.path = dom::path_step(above.path, &tag.key.to_be_bytes(), classes);
    (place, named)
}

fn is_furniture(key: u64) -> bool {
    [tag("header"), tag("footer"), tag("nav")].contains(&key)
}

fn is_silent(key: u64) -> bool {
    [
        tag("noscript"),
        tag("select"),
        tag("template"),
        tag("head"),
        tag("object"),
    ]
    .contains(&key)
}

fn is_content(key: u64) -> bool {
    [
        tag("body"),
        tag("div"),
        tag("p"),
        tag("table"),
        tag("ul"),
        tag("h1"),
        tag("h2"),
    ]
    .contains(&key)
}

fn names_date(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    [
        "date", "time", "pub", "info", "source", "meta", "ly", "sj", "datum", "byline",
    ]
    .iter()
    .any(|word| value.contains(word))
}

/// Whether a class or an identifier names what stands beside an article.
fn is_aside(value: &str) -> bool {
    const WORDS: [&str; 16] = [
        "comment",
        "comments",
        "commentlist",
        "sidebar",
        "related",
        "teaser",
        "teasers",
        "widget",
        "recommended",
        "recommendations",
        "popular",
        "latest",
        "recent",
        "archive",
        "calendar",
        "tweet",
    ];
    value
        .split(|c: char| !c.is_ascii_alphabetic())
        .any(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
}
