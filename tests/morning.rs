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

use wangxun::domain::act::Deed;
use wangxun::fetch::tls::init_crypto;

#[path = "support/browser.rs"]
mod browser;
#[path = "morning/checked.rs"]
mod checked;
#[path = "morning/live.rs"]
mod live;
#[path = "morning/office.rs"]
mod office;
#[path = "morning/release.rs"]
mod release;
#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stepped.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod stepped;
#[path = "morning/work.rs"]
mod work;

use office::{Office, hand_in};

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
        "2017年11月3日（已17天）",
        "14天（动态要闻类）",
        "登记答复",
        "报备豁免",
        "暂缓通知",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("页面摘要"), "the whole paragraph is folded");
    browser.value("document.querySelector('details.full').open = true");
    let text = browser.text();
    assert!(text.contains("最近更新为2017年11月3日"), "{text}");
    let wide = browser.value("document.querySelector('.why').getBoundingClientRect().width");
    assert!(wide.as_f64().is_some_and(|wide| wide > 800.0), "{wide}");
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

    // The veto by the age of the home page, and the copy that proves it.
    browser.follow("nav a[href='/incidents']");
    let text = browser.text();
    assert!(text.contains("触及单项否决"), "{text}");
    let first = browser.value("document.querySelector('#open-h ~ .table tbody tr').innerText");
    assert!(
        first
            .as_str()
            .is_some_and(|row| row.contains("触及单项否决")),
        "{first}"
    );
    browser.follow("#open-h ~ .table a[href^='/copy/kxw?']");
    let text = browser.text();
    for part in ["首页副本", "各版块的条目", "最近更新11月3日", "判定依据"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(browser.has("tr.decided") && browser.has(".source mark"));
    assert_eq!(browser.value("document.scripts.length"), 1);
    office.picture(&mut browser, "copy-home");
    browser.follow("nav.path a[href='/site/kxw']");
    browser.value("document.querySelector('details.full').open = true");
    assert!(
        browser.text().contains("首页摘要sha256:"),
        "{}",
        browser.text()
    );
    browser.follow("#front-h ~ p a[href^='/copy/kxw?']");

    browser.open(&office.url("/column/kxw/gzdt"));
    browser.value("document.querySelector('[name=ground]').value = 'approved'");
    let form = "form:has(input[value=exempt])";
    browser.value(&format!(
        "document.querySelector('{form}').noValidate = true"
    ));
    browser.fill(&format!("{form} [name=until]"), "2017-11-30");
    browser.fill(&format!("{form} [name=reason]"), "机构改革");
    browser.follow(&format!("{form} button"));
    assert!(
        browser.text().contains("请填写批准人"),
        "{}",
        browser.text()
    );
    browser.fill("[name=approver]", "李主任");
    // Clicked twice: the form that was sent is sent again.
    let twice = "(() => { const form = document.querySelector('form:has(input[value=exempt])');\
                 const sent = new URLSearchParams(new FormData(form));\
                 const send = () => fetch(form.action, {method: 'POST', body: sent});\
                 return Promise.all([send(), send(), send()]).then(all => all.map(a => a.status)\
                 .sort().join(' ')); })()";
    assert_eq!(browser.awaited(twice), "200 200 200");
    browser.open(&office.url("/column/kxw/gzdt"));
    let text = browser.text();
    for part in ["豁免至11月30日", "批准人李主任", "到期日"] {
        assert!(text.contains(part), "{part}: {text}");
    }
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
    assert!(browser.text().contains("要求立即复查"), "it is noted");
    let deeds = office.deeds().await;
    let exempted =
        |(by, deed): &(String, Deed)| by == "yunwei" && matches!(deed, Deed::Exempted { .. });
    let held = |(by, deed): &(String, Deed)| by == "yunwei" && matches!(deed, Deed::Held { .. });
    assert!(
        deeds.iter().filter(|one| exempted(one)).count() == 1 && deeds.iter().any(held),
        "{deeds:?}"
    );
    drop(browser);
    office.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_stays_fresh_after_a_click_and_rests_while_somebody_types() {
    let office = Office::open().await;
    let mut browser = office.enter("yunwei");
    // Time flies for the page, and what it asks for is counted.
    let hook = "window.asked = 0; const real = window.setInterval, ask = window.fetch; \
                window.setInterval = (what) => real(what, 20); \
                window.fetch = (...all) => { window.asked += 1; return ask(...all); };";
    let asked = serde_json::json!({"source": hook});
    browser.tell("Page.addScriptToEvaluateOnNewDocument", asked);
    browser.open(&office.url("/"));
    for place in ["#columns .table", "main"] {
        browser.value(&format!("document.querySelector('{place}').focus()"));
        let before = browser.value("window.asked").as_i64().expect("a count");
        let until = format!(
            "new Promise(done => {{ const look = () => window.asked > {before} + 2 \
             ? done(document.activeElement.tagName) : setTimeout(look, 20); look(); }})"
        );
        assert_ne!(browser.awaited(&until), "INPUT", "{place}");
    }
    browser.value("document.querySelector('#q').focus()");
    let before = browser.value("window.asked");
    browser.awaited("new Promise(done => setTimeout(done, 300))");
    assert_eq!(browser.value("window.asked"), before);
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
    assert_eq!(
        browser.value("location.hash"),
        "#work",
        "the reason is in sight"
    );
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
    // The bulletin is set, not shown as it is written.
    assert!(browser.has(".bulletin h4") && !browser.has(".bulletin td[data-head=网站]"));
    assert_eq!(
        browser.value("document.querySelectorAll('.ranking').length"),
        1
    );
    assert!(!text.contains("|---") && !text.contains("## "), "{text}");
    // What needs a person stands before the ranking.
    let first = browser.value("document.querySelector('#rank-h ~ p.first').innerText");
    let says = first.as_str().unwrap_or_default();
    assert!(says.starts_with("本期单项否决1个：科信委网站"), "{first}");
    // It is printed across the page.
    let page = browser.printed();
    assert!(page.contains("/MediaBox [0 0 841."), "no page of A4 across");
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
        ("trend", "/trend"),
        ("workbench", "/workbench"),
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
            markup.contains("<h1>")
                && (markup.contains("科信委") || ["/trend", "/workbench"].contains(&path)),
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

/// The answer once it is no longer being worked out.
async fn waited(office: &Office, token: &str, path: &str) -> (u16, String, String) {
    let begun = std::time::Instant::now();
    loop {
        let answer = program(office, token, path, None).await;
        if answer.0 != 202 {
            return answer;
        }
        assert!(begun.elapsed().as_secs() < 120, "{path}: {}", answer.2);
    }
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
        ("viewer-token", "incidents?state=closed", 200),
        ("viewer-token", "incidents?state=other", 400),
        ("viewer-token", "acts", 200),
        ("unit-token", "acts", 403),
        ("viewer-token", "flags?page=1", 200),
        ("unit-token", "flags", 403),
        ("viewer-token", "links?site=kxw", 200),
        ("viewer-token", "links?site=none", 404),
        ("viewer-token", "links", 400),
        ("unit-token", "availability?site=kxw", 200),
        ("viewer-token", "assessment?period=2017Q4", 200),
        ("viewer-token", "assessment?period=2018Q4", 404),
        ("viewer-token", "scorecards/kxw?period=2017Q4", 200),
        ("unit-token", "scorecards/kxw", 200),
        ("viewer-token", "scorecards/none", 404),
        ("viewer-token", "trend", 200),
        ("viewer-token", "trend?site=kxw", 200),
        ("viewer-token", "trend?site=none", 404),
        ("viewer-token", "candidates?state=all", 200),
        ("viewer-token", "candidates?state=some", 400),
        ("unit-token", "candidates", 403),
        ("viewer-token", "replay", 403),
        ("assessor-token", "replay?colour=3", 400),
        ("assessor-token", "replay?news=0", 400),
        ("viewer-token", "nothing", 404),
        ("viewer-token", "assessment?period=soon", 400),
    ] {
        let (got, kind, text) = waited(&office, token, path).await;
        assert_eq!(got, status, "{token} {path}: {text}");
        assert!(kind.starts_with("application/json"), "{path}: {kind}");
    }
    let (_, _, text) = program(&office, "viewer-token", "columns?q=gzdt", None).await;
    let found: serde_json::Value = serde_json::from_str(&text).expect("json");
    assert_eq!(found.pointer("/count"), Some(&1.into()), "{text}");
    assert_eq!(found.pointer("/items/0/standing"), Some(&"overdue".into()));
    assert_eq!(found.pointer("/items/0/due_on"), Some(&"2017-11-17".into()));
    let json = async |token: &str, path: &str| -> serde_json::Value {
        let (status, _, text) = waited(&office, token, path).await;
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).expect("json")
    };
    let column = json("viewer-token", "columns/kxw/gzdt").await;
    assert_eq!(column["items"].as_array().expect("items").len(), 9);
    assert!(!column["incidents"].as_array().expect("some").is_empty());
    assert!(!column["messages"].as_array().expect("some").is_empty());
    assert_eq!(column.pointer("/months/11/month"), Some(&"2017-10".into()));
    let unit = json("unit-token", "columns/kxw/gzdt").await;
    assert_eq!(unit["messages"], serde_json::json!([]));
    let digest = column.pointer("/copy").expect("a digest");
    let digest = digest.as_str().expect("text");
    let copy = json("viewer-token", &format!("copies/kxw/gzdt?digest={digest}")).await;
    let rows = copy["rows"].as_array().expect("rows");
    assert_eq!(rows.iter().filter(|row| row["decided"] == true).count(), 1);
    assert_eq!(rows[0]["on"], "2017-11-03");
    let replay = json("assessor-token", "replay?news=20").await;
    assert_eq!(replay["changes"][0], "动态要闻14天改为20天");
    let overview = json("viewer-token", "overview").await;
    let written = overview.pointer("/messages_today/written");
    assert!(written.is_some_and(|count| count.as_u64().is_some()));
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
