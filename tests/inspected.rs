//! Four sites whose pages lack and break what was planted, inspected for three nights: the real daemon
//! over real sockets in stepped time finds all of it and nothing else.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{Datelike as _, Timelike as _};
use tempfile::TempDir;
use wangxun::assess::candidates::Case;
use wangxun::assess::score::card::{Line, Verdict};
use wangxun::assess::score::fact::Fact;
use wangxun::assess::score::finding::Spared;
use wangxun::assess::score::measurement::Unmeasured;
use wangxun::clock::{Alarm, Clock};
use wangxun::config::load::load;
use wangxun::domain::candidate::Suspicion;
use wangxun::domain::time::{Moment, moment};
use wangxun::report::assessment::Assessment;

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stepped.rs"]
mod stepped;

use site::{Reply, Request, Site, answer};
use stepped::Running;

const LONGEST_RUN: Duration = Duration::from_secs(240);

/// The daemon of an installation.
async fn started(config: &Path, clock: &Clock) -> Running {
    let loaded = load(config, at("2017-11-06T08:00").date_naive());
    let loaded = loaded.unwrap_or_else(|faults| panic!("{faults}"));
    let running = Running::start(Arc::new(loaded.config), clock);
    let running = tokio::time::timeout(LONGEST_RUN, running).await;
    running.expect("a daemon in time")
}
const HTML: &str = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";

fn at(text: &str) -> Moment {
    moment(format!("{text}:00").parse().expect("an instant"))
}

fn rows(folder: &str, script: bool) -> String {
    let row = |n: usize| {
        format!(
            "<li><a href=\"/{folder}/{n}.html\">关于第{n}项工作开展情况的通报</a><span>2017-11-0{n}</span></li>"
        )
    };
    let rows: String = (1..=5).map(row).collect();
    match script {
        false => format!("<ul>{rows}</ul>"),
        true => format!("<script>document.write('<ul>{rows}</ul>');</script>"),
    }
}

const TAGS: &str = "<meta name=SiteName content=科信委><meta name=SiteDomain content=example.cn>\
    <meta name=SiteIDCode content=1101020001>";
const FOOT: &str = "<div>主办单位：科信委 联系电话：00000000 <a href='/map.html'>网站地图</a> 京ICP备05000000号 \
    京公网安备11010200000001号 网站标识码1101020001 <a href='/conac.cn.html'>标识</a>\
    <a href='/jiucuo.html'>我为政府网站找错</a></div>";

fn home() -> String {
    format!(
        "<html><head><meta charset=utf-8><title>科信委</title>{TAGS}</head><body><h2>工作动态</h2>{}\
         <a href='/gone.html'>旧专题</a><img src='/gone.png' alt=徽标><a href='/form.doc'>申请表</a>\
         <a href='/barred.html'>内网</a><a href='/failing.html'>查询</a><a href='/mended.html'>专栏</a>\
         <a href='/no-head.html'>老页面</a><a href='http://no-such-host.invalid/'>友情链接</a>{FOOT}</body></html>",
        rows("gzdt", false)
    )
}

fn column(name: &str, folder: &str, script: bool) -> String {
    format!(
        "<html><head><meta charset=utf-8><title>{name}</title><meta name=ColumnName content={name}>\
         <meta name=ColumnType content={name}></head><body><h2>{name}</h2>{}{FOOT}</body></html>",
        rows(folder, script)
    )
}

fn article(n: &str, more: &str) -> String {
    format!(
        "<html><head><meta charset=utf-8><meta name=ArticleTitle content=通报{n}>\
         <meta name=PubDate content='2017-11-0{n} 09:00'><meta name=ContentSource content=科信委></head>\
         <body><p>关于第{n}项工作开展情况的通报正文。</p>{more}</body></html>"
    )
}

/// What site `a` answers. Planted are: on the home page a page, a picture and a file that are gone,
/// a foreign name that does not exist, one page that is mended on the second day, one that is barred,
/// one that fails; in a list that a script writes one article that is gone; in an article one link.
fn planted(request: &Request, now: Moment) -> Reply {
    let is_head = request.head.starts_with("HEAD");
    let ok = |html: String| answer("200 OK", HTML, html);
    let number = |path: &str| {
        path.rsplit('/')
            .next()
            .unwrap_or_default()
            .replace(".html", "")
    };
    match request.path.as_str() {
        "/robots.txt" => answer("404 Not Found", HTML, ""),
        "/" => ok(home()),
        "/gzdt/" => ok(column("工作动态", "gzdt", false)),
        "/tzgg/" => ok(column("通知公告", "tzgg", true)),
        "/tzgg/3.html" => answer("404 Not Found", HTML, "页面不存在"),
        "/gzdt/2.html" => ok(article("2", "<a href='/files/gone.pdf'>附件</a>")),
        "/mended.html" if now < at("2017-11-07T12:00") => answer("404 Not Found", HTML, ""),
        "/barred.html" => answer("403 Forbidden", HTML, ""),
        "/failing.html" => answer("500 Internal Server Error", HTML, ""),
        "/no-head.html" if is_head => answer("404 Not Found", HTML, ""),
        "/map.html" | "/mended.html" | "/no-head.html" | "/conac.cn.html" | "/jiucuo.html" => {
            ok("<html><body>网站地图</body></html>".to_owned())
        }
        path if path.starts_with("/gzdt/") || path.starts_with("/tzgg/") => {
            ok(article(&number(path), ""))
        }
        _ => answer("404 Not Found", HTML, ""),
    }
}

/// What site `b` answers: nothing is broken, but it lacks tags, marks and items.
fn bare(request: &Request) -> Reply {
    let page = |more: &str| {
        format!(
            "<html><head><meta charset=utf-8><title>卫计委</title></head><body><h2>工作动态</h2>{}{more}</body></html>",
            rows("gzdt", false)
        )
    };
    match request.path.as_str() {
        "/" => answer("200 OK", HTML, page("<p>京ICP备05000000号</p>")),
        "/gzdt/" => answer("200 OK", HTML, page("")),
        path if path.starts_with("/gzdt/") => answer(
            "200 OK",
            HTML,
            "<html><head><meta charset=utf-8><meta name=ArticleTitle content=公告>\
             <meta name=PubDate content='2017/11/02'></head><body>正文</body></html>",
        ),
        _ => answer("404 Not Found", HTML, ""),
    }
}

/// What site `c` answers. It has two guides that could be read, one that could not, one elsewhere; a
/// document and its interpretation that does not link back; and a letter-box of four letters. The first is answered by its row, the second
/// by its own page only, of the fourth no page says anything. Of the `third` its row and its page give the
/// day on which it was written and the state.
fn letter_box(request: &Request, third: (&str, &str)) -> Reply {
    let row = |n: u32, asked: &str, state: &str| {
        format!(
            "<tr><td>{n}</td><td><a href='/xx/{n}.html'>关于第{n}件事项如何办理的咨询</a></td><td>{asked}</td>\
             <td>{state}</td></tr>"
        )
    };
    let list = row(1, "2017-11-01", "已回复")
        + &row(2, "2017-10-09", "")
        + &row(3, third.0, third.1)
        + &row(4, "2017-10-08", "");
    let heads = "<tr><th>编号</th><th>标题</th><th>来信时间</th><th>状态</th></tr>";
    let page = |title: &str, body: &str| {
        let html = format!(
            "<html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>"
        );
        answer("200 OK", HTML, html)
    };
    let guide = |more: &str| {
        let body = "<h1>信访事项办理申请</h1><p>申请条件：本人</p><p>办理材料：身份证明</p><p>办理时间：工作日</p><p>办理流程：窗口登记</p>";
        page(
            "办事指南",
            &format!("{body}<a href='/files/gone.doc'>申请表</a>{more}"),
        )
    };
    // One paper of this month, and others that have nothing to do with it.
    let paper = |letter: &str, title: &str, day: u32| {
        let other = |n: u32| {
            format!(
                "<li><a href='/{letter}{n}.html'>关于第{n}项工作安排的说明事项</a><span>2017-10-1{n}</span></li>"
            )
        };
        let rows: String = (2..=5).map(other).collect();
        format!("<li><a href='/{letter}1.html'>{title}</a><span>2017-11-0{day}</span></li>{rows}")
    };
    let letter = |asked: &str, more: &str| {
        let row = format!("<tr><th>来信时间</th><td>{asked}</td></tr>");
        page("来信", &format!("<table>{row}{more}</table>"))
    };
    match request.path.as_str() {
        "/" => page(
            "信访办",
            &format!(
                "<h2>工作动态</h2>{}<a href='/xx/'>主任信箱</a><a href='/soft.html'>旧栏目</a>",
                rows("gzdt", false)
            ),
        ),
        "/xx/" => page(
            "主任信箱",
            &format!("<h2>主任信箱</h2><table>{heads}{list}</table>"),
        ),
        "/xx/1.html" => letter(
            "2017-11-01",
            "<tr><th>答复时间</th><td>2017-11-03</td></tr>",
        ),
        "/xx/2.html" => letter(
            "2017-10-09",
            "<tr><th>答复单位</th><td>信访办</td></tr><tr><th>答复时间</th><td>2017-10-31</td></tr>\
             <tr><th>答复内容</th><td>您好，请到服务窗口办理。</td></tr>",
        ),
        "/xx/3.html" => letter(
            third.0,
            &format!("<tr><th>状态</th><td>{}</td></tr>", third.1),
        ),
        "/xx/4.html" => letter("2017-10-08", ""),
        path if path.starts_with("/gzdt/") => page("通报", "<p>正文</p>"),
        "/robots.txt" => answer("404 Not Found", HTML, ""),
        "/bsfw/" => {
            let row =
                |n: u32| format!("<li><a href='/bsfw/{n}.html'>第{n}类信访事项办理申请</a></li>");
            let rows: String = (1..=3).map(row).collect();
            let other =
                "<li><a href='http://no-such-host.invalid/bs'>第4类信访事项办理申请</a></li>";
            page(
                "办事指南",
                &format!("<h2>办事指南</h2><ul>{rows}{other}</ul>"),
            )
        }
        "/bsfw/1.html" => guide("<p>设定依据：《信访条例》</p><p>联系电话：010-00000000</p>"),
        "/bsfw/2.html" => guide("<p>办理地点：信访接待室一层</p><p>咨询电话：</p>"),
        "/zcwj/" => page(
            "政策文件",
            &format!(
                "<h2>政策文件</h2><ul>{}</ul>",
                paper("p", "关于印发《信访事项办理办法》的通知", 1)
            ),
        ),
        "/zcjd/" => page(
            "政策解读",
            &format!(
                "<h2>政策解读</h2><ul>{}</ul>",
                paper("i", "《信访事项办理办法》政策解读", 3)
            ),
        ),
        // Tomorrow's interview stands above five that were held.
        "/zxft/" => {
            let row = |n: u32, day: &str| {
                format!(
                    "<li><a href='/zxft/{n}.html'>主任谈第{n}项信访工作</a><span>2017-{day}</span></li>"
                )
            };
            let held: String = (2..=6).map(|n| row(n, &format!("09-1{n}"))).collect();
            let rows = row(1, "11-07") + &held;
            page("在线访谈", &format!("<h2>在线访谈</h2><ul>{rows}</ul>"))
        }
        path if path.starts_with("/zxft/") => page("在线访谈", "<p>访谈简介：欢迎参与。</p>"),
        "/p1.html" => page("通知", "<p>现将办法印发。</p>"),
        "/i1.html" => page("解读", "<p>解读如下。<a href='/p1.html'>政策原文</a></p>"),
        path if path.starts_with("/p") || path.starts_with("/i") => page("其他", "<p>正文</p>"),
        // What is not there comes with a success status.
        _ => page(
            "信访办",
            "<p>抱歉，您访问的页面不存在或已经删除，请返回首页。</p>",
        ),
    }
}

/// A letter that waits since August.
const WAITS: (&str, &str) = ("2017-08-01", "办理中");

/// What site `d` answers: two letter-boxes whose letters are handed out by POST alone, one to a form and one
/// to a text; the page of the second does not open. In each a letter waits, since August and since July.
fn posted(request: &Request) -> Reply {
    const JSON: &str = "Content-Type: application/json\r\nConnection: close\r\n";
    let row = |n: u32, asked: &str, replied: u32| {
        format!(
            "{{\"original_id\":\"AH{n}\",\"letter_title\":\"关于第{n}件事项的咨询\",\"create_date\":\"{asked}\",\"isReply\":{replied}}}"
        )
    };
    let message = |n: u32, asked: &str, answer: &str| {
        format!(
            "{{\"zj\":\"{n}\",\"lybt\":\"关于第{n}项标准的留言\",\"lysj\":\"{asked}\",{answer}}}"
        )
    };
    let page = |body: String| {
        let html = format!("<html><head><meta charset=utf-8></head><body>{body}</body></html>");
        answer("200 OK", HTML, html)
    };
    let letter = |asked: &str, answered: &str| {
        page(format!(
            "<h1>关于事项的咨询</h1><div>来信时间：{asked}</div><p>请问如何办理？</p>\
             <div>答复时间：{answered}</div><p>您好，请到服务窗口办理。</p>"
        ))
    };
    let form = "PageCond%2Fbegin=0&PageCond%2Flength=20";
    let is_post = request.head.starts_with("POST ");
    match (request.path.as_str(), is_post, request.body.as_str()) {
        ("/", ..) => page(format!("<h2>工作动态</h2>{}", rows("gzdt", false))),
        ("/gzdt/", ..) => page(format!("<h2>工作动态</h2>{}", rows("gzdt", false))),
        ("/hd/list.flow", ..) => page("<h2>来信查询</h2><div id=list></div>".to_owned()),
        ("/hd/zx.html", ..) => answer("503 Service Unavailable", HTML, ""),
        ("/api/x.mailList.biz.ext", true, body) if body == form => {
            let rows = [
                row(2, "2017-08-01", 0),
                row(1, "2017-11-01", 1),
                row(3, "2017-10-20", 1),
            ];
            answer(
                "200 OK",
                JSON,
                format!("{{\"mailList\":[{}]}}", rows.join(",")),
            )
        }
        ("/api/list", true, "{\"curPage\":1}") => {
            let rows = [
                message(7, "2017-07-20", "\"clyj\":null,\"statusName\":\"办理中\""),
                message(
                    8,
                    "2017-10-30",
                    "\"pubtime\":\"2017-11-02\",\"clyj\":\"您好，请按标准执行。\",\"fzsjCn\":\"标准处\"",
                ),
            ];
            let data = format!("{{\"data\":{{\"data\":[{}]}}}}", rows.join(","));
            answer("200 OK", JSON, data)
        }
        ("/hd/com.web.suggest.suggesDetail.flow?originalId=AH1", ..) => {
            letter("2017-11-01", "2017-11-03")
        }
        ("/hd/com.web.suggest.suggesDetail.flow?originalId=AH2", ..) => page(
            "<h1>关于事项的咨询</h1><div>来信时间：2017-08-01</div><p>请问如何办理？</p>"
                .to_owned(),
        ),
        ("/hd/com.web.suggest.suggesDetail.flow?originalId=AH3", ..) => {
            letter("2017-10-20", "2017-11-01")
        }
        (path, ..) if path.starts_with("/gzdt/") => page("<p>正文</p>".to_owned()),
        _ => answer("404 Not Found", HTML, ""),
    }
}

const MONITOR: &str = r#"
[operator]
name = "运维"
contact = "https://www.example.cn/wangxun"
[schedule]
visits = "0 7 * * *"
jitter = "0s"
[transports]
allow_spool_only = true
[transports.sms]
spool = "sms"
[politeness.access]
private_addresses = true
pause = "0ms"
connect_timeout = "3s"
[availability]
enabled = false
[store]
dir = "store"
[console]
enabled = false
[control]
socket = "control.sock"
"#;

const CONTACTS: &str = r#"
[[person]]
id = "zhiban"
name = "值班管理员"
phone = "10000000005"
duties = [{ role = "operator" }]
"#;

fn write(dir: &Path, sites: &[(&str, &Site)]) -> PathBuf {
    let one = |(id, site): &(&str, &Site)| {
        let mut text = format!(
            "[[unit]]\nid = \"{id}\"\nname = \"单位{id}\"\n[[site]]\nid = \"{id}\"\nunit = \"{id}\"\n\
             name = \"{id}网站\"\nhome = \"http://{}/\"\nsite_id_code = \"1101020001\"\n\
             [[column]]\nid = \"{id}/gzdt\"\nsite = \"{id}\"\nname = \"工作动态\"\nclass = \"news\"\nurl = \"/gzdt/\"\n",
            site.address
        );
        if *id == "c" {
            text += "[[column]]\nid = \"c/xx\"\nsite = \"c\"\nname = \"主任信箱\"\nclass = \"replies\"\nurl = \"/xx/\"\n\
                [[column]]\nid = \"c/zcwj\"\nsite = \"c\"\nname = \"政策文件\"\nclass = \"policy\"\nurl = \"/zcwj/\"\n\
                [[column]]\nid = \"c/zxft\"\nsite = \"c\"\nname = \"在线访谈\"\nclass = \"interviews\"\nurl = \"/zxft/\"\n\
                [[column]]\nid = \"c/zcjd\"\nsite = \"c\"\nname = \"政策解读\"\nclass = \"interpretation\"\nurl = \"/zcjd/\"\n";
            let home = format!("home = \"http://{}/\"\n", site.address);
            text = text.replacen(&home, &format!("{home}guides = [\"/bsfw/\"]\n"), 1);
        }
        if *id == "d" {
            text += "[[column]]\nid = \"d/xx\"\nsite = \"d\"\nname = \"来信查询\"\nclass = \"replies\"\nurl = \"/hd/list.flow\"\n\
                [column.read]\njson = \"beijing-letters\"\ndata = \"/api/x.mailList.biz.ext\"\nmethod = \"POST\"\n\
                form = { \"PageCond/begin\" = 0, \"PageCond/length\" = 20 }\n\
                [[column]]\nid = \"d/zx\"\nsite = \"d\"\nname = \"留言咨询\"\nclass = \"replies\"\nurl = \"/hd/zx.html\"\n\
                [column.read]\njson = \"samr-letters\"\ndata = \"/api/list\"\nmethod = \"POST\"\n\
                body = '{\"curPage\":1}'\n";
        }
        if *id == "a" {
            text += "[[column]]\nid = \"a/tzgg\"\nsite = \"a\"\nname = \"通知公告\"\nclass = \"notices\"\nurl = \"/tzgg/\"\n";
        }
        text
    };
    let group: String = sites.iter().map(one).collect();
    for (name, text) in [
        ("monitor.toml", MONITOR),
        ("sites.toml", &group),
        ("contacts.toml", CONTACTS),
        // The rules of marks cost something, so that what was planted shows in the score.
        (
            "rubric.toml",
            "[rule.S1]\npoints = 1\n[rule.S2]\npoints = 1\n[rule.D13]\nenabled = true\n\
             [rule.D14]\nenabled = true\n[rule.D15]\nenabled = true\n\
             [rule.D24]\ntitle = \"解读比例\"\narea = \"interpretation\"\nkind = \"standard\"\n\
             metric = \"interpretations\"\ncheck = \"semi\"\nconfidence = \"B\"\nsource = \"自拟\"\n\
             [rule.D23a]\ntitle = \"互相关联\"\narea = \"interpretation\"\nkind = \"deduct\"\npoints = 1\n\
             metric = \"interpretation-links\"\ncheck = \"semi\"\nconfidence = \"B\"\nsource = \"自拟\"\n",
        ),
    ] {
        let file = dir.join(name);
        std::fs::write(&file, text).expect("a file");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&file, private).expect("a mode");
    }
    dir.join("monitor.toml")
}

async fn told(config: &Path, args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangxun"));
    command.args(args).arg("--config").arg(config);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("no panic").expect("the program");
    let (out, more) = (&output.stdout, &output.stderr);
    let more = String::from_utf8_lossy(more);
    assert!(output.status.success(), "{more}");
    String::from_utf8_lossy(out).into_owned()
}

async fn assessed(config: &Path) -> Assessment {
    let args = ["report", "--period", "2017-11", "--format", "json"];
    serde_json::from_str(&told(config, &args).await).expect("an assessment")
}

fn line<'a>(assessment: &'a Assessment, site: &str, rule: &str) -> &'a Line {
    let mut cards = assessment.cards.iter();
    let card = cards.find(|card| card.site.as_str() == site);
    let mut lines = card.expect("a card").lines();
    lines
        .find(|line| line.rule.id.as_str() == rule)
        .unwrap_or_else(|| panic!("no rule {rule}"))
}

/// The ends of the addresses that lead nowhere, with whether that is certain.
fn dead(line: &Line) -> BTreeSet<(String, bool)> {
    let url = |fact: &Fact| match fact {
        Fact::DeadLink(link) => link
            .url
            .rsplit('/')
            .find(|part| !part.is_empty())
            .map(str::to_owned),
        _ => None,
    };
    let sure = line
        .finds
        .iter()
        .filter_map(|find| Some((url(&find.fact)?, true)));
    let suspected = line
        .asides
        .iter()
        .filter(|aside| aside.why == Spared::Suspected);
    let suspected = suspected.filter_map(|aside| Some((url(&aside.find.fact)?, false)));
    sure.chain(suspected).collect()
}

fn set(links: &[(&str, bool)]) -> BTreeSet<(String, bool)> {
    links
        .iter()
        .map(|(url, sure)| ((*url).to_owned(), *sure))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_planted_is_found_and_nothing_else() {
    tokio::time::timeout(LONGEST_RUN, nights())
        .await
        .expect("the nights end in time");
}

async fn nights() {
    let dir = TempDir::new().expect("a directory");
    let clock = Clock::stepped(at("2017-11-06T08:00"), None);
    let mine = clock.clone();
    let a = Site::plain(move |request| planted(request, mine.now())).await;
    let b = Site::plain(bare).await;
    let pages = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&pages);
    let night = clock.clone();
    let c = Site::plain(move |request| {
        // Visits by day read letters too, for how new the column is.
        let by_night = night.now().hour() == 22;
        let is_letter = request.path.starts_with("/xx/") && request.path != "/xx/";
        if by_night && is_letter && !request.head.starts_with("HEAD") {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        letter_box(request, WAITS)
    })
    .await;
    let d = Site::plain(posted).await;
    let config = write(dir.path(), &[("a", &a), ("b", &b), ("c", &c), ("d", &d)]);
    let mut end = clock.alarm();
    let loaded = load(&config, at("2017-11-06T08:00").date_naive());
    let loaded = loaded.unwrap_or_else(|faults| panic!("{faults}"));
    let running = Running::start(Arc::new(loaded.config), &clock).await;

    // Before the first night nothing is known, and nothing is claimed.
    end.until(at("2017-11-06T21:00")).await;
    let none = assessed(&config).await;
    assert!(matches!(
        line(&none, "a", "D2").verdict,
        Verdict::Unmeasured(_)
    ));

    // After one look everything is suspected at most.
    end.until(at("2017-11-06T23:00")).await;
    let first = assessed(&config).await;
    let all = |sure| {
        set(&[
            ("gone.html", sure),
            ("gone.png", sure),
            ("form.doc", sure),
            ("no-such-host.invalid", sure),
            ("barred.html", false),
            ("failing.html", false),
        ])
    };
    let mut early = all(false);
    early.extend(set(&[("mended.html", false)]));
    assert_eq!(dead(line(&first, "a", "D2")), early);
    assert_eq!(line(&first, "a", "D2").verdict, Verdict::Kept);

    // Six hours later what is gone is certain.
    end.until(at("2017-11-07T06:00")).await;
    let second = assessed(&config).await;
    let mut sure = all(true);
    sure.extend(set(&[("mended.html", true)]));
    assert_eq!(dead(line(&second, "a", "D2")), sure);

    // The next night sees what was mended.
    end.until(at("2017-11-08T06:00")).await;
    confirm_readings(&config).await;
    let third = assessed(&config).await;
    let links = line(&third, "a", "D2");
    assert_eq!(dead(links), all(true));
    assert_eq!(links.lost.to_string(), "4.00");
    let over = links
        .asides
        .iter()
        .filter(|aside| aside.why == Spared::Over);
    assert_eq!(over.count(), 1);
    let others = line(&third, "a", "D3");
    assert_eq!(dead(others), set(&[("3.html", true), ("gone.pdf", true)]));
    assert_eq!(others.lost.to_string(), "0.20");
    for rule in ["D2", "D3"] {
        let line = line(&third, "b", rule);
        assert_eq!(
            (&line.verdict, dead(line)),
            (&Verdict::Kept, set(&[])),
            "{line:?}"
        );
    }

    // Five items in two weeks are fewer than ten.
    for site in ["a", "b"] {
        assert_eq!(line(&third, site, "D4").lost.to_string(), "5.00");
    }
    assert_eq!(line(&third, "a", "S1").lost.to_string(), "0.00");
    assert_eq!(line(&third, "a", "S2").lost.to_string(), "0.00");
    // Of `b`: the home page, one column, five articles; seven marks of eight.
    assert_eq!(line(&third, "b", "S1").finds.len(), 7);
    assert_eq!(line(&third, "b", "S2").lost.to_string(), "7.00");

    let why = told(
        &config,
        &["why", "a", "--rule", "D3", "--period", "2017-11"],
    )
    .await;
    for words in [
        "3.html",
        "服务器返回错误（状态码404）",
        "所在页面",
        "再次检测确认",
        "/tzgg/",
    ] {
        assert!(why.contains(words), "{why}");
    }
    let list = told(&config, &["links", "a"]).await;
    assert!(list.contains("打不开的链接6个，疑似2个"), "{list}");
    assert!(list.contains("“旧专题”"), "{list}");
    let before = told(&config, &["links", "a", "--format", "json"]).await;
    letters(&config, &third).await;
    posted_letters(&config, &third).await;
    services(&config, &third).await;
    interviews(&config, &third).await;
    // Each of the four is worth a look, and none a second one within the week; the page of the one that
    // waits for a person is kept.
    assert_eq!(pages.load(Ordering::Relaxed), 5);
    running.end(end).await;

    // What the journal has says the same.
    told(&config, &["rebuild"]).await;
    assert_eq!(
        told(&config, &["links", "a", "--format", "json"]).await,
        before
    );
    // By now the month is over, and the look of its seventh day proves nothing of its last.
    let later = assessed(&config).await;
    // A period in which nobody looked tells nothing.
    let args = ["report", "--period", "2018-01", "--format", "json"];
    let blind: Assessment =
        serde_json::from_str(&told(&config, &args).await).expect("an assessment");
    for rule in ["D5", "V2", "V3a", "M1"] {
        let verdict = &line(&blind, "a", rule).verdict;
        assert!(
            matches!(verdict, Verdict::Unmeasured(_)),
            "{rule}: {verdict:?}"
        );
    }
    // Nor does a home page of the seventh day tell how new it was on the last, though it was visited.
    let home = line(&later, "c", "V2");
    let unproven = Verdict::Unmeasured(Unmeasured::CannotTell);
    assert_eq!(home.verdict, unproven, "{home:?}");
    let veto = line(&later, "c", "V5");
    let known = veto.asides.iter().any(|aside| {
        let waits = matches!(aside.find.fact, Fact::LetterOpen { .. });
        waits && aside.why == Spared::Unproven
    });
    assert!(known && veto.verdict == unproven, "{veto:?}");
}

/// What was read of letters and guides waits for a person, with a copy of the page; it is confirmed.
async fn confirm_readings(config: &Path) {
    let before = assessed(config).await;
    for (rule, waiting) in [("V5", 1), ("D13", 2), ("D12a", 1)] {
        let verdict = &line(&before, "c", rule).verdict;
        let why = Unmeasured::Waiting(waiting);
        assert_eq!(*verdict, Verdict::Unmeasured(why), "{rule}");
    }
    let args = ["candidates", "list", "--site", "c", "--format", "json"];
    let cases: Vec<Case> = serde_json::from_str(&told(config, &args).await).expect("candidates");
    let mut found = Vec::new();
    for case in &cases {
        let candidate = &case.candidate;
        let is_reading = matches!(
            candidate.suspicion,
            Suspicion::Letter { .. } | Suspicion::Guide { .. } | Suspicion::Announced { .. }
        );
        if !is_reading {
            continue;
        }
        let page = candidate.page.parse::<url::Url>().expect("an address");
        found.push(format!("{} {}", candidate.suspicion.key(), page.path()));
        assert!(candidate.copy.is_some(), "{candidate:?}");
        let key = candidate.key();
        let head = [
            "candidates",
            "confirm",
            &key,
            "--by",
            "张三",
            "--reason",
            "已核对原文",
        ];
        told(config, &head).await;
    }
    found.sort();
    let expected = [
        "announced /zxft/1.html",
        "guide /bsfw/1.html",
        "guide /bsfw/2.html",
        "letter /xx/3.html",
    ];
    assert_eq!(found, expected);
}

/// An interview whose day came is the newest of its list, though the page stayed the same, and counts for
/// nothing once a person says that it was not held.
async fn interviews(config: &Path, assessment: &Assessment) {
    let why = told(config, &["why", "c/zxft"]).await;
    assert!(why.contains("最近更新为2017年11月7日"), "{why}");
    let few = line(assessment, "c", "D12a");
    assert_eq!(few.lost.to_string(), "3.00", "{few:?}");
}

/// What was planted in guides, papers and behind a success status is told.
async fn services(config: &Path, assessment: &Assessment) {
    let soft = set(&[("soft.html", true)]);
    assert_eq!(dead(line(assessment, "c", "D2")), soft);
    let elements = line(assessment, "c", "D13");
    let missing: Vec<String> = elements
        .finds
        .iter()
        .filter_map(|find| match &find.fact {
            Fact::GuideLacks { url, missing, .. } => {
                let word = missing.first().map(|element| element.word());
                Some(format!("{} {}", url.get(url.len() - 6..)?, word?))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        missing,
        ["1.html 办理地点", "2.html 设定依据", "2.html 联系电话"]
    );
    let attachments = line(assessment, "c", "D14");
    assert_eq!(dead(attachments), set(&[("gone.doc", true)]));
    assert!(matches!(
        line(assessment, "c", "D15").verdict,
        Verdict::Unmeasured(_)
    ));
    assert!(matches!(
        line(assessment, "b", "D13").verdict,
        Verdict::Unmeasured(_)
    ));
    let linked = line(assessment, "c", "D23a");
    assert_eq!(linked.lost.to_string(), "1.00", "{linked:?}");
    let why = told(
        config,
        &["why", "c", "--rule", "D24", "--period", "2017-11"],
    )
    .await;
    for words in ["本期政策文件1件，有解读的1件", "相隔2个工作日", "（100%）"]
    {
        assert!(why.contains(words), "{words}: {why}");
    }
    let why = told(
        config,
        &["why", "c", "--rule", "D13", "--period", "2017-11"],
    )
    .await;
    for words in [
        "缺少办理地点",
        "办事指南共4项，已读取2项，1项在其他平台",
        "1项页面未能识别",
    ] {
        assert!(why.contains(words), "{words}: {why}");
    }
}

/// What was planted in the letter-box is told.
async fn letters(config: &Path, assessment: &Assessment) {
    let veto = line(assessment, "c", "V5");
    assert_eq!(veto.verdict, Verdict::Veto, "{veto:?}");
    let waiting: Vec<String> = veto
        .finds
        .iter()
        .filter_map(|find| match &find.fact {
            Fact::LetterOpen {
                asked_on, due_on, ..
            } => Some(format!("{asked_on} {due_on}")),
            _ => None,
        })
        .collect();
    assert_eq!(waiting, ["2017-08-01 2017-10-30"]);
    // Fifteen working days after 9 October are 30 October.
    let slow = line(assessment, "c", "S10");
    let late = slow
        .finds
        .iter()
        .filter(|find| matches!(find.fact, Fact::LetterLate { .. }));
    assert_eq!(late.count(), 0, "it fell due before the period");
    for site in ["a", "b"] {
        let none = &line(assessment, site, "V5").verdict;
        assert!(matches!(none, Verdict::Unmeasured(_)), "{none:?}");
    }
    let args = ["why", "c", "--rule", "V5", "--period", "2017-11"];
    let why = told(config, &args).await;
    for words in [
        "结论：单项否决（1处）",
        "“主任信箱”栏目《关于第3件事项如何办理的咨询》8月1日来信，应于10月30日前答复",
        "/xx/3.html",
        "所见仍为未答复",
        "1年内公开来信4件，已答复2件，注明未答复1件，1件页面未注明是否答复，2件可知用时",
    ] {
        assert!(why.contains(words), "{words}: {why}");
    }
}

/// A list of three pages is read to its end, where a letter waits since summer; as long as it does, every
/// night goes so far.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_waits_on_a_further_page_is_found() {
    let dir = TempDir::new().expect("a directory");
    let clock = Clock::stepped(at("2017-11-06T08:00"), None);
    let mine = clock.clone();
    let asked: Arc<Mutex<BTreeSet<(u32, String)>>> = Arc::default();
    let log = Arc::clone(&asked);
    let site = Site::plain(move |request| {
        let now = mine.now();
        if now.hour() == 22 && request.path.starts_with("/xx/?") {
            let mut log = log.lock().expect("no panic");
            log.insert((now.day(), request.path.clone()));
        }
        let state = match now < at("2017-11-08T12:00") {
            true => "办理中",
            false => "已回复",
        };
        let row = |n: u32, asked: &str, state: &str| {
            format!(
                "<tr><td><a href='/xx/{n}.html'>关于第{n}件事项如何办理的咨询</a></td><td>{asked}</td><td>{state}</td></tr>"
            )
        };
        let paged = |rows: [String; 3], at: u32| {
            let next = match at {
                3 => String::new(),
                at => format!("<a href='?page={}'>下一页</a>", at + 1),
            };
            let html = format!(
                "<html><head><meta charset=utf-8></head><body><h2>主任信箱</h2><table><tr><th>标题</th><th>来信时间</th>\
                 <th>状态</th></tr>{}</table><div>共9条 {at}/3页 {next}</div></body></html>",
                rows.concat()
            );
            answer("200 OK", HTML, html)
        };
        let done = |n: u32, asked: &str| row(n, asked, "已回复");
        match request.path.as_str() {
            "/xx/" => paged(
                [done(1, "2017-11-01"), done(2, "2017-10-20"), done(3, "2017-10-10")],
                1,
            ),
            "/xx/?page=2" => paged(
                [done(4, "2017-09-20"), done(5, "2017-09-10"), done(6, "2017-09-01")],
                2,
            ),
            "/xx/?page=3" => paged(
                [done(7, "2017-08-20"), row(8, "2017-07-14", state), done(9, "2017-07-01")],
                3,
            ),
            _ => letter_box(request, WAITS),
        }
    })
    .await;
    let config = write(dir.path(), &[("c", &site)]);
    let mut end = clock.alarm();
    let running = started(&config, &clock).await;
    end.until(at("2017-11-07T06:00")).await;
    let first = assessed(&config).await;
    let veto = line(&first, "c", "V5");
    assert_eq!(veto.verdict, Verdict::Unmeasured(Unmeasured::Waiting(1)));
    let waits = veto.asides.iter().any(|aside| match &aside.find.fact {
        Fact::LetterOpen { asked_on, .. } => asked_on.to_string() == "2017-07-14",
        _ => false,
    });
    assert!(waits, "{veto:?}");
    end.until(at("2017-11-10T06:00")).await;
    assert_eq!(
        line(&assessed(&config).await, "c", "V5").verdict,
        Verdict::Kept
    );
    running.end(end).await;
    let read = asked.lock().expect("no panic").clone();
    // From the ninth on nothing waits there: whatever is read of it is read as any page.
    let nights = read.iter().filter(|(day, _)| *day <= 8);
    let nights: Vec<(u32, &str)> = nights.map(|(day, path)| (*day, path.as_str())).collect();
    let (two, three) = ("/xx/?page=2", "/xx/?page=3");
    let expected = [
        (6, two),
        (6, three),
        (7, two),
        (7, three),
        (8, two),
        (8, three),
    ];
    assert_eq!(nights, expected);
}

/// A letter that by its pages has waited for 76 days brings its site near a veto: the liaison, the head
/// and the operator hear so, and nobody else. Answered, that is over. One of 74 days, or an answered
/// one of 76, is no reason to say anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_waits_for_long_is_told_to_those_who_can_answer_it() {
    let waits = at("2017-11-08T12:00");
    let rows: [(&str, &'static str, &'static str, bool); 3] = [
        ("2017-08-23", "办理中", "已回复", true),
        ("2017-08-23", "已回复", "已回复", false),
        ("2017-08-26", "办理中", "已回复", false),
    ];
    for (asked, before, after, is_told) in rows {
        let dir = TempDir::new().expect("a directory");
        let clock = Clock::stepped(at("2017-11-06T08:00"), None);
        let mine = clock.clone();
        let site = Site::plain(move |request| {
            let state = if mine.now() < waits { before } else { after };
            match request.path.as_str() {
                "/gzdt/" => answer("200 OK", HTML, column("工作动态", "gzdt", false)),
                _ => letter_box(request, (asked, state)),
            }
        })
        .await;
        let config = write(dir.path(), &[("c", &site)]);
        go_live(dir.path());
        let mut end = clock.alarm();
        let running = started(&config, &clock).await;
        let heard = async |end: &mut Alarm, until: &str| {
            end.until(at(until)).await;
            let messages = running.ready.desk.store.messages(100).await;
            let messages = messages.expect("messages").into_iter();
            let heard = messages.map(|one| (one.person.to_string(), one.text));
            heard.collect::<BTreeSet<_>>()
        };
        // The night of the 7th reads a second time that it waits, for 76 days; the morning tells of it.
        let none = heard(&mut end, "2017-11-07T12:00").await;
        assert!(none.is_empty(), "{asked} {before}: {none:?}");
        let first = heard(&mut end, "2017-11-08T12:00").await;
        // Two nights read that it is answered.
        let last = heard(&mut end, "2017-11-13T12:00").await;
        running.end(end).await;
        if !is_told {
            assert!(last.is_empty(), "{asked} {before}: {last:?}");
            continue;
        }
        let people: Vec<&str> = first.iter().map(|(person, _)| person.as_str()).collect();
        assert_eq!(people, ["lian", "zhang", "zhiban"], "{first:?}");
        for (_, text) in &first {
            assert!(text.contains("来信1封满75天未答复（最长76天）"), "{text}");
        }
        let over: Vec<_> = last.difference(&first).collect();
        let people: Vec<&str> = over.iter().map(|(person, _)| person.as_str()).collect();
        assert_eq!(people, ["lian", "zhang", "zhiban"], "{over:?}");
        for (_, text) in over {
            assert!(!text.contains("未答复"), "{text}");
        }
    }
}

/// Units are told, and unit `c` has a liaison, an editor, a deputy and a head.
fn go_live(dir: &Path) {
    let append = |name: &str, more: &str| {
        let file = dir.join(name);
        let text = std::fs::read_to_string(&file).expect("a file");
        std::fs::write(&file, format!("{text}{more}")).expect("a file");
    };
    append(
        "monitor.toml",
        "[sending]\nlive = true\nall_quiet = false\n",
    );
    let roles = [
        ("lian", "liaison"),
        ("bian", "editor"),
        ("fu", "deputy"),
        ("zhang", "head"),
    ];
    for (number, (id, role)) in roles.iter().enumerate() {
        append(
            "contacts.toml",
            &format!(
                "[[person]]\nid = \"{id}\"\nname = \"{role}\"\nphone = \"1000000001{number}\"\n\
                 duties = [{{ unit = \"c\", role = \"{role}\" }}]\n"
            ),
        );
    }
}

/// What is handed out by POST alone is read by night too, also where the page that shows it does not open.
async fn posted_letters(config: &Path, assessment: &Assessment) {
    let veto = line(assessment, "d", "V5");
    let waits = Verdict::Unmeasured(Unmeasured::Waiting(2));
    assert_eq!(veto.verdict, waits, "{veto:?}");
    let args = ["why", "d", "--rule", "V5", "--period", "2017-11"];
    let why = told(config, &args).await;
    for words in [
        "“来信查询”栏目《关于第2件事项的咨询》8月1日来信，应于10月30日前答复",
        "/hd/com.web.suggest.suggesDetail.flow?originalId=AH2",
        "1年内公开来信3件，已答复2件，注明未答复1件，2件可知用时",
        "“留言咨询”栏目《关于第7项标准的留言》7月20日来信，应于10月18日前答复",
        "1年内公开来信2件，已答复1件，注明未答复1件，1件可知用时",
    ] {
        assert!(why.contains(words), "{words}: {why}");
    }
    // Who asks otherwise gets nothing, and no link check asks for data.
    let posts = ["/api/x.mailList.biz.ext", "/api/list"];
    let list = told(config, &["links", "d", "--format", "json"]).await;
    assert!(posts.iter().all(|path| !list.contains(path)), "{list}");
}
