//! The assessment as one table for spreadsheets: a row for each find, and one for each rule without
//! any. No cell can be taken for a formula.

use super::Assessment;
use super::notes::other_rules;
use super::words::{self, evidence, find, spared, verdict};
use crate::assess::score::card::{Card, Line};
use crate::report::plain::{full_date, one_line};
use crate::report::rubric::confidence;

/// The longest name of a person, in characters.
const NAME_CHARS: usize = 30;

/// Spreadsheets take a file for UTF-8 that begins so.
pub const BOM: char = '\u{feff}';

/// The table, with its heading.
pub fn csv(assessment: &Assessment) -> String {
    let head = [
        "名次",
        "网站",
        "单位",
        "周期",
        "总分",
        "等级",
        "单项否决",
        "已测评%",
        "领域",
        "领域得分",
        "规则",
        "规则内容",
        "依据",
        "可信度",
        "结论",
        "扣分",
        "事实",
        "证据",
        "不计原因",
        "监测时段",
        "较上期",
        "备注",
        "计算得分",
        "单位说明",
        "封存",
    ];
    let mut out = String::from(BOM);
    out.push_str(&row(&head.map(str::to_owned)));
    // Rows are sorted and filtered: each of them has to say it.
    let remark = other_rules(assessment).unwrap_or_default();
    let seal = seal(assessment);
    for card in &assessment.cards {
        for area in &card.areas {
            for line in &area.lines {
                let score = match (area.applies, area.score) {
                    (false, _) => "不适用".to_owned(),
                    (true, Some(score)) => score.to_string(),
                    (true, None) => "未测评".to_owned(),
                };
                let area = (area.area.in_chinese(), score.as_str());
                let said = assessment.statements_of(card, line);
                let said: Vec<String> = said.map(|said| words::statement(said, card.to)).collect();
                let beside = [remark.clone(), said.join("；"), seal.clone()];
                rows(&mut out, card, area, line, beside);
            }
        }
    }
    out
}

/// Which version of a closed period it is, since when and by whom.
fn seal(assessment: &Assessment) -> String {
    let Some(seal) = assessment.seals.last() else {
        return "未封存".to_owned();
    };
    let on = full_date(seal.at.date_naive());
    let by = one_line(&seal.by, NAME_CHARS);
    match seal.version {
        0 | 1 => format!("{on}由{by}封存"),
        version => format!("{on}由{by}更正为第{version}版"),
    }
}

/// The rows of one rule; `beside` is its remark, what the unit says, and how the period is closed.
fn rows(
    out: &mut String,
    card: &Card,
    (area, score): (&str, &str),
    line: &Line,
    [remark, said, seal]: [String; 3],
) {
    let start = [
        card.rank.map_or_else(String::new, |rank| rank.to_string()),
        card.name.clone(),
        card.unit_name.clone(),
        card.period.to_string(),
        card.total
            .map_or_else(String::new, |total| total.to_string()),
        words::grade(card),
        words::rules(&card.vetoes),
        card.measured.to_string(),
        area.to_owned(),
        score.to_owned(),
        line.rule.id.to_string(),
        line.rule.title.clone(),
        line.rule.source.clone(),
        confidence(&line.rule),
        verdict(line),
    ];
    let last = [
        words::watched(card).unwrap_or_default(),
        card.change
            .map_or_else(String::new, |change| change.to_string()),
        remark,
        card.computed
            .map_or_else(String::new, |computed| computed.to_string()),
        said,
        seal,
    ];
    let mut ends: Vec<[String; 3]> = line
        .finds
        .iter()
        .map(|one| [find(one, card.to), evidence(one, card.to), String::new()])
        .collect();
    ends.extend(line.asides.iter().map(|aside| {
        [
            find(&aside.find, card.to),
            evidence(&aside.find, card.to),
            spared(aside, card.to),
        ]
    }));
    if ends.is_empty() {
        ends.push([String::new(), String::new(), String::new()]);
    }
    for (at, end) in ends.into_iter().enumerate() {
        // What the rule costs stands once, so that the column adds up.
        let lost = match at {
            0 => line.lost.to_string(),
            _ => String::new(),
        };
        let cells = start.iter().cloned().chain([lost]);
        let cells = cells.chain(end).chain(last.clone());
        let cells: Vec<String> = cells.collect();
        out.push_str(&row(&cells));
    }
}

/// One line of a table.
pub fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that is text whatever it begins with.
fn quoted(cell: &str) -> String {
    let is_number = cell.strip_prefix('-').is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    let acts = cell
        .trim_start()
        .starts_with(['=', '+', '-', '@', '|', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r', '\n']);
    let guard = if acts && !is_number { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("  =1", "\"'  =1\""),
            ("\t=1", "\"'\t=1\""),
            ("-5.00", "\"-5.00\""),
            ("-1+cmd|' /C calc'!A0", "\"'-1+cmd|' /C calc'!A0\""),
            ("说“好”,\"好\"", "\"说“好”,\"\"好\"\"\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
