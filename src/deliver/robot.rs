//! Posts by robots of group chats (企业微信, 钉钉, 飞书) and to any receiver of signed JSON.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::answer::{self, Answer, Meaning, Said, is_permanent};
use super::courier::{Attempt, DeliverError};
use super::line::Line;
use super::sign;
use crate::alert::outbox::Message;
use crate::domain::time::Moment;
use crate::domain::vendor::{Robot, RobotKind};

/// A robot, ready to post.
pub struct RobotLine {
    line: Line,
    kind: RobotKind,
}

impl RobotLine {
    /// Prepares the robot.
    pub fn new(settings: &Robot, user_agent: &str) -> Result<RobotLine, DeliverError> {
        Ok(RobotLine {
            line: Line::new(user_agent, settings.timeout)?,
            kind: settings.kind.clone(),
        })
    }

    /// One attempt.
    pub async fn send(&self, message: &Message, now: Moment) -> Attempt {
        let request = match &self.kind {
            RobotKind::WeCom { url, key } => self.wecom(url, key, message),
            RobotKind::DingTalk { url, token, secret } => {
                self.dingtalk((url, token, secret), message, now)
            }
            RobotKind::Feishu { url, token, secret } => {
                self.feishu((url, token, secret), message, now)
            }
            RobotKind::Webhook { url, secret } => self.webhook(url, secret, message, now),
        };
        let is_vendor = !matches!(self.kind, RobotKind::Webhook { .. });
        let attempt = match self.line.exchange(request, is_vendor).await {
            Err(unanswered) => unanswered.into(),
            Ok(answer) => match &self.kind {
                RobotKind::WeCom { .. } => answer::verdict(&answer, of_wecom(&answer)),
                RobotKind::DingTalk { .. } => answer::verdict(&answer, of_dingtalk(&answer)),
                RobotKind::Feishu { .. } => answer::verdict(&answer, of_feishu(&answer)),
                RobotKind::Webhook { .. } => of_webhook(&answer),
            },
        };
        attempt.masked(None, self.secrets())
    }

    fn secrets(&self) -> Vec<&SecretString> {
        match &self.kind {
            RobotKind::WeCom { key, .. } => vec![key],
            RobotKind::DingTalk { token, secret, .. } | RobotKind::Feishu { token, secret, .. } => {
                vec![token, secret]
            }
            RobotKind::Webhook { secret, .. } => vec![secret],
        }
    }

    fn post(&self, url: url::Url, body: String) -> RequestBuilder {
        self.line
            .request(Method::POST, url)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body)
    }

    fn wecom(&self, url: &url::Url, key: &SecretString, message: &Message) -> RequestBuilder {
        let mut url = url.clone();
        url.query_pairs_mut()
            .append_pair("key", key.expose_secret());
        self.post(url, text_body(message).to_string())
    }

    fn dingtalk(
        &self,
        (url, token, secret): (&url::Url, &SecretString, &SecretString),
        message: &Message,
        now: Moment,
    ) -> RequestBuilder {
        let millis = now.timestamp_millis();
        let mut url = url.clone();
        url.query_pairs_mut()
            .append_pair("access_token", token.expose_secret())
            .append_pair("timestamp", &millis.to_string())
            .append_pair("sign", &sign::dingtalk(secret.expose_secret(), millis));
        self.post(url, text_body(message).to_string())
    }

    fn feishu(
        &self,
        (url, token, secret): (&url::Url, &SecretString, &SecretString),
        message: &Message,
        now: Moment,
    ) -> RequestBuilder {
        let seconds = now.timestamp();
        let mut url = url.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().push(token.expose_secret());
        }
        let body = json!({
            "timestamp": seconds.to_string(),
            "sign": sign::feishu(secret.expose_secret(), seconds),
            "msg_type": "text",
            "content": { "text": message.text },
        });
        self.post(url, body.to_string())
    }

    fn webhook(
        &self,
        url: &url::Url,
        secret: &SecretString,
        message: &Message,
        now: Moment,
    ) -> RequestBuilder {
        let body = json!({
            "key": message.key.as_str(),
            "person": message.person.as_str(),
            "subject": message.subject,
            "text": message.text,
            "tier": message.tier.map(|tier| tier.key()),
            "wording": message.words.wording,
            "values": message.words.values,
            "urgent": message.urgent,
            "created_at": message.created_at.to_rfc3339(),
        })
        .to_string();
        let (id, seconds) = (message.key.as_str(), now.timestamp());
        let signature = sign::webhook(secret.expose_secret(), id, seconds, &body);
        self.post(url.clone(), body)
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .header("idempotency-key", id)
    }
}

/// What WeCom and DingTalk both take.
fn text_body(message: &Message) -> Value {
    json!({ "msgtype": "text", "text": { "content": message.text } })
}

fn with_code(
    answer: &Answer,
    code: &str,
    words: &str,
    meaning: impl Fn(&str, &str) -> Meaning,
) -> Said {
    let code = answer::text_at(answer, code);
    let words = answer::text_at(answer, words);
    Said {
        meaning: meaning(
            code.as_deref().unwrap_or_default(),
            words.as_deref().unwrap_or_default(),
        ),
        code,
        words,
        receipt: None,
    }
}

fn of_wecom(answer: &Answer) -> Said {
    with_code(answer, "/errcode", "/errmsg", |code, _| match code {
        "0" => Meaning::Accepted,
        // More than 20 posts a minute.
        "45009" => Meaning::Passing(Some(Duration::from_secs(60))),
        // The robot is gone; the text is empty, too long or of a wrong kind.
        "93000" | "40008" | "40058" | "44004" | "45002" => Meaning::Refused,
        _ => Meaning::Passing(None),
    })
}

fn of_dingtalk(answer: &Answer) -> Said {
    with_code(answer, "/errcode", "/errmsg", |code, words| match code {
        "0" => Meaning::Accepted,
        // More than 20 posts a minute: the robot is silenced for ten.
        "130101" | "410100" => Meaning::Passing(Some(Duration::from_secs(600))),
        // The robot is gone or stopped; the post is of a wrong kind; its text is not allowed.
        "300001" | "400101" | "400102" | "400105" | "400106" | "430101" | "430102" | "430103"
        | "430104" => Meaning::Refused,
        // One code for three causes: of them only the missing word is the text's.
        "310000" if words.contains("keywords") => Meaning::Refused,
        _ => Meaning::Passing(None),
    })
}

fn of_feishu(answer: &Answer) -> Said {
    let place = match answer::text_at(answer, "/code") {
        Some(_) => ("/code", "/msg"),
        None => ("/StatusCode", "/StatusMessage"),
    };
    with_code(answer, place.0, place.1, |code, words| match code {
        "0" => Meaning::Accepted,
        "11232" => Meaning::Passing(Some(Duration::from_secs(60))),
        // The same code for a post that cannot be read and for too many of them.
        "9499" if words.to_ascii_lowercase().contains("too many") => {
            Meaning::Passing(Some(Duration::from_secs(60)))
        }
        // The robot is gone; a word that the group demands is missing.
        "9499" | "19001" | "19024" => Meaning::Refused,
        _ => Meaning::Passing(None),
    })
}

fn of_webhook(answer: &Answer) -> Attempt {
    let status = answer.status;
    if (200..300).contains(&status) {
        return Attempt::Accepted { receipt: None };
    }
    Attempt::Failed {
        permanent: is_permanent(status),
        error: format!("the receiver answered {status}"),
        retry_after: answer.retry_after,
        maybe_taken: status >= 500,
    }
}
