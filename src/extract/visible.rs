//! The visible publication date of an article: labels, nearness to the title, the company of
//! 来源 and 浏览, and its place outside of lists speak for a date.

use super::article::Article;
use super::clean;
use super::dates::{self, Found, Stamp};
use super::dom::{Dom, What, attr};
use super::labels::Label;
use super::standing::Standing;
use super::survey::Dated;
use super::view::View;
use crate::domain::finding::Basis;
use crate::domain::time::Date;

/// The most dates of a page that are weighed: an article has few.
pub const MAX_DATES: usize = 300;

/// Where the article's title stands: a heading with it, else the first text with it.
pub fn title_place(dom: &Dom, title: &str) -> Option<usize> {
    let wanted: String = squeezed(title);
    if wanted.chars().count() < 4 {
        let heading = dom
            .tagged("h1")
            .find(|(at, _)| clean::weight(&dom.text(*at, dom.end(*at), 200)) >= 6);
        return heading.map(|(at, _)| at);
    }
    let matches = |text: &str| {
        let text = squeezed(text);
        text.chars().count() >= 4
            && (wanted.contains(&text) || text.contains(&wanted))
            && clean::weight(&text) * 2 >= clean::weight(&wanted).min(16)
    };
    let heading = dom.iter().find(|(at, node)| {
        matches!(dom.tag(*at), "h1" | "h2" | "h3")
            && !node.silent
            && matches(&dom.text(*at, node.end, 200))
    });
    heading.map(|(at, _)| at).or_else(|| {
        dom.texts(0, dom.len())
            .find(|(at, text)| text.len() >= 12 && matches(text) && !in_link(dom, *at))
            .map(|(at, _)| at)
    })
}

/// The letters and digits of a text, at most eighty.
pub fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .take(80)
        .collect()
}

/// Whether a place stands in a link.
pub fn in_link(dom: &Dom, at: usize) -> bool {
    let mut at = at;
    for _ in 0..4 {
        at = dom.parent(at);
        if dom.tag(at) == "a" {
            return true;
        }
    }
    false
}

/// A visible date and how much speaks for it.
pub struct Seen<'a> {
    /// How much speaks for it.
    pub score: i32,
    /// Whether it stands within a screen of the title.
    pub near_title: bool,
    text: &'a str,
    found: Found,
}

impl Seen<'_> {
    /// The day.
    pub fn on(&self) -> Option<Date> {
        match self.found.stamp {
            Stamp::Full(on) => Some(on),
            _ => None,
        }
    }

    /// A meta of the same day may add the time.
    pub fn into_article(self, meta: Option<&Article>) -> Article {
        let on = self.on().unwrap_or_default();
        let added = meta.filter(|meta| meta.on == on).and_then(|meta| meta.time);
        Article {
            on,
            time: self.found.time.or(added),
            basis: Basis::ArticleLabel,
            snippet: around(self.text, &self.found),
            title: String::new(),
        }
    }
}

fn around(text: &str, found: &Found) -> String {
    let from = found.start.saturating_sub(20);
    let near: String = text
        .chars()
        .skip(from)
        .take(found.end - from + 20)
        .collect();
    clean::line(&near, clean::SNIPPET)
}

/// The visible date for which most speaks, if enough does.
pub fn find<'v>(view: &'v View, title: Option<usize>) -> Option<Seen<'v>> {
    let mut best: Option<Seen> = None;
    for d in view.survey.dated.iter().take(MAX_DATES) {
        let Stamp::Full(on) = d.found.stamp else {
            continue;
        };
        let hidden = view.dom.get(d.node).is_some_and(|node| node.hidden);
        if d.found.ranged || d.in_item.is_some() || hidden || !dates::is_plausible(on, view.today) {
            continue;
        }
        let Some((score, near_title)) = score(view, d, title) else {
            continue;
        };
        if score >= 50 && best.as_ref().is_none_or(|other| score > other.score) {
            best = Some(Seen {
                score,
                near_title,
                text: d.text,
                found: d.found,
            });
        }
    }
    best
}

fn score(view: &View, d: &Dated, title: Option<usize>) -> Option<(i32, bool)> {
    let short = d.text.trim().chars().count() <= 120;
    let named = publication_element(view.dom, d.node);
    let base = match d.label {
        Label::Published => 100,
        Label::Answered => 60,
        Label::Date if d.standing >= Standing::Edge || short => 60,
        Label::Updated => 30,
        Label::None if named == Named::Element => 100,
        Label::None if d.standing == Standing::Alone => 30,
        Label::None if d.standing == Standing::Edge && short => 20,
        _ => return None,
    };
    if in_list(view, d.node) {
        return None;
    }
    let (bonus, near) = nearness(view.dom, title, d.node);
    let time = if d.found.time.is_some() { 10 } else { 0 };
    let class = if named == Named::Class { 15 } else { 0 };
    let words = [
        "来源", "作者", "浏览", "点击", "编辑", "字号", "字体", "阅读", "责编", "分享", "次",
    ];
    let company = if short && words.iter().any(|word| d.text.contains(word)) {
        15
    } else {
        0
    };
    let prose = if d.standing == Standing::Prose {
        -30
    } else {
        0
    };
    Some((base + bonus + time + class + company + prose, near))
}

/// Dates within a screen of the title belong to it; those below it more than those above.
fn nearness(dom: &Dom, title: Option<usize>, node: usize) -> (i32, bool) {
    let Some(title) = title else {
        return (10, false);
    };
    let (from, to) = (title.min(node), title.max(node));
    let between: usize = dom
        .texts(from, to)
        .take(80)
        .map(|(_, text)| text.trim().chars().count())
        .sum();
    match between {
        _ if node > title && between <= 160 => (40, true),
        _ if node > title && between <= 400 => (20, true),
        _ if between <= 300 => (15, true),
        _ => (0, false),
    }
}

#[derive(PartialEq, Eq)]
enum Named {
    Element,
    Class,
    No,
}

/// Whether the date stands in `<publishtime>` or an element classed as a date.
fn publication_element(dom: &Dom, node: usize) -> Named {
    let mut at = node;
    for _ in 0..3 {
        at = dom.parent(at);
        let Some(element) = dom.element(at) else {
            break;
        };
        if matches!(element.name(), "publishtime" | "pubtime" | "publishdate") {
            return Named::Element;
        }
        let classed = ["class", "id"]
            .iter()
            .filter_map(|name| attr(element, name))
            .any(|value| {
                let value = value.to_ascii_lowercase();
                ["date", "time", "pub", "info", "source", "meta", "ly", "sj"]
                    .iter()
                    .any(|word| value.contains(word))
            });
        if classed {
            return Named::Class;
        }
    }
    Named::No
}

/// Whether a place lies in a list with at least three dated rows.
pub fn in_list(view: &View, node: usize) -> bool {
    view.groups
        .iter()
        .filter(|group| group.dated >= 3)
        .any(|group| {
            group
                .rows
                .iter()
                .filter_map(|at| view.rows.get(*at))
                .any(|row| {
                    let inside = row.block <= node && node < view.dom.end(row.block);
                    let beside = row.list <= node
                        && node < view.dom.end(row.list)
                        && node > row.block
                        && row.mark.is_some()
                        && view.dom.end(row.list) - row.list < 400;
                    inside || beside
                })
        })
}

/// Characters of visible text that stand in no link, counted up to 5,000.
pub fn prose_length(dom: &Dom) -> usize {
    let mut count = 0;
    let mut link_end = 0;
    for (at, node) in dom.iter() {
        match node.what {
            What::Element(e) if e.name() == "a" => link_end = link_end.max(node.end),
            What::Text(text) if at >= link_end && !node.silent && text.len() > 60 => {
                count += text.trim().chars().count()
            }
            _ => {}
        }
        if count > 5000 {
            break;
        }
    }
    count
}
