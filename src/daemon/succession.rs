//! What waits for people who are no longer known, handed down to those who hold their offices now.

use std::collections::BTreeSet;

use super::desk::Desk;
use crate::alert::outbox::{Message, MessageKey, Notice, NoticeState};
use crate::alert::succession::{not_told, successors};
use crate::domain::time::Moment;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// What becomes of notices whose person is no longer known.
#[derive(Debug, Default)]
pub(super) struct HandedDown {
    /// What is told to those who hold the office now, and have not been told.
    pub fresh: Vec<Notice>,
    /// Those that somebody in office has now, or had already, or that are over.
    pub handed: BTreeSet<MessageKey>,
}

impl Desk {
    /// Hands down what waits for people who are no longer known.
    pub(super) async fn leave_to_successors(&self, now: Moment) -> Result<(), StoreError> {
        let people = &self.config.group.people;
        let mut left = self.store.waiting_notices().await?;
        left.retain(|notice| !people.contains_key(&notice.person));
        let down = self.hand_down(&left).await?;
        left.retain(|notice| down.handed.contains(&notice.key));
        if left.is_empty() {
            return Ok(());
        }
        tracing::info!(
            notices = left.len(),
            "what waited for people who left goes to their successors"
        );
        let mut commit = Commit::at(now);
        commit.notices = down.fresh;
        commit.notices.extend(left.into_iter().map(|notice| Notice {
            state: NoticeState::Withdrawn(now),
            ..notice
        }));
        self.store.commit(commit).await
    }

    /// Stores what `message`, whose person is no longer known, tells to those who hold the office now; and its
    /// end, where all of it has found somebody: whether that is so.
    pub(super) async fn goes_to_successors(&self, message: &Message) -> Result<bool, StoreError> {
        let _turn = self.turn.lock().await;
        let notices = self.store.notices(&message.notices).await?;
        let down = self.hand_down(&notices).await?;
        let is_handed = |notice: &Notice| down.handed.contains(&notice.key);
        let is_left = notices.is_empty() || !notices.iter().all(is_handed);
        let mut commit = Commit::at(self.clock.now());
        commit.notices = down.fresh;
        if !is_left {
            commit.messages.push(message.clone());
        }
        self.store.commit(commit).await.map(|()| !is_left)
    }

    /// What `notices`, whose person is no longer known, tell to those who hold the office now.
    pub(super) async fn hand_down(&self, notices: &[Notice]) -> Result<HandedDown, StoreError> {
        let mut down = HandedDown::default();
        if notices.is_empty() {
            return Ok(down);
        }
        let known = self.known().await?;
        let situation = known.situation(&self.config, self.clock.now());
        for notice in notices {
            if let Some(heirs) = successors(&situation, notice) {
                down.handed.insert(notice.key.clone());
                down.fresh.extend(heirs);
            }
        }
        if let Some(first) = down.fresh.iter().map(|one| one.created_at).min() {
            let mut others = self.store.waiting_notices().await?;
            for message in self.store.messages_since(first).await? {
                others.extend(self.store.notices(&message.notices).await?);
            }
            down.fresh = not_told(down.fresh, &others);
        }
        let keys: Vec<MessageKey> = down.fresh.iter().map(|one| one.key.clone()).collect();
        let told: BTreeSet<MessageKey> = self
            .store
            .notices(&keys)
            .await?
            .into_iter()
            .map(|one| one.key)
            .collect();
        let mut seen = told;
        down.fresh.retain(|one| seen.insert(one.key.clone()));
        Ok(down)
    }
}
