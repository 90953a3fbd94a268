//! What is put in order before messages are written: what earlier days left over, what late messages
//! have said today, and ends of what nobody has heard.

use super::desk::Desk;
use super::outbox::JUST_WRITTEN;
use super::standing::OF_LATE;
use crate::alert::notice::undelivered;
use crate::alert::outbox::{MessageKey, Notice, Told};
use crate::alert::overnight::{is_late_word, is_left_over, said_today, take_back};
use crate::alert::reconsider::Bench;
use crate::alert::unheard::unsaid_ends;
use crate::domain::time::{Moment, date_of};
use crate::report::plain::size;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// How the word begins that the disk of the store fills up.
const FILLS_UP: &str = "监测数据所在磁盘仅剩";

impl Desk {
    /// What earlier days could not send waits again.
    pub(super) async fn take_back(&self, now: Moment) -> Result<(), StoreError> {
        let mut left = Vec::new();
        for message in self.store.open_messages().await? {
            if is_left_over(&message, now) {
                let notices = self.store.notices(&message.notices).await?;
                left.push((message, notices));
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        let open = self.store.open_incidents().await?;
        let waiting = self.store.waiting_notices().await?;
        let acts = self.store.acts().await?;
        let bench = Bench {
            open: &open,
            later: &waiting,
            acts: &acts,
            rules: &self.config.alert,
            now,
        };
        let back = take_back(&left, bench);
        if back.is_empty() {
            return Ok(());
        }
        tracing::info!(
            messages = back.messages.len(),
            "what earlier days could not send waits for the next digest"
        );
        let mut commit = Commit::at(now);
        commit.messages = back.messages;
        commit.notices = back.notices;
        commit.incidents = back.incidents;
        self.store.commit(commit).await
    }

    /// What messages of earlier days have said today is not repeated today.
    pub(super) async fn leave_unrepeated(
        &self,
        midnight: Moment,
        now: Moment,
    ) -> Result<(), StoreError> {
        let waiting = self.store.waiting_notices().await?;
        let repeats = |notice: &Notice| matches!(notice.told, Told::Repeated(..));
        if !waiting.iter().any(repeats) {
            return Ok(());
        }
        let mut heard = Vec::new();
        for message in self.store.messages_since(midnight - OF_LATE).await? {
            if is_late_word(&message, now) {
                heard.extend(self.store.notices(&message.notices).await?);
            }
        }
        let said = said_today(&waiting, &heard, now);
        if said.is_empty() {
            return Ok(());
        }
        let mut commit = Commit::at(now);
        commit.notices = said;
        self.store.commit(commit).await
    }

    /// The end of what still waits to be told is told to nobody.
    pub(super) async fn leave_unended(&self, now: Moment) -> Result<(), StoreError> {
        let waiting = self.store.waiting_notices().await?;
        let is_end = |notice: &Notice| notice.told == Told::Recovered;
        if !waiting.iter().any(is_end) {
            return Ok(());
        }
        let mut open = Vec::new();
        for message in self.store.open_messages().await? {
            let notices = self.store.notices(&message.notices).await?;
            open.push((message, notices));
        }
        let unsaid = unsaid_ends(&waiting, &open, now - JUST_WRITTEN, now);
        if unsaid.is_empty() {
            return Ok(());
        }
        let mut commit = Commit::at(now);
        commit.notices = unsaid;
        self.store.commit(commit).await
    }

    /// Where the disk of the store fills up, the operators hear of it, once a day, while there is room to
    /// tell them.
    pub(super) async fn tell_of_room(&self, now: Moment) -> Result<(), StoreError> {
        let health = self.store.health();
        let Some(free) = health.bytes_free.filter(|_| health.short_of_room) else {
            return Ok(());
        };
        let mut waiting = self.store.waiting_notices().await?;
        for message in self.store.open_messages().await? {
            waiting.extend(self.store.notices(&message.notices).await?);
        }
        if waiting
            .iter()
            .any(|notice| notice.facts.why.starts_with(FILLS_UP))
        {
            return Ok(());
        }
        let today = date_of(now);
        let cause = MessageKey::of(&["room", &today.to_string()]);
        let words = format!(
            "{FILLS_UP}{}，写满后监测和提醒将停止，请尽快清理或扩容",
            size(free)
        );
        // A digest may come too late: a full disk would keep it back for ever.
        self.tell_once(self.words_to_operators(&cause, &words))
            .await
    }

    /// Tells the operators `words` once for each `cause`, and not while the same words wait for them:
    /// with no digest, and on any day, but not before their hours.
    pub(super) async fn tell_operators(
        &self,
        cause: &MessageKey,
        words: &str,
    ) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        self.tell_once(self.words_to_operators(cause, words)).await
    }

    fn words_to_operators(&self, cause: &MessageKey, words: &str) -> Vec<Notice> {
        let (config, now) = (&self.config, self.clock.now());
        let (group, calendar) = (&config.group, &config.calendar);
        let today = date_of(now);
        let is_evening = config.alert.window.until <= now.time();
        let day = today.succ_opt().filter(|_| is_evening).unwrap_or(today);
        let mut notices = undelivered(group, calendar, &config.alert, cause, words, now);
        for notice in &mut notices {
            (notice.urgent, notice.put_off) = (true, Some(day));
        }
        notices
    }

    /// Keeps those of `notices` that are new.
    async fn tell_once(&self, notices: Vec<Notice>) -> Result<(), StoreError> {
        let notices = self.new_of(notices).await?;
        if notices.is_empty() {
            return Ok(());
        }
        let mut commit = Commit::at(self.clock.now());
        commit.notices = notices;
        self.store.commit(commit).await
    }

    /// What tells the operators, once a day and without waiting for their digest, that something which was to
    /// be heard at once was not; the digest says who did not hear what.
    pub(super) async fn words_of_loss(&self) -> Result<Vec<Notice>, StoreError> {
        let cause = MessageKey::of(&["loss", &date_of(self.clock.now()).to_string()]);
        let words = "有须立即告知的消息未能送达，请查看控制台“消息”页并以其他方式告知有关人员";
        self.new_of(self.words_to_operators(&cause, words)).await
    }

    /// Those of `notices` that are not known, and whose words do not wait already.
    pub(super) async fn new_of(&self, mut notices: Vec<Notice>) -> Result<Vec<Notice>, StoreError> {
        let keys: Vec<MessageKey> = notices.iter().map(|told| told.key.clone()).collect();
        let mut known = self.store.notices(&keys).await?;
        known.extend(self.store.waiting_notices().await?);
        for waiting in self.store.open_messages().await? {
            known.extend(self.store.notices(&waiting.notices).await?);
        }
        let says = |one: &Notice, other: &Notice| {
            one.key == other.key || one.person == other.person && one.facts.why == other.facts.why
        };
        notices.retain(|notice| !known.iter().any(|known| says(known, notice)));
        Ok(notices)
    }
}
