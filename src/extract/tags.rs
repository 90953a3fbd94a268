//! What the guard knows of tags: which close others, which have no end, which the parser opens
//! again.

/// Where a word begins, at or behind `from`, in any case of its letters.
pub fn find(bytes: &[u8], from: usize, word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        at += memchr::memchr2(first, first.to_ascii_uppercase(), rest)?;
        let here = bytes.get(at..at + word.len())?;
        if here.eq_ignore_ascii_case(word) {
            return Some(at);
        }
        at += 1;
    }
}

/// The key of a tag's name: its first eight letters.
pub const fn tag(name: &str) -> u64 {
    let mut bytes = name.as_bytes();
    let mut key = 0_u64;
    let mut length = 0;
    while let Some((first, rest)) = bytes.split_first() {
        if length < 8 {
            key = (key << 8) | *first as u64;
        }
        length += 1;
        bytes = rest;
    }
    key
}

const LI: u64 = tag("li");
const TR: u64 = tag("tr");
const TD: u64 = tag("td");
const TH: u64 = tag("th");
const DT: u64 = tag("dt");
const DD: u64 = tag("dd");
const P: u64 = tag("p");
const A: u64 = tag("a");
const UL: u64 = tag("ul");
const DIV: u64 = tag("div");
const TABLE: u64 = tag("table");
const OPTION: u64 = tag("option");

/// The open elements that a start tag closes.
pub fn closed_by(name: u64) -> &'static [u64] {
    match name {
        LI => &[LI, P],
        TR => &[TR, TD, TH, P],
        TD | TH => &[TD, TH, P],
        DT | DD => &[DT, DD, P],
        P | DIV | UL | TABLE => &[P],
        A => &[A],
        OPTION => &[OPTION],
        _ => &[],
    }
}

/// Elements that hold another language.
pub fn is_foreign(name: u64) -> bool {
    name == tag("svg") || name == tag("math")
}

/// Whether an element has no content and no end tag.
pub fn is_void(name: u64) -> bool {
    const VOID: [u64; 11] = [
        tag("br"),
        tag("img"),
        tag("hr"),
        tag("input"),
        tag("meta"),
        tag("link"),
        tag("col"),
        tag("area"),
        tag("base"),
        tag("embed"),
        tag("param"),
    ];
    VOID.contains(&name)
}

/// Elements that the parser opens again in every block while they are not closed.
pub fn is_formatting(name: u64) -> bool {
    const FORMATTING: [u64; 11] = [
        tag("b"),
        tag("big"),
        tag("code"),
        tag("em"),
        tag("font"),
        tag("i"),
        tag("small"),
        tag("strong"),
        tag("tt"),
        tag("u"),
        tag("s"),
    ];
    FORMATTING.contains(&name)
}
