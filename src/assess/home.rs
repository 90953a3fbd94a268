//! What a visit changes in what is known of a home page. It is an observation of its own: no
//! column is judged by it.

use super::reach::{after, arrival};
use crate::domain::finding::{Finding, Unreadable};
use crate::domain::home::{HomeBlock, HomeCopy, HomeRecord, Reach};
use crate::domain::id::SiteId;
use crate::domain::note::Note;
use crate::domain::observation::{Blind, Cause, Sight};
use crate::domain::time::Moment;
use crate::domain::visit::Validators;

/// The most copies of a home page that are kept for its record.
const MOST_COPIES: usize = 4;

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
    /// The digest of the page, where one came.
    pub page: Option<String>,
    /// The digest of the page, where it alone tells what was found.
    pub digest: Option<String>,
    /// For the next conditional request.
    pub validators: Validators,
}

/// The record after `seen`. A failure never touches what was read before. Where it names the page
/// that came as a copy, that page is to be kept.
pub fn remember(before: Option<HomeRecord>, site: &SiteId, seen: HomeSight) -> HomeRecord {
    let mut record = before.unwrap_or_else(|| never_visited(site, seen.at));
    record.visited_at = seen.at;
    record.reach = after(record.reach, seen.at, arrival(&seen.sight));
    let finding = match &seen.sight {
        Sight::Failed(failure) => {
            let why = Cause::Failed(failure.clone());
            return blinded(record, seen.at, why);
        }
        Sight::Unchanged(finding) | Sight::Read(finding) => finding.clone(),
    };
    let page = seen.page.clone();
    let copy = page.filter(|_| is_worth_a_copy(&record, &finding));
    let copy = copy.map(|digest| HomeCopy {
        digest,
        seen_at: seen.at,
        finding: finding.clone(),
    });
    let mut record = match seen.sight {
        Sight::Read(_) => updated(record, seen, finding),
        Sight::Unchanged(_) | Sight::Failed(_) => HomeRecord {
            read_at: Some(seen.at),
            ..record
        },
    };
    if let Some(copy) = copy {
        keep(&mut record, copy);
    }
    record
}

/// The record after a page was read anew.
fn updated(record: HomeRecord, seen: HomeSight, finding: Finding) -> HomeRecord {
    let record = HomeRecord {
        blocks: seen.blocks,
        notes: seen.notes,
        ..record
    };
    match (cause(&finding), finding) {
        (None, Finding::Dated(update)) => HomeRecord {
            last_update: Some(update),
            read_at: Some(seen.at),
            blind: None,
            digest: seen.digest,
            validators: seen.validators,
            ..record
        },
        (why, _) => blinded(record, seen.at, why.unwrap_or(NO_LIST)),
    }
}

/// A page without anything to read.
const NO_LIST: Cause = Cause::Unreadable(Unreadable::NoList);

/// Why a page with this finding does not tell its age.
fn cause(finding: &Finding) -> Option<Cause> {
    match finding {
        Finding::Dated(_) => None,
        Finding::Undated(why) => Some(Cause::Undated(*why)),
        Finding::Unreadable(why) => Some(Cause::Unreadable(*why)),
        Finding::Empty => Some(NO_LIST),
    }
}

/// Whether the page says something of which no copy is kept. A date is proven best by the page that
/// first said it; why a page tells none, by that of the present time.
fn is_worth_a_copy(before: &HomeRecord, finding: &Finding) -> bool {
    let kept = before.copies.iter().any(|copy| match finding {
        Finding::Dated(update) => copy.newest_on() == Some(update.on),
        other => copy.finding == *other,
    });
    let known = before.blind.as_ref().map(|blind| &blind.why);
    !kept || cause(finding).is_some_and(|why| known != Some(&why))
}

/// Names a copy, and as few of the older ones as are still of use.
fn keep(record: &mut HomeRecord, copy: HomeCopy) {
    record.copies.insert(0, copy);
    while record.copies.len() > MOST_COPIES {
        let proof = record.proof().cloned();
        let spare = record
            .copies
            .iter()
            .rposition(|copy| Some(copy) != proof.as_ref());
        match spare {
            Some(place) => record.copies.remove(place),
            None => return,
        };
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
        copies: Vec::new(),
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
            page: None,
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

    /// Pages, by what is seen of them.
    type Pages<'a> = &'a [(&'a str, Sight)];

    /// What is read of these pages one after the other, an hour each: the copies that are kept then,
    /// and which of them proves the age.
    fn kept(pages: Pages<'_>) -> (String, Option<String>) {
        let site = SiteId::parse("kxw").unwrap();
        let mut record = None;
        for (hour, (page, sight)) in pages.iter().enumerate() {
            let came = !matches!(sight, Sight::Failed(_));
            let seen = HomeSight {
                page: came.then(|| (*page).to_owned()),
                ..seen(u32::try_from(hour).unwrap(), sight.clone())
            };
            record = Some(remember(record, &site, seen));
        }
        let record = record.unwrap();
        let proof = record.proof().map(|copy| copy.digest.clone());
        let copies = record.copies.iter().map(|copy| copy.digest.as_str());
        (copies.collect::<Vec<_>>().join(" "), proof)
    }

    #[test]
    fn a_copy_is_kept_of_what_first_says_something_and_of_the_proof_always() {
        let read = |on: &str| Sight::Read(dated(on));
        let undated = || Sight::Read(Finding::Undated(Undated::NoDates));
        let shell = || Sight::Read(Finding::Unreadable(Unreadable::Shell));
        let failed = || Sight::Failed(Failure::ConnectTimeout);
        // The pages; what is kept, the newest first; the proof.
        let cases: [(Pages<'_>, &str, Option<&str>); 6] = [
            // The same date again, in another page: the first that said it is the proof.
            (
                &[("a", read("2017-11-03")), ("b", read("2017-11-03"))],
                "a",
                Some("a"),
            ),
            // A record of an older program names no copy: what is as it was will do.
            (
                &[("", failed()), ("a", Sight::Unchanged(dated("2017-11-03")))],
                "a",
                None,
            ),
            // Failing visits bring nothing and take nothing.
            (
                &[
                    ("a", read("2017-11-03")),
                    ("", failed()),
                    ("b", read("2017-11-06")),
                ],
                "b a",
                Some("b"),
            ),
            // Why it cannot be judged is kept once in a row, and anew the next time.
            (
                &[
                    ("a", read("2017-11-03")),
                    ("b", undated()),
                    ("c", undated()),
                    ("d", read("2017-11-03")),
                    ("e", undated()),
                ],
                "e b a",
                Some("a"),
            ),
            // However often that changes, the proof stays.
            (
                &[
                    ("a", read("2017-11-03")),
                    ("b", undated()),
                    ("c", shell()),
                    ("d", undated()),
                    ("e", shell()),
                    ("f", undated()),
                ],
                "f e d a",
                Some("a"),
            ),
            // A newer item that is taken away again: the older page proves the older date.
            (
                &[
                    ("a", read("2017-11-03")),
                    ("b", read("2017-11-06")),
                    ("c", read("2017-11-03")),
                ],
                "b a",
                Some("a"),
            ),
        ];
        for (pages, copies, proof) in cases {
            let found = kept(pages);
            assert_eq!(found, (copies.to_owned(), proof.map(str::to_owned)));
        }
    }
}
