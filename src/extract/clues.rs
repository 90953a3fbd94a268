//! What a page tells of itself as an article, gathered in one pass over its source: metas, titles,
//! `<time>`, data islands, and every text that can hold a date, with where it stands. The rules
//! that make a date of it are elsewhere.

use std::borrow::Cow;

use url::Url;

use super::cells::Cells;
use super::clean;
use super::dates::{self, Stamp};
use super::heads::Heads;
use super::markup::{self, Tag, Token, Tokens};
use super::metas::Metas;
use super::numerals;
use super::places::{Place, Stack};
use super::split;
use super::tags::{self, tag};
use crate::domain::time::Date;

/// The most texts of a page that are weighed: an article has few dates.
const MAX_SPOTS: usize = 400;
/// The most marked moments that are kept.
const MAX_TIMES: usize = 60;
/// Characters that tell the language.
const SAMPLE: usize = 4000;

/// A text that can hold a date.
pub struct Spot<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// The text before it.
    pub before: Cow<'a, str>,
    /// Characters of visible text before it.
    pub at: usize,
    /// Links of some weight before it.
    pub links: usize,
    /// Characters of longer texts outside of links before it.
    pub prose: usize,
    /// Where it stands.
    pub place: Place,
    /// The link in which it stands.
    pub link: Option<usize>,
    /// Whether the text before it stands in a link that this one does not stand in.
    pub behind_link: bool,
}

/// A moment written for machines: `<time>`, or an element marked as the publication date.
pub struct Time<'a> {
    /// Its attributes as written.
    pub attributes: &'a str,
    /// The text in it.
    pub text: Cow<'a, str>,
    /// Characters of visible text before it.
    pub at: usize,
    /// Where it stands.
    pub place: Place,
}

/// A page as an article.
pub struct Clues<'a> {
    /// Its address.
    pub url: &'a Url,
    /// Its source.
    pub source: &'a str,
    /// The day of reading.
    pub today: Date,
    /// The declared language in lower case.
    pub language: String,
    /// Whether it is written in Chinese.
    pub chinese: bool,
    /// Its metas.
    pub metas: Metas,
    /// Its titles and where they stand.
    pub heads: Heads,
    /// Texts with digits, in document order.
    pub spots: Vec<Spot<'a>>,
    /// Moments for machines, in document order.
    pub times: Vec<Time<'a>>,
    /// Data islands as written.
    pub islands: Vec<&'a str>,
    /// For each link of some text how much its words weigh, dates left aside.
    pub links: Vec<usize>,
    /// Characters of visible text.
    pub text_length: usize,
    /// Characters of longer texts outside of links.
    pub prose_length: usize,
    /// Whether any element is marked as the publication date.
    pub marked: bool,
    /// Whether a script tag names an address with the content.
    pub leads_on: bool,
}

impl<'a> Clues<'a> {
    /// Reads a page.
    pub fn of(source: &'a str, url: &'a Url, today: Date) -> Clues<'a> {
        let mut walk = Walk {
            clues: Clues {
                url,
                source,
                today,
                language: String::new(),
                chinese: false,
                metas: Metas::default(),
                heads: Heads::default(),
                spots: Vec::new(),
                times: Vec::new(),
                islands: Vec::new(),
                links: Vec::new(),
                text_length: 0,
                prose_length: 0,
                marked: memchr::memmem::find(source.as_bytes(), b"datePublished").is_some(),
                leads_on: false,
            },
            stack: Stack::default(),
            sample: Sample::default(),
            weighty_links: 0,
            link: None,
            previous: ("", None),
            cells: Cells::default(),
            time: None,
            parts: None,
        };
        for token in Tokens::of(source) {
            walk.take(token);
        }
        walk.done()
    }
}

/// How many characters of the first texts are Chinese or Japanese.
#[derive(Default)]
struct Sample {
    all: usize,
    wide: usize,
    kana: usize,
}

impl Sample {
    fn take(&mut self, text: &str) {
        if self.all >= SAMPLE {
            return;
        }
        for c in text.chars() {
            self.all += 1;
            self.wide += usize::from(('\u{4e00}'..='\u{9fff}').contains(&c));
            self.kana += usize::from(('\u{3040}'..='\u{30ff}').contains(&c));
        }
    }

    fn is_chinese(&self) -> bool {
        self.wide > 0 && self.wide * 10 >= self.all && self.kana * 10 < self.wide.max(1)
    }
}

struct Walk<'a> {
    clues: Clues<'a>,
    stack: Stack<'a>,
    sample: Sample,
    weighty_links: usize,
    /// The open link.
    link: Option<usize>,
    /// The last text with words, and the link in which it stood.
    previous: (&'a str, Option<usize>),
    /// The place in the open table.
    cells: Cells<'a>,
    /// The open moment.
    time: Option<(usize, u64)>,
    /// Texts behind one another that may be parts of one date.
    parts: Option<Parts<'a>>,
}

/// Texts behind one another that may be parts of one date.
struct Parts<'a> {
    texts: Vec<String>,
    /// Where the first of them stands.
    first: Spot<'a>,
}

impl<'a> Walk<'a> {
    fn take(&mut self, token: Token<'a>) {
        match token {
            Token::Open(tag) => self.open(tag),
            Token::Close(key) => self.close(key),
            Token::Text(text) => self.text(text),
            Token::Raw(tag, text) => self.raw(tag, text),
        }
    }

    fn raw(&mut self, tag: Tag<'a>, text: &'a str) {
        if tag.key == TITLE {
            self.clues.heads.document(text);
            self.sample.take(text);
        } else if tag.key == SCRIPT {
            let kind = markup::attribute(tag.attributes, "type");
            if kind.is_some_and(|kind| kind.contains("ld+json")) && self.clues.islands.len() < 20 {
                self.clues.islands.push(text);
            }
            self.clues.leads_on |= tag.attributes.contains("querydata");
        }
    }

    fn open(&mut self, tag: Tag<'a>) {
        let clues = &mut self.clues;
        if tag.key == META {
            clues.metas.read(tag.attributes);
            return;
        }
        if tags::is_void(tag.key) {
            return;
        }
        let key = tag.key;
        self.cells.open(key);
        if key == HTML && clues.language.is_empty() {
            let language = markup::attribute(tag.attributes, "lang").unwrap_or_default();
            clues.language = clean::line(&language, 20).to_ascii_lowercase();
        }
        self.stack.push(tag);
        if key == A {
            self.link = Some(clues.links.len());
            clues.links.push(0);
        } else if is_heading(key) && !self.stack.is_silent() {
            let metas = &clues.metas;
            clues.heads.open(key, clues.text_length, metas);
        } else if is_moment(tag, clues.marked) && clues.times.len() < MAX_TIMES {
            self.time = Some((clues.times.len(), key));
            clues.times.push(Time {
                attributes: tag.attributes,
                text: Cow::Borrowed(""),
                at: clues.text_length,
                place: self.stack.place(),
            });
        }
    }

    fn close(&mut self, key: u64) {
        self.stack.pop(key);
        self.cells.close(key);
        if key == A {
            let weight = self.link.and_then(|link| self.clues.links.get(link));
            self.weighty_links += usize::from(weight.is_some_and(|weight| *weight >= 4));
            self.link = None;
        } else if is_heading(key) {
            self.clues.heads.close();
        } else if self.time.is_some_and(|(_, open)| open == key) {
            self.time = None;
        }
    }

    fn text(&mut self, raw: &'a str) {
        let trimmed = raw.trim();
        if trimmed.is_empty() || self.stack.is_silent() {
            return;
        }
        let clues = &mut self.clues;
        let length = length(trimmed);
        let may = has_two_digits(trimmed);
        self.sample.take(trimmed);
        clues.heads.text(
            trimmed,
            clues.text_length,
            self.link.is_some(),
            &clues.metas,
        );
        if self.link.is_none() && trimmed.len() > 60 {
            clues.prose_length += length;
        }
        if let Some(weight) = self.link.and_then(|link| clues.links.get_mut(link))
            && *weight < 40
            && !(may && trimmed.len() < 24)
        {
            *weight += clean::weight(trimmed);
        }
        if let Some(time) = self.time.and_then(|(at, _)| clues.times.get_mut(at))
            && time.text.is_empty()
        {
            time.text = markup::resolved(trimmed);
        }
        self.gather(trimmed);
        if may && self.clues.spots.len() < MAX_SPOTS {
            let spot = self.spot(markup::resolved(raw));
            self.clues.spots.push(spot);
        }
        self.clues.text_length += length;
        self.cells.text(trimmed);
        self.previous = (trimmed, self.link);
    }

    /// This text as one that stands here.
    fn spot(&mut self, text: Cow<'a, str>) -> Spot<'a> {
        let head = self.cells.head();
        let (before, link) = head.map_or(self.previous, |head| (head, None));
        Spot {
            text,
            before: markup::resolved(before),
            at: self.clues.text_length,
            links: self.weighty_links,
            prose: self.clues.prose_length,
            place: self.stack.place(),
            link: self.link,
            behind_link: link.is_some() && link != self.link,
        }
    }

    /// Goes on with the parts of a date that is split over elements, or puts them together where
    /// they end.
    fn gather(&mut self, text: &'a str) {
        let part = split::part(text).filter(|_| self.link.is_none());
        let Some(part) = part else {
            return self.put_together();
        };
        match &mut self.parts {
            Some(parts) if parts.texts.len() < split::MOST_PARTS => parts.texts.push(part),
            Some(_) => {}
            None => {
                let first = self.spot(Cow::Borrowed(""));
                let texts = vec![part];
                self.parts = Some(Parts { texts, first });
            }
        }
    }

    fn put_together(&mut self) {
        let Some(Parts { texts, first }) = self.parts.take() else {
            return;
        };
        if let Some((Stamp::Full(on), _)) = split::find(&texts)
            && self.clues.spots.len() < MAX_SPOTS
        {
            let text = Cow::Owned(on.to_string());
            self.clues.spots.push(Spot { text, ..first });
        }
    }

    fn done(mut self) -> Clues<'a> {
        self.put_together();
        let mut clues = self.clues;
        let host = clues.url.host_str().unwrap_or_default();
        clues.chinese =
            clues.language.starts_with("zh") || host.ends_with(".cn") || self.sample.is_chinese();
        clues.heads.settle(&clues.metas);
        clues
    }
}

/// Characters of a text.
fn length(text: &str) -> usize {
    text.bytes().filter(|b| b & 0xc0 != 0x80).count()
}

/// Whether a text has as many digits as a date must have.
fn has_two_digits(text: &str) -> bool {
    let plain = text.bytes().filter(u8::is_ascii_digit).take(2).count() == 2;
    plain
        || numerals::may_stand(text)
        || (text.contains('０') || text.contains('１') || text.contains('２'))
            && dates::has_digit(text)
}

/// `<time>`, `<abbr title=…>`, and whatever is marked as the publication date.
fn is_moment(tag: Tag, marked: bool) -> bool {
    tag.key == TIME
        || (tag.key == ABBR && tag.attributes.contains("title"))
        || (marked && tag.attributes.len() > 24 && tag.attributes.contains("datePublished"))
}

const META: u64 = tag("meta");
const HTML: u64 = tag("html");
const TITLE: u64 = tag("title");
const SCRIPT: u64 = tag("script");
const A: u64 = tag("a");
const TIME: u64 = tag("time");
const ABBR: u64 = tag("abbr");

fn is_heading(key: u64) -> bool {
    [tag("h1"), tag("h2"), tag("h3")].contains(&key)
}
