//! An administrator's list of wrong and sensitive expressions, which pages are looked through for.
//! What is found is a candidate for a person, never a verdict.

use serde::{Deserialize, Serialize};

/// The most expressions of a list.
pub const MOST_EXPRESSIONS: usize = 20_000;
/// The longest expression, in characters.
pub const EXPRESSION_CHARS: usize = 40;

/// One expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// As it must not stand on a page.
    pub text: String,
    /// What is the matter with it.
    pub kind: WordKind,
    /// What should stand in its place.
    pub instead: Option<String>,
    /// What a person should know who looks at a hit.
    pub remark: Option<String>,
    /// Longer expressions in which it is right.
    pub unless: Vec<String>,
}

/// What is the matter with an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WordKind {
    /// It is wrong: misspelt, or a name out of date.
    Wrong,
    /// It may be right, and must not be so without a person's look.
    Sensitive,
}

impl WordKind {
    /// Every kind.
    pub const ALL: &[WordKind] = &[WordKind::Wrong, WordKind::Sensitive];

    /// The word of the configuration.
    pub fn key(self) -> &'static str {
        match self {
            WordKind::Wrong => "wrong",
            WordKind::Sensitive => "sensitive",
        }
    }

    /// The word of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            WordKind::Wrong => "错误用语",
            WordKind::Sensitive => "敏感用语",
        }
    }
}
