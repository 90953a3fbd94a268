//! Approved templates: a gateway that keeps the words itself is told a template's code and the
//! values of its parameters.

use std::collections::BTreeMap;

use serde_json::Value;

use super::courier::DeliverError;
use super::wording;
use crate::alert::outbox::Message;
use crate::domain::braces::{Piece, pieces};
use crate::domain::vendor::{Approved, Templates};

/// What stands for a value that is not known: gateways refuse an empty one.
const NOTHING: &str = "无";

/// The templates, taken apart.
pub struct Approvals {
    by_wording: BTreeMap<String, Ready>,
    default: Option<Ready>,
    longest_value: usize,
}

struct Ready {
    code: String,
    named: bool,
    params: Vec<(String, Vec<Piece>)>,
}

/// A template and the values of its parameters, in order.
pub struct Filled<'a> {
    /// The vendor's code of the template.
    pub code: &'a str,
    named: bool,
    /// Name and value of each parameter.
    pub params: Vec<(&'a str, String)>,
}

impl Filled<'_> {
    /// The parameters as a JSON object, or as a list where they are counted.
    pub fn json(&self) -> Value {
        let params = self.params.iter();
        if self.named {
            let pairs = params.map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
            Value::Object(pairs.collect())
        } else {
            params.map(|(_, value)| value.as_str()).collect()
        }
    }
}

impl Approvals {
    /// Takes `templates` apart.
    pub fn new(templates: &Templates) -> Result<Approvals, DeliverError> {
        let by_wording = templates
            .by_wording
            .iter()
            .map(|(key, approved)| Ok((key.clone(), ready(approved)?)))
            .collect::<Result<_, DeliverError>>()?;
        Ok(Approvals {
            by_wording,
            default: templates.default.as_ref().map(ready).transpose()?,
            longest_value: templates.longest_value,
        })
    }

    /// What is sent in place of the text of `message`; the error is for the log.
    pub fn fill(&self, message: &Message) -> Result<Filled<'_>, String> {
        let key = &message.words.wording;
        if message.words.is_empty() {
            // A former version wrote it: what fills the parameters is not known.
            return Err("the message holds no fields for a template".to_owned());
        }
        let ready = self.by_wording.get(key).or(self.default.as_ref());
        let ready = ready.ok_or_else(|| format!("no template is approved for {key:?}"))?;
        let params = ready.params.iter().map(|(name, pieces)| {
            let value: String = pieces.iter().map(|piece| filled(piece, message)).collect();
            (name.as_str(), self.fit(&value))
        });
        Ok(Filled {
            code: &ready.code,
            named: ready.named,
            params: params.collect(),
        })
    }

    /// `value` on one line and as long as the gateway takes it.
    fn fit(&self, value: &str) -> String {
        let line = wording::one_line(value);
        let line = line.trim();
        if line.is_empty() {
            return NOTHING.to_owned();
        }
        if line.chars().count() <= self.longest_value {
            return line.to_owned();
        }
        let kept = self.longest_value.saturating_sub(1);
        line.chars().take(kept).chain(['…']).collect()
    }
}

fn ready(approved: &Approved) -> Result<Ready, DeliverError> {
    let params = approved.params.iter().map(|(name, text)| {
        let pieces = pieces(text).map_err(|_| {
            DeliverError::Gateway(format!("parameter {name}: a brace without its partner"))
        })?;
        Ok((name.clone(), pieces))
    });
    Ok(Ready {
        code: approved.code.clone(),
        named: approved.named,
        params: params.collect::<Result<_, DeliverError>>()?,
    })
}

fn filled(piece: &Piece, message: &Message) -> String {
    match piece {
        Piece::Plain(words) => words.clone(),
        Piece::Field(field) if field == "text" => unsigned(&message.text).to_owned(),
        Piece::Field(field) => {
            let value = message.words.values.get(field);
            value.map_or(NOTHING, String::as_str).to_owned()
        }
    }
}

/// `text` without the signature before it, which such gateways put there themselves.
pub fn unsigned(text: &str) -> &str {
    let signed = text
        .strip_prefix('【')
        .and_then(|rest| rest.split_once('】'));
    signed.map_or(text, |(_, rest)| rest.trim_start())
}

/// `phone` without the country code of China.
pub fn domestic(phone: &str) -> &str {
    phone.strip_prefix("+86").unwrap_or(phone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_taken_off() {
        let rows = [
            ("【网巡】正文", "正文"),
            ("【网巡】【注意】正文", "【注意】正文"),
            ("正文【注】", "正文【注】"),
            ("【正文", "【正文"),
        ];
        for (text, expected) in rows {
            assert_eq!(unsigned(text), expected);
        }
    }

    #[test]
    fn values_fit_and_are_never_empty() {
        let approvals = Approvals {
            by_wording: BTreeMap::new(),
            default: None,
            longest_value: 4,
        };
        let rows = [
            ("四个汉字", "四个汉字"),
            ("五个汉字长", "五个汉…"),
            (" \n", "无"),
        ];
        for (value, expected) in rows {
            assert_eq!(approvals.fit(value), expected);
        }
    }
}
