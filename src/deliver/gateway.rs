//! Text messages over a generic HTTP gateway, as the configuration describes it.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde_json::Value;

use super::answer;
use super::approved::{Approvals, Filled};
use super::courier::{Attempt, DeliverError};
use super::line::Line;
use super::template::{Document, Fields, Template, TemplateError};
use super::wording;
use crate::alert::outbox::Message;
use crate::domain::transport::{Gateway, GatewayBody};

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
    line: Line,
    method: Method,
    settings: Gateway,
    headers: Vec<(HeaderName, Template)>,
    body: Body,
    /// `None` sends free text.
    approvals: Option<Approvals>,
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
        let line = Line::new(user_agent, settings.timeout)?;
        if !matches!(settings.url.scheme(), "http" | "https") {
            return Err(fault("address is neither http nor https"));
        }
        let method = match settings.method.to_ascii_uppercase().as_str() {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "GET" => Method::GET,
            _ => return Err(fault("method is none of POST, PUT, GET")),
        };
        Ok(HttpGateway {
            line,
            headers: headers(settings)?,
            body: body(settings, &method)?,
            approvals: settings
                .templates
                .as_ref()
                .map(Approvals::new)
                .transpose()?,
            method,
            settings: settings.clone(),
        })
    }

    /// One attempt.
    pub async fn send(&self, phone: &str, message: &Message) -> Attempt {
        let filled = self
            .approvals
            .as_ref()
            .map(|approvals| approvals.fill(message));
        let filled = match filled.transpose() {
            Ok(filled) => filled,
            Err(error) => return Attempt::refused(error),
        };
        let params = filled.as_ref().map_or(Value::Null, Filled::json);
        let fields = Fields {
            phone,
            text: &message.text,
            key: message.key.as_str(),
            template: filled.as_ref().map_or("", |filled| filled.code),
            params: &params,
        };
        let wanted = self.settings.success.field.is_some() || self.settings.receipt.is_some();
        let answer = match self.request(&fields) {
            Ok(request) => self.line.exchange(request, wanted).await,
            Err(error) => Err(error.into()),
        };
        let attempt = match answer {
            Ok(answer) => answer::judge(
                &answer,
                &self.settings.success,
                self.settings.receipt.as_deref(),
            ),
            Err(unanswered) => unanswered.into(),
        };
        attempt.masked(Some(phone), self.secrets())
    }

    fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.settings.secrets.iter().map(|(_, secret)| secret)
    }

    fn request(&self, fields: &Fields<'_>) -> Result<RequestBuilder, String> {
        let mut url = self.settings.url.clone();
        if let Body::Query(pairs) = &self.body {
            url.query_pairs_mut().extend_pairs(filled(pairs, fields));
        }
        let request = self.line.request(self.method.clone(), url);
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
