//! A list of wrong and sensitive expressions, as written.

use serde::Deserialize;
use toml::Spanned;

use super::Key;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawWords {
    pub enabled: Key<bool>,
    pub word: Vec<Spanned<RawWord>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawWord {
    pub text: Key<String>,
    pub kind: Key<String>,
    pub instead: Key<String>,
    pub remark: Key<String>,
    pub unless: Key<Vec<Spanned<String>>>,
    pub enabled: Key<bool>,
}
