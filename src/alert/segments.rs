//! How many segments a text message takes.
//!
//! One segment holds 70 UTF-16 units, or 160 characters when all of them are of the GSM 7-bit
//! alphabet (3GPP TS 23.038); of several segments each holds 67, or 153, because a header joins
//! them. Any Chinese character makes the whole text UCS-2.

/// Characters of the basic GSM 7-bit alphabet besides letters and digits.
const GSM_SIGNS: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Characters that take two places in the GSM 7-bit alphabet.
const GSM_DOUBLE: &str = "^{}\\[~]|€";

/// The segments that `text` takes; 0 for an empty text.
pub fn count(text: &str) -> usize {
    let (length, alone, joined) = match gsm_places(text) {
        Some(places) => (places, 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    match length {
        0 => 0,
        length if length <= alone => 1,
        length => length.div_ceil(joined),
    }
}

/// The places that `text` takes in the GSM 7-bit alphabet, if it can be written in it.
fn gsm_places(text: &str) -> Option<usize> {
    text.chars()
        .map(|char| match char {
            _ if char.is_ascii_alphanumeric() || GSM_SIGNS.contains(char) => Some(1),
            _ if GSM_DOUBLE.contains(char) => Some(2),
            _ => None,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_end_where_the_standard_says() {
        let rows = [
            ("字", 70, 1),
            ("字", 71, 2),
            ("字", 134, 2),
            ("字", 135, 3),
            ("a", 160, 1),
            ("a", 161, 2),
            ("a", 306, 2),
            ("a", 307, 3),
            ("{", 80, 1),
            ("{", 81, 2),
            // Outside the basic plane: two UTF-16 units each.
            ("𠮷", 35, 1),
            ("𠮷", 36, 2),
            ("", 0, 0),
        ];
        for (char, times, segments) in rows {
            assert_eq!(count(&char.repeat(times)), segments, "{char} x {times}");
        }
        assert_eq!(count(&format!("{}字", "a".repeat(70))), 2);
    }
}
