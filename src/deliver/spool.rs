//! Messages as files in a directory, for try-outs, drills, and gateways that fetch.
//!
//! The file is named by the message's key, so a second attempt replaces it by the same content.
//! It appears under its name only when it is whole and on disk: written beside, synced, renamed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::courier::{Attempt, DeliverError};
use super::mail::Sender;
use super::wording;
use crate::alert::outbox::Message;

/// Text messages as `KEY.json`.
pub struct SmsSpool(PathBuf);

/// Mail as `KEY.eml`.
pub struct MailSpool {
    dir: PathBuf,
    sender: Sender,
}

/// The content of one file.
#[derive(Serialize)]
struct Spooled<'a> {
    key: &'a str,
    phone: &'a str,
    text: &'a str,
    created_at: String,
}

impl SmsSpool {
    /// Makes the directory if it is missing.
    pub fn new(dir: &Path) -> Result<SmsSpool, DeliverError> {
        prepare(dir)?;
        Ok(SmsSpool(dir.to_owned()))
    }

    /// Writes the file.
    pub async fn send(&self, phone: &str, message: &Message) -> Attempt {
        let spooled = Spooled {
            key: message.key.as_str(),
            phone,
            text: &message.text,
            created_at: message.created_at.to_rfc3339(),
        };
        match serde_json::to_vec_pretty(&spooled) {
            Ok(bytes) => write(&self.0, format!("{}.json", message.key), bytes).await,
            Err(_) => Attempt::refused("the message cannot be written as JSON"),
        }
    }
}

impl MailSpool {
    /// Makes the directory if it is missing.
    pub fn new(dir: &Path, sender: Sender) -> Result<MailSpool, DeliverError> {
        prepare(dir)?;
        Ok(MailSpool {
            dir: dir.to_owned(),
            sender,
        })
    }

    /// Writes the file.
    pub async fn send(&self, address: &str, message: &Message) -> Attempt {
        match self.sender.letter(address, message) {
            Ok(letter) => {
                let name = format!("{}.eml", message.key);
                write(&self.dir, name, letter.formatted()).await
            }
            Err(error) => Attempt::refused(error),
        }
    }
}

/// The files hold telephone numbers: a new directory is for the daemon's user alone.
fn prepare(dir: &Path) -> Result<(), DeliverError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|source| DeliverError::Spool {
            dir: dir.to_owned(),
            source,
        })
}

async fn write(dir: &Path, name: String, bytes: Vec<u8>) -> Attempt {
    let dir = dir.to_owned();
    let receipt = Some(name.clone());
    let written = tokio::task::spawn_blocking(move || replace(&dir, &name, &bytes)).await;
    match written {
        Ok(Ok(())) => Attempt::Accepted { receipt },
        Ok(Err(error)) => Attempt::failed(wording::error_of(&format!("spool: {error}"), [])),
        Err(_) => Attempt::unanswered("spool: the writer broke off"),
    }
}

fn replace(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let beside = dir.join(format!(".{name}.part"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, dir.join(name))?;
    File::open(dir)?.sync_all()
}
