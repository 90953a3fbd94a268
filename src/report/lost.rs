//! Why a message did not arrive, or waits for another attempt; and how many were lost of late.

use chrono::TimeDelta;

use super::plain::{instant, one_line};
use super::recipient::{receiver, route_in_chinese};
use super::reply;
use crate::alert::detour::failing_since;
use crate::alert::outbox::{Delivery, Message};
use crate::domain::group::{Group, Route};
use crate::domain::time::Moment;

/// The longest answer of a transport that is shown, in characters.
const ANSWER_CHARS: usize = 100;
/// What has failed for so long is told.
const LONG: TimeDelta = TimeDelta::hours(1);
/// A gateway reports what became of a message within hours, or never.
const REPORTED_WITHIN: TimeDelta = TimeDelta::days(1);
/// The days that `lately` looks back, as its caller asks for them.
pub const DAYS: i64 = 7;

/// Whether a message never arrives.
pub fn is_lost(delivery: &Delivery) -> bool {
    matches!(delivery, Delivery::Failed { .. } | Delivery::Expired { .. })
}

/// What the transport said of a message that failed or is to be tried again, masked: in Chinese where it
/// is of a known kind, with the gateway's own words.
pub fn why(delivery: &Delivery) -> Option<String> {
    let (word, error) = match delivery {
        Delivery::Failed {
            permanent: true,
            error,
            ..
        } => ("渠道拒绝", error),
        Delivery::Failed { error, .. } => ("未能送达", error),
        Delivery::Queued {
            last_error: Some(error),
        } => ("上次尝试未成功", error),
        _ => return None,
    };
    Some(format!(
        "{word}：{}",
        one_line(&reply::in_chinese(error), ANSWER_CHARS)
    ))
}

/// One line on the lost ones of `messages`, which are of the last [`DAYS`] days, the newest first;
/// empty where there are none.
pub fn lately(messages: &[Message], group: &Group, now: Moment) -> String {
    let count = |is: fn(&Delivery) -> bool| {
        let all = messages.iter();
        all.filter(|message| is(&message.delivery)).count()
    };
    let failed = count(|delivery| matches!(delivery, Delivery::Failed { .. }));
    let expired = count(|delivery| matches!(delivery, Delivery::Expired { .. }));
    let lost = messages.iter().filter(|message| is_lost(&message.delivery));
    let moved = lost.clone().filter(|lost| goes_on(lost, messages)).count();
    let moved = match moved {
        0 => String::new(),
        count => format!("（其中{count}条已改用其他渠道）"),
    };
    let Some(latest) = lost.max_by_key(|message| message.created_at) else {
        return String::new();
    };
    let counts = [(failed, "发送失败"), (expired, "过期未发")];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count}条{word}"))
        .collect();
    let why = why(&latest.delivery).unwrap_or_else(|| latest.delivery.in_chinese().to_owned());
    format!(
        "【消息】近{DAYS}天有{}{moved}，最近一条：{} 发给{}，{why}。逐条见 wangxun outbox",
        counts.join("、"),
        instant(latest.created_at, now),
        receiver(group, latest)
    )
}

/// Whether another of `messages` carries to the same person what `lost` carried.
fn goes_on(lost: &Message, messages: &[Message]) -> bool {
    let carries = |other: &&Message| {
        other.person == lost.person
            && other.key != lost.key
            && other.created_at >= lost.created_at
            && !is_lost(&other.delivery)
            && !matches!(other.delivery, Delivery::Withdrawn { .. })
    };
    let mut others = messages.iter().filter(carries);
    others.any(|other| other.notices.iter().any(|key| lost.notices.contains(key)))
}

/// One line on those of `messages` that have failed for hours and are still to be sent; empty where there
/// are none.
pub fn waiting(messages: &[Message], group: &Group, now: Moment) -> String {
    let failing = messages.iter().filter_map(|message| {
        let since = failing_since(message)?;
        (now - since >= LONG).then_some((since, message))
    });
    let failing: Vec<_> = failing.collect();
    let Some((since, oldest)) = failing.iter().min_by_key(|(since, _)| *since) else {
        return String::new();
    };
    let why = why(&oldest.delivery).map_or_else(String::new, |why| format!("，{why}"));
    format!(
        "【消息】{}条尚未发出，最早的自{}起经{}渠道发给{}{why}。逐条见 wangxun outbox",
        failing.len(),
        instant(*since, now),
        route_in_chinese(oldest.route),
        receiver(group, oldest)
    )
}

/// One line on those text messages among `messages` that were taken more than a day ago and
/// of which the gateway, which reports what becomes of messages, has reported nothing; empty where there are
/// none.
pub fn unreported(messages: &[Message], now: Moment) -> String {
    let is_unreported = |message: &&Message| {
        let late =
            matches!(message.delivery, Delivery::Accepted { at, .. } if now - at > REPORTED_WITHIN);
        late && message.route == Route::Sms
    };
    match messages.iter().filter(is_unreported).count() {
        0 => String::new(),
        count => format!(
            "【消息】近{DAYS}天有{count}条短信提交超过1天仍无回执，是否送达不明。逐条见 wangxun outbox"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{at, group, message};

    #[test]
    fn what_the_gateway_never_reported_on_is_counted_after_a_day() {
        let taken = [message("chen", None, "a"), message("li", None, "b")];
        assert_eq!(unreported(&taken, at("2017-11-19T08:30:00")), "");
        let mut later = taken.to_vec();
        let now = at("2017-11-19T08:30:01");
        assert!(unreported(&later, now).contains("有2条短信提交超过1天仍无回执"));
        later[0].delivery = Delivery::Delivered {
            at: now,
            receipt: None,
        };
        later[1].route = Route::Mail;
        assert_eq!(unreported(&later, now), "");
    }

    #[test]
    fn what_was_lost_is_counted_with_the_cause_of_the_latest() {
        let now = at("2017-11-18T10:00:00");
        let mut messages = vec![
            message("chen", None, "a"),
            message("li", None, "b"),
            message("wang", None, "c"),
        ];
        assert_eq!(lately(&messages, &group(), now), "");
        messages[1].delivery = Delivery::Expired { at: now };
        messages[0].delivery = Delivery::Failed {
            at: now,
            permanent: true,
            error: "the gateway answered 200, \"1001\" at /code".to_owned(),
        };
        messages[0].created_at = at("2017-11-18T09:00:00");
        assert_eq!(
            lately(&messages, &group(), now),
            "【消息】近7天有1条发送失败、1条过期未发，最近一条：11月18日09:00 发给科信委联络员 陈**，渠道拒绝：网关应答200，/code为\"1001\"。逐条见 wangxun outbox"
        );
    }

    #[test]
    fn what_arrived_or_is_new_needs_no_cause() {
        let at = at("2017-11-18T10:00:00");
        let receipt = None;
        for delivery in [
            Delivery::Queued { last_error: None },
            Delivery::Accepted { at, receipt },
            Delivery::Withdrawn { at },
        ] {
            assert_eq!(why(&delivery), None, "{delivery:?}");
        }
        let queued = Delivery::Queued {
            last_error: Some("a\u{202e}\nb".to_owned()),
        };
        assert_eq!(why(&queued).as_deref(), Some("上次尝试未成功：a b"));
    }
}
