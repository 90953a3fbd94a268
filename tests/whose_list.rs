//! Whose a list is: the column's own, whatever dated lists stand at its side. A dead column must
//! not look alive because the newest of the site stands beside it.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use url::Url;
use wangxun::domain::finding::{Finding, Undated, Unreadable};
use wangxun::domain::page::Page;
use wangxun::extract::{Aim, Answer, More, Pages, Reader, Reading, Recipe};

#[path = "support/noted.rs"]
mod noted;

use noted::noted;

const NAME: &str = "政策文件";
const LIST: &str = "/zwgk/zcwj/";
const TITLES: [&str; 6] = [
    "关于开展全区网站检查工作的通知",
    "关于印发年度工作要点的通知",
    "关于公布行政许可事项目录的公告",
    "关于召开政务公开工作推进会的通知",
    "关于做好春季防火工作的紧急通知",
    "关于进一步优化营商环境的实施意见",
];

fn today() -> NaiveDate {
    "2018-03-18".parse().expect("a date")
}

fn url(path: &str) -> Url {
    Url::parse("http://www.example.gov.cn")
        .and_then(|base| base.join(path))
        .expect("an address")
}

fn page(path: &str, body: &str) -> Page {
    Page {
        url: url(path),
        status: 200,
        content_type: Some("text/html; charset=utf-8".into()),
        body: body.into(),
    }
}

/// Rows below `folder`, with dates of `year` where one is given.
fn rows(folder: &str, count: usize, year: Option<&str>) -> String {
    TITLES
        .iter()
        .cycle()
        .take(count)
        .enumerate()
        .map(|(n, title)| {
            let date = year.map(|year| format!("<span>{year}-0{}-12</span>", 3 - n.min(2)));
            format!(
                "<li><a href='{folder}{n}234.html'>{title}</a>{}</li>",
                date.unwrap_or_default()
            )
        })
        .collect()
}

/// What reading a column's page came to: its date, what was asked for, or why there is none.
struct Came {
    asked: Vec<String>,
    reading: Reading,
}

impl Came {
    fn outcome(&self) -> String {
        match &self.reading.finding {
            Finding::Dated(update) => update.on.to_string(),
            Finding::Undated(why) => format!("{why:?}"),
            Finding::Unreadable(why) => format!("{why:?}"),
            Finding::Empty => "Empty".to_owned(),
        }
    }
}

/// Reads a page as the column's; every article was published on 5 January 2016.
fn column(path: &str, name: Option<&str>, body: &str, articles: bool) -> Came {
    const ARTICLE: &str = "<h1>关于开展检查的通知</h1><p>发布日期：2016-01-05</p>";
    column_with(path, name, body, |_| articles.then(|| ARTICLE.to_owned()))
}

/// Reads a page as the column's, with the articles that stand at their paths.
fn column_with(
    path: &str,
    name: Option<&str>,
    body: &str,
    articles: impl Fn(&str) -> Option<String>,
) -> Came {
    let recipe = Recipe {
        column_name: name.map(str::to_owned),
        home: Some(url("/")),
        asked: Some(url(path)),
        ..Recipe::of(Aim::Column)
    };
    let mut pages = Pages {
        first: page(path, body),
        more: BTreeMap::new(),
    };
    let mut reader = Reader::new(recipe, today());
    let mut asked = Vec::new();
    for _ in 0..6 {
        match reader.read(&pages) {
            Answer::Found(reading) => {
                return Came {
                    asked,
                    reading: *reading,
                };
            }
            Answer::Need(urls) => {
                for one in urls {
                    asked.push(one.path().to_owned());
                    let more = match articles(one.path()) {
                        Some(article) => More::Page(page(one.path(), &article)),
                        None => More::Failed,
                    };
                    pages.more.insert(one, more);
                }
            }
        }
    }
    panic!("the reader comes to no end");
}

/// The side list, dated of these days, with what stands above it.
fn side(above: &str, count: usize) -> String {
    let rows = rows("/hot/", count, Some("2018"));
    format!("<div class=r>{above}<ul class=hl>{rows}</ul></div>")
}

/// What stands above side lists.
const ABOVE: [&str; 6] = [
    "<h3>推荐阅读</h3>",
    "<div class=tit><b>热点新闻</b></div>",
    "<p>最新公开</p>",
    "<div><span>通知公告</span><a href='/tzgg/'>更多&gt;&gt;</a></div>",
    "<table><tr><td>图片新闻</td></tr></table>",
    "<div><img src=t.gif alt=点击排行></div>",
];

/// What stands above the column's own list.
const HEADS: [&str; 5] = [
    "<h2>政策文件</h2>",
    "<div class=wz>当前位置：<a href='/'>首页</a> &gt; <a href='/zwgk/'>政务公开</a> &gt; 政策文件</div>",
    "<div class=breadcrumb><a href='/'>首页</a> &gt; <a href='/zwgk/'>政务公开</a> &gt; <span>政策文件</span></div>",
    "<div class=bt><span>政策文件</span></div>",
    "<table><tr><td>政策文件</td></tr></table>",
];

/// The page in every layout: the side list right, left, and below, within the main part too.
fn layouts(head: &str, list: &str, side: &str) -> Vec<(&'static str, String)> {
    let foot = "<div class=footer>主办：某某区人民政府 地址：某某路1号</div>";
    let page = |body: String| format!("<title>政策文件-某某区</title>{body}{foot}");
    vec![
        (
            "right",
            page(format!("<div class=m>{head}{list}</div>{side}")),
        ),
        (
            "left",
            page(format!("{side}<div class=m>{head}{list}</div>")),
        ),
        (
            "below",
            page(format!("<div class=m>{head}{list}{side}</div>")),
        ),
        (
            "beside, in the main part",
            page(format!(
                "<div class=m>{head}<div class=l>{list}</div>{side}</div>"
            )),
        ),
        (
            "before, in the main part",
            page(format!(
                "<div class=m>{side}<div class=l>{head}{list}</div></div>"
            )),
        ),
    ]
}

#[test]
fn a_dated_list_at_the_side_never_dates_a_list_without_dates() {
    for folder in ["/zwgk/zcwj/", "/info/"] {
        for count in [3, 6] {
            let list = format!("<ul class=list>{}</ul>", rows(folder, count, None));
            for head in HEADS {
                for above in ABOVE {
                    for (place, body) in layouts(head, &list, &side(above, 10)) {
                        let came = column(LIST, Some(NAME), &body, true);
                        let what = format!(
                            "{place} {folder} {count}\n{body}\n{:?}",
                            noted(&came.reading)
                        );
                        assert_eq!(came.outcome(), "2016-01-05", "{what}");
                        assert_eq!(came.asked[0], format!("{folder}0234.html"), "{what}");
                        assert!(
                            came.asked.iter().all(|path| path.starts_with(folder)),
                            "{what}"
                        );
                        let shown = &came.reading.rows;
                        assert!(
                            shown.iter().all(|row| row
                                .url
                                .as_ref()
                                .is_some_and(|url| url.contains(folder))),
                            "{what}"
                        );
                        let blind = column(LIST, Some(NAME), &body, false);
                        assert_eq!(
                            blind.reading.finding,
                            Finding::Undated(Undated::ArticlesUnreachable)
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_longer_list_at_the_side_never_dates_a_shorter_one() {
    for folder in ["/zwgk/zcwj/", "/info/"] {
        for count in [2, 3, 6] {
            let list = format!("<ul class=list>{}</ul>", rows(folder, count, Some("2016")));
            for head in HEADS {
                for above in ABOVE {
                    for (place, body) in layouts(head, &list, &side(above, 12)) {
                        let came = column(LIST, Some(NAME), &body, true);
                        let what = format!(
                            "{place} {folder} {count}\n{body}\n{:?}",
                            noted(&came.reading)
                        );
                        assert_eq!(came.outcome(), "2016-03-12", "{what}");
                        assert_eq!(came.reading.rows.len(), count, "{what}");
                    }
                }
            }
        }
    }
}

/// Old pages lay everything out in tables, so that all lists have one structure.
#[test]
fn lists_of_one_structure_are_told_apart_by_what_stands_above_them() {
    let cell = |head: &str, rows: &str| {
        format!("<td><table><tr><td>{head}</td></tr><tr><td><ul>{rows}</ul></td></tr></table></td>")
    };
    let side = cell("热点新闻", &rows("/hot/", 8, Some("2018")));
    let dated = cell(NAME, &rows("/info/", 3, Some("2016")));
    let undated = cell(NAME, &rows("/info/", 5, None));
    for (own, expected) in [(dated, "2016-03-12"), (undated, "2016-01-05")] {
        for cells in [format!("{own}{side}"), format!("{side}{own}")] {
            let body = format!("<title>政策文件</title><table><tr>{cells}</tr></table>");
            let came = column(LIST, Some(NAME), &body, true);
            assert_eq!(
                came.outcome(),
                expected,
                "{body}\n{:?}",
                noted(&came.reading)
            );
        }
    }
}

#[test]
fn where_nothing_names_the_column_its_folder_and_the_sides_heading_tell() {
    let undated = |folder: &str| format!("<ul class=list>{}</ul>", rows(folder, 6, None));
    let dated = format!(
        "<ul class=list>{}</ul>",
        rows("/zwgk/zcwj/", 4, Some("2016"))
    );
    let bare = |list: &str, side: &str| format!("<div class=m>{list}</div>{side}");
    let cases = [
        (
            "its folder",
            bare(&undated("/zwgk/zcwj/"), &side("<img src=x.gif>", 10)),
            "2016-01-05",
        ),
        (
            "its folder, nothing above either",
            bare(&undated("/zwgk/zcwj/"), &side("", 10)),
            "2016-01-05",
        ),
        (
            "the heading of the side",
            bare(&undated("/info/"), &side("<h3>热点推荐</h3>", 10)),
            "2016-01-05",
        ),
        (
            "its folder, dated",
            bare(&dated, &side("", 12)),
            "2016-03-12",
        ),
        (
            "the name of the side's block",
            bare(
                &undated("/info/"),
                &format!("<div class=sidebar>{}</div>", side("", 10)),
            ),
            "2016-01-05",
        ),
        (
            "the number in its address",
            bare(
                &undated("/art/2016/1/5/art_3664_").replace("234.html", "23.html"),
                &side("", 9),
            ),
            "2016-01-05",
        ),
    ];
    for (name, body, expected) in cases {
        for path in [LIST, "/col/col3664/index.html"] {
            if (path == LIST) == body.contains("art_3664") {
                continue;
            }
            let came = column(path, None, &body, true);
            assert_eq!(
                came.outcome(),
                expected,
                "{name}\n{body}\n{:?}",
                noted(&came.reading)
            );
        }
    }
}

/// Pages that name neither of two lists: side by side, in tables, below a trail that spans both.
fn unnamed(own: &str, side: &str) -> Vec<String> {
    let trail = "<div class=pos>当前位置：<a href='/'>首页</a> &gt; <a href='/zwgk/'>政务公开</a> &gt; 政策文件</div>";
    let boxes = |first: &str, second: &str| {
        format!("<div class=a><ul>{first}</ul></div><div class=b><ul class=s>{second}</ul></div>")
    };
    let tables = |first: &str, second: &str| {
        format!(
            "<table><tr><td><table><tr><td><ul>{first}</ul></td></tr></table></td>\
             <td><table><tr><td><div><ol>{second}</ol></div></td></tr></table></td></tr></table>"
        )
    };
    let mut out = Vec::new();
    for page in [
        boxes(own, side),
        boxes(side, own),
        tables(own, side),
        tables(side, own),
    ] {
        out.push(page.clone());
        out.push(format!("{trail}<div class=con>{page}</div>"));
    }
    out
}

#[test]
fn a_side_list_that_nothing_announces_never_dates_a_longer_list_without_dates() {
    let side = rows("/info/1", 8, Some("2018"));
    for body in unnamed(&rows("/info/2", 12, None), &side) {
        let came = column(LIST, None, &body, true);
        let what = format!("{body}\n{:?}", noted(&came.reading));
        assert_eq!(came.outcome(), "2016-01-05", "{what}");
        let own = came.asked.iter().all(|path| path.starts_with("/info/2"));
        assert!(own, "{:?} {what}", came.asked);
        let blind = column(LIST, None, &body, false);
        assert_eq!(blind.outcome(), "ArticlesUnreachable", "{what}");
    }
}

#[test]
fn between_two_lists_of_which_nothing_tells_the_reader_abstains() {
    let side = rows("/info/1", 8, Some("2018"));
    for body in unnamed(&rows("/info/2", 6, None), &side) {
        let came = column(LIST, None, &body, true);
        let what = format!("{body}\n{:?}", noted(&came.reading));
        assert_eq!(came.outcome(), "WhichList", "{what}");
        assert!(came.asked.len() <= 4, "{what}");
    }
}

/// Articles name their column, by a meta or by the trail to them.
#[test]
fn where_two_lists_stand_the_articles_tell_which_is_the_columns() {
    let trail = |of: &str| {
        format!(
            "<div>当前位置：<a href='/'>首页</a> &gt; <a href='/c/{}/'>{of}</a> &gt; 正文</div><h1>关于开展检查的通知</h1>",
            of.len()
        )
    };
    let meta =
        |of: &str| format!("<meta name=ColumnName content='{of}'><h1>关于开展检查的通知</h1>");
    let here = |_: &str| {
        "<div>当前位置：<a href='/'>首页</a> &gt; <a href='/zwgk/zcwj/'>文件</a></div>".to_owned()
    };
    let none = |_: &str| "<h1>关于开展检查的通知</h1><p>发布日期：2018-03-12</p>".to_owned();
    type Article<'a> = &'a dyn Fn(&str) -> String;
    let says: [(Article, bool); 4] = [
        (&trail, true),
        (&meta, true),
        (&here, false),
        (&none, false),
    ];
    let dated = |one: Option<&str>, other: Option<&str>| {
        unnamed(&rows("/info/1", 6, one), &rows("/info/2", 7, other))
    };
    for (say, named) in says {
        let read = |body: &str, of: [&str; 2]| {
            let came = column_with(LIST, Some(NAME), body, |path| {
                let [first, second] = of;
                Some(say(if path.starts_with("/info/1") {
                    first
                } else {
                    second
                }))
            });
            let notes = noted(&came.reading);
            (came.outcome(), notes)
        };
        for body in dated(Some("2016"), Some("2018")) {
            let abstains = "WhichList";
            let cases = match named {
                true => [
                    ([NAME, "通知公告"], "2016-03-12"),
                    (["通知公告", NAME], "2018-03-12"),
                    ([NAME, NAME], "2018-03-12"),
                    (["通知公告", "工作动态"], abstains),
                    ([NAME, "上级政策文件汇编"], abstains),
                ]
                .to_vec(),
                // Of the last two only the trail that leads here tells, and it does of both.
                false if say("").contains("zcwj") => vec![([NAME, NAME], "2018-03-12")],
                false => vec![([NAME, "通知公告"], abstains)],
            };
            for (of, expected) in cases {
                let (outcome, notes) = read(&body, of);
                assert_eq!(outcome, expected, "{of:?}\n{body}\n{notes:?}");
                let told = notes.iter().any(|note| note.contains("4 articles told"));
                assert_eq!(told, expected != abstains, "{notes:?}");
            }
        }
        // A list without dates may be known for another's, but its own day is not told so.
        for body in dated(None, Some("2018")) {
            let (own, _) = read(&body, ["通知公告", NAME]);
            let (other, _) = read(&body, [NAME, "通知公告"]);
            assert_ne!(other, "2018-03-12", "{body}");
            assert!(!named || own == "2018-03-12", "{own} {body}");
        }
    }
}

/// Size tells little: a column may have five items, and the newest of the site stand beside them.
#[test]
fn a_short_list_that_nothing_announces_is_not_dated_by_a_longer_one() {
    let new = rows("/info/1", 12, Some("2018"));
    for own in [
        rows("/info/2", 5, None),
        rows("/info/2", 8, None),
        rows("/info/2", 6, Some("2016")),
    ] {
        for body in unnamed(&own, &new) {
            let came = column(LIST, None, &body, true);
            let what = format!("{body}\n{:?}", noted(&came.reading));
            assert_eq!(came.outcome(), "WhichList", "{what}");
            assert!(came.asked.len() <= 4, "{what}");
        }
    }
}

/// What stands beside a dated list and takes nothing from it, although nothing announces either.
#[test]
fn a_dated_list_stands_beside_what_is_no_rival_of_it() {
    let own = rows("/info/1", 8, Some("2016"));
    let pictures = rows("/info/2", 6, None).replace("'>", "'><img src=a.jpg>");
    let same_day = rows("/info/2", 6, Some("2016"));
    for other in [
        pictures,
        rows("/info/1", 5, None),
        rows("/info/2", 4, None),
        rows("/info/2", 3, Some("2018")),
        same_day,
    ] {
        for body in unnamed(&own, &other) {
            let came = column(LIST, None, &body, true);
            let what = format!("{body}\n{:?}", noted(&came.reading));
            assert_eq!(came.outcome(), "2016-03-12", "{what}");
        }
    }
}

/// What speaks for the dated list: a heading, a pager, its folder.
#[test]
fn a_dated_list_that_something_speaks_for_stands_beside_a_longer_one_without_dates() {
    let own = |folder: &str| rows(folder, 6, Some("2016"));
    let other = format!(
        "<div class=b><ul class=s>{}</ul></div>",
        rows("/info/2", 12, None)
    );
    for list in [
        format!("<h2>政策文件</h2><ul>{}</ul>", own("/info/1")),
        format!(
            "<ul>{}</ul><div>共5页 <a href=2>下一页</a> <a href=5>尾页</a></div>",
            own("/info/1")
        ),
        format!("<ul>{}</ul>", own("/zwgk/zcwj/")),
    ] {
        for body in [
            format!("<title>政策文件</title><div class=a>{list}</div>{other}"),
            format!("<title>政策文件</title>{other}<div class=a>{list}</div>"),
        ] {
            let came = column(LIST, None, &body, true);
            assert_eq!(
                came.outcome(),
                "2016-03-12",
                "{body}\n{:?}",
                noted(&came.reading)
            );
        }
    }
}

#[test]
fn all_lists_below_the_columns_name_count() {
    let list = |head: &str, class: &str, rows: &str| {
        format!("<div class={class}><h3>{head}</h3><ul>{rows}</ul></div>")
    };
    let (old, new) = (
        rows("/info/1", 6, Some("2016")),
        rows("/info/2", 3, Some("2018")),
    );
    for body in [
        format!("{}{}", list("通知", "a", &old), list("公告", "b", &new)),
        format!("{}{}", list("通知", "a", &new), list("公告", "b", &old)),
    ] {
        let body = format!("<title>通知公告_某某区</title>{body}");
        let came = column("/zwgk/tzgg/", Some("通知公告"), &body, true);
        assert_eq!(came.outcome(), "2018-03-12", "{body}");
    }
}

#[test]
fn what_was_left_aside_is_told() {
    let list = format!("<ul class=list>{}</ul>", rows("/info/", 4, None));
    let body = format!(
        "<div class=m><h2>{NAME}</h2>{list}</div>{}",
        side("<h3>最新公开</h3>", 8)
    );
    let notes = noted(&column(LIST, Some(NAME), &body, true).reading);
    let told = notes
        .iter()
        .any(|note| note.contains("最新公开") && note.contains("2018-03-12"));
    assert!(told, "{notes:?}");
}

#[test]
fn only_the_beginnings_of_other_lists_are_no_list_of_the_column() {
    let more = "<div><span>通知公告</span><a href='/tzgg/'>更多</a></div>";
    let empty =
        |side: String| format!("<div class=m><h2>{NAME}</h2><div id=list></div></div>{side}");
    for (above, expected) in [
        ("<h3>热点推荐</h3>", "NoList"),
        (more, "NoList"),
        ("<div><img src=t.gif alt=点击排行></div>", "NoList"),
    ] {
        let came = column(LIST, Some(NAME), &empty(side(above, 8)), true);
        assert_eq!(came.outcome(), expected, "{above}");
        assert_eq!(
            came.reading.finding,
            Finding::Unreadable(Unreadable::NoList)
        );
    }
}

/// What stands on ordinary pages beside or above a dated list and is not the column's.
#[test]
fn a_dated_list_stays_the_columns_beside_menus_slides_and_links() {
    let list = format!("<ul class=list>{}</ul>", rows("/info/", 6, Some("2018")));
    let menu = [
        "政府信息公开指南",
        "政府信息公开制度",
        "政府信息公开年报",
        "政府信息公开目录",
        "依申请公开事项办理",
    ]
    .iter()
    .enumerate()
    .map(|(n, name)| format!("<li><a href='/zwgk/zcwj/m{n}.html'>{name}</a></li>"))
    .collect::<String>();
    let slides = format!(
        "<div class=slide>{}</div>",
        rows("/info/9", 4, None).replace("li>", "p>")
    );
    let links = (0..12)
        .map(|n| {
            format!("<a href='http://www{n}.other.gov.cn/'>某某省某某市人民政府门户网站{n}</a>")
        })
        .collect::<String>();
    let top = "<div class=top><a href='/'>首页</a><a href='/zwgk/'>政务公开</a></div>";
    let cases = [
        (
            "a menu",
            format!(
                "{top}<div class=l><h3>信息公开</h3><ul>{menu}</ul></div><div class=m><h2>{NAME}</h2>{list}</div>"
            ),
        ),
        (
            "a menu, no heading",
            format!("{top}<div class=l><ul>{menu}</ul></div><div class=m>{list}</div>"),
        ),
        (
            "slides above",
            format!("{top}<div class=m><h2>{NAME}</h2>{slides}{list}</div>"),
        ),
        (
            "slides above, no heading",
            format!("{top}<div class=m>{slides}{list}</div>"),
        ),
        (
            "links below",
            format!(
                "{top}<div class=m><h2>{NAME}</h2>{list}</div><div><b>友情链接</b>{links}</div>"
            ),
        ),
        (
            "a heading of another wording",
            format!("{top}<div class=m><h2>文件列表</h2>{list}</div>"),
        ),
        (
            "a heading of another name",
            format!("{top}<div class=m><h2>区政府规章</h2>{list}</div>"),
        ),
    ];
    for (name, body) in cases {
        let came = column(LIST, Some(NAME), &body, true);
        assert_eq!(
            came.outcome(),
            "2018-03-12",
            "{name}\n{body}\n{:?}",
            noted(&came.reading)
        );
        assert_eq!(came.asked, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn lists_in_stretches_of_a_few_rows_are_one_list() {
    let stretch = |from: usize, year: &str| {
        let rows = rows(&format!("/info/{from}"), 5, Some(year));
        format!("<ul>{rows}</ul><hr>")
    };
    let body = format!(
        "<div class=m><h2>{NAME}</h2>{}{}{}</div>{}",
        stretch(1, "2018"),
        stretch(2, "2017"),
        stretch(3, "2016"),
        side("<h3>热点</h3>", 4)
    );
    let came = column(LIST, Some(NAME), &body, true);
    assert_eq!(came.outcome(), "2018-03-12");
    assert_eq!(came.reading.rows.len(), 15);
}

#[test]
fn tabs_over_the_list_take_nothing_away() {
    let tab = |name: &str, shown: bool, folder: &str, year: &str| {
        let style = if shown { "" } else { " style='display:none'" };
        (
            format!("<li>{name}</li>"),
            format!(
                "<div class=pane{style}><ul>{}</ul></div>",
                rows(folder, 4, Some(year))
            ),
        )
    };
    let (one, first) = tab(NAME, true, "/info/1", "2016");
    let (two, second) = tab("政策解读", false, "/info/2", "2018");
    let body = format!("<div class=m><ul class=tabs>{one}{two}</ul>{first}{second}</div>");
    let came = column(LIST, Some(NAME), &body, true);
    assert_eq!(came.outcome(), "2016-03-12", "{:?}", noted(&came.reading));
}

#[test]
fn a_name_with_nothing_under_it_is_no_reason_to_take_another_list() {
    let trail = "<div class=wz>当前位置：<a href='/'>首页</a> &gt; 政策文件</div>";
    let main = format!("<div class=m>{trail}<h2>{NAME}</h2><div id=list></div></div>");
    for above in [
        "<h3>通知公告</h3>",
        "<p>最新公开</p>",
        "<div class=tit>图片新闻</div>",
    ] {
        for body in [
            format!("{main}{}", side(above, 8)),
            format!("{}{main}", side(above, 8)),
        ] {
            let came = column(LIST, Some(NAME), &body, true);
            assert_eq!(came.outcome(), "NoList", "{body}");
        }
    }
    // Where the trail spans both, the menu tells whose name the heading is.
    let menu =
        "<div class=nav><a href='/zwgk/zcwj/'>政策文件</a><a href='/tzgg/'>通知公告</a></div>";
    let spanned = format!(
        "{menu}{trail}<div class=m></div>{}",
        side("<h3>通知公告</h3>", 8)
    );
    assert_eq!(column(LIST, Some(NAME), &spanned, true).outcome(), "NoList");
    // A heading of its own below the name is a part of the column.
    for above in [
        "<h3>区级文件</h3>",
        "<div class=tab>区级文件</div>",
        "<h3>最新文件</h3>",
    ] {
        let rows = rows("/info/", 4, Some("2018"));
        let body = format!("<div class=m><h2>{NAME}</h2>{above}<ul>{rows}</ul></div>");
        let came = column(LIST, Some(NAME), &body, true);
        assert_eq!(came.outcome(), "2018-03-12", "{body}");
    }
}

#[test]
fn the_entry_of_a_menu_is_not_where_the_column_begins() {
    let menu = format!(
        "<ul><li><a href='/zwgk/tzgg/'>通知公告</a></li><li>{NAME}</li><li><a href='/zwgk/jh/'>规划计划</a></li></ul>"
    );
    let left = format!("<div class=l>{menu}{}</div>", side("<h3>热点推荐</h3>", 6));
    for (year, expected) in [(Some("2016"), "2016-03-12"), (None, "2016-01-05")] {
        let list = format!("<ul class=list>{}</ul>", rows("/info/", 5, year));
        for body in [
            format!("{left}<div class=m>{list}</div>"),
            format!("<div class=m>{list}</div>{left}"),
        ] {
            let came = column(LIST, Some(NAME), &body, true);
            assert_eq!(
                came.outcome(),
                expected,
                "{body}\n{:?}",
                noted(&came.reading)
            );
        }
    }
}

#[test]
fn a_page_of_several_blocks_is_as_fresh_as_the_newest_wherever_they_lead() {
    let block = |name: &str, folder: &str, year: &str| {
        format!(
            "<div class=b><div class=tit><span>{name}</span><a href='{folder}'>更多</a></div><ul>{}</ul></div>",
            rows(folder, 4, Some(year))
        )
    };
    let body = format!(
        "<title>政务公开</title><div class=m><h2>政务公开</h2>{}{}{}</div>",
        block("规章文件", "/zwgk/gz/", "2016"),
        block("通知公告", "/tzgg/", "2018"),
        block("人事任免", "/rsrm/", "2015")
    );
    let came = column("/zwgk/", Some("政务公开"), &body, true);
    assert_eq!(came.outcome(), "2018-03-12", "{:?}", noted(&came.reading));
}

#[test]
fn headings_of_years_and_months_part_no_list() {
    for (one, two) in [
        ("2018年", "2017年"),
        ("三月", "二月"),
        ("第一季度", "第四季度"),
    ] {
        let part = |head: &str, folder: &str, year: &str| {
            format!(
                "<h3>{head}</h3><ul class=list>{}</ul>",
                rows(folder, 4, Some(year))
            )
        };
        let parts = part(one, "/info/1", "2018") + &part(two, "/info/2", "2017");
        for head in ["", "<h2>政策文件</h2>"] {
            let body = format!(
                "<title>政策文件</title><div class=m>{head}{parts}</div>{}",
                side("<b>相关链接</b>", 3)
            );
            let came = column(LIST, Some(NAME), &body, true);
            assert_eq!(came.outcome(), "2018-03-12", "{one} {head}");
            assert_eq!(came.reading.rows.len(), 8, "{one} {head}");
        }
    }
}
