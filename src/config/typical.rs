//! Wordings filled as they will be: with the longest names of this installation.

use crate::alert::segments::{Size, size};
use crate::alert::template::Texts;
use crate::domain::braces::{Piece, pieces};
use crate::domain::vendor::Templates;

use super::settings::Config;

/// One wording, filled.
pub struct Filled {
    /// Its key in `[texts]`.
    pub key: &'static str,
    /// The whole text, signature included.
    pub text: String,
    /// Its size as a text message.
    pub size: Size,
}

/// A parameter of an approved template, filled.
pub struct Param {
    /// The key of the wording.
    pub wording: &'static str,
    /// Its name or number.
    pub name: String,
    /// The characters of its longest value.
    pub chars: usize,
}

/// Every parameter of `templates`, for every wording of a message.
pub fn params(config: &Config, templates: &Templates) -> Vec<Param> {
    let value = values(config);
    let mut params = Vec::new();
    // The end of a digest is no message of its own.
    let messages = wordings(config).into_iter();
    for filled in messages.filter(|filled| filled.key != "digest_more") {
        let Some(approved) = templates.of(filled.key) else {
            continue;
        };
        let unsigned = filled.text.split_once('】').map_or("", |(_, text)| text);
        for (name, text) in &approved.params {
            let pieces = pieces(text).unwrap_or_default();
            let chars = pieces.iter().map(|piece| match piece {
                Piece::Plain(words) => words.chars().count(),
                Piece::Field(field) if field == "text" => unsigned.chars().count(),
                Piece::Field(field) => value(filled.key, field).chars().count(),
            });
            params.push(Param {
                wording: filled.key,
                name: name.clone(),
                chars: chars.sum(),
            });
        }
    }
    params
}

/// What the fields of each wording hold at most, more or less.
fn values(config: &Config) -> impl Fn(&str, &str) -> String {
    let (site, column, unit) = longest_names(config);
    let link = config.alert.console_link.clone().unwrap_or_default();
    let duties = config.limits.duties.iter();
    let longest = duties.max_by_key(|duty| duty.name.chars().count());
    let duty = longest.map_or_else(|| "年度报告".to_owned(), |duty| duty.name.clone());
    move |wording: &str, field: &str| {
        let value = match field {
            "site" => &site,
            "column" => &column,
            "unit" => &unit,
            "link" => &link,
            "duty" => &duty,
            "last_update" => "2017年10月12日",
            "due_on" => "12月28日",
            "age_days" | "limit_days" => "180",
            "days_left" | "count" | "more" => "5",
            "overdue_days" => "15",
            "time_left" => "今天为最后一天",
            "worst" => "严重超期",
            "why" => cause(wording),
            _ => "",
        };
        value.to_owned()
    }
}

/// A long cause of what `wording` tells.
fn cause(wording: &str) -> &'static str {
    match wording {
        "near_veto" | "veto" => {
            "近7日首页168次访问中9次失败；首页最近更新为12月28日，已超过14天等3项"
        }
        "escalation_again" => "该栏目90天内再次严重超期",
        "offline" => "48个网站中有46个同时无应答",
        "trouble" => {
            "发给展览路街道主要负责人的消息未能在有效期内发出，请核查联系方式或改用其他渠道"
        }
        // Told of deadlines, it is a remark.
        _ => "连续3次访问没有响应",
    }
}

/// Every wording of a text message. The subject of a mail is none.
pub fn wordings(config: &Config) -> Vec<Filled> {
    let value = values(config);
    Texts::KEYS
        .iter()
        .filter(|(key, _, _)| *key != "subject")
        .filter_map(|(key, _, _)| {
            let body = config.alert.texts.get(key)?.fill(|field| value(key, field));
            let text = format!("【{}】{body}", config.alert.signature);
            let size = size(&text);
            Some(Filled { key, text, size })
        })
        .collect()
}

/// The names of the column that takes the most room, with its site's and unit's.
fn longest_names(config: &Config) -> (String, String, String) {
    let group = &config.group;
    let names = group.columns.values().filter_map(|column| {
        let site = group.sites.get(&column.site)?;
        let unit = group.units.get(&column.unit)?;
        Some((&site.name, &column.name, &unit.short))
    });
    let longest =
        names.max_by_key(|(site, column, _)| site.chars().count() + column.chars().count());
    match longest {
        Some((site, column, unit)) => (site.clone(), column.clone(), unit.clone()),
        None => {
            let name = |text: &str| text.to_owned();
            (name("示例网站"), name("通知公告"), name("示例单位"))
        }
    }
}
