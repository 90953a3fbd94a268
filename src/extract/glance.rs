//! A page at a glance: what one pass over its source tells of it as an article. Nothing is looked
//! at before it is asked for, and nothing twice.

use std::cell::OnceCell;

use url::Url;

use super::article::{self, Told};
use super::clues::Clues;
use super::refusal;
use crate::domain::time::Date;

/// A page with less text may be a notice of another kind.
const NOTICE: usize = 600;

/// A page of which nothing is known yet.
pub struct Glance<'a> {
    source: &'a str,
    url: &'a Url,
    today: Date,
    seen: OnceCell<Sight<'a>>,
}

/// What the pass tells.
pub struct Sight<'a> {
    /// What the page says of itself.
    pub clues: Clues<'a>,
    /// What follows from it, read as an article.
    pub told: Told,
}

impl<'a> Glance<'a> {
    /// A glance at the page with this text and address.
    pub fn at(source: &'a str, url: &'a Url, today: Date) -> Glance<'a> {
        Glance {
            source,
            url,
            today,
            seen: OnceCell::new(),
        }
    }

    /// The page's address.
    pub fn url(&self) -> &'a Url {
        self.url
    }

    /// What is seen.
    pub fn sight(&self) -> &Sight<'a> {
        self.seen.get_or_init(|| {
            let clues = Clues::of(self.source, self.url, self.today);
            let told = article::read(&clues);
            Sight { clues, told }
        })
    }

    /// Whether the page is an article beyond doubt, whatever lists stand on it: no tree need be
    /// built to see it.
    pub fn is_article(&self) -> bool {
        let sight = self.sight();
        sight.clues.text_length > NOTICE
            && !sight.clues.leads_on
            && (sight.told.evidence >= 3
                || (sight.told.evidence == 2 && sight.clues.prose_length > 400))
            && !refusal::is_titled(&sight.clues.heads.document)
    }
}
