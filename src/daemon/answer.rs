//! Answers to the questions of the command line, whoever holds the store: the running daemon, or
//! the command itself where none runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::candidates::{Decide, Wanted};
use super::closing::{Close, Stated};
use super::desk::Desk;
use super::enact::Order;
use super::lapse::{Life, Signs, lapse};
use super::of_sites;
use super::pulse::Pulse;
use super::schedule;
use super::score::Found;
use super::timekeeper::Timekeeper;
use crate::alert::acts::is_trial;
use crate::alert::incident::{Incident, IncidentKey};
use crate::alert::outbox::{Delivery, Message, MessageKey, Words};
use crate::alert::trial::forecast;
use crate::assess::score::period::Period;
use crate::clock::Bell;
use crate::deliver::courier::{Attempt, Courier};
use crate::domain::act::Act;
use crate::domain::group::{Group, Person};
use crate::domain::id::{ColumnId, PersonId, SiteId};
use crate::domain::observation::ColumnRecord;
use crate::domain::time::{Date, date_of};
use crate::report::acts;
use crate::report::away;
use crate::report::duty;
use crate::report::flags;
use crate::report::history::caution;
use crate::report::links;
use crate::report::overview::{Scene, judged, overview, stale_incident};
use crate::report::plain::one_line;
use crate::report::sentence::{Case, why};
use crate::report::{beside, recipient, table};
use crate::store::error::StoreError;

/// The observations that an explanation may quote.
const QUOTED_VISITS: usize = 8;
/// The longest name of who decides something, in characters.
const NAME_CHARS: usize = 40;
/// The longest reason that is kept, in characters.
const REASON_CHARS: usize = 200;
/// The most messages that are listed.
pub const MOST_MESSAGES: usize = 1000;

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
    },
    /// Closes a period, or corrects a closed one.
    Close(Close),
    /// Enters what a unit says to a point.
    State(Stated),
    /// Enters what a person found under a rule.
    Score(Found),
    /// The bytes of an attachment, in base64.
    Attachment {
        /// Its digest.
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
    /// Answers `question`; trouble with the store is an answer too.
    pub async fn answer(&self, question: Question) -> Answer {
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
            Question::Release { column, by } => self.release(&column, &by).await,
            Question::Exemptions => self.exemptions().await,
            Question::Enact(order) => self.desk.enact(order).await,
            Question::Assess { period, anew } => self.assess(period, anew).await,
            Question::Close(close) => self.desk.close(close).await,
            Question::State(stated) => self.desk.state(stated).await,
            Question::Score(found) => self.desk.score(found).await,
            Question::Attachment { digest } => self.desk.attachment(&digest).await,
        };
        if decides && let Some(bell) = &self.outbox {
            bell.ring();
        }
        answered.unwrap_or_else(|error| Answer::no(format!("the store cannot answer: {error}")))
    }

    async fn status(&self) -> Result<Answer, StoreError> {
        let seen = self.seen().await?;
        let overview = overview(&self.scene(&seen));
        let caution = caution(overview.visited_at, overview.at);
        let (group, rules) = (&self.desk.config.group, &self.desk.config.alert);
        let trial = is_trial(&seen.acts, rules.live).then(|| {
            let forecast = forecast(&seen.open, group, rules);
            format!(
                "【试运行】{}。正式启用：wangxun go-live --by 姓名",
                forecast.in_chinese()
            )
        });
        let known = self.desk.known().await?;
        let situation = known.situation(&self.desk.config, overview.at);
        let doubt = match &self.timekeeper {
            Some(timekeeper) => timekeeper.doubt().await,
            None => None,
        };
        let tables = [
            doubt.map_or_else(String::new, |doubt| {
                format!(
                    "【时钟异常】{}，判断和发送已暂停，请校准时钟",
                    doubt.in_chinese()
                )
            }),
            trial.unwrap_or_default(),
            table::status(&overview),
            acts::in_force(&seen.acts, &seen.open, group, overview.at),
            away::list(group, date_of(overview.at)),
            of_sites::incidents(&situation),
            of_sites::duties(&situation),
            beside::reasons(&overview),
            beside::homes(&overview, &self.desk.store.homes().await?),
        ];
        let tables: Vec<String> = tables
            .into_iter()
            .filter(|table| !table.is_empty())
            .collect();
        Ok(Answer::yes(cautioned(caution, tables.join("\n\n"))))
    }

    async fn assess(&self, period: Period, anew: bool) -> Result<Answer, StoreError> {
        Ok(match self.desk.assessed(period, anew).await? {
            Err(refused) => Answer::no(refused.to_string()),
            Ok(assessment) => match serde_json::to_string(&assessment) {
                Ok(json) => Answer::yes(json),
                Err(error) => Answer::no(format!("the assessment cannot be written: {error}")),
            },
        })
    }

    async fn exemptions(&self) -> Result<Answer, StoreError> {
        let laid_down = self.desk.store.acts().await?;
        let today = date_of(self.desk.clock.now());
        let group = &self.desk.config.group;
        Ok(Answer::yes(acts::exemptions(&laid_down, group, today)))
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
                        .map(|pulse| (pulse.name(), pulse.silence()))
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

    async fn why(&self, id: &str) -> Result<Answer, StoreError> {
        let group = &self.desk.config.group;
        let parts = ColumnId::parse(id).ok().and_then(|id| {
            let column = group.columns.get(&id)?;
            let site = group.sites.get(&column.site)?;
            Some((column, site, group.units.get(&column.unit)?))
        });
        let Some((column, site, unit)) = parts else {
            return self.why_site(id).await;
        };
        let seen = self.seen().await?;
        let scene = self.scene(&seen);
        let judgement = judged(&scene, column);
        let observations = self
            .desk
            .store
            .observations(&column.id, QUOTED_VISITS)
            .await?;
        let items = self.desk.store.items(&column.id).await?;
        let flags = self.desk.store.flags(Some(&column.id)).await?;
        let acceptance = self.desk.store.acceptance(&column.id).await?;
        let record = seen.records.get(&column.id);
        let paragraph = why(&Case {
            column,
            site,
            unit,
            judgement: &judgement,
            record,
            observations: &observations,
            items: &items,
            flags: &flags,
            acceptance: acceptance.as_ref(),
            incident: stale_incident(scene.open, &column.id),
            acts: &seen.acts,
            now: scene.now,
        });
        let caution = caution(record.map(|record| record.visited_at), scene.now);
        let known = self.desk.known().await?;
        let situation = known.situation(&self.desk.config, scene.now);
        let duties = duty::sentences(&of_sites::owed(&situation, column, site));
        Ok(Answer::yes(cautioned(caution, paragraph + &duties)))
    }

    async fn links(&self, site: &str, json: bool) -> Result<Answer, StoreError> {
        let sites = &self.desk.config.group.sites;
        let id = SiteId::parse(site).ok();
        let Some(site) = id.and_then(|id| sites.get(&id)) else {
            return Ok(Answer::no(format!(
                "there is no site {site:?} in sites.toml"
            )));
        };
        let mut targets = self.desk.store.targets(&site.id).await?;
        if !json {
            let now = self.desk.clock.now();
            return Ok(Answer::yes(links::list(&site.name, &targets, now)));
        }
        targets.retain(|target| target.open().is_some());
        Ok(match serde_json::to_string_pretty(&targets) {
            Ok(text) => Answer::yes(text),
            Err(error) => Answer::no(format!("the links cannot be written as JSON: {error}")),
        })
    }

    async fn outbox(&self, newest: usize) -> Result<Answer, StoreError> {
        let messages = self.desk.store.messages(newest.min(MOST_MESSAGES)).await?;
        let now = self.desk.clock.now();
        Ok(Answer::yes(table::outbox(
            &messages,
            &self.desk.config.group,
            now,
        )))
    }

    async fn flags(
        &self,
        column: Option<&str>,
        since: Option<Date>,
        json: bool,
    ) -> Result<Answer, StoreError> {
        let group = &self.desk.config.group;
        let id = match column {
            None => None,
            Some(text) => match ColumnId::parse(text) {
                Ok(id) if group.columns.contains_key(&id) => Some(id),
                _ => return Ok(Answer::no(unknown_column(text, group))),
            },
        };
        let mut found = self.desk.store.flags(id.as_ref()).await?;
        found.retain(|flag| since.is_none_or(|since| date_of(flag.raised_at) >= since));
        let now = self.desk.clock.now();
        if !json {
            return Ok(Answer::yes(flags::list(&found, group, now)));
        }
        Ok(match flags::json(&found, now) {
            Ok(lines) => Answer::yes(lines),
            Err(error) => Answer::no(format!("the flags cannot be written as JSON: {error}")),
        })
    }

    async fn accept(&self, column: &str, by: &str, reason: &str) -> Result<Answer, StoreError> {
        let (by, reason) = (one_line(by, NAME_CHARS), one_line(reason, REASON_CHARS));
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

    async fn release(&self, column: &str, by: &str) -> Result<Answer, StoreError> {
        let by = one_line(by, NAME_CHARS);
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
        Ok(if self.desk.release(&id, &by).await? {
            Answer::yes(format!("escalation of {id} released by {by}"))
        } else {
            Answer::no(format!("no escalation is proposed for {id}"))
        })
    }

    /// One message over the person's first route; nothing of it is kept.
    async fn send_test(&self, id: &str) -> Answer {
        let group = &self.desk.config.group;
        let person = PersonId::parse(id)
            .ok()
            .and_then(|id| group.people.get(&id));
        let Some(person) = person else {
            let known: Vec<_> = group.people.keys().map(PersonId::as_str).collect();
            return Answer::no(format!("no person {id:?}; known are {}", known.join(", ")));
        };
        let Some(message) = self.test_message(person) else {
            return Answer::no(format!("{id} has no route"));
        };
        let way = recipient::way(group, &person.id, message.route);
        let now = self.desk.clock.now();
        match self.courier.send(person, &message, now).await {
            Attempt::Accepted { receipt } => Answer::yes(format!(
                "accepted: {way}, receipt {}",
                receipt.as_deref().unwrap_or("none")
            )),
            Attempt::Failed {
                permanent, error, ..
            } => Answer::no(format!(
                "failed {}: {way}, {error}",
                if permanent { "for good" } else { "for now" }
            )),
        }
    }

    fn test_message(&self, person: &Person) -> Option<Message> {
        let now = self.desk.clock.now();
        let signature = &self.desk.config.alert.signature;
        let text = format!(
            "这是一条测试消息，发送于{}，无需处理。",
            now.format("%-m月%-d日%H:%M")
        );
        Some(Message {
            key: MessageKey::of(&["test", person.id.as_str(), &now.to_rfc3339()]),
            person: person.id.clone(),
            route: *person.routes.first()?,
            subject: format!("【{signature}】测试消息"),
            text: format!("【{signature}】{text}"),
            words: Words {
                wording: "trouble".to_owned(),
                values: [("why".to_owned(), text)].into(),
            },
            tier: None,
            notices: Vec::new(),
            in_place_of: Vec::new(),
            links: Vec::new(),
            urgent: true,
            provisional: false,
            created_at: now,
            expires_at: now + TimeDelta::hours(1),
            attempts: 1,
            maybe_taken: false,
            next_attempt_at: now,
            delivery: Delivery::Attempting { since: now },
        })
    }

    async fn decide(&self, decide: Decide) -> Result<Answer, StoreError> {
        Ok(match self.desk.decide(decide).await? {
            Ok(text) => Answer::yes(text),
            Err(refused) => Answer::no(refused.to_string()),
        })
    }

    async fn seen(&self) -> Result<Seen, StoreError> {
        Ok(Seen {
            records: self.desk.store.records().await?,
            open: self.desk.store.open_incidents().await?,
            acts: self.desk.store.acts().await?,
        })
    }

    fn scene<'a>(&'a self, seen: &'a Seen) -> Scene<'a> {
        Scene {
            group: &self.desk.config.group,
            limits: &self.desk.config.limits,
            records: &seen.records,
            open: &seen.open,
            acts: &seen.acts,
            now: self.desk.clock.now(),
        }
    }
}

/// `text` with the caution before it, where one is due.
pub(super) fn cautioned(caution: Option<String>, text: String) -> String {
    match caution {
        Some(caution) => format!("{caution}\n\n{text}"),
        None => text,
    }
}

struct Seen {
    records: BTreeMap<ColumnId, ColumnRecord>,
    open: BTreeMap<IncidentKey, Incident>,
    acts: Vec<Act>,
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
