//! Page copies: compressed files named by the SHA-256 of their content.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::error::StoreError;
use super::files::{self, io_error};
use super::keys;
use crate::domain::time::Moment;

/// The most decompressed bytes of one copy.
const BODY_LIMIT: u64 = 64 * 1024 * 1024;

/// The directory of page copies.
pub struct Bodies {
    dir: PathBuf,
}

/// A copy as it was found.
pub enum Copy {
    /// As it was kept.
    Whole(Vec<u8>),
    /// No longer what it was; it was set aside.
    Damaged,
    /// Not there.
    Missing,
}

impl Bodies {
    /// The copies in `dir`, made when missing.
    pub fn in_dir(dir: PathBuf) -> Result<Bodies, StoreError> {
        files::make_dir(&dir)?;
        Ok(Bodies { dir })
    }

    fn path(&self, digest: &str) -> Result<PathBuf, StoreError> {
        let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        match digest.get(..2) {
            Some(shelf) if digest.len() == 64 && digest.chars().all(hex) => {
                Ok(self.dir.join(shelf).join(format!("{digest}.gz")))
            }
            _ => Err(wrong(digest)),
        }
    }

    /// Keeps `body`, and remembers `now` as the time it was kept last. Answers with the bytes
    /// that the disk took.
    pub fn keep(&self, digest: &str, body: &[u8], now: Moment) -> Result<u64, StoreError> {
        let path = self.path(digest)?;
        if keys::hex(&Sha256::digest(body)) != digest {
            return Err(wrong(digest));
        }
        if path.exists() {
            let file = File::options()
                .append(true)
                .open(&path)
                .map_err(io_error("open", &path))?;
            return stamp(&file, &path, now).map(|()| 0);
        }
        if let Some(shelf) = path.parent() {
            files::make_dir(shelf)?;
        }
        let part = files::beside(&path);
        let mut packer = GzEncoder::new(files::create(&part)?, Compression::default());
        let file = packer
            .write_all(body)
            .and_then(|()| packer.finish())
            .map_err(io_error("write", &part))?;
        stamp(&file, &part, now)?;
        file.sync_all().map_err(io_error("sync", &part))?;
        files::put_in_place(&part, &path)?;
        Ok(file.metadata().map_or(0, |meta| meta.len()))
    }

    /// Whether there is a copy.
    pub fn has(&self, digest: &str) -> Result<bool, StoreError> {
        Ok(self.path(digest)?.exists())
    }

    /// Reads a copy, and checks that it is still what its name says.
    pub fn read(&self, digest: &str) -> Result<Copy, StoreError> {
        let path = self.path(digest)?;
        if !path.exists() {
            return Ok(Copy::Missing);
        }
        let file = File::open(&path).map_err(io_error("read", &path))?;
        let mut body = Vec::new();
        let read = MultiGzDecoder::new(BufReader::new(file))
            .take(BODY_LIMIT)
            .read_to_end(&mut body);
        if read.is_ok() && keys::hex(&Sha256::digest(&body)) == digest {
            return Ok(Copy::Whole(body));
        }
        let aside = path.with_extension("gz.damaged");
        fs::rename(&path, &aside).map_err(io_error("set aside", &path))?;
        Ok(Copy::Damaged)
    }

    /// Removes copies that were kept last more than `keep_days` before `now`, except those in
    /// `named`. Answers with their number.
    pub fn prune(
        &self,
        now: Moment,
        keep_days: u32,
        named: &BTreeSet<String>,
    ) -> Result<usize, StoreError> {
        let keep = Duration::from_secs(u64::from(keep_days) * 24 * 3600);
        let cutoff = SystemTime::from(now)
            .checked_sub(keep)
            .unwrap_or(SystemTime::UNIX_EPOCH);
        let mut removed = 0;
        for shelf in files::entries(&self.dir)? {
            for path in files::entries(&shelf)? {
                match fate(&path, cutoff, named) {
                    Fate::Stays => {}
                    Fate::Leftover => files::remove(&path)?,
                    Fate::Old => {
                        files::remove(&path)?;
                        removed += 1;
                    }
                }
            }
        }
        Ok(removed)
    }
}

enum Fate {
    Stays,
    Leftover,
    Old,
}

fn fate(path: &Path, cutoff: SystemTime, named: &BTreeSet<String>) -> Fate {
    let name = path.file_name().and_then(|name| name.to_str());
    let Some(name) = name else {
        return Fate::Stays;
    };
    if name.ends_with(".gz.part") {
        return Fate::Leftover;
    }
    let modified = fs::metadata(path).and_then(|meta| meta.modified());
    match (name.strip_suffix(".gz"), modified) {
        (Some(digest), Ok(modified)) if modified < cutoff && !named.contains(digest) => Fate::Old,
        _ => Fate::Stays,
    }
}

fn stamp(file: &File, path: &Path, now: Moment) -> Result<(), StoreError> {
    file.set_modified(SystemTime::from(now))
        .map_err(io_error("date", path))
}

fn wrong(digest: &str) -> StoreError {
    StoreError::Digest {
        digest: digest.chars().take(80).collect(),
    }
}
