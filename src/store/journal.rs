//! The journal: append-only, one line an entry, the true record of everything acknowledged.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::course::{Course, JournalDamage};
use super::error::{StoreError, in_full};
use super::files::{self, io_error};
use super::phrase::{Heard, Said};
use super::volume::{self, Stretch, Volume};
use super::wire::{self, Entry, Fact};
use crate::domain::time::{Date, Moment, date_of};

/// The journal, open for appending.
pub struct Journal {
    dir: PathBuf,
    current: Option<Current>,
    last: u64,
    last_at: Option<Moment>,
}

struct Current {
    path: PathBuf,
    day: Date,
    file: File,
    length: u64,
    said: Said,
}

/// An entry that could not be appended.
#[derive(Debug)]
pub struct AppendFault {
    /// Why.
    pub error: StoreError,
    /// Whether it is unknown what the file holds now.
    pub fatal: bool,
}

impl AppendFault {
    /// What is on disk is in doubt.
    pub fn fatal(error: StoreError) -> AppendFault {
        AppendFault { error, fatal: true }
    }

    /// Nothing was written.
    pub fn harmless(error: StoreError) -> AppendFault {
        AppendFault {
            error,
            fatal: false,
        }
    }
}

impl Journal {
    /// Opens the journal in `dir`: reads its last file, cuts off a torn last line, compresses
    /// days that a crash left open.
    pub fn open(dir: &Path) -> Result<(Journal, JournalDamage), StoreError> {
        files::make_dir(dir)?;
        let mut volumes = volume::all(dir)?;
        let mut journal = Journal {
            dir: dir.to_owned(),
            current: None,
            last: volumes.last().map_or(0, |volume| volume.first),
            last_at: None,
        };
        let mut damage = JournalDamage::default();
        if let Some(last) = volumes.pop() {
            damage = journal.resume(&last)?;
        }
        for volume in volumes.iter().filter(|volume| !volume.packed) {
            pack(&volume.path);
        }
        Ok((journal, damage))
    }

    fn resume(&mut self, volume: &Volume) -> Result<JournalDamage, StoreError> {
        if !volume.packed {
            mend_tail(volume)?;
        }
        let mut heard = Heard::default();
        let mut course = Course {
            after: 0,
            last: None,
            damage: JournalDamage::default(),
        };
        read_volume(volume, &mut course, &mut heard, &mut |entry, _| {
            self.last_at = Some(entry.at);
            Ok(())
        })?;
        self.last = course.last.unwrap_or(self.last);
        if !volume.packed {
            let file = File::options()
                .append(true)
                .open(&volume.path)
                .map_err(io_error("open", &volume.path))?;
            self.current = Some(Current {
                length: volume::length(&volume.path),
                path: volume.path.clone(),
                day: volume.day,
                file,
                said: heard.into_said(),
            });
        }
        Ok(course.damage)
    }

    /// The number of the last entry; zero when there is none.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// When the last entry was decided, if its file is at hand.
    pub fn last_at(&self) -> Option<Moment> {
        self.last_at
    }

    /// Bytes of the open file.
    pub fn open_length(&self) -> u64 {
        self.current.as_ref().map_or(0, |current| current.length)
    }

    /// Goes on counting after `seq`, when the journal lost its end.
    pub fn continue_after(&mut self, seq: u64) {
        self.last = self.last.max(seq);
    }

    /// Appends what was decided at `at` as the next entry. When this returns, it is on disk.
    pub fn append(&mut self, at: Moment, fact: Fact) -> Result<u64, AppendFault> {
        let entry = Entry {
            seq: self.last + 1,
            at,
            fact,
        };
        self.turn_to(date_of(at)).map_err(AppendFault::harmless)?;
        let Some(current) = &mut self.current else {
            return Err(AppendFault::harmless(StoreError::Damaged {
                why: "the journal has no open file".to_owned(),
            }));
        };
        current.append(&entry)?;
        self.last = entry.seq;
        self.last_at = Some(at);
        Ok(entry.seq)
    }

    /// Makes sure that the open file is the one for `day`. A commit decided shortly before
    /// midnight and written after it stays in the new day; a clock that was set back by more
    /// than a day gets a file of its own.
    fn turn_to(&mut self, day: Date) -> Result<(), StoreError> {
        if let Some(current) = &self.current {
            let yesterday = current.day.pred_opt().unwrap_or(current.day);
            if day == current.day || day == yesterday {
                return Ok(());
            }
        }
        let (path, _) = volume::new_path(&self.dir, day);
        let file = File::options()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(io_error("create", &path))?;
        files::sync_dir(&self.dir)?;
        let closed = self.current.replace(Current {
            path,
            day,
            file,
            length: 0,
            said: Said::default(),
        });
        if let Some(closed) = closed {
            pack(&closed.path);
        }
        Ok(())
    }

    /// After which entry a store that is built anew begins: zero, or before the latest complete
    /// restatement.
    pub fn beginning(&self) -> Result<u64, StoreError> {
        let mut beginning = 0;
        // The first number from which on no entry is missing or damaged.
        let mut whole_from = 1;
        let mut expected = 1;
        let mut seen = JournalDamage::default();
        self.replay(0, &mut |entry, damage| {
            if entry.seq != expected || *damage != seen {
                whole_from = entry.seq;
                seen = *damage;
            }
            expected = entry.seq + 1;
            if let Fact::Restated { from } = entry.fact
                && from >= whole_from
            {
                beginning = from.saturating_sub(1);
            }
            Ok(())
        })?;
        Ok(beginning)
    }

    /// Hands every entry after `after` to `sink`, in order, with the damage met so far.
    pub fn replay(
        &self,
        after: u64,
        sink: &mut dyn FnMut(Entry, &JournalDamage) -> Result<(), StoreError>,
    ) -> Result<JournalDamage, StoreError> {
        let volumes = volume::all(&self.dir)?;
        let from = volumes
            .iter()
            .rposition(|volume| volume.first <= after + 1)
            .unwrap_or(0);
        let mut course = Course {
            after,
            // A journal that begins later than it is asked for misses what came before.
            last: Some(0),
            damage: JournalDamage::default(),
        };
        for volume in volumes.iter().skip(from) {
            let mut heard = Heard::default();
            read_volume(
                volume,
                &mut course,
                &mut heard,
                &mut |entry, damage| match entry.seq > after {
                    true => sink(entry, damage),
                    false => Ok(()),
                },
            )?;
        }
        Ok(course.damage)
    }
}

impl Current {
    fn append(&mut self, entry: &Entry) -> Result<(), AppendFault> {
        let line = match wire::write_line(entry, &mut self.said) {
            Ok(line) => line,
            Err(error) => {
                self.said.forget();
                return Err(AppendFault::harmless(error));
            }
        };
        if let Err(source) = self.file.write_all(&line) {
            self.said.forget();
            return Err(self.take_back(source));
        }
        if let Err(source) = self.file.sync_data() {
            // After a failed sync nobody knows what is on disk, and a second one may lie.
            return Err(AppendFault::fatal(io_error("sync", &self.path)(source)));
        }
        self.length += line.len() as u64;
        self.said.keep();
        Ok(())
    }

    /// A full disk leaves half a line: it is cut off, and the next change may try again.
    fn take_back(&mut self, source: std::io::Error) -> AppendFault {
        let cut = self
            .file
            .set_len(self.length)
            .and_then(|()| self.file.sync_all());
        AppendFault {
            error: io_error("append to", &self.path)(source),
            fatal: cut.is_err(),
        }
    }
}

/// A last line without its end was never acknowledged. It is kept when it is whole, else cut.
fn mend_tail(volume: &Volume) -> Result<(), StoreError> {
    let mut torn = None;
    walk_tail(volume, &mut torn)?;
    match torn {
        None => Ok(()),
        Some((_, true)) => volume::end_line(&volume.path),
        Some((offset, false)) => {
            tracing::warn!(
                file = %volume.path.display(),
                offset,
                "the last line of the journal is torn; it is cut off"
            );
            volume::cut(&volume.path, offset)
        }
    }
}

fn walk_tail(volume: &Volume, torn: &mut Option<(u64, bool)>) -> Result<(), StoreError> {
    volume::walk(volume, |stretch| {
        if let Stretch::Tail(bytes, offset) = stretch {
            *torn = Some((offset, wire::seq_of(bytes).is_some()));
        }
        Ok(true)
    })
}

fn read_volume(
    volume: &Volume,
    course: &mut Course,
    heard: &mut Heard,
    sink: &mut dyn FnMut(Entry, &JournalDamage) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    volume::walk(volume, |stretch| {
        match stretch {
            Stretch::Line(line) => {
                if let Some(entry) = course.take(line, heard)? {
                    sink(entry, &course.damage)?;
                }
            }
            Stretch::Tail(..) | Stretch::Unreadable => course.damage.lines += 1,
        }
        Ok(true)
    })
}

/// Compresses a closed day. A failure loses nothing: the plain file stays and is tried again.
fn pack(path: &Path) {
    if let Err(error) = volume::pack(path) {
        tracing::warn!(
            file = %path.display(),
            error = in_full(&error),
            "a closed day of the journal stays uncompressed"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::china;
    use crate::store::commit::{Commit, JobRun};
    use chrono::TimeZone as _;
    use std::fs;

    const FILE: &str = "2017-11-03.jsonl";

    fn at(minute: u32) -> Moment {
        china().with_ymd_and_hms(2017, 11, 3, 8, minute, 0).unwrap()
    }

    fn commit(minute: u32) -> Fact {
        let mut commit = Commit::at(at(minute));
        commit.runs = vec![JobRun {
            job: "visit".to_owned(),
            at: at(minute),
        }];
        Fact::Commit(Box::new(commit))
    }

    fn seqs(journal: &Journal, after: u64) -> (Vec<u64>, JournalDamage) {
        let mut seqs = Vec::new();
        let damage = journal.replay(after, &mut |entry, _| {
            seqs.push(entry.seq);
            Ok(())
        });
        (seqs, damage.unwrap())
    }

    fn three_entries() -> (tempfile::TempDir, Vec<u8>) {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(dir.path()).unwrap();
        for minute in 0..3 {
            journal.append(at(minute), commit(minute)).unwrap();
        }
        let bytes = fs::read(dir.path().join(FILE)).unwrap();
        (dir, bytes)
    }

    #[test]
    fn a_last_line_torn_at_any_byte_is_cut_off_and_nothing_else_is() {
        let (dir, whole) = three_entries();
        let lines: Vec<&[u8]> = whole.split_inclusive(|&byte| byte == b'\n').collect();
        let kept = lines[0].len() + lines[1].len();
        for length in kept + 1..whole.len() {
            fs::write(dir.path().join(FILE), &whole[..length]).unwrap();
            let (mut journal, damage) = Journal::open(dir.path()).unwrap();
            assert!(damage.is_none(), "{length}");
            // A line that lacks nothing but its line feed is kept.
            let entries = if length == whole.len() - 1 { 3 } else { 2 };
            assert_eq!(journal.last(), entries, "{length}");
            let left = fs::read(dir.path().join(FILE)).unwrap();
            let expected = if entries == 3 { whole.len() } else { kept };
            assert!(left == whole[..expected], "{length}");
            journal.append(at(9), commit(9)).unwrap();
            let (seqs, damage) = seqs(&journal, 0);
            assert_eq!(seqs, (1..=entries + 1).collect::<Vec<_>>(), "{length}");
            assert!(damage.is_none(), "{length}");
        }
    }

    #[test]
    fn a_byte_flipped_anywhere_in_the_middle_costs_its_lines_and_is_counted() {
        let (dir, whole) = three_entries();
        let first = whole.iter().position(|&byte| byte == b'\n').unwrap();
        for position in 0..=first {
            let mut bytes = whole.clone();
            bytes[position] ^= 0x20;
            fs::write(dir.path().join(FILE), &bytes).unwrap();
            let (journal, damage) = Journal::open(dir.path()).unwrap();
            assert_eq!(damage.lines, 1, "{position}");
            let expected = if position == first {
                vec![3]
            } else {
                vec![2, 3]
            };
            let missing = 3 - expected.len() as u64;
            let (found, damage) = seqs(&journal, 0);
            assert_eq!((found, damage.missing), (expected, missing), "{position}");
            assert!(fs::read(dir.path().join(FILE)).unwrap() == bytes);
        }
    }

    #[test]
    fn building_anew_begins_at_the_latest_restatement_that_is_whole() {
        let (dir, whole) = three_entries();
        let (mut journal, _) = Journal::open(dir.path()).unwrap();
        assert_eq!(journal.beginning().unwrap(), 0);
        journal.append(at(5), Fact::Restated { from: 3 }).unwrap();
        assert_eq!(journal.beginning().unwrap(), 2);
        let mut bytes = fs::read(dir.path().join(FILE)).unwrap();
        for (line, expected) in [(1, 2), (2, 0)] {
            let ends: Vec<usize> = (0..whole.len()).filter(|&i| whole[i] == b'\n').collect();
            bytes[ends[line] - 9] ^= 1;
            fs::write(dir.path().join(FILE), &bytes).unwrap();
            let (journal, _) = Journal::open(dir.path()).unwrap();
            assert_eq!(journal.beginning().unwrap(), expected, "line {line}");
        }
    }
}
