//! A few columns walked by hand through the real daemon: every message that must be heard, at its
//! instant and to the letter, and not one more.
//!
//! The sites are pages of a few lines on loopback sockets, whose content is a table of instants;
//! the gateway is the rehearsal's. Time is stepped. November 2017 began on a Wednesday.
#![expect(
    clippy::expect_used,
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
use wangxun::domain::time::{Date, Moment, moment};
use wangxun::rehearsal::gateway::{GatewayHandle, GatewayServer};
use wangxun::rehearsal::truth::{Options, Truth};

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stepped.rs"]
mod stepped;

use site::{Reply, Site, answer};
use stepped::Running;

const LONGEST_RUN: Duration = Duration::from_secs(240);

const EDITOR: &str = "10000000001";
const LIAISON: &str = "10000000002";
const DEPUTY: &str = "10000000003";
const HEAD: &str = "10000000004";
const OPERATOR: &str = "10000000005";

/// What an address shows from an instant on.
#[derive(Clone)]
enum Shown {
    /// A list whose newest items are of these days.
    Items(&'static [&'static str]),
    /// A notice that the site is being maintained.
    Maintenance,
    /// Nothing: the connection is torn down.
    Nothing,
}

/// An address: what it shows, by the first instant of each.
type Course = &'static [(&'static str, Shown)];

use Shown::{Items, Maintenance, Nothing};

/// Asleep since 3 November; wakes on the 21st.
const SLEEPER: Course = &[
    ("2017-11-01T00:00", Items(&["2017-11-03", "2017-11-02"])),
    ("2017-11-21T10:00", Items(&["2017-11-21", "2017-11-03"])),
];

/// In time always, but a stale copy of its list is shown for a quarter of an hour.
const FLICKERING: Course = &[
    ("2017-11-01T00:00", Items(&["2017-11-13", "2017-11-01"])),
    ("2017-11-15T06:50", Items(&["2017-11-01", "2017-10-30"])),
    ("2017-11-15T07:05", Items(&["2017-11-13", "2017-11-01"])),
    ("2017-11-20T11:00", Items(&["2017-11-20", "2017-11-13"])),
];

/// Due on a Friday morning; published to on that evening.
const EVENING: Course = &[
    ("2017-11-01T00:00", Items(&["2017-11-06", "2017-11-02"])),
    ("2017-11-17T18:00", Items(&["2017-11-17", "2017-11-06"])),
];

/// Behind a notice on the day on which it comes near its limit, and in time afterwards.
const MAINTAINED: Course = &[
    ("2017-11-01T00:00", Items(&["2017-11-05", "2017-11-01"])),
    ("2017-11-15T12:00", Maintenance),
    ("2017-11-16T12:00", Items(&["2017-11-16", "2017-11-05"])),
];

/// Near its limit on a Saturday, on a site that falls silent before anybody could be told.
const SILENT: Course = &[
    ("2017-11-01T00:00", Items(&["2017-11-07", "2017-11-03"])),
    ("2017-11-18T20:00", Nothing),
    ("2017-11-21T12:00", Items(&["2017-11-21", "2017-11-07"])),
];

const COURSES: [(&str, Course); 5] = [
    ("/gzdt/", SLEEPER),
    ("/tpxw/", FLICKERING),
    ("/jddt/", EVENING),
    ("/mtgz/", MAINTAINED),
    ("/bmdt/", SILENT),
];

fn at(text: &str) -> Moment {
    moment(format!("{text}:00").parse().expect("an instant"))
}

fn shown(path: &str, now: Moment) -> Option<&'static Shown> {
    let (_, course) = COURSES.iter().find(|(at, _)| *at == path)?;
    let (_, shown) = course.iter().rev().find(|(from, _)| at(from) <= now)?;
    Some(shown)
}

/// A list page as a small office keeps one.
fn list(days: &[&str]) -> String {
    let first: Date = days.last().expect("a day").parse().expect("a day");
    let older = first.iter_days().rev().skip(1).step_by(3).take(8);
    let days = days.iter().map(|day| (*day).to_owned());
    let rows: String = days
        .chain(older.map(|day| day.to_string()))
        .map(|day| {
            let number = day.replace('-', "");
            format!(
                "<li><a href=\"t{number}.html\" title=\"区科信委{number}号工作开展情况通报\">\
                 区科信委{number}号工作开展情况通报</a><span>{day}</span></li>\n"
            )
        })
        .collect();
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>栏目</title></head><body>\
         <div class=\"nav\"><a href=\"/\">首页</a></div>\
         <div class=\"list\"><ul>\n{rows}</ul></div></body></html>"
    )
}

const MAINTENANCE: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\">\
     <title>网站维护</title></head><body><h1>网站维护公告</h1>\
     <p>网站正在进行系统升级维护，暂停服务，请稍后访问。给您带来不便，敬请谅解。</p></body></html>";

async fn serve(clock: &Clock) -> Site {
    let clock = clock.clone();
    Site::plain(move |request| {
        let html = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
        match shown(&request.path, clock.now()) {
            Some(Items(days)) => answer("200 OK", html, list(days)),
            Some(Maintenance) => answer("200 OK", html, MAINTENANCE),
            Some(Nothing) => Reply::Reset,
            None => answer("404 Not Found", html, "<html><body>404</body></html>"),
        }
    })
    .await
}

/// The configuration of the walk.
fn write(dir: &Path, sites: [&Site; 2], gateway: &GatewayHandle) -> PathBuf {
    let monitor = MONITOR.replace("GATEWAY", &gateway.url());
    let [first, second] = sites.map(|site| site.address.to_string());
    let group = GROUP.replace("FIRST", &first).replace("SECOND", &second);
    let path = dir.join("monitor.toml");
    for (name, text) in [
        ("monitor.toml", monitor.as_str()),
        ("sites.toml", group.as_str()),
        ("contacts.toml", CONTACTS),
        ("token", gateway.token()),
    ] {
        let file = dir.join(name);
        std::fs::write(&file, text).expect("a file");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&file, private).expect("a mode");
    }
    path
}

const MONITOR: &str = r#"
[availability]
enabled = false
[operator]
name = "运维"
contact = "https://www.example.cn/wangxun"
signature = "网巡"

[schedule]
visits = "0 7,13,19 * * *"
jitter = "0s"

# Told are the columns alone.
[incidents]
down.enabled = false
near_veto.enabled = false
veto.enabled = false

[sending]
live = true
all_quiet = false

[transports.sms.gateway]
method = "POST"
url = "GATEWAY"
headers = { Authorization = "Bearer {secret.token}" }
json = { phone = "{phone}", text = "{text}", key = "{key}" }
success = { statuses = [200], pointer = "/code", value = "0" }
receipt = "/data/id"
timeout = "20s"

[transports.sms.gateway.secrets]
token = { file = "token" }

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

[[site]]
id = "cxcy"
unit = "kxw"
name = "创新创业网站"
home = "http://SECOND/"

[[column]]
id = "kxw/gzdt"
site = "kxw"
name = "工作动态"
class = "news"
url = "/gzdt/"

[[column]]
id = "kxw/tpxw"
site = "kxw"
name = "图片新闻"
class = "news"
url = "/tpxw/"

[[column]]
id = "kxw/jddt"
site = "kxw"
name = "街道动态"
class = "news"
url = "/jddt/"

[[column]]
id = "kxw/mtgz"
site = "kxw"
name = "媒体关注"
class = "news"
url = "/mtgz/"

[[column]]
id = "cxcy/bmdt"
site = "cxcy"
name = "部门动态"
class = "news"
url = "/bmdt/"
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
duties = [{ role = "liaison", unit = "kxw" }]

[[person]]
id = "fenguan"
name = "分管领导"
phone = "10000000003"
duties = [{ role = "deputy", unit = "kxw" }]

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

/// Every message of ten days: when, to whom, what.
///
/// Nobody hears of 图片新闻, whose old list was shown to one visit only; nobody of the unit hears of
/// 媒体关注 while it cannot be judged, nor of 部门动态, whose site fell silent before Monday.
const HEARD: &[(&str, &[&str], &str)] = &[
    (
        "2017-11-14T08:30",
        &[EDITOR, LIAISON],
        "【网巡】科信委网站“工作动态”栏目最近更新为11月3日，已11天，11月17日到期，请及时更新。",
    ),
    (
        "2017-11-15T14:00",
        &[OPERATOR],
        "【网巡】科信委网站“媒体关注”栏目无法判断：网站正在维护。已暂停计时，请核查。",
    ),
    (
        "2017-11-16T08:30",
        &[EDITOR, LIAISON, DEPUTY],
        "【网巡】科信委网站“工作动态”栏目最近更新为11月3日，已13天，11月17日到期，仅剩1天，\
         请抓紧更新。",
    ),
    (
        "2017-11-16T13:00",
        &[OPERATOR],
        "【网巡】科信委网站“媒体关注”栏目已恢复监测。",
    ),
    (
        "2017-11-17T08:30",
        &[EDITOR, LIAISON],
        "【网巡】科信委网站“街道动态”栏目最近更新为11月6日，已11天，11月20日到期，请及时更新。",
    ),
    // A Sunday: what is urgent for the operator does not wait.
    (
        "2017-11-19T08:00",
        &[OPERATOR],
        "【网巡】创新创业网站无法访问：连接被中断。该网站各栏目已暂停计时，请核查。",
    ),
    // Overdue since Saturday, and updated on Friday evening: both heard on Monday morning.
    (
        "2017-11-20T08:30",
        &[EDITOR, LIAISON],
        "【网巡】您有2项网站栏目事项，最紧要：超期。\
         1.科信委网站“工作动态”栏目最近更新为11月3日，已17天未更新，超过14天时限3天，请立即更新。\
         2.科信委网站“街道动态”栏目已于11月17日更新，此前提醒解除。",
    ),
    (
        "2017-11-20T08:30",
        &[DEPUTY, HEAD],
        "【网巡】科信委网站“工作动态”栏目最近更新为11月3日，已17天未更新，超过14天时限3天，\
         请立即更新。",
    ),
    (
        "2017-11-21T13:00",
        &[OPERATOR],
        "【网巡】创新创业网站已恢复访问。",
    ),
    (
        "2017-11-21T13:30",
        &[EDITOR, LIAISON, DEPUTY, HEAD],
        "【网巡】科信委网站“工作动态”栏目已于11月21日更新，此前提醒解除。",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_of_a_walk_is_heard_at_its_instant_and_to_the_letter() {
    let heard = tokio::time::timeout(LONGEST_RUN, walk("2017-11-13T00:00", "2017-11-23T00:00"))
        .await
        .expect("the walk ends in time: a loop of the daemon or the clock stands still");
    let mut expected: Vec<(String, String, String)> = HEARD
        .iter()
        .flat_map(|(at, phones, text)| {
            let told = |phone: &&str| ((*at).to_owned(), (*phone).to_owned(), (*text).to_owned());
            phones.iter().map(told)
        })
        .collect();
    expected.sort();
    assert_eq!(heard.len(), expected.len(), "{heard:#?}");
    for (heard, expected) in heard.iter().zip(&expected) {
        assert_eq!(heard, expected);
    }
}

/// What the gateway took, sorted by instant and telephone.
async fn walk(from: &str, until: &str) -> Vec<(String, String, String)> {
    let dir = TempDir::new().expect("a directory");
    let clock = Clock::stepped(at(from), None);
    let mut end = clock.alarm();
    let calm = Options {
        own_network_outage: false,
        gateway_outages: false,
        ..Options::demo()
    };
    let truth = Arc::new(Truth::new(calm).expect("a world"));
    let gateway = GatewayServer::start(truth, clock.clone(), "token")
        .await
        .expect("a gateway");
    let (first, second) = (serve(&clock).await, serve(&clock).await);
    let path = write(dir.path(), [&first, &second], &gateway.handle);
    let loaded = load(&path, at(from).date_naive()).unwrap_or_else(|faults| panic!("{faults}"));
    let running = Running::start(Arc::new(loaded.config), &clock).await;
    end.until(at(until)).await;
    let mut heard: Vec<_> = gateway
        .handle
        .accepted()
        .into_iter()
        .map(|taken| {
            let at = taken.at.format("%Y-%m-%dT%H:%M").to_string();
            (at, taken.phone, taken.text)
        })
        .collect();
    running.end(end).await;
    heard.sort();
    heard
}
