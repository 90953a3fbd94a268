//! What is remembered of visits: each observation, and what is known of a column now.

use serde::{Deserialize, Serialize};

use super::finding::{Finding, LastUpdate};
use super::id::ColumnId;
use super::note::Note;
use super::time::Moment;
use super::visit::{Failure, Validators};

/// What one visit to a column saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The column that was visited.
    pub column: ColumnId,
    /// When the visit began.
    pub observed_at: Moment,
    /// What was seen.
    pub sight: Sight,
    /// Rows in the list that was read.
    pub rows: usize,
    /// How long the visit took, in milliseconds, all its pages together.
    pub took_ms: u64,
    /// SHA-256 of the list page's body, in hexadecimal, when one was read.
    pub digest: Option<String>,
    /// What the reader noted, at most eight.
    pub notes: Vec<Note>,
}

/// What a visit saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sight {
    /// Pages came back and were read.
    Read(Finding),
    /// The list page is byte for byte what it was, or the server said 304: the earlier finding
    /// holds.
    Unchanged(Finding),
    /// No page came back.
    Failed(Failure),
}

impl Sight {
    /// The finding, if pages were read.
    pub fn finding(&self) -> Option<&Finding> {
        match self {
            Sight::Read(finding) | Sight::Unchanged(finding) => Some(finding),
            Sight::Failed(_) => None,
        }
    }
}

/// What is known of a column after its latest visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRecord {
    /// The column.
    pub column: ColumnId,
    /// The newest dated item by the latest visit that read one.
    pub last_update: Option<LastUpdate>,
    /// When that was read most recently.
    pub read_at: Option<Moment>,
    /// Since when every visit failed to tell, and why; `None` while we see.
    pub blind: Option<Blind>,
    /// Since when the column shows no items at all.
    pub empty_since: Option<Moment>,
    /// The structure of the row group that was read last.
    pub signature: Option<String>,
    /// SHA-256 of the list page's body, hexadecimal.
    pub digest: Option<String>,
    /// SHA-256 of the page copy on which the verdict rests: kept when a visit first read this date, or
    /// this list without items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// For the next conditional request.
    pub validators: Validators,
    /// What stands for the way the page was read: the reader's version, the address, and all that
    /// is configured for it. A digest and validators hold only while it is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// When the latest visit began.
    pub visited_at: Moment,
    /// When a visit is wanted before the schedule's next, to confirm what the latest one saw.
    pub revisit_at: Option<Moment>,
}

impl ColumnRecord {
    /// Whether the list seems to be redesigned, which a person may confirm.
    pub fn is_redesigned(&self) -> bool {
        let blind = self.blind.as_ref();
        blind.is_some_and(|blind| blind.why == Cause::Redesigned)
    }
}

/// Since when and why a column cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blind {
    /// The first visit of the unbroken row of visits that could not tell.
    pub since: Moment,
    /// How many visits in a row.
    pub visits: u32,
    /// How many of them, up to the latest in a row, got no answer from the host at all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub silent: u32,
    /// The latest reason.
    pub why: Cause,
}

impl Blind {
    /// The row of visits that could not tell, after one more at `at`.
    pub fn after(before: Option<&Blind>, at: Moment, why: Cause) -> Blind {
        let (since, visits, silent) = match before {
            Some(blind) => (blind.since, blind.visits.saturating_add(1), blind.silent),
            None => (at, 1, 0),
        };
        // What a firewall answers says that the host lives.
        let silent = match &why {
            Cause::Failed(failure) if failure.is_host_down() => silent.saturating_add(1),
            _ => 0,
        };
        Blind {
            since,
            visits,
            silent,
            why,
        }
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Why a visit could not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// No page came back.
    Failed(Failure),
    /// The page is not the column's list.
    Unreadable(super::finding::Unreadable),
    /// The list has no date that could be trusted.
    Undated(super::finding::Undated),
    /// The structure of the list changed and its dates went backwards.
    Redesigned,
    /// The monitor's own network was down.
    OwnNetwork,
}

impl Cause {
    /// The cause in the words of a report.
    pub fn in_chinese(&self) -> String {
        match self {
            Cause::Failed(failure) => failure.in_chinese(),
            Cause::Unreadable(why) => why.in_chinese().to_owned(),
            Cause::Undated(why) => why.in_chinese().to_owned(),
            Cause::Redesigned => "疑似改版，列表结构变化".to_owned(),
            Cause::OwnNetwork => "监测系统自身网络故障".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    #[test]
    fn visits_without_any_answer_are_counted_apart_from_refusals() {
        let at = moment("2017-11-14T09:00:00".parse().unwrap());
        let (blocked, dead) = (Failure::Blocked(403), Failure::FirstByteTimeout);
        // What each visit met; how many in a row could not tell, and got no answer at all.
        let table = [
            (&blocked, 1, 0),
            (&blocked, 2, 0),
            (&dead, 3, 1),
            (&dead, 4, 2),
            (&blocked, 5, 0),
            (&dead, 6, 1),
        ];
        let mut blind: Option<Blind> = None;
        for (failure, visits, silent) in table {
            let next = Blind::after(blind.as_ref(), at, Cause::Failed(failure.clone()));
            assert_eq!((next.visits, next.silent), (visits, silent));
            blind = Some(next);
        }
    }
}
