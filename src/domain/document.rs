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
    /// Since when its links are read as they are; nothing where that was not written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
    /// Its links before that, where they were read, and since when they were read so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<(Moment, Vec<String>)>,
}

impl Document {
    /// As it was known before `end`, if its page had been read then.
    pub fn as_of(self, end: Moment) -> Option<Document> {
        if self.since.is_none_or(|since| since < end) {
            return Some(self);
        }
        let (read_at, links) = self.former.clone().filter(|(since, _)| *since < end)?;
        Some(Document {
            links,
            read_at,
            ..self
        })
    }

    /// Since when the links `links`, read at `now`, stand there, and which stood there before; `known` is
    /// what was read before.
    pub fn history(
        known: Option<&Document>,
        links: &[String],
        now: Moment,
    ) -> (Option<Moment>, Option<(Moment, Vec<String>)>) {
        match known {
            Some(known) if known.links == links => (known.since, known.former.clone()),
            Some(known) => {
                let since = known.since.unwrap_or(known.read_at);
                (Some(now), Some((since, known.links.clone())))
            }
            None => (Some(now), None),
        }
    }
}

/// An address without its scheme, by which links are compared.
pub fn bare(url: &str) -> &str {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    bare.split('#').next().unwrap_or(bare)
}
