//! What became of text messages after a gateway took them: it posts to the console's address, or it
//! is asked from time to time.
//!
//! Reports touch messages that were accepted and nothing else: what is still being sent belongs
//! to the outbox. A report for such a message is refused, so that the gateway repeats it.

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
                (early == 0).then(|| report::thanks(sms))
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
    async fn ask(&self, turn: usize) -> Result<(), StoreError> {
        let now = self.desk.clock.now();
        let sent = self.sent(now).await?;
        let people = &self.desk.config.group.people;
        let mut open: Vec<(&Message, &str)> = sent
            .iter()
            .filter(|message| match &message.delivery {
                Delivery::Accepted { at, .. } => now - *at <= ASKED_FOR,
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
        let mut reports = Vec::new();
        for answer in answers {
            match answer {
                Ok(report) => reports.push(report),
                Err(error) => {
                    tracing::warn!(%error, "the gateway did not say what became of messages")
                }
            }
        }
        self.apply(reports).await.map(|_| ())
    }

    /// The text messages that a report may be about.
    async fn sent(&self, now: Moment) -> Result<Vec<Message>, StoreError> {
        let mut sent = self.desk.store.messages_since(now - LOOKED_BACK).await?;
        sent.retain(|message| message.route == Route::Sms);
        Ok(sent)
    }

    /// Moves messages on as `reports` say; answers with how many of these were about a message
    /// that is still being sent, and are to be repeated.
    async fn apply(&self, reports: Vec<Report>) -> Result<usize, StoreError> {
        let mut early = 0;
        if reports.is_empty() {
            return Ok(early);
        }
        let people = &self.desk.config.group.people;
        let mut sent = self.sent(self.desk.clock.now()).await?;
        for report in reports {
            let concerned = sent.iter_mut().find(|message| {
                let person = people.get(&message.person);
                report.concerns(message, person.and_then(|person| person.phone.as_deref()))
            });
            let Some(message) = concerned else {
                tracing::debug!("a report for a message that is not ours");
                continue;
            };
            match (&message.delivery, report.fate) {
                (Delivery::Attempting { .. }, _) => early += 1,
                (Delivery::Accepted { receipt, .. }, Fate::Delivered) => {
                    message.delivery = Delivery::Delivered {
                        at: self.desk.clock.now(),
                        receipt: receipt.clone(),
                    };
                    self.ending.put(message).await?;
                    self.ending.count(message);
                }
                (Delivery::Accepted { .. }, Fate::Failed { permanent, error }) => {
                    let at = self.desk.clock.now();
                    tracing::warn!(key = %message.key, %error, "a message did not arrive");
                    let failed = Delivery::Failed {
                        at,
                        permanent,
                        error,
                    };
                    let why = "已提交但未送达";
                    self.ending
                        .give_up(message.clone(), failed.clone(), why)
                        .await?;
                    message.delivery = failed;
                    self.outbox.ring();
                }
                // Nothing is known yet, or all is known already.
                _ => {}
            }
        }
        Ok(early)
    }
}
