//! `wangxun discover`: the columns of a site, found by a polite crawl and proposed as a fragment of
//! `sites.toml`. It can be stopped at any time, and the same command goes on.

mod crawl;
mod output;
mod state;

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use url::Url;

use super::run::stop_asked;
use super::{day, instant, logs, runtime, say, say_error};
use crate::config::quantity::{duration, is_private, url as address};
use crate::daemon::sameness::Digests;
use crate::daemon::visit::Means;
use crate::discovery::fragment::{Style, fragment};
use crate::discovery::propose::propose;
use crate::discovery::sheet::{Came, Sheet};
use crate::discovery::survey::Survey;
use crate::domain::access::Access;
use crate::domain::id::{IdFault, SiteId, UnitId};
use crate::domain::time::{Date, date_of};
use crate::domain::visit::Failure;
use crate::fetch::client::{Fetcher, Identity};
use crate::fetch::tls::init_crypto;
use crawl::{Bounds, Crawl, End};
use state::State;

/// Pages that one visit may fetch, the list itself included.
const PAGES_A_VISIT: usize = 6;
/// The longest that work on the blocking pool may go on after the end.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// `wangxun discover`.
#[derive(Debug, Args)]
pub struct Discover {
    /// The home page
    #[arg(value_name = "URL", value_parser = home)]
    home: Url,
    /// How many links deep pages are looked at
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=5))]
    depth: u8,
    /// The most requests in all, those of earlier runs included
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=5000))]
    pages: u32,
    /// The most minutes of this run
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
    /// Where the fragment is written, and beside it what is needed to go on; without it, to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Forget what earlier runs have found
    #[arg(long, requires = "out")]
    fresh: bool,
    /// The id of the site; otherwise a word of its host
    #[arg(long, value_name = "ID", value_parser = site_id)]
    site: Option<SiteId>,
    /// The id of a unit that is configured already; otherwise a [[unit]] is proposed too
    #[arg(long, value_name = "ID", value_parser = unit_id)]
    unit: Option<UnitId>,
    /// The least time between two requests
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = pause)]
    pause: Duration,
    /// Permit addresses in private and loopback ranges
    #[arg(long)]
    private: bool,
    /// Do not ask robots.txt; only for sites of your own
    #[arg(long)]
    no_robots: bool,
    /// The day of the visit, for dates without a year
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
}

fn home(text: &str) -> Result<Url, String> {
    let mut url = address(text, None)?;
    url.set_fragment(None);
    Ok(url)
}

fn site_id(text: &str) -> Result<SiteId, IdFault> {
    SiteId::parse(text)
}

fn unit_id(text: &str) -> Result<UnitId, IdFault> {
    UnitId::parse(text)
}

fn pause(text: &str) -> Result<Duration, String> {
    duration(text, Duration::ZERO..=Duration::from_secs(60))
}

/// Crawls, and writes what is known by then, however the crawl ended.
pub fn run(discover: Discover) -> anyhow::Result<bool> {
    logs::quiet();
    init_crypto();
    let mut survey = Survey::new(discover.home.clone(), discover.depth);
    let mut kept = match &discover.out {
        Some(out) => Some(resumed(&discover, out, &mut survey)?),
        None => None,
    };
    let runtime = runtime()?;
    let end = runtime.block_on(crawled(&discover, &mut survey, kept.as_mut()));
    runtime.shutdown_timeout(LONGEST_REST);
    let end = end?;
    if std::io::stderr().is_terminal() {
        say_error("");
    }
    if let Some(Sheet {
        came: Came::Failed(failure),
        ..
    }) = only(&survey)
    {
        // There is nothing to go on with.
        kept.map_or(Ok(()), State::remove)?;
        let hint = match failure {
            Failure::PrivateAddress => {
                "; --private permits addresses in private and loopback ranges"
            }
            _ => "",
        };
        bail!(
            "the home page {} was not fetched: {failure}{hint}",
            discover.home
        );
    }
    finish(&discover, &survey, kept, end)
}

/// The sheet, when there is but one.
fn only(survey: &Survey) -> Option<&Sheet> {
    match survey.sheets() {
        [sheet] => Some(sheet),
        _ => None,
    }
}

/// Opens what earlier runs have left, and tells the survey of it.
fn resumed(discover: &Discover, out: &Path, survey: &mut Survey) -> anyhow::Result<State> {
    output::guard(out, &discover.home, discover.fresh)?;
    let mut state = State::open(out, &discover.home, discover.fresh)?;
    let sheets = state.take_sheets();
    if !sheets.is_empty() {
        say_error(&format!(
            "going on: {} known already",
            counted(sheets.len(), "page")
        ));
    }
    for sheet in sheets {
        survey.enter(sheet);
    }
    Ok(state)
}

async fn crawled(
    discover: &Discover,
    survey: &mut Survey,
    mut state: Option<&mut State>,
) -> anyhow::Result<End> {
    let access = access(discover);
    let crawl = Crawl {
        means: Means {
            fetcher: Fetcher::new(&Identity {
                user_agent: concat!("wangxun/", env!("CARGO_PKG_VERSION"), " (discover)")
                    .to_owned(),
            })?,
            eye: None,
            page_budget: PAGES_A_VISIT,
            digests: Digests::default(),
        },
        access: &access,
        now: instant(discover.as_of),
    };
    let bounds = Bounds {
        requests: discover.pages as usize,
        time: Duration::from_secs(u64::from(discover.minutes) * 60),
    };
    let stop = stop_asked()?;
    let keep = |survey: &Survey, sheet: &Sheet| {
        if let Some(state) = state.as_deref_mut() {
            state.keep(sheet)?;
        }
        progress(survey, sheet);
        Ok(())
    };
    tokio::select! {
        biased;
        () = stop => Ok(End::Stopped),
        end = crawl.run(survey, bounds, keep) => end,
    }
}

fn access(discover: &Discover) -> Access {
    Access {
        robots: !discover.no_robots,
        private_addresses: discover.private,
        pause: discover.pause,
        ..Access::default()
    }
}

/// One line a page; on a terminal, one line in all.
fn progress(survey: &Survey, sheet: &Sheet) {
    let sheets = survey.sheets().iter();
    let fetched = sheets.filter(|sheet| !matches!(sheet.came, Came::Failed(_)));
    let said = match &sheet.came {
        Came::Failed(failure) => format!("not fetched ({failure}): "),
        Came::Page(_) | Came::Closed => String::new(),
    };
    let line = format!(
        "{} fetched, {} in the queue, {} found: {said}{}",
        counted(fetched.count(), "page"),
        survey.waiting(),
        counted(survey.columns(), "column"),
        sheet.url
    );
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let short: String = line.chars().take(110).collect();
        let _ = write!(stderr, "\r\x1b[2K{short}");
        let _ = stderr.flush();
    } else {
        say_error(&line);
    }
}

/// `1 page`, `2 pages`.
fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// Writes the fragment, and says how the crawl ended.
fn finish(
    discover: &Discover,
    survey: &Survey,
    state: Option<State>,
    end: End,
) -> anyhow::Result<bool> {
    let proposals = propose(survey);
    let style = Style {
        site: discover.site.clone(),
        unit: discover.unit.clone(),
        private_addresses: discover.private && is_private(&discover.home),
        robots: !discover.no_robots,
        today: date_of(instant(discover.as_of)),
        is_complete: survey.next().is_none(),
    };
    let text = fragment(survey, &proposals, &style);
    match &discover.out {
        Some(out) => {
            output::write(out, &text)?;
            say(&format!(
                "{}: {}, {} that could not be read",
                out.display(),
                counted(proposals.columns.len(), "column"),
                counted(proposals.unread.len(), "page")
            ));
        }
        None => say(&text),
    }
    let again = survey.sheets().iter().filter(|sheet| sheet.may_pass());
    let again = again.count();
    match (state, again) {
        (Some(state), 0) if end == End::Done => state.remove()?,
        (Some(_), again) if end == End::Done => say_error(&format!(
            "{} failed in passing, the same command tries again",
            counted(again, "page")
        )),
        _ => {}
    }
    match end {
        // A site without any column is an answer, and not the one that was hoped for.
        End::Done => Ok(!proposals.columns.is_empty()),
        End::Requests | End::Time | End::Stopped => {
            let more = match survey.waiting() {
                1 => "1 address is left".to_owned(),
                more => format!("{more} addresses are left"),
            };
            let what = end.in_words();
            let how = match &discover.out {
                Some(_) => "the same command goes on from here",
                None => "with --out FILE a run can be gone on with",
            };
            say_error(&format!("{what}; {more}, {how}"));
            Ok(end != End::Stopped)
        }
    }
}
