//! Reading rows back as values. A damaged row is skipped and remembered, so that the caller can
//! move it into quarantine.

use std::collections::{BTreeMap, HashMap};

use serde::de::DeserializeOwned;

use super::apply::{StoredObservation, StoredSight};
use super::engine::{Engine, newer};
use super::error::StoreError;
use super::keys::{self, Hash};
use super::table::Table;
use super::value::{self, Body, Fault};
use crate::domain::act::Act;
use crate::domain::finding::Finding;
use crate::domain::flag::Flag;
use crate::domain::id::ColumnId;
use crate::domain::item::Item;
use crate::domain::observation::{Observation, Sight};
use crate::domain::time::Moment;

use crate::alert::incident::{Incident, IncidentKey};
use crate::alert::outbox::{MessageKey, Notice};
use crate::domain::observation::ColumnRecord;

/// The most items of a column.
pub const ITEMS_LIMIT: usize = 500;

/// The most flags of a column.
pub const FLAGS_LIMIT: usize = 200;

/// Reads, and remembers what could not be read.
pub struct Reader<'a> {
    pub(super) engine: &'a Engine,
    /// Rows that are damaged.
    pub bad: Vec<(Table, Vec<u8>)>,
}

impl<'a> Reader<'a> {
    /// A reader of `engine`.
    pub fn new(engine: &'a Engine) -> Reader<'a> {
        Reader {
            engine,
            bad: Vec::new(),
        }
    }

    fn payload(
        &mut self,
        table: Table,
        key: &[u8],
        row: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let pieces = match value::decode(table, key, row) {
            Ok(Body::Inline(payload)) => return Ok(Some(payload.to_vec())),
            Ok(Body::InPieces(pieces)) => pieces,
            Err(Fault::Newer(version)) => return Err(newer(table.name(), version.into())),
            Err(Fault::Damaged) => {
                self.bad.push((table, key.to_vec()));
                return Ok(None);
            }
        };
        let mut payload = Vec::new();
        for piece in pieces.keys() {
            let part = match self.engine.get(Table::Pieces, &piece)? {
                Some(row) => self.payload(Table::Pieces, &piece, &row)?,
                None => None,
            };
            match part {
                Some(part) => payload.extend(part),
                None => {
                    self.bad.push((table, key.to_vec()));
                    return Ok(None);
                }
            }
        }
        Ok(Some(payload))
    }

    pub(super) fn value<T: DeserializeOwned>(
        &mut self,
        table: Table,
        key: &[u8],
        row: &[u8],
    ) -> Result<Option<T>, StoreError> {
        let Some(payload) = self.payload(table, key, row)? else {
            return Ok(None);
        };
        match serde_json::from_slice(&payload) {
            Ok(value) => Ok(Some(value)),
            Err(source) => Err(StoreError::Foreign {
                table: table.name(),
                source,
            }),
        }
    }

    /// One row.
    pub fn get<T: DeserializeOwned>(
        &mut self,
        table: Table,
        key: &[u8],
    ) -> Result<Option<T>, StoreError> {
        match self.engine.get(table, key)? {
            Some(row) => self.value(table, key, &row),
            None => Ok(None),
        }
    }

    /// The rows below `prefix`, in order of keys.
    pub fn all<T: DeserializeOwned>(
        &mut self,
        table: Table,
        prefix: &[u8],
    ) -> Result<Vec<T>, StoreError> {
        let mut values = Vec::new();
        for entry in self.engine.rows(table, prefix)? {
            let (key, row) = entry?;
            values.extend(self.value(table, &key, &row)?);
        }
        Ok(values)
    }

    /// The first row below `prefix` that can be read.
    pub fn first<T: DeserializeOwned>(
        &mut self,
        table: Table,
        prefix: &[u8],
    ) -> Result<Option<T>, StoreError> {
        for entry in self.engine.rows(table, prefix)? {
            let (key, row) = entry?;
            let value = self.value(table, &key, &row)?;
            if value.is_some() {
                return Ok(value);
            }
        }
        Ok(None)
    }

    /// At most `newest` rows, from the last key backwards.
    pub(super) fn last<T: DeserializeOwned>(
        &mut self,
        table: Table,
        newest: usize,
    ) -> Result<Vec<T>, StoreError> {
        let mut values = Vec::new();
        for entry in self.engine.rows(table, &[])?.rev() {
            if values.len() >= newest {
                break;
            }
            let (key, row) = entry?;
            values.extend(self.value(table, &key, &row)?);
        }
        Ok(values)
    }

    /// Every column's record.
    pub fn records(&mut self) -> Result<BTreeMap<ColumnId, ColumnRecord>, StoreError> {
        let records: Vec<ColumnRecord> = self.all(Table::Records, &[])?;
        let by_column = records.into_iter();
        Ok(by_column
            .map(|record| (record.column.clone(), record))
            .collect())
    }

    /// Every incident that is not over.
    pub fn open_incidents(&mut self) -> Result<BTreeMap<IncidentKey, Incident>, StoreError> {
        let incidents: Vec<Incident> = self.all(Table::OpenIncidents, &[])?;
        let by_key = incidents.into_iter();
        Ok(by_key
            .map(|incident| (incident.key.clone(), incident))
            .collect())
    }

    /// Incidents that are over, the latest end first.
    pub fn closed_incidents(&mut self, newest: usize) -> Result<Vec<Incident>, StoreError> {
        self.last(Table::ClosedIncidents, newest)
    }

    /// The latest incidents that are over and taken by `is`, among the latest `through` of all.
    pub fn closed_incidents_that(
        &mut self,
        is: impl Fn(&Incident) -> bool,
        (newest, through): (usize, usize),
    ) -> Result<Vec<Incident>, StoreError> {
        let table = Table::ClosedIncidents;
        let mut incidents = Vec::new();
        for entry in self.engine.rows(table, &[])?.rev().take(through) {
            if incidents.len() >= newest {
                break;
            }
            let (key, row) = entry?;
            let incident = self.value(table, &key, &row)?;
            incidents.extend(incident.filter(|one| is(one)));
        }
        Ok(incidents)
    }

    /// Incidents that were over at `since` or later.
    pub fn closed_since(&mut self, since: Moment) -> Result<Vec<Incident>, StoreError> {
        let mut incidents = Vec::new();
        for entry in self
            .engine
            .rows_from(Table::ClosedIncidents, &keys::time(since))?
        {
            let (key, row) = entry?;
            incidents.extend(self.value(Table::ClosedIncidents, &key, &row)?);
        }
        Ok(incidents)
    }

    /// Notices that wait, by key.
    pub fn waiting_notices(&mut self) -> Result<Vec<Notice>, StoreError> {
        let mut notices: Vec<Notice> = self.all(Table::WaitingNotices, &[])?;
        notices.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(notices)
    }

    /// The notices with these keys, in this order; unknown keys are left out.
    pub fn notices(&mut self, wanted: &[MessageKey]) -> Result<Vec<Notice>, StoreError> {
        let mut notices = Vec::new();
        for key in wanted {
            let key = keys::by_key(key);
            let found = match self.get(Table::WaitingNotices, &key)? {
                Some(notice) => Some(notice),
                None => self.get(Table::Notices, &key)?,
            };
            notices.extend(found);
        }
        Ok(notices)
    }

    /// A column's observations, the newest first.
    pub fn observations(
        &mut self,
        column: &ColumnId,
        newest: usize,
    ) -> Result<Vec<Observation>, StoreError> {
        let column = keys::column(column);
        let mut findings = HashMap::new();
        let mut observations = Vec::new();
        for entry in self.engine.rows(Table::ObservationsByColumn, &column)? {
            if observations.len() >= newest {
                break;
            }
            let (place, _) = entry?;
            let Some(time) = place.strip_prefix(column.as_slice()) else {
                continue;
            };
            let time: Vec<u8> = time.iter().map(|byte| !byte).collect();
            let key = [&time[..], &column].concat();
            if let Some(stored) = self.get(Table::Observations, &key)? {
                observations.extend(self.whole(&column, &key, stored, &mut findings)?);
            }
        }
        Ok(observations)
    }

    /// The observation with its finding.
    pub fn whole(
        &mut self,
        column: &Hash,
        key: &[u8],
        stored: StoredObservation,
        findings: &mut HashMap<Hash, Finding>,
    ) -> Result<Option<Observation>, StoreError> {
        let hash = match &stored.sight {
            StoredSight::Read(hash) | StoredSight::Unchanged(hash) => *hash,
            StoredSight::Failed(failure) => {
                let sight = Sight::Failed(failure.clone());
                return Ok(Some(with_sight(stored, sight)));
            }
        };
        let Some(finding) = self.finding(column, &hash, findings)? else {
            self.bad.push((Table::Observations, key.to_vec()));
            return Ok(None);
        };
        let sight = match stored.sight {
            StoredSight::Unchanged(_) => Sight::Unchanged(finding),
            _ => Sight::Read(finding),
        };
        Ok(Some(with_sight(stored, sight)))
    }

    /// A finding of a column by its hash; `findings` are those that are known.
    pub(super) fn finding(
        &mut self,
        column: &Hash,
        hash: &Hash,
        findings: &mut HashMap<Hash, Finding>,
    ) -> Result<Option<Finding>, StoreError> {
        if let Some(known) = findings.get(hash) {
            return Ok(Some(known.clone()));
        }
        let found: Option<Finding> = self.get(Table::Findings, &keys::finding(column, hash))?;
        findings.extend(found.clone().map(|finding| (*hash, finding)));
        Ok(found)
    }

    /// Flags of one column or of all, the newest first.
    pub fn flags(&mut self, column: Option<&ColumnId>) -> Result<Vec<Flag>, StoreError> {
        let prefix = column.map(keys::column);
        let prefix = prefix.as_ref().map_or(&[][..], |column| &column[..]);
        let mut flags: Vec<Flag> = self.all(Table::Flags, prefix)?;
        sort_flags(&mut flags);
        Ok(flags)
    }

    /// What people laid down, the oldest first.
    pub fn acts(&mut self) -> Result<Vec<Act>, StoreError> {
        self.all(Table::Acts, &[])
    }

    /// A column's items, the newest claim first, undated ones last.
    pub fn items(&mut self, column: &ColumnId) -> Result<Vec<Item>, StoreError> {
        let mut items: Vec<Item> = self.all(Table::Items, &keys::column(column))?;
        sort_items(&mut items);
        items.truncate(ITEMS_LIMIT);
        Ok(items)
    }
}

/// Newest claim first; equal claims and undated items by when they were first seen.
pub fn sort_items(items: &mut [Item]) {
    items.sort_by(|one, other| {
        let rank = |item: &Item| (item.claimed_on, item.first_seen_at);
        rank(other)
            .cmp(&rank(one))
            .then_with(|| (&one.url, &one.title).cmp(&(&other.url, &other.title)))
    });
}

/// The newest first; those of one visit by column and kind.
pub fn sort_flags(flags: &mut [Flag]) {
    flags.sort_by(|one, other| {
        let rank = |flag: &Flag| (flag.column.clone(), flag.fact.kind());
        let newer = other.raised_at.cmp(&one.raised_at);
        newer
            .then_with(|| rank(one).cmp(&rank(other)))
            .then_with(|| (&one.url, &one.title).cmp(&(&other.url, &other.title)))
    });
}

fn with_sight(stored: StoredObservation, sight: Sight) -> Observation {
    Observation {
        column: stored.column,
        observed_at: stored.observed_at,
        sight,
        rows: stored.rows,
        took_ms: stored.took_ms,
        digest: stored.digest,
        notes: stored.notes,
    }
}
