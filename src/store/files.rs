//! Files and directories that survive a power cut: made private, synced, renamed into place.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use crate::domain::time::Moment;

/// An [`io::Error`] with what was tried on which path.
pub fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io {
        action,
        path,
        source,
    }
}

/// Makes `dir` and its parents with mode 0700, and syncs what was made.
pub fn make_dir(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(io_error("make the directory", dir))?;
    sync_dir(dir)?;
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
        _ => Ok(()),
    }
}

/// Takes what a library made in `dir` from everybody but its owner: a copy of the files may come
/// to lie in a directory that others can enter.
pub fn close_to_others(dir: &Path) -> Result<(), StoreError> {
    for path in entries(dir)? {
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        fs::set_permissions(&path, Permissions::from_mode(mode))
            .map_err(io_error("change the mode of", &path))?;
    }
    Ok(())
}

/// Puts the directory's entries on disk.
pub fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    File::open(dir)
        .and_then(|handle| handle.sync_all())
        .map_err(io_error("sync the directory", dir))
}

/// A new or emptied file of mode 0600.
pub fn create(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(io_error("create", path))
}

/// Writes `bytes` as `path`: beside it first, synced, then renamed into place.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let part = beside(path);
    let mut file = create(&part)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(io_error("write", &part))?;
    put_in_place(&part, path)
}

/// Renames a synced file into place and syncs the directory.
pub fn put_in_place(part: &Path, path: &Path) -> Result<(), StoreError> {
    fs::rename(part, path).map_err(io_error("rename into place", path))?;
    match path.parent() {
        Some(dir) => sync_dir(dir),
        None => Ok(()),
    }
}

/// The name under which `path` is written before it is whole.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// A free name for something that is set aside at `now`: `PATH.WORD-20171103T101500`.
pub fn aside_name(path: &Path, word: &str, now: Moment) -> PathBuf {
    let stamp = now.format("%Y%m%dT%H%M%S");
    let mut count = 1;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{word}-{stamp}"));
        if count > 1 {
            name.push(format!("-{count}"));
        }
        let candidate = PathBuf::from(name);
        if !candidate.exists() {
            return candidate;
        }
        count += 1;
    }
}

/// Removes a file; one that is not there is no error.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io_error("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Removes a directory with all that is in it; one that is not there is no error.
pub fn remove_dir(dir: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io_error("remove", dir)(error)),
        _ => Ok(()),
    }
}

/// The entries of a directory in the order of their names; none when it is missing.
pub fn entries(dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let listing = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(io_error("list", dir))?,
    };
    let mut paths = Vec::new();
    for entry in listing {
        paths.push(entry.map_err(io_error("list", dir))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// The bytes that are free to us on the disk of `dir`; `None` where the system does not tell.
pub fn free_at(dir: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Bytes of all files below `dir`; what cannot be read counts nothing.
pub fn size_below(dir: &Path) -> u64 {
    let mut total = 0;
    let mut waiting = vec![dir.to_owned()];
    while let Some(dir) = waiting.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => waiting.push(entry.path()),
                Ok(meta) => total += meta.len(),
                Err(_) => {}
            }
        }
    }
    total
}
