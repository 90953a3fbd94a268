//! Copies of pages on which an inspection found what people have to judge. They are the office's to see,
//! as the candidates are.

use url::Url;

use super::access::viewer::Viewer;
use super::copy::Copied;
use crate::domain::candidate::{Candidate, Suspicion};
use crate::domain::group::Site;
use crate::domain::id::SiteId;
use crate::domain::time::Date;
use crate::report::candidates as words;
use crate::report::history::sight_in_chinese;
use crate::store::error::StoreError;
use crate::store::handle::Store;

/// The candidates of `site` that the copy called `digest` proves, as far as the viewer may see them.
pub async fn proven_by(
    store: &Store,
    viewer: &Viewer,
    site: &Site,
    digest: &str,
) -> Result<Vec<Candidate>, StoreError> {
    if viewer.only().is_some() {
        return Ok(Vec::new());
    }
    let mut found = store.candidates(Some(&site.id)).await?;
    found.retain(|candidate| candidate.copy.as_deref() == Some(digest));
    found.sort_by_key(|candidate| candidate.first_at);
    Ok(found)
}

/// Where the copy that proves a candidate is shown, if there is one.
pub fn address_of(candidate: &Candidate) -> Option<String> {
    let digest = candidate.copy.as_deref()?;
    Some(address(&candidate.site, digest))
}

fn address(site: &SiteId, digest: &str) -> String {
    format!("/copy/{site}?digest={digest}")
}

/// The page that a copy of a candidate is of: where it was seen.
pub fn page_of(candidate: &Candidate) -> Option<Url> {
    let page = candidate.seen_on.as_ref().unwrap_or(&candidate.page);
    page.parse().ok()
}

/// The words of the page that are suspected.
pub fn suspected(candidate: &Candidate) -> impl Iterator<Item = &str> {
    let of_list = match &candidate.suspicion {
        Suspicion::Word { text, .. } => text.as_str(),
        Suspicion::Link { url, .. } => url.as_str(),
        Suspicion::Advert { host } => host.as_str(),
        _ => "",
    };
    let words = [candidate.snippet.hit.as_str(), of_list].into_iter();
    words.filter(|word| !word.is_empty())
}

/// What the copy shows, in words: what its visit saw, or what is suspected on it.
pub fn says(copied: &Copied<'_>, today: Date) -> String {
    match &copied.sight {
        Some(sight) => sight_in_chinese(sight, today),
        None => {
            let said: Vec<String> = copied.found.iter().map(words::suspicion).collect();
            said.join("；")
        }
    }
}
