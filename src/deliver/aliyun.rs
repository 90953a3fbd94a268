//! Text messages over Alibaba Cloud (阿里云短信): the calls `SendSms` and `QuerySendDetails` of the
//! interface 2017-05-25, signed by ACS3-HMAC-SHA256.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};

use super::answer::{self, Answer, Meaning, Said, unanswered};
use super::approved::{Approvals, domestic};
use super::courier::{Attempt, DeliverError};
use super::line::{Line, host_of};
use super::report::{self, Report};
use super::sign::{Acs3, canonical_query};
use super::wording;
use crate::alert::outbox::{Delivery, Message, MessageKey};
use crate::domain::time::Moment;
use crate::domain::vendor::Aliyun;

const VERSION: &str = "2017-05-25";

/// Codes that speak against the message itself: its number, its text, its template, its signature.
const REFUSED: [&str; 19] = [
    "isv.BLACK_KEY_CONTROL_LIMIT",
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
    "isv.INVALID_JSON_PARAM",
    "isv.INVALID_PARAMETERS",
    "isv.MOBILE_COUNT_OVER_LIMIT",
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.PARAM_NOT_SUPPORT_URL",
    "isv.SIGN_NAME_ILLEGAL",
    "isv.SIGN_STATE_ILLEGAL",
    "isv.SMS_CONTENT_ILLEGAL",
    "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE",
    "isv.SMS_SIGNATURE_ILLEGAL",
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
    "isv.SMS_SIGN_ILLEGAL",
    "isv.SMS_TEMPLATE_ILLEGAL",
    "isv.TEMPLATE_MISSING_PARAMETERS",
    "isv.TEMPLATE_PARAMS_ILLEGAL",
    "isv.TEMPLATE_PARAM_ILLEGAL",
];

/// The gateway, ready to send.
pub struct AliyunGateway {
    line: Line,
    settings: Aliyun,
    approvals: Approvals,
}

impl AliyunGateway {
    /// Prepares the gateway.
    pub fn new(settings: &Aliyun, user_agent: &str) -> Result<AliyunGateway, DeliverError> {
        Ok(AliyunGateway {
            line: Line::new(user_agent, settings.timeout)?,
            approvals: Approvals::new(&settings.templates)?,
            settings: settings.clone(),
        })
    }

    /// One attempt.
    pub async fn send(&self, phone: &str, message: &Message, now: Moment) -> Attempt {
        let filled = match self.approvals.fill(message) {
            Ok(filled) => filled,
            Err(error) => return Attempt::refused(error),
        };
        let params = filled.json().to_string();
        // The key comes back in the report of what became of the message.
        let pairs = [
            ("OutId", message.key.as_str()),
            ("PhoneNumbers", number(phone)),
            ("SignName", &self.settings.sign_name),
            ("TemplateCode", filled.code),
            ("TemplateParam", &params),
        ];
        // Computed, but never twice the same: a nonce that was seen is refused.
        let parts = [message.key.as_str(), &message.attempts.to_string()];
        let request = self.call("SendSms", &pairs, &parts, now);
        let attempt = match self.line.exchange(request, true).await {
            Ok(answer) => answer::verdict(&answer, said(&answer)),
            Err(unanswered) => unanswered.into(),
        };
        attempt.masked(Some(phone), self.secrets())
    }

    /// What became of `message`, which the gateway took, to `phone`.
    pub async fn report_of(
        &self,
        message: &Message,
        phone: &str,
        now: Moment,
    ) -> Vec<Result<Report, String>> {
        let Delivery::Accepted {
            at,
            receipt: Some(receipt),
        } = &message.delivery
        else {
            return Vec::new();
        };
        let day = at.format("%Y%m%d").to_string();
        let pairs = [
            ("BizId", receipt.as_str()),
            ("CurrentPage", "1"),
            ("PageSize", "10"),
            ("PhoneNumber", number(phone)),
            ("SendDate", &day),
        ];
        let request = self.call("QuerySendDetails", &pairs, &["ask", receipt], now);
        match self.line.exchange(request, true).await {
            Err(unanswered) => vec![Err(wording::error_of(&unanswered.why, self.secrets()))],
            Ok(answer) => match (&answer.body, answer::text_at(&answer, "/Code")) {
                (Ok(body), Some(code)) if code == "OK" => {
                    let reports = report::asked_of_aliyun(body, receipt);
                    reports.into_iter().map(Ok).collect()
                }
                (_, code) => vec![Err(unanswered(answer.status, code, self.secrets()))],
            },
        }
    }

    fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        std::iter::once(&self.settings.access_key_secret)
    }

    fn call(
        &self,
        action: &str,
        pairs: &[(&str, &str)],
        nonce: &[&str],
        now: Moment,
    ) -> RequestBuilder {
        let settings = &self.settings;
        let query = canonical_query(pairs);
        let date = now.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let instant = now.timestamp_micros().to_string();
        let nonce: Vec<&str> = nonce.iter().copied().chain([instant.as_str()]).collect();
        let nonce = MessageKey::of(&nonce);
        let mut url = settings.url.clone();
        url.set_query(Some(&query));
        let call = Acs3 {
            host: &host_of(&url),
            path: url.path(),
            query: &query,
            action,
            version: VERSION,
            date: &date,
            nonce: nonce.as_str(),
        };
        let secret = settings.access_key_secret.expose_secret();
        let authorization = call.authorization(&settings.access_key_id, secret);
        let headers = call.headers();
        let request = headers.into_iter().fold(
            self.line.request(Method::POST, url.clone()),
            |request, (name, value)| request.header(name, value),
        );
        request.header("Authorization", authorization)
    }
}

/// A number as the gateway takes it: domestic ones bare, others with their country code.
fn number(phone: &str) -> &str {
    domestic(phone).trim_start_matches('+')
}

fn said(answer: &Answer) -> Said {
    let code = answer::text_at(answer, "/Code");
    let words = answer::text_at(answer, "/Message");
    let meaning = match code.as_deref() {
        Some("OK") => Meaning::Accepted,
        Some(code) if REFUSED.contains(&code) => Meaning::Refused,
        Some("isv.BUSINESS_LIMIT_CONTROL") => Meaning::Passing(span_of(words.as_deref())),
        _ => Meaning::Passing(None),
    };
    Said {
        code,
        words,
        meaning,
        receipt: answer::text_at(answer, "/BizId"),
    }
}

/// How long a limit for one number lasts: of a minute, an hour or a day, as its words say.
fn span_of(words: Option<&str>) -> Option<Duration> {
    let words = words?;
    let spans = [("分钟级", 60), ("小时级", 3600), ("天级", 6 * 3600)];
    let span = spans.into_iter().find(|(word, _)| words.contains(word));
    span.map(|(_, seconds)| Duration::from_secs(seconds))
}
