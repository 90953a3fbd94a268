//! What a page says of itself and where it leads: its site, its column, the trail above it, and
//! its links with the places where they stand. For finding columns; it dates nothing.

use serde::{Deserialize, Serialize};
use url::Url;

use super::dom::{Dom, attr};
use super::links;
use super::parse::parse;
use super::{charset, clean, guard, refusal, shell, view};
use crate::domain::page::Page;

/// The longest name or trail part, in characters.
pub const NAME: usize = 40;
/// The most parts of a trail.
const MOST_PARTS: usize = 8;
/// The longest trail, in characters.
const TRAIL: usize = 160;
/// Links with which a page that jumps on is still only an entrance.
const ENTRANCE_LINKS: usize = 10;

/// A page as it presents itself. All texts are bounded, in one line and harmless.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// The `SiteName` meta.
    pub site_name: Option<String>,
    /// The site's identification code (网站标识码): meta, footer or script.
    pub site_id_code: Option<String>,
    /// Who answers for the site (主办单位), from the footer.
    pub sponsor: Option<String>,
    /// The `ColumnName` meta.
    pub column_name: Option<String>,
    /// The `ColumnType` meta.
    pub column_type: Option<String>,
    /// The title of the page.
    pub title: String,
    /// The trail from the home page to here (当前位置), with the addresses of its parts.
    pub breadcrumb: Vec<(String, Option<Url>)>,
    /// Where the page sends its readers by itself, or its frame, when it holds little else.
    pub jump: Option<Url>,
    /// The links, in document order, at most 3,000.
    pub links: Vec<Link>,
}

/// A link with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its text, at most 60 characters; may be empty.
    pub text: String,
    /// Where it leads.
    pub url: Url,
    /// Where it stands.
    pub place: Place,
}

/// Where a link stands on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In a strip of short links, as menus are.
    Nav,
    /// It is the heading of a block.
    Heading,
    /// It says 更多 at a block with this heading; the heading is empty where none was found.
    More(String),
    /// In the trail.
    Breadcrumb,
    /// Anywhere else: rows, pictures, text.
    Other,
}

/// Outlines a page; nothing where it is no text or too large for the parser.
pub fn outline(page: &Page) -> Option<Outline> {
    if page.body.len() > guard::MAX_BYTES {
        return None;
    }
    let host = page.url.host_str().unwrap_or_default();
    let decoded = charset::decode(&page.body, page.content_type.as_deref(), host)?;
    let tree = parse(&decoded.text)?;
    let dom = Dom::of(&tree);
    let base = view::base(&dom, &page.url);
    let trail = trail(&dom);
    let links = links::of(&dom, &base, trail);
    let frame = || {
        let mut frames = shell::frames(&dom, &base).into_iter();
        let shown = frames
            .next()
            .filter(|frame| frame.shown && links.is_empty());
        shown.map(|frame| frame.url)
    };
    let jump = (links.len() <= ENTRANCE_LINKS)
        .then(|| shell::jump(&dom, &decoded.text, &base).or_else(frame))
        .flatten();
    Some(Outline {
        site_name: meta(&dom, "sitename"),
        site_id_code: code(&dom, &decoded.text),
        sponsor: sponsor(&dom),
        column_name: meta(&dom, "columnname"),
        column_type: meta(&dom, "columntype"),
        title: clean::line(&refusal::title(&dom), clean::TITLE),
        breadcrumb: trail.map_or_else(Vec::new, |trail| parts(&dom, &base, trail)),
        jump,
        links,
    })
}

/// The content of a meta, whatever the case of its name.
fn meta(dom: &Dom, name: &str) -> Option<String> {
    let mut metas = dom.tagged("meta");
    metas.find_map(|(_, meta)| {
        let named = attr(meta, "name").is_some_and(|n| n.trim().eq_ignore_ascii_case(name));
        let content = attr(meta, "content").filter(|_| named)?;
        Some(clean::line(content, NAME)).filter(|content| !content.is_empty())
    })
}

/// The identification code: ten digits, or `bm` and eight.
fn code(dom: &Dom, source: &str) -> Option<String> {
    let printed = || {
        let (at, text) = dom
            .texts(0, dom.len())
            .find(|(_, t)| t.contains("标识码"))?;
        let skipped = text.split("标识码").next().map_or(0, |t| t.chars().count());
        let whole = dom.text(at, dom.len(), 60 + skipped.min(400));
        code_in(whole.split("标识码").nth(1)?)
    };
    let in_script = || {
        ["sitecode", "site_code", "siteCode"]
            .iter()
            .find_map(|word| code_in(source.split(word).nth(1)?))
    };
    meta(dom, "siteidcode")
        .and_then(|text| code_in(&text))
        .or_else(printed)
        .or_else(in_script)
}

fn code_in(text: &str) -> Option<String> {
    let near: String = text.chars().take(40).collect();
    let mut words = near.split(|c: char| !c.is_ascii_alphanumeric());
    let word = words.find(|word| word.len() >= 8)?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_code = match word.strip_prefix("bm") {
        Some(rest) => rest.len() == 8 && digits(rest),
        None => word.len() == 10 && digits(word),
    };
    is_code.then(|| word.to_owned())
}

/// `主办单位：…`, up to the first gap.
fn sponsor(dom: &Dom) -> Option<String> {
    let (at, text) = dom
        .texts(0, dom.len())
        .find(|(_, text)| text.contains("主办") && text.len() < 2000)?;
    let skipped = text.split("主办").next().map_or(0, |t| t.chars().count());
    let whole = dom.text(at, dom.len(), 80 + skipped);
    let rest = whole.split("主办").nth(1)?.trim_start();
    let rest = rest.strip_prefix("单位").unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix(['：', ':'])?.trim_start();
    let name = rest.split(|c: char| !c.is_alphanumeric()).next()?;
    let length = name.chars().count();
    (4..=NAME)
        .contains(&length)
        .then(|| clean::line(name, NAME))
}

/// A trail: the text that announces it, and the block that holds it.
#[derive(Debug, Clone, Copy)]
pub struct Trail {
    /// The text node, or the block itself where nothing announces it.
    pub from: usize,
    /// One past the block.
    pub end: usize,
}

/// Whether a page has a trail.
pub fn has_trail(dom: &Dom) -> bool {
    trail(dom).is_some()
}

/// Finds the trail: after the words for it, or in a block that is named so.
pub fn trail(dom: &Dom) -> Option<Trail> {
    const WORDS: [&str; 7] = [
        "当前位置",
        "您的位置",
        "所在位置",
        "现在位置",
        "现在的位置",
        "所在的位置",
        "当前的位置",
    ];
    let said = dom
        .texts(0, dom.len())
        .filter(|(_, text)| text.len() <= 4 * TRAIL)
        .filter(|(_, text)| WORDS.iter().any(|word| text.contains(word)))
        .take(4)
        .find_map(|(at, _)| around(dom, at));
    said.or_else(|| from_home(dom)).or_else(|| {
        let mut blocks = dom.iter().filter_map(|(at, node)| {
            let names = [dom.attr(at, "class"), dom.attr(at, "id")];
            let named = names.into_iter().flatten().any(|name| {
                let mut words = name.split(|c: char| !c.is_ascii_alphabetic());
                words.any(|word| {
                    ["breadcrumb", "crumb", "crumbs"]
                        .iter()
                        .any(|known| known.eq_ignore_ascii_case(word))
                })
            });
            named.then_some(Trail {
                from: at,
                end: node.end,
            })
        });
        blocks.find(|trail| has_links(dom, trail.from, trail.end))
    })
}

/// A trail that nothing announces: the home page, and a mark behind it that leads on.
fn from_home(dom: &Dom) -> Option<Trail> {
    const HOME: [&str; 4] = ["首页", "网站首页", "主页", "门户首页"];
    const MARKS: [char; 6] = ['>', '＞', '»', '›', '→', '/'];
    dom.tagged("a")
        .filter(|(at, _)| HOME.contains(&dom.text(*at, dom.end(*at), 8).as_str()))
        .take(8)
        .find_map(|(at, _)| {
            let behind = dom.text(dom.end(at), dom.len(), 4);
            let trail = around(dom, at).filter(|_| behind.starts_with(MARKS))?;
            // The home page alone is no trail.
            has_more(dom, trail, dom.end(at)).then_some(trail)
        })
}

/// Whether more than marks stand in the trail behind its first link.
fn has_more(dom: &Dom, trail: Trail, behind: usize) -> bool {
    clean::weight(&dom.text(behind, trail.end, TRAIL)) >= 2
}

/// The smallest short block around the words that holds a link.
fn around(dom: &Dom, at: usize) -> Option<Trail> {
    let mut block = dom.parent(at);
    for _ in 0..4 {
        let end = dom.end(block);
        let length = dom.text(at, end, TRAIL + 1).chars().count();
        if length > TRAIL || matches!(dom.tag(block), "" | "html" | "body") {
            return None;
        }
        if has_links(dom, at + 1, end) {
            return Some(Trail { from: at, end });
        }
        block = dom.parent(block);
    }
    None
}

fn has_links(dom: &Dom, from: usize, end: usize) -> bool {
    dom.range(from, end).any(|(at, _)| dom.tag(at) == "a")
}

/// The parts of a trail: its links, and the words between and behind them.
fn parts(dom: &Dom, base: &Url, trail: Trail) -> Vec<(String, Option<Url>)> {
    let mut parts = Vec::new();
    for (at, text) in dom.texts(trail.from, trail.end) {
        let link = links::above(dom, at, trail.from);
        let url = link
            .and_then(|link| dom.attr(link, "href"))
            .and_then(|href| super::address::join(base, href));
        let text = text.rsplit("位置").next().unwrap_or(text);
        let marks = |c: char| !link_or_word(c, link.is_some());
        for part in text.split(marks).map(|part| clean::line(part, NAME)) {
            if clean::weight(&part) >= 2 && parts.len() < MOST_PARTS {
                parts.push((part, url.clone()));
            }
        }
    }
    parts
}

/// What a name in a trail is made of; between the links stand marks like `>` and `»`.
fn link_or_word(c: char, in_link: bool) -> bool {
    let mark = matches!(
        c,
        '>' | '＞' | '→' | '»' | '›' | '|' | '/' | '\\' | '：' | ':'
    );
    in_link || !mark && c != '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page {
            url: Url::parse("http://www.example.gov.cn/").unwrap(),
            status: 200,
            content_type: Some("text/html; charset=utf-8".to_owned()),
            body: html.as_bytes().to_vec(),
        }
    }

    fn outlined(html: &str) -> Outline {
        outline(&page(html)).unwrap()
    }

    #[test]
    fn a_page_says_whose_and_what_it_is() {
        let seen = outlined(
            "<head><title>通知公告-某局</title><meta name='SITENAME' content='某局网站'>\
             <meta name='siteidcode' content='1100000001'><meta name=' ColumnName' content='通知公告'>\
             <meta name='ColumnType' content='公示公告'></head><p>主办单位：某市某局　网站标识码：0</p>",
        );
        assert_eq!(seen.site_name.as_deref(), Some("某局网站"));
        assert_eq!(seen.site_id_code.as_deref(), Some("1100000001"));
        assert_eq!(seen.column_name.as_deref(), Some("通知公告"));
        assert_eq!(seen.column_type.as_deref(), Some("公示公告"));
        assert_eq!(seen.sponsor.as_deref(), Some("某市某局"));
        assert_eq!(seen.title, "通知公告-某局");
    }

    #[test]
    fn the_code_is_read_wherever_it_stands_and_nothing_else_passes_for_it() {
        let cases = [
            ("<p>网站标识码：1100000001</p>", Some("1100000001")),
            ("<p>政府网站标识码<a>bm12000001</a></p>", Some("bm12000001")),
            (
                "<script>var sitecode='1100000001'</script>",
                Some("1100000001"),
            ),
            ("<p>网站标识码：310000000044</p>", None),
            ("<p>电话：1100000001</p>", None),
            ("<p>网站标识码：</p>", None),
        ];
        for (html, expected) in cases {
            let code = outlined(html).site_id_code;
            assert_eq!(code.as_deref(), expected, "{html}");
        }
    }

    #[test]
    fn the_trail_has_its_parts_and_their_addresses() {
        let cases = [
            "<div>当前位置：<a href='/'>首页</a> &gt; <a href='/zwgk/'>政务公开</a> &gt; 通知公告</div>",
            "<div><span>您的位置:</span><a href='/'>首页</a>»<a href='/zwgk/'>政务公开</a>» <b>通知公告</b></div>",
            "<ul class='breadcrumb'><li><a href='/'>首页</a></li><li><a href='/zwgk/'>政务公开</a></li><li>通知公告</li></ul>",
            "<div><span><a href='/'>首页</a></span><span>/</span><span><a href='/zwgk/'>政务公开</a></span>\
             <span>/</span><span>通知公告</span></div>",
            "<p><a href='/'>首页</a>＞<a href='/zwgk/'>政务公开</a>＞通知公告</p>",
            "<p>您现在的位置： <a href='/'>首页</a>-<a href='/zwgk/'>政务公开</a>-通知公告</p>",
        ];
        for html in cases {
            let trail: Vec<(String, Option<String>)> = outlined(html)
                .breadcrumb
                .into_iter()
                .map(|(name, url)| (name, url.map(|url| url.path().to_owned())))
                .collect();
            let expected = [
                ("首页".to_owned(), Some("/".to_owned())),
                ("政务公开".to_owned(), Some("/zwgk/".to_owned())),
                ("通知公告".to_owned(), None),
            ];
            assert_eq!(trail, expected, "{html}");
        }
    }

    #[test]
    fn an_entrance_tells_where_it_leads() {
        let seen = outlined("<script>location.href='/index.html'</script>");
        assert_eq!(
            seen.jump.map(String::from).as_deref(),
            Some("http://www.example.gov.cn/index.html")
        );
    }

    #[test]
    fn a_picture_can_lead_to_more() {
        let seen = outlined(
            "<div><b>通知公告</b> <a href='/tzgg/'><img src='/img/more.gif'></a></div><ul>\
             <li><a href='/1.html'>关于开展安全生产大检查的通知</a></li></ul>",
        );
        let place = seen.links.first().map(|link| &link.place);
        assert_eq!(place, Some(&Place::More("通知公告".to_owned())));
    }

    #[test]
    fn hostile_pages_give_nothing_or_little() {
        let deep = "<div>".repeat(200_000);
        let many = "<a href='/x/'>某栏目</a>".repeat(20_000);
        assert_eq!(outline(&page(&deep)), None);
        assert!(outline(&page(&many)).is_none_or(|seen| seen.links.len() <= 3000));
        let odd = outlined("<div>当前位置：<a href='javascript:alert(1)'>首\u{202e}页</a></div>");
        assert_eq!(odd.breadcrumb, [("首页".to_owned(), None)]);
    }
}
