//! The template for manual indicators as a workbook: what is laid down stands fixed, what is to be filled
//! is marked, and the number of finds takes whole numbers alone.

use rust_xlsxwriter::{
    DataValidation, DataValidationRule, Format, FormatAlign, FormatBorder, Workbook, XlsxError,
};

use crate::domain::entry::MOST_FINDS;
use crate::report::assessment::Assessment;
use crate::report::assessment::template::{FIRST_FILLED, HEAD, rows};

/// The widths of the columns.
const WIDTHS: [f64; HEAD.len()] = [12.0, 24.0, 10.0, 8.0, 50.0, 24.0, 12.0, 40.0, 24.0];

/// The workbook's bytes.
pub fn blank(assessment: &Assessment) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("人工指标")?;
    let cell = || {
        Format::new()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Top)
            .set_text_wrap()
    };
    let (head, fixed) = (cell().set_bold(), cell().set_font_color(0x0055_5555));
    let open = cell().set_background_color(0x00FF_FFE0);
    for ((column, name), width) in (0..).zip(HEAD).zip(WIDTHS) {
        sheet.write_string_with_format(0, column, name, &head)?;
        sheet.set_column_width(column, width)?;
    }
    let all = rows(assessment);
    for (row, cells) in (1..).zip(&all) {
        for (column, text) in (0..).zip(cells) {
            let look = match usize::from(column) < FIRST_FILLED {
                true => &fixed,
                false => &open,
            };
            sheet.write_string_with_format(row, column, text, look)?;
        }
    }
    let last = u32::try_from(all.len()).unwrap_or(u32::MAX).max(1);
    let most = i32::try_from(MOST_FINDS).unwrap_or(i32::MAX);
    let number = DataValidation::new()
        .allow_whole_number(DataValidationRule::Between(0, most))
        .set_error_message("请填写0至1000之间的整数")?;
    let filled = u16::try_from(FIRST_FILLED).unwrap_or(0);
    sheet.add_data_validation(1, filled, last, filled, &number)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, last, u16::try_from(HEAD.len() - 1).unwrap_or(0))?;
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    workbook.save_to_buffer()
}
