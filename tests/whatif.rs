//! What other thresholds would have sent, over the real store of simulated weeks; and a rehearsal of
//! the built program against sites that answer as of the day that they are told.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::SystemTime;

use chrono::{Days, NaiveTime};
use tempfile::TempDir;
use wangxun::alert::replay::Telling;
use wangxun::assess::ladder::Tier;
use wangxun::clock::Clock;
use wangxun::config::settings::Config;
use wangxun::daemon::past::{Replayed, replay};
use wangxun::domain::class::Class;
use wangxun::domain::group::Role;
use wangxun::domain::time::{Date, moment};
use wangxun::rehearsal::Rehearsal;
use wangxun::rehearsal::site::{SimColumn, SimSite};
use wangxun::rehearsal::truth::{Options, Truth};
use wangxun::report::replay::{Change, Kind, changes};

#[path = "support/program.rs"]
mod program;
#[path = "support/simulation.rs"]
mod simulation;
#[path = "support/stepped.rs"]
mod stepped;

use program::wangxun;
use simulation::{Played, be_patient, play};

/// The first column of every site, so that hosts can fail together, and all of every sixth site.
fn some(truth: &Truth, site: &SimSite, column: &SimColumn) -> bool {
    let place = truth.sites().iter().position(|other| other.id == site.id);
    site.columns[0].id == column.id || place.is_some_and(|place| place % 6 == 0)
}

/// The columns of a few sites.
fn few(truth: &Truth, site: &SimSite, _: &SimColumn) -> bool {
    let place = truth.sites().iter().position(|other| other.id == site.id);
    place.is_some_and(|place| place % 12 == 0)
}

fn told(played: &Played, config: &Config, from: Date, to: Date) -> Replayed {
    replay(config, &played.config.store.dir, from, to).expect("a replay")
}

fn differences(replayed: &Replayed) -> Vec<Change> {
    changes(&replayed.was.tellings, &replayed.would.tellings)
}

/// Every file below `dir` with its length and the time of its latest change.
fn state(dir: &Path) -> BTreeMap<std::path::PathBuf, (u64, SystemTime)> {
    let mut all = BTreeMap::new();
    for entry in dir.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(state(&path));
        } else {
            let about = path.metadata().unwrap();
            all.insert(path, (about.len(), about.modified().unwrap()));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_told_again_is_the_same_and_under_other_rules_it_is_not() {
    let options = Options::demo();
    let (first, last) = (options.start, options.start + Days::new(29));
    let played = play(options, some).await;
    let before = state(&played.config.store.dir);

    let begun = std::time::Instant::now();
    let same = told(&played, &played.config, first, last);
    println!("told again in {:?}", begun.elapsed());
    assert_eq!(differences(&same), []);
    assert_eq!(same.was.messages, same.would.messages);
    // What was told is what the messages of the store carry.
    let carried: BTreeSet<_> = played
        .messages
        .iter()
        .flat_map(|(message, _)| &message.notices)
        .collect();
    assert_eq!(same.was.tellings.len(), carried.len());
    assert!(carried.len() > 200, "{}", carried.len());
    println!(
        "{} notices in {} messages, by {} visits",
        carried.len(),
        same.was.messages,
        same.visits
    );

    // The second half begins with the incidents that were open then.
    let half = told(&played, &played.config, first + Days::new(15), last);
    assert_eq!(differences(&half), []);
    assert!(half.was.messages > 20 && half.was.messages < same.was.messages);

    under_a_stricter_limit(&played, first, last);
    with_other_people(&played, first, last);
    by_the_program(&played, first, last, same.was.tellings.len());
    assert_eq!(
        state(&played.config.store.dir),
        before,
        "nothing was changed"
    );
}

fn under_a_stricter_limit(played: &Played, first: Date, last: Date) {
    let mut strict = Config::clone(&played.config);
    strict
        .limits
        .classes
        .get_mut(&Class::News)
        .unwrap()
        .limit_days = 10;
    let replayed = told(played, &strict, first, last);
    let differences = differences(&replayed);
    let more = differences.iter().filter(|one| one.kind == Kind::More);
    assert!(more.count() > 30);
    assert!(replayed.would.tellings.len() > replayed.was.tellings.len());
    // Columns of other classes are judged as before.
    let of_news = |telling: &Telling| match &telling.incident.subject {
        wangxun::alert::incident::Subject::Column(column) => {
            played.config.group.columns[column].class == Class::News
        }
        _ => true,
    };
    for change in &differences {
        let one = change.would.as_ref().or(change.was.as_ref()).unwrap();
        // A person's budget may be used up by what is told in addition.
        assert!(
            of_news(one) || change.kind != Kind::More || one.column.is_empty() || one.on > first,
            "{change:?}"
        );
    }
}

fn with_other_people(played: &Played, first: Date, last: Date) {
    let mut other = Config::clone(&played.config);
    let rule = other.alert.tiers.get_mut(&Tier::Overdue).unwrap();
    rule.roles.retain(|role| *role != Role::Head);
    let replayed = told(played, &other, first, last);
    let differences = differences(&replayed);
    let fewer = differences.iter().filter(|one| one.kind == Kind::Fewer);
    assert!(fewer.count() > 5);
    assert!(replayed.would.tellings.len() < replayed.was.tellings.len());
}

/// The command reads the same store by the files of the configuration.
fn by_the_program(played: &Played, first: Date, last: Date, tellings: usize) {
    let (from, to) = (first.to_string(), last.to_string());
    let run = |config: &str, format: &str| {
        let config = played.dir.path().join(config);
        let said = wangxun([
            "replay",
            "--config",
            config.to_str().unwrap(),
            "--from",
            &from,
            "--to",
            &to,
            "--format",
            format,
        ]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        said.out
    };
    let same: serde_json::Value = serde_json::from_str(&run("monitor.toml", "json")).unwrap();
    assert_eq!(same["sent"]["notices"], tellings);
    assert_eq!(same["differences"], serde_json::json!([]));
    let monitor = std::fs::read_to_string(played.dir.path().join("monitor.toml")).unwrap();
    let strict = format!("{monitor}\n[limits]\nnews = {{ days = 10 }}\n");
    std::fs::write(played.dir.path().join("strict.toml"), strict).unwrap();
    let table = run("strict.toml", "text");
    assert!(
        table.contains("增加") && table.contains("工作动态"),
        "{table}"
    );
    assert!(table.contains("没有访问记录，未参与回放"), "{table}");
    // Before the journal begins there is nothing to look at, and it is said.
    let early = wangxun([
        "replay",
        "--config",
        played.dir.path().join("monitor.toml").to_str().unwrap(),
        "--from",
        "2017-01-01",
        "--to",
        &to,
    ]);
    assert!(early.out.contains("之前的观测已不再保存"), "{}", early.out);
}

/// Leaves in `sites.toml` the columns that are watched.
fn thin_out(rehearsal: &Rehearsal, dir: &Path) {
    let path = dir.join("sites.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut sites: toml::Table = text.parse().unwrap();
    let truth = &rehearsal.truth;
    let columns = sites["column"].as_array_mut().unwrap();
    columns.retain(|column| {
        let id = column["id"].as_str().unwrap().parse_id();
        let site = column["site"].as_str().unwrap();
        let site = truth.sites().iter().find(|one| one.id.as_str() == site);
        few(truth, site.unwrap(), truth.column(&id).unwrap())
    });
    assert!(columns.len() > 10, "{}", columns.len());
    std::fs::write(&path, sites.to_string()).unwrap();
}

trait ParseId {
    fn parse_id(&self) -> wangxun::domain::id::ColumnId;
}

impl ParseId for str {
    fn parse_id(&self) -> wangxun::domain::id::ColumnId {
        wangxun::domain::id::ColumnId::parse(self).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rehearsal_lets_the_sites_answer_as_of_each_day_and_sends_nothing() {
    let options = || Options {
        days: 12,
        ..Options::demo()
    };
    let dir = TempDir::new().unwrap();
    let start = options().start;
    // The clock of the sites stands still: they know the day by what each request tells them.
    let still = Clock::stepped(moment(start.and_time(NaiveTime::MIN)), None);
    let rehearsal = Rehearsal::start(options(), still, dir.path(), None)
        .await
        .unwrap();
    be_patient(&rehearsal);
    thin_out(&rehearsal, dir.path());
    let (config, kept) = (rehearsal.config_path.clone(), dir.path().join("kept"));
    let out = kept.clone();
    let said = tokio::task::spawn_blocking(move || {
        let day = start.to_string();
        let (config, out) = (config.to_str().unwrap(), out.to_str().unwrap());
        wangxun([
            "rehearse", "--config", config, "--start", &day, "--days", "12", "--keep", out,
        ])
    });
    let said = said.await.unwrap();
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("所有消息只写入目录"), "{}", said.out);
    assert!(
        said.out.lines().last().unwrap().starts_with("合计"),
        "{}",
        said.out
    );
    assert_eq!(rehearsal.gateway.accepted(), [], "nothing may leave");
    assert!(!dir.path().join("store").exists(), "the store is another");

    let mut spooled = BTreeSet::new();
    for entry in kept.join("sms").read_dir().unwrap() {
        let text = std::fs::read(entry.unwrap().path()).unwrap();
        let message: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let part = |name: &str| message[name].as_str().unwrap().to_owned();
        spooled.insert((part("phone"), part("text")));
    }
    let played = play(options(), few).await;
    let sent: BTreeSet<_> = played
        .accepted
        .into_iter()
        .map(|taken| (taken.phone, taken.text))
        .collect();
    assert!(sent.len() > 10, "{}", sent.len());
    assert_eq!(spooled, sent);
    rehearsal.stop().await;
}
