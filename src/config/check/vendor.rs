//! Gateways of vendors: their keys, and the approved templates with which every wording must be
//! provided.

use std::collections::BTreeMap;
use std::ops::Range;

use secrecy::SecretString;
use toml::Spanned;
use url::Url;

use super::super::quantity::{self, is_loopback, known, within};
use super::super::raw::Key;
use super::super::raw::transports::{RawAliyun, RawApproved, RawMas, RawSecret, RawTencent};
use super::super::secret::Places;
use super::super::source::Source;
use super::or;
use super::transports::attempt_time;
use crate::alert::template::{FIELDS, Text, Texts};
use crate::domain::vendor::{Aliyun, Approved, Mas, Templates, Tencent};

/// The fields of a parameter besides those of a single notice.
const MORE_FIELDS: [&str; 4] = ["text", "count", "more", "worst"];
/// Wordings that are no message of their own.
const NO_MESSAGE: [&str; 2] = ["subject", "digest_more"];
/// The longest code of a template, and the longest name or identity of an account.
const CODE_CHARS: usize = 64;
/// The most parameters of one template.
const MOST_PARAMS: usize = 20;

/// What a vendor's table is read with.
pub struct Ground<'a, 'b> {
    /// Where secrets are.
    pub places: &'a Places<'b>,
    /// The signature of `[operator]`, which holds where the gateway is told no other.
    pub signature: &'a str,
}

/// Reads `[transports.sms.aliyun]`.
pub fn aliyun(
    source: &mut Source,
    key: &Spanned<RawAliyun>,
    ground: &Ground<'_, '_>,
) -> Option<Aliyun> {
    let (table, raw) = (key.span(), key.get_ref());
    let url = address(source, &raw.url, "https://dysmsapi.aliyuncs.com/", false);
    let id = source.need(
        ("access_key_id", "\"LTAI…\""),
        &table,
        &raw.access_key_id,
        |text| identity(text),
    );
    let secret = secret(
        source,
        ("access_key_secret", "aliyun-secret"),
        &table,
        &raw.access_key_secret,
        ground,
    );
    let style = Style::named(35);
    let templates = templates(source, &table, &raw.templates, &raw.longest_value, &style);
    Some(Aliyun {
        url: url?,
        access_key_id: id?,
        access_key_secret: secret?,
        sign_name: sign_name(source, &raw.sign_name, ground)?,
        templates: templates?,
        timeout: attempt_time(source, &raw.timeout),
    })
}

/// Reads `[transports.sms.tencent]`.
pub fn tencent(
    source: &mut Source,
    key: &Spanned<RawTencent>,
    ground: &Ground<'_, '_>,
) -> Option<Tencent> {
    let (table, raw) = (key.span(), key.get_ref());
    let url = address(source, &raw.url, "https://sms.tencentcloudapi.com/", false);
    let region = source.take("region", &raw.region, |text| identity(text));
    let id = source.need(
        ("secret_id", "\"AKID…\""),
        &table,
        &raw.secret_id,
        |text| identity(text),
    );
    let secret = secret(
        source,
        ("secret_key", "tencent-key"),
        &table,
        &raw.secret_key,
        ground,
    );
    let app_id = source.need(("app_id", "\"1400000000\""), &table, &raw.app_id, |text| {
        identity(text)
    });
    let style = Style::counted(12);
    let templates = templates(source, &table, &raw.templates, &raw.longest_value, &style);
    Some(Tencent {
        url: url?,
        region: region.unwrap_or_else(|| "ap-guangzhou".to_owned()),
        secret_id: id?,
        secret_key: secret?,
        app_id: app_id?,
        sign_name: sign_name(source, &raw.sign_name, ground)?,
        templates: templates?,
        timeout: attempt_time(source, &raw.timeout),
    })
}

/// Reads `[transports.sms.mas]`.
pub fn mas(source: &mut Source, key: &Spanned<RawMas>, ground: &Ground<'_, '_>) -> Option<Mas> {
    let (table, raw) = (key.span(), key.get_ref());
    if raw.url.is_none() {
        source.missing(
            &table,
            "url",
            "\"https://mas.example.cn:28888/sms/norsubmit\"",
        );
    }
    let url = address(source, &raw.url, "", or(&raw.plain_http, false));
    let mut need = |name, example, key: &Key<String>| {
        source.need((name, example), &table, key, |text| identity(text))
    };
    let ec_name = need("ec_name", "\"某某区政府办公室\"", &raw.ec_name);
    let ap_id = need("ap_id", "\"wangxun\"", &raw.ap_id);
    let sign = need("sign", "\"DWItALe3A\"", &raw.sign);
    let add_serial = source.take("add_serial", &raw.add_serial, |text| {
        match text.chars().all(|c| c.is_ascii_digit()) && text.len() <= 20 {
            true => Ok(text.clone()),
            false => Err("it is at most 20 digits, or empty".to_owned()),
        }
    });
    let secret = secret(
        source,
        ("secret_key", "mas-secret"),
        &table,
        &raw.secret_key,
        ground,
    );
    let style = Style::counted(60);
    let templates = match raw.templates.is_empty() {
        true => None,
        false => Some(templates(
            source,
            &table,
            &raw.templates,
            &raw.longest_value,
            &style,
        )?),
    };
    Some(Mas {
        url: url?,
        ec_name: ec_name?,
        ap_id: ap_id?,
        secret_key: secret?,
        send_secret_key: or(&raw.send_secret_key, false),
        sign: sign?,
        add_serial: add_serial.unwrap_or_default(),
        templates,
        timeout: attempt_time(source, &raw.timeout),
    })
}

/// A word or number of an account.
fn identity(text: &str) -> Result<String, String> {
    quantity::name(text, CODE_CHARS)
}

fn secret(
    source: &mut Source,
    (name, file): (&str, &str),
    table: &Range<usize>,
    key: &Key<RawSecret>,
    ground: &Ground<'_, '_>,
) -> Option<SecretString> {
    let example = format!("{{ file = \"secrets/{file}\" }}");
    source.need((name, &example), table, key, |raw| {
        ground.places.secret(raw)
    })
}

/// The address as written, or `default`; https unless this machine's own or `plain` is meant.
pub fn address(source: &mut Source, key: &Key<String>, default: &str, plain: bool) -> Option<Url> {
    if key.is_none() {
        return default.parse().ok();
    }
    source.take("url", key, |text| {
        let url = quantity::url(text, None)?;
        if url.scheme() == "http" && !plain && !is_loopback(&url) {
            return Err(
                "it must be spoken to by https; plain http is allowed to this machine only, and by plain_http = true where a vendor has nothing else (MAS)"
                    .to_owned(),
            );
        }
        if url.query().is_some() {
            return Err(
                "the address holds no question mark: keys and tokens stand under their own names"
                    .to_owned(),
            );
        }
        Ok(url)
    })
}

/// The approved signature; that of `[operator]` where none is written.
fn sign_name(source: &mut Source, key: &Key<String>, ground: &Ground<'_, '_>) -> Option<String> {
    if key.is_none() {
        return Some(ground.signature.to_owned());
    }
    source.take("sign_name", key, |text| {
        let text = quantity::name(text, CODE_CHARS)?;
        match text.contains(['【', '】']) {
            true => Err("it is written without brackets".to_owned()),
            false => Ok(text),
        }
    })
}

/// How a vendor writes parameters.
pub struct Style {
    /// By name (true) or by number (false); `None`: either.
    named: Option<bool>,
    /// The longest value where nothing else is said, in characters.
    longest_value: usize,
}

impl Style {
    /// Parameters have names.
    fn named(longest_value: usize) -> Style {
        Style {
            named: Some(true),
            longest_value,
        }
    }

    /// Parameters are counted.
    fn counted(longest_value: usize) -> Style {
        Style {
            named: Some(false),
            longest_value,
        }
    }

    /// Nothing is known of the gateway.
    pub fn either(longest_value: usize) -> Style {
        Style {
            named: None,
            longest_value,
        }
    }
}

/// The wordings that are messages of their own.
pub fn wordings() -> impl Iterator<Item = &'static str> {
    let keys = Texts::KEYS.iter().map(|(key, ..)| *key);
    keys.filter(|key| !NO_MESSAGE.contains(key))
}

/// Reads `templates`. Every wording that can be sent must have one, or the default.
pub fn templates(
    source: &mut Source,
    table: &Range<usize>,
    raw: &BTreeMap<Spanned<String>, Spanned<RawApproved>>,
    longest: &Key<u32>,
    style: &Style,
) -> Option<Templates> {
    let mut templates = Templates {
        longest_value: style.longest_value,
        ..Templates::default()
    };
    if let Some(longest) = source.take("longest_value", longest, |&n| within(n as usize, 4..=500)) {
        templates.longest_value = longest;
    }
    let mut sound = true;
    for (key, raw) in raw {
        let name = key.get_ref();
        if name != "default" && !wordings().any(|wording| wording == name) {
            let known = known(name, wordings().chain(["default"]));
            source.fault(&key.span(), format!("unknown wording {name:?}; {known}"));
            continue;
        }
        match approved(source, name, raw, style) {
            None => sound = false,
            Some(approved) if name == "default" => templates.default = Some(approved),
            Some(approved) => {
                templates.by_wording.insert(name.clone(), approved);
            }
        }
    }
    let written: Vec<&str> = raw.keys().map(|key| key.get_ref().as_str()).collect();
    let missing: Vec<&str> = wordings().filter(|key| !written.contains(key)).collect();
    if !missing.is_empty() && !written.contains(&"default") {
        source.fault(
            table,
            format!(
                "this gateway sends approved templates only, and there is none for {}; write templates.default or one for each",
                missing.join(", ")
            ),
        );
    }
    sound.then_some(templates)
}

fn approved(
    source: &mut Source,
    wording: &str,
    raw: &Spanned<RawApproved>,
    style: &Style,
) -> Option<Approved> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let code = source.need(("code", "\"SMS_000000000\""), &table, &raw.code, |text| {
        quantity::name(text, CODE_CHARS)
    });
    let params = match raw.params.as_ref().map(Spanned::get_ref) {
        None => Some((style.named.unwrap_or(true), Vec::new())),
        Some(toml::Value::Table(table)) if style.named != Some(false) => {
            let pairs = table.iter();
            let pairs = pairs.map(|(name, value)| (name.clone(), value.clone()));
            Some((true, pairs.collect()))
        }
        Some(toml::Value::Array(values)) if style.named != Some(true) => {
            let numbered = values.iter().zip(1..);
            let numbered = numbered.map(|(value, n): (_, usize)| (n.to_string(), value.clone()));
            Some((false, numbered.collect()))
        }
        Some(_) => None,
    };
    let Some((named, params)) = params else {
        let example = match style.named {
            Some(false) => "[\"{site}\"]: this gateway counts parameters",
            _ => "{ site = \"{site}\" }: this gateway knows parameters by name",
        };
        source.fault(&table, format!("params of {wording}: write {example}"));
        return None;
    };
    let mut read = Vec::new();
    for (name, value) in &params {
        match param(wording, value) {
            Ok(text) => read.push((name.clone(), text)),
            Err(message) => {
                source.fault(&table, format!("parameter {name} of {wording}: {message}"))
            }
        }
    }
    if params.len() > MOST_PARAMS {
        source.fault(
            &table,
            format!("params of {wording}: at most {MOST_PARAMS}"),
        );
    }
    (read.len() == params.len()).then_some(Approved {
        code: code?,
        named,
        params: read,
    })
}

/// The text of a parameter. Only fields that the wording has may stand in it.
fn param(wording: &str, value: &toml::Value) -> Result<String, String> {
    let toml::Value::String(text) = value else {
        return Err("it is a text, which may hold fields in braces".to_owned());
    };
    let own: &[&str] = match wording {
        // A digest has the fields of its worst notice, whatever that is.
        "default" | "digest" => &FIELDS,
        key => Texts::fields(key),
    };
    let of_digest = ["count", "more"];
    let fields: Vec<&str> = own
        .iter()
        .copied()
        .chain(MORE_FIELDS)
        .filter(|field| wording == "digest" || !of_digest.contains(field))
        // Both vendors refuse an address inside of a value.
        .filter(|field| *field != "link")
        .collect();
    Text::parse(text, &fields).map_err(|fault| {
        let shown: Vec<String> = fields.iter().map(|field| format!("{{{field}}}")).collect();
        format!("{fault}; the fields are {}", shown.join(" "))
    })?;
    if text.contains("://") {
        return Err(
            "an address cannot stand in a parameter; it belongs to the template".to_owned(),
        );
    }
    Ok(text.clone())
}
