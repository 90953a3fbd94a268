//! Under which reader a record holds: a page that did not change is read anew when its address, its
//! column's configuration or the program's reader did.

use url::Url;

use super::visit::digest_of;
use crate::domain::observation::ColumnRecord;
use crate::domain::reading_rules::Extras;
use crate::extract::{READER_VERSION, Recipe};

/// What stands for the way a page is read. Where it differs from a record's, neither the digest nor
/// the validators of that record say that the finding holds.
pub fn fingerprint(url: &Url, recipe: &Recipe, extra: Extras<'_>) -> String {
    // A recipe prints all that it is made of. Values of headers are not printed by themselves.
    let values: Vec<&str> = extra
        .headers(url)
        .iter()
        .map(|header| header.value.as_str())
        .collect();
    let whole = format!("{READER_VERSION} {url} {recipe:?} {values:?}");
    let digest = digest_of(whole.as_bytes());
    digest.chars().take(16).collect()
}

/// The record as far as it holds under `reader`: a change of the reader explains a change of the
/// structure that was read, which is no redesign then.
pub fn under(mut record: ColumnRecord, reader: &str) -> ColumnRecord {
    if record.reader.as_deref() != Some(reader) {
        record.signature = None;
    }
    record
}
