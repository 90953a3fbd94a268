//! Columns with reading rules of their own: what the rules match is read, with the guards of every
//! list; what they do not match is told as that and as nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use url::Url;
use wangxun::config::read_rules::parse;
use wangxun::domain::finding::{Basis, Finding, Undated, Unreadable};
use wangxun::domain::note::Note;
use wangxun::domain::page::Page;
use wangxun::domain::reading_rules::ReadRules;
use wangxun::domain::time::Date;
use wangxun::extract::{Aim, Answer, More, Pages, Reader, Reading, Recipe, read};

#[path = "support/noted.rs"]
mod noted;

use noted::noted;

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "own_rules/visits.rs"]
mod visits;

fn today() -> Date {
    Date::from_ymd_opt(2018, 3, 18).unwrap()
}

fn url(path: &str) -> Url {
    Url::parse("http://www.a.gov.cn")
        .unwrap()
        .join(path)
        .unwrap()
}

fn page(path: &str, body: impl Into<Vec<u8>>) -> Page {
    Page {
        url: url(path),
        status: 200,
        content_type: None,
        body: body.into(),
    }
}

fn rules(toml: &str) -> ReadRules {
    parse(toml).unwrap_or_else(|faults| panic!("{toml}: {faults}"))
}

fn recipe(toml: &str) -> Recipe {
    Recipe {
        read: Some(rules(toml)),
        ..Recipe::of(Aim::Column)
    }
}

fn found(body: impl Into<Vec<u8>>, recipe: &Recipe) -> Reading {
    let pages = Pages {
        first: page("/tzgg/list.html", body),
        more: BTreeMap::new(),
    };
    match read(&pages, recipe, today()) {
        Answer::Found(reading) => *reading,
        Answer::Need(urls) => panic!("a finding was expected, not a need of {urls:?}"),
    }
}

fn by(toml: &str, body: impl Into<Vec<u8>>) -> Reading {
    found(body, &recipe(toml))
}

fn newest(reading: &Reading) -> Option<(String, Basis)> {
    match &reading.finding {
        Finding::Dated(update) => Some((update.on.to_string(), update.basis)),
        _ => None,
    }
}

fn on(day: &str, basis: Basis) -> Option<(String, Basis)> {
    Some((day.to_owned(), basis))
}

/// Two lists; the one that is wanted prints the day first.
const PAGE: &str = r#"<html><body>
<ul class="hot"><li><a href="/h/1.html">关于举办年度表彰大会的新闻报道</a><span>2018-03-17</span></li>
<li><a href="/h/2.html">关于举办年度工作会议的新闻报道</a><span>2018-03-16</span></li>
<li><a href="/h/3.html">关于举办季度工作会议的新闻报道</a><span>2018-03-15</span></li></ul>
<ul class="list">
<li><a href="1.html">置顶：关于开展检查工作的通知</a><span class="date">05/01/2018</span></li>
<li><a href="2.html">关于放假安排的通知</a><span class="date">06/03/2018</span></li>
<li style="display:none"><a href="3.html">关于撤回的通知</a><span class="date">09/03/2018</span></li>
<li><a href="4.html">关于报名截止的通知</a><span class="date">06/03/2019</span></li>
</ul></body></html>"#;

#[test]
fn rows_of_a_piece_that_a_path_names_are_dated_by_the_own_rules() {
    let rows = r#"<ul><li><a href=\"/1.html\">关于开展检查工作的通知</a><span>2018-03-06</span></li><li><a href=\"/2.html\">关于放假安排的通知</a><span>2018-03-02</span></li></ul>"#;
    let data = format!("{{\"data\":{{\"html\":\"{rows}\"}}}}");
    for toml in [r#"json = { html = "data.html" }"#, r#"json = "jpaas""#] {
        let reading = by(toml, data.clone());
        assert_eq!(
            newest(&reading),
            on("2018-03-06", Basis::OwnRules),
            "{toml}"
        );
    }
}

#[test]
fn selectors_and_a_format_say_which_rows_count_and_how_their_dates_are_printed() {
    let all = r#"
        row = "ul.list > li"
        title = "a"
        date = "span.date"
        date_format = "%d/%m/%Y""#;
    let reading = by(all, PAGE);
    // Neither the pinned first row, nor the hidden one, nor the one in the future.
    assert_eq!(newest(&reading), on("2018-03-06", Basis::OwnRules));
    let Finding::Dated(update) = &reading.finding else {
        panic!("{:?}", reading.finding);
    };
    assert_eq!(update.evidence.title, "关于放假安排的通知");
    assert_eq!(
        update.evidence.link.as_deref(),
        Some("http://www.a.gov.cn/tzgg/2.html")
    );
    assert_eq!(update.evidence.snippet, "06/03/2018");
    assert_eq!(reading.rows.len(), 3);
    assert_eq!(
        noted(&reading),
        [
            "by rules: row matched 4, with a title 4, with a date 4",
            "a date more than one day ahead was refused: 2019-03-06",
            "1 pinned row left aside for order",
            "1 hidden row left aside"
        ]
    );
    assert!(reading.signature.is_some());
    // The format is looked for in the whole row where no element is named.
    let row_alone = "row = \"ul.list > li\"\ndate_format = \"%d/%m/%Y\"";
    assert_eq!(
        newest(&by(row_alone, PAGE)),
        on("2018-03-06", Basis::OwnRules)
    );
    // Without a format, dates of all forms that Chinese pages use.
    let hot = by("row = \"ul.hot > li\"", PAGE);
    assert_eq!(newest(&hot), on("2018-03-17", Basis::OwnRules));
    // The reader alone takes the other list.
    let alone = found(PAGE, &Recipe::of(Aim::Column));
    assert_eq!(newest(&alone), on("2018-03-17", Basis::ListRow));
}

#[test]
fn what_the_rules_do_not_match_is_a_reason_of_its_own() {
    let challenge = "<script>$_ts=window['$_ts'];</script><body></body>";
    let empty = "<html><body><div class=list>暂无信息</div></body></html>";
    let by_selector = Finding::Unreadable(Unreadable::NoRowsBySelector);
    let by_path = Finding::Unreadable(Unreadable::NoRowsByPath);
    let cases = [
        ("row = \"table tr\"", PAGE, &by_selector),
        ("row = \"ul.list > li\"\ntitle = \"h4\"", PAGE, &by_selector),
        ("row = \"ul.list > li\"\ndate = \"i\"", PAGE, &by_selector),
        (
            "row = \"ul.list > li\"\ndate_format = \"%Y~%m~%d\"",
            PAGE,
            &by_selector,
        ),
        ("row = \"ul.list > li\"", empty, &by_selector),
        ("json = \"ucap\"", PAGE, &by_path),
        ("json = \"ucap\"", "{\"data\":{\"results\":[]}}", &by_path),
        ("json = \"jpaas\"", "{\"data\":{\"html\":\"\"}}", &by_path),
        ("json = \"hanweb-dataproxy\"", "<datastore/>", &by_path),
        (
            "row = \"ul.list > li\"",
            challenge,
            &Finding::Unreadable(Unreadable::Challenge),
        ),
        (
            "json = \"ucap\"",
            challenge,
            &Finding::Unreadable(Unreadable::Challenge),
        ),
    ];
    for (toml, body, expected) in cases {
        assert_eq!(&by(toml, body).finding, expected, "{toml} on {body:.60}");
    }
}

#[test]
fn dates_without_a_year_and_dates_of_articles_are_guarded_as_ever() {
    let list = "<ul>".to_owned()
        + "<li><a href=1.html>关于开展检查工作的通知</a><b>05.03</b></li>"
        + "<li><a href=2.html>关于放假安排的通知</a><b>28.12</b></li></ul>";
    let short = recipe("row = \"li\"\ndate = \"b\"\ndate_format = \"%d.%m\"");
    let pages = Pages {
        first: page("/tzgg/list.html", list),
        more: BTreeMap::new(),
    };
    let mut reader = Reader::new(short, today());
    let Answer::Need(urls) = reader.read(&pages) else {
        panic!("a guessed year is asked for");
    };
    assert_eq!(urls, [url("/tzgg/1.html")]);
    let future = "<ul><li><a href=1.html>关于开展检查工作的通知</a><b>2019-03-05</b></li></ul>";
    let pages = Pages {
        first: page("/tzgg/list.html", future),
        more: BTreeMap::from([(url("/tzgg/1.html"), More::Failed)]),
    };
    let Answer::Found(reading) = read(&pages, &recipe("row = \"li\"\ndate = \"b\""), today())
    else {
        panic!("all that was asked for is there");
    };
    let undated = [Undated::Implausible, Undated::ArticlesUnreachable].map(Finding::Undated);
    assert!(undated.contains(&reading.finding), "{:?}", reading.finding);
}

#[test]
fn a_fixed_charset_stands_against_every_declaration() {
    let text = "<meta charset=utf-8><ul><li><a href=1.html>关于开展检查工作的通知</a>2018-03-05</li><li><a href=2.html>关于放假安排的通知</a>2018-03-04</li></ul>";
    let body = encoding_rs::BIG5.encode("<meta charset=gb2312><ul><li><a href=1.html>關於檢查工作的通知</a>2018-03-05</li></ul>").0.into_owned();
    let big5 = by("row = \"li\"\ncharset = \"big5\"", body);
    assert_eq!(
        (big5.encoding, &*big5.rows[0].title),
        ("big5", "關於檢查工作的通知")
    );
    let body = encoding_rs::GB18030.encode(text).0.into_owned();
    for label in ["gb2312", "GBK", "gb18030"] {
        // Rows are found by the reader: only the charset is laid down.
        let reading = by(&format!("charset = \"{label}\""), body.clone());
        assert_eq!(reading.encoding, "gb18030");
        assert_eq!(reading.rows[0].title, "关于开展检查工作的通知");
        assert!(reading.notes.iter().all(|note| !is_doubt(note)));
    }
}

fn is_doubt(note: &Note) -> bool {
    matches!(note, Note::FixedCharset { .. })
}

#[test]
fn a_fixed_charset_in_which_the_page_is_garbled_is_followed_and_noted() {
    let list = "<ul><li><a href=1.html>关于开展网站检查工作的通知</a>2018-03-05</li><li><a href=2.html>关于放假安排的公告</a>2018-03-04</li></ul>";
    let plain = "<ul><li><a href=1.html>Notice of the yearly inspection</a>2018-03-05</li></ul>";
    let national = encoding_rs::GB18030.encode(list).0.into_owned();
    let cases = [
        ("big5", list.as_bytes().to_vec(), Some("utf-8")),
        ("big5", national.clone(), Some("gb18030")),
        ("utf-8", national.clone(), Some("gb18030")),
        ("windows-1252", national.clone(), Some("gb18030")),
        ("gbk", list.as_bytes().to_vec(), Some("utf-8")),
        ("utf-16le", list.as_bytes().to_vec(), Some("utf-8")),
        ("utf-16le", plain.as_bytes().to_vec(), Some("utf-8")),
        ("gbk", national, None),
        ("utf-8", list.as_bytes().to_vec(), None),
        ("big5", plain.as_bytes().to_vec(), None),
    ];
    for (label, body, better) in cases {
        let reading = by(&format!("charset = \"{label}\""), body);
        let noted = reading.notes.iter().find_map(|note| match note {
            Note::FixedCharset { better, .. } => Some(&**better),
            _ => None,
        });
        assert_eq!(noted, better, "{label}");
    }
}

const UNIT: &str = r#"<html><body><h1>通知公告</h1><script parseType="bulidstatic" url="/api-gateway/jpaas-publish-server/front/page/build/unit" querydata="{'webId':'9'}"></script></body></html>"#;

#[test]
fn markup_inside_data_is_read_as_a_page_of_the_column() {
    let rows = "<ul><li><a href='art/1.html'>关于开展检查工作的通知</a><b>05.03.2018</b></li><li><a href='art/2.html'>关于放假安排的通知</a><b>04.03.2018</b></li></ul>";
    let data = serde_json::json!({"success": true, "data": {"html": rows}}).to_string();
    let toml = "json = \"jpaas\"\nrow = \"li\"\ndate = \"b\"\ndate_format = \"%d.%m.%Y\"";
    // The column's page leads to the data by itself.
    let mut reader = Reader::new(recipe(toml), today());
    let mut pages = Pages {
        first: page("/tzgg/index.html", UNIT),
        more: BTreeMap::new(),
    };
    let Answer::Need(urls) = reader.read(&pages) else {
        panic!("the data is asked for");
    };
    let unit = url("/api-gateway/jpaas-publish-server/front/page/build/unit?webId=9");
    assert_eq!(urls, std::slice::from_ref(&unit));
    let answer = Page {
        url: unit.clone(),
        ..page("/", data.clone())
    };
    pages.more.insert(unit, More::Page(answer));
    let Answer::Found(reading) = reader.read(&pages) else {
        panic!("nothing more is needed");
    };
    assert_eq!(newest(&reading), on("2018-03-05", Basis::OwnRules));
    assert_eq!(
        reading.rows[0].url.as_deref(),
        Some("http://www.a.gov.cn/tzgg/art/1.html")
    );
    // Data that is visited itself belongs to the page that people are shown.
    let shown = Recipe {
        shown: Some(url("/zwgk/tz/index.html")),
        ..recipe(toml)
    };
    let reading = found(data, &shown);
    let Finding::Dated(update) = &reading.finding else {
        panic!("{:?}", reading.finding);
    };
    assert_eq!(
        update.evidence.page,
        "http://www.a.gov.cn/zwgk/tz/index.html"
    );
    assert_eq!(
        update.evidence.link.as_deref(),
        Some("http://www.a.gov.cn/zwgk/tz/art/1.html")
    );
    // Hanweb's records are found by the reader as ever.
    let records = "<datastore><recordset>".to_owned()
        + "<record><![CDATA[<li><a href='/art/1.html'>关于开展检查工作的通知</a>2018-03-05</li>]]></record>"
        + "<record><![CDATA[<li><a href='/art/2.html'>关于放假安排的通知</a>2018-03-04</li>]]></record>"
        + "</recordset></datastore>";
    let reading = by("json = \"hanweb-dataproxy\"", records);
    assert_eq!(
        newest(&reading).map(|(on, _)| on).as_deref(),
        Some("2018-03-05")
    );
}

#[test]
fn lists_in_data_are_read_along_their_paths() {
    let own = r#"json = { rows = "groups[*].rows", title = "name", url = "href", date = "at" }"#;
    let body = r#"cb({"groups":[{"rows":[{"name":"关于检查的通知","href":"1.html","at":1520211600000}]},
        {"rows":[{"name":"&ldquo;放假&rdquo;安排","href":"//b.gov.cn/2","at":1520298000000},{"at":1}]}]});"#;
    let reading = by(own, body);
    assert_eq!(newest(&reading), on("2018-03-06", Basis::OwnRules));
    assert_eq!(reading.rows.len(), 2);
    assert_eq!(reading.rows[1].title, "“放假”安排");
    assert_eq!(reading.rows[1].url.as_deref(), Some("http://b.gov.cn/2"));
    assert_eq!(
        noted(&reading),
        [
            "by rules: 3 rows at groups[*].rows",
            "by rules: title in 2, address in 2, date in 2",
            "1 row leads off the site"
        ]
    );
    let signature = reading.signature.unwrap();
    assert!(signature.starts_with("json:"), "{signature}");
    let printed = r#"json = { rows = "$", title = "t", date = "d" }
        date_format = "%d.%m.%Y""#;
    let reading = by(printed, r#"[{"t":"关于检查的通知","d":"06.03.2018"}]"#);
    assert_eq!(newest(&reading), on("2018-03-06", Basis::OwnRules));
}

#[test]
fn hostile_pages_are_answered_under_every_rule() {
    let rows = "<div class=r><a href=1>关于检查的通知</a><b>05/03/2018</b></div>";
    let many = rows.repeat(6_000);
    let nested = "<div class=r>".repeat(500) + rows;
    let deep = "{\"data\":".repeat(200_000);
    let wide = format!(
        "{{\"data\":{{\"results\":[{}]}}}}",
        "{\"title\":\"a\"},".repeat(40_000)
    );
    let markup = serde_json::json!({"data": {"html": "<div>".repeat(5000)}}).to_string();
    let titles = format!(
        "{{\"data\":{{\"results\":[{}]}}}}",
        format!("{{\"title\":\"{}\"}},", "<b>".repeat(300)).repeat(1800)
    );
    let selectors = "row = \"div\"\ntitle = \"div div a\"\ndate = \"b:nth-child(2)\"\ndate_format = \"%d/%m/%Y\"";
    let by_selector = Some(Unreadable::NoRowsBySelector);
    let by_path = Some(Unreadable::NoRowsByPath);
    let complex = Some(Unreadable::TooComplex);
    let cases = [
        (selectors, many.as_str(), by_selector),
        (selectors, nested.as_str(), None),
        ("row = \"div b\"", many.as_str(), by_selector),
        (
            "row = \"div\"\ndate_format = \"%d/%m/%Y\"",
            many.as_str(),
            None,
        ),
        ("json = \"ucap\"", deep.as_str(), by_path),
        ("json = \"ucap\"", wide.as_str(), by_path),
        ("json = \"ucap\"", titles.as_str(), by_path),
        ("json = \"jpaas\"", markup.as_str(), complex),
        ("json = \"hanweb-dataproxy\"", many.as_str(), by_path),
    ];
    for (toml, body, expected) in cases {
        let pages = Pages {
            first: page("/tzgg/list.html", body),
            more: BTreeMap::new(),
        };
        let why = match read(&pages, &recipe(toml), today()) {
            Answer::Found(reading) => match reading.finding {
                Finding::Unreadable(why) => Some(why),
                _ => None,
            },
            Answer::Need(_) => None,
        };
        assert_eq!(why, expected, "{toml}");
    }
}
