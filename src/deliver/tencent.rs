//! Text messages over Tencent Cloud (腾讯云短信): the calls `SendSms` and `PullSmsSendStatus` of the
//! interface 2021-01-11, signed by TC3-HMAC-SHA256.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::answer::{self, Answer, Meaning, Said, unanswered};
use super::approved::Approvals;
use super::courier::{Attempt, DeliverError};
use super::line::{Line, host_of};
use super::report::{self, Report};
use super::sign::Tc3;
use super::wording;
use crate::alert::outbox::Message;
use crate::domain::time::Moment;
use crate::domain::vendor::Tencent;

const VERSION: &str = "2021-01-11";
/// The most reports that one call fetches.
const REPORTS: u32 = 100;

/// Codes that speak against the message itself. Of their families the longer name wins, so that
/// what is said about the account stays a thing that a person can mend.
const REFUSED: [&str; 10] = [
    "FailedOperation.ContainSensitiveWord",
    "FailedOperation.PhoneNumberInBlacklist",
    "FailedOperation.PhoneNumberParseFail",
    "FailedOperation.SignatureIncorrectOrUnapproved",
    "FailedOperation.TemplateIncorrectOrUnapproved",
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
    "FailedOperation.TemplateUnapprovedOrNotExist",
    "InvalidParameterValue.",
    "LimitExceeded.PhoneNumberCountLimit",
    "UnsupportedOperation.",
];
/// Codes of the families above that speak about the account.
const OF_THE_ACCOUNT: [&str; 1] = ["InvalidParameterValue.SdkAppIdNotExist"];
/// Limits by their names, with the wait that each asks for, in seconds.
const LIMITS: [(&str, u64); 5] = [
    ("LimitExceeded.PhoneNumberThirtySecondLimit", 30),
    ("LimitExceeded.PhoneNumberOneHourLimit", 3600),
    ("LimitExceeded.PhoneNumberDailyLimit", 6 * 3600),
    ("LimitExceeded.PhoneNumberSameContentDailyLimit", 6 * 3600),
    ("LimitExceeded.AppMainlandChinaDailyLimit", 3600),
];

/// The gateway, ready to send.
pub struct TencentGateway {
    line: Line,
    settings: Tencent,
    approvals: Approvals,
}

impl TencentGateway {
    /// Prepares the gateway.
    pub fn new(settings: &Tencent, user_agent: &str) -> Result<TencentGateway, DeliverError> {
        Ok(TencentGateway {
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
        let body = json!({
            "PhoneNumberSet": [number(phone)],
            "SmsSdkAppId": self.settings.app_id,
            "SignName": self.settings.sign_name,
            "TemplateId": filled.code,
            "TemplateParamSet": filled.json(),
            "SessionContext": message.key.as_str(),
        });
        let request = self.call("SendSms", &body, now);
        let attempt = match self.line.exchange(request, true).await {
            Ok(answer) => answer::verdict(&answer, said(&answer)),
            Err(unanswered) => unanswered.into(),
        };
        attempt.masked(Some(phone), self.secrets())
    }

    /// The reports that wait at the vendor, which hands out each of them once.
    pub async fn reports(&self, now: Moment) -> Vec<Result<Report, String>> {
        let body = json!({ "Limit": REPORTS, "SmsSdkAppId": self.settings.app_id });
        let request = self.call("PullSmsSendStatus", &body, now);
        match self.line.exchange(request, true).await {
            Err(unanswered) => vec![Err(wording::error_of(&unanswered.why, self.secrets()))],
            Ok(answer) => match (
                &answer.body,
                answer::text_at(&answer, "/Response/Error/Code"),
            ) {
                (Ok(body), None) if answer.status == 200 => {
                    let reports = report::asked_of_tencent(body);
                    reports.into_iter().map(Ok).collect()
                }
                (_, code) => vec![Err(unanswered(answer.status, code, self.secrets()))],
            },
        }
    }

    fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        std::iter::once(&self.settings.secret_key)
    }

    fn call(&self, action: &str, body: &Value, now: Moment) -> RequestBuilder {
        let settings = &self.settings;
        let body = body.to_string();
        let call = Tc3 {
            host: &host_of(&settings.url),
            service: "sms",
            body: &body,
            now,
        };
        let secret = settings.secret_key.expose_secret();
        let authorization = call.authorization(&settings.secret_id, secret);
        self.line
            .request(Method::POST, settings.url.clone())
            .header(CONTENT_TYPE, Tc3::CONTENT_TYPE)
            .header(AUTHORIZATION, authorization)
            .header("X-TC-Action", action)
            .header("X-TC-Version", VERSION)
            .header("X-TC-Region", &settings.region)
            .header("X-TC-Timestamp", now.timestamp())
            .body(body)
    }
}

/// A number with its country code, which is China's where none is written.
fn number(phone: &str) -> String {
    match phone.strip_prefix('+') {
        Some(_) => phone.to_owned(),
        None => format!("+86{phone}"),
    }
}

/// The answer speaks about the call as a whole, or about the one number that it named.
fn said(answer: &Answer) -> Said {
    let error = answer::text_at(answer, "/Response/Error/Code");
    let place = match error {
        Some(_) => "/Response/Error",
        None => "/Response/SendStatusSet/0",
    };
    let code = answer::text_at(answer, &format!("{place}/Code"));
    let serial = answer::text_at(answer, "/Response/SendStatusSet/0/SerialNo");
    Said {
        meaning: code.as_deref().map_or(Meaning::Passing(None), meaning),
        code,
        words: answer::text_at(answer, &format!("{place}/Message")),
        receipt: serial.filter(|serial| !serial.is_empty()),
    }
}

fn meaning(code: &str) -> Meaning {
    if code == "Ok" {
        return Meaning::Accepted;
    }
    let is_refused = REFUSED.iter().any(|refused| code.starts_with(refused));
    if is_refused && !OF_THE_ACCOUNT.contains(&code) {
        return Meaning::Refused;
    }
    let limit = LIMITS.into_iter().find(|(name, _)| *name == code);
    Meaning::Passing(limit.map(|(_, seconds)| Duration::from_secs(seconds)))
}
