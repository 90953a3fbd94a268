//! A simulated year of the whole program but the network, judged by an oracle that shares nothing
//! with it.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "year/files.rs"]
mod files;
#[path = "year/oracle.rs"]
mod oracle;
#[path = "year/play.rs"]
mod play;
#[path = "year/rules.rs"]
mod rules;
#[path = "support/stepped.rs"]
mod stepped;
#[path = "year/verdict.rs"]
mod verdict;
#[path = "year/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use play::{Played, play};
use verdict::{Verdict, judge};
use wangxun::calendar::Year;
use world::{FULL, SMALL, Size, World};

/// The years that everybody's calendar knows.
fn years() -> BTreeMap<i32, Year> {
    let dir = tempfile::tempdir().expect("a directory");
    let world = World::new(0, SMALL, BTreeMap::new());
    let path = files::write(dir.path(), &world);
    files::write_contacts(dir.path(), &world, 0);
    let loaded = wangxun::config::load::load(&path, world.start);
    let loaded = loaded.unwrap_or_else(|faults| panic!("{faults}"));
    loaded.config.calendar.years
}

/// A directory in memory, where there is one: no life of these years ends in a power cut, and a year
/// syncs its store tens of thousands of times. `tests/kill_steps.rs` and `tests/store_kill.rs` hold
/// the syncs.
fn in_memory() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let made = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
    made.expect("a directory")
}

/// Lives one year, on a thread of its own, and judges it.
fn lived(seed: u64, size: Size, years: &BTreeMap<i32, Year>) -> (Played, Verdict) {
    let begun = Instant::now();
    let dir = in_memory();
    let world = World::new(seed, size, years.clone());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let played = runtime
        .expect("a runtime")
        .block_on(play(world, dir.path()));
    let verdict = judge(&played);
    let lives = played.world.lives.len();
    println!(
        "seed {seed}: {} columns, {} looks, {lives} lives, {} clock steps, {} acts, {} messages, {} repeated; {} things heard \
         as they had to be, {} missed, {} false, {} doubled, {} late; {:?}",
        played.world.columns().count(),
        played.seen.len(),
        played.stretches.len() - lives,
        played.deeds.iter().filter(|deed| deed.granted).count(),
        played.messages.len(),
        verdict.repeated,
        verdict.right,
        verdict.missed.len(),
        verdict.false_alarms.len(),
        verdict.doubled.len(),
        verdict.late.len(),
        begun.elapsed()
    );
    (played, verdict)
}

/// The seeds of the gates.
const SEEDS: std::ops::Range<u64> = 0..20;

/// Those, or the ones that are asked for: `WANGXUN_SEEDS=0..500 cargo test --release --test year`.
fn seeds() -> Vec<u64> {
    let Ok(asked) = std::env::var("WANGXUN_SEEDS") else {
        return SEEDS.collect();
    };
    let bounds = asked.split_once("..");
    let bounds = bounds.and_then(|(from, until)| Some(from.parse().ok()?..until.parse().ok()?));
    bounds.expect("seeds like 0..20").collect()
}

/// A small group; or, with `WANGXUN_WHOLE=1`, forty-eight sites with about twenty columns each, which
/// takes many minutes a seed.
fn size() -> Size {
    match std::env::var_os("WANGXUN_WHOLE") {
        Some(_) => FULL,
        None => SMALL,
    }
}

#[test]
fn nothing_is_missed_false_doubled_or_late_in_many_years() {
    let (years, seeds) = (years(), seeds());
    let few = seeds.len() < SEEDS.count();
    let next = Mutex::new(seeds.into_iter());
    let all: Mutex<Vec<String>> = Mutex::default();
    let sorts: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.lock().expect("seeds").next();
                    let Some(seed) = seed else { return };
                    let (_, verdict) = lived(seed, size(), &years);
                    let faults: Vec<String> = verdict.faults();
                    let faults = faults.iter().map(|fault| format!("seed {seed}: {fault}"));
                    let faults: Vec<String> = faults.inspect(|fault| println!("{fault}")).collect();
                    all.lock().expect("faults").extend(faults);
                    let mut sorts = sorts.lock().expect("sorts");
                    for (sort, count) in verdict.by_sort {
                        *sorts.entry(sort).or_default() += count;
                    }
                }
            });
        }
    });
    let sorts = sorts.into_inner().expect("sorts");
    println!("{sorts:?}");
    let all = all.into_inner().expect("faults");
    assert!(all.is_empty(), "{} faults\n{}", all.len(), all.join("\n"));
    // Years in which nothing happens prove nothing.
    for sort in SORTS.iter().filter(|_| !few) {
        assert!(
            sorts.get(*sort).is_some_and(|&count| count > 0),
            "{sort} was never heard: {sorts:?}"
        );
    }
}

/// What is to be heard in any ten years; blank columns are rare.
const SORTS: [&str; 21] = [
    "Again",
    "Blind",
    "ByLink",
    "Down",
    "Met",
    "Owed(0)",
    "Owed(1)",
    "Owed(2)",
    "Owed(3)",
    "OwedProposed",
    "Offline",
    "Online",
    "Proposed",
    "Seen",
    "Step(0)",
    "Step(1)",
    "Step(2)",
    "Step(3)",
    "Step(4)",
    "Up",
    "Updated",
];
