//! What a visit changes in what is known of a home page. It is an observation of its own: no
//! column is judged by it.

use super::reach::{after, arrival};
use crate::domain::finding::{Finding, Unreadable};
use crate::domain::home::{HomeBlock, HomeRecord, Reach};
use crate::domain::id::SiteId;
use crate::domain::note::Note;
use crate::domain::observation::{Blind, Cause, Sight};
use crate::domain::time::Moment;
use crate::domain::visit::Validators;

/// What one visit to a home page saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeSight {
    /// When it began.
    pub at: Moment,
    /// What was seen.
    pub sight: Sight,
    /// The blocks, where the page was read.
    pub blocks: Vec<HomeBlock>,
    /// What the reader noted.
    pub notes: Vec<Note>,
    /// The digest of the page, where it alone tells what was found.
    pub digest: Option<String>,
    /// For the next conditional request.
    pub validators: Validators,
}

/// The record after `seen`. A failure never touches what was read before.
pub fn remember(before: Option<HomeRecord>, site: &SiteId, seen: HomeSight) -> HomeRecord {
    let mut record = before.unwrap_or_else(|| never_visited(site, seen.at));
    record.visited_at = seen.at;
    record.reach = after(record.reach, seen.at, arrival(&seen.sight));
    let finding = match seen.sight {
        Sight::Failed(failure) => return blinded(record, seen.at, Cause::Failed(failure)),
        Sight::Unchanged(_) => {
            record.read_at = Some(seen.at);
            return record;
        }
        Sight::Read(finding) => finding,
    };
    record.blocks = seen.blocks;
    record.notes = seen.notes;
    match finding {
        Finding::Dated(update) => {
            record.last_update = Some(update);
            record.read_at = Some(seen.at);
            record.blind = None;
            record.digest = seen.digest;
            record.validators = seen.validators;
            record
        }
        Finding::Undated(why) => blinded(record, seen.at, Cause::Undated(why)),
        Finding::Unreadable(why) => blinded(record, seen.at, Cause::Unreadable(why)),
        Finding::Empty => blinded(record, seen.at, Cause::Unreadable(Unreadable::NoList)),
    }
}

fn never_visited(site: &SiteId, at: Moment) -> HomeRecord {
    HomeRecord {
        site: site.clone(),
        last_update: None,
        read_at: None,
        blind: None,
        blocks: Vec::new(),
        notes: Vec::new(),
        digest: None,
        validators: Validators::default(),
        reader: None,
        visited_at: at,
        reach: Reach::default(),
    }
}

fn blinded(mut record: HomeRecord, at: Moment, why: Cause) -> HomeRecord {
    record.blind = Some(Blind::after(record.blind.as_ref(), at, why));
    record.digest = None;
    record.validators = Validators::default();
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::{Basis, Evidence, LastUpdate, Undated};
    use crate::domain::time::moment;
    use crate::domain::visit::Failure;

    fn at(hour: u32) -> Moment {
        let day = chrono::NaiveDate::from_ymd_opt(2017, 11, 14).unwrap();
        moment(day.and_hms_opt(hour, 0, 0).unwrap())
    }

    fn dated(on: &str) -> Finding {
        Finding::Dated(LastUpdate {
            on: on.parse().unwrap(),
            basis: Basis::ListRow,
            evidence: Evidence {
                page: String::new(),
                title: String::new(),
                link: None,
                snippet: String::new(),
            },
        })
    }

    fn seen(hour: u32, sight: Sight) -> HomeSight {
        HomeSight {
            at: at(hour),
            sight,
            blocks: vec![HomeBlock {
                heading: "通知公告".to_owned(),
                newest: None,
                rows: 6,
            }],
            notes: Vec::new(),
            digest: Some("d".to_owned()),
            validators: Validators::default(),
        }
    }

    #[test]
    fn failures_count_and_keep_what_was_read() {
        let site = SiteId::parse("kxw").unwrap();
        let next = |before, seen| remember(Some(before), &site, seen);
        let first = remember(None, &site, seen(8, Sight::Read(dated("2017-11-03"))));
        assert_eq!(
            (first.blind.as_ref(), first.digest.as_deref()),
            (None, Some("d"))
        );
        let same = next(first, seen(9, Sight::Unchanged(dated("2017-11-03"))));
        assert_eq!(
            (same.read_at, same.digest.as_deref()),
            (Some(at(9)), Some("d"))
        );
        let mut nothing = seen(10, Sight::Failed(Failure::ConnectTimeout));
        nothing.blocks = Vec::new();
        let failed = next(same, nothing);
        let undated = Sight::Read(Finding::Undated(Undated::NoDates));
        let failed = next(failed, seen(11, undated));
        let blind = failed.blind.clone().unwrap();
        assert_eq!((blind.since, blind.visits), (at(10), 2));
        assert_eq!(blind.why, Cause::Undated(Undated::NoDates));
        assert_eq!(
            failed.last_update.as_ref().unwrap().on.to_string(),
            "2017-11-03"
        );
        assert_eq!((failed.blocks.len(), failed.digest.as_deref()), (1, None));
        let again = next(failed, seen(12, Sight::Read(dated("2017-11-14"))));
        assert_eq!(again.blind, None);
    }
}
