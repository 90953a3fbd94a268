//! Letters of a consultation column during a walk: its list is read for them, page by page until a year
//! is known, and of those that say too little the own pages, the newest first, as far as the walk's
//! budget goes.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::walk::{Got, Place, Walk};
use crate::assess::letters::{Reading, is_wanted, listed, read, unchanged, vanished};
use crate::daemon::visit::extra;
use crate::domain::class::Class;
use crate::domain::dictionary::{self, Meaning};
use crate::domain::group::Column;
use crate::domain::letter::{Letter, ListedLetter, Told};
use crate::domain::page::Page;
use crate::domain::time::{Date, date_of};
use crate::domain::visit::{Outcome, Validators};
use crate::extract::letters;
use crate::extract::letters::paging::{Onward, onward};

/// The most letters of one column whose own pages are read in one walk.
const MOST_PAGES: usize = 10;

/// The most further pages of one list that are read in one walk.
const MOST_LISTS: usize = 20;

/// Words of ways to complain and accuse, which are no way to ask.
const OTHER_WAYS: [&str; 4] = ["信访", "纪检", "举报", "监督"];

/// Whether the words of a link name a column of letters.
pub fn names_letters(text: &str) -> bool {
    let is_other = OTHER_WAYS.iter().any(|word| text.contains(word));
    let hit = dictionary::of(text, None).filter(|_| !is_other);
    // A longer text is a title that speaks of letters.
    let is_short = text.chars().count() <= 8;
    is_short && hit.is_some_and(|hit| hit.meaning == Meaning::Column(Class::Replies))
}

impl Walk<'_> {
    /// Reads the letters of a column whose list page is `page`, where that came; what is known are the
    /// letters `known`, all of them back to the day `back`.
    pub(super) async fn letters(
        &mut self,
        column: &Column,
        page: Option<Page>,
        known: Vec<Letter>,
        back: Option<Date>,
    ) {
        let Some(page) = self.list_of(column, page).await else {
            return;
        };
        let before: BTreeMap<String, Letter> = known
            .into_iter()
            .map(|letter| (letter.name().to_owned(), letter))
            .collect();
        let (mut now, ends) = self.lists(column, page, &before, back).await;
        if now.is_empty() {
            return;
        }
        let number = u32::try_from(now.len()).unwrap_or(u32::MAX);
        let inspection = &mut self.walked.inspection;
        inspection.letters.push((column.id.clone(), number));
        let order: Vec<String> = now.iter().map(|letter| letter.name().to_owned()).collect();
        for letter in &now {
            if let Some(known) = before.get(letter.name())
                && known.page.is_some()
            {
                // Its page is read for what it says, or not at all.
                let url = letter.url.as_deref().and_then(|url| Url::parse(url).ok());
                url.into_iter().for_each(|url| self.set_aside(url));
            }
        }
        let gone = before.values().filter(|letter| {
            !letter.told.is_answered() && !order.iter().any(|name| name == letter.name())
        });
        now.extend(gone.cloned().map(vanished));
        let at = self.now;
        let wanted = now.iter_mut().filter(|letter| is_wanted(letter, at));
        for letter in wanted.take(MOST_PAGES) {
            if self.left == 0 {
                break;
            }
            if let Some(learnt) = self.page_of(letter).await {
                *letter = learnt;
            }
        }
        // Lists without days have them on the pages of their letters.
        let listed: Vec<Letter> = now.iter().take(order.len()).cloned().collect();
        let reading = Reading {
            now: &listed,
            before: &before,
            covered: back,
            at,
        };
        let back = (column.id.clone(), reading.back_to(ends));
        self.walked.inspection.letters_back.push(back);
        now.retain(|letter| before.get(letter.name()) != Some(letter));
        self.walked.letters.extend(now);
    }

    /// The letters of a list, from its first page on as far as that is worth it; and whether it ends
    /// there.
    async fn lists(
        &mut self,
        column: &Column,
        first: Page,
        before: &BTreeMap<String, Letter>,
        covered: Option<Date>,
    ) -> (Vec<Letter>, bool) {
        let least = self.left / 2;
        let mut asked: BTreeSet<Url> = BTreeSet::from([first.url.clone()]);
        let mut now: Vec<Letter> = Vec::new();
        let mut page = first;
        loop {
            let Some((rows, onward)) = self.rows(column, page).await else {
                return (now, false);
            };
            let had = now.len();
            self.seen(&mut now, column, rows, before);
            let next = match onward {
                Onward::Ends => return (now, true),
                Onward::Unknown => return (now, false),
                Onward::To(url) => url,
            };
            let reading = Reading {
                now: &now,
                before,
                covered,
                at: self.now,
            };
            // A page without news is the former one once more, or none.
            let is_over = now.len() == had || !reading.goes_on();
            let is_room = asked.len() <= MOST_LISTS && self.left > least;
            if is_over || !is_room || !asked.insert(next.clone()) {
                return (now, false);
            }
            self.known.insert(next.clone());
            match self
                .visit(&next, Place::Other, &Validators::default())
                .await
            {
                Got::Page(further) => page = further.0,
                Got::Same | Got::Nothing => return (now, false),
            }
        }
    }

    /// The rows of one page of a list, and how it goes on.
    async fn rows(&self, column: &Column, page: Page) -> Option<(Vec<ListedLetter>, Onward)> {
        let today = date_of(self.now);
        let rules = column.read.clone();
        let rows = move || {
            let rows = letters::list(&page, rules.as_ref(), today);
            let onward = onward(&page, rows.len(), today);
            (rows, onward)
        };
        tokio::task::spawn_blocking(rows).await.ok()
    }

    /// The page that shows the letters of a column: its data where it is configured, or what it shows
    /// when it is asked as its rules say; that does not need the page itself.
    async fn list_of(&mut self, column: &Column, page: Option<Page>) -> Option<Page> {
        let (shown, url) = (column.url.as_ref()?, column.address()?);
        let extra = extra(column, url);
        if shown == url && extra.post().is_none() {
            return page;
        }
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let (access, nothing) = (&self.site.access, Validators::default());
        let visit = self.fetcher.visit_with(url, access, &nothing, extra);
        match visit.await.outcome {
            // What is written in data is written for the page that shows it.
            Outcome::Page(data) => Some(Page {
                url: page.map_or_else(|| shown.clone(), |page| page.url),
                ..data
            }),
            Outcome::NotModified | Outcome::Failed(_) => None,
        }
    }

    /// Adds the letters of `rows` as they stand now, each once.
    fn seen(
        &self,
        now: &mut Vec<Letter>,
        column: &Column,
        rows: Vec<ListedLetter>,
        before: &BTreeMap<String, Letter>,
    ) {
        for row in rows {
            if now.iter().any(|letter| letter.name() == row.name()) {
                continue;
            }
            let known = before.get(row.name()).cloned();
            now.push(listed(known, &column.id, &row, self.now));
        }
    }

    /// A letter after its own page was asked for; nothing where it did not come.
    async fn page_of(&mut self, letter: &Letter) -> Option<Letter> {
        let url = Url::parse(letter.url.as_deref()?).ok()?;
        if !self.walked.is_own(&url) {
            return None;
        }
        let validators = letter.page.as_ref().map(|page| page.validators.clone());
        self.known.insert(url.clone());
        let got = self
            .visit(&url, Place::Other, &validators.unwrap_or_default())
            .await;
        let (page, validators) = match got {
            Got::Page(page) => *page,
            Got::Same => return Some(unchanged(letter.clone(), self.now)),
            Got::Nothing => return None,
        };
        let today = date_of(self.now);
        let told = tokio::task::spawn_blocking(move || letters::letter(&page, today));
        let told: Told = told.await.ok().flatten()?;
        Some(read(letter.clone(), &told, validators, self.now))
    }
}
