//! What time the hosts tell with their answers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta};
use reqwest::header::{AGE, DATE, HeaderMap};
use tokio::time::Instant;
use url::{Position, Url};

use crate::domain::time::Moment;

/// The latest word of each host: what its clock showed, and when.
#[derive(Debug, Default)]
pub(super) struct Dates(Mutex<BTreeMap<String, (Moment, Instant)>>);

impl Dates {
    /// Remembers the time that the answer of `url` was made at. What a cache answers was made
    /// `Age` seconds before.
    pub fn hear(&self, url: &Url, headers: &HeaderMap) {
        let text = |name| headers.get(name)?.to_str().ok();
        let Some(Ok(made_at)) = text(DATE).map(|date| DateTime::parse_from_rfc2822(date.trim()))
        else {
            return;
        };
        let age = text(AGE).and_then(|age| age.trim().parse::<u32>().ok());
        let Some(told) = made_at.checked_add_signed(TimeDelta::seconds(age.unwrap_or(0).into()))
        else {
            return;
        };
        let host = url[Position::BeforeHost..Position::AfterPort].to_owned();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(host, (told, Instant::now()));
    }

    /// What time it is now by the hosts that told it since `begun`, by their names as addresses
    /// write them, with the port where it is not the scheme's.
    pub fn since(&self, begun: Instant) -> BTreeMap<String, Moment> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = all.iter().filter(|(_, (_, at))| *at >= begun);
        let now = |(host, (told, at)): (&String, &(Moment, Instant))| {
            let passed = TimeDelta::from_std(at.elapsed()).ok()?;
            Some((host.clone(), told.checked_add_signed(passed)?))
        };
        fresh.filter_map(now).collect()
    }
}
