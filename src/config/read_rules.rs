//! Reading rules as text: the table `[column.read]` as it is pasted into `sites.toml`, and back.

use std::path::Path;

use super::check;
use super::fault::Faults;
use super::raw::sites::RawRead;
use super::source::Source;
use crate::domain::posting::Post;
use crate::domain::reading_rules::{Json, ReadRules, Shape};

/// The lines of a table `[column.read]`, without its head. Values of headers that may be secret
/// are not shown.
pub fn lines(rules: &ReadRules) -> Vec<String> {
    let texts = [
        ("row", &rules.row),
        ("title", &rules.title),
        ("date", &rules.date),
        ("date_format", &rules.date_format),
        ("charset", &rules.charset),
    ];
    let texts = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name, quoted(text.as_deref()?))));
    let json = rules.json.as_ref().map(|json| ("json", json_text(json)));
    let data = rules
        .data
        .as_ref()
        .map(|url| ("data", quoted(url.as_str())));
    let headers: Vec<String> = rules
        .headers
        .iter()
        .map(|header| format!("{} = {}", quoted(&header.name), quoted(header.shown())))
        .collect();
    let headers =
        (!headers.is_empty()).then(|| ("headers", format!("{{ {} }}", headers.join(", "))));
    texts
        .chain(json)
        .chain(data)
        .chain(headers)
        .chain(rules.post.as_ref().map_or_else(Vec::new, post_texts))
        .map(|(name, value)| format!("{name} = {value}"))
        .collect()
}

/// Reads the lines of a table `[column.read]`, its address of data left out.
pub fn parse(text: &str) -> Result<ReadRules, Faults> {
    let mut source = Source::new(Path::new("rules"), text.to_owned(), false);
    let raw: RawRead = source.read();
    let rules = check::read_rules::read_rules(&mut source, &toml::Spanned::new(0..0, raw));
    let faults = source.into_faults();
    if faults.is_empty() {
        Ok(rules)
    } else {
        Err(Faults(faults))
    }
}

/// A text as TOML writes it.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn post_texts(post: &Post) -> Vec<(&'static str, String)> {
    let mut texts = vec![("method", quoted("POST"))];
    match post {
        Post::Nothing => {}
        Post::Form(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{} = {}", quoted(name), quoted(value)))
                .collect();
            texts.push(("form", format!("{{ {} }}", fields.join(", "))));
        }
        Post::Body { text, content_type } => {
            texts.push(("body", quoted(text)));
            texts.push(("content_type", quoted(content_type)));
        }
    }
    texts
}

fn json_text(json: &Json) -> String {
    let pair = |(name, path): (&str, &str)| format!("{name} = {}", quoted(path));
    let pairs = match json {
        Json::Preset(preset) => return quoted(preset.key()),
        Json::Own(Shape::List {
            rows,
            title,
            url,
            date,
            answered,
        }) => {
            let mut pairs = vec![pair(("rows", rows)), pair(("title", title))];
            pairs.extend(url.iter().map(|url| pair(("url", url))));
            pairs.extend(date.iter().map(|date| pair(("date", date))));
            pairs.extend(answered.iter().map(|path| pair(("answered", path))));
            pairs
        }
        Json::Own(Shape::Fragment { html }) => vec![pair(("html", html))],
        // Only a preset says this.
        Json::Own(Shape::Records) => Vec::new(),
    };
    format!("{{ {} }}", pairs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_written_as_they_are_read() {
        let text = r#"row = "ul.list > li"
title = "a"
date = 'span[class="d"]'
date_format = "%d/%m/%Y"
charset = "gb2312"
headers = { "Referer" = "http://a.cn/" }"#;
        assert_eq!(lines(&parse(text).unwrap()).join("\n"), text);
        for text in [
            r#"json = "ucap""#,
            r#"json = { rows = "data[*].list", title = "t", url = "u", date = "d" }"#,
            r#"json = { html = "data.html" }"#,
            r#"json = { rows = "l", title = "t", url = "d.do?id={id}", answered = "isReply" }"#,
            r#"method = "POST""#,
        ] {
            assert_eq!(lines(&parse(text).unwrap()), [text]);
        }
        for text in [
            "method = \"POST\"\nform = { \"a/b\" = \"1\", \"c\" = \"\" }",
            "method = \"POST\"\nbody = '{\"page\":1}'\ncontent_type = \"application/json\"",
        ] {
            assert_eq!(lines(&parse(text).unwrap()).join("\n"), text);
        }
        let secret = parse("headers = { Authorization = \"Bearer x1\" }").unwrap();
        assert_eq!(lines(&secret), ["headers = { \"Authorization\" = \"…\" }"]);
        assert!(parse("row = \"a >\"\ncolour = 1").unwrap_err().0.len() == 2);
    }
}
