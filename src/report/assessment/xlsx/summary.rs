//! The summary of a workbook: the ranking with the formulas of its totals, means; its charts beside it.

use rust_xlsxwriter::{Chart, ChartType, Formula, Worksheet, XlsxError};

use super::looks::{Looks, Rows, letter};
use crate::assess::score::card::{AreaScore, Card};
use crate::assess::score::points::Points;
use crate::assess::score::rubric::{Area, Untold};
use crate::report::assessment::Assessment;
use crate::report::assessment::bulletin::opening;
use crate::report::assessment::notes::notes;
use crate::report::assessment::untold::untold;
use crate::report::assessment::words;

/// The name of the sheet of charts.
pub const CHARTS: &str = "图表";
/// Where the summary's table begins.
const HEAD: u32 = 3;
/// The widths of its columns: place, site, unit, six areas, the computed and the shown total, the change,
/// the grade, vetoes, those that are near, the measured share.
const WIDTHS: [f64; 16] = [
    6.0, 26.0, 22.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 10.0, 9.0, 9.0, 14.0, 10.0, 10.0, 9.0,
];
/// The column of the first area in the summary.
const FIRST_AREA: u16 = 3;
/// What stands for the score of an area that was not measured, and of one that does not apply: the
/// formulas tell them apart.
const UNMEASURED: &str = "未测评";
const INAPPLICABLE: &str = "不适用";

/// Fills the summary.
pub fn summary(
    sheet: &mut Worksheet,
    assessment: &Assessment,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name("汇总")?;
    let mut rows = Rows::new(sheet, looks, &WIDTHS, HEAD)?;
    let title = format!("{}政府网站考评", assessment.period.in_chinese());
    rows.title(&title)?;
    rows.row = 1;
    let mut said = vec![opening(assessment)];
    said.extend(notes(assessment));
    rows.paragraph(&said.join("\n"))?;
    // The weights stand where the formulas find them.
    rows.row = HEAD - 1;
    rows.text(2, "权重", &looks.quiet)?;
    for (column, area) in (FIRST_AREA..).zip(Area::ALL) {
        let weight = assessment.rubric.weights.get(area).copied().unwrap_or(0);
        rows.sheet
            .write_number_with_format(HEAD - 1, column, weight, &looks.quiet)?;
    }
    rows.row = HEAD;
    let mut head = vec!["名次", "网站", "单位"];
    head.extend(Area::ALL.iter().map(|area| area.in_chinese()));
    head.extend([
        "计算得分",
        "总分",
        "较上期",
        "等级",
        "单项否决",
        "本期内曾触及或接近否决",
        "已测评%",
    ]);
    rows.head(&head)?;
    let first = rows.row;
    for card in &assessment.cards {
        ranked(&mut rows, assessment, card)?;
    }
    let last = rows.row.saturating_sub(1);
    if assessment.cards.is_empty() {
        return Ok(());
    }
    means(&mut rows, assessment, (first, last))?;
    rows.row += 2;
    for line in untold(assessment) {
        rows.paragraph(&line.replace('\\', ""))?;
        rows.row += 1;
    }
    Ok(())
}

/// The rows of the summary's table that hold sites, if there are any.
fn table(assessment: &Assessment) -> Option<(u32, u32)> {
    let sites = u32::try_from(assessment.cards.len()).ok()?;
    Some((HEAD + 1, HEAD + sites.checked_sub(1)? + 1))
}

fn ranked(rows: &mut Rows<'_>, assessment: &Assessment, card: &Card) -> Result<(), XlsxError> {
    let looks = rows.looks;
    match card.rank.filter(|_| !card.is_loose()) {
        Some(rank) => rows.whole(0, rank, &looks.text)?,
        None => rows.text(0, &words::ranked(card), &looks.text)?,
    }
    rows.text(1, &card.name, &looks.text)?;
    rows.text(2, &card.unit_name, &looks.text)?;
    for (column, area) in (FIRST_AREA..).zip(&card.areas) {
        match area.score.filter(|_| area.applies) {
            Some(score) => rows.points(column, score)?,
            None => rows.text(column, unscored(area), &looks.quiet)?,
        }
    }
    let computed = FIRST_AREA + u16::try_from(Area::ALL.len()).unwrap_or(6);
    match (card.computed, card.total) {
        (Some(value), Some(total)) => {
            let row = rows.row + 1;
            let (from, to) = (letter(FIRST_AREA), letter(computed - 1));
            let weights = format!("{from}${HEAD}:{to}${HEAD}");
            let scores = format!("{from}{row}:{to}{row}");
            let formula = match assessment.rubric.choices.unmeasured {
                Untold::CostsNothing => format!(
                    "=ROUND((SUMPRODUCT({scores},{weights})+100*SUMPRODUCT(--({scores}=\"{UNMEASURED}\"),{weights}))\
                     /SUMPRODUCT(--({scores}<>\"{INAPPLICABLE}\"),{weights}),2)"
                ),
                Untold::LeftOut => format!(
                    "=ROUND(SUMPRODUCT({scores},{weights})/SUMPRODUCT(--ISNUMBER({scores}),{weights}),2)"
                ),
            };
            let formula = Formula::new(formula).set_result(value.to_string());
            rows.sheet
                .write_formula_with_format(rows.row, computed, formula, &looks.number)?;
            let own = format!("{}{row}", letter(computed));
            let formula = match card.vetoes.is_empty() {
                true => format!("={own}"),
                false => format!("=MIN({own},{})", assessment.rubric.choices.veto_most),
            };
            let formula = Formula::new(formula).set_result(total.to_string());
            rows.sheet
                .write_formula_with_format(rows.row, computed + 1, formula, &looks.number)?;
        }
        _ => {
            rows.text(computed, "未测评", &looks.quiet)?;
            rows.text(computed + 1, "未测评", &looks.quiet)?;
        }
    }
    match card.change {
        Some(change) => rows.points(computed + 2, change)?,
        None => rows.text(computed + 2, "—", &looks.text)?,
    }
    rows.text(computed + 3, &words::grade(card), &looks.text)?;
    rows.text(computed + 4, &words::rules(&card.vetoes), &looks.veto)?;
    rows.text(computed + 5, &words::rules(&card.near), &looks.text)?;
    rows.points(computed + 6, card.measured)?;
    rows.row += 1;
    Ok(())
}

fn unscored(area: &AreaScore) -> &'static str {
    match area.applies {
        false => INAPPLICABLE,
        true => UNMEASURED,
    }
}

/// The mean of every area and of the totals.
fn means(
    rows: &mut Rows<'_>,
    assessment: &Assessment,
    (first, last): (u32, u32),
) -> Result<(), XlsxError> {
    let looks = rows.looks;
    rows.text(1, "平均", &looks.head)?;
    let areas = u16::try_from(Area::ALL.len()).unwrap_or(6);
    for column in FIRST_AREA..FIRST_AREA + areas + 2 {
        let place = usize::from(column - FIRST_AREA);
        let of = |card: &Card| match card.areas.get(place) {
            Some(area) => area.score.filter(|_| area.applies),
            None if place == Area::ALL.len() => card.computed,
            None => card.total,
        };
        let scores: Vec<Points> = assessment.cards.iter().filter_map(of).collect();
        let count = i64::try_from(scores.len()).unwrap_or(i64::MAX);
        if count == 0 {
            rows.text(column, "未测评", &looks.quiet)?;
            continue;
        }
        let mean = scores.into_iter().sum::<Points>().share(1, count);
        let name = letter(column);
        let formula = format!("=ROUND(AVERAGE({name}{}:{name}{}),2)", first + 1, last + 1);
        let formula = Formula::new(formula).set_result(mean.to_string());
        rows.sheet
            .write_formula_with_format(rows.row, column, formula, &looks.number)?;
    }
    rows.row += 1;
    Ok(())
}

/// The charts of the summary, on a page of their own: no page ends within one.
pub fn charts(
    sheet: &mut Worksheet,
    assessment: &Assessment,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(CHARTS)?;
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 1);
    let title = format!("{}政府网站考评", assessment.period.in_chinese());
    sheet.write_string_with_format(0, 0, &title, &looks.title)?;
    let Some((first, last)) = table(assessment) else {
        return Ok(());
    };
    let areas = u16::try_from(Area::ALL.len()).unwrap_or(6);
    let total = FIRST_AREA + areas + 1;
    let mut ranking = Chart::new(ChartType::Column);
    ranking.title().set_name("各网站总分");
    ranking
        .add_series()
        .set_name("总分")
        .set_categories(("汇总", first, 1, last, 1))
        .set_values(("汇总", first, total, last, total));
    ranking.y_axis().set_min(0).set_max(100);
    ranking.set_width(1100).set_height(360);
    sheet.insert_chart(2, 0, &ranking)?;
    let mut means = Chart::new(ChartType::Column);
    means.title().set_name("各领域平均得分");
    means
        .add_series()
        .set_name("平均")
        .set_categories(("汇总", HEAD, FIRST_AREA, HEAD, FIRST_AREA + areas - 1))
        .set_values((
            "汇总",
            last + 1,
            FIRST_AREA,
            last + 1,
            FIRST_AREA + areas - 1,
        ));
    means.y_axis().set_min(0).set_max(100);
    means.set_width(700).set_height(320);
    sheet.insert_chart(22, 0, &means)?;
    Ok(())
}
