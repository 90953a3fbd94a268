//! What the console's pages cost the server at 48 sites of 30 columns with three years of visits, and
//! at 3,000 sites: the time until the whole page has come, over a real socket, and its size. The store
//! is filled through its own commits.
//!
//! `cargo bench --bench console` (the three years take some minutes; `YEARS=1` shortens them; `KEEP=DIR`
//! leaves the installation of 48 sites there, for commands to be measured with it)
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench that cannot begin has nothing to measure"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use chrono::Days;
use tempfile::TempDir;
use tokio::sync::oneshot;
use wangxun::clock::Clock;
use wangxun::config::load::load;
use wangxun::daemon::assessment::TELL_NOBODY;
use wangxun::daemon::desk::Desk;
use wangxun::domain::group::Column;
use wangxun::domain::time::Date;
use wangxun::store::commit::Commit;
use wangxun::store::handle::Store;
use wangxun::store::settings::StoreSettings;

mod group;

use group::{at, console, day, page, samples, served, written};

/// How often each page is asked for; the median and the slowest are told.
const TIMES: usize = 15;

fn today() -> Date {
    "2017-11-18".parse().expect("a day")
}

struct Running {
    address: SocketAddr,
    desk: Desk,
    _stop: oneshot::Sender<()>,
    _dir: Option<TempDir>,
}

async fn start(sites: usize, columns: usize, days: u64, keep: Option<PathBuf>) -> Running {
    let (dir, _dir) = match keep {
        Some(dir) => {
            std::fs::create_dir_all(&dir).expect("a directory");
            (dir, None)
        }
        None => {
            let dir = TempDir::new().expect("a directory");
            (dir.path().to_owned(), Some(dir))
        }
    };
    let loaded = load(&written(&dir, sites, columns), today());
    let config = Arc::new(loaded.expect("a configuration").config);
    let settings = StoreSettings::in_dir(config.store.dir.clone());
    let now = at(today(), 9);
    let (store, _) = Store::open(&settings, now).await.expect("a store");
    let all: Vec<(usize, &Column)> = config.group.columns.values().enumerate().collect();
    let begun = Instant::now();
    for number in 0..days {
        let on = today() - Days::new(days - 1 - number);
        // A change is one line of the journal, which has a bound.
        for some in all.chunks(1500) {
            store
                .commit(day(some, number, (on, today())))
                .await
                .expect("kept");
        }
        let mut sampled = Commit::at(at(on, 22));
        let sites = config.group.sites.values();
        sampled.days = sites.map(|site| samples(site, on)).collect();
        store.commit(sampled).await.expect("kept");
    }
    let clock = Clock::stepped(now, None);
    println!(
        "{sites} sites, {columns} columns each, {days} days: filled in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    let desk = Desk::new(Arc::clone(&config), store.clone(), clock.clone());
    let console = console(&config, store, clock, None);
    let (address, stop) = served(console).await;
    Running {
        address,
        desk,
        _stop: stop,
        _dir,
    }
}

async fn measure(running: &Running, paths: &[&str]) {
    for path in paths {
        let mut took = Vec::new();
        let mut size = 0;
        for _ in 0..TIMES {
            let begun = Instant::now();
            size = page(running.address, path).await.len();
            took.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        took.sort_by(f64::total_cmp);
        println!(
            "{path:<28} median {:>7.1} ms, slowest {:>7.1} ms, {:>4} KB",
            took[TIMES / 2],
            took[TIMES - 1],
            size / 1024
        );
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let years = std::env::var("YEARS").ok();
    let years: u64 = years.and_then(|text| text.parse().ok()).unwrap_or(3);
    let keep = std::env::var_os("KEEP").map(PathBuf::from);
    let many = [
        "/",
        "/?state=all",
        "/site/s0",
        "/column/s0/c0",
        "/incidents",
    ];
    let running = start(3000, 6, 3, None).await;
    measure(&running, &many).await;
    drop(running);
    let running = start(48, 30, years * 365, keep).await;
    measure(
        &running,
        &[
            "/",
            "/?state=all&q=dy",
            "/site/s0",
            "/column/s0/c0",
            "/incidents",
            "/api/v1/overview",
        ],
    )
    .await;
    for period in ["2017Q3", "2017Q4", "2017"] {
        let begun = Instant::now();
        let period = period.parse().expect("a period");
        let made = running
            .desk
            .assessed(period, false, TELL_NOBODY)
            .await
            .expect("a store");
        let cards = made.expect("an assessment").cards.len();
        let took = begun.elapsed().as_secs_f64();
        println!("assessment of {period}: {cards} sites in {took:.2} s");
    }
}
