//! Rows in data: objects with a title and a date or an address, arrays of strings, markup inside
//! strings. Keys are compared without case and signs.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::NaiveTime;

use super::clean;
use super::dates;
use super::island::Island;
use super::loose::{self, Value};
use super::standing;

/// Literals that are tried in one page, and the bytes read for them.
const MAX_TRIES: usize = 400;
const MAX_READ: usize = 4 * 1024 * 1024;

impl Island {
    /// One row from loose strings: an address, a title, a date or its parts.
    pub fn of_texts(&mut self, texts: &[&str]) {
        let is_link = |t: &str| {
            !t.contains(char::is_whitespace)
                && (t.starts_with("http")
                    || t.starts_with('/')
                    || t.contains(".htm")
                    || t.contains(".shtml")
                    || t.contains(".jsp"))
        };
        let link = texts.iter().copied().find(|t| is_link(t));
        let title = texts
            .iter()
            .copied()
            .filter(|t| !is_link(t))
            .max_by_key(|t| clean::weight(t));
        let dated = |t: &str| {
            dates::scan(t).iter().any(|f| {
                matches!(f.stamp, dates::Stamp::Full(_))
                    && standing::standing(t, f) == standing::Standing::Alone
            })
        };
        let date = texts
            .iter()
            .copied()
            .find(|t| Some(*t) != title && dated(t))
            .map(str::to_owned);
        let parts: Vec<&str> = texts
            .iter()
            .copied()
            .filter(|t| t.len() <= 4 && t.bytes().all(|b| b.is_ascii_digit()) && !t.is_empty())
            .collect();
        let date = date.or_else(|| match parts.as_slice() {
            [y, m, d] if y.len() == 4 => Some(format!("{y}-{m}-{d}")),
            _ => None,
        });
        if let Some(title) = title.filter(|_| link.is_some() && date.is_some()) {
            self.row(title, link, date.as_deref());
        }
    }

    /// Object and array literals anywhere in a text.
    pub fn literals(&mut self, text: &str) {
        let mut at = 0;
        let next = |at| memchr::memchr2(b'{', b'[', text.as_bytes().get(at..)?);
        while let Some(offset) = next(at) {
            at += offset;
            if self.tries >= MAX_TRIES || self.read >= MAX_READ || !self.room() {
                return;
            }
            let rest = text.get(at..).unwrap_or_default();
            let inner = rest.get(1..).unwrap_or_default().trim_start();
            if !inner.starts_with(['{', '[', '"', '\'']) && !starts_with_key(inner) {
                at += 1;
                continue;
            }
            let used = self.literal(rest);
            at += used.unwrap_or(1).max(1);
        }
    }

    /// The literal at the start of a text, and how many bytes it took; nothing where no more are
    /// read.
    pub fn literal(&mut self, text: &str) -> Option<usize> {
        if self.tries >= MAX_TRIES || self.read >= MAX_READ || !self.room() {
            return None;
        }
        self.tries += 1;
        let (value, used) = loose::attempt(text);
        self.read += used;
        match value {
            Some(value) => {
                self.value(&value);
                Some(used)
            }
            None => {
                self.read += 2000;
                Some(1)
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(pairs) if self.object(pairs, &[]) => {}
            Value::Object(pairs) => pairs.iter().for_each(|(_, inner)| self.value(inner)),
            Value::List(values) => {
                let texts: Vec<&str> = values
                    .iter()
                    .filter_map(|v| {
                        if let Value::Text(t) = v {
                            Some(t.as_ref())
                        } else {
                            None
                        }
                    })
                    .collect();
                if texts.len() >= 3 && texts.len() == values.len() {
                    self.of_texts(&texts);
                }
                let shared = shared_keys(values);
                self.shared |= !shared.is_empty();
                for inner in values {
                    match inner {
                        Value::Object(pairs) if self.object(pairs, &shared) => {}
                        inner => self.value(inner),
                    }
                }
            }
            Value::Text(text)
                if text.len() > 40 && text.contains("<a") && text.contains("href") =>
            {
                self.fragment(text)
            }
            _ => {}
        }
    }

    /// A row from an object with a title, and a date or an address; `shared` are keys whose dates
    /// are none of its own.
    fn object(&mut self, pairs: &[(Cow<str>, Value)], shared: &[&str]) -> bool {
        let fields = Fields::of(pairs, shared);
        let Some(title) = fields.title else {
            return false;
        };
        let date = fields.date();
        if date.is_none() && fields.link.is_none() {
            return false;
        }
        self.row(title, fields.link, date.as_deref());
        true
    }
}

/// What an object says of a row.
#[derive(Debug, Default)]
struct Fields<'v> {
    title: Option<&'v str>,
    link: Option<&'v str>,
    /// With the places of their keys among those of dates.
    dates: Vec<(usize, &'v Value<'v>)>,
}

impl<'v> Fields<'v> {
    fn of(pairs: &'v [(Cow<str>, Value)], shared: &[&str]) -> Self {
        let mut fields = Self::default();
        let (mut title, mut link) = (usize::MAX, usize::MAX);
        for (name, value) in pairs {
            let Some((field, rank)) = KEYS.get(plain_key(name).as_ref()).copied() else {
                continue;
            };
            let text = match value {
                Value::Text(text) if !text.trim().is_empty() => Some(text.as_ref()),
                _ => None,
            };
            match field {
                _ if shared.contains(&name.as_ref()) => {}
                Field::Date => fields.dates.push((rank, value)),
                Field::Title if text.is_some() && rank < title => {
                    (fields.title, title) = (text, rank);
                }
                Field::Link if text.is_some() && rank < link => {
                    (fields.link, link) = (text, rank);
                }
                Field::Title | Field::Link => {}
            }
        }
        fields
    }

    /// The date under the key that is most surely that of the publication.
    fn date(&self) -> Option<String> {
        let mut dates = self.dates.clone();
        dates.sort_by_key(|(rank, _)| *rank);
        dates.iter().find_map(|(_, value)| date_of(value))
    }
}

#[derive(Debug, Clone, Copy)]
enum Field {
    Title,
    Date,
    Link,
}

/// All keys, with their places in their tables.
static KEYS: LazyLock<HashMap<&str, (Field, usize)>> = LazyLock::new(|| {
    let tables = [
        (Field::Title, TITLE_KEYS),
        (Field::Date, DATE_KEYS),
        (Field::Link, LINK_KEYS),
    ];
    let places = |(field, keys): (Field, &'static [&'static str])| {
        let keyed = keys.iter().enumerate();
        keyed.map(move |(at, key)| (*key, (field, at)))
    };
    tables.into_iter().flat_map(places).collect()
});

/// Records that share a date from which it is that of a move: fewer may be of one day.
const SHARED_RECORDS: usize = 5;
/// Keys with the moment at which a record was made.
const MADE_KEYS: &[&str] = &[
    "writedate",
    "inputtime",
    "inputdate",
    "addtime",
    "adddate",
    "createdate",
    "createtime",
    "crtime",
];

/// The keys of dates that all records of a list share, where these cannot be their publication:
/// other dates of theirs differ, or it is the moment at which records were made, or one to the
/// second.
fn shared_keys<'v>(values: &'v [Value]) -> Vec<&'v str> {
    let Some(Value::Object(first)) = values.first().filter(|_| values.len() >= SHARED_RECORDS)
    else {
        return Vec::new();
    };
    let dates = first
        .iter()
        .map(|(name, value)| (name.as_ref(), plain_key(name), value))
        .filter(|(_, plain, _)| DATE_KEYS.contains(&plain.as_ref()));
    let is_shared = |name: &str, value: &Value| {
        values.iter().all(|other| match other {
            Value::Object(pairs) => pairs
                .iter()
                .any(|(other, date)| other == name && date == value),
            _ => false,
        })
    };
    let (shared, own): (Vec<_>, Vec<_>) =
        dates.partition(|(name, _, value)| is_shared(name, value));
    let made = |plain: &str, value: &Value| {
        let second = match value {
            Value::Number(number) => dates::from_epoch(*number).map(|(_, time)| time),
            Value::Text(text) => dates::scan(text).first().and_then(|found| found.time),
            _ => None,
        };
        MADE_KEYS.contains(&plain) || second.is_some_and(|time| time != NaiveTime::MIN)
    };
    shared
        .into_iter()
        .filter(|(_, plain, value)| !own.is_empty() || made(plain, value))
        .map(|(name, _, _)| name)
        .collect()
}

const TITLE_KEYS: &[&str] = &[
    "title",
    "doctitle",
    "articletitle",
    "infotitle",
    "newstitle",
    "contenttitle",
    "linktitle",
    "subject",
    "headline",
    "showtitle",
    "listtitle",
    "topic",
    "biaoti",
    "mc",
    "bt",
];
const DATE_KEYS: &[&str] = &[
    "pubdate",
    "publishdate",
    "publishtime",
    "publishedtime",
    "publishedtimestr",
    "publishedtimeformat",
    "pubtime",
    "docpubtime",
    "docreltime",
    "releasedate",
    "releasetime",
    "displaydate",
    "displaytime",
    "showdate",
    "showtime",
    "infodate",
    "newsdate",
    "publishtimestr",
    "publishdatestr",
    "pubtimestr",
    "pubdatestr",
    "releasetimestr",
    "deploytime",
    "deploydate",
    "opentime",
    "opendate",
    "onlinetime",
    "fbrq",
    "fbsj",
    "datetime",
    "date",
    "time",
    "writedate",
    "inputtime",
    "inputdate",
    "addtime",
    "adddate",
    "createdate",
    "createtime",
    "crtime",
];
const LINK_KEYS: &[&str] = &[
    "url",
    "link",
    "href",
    "docpuburl",
    "puburl",
    "linkurl",
    "infourl",
    "articleurl",
    "htmlurl",
    "pageurl",
    "urls",
    "path",
    "curl",
    "visiturl",
    "urlpath",
    "filepath",
];

fn plain_key(name: &str) -> Cow<'_, str> {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if name.len() <= 40 && name.bytes().all(is_plain) {
        return Cow::Borrowed(name);
    }
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn starts_with_key(text: &str) -> bool {
    let name = text
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .count();
    name > 0
        && name < 60
        && text
            .get(name..)
            .is_some_and(|rest| rest.trim_start().starts_with(':'))
}

fn date_of(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => dates::from_epoch(*number).map(|(on, _)| on.to_string()),
        Value::Text(text) => match text.trim().parse::<i64>() {
            Ok(number) if text.trim().len() >= 10 => {
                dates::from_epoch(number).map(|(on, _)| on.to_string())
            }
            _ => match net_epoch(text) {
                Some(number) => dates::from_epoch(number).map(|(on, _)| on.to_string()),
                None => dates::scan(text).first().map(|_| clean::line(text, 40)),
            },
        },
        _ => None,
    }
}

/// `/Date(1521162900000+0800)/`
fn net_epoch(text: &str) -> Option<i64> {
    let inner = text.trim().strip_prefix("/Date(")?;
    let digits = inner.find(|c: char| !c.is_ascii_digit())?;
    inner.get(..digits)?.parse().ok()
}
