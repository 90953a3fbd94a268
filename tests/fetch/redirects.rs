//! Redirects, and the addresses that a visit may not lead to.

use url::Url;
use wangxun::domain::access::Access;
use wangxun::domain::visit::{Failure, Outcome, Validators};

use crate::site::{Reply, Site, answer};
use crate::{HTML, access, by_path, failure, fetcher, moved, ok, page, visit};

#[tokio::test]
async fn redirects_are_followed_so_far_and_no_further() {
    let site = Site::plain(|request| {
        let step: usize = request.path.trim_start_matches('/').parse().unwrap_or(0);
        match step {
            0 => ok(HTML),
            99 => Reply::Bytes(moved("/99#here")),
            98 => Reply::Bytes(moved("/97")),
            97 => Reply::Bytes(moved("/98")),
            _ => Reply::Bytes(moved(&format!("/{}", step - 1))),
        }
    })
    .await;
    let access = Access {
        redirects: 3,
        ..access()
    };
    let visit = visit(&site.url("/3"), &access).await;
    assert_eq!(page(&visit).url, site.url("/0"));
    assert_eq!(visit.asked, site.url("/3"));
    assert_eq!(site.paths(), ["/3", "/2", "/1", "/0"]);
    for path in ["/4", "/99", "/98"] {
        let before = site.seen().len();
        let failed = failure(&site.url(path), &access).await;
        assert_eq!(failed, Failure::TooManyRedirects, "{path}");
        assert!(site.seen().len() <= before + 4, "{path}");
    }
    let most = Access {
        redirects: usize::MAX,
        ..access
    };
    let before = site.seen().len();
    assert_eq!(
        failure(&site.url("/98"), &most).await,
        Failure::TooManyRedirects
    );
    assert_eq!(site.seen().len(), before + 2);
}

#[tokio::test]
async fn a_site_that_sends_the_visitor_back_with_a_cookie_is_no_loop() {
    let site = Site::plain(|request| match request.header("cookie") {
        Some(cookie) if cookie.contains("pass=1") => ok(HTML),
        _ => answer(
            "302 Found",
            "Location: /col/\r\nSet-Cookie: pass=1; Path=/\r\n",
            "",
        ),
    })
    .await;
    let fetcher = fetcher();
    for _ in 0..2 {
        let visit = fetcher
            .visit(&site.url("/col/"), &access(), &Validators::default())
            .await;
        assert_eq!(page(&visit).body, HTML.as_bytes());
    }
    let cookies: Vec<bool> = site
        .seen()
        .iter()
        .map(|seen| seen.header("cookie").is_some())
        .collect();
    // A visit ends with its cookies.
    assert_eq!(cookies, [false, true, false, true]);
}

#[tokio::test]
async fn a_redirect_leads_to_configured_hosts_only() {
    let other = Site::plain(|_| ok("other")).await;
    let target = other.url_by("http", "localhost", "/there");
    let site = Site::plain(by_path([
        ("/away", moved(target.as_str())),
        (
            "/login",
            moved(&format!(
                "http://me:word@127.0.0.1:{}/",
                other.address.port()
            )),
        ),
        ("/metadata", moved("http://169.254.169.254/latest/")),
        ("/file", moved("file:///etc/passwd")),
    ]))
    .await;
    let foreign = |host: &str| Failure::ForeignHost(host.to_owned());
    let strict = access();
    let cases = [
        ("/away", foreign("localhost")),
        ("/metadata", foreign("169.254.169.254")),
        ("/file", Failure::BadAnswer),
    ];
    for (path, expected) in cases {
        assert_eq!(failure(&site.url(path), &strict).await, expected);
    }
    assert!(other.seen().is_empty());

    let wider = Access {
        also_hosts: vec!["LocalHost".to_owned()],
        ..access()
    };
    assert_eq!(page(&visit(&site.url("/away"), &wider).await).url, target);
    // The same host on another port is the same host; a login in an address is not used.
    let visit = visit(&site.url("/login"), &strict).await;
    assert_eq!(page(&visit).body, b"other");
    assert_eq!(page(&visit).url.username(), "");
    assert_eq!(other.seen()[1].header("authorization"), None);
}

#[tokio::test]
async fn private_addresses_are_not_visited_without_a_permit() {
    let site = Site::plain(|_| ok(HTML)).await;
    let port = site.address.port();
    let strict = Access {
        private_addresses: false,
        also_hosts: vec!["127.0.0.1".to_owned(), "localhost".to_owned()],
        ..access()
    };
    let asking_robots = Access {
        robots: true,
        ..strict.clone()
    };
    for host in [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
    ] {
        for scheme in ["http", "https"] {
            let url = Url::parse(&format!("{scheme}://{host}:{port}/")).expect("an address");
            for access in [&strict, &asking_robots] {
                let failed = failure(&url, access).await;
                assert_eq!(failed, Failure::PrivateAddress, "{url}");
            }
        }
    }
    assert!(site.seen().is_empty());
    // One fetcher keeps the two kinds of visits apart.
    let fetcher = fetcher();
    let url = site.url_by("http", "localhost", "/");
    let none = Validators::default();
    for _ in 0..2 {
        assert_eq!(
            page(&fetcher.visit(&url, &access(), &none).await).status,
            200
        );
        let refused = fetcher.visit(&url, &strict, &none).await;
        assert_eq!(refused.outcome, Outcome::Failed(Failure::PrivateAddress));
    }
}
