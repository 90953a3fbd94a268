//! Robots and politeness, as the site sees them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use wangxun::domain::access::Access;
use wangxun::domain::visit::{Failure, Outcome, Validators, Visit};
use wangxun::fetch::client::Fetcher;

use crate::site::{Reply, Site, answer, bytes};
use crate::{HTML, access, failure, fetcher, gzip, moved, nobody, obedient, ok, page, visit};

#[tokio::test]
async fn robots_txt_is_asked_once_and_obeyed() {
    let rules = "User-agent: *\nDisallow: /\n\nUser-agent: wangxun\nDisallow: /inner/*.html$\n";
    let site = Site::plain(move |request| match request.path.as_str() {
        "/robots.txt" => answer("200 OK", "", rules),
        "/hop" => Reply::Bytes(moved("/inner/a.html")),
        _ => ok(HTML),
    })
    .await;
    let fetcher = fetcher();
    let none = Validators::default();
    let cases = [
        ("/col/", None),
        ("/inner/a.html", Some(Failure::Robots)),
        ("/inner/a.html?b", None),
        ("/hop", Some(Failure::Robots)),
    ];
    for (path, expected) in cases {
        let visit = fetcher.visit(&site.url(path), &obedient(), &none).await;
        match expected {
            None => assert_eq!(page(&visit).status, 200, "{path}"),
            Some(failure) => assert_eq!(visit.outcome, Outcome::Failed(failure), "{path}"),
        }
    }
    assert_eq!(
        site.paths(),
        ["/robots.txt", "/col/", "/inner/a.html?b", "/hop"]
    );
    // The owner of the site may permit what the file does not.
    let visit = fetcher
        .visit(&site.url("/inner/a.html"), &access(), &none)
        .await;
    assert_eq!(page(&visit).status, 200);
}

#[tokio::test]
async fn visits_at_one_time_ask_for_robots_txt_once() {
    let site = Site::plain(|request| match request.path.as_str() {
        "/robots.txt" => Reply::After(Duration::from_millis(100), bytes("200 OK", "", "")),
        _ => ok(HTML),
    })
    .await;
    let access = Access {
        concurrency: 8,
        ..obedient()
    };
    let fetcher = fetcher();
    let visits: Vec<_> = (0..8)
        .map(|number| {
            let (fetcher, access) = (fetcher.clone(), access.clone());
            let url = site.url(&format!("/{number}"));
            tokio::spawn(async move { fetcher.visit(&url, &access, &Validators::default()).await })
        })
        .collect();
    for visit in visits {
        assert_eq!(page(&visit.await.expect("a visit")).status, 200);
    }
    let asked = site
        .paths()
        .iter()
        .filter(|path| *path == "/robots.txt")
        .count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn what_robots_txt_fails_with_decides_whether_the_page_is_visited() {
    let visited: Result<u16, Failure> = Ok(200);
    let long = format!("# {}\nUser-agent: *\nDisallow: /", "x".repeat(600 * 1024));
    let cases: Vec<(&str, Vec<u8>, Result<u16, Failure>)> = vec![
        ("missing", bytes("404 Not Found", "", ""), visited.clone()),
        (
            "forbidden itself",
            bytes("403 Forbidden", "", ""),
            visited.clone(),
        ),
        (
            "a page",
            bytes("200 OK", "", "<html>User-agent: *</html>"),
            visited.clone(),
        ),
        (
            "a forbidding file",
            bytes("200 OK", "", "User-agent: *\nDisallow: /"),
            Err(Failure::Robots),
        ),
        (
            "compressed",
            bytes("200 OK", "", gzip(b"User-agent: *\nDisallow: /")),
            Err(Failure::Robots),
        ),
        ("too long", bytes("200 OK", "", long), visited.clone()),
        (
            "foreign",
            moved("http://localhost:1/robots.txt"),
            visited.clone(),
        ),
        ("a loop", moved("/robots.txt"), visited.clone()),
        ("elsewhere", moved("/r.txt"), Err(Failure::Robots)),
        ("broken", bytes("500 X", "", ""), Err(Failure::Status(500))),
        (
            "overrun",
            bytes("429 X", "", ""),
            Err(Failure::Blocked(429)),
        ),
        (
            "challenged",
            bytes("521 X", "", ""),
            Err(Failure::Blocked(521)),
        ),
        (
            "cut off",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_vec(),
            Err(Failure::Closed),
        ),
        ("no answer", Vec::new(), Err(Failure::Closed)),
    ];
    for (name, robots, expected) in cases {
        let site = Site::plain(move |request| match request.path.as_str() {
            "/robots.txt" => Reply::Bytes(robots.clone()),
            "/r.txt" => answer("200 OK", "", "User-agent: *\nDisallow: /col"),
            _ => ok(HTML),
        })
        .await;
        let got = match visit(&site.url("/col/"), &obedient()).await.outcome {
            Outcome::Page(page) => Ok(page.status),
            Outcome::Failed(failure) => Err(failure),
            Outcome::NotModified => panic!("not modified"),
        };
        assert_eq!(got, expected, "{name}");
        let was_visited = site.paths().contains(&"/col/".to_owned());
        assert_eq!(was_visited, expected.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn a_dead_host_is_dead_and_not_forbidding() {
    let (url, _held) = nobody();
    assert_eq!(failure(&url, &obedient()).await, Failure::Refused);

    let site = Site::plain(|_| Reply::Stall(Vec::new())).await;
    let access = Access {
        first_byte_timeout: Duration::from_millis(100),
        ..obedient()
    };
    let visit = visit(&site.url("/"), &access).await;
    assert_eq!(visit.outcome, Outcome::Failed(Failure::FirstByteTimeout));
    assert!(100 <= visit.took_ms);
    assert_eq!(site.paths(), ["/robots.txt"]);
}

/// Asserts that the site saw `count` requests, each at least `pause` after the one before. What it
/// sees is late by what the way takes, so they are held against the clock of the visitor, who was
/// not there before `begin`.
fn assert_spaced(site: &Site, begin: Instant, pause: Duration, count: u32) {
    let mut starts: Vec<Instant> = site.seen().iter().map(|request| request.at).collect();
    starts.sort();
    assert_eq!(starts.len(), count as usize);
    for (number, start) in (0..count).zip(starts) {
        let after = start - begin;
        assert!(pause * number <= after, "{number}: {after:?}");
    }
}

async fn crowd(fetcher: &Fetcher, site: &Site, access: &Access, visitors: usize) -> Vec<Visit> {
    let visits: Vec<_> = (0..visitors)
        .map(|number| {
            let (fetcher, access) = (fetcher.clone(), access.clone());
            let url = site.url(&format!("/{number}"));
            tokio::spawn(async move { fetcher.visit(&url, &access, &Validators::default()).await })
        })
        .collect();
    let mut ended = Vec::new();
    for visit in visits {
        ended.push(visit.await.expect("a visit"));
    }
    ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visits_to_one_host_come_one_after_another() {
    let slow = || Reply::After(Duration::from_millis(30), bytes("200 OK", "", HTML));
    let site = Site::plain(move |_| slow()).await;
    let ended = crowd(&fetcher(), &site, &access(), 8).await;
    assert!(ended.iter().all(|visit| page(visit).status == 200));
    assert_eq!((site.seen().len(), site.peak()), (8, 1));
}

#[tokio::test]
async fn a_host_that_may_be_asked_more_at_once_is() {
    // Nobody is answered before three have come, so fewer at once would never end.
    let barrier = Arc::new(tokio::sync::Barrier::new(3));
    let site =
        Site::plain(move |_| Reply::Together(barrier.clone(), bytes("200 OK", "", HTML))).await;
    let access = Access {
        concurrency: 3,
        ..access()
    };
    let ended = crowd(&fetcher(), &site, &access, 6).await;
    assert!(ended.iter().all(|visit| page(visit).status == 200));
    assert_eq!(site.peak(), 3);
}

#[tokio::test]
async fn starts_keep_their_distance_redirects_included() {
    let site = Site::plain(|request| match request.path.as_str() {
        "/0" => Reply::Bytes(moved("/there")),
        _ => ok(HTML),
    })
    .await;
    let access = Access {
        concurrency: 4,
        pause: Duration::from_millis(400),
        ..access()
    };
    let begin = Instant::now();
    crowd(&fetcher(), &site, &access, 3).await;
    assert_spaced(&site, begin, access.pause, 4);
}

#[tokio::test]
async fn waiting_for_a_turn_is_not_the_slowness_of_the_site() {
    let slow = || Reply::After(Duration::from_millis(100), bytes("200 OK", "", HTML));
    let site = Site::plain(move |_| slow()).await;
    let access = Access {
        pause: Duration::from_millis(500),
        ..access()
    };
    let begin = Instant::now();
    let fetcher = fetcher();
    let none = Validators::default();
    fetcher.visit(&site.url("/"), &access, &none).await;
    let second = fetcher.visit(&site.url("/"), &access, &none).await;
    // The second began no sooner than a pause after the first.
    let longest = (begin.elapsed() - access.pause).as_millis();
    let took = second.took_ms;
    assert!(100 <= took && u128::from(took) <= longest, "{took}");
}

#[tokio::test]
async fn a_crawl_delay_lengthens_the_pause() {
    let site = Site::plain(|request| match request.path.as_str() {
        "/robots.txt" => answer("200 OK", "", "User-agent: *\nCrawl-delay: 0.4"),
        _ => ok(HTML),
    })
    .await;
    let begin = Instant::now();
    crowd(&fetcher(), &site, &obedient(), 3).await;
    assert_spaced(&site, begin, Duration::from_millis(400), 4);
}

#[tokio::test]
async fn a_host_that_asks_for_rest_is_left_alone() {
    let date = "Date: Fri, 06 Nov 2026 12:00:00 GMT\r\n";
    let cases = [
        (
            "429 X",
            "Retry-After: 100\r\n".to_owned(),
            Failure::Blocked(429),
        ),
        (
            "503 X",
            "Retry-After: 999999999\r\n".to_owned(),
            Failure::Status(503),
        ),
        (
            "503 X",
            format!("{date}Retry-After: Fri, 06 Nov 2026 12:05:00 GMT\r\n"),
            Failure::Status(503),
        ),
    ];
    for (status, headers, expected) in cases {
        let site = Site::plain(move |_| answer(status, &headers, "")).await;
        let fetcher = fetcher();
        let none = Validators::default();
        for path in ["/a", "/b", "/c"] {
            let visit = fetcher.visit(&site.url(path), &access(), &none).await;
            assert_eq!(visit.outcome, Outcome::Failed(expected.clone()), "{path}");
        }
        assert_eq!(site.paths(), ["/a"]);
        // Another host does not rest.
        let other = Site::plain(|_| ok(HTML)).await;
        let visit = fetcher.visit(&other.url("/"), &access(), &none).await;
        assert_eq!(page(&visit).status, 200);
    }
}

#[tokio::test]
async fn a_short_rest_is_waited_for() {
    let count = AtomicUsize::new(0);
    let site = Site::plain(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => answer("503 X", "Retry-After: 1\r\n", ""),
        _ => ok(HTML),
    })
    .await;
    let fetcher = fetcher();
    let none = Validators::default();
    let first = fetcher.visit(&site.url("/"), &access(), &none).await;
    assert_eq!(first.outcome, Outcome::Failed(Failure::Status(503)));
    let second = fetcher.visit(&site.url("/"), &access(), &none).await;
    assert_eq!(page(&second).status, 200);
    let begin = site.seen()[0].at;
    assert_spaced(&site, begin, Duration::from_secs(1), 2);
    let longest = begin.elapsed() - Duration::from_secs(1);
    assert!(u128::from(second.took_ms) <= longest.as_millis());
}
