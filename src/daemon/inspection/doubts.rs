//! What an inspection puts to people: what is looked for, and what changes of it.

use std::collections::BTreeSet;

use url::Url;

use super::suspects::{Asks, Suspects};
use super::walked::Walked;
use super::{Inspector, proof};
use crate::assess::candidates::changes;
use crate::assess::score::metric::Metric;
use crate::assess::words::Words;
use crate::domain::candidate::{Candidate, Suspicion};
use crate::domain::time::Moment;
use crate::store::error::StoreError;

impl Inspector {
    /// What is looked for that people have to judge, by the rules in force.
    pub(super) fn asks<'a>(&self, words: Option<&'a Words>) -> Asks<'a> {
        let rubric = &self.desk.config.rubric;
        let mut rules = rubric.enabled();
        Asks {
            words,
            adverts: rules.any(|rule| rule.metric == Metric::Advertising),
            marks: self.semi().any(|rule| rule.metric == Metric::FooterMarks),
        }
    }

    /// What changes of the site's candidates; the copies that prove new ones are kept. `derived` are
    /// those that follow from what is known, and not from a page alone.
    pub(super) async fn candidates(
        &self,
        walk: &Walked<'_>,
        suspects: Suspects<'_>,
        derived: Vec<Candidate>,
        now: Moment,
    ) -> Result<Vec<Candidate>, StoreError> {
        let site = walk.site;
        let known = self.desk.store.candidates(Some(&site.id)).await?;
        let home = site.home.as_ref().map(Url::as_str);
        let has_read = |page: &str| walk.has_read(page);
        let holds: BTreeSet<String> = derived.iter().map(Candidate::key).collect();
        let is_gone = |candidate: &Candidate| match &candidate.suspicion {
            Suspicion::Word { .. } | Suspicion::Advert { .. } => has_read(&candidate.page),
            Suspicion::Mark(_) => home.is_some_and(has_read),
            Suspicion::Link { .. }
            | Suspicion::Letter { .. }
            | Suspicion::Guide { .. }
            | Suspicion::Announced { .. }
            | Suspicion::Tags { .. } => !holds.contains(&candidate.key()),
        };
        let (found, copies) = suspects.whole(&known);
        let found = found.into_iter().chain(derived).collect();
        let (mut changes, left_out) = changes(known, found, is_gone, now);
        if left_out > 0 {
            tracing::warn!(site = %site.id, left_out, "too many candidates wait for people");
        }
        let named: BTreeSet<&str> = changes
            .iter()
            .filter_map(|candidate| candidate.copy.as_deref())
            .collect();
        for (digest, body) in copies {
            if named.contains(digest.as_str()) {
                self.desk.store.keep_body(&digest, body).await?;
            }
        }
        let fresh = proof::fresh(&self.fetcher, site, &mut changes).await;
        for (digest, body) in fresh {
            self.desk.store.keep_body(&digest, body).await?;
        }
        Ok(changes)
    }
}
