//! Visits of the daemon to columns with rules, over loopback sockets: who is sent the headers, and
//! when a page that did not change is read anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{Days, TimeDelta};
use url::Url;
use wangxun::assess::freshness::{Freshness, judge};
use wangxun::assess::limits::Limits;
use wangxun::assess::outage::is_blind;
use wangxun::daemon::front;
use wangxun::daemon::sameness::Digests;
use wangxun::daemon::visit::{Brought, Errand, Means, digest_of, visit};
use wangxun::domain::access::Access;
use wangxun::domain::class::Class;
use wangxun::domain::finding::{Finding, Unreadable};
use wangxun::domain::group::{Column, Identity as SiteIdentity, Site as Watched, Watch};
use wangxun::domain::id::{ColumnId, SiteId, UnitId};
use wangxun::domain::note::Note;
use wangxun::domain::observation::{Cause, ColumnRecord, Sight};
use wangxun::domain::reading_rules::ReadRules;
use wangxun::domain::time::{Moment, moment};
use wangxun::fetch::client::{Fetcher, Identity};

use super::rules;
use super::site::{Reply, Site, answer};

const HTML: &str = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";

fn means() -> Means {
    let identity = Identity {
        user_agent: "wangxun (test)".to_owned(),
    };
    Means {
        eye: None,
        fetcher: Fetcher::new(&identity).unwrap(),
        page_budget: 6,
        digests: Digests::default(),
    }
}

fn watched() -> Watched {
    Watched {
        id: SiteId::parse("kxw").unwrap(),
        unit: UnitId::parse("kxw").unwrap(),
        name: "科信委".to_owned(),
        home: None,
        access: Access {
            robots: true,
            private_addresses: true,
            also_hosts: vec!["localhost".to_owned()],
            pause: Duration::ZERO,
            ..Access::default()
        },
        identity: SiteIdentity::default(),
    }
}

fn column(url: &Url, read: Option<ReadRules>) -> Column {
    Column {
        id: ColumnId::parse("kxw/tzgg").unwrap(),
        site: SiteId::parse("kxw").unwrap(),
        unit: UnitId::parse("kxw").unwrap(),
        name: "通知公告".to_owned(),
        class: Class::Notices,
        url: Some(url.clone()),
        limit_days: None,
        on_demand: false,
        read,
        confirmed: true,
    }
}

fn at(hour: u32) -> Moment {
    moment(super::today().and_hms_opt(hour, 0, 0).unwrap())
}

async fn visited(column: &Column, before: Option<ColumnRecord>, hour: u32) -> Brought {
    let url = column.address().unwrap();
    let errand = Errand {
        column,
        site: &watched(),
        url,
        missing: None,
        anew: false,
        accepted_at: None,
    };
    visit(&means(), &errand, before, at(hour)).await
}

fn day(brought: &Brought) -> Option<String> {
    match brought.observation.sight.finding() {
        Some(Finding::Dated(update)) => Some(update.on.to_string()),
        _ => None,
    }
}

fn list(rows: &[(&str, &str)]) -> String {
    let rows = rows.iter().map(|(link, day)| {
        format!("<li><a href='{link}'>关于开展检查工作的通知{link}</a><b>{day}</b></li>")
    });
    format!(
        "<html><body><ul>{}</ul></body></html>",
        rows.collect::<String>()
    )
}

#[tokio::test]
async fn extra_headers_go_to_the_host_of_their_column_and_nowhere_else() {
    let page = list(&[("/a/1.html", ""), ("/a/2.html", "")]);
    let article = "<html><head><meta name=PubDate content='2018-03-05 10:00'></head><body><h1>关于开展检查工作的通知</h1></body></html>";
    let other = Site::plain(move |_| answer("200 OK", HTML, &page)).await;
    let away = other.url_by("http", "localhost", "/list.html");
    let page = list(&[("/a/1.html", ""), ("/a/2.html", "")]);
    let site = Site::plain(move |request| match request.path.as_str() {
        "/away.html" => answer("302 Found", &format!("Location: {away}\r\n"), ""),
        "/moved.html" => answer("302 Found", "Location: /list.html\r\n", ""),
        "/list.html" => answer("200 OK", HTML, &page),
        "/robots.txt" => answer("404 Not Found", HTML, ""),
        _ => answer("200 OK", HTML, article),
    })
    .await;
    let read =
        rules("row = \"li\"\nheaders = { Referer = \"http://a.gov.cn/\", X-Token = \"s3cr3t\" }");

    let brought = visited(
        &column(&site.url("/moved.html"), Some(read.clone())),
        None,
        8,
    )
    .await;
    assert_eq!(day(&brought).as_deref(), Some("2018-03-05"));
    let sent: Vec<(String, Option<String>)> = site
        .seen()
        .iter()
        .map(|seen| (seen.path.clone(), seen.header("x-token").map(str::to_owned)))
        .collect();
    let token = Some("s3cr3t".to_owned());
    // To the page, over a redirect on its host, and to its articles; not with the question of what
    // the host permits.
    let expected = [
        ("/robots.txt", None),
        ("/moved.html", token.clone()),
        ("/list.html", token.clone()),
        ("/a/1.html", token.clone()),
        ("/a/2.html", token),
    ];
    assert_eq!(sent, expected.map(|(path, sent)| (path.to_owned(), sent)));

    visited(&column(&site.url("/away.html"), Some(read)), None, 9).await;
    let elsewhere = other.seen();
    assert!(elsewhere.iter().any(|seen| seen.path == "/list.html"));
    for seen in elsewhere {
        assert_eq!(seen.header("x-token"), None, "{}", seen.path);
        assert_eq!(seen.header("referer"), None, "{}", seen.path);
    }
    // Another column of the same host is sent nothing of it.
    let before = site.seen().len();
    visited(&column(&site.url("/list.html"), None), None, 10).await;
    assert!(
        site.seen()[before..]
            .iter()
            .all(|seen| seen.header("x-token").is_none())
    );
}

#[tokio::test]
async fn changed_rules_read_a_page_anew_although_it_did_not_change() {
    let text = list(&[("1.html", "01/03/2018"), ("2.html", "02/03/2018")]);
    let site = Site::plain(move |request| {
        let known = request.header("if-none-match") == Some("\"v1\"");
        match request.path.as_str() {
            "/robots.txt" => answer("404 Not Found", HTML, ""),
            _ if known => {
                Reply::Bytes(b"HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n".to_vec())
            }
            _ => answer("200 OK", &format!("{HTML}ETag: \"v1\"\r\n"), &text),
        }
    })
    .await;
    let url = site.url("/list.html");
    // Read the wrong way round, the newest is the third of February.
    let wrong = rules("row = \"li\"\ndate = \"b\"\ndate_format = \"%m/%d/%Y\"");
    let right = rules("row = \"li\"\ndate = \"b\"\ndate_format = \"%d/%m/%Y\"");

    let first = visited(&column(&url, Some(wrong.clone())), None, 8).await;
    assert_eq!(day(&first).as_deref(), Some("2018-02-03"));
    let again = visited(&column(&url, Some(wrong)), Some(first.record), 9).await;
    assert!(matches!(again.observation.sight, Sight::Unchanged(_)));

    let mended = visited(&column(&url, Some(right.clone())), Some(again.record), 10).await;
    assert!(matches!(mended.observation.sight, Sight::Read(_)));
    assert_eq!(day(&mended).as_deref(), Some("2018-03-02"));
    // A change of rules explains that dates go backwards and the structure is another one.
    let back = rules("row = \"li:nth-child(1)\"\ndate = \"b\"\ndate_format = \"%d/%m/%Y\"");
    let mut moved = mended.record.clone();
    moved.signature = Some("table>tr".to_owned());
    let earlier = visited(&column(&url, Some(back)), Some(moved), 11).await;
    assert_eq!(day(&earlier).as_deref(), Some("2018-03-01"));
    assert_eq!(earlier.record.blind, None);
    // What an earlier program read, or read at another address, is read anew as well.
    let mut unnamed = mended.record.clone();
    unnamed.reader = None;
    let read = visited(&column(&url, Some(right.clone())), Some(unnamed), 12).await;
    assert!(matches!(read.observation.sight, Sight::Read(_)));
    let elsewhere = column(&site.url("/list.html?b"), Some(right));
    let read = visited(&elsewhere, Some(mended.record), 13).await;
    assert!(matches!(read.observation.sight, Sight::Read(_)));
}

#[tokio::test]
async fn rules_that_match_nothing_make_blind_and_leave_what_was_read() {
    let text = list(&[("1.html", "2018-03-05"), ("2.html", "2018-03-01")]);
    let site = Site::plain(move |_| answer("200 OK", HTML, &text)).await;
    let url = site.url("/list.html");
    let first = visited(&column(&url, Some(rules("row = \"li\""))), None, 8).await;
    assert_eq!(day(&first).as_deref(), Some("2018-03-05"));
    let gone = column(&url, Some(rules("row = \"table.list tr\"")));
    let blind = visited(&gone, Some(first.record), 9).await;
    let why = Cause::Unreadable(Unreadable::NoRowsBySelector);
    assert_eq!(
        blind.record.blind.as_ref().map(|blind| &blind.why),
        Some(&why)
    );
    assert_eq!(why.in_chinese(), "配置的选择器未匹配到内容（疑似改版）");
    let known = blind
        .record
        .last_update
        .as_ref()
        .map(|update| update.on.to_string());
    assert_eq!(known.as_deref(), Some("2018-03-05"));
    assert_eq!(blind.record.empty_since, None);
    assert_eq!(blind.record.digest, None);
    // A unit hears nothing of it, though the last date that was read is long past its limit; the
    // operator does after the third visit.
    let rule = Limits::default().classes.remove(&Class::News).unwrap();
    let later = super::today() + Days::new(60);
    let mut record = blind.record;
    for hour in [10, 11] {
        assert!(!is_blind(&record, 3));
        record = visited(&gone, Some(record), hour).await.record;
    }
    assert!(is_blind(&record, 3));
    let judged = judge(
        Some(&record),
        Watch::Judged,
        rule.limit_days,
        &rule.ladder,
        later,
    );
    assert!(matches!(judged.freshness, Freshness::Unknown { .. }));
    assert_eq!(judged.tier, None);
}

#[tokio::test]
async fn data_is_asked_for_at_its_own_address_and_shown_as_the_columns_page() {
    let site = Site::plain(|request| match request.path.as_str() {
        "/robots.txt" => answer("404 Not Found", HTML, ""),
        "/common/search/1?_isJson=true" => answer(
            "200 OK",
            "Content-Type: application/javascript\r\n",
            r#"cb({"data":{"results":[{"title":"关于开展检查工作的通知","url":"c1/content.shtml","publishedTimeStr":"2018-03-05 10:00:00"}]}})"#,
        ),
        _ => answer("500 Internal Server Error", HTML, ""),
    })
    .await;
    let mut read = rules("json = \"ucap\"");
    read.data = Some(site.url("/common/search/1?_isJson=true"));
    let column = column(&site.url("/tzgg/common_list.shtml"), Some(read));
    let brought = visited(&column, None, 8).await;
    let Some(Finding::Dated(update)) = brought.observation.sight.finding() else {
        panic!("{:?}", brought.observation);
    };
    assert_eq!(update.on.to_string(), "2018-03-05");
    assert_eq!(
        update.evidence.page,
        site.url("/tzgg/common_list.shtml").as_str()
    );
    let link = site.url("/tzgg/c1/content.shtml");
    assert_eq!(update.evidence.link.as_deref(), Some(link.as_str()));
    let path = "data.results".to_owned();
    assert_eq!(brought.observation.notes[0], Note::RowsAt { path, rows: 1 });
    // The next visit finds the same bytes.
    let again = visited(&column, Some(brought.record), 9).await;
    assert!(matches!(again.observation.sight, Sight::Unchanged(_)));
}

#[tokio::test]
async fn a_home_page_that_did_not_change_is_read_anew_by_another_reader() {
    let page = list(&[("/a/1.html", "2018-03-05"), ("/a/2.html", "2018-03-01")]);
    let site = Site::plain(move |_| answer("200 OK", HTML, &page)).await;
    let home = site.url("/");
    let watched = Watched {
        home: Some(home.clone()),
        ..watched()
    };
    let visited = async |before| {
        let errand = front::Front {
            site: &watched,
            url: &home,
        };
        front::visit(&means(), &errand, before, at(9)).await.record
    };
    let mut record = visited(None).await;
    assert_eq!(record.blocks.len(), 1);
    // What is not read again keeps what was read before.
    record.blocks.clear();
    record = visited(Some(record)).await;
    assert!(record.blocks.is_empty());
    record.reader = Some("of a former version".to_owned());
    record = visited(Some(record)).await;
    assert_eq!(record.blocks.len(), 1);
}

#[tokio::test]
async fn a_home_page_that_shows_a_day_to_come_is_read_anew_until_it_has() {
    let site = Site::plain(move |request| {
        if request.head.to_lowercase().contains("if-none-match") {
            return answer("304 Not Modified", "Connection: close\r\n", "");
        }
        let page = list(&[
            ("/a/1.html", "2018-03-21"),
            ("/a/2.html", "2018-03-17"),
            ("/a/3.html", "2018-03-16"),
        ]);
        answer("200 OK", &format!("ETag: \"1\"\r\n{HTML}"), page)
    })
    .await;
    let home = site.url("/");
    let watched = Watched {
        home: Some(home.clone()),
        ..watched()
    };
    let errand = front::Front {
        site: &watched,
        url: &home,
    };
    let mut record = None;
    for (day, newest) in [(0, "2018-03-17"), (1, "2018-03-17"), (3, "2018-03-21")] {
        let now = at(9) + TimeDelta::days(day);
        let seen = front::visit(&means(), &errand, record, now).await.record;
        let on = seen
            .last_update
            .as_ref()
            .map(|update| update.on.to_string());
        assert_eq!(on.as_deref(), Some(newest), "{day}");
        assert_eq!(seen.digest.is_some(), day == 3, "{day}");
        record = Some(seen);
    }
}

#[tokio::test]
async fn a_home_page_is_copied_when_it_first_says_a_date_and_asked_for_where_no_copy_is() {
    let days = ["2018-03-05", "2018-03-05", "2018-03-06"];
    let seen = Arc::new(AtomicUsize::new(0));
    let shown = Arc::clone(&seen);
    let site = Site::plain(move |request| {
        if request.path == "/robots.txt" {
            return answer("404 Not Found", HTML, "");
        }
        if request.head.to_lowercase().contains("if-none-match") {
            return answer("304 Not Modified", "Connection: close\r\n", "");
        }
        let number = shown.load(Ordering::Relaxed);
        let page = list(&[("/a/1.html", days[number]), ("/a/2.html", "2018-03-01")]);
        let etag = format!("ETag: \"{number}\"\r\n{HTML}");
        answer("200 OK", &etag, format!("{page}<p>第{number}位访客</p>"))
    })
    .await;
    let home = site.url("/");
    let watched = Watched {
        home: Some(home.clone()),
        ..watched()
    };
    let visited = async |before, hour| {
        let errand = front::Front {
            site: &watched,
            url: &home,
        };
        front::visit(&means(), &errand, before, at(hour)).await
    };
    let first = visited(None, 8).await;
    let (digest, body) = first.body.expect("a copy");
    assert_eq!(digest, digest_of(&body));
    assert!(String::from_utf8(body).unwrap().contains("第0位访客"));
    assert_eq!(first.record.proof().expect("a proof").digest, digest);
    // Unchanged by the server's word, which costs nothing.
    let same = visited(Some(first.record.clone()), 9).await;
    assert_eq!(
        (same.body, &same.record.copies),
        (None, &first.record.copies)
    );
    // What an older program left names no copy: the server is not asked whether it changed.
    let mut former = first.record.clone();
    former.copies.clear();
    let again = visited(Some(former), 10).await;
    assert_eq!(again.body.expect("a copy").0, digest);
    assert_eq!(again.record.blocks, first.record.blocks);
    assert_eq!(again.record.proof().expect("a proof").seen_at, at(10));
    // Other bytes that say the same day are not kept; another day is.
    let mut record = first.record;
    for (number, copies) in [(1, 1), (2, 2)] {
        seen.store(number, Ordering::Relaxed);
        record.validators = Default::default();
        let brought = visited(Some(record), 11).await;
        assert_eq!(brought.body.is_some(), number == 2, "{number}");
        record = brought.record;
        assert_eq!(record.copies.len(), copies, "{number}");
    }
    let proof = record.proof().expect("a proof");
    assert_eq!(proof.newest_on(), "2018-03-06".parse().ok());
    assert_ne!(proof.digest, digest);
}

#[tokio::test]
async fn a_list_that_is_posted_for_is_read_anew_only_where_it_changed() {
    let row = |n: u32, replied: u32| {
        format!(
            "{{\"original_id\":\"AH{n}\",\"letter_title\":\"关于第{n}件事项的咨询\",\"create_date\":\"2018-03-1{n}\",\"isReply\":{replied}}}"
        )
    };
    let data = format!(
        "{{\"mailList\":[{},{},{}]}}",
        row(5, 0),
        row(2, 1),
        row(1, 1)
    );
    let letter = |day: &str| {
        format!(
            "<html><body><h1>关于事项的咨询</h1><div>来信时间：2018-03-11</div><p>请问如何办理？</p>\
             <div>答复时间：{day}</div><p>您好，请到服务窗口办理。</p></body></html>"
        )
    };
    let site = Site::plain(move |request| {
        let is_post = request.head.starts_with("POST ");
        match (request.path.as_str(), is_post) {
            ("/hd/list.mailList.biz.ext", true) => answer(
                "200 OK",
                "Content-Type: application/json\r\nETag: \"v1\"\r\n",
                &data,
            ),
            ("/hd/com.web.suggest.suggesDetail.flow?originalId=AH2", false) => {
                answer("200 OK", HTML, letter("2018-03-14"))
            }
            ("/hd/com.web.suggest.suggesDetail.flow?originalId=AH1", false) => {
                answer("200 OK", HTML, letter("2018-03-13"))
            }
            _ => answer("404 Not Found", HTML, ""),
        }
    })
    .await;
    let mut read = rules(
        "json = \"beijing-letters\"\nmethod = \"POST\"\nform = { \"PageCond/begin\" = 0, \"PageCond/length\" = 20 }",
    );
    read.data = Some(site.url("/hd/list.mailList.biz.ext"));
    let mut column = column(&site.url("/hd/list.flow"), Some(read));
    column.class = Class::Replies;
    // The letter that waits is nothing that the unit has done; the others are dated by their pages.
    let first = visited(&column, None, 8).await;
    assert_eq!(day(&first).as_deref(), Some("2018-03-14"));
    let asked: Vec<(String, bool)> = site
        .seen()
        .iter()
        .map(|seen| (seen.path.clone(), !seen.body.is_empty()))
        .collect();
    let of = |id: &str| format!("/hd/com.web.suggest.suggesDetail.flow?originalId={id}");
    let expected = [
        ("/robots.txt".to_owned(), false),
        ("/hd/list.mailList.biz.ext".to_owned(), true),
        (of("AH2"), false),
        (of("AH1"), false),
    ];
    assert_eq!(asked, expected);
    // A preset whose rows have their days: the same bytes need no reading.
    let mut read = rules(
        "json = { rows = \"mailList\", title = \"letter_title\", date = \"create_date\" }\nmethod = \"POST\"",
    );
    read.data = Some(site.url("/hd/list.mailList.biz.ext"));
    column.read = Some(read.clone());
    let first = visited(&column, None, 9).await;
    assert_eq!(day(&first).as_deref(), Some("2018-03-15"));
    let again = visited(&column, Some(first.record.clone()), 10).await;
    assert!(matches!(again.observation.sight, Sight::Unchanged(_)));
    assert_eq!(again.record.validators, Default::default());
    // What is posted is a part of the rules.
    read.post = rules("method = \"POST\"\nform = { page = 1 }").post;
    column.read = Some(read);
    let anew = visited(&column, Some(again.record), 11).await;
    assert!(matches!(anew.observation.sight, Sight::Read(_)));
    assert!(
        site.seen()
            .iter()
            .all(|seen| seen.header("if-none-match").is_none())
    );
}
