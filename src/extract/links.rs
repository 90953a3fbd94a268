//! The links of a page with the places where they stand: menus, headings, 更多 beside a heading,
//! the trail. No selectors: what a place is, is told by how much text it holds and whose.

use std::collections::HashMap;

use url::Url;

use super::address;
use super::clean;
use super::dom::{Dom, attr};
use super::outline::{Link, Place, Trail};

/// The most links of a page.
const MOST: usize = 3000;
/// The longest text of a link, in characters.
const TEXT: usize = 60;
/// The most ancestors that are climbed for a heading.
const MAX_CLIMB: usize = 7;
/// The most 更多 of a page for which a heading is looked for.
const MOST_HEADINGS: usize = 200;
/// The most places of a block in which a heading is looked for.
const BLOCK: usize = 5000;
/// The most ancestors that are climbed for a strip.
const STRIP_CLIMB: usize = 5;
/// Characters of a block that is no more than a heading with its 更多.
const BAR: usize = 60;
/// The weight of a heading, and of a link in a menu.
const HEADING_WEIGHT: std::ops::RangeInclusive<usize> = 2..=15;

/// The links of the page that lead to pages or files of the web.
pub fn of(dom: &Dom, base: &Url, trail: Option<Trail>) -> Vec<Link> {
    let strips = Strips::of(dom);
    let mut known = HashMap::new();
    let (mut links, mut headings) = (Vec::new(), 0);
    let places = dom
        .iter()
        .map(|(at, _)| at)
        .filter(|at| matches!(dom.tag(*at), "a" | "area"));
    for at in places {
        let Some(url) = dom
            .attr(at, "href")
            .and_then(|href| address::join(base, href))
        else {
            continue;
        };
        if links.len() >= MOST {
            break;
        }
        let text = words(dom, at);
        let place = if trail.is_some_and(|trail| (trail.from..trail.end).contains(&at)) {
            Place::Breadcrumb
        } else if is_more(dom, at, &text) {
            headings += 1;
            Place::More(if headings <= MOST_HEADINGS {
                heading(dom, at, &text)
            } else {
                String::new()
            })
        } else if is_heading(dom, at, &text) {
            Place::Heading
        } else if strips.holds(dom, at, &mut known) {
            Place::Nav
        } else {
            Place::Other
        };
        links.push(Link { text, url, place });
    }
    links
}

/// The link around a place, below `top`.
pub fn above(dom: &Dom, mut at: usize, top: usize) -> Option<usize> {
    for _ in 0..6 {
        if dom.tag(at) == "a" {
            return Some(at);
        }
        if at <= top {
            return None;
        }
        at = dom.parent(at);
    }
    None
}

/// The text of a link; where it has none, what its picture or its hint says.
fn words(dom: &Dom, at: usize) -> String {
    let end = dom.end(at);
    let text = dom.text(at, end, TEXT);
    if !text.is_empty() {
        return clean::line(&text, TEXT);
    }
    let picture = dom
        .range(at, end)
        .find_map(|(at, _)| dom.attr(at, "alt").filter(|alt| !alt.trim().is_empty()));
    let hint = picture
        .or_else(|| dom.attr(at, "title"))
        .unwrap_or_default();
    clean::line(hint, TEXT)
}

/// Letters and Chinese characters only, in lower case.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

const MORE: [&str; 12] = [
    "更多",
    "more",
    "查看更多",
    "更多信息",
    "更多内容",
    "点击更多",
    "点击查看更多",
    "查看全部",
    "更多more",
    "more更多",
    "全部",
    "进入栏目",
];

/// Whether a link leads to the rest of a block.
fn is_more(dom: &Dom, at: usize, text: &str) -> bool {
    let said = bare(text);
    if MORE.contains(&said.as_str())
        || (said.starts_with("更多") && HEADING_WEIGHT.contains(&clean::weight(&said)))
    {
        return true;
    }
    let signs = said.is_empty() && !text.is_empty();
    let named = |value: Option<&str>| {
        value.is_some_and(|value| {
            let mut words = value.split(|c: char| !c.is_ascii_alphabetic());
            words.any(|word| word.eq_ignore_ascii_case("more"))
        })
    };
    let pictured = || {
        let mut inside = dom.range(at, dom.end(at));
        inside.any(|(at, _)| dom.tag(at) == "img" && named(dom.attr(at, "src")))
    };
    let classed = named(dom.attr(at, "class")) || named(dom.attr(dom.parent(at), "class"));
    let mostly_signs = clean::weight(text) <= 1;
    (classed && mostly_signs) || pictured() || (signs && is_arrow(text))
}

/// `>>`, `»`, `+`: an arrow that stands alone.
fn is_arrow(text: &str) -> bool {
    let text = text.trim();
    (text.chars().count() >= 2 && text.chars().all(|c| matches!(c, '>' | '＞' | '.' | '…')))
        || matches!(text, "»" | "+" | "＋")
}

/// The heading of the block whose 更多 stands at `at`.
fn heading(dom: &Dom, at: usize, text: &str) -> String {
    let own = text.trim_start_matches("更多").trim_matches(is_edge);
    if text.starts_with("更多") && clean::weight(own) >= 2 && !MORE.contains(&bare(text).as_str())
    {
        return clean::line(own, TEXT);
    }
    let hint = dom
        .attr(at, "title")
        .map(|hint| clean::line(hint, TEXT))
        .filter(|hint| is_name(hint) && !MORE.contains(&bare(hint).as_str()));
    hint.or_else(|| climbed(dom, at)).unwrap_or_default()
}

fn climbed(dom: &Dom, at: usize) -> Option<String> {
    let mut block = dom.parent(at);
    for _ in 0..MAX_CLIMB {
        if matches!(dom.tag(block), "" | "html" | "body") {
            return None;
        }
        let end = dom.end(block);
        if end - block > BLOCK {
            return None;
        }
        let before = dom.text(block, at, 4 * BAR);
        let after = dom.text(dom.end(at), end, 4 * BAR);
        let length = before.chars().count() + after.chars().count();
        let found = if length == 0 {
            None
        } else if length <= BAR {
            in_bar(dom, block, at).or_else(|| name_of(&after))
        } else {
            marked(dom, block, at).or_else(|| opening(dom, block, at))
        };
        if found.is_some() {
            return found;
        }
        block = dom.parent(block);
    }
    None
}

/// The name in a bar: that of the tab to which the 更多 belongs, all of its words, or the last of
/// several.
fn in_bar(dom: &Dom, block: usize, at: usize) -> Option<String> {
    of_tab(dom, block, at)
        .or_else(|| marked(dom, block, at))
        .or_else(|| name_of(&dom.text(block, at, BAR)))
        .or_else(|| {
            let texts: Vec<&str> = dom.texts(block, at).map(|(_, text)| text).collect();
            texts.iter().rev().find_map(|text| name_of(text))
        })
}

/// Where a bar holds as many 更多 as names, the n-th belongs to the n-th.
fn of_tab(dom: &Dom, block: usize, at: usize) -> Option<String> {
    let end = dom.end(block);
    let links: Vec<usize> = dom
        .range(block, end)
        .map(|(at, _)| at)
        .filter(|at| dom.tag(*at) == "a" && is_more(dom, *at, &words(dom, *at)))
        .collect();
    let names: Vec<String> = dom
        .texts(block, end)
        .filter_map(|(_, text)| name_of(text))
        .collect();
    let place = links.iter().position(|link| *link == at)?;
    (links.len() >= 2 && links.len() == names.len())
        .then(|| names.get(place).cloned())
        .flatten()
}

/// The last element before `at` that is a heading by its tag or its class.
fn marked(dom: &Dom, block: usize, at: usize) -> Option<String> {
    let mut found = None;
    for (index, node) in dom.range(block + 1, at) {
        if node.end <= at && !node.silent && is_title(dom, index) {
            found = name_of(&dom.text(index, node.end, TEXT)).or(found);
        }
    }
    found
}

/// The first words of a block, when they are a name.
fn opening(dom: &Dom, block: usize, at: usize) -> Option<String> {
    let (_, text) = dom
        .texts(block, at)
        .find(|(_, text)| clean::weight(text) > 0)?;
    name_of(text).filter(|name| clean::weight(name) <= 8)
}

fn is_title(dom: &Dom, at: usize) -> bool {
    const WORDS: [&str; 9] = [
        "title", "tit", "bt", "hd", "tt", "head", "heading", "name", "caption",
    ];
    let Some(element) = dom.element(at) else {
        return false;
    };
    matches!(
        element.name(),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" | "legend" | "caption"
    ) || attr(element, "class").is_some_and(|class| {
        let mut words = class.split(|c: char| !c.is_ascii_alphabetic());
        words.any(|word| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)))
    })
}

fn is_edge(c: char) -> bool {
    !c.is_alphanumeric()
}

/// A name out of some words: without Latin translations, arrows and 更多.
fn name_of(text: &str) -> Option<String> {
    let kept: String = text
        .split_whitespace()
        .filter(|word| !word.is_ascii())
        .collect();
    let name = kept.split("更多").next().unwrap_or_default();
    let name = name.trim_matches(is_edge);
    is_name(name).then(|| clean::line(name, TEXT))
}

fn is_name(text: &str) -> bool {
    HEADING_WEIGHT.contains(&clean::weight(text)) && !text.is_ascii()
}

/// Whether a link is the heading of a block.
fn is_heading(dom: &Dom, at: usize, text: &str) -> bool {
    if !is_name(text) {
        return false;
    }
    let mut block = dom.parent(at);
    for _ in 0..3 {
        if is_title(dom, block) {
            return dom.text(block, dom.end(block), BAR + 1).chars().count() <= BAR;
        }
        block = dom.parent(block);
    }
    false
}

/// Where links stand and how much they say, to tell strips of links from text.
struct Strips {
    /// Places of links with the weight of all links up to and with them.
    links: Vec<(usize, usize)>,
    /// Places of texts with the weight of all texts up to and with them.
    texts: Vec<(usize, usize)>,
}

impl Strips {
    fn of(dom: &Dom) -> Strips {
        let (mut sum, mut links) = (0, Vec::new());
        for (at, _) in dom.tagged("a") {
            sum += clean::weight(&dom.text(at, dom.end(at), TEXT));
            links.push((at, sum));
        }
        let (mut sum, mut texts) = (0, Vec::new());
        for (at, text) in dom.texts(0, dom.len()) {
            sum += clean::weight(text);
            texts.push((at, sum));
        }
        Strips { links, texts }
    }

    /// Whether a block near the link holds short links and hardly anything else.
    fn holds(&self, dom: &Dom, at: usize, known: &mut HashMap<usize, bool>) -> bool {
        let mut block = dom.parent(at);
        for _ in 0..STRIP_CLIMB {
            if matches!(dom.tag(block), "" | "html" | "body") {
                return false;
            }
            let is_strip = *known
                .entry(block)
                .or_insert_with(|| self.is_strip(block, dom.end(block)));
            if is_strip {
                return true;
            }
            block = dom.parent(block);
        }
        false
    }

    fn is_strip(&self, from: usize, end: usize) -> bool {
        let (count, linked) = sum(&self.links, from, end);
        let (_, said) = sum(&self.texts, from, end);
        count >= 3 && linked >= 2 * count && linked <= 8 * count && said <= linked + linked / 4 + 4
    }
}

/// How many entries lie in the range, and what they add up to.
fn sum(entries: &[(usize, usize)], from: usize, end: usize) -> (usize, usize) {
    let first = entries.partition_point(|(at, _)| *at < from);
    let last = entries.partition_point(|(at, _)| *at < end);
    let upto = |index: usize| {
        let before = index.checked_sub(1).and_then(|index| entries.get(index));
        before.map_or(0, |(_, sum)| *sum)
    };
    (last - first, upto(last) - upto(first))
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn links(html: &str) -> Vec<(String, Place)> {
        let tree = parse(html).expect("a tree");
        let base = Url::parse("http://www.example.gov.cn/").unwrap();
        of(&Dom::of(&tree), &base, None)
            .into_iter()
            .map(|link| (link.url.path().to_owned(), link.place))
            .collect()
    }

    fn more(html: &str) -> Option<String> {
        links(html).into_iter().find_map(|(path, place)| {
            let Place::More(heading) = place else {
                return None;
            };
            assert_eq!(path, "/tzgg/", "{html}");
            Some(heading)
        })
    }

    #[test]
    fn more_belongs_to_the_heading_of_its_block() {
        let rows = "<ul><li><a href='/1.html'>关于开展安全生产大检查的通知</a>2017-11-03</li>\
                    <li><a href='/2.html'>关于召开全区环境保护工作会议的通知</a>2017-11-02</li></ul>";
        let cases = [
            format!("<div><h3>通知公告<a href='/tzgg/'>更多&gt;&gt;</a></h3>{rows}</div>"),
            format!(
                "<div><div class=tit><span>通知公告</span><a class=more href='/tzgg/'>+</a></div>{rows}</div>"
            ),
            format!(
                "<div><div class=hd><a class=more href='/tzgg/'>MORE</a><h2>通知公告</h2></div>{rows}</div>"
            ),
            format!("<div><h2>通知公告</h2>{rows}<p><a href='/tzgg/'>查看更多</a></p></div>"),
            format!(
                "<div><b>通知公告</b> NOTICE <a href='/tzgg/'><img src='/img/more.gif'></a></div>{rows}"
            ),
            format!("<div>{rows}<a href='/tzgg/' title='通知公告'>更多</a></div>"),
            format!(
                "<div><ul><li>工作动态</li><li>通知公告</li></ul><span><a href='javascript:'>更多</a>\
                 <i><a href='/tzgg/'>更多</a></i></span></div>{rows}"
            ),
            format!("<div>{rows}<a href='/tzgg/'>更多通知公告&gt;</a></div>"),
            format!(
                "<table><tr><td>通知公告</td><td><a href='/tzgg/'>更多...</a></td></tr><tr><td colspan=2>{rows}</td></tr></table>"
            ),
        ];
        for html in cases {
            assert_eq!(more(&html).as_deref(), Some("通知公告"), "{html}");
        }
    }

    #[test]
    fn menus_headings_and_rows_are_told_apart() {
        let seen = links(
            "<div class=dh><ul><li><a href='/'>首页</a></li><li><a href='/gk/'>政务公开</a></li>\
             <li><a href='/fw/'>办事服务</a></li><li><a href='/hd/'>互动交流</a></li></ul></div>\
             <div><h3><a href='/tzgg/'>通知公告</a></h3><ul>\
             <li><a href='/1.html'>关于开展安全生产大检查的通知</a><span>2017-11-03</span></li>\
             <li><a href='/2.html'>关于召开全区环境保护工作会议的通知</a><span>2017-11-02</span></li>\
             <li><a href='/3.html'>关于征求意见的通知</a><span>2017-11-01</span></li></ul></div>",
        );
        let places: Vec<&Place> = seen.iter().map(|(_, place)| place).collect();
        let [nav, heading, row] = [&Place::Nav, &Place::Heading, &Place::Other];
        assert_eq!(places, [nav, nav, nav, nav, heading, row, row, row]);
    }

    #[test]
    fn a_link_without_words_goes_by_its_picture() {
        let tree = parse("<a href='/x/'><img src='a.gif' alt='政务公开'></a>").expect("a tree");
        let base = Url::parse("http://www.example.gov.cn/").unwrap();
        let links = of(&Dom::of(&tree), &base, None);
        assert_eq!(links[0].text, "政务公开");
    }
}
