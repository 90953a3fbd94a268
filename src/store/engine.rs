//! The only file that names the embedded engine: opening it, reading rows, writing changes.
//!
//! The engine calls a flush what only reaches the kernel, and it panics on damaged files. So its
//! file is synced through a handle of our own, every call stands inside a catch, and a sum over
//! all rows, written with every change, shows on open whether rows went missing without a word.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sled::transaction::TransactionalTree;
use sled::{Batch, Db, IVec, Transactional as _, Tree};

use super::contain::contained;
use super::error::StoreError;
use super::files;
use super::sum::Sum;
use super::table::Table;
use super::value::{self, Body, Fault};

/// The version of the layout: which tables there are and how keys are made.
const FORMAT: u32 = 1;

const STATE_KEY: &[u8] = b"state";

/// The engine, open.
pub struct Engine {
    trees: Vec<Tree>,
    state: State,
    /// Our own handle to the engine's main file, for a sync that the engine does not do.
    file: File,
    db: Db,
}

/// What the row of [`Table::State`] says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    format: u32,
    /// The number of the journal's entry that was applied last.
    applied: u64,
    sums: BTreeMap<String, Sum>,
}

/// Rows to be written in one transaction.
pub struct Changes {
    batches: Vec<(Table, Batch)>,
    sums: BTreeMap<Table, Sum>,
    rows: usize,
}

/// What a look at every row showed.
#[derive(Debug, Default)]
pub struct Scan {
    /// Rows whose checksum does not fit.
    pub damaged: Vec<(Table, Vec<u8>)>,
    /// Tables whose rows are not those that were written.
    pub astray: Vec<Table>,
}

impl Changes {
    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

impl Engine {
    /// Opens or makes the engine's files in `dir`. Rows are not looked at yet.
    pub fn open(dir: &Path, cache_bytes: u64) -> Result<Engine, StoreError> {
        contained("open the store", || {
            files::make_dir(dir)?;
            let db = open_db(dir, cache_bytes)?;
            files::close_to_others(dir)?;
            let mut trees = Vec::new();
            for table in Table::ALL {
                trees.push(db.open_tree(table.name()).map_err(cause("open a table"))?);
            }
            let path = dir.join("db");
            let file = File::options()
                .read(true)
                .write(true)
                .open(&path)
                .map_err(files::io_error("open", &path))?;
            let mut engine = Engine {
                trees,
                state: State::default(),
                file,
                db,
            };
            engine.state = engine.read_state()?;
            engine.sync()?;
            files::sync_dir(dir)?;
            Ok(engine)
        })
    }

    fn read_state(&self) -> Result<State, StoreError> {
        let Some(row) = self
            .tree(Table::State)?
            .get(STATE_KEY)
            .map_err(cause("read"))?
        else {
            return Ok(State::default());
        };
        let payload = match value::decode(Table::State, STATE_KEY, &row) {
            Ok(Body::Inline(payload)) => payload,
            Err(Fault::Newer(version)) => return Err(newer("the store", version.into())),
            _ => return Err(damaged("its own state cannot be read")),
        };
        let state: State =
            serde_json::from_slice(payload).map_err(|source| StoreError::Foreign {
                table: Table::State.name(),
                source,
            })?;
        match state.format {
            FORMAT => Ok(state),
            format if format > FORMAT => Err(StoreError::Newer {
                what: "the store".to_owned(),
                version: format,
                known: FORMAT,
            }),
            _ => Err(damaged("its own state names no known format")),
        }
    }

    /// The number of the journal's entry that was applied last; zero for a new store.
    pub fn applied(&self) -> u64 {
        self.state.applied
    }

    /// The rows of `table`, by the sums.
    pub fn count(&self, table: Table) -> u64 {
        self.sum(table).rows
    }

    /// The sum over `table`.
    pub fn sum(&self, table: Table) -> Sum {
        self.state
            .sums
            .get(table.name())
            .copied()
            .unwrap_or_default()
    }

    /// Bytes of all keys and rows.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let mut bytes = 0;
        for table in Table::ALL {
            for entry in self.rows(table, &[])? {
                let (key, row) = entry?;
                bytes += (key.len() + row.len()) as u64;
            }
        }
        Ok(bytes)
    }

    fn tree(&self, table: Table) -> Result<&Tree, StoreError> {
        self.trees
            .get(usize::from(table.tag()))
            .ok_or_else(|| damaged("a table is missing"))
    }

    /// One row, as it stands.
    pub fn get(&self, table: Table, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        self.tree(table)?.get(key).map_err(cause("read a row"))
    }

    /// The rows of `table` whose keys begin with `prefix`, in order of keys. Bytes as they stand.
    pub fn rows(
        &self,
        table: Table,
        prefix: &[u8],
    ) -> Result<impl DoubleEndedIterator<Item = Result<(IVec, IVec), StoreError>> + use<>, StoreError>
    {
        let rows = self.tree(table)?.scan_prefix(prefix);
        Ok(rows.map(|row| row.map_err(cause("read rows"))))
    }

    /// The rows of `table` from the key `from` on.
    pub fn rows_from(
        &self,
        table: Table,
        from: &[u8],
    ) -> Result<impl DoubleEndedIterator<Item = Result<(IVec, IVec), StoreError>> + use<>, StoreError>
    {
        let rows = self.tree(table)?.range(from..);
        Ok(rows.map(|row| row.map_err(cause("read rows"))))
    }

    /// The rows of `table` whose keys stand before `end`.
    pub fn rows_before(
        &self,
        table: Table,
        end: &[u8],
    ) -> Result<impl DoubleEndedIterator<Item = Result<(IVec, IVec), StoreError>> + use<>, StoreError>
    {
        let rows = self.tree(table)?.range(..end);
        Ok(rows.map(|row| row.map_err(cause("read rows"))))
    }

    /// Looks at every row and compares each table with its sum. A row of a later version is an
    /// error.
    pub fn scan(&self) -> Result<Scan, StoreError> {
        contained("look at every row of the store", || {
            let mut scan = Scan::default();
            for table in Table::ALL {
                if table != Table::State {
                    self.scan_table(table, &mut scan)?;
                }
            }
            Ok(scan)
        })
    }

    fn scan_table(&self, table: Table, scan: &mut Scan) -> Result<(), StoreError> {
        let mut sum = Sum::default();
        for entry in self.rows(table, &[])? {
            let (key, row) = entry?;
            sum.add(&key, &row);
            match value::decode(table, &key, &row) {
                Ok(_) => {}
                Err(Fault::Damaged) => scan.damaged.push((table, key.to_vec())),
                Err(Fault::Newer(version)) => return Err(newer(table.name(), version.into())),
            }
        }
        if sum != self.sum(table) {
            scan.astray.push(table);
        }
        Ok(())
    }

    /// Takes the rows as they are for the rows as they should be.
    pub fn accept_sums(&mut self) -> Result<(), StoreError> {
        let mut changes = self.changes(std::iter::empty());
        for table in Table::ALL
            .into_iter()
            .filter(|&table| table != Table::State)
        {
            let mut sum = Sum::default();
            for entry in self.rows(table, &[])? {
                let (key, row) = entry?;
                sum.add(&key, &row);
            }
            changes.sums.insert(table, sum);
        }
        self.write(changes, self.applied())?;
        self.sync()
    }

    /// Gathers rows (table, key, row before, row after) into one set of changes.
    pub fn changes(
        &self,
        rows: impl Iterator<Item = (Table, Vec<u8>, Option<IVec>, Option<Vec<u8>>)>,
    ) -> Changes {
        let mut batches: BTreeMap<Table, Batch> = BTreeMap::new();
        let mut sums: BTreeMap<Table, Sum> = BTreeMap::new();
        let mut count = 0;
        for (table, key, before, after) in rows {
            if before.as_deref() == after.as_deref() {
                continue;
            }
            count += 1;
            let sum = sums.entry(table).or_insert_with(|| self.sum(table));
            if let Some(before) = before {
                sum.take(&key, &before);
            }
            let batch = batches.entry(table).or_default();
            match after {
                Some(after) => {
                    sum.add(&key, &after);
                    batch.insert(key, after);
                }
                None => batch.remove(key),
            }
        }
        Changes {
            batches: batches.into_iter().collect(),
            sums,
            rows: count,
        }
    }

    /// Writes `changes` in one transaction, and that the journal is applied up to `applied`.
    /// Nothing is durable before [`Engine::sync`].
    pub fn write(&mut self, changes: Changes, applied: u64) -> Result<(), StoreError> {
        contained("write a change", || {
            let mut next = self.state.clone();
            next.format = FORMAT;
            next.applied = applied;
            for (table, sum) in &changes.sums {
                next.sums.insert(table.name().to_owned(), *sum);
            }
            let mut trees = Vec::new();
            let mut batches = Vec::new();
            for (table, batch) in changes.batches {
                trees.push(self.tree(table)?.clone());
                batches.push(batch);
            }
            let mut state = Batch::default();
            state.insert(STATE_KEY, state_row(&next)?);
            trees.push(self.tree(Table::State)?.clone());
            batches.push(state);
            transact(&trees, &batches)?;
            self.state = next;
            Ok(())
        })
    }

    /// Puts everything written on disk.
    pub fn sync(&self) -> Result<(), StoreError> {
        contained("flush the store", || {
            self.db.flush().map_err(cause("flush the store"))?;
            self.file.sync_data().map_err(|source| StoreError::Engine {
                action: "sync the store's file",
                source: Box::new(source),
            })
        })
    }
}

fn state_row(state: &State) -> Result<Vec<u8>, StoreError> {
    let payload = serde_json::to_vec(state).map_err(|source| StoreError::Unwritable {
        what: "the store's own state".to_owned(),
        source,
    })?;
    Ok(value::encode(Table::State, STATE_KEY, &payload)?.row)
}

/// The closure may run several times: it does nothing but hand over the same batches.
fn transact(trees: &[Tree], batches: &[Batch]) -> Result<(), StoreError> {
    trees
        .transaction(|views: &Vec<TransactionalTree>| {
            for (view, batch) in views.iter().zip(batches) {
                view.apply_batch(batch)?;
            }
            Ok::<(), sled::transaction::ConflictableTransactionError<()>>(())
        })
        .map_err(|error| match error {
            sled::transaction::TransactionError::Abort(()) => damaged("a change was aborted"),
            sled::transaction::TransactionError::Storage(source) => cause("write a change")(source),
        })
}

/// Opens the engine. Ours is the only process here (see the lock file), but threads of an engine
/// that was just closed may hold its own lock a moment longer: they are waited for.
fn open_db(dir: &Path, cache_bytes: u64) -> Result<Db, StoreError> {
    let config = sled::Config::new()
        .path(dir)
        .cache_capacity(cache_bytes)
        .use_compression(false)
        // Every commit flushes; a flusher beside it would only wake an idle machine.
        .flush_every_ms(None);
    let mut tries = 0;
    loop {
        match config.open() {
            Err(sled::Error::Io(error)) if is_lock(&error) && tries < 100 => {
                tries += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(sled::Error::Io(error)) if is_lock(&error) => {
                return Err(StoreError::InUse {
                    dir: dir.to_owned(),
                });
            }
            other => return other.map_err(cause("open the store")),
        }
    }
}

fn is_lock(error: &std::io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}

fn cause(action: &'static str) -> impl FnOnce(sled::Error) -> StoreError {
    move |source| StoreError::Engine {
        action,
        source: Box::new(source),
    }
}

fn damaged(why: &str) -> StoreError {
    StoreError::Damaged {
        why: why.to_owned(),
    }
}

/// The refusal of what a later version wrote.
pub fn newer(what: &str, version: u32) -> StoreError {
    StoreError::Newer {
        what: what.to_owned(),
        version,
        known: value::VERSION.into(),
    }
}
