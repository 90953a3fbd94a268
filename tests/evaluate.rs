//! `wangxun evaluate` on a small folder: what it counts, what it names, and that it always exits 0
//! when it could look.
#![expect(
    clippy::expect_used,
    reason = "the helpers of a test fail by panicking"
)]

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

const LIST: &str = "<ul><li><a href='/a/1.html'>关于开展全区网站检查工作的通知</a><span>2018-03-16</span></li>\
    <li><a href='/a/2.html'>关于印发年度工作要点的通知</a><span>2018-03-12</span></li>\
    <li><a href='/a/3.html'>关于公布行政许可事项目录的公告</a><span>2018-02-27</span></li></ul>";

fn folder() -> TempDir {
    let dir = TempDir::new().expect("a directory");
    let labels = json!([
        {"kind": "list", "file": "list.html", "newest_item_date": "2018-03-16"},
        {"kind": "list", "file": "list.html", "newest_item_date": "2018-03-17"},
        {"kind": "list", "file": "empty.html", "newest_item_date": null},
        {"kind": "list", "file": "gone.html", "newest_item_date": null},
        {"url": "http://a.gov.cn/1.html", "file": "article.html", "date": "2018-03-06"},
        {"url": "http://a.gov.cn/2.html", "file": "empty.html", "date": "2018-03-06"},
    ]);
    let files = [
        ("labels.json", labels.to_string()),
        ("list.html", LIST.to_owned()),
        ("empty.html", "<p>暂无信息</p>".to_owned()),
        (
            "article.html",
            "<h1>关于开展检查工作的通知</h1><p>发布时间：2018-03-06</p>".to_owned(),
        ),
    ];
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).expect("a file");
    }
    dir
}

fn evaluate(dir: &TempDir, format: &str) -> String {
    let done = Command::cargo_bin("wangxun")
        .expect("the program")
        .args(["evaluate", "--format", format, "--as-of", "2018-03-18"])
        .arg(dir.path())
        .assert()
        .success();
    String::from_utf8(done.get_output().stdout.clone()).expect("text")
}

#[test]
fn a_folder_is_scored_by_sort_and_every_miss_is_named() {
    let dir = folder();
    let reports: Value = serde_json::from_str(&evaluate(&dir, "json")).expect("JSON");
    let report = &reports[0];
    let lists = &report["lists"];
    assert_eq!(lists["right"], 1);
    assert_eq!(lists["wrong"], 1);
    assert_eq!(lists["abstained_rightly"], 1);
    assert_eq!(lists["precision"], 0.5);
    assert_eq!(report["articles"]["right"], 1);
    assert_eq!(report["articles"]["abstained_wrongly"], 1);
    assert_eq!(report["homes"]["pages"], 0);
    assert_eq!(report["misses"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["misses"][0]["read"], "2018-03-16");
    assert_eq!(report["skipped"].as_array().map(Vec::len), Some(1));
    let text = evaluate(&dir, "text");
    for part in ["lists", "precision 0.500", "wrong", "2018-03-17", "skipped"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_folder_without_labels_cannot_be_evaluated() {
    let dir = TempDir::new().expect("a directory");
    Command::cargo_bin("wangxun")
        .expect("the program")
        .arg("evaluate")
        .arg(dir.path())
        .assert()
        .code(2);
}
