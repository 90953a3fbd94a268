//! Acts of people: what somebody laid down about columns or the whole monitor, when and why.
//!
//! An act is a fact and stays as it was laid down. What is in force now (an exemption that runs,
//! an answer that holds) is worked out from all acts and the day; nothing has to be tidied up
//! when one of them lapses.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::group::Column;
use super::id::{ColumnId, PersonId, SiteId, UnitId};
use super::time::{Date, Moment};

/// The longest name of a person who acts, in characters.
pub const NAME_CHARS: usize = 40;
/// The longest reason, in characters.
pub const REASON_CHARS: usize = 120;
/// The hexadecimal digits of a key.
const KEY_DIGITS: usize = 8;

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When it was laid down.
    pub at: Moment,
    /// By whom, as given: at most [`NAME_CHARS`] characters on one line.
    pub by: String,
    /// Why, as given: at most [`REASON_CHARS`] characters on one line; may be empty.
    pub reason: String,
    /// Who approved an exemption, where that is another than who laid it down: at most
    /// [`NAME_CHARS`] characters on one line. No part of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
    /// What.
    pub deed: Deed,
}

/// What was laid down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Columns are exempt (报备) on the days `from` to `until`.
    Exempted {
        /// Which columns.
        scope: Scope,
        /// On which ground.
        ground: Ground,
        /// The first day.
        from: Date,
        /// The last day.
        until: Date,
        /// Whether they rest besides: nothing of the site is visited on these days.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        paused: bool,
    },
    /// An exemption ended before its last day.
    ExemptionEnded {
        /// Its key.
        key: String,
    },
    /// The unit answered: the column will be updated until the end of a day.
    Answered {
        /// The column.
        column: ColumnId,
        /// What it owes by a day, by the word that names it; else its limit is answered for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duty: Option<String>,
        /// When the incident began that is answered; the answer ends with it.
        began_at: Moment,
        /// The last day of the answer.
        until: Date,
        /// The digest of the link in a message by which it came; else by command line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_link: Option<String>,
    },
    /// Messages about columns wait.
    Held {
        /// Which columns.
        scope: Scope,
        /// Until when.
        until: Moment,
    },
    /// Messages about columns wait no longer.
    HoldLifted {
        /// Which columns.
        scope: Scope,
    },
    /// A proposed escalation was let out.
    EscalationReleased {
        /// The column.
        column: ColumnId,
    },
    /// Columns were to be visited at once.
    VisitWanted {
        /// Which columns.
        scope: Scope,
    },
    /// A test message was sent.
    TestSent {
        /// To whom.
        person: PersonId,
        /// Whether its transport took it.
        taken: bool,
    },
    /// The installation began its trial run: units hear nothing.
    TrialBegan,
    /// The installation went live.
    WentLive,
}

/// Which columns an act is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One column.
    Column(ColumnId),
    /// All columns that a site shows.
    Site(SiteId),
    /// All columns that a unit answers for, on whatever site.
    Unit(UnitId),
}

/// Why columns are exempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// An announced maintenance or redesign.
    Maintenance,
    /// A person confirmed that there was nothing to publish.
    NothingDue,
    /// Another approved reason.
    Approved,
}

impl Act {
    /// The short name by which people refer to it: eight hexadecimal digits.
    pub fn key(&self) -> String {
        // A deed is plain data: it can always be written.
        let deed = serde_json::to_vec(&self.deed).unwrap_or_default();
        let mut sha = Sha256::new();
        for part in [self.at.to_rfc3339().as_bytes(), self.by.as_bytes(), &deed] {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part);
        }
        let hex = sha
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        hex.chars().take(KEY_DIGITS).collect()
    }
}

impl Deed {
    /// Its kind, as a word of the interface.
    pub fn key(&self) -> &'static str {
        match self {
            Deed::Exempted { .. } => "exempted",
            Deed::ExemptionEnded { .. } => "exemption-ended",
            Deed::Answered { .. } => "answered",
            Deed::Held { .. } => "held",
            Deed::HoldLifted { .. } => "hold-lifted",
            Deed::EscalationReleased { .. } => "escalation-released",
            Deed::VisitWanted { .. } => "visit-wanted",
            Deed::TestSent { .. } => "test-sent",
            Deed::TrialBegan => "trial-began",
            Deed::WentLive => "went-live",
        }
    }
}

impl Scope {
    /// Whether `column` is among them.
    pub fn covers(&self, column: &Column) -> bool {
        match self {
            Scope::Column(id) => *id == column.id,
            Scope::Site(id) => *id == column.site,
            Scope::Unit(id) => *id == column.unit,
        }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scope::Column(id) => write!(f, "column {id}"),
            Scope::Site(id) => write!(f, "site {id}"),
            Scope::Unit(id) => write!(f, "unit {id}"),
        }
    }
}

impl Ground {
    /// The ground in the words of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Ground::Maintenance => "维护或改版",
            Ground::NothingDue => "本期无应发布内容",
            Ground::Approved => "经批准",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    #[test]
    fn the_key_of_an_act_never_changes_and_tells_acts_apart() {
        let act = |by: &str| Act {
            approver: None,
            at: moment("2017-11-14T09:00:00".parse().unwrap()),
            by: by.to_owned(),
            reason: "改版".to_owned(),
            deed: Deed::Exempted {
                scope: Scope::Column(ColumnId::parse("kxw/gzdt").unwrap()),
                ground: Ground::Maintenance,
                from: "2017-11-14".parse().unwrap(),
                until: "2017-11-20".parse().unwrap(),
                paused: false,
            },
        };
        let key = act("张").key();
        assert_eq!(key.len(), KEY_DIGITS);
        assert_eq!(key, act("张").key());
        assert_ne!(key, act("李").key());
    }
}
