//! The address guard: which addresses a visit may connect to.
//!
//! Names are resolved here and nowhere else, and only addresses that passed are handed to the
//! connection, so a name that changes its mind between check and connection gains nothing.
//! Literal addresses never reach a resolver; they are checked before each request.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::time::timeout;
use url::{Host, Url};

/// Addresses of one name that are tried at most.
const ADDRESSES: usize = 16;

/// IPv4 ranges that are no public addresses: first address, prefix length.
const SPECIAL_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Carrier-grade NAT; also the metadata service of one large cloud.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // The metadata service of one large cloud, in the middle of a public range.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Link-local; also the metadata service of most clouds.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::new(255, 255, 255, 255), 32),
];

/// Parts of 2000::/3 that are no public addresses. All else outside 2000::/3 is special anyway.
const SPECIAL_V6: [(Ipv6Addr, u32); 3] = [
    // Protocol assignments, Teredo among them.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x0064, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Whether an address is public. Addresses that carry an IPv4 address inside are what that is.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|(first, length)| {
            within(v4.to_bits().into(), first.to_bits().into(), 32, *length)
        }),
        IpAddr::V6(v6) => match carried(v6) {
            Some(v4) => is_public(IpAddr::V4(v4)),
            None => lies_in(v6, GLOBAL_V6) && !SPECIAL_V6.iter().any(|range| lies_in(v6, *range)),
        },
    }
}

/// Whether the host of `url` is a literal address that may not be visited without a permit.
pub fn is_private_literal(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => !is_public(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => !is_public(IpAddr::V6(v6)),
        Some(Host::Domain(_)) | None => false,
    }
}

/// The IPv4 address inside a mapped, NAT64 or 6to4 address.
fn carried(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [_, first, second, .., seventh, eighth] = v6.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    if v6.to_ipv4_mapped().is_some() || lies_in(v6, NAT64) {
        Some(v4(seventh, eighth))
    } else if v6.segments().first() == Some(&0x2002) {
        Some(v4(first, second))
    } else {
        None
    }
}

fn lies_in(v6: Ipv6Addr, (first, length): (Ipv6Addr, u32)) -> bool {
    within(v6.to_bits(), first.to_bits(), 128, length)
}

fn within(address: u128, first: u128, width: u32, length: u32) -> bool {
    (address ^ first)
        .checked_shr(width - length)
        .is_none_or(|rest| rest == 0)
}

/// Why a name was not handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("the name does not resolve")]
    Unresolved,
    #[error("the name leads to private addresses only")]
    Private,
}

/// Resolves names with the system's resolver and hands on only what may be visited.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver {
    /// Whether private addresses are permitted.
    pub private_addresses: bool,
    /// How long the system may take.
    pub patience: Duration,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let terms = *self;
        Box::pin(async move {
            let target = (name.as_str(), 0);
            let found: Vec<SocketAddr> = timeout(terms.patience, tokio::net::lookup_host(target))
                .await
                .map_err(|_| Refused::Unresolved)?
                .map_err(|_| Refused::Unresolved)?
                .take(ADDRESSES)
                .collect();
            let passed = terms.sift(found)?;
            Ok(Box::new(passed.into_iter()) as Addrs)
        })
    }
}

impl Resolver {
    fn sift(self, mut found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refused> {
        if found.is_empty() {
            return Err(Refused::Unresolved);
        }
        found.retain(|address| self.private_addresses || is_public(address.ip()));
        if found.is_empty() {
            return Err(Refused::Private);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_public_in_whatever_clothes_they_come() {
        let special = [
            "0.0.0.0",
            "0.1.2.3",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "169.254.0.23",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "64:ff9b:1::808:808",
            "100::1",
            "2001::1",
            "2001:0:53aa:64c::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:c0a8:101::1",
            "2002:a9fe:a9fe::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for text in special {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_neighbours_of_special_ranges_are_public() {
        let public = [
            "1.0.0.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2001:200::1",
            "2400:3200::1",
            "2002:808:808::1",
            "240e:e1::1",
            "3ffe::1",
            "2409:8000::1",
        ];
        for text in public {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_literal_is_seen_in_every_way_of_writing_it() {
        let private = [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://0/",
            "http://10.0.0.1:8080/a",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[fd00:ec2::254]/",
            "http://①②⑦.0.0.1/",
            "http://user:word@192.168.1.1/",
        ];
        for text in private {
            assert!(is_private_literal(&Url::parse(text).unwrap()), "{text}");
        }
        for text in ["http://8.8.8.8/", "http://[2400:3200::1]/", "http://a.cn/"] {
            assert!(!is_private_literal(&Url::parse(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn a_name_keeps_its_public_addresses_and_is_refused_when_it_has_none() {
        let addresses = |texts: &[&str]| -> Vec<SocketAddr> {
            let sockets = texts
                .iter()
                .map(|text| SocketAddr::new(text.parse().unwrap(), 0));
            sockets.collect()
        };
        let resolver = |private_addresses| Resolver {
            private_addresses,
            patience: Duration::from_secs(1),
        };
        let mixed = ["10.0.0.1", "8.8.8.8", "::1"];
        type Kept<'a> = Result<&'a [&'a str], Refused>;
        let cases: [(bool, &[&str], Kept); 5] = [
            (false, &mixed, Ok(&["8.8.8.8"])),
            (true, &mixed, Ok(&mixed)),
            (false, &["10.0.0.1", "::1"], Err(Refused::Private)),
            (false, &[], Err(Refused::Unresolved)),
            (true, &[], Err(Refused::Unresolved)),
        ];
        for (permit, found, kept) in cases {
            let sifted = resolver(permit).sift(addresses(found));
            assert_eq!(sifted, kept.map(addresses), "{permit} {found:?}");
        }
    }
}
