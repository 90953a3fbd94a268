//! Stable identifiers: short lower-case words that stay when names change.
//!
//! A unit is renamed, a site moves to another host; the identifier in the configuration stays,
//! and with it the history. Example: unit `kxw`, site `kxw`, column `kxw/gzdt`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest identifier that is accepted, in bytes.
pub const MAX_ID_BYTES: usize = 64;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdFault {
    /// The text is empty.
    #[error("an identifier must not be empty")]
    Empty,
    /// The text is longer than [`MAX_ID_BYTES`].
    #[error("an identifier has at most {MAX_ID_BYTES} characters")]
    TooLong,
    /// The text has a character outside `a-z 0-9 - _ . /`.
    #[error("an identifier is made of a-z, 0-9, '-', '_', '.' and '/', not {0:?}")]
    Character(char),
}

fn check(text: &str) -> Result<(), IdFault> {
    if text.is_empty() {
        return Err(IdFault::Empty);
    }
    if text.len() > MAX_ID_BYTES {
        return Err(IdFault::TooLong);
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_./".contains(c);
    match text.chars().find(|&c| !allowed(c)) {
        Some(c) => Err(IdFault::Character(c)),
        None => Ok(()),
    }
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an identifier; see [`IdFault`] for what is refused.
            pub fn parse(text: &str) -> Result<Self, IdFault> {
                check(text).map(|()| Self(text.to_owned()))
            }

            /// The identifier as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdFault;
            fn try_from(text: String) -> Result<Self, IdFault> {
                check(&text).map(|()| Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

identifier!(
    /// A unit (单位): who answers for columns.
    UnitId
);
identifier!(
    /// A site (网站): one home page and the columns below it.
    SiteId
);
identifier!(
    /// A column (栏目): one list that has an update limit.
    ColumnId
);
identifier!(
    /// A person who may receive messages.
    PersonId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_short_plain_words() {
        assert!(ColumnId::parse("kxw/gzdt").is_ok());
        assert_eq!(ColumnId::parse(""), Err(IdFault::Empty));
        assert_eq!(ColumnId::parse("科信委"), Err(IdFault::Character('科')));
        assert_eq!(ColumnId::parse("A"), Err(IdFault::Character('A')));
        assert_eq!(ColumnId::parse(&"a".repeat(65)), Err(IdFault::TooLong));
    }
}
