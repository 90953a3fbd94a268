//! What announces a list: the short block right before it, at whatever depth. No tag or class makes
//! a heading, only that it stands before the list alone and says little.

use super::clean;
use super::dates;
use super::dom::{Dom, What};
use super::heading;
use super::outline;

/// The most ancestors of a list that are climbed.
const MAX_CLIMB: usize = 8;
/// The most blocks before a list on one level that are looked at.
const MAX_SIBLINGS: usize = 2_000;
/// The most characters of what announces a list.
const LENGTH: usize = 40;
/// The most characters of a trail (当前位置).
const TRAIL: usize = 90;
/// The most characters that stand beside a name in a heading.
const MORE: usize = 8;
/// The most characters of a pager.
const PAGER: usize = 120;
/// How many nodes behind a list the script of its pager may stand.
const BEHIND: usize = 6;

/// What stands right before a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Banner {
    /// Nothing: the list goes on what stands before it, or nothing tells.
    None,
    /// A picture without words.
    Picture,
    /// Words that name no list: 共12条, 标题.
    Idle,
    /// The name of the column, as the page's own heading.
    Named,
    /// The trail from the home page to the column.
    Trail,
    /// The name of what stands beside a column's content: 热点, 推荐.
    Side(String),
    /// The name of another column, and the link in it, where it leads there.
    Block(String, Option<usize>),
}

/// What announces a list, and the block in which it does.
pub struct Announced {
    /// What it is.
    pub banner: Banner,
    /// The block below which the banner stands: it holds the list.
    pub within: usize,
}

/// What announces the list whose first row stands at `at`. `rows` are the places of all rows, in
/// order: a block that holds one announces nothing.
pub fn of(dom: &Dom, at: usize, rows: &[usize], names: &[String]) -> Announced {
    let none = |within| Announced {
        banner: Banner::None,
        within,
    };
    let mut at = at;
    for _ in 0..MAX_CLIMB {
        let within = dom.parent(at);
        if within == at || matches!(dom.tag(within), "" | "html") {
            break;
        }
        for before in before(dom, within, at).into_iter().rev() {
            if holds(rows, before, dom.end(before)) {
                return none(within);
            }
            let banner = read(dom, before, names);
            if banner != Banner::Idle {
                return Announced { banner, within };
            }
        }
        at = within;
    }
    none(0)
}

/// The block over which a heading or a trail stands that holds this text.
pub fn ground(dom: &Dom, text: usize) -> usize {
    let length = |at: usize| dom.text(at, dom.end(at), LENGTH + 1).chars().count();
    let trail = outline::trail(dom).filter(|trail| (trail.from..trail.end).contains(&text));
    let most = length(text) + MORE;
    let mut at = text;
    for _ in 0..MAX_CLIMB {
        let above = dom.parent(at);
        let stands = match trail {
            Some(trail) => dom.end(above) > trail.end,
            None => length(above) > most || has_room(dom, dom.end(at), dom.end(above)),
        };
        if above == at || stands {
            return above;
        }
        at = above;
    }
    at
}

/// Whether something between two places is there to hold a list.
fn has_room(dom: &Dom, from: usize, end: usize) -> bool {
    dom.range(from, end).any(|(at, node)| match node.tag {
        "ul" | "ol" | "dl" | "table" | "iframe" => true,
        "div" => dom.attr(at, "id").is_some(),
        _ => false,
    })
}

fn holds(rows: &[usize], from: usize, end: usize) -> bool {
    let first = rows.partition_point(|row| *row < from);
    rows.get(first).is_some_and(|row| *row < end)
}

/// The blocks before `at` that show something.
fn before(dom: &Dom, above: usize, at: usize) -> Vec<usize> {
    let mut child = above + 1;
    let mut out = Vec::new();
    for _ in 0..MAX_SIBLINGS {
        let Some(node) = dom.get(child).filter(|_| child < at) else {
            break;
        };
        if !node.silent && !node.hidden && shows(dom, child, node.end) {
            out.push(child);
        }
        child = node.end.max(child + 1);
    }
    out
}

/// Whether a block has a word or a picture; forms of a search have neither.
fn shows(dom: &Dom, from: usize, end: usize) -> bool {
    dom.range(from, end).any(|(_, node)| match node.what {
        What::Text(text) => !node.silent && text.contains(char::is_alphanumeric),
        What::Element(_) => node.tag == "img",
        What::Other => false,
    })
}

fn read(dom: &Dom, at: usize, names: &[String]) -> Banner {
    let end = dom.end(at);
    let text = dom.text(at, end, TRAIL + 1);
    let length = text.chars().count();
    if is_trail(&text) && length <= TRAIL {
        return match names.iter().any(|name| ends_with(&text, name)) {
            true => Banner::Trail,
            false => Banner::Idle,
        };
    }
    if length > LENGTH {
        return Banner::None;
    }
    let pictured = || {
        let alt = dom
            .range(at, end)
            .find_map(|(at, node)| (node.tag == "img").then(|| dom.attr(at, "alt"))?);
        clean::line(alt.unwrap_or_default(), LENGTH)
    };
    let said = without_more(&text);
    let said = match clean::weight(said) {
        0 | 1 => pictured(),
        _ => said.to_owned(),
    };
    if clean::weight(&said) < 2 {
        return match clean::weight(&text) {
            0 => Banner::Picture,
            _ => Banner::Idle,
        };
    }
    let words = || dom.texts(at, end).map(|(_, text)| text);
    let parts = || words().chain([said.as_str()]);
    if parts().any(|part| names.iter().any(|name| names_it(part, name))) {
        Banner::Named
    } else if is_of_side(&said) {
        Banner::Side(said)
    } else if is_idle(&said) || dom.get(at).is_some_and(|node| node.furniture) {
        Banner::Idle
    } else {
        Banner::Block(said, leading_on(dom, at, end))
    }
}

/// The link in a banner that leads to the whole list: 更多, or the name itself.
fn leading_on(dom: &Dom, from: usize, end: usize) -> Option<usize> {
    let links = || dom.range(from, end).filter(|(_, node)| node.tag == "a");
    let words = |at: usize| dom.text(at, dom.end(at), LENGTH);
    let more = links().find(|(at, _)| without_more(&words(*at)).is_empty());
    more.or_else(|| links().next()).map(|(at, _)| at)
}

fn is_trail(text: &str) -> bool {
    text.contains("位置") || text.starts_with("首页") || text.starts_with("网站首页")
}

fn ends_with(text: &str, name: &str) -> bool {
    clean::squeezed(text).ends_with(name)
}

fn names_it(text: &str, name: &str) -> bool {
    let said = clean::squeezed(without_more(text));
    let weight = clean::weight(&said);
    // A short form of the name, as headings have it.
    let shortened = weight >= 2 && name.contains(&said) && clean::weight(name) <= 2 * weight;
    heading::names_it(&said, name) || shortened
}

/// The words before 更多 or an arrow.
fn without_more(text: &str) -> &str {
    let cut = ["更多", "MORE", "More", "more", ">>", "»"];
    let end = cut.iter().filter_map(|word| text.find(word)).min();
    let text = end.and_then(|end| text.get(..end)).unwrap_or(text);
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Headings of what stands beside the content of a page.
pub fn is_of_side(words: &str) -> bool {
    const SIDE: [&str; 17] = [
        "热点", "热门", "推荐", "排行", "相关", "最新", "点击", "要闻", "头条", "专题", "链接",
        "更新", "焦点", "浏览", "猜你", "阅读", "热词",
    ];
    SIDE.iter().any(|word| words.contains(word))
}

/// Words before a list that name nothing: its columns, its order, its length.
fn is_idle(words: &str) -> bool {
    const IDLE: [&str; 16] = [
        "标题", "名称", "日期", "时间", "序号", "列表", "全部", "排序", "查询", "搜索", "检索",
        "关键", "共", "第", "年份", "字号",
    ];
    let digits = words.chars().filter(char::is_ascii_digit).count();
    let long = clean::weight(words) > 12;
    long || !dates::scan(words).is_empty()
        || digits * 2 >= words.chars().count()
        || IDLE.iter().any(|word| words.contains(word))
}

/// Whether a pager follows the list whose last row stands at `last`: a list of its own page, and
/// not the beginning of one that stands elsewhere. `written` says whether a script of the page
/// writes a pager: it stands where the pager will.
pub fn is_paged(dom: &Dom, last: usize, written: bool) -> bool {
    let mut at = last;
    for _ in 0..3 {
        let above = dom.parent(at);
        if above == at || matches!(dom.tag(above), "" | "html") {
            return false;
        }
        let (from, end) = (dom.end(at), dom.end(above));
        let text = dom.text(from, end, PAGER);
        if clean::weight(&text) > 0 {
            const WORDS: [&str; 7] = ["下一页", "下页", "尾页", "末页", "页次", "上一页", "转到"];
            return WORDS.iter().any(|word| text.contains(word));
        }
        let mut next = dom.range(from, end).take(BEHIND);
        if written && next.any(|(_, node)| node.tag == "script") {
            return true;
        }
        at = above;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse::parse;

    #[test]
    fn what_announces_a_list_is_told_by_its_place() {
        let cases = [
            ("<h2>政策文件</h2>", Banner::Named),
            (
                "<div><span>政策文件</span><a href=/m>更多&gt;&gt;</a></div>",
                Banner::Named,
            ),
            (
                "<div>当前位置：<a href=/>首页</a> &gt; <a href=/zw/>政务公开</a> &gt; 政策文件</div>",
                Banner::Trail,
            ),
            (
                "<div class=t><b>最新公开</b></div>",
                Banner::Side("最新公开".to_owned()),
            ),
            (
                "<table><tr><td>通知公告<a href=/m>更多</a></td></tr></table>",
                Banner::Block("通知公告".to_owned(), Some(0)),
            ),
            ("<img src=a.gif>", Banner::Picture),
            (
                "<img src=a.gif alt=推荐阅读>",
                Banner::Side("推荐阅读".to_owned()),
            ),
            (
                "<form><input name=q></form><h2>政策文件</h2><p>共12条</p>",
                Banner::Named,
            ),
            (
                "<p>本栏目用于公开本单位的各类信息，欢迎广大市民查阅和监督，如有意见请与我们联系，谢谢大家。</p>",
                Banner::None,
            ),
            ("", Banner::None),
        ];
        let names = ["政策文件".to_owned()];
        for (before, expected) in cases {
            let html = parse(&format!(
                "<div>{before}<div><ul><li><a href=/1>关于检查的通知</a></li></ul></div></div>"
            ));
            let html = html.expect("a tree");
            let dom = Dom::of(&html);
            let (row, _) = dom.tagged("li").next().unwrap();
            let banner = match of(&dom, row, &[row], &names).banner {
                Banner::Block(words, link) => Banner::Block(words, link.map(|_| 0)),
                banner => banner,
            };
            assert_eq!(banner, expected, "{before}");
        }
    }

    #[test]
    fn a_pager_is_looked_for_behind_the_list_alone() {
        let paged = |behind: &str, written: bool| {
            let html = parse(&format!(
                "<div><ul><li><a href=/1>关于检查的通知</a></li></ul>{behind}</div><p>尾页</p>"
            ));
            let html = html.expect("a tree");
            let dom = Dom::of(&html);
            let (row, _) = dom.tagged("li").next().unwrap();
            is_paged(&dom, row, written)
        };
        let script = "<div class=page><script>createPageHTML(12, 0, 'index')</script></div>";
        assert!(paged("<div>共12页 <a href=/2>下一页</a></div>", false));
        assert!(paged(script, true));
        assert!(!paged(&format!("{script}<p>主办：某某区</p>"), false));
        assert!(!paged("<p>主办：某某区</p>", true));
    }
}
