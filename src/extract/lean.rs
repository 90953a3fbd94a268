//! What of a page nobody reads: attributes of layout. They are left out of the tree, which stays
//! the same but for them.

use super::tags::tag;

/// Whether an attribute of an element tells the reader nothing.
pub fn is_idle(element: u64, name: &[u8], value: &[u8]) -> bool {
    let mut lower = [0_u8; 12];
    let Some(lower) = lower.get_mut(..name.len()) else {
        return false;
    };
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    match &*lower {
        b"style" => !may_hide(value),
        b"target" | b"align" | b"valign" | b"border" | b"bgcolor" | b"background"
        | b"cellspacing" | b"cellpadding" | b"hidefocus" | b"nowrap" | b"language" | b"usemap"
        | b"coords" | b"srcset" | b"tabindex" => true,
        b"rel" => element == tag("a"),
        b"width" | b"height" => element != tag("iframe") && element != tag("frame"),
        b"onclick" => element != tag("li") && element != tag("tr"),
        [b'o', b'n', _, _, _, ..] => true,
        _ => false,
    }
}

/// Whether a style may keep its element from being displayed, or display it against a rule.
fn may_hide(style: &[u8]) -> bool {
    let has = |word: &[u8]| {
        style
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    has(b"none") || has(b"hidden") || has(b"display")
}
