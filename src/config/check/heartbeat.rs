//! `[heartbeat]`: where the monitor tells that it is alive.

use std::time::Duration;

use super::super::quantity::{duration, url};
use super::super::raw::monitor::RawHeartbeat;
use super::super::source::Source;
use crate::domain::transport::Heartbeat;

/// How often, where nothing is said.
const EVERY: Duration = Duration::from_secs(300);

/// Reads `[heartbeat]`; `None` where no address is given.
pub fn heartbeat(source: &mut Source, raw: &RawHeartbeat) -> Option<Heartbeat> {
    let (least, most) = (Duration::from_secs(1), Duration::from_secs(86_400));
    let every = source.take("every", &raw.every, |text| duration(text, least..=most));
    let post = source.take("method", &raw.method, |text| match text.as_str() {
        "GET" => Ok(false),
        "POST" => Ok(true),
        other => Err(format!("{other:?} is neither \"GET\" nor \"POST\"")),
    });
    // The address is a secret: nothing of it is told.
    let url = source.take("url", &raw.url, |text| {
        url(text, None).map_err(|_| {
            "it is no web address, like \"https://hc.example.invalid/ping\"".to_owned()
        })
    });
    Some(Heartbeat {
        url: url?,
        every: every.unwrap_or(EVERY),
        post: post.unwrap_or(false),
    })
}
