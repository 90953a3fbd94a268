//! A site on a loopback socket that answers by script and keeps account of who asked what, when,
//! and how many at one time. One port speaks http and, with papers, https.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use url::Url;

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    pub path: String,
    pub head: String,
    /// What was sent, where the head announces its length.
    pub body: String,
    pub is_tls: bool,
    pub at: Instant,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// What the site does with one request.
pub enum Reply {
    /// Sends these bytes and parts.
    Bytes(Vec<u8>),
    /// The same after a while.
    After(Duration, Vec<u8>),
    /// Sends these bytes and waits until the visitor leaves.
    Stall(Vec<u8>),
    /// Sends these bytes, and then a letter every so often until the visitor leaves.
    Drip(Vec<u8>, Duration),
    /// Sends these bytes once as many visitors are there at one time.
    Together(Arc<tokio::sync::Barrier>, Vec<u8>),
    /// Sends these bytes and parts from TLS without a word.
    Rude(Vec<u8>),
    /// Tears the connection down.
    Reset,
}

/// An answer with a status line, headers (each ended by a line break) and a length.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Reply {
    Reply::Bytes(bytes(status, headers, body))
}

pub fn bytes(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub fn raw(text: &str) -> Reply {
    Reply::Bytes(text.as_bytes().to_vec())
}

type Script = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

/// How the site greets a visitor who begins with TLS.
#[derive(Clone)]
pub enum Greeting {
    /// Takes it for http.
    None,
    Papers(TlsAcceptor),
    /// Answers the first message with these bytes.
    Bytes(Vec<u8>),
    /// Never answers.
    Silence,
    Close,
}

pub struct Site {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    now: Arc<AtomicUsize>,
    peak: Arc<AtomicUsize>,
    handshakes: Arc<AtomicUsize>,
}

impl Site {
    pub async fn plain(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Site {
        Site::greeting(Greeting::None, script).await
    }

    pub async fn greeting(
        greeting: Greeting,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let site = Site {
            address: listener.local_addr().expect("an address"),
            seen: Arc::default(),
            now: Arc::default(),
            peak: Arc::default(),
            handshakes: Arc::default(),
        };
        let desk = Desk {
            greeting,
            script: Arc::new(script),
            seen: site.seen.clone(),
            now: site.now.clone(),
            peak: site.peak.clone(),
            handshakes: site.handshakes.clone(),
        };
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(desk.clone().receive(socket));
            }
        });
        site
    }

    /// An address on this site, by number.
    pub fn url(&self, path: &str) -> Url {
        self.url_by("http", "127.0.0.1", path)
    }

    pub fn url_by(&self, scheme: &str, host: &str, path: &str) -> Url {
        let port = self.address.port();
        Url::parse(&format!("{scheme}://{host}:{port}{path}")).expect("an address")
    }

    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().expect("the account").clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.seen()
            .into_iter()
            .map(|request| request.path)
            .collect()
    }

    /// How often a visitor began with TLS.
    pub fn handshakes(&self) -> usize {
        self.handshakes.load(Ordering::SeqCst)
    }

    /// The most requests at one time.
    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }
}

#[derive(Clone)]
struct Desk {
    greeting: Greeting,
    script: Script,
    seen: Arc<Mutex<Vec<Request>>>,
    now: Arc<AtomicUsize>,
    peak: Arc<AtomicUsize>,
    handshakes: Arc<AtomicUsize>,
}

trait Stream: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

impl Desk {
    async fn receive(self, mut socket: TcpStream) {
        let mut first = [0];
        let is_tls = matches!(socket.peek(&mut first).await, Ok(1)) && first == [0x16];
        self.handshakes
            .fetch_add(usize::from(is_tls), Ordering::SeqCst);
        match self.greeting.clone() {
            Greeting::Papers(acceptor) if is_tls => {
                if let Ok(stream) = acceptor.accept(socket).await {
                    self.serve(Box::pin(stream), true).await;
                }
            }
            Greeting::Bytes(bytes) if is_tls => {
                let mut hello = [0; 4096];
                let _ = socket.read(&mut hello).await;
                let _ = socket.write_all(&bytes).await;
                let _ = socket.shutdown().await;
                until_gone(&mut socket).await;
            }
            Greeting::Silence if is_tls => until_gone(&mut socket).await,
            Greeting::Close if is_tls => {}
            _ => {
                // Only a plain connection can be torn down for certain.
                if let Some(Reply::Reset) = self.serve(Box::pin(&mut socket), false).await {
                    let _ = socket.set_zero_linger();
                }
            }
        }
    }

    /// Reads one request and answers it; hands back the reply that only the socket can give.
    async fn serve(&self, mut stream: Pin<Box<dyn Stream + '_>>, is_tls: bool) -> Option<Reply> {
        let at = Instant::now();
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(now, Ordering::SeqCst);
        let head = head(&mut stream).await;
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut request = Request {
            path,
            head,
            body: String::new(),
            is_tls,
            at,
        };
        request.body = body(&mut stream, request.header("content-length")).await;
        let reply = (self.script)(&request);
        self.seen.lock().expect("the account").push(request);
        let rest = give(&mut stream, reply, &self.now).await;
        if !matches!(rest, Some(Reply::Rude(_) | Reply::Reset)) {
            let _ = stream.shutdown().await;
        }
        rest
    }
}

/// Answers. The visitor counts as gone just before the last byte is sent, so that the next one is
/// never counted beside it.
async fn give(
    stream: &mut Pin<Box<dyn Stream + '_>>,
    reply: Reply,
    now: &AtomicUsize,
) -> Option<Reply> {
    let leave = || now.fetch_sub(1, Ordering::SeqCst);
    match reply {
        Reply::Bytes(bytes) => {
            leave();
            let _ = stream.write_all(&bytes).await;
        }
        Reply::After(wait, bytes) => {
            tokio::time::sleep(wait).await;
            leave();
            let _ = stream.write_all(&bytes).await;
        }
        Reply::Together(barrier, bytes) => {
            barrier.wait().await;
            leave();
            let _ = stream.write_all(&bytes).await;
        }
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            until_gone(stream).await;
            leave();
        }
        Reply::Drip(bytes, every) => {
            let mut sent = stream.write_all(&bytes).await;
            while sent.is_ok() {
                tokio::time::sleep(every).await;
                sent = stream.write_all(b"a").await;
                let _ = stream.flush().await;
            }
            leave();
        }
        Reply::Rude(bytes) => {
            leave();
            let _ = stream.write_all(&bytes).await;
            let _ = stream.flush().await;
            return Some(Reply::Rude(Vec::new()));
        }
        Reply::Reset => {
            leave();
            return Some(Reply::Reset);
        }
    }
    let _ = stream.flush().await;
    None
}

async fn until_gone(stream: &mut (impl AsyncRead + Unpin)) {
    let mut rest = [0; 1024];
    while matches!(stream.read(&mut rest).await, Ok(1..)) {}
}

async fn head(stream: &mut Pin<Box<dyn Stream + '_>>) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).expect("a head in ASCII")
}

/// An authority that signs certificates.
pub struct Authority {
    /// In PEM, for the visitor.
    pub root: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new(name: &str) -> Authority {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).expect("a certificate").pem();
        let issuer = Issuer::new(params, key);
        Authority { root, issuer }
    }

    /// Papers for `host` that are valid until the end of `year`.
    pub fn papers(&self, host: &str, year: i32) -> Greeting {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect("parameters");
        params.not_after = date_time_ymd(year, 12, 31);
        let paper = params.signed_by(&key, &self.issuer).expect("a certificate");
        greeting(paper.der().clone(), &key)
    }
}

/// Papers for `localhost` that nobody signed.
pub fn self_signed(is_authority: bool) -> Greeting {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    if is_authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let paper = params.self_signed(&key).expect("a certificate");
    greeting(paper.der().clone(), &key)
}

fn greeting(paper: CertificateDer<'static>, key: &KeyPair) -> Greeting {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![paper], key)
        .expect("papers");
    Greeting::Papers(TlsAcceptor::from(Arc::new(config)))
}

async fn body(stream: &mut Pin<Box<dyn Stream + '_>>, length: Option<&str>) -> String {
    let length = length.map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.expect("a body");
    String::from_utf8(body).expect("a body in UTF-8")
}
