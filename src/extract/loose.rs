//! Data written in scripts: JSON, and the looser object and array literals that pages use. Reads
//! what can be read, within limits, and never fails.

use std::borrow::Cow;

/// A value of a literal; texts without escapes stay where they were written.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'t> {
    /// Text.
    Text(Cow<'t, str>),
    /// A whole number.
    Number(i64),
    /// An array.
    List(Vec<Value<'t>>),
    /// An object, in the order of its keys.
    Object(Vec<(Cow<'t, str>, Value<'t>)>),
    /// `true` or `false`.
    Flag(bool),
    /// Anything else.
    Other,
}

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 24;

/// Reads one literal at the start of `text`; also says how many bytes it took.
pub fn read(text: &str) -> Option<(Value<'_>, usize)> {
    let (value, used) = attempt(text);
    Some((value?, used))
}

/// Reads one literal at the start of `text`, if one stands there whole; and how many bytes were
/// read for it.
pub fn attempt(text: &str) -> (Option<Value<'_>>, usize) {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0);
    (value, reader.at)
}

/// Every string literal of a script expression, escapes resolved, up to the closing parenthesis.
pub fn strings_of_call(text: &str) -> (String, usize) {
    let mut reader = Reader { text, at: 0 };
    let mut out = String::new();
    let mut depth = 1_usize;
    let mut escaped_call = false;
    while let Some(c) = reader.peek() {
        match c {
            '"' | '\'' => {
                let part = reader.string().unwrap_or_default();
                if escaped_call {
                    out.push_str(&unescape(&part));
                } else {
                    out.push_str(&part);
                }
                escaped_call = false;
                continue;
            }
            '(' => depth += 1,
            ')' if depth == 1 => {
                reader.at += 1;
                break;
            }
            ')' => depth -= 1,
            ';' | '<' if depth == 1 && out.is_empty() => break,
            'u' | 'd'
                if reader.rest().starts_with("unescape(")
                    || reader.rest().starts_with("decodeURIComponent(") =>
            {
                escaped_call = true;
            }
            _ => {}
        }
        reader.at += c.len_utf8();
    }
    (out, reader.at)
}

/// Resolves `%3C` and `%u4E2D`; bytes are UTF-8.
pub fn unescape(text: &str) -> String {
    let mut wide = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("%u") {
        let (before, from) = rest.split_at(at);
        wide.push_str(before);
        let code = from
            .get(2..6)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        match code {
            Some(c) => {
                wide.push(c);
                rest = from.get(6..).unwrap_or_default();
            }
            None => {
                wide.push_str("%u");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    wide.push_str(rest);
    percent_encoding::percent_decode_str(&wide)
        .decode_utf8_lossy()
        .into_owned()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// At most sixty characters from here that belong to one word.
    fn run(&self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let mut chars = rest
            .char_indices()
            .take(60)
            .skip_while(|(_, c)| belongs(*c));
        let end = chars.next().map(|(at, _)| at);
        let most = || rest.char_indices().nth(60).map_or(rest.len(), |(at, _)| at);
        rest.get(..end.unwrap_or_else(most)).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        self.skip_blanks();
        match self.peek()? {
            _ if depth > MAX_DEPTH => None,
            '{' => self.object(depth),
            '[' => self.list(depth),
            '"' | '\'' => self.string().map(Value::Text),
            _ => self.word(depth),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value<'a>> {
        self.take('{');
        let mut pairs = Vec::new();
        loop {
            self.skip_blanks();
            if self.take('}') {
                return Some(Value::Object(pairs));
            }
            if self.take(',') {
                continue;
            }
            let key = match self.peek()? {
                '"' | '\'' => self.string()?,
                _ => Cow::Borrowed(self.bare_key()?),
            };
            self.skip_blanks();
            if !self.take(':') {
                return None;
            }
            pairs.push((key, self.value(depth + 1)?));
        }
    }

    /// A list in brackets, or in the parentheses of a call that makes one.
    fn list(&mut self, depth: usize) -> Option<Value<'a>> {
        let end = match self.take('(') {
            true => ')',
            false => {
                self.take('[');
                ']'
            }
        };
        let mut values = Vec::new();
        loop {
            self.skip_blanks();
            if self.take(end) {
                return Some(Value::List(values));
            }
            if self.take(',') {
                continue;
            }
            values.push(self.value(depth + 1)?);
        }
    }

    fn bare_key(&mut self) -> Option<&'a str> {
        let key = self.run(|c| c.is_alphanumeric() || c == '_' || c == '$');
        self.at += key.len();
        (!key.is_empty()).then_some(key)
    }

    fn word(&mut self, depth: usize) -> Option<Value<'a>> {
        let word = self.run(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '-' | '+'));
        if word.is_empty() {
            return None;
        }
        self.at += word.len();
        // `new Date(1520265600000)` and the like; `new Array(…)` is a list.
        if word == "new" {
            self.skip_blanks();
            let made = self.bare_key();
            if made == Some("Array") && self.peek() == Some('(') {
                return self.list(depth);
            }
        }
        if self.take('(') {
            let (inner, used) = self
                .rest()
                .split_once(')')
                .map(|(inner, _)| (inner.to_owned(), inner.len() + 1))?;
            self.at += used;
            let number = inner.trim_matches(['/', ' ', '"', '\'']).parse();
            return Some(number.map_or(Value::Other, Value::Number));
        }
        Some(match word {
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            word => word.parse().map_or(Value::Other, Value::Number),
        })
    }

    /// A quoted string with its escapes resolved; `None` when it does not end.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let quote = self.peek()?;
        self.at += quote.len_utf8();
        // A quote is one byte.
        let end = u8::try_from(quote).ok()?;
        let (plain, ended) = self.plain(end)?;
        if ended {
            return Some(Cow::Borrowed(plain));
        }
        let mut out = plain.to_owned();
        loop {
            self.escape(&mut out)?;
            let (plain, ended) = self.plain(end)?;
            // What has escapes has many of them.
            out.reserve(plain.len() + if ended { 0 } else { 32 });
            out.push_str(plain);
            if ended {
                return Some(Cow::Owned(out));
            }
        }
    }

    /// What stands before the end of a string or the next escape in it, and whether it ends there.
    fn plain(&mut self, end: u8) -> Option<(&'a str, bool)> {
        let rest = self.rest();
        let Some(length) = memchr::memchr2(end, b'\\', rest.as_bytes()) else {
            self.at = self.text.len();
            return None;
        };
        self.at += length + 1;
        Some((
            rest.get(..length)?,
            rest.as_bytes().get(length) == Some(&end),
        ))
    }

    fn escape(&mut self, out: &mut String) -> Option<()> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        let length = match c {
            'n' | 'r' | 't' | '\n' | '\r' => {
                out.push(' ');
                return Some(());
            }
            'u' => 4,
            'x' => 2,
            other => {
                out.push(other);
                return Some(());
            }
        };
        let code = self
            .rest()
            .get(..length)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        if let Some(code) = code {
            self.at += length;
            out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_strict_or_loose() {
        let strict = r#"{"title":"关于\u901a\u77e5","n":15,"list":[1,"a"]} rest"#;
        let loose = "{title:'关于通知', n: 15, list:[1,'a',],}";
        let expected = Value::Object(vec![
            ("title".into(), Value::Text("关于通知".into())),
            ("n".into(), Value::Number(15)),
            (
                "list".into(),
                Value::List(vec![Value::Number(1), Value::Text("a".into())]),
            ),
        ]);
        assert_eq!(read(strict).map(|(v, _)| v), Some(expected.clone()));
        assert_eq!(read(loose).map(|(v, _)| v), Some(expected));
        assert_eq!(
            read(strict).map(|(_, used)| used),
            Some(strict.len() - " rest".len())
        );
    }

    #[test]
    fn what_is_no_literal_is_nothing() {
        for text in ["", "{", "[1,", "{a b}", "\"open", &"[".repeat(1000)] {
            assert_eq!(read(text), None, "{text:.20}");
        }
    }

    #[test]
    fn written_strings_are_joined_without_their_variables() {
        let call = r#""<li><a href='/x'>" + 'Title' + name + "<\/a>");after"#;
        let (text, used) = strings_of_call(call);
        assert_eq!(text, "<li><a href='/x'>Title</a>");
        assert_eq!(call.get(used..), Some(";after"));
        assert_eq!(
            strings_of_call("unescape('%3Cli%3E%u901A%u77E5'))").0,
            "<li>通知"
        );
    }
}
