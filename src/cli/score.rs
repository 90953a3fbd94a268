//! `wangxun score`: what people find where the program does not measure.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, ValueEnum};

use super::question::{answer, ask};
use super::{Configured, configured, report, saved, say, say_error};
use crate::assess::score::period::Period;
use crate::daemon::answer::Question;
use crate::daemon::closing::{Close, Stated};
use crate::daemon::score::Found;
use crate::report::assessment::template::{filled, template};

/// The largest table that is read.
const TABLE_BYTES: u64 = 16 * 1024 * 1024;

/// `wangxun score`.
#[derive(Debug, Args)]
pub struct Score {
    #[command(flatten)]
    configured: Configured,
    /// What to do
    #[arg(value_enum)]
    what: What,
    /// set: SITE RULE NUMBER, e.g. kxw D2 3; import: the table; state: SITE RULE
    #[arg(value_name = "ARGUMENTS")]
    rest: Vec<String>,
    /// The period: 2026-07, 2026Q3 or 2026
    #[arg(long)]
    period: Option<Period>,
    /// Who enters it
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// What was looked at and found; why it is closed or corrected; what the unit says
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Write the template to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Enter a number of finds under one rule, for one site; 0 means that it is in order
    Set,
    /// Print a table (CSV) of all that may be entered for the period
    Template,
    /// Enter every row of such a table whose number is filled
    Import,
    /// Close the period: rules, evidence and figures stay as they are now
    Close,
    /// Keep a further version of a closed period, which says what changed
    Correct,
    /// Enter what the unit says to a disputed point; it stands beside it
    State,
}

/// Does what is asked for.
pub fn run(score: Score) -> anyhow::Result<bool> {
    match score.what {
        What::Set => set(&score),
        What::Template => blank(&score),
        What::Import => import(&score),
        What::Close | What::Correct => close(&score),
        What::State => state(&score),
    }
}

fn set(score: &Score) -> anyhow::Result<bool> {
    let [site, rule, finds] = score.rest.as_slice() else {
        bail!("set needs a site, a rule and a number, for example: kxw D2 3");
    };
    let found = Found {
        site: site.clone(),
        rule: rule.clone(),
        period: score.period.context("--period is missing")?,
        finds: finds
            .parse()
            .with_context(|| format!("{finds:?} is no number of finds"))?,
        by: score.by.clone().context("--by is missing")?,
        reason: score.reason.clone().context("--reason is missing")?,
    };
    ask(&score.configured.config, Question::Score(found))
}

fn blank(score: &Score) -> anyhow::Result<bool> {
    let period = score.period.context("--period is missing")?;
    let Some(assessment) = report::assessment(&score.configured.config, period, false)? else {
        return Ok(false);
    };
    let text = template(&assessment);
    match &score.out {
        None => say(&text),
        Some(path) => std::fs::write(path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?,
    }
    Ok(true)
}

fn close(score: &Score) -> anyhow::Result<bool> {
    let question = Question::Close(Close {
        period: score.period.context("--period is missing")?,
        by: score.by.clone().context("--by is missing")?,
        reason: score.reason.clone().unwrap_or_default(),
        correct: score.what == What::Correct,
    });
    ask(&score.configured.config, question)
}

fn state(score: &Score) -> anyhow::Result<bool> {
    let [site, rule] = score.rest.as_slice() else {
        bail!("state needs a site and a rule, for example: kxw D2");
    };
    let question = Question::State(Stated {
        site: site.clone(),
        rule: rule.clone(),
        period: score.period.context("--period is missing")?,
        by: score.by.clone().context("--by is missing")?,
        text: score.reason.clone().context("--reason is missing")?,
    });
    ask(&score.configured.config, question)
}

/// All rows are checked before the first is entered.
fn import(score: &Score) -> anyhow::Result<bool> {
    let [path] = score.rest.as_slice() else {
        bail!("import needs the name of one table");
    };
    let by = score.by.clone().context("--by is missing")?;
    let bytes = saved::bytes(Path::new(path), TABLE_BYTES)
        .with_context(|| format!("{path} cannot be read"))?;
    let text = String::from_utf8(bytes)
        .with_context(|| format!("{path} is not UTF-8; save it as \"CSV UTF-8\""))?;
    let config = configured(&score.configured.config)?.config;
    let rows = match filled(&text) {
        Ok(rows) => rows,
        Err(faults) => return refused(&faults),
    };
    let mut founds = Vec::new();
    let mut faults = Vec::new();
    for row in rows {
        let Ok(period) = row.period.parse::<Period>() else {
            faults.push(format!("line {}: {:?} is no period", row.line, row.period));
            continue;
        };
        let found = Found {
            site: row.site,
            rule: row.rule,
            period,
            finds: row.finds,
            by: by.clone(),
            reason: row.reason,
        };
        match found.refusal(&config.group, &config.rubric) {
            Some(why) => faults.push(format!("line {}: {why}", row.line)),
            None => founds.push(found),
        }
    }
    if !faults.is_empty() {
        return refused(&faults);
    }
    let all = founds.len();
    for (done, found) in founds.into_iter().enumerate() {
        let answer = answer(&score.configured.config, Question::Score(found))?;
        ensure!(
            answer.ok,
            "{done} of {all} rows were entered, then: {}",
            answer.text
        );
    }
    say(&format!("{all} rows were entered"));
    Ok(all > 0)
}

fn refused(faults: &[String]) -> anyhow::Result<bool> {
    for fault in faults {
        say_error(fault);
    }
    say_error(&format!("{} faults; nothing was entered", faults.len()));
    Ok(false)
}
