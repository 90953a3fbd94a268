//! `wangxun rubric`: the rules of assessment that are in force.

use clap::{Args, ValueEnum};

use super::{Configured, configured, say};
use crate::report::rubric::table;

/// `wangxun rubric`.
#[derive(Debug, Args)]
pub struct Rubric {
    #[command(flatten)]
    configured: Configured,
    /// Also the rules that are disabled
    #[arg(long)]
    all: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object, always with all rules
    Json,
}

/// Prints the rules.
pub fn run(command: &Rubric) -> anyhow::Result<bool> {
    let rubric = configured(&command.configured.config)?.config.rubric;
    match command.format {
        Format::Text => say(&table(&rubric, command.all)),
        Format::Json => say(&serde_json::to_string_pretty(&rubric)?),
    }
    Ok(true)
}
