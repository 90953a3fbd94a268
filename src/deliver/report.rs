//! What a gateway reports of messages that it took: the documents that it posts to us or answers
//! with when it is asked.
//!
//! Pure, and suspicious: the size is bounded by the caller, the number of reports here, and what
//! cannot be read is left out.

use serde_json::Value;

use super::answer::text_of;
use super::wording;
use crate::alert::outbox::{Delivery, Message, MessageKey};
use crate::domain::receipts::ReportForm;
use crate::domain::transport::SmsTransport;

/// The most reports of one document.
const MOST: usize = 1000;
/// The longest identity that is looked at, in bytes.
const ID_BYTES: usize = 200;
/// States of carriers that mean that a number cannot be reached at all: there is no such number,
/// or it is on a list of those who want no messages. Every other failure might have passed.
const DEAD: [&str; 6] = [
    "CB:0001", "CB:0053", "DB:0101", "MBBLACK", "REJECTD", "REJECTED",
];

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Our key, if the gateway repeats it.
    pub key: Option<String>,
    /// The gateway's receipt id.
    pub receipt: Option<String>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a message after the gateway took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Delivered,
    /// It did not.
    Failed {
        /// Whether the number can never be reached.
        permanent: bool,
        /// The carrier's state, masked.
        error: String,
    },
    /// Nothing is known yet.
    Pending,
}

impl Report {
    /// The places in `sent` of the messages that it may be about; `phone` is where a message went to.
    ///
    /// Our own key decides, where the report has one. The receipt that the gateway gave, and that
    /// was stored masked, counts only without it: some gateways hand out one number for all that
    /// they take together, so that several messages have it.
    pub fn about<'a>(
        &self,
        sent: &[Message],
        phone: impl Fn(&Message) -> Option<&'a str>,
    ) -> Vec<usize> {
        let key = self.key.as_deref().filter(|key| MessageKey::is_one(key));
        let is_meant = |message: &Message| match (key, &self.receipt, &message.delivery) {
            (Some(key), _, _) => message.key.as_str() == key,
            (
                None,
                Some(told),
                Delivery::Accepted { receipt, .. } | Delivery::Delivered { receipt, .. },
            ) => receipt.is_some() && wording::receipt_to(phone(message), told, []) == *receipt,
            _ => false,
        };
        let places = sent.iter().enumerate();
        let meant = places.filter(|(_, message)| is_meant(message));
        meant.map(|(place, _)| place).collect()
    }
}

/// The document in `bytes`: JSON, or a form, whose pairs become texts of an object.
pub fn document(bytes: &[u8]) -> Option<Value> {
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Some(value);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    if !text.contains('=') || text.trim_start().starts_with(['{', '[', '<']) {
        return None;
    }
    let pairs = url::form_urlencoded::parse(text.trim().as_bytes());
    let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into()));
    Some(Value::Object(pairs.collect()))
}

/// The reports in what the gateway `sms` posts. `form` says how a generic gateway's are read.
pub fn posted(sms: &SmsTransport, form: &ReportForm, document: &Value) -> Vec<Report> {
    let read: fn(&Value) -> Option<Report> = match sms {
        SmsTransport::Aliyun(_) => of_aliyun,
        SmsTransport::Tencent(_) => of_tencent,
        SmsTransport::Mas(_) => of_mas,
        SmsTransport::Gateway(_) | SmsTransport::Spool(_) => {
            let list = match &form.list {
                Some(pointer) => document.pointer(pointer),
                None => Some(document),
            };
            let list = list.map_or(&[][..], parts);
            let reports = list.iter().take(MOST);
            return reports
                .filter_map(|report| of_gateway(form, report))
                .collect();
        }
    };
    parts(document).iter().take(MOST).filter_map(read).collect()
}

/// The reports in what Alibaba Cloud answers to `QuerySendDetails`.
pub fn asked_of_aliyun(document: &Value, receipt: &str) -> Vec<Report> {
    let list = document.pointer("/SmsSendDetailDTOs/SmsSendDetailDTO");
    let read = |detail: &Value| {
        let state = text(detail, "/ErrCode").unwrap_or_default();
        let fate = match text(detail, "/SendStatus")?.as_str() {
            "3" => Fate::Delivered,
            "2" => failed(&state, ""),
            _ => Fate::Pending,
        };
        Some(Report {
            key: text(detail, "/OutId"),
            receipt: Some(receipt.to_owned()),
            fate,
        })
    };
    let list = list.map_or(&[][..], parts);
    list.iter().take(MOST).filter_map(read).collect()
}

/// The reports in what Tencent Cloud answers to `PullSmsSendStatus`.
pub fn asked_of_tencent(document: &Value) -> Vec<Report> {
    let read = |report: &Value| {
        let fate = match text(report, "/ReportStatus")?.as_str() {
            "SUCCESS" => Fate::Delivered,
            _ => failed(&text(report, "/Description").unwrap_or_default(), ""),
        };
        Some(Report {
            key: text(report, "/SessionContext"),
            receipt: text(report, "/SerialNo"),
            fate,
        })
    };
    let list = document.pointer("/Response/PullSmsSendStatusSet");
    let list = list.map_or(&[][..], parts);
    list.iter().take(MOST).filter_map(read).collect()
}

/// What the gateway `sms` wants to hear when its reports were taken.
pub fn thanks(sms: &SmsTransport) -> &'static str {
    match sms {
        SmsTransport::Aliyun(_) => r#"{"code":0,"msg":"ok"}"#,
        SmsTransport::Tencent(_) => r#"{"result":0,"errmsg":"OK"}"#,
        SmsTransport::Mas(_) | SmsTransport::Gateway(_) | SmsTransport::Spool(_) => {
            r#"{"code":0,"message":"ok"}"#
        }
    }
}

fn of_aliyun(report: &Value) -> Option<Report> {
    let state = text(report, "/err_code").unwrap_or_default();
    let words = text(report, "/err_msg").unwrap_or_default();
    Some(Report {
        key: text(report, "/out_id"),
        receipt: text(report, "/biz_id"),
        fate: match text(report, "/success")?.as_str() {
            "true" => Fate::Delivered,
            _ => failed(&state, &words),
        },
    })
}

fn of_tencent(report: &Value) -> Option<Report> {
    let state = text(report, "/errmsg").unwrap_or_default();
    let words = text(report, "/description").unwrap_or_default();
    Some(Report {
        key: text(report, "/ext"),
        receipt: text(report, "/sid"),
        fate: match text(report, "/report_status")?.as_str() {
            "SUCCESS" => Fate::Delivered,
            _ => failed(&state, &words),
        },
    })
}

fn of_mas(report: &Value) -> Option<Report> {
    let status = text(report, "/reportStatus").unwrap_or_default();
    let code = text(report, "/errorCode").unwrap_or_default();
    if status.is_empty() && code.is_empty() {
        return None;
    }
    Some(Report {
        key: None,
        receipt: text(report, "/msgGroup"),
        fate: match status == "DELIVRD" || code == "DELIVRD" {
            true => Fate::Delivered,
            false => failed(&code, &status),
        },
    })
}

fn of_gateway(form: &ReportForm, report: &Value) -> Option<Report> {
    let at = |pointer: &Option<String>| {
        let pointer = pointer.as_ref()?;
        text(report, pointer)
    };
    let status = text(report, &form.status)?;
    let fate = if form.delivered.contains(&status) {
        Fate::Delivered
    } else if form.pending.contains(&status) {
        Fate::Pending
    } else {
        let Fate::Failed { error, .. } = failed(&status, "") else {
            return None;
        };
        let permanent = form.permanent.contains(&status);
        Fate::Failed { permanent, error }
    };
    Some(Report {
        key: at(&form.key),
        receipt: at(&form.receipt),
        fate,
    })
}

fn failed(state: &str, words: &str) -> Fate {
    let told = format!("the gateway reports {state} {words}");
    Fate::Failed {
        permanent: DEAD.contains(&state),
        error: wording::error_of(&told, []),
    }
}

/// The parts of a list, or the one thing that is no list.
fn parts(value: &Value) -> &[Value] {
    match value {
        Value::Array(parts) => parts,
        one => std::slice::from_ref(one),
    }
}

/// The plain value at `pointer`, unless it is longer than any identity or state.
fn text(value: &Value, pointer: &str) -> Option<String> {
    let text = value.pointer(pointer).and_then(text_of)?;
    (!text.is_empty() && text.len() <= ID_BYTES).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(reports: &[Report]) -> Vec<String> {
        let told = |report: &Report| {
            let key = report.key.as_deref().unwrap_or("-");
            let receipt = report.receipt.as_deref().unwrap_or("-");
            let fate = match &report.fate {
                Fate::Delivered => "delivered".to_owned(),
                Fate::Pending => "pending".to_owned(),
                Fate::Failed { permanent, error } => format!("failed {permanent} {error}"),
            };
            format!("{key} {receipt} {fate}")
        };
        reports.iter().map(told).collect()
    }

    #[test]
    fn vendors_reports_are_read() {
        let aliyun = json!({"phone_number": "10000000001", "success": true, "err_code": "DELIVERED",
            "biz_id": "b1", "out_id": "k1"});
        let lost = json!({"success": false, "err_code": "CB:0001", "err_msg": "空号", "biz_id": "b2",
            "out_id": "k2"});
        let read = |value: &Value| told(&of_aliyun(value).into_iter().collect::<Vec<_>>());
        assert_eq!(read(&aliyun), ["k1 b1 delivered"]);
        assert_eq!(
            read(&lost),
            ["k2 b2 failed true the gateway reports CB:0001 空号"]
        );
        assert!(read(&json!({"out_id": "k"})).is_empty());
        assert!(read(&json!("x")).is_empty());

        let tencent = |status: &str, state: &str| {
            let report = json!({"mobile": "10000000001", "report_status": status, "errmsg": state,
                "description": "说明", "sid": "s1"});
            told(&of_tencent(&report).into_iter().collect::<Vec<_>>())
        };
        assert_eq!(tencent("SUCCESS", "DELIVRD"), ["- s1 delivered"]);
        assert_eq!(
            tencent("FAIL", "002"),
            ["- s1 failed false the gateway reports 002 说明"]
        );

        let mas = |code: &str, status: &str| {
            let report = json!({"errorCode": code, "reportStatus": status, "msgGroup": "g1",
                "mobile": "10000000001"});
            told(&of_mas(&report).into_iter().collect::<Vec<_>>())
        };
        assert_eq!(mas("DELIVRD", "CM:0000"), ["- g1 delivered"]);
        assert_eq!(
            mas("UNDELIV", "CM:0255"),
            ["- g1 failed false the gateway reports UNDELIV CM:0255"]
        );
    }

    #[test]
    fn answers_to_questions_are_read() {
        let detail =
            |status: u8| json!({"SendStatus": status, "ErrCode": "UNDELIV", "OutId": "k1"});
        let document = json!({"Code": "OK", "SmsSendDetailDTOs":
            {"SmsSendDetailDTO": [detail(1), detail(2), detail(3)]}});
        assert_eq!(
            told(&asked_of_aliyun(&document, "b1")),
            [
                "k1 b1 pending",
                "k1 b1 failed false the gateway reports UNDELIV",
                "k1 b1 delivered"
            ]
        );
        let document = json!({"Response": {"PullSmsSendStatusSet": [
            {"SerialNo": "s1", "ReportStatus": "SUCCESS", "Description": "DELIVRD"},
            {"SerialNo": "s2", "ReportStatus": "FAIL", "Description": "DB:0101"},
        ]}});
        assert_eq!(
            told(&asked_of_tencent(&document)),
            [
                "- s1 delivered",
                "- s2 failed true the gateway reports DB:0101"
            ]
        );
    }

    #[test]
    fn a_generic_gateway_is_read_as_configured() {
        let form = ReportForm {
            list: None,
            key: Some("/requestId".to_owned()),
            receipt: None,
            status: "/state".to_owned(),
            delivered: vec!["0".to_owned()],
            permanent: vec!["9".to_owned()],
            pending: vec!["1".to_owned()],
        };
        let rows = [
            ("requestId=k1&state=0", "k1 - delivered"),
            (r#"{"requestId": "k1", "state": 1}"#, "k1 - pending"),
            (
                r#"[{"requestId": "k1", "state": "9"}]"#,
                "k1 - failed true the gateway reports 9",
            ),
        ];
        for (body, expected) in rows {
            let document = document(body.as_bytes()).expect(body);
            let reports: Vec<Report> = parts(&document)
                .iter()
                .filter_map(|report| of_gateway(&form, report))
                .collect();
            assert_eq!(told(&reports), [expected], "{body}");
        }
        for body in ["", "nothing", "<xml a=\"b\"/>", "{\"a\"=1"] {
            assert_eq!(document(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn numbers_are_masked_in_what_is_reported() {
        let Fate::Failed { error, .. } = failed("UNDELIV", "to 10000000001") else {
            panic!("no failure");
        };
        assert_eq!(error, "the gateway reports UNDELIV to 100****0001");
    }
}
