//! What a person found where the program does not measure: a number of finds of one rule, for one
//! site and period. An entry never changes; a later one takes its place.

use serde::{Deserialize, Serialize};

use super::id::SiteId;
use super::time::Moment;

/// The most finds of one entry.
pub const MOST_FINDS: u32 = 1000;

/// The largest attachment, in bytes.
pub const ATTACHMENT_BYTES: u64 = 10 * 1024 * 1024;
/// The longest name of an attachment, in characters.
pub const ATTACHMENT_CHARS: usize = 80;

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was made.
    pub at: Moment,
    /// By whom, as given.
    pub by: String,
    /// What was found, as given.
    pub reason: String,
    /// The site.
    pub site: SiteId,
    /// The rule, by its identifier.
    pub rule: String,
    /// The period, as `2026Q3`.
    pub period: String,
    /// How many finds; none means that it was looked at and found in order.
    pub finds: u32,
    /// A file that proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
}

impl Entry {
    /// Whether `other` is about the same point: the later of the two counts.
    pub fn is_of(&self, other: &Entry) -> bool {
        (&self.site, &self.rule, &self.period) == (&other.site, &other.rule, &other.period)
    }

    /// Whether it says the same as `other`, whenever that was: a form that was sent twice.
    pub fn says(&self, other: &Entry) -> bool {
        Entry {
            at: other.at,
            ..self.clone()
        } == *other
    }
}

/// A file that somebody entered as proof. Its bytes lie among the page copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, as given, without directories.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub digest: String,
}
