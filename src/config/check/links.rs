//! Links in messages by which people answer.

use std::time::Duration;

use chrono::TimeDelta;

use super::super::quantity::{duration, is_loopback, url};
use super::super::raw::monitor::RawLinks;
use super::super::source::Source;
use crate::alert::links::LinkRules;

/// The longest address: it stands in text messages.
const BASE_BYTES: usize = 60;
/// How long a link lasts where nothing is said.
const LASTS: TimeDelta = TimeDelta::days(7);

/// Reads `[links]`; without `base` no message has links.
pub fn links(source: &mut Source, raw: &RawLinks) -> Option<LinkRules> {
    let (hour, month) = (Duration::from_secs(3600), Duration::from_secs(30 * 86_400));
    let lasts = source.take("expires_after", &raw.expires_after, |text| {
        let value = duration(text, hour..=month)?;
        TimeDelta::from_std(value).map_err(|error| error.to_string())
    });
    let base = source.take("base", &raw.base, |text| base(text))?;
    Some(LinkRules {
        base,
        expires_after: lasts.unwrap_or(LASTS),
    })
}

fn base(text: &str) -> Result<String, String> {
    let url = url(text, None)?;
    if url.scheme() != "https" && !is_loopback(&url) {
        return Err(
            "links lead to an https address, so that nobody reads them on the way".to_owned(),
        );
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(
            "it is the address of the console alone, for example \"https://wangxun.example.cn\""
                .to_owned(),
        );
    }
    let base = text.trim().trim_end_matches('/');
    if base.len() > BASE_BYTES || !base.is_ascii() {
        return Err(format!(
            "it is written in at most {BASE_BYTES} ASCII characters"
        ));
    }
    Ok(base.to_owned())
}
