//! Reading the journal line by line: which numbers were met, and what is wrong on the way.

use serde::Serialize;

use super::error::StoreError;
use super::phrase::Heard;
use super::wire::{self, Entry, LineFault};

/// What is wrong with the lines that were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct JournalDamage {
    /// Lines that are no entry.
    pub lines: u64,
    /// Facts of whole lines that name a value from a damaged one.
    pub facts: u64,
    /// Numbers that no line has.
    pub missing: u64,
}

/// Follows the numbers of entries.
pub struct Course {
    /// Damage up to this number does not count.
    pub after: u64,
    /// The latest number met.
    pub last: Option<u64>,
    /// What was met on the way.
    pub damage: JournalDamage,
}

impl JournalDamage {
    /// Whether nothing is wrong.
    pub fn is_none(&self) -> bool {
        *self == JournalDamage::default()
    }

    /// All of it in one number.
    pub fn count(&self) -> u64 {
        // A damaged line leaves a gap in the numbers as well: it is one fault, not two.
        self.lines.max(self.missing) + self.facts
    }
}

impl std::fmt::Display for JournalDamage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let JournalDamage {
            lines,
            facts,
            missing,
        } = self;
        write!(
            f,
            "{lines} damaged lines, {missing} missing entries, {facts} facts without their value"
        )
    }
}

impl Course {
    /// Takes one line; answers with the entry if it continues the course.
    pub fn take(&mut self, line: &[u8], heard: &mut Heard) -> Result<Option<Entry>, StoreError> {
        let (entry, lost) = match wire::read_line(line, heard) {
            Ok(read) => read,
            Err(LineFault::Newer(version)) => return Err(newer(version)),
            Err(LineFault::Damaged) => {
                self.damage.lines += 1;
                return Ok(None);
            }
        };
        self.damage.facts += lost;
        if entry.seq <= self.after || entry.seq == self.after + 1 {
            // Whatever was damaged up to here stands before what is asked for.
            self.damage = JournalDamage {
                facts: if entry.seq > self.after { lost } else { 0 },
                ..JournalDamage::default()
            };
        }
        if let Some(last) = self.last {
            if entry.seq <= last {
                self.damage.lines += 1;
                return Ok(None);
            }
            let before = last.max(self.after);
            self.damage.missing += entry.seq.saturating_sub(before + 1);
        }
        self.last = Some(entry.seq);
        Ok(Some(entry))
    }
}

fn newer(version: u32) -> StoreError {
    StoreError::Newer {
        what: "an entry of the journal".to_owned(),
        version,
        known: wire::known_version(),
    }
}
