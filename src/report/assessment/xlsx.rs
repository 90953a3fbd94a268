//! The assessment as a workbook: summary with ranking and charts, one sheet an area, one a site, the
//! evidence, the rules as applied. Texts are texts whatever they begin with; the only formulas are
//! ours, written with the results that we computed.

use std::collections::BTreeSet;

use rust_xlsxwriter::{
    Chart, ChartType, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula,
    Workbook, Worksheet, XlsxError,
};

use super::Assessment;
use super::bulletin::{opening, rules, sealed, untold};
use super::urgent::urgent;
use super::words::{self, evidence, find, spared, verdict};
use crate::assess::score::card::{AreaScore, Card, Line, Verdict};
use crate::assess::score::points::Points;
use crate::assess::score::rubric::Area;
use crate::report::rubric::{confidence, plain, points};
use chrono::Datelike as _;

/// The longest text of a cell, in characters; the form allows no more than 32,767.
const CELL_CHARS: usize = 30_000;
/// The longest name of a sheet, in characters.
const NAME_CHARS: usize = 28;
/// The most rows of the evidence.
const MOST_ROWS: u32 = 1_000_000;
/// Where the summary's table begins.
const HEAD: u32 = 3;
/// The column of the first area in the summary.
const FIRST_AREA: u16 = 3;

/// The workbook's bytes.
pub fn xlsx(assessment: &Assessment) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(assessment)?);
    let looks = Looks::new();
    let mut names = Names::default();
    summary(workbook.add_worksheet(), assessment, &looks)?;
    names.known.insert("汇总".to_owned());
    for (place, &area) in Area::ALL.iter().enumerate() {
        let sheet = workbook.add_worksheet();
        sheet.set_name(names.free(area.in_chinese()))?;
        of_area(sheet, assessment, place, &looks)?;
    }
    for card in &assessment.cards {
        let sheet = workbook.add_worksheet();
        sheet.set_name(names.free(&card.name))?;
        of_site(sheet, assessment, card, &looks)?;
    }
    let sheet = workbook.add_worksheet();
    sheet.set_name(names.free("证据"))?;
    proofs(sheet, assessment, &looks)?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(names.free("考评规则"))?;
    applied(sheet, assessment, &looks)?;
    workbook.save_to_buffer()
}

fn properties(assessment: &Assessment) -> Result<DocProperties, XlsxError> {
    let day = assessment.at.date_naive();
    let year = u16::try_from(day.year()).unwrap_or(2000);
    let month = u8::try_from(day.month()).unwrap_or(1);
    let made = ExcelDateTime::from_ymd(year, month, u8::try_from(day.day()).unwrap_or(1))?;
    let title = format!("{}政府网站考评", assessment.period.in_chinese());
    Ok(DocProperties::new()
        .set_title(title)
        .set_author(&assessment.operator)
        .set_creation_datetime(&made))
}

/// How cells look.
struct Looks {
    title: Format,
    head: Format,
    text: Format,
    number: Format,
    veto: Format,
    quiet: Format,
}

impl Looks {
    fn new() -> Looks {
        let cell = || {
            Format::new()
                .set_border(FormatBorder::Thin)
                .set_align(FormatAlign::Top)
        };
        Looks {
            title: Format::new().set_bold().set_font_size(14),
            head: cell()
                .set_bold()
                .set_text_wrap()
                .set_background_color(0x00EE_EEEE)
                .set_align(FormatAlign::Center),
            text: cell().set_text_wrap(),
            number: cell().set_num_format("0.00"),
            veto: cell()
                .set_text_wrap()
                .set_bold()
                .set_font_color(0x00AA_0000),
            quiet: cell().set_text_wrap().set_font_color(0x0055_5555),
        }
    }
}

/// Names of sheets: short, without the signs that are not allowed, each once.
#[derive(Default)]
struct Names {
    known: BTreeSet<String>,
}

impl Names {
    fn free(&mut self, wanted: &str) -> String {
        let plain: String = wanted
            .chars()
            .filter(|c| {
                !c.is_control() && !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'')
            })
            .take(NAME_CHARS)
            .collect();
        let plain = match plain.trim() {
            "" => "网站".to_owned(),
            plain => plain.to_owned(),
        };
        let mut name = plain.clone();
        let mut number = 1;
        while !self.known.insert(name.to_lowercase()) {
            number += 1;
            let short: String = plain.chars().take(NAME_CHARS - 4).collect();
            name = format!("{short}{number}");
        }
        name
    }
}

/// A sheet that is filled row by row.
struct Rows<'a> {
    sheet: &'a mut Worksheet,
    looks: &'a Looks,
    row: u32,
}

impl Rows<'_> {
    fn text(&mut self, column: u16, text: &str, look: &Format) -> Result<(), XlsxError> {
        let text: String = text.chars().take(CELL_CHARS).collect();
        self.sheet
            .write_string_with_format(self.row, column, text, look)
            .map(|_| ())
    }

    fn points(&mut self, column: u16, points: Points) -> Result<(), XlsxError> {
        let look = &self.looks.number;
        self.sheet
            .write_number_with_format(self.row, column, number(points), look)
            .map(|_| ())
    }

    fn head(&mut self, names: &[&str]) -> Result<(), XlsxError> {
        for (column, name) in (0..).zip(names) {
            self.text(column, name, &self.looks.head.clone())?;
        }
        self.row += 1;
        Ok(())
    }

    fn texts(&mut self, texts: &[String], look: &Format) -> Result<(), XlsxError> {
        for (column, text) in (0..).zip(texts) {
            self.text(column, text, look)?;
        }
        self.row += 1;
        Ok(())
    }
}

/// A number of points as the form has numbers: hundredths are exact to the second place.
#[expect(
    clippy::cast_precision_loss,
    reason = "points are far below 2^52 hundredths"
)]
fn number(points: Points) -> f64 {
    points.in_hundredths() as f64 / 100.0
}

fn page(sheet: &mut Worksheet, widths: &[f64], head: u32) -> Result<(), XlsxError> {
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(head, head)?;
    sheet.set_freeze_panes(head + 1, 0)?;
    Ok(())
}

/// The name of a column of a sheet, such as `D` or `AA`.
fn letter(column: u16) -> String {
    let mut name = String::new();
    let mut left = u32::from(column) + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    name
}

fn summary(sheet: &mut Worksheet, assessment: &Assessment, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name("汇总")?;
    page(sheet, &[6.0, 26.0, 22.0], HEAD)?;
    let mut rows = Rows {
        sheet,
        looks,
        row: 0,
    };
    let title = format!("{}政府网站考评", assessment.period.in_chinese());
    rows.text(0, &title, &looks.title)?;
    rows.row = 1;
    let mut said = vec![opening(assessment)];
    said.extend(sealed(assessment));
    rows.text(0, &said.join(""), &Format::new())?;
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
        "接近否决",
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
        rows.text(1, &line.replace('\\', ""), &Format::new())?;
        rows.row += 1;
    }
    charts(rows.sheet, (first, last), rows.row + 1)
}

fn ranked(rows: &mut Rows<'_>, assessment: &Assessment, card: &Card) -> Result<(), XlsxError> {
    let looks = rows.looks;
    rows.text(0, &words::rank(card), &looks.text)?;
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
            let formula = format!(
                "=ROUND(SUMPRODUCT({scores},{weights})/SUMPRODUCT(--ISNUMBER({scores}),{weights}),2)"
            );
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
        false => "不适用",
        true => "未测评",
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

fn charts(sheet: &mut Worksheet, (first, last): (u32, u32), below: u32) -> Result<(), XlsxError> {
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
    sheet.insert_chart(below, 1, &ranking)?;
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
    sheet.insert_chart(below + 20, 1, &means)?;
    Ok(())
}

/// All rules of one area, site by site, with the sum of what was lost.
fn of_area(
    sheet: &mut Worksheet,
    assessment: &Assessment,
    place: usize,
    looks: &Looks,
) -> Result<(), XlsxError> {
    page(sheet, &[26.0, 8.0, 44.0, 26.0, 9.0, 9.0], 0)?;
    let mut rows = Rows {
        sheet,
        looks,
        row: 0,
    };
    rows.head(&["网站", "规则", "内容", "结论", "扣分", "事实条数"])?;
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
    let formula = format!("=SUM(E{}:E{})", first + 1, rows.row);
    rows.text(3, "合计", &looks.head)?;
    let formula = Formula::new(formula).set_result(lost.to_string());
    rows.sheet
        .write_formula_with_format(rows.row, 4, formula, &looks.number)?;
    Ok(())
}

fn look_of<'a>(line: &Line, looks: &'a Looks) -> &'a Format {
    match line.verdict {
        Verdict::Veto => &looks.veto,
        Verdict::Unmeasured(_) => &looks.quiet,
        _ => &looks.text,
    }
}

/// One site: its figures, what to mend first, every rule with its facts.
fn of_site(
    sheet: &mut Worksheet,
    assessment: &Assessment,
    card: &Card,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let urgent = urgent(card);
    let head = 4 + u32::try_from(urgent.len()).unwrap_or(0);
    page(sheet, &[10.0, 8.0, 40.0, 22.0, 8.0, 60.0], head)?;
    let mut rows = Rows {
        sheet,
        looks,
        row: 0,
    };
    let title = format!("{}（{}）", card.name, card.unit_name);
    rows.text(0, &title, &looks.title)?;
    rows.row = 1;
    let figures = format!(
        "{}　总分{}　等级{}　名次{}　已测评{}%",
        assessment.period.in_chinese(),
        words::total(card),
        words::grade(card),
        words::rank(card),
        plain(card.measured)
    );
    rows.text(0, &figures, &Format::new())?;
    rows.row = 2;
    let first = match urgent.is_empty() {
        true => "没有发现需要整改的问题",
        false => "应先整改：",
    };
    rows.text(0, first, &Format::new().set_bold())?;
    rows.row = 3;
    for line in urgent {
        let text = format!(
            "规则{}，{}：{}",
            line.rule.id,
            line.rule.title,
            verdict(line)
        );
        rows.text(0, &text, &Format::new())?;
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
fn proofs(sheet: &mut Worksheet, assessment: &Assessment, looks: &Looks) -> Result<(), XlsxError> {
    page(sheet, &[24.0, 8.0, 18.0, 50.0, 60.0, 24.0], 0)?;
    let mut rows = Rows {
        sheet,
        looks,
        row: 0,
    };
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
fn applied(sheet: &mut Worksheet, assessment: &Assessment, looks: &Looks) -> Result<(), XlsxError> {
    page(sheet, &[8.0, 14.0, 12.0, 16.0, 10.0, 22.0, 18.0, 60.0], 1)?;
    let mut rows = Rows {
        sheet,
        looks,
        row: 0,
    };
    rows.text(0, &rules(assessment), &Format::new())?;
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
