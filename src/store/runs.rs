//! What visits saw of all columns within a stretch of time, in runs: visits that saw the same one after the
//! other stand once. The observations are read as they lie in the store, by time and not by column: a
//! period of all columns is read once, and what it comes to is small.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde::Deserialize;

use super::apply::{StoredObservation, StoredSight};
use super::error::StoreError;
use super::keys::{self, Hash};
use super::reading::Reader;
use super::table::Table;
use crate::assess::score::facts::{Reading, join, saw};
use crate::domain::finding::Finding;
use crate::domain::id::ColumnId;
use crate::domain::observation::{Observation, Sight};
use crate::domain::time::Moment;

/// The most observations before a stretch of time that are looked at for a date.
const OLDER_LIMIT: usize = 200;
/// The bytes of a time at the beginning of a key.
const TIME: usize = 8;

/// So much time is read at once.
pub const STRETCH: TimeDelta = TimeDelta::days(7);

/// Visits that saw the same one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    first_at: Moment,
    last_at: Moment,
    visits: u32,
    saw: StoredSight,
}

/// The runs of every column that was visited within a stretch of time.
#[derive(Debug, Clone)]
pub struct Runs {
    from: Moment,
    of: HashMap<Hash, Vec<Run>>,
}

/// What a run needs of an observation.
#[derive(Deserialize)]
struct Glance {
    observed_at: Moment,
    sight: StoredSight,
}

impl Runs {
    /// None as yet, of a time that begins at `from`.
    pub(super) fn none(from: Moment) -> Runs {
        let of = HashMap::new();
        Runs { from, of }
    }

    /// Those of one column.
    pub(super) fn only(&self, column: &ColumnId) -> Runs {
        let key = keys::column(column);
        let own = self.of.get(&key).map(|own| (key, own.clone()));
        Runs {
            from: self.from,
            of: own.into_iter().collect(),
        }
    }

    fn add(&mut self, column: Hash, seen: Glance) {
        let saw = match seen.sight {
            StoredSight::Unchanged(hash) => StoredSight::Read(hash),
            other => other,
        };
        let runs = self.of.entry(column).or_default();
        match runs.last_mut() {
            Some(last) if last.saw == saw => {
                last.last_at = seen.observed_at;
                last.visits += 1;
            }
            _ => runs.push(Run {
                first_at: seen.observed_at,
                last_at: seen.observed_at,
                visits: 1,
                saw,
            }),
        }
    }
}

impl Reader<'_> {
    /// `runs`, which tell of the time before `from`, with those of every column up to `until`.
    pub fn more_runs(
        &mut self,
        mut runs: Runs,
        from: Moment,
        until: Moment,
    ) -> Result<Runs, StoreError> {
        let (start, end) = (keys::time(from), keys::time(until));
        for entry in self.engine.rows_from(Table::Observations, &start)? {
            let (key, row) = entry?;
            let Some((time, column)) = key.split_at_checked(TIME) else {
                continue;
            };
            if time >= end.as_slice() {
                break;
            }
            let Ok(column) = Hash::try_from(column) else {
                continue;
            };
            if let Some(seen) = self.value::<Glance>(Table::Observations, &key, &row)? {
                runs.add(column, seen);
            }
        }
        Ok(runs)
    }

    /// What visits saw of `column` in `runs`, the oldest first, and before that as many visits as lead back
    /// to one that found a date; nothing where there was no visit in `runs`.
    pub fn readings(&mut self, column: &ColumnId, runs: &Runs) -> Result<Vec<Reading>, StoreError> {
        let key = keys::column(column);
        let Some(own) = runs.of.get(&key) else {
            return Ok(Vec::new());
        };
        let mut findings = HashMap::new();
        let mut readings = Vec::new();
        for seen in self.before(&key, runs.from, &mut findings)? {
            let reading = Reading {
                first_at: seen.observed_at,
                last_at: seen.observed_at,
                visits: 1,
                saw: saw(seen.sight),
            };
            join(&mut readings, reading);
        }
        for run in own {
            let sight = match &run.saw {
                StoredSight::Failed(failure) => Sight::Failed(failure.clone()),
                StoredSight::Read(hash) | StoredSight::Unchanged(hash) => {
                    match self.finding(&key, hash, &mut findings)? {
                        Some(finding) => Sight::Read(finding),
                        None => {
                            let place = keys::observation(run.first_at, &key);
                            self.bad.push((Table::Observations, place));
                            continue;
                        }
                    }
                }
            };
            let reading = Reading {
                first_at: run.first_at,
                last_at: run.last_at,
                visits: run.visits,
                saw: saw(sight),
            };
            join(&mut readings, reading);
        }
        Ok(readings)
    }

    /// The observations of a column before `from` that lead back to one that found a date, the oldest first.
    fn before(
        &mut self,
        column: &Hash,
        from: Moment,
        findings: &mut HashMap<Hash, Finding>,
    ) -> Result<Vec<Observation>, StoreError> {
        let start = keys::observation_by_column(column, from);
        let mut older = Vec::new();
        for entry in self.engine.rows_from(Table::ObservationsByColumn, &start)? {
            let (place, _) = entry?;
            let Some(time) = place.strip_prefix(column.as_slice()) else {
                break;
            };
            let time: Vec<u8> = time.iter().map(|byte| !byte).collect();
            let key = [&time[..], column].concat();
            let Some(stored) = self.get::<StoredObservation>(Table::Observations, &key)? else {
                continue;
            };
            if stored.observed_at >= from {
                continue;
            }
            let Some(seen) = self.whole(column, &key, stored, findings)? else {
                continue;
            };
            let is_dated = matches!(seen.sight.finding(), Some(Finding::Dated(_)));
            older.push(seen);
            if is_dated || older.len() >= OLDER_LIMIT {
                break;
            }
        }
        older.reverse();
        Ok(older)
    }
}
