//! A gateway for text messages on a loopback socket that can be made to fail and keeps account of
//! every request: what a provider's own log would show.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How the gateway treats whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes every message.
    Open,
    /// Hangs up before it has read anything.
    Shut,
    /// Reads and answers 503.
    Busy,
    /// Answers 503 to every third request.
    Flaky,
    /// Takes the message and never says so.
    Holding,
    /// Takes the message and says so only when it is asked again.
    #[allow(dead_code, reason = "not every test needs every mood")]
    HoldingNew,
}

/// A request for sending.
#[derive(Debug, Clone)]
pub struct Posted {
    pub at: Instant,
    pub phone: String,
    pub text: String,
    pub key: String,
    pub is_taken: bool,
}

#[derive(Clone)]
pub struct Gateway {
    pub address: SocketAddr,
    book: Arc<Mutex<Book>>,
}

struct Book {
    mood: Mood,
    banned: BTreeSet<String>,
    knocks: usize,
    posted: Vec<Posted>,
}

impl Gateway {
    pub async fn start(mood: Mood) -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let gateway = Gateway {
            address: listener.local_addr().expect("an address"),
            book: Arc::new(Mutex::new(Book {
                mood,
                banned: BTreeSet::new(),
                knocks: 0,
                posted: Vec::new(),
            })),
        };
        let desk = gateway.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(desk.clone().receive(socket));
            }
        });
        gateway
    }

    pub fn turn(&self, mood: Mood) {
        self.book().mood = mood;
    }

    /// Refuses messages to `phone` for good.
    pub fn ban(&self, phone: &str) {
        self.book().banned.insert(phone.to_owned());
    }

    /// Connections so far.
    pub fn knocks(&self) -> usize {
        self.book().knocks
    }

    /// Requests so far, in order.
    pub fn posted(&self) -> Vec<Posted> {
        self.book().posted.clone()
    }

    /// Numbers and texts of the messages that were taken, by key: a gateway that looks at keys
    /// sends each of them once.
    pub fn taken(&self) -> BTreeMap<String, (String, String)> {
        let taken = self.posted().into_iter().filter(|posted| posted.is_taken);
        taken
            .map(|posted| (posted.key, (posted.phone, posted.text)))
            .collect()
    }

    /// How often each key was posted.
    pub fn times(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for posted in self.posted() {
            *times.entry(posted.key).or_default() += 1;
        }
        times
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().expect("the account")
    }

    async fn receive(self, mut socket: TcpStream) {
        let mood = {
            let mut book = self.book();
            book.knocks += 1;
            book.mood
        };
        if mood == Mood::Shut {
            return;
        }
        let Some(value) = read(&mut socket).await else {
            return;
        };
        let is_new = !self
            .times()
            .contains_key(value["key"].as_str().expect("a key"));
        let (status, code) = self.note(&value, mood);
        if mood == Mood::Holding || mood == Mood::HoldingNew && is_new {
            // Until the other side leaves.
            let _ = socket.read(&mut [0; 16]).await;
            return;
        }
        let body = json!({ "code": code }).to_string();
        let head = format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        // A sender that was killed does not hear it.
        let _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
        let _ = socket.shutdown().await;
    }

    /// Enters a request; the answer to it.
    fn note(&self, value: &Value, mood: Mood) -> (&'static str, &'static str) {
        let field = |name: &str| value[name].as_str().expect("a text").to_owned();
        let mut book = self.book();
        let phone = field("phone");
        let is_busy = match mood {
            Mood::Busy => true,
            Mood::Flaky => book.posted.len() % 3 == 1,
            Mood::Open | Mood::Shut | Mood::Holding | Mood::HoldingNew => false,
        };
        let is_banned = book.banned.contains(&phone);
        book.posted.push(Posted {
            at: Instant::now(),
            phone,
            text: field("text"),
            key: field("key"),
            is_taken: !is_busy && !is_banned,
        });
        match (is_busy, is_banned) {
            (true, _) => ("503 Service Unavailable", "busy"),
            (false, true) => ("200 OK", "1004"),
            (false, false) => ("200 OK", "0"),
        }
    }
}

/// The body of one request; nothing where it breaks off.
async fn read(socket: &mut TcpStream) -> Option<Value> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().expect("a length"))
            });
            if length.unwrap_or(0) <= body.len() {
                return serde_json::from_str(body).ok();
            }
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
