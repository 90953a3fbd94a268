//! `wangxun rebuild`: the store anew from its journal.

use std::path::Path;

use super::{configured, logs, owner, say};
use crate::clock::Clock;
use crate::daemon::run::store_settings;
use crate::store::rebuild::rebuild;

/// Builds the store anew; the old one is set aside, never deleted.
pub fn run(config: &Path) -> anyhow::Result<bool> {
    logs::quiet();
    let loaded = configured(config)?;
    owner::respect(&loaded.config.store.dir)?;
    let rebuilt = rebuild(&store_settings(&loaded.config), Clock::system().now())?;
    if let Some(aside) = &rebuilt.aside {
        say(&format!("the former files are in {}", aside.display()));
    }
    say(&format!(
        "rebuilt from {} entries of the journal",
        rebuilt.entries
    ));
    let damage = rebuilt.damage;
    if damage.lines + damage.facts + damage.missing > 0 {
        say(&format!(
            "the journal is damaged: {} lines unreadable, {} facts lost, {} entries missing",
            damage.lines, damage.facts, damage.missing
        ));
    }
    Ok(true)
}
