//! Rows of one structure form a group; of the groups of a page, one is the list. Groups are
//! weighed by their dated rows, the order of the dates, the weight of the titles, and where they
//! stand.

use std::collections::HashMap;

use super::rows::Listed;
use super::years::{Claim, Dating};
use crate::domain::finding::Basis;

/// Rows of the same structure.
#[derive(Debug, Clone)]
pub struct Group {
    /// Indices of the displayed rows, in document order.
    pub rows: Vec<usize>,
    /// These and the rows of tabs that are not displayed.
    pub with_tabs: Vec<usize>,
    /// Rows with a believed date.
    pub dated: usize,
    /// How much it looks like a dated list.
    pub weight: f64,
    /// How much its titles weigh, dates left aside.
    pub mass: f64,
    /// Whether it stands in header, footer or navigation, or is not displayed.
    pub aside: bool,
}

/// The groups of a page, heaviest first.
pub fn form(rows: &[Listed], datings: &[Dating]) -> Vec<Group> {
    let mut order: Vec<u64> = Vec::new();
    let mut members: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        let group = members.entry(row.path).or_default();
        if group.is_empty() {
            order.push(row.path);
        }
        group.push(at);
    }
    let mut groups: Vec<Group> = order
        .iter()
        .filter_map(|path| members.remove(path))
        .map(|members| weigh(members, rows, datings))
        .collect();
    groups.sort_by(|a, b| {
        b.weight
            .total_cmp(&a.weight)
            .then(b.mass.total_cmp(&a.mass))
    });
    groups
}

/// The rows for which something holds, or all when it holds for none.
fn those(members: &[usize], rows: &[Listed], holds: impl Fn(&Listed) -> bool) -> Vec<usize> {
    let some: Vec<usize> = members
        .iter()
        .copied()
        .filter(|at| rows.get(*at).is_some_and(&holds))
        .collect();
    if some.is_empty() {
        members.to_vec()
    } else {
        some
    }
}

fn weigh(members: Vec<usize>, rows: &[Listed], datings: &[Dating]) -> Group {
    let with_tabs = those(&members, rows, |row| !row.hidden);
    let members = those(&with_tabs, rows, |row| !row.tucked && !row.hidden);
    let claims: Vec<Option<Claim>> = members
        .iter()
        .map(|at| datings.get(*at).and_then(|d| d.claim()))
        .collect();
    let row = |at: &usize| rows.get(*at);
    let heft = |at: &usize| row(at).map_or(0, |row| row.weight.min(30));
    let total: usize = members.iter().map(heft).sum();
    let dated_heft: usize = members
        .iter()
        .zip(&claims)
        .filter(|(_, claim)| claim.is_some())
        .map(|(at, _)| heft(at))
        .sum();
    let dated = claims.iter().flatten().count();
    let count = members.len().max(1);
    let average = to_f64(total) / to_f64(count);
    let aside = members
        .iter()
        .all(|at| row(at).is_some_and(|row| row.furniture || row.hidden || row.tucked));
    let share = to_f64(dated) / to_f64(count);
    let place = if aside { 0.2 } else { 1.0 };
    let trust = share * order(&claims) * trust(&claims) * place;
    let mass = if average >= 8.0 {
        to_f64(total) * place
    } else {
        to_f64(total) * place * 0.2
    };
    Group {
        rows: members,
        with_tabs,
        dated,
        weight: to_f64(dated_heft) * trust,
        mass,
        aside,
    }
}

fn to_f64(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

/// Lists show the newest first: between 0.5 for no order and 1 for a strict one.
fn order(claims: &[Option<Claim>]) -> f64 {
    let dates: Vec<_> = claims.iter().flatten().map(|claim| claim.on).collect();
    let pairs = dates.windows(2).count();
    if pairs == 0 {
        return 0.8;
    }
    let kept = dates
        .windows(2)
        .filter(|pair| pair.first() >= pair.last())
        .count();
    0.5 + 0.5 * to_f64(kept) / to_f64(pairs)
}

/// Dates inside titles are seldom the row's; dates of addresses are the document's.
fn trust(claims: &[Option<Claim>]) -> f64 {
    let all = claims.iter().flatten().count().max(1);
    let apart = claims.iter().flatten().filter(|claim| claim.apart).count();
    let printed = claims
        .iter()
        .flatten()
        .filter(|claim| claim.basis != Basis::UrlPath)
        .count();
    let apart = 0.3 + 0.7 * to_f64(apart) / to_f64(all);
    let printed = 0.6 + 0.4 * to_f64(printed) / to_f64(all);
    apart * printed
}
