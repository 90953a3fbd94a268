//! The real program on a bad day: killed at every step, stopped, refused, and out of disk. What
//! arrives is read from the account of a gateway on a loopback socket. It is killed at any moment two
//! dozen times, or as often as is asked for: `WANGXUN_ROUNDS=500`.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "support/house.rs"]
mod house;

#[path = "support/site.rs"]
#[expect(dead_code, reason = "only plain sites are needed here")]
mod site;

#[path = "support/sms.rs"]
mod sms;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use house::{Daemon, House, OPERATOR, clear_of_midnight, letters, page, phone};
use site::{Reply, Site, answer};
use sms::{Gateway, Mood};

/// A site on which every column is overdue.
async fn stale_site() -> Site {
    Site::plain(|request| match request.path.as_str() {
        "/robots.txt" => answer("404 Not Found", "", ""),
        _ => answer(
            "200 OK",
            "Content-Type: text/html; charset=utf-8\r\n",
            page(),
        ),
    })
    .await
}

/// Sites, gateway and installation of `units` overdue units.
async fn scene(units: usize, hosts: usize, mood: Mood) -> (Vec<Site>, Gateway, House) {
    clear_of_midnight().await;
    let mut sites = Vec::new();
    for _ in 0..hosts {
        sites.push(stale_site().await);
    }
    let gateway = Gateway::start(mood).await;
    let urls: Vec<_> = sites.iter().map(|site| site.url("/")).collect();
    let house = House::new(units, &urls, gateway.address);
    (sites, gateway, house)
}

/// The numbers of all whom an overdue column concerns.
fn concerned(house: &House) -> BTreeSet<String> {
    let both = |unit| [phone(unit, "liaison"), phone(unit, "head")];
    (0..house.units).flat_map(both).collect()
}

/// Everybody concerned was told, once: no two keys to one number, no key with two texts.
fn assert_told_once(house: &House, gateway: &Gateway) {
    let log = house.log();
    let numbers: Vec<String> = gateway
        .taken()
        .into_values()
        .map(|(phone, _)| phone)
        .collect();
    let unique: BTreeSet<String> = numbers.iter().cloned().collect();
    assert_eq!(unique, concerned(house), "{log}");
    assert_eq!(numbers.len(), unique.len(), "two keys to one number\n{log}");
    let mut texts: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for posted in gateway.posted() {
        let said = (posted.phone, posted.text);
        texts.entry(posted.key).or_default().insert(said);
    }
    assert!(texts.values().all(|said| said.len() == 1), "{texts:?}");
}

/// No opening found anything to mend.
fn assert_sound(house: &House) {
    let log = house.log();
    assert!(!log.contains("damaged"), "{log}");
}

/// `wangxun outbox` shows every message as accepted.
fn assert_outbox(house: &House) {
    let lines = house.outbox();
    let accepted = lines.iter().filter(|line| line.contains("已提交")).count();
    let expected = concerned(house).len();
    assert_eq!((lines.len(), accepted), (expected, expected), "{lines:#?}");
}

async fn until_all_told(house: &House, gateway: &Gateway) {
    let all = concerned(house).len();
    house
        .until("everybody is told", 30, || gateway.taken().len() >= all)
        .await;
    house
        .until("the outbox is empty", 10, || {
            let lines = house.outbox();
            lines.iter().all(|line| line.contains("已提交"))
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_before_the_sending_loses_and_doubles_nothing() {
    let (_sites, gateway, house) = scene(1, 1, Mood::Shut).await;
    let daemon = house.start();
    house
        .until("a first attempt", 30, || gateway.knocks() > 0)
        .await;
    daemon.kill();
    assert!(gateway.posted().is_empty(), "nothing was sent yet");

    gateway.turn(Mood::Open);
    let daemon = house.start();
    until_all_told(&house, &gateway).await;
    assert_told_once(&house, &gateway);
    assert_sound(&house);
    assert!(gateway.times().into_values().all(|times| times == 1));
    house.stop(daemon, 10).await;
    assert_outbox(&house);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_before_the_outcome_is_kept_repeats_under_the_same_key() {
    let (_sites, gateway, house) = scene(1, 1, Mood::Holding).await;
    let daemon = house.start();
    house
        .until("a message that is taken", 30, || {
            !gateway.taken().is_empty()
        })
        .await;
    daemon.kill();
    let first = gateway.taken();
    assert_eq!(first.len(), 1);

    gateway.turn(Mood::Open);
    let daemon = house.start();
    until_all_told(&house, &gateway).await;
    assert_told_once(&house, &gateway);
    assert_sound(&house);
    for (key, times) in gateway.times() {
        let expected = if first.contains_key(&key) { 2 } else { 1 };
        assert_eq!(times, expected, "{key}");
    }
    house.stop(daemon, 10).await;
    assert_outbox(&house);
}

/// Numbers without pattern, the same on every run.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(1 + (self.0 >> 33) % most).expect("a small number")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_at_any_moment_lose_and_double_nothing() {
    let asked = std::env::var("WANGXUN_ROUNDS");
    let rounds = asked.map_or(24, |asked| asked.parse().expect("a number"));
    let mut dice = Dice(2017);
    let mut kills = 0;
    while kills < rounds {
        let (sites, gateway, house) = scene(6, 3, Mood::Flaky).await;
        let events = || {
            let pages: usize = sites.iter().map(|site| site.seen().len()).sum();
            pages + gateway.posted().len()
        };
        let all = concerned(&house).len();
        for _ in 0..9 {
            let at = events() + dice.up_to(12);
            let mut daemon = house.start();
            house
                .until("requests", 30, || {
                    assert!(daemon.ended().is_none(), "it ended\n{}", house.log());
                    events() >= at || gateway.taken().len() == all
                })
                .await;
            daemon.kill();
            kills += 1;
            if gateway.taken().len() == all {
                break;
            }
        }
        let daemon = house.start();
        until_all_told(&house, &gateway).await;
        assert_told_once(&house, &gateway);
        assert_sound(&house);
        assert_outbox(&house);
        house.stop(daemon, 10).await;
        assert_outbox(&house);
    }
    println!("{kills} deaths at any moment, nobody told twice or not at all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_the_gateway_delays_and_loses_nothing() {
    let (_sites, gateway, house) = scene(4, 1, Mood::Busy).await;
    let retry = r#"first = "2s", longest = "4s""#;
    let house = house.with(r#"first = "1s", longest = "2s""#, retry);
    let daemon = house.start();
    let all = concerned(&house).len();
    house
        .until("every message was tried twice", 40, || {
            let times = gateway.times();
            times.len() == all && times.values().all(|&times| times >= 2)
        })
        .await;
    gateway.turn(Mood::Open);
    until_all_told(&house, &gateway).await;
    assert_told_once(&house, &gateway);

    let posted = gateway.posted();
    for key in gateway.times().into_keys() {
        let times: Vec<_> = posted.iter().filter(|one| one.key == key).collect();
        for (tried, pair) in times.windows(2).enumerate() {
            // Two seconds, doubled, at most four; a tenth may be missing.
            let least = if tried == 0 { 1800 } else { 3600 };
            let wait = pair[1].at - pair[0].at;
            assert!(least <= wait.as_millis(), "{key} {tried}: {wait:?}");
        }
    }
    // After three failures in a row the gateway is left alone for a while.
    for four in posted.windows(4).filter(|four| !four[3].is_taken) {
        let span = four[3].at - four[0].at;
        assert!(Duration::from_millis(1900) <= span, "{span:?}");
    }
    // Fresh messages go out in the order of their people.
    let mut first = BTreeSet::new();
    let fresh: Vec<&String> = posted
        .iter()
        .filter(|one| first.insert(&one.key))
        .map(|one| &one.phone)
        .collect();
    let mut heads_first: Vec<String> = concerned(&house).into_iter().collect();
    heads_first.sort_by_key(|phone| (!phone.starts_with("13800002"), phone.clone()));
    assert_eq!(fresh, heads_first.iter().collect::<Vec<_>>());

    let (before, knocks) = (posted.len(), gateway.knocks());
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!((gateway.posted().len(), gateway.knocks()), (before, knocks));
    house.stop(daemon, 10).await;
    assert_outbox(&house);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_does_not_wait_for_a_site_that_hangs() {
    clear_of_midnight().await;
    let site = Site::plain(|request| match request.path.as_str() {
        "/robots.txt" => answer("404 Not Found", "", ""),
        _ => Reply::Stall(b"HTTP/1.1 200 OK\r\n\r\n<html>".to_vec()),
    })
    .await;
    let gateway = Gateway::start(Mood::Open).await;
    let house = House::new(1, &[site.url("/")], gateway.address);
    let daemon = house.start();
    house
        .until("a visit", 30, || site.paths().contains(&"/0/".to_owned()))
        .await;
    house.stop(daemon, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_refused_is_told_another_way_or_the_operator_is() {
    let (_sites, gateway, house) = scene(1, 1, Mood::Open).await;
    let house = house.with_mail(|id| match id {
        "head0" => "head@example.cn".to_owned(),
        _ => String::new(),
    });
    gateway.ban(&phone(0, "head"));
    gateway.ban(&phone(0, "liaison"));
    let daemon = house.start();
    let told = || gateway.taken().into_values().collect::<Vec<_>>();
    house
        .until("a letter and a word to the operator", 30, || {
            letters(&house.path("mail")).len() == 1 && told().len() == 1
        })
        .await;
    let letter = letters(&house.path("mail")).remove(0);
    assert!(letter.contains("To: head@example.cn"), "{letter}");
    let (number, text) = told().remove(0);
    assert_eq!(number, OPERATOR);
    assert!(text.contains("单位0联络员"), "{text}");
    house.stop(daemon, 10).await;
    let times: Vec<usize> = gateway.times().into_values().collect();
    assert_eq!(times, [1, 1, 1], "what is refused for good is not repeated");
}

/// An installation whose two messages could not be sent, killed and started again after `change`, when the
/// gateway is in order.
async fn restarted_after(change: fn(&House)) -> (Vec<Site>, Gateway, House, Daemon) {
    let (sites, gateway, house) = scene(1, 1, Mood::Busy).await;
    let daemon = house.start();
    house
        .until("attempts", 30, || gateway.times().len() == 2)
        .await;
    daemon.kill();
    change(&house);
    gateway.turn(Mood::Open);
    let daemon = house.start();
    (sites, gateway, house, daemon)
}

/// How many messages were withdrawn.
fn withdrawn(house: &House) -> usize {
    let lines = house.outbox();
    lines.iter().filter(|line| line.contains("已撤回")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_people_who_are_gone_is_told_to_the_operator() {
    let (_sites, gateway, house, daemon) = restarted_after(House::dismiss_all).await;
    house
        .until("an end of the messages", 30, || withdrawn(&house) == 2)
        .await;
    house
        .until("a word to the operator", 30, || !gateway.taken().is_empty())
        .await;
    house.stop(daemon, 10).await;
    let told: Vec<_> = gateway.taken().into_values().collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, OPERATOR);
    assert!(told[0].1.contains("未配置任何联系人"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_people_who_are_gone_is_told_to_their_successors() {
    let (_sites, gateway, house, daemon) = restarted_after(House::replace_all).await;
    house
        .until("both successors", 30, || {
            gateway.taken().len() == 2 && withdrawn(&house) == 2
        })
        .await;
    house.stop(daemon, 10).await;
    let told: BTreeSet<String> = gateway
        .taken()
        .into_values()
        .map(|(phone, _)| phone)
        .collect();
    let successors = concerned(&house)
        .iter()
        .map(|phone| phone.replace("1380000", "1390000"))
        .collect();
    assert_eq!(told, successors);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fills_up_is_told_to_the_operator_once() {
    let (_sites, gateway, house) = scene(0, 1, Mood::Open).await;
    // No disk of a test machine has so much room.
    let house = house.with(
        "dir = \"store\"",
        "dir = \"store\"\nleast_free = \"1024GiB\"",
    );
    for starts in 1..=2 {
        let daemon = house.start();
        house
            .until("a word to the operator", 30, || {
                house.log().matches("ready").count() == starts && !gateway.taken().is_empty()
            })
            .await;
        house.stop(daemon, 10).await;
    }
    let told: Vec<_> = gateway.taken().into_values().collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, OPERATOR);
    assert!(told[0].1.contains("所在磁盘仅剩"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_to_watch_is_no_work() {
    let (_sites, gateway, house) = scene(0, 1, Mood::Open).await;
    let house = house.with(r#"visits = "10 4 1 * *""#, r#"visits = "* * * * *""#);
    let house = house.with(r#"jitter = "0s""#, r#"jitter = "5min""#);
    let daemon = house.start();
    house
        .until("the start", 30, || house.log().contains("ready"))
        .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = daemon.ticks();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let used = daemon.ticks() - before;
    assert!(used <= 30, "{used} hundredths of a second in three seconds");
    house.stop(daemon, 10).await;
    assert_eq!((gateway.knocks(), house.outbox().len()), (0, 0));
}

/// Bytes beyond which no file may grow: the first commits fail, the confirmation, the outcomes.
const LIMITS: [u64; 4] = [16 << 10, 32 << 10, 48 << 10, 64 << 10];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_ends_the_program_and_loses_nothing() {
    for limit in LIMITS {
        let (_sites, gateway, house) = scene(3, 1, Mood::Flaky).await;
        let mut daemon = house.start_limited(limit);
        let mut status = None;
        house
            .until("an end", 30, || {
                status = daemon.ended();
                status.is_some()
            })
            .await;
        let code = status.and_then(|status| status.code());
        assert_eq!(code, Some(2), "{limit}\n{}", house.log());
        let told = house
            .log()
            .contains("wangxun: the store cannot be used: cannot ");
        assert!(told, "{limit}\n{}", house.log());
        let taken = gateway.taken();

        gateway.turn(Mood::Open);
        let daemon = house.start();
        until_all_told(&house, &gateway).await;
        assert_told_once(&house, &gateway);
        assert!(taken.keys().all(|key| gateway.taken().contains_key(key)));
        house.stop(daemon, 10).await;
        assert_outbox(&house);
    }
}
