//! Letters in data: the answers of the interfaces behind letter-boxes, as JSON with or without
//! padding. Keys are compared without case and signs; where the rows stand and where a letter has its
//! page can be laid down.

use std::borrow::Cow;

use url::Url;

use super::super::dates::{self, Stamp};
use super::super::json_link::Link;
use super::super::json_path::JsonPath;
use super::super::loose::{self, Value};
use super::super::{address, clean, json_list};
use super::words;
use crate::domain::letter::{ListedLetter, State, Told};
use crate::domain::reading_rules::Shape;
use crate::domain::time::Date;

const TITLES: [&str; 12] = [
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
    "lybt",
    "infomess",
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
    "lxsj",
    "lysj",
];
/// When a letter was made public: with its answer, where that is shown, else as it came in.
const PUBLIC: [&str; 2] = ["pubtime", "publishtime"];
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
const ANSWERS: [&str; 9] = [
    "feedback",
    "reply",
    "replycontent",
    "replytext",
    "answer",
    "answercontent",
    "hfnr",
    "dfnr",
    "clyj",
];
const UNITS: [&str; 11] = [
    "orgname",
    "orgid",
    "unitname",
    "deptname",
    "replyunit",
    "answerunit",
    "replydept",
    "dept",
    "unit",
    "fzsjcn",
    "feedbackname",
];
const LINKS: [&str; 4] = ["url", "link", "href", "detailurl"];
/// How deep lists are looked for.
const DEPTH: usize = 12;
/// From how much weight a text is an answer.
const ANSWER_WEIGHT: usize = 2;

type Object<'v> = [(Cow<'v, str>, Value<'v>)];

/// The letters of a body of data; where its shape is laid down, those of the rows that it names.
pub fn list(text: &str, shape: Option<&Shape>, base: &Url, today: Date) -> Vec<ListedLetter> {
    let data = json_list::unpadded(text).and_then(loose::read);
    let Some((value, _)) = data else {
        return Vec::new();
    };
    let mut reader = Reader {
        base,
        today,
        title: None,
        link: None,
        letters: Vec::new(),
    };
    match shape {
        Some(Shape::List {
            rows, title, url, ..
        }) => {
            let Ok(rows) = JsonPath::parse(rows) else {
                return Vec::new();
            };
            reader.title = JsonPath::parse(title).ok();
            reader.link = url.as_deref().and_then(|url| Link::parse(url).ok());
            for row in json_list::elements(&rows, &value) {
                reader.gather(row, DEPTH);
            }
        }
        Some(Shape::Fragment { .. } | Shape::Records) | None => reader.gather(&value, DEPTH),
    }
    super::by_blanks(reader.letters)
}

/// Whether a sign that a letter is answered says that it is not.
pub fn waits(sign: &Value) -> bool {
    flag(sign) == Some(State::Open)
}

/// Gathers letters.
struct Reader<'a> {
    base: &'a Url,
    today: Date,
    /// Where the title of a row stands, where that is laid down.
    title: Option<JsonPath>,
    /// Where its address stands.
    link: Option<Link>,
    /// Each with whether the places of its answer are left blank.
    letters: Vec<(ListedLetter, bool)>,
}

impl Reader<'_> {
    fn gather(&mut self, value: &Value, deep: usize) {
        if deep == 0 || self.letters.len() >= super::MOST {
            return;
        }
        match value {
            Value::List(values) => {
                for value in values.iter().take(super::MOST) {
                    self.gather(value, deep - 1);
                }
            }
            Value::Object(object) => match self.letter(value, object) {
                Some(letter) => self.letters.push(letter),
                None => object
                    .iter()
                    .for_each(|(_, value)| self.gather(value, deep - 1)),
            },
            Value::Text(_) | Value::Number(_) | Value::Flag(_) | Value::Other => {}
        }
    }

    /// A letter, where an object has a title and a day or a state.
    fn letter(&self, row: &Value, object: &Object) -> Option<(ListedLetter, bool)> {
        let find = |keys: &[&str]| -> Option<&Value> {
            keys.iter().find_map(|key| {
                let is_its =
                    |name: &str, value: &Value| plain(name) == *key && *value != Value::Other;
                let pair = object.iter().find(|(name, value)| is_its(name, value));
                pair.map(|(_, value)| value)
            })
        };
        let places: Vec<&Value> = object
            .iter()
            .filter(|(name, _)| {
                let name = plain(name);
                ANSWERS.contains(&name.as_str()) || ANSWERED.contains(&name.as_str())
            })
            .map(|(_, value)| value)
            .collect();
        let is_blank = !places.is_empty() && places.into_iter().all(is_nothing);
        let day_of = |keys: &[&str]| find(keys).and_then(|value| day(value, self.today));
        let title = match &self.title {
            Some(path) => path.first(row)?,
            None => find(&TITLES)?,
        };
        let title = json_list::bare(&words_of(title));
        let answer = find(&ANSWERS).map(words_of).unwrap_or_default();
        let words = clean::weight(&answer) >= ANSWER_WEIGHT
            && !words::is_state(&answer)
            && !words::is_promise(&answer);
        let (asked, public) = (day_of(&ASKED), day_of(&PUBLIC));
        let asked_on = asked.or(public.filter(|_| !words));
        let answered_on = day_of(&ANSWERED).or(public.filter(|_| words));
        let state = find(&FLAGS)
            .and_then(flag)
            .or_else(|| words::state_of(find(&STATES).map(words_of)?.trim()));
        if title.is_empty() || (asked_on.is_none() && answered_on.is_none() && state.is_none()) {
            return None;
        }
        let url = match &self.link {
            Some(link) => link.of(row, self.base),
            None => find(&LINKS).and_then(|value| address::join(self.base, &words_of(value))),
        };
        let letter = ListedLetter {
            title,
            url: url.map(|url| clean::line(url.as_str(), 1000)),
            told: Told {
                asked_on,
                answered_on: answered_on.filter(|on| asked_on.is_none_or(|asked| asked <= *on)),
                state,
                unit: find(&UNITS).is_some_and(|value| !words_of(value).is_empty()),
                words,
            },
        };
        Some((letter, is_blank))
    }
}

/// Whether nothing stands in a place.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Other => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::List(_) | Value::Object(_) | Value::Number(_) | Value::Flag(_) => false,
    }
}

fn plain(key: &str) -> String {
    let letters = key.chars().filter(char::is_ascii_alphanumeric).take(24);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn words_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.chars().take(2000).collect(),
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
        (Value::Flag(true), _) | (_, "1" | "是" | "Y" | "true") => Some(State::Answered),
        (Value::Flag(false), _) | (_, "0" | "否" | "N" | "false") => Some(State::Open),
        (_, text) => words::state_of(text),
    }
}
