//! The console over a real socket and a real store: pages, hostile titles, headers, refusals,
//! metrics as promtool reads them, health both ways.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wangxun::alert::incident::{Kind, Subject};
use wangxun::alert::outbox::Delivery;
use wangxun::assess::ladder::Tier;
use wangxun::domain::act::{Act, Deed, Ground, Scope};
use wangxun::domain::finding::Finding;
use wangxun::domain::flag::{Fact, Flag};
use wangxun::domain::group::Route;
use wangxun::domain::home::{HomeBlock, HomeRecord};
use wangxun::domain::id::SiteId;
use wangxun::domain::item::Change;
use wangxun::domain::note::Note;
use wangxun::domain::observation::Sight;
use wangxun::domain::time::Date;
use wangxun::domain::visit::Validators;
use wangxun::store::commit::Commit;
use wangxun::web::hosts_of;

#[path = "support/browser.rs"]
mod browser;
#[path = "support/console.rs"]
mod console;
#[path = "web/incidents.rs"]
mod incidents;
#[path = "web/messages.rs"]
mod messages;
#[path = "web/overview.rs"]
mod overview;
#[path = "web/site.rs"]
mod site;

use console::{
    Running, column_id, group, history, incident, item, message, now, record, records, seen, start,
    update,
};

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Sends `request` as it is and reads until the other side closes.
async fn raw(address: SocketAddr, request: &str) -> Answer {
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    socket.write_all(request.as_bytes()).await.expect("sent");
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.expect("an answer");
    let text = String::from_utf8(bytes).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status");
    Answer {
        status: status.parse().expect("a number"),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

async fn ask(running: &Running, method: &str, host: &str, path: &str) -> Answer {
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    raw(running.address, &request).await
}

/// The pages that show what is watched.
const PAGES: [&str; 5] = [
    "/",
    "/site/s00",
    "/column/s00/c00",
    "/incidents",
    "/messages",
];
/// The only script that a page names: a file of ours.
const SCRIPT: &str = "<script src=\"/live.js\" defer></script>";

async fn get(running: &Running, path: &str) -> Answer {
    ask(running, "GET", "localhost", path).await
}

fn date(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// Four sites of ten columns in a mixed state, with incidents, messages and one column's history.
fn mixed() -> Commit {
    sized(4, 10)
}

fn sized(sites: usize, columns: usize) -> Commit {
    let group = group(sites, columns);
    let mut commit = Commit::at(now());
    commit.records = records(&group, now() - TimeDelta::hours(1));
    let late = column_id(0, 0);
    commit.records.retain(|record| record.column != late);
    commit.records.push(record(
        &late,
        15,
        now() - TimeDelta::hours(1),
        console::TITLE,
    ));
    (commit.observations, commit.items) = history(&late, 15);
    if let Some(item) = commit.items.first_mut() {
        item.changed(Change {
            seen_at: now() - TimeDelta::days(2),
            claimed_on: date("2016-11-03"),
            title: "旧标题".to_owned(),
        });
    }
    commit.flags = vec![Flag {
        column: late.clone(),
        title: "</bdi><b>假".to_owned(),
        url: Some("javascript:alert(1)".to_owned()),
        raised_at: now() - TimeDelta::days(2),
        fact: Fact::FutureDate {
            claimed_on: date("2018-05-01").expect("a date"),
        },
    }];
    commit.incidents = vec![
        incident(Subject::Column(late), Kind::Stale, Some(Tier::Overdue)),
        incident(Subject::Host("s03.example.cn".to_owned()), Kind::Down, None),
    ];
    let (at, receipt) = (now(), Some("r-1".to_owned()));
    let text = "【西城网巡】科信委网站“工作动态”栏目最近更新为11月3日，已15天未更新，超过14天时限1天，请立即更新。";
    commit.messages = vec![
        message(1, text, Delivery::Accepted { at, receipt }),
        message(2, text, Delivery::Queued { last_error: None }),
        message(
            3,
            text,
            Delivery::Failed {
                at,
                permanent: true,
                error: "refused".to_owned(),
            },
        ),
    ];
    commit
}

#[tokio::test]
async fn what_people_laid_down_stands_on_the_pages() {
    let mut commit = mixed();
    let act = |deed| Act {
        approver: None,
        at: now() - TimeDelta::hours(1),
        by: "</bdi>张三".to_owned(),
        reason: "<b>改版".to_owned(),
        deed,
    };
    let today = now().date_naive();
    commit.acts = vec![
        act(Deed::TrialBegan),
        act(Deed::Exempted {
            scope: Scope::Column(column_id(1, 0)),
            ground: Ground::Maintenance,
            from: today,
            until: today,
            paused: false,
        }),
    ];
    let running = start(group(4, 10), commit).await;
    let home = get(&running, "/").await.body;
    let trial = "<strong>试运行：</strong>未向责任单位发送消息，如启用将发送";
    assert!(home.contains(trial), "{home}");
    let path = format!("/column/{}", column_id(1, 0));
    let page = get(&running, &path).await.body;
    for part in [
        "该栏目已报备豁免，至2017年11月18日止",
        "报备豁免（本栏目，维护或改版）",
        "&#60;/bdi&#62;张三",
        "&#60;b&#62;改版",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let other = get(&running, &format!("/column/{}", column_id(1, 1)))
        .await
        .body;
    assert!(!other.contains("人工处理记录"), "{other}");
}

#[tokio::test]
async fn pages_answer_with_what_the_store_holds() {
    let running = start(group(4, 10), mixed()).await;
    let home = get(&running, "/").await;
    assert_eq!(home.status, 200);
    for part in [
        ">2017年11月18日 12:00</time>",
        "4个网站，40个栏目",
        "科信委网站",
        "/site/s00",
        "/column/s00/c00",
        "超期1天",
        "运行正常",
        "7天内到期",
        "发送失败或过期",
    ] {
        assert!(home.body.contains(part), "{part}");
    }
    let incidents = get(&running, "/incidents").await.body;
    for part in [
        "主机 s03.example.cn",
        "/column/s00/c00",
        "近30天：标注日期在未来1条。",
        "标注日期2018年5月1日，晚于发现当天11月16日",
    ] {
        assert!(incidents.contains(part), "{part}");
    }
    let messages = get(&running, "/messages").await.body;
    for part in ["科信委联络员 陈*", "138****0001", "发送失败"] {
        assert!(messages.contains(part), "{part}");
    }
    let site = get(&running, "/site/s00").await;
    assert_eq!(site.status, 200);
    assert!(site.body.contains("http://s00.example.cn/") && site.body.contains("工作动态"));
    let column = get(&running, "/column/s00/c00").await;
    assert_eq!(column.status, 200);
    for part in [
        "判定为超期",
        "最近更新为2017年11月3日",
        "sha256:9f86d081",
        "近一年",
        "标注发布1条",
        "10天有标注发布的条目",
        "连接超时",
        "页面未变",
        "（之10）",
        "此前标注2016年11月3日，标题《旧标题》",
        "供核对的情况",
        "<bdi>&#60;/bdi&#62;&#60;b&#62;假</bdi>",
        "页面声明的编码为gb18030，实际为utf-8",
    ] {
        assert!(column.body.contains(part), "{part}");
    }
    let style = get(&running, "/style.css").await;
    assert_eq!(
        (style.status, style.header("content-type")),
        (200, Some("text/css; charset=utf-8"))
    );
    let icon = get(&running, "/icon.svg").await;
    assert_eq!(
        (icon.status, icon.header("content-type")),
        (200, Some("image/svg+xml"))
    );
}

#[tokio::test]
async fn nothing_personal_is_shown_in_full() {
    let running = start(group(4, 10), mixed()).await;
    for path in PAGES.into_iter().chain(["/healthz", "/metrics"]) {
        let body = get(&running, path).await.body;
        for secret in ["陈建国", "13800000001", "chenjianguo"] {
            assert!(!body.contains(secret), "{secret} on {path}");
        }
    }
}

#[tokio::test]
async fn the_page_of_a_site_shows_what_its_home_page_shows() {
    let mut commit = mixed();
    let script = "<script>alert(1)</script>";
    commit.homes = vec![HomeRecord {
        site: SiteId::parse("s00").expect("an id"),
        last_update: Some(update(&column_id(0, 0), 3, script)),
        read_at: Some(now()),
        blind: None,
        blocks: vec![HomeBlock {
            heading: format!("通知公告{script}"),
            newest: None,
            rows: 6,
        }],
        notes: vec![Note::EntranceRead { pages: 2 }],
        digest: None,
        validators: Validators::default(),
        reader: None,
        copies: Vec::new(),
        visited_at: now(),
        reach: Default::default(),
    }];
    let running = start(group(2, 2), commit).await;
    let body = get(&running, "/site/s00").await.body;
    for part in [
        "（已3天）",
        "“通知公告&#60;script",
        "未标注日期",
        "首页仅为入口，没有列表，读取入口之后的2个页面",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains(script));
    let other = get(&running, "/site/s01").await;
    assert!(other.status == 200 && !other.body.contains("版块"));
}

#[tokio::test]
async fn hostile_titles_stay_text() {
    let script = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let column = column_id(0, 0);
    let mut group = group(1, 1);
    let configured = group.columns.get_mut(&column).expect("the column");
    configured.name = format!("\u{202e}{script}");
    let mut commit = Commit::at(now());
    let at = now() - TimeDelta::hours(1);
    commit.records = vec![record(&column, 15, at, script)];
    let dated = Finding::Dated(update(&column, 15, script));
    commit.observations = vec![seen(&column, at, Sight::Read(dated))];
    commit.items = vec![
        item(&column, 1, script, "javascript:alert(3)"),
        item(
            &column,
            2,
            &format!("长文\r\n{}", "长".repeat(10_000)),
            "http://a.cn/\"onclick=x",
        ),
        item(
            &column,
            3,
            "a\u{202e}b\u{2066}c\u{200f}d\u{0}e",
            "data:text/html,x",
        ),
    ];
    let queued = Delivery::Queued { last_error: None };
    commit.messages = vec![message(1, script, queued)];
    commit.incidents = vec![incident(Subject::Host(script.to_owned()), Kind::Down, None)];
    let running = start(group, commit).await;
    for path in PAGES {
        let answer = get(&running, path).await;
        assert_eq!(answer.status, 200, "{path}");
        let body = answer.body.replace(SCRIPT, "");
        assert!(
            body.contains("&#60;script&#62;"),
            "{path} does not show the title: {body}"
        );
        for bad in [
            "<script",
            "<img",
            "\"onclick",
            "javascript:",
            "data:text",
            "\u{202e}",
            "\u{2066}",
            "\u{200f}",
            "\u{0}",
        ] {
            assert!(!body.contains(bad), "{bad:?} on {path}");
        }
        assert!(body.len() < 30_000, "{path} has {} bytes", body.len());
    }
    assert!(
        get(&running, "/column/s00/c00")
            .await
            .body
            .contains("<bdi>abcde</bdi>")
    );
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let running = start(group(4, 10), mixed()).await;
    let rows = [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/column/s00/c00"),
        ("GET", "/style.css"),
        ("GET", "/healthz"),
        ("GET", "/metrics"),
        ("GET", "/nothing"),
        ("POST", "/"),
    ];
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
                  connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";
    for (method, path) in rows {
        let answer = ask(&running, method, "localhost", path).await;
        let row = format!("{method} {path}");
        assert_eq!(
            answer.header("content-security-policy"),
            Some(policy),
            "{row}"
        );
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{row}"
        );
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{row}"
        );
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{row}");
        assert!(answer.header("cache-control").is_some(), "{row}");
        assert!(answer.header("set-cookie").is_none(), "{row}");
    }
    let head = ask(&running, "HEAD", "localhost", "/").await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let home = get(&running, "/").await.body.replace(SCRIPT, "");
    for inline in ["<style", "style=", "<script", "onclick", "src="] {
        assert!(!home.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn what_is_not_ours_is_refused() {
    let running = start(group(4, 10), mixed()).await;
    let rows = [
        ("GET", "localhost", "/nothing", 404),
        ("GET", "localhost", "/site/unknown", 404),
        ("GET", "localhost", "/site/S00", 404),
        ("GET", "localhost", "/column/s00/c99", 404),
        ("GET", "localhost", "/column/%FF", 404),
        ("GET", "localhost", "/style.css/../../Cargo.toml", 404),
        ("POST", "localhost", "/", 405),
        ("PUT", "localhost", "/healthz", 405),
        ("DELETE", "localhost", "/column/s00/c00", 405),
        ("OPTIONS", "localhost", "/", 405),
        ("GET", "evil.example", "/", 421),
        ("GET", "evil.example", "/metrics", 421),
        ("GET", "evil.example:8087", "/healthz", 421),
        ("GET", "wangxun.example.cn", "/", 200),
        ("GET", "127.0.0.1:8087", "/", 200),
        ("GET", "[::1]:8087", "/", 200),
    ];
    for (method, host, path, status) in rows {
        let answer = ask(&running, method, host, path).await;
        assert_eq!(answer.status, status, "{method} {host} {path}");
    }
    let refused = ask(&running, "POST", "localhost", "/").await;
    assert_eq!(refused.header("allow"), Some("GET,HEAD"));
    let no_host = raw(running.address, "GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!(no_host.status, 421);
    let long = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "a".repeat(20_000)
    );
    let long = raw(running.address, &long).await.status;
    assert!(matches!(long, 414 | 431), "{long}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_ends_is_dropped() {
    // The clock of the runtime is paused and moves on by itself when nothing else is left to do.
    let running = start(group(1, 1), Commit::at(now())).await;
    let mut socket = TcpStream::connect(running.address)
        .await
        .expect("a connection");
    socket
        .write_all(b"GET / HTTP/1.1\r\nHost: loc")
        .await
        .expect("sent");
    let mut bytes = Vec::new();
    let limit = Duration::from_secs(60);
    let read = tokio::time::timeout(limit, socket.read_to_end(&mut bytes)).await;
    assert!(read.is_ok(), "the connection is still open");
}

#[tokio::test(start_paused = true)]
async fn idle_connections_do_not_keep_others_out() {
    let running = start(group(1, 1), Commit::at(now())).await;
    let mut idle = Vec::new();
    for _ in 0..80 {
        let socket = TcpStream::connect(running.address).await;
        idle.push(socket.expect("a connection"));
    }
    let answer = tokio::time::timeout(Duration::from_secs(60), get(&running, "/")).await;
    assert_eq!(answer.expect("an answer in time").status, 200);
}

#[tokio::test]
async fn the_console_ends_when_asked_though_a_connection_is_kept() {
    let running = start(group(1, 1), Commit::at(now())).await;
    let mut kept = TcpStream::connect(running.address)
        .await
        .expect("a connection");
    let request = b"GET /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n";
    kept.write_all(request).await.expect("sent");
    assert!(kept.read_u8().await.is_ok());
    drop(running.stop);
    let ended = tokio::time::timeout(Duration::from_secs(20), running.served).await;
    assert!(ended.expect("an end in time").expect("no panic").is_ok());
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn metrics_satisfy_promtool() {
    let running = start(group(4, 10), mixed()).await;
    let metrics = &running.metrics;
    metrics.page("page");
    metrics.page("timeout");
    metrics.visit("dated", 80, 10_000);
    metrics.visit("failed", 60_000, 0);
    metrics.message(Route::Sms, "accepted");
    metrics.round_finished(now());
    let answer = get(&running, "/metrics").await;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some(kind))
    );
    for sample in [
        "wangxun_up 1",
        "wangxun_columns{standing=\"not-configured\"} 2",
        "wangxun_incidents_open{kind=\"stale\",tier=\"overdue\"} 1",
        "wangxun_incidents_open{kind=\"down\",tier=\"none\"} 1",
        "wangxun_visits_total{outcome=\"dated\"} 1",
        "wangxun_visit_duration_seconds_bucket{le=\"0.100\"} 1",
        "wangxun_visit_duration_seconds_bucket{le=\"30.000\"} 1",
        "wangxun_visit_duration_seconds_bucket{le=\"+Inf\"} 2",
        "wangxun_visit_duration_seconds_sum 60.080",
        "wangxun_message_changes_total{transport=\"sms\",state=\"accepted\"} 1",
        "wangxun_outbox_messages{transport=\"sms\",state=\"queued\"} 1",
        "wangxun_last_round_finished_timestamp_seconds 1510977600",
        "wangxun_flags{kind=\"future-date\"} 1",
        "wangxun_flags{kind=\"burst\"} 0",
        "wangxun_store_fatal 0",
    ] {
        assert!(
            answer.body.lines().any(|line| line == sample),
            "{sample}\n{}",
            answer.body
        );
    }
    assert!(answer.body.lines().count() < 200, "too many series");
    promtool(&answer.body);
}

fn promtool(text: &str) {
    let started = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut tool = match started {
        Ok(tool) => tool,
        Err(error) => panic!("promtool cannot be run ({error}); install the package prometheus"),
    };
    let mut input = tool.stdin.take().expect("an input");
    input.write_all(text.as_bytes()).expect("written");
    drop(input);
    let output = tool.wait_with_output().expect("an end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}\n{text}");
}

#[tokio::test]
async fn health_tells_well_from_unwell() {
    let well = start(group(4, 10), mixed()).await;
    let answer = get(&well, "/healthz").await;
    let body: serde_json::Value = serde_json::from_str(&answer.body).expect("json");
    assert_eq!((answer.status, &body["status"]), (200, &"ok".into()));
    assert_eq!(body["reasons"], serde_json::json!([]));

    let mut commit = mixed();
    for record in &mut commit.records {
        record.visited_at = now() - TimeDelta::hours(27);
    }
    commit.messages[1].next_attempt_at = now() - TimeDelta::hours(3);
    let unwell = start(group(4, 10), commit).await;
    let answer = get(&unwell, "/healthz").await;
    assert_eq!(answer.status, 503);
    let body: serde_json::Value = serde_json::from_str(&answer.body).expect("json");
    assert_eq!(body["status"], "unwell");
    let since = "2017-11-17T09:00:00+08:00";
    assert_eq!(
        body["reasons"],
        serde_json::json!([
            {"reason": "visits-stale", "since": since},
            {"reason": "outbox-stuck", "messages": 1},
        ])
    );
    assert_eq!(body["last_visit_at"], since);
    let home = get(&unwell, "/").await.body;
    assert!(
        home.contains("长时间没有完成任何访问；消息到时未能发出"),
        "{home}"
    );
    assert!(!home.contains("运行正常"));
}

#[tokio::test]
async fn the_status_page_of_a_whole_district_is_light_and_quick() {
    let running = start(group(48, 30), sized(48, 30)).await;
    get(&running, "/").await;
    let began = Instant::now();
    let home = get(&running, "/").await;
    let took = began.elapsed();
    assert_eq!(home.status, 200);
    assert!(home.body.len() < 200_000, "{} bytes", home.body.len());
    // The budget is 100 ms of an optimised build; this one is not, and shares its cores.
    assert!(took < Duration::from_secs(2), "{took:?}");
    println!("status page: {took:?}, {} bytes", home.body.len());
}

#[test]
fn the_console_answers_to_where_it_listens_and_what_it_is_linked_as() {
    let bound = |listen: &str| Some(listen.parse().expect("an address"));
    let link = Some("https://wangxun.example.cn/console");
    assert_eq!(
        hosts_of(bound("10.1.2.3:8087"), link),
        ["10.1.2.3", "wangxun.example.cn"]
    );
    assert_eq!(hosts_of(bound("0.0.0.0:8087"), None), Vec::<String>::new());
    assert_eq!(
        hosts_of(bound("127.0.0.1:8087"), Some("no address")),
        Vec::<String>::new()
    );
}
