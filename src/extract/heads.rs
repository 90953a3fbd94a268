//! The titles of an article page, and where its title stands in the text: a heading with it, else
//! the first text with it.

use super::clean;
use super::markup;
use super::metas::Metas;

/// The titles found so far.
#[derive(Default)]
pub struct Heads {
    /// The document's title.
    pub document: String,
    /// Where the title stands, in characters of visible text.
    pub place: Option<usize>,
    /// The letters of the title that is looked for.
    wanted: Option<String>,
    by_text: Option<usize>,
    first_h1: Option<usize>,
    open: Option<Heading>,
    settled: bool,
}

struct Heading {
    is_h1: bool,
    at: usize,
    text: String,
}

impl Heads {
    /// The content of a title element; the first counts.
    pub fn document(&mut self, raw: &str) {
        if self.document.is_empty() {
            self.document = clean::line(&markup::resolved(raw), 200);
        }
    }

    /// The article's title.
    pub fn title<'t>(&'t self, metas: &'t Metas) -> &'t str {
        metas
            .title
            .as_deref()
            .filter(|t| clean::weight(t) >= 2)
            .unwrap_or(&self.document)
    }

    /// A heading begins.
    pub fn open(&mut self, key: u64, at: usize, metas: &Metas) {
        if !self.settled {
            self.want(metas);
            let is_h1 = key == super::tags::tag("h1");
            self.open = Some(Heading {
                is_h1,
                at,
                text: String::new(),
            });
        }
    }

    fn want(&mut self, metas: &Metas) {
        if self.wanted.is_none() {
            self.wanted = Some(clean::squeezed(self.title(metas)));
        }
    }

    /// A visible text.
    pub fn text(&mut self, text: &str, at: usize, linked: bool, metas: &Metas) {
        if self.settled {
            return;
        }
        if let Some(open) = &mut self.open {
            if open.text.len() < 800 {
                open.text.push_str(text);
            }
            return;
        }
        if self.by_text.is_none() && !linked && (12..=600).contains(&text.len()) {
            self.want(metas);
            if self.matches(text) {
                self.by_text = Some(at);
            }
        }
    }

    /// A heading ends.
    pub fn close(&mut self) {
        let Some(heading) = self.open.take() else {
            return;
        };
        if heading.is_h1 && self.first_h1.is_none() && clean::weight(&heading.text) >= 6 {
            self.first_h1 = Some(heading.at);
        }
        if self.matches(&heading.text) {
            self.place = Some(heading.at);
            self.settled = true;
        }
    }

    fn is_short(&self) -> bool {
        self.wanted
            .as_ref()
            .is_none_or(|wanted| wanted.chars().take(4).count() < 4)
    }

    fn matches(&self, text: &str) -> bool {
        let Some(wanted) = &self.wanted else {
            return false;
        };
        let text = clean::squeezed(&markup::resolved(text));
        text.chars().take(4).count() == 4
            && (wanted.contains(&text) || text.contains(wanted.as_str()))
            && clean::weight(&text) * 2 >= clean::weight(wanted).min(16)
            && !self.is_short()
    }

    /// The page has ended.
    pub fn settle(&mut self, metas: &Metas) {
        self.want(metas);
        self.place = self.place.or(self.by_text).or(self.first_h1);
    }
}
