//! `wangxun score`: what people find where the program does not measure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::{Args, ValueEnum};

use super::progress::Progress;
use super::question::{answer, ask};
use super::sheet;
use super::{Configured, configured, report, saved, say, say_error};
use crate::assess::score::period::Period;
use crate::daemon::answer::Question;
use crate::daemon::closing::{Close, Stated};
use crate::daemon::score::{CLOSED, Found, no_rule, no_site};
use crate::domain::entry::{ATTACHMENT_BYTES, MOST_FINDS};
use crate::report::assessment::template::{HEAD, MOST_ROWS, Table, filled, filled_rows, template};
use crate::report::assessment::xlsx::blank as filling;

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
    /// set: SITE RULE NUMBER, e.g. kxw D2 3; import: the table; state: SITE RULE; attachment: its digest
    /// or the beginning of it
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
    /// set: a file that proves it, at most 10 MiB; it is kept with the entry
    #[arg(long, value_name = "FILE")]
    attach: Option<PathBuf>,
    /// correct: under the rules and over the sites of today instead of those that the period was closed with
    #[arg(long)]
    present_rules: bool,
    /// Write the template to this file instead of standard output, as a workbook where it ends in .xlsx;
    /// attachment: where to write it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Enter a number of finds under one rule, for one site; 0 means that it is in order
    Set,
    /// Make a table (CSV, or XLSX with --out) of all that may be entered for the period
    Template,
    /// Enter every row of such a table (CSV or XLSX) whose number is filled, with its attachment
    Import,
    /// Close the period: rules, evidence and figures stay as they are now
    Close,
    /// Keep a further version of a closed period, which says what changed
    Correct,
    /// Enter what the unit says to what a rule came to; it stands beside it
    State,
    /// Write the attachment of an entry to the file --out
    Attachment,
}

/// Does what is asked for.
pub fn run(score: Score) -> anyhow::Result<bool> {
    match score.what {
        What::Set => set(&score),
        What::Template => blank(&score),
        What::Import => import(&score),
        What::Close | What::Correct => close(&score),
        What::State => state(&score),
        What::Attachment => attachment(&score),
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
        finds: finds.parse().map_err(|_| {
            anyhow!("{finds:?} is no number of finds; write a whole one from 0 to {MOST_FINDS}")
        })?,
        by: score.by.clone().context("--by is missing")?,
        reason: score.reason.clone().context("--reason is missing")?,
        attachment: score.attach.as_deref().map(whole_path).transpose()?,
    };
    ask(&score.configured.config, Question::Score(found))
}

/// The whole path of a file, which the daemon reads from a directory of its own.
fn whole_path(path: &Path) -> anyhow::Result<PathBuf> {
    path.canonicalize()
        .with_context(|| format!("{} cannot be read", path.display()))
}

fn attachment(score: &Score) -> anyhow::Result<bool> {
    let [digest] = score.rest.as_slice() else {
        bail!("attachment needs its digest, as wangxun why shows it");
    };
    let path = score.out.as_ref().context("--out is missing")?;
    let digest = digest.clone();
    let answer = answer(&score.configured.config, Question::Attachment { digest })?;
    if !answer.ok {
        say_error(&answer.text);
        return Ok(false);
    }
    let bytes = BASE64_STANDARD
        .decode(&answer.text)
        .context("the daemon's answer is not understood: is it of another version?")?;
    std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(true)
}

fn blank(score: &Score) -> anyhow::Result<bool> {
    let period = score.period.context("--period is missing")?;
    let Some(assessment) = report::assessment(
        &score.configured.config,
        period,
        false,
        Progress::asked(false),
    )?
    else {
        return Ok(false);
    };
    let is_book = |path: &PathBuf| path.extension().is_some_and(|end| end == "xlsx");
    if let Some(path) = score.out.as_ref().filter(|path| is_book(path)) {
        let bytes = filling::blank(&assessment).context("the workbook cannot be made")?;
        std::fs::write(path, bytes)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        return Ok(true);
    }
    let text = template(&assessment);
    match &score.out {
        None => say(&text),
        Some(path) => std::fs::write(path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?,
    }
    Ok(true)
}

fn close(score: &Score) -> anyhow::Result<bool> {
    if score.present_rules && score.what == What::Close {
        bail!("--present-rules is for correct: a period is closed under the rules of today anyhow");
    }
    let question = Question::Close(Close {
        period: score.period.context("--period is missing")?,
        by: score.by.clone().context("--by is missing")?,
        reason: score.reason.clone().unwrap_or_default(),
        correct: score.what == What::Correct,
        present_rules: score.present_rules,
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

/// All rows are checked before the first is entered, and all that is wrong in any of them is told.
fn import(score: &Score) -> anyhow::Result<bool> {
    let [path] = score.rest.as_slice() else {
        bail!("import needs the name of one table");
    };
    let by = score.by.clone().context("--by is missing")?;
    let Table { rows, mut faults } = match table(path)? {
        Ok(table) => table,
        Err(fault) => return refused(&[fault]),
    };
    let config = configured(&score.configured.config)?.config;
    let mut founds = Vec::new();
    let mut lines = BTreeMap::new();
    for row in rows {
        let line = row.line;
        let is_amiss = faults.iter().any(|(known, _)| *known == line);
        let point = (row.site.clone(), row.rule.clone(), row.period.clone());
        if let Some(first) = lines.insert(point, line) {
            let fault = format!("site, rule and period are those of line {first}");
            faults.push((line, fault));
        }
        let place = [
            no_site(&row.site, &config.group),
            no_rule(&row.rule, &config.rubric),
        ];
        let place = place.into_iter().flatten();
        faults.extend(place.map(|why| (line, why.to_string())));
        let attachment = beside(Path::new(path), &row.attachment);
        let attachment = attachment.unwrap_or_else(|why| {
            faults.push((line, why));
            None
        });
        let Ok(period) = row.period.parse::<Period>() else {
            faults.push((line, format!("{:?} is no period", row.period)));
            continue;
        };
        let found = Found {
            site: row.site,
            rule: row.rule,
            period,
            finds: row.finds.unwrap_or(0),
            by: by.clone(),
            reason: row.reason,
            attachment,
        };
        let misplaced = found.misplaced(&config.group, &config.rubric);
        faults.extend(misplaced.map(|why| (line, why.to_string())));
        let ill_said = found.ill_said().filter(|_| !is_amiss);
        faults.extend(ill_said.map(|why| (line, why.to_string())));
        founds.push((line, found));
    }
    faults.extend(untimely(score, &founds, !faults.is_empty())?);
    if !faults.is_empty() {
        faults.sort_by_key(|(line, _)| *line);
        let faults = faults
            .iter()
            .map(|(line, why)| format!("line {line}: {why}"));
        return refused(&faults.collect::<Vec<String>>());
    }
    let all = founds.len();
    let mut closed = BTreeSet::new();
    for (done, (_, found)) in founds.into_iter().enumerate() {
        let period = found.period;
        let answer = answer(&score.configured.config, Question::Score(found))?;
        ensure!(
            answer.ok,
            "{done} of {all} rows were entered, then: {}",
            answer.text
        );
        if answer.text.contains(CLOSED) {
            closed.insert(period);
        }
    }
    say(&format!("{all} rows were entered"));
    for period in closed {
        say(&format!("{period}: {CLOSED}"));
    }
    Ok(all > 0)
}

/// The table at `path`, a workbook or CSV, or why it is none.
fn table(path: &str) -> anyhow::Result<Result<Table, String>> {
    let bytes = saved::bytes(Path::new(path), TABLE_BYTES)
        .with_context(|| format!("{path} cannot be read"))?;
    let is_meant = Path::new(path).extension();
    let is_meant = is_meant.is_some_and(|end| end == "xlsx" || end == "xls");
    Ok(match sheet::is_workbook(&bytes) {
        false if is_meant => {
            let why = "it is no workbook of the form XLSX; save it as one, or as \"CSV UTF-8\"";
            Err(why.to_owned())
        }
        true => sheet::rows(&bytes, HEAD.len(), MOST_ROWS)
            .map_err(|error| error.to_string())
            .and_then(filled_rows),
        false => filled(&bytes),
    })
}

/// The rows for whose periods nothing may be entered now, which the daemon knows. Where it cannot be asked,
/// and other faults are told anyhow, that is no fault of theirs.
fn untimely(
    score: &Score,
    founds: &[(usize, Found)],
    is_amiss: bool,
) -> anyhow::Result<Vec<(usize, String)>> {
    let periods: BTreeSet<Period> = founds.iter().map(|(_, found)| found.period).collect();
    let periods: Vec<Period> = periods.into_iter().collect();
    if periods.is_empty() {
        return Ok(Vec::new());
    }
    let question = Question::Periods(periods.clone());
    let answer = match answer(&score.configured.config, question) {
        Err(_) if is_amiss => return Ok(Vec::new()),
        answer => answer?,
    };
    // One of an earlier version checks each row when it is entered.
    let told: Vec<Option<String>> = match answer.ok {
        true => serde_json::from_str(&answer.text)
            .context("the daemon's answer is not understood: is it of another version?")?,
        false => Vec::new(),
    };
    let why: BTreeMap<Period, String> = periods
        .into_iter()
        .zip(told)
        .filter_map(|(period, why)| Some((period, why?)))
        .collect();
    let faults = founds.iter();
    let faults = faults.filter_map(|(line, found)| Some((*line, why.get(&found.period)?.clone())));
    Ok(faults.collect())
}

/// The file that a table names: in the table's directory or below it.
fn beside(table: &Path, name: &str) -> Result<Option<PathBuf>, String> {
    if name.is_empty() {
        return Ok(None);
    }
    let file = Path::new(name);
    let is_below = file
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)));
    if !is_below {
        return Err(format!("附件 {name:?} must lie beside the table"));
    }
    let dir = table.parent().unwrap_or(Path::new(""));
    let whole = dir.join(file).canonicalize();
    let whole = whole.map_err(|error| format!("附件 {name:?} cannot be read: {error}"))?;
    let length = std::fs::metadata(&whole).map_or(0, |about| about.len());
    match length > ATTACHMENT_BYTES {
        true => Err(format!(
            "附件 {name:?} has more than {ATTACHMENT_BYTES} bytes"
        )),
        false => Ok(Some(whole)),
    }
}

fn refused(faults: &[String]) -> anyhow::Result<bool> {
    for fault in faults {
        say_error(fault);
    }
    say_error(&format!("{} faults; nothing was entered", faults.len()));
    Ok(false)
}
