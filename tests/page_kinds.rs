//! What a page is when it is not the column's list, through the reader's public door: notices
//! beside stray rows, the host's answer for missing paths, other sites, columns on home pages, and
//! what stands in comments.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use url::Url;
use wangxun::domain::finding::{Finding, Unreadable};
use wangxun::domain::group::Identity;
use wangxun::domain::host::Fingerprint;
use wangxun::domain::page::Page;
use wangxun::extract::missing::fingerprint;
use wangxun::extract::{Aim, Answer, More, Pages, Reader, Reading, Recipe, read};

#[path = "support/noted.rs"]
mod noted;

use noted::noted;

const PROBE: &str = "/wx-probe-0123456789ab.html";

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

fn column(name: &str) -> Recipe {
    Recipe {
        column_name: Some(name.to_owned()),
        home: Some(url("/")),
        asked: Some(url("/tzgg/")),
        ..Recipe::of(Aim::Column)
    }
}

fn found(page: Page, recipe: &Recipe) -> Reading {
    let pages = Pages {
        first: page,
        more: BTreeMap::new(),
    };
    match read(&pages, recipe, today()) {
        Answer::Found(reading) => *reading,
        Answer::Need(urls) => panic!("a finding was expected, not a need of {urls:?}"),
    }
}

/// The newest date, or why there is none.
fn outcome(reading: &Reading) -> String {
    match &reading.finding {
        Finding::Dated(update) => update.on.to_string(),
        Finding::Unreadable(why) => format!("{why:?}"),
        other => format!("{other:?}"),
    }
}

fn rows(titles: &[(&str, &str)]) -> String {
    titles
        .iter()
        .map(|(title, on)| format!("<li><a href='/x/{on}.html'>{title}</a><span>{on}</span></li>"))
        .collect()
}

/// Three rows of one day.
fn three(on: &str) -> String {
    ["一", "二", "三"]
        .map(|n| format!("<li><a href='/z/{on}{n}.html'>关于第{n}批事项目录的公告</a>{on}</li>"))
        .concat()
}

fn news() -> String {
    let news = rows(&[
        ("区政府召开政务公开工作推进会", "2018-03-17"),
        ("关于开展春季防火检查工作的通知", "2018-03-15"),
        ("我区举办网站管理人员培训班", "2018-03-12"),
    ]);
    format!("<ul class=news>{news}</ul>")
}

#[test]
fn a_notice_is_no_list_because_a_dated_row_stands_beside_it() {
    let list = rows(&[
        ("关于网站系统升级维护期间暂停服务的公告", "2018-03-16"),
        ("关于印发年度工作要点的通知", "2018-03-01"),
    ]);
    let long = rows(&[("关于公布行政许可事项目录的公告", "2018-03-16")]).repeat(12);
    let headed = [
        ("关于网站升级维护，暂停服务的公告", "2018-03-16"),
        ("部分网页内容不存在问题整改情况", "2018-03-02"),
        ("关于您访问的页面无法打开的答复", "2018-02-02"),
    ]
    .map(|(title, on)| format!("<div><h3><a href='/h/{on}.html'>{title}</a></h3><i>{on}</i></div>"))
    .concat();
    let menu = "<div class=nav><a href='/zwgk/'>政务公开</a></div>".repeat(30);
    let clock =
        "<div class=side><a href='/a.html'>区政府召开政务公开工作推进会</a>2018-03-17</div>";
    let cases = [
        (
            "a missing page with news at its side",
            format!(
                "<title>提示信息</title><div><p>抱歉，您访问的页面不存在</p></div>{}",
                news()
            ),
            "SoftMissing",
        ),
        (
            "one with a single stray row",
            format!("<title>某某区</title><p>该栏目不存在</p>{clock}"),
            "SoftMissing",
        ),
        (
            "a title that says so over whatever rows",
            format!("<title>404 Not Found</title><ul>{long}</ul>"),
            "SoftMissing",
        ),
        (
            "a heading that says so over whatever rows",
            format!("<title>某某区</title><h2>您请求的页面已被删除</h2><ul>{long}</ul>"),
            "SoftMissing",
        ),
        (
            "a maintenance page with a stray row",
            format!("<title>某某区</title><h1>网站升级维护中，请稍后访问</h1>{clock}"),
            "Maintenance",
        ),
        (
            "a list with a notice of works above it",
            format!("<title>通知公告</title><h3>本网站将于周末升级维护</h3><ul>{long}</ul>"),
            "2018-03-16",
        ),
        (
            "a list with rows about maintenance",
            format!("<title>通知公告</title><ul>{list}</ul>"),
            "2018-03-16",
        ),
        (
            "a short list over a footer that names who maintains the site",
            format!("<title>通知公告</title><ul>{list}</ul><p>网站维护：区信息中心</p>"),
            "2018-03-16",
        ),
        (
            "an empty list over such a footer",
            format!("<title>通知公告</title><p>暂无信息</p><p>网站维护：区信息中心</p>{menu}"),
            "Empty",
        ),
        (
            "rows whose titles are headings about such things",
            format!("<title>通知公告</title>{headed}"),
            "2018-03-16",
        ),
        (
            "a list of a body for building",
            format!("<title>法治建设中心</title><ul>{list}</ul>"),
            "2018-03-16",
        ),
    ];
    for (name, body, expected) in cases {
        let reading = found(page("/tzgg/", &body), &column("通知公告"));
        assert_eq!(outcome(&reading), expected, "{name}");
    }
}

fn known(body: &str) -> Option<Fingerprint> {
    fingerprint(&page(PROBE, body), &url(PROBE))
}

#[test]
fn the_answer_for_missing_paths_is_not_dated_by_its_rows() {
    let home = format!("<title>某某区</title><h2>要闻动态</h2>{}", news());
    let list = rows(&[("关于开展网站检查工作的通知", "2018-02-01")]).repeat(3);
    let own = format!("<title>某某区</title><h2>通知公告</h2><ul>{list}</ul>");
    let recipe = Recipe {
        missing: known(&home),
        ..column("通知公告")
    };
    assert!(recipe.missing.is_some());
    let reading = found(page("/tzgg/", &home), &recipe);
    assert_eq!(outcome(&reading), "SoftMissing");
    assert_eq!(
        noted(&reading),
        ["the host shows the same page for a path that does not exist"]
    );
    assert_eq!(outcome(&found(page("/tzgg/", &own), &recipe)), "2018-02-01");
    // Without the comparison, the rows of the home page would date the column.
    assert_eq!(
        outcome(&found(page("/tzgg/", &home), &column("要闻动态"))),
        "2018-03-17"
    );
}

#[test]
fn a_column_on_the_home_page_is_the_block_under_its_name() {
    let notices = rows(&[
        ("关于开展网站检查工作的通知", "2018-02-01"),
        ("关于印发年度工作要点的通知", "2018-01-15"),
    ]);
    let home = format!(
        "<title>某某区</title><div class=a><h2><a href='/yw/'>要闻动态</a></h2>{}</div>\
         <div class=b><div><img alt='通知公告'><a href='/gg/'>更多&gt;&gt;</a></div>\
         <ul class=n>{notices}</ul></div>",
        news()
    );
    let at_home = |name: &str| Recipe {
        asked: Some(url("/")),
        missing: known(&home),
        ..column(name)
    };
    let cases = [
        ("通知公告", "2018-02-01"),
        ("要闻动态", "2018-03-17"),
        ("人事任免", "NoList"),
    ];
    for (name, expected) in cases {
        let reading = found(page("/", &home), &at_home(name));
        assert_eq!(outcome(&reading), expected, "{name}");
    }
    let single = format!("<title>某某协会</title>{}", news());
    assert_eq!(
        outcome(&found(page("/", &single), &at_home("协会动态"))),
        "2018-03-17"
    );
    // Only who came from elsewhere was sent there.
    let sent = found(page("/index.html", &home), &column("通知公告"));
    assert_eq!(outcome(&sent), "RedirectedHome");
}

fn home(body: &str) -> Reading {
    let recipe = Recipe {
        home: Some(url("/")),
        ..Recipe::of(Aim::Home)
    };
    found(page("/", body), &recipe)
}

#[test]
fn every_block_of_a_home_page_has_its_own_newest_date() {
    let notices = rows(&[
        ("关于开展网站检查工作的通知", "2018-02-01"),
        ("关于印发年度工作要点的通知", "2018-01-15"),
    ]);
    let tab = |on: &str| format!("<div class=tab><ul>{}</ul></div>", three(on));
    let undated = "<li><a href='/y/1.html'>区政府领导班子成员及分工情况</a></li>".repeat(4);
    let undated: String = undated
        .split_inclusive("</li>")
        .enumerate()
        .map(|(n, row)| row.replace("/y/1", &format!("/y/{n}")))
        .collect();
    let body = format!(
        "<title>某某区</title><div class=a><h2>要闻动态</h2>{}<p><a href='/yw/'>更多</a></p>\
         </div><div class=b><h2><a href='/gg/'>通知公告</a></h2><ul>{notices}</ul></div>\
         <div class=c><ul class=hd><li>政策文件</li><li>政策解读</li></ul>{}{}</div>\
         <div class=d><h3>机构职能</h3><ul>{undated}</ul></div>",
        news(),
        tab("2017-12-01"),
        tab("2017-06-01"),
    );
    let reading = home(&body);
    assert_eq!(outcome(&reading), "2018-03-17");
    let blocks: Vec<(&str, Option<String>, usize)> = reading
        .blocks
        .iter()
        .map(|block| {
            let newest = block.newest.map(|on| on.to_string());
            (block.heading.as_str(), newest, block.rows)
        })
        .collect();
    let on = |on: &str| Some(on.to_owned());
    let expected = [
        ("要闻动态", on("2018-03-17"), 3),
        ("通知公告", on("2018-02-01"), 2),
        ("政策文件", on("2017-12-01"), 3),
        ("政策解读", on("2017-06-01"), 3),
        ("机构职能", None, 4),
    ];
    assert_eq!(blocks, expected);
    let singles: String = ["2018-03-01", "2018-02-01", "2018-01-01"]
        .map(|on| format!("<ul>{}</ul>", rows(&[("关于开展检查的通知", on)])))
        .concat();
    let single = home(&format!(
        "<title>某某区</title><h2>通知</h2><div>{singles}</div>"
    ));
    let rows = single.blocks.iter().map(|block| block.rows);
    assert_eq!(rows.collect::<Vec<_>>(), [3], "a list element for each row");
    let more = reading
        .blocks
        .iter()
        .map(|block| block.more.as_ref().map(Url::path));
    assert_eq!(
        more.collect::<Vec<_>>(),
        [Some("/yw/"), Some("/gg/"), None, None, None]
    );
}

#[test]
fn behind_an_entrance_the_second_level_is_read() {
    let menu = [
        ("/en/", "English"),
        ("/jgzn/", "机构职能"),
        ("/xxgk/", "信息公开"),
        ("/gzdt/", "工作动态"),
        ("http://www.other.example.cn/", "友情链接"),
    ];
    let menu: String = menu
        .iter()
        .map(|(to, text)| format!("<a href='{to}'>{text}</a> "))
        .collect();
    let splash = "<title>某某区</title><a href='/index_1.html'><img src=a.jpg alt=进入网站></a>";
    let list = |on: &str| format!("<ul>{}</ul>", three(on));
    let cases = [
        (
            "a menu",
            menu,
            vec!["/gzdt/", "/xxgk/", "/jgzn/"],
            "2018-03-01",
        ),
        (
            "a splash",
            splash.to_owned(),
            vec!["/index_1.html"],
            "2018-03-01",
        ),
    ];
    for (name, body, wanted, expected) in cases {
        let recipe = Recipe {
            home: Some(url("/")),
            ..Recipe::of(Aim::Home)
        };
        let mut pages = Pages {
            first: page("/", &body),
            more: BTreeMap::new(),
        };
        let mut reader = Reader::new(recipe, today());
        let Answer::Need(urls) = reader.read(&pages) else {
            panic!("{name}: a need was expected");
        };
        let paths: Vec<&str> = urls.iter().map(Url::path).collect();
        assert_eq!(paths, wanted, "{name}");
        for (at, url) in urls.iter().enumerate() {
            let body = list(if at == 0 { "2018-03-01" } else { "2018-01-01" });
            let more = More::Page(page(url.path(), &body));
            pages.more.insert(url.clone(), more);
        }
        let Answer::Found(reading) = reader.read(&pages) else {
            panic!("{name}: a finding was expected");
        };
        assert_eq!(outcome(&reading), expected, "{name}");
        let Finding::Dated(update) = &reading.finding else {
            panic!("{name}: a date was expected");
        };
        assert_eq!(update.evidence.page, urls[0].as_str(), "{name}");
        // A splash leads to one page, which is then the home page.
        let note = match name {
            "a splash" => "an entrance that leads to one page".to_owned(),
            _ => format!(
                "an entrance without lists; {} of the pages behind it were read",
                urls.len()
            ),
        };
        assert!(
            noted(&reading).contains(&note),
            "{name}: {:?}",
            reading.notes
        );
    }
}

#[test]
fn a_home_page_without_any_date_of_its_own_is_not_judged() {
    let by_script = "<ul><li><a href='http://x.example.cn/1'>区政府召开政务公开工作推进会</a>\
         <script>document.write(new Date().toLocaleDateString())</script></li></ul>";
    let reading = home(&format!("<title>某某区</title>{}", by_script.repeat(4)));
    assert!(
        !matches!(reading.finding, Finding::Dated(_)),
        "{:?}",
        reading.finding
    );
}

#[test]
fn a_page_of_another_site_is_not_read() {
    let site = Identity {
        name: Some("北京市某某区民政局".to_owned()),
        id_code: Some("1100000001".to_owned()),
    };
    let recipe = Recipe {
        site,
        ..column("通知公告")
    };
    let cases = [
        (
            "<meta name='SiteIDCode' content='1100000001'>",
            "2018-03-17",
        ),
        (
            "<meta name=' siteidcode' content='bm00000001'>",
            "WrongSite",
        ),
        (
            "<meta name='SiteName' content='某某健康网资讯'>",
            "WrongSite",
        ),
        ("<title>热门手游排行_游戏下载</title>", "WrongSite"),
        ("<title>首页</title>", "2018-03-17"),
    ];
    for (head, expected) in cases {
        let body = format!("<html><head>{head}</head><body>{}</body></html>", news());
        let reading = found(page("/tzgg/", &body), &recipe);
        assert_eq!(outcome(&reading), expected, "{head}");
        assert_eq!(
            reading.notes.is_empty(),
            expected != "WrongSite",
            "{:?}",
            reading.notes
        );
    }
    assert_eq!(Unreadable::WrongSite.in_chinese(), "页面属于其他网站");
}

#[test]
fn comments_count_only_as_islands_of_data() {
    let records: String = ["2018-02-01", "2018-01-15", "2017-12-20"]
        .iter()
        .map(|on| {
            format!(
                "<record><![CDATA[<li><a href='/art/{on}.html'>关于开展网站检查工作的通知\
                 </a><span>{on}</span></li>]]></record>"
            )
        })
        .collect();
    let island = format!("<!--<recordset>{records}</recordset>-->");
    let dead_rows = format!("<!-- <ul>{}</ul> -->", news());
    let dead_script = format!(
        "<!-- <script>document.write(\"{}\")</script> -->",
        news().replace('\n', "")
    );
    let live = rows(&[
        ("关于印发年度工作要点的通知", "2017-11-03"),
        ("关于公布行政许可事项目录的公告", "2017-10-09"),
    ]);
    let cases = [
        (
            "an island",
            format!("<div id=list>{island}</div>"),
            "2018-02-01",
        ),
        (
            "dead rows",
            format!("{dead_rows}<ul>{live}</ul>"),
            "2017-11-03",
        ),
        (
            "a dead script",
            format!("{dead_script}<ul>{live}</ul>"),
            "2017-11-03",
        ),
    ];
    for (name, body, expected) in cases {
        let reading = found(page("/tzgg/", &body), &column("通知公告"));
        assert_eq!(outcome(&reading), expected, "{name}");
    }
}

/// A list of three rows, the newest of 16 March, with `before` before and `after` behind them.
fn list_with(before: &str, after: &str) -> String {
    let list = rows(&[
        ("关于开展网站检查工作的通知", "2018-03-16"),
        ("关于印发年度工作要点的通知", "2018-03-01"),
        ("关于公布行政许可事项目录的公告", "2018-02-01"),
    ]);
    format!("<title>通知公告</title><ul class=list>{before}{list}{after}</ul>")
}

#[test]
fn what_was_left_aside_is_told_and_changes_nothing() {
    let row = |title: &str, on: &str| {
        format!("<li><a href='/y/{on}.html'>{title}</a><span>{on}</span></li>")
    };
    let off = "<li><a href='http://mp.weixin.qq.com/s/1'>一图读懂政务公开工作要点</a>\
               <span>2018-03-10</span></li>";
    let cases = [
        (
            list_with("", &row("关于召开年度大会的预备通知", "2099-01-01")),
            "a date more than one day ahead was refused: 2099-01-01",
        ),
        (
            list_with("", &row("关于召开年度大会的预备通知", "1900-01-01")),
            "a date before 1995 was refused: 1900-01-01",
        ),
        (
            list_with(&row("网站使用帮助和常见问题", "2015-01-01"), ""),
            "1 pinned row left aside for order",
        ),
        (
            list_with(
                "<li style='display:none'><a href='/t.html'>模板测试数据请勿删除</a>\
                 <span>2018-03-17</span></li>",
                "",
            ),
            "1 hidden row left aside",
        ),
        (list_with("", off), "1 row leads off the site"),
        (
            list_with("<li><b>标题</b><i>发布日期</i></li>", ""),
            "the row of column heads left aside",
        ),
        (
            list_with(
                "",
                "<li><a href='/z.html'>关于2018年3月17日开展消防演练活动的公告</a>\
                 <span>2018-01-20</span></li>",
            ),
            "dates of events or deadlines left aside in 1 row",
        ),
        (
            list_with(
                "",
                "<li><a href='/z.html'>关于征集规划意见的公告</a><i>20180317-00018</i>\
                 <span>2018-01-20</span></li>",
            ),
            "index numbers left aside in 1 row",
        ),
        (
            format!("<div>今天是2018年3月18日 星期日</div>{}", list_with("", "")),
            "the day of the visit beside the list (clock, weather or traffic) left aside",
        ),
        (
            format!(
                "<div><a href='http://x.example.cn/'>北京市天气预报查询</a> 2018-03-18 \
                 晴 尾号限行3和8</div>{}",
                list_with("", "")
            ),
            "the day of the visit beside the list (clock, weather or traffic) left aside",
        ),
        (
            format!("{}<p>版权所有 2018-03-18 某某区</p>", list_with("", "")),
            "a line about the site (copyright, counter) left aside",
        ),
        (
            format!("{}<p>访问量：20180318</p>", list_with("", "")),
            "a line about the site (copyright, counter) left aside",
        ),
    ];
    for (body, note) in cases {
        let reading = found(page("/tzgg/", &body), &column("通知公告"));
        assert_eq!(outcome(&reading), "2018-03-16", "{note}");
        assert_eq!(noted(&reading), [note], "{body}");
    }
    let plain = found(page("/tzgg/", &list_with("", "")), &column("通知公告"));
    assert!(plain.notes.is_empty(), "{:?}", plain.notes);
}

#[test]
fn the_most_important_notes_come_first() {
    let body = list_with(
        "",
        "<li><a href='/y.html'>关于召开年度大会的预备通知</a><span>2099-01-01</span></li>\
         <li><a href='http://mp.weixin.qq.com/s/1'>一图读懂政务公开工作要点</a>2018-01-10</li>",
    );
    let body = format!("<meta charset=gb2312><div>今天是2018年3月18日 星期日</div>{body}");
    let mut page = page("/tzgg/", &body);
    page.content_type = None;
    let notes = noted(&found(page, &column("通知公告")));
    assert_eq!(
        notes,
        [
            "a date more than one day ahead was refused: 2099-01-01",
            "1 row leads off the site",
            "the day of the visit beside the list (clock, weather or traffic) left aside",
            "the page declares gb18030 but is utf-8",
        ]
    );
}

#[test]
fn notices_in_all_their_wordings_are_told_apart() {
    let cases = [
        ("Challenge", "<p>正在进行安全检测，请稍候…</p>"),
        ("Challenge", "<h1>403 Forbidden</h1><hr>nginx"),
        (
            "Challenge",
            "<title>访问受阻</title><p>您的请求存在异常，已被系统自动阻断，事件编号：A1</p>",
        ),
        ("Challenge", "<p>请拖动滑块完成拼图</p>"),
        ("Challenge", "<p>检测到可疑访问，请完成验证后继续</p>"),
        ("Challenge", "<p>Web应用防火墙已记录您的访问</p>"),
        (
            "Challenge",
            "<title>Attention Required!</title><p>Checking your browser before accessing</p>",
        ),
        (
            "Challenge",
            "<script>var arg1='A';function setCookie(){document.cookie='acw_sc__v2=1'}</script>",
        ),
        ("Challenge", "<p>抱歉，服务器拒绝了您的访问。</p>"),
        ("Challenge", "<p>当前访问人数过多，请稍后再试</p>"),
        ("Challenge", "<h2>当前页面正在进行人机识别，请稍候</h2>"),
        ("Challenge", "<script src='/_guard/auto.js'></script>"),
        ("Challenge", "<p>您的访问过于频繁，请稍后再试</p>"),
        ("Challenge", "<title>网站云防护</title><p>请稍候</p>"),
        (
            "Maintenance",
            "<title>网站改版升级公告</title><p>我局网站正在改版。</p>",
        ),
        (
            "Maintenance",
            "<p>因机房搬迁，本网站暂时关闭，给您带来不便，敬请谅解。</p>",
        ),
        ("Maintenance", "<h1>站点维护中</h1>"),
        (
            "Maintenance",
            "<p>系统例行维护，预计3月19日8时恢复，暂停访问。</p>",
        ),
        (
            "Maintenance",
            "<p>按照上级统一部署，网站整合迁移，暂停对外服务</p>",
        ),
        ("Maintenance", "<p>网站正在进行系统升级改造</p>"),
        ("Maintenance", "<p>本站已下线，请访问区政府门户网站</p>"),
        (
            "Maintenance",
            "<img src=a.jpg alt=''><p>网站建设中，请稍后访问</p>",
        ),
        ("Maintenance", "<p>因网络割接，本网站临时停用</p>"),
        ("Maintenance", "<p>系统维护中，暂无数据</p>"),
        ("Maintenance", "<p>本网站已整合至区政府门户网站</p>"),
        ("SoftMissing", "<p>您访问的网页不存在</p>"),
        (
            "SoftMissing",
            "<title>错误</title><h2>对不起，没有找到您要的页面</h2>",
        ),
        ("SoftMissing", "<p>该链接已失效</p>"),
        ("SoftMissing", "<p>页面走丢了，5秒后返回首页</p>"),
        (
            "SoftMissing",
            "<title>HTTP 404</title><p>The page cannot be found</p>",
        ),
        ("SoftMissing", "<p>找不到文件或目录</p>"),
        ("SoftMissing", "<p>该栏目已撤销</p>"),
        ("SoftMissing", "<p>请求的资源不存在</p>"),
        ("SoftMissing", "<p>信息不存在，或已被删除</p>"),
        ("Shell", "<p>系统繁忙，页面暂无法访问，请稍后再试</p>"),
        ("Shell", "<h2>通知公告</h2><p>您暂无权限查看</p>"),
        ("Shell", "<h1>502 Bad Gateway</h1>"),
    ];
    for (expected, body) in cases {
        let reading = found(page("/tzgg/", body), &column("通知公告"));
        assert_eq!(outcome(&reading), expected, "{body}");
    }
    // Lists about such things are lists.
    let about = rows(&[
        ("关于网站改版升级期间暂停访问的公告", "2018-03-16"),
        ("关于机房搬迁系统停止服务的通知", "2018-03-12"),
        ("关于查处异常访问行为的通报", "2018-03-02"),
        ("关于清理网页不存在链接的通知", "2018-02-02"),
        ("关于拒绝访问请求的处理意见", "2018-01-02"),
    ]);
    for count in [1, 2, 5] {
        let some: String = about.split_inclusive("</li>").take(count).collect();
        let body = format!("<title>通知公告</title><h2>通知公告</h2><ul>{some}</ul>");
        let reading = found(page("/tzgg/", &body), &column("通知公告"));
        assert_eq!(outcome(&reading), "2018-03-16", "{count}");
    }
}

#[test]
fn who_is_sent_to_the_home_page_is_told_so() {
    let home = format!("<title>某某区</title><h2>要闻动态</h2>{}", news());
    let at = |address: &str| Url::parse(address).expect("an address");
    let cases = [
        (
            "the root",
            "http://www.example.gov.cn/tzgg/",
            Some("http://www.example.gov.cn/"),
            "http://www.example.gov.cn/",
            true,
        ),
        (
            "no home known",
            "http://www.example.gov.cn/tzgg/",
            None,
            "http://www.example.gov.cn/index.html",
            true,
        ),
        (
            "another scheme",
            "http://www.example.gov.cn/tzgg/",
            Some("http://www.example.gov.cn/web/"),
            "https://www.example.gov.cn/web/index.html",
            true,
        ),
        (
            "the portal above",
            "http://jw.example.gov.cn/tzgg/",
            None,
            "http://www.example.gov.cn/",
            true,
        ),
        (
            "a host of its own",
            "http://www.example.gov.cn/tzgg/",
            None,
            "http://tzgg.example.gov.cn/",
            false,
        ),
        (
            "another page",
            "http://www.example.gov.cn/tzgg/",
            None,
            "http://www.example.gov.cn/tzgg/index.html",
            false,
        ),
        (
            "the home page that was meant",
            "http://www.example.gov.cn/index.html",
            None,
            "http://www.example.gov.cn/",
            false,
        ),
    ];
    for (name, asked, site, came, sent) in cases {
        let mut page = page("/", &home);
        page.url = at(came);
        let recipe = |aim| Recipe {
            column_name: (aim == Aim::Column).then(|| "要闻动态".to_owned()),
            home: site.map(at),
            asked: Some(at(asked)),
            ..Recipe::of(aim)
        };
        let reading = found(page.clone(), &recipe(Aim::Column));
        assert_eq!(outcome(&reading) == "RedirectedHome", sent, "{name}");
        let reading = found(page, &recipe(Aim::Any));
        let told = noted(&reading)
            .iter()
            .any(|note| note == "redirected to the home page");
        assert_eq!(told, sent, "{name}: {:?}", noted(&reading));
    }
}

#[test]
fn the_trail_to_an_article_is_no_list_of_one_row() {
    let text = "现将有关事项通知如下，请遵照执行。".repeat(10);
    let body = format!(
        "<div>当前位置：<a href='/'>首页</a> &gt; <a href='/tzgg/'>通知公告</a> &gt; 正文</div>\
         <h1>关于开展检查的通知</h1><p>{text}</p><p>某某局</p><p>2018年3月8日</p>"
    );
    let reading = found(page("/tzgg/1.html", &body), &column("通知公告"));
    assert_eq!(outcome(&reading), "NoList", "{:?}", noted(&reading));
    let one = rows(&[("关于开展检查的通知", "2018-03-08")]);
    let list = format!("<h2>通知公告</h2><ul>{one}</ul>");
    let reading = found(page("/tzgg/", &list), &column("通知公告"));
    assert_eq!(outcome(&reading), "2018-03-08");
}

#[test]
fn what_a_server_shows_of_a_folder_tells_when_files_were_made() {
    let rows: String = (1..9)
        .map(|n| format!("<tr><td><a href='tongzhigonggao{n}.html'>tongzhigonggao{n}.html</a></td><td>2018-03-0{n} 10:00</td></tr>"))
        .collect();
    let body = format!("<title>Index of /tzgg</title><h1>Index of /tzgg</h1><table>{rows}</table>");
    let reading = found(page("/tzgg/", &body), &column("通知公告"));
    assert_eq!(outcome(&reading), "NoList", "{:?}", noted(&reading));
}

#[test]
fn the_articles_before_and_after_the_one_shown_are_no_list() {
    let text = "现将有关事项通知如下，请各单位遵照执行，并于月底前报送情况。".repeat(8);
    let own = "<p>发布时间：2018-02-02</p>";
    let spoken = "<p>上一篇：<a href='/x/2.html'>关于假期安排的通知</a> 2018-03-09</p>\
                  <p>下一篇：<a href='/x/3.html'>关于防汛工作的通知</a> 2018-03-07</p>";
    let linked = "<p><a href='/x/2.html'>上一篇：关于假期安排的通知</a> 2018-03-09</p>\
                  <p><a href='/x/3.html'>下一篇：关于防汛工作的通知</a> 2018-03-07</p>";
    let tabled = "<table><tr><td>上一条</td><td><a href='/x/2.html'>关于假期安排的通知</a></td>\
                  <td>2018-03-09</td></tr><tr><td>下一条</td>\
                  <td><a href='/x/3.html'>关于防汛工作的通知</a></td><td>2018-03-07</td></tr></table>";
    for below in [spoken, linked, tabled] {
        let body = |own: &str| format!("<h1>关于开展检查的通知</h1>{own}<p>{text}</p>{below}");
        let reading = found(page("/x/1.html", &body("")), &column("通知公告"));
        assert!(
            !matches!(reading.finding, Finding::Dated(_)),
            "{below}: {}",
            outcome(&reading)
        );
        let reading = found(page("/x/1.html", &body(own)), &column("通知公告"));
        assert!(
            !outcome(&reading).starts_with("2018-03"),
            "{below}: {}",
            outcome(&reading)
        );
    }
}
