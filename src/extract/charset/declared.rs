//! What a page declares to be encoded in: in the header of the answer, or in its own head.

use encoding_rs::Encoding;

/// How far into the page a declaration is looked for.
const DECLARATION_WINDOW: usize = 4096;

/// The declaration in the header of the answer.
pub fn in_header(value: &[u8]) -> Option<&'static Encoding> {
    label_after_charset(value)
}

/// The declaration in the head: `<meta charset=…>`, `http-equiv`, or an XML declaration.
pub fn in_markup(body: &[u8]) -> Option<&'static Encoding> {
    let head = body
        .get(..body.len().min(DECLARATION_WINDOW))
        .unwrap_or_default();
    let head = &without_comments(head);
    label_after_charset(head).or_else(|| label_after(head, b"encoding"))
}

/// What stands in a comment declares nothing.
fn without_comments(head: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.len());
    let mut rest = head;
    while let Some(at) = memchr::memmem::find(rest, b"<!--") {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let end = memchr::memmem::find(rest, b"-->").map_or(rest.len(), |end| end + 3);
        rest = rest.get(end..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

fn label_after_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    label_after(bytes, b"charset")
}

/// The first known label behind `word` and an equals sign.
fn label_after(bytes: &[u8], word: &[u8]) -> Option<&'static Encoding> {
    let mut rest = bytes;
    loop {
        let at = rest
            .windows(word.len())
            .position(|w| w.eq_ignore_ascii_case(word))?;
        rest = rest.get(at + word.len()..)?;
        let label: Vec<u8> = rest
            .iter()
            .skip_while(|b| b.is_ascii_whitespace() || **b == b'=' || **b == b'"' || **b == b'\'')
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-' || **b == b'_')
            .take(24)
            .copied()
            .collect();
        if let Some(encoding) = Encoding::for_label(&label) {
            return Some(encoding);
        }
    }
}
