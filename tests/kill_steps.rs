//! Killed at every step: at each write to the store, before it, in the middle of it and after it;
//! and at each sending, when the gateway has the message and has not said so.
//!
//! A few dozen deaths each, or as many as are asked for: `WANGXUN_ROUNDS=500`.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "support/failpoint.rs"]
mod failpoint;
#[path = "support/house.rs"]
#[expect(dead_code, reason = "only plain installations are needed here")]
mod house;
#[path = "support/site.rs"]
#[expect(dead_code, reason = "only plain sites are needed here")]
mod site;
#[path = "support/sms.rs"]
#[expect(dead_code, reason = "the gateway has more moods than are needed here")]
mod sms;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt as _;

use failpoint::Failpoint;
use house::{Daemon, House, clear_of_midnight, page, phone};
use site::{Site, answer};
use sms::{Gateway, Mood};

/// The signal by which everything dies here.
const KILLED: i32 = 9;

/// How often to die: a few dozen times, or as often as is asked for.
fn rounds() -> usize {
    let asked = std::env::var("WANGXUN_ROUNDS");
    asked.map_or(24, |asked| asked.parse().expect("a number"))
}

/// Sites, gateway and installation of `units` overdue units.
async fn scene(units: usize, hosts: usize) -> (Vec<Site>, Gateway, House) {
    clear_of_midnight().await;
    let mut sites = Vec::new();
    for _ in 0..hosts {
        let site = Site::plain(|request| match request.path.as_str() {
            "/robots.txt" => answer("404 Not Found", "", ""),
            _ => answer(
                "200 OK",
                "Content-Type: text/html; charset=utf-8\r\n",
                page(),
            ),
        });
        sites.push(site.await);
    }
    let gateway = Gateway::start(Mood::Open).await;
    let urls: Vec<_> = sites.iter().map(|site| site.url("/")).collect();
    let house = House::new(units, &urls, gateway.address);
    (sites, gateway, house)
}

fn concerned(house: &House) -> BTreeSet<String> {
    let both = |unit| [phone(unit, "liaison"), phone(unit, "head")];
    (0..house.units).flat_map(both).collect()
}

/// Lets the program finish in peace, and holds what the gateway was asked against `deaths`.
async fn assert_told_once(house: &House, gateway: &Gateway, deaths: usize) {
    let daemon = house.start();
    let all = concerned(house);
    house
        .until("everybody is told and it is kept", 60, || {
            gateway.taken().len() >= all.len() && {
                let lines = house.outbox();
                lines.len() == all.len() && lines.iter().all(|line| line.contains("已提交"))
            }
        })
        .await;
    house.stop(daemon, 20).await;
    let log = house.log();
    // A store in whose making, or in several openings, the program died is built anew from the
    // journal, which loses nothing: of that alone there may be talk.
    let mut damages = log.lines().filter(|line| line.contains("damaged"));
    assert!(
        damages.all(|line| line.contains("it is built anew from the journal")),
        "{log}"
    );
    let numbers: Vec<String> = gateway
        .taken()
        .into_values()
        .map(|(phone, _)| phone)
        .collect();
    assert_eq!(numbers.len(), all.len(), "two keys to one number\n{log}");
    assert_eq!(numbers.into_iter().collect::<BTreeSet<_>>(), all, "{log}");
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for posted in gateway.posted() {
        texts.entry(posted.key).or_default().insert(posted.text);
    }
    assert!(texts.values().all(|said| said.len() == 1), "{texts:?}");
    let repeated: usize = gateway.times().into_values().map(|times| times - 1).sum();
    assert!(
        repeated <= deaths,
        "{repeated} repetitions after {deaths} deaths\n{log}"
    );
}

async fn until_dead(house: &House, daemon: &mut Daemon, done: impl Fn() -> bool) -> bool {
    let mut died = false;
    house
        .until("a death or the end of the work", 60, || {
            died = daemon.ended().is_some_and(|status| {
                assert_eq!(status.signal(), Some(KILLED), "{status}\n{}", house.log());
                true
            });
            died || done()
        })
        .await;
    died
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_tells_everybody_once_whichever_write_a_kill_falls_upon() {
    let tools = tempfile::tempdir().expect("a directory");
    let failpoint = Failpoint::new(tools.path());
    let (rounds, mut deaths) = (rounds(), 0);
    // Each start of a house gets as far as one write more.
    let mut first = 1;
    while deaths < rounds {
        let (_sites, gateway, house) = scene(4, 2).await;
        let (all, mut here) = (concerned(&house).len(), 0);
        for number in first.. {
            let store = house.path("store");
            let mut daemon = house.start_with(|command| {
                failpoint.arm(command, &store, number);
            });
            let quiet = || gateway.taken().len() == all && house.outbox_is_empty();
            if !until_dead(&house, &mut daemon, quiet).await {
                daemon.kill();
                break;
            }
            here += 1;
        }
        deaths += here;
        // The next house begins where this one never died.
        first = 1 + (first + 4) % 11;
        assert_told_once(&house, &gateway, here + 1).await;
    }
    println!("{deaths} deaths at writes, nobody told twice or not at all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_tells_everybody_once_whichever_sending_a_kill_falls_upon() {
    let (rounds, mut deaths) = (rounds(), 0);
    while deaths < rounds {
        let (_sites, gateway, house) = scene(6, 2).await;
        gateway.turn(Mood::HoldingNew);
        let all = concerned(&house).len();
        for taken in 1..=all {
            let daemon = house.start();
            house
                .until("one message more", 60, || gateway.taken().len() >= taken)
                .await;
            daemon.kill();
            deaths += 1;
        }
        gateway.turn(Mood::Open);
        assert_told_once(&house, &gateway, all).await;
        let twice = gateway
            .times()
            .into_values()
            .filter(|&times| times == 2)
            .count();
        assert_eq!(
            twice,
            all,
            "each was asked twice under its key: {:?}",
            gateway.times()
        );
    }
    println!("{deaths} deaths at sendings, nobody told twice or not at all");
}
