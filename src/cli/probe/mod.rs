//! `wangxun probe`: what the reader makes of a page, and why. Writes nothing anywhere.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use url::Url;

use report::Report;

use super::trial::Trial;
use super::{INSTALLED, configured, day, instant, logs, runtime, saved, say, say_error};
use crate::assess::outage::host_of;
use crate::config::load::Loaded;
use crate::config::read_rules;
use crate::daemon::missing;
use crate::daemon::sameness::Digests;
use crate::daemon::visit::{self, Aimed, Look, Means, look};
use crate::domain::access::Access;
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::page::Page;
use crate::domain::reading_rules::{Extras, ReadRules};
use crate::domain::time::{Date, Moment, date_of};
use crate::domain::visit::{Outcome, Validators};
use crate::extract::{Aim, Recipe};
use crate::fetch::client::{Fetcher, Identity};
use crate::fetch::tls::init_crypto;

mod report;

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
    #[arg(long, value_name = "DATE", value_parser = day)]
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
                    say(&report.text());
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
    let rules = recipe.read.iter().flat_map(read_rules::lines).collect();
    Ok(Report::of(source, url.as_str(), reading, None).under(rules))
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
    let recipe = Recipe::of_home(site, config.page_budget);
    fetched(source, home, &site.access, recipe, &means, now).await
}

fn means(agent: &str) -> anyhow::Result<Means> {
    let identity = Identity {
        user_agent: agent.to_owned(),
    };
    Ok(Means {
        fetcher: Fetcher::new(&identity)?,
        eye: None,
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
    let asked = recipe.asked.clone().or_else(|| Some(url.clone()));
    let aimed = Aimed {
        url,
        access,
        recipe: Recipe { asked, ..recipe },
        validators: Validators::default(),
        known: None,
        extra: Extras::to(url, Some(&rules)),
    };
    let Look { visit, reading, .. } = look(means, aimed, now).await;
    let (address, failure) = match visit.outcome {
        Outcome::Page(page) => (page.url, None),
        Outcome::Failed(failure) => (visit.asked, Some(failure)),
        Outcome::NotModified => (visit.asked, None),
    };
    let rules = read_rules::lines(&rules);
    Ok(Report::of(source, address.as_str(), reading, failure).under(rules))
}
