//! One line of the journal: `{"crc":"01234567","entry":{…}}`, valid JSON, checksummed.
//!
//! Most visits only confirm what was known, so what repeats is named and not said again (see
//! `phrase`); a confirmation stays short, and each day's file can be read without the others.

use serde::{Deserialize, Serialize};

use super::commit::{Commit, JobRun};
use super::error::StoreError;
use super::phrase::{self, Heard, Said, WireHome, WireItem, WireObservation, WireRecord};
use crate::alert::incident::Incident;
use crate::alert::outbox::{Message, Notice};
use crate::domain::acceptance::Acceptance;
use crate::domain::act::Act;
use crate::domain::candidate::{Candidate, Decision};
use crate::domain::closing::{ClosedPiece, Closing, Statement};
use crate::domain::document::Document;
use crate::domain::entry::Entry as Assessed;
use crate::domain::flag::Flag;
use crate::domain::guide::Guide;
use crate::domain::host::HostRecord;
use crate::domain::inspection::Inspection;
use crate::domain::letter::Letter;
use crate::domain::site_day::SiteDay;
use crate::domain::target::Target;
use crate::domain::time::Moment;

/// The version of the entries.
const VERSION: u32 = 5;

/// The longest line, in bytes.
pub const LINE_LIMIT: usize = 8 * 1024 * 1024;

const BEFORE_CRC: &[u8] = b"{\"crc\":\"";
const BEFORE_ENTRY: &[u8] = b"\",\"entry\":";
const CRC_DIGITS: usize = 8;

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number; numbers have no gaps.
    pub seq: u64,
    /// When it was decided.
    pub at: Moment,
    /// What happened.
    pub fact: Fact,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A change.
    Commit(Box<Commit>),
    /// History older than so many days was dropped from the store.
    Prune {
        /// How many days were kept.
        keep_history_days: u32,
        /// How many of them stay whole: of days before, repeated visits but the latest were dropped.
        /// Entries of earlier versions do not say so, and nothing was.
        whole_days: Option<u32>,
    },
    /// The entries since `from` say again all that the store holds, because earlier lines are
    /// lost or damaged. Whoever builds the store anew begins there.
    Restated {
        /// The number of the first of them.
        from: u64,
    },
}

/// Why a line yields no entry.
#[derive(Debug)]
pub enum LineFault {
    /// The checksum or the form is wrong.
    Damaged,
    /// A later version wrote it.
    Newer(u32),
}

#[derive(Serialize, Deserialize)]
struct WireEntry {
    v: u32,
    seq: u64,
    at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prune: Option<WirePrune>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restated: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    observations: Vec<WireObservation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    records: Vec<WireRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<WireItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hosts: Vec<HostRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    homes: Vec<WireHome>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    acceptances: Vec<Acceptance>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    incidents: Vec<Incident>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notices: Vec<Notice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Message>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    runs: Vec<JobRun>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    acts: Vec<Act>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    days: Vec<SiteDay>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entries: Vec<Assessed>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    inspections: Vec<Inspection>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    targets: Vec<Target>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    letters: Vec<Letter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    guides: Vec<Guide>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    documents: Vec<Document>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    closings: Vec<Closing>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pieces: Vec<ClosedPiece>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    statements: Vec<Statement>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<Candidate>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    decisions: Vec<Decision>,
}

#[derive(Serialize, Deserialize)]
struct WirePrune {
    keep_history_days: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole_days: Option<u32>,
}

/// The line for `entry`, with its line feed.
pub fn write_line(entry: &Entry, said: &mut Said) -> Result<Vec<u8>, StoreError> {
    let payload = serde_json::to_vec(&to_wire(entry, said)?).map_err(phrase::unwritable)?;
    if payload.len() > LINE_LIMIT - 64 {
        return Err(StoreError::TooLarge {
            key: format!("the change decided at {}", entry.at),
            bytes: payload.len(),
            limit: LINE_LIMIT - 64,
        });
    }
    let mut line = Vec::with_capacity(payload.len() + 32);
    line.extend_from_slice(BEFORE_CRC);
    line.extend_from_slice(format!("{:08x}", crc32fast::hash(&payload)).as_bytes());
    line.extend_from_slice(BEFORE_ENTRY);
    line.extend_from_slice(&payload);
    line.extend_from_slice(b"}\n");
    Ok(line)
}

/// The entry of `line` (without its line feed), and how many of its facts name a value that was
/// not heard and so are lost.
pub fn read_line(line: &[u8], heard: &mut Heard) -> Result<(Entry, u64), LineFault> {
    let payload = payload_of(line).ok_or(LineFault::Damaged)?;
    #[derive(Deserialize)]
    struct Head {
        v: u32,
    }
    let head: Head = serde_json::from_slice(payload).map_err(|_| LineFault::Damaged)?;
    if head.v > VERSION {
        return Err(LineFault::Newer(head.v));
    }
    let wire = serde_json::from_slice(payload).map_err(|_| LineFault::Damaged)?;
    Ok(from_wire(wire, heard))
}

/// The number of the entry in `line`, if it is whole.
pub fn seq_of(line: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Head {
        seq: u64,
    }
    let head: Head = serde_json::from_slice(payload_of(line)?).ok()?;
    Some(head.seq)
}

fn payload_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(BEFORE_CRC)?;
    let (crc, rest) = rest.split_at_checked(CRC_DIGITS)?;
    let payload = rest.strip_prefix(BEFORE_ENTRY)?.strip_suffix(b"}")?;
    let expected = format!("{:08x}", crc32fast::hash(payload));
    (crc == expected.as_bytes()).then_some(payload)
}

/// The newest known version of an entry.
pub fn known_version() -> u32 {
    VERSION
}

fn to_wire(entry: &Entry, said: &mut Said) -> Result<WireEntry, StoreError> {
    let mut wire = WireEntry {
        v: VERSION,
        seq: entry.seq,
        at: entry.at,
        prune: None,
        restated: None,
        observations: Vec::new(),
        records: Vec::new(),
        items: Vec::new(),
        flags: Vec::new(),
        hosts: Vec::new(),
        homes: Vec::new(),
        acceptances: Vec::new(),
        incidents: Vec::new(),
        notices: Vec::new(),
        messages: Vec::new(),
        runs: Vec::new(),
        acts: Vec::new(),
        days: Vec::new(),
        entries: Vec::new(),
        inspections: Vec::new(),
        targets: Vec::new(),
        letters: Vec::new(),
        guides: Vec::new(),
        documents: Vec::new(),
        closings: Vec::new(),
        pieces: Vec::new(),
        statements: Vec::new(),
        candidates: Vec::new(),
        decisions: Vec::new(),
    };
    match &entry.fact {
        Fact::Prune {
            keep_history_days,
            whole_days,
        } => {
            wire.prune = Some(WirePrune {
                keep_history_days: *keep_history_days,
                whole_days: *whole_days,
            });
        }
        Fact::Restated { from } => wire.restated = Some(*from),
        Fact::Commit(commit) => {
            for observation in &commit.observations {
                wire.observations
                    .push(phrase::observation_out(observation, said)?);
            }
            for record in &commit.records {
                wire.records.push(phrase::record_out(record, said)?);
            }
            for item in &commit.items {
                wire.items.push(phrase::item_out(item, said)?);
            }
            wire.flags.clone_from(&commit.flags);
            for home in &commit.homes {
                wire.homes.push(phrase::home_out(home, said)?);
            }
            wire.hosts.clone_from(&commit.hosts);
            wire.acceptances.clone_from(&commit.acceptances);
            wire.incidents.clone_from(&commit.incidents);
            wire.notices.clone_from(&commit.notices);
            wire.messages.clone_from(&commit.messages);
            wire.runs.clone_from(&commit.runs);
            wire.acts.clone_from(&commit.acts);
            wire.days.clone_from(&commit.days);
            wire.entries.clone_from(&commit.entries);
            wire.inspections.clone_from(&commit.inspections);
            wire.targets.clone_from(&commit.targets);
            wire.letters.clone_from(&commit.letters);
            wire.guides.clone_from(&commit.guides);
            wire.documents.clone_from(&commit.documents);
            wire.closings.clone_from(&commit.closings);
            wire.pieces.clone_from(&commit.pieces);
            wire.statements.clone_from(&commit.statements);
            wire.candidates.clone_from(&commit.candidates);
            wire.decisions.clone_from(&commit.decisions);
        }
    }
    Ok(wire)
}

fn from_wire(wire: WireEntry, heard: &mut Heard) -> (Entry, u64) {
    let mut lost = 0;
    let mut commit = Commit::at(wire.at);
    for observation in wire.observations {
        gather(
            &mut commit.observations,
            phrase::observation_in(observation, heard),
            &mut lost,
        );
    }
    for record in wire.records {
        gather(
            &mut commit.records,
            phrase::record_in(record, heard),
            &mut lost,
        );
    }
    for item in wire.items {
        gather(&mut commit.items, phrase::item_in(item, heard), &mut lost);
    }
    commit.flags = wire.flags;
    for home in wire.homes {
        gather(&mut commit.homes, phrase::home_in(home, heard), &mut lost);
    }
    commit.hosts = wire.hosts;
    commit.acceptances = wire.acceptances;
    commit.incidents = wire.incidents;
    commit.notices = wire.notices;
    commit.messages = wire.messages;
    commit.runs = wire.runs;
    commit.acts = wire.acts;
    commit.days = wire.days;
    commit.entries = wire.entries;
    commit.inspections = wire.inspections;
    commit.targets = wire.targets;
    commit.letters = wire.letters;
    commit.guides = wire.guides;
    commit.documents = wire.documents;
    commit.closings = wire.closings;
    commit.pieces = wire.pieces;
    commit.statements = wire.statements;
    commit.candidates = wire.candidates;
    commit.decisions = wire.decisions;
    let fact = match (wire.prune, wire.restated) {
        (Some(prune), _) => Fact::Prune {
            keep_history_days: prune.keep_history_days,
            whole_days: prune.whole_days,
        },
        (None, Some(from)) => Fact::Restated { from },
        (None, None) => Fact::Commit(Box::new(commit)),
    };
    let entry = Entry {
        seq: wire.seq,
        at: wire.at,
        fact,
    };
    (entry, lost)
}

fn gather<T>(into: &mut Vec<T>, value: Option<T>, lost: &mut u64) {
    match value {
        Some(value) => into.push(value),
        None => *lost += 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::outbox::Message;
    use crate::domain::home::HomeRecord;
    use crate::domain::item::Item;
    use crate::domain::observation::ColumnRecord;
    use crate::store::apply::StoredObservation;
    use serde::de::DeserializeOwned;

    /// A line as each former version wrote it.
    const FORMER: [&str; 4] = [
        include_str!("shapes-1.jsonl"),
        include_str!("shapes-2.jsonl"),
        include_str!("shapes-3.jsonl"),
        include_str!("shapes-4.jsonl"),
    ];

    #[test]
    fn a_line_of_a_former_version_is_read_and_says_the_same() {
        for former in FORMER {
            let line = former.trim_end().as_bytes();
            let (former, lost) = read_line(line, &mut Heard::default()).unwrap();
            assert_eq!((former.seq, lost), (1, 0));
            let again = write_line(&former, &mut Said::default()).unwrap();
            let (entry, lost) = read_line(again.trim_ascii_end(), &mut Heard::default()).unwrap();
            assert_eq!(lost, 0);
            assert_eq!(entry, former);
        }
    }

    /// One line with every kind of fact, as this version writes it.
    const LINE: &str = include_str!("shapes.jsonl");

    #[test]
    fn a_line_is_read_and_written_again_byte_by_byte() {
        let line = LINE.trim_end().as_bytes();
        let (entry, lost) = read_line(line, &mut Heard::default()).unwrap();
        assert_eq!((entry.seq, lost), (1, 0));
        let Fact::Commit(commit) = &entry.fact else {
            panic!("{entry:?}");
        };
        assert_eq!(commit.observations.len(), 3);
        let singles = [
            commit.records.len(),
            commit.items.len(),
            commit.hosts.len(),
            commit.acceptances.len(),
            commit.homes.len(),
            commit.incidents.len(),
            commit.notices.len(),
            commit.messages.len(),
            commit.runs.len(),
        ];
        assert_eq!(singles, [1; 9]);
        // If this fails, the shape of a stored type has changed: an older program would misread
        // it. Raise the versions here and in `value`, and teach both to read the former shape.
        let again = write_line(&entry, &mut Said::default()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), LINE);
    }

    /// One line with a changed item and a flag.
    const MEMORY: &str = include_str!("shapes-memory.jsonl");

    #[test]
    fn a_line_of_changes_and_flags_is_read_and_written_again_byte_by_byte() {
        let line = MEMORY.trim_end().as_bytes();
        let (entry, lost) = read_line(line, &mut Heard::default()).unwrap();
        let Fact::Commit(commit) = &entry.fact else {
            panic!("{entry:?}");
        };
        let [item] = commit.items.as_slice() else {
            panic!("{:?}", commit.items);
        };
        assert_eq!((lost, item.changes.len(), commit.flags.len()), (0, 1, 1));
        let again = write_line(&entry, &mut Said::default()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), MEMORY);
    }

    /// One line with every kind of act.
    const ACTS: &str = include_str!("shapes-acts.jsonl");

    #[test]
    fn a_line_of_acts_is_read_and_written_again_byte_by_byte() {
        let line = ACTS.trim_end().as_bytes();
        let (entry, lost) = read_line(line, &mut Heard::default()).unwrap();
        let Fact::Commit(commit) = &entry.fact else {
            panic!("{entry:?}");
        };
        assert_eq!((lost, commit.acts.len()), (0, 13));
        let again = write_line(&entry, &mut Said::default()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), ACTS);
    }

    /// One line with all that is told of sites as a whole and of duties.
    const SITES: &str = include_str!("shapes-sites.jsonl");

    #[test]
    fn a_line_of_sites_and_duties_is_read_and_written_again_byte_by_byte() {
        let line = SITES.trim_end().as_bytes();
        let (entry, lost) = read_line(line, &mut Heard::default()).unwrap();
        let Fact::Commit(commit) = &entry.fact else {
            panic!("{entry:?}");
        };
        let all = (commit.incidents.len(), commit.notices.len());
        assert_eq!((lost, all), (0, (6, 5)));
        let again = write_line(&entry, &mut Said::default()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), SITES);
    }

    /// One line with a home page of which copies are kept.
    const COPIES: &str = include_str!("shapes-copies.jsonl");

    #[test]
    fn a_line_of_copies_of_a_home_page_is_read_and_written_again_byte_by_byte() {
        let line = COPIES.trim_end().as_bytes();
        let (entry, lost) = read_line(line, &mut Heard::default()).unwrap();
        let Fact::Commit(commit) = &entry.fact else {
            panic!("{entry:?}");
        };
        let [home] = commit.homes.as_slice() else {
            panic!("{entry:?}");
        };
        assert_eq!((lost, home.copies.len()), (0, 2));
        assert_eq!(home.proof(), home.copies.last());
        let again = write_line(&entry, &mut Said::default()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), COPIES);
        let row = serde_json::to_string(home).unwrap();
        let read: HomeRecord = serde_json::from_str(&row).unwrap();
        assert_eq!(read, *home);
    }

    /// One line with what people enter, close, say and decide for the assessment.
    const ASSESSED: &str = include_str!("shapes-assessed.jsonl");

    #[test]
    fn a_line_of_an_assessment_is_read_and_written_again_byte_by_byte() {
        let line = ASSESSED.trim_end().as_bytes();
        let (entry, lost) = read_line(line, &mut Heard::default()).unwrap();
        let Fact::Commit(commit) = &entry.fact else {
            panic!("{entry:?}");
        };
        let entered = (commit.entries.len(), commit.closings.len());
        assert_eq!((lost, entered, commit.statements.len()), (0, (2, 1), 1));
        let judged = (commit.candidates.len(), commit.decisions.len());
        assert_eq!((commit.pieces.len(), judged), (1, (5, 3)));
        let again = write_line(&entry, &mut Said::default()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), ASSESSED);
    }

    /// One line with all that inspections saw.
    const INSPECTED: &str = include_str!("shapes-inspected.jsonl");

    #[test]
    fn a_line_of_inspections_is_read_and_written_again_byte_by_byte() {
        let line = INSPECTED.trim_end().as_bytes();
        let (entry, lost) = read_line(line, &mut Heard::default()).unwrap();
        let Fact::Commit(commit) = &entry.fact else {
            panic!("{entry:?}");
        };
        let seen = [
            commit.inspections.len(),
            commit.targets.len(),
            commit.letters.len(),
            commit.guides.len(),
            commit.documents.len(),
        ];
        assert_eq!((lost, seen), (0, [1, 1, 2, 2, 1]));
        let again = write_line(&entry, &mut Said::default()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), INSPECTED);
    }

    #[test]
    fn rows_are_read_and_written_again_byte_by_byte() {
        fn same<T: Serialize + DeserializeOwned>(row: &str) {
            let value: T = serde_json::from_str(row).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), row);
        }
        same::<ColumnRecord>(RECORD);
        same::<ColumnRecord>(&RECORD.replace(
            "\"visited_at\"",
            "\"reader\":\"0123456789abcdef\",\"visited_at\"",
        ));
        same::<ColumnRecord>(&RECORD.replace("list-row", "own-rules"));
        same::<Item>(ITEM);
        same::<Item>(CHANGED);
        let at = r#""2017-11-01T00:00:00+08:00""#;
        for fact in [
            format!(r#"{{"back-dated":{{"claimed_on":"2017-10-01","first_seen_at":{at},"absent_at":{at},"usual_days":2}}}}"#),
            format!(r#"{{"re-dated":{{"claimed_on":"2017-11-01","previous_on":"2017-10-01","first_seen_at":{at}}}}}"#),
            r#"{"republished":{"claimed_on":"2017-11-01","previous_on":"2017-10-01","previous_url":null}}"#.to_owned(),
            format!(r#"{{"burst":{{"alerted_at":{at},"items":3}}}}"#),
            r#"{"future-date":{"claimed_on":"2018-11-01"}}"#.to_owned(),
        ] {
            same::<Flag>(&format!(
                r#"{{"column":"kxw/gzdt","title":"t","url":null,"raised_at":{at},"fact":{fact}}}"#
            ));
        }
        // What later versions added is left out where it is empty.
        same::<Message>(MESSAGE);
        same::<HostRecord>(HOST);
        same::<HomeRecord>(HOME);
        same::<HomeRecord>(&HOME.replace(
            "\"visited_at\"",
            "\"reader\":\"0123456789abcdef\",\"visited_at\"",
        ));
        same::<HomeRecord>(&HOME.replace(
            "\"visited_at\"",
            r#""copies":[{"digest":"ab","seen_at":"2017-11-01T00:00:00+08:00","finding":{"undated":"no-dates"}}],"visited_at""#,
        ));
        same::<Acceptance>(ACCEPTANCE);
        for sight in [
            r#"{"read":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}"#,
            r#"{"unchanged":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}"#,
            r#"{"failed":{"status":502}}"#,
        ] {
            same::<StoredObservation>(&format!(
                r#"{{"column":"kxw/gzdt","observed_at":"2017-11-01T00:00:00+08:00","sight":{sight},"rows":20,"took_ms":321,"digest":"ab","notes":[{{"code":"head-row"}},"n"]}}"#
            ));
        }
    }

    #[test]
    fn what_names_a_value_from_a_lost_line_is_lost_and_never_mistaken() {
        let (entry, _) = read_line(LINE.trim_end().as_bytes(), &mut Heard::default()).unwrap();
        let mut said = Said::default();
        let first = write_line(&entry, &mut said).unwrap();
        let second = write_line(&entry, &mut said).unwrap();
        assert!(second.len() < first.len());
        let second = second.strip_suffix(b"\n").unwrap();
        let (read, lost) = read_line(second, &mut Heard::default()).unwrap();
        let Fact::Commit(commit) = read.fact else {
            panic!("{read:?}");
        };
        // Three observations, the record, the item and the home page are named only.
        assert_eq!(lost, 6);
        assert!(commit.observations.is_empty() && commit.items.is_empty());
        assert_eq!(commit.messages.len(), 1);
    }

    #[test]
    fn a_line_that_was_not_written_leaves_no_numbers_behind() {
        let (entry, _) = read_line(LINE.trim_end().as_bytes(), &mut Heard::default()).unwrap();
        let mut said = Said::default();
        let first = write_line(&entry, &mut said).unwrap();
        said.forget();
        let again = write_line(&entry, &mut said).unwrap();
        let (read, lost) =
            read_line(again.strip_suffix(b"\n").unwrap(), &mut Heard::default()).unwrap();
        assert_eq!((read, lost), (entry, 0));
        assert!(again.len() >= first.len());
    }

    const MESSAGE: &str = r#"{"key":"9f8fe3b8183d3a0cbba998b554b13853","person":"qun","route":"robot","subject":"","text":"【网巡】“工作动态”已超期3天。","words":{"wording":"overdue","values":{"column":"工作动态","overdue_days":"3"}},"tier":"overdue","notices":["70eaea389baf128ca3f1526213785ccf"],"urgent":false,"created_at":"2017-11-01T00:00:00+08:00","expires_at":"2017-11-02T00:00:00+08:00","attempts":1,"next_attempt_at":"2017-11-01T00:00:00+08:00","delivery":{"delivered":{"at":"2017-11-01T00:00:00+08:00","receipt":"r0"}}}"#;
    const RECORD: &str = r##"{"column":"kxw/gzdt","last_update":{"on":"2017-11-01","basis":"list-row","evidence":{"page":"http://kxw.example.cn/gzdt/","title":"区科信委召开2017-11-01工作会议","link":"http://kxw.example.cn/gzdt/2017-11-01.html","snippet":"[2017-11-01]"}},"read_at":"2017-11-01T00:00:00+08:00","blind":{"since":"2017-11-01T00:00:00+08:00","visits":2,"why":{"undated":"year-unknown"}},"empty_since":null,"signature":"ul.list>li","digest":"abababababababababababababababababababababababababababababababab","validators":{"etag":"\"5a3f\"","last_modified":null},"visited_at":"2017-11-01T00:00:00+08:00","revisit_at":"2017-11-01T00:30:00+08:00"}"##;
    const CHANGED: &str = r##"{"column":"kxw/gzdt","title":"关于第0项工作的通知","url":null,"claimed_on":"2017-11-01","first_seen_at":"2017-11-01T00:00:00+08:00","witnessed":true,"changes":[{"seen_at":"2017-11-01T00:00:00+08:00","claimed_on":"2017-10-01","title":"关于工作的通知"}]}"##;
    const HOST: &str = r##"{"host":"kxw.example.cn","probed_at":"2017-11-01T00:00:00+08:00","missing":{"url":"http://kxw.example.cn/404.html","moved":true,"title":"某某区","length":120,"lines":[7,4000000000]}}"##;
    const HOME: &str = r##"{"site":"kxw","last_update":null,"read_at":"2017-11-01T00:00:00+08:00","blind":null,"blocks":[{"heading":"通知公告","newest":"2017-11-01","rows":6}],"notes":["n"],"digest":"ab","validators":{"etag":null,"last_modified":null},"visited_at":"2017-11-01T00:00:00+08:00"}"##;
    const ACCEPTANCE: &str = r##"{"column":"kxw/gzdt","by":"张三","reason":"栏目改版","at":"2017-11-01T00:00:00+08:00"}"##;
    const ITEM: &str = r##"{"column":"kxw/gzdt","title":"关于第0项工作的通知","url":"http://kxw.example.cn/0.html","claimed_on":"2017-11-01","first_seen_at":"2017-11-01T00:00:00+08:00"}"##;
}
