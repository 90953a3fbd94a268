//! The command line: one file a command. Exit codes: 0 done, 1 the answer is no (a fault in the
//! configuration, a message not accepted), 2 the command could not be carried out.

mod candidates;
mod check_config;
mod demo;
mod discover;
mod enact;
mod evaluate;
mod logs;
mod owner;
mod probe;
mod progress;
mod question;
mod rebuild;
mod rehearse;
mod replay;
mod report;
mod rubric;
mod run;
mod saved;
mod score;
mod sheet;
mod simulated;
mod token;
mod trial;
mod user;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::clock::Clock;
use crate::config::load::{Loaded, load};
use crate::domain::time::{Date, Moment, date_of, moment};

/// Where an installed configuration lies.
const INSTALLED: &str = "/etc/wangxun/monitor.toml";

/// Watches how fresh the columns of a government site group are, and warns the people responsible.
#[derive(Debug, Parser)]
#[command(name = "wangxun", version, max_term_width = 100)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon in the foreground until SIGTERM or SIGINT
    Run(Configured),
    /// Check the configuration: every fault at once, or what it means
    CheckConfig(Configured),
    /// Show what the reader makes of pages, and why; writes nothing
    Probe(Box<probe::Probe>),
    /// Find the columns of a site and propose them for sites.toml
    Discover(discover::Discover),
    /// Measure the reader against labelled pages
    Evaluate(evaluate::Evaluate),
    /// Show the table of units
    Status(question::Status),
    /// Explain the present verdict on one column, or how a rule came out for a site
    Why(question::Why),
    /// List the newest messages with their states
    Outbox(question::Outbox),
    /// List what the memory of items shows, for the operator to look at
    Flags(question::Flags),
    /// List the links of a site that lead nowhere, certain and suspected ones
    Links(question::Links),
    /// List what inspections found and only people can judge; confirm, reject, comment
    Candidates(candidates::Candidates),
    /// Send a test message to a person through the real transport
    SendTest(question::SendTest),
    /// Let a proposed escalation go out
    Release(question::Release),
    /// Take a list that seems redesigned for the column's from now on
    Accept(question::Accept),
    /// Take a unit's answer that a late column will be updated by a day
    Ack(enact::Ack),
    /// Exempt a column, site or unit for a time; end and list exemptions
    Exempt(Box<enact::Exempt>),
    /// Let the messages about a column or unit wait, or go out after all
    Hold(enact::Hold),
    /// End the trial run: units are told from now on
    GoLive(enact::GoLive),
    /// Make, change, remove and list the accounts of the console
    User(user::User),
    /// Make, remove and list the tokens of programs that use the console's interface
    Token(token::Token),
    /// Hand over the assessment of a month, quarter or year
    Report(report::Report),
    /// Enter what people find where the program does not measure, one by one or by a table
    Score(score::Score),
    /// Show the rules of assessment in force
    Rubric(rubric::Rubric),
    /// Build the store anew from its journal; the daemon must not run
    Rebuild(Configured),
    /// Show what these thresholds would have sent, beside what was sent; sends nothing
    Replay(replay::Replay),
    /// Let the daemon watch the configured sites under a scaled clock; sends nothing
    Rehearse(rehearse::Rehearse),
    /// Let the daemon watch a simulated group of 48 sites under a scaled clock
    Demo(demo::Demo),
}

/// Commands that read the configuration.
#[derive(Debug, Args)]
struct Configured {
    /// The main configuration file
    #[arg(long, value_name = "FILE", default_value = INSTALLED)]
    config: PathBuf,
}

/// Runs the command that `args` ask for.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match Line::try_parse_from(args) {
        Ok(line) => line,
        Err(error) => {
            // Printing help fails only where nobody reads it.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let done = match line.command {
        Command::Run(configured) => run::run(&configured.config),
        Command::CheckConfig(configured) => check_config::run(&configured.config),
        Command::Probe(probe) => probe::run(*probe),
        Command::Discover(discover) => discover::run(discover),
        Command::Evaluate(evaluate) => evaluate::run(evaluate),
        Command::Status(status) => question::status(status),
        Command::Why(why) => question::why(why),
        Command::Outbox(outbox) => question::outbox(outbox),
        Command::Flags(flags) => question::flags(flags),
        Command::Links(links) => question::links(links),
        Command::Candidates(candidates) => candidates::run(candidates),
        Command::SendTest(test) => question::send_test(test),
        Command::Release(release) => question::release(release),
        Command::Accept(accept) => question::accept(accept),
        Command::Ack(ack) => enact::ack(ack),
        Command::Exempt(exempt) => enact::exempt(*exempt),
        Command::Hold(hold) => enact::hold(hold),
        Command::GoLive(go_live) => enact::go_live(go_live),
        Command::User(user) => user::run(user),
        Command::Token(token) => token::run(token),
        Command::Report(report) => report::run(&report),
        Command::Score(score) => score::run(score),
        Command::Rubric(rubric) => rubric::run(&rubric),
        Command::Rebuild(configured) => rebuild::run(&configured.config),
        Command::Replay(replay) => replay::run(&replay),
        Command::Rehearse(rehearse) => rehearse::run(&rehearse),
        Command::Demo(demo) => demo::run(demo),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            say_error(&format!("wangxun: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// Loads the configuration, or says every fault of it.
fn configured(path: &Path) -> anyhow::Result<Loaded> {
    let today = date_of(Clock::system().now());
    load(path, today).map_err(|faults| anyhow::anyhow!("the configuration has faults\n{faults}"))
}

/// Noon of the day asked for, or this instant.
fn instant(as_of: Option<Date>) -> Moment {
    match as_of.and_then(|day| day.and_hms_opt(12, 0, 0)) {
        Some(noon) => moment(noon),
        None => Clock::system().now(),
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime could be started")
}

/// Writes to standard output; whoever closed it wants no more.
/// A day as it is written in arguments.
fn day(text: &str) -> Result<Date, String> {
    let how = "a day is written as year, month and day, for example 2017-11-10";
    text.parse().map_err(|_| how.to_owned())
}

fn say(text: &str) {
    let _ = heard(text);
}

/// Writes to standard output; answers whether somebody may still read there.
fn heard(text: &str) -> bool {
    use std::io::Write as _;
    let said = writeln!(std::io::stdout(), "{}", text.trim_end_matches('\n'));
    !said.is_err_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Writes to standard error.
fn say_error(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{}", text.trim_end_matches('\n'));
}
