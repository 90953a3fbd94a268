//! One site whose three columns were updated on 3 November 2017, a Friday, and never again, before the
//! real daemon under a stepped clock; by the messages that are heard and those that are not.
#![allow(dead_code, reason = "not every test uses every part")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use wangxun::clock::{Alarm, Clock};
use wangxun::config::load::load;
use wangxun::daemon::enact::{Order, What};
use wangxun::domain::time::{Date, Moment, moment};
use wangxun::rehearsal::gateway::{GatewayHandle, GatewayServer};
use wangxun::rehearsal::truth::{Options, Truth};

use crate::site::{Site, answer};
use crate::stepped::Running;

pub const LONGEST_RUN: Duration = Duration::from_secs(240);

pub const LIAISON: &str = "10000000002";
pub const HEAD: &str = "10000000004";
pub const OPERATOR: &str = "10000000005";

pub fn at(text: &str) -> Moment {
    moment(format!("{text}:00").parse().expect("an instant"))
}

pub fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

pub const LIVE: &str = "[incidents]\nnear_veto.enabled = false\nveto.enabled = false\n[sending]\nlive = true\nall_quiet = false\n";
pub const TRIAL: &str =
    "[incidents]\nnear_veto.enabled = false\nveto.enabled = false\n[sending]\nall_quiet = false\n";

pub const MONITOR: &str = r#"
[availability]
enabled = false
[operator]
name = "运维"
contact = "https://www.example.cn/wangxun"

[schedule]
visits = "0 7,13,19 * * *"
jitter = "0s"

[transports.sms.gateway]
url = "GATEWAY"
headers = { Authorization = "Bearer {secret.token}" }
json = { phone = "{phone}", text = "{text}", key = "{key}" }
success = { statuses = [200], pointer = "/code", value = "0" }

[transports.sms.gateway.secrets]
token = { file = "token" }

[politeness.access]
private_addresses = true
pause = "0ms"

[store]
dir = "store"

[console]
enabled = false

[control]
socket = "control.sock"
"#;

pub const UNIT: &str = r#"
[[unit]]
id = "kxw"
name = "区科信委"
short = "科信委"

[[site]]
id = "kxw"
unit = "kxw"
name = "科信委网站"
home = "http://SITE/"
"#;

pub const COLUMNS: [(&str, &str); 3] = [
    ("gzdt", "工作动态"),
    ("tpxw", "图片新闻"),
    ("jddt", "街道动态"),
];

pub const CONTACTS: &str = r#"
[[person]]
id = "lianluo"
name = "联络员"
phone = "10000000002"
duties = [{ role = "liaison", unit = "kxw" }]

[[person]]
id = "fuze"
name = "主要负责人"
phone = "10000000004"
duties = [{ role = "head", unit = "kxw" }]

[[person]]
id = "zhiban"
name = "值班管理员"
phone = "10000000005"
duties = [{ role = "operator" }]
"#;

pub fn write(dir: &Path, live: &str, site: &Site, gateway: &GatewayHandle) -> PathBuf {
    let monitor = MONITOR.replace("GATEWAY", &gateway.url());
    let mut group = UNIT.replace("SITE", &site.address.to_string());
    for (id, name) in COLUMNS {
        group.push_str(&format!(
            "[[column]]\nid = \"kxw/{id}\"\nsite = \"kxw\"\nname = \"{name}\"\n\
             class = \"news\"\nurl = \"/{id}/\"\n"
        ));
    }
    for (name, text) in [
        ("monitor.toml", format!("{live}{monitor}")),
        ("sites.toml", group),
        ("contacts.toml", CONTACTS.to_owned()),
        ("token", gateway.token().to_owned()),
    ] {
        let file = dir.join(name);
        std::fs::write(&file, text).expect("a file");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&file, private).expect("a mode");
    }
    dir.join("monitor.toml")
}

/// Lists that have slept since 3 November.
const ASLEEP_SINCE: &str = "2017-11-03";

/// Lists whose newest row is of `newest`.
pub async fn sleepers(newest: &str) -> Site {
    let newest = day(newest);
    Site::plain(move |request| {
        let html = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
        if request.path == "/robots.txt" {
            return answer("404 Not Found", html, "");
        }
        let rows: String = (1..=9)
            .map(|number| {
                let on = newest - chrono::TimeDelta::days(3 * (number - 1));
                format!(
                    "<li><a href=\"t{number}.html\">区科信委第{number}号工作开展情况通报</a>\
                     <span>{on}</span></li>\n"
                )
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

/// An installation whose time stands still until it is told to go on.
pub struct Stage {
    pub dir: TempDir,
    gateway: GatewayServer,
    _site: Site,
    pub running: Running,
    held: Alarm,
}

impl Stage {
    pub async fn open(live: &str, from: &str) -> Stage {
        Stage::open_in(TempDir::new().expect("a directory"), live, from).await
    }

    /// One whose store lies in `dir` already.
    pub async fn open_in(dir: TempDir, live: &str, from: &str) -> Stage {
        Stage::open_over(dir, live, from, ASLEEP_SINCE).await
    }

    /// The same, and the columns were updated on `newest` last.
    pub async fn open_over(dir: TempDir, live: &str, from: &str, newest: &str) -> Stage {
        let clock = Clock::stepped(at(from), None);
        let held = clock.alarm();
        let calm = Options {
            own_network_outage: false,
            gateway_outages: false,
            ..Options::demo()
        };
        let truth = Arc::new(Truth::new(calm).expect("a world"));
        let gateway = GatewayServer::start(truth, clock.clone(), "token")
            .await
            .expect("a gateway");
        let site = sleepers(newest).await;
        let path = write(dir.path(), live, &site, &gateway.handle);
        let loaded = load(&path, at(from).date_naive()).unwrap_or_else(|faults| panic!("{faults}"));
        let running = Running::start(Arc::new(loaded.config), &clock).await;
        Stage {
            dir,
            gateway,
            _site: site,
            running,
            held,
        }
    }

    pub async fn until(&mut self, when: &str) {
        tokio::time::timeout(LONGEST_RUN, self.held.until(at(when)))
            .await
            .expect("a loop of the daemon or the clock stands still");
    }

    /// The answer to an order: whether it is granted, and the words.
    pub async fn order(&self, what: What) -> (bool, String) {
        let order = Order {
            by: "张三".to_owned(),
            reason: "稿件\n在审".to_owned(),
            what,
        };
        let answer = self.running.ready.desk.enact(order).await.expect("a store");
        (answer.ok, answer.text)
    }

    /// What was heard, by instant and telephone.
    pub fn heard(&self) -> Vec<(String, String, String)> {
        let taken = self.gateway.handle.accepted().into_iter();
        let mut heard: Vec<_> = taken
            .map(|taken| {
                let at = taken.at.format("%m-%dT%H:%M").to_string();
                (at, taken.phone, taken.text)
            })
            .collect();
        heard.sort();
        heard
    }

    /// The telephones that heard of `column`, with the instants.
    pub fn of(&self, column: &str) -> Vec<(String, String)> {
        let heard = self.heard().into_iter();
        heard
            .filter(|(_, _, text)| text.contains(column))
            .map(|(at, phone, _)| (at, phone))
            .collect()
    }

    /// Ends the daemon; answers with where its store lies.
    pub async fn close(self) -> TempDir {
        self.running.end(self.held).await;
        self.dir
    }
}

pub fn expected(rows: &[(&str, &[&str])]) -> Vec<(String, String)> {
    let mut all: Vec<_> = rows
        .iter()
        .flat_map(|(at, phones)| {
            let told = |phone: &&str| ((*at).to_owned(), (*phone).to_owned());
            phones.iter().map(told)
        })
        .collect();
    all.sort();
    all
}
