//! What is proposed for a site: its columns with what speaks for and against them, and what was
//! left out with the reason.

use url::Url;

use super::gaps::Gaps;
use super::met::Way;
use crate::domain::class::Class;
use crate::domain::dictionary::Hit;
use crate::domain::time::Date;

/// Everything that is proposed for a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposals {
    /// The site.
    pub site: SiteSeen,
    /// The columns, the surest first.
    pub columns: Vec<Proposal>,
    /// Lists that only repeat the rows of columns below them.
    pub parents: Vec<Parent>,
    /// Pages that are no columns, with the reason.
    pub passed_over: Vec<Remark>,
    /// Pages that could not be read, with the reason.
    pub unread: Vec<Remark>,
}

/// The site as it presents itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteSeen {
    /// Its name.
    pub name: Option<String>,
    /// Who answers for it.
    pub sponsor: Option<String>,
    /// Its identification code.
    pub code: Option<String>,
}

/// How sure a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Nothing speaks against it.
    High,
    /// One doubt.
    Medium,
    /// Several doubts.
    Low,
}

/// Where the class comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassBy {
    /// The page states a `ColumnType` that the dictionary knows.
    Stated(Hit),
    /// The name stands in the dictionary, or contains one of its words.
    Named(Hit),
    /// Nothing is known; it is a guess.
    Guess,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its name.
    pub name: String,
    /// Its list page.
    pub url: Url,
    /// Its class.
    pub class: Class,
    /// Where the class comes from.
    pub by: ClassBy,
    /// How it was met.
    pub ways: Vec<(Way, String)>,
    /// Whether the page states its name in `ColumnName`.
    pub states_name: bool,
    /// Whether it has a trail.
    pub has_trail: bool,
    /// Rows with a date.
    pub dated: usize,
    /// All rows.
    pub rows: usize,
    /// The newest date.
    pub newest: Option<Date>,
    /// The gaps between the dates that the rows show.
    pub gaps: Option<Gaps>,
    /// Whether it has no items at all.
    pub is_empty: bool,
    /// What speaks against it.
    pub doubts: Vec<String>,
    /// Further addresses of the same page.
    pub also: Vec<Url>,
}

/// A list whose rows are those of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The list.
    pub list: Proposal,
    /// The names of the columns that it repeats.
    pub children: Vec<String>,
}

/// A page that is not proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub url: Url,
    /// Why it is not proposed.
    pub why: String,
}

impl Confidence {
    /// The mark.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Confidence::High => "高",
            Confidence::Medium => "中",
            Confidence::Low => "低",
        }
    }
}

impl Proposal {
    /// How sure it is.
    pub fn confidence(&self) -> Confidence {
        match self.doubts.len() {
            0 => Confidence::High,
            1 => Confidence::Medium,
            _ => Confidence::Low,
        }
    }

    /// Whether the class may be judged by before a person has looked.
    pub fn is_class_sure(&self) -> bool {
        match self.by {
            ClassBy::Stated(hit) | ClassBy::Named(hit) => hit.is_sure(),
            ClassBy::Guess => false,
        }
    }
}
