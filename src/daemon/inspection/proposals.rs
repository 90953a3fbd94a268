//! Candidates that follow from what is known of a site, and not from one page alone: doubtful links, and
//! under rules that want a person's word letters that wait, interviews that were announced, guides without
//! elements, pages without tags.

use std::collections::BTreeMap;

use url::Url;

use super::Inspector;
use super::walked::Walked;
use crate::assess::candidates::{announced, lacking, of_link, untagged, waiting};
use crate::assess::score::letter_box::is_box;
use crate::assess::score::metric::Metric;
use crate::assess::score::pages::{self, TaggedPage};
use crate::assess::score::rubric::{Check, Rule};
use crate::assess::score::services::UNUSABLE;
use crate::domain::candidate::Candidate;
use crate::domain::class::Class;
use crate::domain::group::Column;
use crate::domain::guide::Guide;
use crate::domain::inspection::Inspection;
use crate::domain::letter::Letter;
use crate::domain::target::Target;
use crate::domain::time::Moment;
use crate::store::error::StoreError;

impl Inspector {
    /// Links that people are to judge.
    pub(super) fn links_to_confirm<'t>(
        &self,
        targets: impl Iterator<Item = &'t Target>,
    ) -> impl Iterator<Item = Candidate> {
        let is_of_links = |metric| matches!(metric, Metric::HomeDeadLinks | Metric::DeadLinks);
        let all = self.semi().any(|rule| is_of_links(rule.metric));
        targets.filter_map(move |target| of_link(target, all))
    }

    /// The rules in force that want a person's word.
    pub(super) fn semi(&self) -> impl Iterator<Item = &Rule> {
        let rules = self.desk.config.rubric.enabled();
        rules.filter(|rule| rule.check == Check::Semi)
    }

    /// What was read of letters, guides and tags that counts once a person confirms it.
    pub(super) async fn proposals(
        &self,
        walk: &Walked<'_>,
        inspection: &Inspection,
        now: Moment,
    ) -> Result<Vec<Candidate>, StoreError> {
        let (site, store) = (walk.site, &self.desk.store);
        let columns = &self.desk.config.group.columns;
        let mut proposed = Vec::new();
        let letters = self
            .semi()
            .filter(|rule| rule.metric == Metric::UnansweredLetters);
        if let Some(days) = letters.map(|rule| rule.window_days).min() {
            let without = &self.desk.config.rubric.choices.unanswered_excludes;
            let own = |column: &&Column| column.site == site.id && is_box(column, without);
            for column in columns.values().filter(own) {
                let list = column.url.as_ref().map_or("", Url::as_str);
                let mut all: BTreeMap<String, Letter> = BTreeMap::new();
                let new = walk
                    .letters
                    .iter()
                    .filter(|letter| letter.column == column.id);
                for letter in store
                    .letters(&column.id)
                    .await?
                    .into_iter()
                    .chain(new.cloned())
                {
                    all.insert(letter.name().to_owned(), letter);
                }
                let late = |letter: &Letter| waiting(&site.id, letter, list, days, now);
                proposed.extend(all.values().filter_map(late));
            }
        }
        proposed.extend(self.interviews(walk, now).await?);
        let least = |rule: &Rule| match rule.metric {
            Metric::GuideElements => Some(1),
            Metric::PoorGuides => Some(UNUSABLE),
            _ => None,
        };
        if let Some(least) = self.semi().filter_map(least).min() {
            let mut all: BTreeMap<String, Guide> = BTreeMap::new();
            let known = store.guides(&site.id).await?.into_iter();
            for guide in known.chain(walk.guides.iter().cloned()) {
                all.insert(guide.url.clone(), guide);
            }
            proposed.extend(all.values().filter_map(|guide| lacking(guide, least, now)));
        }
        if self.semi().any(|rule| rule.metric == Metric::PageTags) {
            for (page, missing, date) in pages::untagged(inspection) {
                let page = match page {
                    TaggedPage::Home => site.home.as_ref().map(Url::to_string),
                    TaggedPage::Column(id) => {
                        let column = columns.get(id);
                        column.and_then(|column| column.url.as_ref().map(Url::to_string))
                    }
                    TaggedPage::Article(page) => Some(page.to_owned()),
                };
                let of = |page: String| untagged(&site.id, &page, missing, date, now);
                proposed.extend(page.map(of));
            }
        }
        Ok(proposed)
    }

    /// Interviews that were announced for a day that has come, and of which nothing shows that they were
    /// held.
    async fn interviews(
        &self,
        walk: &Walked<'_>,
        now: Moment,
    ) -> Result<Vec<Candidate>, StoreError> {
        let rules = self.semi().filter(|rule| rule.metric == Metric::Activities);
        let days = rules
            .filter_map(|rule| rule.classes.get(&Class::Interviews))
            .max();
        let Some(&days) = days else {
            return Ok(Vec::new());
        };
        let site = &walk.site.id;
        let is_own = |column: &&Column| column.site == *site && column.class == Class::Interviews;
        let mut proposed = Vec::new();
        for column in self.desk.config.group.columns.values().filter(is_own) {
            let list = column.url.as_ref().map_or("", Url::as_str);
            let items = self.desk.store.items(&column.id).await?;
            proposed.extend(announced(site, &items, list, days, now));
        }
        Ok(proposed)
    }
}
