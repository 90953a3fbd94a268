//! A sum over the rows of a table, by which it shows whether any went missing.

use serde::{Deserialize, Serialize};

/// The number of a table's rows, and a sum over them that does not depend on their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The number.
    pub(super) rows: u64,
    sum: u64,
}

impl Sum {
    /// Takes in a row.
    pub(super) fn add(&mut self, key: &[u8], row: &[u8]) {
        self.rows = self.rows.wrapping_add(1);
        self.sum = self.sum.wrapping_add(fingerprint(key, row));
    }

    /// Takes a row out.
    pub(super) fn take(&mut self, key: &[u8], row: &[u8]) {
        self.rows = self.rows.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(fingerprint(key, row));
    }
}

fn fingerprint(key: &[u8], row: &[u8]) -> u64 {
    let (key, row) = (crc32fast::hash(key), crc32fast::hash(row));
    (u64::from(key) << 32 | u64::from(row)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
