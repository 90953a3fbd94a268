//! Which of a page's lists is the column's own. Beside it stand lists of other things: the newest
//! of the site, what is recommended, blocks of other columns. Where these carry dates and the
//! column's own rows do not, or are fewer, they would make a dead column look alive.
//!
//! Three witnesses speak for a list: what announces it, where its links lead, and where it stands.
//! Own is only what one of them calls the column's; what none speaks for or against stays open.

use url::Url;

use super::address;
use super::banner::{self, Banner};
use super::blocks;
use super::clean;
use super::folder;
use super::heading;
use super::view::View;
use crate::domain::time::Date;
use candidates::{Candidate, Claim, LEAST_UNDATED, candidates, is_of_articles};

mod candidates;
mod rival;

/// Blocks of other columns from which a page is made of blocks.
const BLOCKS: usize = 3;
/// The fewest dated rows of a second list of the column.
const LEAST_DATED: usize = 2;
/// The most links that are asked for a name.
const MOST_LINKS: usize = 2_000;

/// Whose the list is that would decide.
pub struct Whose {
    /// How sure the page is of it.
    pub claim: Sure,
    /// The rows that decide instead.
    pub rows: Vec<usize>,
    /// A list beside them that is newer.
    pub aside: Option<Aside>,
    /// The rows of the list for which as much speaks.
    pub rival: Vec<usize>,
}

impl Whose {
    /// Rows of which nothing is to be doubted.
    pub fn own(rows: Vec<usize>) -> Whose {
        Whose {
            claim: Sure::Own,
            rows,
            aside: None,
            rival: Vec::new(),
        }
    }
}

/// How sure it is that rows are the column's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// As far as the page tells.
    Own,
    /// Perhaps another's, but the page has none that is surer.
    Doubtful,
    /// Another's, and the page has none of the column.
    Others,
    /// Either these or those of a list without dates, for which as much speaks.
    Torn,
}

/// A list that stands beside the column's own.
pub struct Aside {
    /// What stands above it; may be empty.
    pub heading: String,
    /// Its newest date that is certain.
    pub newest: Option<Date>,
}

/// Tells whose the rows are that would decide. `url` is the page's address, `names` are those of
/// the column, squeezed.
pub fn of(view: &View, url: &Url, names: &[String], deciding: Vec<usize>) -> Whose {
    let all = candidates(view, url, names);
    let places = places(&all, &deciding);
    let best = places
        .iter()
        .filter_map(|at| all.get(*at))
        .max_by_key(|one| one.claim);
    let Some(best) = best else {
        return Whose::own(deciding);
    };
    let is_block = |at: &&usize| {
        let one = all.get(**at);
        one.is_some_and(|one| matches!(one.banner, Banner::Block(..)) && !one.shared)
    };
    if places.iter().filter(is_block).count() >= BLOCKS {
        return Whose::own(deciding);
    }
    let owned = all.iter().any(|one| one.claim == Claim::Own);
    let blocks = all.iter().filter(|one| one.claim == Claim::Block).count();
    let stands = match best.claim {
        Claim::Own => true,
        Claim::Open => !owned,
        Claim::Block => !owned && blocks >= BLOCKS,
        Claim::Side => false,
    };
    let instead = || instead(view, &all, best);
    if stands {
        return match rival::of(view, &all, &places, best) {
            Some(rival) => Whose {
                aside: Some(aside(view, best)),
                rival: deciding,
                ..rival
            },
            None => {
                let rows = kept(&all, &places, deciding, best.claim);
                let rows = with_own(view, &all, rows);
                let aside = newer(view, &all, &rows);
                Whose {
                    aside,
                    ..Whose::own(rows)
                }
            }
        };
    }
    let (claim, rows) = match instead() {
        Some(rows) => (Sure::Own, rows),
        None if is_of_others(view, url, best, names) => (Sure::Others, deciding),
        None => (Sure::Doubtful, deciding),
    };
    let aside = match claim {
        Sure::Own => newer(view, &all, &rows),
        Sure::Torn | Sure::Others | Sure::Doubtful => Some(aside(view, best)),
    };
    Whose {
        claim,
        aside,
        ..Whose::own(rows)
    }
}

fn aside(view: &View, one: &Candidate) -> Aside {
    Aside {
        heading: match &one.banner {
            Banner::Side(words) | Banner::Block(words, _) => words.clone(),
            _ => String::new(),
        },
        newest: blocks::newest(view, &one.rows),
    }
}

/// The newest list beside the rows, where it is newer than these.
fn newer(view: &View, all: &[Candidate], rows: &[usize]) -> Option<Aside> {
    let newest = blocks::newest(view, rows);
    let beside = all.iter().filter(|one| one.claim <= Claim::Block);
    let others = beside.filter(|one| !one.rows.iter().any(|at| rows.binary_search(at).is_ok()));
    let dated = others
        .map(|one| aside(view, one))
        .filter(|aside| aside.newest > newest);
    dated.max_by_key(|aside| aside.newest)
}

/// Whether a list is another's beyond doubt: recommended, the beginning of a list that stands on a
/// page outside the column's folder, or headed apart from the column's name, under which nothing
/// stands.
fn is_of_others(view: &View, url: &Url, one: &Candidate, names: &[String]) -> bool {
    match &one.banner {
        Banner::Side(words) if is_recommended(words) => true,
        Banner::Side(_) => is_apart(view, one, names),
        Banner::Block(words, link) => {
            let leads = link.is_some_and(|link| leads_elsewhere(view, url, link));
            let named = leads || is_named_elsewhere(view, url, words);
            named && !names.is_empty() || is_apart(view, one, names)
        }
        _ => false,
    }
}

/// Whether a link leads to another page that is not below this one.
fn leads_elsewhere(view: &View, url: &Url, link: usize) -> bool {
    let href = view.dom.attr(link, "href");
    let target = href.and_then(|href| address::join(view.base, href));
    target.is_some_and(|target| {
        target != *url && !address::is_root(&target) && !folder::is_below(&target, url)
    })
}

/// Whether a link of the page calls another page by these words: menus name all columns.
fn is_named_elsewhere(view: &View, url: &Url, words: &str) -> bool {
    let name = clean::squeezed(words);
    let mut links = view.dom.tagged("a").take(MOST_LINKS);
    links.any(|(at, _)| {
        let said = clean::squeezed(&view.dom.text(at, view.dom.end(at), 40));
        said == name && leads_elsewhere(view, url, at)
    })
}

/// Whether the column's name stands on the page by itself, and the list not below it.
fn is_apart(view: &View, one: &Candidate, names: &[String]) -> bool {
    let first = one.rows.first().and_then(|at| view.rows.get(*at));
    let Some(first) = first.map(|row| row.block) else {
        return false;
    };
    let mut named = names.iter().map(|name| heading::anchors(view.dom, name));
    let Some(anchors) = named.find(|anchors| !anchors.is_empty()) else {
        return false;
    };
    !anchors.iter().any(|anchor| {
        let within = banner::ground(view.dom, *anchor);
        (within..view.dom.end(within)).contains(&first)
    })
}

/// The lists in which some rows stand.
fn places(all: &[Candidate], rows: &[usize]) -> Vec<usize> {
    let holds = |one: &Candidate| {
        let mut own = one.rows.iter();
        own.any(|at| rows.binary_search(at).is_ok())
    };
    let places = all.iter().enumerate().filter(|(_, one)| holds(one));
    places.map(|(at, _)| at).collect()
}

/// The deciding rows but those of lists of the same structure that are another's.
fn kept(all: &[Candidate], places: &[usize], mut deciding: Vec<usize>, best: Claim) -> Vec<usize> {
    let listed = || places.iter().filter_map(|at| all.get(*at));
    // Dates of what merely stands beside would speak for a list that has none.
    let undated = |one: &Candidate| one.dated == 0 && one.rows.len() >= LEAST_UNDATED;
    let mut owned = listed().filter(|one| one.claim == Claim::Own).peekable();
    let least = match best {
        Claim::Own if owned.peek().is_some() && owned.all(undated) => Claim::Own,
        Claim::Own => Claim::Open,
        other => other,
    };
    let others: Vec<&Candidate> = listed().filter(|one| one.claim < least).collect();
    deciding.retain(|at| !others.iter().any(|one| one.rows.binary_search(at).is_ok()));
    deciding
}

/// The rows of the list that is the column's in place of another's: its own, else one that nothing
/// speaks against.
fn instead(view: &View, all: &[Candidate], other: &Candidate) -> Option<Vec<usize>> {
    let heavier = |one: &&Candidate| (one.inside, one.dated > 0, one.mass);
    let own = all.iter().filter(|one| one.claim == Claim::Own);
    // Slides and links stand in the open too: only what is as long may take another's place.
    let sure = matches!(&other.banner, Banner::Side(words) if is_recommended(words));
    let long = |one: &&Candidate| sure || other.beside || 2 * one.mass >= other.mass;
    let open = all
        .iter()
        .filter(|one| one.claim == Claim::Open && is_of_articles(view, one))
        .filter(long);
    let best = own
        .max_by_key(heavier)
        .or_else(|| open.max_by_key(heavier))?;
    let alike = all
        .iter()
        .filter(|one| one.path == best.path && one.claim >= Claim::Open);
    Some(alike.flat_map(|one| one.rows.iter().copied()).collect())
}

/// These rows and those of the other dated lists that stand below the column's own name: 通知 and
/// 公告 of one column 通知公告.
fn with_own(view: &View, all: &[Candidate], mut rows: Vec<usize>) -> Vec<usize> {
    let named = |one: &&Candidate| {
        one.claim == Claim::Own && one.dated >= LEAST_DATED && matches!(one.banner, Banner::Named)
    };
    let newest = blocks::newest(view, &rows);
    let newer = all.iter().filter(named);
    let newer = newer.filter(|one| blocks::newest(view, &one.rows) > newest);
    rows.extend(newer.flat_map(|one| one.rows.iter().copied()));
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Words under which no column's own list stands, whatever its name.
fn is_recommended(words: &str) -> bool {
    ["热点", "热门", "推荐", "排行", "相关", "点击", "猜你"]
        .iter()
        .any(|word| words.contains(word))
}
