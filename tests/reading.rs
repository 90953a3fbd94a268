//! The reader through its public door: traps of real pages in small, needs and budgets, pages that
//! are no pages, and hostile input.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;
use url::Url;
use wangxun::domain::finding::{Basis, Finding, Undated, Unreadable};
use wangxun::domain::page::Page;
use wangxun::extract::{Aim, Answer, More, PageKind, Pages, Reader, Reading, Recipe, read};

#[path = "support/noted.rs"]
mod noted;

use noted::noted;

fn today() -> NaiveDate {
    "2018-03-18".parse().expect("a date")
}

fn url(path: &str) -> Url {
    Url::parse("http://www.example.gov.cn")
        .and_then(|base| base.join(path))
        .expect("an address")
}

fn page(path: &str, body: impl Into<Vec<u8>>) -> Page {
    Page {
        url: url(path),
        status: 200,
        content_type: Some("text/html; charset=utf-8".into()),
        body: body.into(),
    }
}

fn pages(body: impl Into<Vec<u8>>) -> Pages {
    Pages {
        first: page("/xxgk/tzgg.html", body),
        more: BTreeMap::new(),
    }
}

fn recipe(aim: Aim) -> Recipe {
    Recipe::of(aim)
}

fn answer(body: &str, aim: Aim) -> Answer {
    read(&pages(body), &recipe(aim), today())
}

fn found(answer: Answer) -> Reading {
    match answer {
        Answer::Found(reading) => *reading,
        Answer::Need(urls) => panic!("a finding was expected, not a need of {urls:?}"),
    }
}

fn needed(answer: Answer) -> Vec<String> {
    match answer {
        Answer::Need(urls) => urls.into_iter().map(|url| url.path().to_owned()).collect(),
        Answer::Found(reading) => panic!("a need was expected, not {:?}", reading.finding),
    }
}

fn newest(reading: &Reading) -> Option<(String, Basis)> {
    match &reading.finding {
        Finding::Dated(update) => Some((update.on.to_string(), update.basis)),
        _ => None,
    }
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

/// Five rows of a template with `{t}` for the title, `{n}` for a number, and `{d}` for the date.
fn rows(template: &str) -> String {
    rows_dated(template, &DAYS)
}

fn rows_dated(template: &str, days: &[&str]) -> String {
    TITLES
        .iter()
        .zip(days)
        .enumerate()
        .map(|(n, (title, date))| {
            let parts: Vec<&str> = date.split('-').collect();
            template
                .replace("{t}", title)
                .replace("{n}", &n.to_string())
                .replace("{d}", date)
                .replace("{y}", parts[0])
                .replace("{m}", parts.get(1).copied().unwrap_or_default())
                .replace("{dd}", parts.get(2).copied().unwrap_or_default())
        })
        .collect()
}

#[test]
fn the_date_of_a_row_is_found_wherever_it_stands() {
    let cases: [(&str, String); 26] = [
        (
            "behind the link",
            format!(
                "<ul>{}</ul>",
                rows("<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>")
            ),
        ),
        (
            "before the link",
            format!(
                "<ul>{}</ul>",
                rows("<li><span>[{d}]</span><a href='/x/{n}.html'>{t}</a></li>")
            ),
        ),
        (
            "inside the link",
            format!(
                "<ul>{}</ul>",
                rows("<li><a href='/x/{n}.html'><i>{d}</i>{t}</a></li>")
            ),
        ),
        (
            "at the end of the link",
            format!(
                "<ul>{}</ul>",
                rows("<li><a href='/x/{n}.html'>{t} [{d}]</a></li>")
            ),
        ),
        (
            "bare text",
            format!(
                "<ul>{}</ul>",
                rows("<li>· <a href='/x/{n}.html'>{t}</a> {d}</li>")
            ),
        ),
        (
            "table cells",
            format!(
                "<table>{}</table>",
                rows(
                    "<tr><td>{n}</td><td><a href='/x/{n}.html'>{t}</a></td><td>区政府办公室</td><td>{d}</td></tr>"
                )
            ),
        ),
        (
            "date as a second link",
            format!(
                "<table>{}</table>",
                rows(
                    "<tr><td><a href='/x/{n}.html'>{t}</a></td><td><a href='/x/{n}.html'>{d}</a></td></tr>"
                )
            ),
        ),
        (
            "bare links and breaks",
            format!(
                "<div>{}</div>",
                rows("<a href='/x/{n}.html'>{t}</a> ({d})<br>")
            ),
        ),
        (
            "bare links, date first",
            format!(
                "<div>{}</div>",
                rows("({d}) <a href='/x/{n}.html'>{t}</a><br>")
            ),
        ),
        (
            "divisions",
            format!(
                "<div>{}</div>",
                rows(
                    "<div class=zt><div><a href='/x/{n}.html'>{t}</a></div><div class=time>{d} </div></div>"
                )
            ),
        ),
        (
            "headings",
            format!(
                "<div>{}</div>",
                rows(
                    "<div><h4><a href='/x/{n}.html'>{t}</a></h4><span>{d}</span><p>3月18日，全区召开了一次会议，研究部署了有关工作任务和要求。</p></div>"
                )
            ),
        ),
        (
            "definition list",
            format!(
                "<dl>{}</dl>",
                rows("<dt><a href='/x/{n}.html'>{t}</a></dt><dd>{d}</dd>")
            ),
        ),
        (
            "one list a row",
            format!(
                "<div>{}</div>",
                rows("<ul><li><a href='/x/{n}.html'>{t}</a></li><li>{d}</li></ul>")
            ),
        ),
        (
            "title row and date row",
            format!(
                "<table>{}</table>",
                rows(
                    "<tr><td><a href='/x/{n}.html'>{t}</a></td></tr><tr><td>发布日期：{d}</td></tr>"
                )
            ),
        ),
        (
            "year 年 month 月",
            format!(
                "<ul>{}</ul>",
                rows("<li><a href='/x/{n}.html'>{t}</a><em>{y}年{m}月{dd}日</em></li>")
            ),
        ),
        (
            "slashes",
            format!(
                "<ul>{}</ul>",
                rows("<li><a href='/x/{n}.html'>{t}</a><em>{y}/{m}/{dd}</em></li>")
            ),
        ),
        (
            "dots",
            format!(
                "<ul>{}</ul>",
                rows("<li><a href='/x/{n}.html'>{t}</a><em>{y}.{m}.{dd}</em></li>")
            ),
        ),
        (
            "big day, small month",
            format!(
                "<ul>{}</ul>",
                rows(
                    "<li><div><b>{dd}</b><span>{y}-{m}</span></div><a href='/x/{n}.html'>{t}</a></li>"
                )
            ),
        ),
        (
            "day and month, year apart",
            format!(
                "<ul>{}</ul>",
                rows("<li><a href='/x/{n}.html'>{t}</a><b>{m}-{dd}</b><i>{y}</i></li>")
            ),
        ),
        (
            "day, month, year apart",
            format!(
                "<ul>{}</ul>",
                rows("<li><b>{dd}</b><b>{m}月</b><b>{y}</b><a href='/x/{n}.html'>{t}</a></li>")
            ),
        ),
        (
            "with a category link",
            format!(
                "<ul>{}</ul>",
                rows(
                    "<li><a href='/c/'>[通知公告]</a><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>"
                )
            ),
        ),
        (
            "with a picture link",
            format!(
                "<ul>{}</ul>",
                rows(
                    "<li><a href='/x/{n}.html'><img src=a.jpg></a><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>"
                )
            ),
        ),
        (
            "with a summary",
            format!(
                "<ul>{}</ul>",
                rows(
                    "<li><a href='/x/{n}.html'>{t}</a><p>根据2016年5月1日施行的规定，现就有关事项通知如下，请各单位认真贯彻执行。</p><span>{d}</span></li>"
                )
            ),
        ),
        (
            "labelled with a source",
            format!(
                "<ul>{}</ul>",
                rows(
                    "<li><a href='/x/{n}.html'>{t}</a><p>来源：区教委 发布时间：{d} 浏览：15次</p></li>"
                )
            ),
        ),
        (
            "off the site",
            format!(
                "<ul>{}</ul>",
                rows("<li><a href='https://mp.weixin.qq.com/s/{n}'>{t}</a><span>{d}</span></li>")
            ),
        ),
        (
            "documents",
            format!(
                "<ul>{}</ul>",
                rows("<li><a href='/x/{n}.pdf'>{t}</a><span>{d}</span></li>")
            ),
        ),
    ];
    for (name, body) in cases {
        let reading = found(answer(
            &format!("<body><h2>通知公告</h2>{body}</body>"),
            Aim::Column,
        ));
        assert_eq!(
            newest(&reading),
            Some(("2018-03-16".into(), Basis::ListRow)),
            "{name}: {:?}",
            reading.finding
        );
        assert_eq!(
            reading.rows.iter().filter(|row| row.on.is_some()).count(),
            5,
            "{name}: {:?}",
            reading.rows
        );
        assert!(
            TITLES.contains(&reading.rows[0].title.as_str()),
            "{name}: {:?}",
            reading.rows[0]
        );
        assert_eq!(reading.kind, PageKind::List, "{name}");
    }
}

#[test]
fn dates_that_are_no_rows_do_not_count() {
    let list = format!(
        "<ul class=list>{}</ul>",
        rows("<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>")
    );
    let cases = [
        ("a page clock", format!("<div id=top>今天是2018年3月18日 星期日</div>{list}")),
        ("a copyright year and a counter", format!("{list}<div class=footer>版权所有 2018-03-18 <a href='/about'>关于我们网站</a> 访问量 20180318</div>")),
        ("weather", format!("<div><a href='/weather'>西城区今日天气预报</a> 3月18日 晴</div>{list}")),
        ("a pinned old row first", list.replace("<ul class=list>", "<ul class=list><li><a href='/x/9.html'>[置顶]关于网站改版的公告内容</a><span>2015-01-01</span></li>")),
        ("a deadline in the title", list.replace(TITLES[2], "关于征集意见的公告（截止2018年3月17日）")),
        ("an index number", list.replace("<span>2018-02-27</span>", "<span>2018-03-00018</span><span>2018-02-27</span>")),
        ("a hidden row", list.replace("<ul class=list>", "<ul class=list><li style='display:none'><a href='/x/8.html'>模板测试数据请勿删除</a><span>2018-03-17</span></li>")),
        ("a commented row", list.replace("<ul class=list>", "<ul class=list><!--<li><a href='/x/8.html'>模板测试数据请勿删除</a><span>2018-03-17</span></li>-->")),
        ("a head row", list.replace("<ul class=list>", "<ul class=list><li><b>标题名称</b><span>发布日期</span></li>")),
        ("a concealed day before the shown one", list.replace("<span>2018-03-16</span>", "<span style='display:none'>2018-03-17</span><span>2018-03-16</span>")),
        ("a counter of eight digits", list.replace("<span>2018-02-27</span>", "<span>浏览次数：20180317</span><span>2018-02-27</span>")),
        ("links that only call a script", list.replace("href='/x/1.html'", "href='javascript:void(0)' onclick='o(1)'").replace("href='/x/2.html'", "href='javascript:void(0)' onclick='o(2)'")),
        ("a period", list.replace("<span>2018-01-15</span>", "<span>2018-03-17至2018-03-18</span>")),
    ];
    for (name, body) in cases {
        let reading = found(answer(&body, Aim::Column));
        assert_eq!(
            newest(&reading).map(|(on, _)| on).as_deref(),
            Some("2018-03-16"),
            "{name}: {:?}",
            reading.finding
        );
    }
}

#[test]
fn undated_rows_above_all_others_may_be_newer_than_these() {
    let list = rows("<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>");
    let above =
        "<ul><li><a href='/y/1.html'>区政府召开全区工作部署会议</a><span>本周一</span></li>";
    let mut all = pages(format!("{above}{list}</ul>"));
    let column = recipe(Aim::Column);
    assert_eq!(needed(read(&all, &column, today())), ["/y/1.html"]);
    let mut told = |day: &str| {
        let text = "<p>各单位要认真贯彻落实会议精神，确保任务按期完成。</p>".repeat(12);
        let article = format!("<h1>区政府召开全区工作部署会议</h1><p>发布时间：{day}</p>{text}");
        let article = More::Page(page("/y/1.html", article));
        all.more.insert(url("/y/1.html"), article);
        newest(&found(read(&all, &column, today()))).map(|(on, _)| on)
    };
    assert_eq!(told("2018-03-17").as_deref(), Some("2018-03-17"));
    assert_eq!(told("2016-03-17").as_deref(), Some("2018-03-16"));
    all.more.insert(url("/y/1.html"), More::Failed);
    let reading = found(read(&all, &column, today()));
    assert_eq!(
        newest(&reading).map(|(on, _)| on).as_deref(),
        Some("2018-03-16")
    );
    let note = "the first rows have no date that can be read; the newest other was taken";
    assert!(
        noted(&reading).iter().any(|said| said == note),
        "{:?}",
        reading.notes
    );
}

#[test]
fn what_a_title_says_is_no_label_of_the_date_behind_it() {
    for title in [
        "关于废止的通知",
        "工作实施时间",
        "活动报名日期：",
        "有效期截止",
    ] {
        let row = format!(
            "<div class=zt><a href='/a/{{n}}.html'><span>{title}</span></a><div>\n {{d}} </div></div>"
        );
        let page = format!("<div class=list>{}</div>", rows(&row));
        let reading = found(answer(&page, Aim::Column));
        assert!(
            reading.rows.iter().all(|row| row.on.is_some()),
            "{title}: {:?}",
            reading.rows
        );
    }
}

/// Page heads that show the day of the visit beside a link.
const HEADS: [&str; 6] = [
    "<div class=top><div class=logo><a href='/'>北京市西城区人民政府门户网站</a></div><div>2018-03-18 北京 晴转多云 4℃～15℃</div></div>",
    "<div class=top><a href='/index.html'>北京市西城区人民政府门户网站</a> 2018年3月18日 星期日</div>",
    "<div class=top><a href='/wza/'>长者模式和无障碍浏览模式</a><span>2018-03-18</span></div>",
    "<div class=top><a href='http://www.beijing.gov.cn/'>北京市人民政府门户网站</a><span>2018年03月18日</span><span>晴</span></div>",
    "<ul><li><a href='http://tianqi.example.cn/'>北京天气预报查询</a>2018-03-18 星期日</li></ul>",
    "<table><tr><td><a href='/'>北京市西城区人民政府门户网站</a></td><td>2018-03-18</td></tr></table>",
];

#[test]
fn the_day_of_the_visit_in_the_head_of_a_page_is_no_update() {
    let list = rows_dated(
        "<li><a href='/a/{n}.html'>{t}</a><span>{d}</span></li>",
        &[
            "2016-03-16",
            "2016-03-12",
            "2016-02-27",
            "2016-01-15",
            "2015-12-20",
        ],
    );
    for head in HEADS {
        for aim in [Aim::Home, Aim::Column, Aim::Any] {
            let page = format!("<body>{head}<div class=main><ul>{list}</ul></div></body>");
            let reading = found(answer(&page, aim));
            let newest = newest(&reading).map(|(on, _)| on);
            assert_eq!(newest.as_deref(), Some("2016-03-16"), "{aim:?}: {head}");
        }
        let page = format!("<body>{head}<div class=main><p>暂无信息</p></div></body>");
        let reading = found(answer(&page, Aim::Column));
        assert_eq!(newest(&reading), None, "{head}");
    }
}

#[test]
fn a_day_named_by_its_distance_is_read() {
    let cases = [
        ("3小时前", "2018-03-18"),
        ("刚刚", "2018-03-18"),
        ("[今天 09:15]", "2018-03-18"),
        ("昨天", "2018-03-17"),
        ("昨天 21:03", "2018-03-17"),
        ("前天", "2018-03-16"),
        ("5天前", "2018-03-13"),
        ("30 小时前", "2018-03-17"),
    ];
    for (word, expected) in cases {
        let days = [word, "2018-03-12", "2018-02-27", "2018-01-15", "2017-12-20"];
        let list = rows_dated(
            "<li><a href='/a/{n}.html'>{t}</a><span>{d}</span></li>",
            &days,
        );
        let reading = found(answer(&format!("<ul>{list}</ul>"), Aim::Column));
        let newest = newest(&reading).map(|(on, _)| on);
        assert_eq!(newest.as_deref(), Some(expected), "{word}");
    }
}

#[test]
fn a_month_alone_is_settled_by_the_article_or_by_its_last_day() {
    let months = [
        "2018年1月",
        "2018年2月",
        "2017年12月",
        "2017年11月",
        "2017年10月",
    ];
    let list = rows_dated(
        "<li><a href='/a/{n}.html'>{t}</a><span>{d}</span></li>",
        &months,
    );
    let mut all = pages(format!("<ul>{list}</ul>"));
    assert_eq!(
        needed(read(&all, &recipe(Aim::Column), today())),
        ["/a/1.html"]
    );
    all.more.insert(url("/a/1.html"), More::Failed);
    let reading = found(read(&all, &recipe(Aim::Column), today()));
    assert_eq!(
        newest(&reading),
        Some(("2018-02-28".into(), Basis::ListRow))
    );
    assert!(
        noted(&reading)
            .iter()
            .any(|note| note.contains("last of its month"))
    );
    let article = "<h1>关于印发年度工作要点的通知</h1><p>发布时间：2018-02-06</p>";
    all.more
        .insert(url("/a/1.html"), More::Page(page("/a/1.html", article)));
    let reading = found(read(&all, &recipe(Aim::Column), today()));
    assert_eq!(
        newest(&reading).map(|(on, _)| on).as_deref(),
        Some("2018-02-06")
    );
}

/// A block of another column at the side, with eight rows of these last days.
fn sidebar(heading: &str) -> String {
    let rows: String = (0..8)
        .map(|n| {
            format!(
                "<li><a href='/hot/{n}.html'>全区重点工作推进会今日召开第{n}场</a><span>2018-03-1{n}</span></li>"
            )
        })
        .collect();
    format!("<div class=right><h3>{heading}</h3><ul class=hotlist>{rows}</ul></div>")
}

fn named(body: &str, name: &str) -> Answer {
    let recipe = Recipe {
        column_name: Some(name.to_owned()),
        ..recipe(Aim::Column)
    };
    read(&pages(body), &recipe, today())
}

#[test]
fn the_columns_own_content_counts_and_not_what_stands_beside_it() {
    let two = rows_dated(
        "<li><a href='/a/{n}.html'>{t}</a><span>{d}</span></li>",
        &["2016-03-16", "2016-02-12"],
    );
    let list = format!("<ul class=list>{two}</ul>");
    let undated = rows("<li><a href='/a/{n}.html'>{t}</a></li>");
    for side in ["热点新闻", "通知公告", "图片新闻"] {
        let side = sidebar(side);
        let heads = [
            "<h2>政策文件</h2>",
            "<div class=wz>当前位置：<a href='/'>首页</a> &gt; 政策文件</div>",
            "<div class=bt><span>政策文件</span></div>",
        ];
        for head in heads {
            let layouts = [
                format!("<div class=main>{head}{list}</div>{side}"),
                format!("{side}<div class=main>{head}{list}</div>"),
                format!("<div class=main>{head}<div class=l>{list}</div>{side}</div>"),
            ];
            for page in &layouts {
                let reading = found(named(page, "政策文件"));
                let newest = newest(&reading).map(|(on, _)| on);
                assert_eq!(newest.as_deref(), Some("2016-03-16"), "{page}");
                let none = page.replace(&list, "<p>暂无信息</p>");
                let reading = found(named(&none, "政策文件"));
                assert_eq!(reading.finding, Finding::Empty, "{none}");
            }
            let page = format!("<div class=main>{head}<ul>{undated}</ul></div>{side}");
            assert_eq!(needed(named(&page, "政策文件"))[0], "/a/0.html", "{page}");
            let page =
                format!("<title>政策文件-区政府</title><div class=main>{head}{list}</div>{side}");
            let reading = found(answer(&page, Aim::Column));
            let newest = newest(&reading).map(|(on, _)| on);
            assert_eq!(newest.as_deref(), Some("2016-03-16"), "{page}");
        }
    }
    let page = format!(
        "<div class=main><h2>政策文件</h2><ul></ul></div>{}",
        sidebar("热点推荐")
    );
    let reading = found(named(&page, "政策文件"));
    assert_eq!(reading.finding, Finding::Unreadable(Unreadable::NoList));
}

#[test]
fn a_page_made_of_blocks_is_as_fresh_as_the_newest_of_them() {
    let a = rows_dated(
        "<li><a href='/a/{n}.html'>{t}</a><span>{d}</span></li>",
        &[
            "2018-01-05",
            "2018-01-04",
            "2018-01-03",
            "2018-01-02",
            "2018-01-01",
        ],
    );
    let b = rows_dated(
        "<tr><td><a href='/b/{n}.html'>{t}</a></td><td>{d}</td></tr>",
        &["2018-03-01", "2018-02-04", "2018-02-03"],
    );
    let c = rows_dated(
        "<div class=zt><a href='/c/{n}.html'>{t}</a><p>{d}</p></div>",
        &["2017-03-01", "2017-02-04", "2017-02-03"],
    );
    let page = format!(
        "<div class=wz>当前位置：首页 &gt; 政务公开</div><div class=main><div><h3>通知</h3><ul>{a}</ul></div>\
         <div><h3>文件</h3><table>{b}</table></div><div><h3>解读</h3>{c}</div></div>"
    );
    let reading = found(named(&page, "政务公开"));
    assert_eq!(
        newest(&reading).map(|(on, _)| on).as_deref(),
        Some("2018-03-01")
    );
    assert_eq!(reading.rows.len(), 11);
}

#[test]
fn the_column_under_the_publication_head_counts() {
    let table = |head: &str| {
        format!(
            "<table><tr><th>标题</th>{head}</tr>{}</table>",
            rows(
                "<tr><td><a href='/x/{n}.html'>{t}</a></td><td>2016-01-0{n}</td><td>{d}</td></tr>"
            )
            .replace("-00<", "-09<")
        )
    };
    for head in [
        "<th>成文日期</th><th>发布日期</th>",
        "<th>制发日期</th><th>公开日期</th>",
    ] {
        assert_eq!(
            newest(&found(answer(&table(head), Aim::Column)))
                .map(|(on, _)| on)
                .as_deref(),
            Some("2018-03-16")
        );
    }
    let deadline = table("<th>发布日期</th><th>截止日期</th>");
    let reading = found(answer(&deadline, Aim::Column));
    assert_eq!(
        newest(&reading).map(|(on, _)| on).as_deref(),
        Some("2016-01-09")
    );
}

#[test]
fn hidden_sources_of_rows_are_read() {
    let cases = [
        (
            "records",
            format!(
                "<div id=1><script type='text/xml'><datastore><recordset>{}</recordset></datastore></script></div>",
                rows(
                    "<record><![CDATA[<li><a href='/art/{n}.html'>{t}</a><span>{d}</span></li>]]></record>"
                )
            ),
        ),
        (
            "table records",
            format!(
                "<script><datastore>{}</datastore></script>",
                rows(
                    "<record><![CDATA[<tr><td><a href='/art/{n}.html'>{t}</a></td><td width=100>{d}</td></tr>]]></record>"
                )
            ),
        ),
        (
            "written",
            rows(
                "<script>document.writeln(\"<li><a href='/x/{n}.html'>{t}</a>\");document.writeln(\"<span>{d}</span></li>\");</script>",
            ),
        ),
        (
            "json",
            format!(
                "<div id=app></div><script>var articleList=[{}];</script>",
                rows("{\"title\":\"{t}\",\"pubDate\":\"{d} 10:00:00\",\"url\":\"/x/{n}.html\"},")
            ),
        ),
        (
            "data body",
            format!(
                "{{\"data\":[{}]}}",
                rows("{\"title\":\"{t}\",\"publishTime\":\"{d}\",\"link\":\"/x/{n}.html\"},")
            ),
        ),
    ];
    for (name, body) in cases {
        let reading = found(answer(&body, Aim::Column));
        assert_eq!(
            newest(&reading),
            Some(("2018-03-16".into(), Basis::Script)),
            "{name}: {:?}",
            reading.finding
        );
        assert_eq!(reading.rows.len(), 5, "{name}");
    }
}

#[test]
fn the_address_dates_rows_that_print_none() {
    let body = format!(
        "<ul>{}</ul>",
        rows("<li><a href='/tzgg/{y}{m}/t{y}{m}{dd}_{n}.html'>{t}</a></li>")
    );
    assert_eq!(
        newest(&found(answer(&body, Aim::Column))),
        Some(("2018-03-16".into(), Basis::UrlPath))
    );
}

#[test]
fn a_hint_dates_rows_that_print_none() {
    let body = format!(
        "<ul>{}</ul>",
        rows("<li><a href='/x/{n}.html' title='标题：{t}\n发布时间：{d} 10:00'>{t}</a></li>")
    );
    assert_eq!(
        newest(&found(answer(&body, Aim::Column))),
        Some(("2018-03-16".into(), Basis::TitleAttribute))
    );
}

fn undated_list() -> String {
    format!(
        "<ul>{}</ul>",
        rows("<li><a href='/x/{n}.html'>{t}</a></li>")
    )
}

#[test]
fn a_list_without_dates_asks_for_its_first_articles_within_the_budget() {
    let mut visit = pages(undated_list());
    let all = [
        "/x/0.html",
        "/x/1.html",
        "/x/2.html",
        "/x/3.html",
        "/x/4.html",
    ];
    assert_eq!(needed(read(&visit, &recipe(Aim::Column), today())), all);
    let small = Recipe {
        budget: 3,
        ..recipe(Aim::Column)
    };
    assert_eq!(needed(read(&visit, &small, today())), &all[..2]);
    for path in &all[..4] {
        visit.more.insert(url(path), More::Failed);
    }
    let article =
        "<h1>关于做好春季防火工作的紧急通知</h1><p>发布时间：2018-03-02 10:00</p><p>正文</p>";
    visit
        .more
        .insert(url(all[4]), More::Page(page(all[4], article)));
    let reading = found(read(&visit, &recipe(Aim::Column), today()));
    assert_eq!(
        newest(&reading),
        Some(("2018-03-02".into(), Basis::ArticleLabel))
    );
    assert_eq!(reading.rows.len(), 5);
}

#[test]
fn the_second_round_needs_the_first_page_no_more() {
    let article = "<h1>关于印发年度工作要点的通知</h1><p>发布时间：2018-03-06</p>";
    let mut all = pages(undated_list());
    let mut reader = Reader::new(recipe(Aim::Column), today());
    for path in needed(reader.read(&all)) {
        all.more
            .insert(url(&path), More::Page(page(&path, article)));
    }
    let anew = found(read(&all, &recipe(Aim::Column), today()));
    all.first.body.clear();
    let reading = found(reader.read(&all));
    assert_eq!(
        newest(&reading),
        Some(("2018-03-06".into(), Basis::ArticleLabel))
    );
    assert_eq!(reading.rows, anew.rows);
    assert_eq!(reading.signature, anew.signature);
    assert_eq!(reading.finding, anew.finding);
    assert_eq!(reading.notes, anew.notes);
}

#[test]
fn what_was_asked_for_and_does_not_come_counts_as_failed() {
    let all = pages(undated_list());
    let mut reader = Reader::new(recipe(Aim::Column), today());
    assert!(!needed(reader.read(&all)).is_empty());
    let reading = found(reader.read(&all));
    assert_eq!(
        reading.finding,
        Finding::Undated(Undated::ArticlesUnreachable)
    );
}

#[test]
fn articles_that_cannot_be_had_leave_the_list_undated() {
    let mut visit = pages(undated_list());
    for path in needed(read(&visit, &recipe(Aim::Column), today())) {
        visit.more.insert(url(&path), More::Failed);
    }
    let reading = found(read(&visit, &recipe(Aim::Column), today()));
    assert_eq!(
        reading.finding,
        Finding::Undated(Undated::ArticlesUnreachable)
    );
}

#[test]
fn month_and_day_alone_are_settled_by_an_article_or_not_at_all() {
    let body = format!(
        "<ul>{}</ul>",
        rows_dated(
            "<li><a href='/x/{n}.html'>{t}</a><span>{m}-{dd}</span></li>",
            &["0-06-20", "0-06-11", "0-05-04", "0-01-15", "0-12-20"]
        )
    );
    let mut visit = pages(body);
    assert_eq!(
        needed(read(&visit, &recipe(Aim::Column), today())),
        ["/x/0.html"]
    );
    visit.more.insert(url("/x/0.html"), More::Failed);
    let reading = found(read(&visit, &recipe(Aim::Column), today()));
    assert_eq!(reading.finding, Finding::Undated(Undated::YearUnknown));
    visit.more.insert(
        url("/x/0.html"),
        More::Page(page(
            "/x/0.html",
            "<h1>关于开展检查工作的通知</h1>发布日期：2015-06-20",
        )),
    );
    assert_eq!(
        newest(&found(read(&visit, &recipe(Aim::Column), today())))
            .map(|(on, _)| on)
            .as_deref(),
        Some("2015-06-20")
    );
}

#[test]
fn thin_pages_lead_on_and_loops_end() {
    let mut visit = pages("<script>location.href='/list/index.html'</script>");
    assert_eq!(
        needed(read(&visit, &recipe(Aim::Column), today())),
        ["/list/index.html"]
    );
    let list = format!(
        "<ul>{}</ul>",
        rows("<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>")
    );
    visit.more.insert(
        url("/list/index.html"),
        More::Page(page("/list/index.html", list)),
    );
    assert_eq!(
        newest(&found(read(&visit, &recipe(Aim::Column), today())))
            .map(|(on, _)| on)
            .as_deref(),
        Some("2018-03-16")
    );
    let back = "<script>location.href='/xxgk/tzgg.html'</script>";
    visit.more.insert(
        url("/list/index.html"),
        More::Page(page("/list/index.html", back)),
    );
    visit.more.insert(
        url("/xxgk/tzgg.html"),
        More::Page(page(
            "/xxgk/tzgg.html",
            "<script>location.href='/list/index.html'</script>",
        )),
    );
    let reading = found(read(&visit, &recipe(Aim::Column), today()));
    assert_eq!(reading.finding, Finding::Unreadable(Unreadable::Shell));
}

#[test]
fn a_list_in_a_frame_is_asked_for() {
    let visit = pages(format!(
        "<body><h2>通知公告</h2><iframe src='/frame/list.html' width=700 height=900></iframe>{}</body>",
        "<p>说明文字</p>".repeat(100)
    ));
    assert_eq!(
        needed(read(&visit, &recipe(Aim::Column), today())),
        ["/frame/list.html"]
    );
}

#[test]
fn what_is_not_the_list_is_named() {
    let menu = "<div class=nav><a href='/a'>首页</a><a href='/b'>政务公开</a></div>";
    let long =
        "<p>本栏目用于公开本单位的各类信息，欢迎广大市民查阅和监督，如有意见请与我们联系。</p>"
            .repeat(20);
    let cases = [
        (
            "empty",
            format!("{menu}<h2>通知公告</h2><ul class=list></ul><p>暂无信息</p>{long}"),
            Finding::Empty,
        ),
        (
            "no list",
            format!("{menu}{long}"),
            Finding::Unreadable(Unreadable::NoList),
        ),
        (
            "shell",
            "<html><div id=app></div></html>".to_owned(),
            Finding::Unreadable(Unreadable::Shell),
        ),
        (
            "challenge",
            "<html><script>$_ts=window['$_ts'];$_ts.nsd=1</script></html>".to_owned(),
            Finding::Unreadable(Unreadable::Challenge),
        ),
        (
            "firewall",
            "<h1>您的请求疑似攻击行为！</h1>".to_owned(),
            Finding::Unreadable(Unreadable::Challenge),
        ),
        (
            "missing",
            "<title>提示</title><p>温馨提示：您访问的页面不存在或已删除</p>".to_owned(),
            Finding::Unreadable(Unreadable::SoftMissing),
        ),
        (
            "maintenance",
            "<h1>网站升级维护中，敬请谅解</h1>".to_owned(),
            Finding::Unreadable(Unreadable::Maintenance),
        ),
    ];
    for (name, body, finding) in cases {
        assert_eq!(found(answer(&body, Aim::Column)).finding, finding, "{name}");
    }
}

#[test]
fn another_columns_page_and_the_home_page_are_recognised() {
    let list = format!(
        "<meta name='ColumnName' content='招商引资'><ul>{}</ul>",
        rows("<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>")
    );
    let named = |name: &str| Recipe {
        column_name: Some(name.into()),
        ..recipe(Aim::Column)
    };
    assert_eq!(
        found(read(&pages(list.clone()), &named("人事任免"), today())).finding,
        Finding::Unreadable(Unreadable::WrongPage)
    );
    assert!(
        newest(&found(read(
            &pages(list.clone()),
            &named("招商引资"),
            today()
        )))
        .is_some()
    );
    let home = Recipe {
        home: Some(url("/")),
        ..recipe(Aim::Column)
    };
    let moved = Pages {
        first: page("/", list),
        more: BTreeMap::new(),
    };
    assert_eq!(
        found(read(&moved, &home, today())).finding,
        Finding::Unreadable(Unreadable::RedirectedHome)
    );
}

#[test]
fn the_signature_stays_when_rows_are_added() {
    let row = "<li class='row{n} on'><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>";
    let frame = |rows: &str| format!("<div class='main box3'><ul class='list12'>{rows}</ul></div>");
    let one = found(answer(&frame(&rows_dated(row, &DAYS[..1])), Aim::Column)).signature;
    let five = found(answer(&frame(&rows(row)), Aim::Column)).signature;
    let ten = found(answer(&frame(&rows(row).repeat(2)), Aim::Column)).signature;
    assert!(five.is_some());
    assert_eq!((&one, &ten), (&five, &five));
    assert_ne!(
        found(answer(
            &rows("<div class=item><p><a href='/x/{n}.html'>{t}</a></p><i>{d}</i></div>"),
            Aim::Column
        ))
        .signature,
        five
    );
}

#[test]
fn a_home_page_is_as_fresh_as_its_newest_block() {
    let block = |name: &str, days: &[&str]| {
        format!(
            "<div class={name}><h3>{name}</h3><ul>{}</ul></div>",
            rows_dated(
                "<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>",
                days
            )
        )
    };
    let body = [
        block("a", &["2018-01-05", "2018-01-04", "2018-01-01"]),
        block("b", &["2018-03-11", "2018-03-01", "2017-01-01"]),
        block("c", &DAYS[2..]),
    ]
    .concat();
    let reading = found(answer(&body, Aim::Home));
    assert_eq!(
        newest(&reading).map(|(on, _)| on).as_deref(),
        Some("2018-03-11")
    );
    assert_eq!((reading.kind, reading.rows.len()), (PageKind::Home, 9));
}

#[test]
fn a_picture_menu_asks_for_the_second_level() {
    let visit = pages("<a href='/a/'><img src=1.jpg></a><a href='/b/'><img src=2.jpg></a>");
    assert_eq!(
        needed(read(&visit, &recipe(Aim::Home), today())),
        ["/a/", "/b/"]
    );
}

#[test]
fn a_list_whose_rows_label_their_dates_is_still_a_list() {
    let row = "<li><a href='/x/{n}.html'>{t}</a><p>发布时间：{d} 来源：区政府办公室 浏览次数：15</p><p>各街道办事处、各委办局，现将有关事项通知如下，请认真贯彻执行，确保任务按期完成。</p></li>";
    let body = format!(
        "<title>通知公告</title><h2>通知公告</h2><ul>{}</ul>",
        rows(row)
    );
    let reading = found(answer(&body, Aim::Any));
    assert_eq!(reading.kind, PageKind::List);
    assert_eq!(
        newest(&reading).map(|(on, _)| on).as_deref(),
        Some("2018-03-16")
    );
}

#[test]
fn an_article_gives_its_visible_publication_date() {
    let text =
        "<p>全区各单位要认真贯彻落实会议精神，切实做好各项工作，确保任务按期完成。</p>".repeat(12);
    let side = format!(
        "<ul>{}</ul>",
        rows("<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>")
    );
    let meta = "<meta name='ArticleTitle' content='全区召开网站检查工作会议'><meta name=PubDate content='2017-02-01 09:00:00'>";
    let head = "<h1>全区召开网站检查工作会议</h1>";
    let cases = [
        (
            "label",
            format!("{head}<p>发布时间：2017-01-30　来源：区教委</p>{text}{side}"),
            "2017-01-30",
            Basis::ArticleLabel,
        ),
        (
            "label in a table",
            format!(
                "<table><tr><td>成文日期</td><td>2016-12-01</td><td>发布日期</td><td>2017-01-30</td></tr></table>{head}{text}"
            ),
            "2017-01-30",
            Basis::ArticleLabel,
        ),
        (
            "beside the title",
            format!("{head}<div><span>2017年01月30日 10:20</span> 来源：区教委</div>{text}{side}"),
            "2017-01-30",
            Basis::ArticleLabel,
        ),
        (
            "meta",
            format!("{meta}{head}{text}{side}"),
            "2017-02-01",
            Basis::ArticleMeta,
        ),
        (
            "custom tag",
            format!("{head}<publishtime>2017-01-30 10:20</publishtime>{text}{side}"),
            "2017-01-30",
            Basis::ArticleLabel,
        ),
        (
            "a month alone",
            format!("{head}<p>发布日期：2017年1月　来源：区教委</p>{text}{side}"),
            "2017-01-31",
            Basis::ArticleLabel,
        ),
        (
            "script",
            format!("{head}<script>var fbrq = \"2017年1月30日\";</script>{text}"),
            "2017-01-30",
            Basis::Script,
        ),
    ];
    for (name, body, on, basis) in cases {
        let reading = found(answer(&body, Aim::Any));
        assert_eq!(
            newest(&reading),
            Some((on.to_owned(), basis)),
            "{name}: {:?}",
            reading.finding
        );
        assert_eq!(reading.kind, PageKind::Article, "{name}");
        assert_eq!(
            reading.published.map(|p| p.on.to_string()).as_deref(),
            Some(on),
            "{name}"
        );
    }
    let month = format!("{head}<p>发布日期：2017年1月</p>{text}");
    let reading = found(answer(&month, Aim::Any));
    assert!(
        reading
            .published
            .is_some_and(|published| published.month_only)
    );
    let note = "the day of publication is not printed; the last of its month was taken";
    assert_eq!(noted(&reading), [note]);
    for (line, name) in [
        ("浏览次数：20170130", "a counter"),
        ("联系电话：20170130", "a number"),
        ("2017年1月30日，区政府召开全区会议。", "a sentence"),
        ("时间：2017年1月30日 地点：第一会议室", "an event"),
    ] {
        let body = format!("{head}<p>{line}</p>{text}");
        assert_eq!(found(answer(&body, Aim::Any)).published, None, "{name}");
    }
    let day = "<meta name=createDate content='2017-02-01 09:00:23'>";
    let made = meta.replace(" 09:00:00", "");
    for generated in [format!("{day}{meta}"), format!("{day}{made}")] {
        let body = format!("{generated}{head}{text}");
        assert_eq!(
            found(answer(&body, Aim::Any)).published,
            None,
            "{generated}"
        );
    }
    let generated =
        format!("<meta name=others content='页面生成时间 2017-02-01 09:00:00'>{meta}{head}{text}");
    assert_eq!(found(answer(&generated, Aim::Any)).published, None);
}

#[test]
fn hostile_pages_are_refused_or_read_but_never_hang() {
    let cases: [(&str, String); 6] = [
        ("nested lists", "<ul><li>".repeat(16_384)),
        ("a million rows", "<li><a>x</a>".repeat(1_000_000)),
        (
            "attributes",
            format!(
                "<a{}>",
                (0..200_000).map(|n| format!(" a{n}=1")).collect::<String>()
            ),
        ),
        (
            "unclosed formatting",
            "<b><i><font size=1><p>".repeat(20_000),
        ),
        ("nested tables", "<table><tr><td>".repeat(2_000)),
        (
            "nested frames of quotes",
            format!("<a title=\"{}", "<div>".repeat(200_000)),
        ),
    ];
    for (name, body) in cases {
        for aim in [Aim::Column, Aim::Home, Aim::Any] {
            let reading = found(answer(&body, aim));
            assert!(
                matches!(reading.finding, Finding::Unreadable(_)),
                "{name}: {:?}",
                reading.finding
            );
        }
    }
    let dates = format!(
        "<ul>{}</ul>",
        "<li>2018-03-16 2018-03-15 <a href=/x>关于检查工作的通知</a> 03-16".repeat(20_000)
    );
    let _ = answer(&dates, Aim::Column);
    let brackets = format!("<script>var title={}</script>", "[{".repeat(300_000));
    let _ = answer(&brackets, Aim::Column);
}

#[test]
fn nothing_unclean_or_long_leaves_the_reader() {
    let title = format!("关于\u{202e}检查\u{7}工作{}", "的通知".repeat(100));
    let body = format!(
        "<ul>{}</ul>",
        rows("<li><a href='/x/{n}.html'>{t}</a><span>{d}</span></li>")
    )
    .replace(TITLES[0], &title);
    let reading = found(answer(&body, Aim::Column));
    let Finding::Dated(update) = &reading.finding else {
        panic!("dated")
    };
    assert_eq!(update.evidence.title.chars().count(), 120);
    assert!(update.evidence.snippet.chars().count() <= 80);
    assert!(
        reading
            .rows
            .iter()
            .all(|row| !row.title.contains(['\u{202e}', '\u{7}']))
    );
}

fn mangled() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<a href='/x/1.html'>",
        "</a>",
        "<a>",
        "<div class=list>",
        "</div>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "关于开展网站检查工作的通知",
        "2018-03-16",
        "03-16",
        "发布时间：",
        "2018年3月",
        "16",
        "<meta name=PubDate content='2018-03-16'>",
        "<iframe src=/f>",
        "[{",
        "\"title\":\"关于通知的公告\"",
        "document.write('",
        "')",
        "<record>",
        "<![CDATA[",
        "]]></record>",
        "location.href='/y'",
        "&#",
        "\u{0}",
        "％",
        "<svg>",
        "<p",
        " title=\"",
        "\"",
        "暂无",
        "<base href=//>",
        "t[0]='",
        "';",
        "unescape('%u4E",
        "\\u",
        "<h1>",
        "9999-99-99",
        "<select>",
        "<template>",
        "<h2>通知公告</h2>",
        "<div class=more>更多</div>",
        "昨天",
        "3小时前",
        "2018年12月",
        "<a href='/'>",
        "18-03-",
        "至",
        "~",
        "{'a':[",
        "document.write(unescape(\"%u",
        "<meta name=ColumnName content='",
        "<title>通知公告-",
    ]);
    prop::collection::vec(parts, 0..120).prop_map(|parts| parts.concat())
}

proptest! {

    #[test]
    fn no_bytes_make_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..3000)) {
        for aim in [Aim::Column, Aim::Home, Aim::Any] {
            let _ = read(&pages(body.clone()), &recipe(aim), today());
        }
    }

    #[test]
    fn rounds_with_a_memory_end_as_rounds_without_one(body in mangled(), other in mangled()) {
        let mut recipe = recipe(Aim::Column);
        recipe.column_name = Some("通知公告".to_owned());
        let mut visit = pages(body);
        let mut reader = Reader::new(recipe.clone(), today());
        let with = loop {
            match reader.read(&visit) {
                Answer::Found(reading) => break reading,
                Answer::Need(urls) => for url in urls {
                    visit.more.insert(url, More::Page(page("/y", other.clone())));
                },
            }
        };
        let without = found(read(&visit, &recipe, today()));
        prop_assert_eq!(&with.finding, &without.finding);
        prop_assert_eq!(&with.rows, &without.rows);
        prop_assert_eq!(&with.notes, &without.notes);
        if let Finding::Dated(update) = &with.finding {
            let tomorrow = today().succ_opt().expect("a date");
            prop_assert!(update.on <= tomorrow && update.on.to_string().as_str() >= "1995");
        }
    }

    #[test]
    fn no_mangled_page_makes_the_reader_panic_or_ask_for_ever(body in mangled()) {
        for aim in [Aim::Column, Aim::Home, Aim::Any] {
            let mut visit = pages(body.clone());
            let mut rounds = 0;
            while let Answer::Need(urls) = read(&visit, &recipe(aim), today()) {
                prop_assert!(!urls.is_empty() && visit.more.len() + urls.len() < Recipe::BUDGET);
                for url in urls {
                    let more = if rounds % 2 == 0 { More::Failed } else { More::Page(page("/y", body.clone())) };
                    prop_assert!(visit.more.insert(url, more).is_none());
                }
                rounds += 1;
                prop_assert!(rounds < 10);
            }
        }
    }
}
