//! Accuracy of the reader on real pages. Skipped where the corpus is not beside the project.
//!
//! Right: the newest date of a list or home page, the publication day of an article, is the
//! labelled one; a page whose label is null is right when no date is given. Wrong means
//! confidently wrong: another date is given. The rest is undecided.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde_json::Value;
use url::Url;
use wangxun::domain::finding::Finding;
use wangxun::domain::page::Page;
use wangxun::extract::{
    Aim, Answer, More, PageKind, Pages, Reading, Recipe, guides, letters, read,
};

fn corpus(folder: &str) -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/corpus")
        .join(folder);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/corpus")
        .join(folder);
    [dir, beside]
        .into_iter()
        .find(|dir| dir.join("labels.json").is_file())
}

fn labels(dir: &Path) -> Vec<Value> {
    let text = fs::read_to_string(dir.join("labels.json")).expect("labels");
    serde_json::from_str(&text).expect("labels are a list")
}

fn body(path: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    let packed = fs::File::open(path).expect("a page");
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut out)
        .expect("gzip");
    out
}

fn text<'v>(record: &'v Value, key: &str) -> &'v str {
    record.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn day(text: &str) -> Option<NaiveDate> {
    text.get(..10).unwrap_or(text).parse().ok()
}

/// The day of reading: the labelled one, or the end of the labelled month.
fn as_of(text: &str) -> NaiveDate {
    let end = || {
        let (year, month) = text.get(..7)?.split_once('-')?;
        let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
        first.checked_add_months(chrono::Months::new(1))?.pred_opt()
    };
    day(text).or_else(end).unwrap_or_else(late)
}

fn late() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 25).expect("a date")
}

/// Reads a saved page; whatever else is asked for cannot be had.
fn read_saved(
    bytes: Vec<u8>,
    host: &str,
    path: &str,
    aim: Aim,
    today: NaiveDate,
) -> (Reading, Vec<Url>) {
    let host = if host.contains('.') && !host.contains(' ') {
        host
    } else {
        "www.example.gov.cn"
    };
    let url = Url::parse(&format!("http://{host}{path}")).expect("an address");
    let first = Page {
        url,
        status: 200,
        content_type: Some("text/html".into()),
        body: bytes,
    };
    let mut pages = Pages {
        first,
        more: BTreeMap::new(),
    };
    let recipe = Recipe::of(aim);
    let mut asked = Vec::new();
    for _ in 0..20 {
        match read(&pages, &recipe, today) {
            Answer::Found(reading) => return (*reading, asked),
            Answer::Need(urls) => {
                assert!(!urls.is_empty(), "a need names addresses");
                for url in urls {
                    asked.push(url.clone());
                    assert!(
                        pages.more.insert(url, More::Failed).is_none(),
                        "nothing is asked for twice"
                    );
                }
            }
        }
    }
    panic!("the reader does not come to an end");
}

fn found(reading: &Reading) -> Option<NaiveDate> {
    match &reading.finding {
        Finding::Dated(update) => Some(update.on),
        _ => None,
    }
}

#[derive(Default)]
struct Tally {
    right: usize,
    wrong: usize,
    undecided: usize,
    table: String,
}

impl Tally {
    fn judge(&mut self, name: &str, expected: Option<NaiveDate>, reading: &Reading) {
        let got = found(reading);
        let word = match (expected, got) {
            (expected, got) if expected == got => {
                self.right += 1;
                return;
            }
            (_, Some(_)) => {
                self.wrong += 1;
                "WRONG"
            }
            _ => {
                self.undecided += 1;
                "undecided"
            }
        };
        let _ = writeln!(
            self.table,
            "{word:9} {name}: expected {expected:?}, kind {}, {:?}, notes {:?}",
            reading.kind.key(),
            reading.finding,
            reading.notes
        );
    }

    fn show(&self, folder: &str) {
        println!(
            "{folder}: {} right, {} wrong, {} undecided\n{}",
            self.right, self.wrong, self.undecided, self.table
        );
    }
}

#[test]
fn government_pages_are_read_right() {
    let Some(dir) = corpus("gov-pages") else {
        return;
    };
    let (mut aimed, mut probed) = (Tally::default(), Tally::default());
    let mut kinds = String::new();
    for record in labels(&dir) {
        let bytes = body(&dir.join(text(&record, "file")));
        let kind = text(&record, "kind");
        let (aim, shape) = if kind.starts_with("list") {
            (Aim::Column, PageKind::List)
        } else if kind.starts_with("home") {
            (Aim::Home, PageKind::Home)
        } else {
            (Aim::Any, PageKind::Article)
        };
        let listed = aim != Aim::Any;
        let expected = day(text(
            &record,
            if listed {
                "newest_item_date"
            } else {
                "publication"
            },
        ));
        let name = text(&record, "key");
        let path = if aim == Aim::Home {
            "/"
        } else {
            "/page/index.html"
        };
        let (reading, _) = read_saved(bytes.clone(), text(&record, "host"), path, aim, late());
        aimed.judge(name, expected, &reading);
        let (reading, _) = read_saved(bytes, text(&record, "host"), path, Aim::Any, late());
        probed.judge(name, expected, &reading);
        if reading.kind != shape {
            let _ = writeln!(
                kinds,
                "kind of {name}: {} but labelled {kind}",
                reading.kind.key()
            );
        }
    }
    aimed.show("gov-pages");
    probed.show("gov-pages, kind unknown");
    println!("{kinds}");
    assert!(aimed.right >= 49 && aimed.wrong == 0);
    assert!(probed.right >= 49 && probed.wrong == 0);
}

#[test]
fn home_pages_are_read_right() {
    let Some(dir) = corpus("gov-home") else {
        return;
    };
    let mut tally = Tally::default();
    for record in labels(&dir) {
        let files = record
            .get("files")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let aim = if text(&record, "kind").contains("list") {
            Aim::Column
        } else {
            Aim::Home
        };
        for file in files {
            let name = text(&file, "file");
            let expected = day(text(&record, "newest_item_date"));
            let (reading, asked) = read_saved(
                body(&dir.join(name)),
                text(&record, "host"),
                "/",
                aim,
                as_of(text(&record, "as_of")),
            );
            tally.judge(name, expected, &reading);
            let target = text(&record, "redirect_target");
            if target.starts_with("http") || target.starts_with('/') {
                assert!(
                    asked.iter().any(|url| url.as_str().ends_with(target)),
                    "{name}: {asked:?} lacks {target}"
                );
            } else if !target.is_empty() {
                println!("{name} asked for {asked:?}");
            }
        }
    }
    tally.show("gov-home");
    assert!(tally.right >= 18 && tally.wrong <= 1);
}

#[test]
fn chinese_articles_are_read_right() {
    let Some(dir) = corpus("zh-articles") else {
        return;
    };
    let mut tally = Tally::default();
    for record in labels(&dir) {
        let bytes = body(&dir.join(text(&record, "file")));
        let (reading, _) = read_saved(bytes, "www.example.com", "/news/1.html", Aim::Any, late());
        tally.judge(text(&record, "key"), day(text(&record, "date")), &reading);
    }
    tally.show("zh-articles");
    assert!(tally.right >= 21 && tally.wrong == 0);
}

#[test]
fn articles_of_other_countries_are_read_right() {
    let Some(dir) = corpus("article-dates") else {
        return;
    };
    let mut tally = Tally::default();
    for record in labels(&dir) {
        let bytes = body(&dir.join(text(&record, "file")));
        let url = Url::parse(text(&record, "url")).expect("an address");
        let (reading, _) = read_saved(
            bytes,
            url.host_str().unwrap_or_default(),
            url.path(),
            Aim::Any,
            late(),
        );
        tally.judge(text(&record, "url"), day(text(&record, "date")), &reading);
    }
    tally.show("article-dates");
    assert!(tally.right >= 560 && tally.wrong <= 32);
}

/// The one letter-box of the corpus shows ten rows and says of none whether it is answered; no other
/// page has a letter that waits, and none is a service guide.
#[test]
fn no_page_has_letters_that_wait_or_is_a_guide() {
    for folder in ["gov-home", "gov-pages", "zh-articles"] {
        let Some(dir) = corpus(folder) else { continue };
        let names = fs::read_dir(dir.join("pages")).expect("pages");
        for name in names {
            let path = name.expect("a page").path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.unwrap_or_default().to_owned();
            let page = Page {
                url: "http://www.example.gov.cn/zmhd/"
                    .parse()
                    .expect("an address"),
                status: 200,
                content_type: None,
                body: body(&path),
            };
            let letters = letters::list(&page, None, late());
            let own = letters::letter(&page, late()).unwrap_or_default();
            let open = letters.iter().filter(|letter| letter.told.is_open());
            assert_eq!((open.count(), own.is_open()), (0, false), "{name}");
            assert_eq!(guides::read(&page, late()), None, "{name}");
            if name.contains("tzly_list") {
                assert_eq!(letters.len(), 10, "{letters:?}");
                assert!(letters.iter().all(|letter| !letter.told.is_answered()));
            }
        }
    }
}
