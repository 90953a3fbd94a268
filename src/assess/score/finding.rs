//! What was found under a rule, and what of it is not counted.

use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::rubric::RuleId;
use crate::domain::candidate::Decision;
use crate::domain::class::Class;
use crate::domain::id::ColumnId;
use crate::domain::time::Date;

/// One find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Find {
    /// What it is about.
    pub about: About,
    /// What was found.
    pub fact: Fact,
    /// What people were asked of it, where they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Box<Asked>>,
}

impl Find {
    /// One of which nobody was asked.
    pub fn of(about: About, fact: Fact) -> Find {
        let asked = None;
        Find { about, fact, asked }
    }
}

/// A candidate that a find was put to people as, and what they decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The candidate's key.
    pub candidate: String,
    /// The decision that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// What a find is about. Two rules never count the same twice where one yields to the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The home page.
    Home,
    /// The site.
    Site,
    /// A column, with its name.
    Column(ColumnId, String),
    /// A class of columns.
    Class(Class),
}

/// A find that is not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// The find.
    pub find: Find,
    /// Why it is not counted.
    pub why: Spared,
}

/// Why a find is not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spared {
    /// It is exempt.
    Exempt {
        /// The last day of the exemption.
        until: Date,
        /// Its key.
        key: String,
    },
    /// Another rule counts it.
    Other(RuleId),
    /// No visit proves it.
    Unproven,
    /// Nobody has confirmed the column's class.
    Unconfirmed,
    /// It was so during the period, and is over at its end.
    Over,
    /// It fell due in another period, and counts there.
    OtherPeriod,
    /// It is shown for completeness.
    Detail,
    /// It is suspected and not certain.
    Suspected,
    /// A person decided otherwise.
    Overruled,
    /// It waits for a person.
    Waiting,
    /// It wants a person's word, and no inspection put it to anybody.
    Unasked,
    /// A person found that it is not so.
    Rejected,
    /// The area of the rule does not apply to the site.
    NotApplying,
}
