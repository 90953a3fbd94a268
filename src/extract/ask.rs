//! What a page leaves open and other pages would tell, kept without the page: so that the answer
//! costs the reading of those pages alone.

use std::collections::{BTreeMap, HashSet};

use url::Url;

use super::clues::Clues;
use super::{More, article, view};
use crate::domain::finding::{Finding, LastUpdate, Undated};
use crate::domain::time::Date;

/// Articles whose publication dates stand for the date of a page.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Their addresses.
    pub wanted: Vec<Url>,
    /// What is found when none of them has a date, before `otherwise`.
    pub instead: Option<Finding>,
    /// What is noted then.
    pub note: Option<&'static str>,
    /// What is found when none has a date and nothing stands instead.
    pub otherwise: Undated,
}

impl Ask {
    /// The addresses that are not had yet, at most `left`.
    pub fn missing(&self, more: &BTreeMap<Url, More>, left: usize) -> Vec<Url> {
        self.wanted
            .iter()
            .filter(|url| !more.contains_key(*url))
            .take(left)
            .cloned()
            .collect()
    }

    /// The newest publication date of the articles, or what is found without one.
    pub fn resolve(
        self,
        more: &BTreeMap<Url, More>,
        today: Date,
        notes: &mut Vec<String>,
    ) -> Finding {
        let mut best: Option<LastUpdate> = None;
        let (mut read, mut seen) = (0_usize, HashSet::new());
        for url in self.wanted.iter().filter(|url| seen.insert(url.as_str())) {
            let Some(More::Page(page)) = more.get(url) else {
                continue;
            };
            read += 1;
            let found = view::text(page, &mut Vec::new()).ok().and_then(|text| {
                let clues = Clues::of(&text.text, &page.url, today);
                Some(article::read(&clues).article?.update(&page.url, Some(url)))
            });
            if let Some(update) = found
                && best.as_ref().is_none_or(|other| update.on > other.on)
            {
                best = Some(update);
            }
        }
        match (best, self.instead) {
            (Some(update), _) => {
                notes.push(format!(
                    "the list has no dates; {read} of its articles were read"
                ));
                Finding::Dated(update)
            }
            (None, Some(instead)) => {
                notes.extend(self.note.map(str::to_owned));
                instead
            }
            (None, None) if read == 0 && !self.wanted.is_empty() => {
                Finding::Undated(Undated::ArticlesUnreachable)
            }
            (None, None) => Finding::Undated(self.otherwise),
        }
    }
}
