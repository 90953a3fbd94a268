//! How fast the reader is, against the bare parse of the same bytes. Pages are those of the corpus
//! where it lies beside the project, else made-up ones.
//!
//! `cargo bench --bench reading`
#![expect(
    clippy::expect_used,
    reason = "a bench without its pages has nothing to measure"
)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use serde_json::Value;
use url::Url;
use wangxun::daemon::visit::digest_of;
use wangxun::domain::page::Page;
use wangxun::domain::time::Date;
use wangxun::extract::{Aim, Answer, More, Pages, Reader, Recipe, read};

fn main() {
    divan::main();
}

/// What is measured.
#[derive(Debug, Clone, Copy)]
enum Sort {
    Lists,
    Homes,
    Articles,
    ForeignArticles,
}

const SORTS: [Sort; 4] = [
    Sort::Lists,
    Sort::Homes,
    Sort::Articles,
    Sort::ForeignArticles,
];

impl Sort {
    fn aim(self) -> Aim {
        match self {
            Sort::Lists => Aim::Column,
            Sort::Homes => Aim::Home,
            Sort::Articles | Sort::ForeignArticles => Aim::Any,
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Sort::Lists | Sort::Articles => "gov-pages",
            Sort::Homes => "gov-home",
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
        }
    }
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
        Sort::Homes => "http://www.example.gov.cn/",
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
    let Some(dir) = corpus(sort.folder()) else {
        return vec![page(sort, None, made_up())];
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

/// A list of two hundred rows.
fn made_up() -> Vec<u8> {
    let row = "<li><a href='/a/1.html' title='关于开展检查工作的通知'>关于开展检查工作的通知</a><span>2018-03-16</span></li>";
    format!(
        "<html><body><ul class='list'>{}</ul></body></html>",
        row.repeat(200)
    )
    .into_bytes()
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
    let texts: Vec<String> = pages
        .iter()
        .map(|page| String::from_utf8_lossy(&page.body).into_owned())
        .collect();
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
const HOSTILE: [&str; 22] = [
    "<ul><li>",
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
    "&#x4e2d&ampamp&#99999999;",
    "a=1 ",
    "2018-03-16 ",
    "[1,",
    "1,",
    "a[1]='x';",
    "document.write('<a href=x>",
    "{title:'关于开展检查工作的通知',url:'/x',date:'2018-03-16'},",
    "<meta name=PubDate content=2018-03-16>",
];

fn hostile_page(part: &str) -> Vec<u8> {
    let head = match part {
        "a=1 " => "<a ",
        "[1," | "1," | "a[1]='x';" => "<script>var title=[[[[[[[[[[[[[[[[[[[[[[1,[[",
        part if part.starts_with("document") || part.starts_with('{') => "<script>var list=[",
        _ => "<html><body><ul>",
    };
    let most = 2 * 1024 * 1024;
    let mut text = head.to_owned();
    let mut number = 0;
    while text.len() + part.len() + 16 < most {
        text.push_str(&part.replace('@', &number.to_string()));
        number += 1;
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
