//! Pages that answer 200 but are not the page: challenges of firewalls, "does not exist",
//! maintenance notices. Where rows stand beside the notice, it must be what the page is about:
//! its title or its heading says it, or it says hardly anything else.

use std::sync::LazyLock;

use super::dom::{Dom, What};
use super::heading;
use super::words::{Hit, Words};
use crate::domain::finding::Unreadable;

/// Text that a notice page may have at most, in characters.
const NOTICE_LENGTH: usize = 600;
/// Text that it may have beside links and furniture, whatever these say.
const MAIN_LENGTH: usize = 200;
/// The longest notice within a page, in characters.
const LINE: usize = 60;
/// Rows below which a list may be a mere side column of a notice.
const FEW_ROWS: usize = 5;

const CHALLENGE_SOURCE: &[&str] = &[
    "$_ts",
    "__jsl_clearance",
    "__jsluid",
    "_bot_sbu",
    "wzws_",
    "WZWS",
    "C3VK",
    "__tst_status",
    "acw_sc__v2",
    "HOY_TR",
    "_$jsvmprt",
    "cf-browser-verification",
    "cf_chl_",
    "yunsuo_session",
    "safeline",
    "_guard/auto.js",
];
const CHALLENGE_TEXT: &[&str] = &[
    "疑似攻击行为",
    "访问被拦截",
    "访问被阻断",
    "请求被拦截",
    "已被拦截",
    "被防火墙拦截",
    "电信云防护",
    "创宇盾",
    "网站防火墙",
    "安全验证",
    "人机验证",
    "浏览器安全检查",
    "安全检查中，请稍",
    "请开启JavaScript",
    "启用JavaScript",
    "Access Denied",
    "Request Rejected",
    "Just a moment",
    "GeoBL",
    "访问过于频繁",
    "访问频率过高",
    "禁止访问",
    "IP地址已被",
    "滑动验证",
    "滑块完成",
    "完成验证后",
    "正在进行安全检测",
    "安全检测中",
    "人机识别",
    "访问次数过多",
    "输入验证码继续",
    "地区无法访问",
    "verify you are human",
    "Security check",
    "应用防火墙",
    "云防护",
    "可疑访问",
    "可疑行为",
    "异常访问",
    "访问异常",
    "请求存在异常",
    "请求异常",
    "请求被阻断",
    "自动阻断",
    "请求被拒绝",
    "拒绝访问",
    "拒绝了您的访问",
    "没有访问权限",
    "403 Forbidden",
    "Checking your browser",
    "Attention Required",
    "DDoS protection",
    "Request blocked",
    "访问人数过多",
    "操作过于频繁",
    "请求过于频繁",
];
const MISSING: &[&str] = &[
    "页面不存在",
    "不存在或已删除",
    "不存在或者已",
    "页面没有找到",
    "页面未找到",
    "找不到页面",
    "找不到该页",
    "无法找到该页",
    "您访问的页面",
    "您要查看的页面",
    "您查看的页面",
    "您请求的页面",
    "404 Not Found",
    "Not Found",
    "页面已被删除",
    "文章不存在",
    "内容不存在",
    "信息不存在",
    "已被删除",
    "页面找不到",
    "页面丢失",
    "栏目不存在",
    "栏目已撤销",
    "栏目已停用",
    "网页不存在",
    "网页已删除",
    "找不到网页",
    "未找到网页",
    "网页没有找到",
    "未找到页面",
    "没有找到页面",
    "没有找到您要",
    "没有找到您访问",
    "无法找到页面",
    "找不到文件",
    "找不到您要",
    "目录未找到",
    "文件不存在",
    "资源不存在",
    "地址不存在",
    "链接不存在",
    "链接已失效",
    "页面已失效",
    "页面已移除",
    "已经被移除",
    "页面走丢",
    "页面飞走",
    "cannot be found",
    "does not exist",
    "Page not found",
    "404错误",
    "错误404",
    "Error 404",
    "HTTP 404",
];
const MAINTENANCE: &[&str] = &[
    "网站维护",
    "系统维护",
    "升级维护",
    "维护升级",
    "正在维护",
    "停机维护",
    "系统升级",
    "网站升级",
    "正在升级",
    "正在建设中",
    "建设中",
    "暂停服务",
    "网站暂停",
    "网站已迁移",
    "站点已关闭",
    "网站关闭",
    "维护中",
    "例行维护",
    "网站改版",
    "正在改版",
    "改版中",
    "改版升级",
    "升级改造",
    "机房搬迁",
    "暂停访问",
    "暂停对外",
    "暂停开放",
    "暂时关闭",
    "临时关闭",
    "暂时停止",
    "停止服务",
    "停止运行",
    "停止访问",
    "已停用",
    "已下线",
    "临时停用",
    "网站筹建中",
    "正在筹建",
    "网站即将上线",
    "页面维护",
    "数据迁移",
    "起关停",
    "网站关停",
    "已整合至",
    "Temporarily Unavailable",
];
/// What follows a word of maintenance where it names a duty, a body or an affair and announces
/// nothing: 网站维护：…, 建设中心, 建设中标.
const NAMES: &[char] = &[
    '：', ':', '单', '电', '人', '商', '部', '责', '技', '由', '与', '和', '及', '心', '标', '国',
    '的', '存', '小', '学',
];

/// The reason for which the page is not what was asked for. `rows` is how many rows of a list it
/// shows, `column` the name under which a page may speak of such things.
pub fn of(dom: &Dom, source: &str, rows: usize, column: Option<&str>) -> Option<Unreadable> {
    let title = title(dom);
    let about = |text: &str| says(text).filter(|_| column.is_none_or(|name| !text.contains(name)));
    let few = rows < FEW_ROWS;
    // A list may have a notice of works above it, and articles about whatever keeps others out.
    let counts = |why: &Unreadable| few || *why == Unreadable::SoftMissing;
    let titled = about(&title).or_else(|| numbered(&title));
    if let Some(why) = titled.filter(counts) {
        return Some(why);
    }
    if rows == 0 {
        let visible = visible(dom);
        let length = visible.chars().count();
        let script = length < 200 && CHALLENGE_SOURCE.iter().any(|word| source.contains(word));
        let said = (length <= NOTICE_LENGTH).then(|| says(&visible)).flatten();
        return script
            .then_some(Unreadable::Challenge)
            .or(said)
            .or_else(|| in_main(dom))
            .or_else(|| in_picture(dom));
    }
    let heading = headings(dom).find_map(|text| about(&text));
    heading
        .filter(counts)
        .or_else(|| few.then(|| in_main(dom)).flatten())
}

/// Whether a page is what a server shows of a folder without a page: it tells when files were made.
pub fn is_folder(dom: &Dom) -> bool {
    let title = title(dom);
    let title = title.trim_start();
    title.starts_with("Index of /") || title.starts_with("Directory listing for /")
}

/// `404` as the number of the page's state.
fn numbered(title: &str) -> Option<Unreadable> {
    title
        .trim_start()
        .starts_with("404")
        .then_some(Unreadable::SoftMissing)
}

/// The words of all notices; their families in the order of what outweighs the others.
static NOTICES: LazyLock<Words> =
    LazyLock::new(|| Words::of(&[CHALLENGE_TEXT, MISSING, MAINTENANCE]));
const MEANT: [Unreadable; 3] = [
    Unreadable::Challenge,
    Unreadable::SoftMissing,
    Unreadable::Maintenance,
];

/// What a text announces.
fn says(text: &str) -> Option<Unreadable> {
    let counts = |hit: &Hit| {
        let rest = text.get(hit.end..).unwrap_or_default();
        // A word of maintenance must stand for itself, not be part of a name.
        MEANT.get(hit.family) != Some(&Unreadable::Maintenance)
            || !rest.trim_start().starts_with(NAMES)
    };
    let families = NOTICES.hits(text).filter(counts).map(|hit| hit.family);
    families.min().and_then(|at| MEANT.get(at).cloned())
}

/// Whether a title is that of a page that is not what was asked for.
pub fn is_titled(title: &str) -> bool {
    NOTICES.any_in(title) || title.trim_start().starts_with("404")
}

/// Headings without links, outside links, header and navigation: titles of rows are none.
fn headings(dom: &Dom) -> impl Iterator<Item = String> {
    ["h1", "h2", "h3"]
        .into_iter()
        .flat_map(|tag| dom.tagged(tag))
        .filter(|(at, _)| dom.get(*at).is_some_and(|n| !n.hidden && !n.furniture))
        .filter(|(at, _)| !heading::in_link(dom, *at) && !has_link(dom, *at))
        .take(8)
        .map(|(at, _)| dom.text(at, dom.end(at), LINE))
}

fn has_link(dom: &Dom, at: usize) -> bool {
    dom.range(at, dom.end(at)).any(|(at, _)| dom.tag(at) == "a")
}

/// What a page announces whose own words, links and furniture left aside, are few: in a line of
/// its own.
fn in_main(dom: &Dom) -> Option<Unreadable> {
    let (mut length, mut link_end) = (0, 0);
    let mut lines = Vec::new();
    for (at, node) in dom.iter() {
        match node.what {
            What::Element(element) if element.name() == "a" => link_end = link_end.max(node.end),
            What::Text(text)
                if at >= link_end && !node.silent && !node.hidden && !node.furniture =>
            {
                let text = text.trim();
                let count = text.chars().count();
                length += count;
                if length > MAIN_LENGTH {
                    return None;
                }
                if count <= LINE {
                    lines.push(text);
                }
            }
            _ => {}
        }
    }
    lines.into_iter().find_map(says)
}

/// The letters of a page that says nothing but by a picture.
const WORDLESS: usize = 16;

/// The pictures outside of header, footer and navigation.
fn pictures(dom: &Dom) -> impl Iterator<Item = usize> {
    let shown = |at: usize| dom.get(at).is_some_and(|n| !n.hidden && !n.furniture);
    dom.tagged("img")
        .map(|(at, _)| at)
        .filter(move |at| shown(*at))
}

/// Whether a page is made of pictures and says hardly a word of its own.
pub fn is_picture(dom: &Dom) -> bool {
    let own = |at: usize| dom.get(at).is_some_and(|n| !n.hidden && !n.furniture);
    let texts = dom.texts(0, dom.len()).filter(|(at, _)| own(*at));
    let letters = texts.flat_map(|(_, text)| text.chars().filter(|c| c.is_alphanumeric()));
    pictures(dom).next().is_some() && letters.take(WORDLESS + 1).count() <= WORDLESS
}

/// What the picture of a page announces that says hardly a word: by its text, its hint, or its name.
fn in_picture(dom: &Dom) -> Option<Unreadable> {
    const NAMES: [(&str, Unreadable); 9] = [
        ("weihu", Unreadable::Maintenance),
        ("maintain", Unreadable::Maintenance),
        ("maintenance", Unreadable::Maintenance),
        ("shengji", Unreadable::Maintenance),
        ("jianshezhong", Unreadable::Maintenance),
        ("building", Unreadable::Maintenance),
        ("404", Unreadable::SoftMissing),
        ("notfound", Unreadable::SoftMissing),
        ("403", Unreadable::Challenge),
    ];
    if !is_picture(dom) {
        return None;
    }
    let words = |name| pictures(dom).filter_map(move |at| dom.attr(at, name));
    words("alt")
        .chain(words("title"))
        .find_map(says)
        .or_else(|| {
            words("src").find_map(|src| {
                let file = src.rsplit('/').next()?.to_ascii_lowercase();
                let stem = file.split(['.', '?']).next()?;
                let named = NAMES.iter().find(|(name, _)| stem.starts_with(name));
                named.map(|(_, why)| *why)
            })
        })
}

/// The displayed text, as far as it can matter.
fn visible(dom: &Dom) -> String {
    let mut out = String::new();
    for (at, text) in dom.texts(0, dom.len()) {
        if dom.get(at).is_some_and(|node| !node.hidden) {
            for word in text.split_whitespace() {
                out.push_str(word);
                out.push(' ');
            }
        }
        if out.len() > NOTICE_LENGTH * 12 {
            break;
        }
    }
    out
}

/// The document's title.
pub fn title(dom: &Dom) -> String {
    dom.tagged("title")
        .next()
        .map_or_else(String::new, |(at, _)| {
            let texts = dom
                .range(at, dom.end(at))
                .filter_map(|(_, node)| match node.what {
                    What::Text(text) => Some(text),
                    _ => None,
                });
            super::clean::line(&texts.collect::<String>(), 200)
        })
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn pages_that_are_not_the_page_are_told_apart() {
        let long = "内容".repeat(600);
        let cases = [
            (
                "<script>$_ts=window['$_ts'];</script><body></body>".to_owned(),
                Some(Unreadable::Challenge),
            ),
            (
                "<script>document.cookie='__jsl_clearance=1'</script>".to_owned(),
                Some(Unreadable::Challenge),
            ),
            (
                "<p>您的请求疑似攻击行为！</p>".to_owned(),
                Some(Unreadable::Challenge),
            ),
            (
                "<p>温馨提示：您访问的页面不存在或已删除</p>".to_owned(),
                Some(Unreadable::SoftMissing),
            ),
            (
                format!("<title>404</title><p>{long}</p>"),
                Some(Unreadable::SoftMissing),
            ),
            (
                "<h1>网站维护中，请稍后访问</h1>".to_owned(),
                Some(Unreadable::Maintenance),
            ),
            (format!("<p>关于网站维护的公告</p><p>{long}</p>"), None),
            ("<p>通知公告</p>".to_owned(), None),
        ];
        for (text, expected) in cases {
            let tree = parse(&text).expect("a tree");
            assert_eq!(of(&Dom::of(&tree), &text, 0, None), expected, "{text:.60}");
        }
    }
}
