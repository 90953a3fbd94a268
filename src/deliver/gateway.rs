//! Text messages over a generic HTTP gateway.
//!
//! One request, one answer, within one timeout. Redirects are not followed, proxies of the
//! environment are not used, connections are not kept: a text message must go where the
//! configuration says, and a stale connection must not cost an attempt.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response};
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::answer::{self, Answer};
use super::courier::{Attempt, DeliverError};
use super::template::{Document, Fields, Template, TemplateError};
use super::wording;
use crate::alert::outbox::Message;
use crate::domain::retry_after::rest;
use crate::domain::transport::{Gateway, GatewayBody};

/// The longest wait that a gateway may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// The longest answer that is read, in bytes.
const ANSWER_BYTES: usize = 64 * 1024;
/// Headers that belong to the connection and not to the configuration.
const RESERVED: [&str; 5] = [
    "connection",
    "content-length",
    "host",
    "te",
    "transfer-encoding",
];

/// A gateway, ready to send.
pub struct HttpGateway {
    client: Client,
    method: Method,
    settings: Gateway,
    headers: Vec<(HeaderName, Template)>,
    body: Body,
}

enum Body {
    Json(Document),
    Form(Vec<(String, Template)>),
    /// The pairs travel in the address.
    Query(Vec<(String, Template)>),
}

impl HttpGateway {
    /// Prepares the gateway, or says what in `settings` cannot work.
    pub fn new(settings: &Gateway, user_agent: &str) -> Result<HttpGateway, DeliverError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(DeliverError::NoTlsProvider);
        }
        if !matches!(settings.url.scheme(), "http" | "https") {
            return Err(fault("address is neither http nor https"));
        }
        let method = match settings.method.to_ascii_uppercase().as_str() {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "GET" => Method::GET,
            _ => return Err(fault("method is none of POST, PUT, GET")),
        };
        let agent = HeaderValue::from_str(user_agent)
            .map_err(|_| fault("user agent cannot stand in a header"))?;
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .user_agent(agent)
            .build()
            .map_err(DeliverError::Client)?;
        Ok(HttpGateway {
            client,
            headers: headers(settings)?,
            body: body(settings, &method)?,
            method,
            settings: settings.clone(),
        })
    }

    /// One attempt.
    pub async fn send(&self, phone: &str, message: &Message) -> Attempt {
        let fields = Fields {
            phone,
            text: &message.text,
            key: message.key.as_str(),
        };
        let deadline = Instant::now() + self.settings.timeout;
        let attempt = match self.exchange(&fields, deadline).await {
            Ok(answer) => answer::judge(
                &answer,
                &self.settings.success,
                self.settings.receipt.as_deref(),
            ),
            Err(error) => Attempt::failed(error),
        };
        self.masked(attempt, phone)
    }

    fn masked(&self, attempt: Attempt, phone: &str) -> Attempt {
        match attempt {
            Attempt::Accepted { receipt } => Attempt::Accepted {
                receipt: receipt.and_then(|id| wording::receipt_to(phone, &id, self.secrets())),
            },
            Attempt::Failed {
                permanent,
                error,
                retry_after,
            } => Attempt::Failed {
                permanent,
                error: wording::error_of(&error, self.secrets()),
                retry_after,
            },
        }
    }

    fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.settings.secrets.iter().map(|(_, secret)| secret)
    }

    async fn exchange(&self, fields: &Fields<'_>, deadline: Instant) -> Result<Answer, String> {
        let mut response = timeout_at(deadline, self.request(fields)?.send())
            .await
            .map_err(|_| "the gateway gave no answer in time")?
            .map_err(|error| innermost("the gateway", &error))?;
        let header = |name| {
            let value = response.headers().get(name)?;
            value.to_str().ok()
        };
        let retry_after =
            header(RETRY_AFTER).and_then(|value| rest(value, header(DATE), LONGEST_WAIT));
        // A body that hangs is no body: where the status alone decides, it must not undo it.
        let wanted = self.settings.success.field.is_some() || self.settings.receipt.is_some();
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

    fn request(&self, fields: &Fields<'_>) -> Result<RequestBuilder, String> {
        let mut url = self.settings.url.clone();
        if let Body::Query(pairs) = &self.body {
            url.query_pairs_mut().extend_pairs(filled(pairs, fields));
        }
        let request = self.client.request(self.method.clone(), url);
        let request = match &self.body {
            Body::Query(_) => request,
            Body::Json(document) => request
                .header(CONTENT_TYPE, "application/json")
                .body(document.fill(fields).to_string()),
            Body::Form(pairs) => request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(
                    url::form_urlencoded::Serializer::new(String::new())
                        .extend_pairs(filled(pairs, fields))
                        .finish(),
                ),
        };
        // Replaces what stands under the same name, so that the configuration has the last word.
        Ok(request.headers(self.filled_headers(fields)?))
    }

    fn filled_headers(&self, fields: &Fields<'_>) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        let key = HeaderValue::from_str(fields.key).map_err(|_| "the key is no header value")?;
        headers.insert(HeaderName::from_static("idempotency-key"), key);
        for (name, template) in &self.headers {
            let line = wording::one_line(&template.fill(fields));
            let mut value = HeaderValue::from_bytes(line.as_bytes())
                .map_err(|_| format!("the header {name} cannot hold its value"))?;
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
        }
        Ok(headers)
    }
}

fn fault(text: &str) -> DeliverError {
    DeliverError::Gateway(text.to_owned())
}

fn in_place(place: String) -> impl FnOnce(TemplateError) -> DeliverError {
    move |source| DeliverError::Template { place, source }
}

fn headers(settings: &Gateway) -> Result<Vec<(HeaderName, Template)>, DeliverError> {
    settings
        .headers
        .iter()
        .map(|(name, value)| {
            let header = HeaderName::from_bytes(name.as_bytes())
                .ok()
                .filter(|header| !RESERVED.contains(&header.as_str()))
                .ok_or_else(|| fault(&format!("header {name:?} cannot be set")))?;
            let template = Template::parse(value, &settings.secrets)
                .map_err(in_place(format!("header {name}")))?;
            Ok((header, template))
        })
        .collect()
}

fn body(settings: &Gateway, method: &Method) -> Result<Body, DeliverError> {
    let secrets = &settings.secrets;
    match &settings.body {
        GatewayBody::Json(_) if method == Method::GET => {
            Err(fault("method GET carries a form, not a JSON body"))
        }
        GatewayBody::Json(value) => Document::parse(value, secrets)
            .map(Body::Json)
            .map_err(in_place("body".to_owned())),
        GatewayBody::Form(pairs) => {
            let pairs = pairs
                .iter()
                .map(|(name, value)| {
                    let template = Template::parse(value, secrets)
                        .map_err(in_place(format!("body field {name}")))?;
                    Ok((name.clone(), template))
                })
                .collect::<Result<Vec<_>, DeliverError>>()?;
            Ok(if method == Method::GET {
                Body::Query(pairs)
            } else {
                Body::Form(pairs)
            })
        }
    }
}

fn filled<'a>(
    pairs: &'a [(String, Template)],
    fields: &'a Fields<'_>,
) -> impl Iterator<Item = (&'a str, String)> {
    pairs
        .iter()
        .map(move |(name, template)| (name.as_str(), template.fill(fields)))
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
