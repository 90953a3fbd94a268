//! Visits by POST: to hosts that hand out their data only then, under the bounds of every visit.

use std::time::Duration;

use url::Url;
use wangxun::config::read_rules::parse;
use wangxun::domain::access::Access;
use wangxun::domain::reading_rules::Extras;
use wangxun::domain::visit::{Failure, Outcome, Validators, Visit};

use crate::site::{Authority, Reply, Request, Site, answer};
use crate::{access, fetcher, obedient, ok, page};

const RULES: &str = "method = \"POST\"\nform = { \"PageCond/begin\" = 0, keywords = \"公租房\" }\n\
                     headers = { X-Requested-With = \"XMLHttpRequest\" }";
const FORM: &str = "PageCond%2Fbegin=0&keywords=%E5%85%AC%E7%A7%9F%E6%88%BF";
const DATA: &str = "{\"mailList\":[]}";

async fn posted(url: &Url, rules: &str, access: &Access) -> Visit {
    let rules = parse(rules).unwrap_or_else(|faults| panic!("{faults}"));
    let known = Validators {
        etag: Some("\"v1\"".to_owned()),
        last_modified: None,
    };
    let extra = Extras::to(url, Some(&rules));
    fetcher().visit_with(url, access, &known, extra).await
}

async fn fails(url: &Url, access: &Access) -> Failure {
    match posted(url, RULES, access).await.outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("{url} did not fail: {other:?}"),
    }
}

/// The method, path and body of each request.
fn said(site: &Site) -> Vec<(String, String, String)> {
    let said = |request: Request| {
        let method = request.head.split(' ').next().unwrap_or_default();
        (method.to_owned(), request.path.clone(), request.body)
    };
    site.seen().into_iter().map(said).collect()
}

fn only_by_post(request: &Request) -> Reply {
    match request.head.starts_with("POST ") {
        true => answer(
            "200 OK",
            "Content-Type: application/json\r\nETag: \"v1\"\r\n",
            DATA,
        ),
        false => answer("405 Method Not Allowed", "Allow: POST\r\n", ""),
    }
}

#[tokio::test]
async fn data_that_only_answers_a_post_is_fetched_as_it_is_laid_down() {
    let site = Site::plain(only_by_post).await;
    let url = site.url("/hd/mailList.biz.ext");
    let visit = posted(&url, RULES, &access()).await;
    assert_eq!(page(&visit).body, DATA.as_bytes());
    // What a POST brought before is no condition for the next.
    assert_eq!(visit.validators, Validators::default());
    let json = "method = \"POST\"\nbody = '{\"curPage\":\"1\"}'";
    let visit = posted(&url, json, &access()).await;
    assert_eq!(page(&visit).body, DATA.as_bytes());
    posted(&url, "method = \"POST\"", &access()).await;
    let bodies = [FORM, "{\"curPage\":\"1\"}", ""];
    let expected = bodies.map(|body| {
        let words = ["POST", "/hd/mailList.biz.ext", body];
        words.map(str::to_owned).into()
    });
    assert_eq!(said(&site), expected);
    let seen = site.seen();
    let told =
        |name: &str| -> Vec<Option<&str>> { seen.iter().map(|seen| seen.header(name)).collect() };
    let form = "application/x-www-form-urlencoded; charset=UTF-8";
    assert_eq!(
        told("content-type"),
        [Some(form), Some("application/json"), None]
    );
    assert_eq!(
        told("x-requested-with"),
        [Some("XMLHttpRequest"), None, None]
    );
    assert_eq!(told("content-length"), [Some("55"), Some("15"), Some("0")]);
    assert_eq!(told("if-none-match"), [None; 3]);
    // By GET the same address fails under its own name.
    let got = fetcher()
        .visit(&url, &access(), &Validators::default())
        .await;
    assert_eq!(got.outcome, Outcome::Failed(Failure::Blocked(405)));
}

#[tokio::test]
async fn a_redirect_carries_what_was_posted_only_where_it_asks_for_it_on_its_own_host() {
    let other = Site::plain(only_by_post).await;
    let away = other.url_by("http", "localhost", "/data");
    let site = Site::plain(move |request| {
        let to = |status: &str, place: &str| answer(status, &format!("Location: {place}\r\n"), "");
        match (request.path.as_str(), request.head.starts_with("POST ")) {
            ("/kept", _) => to("307 Temporary Redirect", "/data"),
            ("/seen", _) => to("303 See Other", "/shown"),
            ("/same", true) => to("302 Found", "/same"),
            ("/away", _) => to("308 Permanent Redirect", away.as_str()),
            ("/fetched", _) => to("302 Found", away.as_str()),
            ("/data", true) | ("/shown" | "/same", false) => ok(DATA),
            _ => answer("405 Method Not Allowed", "Allow: POST\r\n", ""),
        }
    })
    .await;
    let access = Access {
        also_hosts: vec!["localhost".to_owned()],
        ..access()
    };
    for path in ["/kept", "/seen", "/same"] {
        let visit = posted(&site.url(path), RULES, &access).await;
        assert_eq!(page(&visit).body, DATA.as_bytes(), "{path}");
    }
    let words = |method: &str, path: &str, body: &str| {
        (method.to_owned(), path.to_owned(), body.to_owned())
    };
    let expected = [
        words("POST", "/kept", FORM),
        words("POST", "/data", FORM),
        words("POST", "/seen", FORM),
        words("GET", "/shown", ""),
        words("POST", "/same", FORM),
        words("GET", "/same", ""),
    ];
    assert_eq!(said(&site), expected);
    let foreign = Failure::ForeignHost("localhost".to_owned());
    assert_eq!(fails(&site.url("/away"), &access).await, foreign);
    assert_eq!(said(&other), []);
    assert_eq!(
        fails(&site.url("/fetched"), &access).await,
        Failure::Blocked(405)
    );
    assert_eq!(said(&other), [words("GET", "/data", "")]);
}

#[tokio::test]
async fn a_post_keeps_to_robots_size_time_and_turn() {
    let long = "x".repeat(5000);
    let site = Site::plain(move |request| match request.path.as_str() {
        "/robots.txt" => ok("User-agent: *\nDisallow: /shut/\n"),
        "/long" => ok(&long),
        "/slow" => Reply::Stall(Vec::new()),
        _ => only_by_post(request),
    })
    .await;
    let access = Access {
        body_limit: 4096,
        first_byte_timeout: Duration::from_millis(300),
        pause: Duration::from_millis(200),
        ..obedient()
    };
    assert_eq!(
        fails(&site.url("/shut/data"), &access).await,
        Failure::Robots
    );
    assert_eq!(site.paths(), ["/robots.txt"], "nothing was posted");
    assert_eq!(fails(&site.url("/long"), &access).await, Failure::TooLarge);
    let slow = fails(&site.url("/slow"), &access).await;
    assert_eq!(slow, Failure::FirstByteTimeout);
    let rules = parse(RULES).unwrap_or_else(|faults| panic!("{faults}"));
    let (fetcher, url, nothing) = (fetcher(), site.url("/data"), Validators::default());
    let before = site.seen().len();
    for _ in 0..2 {
        let extra = Extras::to(&url, Some(&rules));
        fetcher.visit_with(&url, &access, &nothing, extra).await;
    }
    let starts: Vec<_> = site.seen()[before..]
        .iter()
        .filter(|request| request.path == "/data")
        .map(|request| request.at)
        .collect();
    assert!(
        starts[1] - starts[0] >= Duration::from_millis(190),
        "the host has its pause"
    );
}

#[tokio::test]
async fn what_was_to_travel_hidden_is_not_posted_in_the_clear() {
    let authority = Authority::new("Nobody Trusts");
    let site = Site::greeting(authority.papers("localhost", 2040), only_by_post).await;
    let access = Access {
        http_fallback: true,
        ..access()
    };
    let url = site.url_by("https", "localhost", "/data");
    let failed = fails(&url, &access).await;
    assert!(matches!(failed, Failure::Certificate(_)), "{failed:?}");
    assert_eq!(site.paths(), Vec::<String>::new());
}
