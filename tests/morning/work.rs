//! What is done on the pages, by whom it may be: each with its reason in the journal.

use wangxun::domain::act::Deed;
use wangxun::domain::candidate::{Candidate, Decided, Snippet, Suspicion};
use wangxun::domain::id::SiteId;
use wangxun::domain::words::WordKind;
use wangxun::store::commit::Commit;

use crate::office::{Office, fetched, hand_in, until_has};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn another_threshold_is_tried_and_the_settings_are_taken_along() {
    let office = Office::open_until("2017-11-21T09:00").await;
    let mut browser = office.enter("kaoping");
    browser.follow("nav a[href='/workbench']");
    let text = browser.text();
    assert!(
        text.contains("时限试算") && text.contains("第15天"),
        "{text}"
    );
    browser.fill("#news", "0");
    browser.value("document.querySelector('.tune').noValidate = true");
    browser.follow(".tune button");
    assert!(browser.text().contains("的整数"), "{}", browser.text());

    browser.open(&office.url("/workbench"));
    browser.fill("#news", "20");
    browser.follow(".tune button");
    until_has(&mut browser, ".sums");
    let beside = browser.value(
        "document.querySelector('#came').getBoundingClientRect().top \
         < document.querySelector('.tune button').getBoundingClientRect().top",
    );
    assert_eq!(beside, true, "the sums stand beside the form");
    assert!(
        !browser.text().contains("工作动态"),
        "differences are folded"
    );
    // Asked again with the same numbers, the page says so, every time.
    let made = "document.querySelector('.made').textContent";
    let first = browser.value(made).to_string();
    assert!(first.contains("11月21日 09:0"), "{first}");
    for time in ["第2次试算", "第3次试算"] {
        browser.follow(".tune button");
        let again = browser.value(made).to_string();
        assert!(
            again.contains(time) && again.contains("设置未变"),
            "{again}"
        );
    }
    browser.value("document.querySelector('main details').open = true");
    let text = browser.text();
    for part in [
        "动态要闻14天改为20天",
        "等级不同",
        "工作动态",
        "2017-11-20",
        "请管理员",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    office.picture(&mut browser, "workbench-tried");
    let (status, table) = fetched(&mut browser, "/workbench?news=20&as=csv");
    assert_eq!(status, 200);
    assert!(
        table.contains("等级不同") && table.contains("科信委"),
        "{table}"
    );
    assert_eq!(fetched(&mut browser, "/workbench?news=20&as=toml").0, 403);
    // The same thresholds as in force: as it was.
    browser.open(&office.url("/workbench?news=14"));
    until_has(&mut browser, ".sums");
    assert!(browser.text().contains("没有差异"), "{}", browser.text());

    let mut operator = office.enter("yunwei");
    let (status, settings) = fetched(&mut operator, "/workbench?news=20&as=toml");
    assert_eq!(status, 200);
    for part in ["news = { days = 20 }", "allow_spool_only = true"] {
        assert!(settings.contains(part), "{settings}");
    }
    let mut looker = office.enter("kanke");
    assert!(!looker.has("nav a[href='/workbench']"));
    assert_eq!(fetched(&mut looker, "/workbench?news=20").0, 403);
    drop((browser, operator, looker));
    office.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_operator_lets_a_site_rest_and_sends_a_test() {
    let office = Office::open().await;
    let mut browser = office.enter("yunwei");
    browser.open(&office.url("/site/kxw"));
    hand_in(&mut browser, "pause", Some("2017-11-30"), "机房搬迁");
    let text = browser.text();
    assert!(
        text.contains("已暂停监测") && text.contains("至11月30日，不访问"),
        "{text}"
    );
    assert!(!browser.has("input[value=visit]"));
    office.picture(&mut browser, "site-paused");
    browser.open(&office.url("/column/kxw/gzdt"));
    hand_in(&mut browser, "visit", None, "核对");
    assert!(
        browser.text().contains("已暂停监测，恢复后"),
        "{}",
        browser.text()
    );
    browser.open(&office.url("/site/kxw"));
    hand_in(&mut browser, "resume", None, "搬迁完成");
    assert!(!browser.text().contains("不访问"), "{}", browser.text());

    browser.open(&office.url("/messages"));
    assert!(!browser.has("input[value=go-live]"), "it is live already");
    hand_in(&mut browser, "test", None, "验收");
    assert!(
        browser.text().contains("测试消息已由渠道接受"),
        "{}",
        browser.text()
    );
    // A transport that takes nothing: what that means comes first, in the reader's words.
    office.break_spool();
    hand_in(&mut browser, "test", None, "再试");
    let text = browser.text();
    assert!(
        text.contains("测试消息没有发出") && text.contains("（渠道返回："),
        "{text}"
    );
    office.picture(&mut browser, "messages-refused");
    let acts = office.acts_of("yunwei").await;
    let why = |is: fn(&Deed) -> bool| {
        let found = acts.iter().find(|act| is(&act.deed));
        found.map(|act| act.reason.as_str())
    };
    assert_eq!(
        why(|deed| matches!(deed, Deed::Exempted { paused: true, .. })),
        Some("机房搬迁")
    );
    assert_eq!(
        why(|deed| matches!(deed, Deed::TestSent { taken: true, .. })),
        Some("验收")
    );
    browser.open(&office.url("/incidents"));
    let text = browser.text();
    assert!(
        text.contains("发送测试消息") && text.contains("验收"),
        "{text}"
    );
    drop(browser);
    office.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_assessor_enters_finds_closes_a_period_and_takes_every_form_along() {
    let office = Office::open().await;
    let mut browser = office.enter("kaoping");
    browser.open(&office.url("/assessment?period=2017Q4&site=kxw"));
    until_has(&mut browser, "form:has(input[value=score])");
    browser.fill("form:has(input[value=score]) [name=finds]", "2");
    hand_in(&mut browser, "score", None, "抽查发现两处错别字");
    assert!(browser.text().contains("已录入"), "{}", browser.text());
    let store = &office.running.ready.desk.store;
    let entries = store.entries().await.expect("entries");
    let [entry] = entries.as_slice() else {
        panic!("{entries:?}");
    };
    assert_eq!((entry.finds, entry.by.as_str()), (2, "kaoping"));

    browser.open(&office.url("/assessment?period=2017Q4"));
    until_has(&mut browser, "#rank-h");
    assert!(!browser.has("input[value=close]"), "it is not over");
    let quarters = "[...document.querySelectorAll('section[aria-label=走势] th a')]\
                    .map(one => one.search).join(' ')";
    browser.open(&office.url("/trend"));
    until_has(&mut browser, "section[aria-label=走势]");
    assert_eq!(browser.value(quarters), "?period=2017Q4", "none before");
    // What was over before anything was seen is neither offered nor closed.
    browser.open(&office.url("/assessment?period=2017Q4"));
    until_has(&mut browser, "#rank-h");
    assert!(!browser.has("option[value='2017Q3']"));
    browser.open(&office.url("/assessment?period=2017Q3"));
    until_has(&mut browser, "#rank-h");
    assert!(!browser.has("input[value=close]"));
    office.looked_on("2017-09-29").await;
    browser.open(&office.url("/assessment?period=2017Q3"));
    until_has(&mut browser, "input[value=close]");
    hand_in(&mut browser, "close", None, "报送前封存");
    let text = browser.text();
    for part in ["本期已封存", "第1版", "报送前封存"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    office.picture(&mut browser, "assessment-closed");
    hand_in(&mut browser, "correct", None, "核对");
    assert!(browser.text().contains("无须更正"), "{}", browser.text());
    for (form, begins) in [
        ("md", "#"),
        ("html", "<!"),
        ("csv", "\"名次\""),
        ("json", "{"),
        ("xlsx", "PK"),
        ("txt", "2017年第三季度"),
    ] {
        let path = format!("/assessment?period=2017Q3&as={form}");
        let (status, text) = fetched(&mut browser, &path);
        let text = text.to_lowercase();
        let text = text.trim_start_matches('\u{feff}');
        let begins = begins.trim_start_matches('\u{feff}').to_lowercase();
        assert!(
            status == 200 && text.starts_with(&begins),
            "{form}: {text:.60}"
        );
    }
    browser.open(&office.url("/trend"));
    until_has(&mut browser, "section[aria-label=走势]");
    let closed = browser.value(quarters);
    assert!(
        closed
            .as_str()
            .is_some_and(|text| text.ends_with("?period=2017Q4")),
        "{closed}"
    );

    // What is not offered is not taken.
    let mut unit = office.enter("kxw");
    unit.open(&office.url("/assessment?period=2017Q4&site=kxw"));
    until_has(&mut unit, "section[aria-label=得分]");
    assert!(!unit.has("input[value=score]"));
    let script = "fetch('/assessment', {method: 'POST', body: new URLSearchParams({\
                  do: 'score', form: 'x', period: '2017Q4', site: 'kxw', rule: 'M3',\
                  finds: '9', reason: '越权'})}).then(a => a.status)";
    let asked = serde_json::json!({
        "expression": script, "awaitPromise": true, "returnByValue": true
    });
    let got = unit.tell("Runtime.evaluate", asked);
    assert_eq!(got["result"]["value"], 403);
    assert_eq!(store.entries().await.expect("entries").len(), 1);

    // A unit says something to what stands against it; everybody reads that beside the point.
    let said = "栏目已于当日更新，首页缓存未刷新。".repeat(12);
    hand_in(&mut unit, "state", None, &said);
    let text = unit.text();
    assert!(text.contains("说明已登记"), "{text}");
    let statements = store.statements().await.expect("statements");
    let [statement] = statements.as_slice() else {
        panic!("{statements:?}");
    };
    assert_eq!((statement.by.as_str(), &statement.text), ("kxw", &said));
    assert_eq!(statement.period, "2017Q4");
    let mut looker = office.enter("kanke");
    looker.open(&office.url("/assessment?period=2017Q4&site=kxw"));
    until_has(&mut looker, "section[aria-label=得分]");
    let told = format!("单位说明（kxw，11月20日）：{}", said.trim_end_matches('。'));
    assert!(looker.text().contains(&told), "{}", looker.text());
    assert!(!looker.has("main form[method=post]"));
    looker.open(&office.url("/site/kxw"));
    until_has(&mut looker, "p.said");
    assert!(looker.text().contains(&told), "{}", looker.text());
    let (status, card) = fetched(&mut looker, "/api/v1/scorecards/kxw?period=2017Q4");
    assert_eq!(status, 200);
    let card: serde_json::Value = serde_json::from_str(&card).expect("json");
    let points = card["points"].as_array().expect("points");
    let point = points
        .iter()
        .find(|point| point["rule"] == statement.rule.as_str());
    assert_eq!(point.expect("the rule")["statements"][0]["text"], said);
    drop((browser, unit, looker));
    office.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_an_inspection_suspects_is_judged_by_a_person() {
    let office = Office::open().await;
    let desk = &office.running.ready.desk;
    let now = desk.clock.now();
    let candidate = |page: &str| Candidate {
        site: SiteId::parse("kxw").expect("an id"),
        page: format!("http://kxw.example.cn/{page}.html"),
        title: "<script>关于\u{202e}布署工作的通知".to_owned(),
        suspicion: Suspicion::Word {
            text: "布署".to_owned(),
            kind: WordKind::Wrong,
            instead: Some("部署".to_owned()),
            remark: None,
        },
        snippet: Snippet {
            before: "会议".to_owned(),
            hit: "布署".to_owned(),
            after: "了工作".to_owned(),
        },
        seen_on: None,
        copy: None,
        first_at: now,
        seen_at: now,
        gone_at: None,
    };
    let mut commit = Commit::at(now);
    commit.candidates = vec![candidate("1"), candidate("2")];
    desk.store.commit(commit).await.expect("kept");

    let mut browser = office.enter("kaoping");
    browser.follow("nav a[href='/candidates']");
    let text = browser.text();
    for part in [
        "待确认2条",
        "科信委网站",
        "应为“部署”",
        "会议【布署】了工作",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    office.picture(&mut browser, "candidates");
    let first = "form.decide";
    browser.fill(&format!("{first} [name=reason]"), "已核对原文");
    browser.value("document.querySelector('form.decide [name=decided]').value = 'serious'");
    browser.follow(&format!("{first} button"));
    let text = browser.text();
    assert!(
        text.contains("已处理") && text.contains("待确认1条"),
        "{text}"
    );
    browser.fill(&format!("{first} [name=reason]"), "原文如此");
    browser.value("document.querySelector('form.decide [name=decided]').value = 'rejected'");
    browser.follow(&format!("{first} button"));
    assert!(
        browser.text().contains("没有待确认的问题"),
        "{}",
        browser.text()
    );
    browser.open(&office.url("/candidates?state=all"));
    let text = browser.text();
    for part in ["已确认（严重错误）", "已排除", "原文如此"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let decisions = desk.store.decisions().await.expect("decisions");
    let made: Vec<_> = decisions
        .iter()
        .map(|one| (one.by.as_str(), one.reason.as_str(), one.what))
        .collect();
    assert_eq!(
        made,
        [
            (
                "kaoping",
                "已核对原文",
                Decided::Confirmed { serious: true }
            ),
            ("kaoping", "原文如此", Decided::Rejected),
        ]
    );
    // Who looks on reads, and decides nothing; a unit does not see what nobody has confirmed.
    let mut looker = office.enter("kanke");
    looker.open(&office.url("/candidates?state=all"));
    assert!(looker.text().contains("原文如此") && !looker.has("form.decide"));
    let mut unit = office.enter("kxw");
    assert_eq!(fetched(&mut unit, "/candidates").0, 403);
    drop((browser, looker, unit));
    office.close().await;
}
