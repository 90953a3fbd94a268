//! Whether a list of letters goes on behind its first page, and where.

use url::Url;

use super::super::dom::Dom;
use super::super::loose::{self, Value};
use super::super::view::View;
use super::super::{address, json_list};
use super::{MOST, view};
use crate::domain::page::Page;
use crate::domain::time::Date;

/// Words of the link to the next page, without signs and blanks.
const NEXT: [&str; 5] = ["下一页", "下页", "后一页", "next", "nextpage"];
/// Keys of the number of all letters in data, in small letters.
const TOTALS: [&str; 8] = [
    "count",
    "total",
    "totalcount",
    "totalnum",
    "totalrecord",
    "totalrecords",
    "totalrows",
    "recordcount",
];
/// What writes the ways to the other pages on sites of a widespread system.
const WRITER: &str = "createPageHTML(";
/// The longest list of arguments, in bytes.
const ARGUMENTS: usize = 200;
/// The most nodes that such a link holds: one around half a page is none.
const LINK_NODES: usize = 20;
/// How deep totals are looked for.
const DEPTH: usize = 4;

/// How a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onward {
    /// Nothing says that it does.
    Ends,
    /// On this page.
    To(Url),
    /// It does, and no address says where.
    Unknown,
}

/// How the list of `page` goes on, on which `shown` letters were read.
pub fn onward(page: &Page, shown: usize, today: Date) -> Onward {
    let Some(text) = super::super::text(page) else {
        return Onward::Ends;
    };
    if json_list::is_data(&text) {
        return match total(&text).is_some_and(|total| shown < total) {
            true => Onward::Unknown,
            false => Onward::Ends,
        };
    }
    view::of(page, today, of_view).unwrap_or(Onward::Ends)
}

fn of_view(view: &View) -> Onward {
    let written = written(view.source);
    let of_script = written
        .as_ref()
        .filter(|written| written.at + 1 < written.pages);
    let named = of_script.and_then(|written| address::join(view.base, &written.next()?));
    match linked(view.dom, view.base).or(named) {
        Some(url) => Onward::To(url),
        None if of_script.is_some() || counts_on(view.dom) => Onward::Unknown,
        None => Onward::Ends,
    }
}

/// The page to which a link with the words for it leads.
fn linked(dom: &Dom<'_>, base: &Url) -> Option<Url> {
    let mut links = dom.tagged("a");
    links.find_map(|(at, _)| {
        let end = dom.end(at);
        if end - at > LINK_NODES {
            return None;
        }
        let text = dom.text(at, end, 40);
        let letters = text.chars().filter(|c| c.is_alphabetic());
        let bare: String = letters.flat_map(char::to_lowercase).collect();
        if !NEXT.contains(&bare.as_str()) {
            return None;
        }
        let mut url = address::join(base, dom.attr(at, "href")?)?;
        url.set_fragment(None);
        (url != *base && address::is_same_site(&url, base)).then_some(url)
    })
}

/// What a script says of the pages of a list.
struct Written {
    pages: usize,
    /// The page that is shown, from 0.
    at: usize,
    /// The name and the ending of their files.
    file: Option<(String, String)>,
}

impl Written {
    fn next(&self) -> Option<String> {
        let (name, ending) = self.file.as_ref()?;
        Some(format!("{name}_{}.{ending}", self.at + 1))
    }
}

fn written(source: &str) -> Option<Written> {
    let (_, rest) = source.split_once(WRITER)?;
    let (arguments, _) = rest.split_once(')')?;
    if arguments.len() > ARGUMENTS {
        return None;
    }
    let parts: Vec<&str> = arguments
        .split(',')
        .map(|part| part.trim().trim_matches(['"', '\'']))
        .collect();
    let (pages, at, rest) = match parts.as_slice() {
        [pages, at, rest @ ..] => (pages.parse().ok()?, at.parse().ok()?, rest),
        _ => return None,
    };
    let is_name = |text: &str| {
        let mut chars = text.chars();
        !text.is_empty() && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    let file = match rest {
        [name, ending] if is_name(name) && is_name(ending) => {
            Some(((*name).to_owned(), (*ending).to_owned()))
        }
        _ => None,
    };
    Some(Written { pages, at, file })
}

/// Whether words such as 1/5页 or 共5页 say that there are further pages.
fn counts_on(dom: &Dom<'_>) -> bool {
    let mut texts = dom.texts(0, dom.len());
    texts.any(|(_, text)| {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut parts = text.split('页').rev().skip(1);
        text.contains('页') && parts.any(goes_on)
    })
}

/// Whether the words before 页 end in a number of pages that are more than are behind this one.
fn goes_on(before: &str) -> bool {
    let digits = |text: &str| {
        let from = text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (head, number) = text.split_at_checked(from).unwrap_or((text, ""));
        (head.to_owned(), number.parse::<usize>().ok())
    };
    let (head, all) = digits(before);
    let Some(all) = all.filter(|all| (2..10_000).contains(all)) else {
        return false;
    };
    match head.strip_suffix('/').map(digits) {
        Some((_, Some(at))) => at < all,
        _ => head.ends_with('共'),
    }
}

/// How many letters there are in all, as data says it.
fn total(text: &str) -> Option<usize> {
    let (value, _) = json_list::unpadded(text).and_then(loose::read)?;
    total_of(&value, DEPTH)
}

fn total_of(value: &Value<'_>, deep: usize) -> Option<usize> {
    let Value::Object(object) = value else {
        return None;
    };
    let own = object.iter().find_map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        let number = match value {
            Value::Number(number) => usize::try_from(*number).ok(),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| TOTALS.contains(&name.as_str()) && *number <= 100 * MOST)
    });
    own.or_else(|| {
        let mut below = object.iter().filter(|_| deep > 0);
        below.find_map(|(_, value)| total_of(value, deep - 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str, shown: usize) -> Onward {
        let page = Page {
            url: "http://www.example.cn/zmhd/xx/".parse().unwrap(),
            status: 200,
            content_type: Some("text/html; charset=utf-8".to_owned()),
            body: body.as_bytes().to_vec(),
        };
        onward(&page, shown, "2017-11-20".parse().unwrap())
    }

    /// Synthetic, after the ways to further pages that are described for such sites.
    #[test]
    fn a_list_says_where_it_goes_on() {
        let rows = "<ul><li><a href=1.html>关于路灯的咨询</a></li></ul>";
        let to = |path: &str| {
            Onward::To(
                format!("http://www.example.cn/zmhd/xx/{path}")
                    .parse()
                    .unwrap(),
            )
        };
        for (pager, expected) in [
            ("", Onward::Ends),
            (
                "<div>共24条 1/3页 <a href='?page=2'>下一页</a> <a href='?page=3'>尾页</a></div>",
                to("?page=2"),
            ),
            (
                "<a href='index_1.html#a'>下一页 &gt;</a>",
                to("index_1.html"),
            ),
            (
                "<script>createPageHTML(3, 0, \"index\", \"html\");</script>",
                to("index_1.html"),
            ),
            (
                "<script>createPageHTML(3, 1, 'index', 'html');</script>",
                to("index_2.html"),
            ),
            (
                "<script>createPageHTML(3, 2, 'index', 'html');</script>",
                Onward::Ends,
            ),
            (
                "<script>createPageHTML(1, 0, 'index', 'html');</script>",
                Onward::Ends,
            ),
            (
                "<script>createPageHTML(60, 3, 1, 'index', 'html', 20);</script>",
                Onward::Unknown,
            ),
            (
                "<div>1/3页 <a href='javascript:next(2)'>下一页</a></div>",
                Onward::Unknown,
            ),
            ("<div>共 3 页</div>", Onward::Unknown),
            (
                "<div>共1页 1/1页 首页 上一页 下一页 尾页</div>",
                Onward::Ends,
            ),
            ("<div>3/3页 <a href='#'>下一页</a></div>", Onward::Ends),
            ("<div>第3/3页</div>", Onward::Ends),
            (
                "<a href='http://other.example.org/2.html'>下一页</a>",
                Onward::Ends,
            ),
            ("<a href='2.html'>关于下一页打不开的咨询</a>", Onward::Ends),
        ] {
            let html =
                format!("<html><head><meta charset=utf-8></head><body>{rows}{pager}</body></html>");
            assert_eq!(of(&html, 1), expected, "{pager}");
        }
        let data = "{\"data\":{\"count\":\"24\",\"data\":[{\"lybt\":\"关于路灯的咨询\"}]}}";
        assert_eq!(of(data, 8), Onward::Unknown);
        assert_eq!(of(data, 24), Onward::Ends);
        assert_eq!(of("{\"mailList\":[]}", 0), Onward::Ends);
    }
}
