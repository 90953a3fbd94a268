//! A gateway for text messages as providers run them: one JSON request a message, a token in a
//! header, an answer with a receipt. It keeps what it accepted and can be made to fail.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::truth::{GatewayFault, Truth};
use crate::clock::Clock;
use crate::domain::time::Moment;

/// The path at which messages are taken.
pub const PATH: &str = "/v1/messages";
/// The longest request body.
const BODY_BYTES: usize = 64 * 1024;
/// Messages that are kept; later ones are answered and counted, not kept.
const KEPT: usize = 100_000;
/// Connections at one time.
const CONNECTIONS: usize = 32;
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request that is never answered is held.
const HANG: Duration = Duration::from_secs(60);

/// A message that the gateway took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// When, by the shared clock.
    pub at: Moment,
    /// To whom.
    pub phone: String,
    /// The text.
    pub text: String,
    /// The sender's key for this message.
    pub key: String,
    /// The receipt that was answered.
    pub receipt: String,
}

/// How often what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests of every sort.
    pub requests: u64,
    /// Requests whose key had been accepted before.
    pub duplicates: u64,
    /// Requests without the right token.
    pub unauthorised: u64,
    /// Requests that were no message.
    pub refused: u64,
    /// Requests that met a fault.
    pub faults: u64,
}

/// The gateway while it runs. Clones speak of the same one.
#[derive(Debug, Clone)]
pub struct GatewayHandle {
    address: SocketAddr,
    token: String,
    book: Arc<Mutex<Book>>,
}

/// The gateway's listener. It ends when this is dropped.
#[derive(Debug)]
pub struct GatewayServer {
    tasks: JoinSet<()>,
    /// What the outside may ask of it.
    pub handle: GatewayHandle,
}

#[derive(Debug, Default)]
struct Book {
    accepted: Vec<Accepted>,
    by_key: BTreeMap<String, String>,
    counts: Counts,
    listeners: Vec<UnboundedSender<Accepted>>,
    fault: Option<GatewayFault>,
}

/// A message as it is posted.
#[derive(Deserialize)]
struct Posted {
    phone: String,
    text: String,
    key: String,
}

struct Desk {
    handle: GatewayHandle,
    truth: Arc<Truth>,
    clock: Clock,
}

/// A connection that is to end without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the gateway says nothing")]
struct Unanswered;

impl GatewayServer {
    /// Opens the gateway; it fails when `truth` says so, or when it is told to.
    pub async fn start(
        truth: Arc<Truth>,
        clock: Clock,
        token: &str,
    ) -> std::io::Result<GatewayServer> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let handle = GatewayHandle {
            address: listener.local_addr()?,
            token: token.to_owned(),
            book: Arc::default(),
        };
        let desk = Desk {
            handle: handle.clone(),
            truth,
            clock,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::new(desk)));
        Ok(GatewayServer { tasks, handle })
    }

    /// Closes the listener and all connections.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

impl GatewayHandle {
    /// The address to post messages to.
    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// The token that senders must show as `Authorization: Bearer …`.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Every message that was accepted, in order.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.book().accepted.clone()
    }

    /// How often what happened.
    pub fn counts(&self) -> Counts {
        self.book().counts
    }

    /// Receives a copy of each message as it is accepted from now on.
    pub fn listen(&self) -> UnboundedReceiver<Accepted> {
        let (sender, receiver) = unbounded_channel();
        self.book().listeners.push(sender);
        receiver
    }

    /// Makes the gateway fail from now on, or work again with `None`, besides what the truth has
    /// planned.
    pub fn fail(&self, fault: Option<GatewayFault>) {
        self.book().fault = fault;
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// Takes a message, or recognises its key. Answers with the receipt.
    fn take(&mut self, posted: Posted, at: Moment) -> String {
        if let Some(receipt) = self.by_key.get(&posted.key) {
            self.counts.duplicates += 1;
            return receipt.clone();
        }
        let receipt = format!("sim-{:06}", self.by_key.len() + 1);
        if self.accepted.len() >= KEPT {
            return receipt;
        }
        self.by_key.insert(posted.key.clone(), receipt.clone());
        let accepted = Accepted {
            at,
            phone: posted.phone,
            text: posted.text,
            key: posted.key,
            receipt: receipt.clone(),
        };
        self.listeners
            .retain(|listener| listener.send(accepted.clone()).is_ok());
        self.accepted.push(accepted);
        receipt
    }
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    while let Ok(permit) = room.clone().acquire_owned().await {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let desk = desk.clone();
        connections.spawn(async move {
            converse(stream, desk).await;
            drop(permit);
        });
    }
}

async fn converse(stream: TcpStream, desk: Arc<Desk>) {
    let service = service_fn(move |request| {
        let desk = desk.clone();
        async move { desk.respond(request).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        // A connection that was kept and is closed just now would be a failure by chance.
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // A fault may end the connection on purpose, and clients leave as they please.
    let _ = connection.await;
}

impl Desk {
    async fn respond(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Unanswered> {
        let now = self.clock.now();
        let fault = {
            let mut book = self.handle.book();
            book.counts.requests += 1;
            let fault = book.fault.or_else(|| self.truth.gateway_fault(now));
            book.counts.faults += u64::from(fault.is_some());
            fault
        };
        match fault {
            Some(GatewayFault::Unavailable) => Ok(reply(
                StatusCode::SERVICE_UNAVAILABLE,
                &json!({"code": "503"}),
            )),
            Some(GatewayFault::Silent) => {
                tokio::time::sleep(HANG).await;
                Err(Unanswered)
            }
            Some(GatewayFault::AcceptsAndDrops) => {
                self.receive(request, now).await;
                Err(Unanswered)
            }
            None => Ok(self.receive(request, now).await),
        }
    }

    async fn receive(&self, request: Request<Incoming>, now: Moment) -> Response<Full<Bytes>> {
        let wanted = format!("Bearer {}", self.handle.token);
        let shown = request.headers().get(AUTHORIZATION);
        if shown.is_none_or(|value| value.as_bytes() != wanted.as_bytes()) {
            self.handle.book().counts.unauthorised += 1;
            return reply(StatusCode::UNAUTHORIZED, &json!({"code": "401"}));
        }
        if request.method() != Method::POST || request.uri().path() != PATH {
            self.handle.book().counts.refused += 1;
            return reply(StatusCode::NOT_FOUND, &json!({"code": "404"}));
        }
        match posted(request.into_body()).await {
            Some(posted) => {
                let receipt = self.handle.book().take(posted, now);
                reply(
                    StatusCode::OK,
                    &json!({"code": "0", "data": {"id": receipt}}),
                )
            }
            None => {
                self.handle.book().counts.refused += 1;
                reply(
                    StatusCode::OK,
                    &json!({"code": "1004", "message": "bad request"}),
                )
            }
        }
    }
}

/// The message in a request body; `None` when there is none or its number cannot be one.
async fn posted(body: Incoming) -> Option<Posted> {
    let bytes = Limited::new(body, BODY_BYTES)
        .collect()
        .await
        .ok()?
        .to_bytes();
    let posted: Posted = serde_json::from_slice(&bytes).ok()?;
    let digits = posted.phone.strip_prefix('+').unwrap_or(&posted.phone);
    let dialable = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let said = !posted.text.is_empty() && !posted.key.is_empty();
    (dialable && said).then_some(posted)
}

fn reply(status: StatusCode, value: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(value.to_string())));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
