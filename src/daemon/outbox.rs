//! The loop of the outbox: writes the messages that are due, sends them, keeps every outcome.
//!
//! An attempt is on disk before it begins and its outcome after it ended. A process that dies in
//! between cannot know whether the transport took the message: it is sent once more under the same
//! key, by which a gateway that looks at keys recognises it.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::watch;

use super::desk::Desk;
use super::event::{Event, Listener};
use super::pulse::Pulse;
use crate::alert::compose::second_try;
use crate::alert::notice::undelivered;
use crate::alert::outbox::{Delivery, Message};
use crate::clock::Alarm;
use crate::deliver::courier::{Attempt, Courier};
use crate::deliver::retry::next_attempt;
use crate::domain::group::{Person, Role, Route};
use crate::domain::time::Moment;
use crate::store::commit::Commit;
use crate::store::error::StoreError;
use crate::web::label;
use crate::web::metrics::Metrics;

/// The longest wait until the store is asked again what is due.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(6);
/// After so many failures in a row that may pass, a route is left alone as long as a message that
/// failed once.
const FAILURES_IN_A_ROW: u32 = 3;
/// The longest wait that a failure can lead to, apart from quiet hours.
const LONGEST_RETRY: TimeDelta = TimeDelta::hours(25);

/// What the loop of the outbox works with.
pub struct Outbox {
    /// The desk.
    pub desk: Desk,
    /// The transports.
    pub courier: Arc<Courier>,
    /// Told of every accepted message.
    pub listener: Listener,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Beats with every attempt.
    pub pulse: Pulse,
    /// Turns true when the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

/// Until when each route is left alone.
type Rests = [(Route, Option<Moment>); 2];

impl Outbox {
    /// Runs until the stop; fails only when the store does.
    pub async fn run(mut self, mut alarm: Alarm) -> Result<(), StoreError> {
        let clock = self.desk.clock.clone();
        alarm.until(clock.now()).await;
        self.resume().await?;
        let mut rests: Rests = [(Route::Sms, None), (Route::Mail, None)];
        while !*self.stop.borrow() {
            self.pulse.beat();
            let compose_at = self.desk.compose().await?;
            self.send_due(&mut rests).await?;
            let now = clock.now();
            let retry_at = self
                .desk
                .store
                .open_messages()
                .await?
                .iter()
                .map(|message| {
                    self.due_at(message, now)
                        .max(rest(&rests, message.route, now))
                })
                .min();
            let next = [compose_at, retry_at].into_iter().flatten().min();
            let next = next.map_or(now + LONGEST_WAIT, |next| next.min(now + LONGEST_WAIT));
            tokio::select! {
                () = alarm.until(next.max(now + TimeDelta::seconds(1))) => {}
                _ = self.stop.changed() => {}
            }
        }
        Ok(())
    }

    /// Attempts whose outcome a crash has hidden are due again, under the same key.
    async fn resume(&self) -> Result<(), StoreError> {
        let now = self.desk.clock.now();
        let mut commit = Commit::at(now);
        for mut message in self.desk.store.open_messages().await? {
            if matches!(message.delivery, Delivery::Attempting { .. }) {
                message.delivery = Delivery::Queued {
                    last_error: Some("the outcome of the latest attempt is not known".to_owned()),
                };
                message.next_attempt_at = now;
                commit.messages.push(message);
            }
        }
        if commit.messages.is_empty() {
            return Ok(());
        }
        tracing::warn!(
            messages = commit.messages.len(),
            "attempts without a known outcome are repeated under the same key"
        );
        self.desk.store.commit(commit).await
    }

    /// Sends what is due, fresh messages before those that have failed before.
    async fn send_due(&self, rests: &mut Rests) -> Result<(), StoreError> {
        let now = self.desk.clock.now();
        let mut due = self.desk.store.open_messages().await?;
        due.retain(|message| self.due_at(message, now) <= now || message.expires_at < now);
        due.sort_by_cached_key(|message| {
            (message.attempts, message.created_at, message.person.clone())
        });
        let mut in_a_row = [(Route::Sms, 0_u32), (Route::Mail, 0)];
        for message in due {
            if *self.stop.borrow() {
                break;
            }
            self.pulse.beat();
            // Slow attempts before this one may have used up the sending window.
            let now = self.desk.clock.now();
            let Some((_, failures)) = in_a_row
                .iter_mut()
                .find(|(route, _)| *route == message.route)
            else {
                continue;
            };
            if message.expires_at < now {
                self.give_up(message, Delivery::Expired { at: now }, "未能在有效期内发出")
                    .await?;
            } else if self.allowed_from(&message, now) > now {
                self.defer(message, now).await?;
            } else if *failures < FAILURES_IN_A_ROW && rest(rests, message.route, now) <= now {
                let route = message.route;
                let passing = self.attempt(message).await?;
                *failures = if passing { *failures + 1 } else { 0 };
                if *failures == FAILURES_IN_A_ROW {
                    self.leave_alone(route, rests);
                }
            }
        }
        Ok(())
    }

    fn leave_alone(&self, route: Route, rests: &mut Rests) {
        let wait = self.desk.config.transports.retry.first;
        let until = self.desk.clock.now() + TimeDelta::from_std(wait).unwrap_or(LONGEST_RETRY);
        tracing::warn!(?route, %until, "a route keeps failing and is left alone for a while");
        for (_, rest) in rests.iter_mut().filter(|(resting, _)| *resting == route) {
            *rest = Some(until);
        }
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
    /// repetitions too.
    fn allowed_from(&self, message: &Message, at: Moment) -> Moment {
        if message.urgent {
            return at;
        }
        let config = &self.desk.config;
        config.calendar.opening(at, config.alert.window)
    }

    async fn defer(&self, mut message: Message, now: Moment) -> Result<(), StoreError> {
        message.next_attempt_at = self.allowed_from(&message, now);
        self.put(&message, now).await
    }

    /// One attempt; whether it failed in a way that may pass.
    async fn attempt(&self, mut message: Message) -> Result<bool, StoreError> {
        let begun = self.desk.clock.now();
        let Some(person) = self.desk.config.group.people.get(&message.person) else {
            let withdrawn = Delivery::Withdrawn { at: begun };
            let why = "未发出，请确认接替人已登记";
            return self.give_up(message, withdrawn, why).await.map(|()| false);
        };
        message.attempts = message.attempts.saturating_add(1);
        message.delivery = Delivery::Attempting { since: begun };
        self.put(&message, begun).await?;
        let outcome = self.courier.send(message.route, person, &message).await;
        let at = self.desk.clock.now();
        match outcome {
            Attempt::Accepted { receipt } => {
                let accepted = Delivery::Accepted { at, receipt };
                self.end(message, accepted).await.map(|()| false)
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
                self.give_up(message, failed, "被发送渠道拒绝")
                    .await
                    .map(|()| false)
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
                self.count(&message);
                self.put(&message, at).await.map(|()| true)
            }
        }
    }

    fn count(&self, message: &Message) {
        self.metrics
            .message(message.route, label::delivery(&message.delivery));
    }

    async fn put(&self, message: &Message, at: Moment) -> Result<(), StoreError> {
        let mut commit = Commit::at(at);
        commit.messages.push(message.clone());
        self.desk.store.commit(commit).await
    }

    async fn end(&self, mut message: Message, delivery: Delivery) -> Result<(), StoreError> {
        message.delivery = delivery;
        self.put(&message, self.desk.clock.now()).await?;
        self.count(&message);
        if matches!(message.delivery, Delivery::Accepted { .. }) {
            self.listener.tell(Event::Accepted(Box::new(message)));
        }
        Ok(())
    }

    /// Ends a message that was not delivered: its person's next route, else a word to the
    /// operators, is written in the same transaction.
    async fn give_up(
        &self,
        mut message: Message,
        delivery: Delivery,
        why: &str,
    ) -> Result<(), StoreError> {
        let now = self.desk.clock.now();
        let config = &self.desk.config;
        message.delivery = delivery;
        self.count(&message);
        let notices = self.desk.store.notices(&message.notices).await?;
        let mut commit = Commit::at(now);
        let (calendar, rules) = (&config.calendar, &config.alert);
        let person = config.group.people.get(&message.person);
        let second = person.and_then(|to| second_try(&message, to, &notices, calendar, rules, now));
        let words = match person {
            Some(person) => format!(
                "发给{}的消息{why}，请核查联系方式或改用其他渠道",
                role_of(config, person)
            ),
            None => format!("发给已移除联系人的消息{why}"),
        };
        match second {
            Some(second) => commit.messages.push(second),
            None if person.is_some_and(is_operator) => {
                tracing::error!(key = %message.key, "an operator could not be told");
            }
            None => {
                let group = &config.group;
                commit.notices = undelivered(group, calendar, rules, &message.key, &words, now);
            }
        }
        commit.messages.push(message);
        self.desk.store.commit(commit).await
    }
}

/// Until when `route` is left alone; `now` when it is not.
fn rest(rests: &Rests, route: Route, now: Moment) -> Moment {
    let rest = rests.iter().find(|(resting, _)| *resting == route);
    // A longer rest than any was decided before the clock was set back.
    rest.and_then(|(_, until)| *until)
        .filter(|&until| until <= now + LONGEST_RETRY)
        .unwrap_or(now)
}

fn is_operator(person: &Person) -> bool {
    person.duties.iter().any(|duty| duty.role == Role::Operator)
}

/// A person as the operators may read of them: unit and role.
fn role_of(config: &crate::config::settings::Config, person: &Person) -> String {
    let Some(duty) = person.duties.first() else {
        return "联系人".to_owned();
    };
    let unit = duty
        .unit
        .as_ref()
        .and_then(|unit| config.group.units.get(unit))
        .map_or("", |unit| &unit.short);
    format!("{unit}{}", duty.role.in_chinese())
}
