//! Real pages, served as one site over real HTTP and visited by the real daemon as columns. Skipped
//! where the corpus is not beside the project.
//!
//! The reader alone is measured in `corpus.rs`; here the whole way is: socket, header, body, reader,
//! store. Whatever a page is, its visit ends in an observation, and no page is given a date that is
//! not its own.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use tempfile::TempDir;
use wangxun::clock::Clock;
use wangxun::config::load::load;
use wangxun::domain::finding::{Finding, Unreadable};
use wangxun::domain::id::ColumnId;
use wangxun::domain::observation::{Observation, Sight};
use wangxun::domain::time::{Date, Moment, moment};

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stepped.rs"]
mod stepped;

use site::{Site, answer};
use stepped::Running;

const LONGEST_RUN: Duration = Duration::from_secs(240);

/// A page of the corpus.
struct Sample {
    /// Its column.
    id: ColumnId,
    /// The column's name: what the page calls itself, where it does.
    name: String,
    is_list: bool,
    /// The newest date of a list, the publication day of an article, where the page states one.
    labelled: Option<Date>,
    body: Vec<u8>,
}

fn corpus() -> Option<PathBuf> {
    [
        "../shared/corpus/gov-pages",
        "../../shared/corpus/gov-pages",
    ]
    .into_iter()
    .map(|place| Path::new(env!("CARGO_MANIFEST_DIR")).join(place))
    .find(|dir| dir.join("labels.json").is_file())
}

fn samples(dir: &Path) -> Vec<Sample> {
    let labels = std::fs::read_to_string(dir.join("labels.json")).expect("labels");
    let mut labels: Vec<Value> = serde_json::from_str(&labels).expect("labels are a list");
    // A home page has many lists, and is no column.
    labels.retain(|label| !text(label, "kind").starts_with("home"));
    let place = |(place, label): (usize, &Value)| sample(dir, place, label);
    labels.iter().enumerate().map(place).collect()
}

fn text<'v>(label: &'v Value, key: &str) -> &'v str {
    label.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn sample(dir: &Path, place: usize, label: &Value) -> Sample {
    let text = |key: &str| text(label, key);
    let kind = text("kind");
    let is_list = kind.starts_with("list");
    let dated = text(if is_list {
        "newest_item_date"
    } else {
        "publication"
    });
    let packed = std::fs::File::open(dir.join(text("file"))).expect("a page");
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut body)
        .expect("gzip");
    Sample {
        id: ColumnId::parse(&format!("corpus/p{place}")).expect("an identifier"),
        name: stated(&body).unwrap_or_else(|| format!("栏目{place}")),
        is_list,
        labelled: dated.get(..10).and_then(|day| day.parse().ok()),
        body,
    }
}

/// The column that a page names in its head.
fn stated(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let mut metas = text.split("<meta").filter_map(|meta| meta.split_once('>'));
    let (meta, _) = metas.find(|(meta, _)| meta.contains("\"ColumnName\""))?;
    let (_, name) = meta.split_once("content=\"")?;
    let (name, _) = name.split_once('"')?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The day of reading.
fn now() -> Moment {
    moment("2026-11-25T10:00:00".parse().expect("an instant"))
}

async fn serve(samples: &[Sample]) -> Site {
    let pages: BTreeMap<String, Vec<u8>> = samples
        .iter()
        .map(|sample| (path_of(&sample.id), sample.body.clone()))
        .collect();
    Site::plain(move |request| match pages.get(&request.path) {
        Some(body) => answer("200 OK", "Content-Type: text/html\r\n", body),
        None => answer(
            "404 Not Found",
            "Content-Type: text/plain\r\n",
            "nothing here",
        ),
    })
    .await
}

fn path_of(id: &ColumnId) -> String {
    let (_, name) = id.as_str().split_once('/').expect("a column of a site");
    format!("/{name}/index.html")
}

/// The configuration: every page a column, and whatever is to be said is spooled.
fn write(dir: &Path, site: &Site, samples: &[Sample]) -> PathBuf {
    let mut group = format!(
        "[[unit]]\nid = \"corpus\"\nname = \"语料\"\n\n\
         [[site]]\nid = \"corpus\"\nunit = \"corpus\"\nname = \"语料网站\"\nhome = \"http://{}/\"\n",
        site.address
    );
    for sample in samples {
        let (id, name, path) = (&sample.id, &sample.name, path_of(&sample.id));
        let _ = write!(
            group,
            "\n[[column]]\nid = \"{id}\"\nsite = \"corpus\"\nname = \"{name}\"\nclass = \"other\"\n\
             url = \"{path}\"\n"
        );
    }
    for (name, text) in [
        ("monitor.toml", MONITOR),
        ("sites.toml", group.as_str()),
        ("contacts.toml", CONTACTS),
    ] {
        let file = dir.join(name);
        std::fs::write(&file, text).expect("a file");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&file, private).expect("a mode");
    }
    dir.join("monitor.toml")
}

const MONITOR: &str = r#"
[availability]
enabled = false
[operator]
name = "运维"
contact = "https://www.example.cn/wangxun"

[schedule]
visits = "0 7 * * *"
jitter = "0s"

[transports]
allow_spool_only = true

[transports.sms]
spool = "sms"

[politeness.access]
private_addresses = true
pause = "0ms"

[store]
dir = "store"

[control]
socket = "control.sock"
"#;

const CONTACTS: &str = r#"
[[person]]
id = "zhiban"
name = "值班管理员"
phone = "10000000005"
duties = [{ role = "operator" }]

[[person]]
id = "lianluo"
name = "联络员"
phone = "10000000002"
duties = [{ role = "liaison", unit = "corpus" }]
"#;

/// The first observation of every column.
async fn observed(samples: &[Sample]) -> BTreeMap<ColumnId, Observation> {
    let dir = TempDir::new().expect("a directory");
    let site = serve(samples).await;
    let clock = Clock::stepped(now(), None);
    let mut end = clock.alarm();
    let path = write(dir.path(), &site, samples);
    let loaded = load(&path, now().date_naive()).unwrap_or_else(|faults| panic!("{faults}"));
    let running = Running::start(Arc::new(loaded.config), &clock).await;
    // One round, and no second visit.
    end.until(now() + TimeDelta::minutes(10)).await;
    let store = &running.ready.desk.store;
    let mut observed = BTreeMap::new();
    for sample in samples {
        let mut seen = store
            .observations(&sample.id, 10)
            .await
            .expect("observations");
        assert_eq!(seen.len(), 1, "{} is visited once", sample.id);
        observed.extend(seen.pop().map(|seen| (sample.id.clone(), seen)));
    }
    running.end(end).await;
    observed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_visit_to_a_real_page_ends_in_an_observation_and_lists_are_read_right() {
    let Some(dir) = corpus() else {
        return;
    };
    let samples = samples(&dir);
    let observed = tokio::time::timeout(LONGEST_RUN, observed(&samples))
        .await
        .expect("the round ends in time");
    let mut tally = BTreeMap::from([
        ("dated", 0),
        ("undated", 0),
        ("unreadable", 0),
        ("empty", 0),
    ]);
    let (mut lists, mut articles, mut table) = (0, 0, String::new());
    for sample in &samples {
        let Sight::Read(finding) = &observed[&sample.id].sight else {
            panic!("{}: {:?}", sample.id, observed[&sample.id].sight);
        };
        let (word, on) = match finding {
            Finding::Dated(update) => ("dated", Some(update.on)),
            Finding::Undated(_) => ("undated", None),
            Finding::Unreadable(_) => ("unreadable", None),
            Finding::Empty => ("empty", None),
        };
        *tally.entry(word).or_default() += 1;
        lists += usize::from(sample.is_list);
        articles += usize::from(*finding == Finding::Unreadable(Unreadable::Article));
        let told = format!("{}: labelled {:?}, {finding:?}", sample.id, sample.labelled);
        // One article is no list, and told as that; no page may be given a date that is not its own.
        assert!(
            on == sample.labelled || (on.is_none() && !sample.is_list),
            "{told}"
        );
        if on.is_none() {
            let _ = writeln!(table, "{told}");
        }
    }
    println!("{} pages, {lists} lists: {tally:?}\n{table}", samples.len());
    assert!(lists >= 6);
    assert!(tally["dated"] >= lists, "{table}");
    assert!(articles >= 40, "{table}");
    assert_eq!(tally["empty"], 0, "{table}");
}
