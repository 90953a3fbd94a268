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
use super::dom::Dom;
use super::folder::{self, Folder};
use super::heading;
use super::view::View;
use crate::domain::time::Date;

/// Blocks of other columns from which a page is made of blocks.
const BLOCKS: usize = 3;
/// The fewest rows of a list without dates.
const LEAST_UNDATED: usize = 3;
/// The fewest rows of a list without dates that may be the page's main one.
const LEAST_RIVAL: usize = 5;
/// The fewest dated rows of a second list of the column.
const LEAST_DATED: usize = 2;
/// The average weight of titles from which they are articles'.
const ARTICLE_TITLE: usize = 10;
/// The most links that are asked for a name.
const MOST_LINKS: usize = 2_000;
/// The most ancestors of a list whose names are looked at.
const MAX_CLIMB: usize = 8;

/// Whose the list is that would decide.
pub struct Whose {
    /// How sure the page is of it.
    pub claim: Sure,
    /// The rows that decide instead.
    pub rows: Vec<usize>,
    /// A list beside them that is newer.
    pub aside: Option<Aside>,
}

impl Whose {
    /// Rows of which nothing is to be doubted.
    pub fn own(rows: Vec<usize>) -> Whose {
        Whose {
            claim: Sure::Own,
            rows,
            aside: None,
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

/// How much a list is the column's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
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
struct Candidate {
    rows: Vec<usize>,
    path: u64,
    dated: usize,
    mass: usize,
    banner: Banner,
    /// Whether that announces a list above it too.
    shared: bool,
    /// Whether its links lead below the column's own folder.
    inside: bool,
    /// Whether it stands in what is named as the side of a page.
    beside: bool,
    claim: Claim,
}

/// Tells whose the rows are that would decide. `url` is the page's address, `names` are those of
/// the column, squeezed.
pub fn of(view: &View, url: &Url, names: &[String], deciding: Vec<usize>) -> Whose {
    let mut all = candidates(view, url, names);
    claim(view, &mut all);
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
        return match rival(view, &all, &places, best) {
            Some(rival) => Whose {
                aside: Some(aside(view, best)),
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
    Whose { claim, rows, aside }
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

/// The list without dates that stands beside dated rows for which no more speaks than for itself.
/// Where it outweighs them, it is the column's: that is the page's main one. Else nothing tells
/// which of the two is.
fn rival(view: &View, all: &[Candidate], places: &[usize], best: &Candidate) -> Option<Whose> {
    let headed = matches!(best.banner, Banner::Named) && !best.shared;
    let paged = || block(view, best.rows.last()).is_some_and(|at| banner::is_paged(view.dom, at));
    if best.dated == 0 || headed || best.inside && best.claim == Claim::Own || paged() {
        return None;
    }
    let dated = places.iter().filter_map(|at| all.get(*at));
    let (rows, mass) = dated.fold((0, 0), |(rows, mass), one| {
        (rows + one.rows.len(), mass + one.mass)
    });
    let beside = all.iter().enumerate().filter(|(at, one)| {
        let open = one.dated == 0 && one.claim >= Claim::Open && !places.contains(at);
        open && one.rows.len() >= LEAST_RIVAL && is_of_articles(view, one)
    });
    let (_, rival) = beside.max_by_key(|(_, one)| (one.rows.len(), one.mass))?;
    // A list below the trail is surer than one that is not.
    let sure = best.claim == Claim::Own && rival.claim < Claim::Own;
    let comparable = rival.rows.len() * 4 >= rows * 3 && rival.mass * 4 >= mass * 3;
    let claim = match rival.rows.len() >= rows && rival.mass >= mass {
        true => Sure::Own,
        false => Sure::Torn,
    };
    (comparable && !sure).then(|| Whose {
        claim,
        ..Whose::own(rival.rows.clone())
    })
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

/// Whether a list is one of articles: dated, or with titles and addresses such as these have.
fn is_of_articles(view: &View, one: &Candidate) -> bool {
    let rows = || one.rows.iter().filter_map(|at| view.rows.get(*at));
    let led = rows().filter(|row| row.url.as_ref().is_some_and(folder::is_article));
    let long = one.mass >= ARTICLE_TITLE * one.rows.len();
    one.dated >= 2 || one.rows.len() >= LEAST_UNDATED && long && led.count() * 2 >= one.rows.len()
}

fn candidates(view: &View, url: &Url, names: &[String]) -> Vec<Candidate> {
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
            banner,
            shared,
            claim: Claim::Open,
            rows,
        });
    }
    out
}

/// Lets the witnesses speak. Where one list leads below the column's folder, another of which no
/// link does is the column's only if it is headed so itself.
fn claim(view: &View, all: &mut [Candidate]) {
    let mut inside = all.iter().filter(|one| one.inside);
    let told = inside.any(|one| one.rows.len() >= 2 && is_of_articles(view, one));
    for one in all {
        let paged =
            || block(view, one.rows.last()).is_some_and(|at| banner::is_paged(view.dom, at));
        one.claim = match &one.banner {
            _ if one.inside && told => Claim::Own,
            Banner::Named if !one.shared => Claim::Own,
            Banner::Side(_) => Claim::Side,
            _ if one.beside || told => Claim::Side,
            Banner::Named | Banner::Trail => Claim::Own,
            Banner::Block(..) => Claim::Block,
            _ if paged() => Claim::Own,
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

/// Words under which no column's own list stands, whatever its name.
fn is_recommended(words: &str) -> bool {
    ["热点", "热门", "推荐", "排行", "相关", "点击", "猜你"]
        .iter()
        .any(|word| words.contains(word))
}
