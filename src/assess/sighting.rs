//! How the rows of a list are recognised among the items that are known of its column, and what is
//! remembered of them.
//!
//! An item is told by its address, or by its title where it has none. The same title and date at
//! another address are an item that moved. The first reading of a column is a baseline, and so is
//! every reading that cannot be compared with the one before: after a redesign, of a list that has
//! nothing in common with what is known, or one in which half of the known dates differ at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::domain::class::Class;
use crate::domain::id::ColumnId;
use crate::domain::item::{Change, Item, Row};
use crate::domain::name::{Name, is_same_title, telling_title};
use crate::domain::observation::ColumnRecord;
use crate::domain::time::{Date, Moment};

/// Readings that follow each other within so much time are regular: what is new in the second has
/// appeared between them.
const REGULAR: TimeDelta = TimeDelta::days(3);
/// Dates that differ by so many days are the same: a page may count days in another zone.
pub(super) const SAME_DAYS: i64 = 1;

/// A column before a visit.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// Its identifier.
    pub column: &'a ColumnId,
    /// Its class.
    pub class: Class,
    /// What was known of it.
    pub record: Option<&'a ColumnRecord>,
    /// The items that were known.
    pub items: &'a [Item],
}

/// What a visit read.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// When the visit began.
    pub at: Moment,
    /// The rows in the order of the page.
    pub rows: &'a [Row],
    /// The structure of the rows.
    pub signature: Option<&'a str>,
}

/// What a row is to the items that were known.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tie<'a> {
    /// This item.
    Known(&'a Item),
    /// This item, at another address.
    Moved(&'a Item),
    /// None of them.
    New,
}

/// A row, recognised.
#[derive(Debug)]
pub(super) struct Sighted<'a> {
    pub row: &'a Row,
    /// The address, unless other rows share it.
    pub url: Option<&'a str>,
    pub tie: Tie<'a>,
}

/// The rows of one visit beside the items that were known.
#[derive(Debug)]
pub struct Sighting<'a> {
    pub(super) past: Past<'a>,
    pub(super) at: Moment,
    pub(super) rows: Vec<Sighted<'a>>,
    /// Whether this reading can be compared with the one before.
    pub(super) comparable: bool,
    /// The reading before, where it was recent enough to witness what is new.
    pub(super) before_at: Option<Moment>,
}

impl<'a> Sighting<'a> {
    /// Recognises the rows of `listing`.
    pub fn of(past: Past<'a>, listing: Listing<'a>) -> Sighting<'a> {
        let rows = recognised(past.items, listing.rows);
        let read_at = past.record.and_then(|record| record.read_at);
        let is_recent = |at: &Moment| *at <= listing.at && listing.at - *at <= REGULAR;
        Sighting {
            past,
            at: listing.at,
            comparable: read_at.is_some()
                && !is_restructured(past.record, listing.signature)
                && rows.iter().any(|seen| matches!(seen.tie, Tie::Known(_)))
                && !is_redated_throughout(&rows),
            rows,
            before_at: read_at.filter(is_recent),
        }
    }

    /// Whether a row appeared that could be part of a burst.
    pub fn has_news(&self) -> bool {
        (0..self.rows.len()).any(|place| self.is_witnessed(place))
    }

    /// The items that are new or show something else than before.
    pub fn items(&self) -> Vec<Item> {
        let rows = self.rows.iter().enumerate();
        rows.filter_map(|(place, seen)| match seen.tie {
            Tie::Known(item) => self.changed(item, seen.row),
            Tie::Moved(item) => Some(Item {
                url: seen.url.map(str::to_owned),
                title: seen.row.title.clone(),
                ..item.clone()
            }),
            Tie::New => Some(Item {
                column: self.past.column.clone(),
                title: seen.row.title.clone(),
                url: seen.url.map(str::to_owned),
                claimed_on: seen.row.on,
                first_seen_at: self.at,
                witnessed: self.is_witnessed(place),
                changes: Vec::new(),
            }),
        })
        .collect()
    }

    /// The item as it is now, if that is another than before. What no reading can be compared
    /// with is taken over without being called a change; a date that is missing takes none away.
    fn changed(&self, item: &Item, row: &Row) -> Option<Item> {
        let titled = !is_same_title(&item.title, &row.title);
        let claimed_on = row.on.or(item.claimed_on);
        if !titled && claimed_on == item.claimed_on {
            return None;
        }
        let mut now = item.clone();
        now.claimed_on = claimed_on;
        if titled {
            now.title.clone_from(&row.title);
        }
        let dated = item.claimed_on.is_some() && claimed_on != item.claimed_on && !row.inferred;
        if self.comparable && (titled || dated) {
            now.changed(Change {
                seen_at: self.at,
                claimed_on: item.claimed_on,
                title: item.title.clone(),
            });
        }
        Some(now)
    }

    /// Whether the row at `place` is an item that appeared since the reading before, and not one
    /// that other rows made room for.
    pub(super) fn is_witnessed(&self, place: usize) -> bool {
        let seen = self.rows.get(place);
        let new = seen.filter(|seen| matches!(seen.tie, Tie::New));
        let on = new.map(|seen| seen.row.on.or(seen.row.refused_on));
        self.comparable
            && self.before_at.is_some()
            && on.is_some_and(|on| match on {
                Some(on) => self.is_in_place(place, on),
                None => self.is_above_known(place),
            })
    }

    /// Whether a new row with that date stands where a new item is put: with a date not older than
    /// all known ones, or in order between two known rows. An old item that came back to the page
    /// because others were taken away stands at its end; one that was pinned stands out of order.
    fn is_in_place(&self, place: usize, on: Date) -> bool {
        let newest = self
            .past
            .items
            .iter()
            .filter_map(|item| item.claimed_on)
            .max();
        if newest.is_none_or(|newest| on >= newest) {
            return true;
        }
        let (above, below) = self.rows.split_at(place.min(self.rows.len()));
        let above = above.iter().rev().find_map(known_date);
        let below_dates = || below.iter().skip(1).filter_map(known_date);
        above.is_some_and(|above| above >= on)
            && below_dates().next().is_some_and(|below| below <= on)
            && below_dates().min().is_some_and(|oldest| oldest < on)
    }

    fn is_above_known(&self, place: usize) -> bool {
        let mut below = self.rows.iter().skip(place + 1);
        below.any(|seen| !matches!(seen.tie, Tie::New))
    }
}

fn known_date(seen: &Sighted) -> Option<Date> {
    match seen.tie {
        Tie::New => None,
        Tie::Known(_) | Tie::Moved(_) => seen.row.on,
    }
}

/// The rows, each item once, with the item that each is.
fn recognised<'a>(items: &'a [Item], rows: &'a [Row]) -> Vec<Sighted<'a>> {
    let rows = distinct(rows);
    let mut known: BTreeMap<Name, &Item> = BTreeMap::new();
    let mut titled: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
    for item in items {
        let first = known.entry(item.name()).or_insert(item);
        if item.first_seen_at < first.first_seen_at {
            *first = item;
        }
        if let Some(title) = telling_title(&item.title) {
            titled.entry(title).or_default().push(item);
        }
    }
    let shown: BTreeSet<&Name> = rows.iter().map(|(name, ..)| name).collect();
    let moved = |row: &Row| {
        let same = titled.get(&telling_title(&row.title)?)?;
        let gone = |item: &&&Item| {
            item.claimed_on.is_some() && item.claimed_on == row.on && !shown.contains(&item.name())
        };
        same.iter().find(gone).copied()
    };
    let tie = |name: &Name, row: &Row| match (known.get(name), moved(row)) {
        (Some(item), _) => Tie::Known(item),
        (None, Some(item)) => Tie::Moved(item),
        (None, None) => Tie::New,
    };
    rows.iter()
        .map(|(name, url, row)| Sighted {
            row,
            url: *url,
            tie: tie(name, row),
        })
        .collect()
}

/// The rows with their names, each name once, where it stands last: an item that is pinned too
/// stands in its own place further down. An address that rows with different titles share names
/// none of them.
fn distinct(rows: &[Row]) -> Vec<(Name, Option<&str>, &Row)> {
    let mut titles: BTreeMap<Name, &str> = BTreeMap::new();
    let mut shared: BTreeSet<Name> = BTreeSet::new();
    for row in rows.iter().filter(|row| row.url.is_some()) {
        let name = Name::of(row.url.as_deref(), &row.title);
        match titles.get(&name) {
            Some(title) if !is_same_title(title, &row.title) => {
                shared.insert(name);
            }
            Some(_) => {}
            None => {
                titles.insert(name, &row.title);
            }
        }
    }
    let mut seen: BTreeSet<Name> = BTreeSet::new();
    let mut out: Vec<(Name, Option<&str>, &Row)> = Vec::new();
    for row in rows.iter().rev() {
        let named = Name::of(row.url.as_deref(), &row.title);
        let (name, url) = match shared.contains(&named) {
            true => (Name::of(None, &row.title), None),
            false => (named, row.url.as_deref()),
        };
        if seen.insert(name.clone()) {
            out.push((name, url, row));
        }
    }
    out.reverse();
    out
}

fn is_restructured(record: Option<&ColumnRecord>, signature: Option<&str>) -> bool {
    let before = record.and_then(|record| record.signature.as_deref());
    before.is_some() && before != signature
}

/// Whether half of the known dates, and more than one, are others than before: then it is the page
/// or its reading that changed, and no item.
fn is_redated_throughout(rows: &[Sighted]) -> bool {
    let both: Vec<bool> = rows
        .iter()
        .filter_map(|seen| match seen.tie {
            Tie::Known(item) => Some(is_redated(item.claimed_on?, seen.row.on?)),
            Tie::Moved(_) | Tie::New => None,
        })
        .collect();
    let changed = both.iter().filter(|changed| **changed).count();
    changed > 1 && changed * 2 >= both.len()
}

pub(super) fn is_redated(before: Date, now: Date) -> bool {
    (now - before).num_days().abs() > SAME_DAYS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::fixture::{Memory, list, on, row};

    #[test]
    fn an_unchanged_list_changes_no_item() {
        let mut memory = Memory::of(Class::News);
        memory.reads(on(14), &list());
        assert_eq!(memory.reads(on(15), &list()), (0, vec![]));
        let mut dateless = list();
        dateless[0].on = None;
        dateless[1].title.push('　');
        dateless[2].url = Some("https://a.gov.cn/6.html#top".to_owned());
        assert_eq!(memory.reads(on(16), &dateless), (0, vec![]));
    }

    #[test]
    fn rows_that_share_an_address_are_told_by_their_titles() {
        let shared = |number, day| Row {
            url: Some("http://a.gov.cn/info.do".to_owned()),
            ..row(number, day)
        };
        let rows = [shared(3, 10), shared(2, 9), shared(1, 8)];
        let mut memory = Memory::of(Class::News);
        assert_eq!(memory.reads(on(11), &rows), (3, vec![]));
        let rows = [shared(4, 12), shared(3, 10), shared(2, 9), shared(1, 8)];
        assert_eq!(memory.reads(on(12), &rows), (1, vec![]));
        assert_eq!(memory.items.len(), 4);
    }
}
