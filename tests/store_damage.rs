//! A store whose files were cut, flipped, emptied or lost still has every fact that it ever
//! acknowledged, and says what happened to it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "support/facts.rs"]
mod facts;

use std::fs;
use std::path::{Path, PathBuf};

use facts::{Everything, at, change, everything, settings};
use tempfile::TempDir;
use wangxun::store::error::StoreError;
use wangxun::store::handle::{Opening, Store};
use wangxun::store::rebuild::rebuild;
use wangxun::store::verify::verify;

const CHANGES: i64 = 60;
/// Minutes, on the day of the last change.
const NOW: i64 = CHANGES * 40 + 60;
const OPEN_DAY: &str = "journal/2017-11-02.jsonl";

/// A store that was closed in order, and what it answered.
struct Sample {
    dir: TempDir,
    facts: Everything,
}

async fn sample() -> Sample {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&settings(dir.path()), at(0)).await.unwrap();
    for number in 0..CHANGES {
        store.commit(change(number)).await.unwrap();
    }
    let facts = everything(&store, CHANGES).await;
    drop(store);
    // The engine writes its snapshot when it opens what was written before.
    drop(Store::open(&settings(dir.path()), at(0)).await.unwrap());
    Sample { dir, facts }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_all(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), &target).unwrap()),
        }
    }
}

impl Sample {
    fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_all(self.dir.path(), copy.path());
        copy
    }

    /// Opens a damaged copy; every fact must be there, and stay there after one more change and
    /// another restart.
    async fn holds_in(&self, dir: &Path, case: &str) -> (Opening, u64) {
        let (store, opening) = Store::open(&settings(dir), at(NOW))
            .await
            .unwrap_or_else(|error| panic!("{case}: {error:?}"));
        assert!(everything(&store, CHANGES).await == self.facts, "{case}");
        let caught_up = store.health().caught_up;
        store.commit(change(CHANGES)).await.unwrap();
        let after = everything(&store, CHANGES + 1).await;
        drop(store);
        let (store, second) = Store::open(&settings(dir), at(NOW)).await.unwrap();
        assert_eq!(second, Opening::Existing, "{case}");
        assert!(everything(&store, CHANGES + 1).await == after, "{case}");
        (opening, caught_up)
    }
}

fn flip(path: &Path, position: usize, count: usize) {
    let mut bytes = fs::read(path).unwrap();
    for byte in bytes.iter_mut().skip(position).take(count) {
        *byte ^= 0x5A;
    }
    fs::write(path, bytes).unwrap();
}

fn snapshots(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(dir.join("store"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("snap.")
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn no_fact_is_lost_wherever_the_engines_file_is_flipped() {
    let sample = sample().await;
    let bytes = fs::read(sample.dir.path().join("store/db")).unwrap();
    let used: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] != 0).collect();
    let (mut rebuilt, mut behind) = (0, 0);
    let rounds = 48;
    for round in 0..rounds {
        let position = used[round * used.len() / rounds];
        let copy = sample.copy();
        let count = if round % 2 == 0 { 1 } else { 8 };
        flip(&copy.path().join("store/db"), position, count);
        let case = format!("{count} bytes at {position}");
        let (opening, caught_up) = sample.holds_in(copy.path(), &case).await;
        match opening {
            Opening::Rebuilt { aside, why } => {
                assert!(aside.join("db").exists(), "{case}");
                assert!(!why.is_empty(), "{case}");
                rebuilt += 1;
            }
            _ if caught_up > 0 => behind += 1,
            _ => {}
        }
    }
    println!("{rebuilt} built anew, {behind} caught up, of {rounds}");
    assert!(rebuilt + behind > 5, "{rebuilt} and {behind} of {rounds}");
}

#[tokio::test]
async fn no_fact_is_lost_wherever_the_engines_file_is_cut() {
    let sample = sample().await;
    let length = fs::metadata(sample.dir.path().join("store/db"))
        .unwrap()
        .len();
    for eighth in 0..8 {
        let copy = sample.copy();
        let file = fs::File::options()
            .write(true)
            .open(copy.path().join("store/db"))
            .unwrap();
        file.set_len(length * eighth / 8).unwrap();
        drop(file);
        let case = format!("cut to {eighth} eighths");
        sample.holds_in(copy.path(), &case).await;
    }
}

#[tokio::test]
async fn spoilt_snapshots_of_the_engine_are_set_aside_and_nothing_else() {
    let sample = sample().await;
    assert!(!snapshots(sample.dir.path()).is_empty());
    type Spoil = fn(&Path);
    let spoil: [(&str, Spoil); 4] = [
        ("emptied", |path| fs::write(path, b"").unwrap()),
        ("half-written", |path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("flipped", |path| flip(path, 9, 3)),
        ("left over", |path| {
            let name = path.with_extension("FFFF.generating");
            fs::write(name, b"half").unwrap();
        }),
    ];
    for (case, spoil) in spoil {
        let copy = sample.copy();
        for path in snapshots(copy.path()) {
            spoil(&path);
        }
        let (opening, _) = sample.holds_in(copy.path(), case).await;
        assert_eq!(opening, Opening::Existing, "{case}");
    }
}

#[tokio::test]
async fn lost_files_of_the_engine_come_back_from_the_journal() {
    let sample = sample().await;
    for lost in ["store", "store/db"] {
        let copy = sample.copy();
        let path = copy.path().join(lost);
        match path.is_dir() {
            true => fs::remove_dir_all(&path).unwrap(),
            false => fs::remove_file(&path).unwrap(),
        }
        let (opening, _) = sample.holds_in(copy.path(), lost).await;
        let rebuilt = matches!(opening, Opening::Rebuilt { .. });
        assert!(rebuilt, "{lost}: {opening:?}");
    }
}

#[tokio::test]
async fn an_opening_that_died_twice_is_not_tried_a_third_time() {
    let sample = sample().await;
    for (deaths, expected) in [("x", false), ("xx", true)] {
        let copy = sample.copy();
        fs::write(copy.path().join("opening"), deaths).unwrap();
        let (opening, _) = sample.holds_in(copy.path(), deaths).await;
        let rebuilt = matches!(opening, Opening::Rebuilt { .. });
        assert_eq!(rebuilt, expected, "{deaths}: {opening:?}");
    }
}

#[tokio::test]
async fn a_last_line_that_was_torn_leaves_store_and_journal_agreed() {
    let sample = sample().await;
    let whole = fs::read(sample.dir.path().join(OPEN_DAY)).unwrap();
    let start = whole[..whole.len() - 1]
        .iter()
        .rposition(|&byte| byte == b'\n')
        .unwrap()
        + 1;
    for length in [start, start + 1, (start + whole.len()) / 2, whole.len() - 1] {
        let copy = sample.copy();
        fs::write(copy.path().join(OPEN_DAY), &whole[..length]).unwrap();
        let case = format!("torn at {length}");
        sample.holds_in(copy.path(), &case).await;
        let verified = verify(&settings(copy.path())).unwrap();
        assert!(verified.is_sound(), "{case}: {verified:?}");
    }
}

#[tokio::test]
async fn a_torn_line_that_the_store_never_saw_is_cut_off_and_told_by_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&settings(dir.path()), at(0)).await.unwrap();
    store.commit(change(0)).await.unwrap();
    let facts = everything(&store, 1).await;
    drop(store);
    let journal = dir.path().join("journal/2017-11-01.jsonl");
    let whole = fs::read(&journal).unwrap();
    let line = whole.clone();
    for length in (1..line.len() - 2).step_by(97) {
        fs::write(&journal, [&whole[..], &line[..length]].concat()).unwrap();
        let (store, opening) = Store::open(&settings(dir.path()), at(1)).await.unwrap();
        assert_eq!(opening, Opening::Existing);
        assert_eq!(store.health().journal_damage, 0, "{length}");
        assert!(everything(&store, 1).await == facts, "{length}");
        drop(store);
        assert!(fs::read(&journal).unwrap() == whole, "{length}");
    }
}

#[tokio::test]
async fn a_line_flipped_in_the_middle_is_counted_and_what_it_said_is_written_again() {
    let sample = sample().await;
    let copy = sample.copy();
    let journal = copy.path().join(OPEN_DAY);
    let lines = fs::read_to_string(&journal).unwrap();
    let second = lines.find('\n').unwrap() + 200;
    flip(&journal, second, 1);

    let (store, _) = Store::open(&settings(copy.path()), at(NOW)).await.unwrap();
    assert!(store.health().journal_damage > 0);
    assert!(everything(&store, CHANGES).await == sample.facts);
    drop(store);
    // Once is enough.
    let length = fs::metadata(&journal).unwrap().len();
    drop(Store::open(&settings(copy.path()), at(NOW)).await.unwrap());
    assert_eq!(fs::metadata(&journal).unwrap().len(), length);
    // The damaged line is still there, and the journal alone can make the store all the same.
    assert!(
        fs::read(&journal)
            .unwrap()
            .starts_with(&lines.as_bytes()[..second])
    );
    fs::remove_dir_all(copy.path().join("store")).unwrap();
    let (store, opening) = Store::open(&settings(copy.path()), at(NOW)).await.unwrap();
    assert!(matches!(opening, Opening::Rebuilt { .. }));
    assert!(everything(&store, CHANGES).await == sample.facts);
}

#[tokio::test]
async fn a_journal_that_was_lost_is_written_again_from_the_store() {
    let sample = sample().await;
    let copy = sample.copy();
    fs::remove_dir_all(copy.path().join("journal")).unwrap();
    let (opening, _) = sample.holds_in(copy.path(), "no journal").await;
    assert_eq!(opening, Opening::Existing);
    let verified = verify(&settings(copy.path())).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    rebuild(&settings(copy.path()), at(NOW)).unwrap();
    let (store, _) = Store::open(&settings(copy.path()), at(NOW)).await.unwrap();
    assert_eq!(store.messages(usize::MAX).await.unwrap().len(), 61);
}

#[tokio::test]
async fn damage_in_closed_days_costs_its_own_lines_only_and_is_counted() {
    let sample = sample().await;
    let copy = sample.copy();
    let packed = copy.path().join("journal/2017-11-01.jsonl.gz");
    let length = usize::try_from(fs::metadata(&packed).unwrap().len()).unwrap();
    flip(&packed, length / 2, 4);
    let rebuilt = rebuild(&settings(copy.path()), at(NOW)).unwrap();
    assert!(rebuilt.damage.count() > 0);
    let (store, _) = Store::open(&settings(copy.path()), at(NOW)).await.unwrap();
    let messages = store.messages(usize::MAX).await.unwrap();
    assert!((24..60).contains(&messages.len()), "{}", messages.len());
}

/// Replaces the first row of a table by what `spoil` makes of it.
fn spoil_row(dir: &Path, table: &str, spoil: impl Fn(&[u8], &[u8]) -> Vec<u8>) {
    let db = sled::Config::new().path(dir.join("store")).open().unwrap();
    let tree = db.open_tree(table).unwrap();
    let (key, row) = tree.first().unwrap().unwrap();
    tree.insert(&key, spoil(&key, &row)).unwrap();
    db.flush().unwrap();
}

/// The row with a later version and a checksum that fits.
fn of_a_later_version(tag: u8, key: &[u8], row: &[u8]) -> Vec<u8> {
    let mut framed = row[..row.len() - 4].to_vec();
    framed[0] += 1;
    let crc = crc32fast::hash(&[&[tag], key, &framed].concat());
    framed.extend_from_slice(&crc.to_be_bytes());
    framed
}

#[tokio::test]
async fn rows_and_lines_of_a_later_version_are_refused_and_left_as_they_are() {
    let sample = sample().await;
    for (table, tag) in [("records", 0), ("messages", 10), ("state", 16)] {
        let copy = sample.copy();
        spoil_row(copy.path(), table, |key, row| {
            of_a_later_version(tag, key, row)
        });
        for _ in 0..3 {
            let error = Store::open(&settings(copy.path()), at(NOW)).await.err();
            let newer = matches!(error, Some(StoreError::Newer { .. }));
            assert!(newer, "{table}: {error:?}");
        }
        let names: Vec<_> = fs::read_dir(copy.path()).unwrap().collect();
        assert!(names.len() <= 5, "{table}: {names:?}");
    }
    let copy = sample.copy();
    let entry = r#"{"v":1000,"seq":61,"at":"2017-11-03T00:00:00+08:00","unheard-of":[]}"#;
    let crc = crc32fast::hash(entry.as_bytes());
    let line = format!("{{\"crc\":\"{crc:08x}\",\"entry\":{entry}}}\n");
    let journal = copy.path().join(OPEN_DAY);
    let before = fs::read(&journal).unwrap();
    fs::write(&journal, [&before[..], line.as_bytes()].concat()).unwrap();
    let error = Store::open(&settings(copy.path()), at(NOW)).await.err();
    assert!(matches!(error, Some(StoreError::Newer { .. })), "{error:?}");
}

#[tokio::test]
async fn a_damaged_row_is_replaced_from_the_journal_or_else_goes_into_quarantine() {
    let sample = sample().await;
    for table in [
        "records",
        "observations",
        "messages",
        "open-incidents",
        "state",
    ] {
        let copy = sample.copy();
        spoil_row(copy.path(), table, |_, _| b"rubbish".to_vec());
        let (opening, _) = sample.holds_in(copy.path(), table).await;
        assert!(matches!(opening, Opening::Rebuilt { .. }), "{table}");
    }
    // Without the journal the one row is all that is lost.
    let copy = sample.copy();
    spoil_row(copy.path(), "messages", |_, _| b"rubbish".to_vec());
    fs::remove_dir_all(copy.path().join("journal")).unwrap();
    let (store, opening) = Store::open(&settings(copy.path()), at(NOW)).await.unwrap();
    assert_eq!(opening, Opening::Existing);
    assert_eq!(store.health().quarantined, 1);
    assert_eq!(store.messages(usize::MAX).await.unwrap().len(), 59);
    assert_eq!(store.records().await.unwrap(), sample.facts.records);
}
