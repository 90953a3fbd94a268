//! One request to a gateway and its answer, within one timeout and bounded in size.
//!
//! Redirects are not followed, proxies of the environment are not used, connections are not kept:
//! a message must go where the configuration says, and a stale connection must not cost an
//! attempt.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{DATE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::answer::Answer;
use super::courier::{Attempt, DeliverError};
use crate::domain::retry_after::rest;

/// The longest wait that a gateway may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// The longest answer that is read, in bytes.
const ANSWER_BYTES: usize = 64 * 1024;

/// A client for one gateway.
pub struct Line {
    client: Client,
    timeout: Duration,
}

/// A request that got no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Why: English, not yet masked.
    pub why: String,
    /// Whether the gateway may have been given the request.
    pub maybe_taken: bool,
}

impl From<Unanswered> for Attempt {
    fn from(unanswered: Unanswered) -> Attempt {
        match unanswered.maybe_taken {
            true => Attempt::unanswered(unanswered.why),
            false => Attempt::failed(unanswered.why),
        }
    }
}

impl From<String> for Unanswered {
    /// What could not even be asked.
    fn from(why: String) -> Unanswered {
        Unanswered {
            why,
            maybe_taken: false,
        }
    }
}

impl Line {
    /// A client that names itself `user_agent` and waits for an answer `timeout` at most. Needs an
    /// installed TLS provider.
    pub fn new(user_agent: &str, timeout: Duration) -> Result<Line, DeliverError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(DeliverError::NoTlsProvider);
        }
        let agent = HeaderValue::from_str(user_agent)
            .map_err(|_| DeliverError::Gateway("user agent cannot stand in a header".to_owned()))?;
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .user_agent(agent)
            .build()
            .map_err(DeliverError::Client)?;
        Ok(Line { client, timeout })
    }

    /// A request to be filled.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends `request` and reads the answer; its body only where it is `wanted`. The error is for
    /// the log, not yet masked.
    pub async fn exchange(
        &self,
        request: RequestBuilder,
        wanted: bool,
    ) -> Result<Answer, Unanswered> {
        let deadline = Instant::now() + self.timeout;
        let mut response = timeout_at(deadline, request.send())
            .await
            .map_err(|_| Unanswered {
                why: "the gateway gave no answer in time".to_owned(),
                maybe_taken: true,
            })?
            .map_err(|error| Unanswered {
                why: innermost("the gateway", &error),
                maybe_taken: !(error.is_connect() || error.is_builder()),
            })?;
        let header = |name| {
            let value = response.headers().get(name)?;
            value.to_str().ok()
        };
        let retry_after =
            header(RETRY_AFTER).and_then(|value| rest(value, header(DATE), LONGEST_WAIT));
        // A body that hangs is no body: where the status alone decides, it must not undo it.
        let body = if wanted {
            timeout_at(deadline, json(&mut response))
                .await
                .unwrap_or(Err("its body did not end in time"))
        } else {
            Err("its body was not read")
        };
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after,
            body,
        })
    }
}

/// The host of `url` as it stands in the `Host` header.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The body as JSON, or why there is none.
async fn json(response: &mut Response) -> Result<Value, &'static str> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| "its body broke off")? {
        if ANSWER_BYTES < bytes.len() + chunk.len() {
            return Err("its body is longer than 64 KiB");
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|_| "its body is not JSON")
}

/// The last cause why `what` gave no answer, which is the telling one. The address is left out: it
/// may hold a number or a secret.
pub(super) fn innermost(what: &str, error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut told = None;
    while let Some(inner) = cause {
        told = Some(inner.to_string());
        cause = inner.source();
    }
    match told {
        Some(told) => format!("{what} cannot be reached: {told}"),
        None => format!("{what} cannot be reached"),
    }
}
