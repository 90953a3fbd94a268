//! What was not assessed, and why.

use std::collections::BTreeMap;

use super::Assessment;
use super::bulletin::cell;
use super::words;
use crate::assess::score::card::{Card, Verdict};
use crate::assess::score::measurement::Unmeasured;

/// What was not assessed, each once, with the number of sites and why.
pub fn untold(assessment: &Assessment) -> Vec<String> {
    let mut out = Vec::new();
    for rule in assessment.rubric.enabled() {
        let lines = assessment.cards.iter().flat_map(Card::lines);
        let own = lines.filter(|line| line.rule.id == rule.id);
        let unmeasured: Vec<&Unmeasured> = own
            .filter_map(|line| match &line.verdict {
                Verdict::Unmeasured(why) => Some(why),
                _ => None,
            })
            .collect();
        if unmeasured.is_empty() {
            continue;
        }
        let unverified = if rule.is_unverified() {
            "，未核实"
        } else {
            ""
        };
        // Of one site it need not be said of how many.
        let sites = match assessment.cards.len() {
            1 => String::new(),
            _ => format!("{}个网站", unmeasured.len()),
        };
        out.push(format!(
            "规则{}，{}{unverified}：{sites}未测评（{}）",
            rule.id,
            cell(&rule.title),
            reasons(&unmeasured)
        ));
    }
    out
}

/// Why so many sites were not assessed; what waits for a person first, as it can still change the outcome.
fn reasons(unmeasured: &[&Unmeasured]) -> String {
    if let [one] = unmeasured {
        return words::unmeasured(one);
    }
    let mut by: BTreeMap<(u8, String), usize> = BTreeMap::new();
    let (mut waiting, mut unasked) = (0, 0);
    for why in unmeasured {
        let reason = match why {
            Unmeasured::Waiting(count) => {
                waiting += count;
                (0, "有问题待人工确认".to_owned())
            }
            Unmeasured::Unasked(count) => {
                unasked += count;
                let reason = "有问题须经人工确认，巡检时未列入待确认问题";
                (1, reason.to_owned())
            }
            Unmeasured::TooFewSamples { .. } => (2, "监测次数不足".to_owned()),
            other => (3, words::unmeasured(other)),
        };
        *by.entry(reason).or_default() += 1;
    }
    let is_one = by.len() == 1;
    let told = by.into_iter().map(|((order, reason), sites)| {
        let many = match order {
            0 => format!("，共{waiting}条"),
            1 => format!("，共{unasked}条"),
            _ => String::new(),
        };
        match is_one {
            true => format!("{reason}{many}"),
            false => format!("{sites}个{reason}{many}"),
        }
    });
    told.collect::<Vec<_>>().join("；")
}
