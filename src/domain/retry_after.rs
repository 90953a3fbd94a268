//! `Retry-After`: how long a host asks to be left alone (RFC 9110, section 10.2.3).

use std::time::Duration;

use chrono::DateTime;

/// The rest that a header asks for, at most `longest`: seconds, or a date, which is compared with
/// the answer's own `Date` and not with our clock.
pub fn rest(value: &str, answered_at: Option<&str>, longest: Duration) -> Option<Duration> {
    let value = value.trim();
    let rest = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Only a number too large to be held fails here.
        value.parse().map_or(longest, Duration::from_secs)
    } else {
        let until = DateTime::parse_from_rfc2822(value).ok()?;
        let from = DateTime::parse_from_rfc2822(answered_at?.trim()).ok()?;
        (until - from).to_std().ok()?
    };
    Some(rest.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_is_read_from_seconds_and_from_dates_and_is_capped() {
        let noon = Some("Fri, 06 Nov 2026 12:00:00 GMT");
        let cases = [
            ("120", None, Some(120)),
            (" 7 ", noon, Some(7)),
            ("0", None, Some(0)),
            ("86400", None, Some(3600)),
            ("99999999999999999999999", None, Some(3600)),
            ("Fri, 06 Nov 2026 12:01:30 GMT", noon, Some(90)),
            ("Fri, 06 Nov 2026 20:01:30 +0800", noon, Some(90)),
            ("Sat, 06 Nov 2027 12:00:00 GMT", noon, Some(3600)),
            ("Fri, 06 Nov 2026 11:59:59 GMT", noon, None),
            ("Fri, 06 Nov 2026 12:01:30 GMT", None, None),
            ("Fri, 06 Nov 2026 12:01:30 GMT", Some("today"), None),
            ("-5", noon, None),
            ("+5", noon, None),
            ("1.5", noon, None),
            ("soon", noon, None),
            ("", noon, None),
        ];
        for (value, date, seconds) in cases {
            let expected = seconds.map(Duration::from_secs);
            let longest = Duration::from_secs(3600);
            assert_eq!(rest(value, date, longest), expected, "{value:?} {date:?}");
        }
    }
}
