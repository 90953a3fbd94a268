//! Visits over TLS: papers, faults, and what becomes of plain http.

use std::time::Duration;

use url::Url;
use wangxun::domain::access::Access;
use wangxun::domain::reading_rules::{Extras, Header, ReadRules};
use wangxun::domain::visit::{CertificateFault, Detour, Failure, Outcome, Validators};
use wangxun::fetch::client::Fetcher;
use wangxun::fetch::tls::init_crypto;

use crate::site::{Authority, Greeting, Reply, Site, answer, bytes, self_signed};
use crate::{HTML, access, identity, moved, obedient, ok, page};

#[tokio::test]
async fn the_first_byte_is_waited_for_from_the_connection_on() {
    // The handshake alone takes longer than the first byte may take afterwards.
    let authority = Authority::new("known");
    let papers = authority.papers("localhost", 4000);
    let Greeting::Papers(acceptor) = papers else {
        panic!("no papers");
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(700)).await;
                use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
                let Ok(mut stream) = acceptor.accept(socket).await else {
                    return;
                };
                let _ = stream.read(&mut [0; 2048]).await;
                let _ = stream.write_all(&bytes("200 OK", "", HTML)).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    let access = Access {
        first_byte_timeout: Duration::from_millis(600),
        ..access()
    };
    let url = Url::parse(&format!("https://localhost:{port}/")).expect("an address");
    let fetcher = Fetcher::trusting(&identity(), authority.root.as_bytes()).expect("a fetcher");
    let visit = fetcher.visit(&url, &access, &Validators::default()).await;
    assert_eq!(page(&visit).body, HTML.as_bytes());
    assert!(700 <= visit.took_ms, "{}", visit.took_ms);
}

/// A TLS alert that ends the handshake.
fn alert(description: u8) -> Greeting {
    Greeting::Bytes(vec![0x15, 0x03, 0x03, 0x00, 0x02, 0x02, description])
}

/// A server hello that settles on TLS 1.0.
fn old_hello() -> Greeting {
    let mut hello = vec![
        0x16, 0x03, 0x01, 0x00, 0x2a, 0x02, 0x00, 0x00, 0x26, 0x03, 0x01,
    ];
    hello.extend_from_slice(&[7; 32]);
    hello.extend_from_slice(&[0x00, 0x00, 0x2f, 0x00]);
    Greeting::Bytes(hello)
}

fn trusting(authority: &Authority) -> Fetcher {
    Fetcher::trusting(&identity(), authority.root.as_bytes()).expect("a fetcher")
}

fn tls_faults(authority: &Authority) -> Vec<(&'static str, Greeting, Failure)> {
    let certificate = Failure::Certificate;
    vec![
        (
            "expired",
            authority.papers("localhost", 2020),
            certificate(CertificateFault::Expired),
        ),
        (
            "wrong name",
            authority.papers("www.example.cn", 4000),
            certificate(CertificateFault::Name),
        ),
        (
            "unknown",
            Authority::new("other").papers("localhost", 4000),
            certificate(CertificateFault::Chain),
        ),
        (
            "unknown under a known name",
            Authority::new("known").papers("localhost", 4000),
            certificate(CertificateFault::Chain),
        ),
        (
            "self-signed",
            self_signed(false),
            certificate(CertificateFault::Chain),
        ),
        (
            "own authority",
            self_signed(true),
            certificate(CertificateFault::Chain),
        ),
        ("handshake_failure", alert(40), Failure::TlsLegacy),
        ("protocol_version", alert(70), Failure::TlsLegacy),
        ("insufficient_security", alert(71), Failure::TlsLegacy),
        ("TLS 1.0", old_hello(), Failure::TlsLegacy),
        ("internal_error", alert(80), Failure::Tls),
        ("unrecognised_name", alert(112), Failure::Tls),
        (
            "http",
            Greeting::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
            Failure::Tls,
        ),
        ("closed", Greeting::Close, Failure::Closed),
    ]
}

#[tokio::test]
async fn what_is_wrong_with_https_is_told_apart() {
    init_crypto();
    let authority = Authority::new("known");
    let access = Access {
        http_fallback: false,
        lenient_certificates: false,
        ..access()
    };
    for (name, greeting, expected) in tls_faults(&authority) {
        let site = Site::greeting(greeting, |_| ok(HTML)).await;
        let url = site.url_by("https", "localhost", "/");
        let visit = trusting(&authority)
            .visit(&url, &access, &Validators::default())
            .await;
        assert_eq!(visit.outcome, Outcome::Failed(expected), "{name}");
        assert!(site.seen().is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_page_behind_an_unsound_certificate_is_read_and_told() {
    init_crypto();
    let authority = Authority::new("known");
    let access = Access {
        http_fallback: false,
        robots: true,
        ..access()
    };
    for (name, greeting, expected) in tls_faults(&authority) {
        let site = Site::greeting(greeting, |_| ok(HTML)).await;
        let url = site.url_by("https", "localhost", "/");
        let fetcher = trusting(&authority);
        let visit = fetcher.visit(&url, &access, &Validators::default()).await;
        let Failure::Certificate(unsound) = expected else {
            assert_eq!(visit.outcome, Outcome::Failed(expected), "{name}");
            continue;
        };
        assert_eq!(page(&visit).status, 200, "{name}");
        assert_eq!(visit.detour, Some(Detour::Unverified(unsound)), "{name}");
        assert_eq!(site.paths(), ["/robots.txt", "/"], "{name}");
        // A link to such a host stays suspected.
        let link = fetcher.check(&url, &access).await;
        assert_eq!(link, Err(Failure::Certificate(unsound)), "{name}");
        // What was written for this host is not sent to whoever stands there.
        let header = [Header::new("Referer", "http://a.cn/").expect("a header")];
        let rules = ReadRules {
            headers: header.to_vec(),
            ..ReadRules::default()
        };
        let extra = Extras::to(&url, Some(&rules));
        let nothing = Validators::default();
        let visit = fetcher.visit_with(&url, &access, &nothing, extra).await;
        let failed = Outcome::Failed(Failure::Certificate(unsound));
        assert_eq!(visit.outcome, failed, "{name}");
    }
}

#[tokio::test]
async fn https_with_known_papers_brings_the_page() {
    init_crypto();
    let authority = Authority::new("known");
    let rude = || Reply::Rude(format!("HTTP/1.0 200 OK\r\n\r\n{HTML}").into_bytes());
    let site = Site::greeting(
        authority.papers("localhost", 4000),
        move |request| match request.path.as_str() {
            "/rude" => rude(),
            "/cut" => Reply::Rude(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<html>".to_vec()),
            _ => ok(HTML),
        },
    )
    .await;
    let fetcher = trusting(&authority);
    let none = Validators::default();
    for path in ["/", "/rude"] {
        let url = site.url_by("https", "localhost", path);
        let visit = fetcher.visit(&url, &access(), &none).await;
        assert_eq!(page(&visit).body, HTML.as_bytes(), "{path}");
        assert_eq!(page(&visit).url, url);
    }
    let url = site.url_by("https", "localhost", "/cut");
    let visit = fetcher.visit(&url, &access(), &none).await;
    assert_eq!(visit.outcome, Outcome::Failed(Failure::Closed));
    assert!(site.seen().iter().all(|request| request.is_tls));
}

#[tokio::test]
async fn plain_http_is_tried_where_https_cannot_be_spoken() {
    init_crypto();
    let authority = Authority::new("known");
    for (name, greeting, fault) in tls_faults(&authority) {
        for access in [access(), obedient()] {
            let access = Access {
                lenient_certificates: false,
                ..access
            };
            let site = Site::greeting(greeting.clone(), |request| match request.path.as_str() {
                "/col/" => ok(HTML),
                "/back" => {
                    let host = request.header("host").expect("a host");
                    Reply::Bytes(moved(&format!("https://{host}/back")))
                }
                _ => answer("404 Not Found", "", ""),
            })
            .await;
            let fetcher = trusting(&authority);
            let url = site.url_by("https", "localhost", "/col/");
            let visit = fetcher.visit(&url, &access, &Validators::default()).await;
            let expected = site.url_by("http", "localhost", "/col/");
            assert_eq!(page(&visit).url, expected, "{name}");
            assert_eq!(visit.asked, url);
            assert_eq!(visit.detour, Some(Detour::Plain(fault.clone())), "{name}");
            // What http says besides does not hide what is wrong.
            for path in ["/back", "/missing"] {
                let url = site.url_by("https", "localhost", path);
                let visit = fetcher.visit(&url, &access, &Validators::default()).await;
                assert_eq!(
                    visit.outcome,
                    Outcome::Failed(fault.clone()),
                    "{name} {path}"
                );
            }
            // https is tried once a visit, also where http leads back to it.
            assert_eq!(site.handshakes(), 3, "{name}");
        }
    }
}

#[tokio::test]
async fn an_answer_over_https_is_never_tried_again_over_http() {
    init_crypto();
    let authority = Authority::new("known");
    let site = Site::greeting(authority.papers("localhost", 4000), |request| match request
        .path
        .as_str()
    {
        "/silent" => Reply::Stall(Vec::new()),
        "/closed" => Reply::Bytes(Vec::new()),
        _ => answer("403 Forbidden", "", ""),
    })
    .await;
    let access = Access {
        first_byte_timeout: Duration::from_millis(200),
        ..access()
    };
    let cases = [
        ("/", Failure::Blocked(403)),
        ("/silent", Failure::FirstByteTimeout),
        ("/closed", Failure::Closed),
    ];
    for (path, expected) in cases {
        let url = site.url_by("https", "localhost", path);
        let visit = trusting(&authority)
            .visit(&url, &access, &Validators::default())
            .await;
        assert_eq!(visit.outcome, Outcome::Failed(expected), "{path}");
    }
    assert!(site.seen().iter().all(|request| request.is_tls));
}
