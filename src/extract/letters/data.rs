//! Letters in data: the answers of the interfaces behind letter-boxes, as JSON with or without
//! padding. Keys are compared without case and signs.

use serde_json::{Map, Value};
use url::Url;

use super::super::dates::{self, Stamp};
use super::super::{address, clean, json_list};
use super::words;
use crate::domain::letter::{ListedLetter, State, Told};
use crate::domain::time::Date;

const TITLES: [&str; 10] = [
    "lettertitle",
    "messagetitle",
    "mailtitle",
    "questiontitle",
    "title",
    "subject",
    "theme",
    "question",
    "bt",
    "zt",
];
const ASKED: [&str; 16] = [
    "createdate",
    "createtime",
    "writedate",
    "writetime",
    "askdate",
    "asktime",
    "questiondate",
    "questiontime",
    "submitdate",
    "submittime",
    "letterdate",
    "lettertime",
    "messagedate",
    "messagetime",
    "pubtime",
    "lxsj",
];
const ANSWERED: [&str; 16] = [
    "feedbackdate",
    "feedbacktime",
    "replydate",
    "replytime",
    "answerdate",
    "answertime",
    "responsedate",
    "responsetime",
    "dealdate",
    "dealtime",
    "handledate",
    "handletime",
    "finishdate",
    "finishtime",
    "hfsj",
    "dfsj",
];
const FLAGS: [&str; 4] = ["isreply", "isanswer", "isreplied", "isanswered"];
const STATES: [&str; 5] = [
    "replystatus",
    "replystate",
    "statusname",
    "statename",
    "status",
];
const ANSWERS: [&str; 8] = [
    "feedback",
    "reply",
    "replycontent",
    "replytext",
    "answer",
    "answercontent",
    "hfnr",
    "dfnr",
];
const UNITS: [&str; 9] = [
    "orgname",
    "orgid",
    "unitname",
    "deptname",
    "replyunit",
    "answerunit",
    "replydept",
    "dept",
    "unit",
];
const LINKS: [&str; 4] = ["url", "link", "href", "detailurl"];
/// How deep lists are looked for.
const DEPTH: usize = 12;
/// From how much weight a text is an answer.
const ANSWER_WEIGHT: usize = 2;

/// The letters of a body of data.
pub fn list(text: &str, base: &Url, today: Date) -> Vec<ListedLetter> {
    let Some(text) = json_list::unpadded(text) else {
        return Vec::new();
    };
    // What follows the data is the padding's end.
    let value = serde_json::Deserializer::from_str(text).into_iter().next();
    let Some(Ok(value)) = value else {
        return Vec::new();
    };
    let mut letters = Vec::new();
    gather(&value, base, today, DEPTH, &mut letters);
    letters
}

fn gather(value: &Value, base: &Url, today: Date, deep: usize, into: &mut Vec<ListedLetter>) {
    if deep == 0 || into.len() >= super::MOST {
        return;
    }
    match value {
        Value::Array(values) => {
            for value in values.iter().take(super::MOST) {
                gather(value, base, today, deep - 1, into);
            }
        }
        Value::Object(object) => match letter(object, base, today) {
            Some(letter) => into.push(letter),
            None => object
                .values()
                .for_each(|value| gather(value, base, today, deep - 1, into)),
        },
        _ => {}
    }
}

/// A letter, where an object has a title and a day or a state.
fn letter(object: &Map<String, Value>, base: &Url, today: Date) -> Option<ListedLetter> {
    let find = |keys: &[&str]| -> Option<&Value> {
        keys.iter().find_map(|key| {
            let mut pairs = object.iter();
            let (_, value) = pairs.find(|(name, value)| plain(name) == *key && !value.is_null())?;
            Some(value)
        })
    };
    let title = clean::line(&words_of(find(&TITLES)?), clean::TITLE);
    let asked_on = find(&ASKED).and_then(|value| day(value, today));
    let answered_on = find(&ANSWERED).and_then(|value| day(value, today));
    let answer = find(&ANSWERS).map(words_of).unwrap_or_default();
    let state = find(&FLAGS)
        .and_then(flag)
        .or_else(|| words::state_of(find(&STATES).map(words_of)?.trim()));
    if title.is_empty() || (asked_on.is_none() && answered_on.is_none() && state.is_none()) {
        return None;
    }
    let url = find(&LINKS).and_then(|value| address::join(base, &words_of(value)));
    Some(ListedLetter {
        title,
        url: url.map(|url| clean::line(url.as_str(), 1000)),
        told: Told {
            asked_on,
            answered_on: answered_on.filter(|on| asked_on.is_none_or(|asked| asked <= *on)),
            state,
            unit: find(&UNITS).is_some_and(|value| !words_of(value).is_empty()),
            words: clean::weight(&answer) >= ANSWER_WEIGHT && !words::is_state(&answer),
        },
    })
}

fn plain(key: &str) -> String {
    let letters = key.chars().filter(char::is_ascii_alphanumeric).take(24);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn words_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.chars().take(2000).collect(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The day of a value: as printed, or as an epoch in seconds or milliseconds.
fn day(value: &Value, today: Date) -> Option<Date> {
    let text = words_of(value);
    let epoch = text.parse().ok().filter(|_| text.len() >= 9);
    let epoch = epoch.and_then(|number| Some(dates::from_epoch(number)?.0));
    let printed = || match dates::scan(text.trim()).first()?.in_china().stamp {
        Stamp::Full(on) => Some(on),
        _ => None,
    };
    let on = epoch.or_else(printed)?;
    dates::is_plausible(on, today).then_some(on)
}

/// A state as a flag, or in words. Other numbers are codes of a platform's own.
fn flag(value: &Value) -> Option<State> {
    let text = words_of(value);
    match (value, text.trim()) {
        (Value::Bool(true), _) | (_, "1" | "是" | "Y") => Some(State::Answered),
        (Value::Bool(false), _) | (_, "0" | "否" | "N") => Some(State::Open),
        (_, text) => words::state_of(text),
    }
}
