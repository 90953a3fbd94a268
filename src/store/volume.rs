//! The journal's files: one a day, the open one plain, closed ones compressed.
//!
//! `2017-11-03.jsonl`; `2017-11-03.2.jsonl` when that day was closed already and the clock went
//! back to it. Files are ordered by the number of their first entry, not by their name.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::error::StoreError;
use super::files::{self, io_error};
use super::keys;
use super::wire::{self, LINE_LIMIT};
use crate::domain::time::Date;

const PLAIN: &str = ".jsonl";
const PACKED: &str = ".jsonl.gz";

/// One file of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Where it is.
    pub path: PathBuf,
    /// Its day.
    pub day: Date,
    /// Which of that day's, from 1.
    pub part: u32,
    /// Whether it is closed and compressed.
    pub packed: bool,
    /// The number of its first whole entry, or of the file before when it has none.
    pub first: u64,
}

/// A stretch of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Stretch<'a> {
    /// A line, without its line feed.
    Line(&'a [u8]),
    /// Bytes at the end without a line feed, and where they begin.
    Tail(&'a [u8], u64),
    /// The rest cannot be read: too long for a line, or no valid compression.
    Unreadable,
}

/// The files in `dir`, in the order of their entries.
pub fn all(dir: &Path) -> Result<Vec<Volume>, StoreError> {
    let mut volumes: Vec<Volume> = Vec::new();
    for path in files::entries(dir)? {
        if let Some(volume) = named(&path) {
            volumes.push(volume);
        }
    }
    // A crash between compressing and removing leaves both: the plain one is certainly whole.
    volumes.sort_by_key(|volume| (volume.day, volume.part, volume.packed));
    volumes.dedup_by_key(|volume| (volume.day, volume.part));
    let mut before = 0;
    for volume in &mut volumes {
        volume.first = first_seq(volume)?.unwrap_or(before);
        before = volume.first;
    }
    volumes.sort_by_key(|volume| volume.first);
    Ok(volumes)
}

fn named(path: &Path) -> Option<Volume> {
    let name = path.file_name()?.to_str()?;
    let (stem, packed) = match name.strip_suffix(PACKED) {
        Some(stem) => (stem, true),
        None => (name.strip_suffix(PLAIN)?, false),
    };
    let (day, part) = match stem.split_once('.') {
        Some((day, part)) => (day, part.parse().ok()?),
        None => (stem, 1),
    };
    Some(Volume {
        path: path.to_owned(),
        day: Date::parse_from_str(day, "%Y-%m-%d").ok()?,
        part,
        packed,
        first: 0,
    })
}

/// The path of a new file for `day`, and its part: the first that no file has.
pub fn new_path(dir: &Path, day: Date) -> (PathBuf, u32) {
    let mut part = 1;
    loop {
        let stem = match part {
            1 => format!("{}", day.format("%Y-%m-%d")),
            _ => format!("{}.{part}", day.format("%Y-%m-%d")),
        };
        let plain = dir.join(format!("{stem}{PLAIN}"));
        if !plain.exists() && !dir.join(format!("{stem}{PACKED}")).exists() {
            return (plain, part);
        }
        part += 1;
    }
}

fn first_seq(volume: &Volume) -> Result<Option<u64>, StoreError> {
    let mut first = None;
    walk(volume, |stretch| {
        if let Stretch::Line(line) = stretch {
            first = wire::seq_of(line);
        }
        Ok(first.is_none())
    })?;
    Ok(first)
}

/// Hands the stretches of a file to `sink`, until it answers `false`.
pub fn walk(
    volume: &Volume,
    mut sink: impl FnMut(Stretch) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let fault = io_error("read", &volume.path);
    let file = match File::open(&volume.path) {
        Ok(file) => file,
        Err(error) => return Err(fault(error)),
    };
    let mut input: Box<dyn BufRead> = match volume.packed {
        true => Box::new(BufReader::new(MultiGzDecoder::new(BufReader::new(file)))),
        false => Box::new(BufReader::with_capacity(64 * 1024, file)),
    };
    let mut offset = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut input)
            .take(LINE_LIMIT as u64)
            .read_until(b'\n', &mut line);
        match read {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if volume.packed && is_bad_compression(&error) => {
                sink(Stretch::Unreadable)?;
                return Ok(());
            }
            Err(error) => return Err(fault(error)),
        }
        let stretch = match line.strip_suffix(b"\n") {
            Some(whole) => Stretch::Line(whole),
            None if line.len() >= LINE_LIMIT => Stretch::Unreadable,
            None => Stretch::Tail(&line, offset),
        };
        if !sink(stretch)? {
            return Ok(());
        }
        offset += line.len() as u64;
    }
}

fn is_bad_compression(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof
    )
}

/// Compresses a closed file and writes its checksum beside it. The plain file goes only after
/// the compressed one was read back.
pub fn pack(plain: &Path) -> Result<(), StoreError> {
    let packed = plain.with_extension("jsonl.gz");
    let part = files::beside(&packed);
    compress(plain, &part)?;
    if content_digest(plain, false)? != content_digest(&part, true)? {
        return Err(StoreError::Damaged {
            why: format!("{} reads back otherwise", packed.display()),
        });
    }
    files::put_in_place(&part, &packed)?;
    write_checksum(&packed)?;
    files::remove(plain)?;
    match plain.parent() {
        Some(dir) => files::sync_dir(dir),
        None => Ok(()),
    }
}

fn compress(plain: &Path, part: &Path) -> Result<(), StoreError> {
    let mut input = File::open(plain).map_err(io_error("read", plain))?;
    let mut output = GzEncoder::new(files::create(part)?, Compression::default());
    io::copy(&mut input, &mut output)
        .and_then(|_| output.finish())
        .and_then(|file| file.sync_all())
        .map_err(io_error("write", part))
}

fn content_digest(path: &Path, packed: bool) -> Result<String, StoreError> {
    let file = File::open(path).map_err(io_error("read", path))?;
    let mut input: Box<dyn io::Read> = match packed {
        true => Box::new(MultiGzDecoder::new(BufReader::new(file))),
        false => Box::new(file),
    };
    let mut sha = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = input.read(&mut buffer).map_err(io_error("read", path))?;
        match buffer.get(..count) {
            Some(bytes) if !bytes.is_empty() => sha.update(bytes),
            _ => return Ok(keys::hex(&sha.finalize())),
        }
    }
}

/// In the form that `sha256sum -c` reads.
fn write_checksum(packed: &Path) -> Result<(), StoreError> {
    let name = packed.file_name().unwrap_or_default().to_string_lossy();
    let line = format!("{}  {name}\n", content_digest(packed, false)?);
    let mut beside = packed.as_os_str().to_owned();
    beside.push(".sha256");
    files::write_whole(Path::new(&beside), line.as_bytes())
}

/// Cuts a plain file to `length` bytes.
pub fn cut(path: &Path, length: u64) -> Result<(), StoreError> {
    let file = File::options()
        .write(true)
        .open(path)
        .map_err(io_error("open", path))?;
    file.set_len(length)
        .and_then(|()| file.sync_all())
        .map_err(io_error("cut the torn end of", path))
}

/// Ends the last line of a plain file.
pub fn end_line(path: &Path) -> Result<(), StoreError> {
    let mut file = File::options()
        .append(true)
        .open(path)
        .map_err(io_error("open", path))?;
    file.write_all(b"\n")
        .and_then(|()| file.sync_all())
        .map_err(io_error("write", path))
}

/// Bytes of a file; nothing if it cannot be told.
pub fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}
