//! Where a redirect leads, whether it is followed, and the cookies that are picked up on the way.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, percent_encode};
use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use url::{Host, Url};

use crate::domain::access::Access;
use crate::domain::visit::Failure;

/// The longest `Location` that is read, in bytes.
const LOCATION: usize = 8 * 1024;
/// The longest name of a foreign host that is told on, in bytes: no DNS name is longer.
const HOST_NAME: usize = 253;
/// The longest cookies that are sent back, in bytes.
const COOKIES: usize = 8 * 1024;
/// Nothing but bytes outside ASCII.
const NON_ASCII: &AsciiSet = &AsciiSet::EMPTY;

/// One visit's way over redirects.
pub(super) struct Trail<'a> {
    home: &'a Url,
    also_hosts: &'a [String],
    left: usize,
    jar: Jar,
    /// Addresses asked so far, each with the cookies it was asked with and whether by POST: a site
    /// that sets a cookie and sends the visitor back is no loop.
    asked: HashSet<(String, Option<HeaderValue>, bool)>,
}

impl<'a> Trail<'a> {
    /// The way that begins at `home`.
    pub fn new(home: &'a Url, access: &'a Access) -> Trail<'a> {
        Trail {
            home,
            also_hosts: &access.also_hosts,
            left: access.redirects,
            jar: Jar::default(),
            asked: HashSet::new(),
        }
    }

    /// The cookies for the next request, unless the very same request was made before.
    pub fn enter(&mut self, url: &Url, by_post: bool) -> Result<Option<HeaderValue>, Failure> {
        let cookies = self.jar.cookies(url);
        let cookies = cookies.filter(|cookies| cookies.len() <= COOKIES);
        let mut bare = url.clone();
        bare.set_fragment(None);
        if self.asked.insert((bare.into(), cookies.clone(), by_post)) {
            Ok(cookies)
        } else {
            Err(Failure::TooManyRedirects)
        }
    }

    /// Keeps the cookies of an answer.
    pub fn keep(&self, url: &Url, headers: &HeaderMap) {
        let mut cookies = headers.get_all(SET_COOKIE).iter();
        self.jar.set_cookies(&mut cookies, url);
    }

    /// The address that `from` redirects to.
    pub fn next(&mut self, from: &Url, location: &HeaderValue) -> Result<Url, Failure> {
        self.left = self.left.checked_sub(1).ok_or(Failure::TooManyRedirects)?;
        let target = target(from, location.as_bytes()).ok_or(Failure::BadAnswer)?;
        let host = target.host_str().unwrap_or_default();
        if self.is_known(host) {
            Ok(target)
        } else {
            Err(Failure::ForeignHost(host.chars().take(HOST_NAME).collect()))
        }
    }

    fn is_known(&self, host: &str) -> bool {
        let host = bare(host);
        self.home.host_str().is_some_and(|home| bare(home) == host)
            || self.also_hosts.iter().any(|known| bare(known) == host)
    }
}

/// A host in the one form in which hosts are compared.
fn bare(host: &str) -> String {
    let host = host.trim_end_matches('.');
    Host::parse(host).map_or_else(|_| host.to_ascii_lowercase(), |host| host.to_string())
}

/// An address over http or https, without a login: no page may make us send one.
fn target(from: &Url, location: &[u8]) -> Option<Url> {
    if LOCATION < location.len() {
        return None;
    }
    let text = match std::str::from_utf8(location) {
        Ok(text) => text.to_owned(),
        // Old servers send the path in the page's own encoding.
        Err(_) => percent_encode(location, NON_ASCII).to_string(),
    };
    let mut target = from.join(text.trim()).ok()?;
    if !matches!(target.scheme(), "http" | "https") {
        return None;
    }
    target.set_username("").ok()?;
    target.set_password(None).ok()?;
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_redirect_leads_to_known_hosts_over_http_only() {
        let home = url("https://www.a.gov.cn/col/");
        let access = Access {
            also_hosts: ["ZYK.a.gov.cn", "10.1.1.1", "政务.a.gov.cn"]
                .map(str::to_owned)
                .to_vec(),
            redirects: 100,
            ..Access::default()
        };
        let foreign = |host: &str| Err(Failure::ForeignHost(host.to_owned()));
        let cases: Vec<(&[u8], Result<&str, Failure>)> = vec![
            (b"index.html", Ok("https://www.a.gov.cn/col/index.html")),
            (b" /x ", Ok("https://www.a.gov.cn/x")),
            (b"//zyk.a.gov.cn/x", Ok("https://zyk.a.gov.cn/x")),
            (b"http://www.a.gov.cn/col/", Ok("http://www.a.gov.cn/col/")),
            (
                b"http://www.a.gov.cn.:8080/",
                Ok("http://www.a.gov.cn.:8080/"),
            ),
            (b"http://10.1.1.1/", Ok("http://10.1.1.1/")),
            (
                b"http://xn--zfr164b.a.gov.cn/",
                Ok("http://xn--zfr164b.a.gov.cn/"),
            ),
            (
                b"http://me:secret@www.a.gov.cn/",
                Ok("http://www.a.gov.cn/"),
            ),
            ("/公".as_bytes(), Ok("https://www.a.gov.cn/%E5%85%AC")),
            (
                b"/\xb9\xab?a=%20b",
                Ok("https://www.a.gov.cn/%B9%AB?a=%20b"),
            ),
            (b"http://a.gov.cn/", foreign("a.gov.cn")),
            (
                b"http://www.a.gov.cn.evil.cn/",
                foreign("www.a.gov.cn.evil.cn"),
            ),
            (b"http://www.a.gov.cn@evil.cn/", foreign("evil.cn")),
            (b"\\\\evil.cn/", foreign("evil.cn")),
            (b"http://[::1]/", foreign("[::1]")),
            (b"http://0x0a010102/", foreign("10.1.1.2")),
            (b"ftp://www.a.gov.cn/", Err(Failure::BadAnswer)),
            (b"file:///etc/passwd", Err(Failure::BadAnswer)),
            (b"javascript:alert(1)", Err(Failure::BadAnswer)),
            (b"http://", Err(Failure::BadAnswer)),
        ];
        let mut trail = Trail::new(&home, &access);
        for (location, expected) in cases {
            let header = HeaderValue::from_bytes(location).unwrap();
            let next = trail.next(&home, &header);
            let expected = expected.map(url);
            assert_eq!(next, expected, "{}", String::from_utf8_lossy(location));
        }
        let long = HeaderValue::from_bytes(&[b'a'; LOCATION + 1]).unwrap();
        assert_eq!(trail.next(&home, &long), Err(Failure::BadAnswer));
    }

    #[test]
    fn a_way_ends_after_its_redirects_and_when_it_turns_in_a_circle() {
        let home = url("http://a.cn/");
        let access = Access {
            redirects: 2,
            ..Access::default()
        };
        let location = HeaderValue::from_static("/b");
        let mut trail = Trail::new(&home, &access);
        assert!(trail.next(&home, &location).is_ok());
        assert!(trail.next(&home, &location).is_ok());
        assert_eq!(trail.next(&home, &location), Err(Failure::TooManyRedirects));

        assert_eq!(trail.enter(&home, false), Ok(None));
        let set = |cookie: &str| {
            let header = HeaderValue::from_str(cookie).unwrap();
            HeaderMap::from_iter([(SET_COOKIE, header)])
        };
        trail.keep(&home, &set("a=1"));
        let cookie = HeaderValue::from_static("a=1");
        assert_eq!(trail.enter(&home, false), Ok(Some(cookie)));
        let circle = trail.enter(&url("http://a.cn/#top"), false);
        assert_eq!(circle, Err(Failure::TooManyRedirects));
        for part in 0..3 {
            trail.keep(&home, &set(&format!("part{part}={}", "x".repeat(4000))));
        }
        assert_eq!(trail.enter(&url("http://a.cn/big"), false), Ok(None));
    }
}
