//! A name and words that somebody enters, on one line each. What is too long is refused: nothing
//! that a person gives as a reason is cut off unseen.

use super::enact::Refused;
use crate::domain::act::{NAME_CHARS, REASON_CHARS};
use crate::domain::closing::STATEMENT_CHARS;
use crate::report::plain::one_line;

/// A text that people enter.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    name: &'static str,
    in_chinese: &'static str,
    most: usize,
}

/// A name.
const NAME: Entry = Entry {
    name: "name",
    in_chinese: "姓名",
    most: NAME_CHARS,
};
/// Who approves something.
pub const APPROVER: Entry = Entry {
    name: "name of who approves",
    in_chinese: "批准人",
    most: NAME_CHARS,
};
/// A reason.
pub const REASON: Entry = Entry {
    name: "reason",
    in_chinese: "理由",
    most: REASON_CHARS,
};
/// What a unit says to a point.
pub const STATEMENT: Entry = Entry {
    name: "statement",
    in_chinese: "说明",
    most: STATEMENT_CHARS,
};

impl Entry {
    /// What was entered, on one line; refused where it is too long.
    pub fn take(self, text: &str) -> Result<String, Refused> {
        let line = one_line(text, usize::MAX);
        let (count, most) = (line.chars().count(), self.most);
        if count <= most {
            return Ok(line);
        }
        let Entry {
            name, in_chinese, ..
        } = self;
        Err(Refused::other(
            format!("the {name} is too long: {count} characters, at most {most}"),
            format!("{in_chinese}太长：共{count}字，最多{most}字，请精简。"),
        ))
    }
}

/// The name `by` and the `words`, either of which may be empty; or which of them is too long.
pub fn said(by: &str, words: &str, entry: Entry) -> Result<(String, String), Refused> {
    Ok((NAME.take(by)?, entry.take(words)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_refused_with_both_numbers() {
        let rows = [
            (40, 120, None),
            (
                41,
                120,
                Some("the name is too long: 41 characters, at most 40"),
            ),
            (
                40,
                121,
                Some("the reason is too long: 121 characters, at most 120"),
            ),
        ];
        for (name, reason, expected) in rows {
            let (name, reason) = ("王".repeat(name), "查".repeat(reason));
            let told = said(&name, &format!(" {reason}\n"), REASON);
            match (told, expected) {
                (Ok(taken), None) => assert_eq!(taken, (name, reason)),
                (Err(refused), Some(expected)) => assert_eq!(refused.to_string(), expected),
                (told, expected) => panic!("{told:?} {expected:?}"),
            }
        }
    }
}
