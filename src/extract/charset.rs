//! Bytes to text: which encoding a page is really in, whatever it declares.
//!
//! Order: byte order mark, then the declaration of header and `<meta>`, checked against a strict
//! UTF-8 trial and GB18030. Of two decodings the strictly better wins, a page of two encodings is
//! read part by part, and a wrong declaration is noted. It knows nothing of markup beyond the word
//! `charset`.

use std::borrow::Cow;

use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use mixed::Mixed;
use trial::Trial;

use crate::domain::note::Note;

mod declared;
mod mixed;
mod trial;

/// How much of a page tells whether it is UTF-16 without a mark.
const HEAD: usize = 4096;

/// Text, and how it was obtained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The page as text.
    pub text: Cow<'a, str>,
    /// The encoding's name in lower case.
    pub encoding: &'static str,
    /// What was wrong with the declaration, if anything.
    pub note: Option<Note>,
}

/// Decodes a body; `None` when it is no text in any known encoding.
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>, host: &str) -> Option<Decoded<'a>> {
    if is_binary(body) {
        return None;
    }
    let declared = content_type
        .and_then(|value| declared::in_header(value.as_bytes()))
        .or_else(|| declared::in_markup(body));
    let decoded = match by_mark(body).or_else(|| by_zeros(body)) {
        Some(encoding) => Trial::of(body, encoding).into_decoded(declared),
        None => by_bytes(body, declared, host),
    };
    is_text(&decoded.text).then_some(decoded)
}

/// A body without a mark: UTF-8 as a whole, of two encodings, or of the one that reads best.
fn by_bytes<'a>(body: &'a [u8], declared: Option<&'static Encoding>, host: &str) -> Decoded<'a> {
    if let Ok(text) = std::str::from_utf8(body) {
        return Trial::sound(text).into_decoded(declared);
    }
    match mixed::decode(body, declared.map(family)) {
        Some(Mixed { text, main, other }) => Decoded {
            text: Cow::Owned(text),
            encoding: key(main),
            note: Some(Note::MixedCharsets {
                main: key(main).to_owned(),
                other: key(other).to_owned(),
            }),
        },
        None => trial::best(body, declared, host).into_decoded(declared),
    }
}

/// The encoding in which a body reads strictly better than as `text`, which it is in `fixed`; `None`
/// where `fixed` is as good as any.
pub fn better(
    (fixed, text): (&'static Encoding, &str),
    body: &[u8],
    content_type: Option<&str>,
    host: &str,
) -> Option<&'static str> {
    let own = decode(body, content_type, host)?;
    let is_other = own.encoding != key(fixed) && own.text != text;
    (is_other && trial::reads_better(&own.text, text)).then_some(own.encoding)
}

/// The name under which an encoding is reported: one name for the whole GB family, which is
/// always decoded as its superset.
pub fn key(encoding: &'static Encoding) -> &'static str {
    if encoding == GBK || encoding == GB18030 {
        "gb18030"
    } else if encoding == UTF_8 {
        "utf-8"
    } else if encoding == UTF_16LE {
        "utf-16le"
    } else if encoding == UTF_16BE {
        "utf-16be"
    } else if encoding == BIG5 {
        "big5"
    } else if encoding == WINDOWS_1252 {
        "windows-1252"
    } else {
        encoding.name()
    }
}

fn by_mark(body: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(body).map(|(encoding, _)| encoding)
}

/// UTF-16 without a mark shows as a zero in every other byte of the ASCII markup.
fn by_zeros(body: &[u8]) -> Option<&'static Encoding> {
    let head = body.get(..body.len().min(HEAD)).unwrap_or_default();
    let zeros = |odd: usize| {
        head.iter()
            .enumerate()
            .filter(|(at, byte)| at % 2 == odd && **byte == 0)
            .count()
    };
    let half = head.len() / 2;
    let (even, odd) = (zeros(0), zeros(1));
    if half < 16 {
        None
    } else if odd > half / 4 && even * 16 < half {
        Some(UTF_16LE)
    } else if even > half / 4 && odd * 16 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// `gb2312` and `gbk` pages use characters beyond both; GB18030 is the superset.
pub fn family(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

/// Signatures of formats that a list page never is.
fn is_binary(body: &[u8]) -> bool {
    const SIGNATURES: [&[u8]; 7] = [
        b"%PDF-",
        b"PK\x03\x04",
        b"\x89PNG",
        b"GIF8",
        b"\xff\xd8\xff",
        b"\xd0\xcf\x11\xe0",
        b"Rar!",
    ];
    SIGNATURES
        .iter()
        .any(|signature| body.starts_with(signature))
}

/// Whether the result reads as text: few control characters, few malformed sequences.
fn is_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    let control = count(bytes, |b| {
        ((b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r') & (b != 0xc)) | (b == 0x7f)
    });
    let malformed = memchr::memmem::find_iter(bytes, "\u{fffd}".as_bytes()).count();
    let bad = control + malformed;
    bad == 0 || bad * 10 <= count(bytes, |b| b & 0xc0 != 0x80)
}

/// The bytes that count, added up in short stretches with narrow sums, which a processor does for
/// many at a time.
#[inline]
fn count(bytes: &[u8], counts: impl Fn(u8) -> bool) -> usize {
    let mut sum = 0;
    for part in bytes.chunks(255) {
        let narrow = part
            .iter()
            .fold(0_u8, |sum, byte| sum + u8::from(counts(*byte)));
        sum += usize::from(narrow);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<html><head><title>北京市西城区人民政府门户网站</title></head><body>关于开展网站检查工作的通知，各街道办事处、各委办局。</body></html>";

    fn gbk(text: &str) -> Vec<u8> {
        GBK.encode(text).0.into_owned()
    }

    type Case<'a> = (&'a str, Vec<u8>, Option<&'a str>, &'a str, &'a str, bool);

    #[test]
    fn the_encoding_is_what_the_bytes_say_when_the_declaration_is_absent_or_wrong() {
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let unmarked: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let cases: [Case; 10] = [
            (
                "utf-8, nothing declared",
                TEXT.into(),
                None,
                "a.gov.cn",
                "utf-8",
                false,
            ),
            (
                "utf-8, header",
                TEXT.into(),
                Some("text/html; charset=UTF-8"),
                "a.gov.cn",
                "utf-8",
                false,
            ),
            (
                "utf-8 declared gb2312",
                TEXT.into(),
                Some("text/html; charset=gb2312"),
                "a.gov.cn",
                "utf-8",
                true,
            ),
            (
                "gbk, nothing declared",
                gbk(TEXT),
                None,
                "a.gov.cn",
                "gb18030",
                false,
            ),
            (
                "gbk declared gb2312",
                gbk(TEXT),
                Some("text/html;charset=gb2312"),
                "a.gov.cn",
                "gb18030",
                false,
            ),
            (
                "gbk declared utf-8",
                gbk(TEXT),
                Some("text/html;charset=utf-8"),
                "a.gov.cn",
                "gb18030",
                true,
            ),
            (
                "gbk declared latin",
                gbk(TEXT),
                Some("text/html;charset=iso-8859-1"),
                "a.gov.cn",
                "gb18030",
                true,
            ),
            (
                "gbk on a bare address",
                gbk(TEXT),
                None,
                "10.0.0.1",
                "gb18030",
                false,
            ),
            (
                "utf-16 with mark",
                utf16,
                Some("text/html;charset=gb2312"),
                "a.gov.cn",
                "utf-16le",
                true,
            ),
            (
                "utf-16 without mark",
                unmarked,
                None,
                "a.gov.cn",
                "utf-16be",
                false,
            ),
        ];
        for (name, body, header, host, encoding, wrong) in cases {
            let decoded = decode(&body, header, host).expect(name);
            assert_eq!(decoded.encoding, encoding, "{name}");
            assert_eq!(decoded.note.is_some(), wrong, "{name}: {:?}", decoded.note);
            assert_eq!(decoded.text.trim_start_matches('\u{feff}'), TEXT, "{name}");
        }
    }

    #[test]
    fn a_declaration_in_the_head_is_read() {
        let page = "<meta http-equiv=Content-Type content='text/html; charset=big5'><p>臺北市政府公告：關於網站檢查工作的通知</p>";
        let body = BIG5.encode(page).0.into_owned();
        let decoded = decode(&body, None, "big5.example.gov.cn").expect("text");
        assert_eq!((decoded.encoding, &*decoded.text), ("big5", page));
    }

    #[test]
    fn mangled_utf8_stays_utf8() {
        let mut body = TEXT.repeat(4).into_bytes();
        body.splice(60..61, [0xff, 0xfe]);
        assert_eq!(
            decode(&body, Some("text/html;charset=gbk"), "a.cn")
                .expect("text")
                .encoding,
            "utf-8"
        );
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for body in [
            &b"%PDF-1.4 and so on"[..],
            b"PK\x03\x04....",
            &[0_u8, 1, 2, 3, 0, 0, 0, 7, 9],
        ] {
            assert_eq!(decode(body, Some("text/html"), "a.cn"), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn chinese_text_comes_back_from_either_encoding(
            text in "[\\u{4e00}-\\u{9fa5}，。：]{12,200}",
            header in proptest::option::of(proptest::sample::select(vec![
                "text/html; charset=utf-8", "text/html;charset=gb2312", "text/html; charset=iso-8859-1",
                "text/html; charset=", "text/html",
            ])),
        ) {
            for body in [text.clone().into_bytes(), gbk(&text)] {
                let decoded = decode(&body, header, "www.example.gov.cn").expect("text");
                proptest::prop_assert_eq!(&decoded.text, &text);
            }
        }

        #[test]
        fn any_bytes_are_text_or_refused(body: Vec<u8>, header: Option<String>) {
            for host in ["a.gov.cn", "big5.a.cn", "example.com"] {
                let _ = decode(&body, header.as_deref(), host);
            }
        }
    }
}
