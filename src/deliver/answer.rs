//! What a gateway's answer means: accepted, refused for good, or to be tried again.
//!
//! Pure: the answer was read by the caller, within its bounds. The rule comes from the
//! configuration, because gateways disagree about what "200" means.

use std::time::Duration;

use serde_json::Value;

use super::courier::Attempt;
use crate::domain::transport::GatewaySuccess;

/// The longest value of the answer that an error quotes, in characters.
const QUOTED_CHARS: usize = 60;

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

/// Judges `answer`. Errors and receipts are not yet masked: the caller knows the secrets.
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
        permanent: refused || (!good_status && is_permanent(answer.status)),
        error: error(answer, success, told),
        retry_after: answer.retry_after,
    }
}

/// Whether a status speaks against this message for good. 401 and 407 speak about our login,
/// which a person can mend before the message expires.
fn is_permanent(status: u16) -> bool {
    (400..500).contains(&status) && !matches!(status, 401 | 407 | 408 | 429)
}

fn error(answer: &Answer, success: &GatewaySuccess, told: Option<&String>) -> String {
    let status = answer.status;
    let Some((pointer, _)) = &success.field else {
        return format!("the gateway answered {status}");
    };
    match (told, &answer.body) {
        (Some(told), _) => {
            let told: String = told.chars().take(QUOTED_CHARS).collect();
            format!("the gateway answered {status}, {told:?} at {pointer}")
        }
        (None, Ok(_)) => format!("the gateway answered {status}, nothing at {pointer}"),
        (None, Err(why)) => format!("the gateway answered {status}, {why}"),
    }
}

/// A plain value as text; `None` for null, arrays and objects.
fn text_of(value: &Value) -> Option<String> {
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
            (403, true),
            (404, true),
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
