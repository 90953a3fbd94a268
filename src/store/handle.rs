//! The handle: what the rest of the program asks of the store.
//!
//! Cheap to clone. Changes are made one at a time, by a thread of their own; readers run beside each
//! other on the threads for blocking work.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::commit::{Commit, JobRun};
use super::contain::contained;
use super::error::StoreError;
use super::inner::Inner;
use super::keys;
use super::reading::Reader;
use super::runs::{Runs, STRETCH};
use super::settings::StoreSettings;
use super::table::Table;
use super::writer::Writer;
use crate::alert::incident::{Incident, IncidentKey};
use crate::alert::outbox::{Message, MessageKey, Notice};
use crate::assess::score::facts::Reading;
use crate::domain::acceptance::Acceptance;
use crate::domain::act::Act;
use crate::domain::candidate::{Candidate, Decision};
use crate::domain::closing::{ClosedPiece, Closing, Statement};
use crate::domain::document::Document;
use crate::domain::entry::Entry;
use crate::domain::flag::Flag;
use crate::domain::guide::Guide;
use crate::domain::home::HomeRecord;
use crate::domain::host::HostRecord;
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::inspection::Inspection;
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::observation::{ColumnRecord, Observation};
use crate::domain::site_day::SiteDay;
use crate::domain::target::Target;
use crate::domain::time::{Date, Moment};

/// How the store was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// Nothing was there.
    New,
    /// It was in order, or could be healed without loss.
    Existing,
    /// It was damaged, and built anew from the journal.
    Rebuilt {
        /// Where the damaged files are now.
        aside: PathBuf,
        /// What was wrong.
        why: String,
    },
}

/// What a prune removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Observations.
    pub observations: usize,
    /// Items.
    pub items: usize,
    /// Flags.
    pub flags: usize,
    /// Page copies.
    pub bodies: usize,
}

/// How the store is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreHealth {
    /// Damaged rows and page copies that were set aside.
    pub quarantined: u64,
    /// Why nothing is written any more, if so.
    pub fatal: Option<String>,
    /// When the latest change was decided.
    pub last_commit_at: Option<Moment>,
    /// Damaged lines, missing entries and lost facts of the journal, as far as it was read.
    pub journal_damage: u64,
    /// The number of the latest entry.
    pub entries: u64,
    /// How many entries the engine lacked when it was opened: none after an orderly end, at most
    /// one after a kill, all of them after it was built anew.
    pub caught_up: u64,
    /// Bytes of everything below the store's directory: measured at opening and pruning, and
    /// followed in between.
    pub bytes_on_disk: u64,
    /// Bytes that are free where the store lies; `None` where the system does not tell.
    pub bytes_free: Option<u64>,
    /// Whether that is less than there is to be. A full disk ends all writing.
    pub short_of_room: bool,
}

/// A handle to the open store. The store closes with the last one.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    writer: Arc<Writer>,
    /// Whether the thread that asks does the work itself.
    here: bool,
}

/// Runs `work` where it may block.
async fn blocking<T: Send + 'static>(
    action: &'static str,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let task = tokio::task::spawn_blocking(move || contained(action, work));
    task.await.unwrap_or_else(|gone| {
        Err(StoreError::Panicked {
            action,
            message: gone.to_string(),
        })
    })
}

impl Store {
    /// Opens the store, or makes it. When this returns, the store agrees with its journal.
    pub async fn open(
        settings: &StoreSettings,
        now: Moment,
    ) -> Result<(Store, Opening), StoreError> {
        let settings = settings.clone();
        let writer = Writer::start()?;
        let open = move || Inner::open(settings, now);
        let (inner, opening) = writer.run("open the store", open).await?;
        let store = Store {
            inner: Arc::new(inner),
            writer: Arc::new(writer),
            here: false,
        };
        Ok((store, opening))
    }

    /// The same store, whose work is done by the thread that asks: where years are lived on a disk in
    /// memory, most of the time would go to handing work from one thread to another.
    pub fn here(self) -> Store {
        Store { here: true, ..self }
    }

    async fn run<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.here {
            true => contained(action, work),
            false => blocking(action, work).await,
        }
    }

    async fn change<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = self.inner.clone();
        let work = move || work(&inner);
        match self.here {
            true => contained(action, work),
            false => self.writer.run(action, work).await,
        }
    }

    /// Makes everything in `commit` true together. When this returns, it is on disk.
    pub async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.change("commit", |inner| inner.commit(commit)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = self.inner.clone();
        self.run("read", move || inner.read(work)).await
    }

    /// What is known of every column.
    pub async fn records(&self) -> Result<BTreeMap<ColumnId, ColumnRecord>, StoreError> {
        self.read(|reader| reader.records()).await
    }

    /// What is known of one column.
    pub async fn record(&self, column: &ColumnId) -> Result<Option<ColumnRecord>, StoreError> {
        let key = keys::column(column);
        self.read(move |reader| reader.get(Table::Records, &key))
            .await
    }

    /// Incidents that are suspected or open.
    pub async fn open_incidents(&self) -> Result<BTreeMap<IncidentKey, Incident>, StoreError> {
        self.read(|reader| reader.open_incidents()).await
    }

    /// Incidents that are over, the latest end first.
    pub async fn closed_incidents(&self, newest: usize) -> Result<Vec<Incident>, StoreError> {
        self.read(move |reader| reader.closed_incidents(newest))
            .await
    }

    /// The latest incidents that are over and taken by `is`, the latest end first: at most `newest`, among
    /// the latest `through` of all.
    pub async fn closed_incidents_that(
        &self,
        is: impl Fn(&Incident) -> bool + Send + 'static,
        (newest, through): (usize, usize),
    ) -> Result<Vec<Incident>, StoreError> {
        self.read(move |reader| reader.closed_incidents_that(is, (newest, through)))
            .await
    }

    /// Incidents that were over at `since` or later, by end.
    pub async fn closed_since(&self, since: Moment) -> Result<Vec<Incident>, StoreError> {
        self.read(move |reader| reader.closed_since(since)).await
    }

    /// Notices that are not yet part of a message, by key.
    pub async fn waiting_notices(&self) -> Result<Vec<Notice>, StoreError> {
        self.read(|reader| reader.waiting_notices()).await
    }

    /// The notices with these keys, in this order; unknown keys are left out.
    pub async fn notices(&self, keys: &[MessageKey]) -> Result<Vec<Notice>, StoreError> {
        let keys = keys.to_vec();
        self.read(move |reader| reader.notices(&keys)).await
    }

    /// Messages whose delivery is not final, by creation and key.
    pub async fn open_messages(&self) -> Result<Vec<Message>, StoreError> {
        self.read(|reader| reader.open_messages()).await
    }

    /// The message with `key`, whatever became of it.
    pub async fn message(&self, key: &MessageKey) -> Result<Option<Message>, StoreError> {
        let key = key.clone();
        self.read(move |reader| reader.message(&key)).await
    }

    /// Messages in any state, the newest first.
    pub async fn messages(&self, newest: usize) -> Result<Vec<Message>, StoreError> {
        self.read(move |reader| reader.messages(newest)).await
    }

    /// Of the messages created before `before`, or of all, how many there are, and `most` after the newest
    /// `skip`, the newest first.
    pub async fn messages_part(
        &self,
        before: Option<Moment>,
        skip: usize,
        most: usize,
    ) -> Result<(usize, Vec<Message>), StoreError> {
        self.read(move |reader| reader.messages_part(before, skip, most))
            .await
    }

    /// Messages that tell of `column`, the newest first: `most` of them, among the newest `through` of all that
    /// were created at `since` or later.
    pub async fn messages_about(
        &self,
        column: &ColumnId,
        since: Moment,
        (most, through): (usize, usize),
    ) -> Result<Vec<Message>, StoreError> {
        let column = column.clone();
        self.read(move |reader| reader.messages_about(&column, since, (most, through)))
            .await
    }

    /// Messages created at `since` or later, the oldest first.
    pub async fn messages_since(&self, since: Moment) -> Result<Vec<Message>, StoreError> {
        self.read(move |reader| reader.messages_since(since)).await
    }

    /// A column's observations, the newest first. Of those that saw the same thing again and
    /// again within one day, the first and the latest are here, and all in the journal.
    pub async fn observations(
        &self,
        column: &ColumnId,
        newest: usize,
    ) -> Result<Vec<Observation>, StoreError> {
        let column = column.clone();
        self.read(move |reader| reader.observations(&column, newest))
            .await
    }

    /// A column's items, the newest claim first.
    pub async fn items(&self, column: &ColumnId) -> Result<Vec<Item>, StoreError> {
        let column = column.clone();
        self.read(move |reader| reader.items(&column)).await
    }

    /// Flags of one column or of all, the newest first.
    pub async fn flags(&self, column: Option<&ColumnId>) -> Result<Vec<Flag>, StoreError> {
        let column = column.cloned();
        self.read(move |reader| reader.flags(column.as_ref())).await
    }

    /// What people laid down, the oldest first.
    pub async fn acts(&self) -> Result<Vec<Act>, StoreError> {
        self.read(|reader| reader.acts()).await
    }

    /// What people entered for the assessment, the oldest first.
    pub async fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        self.read(|reader| reader.entries()).await
    }

    /// The days of a site from `first` to `last`, both included.
    pub async fn site_days(
        &self,
        site: &SiteId,
        first: Date,
        last: Date,
    ) -> Result<Vec<SiteDay>, StoreError> {
        let site = site.clone();
        self.read(move |reader| reader.site_days(&site, first, last))
            .await
    }

    /// The inspections of a site from `first` to `last`, both included.
    pub async fn inspections(
        &self,
        site: &SiteId,
        first: Date,
        last: Date,
    ) -> Result<Vec<Inspection>, StoreError> {
        let site = site.clone();
        self.read(move |reader| reader.inspections(&site, first, last))
            .await
    }

    /// The latest inspection of a site from `first` to `last`, both included.
    pub async fn latest_inspection(
        &self,
        site: &SiteId,
        first: Date,
        last: Date,
    ) -> Result<Option<Inspection>, StoreError> {
        let site = site.clone();
        self.read(move |reader| reader.latest_inspection(&site, first, last))
            .await
    }

    /// The versions of a closed period, the first first.
    pub async fn closings(&self, period: &str) -> Result<Vec<Closing>, StoreError> {
        let period = period.to_owned();
        self.read(move |reader| reader.closings(&period)).await
    }

    /// The pieces of one version of a closed period.
    pub async fn closed_pieces(
        &self,
        period: &str,
        version: u32,
    ) -> Result<Vec<ClosedPiece>, StoreError> {
        let period = period.to_owned();
        self.read(move |reader| reader.closed_pieces(&period, version))
            .await
    }

    /// What units say to points, the oldest first.
    pub async fn statements(&self) -> Result<Vec<Statement>, StoreError> {
        self.read(|reader| reader.statements()).await
    }

    /// The letters of a column.
    pub async fn letters(&self, column: &ColumnId) -> Result<Vec<Letter>, StoreError> {
        let column = column.clone();
        self.read(move |reader| reader.letters(&column)).await
    }

    /// What inspections found and a person has to judge, of one site or of all. How each stands:
    /// [`crate::assess::candidates::cases`].
    pub async fn candidates(&self, site: Option<&SiteId>) -> Result<Vec<Candidate>, StoreError> {
        let site = site.cloned();
        self.read(move |reader| reader.candidates(site.as_ref()))
            .await
    }

    /// What people decided of candidates, the oldest first.
    pub async fn decisions(&self) -> Result<Vec<Decision>, StoreError> {
        self.read(|reader| reader.decisions()).await
    }

    /// The service guides of a site.
    pub async fn guides(&self, site: &SiteId) -> Result<Vec<Guide>, StoreError> {
        let site = site.clone();
        self.read(move |reader| reader.guides(&site)).await
    }

    /// The pages of documents or interpretations of a column.
    pub async fn documents(&self, column: &ColumnId) -> Result<Vec<Document>, StoreError> {
        let column = column.clone();
        self.read(move |reader| reader.documents(&column)).await
    }

    /// Links of a site that led nowhere at some time.
    pub async fn targets(&self, site: &SiteId) -> Result<Vec<Target>, StoreError> {
        let site = site.clone();
        self.read(move |reader| reader.targets(&site)).await
    }

    /// What visits saw of all columns from `from` up to `until`, in runs. Thinned like
    /// [`Store::observations`].
    pub async fn runs(&self, from: Moment, until: Moment) -> Result<Runs, StoreError> {
        let mut runs = Runs::none(from);
        let mut begin = from;
        // Piece by piece: changes need not wait for the whole.
        while begin < until {
            let end = until.min(begin + STRETCH);
            runs = self
                .read(move |reader| reader.more_runs(runs, begin, end))
                .await?;
            begin = end;
        }
        Ok(runs)
    }

    /// What visits saw of `column` in `runs`, the oldest first, and before that as many visits as lead back
    /// to one that found a date; nothing where there was no visit in `runs`.
    pub async fn readings(
        &self,
        column: &ColumnId,
        runs: &Runs,
    ) -> Result<Vec<Reading>, StoreError> {
        let (column, own) = (column.clone(), runs.only(column));
        self.read(move |reader| reader.readings(&column, &own))
            .await
    }

    /// The first day that visits or samples of these sites tell of; what is too old is forgotten.
    pub async fn known_since(&self, sites: Vec<SiteId>) -> Result<Option<Date>, StoreError> {
        self.read(move |reader| reader.known_since(&sites)).await
    }

    /// What is known of a host.
    pub async fn host(&self, host: &str) -> Result<Option<HostRecord>, StoreError> {
        let key = keys::host(host);
        self.read(move |reader| reader.get(Table::Hosts, &key))
            .await
    }

    /// What is known of every home page.
    pub async fn homes(&self) -> Result<BTreeMap<SiteId, HomeRecord>, StoreError> {
        let homes: Vec<HomeRecord> = self.read(|reader| reader.all(Table::Homes, &[])).await?;
        let by_site = homes.into_iter();
        Ok(by_site.map(|home| (home.site.clone(), home)).collect())
    }

    /// What is known of one home page.
    pub async fn home(&self, site: &SiteId) -> Result<Option<HomeRecord>, StoreError> {
        let key = keys::site(site);
        self.read(move |reader| reader.get(Table::Homes, &key))
            .await
    }

    /// The latest word that a column's changed list is the column's.
    pub async fn acceptance(&self, column: &ColumnId) -> Result<Option<Acceptance>, StoreError> {
        let key = keys::column(column);
        self.read(move |reader| reader.get(Table::Acceptances, &key))
            .await
    }

    /// When a periodic task ran last.
    pub async fn last_run(&self, job: &str) -> Result<Option<Moment>, StoreError> {
        let key = keys::run(job);
        let run: Option<JobRun> = self
            .read(move |reader| reader.get(Table::Runs, &key))
            .await?;
        Ok(run.map(|run| run.at))
    }

    /// Keeps a page copy under the SHA-256 of its bytes.
    pub async fn keep_body(&self, digest: &str, body: Vec<u8>) -> Result<(), StoreError> {
        let (inner, digest) = (self.inner.clone(), digest.to_owned());
        self.run("keep a page copy", move || inner.keep_body(&digest, &body))
            .await
    }

    /// Those of these page copies that are there.
    pub async fn kept(&self, digests: Vec<String>) -> Result<BTreeSet<String>, StoreError> {
        let inner = self.inner.clone();
        self.run("look for page copies", move || inner.kept(&digests))
            .await
    }

    /// A page copy, if it was kept and is still what it was.
    pub async fn body(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let (inner, digest) = (self.inner.clone(), digest.to_owned());
        self.run("read a page copy", move || inner.body(&digest))
            .await
    }

    /// Forgets what the settings no longer keep at `now`.
    pub async fn prune(&self, now: Moment) -> Result<Pruned, StoreError> {
        self.change("prune", move |inner| inner.prune(now)).await
    }

    /// Puts everything on disk. Commits are there already; this is for an orderly end.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.change("flush the store", Inner::flush).await
    }

    /// How the store is. Asks no disk.
    pub fn health(&self) -> StoreHealth {
        self.inner.health()
    }
}
