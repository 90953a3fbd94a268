//! Service guides during a walk: directories are read for them, and their pages for the elements that
//! they have. A page that was read is asked for again after weeks, and only whether it changed.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use url::Url;

use super::walk::{Got, Place, Walk};
use crate::domain::guide::{Guide, MOST_ONLINE};
use crate::domain::page::Page;
use crate::domain::time::{Moment, date_of};
use crate::domain::visit::Validators;
use crate::extract::guides;

/// The most guides of one site whose pages are read in one walk.
const MOST_PAGES: usize = 15;
/// After so long a page that was read is asked whether it changed.
const AGAIN_AFTER: TimeDelta = TimeDelta::days(30);
/// The same, of a page that could not be read as a guide.
const UNREAD_AGAIN_AFTER: TimeDelta = TimeDelta::days(7);
/// After so long it is written down again that a list shows a guide.
const SEEN_AGAIN: TimeDelta = TimeDelta::days(7);

fn is_due(guide: &Guide, now: Moment) -> bool {
    let after = match guide.has {
        Some(_) => AGAIN_AFTER,
        None => UNREAD_AGAIN_AFTER,
    };
    !guide.elsewhere && guide.read_at.is_none_or(|at| now >= at + after)
}

impl Walk<'_> {
    /// Reads the directories and then guides, those first that were never read.
    pub(super) async fn guides(&mut self, directories: &[Url], known: Vec<Guide>) {
        let before: BTreeMap<String, Guide> = known
            .into_iter()
            .map(|guide| (guide.url.clone(), guide))
            .collect();
        let mut listed: Vec<(String, Url)> = Vec::new();
        // Whether every directory came and showed guides: what none of them shows is gone then.
        let mut is_whole = !directories.is_empty();
        for directory in directories {
            let had = listed.len();
            if let Some(page) = self.go(directory, Place::Other).await {
                let of = self.listed(page).await;
                if of.is_empty() {
                    tracing::warn!(site = %self.site.id, url = %directory, "this directory shows no list of guides");
                }
                listed.extend(of);
            }
            is_whole &= had < listed.len();
        }
        let mut guides: Vec<Guide> = Vec::new();
        for (title, url) in listed {
            if guides.iter().any(|guide| guide.url == url.as_str()) {
                continue;
            }
            let known = before.get(url.as_str()).cloned();
            guides.push(self.shown(known, title, &url));
        }
        guides.sort_by_key(|guide| guide.read_at);
        let now = self.now;
        let due = guides.iter_mut().filter(|guide| is_due(guide, now));
        for guide in due.take(MOST_PAGES) {
            if self.left > 0 {
                self.page_of_guide(guide).await;
            }
        }
        for guide in guides.iter().filter(|guide| guide.read_at.is_some()) {
            // What is read here is not read as any article besides.
            let url = Url::parse(&guide.url).ok();
            url.into_iter().for_each(|url| self.set_aside(url));
        }
        let is_shown = |url: &str| guides.iter().any(|guide| guide.url == url);
        let gone = before
            .values()
            .filter(|guide| is_whole && guide.gone_at.is_none() && !is_shown(&guide.url));
        let gone: Vec<Guide> = gone
            .map(|guide| Guide {
                gone_at: Some(now),
                ..guide.clone()
            })
            .collect();
        guides.retain(|guide| before.get(&guide.url) != Some(guide));
        guides.extend(gone);
        self.walked.guides.extend(guides);
    }

    async fn listed(&self, page: Page) -> Vec<(String, Url)> {
        let today = date_of(self.now);
        let work = tokio::task::spawn_blocking(move || guides::list(&page, today));
        work.await.unwrap_or_default()
    }

    /// A guide as a list shows it.
    fn shown(&self, known: Option<Guide>, title: String, url: &Url) -> Guide {
        let now = self.now;
        match known {
            Some(guide) if now < guide.seen_at + SEEN_AGAIN && guide.gone_at.is_none() => guide,
            Some(guide) => Guide {
                seen_at: now,
                gone_at: None,
                ..guide
            },
            None => Guide {
                site: self.site.id.clone(),
                url: url.to_string(),
                title,
                has: None,
                files: 0,
                online: Vec::new(),
                elsewhere: !self.walked.is_own(url),
                seen_at: now,
                gone_at: None,
                read_at: None,
                validators: Validators::default(),
                since: None,
                former: None,
            },
        }
    }

    async fn page_of_guide(&mut self, guide: &mut Guide) {
        let Ok(url) = Url::parse(&guide.url) else {
            return;
        };
        self.known.insert(url.clone());
        let validators = guide.validators.clone();
        let (page, validators) = match self.visit(&url, Place::Other, &validators).await {
            Got::Page(page) => *page,
            Got::Same => {
                guide.read_at = Some(self.now);
                return;
            }
            Got::Nothing => return,
        };
        let today = date_of(self.now);
        let work = tokio::task::spawn_blocking(move || guides::read(&page, today));
        let Ok(seen) = work.await else { return };
        if let Some(seen) = &seen {
            guide.show(seen.has.iter().copied().collect(), self.now);
        }
        guide.read_at = Some(self.now);
        let Some(seen) = seen else { return };
        guide.files = seen.files;
        let online = seen.online.iter().take(MOST_ONLINE);
        guide.online = online.map(Url::to_string).collect();
        guide.validators = validators;
    }
}
