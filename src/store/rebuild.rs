//! The store anew from the journal, and the journal's content anew from the store.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use super::apply::StoredObservation;
use super::commit::{Commit, JobRun};
use super::course::JournalDamage;
use super::engine::Engine;
use super::error::StoreError;
use super::files::{self, io_error};
use super::journal::Journal;
use super::opening::{self, Places};
use super::reading::Reader;
use super::settings::StoreSettings;
use super::table::Table;
use super::{keys, value::VALUE_LIMIT, wire::LINE_LIMIT};
use crate::domain::time::Moment;

/// Values in one restating commit: even the longest ones fit into one line.
const AT_ONCE: usize = LINE_LIMIT / VALUE_LIMIT / 2;

/// What building anew came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Where the former files went, if there were any.
    pub aside: Option<PathBuf>,
    /// The number of the last entry that was applied.
    pub entries: u64,
    /// What is wrong with the journal.
    pub damage: JournalDamage,
}

/// A store that was just built.
pub struct Anew {
    /// The engine.
    pub engine: Engine,
    /// Where the former files went.
    pub aside: Option<PathBuf>,
    /// What is wrong with the journal.
    pub damage: JournalDamage,
}

/// Builds the store anew from the journal. The store must not be open; its files are set aside,
/// not removed.
pub fn rebuild(settings: &StoreSettings, now: Moment) -> Result<Rebuilt, StoreError> {
    let lock = opening::lock(&settings.dir)?;
    let places = Places::below(&settings.dir);
    let (journal, _) = Journal::open(&places.journal)?;
    let anew = anew(&places, settings, &journal, now)?;
    let rebuilt = Rebuilt {
        aside: anew.aside,
        entries: anew.engine.applied(),
        damage: anew.damage,
    };
    drop(anew.engine);
    drop(lock);
    Ok(rebuilt)
}

/// Sets the engine's files aside and applies the journal to new ones. Cut short, the next
/// opening goes on where this one stopped.
pub fn anew(
    places: &Places,
    settings: &StoreSettings,
    journal: &Journal,
    now: Moment,
) -> Result<Anew, StoreError> {
    let mut aside = None;
    if places.store.exists() {
        let name = files::aside_name(&places.store, "damaged", now);
        fs::rename(&places.store, &name).map_err(io_error("set aside", &places.store))?;
        files::sync_dir(&settings.dir)?;
        aside = Some(name);
    }
    let beginning = journal.beginning()?;
    let mut engine = Engine::open(&places.store, settings.cache_bytes)?;
    let damage = opening::apply_after(&mut engine, journal, beginning)?;
    engine.sync()?;
    Ok(Anew {
        engine,
        aside,
        damage,
    })
}

/// Whether the journal alone can make a store that is applied up to `applied`.
pub fn is_complete(journal: &Journal, applied: u64) -> Result<bool, StoreError> {
    if journal.last() < applied {
        return Ok(false);
    }
    let beginning = journal.beginning()?;
    let damage = journal.replay(beginning, &mut |_, _| Ok(()))?;
    Ok(damage.is_none())
}

/// Hands all that the engine holds to `sink`, as commits that would make it anew.
pub fn all_commits(
    engine: &Engine,
    at: Moment,
    sink: &mut dyn FnMut(Commit) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    all_observations(engine, at, sink)?;
    let mut reader = Reader::new(engine);
    in_parts(
        reader.all(Table::Records, &[])?,
        at,
        sink,
        |commit, part| {
            commit.records = part;
        },
    )?;
    in_parts(reader.all(Table::Items, &[])?, at, sink, |commit, part| {
        commit.items = part;
    })?;
    in_parts(reader.all(Table::Flags, &[])?, at, sink, |commit, part| {
        commit.flags = part;
    })?;
    in_parts(reader.all(Table::Hosts, &[])?, at, sink, |commit, part| {
        commit.hosts = part;
    })?;
    in_parts(reader.all(Table::Homes, &[])?, at, sink, |commit, part| {
        commit.homes = part;
    })?;
    in_parts(
        reader.all(Table::Acceptances, &[])?,
        at,
        sink,
        |commit, part| commit.acceptances = part,
    )?;
    for table in [Table::ClosedIncidents, Table::OpenIncidents] {
        in_parts(reader.all(table, &[])?, at, sink, |commit, part| {
            commit.incidents = part;
        })?;
    }
    for table in [Table::Notices, Table::WaitingNotices] {
        in_parts(reader.all(table, &[])?, at, sink, |commit, part| {
            commit.notices = part;
        })?;
    }
    in_parts(
        reader.all(Table::Messages, &[])?,
        at,
        sink,
        |commit, part| {
            commit.messages = part;
        },
    )?;
    let runs: Vec<JobRun> = reader.all(Table::Runs, &[])?;
    in_parts(runs, at, sink, |commit, part| commit.runs = part)?;
    in_parts(reader.acts()?, at, sink, |commit, part| commit.acts = part)?;
    in_parts(
        reader.all(Table::SiteDays, &[])?,
        at,
        sink,
        |commit, part| {
            commit.days = part;
        },
    )?;
    in_parts(reader.entries()?, at, sink, |commit, part| {
        commit.entries = part;
    })?;
    let inspections = reader.all(Table::Inspections, &[])?;
    in_parts(inspections, at, sink, |commit, part| {
        commit.inspections = part;
    })?;
    let targets = reader.all(Table::Targets, &[])?;
    in_parts(targets, at, sink, |commit, part| commit.targets = part)?;
    let letters = reader.all(Table::Letters, &[])?;
    in_parts(letters, at, sink, |commit, part| commit.letters = part)?;
    let guides = reader.all(Table::Guides, &[])?;
    in_parts(guides, at, sink, |commit, part| commit.guides = part)?;
    let documents = reader.all(Table::Documents, &[])?;
    in_parts(documents, at, sink, |commit, part| {
        commit.documents = part;
    })?;
    let pieces = reader.all(Table::ClosedPieces, &[])?;
    in_parts(pieces, at, sink, |commit, part| commit.pieces = part)?;
    let closings = reader.all(Table::Closings, &[])?;
    in_parts(closings, at, sink, |commit, part| commit.closings = part)?;
    let statements = reader.statements()?;
    in_parts(statements, at, sink, |commit, part| {
        commit.statements = part;
    })?;
    let candidates = reader.candidates(None)?;
    in_parts(candidates, at, sink, |commit, part| {
        commit.candidates = part;
    })?;
    let decisions = reader.decisions()?;
    in_parts(decisions, at, sink, |commit, part| {
        commit.decisions = part;
    })
}

fn all_observations(
    engine: &Engine,
    at: Moment,
    sink: &mut dyn FnMut(Commit) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut reader = Reader::new(engine);
    let mut commit = Commit::at(at);
    for entry in engine.rows(Table::Observations, &[])? {
        let (key, _) = entry?;
        let stored: Option<StoredObservation> = reader.get(Table::Observations, &key)?;
        if let Some(stored) = stored {
            let column = keys::column(&stored.column);
            let whole = reader.whole(&column, &key, stored, &mut HashMap::new())?;
            commit.observations.extend(whole);
        }
        if commit.observations.len() >= AT_ONCE {
            sink(std::mem::replace(&mut commit, Commit::at(at)))?;
        }
    }
    match commit.observations.is_empty() {
        true => Ok(()),
        false => sink(commit),
    }
}

fn in_parts<T: Clone>(
    values: Vec<T>,
    at: Moment,
    sink: &mut dyn FnMut(Commit) -> Result<(), StoreError>,
    set: impl Fn(&mut Commit, Vec<T>),
) -> Result<(), StoreError> {
    for part in values.chunks(AT_ONCE) {
        let mut commit = Commit::at(at);
        set(&mut commit, part.to_vec());
        sink(commit)?;
    }
    Ok(())
}
