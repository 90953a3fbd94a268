//! What became of text messages after a gateway took them: it posts to the console's address, or it
//! is asked from time to time.
//!
//! Reports touch messages that a gateway has: those that it accepted, and those that it may have taken
//! without an answer, of which a report with our key is the answer. A message in an attempt belongs to
//! the outbox: a report about it is refused, so that the gateway repeats it, and one that was asked for is
//! kept until the gateway is asked again, since it may be handed out once.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::{mpsc, watch};

use super::desk::Desk;
use super::ending::Ending;
use super::pulse::{AT_LEAST_EVERY, Pulse};
use crate::alert::outbox::{Delivery, Message};
use crate::clock::{Alarm, Bell};
use crate::deliver::courier::{Courier, SILENT_AFTER};
use crate::deliver::report::{self, Fate, Report};
use crate::domain::group::Route;
use crate::domain::time::Moment;
use crate::store::error::StoreError;
use crate::web::receipts::Posted;

/// How long after it was written a message's report is still looked for: carriers try for three
/// days.
const LOOKED_BACK: TimeDelta = TimeDelta::days(8);
/// How long after it was accepted a gateway is asked about a message.
const ASKED_FOR: TimeDelta = TimeDelta::days(3);
/// The most messages that a gateway is asked about at one time.
const MOST_ASKED: usize = 200;

/// What takes reports.
pub struct Receipts {
    /// The desk.
    pub desk: Desk,
    /// What ends messages.
    pub ending: Ending,
    /// The transports, to be asked.
    pub courier: Arc<Courier>,
    /// What gateways have posted.
    pub posted: mpsc::Receiver<Posted>,
    /// What was asked for and came during an attempt.
    pub early: Vec<Report>,
    /// Beats with every turn.
    pub pulse: Pulse,
    /// Wakes the outbox when a message goes to its next route.
    pub outbox: Bell,
    /// Turns true when the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

impl Receipts {
    /// Takes what is posted, and asks when `alarm` says so, until the stop. `alarm` is there where
    /// the gateway is to be asked.
    pub async fn run(mut self, alarm: Option<Alarm>) -> Result<(), StoreError> {
        let mut turn = 0;
        let every = self.desk.config.transports.receipts.ask_every;
        let every = every.and_then(|every| TimeDelta::from_std(every).ok());
        let mut asking = alarm.zip(every);
        if let Some((alarm, _)) = &mut asking {
            alarm.until(self.desk.clock.now()).await;
        }
        while !*self.stop.borrow() {
            self.pulse.beat();
            // An alarm wakes often enough by itself.
            let idle = asking.is_none();
            let now = self.desk.clock.now();
            let asked = async {
                match &mut asking {
                    Some((alarm, every)) => alarm.until(now + *every).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                posted = self.posted.recv() => match posted {
                    Some(posted) => self.take(posted).await?,
                    None => break,
                },
                () = asked => {
                    self.ask(turn).await?;
                    turn += 1;
                }
                () = tokio::time::sleep(AT_LEAST_EVERY), if idle => {}
                _ = self.stop.changed() => {}
            }
        }
        Ok(())
    }

    async fn take(&self, posted: Posted) -> Result<(), StoreError> {
        let transports = &self.desk.config.transports;
        let answer = match (&transports.sms, report::document(&posted.body)) {
            (Some(sms), Some(document)) => {
                let reports = report::posted(sms, &transports.receipts.form, &document);
                let early = self.apply(reports).await?;
                early.is_empty().then(|| report::thanks(sms))
            }
            (sms, _) => {
                tracing::warn!(
                    bytes = posted.body.len(),
                    "a post of the gateway cannot be read"
                );
                // It would not be readable the next time either.
                sms.as_ref().map(report::thanks)
            }
        };
        // Whoever posted may have gone.
        let _ = posted.answer.send(answer);
        Ok(())
    }

    /// Asks what became of messages: in each `turn` others first, so that those of which the gateway
    /// does not answer keep no others back.
    async fn ask(&mut self, turn: usize) -> Result<(), StoreError> {
        let now = self.desk.clock.now();
        let sent = self.sent(now).await?;
        let people = &self.desk.config.group.people;
        let mut open: Vec<(&Message, &str)> = sent
            .iter()
            .filter(|message| match &message.delivery {
                Delivery::Accepted { at, .. } => now - *at <= ASKED_FOR,
                Delivery::Queued { .. } | Delivery::Attempting { .. } => message.maybe_taken,
                _ => false,
            })
            .filter_map(|message| {
                let phone = people.get(&message.person)?.phone.as_deref()?;
                Some((message, phone))
            })
            .collect();
        if let Some(first) = (turn * SILENT_AFTER).checked_rem(open.len()) {
            open.rotate_left(first);
        }
        open.truncate(MOST_ASKED);
        let answers = self.courier.ask(&open, now).await;
        let mut reports = std::mem::take(&mut self.early);
        for answer in answers {
            match answer {
                Ok(report) => reports.push(report),
                Err(error) => {
                    tracing::warn!(%error, "the gateway did not say what became of messages")
                }
            }
        }
        self.early = self.apply(reports).await?;
        Ok(())
    }

    /// The text messages that a report may be about.
    async fn sent(&self, now: Moment) -> Result<Vec<Message>, StoreError> {
        let mut sent = self.desk.store.messages_since(now - LOOKED_BACK).await?;
        sent.retain(|message| message.route == Route::Sms);
        Ok(sent)
    }

    /// Moves messages on as `reports` say; answers with those of them that were about a message in an
    /// attempt, and are to be heard again.
    async fn apply(&self, reports: Vec<Report>) -> Result<Vec<Report>, StoreError> {
        let mut early = Vec::new();
        if reports.is_empty() {
            return Ok(early);
        }
        let _hand = self.ending.hand().await;
        let people = &self.desk.config.group.people;
        let mut sent = self.sent(self.desk.clock.now()).await?;
        for report in reports {
            let phone = |message: &Message| people.get(&message.person)?.phone.as_deref();
            let places = report.about(&sent, phone);
            let message = match places.as_slice() {
                [place] => sent.get_mut(*place),
                [] => None,
                several => {
                    let messages = several.len();
                    tracing::warn!(
                        messages,
                        "a report without our key, by a number that several messages have, says nothing"
                    );
                    None
                }
            };
            let Some(message) = message else {
                tracing::debug!("a report that is for none of our messages");
                continue;
            };
            match (&message.delivery, &report.fate) {
                (_, Fate::Pending) => {}
                (Delivery::Attempting { .. }, _) => early.push(report),
                _ if !is_at_gateway(message) => {}
                (_, Fate::Delivered) => self.arrived(message).await?,
                (_, Fate::Failed { permanent, error }) => {
                    self.lost(message, *permanent, error).await?;
                }
            }
        }
        Ok(early)
    }

    async fn arrived(&self, message: &mut Message) -> Result<(), StoreError> {
        let receipt = match &message.delivery {
            Delivery::Accepted { receipt, .. } => receipt.clone(),
            _ => None,
        };
        message.delivery = Delivery::Delivered {
            at: self.desk.clock.now(),
            receipt,
        };
        self.ending.put(message).await?;
        self.ending.count(message);
        Ok(())
    }

    async fn lost(
        &self,
        message: &mut Message,
        permanent: bool,
        error: &str,
    ) -> Result<(), StoreError> {
        tracing::warn!(key = %message.key, %error, "a message did not arrive");
        // What became of the only attempt is known now.
        if matches!(message.delivery, Delivery::Queued { .. }) && message.attempts == 1 {
            message.maybe_taken = false;
        }
        let failed = Delivery::Failed {
            at: self.desk.clock.now(),
            permanent,
            error: error.to_owned(),
        };
        let why = "已提交但未送达";
        self.ending
            .give_up(message.clone(), failed.clone(), why)
            .await?;
        message.delivery = failed;
        self.outbox.ring();
        Ok(())
    }
}

/// Whether a gateway has `message`, or may have it, and no attempt is being made.
fn is_at_gateway(message: &Message) -> bool {
    match &message.delivery {
        Delivery::Accepted { .. } => true,
        Delivery::Queued { .. } => message.maybe_taken,
        _ => false,
    }
}
