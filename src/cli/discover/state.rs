//! What a crawl needs to go on: a file of JSON lines beside the fragment, one a visited page, each
//! on disk before the next page is asked for. A last line that was cut off by a crash is dropped.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::daemon::visit::digest_of;
use crate::discovery::sheet::Sheet;

/// The form of the lines.
const VERSION: u32 = 1;
/// The longest line that is read, in bytes.
const LINE: u64 = 4 * 1024 * 1024;
/// The largest fragment that is compared, in bytes.
const FRAGMENT: u64 = 16 * 1024 * 1024;

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
    /// A fragment with this digest was written.
    Wrote(String),
}

/// The file, open and locked.
pub struct State {
    file: File,
    path: PathBuf,
    sheets: Vec<Sheet>,
    /// The digests of all fragments that were written here.
    wrote: BTreeSet<String>,
}

impl State {
    /// Opens the state of `out`, or begins one. `fresh` forgets the pages that are known, not that
    /// a fragment was written.
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
            wrote: BTreeSet::new(),
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

    /// Refuses to write over a file that is not as we wrote it.
    pub fn guard(&self, out: &Path) -> anyhow::Result<()> {
        let mut there = Vec::new();
        match File::open(out) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", out.display()));
            }
            Ok(file) => file.take(FRAGMENT).read_to_end(&mut there)?,
        };
        if self.wrote.contains(&digest_of(&there)) {
            return Ok(());
        }
        bail!(
            "{} is there already and is not, or no longer, as it was written; choose another name or move it away",
            out.display()
        )
    }

    /// Keeps a page.
    pub fn keep(&mut self, sheet: &Sheet) -> anyhow::Result<()> {
        self.append(&Entry::Sheet(Box::new(sheet.clone())))
    }

    /// Writes the fragment in one step: it is there as a whole or not at all.
    pub fn write(&mut self, out: &Path, text: &str) -> anyhow::Result<()> {
        // First: a crash behind it leaves an earlier fragment of ours, which is known too.
        self.append(&Entry::Wrote(digest_of(text.as_bytes())))?;
        let part = beside(out, ".part");
        let mut file = File::create(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&part, out)?;
        Ok(())
    }

    /// Reads the lines; answers with the length of those that are whole.
    fn load(&mut self, home: &Url, fresh: bool) -> anyhow::Result<u64> {
        let mut lines = BufReader::new(&self.file);
        let (mut whole, mut number, mut begun) = (0, 0, false);
        let (mut sheets, mut wrote) = (Vec::new(), BTreeSet::new());
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
                    bail!("{path} is about {other}; choose another --out, or --fresh")
                }
                Ok(Entry::Begun { .. }) => begun = true,
                Ok(Entry::Sheet(sheet)) if begun => sheets.push(*sheet),
                Ok(Entry::Wrote(digest)) => drop(wrote.insert(digest)),
                Ok(Entry::Sheet(_)) | Err(_) if fresh => {}
                Ok(Entry::Sheet(_)) | Err(_) => {
                    bail!("{path}, line {number}: no line of ours; --fresh begins anew")
                }
            }
            whole += read;
        }
        self.wrote = wrote;
        if !fresh {
            self.sheets = sheets;
        }
        Ok(whole)
    }

    /// Begins anew; that a fragment was written is remembered.
    fn begin(&mut self, home: &Url) -> anyhow::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.append(&Entry::Begun {
            version: VERSION,
            home: home.clone(),
        })?;
        let known: Vec<String> = self.wrote.iter().cloned().collect();
        known
            .into_iter()
            .try_for_each(|digest| self.append(&Entry::Wrote(digest)))
    }

    fn append(&mut self, entry: &Entry) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data());
        written.with_context(|| format!("{} cannot be written", self.path.display()))?;
        if let Entry::Wrote(digest) = entry {
            self.wrote.insert(digest.clone());
        }
        Ok(())
    }
}

/// The file of this name with something more behind it.
fn beside(out: &Path, more: &str) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(more);
    PathBuf::from(name)
}
