//! Visits over real sockets and real TLS: what arrives, and what each way of failing is called.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::net::TcpSocket;
use url::Url;
use wangxun::domain::access::Access;
use wangxun::domain::page::Page;
use wangxun::domain::visit::{Failure, Outcome, Validators, Visit};
use wangxun::fetch::client::{Fetcher, Identity};

#[path = "fetch/answers.rs"]
mod answers;

#[path = "fetch/https.rs"]
mod https;

#[path = "fetch/kept.rs"]
mod kept;

#[path = "fetch/manners.rs"]
mod manners;

#[path = "fetch/posting.rs"]
mod posting;

#[path = "fetch/redirects.rs"]
mod redirects;

#[path = "support/site.rs"]
mod site;

#[path = "fetch/waits.rs"]
mod waits;

use site::{Reply, Request, answer, bytes};

const AGENT: &str = "wangxun/0.1 (+https://www.example.gov.cn/jiance; mailto:jc@example.gov.cn)";
const HTML: &str = "<html><body><li><a href=a.html>x</a>2026-11-06</li></body></html>";

fn identity() -> Identity {
    Identity {
        user_agent: AGENT.to_owned(),
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(&identity()).expect("a fetcher")
}

/// Visits to this machine, as fast as it can.
fn access() -> Access {
    Access {
        robots: false,
        private_addresses: true,
        pause: Duration::ZERO,
        ..Access::default()
    }
}

fn obedient() -> Access {
    Access {
        robots: true,
        ..access()
    }
}

async fn visit(url: &Url, access: &Access) -> Visit {
    fetcher().visit(url, access, &Validators::default()).await
}

async fn failure(url: &Url, access: &Access) -> Failure {
    match visit(url, access).await.outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("{url} did not fail: {other:?}"),
    }
}

fn page(visit: &Visit) -> &Page {
    match &visit.outcome {
        Outcome::Page(page) => page,
        other => panic!("{} brought no page: {other:?}", visit.asked),
    }
}

fn ok(body: &str) -> Reply {
    answer("200 OK", "Content-Type: text/html\r\n", body)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).expect("compression");
    encoder.finish().expect("compression")
}

/// A script with an answer for each path, and 404 for the others.
fn by_path<const N: usize>(
    answers: [(&'static str, Vec<u8>); N],
) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |request| {
        let found = answers.iter().find(|(path, _)| *path == request.path);
        match found {
            Some((_, bytes)) => Reply::Bytes(bytes.clone()),
            None => answer("404 Not Found", "", ""),
        }
    }
}

fn moved(to: &str) -> Vec<u8> {
    bytes("302 Found", &format!("Location: {to}\r\n"), "")
}

/// An address that refuses: its port is taken, and nobody listens. It stays so while the socket is
/// held.
fn nobody() -> (Url, TcpSocket) {
    let socket = TcpSocket::new_v4().expect("a socket");
    let any = "127.0.0.1:0".parse().expect("an address");
    socket.bind(any).expect("a port");
    let address = socket.local_addr().expect("an address");
    let url = Url::parse(&format!("http://{address}/")).expect("an address");
    (url, socket)
}
