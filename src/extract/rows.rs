//! Rows of a page without selectors: a row is the smallest block with exactly one article link,
//! and its date is whatever date stands in that block outside the title, at its side when the
//! block has none, or in the link's hint. What the dates mean is decided elsewhere.

use url::Url;

use super::address;
use super::clean;
use super::day_heads;
use super::dom::{self, What, attr};
use super::items::Item;
use super::printed::Mark;
use super::standing::Standing;
use super::survey::{Dated, Survey};

/// The most ancestors that a row climbs.
const MAX_CLIMB: usize = 12;

/// A row of the page.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The title, bounded and clean.
    pub title: String,
    /// How much it weighs.
    pub weight: usize,
    /// The address it links to.
    pub url: Option<Url>,
    /// The date printed for it.
    pub mark: Option<Mark>,
    /// The element that is the row.
    pub block: usize,
    /// The element that holds the rows of this list.
    pub list: usize,
    /// The digest of the structure.
    pub path: u64,
    /// Whether the row itself is not displayed.
    pub hidden: bool,
    /// Whether it lies in a block that is not displayed, such as a tab.
    pub tucked: bool,
    /// Whether it lies in header, footer or navigation.
    pub furniture: bool,
}

/// Two links of one row: the longer title is the row's.
fn merge(rows: &mut [Listed], row: Listed) {
    if let Some(last) = rows.last_mut()
        && row.weight > last.weight
    {
        let mark = row.mark.clone().or_else(|| last.mark.clone());
        *last = Listed { mark, ..row };
    }
}

impl<'a> Survey<'_, 'a> {
    /// The rows of the page in document order.
    pub fn rows(&self, base: &Url) -> Vec<Listed> {
        let mut rows: Vec<Listed> = Vec::with_capacity(self.items.len());
        let mut last_block = usize::MAX;
        for index in 0..self.items.len() {
            if let Some(row) = self.row(index, base) {
                if row.block == last_block && self.is_shared(row.block) {
                    merge(&mut rows, row);
                    continue;
                }
                last_block = row.block;
                rows.push(row);
            }
        }
        day_heads::apply(self, &mut rows);
        rows
    }

    /// The block of the item, and its date.
    fn row(&self, index: usize, base: &Url) -> Option<Listed> {
        let item = self.items.get(index)?;
        let strict = self.climb(item, true);
        let (block, mark) = self
            .mark_of_block(index, strict)
            .map(|mark| (strict, Some(mark)))
            .or_else(|| self.in_shared_block(index, strict))
            .or_else(|| self.beside(index, strict).map(|mark| (strict, Some(mark))))
            .or_else(|| {
                let wide = self.climb(item, false);
                (wide != strict)
                    .then(|| {
                        self.mark_of_block(index, wide)
                            .map(|mark| (wide, Some(mark)))
                    })
                    .flatten()
            })
            .or_else(|| self.in_title(index).map(|mark| (strict, Some(mark))))
            .unwrap_or((strict, None));
        let node = self.dom.get(block)?;
        let own = self.dom.get(item.at)?;
        let (title, weight) = without_date(item, mark.as_ref());
        Some(Listed {
            title,
            weight,
            url: item.href.and_then(|href| address::join(base, href)),
            mark,
            block,
            list: node.parent,
            path: self.row_path(block),
            hidden: self.is_hidden_itself(block)
                || self.is_hidden_itself(item.at)
                || self.has_empty_flag(block),
            tucked: node.hidden || own.hidden,
            furniture: node.furniture,
        })
    }

    fn is_shared(&self, block: usize) -> bool {
        self.items_in(block) > 1
    }

    /// The path of the list and the tag of the row: classes of rows differ from row to row.
    fn row_path(&self, block: usize) -> u64 {
        let above = self
            .dom
            .get(self.dom.parent(block))
            .map_or(0, |node| node.path);
        dom::mix(above, self.dom.tag(block).as_bytes())
    }

    /// Whether this is not displayed although what it stands in is.
    pub fn is_hidden_itself(&self, at: usize) -> bool {
        let hidden = |at: usize| self.dom.get(at).is_some_and(|node| node.hidden);
        hidden(at) && !hidden(self.dom.parent(at))
    }

    /// Rows whose mark of approval is empty are kept in the page but not shown.
    pub fn has_empty_flag(&self, block: usize) -> bool {
        let mut flags = self
            .dom
            .range(block, self.dom.end(block))
            .take(12)
            .filter(|(_, node)| match node.what {
                What::Element(e) => {
                    e.name() == "i" && attr(e, "class").is_some_and(|c| c.trim() == "flag")
                }
                _ => false,
            });
        flags
            .next()
            .is_some_and(|(at, node)| self.dom.text(at, node.end, 4).is_empty())
    }

    /// The largest ancestor with this item alone. A strict climb ends at a row element unless its
    /// list is itself repeated, one list per row.
    fn climb(&self, item: &Item, strict: bool) -> usize {
        let mut block = item.at;
        for _ in 0..MAX_CLIMB {
            let above = self.dom.parent(block);
            let tag = self.dom.tag(above);
            let closed = matches!(tag, "" | "body" | "html" | "form");
            let start = self.text_between(item.at, item.end);
            let long = self.text_between(above, self.dom.end(above)) > start + 1500;
            if closed || long || self.items_in(above) != 1 || self.links_in(above) > 8 {
                break;
            }
            let at_row = matches!(self.dom.tag(block), "li" | "tr" | "dd");
            if strict && at_row && !self.is_repeated(above) {
                break;
            }
            block = above;
        }
        block
    }

    /// Whether a sibling has the same structure and an item.
    fn is_repeated(&self, at: usize) -> bool {
        let Some(node) = self.dom.get(at) else {
            return false;
        };
        let parent_end = self.dom.end(node.parent);
        let mut next = node.parent + 1;
        let mut steps = 0;
        while next < parent_end && steps < 40 {
            let Some(sibling) = self.dom.get(next) else {
                return false;
            };
            if next != at && sibling.path == node.path && self.items_in(next) >= 1 {
                return true;
            }
            next = sibling.end.max(next + 1);
            steps += 1;
        }
        false
    }

    /// A row with a second link, such as a category before the title.
    fn in_shared_block(&self, index: usize, strict: usize) -> Option<(usize, Option<Mark>)> {
        let above = self.dom.parent(strict);
        let row = matches!(self.dom.tag(above), "li" | "tr" | "dd" | "div" | "p" | "dl");
        if !row || !(2..=4).contains(&self.items_in(above)) {
            return None;
        }
        let mut apart = self
            .dates_between(above, self.dom.end(above))
            .filter(|d| d.in_item.is_none());
        let only = apart.next().is_some() && apart.next().is_none();
        let followed =
            self.beside(index, strict).is_none() || matches!(self.dom.tag(above), "li" | "tr");
        (only && followed && self.is_repeated(above))
            .then(|| {
                self.mark_of_block(index, above)
                    .map(|mark| (above, Some(mark)))
            })
            .flatten()
    }

    /// A date before or behind a block that has none, up to the next item.
    fn beside(&self, index: usize, block: usize) -> Option<Mark> {
        let parent = self.dom.parent(block);
        let (start, end) = (parent, self.dom.end(parent));
        if matches!(self.dom.tag(parent), "" | "html" | "head") {
            return None;
        }
        let next = self
            .items
            .get(index + 1)
            .map_or(end, |item| item.at.min(end));
        let previous = index
            .checked_sub(1)
            .and_then(|i| self.items.get(i))
            .map_or(start, |item| item.end.max(start));
        let block_end = self.dom.end(block);
        if self.leads_with_date(start, end) {
            let near = |d: &&Dated| self.text_between(d.node, block) < 240;
            return self.best(self.dates_between(previous, block).filter(near), block);
        }
        let near = |d: &&Dated| self.text_between(block_end, d.node) < 240;
        self.best(self.dates_between(block_end, next).filter(near), block)
    }

    /// Whether the dates of a list stand before their links.
    fn leads_with_date(&self, start: usize, end: usize) -> bool {
        let from = self.items.partition_point(|item| item.at < start);
        let to = self.items.partition_point(|item| item.at < end);
        let Some((first, last)) = self
            .items
            .get(from)
            .zip(to.checked_sub(1).and_then(|i| self.items.get(i)))
        else {
            return false;
        };
        let apart = |d: &&Dated| d.in_item.is_none() && d.standing >= Standing::Edge;
        self.dates_between(start, first.at)
            .take(40)
            .any(|d| apart(&d))
            && !self
                .dates_between(last.end, end)
                .take(40)
                .any(|d| apart(&d))
    }
}

/// The title without a date that was printed at its edge; and its weight.
fn without_date(item: &Item, mark: Option<&Mark>) -> (String, usize) {
    let title = || (item.title.clone(), item.weight);
    if mark.is_none_or(|mark| mark.apart) {
        return title();
    }
    let edge = |c: char| c.is_ascii_digit() || "-/.:[]()（）【】 ".contains(c);
    let bare = item.title.trim_matches(edge);
    match clean::weight(bare) {
        weight @ 4.. => (bare.to_owned(), weight),
        _ => title(),
    }
}
