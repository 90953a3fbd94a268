//! `sites.toml` as written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::Key;
use super::monitor::{RawLadder, RawTiers};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSites {
    pub unit: Vec<Spanned<RawUnit>>,
    pub site: Vec<Spanned<RawSite>>,
    pub column: Vec<Spanned<RawColumn>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawUnit {
    pub id: Key<String>,
    pub name: Key<String>,
    pub short: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSite {
    pub id: Key<String>,
    pub unit: Key<String>,
    pub name: Key<String>,
    pub home: Key<String>,
    pub site_name: Key<String>,
    pub site_id_code: Key<String>,
    pub services: Key<bool>,
    pub guides: Key<Vec<Spanned<String>>>,
    pub access: RawAccess,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawColumn {
    pub id: Key<String>,
    pub site: Key<String>,
    pub unit: Key<String>,
    pub name: Key<String>,
    pub class: Key<String>,
    pub url: Key<String>,
    pub limit_days: Key<u32>,
    pub ladder: Key<RawLadder>,
    pub tiers: RawTiers,
    pub on_demand: Key<bool>,
    pub confirmed: Key<bool>,
    pub parent: Key<String>,
    pub read: Option<Spanned<RawRead>>,
}

/// How the column's page is read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawRead {
    pub row: Key<String>,
    pub title: Key<String>,
    pub date: Key<String>,
    pub date_format: Key<String>,
    pub charset: Key<String>,
    /// The word of a preset, or a table of paths.
    pub json: Key<toml::Value>,
    pub data: Key<String>,
    pub headers: BTreeMap<Spanned<String>, Spanned<String>>,
    pub method: Key<String>,
    /// The fields of a form: texts, numbers or truth values.
    pub form: Key<BTreeMap<String, toml::Value>>,
    pub body: Key<String>,
    pub content_type: Key<String>,
}

/// What differs from the common rules of visiting.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawAccess {
    pub robots: Key<bool>,
    pub private_addresses: Key<bool>,
    pub also_hosts: Key<Vec<Spanned<String>>>,
    pub http_fallback: Key<bool>,
    pub lenient_certificates: Key<bool>,
    pub concurrency: Key<u32>,
    pub pause: Key<String>,
    pub connect_timeout: Key<String>,
    pub first_byte_timeout: Key<String>,
    pub total_timeout: Key<String>,
    pub body_limit: Key<String>,
    pub redirects: Key<u32>,
}
