//! The configuration as understood: plain values, sound as a whole.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::alert::rules::AlertRules;
use crate::assess::limits::Limits;
use crate::assess::score::rubric::Rubric;
use crate::calendar::Calendar;
use crate::calendar::cron_line::CronLine;
use crate::domain::account::Admission;
use crate::domain::group::Group;
use crate::domain::transport::{Heartbeat, Transports};
use crate::domain::words::Expression;

/// Everything that the daemon is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that it was read from; it names the others.
    pub file: PathBuf,
    /// Units, sites, columns and people.
    pub group: Group,
    /// Limits and ladders by class.
    pub limits: Limits,
    /// Who is told what, when, in which words.
    pub alert: AlertRules,
    /// Holidays and make-up working days.
    pub calendar: Calendar,
    /// What is done when.
    pub schedule: Schedule,
    /// How messages leave.
    pub transports: Transports,
    /// Whether an installation whose text messages only reach a spool may run.
    pub spool_only_allowed: bool,
    /// Where state is kept.
    pub store: StorePlan,
    /// The console.
    pub console: ConsoleSettings,
    /// Who runs this installation.
    pub identity: OperatorSettings,
    /// The most pages that one visit to a column may fetch.
    pub page_budget: usize,
    /// The most visits under way at one time, over all hosts.
    pub visits_at_once: usize,
    /// The socket over which commands reach the running daemon.
    pub control_socket: PathBuf,
    /// What is logged.
    pub log: LogSettings,
    /// Where the monitor tells that it is alive, if anywhere.
    pub heartbeat: Option<Heartbeat>,
    /// Addresses that are asked whether the monitor itself is offline, when most hosts are silent.
    pub probes: Vec<Url>,
    /// By how much the machine's clock may differ from what most hosts tell; `None` where it is not
    /// checked.
    pub clock_tolerance: Option<Duration>,
    /// The rules of assessment.
    pub rubric: Rubric,
    /// So often a day each home page is asked whether it opens; `None` for not at all.
    pub samples_a_day: Option<u32>,
    /// The wrong and sensitive expressions that pages are looked through for.
    pub words: Vec<Expression>,
    /// How pages are inspected; `None` for not at all.
    pub inspection: Option<InspectionPlan>,
}

/// When and how far pages are inspected for what the assessment asks beside freshness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionPlan {
    /// When all sites are inspected.
    pub schedule: CronLine,
    /// The most pages of one site that are read in one inspection.
    pub pages_a_site: u32,
    /// The most links of one site that are asked in one inspection.
    pub links_a_site: u32,
}

/// What is done when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The visits to every column.
    pub visits: CronLine,
    /// The visits to every home page.
    pub homes: CronLine,
    /// The removal of what is too old to keep.
    pub prune: CronLine,
    /// The most by which a fire of `visits` or `homes` is delayed.
    pub jitter: Duration,
}

/// Where state is kept, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorePlan {
    /// The directory.
    pub dir: PathBuf,
    /// The memory for the store's cache.
    pub cache_bytes: u64,
    /// The operators hear when less is free where the store lies; 0 never.
    pub least_free_bytes: u64,
    /// How long copies of pages are kept.
    pub keep_bodies_days: u32,
    /// How long observations are kept.
    pub keep_history_days: u32,
}

/// The console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// Where it listens; `None` when it is switched off.
    pub listen: Option<SocketAddr>,
    /// Whom it lets in.
    pub admission: Admission,
}

/// Who runs this installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorSettings {
    /// The name, in Chinese.
    pub name: String,
    /// How webmasters reach the operator; part of the user agent.
    pub contact: String,
    /// How the monitor names itself to web servers.
    pub user_agent: String,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// One JSON object a line instead of words.
    pub json: bool,
    /// Which lines, in the words of `tracing`: `info`, `wangxun=debug,warn`.
    pub filter: String,
}
