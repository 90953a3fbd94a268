//! The survey of a page: its article links, the dates in its text, and how much of each stands
//! in every block, counted once so that climbing the tree costs nothing.

use std::borrow::Cow;
use std::cell::RefCell;

use url::Url;

use super::column_heads::Heads;
use super::dates::{self, Found};
use super::dom::{Dom, What, attr};
use super::foreign;
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
    /// How much it weighs.
    pub weight: usize,
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
    /// The heads of the list that was asked for last.
    pub heads: RefCell<Option<Heads>>,
}

impl<'d, 'a> Survey<'d, 'a> {
    /// Surveys a page.
    pub fn of(dom: &'d Dom<'a>, base: &Url) -> Self {
        let items = items(dom, base);
        let sums = sums(dom, &items);
        let english = base.host_str().is_some_and(|host| host.ends_with(".cn"));
        let dated = dated(dom, &items, english);
        Survey {
            dom,
            items,
            dated,
            sums,
            heads: RefCell::new(None),
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
    let short = text.len() <= 40 && text.chars().count() <= 10;
    let begins = |c: char| "更mM详首上下尾末阅查返点加设无关打跳".contains(c);
    if !short || !text.contains(begins) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    SIGNPOSTS.iter().any(|word| lower.contains(word))
}

/// Whether words announce the article before or after the one that is shown: what they lead to is
/// its neighbour, not a row of a list.
fn leads_to_neighbour(before: &str) -> bool {
    const NEIGHBOURS: [&str; 8] = [
        "上一篇",
        "下一篇",
        "上一条",
        "下一条",
        "上一则",
        "下一则",
        "前一篇",
        "后一篇",
    ];
    let ends = |c: char| !c.is_alphanumeric();
    let words = before.trim_end_matches(ends);
    NEIGHBOURS.iter().any(|word| words.ends_with(word))
}

/// Whether a link names its article as the neighbour of the one that is shown.
fn is_neighbour(title: &str) -> bool {
    title.chars().nth(3).is_some_and(|c| !c.is_alphanumeric())
        && title
            .char_indices()
            .nth(3)
            .and_then(|(at, _)| title.get(..at))
            .is_some_and(leads_to_neighbour)
}

fn items<'a>(dom: &Dom<'a>, base: &Url) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = Vec::new();
    let mut before = "";
    for (at, node) in dom.iter() {
        if node.silent || items.len() >= MAX_ITEMS {
            continue;
        }
        let element = match node.what {
            What::Element(element) => element,
            What::Text(text) => {
                before = if clean::trimmed(text).is_empty() {
                    before
                } else {
                    text
                };
                continue;
            }
            _ => continue,
        };
        let clickable = || matches!(node.tag, "li" | "tr") && attr(element, "onclick").is_some();
        if node.tag != "a" && !clickable() || items.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let item = item(dom, at, node.end);
        let is_row = |item: &Item| {
            !leads_to_root(item, base) && !leads_to_neighbour(before) && !is_neighbour(&item.title)
        };
        items.extend(item.filter(is_row));
    }
    items
}

/// A link to the home page of the site is no article: logos and breadcrumbs have it.
fn leads_to_root(item: &Item, base: &Url) -> bool {
    let Some(href) = item.href.map(str::trim).filter(|href| href.len() < 80) else {
        return false;
    };
    // Joining addresses costs too much to ask each of them.
    may_be_root(href, base)
        && address::join(base, href)
            .is_some_and(|url| url.host_str() == base.host_str() && address::is_root(&url))
}

/// Whether an address as written can be that of a root: not where it names a file of another name
/// or, beginning at the host, a folder.
fn may_be_root(href: &str, base: &Url) -> bool {
    let file = href.rsplit('/').next().unwrap_or_default();
    let begins = |word: &str| {
        file.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let named = file.is_empty()
        || file.starts_with(['?', '#', '.'])
        || begins("index.")
        || begins("default.")
        || base.host_str() == Some(file);
    let path = match href.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map(|(_, path)| path),
        None => href.strip_prefix('/'),
    };
    let in_folder = path.is_some_and(|path| {
        let plain =
            !path.starts_with('/') && !path.contains("./") && !path.contains(['\\', '?', '#', '%']);
        plain && path.contains('/')
    });
    named && !in_folder
}

fn item<'a>(dom: &Dom<'a>, at: usize, end: usize) -> Option<Item<'a>> {
    let shown = clean::line(&shown(dom, at, end), clean::TITLE);
    let hint = dom.attr(at, "title").filter(|hint| !hint.trim().is_empty());
    let may_tell = hint.is_some_and(|hint| dates::has_digit(hint) && hint != shown);
    let told = hint.filter(|hint| may_tell && clean::line(hint, clean::TITLE) != shown);
    let (title, weight) = title(dom, at, end, shown, hint);
    if weight < 4 || is_signpost(&title) {
        return None;
    }
    Some(Item {
        at,
        end,
        title,
        weight,
        href: dom.attr(at, "href"),
        hint: told,
    })
}

/// The text of a link, but for dates that stand alone in it.
fn shown<'a>(dom: &Dom<'a>, at: usize, end: usize) -> Cow<'a, str> {
    let mut shown = Cow::Borrowed("");
    for (_, text) in dom.texts(at, end) {
        let may_be_alone = dates::has_digit(text) && clean::weight(text) < 8;
        let alone = may_be_alone
            && dates::scan(text).first().is_some_and(|found| {
                let mut behind = text.chars().skip(found.end);
                standing::standing(text, found) == Standing::Alone
                    && !behind.any(char::is_alphabetic)
            });
        if alone || shown.len() >= 1200 {
            continue;
        }
        if shown.is_empty() {
            shown = Cow::Borrowed(text);
        } else {
            shown.to_mut().push_str(text);
        }
    }
    shown
}

/// The shown text, or the hint where the text is cut short or a picture; and its weight.
pub fn title(
    dom: &Dom,
    at: usize,
    end: usize,
    shown: String,
    hint: Option<&str>,
) -> (String, usize) {
    let weight = clean::weight(&shown);
    let cut = shown.ends_with("..") || shown.ends_with('…');
    if weight >= 4 && !cut {
        return (shown, weight);
    }
    let first = hint
        .and_then(|hint| hint.lines().map(str::trim).find(|line| !line.is_empty()))
        .map(|line| clean::line(line, clean::TITLE));
    if let Some(first) = first {
        let other = clean::weight(&first);
        if other >= weight.max(4) {
            return (first, other);
        }
    }
    if weight >= 4 {
        return (shown, weight);
    }
    let alt = dom.range(at, end).find_map(|(_, node)| match node.what {
        What::Element(e) if node.tag == "img" => attr(e, "alt"),
        _ => None,
    });
    let title = clean::line(alt.unwrap_or(&shown), clean::TITLE);
    let weight = clean::weight(&title);
    (title, weight)
}

/// Whether an address tells links apart: scripts and bare marks stand in all rows alike.
fn leads_somewhere(href: &str) -> bool {
    let script = |href: &str| {
        href.get(..11)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:"))
    };
    href.len() > 1 && !script(href.trim_start())
}

/// What stands before every place of the page; links to the same address in a row count once.
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
            What::Element(_) if node.tag == "a" => links += 1,
            What::Text(text) if !node.silent => {
                bytes = bytes
                    .saturating_add(u32::try_from(clean::trimmed(text).len()).unwrap_or(u32::MAX))
            }
            _ => {}
        }
        if next.peek().is_some_and(|item| item.at == at) {
            let href = next
                .next()
                .and_then(|item| item.href)
                .filter(|href| leads_somewhere(href));
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

/// The dates of the page; `english` says whether names of months are looked for too.
fn dated<'a>(dom: &Dom<'a>, items: &[Item], english: bool) -> Vec<Dated<'a>> {
    let mut out = Vec::new();
    let mut previous: (&str, Option<usize>) = ("", None);
    let mut known = ("", Label::None);
    let mut begun = 0;
    for (node, text) in dom.texts(0, dom.len()) {
        let bare = clean::trimmed(text);
        if bare.is_empty() {
            continue;
        }
        while items.get(begun).is_some_and(|item| item.at <= node) {
            begun += 1;
        }
        let in_item = begun
            .checked_sub(1)
            .filter(|i| items.get(*i).is_some_and(|item| node < item.end));
        for found in found(text, bare, english) {
            let before = text.char_indices().nth(found.start);
            let before = before
                .and_then(|(at, _)| text.get(..at))
                .unwrap_or_default();
            // What stands in a title says nothing of the date behind it.
            let led = previous.1.is_none() || previous.1 == in_item;
            let before = if led && !before.contains(char::is_alphanumeric) && may_label(previous.0)
            {
                previous.0
            } else {
                before
            };
            let label = if in_item.is_none() && pageclock::is_line(text) {
                Label::Other
            } else {
                // Rows say the same again and again.
                if known.0 != before {
                    known = (before, label(before));
                }
                match found.is_like_a_number() {
                    true => labels::label_of(&found, before),
                    false => known.1,
                }
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

/// The dates of a text; most have none, and no word of a distance in days either.
fn found(text: &str, bare: &str, english: bool) -> Vec<Found> {
    let mut found = if bare.len() <= 96 && bare.contains(['刚', '今', '昨', '前']) {
        dates::scan_row(text)
    } else if english {
        foreign::or_named(dates::scan(text), text)
    } else {
        dates::scan(text)
    };
    for found in found.iter_mut().filter(|found| found.zone.is_some()) {
        *found = found.in_china();
    }
    found
}

/// What the words before a date make of it: without a letter they make nothing.
fn label(before: &str) -> Label {
    if before.contains(char::is_alphabetic) {
        labels::label(before)
    } else {
        Label::None
    }
}

/// Whether a text can be the label of what follows it: short, or ending in a colon.
fn may_label(text: &str) -> bool {
    let text = text.trim();
    let ends = text.ends_with([':', '：']);
    text.chars().take(41).count() <= if ends { 40 } else { 8 }
}
