//! What the journal tells of the past, for whoever wants to look back. Reads only and locks nothing,
//! so that it can be asked while a daemon writes, or of a copy.

use std::path::Path;

use super::commit::Commit;
use super::course::{Course, JournalDamage};
use super::error::StoreError;
use super::opening::Places;
use super::phrase::Heard;
use super::volume::{self, Stretch};
use super::wire::Fact;
use crate::domain::time::Moment;

/// How much of the past there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Past {
    /// When the oldest change that is kept was decided.
    pub begins_at: Option<Moment>,
    /// What is wrong with the lines that were read.
    pub damage: JournalDamage,
}

/// Hands every change of the store in `dir` to `sink`, the oldest first, until it answers `false`.
/// Of a journal whose beginning was taken away, what is left is told.
pub fn changes(dir: &Path, sink: &mut dyn FnMut(Commit) -> bool) -> Result<Past, StoreError> {
    let mut past = Past::default();
    let mut course = Course {
        after: 0,
        last: None,
        damage: JournalDamage::default(),
    };
    let mut wanted = true;
    for volume in volume::all(&Places::below(dir).journal)? {
        let mut heard = Heard::default();
        volume::walk(&volume, |stretch| {
            let line = match stretch {
                Stretch::Line(line) => line,
                // The line that a daemon is writing just now is not acknowledged yet.
                Stretch::Tail(..) => return Ok(true),
                Stretch::Unreadable => {
                    course.damage.lines += 1;
                    return Ok(true);
                }
            };
            let Some(entry) = course.take(line, &mut heard)? else {
                return Ok(true);
            };
            past.begins_at.get_or_insert(entry.at);
            if let Fact::Commit(commit) = entry.fact {
                wanted = sink(*commit);
            }
            Ok(wanted)
        })?;
        if !wanted {
            break;
        }
    }
    past.damage = course.damage;
    Ok(past)
}
