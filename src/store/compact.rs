//! The engine's files written anew.
//!
//! The engine gives the space of rows that were replaced back late and only in part: after a year
//! its file is many times as large as what it holds. So all rows are copied, in the order of their
//! keys, into new files beside the old ones, compared by their sums, and put in their place by two
//! renames. Cut short at any point, [`heal`] leaves either the old files or the new ones, both whole.

use std::fs;
use std::path::Path;

use super::engine::Engine;
use super::error::StoreError;
use super::files::{self, io_error};
use super::opening::Places;
use super::table::Table;
use super::value;
use super::volume;

/// So many times what it holds the file may be.
const TIMES: u64 = 3;

/// Rows in one transaction of the copy.
const AT_ONCE: usize = 1000;

/// Memory for the cache of the files that are being written.
const CACHE: u64 = 8 * 1024 * 1024;

/// Copies all rows into new files beside the old ones, if those have more than `above` bytes and
/// are so much larger than their rows that it is worth its while. Nothing may be written meanwhile. Answers whether there is a copy.
pub fn copied(engine: &Engine, places: &Places, above: u64) -> Result<bool, StoreError> {
    let file = volume::length(&places.store.join("db"));
    if file <= above || file <= TIMES * engine.bytes()? {
        return Ok(false);
    }
    let made = copy(engine, places);
    if made.is_err() {
        files::remove_dir(&places.copy)?;
    }
    made.map(|()| true)
}

fn copy(engine: &Engine, places: &Places) -> Result<(), StoreError> {
    files::remove_dir(&places.copy)?;
    let mut copy = Engine::open(&places.copy, CACHE)?;
    for table in Table::ALL
        .into_iter()
        .filter(|table| *table != Table::State)
    {
        copy_table(engine, &mut copy, table)?;
        if copy.sum(table) != engine.sum(table) {
            return Err(StoreError::Damaged {
                why: format!("the copy of {} is not what was copied", table.name()),
            });
        }
    }
    let nothing = copy.changes(std::iter::empty());
    copy.write(nothing, engine.applied())?;
    copy.sync()
}

fn copy_table(engine: &Engine, copy: &mut Engine, table: Table) -> Result<(), StoreError> {
    let mut rows = engine.rows(table, &[])?.peekable();
    while rows.peek().is_some() {
        let mut some = Vec::with_capacity(AT_ONCE);
        for row in rows.by_ref().take(AT_ONCE) {
            let (key, row) = row?;
            value::decode(table, &key, &row).map_err(|_| StoreError::Damaged {
                why: format!("a row of {} cannot be copied", table.name()),
            })?;
            some.push((table, key.to_vec(), None, Some(row.to_vec())));
        }
        let changes = copy.changes(some.into_iter());
        copy.write(changes, 0)?;
    }
    Ok(())
}

/// Puts the copy in the place of the engine's files. Neither may be open.
pub fn exchange(places: &Places) -> Result<(), StoreError> {
    rename(&places.store, &places.former)?;
    rename(&places.copy, &places.store)?;
    files::remove_dir(&places.former)
}

/// Ends what a death in the midst of a copy or an exchange left behind.
pub fn heal(places: &Places) -> Result<(), StoreError> {
    if places.former.exists() && !places.store.exists() {
        rename(&places.former, &places.store)?;
    }
    files::remove_dir(&places.former)?;
    files::remove_dir(&places.copy)
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(io_error("rename", from))?;
    match to.parent() {
        Some(dir) => files::sync_dir(dir),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_death_left_the_old_files_or_the_new_ones_stay() {
        // Which of copy, store and former stand there, and whose files are the store's then.
        let cases = [
            (&["store"][..], "store"),
            (&["store.copy", "store"], "store"),
            (&["store.copy", "store.former"], "store.former"),
            (&["store", "store.former"], "store"),
        ];
        for (there, stays) in cases {
            let dir = tempfile::tempdir().unwrap();
            for name in there {
                fs::create_dir(dir.path().join(name)).unwrap();
                fs::write(dir.path().join(name).join("db"), name).unwrap();
            }
            heal(&Places::below(dir.path())).unwrap();
            let found = fs::read_to_string(dir.path().join("store/db")).unwrap();
            assert_eq!(found, stays, "{there:?}");
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "{there:?}");
        }
    }
}
