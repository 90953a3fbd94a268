//! The first page: counts by tier, sites that do not open, finding by name; and that nothing in a
//! square is cut.

use chrono::TimeDelta;
use serde_json::json;
use wangxun::alert::incident::{Kind, Subject};
use wangxun::assess::ladder::Tier;
use wangxun::domain::id::SiteId;
use wangxun::store::commit::Commit;

use crate::browser::Browser;
use crate::console::{TITLE, column_id, group, incident, now, record, start};
use crate::{get, mixed};

/// News columns of five sites, a tier each.
fn of_every_tier() -> Commit {
    let mut commit = Commit::at(now());
    for (site, age_days) in [(0, 11), (1, 13), (2, 15), (3, 40), (4, 40)] {
        let column = column_id(site, 0);
        let visited_at = now() - TimeDelta::hours(1);
        commit
            .records
            .push(record(&column, age_days, visited_at, TITLE));
    }
    let told = Subject::Column(column_id(4, 0));
    commit.incidents = vec![incident(told, Kind::Stale, Some(Tier::Escalation))];
    commit
}

#[tokio::test]
async fn columns_are_counted_by_tier_and_each_count_leads_to_them() {
    let running = start(group(5, 1), of_every_tier()).await;
    let home = get(&running, "/").await.body;
    let rows = [
        ("reminder", "提醒", 0),
        ("warning", "预警", 1),
        ("overdue", "超期", 2),
        ("severe", "严重超期", 3),
        ("escalation", "督办", 4),
    ];
    for (state, word, site) in rows {
        let tile = home
            .split("<li class=")
            .find(|tile| tile.contains(&format!("?state={state}#")));
        let tile = tile.expect("a tile");
        assert!(tile.contains("<b>1</b>") && tile.contains(word), "{tile}");
        let page = get(&running, &format!("/?state={state}")).await.body;
        let list = page.split("id=\"columns\"").nth(1).expect("a list");
        let list = list.split("class=\"aside\"").next().expect("a list");
        assert!(list.contains(&format!("{word}的栏目<small>1个")), "{list}");
        assert!(list.contains(&format!("/column/s0{site}/c00")), "{list}");
    }
    // What is kept in bookmarks.
    let late = get(&running, "/?state=severely-overdue").await.body;
    assert!(late.contains("严重超期的栏目<small>2个"), "{late}");
    assert!(late.contains("<option value=\"severely-overdue\" selected>"));
    let site = get(&running, "/site/s04").await.body;
    assert!(site.contains("✕✕✕</span>督办"), "{site}");
    let answer = get(&running, "/api/v1/overview").await.body;
    let overview: serde_json::Value = serde_json::from_str(&answer).expect("json");
    let columns = &overview["columns"];
    assert_eq!(
        (
            &columns["due_soon"],
            &columns["warning"],
            &columns["escalated"]
        ),
        (&json!(2), &json!(1), &json!(1))
    );
}

#[tokio::test]
async fn a_home_page_that_does_not_open_is_told_in_one_wording() {
    let mut commit = mixed();
    let site = SiteId::parse("s02").expect("an id");
    commit.incidents = vec![incident(Subject::Site(site), Kind::Down, None)];
    let running = start(group(4, 10), commit).await;
    for path in [
        "/",
        "/site/s02",
        "/incidents",
        "/api/v1/sites",
        "/api/v1/incidents",
        "/api/v1/incidents.atom",
    ] {
        let body = get(&running, path).await.body;
        assert!(body.contains("首页无法打开"), "{path}: {body}");
        assert!(!body.contains("无法访问"), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_unit_is_found_by_its_full_name() {
    let running = start(group(4, 2), mixed()).await;
    for (query, found) in [
        ("西城区卫健委", true),
        ("xcqwjw", true),
        ("东城区卫健委", false),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let body = get(&running, &format!("/?q={query}")).await.body;
        assert_eq!(body.contains("/column/s01/c00"), found, "{query}");
        assert_eq!(body.contains("href=\"/site/s01\"><span"), found, "{query}");
        assert!(!body.contains("/column/s00/c00\"><bdi>工作"), "{query}");
    }
}

/// The texts of squares that are cut.
const CUT: &str = "Array.from(document.querySelectorAll('.grid b, .grid .says, .grid a')).filter(one => \
    one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)\
    .map(one => one.textContent.trim())";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_in_a_square_is_cut() {
    let mut group = group(4, 10);
    for site in group.sites.values_mut() {
        site.name = "北京市西城区展览路街道办事处网站".to_owned();
    }
    let mut commit = mixed();
    for kind in [Kind::NearVeto, Kind::Down] {
        let site = SiteId::parse("s00").expect("an id");
        commit
            .incidents
            .push(incident(Subject::Site(site), kind, None));
    }
    let running = start(group, commit).await;
    let mut browser = Browser::start();
    for width in [390, 1366] {
        browser.size(width, 800);
        browser.open(&format!("http://{}/", running.address));
        let says = browser.value("document.querySelector('.grid a[href=\"/site/s00\"]').innerText");
        assert!(
            says.as_str()
                .is_some_and(|says| says.contains("接近否决 首页无法打开")),
            "{says}"
        );
        assert_eq!(browser.value(CUT), json!([]), "at {width}");
    }
}

#[tokio::test]
async fn a_site_without_addresses_leads_to_no_assessment() {
    let mut group = group(4, 0);
    let blank = SiteId::parse("s01").expect("an id");
    group.sites.get_mut(&blank).expect("a site").home = None;
    let running = start(group, Commit::at(now())).await;
    for (site, leads) in [("s00", true), ("s01", false)] {
        let page = get(&running, &format!("/site/{site}")).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.body.contains("/assessment?site="), leads, "{site}");
    }
}

/// The parts of the page by where they begin.
const ORDER: &str = "['told', 'columns', 'sites', 'monitor'].sort((a, b) => { \
    const top = id => document.getElementById(id).getBoundingClientRect().top; return top(a) - top(b); })";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_telephone_what_needs_a_person_stands_first() {
    let running = start(group(4, 10), mixed()).await;
    let mut browser = Browser::start();
    browser.size(390, 844);
    browser.open(&format!("http://{}/", running.address));
    let order = browser.value(ORDER);
    assert_eq!(order, json!(["told", "columns", "sites", "monitor"]));
    assert!(browser.overhang() <= 0);
}
