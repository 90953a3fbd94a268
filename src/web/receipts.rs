//! The address to which a gateway posts what became of text messages.
//!
//! It stands outside of the guard of the pages: a gateway comes from outside and by the name that
//! it was told. What guards it is the last part of the address, which nobody else knows; without
//! it the address does not exist. A post is bounded in size and time, and is handed on unread.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, oneshot};

use super::Console;
use super::guard::armour;

/// The path, before its secret part.
pub const PATH: &str = "/receipts";
/// The longest post, in bytes.
const POST_BYTES: usize = 256 * 1024;
/// How long one post may take, its answer included.
const POST_WITHIN: Duration = Duration::from_secs(10);

/// Something that a gateway has posted.
#[derive(Debug)]
pub struct Posted {
    /// The body.
    pub body: Vec<u8>,
    /// Where the words go that the gateway wants to hear; `None`: it is to post again.
    pub answer: oneshot::Sender<Option<&'static str>>,
}

/// The address and who reads what is posted to it.
#[derive(Clone)]
pub struct Callback {
    /// The digest of the secret part: comparing it tells nobody how much of a guess was right.
    secret: [u8; 32],
    desk: mpsc::Sender<Posted>,
}

impl Callback {
    /// An address that ends in `secret`; posts go to `desk`.
    pub fn new(secret: &str, desk: mpsc::Sender<Posted>) -> Callback {
        Callback {
            secret: digest(secret),
            desk,
        }
    }
}

/// The route. Its answers carry the headers of all others. The host is not checked: a gateway calls through
/// whatever name or forwarded port it was given, and the check is there to keep pages of other origins from
/// *reading* through a name of theirs, which here would take the secret.
pub fn router() -> Router<Arc<Console>> {
    Router::new()
        .route(&format!("{PATH}/{{secret}}"), post(receive))
        .layer(from_fn(armour))
}

async fn receive(
    State(console): State<Arc<Console>>,
    Path(secret): Path<String>,
    body: Body,
) -> Response {
    let known = console.callback.as_ref();
    let Some(callback) = known.filter(|callback| callback.secret == digest(&secret)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match tokio::time::timeout(POST_WITHIN, hand_on(callback, body)).await {
        Ok(Ok(words)) => {
            let headers = [
                (CONTENT_TYPE, "application/json; charset=utf-8"),
                (CACHE_CONTROL, "no-store"),
            ];
            (headers, words).into_response()
        }
        Ok(Err(status)) => status.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn hand_on(callback: &Callback, body: Body) -> Result<&'static str, StatusCode> {
    let body = to_bytes(body, POST_BYTES)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let (answer, answered) = oneshot::channel();
    let posted = Posted {
        body: body.to_vec(),
        answer,
    };
    let again = StatusCode::SERVICE_UNAVAILABLE;
    callback.desk.send(posted).await.map_err(|_| again)?;
    answered.await.ok().flatten().ok_or(again)
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
