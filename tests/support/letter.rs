//! One person and one message, for tests of delivery.

use chrono::NaiveDate;
use wangxun::alert::outbox::{Delivery, Message, MessageKey};
use wangxun::domain::group::{Person, Route};
use wangxun::domain::id::PersonId;
use wangxun::domain::time::moment;

/// The person's telephone number; no such number is in service.
pub const PHONE: &str = "+8610000000001";
/// The person's mail address.
pub const MAIL: &str = "liaison@example.cn";
/// A text that tries to leave its field, in every encoding it may travel in.
pub const HOSTILE: &str = "\"},{\"phone\":\"1\"} {phone} {secret.token} &text=x%00+=#\\\r\n.\r\nRCPT TO:<x@example.cn>\r\n'<b>\u{202e}栏目“工作动态”超期3天😀";

/// A person with a number and an address.
pub fn person() -> Person {
    Person {
        id: PersonId::parse("p1").expect("an id"),
        name: "张三".to_owned(),
        phone: Some(PHONE.to_owned()),
        mail: Some(MAIL.to_owned()),
        robot: None,
        presence: Default::default(),
        routes: vec![Route::Sms, Route::Mail],
        duties: Vec::new(),
    }
}

/// A message with this text.
pub fn message(text: &str) -> Message {
    let day = NaiveDate::from_ymd_opt(2017, 11, 14).expect("a date");
    let at = moment(day.and_hms_opt(9, 0, 0).expect("a time"));
    Message {
        key: MessageKey::of(&["kxw/gzdt", "overdue", "p1"]),
        person: PersonId::parse("p1").expect("an id"),
        route: Route::Sms,
        subject: "【网巡】工作动态超期3天".to_owned(),
        text: text.to_owned(),
        words: Default::default(),
        tier: None,
        notices: Vec::new(),
        in_place_of: Vec::new(),
        links: Vec::new(),
        urgent: true,
        leaves: Default::default(),
        provisional: false,
        created_at: at,
        of_day: None,
        expires_at: at + chrono::TimeDelta::hours(24),
        attempts: 1,
        maybe_taken: false,
        unsent_since: None,
        next_attempt_at: at,
        delivery: Delivery::Attempting { since: at },
    }
}
