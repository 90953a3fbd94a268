//! What is remembered of a host beside its columns: what it answers for a path that cannot exist.

use serde::{Deserialize, Serialize};

use super::time::Moment;

/// What is known of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRecord {
    /// The host, with its port where it is not the scheme's own.
    pub host: String,
    /// When it was last asked for a path that cannot exist.
    pub probed_at: Moment,
    /// The page that it shows for such a path; `None` where it answers with an error, as it
    /// should.
    pub missing: Option<Fingerprint>,
}

/// A page in short, to tell it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Where the page came from, after redirects.
    pub url: String,
    /// Whether that is another address than the one asked for.
    pub moved: bool,
    /// The document's title, white space removed, at most 120 characters.
    pub title: String,
    /// Letters of its visible text.
    pub length: u32,
    /// Hashes of the lines of its visible text, ascending, at most 300: the lowest.
    pub lines: Vec<u32>,
}
