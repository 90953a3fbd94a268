//! One change of the store: everything in it becomes true together, or nothing does.

use serde::{Deserialize, Serialize};

use crate::alert::incident::Incident;
use crate::alert::outbox::{Message, Notice};
use crate::domain::acceptance::Acceptance;
use crate::domain::act::Act;
use crate::domain::candidate::{Candidate, Decision};
use crate::domain::closing::{ClosedPiece, Closing, Statement};
use crate::domain::document::Document;
use crate::domain::entry::Entry;
use crate::domain::flag::Flag;
use crate::domain::guide::Guide;
use crate::domain::home::HomeRecord;
use crate::domain::host::HostRecord;
use crate::domain::inspection::Inspection;
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::observation::{ColumnRecord, Observation};
use crate::domain::site_day::SiteDay;
use crate::domain::target::Target;
use crate::domain::time::Moment;

/// What becomes true together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// When it was decided; its date names the day of the journal.
    pub at: Moment,
    /// What visits saw.
    pub observations: Vec<Observation>,
    /// What is known of columns now.
    pub records: Vec<ColumnRecord>,
    /// Rows of lists. For one that is already stored, the stored `first_seen_at` stays.
    pub items: Vec<Item>,
    /// Flags. One that is already stored stays as it was raised first.
    pub flags: Vec<Flag>,
    /// What is known of hosts now.
    pub hosts: Vec<HostRecord>,
    /// What is known of home pages now.
    pub homes: Vec<HomeRecord>,
    /// Changed lists that somebody took for the column's.
    pub acceptances: Vec<Acceptance>,
    /// Incidents as they stand now; resolved ones move to the history.
    pub incidents: Vec<Incident>,
    /// Notices as they stand now; those no longer waiting move to the history.
    pub notices: Vec<Notice>,
    /// Messages as they stand now.
    pub messages: Vec<Message>,
    /// Periodic tasks that have run.
    pub runs: Vec<JobRun>,
    /// What people laid down.
    pub acts: Vec<Act>,
    /// Days of sites as they stand now.
    pub days: Vec<SiteDay>,
    /// What people entered for the assessment.
    pub entries: Vec<Entry>,
    /// What inspections saw; one of the same site and day takes the place of the former.
    pub inspections: Vec<Inspection>,
    /// Links that led nowhere, as they stand now.
    pub targets: Vec<Target>,
    /// Letters of consultation columns, as they stand now.
    pub letters: Vec<Letter>,
    /// Service guides, as they stand now.
    pub guides: Vec<Guide>,
    /// Pages of documents and interpretations, as they stand now.
    pub documents: Vec<Document>,
    /// Periods of assessment that were closed or corrected.
    pub closings: Vec<Closing>,
    /// What was closed.
    pub pieces: Vec<ClosedPiece>,
    /// What units say to points.
    pub statements: Vec<Statement>,
    /// What inspections found and a person has to judge, as it stands now.
    pub candidates: Vec<Candidate>,
    /// What people decided of candidates.
    pub decisions: Vec<Decision>,
}

/// The latest run of a periodic task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRun {
    /// The task's name.
    pub job: String,
    /// The instant that it ran for.
    pub at: Moment,
}

impl Commit {
    /// An empty change, decided at `at`.
    pub fn at(at: Moment) -> Commit {
        Commit {
            at,
            observations: Vec::new(),
            records: Vec::new(),
            items: Vec::new(),
            flags: Vec::new(),
            hosts: Vec::new(),
            homes: Vec::new(),
            acceptances: Vec::new(),
            incidents: Vec::new(),
            notices: Vec::new(),
            messages: Vec::new(),
            runs: Vec::new(),
            acts: Vec::new(),
            days: Vec::new(),
            entries: Vec::new(),
            inspections: Vec::new(),
            targets: Vec::new(),
            letters: Vec::new(),
            guides: Vec::new(),
            documents: Vec::new(),
            closings: Vec::new(),
            pieces: Vec::new(),
            statements: Vec::new(),
            candidates: Vec::new(),
            decisions: Vec::new(),
        }
    }
}
