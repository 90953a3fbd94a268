//! Where the store lives and how long it remembers.

use std::path::PathBuf;

/// The settings of one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// The directory; made with mode 0700 when it is missing.
    pub dir: PathBuf,
    /// Memory for the engine's cache, in bytes.
    pub cache_bytes: u64,
    /// The store is short of room when less is free where it lies, in bytes; 0 never.
    pub least_free_bytes: u64,
    /// The engine's file is written anew when it is longer than this, in bytes, and more than three
    /// times as long as the rows in it.
    pub anew_above_bytes: u64,
    /// How many days a page copy is kept that no column's record names any more.
    pub keep_bodies_days: u32,
    /// How many days an observation is kept. The journal keeps it for ever.
    pub keep_history_days: u32,
}

impl StoreSettings {
    /// The defaults, for a store in `dir`.
    pub fn in_dir(dir: impl Into<PathBuf>) -> StoreSettings {
        StoreSettings {
            dir: dir.into(),
            cache_bytes: 32 * 1024 * 1024,
            least_free_bytes: 0,
            anew_above_bytes: 24 * 1024 * 1024,
            keep_bodies_days: 90,
            keep_history_days: 400,
        }
    }
}
