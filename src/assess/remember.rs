//! What a visit changes in what is known of a column.
//!
//! One function: the record before, the observation, the record after. A failure never touches
//! the last known update; a changed row structure whose newest date went backwards is taken for a
//! redesign, not for a deletion of news.

use crate::domain::finding::{Finding, LastUpdate};
use crate::domain::observation::{Blind, Cause, ColumnRecord, Observation, Sight};
use crate::domain::time::Moment;
use crate::domain::visit::Validators;

/// What the reader left beside the finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// The structure of the row group that was read.
    pub signature: Option<String>,
    /// For the next conditional request.
    pub validators: Validators,
    /// When a person last took the list, as it then was, for the column's.
    pub accepted_at: Option<Moment>,
}

/// The record after `seen`.
pub fn remember(before: Option<ColumnRecord>, seen: &Observation, traces: Traces) -> ColumnRecord {
    let mut record = before.unwrap_or_else(|| never_visited(seen));
    record.visited_at = seen.observed_at;
    record.revisit_at = None;
    match &seen.sight {
        Sight::Failed(failure) => blinded(&mut record, seen, Cause::Failed(failure.clone())),
        Sight::Read(finding) | Sight::Unchanged(finding) => match finding {
            Finding::Dated(update) => dated(&mut record, seen, update, traces),
            Finding::Empty => {
                record.blind = None;
                record.read_at = Some(seen.observed_at);
                record.empty_since.get_or_insert(seen.observed_at);
                keep(&mut record, seen, traces);
            }
            Finding::Undated(why) => blinded(&mut record, seen, Cause::Undated(*why)),
            Finding::Unreadable(why) => blinded(&mut record, seen, Cause::Unreadable(*why)),
        },
    }
    record
}

fn never_visited(seen: &Observation) -> ColumnRecord {
    ColumnRecord {
        column: seen.column.clone(),
        last_update: None,
        read_at: None,
        blind: None,
        empty_since: None,
        signature: None,
        digest: None,
        proof: None,
        validators: Validators::default(),
        reader: None,
        visited_at: seen.observed_at,
        revisit_at: None,
    }
}

fn dated(record: &mut ColumnRecord, seen: &Observation, update: &LastUpdate, traces: Traces) {
    let backwards = record
        .last_update
        .as_ref()
        .is_some_and(|known| update.on < known.on);
    let restructured = record.signature.is_some() && record.signature != traces.signature;
    if backwards && restructured && !is_accepted(record, &traces) {
        blinded(record, seen, Cause::Redesigned);
        return;
    }
    record.last_update = Some(update.clone());
    record.read_at = Some(seen.observed_at);
    record.blind = None;
    record.empty_since = None;
    keep(record, seen, traces);
}

/// Whether a person has said, since the list changed, that it is the column's own.
fn is_accepted(record: &ColumnRecord, traces: &Traces) -> bool {
    let suspected = record.blind.as_ref().filter(|_| record.is_redesigned());
    suspected
        .zip(traces.accepted_at)
        .is_some_and(|(blind, accepted_at)| accepted_at >= blind.since)
}

/// Remembers what makes the next visit cheap. Only after a page that was understood: a page that
/// was not is read anew each time.
fn keep(record: &mut ColumnRecord, seen: &Observation, traces: Traces) {
    if traces.signature.is_some() {
        record.signature = traces.signature;
    }
    record.digest.clone_from(&seen.digest);
    record.validators = traces.validators;
}

fn blinded(record: &mut ColumnRecord, seen: &Observation, why: Cause) {
    let before = record.blind.as_ref();
    record.blind = Some(Blind::after(before, seen.observed_at, why));
    record.digest = None;
    record.validators = Validators::default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::{Basis, Evidence, Unreadable};
    use crate::domain::id::ColumnId;
    use crate::domain::time::moment;
    use crate::domain::visit::Failure;

    fn at(hour: u32) -> Moment {
        let day = chrono::NaiveDate::from_ymd_opt(2017, 11, 14).unwrap();
        moment(day.and_hms_opt(hour, 0, 0).unwrap())
    }

    fn seen(hour: u32, sight: Sight) -> Observation {
        Observation {
            column: ColumnId::parse("kxw/gzdt").unwrap(),
            observed_at: at(hour),
            sight,
            rows: 0,
            took_ms: 1,
            digest: Some("d".to_owned()),
            notes: Vec::new(),
        }
    }

    fn dated_on(on: &str) -> Sight {
        Sight::Read(Finding::Dated(LastUpdate {
            on: on.parse().unwrap(),
            basis: Basis::ListRow,
            evidence: Evidence {
                page: String::new(),
                title: String::new(),
                link: None,
                snippet: String::new(),
            },
        }))
    }

    fn signed(signature: &str) -> Traces {
        Traces {
            signature: Some(signature.to_owned()),
            ..Traces::default()
        }
    }

    #[test]
    fn failures_count_and_keep_the_last_update() {
        let record = remember(None, &seen(8, dated_on("2017-11-03")), signed("li"));
        let failed = || Sight::Failed(Failure::ConnectTimeout);
        let record = remember(Some(record), &seen(9, failed()), Traces::default());
        let record = remember(Some(record), &seen(10, failed()), Traces::default());
        let blind = record.blind.clone().unwrap();
        assert_eq!((blind.since, blind.visits), (at(9), 2));
        assert_eq!(
            record.last_update.as_ref().unwrap().on.to_string(),
            "2017-11-03"
        );
        assert_eq!(record.digest, None);
        let record = remember(
            Some(record),
            &seen(11, dated_on("2017-11-03")),
            signed("li"),
        );
        assert_eq!(record.blind, None);
    }

    #[test]
    fn new_structure_with_older_dates_is_a_redesign_and_not_a_deletion() {
        let first = remember(None, &seen(8, dated_on("2017-11-03")), signed("li"));
        let older = || seen(9, dated_on("2017-10-01"));
        let redesigned = remember(Some(first.clone()), &older(), signed("tr"));
        assert_eq!(redesigned.blind.as_ref().unwrap().why, Cause::Redesigned);
        assert_eq!(redesigned.last_update.unwrap().on.to_string(), "2017-11-03");
        let deleted = remember(Some(first.clone()), &older(), signed("li"));
        assert_eq!(deleted.last_update.unwrap().on.to_string(), "2017-10-01");
        let newer = remember(Some(first), &seen(9, dated_on("2017-11-13")), signed("tr"));
        assert_eq!(newer.blind, None);
    }

    #[test]
    fn a_redesign_ends_when_a_person_accepts_it_and_only_that_one() {
        let first = remember(None, &seen(8, dated_on("2017-11-03")), signed("li"));
        let older = |hour| seen(hour, dated_on("2017-10-01"));
        let accepted = |hour| Traces {
            accepted_at: Some(at(hour)),
            ..signed("tr")
        };
        // A word of before the change says nothing about it.
        let redesigned = remember(Some(first), &older(9), accepted(7));
        assert_eq!(redesigned.blind.as_ref().unwrap().why, Cause::Redesigned);
        let still = remember(Some(redesigned.clone()), &older(10), accepted(7));
        assert_eq!(still.blind.as_ref().unwrap().visits, 2);
        let taken = remember(Some(still), &older(12), accepted(11));
        assert_eq!(taken.blind, None);
        assert_eq!(taken.signature.as_deref(), Some("tr"));
        assert_eq!(taken.last_update.unwrap().on.to_string(), "2017-10-01");
    }

    #[test]
    fn an_empty_list_is_empty_since_it_was_first_seen_so() {
        let record = remember(
            None,
            &seen(8, Sight::Read(Finding::Empty)),
            Traces::default(),
        );
        let record = remember(
            Some(record),
            &seen(9, Sight::Read(Finding::Empty)),
            Traces::default(),
        );
        assert_eq!(record.empty_since, Some(at(8)));
        let unreadable = Sight::Read(Finding::Unreadable(Unreadable::Shell));
        let record = remember(Some(record), &seen(10, unreadable), Traces::default());
        assert!(record.blind.is_some());
    }
}
