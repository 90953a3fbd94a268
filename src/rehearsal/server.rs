//! The rehearsed sites on the loopback interface: one listener a site, real HTTP, pages as of the
//! shared clock's now.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, LOCATION,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::dialect::pages::{self, Answer};
use super::site::Charset;
use super::truth::Truth;
use crate::clock::Clock;
use crate::domain::id::SiteId;
use crate::domain::time::{Moment, REHEARSAL_NOW};

/// Connections that one listener serves at one time; more wait in the system's queue.
const CONNECTIONS: usize = 32;
/// How long a request's head may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection that is never answered is held.
const HANG: Duration = Duration::from_secs(60);
/// The same where samples are taken, whose patience is real: longer than that of a visit.
const SHORT_HANG: Duration = Duration::from_millis(1_500);

/// One site that is being served.
#[derive(Debug, Clone)]
pub struct ServedSite {
    /// Which one.
    pub id: SiteId,
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<AtomicU64>,
}

impl ServedSite {
    /// How many requests reached it, those without an answer included.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// All listeners. They end when this is dropped.
#[derive(Debug)]
pub struct Servers {
    tasks: JoinSet<()>,
    /// The sites in the order of the roster.
    pub sites: Vec<ServedSite>,
}

/// What the answers of one site are made of.
struct Booth {
    truth: Arc<Truth>,
    place: usize,
    clock: Clock,
    requests: Arc<AtomicU64>,
    /// The site to which addresses of other sites lead; as they are written where there is none.
    portal: Option<SocketAddr>,
}

/// A connection that is to end without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the site is closed")]
struct Closed;

impl Servers {
    /// Opens a listener for every site.
    pub async fn start(truth: &Arc<Truth>, clock: &Clock) -> std::io::Result<Servers> {
        Servers::open(truth, clock, false).await
    }

    /// The same, with no page that leads beyond these sites: where links are asked, nothing leaves the
    /// machine.
    pub async fn start_near(truth: &Arc<Truth>, clock: &Clock) -> std::io::Result<Servers> {
        Servers::open(truth, clock, true).await
    }

    async fn open(truth: &Arc<Truth>, clock: &Clock, near: bool) -> std::io::Result<Servers> {
        let mut tasks = JoinSet::new();
        let mut sites = Vec::new();
        let mut portal = None;
        for (place, site) in truth.sites().iter().enumerate() {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            // The portal comes first.
            if near && portal.is_none() {
                portal = Some(listener.local_addr()?);
            }
            let requests = Arc::new(AtomicU64::new(0));
            sites.push(ServedSite {
                id: site.id.clone(),
                address: listener.local_addr()?,
                requests: requests.clone(),
            });
            let booth = Booth {
                truth: truth.clone(),
                place,
                clock: clock.clone(),
                requests,
                portal,
            };
            tasks.spawn(accept(listener, Arc::new(booth)));
        }
        Ok(Servers { tasks, sites })
    }

    /// Closes all listeners and connections.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn accept(listener: TcpListener, booth: Arc<Booth>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    while let Ok(permit) = room.clone().acquire_owned().await {
        while connections.try_join_next().is_some() {}
        // A failed accept concerns one client or passes; the listener goes on after a breath.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let booth = booth.clone();
        connections.spawn(async move {
            converse(stream, booth).await;
            drop(permit);
        });
    }
}

async fn converse(stream: TcpStream, booth: Arc<Booth>) {
    let service = service_fn(move |request| {
        let booth = booth.clone();
        async move { booth.respond(&request).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        // A connection that was kept and is closed just now would be a failure by chance.
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // Clients leave as they please, and closed sites end connections on purpose.
    let _ = connection.await;
}

impl Booth {
    async fn respond(&self, request: &Request<Incoming>) -> Result<Response<Full<Bytes>>, Closed> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let site = self.truth.sites().get(self.place).ok_or(Closed)?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Ok(plain(StatusCode::METHOD_NOT_ALLOWED, String::new()));
        }
        let path = request.uri().path();
        let now = told(request.headers()).unwrap_or_else(|| self.clock.now());
        match pages::answer(&self.truth, site, path, now) {
            Answer::Close => Err(Closed),
            Answer::Hang => {
                let hang = self.portal.map_or(HANG, |_| SHORT_HANG);
                tokio::time::sleep(hang).await;
                Err(Closed)
            }
            Answer::Text(text) => Ok(plain(StatusCode::OK, text)),
            Answer::Redirect(to) => {
                let mut response = plain(StatusCode::FOUND, String::new());
                set(response.headers_mut(), LOCATION, to);
                Ok(response)
            }
            Answer::Page(status, html) => {
                let html = self
                    .portal
                    .map_or(html.clone(), |portal| near(&html, portal));
                Ok(self.page(request.headers(), status, &html))
            }
        }
    }

    /// A page in the site's bytes, headers and codings.
    fn page(&self, asked: &HeaderMap, status: u16, html: &str) -> Response<Full<Bytes>> {
        let Some(traits) = self.truth.sites().get(self.place).map(|site| site.traits) else {
            return plain(StatusCode::NOT_FOUND, String::new());
        };
        let (body, kind) = match (traits.charset, traits.says_charset) {
            (Charset::Gbk, _) => (encoding_rs::GBK.encode(html).0.into_owned(), "text/html"),
            (Charset::Utf8, true) => (html.as_bytes().to_vec(), "text/html; charset=UTF-8"),
            (Charset::Utf8, false) => (html.as_bytes().to_vec(), "text/html"),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        let etag = format!("\"{:08x}-{:x}\"", crc32fast::hash(&body), body.len());
        let tagged = traits.etag && status == StatusCode::OK;
        if tagged
            && asked
                .get(IF_NONE_MATCH)
                .is_some_and(|old| old == etag.as_str())
        {
            let mut response = plain(StatusCode::NOT_MODIFIED, String::new());
            set(response.headers_mut(), ETAG, &etag);
            return response;
        }
        let packed = (traits.gzip && takes_gzip(asked))
            .then(|| gzip(&body))
            .flatten();
        let coded = packed.is_some();
        let mut response = Response::new(Full::new(Bytes::from(packed.unwrap_or(body))));
        *response.status_mut() = status;
        set(response.headers_mut(), CONTENT_TYPE, kind);
        if coded {
            set(response.headers_mut(), CONTENT_ENCODING, "gzip");
        }
        if tagged {
            set(response.headers_mut(), ETAG, &etag);
        }
        response
    }
}

/// A page whose links to sites beyond the group lead to the portal.
fn near(html: &str, portal: SocketAddr) -> String {
    let mut page = html.to_owned();
    for (beyond, path) in pages::BEYOND {
        page = page.replace(beyond, &format!("http://{portal}{path}"));
    }
    page
}

/// The time that a rehearsal tells, if one asks.
fn told(headers: &HeaderMap) -> Option<Moment> {
    let text = headers.get(REHEARSAL_NOW)?.to_str().ok()?;
    Moment::parse_from_rfc3339(text).ok()
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let accepted = asked.get(ACCEPT_ENCODING);
    accepted.is_some_and(|value| value.to_str().is_ok_and(|text| text.contains("gzip")))
}

fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::Write::write_all(&mut encoder, body).ok()?;
    encoder.finish().ok()
}

fn plain(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    set(response.headers_mut(), CONTENT_TYPE, "text/plain");
    response
}

fn set(headers: &mut HeaderMap, name: hyper::header::HeaderName, value: &str) {
    if let Ok(value) = hyper::header::HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;
    use crate::rehearsal::truth::Options;

    #[test]
    fn no_page_leads_beyond_the_sites_where_links_are_asked() {
        let truth = Truth::new(Options::demo()).unwrap();
        let at = moment("2017-11-01T12:00:00".parse().unwrap());
        let portal = "127.0.0.1:1".parse().unwrap();
        let mut read = 0;
        for site in truth.sites() {
            let lists = site.columns.iter().map(|column| site.list_path(column));
            let paths = ["/", "/index.html", "/bszn/", "/ztzl/"].map(str::to_owned);
            for path in lists.chain(paths) {
                let Answer::Page(200, html) = pages::answer(&truth, site, &path, at) else {
                    continue;
                };
                let html = near(&html, portal);
                let mut links = html.split("href=\"http://").skip(1);
                let beyond = links.find(|link| !link.starts_with("127.0.0.1:1/"));
                assert_eq!(beyond, None, "{} {path}", site.id);
                read += 1;
            }
        }
        assert!(read > 200, "{read}");
    }
}
