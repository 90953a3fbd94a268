//! A file of rules of assessment, as written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::Key;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawRubric {
    pub profile: Key<String>,
    pub title: Key<String>,
    pub weights: BTreeMap<Spanned<String>, Spanned<u32>>,
    pub grades: RawGrades,
    pub choices: RawChoices,
    pub rule: BTreeMap<Spanned<String>, Spanned<RawRule>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawGrades {
    pub excellent: Key<toml::Value>,
    pub good: Key<toml::Value>,
    pub pass: Key<toml::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawChoices {
    pub six_months: Key<String>,
    pub v3a: Key<String>,
    pub near_is_reached: Key<bool>,
    pub external_links: Key<String>,
    pub simple_reply_working_days: Key<u32>,
    pub reply_working_days: Key<u32>,
    pub bonus: Key<u32>,
    pub veto_most: Key<toml::Value>,
    pub unanswered_excludes: Key<Vec<Spanned<String>>>,
    pub per_percent: Key<String>,
    pub blank_in_v3b: Key<bool>,
    pub levels: Key<String>,
    pub late: Key<String>,
    pub unmeasured: Key<String>,
    pub least_samples: Key<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawRule {
    pub title: Key<String>,
    pub area: Key<String>,
    pub kind: Key<String>,
    pub metric: Key<String>,
    pub threshold: Key<u32>,
    pub near: Key<u32>,
    pub window_days: Key<u32>,
    pub classes: Key<BTreeMap<Spanned<String>, Spanned<u32>>>,
    pub points: Key<toml::Value>,
    pub cap: Key<toml::Value>,
    pub check: Key<String>,
    pub confidence: Key<String>,
    pub source: Key<String>,
    pub enabled: Key<bool>,
    pub yields_to: Key<Vec<Spanned<String>>>,
}
