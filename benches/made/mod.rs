//! Made-up pages that look like real lists and homes: heads with styles and scripts, menus, rows
//! in the usual dialects, tabs, footers with links to other sites. 30 to 300 KB each.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "pages are made of this file's own words"
)]

use std::fmt::Write as _;

const TITLES: [&str; 8] = [
    "关于开展2018年度网站检查工作的通知",
    "区政府召开第三季度安全生产工作会议",
    "关于公布政府信息公开目录的公告",
    "我区启动“阳光政务”便民服务活动",
    "关于做好汛期地质灾害防治工作的紧急通知",
    "示例街道组织开展消防安全知识培训暨应急演练",
    "2018年部门预算公开说明",
    "示例区人民政府办公室关于印发实施方案的通知",
];

const MENU: [&str; 10] = [
    "首页",
    "政务公开",
    "新闻中心",
    "政民互动",
    "办事服务",
    "通知公告",
    "领导信息",
    "机构职能",
    "政策法规",
    "专题专栏",
];

/// The made-up list pages.
pub fn lists() -> Vec<(&'static str, String)> {
    let plain: fn(usize) -> String = plain_row;
    vec![
        ("30 KB of rows", list(plain, 60, 1, 8)),
        ("rows of a table", list(table_row, 120, 2, 20)),
        ("rows in paragraphs", list(paragraph_row, 200, 1, 40)),
        ("rows of the flagged kind", list(flagged_row, 300, 3, 30)),
        ("a data island", island(300)),
        ("300 KB of rows", list(plain, 900, 4, 60)),
    ]
}

/// The made-up home pages.
pub fn homes() -> Vec<(&'static str, String)> {
    vec![
        ("a small home", home(6, 8, 10)),
        ("a middling home", home(20, 10, 30)),
        ("a home of tabs", home(40, 8, 60)),
        ("a great home", home(70, 10, 120)),
    ]
}

fn title(n: usize) -> &'static str {
    TITLES[n % TITLES.len()]
}

fn day(n: usize) -> String {
    format!("2018-{:02}-{:02}", 12 - n / 28 % 12, 28 - n % 28)
}

fn plain_row(n: usize) -> String {
    let (title, day, compact) = (title(n), day(n), day(n).replace('-', ""));
    format!(
        "\t\t<li>\r\n\t\t\t<a href=\"./{}/t{compact}_{}.html\" target=\"_blank\" title=\"{title}\">{title}</a>\r\n\t\t\t<span class=\"date\">{day}</span>\r\n\t\t</li>\r\n",
        &compact[..6],
        6000 + n,
    )
}

fn table_row(n: usize) -> String {
    let (title, day) = (title(n), day(n));
    format!(
        "<tr><td width=\"5%\" align=\"center\"><img src=\"/images/dot.gif\" border=\"0\" width=\"3\" height=\"5\"></td><td width=\"75%\" style=\"border-bottom:1px dashed #ccc; line-height:28px\"><a class='bt_link' href='/art/2018/11/{}/art_12_{n}.html' target='_blank'>{title}</a></td><td align=\"right\"><font color=\"#999999\">[{day}]</font></td></tr>\n",
        n % 28 + 1,
    )
}

fn paragraph_row(n: usize) -> String {
    let (title, day) = (title(n), day(n));
    format!(
        "<div class=\"item item{n}\"><h3><a href=\"http://www.example.gov.cn/info/{n}/12.htm\" onclick=\"_hit({n})\">{title}</a></h3><p class=\"summary\">近日，{title}有关情况向社会公布，各街道办事处、各委办局要高度重视，认真组织实施，确保各项措施落到实处。</p><p class=\"info\"><span>来源：区政府办公室</span><span>发布时间：{day}</span><span>浏览：{n}</span></p></div>\n",
    )
}

fn flagged_row(n: usize) -> String {
    let (title, day) = (title(n), day(n));
    format!(
        "<li class=\"{}\" id=\"line_u9_{n}\"><i class=\"flag\">·</i><a href=\"../info/1021/{n}.htm\" title=\"{title}\" style=\"color:#333\"><em>{title}</em></a><b>{}</b></li><!-- 行{n} -->",
        if n.is_multiple_of(2) { "odd" } else { "even" },
        &day[5..],
    )
}

fn head(out: &mut String, name: &str, kilobytes: usize) {
    let _ = write!(
        out,
        "<!DOCTYPE html>\r\n<html lang=\"zh-CN\">\r\n<head>\r\n<meta charset=\"utf-8\">\r\n<meta http-equiv=\"X-UA-Compatible\" content=\"IE=edge\">\r\n<title>{name}-示例区人民政府</title>\r\n<meta name=\"SiteName\" content=\"示例区人民政府\">\r\n<meta name=\"SiteDomain\" content=\"www.example.gov.cn\">\r\n<meta name=\"ColumnName\" content=\"{name}\">\r\n<meta name=\"ColumnType\" content=\"政务公开\">\r\n<link rel=\"stylesheet\" type=\"text/css\" href=\"/css/base.css\">\r\n<script type=\"text/javascript\" src=\"/js/jquery.min.js\"></script>\r\n<style type=\"text/css\">\r\n"
    );
    for n in 0..kilobytes * 8 {
        let _ = write!(
            out,
            ".list{n} li a {{ color: #{n:06x}; padding: {}px 0; background: url(/images/{n}.png) }}\r\n",
            n % 40
        );
    }
    out.push_str("</style>\r\n<script>\r\n");
    for n in 0..kilobytes * 4 {
        let _ = write!(
            out,
            "function show{n}(id) {{ for (var i = 0; i < {n}; i++) {{ if (document.getElementById(id + '_' + i)) {{ document.getElementById(id + '_' + i).style.display = i == {n} ? 'block' : 'none'; }} }} return arr[{n}] }}\r\n",
        );
    }
    out.push_str("</script>\r\n</head>\r\n<body>\r\n<div class=\"header\"><div class=\"logo\"><a href=\"/\"><img src=\"/images/logo.png\" alt=\"示例区人民政府\"></a></div><div class=\"date\">今天是<script>document.write(new Date().toLocaleDateString());</script> 星期一</div>\r\n<ul class=\"nav clearfix\">");
    for n in 0..60 {
        let _ = write!(
            out,
            "<li class=\"nav_item{n}\"><a href=\"/{n}/index.html\" target=\"_self\">{}</a></li>\r\n",
            MENU[n % MENU.len()]
        );
    }
    out.push_str("</ul></div>\r\n");
}

fn foot(out: &mut String) {
    out.push_str("<div class=\"footer\"><select onchange=\"window.open(this.value)\">");
    for n in 0..60 {
        let _ = write!(
            out,
            "<option value=\"http://www{n}.example.gov.cn/\">示例市第{n}区人民政府</option>\r\n"
        );
    }
    out.push_str("</select><p>主办：示例区人民政府办公室 承办：示例区信息中心</p><p>网站标识码：1100000000 京ICP备00000000号</p><p><a href=\"/wzdt/\">网站地图</a> | <a href=\"/lxwm/\">联系我们</a></p></div>\r\n<script>var _hmt = _hmt || []; (function() { var hm = document.createElement(\"script\"); hm.src = \"/js/count.js\"; document.body.appendChild(hm); })();</script>\r\n</body>\r\n</html>\r\n");
}

fn list(row: fn(usize) -> String, rows: usize, sides: usize, kilobytes: usize) -> String {
    let mut out = String::new();
    head(&mut out, "通知公告", kilobytes);
    out.push_str("<div class=\"main w1200\"><div class=\"position\">当前位置：<a href=\"/\">首页</a> &gt; <a href=\"/zwgk/\">政务公开</a> &gt; 通知公告</div>\r\n");
    for side in 0..sides {
        let _ = write!(out, "<div class=\"left side{side}\"><h2>栏目导航</h2><ul>");
        for n in 0..12 {
            let _ = write!(
                out,
                "<li><a href=\"../{side}{n}/\">{}{n}</a></li>",
                MENU[n % MENU.len()]
            );
        }
        out.push_str("</ul></div>\r\n");
    }
    let table = row(0).starts_with("<tr");
    out.push_str("<div class=\"right\"><h2 class=\"tit\">通知公告</h2>");
    out.push_str(if table {
        "<table width=\"100%\" border=\"0\" cellspacing=\"0\"><tbody>"
    } else {
        "<ul class=\"list\">\r\n"
    });
    out.extend((0..rows).map(row));
    out.push_str(if table { "</tbody></table>" } else { "</ul>" });
    out.push_str("<div class=\"page\"><script>createPageHTML(25, 0, \"index\", \"html\");</script><a href=\"index_1.html\">下一页</a><a href=\"index_24.html\">尾页</a></div></div></div>\r\n");
    foot(&mut out);
    out
}

fn island(rows: usize) -> String {
    let mut out = String::new();
    head(&mut out, "通知公告", 20);
    out.push_str("<div id=\"123456\" class=\"default_pgContainer\"></div><script type=\"text/xml\"><datastore><nextgroup><![CDATA[<a href=\"/module/web/jpage/dataproxy.jsp?page=1\"></a>]]></nextgroup><recordset>");
    for n in 0..rows {
        let (title, day) = (title(n), day(n));
        let _ = write!(
            out,
            "<record><![CDATA[<tr><td height=\"32\"><a style=\"font-size:14px\" href=\"/art/2018/11/{}/art_12_{n}.html\" title=\"{title}\" target=\"_blank\">{title}</a></td><td class=\"bt_time\" width=\"90\">[{day}]</td></tr>]]></record>\r\n",
            n % 28 + 1
        );
    }
    out.push_str("</recordset></datastore></script>");
    foot(&mut out);
    out
}

fn home(blocks: usize, rows: usize, kilobytes: usize) -> String {
    let mut out = String::new();
    head(&mut out, "首页", kilobytes);
    for block in 0..blocks {
        let shown = if block % 3 == 2 { "none" } else { "block" };
        let _ = write!(
            out,
            "<div class=\"w1000 box{block}\" id=\"con_tab_{block}\" style=\"display:{shown}; float:left\">\r\n<!-- {}开始 -->\r\n<div class=\"hd\"><span class=\"tit\"><a href=\"/c{block}/\">{}</a></span><a class=\"more\" href=\"/c{block}/\" onmouseover=\"setTab('tab',{block},{blocks})\">更多&gt;&gt;</a></div>\r\n<ul class=\"news_list\">\r\n",
            MENU[block % MENU.len()],
            MENU[block % MENU.len()],
        );
        for n in 0..rows {
            let (title, day) = (title(n + block), day(n * 3 + block % 5));
            let _ = write!(
                out,
                "<li><a href=\"http://www.example.gov.cn/c{block}/{}/t{}_{n}.html\" target=\"_blank\" title=\"{title}\">{}...</a><span class=\"time\">[{}]</span></li>\r\n",
                day[..7].replace('-', ""),
                day.replace('-', ""),
                title.chars().take(12).collect::<String>(),
                &day[5..],
            );
        }
        out.push_str("</ul>\r\n<div class=\"clear\"></div></div>\r\n");
        if block % 4 == 1 {
            let _ = write!(
                out,
                "<div class=\"ad\"><a href=\"/zt/{block}/\" target=\"_blank\"><img src=\"/images/zt{block}.jpg\" width=\"1000\" height=\"90\" border=\"0\" alt=\"专题{block}\"></a></div>"
            );
        }
    }
    foot(&mut out);
    out
}
