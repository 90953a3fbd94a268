//! What one version of an assessment says otherwise than the one before.

use std::collections::{BTreeMap, BTreeSet};

use super::Assessment;
use super::words::{change, find, grade, rank, total, verdict};
use crate::assess::score::card::{Card, Line};
use crate::assess::score::rubric::RuleId;
use crate::domain::id::SiteId;
use crate::domain::time::Date;
use crate::report::plain::one_line;

/// The longest name of a site, in characters.
const NAME_CHARS: usize = 30;
/// The longest fact, in characters.
const FACT_CHARS: usize = 120;

/// A line for each site and rule that came out otherwise, and for each site that moved.
pub fn changes(before: &Assessment, after: &Assessment) -> Vec<String> {
    let old: BTreeMap<&SiteId, &Card> =
        before.cards.iter().map(|card| (&card.site, card)).collect();
    let mut out = Vec::new();
    for card in &after.cards {
        let name = one_line(&card.name, NAME_CHARS);
        match old.get(&card.site) {
            None => out.push(format!("{name}：新增，总分{}", total(card))),
            Some(old) => of_site(&mut out, &name, old, card, after.period.last()),
        }
    }
    for card in &before.cards {
        if !after.cards.iter().any(|other| other.site == card.site) {
            out.push(format!("{}：不再考评", one_line(&card.name, NAME_CHARS)));
        }
    }
    out
}

/// Keeps the lines that tell of these cards.
pub fn keep_of(changes: &mut Vec<String>, cards: &[Card]) {
    let names = cards.iter().map(|card| one_line(&card.name, NAME_CHARS));
    let heads: Vec<String> = names.map(|name| format!("{name}：")).collect();
    changes.retain(|line| heads.iter().any(|head| line.starts_with(head)));
}

fn of_site(out: &mut Vec<String>, name: &str, before: &Card, after: &Card, to: Date) {
    let (was, is) = (total(before), total(after));
    let mut parts = Vec::new();
    if (&was, grade(before)) != (&is, grade(after)) {
        let (old, new) = (grade(before), grade(after));
        parts.push(format!("总分由{was}（{old}）改为{is}（{new}）"));
    }
    if before.rank != after.rank {
        parts.push(format!("名次由{}改为{}", rank(before), rank(after)));
    }
    if before.change != after.change {
        let (old, new) = (change(before), change(after));
        parts.push(format!("较上期由{old}改为{new}"));
    }
    if !parts.is_empty() {
        out.push(format!("{name}：{}", parts.join("，")));
    }
    // Of an area that does not apply nothing is told, before as after.
    let is_told = |line: &&Line| {
        let area = line.rule.area;
        let cards = [before, after];
        let areas = cards.iter().flat_map(|card| &card.areas);
        areas.filter(|one| one.area == area).any(|one| one.applies)
    };
    let known: BTreeMap<&RuleId, &Line> =
        before.lines().map(|line| (&line.rule.id, line)).collect();
    for line in after.lines().filter(is_told) {
        let id = &line.rule.id;
        match known.get(id) {
            None => out.push(format!("{name}：增加规则{id}，{}", verdict(line))),
            Some(old) => out.extend(of_rule(old, line, to).map(|said| format!("{name}：{said}"))),
        }
    }
    for line in before.lines().filter(is_told) {
        let id = &line.rule.id;
        if !after.lines().any(|other| other.rule.id == *id) {
            out.push(format!("{name}：不再适用规则{id}"));
        }
    }
}

/// What a rule says otherwise, if anything: another outcome, or other facts. That the same was seen once
/// more is nothing.
fn of_rule(before: &Line, after: &Line, to: Date) -> Option<String> {
    let id = &after.rule.id;
    let (was, is) = (verdict(before), verdict(after));
    let facts = facts(before, after, to);
    let is_other = (&before.verdict, before.lost) != (&after.verdict, after.lost);
    match (is_other, facts.is_empty()) {
        (true, true) => Some(format!("规则{id}由“{was}”改为“{is}”")),
        (true, false) => Some(format!("规则{id}由“{was}”改为“{is}”（{facts}）")),
        (false, false) => Some(format!("规则{id}{facts}")),
        (false, true) => None,
    }
}

/// The facts that came and went.
fn facts(before: &Line, after: &Line, to: Date) -> String {
    let said = |line: &Line| -> BTreeSet<String> {
        let finds = line.finds.iter();
        finds
            .map(|one| one_line(&find(one, to), FACT_CHARS))
            .collect()
    };
    let (old, new) = (said(before), said(after));
    let came: Vec<&String> = new.difference(&old).collect();
    let went: Vec<&String> = old.difference(&new).collect();
    let parts = [("新增", came), ("不再计", went)];
    let told = parts.iter().filter(|(_, facts)| !facts.is_empty());
    let told = told.map(|(word, facts)| match facts.as_slice() {
        [one] => format!("{word}：{one}"),
        [one, ..] => format!("{word}{}条：{one}等", facts.len()),
        [] => String::new(),
    });
    told.collect::<Vec<_>>().join("；")
}
