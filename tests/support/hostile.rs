//! What the reader is fed when bytes are thrown at it, and what must hold whatever they are. The
//! fuzz targets and the test that replays their findings share these four ways in.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use url::Url;
use wangxun::domain::finding::Finding;
use wangxun::domain::page::Page;
use wangxun::extract::{Aim, Answer, More, Pages, Reading, Recipe, read};

/// One way in.
type Way = fn(&[u8]);

/// The ways in, by the names of the fuzz targets.
pub const WAYS: [(&str, Way); 4] = [
    ("page", page),
    ("dates", dates),
    ("metas", metas),
    ("data", data),
];

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2018, 3, 18).expect("a date");

/// Bytes as a whole page. The first byte chooses what the page is taken for and what the server
/// says of its encoding.
pub fn page(bytes: &[u8]) {
    const TYPES: [Option<&str>; 8] = [
        None,
        Some("text/html"),
        Some("text/html; charset=utf-8"),
        Some("text/html; charset=gb2312"),
        Some("text/html; charset=big5"),
        Some("text/html; charset=utf-16"),
        Some("application/json"),
        Some("text/xml; charset=nonsense"),
    ];
    const AIMS: [Aim; 3] = [Aim::Column, Aim::Home, Aim::Any];
    let Some((choice, body)) = bytes.split_first() else {
        return;
    };
    let choice = usize::from(*choice);
    let content_type = TYPES[choice % TYPES.len()];
    let aim = AIMS[choice / TYPES.len() % AIMS.len()];
    hold(aim, content_type, body.to_vec());
}

/// A text where dates stand: in the rows of a list, beside its links, and under an article's title.
pub fn dates(bytes: &[u8]) {
    let text = escaped(bytes);
    let row = format!("<li><a href='/a/1.html'>关于开展检查工作的通知</a><span>{text}</span></li>");
    hold_text(Aim::Column, format!("<ul>{}</ul>", row.repeat(4)));
    let within =
        format!("<li><a href='/a/2.html' title='{text}'>关于开展{text}检查的通知</a></li>");
    hold_text(Aim::Home, format!("<ul>{}</ul>", within.repeat(4)));
    let prose = "本次检查的范围是全区。".repeat(30);
    let article = format!("<h1>关于检查的通知</h1><p>发布时间：{text}</p><p>{prose}</p>");
    hold_text(Aim::Any, article);
}

/// Pairs of lines as the names and contents of metas.
pub fn metas(bytes: &[u8]) {
    let text = escaped(bytes);
    let lines: Vec<&str> = text.split('\n').take(64).collect();
    let metas: String = lines
        .chunks(2)
        .map(|pair| {
            let content = pair.get(1).copied().unwrap_or_default();
            format!("<meta name='{}' content='{content}'>", pair[0])
        })
        .collect();
    for body in ["<h1>关于检查的通知</h1><p>正文</p>", "<p>Text</p>"] {
        hold_text(Aim::Any, format!("<html><head>{metas}</head>{body}</html>"));
    }
}

/// Bytes as JSON, within CDATA, within a script and within `document.write`.
pub fn data(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    hold_text(Aim::Column, text.to_string());
    let records = format!(
        "<script type='text/xml'><datastore><recordset><record><![CDATA[{text}]]></record></recordset></datastore></script>"
    );
    hold_text(Aim::Column, records);
    hold_text(Aim::Column, format!("<script>var rows = {text};</script>"));
    hold_text(
        Aim::Home,
        format!("<script>document.write('{text}')</script>"),
    );
}

fn escaped(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('\'', "&#39;")
}

fn hold_text(aim: Aim, body: String) {
    hold(aim, Some("text/html; charset=utf-8"), body.into_bytes());
}

/// Reads the page twice to its end, every further page being the page itself, and checks what must
/// hold of any reading.
fn hold(aim: Aim, content_type: Option<&str>, body: Vec<u8>) {
    let first = Page {
        url: Url::parse("http://www.example.gov.cn/xxgk/tzgg.html").expect("an address"),
        status: 200,
        content_type: content_type.map(str::to_owned),
        body,
    };
    let recipe = Recipe {
        column_name: Some("通知公告".to_owned()),
        ..Recipe::of(aim)
    };
    let reading = ended(&first, &recipe);
    let again = ended(&first, &recipe);
    assert_eq!(
        reading.finding, again.finding,
        "the same bytes, the same finding"
    );
    assert!(reading.rows.len() <= 1000, "rows are bounded");
    assert!(reading.notes.len() <= 8, "notes are bounded");
    for row in &reading.rows {
        is_tame(&row.title, 120);
        assert!(row.on.is_none_or(is_plausible), "{row:?}");
    }
    for note in &reading.notes {
        is_tame(&note.to_string(), 400);
    }
    if let Finding::Dated(update) = &reading.finding {
        assert!(is_plausible(update.on), "{update:?}");
        is_tame(&update.evidence.title, 120);
        is_tame(&update.evidence.snippet, 120);
    }
}

fn ended(first: &Page, recipe: &Recipe) -> Reading {
    let mut pages = Pages {
        first: first.clone(),
        more: BTreeMap::new(),
    };
    loop {
        match read(&pages, recipe, TODAY) {
            Answer::Found(reading) => return *reading,
            Answer::Need(urls) => {
                assert!(!urls.is_empty(), "a need names addresses");
                for url in urls {
                    let page = Page {
                        url: url.clone(),
                        ..first.clone()
                    };
                    let new = pages.more.insert(url, More::Page(page)).is_none();
                    assert!(new, "nothing is asked for twice");
                }
                assert!(pages.more.len() < recipe.budget, "the budget holds");
            }
        }
    }
}

/// No claim before 1995 nor more than a day ahead.
fn is_plausible(on: NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(1995, 1, 1).is_some_and(|first| on >= first)
        && on <= TODAY + Days::new(1)
}

/// Short, on one line, and unable to disturb a terminal.
fn is_tame(text: &str, limit: usize) {
    assert!(text.chars().count() <= limit, "too long: {text}");
    let wild =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!text.contains(wild), "wild: {text:?}");
}
