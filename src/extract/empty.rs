//! Pages of columns that say in so many words that they have no items: 暂无信息, 共0条. Only a page
//! that is the column's may say so; what a search found, what a script has still to fill in, and
//! what is not displayed say nothing.

use url::Url;

use super::clean;
use super::dom::{Dom, Node, What, attr};
use super::heading;
use super::identity;
use super::outline;
use super::refusal;
use super::view::View;

/// The most characters of a notice.
const NOTICE: usize = 30;
/// The most ancestors of a notice that are asked for marks of a template.
const MAX_CLIMB: usize = 8;

/// The most elements around a nought in which it may be what is counted.
const COUNT_DEPTH: usize = 3;

/// Words with which a list says that it has no items.
const NO_ITEMS: [&str; 15] = [
    "暂无",
    "没有相关",
    "无相关",
    "没有找到相关",
    "未找到相关",
    "没有符合",
    "没有信息",
    "没有内容",
    "没有数据",
    "无数据",
    "该栏目下没有",
    "本栏目没有",
    "正在更新中",
    "内容正在",
    "尚无",
];

/// Whether a page without a list is the column's, and says that it has no items.
pub fn says(view: &View, url: &Url, name: Option<&str>) -> bool {
    let dom = view.dom;
    notices(view).next().is_some()
        && !is_filled_by_script(dom)
        && !awaits_list(dom)
        && !is_search(view, url)
        && is_column(view, name)
}

/// Short texts that say that a list has no items.
pub fn notices<'v>(view: &'v View) -> impl Iterator<Item = usize> + 'v {
    let dom = view.dom;
    let mut before = "";
    dom.texts(0, dom.len())
        .filter(move |(at, text)| {
            let text = text.trim();
            let label = before;
            if !text.is_empty() {
                before = text;
            }
            let short = text.len() <= 4 * NOTICE && text.chars().count() <= NOTICE;
            let shown = dom.get(*at).is_some_and(|n| !n.hidden && !n.furniture);
            short
                && shown
                && (is_notice(text) && !is_value(label, text) || is_counted(view, *at, text))
        })
        .map(|(at, _)| at)
        .filter(|at| !heading::in_link(dom, *at) && !is_template(dom, *at))
}

/// Whether a text is what stands behind a label: 废止日期：暂无 is said of a document.
fn is_value(before: &str, text: &str) -> bool {
    const COLONS: [char; 2] = ['：', ':'];
    let bare = |rest: &str| NO_ITEMS.contains(&rest.trim());
    let behind = text.rsplit_once(COLONS).map(|(_, rest)| rest);
    (before.ends_with(COLONS) && !counts_none(text)) || behind.is_some_and(bare)
}

/// Whether a text says that a list has no items.
pub fn is_notice(text: &str) -> bool {
    let may = text.contains(['暂', '没', '未', '无', '条', '容', '更', '尚']);
    may && (NO_ITEMS.iter().any(|word| has(text, word)) || counts_none(text))
}

/// Whether a text has the word, and not 暂无法访问, 暂无权限.
fn has(text: &str, word: &str) -> bool {
    let mut behind = text.split(word).skip(1);
    behind.any(|rest| !rest.starts_with(['法', '权']))
}

/// `0条`, `共 0 条记录`, and neither `10条` nor `2.0条`.
fn counts_none(text: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c) || c == '.';
    text.match_indices('条').any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let rest = before.trim_end_matches(digit);
        matches!(before.get(rest.len()..), Some("0" | "０"))
    })
}

/// A nought in an element of its own: 共<b>0</b>条, 共<span id=total>0</span>条.
fn is_counted(view: &View, at: usize, text: &str) -> bool {
    let dom = view.dom;
    if !matches!(text, "0" | "０") {
        return false;
    }
    let mut around = dom.parent(at);
    for _ in 0..COUNT_DEPTH {
        if is_set_by_script(view, around) {
            return false;
        }
        around = dom.parent(around);
        let whole = dom.text(around, dom.end(around), NOTICE + 1);
        let tight: String = whole.split_whitespace().collect();
        if whole.chars().count() > NOTICE || counts_none(&tight) {
            return whole.chars().count() <= NOTICE;
        }
    }
    false
}

/// Whether a script of the page speaks of an element by its name, or could fill a list beside it
/// whose place stands empty: the number is what stands there before the script has run.
fn is_set_by_script(view: &View, at: usize) -> bool {
    let Some(element) = view.dom.element(at) else {
        return false;
    };
    let names = ["id", "class"].into_iter();
    let named = names.filter_map(|name| attr(element, name));
    let mut named = named.flat_map(str::split_whitespace).peekable();
    named.peek().is_some()
        && (is_waiting(view.dom, "div") || named.any(|name| is_in_script(view.source, name)))
}

/// Whether a script in the page calls an element by this name: `$('#total')`, `getElementById("total")`.
fn is_in_script(source: &str, name: &str) -> bool {
    let mut places = source.match_indices(name);
    places.any(|(at, _)| {
        let before = source.get(..at).unwrap_or_default();
        before.ends_with("('") || before.ends_with("(\"") || before.ends_with(['#', '.'])
    })
}

/// Whether an empty list with a name stands in the content of the page: a script will fill it.
fn awaits_list(dom: &Dom) -> bool {
    ["ul", "ol", "dl", "tbody"]
        .into_iter()
        .any(|tag| is_waiting(dom, tag))
}

/// Whether an empty element of this tag, with a name, stands in the content of the page.
fn is_waiting(dom: &Dom, tag: &'static str) -> bool {
    let mut tagged = dom.tagged(tag).map(|(at, _)| at);
    tagged.any(|at| {
        let shown = |node: &Node| !node.hidden && !node.furniture && !node.silent;
        let mut inside = dom.range(at, dom.end(at)).skip(1);
        dom.get(at).is_some_and(shown)
            && dom.attr(at, "id").is_some()
            && !inside.any(|(_, node)| match node.what {
                What::Text(text) => !text.trim().is_empty(),
                What::Element(_) => true,
                What::Other => false,
            })
    })
}

/// Whether an element is shown or left out by a script as the data will be.
fn is_template(dom: &Dom, at: usize) -> bool {
    const MARKS: [&str; 10] = [
        "v-if",
        "v-else",
        "v-else-if",
        "v-show",
        "ng-if",
        "ng-show",
        "ng-hide",
        "x-show",
        "x-if",
        "wx:if",
    ];
    let mut at = dom.parent(at);
    for _ in 0..MAX_CLIMB {
        let Some(element) = dom.element(at) else {
            return false;
        };
        if element.attrs().any(|(name, _)| MARKS.contains(&name)) {
            return true;
        }
        at = dom.parent(at);
    }
    false
}

/// Whether texts of the page are places that a script fills in.
fn is_filled_by_script(dom: &Dom) -> bool {
    let mut texts = dom.texts(0, dom.len());
    texts.any(|(_, text)| text.contains("{{") || text.contains("<%"))
}

/// Whether the page is what a search found.
fn is_search(view: &View, url: &Url) -> bool {
    let dom = view.dom;
    const ADDRESS: [&str; 5] = ["search", "query", "keyword", "sousuo", "jiansuo"];
    const TITLE: [&str; 3] = ["搜索", "检索", "查询结果"];
    let path = url.path().to_ascii_lowercase();
    let asked = url.query().unwrap_or_default().to_ascii_lowercase();
    let title = refusal::title(dom);
    ADDRESS
        .iter()
        .any(|word| path.contains(word) || asked.contains(word))
        || TITLE.iter().any(|word| title.contains(word))
        || notices(view).any(|at| {
            let text = dom.text(at, at + 1, NOTICE);
            text.contains("关键") || text.contains("检索") || text.contains("搜索")
        })
}

/// Whether the page is a column's: it names the one that is looked for, or, where none is known,
/// states one, has a heading, or a trail.
fn is_column(view: &View, name: Option<&str>) -> bool {
    let dom = view.dom;
    let stated = identity::meta(dom, "ColumnName");
    let title = refusal::title(dom);
    let first = title
        .split(heading::TITLE_BREAKS)
        .next()
        .unwrap_or_default();
    let Some(name) = name.map(clean::squeezed).filter(|name| !name.is_empty()) else {
        return stated.is_some() || has_heading(dom) || outline::has_trail(dom);
    };
    let says = |text: &str| heading::names_it(text, &name);
    let trail = outline::trail(dom);
    let in_trail = |at: usize| trail.is_some_and(|trail| (trail.from..trail.end).contains(&at));
    stated.is_some_and(says)
        || says(first)
        || dom.texts(0, dom.len()).any(|(at, text)| {
            // A menu names all columns; the trail stands in its place and names one.
            let in_menu = || dom.get(at).is_some_and(|node| node.furniture) && !in_trail(at);
            let shown = dom.get(at).is_some_and(|node| !node.hidden);
            shown && says(text) && !heading::in_link(dom, at) && !in_menu()
        })
}

fn has_heading(dom: &Dom) -> bool {
    ["h1", "h2", "h3", "h4"].into_iter().any(|tag| {
        dom.tagged(tag).any(|(at, _)| {
            let said = dom.text(at, dom.end(at), NOTICE);
            let shown = dom.get(at).is_some_and(|node| !node.hidden);
            shown && clean::weight(&said) >= 2 && !is_notice(&said)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_that_there_is_nothing_and_a_number_of_rows_does_not() {
        for text in [
            "暂无信息",
            "暂无内容！",
            "共0条",
            "共 0 条记录",
            "0 条记录",
            "没有找到相关信息",
            "共０条",
            "对不起，该栏目下没有文章",
        ] {
            assert!(is_notice(text), "{text}");
        }
        for text in [
            "页面暂无法访问",
            "暂无权限查看",
            "共10条",
            "共 120 条记录",
            "第1条",
            "共100条记录",
            "20条/页",
            "通知公告",
        ] {
            assert!(!is_notice(text), "{text}");
        }
    }
}
