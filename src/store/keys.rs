//! Keys: fixed length, big-endian, time before column for history.
//!
//! Names of variable length (columns, jobs, addresses) enter as the first half of their SHA-256;
//! the value carries the name in full.

use chrono::Datelike as _;
use sha2::{Digest as _, Sha256};

use crate::alert::incident::{Incident, IncidentKey, Kind, Subject};
use crate::alert::outbox::MessageKey;
use crate::domain::act::Act;
use crate::domain::candidate::{Candidate, Decided, Decision};
use crate::domain::closing::Statement;
use crate::domain::document::Document;
use crate::domain::entry::Entry;
use crate::domain::flag::{Fact, Flag};
use crate::domain::guide::Guide;
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::name::Name;
use crate::domain::target::Target;
use crate::domain::time::{Date, Moment};

/// Half a SHA-256.
pub type Hash = [u8; 16];

const SIGN: u64 = 1 << 63;

/// The hash of `parts`; where one ends matters.
pub fn hash(parts: &[&[u8]]) -> Hash {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(sha.finalize()) {
        *to = from;
    }
    half
}

/// Microseconds since 1970, so that keys sort like instants, also before 1970.
pub fn time(at: Moment) -> [u8; 8] {
    (at.timestamp_micros().cast_unsigned() ^ SIGN).to_be_bytes()
}

/// Like [`time`], the latest first.
pub fn time_down(at: Moment) -> [u8; 8] {
    (!(at.timestamp_micros().cast_unsigned() ^ SIGN)).to_be_bytes()
}

/// The key of a column.
pub fn column(id: &ColumnId) -> Hash {
    hash(&[id.as_str().as_bytes()])
}

/// Time, column.
pub fn observation(at: Moment, column: &Hash) -> Vec<u8> {
    [&time(at)[..], column].concat()
}

/// Column, time descending.
pub fn observation_by_column(column: &Hash, at: Moment) -> Vec<u8> {
    [&column[..], &time_down(at)].concat()
}

/// Column, hash.
pub fn finding(column: &Hash, of: &Hash) -> Vec<u8> {
    [&column[..], of].concat()
}

/// Column, hash of the address, or of the title where there is none, as they were first printed.
pub fn item(item: &Item) -> Vec<u8> {
    let name = match &item.url {
        Some(url) => hash(&[b"url", url.as_bytes()]),
        None => hash(&[b"title", item.title.as_bytes()]),
    };
    [&column(&item.column)[..], &name].concat()
}

/// Column, hash of kind and item; of a burst, of its alert.
pub fn flag(flag: &Flag) -> Vec<u8> {
    let kind = flag.fact.kind().key().as_bytes();
    let which = match &flag.fact {
        Fact::Burst { alerted_at, .. } => hash(&[kind, &time(*alerted_at)]),
        _ => match Name::of(flag.url.as_deref(), &flag.title) {
            Name::Address(address) => hash(&[kind, b"url", address.as_bytes()]),
            Name::Title(title) => hash(&[kind, b"title", title.as_bytes()]),
        },
    };
    [&column(&flag.column)[..], &which].concat()
}

/// Time, hash of what was laid down by whom.
pub fn act(act: &Act) -> Vec<u8> {
    [&time(act.at)[..], &hash(&[act.key().as_bytes()])].concat()
}

/// Site, day.
pub fn site_day(id: &SiteId, on: Date) -> Vec<u8> {
    // Days since the first of January of the year 1; no page is older.
    let number = u32::try_from(on.num_days_from_ce()).unwrap_or(0);
    [&site(id)[..], &number.to_be_bytes()].concat()
}

/// Time, hash of what was entered by whom.
pub fn entry(entry: &Entry) -> Vec<u8> {
    let parts = [entry.site.as_str(), &entry.rule, &entry.period, &entry.by];
    let which = hash(&parts.map(str::as_bytes));
    [&time(entry.at)[..], &which].concat()
}

/// Site, hash of the address.
pub fn target(target: &Target) -> Vec<u8> {
    [&site(&target.site)[..], &hash(&[target.url.as_bytes()])].concat()
}

/// Column, hash of what it is told by.
pub fn letter(letter: &Letter) -> Vec<u8> {
    let name = hash(&[letter.name().as_bytes()]);
    [&column(&letter.column)[..], &name].concat()
}

/// Site, hash of the address.
pub fn guide(guide: &Guide) -> Vec<u8> {
    [&site(&guide.site)[..], &hash(&[guide.url.as_bytes()])].concat()
}

/// Column, hash of the address.
pub fn document(document: &Document) -> Vec<u8> {
    let name = hash(&[document.url.as_bytes()]);
    [&column(&document.column)[..], &name].concat()
}

/// Period.
pub fn period(period: &str) -> Vec<u8> {
    hash(&[period.as_bytes()]).to_vec()
}

/// Period, version.
pub fn closing(of: &str, version: u32) -> Vec<u8> {
    [&period(of)[..], &version.to_be_bytes()].concat()
}

/// Period, version, number.
pub fn closed_piece(of: &str, version: u32, number: u32) -> Vec<u8> {
    [&closing(of, version)[..], &number.to_be_bytes()].concat()
}

/// Time, hash of what was said by whom.
pub fn statement(said: &Statement) -> Vec<u8> {
    let parts = [said.site.as_str(), &said.rule, &said.period, &said.by];
    let which = hash(&parts.map(str::as_bytes));
    [&time(said.at)[..], &which].concat()
}

/// Site, hash of the key.
pub fn candidate(candidate: &Candidate) -> Vec<u8> {
    let key = hash(&[candidate.key().as_bytes()]);
    [&site(&candidate.site)[..], &key].concat()
}

/// Time, hash of what was decided by whom.
pub fn decision(decision: &Decision) -> Vec<u8> {
    let what = match decision.what {
        Decided::Confirmed { serious: true } => "serious",
        Decided::Confirmed { serious: false } => "confirmed",
        Decided::Rejected => "rejected",
        Decided::Commented => "commented",
    };
    let Decision { by, reason, .. } = decision;
    let parts = [
        decision.site.as_str(),
        &decision.candidate,
        by,
        reason,
        what,
    ];
    let which = hash(&parts.map(str::as_bytes));
    [&time(decision.at)[..], &which].concat()
}

/// Subject and kind.
pub fn open_incident(key: &IncidentKey) -> Vec<u8> {
    let of_duty;
    let (sort, name) = match &key.subject {
        Subject::Duty(column, duty) => {
            // No column's name holds a line break.
            of_duty = format!("{column}\n{duty}");
            ("duty", of_duty.as_str())
        }
        Subject::Column(id) => ("column", id.as_str()),
        Subject::Host(host) => ("host", host.as_str()),
        Subject::Site(id) => ("site", id.as_str()),
        Subject::Unit(id) => ("unit", id.as_str()),
        Subject::Monitor => ("monitor", ""),
    };
    let kind = match key.kind {
        Kind::Stale => "stale",
        Kind::Owed => "owed",
        Kind::SelfCheck => "self-check",
        Kind::Blind => "blind",
        Kind::Empty => "empty",
        Kind::Down => "down",
        Kind::Offline => "offline",
        Kind::Trouble => "trouble",
        Kind::Calendar => "calendar",
        Kind::NearVeto => "near-veto",
        Kind::Veto => "veto",
    };
    hash(&[sort.as_bytes(), name.as_bytes(), kind.as_bytes()]).to_vec()
}

/// End, subject, kind and beginning.
pub fn closed_incident(incident: &Incident, ended_at: Moment) -> Vec<u8> {
    let name = open_incident(&incident.key);
    let which = hash(&[&name, &time(incident.began_at)]);
    [&time(ended_at)[..], &which].concat()
}

/// A notice's or message's key.
pub fn by_key(key: &MessageKey) -> Hash {
    hash(&[key.as_str().as_bytes()])
}

/// Creation, key.
pub fn message(created_at: Moment, key: &Hash) -> Vec<u8> {
    [&time(created_at)[..], key].concat()
}

/// The key of a site.
pub fn site(id: &SiteId) -> Vec<u8> {
    hash(&[id.as_str().as_bytes()]).to_vec()
}

/// The key of a host.
pub fn host(host: &str) -> Vec<u8> {
    hash(&[host.as_bytes()]).to_vec()
}

/// The key of a periodic task.
pub fn run(job: &str) -> Vec<u8> {
    hash(&[job.as_bytes()]).to_vec()
}

/// Two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::china;
    use chrono::TimeZone as _;

    fn at(seconds: i64) -> Moment {
        china().timestamp_opt(seconds, 0).unwrap()
    }

    #[test]
    fn keys_sort_like_instants_before_and_after_1970() {
        let instants = [-4_000_000_000, -1, 0, 1, 1_509_674_400, 4_000_000_000];
        for pair in instants.windows(2) {
            assert!(time(at(pair[0])) < time(at(pair[1])), "{pair:?}");
            assert!(time_down(at(pair[0])) > time_down(at(pair[1])), "{pair:?}");
        }
    }

    #[test]
    fn keys_have_one_length_whatever_the_name() {
        for name in ["a", &"b".repeat(64)] {
            let id = column(&ColumnId::parse(name).unwrap());
            assert_eq!(observation(at(5), &id).len(), 24);
            assert_eq!(observation_by_column(&id, at(5)).len(), 24);
            assert_eq!(run(name).len(), 16);
        }
    }

    #[test]
    fn where_a_part_ends_matters() {
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
    }
}
