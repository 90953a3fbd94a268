//! Character references as the standard of HTML resolves them.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// What a reference stands for: one character or two, the second of which may be none.
type Characters = (char, Option<char>);

/// What the text behind an `&` refers to, and how many bytes of it that takes. In a value of an
/// attribute a name without its semicolon is none where a word goes on.
pub fn resolve(text: &str, in_value: bool) -> Option<(Characters, usize)> {
    match text.as_bytes().first()? {
        b'#' => numbered(text),
        b if b.is_ascii_alphanumeric() => frequent(text).or_else(|| named(text, in_value)),
        _ => None,
    }
}

/// The few of which most references are.
fn frequent(text: &str) -> Option<(Characters, usize)> {
    const FREQUENT: [(&str, char); 5] = [
        ("nbsp;", '\u{a0}'),
        ("amp;", '&'),
        ("gt;", '>'),
        ("lt;", '<'),
        ("quot;", '"'),
    ];
    let (name, c) = FREQUENT.iter().find(|(name, _)| text.starts_with(name))?;
    Some(((*c, None), name.len()))
}

/// The longest name that is known; the table has every beginning of one too.
fn named(text: &str, in_value: bool) -> Option<(Characters, usize)> {
    let mut found = None;
    for end in 1..=text.len() {
        let Some(known) = text.get(..end).and_then(|name| NAMED_ENTITIES.get(name)) else {
            break;
        };
        if known.0 != 0 {
            found = Some((*known, end));
        }
    }
    let ((first, second), end) = found?;
    let next = text.as_bytes().get(end).copied().unwrap_or(b' ');
    let closed = text.get(..end).is_some_and(|name| name.ends_with(';'));
    if in_value && !closed && (next == b'=' || next.is_ascii_alphanumeric()) {
        return None;
    }
    let second = char::from_u32(second).filter(|c| *c != '\0');
    Some(((char::from_u32(first)?, second), end))
}

/// `#20013;` and `#x4e2d;`.
fn numbered(text: &str) -> Option<(Characters, usize)> {
    let rest = text.strip_prefix('#')?;
    let (digits, radix) = match rest.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16),
        None => (rest, 10),
    };
    let mut number = 0_u32;
    let mut length = 0;
    for digit in digits.chars().map_while(|c| c.to_digit(radix)) {
        // Beyond the last character there is nothing to count.
        number = (number * radix + digit).min(0x0020_0000);
        length += 1;
    }
    if length == 0 {
        return None;
    }
    let closed = digits.as_bytes().get(length) == Some(&b';');
    let used = text.len() - digits.len() + length + usize::from(closed);
    Some(((character(number), None), used))
}

/// The character of a number; those that are none, and the numbers of an old code page that are
/// taken for Unicode by mistake.
fn character(number: u32) -> char {
    let old = number
        .checked_sub(0x80)
        .and_then(|at| *C1_REPLACEMENTS.get(usize::try_from(at).ok()?)?);
    old.or_else(|| char::from_u32(number).filter(|c| *c != '\0'))
        .unwrap_or('\u{fffd}')
}
