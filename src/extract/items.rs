//! The links of a page that may be articles': neither signposts, nor the way to the home page, nor
//! the neighbours of an article that is shown.

use std::borrow::Cow;
use std::collections::BTreeSet;

use url::Url;

use super::dates;
use super::dom::{Dom, What, attr};
use super::standing::{self, Standing};
use super::{address, clean};

/// The most rows that are looked at on one page.
const MAX_ITEMS: usize = 20_000;
/// The least weight of a title.
pub const LEAST: usize = 4;

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

/// Link texts that lead on instead of naming an article.
pub fn is_signpost(text: &str) -> bool {
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

/// The article links of a page, in document order; those at the places of `short` be their titles as short as
/// they may.
pub fn items<'a>(dom: &Dom<'a>, base: &Url, short: &BTreeSet<usize>) -> Vec<Item<'a>> {
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
        let least = if short.contains(&at) { 1 } else { LEAST };
        let item = item(dom, at, node.end, least);
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

fn item<'a>(dom: &Dom<'a>, at: usize, end: usize, least: usize) -> Option<Item<'a>> {
    let shown = clean::line(&shown(dom, at, end), clean::TITLE);
    let hint = dom.attr(at, "title").filter(|hint| !hint.trim().is_empty());
    let may_tell = hint.is_some_and(|hint| dates::has_digit(hint) && hint != shown);
    let told = hint.filter(|hint| may_tell && clean::line(hint, clean::TITLE) != shown);
    let (title, weight) = title(dom, at, end, shown, hint);
    if weight < least || is_signpost(&title) {
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
    if weight >= LEAST && !cut {
        return (shown, weight);
    }
    let first = hint
        .and_then(|hint| hint.lines().map(str::trim).find(|line| !line.is_empty()))
        .map(|line| clean::line(line, clean::TITLE));
    if let Some(first) = first {
        let other = clean::weight(&first);
        if other >= weight.max(LEAST) {
            return (first, other);
        }
    }
    if weight >= LEAST {
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
