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
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawRetry {
    pub first: Key<String>,
    pub longest: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSms {
    pub spool: Key<String>,
    pub gateway: Key<RawGateway>,
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
