//! `[own_network]`: addresses that tell whether the monitor itself is offline.

use url::Url;

use super::super::quantity::url;
use super::super::raw::monitor::RawOwnNetwork;
use super::super::source::Source;
use super::parts;

/// The most addresses.
const MOST: usize = 8;

/// Reads `[own_network]`.
pub fn probes(source: &mut Source, raw: &RawOwnNetwork) -> Vec<Url> {
    let written = parts(&raw.probes);
    if let Some(surplus) = written.get(MOST) {
        source.fault(
            &surplus.span(),
            format!("probes: more than {MOST} addresses"),
        );
    }
    let mut probes = Vec::new();
    for part in written {
        match url(part.get_ref(), None) {
            Ok(url) => probes.push(url),
            Err(message) => source.fault(&part.span(), format!("probes: {message}")),
        }
    }
    probes
}
