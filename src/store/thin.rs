//! Old days told in fewer rows.
//!
//! Of visits that saw the same thing again and again the store keeps the first and the latest of each
//! day. Once a day is old, the latest will do when the day before ended with the same: a page that
//! never changes costs a row a day, and no change of what was seen is lost.

use chrono::Duration;

use super::apply::{self, StoredObservation, StoredSight};
use super::engine::Engine;
use super::error::StoreError;
use super::keys::{self, Hash};
use super::reading::Reader;
use super::stage::Stage;
use super::table::Table;
use crate::domain::time::{Moment, date_of};

/// So many days stay whole.
pub const WHOLE_DAYS: u32 = 31;

/// So many days before those are looked at: a monitor that rested for longer leaves some as they are.
const LOOKED_AT_DAYS: i64 = 14;

/// Thins the days that ended `whole_days` before `now`; the number of observations that went.
pub fn rows(engine: &mut Engine, now: Moment, whole_days: u32) -> Result<usize, StoreError> {
    let back = |days: i64| now.checked_sub_signed(Duration::days(days)).unwrap_or(now);
    let until = back(whole_days.into());
    let from = back(i64::from(whole_days) + LOOKED_AT_DAYS);
    let mut thinned = 0;
    for column in columns(engine)? {
        let mut stage = Stage::new(engine);
        thinned += column_rows(&mut stage, &column, from, until)?;
        let changes = stage.into_changes();
        if !changes.is_empty() {
            engine.write(changes, engine.applied())?;
        }
    }
    Ok(thinned)
}

/// The columns that were visited and are remembered.
fn columns(engine: &Engine) -> Result<Vec<Hash>, StoreError> {
    let mut columns = Vec::new();
    for entry in engine.rows(Table::Records, &[])? {
        let (key, _) = entry?;
        columns.extend(key.split_first_chunk::<16>().map(|(column, _)| *column));
    }
    Ok(columns)
}

fn column_rows(
    stage: &mut Stage,
    column: &Hash,
    from: Moment,
    until: Moment,
) -> Result<usize, StoreError> {
    let seen = between(stage.engine(), column, from, until)?;
    let mut thinned = 0;
    let mut before: Option<&StoredObservation> = None;
    for pair in seen.windows(2) {
        let [one, next] = pair else { continue };
        let repeats = before.is_some_and(|before| same(before, one)) && same(one, next);
        if repeats && date_of(one.observed_at) == date_of(next.observed_at) {
            apply::drop_observation(stage, column, one.observed_at)?;
            thinned += 1;
        } else {
            before = Some(one);
        }
    }
    Ok(thinned)
}

/// A column's observations of that time, the oldest first.
fn between(
    engine: &Engine,
    column: &Hash,
    from: Moment,
    until: Moment,
) -> Result<Vec<StoredObservation>, StoreError> {
    let mut reader = Reader::new(engine);
    let start = keys::observation_by_column(column, until);
    let mut seen: Vec<StoredObservation> = Vec::new();
    for entry in engine.rows_from(Table::ObservationsByColumn, &start)? {
        let (key, _) = entry?;
        let Some(down) = key.strip_prefix(column.as_slice()) else {
            break;
        };
        let time: Vec<u8> = down.iter().map(|byte| !byte).collect();
        let key = [&time[..], column].concat();
        let Some(stored) = reader.get::<StoredObservation>(Table::Observations, &key)? else {
            continue;
        };
        if stored.observed_at < from {
            break;
        }
        seen.push(stored);
    }
    seen.reverse();
    Ok(seen)
}

/// Whether both saw the same thing, however they came to see it.
fn same(one: &StoredObservation, other: &StoredObservation) -> bool {
    match (&one.sight, &other.sight) {
        (StoredSight::Failed(one), StoredSight::Failed(other)) => one == other,
        (
            StoredSight::Read(one) | StoredSight::Unchanged(one),
            StoredSight::Read(other) | StoredSight::Unchanged(other),
        ) => one == other,
        _ => false,
    }
}
