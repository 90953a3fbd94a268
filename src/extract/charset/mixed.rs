//! A page of two encodings: a head, a footer or a list that was put in as bytes of another one. What
//! is sound UTF-8 stays that, what is not and is sound GB18030 is read as that, run by run.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

/// Wide characters in long sound runs from which a page has UTF-8 in it for certain.
const LEAST_SURE: usize = 8;
/// Characters of a run that is no chance.
const LONG_RUN: usize = 4;
/// Characters of a run that were meant in another encoding and not mangled.
const LEAST_STRANGE: usize = 2;

/// A page of two encodings.
pub struct Mixed {
    /// The page as text.
    pub text: String,
    /// The encoding of most of it.
    pub main: &'static Encoding,
    /// The encoding of the rest.
    pub other: &'static Encoding,
}

/// Decodes a body of two encodings; `None` where it is of one, as far as the bytes tell. Which of
/// them it is in and which only parts of it are, the declaration says, else what is more.
pub fn decode(body: &[u8], declared: Option<&'static Encoding>) -> Option<Mixed> {
    let (mut unicode, mut sure, mut national, mut strange) = (0, 0, 0, false);
    for run in Runs::of(body) {
        match run.sense() {
            Sense::Unicode(count) => {
                unicode += count;
                sure += if count >= LONG_RUN { count } else { 0 };
            }
            Sense::National(count) => {
                national += count;
                strange |= count >= LEAST_STRANGE;
            }
            Sense::Either | Sense::Mangled => {}
        }
    }
    if sure < LEAST_SURE || !strange {
        return None;
    }
    let is_unicode = match declared {
        Some(encoding) if encoding == UTF_8 => true,
        Some(encoding) if encoding == GB18030 => false,
        _ => unicode >= national,
    };
    let (main, other) = match is_unicode {
        true => (UTF_8, GB18030),
        false => (GB18030, UTF_8),
    };
    Some(Mixed {
        text: text(body, main),
        main,
        other,
    })
}

/// The text, each run in its encoding; what tells nothing is read as what stood before it.
fn text(body: &[u8], main: &'static Encoding) -> String {
    let mut out = String::with_capacity(body.len() + body.len() / 4);
    let (mut done, mut last) = (0, main);
    for run in Runs::of(body) {
        let plain = body.get(done..run.from).unwrap_or_default();
        out.push_str(&String::from_utf8_lossy(plain));
        let encoding = match run.sense() {
            Sense::Unicode(_) => UTF_8,
            Sense::National(_) => GB18030,
            Sense::Either => last,
            Sense::Mangled => main,
        };
        let (bytes, end) = match encoding == GB18030 {
            true => (run.national(), run.national_end),
            false => (run.bytes(), run.end),
        };
        let (read, _) = encoding.decode_without_bom_handling(bytes);
        out.push_str(&read);
        (done, last) = (end, encoding);
    }
    let rest: Cow<str> = String::from_utf8_lossy(body.get(done..).unwrap_or_default());
    out.push_str(&rest);
    out
}

/// What a run of wide bytes can mean.
enum Sense {
    /// So many characters of UTF-8.
    Unicode(usize),
    /// So many characters of GB18030.
    National(usize),
    /// Either: letters and signs of two bytes.
    Either,
    /// Neither.
    Mangled,
}

/// Bytes of wide characters between those of ASCII.
struct Run<'b> {
    body: &'b [u8],
    from: usize,
    /// One past the last wide byte.
    end: usize,
    /// One past the last byte of GB18030, whose characters may end in a byte of ASCII.
    national_end: usize,
    /// The characters of GB18030, where all bytes are of such.
    characters: Option<usize>,
}

impl<'b> Run<'b> {
    fn bytes(&self) -> &'b [u8] {
        self.body.get(self.from..self.end).unwrap_or_default()
    }

    fn national(&self) -> &'b [u8] {
        self.body
            .get(self.from..self.national_end)
            .unwrap_or_default()
    }

    fn sense(&self) -> Sense {
        let bytes = self.bytes();
        if let Ok(text) = std::str::from_utf8(bytes) {
            let wide = text.chars().filter(|c| c.len_utf8() >= 3).count();
            return match (wide, self.characters) {
                (0, Some(_)) => Sense::Either,
                _ => Sense::Unicode(wide),
            };
        }
        let (mut wide, mut faults) = (0, 0);
        for chunk in bytes.utf8_chunks() {
            wide += chunk.valid().chars().filter(|c| c.len_utf8() >= 3).count();
            faults += usize::from(!chunk.invalid().is_empty());
        }
        match self.characters {
            // A few bytes of a long text were mangled.
            _ if wide >= LONG_RUN && faults * 8 <= wide => Sense::Unicode(wide),
            Some(count) => Sense::National(count),
            None => Sense::Mangled,
        }
    }
}

/// The runs of a body.
struct Runs<'b> {
    body: &'b [u8],
    at: usize,
}

impl<'b> Runs<'b> {
    fn of(body: &'b [u8]) -> Runs<'b> {
        Runs { body, at: 0 }
    }

    fn byte(&self, at: usize) -> u8 {
        self.body.get(at).copied().unwrap_or_default()
    }

    /// Where the characters of GB18030 from `from` end, and how many they are; nothing where a
    /// byte is of none.
    fn national(&self, from: usize) -> Option<(usize, usize)> {
        let (mut at, mut count) = (from, 0);
        while self.byte(at) >= 0x80 {
            let four = self.byte(at + 1).is_ascii_digit();
            at += match (self.byte(at), self.byte(at + 1)) {
                (0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe) => 2,
                (0x81..=0xfe, _) if four && self.byte(at + 2) >= 0x81 => 4,
                _ => return None,
            };
            count += 1;
        }
        Some((at, count))
    }
}

impl<'b> Iterator for Runs<'b> {
    type Item = Run<'b>;

    fn next(&mut self) -> Option<Run<'b>> {
        let rest = self.body.get(self.at..)?;
        let from = self.at + rest.iter().position(|byte| *byte >= 0x80)?;
        let wide = self.body.get(from..)?.iter();
        let end = from + wide.take_while(|byte| **byte >= 0x80).count();
        let national = self.national(from);
        let run = Run {
            body: self.body,
            from,
            end,
            national_end: national.map_or(end, |(end, _)| end.min(self.body.len())),
            characters: national.map(|(_, count)| count),
        };
        self.at = match run.sense() {
            Sense::National(_) => run.national_end,
            _ => end,
        };
        Some(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLE: &str = "关于开展网站检查工作的通知，各街道办事处、各委办局";
    const FOOT: &str = "主办单位：某某区人民政府办公室 镕·版权所有";

    fn national(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn every_part_is_read_in_its_own_encoding() {
        let parts = |head: Vec<u8>, foot: Vec<u8>| {
            [
                b"<h1>".to_vec(),
                head,
                b"</h1><p>".to_vec(),
                foot,
                b"</p>".to_vec(),
            ]
            .concat()
        };
        let whole = format!("<h1>{TITLE}</h1><p>{FOOT}</p>");
        let cases = [
            (
                parts(TITLE.into(), national(FOOT)),
                Some((UTF_8, whole.clone())),
            ),
            (parts(national(TITLE), FOOT.into()), Some((GB18030, whole))),
            (parts(national(TITLE), national(FOOT)), None),
            (parts(TITLE.into(), FOOT.into()), None),
            (parts(TITLE.into(), b"\xe5\x85".to_vec()), None),
            (parts(TITLE.into(), Vec::new()), None),
        ];
        for (body, expected) in cases {
            let read = decode(&body, None).map(|mixed| (mixed.main, mixed.text));
            assert_eq!(read, expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_come_to_an_end(body: Vec<u8>, sound in "[\u{4e00}-\u{9fa5}]{0,20}") {
            let body = [sound.as_bytes(), &body, sound.as_bytes()].concat();
            if let Some(mixed) = decode(&body, None) {
                proptest::prop_assert!(mixed.text.len() <= 4 * body.len());
            }
        }
    }
}
