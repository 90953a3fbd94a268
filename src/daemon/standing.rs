//! A message held against how things stand: before it is attempted, and when it has failed. What is no longer
//! true is withdrawn, what is still to be said goes on.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::desk::Desk;
use crate::alert::compose::second_try;
use crate::alert::detour::next_route;
use crate::alert::incident::{Incident, IncidentKey};
use crate::alert::outbox::{Delivery, Message, Notice, NoticeState};
use crate::alert::quiet;
use crate::alert::reconsider::{Bench, Outcome, reconsider, sort_out, untold};
use crate::alert::unheard::unheard;
use crate::config::settings::Config;
use crate::domain::act::Act;
use crate::domain::group::Person;
use crate::domain::time::{Moment, date_of};
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// A message that runs out has waited for less; what was told before is taken for heard.
pub(super) const OF_LATE: TimeDelta = TimeDelta::days(35);

impl Desk {
    /// `message` as things stand now, kept; `None` where it was withdrawn.
    pub async fn reconsider(&self, mut message: Message) -> Result<Option<Message>, StoreError> {
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        let beside = self.beside(&message).await?;
        let Beside { notices, open, .. } = &beside;
        let bench = beside.bench(&self.config, now);
        let mut commit = Commit::at(now);
        let kept = match reconsider(&message, notices, bench) {
            Outcome::AsItIs => return Ok(Some(message)),
            Outcome::Reworded(reworded, gone) => {
                commit.incidents = untold(&message, notices, &gone, open);
                let aside = self.unheard_aside(&message, &gone, open).await?;
                commit.incidents.extend(aside);
                commit.notices = gone;
                commit.messages.push((*reworded).clone());
                Some(*reworded)
            }
            Outcome::Withdrawn(gone) => {
                tracing::info!(key = %message.key, "a message that is no longer true, or has to wait, is withdrawn");
                commit.incidents = untold(&message, notices, &gone, open);
                let aside = self.unheard_aside(&message, &gone, open).await?;
                commit.incidents.extend(aside);
                commit.notices = gone;
                message.delivery = Delivery::Withdrawn { at: now };
                commit.messages.push(message);
                None
            }
        };
        self.store.commit(commit).await?;
        Ok(kept)
    }

    /// Stores the end of `failed`, and with it what of it is still to be said, by the next route of its
    /// `person`; false where there is none and nothing was stored.
    pub async fn by_next_route(
        &self,
        failed: &Message,
        person: &Person,
    ) -> Result<bool, StoreError> {
        if next_route(failed, person).is_none() {
            return Ok(false);
        }
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        let beside = self.beside(failed).await?;
        let Beside { notices, open, .. } = &beside;
        let bench = beside.bench(&self.config, now);
        let (left, gone) = sort_out(failed, notices, bench);
        let mut commit = Commit::at(now);
        commit.incidents = untold(failed, notices, &gone, open);
        commit.notices = gone;
        commit.messages.push(failed.clone());
        // What a person lets wait goes later in a message of its own.
        for notice in &mut commit.notices {
            if notice.state == NoticeState::Waiting {
                notice.laid_back_at = Some(now);
            }
        }
        // What cannot be read any more is said in the words in which it was written.
        // The line of a quiet day speaks of the day before, and says nothing true on a later one.
        let is_stale = quiet::is_line(failed) && failed.day() < date_of(now);
        let is_over = is_stale || (left.is_empty() && !commit.notices.is_empty());
        match second_try(failed, person, &left, &self.config.calendar, bench) {
            Some(second) if !is_over => {
                commit
                    .notices
                    .extend(laid_back(notices, &second, failed, now));
                commit.messages.push(second);
            }
            _ => self.add_unheard(failed, &mut commit).await?,
        }
        self.store.commit(commit).await.map(|()| true)
    }

    /// Stores `commit`, with which `ended`, a message that reached nobody, ends; that its person was not
    /// told what no other message has told; and, where that was to be heard at once, a word to the operators.
    pub async fn end_unheard(&self, ended: &Message, mut commit: Commit) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        self.add_unheard(ended, &mut commit).await?;
        let person = self.config.group.people.get(&ended.person);
        if ended.urgent && person.is_some_and(|person| !person.is_operator()) {
            commit.notices.extend(self.words_of_loss().await?);
        }
        self.store.commit(commit).await
    }

    async fn add_unheard(&self, ended: &Message, commit: &mut Commit) -> Result<(), StoreError> {
        let now = self.clock.now();
        let open = self.store.open_incidents().await?;
        let later = self.store.waiting_notices().await?;
        let mut known = Vec::new();
        for message in self
            .store
            .messages_since(ended.created_at - OF_LATE)
            .await?
        {
            if message.person == ended.person {
                let notices = self.store.notices(&message.notices).await?;
                known.push((message, notices));
            }
        }
        let bench = Bench {
            open: &open,
            later: &later,
            acts: &[],
            rules: &self.config.alert,
            now,
        };
        let own = self.store.notices(&ended.notices).await?;
        let aside = self.unheard_aside(ended, &own, &open).await?;
        commit.incidents.extend(aside);
        let unheard = unheard(ended, &known, bench);
        commit.incidents.extend(unheard.incidents);
        commit.notices.extend(unheard.notices);
        Ok(())
    }

    /// The incidents that were laid aside and of which `message`, which was surely not taken, was to be the first
    /// word, among what it no longer says: its person hears nothing of their end.
    async fn unheard_aside(
        &self,
        message: &Message,
        unsaid: &[Notice],
        open: &BTreeMap<IncidentKey, Incident>,
    ) -> Result<Vec<Incident>, StoreError> {
        if message.maybe_taken || !unsaid.iter().any(|notice| notice.first) {
            return Ok(Vec::new());
        }
        let mut aside = self.store.closed_since(message.created_at).await?;
        let was_to_say = |incident: &Incident| {
            let mut first = unsaid.iter().filter(|notice| notice.first);
            first.any(|notice| notice.incident == incident.key)
        };
        aside.retain(|incident| {
            incident.unended && !open.contains_key(&incident.key) && was_to_say(incident)
        });
        for incident in &mut aside {
            incident.told.remove(&message.person);
        }
        Ok(aside)
    }

    /// What `message` is held against.
    pub(super) async fn beside(&self, message: &Message) -> Result<Beside, StoreError> {
        Ok(Beside {
            notices: self.store.notices(&message.notices).await?,
            open: self.store.open_incidents().await?,
            later: self.later_than(message).await?,
            acts: self.store.acts().await?,
        })
    }

    /// What is told to anybody after `message`: what waits, and what newer messages to its person
    /// carry.
    async fn later_than(&self, message: &Message) -> Result<Vec<Notice>, StoreError> {
        let mut later = self.store.waiting_notices().await?;
        for newer in self.store.messages_since(message.created_at).await? {
            let withdrawn = matches!(newer.delivery, Delivery::Withdrawn { .. });
            if newer.person == message.person && newer.key != message.key && !withdrawn {
                later.extend(self.store.notices(&newer.notices).await?);
            }
        }
        Ok(later)
    }
}

/// Those of `notices` that go by the next route in `second`: should they become part of yet another
/// message, it is another one than `failed`, of which the gateway knows what became. What it may have
/// taken is repeated under its key.
fn laid_back(notices: &[Notice], second: &Message, failed: &Message, now: Moment) -> Vec<Notice> {
    if failed.maybe_taken {
        return Vec::new();
    }
    let goes_on = notices
        .iter()
        .filter(|notice| second.notices.contains(&notice.key));
    goes_on
        .map(|notice| Notice {
            laid_back_at: Some(now),
            ..notice.clone()
        })
        .collect()
}

/// What the store holds beside a message.
pub(super) struct Beside {
    /// What it carries.
    pub notices: Vec<Notice>,
    /// The incidents that are not over.
    pub open: BTreeMap<IncidentKey, Incident>,
    /// What is told later.
    later: Vec<Notice>,
    acts: Vec<Act>,
}

impl Beside {
    pub fn bench<'a>(&'a self, config: &'a Config, now: Moment) -> Bench<'a> {
        Bench {
            open: &self.open,
            later: &self.later,
            acts: &self.acts,
            rules: &config.alert,
            now,
        }
    }
}
