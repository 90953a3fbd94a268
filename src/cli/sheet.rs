//! The first sheet of a workbook (XLSX) as rows of cells. The file comes from outside: its parts are
//! bounded when they are unpacked, only the columns of the template are looked at, and no cell is
//! made for a place that nobody wrote to.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

/// The most parts of a workbook.
const MOST_PARTS: usize = 2_000;
/// The most bytes of one part, unpacked.
const PART_BYTES: u64 = 32 * 1024 * 1024;
/// The most characters of one cell; the form itself allows no more.
const CELL_CHARS: usize = 32_767;
/// The most strings that cells share.
const MOST_STRINGS: usize = 500_000;

/// What stands for a formula that nobody has calculated.
const UNCALCULATED: &str = "= (a formula without a result)";

/// Why a file gives no rows.
#[derive(Debug, thiserror::Error)]
pub enum NoSheet {
    /// It is no workbook.
    #[error("it is no workbook (XLSX): {0}")]
    Foreign(String),
    /// It is too large.
    #[error("the workbook is too large: {0}")]
    TooLarge(String),
}

/// Whether these bytes begin like a workbook.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The rows of the first sheet that hold anything, each with its number, `width` cells wide; more
/// than `most` are refused.
pub fn rows(bytes: &[u8], width: usize, most: usize) -> Result<Vec<(usize, Vec<String>)>, NoSheet> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(foreign)?;
    if archive.len() > MOST_PARTS {
        return Err(NoSheet::TooLarge(format!("more than {MOST_PARTS} parts")));
    }
    let strings = match part(&mut archive, "xl/sharedStrings.xml")? {
        Some(text) => strings(&text)?,
        None => Vec::new(),
    };
    let name = first_sheet(&mut archive)?;
    let sheet = part(&mut archive, &name)?;
    let sheet = sheet.ok_or_else(|| NoSheet::Foreign(format!("{name} is missing")))?;
    cells(&sheet, &strings, width, most)
}

fn foreign(error: impl std::fmt::Display) -> NoSheet {
    NoSheet::Foreign(error.to_string())
}

/// A part as text, or nothing where there is none.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, NoSheet> {
    if archive.index_for_name(name).is_none() {
        return Ok(None);
    }
    let file = archive.by_name(name).map_err(foreign)?;
    let mut bytes = Vec::new();
    // What the file says of its length is not believed.
    let read = file.take(PART_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(foreign)?;
    if bytes.len() as u64 > PART_BYTES {
        return Err(NoSheet::TooLarge(format!(
            "{name} has more than {PART_BYTES} bytes"
        )));
    }
    String::from_utf8(bytes).map(Some).map_err(foreign)
}

/// The name of the part that is the first sheet.
fn first_sheet(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<String, NoSheet> {
    let missing = |name: &str| NoSheet::Foreign(format!("{name} is missing"));
    let book = "xl/workbook.xml";
    let text = part(archive, book)?.ok_or_else(|| missing(book))?;
    let mut wanted = None;
    each(&text, |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event
            && tag.local_name().as_ref() == "sheet"
            && wanted.is_none()
        {
            wanted = attribute(tag, "id");
        }
        Ok(())
    })?;
    let relations = "xl/_rels/workbook.xml.rels";
    let text = part(archive, relations)?.ok_or_else(|| missing(relations))?;
    let mut targets = BTreeMap::new();
    each(&text, |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event
            && tag.local_name().as_ref() == "Relationship"
            && let Some((id, target)) = attribute(tag, "Id").zip(attribute(tag, "Target"))
        {
            targets.insert(id, target);
        }
        Ok(())
    })?;
    let target = wanted.and_then(|id| targets.remove(&id));
    let target = target.ok_or_else(|| NoSheet::Foreign("it has no sheet".to_owned()))?;
    Ok(match target.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => format!("xl/{target}"),
    })
}

/// The strings that cells share.
fn strings(text: &str) -> Result<Vec<String>, NoSheet> {
    let mut strings = Vec::new();
    let mut words = Words::default();
    each(text, |event| {
        words.take(event);
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "si" => words.begin(),
            Event::End(tag) if tag.local_name().as_ref() == "si" => strings.push(words.end()),
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => strings.push(String::new()),
            _ => {}
        }
        match strings.len() > MOST_STRINGS {
            true => Err(NoSheet::TooLarge(format!(
                "more than {MOST_STRINGS} strings"
            ))),
            false => Ok(()),
        }
    })?;
    Ok(strings)
}

fn cells(
    text: &str,
    strings: &[String],
    width: usize,
    most: usize,
) -> Result<Vec<(usize, Vec<String>)>, NoSheet> {
    let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
    let (mut number, mut column) = (0, 0);
    let mut kind = String::new();
    let mut is_formula = false;
    let mut row: Vec<String> = Vec::new();
    let mut words = Words::default();
    each(text, |event| {
        words.take(event);
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "row" => {
                let said = attribute(tag, "r").and_then(|text| text.parse().ok());
                number = said.unwrap_or(number + 1);
                column = 0;
                row = vec![String::new(); width];
            }
            Event::Start(tag) if tag.local_name().as_ref() == "c" => {
                column = attribute(tag, "r").map_or(column + 1, |place| column_of(&place));
                kind = attribute(tag, "t").unwrap_or_default();
                is_formula = false;
                words.begin();
            }
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "f" => {
                is_formula = true;
            }
            Event::End(tag) if tag.local_name().as_ref() == "c" => {
                let said = words.end();
                let cell = column.checked_sub(1).and_then(|at| row.get_mut(at));
                let Some(cell) = cell else {
                    return Ok(());
                };
                *cell = match kind.as_str() {
                    "s" => shared(&said, strings).ok_or_else(|| {
                        NoSheet::Foreign(format!(
                            "the cell in row {number}, column {column} names the shared text {said:?}, which is \
                             not there: the file is damaged"
                        ))
                    })?,
                    // What says yes or no is no number.
                    "b" => if said.trim() == "0" { "FALSE" } else { "TRUE" }.to_owned(),
                    _ if is_formula && said.is_empty() => UNCALCULATED.to_owned(),
                    _ => said,
                };
            }
            Event::End(tag) if tag.local_name().as_ref() == "row" => {
                let row = std::mem::take(&mut row);
                if row.iter().any(|cell| !cell.trim().is_empty()) {
                    rows.push((number, row));
                }
            }
            _ => {}
        }
        match rows.len() > most {
            true => Err(NoSheet::TooLarge(format!("more than {most} rows"))),
            false => Ok(()),
        }
    })?;
    Ok(rows)
}

/// The shared text that a cell names by its number, if it is there; a cell that names none is blank.
fn shared(number: &str, strings: &[String]) -> Option<String> {
    match number.trim() {
        "" => Some(String::new()),
        number => strings.get(number.parse::<usize>().ok()?).cloned(),
    }
}

/// The number of the column of a place such as `AB12`, from 1; nought where it names none.
fn column_of(place: &str) -> usize {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase).take(3);
    letters.fold(0, |number, letter| {
        number * 26 + usize::from(letter - b'A') + 1
    })
}

/// Hands every event to `take`. Definitions of documents, which could multiply text, are refused.
fn each(
    text: &str,
    mut take: impl FnMut(&Event<'_>) -> Result<(), NoSheet>,
) -> Result<(), NoSheet> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(foreign)? {
            Event::Eof => return Ok(()),
            Event::DocType(_) => return Err(NoSheet::Foreign("it defines a document".to_owned())),
            event => take(&event)?,
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let mut all = attributes.with_checks(false).flatten();
    let found = all.find(|one| one.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

/// The words of a cell or string: those of `t` and `v`, without those that tell how it is read aloud.
#[derive(Default)]
struct Words {
    text: String,
    chars: usize,
    inside: bool,
    aloud: bool,
}

impl Words {
    fn begin(&mut self) {
        *self = Words::default();
    }

    fn end(&mut self) -> String {
        std::mem::take(self).text
    }

    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" | "v" => self.inside = true,
                "rPh" => self.aloud = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" | "v" => self.inside = false,
                "rPh" => self.aloud = false,
                _ => {}
            },
            Event::Text(text) => self.add(text),
            Event::CData(text) => self.add(text),
            Event::GeneralRef(name) => {
                let sign = match name.as_ref() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => name.resolve_char_ref().ok().flatten(),
                };
                if let Some(sign) = sign {
                    self.add(sign.encode_utf8(&mut [0; 4]));
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        if !self.inside || self.aloud {
            return;
        }
        let room = CELL_CHARS.saturating_sub(self.chars);
        let added = text.chars().take(room);
        self.chars += added.clone().count();
        self.text.extend(added);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const BOOK: &str =
        r#"<workbook><sheets><sheet name="表" sheetId="1" r:id="rId7"/></sheets></workbook>"#;
    const RELATIONS: &str =
        r#"<Relationships><Relationship Id="rId7" Target="worksheets/a.xml"/></Relationships>"#;

    fn book(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn with_sheet(sheet: &str) -> Vec<u8> {
        book(&[
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
            (
                "xl/sharedStrings.xml",
                "<sst><si><t>甲&amp;乙</t></si><si><r><t>一</t></r><r><t xml:space=\"preserve\"> 二</t></r><rPh><t>yi</t></rPh></si></sst>",
            ),
            ("xl/worksheets/a.xml", sheet),
        ])
    }

    #[test]
    fn what_is_no_number_is_not_read_as_one() {
        let sheet = "<worksheet><sheetData><row r=\"2\"><c r=\"A2\" t=\"b\"><v>1</v></c>\
            <c r=\"B2\"><f>1+1</f></c><c r=\"C2\"><f>1+1</f><v>2</v></c></row></sheetData></worksheet>";
        let rows = rows(&with_sheet(sheet), 3, 10).unwrap();
        let cells = ["TRUE", UNCALCULATED, "2"].map(str::to_owned).to_vec();
        assert_eq!(rows, [(2, cells)]);
    }

    #[test]
    fn cells_of_every_kind_are_read_where_they_stand() {
        let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>1</v></c></row>\
            <row r=\"5\"><c r=\"B5\"><v>3</v></c><c t=\"inlineStr\"><is><t>直&#x63A5;</t></is></c><c r=\"XFD5\"><v>9</v></c></row>\
            <row r=\"7\"><c r=\"A7\" t=\"str\"><f>1+1</f><v>二</v></c></row><row r=\"9\"/><row r=\"1048576\"></row></sheetData></worksheet>";
        let rows = rows(&with_sheet(sheet), 3, 10).unwrap();
        let row = |number, cells: [&str; 3]| (number, cells.map(str::to_owned).to_vec());
        assert_eq!(
            rows,
            [
                row(1, ["甲&乙", "", "一 二"]),
                row(5, ["", "3", "直接"]),
                row(7, ["二", "", ""])
            ]
        );
    }

    /// A cell that lost its text is no blank one: a blank number says nothing of a row.
    #[test]
    fn a_cell_whose_shared_text_is_missing_is_a_fault() {
        let sheet = |number: &str| {
            format!(
                "<worksheet><sheetData><row r=\"4\"><c r=\"B4\" t=\"s\"><v>{number}</v></c></row>\
                 </sheetData></worksheet>"
            )
        };
        for lost in ["2", "99", "-1", "x"] {
            let error = rows(&with_sheet(&sheet(lost)), 3, 10).unwrap_err();
            let said = error.to_string();
            assert!(said.contains("row 4, column 2"), "{said}");
        }
        let blank = rows(&with_sheet(&sheet("")), 3, 10).unwrap();
        assert!(blank.is_empty(), "{blank:?}");
    }

    #[test]
    fn what_is_too_large_or_foreign_is_refused() {
        let row = "<row><c r=\"A1\"><v>1</v></c></row>";
        let many = format!(
            "<worksheet><sheetData>{}</sheetData></worksheet>",
            row.repeat(11)
        );
        assert!(matches!(
            rows(&with_sheet(&many), 3, 10),
            Err(NoSheet::TooLarge(_))
        ));
        // A bomb: little on disk, very much unpacked.
        let bomb = with_sheet(&" ".repeat(usize::try_from(PART_BYTES).unwrap() + 1));
        assert!(bomb.len() < 200_000, "{}", bomb.len());
        assert!(matches!(rows(&bomb, 3, 10), Err(NoSheet::TooLarge(_))));
        let defined = "<!DOCTYPE a [<!ENTITY b \"cc\">]><worksheet>&b;</worksheet>";
        for wrong in [
            with_sheet(defined),
            with_sheet("<worksheet><r"),
            with_sheet("<worksheet></row>"),
            book(&[("a", "b")]),
            b"PK\x03\x04 nothing".to_vec(),
            Vec::new(),
        ] {
            assert!(matches!(rows(&wrong, 3, 10), Err(NoSheet::Foreign(_))));
        }
        for cut in (0..bomb.len()).step_by(997) {
            assert!(rows(&bomb[..cut], 3, 10).is_err());
        }
    }
}
