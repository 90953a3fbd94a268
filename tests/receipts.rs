//! What became of text messages, through the real daemon in stepped time: a gateway that is played
//! over a loopback socket takes them, posts its reports to the console's address or is asked, and
//! takes no more of them in a minute than it allows.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wangxun::alert::outbox::{Delivery, Message, MessageKey, Words};
use wangxun::clock::{Alarm, Clock};
use wangxun::config::load::load;
use wangxun::daemon::answer::Question;
use wangxun::daemon::assessment::TELL_NOBODY;
use wangxun::daemon::control;
use wangxun::domain::group::Route;
use wangxun::domain::time::{Moment, moment};
use wangxun::store::commit::Commit;

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stepped.rs"]
mod stepped;
#[path = "support/vendor.rs"]
mod vendor;

use site::{Site, answer};
use stepped::Running;
use vendor::{Request, Vendor};

const SECRET: &str = "0123456789abcdef0123456789";
const KEY: &str = "s3cr3t-key";

const MONITOR: &str = r#"
[availability]
enabled = false
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
[transports]
RETRY
[transports.sms]
rate = { per_minute = 1 }
[transports.sms.aliyun]
url = "http://GATEWAY/"
access_key_id = "id"
access_key_secret = { file = "key" }
sign_name = "西城网巡"
templates.default = { code = "SMS_1", params = { column = "{column}" } }
[transports.sms.receipts]
RECEIPTS
[transports.robots.duty.wecom]
url = "http://GATEWAY/robot"
key = { file = "key" }
[transports.mail]
from = "wangxun@example.cn"
spool = "mail"
[politeness.access]
private_addresses = true
pause = "0ms"
[store]
dir = "store"
[console]
listen = "127.0.0.1:0"
access = "open"
[control]
socket = "control.sock"
"#;

const SITES: &str = r#"
[[unit]]
id = "kxw"
name = "科信委"
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
"#;

const CONTACTS: &str = r#"
[[person]]
id = "bianji"
name = "编辑"
phone = "10000000001"
duties = [{ role = "editor", unit = "kxw" }]
[[person]]
id = "lianluo"
name = "联络员"
phone = "10000000002"
mail = "lianluo@example.cn"
duties = [{ role = "liaison", unit = "kxw" }]
[[person]]
id = "qun"
name = "工作群"
robot = "duty"
duties = [{ role = "liaison", unit = "kxw" }]
[[person]]
id = "zhiban"
name = "值班管理员"
phone = "10000000005"
duties = [{ role = "operator" }]
"#;

fn at(text: &str) -> Moment {
    moment(format!("{text}:00").parse().expect("an instant"))
}

/// A list whose newest row is of 3 November.
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

/// A gateway that takes every message and, when asked, says that it has arrived.
fn gateway(request: &Request) -> (u16, String) {
    if request.path() == "/robot" {
        return (200, json!({"errcode": 0, "errmsg": "ok"}).to_string());
    }
    if !vendor::is_signed_acs3(request, "id", KEY) {
        return (400, json!({"Code": "SignatureDoesNotMatch"}).to_string());
    }
    let body = match request.header("x-acs-action") {
        Some("SendSms") => {
            let phone = request.param("PhoneNumbers").expect("a number");
            json!({"Code": "OK", "Message": "OK", "BizId": format!("biz-{phone}")})
        }
        _ => json!({"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [
            {"SendStatus": 3, "ErrCode": "DELIVERED", "OutId": "another"},
        ]}}),
    };
    (200, body.to_string())
}

/// A gateway that takes nothing for now.
fn closed(_: &Request) -> (u16, String) {
    (503, String::new())
}

/// A gateway that does not say whether it took what it was given.
fn silent(_: &Request) -> (u16, String) {
    (504, String::new())
}

/// The settings of a gateway of Tencent Cloud, in place of those of Alibaba Cloud.
const TENCENT: &str = r#"
[transports.sms.tencent]
url = "http://GATEWAY/"
secret_id = "id"
secret_key = { file = "key" }
app_id = "1400000000"
sign_name = "西城网巡"
longest_value = 12
templates.default = { code = "1", params = ["{column}"] }
"#;

/// An installation, and the daemon in it, on the morning of the reminder.
struct Morning {
    dir: TempDir,
    gateway: Vendor,
    running: Running,
    held: Alarm,
}

impl Morning {
    /// Runs until 8:40 on the day on which editor and liaison are reminded.
    async fn new(receipts: &str) -> Morning {
        Morning::with(receipts, "", gateway).await
    }

    async fn with(
        receipts: &str,
        retry: &str,
        gateway: impl Fn(&Request) -> (u16, String) + Send + Sync + 'static,
    ) -> Morning {
        Morning::by(MONITOR, receipts, retry, gateway).await
    }

    /// By Tencent Cloud.
    async fn by_tencent(
        retry: &str,
        gateway: impl Fn(&Request) -> (u16, String) + Send + Sync + 'static,
    ) -> Morning {
        let (head, rest) = MONITOR.split_once("[transports.sms.aliyun]").expect("it");
        let (_, rest) = rest.split_once("[transports.sms.receipts]").expect("it");
        let monitor = format!("{head}{TENCENT}[transports.sms.receipts]{rest}");
        Morning::by(&monitor, "ask_every = \"15min\"", retry, gateway).await
    }

    async fn by(
        monitor: &str,
        receipts: &str,
        retry: &str,
        gateway: impl Fn(&Request) -> (u16, String) + Send + Sync + 'static,
    ) -> Morning {
        let dir = TempDir::new().expect("a directory");
        let clock = Clock::stepped(at("2017-11-13T00:00"), None);
        let mut held = clock.alarm();
        let site = sleeper().await;
        let gateway = Vendor::serve(gateway).await;
        let monitor = monitor.replace("GATEWAY", &gateway.address.to_string());
        let monitor = monitor.replace("RECEIPTS", receipts);
        let monitor = monitor.replace("RETRY", retry);
        let sites = SITES.replace("SITE", &site.address.to_string());
        for (name, text) in [
            ("monitor.toml", monitor.as_str()),
            ("sites.toml", &sites),
            ("contacts.toml", CONTACTS),
            ("key", KEY),
            ("callback", SECRET),
        ] {
            write(&dir.path().join(name), text);
        }
        let loaded = load(
            &dir.path().join("monitor.toml"),
            at("2017-11-13T00:00").date_naive(),
        );
        let config = loaded.unwrap_or_else(|faults| panic!("{faults}")).config;
        let running = Running::start(Arc::new(config), &clock).await;
        held.until(at("2017-11-14T08:40")).await;
        Morning {
            dir,
            gateway,
            running,
            held,
        }
    }

    fn console(&self) -> SocketAddr {
        self.running.ready.console.expect("a console")
    }

    /// The messages to `person`, the oldest first.
    async fn messages(&self, person: &str) -> Vec<Message> {
        let all = self.running.ready.desk.store.messages(20).await;
        let mut all = all.expect("messages");
        all.retain(|message| message.person.as_str() == person);
        all.reverse();
        all
    }

    /// The states of the messages to `person`, the oldest first.
    async fn states(&self, person: &str) -> Vec<&'static str> {
        let messages = self.messages(person).await;
        let states = messages.iter().map(|message| message.delivery.in_chinese());
        states.collect()
    }

    /// What is to be told to the operator, in messages or waiting for one.
    async fn heard_by_operator(&self) -> Vec<String> {
        let store = &self.running.ready.desk.store;
        let waiting = store.waiting_notices().await.expect("notices");
        let waiting = waiting.into_iter().map(|notice| notice.facts.why);
        let messages = store.messages(50).await.expect("messages");
        let said = messages.into_iter().map(|message| message.text);
        waiting.chain(said).collect()
    }

    /// Posts `body` to the address that ends in `secret`; the status and the body of the answer.
    async fn post(&self, secret: &str, body: &str) -> (u16, String) {
        let head = format!(
            "POST /receipts/{secret} HTTP/1.1\r\nHost: sms.example.com\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        self.ask(&format!("{head}{body}")).await
    }

    async fn ask(&self, request: &str) -> (u16, String) {
        let mut socket = TcpStream::connect(self.console()).await.expect("a console");
        // It may answer, and hang up, before it has read all of a long post.
        let _ = socket.write_all(request.as_bytes()).await;
        let mut bytes = Vec::new();
        let _ = socket.read_to_end(&mut bytes).await;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // Whoever calls, by whatever name: every answer carries what every page carries.
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        for header in [
            "x-content-type-options: nosniff",
            "x-frame-options: DENY",
            "content-security-policy: default-src 'none'",
        ] {
            assert!(head.contains(header), "{header}: {head}");
        }
        let status = text.get(9..12).unwrap_or("0").parse().expect("a status");
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, body.to_owned())
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a file");
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path, private).expect("a mode");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_that_are_posted_move_messages_on() {
    let mut morning = Morning::new("callback = { file = \"callback\" }").await;
    // One a minute: nobody is dropped, somebody waits.
    let dates: Vec<String> = morning
        .gateway
        .seen()
        .iter()
        .filter_map(|request| request.header("x-acs-date").map(str::to_owned))
        .collect();
    assert_eq!(dates, ["2017-11-14T00:30:00Z", "2017-11-14T00:31:00Z"]);
    let editors = morning.messages("bianji").await;
    let accepted = |message: &Message| matches!(message.delivery, Delivery::Accepted { .. });
    assert!(accepted(&editors[0]), "{editors:?}");

    let arrived = json!([{"out_id": editors[0].key.as_str(), "biz_id": "biz-10000000001",
        "success": true, "err_code": "DELIVERED"}]);
    let unknown = morning.post("guess", &arrived.to_string()).await;
    assert_eq!(unknown.0, 404);
    let read = format!("GET /receipts/{SECRET} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_eq!(morning.ask(&read).await.0, 405);
    assert!(accepted(&morning.messages("bianji").await[0]));

    let lost = json!({"biz_id": "biz-10000000002", "success": false, "err_code": "CB:0001",
        "err_msg": "空号"});
    let foreign = json!({"biz_id": "of another system", "success": true});
    let batch = json!([arrived[0], lost, foreign]).to_string();
    for _ in 0..2 {
        // A batch that is repeated changes nothing.
        let (status, thanks) = morning.post(SECRET, &batch).await;
        assert_eq!((status, thanks.as_str()), (200, r#"{"code":0,"msg":"ok"}"#));
    }
    let editors = morning.messages("bianji").await;
    let Delivery::Delivered { receipt, .. } = &editors[0].delivery else {
        panic!("{editors:?}");
    };
    // A number inside of a receipt is masked, and the receipt is recognised all the same.
    assert_eq!(receipt.as_deref(), Some("biz-100****0001"));
    let liaison = morning.messages("lianluo").await;
    let Delivery::Failed {
        permanent: true,
        error,
        ..
    } = &liaison[0].delivery
    else {
        panic!("{liaison:?}");
    };
    assert_eq!(error, "the gateway reports CB:0001 空号");
    assert_eq!(liaison.len(), 2);
    assert_eq!(liaison[1].route, Route::Mail);

    // Why is told wherever messages are shown.
    let why = "渠道拒绝：网关回执：CB:0001 空号";
    let get =
        |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    for path in ["/messages", "/column/kxw/gzdt"] {
        let (status, page) = morning.ask(&get(path)).await;
        assert_eq!(status, 200, "{path}");
        assert!(page.contains(why), "{path}: {page}");
    }
    let asked = async |question: &Question| {
        let socket = morning.dir.path().join("control.sock");
        let answer = control::ask(&socket, question, TELL_NOBODY)
            .await
            .expect("an answer");
        answer.expect("a daemon").text
    };
    let outbox = asked(&Question::Outbox { newest: 20 }).await;
    assert!(outbox.contains(why), "{outbox}");
    let status = asked(&Question::Status).await;
    let line = "【消息】近7天有1条发送失败（其中1条已改用其他渠道），最近一条：";
    assert!(status.contains(line) && status.contains(why), "{status}");

    // What cannot be read is thanked for and changes nothing; what is too long is not read.
    for body in ["", "<xml/>", "[[[[", "{\"success\": 1}"] {
        assert_eq!(morning.post(SECRET, body).await.0, 200, "{body}");
    }
    let long = "x".repeat(300_000);
    assert_eq!(morning.post(SECRET, &long).await.0, 413);
    let page =
        format!("GET /receipts/{SECRET} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(morning.ask(&page).await.0, 405);

    morning.held.until(at("2017-11-14T08:50")).await;
    let letters = std::fs::read_dir(morning.dir.path().join("mail")).expect("a spool");
    assert_eq!(letters.count(), 1);
    morning.running.end(morning.held).await;
}

/// A gateway hands out one number for all: our own key says whose report it is, and a report by
/// that number alone is nobody's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_key_decides_whose_report_it_is() {
    let receipts = "callback = { file = \"callback\" }";
    let mut morning = Morning::with(receipts, "", |request| match request.path() {
        "/robot" => gateway(request),
        _ => {
            let taken = json!({"Code": "OK", "Message": "OK", "BizId": "r1"});
            (200, taken.to_string())
        }
    })
    .await;
    let states = async |morning: &Morning| {
        let mut states = Vec::new();
        for person in ["bianji", "lianluo"] {
            let messages = morning.messages(person).await;
            states.push(messages[0].delivery.in_chinese());
        }
        states
    };
    assert_eq!(states(&morning).await, ["已提交", "已提交"]);
    let key = async |person| morning.messages(person).await[0].key.to_string();
    let editors = key("bianji").await;
    let liaisons = key("lianluo").await;
    let report = |key: &str, success: bool| {
        json!([{"out_id": key, "biz_id": "r1", "success": success, "err_code": "MBBLACK"}])
            .to_string()
    };
    let steps = [
        // By the number alone, and by the key of another system's message.
        (report("", true), ["已提交", "已提交"]),
        (report(&"0".repeat(32), true), ["已提交", "已提交"]),
        (report(&editors, true), ["已送达", "已提交"]),
        (report("", false), ["已送达", "已提交"]),
        (report(&liaisons, false), ["已送达", "发送失败"]),
    ];
    for (body, expected) in steps {
        assert_eq!(morning.post(SECRET, &body).await.0, 200, "{body}");
        assert_eq!(states(&morning).await, expected, "{body}");
    }
    // Who did not get it is told by the next route.
    let liaison = morning.messages("lianluo").await;
    assert_eq!(liaison[1].route, Route::Mail);
    morning.held.until(at("2017-11-14T08:50")).await;
    morning.running.end(morning.held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_chat_is_told_by_its_robot() {
    let morning = Morning::new("callback = { file = \"callback\" }").await;
    let messages = morning.messages("qun").await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].delivery.in_chinese(), "已提交");
    let posts: Vec<Request> = morning
        .gateway
        .seen()
        .into_iter()
        .filter(|request| request.path() == "/robot")
        .collect();
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].param("key").as_deref(), Some(KEY));
    assert_eq!(
        posts[0].json()["text"]["content"],
        "【网巡】科信委网站“工作动态”栏目最近更新为11月3日，已11天，11月17日到期，请及时更新。"
    );
    morning.running.end(morning.held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_asked_tells_what_arrived() {
    let mut morning = Morning::new("ask_every = \"15min\"").await;
    let nowhere = morning.post(SECRET, "[]").await;
    assert_eq!(nowhere.0, 404);
    morning.held.until(at("2017-11-14T09:10")).await;
    for person in ["bianji", "lianluo"] {
        let messages = morning.messages(person).await;
        let arrived = matches!(messages[0].delivery, Delivery::Delivered { .. });
        assert!(arrived, "{messages:?}");
    }
    let asked: Vec<Request> = morning
        .gateway
        .seen()
        .into_iter()
        .filter(|request| request.header("x-acs-action") == Some("QuerySendDetails"))
        .collect();
    // Once for each: what has arrived is not asked about again.
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].param("SendDate").as_deref(), Some("20171114"));
    morning.running.end(morning.held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_which_the_gateway_says_nothing_keeps_no_other_back() {
    let answer = |request: &Request| match request.param("BizId").as_deref() {
        Some("biz-100****0001") => (500, String::new()),
        _ => gateway(request),
    };
    let mut morning = Morning::with("ask_every = \"15min\"", "", answer).await;
    morning.held.until(at("2017-11-14T09:10")).await;
    let editors = morning.messages("bianji").await;
    assert_eq!(editors[0].delivery.in_chinese(), "已提交");
    let liaison = morning.messages("lianluo").await;
    assert_eq!(liaison[0].delivery.in_chinese(), "已送达");
    morning.running.end(morning.held).await;
}

/// How often the gateway was given a text for `phone`.
fn given(morning: &Morning, phone: &str) -> usize {
    let seen = morning.gateway.seen();
    let to = |request: &&Request| {
        let to_aliyun = request.param("PhoneNumbers").as_deref() == Some(phone);
        to_aliyun || request.body.contains(&format!("\"+86{phone}\""))
    };
    seen.iter().filter(to).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_tells_what_became_of_an_attempt_without_an_answer() {
    for (retry, is_repeated) in [("first = \"60s\"", true), ("first = \"20min\"", false)] {
        let retry = format!("retry = {{ {retry}, longest = \"20min\" }}");
        let receipts = "callback = { file = \"callback\" }";
        let mut morning = Morning::with(receipts, &retry, silent).await;
        let mut reports = Vec::new();
        for (person, phone) in [("bianji", "10000000001"), ("lianluo", "10000000002")] {
            let message = morning.messages(person).await.remove(0);
            assert!(message.maybe_taken, "{message:?}");
            assert_eq!(message.delivery.in_chinese(), "待重试");
            // Without a report it is given once more.
            assert_eq!(given(&morning, phone) > 1, is_repeated, "{retry}");
            reports.push(
                json!({"out_id": message.key.as_str(), "success": person == "bianji",
                "err_code": "MBBLACK"}),
            );
        }
        let before = morning.gateway.seen().len();
        for _ in 0..2 {
            let (status, _) = morning.post(SECRET, &json!(reports).to_string()).await;
            assert_eq!(status, 200, "{retry}");
        }
        morning.held.until(at("2017-11-14T09:30")).await;
        assert_eq!(morning.states("bianji").await, ["已送达"], "{retry}");
        let liaison = morning.messages("lianluo").await;
        let states = morning.states("lianluo").await;
        assert_eq!(states, ["发送失败", "已提交"], "{retry}");
        assert_eq!(liaison[1].route, Route::Mail);
        // What became of the only attempt is known then.
        assert_eq!(liaison[0].maybe_taken, is_repeated, "{retry}");
        let robots = |request: &&Request| request.path() == "/robot";
        let texts = morning.gateway.seen().split_off(before);
        assert!(texts.iter().all(|request| robots(&request)), "{texts:?}");
        morning.running.end(morning.held).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_is_asked_for_reports_while_it_may_have_taken_anything() {
    // Each report is handed out once.
    let reports = Mutex::new(Vec::new());
    let answer = move |request: &Request| match request.header("x-tc-action") {
        Some("SendSms") => {
            let sent = request.json();
            let is_liaison = sent["PhoneNumberSet"][0] == "+8610000000002";
            let status = if is_liaison { "FAIL" } else { "SUCCESS" };
            let report = json!({"SessionContext": sent["SessionContext"],
                "ReportStatus": status, "Description": "REJECTD", "SerialNo": "1"});
            reports.lock().expect("reports").push(report);
            (504, String::new())
        }
        Some("PullSmsSendStatus") => {
            let told = std::mem::take(&mut *reports.lock().expect("reports"));
            let told = json!({"Response": {"PullSmsSendStatusSet": told}});
            (200, told.to_string())
        }
        _ => gateway(request),
    };
    let retry = "retry = { first = \"40min\", longest = \"1h\" }";
    let mut morning = Morning::by_tencent(retry, answer).await;
    morning.held.until(at("2017-11-14T12:00")).await;
    assert_eq!(morning.states("bianji").await, ["已送达"]);
    assert_eq!(morning.states("lianluo").await, ["发送失败", "已提交"]);
    for phone in ["10000000001", "10000000002"] {
        assert_eq!(given(&morning, phone), 1);
    }
    morning.running.end(morning.held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_is_fetched_during_an_attempt_is_kept() {
    let report: Arc<Mutex<Option<MessageKey>>> = Arc::default();
    let held_ready = Arc::clone(&report);
    let answer = move |request: &Request| match request.header("x-tc-action") {
        Some("SendSms") => silent(request),
        Some("PullSmsSendStatus") => {
            let key = held_ready.lock().expect("a report").take();
            let told =
                key.map(|key| json!({"SessionContext": key.as_str(), "ReportStatus": "SUCCESS"}));
            let told: Vec<_> = told.into_iter().collect();
            (
                200,
                json!({"Response": {"PullSmsSendStatusSet": told}}).to_string(),
            )
        }
        _ => gateway(request),
    };
    let retry = "retry = { first = \"5h\", longest = \"6h\", fall_back_after = \"10h\" }";
    let mut morning = Morning::by_tencent(retry, answer).await;
    let store = morning.running.ready.desk.store.clone();
    let mut message = morning.messages("bianji").await.remove(0);
    let put = async |message: &Message, now: &str| {
        let mut commit = Commit::at(at(now));
        commit.messages.push(message.clone());
        store.commit(commit).await.expect("a commit");
    };
    let now = "2017-11-14T08:40";
    message.delivery = Delivery::Attempting { since: at(now) };
    put(&message, now).await;
    *report.lock().expect("a report") = Some(message.key.clone());
    let now = "2017-11-14T08:56";
    morning.held.until(at(now)).await;
    assert_eq!(morning.states("bianji").await, ["发送中"]);
    assert!(report.lock().expect("a report").is_none(), "it was fetched");
    message.delivery = Delivery::Accepted {
        at: at(now),
        receipt: None,
    };
    put(&message, now).await;
    morning.held.until(at("2017-11-14T09:14")).await;
    assert_eq!(morning.states("bianji").await, ["已送达"]);
    morning.running.end(morning.held).await;
}

/// The line of a quiet day, and a word about the clock, of which a gateway says later that they did not arrive.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_without_notices_is_dressed_for_its_route_and_is_of_its_day() {
    let receipts = "callback = { file = \"callback\" }";
    let mut morning = Morning::new(receipts).await;
    let like = morning.messages("lianluo").await.remove(0);
    let line = |key: &str, urgent: bool, day: &str| {
        let said = format!("{key}的话。");
        let at = at(&format!("2017-11-{day}T08:30"));
        Message {
            key: MessageKey::of(&[key]),
            text: format!("【网巡】{said}"),
            words: Words {
                wording: "trouble".to_owned(),
                values: [("why".to_owned(), said)].into(),
            },
            notices: Vec::new(),
            urgent,
            created_at: at,
            delivery: Delivery::Accepted { at, receipt: None },
            ..like.clone()
        }
    };
    let lines = [
        line("today", false, "14"),
        line("yesterday", false, "13"),
        line("clock", true, "13"),
    ];
    let mut commit = Commit::at(at("2017-11-14T08:40"));
    commit.messages = lines.to_vec();
    let store = morning.running.ready.desk.store.clone();
    store.commit(commit).await.expect("a commit");
    for line in &lines {
        let report =
            json!([{"out_id": line.key.as_str(), "success": false, "err_code": "MBBLACK"}]);
        assert_eq!(morning.post(SECRET, &report.to_string()).await.0, 200);
    }
    morning.held.until(at("2017-11-14T08:50")).await;
    let mut mails: Vec<String> = morning
        .messages("lianluo")
        .await
        .into_iter()
        .filter(|message| message.route == Route::Mail)
        .map(|message| message.text)
        .collect();
    mails.sort();
    let dressed = |key: &str| format!("{key}的话。\n\n【网巡】本邮件由系统自动发送。\n");
    assert_eq!(mails, [dressed("clock"), dressed("today")]);
    let ended = store.message(&lines[1].key).await.expect("a message");
    let ended = ended.map(|message| message.delivery.in_chinese());
    assert_eq!(ended, Some("发送失败"));
    morning.running.end(morning.held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_gateway_cannot_take_goes_to_the_next_route_after_a_while() {
    let retry = "retry = { first = \"60s\", longest = \"2min\", fall_back_after = \"10min\" }";
    let receipts = "callback = { file = \"callback\" }";
    let mut morning = Morning::with(receipts, retry, |_| {
        (
            200,
            json!({"Code": "isv.OUT_OF_SERVICE", "Message": "欠费"}).to_string(),
        )
    })
    .await;
    assert_eq!(morning.messages("lianluo").await.len(), 1);
    morning.held.until(at("2017-11-14T08:55")).await;
    let liaison = morning.messages("lianluo").await;
    let states: Vec<&str> = liaison
        .iter()
        .map(|message| message.delivery.in_chinese())
        .collect();
    assert_eq!(states, ["发送失败", "已提交"], "{liaison:?}");
    assert_eq!(liaison[1].route, Route::Mail);
    // Who has no other route is tried on.
    let editors = morning.messages("bianji").await;
    assert_eq!(editors.len(), 1);
    assert_eq!(editors[0].delivery.in_chinese(), "待重试");
    assert!(editors[0].attempts >= 5, "{editors:?}");
    // And the operator hears of it, once a day.
    morning.held.until(at("2017-11-14T17:00")).await;
    let heard = morning.heard_by_operator().await;
    let of_way = |text: &&String| text.contains("短信渠道自11月14日08:30起未能发出消息");
    assert_eq!(heard.iter().filter(of_way).count(), 1, "{heard:?}");
    morning.running.end(morning.held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_that_fails_is_left_after_hours_that_are_counted_over_days() {
    // However far the next attempt is; and however many digests took up what waited.
    let rows = [
        ("first = \"5h\", longest = \"6h\"", ["14T12:25", "14T12:35"]),
        ("fall_back_after = \"30h\"", ["15T14:20", "15T14:40"]),
    ];
    for (retry, [before, after]) in rows {
        let retry = format!("retry = {{ {retry} }}");
        let mut morning = Morning::with("callback = { file = \"callback\" }", &retry, closed).await;
        morning.held.until(at(&format!("2017-11-{before}"))).await;
        assert_eq!(morning.states("lianluo").await, ["待重试"], "{before}");
        morning.held.until(at(&format!("2017-11-{after}"))).await;
        let states = morning.states("lianluo").await;
        assert_eq!(states, ["发送失败", "已提交"], "{after}");
        morning.running.end(morning.held).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_what_was_to_be_heard_at_once_is_lost_waits_for_no_digest() {
    let receipts = "callback = { file = \"callback\" }";
    let refused = |request: &Request| match request.path() {
        "/robot" => {
            let told = json!({"errcode": 93000, "errmsg": "invalid webhook url"});
            (200, told.to_string())
        }
        _ => gateway(request),
    };
    let mut morning = Morning::with(receipts, "", refused).await;
    let words = "有须立即告知的消息未能送达";
    // A reminder is not urgent: that it was lost stands in the digest.
    assert_eq!(morning.states("qun").await, ["发送失败"]);
    let heard = morning.heard_by_operator().await;
    assert!(!heard.iter().any(|text| text.contains(words)), "{heard:?}");
    let lost = morning.messages("qun").await.remove(0);
    let urgent = Message {
        key: MessageKey::of(&["urgent"]),
        urgent: true,
        attempts: 0,
        next_attempt_at: at("2017-11-14T08:41"),
        created_at: at("2017-11-14T08:41"),
        delivery: Delivery::Queued { last_error: None },
        ..lost
    };
    let mut commit = Commit::at(at("2017-11-14T08:41"));
    commit.messages.push(urgent);
    let store = &morning.running.ready.desk.store;
    store.commit(commit).await.expect("a commit");
    morning.held.until(at("2017-11-14T11:00")).await;
    assert_eq!(morning.states("qun").await, ["发送失败", "发送失败"]);
    let operators = morning.messages("zhiban").await;
    let told: Vec<&Message> = operators
        .iter()
        .filter(|message| message.text.contains(words))
        .collect();
    assert_eq!(told.len(), 1, "{operators:?}");
    assert!(told[0].urgent && told[0].delivery.in_chinese() == "已提交");
    morning.running.end(morning.held).await;
}
