//! Text messages over China Mobile's cloud MAS (移动云 MAS): one JSON document in base64, proven by
//! an MD5 over its fields; free text, or the parameters of an approved template.

use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::answer::{self, Answer, Meaning, Said};
use super::approved::{Approvals, domestic, unsigned};
use super::courier::{Attempt, DeliverError};
use super::line::Line;
use super::sign::{base64, mas_mac};
use crate::alert::outbox::Message;
use crate::domain::vendor::Mas;

/// Codes that speak against the message itself.
const REFUSED: [&str; 8] = [
    "IllegalMsgfmt",
    "IllegalSignId",
    "IllegalUseTemplate",
    "InvalidMessage",
    "InvalidMobile",
    "NoSignId",
    "NotLoadedSign",
    "TooManyMobiles",
];

/// The gateway, ready to send.
pub struct MasGateway {
    line: Line,
    settings: Mas,
    /// `None` sends free text.
    approvals: Option<Approvals>,
}

impl MasGateway {
    /// Prepares the gateway.
    pub fn new(settings: &Mas, user_agent: &str) -> Result<MasGateway, DeliverError> {
        let templates = settings.templates.as_ref();
        Ok(MasGateway {
            line: Line::new(user_agent, settings.timeout)?,
            approvals: templates.map(Approvals::new).transpose()?,
            settings: settings.clone(),
        })
    }

    /// One attempt.
    pub async fn send(&self, phone: &str, message: &Message) -> Attempt {
        let document = match self.document(domestic(phone), message) {
            Ok(document) => document,
            Err(error) => return Attempt::refused(error),
        };
        let request = self
            .line
            .request(Method::POST, self.settings.url.clone())
            .body(base64(document.to_string().as_bytes()));
        let attempt = match self.line.exchange(request, true).await {
            Ok(answer) => answer::verdict(&answer, said(&answer)),
            Err(unanswered) => unanswered.into(),
        };
        attempt.masked(Some(phone), self.secrets())
    }

    fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        std::iter::once(&self.settings.secret_key)
    }

    fn document(&self, phone: &str, message: &Message) -> Result<Value, String> {
        let Mas {
            ec_name,
            ap_id,
            sign,
            add_serial,
            ..
        } = &self.settings;
        let secret = self.settings.secret_key.expose_secret();
        let mut document = json!({
            "ecName": ec_name, "apId": ap_id, "mobiles": phone, "sign": sign,
            "addSerial": add_serial,
        });
        let (rest, mac) = match &self.approvals {
            None => {
                let content = unsigned(&message.text);
                let fields = [ec_name, ap_id, secret, phone, content, sign, add_serial];
                (json!({ "content": content }), mas_mac(&fields))
            }
            Some(approvals) => {
                let filled = approvals.fill(message)?;
                let params = match filled.params.is_empty() {
                    // Of a template without parameters, a list of one that is empty.
                    true => r#"[""]"#.to_owned(),
                    false => filled.json().to_string(),
                };
                let code = filled.code;
                let fields = [
                    ec_name, ap_id, secret, code, phone, &params, sign, add_serial,
                ];
                let rest = json!({ "templateId": code, "params": params });
                (rest, mas_mac(&fields))
            }
        };
        if let (Value::Object(into), Value::Object(rest)) = (&mut document, rest) {
            into.extend(rest);
            into.insert("mac".to_owned(), mac.into());
            if self.settings.send_secret_key {
                into.insert("secretKey".to_owned(), secret.into());
            }
        }
        Ok(document)
    }
}

fn said(answer: &Answer) -> Said {
    let code = answer::text_at(answer, "/rspcod");
    let is_taken = answer::text_at(answer, "/success").as_deref() == Some("true");
    let meaning = match code.as_deref() {
        Some("success") if is_taken => Meaning::Accepted,
        Some(code) if REFUSED.contains(&code) => Meaning::Refused,
        _ => Meaning::Passing(None),
    };
    let group = answer::text_at(answer, "/msgGroup");
    Said {
        code,
        words: None,
        meaning,
        receipt: group.filter(|group| !group.is_empty()),
    }
}
