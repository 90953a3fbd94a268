//! What a visit costs beside a bare fetch of the same page, in processor time of the client alone:
//! the server is another process. A page that has not changed must cost hardly more than its
//! fetch, and one that is new hardly more than its fetch and a bare parse.
//!
//! `cargo bench --bench fetching`
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot begin has nothing to measure"
)]

use std::collections::BTreeSet;
use std::fs;
use std::future::Future;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use reqwest::Client;
use reqwest::header::{ACCEPT_ENCODING, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use url::Url;
use wangxun::clock::Clock;
use wangxun::daemon::sameness::Digests;
use wangxun::daemon::visit::{Aimed, Means, digest_of, look};
use wangxun::domain::access::Access;
use wangxun::domain::reading_rules::Extras;
use wangxun::domain::visit::Validators;
use wangxun::extract::{Aim, Recipe};
use wangxun::fetch::client::{Fetcher, Identity};

mod made;

/// Requests of one measurement.
const VISITS: usize = 1500;
/// Requests in flight at one time.
const AT_ONCE: usize = 8;
const TAG: &str = "\"5f3c\"";
/// Tells the copy of this program that serves the pages which of them it is.
const SERVE: &str = "WANGXUN_BENCH_PAGE";

fn main() {
    if let Ok(page) = std::env::var(SERVE) {
        return serve(page.parse().expect("a number"));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    for (at, (name, text)) in pages().into_iter().enumerate() {
        let server = Server::start(at);
        println!("{name}, {} bytes", text.len());
        runtime.block_on(compare(&server.url(), &text));
    }
}

/// The pages that are fetched: a list and a home of usual size.
fn pages() -> Vec<(&'static str, String)> {
    let list = made::lists().into_iter().nth(1);
    let home = made::homes().into_iter().nth(1);
    list.into_iter().chain(home).collect()
}

/// Prints what each way of looking at one page costs.
async fn compare(url: &Url, text: &str) {
    // First, since it makes ready what the bare clients need too.
    let eye = Eye::new(url);
    let (client, pooled) = (client(0), client(AT_ONCE));
    let bare = measured(|| async { black_box(fetched(&client, url, false).await).len() }).await;
    let kept = measured(|| async { black_box(fetched(&pooled, url, false).await).len() }).await;
    let none = measured(|| async { black_box(fetched(&client, url, true).await).len() }).await;
    let parsed = measured(|| async {
        let body = fetched(&client, url, false).await;
        let text = String::from_utf8_lossy(&body);
        black_box(scraper::Html::parse_document(&text));
        body.len()
    })
    .await;
    let known = digest_of(text.as_bytes());
    let same = measured(|| eye.look(Validators::default(), Some(known.clone()))).await;
    let unmodified = measured(|| eye.look(tagged(), None)).await;
    let read = measured(|| eye.look(Validators::default(), None)).await;
    let rows = [
        ("bare fetch, connections kept", kept, kept),
        ("bare fetch", bare, bare),
        ("visit, same bytes", same, bare),
        ("bare fetch, 304", none, none),
        ("visit, 304", unmodified, none),
        ("bare fetch and parse", parsed, parsed),
        ("visit, page read", read, parsed),
    ];
    for (name, cost, beside) in rows {
        let ratio = cost.as_secs_f64() / beside.as_secs_f64();
        println!("  {name:<30} {cost:>10.1?} {ratio:>6.2}");
    }
}

/// The processor time of one call, of many made at once.
async fn measured<F: Future<Output = usize>>(call: impl Fn() -> F) -> Duration {
    let many = |count: usize| {
        stream::iter(0..count)
            .map(|_| call())
            .buffer_unordered(AT_ONCE)
            .collect::<BTreeSet<usize>>()
    };
    many(AT_ONCE * 4).await;
    let start = spent();
    black_box(many(VISITS).await);
    (spent() - start) / u32::try_from(VISITS).expect("a small number")
}

/// The processor time that this process has used.
fn spent() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("the process's own figures");
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    // A tick is a hundredth of a second on all common systems.
    Duration::from_millis(ticks * 10)
}

fn client(idle: usize) -> Client {
    let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("gzip"))]);
    Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(idle)
        .default_headers(headers)
        .build()
        .expect("a client")
}

async fn fetched(client: &Client, url: &Url, known: bool) -> Vec<u8> {
    let mut request = client.get(url.clone());
    if known {
        request = request.header(IF_NONE_MATCH, TAG);
    }
    let response = request.send().await.expect("an answer");
    black_box(response.headers().get(ETAG).cloned());
    response.bytes().await.expect("a body").to_vec()
}

fn tagged() -> Validators {
    Validators {
        etag: Some(TAG.to_owned()),
        last_modified: None,
    }
}

/// Looks at one page as the daemon does.
struct Eye {
    means: Means,
    access: Access,
    url: Url,
    clock: Arc<Clock>,
}

impl Eye {
    fn new(url: &Url) -> Eye {
        let identity = Identity {
            user_agent: "wangxun-bench".to_owned(),
        };
        Eye {
            means: Means {
                eye: None,
                fetcher: Fetcher::new(&identity).expect("a fetcher"),
                page_budget: 6,
                digests: Digests::default(),
            },
            access: Access {
                private_addresses: true,
                concurrency: AT_ONCE,
                pause: Duration::ZERO,
                ..Access::default()
            },
            url: url.clone(),
            clock: Arc::new(Clock::system()),
        }
    }

    async fn look(&self, validators: Validators, known: Option<String>) -> usize {
        let aimed = Aimed {
            url: &self.url,
            access: &self.access,
            recipe: Recipe::of(Aim::Column),
            validators,
            known,
            extra: Extras::NONE,
        };
        black_box(look(&self.means, aimed, self.clock.now()).await).bytes
    }
}

/// The process that serves a page.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start(page: usize) -> Server {
        let program = std::env::current_exe().expect("this program");
        let mut process = Command::new(program)
            .env(SERVE, page.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let mut line = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a port");
        Server {
            process,
            port: line.trim().parse().expect("a port"),
        }
    }

    fn url(&self) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}/xxgk/tzgg/", self.port)).expect("an address")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve(page: usize) {
    let (_, text) = pages().swap_remove(page);
    let text: Arc<str> = text.into();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    println!("{}", listener.local_addr().expect("a port").port());
    for stream in listener.incoming().flatten() {
        let text = text.clone();
        std::thread::spawn(move || answer(stream, &text));
    }
}

/// Answers the requests of one connection until it is closed.
fn answer(mut stream: TcpStream, text: &str) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    let idle_at = Instant::now() + Duration::from_secs(300);
    while Instant::now() < idle_at {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend(buffer.iter().take(count)),
        }
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let asked = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let reply = if asked.starts_with("get /robots.txt") {
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned()
        } else if asked.contains("if-none-match") {
            format!("HTTP/1.1 304 Not Modified\r\nETag: {TAG}\r\n\r\n")
        } else {
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: {TAG}\r\nContent-Length: {}\r\n\r\n{text}",
                text.len()
            )
        };
        if stream.write_all(reply.as_bytes()).is_err() {
            return;
        }
        request.clear();
    }
}
