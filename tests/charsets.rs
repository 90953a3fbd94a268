//! In which encoding a page is read: bytes as old and new sites send them, with declarations that
//! are missing, wrong, or contradict each other. The bytes were written by another encoder.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use url::Url;
use wangxun::domain::page::Page;
use wangxun::extract::{Aim, Answer, Pages, Reading, Recipe, read};

#[path = "support/noted.rs"]
mod noted;

use noted::noted;

/// A title in each encoding.
const TITLE: &str = "关于开展网站检查工作的通知";
const GBK: &str = "b9d8d3dabfaad5b9cdf8d5bebcecb2e9b9a4d7f7b5c4cda8d6aa";
/// With characters of four bytes, which are in neither GB2312 nor GBK.
const RARE: &str = "关于㐀𠀀街道命名的通知事项";
const GB18030: &str = "b9d8d3da8139ee3995328236bdd6b5c0c3fcc3fbb5c4cda8d6aacac2cfee";
const TRADITIONAL: &str = "關於開展網站檢查工作的通知";
const BIG5: &str = "c3f6a9f3b67dae69baf4afb8c0cbac64a475a740aabab371aabe";

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| hex.get(at..at + 2).expect("two digits");
    (0..hex.len() / 2)
        .map(|n| u8::from_str_radix(digit(2 * n), 16).expect("a byte"))
        .collect()
}

/// A list of five rows with the title, in the title's encoding.
fn list(head: &str, title: &[u8]) -> Vec<u8> {
    let mut body = format!("<html><head>{head}</head><body><ul>").into_bytes();
    for day in ["16", "14", "12", "08", "02"] {
        body.extend(format!("<li><a href='/x/{day}.html'>").into_bytes());
        body.extend(title);
        body.extend(format!("</a><span>2018-03-{day}</span></li>").into_bytes());
    }
    body.extend(b"</ul></body></html>");
    body
}

fn utf16(body: Vec<u8>, unit: fn(u16) -> [u8; 2], mark: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(body).expect("text");
    let units = text.encode_utf16().flat_map(unit);
    mark.iter().copied().chain(units).collect()
}

fn marked(body: Vec<u8>) -> Vec<u8> {
    [b"\xef\xbb\xbf".to_vec(), body].concat()
}

fn reading(host: &str, header: Option<&str>, body: Vec<u8>) -> Reading {
    let pages = Pages {
        first: Page {
            url: Url::parse(&format!("http://{host}/tzgg/")).expect("an address"),
            status: 200,
            content_type: header.map(str::to_owned),
            body,
        },
        more: BTreeMap::new(),
    };
    let today = "2018-03-18".parse().expect("a date");
    match read(&pages, &Recipe::of(Aim::Column), today) {
        Answer::Found(reading) => *reading,
        Answer::Need(urls) => panic!("a finding was expected, not a need of {urls:?}"),
    }
}

struct Case {
    name: &'static str,
    host: &'static str,
    header: Option<&'static str>,
    body: Vec<u8>,
    title: &'static str,
    encoding: &'static str,
    /// What is declared, where that is wrong.
    wrong: Option<&'static str>,
}

fn meta(charset: &str) -> String {
    format!("<meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\">")
}

const SITE: &str = "www.example.gov.cn";
const MIRROR: &str = "big5.example.gov.cn";

/// GB bytes under every declaration.
fn national() -> Vec<Case> {
    let case = |name, header, head: &str, hex, wrong| Case {
        name,
        host: SITE,
        header,
        body: list(head, &bytes(hex)),
        title: if hex == GBK { TITLE } else { RARE },
        encoding: "gb18030",
        wrong,
    };
    let html = |charset: &'static str| Some(charset);
    let comment = "<!-- <meta charset=big5> --><meta charset=gbk>";
    vec![
        case("gbk, nothing declared", None, "", GBK, None),
        case(
            "gbk, header without charset",
            html("text/html"),
            "",
            GBK,
            None,
        ),
        case("gbk declared gb2312", None, &meta("gb2312"), GBK, None),
        case(
            "four bytes declared gb2312",
            None,
            &meta("GB2312"),
            GB18030,
            None,
        ),
        case("four bytes, nothing declared", None, "", GB18030, None),
        case(
            "gbk, header utf-8 over meta gb2312",
            html("text/html; charset=utf-8"),
            &meta("gb2312"),
            GBK,
            Some("utf-8"),
        ),
        case("gbk, meta utf-8", None, &meta("utf-8"), GBK, Some("utf-8")),
        case(
            "gbk, header latin",
            html("text/html;charset=ISO-8859-1"),
            "",
            GBK,
            Some("windows-1252"),
        ),
        case(
            "gbk, header of no meaning",
            html("text/html; charset=none"),
            "",
            GBK,
            None,
        ),
        case(
            "a declaration within a declaration",
            None,
            &meta("charset=gb2312"),
            GBK,
            None,
        ),
        case(
            "a declaration in quotes within quotes",
            None,
            "<meta content='text/html; charset=\"gbk\"'>",
            GBK,
            None,
        ),
        case("a dead declaration in a comment", None, comment, GBK, None),
    ]
}

/// UTF-8 and UTF-16 under every declaration.
fn unicode() -> Vec<Case> {
    let plain = |head: &str| list(head, TITLE.as_bytes());
    let case = |name, header, body, encoding, wrong| Case {
        name,
        host: SITE,
        header,
        body,
        title: TITLE,
        encoding,
        wrong,
    };
    vec![
        case("utf-8, nothing declared", None, plain(""), "utf-8", None),
        case(
            "utf-8, meta gb2312",
            None,
            plain(&meta("gb2312")),
            "utf-8",
            Some("gb18030"),
        ),
        case(
            "utf-8, header gbk",
            Some("text/html; charset=GBK"),
            plain(""),
            "utf-8",
            Some("gb18030"),
        ),
        case(
            "utf-8 marked, meta gbk",
            None,
            marked(plain(&meta("gbk"))),
            "utf-8",
            Some("gb18030"),
        ),
        case(
            "utf-8 marked, meta utf-8",
            None,
            marked(plain(&meta("utf-8"))),
            "utf-8",
            None,
        ),
        case(
            "utf-16 marked, meta utf-8",
            None,
            utf16(plain(""), u16::to_le_bytes, b"\xff\xfe"),
            "utf-16le",
            None,
        ),
        case(
            "utf-16 marked, header gbk",
            Some("text/html;charset=gbk"),
            utf16(plain(""), u16::to_be_bytes, b"\xfe\xff"),
            "utf-16be",
            Some("gb18030"),
        ),
        case(
            "utf-16 without a mark",
            None,
            utf16(plain(""), u16::to_le_bytes, b""),
            "utf-16le",
            None,
        ),
    ]
}

/// The mirrors in traditional characters, which convert the text and often not the declaration.
fn mirrors() -> Vec<Case> {
    let case = |name, host, head: &str, hex, title, encoding, wrong| Case {
        name,
        host,
        header: None,
        body: list(head, &bytes(hex)),
        title,
        encoding,
        wrong,
    };
    vec![
        case(
            "big5 declared",
            SITE,
            &meta("big5"),
            BIG5,
            TRADITIONAL,
            "big5",
            None,
        ),
        case(
            "big5 on a mirror",
            MIRROR,
            "",
            BIG5,
            TRADITIONAL,
            "big5",
            None,
        ),
        case(
            "big5 declared gb2312 on a mirror",
            MIRROR,
            &meta("gb2312"),
            BIG5,
            TRADITIONAL,
            "big5",
            Some("gb18030"),
        ),
        case(
            "big5, nothing declared, on no mirror",
            SITE,
            "",
            BIG5,
            TRADITIONAL,
            "big5",
            None,
        ),
        case(
            "big5 declared gb2312 on no mirror",
            SITE,
            &meta("gb2312"),
            BIG5,
            TRADITIONAL,
            "big5",
            Some("gb18030"),
        ),
        case(
            "big5 declared utf-8",
            SITE,
            &meta("utf-8"),
            BIG5,
            TRADITIONAL,
            "big5",
            Some("utf-8"),
        ),
        case(
            "gbk on a mirror that does not convert",
            MIRROR,
            "",
            GBK,
            TITLE,
            "gb18030",
            None,
        ),
        case(
            "gbk declared big5",
            SITE,
            &meta("big5"),
            GBK,
            TITLE,
            "gb18030",
            Some("big5"),
        ),
    ]
}

#[test]
fn the_encoding_is_what_the_bytes_are_and_a_wrong_declaration_is_noted() {
    for case in national().into_iter().chain(unicode()).chain(mirrors()) {
        let name = case.name;
        let reading = reading(case.host, case.header, case.body);
        assert_eq!(reading.encoding, case.encoding, "{name}");
        let titles: Vec<&str> = reading.rows.iter().map(|row| row.title.as_str()).collect();
        assert_eq!(titles, [case.title; 5], "{name}");
        let note = case
            .wrong
            .map(|wrong| format!("the page declares {wrong} but is {}", case.encoding));
        assert_eq!(noted(&reading), Vec::from_iter(note), "{name}");
    }
}

#[test]
fn bytes_that_were_mangled_on_the_way_do_not_change_the_encoding() {
    let mut national = list(&meta("gb2312"), &bytes(GBK));
    national.extend(b"<p>\xb9</p><p>\xff\xff</p>");
    let mut unicode = list("", TITLE.as_bytes());
    unicode.extend(b"<p>\xe5\x85</p><div>");
    unicode.extend(bytes(GBK).iter().take(2));
    unicode.extend(b"</div>");
    for (body, encoding) in [(national, "gb18030"), (unicode, "utf-8")] {
        let reading = reading(SITE, None, body);
        assert_eq!(reading.encoding, encoding);
        assert!(reading.rows.iter().all(|row| row.title == TITLE));
    }
}

/// Parts that were put in as bytes of another encoding: a footer, an include, a list.
#[test]
fn parts_in_another_encoding_are_read_in_it() {
    let foot = bytes(GBK).repeat(12);
    let with = |mut body: Vec<u8>, part: &[u8]| {
        body.extend(b"<div class=foot>");
        body.extend(part);
        body.extend(b"</div>");
        body
    };
    let cases = [
        (
            with(list(&meta("utf-8"), TITLE.as_bytes()), &foot),
            "utf-8",
            "gb18030",
        ),
        (
            with(list("", TITLE.as_bytes()), &bytes(GBK)),
            "utf-8",
            "gb18030",
        ),
        (
            with(list(&meta("gb2312"), &bytes(GBK)), TITLE.as_bytes()),
            "gb18030",
            "utf-8",
        ),
    ];
    for (body, main, other) in cases {
        let reading = reading(SITE, None, body);
        assert_eq!(reading.encoding, main);
        let titles: Vec<&str> = reading.rows.iter().map(|row| row.title.as_str()).collect();
        assert_eq!(titles, [TITLE; 5], "{main}");
        let note = format!("the page is {main} with parts in {other}, which were read as that");
        assert_eq!(noted(&reading), [note]);
    }
    let national = list(&meta("utf-8"), &bytes(GBK));
    let titles = |body: Vec<u8>| {
        reading(SITE, None, body)
            .rows
            .first()
            .map(|row| row.title.clone())
    };
    let rest = format!("<ul>{}</ul>", "<p>本网站由某某区人民政府主办</p>".repeat(3));
    assert_eq!(
        titles(with(national, rest.as_bytes())).as_deref(),
        Some(TITLE)
    );
}
