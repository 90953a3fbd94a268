//! The end of a certificate, read from its DER encoding: only as much of it as leads there.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::domain::time::{Moment, moment};

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// Certificates are written in UTC, our days are those of UTC+8.
const AHEAD: TimeDelta = TimeDelta::hours(8);

/// When the certificate ends (`notAfter`); nothing where it is not understood.
pub(super) fn valid_until(der: &[u8]) -> Option<Moment> {
    let (certificate, _) = part(der, SEQUENCE)?;
    let (signed, _) = part(certificate, SEQUENCE)?;
    let rest = part(signed, VERSION).map_or(signed, |(_, rest)| rest);
    // Number, algorithm and issuer come before it.
    let rest = skip(skip(skip(rest)?)?)?;
    let (validity, _) = part(rest, SEQUENCE)?;
    let after_begin = skip(validity)?;
    let (tag, end, _) = element(after_begin)?;
    instant(tag, std::str::from_utf8(end).ok()?)
}

/// The content of the first element, where it has this tag, and what follows.
fn part(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    (tag == wanted).then_some((content, rest))
}

fn skip(bytes: &[u8]) -> Option<&[u8]> {
    element(bytes).map(|(_, _, rest)| rest)
}

/// Tag and content of the first element, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x0f))?;
            let length = digits
                .iter()
                .fold(0, |sum, &digit| (sum << 8) | usize::from(digit));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn instant(tag: u8, text: &str) -> Option<Moment> {
    let digits = text.strip_suffix('Z')?;
    let year_digits = match tag {
        UTC_TIME => 2,
        GENERALIZED_TIME => 4,
        _ => return None,
    };
    let (year, rest) = digits.split_at_checked(year_digits)?;
    let mut year: i32 = year.parse().ok()?;
    if tag == UTC_TIME {
        year += if year < 50 { 2000 } else { 1900 };
    }
    let number = |from: usize| rest.get(from..from + 2)?.parse::<u32>().ok();
    let day = NaiveDate::from_ymd_opt(year, number(0)?, number(2)?)?;
    let time = NaiveTime::from_hms_opt(number(4)?, number(6)?, number(8)?)?;
    Some(moment(
        NaiveDateTime::new(day, time).checked_add_signed(AHEAD)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_real_certificates_is_read() {
        for year in [2031, 2055] {
            let mut params =
                rcgen::CertificateParams::new(vec!["a.example.cn".to_owned()]).unwrap();
            params.not_after = rcgen::date_time_ymd(year, 3, 4);
            let key = rcgen::KeyPair::generate().unwrap();
            let certificate = params.self_signed(&key).unwrap();
            let until = valid_until(certificate.der()).unwrap();
            assert_eq!(until.to_rfc3339(), format!("{year}-03-04T08:00:00+08:00"));
        }
    }

    #[test]
    fn every_cut_and_every_flipped_byte_is_survived() {
        let params = rcgen::CertificateParams::new(vec!["a.example.cn".to_owned()]).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        for end in 0..der.len() {
            assert_eq!(valid_until(&der[..end]), None);
            let mut flipped = der.clone();
            flipped[end] ^= 0xff;
            let _ = valid_until(&flipped);
        }
    }
}
