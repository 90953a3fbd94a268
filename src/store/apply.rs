//! What a commit does to the rows. The same for a fresh commit and for one from the journal, so
//! that both lead to the same store.
//!
//! Of observations that see the same thing again and again within one day, the store keeps the
//! first and the latest; the journal keeps all. So pages that never change cost a row a day.

use serde::{Deserialize, Serialize};

use super::commit::{Commit, JobRun};
use super::error::StoreError;
use super::keys::{self, Hash};
use super::stage::Stage;
use super::table::Table;
use crate::alert::incident::{Incident, State};
use crate::alert::outbox::{Message, Notice, NoticeState};
use crate::domain::finding::Finding;
use crate::domain::flag::Flag;
use crate::domain::id::ColumnId;
use crate::domain::item::Item;
use crate::domain::note::Note;
use crate::domain::observation::{Observation, Sight};
use crate::domain::time::{Moment, date_of};
use crate::domain::visit::Failure;

/// An observation as it is stored: its finding is a row of its own, shared by all that saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredObservation {
    /// The column.
    pub column: ColumnId,
    /// When the visit began.
    pub observed_at: Moment,
    /// What was seen.
    pub sight: StoredSight,
    /// Rows in the list.
    pub rows: usize,
    /// Milliseconds.
    pub took_ms: u64,
    /// Of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What the reader noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// A sight with the hash of its finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoredSight {
    /// As [`Sight::Read`].
    Read(Hash),
    /// As [`Sight::Unchanged`].
    Unchanged(Hash),
    /// As [`Sight::Failed`].
    Failed(Failure),
}

/// An observation in short: when, and what was seen regardless of how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Step {
    at: Moment,
    what: Hash,
}

/// Makes the commit's rows. Items that change nothing and flags that were raised before are taken
/// out of the commit.
pub fn commit(stage: &mut Stage, commit: &mut Commit) -> Result<(), StoreError> {
    for seen in &commit.observations {
        observation(stage, seen)?;
    }
    for record in &commit.records {
        let key = keys::column(&record.column);
        stage.put(Table::Records, &key, record)?;
    }
    let mut news = Vec::new();
    for listed in std::mem::take(&mut commit.items) {
        news.extend(item(stage, listed)?);
    }
    commit.items = news;
    let mut raised = Vec::new();
    for one in std::mem::take(&mut commit.flags) {
        raised.extend(flag(stage, one)?);
    }
    commit.flags = raised;
    for host in &commit.hosts {
        stage.put(Table::Hosts, &keys::host(&host.host), host)?;
    }
    for home in &commit.homes {
        stage.put(Table::Homes, &keys::site(&home.site), home)?;
    }
    for acceptance in &commit.acceptances {
        let key = keys::column(&acceptance.column);
        stage.put(Table::Acceptances, &key, acceptance)?;
    }
    for changed in &commit.incidents {
        incident(stage, changed)?;
    }
    for changed in &commit.notices {
        notice(stage, changed)?;
    }
    for changed in &commit.messages {
        message(stage, changed)?;
    }
    for JobRun { job, at } in &commit.runs {
        let run = JobRun {
            job: job.clone(),
            at: *at,
        };
        stage.put(Table::Runs, &keys::run(job), &run)?;
    }
    for act in &commit.acts {
        stage.put(Table::Acts, &keys::act(act), act)?;
    }
    for day in &commit.days {
        let key = keys::site_day(&day.site, day.on);
        stage.put(Table::SiteDays, &key, day)?;
    }
    for entry in &commit.entries {
        stage.put(Table::Entries, &keys::entry(entry), entry)?;
    }
    for seen in &commit.inspections {
        let key = keys::site_day(&seen.site, seen.on);
        stage.put(Table::Inspections, &key, seen)?;
    }
    for target in &commit.targets {
        stage.put(Table::Targets, &keys::target(target), target)?;
    }
    for letter in &commit.letters {
        stage.put(Table::Letters, &keys::letter(letter), letter)?;
    }
    for guide in &commit.guides {
        stage.put(Table::Guides, &keys::guide(guide), guide)?;
    }
    for document in &commit.documents {
        stage.put(Table::Documents, &keys::document(document), document)?;
    }
    for closing in &commit.closings {
        let key = keys::closing(&closing.period, closing.version);
        stage.put(Table::Closings, &key, closing)?;
    }
    for piece in &commit.pieces {
        let key = keys::closed_piece(&piece.period, piece.version, piece.number);
        stage.put(Table::ClosedPieces, &key, piece)?;
    }
    for statement in &commit.statements {
        let key = keys::statement(statement);
        stage.put(Table::Statements, &key, statement)?;
    }
    for candidate in &commit.candidates {
        stage.put(Table::Candidates, &keys::candidate(candidate), candidate)?;
    }
    for decision in &commit.decisions {
        stage.put(Table::Decisions, &keys::decision(decision), decision)?;
    }
    Ok(())
}

/// The hash under which a finding is stored.
fn finding_hash(finding: &Finding) -> Result<Hash, StoreError> {
    hash_of_json("a finding", finding)
}

fn hash_of_json<T: Serialize>(what: &str, value: &T) -> Result<Hash, StoreError> {
    let json = serde_json::to_vec(value).map_err(|source| StoreError::Unwritable {
        what: what.to_owned(),
        source,
    })?;
    Ok(keys::hash(&[&json]))
}

fn observation(stage: &mut Stage, seen: &Observation) -> Result<(), StoreError> {
    let column = keys::column(&seen.column);
    let (sight, what) = match &seen.sight {
        Sight::Read(finding) => {
            let hash = keep_finding(stage, &column, finding)?;
            (StoredSight::Read(hash), hash)
        }
        Sight::Unchanged(finding) => {
            let hash = keep_finding(stage, &column, finding)?;
            (StoredSight::Unchanged(hash), hash)
        }
        Sight::Failed(failure) => {
            let hash = hash_of_json("a failure", failure)?;
            (StoredSight::Failed(failure.clone()), hash)
        }
    };
    let stored = StoredObservation {
        column: seen.column.clone(),
        observed_at: seen.observed_at,
        sight,
        rows: seen.rows,
        took_ms: seen.took_ms,
        digest: seen.digest.clone(),
        notes: seen.notes.clone(),
    };
    let key = keys::observation(seen.observed_at, &column);
    stage.put(Table::Observations, &key, &stored)?;
    let key = keys::observation_by_column(&column, seen.observed_at);
    stage.put(Table::ObservationsByColumn, &key, &())?;
    let step = Step {
        at: seen.observed_at,
        what,
    };
    follow(stage, &column, step)
}

fn keep_finding(stage: &mut Stage, column: &Hash, finding: &Finding) -> Result<Hash, StoreError> {
    let hash = finding_hash(finding)?;
    stage.put(Table::Findings, &keys::finding(column, &hash), finding)?;
    Ok(hash)
}

/// Drops the column's latest observation when it stands between two that saw the same thing on
/// the same day.
fn follow(stage: &mut Stage, column: &Hash, step: Step) -> Result<(), StoreError> {
    let tail: Vec<Step> = stage.get(Table::Tails, column)?.unwrap_or_default();
    if tail.last().is_some_and(|latest| latest.at >= step.at) {
        return Ok(());
    }
    let next = match tail.as_slice() {
        [first, middle] if repeats(first, middle) && repeats(middle, &step) => {
            drop_observation(stage, column, middle.at)?;
            vec![first.clone(), step]
        }
        [.., latest] => vec![latest.clone(), step],
        [] => vec![step],
    };
    stage.put(Table::Tails, column, &next)?;
    Ok(())
}

fn repeats(one: &Step, other: &Step) -> bool {
    one.what == other.what && date_of(one.at) == date_of(other.at)
}

/// Removes an observation, but not its finding.
pub fn drop_observation(stage: &mut Stage, column: &Hash, at: Moment) -> Result<(), StoreError> {
    stage.delete(Table::Observations, &keys::observation(at, column))?;
    let key = keys::observation_by_column(column, at);
    stage.delete(Table::ObservationsByColumn, &key)
}

fn item(stage: &mut Stage, mut listed: Item) -> Result<Option<Item>, StoreError> {
    let key = keys::item(&listed);
    if let Some(stored) = stage.get::<Item>(Table::Items, &key)? {
        listed.first_seen_at = stored.first_seen_at;
    }
    let changed = stage.put(Table::Items, &key, &listed)?;
    Ok(changed.then_some(listed))
}

/// A flag is raised once for an item and kind.
fn flag(stage: &mut Stage, raised: Flag) -> Result<Option<Flag>, StoreError> {
    let key = keys::flag(&raised);
    if stage.get::<Flag>(Table::Flags, &key)?.is_some() {
        return Ok(None);
    }
    stage.put(Table::Flags, &key, &raised)?;
    Ok(Some(raised))
}

fn incident(stage: &mut Stage, changed: &Incident) -> Result<(), StoreError> {
    let open = keys::open_incident(&changed.key);
    match changed.state {
        State::Suspected { .. } | State::Open { .. } => {
            stage.put(Table::OpenIncidents, &open, changed)?;
        }
        State::Resolved { at } => {
            stage.delete(Table::OpenIncidents, &open)?;
            let closed = keys::closed_incident(changed, at);
            stage.put(Table::ClosedIncidents, &closed, changed)?;
        }
    }
    Ok(())
}

fn notice(stage: &mut Stage, changed: &Notice) -> Result<(), StoreError> {
    let key = keys::by_key(&changed.key);
    let (into, from) = match changed.state {
        NoticeState::Waiting => (Table::WaitingNotices, Table::Notices),
        NoticeState::Bundled(_) | NoticeState::Withdrawn(_) | NoticeState::Expired(_) => {
            (Table::Notices, Table::WaitingNotices)
        }
    };
    stage.delete(from, &key)?;
    stage.put(into, &key, changed)?;
    Ok(())
}

fn message(stage: &mut Stage, changed: &Message) -> Result<(), StoreError> {
    let by_key = keys::by_key(&changed.key);
    if let Some(created_at) = stage.get::<Moment>(Table::MessagePlaces, &by_key)?
        && created_at != changed.created_at
    {
        let place = keys::message(created_at, &by_key);
        stage.delete(Table::Messages, &place)?;
        stage.delete(Table::OpenMessages, &place)?;
    }
    let place = keys::message(changed.created_at, &by_key);
    stage.put(Table::MessagePlaces, &by_key, &changed.created_at)?;
    stage.put(Table::Messages, &place, changed)?;
    match changed.delivery.is_final() {
        true => stage.delete(Table::OpenMessages, &place),
        false => stage.put(Table::OpenMessages, &place, &()).map(|_| ()),
    }
}
