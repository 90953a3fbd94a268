//! The heads of the columns of a table that is read as a stream: a document's table may name its dates
//! in its first row, and print them below.

use super::labels::{self, Label};
use super::tags::tag;

/// The most cells of a row.
const MOST: usize = 24;
/// The longest head, in bytes.
const LONGEST: usize = 60;

/// Where in a table the stream is.
#[derive(Default)]
pub struct Cells<'a> {
    /// The texts of the first row that name a date, one a cell; others are empty.
    heads: Vec<&'a str>,
    row: usize,
    cell: usize,
    /// Whether the open cell has had a text.
    begun: bool,
}

impl<'a> Cells<'a> {
    /// An element begins.
    pub fn open(&mut self, key: u64) {
        if key == tag("table") {
            *self = Cells::default();
        } else if key == tag("tr") {
            self.row += 1;
            self.cell = 0;
        } else if key == tag("td") || key == tag("th") {
            self.cell += 1;
            self.begun = false;
        }
    }

    /// An element ends.
    pub fn close(&mut self, key: u64) {
        if key == tag("table") {
            *self = Cells::default();
        }
    }

    /// A text stands here.
    pub fn text(&mut self, text: &'a str) {
        // Asked once a table, not once a cell.
        let names = |text: &str| {
            let dated = ["日期", "时间"].iter().any(|word| text.contains(word));
            text.len() <= LONGEST && dated && labels::label(text) != Label::None
        };
        let first = !std::mem::replace(&mut self.begun, true);
        if first && self.row == 1 && (1..=MOST).contains(&self.cell) && names(text) {
            self.heads.resize(self.cell, "");
            if let Some(head) = self.heads.last_mut() {
                *head = text;
            }
        }
    }

    /// What names a date above the first text of a cell, in the first row.
    pub fn head(&self) -> Option<&'a str> {
        let above = self
            .cell
            .checked_sub(1)
            .filter(|_| self.row > 1 && !self.begun)?;
        let head = self.heads.get(above).copied()?;
        (!head.is_empty() && !head.contains(|c: char| c.is_ascii_digit())).then_some(head)
    }
}
