//! What a round visits on one host, one page after the other, and what is to be kept of it.

use url::Url;

use super::front::{self, Front};
use super::memory::memory;
use super::missing;
use super::round::Rounds;
use super::visit::{Brought, Errand, visit};
use crate::assess::outage::host_of;
use crate::domain::access::Access;
use crate::domain::group::Column;
use crate::domain::host::HostRecord;
use crate::domain::observation::ColumnRecord;
use crate::domain::time::Moment;
use crate::store::commit::Commit;
use crate::store::error::StoreError;
use crate::web::label;

/// The most columns of one host whose visits are committed together.
const COLUMNS_A_COMMIT: usize = 16;
/// A host while its columns are visited.
#[derive(Default)]
struct Watch {
    host: String,
    known: Option<HostRecord>,
    /// Whether it is still to be asked today for a path that cannot exist.
    due: bool,
    /// Whether its answer to that is of this round, so that no page stands unread before it.
    fresh: bool,
}

impl Watch {
    /// The errand with what is known of the host.
    fn knowing<'a>(&'a self, errand: Errand<'a>) -> Errand<'a> {
        let known = self.known.as_ref();
        Errand {
            missing: known.and_then(|known| known.missing.as_ref()),
            anew: self.fresh,
            ..errand
        }
    }
}

/// What is visited on one host.
#[derive(Default)]
pub(super) struct Host<'a> {
    /// Columns, with what is known of them.
    pub columns: Vec<(&'a Column, Option<ColumnRecord>)>,
    /// Home pages.
    pub homes: Vec<Front<'a>>,
}

impl Rounds {
    /// Visits the columns and home pages of one host, one after the other, and commits what they
    /// brought together: one commit costs the disk as much as twenty.
    pub(super) async fn visit_host(&self, host: Host<'_>) -> Result<usize, StoreError> {
        let Host { columns, homes } = host;
        let mut commit = Commit::at(self.desk.clock.now());
        let mut watch = match columns.first().and_then(|(column, _)| column.address()) {
            Some(url) => self.watch(url).await?,
            None => Watch::default(),
        };
        let mut pages = 0;
        for (column, record) in columns {
            if *self.stop.borrow() {
                break;
            }
            pages += self
                .visit_one(column, &mut watch, record, &mut commit)
                .await?;
            self.pulse.beat();
            if commit.records.len() >= COLUMNS_A_COMMIT {
                let full = std::mem::replace(&mut commit, Commit::at(self.desk.clock.now()));
                self.desk.keep_seen(full).await?;
            }
        }
        for home in homes {
            if *self.stop.borrow() {
                break;
            }
            pages += self.visit_home(&home, &mut commit).await?;
            self.pulse.beat();
        }
        if commit != Commit::at(commit.at) {
            self.desk.keep_seen(commit).await?;
        }
        Ok(pages)
    }

    /// What is known of the host of `url`.
    async fn watch(&self, url: &Url) -> Result<Watch, StoreError> {
        let host = host_of(url);
        let known = self.desk.store.host(&host).await?;
        Ok(Watch {
            // A made-up host has nothing but its pages.
            due: self.means.eye.is_none() && missing::is_due(known.as_ref(), self.desk.clock.now()),
            host,
            known,
            fresh: false,
        })
    }

    async fn visit_one(
        &self,
        column: &Column,
        watch: &mut Watch,
        record: Option<ColumnRecord>,
        commit: &mut Commit,
    ) -> Result<usize, StoreError> {
        let sites = &self.desk.config.group.sites;
        let Some((site, url)) = sites.get(&column.site).zip(column.address()) else {
            return Ok(0);
        };
        let accepted_at = self.accepted_at(record.as_ref()).await?;
        let errand = Errand {
            column,
            site,
            url,
            missing: None,
            anew: false,
            accepted_at,
        };
        let first = watch.knowing(errand);
        let mut brought = self.visited(first, record.clone()).await;
        let mut pages = brought.outcomes.len();
        if watch.due && brought.came {
            self.probe(watch, url, &site.access, commit).await;
            pages += 1;
            if watch.fresh {
                let again = watch.knowing(errand);
                brought = self.visited(again, record.clone()).await;
                pages += brought.outcomes.len();
            }
        }
        let (took_ms, bytes) = (brought.observation.took_ms, brought.bytes);
        self.metrics.visit(
            label::sight(&brought.observation.sight),
            took_ms,
            bytes as u64,
        );
        self.keep(column, record, brought, commit).await?;
        Ok(pages)
    }

    async fn visited(&self, errand: Errand<'_>, record: Option<ColumnRecord>) -> Brought {
        let now = self.desk.clock.now();
        let (column, url) = (&errand.column.id, errand.url);
        let brought = visit(&self.means, &errand, record, now).await;
        tracing::debug!(%column, %url, sight = ?brought.observation.sight, "visited");
        for outcome in &brought.outcomes {
            self.metrics.page(outcome);
        }
        brought
    }

    /// Asks the host for a path that cannot exist.
    async fn probe(&self, watch: &mut Watch, url: &Url, access: &Access, commit: &mut Commit) {
        let now = self.desk.clock.now();
        let (host, known) = (watch.host.as_str(), watch.known.take());
        let record = missing::probe(&self.means, host, url, access, known, now).await;
        tracing::debug!(host, missing = ?record.missing, "asked for a path that cannot exist");
        watch.due = false;
        watch.fresh = record.missing.is_some();
        commit.hosts.push(record.clone());
        watch.known = Some(record);
        self.pulse.beat();
    }

    async fn visit_home(
        &self,
        errand: &Front<'_>,
        commit: &mut Commit,
    ) -> Result<usize, StoreError> {
        let Front { site, url } = *errand;
        let before = self.desk.store.home(&site.id).await?;
        let now = self.desk.clock.now();
        let front::Fronted {
            record,
            body,
            outcomes,
        } = front::visit(&self.means, errand, before, now).await;
        tracing::debug!(site = %site.id, %url, blind = ?record.blind, "home page visited");
        for outcome in &outcomes {
            self.metrics.page(outcome);
        }
        // The page is stored first, as the record names it.
        if let Some((digest, body)) = body {
            self.desk.store.keep_body(&digest, body).await?;
        }
        commit
            .days
            .extend(self.desk.visited_day(&record, now).await?);
        commit.homes.push(record);
        Ok(outcomes.len())
    }

    /// When a person last took a changed list for the column's, where one seems changed.
    async fn accepted_at(
        &self,
        record: Option<&ColumnRecord>,
    ) -> Result<Option<Moment>, StoreError> {
        let changed = record.filter(|record| record.is_redesigned());
        Ok(match changed {
            Some(record) => {
                let acceptance = self.desk.store.acceptance(&record.column).await?;
                acceptance.map(|acceptance| acceptance.at)
            }
            None => None,
        })
    }

    /// Adds what a visit brought to `commit`; its page is stored first, as the facts name it.
    async fn keep(
        &self,
        column: &Column,
        before: Option<ColumnRecord>,
        mut brought: Brought,
        commit: &mut Commit,
    ) -> Result<(), StoreError> {
        let store = &self.desk.store;
        if let Some((digest, body)) = brought.body
            && is_news(before.as_ref(), &brought.record)
        {
            store.keep_body(&digest, body).await?;
            if brought.record.blind.is_none() {
                brought.record.proof = Some(digest);
            }
        }
        if !brought.rows.is_empty() {
            let memory = memory(
                store,
                column,
                before.as_ref(),
                &brought.rows,
                &brought.record,
            );
            let (items, flags) = memory.await?;
            commit.items.extend(items);
            commit.flags.extend(flags);
        }
        commit.observations.push(brought.observation);
        commit.records.push(brought.record);
        Ok(())
    }
}

/// Whether the verdict rests on other words than before, or on a page that nobody kept, so that the
/// page is worth keeping.
fn is_news(before: Option<&ColumnRecord>, after: &ColumnRecord) -> bool {
    let Some(before) = before else { return true };
    before.last_update.as_ref().map(|update| update.on)
        != after.last_update.as_ref().map(|update| update.on)
        || before.blind.as_ref().map(|blind| &blind.why)
            != after.blind.as_ref().map(|blind| &blind.why)
        || before.empty_since != after.empty_since
        || (after.blind.is_none() && after.proof.is_none())
}
