//! The survey of a page: its article links, the dates in its text, and how much of each stands
//! in every block, counted once so that climbing the tree costs nothing.

use url::Url;

use super::dates::{self, Found};
use super::dom::{Dom, What, attr};
use super::labels::{self, Label};
use super::standing::{self, Standing};
use super::{address, clean, pageclock};

/// The most rows that are looked at on one page.
const MAX_ITEMS: usize = 20_000;

/// A link that may be an article's.
pub struct Item<'a> {
    /// The element.
    pub at: usize,
    /// One past its subtree.
    pub end: usize,
    /// The title, bounded and clean.
    pub title: String,
    /// The address as written.
    pub href: Option<&'a str>,
    /// The `title` attribute, when it says something with digits beyond the title.
    pub hint: Option<&'a str>,
}

/// A date in the page's text.
pub struct Dated<'a> {
    /// The text node.
    pub node: usize,
    /// The node's text.
    pub text: &'a str,
    /// The date.
    pub found: Found,
    /// How it stands in the text.
    pub standing: Standing,
    /// What the words before it say.
    pub label: Label,
    /// The article link in which it stands.
    pub in_item: Option<usize>,
}

/// What stands before one place of the page.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    items: u32,
    links: u32,
    bytes: u32,
}

/// The links and dates of a page, and what each of its blocks holds.
pub struct Survey<'d, 'a> {
    /// The page.
    pub dom: &'d Dom<'a>,
    /// Its article links, in document order.
    pub items: Vec<Item<'a>>,
    /// Every date in its visible text, in document order.
    pub dated: Vec<Dated<'a>>,
    sums: Vec<Sum>,
}

impl<'d, 'a> Survey<'d, 'a> {
    /// Surveys a page.
    pub fn of(dom: &'d Dom<'a>, base: &Url) -> Self {
        let items = items(dom, base);
        let sums = sums(dom, &items);
        let dated = dated(dom, &items);
        Survey {
            dom,
            items,
            dated,
            sums,
        }
    }

    fn sum(&self, at: usize) -> Sum {
        self.sums.get(at).copied().unwrap_or_default()
    }

    /// Article links in a subtree.
    pub fn items_in(&self, at: usize) -> u32 {
        self.sum(self.dom.end(at)).items - self.sum(at).items
    }

    /// Links of any kind in a subtree.
    pub fn links_in(&self, at: usize) -> u32 {
        self.sum(self.dom.end(at)).links - self.sum(at).links
    }

    /// Bytes of visible text between two places.
    pub fn text_between(&self, start: usize, end: usize) -> u32 {
        self.sum(end).bytes.saturating_sub(self.sum(start).bytes)
    }

    /// The dates between two places.
    pub fn dates_between(&self, start: usize, end: usize) -> impl Iterator<Item = &Dated<'a>> {
        let from = self.dated.partition_point(|d| d.node < start);
        let to = self.dated.partition_point(|d| d.node < end);
        self.dated.get(from..to).unwrap_or_default().iter()
    }
}

/// Link texts that lead on instead of naming an article.
fn is_signpost(text: &str) -> bool {
    const SIGNPOSTS: [&str; 20] = [
        "更多",
        "more",
        "详细",
        "详情",
        "首页",
        "上一页",
        "下一页",
        "尾页",
        "末页",
        "阅读全文",
        "查看全文",
        "返回",
        "点击进入",
        "点击查看",
        "加入收藏",
        "设为首页",
        "无障碍",
        "关闭窗口",
        "打印本页",
        "跳转",
    ];
    if text.chars().take(11).count() > 10 {
        return false;
    }
    let lower = text.to_lowercase();
    SIGNPOSTS.iter().any(|word| lower.contains(word))
}

fn items<'a>(dom: &Dom<'a>, base: &Url) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = Vec::new();
    for (at, node) in dom.iter() {
        let What::Element(element) = node.what else {
            continue;
        };
        if node.silent || items.len() >= MAX_ITEMS {
            continue;
        }
        let clickable = matches!(element.name(), "li" | "tr") && attr(element, "onclick").is_some();
        if element.name() != "a" && !clickable || items.last().is_some_and(|last| at < last.end) {
            continue;
        }
        if let Some(item) = item(dom, at, node.end).filter(|item| !leads_to_root(item, base)) {
            items.push(item);
        }
    }
    items
}

/// A link to the home page of the site is no article: logos and breadcrumbs have it.
fn leads_to_root(item: &Item, base: &Url) -> bool {
    let Some(href) = item.href.map(str::trim).filter(|href| href.len() < 80) else {
        return false;
    };
    // Most links name a file or a folder; joining addresses costs too much to ask each of them.
    let file = href.rsplit('/').next().unwrap_or_default();
    let may = file.is_empty()
        || file.starts_with(['?', '#', '.', 'i', 'I', 'd', 'D'])
        || base.host_str() == Some(file);
    if !may {
        return false;
    }
    address::join(base, href)
        .is_some_and(|url| url.host_str() == base.host_str() && address::is_root(&url))
}

fn item<'a>(dom: &Dom<'a>, at: usize, end: usize) -> Option<Item<'a>> {
    let mut shown = String::new();
    for (_, text) in dom.texts(at, end) {
        let alone = dates::scan(text).first().is_some_and(|f| {
            standing::standing(text, f) == Standing::Alone && clean::weight(text) < 8
        });
        if !alone && shown.len() < 1200 {
            shown.push_str(text);
        }
    }
    let shown = clean::line(&shown, clean::TITLE);
    let hint = dom.attr(at, "title").filter(|hint| !hint.trim().is_empty());
    let title = title(dom, at, end, &shown, hint);
    if clean::weight(&title) < 4 || is_signpost(&title) {
        return None;
    }
    let hint =
        hint.filter(|hint| dates::has_digit(hint) && clean::line(hint, clean::TITLE) != shown);
    Some(Item {
        at,
        end,
        title,
        href: dom.attr(at, "href"),
        hint,
    })
}

/// The shown text, or the hint where the text is cut short or a picture.
pub fn title(dom: &Dom, at: usize, end: usize, shown: &str, hint: Option<&str>) -> String {
    let first = hint
        .and_then(|hint| hint.lines().map(str::trim).find(|line| !line.is_empty()))
        .map(|line| clean::line(line, clean::TITLE));
    let cut = shown.ends_with("...") || shown.ends_with('…') || shown.ends_with("..");
    if clean::weight(shown) >= 4 && !cut {
        return shown.to_owned();
    }
    if let Some(first) = first.filter(|first| clean::weight(first) >= clean::weight(shown).max(4)) {
        return first;
    }
    if clean::weight(shown) >= 4 {
        return shown.to_owned();
    }
    let alt = dom.range(at, end).find_map(|(_, node)| match node.what {
        What::Element(e) if e.name() == "img" => attr(e, "alt"),
        _ => None,
    });
    clean::line(alt.unwrap_or(shown), clean::TITLE)
}

/// Links to the same address in a row count once.
fn sums(dom: &Dom, items: &[Item]) -> Vec<Sum> {
    let mut out = Vec::with_capacity(dom.len() + 1);
    let (mut count, mut links, mut bytes) = (0_u32, 0_u32, 0_u32);
    let mut next = items.iter().peekable();
    let mut last: Option<&str> = None;
    for (at, node) in dom.iter() {
        out.push(Sum {
            items: count,
            links,
            bytes,
        });
        match node.what {
            What::Element(e) if e.name() == "a" => links += 1,
            What::Text(text) if !node.silent => {
                bytes = bytes.saturating_add(u32::try_from(text.trim().len()).unwrap_or(u32::MAX))
            }
            _ => {}
        }
        if next.peek().is_some_and(|item| item.at == at) {
            let href = next
                .next()
                .and_then(|item| item.href)
                .filter(|href| href.len() > 1);
            count += u32::from(href.is_none() || href != last);
            last = href;
        }
    }
    out.push(Sum {
        items: count,
        links,
        bytes,
    });
    out
}

fn dated<'a>(dom: &Dom<'a>, items: &[Item]) -> Vec<Dated<'a>> {
    let mut out = Vec::new();
    let mut previous: (&str, Option<usize>) = ("", None);
    for (node, text) in dom.texts(0, dom.len()) {
        if text.trim().is_empty() {
            continue;
        }
        let in_item = items
            .partition_point(|item| item.at <= node)
            .checked_sub(1)
            .filter(|i| items.get(*i).is_some_and(|item| node < item.end));
        for found in dates::scan_row(text) {
            let before: String = text.chars().take(found.start).collect();
            // What stands in a title says nothing of the date behind it.
            let led = previous.1.is_none() || previous.1 == in_item;
            let before = if before.trim().is_empty() && led && may_label(previous.0) {
                previous.0
            } else {
                &before
            };
            let label = if in_item.is_none() && pageclock::is_line(text) {
                Label::Other
            } else {
                labels::label(before)
            };
            let in_item =
                in_item.filter(|i| items.get(*i).is_some_and(|item| dom.tag(item.at) == "a"));
            out.push(Dated {
                node,
                text,
                found,
                standing: standing::standing(text, &found),
                label,
                in_item,
            });
        }
        previous = (text, in_item);
    }
    out
}

/// Whether a text can be the label of what follows it: short, or ending in a colon.
fn may_label(text: &str) -> bool {
    let text = text.trim();
    let ends = text.ends_with([':', '：']);
    text.chars().take(41).count() <= if ends { 40 } else { 8 }
}
