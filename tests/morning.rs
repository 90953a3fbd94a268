//! The morning of every role in a real browser, before the real daemon: sign in, find what is
//! overdue, see why, do something about it; on an office screen, on a telephone, without script,
//! with hostile titles on the watched pages.
//!
//! Three columns of one site were updated on 3 November 2017 and never again; it is 20 November.
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
use wangxun::clock::{Alarm, Clock};
use wangxun::config::load::load;
use wangxun::domain::account::{AccountName, Role};
use wangxun::domain::act::Deed;
use wangxun::domain::id::UnitId;
use wangxun::domain::time::{Moment, moment};
use wangxun::fetch::tls::init_crypto;
use wangxun::store::accounts::{Account, Accounts, AccountsError};
use wangxun::web::access::gate::token_digest;
use wangxun::web::access::password;

#[path = "support/browser.rs"]
mod browser;
#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stepped.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod stepped;

use browser::Browser;
use site::{Site, answer};
use stepped::Running;

const LONGEST_RUN: Duration = Duration::from_secs(240);
const PASSWORD: &str = "correct horse battery";
/// What a page that wants to do harm puts into a title.
const HOSTILE: &str = "&lt;script&gt;document.title='gone'&lt;/script&gt;\u{202e}关于开展工作";

const MONITOR: &str = r#"
[availability]
enabled = false
[operator]
name = "运维"
contact = "https://www.example.cn/wangxun"

[schedule]
visits = "0 7,13,19 * * *"
jitter = "0s"

[sending]
live = true

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
access = "accounts"

[control]
socket = "control.sock"
"#;

const SITES: &str = r#"
[[unit]]
id = "kxw"
name = "区科信委"
short = "科信委"

[[unit]]
id = "wjw"
name = "区卫健委"
short = "卫健委"

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
class = "notices"
url = "/tzgg/"

[[column]]
id = "kxw/wjdt"
site = "kxw"
unit = "wjw"
name = "卫健动态"
class = "news"
url = "/wjdt/"
"#;

const CONTACTS: &str = r#"
[[person]]
id = "lianluo"
name = "联络员"
phone = "10000000002"
duties = [{ role = "liaison", unit = "kxw" }, { role = "liaison", unit = "wjw" }]

[[person]]
id = "zhiban"
name = "值班管理员"
phone = "10000000005"
duties = [{ role = "operator" }]
"#;

fn at(text: &str) -> Moment {
    moment(format!("{text}:00").parse().expect("an instant"))
}

/// Lists that have slept since 3 November, with a title that wants to do harm.
async fn sleepers() -> Site {
    Site::plain(|request| {
        let html = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
        let lists = ["/", "/gzdt/", "/tzgg/", "/wjdt/"];
        if !lists.contains(&request.path.as_str()) {
            return answer("404 Not Found", html, "");
        }
        let newest: chrono::NaiveDate = "2017-11-03".parse().expect("a day");
        let long = "长".repeat(10_000);
        let rows: String = (0..9)
            .map(|number| {
                let on = newest - chrono::TimeDelta::days(3 * number);
                let title = match number {
                    0 => HOSTILE.to_owned(),
                    1 => format!("关于{long}的通报"),
                    _ => format!("区科信委第{number}号工作开展情况通报"),
                };
                format!("<li><a href=\"t{number}.html\">{title}</a><span>{on}</span></li>\n")
            })
            .collect();
        let page = format!(
            "<!DOCTYPE html><html><head><title>栏目</title></head><body>\
             <div class=\"list\"><ul>\n{rows}</ul></div></body></html>"
        );
        answer("200 OK", html, page)
    })
    .await
}

/// An installation whose time stands still, with an account of every role.
struct Office {
    _dir: TempDir,
    _site: Site,
    running: Running,
    held: Alarm,
    pictures: PathBuf,
}

impl Office {
    async fn open() -> Office {
        let dir = TempDir::new().expect("a directory");
        let clock = Clock::stepped(at("2017-11-18T06:00"), None);
        let mut held = clock.alarm();
        let site = sleepers().await;
        let config = written(dir.path(), &site);
        let today = clock.now().date_naive();
        let loaded = load(&config, today).unwrap_or_else(|faults| panic!("{faults}"));
        let running = Running::start(Arc::new(loaded.config), &clock).await;
        tokio::time::timeout(LONGEST_RUN, held.until(at("2017-11-20T09:00")))
            .await
            .expect("a loop of the daemon or the clock stands still");
        let store = dir.path().join("store");
        for (name, role) in [
            ("yunwei", Role::Operator),
            ("kaoping", Role::Assessor),
            ("kanke", Role::Viewer),
            ("kxw", Role::Unit(UnitId::parse("kxw").expect("an id"))),
        ] {
            account(&store, name, role);
        }
        let unit = || Role::Unit(UnitId::parse("kxw").expect("an id"));
        for (token, role) in [("unit-token", unit()), ("viewer-token", Role::Viewer)] {
            put(&store, token, role, |made| {
                made.token = Some(token_digest(token));
            });
        }
        Office {
            _dir: dir,
            _site: site,
            running,
            held,
            pictures: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        }
    }

    fn url(&self, path: &str) -> String {
        let address = self.running.ready.console.expect("a console");
        format!("http://{address}{path}")
    }

    /// A browser in which `who` has signed in.
    fn enter(&self, who: &str) -> Browser {
        let mut browser = Browser::start();
        browser.size(1366, 768);
        browser.open(&self.url("/"));
        assert!(browser.text().contains("登录"), "{}", browser.text());
        browser.fill("#name", who);
        browser.fill("#password", PASSWORD);
        browser.follow("main button");
        assert!(browser.text().contains("总览"), "{}", browser.text());
        browser
    }

    fn picture(&self, browser: &mut Browser, name: &str) {
        browser.picture(&self.pictures.join(format!("{name}.png")));
    }

    async fn deeds(&self) -> Vec<(String, Deed)> {
        let acts = self.running.ready.desk.store.acts().await.expect("acts");
        acts.into_iter().map(|act| (act.by, act.deed)).collect()
    }

    async fn close(self) {
        self.running.end(self.held).await;
    }
}

fn written(dir: &Path, site: &Site) -> PathBuf {
    let sites = SITES.replace("SITE", &site.address.to_string());
    let files = [
        ("monitor.toml", MONITOR),
        ("sites.toml", &sites),
        ("contacts.toml", CONTACTS),
    ];
    for (name, text) in files {
        let file = dir.join(name);
        std::fs::write(&file, text).expect("a file");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&file, private).expect("a mode");
    }
    dir.join("monitor.toml")
}

fn account(store: &Path, name: &str, role: Role) {
    put(store, name, role, |made| {
        made.password = Some(password::digest(PASSWORD, name).expect("a digest"));
    });
}

fn put(store: &Path, name: &str, role: Role, with: impl FnOnce(&mut Account)) {
    let mut made = Account {
        name: AccountName::parse(name).expect("a name"),
        role,
        password: None,
        token: None,
        since: at("2017-11-18T06:00"),
    };
    with(&mut made);
    Accounts::change(store, |accounts| {
        accounts.put(made);
        Ok::<(), AccountsError>(())
    })
    .expect("written");
}

/// Unfolds the form with this key and enters it.
fn hand_in(browser: &mut Browser, key: &str, until: Option<&str>, reason: &str) {
    let form = format!("form:has(input[value=\"{key}\"])");
    if let Some(until) = until {
        browser.fill(&format!("{form} [name=until]"), until);
    }
    browser.fill(&format!("{form} [name=reason]"), reason);
    browser.follow(&format!("{form} button"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_operator_finds_what_is_overdue_sees_why_and_settles_it() {
    let office = Office::open().await;
    let mut browser = office.enter("yunwei");
    office.picture(&mut browser, "overview");
    let text = browser.text();
    for part in ["1个网站，3个栏目", "工作动态", "卫健动态", "运行正常"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    browser.follow(".tiles .overdue a");
    browser.follow("#columns tbody th a[href='/column/kxw/gzdt']");
    let text = browser.text();
    for part in [
        "判定为超期",
        "最近更新为2017年11月3日",
        "登记答复",
        "报备豁免",
        "暂缓通知",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    office.picture(&mut browser, "column");

    browser.follow("a[href^='/copy/']");
    let text = browser.text();
    assert!(
        text.contains("判定依据") && text.contains("<li><a href="),
        "{text}"
    );
    assert!(browser.has("tr.decided") && browser.has(".source mark"));
    assert_eq!(browser.value("document.scripts.length"), 1);
    office.picture(&mut browser, "copy");

    browser.open(&office.url("/column/kxw/gzdt"));
    hand_in(&mut browser, "exempt", Some("2017-11-30"), "改版");
    let text = browser.text();
    assert!(
        text.contains("已登记报备") && text.contains("已豁免"),
        "{text}"
    );
    hand_in(&mut browser, "end", None, "改版提前完成");
    assert!(browser.text().contains("报备已结束"), "{}", browser.text());
    hand_in(&mut browser, "hold", Some("2017-11-21"), "核实中");
    assert!(browser.text().contains("通知已暂缓"), "{}", browser.text());
    hand_in(&mut browser, "visit", None, "单位称已更新");
    assert!(
        browser.text().contains("已安排立即访问"),
        "{}",
        browser.text()
    );
    let deeds = office.deeds().await;
    let exempted =
        |(by, deed): &(String, Deed)| by == "yunwei" && matches!(deed, Deed::Exempted { .. });
    let held = |(by, deed): &(String, Deed)| by == "yunwei" && matches!(deed, Deed::Held { .. });
    assert!(
        deeds.iter().any(exempted) && deeds.iter().any(held),
        "{deeds:?}"
    );
    drop(browser);
    office.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_unit_answers_for_its_own_and_a_looker_on_does_nothing() {
    let office = Office::open().await;
    let mut browser = office.enter("kxw");
    let text = browser.text();
    assert!(
        text.contains("工作动态") && !text.contains("卫健动态"),
        "{text}"
    );
    assert!(!browser.has("a[href='/messages']"));
    browser.follow("#columns tbody th a");
    assert!(browser.has("input[value=answer]"));
    for key in ["exempt", "hold", "release", "accept", "visit"] {
        assert!(!browser.has(&format!("input[value={key}]")), "{key}");
    }
    hand_in(&mut browser, "answer", Some("2018-06-01"), "稿件在审");
    let text = browser.text();
    assert!(text.contains("日期最晚可填"), "{text}");
    let kept = browser.value("document.querySelector('[name=reason]').value");
    assert_eq!(kept, "稿件在审");
    hand_in(&mut browser, "answer", Some("2017-11-22"), "稿件在审");
    let text = browser.text();
    assert!(
        text.contains("已登记答复") && text.contains("将于11月22日前更新"),
        "{text}"
    );
    let deeds = office.deeds().await;
    assert!(
        deeds
            .iter()
            .any(|(by, deed)| by == "kxw" && matches!(deed, Deed::Answered { .. })),
        "{deeds:?}"
    );
    // Another's form token is nobody's, and what is not offered is not taken.
    let before = office.deeds().await.len();
    browser.value("document.querySelector('main [name=form]').value = 'x'");
    hand_in(&mut browser, "answer", Some("2017-11-23"), "再答");
    assert!(browser.text().contains("页面已过期"), "{}", browser.text());
    browser.open(&office.url("/column/kxw/gzdt"));
    browser.value("document.querySelector('input[value=answer]').value = 'hold'");
    hand_in(&mut browser, "hold", Some("2017-11-23"), "越权");
    assert!(browser.text().contains("无权"), "{}", browser.text());
    assert_eq!(office.deeds().await.len(), before);

    let mut looker = office.enter("kanke");
    looker.open(&office.url("/column/kxw/gzdt"));
    assert!(looker.text().contains("判定为") && !looker.has("main form"));
    drop((browser, looker));
    office.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_assessor_ranks_and_takes_the_bulletin_along() {
    let office = Office::open().await;
    let mut browser = office.enter("kaoping");
    browser.follow("a[href='/assessment']");
    let text = browser.text();
    for part in ["2017年第四季度", "科信委网站", "通报预览"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    office.picture(&mut browser, "assessment");
    let script = "fetch('/assessment?period=2017Q4&as=csv').then(a => a.text())\
                  .then(t => { document.title = t.slice(0, 40) + t.length; })";
    browser.value(script);
    browser.follow("tbody th a");
    let text = browser.text();
    assert!(
        text.contains("事实和证据") && text.contains("名次"),
        "{text}"
    );
    drop(browser);
    office.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_fits_every_screen_and_is_read_without_script() {
    let office = Office::open().await;
    let mut browser = office.enter("yunwei");
    let pages = [
        ("overview", "/"),
        ("all", "/?state=all&q=kxw"),
        ("site", "/site/kxw"),
        ("column", "/column/kxw/gzdt"),
        ("incidents", "/incidents"),
        ("messages", "/messages"),
        ("assessment", "/assessment"),
        ("sheet", "/assessment?site=kxw"),
    ];
    for (width, height) in [(1366, 768), (390, 844)] {
        browser.size(width, height);
        for (name, path) in pages {
            for dark in [false, true] {
                browser.dark(dark);
                browser.open(&office.url(path));
                assert!(browser.overhang() <= 0, "{path} at {width}");
                let shade = if dark { "dark" } else { "light" };
                office.picture(&mut browser, &format!("{name}-{width}-{shade}"));
            }
            let headings = browser.value("document.querySelectorAll('h1').length");
            assert_eq!(headings, 1, "{path}");
            assert_ne!(browser.value("document.title"), "gone", "{path}");
        }
    }
    browser.without_script();
    for (_, path) in pages {
        browser.open(&office.url(path));
        let markup = browser.markup();
        assert!(
            markup.contains("<h1>") && markup.contains("科信委"),
            "{path}"
        );
    }
    drop(browser);
    office.close().await;
}

/// A request of a program: status, kind and text of the answer.
async fn program(
    office: &Office,
    token: &str,
    path: &str,
    body: Option<serde_json::Value>,
) -> (u16, String, String) {
    init_crypto();
    let client = reqwest::Client::new();
    let url = office.url(&format!("/api/v1/{path}"));
    let request = match body {
        None => client.get(url),
        Some(body) => client.post(url).json(&body),
    };
    let request = match token {
        "" => request,
        token => request.bearer_auth(token),
    };
    let answer = request.send().await.expect("an answer");
    let kind = answer.headers().get("content-type");
    let kind = kind.map(|kind| kind.to_str().expect("text").to_owned());
    let status = answer.status().as_u16();
    (
        status,
        kind.unwrap_or_default(),
        answer.text().await.expect("text"),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_program_reads_what_its_token_may_and_answers_for_its_unit() {
    let office = Office::open().await;
    for (token, path, status) in [
        ("", "overview", 401),
        ("wrong", "overview", 401),
        ("viewer-token", "overview", 200),
        ("viewer-token", "columns/kxw/wjdt", 200),
        ("unit-token", "columns/kxw/gzdt", 200),
        ("unit-token", "columns/kxw/wjdt", 404),
        ("unit-token", "messages", 403),
        ("viewer-token", "messages?page=1", 200),
        ("viewer-token", "columns?state=nothing", 400),
        ("viewer-token", "columns?page=0", 400),
        ("viewer-token", "columns?color=red", 400),
        ("viewer-token", "sites/none", 404),
    ] {
        let (got, kind, text) = program(&office, token, path, None).await;
        assert_eq!(got, status, "{token} {path}: {text}");
        assert!(kind.starts_with("application/json"), "{path}: {kind}");
    }
    let (_, _, text) = program(&office, "viewer-token", "columns?q=gzdt", None).await;
    let found: serde_json::Value = serde_json::from_str(&text).expect("json");
    assert_eq!(found.pointer("/count"), Some(&1.into()), "{text}");
    assert_eq!(found.pointer("/items/0/standing"), Some(&"overdue".into()));
    assert_eq!(found.pointer("/items/0/due_on"), Some(&"2017-11-17".into()));
    let (_, kind, text) = program(&office, "unit-token", "due.ics?unit=kxw", None).await;
    assert!(kind.starts_with("text/calendar") && text.contains("DTSTART;VALUE=DATE:20171117"));
    assert!(!text.contains("wjdt"), "{text}");
    let (_, kind, text) = program(&office, "viewer-token", "incidents.atom", None).await;
    assert!(
        kind.starts_with("application/atom+xml") && text.contains("工作动态"),
        "{text}"
    );

    let ack = |until: &str, column: &str| {
        Some(serde_json::json!({"column": column, "until": until, "reason": "稿件在审"}))
    };
    for (token, body, status) in [
        ("viewer-token", ack("2017-11-22", "kxw/gzdt"), 403),
        ("unit-token", ack("2017-11-22", "kxw/wjdt"), 404),
        ("unit-token", ack("2018-06-01", "kxw/gzdt"), 422),
        ("unit-token", ack("soon", "kxw/gzdt"), 422),
        ("unit-token", Some(serde_json::json!({"column": 1})), 400),
        ("unit-token", ack("2017-11-22", "kxw/gzdt"), 200),
    ] {
        let (got, _, text) = program(&office, token, "ack", body).await;
        assert_eq!(got, status, "{token}: {text}");
    }
    let deeds = office.deeds().await;
    assert_eq!(
        deeds.iter().filter(|(by, _)| by == "unit-token").count(),
        1,
        "{deeds:?}"
    );
    office.close().await;
}

#[test]
fn the_description_names_every_route_of_the_interface() {
    let description = wangxun::web::api::describe::description();
    let paths = description["paths"].as_object().expect("paths");
    let routes = wangxun::web::routes();
    let mut routes: Vec<String> = routes
        .iter()
        .filter(|route| route.path.starts_with("/api/v1/") && !route.path.ends_with("openapi.json"))
        .map(|route| route.path.replace("{*id}", "{id}"))
        .collect();
    routes.sort();
    let mut described: Vec<&String> = paths.keys().collect();
    described.sort();
    assert_eq!(described, routes.iter().collect::<Vec<_>>());
}
