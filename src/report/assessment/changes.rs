//! What one version of an assessment says otherwise than the one before.

use std::collections::BTreeMap;

use super::Assessment;
use super::words::{grade, total, verdict};
use crate::assess::score::card::{Card, Line};
use crate::assess::score::rubric::RuleId;
use crate::domain::id::SiteId;
use crate::report::plain::one_line;

/// The longest name of a site, in characters.
const NAME_CHARS: usize = 30;

/// A line for each site and rule that came out otherwise.
pub fn changes(before: &Assessment, after: &Assessment) -> Vec<String> {
    let old: BTreeMap<&SiteId, &Card> =
        before.cards.iter().map(|card| (&card.site, card)).collect();
    let mut out = Vec::new();
    for card in &after.cards {
        let name = one_line(&card.name, NAME_CHARS);
        match old.get(&card.site) {
            None => out.push(format!("{name}：新增，总分{}", total(card))),
            Some(old) => of_site(&mut out, &name, old, card),
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

fn of_site(out: &mut Vec<String>, name: &str, old: &Card, new: &Card) {
    let (was, is) = (total(old), total(new));
    if (&was, grade(old)) != (&is, grade(new)) {
        out.push(format!(
            "{name}：总分由{was}（{}）改为{is}（{}）",
            grade(old),
            grade(new)
        ));
    }
    let known: BTreeMap<&RuleId, &Line> = old.lines().map(|line| (&line.rule.id, line)).collect();
    for line in new.lines() {
        let id = &line.rule.id;
        match known.get(id) {
            None => out.push(format!("{name}：增加规则{id}，{}", verdict(line))),
            Some(old) if (&old.verdict, old.lost) != (&line.verdict, line.lost) => {
                let (was, is) = (verdict(old), verdict(line));
                out.push(format!("{name}：规则{id}由“{was}”改为“{is}”"));
            }
            Some(old) if old.finds != line.finds => out.push(format!(
                "{name}：规则{id}的事实由{}条改为{}条，或内容有变",
                old.finds.len(),
                line.finds.len()
            )),
            Some(_) => {}
        }
    }
    for line in old.lines() {
        let id = &line.rule.id;
        if !new.lines().any(|other| other.rule.id == *id) {
            out.push(format!("{name}：不再适用规则{id}"));
        }
    }
}
