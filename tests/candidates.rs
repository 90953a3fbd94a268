//! What only people can judge, found by the real daemon over real sockets in stepped time, decided by the
//! real program, counted in the assessment, and remembered, also by a store built anew.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use wangxun::assess::candidates::Case;
use wangxun::assess::score::card::{Line, Verdict};
use wangxun::assess::score::fact::Fact;
use wangxun::assess::score::finding::Spared;
use wangxun::assess::score::measurement::Unmeasured;
use wangxun::clock::Clock;
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
const HTML: &str = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";

fn at(text: &str) -> Moment {
    moment(format!("{text}:00").parse().expect("an instant"))
}

/// On every page: an expression of the list in the frame, and all marks but one.
const FOOT: &str = "<div>本网站统一布署于政务云</div><div>主办单位：科信委 联系电话：00000000 \
    <a href='/map.html'>网站地图</a> 京ICP备05000000号 网站标识码1101020001 \
    <a href='/conac.cn.html'>标识</a><a href='/jiucuo.html'>我为政府网站找错</a></div>";

fn rows() -> String {
    let row = |n: usize| {
        let title = match n {
            3 => "关于按装监测设备的通知".to_owned(),
            n => format!("关于第{n}项工作开展情况的通报"),
        };
        format!("<li><a href=\"/gzdt/{n}.html\">{title}</a><span>2017-11-0{n}</span></li>")
    };
    let rows: String = (1..=5).map(row).collect();
    format!("<ul>{rows}</ul>")
}

fn article(n: &str, now: Moment) -> String {
    let text = match n {
        // It is mended on the third day.
        "2" if now < at("2017-11-08T12:00") => "会议布署了下一步工作，按装置要求执行。",
        "2" => "会议部署了下一步工作。",
        "4" => "本文含有样例词语一处。",
        _ => "关于工作开展情况的通报正文。",
    };
    format!(
        "<html><head><meta charset=utf-8><title>通报{n}</title><meta name=ArticleTitle content=通报{n}>\
         <meta name=PubDate content='2017-11-0{n} 09:00'></head><body><p>{text}</p>{FOOT}</body></html>"
    )
}

fn served(request: &Request, now: Moment) -> Reply {
    let ok = |html: String| answer("200 OK", HTML, html);
    let list = |more: &str| {
        ok(format!(
            "<html><head><meta charset=utf-8><title>科信委</title></head><body><h2>工作动态</h2>{}{more}{FOOT}</body></html>",
            rows()
        ))
    };
    match request.path.as_str() {
        "/" => list("<a href='/barred.html'>内部查询</a>"),
        "/gzdt/" => list(""),
        "/barred.html" => answer("403 Forbidden", HTML, ""),
        "/map.html" | "/conac.cn.html" | "/jiucuo.html" => {
            ok("<html><body>页</body></html>".to_owned())
        }
        path => match path
            .strip_prefix("/gzdt/")
            .and_then(|n| n.strip_suffix(".html"))
        {
            Some(n) => ok(article(n, now)),
            None => answer("404 Not Found", HTML, ""),
        },
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

const WORDS: &str = r#"
[[word]]
text = "布署"
kind = "wrong"
instead = "部署"
[[word]]
text = "按装"
kind = "wrong"
instead = "安装"
unless = ["按装置"]
[[word]]
text = "样例词语"
kind = "sensitive"
remark = "需核对"
[[word]]
text = "工作"
kind = "wrong"
enabled = false
"#;

/// Rules of marks that cost something and wait for people, and the rule of small errors.
const RUBRIC: &str = "[rule.S2]\npoints = 1\ncheck = \"semi\"\n[rule.D8]\nenabled = true\n";

fn write(dir: &Path, site: &Site) -> PathBuf {
    let group = format!(
        "[[unit]]\nid = \"a\"\nname = \"科信委\"\n[[site]]\nid = \"a\"\nunit = \"a\"\nname = \"科信委网站\"\n\
         home = \"http://{}/\"\n[[column]]\nid = \"a/gzdt\"\nsite = \"a\"\nname = \"工作动态\"\nclass = \"news\"\n\
         url = \"/gzdt/\"\n",
        site.address
    );
    for (name, text) in [
        ("monitor.toml", MONITOR),
        ("sites.toml", &group),
        ("contacts.toml", CONTACTS),
        ("words.toml", WORDS),
        ("rubric.toml", RUBRIC),
    ] {
        let file = dir.join(name);
        std::fs::write(&file, text).expect("a file");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&file, private).expect("a mode");
    }
    dir.join("monitor.toml")
}

/// Whether the program says yes, and what it says.
async fn said(config: &Path, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangxun"));
    command.args(args).arg("--config").arg(config);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("no panic").expect("the program");
    let done = output.status.success();
    let text = if done { output.stdout } else { output.stderr };
    (done, String::from_utf8_lossy(&text).into_owned())
}

async fn told(config: &Path, args: &[&str]) -> String {
    let (done, text) = said(config, args).await;
    assert!(done, "{args:?}: {text}");
    text
}

async fn cases(config: &Path, all: bool) -> Vec<Case> {
    let mut args = vec!["candidates", "list", "--format", "json"];
    args.extend(all.then_some("--all"));
    serde_json::from_str(&told(config, &args).await).expect("candidates")
}

/// What each is about, as `what@page`.
fn about(cases: &[Case]) -> Vec<String> {
    let mut about: Vec<String> = cases
        .iter()
        .map(|case| {
            let what = match &case.candidate.suspicion {
                Suspicion::Word { text, .. } => text.clone(),
                Suspicion::Mark(mark) => mark.word().to_owned(),
                Suspicion::Link { url, .. } => path(url),
                Suspicion::Advert { host } => host.clone(),
                other => panic!("nothing of the kind was planted: {other:?}"),
            };
            format!("{what}@{}", path(&case.candidate.page))
        })
        .collect();
    about.sort();
    about
}

fn path(url: &str) -> String {
    let url: url::Url = url.parse().expect("an address");
    url.path().to_owned()
}

async fn decide(config: &Path, what: &str, key: &str, more: &[&str]) -> (bool, String) {
    let head = [
        "candidates",
        what,
        key,
        "--by",
        "张三",
        "--reason",
        "已核对原文",
    ];
    said(config, &[&head[..], more].concat()).await
}

async fn assessed(config: &Path) -> Assessment {
    let args = ["report", "--period", "2017-11", "--format", "json"];
    serde_json::from_str(&told(config, &args).await).expect("an assessment")
}

fn line<'a>(assessment: &'a Assessment, rule: &str) -> &'a Line {
    let card = assessment.cards.first().expect("a card");
    let mut lines = card.lines();
    lines
        .find(|line| line.rule.id.as_str() == rule)
        .unwrap_or_else(|| panic!("no rule {rule}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn candidates_wait_for_people_and_count_when_they_are_confirmed() {
    tokio::time::timeout(LONGEST_RUN, nights())
        .await
        .expect("the nights end in time");
}

async fn nights() {
    let dir = TempDir::new().expect("a directory");
    let clock = Clock::stepped(at("2017-11-06T08:00"), None);
    let mine = clock.clone();
    let site = Site::plain(move |request| served(request, mine.now())).await;
    let config = write(dir.path(), &site);
    let mut end = clock.alarm();
    let loaded = load(&config, at("2017-11-06T08:00").date_naive());
    let loaded = loaded.unwrap_or_else(|faults| panic!("{faults}"));
    let running = Running::start(Arc::new(loaded.config), &clock).await;
    end.until(at("2017-11-06T23:00")).await;

    // The frame's word is one, whatever pages bear it; a title is its article's.
    let first = cases(&config, false).await;
    let expected = [
        "公安机关备案标识@/",
        "布署@/",
        "布署@/gzdt/2.html",
        "按装@/gzdt/3.html",
        "样例词语@/gzdt/4.html",
    ];
    assert_eq!(about(&first), expected);
    let key = |what: &str| {
        let place = |case: &&Case| about(std::slice::from_ref(*case)) == [what];
        let case = first.iter().find(place);
        case.unwrap_or_else(|| panic!("no {what}")).candidate.key()
    };
    // Each word has the page that proves it.
    for case in &first {
        let copy = case.candidate.copy.as_deref().expect("a copy");
        let page = running.ready.desk.store.body(copy).await.expect("a store");
        let page = String::from_utf8(page.expect("the copy")).expect("text");
        assert!(page.contains(&case.candidate.snippet.hit), "{page}");
    }
    let before = assessed(&config).await;
    for (rule, waiting) in [("V4", 4), ("D8", 4), ("S2", 1)] {
        let line = line(&before, rule);
        let why = Unmeasured::Waiting(waiting);
        assert_eq!(line.verdict, Verdict::Unmeasured(why), "{rule}");
        let told = line
            .asides
            .iter()
            .filter(|aside| aside.why == Spared::Waiting);
        assert_eq!(told.count(), waiting as usize, "{rule}");
    }

    // What lacks something is refused, and nothing is decided by it.
    for (args, why) in [
        (
            vec!["candidates", "confirm", "--by", "张三", "--reason", "核对"],
            "number of a candidate",
        ),
        (
            vec![
                "candidates",
                "confirm",
                "ffffffffff",
                "--by",
                "张三",
                "--reason",
                "核对",
            ],
            "no candidate",
        ),
        (vec!["candidates", "list", "--site", "nobody"], "no site"),
    ] {
        let (done, text) = said(&config, &args).await;
        assert!(!done && text.contains(why), "{args:?}: {text}");
    }
    let mark = key("公安机关备案标识@/");
    let (done, text) = decide(&config, "confirm", &mark, &["--serious"]).await;
    assert!(!done && text.contains("only words"), "{text}");
    let long = "长".repeat(121);
    let args = ["candidates", "confirm", &mark, "--by", "张三"];
    let (done, text) = said(&config, &[&args[..], &["--reason", &long]].concat()).await;
    assert!(!done && text.contains("at most 120"), "{text}");

    let (small, serious) = (key("布署@/gzdt/2.html"), key("按装@/gzdt/3.html"));
    for (what, key, more) in [
        ("comment", &small, &[][..]),
        ("confirm", &small, &[]),
        ("confirm", &serious, &["--serious"]),
        ("reject", &key("布署@/"), &[]),
        ("confirm", &mark, &[]),
    ] {
        let (done, text) = decide(&config, what, key, more).await;
        assert!(done, "{what}: {text}");
    }
    let (done, text) = decide(&config, "confirm", &small, &[]).await;
    assert!(!done && text.contains("already"), "{text}");

    let after = assessed(&config).await;
    let veto = line(&after, "V4");
    assert_eq!((&veto.verdict, veto.finds.len()), (&Verdict::Veto, 1));
    assert_eq!(line(&after, "D8").lost.to_string(), "1.00");
    assert_eq!(line(&after, "S2").lost.to_string(), "1.00");
    let why = told(
        &config,
        &["why", "a", "--rule", "D8", "--period", "2017-11"],
    )
    .await;
    for words in [
        "错误用语“布署”",
        "应为“部署”",
        "会议【布署】了下一步",
        "张三确认：已核对原文",
        "人工已排除，不计",
        "张三排除：已核对原文",
    ] {
        assert!(why.contains(words), "{why}");
    }

    // Two nights later the rejected one is not asked again, the link is, and what was mended is told.
    end.until(at("2017-11-08T23:00")).await;
    let waiting = cases(&config, false).await;
    assert_eq!(about(&waiting), ["/barred.html@/", "样例词语@/gzdt/4.html"]);
    let all = cases(&config, true).await;
    assert_eq!(all.len(), 6);
    let gone: Vec<String> = all
        .iter()
        .filter(|case| case.candidate.gone_at.is_some())
        .map(|case| case.candidate.key())
        .collect();
    assert_eq!(gone, std::slice::from_ref(&small));
    let links = line(&assessed(&config).await, "D2").finds.len();
    assert_eq!(links, 0, "a refusal alone is not certain");
    let barred = about_key(&waiting, "/barred.html@/");
    // A doubtful link has the page that carries it, and the words around it there.
    let link = waiting.iter().find(|case| case.candidate.key() == barred);
    let link = &link.expect("the link").candidate;
    let copy = link.copy.as_deref().expect("a copy");
    let page = running.ready.desk.store.body(copy).await.expect("a store");
    let page = String::from_utf8(page.expect("the copy")).expect("text");
    assert!(page.contains("href='/barred.html'"), "{page}");
    assert_eq!(link.snippet.hit, "内部查询");
    let (done, text) = decide(&config, "confirm", &barred, &[]).await;
    assert!(done, "{text}");
    let after = assessed(&config).await;
    let links = line(&after, "D2");
    let by = |fact: &Fact| match fact {
        Fact::DeadLink(link) => link.confirmed_by.clone(),
        _ => None,
    };
    let by: Vec<_> = links.finds.iter().map(|find| by(&find.fact)).collect();
    assert_eq!(by, [Some("张三".to_owned())]);
    let list = told(&config, &["candidates"]).await;
    assert!(list.starts_with("待确认问题1条"), "{list}");
    let shown = told(&config, &["candidates", "show", &small]).await;
    for words in [
        "状态：已确认",
        "已不在页面上",
        "页面副本：",
        "备注：已核对原文",
    ] {
        assert!(shown.contains(words), "{shown}");
    }
    let before = cases(&config, true).await;
    running.end(end).await;

    // What the journal has says the same, decisions included.
    told(&config, &["rebuild"]).await;
    assert_eq!(cases(&config, true).await, before);
    assert_eq!(line(&assessed(&config).await, "V4").verdict, Verdict::Veto);
}

fn about_key(cases: &[Case], what: &str) -> String {
    let mut cases = cases.iter();
    let case = cases.find(|case| about(std::slice::from_ref(*case)) == [what]);
    case.unwrap_or_else(|| panic!("no {what}")).candidate.key()
}
