//! What is noticed while a page is read, the most important first, and no more than is read.

use crate::domain::note::Note;

/// The most notes of a reading.
const MOST: usize = 8;

/// How much a note matters to whoever doubts a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// What decided, or why nothing could.
    Decision,
    /// Dates that were refused.
    Refused,
    /// Rows that were left aside, or that are not what rows are.
    Rows,
    /// What on the page looks like a date of a row and is none.
    Lookalike,
    /// How the page was come to.
    Way,
    /// How the bytes were read.
    Bytes,
}

fn rank(note: &Note) -> Rank {
    match note {
        Note::DatesDisagree { .. }
        | Note::MonthOnly
        | Note::ArticlesRead { .. }
        | Note::EntranceRead { .. }
        | Note::NewestMonthOnly
        | Note::NewestYearless
        | Note::NewestListYear
        | Note::NewestAsked
        | Note::NewestRead
        | Note::FirstRowsRead { .. }
        | Note::FirstRowsRefused
        | Note::FirstRowsUndated
        | Note::OtherSiteCode { .. }
        | Note::OtherSiteName { .. }
        | Note::TakenOver { .. }
        | Note::SameAsMissing
        | Note::NoBlockOfName
        | Note::ListOfOtherName
        | Note::ListAside { .. }
        | Note::ListTold { .. }
        | Note::SentHome
        | Note::RulesFaulty { .. }
        | Note::FixedCharset { .. }
        | Note::RowsMatched { .. }
        | Note::Records { .. }
        | Note::NoJson
        | Note::NoMarkupAt { .. }
        | Note::MarkupAt { .. }
        | Note::RowsAt { .. }
        | Note::PartsFound { .. }
        | Note::Said(_) => Rank::Decision,
        Note::FutureRefused { .. } | Note::PastRefused { .. } | Note::YearsDisagree { .. } => {
            Rank::Refused
        }
        Note::Pinned { .. }
        | Note::Hidden { .. }
        | Note::ListHidden
        | Note::OffSite { .. }
        | Note::HeadRow => Rank::Rows,
        Note::EventDates { .. }
        | Note::IndexNumbers { .. }
        | Note::SharedDay { .. }
        | Note::SharedMoment
        | Note::PageClock
        | Note::SiteLine => Rank::Lookalike,
        Note::Followed { .. }
        | Note::NotFollowed { .. }
        | Note::NoFrameWithList
        | Note::OneWayIn
        | Note::Unverified { .. }
        | Note::PlainHttp { .. } => Rank::Way,
        Note::OtherCharset { .. } | Note::MixedCharsets { .. } => Rank::Bytes,
    }
}

/// The notes of one reading.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    said: Vec<Note>,
}

impl Notes {
    /// Adds a note, unless it stands there already.
    pub fn say(&mut self, note: Note) {
        if !self.said.contains(&note) {
            self.said.push(note);
        }
    }

    /// The notes as they are handed out.
    pub fn into_list(mut self) -> Vec<Note> {
        self.said.sort_by_key(rank);
        self.said.truncate(MOST);
        self.said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_important_come_first_and_nothing_is_said_twice() {
        let mut notes = Notes::default();
        for rows in 1..8 {
            notes.say(Note::IndexNumbers { rows });
            notes.say(Note::IndexNumbers { rows: 1 });
        }
        notes.say(Note::HeadRow);
        notes.say(Note::NoJson);
        let list = notes.into_list();
        let first = [Note::NoJson, Note::HeadRow, Note::IndexNumbers { rows: 1 }];
        assert_eq!(list.get(..3), Some(&first[..]));
        assert_eq!(list.len(), MOST);
    }
}
