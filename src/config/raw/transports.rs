//! `[transports]` of `monitor.toml` as written. A secret that stands in the file itself is known
//! as such and forgotten at once.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::Key;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawTransports {
    pub allow_spool_only: Key<bool>,
    pub retry: RawRetry,
    pub sms: Key<RawSms>,
    pub mail: Key<RawMail>,
    pub robots: BTreeMap<Spanned<String>, Spanned<RawRobot>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawRate {
    pub per_second: Key<u32>,
    pub per_minute: Key<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawRetry {
    pub first: Key<String>,
    pub longest: Key<String>,
    pub fall_back_after: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSms {
    pub spool: Key<String>,
    pub gateway: Key<RawGateway>,
    pub aliyun: Key<RawAliyun>,
    pub tencent: Key<RawTencent>,
    pub mas: Key<RawMas>,
    pub rate: Key<RawRate>,
    pub receipts: Key<RawReceipts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawAliyun {
    pub url: Key<String>,
    pub access_key_id: Key<String>,
    pub access_key_secret: Key<RawSecret>,
    pub sign_name: Key<String>,
    pub templates: BTreeMap<Spanned<String>, Spanned<RawApproved>>,
    pub longest_value: Key<u32>,
    pub timeout: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawTencent {
    pub url: Key<String>,
    pub region: Key<String>,
    pub secret_id: Key<String>,
    pub secret_key: Key<RawSecret>,
    pub app_id: Key<String>,
    pub sign_name: Key<String>,
    pub templates: BTreeMap<Spanned<String>, Spanned<RawApproved>>,
    pub longest_value: Key<u32>,
    pub timeout: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawMas {
    pub url: Key<String>,
    pub plain_http: Key<bool>,
    pub ec_name: Key<String>,
    pub ap_id: Key<String>,
    pub secret_key: Key<RawSecret>,
    pub send_secret_key: Key<bool>,
    pub sign: Key<String>,
    pub add_serial: Key<String>,
    pub templates: BTreeMap<Spanned<String>, Spanned<RawApproved>>,
    pub longest_value: Key<u32>,
    pub timeout: Key<String>,
}

/// An approved template; its parameters are a table or a list, as the vendor wants them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawApproved {
    pub code: Key<String>,
    pub params: Key<toml::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawReceipts {
    pub callback: Key<RawSecret>,
    pub ask_every: Key<String>,
    pub list: Key<String>,
    pub key: Key<String>,
    pub receipt: Key<String>,
    pub status: Key<String>,
    pub delivered: Key<Vec<String>>,
    pub permanent: Key<Vec<String>>,
    pub pending: Key<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawRobot {
    pub wecom: Key<RawHook>,
    pub dingtalk: Key<RawHook>,
    pub feishu: Key<RawHook>,
    pub webhook: Key<RawHook>,
    pub rate: Key<RawRate>,
    pub timeout: Key<String>,
}

/// What robots of every kind may be written with; which of it each needs is checked later.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawHook {
    pub url: Key<String>,
    pub key: Key<RawSecret>,
    pub token: Key<RawSecret>,
    pub secret: Key<RawSecret>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawGateway {
    pub method: Key<String>,
    pub url: Key<String>,
    pub headers: BTreeMap<Spanned<String>, Spanned<String>>,
    pub json: Key<toml::Table>,
    pub form: Key<BTreeMap<Spanned<String>, Spanned<String>>>,
    pub secrets: BTreeMap<Spanned<String>, Spanned<RawSecret>>,
    pub templates: BTreeMap<Spanned<String>, Spanned<RawApproved>>,
    pub longest_value: Key<u32>,
    pub success: RawSuccess,
    pub receipt: Key<String>,
    pub timeout: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSuccess {
    pub statuses: Key<Vec<u16>>,
    pub pointer: Key<String>,
    pub value: Key<String>,
    pub permanent: Key<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawMail {
    pub from: Key<String>,
    pub spool: Key<String>,
    pub smtp: Key<RawSmtp>,
    pub rate: Key<RawRate>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSmtp {
    pub host: Key<String>,
    pub port: Key<u16>,
    pub security: Key<String>,
    pub login: Key<RawLogin>,
    pub extra_root: Key<String>,
    pub timeout: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLogin {
    pub user: Key<String>,
    pub password: Key<RawSecret>,
}

/// Where a secret is to be found.
#[derive(Debug)]
pub enum RawSecret {
    /// A file of its own.
    File(String),
    /// A credential that systemd hands over.
    Credential(String),
    /// Anything else, the secret itself among it: not kept, and never in an error.
    Refused,
}

impl<'de> Deserialize<'de> for RawSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawSecret, D::Error> {
        deserializer.deserialize_any(SecretVisitor)
    }
}

struct SecretVisitor;

impl<'de> Visitor<'de> for SecretVisitor {
    type Value = RawSecret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ file = \"…\" } or { credential = \"…\" }")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<RawSecret, E> {
        Ok(RawSecret::Refused)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<RawSecret, E> {
        Ok(RawSecret::Refused)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<RawSecret, E> {
        Ok(RawSecret::Refused)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<RawSecret, E> {
        Ok(RawSecret::Refused)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<RawSecret, A::Error> {
        while parts.next_element::<IgnoredAny>()?.is_some() {}
        Ok(RawSecret::Refused)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawSecret, A::Error> {
        let mut found = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, toml::Value>()? {
            found.push((key, value));
        }
        let [(key, toml::Value::String(value))] = found.as_slice() else {
            return Ok(RawSecret::Refused);
        };
        Ok(match key.as_str() {
            "file" => RawSecret::File(value.clone()),
            "credential" => RawSecret::Credential(value.clone()),
            _ => RawSecret::Refused,
        })
    }
}
