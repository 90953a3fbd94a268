//! A home page: all its blocks of dated rows together, and the second level when it has none.

use url::Url;

use super::address;
use super::ask::Ask;
use super::column::{self, Saying};
use super::dom::attr;
use super::view::View;
use crate::domain::finding::{Basis, Finding, Undated, Unreadable};

/// Pages of the second level that are looked at.
const SECOND_LEVEL: usize = 5;
/// Articles whose dates stand for a home page without dates: one of every list.
const ARTICLES: usize = 8;

/// The rows of a home page that count: those of every block in which dates are no accident.
pub fn rows(view: &View) -> Vec<usize> {
    let printed = collect(view, |basis| basis != Basis::UrlPath);
    if printed.len() >= 2 {
        printed
    } else {
        collect(view, |basis| basis == Basis::UrlPath)
    }
}

fn collect(view: &View, counts: impl Fn(Basis) -> bool) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::new();
    for group in view.groups {
        let dated: Vec<usize> = group
            .with_tabs
            .iter()
            .copied()
            .filter(|at| {
                view.datings
                    .get(*at)
                    .and_then(|d| d.claim())
                    .is_some_and(|claim| counts(claim.basis))
            })
            .collect();
        let apart = dated
            .iter()
            .filter(|at| {
                view.datings
                    .get(**at)
                    .and_then(|d| d.claim())
                    .is_some_and(|claim| claim.apart)
            })
            .count();
        let by_path = dated.iter().all(|at| {
            view.datings
                .get(*at)
                .and_then(|d| d.claim())
                .is_some_and(|c| c.basis == Basis::UrlPath)
        });
        let enough = if by_path {
            dated.len() >= 3 && dated.len() * 2 >= group.rows.len() && !group.aside
        } else {
            apart * 2 >= dated.len()
        };
        if enough {
            out.extend(dated);
        }
    }
    out.sort_unstable();
    out
}

/// The newest date of the home page, or the pages that would tell: at most `most`.
pub fn newest(view: &View, rows: &[usize], most: usize) -> Saying {
    if !rows.is_empty() {
        return column::newest(view, rows);
    }
    let mut wanted = view.articles(&firsts(view), most.min(ARTICLES));
    if wanted.is_empty() {
        wanted = second_level(view);
    }
    if wanted.is_empty() {
        return Saying::Found(Finding::Unreadable(Unreadable::NoList));
    }
    Saying::Ask(Ask {
        wanted,
        instead: None,
        note: None,
        otherwise: Undated::NoDates,
    })
}

/// The first rows of every list: one each, and then the second ones, since a list may begin with a
/// pinned row.
fn firsts(view: &View) -> Vec<usize> {
    let mut lists: Vec<(usize, Vec<usize>)> = Vec::new();
    let main = view.groups.iter().filter(|g| !g.aside && g.mass > 60.0);
    for at in main.flat_map(|group| group.rows.iter().copied()) {
        let Some(row) = view.rows.get(at) else {
            continue;
        };
        match lists.last_mut().filter(|(list, _)| *list == row.list) {
            Some((_, rows)) if rows.len() < 2 => rows.push(at),
            Some(_) => {}
            None => lists.push((row.list, vec![at])),
        }
    }
    let nth = |n: usize| {
        lists
            .iter()
            .filter_map(move |(_, rows)| rows.get(n).copied())
    };
    nth(0).chain(nth(1)).collect()
}

/// The links of a page that only leads on: pictures, areas, a few words.
pub fn second_level(view: &View) -> Vec<Url> {
    let mut out: Vec<Url> = Vec::new();
    for tag in ["a", "area"] {
        for (at, link) in view.dom.tagged(tag) {
            let shown = view
                .dom
                .get(at)
                .is_some_and(|node| !node.silent && !node.hidden);
            let Some(url) = attr(link, "href")
                .filter(|_| shown)
                .and_then(|href| address::join(view.base, href))
            else {
                continue;
            };
            if address::is_page(&url)
                && address::is_same_site(&url, view.base)
                && url != *view.base
                && !out.contains(&url)
            {
                out.push(url);
            }
            if out.len() >= SECOND_LEVEL {
                return out;
            }
        }
    }
    out
}
