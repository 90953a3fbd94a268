//! Opening a store so that it and the journal agree: in order, healed, or built anew.
//!
//! First the engine's files as they are; then without the engine's snapshots, which are only a
//! shortcut; then the whole directory is set aside and built anew from the journal.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::commit::Commit;
use super::course::JournalDamage;
use super::engine::Engine;
use super::error::{StoreError, in_full};
use super::files::{self, io_error};
use super::journal::Journal;
use super::settings::StoreSettings;
use super::stage::Stage;
use super::table::Table;
use super::wire::{Entry, Fact};
use super::{apply, compact, prune, rebuild};
use crate::domain::time::Moment;

/// How often an opening may die without a word before the engine's files are no longer trusted.
const DEATHS: usize = 2;

/// Entries that are applied in one transaction.
const AT_ONCE: usize = 200;

/// A store that agrees with its journal.
pub struct Opened {
    /// The engine.
    pub engine: Engine,
    /// The journal.
    pub journal: Journal,
    /// What is wrong with the journal, as far as it was read.
    pub damage: JournalDamage,
    /// Where the damaged files went and why, if the store was built anew.
    pub rebuilt: Option<(PathBuf, String)>,
    /// How many entries of the journal the engine lacked.
    pub caught_up: u64,
    /// Whether nothing was there before.
    pub new: bool,
}

/// An engine in step with the journal, and how it came to be so.
struct Found {
    engine: Engine,
    rebuilt: Option<(PathBuf, String)>,
    caught_up: u64,
    /// What is wrong with the journal, if all of it was read.
    damage: Option<JournalDamage>,
}

/// The places below the store's directory.
pub struct Places {
    /// The engine's files.
    pub store: PathBuf,
    /// The journal's files.
    pub journal: PathBuf,
    /// The page copies.
    pub bodies: PathBuf,
    /// The engine's files while they are written anew.
    pub copy: PathBuf,
    /// The engine's former files, until the new ones are in their place.
    pub former: PathBuf,
    lock: PathBuf,
    deaths: PathBuf,
}

impl Places {
    /// The places below `dir`.
    pub fn below(dir: &Path) -> Places {
        Places {
            store: dir.join("store"),
            journal: dir.join("journal"),
            bodies: dir.join("bodies"),
            copy: dir.join("store.copy"),
            former: dir.join("store.former"),
            lock: dir.join("lock"),
            deaths: dir.join("opening"),
        }
    }
}

/// The lock that keeps every other opener out, until it is dropped.
#[derive(Debug)]
pub struct Lock(File);

impl Drop for Lock {
    /// Closing the file would not do: a process that another thread is starting just now has all open
    /// files until its own program begins, and the lock with them.
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the lock of the store is left to the system");
        }
    }
}

/// Takes the lock.
pub fn lock(dir: &Path) -> Result<Lock, StoreError> {
    files::make_dir(dir)?;
    let path = Places::below(dir).lock;
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(io_error("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            dir: dir.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(io_error("lock", &path)(source)),
    }
}

/// Opens the store. The caller holds the lock.
pub fn open(settings: &StoreSettings, now: Moment) -> Result<Opened, StoreError> {
    let places = Places::below(&settings.dir);
    compact::heal(&places)?;
    let (mut journal, mut damage) = Journal::open(&places.journal)?;
    let new = journal.last() == 0 && !places.store.exists();
    let deaths = Deaths::count(&places.deaths)?;
    let trusted = match deaths.so_far >= DEATHS {
        true => Err(StoreError::Damaged {
            why: format!("the last {} openings died", deaths.so_far),
        }),
        false => Ok(()),
    };
    let found = trusted
        .and_then(|()| find_engine(&places, settings, &journal, now))
        .or_else(|error| replace_engine(&places, settings, &journal, now, error));
    // An error is no death: it was told, and the next opening may look again.
    deaths.over()?;
    let Found {
        mut engine,
        rebuilt,
        caught_up,
        damage: met,
    } = found?;
    if let Some(met) = met {
        damage = met;
    }
    let doubtful = engine.applied() > journal.last() || !damage.is_none();
    if doubtful && !rebuild::is_complete(&journal, engine.applied())? {
        journal.continue_after(engine.applied());
        restate(&mut engine, &mut journal, now)?;
    }
    Ok(Opened {
        engine,
        journal,
        damage,
        rebuilt,
        caught_up,
        new,
    })
}

/// The engine as it is, or healed by taking its snapshots away; whole, and in step with the
/// journal.
fn find_engine(
    places: &Places,
    settings: &StoreSettings,
    journal: &Journal,
    now: Moment,
) -> Result<Found, StoreError> {
    if journal.last() > 0 && !places.store.exists() {
        return Err(StoreError::Damaged {
            why: "its files are missing".to_owned(),
        });
    }
    let first = whole_engine(places, settings, journal);
    let mut engine = match first {
        Err(error) if error.is_damage() => {
            let moved = set_snapshots_aside(&places.store, now)?;
            if moved == 0 {
                return Err(error);
            }
            tracing::warn!(
                why = in_full(&error),
                "the store does not open; trying without the engine's snapshots"
            );
            whole_engine(places, settings, journal).map_err(|_| error)?
        }
        other => other?,
    };
    let before = engine.applied();
    let met = catch_up(&mut engine, journal)?;
    let caught_up = engine.applied() - before;
    if caught_up > 1 {
        tracing::warn!(
            entries = caught_up,
            "the store lacked entries of the journal; they were applied again"
        );
    }
    Ok(Found {
        engine,
        rebuilt: None,
        caught_up,
        damage: (!met.is_none()).then_some(met),
    })
}

/// The engine anew from the journal, when `error` is damage.
fn replace_engine(
    places: &Places,
    settings: &StoreSettings,
    journal: &Journal,
    now: Moment,
    error: StoreError,
) -> Result<Found, StoreError> {
    if !error.is_damage() {
        return Err(error);
    }
    let why = in_full(&error);
    tracing::error!(
        why,
        "the store is damaged; it is built anew from the journal"
    );
    let anew = rebuild::anew(places, settings, journal, now)?;
    let aside = anew.aside.unwrap_or_else(|| places.store.clone());
    Ok(Found {
        caught_up: anew.engine.applied(),
        engine: anew.engine,
        rebuilt: Some((aside, why)),
        damage: Some(anew.damage),
    })
}

/// Opens the engine and looks at every row.
fn whole_engine(
    places: &Places,
    settings: &StoreSettings,
    journal: &Journal,
) -> Result<Engine, StoreError> {
    let mut engine = Engine::open(&places.store, settings.cache_bytes)?;
    // The very first entry may be in the journal alone: the process died between the two.
    if engine.applied() == 0 && journal.last() > 1 {
        return Err(StoreError::Damaged {
            why: "it is empty, but the journal is not".to_owned(),
        });
    }
    let scan = engine.scan()?;
    let quarantined = engine.count(Table::Quarantine);
    if scan.damaged.is_empty() && scan.astray.is_empty() && quarantined == 0 {
        return Ok(engine);
    }
    let why = format!(
        "{} damaged rows, {quarantined} rows in quarantine, rows missing or astray in {:?}",
        scan.damaged.len(),
        scan.astray
            .iter()
            .map(|table| table.name())
            .collect::<Vec<_>>()
    );
    if rebuild::is_complete(journal, engine.applied())? {
        return Err(StoreError::Damaged { why });
    }
    // Building anew would lose more than the rows that are damaged.
    tracing::error!(
        why,
        "rows of the store are damaged, and the journal cannot replace them"
    );
    engine.accept_sums()?;
    quarantine(&mut engine, &scan.damaged)?;
    Ok(engine)
}

/// Moves rows into quarantine.
pub fn quarantine(engine: &mut Engine, bad: &[(Table, Vec<u8>)]) -> Result<(), StoreError> {
    let mut stage = Stage::new(engine);
    for (table, key) in bad {
        stage.quarantine(*table, key)?;
    }
    let changes = stage.into_changes();
    if changes.is_empty() {
        return Ok(());
    }
    engine.write(changes, engine.applied())?;
    engine.sync()
}

/// Moves the engine's snapshots out of its directory. Answers with their number.
fn set_snapshots_aside(store: &Path, now: Moment) -> Result<usize, StoreError> {
    let mut moved = 0;
    let aside = files::aside_name(store, "snapshots", now);
    for path in files::entries(store)? {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let Some(name) = name.filter(|name| name.starts_with("snap.")) else {
            continue;
        };
        files::make_dir(&aside)?;
        fs::rename(&path, aside.join(name)).map_err(io_error("set aside", &path))?;
        moved += 1;
    }
    if moved > 0 {
        files::sync_dir(store)?;
        files::sync_dir(&aside)?;
    }
    Ok(moved)
}

/// Applies what the journal has beyond the engine.
pub fn catch_up(engine: &mut Engine, journal: &Journal) -> Result<JournalDamage, StoreError> {
    let after = engine.applied();
    if journal.last() <= after {
        return Ok(JournalDamage::default());
    }
    let damage = apply_after(engine, journal, after)?;
    engine.sync()?;
    Ok(damage)
}

/// Applies the entries after `after`.
pub fn apply_after(
    engine: &mut Engine,
    journal: &Journal,
    after: u64,
) -> Result<JournalDamage, StoreError> {
    let mut waiting = Vec::new();
    let damage = journal.replay(after, &mut |entry, _| {
        let alone = !matches!(entry.fact, Fact::Commit(_));
        if alone || waiting.len() >= AT_ONCE {
            apply_together(engine, &mut waiting)?;
        }
        match entry.fact {
            Fact::Prune {
                keep_history_days,
                whole_days,
            } => {
                let keep = prune::Keep {
                    history_days: keep_history_days,
                    whole_days,
                };
                prune::rows(engine, entry.at, keep, entry.seq).map(|_| ())
            }
            Fact::Commit(_) | Fact::Restated { .. } => {
                waiting.push(entry);
                Ok(())
            }
        }
    })?;
    apply_together(engine, &mut waiting)?;
    Ok(damage)
}

fn apply_together(engine: &mut Engine, waiting: &mut Vec<Entry>) -> Result<(), StoreError> {
    let Some(seq) = waiting.last().map(|entry| entry.seq) else {
        return Ok(());
    };
    let mut stage = Stage::new(engine);
    for entry in waiting.drain(..) {
        if let Fact::Commit(mut commit) = entry.fact {
            apply::commit(&mut stage, &mut commit)?;
        }
    }
    let changes = stage.into_changes();
    engine.write(changes, seq)
}

/// Writes all that the engine holds into the journal, because the journal lost some of it.
fn restate(engine: &mut Engine, journal: &mut Journal, now: Moment) -> Result<(), StoreError> {
    tracing::error!("the journal lost entries that the store still has; they are written again");
    let from = journal.last() + 1;
    let mut append = |fact| journal.append(now, fact).map_err(|fault| fault.error);
    rebuild::all_commits(engine, now, &mut |commit: Commit| {
        append(Fact::Commit(Box::new(commit))).map(|_| ())
    })?;
    let seq = append(Fact::Restated { from })?;
    let nothing = Stage::new(engine).into_changes();
    engine.write(nothing, seq)?;
    engine.sync()
}

/// Counts openings that never came to an end: an engine that kills the process, or hangs until
/// the supervisor does, would otherwise do so for ever.
struct Deaths {
    path: PathBuf,
    so_far: usize,
}

impl Deaths {
    fn count(path: &Path) -> Result<Deaths, StoreError> {
        let so_far = fs::read(path).map_or(0, |marks| marks.len());
        let marks = vec![b'x'; so_far.min(DEATHS) + 1];
        files::write_whole(path, &marks)?;
        Ok(Deaths {
            path: path.to_owned(),
            so_far,
        })
    }

    fn over(self) -> Result<(), StoreError> {
        files::remove(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_process_has_inherited_does_not_keep_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let held = lock(dir.path()).unwrap();
        // As a process has it that is just being started.
        let inherited = held.0.try_clone().unwrap();
        let refused = lock(dir.path());
        assert!(
            matches!(refused, Err(StoreError::InUse { .. })),
            "{refused:?}"
        );
        drop(held);
        let again = lock(dir.path());
        assert!(again.is_ok(), "{again:?}");
        drop(inherited);
    }
}
