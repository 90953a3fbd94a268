//! What a site answers to a path at an instant.

use chrono::{Datelike as _, Timelike as _};

use super::rows::{self, Stage, escape};
use super::{Dialect, frame, number_in};
use crate::domain::time::Moment;
use crate::rehearsal::dice::Dice;
use crate::rehearsal::site::{Condition, Entrance, Publication, Robots, SimColumn, SimSite};
use crate::rehearsal::titles;
use crate::rehearsal::truth::Truth;

/// An answer before it becomes bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A page with this status.
    Page(u16, String),
    /// A plain text.
    Text(String),
    /// 302 to this path.
    Redirect(&'static str),
    /// The connection is closed without an answer.
    Close,
    /// Nothing ever comes.
    Hang,
}

/// Rows of a list page.
const LIST_ROWS: usize = 20;
/// Rows of one column on the home page.
const HOME_ROWS: usize = 5;
/// The path of the home page behind an entrance.
const HOME: &str = "/index.html";

/// Addresses of sites beyond the group that pages link to, and the paths of the portal in their place.
pub const BEYOND: [(&str, &str); 3] = [
    ("http://www.example.cn/", "/"),
    ("http://gov.example.cn/tzgg/", "/ztzl/"),
    ("http://mp.weixin.example.cn/s/", "/bszn/?s="),
];
/// What every page loads.
const PARTS: [&str; 2] = ["/images/style.css", "/js/jquery-1.8.3.min.js"];
/// Sites whose page of guides leads to a form that is not there.
const WITHOUT_FORM: [&str; 4] = ["gzw", "jw", "tjj", "cs"];
/// Sites whose page of topics is written with slips.
const WITH_SLIPS: [&str; 3] = ["bzf", "tjj", "whw"];

/// What `site` answers to `path` at `at`.
pub fn answer(truth: &Truth, site: &SimSite, path: &str, at: Moment) -> Answer {
    let at_root = path == "/" || path == HOME;
    match truth.condition(&site.id, at) {
        Condition::Closed => Answer::Close,
        Condition::Silent => Answer::Hang,
        Condition::Challenge => Answer::Page(403, CHALLENGE.to_owned()),
        Condition::ServerError => Answer::Page(500, SERVER_ERROR.to_owned()),
        Condition::Maintenance => Answer::Page(200, maintenance(site)),
        Condition::WrongPage => Answer::Page(200, WRONG_PAGE.to_owned()),
        Condition::SoftMissing if !at_root => Answer::Page(200, missing(site, at)),
        Condition::RedirectsHome if !at_root => Answer::Redirect("/"),
        Condition::Well | Condition::SoftMissing | Condition::RedirectsHome => well(site, path, at),
    }
}

fn well(site: &SimSite, path: &str, at: Moment) -> Answer {
    match path {
        "/" => return Answer::Page(200, entrance(site, at)),
        HOME => return Answer::Page(200, home(site, at)),
        "/robots.txt" => return robots(site, at),
        _ if PARTS.contains(&path) => return Answer::Text("/* */\n".to_owned()),
        frame::HUB if site.traits.hub => return Answer::Page(200, hub(site, at)),
        _ => {}
    }
    if let Some((_, name)) = frame::OTHERS.iter().find(|(other, _)| *other == path) {
        return Answer::Page(
            200,
            frame::page(
                site,
                at,
                name,
                "",
                &format!("<h2>{name}</h2>{}", blemish(site, path)),
            ),
        );
    }
    let mut lists = site.columns.iter();
    if let Some(column) = lists.find(|column| site.list_path(column) == path) {
        return Answer::Page(200, list(site, column, at));
    }
    match number_in(path).and_then(|number| item(site, number, at)) {
        Some((column, item)) => Answer::Page(200, article(site, column, item, at)),
        None => Answer::Page(404, missing(site, at)),
    }
}

/// What is amiss on a page that is no column, by its site and path.
fn blemish(site: &SimSite, path: &str) -> &'static str {
    let is_of = |sites: &[&str]| sites.contains(&site.id.as_str());
    match path {
        "/bszn/" if is_of(&WITHOUT_FORM) => "\n<p><a href=\"/xzzx/sqb.doc\">申请表下载</a></p>",
        "/ztzl/" if is_of(&WITH_SLIPS) => "\n<p>　　截止目前，各科室已按要求布署专项检查工作。</p>",
        _ => "",
    }
}

fn robots(site: &SimSite, at: Moment) -> Answer {
    match site.traits.robots {
        Robots::Missing => Answer::Page(404, missing(site, at)),
        Robots::AllowAll => Answer::Text("User-agent: *\nAllow: /\n".to_owned()),
        Robots::NoDelay => Answer::Text("User-agent: *\nDisallow:\nCrawl-delay: 0\n".to_owned()),
    }
}

fn item(site: &SimSite, number: u32, at: Moment) -> Option<(&SimColumn, &Publication)> {
    site.columns.iter().find_map(|column| {
        let mut shown = column.shown(at);
        Some((column, shown.find(|item| item.number == number)?))
    })
}

/// The list page of a column.
pub fn list(site: &SimSite, column: &SimColumn, at: Moment) -> String {
    let dialect = site.dialect_at(at);
    let shown: Vec<&Publication> = column.shown(at).collect();
    let pinned = shown
        .get(6)
        .copied()
        .filter(|_| site.traits.pinned && dialect != Dialect::MonthDay);
    let newest: Vec<&Publication> = shown.iter().copied().take(LIST_ROWS).collect();
    let rows = if newest.is_empty() {
        "<ul class=\"list\"></ul>\n<p class=\"none\">暂无信息</p>".to_owned()
    } else {
        rows::block(dialect, site, column, Stage::List, &newest, pinned)
    };
    let pages = shown.len().div_ceil(LIST_ROWS).max(1);
    let content = format!(
        "{}\n<h2>{}</h2>\n{rows}\n{}",
        frame::breadcrumb(site, column),
        column.name,
        paging(dialect, shown.len(), pages)
    );
    let title = format!("{}-{}", column.name, site.title);
    frame::page(
        site,
        at,
        &title,
        &frame::metas(site, Some(column)),
        &content,
    )
}

fn paging(dialect: Dialect, items: usize, pages: usize) -> String {
    match dialect {
        Dialect::TrsPath | Dialect::ArticleMeta => format!(
            "<script type=\"text/javascript\">createPageHTML({pages}, 0, \"index\", \"html\");</script>"
        ),
        Dialect::InfoList => {
            format!(
                "<div class=\"page\">共{items}条 <a class=\"page_next\" href=\"#\">下一页</a></div>"
            )
        }
        Dialect::ZtBlock => {
            format!("<ul class=\"pagination\"><li>首页</li><li>尾页</li><li>共{pages}页</li></ul>")
        }
        Dialect::SlashTable => format!(
            "<table><tr><td><form method=\"post\">共<font color=\"red\">{pages}</font>页\
             <input name=\"page_num\" value=\"1\" /></form></td></tr></table>"
        ),
        _ => {
            format!("<div class=\"page\">共{items}条记录 1/{pages}页 首页 上一页 下一页 尾页</div>")
        }
    }
}

fn entrance(site: &SimSite, at: Moment) -> String {
    match site.traits.entrance {
        Entrance::Home => home(site, at),
        Entrance::Hop => format!(
            "<html><head><title>{}</title></head><body>\n<script language=\"javascript\">\
             window.location.href=\"{HOME}\";</script>\n</body></html>\n",
            site.title
        ),
        Entrance::Picture => format!(
            "<html><head><title>{}</title></head><body>\n<div align=\"center\">\
             <a href=\"{HOME}\"><img src=\"/images/welcome.jpg\" alt=\"进入网站\" /></a><br />\
             <a href=\"{HOME}\">进入网站</a>　<a href=\"/en/\">English</a></div>\n</body></html>\n",
            site.title
        ),
    }
}

/// The home page behind the entrance.
pub fn home(site: &SimSite, at: Moment) -> String {
    let blocks: Vec<String> = site
        .columns
        .iter()
        .map(|column| block(site, column, at, !site.is_below_hub(column)))
        .collect();
    frame::page(
        site,
        at,
        &site.title,
        &frame::metas(site, None),
        &blocks.join("\n"),
    )
}

/// The newest items of a column under its name, with a way to the rest.
fn block(site: &SimSite, column: &SimColumn, at: Moment, leads_on: bool) -> String {
    let newest: Vec<&Publication> = column.shown(at).take(HOME_ROWS).collect();
    let dialect = site.dialect_at(at);
    let rows = rows::block(dialect, site, column, Stage::Home, &newest, None);
    let more = if leads_on {
        let path = site.list_path(column);
        format!("<a class=\"more\" href=\"{path}\">更多&gt;&gt;</a>")
    } else {
        String::new()
    };
    format!(
        "<div class=\"box\">\n<h3>{}{more}</h3>\n{rows}\n</div>",
        column.name
    )
}

/// The page above the columns: a block of each.
fn hub(site: &SimSite, at: Moment) -> String {
    let columns = site.columns.iter();
    let blocks: Vec<String> = columns
        .filter(|column| site.is_below_hub(column))
        .map(|column| block(site, column, at, true))
        .collect();
    let content = format!(
        "<div class=\"position\">当前位置：<a href=\"/\">首页</a> &gt; {}</div>\n{}",
        frame::HUB_NAME,
        blocks.join("\n")
    );
    let title = format!("{}-{}", frame::HUB_NAME, site.title);
    frame::page(site, at, &title, &frame::metas(site, None), &content)
}

fn article(site: &SimSite, column: &SimColumn, item: &Publication, at: Moment) -> String {
    let dialect = site.dialect_at(at);
    let mut dice = Dice::new(u64::from(item.number), item.title.as_str());
    let title = escape(&item.title, site.traits.entities);
    let paragraphs: Vec<String> = (0..3)
        .map(|_| format!("<p>　　{}</p>", titles::paragraph(&mut dice)))
        .collect();
    let content = format!(
        "{}\n<h1>{title}</h1>\n<div class=\"info\">{}</div>\n<div class=\"xiangqing\">\n{}\n</div>",
        frame::breadcrumb(site, column),
        label(dialect, site, item),
        paragraphs.join("\n")
    );
    let mut metas = frame::metas(site, Some(column));
    if dialect == Dialect::ArticleMeta {
        let stamp = stamp(item);
        metas.push_str(&format!(
            "<meta name=\"ArticleTitle\" content=\"{title}\" />\n\
             <meta name=\"PubDate\" content=\"{stamp}\" />\n"
        ));
    }
    frame::page(
        site,
        at,
        &format!("{title}-{}", site.title),
        &metas,
        &content,
    )
}

fn stamp(item: &Publication) -> String {
    format!(
        "{} {:02}:{:02}",
        item.told_on(),
        item.at.hour(),
        item.at.minute()
    )
}

fn label(dialect: Dialect, site: &SimSite, item: &Publication) -> String {
    let on = item.told_on();
    match dialect {
        Dialect::ArticleLabel => format!(
            "发布日期：{}年{}月{}日　来源：{}　点击数：{}",
            on.year(),
            on.month(),
            on.day(),
            site.unit.short,
            item.number % 900 + 40
        ),
        Dialect::ZtBlock | Dialect::InfoList => format!("发布时间:{} 分享:", stamp(item)),
        _ => format!(
            "来源：{}&nbsp;&nbsp;发布时间：{}",
            site.unit.name,
            stamp(item)
        ),
    }
}

fn maintenance(site: &SimSite) -> String {
    format!(
        "<html><head><title>{0}</title></head><body>\n<div align=\"center\">\
         <h2>{0}</h2>\n<p>网站正在升级维护，暂停访问，给您带来不便，敬请谅解。</p>\n\
         </div>\n</body></html>\n",
        site.title
    )
}

fn missing(site: &SimSite, at: Moment) -> String {
    let content = "<div class=\"error\"><h2>温馨提示</h2>\n\
                   <p>您访问的页面不存在或已删除。</p><p><a href=\"/\">返回首页</a></p></div>";
    let title = format!("页面不存在-{}", site.title);
    frame::page(site, at, &title, "", content)
}

const CHALLENGE: &str = "<html><head><meta charset=\"utf-8\"><title>访问被拦截</title></head>\
    <body><h1>403 Forbidden</h1>\n<p>您的请求疑似攻击行为，访问被拦截。</p>\
    <p>如有疑问，请联系网站管理员。事件编号：0000</p>\
    <script>var _wafseed=\"0000\";document.cookie=\"__jsl_clearance=0\";</script></body></html>\n";

const SERVER_ERROR: &str = "<html><head><title>500 Internal Server Error</title></head>\
    <body><h1>Internal Server Error</h1></body></html>\n";

const WRONG_PAGE: &str = "<html><head><title>Apache Tomcat</title></head><body>\n\
    <h1>Apache Tomcat</h1>\n<p>If you are seeing this page, the server was set up \
    successfully.</p>\n<ul>\n<li><a href=\"/docs/setup.html\">Setup guide</a></li>\n\
    <li><a href=\"/docs/security.html\">Security considerations</a></li>\n\
    <li><a href=\"/manager/status\">Server status</a></li>\n</ul>\n</body></html>\n";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;
    use crate::rehearsal::truth::Options;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    #[test]
    fn pages_are_functions_of_seed_and_instant() {
        let (one, two) = (
            Truth::new(Options::demo()).unwrap(),
            Truth::new(Options::demo()).unwrap(),
        );
        let other = Truth::new(Options {
            seed: 1,
            ..Options::demo()
        });
        assert_eq!(one, two);
        assert_ne!(one, other.unwrap());
        let now = at("2017-10-20T12:00:00");
        for (a, b) in one.sites().iter().zip(two.sites()) {
            for column in &a.columns {
                let path = a.list_path(column);
                assert_eq!(answer(&one, a, &path, now), answer(&two, b, &path, now));
            }
        }
    }

    #[test]
    fn an_item_appears_at_its_instant_and_not_before() {
        let truth = Truth::new(Options::demo()).unwrap();
        let site = truth.sites().first().unwrap();
        let column = site.columns.first().unwrap();
        let item = column.publications.last().unwrap();
        let before = item.at - chrono::TimeDelta::minutes(1);
        let path = site.dialect.article_path(column, item);
        assert!(!list(site, column, before).contains(&path));
        assert!(list(site, column, item.at).contains(&path));
        assert!(matches!(
            answer(&truth, site, &path, before),
            Answer::Page(404, _)
        ));
        assert!(matches!(
            answer(&truth, site, &path, item.at),
            Answer::Page(200, _)
        ));
    }

    #[test]
    fn every_site_has_a_home_page_with_its_newest_items_and_its_footer() {
        let truth = Truth::new(Options::demo()).unwrap();
        let now = at("2017-10-17T12:00:00");
        for site in truth.sites() {
            let html = home(site, now);
            assert!(
                html.contains("主办单位") && html.contains(&site.code),
                "{}",
                site.id
            );
            for column in &site.columns {
                let Some(newest) = column.shown(now).next() else {
                    continue;
                };
                let title = escape(&newest.title, site.traits.entities);
                assert!(html.contains(&title), "{}: {title}", column.id);
            }
        }
        let entrances: Vec<Entrance> = truth.sites().iter().map(|s| s.traits.entrance).collect();
        assert!(entrances.contains(&Entrance::Hop) && entrances.contains(&Entrance::Picture));
    }

    #[test]
    fn a_redesign_changes_the_markup_and_keeps_addresses_and_items() {
        let truth = Truth::new(Options::demo()).unwrap();
        let mut redesigned = 0;
        for site in truth.sites() {
            let Some(redesign) = site.redesign else {
                continue;
            };
            redesigned += 1;
            let column = site.columns.first().unwrap();
            let path = site.list_path(column);
            let before = redesign.from - chrono::TimeDelta::minutes(1);
            let pages = [before, redesign.from].map(|at| answer(&truth, site, &path, at));
            assert_ne!(pages[0], pages[1], "{}", site.id);
            let title = escape(
                &column.shown(before).next().unwrap().title,
                site.traits.entities,
            );
            for page in pages {
                let Answer::Page(200, html) = page else {
                    panic!("{}: {page:?}", site.id);
                };
                assert!(html.contains(&title), "{}", site.id);
            }
        }
        assert_eq!(redesigned, 2);
    }
}
