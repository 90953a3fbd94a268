//! The kinds of list pages that government sites serve, one made-up page each, by the row of the
//! ranked table and the trap which it stands for: what is read is the newest item, or the reason
//! why none is.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use url::Url;
use wangxun::config::read_rules::parse;
use wangxun::domain::finding::Finding;
use wangxun::domain::page::Page;
use wangxun::extract::{Aim, Answer, More, Pages, Reader, Reading, Recipe};

#[path = "support/noted.rs"]
mod noted;

use noted::noted;

const NAME: &str = "通知公告";
const TITLES: [&str; 5] = [
    "关于开展网站检查工作的通知",
    "关于印发年度工作要点的通知",
    "关于公布行政许可事项目录的公告",
    "关于召开政务公开工作推进会的通知",
    "关于做好春季防火工作的紧急通知",
];
const DAYS: [&str; 5] = [
    "2018-03-06",
    "2018-03-01",
    "2018-02-11",
    "2018-01-30",
    "2017-12-20",
];

fn url(path: &str) -> Url {
    Url::parse("http://www.example.gov.cn")
        .and_then(|base| base.join(path))
        .expect("an address")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// Rows of a template: `{t}` title, `{n}` number, `{d}` day, `{ymd}`, `{ym}`, `{y}`, `{m}`, `{j}`
/// parts of the day without signs or noughts, `{ms}` the moment in milliseconds.
fn rows(template: &str) -> String {
    rows_of(template, &DAYS)
}

fn rows_of(template: &str, days: &[&str]) -> String {
    let rows = TITLES.iter().zip(days).enumerate();
    rows.map(|(n, (title, on))| {
        let on = day(on);
        let noon = on.and_hms_opt(4, 0, 0).expect("a time");
        template
            .replace("{t}", title)
            .replace("{n}", &(41_000 - n).to_string())
            .replace("{d}", &on.to_string())
            .replace("{ymd}", &on.format("%Y%m%d").to_string())
            .replace("{ym}", &on.format("%Y%m").to_string())
            .replace("{y}", &on.format("%Y").to_string())
            .replace("{m}", &on.format("%-m").to_string())
            .replace("{j}", &on.format("%-d").to_string())
            .replace("{ms}", &noon.and_utc().timestamp_millis().to_string())
    })
    .collect()
}

fn html(body: &str) -> String {
    format!(
        "<html><head><meta charset=utf-8><title>{NAME}_某某区人民政府</title></head><body>\
         <div class=header>今天是2018年3月18日 星期日</div>{body}\
         <div class=footer>主办：某某区人民政府 版权所有 2012-2018</div></body></html>"
    )
}

fn ul(rows: &str) -> String {
    html(&format!("<div class=main><ul>{rows}</ul></div>"))
}

type Site = Vec<(&'static str, Vec<u8>)>;

/// Reads a column's page of a site, in which what is asked for comes where the site has it.
fn visit(site: &Site, read: Option<&str>) -> (Reading, Vec<String>) {
    let page = |path: &str, body: &[u8]| Page {
        url: url(path),
        status: 200,
        content_type: None,
        body: body.to_vec(),
    };
    let (path, first) = site.first().expect("a page");
    let recipe = Recipe {
        column_name: Some(NAME.to_owned()),
        home: Some(url("/")),
        asked: Some(url(path)),
        read: read.map(|toml| parse(toml).unwrap_or_else(|faults| panic!("{toml}: {faults}"))),
        ..Recipe::of(Aim::Column)
    };
    let mut pages = Pages {
        first: page(path, first),
        more: BTreeMap::new(),
    };
    let mut reader = Reader::new(recipe, day("2018-03-18"));
    let mut asked = Vec::new();
    for _ in 0..8 {
        match reader.read(&pages) {
            Answer::Found(reading) => return (*reading, asked),
            Answer::Need(urls) => {
                for one in urls {
                    let target = match one.query() {
                        Some(query) => format!("{}?{query}", one.path()),
                        None => one.path().to_owned(),
                    };
                    let known = site
                        .iter()
                        .find(|(at, _)| *at == target || *at == one.path());
                    let more = known.map_or(More::Failed, |(at, body)| More::Page(page(at, body)));
                    asked.push(target);
                    pages.more.insert(one, more);
                }
            }
        }
    }
    panic!("the reader comes to no end");
}

fn outcome(reading: &Reading) -> String {
    match &reading.finding {
        Finding::Dated(update) => format!("{} {:?}", update.on, update.basis),
        Finding::Unreadable(why) => format!("{why:?}"),
        Finding::Undated(why) => format!("{why:?}"),
        Finding::Empty => "Empty".to_owned(),
    }
}

fn check(cases: Vec<(&str, Site, &str)>) {
    for (name, site, expected) in cases {
        let (reading, asked) = visit(&site, None);
        assert_eq!(
            outcome(&reading),
            expected,
            "{name}: {asked:?} {:?}",
            noted(&reading)
        );
    }
}

fn one(path: &'static str, body: impl Into<Vec<u8>>) -> Site {
    vec![(path, body.into())]
}

const ROW: &str = "<li><a href='/tzgg/{n}.html'>{t}</a><span>{d}</span></li>";
const BARE: &str = "<li><a href='/tzgg/{n}.html'>{t}</a></li>";
const NEWEST: &str = "2018-03-06 ListRow";

fn article(head: &str, dated: &str) -> Vec<u8> {
    let text = "各有关单位要按照要求认真做好本职工作，确保各项任务落到实处。".repeat(8);
    format!("<html><head><meta charset=utf-8>{head}<title>通知</title></head><body><h1>关于开展网站检查工作的通知</h1>{dated}<p>{text}</p></body></html>")
        .into_bytes()
}

#[test]
fn row_1_static_rows_in_every_container() {
    let containers = [
        ("li", "<ul>{}</ul>", ROW),
        (
            "tr",
            "<table>{}</table>",
            "<tr><td><a href='/tzgg/{n}.html'>{t}</a></td><td>{d}</td></tr>",
        ),
        (
            "div",
            "<div>{}</div>",
            "<div class=r><a href='/tzgg/{n}.html'>{t}</a><em>{d}</em></div>",
        ),
        (
            "a",
            "<div>{}</div>",
            "<a href='/tzgg/{n}.html'><p>{t}</p><p>{d}</p></a>",
        ),
        (
            "h4",
            "<div>{}</div>",
            "<h4><a href='/tzgg/{n}.html'>{t}</a><span>{d}</span></h4>",
        ),
        (
            "dl",
            "<dl>{}</dl>",
            "<dt><a href='/tzgg/{n}.html'>{t}</a></dt><dd>{d}</dd>",
        ),
        (
            "font",
            "<div>{}</div>",
            "<font>·</font><a href='/tzgg/{n}.html'>{t}</a><font>[{d}]</font><br>",
        ),
        (
            "one list per row",
            "<div>{}</div>",
            "<ul><li><a href='/tzgg/{n}.html'>{t}</a></li><li>{d}</li></ul>",
        ),
        (
            "cards with a line of labels",
            "<div>{}</div>",
            "<a class=c href='/tzgg/{n}.html'><h3>{t}</h3><p>根据2018年3月15日会议精神，现将有关事项通知如下。</p><p>发布时间：{d} 来源：区政府办</p></a>",
        ),
        (
            "flag, document number, and day",
            "<ul>{}</ul>",
            "<li><i class=flag>√</i><a href='/tzgg/{n}.html'>{t}</a><span>〔2018〕{n}号</span><b class=u_time>{d}</b></li>",
        ),
    ];
    let cases = containers.map(|(name, around, row)| {
        let body = around.replace("{}", &rows(row));
        (
            name,
            one("/tzgg/", html(&format!("<div class=main>{body}</div>"))),
            NEWEST,
        )
    });
    check(cases.into());
}

#[test]
fn row_2_dates_in_addresses_and_on_articles() {
    let list = |href: &str| ul(&rows(&format!("<li><a href='{href}'>{{t}}</a></li>")));
    let asked = |head: &str, dated: &str| {
        vec![
            ("/tzgg/", ul(&rows(BARE)).into_bytes()),
            ("/tzgg/41000.html", article(head, dated)),
        ]
    };
    check(vec![
        (
            "t-date",
            one("/tzgg/", list("./{ym}/t{ymd}_{n}.html")),
            "2018-03-06 UrlPath",
        ),
        (
            "/art/Y/M/D/",
            one(
                "/col/col7/index.html",
                list("/art/{y}/{m}/{j}/art_7_{n}.html"),
            ),
            "2018-03-06 UrlPath",
        ),
        (
            "YYYYMMDD folders",
            one(
                "/tzgg/",
                list("/tzgg/{ymd}/0f1e2d3c4b5a69788796a5b4c3d2{n}.html"),
            ),
            "2018-03-06 UrlPath",
        ),
        (
            "meta PubDate",
            asked("<meta name=PubDate content='2018-03-06 10:20'>", ""),
            "2018-03-06 ArticleMeta",
        ),
        (
            "a meta with a leading blank",
            asked("<meta name=' pubdate ' content='2018-03-06'>", ""),
            "2018-03-06 ArticleMeta",
        ),
        (
            "PubDate with a dash before the time",
            asked("<meta name=PubDate content='2018-03-06-10:20:30'>", ""),
            "2018-03-06 ArticleMeta",
        ),
        (
            "a label",
            asked("", "<p>发布时间：2018-03-06 浏览：15</p>"),
            "2018-03-06 ArticleLabel",
        ),
        (
            "信息提供日期",
            asked("", "<p>信息提供日期：2018年3月6日</p>"),
            "2018-03-06 ArticleLabel",
        ),
        (
            "a disclosure table",
            asked(
                "",
                "<table><tr><th>索引号</th><td>2018-02-00018</td><th>成文日期</th><td>2018-03-01</td></tr><tr><th>发布日期</th><td>2018-03-06</td></tr></table>",
            ),
            "2018-03-06 ArticleLabel",
        ),
        (
            "glued labels",
            asked("", "<p>来源：区政府办发布时间：2018-03-06分享</p>"),
            "2018-03-06 ArticleLabel",
        ),
        (
            "parts in elements",
            asked(
                "",
                "<p>发布日期：<span>2018</span>年<i>3</i>月<i>6</i>日</p>",
            ),
            "2018-03-06 ArticleLabel",
        ),
        (
            "a tag of its own",
            asked("", "<publishtime>2018-03-06 10:20</publishtime>"),
            "2018-03-06 ArticleLabel",
        ),
        (
            "a variable of a script",
            asked("<script>var __$pubtime='2018-03-06';</script>", ""),
            "2018-03-06 Script",
        ),
        (
            "another variable",
            asked("<script>var fbrq = \"2018年3月6日\";</script>", ""),
            "2018-03-06 Script",
        ),
        (
            "the generation time alone",
            asked(
                "<meta name=HtmlGenerateTime content='2018-03-17 10:20'>",
                "<p>页面生成时间：2018-03-17</p>",
            ),
            "NoDates",
        ),
    ]);
}

#[test]
fn row_4_records_of_hanweb() {
    let record = "<record><![CDATA[<li><a href='/art/{y}/{m}/{j}/art_7_{n}.html'>{t}</a><span>{d}</span></li>]]></record>";
    let table = "<record><![CDATA[<table><tr><td><a href='/art/x/{n}.html'>{t}</a></td><td width=100>{d}</td></tr></table>]]></record>";
    let island = |record: &str| {
        html(&format!(
            "<div id=d><script type='text/xml'><datastore><nextgroup><![CDATA[<a href='/module/jpage/dataproxy.jsp?page=1'></a>]]></nextgroup><recordset>{}</recordset></datastore></script></div>",
            rows(record)
        ))
    };
    let answer = format!(
        "<?xml version='1.0' encoding='utf-8'?><datastore><totalrecord>5</totalrecord><recordset>{}</recordset></datastore>",
        rows(record)
    );
    check(vec![
        (
            "in a script",
            one("/col/col7/index.html", island(record)),
            "2018-03-06 Script",
        ),
        (
            "a table in each",
            one("/col/col7/index.html", island(table)),
            "2018-03-06 Script",
        ),
        (
            "the answer itself",
            one("/module/web/jpage/dataproxy.jsp?col=1&columnid=7", answer),
            NEWEST,
        ),
    ]);
}

#[test]
fn row_5_encodings() {
    let (gbk, _, _) = encoding_rs::GBK.encode("关于检查工作的通知公告");
    let row = |n: usize, on: &str| {
        let mut row = format!("<li><a href='/tzgg/{n}.html'>").into_bytes();
        row.extend_from_slice(&gbk);
        row.extend_from_slice(format!("</a><span>[{on}]</span></li>").as_bytes());
        row
    };
    let page = |meta: &str| {
        let mut page = format!("<html><head>{meta}</head><body><ul>").into_bytes();
        for (n, on) in DAYS.iter().enumerate() {
            page.extend(row(n, on));
        }
        page.extend_from_slice(b"</ul></body></html>");
        page
    };
    check(vec![
        (
            "declared",
            one("/tzgg/", page("<meta charset=gb2312>")),
            NEWEST,
        ),
        ("not declared", one("/tzgg/", page("")), NEWEST),
        (
            "declared as another",
            one("/tzgg/", page("<meta charset=utf-8>")),
            NEWEST,
        ),
        (
            "the error page's",
            one("/tzgg/", page("<meta charset=iso-8859-1>")),
            NEWEST,
        ),
    ]);
}

#[test]
fn row_6_shells_and_frames() {
    let list = || ul(&rows(ROW)).into_bytes();
    let leads = |shell: &str| {
        vec![
            ("/tzgg/", shell.as_bytes().to_vec()),
            ("/new/tzgg.html", list()),
        ]
    };
    check(vec![
        (
            "meta refresh",
            leads("<meta http-equiv=refresh content=\"0; url='/new/tzgg.html'\">"),
            NEWEST,
        ),
        (
            "location.href",
            leads("<script>location.href='/new/tzgg.html'</script>"),
            NEWEST,
        ),
        (
            "location.replace",
            leads("<script>window.location.replace(\"/new/tzgg.html\")</script>"),
            NEWEST,
        ),
        (
            "a frame",
            leads(
                "<html><body><iframe src='/new/tzgg.html' width=800 height=600></iframe></body></html>",
            ),
            NEWEST,
        ),
        (
            "a set of frames",
            leads(
                "<html><frameset rows='90,*'><frame src=/top.html><frame src=/new/tzgg.html></frameset></html>",
            ),
            NEWEST,
        ),
        (
            "a shell that leads nowhere",
            one("/tzgg/", "<html><body><div id=app></div></body></html>"),
            "Shell",
        ),
        ("13 bytes", one("/tzgg/", "<html></html>"), "Shell"),
    ]);
}

#[test]
fn row_7_units_of_jpaas() {
    let data = format!(
        "{{\"success\":true,\"data\":{{\"html\":{}}}}}",
        serde_json::Value::String(rows(ROW))
    );
    let unit = |kind: &str| {
        html(&format!(
            "<div class=main><script parseType='{kind}' url='/api-gateway/jpaas-publish-server/front/page/build/unit' querydata=\"{{'webId':'1','pageId':'2','columnId':'3'}}\"></script></div>"
        ))
    };
    let site = |kind: &str| {
        vec![
            ("/tzgg/", unit(kind).into_bytes()),
            (
                "/api-gateway/jpaas-publish-server/front/page/build/unit",
                data.clone().into_bytes(),
            ),
        ]
    };
    check(vec![
        ("bulidstatic", site("bulidstatic"), "2018-03-06 Script"),
        ("buildstatic", site("buildstatic"), "2018-03-06 Script"),
    ]);
}

#[test]
fn row_8_data_by_presets_and_paths() {
    let objects = |object: &str| rows(object).trim_end_matches(',').to_owned();
    let cases = [
        (
            "ucap",
            "json = \"ucap\"",
            format!(
                "{{\"data\":{{\"results\":[{}]}}}}",
                objects(
                    "{\"title\":\"{t}\",\"url\":\"/c1/{n}.shtml\",\"publishedTimeStr\":\"{d} 10:20:30\"},"
                )
            ),
        ),
        (
            "gkmlpt",
            "json = \"gkmlpt\"",
            format!(
                "{{\"articles\":[{}]}}",
                objects(
                    "{\"title\":\"{t}\",\"url\":\"/gkmlpt/{n}.html\",\"display_publish_time\":{ms}},"
                )
            ),
        ),
        (
            "xinhua",
            "json = \"xinhua\"",
            format!(
                "{{\"datasource\":[{}]}}",
                objects(
                    "{\"title\":\"{t}\",\"publishUrl\":\"/{ymd}/{n}/c.html\",\"publishTime\":\"{d} 10:20\"},"
                )
            ),
        ),
        (
            "jpaas",
            "json = \"jpaas\"",
            format!(
                "{{\"data\":{{\"html\":{}}}}}",
                serde_json::Value::String(rows(ROW))
            ),
        ),
        (
            "hanweb-dataproxy",
            "json = \"hanweb-dataproxy\"",
            format!(
                "<datastore><recordset>{}</recordset></datastore>",
                rows("<record><![CDATA[<li><a href='/{n}.html'>{t}</a>{d}</li>]]></record>")
            ),
        ),
        (
            "a callback around it, moments in milliseconds",
            "json = { rows = \"list\", title = \"messageType\", url = \"href\", date = \"createDate\" }",
            format!(
                "back({{\"list\":[{}]}})",
                objects("{\"messageType\":\"{t}\",\"href\":\"/{n}.html\",\"createDate\":{ms}},")
            ),
        ),
        (
            "a piece of a page by a path",
            "json = { html = \"data.body\" }",
            format!(
                "{{\"data\":{{\"body\":{}}}}}",
                serde_json::Value::String(rows(ROW))
            ),
        ),
    ];
    for (name, rules, body) in cases {
        let (reading, _) = visit(&one("/data/list.json", body), Some(rules));
        assert_eq!(
            outcome(&reading),
            "2018-03-06 OwnRules",
            "{name}: {:?}",
            noted(&reading)
        );
    }
}

#[test]
fn row_9_written_rows_arrays_and_parted_dates() {
    let escaped = |text: &str| {
        let percent = |b: u8| format!("%{b:02X}");
        text.bytes().map(percent).collect::<String>()
    };
    let written =
        rows("document.writeln(\"<li><a href='/{n}.html'>{t}</a><span>{d}</span></li>\");");
    let plain = escaped(
        "<li><a href='/1.html'>notice of the office number one</a><span>2018-03-06</span></li><li><a href='/2.html'>notice of the office number two</a><span>2018-02-06</span></li><li><a href='/3.html'>notice of the office number three</a><span>2018-01-06</span></li>",
    );
    let arrays = rows("list.push(['{t}','/{n}.html','{d}']);");
    check(vec![
        (
            "document.writeln",
            one(
                "/tzgg/",
                html(&format!("<ul><script>{written}</script></ul>")),
            ),
            "2018-03-06 Script",
        ),
        (
            "percent-encoded",
            one(
                "/tzgg/",
                html(&format!(
                    "<ul><script>document.write(unescape('{plain}'))</script></ul>"
                )),
            ),
            "2018-03-06 Script",
        ),
        (
            "arrays",
            one(
                "/tzgg/",
                html(&format!("<script>var list=[];{arrays}</script>")),
            ),
            "2018-03-06 Script",
        ),
        (
            "no year, in the year",
            one(
                "/tzgg/",
                ul(&rows_of(
                    "<li><a href='/tzgg/{n}.html'>{t}</a><span>{m}-{j}</span></li>",
                    &["2018-03-06", "2018-03-01", "2018-02-11"],
                )
                .replace("3-6", "03-06")
                .replace("3-1<", "03-01<")
                .replace("2-11", "02-11")),
            ),
            NEWEST,
        ),
        (
            "the day above the month",
            one(
                "/tzgg/",
                ul(&rows(
                    "<li><b>{j}</b><i>{y}年{m}月</i><a href='/tzgg/{n}.html'>{t}</a></li>",
                )),
            ),
            NEWEST,
        ),
        (
            "every part in an element",
            one(
                "/tzgg/",
                ul(&rows(
                    "<li><a href='/tzgg/{n}.html'>{t}</a><i>{y}</i>-<i>{m}</i>-<i>{j}</i></li>",
                )),
            ),
            NEWEST,
        ),
        (
            "days as headings",
            one(
                "/tzgg/",
                html(&format!(
                    "<div class=main>{}</div>",
                    rows(
                        "<h3>{d}</h3><ul><li><a href='/tzgg/{n}.html'>{t}</a></li><li><a href='/tzgg/1{n}.html'>{t}（二）</a></li></ul>"
                    )
                )),
            ),
            NEWEST,
        ),
    ]);
}

#[test]
fn row_10_selectors_by_hand() {
    let body = html(&format!(
        "<div class=odd>{}</div>",
        rows("<p><a href='/tzgg/{n}.html'>{t}</a><q>{y} {m} {j}</q></p>")
    ));
    let rules = "row = \"div.odd > p\"\ntitle = \"a\"\ndate = \"q\"\ndate_format = \"%Y %m %d\"";
    let (reading, _) = visit(&one("/tzgg/", body), Some(rules));
    assert_eq!(outcome(&reading), "2018-03-06 OwnRules");
}

#[test]
fn traps_of_rows() {
    let old = rows_of(
        ROW,
        &["2016-05-06", "2016-05-01", "2016-04-11", "2016-03-30"],
    );
    let with = |more: &str| one("/tzgg/", ul(&format!("{more}{old}")));
    let row = |attributes: &str, title: &str, on: &str| {
        format!("<li {attributes}><a href='/tzgg/9.html'>{title}</a><span>{on}</span></li>")
    };
    let old_rows = "2016-05-06 ListRow";
    check(vec![
        (
            "a row whose mark is empty",
            with(
                "<li><i class=flag></i><a href='/tzgg/9.html'>关于撤回文件的通知</a><span>2018-03-06</span></li>",
            ),
            old_rows,
        ),
        (
            "a row that is not displayed",
            with(&row(
                "style='display:none'",
                "关于撤回文件的通知",
                "2018-03-06",
            )),
            old_rows,
        ),
        (
            "a pinned row",
            with(&row("", "[置顶]关于网站改版的公告", "2015-03-06")),
            old_rows,
        ),
        (
            "a head as the first row",
            one(
                "/tzgg/",
                html(&format!(
                    "<table><tr><td>标题</td><td>发布日期</td></tr>{}</table>",
                    rows("<tr><td><a href='/tzgg/{n}.html'>{t}</a></td><td>{d}</td></tr>")
                )),
            ),
            NEWEST,
        ),
        (
            "onclick alone",
            one(
                "/tzgg/",
                html(&format!(
                    "<table>{}</table>",
                    rows("<tr onclick=\"queryDetail('{n}')\"><td>{t}</td><td>{d}</td></tr>")
                )),
            ),
            NEWEST,
        ),
        (
            "a link off the site",
            with(
                "<li><a href='https://mp.weixin.qq.com/s/x'>区领导检查节日安全工作</a><span>2018-03-06</span></li>",
            ),
            NEWEST,
        ),
        (
            "files as rows",
            one(
                "/tzgg/",
                ul(&rows(
                    "<li><a href='/f/{n}.pdf'>{t}</a><span>{d}</span></li>",
                )),
            ),
            NEWEST,
        ),
        (
            "titles cut short",
            one(
                "/tzgg/",
                ul(&rows(
                    "<li><a href='/tzgg/{n}.html' title='{t}'>关于...</a><span>{d}</span></li>",
                )),
            ),
            NEWEST,
        ),
        (
            "rows without links",
            one(
                "/tzgg/",
                html(&format!(
                    "<table>{}</table>",
                    rows("<tr><td>{t}</td><td>{d}</td></tr>").repeat(3)
                )),
            ),
            "NoList",
        ),
    ]);
}

#[test]
fn traps_of_dates() {
    let old = ["2016-05-06", "2016-05-01", "2016-04-11", "2016-03-30"];
    let list = |row: &str| one("/tzgg/", ul(&rows_of(row, &old)));
    let table = |heads: &str, row: &str| {
        let rows = rows_of(row, &old);
        one(
            "/tzgg/",
            html(&format!("<table><tr>{heads}</tr>{rows}</table>")),
        )
    };
    let beside = |more: &str| {
        one(
            "/tzgg/",
            html(&format!(
                "{more}<div class=main><ul>{}</ul></div>",
                rows_of(ROW, &old)
            )),
        )
    };
    let title = "<a href='/tzgg/{n}.html'>{t}</a>";
    let right = "2016-05-06 ListRow";
    check(vec![
        (
            "index numbers",
            table(
                "<th>索引号</th><th>名称</th><th>发布日期</th>",
                &format!("<tr><td>2018-02-000{{j}}</td><td>{title}</td><td>{{d}}</td></tr>"),
            ),
            right,
        ),
        (
            "document numbers",
            list(&format!(
                "<li>{title}<em>〔2018〕28号</em><span>{{d}}</span></li>"
            )),
            right,
        ),
        (
            "a date in the title",
            list("<li><a href='/tzgg/{n}.html'>2018年3月16日天气预报</a><span>{d}</span></li>"),
            right,
        ),
        (
            "a deadline in the title",
            list("<li><a href='/tzgg/{n}.html'>{t}（截止2018-03-16）</a><span>{d}</span></li>"),
            right,
        ),
        (
            "the clock of the page",
            beside("<div id=clock>今天是2018年3月18日 星期日 08:00:01</div>"),
            right,
        ),
        (
            "weather",
            beside(
                "<ul><li><a href=/w/1>今天 2018-03-18 晴转多云 3-12度</a></li><li><a href=/w/2>明天 2018-03-19 小雨 3-12度</a></li></ul>",
            ),
            right,
        ),
        (
            "a counter and the copyright",
            beside("<p>您是第20180317位访客 版权所有 2012-2018</p>"),
            right,
        ),
        (
            "beginning and end of an inquiry",
            table(
                "<th>名称</th><th>开始时间</th><th>截止时间</th><th>发布时间</th>",
                &format!(
                    "<tr><td>{title}</td><td>2018-03-01</td><td>2018-03-17</td><td>{{d}}</td></tr>"
                ),
            ),
            right,
        ),
        (
            "asked and answered",
            table(
                "<th>标题</th><th>来信时间</th><th>答复时间</th>",
                &format!("<tr><td>{title}</td><td>2018-03-15</td><td>{{d}}</td></tr>"),
            ),
            right,
        ),
        (
            "a future date",
            beside(
                "<ul><li><a href=/tzgg/9.html>关于召开推进会议的通知</a><span>2028-03-15</span></li></ul>",
            ),
            right,
        ),
        (
            "a time of the list itself",
            beside("<p>栏目更新时间：2018-03-17</p>"),
            right,
        ),
        (
            "a calendar",
            beside(
                "<table class=cal><tr><td><a href=/c?d=2018-03-15 title=2018-03-15>15</a></td><td><a href=/c?d=2018-03-16 title=2018-03-16>16</a></td><td><a href=/c?d=2018-03-17 title=2018-03-17>17</a></td></tr></table>",
            ),
            right,
        ),
    ]);
}

#[test]
fn pages_that_answer_and_are_no_lists() {
    let none = |body: &str| one("/tzgg/", body.as_bytes().to_vec());
    check(vec![
        (
            "瑞数",
            none(
                "<html><head><meta content=x><script>$_ts=window['$_ts'];</script></head><body></body></html>",
            ),
            "Challenge",
        ),
        (
            "加速乐",
            none(
                "<script>document.cookie='__jsl_clearance_s=1';location.href=location.pathname</script>",
            ),
            "Challenge",
        ),
        (
            "WZWS",
            none("<html><body><script>var wzws_cid='x'</script></body></html>"),
            "Challenge",
        ),
        (
            "a firewall in words",
            none("<html><body><p>您的请求疑似攻击行为！</p></body></html>"),
            "Challenge",
        ),
        (
            "does not exist",
            none("<html><body><p>温馨提示：您访问的页面不存在或已删除</p></body></html>"),
            "SoftMissing",
        ),
        (
            "an answer of a search",
            none("{\"ok\":false,\"code\":500}"),
            "Shell",
        ),
        (
            "a picture that says so",
            none("<html><body><img src=/images/x.jpg alt=系统维护升级公告></body></html>"),
            "Maintenance",
        ),
        (
            "a picture whose name says so",
            none(
                "<html><head><title>某某区</title></head><body><center><img src='/images/weihu.png'></center></body></html>",
            ),
            "Maintenance",
        ),
        (
            "a picture of a lost page",
            none("<html><body><img src='/images/404.png'></body></html>"),
            "SoftMissing",
        ),
        (
            "a picture alone",
            none(
                "<html><head><title>某某区</title></head><body><img src='/images/gg2018.jpg'></body></html>",
            ),
            "PictureOnly",
        ),
        (
            "one article",
            one("/tzgg/", article("", "<p>发布时间：2018-03-06</p>")),
            "Article",
        ),
        (
            "an empty column",
            none(
                "<html><head><title>通知公告</title></head><body><h2>通知公告</h2><p>暂无信息</p></body></html>",
            ),
            "Empty",
        ),
    ]);
}
