//! A gateway for text messages: its address, its templates, its secrets, its answers.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use super::super::quantity::{is_loopback, url};
use super::super::raw::transports::{RawGateway, RawSuccess};
use super::super::secret::Places;
use super::super::source::Source;
use super::transports::attempt_time;
use super::vendor::{Style, templates};
use super::word;
use crate::alert::template::Text;
use crate::domain::transport::{Gateway, GatewayBody, GatewaySuccess};

/// The fields of a gateway's templates, besides its secrets.
const FIELDS: [&str; 3] = ["phone", "text", "key"];
/// Those of a gateway that sends approved templates only.
const FIELDS_OF_TEMPLATES: [&str; 2] = ["template", "params"];
/// Names of values that must come from a secret.
const SECRETIVE: [&str; 8] = [
    "authorization",
    "passw",
    "secret",
    "token",
    "apikey",
    "api-key",
    "api_key",
    "access_key",
];

const INLINE_SECRET: &str =
    "a secret is not written here; name its file under secrets and use {secret.NAME}";

/// Reads `[transports.sms.gateway]`.
pub fn gateway(
    source: &mut Source,
    key: &Spanned<RawGateway>,
    places: &Places<'_>,
) -> Option<Gateway> {
    let table = key.span();
    let raw = key.get_ref();
    let mut secrets = Vec::new();
    for (name, secret) in &raw.secrets {
        match places.secret(secret.get_ref()) {
            Ok(value) => secrets.push((name.get_ref().clone(), value)),
            Err(message) => source.fault(&secret.span(), format!("{}: {message}", name.get_ref())),
        }
    }
    let fields = Fields::of(raw);
    let method = match &raw.method {
        None => Some("POST".to_owned()),
        Some(_) => source.take("method", &raw.method, |text| {
            let all = ["POST", "PUT", "GET"];
            word(&text.to_ascii_uppercase(), "method", &all, |one| one).map(str::to_owned)
        }),
    };
    let address = source.need(
        ("url", "\"https://sms.example.cn/send\""),
        &table,
        &raw.url,
        |text| {
            let url = url(text, None)?;
            if url.scheme() == "http" && !is_loopback(&url) {
                return Err("the gateway must be spoken to by https; plain http is allowed to this machine only".to_owned());
            }
            if url.query_pairs().any(|(name, _)| is_secretive(&name)) {
                return Err(INLINE_SECRET.to_owned());
            }
            Ok(url)
        },
    );
    let headers = pairs(source, &raw.headers, &fields);
    let body = body(source, &table, raw, &fields);
    if let (Some("GET"), Some(GatewayBody::Json(_))) = (method.as_deref(), &body) {
        source.fault(
            &table,
            "GET carries no json; write form, whose pairs travel in the address",
        );
    }
    let receipt = source.take("receipt", &raw.receipt, |text| pointer(text));
    let templates = match raw.templates.is_empty() {
        true => None,
        false => {
            let style = Style::either(35);
            let longest = &raw.longest_value;
            Some(templates(source, &table, &raw.templates, longest, &style)?)
        }
    };
    Some(Gateway {
        method: method?,
        url: address?,
        headers,
        body: body?,
        templates,
        secrets,
        success: success(source, &raw.success),
        receipt,
        timeout: attempt_time(source, &raw.timeout),
    })
}

/// The fields that a gateway's templates may use.
struct Fields(Vec<String>);

impl Fields {
    fn of(raw: &RawGateway) -> Fields {
        let of_templates = match raw.templates.is_empty() {
            true => [].iter(),
            false => FIELDS_OF_TEMPLATES.iter(),
        };
        let plain = FIELDS.iter().chain(of_templates);
        let plain = plain.map(|&field| field.to_owned());
        let secrets = raw
            .secrets
            .keys()
            .map(|name| format!("secret.{}", name.get_ref()));
        Fields(plain.chain(secrets).collect())
    }

    /// Checks the template `text` that stands under `name`.
    fn check(&self, name: &str, text: &str) -> Result<(), String> {
        // Line breaks are legal in a gateway's values, unlike in a wording.
        let line: String = text.chars().filter(|c| !c.is_control()).collect();
        let known: Vec<&str> = self.0.iter().map(String::as_str).collect();
        if !line.trim().is_empty() {
            Text::parse(&line, &known).map_err(|fault| {
                let shown: Vec<String> = known.iter().map(|field| format!("{{{field}}}")).collect();
                format!("{fault}; the fields are {}", shown.join(" "))
            })?;
        }
        if is_secretive(name) && !text.trim().is_empty() && !text.contains("{secret.") {
            return Err(INLINE_SECRET.to_owned());
        }
        Ok(())
    }
}

/// Whether a value under `name` must come from a secret.
fn is_secretive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETIVE.iter().any(|word| name.contains(word))
}

fn pairs(
    source: &mut Source,
    raw: &BTreeMap<Spanned<String>, Spanned<String>>,
    fields: &Fields,
) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in raw {
        match fields.check(name.get_ref(), value.get_ref()) {
            Ok(()) => pairs.push((name.get_ref().clone(), value.get_ref().clone())),
            Err(message) => source.fault(&value.span(), format!("{}: {message}", name.get_ref())),
        }
    }
    pairs
}

fn body(
    source: &mut Source,
    table: &Range<usize>,
    raw: &RawGateway,
    fields: &Fields,
) -> Option<GatewayBody> {
    match (&raw.json, &raw.form) {
        (Some(json), None) => {
            for fault in faults_in(json.get_ref(), fields) {
                source.fault(&json.span(), format!("json: {fault}"));
            }
            let value = serde_json::to_value(json.get_ref()).ok()?;
            must_name(source, json.span(), raw, &value.to_string());
            Some(GatewayBody::Json(value))
        }
        (None, Some(form)) => {
            let pairs = pairs(source, form.get_ref(), fields);
            let values: Vec<&str> = pairs.iter().map(|(_, value)| value.as_str()).collect();
            must_name(source, form.span(), raw, &values.join(" "));
            Some(GatewayBody::Form(pairs))
        }
        _ => {
            source.fault(
                table,
                "the gateway needs either json = { … } or form = { … }",
            );
            None
        }
    }
}

/// A body that names neither number nor text, or template, sends nothing to anybody.
fn must_name(source: &mut Source, place: Range<usize>, raw: &RawGateway, templates: &str) {
    let what = match raw.templates.is_empty() {
        true => "{text}",
        false => "{template}",
    };
    for field in ["{phone}", what] {
        if !templates.contains(field) {
            source.fault(&place, format!("the body names {field} nowhere"));
        }
    }
}

fn faults_in(table: &toml::Table, fields: &Fields) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, value) in table {
        walk(name, value, fields, &mut faults);
    }
    faults
}

/// The reader of TOML bounds the depth.
fn walk(name: &str, value: &toml::Value, fields: &Fields, faults: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => {
            if let Err(fault) = fields.check(name, text) {
                faults.push(format!("{name}: {fault}"));
            }
        }
        toml::Value::Array(parts) => {
            for part in parts {
                walk(name, part, fields, faults);
            }
        }
        toml::Value::Table(table) => faults.extend(faults_in(table, fields)),
        toml::Value::Datetime(_) => faults.push(format!("{name}: write a date as a text")),
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) => {}
    }
}

fn success(source: &mut Source, raw: &RawSuccess) -> GatewaySuccess {
    let statuses = source.take("statuses", &raw.statuses, |statuses| {
        if statuses.is_empty() || !statuses.iter().all(|status| (200..300).contains(status)) {
            return Err("statuses of success lie between 200 and 299".to_owned());
        }
        Ok(statuses.clone())
    });
    let place = source.take("pointer", &raw.pointer, |text| pointer(text));
    let value = raw.value.as_ref().map(|key| key.get_ref().clone());
    let either = raw.pointer.as_ref().or(raw.value.as_ref());
    if let Some(key) = either
        && raw.pointer.is_some() != raw.value.is_some()
    {
        source.fault(&key.span(), "pointer and value belong together");
    }
    if let Some(key) = &raw.permanent
        && raw.pointer.is_none()
    {
        source.fault(
            &key.span(),
            "permanent: its values stand at pointer, which is missing",
        );
    }
    GatewaySuccess {
        statuses: statuses.unwrap_or_else(|| vec![200]),
        field: place.zip(value),
        permanent: raw
            .permanent
            .as_ref()
            .map(|key| key.get_ref().clone())
            .unwrap_or_default(),
    }
}

/// A JSON pointer (RFC 6901).
pub fn pointer(text: &str) -> Result<String, String> {
    if text.starts_with('/') {
        return Ok(text.to_owned());
    }
    Err(format!(
        "{text:?} is no JSON pointer; write for example \"/data/id\""
    ))
}
