//! How many segments a text message takes: that is what gateways charge.
//!
//! A text whose characters all belong to the GSM alphabet (3GPP TS 23.038) has 160 in one segment
//! or 153 in each of several; any other has 70, or 67. A Chinese text is always of the second
//! kind. The signature 【…】 counts like every other character.

/// The basic table without the letters that are ASCII.
const BASIC: &str = "£¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// ASCII that is in the basic table, besides letters, digits and blanks.
const BASIC_ASCII: &str = "@$!\"#%&'()*+,-./:;<=>?\n\r";
/// Characters of the extension table, which take two places.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// The alphabet in which a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// Seven bits a character.
    Gsm7,
    /// Sixteen bits a character.
    Ucs2,
}

/// The size of a text message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The alphabet.
    pub alphabet: Alphabet,
    /// The places that it takes: UTF-16 units, or places of seven bits.
    pub places: usize,
    /// The segments; 0 for an empty text.
    pub segments: usize,
}

/// The size of `text`.
pub fn size(text: &str) -> Size {
    let widths: Option<Vec<usize>> = text.chars().map(gsm_places).collect();
    let (alphabet, widths, alone, joined) = match widths {
        Some(widths) => (Alphabet::Gsm7, widths, 160, 153),
        None => (
            Alphabet::Ucs2,
            text.chars().map(char::len_utf16).collect(),
            70,
            67,
        ),
    };
    let places = widths.iter().sum();
    Size {
        alphabet,
        places,
        segments: if places <= alone {
            usize::from(places > 0)
        } else {
            split(&widths, joined)
        },
    }
}

/// The places of `c` in the GSM alphabet; `None` when it is not in it.
fn gsm_places(c: char) -> Option<usize> {
    if c.is_ascii_alphanumeric() || c == ' ' || BASIC_ASCII.contains(c) || BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// The segments of `room` places that hold `widths` in order; no character is cut in two.
fn split(widths: &[usize], room: usize) -> usize {
    let mut segments = 1;
    let mut used = 0;
    for width in widths {
        if used + width > room {
            segments += 1;
            used = 0;
        }
        used += width;
    }
    segments
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn segments_are_counted_as_gateways_do() {
        let rows = [
            (String::new(), Alphabet::Gsm7, 0, 0),
            ("a".repeat(160), Alphabet::Gsm7, 160, 1),
            ("a".repeat(161), Alphabet::Gsm7, 161, 2),
            ("a".repeat(306), Alphabet::Gsm7, 306, 2),
            ("a".repeat(307), Alphabet::Gsm7, 307, 3),
            ("€".repeat(80), Alphabet::Gsm7, 160, 1),
            // 153 is odd: the pair moves to the next segment, and a third one is begun.
            ("€".repeat(153), Alphabet::Gsm7, 306, 3),
            ("@{}_ÄÅ\n".to_owned(), Alphabet::Gsm7, 9, 1),
            ("字".repeat(70), Alphabet::Ucs2, 70, 1),
            ("字".repeat(71), Alphabet::Ucs2, 71, 2),
            ("字".repeat(134), Alphabet::Ucs2, 134, 2),
            ("字".repeat(135), Alphabet::Ucs2, 135, 3),
            ("【网巡】ok".to_owned(), Alphabet::Ucs2, 6, 1),
            // Characters beyond sixteen bits take two places and are not cut.
            ("😀".repeat(35), Alphabet::Ucs2, 70, 1),
            ("😀".repeat(67), Alphabet::Ucs2, 134, 3),
            ("`".to_owned(), Alphabet::Ucs2, 1, 1),
        ];
        for (text, alphabet, places, segments) in rows {
            let expected = Size {
                alphabet,
                places,
                segments,
            };
            assert_eq!(size(&text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn more_text_never_takes_fewer_segments(text in "\\PC{0,200}", more in "[字a€😀]") {
            let longer = format!("{text}{more}");
            prop_assert!(size(&text).segments <= size(&longer).segments);
            prop_assert!(size(&text).segments <= text.chars().count());
        }
    }
}
