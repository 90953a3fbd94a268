//! Where the column's own content begins: below its name. A page of a column may carry blocks of
//! other columns too, at its side or as its very content; their headings tell which is which.

use super::clean;
use super::column;
use super::dom::{Dom, What, attr};
use super::empty;
use super::groups::Group;
use super::identity;
use super::refusal;
use super::view::View;

/// The most ancestors that are climbed from the column's name.
const MAX_CLIMB: usize = 14;
/// The most characters of a heading.
const SHORT: usize = 30;
/// What stands between the parts of a document's title.
pub const TITLE_BREAKS: [char; 6] = ['-', '_', '—', '|', '·', '–'];
/// Rows of one block above which it is no mere block of a page of several.
const BLOCK_ROWS: usize = 10;

/// What stands below the column's name.
pub enum Own {
    /// Nothing that tells: the page as a whole decides.
    Unknown,
    /// The words that there is nothing.
    Empty,
    /// Only blocks of other columns.
    Others,
    /// These rows: of one list, or of all blocks of a page that is made of blocks.
    Rows(Vec<usize>),
}

/// A place of the page that counts as content.
enum Place {
    Row(usize),
    Notice,
}

/// Looks below the column's name, given or stated by the page.
pub fn own(view: &View, name: Option<&str>) -> Own {
    let from_script = view
        .groups
        .first()
        .and_then(|group| group.rows.first())
        .and_then(|at| view.rows.get(*at))
        .is_some_and(|row| row.block >= view.dom.len());
    if from_script {
        return Own::Unknown;
    }
    let places = places(view);
    for name in names(view, name) {
        let mut best: Option<(usize, Own)> = None;
        for anchor in anchors(view.dom, &name) {
            let Some((climbed, own)) = below(view, &places, anchor) else {
                continue;
            };
            if best.as_ref().is_none_or(|(other, _)| climbed < *other) {
                best = Some((climbed, own));
            }
        }
        if let Some((_, own)) = best {
            return own;
        }
    }
    Own::Unknown
}

/// The names of the column for comparison, the surest first.
pub fn names(view: &View, given: Option<&str>) -> Vec<String> {
    let stated = identity::meta(view.dom, "ColumnName");
    let title = refusal::title(view.dom);
    let first = title.split(TITLE_BREAKS).next();
    [given, stated, first]
        .into_iter()
        .flatten()
        .map(clean::squeezed)
        .filter(|name| clean::weight(name) >= 2)
        .collect()
}

/// Where the name stands by itself: not in a link, not in header, footer or navigation.
pub fn anchors(dom: &Dom, name: &str) -> Vec<usize> {
    dom.texts(0, dom.len())
        .filter(|(at, text)| {
            let shown = dom.get(*at).is_some_and(|n| !n.hidden && !n.furniture);
            let short = text.len() <= 4 * SHORT + name.len();
            shown && short && name.chars().all(|c| text.contains(c)) && names_it(text, name)
        })
        .filter(|(at, _)| !in_link(dom, *at))
        .map(|(at, _)| at)
        .take(8)
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

/// Whether a short text is the name, or ends the path of the page with it.
pub fn names_it(text: &str, name: &str) -> bool {
    let text = clean::squeezed(text);
    let longer = text.chars().count().saturating_sub(name.chars().count());
    text.contains(name) && longer <= 6 || text.contains("位置") && text.ends_with(name)
}

/// The content of the page in document order: rows of lists, and notices that there are none.
fn places(view: &View) -> Vec<(usize, Place)> {
    let mut places: Vec<(usize, Place)> = view
        .groups
        .iter()
        .filter(|group| group.dated > 0 || column::is_undated_list(view, group))
        .flat_map(|group| group.rows.iter().copied())
        .filter_map(|at| Some((at, view.rows.get(at)?)))
        .filter(|(_, row)| !row.furniture && !row.hidden && !row.tucked)
        .map(|(at, row)| (row.block, Place::Row(at)))
        .collect();
    places.extend(empty::notices(view).map(|at| (at, Place::Notice)));
    places.sort_by_key(|(at, _)| *at);
    places
}

/// What the smallest block around the name holds behind it; and how far that is.
fn below(view: &View, places: &[(usize, Place)], anchor: usize) -> Option<(usize, Own)> {
    let mut block = view.dom.parent(anchor);
    for climbed in 0..MAX_CLIMB {
        let end = view.dom.end(block);
        let from = places.partition_point(|(at, _)| *at <= anchor);
        let to = places.partition_point(|(at, _)| *at < end);
        let inside = places.get(from..to).unwrap_or_default();
        if !inside.is_empty() {
            return Some((climbed, judge(view, inside, anchor, climbed >= 2)));
        }
        if matches!(view.dom.tag(block), "" | "html" | "body") {
            return None;
        }
        block = view.dom.parent(block);
    }
    None
}

/// What the content of the smallest block around the name is. `apart` tells that the name's own
/// block has none of it.
fn judge(view: &View, inside: &[(usize, Place)], anchor: usize, apart: bool) -> Own {
    let rows: Vec<usize> = inside
        .iter()
        .filter_map(|(_, place)| match place {
            Place::Row(at) => Some(*at),
            Place::Notice => None,
        })
        .collect();
    let lists = lists(view, &rows);
    let heading = |list: &[usize], from: usize| {
        let start = list.first().and_then(|at| view.rows.get(*at))?.block;
        heading(view.dom, from, start)
    };
    let Some(first) = lists.first() else {
        return Own::Empty;
    };
    match inside.first() {
        Some((notice, Place::Notice)) if heading(first, *notice).is_some() => return Own::Empty,
        Some((_, Place::Notice)) => return Own::Unknown,
        _ => {}
    }
    let Some(words) = heading(first, anchor) else {
        return own_list(view, first, &lists);
    };
    let blocks = lists.iter().all(|list| list.len() < BLOCK_ROWS);
    if lists.len() >= 3 && blocks {
        Own::Rows(rows)
    } else if apart && lists.len() == 1 && is_of_others(&words) {
        Own::Others
    } else {
        Own::Unknown
    }
}

/// Rows by the lists in which they stand, in document order.
fn lists(view: &View, rows: &[usize]) -> Vec<Vec<usize>> {
    let mut out: Vec<(u64, usize, Vec<usize>)> = Vec::new();
    for at in rows {
        let Some(row) = view.rows.get(*at) else {
            continue;
        };
        match out
            .last_mut()
            .filter(|(path, list, _)| *path == row.path && *list == row.list)
        {
            Some((.., members)) => members.push(*at),
            None => out.push((row.path, row.list, vec![*at])),
        }
    }
    out.into_iter().map(|(.., members)| members).collect()
}

/// The group of the list that stands first below the name.
fn own_list(view: &View, first: &[usize], lists: &[Vec<usize>]) -> Own {
    let of = |list: &[usize]| {
        let at = list.first()?;
        view.groups.iter().find(|group| group.rows.contains(at))
    };
    let Some(group) = of(first) else {
        return Own::Unknown;
    };
    let others_dated = lists
        .iter()
        .filter_map(|list| of(list))
        .any(|g| g.dated > 0);
    if group.dated == 0 && (group.rows.len() < 3 || others_dated) || continues(view, group) {
        return Own::Unknown;
    }
    Own::Rows(group.rows.clone())
}

/// Whether a row or two only lead the list of the page: nothing announces it as another one.
fn continues(view: &View, group: &Group) -> bool {
    let block = |at: Option<&usize>| at.and_then(|at| view.rows.get(*at)).map(|row| row.block);
    let heaviest = view
        .groups
        .first()
        .and_then(|other| block(other.rows.first()));
    let last = block(group.rows.last());
    group.rows.len() < 3
        && heaviest
            .zip(last)
            .is_some_and(|(to, from)| to > from && heading(view.dom, from, to).is_none())
}

/// The heading between two places: an element that is one, or a short text before 更多.
pub fn heading(dom: &Dom, from: usize, to: usize) -> Option<String> {
    dom.range(from + 1, to)
        .find_map(|(at, node)| match node.what {
            What::Element(element) if !node.silent && !node.hidden => {
                let named = matches!(
                    element.name(),
                    "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt"
                );
                let classed = || {
                    attr(element, "class").is_some_and(|class| {
                        class
                            .split(|c: char| !c.is_ascii_alphabetic())
                            .any(|word| matches!(word, "title" | "tit" | "bt" | "hd" | "more"))
                    })
                };
                let text = dom.text(at, node.end.min(to), SHORT);
                let good = node.end <= to && clean::weight(&text) >= 2;
                (good && (named || classed())).then_some(text)
            }
            _ => None,
        })
}

/// Headings of what stands beside the content of a page.
fn is_of_others(words: &str) -> bool {
    const OTHERS: [&str; 12] = [
        "热点", "热门", "推荐", "排行", "相关", "最新", "点击", "要闻", "头条", "专题", "链接",
        "更新",
    ];
    OTHERS.iter().any(|word| words.contains(word))
}
