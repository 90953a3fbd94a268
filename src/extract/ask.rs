//! What a page leaves open and other pages would tell, kept without the page: so that the answer
//! costs the reading of those pages alone.

use std::collections::{BTreeMap, HashSet};

use url::Url;

use super::clues::Clues;
use super::home::Behind;
use super::notes::Notes;
use super::which::Which;
use super::{More, Reading, article, blocks, home, view};
use crate::domain::finding::{Basis, Finding, LastUpdate, Undated};
use crate::domain::note::Note;
use crate::domain::page::Page;
use crate::domain::time::Date;

/// The most rows of a reading.
const MOST_ROWS: usize = 1000;

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
    /// A day that the addresses of all rows share: it dates none of the pages.
    pub shared: Option<Date>,
    /// What is noted then.
    pub note: Option<Note>,
    /// Pages each of which must tell its day, and what is found where one does not: whatever else
    /// is dated may be older than that one.
    pub decisive: Option<(Vec<Url>, Undated)>,
    /// What is found when none has a date and nothing stands instead.
    pub otherwise: Undated,
    /// The question which of two lists is the column's, in place of all others.
    pub which: Option<Box<Which>>,
}

impl Ask {
    /// Articles, and what is found when none has a date.
    pub fn articles(wanted: Vec<Url>, otherwise: Undated) -> Ask {
        Ask {
            wanted,
            sort: Sort::Articles,
            instead: None,
            floor: None,
            shared: None,
            note: None,
            decisive: None,
            otherwise,
            which: None,
        }
    }

    /// The question which of two lists is the column's.
    pub fn which(which: Which) -> Ask {
        let wanted = which.wanted();
        Ask {
            which: Some(Box::new(which)),
            ..Ask::articles(wanted, Undated::WhichList)
        }
    }

    /// The addresses that are not had yet, at most `left`.
    pub fn missing(&self, more: &BTreeMap<Url, More>, left: usize) -> Vec<Url> {
        self.wanted
            .iter()
            .filter(|url| !more.contains_key(*url))
            .take(left)
            .cloned()
            .collect()
    }

    /// The newest date of the pages, or what is found without one; rows and blocks of pages behind
    /// an entrance become those of the reading.
    pub fn resolve(
        self,
        more: &BTreeMap<Url, More>,
        today: Date,
        reading: &mut Reading,
        notes: &mut Notes,
    ) {
        if let Some(which) = self.which {
            reading.finding = Finding::Undated(self.otherwise);
            if let Some(note) = which.settle(more, reading) {
                notes.say(note);
            }
            return;
        }
        let mut best: Option<LastUpdate> = None;
        let (mut read, mut seen) = (0_usize, HashSet::new());
        let mut told: Vec<&Url> = Vec::new();
        for url in self.wanted.iter().filter(|url| seen.insert(url.as_str())) {
            let Some(More::Page(page)) = more.get(url) else {
                continue;
            };
            read += 1;
            let found = match self.sort {
                Sort::Articles => published(page, url, today),
                Sort::Pages => view::of(page, today, home::behind)
                    .ok()
                    .and_then(|behind| take_over(behind, reading)),
            };
            let moved = |update: &LastUpdate| {
                update.basis == Basis::UrlPath && Some(update.on) == self.shared
            };
            let Some(update) = found.filter(|update| !moved(update)) else {
                continue;
            };
            told.push(url);
            if self.floor.is_none_or(|floor| update.on > floor)
                && best.as_ref().is_none_or(|other| update.on > other.on)
            {
                best = Some(update);
            }
        }
        if let Some((urls, why)) = &self.decisive
            && !urls.iter().all(|url| told.contains(&url))
        {
            reading.finding = Finding::Undated(*why);
            return;
        }
        if self.sort == Sort::Pages {
            notes.say(Note::EntranceRead { pages: read });
        }
        reading.finding = match (best, self.instead) {
            (Some(update), instead) => {
                match self.sort {
                    Sort::Articles if self.floor.is_some() => {
                        notes.say(Note::FirstRowsRead { pages: read });
                    }
                    Sort::Articles if instead.is_some() => notes.say(Note::NewestRead),
                    Sort::Articles => notes.say(Note::ArticlesRead { pages: read }),
                    Sort::Pages => {}
                }
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
        };
    }
}

/// Puts rows and blocks of a page behind an entrance with those of the reading.
fn take_over(behind: Behind, reading: &mut Reading) -> Option<LastUpdate> {
    let rows = MOST_ROWS.saturating_sub(reading.rows.len());
    reading.rows.extend(behind.rows.into_iter().take(rows));
    for block in behind.blocks {
        if reading.blocks.len() < blocks::MOST && !reading.blocks.contains(&block) {
            reading.blocks.push(block);
        }
    }
    behind.newest
}

/// The publication of the article that was asked for at `url`.
fn published(page: &Page, url: &Url, today: Date) -> Option<LastUpdate> {
    let text = view::text(page, &mut Notes::default()).ok()?;
    let clues = Clues::of(&text.text, &page.url, today);
    Some(article::read(&clues).article?.update(&page.url, Some(url)))
}
