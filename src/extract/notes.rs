//! What is noticed while a page is read, the most important first, and no more than is read.

/// The most notes of a reading.
const MOST: usize = 8;

/// How much a note matters to whoever doubts a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
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

/// The notes of one reading.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    said: Vec<(Rank, String)>,
}

impl Notes {
    /// Adds a note, unless it stands there already.
    pub fn say(&mut self, rank: Rank, text: impl Into<String>) {
        let text = text.into();
        if !self.said.iter().any(|(_, other)| *other == text) {
            self.said.push((rank, text));
        }
    }

    /// The notes as they are handed out.
    pub fn into_lines(mut self) -> Vec<String> {
        self.said.sort_by_key(|(rank, _)| *rank);
        let lines = self.said.into_iter().map(|(_, text)| text);
        lines.take(MOST).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_important_come_first_and_nothing_is_said_twice() {
        let mut notes = Notes::default();
        for n in 0..7 {
            notes.say(Rank::Bytes, format!("bytes {n}"));
            notes.say(Rank::Bytes, "bytes 0");
        }
        notes.say(Rank::Refused, "refused");
        notes.say(Rank::Decision, "decided");
        let lines = notes.into_lines();
        let head: Vec<&str> = lines.iter().take(3).map(String::as_str).collect();
        assert_eq!(head, ["decided", "refused", "bytes 0"]);
        assert_eq!(lines.len(), MOST);
    }
}
