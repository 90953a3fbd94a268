//! The lists of a page, and how much each is the column's own.

use url::Url;

use crate::extract::banner::{self, Banner};
use crate::extract::blocks;
use crate::extract::dom::Dom;
use crate::extract::folder::{self, Folder};
use crate::extract::view::View;

/// The fewest rows of a list without dates.
pub const LEAST_UNDATED: usize = 3;
/// The average weight of titles from which they are articles'.
const ARTICLE_TITLE: usize = 10;
/// The most ancestors of a list whose names are looked at.
const MAX_CLIMB: usize = 8;

/// How much a list is the column's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// Announced as what stands beside, or placed so.
    Side,
    /// Announced as another column.
    Block,
    /// Nothing speaks for or against it.
    Open,
    /// The column's.
    Own,
}

/// One list of the page.
pub struct Candidate {
    /// Its rows, in document order.
    pub rows: Vec<usize>,
    /// The digest of their structure.
    pub path: u64,
    /// How many of them have a date.
    pub dated: usize,
    /// How much their titles weigh.
    pub mass: usize,
    /// What announces it.
    pub banner: Banner,
    /// Whether that announces a list above it too.
    pub shared: bool,
    /// Whether its links lead below the column's own folder.
    pub inside: bool,
    /// Whether it stands in what is named as the side of a page.
    pub beside: bool,
    /// Whether a pager follows it.
    pub paged: bool,
    /// How much it is the column's.
    pub claim: Claim,
}

/// The lists of a page in document order. `url` is its address, `names` are those of the column.
pub fn candidates(view: &View, url: &Url, names: &[String]) -> Vec<Candidate> {
    let lists = blocks::displayed(view);
    let mut places: Vec<usize> = lists
        .iter()
        .flatten()
        .filter_map(|at| view.rows.get(*at))
        .map(|row| row.block)
        .filter(|block| *block < view.dom.len())
        .collect();
    places.sort_unstable();
    let folder = Folder::of(url);
    // The call with which the pages of many systems write their pagers.
    let written = memchr::memmem::find(view.source.as_bytes(), b"createPage").is_some();
    let mut out: Vec<Candidate> = Vec::with_capacity(lists.len());
    let mut above: Option<(usize, Banner)> = None;
    for rows in lists {
        let Some(first) = rows.first().and_then(|at| view.rows.get(*at)) else {
            continue;
        };
        let listed = || rows.iter().filter_map(|at| view.rows.get(*at));
        let announced = match first.block < view.dom.len() {
            true => banner::of(view.dom, first.block, &places, names),
            false => banner::Announced {
                banner: Banner::None,
                within: 0,
            },
        };
        // Lists behind one another share what stands before the first.
        let over = |within: usize| (within..view.dom.end(within)).contains(&first.block);
        let shared = above
            .as_ref()
            .filter(|(within, _)| announced.banner == Banner::None && over(*within));
        let (banner, shared) = match shared {
            Some((_, banner)) => (banner.clone(), true),
            None => (announced.banner, false),
        };
        if !shared && banner != Banner::None {
            above = Some((announced.within, banner.clone()));
        }
        let urls = || listed().filter_map(|row| row.url.as_ref());
        let below = folder
            .as_ref()
            .map_or(0, |folder| urls().filter(|url| folder.holds(url)).count());
        let dated = rows
            .iter()
            .filter(|at| view.datings.get(**at).is_some_and(|d| d.claim().is_some()));
        out.push(Candidate {
            path: first.path,
            dated: dated.count(),
            mass: listed().map(|row| row.weight.min(30)).sum(),
            inside: below > 0 && below * 2 >= rows.len(),
            beside: is_beside(view.dom, first.block),
            paged: block(view, rows.last())
                .is_some_and(|at| banner::is_paged(view.dom, at, written)),
            banner,
            shared,
            claim: Claim::Open,
            rows,
        });
    }
    claim(view, &mut out);
    out
}

/// Lets the witnesses speak. Where one list leads below the column's folder, another of which no
/// link does is the column's only if it is headed so itself.
fn claim(view: &View, all: &mut [Candidate]) {
    let mut inside = all.iter().filter(|one| one.inside);
    let told = inside.any(|one| one.rows.len() >= 2 && is_of_articles(view, one));
    for one in all {
        one.claim = match &one.banner {
            _ if one.inside && told => Claim::Own,
            Banner::Named if !one.shared => Claim::Own,
            Banner::Side(_) => Claim::Side,
            _ if one.beside || told => Claim::Side,
            Banner::Named | Banner::Trail => Claim::Own,
            Banner::Block(..) => Claim::Block,
            _ if one.paged => Claim::Own,
            Banner::None | Banner::Idle | Banner::Picture => Claim::Open,
        };
    }
}

/// The element of a row of the page itself.
fn block(view: &View, row: Option<&usize>) -> Option<usize> {
    let block = row.and_then(|at| view.rows.get(*at))?.block;
    Some(block).filter(|block| *block < view.dom.len())
}

/// Whether a list stands in what is named as the side of a page.
fn is_beside(dom: &Dom, at: usize) -> bool {
    const NAMES: [&str; 10] = [
        "side",
        "sidebar",
        "aside",
        "hot",
        "rank",
        "ranking",
        "recommend",
        "related",
        "tuijian",
        "rdtj",
    ];
    let mut at = at;
    for _ in 0..MAX_CLIMB {
        if matches!(dom.tag(at), "" | "body" | "html") {
            return false;
        }
        let named = |value: Option<&str>| {
            value.is_some_and(|value| {
                let mut words = value.split(|c: char| !c.is_ascii_alphabetic());
                words.any(|word| NAMES.iter().any(|name| word.eq_ignore_ascii_case(name)))
            })
        };
        if dom.tag(at) == "aside" || named(dom.attr(at, "class")) || named(dom.attr(at, "id")) {
            return true;
        }
        at = dom.parent(at);
    }
    false
}

/// Whether a list is one of articles: dated, or with titles and addresses such as these have.
pub fn is_of_articles(view: &View, one: &Candidate) -> bool {
    let rows = || one.rows.iter().filter_map(|at| view.rows.get(*at));
    let led = rows().filter(|row| row.url.as_ref().is_some_and(folder::is_article));
    let long = one.mass >= ARTICLE_TITLE * one.rows.len();
    one.dated >= 2 || one.rows.len() >= LEAST_UNDATED && long && led.count() * 2 >= one.rows.len()
}
