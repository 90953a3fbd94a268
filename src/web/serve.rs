//! The listening socket: how many connections, how long each may live, how large a request head
//! may be.
//!
//! Not `axum::serve`, which bounds none of them.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower_service::Service as _;

use super::access::gate::Peer;
use super::{Console, router};

/// Connections at one time; more wait in the kernel's queue.
const CONNECTIONS: usize = 64;
/// How long a request's head may take, and how long a kept connection may be idle.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// The same while more than half of the places are taken: whoever sends half a request keeps nobody out
/// for long.
const HEAD_HURRIED: Duration = Duration::from_secs(2);
/// How long one connection may live in all, so that slow readers do not hold places for ever.
const CONNECTION_WITHIN: Duration = Duration::from_secs(120);
/// The largest request head, in bytes.
const HEAD_BYTES: usize = 16 * 1024;
/// How long open connections may go on after shutdown began.
const SHUTDOWN_WITHIN: Duration = Duration::from_secs(5);
/// How often an idle console says that it is alive.
const ALIVE_EVERY: Duration = Duration::from_secs(30);
/// The pause after the kernel refused a connection, for want of file descriptors for example.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves the console on `listener` until `shutdown` resolves; connections then get a few seconds.
pub async fn serve(
    listener: TcpListener,
    console: Console,
    shutdown: impl Future,
) -> io::Result<()> {
    serve_alive(listener, console, || (), shutdown).await
}

/// Like [`serve`]; `alive` is called with every connection and at least every half minute, as long
/// as there is a place for another one.
pub async fn serve_alive(
    listener: TcpListener,
    console: Console,
    alive: impl Fn(),
    shutdown: impl Future,
) -> io::Result<()> {
    let router = router(console);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        if places.available_permits() > 0 {
            alive();
        }
        let (place, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = tokio::time::sleep(ALIVE_EVERY) => continue,
            _ = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let patience = match places.available_permits() < CONNECTIONS / 2 {
                    true => HEAD_HURRIED,
                    false => HEAD_WITHIN,
                };
                let (peer, router) = (Peer(peer), router.clone());
                let connection = connection(stream, peer, router, patience, &graceful);
                tokio::spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "console could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(SHUTDOWN_WITHIN, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("console connections were still open at shutdown");
    }
    Ok(())
}

fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    patience: Duration,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + 'static {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().call(request)
    });
    let http = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let watched = graceful.watch(http);
    async move {
        match tokio::time::timeout(CONNECTION_WITHIN, watched).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "console connection ended early"),
            Err(_) => tracing::debug!("console connection outlived its time"),
        }
    }
}
