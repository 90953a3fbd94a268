//! What a stretch of text means: references resolved, line ends as one sign.

use memchr::memchr3;

use super::references;

/// What a stretch of text is for the parser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// Text between tags.
    Text,
    /// The same where references mean nothing.
    Data,
    /// The title and the like.
    Title,
    /// A value of an attribute.
    Value,
    /// A style and the like.
    Raw,
}

/// A text as it is meant.
pub fn meant(text: &str, stretch: Stretch) -> String {
    let references = matches!(stretch, Stretch::Text | Stretch::Title | Stretch::Value);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr3(b'&', b'\r', b'\0', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let sign = from.chars().next();
        rest = from.get(1..).unwrap_or_default();
        match sign {
            Some('\r') => {
                out.push('\n');
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
            Some('&') => {
                let value = stretch == Stretch::Value;
                let meant = references
                    .then(|| references::resolve(rest, value))
                    .flatten();
                match meant {
                    Some(((first, second), used)) => {
                        out.push(first);
                        out.extend(second);
                        rest = rest.get(used..).unwrap_or_default();
                    }
                    None => out.push('&'),
                }
            }
            _ if matches!(stretch, Stretch::Text | Stretch::Data) => out.push('\0'),
            _ => out.push('\u{fffd}'),
        }
    }
    out.push_str(rest);
    out
}
