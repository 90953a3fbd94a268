//! One line of the journal: `{"crc":"01234567","entry":{…}}`, valid JSON, checksummed.
//!
//! Most visits only confirm what was known. What repeats from visit to visit is therefore written
//! once per file under a number, and later only named by it; so a confirmation stays short, and
//! each day's file can be read without the others. A number always stands beside its value where
//! it is introduced: when that line is damaged, what names it is lost and counted, never mistaken.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::commit::{Commit, JobRun};
use super::error::StoreError;
use super::keys::{self, Hash};
use crate::alert::incident::Incident;
use crate::alert::outbox::{Message, Notice};
use crate::domain::finding::{Finding, LastUpdate};
use crate::domain::id::ColumnId;
use crate::domain::item::Item;
use crate::domain::observation::{Blind, ColumnRecord, Observation, Sight};
use crate::domain::time::{Date, Moment};
use crate::domain::visit::{Failure, Validators};

/// The version of the entries.
const VERSION: u32 = 1;

/// The longest line, in bytes.
pub const LINE_LIMIT: usize = 8 * 1024 * 1024;

const BEFORE_CRC: &[u8] = b"{\"crc\":\"";
const BEFORE_ENTRY: &[u8] = b"\",\"entry\":";
const CRC_DIGITS: usize = 8;

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number; numbers have no gaps.
    pub seq: u64,
    /// When it was decided.
    pub at: Moment,
    /// What happened.
    pub fact: Fact,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A change.
    Commit(Box<Commit>),
    /// History older than so many days was dropped from the store.
    Prune {
        /// How many days were kept.
        keep_history_days: u32,
    },
    /// The entries since `from` say again all that the store holds, because earlier lines are
    /// lost or damaged. Whoever builds the store anew begins there.
    Restated {
        /// The number of the first of them.
        from: u64,
    },
}

/// Why a line yields no entry.
#[derive(Debug)]
pub enum LineFault {
    /// The checksum or the form is wrong.
    Damaged,
    /// A later version wrote it.
    Newer(u32),
}

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
struct WireEntry {
    v: u32,
    seq: u64,
    at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prune: Option<WirePrune>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restated: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    observations: Vec<WireObservation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    records: Vec<WireRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<WireItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    incidents: Vec<Incident>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notices: Vec<Notice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Message>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    runs: Vec<JobRun>,
}

#[derive(Serialize, Deserialize)]
struct WirePrune {
    keep_history_days: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum How {
    Read,
    Unchanged,
    Failed,
}

#[derive(Serialize, Deserialize)]
struct WireObservation {
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
    notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct WireRecord {
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
    validators: Validators,
}

#[derive(Serialize, Deserialize)]
struct WireItem {
    what: Ref,
    first_seen_at: Moment,
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

fn unwritable(source: serde_json::Error) -> StoreError {
    StoreError::Unwritable {
        what: "an entry of the journal".to_owned(),
        source,
    }
}

/// The line for `entry`, with its line feed.
pub fn write_line(entry: &Entry, said: &mut Said) -> Result<Vec<u8>, StoreError> {
    let payload = serde_json::to_vec(&to_wire(entry, said)?).map_err(unwritable)?;
    if payload.len() > LINE_LIMIT - 64 {
        return Err(StoreError::TooLarge {
            key: format!("the change decided at {}", entry.at),
            bytes: payload.len(),
            limit: LINE_LIMIT - 64,
        });
    }
    let mut line = Vec::with_capacity(payload.len() + 32);
    line.extend_from_slice(BEFORE_CRC);
    line.extend_from_slice(format!("{:08x}", crc32fast::hash(&payload)).as_bytes());
    line.extend_from_slice(BEFORE_ENTRY);
    line.extend_from_slice(&payload);
    line.extend_from_slice(b"}\n");
    Ok(line)
}

/// The entry of `line` (without its line feed), and how many of its facts name a value that was
/// not heard and so are lost.
pub fn read_line(line: &[u8], heard: &mut Heard) -> Result<(Entry, u64), LineFault> {
    let payload = payload_of(line).ok_or(LineFault::Damaged)?;
    #[derive(Deserialize)]
    struct Head {
        v: u32,
    }
    let head: Head = serde_json::from_slice(payload).map_err(|_| LineFault::Damaged)?;
    if head.v > VERSION {
        return Err(LineFault::Newer(head.v));
    }
    let wire = serde_json::from_slice(payload).map_err(|_| LineFault::Damaged)?;
    Ok(from_wire(wire, heard))
}

/// The number of the entry in `line`, if it is whole.
pub fn seq_of(line: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Head {
        seq: u64,
    }
    let head: Head = serde_json::from_slice(payload_of(line)?).ok()?;
    Some(head.seq)
}

fn payload_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(BEFORE_CRC)?;
    let (crc, rest) = rest.split_at_checked(CRC_DIGITS)?;
    let payload = rest.strip_prefix(BEFORE_ENTRY)?.strip_suffix(b"}")?;
    let expected = format!("{:08x}", crc32fast::hash(payload));
    (crc == expected.as_bytes()).then_some(payload)
}

/// The newest known version of an entry.
pub fn known_version() -> u32 {
    VERSION
}

fn to_wire(entry: &Entry, said: &mut Said) -> Result<WireEntry, StoreError> {
    let mut wire = WireEntry {
        v: VERSION,
        seq: entry.seq,
        at: entry.at,
        prune: None,
        restated: None,
        observations: Vec::new(),
        records: Vec::new(),
        items: Vec::new(),
        incidents: Vec::new(),
        notices: Vec::new(),
        messages: Vec::new(),
        runs: Vec::new(),
    };
    match &entry.fact {
        Fact::Prune { keep_history_days } => {
            let keep_history_days = *keep_history_days;
            wire.prune = Some(WirePrune { keep_history_days });
        }
        Fact::Restated { from } => wire.restated = Some(*from),
        Fact::Commit(commit) => {
            for observation in &commit.observations {
                wire.observations.push(observation_out(observation, said)?);
            }
            for record in &commit.records {
                wire.records.push(record_out(record, said)?);
            }
            for item in &commit.items {
                wire.items.push(item_out(item, said)?);
            }
            wire.incidents.clone_from(&commit.incidents);
            wire.notices.clone_from(&commit.notices);
            wire.messages.clone_from(&commit.messages);
            wire.runs.clone_from(&commit.runs);
        }
    }
    Ok(wire)
}

fn from_wire(wire: WireEntry, heard: &mut Heard) -> (Entry, u64) {
    let mut lost = 0;
    let mut commit = Commit::at(wire.at);
    for observation in wire.observations {
        gather(
            &mut commit.observations,
            observation_in(observation, heard),
            &mut lost,
        );
    }
    for record in wire.records {
        gather(&mut commit.records, record_in(record, heard), &mut lost);
    }
    for item in wire.items {
        gather(&mut commit.items, item_in(item, heard), &mut lost);
    }
    commit.incidents = wire.incidents;
    commit.notices = wire.notices;
    commit.messages = wire.messages;
    commit.runs = wire.runs;
    let fact = match (wire.prune, wire.restated) {
        (Some(WirePrune { keep_history_days }), _) => Fact::Prune { keep_history_days },
        (None, Some(from)) => Fact::Restated { from },
        (None, None) => Fact::Commit(Box::new(commit)),
    };
    let entry = Entry {
        seq: wire.seq,
        at: wire.at,
        fact,
    };
    (entry, lost)
}

fn gather<T>(into: &mut Vec<T>, value: Option<T>, lost: &mut u64) {
    match value {
        Some(value) => into.push(value),
        None => *lost += 1,
    }
}

fn digest_out(digest: Option<&String>, said: &mut Said) -> Result<Option<Ref>, StoreError> {
    digest.map(|digest| said.say(digest)).transpose()
}

fn observation_out(
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

fn observation_in(wire: WireObservation, heard: &mut Heard) -> Option<Observation> {
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

fn record_out(record: &ColumnRecord, said: &mut Said) -> Result<WireRecord, StoreError> {
    let ColumnRecord {
        column,
        last_update,
        read_at,
        blind,
        empty_since,
        signature,
        digest,
        validators,
        visited_at,
        revisit_at,
    } = record;
    let steady = Steady {
        column: column.clone(),
        last_update: last_update.clone(),
        blind: blind.clone(),
        empty_since: *empty_since,
        signature: signature.clone(),
        validators: validators.clone(),
    };
    Ok(WireRecord {
        what: said.say(&steady)?,
        visited_at: *visited_at,
        read_at: *read_at,
        revisit_at: *revisit_at,
        digest: digest_out(digest.as_ref(), said)?,
    })
}

fn record_in(wire: WireRecord, heard: &mut Heard) -> Option<ColumnRecord> {
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
        validators: steady.validators,
        visited_at: wire.visited_at,
        revisit_at: wire.revisit_at,
    })
}

fn item_out(item: &Item, said: &mut Said) -> Result<WireItem, StoreError> {
    let Item {
        column,
        title,
        url,
        claimed_on,
        first_seen_at,
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
    })
}

fn item_in(wire: WireItem, heard: &mut Heard) -> Option<Item> {
    let listed: Listed = heard.hear(wire.what)?;
    Some(Item {
        column: listed.column,
        title: listed.title,
        url: listed.url,
        claimed_on: listed.claimed_on,
        first_seen_at: wire.first_seen_at,
    })
}
