//! How sites are visited: the common rules, and what one site changes of them.

use std::time::Duration;

use super::super::quantity::{duration, host, size, within};
use super::super::raw::sites::RawAccess;
use super::super::source::Source;
use super::{or, parts};
use crate::domain::access::Access;

/// The most hosts that one site may lead to.
const MOST_HOSTS: usize = 20;

/// `base` with what `raw` changes.
pub fn access(source: &mut Source, raw: &RawAccess, base: &Access) -> Access {
    let timeout = Duration::from_secs(1)..=Duration::from_secs(120);
    let mut time = |name, key, base| {
        source
            .take(name, key, |text: &String| duration(text, timeout.clone()))
            .unwrap_or(base)
    };
    let connect_timeout = time(
        "connect_timeout",
        &raw.connect_timeout,
        base.connect_timeout,
    );
    let first_byte_timeout = time(
        "first_byte_timeout",
        &raw.first_byte_timeout,
        base.first_byte_timeout,
    );
    let total_timeout = time("total_timeout", &raw.total_timeout, base.total_timeout);
    Access {
        robots: or(&raw.robots, base.robots),
        private_addresses: or(&raw.private_addresses, base.private_addresses),
        also_hosts: also_hosts(source, raw).unwrap_or_else(|| base.also_hosts.clone()),
        http_fallback: or(&raw.http_fallback, base.http_fallback),
        lenient_certificates: or(&raw.lenient_certificates, base.lenient_certificates),
        concurrency: source
            .take("concurrency", &raw.concurrency, |&n| {
                within(n as usize, 1..=8)
            })
            .unwrap_or(base.concurrency),
        pause: source
            .take("pause", &raw.pause, |text| {
                duration(text, Duration::ZERO..=Duration::from_secs(60))
            })
            .unwrap_or(base.pause),
        connect_timeout,
        first_byte_timeout,
        total_timeout,
        body_limit: body_limit(source, raw).unwrap_or(base.body_limit),
        redirects: source
            .take("redirects", &raw.redirects, |&n| within(n as usize, 0..=10))
            .unwrap_or(base.redirects),
    }
}

fn body_limit(source: &mut Source, raw: &RawAccess) -> Option<usize> {
    source.take("body_limit", &raw.body_limit, |text| {
        let bytes = size(text, 64 << 10..=16 << 20)?;
        usize::try_from(bytes).map_err(|error| error.to_string())
    })
}

fn also_hosts(source: &mut Source, raw: &RawAccess) -> Option<Vec<String>> {
    let key = raw.also_hosts.as_ref()?;
    if key.get_ref().len() > MOST_HOSTS {
        source.fault(
            &key.span(),
            format!("also_hosts: at most {MOST_HOSTS} hosts"),
        );
    }
    let mut hosts = Vec::new();
    for part in parts(&raw.also_hosts).iter().take(MOST_HOSTS) {
        match host(part.get_ref()) {
            Ok(host) => hosts.push(host),
            Err(message) => source.fault(&part.span(), format!("also_hosts: {message}")),
        }
    }
    Some(hosts)
}
