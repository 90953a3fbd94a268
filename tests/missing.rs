//! A host that answers every path with a page, through the real daemon under a stepped clock: it
//! is asked once a day for a path that cannot exist, and its answer dates no column. Columns whose
//! address leads to the home page, to one article, to a picture. And the way out of a suspected
//! redesign.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use wangxun::clock::Clock;
use wangxun::config::load::load;
use wangxun::daemon::answer::{Answer, Question};
use wangxun::daemon::assessment::TELL_NOBODY;
use wangxun::daemon::control;
use wangxun::domain::finding::Unreadable;
use wangxun::domain::id::ColumnId;
use wangxun::domain::observation::{Cause, ColumnRecord};
use wangxun::domain::time::{Moment, date_of, moment};

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stepped.rs"]
mod stepped;

use site::{Request, Site, answer};
use stepped::Running;

const LONGEST_RUN: Duration = Duration::from_secs(120);
const GONE_FROM: &str = "2017-11-15T12:00";
const REDESIGNED_FROM: &str = "2017-11-14T12:00";

fn at(text: &str) -> Moment {
    moment(format!("{text}:00").parse().expect("an instant"))
}

fn list(days: &[&str]) -> String {
    let rows = days.iter().enumerate().map(|(n, day)| {
        format!(
            "<li><a href='t{day}-{n}.html'>区科信委{day}工作开展情况通报</a><span>{day}</span></li>"
        )
    });
    format!("<ul class=list>{}</ul>", rows.collect::<String>())
}

/// A column that goes away, one that is redesigned, and for every other path the same page with
/// the news of the day.
fn shown(path: &str, now: Moment) -> String {
    let old = list(&["2017-11-10", "2017-11-06", "2017-11-01"]);
    let body = match path {
        "/gzdt/" if now < at(GONE_FROM) => format!("<h2>工作动态</h2>{old}"),
        "/jddt/" if now < at(REDESIGNED_FROM) => format!("<h2>街道动态</h2>{old}"),
        "/jddt/" => {
            let rows = ["2017-10-20", "2017-10-11", "2017-10-09"].map(|day| {
                format!("<tr><td><a href='t{day}.html'>街道{day}工作开展情况通报</a><td>{day}</tr>")
            });
            format!("<h2>街道动态</h2><table>{}</table>", rows.concat())
        }
        "/zcfg/" if now < at(GONE_FROM) => format!("<h2>政策法规</h2>{old}"),
        "/zcfg/" => format!(
            "<h1>关于政策法规栏目调整的公告</h1><p>发布时间：2017-11-15　来源：区科信委</p><p>{}</p>",
            "根据工作安排，有关内容统一在新的栏目中发布，原有内容不再保留，请社会公众知悉。"
                .repeat(8)
        ),
        "/kpzs/" if now < at(GONE_FROM) => format!("<h2>科普知识</h2>{old}"),
        "/kpzs/" => {
            return "<html><body><img src='/wh.jpg' alt='系统升级维护中'></body></html>".to_owned();
        }
        "/tzgg/" => format!("<h2>通知公告</h2>{old}"),
        _ => {
            let day = date_of(now).to_string();
            let news = list(&[&day, &day, &day, &day, &day, &day]);
            format!("<p>欢迎光临本站，请从上方选择栏目</p>{news}")
        }
    };
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>科信委</title></head><body>\
         <div class=nav>首页 政务公开 办事服务</div>{body}</body></html>"
    )
}

fn is_probe(request: &Request) -> bool {
    request.path.starts_with("/wx-probe-")
}

async fn serve(clock: &Clock) -> Site {
    let clock = clock.clone();
    Site::plain(move |request| {
        let html = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
        if request.path == "/robots.txt" {
            return answer("404 Not Found", html, "");
        }
        if request.path == "/tzgg/" && clock.now() >= at(GONE_FROM) {
            return answer("302 Found", "Location: /\r\nConnection: close\r\n", "");
        }
        answer("200 OK", html, shown(&request.path, clock.now()))
    })
    .await
}

fn write(dir: &Path, site: &Site) -> PathBuf {
    let group = GROUP.replace("FIRST", &site.address.to_string());
    for (name, text) in [
        ("monitor.toml", MONITOR),
        ("sites.toml", &group),
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
[incidents]
near_veto.enabled = false
veto.enabled = false
[operator]
name = "运维"
contact = "https://www.example.cn/wangxun"
signature = "网巡"

[schedule]
visits = "0 7,13,19 * * *"
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

const GROUP: &str = r#"
[[unit]]
id = "kxw"
name = "区科信委"
short = "科信委"

[[site]]
id = "kxw"
unit = "kxw"
name = "科信委网站"
home = "http://FIRST/"

[[column]]
id = "kxw/gzdt"
site = "kxw"
name = "工作动态"
class = "news"
url = "/gzdt/"

[[column]]
id = "kxw/jddt"
site = "kxw"
name = "街道动态"
class = "news"
url = "/jddt/"

[[column]]
id = "kxw/tzgg"
site = "kxw"
name = "通知公告"
class = "news"
url = "/tzgg/"

[[column]]
id = "kxw/zcfg"
site = "kxw"
name = "政策法规"
class = "news"
url = "/zcfg/"

[[column]]
id = "kxw/kpzs"
site = "kxw"
name = "科普知识"
class = "news"
url = "/kpzs/"
"#;

const COLUMNS: [&str; 5] = ["kxw/gzdt", "kxw/jddt", "kxw/tzgg", "kxw/zcfg", "kxw/kpzs"];

const CONTACTS: &str = r#"
[[person]]
id = "zhiban"
name = "值班管理员"
phone = "10000000005"
duties = [{ role = "operator" }]
"#;

/// One run of the daemon: from, until, and what is asked at the end.
async fn run(
    path: &Path,
    site: &Site,
    (from, until): (&str, &str),
    clock: Clock,
    questions: &[Question],
) -> (Vec<ColumnRecord>, Vec<Answer>, usize) {
    let before = site.seen().len();
    let mut end = clock.alarm();
    let loaded = load(path, at(from).date_naive()).unwrap_or_else(|faults| panic!("{faults}"));
    let config = Arc::new(loaded.config);
    let socket = config.control_socket.clone();
    let running = Running::start(config, &clock).await;
    end.until(at(until)).await;
    let mut records = Vec::new();
    for name in COLUMNS {
        let id = ColumnId::parse(name).expect("an id");
        let record = running
            .ready
            .desk
            .store
            .record(&id)
            .await
            .expect("the store");
        records.push(record.expect("a record"));
    }
    let homes = running.ready.desk.store.homes().await.expect("the store");
    let home = homes.values().next().expect("the home page is visited too");
    assert_eq!((homes.len(), &home.blind), (1, &None));
    let seen_on = home.last_update.as_ref().map(|update| update.on);
    assert_eq!(seen_on, Some(date_of(home.visited_at)));
    assert_eq!(home.blocks.first().map(|block| block.rows), Some(6));
    let mut answers = Vec::new();
    for question in questions {
        let answer = control::ask(&socket, question, TELL_NOBODY)
            .await
            .expect("an answer");
        answers.push(answer.expect("a daemon"));
    }
    running.end(end).await;
    let seen = site.seen().into_iter().skip(before);
    (records, answers, seen.filter(is_probe).count())
}

fn newest(record: &ColumnRecord) -> String {
    let update = record.last_update.as_ref();
    update.map_or_else(String::new, |update| update.on.to_string())
}

fn blind(record: &ColumnRecord) -> Option<&Cause> {
    record.blind.as_ref().map(|blind| &blind.why)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_for_missing_paths_dates_no_column_and_a_redesign_is_accepted() {
    tokio::time::timeout(LONGEST_RUN, walk())
        .await
        .expect("the walk ends in time");
}

async fn walk() {
    let dir = TempDir::new().expect("a directory");
    let start = "2017-11-13T06:00";
    let clock = Clock::stepped(at(start), None);
    let site = serve(&clock).await;
    let path = write(dir.path(), &site);
    let accept = Question::Accept {
        column: "kxw/jddt".to_owned(),
        by: "张三".to_owned(),
        reason: "栏目改版，旧文已归档".to_owned(),
    };
    // Both columns are seen on the 13th and 14th; one is redesigned on the second day.
    let until = "2017-11-14T15:00";
    let asked = [why("kxw/jddt"), accept.clone()];
    let (records, answers, probes) = run(&path, &site, (start, until), clock.clone(), &asked).await;
    let [gone, redesigned, ..] = records.as_slice() else {
        panic!("{records:?}");
    };
    assert_eq!((newest(gone).as_str(), blind(gone)), ("2017-11-10", None));
    assert_eq!(blind(redesigned), Some(&Cause::Redesigned));
    assert_eq!(newest(redesigned), "2017-11-10");
    let told = &answers[0].text;
    let reason = "疑似改版，列表结构变化，最新日期早于此前所见，请核对栏目配置；确系改版的，由管理员确认新列表";
    assert!(told.contains(reason), "{told}");
    assert!(answers[1].ok);
    assert_eq!(probes, 2, "once a day");
    // A new start on the same day asks nothing again.
    let next = (until, "2017-11-14T23:00");
    let asked = [why("kxw/jddt")];
    let (records, answers, probes) = run(&path, &site, next, clock.clone(), &asked).await;
    assert_eq!(probes, 0, "a restart repeats nothing");
    let [_, accepted, ..] = records.as_slice() else {
        panic!("{records:?}");
    };
    assert_eq!(
        (newest(accepted).as_str(), blind(accepted)),
        ("2017-10-20", None)
    );
    let told = &answers[0].text;
    assert!(
        told.contains("由张三确认，理由：“栏目改版，旧文已归档”"),
        "{told}"
    );
    // The first column goes away; what is shown in its place has the news of the day.
    let last = ("2017-11-14T23:00", "2017-11-16T15:00");
    let mut asked = vec![accept];
    asked.extend(COLUMNS.map(why));
    let (records, answers, probes) = run(&path, &site, last, clock, &asked).await;
    assert_eq!(probes, 2);
    assert!(!answers[0].ok, "nothing seems redesigned any more");
    let expected = [
        (Some(Unreadable::SoftMissing), "页面不存在或已删除"),
        (None, "由张三确认"),
        (Some(Unreadable::RedirectedHome), "网址跳转到首页"),
        (
            Some(Unreadable::Article),
            "网址打开的是一篇文章，不是栏目列表",
        ),
        (Some(Unreadable::Maintenance), "网站正在维护"),
    ];
    for (((name, record), answer), (why, reason)) in COLUMNS
        .iter()
        .zip(&records)
        .zip(&answers[1..])
        .zip(expected)
    {
        assert_eq!(blind(record), why.map(Cause::Unreadable).as_ref(), "{name}");
        let known = if why.is_some() {
            "2017-11-10"
        } else {
            "2017-10-20"
        };
        assert_eq!(newest(record), known, "{name}: what is known stays");
        assert!(answer.text.contains(reason), "{name}: {}", answer.text);
    }
}

fn why(column: &str) -> Question {
    Question::Why {
        column: column.to_owned(),
    }
}
