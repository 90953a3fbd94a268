//! Values as a person writes them: `30min`, `2MiB`, `08:30`, addresses and numbers.
//!
//! Every reader answers with the value or with a sentence that says what is expected. None of them
//! repeats a telephone number or mail address unmasked.

use std::fmt::Display;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use chrono::NaiveTime;
use url::{Host, Url};

use crate::domain::group::mask;

/// What a mail address looks like, for faults.
pub const MAIL_EXAMPLE: &str = "name@example.cn";
/// The longest address.
const URL_BYTES: usize = 2048;

/// `"500ms"`, `"30s"`, `"5min"`, `"72h"`, `"3d"`.
pub fn duration(text: &str, range: RangeInclusive<Duration>) -> Result<Duration, String> {
    let expected = || {
        format!(
            "{text:?} is no duration; write a whole number and ms, s, min, h or d, for example \"30min\""
        )
    };
    let (number, unit) = number_and_unit(text).ok_or_else(expected)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(expected()),
    };
    let value = Duration::from_millis(number.saturating_mul(millis));
    if range.contains(&value) {
        return Ok(value);
    }
    let (least, most) = (written(*range.start()), written(*range.end()));
    Err(format!("{text:?} is not between {least} and {most}"))
}

/// A duration as [`duration`] reads it.
pub fn written(value: Duration) -> String {
    let millis = value.as_millis();
    for (unit, size) in [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("min", 60_000),
        ("s", 1000),
    ] {
        if millis >= size && millis.is_multiple_of(size) {
            return format!("{}{unit}", millis / size);
        }
    }
    format!("{millis}ms")
}

/// `"512KiB"`, `"2MiB"`, `"1GiB"`.
pub fn size(text: &str, range: RangeInclusive<u64>) -> Result<u64, String> {
    let expected = || {
        format!(
            "{text:?} is no size; write a whole number and KiB, MiB or GiB, for example \"2MiB\""
        )
    };
    let (number, unit) = number_and_unit(text).ok_or_else(expected)?;
    let bytes: u64 = match unit {
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(expected()),
    };
    let value = number.saturating_mul(bytes);
    if range.contains(&value) {
        return Ok(value);
    }
    let kib = |bytes: &u64| bytes / 1024;
    Err(format!(
        "{text:?} is not between {}KiB and {}KiB",
        kib(range.start()),
        kib(range.end())
    ))
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(at)?;
    Some((number.parse().ok()?, unit.trim_start()))
}

/// A number within bounds.
pub fn within<N: PartialOrd + Display>(number: N, range: RangeInclusive<N>) -> Result<N, String> {
    if range.contains(&number) {
        Ok(number)
    } else {
        let (least, most) = range.into_inner();
        Err(format!("{number} is not between {least} and {most}"))
    }
}

/// `"08:30"`.
pub fn time_of_day(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .map_err(|_| format!("{text:?} is no time of day; write for example \"08:30\""))
}

/// A name on one line.
pub fn name(text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.chars().any(|c| c.is_control() || is_direction_mark(c)) {
        return Err("it holds a line break or an invisible mark".to_owned());
    }
    let length = text.chars().count();
    if length > most {
        return Err(format!(
            "it has {length} characters, at most {most} are allowed"
        ));
    }
    Ok(text.to_owned())
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A web address; `base` completes a relative one.
pub fn url(text: &str, base: Option<&Url>) -> Result<Url, String> {
    let text = text.trim();
    if text.len() > URL_BYTES {
        return Err(format!("the address is longer than {URL_BYTES} characters"));
    }
    // What stands behind the question mark may be a token.
    let shown = text.split('?').next().unwrap_or_default();
    let parsed = match base {
        Some(base) => base.join(text),
        None => Url::parse(text),
    };
    let url = match parsed {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return Err(format!(
                "{shown:?} is no complete address; write for example \"https://www.example.cn/\""
            ));
        }
        Err(error) => return Err(format!("{shown:?} is no web address: {error}")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address holds a user name or password".to_owned());
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("{shown:?} is neither an http nor an https address"));
    }
    if url.host().is_none() {
        return Err(format!("{shown:?} names no host"));
    }
    Ok(url)
}

/// Whether the host of `url` is this machine, written so that no name service is asked.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether the host of `url` is written as an address that is not public. Names are looked up, and
/// judged once more, when the page is fetched.
pub fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(ip)) => is_private_ip(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_private_ip(IpAddr::V6(ip)),
        None => false,
    }
}

fn is_private_ip(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_documentation()
                || a == 0
                || a >= 224
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19))
        }
        IpAddr::V6(ip) => {
            let mapped = ip.to_ipv4_mapped().map(IpAddr::V4);
            mapped.is_some_and(is_private_ip)
                || ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
        }
    }
}

/// A host name, as it stands in an address.
pub fn host(text: &str) -> Result<String, String> {
    let text = text.trim();
    match Host::parse(text) {
        Ok(host) if !text.is_empty() => Ok(host.to_string()),
        _ => Err(format!(
            "{text:?} is no host name; write for example \"www.example.cn\", without https://"
        )),
    }
}

/// A telephone number: eleven digits beginning with 1, or `+` and 7 to 15 digits.
pub fn phone(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let sound = if text.starts_with('+') {
        (7..=15).contains(&digits.len())
    } else {
        digits.len() == 11 && digits.starts_with('1')
    };
    if all_digits && sound {
        return Ok(text.to_owned());
    }
    Err(format!(
        "{:?} is no mobile number; write 11 digits beginning with 1, or + and 7 to 15 digits, without blanks",
        mask(text)
    ))
}

/// A mail address.
pub fn mail(text: &str) -> Result<String, String> {
    match text.parse::<lettre::Address>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!(
            "{:?} is no mail address; write for example {MAIL_EXAMPLE:?}",
            mask(text)
        )),
    }
}

/// The known words nearest to `wanted`, for the end of a fault: `known are a, b, c`.
pub fn known<'a>(wanted: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 15;
    let mut words: Vec<&str> = words.into_iter().collect();
    let all = words.len();
    if all == 0 {
        return "none is known".to_owned();
    }
    if all > SHOWN {
        words.sort_by_key(|word| distance(wanted, word));
        words.truncate(SHOWN);
        return format!("the nearest of {all} known are {}", words.join(", "));
    }
    format!("known are {}", words.join(", "))
}

/// The number of letters to change, add or remove between two words (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (n, letter) in from.chars().take(64).enumerate() {
        let mut corner = n;
        let mut left = n + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(&to) {
            let above = *cell;
            let change = corner + usize::from(letter != *other);
            left = change.min(above + 1).min(left + 1);
            corner = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = n + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_have_a_unit() {
        let any = Duration::ZERO..=Duration::from_secs(86_400 * 10);
        let rows = [
            ("500ms", 500),
            ("30s", 30_000),
            ("5min", 300_000),
            ("72 h", 259_200_000),
            ("3d", 259_200_000),
        ];
        for (text, millis) in rows {
            let value = duration(text, any.clone());
            assert_eq!(value, Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in [
            "",
            "30",
            "s",
            "1.5h",
            "-3s",
            "3 weeks",
            "99999999999999999999s",
        ] {
            assert!(duration(text, any.clone()).is_err(), "{text}");
        }
        assert_eq!(written(Duration::from_secs(5400)), "90min");
        assert_eq!(size("2MiB", 0..=u64::MAX), Ok(2 << 20));
        assert!(size("2MB", 0..=u64::MAX).is_err());
        assert!(size("2MiB", 0..=1024).unwrap_err().contains("1KiB"));
    }

    #[test]
    fn numbers_and_addresses_are_checked_and_never_repeated() {
        for text in ["10000000001", "+8610000000001", "+1234567"] {
            assert_eq!(phone(text).as_deref(), Ok(text));
        }
        for text in [
            "1000000000",
            "010-66666666",
            "20000000001",
            "+12",
            "",
            "1000000000a",
        ] {
            let fault = phone(text).unwrap_err();
            assert!(text.len() < 5 || !fault.contains(text), "{fault}");
        }
        assert!(mail("a@example.cn").is_ok());
        assert!(!mail("somebody@").unwrap_err().contains("somebody"));
    }

    #[test]
    fn private_addresses_are_known_by_their_digits() {
        let is = |text: &str| is_private(&Url::parse(text).unwrap());
        for text in [
            "http://127.0.0.1/",
            "http://10.1.2.3/",
            "http://192.168.0.1:80/",
            "http://[::1]/",
            "http://localhost:8080/",
            "http://169.254.169.254/",
            "http://[fd00::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://100.64.0.1/",
            "http://0x7f000001/",
            "http://0/",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "https://www.example.cn/",
            "http://1.2.4.8/",
            "http://[2400:3200::1]/",
        ] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn the_nearest_words_come_first() {
        let words: Vec<String> = (0..30).map(|n| format!("unit{n}")).collect();
        let told = known("unit7x", words.iter().map(String::as_str));
        assert!(
            told.starts_with("the nearest of 30 known are unit7,"),
            "{told}"
        );
        assert_eq!(known("x", ["a", "b"]), "known are a, b");
        assert_eq!(distance("kxw", "kwx"), 2);
    }
}
