//! What the outbox does where its work was interrupted: by a clock that is doubted, or by the end of the
//! process.

use chrono::TimeDelta;

use super::{LONGEST_RETRY, Outbox};
use crate::alert::outbox::Delivery;
use crate::alert::overnight::after_death;
use crate::alert::wrong_clock::{self, is_about_clock};
use crate::assess::timekeeping::Doubt;
use crate::domain::id::PersonId;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

impl Outbox {
    /// While the clock is doubted the operators hear of it, once, and nothing else is sent.
    pub(super) async fn tell_of_clock(&self, doubt: Doubt) -> Result<(), StoreError> {
        let config = &self.desk.config;
        let now = self.desk.clock.now();
        let words = wrong_clock::doubted(doubt, &config.group, &config.alert, now);
        let since = doubt.corrected(now) - LONGEST_RETRY;
        let mut commit = Commit::at(now);
        for mut word in words {
            word.next_attempt_at = now;
            let known = self.desk.store.messages_since(since).await?;
            if known.iter().all(|known| known.key != word.key) {
                commit.messages.push(word);
            }
        }
        if !commit.messages.is_empty() {
            self.desk.store.commit(commit).await?;
        }
        for word in self.desk.store.open_messages().await? {
            // A wait that no failure leads to was reckoned by another time.
            let waits = word.next_attempt_at - now;
            let is_due = waits <= TimeDelta::zero() || waits > LONGEST_RETRY;
            if is_about_clock(&word)
                && is_due
                && let Some((word, hand)) = self.ending.in_hand(&word.key).await?
            {
                self.attempt(word, hand).await?;
            }
        }
        Ok(())
    }

    /// Once the clock is believed, those who were told of a doubt hear so.
    pub(super) async fn believe(&self) -> Result<(), StoreError> {
        if !self.timekeeper.is_doubt_over().await {
            return Ok(());
        }
        let _hand = self.ending.hand().await;
        let config = &self.desk.config;
        let now = self.desk.clock.now();
        let mut commit = Commit::at(now);
        for mut word in self.desk.store.open_messages().await? {
            if is_about_clock(&word) {
                word.delivery = Delivery::Withdrawn { at: now };
                commit.messages.push(word);
            }
        }
        commit
            .messages
            .extend(wrong_clock::believed(&config.group, &config.alert, now));
        self.desk.store.commit(commit).await
    }

    /// Attempts whose outcome a crash has hidden are due again, under the same key; and what ran out
    /// while nobody could send it has time again: whatever else had run out is ended.
    pub(super) async fn resume(&self) -> Result<(), StoreError> {
        let _hand = self.ending.hand().await;
        let now = self.desk.clock.now();
        let config = &self.desk.config;
        let more = |person: &PersonId, expires_at| {
            let person = config.group.people.get(person);
            after_death(expires_at, person, (&config.calendar, &config.alert), now)
        };
        let mut commit = Commit::at(now);
        for mut message in self.desk.store.open_messages().await? {
            let given = more(&message.person, message.expires_at);
            let hidden = matches!(message.delivery, Delivery::Attempting { .. });
            if hidden {
                message.delivery = Delivery::Queued {
                    last_error: Some("the outcome of the latest attempt is not known".to_owned()),
                };
                message.next_attempt_at = now;
                message.maybe_taken = true;
            }
            message.expires_at = given.unwrap_or(message.expires_at);
            if hidden || given.is_some() {
                commit.messages.push(message);
            }
        }
        for mut notice in self.desk.store.waiting_notices().await? {
            if let Some(given) = more(&notice.person, notice.expires_at) {
                notice.expires_at = given;
                commit.notices.push(notice);
            }
        }
        if commit.messages.is_empty() && commit.notices.is_empty() {
            return Ok(());
        }
        tracing::warn!(
            messages = commit.messages.len(),
            notices = commit.notices.len(),
            "messages that a crash has kept go out; attempts without a known outcome are repeated \
             under the same key"
        );
        self.desk.store.commit(commit).await
    }
}
