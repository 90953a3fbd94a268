//! How one column's page is read: every selector compiles, every path and format is one, and keys
//! that say nothing together are refused.

use toml::Spanned;

use super::super::quantity::known;
use super::super::raw::Key;
use super::super::raw::sites::RawRead;
use super::super::source::Source;
use super::word;
use crate::domain::posting::Post;
use crate::domain::reading_rules::{Header, Json, MOST_HEADERS, Preset, ReadRules, Shape};
use crate::extract::by_rules::{encoding, selector};
use crate::extract::date_format::DateFormat;
use crate::extract::json_link::Link;
use crate::extract::json_path::JsonPath;

/// The keys of a table of paths.
const PATHS: [&str; 6] = ["rows", "title", "url", "date", "answered", "html"];

/// Reads `[column.read]`, its address of data left out.
pub fn read_rules(source: &mut Source, key: &Spanned<RawRead>) -> ReadRules {
    let raw = key.get_ref();
    let mut css = |name, key: &Key<String>| {
        source.take(name, key, |text| match selector(text) {
            Ok(_) => Ok(text.clone()),
            Err(fault) => Err(format!("{text:?}: {fault}")),
        })
    };
    let rules = ReadRules {
        row: css("row", &raw.row),
        title: css("title", &raw.title),
        date: css("date", &raw.date),
        date_format: source.take(
            "date_format",
            &raw.date_format,
            |text| match DateFormat::parse(text) {
                Ok(_) => Ok(text.clone()),
                Err(fault) => Err(format!("{text:?}: {fault}")),
            },
        ),
        charset: source.take("charset", &raw.charset, |label| match encoding(label) {
            Some(_) => Ok(label.trim().to_ascii_lowercase()),
            None => Err(format!(
                "unknown charset {label:?}; write for example \"gb18030\", \"utf-8\" or \"big5\""
            )),
        }),
        json: source.take("json", &raw.json, json),
        data: None,
        headers: headers(source, raw),
        post: post(source, raw),
    };
    together(source, raw, rules.json.as_ref());
    rules
}

/// Keys that say nothing without another, or against it.
fn together(source: &mut Source, raw: &RawRead, json: Option<&Json>) {
    for (name, key) in [("title", &raw.title), ("date", &raw.date)] {
        if let (Some(key), None) = (key, &raw.row) {
            source.fault(
                &key.span(),
                format!("{name}: it stands within a row; write row as well"),
            );
        }
    }
    let shape = json.map(Json::shape);
    let list = matches!(shape, Some(Shape::List { .. }));
    let dateless = matches!(shape, Some(Shape::List { date: None, .. }));
    if let (Some(key), true) = (&raw.row, list) {
        source.fault(
            &key.span(),
            "row: rows of json are found by its paths, not by selectors; write one of both",
        );
    }
    if let (Some(key), true) = (&raw.date_format, dateless) {
        source.fault(
            &key.span(),
            "date_format: json names no date; write it among its paths",
        );
    }
    if let (Some(key), None, None) = (&raw.date_format, &raw.row, &raw.json) {
        source.fault(
            &key.span(),
            "date_format: it is for dates of row or json; write one of them as well",
        );
    }
}

/// The word of a preset, or a table of paths.
fn json(value: &toml::Value) -> Result<Json, String> {
    match value {
        toml::Value::String(preset) => {
            word(preset, "preset", &Preset::ALL, Preset::key).map(Json::Preset)
        }
        toml::Value::Table(table) => paths(table).map(Json::Own),
        _ => Err(
            "write the word of a preset, or { rows = \"data.list\", title = \"title\", … }"
                .to_owned(),
        ),
    }
}

fn paths(table: &toml::Table) -> Result<Shape, String> {
    if let Some(unknown) = table.keys().find(|key| !PATHS.contains(&key.as_str())) {
        return Err(format!(
            "unknown key {unknown:?}; {}",
            known(unknown, PATHS)
        ));
    }
    let path = |name: &str| match table.get(name) {
        None => Ok(None),
        Some(toml::Value::String(text)) => match JsonPath::parse(text) {
            Ok(_) => Ok(Some(text.clone())),
            Err(fault) => Err(format!("{name} {text:?}: {fault}")),
        },
        Some(_) => Err(format!(
            "{name} is no path; write for example \"data.list\""
        )),
    };
    match (path("rows")?, path("title")?, path("html")?) {
        (Some(rows), Some(title), None) => Ok(Shape::List {
            rows,
            title,
            url: address(table)?,
            date: path("date")?,
            answered: path("answered")?,
        }),
        (None, None, Some(html)) if table.len() == 1 => Ok(Shape::Fragment { html }),
        _ => Err("write rows and title (and url and date), or html alone".to_owned()),
    }
}

/// The path to an address, or an address with paths in braces.
fn address(table: &toml::Table) -> Result<Option<String>, String> {
    let text = match table.get("url") {
        None => return Ok(None),
        Some(toml::Value::String(text)) => text,
        Some(_) => return Err("url is no path; write for example \"url\"".to_owned()),
    };
    Link::parse(text)
        .map(|_| Some(text.clone()))
        .map_err(|fault| format!("url {text:?}: {fault}"))
}

/// How the address is asked: by GET, or by POST with a form, a text, or nothing.
fn post(source: &mut Source, raw: &RawRead) -> Option<Post> {
    let method = source.take("method", &raw.method, |method| match method.as_str() {
        "GET" => Ok(false),
        "POST" => Ok(true),
        other => Err(format!("{other:?} is neither \"GET\" nor \"POST\"")),
    });
    let is_post = method == Some(true);
    let spans = [
        ("form", raw.form.as_ref().map(Spanned::span)),
        ("body", raw.body.as_ref().map(Spanned::span)),
        ("content_type", raw.content_type.as_ref().map(Spanned::span)),
    ];
    for (name, span) in spans {
        if let (Some(span), false, true) = (span, is_post, method.is_some() || raw.method.is_none())
        {
            source.fault(
                &span,
                format!("{name}: it is sent by POST only; write method = \"POST\" as well"),
            );
        }
    }
    if let (Some(body), Some(_)) = (&raw.body, &raw.form) {
        source.fault(
            &body.span(),
            "body: form says what is sent; write one of both",
        );
    }
    if let (Some(told), None) = (&raw.content_type, &raw.body) {
        source.fault(
            &told.span(),
            "content_type: it is for body; a form has its own",
        );
    }
    let told = raw.content_type.as_ref();
    let told = told.map(|told| told.get_ref().as_str());
    let form = source.take("form", &raw.form, |fields| {
        let fields = fields.iter().map(|(name, value)| field(name, value));
        let fields = fields.collect::<Result<Vec<_>, String>>()?;
        Post::form(fields).map_err(|fault| fault.to_string())
    });
    let body = source.take("body", &raw.body, |text| {
        Post::text(text, told).map_err(|fault| fault.to_string())
    });
    is_post.then(|| form.or(body).unwrap_or(Post::Nothing))
}

fn field(name: &str, value: &toml::Value) -> Result<(String, String), String> {
    let value = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(is) => is.to_string(),
        _ => return Err(format!("{name:?} is neither a text nor a number")),
    };
    Ok((name.to_owned(), value))
}

fn headers(source: &mut Source, raw: &RawRead) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    for (count, (name, value)) in raw.headers.iter().enumerate() {
        let taken = headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case(name.get_ref()));
        let name_shown = name.get_ref();
        match Header::new(name_shown, value.get_ref()) {
            _ if count == MOST_HEADERS => source.fault(
                &name.span(),
                format!("headers: at most {MOST_HEADERS} are allowed"),
            ),
            _ if count > MOST_HEADERS => {}
            Ok(_) if taken => source.fault(
                &name.span(),
                format!("headers: {name_shown:?} stands a second time"),
            ),
            Ok(header) => headers.push(header),
            Err(fault) => {
                source.fault(&value.span(), format!("headers: {name_shown:?}: {fault}"));
            }
        }
    }
    headers
}
