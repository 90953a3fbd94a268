//! The outline of real home pages: the labelled 更多 links, found and named. Skipped where the
//! corpus is not beside the project.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;
use wangxun::domain::page::Page;
use wangxun::extract::outline::{Outline, Place, outline};

fn corpus() -> Option<PathBuf> {
    ["../shared/corpus/gov-home", "../../shared/corpus/gov-home"]
        .into_iter()
        .map(|place| Path::new(env!("CARGO_MANIFEST_DIR")).join(place))
        .find(|dir| dir.join("labels.json").is_file())
}

fn text<'v>(record: &'v Value, key: &str) -> &'v str {
    record.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(record: &'v Value, key: &str) -> &'v [Value] {
    record
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn outlined(dir: &Path, record: &Value, file: &Value) -> (Url, Outline) {
    let host = text(record, "host");
    let host = host.split_whitespace().next().unwrap_or_default();
    let host = if host.contains('.') {
        host
    } else {
        "unknown.example.cn"
    };
    let url = Url::parse(&format!("http://{host}/")).expect("an address");
    let packed = std::fs::File::open(dir.join(text(file, "file"))).expect("a page");
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut body)
        .expect("gzip");
    let page = Page {
        url: url.clone(),
        status: 200,
        content_type: None,
        body,
    };
    let seen = outline(&page).unwrap_or_else(|| panic!("{host} has no outline"));
    (url, seen)
}

#[test]
fn the_more_links_of_real_home_pages_are_found_and_named() {
    let Some(dir) = corpus() else {
        eprintln!("no corpus beside the project");
        return;
    };
    let labels = std::fs::read_to_string(dir.join("labels.json")).expect("labels");
    let labels: Vec<Value> = serde_json::from_str(&labels).expect("a list");
    let (mut all, mut found, mut as_more, mut named) = (0, 0, 0, 0);
    let mut missed = String::new();
    for record in &labels {
        for file in list(record, "files").iter().take(1) {
            let (base, seen) = outlined(&dir, record, file);
            for block in list(record, "blocks") {
                let (name, more) = (text(block, "name"), text(block, "more"));
                let target = base.join(more).ok().filter(|_| more.len() > 1);
                let Some(target) = target else { continue };
                all += 1;
                let to_it = seen.links.iter().filter(|link| link.url == target);
                let places: Vec<&Place> = to_it.map(|link| &link.place).collect();
                found += usize::from(!places.is_empty());
                let headings = places.iter().filter_map(|place| match place {
                    Place::More(heading) => Some(heading.as_str()),
                    _ => None,
                });
                as_more += usize::from(headings.count() > 0);
                let mut to_it = seen.links.iter().filter(|link| link.url == target);
                let right = to_it.any(|link| match &link.place {
                    Place::More(heading) => same(heading, name),
                    _ => same(&link.text, name),
                });
                named += usize::from(right);
                if !right {
                    let _ = writeln!(missed, "{base} {name} {more}: {places:?}");
                }
            }
        }
    }
    println!(
        "{missed}{found} of {all} labelled links found, {as_more} as 更多, {named} with the block's name"
    );
    assert!(found * 100 >= all * 90, "{missed}");
    assert!(named * 100 >= all * 70, "{missed}");
}

/// Whether two names of a block say the same.
fn same(heading: &str, name: &str) -> bool {
    let bare = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let (heading, name) = (bare(heading), bare(name));
    !heading.is_empty() && (name.contains(&heading) || heading.contains(&name))
}
