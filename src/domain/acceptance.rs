//! A person's word that a column's list, as it is now, is the column's: the way out of a suspected
//! redesign that was one.

use serde::{Deserialize, Serialize};

use super::id::ColumnId;
use super::time::Moment;

/// Who took a changed list for the column's, when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// The column.
    pub column: ColumnId,
    /// Who, at most 40 characters.
    pub by: String,
    /// Why, at most 200 characters.
    pub reason: String,
    /// When.
    pub at: Moment,
}
