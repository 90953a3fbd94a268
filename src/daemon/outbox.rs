//! The loop of the outbox: writes the messages that are due, sends them, keeps every outcome.
//!
//! An attempt is on disk before it begins and its outcome after it ended. A process that dies in
//! between cannot know whether the transport took the message: it is sent once more under the same
//! key, by which a gateway that looks at keys recognises it.

mod interruption;

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::{MutexGuard, watch};

use super::desk::Desk;
use super::ending::Ending;
use super::event::{Event, Listener};
use super::pulse::Pulse;
use super::timekeeper::{DOUBTED_WAIT, Timekeeper};
use super::ways::Ways;
use crate::alert::detour;
use crate::alert::hours;
use crate::alert::outbox::{Delivery, Message};
use crate::assess::timekeeping::Stand;
use crate::clock::Alarm;
use crate::deliver::courier::{Attempt, Courier};
use crate::deliver::retry::next_attempt;
use crate::domain::time::{Moment, date_of, moment};
use crate::domain::transport::Way;
use crate::store::error::StoreError;

/// The longest wait until the store is asked again what is due.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(6);
/// The longest wait that a failure can lead to, apart from quiet hours.
const LONGEST_RETRY: TimeDelta = TimeDelta::hours(25);

/// How often it is asked whether what was due at the start was visited, should nobody ring.
const LOOKED_YET: TimeDelta = TimeDelta::minutes(1);

/// What was written no longer ago is true.
pub(super) const JUST_WRITTEN: TimeDelta = TimeDelta::minutes(1);

/// What the loop of the outbox works with.
pub struct Outbox {
    /// The desk.
    pub desk: Desk,
    /// What ends messages.
    pub ending: Ending,
    /// The transports.
    pub courier: Arc<Courier>,
    /// Told of every accepted message.
    pub listener: Listener,
    /// Beats with every attempt.
    pub pulse: Pulse,
    /// Tells whether the clock is believed.
    pub timekeeper: Timekeeper,
    /// Turns true when the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    /// The transport took it.
    Taken,
    /// It failed in a way that may pass.
    Again,
    /// It will not be tried again.
    GivenUp,
}

impl Outbox {
    /// Runs until the stop; fails only when the store does.
    pub async fn run(mut self, mut alarm: Alarm) -> Result<(), StoreError> {
        let clock = self.desk.clock.clone();
        alarm.until(clock.now()).await;
        let config = Arc::clone(&self.desk.config);
        let mut ways = Ways::new(&config.transports);
        let mut resumed = false;
        while !*self.stop.borrow() {
            self.pulse.beat();
            if let Stand::Doubted(doubt) = self.timekeeper.stand().await? {
                self.tell_of_clock(doubt).await?;
                tokio::select! {
                    () = alarm.until(clock.now() + DOUBTED_WAIT) => {}
                    _ = self.stop.changed() => {}
                }
                continue;
            }
            if !resumed {
                self.resume().await?;
                resumed = true;
            }
            // What waits since before the start is told with what follows from the time since.
            if self.desk.catch_up().await?.holds_all(clock.now()) {
                tokio::select! {
                    () = alarm.until(clock.now() + LOOKED_YET) => {}
                    _ = self.stop.changed() => {}
                }
                continue;
            }
            self.believe().await?;
            let compose_at = self.compose().await?;
            let ended = self.send_due(&mut ways).await?;
            let now = clock.now();
            let retry_at = self
                .desk
                .store
                .open_messages()
                .await?
                .iter()
                .map(|message| self.next_at(message, &ways, now))
                .min();
            // Whoever was to hear what ended unsent may have to hear something else, as may others.
            let anew = ended.then_some(now);
            let next = [compose_at, retry_at, anew].into_iter().flatten().min();
            let next = next.map_or(now + LONGEST_WAIT, |next| next.min(now + LONGEST_WAIT));
            tokio::select! {
                () = alarm.until(next.max(now + TimeDelta::seconds(1))) => {}
                _ = self.stop.changed() => {}
            }
        }
        Ok(())
    }

    async fn compose(&self) -> Result<Option<Moment>, StoreError> {
        let _hand = self.ending.hand().await;
        self.desk.compose().await
    }

    /// Sends what is due, fresh messages before those that have failed before; answers whether
    /// anything ended without being sent.
    async fn send_due(&self, ways: &mut Ways<'_>) -> Result<bool, StoreError> {
        let now = self.desk.clock.now();
        let mut due = self.desk.store.open_messages().await?;
        let is_due = |message: &Message| {
            self.due_at(message, now) <= now
                || message.expires_at < now
                || self.is_stuck(message, now)
        };
        due.retain(is_due);
        due.sort_by_cached_key(|message| {
            (message.attempts, message.created_at, message.person.clone())
        });
        ways.begin_pass();
        let mut ended = false;
        for listed in due {
            if *self.stop.borrow() {
                break;
            }
            self.pulse.beat();
            let Some((message, hand)) = self.ending.in_hand(&listed.key).await? else {
                continue;
            };
            // Slow attempts before this one may have used up the sending window.
            let now = self.desk.clock.now();
            let way = self.way_of(&message);
            if message.expires_at < now {
                self.give_up(message, Delivery::Expired { at: now }, "未能在有效期内发出")
                    .await?;
                ended = true;
            } else if self.allowed_from(&message, now) > now {
                self.defer(message, now).await?;
            } else if self.is_stuck(&message, now) {
                self.leave(message, now).await?;
                ended = true;
            } else if ways.free_at(&way, now) <= now {
                let Some(message) = self.still_true(message).await? else {
                    ended = true;
                    continue;
                };
                ways.begin(&way, now);
                let tried = self.attempt(message, hand).await?;
                ways.end(&way, tried == Tried::Again, self.desk.clock.now());
                ended |= tried == Tried::GivenUp;
            }
        }
        Ok(ended)
    }

    /// When something is to be done about `message`: an attempt, or that it leaves its route.
    fn next_at(&self, message: &Message, ways: &Ways<'_>, now: Moment) -> Moment {
        let way = self.way_of(message);
        let due = self.due_at(message, now);
        let again = due.max(ways.free_at(&way, now));
        let leaves = self.leaves_at(message).filter(|_| self.has_next(message));
        leaves.map_or(again, |leaves| {
            again.min(self.allowed_from(message, leaves.max(now)))
        })
    }

    /// Whether `message` has failed for so long by its route that it goes by the next one.
    fn is_stuck(&self, message: &Message, now: Moment) -> bool {
        self.has_next(message) && self.leaves_at(message).is_some_and(|leaves| leaves <= now)
    }

    fn leaves_at(&self, message: &Message) -> Option<Moment> {
        let after = self.desk.config.transports.retry.fall_back_after;
        detour::leaves_at(message, TimeDelta::from_std(after).ok()?)
    }

    fn has_next(&self, message: &Message) -> bool {
        let person = self.desk.config.group.people.get(&message.person);
        person.is_some_and(|person| detour::next_route(message, person).is_some())
    }

    /// Sends what `message` says by its person's next route, if it is still true.
    async fn leave(&self, message: Message, at: Moment) -> Result<(), StoreError> {
        let Some(message) = self.still_true(message).await? else {
            return Ok(());
        };
        let error = match &message.delivery {
            Delivery::Queued {
                last_error: Some(error),
            } => error.clone(),
            _ => String::new(),
        };
        tracing::warn!(key = %message.key, %error, "a message goes to the next route");
        let failed = Delivery::Failed {
            at,
            permanent: false,
            error,
        };
        self.give_up(message, failed, "多次发送未成功").await
    }

    /// `message` as things stand now, where it has waited; `None` where it was withdrawn.
    async fn still_true(&self, message: Message) -> Result<Option<Message>, StoreError> {
        let waited = self.desk.clock.now() - message.created_at >= JUST_WRITTEN;
        match waited {
            true => self.desk.reconsider(message).await,
            false => Ok(Some(message)),
        }
    }

    /// The transport that `message` goes by.
    fn way_of(&self, message: &Message) -> Way {
        let people = &self.desk.config.group.people;
        Way::of(message.route, people.get(&message.person))
    }

    /// When the next attempt is due. A wait that no failure leads to was decided before the clock
    /// was set back.
    fn due_at(&self, message: &Message, now: Moment) -> Moment {
        let latest = self.allowed_from(message, now + LONGEST_RETRY);
        if message.next_attempt_at > latest {
            now
        } else {
            message.next_attempt_at
        }
    }

    /// The first instant at or after `at` at which `message` may be sent: quiet hours hold for
    /// repetitions too, and on a later day than its own it comes after that day's digest was
    /// written, which may say the same.
    fn allowed_from(&self, message: &Message, at: Moment) -> Moment {
        let config = &self.desk.config;
        let person = config.group.people.get(&message.person);
        let hours = hours::of(person, &config.alert);
        if message.urgent {
            let sites = &config.alert.sites;
            return sites.leave(message.leaves, &config.calendar, hours, at);
        }
        let opens = config.calendar.opening(at, hours);
        match date_of(opens) == message.day() {
            true => opens,
            false => {
                let digest = hours::digest_at(person, &config.alert);
                opens.max(moment(date_of(opens).and_time(digest)))
            }
        }
    }

    async fn defer(&self, mut message: Message, now: Moment) -> Result<(), StoreError> {
        message.next_attempt_at = self.allowed_from(&message, now);
        self.ending.put(&message).await
    }

    /// One attempt at `message`, which is in `hand` until it has begun.
    async fn attempt(
        &self,
        mut message: Message,
        hand: MutexGuard<'_, ()>,
    ) -> Result<Tried, StoreError> {
        let begun = self.desk.clock.now();
        let Some(person) = self.desk.config.group.people.get(&message.person) else {
            let withdrawn = Delivery::Withdrawn { at: begun };
            let why = "未发出，请确认接替人已登记";
            self.give_up(message, withdrawn, why).await?;
            return Ok(Tried::GivenUp);
        };
        message.attempts = message.attempts.saturating_add(1);
        message.delivery = Delivery::Attempting { since: begun };
        let text = self.desk.with_links(&mut message).await?;
        self.ending.put(&message).await?;
        drop(hand);
        let sent = Message {
            text,
            ..message.clone()
        };
        let outcome = self.courier.send(person, &sent, begun).await;
        let at = self.desk.clock.now();
        if let Attempt::Failed { maybe_taken, .. } = outcome {
            message.maybe_taken |= maybe_taken;
        }
        match outcome {
            Attempt::Accepted { receipt } => {
                let accepted = Delivery::Accepted { at, receipt };
                self.end(message, accepted).await.map(|()| Tried::Taken)
            }
            Attempt::Failed {
                permanent: true,
                error,
                ..
            } => {
                tracing::warn!(key = %message.key, %error, "a message is refused for good");
                let failed = Delivery::Failed {
                    at,
                    permanent: true,
                    error,
                };
                self.give_up(message, failed, "被发送渠道拒绝").await?;
                Ok(Tried::GivenUp)
            }
            Attempt::Failed {
                error, retry_after, ..
            } => {
                let retry = &self.desk.config.transports.retry;
                let next = next_attempt(retry, message.attempts, at, &message.key);
                let asked = retry_after.and_then(|wait| TimeDelta::from_std(wait).ok());
                let next = asked.map_or(next, |wait| next.max(at + wait));
                message.next_attempt_at = self.allowed_from(&message, next);
                tracing::warn!(
                    key = %message.key, attempts = message.attempts, %error, "an attempt failed"
                );
                message.delivery = Delivery::Queued {
                    last_error: Some(error),
                };
                self.ending.count(&message);
                self.ending.put(&message).await?;
                self.tell_of_way(&message, at).await?;
                Ok(Tried::Again)
            }
        }
    }

    /// Where a message has failed for long and its person has no other route, the operators hear of the
    /// transport, once a day.
    async fn tell_of_way(&self, message: &Message, now: Moment) -> Result<(), StoreError> {
        let is_long = self.leaves_at(message).is_some_and(|leaves| leaves <= now);
        match is_long && !self.has_next(message) {
            true => self.ending.tell_of_way(message, now).await,
            false => Ok(()),
        }
    }

    async fn end(&self, mut message: Message, delivery: Delivery) -> Result<(), StoreError> {
        message.delivery = delivery;
        self.ending.put(&message).await?;
        self.ending.count(&message);
        if matches!(message.delivery, Delivery::Accepted { .. }) {
            self.listener.tell(Event::Accepted(Box::new(message)));
        }
        Ok(())
    }

    async fn give_up(
        &self,
        message: Message,
        delivery: Delivery,
        why: &str,
    ) -> Result<(), StoreError> {
        self.ending.give_up(message, delivery, why).await
    }
}
