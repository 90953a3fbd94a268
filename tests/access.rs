//! Who may see the console: every route as nobody and as each role, signing in and out, guessing,
//! proxies, and the accounts that a command makes.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "the helpers of a test fail by panicking"
)]

use std::net::SocketAddr;
use std::path::Path;

use chrono::TimeDelta;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wangxun::alert::incident::{Ground, Kind, Release, Subject};
use wangxun::assess::ladder::Tier;
use wangxun::assess::vetoes::Rule;
use wangxun::daemon::visit::digest_of;
use wangxun::domain::account::{AccountName, Admission, Proxy, Role};
use wangxun::domain::finding::Finding;
use wangxun::domain::home::{HomeCopy, HomeRecord};
use wangxun::domain::id::{SiteId, UnitId};
use wangxun::store::accounts::{Account, Accounts, AccountsError};
use wangxun::store::commit::Commit;
use wangxun::web::access::gate::Admits;
use wangxun::web::access::password;
use wangxun::web::counter::{Counter, Handed};
use wangxun::web::routes;

#[path = "support/browser.rs"]
mod browser;
#[path = "support/console.rs"]
mod console;
#[path = "access/own.rs"]
mod own;
#[path = "support/program.rs"]
mod program;
#[path = "access/proofs.rs"]
mod proofs;
#[path = "access/proxied.rs"]
mod proxied;
#[path = "access/unscripted.rs"]
mod unscripted;

use console::{Running, column_id, group, incident, message, now, records, start_with, update};
use program::{PROGRAM, Place};
use wangxun::alert::outbox::Delivery;

const PASSWORD: &str = "correct horse battery";

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.lines().filter_map(move |line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The value of a cookie that is set.
    fn cookie(&self, name: &str) -> Option<String> {
        let start = format!("{name}=");
        let set = self
            .all("set-cookie")
            .find_map(|line| line.strip_prefix(&start));
        set.and_then(|rest| rest.split(';').next())
            .map(str::to_owned)
    }

    /// The hidden value of a form.
    fn form(&self) -> String {
        let (_, rest) = self
            .body
            .split_once("name=\"form\" value=\"")
            .expect("a form");
        rest.split('"').next().expect("a value").to_owned()
    }
}

/// Sends one request with these headers and this form, and reads the answer.
async fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    form: &[(&str, &str)],
) -> Answer {
    let body = form
        .iter()
        .map(|(key, value)| format!("{key}={}", value.replace(' ', "+")))
        .collect::<Vec<_>>()
        .join("&");
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        request.push_str("Content-Type: application/x-www-form-urlencoded\r\n");
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    request.push_str(&body);
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

fn name(text: &str) -> AccountName {
    AccountName::parse(text).expect("a name")
}

/// Makes the account of `role` in the store's directory below `dir`.
fn account(dir: &Path, text: &str, role: Role) {
    let made = Account {
        name: name(text),
        role,
        password: Some(password::digest(PASSWORD, text).expect("a digest")),
        token: None,
        since: now(),
    };
    Accounts::change(&dir.join("store"), |accounts| {
        accounts.put(made);
        Ok::<(), AccountsError>(())
    })
    .expect("written");
}

fn unit(n: usize) -> UnitId {
    UnitId::parse(&format!("s{n:02}")).expect("an id")
}

/// Four sites with ten columns each, a message, and an account of every role.
async fn four_sites(proxy: Proxy) -> Running {
    four_sites_with(proxy, None).await
}

/// The same with what takes in what is handed in on its pages.
async fn four_sites_with(proxy: Proxy, counter: Option<Counter>) -> Running {
    let group = group(4, 10);
    let mut commit = Commit::at(now());
    commit.records = records(&group, now() - TimeDelta::hours(1));
    let accepted = Delivery::Accepted {
        at: now(),
        receipt: None,
    };
    commit.messages = vec![message(1, "单位之间的消息", accepted)];
    let admission = Admission::Accounts(proxy);
    let running = start_with(admission, "127.0.0.1:0", group, commit, counter).await;
    let dir = running.dir.path();
    account(dir, "yunwei", Role::Operator);
    account(dir, "kaoping", Role::Assessor);
    account(dir, "kanke", Role::Viewer);
    account(dir, "danwei", Role::Unit(unit(1)));
    running
}

/// A counter whose desk refuses every task and never comes to an assessment.
fn busy_desk() -> Counter {
    let (desk, mut handed) = tokio::sync::mpsc::channel(8);
    tokio::spawn(async move {
        let mut never = Vec::new();
        while let Some(one) = handed.recv().await {
            match one {
                Handed::Task { back, .. } => {
                    back.send(Err("请填写理由。".to_owned())).ok();
                }
                other => never.push(other),
            }
        }
    });
    Counter::new(desk)
}

/// Signs in as `who` with `password`.
async fn enter(running: &Running, who: &str, password: &str, cookies: &str) -> Answer {
    let page = ask(running.address, "GET", "/login", &[], &[]).await;
    let form = page.form();
    let cookies = format!("wangxun-form={form}; {cookies}");
    let fields = [
        ("form", form.as_str()),
        ("name", who),
        ("password", password),
    ];
    ask(
        running.address,
        "POST",
        "/login",
        &[("Cookie", &cookies)],
        &fields,
    )
    .await
}

/// The session cookie of `who`.
async fn signed_in(running: &Running, who: &str) -> String {
    let answer = enter(running, who, PASSWORD, "").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/")),
        "{}",
        answer.body
    );
    format!("wangxun={}", answer.cookie("wangxun").expect("a session"))
}

async fn get_as(running: &Running, cookie: &str, path: &str) -> Answer {
    ask(running.address, "GET", path, &[("Cookie", cookie)], &[]).await
}

/// An account of every role.
const ROLES: [&str; 4] = ["yunwei", "kaoping", "kanke", "danwei"];

/// A path that the route answers, of unit 1.
fn path_of(route: &str) -> String {
    route
        .replace("/site/{*id}", "/site/s01")
        .replace("/column/{*id}", "/column/s01/c00")
        .replace("/copy/{*id}", "/copy/s01/c00")
        .replace("sites/{*id}", "sites/s01")
        .replace("columns/{*id}", "columns/s01/c00")
        .replace("scorecards/{*id}", "scorecards/s01")
        .replace(
            "copies/{*id}",
            &format!("copies/s01/c00?digest={}", "0".repeat(64)),
        )
        .replace("v1/links", "v1/links?site=s01")
        .replace("v1/availability", "v1/availability?site=s01")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_admits_whom_it_says_and_nobody_else() {
    let running = four_sites(Proxy::default()).await;
    let mut cookies = Vec::new();
    for who in ROLES {
        cookies.push(signed_in(&running, who).await);
    }
    let mut walked = 0;
    // What is posted to has no page of its own.
    let posted = ["/logout", "/api/v1/ack"];
    for route in routes()
        .into_iter()
        .filter(|route| !posted.contains(&route.path))
    {
        let path = path_of(route.path);
        let nobody = get_as(&running, "", &path).await;
        match route.admits {
            Admits::Everybody => assert_eq!(nobody.status, 200, "{path}"),
            _ if path.starts_with("/api/") => {
                assert_eq!(nobody.status, 401, "{path}");
                assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
            }
            Admits::Signed | Admits::Office => {
                assert_eq!(nobody.status, 303, "{path}");
                let location = nobody.header("location").expect("a place");
                assert!(
                    location.starts_with("/login?next=%2F"),
                    "{path}: {location}"
                );
                assert!(nobody.body.is_empty(), "{path}");
            }
        }
        for (who, cookie) in ROLES.iter().zip(&cookies) {
            let status = get_as(&running, cookie, &path).await.status;
            let expected = match (route.admits, *who) {
                (Admits::Office, "danwei") => 403,
                // No visit kept a copy.
                _ if path.starts_with("/copy/") || path.contains("/copies/") => 404,
                // It is made by the daemon, which does not run here.
                _ if path.ends_with("/assessment") => 503,
                _ if path.contains("/scorecards/") => 503,
                (_, "kanke") if path.ends_with("/workbench") || path.ends_with("/replay") => 403,
                _ if path.ends_with("/replay") => 422,
                _ => 200,
            };
            assert_eq!(status, expected, "{path} as {who}");
        }
        walked += 1;
    }
    assert!(walked >= 8);
    let nobody = ask(running.address, "POST", "/logout", &[], &[]).await;
    assert_eq!(nobody.status, 401);
    for (method, path, allowed) in [
        ("POST", "/", "GET,HEAD"),
        ("POST", "/metrics", "GET,HEAD"),
        ("POST", "/api/v1/overview", "GET,HEAD"),
        ("TRACE", "/api/v1/overview", "GET,HEAD"),
        ("GET", "/api/v1/ack", "POST"),
        ("PUT", "/login", "GET,HEAD,POST"),
        ("GET", "/logout", "POST"),
        ("DELETE", "/", "GET,HEAD"),
        ("OPTIONS", "/site/s01", "GET,HEAD,POST"),
    ] {
        let answer = ask(
            running.address,
            method,
            path,
            &[("Cookie", &cookies[0])],
            &[],
        )
        .await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
        let kind = answer.header("content-type").expect("a kind");
        let program = path.starts_with("/api/");
        assert_eq!(kind == "application/json", program, "{path}: {kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everybody_may_see_names_no_unit_and_no_person() {
    let running = four_sites(Proxy::default()).await;
    for route in routes() {
        if route.admits == Admits::Everybody
            && !matches!(route.path, "/metrics" | "/style.css" | "/live.js")
        {
            let answer = get_as(&running, "", route.path).await;
            for word in ["科信委", "卫健委", "陈建国", "138"] {
                assert!(!answer.body.contains(word), "{}: {word}", route.path);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sees_what_is_its_own() {
    let running = four_sites(Proxy::default()).await;
    let unit = signed_in(&running, "danwei").await;
    let viewer = signed_in(&running, "kanke").await;
    let own = get_as(&running, &unit, "/").await.body;
    let all = get_as(&running, &viewer, "/").await.body;
    for (word, to_unit) in [
        ("卫健委", true),
        ("科信委", false),
        ("教育委", false),
        ("陈*国", false),
    ] {
        assert_eq!(own.contains(word), to_unit, "{word}");
    }
    assert!(own.contains("1个网站，10个栏目"), "{own}");
    assert!(all.contains("4个网站，40个栏目"));
    let messages = get_as(&running, &viewer, "/messages").await.body;
    assert!(messages.contains("单位之间的消息"), "{messages}");
    for (path, status) in [
        ("/site/s01", 200),
        ("/site/s02", 404),
        ("/column/s01/c00", 200),
        ("/column/s02/c00", 404),
        ("/column/none/c00", 404),
    ] {
        assert_eq!(get_as(&running, &unit, path).await.status, status, "{path}");
    }
    let (other, none) = (
        get_as(&running, &unit, "/column/s02/c00").await.body,
        get_as(&running, &unit, "/column/none/c00").await.body,
    );
    assert_eq!(
        other, none,
        "what is of others is as unknown as what does not exist"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_home_page_is_for_the_office_and_for_its_own_unit() {
    let running = four_sites(Proxy::default()).await;
    let body = "<html><body><ul>\
        <li><a href=\"/a/1.html\">关于&lt;b&gt;开展检查工作的通知</a><span>2017-11-03</span></li>\n\
        <li><a href=\"/a/2.html\">区领导调研重点项目建设情况</a><span>2017-11-03</span></li>\n\
        <li><a href=\"/a/3.html\">全区工作会议召开</a><span>2017-11-01</span></li>\n\
        </ul><script>alert(1)</script></body></html>";
    let digest = digest_of(body.as_bytes());
    let store = &running.store;
    let kept = store.keep_body(&digest, body.as_bytes().to_vec()).await;
    kept.expect("kept");
    let mut commit = Commit::at(now());
    for n in [1, 2] {
        let mut update = update(&column_id(n, 0), 15, "区领导调研重点项目建设情况");
        update.evidence.link = Some(format!("http://s{n:02}.example.cn/a/2.html"));
        commit.homes.push(HomeRecord {
            site: SiteId::parse(&format!("s{n:02}")).expect("an id"),
            copies: vec![HomeCopy {
                digest: digest.clone(),
                seen_at: now(),
                finding: Finding::Dated(update.clone()),
            }],
            last_update: Some(update),
            read_at: Some(now()),
            blind: None,
            blocks: Vec::new(),
            notes: Vec::new(),
            digest: None,
            validators: Default::default(),
            reader: None,
            visited_at: now(),
            reach: Default::default(),
        });
        let subject = Subject::Site(SiteId::parse(&format!("s{n:02}")).expect("an id"));
        let mut veto = incident(subject, Kind::Veto, None);
        veto.grounds = vec![Ground {
            rule: Rule::HomeStale,
            seen_at: now(),
        }];
        commit.incidents.push(veto);
    }
    store.commit(commit).await.expect("a commit");
    let (unit, viewer) = (
        signed_in(&running, "danwei").await,
        signed_in(&running, "kanke").await,
    );
    let other = "0".repeat(64);
    for (cookie, site, digest, status) in [
        ("", "s01", &digest, 303),
        (&unit, "s01", &digest, 200),
        (&unit, "s02", &digest, 404),
        (&viewer, "s02", &digest, 200),
        (&viewer, "s02", &other, 404),
        (&viewer, "s03", &digest, 404),
        (&viewer, "none", &digest, 404),
    ] {
        let path = format!("/copy/{site}?digest={digest}");
        let answer = get_as(&running, cookie, &path).await;
        assert_eq!(answer.status, status, "{path}");
        let program = format!("/api/v1/copies/{site}?digest={digest}");
        let program = get_as(&running, cookie, &program).await;
        let status = if status == 303 { 401 } else { status };
        assert_eq!(program.status, status, "{path}");
    }
    // Both rows of the newest day decided, in the table and in the source; nothing is markup.
    let path = format!("/copy/s01?digest={digest}");
    let page = get_as(&running, &unit, &path).await.body;
    assert_eq!(page.matches("<tr class=\"decided\">").count(), 2, "{page}");
    let marked: Vec<&str> = page.split("<mark>").skip(1).collect();
    assert_eq!(marked.len(), 1, "{page}");
    let marked = marked[0].split("</mark>").next().expect("an end");
    assert!(marked.contains("1.html") && marked.contains("2.html") && !marked.contains("3.html"));
    assert!(
        !page.contains("alert(1)</script>") && !page.contains("<b>"),
        "{page}"
    );
    let found = get_as(
        &running,
        &unit,
        &format!("/api/v1/copies/s01?digest={digest}"),
    )
    .await;
    let found: serde_json::Value = serde_json::from_str(&found.body).expect("json");
    assert_eq!(
        (&found["site"], &found["column"]),
        (&"s01".into(), &serde_json::Value::Null)
    );
    let rows = found["rows"].as_array().expect("rows");
    let decided = rows.iter().map(|row| row["decided"] == true);
    assert_eq!(decided.collect::<Vec<_>>(), [true, true, false]);
    // The site's page and the list of incidents lead there, for those who may go.
    let link = format!("href=\"{path}\"").replace('&', "&#38;");
    for place in ["/site/s01", "/incidents"] {
        for cookie in [&unit, &viewer] {
            let page = get_as(&running, cookie, place).await.body;
            assert!(page.contains(&link), "{place}: {page}");
        }
    }
    let others = get_as(&running, &unit, "/incidents").await.body;
    assert!(!others.contains("/copy/s02"), "{others}");
    let detail = get_as(&running, &unit, "/api/v1/sites/s01").await.body;
    assert!(detail.contains(&digest), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_back_and_signing_out_ends_it() {
    let running = four_sites(Proxy::default()).await;
    let address = running.address;
    let asked = ask(address, "GET", "/column/s01/c00?a=b", &[], &[]).await;
    let location = asked.header("location").expect("a place").to_owned();
    let page = ask(address, "GET", &location, &[], &[]).await;
    assert!(
        page.body
            .contains("name=\"next\" value=\"/column/s01/c00?a=b\""),
        "{}",
        page.body
    );
    let form = page.form();
    let fields = [
        ("form", form.as_str()),
        ("name", "Yunwei"),
        ("password", PASSWORD),
        ("next", "/column/s01/c00"),
    ];
    let without = ask(address, "POST", "/login", &[], &fields).await;
    assert_eq!(without.status, 403, "a form without its cookie is not ours");
    assert!(without.cookie("wangxun").is_none());
    let cookie = format!("wangxun-form={form}");
    let entered = ask(address, "POST", "/login", &[("Cookie", &cookie)], &fields).await;
    assert_eq!(entered.header("location"), Some("/column/s01/c00"));
    let session = format!("wangxun={}", entered.cookie("wangxun").expect("a session"));
    let shown = get_as(&running, &session, "/").await;
    assert!(shown.body.contains("yunwei（运维人员）"));
    let form = shown.form();
    for wrong in ["", "x", &form[1..]] {
        let headers = [("Cookie", session.as_str())];
        let answer = ask(address, "POST", "/logout", &headers, &[("form", wrong)]).await;
        assert_eq!(answer.status, 403, "{wrong:?}");
    }
    assert_eq!(get_as(&running, &session, "/").await.status, 200);
    let headers = [("Cookie", session.as_str())];
    let left = ask(address, "POST", "/logout", &headers, &[("form", &form)]).await;
    assert_eq!(
        (left.status, left.header("location")),
        (303, Some("/login"))
    );
    assert_eq!(get_as(&running, &session, "/").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_when_the_session_had_ended_is_found_again_and_done_once() {
    let running = four_sites(Proxy::default()).await;
    let address = running.address;
    let path = "/column/s01/c00";
    let typed = [
        ("form", "of-the-former-session"),
        ("do", "hold"),
        ("until", "2017-11-20"),
        ("reason", "日期\"存疑\""),
    ];
    let lost = ask(address, "POST", path, &[], &typed).await;
    assert_eq!(lost.status, 401);
    assert!(lost.body.contains("尚未提交"), "{}", lost.body);
    assert!(
        !lost.body.contains("of-the-former-session"),
        "{}",
        lost.body
    );
    let hidden = |name: &str| {
        let (_, rest) = lost.body.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"')
            .next()
            .map(|value| value.replace("&#38;", "&").replace("&amp;", "&"))
    };
    assert_eq!(hidden("next").as_deref(), Some(path));
    let kept = hidden("typed").expect("what was typed");
    let kept = kept
        .replace('%', "%25")
        .replace('&', "%26")
        .replace('=', "%3D")
        .replace('+', "%2B");
    let form = lost.form();
    let fields = [
        ("form", form.as_str()),
        ("name", "yunwei"),
        ("password", PASSWORD),
        ("next", path),
        ("typed", &kept),
    ];
    let cookie = format!("wangxun-form={form}");
    let entered = ask(address, "POST", "/login", &[("Cookie", &cookie)], &fields).await;
    assert_eq!(entered.header("location"), Some(path), "{}", entered.body);
    let session = format!("wangxun={}", entered.cookie("wangxun").expect("a session"));
    // Nothing is done; another page knows nothing of it, the page itself tells it once.
    let other = get_as(&running, &session, "/column/s01/c01").await.body;
    assert!(!other.contains("存疑"), "{other}");
    let page = get_as(&running, &session, path).await.body;
    assert!(page.contains("尚未提交，请核对后提交"), "{page}");
    assert!(
        page.contains("日期&#34;存疑&#34;") && page.contains("value=\"2017-11-20\""),
        "{page}"
    );
    let again = get_as(&running, &session, path).await.body;
    assert!(!again.contains("存疑"), "{again}");
    // Nobody is told that something was done because an address says so.
    let forged = get_as(&running, &session, "/column/s01/c00?done=release")
        .await
        .body;
    assert!(!forged.contains("督办已放行"), "{forged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_asks_by_itself_makes_no_session_last() {
    let running = four_sites(Proxy::default()).await;
    let cookie = signed_in(&running, "yunwei").await;
    let by_itself = [("Cookie", cookie.as_str()), ("X-Wangxun-By-Itself", "1")];
    for (hours, status) in [(2, 200), (3, 200), (4, 303)] {
        running.clock.set(now() + TimeDelta::hours(hours));
        let asked = ask(running.address, "GET", "/", &by_itself, &[]).await;
        assert_eq!(asked.status, status, "{hours}");
    }
    assert_eq!(get_as(&running, &cookie, "/").await.status, 303);
    // Every script of the console that asks by itself says so.
    let script = get_as(&running, "", "/live.js").await.body;
    let asks = script.matches("fetch(window").count();
    let says = script.matches("\"X-Wangxun-By-Itself\"").count();
    assert_eq!((asks, says), (1, 1), "{script}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_escalation_of_a_duty_is_offered_for_release_by_its_own_name() {
    let running = four_sites(Proxy::default()).await;
    let mut commit = Commit::at(now());
    let tier = Some(Tier::Escalation);
    let mut late = incident(Subject::Column(column_id(1, 0)), Kind::Stale, tier);
    let owed = Subject::Duty(column_id(1, 0), "plan".to_owned());
    let mut owed = incident(owed, Kind::Owed, tier);
    late.release = Some(Release::Proposed);
    owed.release = Some(Release::Proposed);
    commit.incidents = vec![late, owed];
    running.store.commit(commit).await.expect("a commit");
    let cookie = signed_in(&running, "yunwei").await;
    let page = get_as(&running, &cookie, "/column/s01/c00").await.body;
    assert!(page.contains("放行督办：plan"), "{page}");
    assert_eq!(page.matches("value=\"release\"").count(), 2, "{page}");
    let list = get_as(&running, &cookie, "/incidents?show=release").await;
    for named in ["s01/c00", "s01/c00 plan"] {
        let field = format!("name=\"column\" value=\"{named}\"");
        assert!(list.body.contains(&field), "{named}: {}", list.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_names_and_passwords_are_refused_alike() {
    let running = four_sites(Proxy::default()).await;
    let mut texts = Vec::new();
    for (who, password) in [
        ("yunwei", "correct horse batterz"),
        ("nobody", PASSWORD),
        ("no such name!", PASSWORD),
        ("yunwei", ""),
    ] {
        let answer = enter(&running, who, password, "").await;
        assert_eq!(answer.status, 403, "{who}");
        assert!(answer.cookie("wangxun").is_none());
        let (_, rest) = answer.body.split_once("role=\"alert\">").expect("a text");
        texts.push(rest.split('<').next().expect("a text").to_owned());
    }
    texts.dedup();
    assert_eq!(texts, ["账号或密码不正确。"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_and_locks_nobody_out() {
    let running = four_sites(Proxy::default()).await;
    let first = enter(&running, "yunwei", PASSWORD, "").await;
    let known = format!(
        "wangxun-known={}",
        first.cookie("wangxun-known").expect("a mark")
    );
    for _ in 0..5 {
        assert_eq!(
            enter(&running, "yunwei", "wrong wrong wrong", "")
                .await
                .status,
            403
        );
    }
    let refused = enter(&running, "yunwei", PASSWORD, "").await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("30"))
    );
    assert!(refused.body.contains("请在1分钟后再试"));
    // The browser that has signed in before does, and so does every other account.
    assert_eq!(
        enter(&running, "yunwei", PASSWORD, &known).await.status,
        303
    );
    assert_eq!(enter(&running, "kanke", PASSWORD, "").await.status, 303);
    // A mark of another account, or a forged one, helps nobody.
    let (id, _) = known.split_once('.').expect("two parts");
    let forged = format!("{id}.{}", "0".repeat(64));
    for cookie in [forged.as_str(), "wangxun-known=", "wangxun-known=a.b"] {
        assert_eq!(
            enter(&running, "yunwei", PASSWORD, cookie).await.status,
            429,
            "{cookie}"
        );
    }
    let later = running.clock.now() + TimeDelta::seconds(31);
    running.clock.alarm().until(later).await;
    assert_eq!(enter(&running, "yunwei", PASSWORD, "").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_changes_ends_its_sessions() {
    let running = four_sites(Proxy::default()).await;
    let (operator, viewer) = (
        signed_in(&running, "yunwei").await,
        signed_in(&running, "kanke").await,
    );
    account(running.dir.path(), "yunwei", Role::Viewer);
    assert_eq!(get_as(&running, &operator, "/").await.status, 303);
    assert_eq!(get_as(&running, &viewer, "/").await.status, 200);
    Accounts::change(&running.dir.path().join("store"), |accounts| {
        assert!(accounts.remove(&name("kanke")));
        Ok::<(), AccountsError>(())
    })
    .expect("written");
    assert_eq!(get_as(&running, &viewer, "/").await.status, 303);
    std::fs::write(running.dir.path().join("store/accounts.toml"), "broken = [").expect("written");
    assert_eq!(enter(&running, "danwei", PASSWORD, "").await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_believed_where_it_calls_from_and_nowhere_else() {
    let header = Some("x-remote-user".to_owned());
    let believed = Proxy {
        from: vec!["127.0.0.1".parse().expect("an address")],
        header: header.clone(),
    };
    let running = four_sites(believed).await;
    let ask_as = async |who: &str, cookie: &str| {
        let headers = [("X-Remote-User", who), ("Cookie", cookie)];
        ask(running.address, "GET", "/", &headers, &[]).await
    };
    let first = ask_as("kanke", "").await;
    assert_eq!(first.status, 200);
    assert!(first.body.contains("kanke（查看人员，统一登录）") && !first.body.contains("/logout"));
    let session = format!("wangxun={}", first.cookie("wangxun").expect("a session"));
    let again = ask_as("kanke", &session).await;
    assert!(again.status == 200 && again.cookie("wangxun").is_none());
    // Who has signed out at the proxy has signed out here.
    assert_eq!(get_as(&running, &session, "/").await.status, 303);
    // Whom the proxy names counts, whatever session the browser still holds.
    let other = ask_as("danwei", &session).await;
    assert!(other.body.contains("danwei（单位人员，统一登录）"));
    assert_eq!(ask_as("nobody", &session).await.status, 303);
    let two = [("X-Remote-User", "kanke"), ("X-Remote-User", "yunwei")];
    assert_eq!(
        ask(running.address, "GET", "/", &two, &[]).await.status,
        303
    );

    let elsewhere = Proxy {
        from: vec!["10.1.2.3".parse().expect("an address")],
        header,
    };
    let running = four_sites(elsewhere).await;
    let headers = [("X-Remote-User", "yunwei")];
    assert_eq!(
        ask(running.address, "GET", "/", &headers, &[]).await.status,
        303
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_guesses_count_for_the_client() {
    let running = four_sites(Proxy {
        from: vec!["127.0.0.1".parse().expect("an address")],
        header: None,
    })
    .await;
    let enter_from = async |client: &str, password: &str| {
        let page = ask(running.address, "GET", "/login", &[], &[]).await;
        let form = page.form();
        let cookie = format!("wangxun-form={form}");
        let headers = [("Cookie", cookie.as_str()), ("X-Forwarded-For", client)];
        let fields = [
            ("form", form.as_str()),
            ("name", "yunwei"),
            ("password", password),
        ];
        ask(running.address, "POST", "/login", &headers, &fields)
            .await
            .status
    };
    for n in 0..5 {
        // What the client itself claims to have come by stands before, and does not count.
        let client = format!("192.0.2.{n}, 198.51.100.7");
        assert_eq!(enter_from(&client, "wrong wrong wrong").await, 403);
    }
    assert_eq!(enter_from("198.51.100.7", PASSWORD).await, 429);
    assert_eq!(enter_from("198.51.100.8", PASSWORD).await, 303);
}

fn user(dir: &Path, args: &[&str], input: &str) -> (bool, String, String) {
    let (what, rest) = args.split_first().expect("a command");
    let output = assert_cmd::Command::new(PROGRAM)
        .args(["user", what, "--config"])
        .arg(dir.join("monitor.toml"))
        .args(rest)
        .write_stdin(input)
        .output()
        .expect("it ran");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.success(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn accounts_are_made_changed_listed_and_removed_by_command() {
    let place = Place::new("");
    let dir = place.0.path();
    let (_, none, _) = user(dir, &["list"], "");
    assert!(none.contains("no accounts yet"), "{none}");
    let (_, none, _) = user(dir, &["list", "--format", "json"], "");
    assert_eq!(none.trim(), "[]");
    let faults = [
        (&["add", "li", "--role", "unit"][..], PASSWORD, "--unit"),
        (
            &["add", "li", "--role", "viewer", "--unit", "kxw"],
            PASSWORD,
            "--unit",
        ),
        (
            &["add", "li", "--role", "unit", "--unit", "none"],
            PASSWORD,
            "no unit none",
        ),
        (
            &["add", "li ming", "--role", "viewer"],
            PASSWORD,
            "made of a-z",
        ),
        (&["add", "li", "--role", "viewer"], "short", "at least 10"),
        (&["add", "li", "--role", "viewer"], "", "at least 10"),
        (&["password", "li"], PASSWORD, "no account li"),
        (&["remove", "li"], "", "no account li"),
    ];
    for (args, input, words) in faults {
        let (done, _, said) = user(dir, args, input);
        assert!(!done && said.contains(words), "{args:?}: {said}");
    }
    let password = format!("{PASSWORD}\n");
    assert!(
        user(
            dir,
            &["add", "li", "--role", "unit", "--unit", "kxw"],
            &password
        )
        .0
    );
    let (again, _, said) = user(dir, &["add", "Li", "--role", "viewer"], &password);
    assert!(!again && said.contains("already"), "{said}");
    assert!(
        user(
            dir,
            &["add", "zhao", "--role", "operator", "--no-password"],
            ""
        )
        .0
    );
    let (_, list, _) = user(dir, &["list"], "");
    assert!(
        list.contains("unit kxw") && list.contains("by proxy alone"),
        "{list}"
    );
    let file = std::fs::read_to_string(dir.join("store/accounts.toml")).expect("a file");
    assert!(
        file.contains("$argon2id$") && !file.contains(PASSWORD),
        "{file}"
    );
    let accounts = Accounts::read(&dir.join("store")).expect("read");
    let li = accounts.get(&name("li")).expect("an account");
    assert!(password::matches(PASSWORD, li.password.as_deref()));
    assert!(user(dir, &["password", "li"], "another horse battery\n").0);
    let accounts = Accounts::read(&dir.join("store")).expect("read");
    let li = accounts.get(&name("li")).expect("an account");
    assert!(password::matches(
        "another horse battery",
        li.password.as_deref()
    ));
    assert!(user(dir, &["remove", "li"], "").0);
    let accounts = Accounts::read(&dir.join("store")).expect("read");
    assert_eq!(accounts.iter().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let about = std::fs::metadata(dir.join("store/accounts.toml")).expect("a file");
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }
}
