//! Items of a column. What the page claims and when we first saw it are two facts.

use serde::{Deserialize, Serialize};

use super::finding::Basis;
use super::id::ColumnId;
use super::time::{Date, Moment};

/// One row of a list as read in one visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The title, at most 120 characters, control and bidi characters removed.
    pub title: String,
    /// The absolute address it links to, if any.
    pub url: Option<String>,
    /// The date that the page claims.
    pub on: Option<Date>,
    /// Where the date stands.
    pub basis: Option<Basis>,
}

/// A row remembered across visits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The column it was seen in.
    pub column: ColumnId,
    /// The title when last seen.
    pub title: String,
    /// The address it links to.
    pub url: Option<String>,
    /// The date the page claimed when last seen.
    pub claimed_on: Option<Date>,
    /// When a visit saw it for the first time.
    pub first_seen_at: Moment,
}
