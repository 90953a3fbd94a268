//! Rows of lists in every dialect.

use chrono::Datelike as _;

use super::Dialect;
use crate::domain::class::Class;
use crate::domain::time::Date;
use crate::rehearsal::site::{Publication, SimColumn, SimSite};

/// Where rows are shown; it decides how addresses are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// On the column's own page.
    List,
    /// On the home page.
    Home,
}

/// The most characters of a title where titles are cut.
const TITLE_CHARS: usize = 16;

/// What a row shows.
struct Row {
    link: String,
    /// The link of the date, where the date is a link too.
    href: String,
    date: String,
    on: Date,
    number: u32,
    pinned: bool,
}

/// The list of `items`, newest first, with `pinned` above them.
pub fn block(
    dialect: Dialect,
    site: &SimSite,
    column: &SimColumn,
    stage: Stage,
    items: &[&Publication],
    pinned: Option<&Publication>,
) -> String {
    let top = pinned.map(|item| row(dialect, site, column, stage, item, true));
    let rest = items
        .iter()
        .map(|item| row(dialect, site, column, stage, item, false));
    let rows: Vec<Row> = top.into_iter().chain(rest).collect();
    let lines: Vec<String> = rows.iter().map(|row| line(dialect, row)).collect();
    wrap(dialect, site, column, &lines)
}

fn row(
    dialect: Dialect,
    site: &SimSite,
    column: &SimColumn,
    stage: Stage,
    item: &Publication,
    pinned: bool,
) -> Row {
    let href = href(dialect, column, stage, item);
    let title = escape(&item.title, site.traits.entities);
    let cut = site.traits.truncated && item.title.chars().count() > TITLE_CHARS;
    let shown = if cut {
        let head: String = item.title.chars().take(TITLE_CHARS).collect();
        format!("{}...", escape(&head, site.traits.entities))
    } else {
        title.clone()
    };
    let shown = if dialect == Dialect::ZtBlock {
        format!("<span>{shown}</span>")
    } else {
        shown
    };
    Row {
        link: format!(r#"<a href="{href}" title="{title}" target="_blank">{shown}</a>"#),
        href,
        date: date(dialect, column.class, item.claimed_on),
        on: item.claimed_on,
        number: item.number,
        pinned,
    }
}

fn href(dialect: Dialect, column: &SimColumn, stage: Stage, item: &Publication) -> String {
    if let Some(elsewhere) = &item.elsewhere {
        return elsewhere.clone();
    }
    let path = dialect.article_path(column, item);
    let own = format!("/{}/", column.folder);
    match (dialect, stage, path.strip_prefix(&own)) {
        (Dialect::TrsPath, Stage::List, Some(rest)) => format!("./{rest}"),
        (Dialect::TrsPath, Stage::Home, _) => format!(".{path}"),
        _ => path,
    }
}

/// The date as the dialect prints it in a row.
fn date(dialect: Dialect, class: Class, on: Date) -> String {
    let often = matches!(class, Class::News | Class::Notices);
    match dialect {
        Dialect::Bracketed => format!("[{on}]"),
        Dialect::ChineseDate => format!("{}年{}月{}日", on.year(), on.month(), on.day()),
        Dialect::DateFirst => format!("{}/{:02}/{:02}", on.year(), on.month(), on.day()),
        Dialect::MonthDay if often => format!("{:02}-{:02}", on.month(), on.day()),
        _ => on.to_string(),
    }
}

fn line(dialect: Dialect, row: &Row) -> String {
    let Row { link, date, .. } = row;
    let pin = if row.pinned {
        r#"<font color="red">[置顶]</font>"#
    } else {
        ""
    };
    match dialect {
        Dialect::ListSpan | Dialect::InfoList | Dialect::MonthDay => {
            format!("<li>{pin}{link}<span>{date}</span></li>")
        }
        Dialect::ChineseDate => format!(r#"<li>{pin}{link}<em class="rq">{date}</em></li>"#),
        Dialect::DateFirst => format!(r#"<li><i class="time">{date}</i>{pin}{link}</li>"#),
        Dialect::TableRow => table_line(row, pin),
        Dialect::Bracketed => format!("<li>{pin}{link} {date}</li>"),
        Dialect::TrsPath | Dialect::HanwebPath | Dialect::ArticleMeta | Dialect::ArticleLabel => {
            format!("<li>{pin}{link}</li>")
        }
        Dialect::HanwebRecords => {
            let item = format!("<li>{pin}{link}<b>{date}</b></li>");
            format!("<record><![CDATA[{item}]]></record>")
        }
        Dialect::SlashTable => {
            let second = format!(r#"<a href="{}">{date}</a>"#, row.href);
            format!(r#"<tr><td align="left">{pin}{link}</td><td width="90">{second}</td></tr>"#)
        }
        Dialect::ZtBlock => {
            let time = format!("<div class=\"time\">\n  {date} </div>");
            format!(r#"<div class="zt">{pin}{link}{time}</div>"#)
        }
        Dialect::Script => {
            format!("document.write('<li>{pin}{link}<span class=\"date\">{date}</span></li>');")
        }
    }
}

/// A row of a disclosure table: the index number (索引号) looks like a date and is none.
fn table_line(row: &Row, pin: &str) -> String {
    let index = format!("{}-{:02}-{:05}", row.on.year(), row.on.month(), row.number);
    format!(
        "<tr><td>{index}</td><td>{pin}{}</td><td align=\"center\">{}</td></tr>",
        row.link, row.date
    )
}

fn wrap(dialect: Dialect, site: &SimSite, column: &SimColumn, lines: &[String]) -> String {
    let rows = lines.join("\n");
    match dialect {
        Dialect::TableRow => format!(
            "<table class=\"gkml\" width=\"100%\">\n<tr><th>索引号</th><th>名称</th>\
             <th>发布日期</th></tr>\n{rows}\n</table>"
        ),
        Dialect::InfoList => format!("<div class=\"infolist\"><ul>\n{rows}\n</ul></div>"),
        Dialect::ZtBlock => format!("<div class=\"list\">\n{rows}\n</div>"),
        Dialect::SlashTable => format!(
            "<div id=\"CNT_1055/{}/{}/1\"><table width=\"100%\" cellspacing=\"0\">\n{rows}\n\
             </table></div>",
            site.id.as_str().to_uppercase(),
            column.folder
        ),
        Dialect::HanwebRecords => format!(
            "<div id=\"{}\" class=\"default_pgContainer\"><script type=\"text/xml\"><datastore>\n\
             <nextgroup><![CDATA[<a href=\"/module/jpage/dataproxy.jsp?page=1\"></a>]]></nextgroup>\n\
             <recordset>\n{rows}\n</recordset></datastore></script></div>",
            column.number
        ),
        Dialect::Script => format!(
            "<ul class=\"list\">\n<script type=\"text/javascript\">\n{rows}\n</script>\n</ul>"
        ),
        _ => format!("<ul class=\"list\">\n{rows}\n</ul>"),
    }
}

/// The text with the signs of markup escaped; quotation marks too where the site does so.
pub fn escape(text: &str, entities: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '“' if entities => out.push_str("&ldquo;"),
            '”' if entities => out.push_str("&#8221;"),
            _ => out.push(sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::truth::{Options, Truth};

    /// The list of one item, published on 16 October 2017, in a column of news.
    fn written(dialect: Dialect, truncated: bool, entities: bool) -> String {
        let truth = Truth::new(Options::demo()).unwrap();
        let mut site = truth.sites()[18].clone();
        site.traits.truncated = truncated;
        site.traits.entities = entities;
        let column = site.columns[0].clone();
        let mut item = column.publications[0].clone();
        item.title = "区科信委召开“互联网+政务服务”工作推进会".to_owned();
        item.number = 4711;
        item.claimed_on = "2017-10-16".parse().unwrap();
        item.elsewhere = None;
        block(dialect, &site, &column, Stage::List, &[&item], None)
    }

    #[test]
    fn each_dialect_puts_the_date_where_it_belongs() {
        let rows = [
            (Dialect::ListSpan, "</a><span>2017-10-16</span></li>"),
            (Dialect::DateFirst, "<i class=\"time\">2017/10/16</i><a "),
            (Dialect::TableRow, "<tr><td>2017-10-04711</td><td><a "),
            (
                Dialect::TableRow,
                "<td align=\"center\">2017-10-16</td></tr>",
            ),
            (Dialect::Bracketed, "</a> [2017-10-16]</li>"),
            (Dialect::ChineseDate, "2017年10月16日"),
            (Dialect::MonthDay, "<span>10-16</span>"),
            (Dialect::TrsPath, "./201710/t20171016_4711.html"),
            (Dialect::HanwebPath, "/art/2017/10/16/art_1201_4711.html"),
            (Dialect::HanwebRecords, "<record><![CDATA[<li><a "),
            (Dialect::InfoList, "<div class=\"infolist\"><ul>\n<li><a "),
            (Dialect::SlashTable, "<div id=\"CNT_1055/KXW/gzdt/1\">"),
            (
                Dialect::SlashTable,
                "<a href=\"/gzdt/4711.ycs\">2017-10-16</a>",
            ),
            (
                Dialect::ZtBlock,
                "<div class=\"time\">\n  2017-10-16 </div>",
            ),
            (Dialect::Script, "document.write('<li><a "),
        ];
        for (dialect, part) in rows {
            let text = written(dialect, false, false);
            assert!(text.contains(part), "{dialect:?}: {text}");
        }
    }

    #[test]
    fn rows_without_a_date_have_none() {
        for dialect in Dialect::ALL {
            let text = written(dialect, false, false);
            let dated = text.contains("10-16") || text.contains("10/16") || text.contains("10月16");
            let by_address = dialect == Dialect::HanwebPath;
            assert_eq!(
                dated,
                dialect.dates_rows() || by_address,
                "{dialect:?}: {text}"
            );
        }
    }

    #[test]
    fn cut_titles_keep_the_whole_one_beside_them_and_entities_are_written() {
        let text = written(Dialect::ListSpan, true, true);
        assert!(
            text.contains(">区科信委召开&ldquo;互联网+政务服务&#8221;...</a>"),
            "{text}"
        );
        let whole = "title=\"区科信委召开&ldquo;互联网+政务服务&#8221;工作推进会\"";
        assert!(text.contains(whole), "{text}");
    }
}
