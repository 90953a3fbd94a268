//! A card's place, total and grade in words.

use crate::assess::score::card::Card;
use crate::assess::score::points::Points;
use crate::assess::score::rubric::RuleId;
use crate::domain::time::in_chinese;

/// The place among all sites, or a stroke.
pub fn rank(card: &Card) -> String {
    card.rank
        .map_or_else(|| "—".to_owned(), |rank| rank.to_string())
}

/// The same for a table of many sites: a star says that the figures rest on little.
pub fn ranked(card: &Card) -> String {
    match card.is_loose() {
        true => format!("{}*", rank(card)),
        false => rank(card),
    }
}

/// From when to when a site was watched, where that is a part of the period.
pub fn watched(card: &Card) -> Option<String> {
    let watched = card.watched.as_ref().filter(|one| one.is_partial())?;
    let (first, last) = (
        in_chinese(watched.first, card.to),
        in_chinese(watched.last, card.to),
    );
    Some(format!(
        "{first}至{last}有监测记录，{}天中的{}天",
        watched.of, watched.days
    ))
}

/// The total as shown, with the one that was computed where it differs.
pub fn total(card: &Card) -> String {
    match (card.total, card.computed) {
        (Some(total), Some(computed)) if total != computed => {
            format!("{total}（计算{computed}）")
        }
        (Some(total), _) => total.to_string(),
        (None, _) => "未测评".to_owned(),
    }
}

/// The grade; provisional where not all of it was measured, none where less than half was.
pub fn grade(card: &Card) -> String {
    let Some(grade) = card.grade else {
        let word = match card.total {
            Some(_) => "暂不评级",
            None => "未测评",
        };
        return word.to_owned();
    };
    match is_certain(card) {
        true => grade.in_chinese().to_owned(),
        false => format!("{}（暂定）", grade.in_chinese()),
    }
}

/// Whether the grade cannot become another one by what is not measured yet.
pub fn is_certain(card: &Card) -> bool {
    card.is_over && (card.measured == Points::FULL || !card.vetoes.is_empty())
}

/// The change against the period before.
pub fn change(card: &Card) -> String {
    match card.change {
        None => "—".to_owned(),
        Some(change) if change > Points::ZERO => format!("+{change}"),
        Some(change) => change.to_string(),
    }
}

/// The vetoes that were hit in the period and not at its end, and those that were only near.
pub fn nearly(card: &Card) -> (Vec<RuleId>, Vec<RuleId>) {
    let was_hit = |id: &RuleId| {
        let mut lines = card.lines();
        lines.any(|line| line.rule.id == *id && line.was_hit())
    };
    card.near.iter().cloned().partition(was_hit)
}

/// The rules of a list, joined.
pub fn rules(ids: &[RuleId]) -> String {
    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    ids.join("、")
}
