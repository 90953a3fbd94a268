//! The rest of `monitor.toml`: who runs it, when it works, where it keeps things.

use std::time::Duration;

use super::super::quantity::{duration, name, size, within};
use super::super::raw::Key;
use super::super::raw::monitor::{RawMonitor, RawStore};
use super::super::secret::Places;
use super::super::settings::{LogSettings, OperatorSettings, Schedule, StorePlan};
use super::super::source::Source;
use super::or;
use crate::calendar::cron_line::{CronFault, CronLine};

/// Once an hour by day.
const VISITS: &str = "0 6-22 * * *";
/// Home pages day and night: an outage is to be known within the hour.
const HOMES: &str = "25 * * * *";
const PRUNE: &str = "30 3 * * *";
const STORE_DIR: &str = "/var/lib/wangxun/store";
const CONTROL_SOCKET: &str = "/run/wangxun/control.sock";

/// Reads `[operator]`.
pub fn identity(source: &mut Source, raw: &RawMonitor) -> OperatorSettings {
    let (table, raw) = match &raw.operator {
        Some(key) => (key.span(), key.get_ref()),
        None => {
            if source.is_sound() {
                source.whole("[operator] with name and contact is missing");
            }
            return OperatorSettings {
                name: String::new(),
                contact: String::new(),
                user_agent: String::new(),
            };
        }
    };
    let full = source.need(
        ("name", "\"西城区政府网站群运维\""),
        &table,
        &raw.name,
        |text| name(text, 60),
    );
    let contact = source.need(
        ("contact", "\"https://www.example.cn/wangxun\""),
        &table,
        &raw.contact,
        |text| header_text(text),
    );
    let contact = contact.unwrap_or_default();
    let user_agent = source.take("user_agent", &raw.user_agent, |text| header_text(text));
    OperatorSettings {
        name: full.unwrap_or_default(),
        user_agent: user_agent
            .unwrap_or_else(|| format!("wangxun/{} (+{contact})", env!("CARGO_PKG_VERSION"))),
        contact,
    }
}

/// Text that can stand in a header, because webmasters read it in their logs.
fn header_text(text: &str) -> Result<String, String> {
    let text = name(text, 200)?;
    if text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        return Ok(text);
    }
    Err(format!(
        "{text:?} stands in web servers' logs and must be plain ASCII: an address, a number or a mail address"
    ))
}

/// Reads `[schedule]`.
pub fn schedule(source: &mut Source, raw: &RawMonitor) -> Option<Schedule> {
    let raw = &raw.schedule;
    let visits = line(source, "visits", &raw.visits, VISITS);
    let homes = line(source, "homes", &raw.homes, HOMES);
    let prune = line(source, "prune", &raw.prune, PRUNE);
    let jitter = source.take("jitter", &raw.jitter, |text| {
        duration(text, Duration::ZERO..=Duration::from_secs(3600))
    });
    Some(Schedule {
        visits: visits?,
        homes: homes?,
        prune: prune?,
        jitter: jitter.unwrap_or(Duration::from_secs(300)),
    })
}

pub fn line(source: &mut Source, name: &str, key: &Key<String>, default: &str) -> Option<CronLine> {
    match key {
        None => CronLine::parse(default).ok(),
        Some(_) => source.take(name, key, |text| {
            CronLine::parse(text).map_err(|fault| worded(text, &fault))
        }),
    }
}

fn worded(text: &str, fault: &CronFault) -> String {
    let shown: String = text.chars().take(60).collect();
    format!("{shown:?}: {fault}")
}

/// Reads `[store]`.
pub fn store(source: &mut Source, raw: &RawStore, places: &Places<'_>) -> StorePlan {
    let dir = path(source, "dir", &raw.dir, STORE_DIR, places);
    let cache = source.take("cache", &raw.cache, |text| size(text, 4 << 20..=4 << 30));
    let free = source.take("least_free", &raw.least_free, |text| {
        size(text, 0..=1 << 40)
    });
    let mut days = |name, key, base| {
        source
            .take(name, key, |&days: &u32| within(days, 1..=36_600))
            .unwrap_or(base)
    };
    let keep_bodies_days = days("keep_bodies_days", &raw.keep_bodies_days, 90);
    let keep_history_days = days("keep_history_days", &raw.keep_history_days, 1100);
    StorePlan {
        dir,
        cache_bytes: cache.unwrap_or(32 << 20),
        least_free_bytes: free.unwrap_or(200 << 20),
        keep_bodies_days,
        keep_history_days,
    }
}

/// A path as written, relative to `monitor.toml`, or `default`.
pub fn path(
    source: &mut Source,
    name: &str,
    key: &Key<String>,
    default: &str,
    places: &Places<'_>,
) -> std::path::PathBuf {
    let written = source.take(name, key, |text| {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return Err("it is no path".to_owned());
        }
        Ok(text.clone())
    });
    places.path(written.as_deref().unwrap_or(default))
}

/// The path of the control socket.
pub fn control(source: &mut Source, raw: &RawMonitor, places: &Places<'_>) -> std::path::PathBuf {
    path(
        source,
        "socket",
        &raw.control.socket,
        CONTROL_SOCKET,
        places,
    )
}

/// Reads `[log]`.
pub fn log(source: &mut Source, raw: &RawMonitor) -> LogSettings {
    let filter = source.take("filter", &raw.log.filter, |text| {
        tracing_subscriber::EnvFilter::try_new(text)
            .map(|_| text.clone())
            .map_err(|_| {
                format!(
                    "{text:?} is no filter; write for example \"info\" or \"wangxun=debug,warn\""
                )
            })
    });
    LogSettings {
        json: or(&raw.log.json, false),
        filter: filter.unwrap_or_else(|| "info".to_owned()),
    }
}
