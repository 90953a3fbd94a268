//! `wangxun run`: the daemon in the foreground.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use super::{configured, logs, runtime};
use crate::clock::Clock;
use crate::daemon::event::Listener;
use crate::daemon::run::{Orders, run as run_daemon};

/// How long work that cannot be broken off may go on after the end.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// Runs until SIGTERM or SIGINT.
pub fn run(config: &Path) -> anyhow::Result<bool> {
    let loaded = configured(config)?;
    logs::daemon(&loaded.config.log)?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        let stop = stop_asked()?;
        let orders = Orders {
            config: Arc::new(loaded.config),
            clock: Clock::system(),
            listener: Listener::default(),
            ready: None,
            stamped: false,
            made_up: None,
        };
        run_daemon(orders, stop).await?;
        anyhow::Ok(true)
    });
    // The store is closed or beyond help; a look-up of a name may hang for a minute.
    runtime.shutdown_timeout(LONGEST_REST);
    ended
}

/// Ends at the first SIGTERM, SIGINT, or SIGHUP: there is no configuration to read again without a restart.
pub fn stop_asked() -> anyhow::Result<impl Future<Output = ()>> {
    let mut term = signal(SignalKind::terminate()).context("SIGTERM cannot be heard")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be heard")?;
    let mut hangup = signal(SignalKind::hangup()).context("SIGHUP cannot be heard")?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = hangup.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
