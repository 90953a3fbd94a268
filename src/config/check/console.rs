//! `[console]`: where it listens and whom it lets in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::super::raw::monitor::{RawConsole, RawProxy};
use super::super::settings::ConsoleSettings;
use super::super::source::Source;
use super::or;
use crate::domain::account::{Admission, Proxy};

const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8420);
/// The most proxies.
const MOST_PROXIES: usize = 16;
/// Headers that say something else.
const TAKEN: [&str; 5] = [
    "host",
    "cookie",
    "authorization",
    "x-forwarded-for",
    "origin",
];

/// Reads `[console]`.
pub fn console(source: &mut Source, raw: &RawConsole) -> ConsoleSettings {
    let listen = source.take("listen", &raw.listen, |text| {
        text.parse::<SocketAddr>().map_err(|_| {
            format!("{text:?} is no address with a port; write for example \"127.0.0.1:8420\"")
        })
    });
    let listen = listen.unwrap_or(LISTEN);
    let proxy = proxy(source, &raw.proxy);
    let open = source.take("access", &raw.access, |text| match text.as_str() {
        "accounts" => Ok(false),
        "open" if listen.ip().is_loopback() => Ok(true),
        "open" => Err(format!(
            "an open console would show everything to whoever reaches {listen}; \
             listen on loopback, or write \"accounts\""
        )),
        _ => Err(format!("{text:?} is neither \"accounts\" nor \"open\"")),
    });
    ConsoleSettings {
        listen: or(&raw.enabled, true).then_some(listen),
        admission: match open {
            Some(true) => Admission::Open,
            Some(false) | None => Admission::Accounts(proxy),
        },
    }
}

/// Reads `[console.proxy]`.
fn proxy(source: &mut Source, raw: &RawProxy) -> Proxy {
    let mut from = Vec::new();
    for written in raw.from.iter().flat_map(|list| list.get_ref()) {
        match written.get_ref().parse::<IpAddr>() {
            Ok(ip) if !ip.is_unspecified() => from.push(ip.to_canonical()),
            _ => source.fault(
                &written.span(),
                format!(
                    "from: {:?} is no address; write for example \"127.0.0.1\"",
                    written.get_ref()
                ),
            ),
        }
    }
    if let Some(list) = raw
        .from
        .as_ref()
        .filter(|list| list.get_ref().len() > MOST_PROXIES)
    {
        source.fault(
            &list.span(),
            format!("from: at most {MOST_PROXIES} proxies"),
        );
    }
    let bare = from.is_empty();
    let header = source.take("header", &raw.header, |text| {
        let name = text.to_ascii_lowercase();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_name) {
            return Err(format!("{text:?} is no name of a header"));
        }
        if TAKEN.contains(&name.as_str()) {
            return Err(format!(
                "{text:?} says something else than who has signed in"
            ));
        }
        if bare {
            return Err("\"from\" must say which proxies are believed".to_owned());
        }
        Ok(name)
    });
    Proxy { from, header }
}
