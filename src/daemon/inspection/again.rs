//! Asking links: those of a walk, and those again that may be certain by now.

use chrono::TimeDelta;

use super::asking::{self, Asked, Memory};
use super::{Inspector, walked};
use crate::assess::links::again_at;
use crate::domain::group::Group;
use crate::domain::target::Target;
use crate::domain::time::Moment;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// The least time between two times of asking links again.
pub(super) const AGAIN_EVERY: TimeDelta = TimeDelta::hours(1);

impl Inspector {
    /// Asks those links again that may be certain then.
    pub(super) async fn ask_again(
        &self,
        memory: &mut Memory,
        now: Moment,
    ) -> Result<(), StoreError> {
        if memory.again_at.is_some_and(|at| now < at + AGAIN_EVERY) {
            return Ok(());
        }
        memory.again_at = Some(now);
        let paused = self.desk.paused().await?;
        let sites = self.desk.config.group.sites.values();
        for site in sites.filter(|site| !paused.contains(&site.id)) {
            let known = self.desk.store.targets(&site.id).await?;
            let is_due = |target: &Target| again_at(target).is_some_and(|at| at <= now);
            let due: Vec<Target> = known.into_iter().filter(is_due).collect();
            if due.is_empty() {
                continue;
            }
            let mut links = walked::again(site, &due, &self.missing(site).await?);
            links.extend(memory.controls(&site.access));
            links.extend(controls(&self.desk.config.group));
            let asked = self.ask(memory, links, now).await;
            let mut commit = Commit::at(now);
            commit.targets = walked::changed(due, &asked, now);
            self.desk.store.commit(commit).await?;
        }
        Ok(())
    }

    pub(super) async fn ask(
        &self,
        memory: &mut Memory,
        links: Vec<asking::Link<'_>>,
        now: Moment,
    ) -> Asked {
        let config = &self.desk.config;
        let asker = asking::Asker {
            fetcher: &self.fetcher,
            reach: &self.reach,
            at_once: config.visits_at_once.max(1) * 2,
            offline: config.alert.offline,
        };
        asker.ask(memory, links, now).await
    }
}

/// The home pages, which show that there is a way to the sites.
pub(super) fn controls(group: &Group) -> impl Iterator<Item = asking::Link<'_>> {
    group.sites.values().filter_map(|site| {
        Some(asking::Link {
            url: site.home.clone()?,
            access: &site.access,
            external: false,
            always: true,
            missing: None,
        })
    })
}
