//! The first page: counts by tier, sites that do not open, finding by name; and that nothing in a
//! square is cut.

use chrono::TimeDelta;
use serde_json::json;
use wangxun::alert::incident::{Kind, Subject};
use wangxun::assess::ladder::Tier;
use wangxun::domain::id::SiteId;
use wangxun::domain::observation::{Blind, Cause};
use wangxun::domain::visit::Failure;
use wangxun::store::commit::Commit;

use crate::browser::Browser;
use crate::console::{TITLE, column_id, group, incident, now, record, start};
use crate::{get, mixed, sized};

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
    assert!(!site.contains("✕✕</span>严重超期"), "{site}");
    let square = home.split("href=\"/site/s04\"").nth(1).expect("a square");
    let (square, _) = square.split_once("</a>").expect("its end");
    assert!(
        square.contains("✕✕✕") && square.contains("督办："),
        "{square}"
    );
    let column = get(&running, "/column/s04/c00").await.body;
    assert!(column.contains("判定为严重超期（已督办）"), "{column}");
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

/// Under a filter, each count is of what it leads to.
#[tokio::test]
async fn counts_under_a_filter_are_those_of_the_lists_they_lead_to() {
    let running = start(group(5, 1), of_every_tier()).await;
    for (query, overdue, due) in [("unit=s02", 1, 0), ("q=s01", 0, 1), ("class=policy", 0, 0)] {
        let home = get(&running, &format!("/?{query}")).await.body;
        let mut tiles = home.split("<li class=");
        let tile = tiles.find(|tile| tile.contains("?state=overdue&"));
        let tile = tile.expect("a tile");
        assert!(
            tile.contains(&format!("<b>{overdue}</b>")),
            "{query}: {tile}"
        );
        assert!(
            home.contains(&format!("7天内到期<small>{due}个")),
            "{query}: {home}"
        );
        for (state, word, count) in [("overdue", "超期", overdue), ("week", "7天内到期", due)]
        {
            let list = get(&running, &format!("/?state={state}&{query}")).await;
            let head = format!("{word}的栏目<small>{count}个");
            assert!(list.body.contains(&head), "{query} {state}: {}", list.body);
        }
    }
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
async fn what_could_not_be_read_for_long_says_so_though_it_is_in_time() {
    let mut commit = Commit::at(now());
    // Of the host of the first nobody was told apart from the host: no incident is about the column.
    for (site, visits) in [(0, 9), (1, 2)] {
        let mut unread = record(&column_id(site, 0), 3, now() - TimeDelta::hours(1), TITLE);
        unread.blind = Some(Blind {
            since: now() - TimeDelta::days(2),
            visits,
            silent: visits,
            why: Cause::Failed(Failure::Refused),
        });
        commit.records.push(unread);
    }
    let host = Subject::Host("s00.example.cn".to_owned());
    commit.incidents = vec![incident(host, Kind::Down, None)];
    let running = start(group(2, 1), commit).await;
    let home = get(&running, "/").await.body;
    assert!(home.contains("多次未能读取的栏目</a><b>1</b>"), "{home}");
    assert!(
        home.contains("无法访问的主机（涉及1个网站）</a><b>1</b>"),
        "{home}"
    );
    let list = get(&running, "/?state=unread").await.body;
    assert!(list.contains("多次未能读取的栏目<small>1个"), "{list}");
    assert!(
        list.contains("<td class=\"remark\">11月16日12:00起未能读取</td>"),
        "{list}"
    );
    let column = get(&running, "/column/s00/c00").await.body;
    assert!(
        column.contains("11月16日12:00起未能读取，按此前读到的日期判断"),
        "{column}"
    );
    let other = get(&running, "/site/s01").await.body;
    assert!(!other.contains("起未能读取"), "{other}");
    let answer = get(&running, "/api/v1/columns?state=unread").await.body;
    assert!(
        answer.contains("\"unread_since\":\"2017-11-16T12:00:00+08:00\""),
        "{answer}"
    );
}

/// What can be reached by the tabulator and every heading, in the order of the document, by place.
const PLACES: &str = "Array.from(document.querySelectorAll('h1, h2, a[href], button, input, select'))\
    .filter(one => one.offsetParent && !one.matches('.skip, .skip *'))\
    .map(one => { const r = one.getBoundingClientRect(); return [r.top, r.bottom, r.left]; })";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telephone_shows_the_document_in_its_order_and_the_sites_early() {
    let running = start(group(48, 10), sized(48, 10)).await;
    let mut browser = Browser::start();
    browser.size(390, 844);
    browser.open(&format!("http://{}/", running.address));
    let places = browser.value(PLACES);
    let places = places.as_array().expect("places");
    let number = |place: &serde_json::Value, n: usize| place[n].as_f64().expect("a number");
    for pair in places.windows(2) {
        // Below, or beside in one row.
        let is_below = number(&pair[1], 1) > number(&pair[0], 0);
        assert!(is_below, "{pair:?}");
    }
    let grid = browser.value("document.querySelector('.grid').getBoundingClientRect().top");
    assert!(grid.as_f64().is_some_and(|top| top < 844.0), "{grid}");
    assert!(browser.overhang() <= 0);
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
    one.clientWidth > 1 && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1))\
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
