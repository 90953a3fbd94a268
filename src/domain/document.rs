//! Policy documents and interpretations whose pages were read for whether they link each other.

use serde::{Deserialize, Serialize};

use super::id::ColumnId;
use super::time::Moment;
use super::visit::Validators;

/// The most links of one page that are kept.
pub const MOST_LINKS: usize = 20;

/// A page of a policy or interpretation column, as it was read last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The column that shows it.
    pub column: ColumnId,
    /// Its address, as the list prints it.
    pub url: String,
    /// Those items of the other kind to which it links, at most [`MOST_LINKS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// How many items of the other kind were known when its links were looked at.
    pub others: u32,
    /// When its page came last.
    pub read_at: Moment,
    /// For the next conditional request.
    pub validators: Validators,
}

/// An address without its scheme, by which links are compared.
pub fn bare(url: &str) -> &str {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    bare.split('#').next().unwrap_or(bare)
}
