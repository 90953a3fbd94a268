//! The sheet of one site: its rules area by area, each with what was found and the evidence.

use super::ranking::{of_area, placed};
use crate::assess::score::card::{Card, Line, Verdict};
use crate::assess::score::rubric::RuleId;
use crate::report::assessment::{Assessment, shown, words};
use crate::report::plain::one_line;
use crate::report::rubric::{confidence, plain};
use crate::web::view::NAME_CHARS;

/// How many finds of one rule are shown.
const FINDS: usize = 30;

/// What is shown of one site.
pub struct Sheet {
    pub site: String,
    pub name: String,
    pub unit: String,
    pub total: String,
    pub grade: String,
    pub rank: String,
    pub measured: String,
    /// From when to when it was watched, where that is a part of the period.
    pub watched: Option<String>,
    /// The rules whose veto was hit, by identifier and title.
    pub vetoes: Vec<(String, String)>,
    /// Those that were hit in the period and not at its end.
    pub were_hit: Vec<(String, String)>,
    pub near: Vec<(String, String)>,
    pub areas: Vec<SheetArea>,
}

/// One area of it.
pub struct SheetArea {
    pub name: &'static str,
    pub weight: u32,
    pub score: String,
    /// How many of its rules are not kept.
    pub faults: usize,
    /// Whether it is shown unfolded: there is something to look at.
    pub open: bool,
    pub lines: Vec<SheetLine>,
}

/// One rule of it.
pub struct SheetLine {
    pub id: String,
    pub title: String,
    pub source: String,
    pub verdict: String,
    pub key: &'static str,
    pub finds: Vec<(String, String)>,
    pub more: Option<String>,
    /// What the unit says to it.
    pub said: Vec<String>,
}

/// The sheet of a site, which is one `among` so many with a place.
pub fn sheet(assessment: &Assessment, card: &Card, among: usize) -> Sheet {
    let (were_hit, near) = words::nearly(card);
    Sheet {
        site: card.site.to_string(),
        name: one_line(&card.name, NAME_CHARS),
        unit: one_line(&card.unit_name, NAME_CHARS),
        total: words::total(card),
        grade: words::grade(card),
        rank: placed(card, among),
        measured: plain(card.measured),
        watched: words::watched(card),
        vetoes: titled(card, &card.vetoes),
        were_hit: titled(card, &were_hit),
        near: titled(card, &near),
        areas: card
            .areas
            .iter()
            .filter(|area| area.applies)
            .map(|area| SheetArea {
                name: area.area.in_chinese(),
                weight: area.weight,
                score: of_area(area),
                faults: area.lines.iter().filter(|line| is_fault(line)).count(),
                open: area.lines.iter().any(|line| is_fault(line) || line.near),
                lines: area
                    .lines
                    .iter()
                    .map(|line| sheet_line(assessment, card, line))
                    .collect(),
            })
            .collect(),
    }
}

/// Whether a rule is not kept.
fn is_fault(line: &Line) -> bool {
    matches!(
        line.verdict,
        Verdict::Lost | Verdict::Veto | Verdict::NotKept
    )
}

/// These rules with their titles.
fn titled(card: &Card, rules: &[RuleId]) -> Vec<(String, String)> {
    let lines = card.lines().filter(|line| rules.contains(&line.rule.id));
    lines
        .map(|line| (line.rule.id.to_string(), line.rule.title.clone()))
        .collect()
}

fn sheet_line(assessment: &Assessment, card: &Card, line: &Line) -> SheetLine {
    let said = assessment.statements_of(card, line);
    let part = shown::shown(card, line, FINDS);
    let more = part.more("明细表");
    let finds = part.finds.into_iter().map(|(one, why)| {
        let find = words::find(one, card.to);
        let find = match why.is_empty() {
            true => find,
            false => format!("{find}（{why}）"),
        };
        (find, words::evidence(one, card.to))
    });
    let unverified = match line.rule.is_unverified() {
        true => "（未核实）",
        false => "",
    };
    SheetLine {
        id: line.rule.id.to_string(),
        title: format!("{}{unverified}", line.rule.title),
        source: format!("{}，{}", line.rule.source, confidence(&line.rule)),
        verdict: words::verdict(line),
        key: match line.verdict {
            Verdict::Veto | Verdict::Lost => "bad",
            Verdict::Unmeasured(_) | Verdict::NotApplying => "quiet",
            _ => "",
        },
        finds: finds.collect(),
        more,
        said: said.map(|said| words::statement(said, card.to)).collect(),
    }
}
