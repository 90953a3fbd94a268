//! Items of a column. What the page claims and when we first saw it are two facts.

use serde::{Deserialize, Serialize};

use super::announcement::announces;
use super::finding::Basis;
use super::id::ColumnId;
use super::name::Name;
use super::time::{Date, Moment, date_of};

/// The most changes that an item keeps; the oldest go first.
pub const MOST_CHANGES: usize = 5;

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
    /// The date that stands there and was not believed: more than a day ahead, or before 1995.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_on: Option<Date>,
    /// Whether the year or the day of `on` is not printed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
}

/// A row remembered across visits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The column it was seen in.
    pub column: ColumnId,
    /// The title when last seen.
    pub title: String,
    /// The address it links to, as first printed; none where rows of the list share one.
    pub url: Option<String>,
    /// The date the page claimed when a date was last seen.
    pub claimed_on: Option<Date>,
    /// When a visit saw it for the first time.
    pub first_seen_at: Moment,
    /// Whether its appearance was witnessed: a reading shortly before did not have it, so that
    /// claim and first sight can be compared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub witnessed: bool,
    /// What it showed before, oldest first, at most [`MOST_CHANGES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// What an item showed until a visit saw something else at the same address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When the visit that saw it changed began.
    pub seen_at: Moment,
    /// The date that it had claimed.
    pub claimed_on: Option<Date>,
    /// The title that it had.
    pub title: String,
}

impl Item {
    /// By what it is told from the other items of its column.
    pub fn name(&self) -> Name {
        Name::of(self.url.as_deref(), &self.title)
    }

    /// The day that it was announced for: a visit saw it before the first day that it ever claimed. That
    /// what was to be then has been is claimed by the day alone, unless the word that it is announced went
    /// when the day had come.
    pub fn announced_for(&self) -> Option<Date> {
        let on = self.claimed_on?;
        let first = self.changes.iter().find_map(|change| change.claimed_on);
        let seen_on = date_of(self.first_seen_at);
        let was_ahead = seen_on < first.unwrap_or(on) && seen_on < on;
        let mut changes = self.changes.iter();
        let is_told = !announces(&self.title)
            && changes.any(|change| announces(&change.title) && on <= date_of(change.seen_at));
        (was_ahead && !is_told).then_some(on)
    }

    /// Adds a change and forgets the oldest beyond the limit.
    pub fn changed(&mut self, change: Change) {
        self.changes.push(change);
        let surplus = self.changes.len().saturating_sub(MOST_CHANGES);
        self.changes.drain(..surplus);
    }
}
