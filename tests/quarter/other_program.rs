//! The workbook as LibreOffice reads and calculates it, whatever results stand in the file.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Sets every result of a formula to nought, so that only who calculates has the right one.
const DOCTOR: &str = r#"
import re, sys, zipfile
source, target = sys.argv[1:]
formulas = 0
with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
    for item in old.infolist():
        body = old.read(item.filename)
        if item.filename.startswith("xl/worksheets/sheet"):
            text, count = re.subn(r"(</f>)<v>[^<]*</v>", r"\1<v>0</v>", body.decode())
            formulas += count
            body = text.encode()
        new.writestr(item, body)
print(formulas)
"#;

/// A profile that calculates whatever it opens.
const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"#;

/// Every sheet, by its name, as rows of cells; and how many formulas there are.
pub fn sheets(workbook: &[u8]) -> (BTreeMap<String, Vec<Vec<String>>>, usize) {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("ours.xlsx"), workbook).unwrap();
    let doctored = done(
        Command::new("python3")
            .args(["-c", DOCTOR])
            .args([path("ours.xlsx"), path("book.xlsx")]),
    );
    std::fs::create_dir_all(path("profile/user")).unwrap();
    std::fs::write(path("profile/user/registrymodifications.xcu"), PROFILE).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", path("profile").display());
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
    done(
        Command::new("soffice")
            .args([
                &profile,
                "--headless",
                "--norestore",
                "--convert-to",
                filter,
            ])
            .arg("--outdir")
            .args([path("out"), path("book.xlsx")]),
    );
    let mut sheets = BTreeMap::new();
    for entry in std::fs::read_dir(path("out")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy();
        let name = name.strip_prefix("book-").unwrap_or(&name).to_owned();
        sheets.insert(name, rows(&path));
    }
    (sheets, doctored.trim().parse().unwrap())
}

fn done(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let more = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}{more}");
    text
}

/// The cells of a table; quoted ones may hold commas and line breaks.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}
