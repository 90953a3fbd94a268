//! `wangxun evaluate`: how well the reader reads labelled pages. A folder holds `labels.json`, a
//! list of records, and the pages that they name; further pages of a site cannot be had.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::{logs, saved, say};
use crate::clock::Clock;
use crate::domain::finding::Finding;
use crate::domain::page::Page;
use crate::domain::time::{Date, date_of};
use crate::extract::score::{Mark, Score};
use crate::extract::{Aim, Reading, Recipe};

/// The most bytes of a list of labels.
const LABEL_BYTES: u64 = 64 * 1024 * 1024;
/// The most bytes of a page: the reader refuses longer ones.
const PAGE_BYTES: u64 = 8 * 1024 * 1024;
/// The most records of one folder.
const MOST_RECORDS: usize = 100_000;

/// `wangxun evaluate`.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// Folders with labels.json and the pages it names
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// The day of reading, where a record states none
    #[arg(long, value_name = "DATE", value_parser = super::day)]
    as_of: Option<Date>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// What a labelled page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Lists,
    Homes,
    Articles,
}

const SORTS: [Sort; 3] = [Sort::Lists, Sort::Homes, Sort::Articles];

impl Sort {
    fn word(self) -> &'static str {
        match self {
            Sort::Lists => "lists",
            Sort::Homes => "homes",
            Sort::Articles => "articles",
        }
    }

    /// Articles are read as pages of unknown kind, as `probe` reads them.
    fn aim(self) -> Aim {
        match self {
            Sort::Lists => Aim::Column,
            Sort::Homes => Aim::Home,
            Sort::Articles => Aim::Any,
        }
    }
}

/// One page to be read.
#[derive(Debug)]
struct Labelled {
    sort: Sort,
    file: String,
    url: Url,
    truth: Option<Date>,
    today: Date,
}

/// The pages of one sort.
#[derive(Debug, Serialize)]
struct Scored {
    pages: usize,
    right: usize,
    wrong: usize,
    abstained_rightly: usize,
    abstained_wrongly: usize,
    precision: Option<f64>,
    recall: Option<f64>,
    accuracy: Option<f64>,
    f1: Option<f64>,
}

impl Scored {
    fn of(score: Score) -> Scored {
        Scored {
            pages: score.pages(),
            right: score.right,
            wrong: score.wrong,
            abstained_rightly: score.abstained_rightly,
            abstained_wrongly: score.abstained_wrongly,
            precision: score.precision(),
            recall: score.recall(),
            accuracy: score.accuracy(),
            f1: score.f1(),
        }
    }

    fn line(&self) -> String {
        let ratio = |ratio: Option<f64>| ratio.map_or("    -".to_owned(), |r| format!("{r:.3}"));
        format!(
            "{:5} pages: {} right, {} wrong, {} abstained rightly, {} abstained wrongly; \
             precision {} recall {} accuracy {} F1 {}",
            self.pages,
            self.right,
            self.wrong,
            self.abstained_rightly,
            self.abstained_wrongly,
            ratio(self.precision),
            ratio(self.recall),
            ratio(self.accuracy),
            ratio(self.f1)
        )
    }
}

/// A page that was not read right.
#[derive(Debug, Serialize)]
struct Miss {
    sort: Sort,
    file: String,
    mark: &'static str,
    truth: Option<Date>,
    read: Option<Date>,
    kind: &'static str,
    reason: String,
}

/// What is printed of one folder.
#[derive(Debug, Serialize)]
struct Report {
    folder: String,
    lists: Scored,
    homes: Scored,
    articles: Scored,
    /// Records that name no page, or none that can be read.
    skipped: Vec<String>,
    misses: Vec<Miss>,
}

/// Evaluates every folder.
pub fn run(evaluate: Evaluate) -> anyhow::Result<bool> {
    logs::quiet();
    let today = evaluate
        .as_of
        .unwrap_or_else(|| date_of(Clock::system().now()));
    let reports = evaluate
        .folders
        .iter()
        .map(|folder| report(folder, today))
        .collect::<anyhow::Result<Vec<Report>>>()?;
    match evaluate.format {
        Format::Json => {
            say(&serde_json::to_string(&reports)?);
        }
        Format::Text => {
            for report in &reports {
                say(&text(report));
            }
        }
    }
    Ok(true)
}

fn report(folder: &Path, today: Date) -> anyhow::Result<Report> {
    let mut scores = [Score::default(); 3];
    let (mut skipped, mut misses) = (Vec::new(), Vec::new());
    for record in records(folder)? {
        let pages = labelled(&record, today);
        if pages.is_empty() {
            skipped.push(format!("{}: no page is named", name(&record)));
        }
        for page in pages {
            match read(folder, &page) {
                Ok(reading) => {
                    let mark = Mark::of(page.truth, day_of(reading.as_ref()));
                    if let Some((_, score)) = SORTS
                        .iter()
                        .zip(&mut scores)
                        .find(|(sort, _)| **sort == page.sort)
                    {
                        score.count(mark);
                    }
                    misses.extend(mark.is_miss().then(|| miss(page, mark, reading)));
                }
                Err(error) => skipped.push(format!("{}: {error:#}", page.file)),
            }
        }
    }
    let [lists, homes, articles] = scores.map(Scored::of);
    Ok(Report {
        folder: folder.display().to_string(),
        lists,
        homes,
        articles,
        skipped,
        misses,
    })
}

fn records(folder: &Path) -> anyhow::Result<Vec<Value>> {
    let path = folder.join("labels.json");
    let bytes = saved::bytes(&path, LABEL_BYTES)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let Value::Array(records) =
        serde_json::from_slice(&bytes).with_context(|| format!("{} is no JSON", path.display()))?
    else {
        bail!("{} is no list of records", path.display());
    };
    if records.len() > MOST_RECORDS {
        bail!("{} has more than {MOST_RECORDS} records", path.display());
    }
    Ok(records)
}

fn field<'v>(record: &'v Value, key: &str) -> &'v str {
    record.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn name(record: &Value) -> String {
    ["key", "url", "file"]
        .iter()
        .map(|key| field(record, key))
        .find(|name| !name.is_empty())
        .unwrap_or("a record without a name")
        .to_owned()
}

/// The pages of a record: one file, or several variants of the same page.
fn labelled(record: &Value, today: Date) -> Vec<Labelled> {
    let sort = sort(record);
    let truth = match sort {
        Sort::Lists | Sort::Homes => field(record, "newest_item_date"),
        Sort::Articles if record.get("publication").is_some() => field(record, "publication"),
        Sort::Articles => field(record, "date"),
    };
    let Some(url) = address(record, sort) else {
        return Vec::new();
    };
    let variants = record.get("files").and_then(Value::as_array);
    let files: Vec<&str> = match variants {
        Some(files) => files.iter().map(|file| field(file, "file")).collect(),
        None => vec![field(record, "file")],
    };
    files
        .into_iter()
        .filter(|file| !file.is_empty())
        .map(|file| Labelled {
            sort,
            file: file.to_owned(),
            url: url.clone(),
            truth: day(truth),
            today: as_of(field(record, "as_of")).unwrap_or(today),
        })
        .collect()
}

/// What the record calls the page; home pages are known by their variants too.
fn sort(record: &Value) -> Sort {
    let kind = field(record, "kind");
    if kind.contains("list") || kind.starts_with("column") && record.get("files").is_none() {
        Sort::Lists
    } else if kind.starts_with("home") || record.get("files").is_some() {
        Sort::Homes
    } else {
        Sort::Articles
    }
}

/// The address of the page, made up where the record states none.
fn address(record: &Value, sort: Sort) -> Option<Url> {
    if let Ok(url) = Url::parse(field(record, "url")) {
        return Some(url);
    }
    let stated = field(record, "host");
    let host = if stated.contains('.') && !stated.contains(' ') {
        stated
    } else {
        "page.invalid"
    };
    let path = match sort {
        Sort::Homes => "/",
        Sort::Lists | Sort::Articles => "/page/index.html",
    };
    Url::parse(&format!("http://{host}{path}")).ok()
}

fn day(text: &str) -> Option<Date> {
    text.get(..10).unwrap_or(text).parse().ok()
}

/// A day, or the last day of a month.
fn as_of(text: &str) -> Option<Date> {
    let (year, month) = text.get(..7)?.split_once('-')?;
    let end = || {
        Date::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?
            .checked_add_months(chrono::Months::new(1))?
            .pred_opt()
    };
    day(text).or_else(end)
}

fn read(folder: &Path, page: &Labelled) -> anyhow::Result<Option<Reading>> {
    let plain = |part| matches!(part, Component::Normal(_));
    if !Path::new(&page.file).components().all(plain) {
        bail!("the file does not lie in the folder");
    }
    let first = Page {
        url: page.url.clone(),
        status: 200,
        content_type: Some("text/html".to_owned()),
        body: saved::bytes(&folder.join(&page.file), PAGE_BYTES)?,
    };
    let recipe = Recipe::of(page.sort.aim());
    Ok(saved::reading(first, &recipe, page.today))
}

fn day_of(reading: Option<&Reading>) -> Option<Date> {
    match &reading?.finding {
        Finding::Dated(update) => Some(update.on),
        _ => None,
    }
}

fn miss(page: Labelled, mark: Mark, reading: Option<Reading>) -> Miss {
    let reason = reading.as_ref().map_or_else(
        || "the reader came to no end".to_owned(),
        |reading| match &reading.finding {
            Finding::Dated(update) => {
                format!("{:?}: {}", update.basis, update.evidence.snippet)
            }
            Finding::Undated(why) => format!("undated: {why:?}"),
            Finding::Unreadable(why) => format!("unreadable: {why:?}"),
            Finding::Empty => "the page says that it is empty".to_owned(),
        },
    );
    Miss {
        sort: page.sort,
        mark: mark.key(),
        truth: page.truth,
        read: day_of(reading.as_ref()),
        kind: reading.as_ref().map_or("other", |r| r.kind.key()),
        file: page.file,
        reason,
    }
}

fn text(report: &Report) -> String {
    let mut out = report.folder.clone();
    let scored = [&report.lists, &report.homes, &report.articles];
    for (sort, scored) in SORTS.iter().zip(scored) {
        if scored.pages > 0 {
            let _ = write!(out, "\n  {:8} {}", sort.word(), scored.line());
        }
    }
    let day = |day: Option<Date>| day.map_or("none".to_owned(), |day| day.to_string());
    for miss in &report.misses {
        let _ = write!(
            out,
            "\n  {:17} {}: {} but {} ({}; {})",
            miss.mark,
            miss.file,
            day(miss.truth),
            day(miss.read),
            miss.kind,
            miss.reason
        );
    }
    for line in &report.skipped {
        let _ = write!(out, "\n  skipped           {line}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn today() -> Date {
        Date::from_ymd_opt(2026, 11, 25).unwrap()
    }

    #[test]
    fn records_of_every_corpus_are_understood() {
        let cases = [
            (
                json!({"kind": "list (news)", "file": "a.gz", "host": "a.gov.cn", "newest_item_date": "2018-03-16"}),
                (
                    Sort::Lists,
                    "http://a.gov.cn/page/index.html",
                    Some("2018-03-16"),
                    "2026-11-25",
                ),
            ),
            (
                json!({"kind": "home page", "files": [{"file": "b.gz"}], "host": "", "newest_item_date": null, "as_of": "2018-02"}),
                (Sort::Homes, "http://page.invalid/", None, "2018-02-28"),
            ),
            (
                json!({"kind": "entrance page", "files": [{"file": "b.gz"}], "as_of": "2018-03-18 (guess)"}),
                (Sort::Homes, "http://page.invalid/", None, "2018-03-18"),
            ),
            (
                json!({"kind": "article", "file": "c.gz", "publication": "2024-09-10T09:24"}),
                (
                    Sort::Articles,
                    "http://page.invalid/page/index.html",
                    Some("2024-09-10"),
                    "2026-11-25",
                ),
            ),
            (
                json!({"file": "d.gz", "url": "https://d.de/x", "date": "2020-01-02"}),
                (
                    Sort::Articles,
                    "https://d.de/x",
                    Some("2020-01-02"),
                    "2026-11-25",
                ),
            ),
        ];
        for (record, (sort, url, truth, read_on)) in cases {
            let pages = labelled(&record, today());
            let [page] = pages.as_slice() else {
                panic!("{record}");
            };
            assert_eq!((page.sort, page.url.as_str()), (sort, url), "{record}");
            assert_eq!(page.truth, truth.and_then(day), "{record}");
            assert_eq!(page.today.to_string(), read_on, "{record}");
        }
        assert!(labelled(&json!({"kind": "list"}), today()).is_empty());
    }

    #[test]
    fn files_outside_the_folder_are_not_read() {
        for file in ["../labels.json", "/etc/hostname", "a/../../b"] {
            let record = json!({"file": file, "url": "http://a.cn/", "date": "2020-01-02"});
            for page in labelled(&record, today()) {
                assert!(read(Path::new("."), &page).is_err(), "{file}");
            }
        }
    }
}
