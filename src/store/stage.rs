//! A change in the making: reads see what it has written so far, the engine sees nothing until
//! it is whole.
//!
//! Because it knows each row as it was, it leaves out what would not change, clears the pieces of
//! long values, and moves damaged rows into quarantine on the way.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sled::IVec;

use super::engine::{Changes, Engine, newer};
use super::error::StoreError;
use super::table::Table;
use super::value::{self, Body, Fault};

/// Rows as they were and as they shall be.
pub struct Stage<'a> {
    engine: &'a Engine,
    rows: BTreeMap<(Table, Vec<u8>), Row>,
}

struct Row {
    before: Option<IVec>,
    after: Option<Vec<u8>>,
}

impl<'a> Stage<'a> {
    /// Nothing yet.
    pub fn new(engine: &'a Engine) -> Stage<'a> {
        Stage {
            engine,
            rows: BTreeMap::new(),
        }
    }

    /// The engine below. What is staged does not show there.
    pub fn engine(&self) -> &'a Engine {
        self.engine
    }

    fn row(&mut self, table: Table, key: &[u8]) -> Result<&mut Row, StoreError> {
        match self.rows.entry((table, key.to_vec())) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let before = self.engine.get(table, key)?;
                let after = before.as_ref().map(|row| row.to_vec());
                Ok(entry.insert(Row { before, after }))
            }
        }
    }

    /// The payload of a row, put together from its pieces if it is long. A damaged row goes into
    /// quarantine and counts as absent.
    fn payload(&mut self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(row) = self.row(table, key)?.after.clone() else {
            return Ok(None);
        };
        let pieces = match value::decode(table, key, &row) {
            Ok(Body::Inline(payload)) => return Ok(Some(payload.to_vec())),
            Ok(Body::InPieces(pieces)) => pieces,
            Err(Fault::Newer(version)) => return Err(newer(table.name(), version.into())),
            Err(Fault::Damaged) => {
                self.quarantine(table, key)?;
                return Ok(None);
            }
        };
        let mut payload = Vec::new();
        for piece in pieces.keys() {
            match self.payload(Table::Pieces, &piece)? {
                Some(part) => payload.extend(part),
                None => {
                    self.quarantine(table, key)?;
                    return Ok(None);
                }
            }
        }
        Ok(Some(payload))
    }

    /// The value of a row.
    pub fn get<T: DeserializeOwned>(
        &mut self,
        table: Table,
        key: &[u8],
    ) -> Result<Option<T>, StoreError> {
        let Some(payload) = self.payload(table, key)? else {
            return Ok(None);
        };
        let value = serde_json::from_slice(&payload).map_err(|source| StoreError::Foreign {
            table: table.name(),
            source,
        })?;
        Ok(Some(value))
    }

    /// Sets the value of a row. Tells whether that changes anything.
    pub fn put<T: Serialize>(
        &mut self,
        table: Table,
        key: &[u8],
        value: &T,
    ) -> Result<bool, StoreError> {
        let payload = serde_json::to_vec(value).map_err(|source| StoreError::Unwritable {
            what: format!("a row of {}", table.name()),
            source,
        })?;
        let encoded = value::encode(table, key, &payload)?;
        let row = self.row(table, key)?;
        if row.after.as_ref() == Some(&encoded.row) {
            return Ok(false);
        }
        // Reading first refuses a newer row, and sets a damaged one aside, before it is replaced.
        self.delete(table, key)?;
        self.row(table, key)?.after = Some(encoded.row);
        for (key, piece) in encoded.pieces {
            self.row(Table::Pieces, &key)?.after = Some(piece);
        }
        Ok(true)
    }

    /// Removes a row and its pieces.
    pub fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        let Some(row) = self.row(table, key)?.after.take() else {
            return Ok(());
        };
        match value::decode(table, key, &row) {
            Ok(Body::Inline(_)) => {}
            Ok(Body::InPieces(pieces)) => {
                for piece in pieces.keys() {
                    self.row(Table::Pieces, &piece)?.after = None;
                }
            }
            Err(Fault::Newer(version)) => return Err(newer(table.name(), version.into())),
            Err(Fault::Damaged) => self.keep_aside(table, key, &row)?,
        }
        Ok(())
    }

    /// Moves a row into quarantine, as it stands.
    pub fn quarantine(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        match self.row(table, key)?.after.take() {
            Some(row) => self.keep_aside(table, key, &row),
            None => Ok(()),
        }
    }

    fn keep_aside(&mut self, table: Table, key: &[u8], row: &[u8]) -> Result<(), StoreError> {
        let place = [&[table.tag()], key].concat();
        let encoded = value::encode(Table::Quarantine, &place, row)?;
        self.row(Table::Quarantine, &place)?.after = Some(encoded.row);
        for (key, piece) in encoded.pieces {
            self.row(Table::Pieces, &key)?.after = Some(piece);
        }
        Ok(())
    }

    /// What the engine has to write.
    pub fn into_changes(self) -> Changes {
        let rows = self.rows.into_iter();
        let engine = self.engine;
        engine.changes(rows.map(|((table, key), row)| (table, key, row.before, row.after)))
    }
}
