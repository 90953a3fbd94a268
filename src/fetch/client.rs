//! The visit: one address, asked politely, as far as its redirects lead.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Certificate;
use reqwest::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use tokio::time::Instant;
use url::{Position, Url};

use super::body::Overflow;
use super::dates::Dates;
use super::dial::{Clients, Manner};
use super::fault::{self, Fault};
use super::hop::{self, Answer, Errand, Line, Spent};
use super::permission::Permissions;
use super::politeness::Hosts;
use super::redirect::Trail;
use super::tls;
use crate::clock::Clock;
use crate::domain::access::Access;
use crate::domain::page::Page;
use crate::domain::posting::Post;
use crate::domain::reading_rules::Extras;
use crate::domain::time::Moment;
use crate::domain::visit::{Detour, Failure, Outcome, Validators, Visit};

/// The longest `Content-Type` that is kept, in bytes.
const CONTENT_TYPE_BYTES: usize = 256;

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The `User-Agent` header: honest, and with the operator's contact.
    pub user_agent: String,
}

/// Why there is no fetcher.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The user agent holds what no header can hold.
    #[error("user agent cannot stand in a header")]
    UserAgent,
    /// The additional roots are no certificates.
    #[error("additional root certificates cannot be read")]
    Roots(#[source] reqwest::Error),
    /// The client cannot be made, for example because the system has no root certificates.
    #[error("http client cannot be made")]
    Client(#[source] reqwest::Error),
}

/// Fetches pages. Clones share their politeness and what the hosts permit.
#[derive(Clone)]
pub struct Fetcher {
    pub(super) shared: Arc<Shared>,
    /// Whether connections are kept for the next page of the host.
    pub(super) kept: bool,
}

pub(super) struct Shared {
    line: Line,
    permissions: Permissions,
}

impl Fetcher {
    /// A fetcher that trusts the system's root certificates.
    pub fn new(identity: &Identity) -> Result<Fetcher, FetchError> {
        Fetcher::trusting(identity, &[])
    }

    /// A fetcher that tells every host the time of `clock`.
    pub fn rehearsing(identity: &Identity, clock: Clock) -> Result<Fetcher, FetchError> {
        Fetcher::made(identity, &[], Some(clock))
    }

    /// A fetcher that also trusts the roots in a PEM bundle, as sites inside a government network
    /// may need.
    pub fn trusting(identity: &Identity, roots: &[u8]) -> Result<Fetcher, FetchError> {
        Fetcher::made(identity, roots, None)
    }

    fn made(
        identity: &Identity,
        roots: &[u8],
        stamp: Option<Clock>,
    ) -> Result<Fetcher, FetchError> {
        tls::init_crypto();
        let agent =
            HeaderValue::from_str(&identity.user_agent).map_err(|_| FetchError::UserAgent)?;
        let roots = Certificate::from_pem_bundle(roots).map_err(FetchError::Roots)?;
        let clients = Clients::new(agent, roots);
        // Made once here, so that what cannot work is told at the start.
        clients
            .get(&Access::default(), Manner::default())
            .map_err(FetchError::Client)?;
        let line = Line {
            clients,
            hosts: Hosts::default(),
            stamp,
            dates: Dates::default(),
        };
        Ok(Fetcher {
            shared: Arc::new(Shared {
                line,
                permissions: Permissions::default(),
            }),
            kept: false,
        })
    }

    /// The same for one who asks many pages of a host in a row: connections are kept for seconds.
    pub fn keeping(&self) -> Fetcher {
        Fetcher {
            kept: true,
            ..self.clone()
        }
    }

    /// What time it is by each host that told it since `begun`.
    pub fn told(&self, begun: Instant) -> BTreeMap<String, Moment> {
        self.shared.line.dates.since(begun)
    }

    /// One GET: robots, politeness, redirects, limits. Whatever happens is in the outcome.
    ///
    /// `took_ms` counts the time spent with the site for this page, redirects included, waiting
    /// for turns and asking for `robots.txt` not included; where `robots.txt` already fails, it
    /// counts that. Validators are those of the asked address, and survive a 304 without any.
    pub async fn visit(&self, url: &Url, access: &Access, validators: &Validators) -> Visit {
        self.visit_with(url, access, validators, Extras::NONE).await
    }

    /// Like [`Fetcher::visit`], with headers that are sent to the host that they were written for, or
    /// a POST in place of the GET. A POST is never conditional, never falls back to plain http, and
    /// is repeated at the end of a redirect only where that asks for it (307, 308), on its host.
    pub async fn visit_with(
        &self,
        url: &Url,
        access: &Access,
        validators: &Validators,
        extra: Extras<'_>,
    ) -> Visit {
        let mut journey = Journey {
            shared: &self.shared,
            kept: self.kept,
            asked: url,
            access,
            validators,
            extra,
            spent: Spent::default(),
            is_answered: false,
            overflow: Overflow::Refuse,
            head_only: false,
            certificate_until: None,
            lenient: false,
            detour: None,
        };
        let arrived = Box::pin(journey.run()).await;
        let (outcome, validators) =
            arrived.unwrap_or_else(|failure| (Outcome::Failed(failure), Validators::default()));
        Visit {
            certificate_until: journey.certificate_until,
            detour: journey.detour,
            asked: url.clone(),
            took_ms: u64::try_from(journey.spent.0.as_millis()).unwrap_or(u64::MAX),
            validators,
            outcome,
        }
    }
}

pub(super) type Arrival = (Outcome, Validators);

/// One visit under way.
pub(super) struct Journey<'a> {
    pub(super) shared: &'a Shared,
    /// Whether connections are kept.
    pub(super) kept: bool,
    pub(super) asked: &'a Url,
    pub(super) access: &'a Access,
    pub(super) validators: &'a Validators,
    pub(super) extra: Extras<'a>,
    pub(super) spent: Spent,
    /// Whether the site has answered anything yet.
    pub(super) is_answered: bool,
    /// What becomes of a body that is too long.
    pub(super) overflow: Overflow,
    /// Whether the head of the answer is enough.
    pub(super) head_only: bool,
    /// When the certificate of the page's host ends.
    pub(super) certificate_until: Option<Moment>,
    /// Whether certificates are taken as they are.
    pub(super) lenient: bool,
    /// How the page came, where not as it should.
    pub(super) detour: Option<Detour>,
}

impl Journey<'_> {
    pub(super) async fn run(&mut self) -> Result<Arrival, Failure> {
        if !matches!(self.asked.scheme(), "http" | "https") {
            return Err(Failure::BadAnswer);
        }
        let fault = match self.travel(self.asked.clone()).await {
            Ok(arrival) => return Ok(arrival),
            Err(fault) => fault,
        };
        if let Failure::Certificate(unsound) = fault.failure
            && self.access.lenient_certificates
            && self.extra.is_empty()
        {
            // A certificate that was forgotten says nothing of what the page shows.
            self.lenient = true;
            if let Ok(arrival) = self.travel(self.asked.clone()).await {
                tracing::info!(url = %self.asked, ?unsound, "read without a sound certificate");
                self.detour = Some(Detour::Unverified(unsound));
                return Ok(arrival);
            }
            self.lenient = false;
        }
        let is_https = self.asked.scheme() == "https";
        let may_fall_back = self.access.http_fallback && is_https && self.extra.post().is_none();
        if may_fall_back && !self.is_answered && fault.is_of_https() {
            // Plain http counts only if it brings the page: what https failed for is told
            // otherwise.
            if let Some(arrival) = self.fall_back(&fault).await {
                return Ok(arrival);
            }
        }
        Err(fault.failure)
    }

    async fn fall_back(&mut self, fault: &Fault) -> Option<Arrival> {
        let mut plain = self.asked.clone();
        plain.set_scheme("http").ok()?;
        let arrival = self.travel(plain).await.ok()?;
        tracing::info!(url = %self.asked, fault = ?fault.failure, "fell back to plain http");
        self.detour = Some(Detour::Plain(fault.failure.clone()));
        Some(arrival)
    }

    /// Goes from `url` as far as redirects lead.
    async fn travel(&mut self, mut url: Url) -> Result<Arrival, Fault> {
        let fell_back = url.scheme() != self.asked.scheme();
        let mut trail = Trail::new(self.asked, self.access);
        let mut post = self.extra.post();
        loop {
            let cookie = trail.enter(&url, post.is_some()).map_err(Fault::later)?;
            let answer = self.hop(&url, cookie, post).await?;
            self.is_answered = true;
            trail.keep(&url, &answer.headers);
            let Some(location) = redirection(&answer) else {
                self.certificate_until = answer.certificate_until;
                return self.arrive(url, answer).map_err(Fault::later);
            };
            url = trail.next(&url, location).map_err(Fault::later)?;
            post = post.filter(|_| matches!(answer.status, 307 | 308));
            if post.is_some() && !self.extra.may_go(&url) {
                let host = url.host_str().unwrap_or_default().to_owned();
                return Err(Fault::later(Failure::ForeignHost(host)));
            }
            // Back to where https has just failed.
            if fell_back && url.scheme() == "https" && url.host() == self.asked.host() {
                return Err(Fault::later(Failure::TooManyRedirects));
            }
        }
    }

    async fn hop(
        &mut self,
        url: &Url,
        cookie: Option<HeaderValue>,
        post: Option<&Post>,
    ) -> Result<Answer, Fault> {
        let delay = self.permitted(url).await?;
        let errand = Errand {
            url,
            access: self.access,
            cookie,
            extra: self.extra.headers(url),
            post,
            validators: self.is_conditional(url).then_some(self.validators),
            pause: self.access.pause.max(delay),
            budget: self.access.total_timeout.saturating_sub(self.spent.0),
            limit: self.access.body_limit,
            overflow: self.overflow,
            head_only: self.head_only,
            manner: Manner {
                kept: self.kept,
                lenient: self.lenient,
            },
        };
        self.shared.line.ask(&errand, &mut self.spent).await
    }

    /// The delay that the host asks for, if it permits the address at all.
    async fn permitted(&mut self, url: &Url) -> Result<Duration, Fault> {
        if !self.access.robots {
            return Ok(Duration::ZERO);
        }
        let shared = self.shared;
        let mut asking = Spent::default();
        let rules =
            shared
                .permissions
                .rules(&shared.line, url, (self.access, self.lenient), &mut asking);
        let rules = Box::pin(rules)
            .await
            .inspect_err(|_| self.spent.0 += asking.0)?;
        let path = &url[Position::BeforePath..Position::AfterQuery];
        if rules.allows(path) {
            Ok(rules.delay())
        } else {
            Err(Fault::later(Failure::Robots))
        }
    }

    fn arrive(&self, url: Url, answer: Answer) -> Result<Arrival, Failure> {
        let mut validators = hop::validators(&answer.headers);
        if !self.is_conditional(&url) {
            validators = Validators::default();
        }
        match answer.status {
            200..=299 => Ok((Outcome::Page(page(url, answer)), validators)),
            304 if self.is_conditional(&url) && *self.validators != Validators::default() => {
                let known = self.validators.clone();
                let validators = Validators {
                    etag: validators.etag.or(known.etag),
                    last_modified: validators.last_modified.or(known.last_modified),
                };
                Ok((Outcome::NotModified, validators))
            }
            status => Err(fault::of_status(status)),
        }
    }

    /// Whether a request for `url` can be conditional: it is the asked address, over whichever
    /// scheme. Validators belong to it alone: another page may be older than ours and would pass for
    /// "nothing changed". Those of a POST say nothing of what another one would bring.
    fn is_conditional(&self, url: &Url) -> bool {
        let bare = Position::BeforeHost..Position::AfterQuery;
        self.extra.post().is_none() && url[bare.clone()] == self.asked[bare]
    }
}

fn redirection(answer: &Answer) -> Option<&HeaderValue> {
    match answer.status {
        301 | 302 | 303 | 307 | 308 => answer.headers.get(LOCATION),
        _ => None,
    }
}

fn page(url: Url, answer: Answer) -> Page {
    let content_type = answer.headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let kept = content_type.filter(|text| text.len() <= CONTENT_TYPE_BYTES);
    Page {
        url,
        status: answer.status,
        content_type: kept.map(str::to_owned),
        body: answer.body,
    }
}
