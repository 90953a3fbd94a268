//! The broken and suspected links of a site as a list for people.

use std::fmt::Write as _;

use super::plain::{address, instant, quotation};
use crate::assess::links::again_at;
use crate::domain::target::{Spell, Target};
use crate::domain::time::Moment;

/// The longest words of a link, in characters.
const TEXT_CHARS: usize = 30;
/// The most links that are listed.
const MOST: usize = 500;

/// Those of `targets` that lead nowhere: the certain ones first, those of the home page first.
pub fn open(targets: &[Target]) -> Vec<(&Target, &Spell)> {
    let mut open: Vec<(&Target, &Spell)> = targets
        .iter()
        .filter_map(|target| Some((target, target.open()?)))
        .collect();
    open.sort_by_key(|(target, spell)| {
        let is_sure = spell.confirmed_at.is_some();
        (!is_sure, !target.on_home, target.url.clone())
    });
    open
}

/// How certain it is that `target` leads nowhere.
pub fn standing(target: &Target, spell: &Spell, now: Moment) -> String {
    match (spell.confirmed_at, again_at(target)) {
        (Some(at), _) => format!("已确认（{}）", instant(at, now)),
        (None, Some(at)) => format!("待复核（{}后）", instant(at, now)),
        (None, None) => "疑似".to_owned(),
    }
}

/// The links that lead nowhere at `now`: the certain ones first, those of the home page first.
pub fn list(name: &str, targets: &[Target], now: Moment) -> String {
    let open = open(targets);
    let sure = open
        .iter()
        .filter(|(_, spell)| spell.confirmed_at.is_some());
    let sure = sure.count();
    let mut out = format!(
        "{name}：打不开的链接{sure}个，疑似{}个\n",
        open.len().saturating_sub(sure)
    );
    for (target, spell) in open.iter().take(MOST) {
        one(&mut out, target, spell, now);
    }
    if open.len() > MOST {
        let _ = writeln!(out, "（共{}个，只列前{MOST}个）", open.len());
    }
    out
}

fn one(out: &mut String, target: &Target, spell: &Spell, now: Moment) {
    let state = standing(target, spell, now);
    let place = match target.on_home {
        true => "首页",
        false => "其他页面",
    };
    let outside = if target.external { "外部" } else { "" };
    let _ = writeln!(
        out,
        "{state} {place} {outside}{} {}：{}，{}起",
        target.kind.in_chinese(),
        address(&target.url),
        spell.why.in_chinese(),
        instant(spell.since, now)
    );
    for place in &target.places {
        let text = match place.text.is_empty() {
            true => String::new(),
            false => quotation(&place.text, TEXT_CHARS),
        };
        let _ = writeln!(out, "    {} {text}", address(&place.page));
    }
}
