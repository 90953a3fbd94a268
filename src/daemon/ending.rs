//! The end of a message that did not reach its person: the next route is tried, or the operators
//! are told, in the same transaction. So nothing ends in silence.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};

use super::desk::Desk;
use crate::alert::detour::failing_since;
use crate::alert::notice::undelivered;
use crate::alert::outbox::{Delivery, Message, MessageKey};
use crate::alert::route::{former, post};
use crate::domain::time::{Moment, date_of};
use crate::report::plain::instant;
use crate::report::recipient::route_in_chinese;
use crate::store::commit::Commit;
use crate::store::error::StoreError;
use crate::web::label;
use crate::web::metrics::Metrics;

/// What ends messages.
#[derive(Clone)]
pub struct Ending {
    /// The desk.
    pub desk: Desk,
    /// Counts.
    pub metrics: Arc<Metrics>,
    hand: Arc<Mutex<()>>,
}

impl Ending {
    /// What ends the messages of `desk`.
    pub fn new(desk: Desk, metrics: Arc<Metrics>) -> Ending {
        Ending {
            desk,
            metrics,
            hand: Arc::default(),
        }
    }

    /// The right to move messages on that are in no attempt, held from reading a message to storing what
    /// became of it. Of outbox and reports only one has it, so neither undoes what the other stored.
    /// Whoever has it may wait for the turn of the desk, never the other way round.
    pub async fn hand(&self) -> MutexGuard<'_, ()> {
        self.hand.lock().await
    }

    /// The message with `key` as it is stored, and the right to move it on; `None` where a report has ended
    /// it since it was listed.
    pub async fn in_hand(
        &self,
        key: &MessageKey,
    ) -> Result<Option<(Message, MutexGuard<'_, ()>)>, StoreError> {
        let hand = self.hand().await;
        let stored = self.desk.store.message(key).await?;
        let open = stored.filter(|message| !message.delivery.is_final());
        Ok(open.map(|message| (message, hand)))
    }

    /// Ends `message` as `delivery` says; `why`, in Chinese, is what the operators read where the
    /// person has no further route.
    pub async fn give_up(
        &self,
        mut message: Message,
        delivery: Delivery,
        why: &str,
    ) -> Result<(), StoreError> {
        let now = self.desk.clock.now();
        let config = &self.desk.config;
        message.delivery = delivery;
        self.count(&message);
        let person = config.group.people.get(&message.person);
        if let Some(person) = person
            && self.desk.by_next_route(&message, person).await?
        {
            return Ok(());
        }
        if person.is_none() && self.desk.goes_to_successors(&message).await? {
            return Ok(());
        }
        let mut commit = Commit::at(now);
        let (calendar, rules) = (&config.calendar, &config.alert);
        let words = match person {
            Some(person) => format!(
                "发给{}的消息{why}，请核查联系方式或改用其他渠道",
                post(&person.id, None, &config.group)
            ),
            None => {
                let notices = self.desk.store.notices(&message.notices).await?;
                let unit = notices.iter().find_map(|notice| notice.unit.as_ref());
                format!("{}已从名单中移除，其消息{why}", former(unit, &config.group))
            }
        };
        match person {
            Some(person) if person.is_operator() => {
                tracing::error!(key = %message.key, "an operator could not be told");
            }
            _ => {
                let group = &config.group;
                let told = undelivered(group, calendar, rules, &message.key, &words, now);
                commit.notices.extend(told);
            }
        }
        commit.messages.push(message.clone());
        self.desk.end_unheard(&message, commit).await
    }

    /// Tells the operators, once a day, that the transport of `message` has taken nothing for long.
    pub async fn tell_of_way(&self, message: &Message, now: Moment) -> Result<(), StoreError> {
        let Some(since) = failing_since(message) else {
            return Ok(());
        };
        let day = date_of(now).to_string();
        let cause = MessageKey::of(&["way", message.route.key(), &day]);
        let words = format!(
            "{}渠道自{}起未能发出消息，相关人员没有其他渠道，请检查",
            route_in_chinese(message.route),
            instant(since, now)
        );
        self.desk.tell_operators(&cause, &words).await
    }

    /// Stores `message` as it is now.
    pub async fn put(&self, message: &Message) -> Result<(), StoreError> {
        let mut commit = Commit::at(self.desk.clock.now());
        commit.messages.push(message.clone());
        self.desk.store.commit(commit).await
    }

    /// Counts the state that `message` reached.
    pub fn count(&self, message: &Message) {
        self.metrics
            .message(message.route, label::delivery(&message.delivery));
    }
}
