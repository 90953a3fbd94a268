//! Commands that ask: the running daemon over its socket, or the store itself where none runs.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use tokio::time::Instant;

use super::{Configured, configured, day, logs, owner, report, runtime, say, say_error};
use crate::assess::score::period::Period;
use crate::clock::Clock;
use crate::config::quantity::duration;
use crate::config::settings::Config;
use crate::daemon::answer::{Answer, Clerk, Question};
use crate::daemon::assessment::{TELL_NOBODY, Tell};
use crate::daemon::control;
use crate::daemon::desk::Desk;
use crate::daemon::lapse::mute;
use crate::daemon::run::store_settings;
use crate::deliver::courier::Courier;
use crate::domain::time::Date;
use crate::fetch::tls::init_crypto;
use crate::store::error::StoreError;
use crate::store::handle::Store;

/// How long a daemon that begins or ends is waited for.
const LONGEST_START: Duration = Duration::from_secs(10);

/// `wangxun status`.
#[derive(Debug, Args)]
pub struct Status {
    #[command(flatten)]
    configured: Configured,
    /// Say only whether the monitor still looks; exit with 1 where it has not for so long, e.g. 2h
    #[arg(long, value_name = "TIME", value_parser = longest)]
    fail_if_stale: Option<Duration>,
}

/// `wangxun why`.
#[derive(Debug, Args)]
pub struct Why {
    #[command(flatten)]
    configured: Configured,
    /// The column, e.g. kxw/gzdt, or the site, e.g. kxw; with --rule, the site
    #[arg(value_name = "COLUMN|SITE")]
    about: String,
    /// Explain how this rule of assessment came out, e.g. D5
    #[arg(long, value_name = "ID", requires = "period")]
    rule: Option<String>,
    /// … in this period, e.g. 2026Q3
    #[arg(long, requires = "rule")]
    period: Option<Period>,
}

/// `wangxun outbox`.
#[derive(Debug, Args)]
pub struct Outbox {
    #[command(flatten)]
    configured: Configured,
    /// How many messages, the newest first
    #[arg(long, default_value_t = 50, value_name = "N")]
    newest: usize,
}

/// `wangxun flags`.
#[derive(Debug, Args)]
pub struct Flags {
    #[command(flatten)]
    configured: Configured,
    /// Only this column, e.g. kxw/gzdt
    #[arg(long, value_name = "ID")]
    column: Option<String>,
    /// Only what was seen on this day or later
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Date>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One array of JSON objects
    Json,
}

/// `wangxun links`.
#[derive(Debug, Args)]
pub struct Links {
    #[command(flatten)]
    configured: Configured,
    /// The site, e.g. kxw
    site: String,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// `wangxun send-test`.
#[derive(Debug, Args)]
pub struct SendTest {
    #[command(flatten)]
    configured: Configured,
    /// The person's id in contacts.toml
    #[arg(long, value_name = "PERSON")]
    to: String,
}

/// `wangxun release`.
#[derive(Debug, Args)]
pub struct Release {
    #[command(flatten)]
    configured: Configured,
    /// The column whose escalation is proposed
    column: String,
    /// Who releases it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// `wangxun accept`.
#[derive(Debug, Args)]
pub struct Accept {
    #[command(flatten)]
    configured: Configured,
    /// The column whose list seems redesigned
    column: String,
    /// Who accepts it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Shows the table of units, or whether the monitor still looks.
pub fn status(status: Status) -> anyhow::Result<bool> {
    let question = match status.fail_if_stale {
        None => Question::Status,
        Some(longest) => Question::Stale {
            longest_seconds: u32::try_from(longest.as_secs()).unwrap_or(u32::MAX),
        },
    };
    ask(&status.configured.config, question)
}

fn longest(text: &str) -> Result<Duration, String> {
    duration(
        text,
        Duration::from_secs(1)..=Duration::from_secs(366 * 86_400),
    )
}

/// Explains a verdict.
pub fn why(why: Why) -> anyhow::Result<bool> {
    let config = &why.configured.config;
    match why.rule.zip(why.period) {
        Some((rule, period)) => report::why(config, &why.about, &rule, period),
        None => ask(config, Question::Why { column: why.about }),
    }
}

/// Lists messages.
pub fn outbox(outbox: Outbox) -> anyhow::Result<bool> {
    let newest = outbox.newest;
    ask(&outbox.configured.config, Question::Outbox { newest })
}

/// Lists flags.
pub fn flags(flags: Flags) -> anyhow::Result<bool> {
    let question = Question::Flags {
        column: flags.column,
        since: flags.since,
        json: flags.format == Format::Json,
    };
    ask(&flags.configured.config, question)
}

/// Lists broken links.
pub fn links(links: Links) -> anyhow::Result<bool> {
    let question = Question::Links {
        site: links.site,
        json: links.format == Format::Json,
    };
    ask(&links.configured.config, question)
}

/// Sends a test message.
pub fn send_test(test: SendTest) -> anyhow::Result<bool> {
    let person = test.to;
    ask(&test.configured.config, Question::SendTest { person })
}

/// Releases an escalation.
pub fn release(release: Release) -> anyhow::Result<bool> {
    let question = Question::Release {
        column: release.column,
        by: release.by,
        reason: release.reason,
    };
    ask(&release.configured.config, question)
}

/// Accepts a changed list.
pub fn accept(accept: Accept) -> anyhow::Result<bool> {
    let Accept {
        configured,
        column,
        by,
        reason,
    } = accept;
    ask(&configured.config, Question::Accept { column, by, reason })
}

/// Asks and prints the answer.
pub fn ask(path: &Path, question: Question) -> anyhow::Result<bool> {
    let answer = answer(path, question)?;
    if answer.ok {
        say(&answer.text);
    } else {
        say_error(&answer.text);
    }
    Ok(answer.ok)
}

/// The answer, not yet printed.
pub fn answer(path: &Path, question: Question) -> anyhow::Result<Answer> {
    answer_telling(path, question, TELL_NOBODY)
}

/// The answer, with the steps on the way to it.
pub fn answer_telling(path: &Path, question: Question, tell: Tell<'_>) -> anyhow::Result<Answer> {
    logs::quiet();
    let config = configured(path)?.config;
    runtime()?.block_on(answered(config, question, tell))
}

/// The answer of the daemon, or of the store where none runs. A daemon that begins or ends just
/// now holds the store and hears nobody: it is asked again for a while.
async fn answered(config: Config, question: Question, tell: Tell<'_>) -> anyhow::Result<Answer> {
    let socket = config.control_socket.clone();
    let clock = Clock::system();
    let begun = Instant::now();
    let asks_for_life = matches!(question, Question::Stale { .. });
    loop {
        let answered = match control::ask(&socket, &question, tell).await {
            Err(error) if error.kind() == ErrorKind::TimedOut && asks_for_life => {
                let text = mute(control::LIFE_WAIT);
                return Ok(Answer { ok: false, text });
            }
            answered => answered.with_context(|| {
                let may_happen = match question {
                    Question::Enact(_) => "; the order may still be carried out",
                    _ => "",
                };
                let socket = socket.display();
                format!("the daemon behind {socket} does not answer{may_happen}")
            })?,
        };
        if let Some(answer) = answered {
            say_error("(answered by the running daemon)");
            return Ok(answer);
        }
        owner::respect(&config.store.dir)?;
        match Store::open(&store_settings(&config), clock.now()).await {
            Ok((store, _)) => {
                return Box::pin(by_ourselves(config, store, clock, question, tell)).await;
            }
            Err(StoreError::InUse { .. }) if begun.elapsed() < LONGEST_START => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn by_ourselves(
    config: Config,
    store: Store,
    clock: Clock,
    question: Question,
    tell: Tell<'_>,
) -> anyhow::Result<Answer> {
    say_error(&format!(
        "(no daemon runs; read from the store in {})",
        config.store.dir.display()
    ));
    init_crypto();
    let courier = Courier::new(&config.transports, &config.identity.user_agent)?;
    let clerk = Clerk {
        desk: Desk::new(Arc::new(config), store, clock),
        courier: Arc::new(courier),
        outbox: None,
        loops: None,
        timekeeper: None,
    };
    Ok(clerk.answer(question, tell).await)
}
