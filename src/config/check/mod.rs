//! From written to understood. Each part reads its own raw tables, notes faults and goes on with a
//! default, so that one run tells them all; what was put in place of a fault is never used, because
//! a configuration with faults is never handed out.

pub mod access;
pub mod alerting;
pub mod availability;
pub mod calendar;
pub mod clock;
pub mod console;
pub mod contacts;
pub mod duties;
pub mod gateway;
pub mod heartbeat;
pub mod incidents;
pub mod inspection;
pub mod limits;
pub mod links;
pub mod monitor;
pub mod own_network;
pub mod own_steps;
pub mod presence;
pub mod read_rules;
pub mod receipts;
pub mod robots;
pub mod rubric;
pub mod rule;
pub mod sites;
pub mod transports;
pub mod vendor;
pub mod warn;
pub mod words;

use toml::Spanned;

/// The value of a key, or `default`.
pub fn or<T: Copy>(key: &super::raw::Key<T>, default: T) -> T {
    key.as_ref().map_or(default, |key| *key.get_ref())
}

/// The word of `all` whose key is `word`, or what is known.
pub fn word<T: Copy>(
    wanted: &str,
    what: &str,
    all: &[T],
    key: impl Fn(T) -> &'static str,
) -> Result<T, String> {
    all.iter()
        .copied()
        .find(|&one| key(one) == wanted)
        .ok_or_else(|| {
            let known = super::quantity::known(wanted, all.iter().map(|&one| key(one)));
            format!("unknown {what} {wanted:?}; {known}")
        })
}

/// The places of the parts of a list.
pub fn parts<T>(key: &super::raw::Key<Vec<Spanned<T>>>) -> &[Spanned<T>] {
    key.as_ref().map_or(&[], |key| key.get_ref().as_slice())
}
