//! `contacts.toml` as written.

use serde::Deserialize;
use toml::Spanned;

use super::Key;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawContacts {
    pub person: Vec<Spanned<RawPerson>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawPerson {
    pub id: Key<String>,
    pub name: Key<String>,
    pub phone: Key<String>,
    pub mail: Key<String>,
    pub robot: Key<String>,
    pub routes: Key<Vec<Spanned<String>>>,
    pub duties: Key<Vec<Spanned<RawDuty>>>,
    pub window: Option<Spanned<RawHours>>,
    pub absences: Key<Vec<Spanned<RawAbsence>>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawHours {
    pub from: Key<String>,
    pub until: Key<String>,
    pub days: Key<Vec<Spanned<String>>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawAbsence {
    pub from: Key<String>,
    pub until: Key<String>,
    pub deputies: Key<Vec<Spanned<String>>>,
    pub copy: Key<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawDuty {
    pub role: Key<String>,
    pub unit: Key<String>,
}
