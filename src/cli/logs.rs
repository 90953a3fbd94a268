//! Where the logs go: standard error, for people or as JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::settings::LogSettings;

/// Logs of the daemon, as configured.
pub fn daemon(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.filter)?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let begun = if settings.json {
        logs.json().try_init()
    } else {
        logs.with_ansi(std::io::stderr().is_terminal()).try_init()
    };
    begun.map_err(|error| anyhow::anyhow!("logging could not be started: {error}"))
}

/// Logs of a single command: only what went wrong.
pub fn quiet() {
    // Tests run several commands in one process; the first to come sets the logs.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("error"))
        .with_writer(std::io::stderr)
        .try_init();
}
