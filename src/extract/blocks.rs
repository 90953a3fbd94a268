//! The blocks of a page: its lists with what stands above them. The heading is the nearest short
//! text before a list; several lists behind one another share the words before the first, as tabs
//! do.

use url::Url;

use super::dom::{Dom, What, attr};
use super::groups::Group;
use super::view::View;
use super::{Block, address, clean, column, dates, heading};
use crate::domain::time::Date;

/// The most blocks of a page.
pub const MOST: usize = 40;
/// The longest name of a block, in characters.
pub const NAME: usize = 30;
/// The most lists that are looked at: not all of them are blocks.
const MOST_LISTS: usize = 200;
/// The fewest rows of a block without dates.
const LEAST_UNDATED: usize = 3;
/// The longest heading, in characters.
const HEADING: usize = 16;
/// The most short texts that are looked at before a list.
const LOOK_BACK: usize = 24;
/// How far above a tab's words the element with all tabs may be.
const TAB_DEPTH: usize = 5;

/// A list of the page.
pub struct Listing {
    /// What stands above it.
    pub heading: String,
    /// Its rows, in document order.
    pub rows: Vec<usize>,
    more: Option<Url>,
}

/// A short text, and where the link in which it stands leads.
struct Words {
    at: usize,
    text: String,
    link: Option<Url>,
}

/// The lists of the page with their headings, in document order.
pub fn listings(view: &View) -> Vec<Listing> {
    let lists = lists(view);
    let spans: Vec<(usize, usize)> = lists.iter().map(|rows| span(view, rows)).collect();
    let mut before: Vec<Vec<Words>> = Vec::new();
    let mut end = 0;
    for (start, next) in &spans {
        before.push(words(view, end, *start));
        end = (*next).max(end);
    }
    let mut out: Vec<Listing> = Vec::new();
    for (at, rows) in lists.into_iter().enumerate() {
        let (heading, more) = headed(view.dom, &before, at);
        let behind = before.get(at + 1).and_then(|words| leading_on(words));
        out.push(Listing {
            heading,
            rows,
            more: more.or(behind),
        });
    }
    out
}

/// The blocks as the rest of the program knows them.
pub fn of(view: &View) -> Vec<Block> {
    let listings = listings(view);
    let blocks = listings.into_iter().map(|listing| Block {
        newest: newest(view, &listing.rows),
        heading: listing.heading,
        rows: listing.rows.len(),
        more: listing.more,
    });
    // A link or two without a date are no block.
    let blocks = blocks.filter(|block| block.newest.is_some() || block.rows >= LEAST_UNDATED);
    blocks.take(MOST).collect()
}

/// The rows under the heading that names the column; `None` where none or several lists have it.
pub fn named(view: &View, name: &str) -> Option<Vec<usize>> {
    let name = clean::squeezed(name);
    let mut named: Vec<Listing> = listings(view)
        .into_iter()
        .filter(|listing| heading::names_it(&listing.heading, &name))
        .collect();
    if named.len() > 1 {
        named.retain(|listing| newest(view, &listing.rows).is_some());
    }
    match named.as_mut_slice() {
        [one] => Some(std::mem::take(&mut one.rows)),
        _ => None,
    }
}

/// The newest date that is certain, or as good as: a year that is not printed counts where it does
/// on a list.
pub fn newest(view: &View, rows: &[usize]) -> Option<Date> {
    let claims = rows.iter().filter_map(|at| view.datings.get(*at)?.claim());
    let believed = claims.filter(|claim| column::is_believed(view, claim));
    believed.map(|claim| claim.on).max()
}

/// The rows of lists, by list, in document order; tabs that are not displayed included.
fn lists(view: &View) -> Vec<Vec<usize>> {
    by_list(view, |group| &group.with_tabs)
}

/// The rows of the lists that are displayed, by list, in document order.
pub fn displayed(view: &View) -> Vec<Vec<usize>> {
    by_list(view, |group| &group.rows)
}

fn by_list<'g>(view: &'g View, of: impl Fn(&'g Group) -> &'g Vec<usize>) -> Vec<Vec<usize>> {
    let groups = view.groups.iter();
    let mut rows: Vec<usize> = groups
        .filter(|group| {
            group.dated > 0 && group.weight > 0.0 || column::is_undated_list(view, group)
        })
        .flat_map(|group| of(group).iter().copied())
        .filter(|at| view.rows.get(*at).is_some_and(|row| !row.furniture))
        .collect();
    rows.sort_unstable();
    let mut out: Vec<(Kin, Vec<usize>)> = Vec::new();
    for at in rows {
        let Some(row) = view.rows.get(at) else {
            continue;
        };
        let kin = (row.path, row.list);
        match out.last_mut() {
            Some((last, rows))
                if *last == kin && !is_headed(view, at) || goes_on(view, *last, rows, at, kin) =>
            {
                *last = kin;
                rows.push(at);
            }
            _ => out.push((kin, vec![at])),
        }
    }
    let lists = out.into_iter().map(|(_, rows)| rows);
    lists.take(MOST_LISTS).collect()
}

/// The structure of a row, and the list in which it stands.
type Kin = (u64, usize);

/// Whether a row goes on a list whose rows have a list element each: nothing is said between.
fn goes_on(view: &View, last: Kin, rows: &[usize], at: usize, kin: Kin) -> bool {
    let alone = |one: usize, kin: Kin| {
        let near = one.saturating_sub(1)..=one + 1;
        let mut rows = near.filter(|other| *other != one);
        !rows.any(|other| view.rows.get(other).is_some_and(|row| row.list == kin.1))
    };
    let Some(before) = rows.last().filter(|_| last.0 == kin.0) else {
        return false;
    };
    let between = (span(view, &[*before]).1, span(view, &[at]).0);
    alone(*before, last)
        && alone(at, kin)
        && !words(view, between.0, between.1)
            .iter()
            .any(|words| is_heading(&words))
}

/// Where a list begins and ends; lists from scripts stand behind the page. The block of a row that
/// stands alone may hold the heading too: such a list begins with its link.
fn span(view: &View, rows: &[usize]) -> (usize, usize) {
    let block = |at: Option<&usize>| {
        at.and_then(|at| view.rows.get(*at))
            .map_or(view.dom.len(), |row| row.block)
    };
    let (first, last) = (block(rows.first()), block(rows.last()));
    let end = view.dom.end(last).max(last);
    match rows {
        [_] => (link_in(view.dom, first, end).unwrap_or(first), end),
        _ => (first, end),
    }
}

/// Whether the block of a row has a heading of its own before the link: it is no row of a list but
/// a block with one row.
fn is_headed(view: &View, at: usize) -> bool {
    let Some(row) = view.rows.get(at).filter(|row| row.block < view.dom.len()) else {
        return false;
    };
    let link = link_in(view.dom, row.block, view.dom.end(row.block));
    link.is_some_and(|link| heading::heading(view.dom, row.block, link).is_some())
}

/// The link with the title of a row.
fn link_in(dom: &Dom, from: usize, end: usize) -> Option<usize> {
    let links = dom.range(from, end).filter(|(_, node)| node.tag == "a");
    let mut titled = links.filter(|(at, node)| {
        let said = clean::weight(&dom.text(*at, node.end, clean::TITLE));
        said >= 4 || dom.attr(*at, "title").is_some()
    });
    titled.next().map(|(at, _)| at)
}

/// The short texts between two places, pictures' texts included, the nearest last.
fn words(view: &View, from: usize, to: usize) -> Vec<Words> {
    let dom = view.dom;
    if to >= dom.len() || from >= to {
        return Vec::new();
    }
    let mut out: Vec<Words> = Vec::new();
    for (at, node) in dom.range(from, to) {
        let text = match node.what {
            What::Text(text) if !node.silent => text,
            What::Element(element) if element.name() == "img" => {
                attr(element, "alt").unwrap_or_default()
            }
            _ => continue,
        };
        let text = clean::line(text, HEADING + 1);
        let short = (1..=HEADING).contains(&text.chars().count());
        if node.furniture || !short || !dates::scan(&text).is_empty() {
            continue;
        }
        let link = link_of(dom, at).and_then(|href| address::join(view.base, href));
        out.push(Words { at, text, link });
    }
    let surplus = out.len().saturating_sub(LOOK_BACK);
    out.drain(..surplus);
    out
}

fn link_of<'a>(dom: &Dom<'a>, at: usize) -> Option<&'a str> {
    let mut at = at;
    for _ in 0..4 {
        at = dom.parent(at);
        if dom.tag(at) == "a" {
            return dom.attr(at, "href");
        }
    }
    None
}

fn leads_on(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains("更多") || lower.contains("more") || lower.starts_with(['>', '»', '+'])
}

fn leading_on(words: &[Words]) -> Option<Url> {
    let first = words.first().filter(|words| leads_on(&words.text))?;
    first.link.clone()
}

fn is_heading(words: &&Words) -> bool {
    clean::weight(&words.text) >= 2 && !leads_on(&words.text)
}

/// The heading of the list at `at` and where it leads: from the words before it, or from those
/// before the nearest list above that has any.
fn headed(dom: &Dom, before: &[Vec<Words>], at: usize) -> (String, Option<Url>) {
    let has_words = |at: &usize| {
        before
            .get(*at)
            .is_some_and(|words| words.iter().any(|words| is_heading(&words)))
    };
    let Some(first) = (0..=at).rev().find(has_words) else {
        return (String::new(), None);
    };
    let words = before.get(first).map(Vec::as_slice).unwrap_or_default();
    let headings: Vec<&Words> = words.iter().filter(is_heading).collect();
    let behind = (at + 1..before.len()).take_while(|next| !has_words(next));
    let sharing = at - first + 1 + behind.count();
    let tabs = tabs(dom, &headings, sharing);
    let heading = match tabs.get(at - first) {
        Some(tab) => Some(*tab),
        None => headings.last().copied(),
    };
    let Some(heading) = heading else {
        return (String::new(), None);
    };
    // What leads on before the heading belongs to the list above.
    let mut behind = words.iter().filter(|words| words.at > heading.at);
    let more = behind.find(|words| leads_on(&words.text));
    let more = more.and_then(|words| words.link.clone());
    (heading.text.clone(), more.or_else(|| heading.link.clone()))
}

/// The last headings, where one element holds as many of them as there are lists: the first is
/// the first list's.
fn tabs<'w>(dom: &Dom, headings: &[&'w Words], lists: usize) -> Vec<&'w Words> {
    let Some(last) = headings.last().filter(|_| lists > 1) else {
        return Vec::new();
    };
    let mut holder = last.at;
    for _ in 0..TAB_DEPTH {
        holder = dom.parent(holder);
        let inside = headings.iter().filter(|words| words.at > holder);
        let inside: Vec<&Words> = inside.copied().collect();
        if inside.len() > 1 {
            return if inside.len() == lists {
                inside
            } else {
                Vec::new()
            };
        }
    }
    Vec::new()
}
