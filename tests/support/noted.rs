//! The notes of a reading as sentences.

use wangxun::extract::Reading;

/// Each note in English, in order.
pub fn noted(reading: &Reading) -> Vec<String> {
    reading.notes.iter().map(ToString::to_string).collect()
}
