//! Policy documents and interpretations during a walk: the newest are read for whether they link each
//! other, and asked for again only whether they changed.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use url::Url;

use super::walk::{Got, Place, Walk};
use crate::domain::class::Class;
use crate::domain::document::{Document, MOST_LINKS, bare};
use crate::domain::group::Column;
use crate::domain::id::ColumnId;
use crate::domain::item::Item;
use crate::domain::page::Page;
use crate::domain::time::date_of;
use crate::extract::inspected::inspect;

/// The most pages of one column that are read in one walk.
const MOST_PAGES: usize = 8;
/// Items that are older than so many days are left alone: three months and a quarter's beginning.
const OLDEST_DAYS: i64 = 120;
/// After so long a page is asked whether it changed: an interpretation may have come.
const AGAIN_AFTER: TimeDelta = TimeDelta::days(7);

/// The items of policy and interpretation columns, and what is known of their pages.
#[derive(Default)]
pub struct Papers {
    /// Items by column.
    pub items: BTreeMap<ColumnId, Vec<Item>>,
    /// Pages by column.
    pub documents: BTreeMap<ColumnId, Vec<Document>>,
}

/// Whether the articles of a column are read for links between documents and interpretations.
pub fn is_paper(class: Class) -> bool {
    matches!(class, Class::Policy | Class::Interpretation)
}

impl Walk<'_> {
    /// Reads the newest articles of the site's policy and interpretation columns.
    pub(super) async fn documents(&mut self, columns: &[&Column], papers: &Papers) {
        for column in columns.iter().filter(|column| is_paper(column.class)) {
            let others = columns
                .iter()
                .filter(|other| is_paper(other.class) && other.class != column.class);
            let others: Vec<String> = others
                .filter_map(|other| papers.items.get(&other.id))
                .flatten()
                .filter_map(|item| item.url.clone())
                .collect();
            // Where nothing could be linked, nothing is read.
            if others.is_empty() {
                continue;
            }
            self.documents_of(column, papers, &others).await;
        }
    }

    async fn documents_of(&mut self, column: &Column, papers: &Papers, others: &[String]) {
        let nothing = Vec::new();
        let known = papers
            .documents
            .get(&column.id)
            .unwrap_or(&Vec::new())
            .clone();
        let today = date_of(self.now);
        let items = papers.items.get(&column.id).unwrap_or(&nothing);
        let mut recent: Vec<(&Item, Url)> = items
            .iter()
            .filter(|item| {
                let age = item.claimed_on.map(|on| (today - on).num_days());
                age.is_some_and(|age| (0..=OLDEST_DAYS).contains(&age))
            })
            .filter_map(|item| Some((item, Url::parse(item.url.as_deref()?).ok()?)))
            .filter(|(_, url)| self.walked.is_own(url))
            .collect();
        recent.sort_by_key(|(item, _)| std::cmp::Reverse(item.claimed_on));
        let mut read = 0;
        for (_, url) in recent {
            if read == MOST_PAGES || self.left == 0 {
                break;
            }
            let before = known
                .iter()
                .find(|one| bare(&one.url) == bare(url.as_str()));
            if before.is_some_and(|before| self.now < before.read_at + AGAIN_AFTER) {
                self.set_aside(url);
                continue;
            }
            read += 1;
            let document = self.document(column, &url, before, others).await;
            self.walked.documents.extend(document);
        }
    }

    async fn document(
        &mut self,
        column: &Column,
        url: &Url,
        before: Option<&Document>,
        others: &[String],
    ) -> Option<Document> {
        self.known.insert(url.clone());
        // Of a page that did not change it is not known whether it links what came since.
        let number = u32::try_from(others.len()).unwrap_or(u32::MAX);
        let known = before;
        let before = before.filter(|before| before.others == number);
        let validators = before.map(|before| before.validators.clone());
        let validators = validators.unwrap_or_default();
        match self.visit(url, Place::Other, &validators).await {
            Got::Page(got) => {
                let (page, validators) = *got;
                let links = links(page, others.to_vec()).await?;
                let (since, former) = Document::history(known, &links, self.now);
                Some(Document {
                    column: column.id.clone(),
                    url: url.to_string(),
                    links,
                    others: number,
                    read_at: self.now,
                    validators,
                    since,
                    former,
                })
            }
            Got::Same => before.map(|before| Document {
                read_at: self.now,
                ..before.clone()
            }),
            Got::Nothing => None,
        }
    }
}

/// Those of `others` to which a page links.
async fn links(page: Page, others: Vec<String>) -> Option<Vec<String>> {
    let work = tokio::task::spawn_blocking(move || {
        let seen = inspect(&page, &[])?;
        let linked = others.into_iter().filter(|other| {
            let mut links = seen.links.iter();
            links.any(|link| bare(link.url.as_str()) == bare(other))
        });
        Some(linked.take(MOST_LINKS).collect())
    });
    work.await.ok().flatten()
}
