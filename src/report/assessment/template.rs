//! The template by which people enter what the program does not measure, and its reading back.

use super::Assessment;
use super::csv::{BOM, row};
use super::words::{unmeasured, verdict};
use crate::assess::score::card::{Line, Verdict};
use crate::assess::score::fact::Fact;
use crate::assess::score::measure::may_be_entered;
use crate::domain::act::REASON_CHARS;
use crate::domain::entry::MOST_FINDS;

/// The heading of the template; a table to be read back must have it.
pub const HEAD: [&str; 9] = [
    "网站编号",
    "网站",
    "周期",
    "规则",
    "规则内容",
    "现状",
    "发现问题数",
    "说明",
    "附件",
];
/// The first column that is to be filled.
pub const FIRST_FILLED: usize = 6;
/// The most rows of a table.
pub const MOST_ROWS: usize = 20_000;

/// The filled rows of a table, and what is wrong in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The rows that can be looked at further, also those with faults.
    pub rows: Vec<Filled>,
    /// Every fault, with its line.
    pub faults: Vec<(usize, String)>,
}

/// One row with a number of finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The line in the table, from 1.
    pub line: usize,
    /// The site.
    pub site: String,
    /// The period.
    pub period: String,
    /// The rule.
    pub rule: String,
    /// How many finds; nothing where what stands there is no number of finds.
    pub finds: Option<u32>,
    /// What was found.
    pub reason: String,
    /// The file that proves it, as named in the table; may be empty.
    pub attachment: String,
}

/// The template as CSV. What stands behind [`FIRST_FILLED`] is to be filled; a row whose number is left
/// blank says nothing.
pub fn template(assessment: &Assessment) -> String {
    let mut out = String::from(BOM);
    out.push_str(&row(&HEAD.map(str::to_owned)));
    for cells in rows(assessment) {
        out.push_str(&row(&cells));
    }
    out
}

/// The rows of the template: one for each site and rule that a person may enter.
pub fn rows(assessment: &Assessment) -> Vec<[String; HEAD.len()]> {
    let mut out = Vec::new();
    for card in &assessment.cards {
        let applying = card.areas.iter().filter(|area| area.applies);
        for line in applying.flat_map(|area| &area.lines) {
            if !may_be_entered(&line.rule) {
                continue;
            }
            let state = match &line.verdict {
                Verdict::Unmeasured(why) => unmeasured(why),
                _ if is_entered(line) => "已录入".to_owned(),
                _ => verdict(line),
            };
            out.push([
                card.site.to_string(),
                card.name.clone(),
                card.period.to_string(),
                line.rule.id.to_string(),
                line.rule.title.clone(),
                state,
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
    }
    out
}

/// Whether what counts is what a person entered.
fn is_entered(line: &Line) -> bool {
    let mut finds = line.finds.iter();
    finds.any(|find| matches!(find.fact, Fact::Entered { .. }))
}

/// The rows of a table that were filled, of CSV in UTF-8; or why it is no such table.
pub fn filled(bytes: &[u8]) -> Result<Table, String> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|_| "it is not UTF-8; save it as \"CSV UTF-8\"".to_owned())?;
    filled_rows(cells(text.strip_prefix(BOM).unwrap_or(text)))
}

/// The same of rows of cells, each with its number, however they were written.
pub fn filled_rows(rows: Vec<(usize, Vec<String>)>) -> Result<Table, String> {
    let mut table = Table::default();
    let head = rows.first().map(|(_, cells)| cells.as_slice());
    if head != Some(HEAD.map(str::to_owned).as_slice()) {
        return Err(format!(
            "line 1: the heading is not that of the template: {}",
            HEAD.join(",")
        ));
    }
    if rows.len() > MOST_ROWS {
        return Err(format!("more than {MOST_ROWS} rows"));
    }
    for (line, cells) in rows.into_iter().skip(1) {
        let Ok([site, _, period, rule, _, _, finds, reason, attachment]) =
            <[String; HEAD.len()]>::try_from(cells)
        else {
            let fault = format!("it has not {} cells", HEAD.len());
            table.faults.push((line, fault));
            continue;
        };
        if finds.trim().is_empty() {
            continue;
        }
        // Some programs write whole numbers with a fraction of nought.
        let whole = finds.trim();
        let number = whole.strip_suffix(".0").unwrap_or(whole).parse::<u32>();
        let fault = match number {
            Err(_) => Some(format!("{finds:?} is no number of finds")),
            Ok(number) => (number > MOST_FINDS).then(|| format!("more than {MOST_FINDS} finds")),
        };
        table.faults.extend(fault.map(|fault| (line, fault)));
        if reason.trim().is_empty() || reason.chars().count() > REASON_CHARS {
            let fault = format!("说明 must be given, at most {REASON_CHARS} characters");
            table.faults.push((line, fault));
        }
        table.rows.push(Filled {
            line,
            site,
            period,
            rule,
            finds: number.ok(),
            reason,
            attachment: attachment.trim().to_owned(),
        });
    }
    Ok(table)
}

/// The cells of a table, with the line on which each row begins. Quotes may hold line breaks.
fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut rows = Vec::new();
    let (mut row, mut cell) = (Vec::new(), String::new());
    let (mut line, mut begun) = (1, 1);
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push((begun, std::mem::take(&mut row)));
                begun = line;
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push((begun, row));
    }
    rows.retain(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &str) -> String {
        format!("{}{}\r\n{rows}", BOM, HEAD.join(","))
    }

    #[test]
    fn rows_that_are_filled_are_read_and_blank_ones_say_nothing() {
        let text = table(
            "kxw,科信委,2026Q3,D2,断链,待录入,,,\r\n\
             kxw,科信委,2026Q3,D3,断链,待录入,3,\"首页、列表\n共\"\"三\"\"处\",截图.png\r\n",
        );
        let Table { rows, faults } = filled(text.as_bytes()).unwrap();
        assert_eq!(faults, []);
        assert_eq!(rows.len(), 1);
        let row = rows.first().unwrap();
        assert_eq!((row.line, row.rule.as_str(), row.finds), (3, "D3", Some(3)));
        assert_eq!(row.reason, "首页、列表\n共\"三\"处");
        assert_eq!(row.attachment, "截图.png");
    }

    #[test]
    fn every_fault_of_a_table_is_told_with_its_line() {
        let text = table("kxw,a,2026Q3,D2,b,c,三,好,\nkxw,a,2026Q3,D3,b,c,2,,\nkxw,1\n");
        let table = filled(text.as_bytes()).unwrap();
        let lines: Vec<usize> = table.faults.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 3, 4], "{table:?}");
        // What else is wrong of them can still be said.
        assert_eq!(table.rows.len(), 2);
        assert!(filled(b"a,b\n1,2\n").unwrap_err().contains("heading"));
        assert!(filled(&[0xc4, 0xfa]).unwrap_err().contains("UTF-8"));
    }
}
