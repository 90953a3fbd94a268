//! Pages that are not columns of their own: one page under two addresses, and lists that repeat
//! the rows of others.

use std::collections::{BTreeMap, BTreeSet};

use super::place;
use super::proposal::Proposal;
use super::sheet::Seen;

/// One page under two addresses is one column: the same rows under the same name.
pub fn without_doubles(found: Vec<(Proposal, &Seen)>) -> Vec<(Proposal, &Seen)> {
    let mut kept: Vec<(Proposal, &Seen)> = Vec::new();
    for (column, seen) in found {
        let keys = rows(seen);
        let double = kept.iter_mut().find(|(other, other_seen)| {
            place::key(&seen.arrived) == place::key(&other_seen.arrived)
                || (other.name == column.name && !keys.is_empty() && rows(other_seen) == keys)
        });
        match double {
            Some((other, _)) => other.also.push(column.url),
            None => kept.push((column, seen)),
        }
    }
    kept
}

/// What the rows of a page lead to.
fn rows(seen: &Seen) -> BTreeSet<&str> {
    let lines = seen.listing.iter().flat_map(|listing| &listing.rows);
    lines.filter_map(|line| line.url.as_deref()).collect()
}

/// Lists that repeat the rows of columns below them, or of several other columns: by the place of
/// the list, the places of those that it repeats.
pub fn parents(found: &[(Proposal, &Seen)]) -> BTreeMap<usize, Vec<usize>> {
    let rows: Vec<BTreeSet<&str>> = found.iter().map(|(_, seen)| rows(seen)).collect();
    let mut parents = BTreeMap::new();
    for (at, own) in rows.iter().enumerate().filter(|(_, own)| own.len() >= 2) {
        let mut covered: BTreeSet<&str> = BTreeSet::new();
        let (mut children, mut below) = (Vec::new(), false);
        for (other, theirs) in rows.iter().enumerate().filter(|(other, _)| *other != at) {
            let shared: Vec<&str> = own.intersection(theirs).copied().collect();
            let fresh = shared.iter().filter(|url| !covered.contains(*url)).count();
            if fresh == 0 || parents.contains_key(&other) || is_child(found, at, other) {
                continue;
            }
            below |= is_child(found, other, at);
            children.push(other);
            covered.extend(shared);
        }
        let half = covered.len() * 2 >= own.len();
        let most = covered.len() * 5 >= own.len() * 4;
        if (below && half) || (children.len() >= 2 && most) {
            parents.insert(at, children);
        }
    }
    parents
}

/// Whether the page at `child` lies below the one at `parent`: its trail or its address says so.
fn is_child(found: &[(Proposal, &Seen)], child: usize, parent: usize) -> bool {
    let (Some((low, seen)), Some((high, _))) = (found.get(child), found.get(parent)) else {
        return false;
    };
    let key = place::key(&high.url);
    let by_trail = seen
        .outline
        .breadcrumb
        .iter()
        .any(|(_, url)| url.as_ref().is_some_and(|url| place::key(url) == key));
    let is_itself = place::key(&low.url) == key;
    !is_itself && (by_trail || place::is_below(&low.url, &high.url))
}
