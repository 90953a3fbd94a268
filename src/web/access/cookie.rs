//! The cookies of the console: which session, which form, which browser.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// Proves a session.
    Session,
    /// Proves that a login form was ours.
    Form,
    /// Proves that the browser has signed in to an account before.
    Known,
}

/// How long a browser stays known: half a year.
const KNOWN_SECONDS: u32 = 180 * 86_400;
/// The longest value that is looked at.
const LONGEST: usize = 200;

impl Cookie {
    /// The name. Behind https its prefix keeps other hosts and plain http from setting it.
    fn name(self, secure: bool) -> String {
        let word = match self {
            Cookie::Session => "wangxun",
            Cookie::Form => "wangxun-form",
            Cookie::Known => "wangxun-known",
        };
        let prefix = if secure { "__Host-" } else { "" };
        format!("{prefix}{word}")
    }

    /// Its value in a request; `None` where there is none, or more than one.
    pub fn of(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        let lines = headers.get_all(COOKIE).iter();
        let mut values = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value.trim());
        match (values.next(), values.next()) {
            (Some(value), None) if value.len() <= LONGEST => Some(value.to_owned()),
            _ => None,
        }
    }

    /// The header that sets it; an empty `value` takes it away.
    pub fn set(self, value: &str, secure: bool) -> Option<HeaderValue> {
        let name = self.name(secure);
        let age = match (self, value.is_empty()) {
            (_, true) => "; Max-Age=0".to_owned(),
            (Cookie::Known, false) => format!("; Max-Age={KNOWN_SECONDS}"),
            (Cookie::Session | Cookie::Form, false) => String::new(),
        };
        let only = if secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{only}{age}");
        HeaderValue::from_str(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        headers
    }

    #[test]
    fn one_value_under_the_whole_name_is_read() {
        let rows: [(&[&str], Option<&str>); 7] = [
            (&["wangxun=a"], Some("a")),
            (&["x=1; wangxun=a; y=2"], Some("a")),
            (&["x=1", "wangxun=a"], Some("a")),
            (&["wangxun=a; wangxun=b"], None),
            (&["wangxun-form=a"], None),
            (&["__Host-wangxun=a"], None),
            (&[], None),
        ];
        for (lines, wanted) in rows {
            let got = Cookie::Session.of(&headers(lines), false);
            assert_eq!(got.as_deref(), wanted, "{lines:?}");
        }
        let got = Cookie::Session.of(&headers(&["wangxun=a; __Host-wangxun=b"]), true);
        assert_eq!(got.as_deref(), Some("b"));
    }

    #[test]
    fn what_is_set_is_kept_from_scripts_and_other_sites() {
        let rows = [
            (
                Cookie::Session,
                "a",
                false,
                "wangxun=a; Path=/; HttpOnly; SameSite=Lax",
            ),
            (
                Cookie::Session,
                "",
                true,
                "__Host-wangxun=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0",
            ),
            (
                Cookie::Known,
                "a",
                true,
                "__Host-wangxun-known=a; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=15552000",
            ),
        ];
        for (cookie, value, secure, wanted) in rows {
            assert_eq!(cookie.set(value, secure).unwrap(), wanted);
        }
        assert!(Cookie::Session.set("a\r\nb", false).is_none());
    }
}
