//! `wangxun report`: the assessment of a period, made by the daemon and set here.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context as _;
use clap::{ArgGroup, Args, ValueEnum};

use super::question::answer;
use super::{Configured, say, say_error};
use crate::assess::score::period::Period;
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
    /// Only the sites of this unit
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
    let Some(assessment) = assessment(&report.configured.config, report.period, report.anew)?
    else {
        return Ok(false);
    };
    let assessment = assessment.only(&extent);
    let _shown = progress("the report is being set");
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

/// Shows on a terminal that something long is under way, and since when, until it is dropped.
struct Progress(Option<(Arc<AtomicBool>, JoinHandle<()>)>);

/// How often it is shown; what is over before is not shown at all.
const SHOWN_EVERY: Duration = Duration::from_secs(1);

fn progress(what: &'static str) -> Progress {
    if !std::io::stderr().is_terminal() {
        return Progress(None);
    }
    let over = Arc::new(AtomicBool::new(false));
    let ends = Arc::clone(&over);
    let shown = thread::spawn(move || {
        for seconds in 0_u32.. {
            thread::park_timeout(SHOWN_EVERY);
            if ends.load(Ordering::Relaxed) {
                break;
            }
            eprint!("\r{what}: {} s", seconds.saturating_add(1));
        }
    });
    Progress(Some((over, shown)))
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((over, shown)) = self.0.take() {
            over.store(true, Ordering::Relaxed);
            shown.thread().unpark();
            // It has nothing to say any more.
            let _ = shown.join();
            eprint!("\r\u{1b}[K");
        }
    }
}

/// The assessment of `period`; `None` where it was refused, which is said.
pub fn assessment(config: &Path, period: Period, anew: bool) -> anyhow::Result<Option<Assessment>> {
    let answer = {
        let _shown = progress("the assessment is being made");
        answer(config, Question::Assess { period, anew })?
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
    let Some(assessment) = assessment(config, period, false)? else {
        return Ok(false);
    };
    let mut cards = assessment.cards.iter();
    let Some(card) = cards.find(|card| card.site.as_str() == site) else {
        say_error(&format!("no site {site:?} is assessed"));
        return Ok(false);
    };
    let Some(line) = card.lines().find(|line| line.rule.id.as_str() == rule) else {
        let known: Vec<&str> = card.lines().map(|line| line.rule.id.as_str()).collect();
        say_error(&format!(
            "no rule {rule:?} is in force; these are: {}",
            known.join(" ")
        ));
        return Ok(false);
    };
    say(&explained::why(&assessment, card, line));
    Ok(true)
}
