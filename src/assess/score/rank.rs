//! The places of sites among each other, and what changed since the period before.

use std::collections::BTreeMap;

use super::card::Card;
use super::points::Points;
use crate::domain::id::SiteId;

/// Gives every card that has a total its place, the best first; equal totals share a place. Cards
/// are put in that order, those without a total last.
pub fn rank(cards: &mut [Card]) {
    cards.sort_by(|one, other| {
        let by_total = other.total.cmp(&one.total);
        by_total.then_with(|| one.site.cmp(&other.site))
    });
    let totals: Vec<Option<Points>> = cards.iter().map(|card| card.total).collect();
    for card in cards {
        let better = totals.iter().filter(|total| **total > card.total).count();
        let place = u32::try_from(better + 1).unwrap_or(u32::MAX);
        card.rank = card.total.map(|_| place);
    }
}

/// Notes how the totals changed since `before`.
pub fn change(cards: &mut [Card], before: &[Card]) {
    let totals: BTreeMap<&SiteId, Points> = before
        .iter()
        .filter_map(|card| Some((&card.site, card.total?)))
        .collect();
    for card in cards {
        let former = totals.get(&card.site);
        card.change = card
            .total
            .zip(former)
            .map(|(total, former)| total - *former);
    }
}
