//! An installation of three columns before the real daemon, with an account of every role.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use wangxun::clock::{Alarm, Clock};
use wangxun::config::load::load;
use wangxun::domain::account::{AccountName, Role};
use wangxun::domain::act::{Act, Deed};
use wangxun::domain::id::{SiteId, UnitId};
use wangxun::domain::site_day::{Sample, SiteDay};
use wangxun::domain::time::{Moment, date_of, moment};
use wangxun::store::accounts::{Account, Accounts, AccountsError};
use wangxun::store::commit::Commit;
use wangxun::web::access::gate::token_digest;
use wangxun::web::access::password;

use crate::browser::Browser;
use crate::site::{Site, answer};
use crate::stepped::Running;

const LONGEST_RUN: Duration = Duration::from_secs(240);
pub const PASSWORD: &str = "correct horse battery";
/// Where the links in messages lead.
const LINKS: &str = "http://127.0.0.1:1/a/";
/// What a page that wants to do harm puts into a title.
pub const HOSTILE: &str = "&lt;script&gt;document.title='gone'&lt;/script&gt;\u{202e}关于开展工作";

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

[links]
base = "http://127.0.0.1:1"

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

/// Lists that have slept since 3 November, with a title that wants to do harm; no page is twice the
/// same, as it counts its readers.
async fn sleepers() -> Site {
    let readers = AtomicUsize::new(0);
    Site::plain(move |request| {
        let reader = readers.fetch_add(1, Ordering::Relaxed);
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
             <div class=\"list\"><ul>\n{rows}</ul></div><p>您是第{reader}位访客</p></body></html>"
        );
        answer("200 OK", html, page)
    })
    .await
}

/// An installation whose time stands still, with an account of every role.
pub struct Office {
    dir: TempDir,
    _site: Site,
    pub running: Running,
    held: Alarm,
    pictures: PathBuf,
}

impl Office {
    /// It is Monday, 20 November, nine o'clock.
    pub async fn open() -> Office {
        Office::open_until("2017-11-20T09:00").await
    }

    /// The installation was begun on 18 November, and has lived until `when`.
    pub async fn open_until(when: &str) -> Office {
        Office::open_with("", when).await
    }

    /// The same, with more in `monitor.toml`.
    pub async fn open_with(more: &str, when: &str) -> Office {
        let dir = TempDir::new().expect("a directory");
        let clock = Clock::stepped(at("2017-11-18T06:00"), None);
        let mut held = clock.alarm();
        let site = sleepers().await;
        let config = written(dir.path(), &site, more);
        let today = clock.now().date_naive();
        let loaded = load(&config, today).unwrap_or_else(|faults| panic!("{faults}"));
        let running = Running::start(Arc::new(loaded.config), &clock).await;
        tokio::time::timeout(LONGEST_RUN, held.until(at(when)))
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
        let tokens = [
            ("unit-token", unit()),
            ("viewer-token", Role::Viewer),
            ("assessor-token", Role::Assessor),
        ];
        for (token, role) in tokens {
            put(&store, token, role, |made| {
                made.token = Some(token_digest(token));
            });
        }
        Office {
            dir,
            _site: site,
            running,
            held,
            pictures: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        }
    }

    pub fn url(&self, path: &str) -> String {
        let address = self.running.ready.console.expect("a console");
        format!("http://{address}{path}")
    }

    /// A browser in which `who` has signed in.
    pub fn enter(&self, who: &str) -> Browser {
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

    /// Lets the spool of text messages take nothing any more.
    pub fn break_spool(&self) {
        let spool = self.dir.path().join("sms");
        std::fs::remove_dir_all(&spool).expect("a spool");
        std::fs::write(&spool, "no directory").expect("a file");
    }

    /// The address of the first link in a message that was sent.
    pub fn link(&self) -> String {
        let spool = self.dir.path().join("sms");
        let mut texts = Vec::new();
        for file in std::fs::read_dir(&spool).expect("a spool") {
            texts.push(std::fs::read_to_string(file.expect("a file").path()).expect("text"));
        }
        let found = texts
            .iter()
            .find_map(|text| text.split(LINKS).nth(1))
            .expect("a link");
        let token: String = found
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect();
        self.url(&format!("/a/{token}"))
    }

    pub fn picture(&self, browser: &mut Browser, name: &str) {
        browser.picture(&self.pictures.join(format!("{name}.png")));
    }

    /// Lets the home page have been looked at on an earlier day already.
    pub async fn looked_on(&self, day: &str) {
        let desk = &self.running.ready.desk;
        let site = SiteId::parse("kxw").expect("an id");
        let noon = at(&format!("{day}T12:00"));
        let mut seen = SiteDay::new(site, date_of(noon));
        seen.add(noon, Sample::Opened(900));
        let mut commit = Commit::at(desk.clock.now());
        commit.days.push(seen);
        desk.store.commit(commit).await.expect("a commit");
    }

    pub async fn deeds(&self) -> Vec<(String, Deed)> {
        let acts = self.running.ready.desk.store.acts().await.expect("acts");
        acts.into_iter().map(|act| (act.by, act.deed)).collect()
    }

    /// The acts of `by`.
    pub async fn acts_of(&self, by: &str) -> Vec<Act> {
        let acts = self.running.ready.desk.store.acts().await.expect("acts");
        acts.into_iter().filter(|act| act.by == by).collect()
    }

    pub async fn close(self) {
        self.running.end(self.held).await;
    }
}

fn written(dir: &Path, site: &Site, more: &str) -> PathBuf {
    let monitor = format!("{MONITOR}{more}");
    let sites = SITES.replace("SITE", &site.address.to_string());
    let files = [
        ("monitor.toml", monitor.as_str()),
        ("sites.toml", sites.as_str()),
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
pub fn hand_in(browser: &mut Browser, key: &str, until: Option<&str>, reason: &str) {
    let form = format!("form:has(input[value=\"{key}\"])");
    if let Some(until) = until {
        browser.fill(&format!("{form} [name=until]"), until);
    }
    let approver = format!("{form} [name=approver]");
    if browser.has(&approver) {
        browser.fill(&approver, "周主任");
    }
    browser.fill(&format!("{form} [name=reason]"), reason);
    browser.follow(&format!("{form} button"));
}

/// What the server answers to who has signed in: status, and the first bytes as text.
pub fn fetched(browser: &mut Browser, path: &str) -> (u64, String) {
    let script =
        format!("fetch('{path}').then(a => a.text().then(t => [a.status, t.slice(0, 200000)]))");
    let asked = json!({"expression": script, "awaitPromise": true, "returnByValue": true});
    let got = browser.tell("Runtime.evaluate", asked);
    let got = &got["result"]["value"];
    let text = got[1].as_str().expect("a text").to_owned();
    (got[0].as_u64().expect("a status"), text)
}

/// Waits until the page, loaded anew, holds this selector.
pub fn until_has(browser: &mut Browser, selector: &str) {
    let begun = Instant::now();
    while !browser.has(selector) {
        assert!(
            begun.elapsed() < LONGEST_RUN,
            "{selector}: {}",
            browser.text()
        );
        let Value::String(here) = browser.value("location.href") else {
            panic!("no address");
        };
        // To a place on the same page a browser goes without loading it.
        browser.open(here.split('#').next().unwrap_or_default());
    }
}
