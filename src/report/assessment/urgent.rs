//! What a site has to mend first.

use super::bulletin::faults;
use super::words;
use crate::assess::score::card::{Card, Line, Verdict};
use crate::assess::score::points::Points;
use crate::assess::score::rubric::{Kind, RuleId};
use crate::report::rubric::plain;

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

/// What is said where nothing has to be mended: of what was measured, and that alone.
pub fn nothing(card: &Card) -> String {
    const CLEAN: &str = "没有发现需要整改的问题";
    let applying = card.areas.iter().filter(|area| area.applies);
    let lines = applying.flat_map(|area| &area.lines);
    let untold = lines.filter(|line| matches!(line.verdict, Verdict::Unmeasured(_)));
    let untold: Vec<&Line> = untold.collect();
    let vetoes = untold.iter().filter(|line| line.rule.kind == Kind::Veto);
    let vetoes: Vec<RuleId> = vetoes.map(|line| line.rule.id.clone()).collect();
    let measured = plain(card.measured);
    if card.total.is_none() {
        return "本期未测评".to_owned();
    }
    if untold.is_empty() && card.measured >= Points::FULL {
        return CLEAN.to_owned();
    }
    let open = match vetoes.is_empty() {
        true => String::new(),
        false => format!("，单项否决{}未测评", words::rules(&vetoes)),
    };
    format!("已测评的项目（{measured}%）{CLEAN}{open}")
}
