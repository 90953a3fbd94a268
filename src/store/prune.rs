//! What is forgotten: old observations with the findings that only they saw, repeated visits of days
//! past (see `thin`), the oldest claims of
//! columns with very many items, and flags that are old or very many. Page copies are forgotten in
//! `bodies`.
//!
//! A prune is an entry of the journal like any change, so that a store built anew forgets alike.
//! Incidents, notices, messages and acts of people are never forgotten: they are few, and they are
//! the proof.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::Duration;

use super::apply::{self, StoredObservation, StoredSight};
use super::engine::Engine;
use super::error::StoreError;
use super::keys::{self, Hash};
use super::reading::{FLAGS_LIMIT, ITEMS_LIMIT, Reader, sort_flags, sort_items};
use super::stage::Stage;
use super::table::Table;
use super::thin;
use crate::domain::document::Document;
use crate::domain::flag::Flag;
use crate::domain::guide::Guide;
use crate::domain::inspection::Inspection;
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::site_day::SiteDay;
use crate::domain::target::Target;
use crate::domain::time::Moment;

/// So many days a flag is kept: two years.
const FLAG_DAYS: i64 = 731;

/// Rows in one transaction.
const AT_ONCE: usize = 2000;

/// What a prune of rows removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PrunedRows {
    /// Observations.
    pub observations: usize,
    /// Items.
    pub items: usize,
    /// Flags.
    pub flags: usize,
}

/// How long rows are kept.
#[derive(Debug, Clone, Copy)]
pub struct Keep {
    /// Days of history.
    pub history_days: u32,
    /// Days of it that stay whole; all of them when it is not said.
    pub whole_days: Option<u32>,
}

/// Removes what is older than `keep` says at `now`, and notes that the journal is applied up to
/// `seq`. Cut short at any point, it can be done again.
pub fn rows(
    engine: &mut Engine,
    now: Moment,
    keep: Keep,
    seq: u64,
) -> Result<PrunedRows, StoreError> {
    let mut pruned = PrunedRows::default();
    let cutoff = now
        .checked_sub_signed(Duration::days(keep.history_days.into()))
        .unwrap_or(now);
    loop {
        let (stage, count) = old_observations(engine, cutoff)?;
        pruned.observations += count;
        if count == 0 {
            break;
        }
        let changes = stage.into_changes();
        engine.write(changes, engine.applied())?;
    }
    if let Some(whole_days) = keep.whole_days {
        pruned.observations += thin::rows(engine, now, whole_days)?;
    }
    let mut stage = Stage::new(engine);
    for day in Reader::new(engine).all::<SiteDay>(Table::SiteDays, &[])? {
        if day.on < cutoff.date_naive() {
            stage.delete(Table::SiteDays, &keys::site_day(&day.site, day.on))?;
        }
    }
    for seen in Reader::new(engine).all::<Inspection>(Table::Inspections, &[])? {
        if seen.on < cutoff.date_naive() {
            stage.delete(Table::Inspections, &keys::site_day(&seen.site, seen.on))?;
        }
    }
    for target in Reader::new(engine).all::<Target>(Table::Targets, &[])? {
        if target.asked_at < cutoff {
            stage.delete(Table::Targets, &keys::target(&target))?;
        }
    }
    for letter in Reader::new(engine).all::<Letter>(Table::Letters, &[])? {
        if letter.learnt_at() < cutoff {
            stage.delete(Table::Letters, &keys::letter(&letter))?;
        }
    }
    for candidate in Reader::new(engine).candidates(None)? {
        if candidate.seen_at < cutoff {
            stage.delete(Table::Candidates, &keys::candidate(&candidate))?;
        }
    }
    for guide in Reader::new(engine).all::<Guide>(Table::Guides, &[])? {
        if guide.seen_at < cutoff {
            stage.delete(Table::Guides, &keys::guide(&guide))?;
        }
    }
    for document in Reader::new(engine).all::<Document>(Table::Documents, &[])? {
        if document.read_at < cutoff {
            stage.delete(Table::Documents, &keys::document(&document))?;
        }
    }
    let changes = stage.into_changes();
    engine.write(changes, engine.applied())?;
    for column in columns(engine, Table::Items, ITEMS_LIMIT)? {
        let mut stage = Stage::new(engine);
        pruned.items += oldest_items(&mut stage, &column)?;
        let changes = stage.into_changes();
        engine.write(changes, engine.applied())?;
    }
    for column in columns(engine, Table::Flags, 0)? {
        let mut stage = Stage::new(engine);
        pruned.flags += old_flags(&mut stage, &column, now)?;
        let changes = stage.into_changes();
        engine.write(changes, engine.applied())?;
    }
    let nothing = Stage::new(engine).into_changes();
    engine.write(nothing, seq)?;
    Ok(pruned)
}

fn old_observations(engine: &Engine, cutoff: Moment) -> Result<(Stage<'_>, usize), StoreError> {
    let end = keys::time(cutoff);
    let mut stage = Stage::new(engine);
    let mut count = 0;
    let mut still_used: BTreeMap<(Hash, Hash), bool> = BTreeMap::new();
    for entry in engine.rows(Table::Observations, &[])? {
        let (key, _) = entry?;
        if count == AT_ONCE || key.as_ref() >= end.as_slice() {
            break;
        }
        count += 1;
        let Some(old) = stage.get::<StoredObservation>(Table::Observations, &key)? else {
            continue;
        };
        let column = keys::column(&old.column);
        apply::drop_observation(&mut stage, &column, old.observed_at)?;
        if let StoredSight::Read(hash) | StoredSight::Unchanged(hash) = old.sight
            && let Entry::Vacant(place) = still_used.entry((column, hash))
        {
            place.insert(is_used(engine, &column, &hash, cutoff)?);
        }
    }
    for ((column, hash), used) in still_used {
        if !used {
            stage.delete(Table::Findings, &keys::finding(&column, &hash))?;
        }
    }
    Ok((stage, count))
}

/// Whether an observation of `column` since `cutoff` refers to the finding. The oldest are asked
/// first: mostly one of them does.
fn is_used(
    engine: &Engine,
    column: &Hash,
    hash: &Hash,
    cutoff: Moment,
) -> Result<bool, StoreError> {
    let mut reader = Reader::new(engine);
    let end = keys::time_down(cutoff);
    for entry in engine.rows(Table::ObservationsByColumn, column)?.rev() {
        let (place, _) = entry?;
        let Some(down) = place.strip_prefix(column.as_slice()) else {
            continue;
        };
        if down > end.as_slice() {
            continue;
        }
        let time: Vec<u8> = down.iter().map(|byte| !byte).collect();
        let key = [&time[..], column].concat();
        let stored: Option<StoredObservation> = reader.get(Table::Observations, &key)?;
        match stored.map(|stored| stored.sight) {
            Some(StoredSight::Read(of) | StoredSight::Unchanged(of)) if of == *hash => {
                return Ok(true);
            }
            _ => {}
        }
    }
    Ok(false)
}

/// Columns with more than `most` rows in `table`.
fn columns(engine: &Engine, table: Table, most: usize) -> Result<Vec<Hash>, StoreError> {
    let mut counts: BTreeMap<Hash, usize> = BTreeMap::new();
    for entry in engine.rows(table, &[])? {
        let (key, _) = entry?;
        if let Some((column, _)) = key.split_first_chunk::<16>() {
            *counts.entry(*column).or_default() += 1;
        }
    }
    counts.retain(|_, count| *count > most);
    Ok(counts.into_keys().collect())
}

fn oldest_items(stage: &mut Stage, column: &Hash) -> Result<usize, StoreError> {
    let mut items: Vec<Item> = Reader::new(stage.engine()).all(Table::Items, column)?;
    sort_items(&mut items);
    let surplus = items.get(ITEMS_LIMIT..).unwrap_or_default();
    for item in surplus {
        stage.delete(Table::Items, &keys::item(item))?;
    }
    Ok(surplus.len())
}

fn old_flags(stage: &mut Stage, column: &Hash, now: Moment) -> Result<usize, StoreError> {
    let mut flags: Vec<Flag> = Reader::new(stage.engine()).all(Table::Flags, column)?;
    sort_flags(&mut flags);
    let kept = flags
        .iter()
        .take(FLAGS_LIMIT)
        .take_while(|flag| (now - flag.raised_at).num_days() <= FLAG_DAYS)
        .count();
    let surplus = flags.get(kept..).unwrap_or_default();
    for flag in surplus {
        stage.delete(Table::Flags, &keys::flag(flag))?;
    }
    Ok(surplus.len())
}
