//! The HTTP clients, one for each way of connecting, and the moment a connection is made.
//!
//! Visits make a connection each: one that the server has closed meanwhile would look like a site
//! that closes on us, and a site is asked too seldom for it to matter. Who asks many pages of a host
//! in a row can keep connections.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, HeaderMap, HeaderValue};
use reqwest::{Certificate, Client};
use tokio::sync::Notify;
use tower_layer::Layer;
use tower_service::Service;

use super::guard::Resolver;
use crate::domain::access::Access;

/// Ways of connecting that are remembered. Real configurations have one or two, each in four
/// manners.
const CLIENTS: usize = 16;
/// Connections of one host that are kept.
const KEPT_A_HOST: usize = 2;
/// For how long a connection is kept that nobody uses: less than the five seconds after which a
/// common server closes it.
const KEPT_FOR: Duration = Duration::from_secs(4);

tokio::task_local! {
    /// What is told when the connection of the present request is made. Where none is kept, it is
    /// made inside the request's own future.
    static MADE: Arc<Notify>;
}

/// How connections are made, beside what a site's rules say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Manner {
    /// Whether they are kept for the next request, and such as were kept may be used.
    pub kept: bool,
    /// Whether certificates are taken as they are.
    pub lenient: bool,
}

/// What sets one client apart from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Terms {
    private_addresses: bool,
    connect_timeout: Duration,
    manner: Manner,
}

/// The clients, made when they are first needed.
pub(super) struct Clients {
    agent: HeaderValue,
    roots: Vec<Certificate>,
    made: Mutex<HashMap<Terms, Client>>,
}

impl Clients {
    /// No client yet. `roots` are trusted besides the system's.
    pub fn new(agent: HeaderValue, roots: Vec<Certificate>) -> Clients {
        Clients {
            agent,
            roots,
            made: Mutex::new(HashMap::new()),
        }
    }

    /// The client for visits under `access` in this manner.
    pub fn get(&self, access: &Access, manner: Manner) -> reqwest::Result<Client> {
        let terms = Terms {
            private_addresses: access.private_addresses,
            connect_timeout: access.connect_timeout,
            manner,
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = made.get(&terms) {
            return Ok(client.clone());
        }
        let client = self.build(terms)?;
        if CLIENTS <= made.len() {
            made.clear();
        }
        made.insert(terms, client.clone());
        Ok(client)
    }

    fn build(&self, terms: Terms) -> reqwest::Result<Client> {
        Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(if terms.manner.kept { KEPT_A_HOST } else { 0 })
            .pool_idle_timeout(KEPT_FOR)
            .tls_info(true)
            .user_agent(self.agent.clone())
            .default_headers(headers())
            .tls_danger_accept_invalid_certs(terms.manner.lenient)
            .tls_certs_merge(self.roots.iter().cloned())
            .connect_timeout(terms.connect_timeout)
            .dns_resolver(Resolver {
                private_addresses: terms.private_addresses,
                // A resolver that hangs is told from a host that does.
                patience: terms.connect_timeout.mul_f32(0.75),
            })
            .connector_layer(Announce)
            // What browsers overlook must not make a site unreadable.
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .build()
    }
}

fn headers() -> HeaderMap {
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static(accept)),
        (ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate")),
        (ACCEPT_LANGUAGE, HeaderValue::from_static("zh-CN,zh;q=0.9")),
    ])
}

/// Runs one request; `made` is notified when its connection is made, TLS included.
pub(super) async fn announcing<F: Future>(made: Arc<Notify>, request: F) -> F::Output {
    MADE.scope(made, request).await
}

/// Wraps the connector so that it tells when a connection is made.
#[derive(Debug, Clone, Copy)]
struct Announce;

impl<S> Layer<S> for Announce {
    type Service = Announcing<S>;

    fn layer(&self, inner: S) -> Announcing<S> {
        Announcing(inner)
    }
}

#[derive(Debug, Clone)]
struct Announcing<S>(S);

impl<S, R> Service<R> for Announcing<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connecting = self.0.call(request);
        Box::pin(async move {
            let connection = connecting.await?;
            // Outside a request's future nobody waits for it.
            let _ = MADE.try_with(|made| made.notify_one());
            Ok(connection)
        })
    }
}
