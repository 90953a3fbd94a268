//! The beginning and the end of a trial run, in which units hear nothing.

use super::desk::{Desk, Known};
use super::enact::Refused;
use crate::alert::acts::is_trial;
use crate::alert::trial;
use crate::domain::act::{Act, Deed};
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// Who lets an installation go live that is configured to be.
const BY_CONFIGURATION: &str = "monitor.toml";

impl Desk {
    /// Ends the trial run: what it held back is told as it stands now.
    pub(super) async fn end_trial(
        &self,
        by: String,
        reason: String,
    ) -> Result<Result<String, Refused>, StoreError> {
        let _turn = self.turn.lock().await;
        let known = self.known().await?;
        let live = self.config.alert.live;
        // Nobody has to wait for the daemon's first start.
        let ahead = !live && self.is_new(&known.acts).await?;
        if !ahead && !is_trial(&known.acts, live) {
            let text = "the installation is live already";
            return Ok(Err(Refused::other(text, "已经正式启用。")));
        }
        let columns = self.tell_all(&known, by, reason).await?;
        Ok(Ok(format!(
            "live from now on: {columns} columns are told of as they stand"
        )))
    }

    async fn tell_all(
        &self,
        known: &Known,
        by: String,
        reason: String,
    ) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let mut situation = known.situation(&self.config, now);
        situation.live = true;
        let verdicts = trial::go_live(&situation);
        let columns = verdicts.incidents.len();
        let mut commit = Commit::at(now);
        commit.incidents = verdicts.incidents;
        commit.notices = verdicts.notices;
        commit.acts.push(Act {
            approver: None,
            at: now,
            by,
            reason,
            deed: Deed::WentLive,
        });
        self.store.commit(commit).await?;
        tracing::info!(columns, "the installation went live");
        Ok(columns)
    }

    /// Whether nobody has been told anything yet, nor said whether anybody is to be.
    async fn is_new(&self, acts: &[Act]) -> Result<bool, StoreError> {
        let settled = |act: &Act| matches!(act.deed, Deed::TrialBegan | Deed::WentLive);
        Ok(!acts.iter().any(settled) && self.store.messages(1).await?.is_empty())
    }

    /// Settles at the start of the daemon whether the installation is live: a store that has never
    /// sent a message begins its trial run, unless the configuration says that it is live; one
    /// whose trial run was ended by the configuration is told all at once.
    pub async fn begin(&self) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let known = self.known().await?;
        if self.config.alert.live {
            // What the trial run held back is told once, and kept as told.
            if is_trial(&known.acts, false) {
                self.tell_all(&known, BY_CONFIGURATION.to_owned(), String::new())
                    .await?;
            }
            return Ok(());
        }
        if !self.is_new(&known.acts).await? {
            return Ok(());
        }
        let now = self.clock.now();
        let mut commit = Commit::at(now);
        commit.acts.push(Act {
            approver: None,
            at: now,
            by: BY_CONFIGURATION.to_owned(),
            reason: String::new(),
            deed: Deed::TrialBegan,
        });
        tracing::warn!("a trial run: units hear nothing until wangxun go-live");
        self.store.commit(commit).await
    }
}
