//! The sheets behind the summary: areas, sites, evidence, rules.

use rust_xlsxwriter::{Format, Formula, Worksheet, XlsxError};

use super::looks::{Looks, Rows};
use crate::assess::score::card::{Card, Line, Verdict};
use crate::assess::score::points::Points;
use crate::report::assessment::Assessment;
use crate::report::assessment::bulletin::rules;
use crate::report::assessment::urgent::{nothing, urgent};
use crate::report::assessment::words::{self, evidence, find, spared, verdict};
use crate::report::rubric::{confidence, plain, points};

/// The most rows of the evidence.
const MOST_ROWS: u32 = 1_000_000;

/// All rules of one area, site by site, with the sum of what was lost.
pub fn of_area(
    sheet: &mut Worksheet,
    assessment: &Assessment,
    place: usize,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let mut rows = Rows::new(sheet, looks, &[26.0, 8.0, 44.0, 26.0, 9.0, 9.0], 0)?;
    rows.head(&["网站", "规则", "内容", "结论", "扣分", "事实条数"])?;
    // Sheets count their rows from one.
    let first = rows.row + 1;
    let mut lost = Points::ZERO;
    for card in &assessment.cards {
        let Some(area) = card.areas.get(place) else {
            continue;
        };
        for line in &area.lines {
            rows.text(0, &card.name, &looks.text)?;
            rows.text(1, line.rule.id.as_str(), &looks.text)?;
            rows.text(2, &line.rule.title, &looks.text)?;
            rows.text(3, &verdict(line), look_of(line, looks))?;
            rows.points(4, line.lost)?;
            let finds = u32::try_from(line.finds.len()).unwrap_or(u32::MAX);
            rows.sheet
                .write_number_with_format(rows.row, 5, finds, &looks.text)?;
            lost += line.lost;
            rows.row += 1;
        }
    }
    if rows.row < first {
        return Ok(());
    }
    rows.sheet.autofilter(0, 0, rows.row - 1, 5)?;
    let formula = format!("=SUM(E{first}:E{})", rows.row);
    rows.text(3, "合计", &looks.head)?;
    let formula = Formula::new(formula).set_result(lost.to_string());
    rows.sheet
        .write_formula_with_format(rows.row, 4, formula, &looks.number)?;
    Ok(())
}

fn look_of<'a>(line: &Line, looks: &'a Looks) -> &'a Format {
    match line.verdict {
        Verdict::Veto => &looks.veto,
        Verdict::Unmeasured(_) | Verdict::NotApplying => &looks.quiet,
        _ => &looks.text,
    }
}

/// One site: its figures, what to mend first, every rule with its facts.
pub fn of_site(
    sheet: &mut Worksheet,
    assessment: &Assessment,
    card: &Card,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let urgent = urgent(card);
    let head = 4 + u32::try_from(urgent.len()).unwrap_or(0);
    let mut rows = Rows::new(sheet, looks, &[10.0, 8.0, 40.0, 22.0, 8.0, 60.0], head)?;
    let title = format!("{}（{}）", card.name, card.unit_name);
    rows.title(&title)?;
    rows.row = 1;
    let watched = words::watched(card);
    let watched = watched.map_or_else(String::new, |watched| format!("　{watched}"));
    let figures = format!(
        "{}　总分{}　等级{}　名次{}　已测评{}%{watched}",
        assessment.period.in_chinese(),
        words::total(card),
        words::grade(card),
        words::rank(card),
        plain(card.measured)
    );
    rows.paragraph(&figures)?;
    rows.row = 2;
    let first = match urgent.is_empty() {
        true => nothing(card),
        false => "应先整改：".to_owned(),
    };
    rows.paragraph(&first)?;
    rows.row = 3;
    for line in urgent {
        let text = format!(
            "规则{}，{}：{}",
            line.rule.id,
            line.rule.title,
            verdict(line)
        );
        rows.paragraph(&text)?;
        rows.row += 1;
    }
    rows.row = head;
    rows.head(&[
        "领域",
        "规则",
        "内容",
        "结论",
        "扣分",
        "事实、证据和单位说明",
    ])?;
    for area in &card.areas {
        for line in &area.lines {
            rows.text(0, area.area.in_chinese(), &looks.text)?;
            rows.text(1, line.rule.id.as_str(), &looks.text)?;
            let unverified = if line.rule.is_unverified() {
                "（未核实）"
            } else {
                ""
            };
            rows.text(2, &format!("{}{unverified}", line.rule.title), &looks.text)?;
            rows.text(3, &verdict(line), look_of(line, looks))?;
            rows.points(4, line.lost)?;
            rows.text(5, &told(assessment, card, line), &looks.text)?;
            rows.row += 1;
        }
    }
    Ok(())
}

fn told(assessment: &Assessment, card: &Card, line: &Line) -> String {
    let mut parts: Vec<String> = line.finds.iter().map(|one| find(one, card.to)).collect();
    parts.extend(line.asides.iter().map(|aside| {
        let why = spared(aside, card.to);
        let told = find(&aside.find, card.to);
        match why.is_empty() {
            true => told,
            false => format!("{told}（{why}）"),
        }
    }));
    let said = assessment.statements_of(card, line);
    parts.extend(said.map(|said| words::statement(said, card.to)));
    parts.join("\n")
}

/// Every fact with its evidence.
pub fn proofs(
    sheet: &mut Worksheet,
    assessment: &Assessment,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let mut rows = Rows::new(sheet, looks, &[24.0, 8.0, 18.0, 50.0, 60.0, 24.0], 0)?;
    rows.head(&["网站", "规则", "结论", "事实", "证据", "不计原因"])?;
    for card in &assessment.cards {
        for line in card.lines() {
            let counted = line.finds.iter().map(|one| (one, String::new()));
            let asides = line.asides.iter();
            let others = asides.map(|aside| (&aside.find, spared(aside, card.to)));
            for (one, why) in counted.chain(others) {
                if rows.row >= MOST_ROWS {
                    return Ok(());
                }
                let texts = [
                    card.name.clone(),
                    line.rule.id.to_string(),
                    verdict(line),
                    find(one, card.to),
                    evidence(one, card.to),
                    why,
                ];
                rows.texts(&texts, &looks.text)?;
            }
        }
    }
    let last = rows.row.saturating_sub(1);
    rows.sheet.autofilter(0, 0, last, 5)?;
    Ok(())
}

/// The rules as applied.
pub fn applied(
    sheet: &mut Worksheet,
    assessment: &Assessment,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let mut rows = Rows::new(
        sheet,
        looks,
        &[8.0, 14.0, 12.0, 16.0, 10.0, 22.0, 18.0, 60.0],
        1,
    )?;
    rows.paragraph(&rules(assessment))?;
    rows.row = 1;
    rows.head(&[
        "规则",
        "领域",
        "类型",
        "扣分",
        "方式",
        "依据",
        "可信度",
        "内容",
    ])?;
    for rule in assessment.rubric.enabled() {
        let texts = [
            rule.id.to_string(),
            rule.area.in_chinese().to_owned(),
            rule.kind.in_chinese().to_owned(),
            points(rule),
            rule.check.in_chinese().to_owned(),
            rule.source.clone(),
            confidence(rule),
            rule.title.clone(),
        ];
        rows.texts(&texts, &looks.text)?;
    }
    Ok(())
}
