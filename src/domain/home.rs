//! What is remembered of a site's home page: an observation of its own, beside the columns'.

use serde::{Deserialize, Serialize};

use super::finding::{Finding, LastUpdate};
use super::id::SiteId;
use super::note::Note;
use super::observation::Blind;
use super::time::{Date, Moment};
use super::visit::Validators;

/// What is known of a home page after its latest visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeRecord {
    /// The site.
    pub site: SiteId,
    /// The newest dated item of all its blocks, by the latest visit that read one.
    pub last_update: Option<LastUpdate>,
    /// When that was read most recently.
    pub read_at: Option<Moment>,
    /// Since when every visit failed to tell, and why; `None` while we see.
    pub blind: Option<Blind>,
    /// Its blocks when it was read last, at most 40.
    pub blocks: Vec<HomeBlock>,
    /// What the reader noted then, at most eight.
    pub notes: Vec<Note>,
    /// SHA-256 of the page's body, hexadecimal, where that alone tells it.
    pub digest: Option<String>,
    /// For the next conditional request.
    pub validators: Validators,
    /// What stands for the way the page was read, as in a column's record. Digest and validators
    /// hold only while it is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// Copies that are kept of the page, the newest first: the one on which its age rests, and the
    /// latest others that said something new.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<HomeCopy>,
    /// When the latest visit began.
    pub visited_at: Moment,
    /// How it could be reached lately.
    #[serde(default, skip_serializing_if = "Reach::is_empty")]
    pub reach: Reach,
}

impl HomeRecord {
    /// The copy on which the age of the page rests: kept when a visit first read that date.
    pub fn proof(&self) -> Option<&HomeCopy> {
        let on = self.last_update.as_ref()?.on;
        self.copies.iter().find(|copy| copy.newest_on() == Some(on))
    }
}

/// A copy of a home page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeCopy {
    /// SHA-256 of the page's body, hexadecimal: the name of the copy.
    pub digest: String,
    /// When the visit began that brought it.
    pub seen_at: Moment,
    /// What the page said.
    pub finding: Finding,
}

impl HomeCopy {
    /// The newest date that the page said.
    pub fn newest_on(&self) -> Option<Date> {
        match &self.finding {
            Finding::Dated(update) => Some(update.on),
            _ => None,
        }
    }
}

/// How a home page could be reached lately: as far as visits prove that it opens, or does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reach {
    /// The visits of the present unbroken row that brought no page, the first twelve of them.
    pub failed_at: Vec<Moment>,
    /// Since when every visit brought the page.
    pub answers_since: Option<Moment>,
    /// Since when every visit proved nothing either way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unproven_since: Option<Moment>,
    /// When a visit is wanted before the schedule's next.
    pub revisit_at: Option<Moment>,
}

impl Reach {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Reach::default()
    }
}

/// One block of a home page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeBlock {
    /// What stands above it, at most 30 characters; may be empty.
    pub heading: String,
    /// The newest date of its rows, as far as it is certain.
    pub newest: Option<Date>,
    /// How many rows it has.
    pub rows: usize,
}
