//! What a page leaves open and other pages would tell, kept without the page: so that the answer
//! costs the reading of those pages alone.

use std::collections::{BTreeMap, HashSet};

use url::Url;

use super::clues::Clues;
use super::notes::Notes;
use super::{More, article, home, view};
use crate::domain::finding::{Finding, LastUpdate, Undated};
use crate::domain::note::Note;
use crate::domain::page::Page;
use crate::domain::time::Date;

/// What the pages that are asked for are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Articles, with their publication dates.
    Articles,
    /// Pages behind an entrance, with their newest rows.
    Pages,
}

/// Pages whose dates stand for the date of the page that names them.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Their addresses.
    pub wanted: Vec<Url>,
    /// What they are.
    pub sort: Sort,
    /// What is found when none of them has a date, before `otherwise`.
    pub instead: Option<Finding>,
    /// A day that is certain: what the pages tell counts only if it is later.
    pub floor: Option<Date>,
    /// What is noted then.
    pub note: Option<Note>,
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

    /// The newest date of the pages, or what is found without one.
    pub fn resolve(self, more: &BTreeMap<Url, More>, today: Date, notes: &mut Notes) -> Finding {
        let mut best: Option<LastUpdate> = None;
        let (mut read, mut seen) = (0_usize, HashSet::new());
        for url in self.wanted.iter().filter(|url| seen.insert(url.as_str())) {
            let Some(More::Page(page)) = more.get(url) else {
                continue;
            };
            read += 1;
            let found = match self.sort {
                Sort::Articles => published(page, url, today),
                Sort::Pages => view::of(page, today, home::newest_behind).ok().flatten(),
            };
            if let Some(update) = found
                && self.floor.is_none_or(|floor| update.on > floor)
                && best.as_ref().is_none_or(|other| update.on > other.on)
            {
                best = Some(update);
            }
        }
        match (best, self.instead) {
            (Some(update), _) => {
                notes.say(match self.sort {
                    Sort::Articles => Note::ArticlesRead { pages: read },
                    Sort::Pages => Note::EntranceRead { pages: read },
                });
                Finding::Dated(update)
            }
            (None, Some(instead)) => {
                if let Some(note) = self.note {
                    notes.say(note);
                }
                instead
            }
            (None, None) if read == 0 && !self.wanted.is_empty() => {
                Finding::Undated(Undated::ArticlesUnreachable)
            }
            (None, None) => Finding::Undated(self.otherwise),
        }
    }
}

/// The publication of the article that was asked for at `url`.
fn published(page: &Page, url: &Url, today: Date) -> Option<LastUpdate> {
    let text = view::text(page, &mut Notes::default()).ok()?;
    let clues = Clues::of(&text.text, &page.url, today);
    Some(article::read(&clues).article?.update(&page.url, Some(url)))
}
