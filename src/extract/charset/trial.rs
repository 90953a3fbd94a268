//! Trials of one encoding for a whole page, and which of them reads best.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, WINDOWS_1252};

use super::{Decoded, family, key};
use crate::domain::note::Note;

/// How much of a page tells which encoding it is in.
const SAMPLE: usize = 64 * 1024;
/// How much of it, from its first wide character on, tells two encodings of the same bytes apart.
const RIVAL_SAMPLE: usize = 16 * 1024;
/// How the hosts of mirrors in traditional characters begin.
const MIRROR: &str = "big5.";

/// One decoding and how many sequences in it were malformed.
pub struct Trial<'a> {
    text: Cow<'a, str>,
    encoding: &'static Encoding,
    faults: usize,
}

impl<'a> Trial<'a> {
    /// The body in an encoding.
    pub fn of(body: &'a [u8], encoding: &'static Encoding) -> Trial<'a> {
        let (text, encoding, faulty) = encoding.decode(body);
        let faults = if faulty {
            text.matches('\u{fffd}').count().max(1)
        } else {
            0
        };
        Trial {
            text,
            encoding,
            faults,
        }
    }

    /// A text that is UTF-8 throughout.
    pub fn sound(text: &'a str) -> Trial<'a> {
        Trial {
            text: Cow::Borrowed(text),
            encoding: UTF_8,
            faults: 0,
        }
    }

    /// The text with what was wrong with the declaration.
    pub fn into_decoded(self, declared: Option<&'static Encoding>) -> Decoded<'a> {
        let encoding = key(self.encoding);
        let note = declared
            .map(key)
            .filter(|&word| word != encoding)
            .map(|word| Note::OtherCharset {
                declared: word.to_owned(),
                actual: encoding.to_owned(),
            });
        Decoded {
            text: self.text,
            encoding,
            note,
        }
    }
}

/// Weighs the declaration against the strict trials.
pub fn best<'a>(body: &'a [u8], declared: Option<&'static Encoding>, host: &str) -> Trial<'a> {
    if is_mostly_utf8(body.get(..SAMPLE).unwrap_or(body)) && is_mostly_utf8(body) {
        return Trial::of(body, UTF_8);
    }
    let wanted = match declared {
        Some(encoding) if encoding != UTF_8 && encoding != WINDOWS_1252 => family(encoding),
        _ => guess(body, host),
    };
    let wanted = told_from_rival(Trial::of(body, wanted), body);
    let better = if wanted.encoding != GB18030 && is_damaged(&wanted) {
        let national = Trial::of(body, GB18030);
        if national.faults < wanted.faults {
            national
        } else {
            wanted
        }
    } else {
        wanted
    };
    if declared == Some(UTF_8) && better.faults > 0 {
        let utf8 = Trial::of(body, UTF_8);
        if utf8.faults < better.faults {
            return utf8;
        }
    }
    better
}

/// Nearly all bytes of Big5 are valid GB18030 and the other way round. Where either may be meant,
/// the one that reads as Chinese wins, whatever is declared: mirrors in traditional characters
/// convert the text and often not the declaration.
fn told_from_rival<'a>(wanted: Trial<'a>, body: &'a [u8]) -> Trial<'a> {
    let rival = match wanted.encoding {
        encoding if encoding == BIG5 => GB18030,
        encoding if encoding == GB18030 => BIG5,
        _ => return wanted,
    };
    let sample = told_sample(body);
    let read = |encoding| everyday(&Trial::of(sample, encoding).text);
    let (own, other) = (read(wanted.encoding), read(rival));
    if makes_sense(other, own) {
        Trial::of(body, rival)
    } else {
        wanted
    }
}

/// Whether one text of the same bytes is strictly better than another: whole where that is damaged and
/// no stranger to read, or sense where that is chance.
pub fn reads_better(one: &str, other: &str) -> bool {
    let faults = |text: &str| text.matches('\u{fffd}').count();
    let (sense, chance) = (everyday(one), everyday(other));
    let whole = faults(one) < faults(other) && sense >= chance;
    whole || makes_sense(sense, chance) || one.is_ascii()
}

/// Whether so many everyday characters are sense where so many others are chance, which makes one
/// character in fifty an everyday one; sense makes every third.
fn makes_sense(sense: usize, chance: usize) -> bool {
    sense >= 3 && sense > 2 * chance
}

/// The part of a body that tells two encodings apart, from its first wide character on.
fn told_sample(body: &[u8]) -> &[u8] {
    let first = body.iter().position(|byte| *byte >= 0x80).unwrap_or(0);
    let rest = body.get(first..).unwrap_or_default();
    rest.get(..RIVAL_SAMPLE).unwrap_or(rest)
}

/// How many of the text's characters are among the most frequent ones.
fn everyday(text: &str) -> usize {
    const FREQUENT: &str = "的一是在有和年月日人大中国國上关關于於通知公告政府工作信息民市区區会會\
                            发發文件与與为為不以及第全开開了对對个個地方法规規定行动動新建设設进進展\
                            管理局办辦务務服业業经經部门門党黨委员員组組情况況实實施生产產学學技术術\
                            安社关關项項目資资来來过過主要本等本时時间間加强強推各街道网網站检檢查城";
    static KNOWN: LazyLock<HashSet<char>> = LazyLock::new(|| FREQUENT.chars().collect());
    let wide = text.chars().filter(|c| !c.is_ascii()).take(4000);
    wide.filter(|c| KNOWN.contains(c)).count()
}

fn is_damaged(trial: &Trial) -> bool {
    trial.faults * 200 > trial.text.chars().count()
}

/// UTF-8 in which a few bytes were mangled: the other encodings cannot produce this many valid
/// sequences by chance.
fn is_mostly_utf8(body: &[u8]) -> bool {
    let (mut wide, mut faults, mut left) = (0_usize, 0_usize, body.len());
    for chunk in body.utf8_chunks() {
        let mangled = chunk.valid().matches('\u{fffd}').count();
        wide += chunk.valid().chars().filter(|c| !c.is_ascii()).count() - mangled;
        faults += mangled + usize::from(!chunk.invalid().is_empty());
        left -= chunk.valid().len() + chunk.invalid().len();
        // Not even if all that is left were sound.
        if faults * 20 >= wide + left / 2 {
            return false;
        }
    }
    wide >= 20 && faults * 20 < wide
}

/// Undeclared and not UTF-8: GB18030, unless the host is a Big5 mirror or the bytes tell of an
/// encoding outside mainland China.
fn guess(body: &[u8], host: &str) -> &'static Encoding {
    if host.starts_with(MIRROR) {
        return BIG5;
    }
    if host.ends_with(".cn") {
        return GB18030;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(
        body.get(..body.len().min(64 * 1024)).unwrap_or_default(),
        true,
    );
    family(detector.guess(None, chardetng::Utf8Detection::Deny))
}
