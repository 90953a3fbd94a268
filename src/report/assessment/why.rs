//! How one rule came out for one site: the rule, the amount, every find with its evidence.

use std::fmt::Write as _;

use super::Assessment;
use super::bulletin::sealed;
use super::words::{evidence, find, spared, statement, verdict};
use crate::assess::score::card::{Card, Line};
use crate::assess::score::measurement::Amount;
use crate::assess::score::metric::Metric;
use crate::assess::score::rubric::Kind;
use crate::report::plain::full_date;
use crate::report::rubric::{confidence, points};

/// The most finds that are told one by one.
const MOST: usize = 200;

/// The explanation of the rule `rule` in the card of an assessment of one site.
pub fn why(assessment: &Assessment, card: &Card, line: &Line) -> String {
    let rule = &line.rule;
    let mut out = format!(
        "{}（{}）{}，截至{}\n规则{}：{}\n",
        card.name,
        card.unit_name,
        card.period.in_chinese(),
        full_date(card.to),
        rule.id,
        rule.title,
    );
    let kind = match rule.kind {
        // A veto costs no points: its kind says all.
        Kind::Veto => rule.kind.in_chinese().to_owned(),
        _ => format!("{}，{}", rule.kind.in_chinese(), points(rule)),
    };
    let _ = writeln!(
        out,
        "依据：{}，可信度{}；{}，{kind}；规则集{}",
        rule.source,
        confidence(rule),
        rule.area.in_chinese(),
        assessment.rubric.profile,
    );
    let _ = writeln!(out, "结论：{}{}", verdict(line), amount(line));
    told(&mut out, card, line);
    for said in assessment.statements_of(card, line) {
        let _ = writeln!(out, "{}。", statement(said, card.to));
    }
    for line in sealed(assessment) {
        let _ = writeln!(out, "{line}");
    }
    out
}

fn amount(line: &Line) -> String {
    match line.amount {
        // Of few guides all are a veto, whatever its threshold.
        Some(Amount::Finds(1..)) if line.rule.metric == Metric::PoorGuides => {
            format!("（{}处）", line.finds.len())
        }
        Some(Amount::Finds(count)) if count > 0 => format!("（{count}处）"),
        Some(Amount::Rate { bad, all }) => format!("（{all}次中{bad}次）"),
        Some(Amount::Number(number)) => match line.rule.metric {
            Metric::Interpretations => format!("（{number}%）"),
            Metric::Certificate => format!("（剩余{number}天）"),
            Metric::HomeNewItems => format!("（{number}条）"),
            _ => format!("（{number}次）"),
        },
        _ => String::new(),
    }
}

fn told(out: &mut String, card: &Card, line: &Line) {
    for (number, one) in line.finds.iter().take(MOST).enumerate() {
        let _ = writeln!(out, "{}. {}。", number + 1, find(one, card.to));
        let proof = evidence(one, card.to);
        if !proof.is_empty() {
            let _ = writeln!(out, "   证据：{proof}。");
        }
    }
    if !line.asides.is_empty() {
        out.push_str("未计入或供参考：\n");
    }
    for aside in line.asides.iter().take(MOST) {
        let why = spared(aside, card.to);
        let why = match why.is_empty() {
            true => why,
            false => format!("（{why}）"),
        };
        let _ = writeln!(out, "- {}{why}。", find(&aside.find, card.to));
        let proof = evidence(&aside.find, card.to);
        if !proof.is_empty() {
            let _ = writeln!(out, "  证据：{proof}。");
        }
    }
    let all = line.finds.len().max(line.asides.len());
    if all > MOST {
        let _ = writeln!(out, "（共{all}条，只列前{MOST}条）");
    }
}
