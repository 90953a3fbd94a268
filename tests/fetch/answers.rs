//! What is made of one answer.

use std::process::Command;

use wangxun::domain::access::Access;
use wangxun::domain::page::Page;
use wangxun::domain::visit::{Failure, Outcome, Validators};
use wangxun::fetch::client::{FetchError, Fetcher, Identity};
use wangxun::fetch::tls::init_crypto;

use crate::site::{Reply, Site, answer, bytes, raw};
use crate::{AGENT, HTML, access, failure, fetcher, gzip, moved, ok, page, visit};

#[tokio::test]
async fn a_visit_says_who_asks_and_brings_the_page() {
    let site = Site::plain(|_| {
        let headers = "Content-Type: text/html; charset=gbk\r\nETag: \"5f-1\"\r\n\
             Last-Modified: Fri, 06 Nov 2026 01:02:03 GMT\r\n";
        answer("200 OK", headers, HTML)
    })
    .await;
    let url = site.url("/col/index.html?a=1#top");
    let visit = visit(&url, &access()).await;
    assert_eq!(visit.asked, url);
    let expected = Page {
        url: url.clone(),
        status: 200,
        content_type: Some("text/html; charset=gbk".to_owned()),
        body: HTML.as_bytes().to_vec(),
    };
    assert_eq!(page(&visit), &expected);
    assert_eq!(visit.validators.etag.as_deref(), Some("\"5f-1\""));
    let modified = visit.validators.last_modified.as_deref();
    assert_eq!(modified, Some("Fri, 06 Nov 2026 01:02:03 GMT"));

    let seen = site.seen();
    assert_eq!(seen.len(), 1);
    let request = &seen[0];
    assert_eq!(request.path, "/col/index.html?a=1");
    assert!(request.head.starts_with("GET "), "{}", request.head);
    assert_eq!(request.header("user-agent"), Some(AGENT));
    assert_eq!(request.header("accept-language"), Some("zh-CN,zh;q=0.9"));
    assert_eq!(request.header("accept-encoding"), Some("gzip, deflate"));
    for absent in ["if-none-match", "if-modified-since", "cookie", "referer"] {
        assert_eq!(request.header(absent), None, "{absent}");
    }
}

#[test]
fn proxies_of_the_environment_are_not_used() {
    let own = std::env::current_exe().expect("the test's own path");
    let mut again = Command::new(own);
    again.args([
        "--exact",
        "answers::a_visit_says_who_asks_and_brings_the_page",
    ]);
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        again.env(name, "http://127.0.0.1:1");
    }
    again.env_remove("no_proxy").env_remove("NO_PROXY");
    let output = again.output().expect("the test");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("1 passed"), "{told}");
}

#[test]
fn an_identity_that_cannot_be_told_is_refused_at_the_start() {
    init_crypto();
    init_crypto();
    let identity = Identity {
        user_agent: "wangxun\r\nX: y".to_owned(),
    };
    let refused = Fetcher::new(&identity);
    assert!(matches!(refused.err(), Some(FetchError::UserAgent)));
}

#[tokio::test]
async fn an_unchanged_page_is_known_by_its_validators() {
    let site = Site::plain(|request| match request.header("if-none-match") {
        Some("\"v1\"") => answer("304 Not Modified", "ETag: \"v2\"\r\n", ""),
        _ => ok(HTML),
    })
    .await;
    let known = Validators {
        etag: Some("\"v1\"".to_owned()),
        last_modified: Some("Fri, 06 Nov 2026 01:02:03 GMT".to_owned()),
    };
    let visit = fetcher().visit(&site.url("/"), &access(), &known).await;
    assert_eq!(visit.outcome, Outcome::NotModified);
    assert_eq!(visit.validators.etag.as_deref(), Some("\"v2\""));
    assert_eq!(visit.validators.last_modified, known.last_modified);
    let seen = site.seen();
    let since = seen[0].header("if-modified-since");
    assert_eq!(since, known.last_modified.as_deref());
}

#[tokio::test]
async fn a_304_that_nobody_asked_for_is_no_unchanged_page() {
    let site = Site::plain(|_| answer("304 Not Modified", "", "")).await;
    assert_eq!(
        failure(&site.url("/"), &access()).await,
        Failure::Status(304)
    );
}

#[tokio::test]
async fn validators_belong_to_the_asked_address_and_have_a_length() {
    let long = "x".repeat(257);
    let site = Site::plain(move |request| match request.path.as_str() {
        "/old" => Reply::Bytes(moved("/new")),
        "/long" => {
            let headers = format!("ETag: {long}\r\nLast-Modified: {long}\r\n");
            answer("200 OK", &headers, HTML)
        }
        _ => answer("200 OK", "ETag: \"new\"\r\n", HTML),
    })
    .await;
    let known = Validators {
        etag: Some("\"old\"".to_owned()),
        last_modified: Some("bad\nvalue".to_owned()),
    };
    let led = fetcher().visit(&site.url("/old"), &access(), &known).await;
    assert_eq!(page(&led).url, site.url("/new"));
    assert_eq!(led.validators, Validators::default());
    let seen = site.seen();
    let sent: Vec<_> = seen
        .iter()
        .map(|request| request.header("if-none-match"))
        .collect();
    assert_eq!(sent, [Some("\"old\""), None]);
    assert_eq!(seen[0].header("if-modified-since"), None);

    let long = visit(&site.url("/long"), &access()).await;
    assert_eq!(long.validators, Validators::default());
}

#[tokio::test]
async fn a_status_other_than_success_is_a_failure_of_its_own_kind() {
    let site = Site::plain(|request| {
        let status = request.path.trim_start_matches('/');
        // The body never ends: it must not be waited for.
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: 99\r\n\r\n");
        Reply::Stall(head.into_bytes())
    })
    .await;
    let blocked = [403, 405, 412, 418, 429, 521].map(|code| (code, Failure::Blocked(code)));
    let others = [302, 400, 401, 404, 410, 500, 502, 503].map(|code| (code, Failure::Status(code)));
    for (code, expected) in blocked.into_iter().chain(others) {
        let url = site.url(&format!("/{code}"));
        assert_eq!(failure(&url, &access()).await, expected);
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_is_none_is_named_for_what_it_is() {
    let huge = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(2 << 20));
    let cases: [(&str, Failure); 9] = [
        ("", Failure::Closed),
        ("HTTP/1.1 200 OK\r\nContent-", Failure::Closed),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<html>",
            Failure::Closed,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n",
            Failure::Closed,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<html>\r\n",
            Failure::BadAnswer,
        ),
        ("220 smtp.example.cn ready\r\n\r\n", Failure::BadAnswer),
        ("<html>no head at all</html>\r\n\r\n", Failure::BadAnswer),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            Failure::BadAnswer,
        ),
        (&huge, Failure::BadAnswer),
    ];
    for (text, expected) in cases {
        let text = text.to_owned();
        let short: String = text.chars().take(80).collect();
        let site = Site::plain(move |_| raw(&text)).await;
        assert_eq!(
            failure(&site.url("/"), &access()).await,
            expected,
            "{short:?}"
        );
    }
    let site = Site::plain(|_| Reply::Reset).await;
    assert_eq!(failure(&site.url("/"), &access()).await, Failure::Closed);
}

#[tokio::test]
async fn heads_that_browsers_accept_are_accepted() {
    let cases: [&[u8]; 7] = [
        b"HTTP/1.0 200 OK\r\n\r\n<p>",
        b"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n<p>",
        b"HTTP/1.1 200 \xb3\xc9\r\nContent-Length: 3\r\n\r\n<p>",
        b"HTTP/1.1 200 OK\nContent-Length: 3\n\n<p>",
        b"HTTP/1.1 200 OK\r\nBad Header: 1\r\nContent-Length: 3\r\n\r\n<p>",
        b"HTTP/1.1 200 OK\r\nServer : x\r\nContent-Length: 3\r\n\r\n<p>",
        b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 3\r\n\r\n<p>",
    ];
    for text in cases {
        let site = Site::plain(move |_| Reply::Bytes(text.to_vec())).await;
        let visit = visit(&site.url("/"), &access()).await;
        assert_eq!(
            page(&visit).body,
            b"<p>",
            "{}",
            String::from_utf8_lossy(text)
        );
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_taken() {
    let chunk = format!("{:x}\r\n{}\r\n", 4096, "a".repeat(4096));
    let endless = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        chunk.repeat(99)
    );
    let open = format!("HTTP/1.0 200 OK\r\n\r\n{}", "a".repeat(100_001));
    let bomb = bytes(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        gzip(&vec![b' '; 32 << 20]),
    );
    // The bomb itself is within the limit; only what it becomes is not.
    assert!(bomb.len() < 100_000);
    let cases = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n".to_vec(),
        endless.into_bytes(),
        open.into_bytes(),
        bomb,
        bytes("200 OK", "", gzip(&vec![b' '; 100_001])),
    ];
    let access = Access {
        body_limit: 100_000,
        ..access()
    };
    for case in cases {
        let site = Site::plain(move |_| Reply::Stall(case.clone())).await;
        assert_eq!(failure(&site.url("/"), &access).await, Failure::TooLarge);
    }
    let just = Site::plain(|_| ok(&"a".repeat(100_000))).await;
    assert_eq!(
        page(&visit(&just.url("/"), &access).await).body.len(),
        100_000
    );
}

#[tokio::test]
async fn a_body_is_read_whatever_its_coding_is_called() {
    let cut = |mut wire: Vec<u8>| {
        wire.truncate(wire.len() - 10);
        wire
    };
    let whole = Ok(HTML.as_bytes().to_vec());
    let cases = [
        (
            "Content-Encoding: gzip\r\n",
            gzip(HTML.as_bytes()),
            whole.clone(),
        ),
        ("", gzip(HTML.as_bytes()), whole.clone()),
        (
            "Content-Encoding: gzip\r\n",
            HTML.as_bytes().to_vec(),
            whole.clone(),
        ),
        ("Content-Encoding: br\r\n", HTML.as_bytes().to_vec(), whole),
        (
            "Content-Encoding: gzip\r\n",
            cut(gzip(HTML.as_bytes())),
            Err(Failure::BadAnswer),
        ),
        (
            "Content-Encoding: br\r\n",
            vec![0x8b; 99],
            Err(Failure::BadAnswer),
        ),
    ];
    for (headers, wire, expected) in cases {
        let site = Site::plain(move |_| answer("200 OK", headers, &wire)).await;
        let visit = visit(&site.url("/"), &access()).await;
        let got = match visit.outcome {
            Outcome::Page(page) => Ok(page.body),
            Outcome::Failed(failure) => Err(failure),
            Outcome::NotModified => panic!("not modified"),
        };
        assert_eq!(got, expected, "{headers:?}");
    }
}
