//! Dates as Chinese pages write them, through the reader's public door: every format in every place
//! of a row and behind the labels of an article, years that stand elsewhere, numbers that are no
//! dates, and dates that are not the unit's own.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use url::Url;
use wangxun::domain::finding::Finding;
use wangxun::domain::page::Page;
use wangxun::extract::{Aim, Answer, More, Pages, Reader, Reading, Recipe};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn url(path: &str) -> Url {
    Url::parse("http://www.example.gov.cn")
        .and_then(|base| base.join(path))
        .expect("an address")
}

fn page(url: Url, body: &str) -> Page {
    Page {
        url,
        status: 200,
        content_type: Some("text/html; charset=utf-8".into()),
        body: body.into(),
    }
}

/// Reads a page on 18 March 2018; the articles are there when they are asked for.
fn reading(aim: Aim, path: &str, body: &str, articles: &[(&str, String)]) -> Reading {
    let mut reader = Reader::new(Recipe::of(aim), day("2018-03-18"));
    let mut pages = Pages {
        first: page(url(path), body),
        more: BTreeMap::new(),
    };
    loop {
        match reader.read(&pages) {
            Answer::Found(reading) => return *reading,
            Answer::Need(urls) => {
                for needed in urls {
                    let known = articles.iter().find(|(path, _)| url(path) == needed);
                    let more = known.map_or(More::Failed, |(_, body)| {
                        More::Page(page(needed.clone(), body))
                    });
                    pages.more.insert(needed, more);
                }
            }
        }
    }
}

fn newest(reading: &Reading) -> String {
    match &reading.finding {
        Finding::Dated(update) => update.on.to_string(),
        _ => "none".to_owned(),
    }
}

fn list(path: &str, body: &str) -> Reading {
    reading(Aim::Column, path, body, &[])
}

const TITLES: [&str; 5] = [
    "关于开展全区网站检查工作的通知",
    "关于印发年度工作要点的通知",
    "关于公布行政许可事项目录的公告",
    "关于召开政务公开工作推进会的通知",
    "关于做好春季防火工作的紧急通知",
];
const DAYS: [&str; 5] = [
    "2018-03-16",
    "2018-03-12",
    "2018-02-27",
    "2018-01-15",
    "2017-12-20",
];
const OF_2016: [&str; 5] = [
    "2016-03-16",
    "2016-03-12",
    "2016-02-27",
    "2016-01-15",
    "2016-01-02",
];
const ROW: &str = "<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>";

/// Rows of a template with `{t}` for the title, `{n}` for a number, and `{d}` for the date.
fn rows(template: &str, days: &[&str], print: impl Fn(NaiveDate) -> String) -> String {
    let rows = TITLES.iter().zip(days).enumerate();
    rows.map(|(n, (title, on))| {
        template
            .replace("{t}", title)
            .replace("{n}", &n.to_string())
            .replace("{d}", &print(day(on)))
    })
    .collect()
}

fn plain(on: NaiveDate) -> String {
    on.to_string()
}

fn month_day(on: NaiveDate) -> String {
    on.format("%m-%d").to_string()
}

fn ul(rows: &str) -> String {
    format!("<ul>{rows}</ul>")
}

/// Rows with the same words in place of every date.
fn saying(words: &str) -> String {
    ul(&rows(ROW, &DAYS, |_| words.to_owned()))
}

fn numerals(number: u32) -> String {
    let digit = |n: u32| {
        "〇一二三四五六七八九"
            .chars()
            .nth(n as usize)
            .expect("a digit")
            .to_string()
    };
    match (number / 10, number % 10) {
        (0, ones) => digit(ones),
        (tens, ones) => {
            let tens = if tens == 1 {
                String::new()
            } else {
                digit(tens)
            };
            let ones = if ones == 0 {
                String::new()
            } else {
                digit(ones)
            };
            format!("{tens}十{ones}")
        }
    }
}

fn in_numerals(on: NaiveDate, zero: &str) -> String {
    let year: String = on
        .year()
        .to_string()
        .chars()
        .filter_map(|c| c.to_digit(10))
        .map(numerals)
        .collect();
    let (month, of_month) = (numerals(on.month()), numerals(on.day()));
    format!("{}年{month}月{of_month}日", year.replace('〇', zero))
}

fn full_width(text: &str) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).filter(|_| c.is_ascii_graphic());
    text.chars().map(|c| wide(c).unwrap_or(c)).collect()
}

type Print = fn(NaiveDate) -> String;

/// Formats with a whole date, in one text.
const WHOLE: [(&str, Print); 35] = [
    ("plain", |d| d.to_string()),
    ("brackets", |d| format!("[{d}]")),
    ("wide brackets", |d| format!("【{d}】")),
    ("parentheses", |d| format!("（{d}）")),
    ("bars", |d| format!("|{d}|")),
    ("slashes", |d| d.format("%Y/%m/%d").to_string()),
    ("points", |d| d.format("%Y.%m.%d").to_string()),
    ("single digits", |d| d.format("%Y-%-m-%-d").to_string()),
    ("words", |d| d.format("%Y年%-m月%-d日").to_string()),
    ("words and time", |d| {
        d.format("%Y年%-m月%-d日 9时15分").to_string()
    }),
    ("words without 日", |d| {
        d.format("%Y年%-m月%-d").to_string()
    }),
    ("words with blanks", |d| {
        d.format("%Y 年 %-m 月 %-d 日").to_string()
    }),
    ("signs with blanks", |d| {
        d.format("%Y - %m - %d").to_string()
    }),
    ("no-break blanks", |d| format!("&nbsp;{d}&nbsp;&nbsp;")),
    ("compact", |d| d.format("%Y%m%d").to_string()),
    ("minutes", |d| format!("{d} 10:20")),
    ("seconds", |d| format!("{d} 10:20:30")),
    ("a dash before the time", |d| format!("{d}-10:20:30")),
    ("a fraction", |d| format!("{d} 10:20:30.0")),
    ("T", |d| format!("{d}T10:20:30")),
    ("a zone", |d| format!("{d}T10:20:30+08:00")),
    ("a zone behind a fraction", |d| {
        format!("{d}T10:20:30.000+0800")
    }),
    ("full width", |d| full_width(&d.to_string())),
    ("em dashes", |d| d.format("%Y—%m—%d").to_string()),
    ("bars as dashes", |d| d.format("%Y―%m―%d").to_string()),
    ("en dashes", |d| d.format("%Y–%m–%d").to_string()),
    ("figure dashes", |d| d.format("%Y‒%m‒%d").to_string()),
    ("full-width hyphens", |d| {
        d.format("%Y－%-m－%-d").to_string()
    }),
    ("middle dots", |d| d.format("%Y·%-m·%-d").to_string()),
    ("wide dots", |d| d.format("%Y・%-m・%-d").to_string()),
    ("numerals", |d| in_numerals(d, "〇")),
    ("numerals with circles", |d| in_numerals(d, "○")),
    ("numerals with 零", |d| in_numerals(d, "零")),
    ("numerals with letters", |d| in_numerals(d, "O")),
    ("written by a script", |d| {
        format!("<script>document.write(\"{d}\")</script>")
    }),
];

/// Formats that stand in more than one element, or that leave something to the list.
const PARTIAL: [(&str, Print); 22] = [
    ("every part and sign", |d| {
        d.format("<i>%Y</i>-<i>%m</i>-<i>%d</i>").to_string()
    }),
    ("every part and word", |d| {
        d.format("<i>%Y</i>年<i>%-m</i>月<i>%-d</i>日").to_string()
    }),
    ("the day above an English month", |d| {
        d.format("<b>%d</b><i>%b %Y</i>").to_string()
    }),
    ("an English month and day, year", |d| {
        d.format("<b>%b %d</b><i>%Y</i>").to_string()
    }),
    ("in English", |d| d.format("%B %-d, %Y").to_string()),
    ("day, year and month", |d| {
        d.format("<b>%d</b><i>%Y-%m</i>").to_string()
    }),
    ("day, year and month by points", |d| {
        d.format("<b>%d</b><i>%Y.%m</i>").to_string()
    }),
    ("day, year and month by slashes", |d| {
        d.format("<i>%d</i><b>%Y/%m</b>").to_string()
    }),
    ("day, year and month in words", |d| {
        d.format("<b>%-d</b><i>%Y年%-m月</i>").to_string()
    }),
    ("day with its word", |d| {
        d.format("<b>%-d日</b><i>%Y年%-m月</i>").to_string()
    }),
    ("month and day, year", |d| {
        d.format("<b>%m-%d</b><i>%Y</i>").to_string()
    }),
    ("month and day in words, year", |d| {
        d.format("<b>%-m月%-d日</b><i>%Y年</i>").to_string()
    }),
    ("year, month and day", |d| {
        d.format("<i>%Y</i><b>%m/%d</b>").to_string()
    }),
    ("year, month, day", |d| {
        d.format("<i>%Y</i><b>%m</b><u>%d</u>").to_string()
    }),
    ("month and day", month_day),
    ("month and day in brackets", |d| {
        d.format("[%m-%d]").to_string()
    }),
    ("month and day by points", |d| d.format("%m.%d").to_string()),
    ("month and day by slashes", |d| {
        d.format("%m/%d").to_string()
    }),
    ("month and day in words", |d| {
        d.format("%m月%d日").to_string()
    }),
    ("two digits of the year", |d| {
        d.format("%y-%m-%d").to_string()
    }),
    ("the day first", |d| d.format("%d/%m/%Y").to_string()),
    ("the month first", |d| d.format("%m/%d/%Y").to_string()),
];

#[test]
fn every_format_is_read_in_every_place_of_a_row() {
    let places = [
        "<ul>{}</ul>|<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>",
        "<ul>{}</ul>|<li><span>{d}</span><a href='/x/{n}.html'>{t}</a></li>",
        "<ul>{}</ul>|<li><a href='/x/{n}.html'>{t}<em>{d}</em></a></li>",
        "<ul>{}</ul>|<li><a href='/x/{n}.html'><em>{d}</em><p>{t}</p></a></li>",
        "<ul>{}</ul>|<li><a href='/x/{n}.html'>{t}</a>{d}</li>",
        "<table>{}</table>|<tr><td>{n}</td><td><a href='/x/{n}.html'>{t}</a></td><td>{d}</td></tr>",
    ];
    for (name, print) in WHOLE.iter().chain(&PARTIAL) {
        for place in places {
            let (around, row) = place.split_once('|').expect("two parts");
            let body = around.replace("{}", &rows(row, &DAYS, print));
            let reading = list("/tzgg/", &body);
            assert_eq!(newest(&reading), "2018-03-16", "{name} in {row}");
            let all = reading.rows.iter().filter(|row| row.on.is_some()).count();
            assert_eq!(all, 5, "{name} in {row}");
        }
    }
}

const TEXT: &str =
    "各有关单位按照要求认真做好本职工作，确保各项任务落到实处，按时报送材料并做好总结。";

fn article(words: &str) -> String {
    let text = TEXT.repeat(6);
    format!(
        "<html lang=zh><title>关于做好工作的通知</title><h1>关于做好工作的通知</h1>{words}<p>{text}</p>"
    )
}

fn article_date(words: &str) -> String {
    newest(&reading(Aim::Any, "/x/1.html", &article(words), &[]))
}

#[test]
fn every_format_is_read_behind_the_label_of_an_article() {
    for (name, print) in WHOLE {
        let printed = print(day("2018-03-05"));
        let words = format!("<div>来源：区政府办 发布时间：{printed}</div>");
        assert_eq!(article_date(&words), "2018-03-05", "{name}");
        let (document, end) = (
            print(day("2018-03-01")),
            in_numerals(day("2018-03-01"), "〇"),
        );
        let words = format!(
            "<table><tr><th>索引号</th><td>2018-02-00018</td><th>成文日期</th><td>{document}</td></tr>\
             <tr><th>发布机构</th><td>区政府办</td><th>发布日期</th><td>{printed}</td></tr></table>\
             <p>{TEXT}</p><p align=right>{end}</p>"
        );
        assert_eq!(article_date(&words), "2018-03-05", "{name} in a table");
    }
}

#[test]
fn a_date_in_parts_is_read_behind_the_label_of_an_article() {
    for parts in [
        "<span>2018</span>年<i>3</i>月<i>5</i>日",
        "<b>5</b><span>2018-03</span>",
        "<b>05日</b><span>2018年3月</span>",
        "<span>2018</span><span>-</span><span>03</span><span>-</span><span>05</span>",
        "<span>2018年</span><span>3月5日</span>",
        "<b>03-05</b><i>2018</i>",
        "<i>05</i> <b>Mar 2018</b>",
    ] {
        for words in [
            format!("<p>发布日期：{parts}</p>"),
            format!("<p>来源：区政府办</p><p><em>发布时间：</em>{parts}<span>浏览：12</span></p>"),
            format!(
                "<table><tr><th>成文日期</th><td>2018-03-01</td><th>发布日期</th><td>{parts}</td></tr></table>"
            ),
        ] {
            assert_eq!(article_date(&words), "2018-03-05", "{words}");
        }
        let document = format!("<p>成文日期：{parts}</p>");
        assert_eq!(article_date(&document), "none", "{document}");
    }
}

#[test]
fn pages_in_english_are_read() {
    for words in [
        "<p>Updated: March 5, 2018</p>",
        "<p>Time：Mar 5, 2018   Source: District Office</p>",
        "<p>5 March 2018</p>",
        "<p>Published on Mar. 5, 2018</p>",
    ] {
        let page = article(words).replace("<html lang=zh>", "<html lang=en>");
        let read = newest(&reading(Aim::Any, "/en/1.html", &page, &[]));
        assert_eq!(read, "2018-03-05", "{words}");
    }
}

#[test]
fn the_day_of_a_signature_is_no_publication() {
    let text = TEXT.repeat(2);
    for day in ["2018年3月5日", "二〇一八年三月五日"] {
        let page = format!(
            "<html lang=zh><title>通知</title><h1>关于做好工作的通知</h1><p>{text}</p>\
             <p align=right>某某区人民政府</p><p align=right>{day}</p><p>（此件公开发布）</p>"
        );
        let read = newest(&reading(Aim::Any, "/x/1.html", &page, &[]));
        assert_eq!(read, "none", "{day}");
        let below = page.replace("</h1>", "</h1><p>2018年3月6日 来源：区政府办</p>");
        let read = newest(&reading(Aim::Any, "/x/1.html", &below, &[]));
        assert_eq!(read, "2018-03-06", "{day}");
    }
}

#[test]
fn a_line_of_labels_is_no_sentence() {
    for words in [
        "<p>时间：2018年03月05日 字号：[大 中 小]</p>",
        "<p>时间：2018年3月5日　　来源：区政府办　　浏览：15次</p>",
        "<p>【字体：大 中 小】2018年03月05日 来源：新华网</p>",
    ] {
        assert_eq!(article_date(words), "2018-03-05", "{words}");
    }
    let event = "<p>时间：2018年3月5日上午9时 地点：区政府三层会议室</p>";
    assert_eq!(article_date(event), "none");
}

#[test]
fn the_date_of_a_title_is_not_that_of_its_row() {
    let titles = [
        "2018年3月16日天气预报",
        "2018年3月15日要闻",
        "2018年3月14日菜价",
        "2018年3月13日空气质量",
    ];
    let days = ["2016-05-16", "2016-05-12", "2016-04-02", "2016-03-02"];
    let rows = |row: &str| {
        let rows = titles
            .iter()
            .zip(days)
            .map(|(title, on)| row.replace("{t}", title).replace("{d}", on));
        ul(&rows.collect::<String>())
    };
    for row in [
        "<li><a href='/x/{d}a.html'>{t}</a><span>{d}</span></li>",
        "<li><a href='/x/{d}a.html'><b>{t}</b><span>{d}</span></a></li>",
        "<li><span>{d}</span><a href='/x/{d}a.html'>{t}</a></li>",
        "<li><a href='/x/{d}a.html'><h3>{t}</h3><p>于2018年3月15日召开会议，研究部署相关工作</p><p>发布时间：{d} 来源：区气象局</p></a></li>",
    ] {
        assert_eq!(newest(&list("/tqyb/", &rows(row))), "2016-05-16", "{row}");
    }
}

#[test]
fn days_above_rows_date_them() {
    let days = ["2018-03-16", "2018-03-12", "2018-02-02"];
    let day = |head: &str| {
        let parts = days.iter().map(|on| {
            let rows: String = (1..=3)
                .map(|n| {
                    format!(
                        "<li><a href='/x/a{}{n}.htm'>{}</a></li>",
                        on.rsplit('-').next().unwrap_or_default(),
                        TITLES[n]
                    )
                })
                .collect();
            format!("{}<ul>{rows}</ul>", head.replace("{d}", on))
        });
        parts.collect::<String>()
    };
    for head in [
        "<h3>{d}</h3>",
        "<div class=day><span>{d}</span></div>",
        "<p>[{d}]</p>",
    ] {
        let reading = list("/tzgg/", &day(head));
        assert_eq!(newest(&reading), "2018-03-16", "{head}");
        let dated = reading.rows.iter().filter(|row| row.on.is_some()).count();
        assert_eq!(dated, 9, "{head}");
    }
    // One day alone above a list is that of the visit.
    let one = format!(
        "<p>2018-03-18</p>{}",
        ul(&rows("<li><a href='/x/{n}.htm'>{t}</a></li>", &DAYS, plain))
    );
    assert_eq!(newest(&list("/tzgg/", &one)), "none");
}

#[test]
fn every_label_of_a_publication_is_known() {
    for label in [
        "发布时间：",
        "发布日期:",
        "发表时间：",
        "刊登时间：",
        "日期：",
        "时间：",
        "更新时间：",
        "信息提供日期：",
        "发布时间&nbsp;：&nbsp;",
        "【发布时间】",
        "发文时间：",
        "[发布日期]",
    ] {
        let words = format!("<div>来源：区政府办 {label}2018-03-05 点击数：128</div>");
        assert_eq!(article_date(&words), "2018-03-05", "{label}");
    }
}

#[test]
fn a_date_is_that_of_an_article_only_by_what_is_said_of_it() {
    for words in ["发布时间：18-03-05", "发布日期：18年3月5日"] {
        let words =
            format!("<meta name=ArticleTitle content=关于做好工作的通知><div>{words}</div>");
        assert_eq!(article_date(&words), "2018-03-05", "{words}");
    }
    for words in [
        "许可决定日期：2018-03-05",
        "成文日期：2018-03-05",
        "成文日期：二〇一八年三月五日",
        "农历二〇一八年三月五日",
        "截止时间：2018-03-05",
        "页面生成时间：2018-03-05",
        "发布时间：05/03/2018",
        "18-03-05",
        "Release：10-11-12",
        "民国18年3月5日",
        "<script>var page={\"related\":[{\"title\":\"别的通知公告文件\",\"publishTime\":\"2018-03-05\"}]}</script>",
        "<script>var list=[{publishTime:'2018-03-05'},{publishTime:'2018-03-01'}]</script>",
    ] {
        let words =
            format!("<meta name=ArticleTitle content=关于做好工作的通知><div>{words}</div>");
        assert_eq!(article_date(&words), "none", "{words}");
    }
}

#[test]
fn scripts_tell_the_publication_of_their_own_article() {
    for words in [
        "<div>发布时间：<script>document.write('2018-03-05 10:20')</script></div>",
        "<div>发布时间：<script>var t='2018-03-05 10:20:00';document.write(t.substr(0,10))</script></div>",
        "<script>var __$pubtime='2018-03-05';var r=[{title:'别的通知公告',publishTime:'2018-03-10'}]</script>",
        "<script>var r=[{title:'别的通知公告',publishTime:'2018-03-10'}],doc={publishTime:1520216400000}</script>",
        "<script>var all=[{title:'别的通知公告',publishTime:'2018-03-10'},{title:'关于做好工作的通知',publishTime:'2018-03-05'}]</script>",
    ] {
        assert_eq!(article_date(words), "2018-03-05", "{words}");
    }
}

#[test]
fn the_year_of_month_and_day_is_the_printed_one() {
    let now = ul(&rows(ROW, &OF_2016, month_day));
    let before = now.replace("/x/", "/y/").replace("通知", "公告");
    let words = ul(&rows(ROW, &OF_2016, |d| d.format("%m月%d日").to_string()));
    let cells = rows(
        "<tr><td><a href='/x/{n}.html'>{t}</a></td><td>{d}</td></tr>",
        &OF_2016,
        month_day,
    );
    let definitions = rows(
        "<dd><a href='/x/{n}.html'>{t}</a> {d}</dd>",
        &OF_2016,
        month_day,
    );
    let items = rows(ROW, &OF_2016, month_day);
    let cases = [
        (
            "a heading",
            format!("<h3>2016</h3>{now}<h3>2015</h3>{before}"),
        ),
        (
            "a heading in words",
            format!("<div><h3>2016年</h3>{words}</div>"),
        ),
        (
            "a heading with more",
            format!("<h2>2016年通知公告</h2>{now}"),
        ),
        ("a row", format!("<ul><li>2016年</li>{items}</ul>")),
        (
            "a row of a table",
            format!("<table><tr><td colspan=2>2016年度</td></tr>{cells}</table>"),
        ),
        ("a term", format!("<dl><dt>2016</dt>{definitions}</dl>")),
        (
            "the present tab",
            format!(
                "<ul><li><a href=/2018/>2018</a></li><li><a href=/2017/>2017</a></li>\
                 <li class=on><a href=/2016/>2016</a></li></ul>{now}"
            ),
        ),
        (
            "a choice",
            format!("<select><option>2018</option><option selected>2016</option></select>{now}"),
        ),
    ];
    for (name, body) in cases {
        let reading = list("/tzgg/", &body);
        assert_eq!(newest(&reading), "2016-03-16", "{name}");
        assert!(!reading.rows[0].inferred, "{name}");
    }
    let body = format!(
        "<h3>2018年</h3>{}<h3>2017年</h3>{}",
        ul(&rows(ROW, &DAYS[..4], month_day)),
        ul(&rows(
            &ROW.replace("/x/", "/y/"),
            &["2017-12-20", "2017-11-01"],
            month_day
        )),
    );
    let reading = list("/tzgg/", &body);
    assert_eq!(newest(&reading), "2018-03-16");
    let last = reading.rows.last().and_then(|row| row.on);
    assert_eq!(last, Some(day("2017-11-01")));
}

#[test]
fn a_year_that_is_no_heading_of_the_rows_says_nothing() {
    let rows = ul(&rows(ROW, &DAYS, month_day));
    let welcome = "欢迎访问本网站查询各类信息".repeat(6);
    for body in [
        format!("<div>2016</div><p>{welcome}</p>{rows}"),
        format!("{rows}<p>2016</p>"),
        format!("<div class=header>2016</div>{rows}"),
        format!("<ul><li><a href=/a/>2017</a></li><li><a href=/b/>2016</a></li></ul>{rows}"),
    ] {
        assert_eq!(newest(&list("/tzgg/", &body)), "2018-03-16", "{body:.60}");
    }
}

#[test]
fn the_year_in_an_address_is_taken_where_no_article_tells_another() {
    let rows_2016 = ul(&rows(ROW, &OF_2016, month_day));
    for path in [
        "/tzgg/2016/",
        "/2016/tzgg/index.html",
        "/tzgg/list.jsp?year=2016",
    ] {
        let reading = list(path, &rows_2016);
        assert_eq!(newest(&reading), "2016-03-16", "{path}");
        let said = reading
            .notes
            .iter()
            .any(|note| note.to_string().contains("address of the list"));
        assert!(said, "{path}: {:?}", reading.notes);
    }
    let articles = [(
        "/x/0.html",
        "<html lang=zh><h1>关于开展全区网站检查工作的通知</h1><p>发布时间：2018-03-16</p>"
            .to_owned(),
    )];
    let told = reading(Aim::Column, "/tzgg/2016/", &rows_2016, &articles);
    assert_eq!(newest(&told), "2018-03-16");
    let in_rows = rows_2016.replace("/x/", "/2016/");
    assert_eq!(newest(&list("/tzgg/", &in_rows)), "2016-03-16");
    let turning = ["2016-03-16", "2016-02-12", "2015-12-27", "2015-11-15"];
    let turning = list("/2016/tzgg/", &ul(&rows(ROW, &turning, month_day)));
    assert_eq!(newest(&turning), "none");
    let identifiers = rows(
        &ROW.replace("/x/", "/info/2016/"),
        &["2017-11-16", "2017-11-12", "2017-10-27"],
        month_day,
    );
    assert_eq!(newest(&list("/tzgg.htm", &ul(&identifiers))), "none");
}

#[test]
fn two_years_for_one_row_leave_it_undated_and_say_so() {
    let rows = rows(&ROW.replace("/x/", "/2014/"), &OF_2016, month_day);
    let reading = list("/tzgg/", &format!("<h3>2016年</h3>{}", ul(&rows)));
    assert_eq!(newest(&reading), "none");
    let said = reading
        .notes
        .iter()
        .any(|note| note.to_string().contains("two years"));
    assert!(said, "{:?}", reading.notes);
}

fn cells_of_month_and_day() -> String {
    let row = "<tr><td><a href='/x/{n}.html'>{t}</a></td><td>{d}</td></tr>";
    rows(row, &DAYS, month_day)
}

#[test]
fn numbers_are_no_days_of_a_month() {
    for words in [
        "3.12元",
        "10-15人",
        "1.5倍",
        "3.12%",
        "3:2",
        "3-2",
        "1/2",
        "12.5",
        "v1.2",
        "版本3.12",
        "版本：10.12",
        "转12-15",
        "分机 12-15",
        "电话：12-15",
        "09:05-11:30",
        "8:30-11:30",
        "10.15万元",
        "约10-15天",
        "12-15 岁",
        "5.20亿",
        "￥10.15",
        "第3-5条",
        "0.5-1.5",
        "1个月前",
        "农历二月初三",
        "农历2018年2月3日",
    ] {
        assert_eq!(newest(&list("/tzgg/", &saying(words))), "none", "{words}");
    }
    let cells = rows(
        "<tr><td><a href='/x/{n}.html'>{t}</a></td><td>10-15</td></tr>",
        &DAYS,
        plain,
    );
    let table = format!("<table><tr><th>标题</th><th>人数</th></tr>{cells}</table>");
    assert_eq!(newest(&list("/tzgg/", &table)), "none");
    // A table for layout has no heads.
    let cells = cells_of_month_and_day();
    let table = format!("<table><tr><td>通知公告</td><td>更多&gt;&gt;</td></tr>{cells}</table>");
    assert_eq!(newest(&list("/tzgg/", &table)), "2018-03-16");
}

#[test]
fn a_day_by_its_distance_is_counted_from_the_visit() {
    for (words, on) in [
        ("刚刚", "2018-03-18"),
        ("5 分钟前", "2018-03-18"),
        ("2小时前", "2018-03-18"),
        ("昨天", "2018-03-17"),
        ("[昨天]", "2018-03-17"),
        ("前天", "2018-03-16"),
        ("3天前", "2018-03-15"),
        ("发布于3天前", "2018-03-15"),
        ("发布时间：昨天 10:20", "2018-03-17"),
    ] {
        assert_eq!(newest(&list("/tzgg/", &saying(words))), on, "{words}");
    }
}

#[test]
fn moments_with_a_zone_are_days_in_china() {
    for print in [
        "2018-03-05T18:20Z",
        "2018-03-05T18:20:00.000Z",
        "2018-03-05 18:20 GMT",
        "2018-03-05T18:20:00.000+0000",
        "2018-03-06T02:20:00+08:00",
    ] {
        assert_eq!(
            newest(&list("/tzgg/", &saying(print))),
            "2018-03-06",
            "{print}"
        );
        let records: Vec<String> = TITLES
            .iter()
            .enumerate()
            .map(|(n, title)| {
                format!("{{\"title\":\"{title}\",\"url\":\"/x/{n}.html\",\"time\":\"{print}\",\"n\":{n}}}")
            })
            .take(4)
            .collect();
        let body = format!("{{\"data\":[{}]}}", records.join(","));
        assert_eq!(
            newest(&list("/tzgg/", &body)),
            "2018-03-06",
            "{print} in data"
        );
    }
}

#[test]
fn short_and_turned_dates_are_read_only_where_the_list_proves_their_order() {
    let day_first = |d: NaiveDate| d.format("%d/%m/%Y").to_string();
    let short = |d: NaiveDate| d.format("%y-%m-%d").to_string();
    let read = |days: &[&str], print: &dyn Fn(NaiveDate) -> String| {
        newest(&list("/tzgg/", &ul(&rows(ROW, days, print))))
    };
    let cases = [
        (
            read(&["2018-03-05", "2018-02-20", "2018-01-11"], &day_first),
            "2018-03-05",
        ),
        (
            read(&["2018-03-05", "2018-02-10", "2018-01-11"], &day_first),
            "none",
        ),
        (
            read(&["2016-03-12", "2016-02-25", "2016-01-11"], &short),
            "2016-03-12",
        ),
        (
            read(&["2016-03-12", "2016-02-10", "2016-01-11"], &short),
            "none",
        ),
    ];
    for (read, expected) in cases {
        assert_eq!(read, expected);
    }
}

fn table(heads: &[&str], cells: &[&[&str]]) -> String {
    let heads: String = heads
        .iter()
        .map(|head| format!("<th>{head}</th>"))
        .collect();
    let row = |(n, cells): (usize, &&[&str])| -> String {
        let link = format!("<a href='/x/{n}.html'>{}</a>", TITLES[n]);
        let cells = cells
            .iter()
            .map(|cell| format!("<td>{}</td>", cell.replace("{t}", &link)));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let rows: String = cells.iter().enumerate().map(row).collect();
    format!("<table><tr>{heads}</tr>{rows}</table>")
}

/// Heads, rows of cells, and the newest date.
type Table<'a> = (&'a [&'a str], [&'a [&'a str]; 3], &'a str);

#[test]
fn what_the_unit_has_done_counts_before_what_others_have() {
    let [a, b, c] = ["2018-03-10", "2018-03-01", "2018-02-01"];
    let cases: [Table; 8] = [
        (
            &["标题", "来信时间", "回复时间"],
            [
                &["{t}", a, ""],
                &["{t}", b, "2018-03-05"],
                &["{t}", c, "2018-02-03"],
            ],
            "2018-03-05",
        ),
        (
            &["标题", "来信时间", "公开时间"],
            [
                &["{t}", a, "2018-03-05"],
                &["{t}", b, "2018-03-03"],
                &["{t}", c, "2018-02-03"],
            ],
            "2018-03-05",
        ),
        (
            &["标题", "受理时间", "办结时间"],
            [
                &["{t}", a, "2018-03-12"],
                &["{t}", b, "2018-03-05"],
                &["{t}", c, "2018-02-03"],
            ],
            "2018-03-12",
        ),
        (
            &["标题", "发布时间", "办结时间"],
            [
                &["{t}", "2018-03-05", a],
                &["{t}", b, "2018-03-02"],
                &["{t}", c, "2018-02-03"],
            ],
            "2018-03-05",
        ),
        (
            &["截止日期", "标题", "发布日期"],
            [
                &[a, "{t}", "2018-02-08"],
                &[b, "{t}", "2018-02-01"],
                &[c, "{t}", "2018-01-11"],
            ],
            "2018-02-08",
        ),
        (
            &["索引号", "标题", "日期"],
            [
                &[a, "{t}", "2018-02-08"],
                &[b, "{t}", "2018-02-01"],
                &[c, "{t}", "2018-01-11"],
            ],
            "2018-02-08",
        ),
        (
            &["索引号", "标题"],
            [&[a, "{t}"], &[b, "{t}"], &[c, "{t}"]],
            "none",
        ),
        (
            &["标题", "来信时间"],
            [&["{t}", a], &["{t}", b], &["{t}", c]],
            "2018-03-10",
        ),
    ];
    for (heads, cells, expected) in cases {
        let reading = list("/zmhd/", &table(heads, &cells));
        assert_eq!(newest(&reading), expected, "{heads:?}");
        let said = reading
            .notes
            .iter()
            .any(|note| note.to_string().contains("letters were written"));
        assert_eq!(said, *heads == ["标题", "来信时间"], "{heads:?}");
    }
    let letters = table(
        &["标题", "来信时间"],
        &[&["{t}", a], &["{t}", b], &["{t}", c]],
    );
    let answer = "<html lang=zh><h1>关于开展全区网站检查工作的通知</h1><p>来信时间：2018-03-10</p>\
                  <p>来信内容</p><p>答复时间：2018-03-14</p>";
    let told = reading(
        Aim::Column,
        "/zmhd/",
        &letters,
        &[("/x/0.html", answer.to_owned())],
    );
    assert_eq!(newest(&told), "2018-03-14");
}

#[test]
fn heads_without_a_table_hold_for_their_columns_too() {
    let row = |n: usize, open: &str, cell: &str, close: &str, number: &str| {
        let link = format!("<a href='/x/{n}.html'>{}</a>", TITLES[n]);
        let (end, on) = (format!("2018-03-1{}", n + 4), format!("2018-0{}-05", 3 - n));
        let cells = [number, &link, &end, &on];
        let cells = cells.iter().filter(|text| !text.is_empty());
        let cells: String = cells.map(|text| cell.replace("{}", text)).collect();
        format!("{open}{cells}{close}")
    };
    let rows = |open: &str, cell: &str, close: &str, number: &str| -> String {
        (0..3).map(|n| row(n, open, cell, close, number)).collect()
    };
    let spans = "<span>{}</span>";
    let cases = [
        (
            "blocks",
            format!(
                "<div><div><span>编号</span><span>标题</span><span>截止时间</span><span>发布时间</span></div>{}</div>",
                rows("<div class=row>", spans, "</div>", "2018-03-17")
            ),
        ),
        (
            "a list a row",
            format!(
                "<div><ul><li>标题</li><li>活动时间</li><li>发布时间</li></ul>{}</div>",
                rows("<ul>", "<li>{}</li>", "</ul>", "")
            ),
        ),
        (
            "an item",
            format!(
                "<ul><li class=hd><span>标题</span><span>截止时间</span><span>发布时间</span></li>{}</ul>",
                rows("<li>", spans, "</li>", "")
            ),
        ),
        (
            "before the list",
            format!(
                "<div><span>标题</span><span>截止时间</span><span>发布时间</span></div><ul>{}</ul>",
                rows("<li>", spans, "</li>", "")
            ),
        ),
    ];
    for (name, body) in cases {
        assert_eq!(newest(&list("/tzgg/", &body)), "2018-03-05", "{name}");
    }
}

#[test]
fn a_day_in_all_addresses_is_that_of_a_move() {
    let bare = "<li><a href='/20180101/{n}.html'>{t}</a></li>";
    let body = ul(&rows(bare, &DAYS, plain));
    let article = |n: usize, words: &str| {
        let body = format!("<html lang=zh><h1>{}</h1><p>{words}</p>", TITLES[n]);
        (format!("/20180101/{n}.html"), body)
    };
    let told = |words: &str| {
        let (path, text) = article(0, words);
        newest(&reading(
            Aim::Column,
            "/tzgg/",
            &body,
            &[(path.as_str(), text)],
        ))
    };
    assert_eq!(told("发布时间：2018-03-05"), "2018-03-05");
    assert_eq!(told("正文"), "none");
    let reading = list("/tzgg/", &body);
    assert_eq!(newest(&reading), "none");
    let said = reading
        .notes
        .iter()
        .any(|note| note.to_string().contains("2018-01-01 in the address"));
    assert!(said, "{:?}", reading.notes);
    // A few rows may well be of one day, and so may rows that print it.
    let few = ul(&rows(bare, &DAYS[..3], plain));
    assert_eq!(newest(&list("/tzgg/", &few)), "2018-01-01");
    let printed = rows(&ROW.replace("/x/", "/20180101/"), &DAYS, |_| {
        "01-01".to_owned()
    });
    assert_eq!(newest(&list("/tzgg/", &ul(&printed))), "2018-01-01");
    let other = rows(&ROW.replace("/x/", "/20150101/"), &DAYS, month_day);
    assert_eq!(newest(&list("/tzgg/", &ul(&other))), "2018-03-16");
}

fn records(keys: impl Fn(usize) -> String) -> String {
    let record = |(n, title): (usize, &&str)| {
        format!(
            "{{\"title\":\"{title}\",\"url\":\"/x/{n}.html\",{}}}",
            keys(n)
        )
    };
    let records: Vec<String> = TITLES.iter().enumerate().map(record).collect();
    format!(
        "<div></div><script>var list=[{}];</script>",
        records.join(",")
    )
}

#[test]
fn a_moment_that_all_records_share_is_that_of_a_move() {
    let read = |keys: &dyn Fn(usize) -> String| newest(&list("/tzgg/", &records(keys)));
    let cases: [(&dyn Fn(usize) -> String, &str); 6] = [
        (&|_| "\"createTime\":\"2018-01-01\"".to_owned(), "none"),
        (
            &|_| "\"pubDate\":\"2018-01-01 12:30:15\"".to_owned(),
            "none",
        ),
        (
            &|_| "\"publishTime\":\"2018-03-01\"".to_owned(),
            "2018-03-01",
        ),
        (
            &|n| {
                format!(
                    "\"createTime\":\"2018-03-10 10:20:30\",\"releaseTime\":\"2018-02-0{}\"",
                    9 - n
                )
            },
            "2018-02-09",
        ),
        (
            &|n| {
                format!(
                    "\"pubDate\":\"2018-03-10\",\"createTime\":\"2018-02-0{}\"",
                    9 - n
                )
            },
            "2018-02-09",
        ),
        (
            &|n| {
                format!(
                    "\"PublishDate\":\"/Date({})/\"",
                    1_521_162_900_000 - 86_400_000 * n
                )
            },
            "2018-03-16",
        ),
    ];
    for (keys, expected) in cases {
        assert_eq!(read(keys), expected, "{}", keys(0));
    }
    let reading = list("/tzgg/", &records(cases[0].0));
    let said = reading
        .notes
        .iter()
        .any(|note| note.to_string().contains("all records share"));
    assert!(said, "{:?}", reading.notes);
}

#[test]
fn rows_of_arrays_are_read_however_they_are_made() {
    let calls = rows(
        "arr[{n}]=new Array(\"{t}\",\"/x/{n}.html\",\"{d}\");",
        &DAYS,
        plain,
    );
    let nested = rows("new Array('{t}','/x/{n}.html','{d}'),", &DAYS, plain);
    let brackets = rows("arr[{n}]=[\"{t}\",\"/x/{n}.html\",\"{d}\"];", &DAYS, plain);
    for script in [
        format!("var arr=new Array();{calls}"),
        format!("var arr=new Array({});", nested.trim_end_matches(',')),
        format!("var arr=[];{brackets}"),
    ] {
        let reading = list("/tzgg/", &format!("<script>{script}</script>"));
        assert_eq!(newest(&reading), "2018-03-16", "{script:.60}");
        assert_eq!(reading.rows.len(), 5, "{script:.60}");
    }
}

#[test]
fn the_articles_of_refused_rows_are_asked() {
    let days = ["2019-03-16", "2018-03-12", "2018-02-27", "2018-01-15"];
    let impossible = |d: NaiveDate| match d.year() {
        2019 => "2018-02-30".to_owned(),
        _ => d.to_string(),
    };
    let pinned =
        "<li><a href='/x/p.html'>[置顶]关于长期公示事项的公告</a><span>2017-01-01</span></li>";
    let article = |on: &str| {
        let body = format!("<html lang=zh><h1>{}</h1><p>发布时间：{on}</p>", TITLES[0]);
        [("/x/0.html", body)]
    };
    for (name, body) in [
        ("in the future", ul(&rows(ROW, &days, plain))),
        ("impossible", ul(&rows(ROW, &days, impossible))),
        (
            "behind a pinned row",
            ul(&format!("{pinned}{}", rows(ROW, &days, plain))),
        ),
    ] {
        let read = |articles: &[(&str, String)]| reading(Aim::Column, "/tzgg/", &body, articles);
        assert_eq!(
            newest(&read(&article("2018-03-16"))),
            "2018-03-16",
            "{name}"
        );
        assert_eq!(
            newest(&read(&article("2017-03-16"))),
            "2018-03-12",
            "{name}"
        );
        // No other date tells how old the column is then.
        let blind = match name {
            "impossible" => "2018-03-12",
            _ => "FirstRefused",
        };
        assert_eq!(outcome(&read(&[])), blind, "{name}");
    }
    let fixed = rows(ROW, &days, plain).replacen('关', "[置顶]关", 1);
    let notes = list("/tzgg/", &ul(&fixed)).notes;
    assert!(
        notes
            .iter()
            .any(|note| note.to_string().contains("2019-03-16")),
        "{notes:?}"
    );
    assert!(
        notes
            .iter()
            .any(|note| note.to_string().contains("was refused")),
        "{notes:?}"
    );
}

/// What a reading found, in a word.
fn outcome(reading: &Reading) -> String {
    match &reading.finding {
        Finding::Dated(update) => update.on.to_string(),
        Finding::Undated(why) => format!("{why:?}"),
        other => format!("{other:?}"),
    }
}

/// Letters with their cells, what their pages say of an answer, and what is to be found.
type Letters<'a> = (
    &'a str,
    &'a [&'a str],
    &'a [&'a [&'a str]],
    &'a [&'a str],
    &'a str,
);

#[test]
fn a_letter_that_waits_for_its_answer_is_no_update() {
    let [a, b, c] = ["2018-03-16", "2018-03-02", "2018-02-01"];
    let cases: [Letters; 10] = [
        (
            "none is answered",
            &["标题", "来信时间", "状态"],
            &[
                &["{t}", a, "未回复"],
                &["{t}", b, "未回复"],
                &["{t}", c, "未回复"],
            ],
            &["2018-03-17", "2018-03-17", "2018-03-17"],
            "Unanswered",
        ),
        (
            "none is dealt with",
            &["标题", "提交时间", "办理状态"],
            &[
                &["{t}", a, "办理中"],
                &["{t}", b, "待办理"],
                &["{t}", c, "处理中"],
            ],
            &[],
            "Unanswered",
        ),
        (
            "the older ones are, and their pages say when",
            &["标题", "来信时间", "状态"],
            &[
                &["{t}", a, "未办理"],
                &["{t}", b, "已办结"],
                &["{t}", c, "已办结"],
            ],
            &["2018-03-17", "2018-03-05", "2018-03-07"],
            "2018-03-07",
        ),
        (
            "and their pages are not to be had: not before they were written",
            &["标题", "来信时间", "状态"],
            &[
                &["{t}", a, "[未回复]"],
                &["{t}", b, "[已回复]"],
                &["{t}", c, "[已回复]"],
            ],
            &[],
            b,
        ),
        (
            "a day beside a letter that waits is that of its being written, whatever its head",
            &["标题", "日期", "状态"],
            &[
                &["{t}", a, "待回复"],
                &["{t}", b, "已回复"],
                &["{t}", c, "已回复"],
            ],
            &["", "2018-03-05", "2018-02-03"],
            "2018-03-05",
        ),
        (
            "with the answers in the list",
            &["标题", "来信时间", "回复时间", "状态"],
            &[
                &["{t}", a, "", "未回复"],
                &["{t}", b, "2018-03-04", "已回复"],
                &["{t}", c, "2018-02-03", "已回复"],
            ],
            &[],
            "2018-03-04",
        ),
        (
            "as a text of its own in the row",
            &["标题", "来信时间", "单位"],
            &[
                &["<span>状态：未回复</span>{t}", a, "区教委"],
                &["<span>状态：已回复</span>{t}", b, "区教委"],
                &["<span>状态：已回复</span>{t}", c, "区教委"],
            ],
            &["", "2018-03-09", ""],
            "2018-03-09",
        ),
        (
            "as a picture",
            &["标题", "来信时间", ""],
            &[
                &["{t}", a, "<img src=w.gif alt=未回复>"],
                &["{t}", b, "<img src=y.gif alt=已回复>"],
                &["{t}", c, "<img src=y.gif alt=已回复>"],
            ],
            &["", "2018-03-09", ""],
            "2018-03-09",
        ),
        (
            "affairs under way are no letters",
            &["标题", "发布日期", "状态"],
            &[
                &["{t}", a, "办理中"],
                &["{t}", b, "已办结"],
                &["{t}", c, "已办结"],
            ],
            &[],
            a,
        ),
        (
            "nor is a title about letters a state",
            &["标题", "发布日期"],
            &[
                &["<a href='/x/9.html'>关于未回复来信办理情况的通报</a>", a],
                &["{t}", b],
                &["{t}", c],
            ],
            &[],
            a,
        ),
    ];
    for (name, heads, cells, answers, expected) in cases {
        let page_of = |on: &str| match on {
            "" => format!("<html lang=zh><h1>{}</h1><p>来信内容</p>", TITLES[0]),
            on => format!(
                "<html lang=zh><h1>{}</h1><p>来信时间：2018-01-10</p><p>答复时间：{on}</p>",
                TITLES[0]
            ),
        };
        let paths = ["/x/0.html", "/x/1.html", "/x/2.html"];
        let articles: Vec<(&str, String)> = paths
            .iter()
            .zip(answers)
            .map(|(path, on)| (*path, page_of(on)))
            .collect();
        let body = table(heads, cells);
        let read = reading(Aim::Column, "/zmhd/", &body, &articles);
        assert_eq!(outcome(&read), expected, "{name}\n{body}");
    }
}

#[test]
fn a_home_page_is_not_called_old_below_a_row_on_top_of_a_list_that_shows_a_day_to_come() {
    let row = |path: &str, on: &str| {
        format!("<li><a href='{path}'>关于召开年度工作会议的通知</a><span>{on}</span></li>")
    };
    let ahead = row("/y/1.html", "2018-04-02");
    let block =
        |name: &str, rows: &str| format!("<div class={name}><h3>{name}</h3>{}</div>", ul(rows));
    let on = |on: [&str; 5]| rows(ROW, &on, plain);
    let old = on(OF_2016);
    let days = [
        "2018-03-09",
        "2018-03-08",
        "2018-03-02",
        "2018-02-27",
        "2018-02-26",
    ];
    let (month, week) = (on(days), on(days.map(|_| "2018-03-11")));
    let told = |on: &str| format!("<h1>关于召开年度工作会议的通知</h1><p>发布日期：{on}</p>");
    let pinned = row("/y/0.html", "2014-01-06");
    let cases = [
        ("on top", ahead.clone() + &old, &month, None, "FirstRefused"),
        (
            "its article tells it",
            ahead.clone() + &old,
            &month,
            Some("2018-03-10"),
            "2018-03-10",
        ),
        (
            "it is older",
            ahead.clone() + &old,
            &month,
            Some("2018-03-01"),
            "2018-03-09",
        ),
        (
            "below a pinned one",
            pinned + &ahead + &old,
            &month,
            None,
            "FirstRefused",
        ),
        (
            "not on top",
            old.clone() + &ahead,
            &month,
            None,
            "2018-03-09",
        ),
        (
            "of events alone",
            ahead.clone() + &row("/y/2.html", "2018-05-02"),
            &month,
            None,
            "2018-03-09",
        ),
        (
            "another block is young",
            ahead.clone() + &old,
            &week,
            None,
            "2018-03-11",
        ),
        (
            "its address tells that it is older",
            row("/201803/t20180302_9.html", "2018-04-02") + &old,
            &month,
            None,
            "2018-03-09",
        ),
        (
            "off the site",
            row("http://mp.example.com/1.html", "2018-04-02") + &old,
            &month,
            None,
            "FirstRefused",
        ),
    ];
    for (name, first, second, article, expected) in cases {
        let body = block("a", &first) + &block("b", &second.replace("/x/", "/z/"));
        let articles = article.map(|on| ("/y/1.html", told(on)));
        let reading = reading(Aim::Home, "/", &body, articles.as_slice());
        assert_eq!(outcome(&reading), expected, "{name}");
        assert!(reading.ahead, "{name}");
    }
}

/// What a list is, its rows, the articles that can be had, and what is to be found.
type FirstRow<'a> = (&'a str, String, Vec<(&'a str, String)>, &'a str);

#[test]
fn a_column_whose_first_row_has_a_date_that_cannot_be_is_not_called_old() {
    let first = |path: &str, title: &str, on: &str| {
        format!("<li><a href='{path}'>{title}</a><span>{on}</span></li>")
    };
    let old = rows(ROW, &OF_2016, plain);
    let fresh = first("/x/f.html", "关于公布行政许可事项目录的公告", "2018-03-18");
    let title = "关于召开年度工作会议的通知";
    let typo = |on: &str| first("/y/1.html", title, on);
    let told = |on: &str| format!("<h1>{title}</h1><p>发布日期：{on}</p>");
    let page_of = |body: String| vec![("/y/1.html", body)];
    let slipped = OF_2016.map(|on| on.replace("2016", "2017"));
    let slipped: Vec<&str> = slipped.iter().map(String::as_str).collect();
    let pinned = first("/y/0.html", "本栏目使用指南和常见问题", "2014-01-06");
    let cases: Vec<FirstRow> = vec![
        (
            "nothing tells",
            typo("2081-03-05") + &old,
            vec![],
            "FirstRefused",
        ),
        (
            "before 1995",
            typo("1970-01-01") + &old,
            vec![],
            "FirstRefused",
        ),
        (
            "the article has it too",
            typo("2081-03-05") + &old,
            page_of(told("2081-03-05")),
            "FirstRefused",
        ),
        (
            "the article tells it",
            typo("2081-03-05") + &old,
            page_of(told("2018-03-05")),
            "2018-03-05",
        ),
        (
            "it is an old one",
            typo("2081-03-05") + &old,
            page_of(told("2012-03-05")),
            "2016-03-16",
        ),
        (
            "below a pinned one",
            pinned.clone() + &typo("2081-03-05") + &old,
            vec![],
            "FirstRefused",
        ),
        (
            "it is off the site",
            first("http://mp.example.com/1.html", title, "2081-03-05") + &old,
            vec![],
            "FirstRefused",
        ),
        (
            "it says that it is pinned",
            first("/y/1.html", "[置顶]本栏目使用指南和常见问题", "2099-12-31") + &old,
            vec![],
            "2016-03-16",
        ),
        (
            "its address tells that it is old",
            first("/201203/t20120305_9.html", title, "2105-03-05") + &old,
            vec![],
            "2016-03-16",
        ),
        (
            "nothing can be newer than the next",
            typo("2081-03-05") + &fresh + &old,
            vec![],
            "2018-03-18",
        ),
        (
            "a slip of the pen deep in the list",
            old.clone() + &typo("2061-01-02"),
            vec![],
            "2016-03-16",
        ),
        (
            "and in a list that runs upwards",
            rows(
                "<li><a href='/z/{n}.html'>{t}</a><span>{d}</span></li>",
                &[
                    "2015-01-02",
                    "2015-02-02",
                    "2015-03-02",
                    "2015-04-02",
                    "2015-05-02",
                ],
                plain,
            ) + &first("/z/8.html", title, "2015-06-02")
                + &typo("2105-07-02")
                + &first("/z/9.html", title, "2015-08-02"),
            vec![],
            "2015-08-02",
        ),
        (
            "one day ahead is no error",
            typo("2018-03-19") + &rows(ROW, &slipped, plain),
            vec![],
            "2018-03-19",
        ),
    ];
    for (name, body, articles, expected) in cases {
        let body = ul(&body);
        let read = reading(Aim::Column, "/tzgg/", &body, &articles);
        assert_eq!(outcome(&read), expected, "{name}\n{body}");
    }
}
