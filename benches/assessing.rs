//! What an assessment of a whole year costs at 48 sites of 30 columns: daily visits, 24 samples a day
//! and site, nightly inspections, letters, guides, documents, links and candidates. The store is filled
//! through its own commits; then the program itself makes every form of the report and explains a rule,
//! each in a process of its own whose time and most memory are told, and the console shows the same.
//!
//! `cargo bench --bench assessing` (`KEEP=DIR` leaves the installation there and takes it as it is when
//! it is there already; `YEARS=2` fills the year before, too)
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot begin has nothing to measure"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{Datelike as _, Days, TimeDelta};
use tempfile::TempDir;
use tokio::sync::mpsc;
use wangxun::clock::Clock;
use wangxun::config::load::load;
use wangxun::config::settings::Config;
use wangxun::daemon::assessment::TELL_NOBODY;
use wangxun::daemon::desk::Desk;
use wangxun::domain::candidate::{Candidate, Snippet, Suspicion};
use wangxun::domain::class::Class;
use wangxun::domain::document::Document;
use wangxun::domain::group::{Column, Site};
use wangxun::domain::guide::{Element, Guide};
use wangxun::domain::inspection::{Inspection, LinkCount, WordCount};
use wangxun::domain::letter::{Letter, State, Told};
use wangxun::domain::marks::{Mark, PageMarks, Tag};
use wangxun::domain::target::{Spell, Target, TargetKind, TargetPlace};
use wangxun::domain::time::Date;
use wangxun::domain::visit::{Failure, Validators};
use wangxun::domain::words::WordKind;
use wangxun::report::assessment::Assessment;
use wangxun::store::commit::Commit;
use wangxun::store::handle::Store;
use wangxun::store::settings::StoreSettings;
use wangxun::web::counter::{Counter, Handed};

mod group;

use group::{at, console, day, page, samples, served, written};

/// Letters of a column in a year.
const LETTERS: u64 = 200;
/// Service guides of a site.
const GUIDES: usize = 60;
/// Links of a site that led nowhere at some time.
const LINKS: usize = 60;
/// Suspicions of a site that wait for a person.
const CANDIDATES: usize = 120;

fn last() -> Date {
    "2017-12-31".parse().expect("a day")
}

/// Marks of a page that lacks something of each kind.
fn marks() -> PageMarks {
    let mut marks = PageMarks::default();
    for &tag in Tag::ALL.iter().skip(2) {
        marks.tags.add(tag);
    }
    for &mark in Mark::ALL.iter().skip(1) {
        marks.marks.add(mark);
    }
    marks
}

fn inspection(site: &Site, columns: &[(usize, &Column)], on: Date) -> Inspection {
    let own = || columns.iter().filter(|(_, column)| column.site == site.id);
    let letters = own().filter(|(_, column)| column.class == Class::Replies);
    let wanting = (0..60).map(|n| {
        (
            format!("http://{}.example.cn/{on}/{n}.html", site.id),
            marks(),
        )
    });
    Inspection {
        site: site.id.clone(),
        on,
        at: at(on, 1),
        home: Some(marks()),
        columns: own()
            .map(|(_, column)| (column.id.clone(), marks()))
            .collect(),
        articles: 200,
        wanting: wanting.collect(),
        pages: 400,
        home_items_on: Some((0..60).map(|n| on - Days::new(n / 4)).collect()),
        certificate_until: None,
        ipv6: Some(false),
        letters: letters.map(|(_, column)| (column.id.clone(), 20)).collect(),
        letters_back: Vec::new(),
        channel: None,
        words: Some(WordCount {
            texts: 400,
            expressions: 100,
        }),
        links: LinkCount {
            home: 150,
            others: 2000,
            unasked: 0,
        },
    }
}

/// The letters of a column, spread over a year; one of thirty waits.
fn letters(column: &Column) -> Vec<Letter> {
    let letters = (0..LETTERS).map(|n| {
        let asked_on = last() - Days::new(n * 365 / LETTERS);
        let waits = n % 30 == 7;
        let told = Told {
            asked_on: Some(asked_on),
            answered_on: (!waits).then(|| asked_on + Days::new(n % 25)),
            state: Some(if waits { State::Open } else { State::Answered }),
            unit: true,
            words: !waits,
        };
        Letter {
            column: column.id.clone(),
            title: format!("关于第{n}号小区停车管理有关问题的咨询"),
            url: Some(format!("http://{}.example.cn/xj/{n}.html", column.site)),
            row: told.clone(),
            told,
            first_seen_at: at(asked_on, 1),
            open_at: waits.then(|| at(last(), 1)),
            open_before: Vec::new(),
            answered_at: (!waits).then(|| at(asked_on + Days::new(n % 25), 1)),
            page: None,
            overruled: false,
        }
    });
    letters.collect()
}

fn guide(site: &Site, number: usize) -> Guide {
    let has = Element::COUNTED.into_iter().skip(number % 4);
    Guide {
        site: site.id.clone(),
        url: format!("http://{}.example.cn/bsfw/{number}.html", site.id),
        title: format!("第{number}类事项办理指南"),
        has: Some(has.collect()),
        files: 2,
        online: Vec::new(),
        elsewhere: false,
        seen_at: at(last(), 1),
        gone_at: None,
        read_at: Some(at(last(), 1)),
        validators: Validators::default(),
        since: None,
        former: None,
    }
}

fn target(site: &Site, number: usize) -> Target {
    let since = at(last() - Days::new(300 - number as u64), 1);
    let places = (0..5).map(|n| TargetPlace {
        page: format!("http://{}.example.cn/c{n}/{number}.html", site.id),
        text: "关于报送材料的附件".to_owned(),
    });
    Target {
        site: site.id.clone(),
        url: format!("http://x{number}.example.cn/{}.doc", site.id),
        kind: TargetKind::File,
        external: number.is_multiple_of(3),
        on_home: number.is_multiple_of(5),
        places: places.collect(),
        spells: vec![Spell {
            since,
            gone_since: Some(since),
            why: Failure::Status(404),
            confirmed_at: Some(since + TimeDelta::hours(24)),
            ended_at: number.is_multiple_of(2).then(|| since + TimeDelta::days(9)),
            removed: false,
        }],
        asked_at: at(last(), 1),
    }
}

fn candidate(site: &Site, number: usize) -> Candidate {
    Candidate {
        site: site.id.clone(),
        page: format!("http://{}.example.cn/w{number}.html", site.id),
        title: "关于开展工作的通知".to_owned(),
        suspicion: Suspicion::Word {
            text: "布署".to_owned(),
            kind: WordKind::Wrong,
            instead: Some("部署".to_owned()),
            remark: None,
        },
        snippet: Snippet::default(),
        seen_on: None,
        copy: None,
        first_at: at(last() - Days::new(90), 1),
        seen_at: at(last(), 1),
        gone_at: None,
    }
}

/// Pages of the documents and interpretations of a column, every tenth day.
fn documents(column: &Column) -> Vec<Document> {
    let documents = (0..36).map(|n| Document {
        column: column.id.clone(),
        url: format!("http://{}.example.cn/wj/{n}.html", column.id),
        links: Vec::new(),
        others: 36,
        read_at: at(last(), 1),
        validators: Validators::default(),
        since: None,
        former: None,
    });
    documents.collect()
}

async fn fill(config: &Config, years: u64) {
    let settings = StoreSettings::in_dir(config.store.dir.clone());
    let (store, _) = Store::open(&settings, at(last(), 9))
        .await
        .expect("a store");
    let all: Vec<(usize, &Column)> = config.group.columns.values().enumerate().collect();
    let sites = || config.group.sites.values();
    let days = years * 365;
    for number in 0..days {
        let on = last() - Days::new(days - 1 - number);
        store
            .commit(day(&all, number, (on, last())))
            .await
            .expect("kept");
        let mut other = Commit::at(at(on, 22));
        other.days = sites().map(|site| samples(site, on)).collect();
        store.commit(other).await.expect("kept");
        for site in sites() {
            let mut inspected = Commit::at(at(on, 22));
            inspected.inspections.push(inspection(site, &all, on));
            store.commit(inspected).await.expect("kept");
        }
        if on.day() == 1 {
            store.prune(at(on, 23)).await.expect("pruned");
        }
    }
    for site in sites() {
        let mut commit = Commit::at(at(last(), 23));
        for (_, column) in all.iter().filter(|(_, column)| column.site == site.id) {
            match column.class {
                Class::Replies => commit.letters.extend(letters(column)),
                Class::Policy | Class::Interpretation => commit.documents.extend(documents(column)),
                _ => {}
            }
        }
        commit.guides = (0..GUIDES).map(|n| guide(site, n)).collect();
        commit.targets = (0..LINKS).map(|n| target(site, n)).collect();
        commit.candidates = (0..CANDIDATES).map(|n| candidate(site, n)).collect();
        store.commit(commit).await.expect("kept");
    }
}

/// Time and most memory of the program with these arguments.
fn run(arguments: &[&str], config: &Path, out: &Path) -> (Duration, u64) {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_wangxun"))
        .args(arguments)
        .arg("--config")
        .arg(config)
        .stdout(std::fs::File::create(out).expect("a file"))
        .stdin(Stdio::null())
        .spawn()
        .expect("the program");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let known = std::fs::read_to_string(&status).unwrap_or_default();
        let line = known.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = kilobytes.unwrap_or(0).max(most);
        if let Some(ended) = child.try_wait().expect("a child") {
            assert!(ended.success(), "{arguments:?}");
            return (begun.elapsed(), most);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn measure(config: &Path, dir: &Path) {
    let book = dir.join("report.xlsx");
    let book = book.to_str().expect("a path");
    let reports = ["md", "html", "csv", "json", "xlsx", "paragraph"];
    let reports = reports.map(|format| {
        let mut of = vec!["report", "--period", "2017", "--all", "--format", format];
        if format == "xlsx" {
            of.extend(["--out", book]);
        }
        of
    });
    let whys = [
        vec!["why", "s0", "--rule", "D5", "--period", "2017"],
        vec!["why", "s0", "--rule", "V5", "--period", "2017"],
        vec!["report", "--period", "2017", "--site", "s0"],
        vec!["report", "--period", "2017Q4", "--all"],
        vec!["why", "s0/c0"],
    ];
    for arguments in reports.into_iter().chain(whys) {
        let out = match arguments.contains(&"--out") {
            true => PathBuf::from(book),
            false => dir.join("out"),
        };
        let sink = dir.join("out");
        let (took, most) = run(&arguments, config, &sink);
        let size = std::fs::metadata(&out).expect("a file").len();
        println!(
            "{:<60} {:>6.2} s, {:>4} MB at most, {:>6} KB",
            arguments
                .iter()
                .take(6)
                .copied()
                .collect::<Vec<_>>()
                .join(" "),
            took.as_secs_f64(),
            most / 1024,
            size / 1024
        );
    }
}

/// How long the console takes to show the year: when the assessment has to be made, and afterwards.
async fn show(config: Arc<Config>) {
    let settings = StoreSettings::in_dir(config.store.dir.clone());
    let now = at(last() + Days::new(9), 9);
    let (store, _) = Store::open(&settings, now).await.expect("a store");
    let clock = Clock::stepped(now, None);
    let desk = Desk::new(Arc::clone(&config), store.clone(), clock.clone());
    let (hand, mut handed) = mpsc::channel(8);
    tokio::spawn(async move {
        let mut made: Option<Arc<Assessment>> = None;
        while let Some(Handed::Assess { period, back }) = handed.recv().await {
            if made.is_none() {
                let fresh = desk.assessed(period, false, TELL_NOBODY).await;
                made = Some(Arc::new(fresh.expect("a store").expect("an assessment")));
            }
            let _ = back.send(made.clone().ok_or_else(String::new));
        }
    });
    let console = console(&config, store, clock, Some(Counter::new(hand)));
    let (address, _stop) = served(console).await;
    for path in [
        "/assessment?period=2017",
        "/assessment?period=2017",
        "/assessment?period=2017&site=s0",
    ] {
        // A page that is still being made says so, and is asked for again.
        let begun = Instant::now();
        let mut shown = page(address, path).await;
        while String::from_utf8_lossy(&shown).contains("\r\nrefresh:") {
            tokio::time::sleep(Duration::from_millis(100)).await;
            shown = page(address, path).await;
        }
        let size = shown.len();
        let took = begun.elapsed().as_secs_f64();
        println!("{path:<60} {took:>6.2} s, {:>6} KB", size / 1024);
    }
}

fn main() {
    let years = std::env::var("YEARS").ok();
    let years: u64 = years.and_then(|text| text.parse().ok()).unwrap_or(1);
    let scratch = TempDir::new().expect("a directory");
    let keep = std::env::var_os("KEEP").map(PathBuf::from);
    let dir = keep.unwrap_or_else(|| scratch.path().to_owned());
    let path = dir.join("monitor.toml");
    if !path.exists() {
        std::fs::create_dir_all(&dir).expect("a directory");
        written(&dir, 48, 30);
        let loaded = load(&path, last()).expect("a configuration");
        let config = Arc::new(loaded.config);
        let begun = Instant::now();
        let runtime = tokio::runtime::Builder::new_multi_thread().build();
        runtime.expect("a runtime").block_on(fill(&config, years));
        println!("filled in {:.0} s", begun.elapsed().as_secs_f64());
    }
    measure(&path, &dir);
    let loaded = load(&path, last()).expect("a configuration");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .expect("a runtime")
        .block_on(show(Arc::new(loaded.config)));
}
