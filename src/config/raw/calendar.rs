//! `calendar.toml` as written.

use serde::Deserialize;
use toml::Spanned;

use super::Key;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawCalendar {
    pub year: Vec<Spanned<RawYear>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawYear {
    pub year: Key<i32>,
    pub notice: Key<String>,
    pub holidays: Key<Vec<Spanned<String>>>,
    pub make_up_days: Key<Vec<Spanned<String>>>,
}
