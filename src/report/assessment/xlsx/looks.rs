//! How the sheets of a workbook look, and how their rows are filled.

use std::collections::BTreeSet;

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::heights::height;
use crate::assess::score::points::Points;

/// The longest text of a cell, in characters; the form allows no more than 32,767.
const CELL_CHARS: usize = 30_000;
/// The width of a column that has none of its own, in digits.
const USUAL_WIDTH: f64 = 8.43;
/// The longest name of a sheet, in characters.
const NAME_CHARS: usize = 28;

/// How cells look.
pub struct Looks {
    /// Headlines.
    pub title: Format,
    /// Heads of columns.
    pub head: Format,
    /// Words.
    pub text: Format,
    /// Points.
    pub number: Format,
    /// What is a veto.
    pub veto: Format,
    /// Words over all columns.
    pub paragraph: Format,
    /// What is not counted.
    pub quiet: Format,
}

impl Looks {
    /// The looks of every sheet.
    pub fn new() -> Looks {
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
            paragraph: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            quiet: cell().set_text_wrap().set_font_color(0x0055_5555),
        }
    }
}

/// Names of sheets: short, without the signs that are not allowed, each once.
#[derive(Default)]
pub struct Names {
    /// Names that are taken, in lower case.
    pub known: BTreeSet<String>,
}

impl Names {
    /// `wanted`, as far as it may be a name and is not taken.
    pub fn free(&mut self, wanted: &str) -> String {
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
pub struct Rows<'a> {
    /// The sheet.
    pub sheet: &'a mut Worksheet,
    /// How cells look.
    pub looks: &'a Looks,
    /// The row that is filled.
    pub row: u32,
    /// The widths of its columns, in digits.
    widths: Vec<f64>,
    /// The row that was written to last, and its height in points.
    tallest: (u32, f64),
}

impl<'a> Rows<'a> {
    /// A sheet with columns of these widths, set up for printing; the row `head` is repeated on every
    /// page.
    pub fn new(
        sheet: &'a mut Worksheet,
        looks: &'a Looks,
        widths: &[f64],
        head: u32,
    ) -> Result<Rows<'a>, XlsxError> {
        page(sheet, widths, head)?;
        Ok(Rows {
            sheet,
            looks,
            row: 0,
            widths: widths.to_vec(),
            tallest: (0, 0.0),
        })
    }

    /// Writes a text, never a formula.
    pub fn text(&mut self, column: u16, text: &str, look: &Format) -> Result<(), XlsxError> {
        let text: String = text.chars().take(CELL_CHARS).collect();
        let width = self.widths.get(usize::from(column)).copied();
        self.fit(height(&text, width.unwrap_or(USUAL_WIDTH)))?;
        self.sheet
            .write_string_with_format(self.row, column, text, look)
            .map(|_| ())
    }

    /// Writes a headline.
    pub fn title(&mut self, text: &str) -> Result<(), XlsxError> {
        let text: String = text.chars().take(CELL_CHARS).collect();
        self.sheet
            .write_string_with_format(self.row, 0, text, &self.looks.title)
            .map(|_| ())
    }

    /// Writes a paragraph over all columns.
    pub fn paragraph(&mut self, text: &str) -> Result<(), XlsxError> {
        let text: String = text.chars().take(CELL_CHARS).collect();
        self.fit(height(&text, self.widths.iter().sum()))?;
        let last = u16::try_from(self.widths.len().saturating_sub(1)).unwrap_or(0);
        let look = &self.looks.paragraph;
        let (row, sheet) = (self.row, &mut self.sheet);
        // The form merges no cell with itself.
        match last {
            0 => sheet.write_string_with_format(row, 0, text, look),
            last => sheet.merge_range(row, 0, row, last, &text, look),
        }
        .map(|_| ())
    }

    /// Makes the row at least so high.
    fn fit(&mut self, height: f64) -> Result<(), XlsxError> {
        let known = match self.tallest {
            (row, known) if row == self.row => known,
            _ => 0.0,
        };
        if known < height {
            self.tallest = (self.row, height);
            self.sheet.set_row_height(self.row, height)?;
        }
        Ok(())
    }

    /// Writes a whole number.
    pub fn whole(&mut self, column: u16, number: u32, look: &Format) -> Result<(), XlsxError> {
        self.sheet
            .write_number_with_format(self.row, column, number, look)
            .map(|_| ())
    }

    /// Writes points.
    pub fn points(&mut self, column: u16, points: Points) -> Result<(), XlsxError> {
        let look = &self.looks.number;
        self.sheet
            .write_number_with_format(self.row, column, number(points), look)
            .map(|_| ())
    }

    /// Writes the heads of columns, and goes on.
    pub fn head(&mut self, names: &[&str]) -> Result<(), XlsxError> {
        for (column, name) in (0..).zip(names) {
            self.text(column, name, &self.looks.head.clone())?;
        }
        self.row += 1;
        Ok(())
    }

    /// Writes a row of texts, and goes on.
    pub fn texts(&mut self, texts: &[String], look: &Format) -> Result<(), XlsxError> {
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
pub fn number(points: Points) -> f64 {
    points.in_hundredths() as f64 / 100.0
}

/// Sets up a sheet for printing; the row `head` is repeated on every page.
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
pub fn letter(column: u16) -> String {
    let mut name = String::new();
    let mut left = u32::from(column) + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    name
}
