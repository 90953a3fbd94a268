//! `wangxun report`: the assessment of a period, made by the daemon and set here.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{ArgGroup, Args, ValueEnum};

use super::progress::Progress;
use super::question::answer_telling;
use super::{Configured, say, say_error};
use crate::assess::score::period::Period;
use crate::assess::score::rubric::{Rule, RuleId};
use crate::daemon::answer::Question;
use crate::domain::id::{SiteId, UnitId};
use crate::report::assessment::paragraph::paragraph;
use crate::report::assessment::xlsx::xlsx;
use crate::report::assessment::{Assessment, Extent, bulletin, csv, page, why as explained};

/// `wangxun report`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("extent").args(["site", "unit", "all"]))]
pub struct Report {
    #[command(flatten)]
    configured: Configured,
    /// The period: 2026-07, 2026Q3 or 2026
    #[arg(long)]
    period: Period,
    /// Only this site
    #[arg(long, value_name = "ID")]
    site: Option<String>,
    /// Only the sites of this unit, as the unit reads them: without suspicions that nobody confirmed
    #[arg(long, value_name = "ID")]
    unit: Option<String>,
    /// All sites, which is the default
    #[arg(long)]
    all: bool,
    /// By what is known now, though the period is closed
    #[arg(long)]
    anew: bool,
    /// How it is set
    #[arg(long, value_enum, default_value_t = Format::Md)]
    format: Format,
    /// Write it to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Say how far it is, site by site, though standard error is no terminal
    #[arg(long)]
    progress: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The bulletin (通报) as Markdown
    Md,
    /// A page that prints well on A4
    Html,
    /// One table for spreadsheets: a row for each find
    Csv,
    /// Everything, with the evidence and the rules as applied
    Json,
    /// The workbook: summary with ranking and charts, areas, sites, evidence, rules; needs --out
    Xlsx,
    /// The paragraph for an annual report
    Paragraph,
}

/// Makes the report.
pub fn run(report: &Report) -> anyhow::Result<bool> {
    let extent = match (&report.site, &report.unit) {
        (Some(site), _) => Extent::Site(SiteId::parse(site).context("--site")?),
        (_, Some(unit)) => Extent::Unit(UnitId::parse(unit).context("--unit")?),
        _ => Extent::All,
    };
    let progress = Progress::asked(report.progress);
    let config = &report.configured.config;
    let Some(assessment) = assessment(config, report.period, report.anew, progress)? else {
        return Ok(false);
    };
    let assessment = assessment.only(&extent);
    let _shown = progress.map(|how| how.of("the report is being set"));
    if assessment.cards.is_empty() {
        say_error("nothing of the kind is assessed: no such site or unit, or no address of it");
        return Ok(false);
    }
    let text = match report.format {
        Format::Md => bulletin::markdown(&assessment),
        Format::Html => page::html(&assessment),
        Format::Csv => csv::csv(&assessment),
        Format::Json => serde_json::to_string_pretty(&assessment)?,
        Format::Paragraph => paragraph(&assessment),
        Format::Xlsx => {
            let path = report.out.as_ref().context("a workbook needs --out FILE")?;
            let bytes = xlsx(&assessment).context("the workbook cannot be made")?;
            std::fs::write(path, bytes)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            return Ok(true);
        }
    };
    match &report.out {
        None => say(&text),
        Some(path) => std::fs::write(path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?,
    }
    Ok(true)
}

/// The assessment of `period`; `None` where it was refused, which is said.
pub fn assessment(
    config: &Path,
    period: Period,
    anew: bool,
    progress: Option<Progress>,
) -> anyhow::Result<Option<Assessment>> {
    let question = Question::Assess {
        period,
        anew,
        telling: progress.is_some(),
    };
    let answer = {
        let shown = progress.map(|how| how.of("the assessment is being made"));
        answer_telling(config, question, &|step| {
            shown.iter().for_each(|shown| shown.step(step));
        })?
    };
    if !answer.ok {
        say_error(&answer.text);
        return Ok(None);
    }
    let assessment = serde_json::from_str(&answer.text);
    assessment
        .map(Some)
        .context("the daemon's answer is not understood: is it of another version?")
}

/// Explains how `rule` came out for `site` in `period`.
pub fn why(config: &Path, site: &str, rule: &str, period: Period) -> anyhow::Result<bool> {
    let Some(assessment) = assessment(config, period, false, Progress::asked(false))? else {
        return Ok(false);
    };
    let mut cards = assessment.cards.iter();
    let Some(card) = cards.find(|card| card.site.as_str() == site) else {
        say_error(&format!("no site {site:?} is assessed"));
        return Ok(false);
    };
    let Some(line) = card.lines().find(|line| line.rule.id.as_str() == rule) else {
        let shipped = RuleId::parse(rule).ok();
        let shipped = shipped.and_then(|id| assessment.rubric.rules.get(&id));
        say_error(&match shipped {
            Some(rule) => disabled(rule),
            None => {
                let known: Vec<&str> = card.lines().map(|line| line.rule.id.as_str()).collect();
                format!(
                    "no rule {rule:?} is in force; these are: {}",
                    known.join(" ")
                )
            }
        });
        return Ok(false);
    };
    say(&explained::why(&assessment, card, line));
    Ok(true)
}

fn disabled(rule: &Rule) -> String {
    let why = match rule.is_unverified() {
        true => "nobody has compared it with the official text",
        false => "the rules say so",
    };
    format!(
        "the rule {} is not enabled: {why}; see wangxun rubric --all",
        rule.id
    )
}
