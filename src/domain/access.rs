//! How a site may be visited: addresses, politeness, patience, limits.

use std::time::Duration;

/// The rules under which one site's pages are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Whether `robots.txt` is obeyed.
    pub robots: bool,
    /// Whether addresses in private, loopback and other special ranges may be visited.
    pub private_addresses: bool,
    /// Hosts that redirects and further pages of this site may lead to, besides its own.
    pub also_hosts: Vec<String>,
    /// Whether plain http is tried when https cannot be spoken with the host.
    pub http_fallback: bool,
    /// Whether a page is read though its host's certificate is unsound; that is told with it. What
    /// is sent besides, and what is posted, never goes to such a host.
    pub lenient_certificates: bool,
    /// Requests in flight at one time on one host.
    pub concurrency: usize,
    /// The least time between the starts of two requests on one host.
    pub pause: Duration,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long the first byte may take after the request was sent.
    pub first_byte_timeout: Duration,
    /// How long one request may take in all, redirects included.
    pub total_timeout: Duration,
    /// The most decompressed bytes of one body.
    pub body_limit: usize,
    /// The most redirects of one request.
    pub redirects: usize,
}

impl Default for Access {
    fn default() -> Self {
        Access {
            robots: true,
            private_addresses: false,
            also_hosts: Vec::new(),
            http_fallback: true,
            lenient_certificates: true,
            concurrency: 1,
            pause: Duration::from_millis(500),
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(30),
            body_limit: 2 * 1024 * 1024,
            redirects: 5,
        }
    }
}
