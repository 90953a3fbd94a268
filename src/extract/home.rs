//! A home page: all its blocks of dated rows together, and the second level when it has none.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::Block;
use super::address;
use super::ask::{Ask, Sort};
use super::blocks;
use super::clean;
use super::column::{self, Saying};
use super::dom::{Element, attr};
use super::heading;
use super::refusal;
use super::view::View;
use super::years;
use crate::domain::finding::{Basis, Finding, LastUpdate, Undated, Unreadable};
use crate::domain::item::Row;
use crate::domain::note::Note;
use crate::domain::time::Date;

/// Pages of the second level that are looked at.
const SECOND_LEVEL: usize = 5;
/// Articles whose dates stand for a home page without dates: one of every list.
const ARTICLES: usize = 8;
/// Days within which the newest date of a home page is young enough, whatever other rows may say: no
/// rule calls it old.
const YOUNG_DAYS: i64 = 7;
/// The average weight of titles from which they are articles'.
const ARTICLE_TITLE: usize = 8;
/// The most links of a page without lists that are looked at.
const MOST_LINKS: usize = 400;

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
        return match column::newest(view, rows) {
            Saying::Found(Finding::Dated(update)) => unless_ahead(view, rows, update),
            saying => saying,
        };
    }
    let articles = view.articles(&firsts(view), most.min(ARTICLES));
    if !articles.is_empty() {
        return Saying::Ask(Ask::articles(articles, Undated::NoDates));
    }
    let behind = second_level(view);
    if behind.is_empty() {
        return Saying::Found(Finding::Unreadable(Unreadable::NoList));
    }
    Saying::Ask(Ask {
        sort: Sort::Pages,
        ..Ask::articles(behind, Undated::NoDates)
    })
}

/// The newest date of a home page, unless a row on top of one of its lists shows a day to come: that
/// row is likely newer than all that is believed, and its article has to tell when it was published.
/// A young page is not asked: what announces events shows days to come and makes no page old.
fn unless_ahead(view: &View, rows: &[usize], update: LastUpdate) -> Saying {
    if (view.today - update.on).num_days() <= YOUNG_DAYS {
        return Saying::Found(Finding::Dated(update));
    }
    let mut wanted: Vec<Url> = Vec::new();
    for at in ahead(view, rows, update.on) {
        match view.articles(&[at], 1).pop() {
            Some(url) if wanted.contains(&url) => {}
            Some(url) => wanted.push(url),
            None => return Saying::Found(Finding::Undated(Undated::FirstRefused)),
        }
    }
    if wanted.is_empty() {
        return Saying::Found(Finding::Dated(update));
    }
    Saying::Ask(Ask {
        floor: Some(update.on),
        instead: Some(Finding::Dated(update)),
        note: Some(Note::FirstRowsRefused),
        decisive: Some((wanted.clone(), Undated::FirstRefused)),
        ..Ask::articles(wanted, Undated::NoDates)
    })
}

/// Of every list with one of `rows`, the row on its top that shows a day to come, where one does.
fn ahead(view: &View, rows: &[usize], newest: Date) -> Vec<usize> {
    let list_of = |at: &usize| Some(view.rows.get(*at)?.list);
    let counting: BTreeSet<usize> = rows.iter().filter_map(list_of).collect();
    let mut lists: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, row) in view.rows.iter().enumerate() {
        if counting.contains(&row.list) && !row.hidden {
            lists.entry(row.list).or_default().push(at);
        }
    }
    let tops = lists
        .values()
        .filter_map(|rows| top_ahead(view, rows, newest));
    tops.collect()
}

/// The row that stands where the newest of a list stands, if it shows a day to come and its address
/// no day that is not later than `newest`.
fn top_ahead(view: &View, rows: &[usize], newest: Date) -> Option<usize> {
    let claim = |at: &usize| Some(view.datings.get(*at)?.claim()?.on);
    let newest_here = rows.iter().filter_map(claim).max()?;
    let mut above = rows.iter().take_while(|at| claim(at) < Some(newest_here));
    let top = above.position(|at| {
        let refused = view.datings.get(*at).and_then(|dating| dating.refused());
        refused.is_some_and(|on| on > view.today)
            && view.rows.get(*at).is_some_and(|row| {
                !years::is_pinned(row) && !column::is_older_by_address(view, row, rows, newest)
            })
    })?;
    let over = rows.iter().take(top).filter_map(claim).count();
    rows.get(top)
        .copied()
        .filter(|_| over <= column::MOST_PINNED)
}

/// What stands on a page behind a home page that has no list itself.
pub struct Behind {
    /// Its newest row.
    pub newest: Option<LastUpdate>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Its blocks; those without a heading go by the title of the page.
    pub blocks: Vec<Block>,
}

/// Looks at a page behind a home page.
pub fn behind(view: &View) -> Behind {
    let rows = rows(view);
    let title = refusal::title(view.dom);
    let title = title
        .split(heading::TITLE_BREAKS)
        .next()
        .unwrap_or_default();
    let mut blocks = blocks::of(view);
    for block in blocks.iter_mut().filter(|block| block.heading.is_empty()) {
        block.heading = clean::line(title, blocks::NAME);
    }
    Behind {
        newest: newest_of(view, &rows),
        rows: view.rows_of(&rows),
        blocks,
    }
}

fn newest_of(view: &View, rows: &[usize]) -> Option<LastUpdate> {
    let claims = rows
        .iter()
        .filter_map(|at| Some((*at, view.datings.get(*at)?.claim()?)));
    let sure = claims.filter(|(_, claim)| column::is_believed(view, claim));
    let (at, claim) = sure.max_by_key(|(_, claim)| claim.on)?;
    match column::dated(view, at, &claim) {
        Finding::Dated(update) => Some(update),
        _ => None,
    }
}

/// The one page to which an entrance leads that shows nothing itself.
pub fn way_in(view: &View, rows: &[usize]) -> Option<Url> {
    if !rows.is_empty() || !firsts(view).is_empty() {
        return None;
    }
    match second_level(view).as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// The first rows of every list: one each, and then the second ones, since a list may begin with a
/// pinned row.
fn firsts(view: &View) -> Vec<usize> {
    let mut lists: Vec<(usize, Vec<usize>)> = Vec::new();
    let main = view.groups.iter().filter(|group| {
        // Short titles are those of columns: a page of these alone only leads on.
        !group.aside && group.mass > 60.0 && column::titles(view, group) >= ARTICLE_TITLE
    });
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

/// The pages to which a page without lists leads: those first whose links promise news or the way
/// in.
fn second_level(view: &View) -> Vec<Url> {
    let mut out: Vec<(usize, Url)> = Vec::new();
    for tag in ["a", "area"] {
        for (at, link) in view.dom.tagged(tag).take(MOST_LINKS) {
            let shown = view.dom.get(at).is_some_and(|n| !n.silent && !n.hidden);
            let url = attr(link, "href")
                .filter(|_| shown)
                .and_then(|href| address::join(view.base, href));
            let Some(url) = url.filter(|url| leads_in(url, view.base)) else {
                continue;
            };
            let rank = rank(&words_of(view, at, link), &url);
            if rank < FOREIGN && !out.iter().any(|(_, other)| *other == url) {
                out.push((rank, url));
            }
        }
    }
    out.sort_by_key(|(rank, _)| *rank);
    let urls = out.into_iter().map(|(_, url)| url);
    urls.take(SECOND_LEVEL).collect()
}

fn leads_in(url: &Url, base: &Url) -> bool {
    address::is_page(url) && address::is_same_site(url, base) && url != base
}

fn words_of(view: &View, at: usize, link: &Element) -> String {
    let text = view.dom.text(at, view.dom.end(at), 40);
    let said = ["title", "alt"].iter().filter_map(|name| attr(link, name));
    let picture = view
        .dom
        .range(at, view.dom.end(at))
        .find_map(|(at, _)| view.dom.attr(at, "alt"));
    let said = said.chain(picture).collect::<String>();
    text + &said
}

/// A rank from which a link leads to the site in another language.
const FOREIGN: usize = 3;

fn rank(words: &str, url: &Url) -> usize {
    let any = |of: &[&str]| of.iter().any(|word| words.contains(word));
    let host = url.host_str().unwrap_or_default();
    let path = url.path().to_ascii_lowercase();
    let other = ["English", "ENGLISH", "繁體", "繁体", "无障碍"];
    if any(&other)
        || host.starts_with("english.")
        || host.starts_with("big5.")
        || path.starts_with("/en/")
    {
        FOREIGN
    } else if any(&["动态", "要闻", "新闻", "公告", "进入", "首页"])
        || path.contains("index") && path.matches('/').count() == 1
    {
        0
    } else if any(&["公开", "信息", "中文", "简体"]) {
        1
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_promise_news_come_first_and_other_languages_never() {
        let cases = [
            ("工作动态", "http://a.gov.cn/gzdt/", 0),
            ("进入网站", "http://a.gov.cn/x.html", 0),
            ("", "http://a.gov.cn/index_1.html", 0),
            ("信息公开", "http://a.gov.cn/xxgk/", 1),
            ("办事", "http://a.gov.cn/bs/index.html", 2),
            ("English", "http://a.gov.cn/index.html", FOREIGN),
            ("", "http://big5.a.gov.cn/", FOREIGN),
        ];
        for (words, url, expected) in cases {
            assert_eq!(
                rank(words, &Url::parse(url).unwrap()),
                expected,
                "{words} {url}"
            );
        }
    }
}
