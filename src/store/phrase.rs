//! The facts of an entry, as the journal words them.
//!
//! What repeats from visit to visit is written once per file under a number, and later only named
//! by it. A number always stands beside its value where it is introduced: when that line is
//! damaged, what names it is lost and counted, never mistaken.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::StoreError;
use super::keys::{self, Hash};
use crate::domain::finding::{Finding, LastUpdate};
use crate::domain::home::{HomeBlock, HomeCopy, HomeRecord, Reach};
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::item::{Change, Item};
use crate::domain::note::Note;
use crate::domain::observation::{Blind, ColumnRecord, Observation, Sight};
use crate::domain::time::{Date, Moment};
use crate::domain::visit::{Failure, Validators};

/// Values that a file has written, for the writer: hash → number.
#[derive(Debug, Default)]
pub struct Said {
    numbers: HashMap<Hash, u64>,
    next: u64,
    fresh: Vec<Hash>,
}

/// Values that a file has written, for the reader: number → value.
#[derive(Debug, Default)]
pub struct Heard {
    values: HashMap<u64, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Ref {
    Here {
        id: u64,
        is: Value,
    },
    Earlier {
        #[serde(rename = "as")]
        id: u64,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum How {
    Read,
    Unchanged,
    Failed,
}

/// An observation, on paper.
#[derive(Serialize, Deserialize)]
pub struct WireObservation {
    t: Moment,
    ms: u64,
    how: How,
    what: Ref,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Ref>,
}

/// The part of an observation that repeats.
#[derive(Serialize, Deserialize)]
struct Seen {
    column: ColumnId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finding: Option<Finding>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    rows: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note>,
}

/// A record, on paper.
#[derive(Serialize, Deserialize)]
pub struct WireRecord {
    what: Ref,
    visited_at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revisit_at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Ref>,
}

/// The part of a record that repeats.
#[derive(Serialize, Deserialize)]
struct Steady {
    column: ColumnId,
    last_update: Option<LastUpdate>,
    blind: Option<Blind>,
    empty_since: Option<Moment>,
    signature: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<String>,
    validators: Validators,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reader: Option<String>,
}

/// A home page, on paper.
#[derive(Serialize, Deserialize)]
pub struct WireHome {
    what: Ref,
    visited_at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Reach::is_empty")]
    reach: Reach,
}

/// The part of a home page's record that repeats.
#[derive(Serialize, Deserialize)]
struct Front {
    site: SiteId,
    last_update: Option<LastUpdate>,
    blind: Option<Blind>,
    blocks: Vec<HomeBlock>,
    notes: Vec<Note>,
    digest: Option<String>,
    validators: Validators,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reader: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    copies: Vec<HomeCopy>,
}

/// An item, on paper.
#[derive(Serialize, Deserialize)]
pub struct WireItem {
    what: Ref,
    first_seen_at: Moment,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    witnessed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
}

/// The part of an item that repeats.
#[derive(Serialize, Deserialize)]
struct Listed {
    column: ColumnId,
    title: String,
    url: Option<String>,
    claimed_on: Option<Date>,
}

impl Said {
    fn say<T: Serialize>(&mut self, value: &T) -> Result<Ref, StoreError> {
        let value = serde_json::to_value(value).map_err(unwritable)?;
        let hash = hash_of(&value);
        if let Some(&id) = self.numbers.get(&hash) {
            return Ok(Ref::Earlier { id });
        }
        let id = self.next;
        self.next += 1;
        self.numbers.insert(hash, id);
        self.fresh.push(hash);
        Ok(Ref::Here { id, is: value })
    }

    /// The line that introduced the latest numbers is on disk.
    pub fn keep(&mut self) {
        self.fresh.clear();
    }

    /// The line that introduced the latest numbers was not written.
    pub fn forget(&mut self) {
        for hash in self.fresh.drain(..) {
            self.numbers.remove(&hash);
        }
    }
}

impl Heard {
    /// What the writer has to know to go on with this file.
    pub fn into_said(self) -> Said {
        let next = self.values.keys().max().map_or(0, |id| id + 1);
        let numbers = self
            .values
            .into_iter()
            .map(|(id, value)| (hash_of(&value), id))
            .collect();
        Said {
            numbers,
            next,
            fresh: Vec::new(),
        }
    }

    fn hear<T: DeserializeOwned>(&mut self, said: Ref) -> Option<T> {
        match said {
            Ref::Here { id, is } => {
                let value = serde_json::from_value(is.clone()).ok();
                self.values.insert(id, is);
                value
            }
            Ref::Earlier { id } => {
                let value = self.values.get(&id)?;
                serde_json::from_value(value.clone()).ok()
            }
        }
    }

    /// `None` when a digest is named that was not heard.
    fn hear_digest(&mut self, said: Option<Ref>) -> Option<Option<String>> {
        match said {
            None => Some(None),
            Some(said) => self.hear(said).map(Some),
        }
    }
}

fn hash_of(value: &Value) -> Hash {
    keys::hash(&[value.to_string().as_bytes()])
}

/// What the writer of JSON refused.
pub fn unwritable(source: serde_json::Error) -> StoreError {
    StoreError::Unwritable {
        what: "an entry of the journal".to_owned(),
        source,
    }
}

fn digest_out(digest: Option<&String>, said: &mut Said) -> Result<Option<Ref>, StoreError> {
    digest.map(|digest| said.say(digest)).transpose()
}

/// The words for an observation.
pub fn observation_out(
    observation: &Observation,
    said: &mut Said,
) -> Result<WireObservation, StoreError> {
    let Observation {
        column,
        observed_at,
        sight,
        rows,
        took_ms,
        digest,
        notes,
    } = observation;
    let (how, failure) = match sight {
        Sight::Read(_) => (How::Read, None),
        Sight::Unchanged(_) => (How::Unchanged, None),
        Sight::Failed(failure) => (How::Failed, Some(failure.clone())),
    };
    let seen = Seen {
        column: column.clone(),
        finding: sight.finding().cloned(),
        failure,
        rows: *rows,
        notes: notes.clone(),
    };
    Ok(WireObservation {
        t: *observed_at,
        ms: *took_ms,
        how,
        what: said.say(&seen)?,
        digest: digest_out(digest.as_ref(), said)?,
    })
}

/// The observation in words, unless it names what was not heard.
pub fn observation_in(wire: WireObservation, heard: &mut Heard) -> Option<Observation> {
    // Both are heard before either may fail: later lines may name them.
    let seen: Option<Seen> = heard.hear(wire.what);
    let digest = heard.hear_digest(wire.digest);
    let seen = seen?;
    let sight = match wire.how {
        How::Read => Sight::Read(seen.finding?),
        How::Unchanged => Sight::Unchanged(seen.finding?),
        How::Failed => Sight::Failed(seen.failure?),
    };
    Some(Observation {
        column: seen.column,
        observed_at: wire.t,
        sight,
        rows: seen.rows,
        took_ms: wire.ms,
        digest: digest?,
        notes: seen.notes,
    })
}

/// The words for a record.
pub fn record_out(record: &ColumnRecord, said: &mut Said) -> Result<WireRecord, StoreError> {
    let ColumnRecord {
        column,
        last_update,
        read_at,
        blind,
        empty_since,
        signature,
        digest,
        proof,
        validators,
        reader,
        visited_at,
        revisit_at,
    } = record;
    let steady = Steady {
        column: column.clone(),
        last_update: last_update.clone(),
        blind: blind.clone(),
        empty_since: *empty_since,
        signature: signature.clone(),
        proof: proof.clone(),
        validators: validators.clone(),
        reader: reader.clone(),
    };
    Ok(WireRecord {
        what: said.say(&steady)?,
        visited_at: *visited_at,
        read_at: *read_at,
        revisit_at: *revisit_at,
        digest: digest_out(digest.as_ref(), said)?,
    })
}

/// The record in words, unless it names what was not heard.
pub fn record_in(wire: WireRecord, heard: &mut Heard) -> Option<ColumnRecord> {
    let steady: Option<Steady> = heard.hear(wire.what);
    let digest = heard.hear_digest(wire.digest);
    let steady = steady?;
    Some(ColumnRecord {
        column: steady.column,
        last_update: steady.last_update,
        read_at: wire.read_at,
        blind: steady.blind,
        empty_since: steady.empty_since,
        signature: steady.signature,
        digest: digest?,
        proof: steady.proof,
        validators: steady.validators,
        reader: steady.reader,
        visited_at: wire.visited_at,
        revisit_at: wire.revisit_at,
    })
}

/// The words for a home page.
pub fn home_out(home: &HomeRecord, said: &mut Said) -> Result<WireHome, StoreError> {
    let HomeRecord {
        site,
        last_update,
        read_at,
        blind,
        blocks,
        notes,
        digest,
        validators,
        reader,
        copies,
        visited_at,
        reach,
    } = home;
    let front = Front {
        site: site.clone(),
        last_update: last_update.clone(),
        blind: blind.clone(),
        blocks: blocks.clone(),
        notes: notes.clone(),
        digest: digest.clone(),
        validators: validators.clone(),
        reader: reader.clone(),
        copies: copies.clone(),
    };
    Ok(WireHome {
        what: said.say(&front)?,
        visited_at: *visited_at,
        read_at: *read_at,
        reach: reach.clone(),
    })
}

/// The home page in words, unless it names what was not heard.
pub fn home_in(wire: WireHome, heard: &mut Heard) -> Option<HomeRecord> {
    let front: Front = heard.hear(wire.what)?;
    Some(HomeRecord {
        site: front.site,
        last_update: front.last_update,
        read_at: wire.read_at,
        blind: front.blind,
        blocks: front.blocks,
        notes: front.notes,
        digest: front.digest,
        validators: front.validators,
        reader: front.reader,
        copies: front.copies,
        visited_at: wire.visited_at,
        reach: wire.reach,
    })
}

/// The words for an item.
pub fn item_out(item: &Item, said: &mut Said) -> Result<WireItem, StoreError> {
    let Item {
        column,
        title,
        url,
        claimed_on,
        first_seen_at,
        witnessed,
        changes,
    } = item;
    let listed = Listed {
        column: column.clone(),
        title: title.clone(),
        url: url.clone(),
        claimed_on: *claimed_on,
    };
    Ok(WireItem {
        what: said.say(&listed)?,
        first_seen_at: *first_seen_at,
        witnessed: *witnessed,
        changes: changes.clone(),
    })
}

/// The item in words, unless it names what was not heard.
pub fn item_in(wire: WireItem, heard: &mut Heard) -> Option<Item> {
    let listed: Listed = heard.hear(wire.what)?;
    Some(Item {
        column: listed.column,
        title: listed.title,
        url: listed.url,
        claimed_on: listed.claimed_on,
        first_seen_at: wire.first_seen_at,
        witnessed: wire.witnessed,
        changes: wire.changes,
    })
}
