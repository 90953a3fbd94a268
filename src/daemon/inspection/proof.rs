//! Copies for candidates that follow from more than one page: their page is fetched once, so that whoever
//! decides sees what was there. Of a link the words around it are kept too.

use std::collections::BTreeMap;

use url::Url;

use crate::daemon::visit::digest_of;
use crate::domain::candidate::{Candidate, Snippet, Suspicion};
use crate::domain::group::Site;
use crate::domain::page::Page;
use crate::domain::visit::{Outcome, Validators};
use crate::extract::inspected::inspect;
use crate::extract::targets::is_same_site;
use crate::fetch::client::Fetcher;

/// The most pages that are fetched in one night of one site; the others have their turn the next.
const MOST_PAGES: usize = 20;
/// So much of the text before and behind a link is kept, in characters.
const AROUND: usize = 30;

/// Fetches the pages of candidates that have no copy; the bodies by their digests.
pub async fn fresh(
    fetcher: &Fetcher,
    site: &Site,
    candidates: &mut [Candidate],
) -> BTreeMap<String, Vec<u8>> {
    let (mut pages, mut bodies) = (BTreeMap::<String, Option<Page>>::new(), BTreeMap::new());
    let bare = candidates.iter_mut().filter(|candidate| {
        let is_derived = !matches!(
            candidate.suspicion,
            Suspicion::Word { .. } | Suspicion::Advert { .. } | Suspicion::Mark(_)
        );
        is_derived && candidate.copy.is_none() && candidate.gone_at.is_none()
    });
    for candidate in bare {
        if !pages.contains_key(&candidate.page) {
            if pages.len() == MOST_PAGES {
                continue;
            }
            let page = fetched(fetcher, site, &candidate.page).await;
            pages.insert(candidate.page.clone(), page);
        }
        let Some(Some(page)) = pages.get(&candidate.page) else {
            continue;
        };
        let digest = digest_of(&page.body);
        if let Suspicion::Link { .. } = candidate.suspicion {
            let (page, words) = (page.clone(), candidate.snippet.hit.clone());
            let around = tokio::task::spawn_blocking(move || around(&page, &words)).await;
            if let Ok(Some(snippet)) = around {
                candidate.snippet = snippet;
            }
        }
        candidate.copy = Some(digest.clone());
        bodies.insert(digest, page.body.clone());
    }
    bodies
}

async fn fetched(fetcher: &Fetcher, site: &Site, page: &str) -> Option<Page> {
    let url = Url::parse(page).ok()?;
    let is_own = site
        .home
        .as_ref()
        .is_some_and(|home| is_same_site(&url, home));
    if !is_own {
        return None;
    }
    let nothing = Validators::default();
    let visit = fetcher.visit(&url, &site.access, &nothing).await;
    match visit.outcome {
        Outcome::Page(page) => Some(page),
        Outcome::NotModified | Outcome::Failed(_) => None,
    }
}

/// The words of a link with those around it, where a link of the page has them.
fn around(page: &Page, words: &str) -> Option<Snippet> {
    let seen = inspect(page, &[])?;
    let hit: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    let is_it = |part: &&std::ops::Range<usize>| {
        !hit.is_empty() && seen.text.get((*part).clone()) == Some(hit.as_str())
    };
    let part = seen.linked.iter().find(is_it)?;
    let before = seen
        .text
        .get(..part.start)?
        .lines()
        .next_back()
        .unwrap_or_default();
    let after = seen
        .text
        .get(part.end..)?
        .lines()
        .next()
        .unwrap_or_default();
    let from = before.chars().count().saturating_sub(AROUND);
    Some(Snippet {
        before: before.chars().skip(from).collect(),
        hit: words.to_owned(),
        after: after.chars().take(AROUND).collect(),
    })
}
