//! Wordings filled as they will be: with the longest names of this installation.

use crate::alert::segments::{Size, size};
use crate::alert::template::Texts;

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

/// Every wording of a text message. The subject of a mail is none.
pub fn wordings(config: &Config) -> Vec<Filled> {
    let (site, column, unit) = longest_names(config);
    let link = config.alert.console_link.clone().unwrap_or_default();
    let value = |field: &str| {
        let value = match field {
            "site" => &site,
            "column" => &column,
            "unit" => &unit,
            "link" => &link,
            "last_update" => "2017年10月12日",
            "due_on" => "12月28日",
            "age_days" | "limit_days" => "180",
            "days_left" | "count" | "more" => "5",
            "overdue_days" => "15",
            "worst" => "严重超期",
            "why" => "连续3次访问没有响应",
            _ => "",
        };
        value.to_owned()
    };
    Texts::KEYS
        .iter()
        .filter(|(key, _, _)| *key != "subject")
        .filter_map(|(key, _, _)| {
            let body = config.alert.texts.get(key)?.fill(value);
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
