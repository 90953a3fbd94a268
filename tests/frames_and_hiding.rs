//! What a person sees of a page: the list in one of its frames, what is displayed and what is not,
//! and a column that says that it has no items.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use url::Url;
use wangxun::domain::finding::Finding;
use wangxun::domain::page::Page;
use wangxun::extract::{Aim, Answer, More, Pages, Reader, Reading, Recipe};

#[path = "support/noted.rs"]
mod noted;

use noted::noted;

const NAME: &str = "通知公告";

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

/// Reads a page of a site; what is asked for comes where the site has it.
fn visit(aim: Aim, path: &str, site: &[(&str, String)]) -> (Reading, Vec<String>) {
    let of = |path: &str| {
        site.iter()
            .find(|(at, _)| *at == path)
            .map(|(_, body)| page(path, body))
    };
    let recipe = Recipe {
        column_name: (aim == Aim::Column).then(|| NAME.to_owned()),
        home: Some(url("/")),
        asked: Some(url(path)),
        ..Recipe::of(aim)
    };
    let mut pages = Pages {
        first: of(path).expect("the first page"),
        more: BTreeMap::new(),
    };
    let mut reader = Reader::new(recipe, today());
    let mut asked = Vec::new();
    for _ in 0..8 {
        match reader.read(&pages) {
            Answer::Found(reading) => return (*reading, asked),
            Answer::Need(urls) => {
                assert!(
                    1 + asked.len() + urls.len() <= Recipe::BUDGET,
                    "within the budget"
                );
                for one in urls {
                    asked.push(one.path().to_owned());
                    let more = of(one.path()).map_or(More::Failed, More::Page);
                    pages.more.insert(one, more);
                }
            }
        }
    }
    panic!("the reader comes to no end");
}

fn outcome(reading: &Reading) -> String {
    match &reading.finding {
        Finding::Dated(update) => update.on.to_string(),
        Finding::Unreadable(why) => format!("{why:?}"),
        Finding::Undated(why) => format!("{why:?}"),
        Finding::Empty => "Empty".to_owned(),
    }
}

fn rows(dates: &[&str]) -> String {
    let titles = [
        "关于开展网站检查工作的通知",
        "关于印发年度工作要点的通知",
        "关于公布行政许可事项目录的公告",
    ];
    titles
        .iter()
        .zip(dates)
        .map(|(title, on)| format!("<li><a href='/x/{on}.html'>{title}</a><span>{on}</span></li>"))
        .collect()
}

fn list() -> String {
    format!(
        "<ul>{}</ul>",
        rows(&["2018-03-12", "2018-02-12", "2018-01-12"])
    )
}

const LONG: &str =
    "<p>本栏目用于公开本单位的各类信息，欢迎广大市民查阅和监督，如有意见请与我们联系。</p>";

#[test]
fn of_all_frames_the_one_with_the_list_wins() {
    let menu = "<ul><li><a href='/a/'>政务公开</a></li><li><a href='/b/'>办事服务</a></li></ul>"
        .to_owned();
    let few = format!("<ul>{}</ul>", rows(&["2016-03-12"]));
    let host = |frames: &str| {
        format!(
            "<title>通知公告</title><h2>{NAME}</h2>{frames}{}",
            LONG.repeat(20)
        )
    };
    let frame = |path: &str, size: &str| format!("<iframe src='{path}' {size}></iframe>");
    let cases = [
        ("the second", host(&(frame("/menu.html", "") + &frame("/list.html", ""))), "2018-03-12"),
        ("the larger of two", host(&(frame("/few.html", "") + &frame("/list.html", ""))), "2018-03-12"),
        (
            "the third, behind what fails",
            host(&(frame("/gone.html", "") + &frame("/menu.html", "") + &frame("/list.html", ""))),
            "2018-03-12",
        ),
        (
            "one that a script makes higher",
            host(&(frame("/menu.html", "") + &frame("/list.html", "height=0"))),
            "2018-03-12",
        ),
        (
            "a set of frames",
            "<title>通知公告</title><frameset cols='20%,*'><frame src='/menu.html'><frame src='/list.html'></frameset>".to_owned(),
            "2018-03-12",
        ),
        ("a frame in a frame", host(&frame("/outer.html", "")), "2018-03-12"),
        ("an empty one", host(&(frame("/menu.html", "") + &frame("/none.html", ""))), "Empty"),
        ("none of them", host(&(frame("/menu.html", "") + &frame("/gone.html", ""))), "NoList"),
    ];
    for (name, host, expected) in cases {
        let site = [
            ("/tzgg/", host),
            ("/menu.html", menu.clone()),
            ("/few.html", few.clone()),
            ("/list.html", list()),
            ("/outer.html", frame("/list.html", "")),
            (
                "/none.html",
                format!("<title>{NAME}</title><p>暂无信息</p>"),
            ),
        ];
        let (reading, asked) = visit(Aim::Column, "/tzgg/", &site);
        assert_eq!(
            outcome(&reading),
            expected,
            "{name}: {asked:?} {:?}",
            noted(&reading)
        );
    }
}

#[test]
fn a_dated_list_at_the_side_is_no_reason_to_leave_the_frame_unread() {
    let side = format!("<div class=r><h3>热点推荐</h3>{}</div>", list());
    let host = format!(
        "<title>通知公告</title><div class=m><h2>{NAME}</h2><iframe src='/list.html'></iframe></div>{side}"
    );
    let old = format!(
        "<ul>{}</ul>",
        rows(&["2016-03-12", "2016-02-12", "2016-01-12"])
    );
    let (reading, _) = visit(
        Aim::Column,
        "/tzgg/",
        &[("/tzgg/", host), ("/list.html", old)],
    );
    assert_eq!(outcome(&reading), "2016-03-12", "{:?}", noted(&reading));
}

#[test]
fn a_small_page_of_a_column_that_says_so_is_empty() {
    let trail = "<div class=breadcrumb><a href='/'>首页</a> &gt; <span>通知公告</span></div>";
    let headed = |said: &str| format!("<title>某某区</title><h2>{NAME}</h2><div>{said}</div>");
    let cases = [
        ("in a word", headed("<p>暂无信息</p>"), "Empty"),
        ("in another", headed("暂无内容"), "Empty"),
        ("by a number", headed("<div>共0条</div>"), "Empty"),
        (
            "by a number in an element",
            headed("<div>共<b>0</b>条记录</div>"),
            "Empty",
        ),
        (
            "by a number in a named element",
            headed("<div>共<span id=total>0</span>条</div>"),
            "Empty",
        ),
        (
            "by a number, every sign in an element",
            headed("<p><i>共</i><b><font>0</font></b><i>条</i></p>"),
            "Empty",
        ),
        (
            "by a number that a script sets",
            headed("<div>共<span id=total>0</span>条</div><script>$('#total').html(n)</script>"),
            "Shell",
        ),
        (
            "by a number beside a list that a script fills",
            headed(
                "<ul id=list></ul><div>共<span id=total>0</span>条</div><script src=l.js></script>",
            ),
            "Shell",
        ),
        (
            "by a number beside a block that a script fills",
            headed(
                "<div id=list></div><div>共<span class=n>0</span>条</div><script src=l.js></script>",
            ),
            "Shell",
        ),
        (
            "in a word beside a list that a script fills",
            headed("<table><tbody id=rows></tbody></table><p>暂无数据</p>"),
            "Shell",
        ),
        (
            "beside an empty list of the server's",
            headed("<ul class=list></ul><p>共<em>0</em>条</p>"),
            "Empty",
        ),
        (
            "by what was not found",
            headed("<p>没有找到相关信息</p>"),
            "Empty",
        ),
        (
            "by a number of records",
            headed("<td>0 条记录</td>"),
            "Empty",
        ),
        (
            "under its trail",
            format!("<title>某某区</title>{trail}<p>暂无信息</p>"),
            "Empty",
        ),
        (
            "by its meta",
            "<meta name=ColumnName content=通知公告><p>暂无信息</p>".to_owned(),
            "Empty",
        ),
        (
            "by its title",
            "<title>通知公告_某某区</title><p>暂无信息</p>".to_owned(),
            "Empty",
        ),
        (
            "with a search that leads away",
            format!(
                "{}<script>function s(){{location.href='/search/index.html'}}</script>",
                headed("<p>暂无信息</p>")
            ),
            "Empty",
        ),
        (
            "a field of a document",
            headed("<table><tr><th>废止时间：</th><td>暂无</td></tr></table>"),
            "Shell",
        ),
        ("a field in one text", headed("<p>文号：暂无</p>"), "Shell"),
        ("behind a hint", headed("<p>提示：暂无信息</p>"), "Empty"),
        (
            "nobody's",
            "<title>某某区</title><p>暂无信息</p>".to_owned(),
            "Shell",
        ),
        (
            "another's",
            format!(
                "<title>某某区</title><h2>人事任免</h2><p>暂无信息</p>{}",
                LONG.repeat(20)
            ),
            "NoList",
        ),
        (
            "a number of many",
            headed("<div>共120条记录</div>"),
            "Shell",
        ),
        (
            "a search",
            "<title>搜索结果</title><h2>通知公告</h2><p>没有找到相关信息</p>".to_owned(),
            "Shell",
        ),
        (
            "not displayed",
            headed("<p style='display:none'>暂无信息</p>"),
            "Shell",
        ),
        (
            "not displayed by the sheet",
            format!(
                "<style>.no{{display:none}}</style>{}",
                headed("<p class=no>暂无信息</p>")
            ),
            "Shell",
        ),
        (
            "a script's to decide",
            headed("<p v-if='!list.length'>暂无信息</p>"),
            "Shell",
        ),
        (
            "a script's to fill in",
            headed("<li>{{item.title}}</li><p>暂无数据</p>"),
            "Shell",
        ),
        (
            "a template",
            headed("<template><p>暂无信息</p></template>"),
            "Shell",
        ),
        (
            "a failing page",
            "<title>404 Not Found</title><h2>通知公告</h2><p>暂无信息</p>".to_owned(),
            "SoftMissing",
        ),
        (
            "works",
            headed("<p>网站升级维护中，暂无信息</p>"),
            "Maintenance",
        ),
    ];
    for (name, body, expected) in cases {
        let (reading, asked) = visit(Aim::Column, "/tzgg/", &[("/tzgg/", body)]);
        assert_eq!(outcome(&reading), expected, "{name}: {asked:?}");
    }
}

#[test]
fn what_nobody_sees_dates_nothing() {
    let new = rows(&["2018-03-17"]);
    let shown = list();
    let hide = |how: &str, what: &str| format!("<title>通知公告</title>{how}<h2>{NAME}</h2>{what}");
    let row = |mark: &str| {
        shown.replace(
            "<ul>",
            &format!("<ul>{}", new.replace("<li>", &format!("<li {mark}>"))),
        )
    };
    let cases = [
        ("by its own style", hide("", &row("style='display:none'"))),
        (
            "by a class of the sheet",
            hide("<style>.hide{display:none}</style>", &row("class=hide")),
        ),
        (
            "by an identifier",
            hide("<style>li#x{visibility:hidden}</style>", &row("id=x")),
        ),
        (
            "by a tag's class",
            hide(
                "<style>\nli.off { display : none !important; }\n</style>",
                &row("class='a off'"),
            ),
        ),
        ("by an attribute", hide("", &row("hidden"))),
        (
            "in a template",
            hide("", &format!("<template><ul>{new}</ul></template>{shown}")),
        ),
        (
            "for readers without scripts",
            hide("", &format!("<noscript><ul>{new}</ul></noscript>{shown}")),
        ),
    ];
    for (name, body) in cases {
        let (reading, _) = visit(Aim::Column, "/tzgg/", &[("/tzgg/", body)]);
        assert_eq!(
            outcome(&reading),
            "2018-03-12",
            "{name}: {:?}",
            noted(&reading)
        );
        assert_eq!(reading.rows.len(), 3, "{name}");
    }
    let seen = [
        (
            "no rule for it",
            hide("<style>.hide{display:none}</style>", &row("class=a")),
        ),
        (
            "shown again",
            hide(
                "<style>.row{display:none}.row.on{display:block}</style>",
                &row("class='row on'"),
            ),
        ),
        (
            "shown by its own style",
            hide(
                "<style>.row{display:none}</style>",
                &row("class=row style='display:block'"),
            ),
        ),
        (
            "only in print",
            hide(
                "<style>@media print{.row{display:none}}</style>",
                &row("class=row"),
            ),
        ),
        (
            "kept from readers aloud",
            hide("", &row("aria-hidden=true")),
        ),
    ];
    for (name, body) in seen {
        let (reading, _) = visit(Aim::Column, "/tzgg/", &[("/tzgg/", body)]);
        assert_eq!(
            outcome(&reading),
            "2018-03-17",
            "{name}: {:?}",
            noted(&reading)
        );
    }
}

#[test]
fn a_list_that_is_hidden_until_a_click_is_read_all_the_same() {
    let pane = |how: &str| {
        format!(
            "<title>通知公告</title><style>.pane{{display:none}}</style><h2>{NAME}</h2><div {how}>{}</div>",
            list()
        )
    };
    for how in ["style='display:none'", "class=pane", "hidden"] {
        let (reading, _) = visit(Aim::Column, "/tzgg/", &[("/tzgg/", pane(how))]);
        assert_eq!(outcome(&reading), "2018-03-12", "{how}");
        let told = noted(&reading)
            .iter()
            .any(|note| note.contains("not displayed"));
        assert!(told, "{how}: {:?}", noted(&reading));
    }
}

#[test]
fn blocks_of_a_home_page_have_their_dates_and_their_names() {
    let short = [("a", "03-12"), ("b", "03-02"), ("c", "12-28")]
        .map(|(n, on)| {
            format!("<li><a href='/k/{n}.html'>关于开展第{n}批检查的通知</a><span>{on}</span></li>")
        })
        .concat();
    let block =
        |name: &str, rows: String| format!("<div class=box><h3>{name}</h3><ul>{rows}</ul></div>");
    let single = |name: &str| {
        format!(
            "<div class=one><h3>{name}</h3><p><a href='/y/{name}1.html'>区政府召开政务公开工作推进会</a> 2018-03-14</p></div>"
        )
    };
    let body = format!(
        "<title>某某区</title>{}{}{}{}",
        block("要闻动态", short),
        single("政务公开"),
        single("人事任免"),
        block("通知公告", rows(&["2018-03-16", "2017-11-02"])),
    );
    let (reading, _) = visit(Aim::Home, "/", &[("/", body.clone())]);
    let blocks: Vec<(&str, Option<String>)> = reading
        .blocks
        .iter()
        .map(|block| {
            (
                block.heading.as_str(),
                block.newest.map(|on| on.to_string()),
            )
        })
        .collect();
    let on = |on: &str| Some(on.to_owned());
    let expected = [
        ("要闻动态", on("2018-03-12")),
        ("政务公开", on("2018-03-14")),
        ("人事任免", on("2018-03-14")),
        ("通知公告", on("2018-03-16")),
    ];
    assert_eq!(blocks, expected, "{body}");
    assert_eq!(outcome(&reading), "2018-03-16");
}

#[test]
fn behind_an_entrance_stand_rows_and_blocks() {
    let menu = "<title>某某区</title><a href='/gzdt/'>工作动态</a><a href='/tzgg/'>通知公告</a><a href='/zwgk/'>信息公开</a>".to_owned();
    let column = |name: &str, dates: &[&str]| {
        format!(
            "<title>{name}-某某区</title><div class=m><h2>{name}</h2><ul>{}</ul></div>",
            rows(dates)
        )
    };
    let site = [
        ("/", menu),
        ("/gzdt/", column("工作动态", &["2018-03-12", "2018-03-02"])),
        ("/tzgg/", column("通知公告", &["2017-11-02", "2017-10-02"])),
    ];
    let (reading, asked) = visit(Aim::Home, "/", &site);
    assert_eq!(asked, ["/gzdt/", "/tzgg/", "/zwgk/"]);
    assert_eq!(outcome(&reading), "2018-03-12");
    let blocks: Vec<(&str, Option<String>)> = reading
        .blocks
        .iter()
        .map(|block| {
            (
                block.heading.as_str(),
                block.newest.map(|on| on.to_string()),
            )
        })
        .collect();
    let expected = [
        ("工作动态", Some("2018-03-12".to_owned())),
        ("通知公告", Some("2017-11-02".to_owned())),
    ];
    assert_eq!(blocks, expected);
    assert_eq!(reading.rows.len(), 4);
    // A splash leads to the home page proper, and that is read like any.
    let home = format!(
        "<title>某某区</title><div class=a><h3>要闻动态</h3>{}</div><div class=b><h3>通知公告</h3><ol>{}</ol></div>",
        list(),
        rows(&["2017-11-02", "2017-10-02"])
    );
    let splash = "<title>某某区</title><a href='/main.html'><img src=a.jpg alt=进入网站></a><a href='/en/'>English</a>".to_owned();
    let (reading, _) = visit(Aim::Home, "/", &[("/", splash), ("/main.html", home)]);
    assert_eq!(outcome(&reading), "2018-03-12");
    let headings: Vec<&str> = reading
        .blocks
        .iter()
        .map(|block| block.heading.as_str())
        .collect();
    assert_eq!(headings, ["要闻动态", "通知公告"]);
    // One that leads to a page of mere links is read one level deeper.
    let enter = "<title>某某区</title><a href='/main.html'>进入网站</a>".to_owned();
    let menu = "<title>某某区</title><a href='/gzdt/'>工作动态</a><a href='/tzgg/'>通知公告</a>"
        .to_owned();
    let deep = [
        ("/", enter),
        ("/main.html", menu),
        ("/gzdt/", column("工作动态", &["2018-03-12", "2018-03-02"])),
    ];
    let (reading, asked) = visit(Aim::Home, "/", &deep);
    assert_eq!(outcome(&reading), "2018-03-12", "{asked:?}");
}

/// What is asked of every text or every element of a page is asked in bounded time.
#[test]
fn hostile_pages_take_no_longer_for_it() {
    let menu = format!("<nav>{}</nav>", format!("<i>{NAME}</i> ").repeat(50_000));
    let rules: String = (0..1_000)
        .map(|n| format!(".a.b{n}{{display:none}}"))
        .collect();
    let classed = "<i class='a c'>x</i>".repeat(50_000);
    let rows = |folder: &str| {
        (0..8_000)
            .map(|n| format!("<li><a href='/{folder}/{n}.html'>关于检查的通知</a>2018-03-12</li>"))
            .collect::<String>()
    };
    let many = format!(
        "<h3>热点</h3><ul class=a>{}</ul><h2>{NAME}</h2><ul>{}</ul>",
        rows("a"),
        rows("b")
    );
    let lists =
        "<p>热点</p><ul><li><a href='/1.html'>关于检查的通知</a>2018-03-12</ul>".repeat(5_000);
    let pages = [
        format!("<title>某某区</title>{menu}<p>暂无信息</p>"),
        format!("<style>{rules}</style>{classed}"),
        many,
        lists,
    ];
    for body in pages {
        let began = std::time::Instant::now();
        let _ = visit(Aim::Column, "/tzgg/", &[("/tzgg/", body.clone())]);
        let taken = began.elapsed();
        assert!(taken.as_secs() < 60, "{taken:?}: {:.60}", body);
    }
}
