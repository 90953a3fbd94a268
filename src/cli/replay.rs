//! `wangxun replay`: what these thresholds would have sent in the past, by the journal.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::{Configured, configured, day, logs, say};
use crate::clock::Clock;
use crate::daemon::past::replay;
use crate::domain::time::{Date, date_of};
use crate::report::replay::{json, table};

/// `wangxun replay`.
#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    configured: Configured,
    /// The first day
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Date,
    /// The last day
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Date,
    /// The store whose past is looked at, or a copy of it; by default that of the configuration
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// Replays; nothing is sent, and nothing of the store is changed or locked.
pub fn run(order: &Replay) -> anyhow::Result<bool> {
    logs::quiet();
    anyhow::ensure!(
        order.from <= order.to,
        "the days end before they begin: from {} to {}",
        order.from,
        order.to
    );
    let config = configured(&order.configured.config)?.config;
    let dir = order.store.as_ref().unwrap_or(&config.store.dir);
    let replayed = replay(&config, dir, order.from, order.to)
        .with_context(|| format!("the journal below {} cannot be read", dir.display()))?;
    anyhow::ensure!(
        replayed.past.begins_at.is_some(),
        "there is no journal below {}",
        dir.display()
    );
    let today = date_of(Clock::system().now());
    let notes = replayed.notes(order.from, order.to, today);
    let text = match order.format {
        Format::Text => table(
            &replayed.was,
            &replayed.would,
            replayed.visits,
            &config.group,
            &notes,
        ),
        Format::Json => json(
            (order.from, order.to),
            &replayed.was,
            &replayed.would,
            replayed.visits,
            &notes,
        )?,
    };
    say(&text);
    Ok(true)
}
