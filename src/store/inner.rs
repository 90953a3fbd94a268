//! The one store behind all handles: changes one at a time, reading beside each other, and what
//! makes the store take no more writes.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::apply;
use super::bodies::{Bodies, Copy};
use super::commit::Commit;
use super::compact;
use super::contain::contained;
use super::engine::Engine;
use super::error::{StoreError, in_full};
use super::files;
use super::handle::{Opening, Pruned, StoreHealth};
use super::journal::{AppendFault, Journal};
use super::opening::{self, Lock, Places};
use super::prune;
use super::reading::Reader;
use super::settings::StoreSettings;
use super::stage::Stage;
use super::table::Table;
use super::thin;
use super::volume;
use super::wire::Fact;
use crate::domain::home::HomeRecord;
use crate::domain::time::Moment;

/// The store, open.
pub struct Inner {
    settings: StoreSettings,
    shared: RwLock<Shared>,
    bodies: Mutex<Bodies>,
    health: Mutex<Health>,
    /// Dropped last: nobody else may open before the engine is closed.
    _lock: Lock,
}

struct Shared {
    /// Absent only when writing its files anew failed halfway: then until the next opening.
    engine: Option<Engine>,
    journal: Journal,
    fatal: Option<String>,
}

struct Health {
    report: StoreHealth,
    bad_bodies: u64,
    /// Bytes of everything but the engine's file and the journal's open one.
    bytes_beside: u64,
    /// The latest instant that the store was told.
    now: Moment,
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    /// Opens the store, alone.
    pub fn open(settings: StoreSettings, now: Moment) -> Result<(Inner, Opening), StoreError> {
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
            bytes_on_disk: 0,
            bytes_free: None,
            short_of_room: false,
        };
        let shared = Shared {
            engine: Some(opened.engine),
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
                bytes_beside: 0,
                now,
            }),
            _lock: lock,
        };
        inner.measure();
        Ok((inner, opening))
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
        if let Some(engine) = &shared.engine {
            health.report.quarantined = engine.count(Table::Quarantine);
        }
        health.report.entries = shared.journal.last();
        health.report.last_commit_at = shared.journal.last_at();
        health.report.bytes_on_disk = health.bytes_beside + self.growing(shared);
        self.look_for_room(&mut health.report);
    }

    fn look_for_room(&self, report: &mut StoreHealth) {
        report.bytes_free = files::free_at(&self.settings.dir);
        let least = self.settings.least_free_bytes;
        report.short_of_room = report.bytes_free.is_some_and(|free| free < least);
    }

    /// Bytes of the two files that grow with every change.
    fn growing(&self, shared: &Shared) -> u64 {
        let engine = Places::below(&self.settings.dir).store.join("db");
        volume::length(&engine) + shared.journal.open_length()
    }

    /// Looks at every file.
    fn measure(&self) {
        let shared = self.shared.read().unwrap_or_else(PoisonError::into_inner);
        let all = files::size_below(&self.settings.dir);
        let mut health = guard(&self.health);
        health.bytes_beside = all.saturating_sub(self.growing(&shared));
        health.report.bytes_on_disk = all;
        self.look_for_room(&mut health.report);
    }

    fn told(&self, now: Moment) {
        let mut health = guard(&self.health);
        health.now = health.now.max(now);
    }

    /// Makes everything in `commit` true together.
    pub fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.told(commit.at);
        self.change(|shared| shared.commit(commit))
    }

    /// Reads; what proves damaged on the way goes into quarantine.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&mut Reader) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (result, bad) = {
            let shared = self.shared.read().unwrap_or_else(PoisonError::into_inner);
            let mut reader = Reader::new(shared.engine()?);
            (work(&mut reader), reader.bad)
        };
        if !bad.is_empty() {
            tracing::error!(rows = bad.len(), "damaged rows go into quarantine");
            self.change(|shared| {
                let engine = shared.engine_mut()?;
                opening::quarantine(engine, &bad).map_err(AppendFault::fatal)
            })?;
        }
        result
    }

    /// Puts everything on disk.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.change(|shared| {
            let engine = shared.engine().map_err(AppendFault::fatal)?;
            engine.sync().map_err(AppendFault::fatal)
        })
    }

    /// How the store is.
    pub fn health(&self) -> StoreHealth {
        let health = guard(&self.health);
        let mut report = health.report.clone();
        report.quarantined += health.bad_bodies;
        report
    }

    /// Keeps a page copy.
    pub fn keep_body(&self, digest: &str, body: &[u8]) -> Result<(), StoreError> {
        let now = guard(&self.health).now;
        let bytes = guard(&self.bodies).keep(digest, body, now)?;
        let mut health = guard(&self.health);
        health.bytes_beside += bytes;
        health.report.bytes_on_disk += bytes;
        Ok(())
    }

    /// Those of these page copies that are there.
    pub fn kept(&self, digests: &[String]) -> Result<BTreeSet<String>, StoreError> {
        let bodies = guard(&self.bodies);
        let mut kept = BTreeSet::new();
        for digest in digests {
            if bodies.has(digest)? {
                kept.insert(digest.clone());
            }
        }
        Ok(kept)
    }

    /// A page copy.
    pub fn body(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
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

    /// Writes the engine's files anew when they have become far larger than what they hold.
    fn compact(&self) -> Result<(), StoreError> {
        let places = Places::below(&self.settings.dir);
        self.change(|shared| shared.compact(&places, &self.settings))
    }

    /// Forgets what the settings no longer keep.
    pub fn prune(&self, now: Moment) -> Result<Pruned, StoreError> {
        self.told(now);
        let keep_history_days = self.settings.keep_history_days;
        let rows = self.change(|shared| shared.prune(now, keep_history_days))?;
        let records = self.read(|reader| reader.records())?;
        let homes: Vec<HomeRecord> = self.read(|reader| reader.all(Table::Homes, &[]))?;
        let proofs = self.read(|reader| reader.candidates(None))?;
        let entries = self.read(|reader| reader.entries())?.into_iter();
        let files = entries.filter_map(|entry| entry.attachment);
        let named: BTreeSet<String> = records
            .into_values()
            .flat_map(|record| [record.digest, record.proof])
            .flatten()
            .chain(
                homes
                    .into_iter()
                    .flat_map(|home| home.copies)
                    .map(|copy| copy.digest),
            )
            .chain(proofs.into_iter().filter_map(|candidate| candidate.copy))
            .chain(files.map(|file| file.digest))
            .collect();
        let keep_days = self.settings.keep_bodies_days;
        let bodies = guard(&self.bodies).prune(now, keep_days, &named)?;
        self.compact()?;
        self.measure();
        Ok(Pruned {
            observations: rows.observations,
            items: rows.items,
            flags: rows.flags,
            bodies,
        })
    }
}

impl Shared {
    fn engine(&self) -> Result<&Engine, StoreError> {
        self.engine.as_ref().ok_or_else(closed)
    }

    fn engine_mut(&mut self) -> Result<&mut Engine, AppendFault> {
        let engine = self.engine.as_mut().ok_or_else(closed);
        engine.map_err(AppendFault::fatal)
    }

    /// The journal first: once its line is on disk, the change is sure to be made, now or at the
    /// next opening.
    fn commit(&mut self, mut commit: Commit) -> Result<(), AppendFault> {
        let engine = self.engine.as_mut().ok_or_else(closed);
        let engine = engine.map_err(AppendFault::fatal)?;
        let mut stage = Stage::new(engine);
        apply::commit(&mut stage, &mut commit).map_err(AppendFault::harmless)?;
        let changes = stage.into_changes();
        if commit == Commit::at(commit.at) {
            return Ok(());
        }
        let seq = self
            .journal
            .append(commit.at, Fact::Commit(Box::new(commit)))?;
        engine
            .write(changes, seq)
            .and_then(|()| engine.sync())
            .map_err(AppendFault::fatal)
    }

    fn prune(&mut self, now: Moment, keep: u32) -> Result<prune::PrunedRows, AppendFault> {
        let keep = prune::Keep {
            history_days: keep,
            whole_days: Some(thin::WHOLE_DAYS),
        };
        let fact = Fact::Prune {
            keep_history_days: keep.history_days,
            whole_days: keep.whole_days,
        };
        let seq = self.journal.append(now, fact)?;
        let engine = self.engine_mut()?;
        prune::rows(engine, now, keep, seq)
            .and_then(|rows| engine.sync().map(|()| rows))
            .map_err(AppendFault::fatal)
    }

    /// A copy that fails, for want of space say, changes nothing and is tried again another night;
    /// an exchange that fails is ended by the next opening.
    fn compact(&mut self, places: &Places, settings: &StoreSettings) -> Result<(), AppendFault> {
        match compact::copied(self.engine_mut()?, places, settings.anew_above_bytes) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                let why = in_full(&error);
                tracing::warn!(why, "the store's files could not be written anew");
                return Ok(());
            }
        }
        self.engine = None;
        compact::exchange(places).map_err(AppendFault::fatal)?;
        let engine =
            Engine::open(&places.store, settings.cache_bytes).map_err(AppendFault::fatal)?;
        self.engine = Some(engine);
        Ok(())
    }
}

fn closed() -> StoreError {
    StoreError::Fatal {
        why: "its files are being exchanged".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::china;
    use crate::store::commit::JobRun;
    use crate::store::keys;
    use chrono::TimeZone as _;
    use std::os::unix::fs::MetadataExt as _;

    fn at(minute: u32) -> Moment {
        china().with_ymd_and_hms(2017, 11, 3, 8, minute, 0).unwrap()
    }

    fn run(minute: u32) -> Commit {
        let mut commit = Commit::at(at(minute));
        commit.runs = vec![JobRun {
            job: format!("job-{minute}"),
            at: at(minute),
        }];
        commit
    }

    fn runs(inner: &Inner) -> usize {
        let all = inner.read(|reader| reader.all::<JobRun>(Table::Runs, &[]));
        all.unwrap().len()
    }

    fn open(dir: &std::path::Path) -> Inner {
        let settings = StoreSettings {
            cache_bytes: 8 * 1024 * 1024,
            ..StoreSettings::in_dir(dir)
        };
        Inner::open(settings, at(0)).unwrap().0
    }

    #[test]
    fn after_a_failed_sync_or_a_panic_nothing_is_written_until_the_next_opening() {
        type Fault = fn(&mut Shared) -> Result<(), AppendFault>;
        let faults: [Fault; 2] = [
            |_| {
                let why = "the disk is gone".to_owned();
                Err(AppendFault::fatal(StoreError::Damaged { why }))
            },
            |_| panic!("the disk is gone"),
        ];
        for fault in faults {
            let dir = tempfile::tempdir().unwrap();
            let inner = open(dir.path());
            inner.commit(run(1)).unwrap();
            assert!(inner.change(fault).is_err());
            for write in [
                inner.commit(run(2)),
                inner.prune(at(3)).map(|_| ()),
                inner.flush(),
            ] {
                let error = write.unwrap_err().to_string();
                assert!(error.contains("the disk is gone"), "{error}");
            }
            assert!(inner.health().fatal.is_some());
            assert_eq!(runs(&inner), 1);
            drop(inner);
            let inner = open(dir.path());
            inner.commit(run(2)).unwrap();
            assert_eq!(runs(&inner), 2);
        }
    }

    #[test]
    fn a_row_that_proves_damaged_goes_into_quarantine_and_comes_back_from_the_journal() {
        let dir = tempfile::tempdir().unwrap();
        let inner = open(dir.path());
        for minute in 1..4 {
            inner.commit(run(minute)).unwrap();
        }
        let spoilt = inner.change(|shared| {
            let key = keys::run("job-2");
            let engine = shared.engine.as_mut().unwrap();
            let row = engine.get(Table::Runs, &key).unwrap();
            let rows = [(Table::Runs, key, row, Some(b"rubbish".to_vec()))];
            let changes = engine.changes(rows.into_iter());
            engine.write(changes, 3).map_err(AppendFault::fatal)
        });
        spoilt.unwrap();
        assert_eq!(runs(&inner), 2);
        assert_eq!(inner.health().quarantined, 1);
        // What is written in its place leaves the damaged bytes where they are kept.
        inner.commit(run(2)).unwrap();
        assert_eq!((runs(&inner), inner.health().quarantined), (3, 1));
        drop(inner);
        let settings = StoreSettings::in_dir(dir.path());
        let (inner, opening) = Inner::open(settings, at(9)).unwrap();
        assert!(matches!(opening, Opening::Rebuilt { .. }), "{opening:?}");
        assert_eq!((runs(&inner), inner.health().quarantined), (3, 0));
    }
    #[test]
    fn files_far_larger_than_their_rows_are_written_anew_and_hold_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let settings = StoreSettings {
            anew_above_bytes: 0,
            ..StoreSettings::in_dir(dir.path())
        };
        let (inner, _) = Inner::open(settings.clone(), at(0)).unwrap();
        for _ in 0..4 {
            for minute in 1..50 {
                inner.commit(run(minute)).unwrap();
            }
        }
        let file = Places::below(dir.path()).store.join("db");
        let which = || std::fs::metadata(&file).unwrap().ino();
        let before = which();
        inner.prune(at(50)).unwrap();
        assert_ne!(which(), before);
        assert_eq!(runs(&inner), 49);
        inner.commit(run(50)).unwrap();
        assert_eq!(runs(&inner), 50);
        drop(inner);
        let verified = crate::store::verify::verify(&settings).unwrap();
        assert!(verified.is_sound(), "{verified:?}");
        let (inner, opening) = Inner::open(settings, at(51)).unwrap();
        assert!(matches!(opening, Opening::Existing), "{opening:?}");
        assert_eq!(runs(&inner), 50);
    }
}
