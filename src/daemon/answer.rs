//! Answers to the questions of the command line, whoever holds the store: the running daemon, or
//! the command itself where none runs.

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::assessment::{TELL_NOBODY, Tell};
use super::candidates::{Decide, Wanted};
use super::closing::{Close, Stated};
use super::desk::Desk;
use super::enact::Order;
use super::lapse::{Life, Signs, lapse};
use super::pulse::Pulse;
use super::said::{REASON, said};
use super::schedule;
use super::score::Found;
use super::timekeeper::Timekeeper;
use crate::alert::acts::is_trial;
use crate::assess::score::period::Period;
use crate::clock::Bell;
use crate::deliver::courier::Courier;
use crate::domain::group::Group;
use crate::domain::id::ColumnId;
use crate::domain::time::Date;
use crate::store::error::StoreError;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Question {
    /// The table of units.
    Status,
    /// Whether the monitor still looks: the answer is no where it has not for so long.
    Stale {
        /// The longest time that is in order, in seconds.
        longest_seconds: u32,
    },
    /// The paragraph that defends a column's verdict.
    Why {
        /// The column.
        column: String,
    },
    /// The newest messages with their states.
    Outbox {
        /// How many.
        newest: usize,
    },
    /// The flags for the operator, newest first.
    Flags {
        /// Of one column, or of all.
        column: Option<String>,
        /// Raised on this day or later.
        since: Option<Date>,
        /// As JSON, one object a line, instead of a table.
        json: bool,
    },
    /// A test message to a person, through the real transports.
    SendTest {
        /// The person.
        person: String,
    },
    /// Takes a changed list for the column's.
    Accept {
        /// The column.
        column: String,
        /// Who does so.
        by: String,
        /// Why.
        reason: String,
    },
    /// Lets a proposed escalation go out.
    Release {
        /// The column.
        column: String,
        /// Who releases it.
        by: String,
        /// Why; may be empty.
        #[serde(default)]
        reason: String,
    },
    /// The exemptions that run, are to come or have ended.
    Exemptions,
    /// Lays something down.
    Enact(Order),
    /// The assessment of a period, as JSON.
    Assess {
        /// The period.
        period: Period,
        /// By what is known now, though it is closed.
        anew: bool,
        /// Whether whoever asks wants to know how far it is; earlier versions do not understand that.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        telling: bool,
    },
    /// Closes a period, or corrects a closed one.
    Close(Close),
    /// Enters what a unit says to a point.
    State(Stated),
    /// Enters what a person found under a rule.
    Score(Found),
    /// Why nothing may be entered for these periods now.
    Periods(Vec<Period>),
    /// The bytes of an attachment, in base64.
    Attachment {
        /// Its digest, or the beginning of it.
        digest: String,
    },
    /// What inspections found and people have to judge.
    Candidates(Wanted),
    /// One of them.
    Candidate {
        /// Its key.
        candidate: String,
    },
    /// Decides of one of them.
    Decide(Decide),
    /// The links of a site that lead nowhere.
    Links {
        /// The site.
        site: String,
        /// As JSON instead of a list.
        json: bool,
    },
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether the question could be answered with what was asked for.
    pub ok: bool,
    /// The text for the terminal.
    pub text: String,
}

impl Answer {
    pub(super) fn yes(text: String) -> Answer {
        Answer { ok: true, text }
    }

    pub(super) fn no(text: impl Into<String>) -> Answer {
        Answer {
            ok: false,
            text: text.into(),
        }
    }
}

/// Answers questions.
#[derive(Clone)]
pub struct Clerk {
    /// The desk.
    pub desk: Desk,
    /// The transports, for test messages.
    pub courier: Arc<Courier>,
    /// Wakes the outbox of the running daemon.
    pub outbox: Option<Bell>,
    /// The loops of the running daemon; `None` where none runs.
    pub loops: Option<Vec<Pulse>>,
    /// Tells whether the running daemon believes the clock.
    pub timekeeper: Option<Timekeeper>,
}

impl Clerk {
    /// Answers `question`, and tells how far it is where that was asked for; trouble with the store is
    /// an answer too.
    pub async fn answer(&self, question: Question, tell: Tell<'_>) -> Answer {
        let decides = matches!(question, Question::Release { .. } | Question::Enact(_));
        let answered = match question {
            Question::Status => self.status().await,
            Question::Stale { longest_seconds } => self.stale(longest_seconds).await,
            Question::Why { column } => self.why(&column).await,
            Question::Links { site, json } => self.links(&site, json).await,
            Question::Candidates(wanted) => self.desk.candidates(wanted).await,
            Question::Candidate { candidate } => self.desk.candidate(&candidate).await,
            Question::Decide(decide) => self.decide(decide).await,
            Question::Outbox { newest } => self.outbox(newest).await,
            Question::Flags {
                column,
                since,
                json,
            } => self.flags(column.as_deref(), since, json).await,
            Question::SendTest { person } => Ok(self.send_test(&person).await),
            Question::Accept { column, by, reason } => self.accept(&column, &by, &reason).await,
            Question::Release { column, by, reason } => self.release(&column, &by, &reason).await,
            Question::Exemptions => self.exemptions().await,
            Question::Enact(order) => self.desk.enact(order).await,
            Question::Assess {
                period,
                anew,
                telling,
            } => {
                let tell = if telling { tell } else { TELL_NOBODY };
                self.assess(period, anew, tell).await
            }
            Question::Close(close) => self.desk.close(close).await,
            Question::State(stated) => self.desk.state(stated).await,
            Question::Score(found) => self.desk.score(found).await,
            Question::Periods(periods) => self.desk.untimely_of(&periods).await,
            Question::Attachment { digest } => self.desk.attachment(&digest).await,
        };
        if decides && let Some(bell) = &self.outbox {
            bell.ring();
        }
        answered.unwrap_or_else(|error| Answer::no(format!("the store cannot answer: {error}")))
    }

    async fn assess(
        &self,
        period: Period,
        anew: bool,
        tell: Tell<'_>,
    ) -> Result<Answer, StoreError> {
        Ok(match self.desk.assessed(period, anew, tell).await? {
            Err(refused) => Answer::no(refused.to_string()),
            Ok(assessment) => match serde_json::to_string(&assessment) {
                Ok(json) => Answer::yes(json),
                Err(error) => Answer::no(format!("the assessment cannot be written: {error}")),
            },
        })
    }

    async fn stale(&self, longest_seconds: u32) -> Result<Answer, StoreError> {
        let config = &self.desk.config;
        let store = &self.desk.store;
        let records = store.records().await?;
        let watched = records
            .values()
            .filter(|record| config.group.columns.contains_key(&record.column));
        let run = store.last_run(schedule::VISITS).await?;
        let signs = Signs {
            now: self.desk.clock.now(),
            visited_at: watched.map(|record| record.visited_at).max(),
            life: match &self.loops {
                None => Life::NoDaemon,
                Some(loops) => Life::Daemon {
                    silence: loops
                        .iter()
                        .map(|pulse| (pulse.part(), pulse.silence()))
                        .max_by_key(|(_, silence)| *silence),
                    missed_since: run.and_then(|run| {
                        let next = config.schedule.visits.next_after(run)?;
                        Some(next + TimeDelta::from_std(config.schedule.jitter).ok()?)
                    }),
                },
            },
        };
        Ok(
            match lapse(&signs, TimeDelta::seconds(longest_seconds.into())) {
                Ok(text) => Answer::yes(text),
                Err(text) => Answer::no(text),
            },
        )
    }

    async fn accept(&self, column: &str, by: &str, reason: &str) -> Result<Answer, StoreError> {
        let (by, reason) = match said(by, reason, REASON) {
            Ok(said) => said,
            Err(refused) => return Ok(Answer::no(refused.to_string())),
        };
        let group = &self.desk.config.group;
        let id = ColumnId::parse(column).ok();
        let Some(id) = id.filter(|id| group.columns.contains_key(id)) else {
            return Ok(Answer::no(unknown_column(column, group)));
        };
        if by.is_empty() || reason.is_empty() {
            return Ok(Answer::no("accepting a list needs a name and a reason"));
        }
        Ok(if self.desk.accept(&id, &by, &reason).await? {
            Answer::yes(format!(
                "the list of {id} is accepted by {by}; the next visit goes by it"
            ))
        } else {
            Answer::no(format!("the list of {id} does not seem redesigned"))
        })
    }

    async fn release(&self, column: &str, by: &str, reason: &str) -> Result<Answer, StoreError> {
        let (by, reason) = match said(by, reason, REASON) {
            Ok(said) => said,
            Err(refused) => return Ok(Answer::no(refused.to_string())),
        };
        let group = &self.desk.config.group;
        let id = ColumnId::parse(column).ok();
        let Some(id) = id.filter(|id| group.columns.contains_key(id)) else {
            return Ok(Answer::no(unknown_column(column, group)));
        };
        if by.is_empty() {
            return Ok(Answer::no("a release needs the name of who releases it"));
        }
        let acts = self.desk.store.acts().await?;
        if is_trial(&acts, self.desk.config.alert.live) {
            return Ok(Answer::no(
                "nothing is released in a trial run; see wangxun go-live",
            ));
        }
        Ok(if self.desk.release(&id, &by, &reason).await? {
            Answer::yes(format!("escalation of {id} released by {by}"))
        } else {
            Answer::no(format!("no escalation is proposed for {id}"))
        })
    }

    async fn decide(&self, decide: Decide) -> Result<Answer, StoreError> {
        Ok(match self.desk.decide(decide).await? {
            Ok(text) => Answer::yes(text),
            Err(refused) => Answer::no(refused.to_string()),
        })
    }
}

/// The nearest known ids: those with the same beginning.
pub(super) fn unknown_column(id: &str, group: &Group) -> String {
    let begin = id.split('/').next().unwrap_or_default();
    let near: Vec<_> = group
        .columns
        .keys()
        .map(ColumnId::as_str)
        .filter(|known| known.starts_with(begin))
        .take(20)
        .collect();
    if near.is_empty() {
        format!("no column {id:?}; they stand in sites.toml")
    } else {
        format!("no column {id:?}; near are {}", near.join(", "))
    }
}
