//! What can go wrong with the store. The engine behind it has no name here.

use std::path::PathBuf;

/// A cause from below, whose type is nobody's concern.
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process, or another handle of this one, has the store open.
    #[error("the store in {} is in use by another process", .dir.display())]
    InUse {
        /// The store's directory.
        dir: PathBuf,
    },
    /// A newer version of this program wrote this; nothing was changed.
    #[error("{what} was written by a newer version ({version}) than this program knows ({known})")]
    Newer {
        /// What was read.
        what: String,
        /// The version found.
        version: u32,
        /// The newest version known.
        known: u32,
    },
    /// A value is beyond what one row or line may hold; nothing of the change was stored.
    #[error("{key} takes {bytes} bytes, more than {limit}")]
    TooLarge {
        /// What was to be stored.
        key: String,
        /// Its size.
        bytes: usize,
        /// The most that is stored.
        limit: usize,
    },
    /// Stored data is damaged beyond what could be set aside row by row.
    #[error("the store is damaged: {why}")]
    Damaged {
        /// What was found.
        why: String,
    },
    /// A row is whole, but not what this program expects there.
    #[error("a row of {table} is whole but cannot be understood")]
    Foreign {
        /// The table.
        table: &'static str,
        /// The parser's words.
        source: serde_json::Error,
    },
    /// A value could not be written as JSON.
    #[error("{what} cannot be written as JSON")]
    Unwritable {
        /// What was to be written.
        what: String,
        /// The writer's words.
        source: serde_json::Error,
    },
    /// An earlier write failed, so nothing is written until the store is opened again.
    #[error("the store takes no writes since an earlier failure: {why}")]
    Fatal {
        /// The earlier failure.
        why: String,
    },
    /// The engine failed.
    #[error("cannot {action}")]
    Engine {
        /// What was tried.
        action: &'static str,
        /// The engine's words.
        source: Cause,
    },
    /// The engine panicked and was contained.
    #[error("the engine panicked while it was to {action}: {message}")]
    Panicked {
        /// What was tried.
        action: &'static str,
        /// The panic's words.
        message: String,
    },
    /// The thread that makes the changes could not be started.
    #[error("no thread can be started for the store")]
    Thread {
        /// The system's words.
        source: std::io::Error,
    },
    /// A file or directory could not be read or written.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A name for a body is no SHA-256 in lower-case hexadecimal, or not that of its bytes.
    #[error("{digest:?} is not the digest of the body")]
    Digest {
        /// The name given.
        digest: String,
    },
}

impl StoreError {
    /// Whether the cause lies with the stored bytes or the engine, so that building the store
    /// anew from the journal can help.
    pub(super) fn is_damage(&self) -> bool {
        matches!(
            self,
            StoreError::Damaged { .. }
                | StoreError::Foreign { .. }
                | StoreError::Engine { .. }
                | StoreError::Panicked { .. }
        )
    }
}

/// The error with all its causes, in one line.
pub(super) fn in_full(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
