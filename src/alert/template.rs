//! Wordings: template text with named fields, checked when the configuration is loaded.
//!
//! `{site}“{column}”栏目最近更新为{last_update}` names its fields in braces; `{{` and `}}` are the
//! braces themselves. Values come from the configuration or were cleaned by the reader; filling
//! flattens and shortens them once more, so that no page can write a line of a message.

use std::fmt;

use thiserror::Error;

use crate::domain::braces::{Piece, pieces};

/// Every field of a single notice. Which of them a wording has stands in [`Texts::KEYS`].
pub const FIELDS: [&str; 13] = [
    "site",
    "column",
    "unit",
    "last_update",
    "age_days",
    "due_on",
    "days_left",
    "time_left",
    "overdue_days",
    "limit_days",
    "why",
    "duty",
    "link",
];

/// The fields of a column whose limit comes near.
const BEFORE: &[&str] = &[
    "site",
    "column",
    "unit",
    "last_update",
    "age_days",
    "due_on",
    "days_left",
    "time_left",
    "limit_days",
    "why",
    "link",
];
/// Those of a column past its limit.
const AFTER: &[&str] = &[
    "site",
    "column",
    "unit",
    "last_update",
    "age_days",
    "due_on",
    "time_left",
    "overdue_days",
    "limit_days",
    "why",
    "link",
];
/// Those of a column that was updated.
const UPDATED: &[&str] = &[
    "site",
    "column",
    "unit",
    "last_update",
    "age_days",
    "due_on",
    "days_left",
    "limit_days",
    "link",
];
/// Those of what is owed by a day that comes near.
const OWED: &[&str] = &[
    "site",
    "column",
    "unit",
    "last_update",
    "due_on",
    "days_left",
    "time_left",
    "why",
    "duty",
    "link",
];
/// Those of what was owed by a day.
const OWING: &[&str] = &[
    "site",
    "column",
    "unit",
    "last_update",
    "due_on",
    "time_left",
    "overdue_days",
    "why",
    "duty",
    "link",
];
/// Those of what is published.
const MET: &[&str] = &[
    "site",
    "column",
    "unit",
    "last_update",
    "due_on",
    "duty",
    "link",
];
/// Those of a column without a deadline, or that cannot be judged: nothing is said of days over.
const UNDUE: &[&str] = &[
    "site",
    "column",
    "unit",
    "last_update",
    "age_days",
    "limit_days",
    "why",
    "link",
];
/// Those of a column of which something was said that is over, or that needs no cause.
const COLUMN: &[&str] = &[
    "site",
    "column",
    "unit",
    "last_update",
    "age_days",
    "limit_days",
    "link",
];
/// Those of a site, with a cause.
const SITE: &[&str] = &["site", "unit", "why", "link"];
/// Those of a site of which something is over.
const SITE_AGAIN: &[&str] = &["site", "unit", "link"];
/// Those of a host, whose columns may be several units'.
const HOST: &[&str] = &["site", "why", "link"];
/// Those of a host or home page that answers again.
const HOST_AGAIN: &[&str] = &["site", "link"];
/// Those of the monitor itself.
const MONITOR: &[&str] = &["why", "link"];

/// The longest value of one field, in characters.
const VALUE_CHARS: usize = 60;

/// A template that was taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    source: String,
    pieces: Vec<Piece>,
}

/// A fault in a template.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextFault {
    /// A field that does not exist.
    #[error("unknown field {{{0}}}")]
    UnknownField(String),
    /// A brace without its partner.
    #[error("a brace without its partner; write {{{{ or }}}} for the brace itself")]
    LoneBrace,
    /// Nothing to say.
    #[error("the text is empty")]
    Empty,
    /// A line break or another control character.
    #[error("a line break or control character")]
    Control,
}

impl Text {
    /// Takes `source` apart; only `known` fields may stand in it.
    pub fn parse(source: &str, known: &[&str]) -> Result<Text, TextFault> {
        if source.trim().is_empty() {
            return Err(TextFault::Empty);
        }
        if source.chars().any(char::is_control) {
            return Err(TextFault::Control);
        }
        let pieces = pieces(source).map_err(|_| TextFault::LoneBrace)?;
        for piece in &pieces {
            if let Piece::Field(name) = piece
                && !known.contains(&name.as_str())
            {
                let shown = name.chars().take(40).collect();
                return Err(TextFault::UnknownField(shown));
            }
        }
        Ok(Text {
            source: source.to_owned(),
            pieces,
        })
    }

    /// The text with every field filled by `value`, flattened and shortened.
    pub fn fill(&self, value: impl Fn(&str) -> String) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) => text.clone(),
                Piece::Field(name) => tidy(&value(name)),
            })
            .collect()
    }

    /// The template as written.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.source)
    }
}

/// `value` on one line, without control and direction marks, at most `VALUE_CHARS` long.
pub fn tidy(value: &str) -> String {
    let plain = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut text: String = value.chars().filter(|&c| plain(c)).collect();
    if text.chars().count() > VALUE_CHARS {
        text = text.chars().take(VALUE_CHARS - 1).collect();
        text.push('…');
    }
    text
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $fields:expr, $default:literal;)*) => {
        /// Every wording. Each field is one key of the configuration's `[texts]`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Texts {
            $($(#[$doc])* pub $name: Text,)*
        }

        impl Default for Texts {
            fn default() -> Self {
                Texts { $($name: shipped($default, $fields),)* }
            }
        }

        impl Texts {
            /// The keys, with the fields that say something in each, and the shipped wording.
            pub const KEYS: &'static [(&'static str, &'static [&'static str], &'static str)] =
                &[$((stringify!($name), $fields, $default),)*];

            /// The fields that say something in the wording under `key`.
            pub fn fields(key: &str) -> &'static [&'static str] {
                let known = Self::KEYS.iter().find(|(name, ..)| *name == key);
                known.map_or(&[], |(_, fields, _)| fields)
            }

            /// The wording under `key`, to be replaced.
            pub fn get_mut(&mut self, key: &str) -> Option<&mut Text> {
                match key {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }

            /// The wording under `key`.
            pub fn get(&self, key: &str) -> Option<&Text> {
                match key {
                    $(stringify!($name) => Some(&self.$name),)*
                    _ => None,
                }
            }
        }
    };
}

fn shipped(source: &str, known: &[&str]) -> Text {
    Text::parse(source, known).unwrap_or_else(|_| Text {
        source: source.to_owned(),
        pieces: vec![Piece::Plain(source.to_owned())],
    })
}

texts! {
    /// A column whose limit comes near.
    reminder, BEFORE,
    "{site}“{column}”栏目最近更新为{last_update}，已{age_days}天，{due_on}到期，请及时更新。";
    /// A column with a few days left.
    warning, BEFORE,
    "{site}“{column}”栏目最近更新为{last_update}，已{age_days}天，{due_on}到期，{time_left}，请抓紧更新。";
    /// A column past its limit.
    overdue, AFTER,
    "{site}“{column}”栏目最近更新为{last_update}，已{age_days}天未更新，超过{limit_days}天时限{overdue_days}天，请立即更新。";
    /// A column long past its limit.
    severely_overdue, AFTER,
    "{site}“{column}”栏目最近更新为{last_update}，已{age_days}天未更新，超过{limit_days}天时限{overdue_days}天，属严重超期，请在3个工作日内整改。";
    /// A column that was not rectified although told.
    escalation, AFTER,
    "{site}“{column}”栏目最近更新为{last_update}，已{age_days}天未更新，超过{limit_days}天时限{overdue_days}天，现予督办，请{unit}说明情况。";
    /// A proposal of escalation to the operator.
    escalation_proposed, AFTER,
    "{site}“{column}”栏目严重超期后仍未整改，最近更新为{last_update}，已{age_days}天，建议督办，请审核放行。";
    /// A proposal of escalation to the operator because it is the second time.
    escalation_again, AFTER,
    "{site}“{column}”栏目最近更新为{last_update}，已{age_days}天，{why}，建议督办，请审核放行。";
    /// What was told about is over.
    recovered, UPDATED,
    "{site}“{column}”栏目已于{last_update}更新，此前提醒解除。";
    /// What a column owes by a day that comes near.
    duty_reminder, OWED,
    "{site}“{column}”栏目应于{due_on}前发布{duty}，还有{days_left}天，目前尚未发布，请及时发布。";
    /// What it owes in a few days.
    duty_warning, OWED,
    "{site}“{column}”栏目应于{due_on}前发布{duty}，{time_left}，目前尚未发布，请抓紧发布。";
    /// What it owed.
    duty_overdue, OWING,
    "{site}“{column}”栏目应于{due_on}前发布{duty}，已超期{overdue_days}天，请立即发布。";
    /// What it owed long ago.
    duty_severely_overdue, OWING,
    "{site}“{column}”栏目应于{due_on}前发布{duty}，已超期{overdue_days}天，属严重超期，请在3个工作日内整改。";
    /// What was not published although told.
    duty_escalation, OWING,
    "{site}“{column}”栏目应于{due_on}前发布{duty}，已超期{overdue_days}天，现予督办，请{unit}说明情况。";
    /// A proposal of escalation to the operator.
    duty_escalation_proposed, OWING,
    "{site}“{column}”栏目应于{due_on}前发布{duty}，已超期{overdue_days}天仍未整改，建议督办，请审核放行。";
    /// What was owed is published.
    duty_met, MET,
    "{site}“{column}”栏目已发布{duty}，此前提醒解除。";
    /// A column without a deadline that was not updated for long.
    self_check, UNDUE,
    "{site}“{column}”栏目按需更新，最近更新为{last_update}，已{age_days}天，请自查有无应公开内容，如有请及时更新。";
    /// A column that cannot be judged.
    blind, UNDUE,
    "{site}“{column}”栏目无法判断：{why}。已暂停计时，请核查。";
    /// A column without items.
    empty, COLUMN,
    "{site}“{column}”栏目为空白栏目，请核查。";
    /// A host that gives no answer.
    down, HOST,
    "{site}无法访问：{why}。该网站各栏目已暂停计时，请核查。";
    /// A home page that does not open.
    home_down, SITE,
    "{site}首页无法打开：{why}，请立即核查。";
    /// A home page that has not opened for hours.
    home_still_down, SITE,
    "{site}首页持续无法打开：{why}，尚未恢复，请督促处理。";
    /// A home page that cannot be judged any more.
    home_blind, SITE,
    "{site}首页更新情况无法判断：{why}，请核查。";
    /// A home page that can be judged again.
    home_seen_again, SITE_AGAIN,
    "{site}首页已恢复监测。";
    /// A site near a veto.
    near_veto, SITE,
    "{site}接近单项否决：{why}，请及时整改。";
    /// A site that is near no veto any more.
    near_veto_over, SITE_AGAIN,
    "{site}接近单项否决的情形已消除。";
    /// A site that meets a veto.
    veto, SITE,
    "{site}已触及单项否决：{why}，请立即整改。";
    /// A site that meets no veto any more.
    veto_over, SITE_AGAIN,
    "{site}触及单项否决的情形已消除。";
    /// A host that answers again.
    up, HOST_AGAIN,
    "{site}已恢复访问。";
    /// A column that can be judged again.
    seen_again, COLUMN,
    "{site}“{column}”栏目已恢复监测。";
    /// The monitor's own network.
    offline, MONITOR,
    "监测系统自身网络异常：{why}。各栏目已暂停计时，由此无应答的不通知任何单位。";
    /// The monitor's own network is back.
    online, &["link"],
    "监测系统自身网络已恢复。";
    /// Delivery or contact trouble.
    trouble, MONITOR,
    "{why}。";
    /// The head of a digest of several notices.
    digest, &["count", "worst", "link"],
    "您有{count}项网站栏目事项，最紧要：{worst}。";
    /// The end of a digest from which notices were left out for want of room.
    digest_more, &["more", "link"],
    "另有{more}项，详见监测平台{link}";
    /// The subject line of a mail.
    subject, &["signature", "worst", "count"],
    "【{signature}】{worst}({count}项)";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_wording_is_sound() {
        for (key, fields, source) in Texts::KEYS {
            assert_eq!(Text::parse(source, fields).err(), None, "{key}");
            assert_eq!(Texts::default().get(key).unwrap().source(), *source);
        }
    }

    #[test]
    fn faults_are_named() {
        let rows = [
            ("{sit}", TextFault::UnknownField("sit".to_owned())),
            ("a}b", TextFault::LoneBrace),
            ("a{b", TextFault::LoneBrace),
            (" ", TextFault::Empty),
            ("a\nb", TextFault::Control),
        ];
        for (source, fault) in rows {
            assert_eq!(Text::parse(source, &FIELDS).err(), Some(fault), "{source}");
        }
    }

    #[test]
    fn values_cannot_break_out() {
        let text = Text::parse("【{site}】{{{column}}}", &FIELDS).unwrap();
        let filled = text.fill(|field| match field {
            "site" => "a\r\nTo: b\u{202e}{column}".to_owned(),
            _ => "长".repeat(100),
        });
        assert!(filled.starts_with("【aTo: b{column}】{长"));
        assert!(filled.chars().count() < 90, "{filled}");
    }
}
