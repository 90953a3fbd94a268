//! `wangxun check-config`: every fault at once, or what a sound configuration means.

use std::path::Path;

use super::{say, say_error};
use crate::clock::Clock;
use crate::config::explain::explain;
use crate::config::load::load;
use crate::domain::time::date_of;

/// Whether the configuration is sound.
pub fn run(config: &Path) -> anyhow::Result<bool> {
    let now = Clock::system().now();
    match load(config, date_of(now)) {
        Ok(loaded) => {
            say(&explain(&loaded.config, &loaded.warnings, now));
            Ok(true)
        }
        Err(faults) => {
            say_error(&faults.to_string());
            Ok(false)
        }
    }
}
