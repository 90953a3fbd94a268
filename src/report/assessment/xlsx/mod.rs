//! The assessment as a workbook: summary with ranking, charts, one sheet an area, one a site, the
//! evidence, the rules as applied. Texts are texts whatever they begin with; the only formulas are
//! ours, written with the results that we computed.

pub mod blank;
mod heights;
mod looks;
mod sheets;
mod summary;

use chrono::Datelike as _;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::Assessment;
use crate::assess::score::rubric::Area;
use looks::{Looks, Names};
use sheets::{applied, of_area, of_site, proofs};
use summary::{CHARTS, charts, summary};

/// The workbook's bytes.
pub fn xlsx(assessment: &Assessment) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(assessment)?);
    let looks = Looks::new();
    let mut names = Names::default();
    summary(workbook.add_worksheet(), assessment, &looks)?;
    names.known.insert("汇总".to_owned());
    charts(workbook.add_worksheet(), assessment, &looks)?;
    names.known.insert(CHARTS.to_owned());
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
