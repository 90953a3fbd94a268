//! The links that a page carries: anchors, pictures, files, and whatever else it loads.

use std::collections::HashMap;

use url::Url;

use super::address;
use super::clean;
use super::markup::{self, Tag};
use super::tags::tag;
use crate::domain::target::TargetKind;

/// The most links of one page.
const MOST: usize = 5000;
/// The longest text of a link, in characters.
const TEXT: usize = 60;

/// A link as a page carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Where it leads, without its fragment.
    pub url: Url,
    /// Its words, or those of its picture; may be empty.
    pub text: String,
    /// What it is.
    pub kind: TargetKind,
    /// Whether it stands in a script.
    pub scripted: bool,
}

/// Whether two addresses are of one site: of one host, or one below the other.
pub fn is_same_site(one: &Url, other: &Url) -> bool {
    address::is_same_site(one, other)
}

/// The links of one page so far.
pub struct Gathered {
    /// Each once, in the order of the page.
    pub all: Vec<Carried>,
    page: Url,
    places: HashMap<Url, usize>,
    /// The open anchor.
    open: Option<usize>,
    /// Whether an anchor is open that leads somewhere.
    inside: bool,
}

impl Gathered {
    /// None yet.
    pub fn new(page: &Url) -> Gathered {
        Gathered {
            all: Vec::new(),
            page: page.clone(),
            places: HashMap::new(),
            open: None,
            inside: false,
        }
    }

    /// Takes the link of a tag, if it carries one.
    pub fn open(&mut self, tag: Tag<'_>, base: &Url, scripted: bool) {
        let attribute = |name: &str| markup::attribute(tag.attributes, name);
        let Some((name, kind)) = carrier(tag) else {
            return;
        };
        if tag.key == A {
            self.done();
        }
        let url = attribute(name).and_then(|value| address::join(base, &value));
        let Some(url) = url.filter(|url| *url != self.page) else {
            return;
        };
        // What a script builds may lead anywhere; that a list of this site leads to its own pages
        // is certain.
        if scripted && !address::is_same_site(&url, &self.page) {
            return;
        }
        let kind = match kind {
            TargetKind::Page if !address::is_page(&url) => TargetKind::File,
            kind => kind,
        };
        let text = attribute("alt").or_else(|| attribute("title"));
        let text = clean::line(&text.unwrap_or_default(), TEXT);
        if kind == TargetKind::Picture && !text.is_empty() {
            self.words(&text);
        }
        let place = self.places.get(&url).copied();
        let place = place.or_else(|| {
            let at = self.all.len();
            (at < MOST).then(|| {
                self.all.push(Carried {
                    url: url.clone(),
                    text: match kind {
                        TargetKind::Picture => text,
                        _ => String::new(),
                    },
                    kind,
                    scripted,
                });
                self.places.insert(url, at);
                at
            })
        });
        // The words of the first anchor that has any are the link's.
        let is_bare = |at: &usize| self.all.get(*at).is_some_and(|link| link.text.is_empty());
        if tag.key == A {
            self.open = place.filter(is_bare);
            self.inside = place.is_some();
        }
    }

    /// Takes words, which are those of the open anchor.
    pub fn words(&mut self, text: &str) {
        let open = self.open.and_then(|at| self.all.get_mut(at));
        if let Some(link) = open.filter(|link| link.text.chars().count() < TEXT) {
            let joined = format!("{}{}", link.text, text.trim());
            link.text = clean::line(&joined, TEXT);
        }
    }

    /// Whether what is read now are the words of a link.
    pub fn is_inside(&self) -> bool {
        self.inside
    }

    /// Closes the open anchor.
    pub fn done(&mut self) {
        self.open = None;
        self.inside = false;
    }
}

/// The attribute that carries the link of a tag, and what it is.
fn carrier(tag: Tag<'_>) -> Option<(&'static str, TargetKind)> {
    let attribute = |name: &str| markup::attribute(tag.attributes, name);
    match tag.key {
        A | AREA => Some(("href", TargetKind::Page)),
        IMG => Some(("src", TargetKind::Picture)),
        SCRIPT | IFRAME | FRAME | EMBED => Some(("src", TargetKind::Part)),
        // Of others, such as `canonical` or `preconnect`, nothing is loaded.
        LINK => {
            let rel = attribute("rel")?.to_ascii_lowercase();
            let loaded = rel
                .split_ascii_whitespace()
                .any(|word| word == "stylesheet");
            loaded.then_some(("href", TargetKind::Part))
        }
        _ => None,
    }
}

const A: u64 = tag("a");
const AREA: u64 = tag("area");
const IMG: u64 = tag("img");
const SCRIPT: u64 = tag("script");
const IFRAME: u64 = tag("iframe");
const FRAME: u64 = tag("frame");
const EMBED: u64 = tag("embed");
const LINK: u64 = tag("link");
