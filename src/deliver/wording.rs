//! The words in which an attempt's failure reaches a log, a page and the store.
//!
//! Servers love to echo what they were sent. So every error passes through here: numbers and
//! addresses are masked, secrets are removed, control characters become spaces, and last of all the length is
//! bounded: half a secret or half a number would not be found any more.

use secrecy::{ExposeSecret as _, SecretString};

use crate::domain::group::mask;

/// The longest error, in characters.
pub const ERROR_CHARS: usize = 200;
/// The longest receipt id, in characters.
const RECEIPT_CHARS: usize = 128;
/// Shorter secrets would blank out ordinary words.
const SECRET_CHARS: usize = 4;
/// This many digits in a row may be a telephone number.
const PHONE_DIGITS: usize = 7;

/// `text` fit for an error: without secrets, numbers, addresses and control characters, at most
/// [`ERROR_CHARS`] long.
pub fn error_of<'a>(text: &str, secrets: impl IntoIterator<Item = &'a SecretString>) -> String {
    let text = without(text, secrets);
    let words: Vec<String> = one_line(&text)
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(mask_word)
        .collect();
    cut(&words.join(" "), ERROR_CHARS)
}

/// `text` without `secrets`, also where they stand as part of an address or of a quoted string.
fn without<'a>(text: &str, secrets: impl IntoIterator<Item = &'a SecretString>) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let secret = secret.expose_secret();
        if secret.chars().count() >= SECRET_CHARS {
            text = without_one(&text, secret);
        }
    }
    text
}

fn without_one(text: &str, secret: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let length = written(rest.as_bytes(), secret.as_bytes());
        if let Some(after) = length.and_then(|length| rest.get(length..)) {
            out.push_str("***");
            rest = after;
        } else {
            out.push(char);
            rest = rest.get(char.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// The bytes that `secret` takes at the beginning of `text`: each byte plain, percent-encoded, or behind a
/// backslash.
fn written(text: &[u8], secret: &[u8]) -> Option<usize> {
    let mut at = 0;
    for &wanted in secret {
        let rest = text.get(at..).unwrap_or_default();
        at += match *rest {
            [b'%', high, low, ..] if hex(high, low) == Some(wanted) => 3,
            [byte, ..] if byte == wanted => 1,
            [b'\\', byte, ..] if byte == wanted => 2,
            [b'+', ..] if wanted == b' ' => 1,
            _ => return None,
        };
    }
    Some(at)
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// `text` with every control character, line separator and direction mark as a space.
pub fn one_line(text: &str) -> String {
    text.chars()
        .map(|char| if breaks_line(char) { ' ' } else { char })
        .collect()
}

fn breaks_line(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `receipt` as it may be stored and shown, for a message to the number `phone` if to any; `None`
/// when nothing readable is left. Other digits stay: receipts are long numbers themselves.
pub fn receipt_to<'a>(
    phone: Option<&str>,
    receipt: &str,
    secrets: impl IntoIterator<Item = &'a SecretString>,
) -> Option<String> {
    let bare = without(receipt, secrets);
    receipt_of(&match phone {
        Some(phone) => bare.replace(phone, &mask(phone)),
        None => bare,
    })
}

/// A receipt id as it may be stored and shown; `None` when nothing readable is left.
pub fn receipt_of(text: &str) -> Option<String> {
    let line = one_line(text);
    let receipt = cut(line.trim(), RECEIPT_CHARS);
    (!receipt.is_empty()).then_some(receipt)
}

fn mask_word(word: &str) -> String {
    let bare = word.trim_matches(|char: char| !char.is_alphanumeric());
    let plain = bare.replace("%40", "@");
    if plain.contains('@') {
        return word.replace(bare, &mask(&plain));
    }
    let mut out = String::with_capacity(word.len());
    let mut digits = String::new();
    for char in word.chars().chain(std::iter::once('\0')) {
        if char.is_ascii_digit() {
            digits.push(char);
            continue;
        }
        if digits.len() < PHONE_DIGITS {
            out.push_str(&digits);
        } else {
            out.push_str(&mask(&digits));
        }
        digits.clear();
        if char != '\0' {
            out.push(char);
        }
    }
    out
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_hold_no_number_address_or_secret() {
        let secret = [SecretString::from("s3cr3t".to_owned())];
        let rows = [
            ("bad number +8610000000001!", "bad number +861****0001!"),
            ("550 <liaison@example.cn>: no", "550 <l***@example.cn>: no"),
            ("token=s3cr3t refused", "token=*** refused"),
            ("at /s%33cr3%74/post, s%33cr3", "at /***/post, s%33cr3"),
            ("to=liaison%40example.cn no", "t***@example.cn no"),
            ("two\r\nlines\u{1b}[31m", "two lines [31m"),
            ("os error 111", "os error 111"),
            ("1234567", "****"),
            ("", ""),
        ];
        for (text, expected) in rows {
            assert_eq!(error_of(text, &secret), expected, "{text:?}");
        }
        assert_eq!(error_of(&"错".repeat(999), []).chars().count(), ERROR_CHARS);
    }

    #[test]
    fn what_is_cut_was_masked_before() {
        let secret = [SecretString::from("K\"ey-sekrit/1 密".to_owned())];
        for long in 0..ERROR_CHARS + 9 {
            for written in [
                "K\"ey-sekrit/1 密",
                "K\\\"ey-sekrit/1 密",
                "K%22ey%2Dsekrit%2f1+%E5%AF%86",
                "10000000001",
            ] {
                let told = error_of(&format!("{} {written}", "错".repeat(long)), &secret);
                let bare = told.replace(['错', ' ', '*'], "");
                let left = "1000001".strip_prefix(&bare);
                assert!(bare.is_empty() || left.is_some(), "{told}");
            }
        }
    }

    #[test]
    fn receipts_are_one_short_line() {
        assert_eq!(receipt_of(" id-1\n").as_deref(), Some("id-1"));
        assert_eq!(receipt_of("\u{7}\n "), None);
        assert_eq!(receipt_of(&"x".repeat(999)).map(|id| id.len()), Some(128));
        let secret = [SecretString::from("s3cr3t".to_owned())];
        let echo = "1000000000199-10000000001\u{202e}-s3cr3t";
        assert_eq!(
            receipt_to(Some("10000000001"), echo, &secret).as_deref(),
            Some("100****000199-100****0001 -***")
        );
    }
}
