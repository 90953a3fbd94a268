//! How fast the reader is, against the bare parse of the same bytes, and what memory it takes.
//! Pages are made up, and those of the corpus where it lies beside the project.
//!
//! `cargo bench --bench reading`
#![expect(
    clippy::expect_used,
    reason = "a bench without its pages has nothing to measure"
)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use divan::counter::{BytesCount, ItemsCount};
use divan::{AllocProfiler, Bencher, black_box};
use serde_json::Value;
use url::Url;
use wangxun::daemon::visit::digest_of;
use wangxun::domain::page::Page;
use wangxun::domain::time::Date;
use wangxun::extract::{Aim, Answer, More, Pages, Reader, Recipe, read};

mod made;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    print_ratios();
    divan::main();
}

/// What is measured.
#[derive(Debug, Clone, Copy)]
enum Sort {
    MadeUpLists,
    MadeUpHomes,
    Lists,
    Homes,
    Articles,
    ForeignArticles,
}

const SORTS: [Sort; 6] = [
    Sort::MadeUpLists,
    Sort::MadeUpHomes,
    Sort::Lists,
    Sort::Homes,
    Sort::Articles,
    Sort::ForeignArticles,
];

impl Sort {
    fn aim(self) -> Aim {
        match self {
            Sort::Lists | Sort::MadeUpLists => Aim::Column,
            Sort::Homes | Sort::MadeUpHomes => Aim::Home,
            Sort::Articles | Sort::ForeignArticles => Aim::Any,
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Sort::Lists | Sort::Articles | Sort::MadeUpLists => "gov-pages",
            Sort::Homes | Sort::MadeUpHomes => "gov-home",
            Sort::ForeignArticles => "article-dates",
        }
    }

    fn holds(self, record: &Value) -> bool {
        let kind = record.get("kind").and_then(Value::as_str);
        match self {
            Sort::Lists => kind.is_some_and(|kind| kind.starts_with("list")),
            Sort::Homes => kind.is_some_and(|kind| kind.starts_with("home")),
            Sort::Articles => kind.is_some_and(|kind| kind.starts_with("article")),
            Sort::ForeignArticles => true,
            Sort::MadeUpLists | Sort::MadeUpHomes => false,
        }
    }
}

/// Prints how much longer the reader takes than the bare parse of the text: the best of many
/// rounds, in which both take turns, so that what else the machine does falls on both.
fn print_ratios() {
    println!("reader against bare parse");
    for sort in SORTS {
        let recipe = recipe(sort.aim());
        let (mut bare, mut read_in) = (Duration::ZERO, Duration::ZERO);
        for page in pages(sort) {
            let text = decoded(&page);
            let pages = Pages {
                first: page,
                more: BTreeMap::new(),
            };
            let (mut best, mut other) = (Duration::MAX, Duration::MAX);
            for _ in 0..10 {
                best = best.min(timed(|| scraper::Html::parse_document(&text)));
                other = other.min(timed(|| read(&pages, &recipe, today())));
            }
            bare += best;
            read_in += other;
        }
        let ratio = read_in.as_secs_f64() / bare.as_secs_f64();
        println!("  {sort:<16?} {bare:>10.2?} {read_in:>10.2?} {ratio:>6.2}");
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let made = black_box(work());
    let took = start.elapsed();
    drop(made);
    took
}

fn decoded(page: &Page) -> String {
    std::str::from_utf8(&page.body).map_or_else(
        |_| encoding_rs::GB18030.decode(&page.body).0.into_owned(),
        str::to_owned,
    )
}

fn today() -> Date {
    Date::from_ymd_opt(2026, 11, 25).expect("a date")
}

fn corpus(folder: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/corpus", "../../shared/corpus"]
        .iter()
        .map(|near| root.join(near).join(folder))
        .find(|dir| dir.join("labels.json").is_file())
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut body = Vec::new();
    let file = std::fs::File::open(path).expect("a page");
    flate2::read::GzDecoder::new(file)
        .read_to_end(&mut body)
        .expect("gzip");
    body
}

fn page(sort: Sort, url: Option<&str>, body: Vec<u8>) -> Page {
    let made_up = match sort {
        Sort::Homes | Sort::MadeUpHomes => "http://www.example.gov.cn/",
        _ => "http://www.example.gov.cn/xxgk/tzgg/index.html",
    };
    Page {
        url: Url::parse(url.unwrap_or(made_up)).expect("an address"),
        status: 200,
        content_type: Some("text/html".to_owned()),
        body,
    }
}

/// The labelled pages of a sort, at most sixty.
fn pages(sort: Sort) -> Vec<Page> {
    let made_up = match sort {
        Sort::MadeUpLists => made::lists(),
        Sort::MadeUpHomes => made::homes(),
        _ => Vec::new(),
    };
    let Some(dir) = corpus(sort.folder()).filter(|_| made_up.is_empty()) else {
        let made_up = made_up.into_iter();
        return made_up
            .map(|(_, text)| page(sort, None, text.into_bytes()))
            .collect();
    };
    let text = std::fs::read_to_string(dir.join("labels.json")).expect("labels");
    let records: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let file = |record: &Value| {
        record
            .get("file")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    records
        .iter()
        .filter(|record| sort.holds(record))
        .filter_map(|record| {
            let name = file(record).or_else(|| file(record.get("files")?.get(0)?))?;
            let url = record.get("url").and_then(Value::as_str);
            Some(page(sort, url, unpacked(&dir.join(name))))
        })
        .take(60)
        .collect()
}

fn counted<'a, 'b>(bencher: Bencher<'a, 'b>, pages: &[Page]) -> Bencher<'a, 'b> {
    let bytes: usize = pages.iter().map(|page| page.body.len()).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(pages.len()))
}

fn recipe(aim: Aim) -> Recipe {
    Recipe::of(aim)
}

#[divan::bench(args = SORTS)]
fn bare_parse(bencher: Bencher, sort: Sort) {
    let pages = pages(sort);
    let texts: Vec<String> = pages.iter().map(decoded).collect();
    counted(bencher, &pages).bench_local(|| {
        for text in &texts {
            black_box(scraper::Html::parse_document(text));
        }
    });
}

#[divan::bench(args = SORTS)]
fn reader(bencher: Bencher, sort: Sort) {
    let set: Vec<Pages> = pages(sort)
        .into_iter()
        .map(|first| Pages {
            first,
            more: BTreeMap::new(),
        })
        .collect();
    let firsts: Vec<Page> = set.iter().map(|pages| pages.first.clone()).collect();
    let recipe = recipe(sort.aim());
    counted(bencher, &firsts).bench_local(|| {
        for pages in &set {
            black_box(read(pages, &recipe, today()));
        }
    });
}

/// With every further page that the reader asks for, none of which can be had.
#[divan::bench(args = SORTS)]
fn reader_to_the_end(bencher: Bencher, sort: Sort) {
    let firsts = pages(sort);
    let recipe = recipe(sort.aim());
    counted(bencher, &firsts).bench_local(|| {
        for first in &firsts {
            let mut pages = Pages {
                first: first.clone(),
                more: BTreeMap::new(),
            };
            let mut reader = Reader::new(recipe.clone(), today());
            while let Answer::Need(urls) = reader.read(&pages) {
                pages
                    .more
                    .extend(urls.into_iter().map(|url| (url, More::Failed)));
            }
        }
    });
}

/// A page whose bytes are those of the last visit is not read.
#[divan::bench(args = SORTS)]
fn unchanged(bencher: Bencher, sort: Sort) {
    let pages = pages(sort);
    counted(bencher, &pages).bench_local(|| {
        for page in &pages {
            black_box(digest_of(&page.body));
        }
    });
}

/// Pages made to be slow, each of the greatest length that is read.
const HOSTILE: [&str; 39] = [
    "</p>",
    "</b>",
    "<span><div></span>",
    "<b><div>a</b>",
    "<ul><li>",
    "<ul><li><a href=/x>关于开展检查工作的通知</a></ul>",
    "<i></i>",
    "<p x@=1 y@=2>",
    "</p x@=1>",
    "a@=1 ",
    "</a @ ",
    "<title><a title='",
    "&notit;&",
    "<select><option>",
    "<b>",
    "<b><p>",
    "<li>",
    "<li><a href=/a/1.html>关于开展检查工作的通知</a>2018-03-16",
    "<li>2018-03-16",
    "<tr><td>发布时间：2018-03-16",
    "<a href=/x/@>关于开展检查工作的通知@</a>",
    "<p class=c@><a href=/x/@>关于开展检查的通知</a> 2026-11-25</p>",
    "<div><a href=/x/@></a></div>",
    "<iframe src=/x/@></iframe>",
    "<!--",
    "<!-- --!>",
    "<!---->",
    "&#x4e2d&ampamp&#99999999;",
    "a=1 ",
    "2018-03-16 ",
    "[1,",
    "1,",
    "a[1]='x';",
    "document.write('<a href=x>",
    "{title:'关于开展检查工作的通知',url:'/x',date:'2018-03-16'},",
    "<meta name=PubDate content=2018-03-16>",
    "<script></script>",
    "<script>document.write('<a href=/x>关于通知')</script>",
    "<SCRIPT>var a=[{title:'关于检查的通知',url:'/x'}]</SCRIPT>",
];

fn hostile_page(part: &str) -> Vec<u8> {
    let head = match part {
        "a=1 " | "a@=1 " => "<a ",
        "</a @ " => "</a ",
        "[1," | "1," | "a[1]='x';" => "<script>var title=[[[[[[[[[[[[[[[[[[[[[[1,[[",
        part if part.starts_with("document") || part.starts_with('{') || part == "<!---->" => {
            "<script>var list=["
        }
        _ => "<html><body><ul>",
    };
    let most = 2 * 1024 * 1024;
    let deep = if part.starts_with("</") {
        "<span>".repeat(500)
    } else {
        String::new()
    };
    let mut text = deep + head;
    let mut number = 0;
    while text.len() + part.len() + 16 < most {
        text.push_str(&part.replace('@', &number.to_string()));
        number += 1;
    }
    if head.contains("<script") {
        text.push_str("</script>");
    }
    text.into_bytes()
}

#[divan::bench(args = HOSTILE, sample_count = 3, sample_size = 1)]
fn hostile(bencher: Bencher, part: &str) {
    let pages = Pages {
        first: page(Sort::Lists, None, hostile_page(part)),
        more: BTreeMap::new(),
    };
    let recipe = Recipe {
        column_name: Some("通知公告".to_owned()),
        ..recipe(Aim::Column)
    };
    bencher.bench_local(|| read(&pages, &recipe, today()));
}

/// The same pages where nothing is known of them: they are read as articles first.
#[divan::bench(args = HOSTILE, sample_count = 3, sample_size = 1)]
fn hostile_of_any_kind(bencher: Bencher, part: &str) {
    let pages = Pages {
        first: page(Sort::Lists, None, hostile_page(part)),
        more: BTreeMap::new(),
    };
    let recipe = recipe(Aim::Any);
    bencher.bench_local(|| read(&pages, &recipe, today()));
}

/// As many rows as the guard before the parser lets through.
#[divan::bench(args = [5_000, 20_000, 40_000], sample_count = 3, sample_size = 1)]
fn very_many_rows(bencher: Bencher, rows: usize) {
    let mut body = String::from("<h2>通知公告</h2><ul>");
    for n in 0..rows {
        body.push_str(&format!("<li><a href=/{n}>关于通知</a>2018-03-16"));
    }
    let pages = Pages {
        first: page(Sort::Lists, None, body.into_bytes()),
        more: BTreeMap::new(),
    };
    let recipe = Recipe {
        column_name: Some("通知公告".to_owned()),
        ..recipe(Aim::Column)
    };
    bencher.bench_local(|| read(&pages, &recipe, today()));
}
