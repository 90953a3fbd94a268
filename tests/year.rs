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

use std::time::Instant;

use world::{FULL, SMALL, World};

fn years() -> std::collections::BTreeMap<i32, wangxun::calendar::Year> {
    let dir = tempfile::tempdir().expect("a directory");
    let world = World::new(0, SMALL, Default::default());
    let path = files::write(dir.path(), &world);
    files::write_contacts(dir.path(), &world, 0);
    let loaded = wangxun::config::load::load(&path, world.start).unwrap_or_else(|faults| panic!("{faults}"));
    loaded.config.calendar.years
}

#[tokio::test]
async fn measure() {
    let seed = std::env::var("WANGXUN_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let size = if std::env::var_os("WANGXUN_FULL").is_some() { FULL } else { SMALL };
    let world = World::new(seed, size, years());
    let dir = match std::env::var_os("WANGXUN_DIR") {
        Some(dir) => tempfile::tempdir_in(dir).expect("a directory"),
        None => tempfile::tempdir().expect("a directory"),
    };
    let begun = Instant::now();
    let played = play::play(world, dir.path()).await;
    println!(
        "seed {seed}: {} columns, {} looks, {} taken, {} messages, {} deeds, {} lives, {:?}",
        played.world.columns().count(),
        played.seen.len(),
        played.taken.len(),
        played.messages.len(),
        played.deeds.len(),
        played.lives.len(),
        begun.elapsed()
    );
    let begun = Instant::now();
    let verdict = verdict::judge(&played);
    println!(
        "seed {seed}: right {}, missed {}, false {}, doubled {}, late {}, repeated {} {:?} {:?}",
        verdict.right,
        verdict.missed.len(),
        verdict.false_alarms.len(),
        verdict.doubled.len(),
        verdict.late.len(),
        verdict.repeated,
        begun.elapsed(),
        verdict.by_sort
    );
    for fault in verdict.faults().iter().take(60) {
        println!("{fault}");
    }
}
