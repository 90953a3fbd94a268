//! Letters whose titles are so short, such as 停车难, that their links are no rows of a list.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::words;
use crate::extract::dom::Dom;
use crate::extract::folder;
use crate::extract::items::{self, is_signpost};
use crate::extract::labels::Label;
use crate::extract::rows::Listed;
use crate::extract::view::View;
use crate::extract::{address, clean, column};

/// The least weight of a short title.
pub const LEAST: usize = 2;
/// Words that stand before the title of a letter.
const TITLES: [&str; 4] = ["标题", "主题", "题目", "名称"];
/// The longest label of a title, in characters.
const LABEL: usize = 6;
/// From how many rows a list says where its titles stand.
const ROWS: usize = 2;
/// How far before a definition its term is looked for, in places of the page.
const TERM: usize = 400;
/// Among how many links from the beginning of a row on its title is looked for.
const TITLED: usize = 200;

/// The links of a list of letters with short titles: what stands in the places of its rows beside them.
pub fn links(view: &View) -> BTreeSet<usize> {
    let group = column::deciding(view);
    let rows = group.map(|group| group.rows.as_slice()).unwrap_or_default();
    let rows: Vec<&Listed> = rows
        .iter()
        .filter_map(|at| view.rows.get(*at))
        .filter(|row| row.block < view.dom.len())
        .collect();
    let mut found = match rows.len() < ROWS {
        true => alone(view),
        false => beside(view, &rows),
    };
    found.extend(among(view));
    found
}

/// How a row of a list is made.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Shape<'a> {
    tag: &'a str,
    /// Where its title stands.
    place: (u32, String),
    /// What its first day is called.
    label: Label,
    /// The site and the first folder to which its title leads.
    folder: (String, String),
}

/// Short links of a list with a longer title in it, in blocks that are made like that one's row. Whatever the
/// tags: a single longer title would else be taken for that of the whole list. One short link alone may be
/// anything, such as the unit of the letter above it.
fn among(view: &View) -> BTreeSet<usize> {
    let dom = view.dom;
    let mut models: BTreeMap<usize, BTreeSet<Shape>> = BTreeMap::new();
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, _) in dom.iter().filter(|(_, node)| node.tag == "a") {
        let block = dated_block(view, at).filter(|block| view.survey.items_in(*block) == 0);
        let Some(block) = block.filter(|_| is_short(view, at)) else {
            continue;
        };
        let list = dom.parent(block);
        let models = models.entry(list).or_insert_with(|| models_of(view, list));
        let is_alike = |shape: &Shape| models.contains(shape);
        if shape(view, block, at).as_ref().is_some_and(is_alike) {
            found.entry(list).or_default().push(at);
        }
    }
    let rows = found.into_values().filter(|links| links.len() >= ROWS);
    rows.flatten().collect()
}

/// The smallest block around a link with a day in it.
fn dated_block(view: &View, at: usize) -> Option<usize> {
    let mut above = at;
    let mut blocks = (0..4).map(|_| {
        above = view.dom.parent(above);
        above
    });
    let has_day = |block: &usize| {
        let dates = view.survey.dates_between(*block, view.dom.end(*block));
        dates.take(1).count() == 1
    };
    blocks.find(has_day)
}

/// How the blocks of a list are made that hold one longer title each.
fn models_of<'a>(view: &View<'a>, list: usize) -> BTreeSet<Shape<'a>> {
    let (dom, items) = (view.dom, &view.survey.items);
    let mut shapes = BTreeSet::new();
    let (mut block, end) = (list + 1, dom.end(list));
    while block < end {
        if view.survey.items_in(block) == 1 {
            let item = items.get(items.partition_point(|item| item.at < block));
            shapes.extend(item.and_then(|item| shape(view, block, item.at)));
        }
        block = dom.end(block).max(block + 1);
    }
    shapes
}

/// How a block is made whose title is the link at `at`; nothing where it has no day or leads nowhere.
fn shape<'a>(view: &View<'a>, block: usize, at: usize) -> Option<Shape<'a>> {
    let dom = view.dom;
    let mut days = view.survey.dates_between(block, dom.end(block));
    let day = days.find(|day| day.in_item.is_none())?;
    let url = address::join(view.base, dom.attr(at, "href")?)?;
    Some(Shape {
        tag: dom.tag(block),
        place: (links_before(view, block, at), term(dom, block)),
        label: day.label,
        folder: folder_of(&url),
    })
}

/// The site of an address, and the first folder below it.
fn folder_of(url: &Url) -> (String, String) {
    let site = url.host_str().unwrap_or_default().to_owned();
    let path = url.path().trim_start_matches('/').split_once('/');
    (site, path.map_or("", |(folder, _)| folder).to_owned())
}

/// Short links in blocks beside the rows of a list, at the place of the title.
fn beside(view: &View, rows: &[&Listed]) -> BTreeSet<usize> {
    let dom = view.dom;
    let blocks: BTreeSet<usize> = rows.iter().map(|row| row.block).collect();
    let lists: BTreeSet<usize> = rows.iter().map(|row| row.list).collect();
    // Which of a row's links has the title, and what is said before it.
    let titled = |row: &&&Listed| {
        let own = |item: &&items::Item| item.title == row.title;
        let items = &view.survey.items;
        let from = items.partition_point(|item| item.at < row.block);
        let item = items.iter().skip(from).take(TITLED).find(own)?;
        Some((links_before(view, row.block, item.at), term(dom, row.block)))
    };
    let places: BTreeSet<(u32, String)> = rows.iter().filter_map(|row| titled(&row)).collect();
    let kinds: BTreeSet<(usize, &str)> = rows
        .iter()
        .map(|row| (row.list, dom.tag(row.block)))
        .collect();
    let mut found = BTreeSet::new();
    for list in lists {
        let links = dom.range(list, dom.end(list));
        for (at, _) in links.filter(|(_, node)| node.tag == "a") {
            let mut block = at;
            while dom.parent(block) != list && block > list {
                block = dom.parent(block);
            }
            let is_beside = !blocks.contains(&block) && kinds.contains(&(list, dom.tag(block)));
            let place = || (links_before(view, block, at), term(dom, block));
            if is_beside && is_short(view, at) && places.contains(&place()) {
                found.insert(at);
            }
        }
    }
    found
}

/// Short links of a page without a list of longer ones: the first of a row with a date that leads to an article.
fn alone(view: &View) -> BTreeSet<usize> {
    let dom = view.dom;
    let is_row = |block: usize| {
        let dates = || view.survey.dates_between(block, dom.end(block)).next();
        matches!(dom.tag(block), "li" | "tr" | "dt" | "dd") && dates().is_some()
    };
    let is_letter = |at: &usize| {
        let mut above = *at;
        let mut blocks = (0..4).map(|_| {
            above = dom.parent(above);
            above
        });
        let block = blocks.find(|block| is_row(*block));
        let is_first = block.is_some_and(|block| {
            links_before(view, block, *at) == 0 && view.survey.items_in(block) == 0
        });
        let url = dom
            .attr(*at, "href")
            .and_then(|href| address::join(view.base, href));
        is_first && url.is_some_and(|url| folder::is_article(&url)) && is_short(view, *at)
    };
    let links = dom.iter().filter(|(_, node)| node.tag == "a");
    links.map(|(at, _)| at).filter(is_letter).collect()
}

/// How many links of a block stand before a place.
fn links_before(view: &View, block: usize, at: usize) -> u32 {
    view.survey.links_between(block, at)
}

/// The term of which a definition is one; nothing of any other block.
fn term(dom: &Dom, block: usize) -> String {
    if dom.tag(block) != "dd" {
        return String::new();
    }
    let parent = dom.parent(block);
    let from = block.saturating_sub(TERM).max(parent + 1);
    let mut before = (from..block).rev();
    let term = before.find(|at| dom.tag(*at) == "dt" && dom.parent(*at) == parent);
    let term = term.map(|at| dom.text(at, dom.end(at), 20));
    clean::squeezed(&term.unwrap_or_default())
}

/// Whether a link shows a short title and leads to a page of its own.
fn is_short(view: &View, at: usize) -> bool {
    let dom = view.dom;
    let is_shown = dom
        .get(at)
        .is_some_and(|node| !node.furniture && !node.silent);
    let title = clean::line(&dom.text(at, dom.end(at), 40), clean::TITLE);
    let weight = clean::weight(&title);
    let url = dom
        .attr(at, "href")
        .and_then(|href| address::join(view.base, href));
    let leads_on = url.is_some_and(|url| url != *view.base && !address::is_root(&url));
    let is_pager = title.ends_with('页') && title.chars().count() <= 5;
    let is_name = (LEAST..items::LEAST).contains(&weight)
        && !is_signpost(&title)
        && !is_pager
        && !words::is_state(&title);
    is_shown && is_name && leads_on
}

/// Whether a text is called a title: by a label in it or before it, or by the heading in which it stands.
pub fn is_title(dom: &Dom, node: usize, text: &str, before: Option<&str>) -> bool {
    let is_label = |label: &str| {
        let label: String = label.chars().filter(|c| !c.is_whitespace()).collect();
        let label = label.trim_end_matches([':', '：']);
        label.chars().count() <= LABEL && TITLES.iter().any(|title| label.ends_with(title))
    };
    let own = text.trim().split_once([':', '：']).map(|(label, _)| label);
    if let Some(label) = own {
        return is_label(label);
    }
    let mut at = node;
    let mut above = (0..3).map(|_| {
        at = dom.parent(at);
        dom.tag(at)
    });
    let heads = above.any(|tag| matches!(tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt"));
    heads || before.is_some_and(is_label)
}
