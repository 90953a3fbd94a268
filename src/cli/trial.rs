//! Reading rules on the command line of `probe`: tried before they are written down.

use anyhow::Context as _;
use clap::Args;

use crate::config::read_rules::{parse, quoted};
use crate::domain::reading_rules::ReadRules;

/// Rules that are tried in place of the configured ones.
#[derive(Debug, Args)]
pub struct Trial {
    /// Try a CSS selector of the rows
    #[arg(long, value_name = "SELECTOR", help_heading = "Rules to try")]
    row: Option<String>,
    /// … of the title within a row
    #[arg(long, value_name = "SELECTOR", help_heading = "Rules to try")]
    title: Option<String>,
    /// … of the date within a row
    #[arg(long, value_name = "SELECTOR", help_heading = "Rules to try")]
    date: Option<String>,
    /// Try a date format, such as %d/%m/%Y
    #[arg(long, value_name = "FORMAT", help_heading = "Rules to try")]
    date_format: Option<String>,
    /// Try a charset, such as gb18030
    #[arg(long, value_name = "LABEL", help_heading = "Rules to try")]
    charset: Option<String>,
    /// Try a preset for data, or paths: '{ rows = "data.list", title = "t" }'
    #[arg(long, value_name = "PRESET|PATHS", help_heading = "Rules to try")]
    json: Option<String>,
    /// Send a header besides, such as 'X-Requested-With: XMLHttpRequest'; can be repeated
    #[arg(long, value_name = "NAME: VALUE", help_heading = "Rules to try")]
    header: Vec<String>,
    /// Ask by POST with a field of a form, such as pageSize=20; can be repeated
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Rules to try")]
    field: Vec<String>,
    /// Ask by POST with a text; it is JSON unless --content-type says otherwise
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with = "field",
        help_heading = "Rules to try"
    )]
    body: Option<String>,
    /// … and say what the text is
    #[arg(
        long,
        value_name = "TYPE",
        requires = "body",
        help_heading = "Rules to try"
    )]
    content_type: Option<String>,
    /// Ask by POST without anything
    #[arg(long, help_heading = "Rules to try")]
    post: bool,
}

impl Trial {
    /// The rules; nothing where none is tried.
    pub fn rules(&self) -> anyhow::Result<Option<ReadRules>> {
        let lines = self.lines()?;
        if lines.is_empty() {
            return Ok(None);
        }
        parse(&lines.join("\n"))
            .map(Some)
            .context("the rules to try are not sound")
    }

    /// The rules as they are written in `sites.toml`, below their column.
    pub fn lines(&self) -> anyhow::Result<Vec<String>> {
        let texts = [
            ("row", &self.row),
            ("title", &self.title),
            ("date", &self.date),
            ("date_format", &self.date_format),
            ("charset", &self.charset),
        ];
        let mut lines: Vec<String> = texts
            .iter()
            .filter_map(|(name, text)| Some(format!("{name} = {}", quoted(text.as_deref()?))))
            .collect();
        if let Some(json) = &self.json {
            let is_table = json.trim_start().starts_with('{');
            let value = if is_table { json.clone() } else { quoted(json) };
            lines.push(format!("json = {value}"));
        }
        let headers = self
            .header
            .iter()
            .map(|header| {
                let (name, value) = header
                    .split_once(':')
                    .with_context(|| "a header to try is written NAME: VALUE")?;
                Ok(format!(
                    "{} = {}",
                    quoted(name.trim()),
                    quoted(value.trim())
                ))
            })
            .collect::<anyhow::Result<Vec<String>>>()?;
        if !headers.is_empty() {
            lines.push(format!("headers = {{ {} }}", headers.join(", ")));
        }
        lines.extend(self.post_lines()?);
        Ok(lines)
    }

    fn post_lines(&self) -> anyhow::Result<Vec<String>> {
        let mut lines = Vec::new();
        if self.post || self.body.is_some() || !self.field.is_empty() {
            lines.push("method = \"POST\"".to_owned());
        }
        let fields = self
            .field
            .iter()
            .map(|field| {
                let (name, value) = field
                    .split_once('=')
                    .with_context(|| "a field to try is written NAME=VALUE")?;
                Ok(format!("{} = {}", quoted(name), quoted(value)))
            })
            .collect::<anyhow::Result<Vec<String>>>()?;
        if !fields.is_empty() {
            lines.push(format!("form = {{ {} }}", fields.join(", ")));
        }
        let texts = [("body", &self.body), ("content_type", &self.content_type)];
        lines.extend(
            texts
                .iter()
                .filter_map(|(name, text)| Some(format!("{name} = {}", quoted(text.as_deref()?)))),
        );
        Ok(lines)
    }
}
