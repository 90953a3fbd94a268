//! What a gateway's answer means: accepted, refused for good, or to be tried again.
//!
//! Pure: the answer was read by the caller, within its bounds. For a generic gateway the rule comes
//! from the configuration, because gateways disagree about what "200" means; vendors have codes
//! of their own, which their modules know.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use super::courier::Attempt;
use super::wording;
use crate::domain::transport::GatewaySuccess;

/// A gateway's answer, as far as it could be read.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long the gateway asks to wait.
    pub retry_after: Option<Duration>,
    /// The body as JSON, or why there is none.
    pub body: Result<Value, &'static str>,
}

/// What a vendor's code says of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Taken.
    Accepted,
    /// This message will never be taken: its number, its text, its template, its signature.
    Refused,
    /// Not now: too many, too fast, or something that a person can mend. How long to wait at
    /// least, where the vendor's rules say it.
    Passing(Option<Duration>),
}

/// What a vendor said.
pub struct Said {
    /// The code; `None` when the answer holds none.
    pub code: Option<String>,
    /// The vendor's own words, for the log.
    pub words: Option<String>,
    /// What the code means; without a code it is not asked.
    pub meaning: Meaning,
    /// The receipt's id, if there is one.
    pub receipt: Option<String>,
}

/// The outcome of an attempt that a vendor answered. Not yet masked and not yet cut, as in [`judge`].
pub fn verdict(answer: &Answer, said: Said) -> Attempt {
    let status = answer.status;
    let (permanent, wait) = match (&said.code, said.meaning) {
        (Some(_), Meaning::Accepted) => {
            return Attempt::Accepted {
                receipt: said.receipt,
            };
        }
        (Some(_), Meaning::Refused) => (true, None),
        (Some(_), Meaning::Passing(wait)) => (false, wait),
        // A proxy's page, a login, half an answer: nothing was said about the message.
        (None, _) => (false, None),
    };
    let error = match (&said.code, &said.words, &answer.body) {
        (Some(code), Some(words), _) => format!("the gateway answered {status}, {code}: {words}"),
        (Some(code), None, _) => format!("the gateway answered {status}, {code}"),
        (None, _, Ok(_)) => format!("the gateway answered {status}, without a code"),
        (None, _, Err(why)) => format!("the gateway answered {status}, {why}"),
    };
    Attempt::Failed {
        permanent,
        error,
        retry_after: answer.retry_after.max(wait),
        maybe_taken: said.code.is_none() && is_silent(answer),
    }
}

/// The words for a question that a gateway did not answer.
pub fn unanswered<'a>(
    status: u16,
    code: Option<String>,
    secrets: impl IntoIterator<Item = &'a SecretString>,
) -> String {
    let code = code.unwrap_or_default();
    wording::error_of(&format!("the gateway answered {status} {code}"), secrets)
}

/// The plain value at `pointer` of `answer`, as text.
pub fn text_at(answer: &Answer, pointer: &str) -> Option<String> {
    let body = answer.body.as_ref().ok()?;
    body.pointer(pointer).and_then(text_of)
}

/// Judges `answer`. Errors and receipts are not yet masked: the caller knows the secrets. Nor are they cut, as
/// half a secret would not be found.
pub fn judge(answer: &Answer, success: &GatewaySuccess, receipt: Option<&str>) -> Attempt {
    let found = success
        .field
        .as_ref()
        .map(|(pointer, _)| match &answer.body {
            Ok(body) => body.pointer(pointer).and_then(text_of),
            Err(_) => None,
        });
    let told = found.as_ref().and_then(Option::as_ref);
    let refused = told.is_some_and(|told| success.permanent.contains(told));
    let good_status = success.statuses.contains(&answer.status);
    let good_field = match &success.field {
        Some((_, wanted)) => told == Some(wanted),
        None => true,
    };
    if good_status && good_field && !refused {
        let receipt = receipt
            .zip(answer.body.as_ref().ok())
            .and_then(|(pointer, body)| body.pointer(pointer))
            .and_then(text_of);
        return Attempt::Accepted { receipt };
    }
    Attempt::Failed {
        permanent: refused
            || (success.field.is_none() && !good_status && is_permanent(answer.status)),
        error: error(answer, success, told),
        retry_after: answer.retry_after,
        maybe_taken: told.is_none() && is_silent(answer),
    }
}

/// Whether an answer without the gateway's own word leaves open what became of the message: a
/// proxy that waited in vain, a success whose body broke off.
fn is_silent(answer: &Answer) -> bool {
    !(300..500).contains(&answer.status)
}

/// Whether a status, where nothing else is laid down, speaks against this message for good. Others of its
/// class speak about our login or address, a wrong path or a proxy, which a person can mend in time.
pub fn is_permanent(status: u16) -> bool {
    matches!(status, 400 | 410 | 413 | 414 | 415 | 422)
}

fn error(answer: &Answer, success: &GatewaySuccess, told: Option<&String>) -> String {
    let status = answer.status;
    let Some((pointer, _)) = &success.field else {
        return format!("the gateway answered {status}");
    };
    match (told, &answer.body) {
        (Some(told), _) => format!("the gateway answered {status}, {told:?} at {pointer}"),
        (None, Ok(_)) => format!("the gateway answered {status}, nothing at {pointer}"),
        (None, Err(why)) => format!("the gateway answered {status}, {why}"),
    }
}

/// A plain value as text; `None` for null, arrays and objects.
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule() -> GatewaySuccess {
        GatewaySuccess {
            statuses: vec![200, 202],
            field: Some(("/code".to_owned(), "0".to_owned())),
            permanent: vec!["BLACK".to_owned()],
        }
    }

    fn verdict(status: u16, body: Result<Value, &'static str>, rule: &GatewaySuccess) -> String {
        let answer = Answer {
            status,
            retry_after: None,
            body,
        };
        match judge(&answer, rule, Some("/id")) {
            Attempt::Accepted { receipt } => format!("accepted {receipt:?}"),
            Attempt::Failed {
                permanent, error, ..
            } => format!(
                "{} {error}",
                if permanent { "for good:" } else { "for now:" }
            ),
        }
    }

    #[test]
    fn the_rule_decides() {
        let rows = [
            (
                200,
                Ok(json!({"code": "0", "id": "r1"})),
                "accepted Some(\"r1\")",
            ),
            (202, Ok(json!({"code": 0, "id": 7})), "accepted Some(\"7\")"),
            (200, Ok(json!({"code": 0, "id": {}})), "accepted None"),
            (
                200,
                Ok(json!({"code": "BLACK"})),
                "for good: the gateway answered 200, \"BLACK\" at /code",
            ),
            (
                503,
                Ok(json!({"code": "BLACK"})),
                "for good: the gateway answered 503, \"BLACK\" at /code",
            ),
            (
                200,
                Ok(json!({"code": "LIMIT"})),
                "for now: the gateway answered 200, \"LIMIT\" at /code",
            ),
            (
                200,
                Ok(json!([])),
                "for now: the gateway answered 200, nothing at /code",
            ),
            (
                200,
                Err("not JSON"),
                "for now: the gateway answered 200, not JSON",
            ),
            // Where the gateway has words of its own, a status without them is not one.
            (
                400,
                Err("not JSON"),
                "for now: the gateway answered 400, not JSON",
            ),
            (
                500,
                Ok(json!({"code": "0"})),
                "for now: the gateway answered 500, \"0\" at /code",
            ),
        ];
        for (status, body, expected) in rows {
            assert_eq!(verdict(status, body, &rule()), expected);
        }
    }

    #[test]
    fn without_a_field_the_status_decides() {
        let rule = GatewaySuccess {
            field: None,
            ..rule()
        };
        assert_eq!(verdict(200, Err("not JSON"), &rule), "accepted None");
        let rows = [
            (302, false),
            (400, true),
            (401, false),
            (403, false),
            (404, false),
            (413, true),
            (407, false),
            (408, false),
            (422, true),
            (429, false),
            (500, false),
            (503, false),
        ];
        for (status, permanent) in rows {
            let verdict = verdict(status, Err("not JSON"), &rule);
            assert_eq!(verdict.starts_with("for good:"), permanent, "{verdict}");
        }
    }
}
