//! Where text ends that no tag interrupts: in scripts, styles, titles and their like.

use memchr::memmem::Finder;

/// Where the end tag of this name stands, at or behind `from`; the length where none does.
pub fn end(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    let finder = Finder::new(b"</");
    let mut at = from;
    while let Some(offset) = finder.find(bytes.get(at..).unwrap_or_default()) {
        at += offset;
        if is_tag(bytes, at + 2, name) {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// The same for a script, in which a comment may hold a script of its own.
pub fn script_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    let mut ends = end(bytes, at, SCRIPT);
    loop {
        if ends < at {
            ends = end(bytes, at, SCRIPT);
        }
        let inside = bytes.get(at..ends).unwrap_or_default();
        let Some(comment) = memchr::memmem::find(inside, b"<!--") else {
            return ends;
        };
        // The dashes that begin a comment may be those that end it.
        match comment_end(bytes, at + comment + 2) {
            Comment::Ended(behind) => at = behind,
            Comment::Script(ends) => return ends,
        }
    }
}

const SCRIPT: &[u8] = b"script";

/// What ends the comment in a script.
enum Comment {
    /// Its own end.
    Ended(usize),
    /// The end of the script, or of the page.
    Script(usize),
}

fn comment_end(bytes: &[u8], from: usize) -> Comment {
    let mut at = from;
    let mut nested = false;
    while let Some(offset) = memchr::memchr2(b'<', b'-', bytes.get(at..).unwrap_or_default()) {
        at += offset;
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.starts_with(b"-->") {
            return Comment::Ended(at + 3);
        }
        if rest.starts_with(b"</") && is_tag(bytes, at + 2, SCRIPT) {
            if !nested {
                return Comment::Script(at);
            }
            nested = false;
        } else if rest.starts_with(b"<") && is_tag(bytes, at + 1, SCRIPT) {
            nested = true;
        }
        at += 1;
    }
    Comment::Script(bytes.len())
}

/// Whether a whole name stands here, in any case of its letters.
fn is_tag(bytes: &[u8], at: usize, name: &[u8]) -> bool {
    let here = bytes.get(at..at + name.len()).unwrap_or_default();
    let next = bytes.get(at + name.len()).copied().unwrap_or_default();
    here.eq_ignore_ascii_case(name) && (next.is_ascii_whitespace() || matches!(next, b'/' | b'>'))
}
