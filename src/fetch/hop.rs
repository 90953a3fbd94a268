//! One request and its answer, on one connection.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, DATE, ETAG, HeaderMap, HeaderName,
    HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER, TRANSFER_ENCODING,
};
use reqwest::tls::TlsInfo;
use reqwest::{RequestBuilder, Response};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

use super::body::{Intake, Overflow};
use super::certificate;
use super::dates::Dates;
use super::dial::{self, Clients, Manner};
use super::fault::{self, Fault};
use super::guard;
use super::politeness::{Hosts, Manners, Turn};
use crate::clock::Clock;
use crate::domain::access::Access;
use crate::domain::posting::Post;
use crate::domain::reading_rules::Header;
use crate::domain::retry_after;
use crate::domain::time::{Moment, REHEARSAL_NOW};
use crate::domain::visit::{Failure, Validators};

/// The longest rest that is believed. A host that errs by a year must not be lost for a year.
const LONGEST_REST: Duration = Duration::from_secs(3600);
/// The longest validators that are kept, in bytes.
const ETAG_BYTES: usize = 256;
const LAST_MODIFIED_BYTES: usize = 64;

/// What one request asks for, and how.
pub(super) struct Errand<'a> {
    pub url: &'a Url,
    pub access: &'a Access,
    pub cookie: Option<HeaderValue>,
    /// Headers that this host is to be sent besides.
    pub extra: &'a [Header],
    /// What is sent where it is a POST.
    pub post: Option<&'a Post>,
    pub validators: Option<&'a Validators>,
    /// The least time since the last start on this host.
    pub pause: Duration,
    /// What is left of the time for the whole visit.
    pub budget: Duration,
    pub limit: usize,
    pub overflow: Overflow,
    /// Whether the head of the answer is enough.
    pub head_only: bool,
    /// How the connection is made.
    pub manner: Manner,
}

/// What came back.
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// Empty unless the status is a success.
    pub body: Vec<u8>,
    /// When the certificate ends with which the host showed itself.
    pub certificate_until: Option<Moment>,
}

/// Time spent with the other side, waiting for turns not included.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent(pub Duration);

/// What requests are made with.
pub(super) struct Line {
    pub clients: Clients,
    pub hosts: Hosts,
    /// Whose time every request tells, in a rehearsal.
    pub stamp: Option<Clock>,
    /// What time hosts told.
    pub dates: Dates,
}

impl Line {
    /// Makes one request when it is its turn, and adds what it took to `spent`.
    pub async fn ask(&self, errand: &Errand<'_>, spent: &mut Spent) -> Result<Answer, Fault> {
        if !errand.access.private_addresses && guard::is_private_literal(errand.url) {
            return Err(Fault::later(Failure::PrivateAddress));
        }
        let manners = Manners {
            concurrency: errand.access.concurrency,
            pause: errand.pause,
            patience: errand.access.total_timeout,
        };
        let turn = self
            .hosts
            .turn(errand.url, manners)
            .await
            .map_err(Fault::later)?;
        let start = Instant::now();
        let answer = self.exchange(errand, &turn, start + errand.budget).await;
        spent.0 += start.elapsed();
        answer
    }

    async fn exchange(
        &self,
        errand: &Errand<'_>,
        turn: &Turn,
        deadline: Instant,
    ) -> Result<Answer, Fault> {
        let response = self.head(errand, deadline).await?;
        // The resolver has checked the address already; this holds should it ever be bypassed.
        let peer = response.remote_addr();
        if !errand.access.private_addresses && peer.is_some_and(|peer| !guard::is_public(peer.ip()))
        {
            return Err(Fault::later(Failure::PrivateAddress));
        }
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        self.dates.hear(errand.url, &headers);
        if let Some(rest) = rest(status, &headers) {
            turn.rest(rest, fault::of_status(status));
        }
        let shown = response.extensions().get::<TlsInfo>();
        let certificate = shown.and_then(TlsInfo::peer_certificate);
        let certificate_until = certificate.and_then(certificate::valid_until);
        let body = match status {
            200..=299 if !errand.head_only => timeout_at(deadline, body(response, errand))
                .await
                .unwrap_or(Err(Failure::TotalTimeout))
                .map_err(Fault::later)?,
            _ => Vec::new(),
        };
        Ok(Answer {
            status,
            headers,
            body,
            certificate_until,
        })
    }

    /// The head of the answer. That a kept connection has ended meanwhile says nothing of the site:
    /// then a new one is made. What is posted is not sent twice.
    async fn head(&self, errand: &Errand<'_>, deadline: Instant) -> Result<Response, Fault> {
        if errand.manner.kept && errand.post.is_none() {
            match self.sent(errand, errand.manner, deadline).await {
                Err(fault) if fault.may_be_of_age() => {}
                answered => return answered,
            }
        }
        let anew = Manner {
            kept: false,
            ..errand.manner
        };
        self.sent(errand, anew, deadline).await
    }

    async fn sent(
        &self,
        errand: &Errand<'_>,
        manner: Manner,
        deadline: Instant,
    ) -> Result<Response, Fault> {
        // The first client was made at the start, so that only a machine that fails gets here.
        let client = self.clients.get(errand.access, manner).map_err(|error| {
            tracing::error!(error = %error, "no http client can be made");
            Fault::later(Failure::Tls)
        })?;
        let url = errand.url.clone();
        let begun = match errand.post {
            Some(post) => client.post(url).body(post.body()),
            None if errand.head_only => client.head(url),
            None => client.get(url),
        };
        let mut request = request(begun, errand);
        if let Some(clock) = &self.stamp {
            request = request.header(REHEARSAL_NOW, clock.now().to_rfc3339());
        }
        head(request, errand.access, manner.kept, deadline).await
    }
}

fn request(request: RequestBuilder, errand: &Errand<'_>) -> RequestBuilder {
    let mut headers = HeaderMap::new();
    for extra in errand.extra {
        let name = HeaderName::from_bytes(extra.name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&extra.value)) {
            headers.insert(name, value);
        }
    }
    let told = errand.post.and_then(Post::content_type);
    if let Some(Ok(told)) = told.map(HeaderValue::from_str) {
        headers.insert(CONTENT_TYPE, told);
    }
    if errand.post.is_some_and(|post| post.body().is_empty()) {
        // Unsaid, many servers ask for it (411).
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let mut set = |name: HeaderName, value: &Option<String>| {
        // What cannot stand in a header was never sent by a server.
        if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_str) {
            headers.insert(name, value);
        }
    };
    if let Some(validators) = errand.validators {
        set(IF_NONE_MATCH, &validators.etag);
        set(IF_MODIFIED_SINCE, &validators.last_modified);
    }
    if let Some(cookie) = &errand.cookie {
        headers.insert(COOKIE, cookie.clone());
    }
    request.headers(headers)
}

/// Waits for the head of the answer: until the connection is made as long as the client allows,
/// from then on as long as a first byte may take, and in all until the deadline. Of a connection
/// that was kept nobody hears that it is there: it has both times together.
async fn head(
    request: RequestBuilder,
    access: &Access,
    kept: bool,
    deadline: Instant,
) -> Result<Response, Fault> {
    let made = Arc::new(Notify::new());
    let impatience = impatience(made.clone(), access, kept);
    let sent = dial::announcing(made, request.send());
    tokio::select! {
        biased;
        response = sent => response.map_err(|error| Fault::of(&error)),
        () = impatience => Err(Fault::later(Failure::FirstByteTimeout)),
        () = tokio::time::sleep_until(deadline) => Err(Fault::later(Failure::TotalTimeout)),
    }
}

async fn impatience(made: Arc<Notify>, access: &Access, kept: bool) {
    match kept {
        true => sleep(access.connect_timeout).await,
        false => made.notified().await,
    }
    sleep(access.first_byte_timeout).await;
}

async fn body(mut response: Response, errand: &Errand<'_>) -> Result<Vec<u8>, Failure> {
    let is_long = |length: u64| usize::try_from(length).is_ok_and(|length| errand.limit < length);
    if errand.overflow == Overflow::Refuse && response.content_length().is_some_and(is_long) {
        return Err(Failure::TooLarge);
    }
    let header = |name| response.headers().get(name).map(HeaderValue::as_bytes);
    let coding = header(CONTENT_ENCODING).unwrap_or_default();
    let mut intake =
        Intake::new(coding, errand.limit, errand.overflow).expecting(response.content_length());
    // Without a length, the end of the connection is the end of the body, and old servers do not
    // part from TLS in the proper way.
    let is_open = response.content_length().is_none() && header(TRANSFER_ENCODING).is_none();
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) if intake.push(&bytes)? => {}
            Ok(_) => break,
            Err(error) if is_open && fault::is_end_of_connection(&error) => break,
            Err(error) => return Err(Fault::of(&error).failure),
        }
    }
    intake.finish()
}

/// The rest that an error answer asks for.
fn rest(status: u16, headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let asked = text(RETRY_AFTER).filter(|_| 400 <= status)?;
    retry_after::rest(asked, text(DATE), LONGEST_REST).filter(|rest| !rest.is_zero())
}

/// The validators of an answer; those too long to be kept are none.
pub(super) fn validators(headers: &HeaderMap) -> Validators {
    let kept = |name: HeaderName, limit: usize| {
        let text = headers.get(name)?.to_str().ok()?;
        (!text.is_empty() && text.len() <= limit).then(|| text.to_owned())
    };
    Validators {
        etag: kept(ETAG, ETAG_BYTES),
        last_modified: kept(LAST_MODIFIED, LAST_MODIFIED_BYTES),
    }
}
