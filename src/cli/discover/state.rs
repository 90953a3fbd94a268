//! What a crawl needs to go on: a file of JSON lines beside the fragment, one a visited page, each
//! on disk before the next page is asked for. A last line that was cut off by a crash is dropped. When
//! nothing is left to go on with, the file is removed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::discovery::sheet::Sheet;

/// The form of the lines.
const VERSION: u32 = 2;
/// The longest line that is read, in bytes.
const LINE: u64 = 4 * 1024 * 1024;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Entry {
    /// The first one.
    Begun {
        version: u32,
        home: Url,
    },
    Sheet(Box<Sheet>),
}

/// The file, open and locked.
pub struct State {
    file: File,
    path: PathBuf,
    sheets: Vec<Sheet>,
}

impl State {
    /// Opens the state of `out`, or begins one. `fresh` forgets the pages that are known.
    pub fn open(out: &Path, home: &Url, fresh: bool) -> anyhow::Result<State> {
        let path = beside(out, ".state");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("{} cannot be opened", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!("another run works with {}", path.display())
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("{} cannot be locked", path.display()));
            }
        }
        let mut state = State {
            file,
            path,
            sheets: Vec::new(),
        };
        let whole = state.load(home, fresh)?;
        if fresh || whole == 0 {
            state.begin(home)?;
        } else {
            state.file.set_len(whole)?;
            state.file.seek(SeekFrom::End(0))?;
        }
        Ok(state)
    }

    /// The pages that are known. Those that failed in passing are not among them.
    pub fn take_sheets(&mut self) -> Vec<Sheet> {
        let sheets = std::mem::take(&mut self.sheets);
        sheets
            .into_iter()
            .filter(|sheet| !sheet.may_pass())
            .collect()
    }

    /// Keeps a page.
    pub fn keep(&mut self, sheet: &Sheet) -> anyhow::Result<()> {
        self.append(&Entry::Sheet(Box::new(sheet.clone())))
    }

    /// Nothing is left to go on with.
    pub fn remove(self) -> anyhow::Result<()> {
        std::fs::remove_file(&self.path)
            .with_context(|| format!("{} cannot be removed", self.path.display()))
    }

    /// Reads the lines; answers with the length of those that are whole.
    fn load(&mut self, home: &Url, fresh: bool) -> anyhow::Result<u64> {
        let mut lines = BufReader::new(&self.file);
        let (mut whole, mut number, mut begun) = (0, 0, false);
        let mut sheets = Vec::new();
        loop {
            let mut line = Vec::new();
            let read = lines.by_ref().take(LINE).read_until(b'\n', &mut line)? as u64;
            if !line.ends_with(b"\n") && read < LINE {
                break;
            }
            number += 1;
            let path = self.path.display();
            match serde_json::from_slice(&line) {
                Ok(Entry::Begun { version, .. }) if version != VERSION && !fresh => {
                    bail!("{path} was written by another version; --fresh begins anew")
                }
                Ok(Entry::Begun { home: other, .. }) if other != *home && !fresh => {
                    bail!(
                        "{path} is about {other} and not about {home}; choose another --out, or --fresh to forget it"
                    )
                }
                Ok(Entry::Begun { .. }) => begun = true,
                Ok(Entry::Sheet(sheet)) if begun => sheets.push(*sheet),
                Ok(Entry::Sheet(_)) | Err(_) if fresh => {}
                Ok(Entry::Sheet(_)) | Err(_) => {
                    bail!("{path}, line {number}: no line of ours; --fresh begins anew")
                }
            }
            whole += read;
        }
        if !fresh {
            self.sheets = sheets;
        }
        Ok(whole)
    }

    /// Begins anew.
    fn begin(&mut self, home: &Url) -> anyhow::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.append(&Entry::Begun {
            version: VERSION,
            home: home.clone(),
        })
    }

    fn append(&mut self, entry: &Entry) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data());
        written.with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

/// The file of this name with something more behind it.
pub fn beside(out: &Path, more: &str) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(more);
    PathBuf::from(name)
}
