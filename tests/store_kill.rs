//! A process that is killed in the middle of its work loses nothing that it acknowledged.
//!
//! The test runs itself again as a child that commits without end and prints what was
//! acknowledged; it is killed after a number of lines, so at any point between two of them.
#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "support/facts.rs"]
mod facts;
#[path = "support/failpoint.rs"]
mod failpoint;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use facts::{at, change, everything, settings};
use failpoint::Failpoint;
use wangxun::store::handle::{Opening, Store};
use wangxun::store::verify::verify;

const CHILD: &str = "WANGXUN_TEST_STORE";
/// Whether the child's store writes its files anew whenever it prunes.
const ANEW: &str = "WANGXUN_TEST_ANEW";

/// How many changes the child prunes after.
const PRUNE_EVERY: i64 = 25;
/// The same where its files are written anew then.
const ANEW_EVERY: i64 = 3;

#[tokio::test]
#[ignore = "the child of the other tests"]
async fn child() {
    let dir = std::env::var_os(CHILD).unwrap();
    let is_anew = std::env::var_os(ANEW).is_some();
    let mut settings = settings(Path::new(&dir));
    let every = match is_anew {
        true => ANEW_EVERY,
        false => PRUNE_EVERY,
    };
    if is_anew {
        settings.anew_above_bytes = 0;
    }
    let (store, _) = Store::open(&settings, at(0)).await.unwrap();
    println!("opened");
    let first = i64::try_from(store.messages(usize::MAX).await.unwrap().len()).unwrap();
    for number in first.. {
        store.commit(change(number)).await.unwrap();
        println!("done {number}");
        if number % every == 0 {
            store.prune(change(number).at).await.unwrap();
        }
    }
}

fn spawn(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Lets a child work until it acknowledged `count` changes, then kills it. Answers with the
/// number of the last change that it acknowledged; lines still in the pipe count as well.
fn kill_after(dir: &Path, count: usize) -> Option<i64> {
    let mut child = spawn(dir);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = None;
    let mut seen = 0;
    while seen < count {
        let line = lines.next().unwrap().unwrap();
        if let Some((_, number)) = line.split_once("done ") {
            last = Some(number.parse().unwrap());
            seen += 1;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines.map_while(Result::ok) {
        // The last line may be cut short by the kill: then it is not counted.
        let number = line.split_once("done ").and_then(|(_, n)| n.parse().ok());
        last = number.max(last);
    }
    last
}

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..24 {
        let count = 1 + (round * 7) % 23;
        let last = kill_after(dir.path(), count).unwrap();
        let (store, opening) = Store::open(&settings(dir.path()), at(0)).await.unwrap();
        assert_eq!(opening, Opening::Existing, "round {round}");
        let health = store.health();
        assert_eq!((health.quarantined, health.journal_damage), (0, 0));

        let messages = store.messages(usize::MAX).await.unwrap();
        let stored = i64::try_from(messages.len()).unwrap();
        // One change may be on disk whose acknowledgement was not heard.
        assert!((last + 1..=last + 2).contains(&stored), "{last} {stored}");
        for (number, message) in (0..stored).rev().zip(messages) {
            assert_eq!(vec![message], change(number).messages, "round {round}");
        }
        let found = everything(&store, stored).await;
        assert_eq!(found.notices.len(), messages_as_usize(stored));
        let newest = change(stored - 1);
        assert_eq!(
            found.records.get(&newest.records[0].column),
            Some(&newest.records[0])
        );
        acknowledged = last;
    }
    assert!(acknowledged > 200, "{acknowledged}");
    let verified = verify(&settings(dir.path())).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
}

fn messages_as_usize(count: i64) -> usize {
    usize::try_from(count).unwrap()
}

#[tokio::test]
async fn a_kill_while_the_store_is_built_anew_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let last = kill_after(dir.path(), 150).unwrap();
    for round in 0..6 {
        let store = dir.path().join("store");
        fs::rename(&store, dir.path().join(format!("gone-{round}"))).unwrap();
        let mut child = spawn(dir.path());
        // Killed at the first sign of the new files: in the middle of the building, or soon after.
        let sign = ["db", "conf", "blobs"][round % 3];
        while !store.join(sign).exists() {
            assert!(child.try_wait().unwrap().is_none(), "the child goes on");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (store, _) = Store::open(&settings(dir.path()), at(0)).await.unwrap();
    let messages = store.messages(usize::MAX).await.unwrap();
    assert!(messages.len() > messages_as_usize(last));
    for (number, message) in (0..=last).zip(messages.into_iter().rev()) {
        assert_eq!(vec![message], change(number).messages);
    }
    drop(store);
    let verified = verify(&settings(dir.path())).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
}

/// Where the deaths of a child fall.
#[derive(Clone, Copy)]
enum Deaths {
    /// Anywhere in its work.
    Anywhere,
    /// While its files are written anew: at what is done to the new ones and to the former ones.
    Anew,
    /// The same, at renames and removals alone.
    Exchange,
}

/// Lets a child work until it dies at its `number`th write; the last change that it acknowledged.
fn die_at(failpoint: &Failpoint, dir: &Path, deaths: Deaths, number: usize) -> Option<i64> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let below = match deaths {
        Deaths::Anywhere => dir.to_owned(),
        Deaths::Anew | Deaths::Exchange => {
            command.env(ANEW, "1");
            if matches!(deaths, Deaths::Exchange) {
                command.env("KILL_NAMES", "1");
            }
            dir.join("store.")
        }
    };
    let mut child = failpoint.arm(&mut command, &below, number).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.map_while(Result::ok);
    let last = said
        .filter_map(|line| line.split_once("done ")?.1.parse().ok())
        .last();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(9), "write {number}: {status}");
    last
}

/// A start and a few changes go through so many writes.
const WRITES: usize = 60;
/// As many deaths as are asked for: `WANGXUN_ROUNDS=500`.
fn rounds(gate: usize) -> usize {
    std::env::var("WANGXUN_ROUNDS").map_or(gate, |asked| asked.parse().unwrap())
}

/// Each of the first writes after a start in turn.
#[tokio::test]
async fn whichever_write_a_kill_falls_upon_what_was_acknowledged_is_there() {
    let numbers = (0..rounds(WRITES)).map(|round| 1 + round % WRITES);
    all_is_there(Deaths::Anywhere, numbers).await;
}

/// All files are written anew again and again, about ninety calls at a time.
#[tokio::test]
async fn a_kill_while_all_files_are_written_anew_loses_nothing() {
    let numbers = (0..rounds(24)).map(|round| 1 + round * 17 % 191);
    let left = all_is_there(Deaths::Anew, numbers).await;
    assert!(left.contains_key(&vec!["store", "store.copy"]), "{left:?}");
}

#[tokio::test]
async fn a_kill_while_the_new_files_take_the_place_of_the_old_ones_loses_nothing() {
    let numbers = (0..rounds(16)).map(|round| 1 + round % 16);
    let left = all_is_there(Deaths::Exchange, numbers).await;
    for stand in [
        vec!["store", "store.copy"],
        vec!["store.copy", "store.former"],
        vec!["store", "store.former"],
    ] {
        assert!(left.contains_key(&stand), "{stand:?} of {left:?}");
    }
}

/// Deaths at these writes one after the other, and what they left behind of the folders of the store.
async fn all_is_there(
    deaths: Deaths,
    numbers: impl Iterator<Item = usize>,
) -> BTreeMap<Vec<&'static str>, usize> {
    let (dir, tools) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let failpoint = Failpoint::new(tools.path());
    let mut acknowledged = -1;
    let mut left: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    for number in numbers {
        let last = die_at(&failpoint, dir.path(), deaths, number);
        acknowledged = last.map_or(acknowledged, |last| last.max(acknowledged));
        let stand = ["store", "store.copy", "store.former"].into_iter();
        let stand = stand.filter(|name| dir.path().join(name).exists());
        *left.entry(stand.collect()).or_default() += 1;
        let opened = Store::open(&settings(dir.path()), at(0)).await;
        let (store, opening) = opened.unwrap();
        let sound = matches!(opening, Opening::Existing | Opening::New);
        assert!(sound, "write {number}: {opening:?}");
        let health = store.health();
        let damage = (health.quarantined, health.journal_damage);
        assert_eq!(damage, (0, 0), "write {number}");
        let messages = store.messages(usize::MAX).await.unwrap();
        let stored = i64::try_from(messages.len()).unwrap();
        // One change may be on disk whose acknowledgement was not heard.
        let expected = acknowledged + 1..=acknowledged + 2;
        assert!(
            expected.contains(&stored),
            "write {number}: {acknowledged} {stored}"
        );
        for (of, message) in (0..stored).rev().zip(messages) {
            assert_eq!(vec![message], change(of).messages, "write {number}");
        }
        acknowledged = stored - 1;
    }
    let verified = verify(&settings(dir.path())).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    let deaths: usize = left.values().sum();
    println!(
        "{deaths} deaths, {acknowledged} changes acknowledged, none lost; left behind: {left:?}"
    );
    left
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &place),
            false => fs::copy(entry.path(), place).map(|_| ()).unwrap(),
        }
    }
}

#[tokio::test]
async fn a_kill_in_the_middle_of_the_first_change_is_no_damage() {
    let dir = tempfile::tempdir().unwrap();
    let (engine, before) = (dir.path().join("store"), dir.path().join("before"));
    let (store, _) = Store::open(&settings(dir.path()), at(0)).await.unwrap();
    store.flush().await.unwrap();
    drop(store);
    copy(&engine, &before);
    let (store, _) = Store::open(&settings(dir.path()), at(0)).await.unwrap();
    store.commit(change(0)).await.unwrap();
    drop(store);
    // As if the process had died after the journal's line and before the engine's.
    fs::remove_dir_all(&engine).unwrap();
    fs::rename(&before, &engine).unwrap();
    let (store, opening) = Store::open(&settings(dir.path()), at(0)).await.unwrap();
    assert_eq!(opening, Opening::Existing);
    let messages = store.messages(usize::MAX).await.unwrap();
    assert_eq!(messages, change(0).messages);
}
