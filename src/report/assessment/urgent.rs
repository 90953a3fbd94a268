//! What a site has to mend first.

use super::bulletin::faults;
use crate::assess::score::card::{Card, Line, Verdict};

/// The most rules that are named.
const MOST: usize = 5;

/// The rules that matter most: vetoes, then what costs most.
pub fn urgent(card: &Card) -> Vec<&Line> {
    let mut lines: Vec<&Line> = faults(card).collect();
    lines.sort_by_key(|line| {
        let is_veto = line.verdict == Verdict::Veto;
        (!is_veto, std::cmp::Reverse(line.lost), line.rule.id.clone())
    });
    lines.truncate(MOST);
    lines
}
