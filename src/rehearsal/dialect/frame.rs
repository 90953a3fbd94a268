//! What stands around the content of every page: head, navigation, page clock, footer. Most of it
//! carries digits that look like dates and are none.

use chrono::{Datelike as _, Weekday};

use super::rows::escape;
use crate::domain::time::{Date, Moment, date_of};
use crate::rehearsal::site::{Charset, SimColumn, SimSite};

/// The page above the columns, on sites that have one.
pub const HUB: &str = "/zwgk/";
/// What it is called.
pub const HUB_NAME: &str = "政务公开";
/// What else stands in the menu: no columns with a limit.
pub const OTHERS: [(&str, &str); 3] = [
    ("/bszn/", "办事指南"),
    ("/ztzl/", "专题专栏"),
    ("/en/", "English"),
];

/// A page of `site` as of `at`: `title` in the head, `metas` below it, `content` in the middle.
pub fn page(site: &SimSite, at: Moment, title: &str, metas: &str, content: &str) -> String {
    let charset = match site.traits.charset {
        Charset::Utf8 => "utf-8",
        Charset::Gbk => "gb2312",
    };
    format!(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \
         \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\" />\n\
         <title>{title}</title>\n{metas}\
         <link href=\"/images/style.css\" rel=\"stylesheet\" type=\"text/css\" />\n\
         <script type=\"text/javascript\" src=\"/js/jquery-1.8.3.min.js\"></script>\n\
         </head>\n<body>\n{}{}<div class=\"main\">\n{content}\n</div>\n{}</body>\n</html>\n",
        header(site, date_of(at)),
        navigation(site),
        footer(site, at),
    )
}

/// The meta tags of the guideline, on sites that have them.
pub fn metas(site: &SimSite, column: Option<&SimColumn>) -> String {
    if !site.traits.meta_tags {
        return String::new();
    }
    let mut tags = format!(
        "<meta name=\"SiteName\" content=\"{}\" />\n<meta name=\"SiteIDCode\" content=\"{}\" />\n",
        site.title, site.code
    );
    if let Some(column) = column {
        tags.push_str(&format!(
            "<meta name=\"ColumnName\" content=\"{}\" />\n\
             <meta name=\"ColumnType\" content=\"{}\" />\n",
            column.name,
            column.class.in_chinese()
        ));
    }
    tags
}

fn header(site: &SimSite, today: Date) -> String {
    let clock = if site.traits.page_clock {
        format!(
            "<div class=\"date\">今天是{}年{}月{}日 {}</div>\n",
            today.year(),
            today.month(),
            today.day(),
            weekday(today.weekday())
        )
    } else {
        String::new()
    };
    let weather = if site.traits.weather {
        let warmest = 4 + (today.ordinal() * 7) % 15;
        format!(
            "<div class=\"weather\">{today} 北京 晴转多云 {}℃～{warmest}℃ 空气质量指数{}</div>\n",
            warmest - 4,
            40 + (today.ordinal() * 37) % 150
        )
    } else {
        String::new()
    };
    format!(
        "<div class=\"top\">\n<div class=\"logo\"><a href=\"/\">{}</a></div>\n{clock}{weather}\
         </div>\n",
        site.title
    )
}

fn navigation(site: &SimSite) -> String {
    let columns = site.columns.iter();
    let columns = columns
        .filter(|column| !site.is_below_hub(column))
        .map(|column| (site.list_path(column), column.name));
    let hub = site.traits.hub.then(|| (HUB.to_owned(), HUB_NAME));
    let others = OTHERS.map(|(path, name)| (path.to_owned(), name));
    let links: Vec<String> = columns
        .chain(hub)
        .chain(others)
        .map(|(path, name)| format!("<li><a href=\"{path}\">{name}</a></li>"))
        .collect();
    format!(
        "<div class=\"dh\"><ul>\n<li><a href=\"/\">首页</a></li>\n{}\n</ul></div>\n",
        links.join("\n")
    )
}

fn footer(site: &SimSite, at: Moment) -> String {
    let tail = site.code.chars().rev().take(3).collect::<String>();
    format!(
        "<div class=\"footer\">\n<p>友情链接：<a href=\"http://www.example.cn/\">市政府门户</a>　\
         <a href=\"http://gov.example.cn/tzgg/\">通知公告</a></p>\n<p>主办单位：{}　网站标识码：{}</p>\n\
         <p>地址：北京市西城区　邮编：100000　电话：010-00000{tail}</p>\n\
         <p>京ICP备00000{tail}号-1　京公网安备 11010200000{tail}号　版权所有 &copy; 2008-{} {}</p>\n\
         </div>\n",
        site.unit.name,
        site.code,
        date_of(at).year(),
        site.title
    )
}

/// Where the reader is: home page, column.
pub fn breadcrumb(site: &SimSite, column: &SimColumn) -> String {
    let hub = if site.is_below_hub(column) {
        format!("<a href=\"{HUB}\">{HUB_NAME}</a> &gt; ")
    } else {
        String::new()
    };
    format!(
        "<div class=\"position\">当前位置：<a href=\"/\">首页</a> &gt; {hub}<a href=\"{}\">{}</a></div>",
        site.list_path(column),
        escape(column.name, false)
    )
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "星期一",
        Weekday::Tue => "星期二",
        Weekday::Wed => "星期三",
        Weekday::Thu => "星期四",
        Weekday::Fri => "星期五",
        Weekday::Sat => "星期六",
        Weekday::Sun => "星期日",
    }
}
