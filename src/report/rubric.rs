//! The rules of an assessment as a table for people.

use std::fmt::Write as _;

use super::table::{Set, grid};
use crate::assess::score::metric::Shape;
use crate::assess::score::points::Points;
use crate::assess::score::rubric::{Area, Kind, Rubric, Rule};

/// The longest title that a terminal shows, in characters.
const TITLE_CHARS: usize = 60;

/// The rules in force; with `all` also those that are disabled.
pub fn table(rubric: &Rubric, all: bool) -> String {
    let mut out = format!(
        "考评规则 {}（{}）\n各领域权重：{}\n",
        rubric.profile,
        rubric.title,
        weights(rubric)
    );
    let head = [
        "规则",
        "领域",
        "类型",
        "扣分",
        "方式",
        "依据",
        "可信度",
        "状态",
        "内容",
    ];
    let shown = rubric.rules.values().filter(|rule| all || rule.enabled);
    let rows: Vec<Vec<String>> = shown.map(row).collect();
    out.push_str(&grid(&head, &[Set::Left; 9], &rows));
    let hidden = rubric.rules.values().filter(|rule| !rule.enabled).count();
    if hidden > 0 && !all {
        let _ = write!(
            out,
            "\n另有{hidden}条规则未启用（wangxun rubric --all 可查看）。"
        );
    }
    let unverified = rubric.enabled().filter(|rule| rule.is_unverified());
    let unverified: Vec<&str> = unverified.map(|rule| rule.id.as_str()).collect();
    if !unverified.is_empty() {
        let _ = write!(
            out,
            "\n未核实：{}的分值未与文件原文核对，使用前请核对。",
            unverified.join("、")
        );
    }
    out
}

/// `网站可用性15、信息发布30…`
pub fn weights(rubric: &Rubric) -> String {
    let areas = Area::ALL.iter().map(|area| {
        let weight = rubric.weights.get(area).copied().unwrap_or(0);
        format!("{}{weight}", area.in_chinese())
    });
    areas.collect::<Vec<_>>().join("、")
}

fn row(rule: &Rule) -> Vec<String> {
    let title: String = rule.title.chars().take(TITLE_CHARS).collect();
    let more = match rule.title.chars().nth(TITLE_CHARS) {
        Some(_) => "…",
        None => "",
    };
    vec![
        rule.id.to_string(),
        rule.area.in_chinese().to_owned(),
        rule.kind.in_chinese().to_owned(),
        points(rule),
        rule.check.in_chinese().to_owned(),
        rule.source.clone(),
        confidence(rule),
        if rule.enabled { "启用" } else { "停用" }.to_owned(),
        format!("{title}{more}"),
    ]
}

/// How sure we are of a rule, in words.
pub fn confidence(rule: &Rule) -> String {
    let letter = rule.confidence.letter();
    format!("{letter}（{}）", rule.confidence.in_chinese())
}

/// What a rule costs, in words.
pub fn points(rule: &Rule) -> String {
    if rule.kind == Kind::Veto {
        return "否决".to_owned();
    }
    if rule.points == Points::ZERO {
        return "不扣分".to_owned();
    }
    let each = match rule.metric.shape() {
        Shape::Finds => "每处",
        Shape::Rate => "每1%",
        Shape::Number => "",
    };
    let cap = rule
        .cap
        .map_or(String::new(), |cap| format!("，至多{}分", plain(cap)));
    format!("{each}扣{}分{cap}", plain(rule.points))
}

/// Points without empty places: `5`, `0.1`.
pub fn plain(points: Points) -> String {
    let text = points.to_string();
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}
