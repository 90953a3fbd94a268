//! The list of wrong and sensitive expressions. None travels in the binary: which expressions are
//! wrong is for whoever answers for the sites to say.

use std::collections::BTreeSet;

use toml::Spanned;

use super::super::quantity::name;
use super::super::raw::words::{RawWord, RawWords};
use super::super::source::Source;
use super::{or, parts, word};
use crate::assess::words::{Words, bare};
use crate::domain::words::{EXPRESSION_CHARS, Expression, MOST_EXPRESSIONS, WordKind};

/// The shortest expression, in characters: a single one stands in every other word.
const LEAST_CHARS: usize = 2;
/// The longest remark, in characters.
const REMARK_CHARS: usize = 80;
/// The most expressions in which another is right.
const MOST_UNLESS: usize = 50;

/// The expressions of `file` that are switched on.
pub fn words(file: Option<&mut Source>) -> Vec<Expression> {
    let Some(file) = file else {
        return Vec::new();
    };
    let raw: RawWords = file.read();
    if let Some(extra) = raw.word.get(MOST_EXPRESSIONS) {
        let most = format!("more than {MOST_EXPRESSIONS} expressions");
        file.fault(&extra.span(), most);
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    for raw in &raw.word {
        let Some(expression) = expression(file, raw) else {
            continue;
        };
        if !seen.insert(expression.text.to_ascii_lowercase()) {
            let text = &expression.text;
            file.fault(&raw.span(), format!("{text:?} stands a second time"));
        } else if or(&raw.get_ref().enabled, true) {
            list.push(expression);
        }
    }
    if !or(&raw.enabled, true) {
        return Vec::new();
    }
    if !list.is_empty() && Words::of(&list).is_none() {
        file.whole("the list is too large to be looked for; shorten it");
    }
    list
}

fn expression(source: &mut Source, spanned: &Spanned<RawWord>) -> Option<Expression> {
    let (table, raw) = (spanned.span(), spanned.get_ref());
    let text = source.need(("text", "\"布署\""), &table, &raw.text, |text| {
        phrase(text)
    });
    let kind = source.need(("kind", "\"wrong\""), &table, &raw.kind, |kind| {
        word(kind, "kind", WordKind::ALL, WordKind::key)
    });
    let instead = source.take("instead", &raw.instead, |text| name(text, EXPRESSION_CHARS));
    let remark = source.take("remark", &raw.remark, |text| name(text, REMARK_CHARS));
    let mut unless = Vec::new();
    for part in parts(&raw.unless) {
        let right = phrase(part.get_ref()).and_then(|right| match &text {
            _ if unless.len() >= MOST_UNLESS => Err(format!("more than {MOST_UNLESS}")),
            Some(text) if !right.contains(text.as_str()) => {
                Err(format!("{right:?} does not contain {text:?}"))
            }
            Some(text) if right == *text => Err("it is the expression itself".to_owned()),
            _ => Ok(right),
        });
        match right {
            Ok(right) => unless.push(right),
            Err(fault) => source.fault(&part.span(), format!("unless: {fault}")),
        }
    }
    let (text, kind) = (text?, kind?);
    if instead.as_deref() == Some(text.as_str()) {
        source.fault(&table, format!("instead: it is {text:?} again"));
    }
    Some(Expression {
        text,
        kind,
        instead,
        remark,
        unless,
    })
}

fn phrase(text: &str) -> Result<String, String> {
    let text = bare(&name(text, EXPRESSION_CHARS)?);
    match text.chars().count() < LEAST_CHARS {
        true => Err(format!(
            "{text:?} is too short: at least {LEAST_CHARS} characters"
        )),
        false => Ok(text),
    }
}
