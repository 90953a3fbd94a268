//! Flags: what the comparison of claim and observation shows of an item. Facts for the operator
//! to look at, never accusations, and never a matter for a message to a unit.

use serde::{Deserialize, Serialize};

use super::id::ColumnId;
use super::time::{Date, Moment};

/// One observation that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// The column.
    pub column: ColumnId,
    /// The item's title; of a burst, its newest item's.
    pub title: String,
    /// The item's address, if it has one.
    pub url: Option<String>,
    /// When the visit that saw it began.
    pub raised_at: Moment,
    /// What was seen.
    pub fact: Fact,
}

/// What was seen, with the two facts that were compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// Seen for the first time long after the date that it claims.
    BackDated {
        /// The claim.
        claimed_on: Date,
        /// When it was first seen.
        first_seen_at: Moment,
        /// The last reading of the list that did not have it.
        absent_at: Moment,
        /// The days between claim and first sight that are usual in the column.
        usual_days: u32,
    },
    /// The same item claims another date than before.
    ReDated {
        /// The claim now.
        claimed_on: Date,
        /// The claim before.
        previous_on: Date,
        /// When the item was first seen.
        first_seen_at: Moment,
    },
    /// A title that was seen before stands at another address with a newer date.
    Republished {
        /// The claim now.
        claimed_on: Date,
        /// The claim of the item seen before.
        previous_on: Date,
        /// The address of the item seen before.
        previous_url: Option<String>,
    },
    /// Several items were first seen within a day after an alert about the column.
    Burst {
        /// When the alert was accepted for delivery.
        alerted_at: Moment,
        /// How many items.
        items: u32,
    },
    /// The date that stands at the item lies more than a day ahead.
    FutureDate {
        /// The date.
        claimed_on: Date,
    },
}

/// The sorts of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlagKind {
    /// [`Fact::BackDated`]
    BackDated,
    /// [`Fact::ReDated`]
    ReDated,
    /// [`Fact::Republished`]
    Republished,
    /// [`Fact::Burst`]
    Burst,
    /// [`Fact::FutureDate`]
    FutureDate,
}

impl Fact {
    /// Its sort.
    pub fn kind(&self) -> FlagKind {
        match self {
            Fact::BackDated { .. } => FlagKind::BackDated,
            Fact::ReDated { .. } => FlagKind::ReDated,
            Fact::Republished { .. } => FlagKind::Republished,
            Fact::Burst { .. } => FlagKind::Burst,
            Fact::FutureDate { .. } => FlagKind::FutureDate,
        }
    }
}

impl FlagKind {
    /// Every sort.
    pub const ALL: [FlagKind; 5] = [
        FlagKind::BackDated,
        FlagKind::ReDated,
        FlagKind::Republished,
        FlagKind::Burst,
        FlagKind::FutureDate,
    ];

    /// The word used in metrics and keys.
    pub fn key(self) -> &'static str {
        match self {
            FlagKind::BackDated => "back-dated",
            FlagKind::ReDated => "re-dated",
            FlagKind::Republished => "republished",
            FlagKind::Burst => "burst",
            FlagKind::FutureDate => "future-date",
        }
    }

    /// The fact in a few words of a report. It states what was seen and blames nobody.
    pub fn in_chinese(self) -> &'static str {
        match self {
            FlagKind::BackDated => "首次发现晚于标注日期",
            FlagKind::ReDated => "标注日期有变动",
            FlagKind::Republished => "同题条目以新日期出现",
            FlagKind::Burst => "通知后集中出现",
            FlagKind::FutureDate => "标注日期在未来",
        }
    }
}
