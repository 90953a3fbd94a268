//! One file of the configuration: its text, its lines, and its faults.
//!
//! A file is read within a bound, taken apart as TOML with every syntax fault collected, and
//! handed to serde; each key that serde refuses is noted and taken out, and the rest is tried
//! again, so that the second misspelt key does not hide behind the first. Text of private files,
//! and values that smell of a secret, never reach a fault.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::fault::Fault;
use super::quantity::MAIL_EXAMPLE;
use super::raw::Key;
use crate::domain::group::mask;

/// The most bytes of one file.
pub const FILE_BYTES: u64 = 4 * 1024 * 1024;
/// The most faults of one file that are collected.
const MOST_FAULTS: usize = 100;
/// The longest message, in characters.
const MESSAGE_CHARS: usize = 600;
/// The longest text of a line that is shown, in characters.
const SHOWN_CHARS: usize = 120;
/// What the parser calls the kinds of values, and what a person does.
const KINDS: [(&str, &str); 5] = [
    ("expected u32", "expected a whole number from 0"),
    ("expected u64", "expected a whole number from 0"),
    ("expected u16", "expected a whole number from 0"),
    ("expected usize", "expected a whole number from 0"),
    ("expected a string", "expected text in quotes"),
];
/// What makes the value on a line one that is not shown.
const SECRETIVE: [&str; 7] = [
    "secret",
    "token",
    "passw",
    "authorization",
    "credential",
    "key",
    "login",
];

/// One file and what was found wrong in it.
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    text: String,
    private: bool,
    faults: Vec<Fault>,
    /// How many more faults there were than are kept.
    untold: usize,
    /// Keys that were refused and taken out, with their places.
    refused: Vec<(String, usize)>,
    sound: bool,
    taken_apart: bool,
}

impl Source {
    /// A file with this text. Lines of a `private` file are not shown in faults.
    pub fn new(path: &Path, text: String, private: bool) -> Source {
        Source {
            path: path.to_owned(),
            text,
            private,
            faults: Vec::new(),
            untold: 0,
            refused: Vec::new(),
            sound: true,
            taken_apart: false,
        }
    }

    /// A file that could not be read.
    pub fn unreadable(path: &Path, private: bool, message: String) -> Source {
        let mut source = Source::new(path, String::new(), private);
        source.sound = false;
        source.whole(message);
        source
    }

    /// Notes a fault of the whole file.
    pub fn whole(&mut self, message: impl Into<String>) {
        self.faults.push(Fault {
            file: self.path.clone(),
            line: None,
            message: message.into(),
            text: None,
        });
    }

    /// Notes a fault at `span`.
    pub fn fault(&mut self, span: &Range<usize>, message: impl Into<String>) {
        if self.faults.len() >= MOST_FAULTS {
            self.untold += 1;
            return;
        }
        let line = self.line_of(span.start);
        let message = self.worded(&message.into());
        let text = self.text.lines().nth(line - 1).unwrap_or_default();
        self.faults.push(Fault {
            file: self.path.clone(),
            line: Some(line),
            message,
            text: self.shown(text),
        });
    }

    /// The line of the place `at`, from 1.
    pub fn line_of(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(&self.text);
        before.matches('\n').count() + 1
    }

    /// Notes that `key` is missing in the table at `span`, unless it was there and refused.
    pub fn missing(&mut self, span: &Range<usize>, key: &str, example: &str) {
        let was_refused = self
            .refused
            .iter()
            .any(|(refused, at)| refused == key && self.same_table(span.start, *at));
        if !was_refused {
            self.fault(span, format!("{key} is missing, for example {example}"));
        }
    }

    /// The value of the key `name` as `read` understands it; its fault is noted.
    pub fn take<T, U>(
        &mut self,
        name: &str,
        key: &Key<T>,
        read: impl FnOnce(&T) -> Result<U, String>,
    ) -> Option<U> {
        let key = key.as_ref()?;
        match read(key.get_ref()) {
            Ok(value) => Some(value),
            Err(message) => {
                self.fault(&key.span(), format!("{name}: {message}"));
                None
            }
        }
    }

    /// Like [`Source::take`], for a key without which the table at `table` says nothing.
    pub fn need<T, U>(
        &mut self,
        (name, example): (&str, &str),
        table: &Range<usize>,
        key: &Key<T>,
        read: impl FnOnce(&T) -> Result<U, String>,
    ) -> Option<U> {
        if key.is_none() {
            self.missing(table, name, example);
        }
        self.take(name, key, read)
    }

    /// Whether no further table begins between the header at `start` and `at`.
    fn same_table(&self, start: usize, at: usize) -> bool {
        let between = self.text.get(start..at).unwrap_or("\n[");
        !between
            .lines()
            .skip(1)
            .any(|line| line.trim_start().starts_with('['))
    }

    /// Whether the file could be read as a whole, so that what is missing in it is missing.
    pub fn is_sound(&self) -> bool {
        self.sound
    }

    /// Whether the file could be taken apart and no `key` in it was refused.
    pub fn holds_every(&self, key: &str) -> bool {
        self.taken_apart && !self.refused.iter().any(|(refused, _)| refused == key)
    }

    /// The faults, by line.
    pub fn into_faults(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|fault| fault.line);
        if self.untold > 0 {
            self.whole(format!("at least {} faults more in this file", self.untold));
        }
        self.faults
    }

    /// Takes the file apart. Syntax faults leave nothing; refused keys leave the rest.
    pub fn read<T: DeserializeOwned + Default>(&mut self) -> T {
        let text = self.text.clone();
        let (mut table, errors) = DeTable::parse_recoverable(&text);
        if !errors.is_empty() {
            self.sound = false;
            self.syntax(&errors);
            return T::default();
        }
        self.taken_apart = self.sound;
        // The last one is tried although it is not kept, so that it is counted.
        while self.untold == 0 {
            let error = match T::deserialize(Deserializer::from(table.clone())) {
                Ok(raw) => return raw,
                Err(error) => error,
            };
            self.sound = false;
            let span = error.span().unwrap_or(0..0);
            self.fault(&span, expecting(error.message()));
            match take_out(table.get_mut(), span.start) {
                Some(refused) => self.refused.push(refused),
                None => return T::default(),
            }
        }
        T::default()
    }

    /// One fault a line: what follows on the same line follows from it.
    fn syntax(&mut self, errors: &[toml::de::Error]) {
        let mut told = Vec::new();
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let line = self
                .text
                .get(..span.start)
                .map(|text| text.matches('\n').count());
            if !told.contains(&line) {
                told.push(line);
                self.fault(&span, format!("not TOML: {}", error.message()));
            }
        }
    }

    /// A message on one line, without the numbers and addresses of a private file.
    fn worded(&self, message: &str) -> String {
        let words = message.split_whitespace();
        let words: Vec<String> = if self.private {
            words.map(masked).collect()
        } else {
            words.map(str::to_owned).collect()
        };
        words.join(" ").chars().take(MESSAGE_CHARS).collect()
    }

    /// As much of a line as may be shown.
    fn shown(&self, line: &str) -> Option<String> {
        let line = line.trim();
        let lower = line.to_ascii_lowercase();
        let hidden = self.private || SECRETIVE.iter().any(|word| lower.contains(word));
        let line = match line.split_once('=') {
            Some((key, _)) if hidden => format!("{}= …", plain(key)),
            None if hidden && !line.starts_with('[') => return None,
            _ => plain(line),
        };
        Some(line).filter(|line| !line.is_empty())
    }
}

/// `word` with its middle hidden, when it looks like a number or an address of a person.
fn masked(word: &str) -> String {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let core = word.trim_matches(['"', '\'', '`', ',', ';', ':', '.', '(', ')']);
    if (digits > 4 || word.contains('@')) && core != MAIL_EXAMPLE {
        word.replace(core, &mask(core))
    } else {
        word.to_owned()
    }
}

/// `text` without control characters, shortened.
fn plain(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SHOWN_CHARS)
        .collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        format!("{visible}…")
    } else {
        visible
    }
}

/// Removes the innermost key at the place `at` from `table`; answers with its name and place.
fn take_out(table: &mut DeTable<'_>, at: usize) -> Option<(String, usize)> {
    let mut found = None;
    for (key, value) in table.iter_mut() {
        if key.span().contains(&at) {
            found = Some(key.clone());
            break;
        }
        let span = value.span();
        if let Some(inner) = take_out_of(value.get_mut(), at) {
            return Some(inner);
        }
        if span.contains(&at) || span.start == at {
            found = Some(key.clone());
            break;
        }
    }
    let key = found?;
    table.remove(&key);
    Some((key.get_ref().clone().into_owned(), key.span().start))
}

fn take_out_of(value: &mut DeValue<'_>, at: usize) -> Option<(String, usize)> {
    match value {
        DeValue::Table(table) => take_out(table, at),
        DeValue::Array(parts) => parts
            .iter_mut()
            .find_map(|part: &mut Spanned<DeValue<'_>>| take_out_of(part.get_mut(), at)),
        _ => None,
    }
}

/// The words of the parser, for whoever does not know its types.
fn expecting(message: &str) -> String {
    if let Some((told, _)) = message.split_once("expected struct ") {
        return format!("{told}expected a table with keys");
    }
    let known = KINDS
        .into_iter()
        .find(|(theirs, _)| message.contains(theirs));
    known.map_or(message.to_owned(), |(theirs, ours)| {
        message.replace(theirs, ours)
    })
}
