//! Where a redirect leads, and whether it is followed.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, percent_encode};
use reqwest::header::HeaderValue;
use url::Url;

use crate::domain::access::Access;
use crate::domain::visit::Failure;

/// The longest `Location` that is read, in bytes.
const LOCATION: usize = 8 * 1024;
/// The longest name of a foreign host that is told on, in bytes: no DNS name is longer.
const HOST: usize = 253;
/// Nothing but bytes outside ASCII.
const NON_ASCII: &AsciiSet = &AsciiSet::EMPTY;

/// One visit's way over redirects.
pub(super) struct Trail<'a> {
    home: &'a Url,
    also_hosts: &'a [String],
    left: usize,
    /// Addresses asked so far, each with the cookies it was asked with: a site that sets a cookie
    /// and sends the visitor back is no loop.
    asked: HashSet<(String, Option<HeaderValue>)>,
}

impl<'a> Trail<'a> {
    /// The way that begins at `home`.
    pub fn new(home: &'a Url, access: &'a Access) -> Trail<'a> {
        Trail {
            home,
            also_hosts: &access.also_hosts,
            left: access.redirects,
            asked: HashSet::new(),
        }
    }

    /// Notes the next request, unless the very same was made before.
    pub fn enter(&mut self, url: &Url, cookie: Option<&HeaderValue>) -> Result<(), Failure> {
        let mut bare = url.clone();
        bare.set_fragment(None);
        if self.asked.insert((bare.into(), cookie.cloned())) {
            Ok(())
        } else {
            Err(Failure::TooManyRedirects)
        }
    }

    /// The address that `from` redirects to.
    pub fn next(&mut self, from: &Url, location: &HeaderValue) -> Result<Url, Failure> {
        self.left = self.left.checked_sub(1).ok_or(Failure::TooManyRedirects)?;
        let target = target(from, location.as_bytes()).ok_or(Failure::BadAnswer)?;
        let host = target.host_str().unwrap_or_default();
        if self.is_known(host) {
            Ok(target)
        } else {
            Err(Failure::ForeignHost(host.chars().take(HOST).collect()))
        }
    }

    fn is_known(&self, host: &str) -> bool {
        let bare = |host: &str| host.trim_end_matches('.').to_ascii_lowercase();
        let host = bare(host);
        self.home.host_str().is_some_and(|home| bare(home) == host)
            || self.also_hosts.iter().any(|known| bare(known) == host)
    }
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
            also_hosts: vec!["ZYK.a.gov.cn".to_owned(), "10.1.1.1".to_owned()],
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

        let cookie = HeaderValue::from_static("a=1");
        assert_eq!(trail.enter(&home, None), Ok(()));
        assert_eq!(trail.enter(&home, Some(&cookie)), Ok(()));
        let circle = trail.enter(&url("http://a.cn/#top"), Some(&cookie));
        assert_eq!(circle, Err(Failure::TooManyRedirects));
    }
}
