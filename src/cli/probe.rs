//! `wangxun probe`: what the reader makes of a page, and why. Writes nothing anywhere.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;
use url::Url;

use super::trial::Trial;
use super::{INSTALLED, configured, instant, logs, runtime, saved, say, say_error};
use crate::assess::outage::host_of;
use crate::config::load::Loaded;
use crate::config::read_rules;
use crate::daemon::sameness::Digests;
use crate::daemon::visit::{self, Aimed, Look, Means, look};
use crate::daemon::{front, missing};
use crate::domain::access::Access;
use crate::domain::finding::{Basis, Finding};
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::note::Note;
use crate::domain::observation::Cause;
use crate::domain::page::Page;
use crate::domain::reading_rules::{ExtraHeaders, ReadRules};
use crate::domain::time::{Date, Moment, date_of};
use crate::domain::visit::{Failure, Outcome, Validators};
use crate::extract::{Aim, Block, OtherDate, Reading, Recipe};
use crate::fetch::client::{Fetcher, Identity};
use crate::fetch::tls::init_crypto;

/// The most items that are shown.
const MOST_ITEMS: usize = 50;
/// The most bytes of a file, after decompression.
const FILE_BYTES: u64 = 2 * 1024 * 1024;
/// Pages that one probe may fetch.
const PAGE_BUDGET: usize = 6;
/// The address of a file that came from nowhere.
const NOWHERE: &str = "http://page.invalid/";

/// `wangxun probe`.
#[derive(Debug, Args)]
pub struct Probe {
    /// Files, addresses, column ids, or site ids for their home pages
    #[arg(required = true, value_name = "FILE|URL|ID")]
    sources: Vec<String>,
    /// What files and addresses are expected to be
    #[arg(long, value_enum, default_value_t = Expected::Any)]
    aim: Expected,
    /// The address that a file came from
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// The day of the visit, for dates without a year
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The main configuration file, for ids
    #[arg(long, value_name = "FILE", default_value = INSTALLED)]
    config: PathBuf,
    /// Permit addresses in private and loopback ranges
    #[arg(long)]
    private: bool,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Expected {
    /// Whatever they are
    Any,
    /// A column's list
    Column,
    /// A home page
    Home,
}

impl Expected {
    fn recipe(self) -> Recipe {
        let aim = match self {
            Expected::Any => Aim::Any,
            Expected::Column => Aim::Column,
            Expected::Home => Aim::Home,
        };
        Recipe {
            budget: PAGE_BUDGET,
            ..Recipe::of(aim)
        }
    }
}

/// What is printed of one source.
#[derive(Debug, Serialize)]
struct Report {
    source: String,
    url: String,
    encoding: String,
    kind: &'static str,
    outcome: &'static str,
    newest: Option<Newest>,
    published: Option<Published>,
    others: Vec<Other>,
    rows: usize,
    items: Vec<Shown>,
    /// Why there is no date, if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why>,
    notes: Vec<Told>,
    /// The reading rules in force, as `[column.read]` has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocks: Vec<ShownBlock>,
}

/// Why a source told no date.
#[derive(Debug, Serialize)]
struct Why {
    reason: Cause,
    text: String,
}

impl Why {
    fn of(reason: Cause) -> Why {
        let text = reason.in_chinese();
        Why { reason, text }
    }
}

/// A note: its code with its values, and the sentence.
#[derive(Debug, Serialize)]
struct Told {
    #[serde(flatten)]
    note: Note,
    text: String,
}

impl Told {
    fn of(note: Note) -> Told {
        let text = note.to_string();
        Told { note, text }
    }
}

#[derive(Debug, Serialize)]
struct Newest {
    on: Date,
    title: String,
    url: Option<String>,
    basis: Basis,
}

#[derive(Debug, Serialize)]
struct Published {
    on: Date,
    month_only: bool,
    time: Option<String>,
    basis: Basis,
}

/// A date of an article that is not its publication.
#[derive(Debug, Serialize)]
struct Other {
    role: &'static str,
    on: Date,
    basis: Basis,
    snippet: String,
}

#[derive(Debug, Serialize)]
struct Shown {
    title: String,
    url: Option<String>,
    on: Option<Date>,
    basis: Option<Basis>,
}

/// One block of a home page.
#[derive(Debug, Serialize)]
struct ShownBlock {
    heading: String,
    newest: Option<Date>,
    rows: usize,
    more: Option<String>,
}

/// Probes every source. One that cannot be looked at does not hide the others.
pub fn run(probe: Probe) -> anyhow::Result<bool> {
    logs::quiet();
    init_crypto();
    let now = instant(probe.as_of);
    let runtime = runtime()?;
    let mut loaded = None;
    let mut failed = 0;
    for source in &probe.sources {
        match runtime.block_on(looked_at(&probe, source, now, &mut loaded)) {
            Ok(report) => match probe.format {
                Format::Json => say(&serde_json::to_string(&report)?),
                Format::Text => {
                    say(&text(&report));
                    for line in to_keep(&probe.trial)? {
                        say(&line);
                    }
                }
            },
            Err(error) if probe.sources.len() == 1 => return Err(error),
            Err(error) => {
                failed += 1;
                say_error(&format!("wangxun: {error:#}"));
            }
        }
    }
    if failed > 0 {
        bail!("{failed} of {} sources not looked at", probe.sources.len());
    }
    Ok(true)
}

async fn looked_at(
    probe: &Probe,
    source: &str,
    now: Moment,
    loaded: &mut Option<Loaded>,
) -> anyhow::Result<Report> {
    let tried = probe.trial.rules()?;
    // Not only a regular file: `<(curl …)` is a pipe.
    if std::fs::metadata(source).is_ok_and(|about| !about.is_dir()) {
        return file(probe, source, tried, now);
    }
    if let Some(url) = web_address(source) {
        let access = Access {
            private_addresses: probe.private,
            ..Access::default()
        };
        let agent = concat!("wangxun/", env!("CARGO_PKG_VERSION"), " (probe)");
        let recipe = Recipe {
            read: tried,
            ..probe.aim.recipe()
        };
        return fetched(source, &url, &access, recipe, &means(agent)?, now).await;
    }
    let known = match loaded {
        Some(known) => known,
        None => loaded.insert(configured(&probe.config).with_context(|| {
            format!(
                "{source:?} is no file and no http address, and no column or site can be looked up"
            )
        })?),
    };
    configured_page(source, known, tried, now).await
}

/// What to write down where rules were tried.
fn to_keep(trial: &Trial) -> anyhow::Result<Vec<String>> {
    let lines = trial.lines()?;
    if lines.is_empty() {
        return Ok(lines);
    }
    let head = [
        "to keep these rules, write below the column in sites.toml:",
        "  [column.read]",
    ];
    let lines = lines.iter().map(|line| format!("  {line}"));
    Ok(head.map(str::to_owned).into_iter().chain(lines).collect())
}

fn web_address(source: &str) -> Option<Url> {
    Url::parse(source)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn file(
    probe: &Probe,
    source: &str,
    tried: Option<ReadRules>,
    now: Moment,
) -> anyhow::Result<Report> {
    let page = Page {
        url: match &probe.url {
            Some(url) => url.clone(),
            None => Url::parse(NOWHERE)?,
        },
        status: 200,
        content_type: None,
        body: saved::bytes(Path::new(source), FILE_BYTES)
            .with_context(|| format!("{source} cannot be read"))?,
    };
    let url = page.url.clone();
    let recipe = Recipe {
        read: tried,
        ..probe.aim.recipe()
    };
    let reading = saved::reading(page, &recipe, date_of(now));
    Ok(Report {
        rules: recipe.read.iter().flat_map(read_rules::lines).collect(),
        ..report(source, url.as_str(), reading, None)
    })
}

/// A column's list, or a site's home page.
async fn configured_page(
    source: &str,
    loaded: &Loaded,
    tried: Option<ReadRules>,
    now: Moment,
) -> anyhow::Result<Report> {
    let config = &loaded.config;
    let group = &config.group;
    let means = Means {
        page_budget: config.page_budget,
        ..means(&config.identity.user_agent)?
    };
    let id = ColumnId::parse(source).ok();
    if let Some(column) = id.and_then(|id| group.columns.get(&id)) {
        let mut column = column.clone();
        if let Some(tried) = tried {
            let data = column.read.and_then(|rules| rules.data);
            column.read = Some(ReadRules { data, ..tried });
        }
        let (Some(url), Some(site)) = (column.address(), group.sites.get(&column.site)) else {
            bail!("column {source} has no address");
        };
        let host = missing::probe(&means, &host_of(url), url, &site.access, None, now).await;
        let recipe = Recipe {
            missing: host.missing,
            ..visit::recipe(site, &column, config.page_budget)
        };
        return fetched(source, url, &site.access, recipe, &means, now).await;
    }
    let id = SiteId::parse(source).ok();
    let Some(site) = id.and_then(|id| group.sites.get(&id)) else {
        bail!("{source:?} is no file, no http address and no configured column or site");
    };
    let Some(home) = &site.home else {
        bail!("site {source} has no home page");
    };
    let recipe = front::recipe(site, config.page_budget);
    fetched(source, home, &site.access, recipe, &means, now).await
}

fn means(agent: &str) -> anyhow::Result<Means> {
    let identity = Identity {
        user_agent: agent.to_owned(),
    };
    Ok(Means {
        fetcher: Fetcher::new(&identity)?,
        page_budget: PAGE_BUDGET,
        digests: Digests::default(),
    })
}

async fn fetched(
    source: &str,
    url: &Url,
    access: &Access,
    recipe: Recipe,
    means: &Means,
    now: Moment,
) -> anyhow::Result<Report> {
    let rules = recipe.read.clone().unwrap_or_default();
    let aimed = Aimed {
        url,
        access,
        recipe,
        validators: Validators::default(),
        known: None,
        extra: ExtraHeaders::to(url, &rules.headers),
    };
    let Look { visit, reading, .. } = look(means, aimed, now).await;
    let (address, failure) = match visit.outcome {
        Outcome::Page(page) => (page.url, None),
        Outcome::Failed(failure) => (visit.asked, Some(failure)),
        Outcome::NotModified => (visit.asked, None),
    };
    Ok(Report {
        rules: read_rules::lines(&rules),
        ..report(source, address.as_str(), reading, failure)
    })
}

fn report(source: &str, url: &str, reading: Option<Reading>, failed: Option<Failure>) -> Report {
    let mut report = Report {
        source: source.to_owned(),
        url: url.to_owned(),
        encoding: String::new(),
        kind: "other",
        outcome: "unreadable",
        newest: None,
        published: None,
        others: Vec::new(),
        rows: 0,
        items: Vec::new(),
        blocks: Vec::new(),
        why: failed.map(|failure| Why::of(Cause::Failed(failure))),
        notes: Vec::new(),
        rules: Vec::new(),
    };
    let Some(reading) = reading else {
        return report;
    };
    report.encoding = reading.encoding.to_owned();
    report.kind = reading.kind.key();
    report.notes = reading.notes.into_iter().map(Told::of).collect();
    match reading.finding {
        Finding::Dated(update) => {
            report.outcome = "dated";
            report.newest = Some(Newest {
                on: update.on,
                title: update.evidence.title,
                url: update.evidence.link,
                basis: update.basis,
            });
        }
        Finding::Undated(why) => {
            report.outcome = "undated";
            report.why = Some(Why::of(Cause::Undated(why)));
        }
        Finding::Empty => report.outcome = "empty",
        Finding::Unreadable(why) => {
            report.why = Some(Why::of(Cause::Unreadable(why)));
        }
    }
    report.published = reading.published.map(|published| Published {
        on: published.on,
        month_only: published.month_only,
        time: published
            .time
            .map(|time| time.format("%H:%M:%S").to_string()),
        basis: published.basis,
    });
    report.others = reading.others.into_iter().map(other).collect();
    report.rows = reading.rows.len();
    report.items = reading
        .rows
        .into_iter()
        .take(MOST_ITEMS)
        .map(|row| Shown {
            title: row.title,
            url: row.url,
            on: row.on,
            basis: row.basis,
        })
        .collect();
    report.blocks = reading.blocks.into_iter().map(shown_block).collect();
    report
}

fn other(other: OtherDate) -> Other {
    Other {
        role: other.role.key(),
        on: other.on,
        basis: other.basis,
        snippet: other.snippet,
    }
}

fn shown_block(block: Block) -> ShownBlock {
    ShownBlock {
        heading: block.heading,
        newest: block.newest,
        rows: block.rows,
        more: block.more.map(String::from),
    }
}

fn text(report: &Report) -> String {
    let mut lines = vec![
        format!("{}  {}", report.source, report.url),
        format!(
            "  {}, {}, {}, {} rows",
            report.kind, report.outcome, report.encoding, report.rows
        ),
    ];
    if let Some(newest) = &report.newest {
        lines.push(format!(
            "  newest {} ({:?}) {}",
            newest.on, newest.basis, newest.title
        ));
    }
    if let Some(published) = &report.published {
        lines.push(format!(
            "  published {} {} ({:?})",
            published.on,
            published.time.as_deref().unwrap_or_default(),
            published.basis
        ));
    }
    for other in &report.others {
        let (role, on, basis) = (other.role, other.on, other.basis);
        lines.push(format!("  {role} {on} ({basis:?}) {}", other.snippet));
    }
    for block in &report.blocks {
        let newest = block.newest;
        lines.push(format!(
            "  block {} {:3} rows  {}  {}",
            newest.map_or_else(|| "undated   ".to_owned(), |on| on.to_string()),
            block.rows,
            block.heading,
            block.more.as_deref().unwrap_or_default()
        ));
    }
    for item in &report.items {
        let on = item
            .on
            .map_or_else(|| "          ".to_owned(), |on| on.to_string());
        lines.push(format!("    {on}  {}", item.title));
    }
    lines.extend(report.rules.iter().map(|rule| format!("  rule: {rule}")));
    if let Some(Why { reason, text }) = &report.why {
        lines.push(format!("  why: {reason:?}, {text}"));
    }
    let notes = report.notes.iter();
    lines.extend(notes.map(|told| format!("  note: {}", told.text)));
    lines.join("\n")
}
