//! The handle: what the rest of the program asks of the store.
//!
//! Cheap to clone; every operation runs on a thread for blocking work. One change is made at a
//! time, readers run beside each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::apply;
use super::bodies::{Bodies, Copy};
use super::commit::{Commit, JobRun};
use super::engine::{Engine, contained};
use super::error::{StoreError, in_full};
use super::files;
use super::journal::{AppendFault, Journal};
use super::opening::{self, Places};
use super::prune;
use super::reading::Reader;
use super::settings::StoreSettings;
use super::stage::Stage;
use super::table::Table;
use super::wire::Fact;
use crate::alert::incident::{Incident, IncidentKey};
use crate::alert::outbox::{Message, MessageKey, Notice};
use crate::domain::id::ColumnId;
use crate::domain::item::Item;
use crate::domain::observation::{ColumnRecord, Observation};
use crate::domain::time::Moment;

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
    /// Bytes of everything below the store's directory, measured at opening and pruning.
    pub bytes_on_disk: u64,
}

/// A handle to the open store. The store closes with the last one.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    settings: StoreSettings,
    shared: RwLock<Shared>,
    bodies: Mutex<Bodies>,
    health: Mutex<Health>,
    /// Dropped last: nobody else may open before the engine is closed.
    _lock: File,
}

struct Shared {
    engine: Engine,
    journal: Journal,
    fatal: Option<String>,
}

struct Health {
    report: StoreHealth,
    bad_bodies: u64,
    /// The latest instant that the store was told.
    now: Moment,
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        blocking("open the store", move || Inner::open(settings, now)).await
    }

    /// Makes everything in `commit` true together. When this returns, it is on disk.
    pub async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        let inner = self.0.clone();
        blocking("commit", move || inner.commit(commit)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = self.0.clone();
        blocking("read", move || inner.read(work)).await
    }

    /// What is known of every column.
    pub async fn records(&self) -> Result<BTreeMap<ColumnId, ColumnRecord>, StoreError> {
        self.read(|reader| reader.records()).await
    }

    /// What is known of one column.
    pub async fn record(&self, column: &ColumnId) -> Result<Option<ColumnRecord>, StoreError> {
        let key = super::keys::column(column);
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

    /// Messages in any state, the newest first.
    pub async fn messages(&self, newest: usize) -> Result<Vec<Message>, StoreError> {
        self.read(move |reader| reader.messages(newest)).await
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

    /// When a periodic task ran last.
    pub async fn last_run(&self, job: &str) -> Result<Option<Moment>, StoreError> {
        let key = super::keys::run(job);
        let run: Option<JobRun> = self
            .read(move |reader| reader.get(Table::Runs, &key))
            .await?;
        Ok(run.map(|run| run.at))
    }

    /// Keeps a page copy under the SHA-256 of its bytes.
    pub async fn keep_body(&self, digest: &str, body: Vec<u8>) -> Result<(), StoreError> {
        let (inner, digest) = (self.0.clone(), digest.to_owned());
        blocking("keep a page copy", move || {
            let now = guard(&inner.health).now;
            let bytes = guard(&inner.bodies).keep(&digest, &body, now)?;
            guard(&inner.health).report.bytes_on_disk += bytes;
            Ok(())
        })
        .await
    }

    /// A page copy, if it was kept and is still what it was.
    pub async fn body(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let (inner, digest) = (self.0.clone(), digest.to_owned());
        blocking("read a page copy", move || inner.body(&digest)).await
    }

    /// Forgets what the settings no longer keep at `now`.
    pub async fn prune(&self, now: Moment) -> Result<Pruned, StoreError> {
        let inner = self.0.clone();
        blocking("prune", move || inner.prune(now)).await
    }

    /// Puts everything on disk. Commits are there already; this is for an orderly end.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let inner = self.0.clone();
        blocking("flush the store", move || {
            inner.change(|shared| shared.engine.sync().map_err(AppendFault::fatal))
        })
        .await
    }

    /// How the store is. Asks no disk.
    pub fn health(&self) -> StoreHealth {
        let health = guard(&self.0.health);
        let mut report = health.report.clone();
        report.quarantined += health.bad_bodies;
        report
    }
}

impl Inner {
    fn open(settings: StoreSettings, now: Moment) -> Result<(Store, Opening), StoreError> {
        let lock = opening::lock(&settings.dir)?;
        let bodies = Bodies::in_dir(Places::below(&settings.dir).bodies)?;
        let opened = opening::open(&settings, now)?;
        let opening = match (opened.rebuilt, opened.new) {
            (Some((aside, why)), _) => Opening::Rebuilt { aside, why },
            (None, true) => Opening::New,
            (None, false) => Opening::Existing,
        };
        let report = StoreHealth {
            quarantined: opened.engine.count(Table::Quarantine),
            fatal: None,
            last_commit_at: opened.journal.last_at(),
            journal_damage: opened.damage.count(),
            entries: opened.journal.last(),
            caught_up: opened.caught_up,
            bytes_on_disk: files::size_below(&settings.dir),
        };
        let shared = Shared {
            engine: opened.engine,
            journal: opened.journal,
            fatal: None,
        };
        let inner = Inner {
            settings,
            shared: RwLock::new(shared),
            bodies: Mutex::new(bodies),
            health: Mutex::new(Health {
                report,
                bad_bodies: 0,
                now,
            }),
            _lock: lock,
        };
        Ok((Store(Arc::new(inner)), opening))
    }

    /// Runs one change. What leaves the store in doubt ends all writing.
    fn change<T>(
        &self,
        work: impl FnOnce(&mut Shared) -> Result<T, AppendFault>,
    ) -> Result<T, StoreError> {
        let mut shared = self.shared.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = &shared.fatal {
            return Err(StoreError::Fatal { why: why.clone() });
        }
        let result = match contained("change the store", || Ok(work(&mut shared))) {
            Ok(result) => result,
            Err(panicked) => Err(AppendFault::fatal(panicked)),
        };
        if let Err(fault) = &result
            && fault.fatal
        {
            let why = in_full(&fault.error);
            tracing::error!(why, "the store takes no more writes");
            shared.fatal = Some(why);
        }
        self.report(&shared);
        result.map_err(|fault| fault.error)
    }

    fn report(&self, shared: &Shared) {
        let mut health = guard(&self.health);
        health.report.fatal.clone_from(&shared.fatal);
        health.report.quarantined = shared.engine.count(Table::Quarantine);
        health.report.entries = shared.journal.last();
        health.report.last_commit_at = shared.journal.last_at();
    }

    fn told(&self, now: Moment) {
        let mut health = guard(&self.health);
        health.now = health.now.max(now);
    }

    fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.told(commit.at);
        self.change(|shared| shared.commit(commit))
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&mut Reader) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (result, bad) = {
            let shared = self.shared.read().unwrap_or_else(PoisonError::into_inner);
            let mut reader = Reader::new(&shared.engine);
            (work(&mut reader), reader.bad)
        };
        if !bad.is_empty() {
            tracing::error!(rows = bad.len(), "damaged rows go into quarantine");
            self.change(|shared| {
                opening::quarantine(&mut shared.engine, &bad).map_err(AppendFault::fatal)
            })?;
        }
        result
    }

    fn body(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match guard(&self.bodies).read(digest)? {
            Copy::Whole(body) => Ok(Some(body)),
            Copy::Missing => Ok(None),
            Copy::Damaged => {
                tracing::error!(digest, "a page copy is damaged; it is set aside");
                guard(&self.health).bad_bodies += 1;
                Ok(None)
            }
        }
    }

    fn prune(&self, now: Moment) -> Result<Pruned, StoreError> {
        self.told(now);
        let keep_history_days = self.settings.keep_history_days;
        let rows = self.change(|shared| shared.prune(now, keep_history_days))?;
        let records = self.read(|reader| reader.records())?;
        let named: BTreeSet<String> = records
            .into_values()
            .filter_map(|record| record.digest)
            .collect();
        let keep_days = self.settings.keep_bodies_days;
        let bodies = guard(&self.bodies).prune(now, keep_days, &named)?;
        let bytes = files::size_below(&self.settings.dir);
        guard(&self.health).report.bytes_on_disk = bytes;
        Ok(Pruned {
            observations: rows.observations,
            items: rows.items,
            bodies,
        })
    }
}

impl Shared {
    /// The journal first: once its line is on disk, the change is sure to be made, now or at the
    /// next opening.
    fn commit(&mut self, mut commit: Commit) -> Result<(), AppendFault> {
        let mut stage = Stage::new(&self.engine);
        apply::commit(&mut stage, &mut commit).map_err(AppendFault::harmless)?;
        let changes = stage.into_changes();
        if commit == Commit::at(commit.at) {
            return Ok(());
        }
        let seq = self
            .journal
            .append(commit.at, Fact::Commit(Box::new(commit)))?;
        self.engine
            .write(changes, seq)
            .and_then(|()| self.engine.sync())
            .map_err(AppendFault::fatal)
    }

    fn prune(&mut self, now: Moment, keep: u32) -> Result<prune::PrunedRows, AppendFault> {
        let fact = Fact::Prune {
            keep_history_days: keep,
        };
        let seq = self.journal.append(now, fact)?;
        prune::rows(&mut self.engine, now, keep, seq)
            .and_then(|rows| self.engine.sync().map(|()| rows))
            .map_err(AppendFault::fatal)
    }
}
