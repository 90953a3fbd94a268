//! Closed periods of assessment: what was handed over stays as it was, with rules and evidence. A
//! correction is a further version. What units say to disputed points stands beside them.

use serde::{Deserialize, Serialize};

use super::id::SiteId;
use super::time::Moment;

/// The longest piece of a closed assessment, in bytes.
pub const PIECE_BYTES: usize = 96 * 1024;

/// One version of a closed period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The period, as `2026Q3`.
    pub period: String,
    /// The first is 1.
    pub version: u32,
    /// When it was closed or corrected.
    pub at: Moment,
    /// By whom, as given.
    pub by: String,
    /// Why, as given; of a correction never empty.
    pub reason: String,
    /// What a correction changed, in Chinese, at most [`MOST_CHANGES`] lines.
    pub changes: Vec<String>,
    /// SHA-256 of the assessment as it was written, hexadecimal.
    pub digest: String,
    /// How many pieces it has.
    pub pieces: u32,
}

/// The most lines that say what a correction changed.
pub const MOST_CHANGES: usize = 200;

/// A piece of a closed assessment: JSON, compressed, in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedPiece {
    /// The period.
    pub period: String,
    /// The version.
    pub version: u32,
    /// Its number, from 0.
    pub number: u32,
    /// The piece.
    pub text: String,
}

/// The longest statement, in characters.
pub const STATEMENT_CHARS: usize = 500;
/// The most statements to one point.
pub const MOST_STATEMENTS: usize = 10;

/// What a unit says to one rule's outcome for a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// When it was entered.
    pub at: Moment,
    /// By whom, as given.
    pub by: String,
    /// What is said, as given.
    pub text: String,
    /// The site.
    pub site: SiteId,
    /// The rule.
    pub rule: String,
    /// The period.
    pub period: String,
}
