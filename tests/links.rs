//! Answers by the link of a message, and deputies, through the real daemon and its console.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the helpers of a test fail by panicking"
)]

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wangxun::alert::outbox::Message;
use wangxun::clock::{Alarm, Clock};
use wangxun::config::load::load;
use wangxun::domain::act::{Act, Deed};
use wangxun::domain::time::{Moment, moment};

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stepped.rs"]
mod stepped;

use site::{Site, answer};
use stepped::Running;

const BASE: &str = "http://127.0.0.1:1";

const MONITOR: &str = r#"
[incidents]
near_veto.enabled = false
veto.enabled = false
[operator]
name = "运维"
contact = "https://www.example.cn/wangxun"
[sending]
live = true
all_quiet = false
[schedule]
visits = "0 7,13,19 * * *"
jitter = "0s"
[links]
base = "http://127.0.0.1:1"
expires_after = "3d"
[transports]
allow_spool_only = true
[transports.sms]
spool = "sms"
[politeness.access]
private_addresses = true
pause = "0ms"
[store]
dir = "store"
[console]
listen = "127.0.0.1:0"
[control]
socket = "control.sock"
"#;

const SITES: &str = r#"
[[unit]]
id = "kxw"
name = "西城区科技和信息化委员会"
short = "科信委"
[[site]]
id = "kxw"
unit = "kxw"
name = "科信委网站"
home = "http://SITE/"
[[column]]
id = "kxw/gzdt"
site = "kxw"
name = "工作动态"
class = "news"
url = "/gzdt/"
[[column]]
id = "kxw/tzgg"
site = "kxw"
name = "通知公告"
class = "news"
url = "/tzgg/"
"#;

const CONTACTS: &str = r#"
[[person]]
id = "lianluo"
name = "联络员"
phone = "10000000002"
duties = [{ role = "liaison", unit = "kxw" }]
ABSENCES
[[person]]
id = "zhiban"
name = "值班管理员"
phone = "10000000005"
duties = [{ role = "operator" }]
"#;

fn at(text: &str) -> Moment {
    moment(format!("{text}:00").parse().expect("an instant"))
}

/// Lists whose newest row is of 3 November.
async fn sleeper() -> Site {
    let rows: String = (0..8)
        .map(|n| {
            let day = format!("2017-1{}-0{}", u8::from(n == 0), 3 + n / 2);
            format!(
                "<li><a href=\"t{n}.html\">关于第{n}项工作安排的说明</a><span>{day}</span></li>"
            )
        })
        .collect();
    let page = format!(
        "<html><head><meta charset=\"utf-8\"><title>工作动态</title></head><body>\
         <ul class=\"list\">{rows}</ul></body></html>"
    );
    Site::plain(move |_| {
        let html = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
        answer("200 OK", html, page.clone())
    })
    .await
}

/// An installation, and the daemon in it, on the morning of the reminder.
struct Morning {
    dir: TempDir,
    running: Running,
    held: Alarm,
    /// Answers as long as the daemon asks.
    _site: Site,
}

impl Morning {
    async fn new(absences: &str) -> Morning {
        Morning::owing("", absences).await
    }

    /// One on which `duties` are owed.
    async fn owing(duties: &str, absences: &str) -> Morning {
        let dir = TempDir::new().expect("a directory");
        let clock = Clock::stepped(at("2017-11-13T00:00"), None);
        let mut held = clock.alarm();
        let site = sleeper().await;
        let sites = SITES.replace("SITE", &site.address.to_string());
        let contacts = CONTACTS.replace("ABSENCES", absences);
        for (name, text) in [
            ("monitor.toml", &format!("{MONITOR}{duties}")),
            ("sites.toml", &sites),
            ("contacts.toml", &contacts),
        ] {
            write(&dir.path().join(name), text);
        }
        let path = dir.path().join("monitor.toml");
        let loaded = load(&path, at("2017-11-13T00:00").date_naive());
        let config = loaded.unwrap_or_else(|faults| panic!("{faults}")).config;
        let running = Running::start(Arc::new(config), &clock).await;
        held.until(at("2017-11-14T08:40")).await;
        Morning {
            dir,
            running,
            held,
            _site: site,
        }
    }

    fn console(&self) -> SocketAddr {
        self.running.ready.console.expect("a console")
    }

    async fn messages(&self) -> Vec<Message> {
        self.running.ready.desk.store.messages(20).await.unwrap()
    }

    /// The answers that were laid down.
    async fn answers(&self) -> Vec<Act> {
        let mut acts = self.running.ready.desk.store.acts().await.unwrap();
        acts.retain(|act| matches!(act.deed, Deed::Answered { .. }));
        acts
    }

    /// The texts as they went out.
    fn sent(&self) -> Vec<String> {
        let spool = std::fs::read_dir(self.dir.path().join("sms")).expect("a spool");
        spool
            .map(|file| {
                let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
                let spooled: serde_json::Value = serde_json::from_str(&text).unwrap();
                spooled["text"].as_str().unwrap().to_owned()
            })
            .collect()
    }

    /// The path of the link of the one message that went out.
    fn link(&self) -> String {
        let sent = self.sent();
        let links: Vec<&str> = sent
            .iter()
            .flat_map(|text| text.match_indices(BASE).map(|(at, _)| &text[at..]))
            .collect();
        assert_eq!(links.len(), 1, "{sent:?}");
        let link = links[0].split(' ').next().unwrap();
        link[BASE.len()..].to_owned()
    }

    /// Status, head and body.
    async fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String, String) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut socket = TcpStream::connect(self.console()).await.expect("a console");
        let _ = socket.write_all(request.as_bytes()).await;
        let mut bytes = Vec::new();
        let _ = socket.read_to_end(&mut bytes).await;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text[9..12].parse().expect("a status");
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        (status, head.to_lowercase(), body.to_owned())
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file");
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path, private).expect("a mode");
}

fn form(until: &str) -> String {
    let pairs = [("until", until), ("by", "张三"), ("reason", "稿件在审")];
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    form.finish()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_takes_one_answer_for_one_column_and_looking_changes_nothing() {
    let mut morning = Morning::new("").await;
    let link = morning.link();
    assert_eq!(link.len(), "/a/".len() + 24, "{link}");
    // Neither the store nor the console know the token.
    let token = &link[3..];
    let messages = morning.messages().await;
    assert!(
        messages
            .iter()
            .any(|message| message.text.contains("/a/****"))
    );
    let stored = serde_json::to_string(&messages).unwrap();
    assert!(!stored.contains(token));
    let journal = std::fs::read_dir(morning.dir.path().join("store/journal")).unwrap();
    for file in journal {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(token));
    }

    // A robot that looks ahead, twice.
    for method in ["GET", "HEAD", "GET"] {
        let (status, head, body) = morning.ask(method, &link, "").await;
        assert_eq!(status, 200);
        for header in [
            "cache-control: no-store",
            "referrer-policy: no-referrer",
            "x-frame-options: deny",
            "default-src 'none'",
        ] {
            assert!(head.contains(header), "{header}: {head}");
        }
        assert!(!head.contains("set-cookie"));
        if method == "GET" {
            assert!(
                body.contains("工作动态") && body.contains("11月3日"),
                "{body}"
            );
            // Nothing of the other column, and no way into the console.
            assert!(
                !body.contains("通知公告") && !body.contains("href=\"/\""),
                "{body}"
            );
            assert!(!body.contains(token));
        }
    }
    assert_eq!(morning.answers().await.len(), 0);

    // What is wrong is answered alike, whatever is wrong with it.
    let (status, _, wrong) = morning.ask("GET", "/a/AAAAAAAAAAAAAAAAAAAAAAAA", "").await;
    assert_eq!(status, 404);
    for path in ["/a/short", "/a/%2e%2e%2f%2e%2e", &format!("{link}A")] {
        let (status, _, body) = morning.ask("POST", path, &form("2017-11-20")).await;
        assert_eq!((status, &body), (404, &wrong), "{path}");
    }
    // What cannot be is said, and costs nothing.
    for (until, why) in [
        ("2017-11-13", "不能早于今天"),
        ("2018-11-13", "最晚可填11月28日"),
        ("soon", "请填写预计更新日期"),
    ] {
        let (status, _, body) = morning.ask("POST", &link, &form(until)).await;
        assert_eq!(status, 422, "{until}");
        assert!(
            body.contains(why) && body.contains("张三"),
            "{until}: {body}"
        );
    }
    let (status, _, _) = morning.ask("POST", &link, "until=2017-11-20").await;
    assert_eq!(status, 422);

    let (status, _, body) = morning.ask("POST", &link, &form("2017-11-20")).await;
    assert_eq!(status, 200);
    assert!(body.contains("将于11月20日前更新"), "{body}");
    let answers = morning.answers().await;
    assert_eq!(answers.len(), 1);
    assert_eq!(
        (answers[0].by.as_str(), answers[0].reason.as_str()),
        ("张三", "稿件在审")
    );
    let Deed::Answered {
        column, by_link, ..
    } = &answers[0].deed
    else {
        panic!("{answers:?}");
    };
    assert_eq!(column.as_str(), "kxw/gzdt");
    assert!(by_link.is_some());
    // Once.
    for method in ["GET", "POST"] {
        let (status, _, body) = morning.ask(method, &link, &form("2017-11-21")).await;
        assert_eq!((status, &body), (404, &wrong));
    }
    assert_eq!(morning.answers().await.len(), 1);
    morning.held.until(at("2017-11-14T09:00")).await;
    morning.running.end(morning.held).await;
}

/// A plan that `kxw/gzdt` has to publish between the 10th and the 16th of November.
const OWED: &str = r#"
[duties.plan]
name = "年度工作计划"
columns = ["kxw/gzdt"]
opens = "11-10"
due = "11-16"
reminder_days = 2
warning_days = 1
severe_days = 3
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_answers_for_what_is_owed_by_a_day() {
    let morning = Morning::owing(OWED, "").await;
    let link = morning.link();
    let (status, _, body) = morning.ask("GET", &link, "").await;
    assert_eq!(status, 200);
    for shown in ["提醒", "年度工作计划", "2017年11月16日", "工作动态"] {
        assert!(body.contains(shown), "{shown}: {body}");
    }
    let (status, _, body) = morning.ask("POST", &link, &form("2017-11-20")).await;
    assert_eq!(status, 200);
    assert!(body.contains("将于11月20日前发布"), "{body}");
    let answers = morning.answers().await;
    let [act] = answers.as_slice() else {
        panic!("{answers:?}");
    };
    let owed =
        |deed: &Deed| matches!(deed, Deed::Answered { duty: Some(duty), .. } if duty == "plan");
    assert!(owed(&act.deed), "{act:?}");
    assert_eq!(morning.ask("GET", &link, "").await.0, 404);
    morning.running.end(morning.held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_expires() {
    let mut morning = Morning::new("").await;
    let link = morning.link();
    morning.held.until(at("2017-11-17T08:20")).await;
    assert_eq!(morning.ask("GET", &link, "").await.0, 200);
    morning.held.until(at("2017-11-17T08:50")).await;
    assert_eq!(morning.ask("GET", &link, "").await.0, 404);
    assert_eq!(morning.ask("POST", &link, &form("2017-11-20")).await.0, 404);
    assert_eq!(morning.answers().await.len(), 0);
    morning.running.end(morning.held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_away_is_stood_in_for_by_the_deputy() {
    let away =
        "absences = [{ from = \"2017-11-14\", until = \"2017-11-14\", deputies = [\"zhiban\"] }]";
    let morning = Morning::new(away).await;
    let messages = morning.messages().await;
    let people: Vec<&str> = messages.iter().map(|one| one.person.as_str()).collect();
    assert_eq!(people, ["zhiban"], "{messages:?}");
    let text = &messages[0].text;
    assert!(text.contains("代科信委联络员接收"), "{text}");
    morning.running.end(morning.held).await;
}
