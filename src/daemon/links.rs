//! The links of messages: their tokens when a message is attempted, and the answers that come back.

use ring::rand::SecureRandom as _;
use tokio::sync::{mpsc, watch};

use super::desk::Desk;
use super::pulse::{AT_LEAST_EVERY, Pulse};
use super::said::{REASON, said};
use crate::alert::acts::{Refusal, check_answer};
use crate::alert::incident::Subject;
use crate::alert::links::{Link, carried, filled, find, hash_of, incident_of, places, remember};
use crate::alert::outbox::Message;
use crate::alert::reconsider::in_order;
use crate::clock::Bell;
use crate::domain::act::{Act, Deed};
use crate::domain::time::{date_of, in_chinese};
use crate::report::refusal;
use crate::store::commit::Commit;
use crate::store::error::StoreError;
use crate::web::links::{Entered, LOOKED_BACK, No};

impl Desk {
    /// The text of `message` as it is sent, with new tokens in the places of its links, whose
    /// digests are put into `message`. They are to be stored before the text is sent.
    pub(super) async fn with_links(&self, message: &mut Message) -> Result<String, StoreError> {
        let Some(rules) = &self.config.alert.links else {
            return Ok(message.text.clone());
        };
        let wanted = places(&message.text);
        if wanted == 0 {
            return Ok(message.text.clone());
        }
        let now = self.clock.now();
        let beside = self.beside(message).await?;
        let notices = in_order(&beside.notices, beside.bench(&self.config, now));
        let notices: Vec<_> = notices.iter().collect();
        let open = &beside.open;
        let (mut tokens, mut links) = (Vec::new(), Vec::new());
        for place in carried(&notices, message.route).into_iter().take(wanted) {
            let Some(token) = token() else {
                tracing::error!("the system gives no random bytes: a link leads nowhere");
                break;
            };
            let notice = notices.get(place);
            let incident = notice.and_then(|notice| open.get(&notice.incident));
            let column = notice.and_then(|notice| notice.column.clone());
            // A link to what is over meanwhile leads to the page that says so.
            if let (Some(incident), Some(column)) = (incident, column) {
                let duty = match &incident.key.subject {
                    Subject::Duty(_, duty) => Some(duty.clone()),
                    _ => None,
                };
                links.push(Link {
                    hash: hash_of(&token),
                    column,
                    duty,
                    began_at: incident.began_at,
                    expires_at: now + rules.expires_after,
                });
            }
            tokens.push(token);
        }
        remember(message, links);
        Ok(filled(&message.text, &tokens))
    }

    /// Carries out what somebody entered on the page of a link.
    pub async fn answered_by_link(
        &self,
        entered: &Answer,
    ) -> Result<Result<String, No>, StoreError> {
        let Some(rules) = &self.config.alert.links else {
            return Ok(Err(No::Gone));
        };
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        let since = now - rules.expires_after - LOOKED_BACK;
        let messages = self.store.messages_since(since).await?;
        let (open, acts) = (self.store.open_incidents().await?, self.store.acts().await?);
        let link = find(&entered.hash, &messages);
        let Some((link, incident)) =
            link.and_then(|link| Some((link, incident_of(link, &open, &acts, now)?)))
        else {
            return Ok(Err(No::Gone));
        };
        let (by, reason) = match said(&entered.by, &entered.reason, REASON) {
            Ok(said) => said,
            Err(refused) => return Ok(Err(No::Because(refused.in_chinese(date_of(now))))),
        };
        if by.is_empty() || reason.is_empty() {
            return Ok(Err(No::Because("请填写姓名和理由。".to_owned())));
        }
        let (today, until) = (date_of(now), entered.until);
        let (bounds, calendar) = (self.config.alert.bounds, &self.config.calendar);
        if let Err(refusal) = check_answer(&acts, incident, until, today, bounds, calendar) {
            let why = match refusal {
                Refusal::Standing { .. } => refusal::of_act(&refusal, today),
                Refusal::Past { .. } | Refusal::PastMoment { .. } => {
                    "日期不能早于今天。".to_owned()
                }
                Refusal::TooLate { latest, .. } => {
                    format!("日期最晚可填{}。", in_chinese(latest, today))
                }
            };
            return Ok(Err(No::Because(why)));
        }
        let mut commit = Commit::at(now);
        commit.notices = self.repetitions(&incident.key, now).await?;
        let column = link.column.clone();
        tracing::info!(%column, "a unit answered by the link of a message");
        commit.acts.push(Act {
            approver: None,
            at: now,
            by,
            reason,
            deed: Deed::Answered {
                column,
                duty: link.duty.clone(),
                began_at: link.began_at,
                until,
                by_link: Some(link.hash.clone()),
            },
        });
        self.store.commit(commit).await?;
        Ok(Ok(in_chinese(until, today)))
    }
}

/// What somebody entered.
pub use crate::web::links::Answer;

/// 144 random bits from the system, written so that an address can hold them.
fn token() -> Option<String> {
    use base64::Engine as _;
    let mut bytes = [0_u8; 18];
    ring::rand::SystemRandom::new().fill(&mut bytes).ok()?;
    Some(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

/// What takes the answers.
pub struct Links {
    /// The desk.
    pub desk: Desk,
    /// What was entered on the pages.
    pub entered: mpsc::Receiver<Entered>,
    /// Beats with every turn.
    pub pulse: Pulse,
    /// Wakes the outbox after an answer.
    pub outbox: Bell,
    /// Turns true when the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

impl Links {
    /// Takes answers until the stop; fails only when the store does.
    pub async fn run(mut self) -> Result<(), StoreError> {
        while !*self.stop.borrow() {
            self.pulse.beat();
            tokio::select! {
                entered = self.entered.recv() => match entered {
                    Some(entered) => {
                        let answer = self.desk.answered_by_link(&entered.answer).await?;
                        self.outbox.ring();
                        // Whoever asked may have gone.
                        let _ = entered.back.send(answer);
                    }
                    // No console: nothing will come.
                    None => {
                        tokio::select! {
                            () = tokio::time::sleep(AT_LEAST_EVERY) => {}
                            _ = self.stop.changed() => {}
                        }
                    }
                },
                () = tokio::time::sleep(AT_LEAST_EVERY) => {}
                _ = self.stop.changed() => {}
            }
        }
        Ok(())
    }
}
