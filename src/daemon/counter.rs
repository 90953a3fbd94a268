//! What is handed in on the console's pages: the same orders as by command line, carried out at the
//! same desk.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use tokio::sync::{mpsc, watch};

use super::answer::Clerk;
use super::bench::Bench;
use super::candidates::Decide;
use super::closing::{Close, Stated};
use super::enact::{Order, Refused, What};
use super::errand::Wish;
use super::pulse::{AT_LEAST_EVERY, Pulse};
use super::said::{REASON, STATEMENT, said};
use super::score::Found;
use super::shelf::Shelf;
use crate::clock::Bell;
use crate::domain::id::PersonId;
use crate::domain::time::{Moment, date_of};
use crate::store::error::StoreError;
use crate::web::counter::{Handed, Task};

/// Tests that were handed in of late, and when.
pub type Tests = Mutex<HashMap<(String, String, PersonId), Moment>>;

/// A test of the same words to the same person within so long is the same.
const TWICE_WITHIN: TimeDelta = TimeDelta::seconds(10);

/// Takes what is handed in.
pub struct Counter {
    /// Carries it out.
    pub clerk: Clerk,
    /// What is handed in.
    pub handed: mpsc::Receiver<Handed>,
    /// Wakes the rounds.
    pub rounds: Bell,
    /// The tests that were handed in of late: by whom, why, to whom.
    pub tests: Tests,
    /// Beats with every turn.
    pub pulse: Pulse,
    /// Turns true when the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

impl Counter {
    /// Takes what is handed in until the stop; fails only when the store does.
    pub async fn run(mut self) -> Result<(), StoreError> {
        let shelf = Shelf::new(self.clerk.desk.clone());
        let bench = Bench::new(Arc::clone(&self.clerk.desk.config));
        while !*self.stop.borrow() {
            self.pulse.beat();
            tokio::select! {
                handed = self.handed.recv() => match handed {
                    Some(handed) => self.take(handed, &shelf, &bench).await?,
                    // No console: nothing will come.
                    None => tokio::select! {
                        () = tokio::time::sleep(AT_LEAST_EVERY) => {}
                        _ = self.stop.changed() => {}
                    },
                },
                () = tokio::time::sleep(AT_LEAST_EVERY) => {}
                _ = self.stop.changed() => {}
            }
        }
        Ok(())
    }

    async fn take(&self, handed: Handed, shelf: &Shelf, bench: &Bench) -> Result<(), StoreError> {
        // Whoever asked may have gone, in every case.
        match handed {
            Handed::Task {
                by,
                reason,
                task,
                back,
            } => {
                let today = date_of(self.clerk.desk.clock.now());
                let entry = match task {
                    Task::State { .. } => STATEMENT,
                    _ => REASON,
                };
                let (by, reason) = match said(&by, &reason, entry) {
                    Ok(said) => said,
                    Err(refused) => {
                        let _ = back.send(Err(refused.in_chinese(today)));
                        return Ok(());
                    }
                };
                if let Task::Test { person } = task {
                    if self.is_twice((&by, &reason, &person)) {
                        let why = "这条测试消息刚刚已经提交，请向收件人确认，不要重复提交。";
                        let _ = back.send(Err(why.to_owned()));
                        return Ok(());
                    }
                    // A transport may take its time.
                    let clerk = self.clerk.clone();
                    tokio::spawn(async move {
                        let wish = Wish {
                            by: &by,
                            reason: &reason,
                        };
                        match clerk.tested(&person, wish).await {
                            Ok(done) => {
                                let _ = back.send(done.map_err(|why| why.in_chinese(today)));
                            }
                            Err(error) => tracing::error!(%error, "a test was not kept"),
                        }
                    });
                    return Ok(());
                }
                let done = self.carry_out(by, reason, task).await?;
                let _ = back.send(done.map_err(|refused| refused.in_chinese(today)));
            }
            Handed::Assess { period, back } => {
                let shelf = shelf.clone();
                tokio::spawn(async move {
                    let _ = back.send(shelf.assessment(period).await);
                });
            }
            Handed::Why { site, back } => {
                let clerk = self.clerk.clone();
                tokio::spawn(async move {
                    match clerk.why_site(site.as_str()).await {
                        Ok(answer) => {
                            let _ = back.send(answer.text);
                        }
                        Err(error) => tracing::error!(%error, "a site's verdict is not defended"),
                    }
                });
            }
            Handed::Try { tuning, back } => {
                let now = self.clerk.desk.clock.now();
                let _ = back.send(bench.attempt(tuning, now));
            }
            Handed::Draft { tuning, back } => {
                let _ = back.send(bench.draft(&tuning));
            }
        }
        Ok(())
    }

    /// Whether the same test was handed in just now: whoever clicks twice wants one message.
    fn is_twice(&self, test: (&str, &str, &PersonId)) -> bool {
        let now = self.clerk.desk.clock.now();
        let (by, reason, person) = test;
        let test = (by.to_owned(), reason.to_owned(), person.clone());
        let mut tests = self.tests.lock().unwrap_or_else(PoisonError::into_inner);
        tests.retain(|_, at| (now - *at).abs() < TWICE_WITHIN);
        tests.insert(test, now).is_some()
    }

    async fn carry_out(
        &self,
        by: String,
        reason: String,
        task: Task,
    ) -> Result<Result<String, Refused>, StoreError> {
        let desk = &self.clerk.desk;
        let lifts = matches!(task, Task::Lift { .. });
        if reason.is_empty() && !lifts {
            let text = "it needs a reason";
            return Ok(Err(Refused::other(text, "请填写理由。")));
        }
        let wish = Wish {
            by: &by,
            reason: &reason,
        };
        let what = match task {
            Task::Decide { candidate, what } => {
                let decide = Decide {
                    candidate,
                    by,
                    reason,
                    what,
                };
                return desk.decide(decide).await;
            }
            Task::Release { subject } => {
                let said = desk.released(&subject, wish).await;
                self.wake();
                return said;
            }
            Task::Accept { column } => return desk.accepted(&column, wish).await,
            Task::Visit { scope } => {
                let said = desk.visit_soon(scope, wish).await;
                self.rounds.ring();
                return said;
            }
            Task::Score {
                site,
                rule,
                period,
                finds,
            } => {
                let site = site.to_string();
                return desk
                    .found(Found {
                        site,
                        rule,
                        period,
                        finds,
                        by,
                        reason,
                        attachment: None,
                    })
                    .await;
            }
            Task::State { site, rule, period } => {
                let site = site.to_string();
                return desk
                    .stated(Stated {
                        site,
                        rule,
                        period,
                        by,
                        text: reason,
                    })
                    .await;
            }
            Task::Close { period, correct } => {
                let close = Close {
                    period,
                    by,
                    reason,
                    correct,
                    present_rules: false,
                };
                return desk.closed_as(close).await;
            }
            // Answered before: it does not wait for its turn.
            Task::Test { .. } => return Ok(Ok(String::new())),
            Task::GoLive => What::GoLive,
            Task::Answer {
                column,
                duty,
                until,
            } => What::Answer {
                column: column.to_string(),
                duty,
                until,
            },
            Task::Exempt {
                scope,
                ground,
                from,
                until,
                paused,
                approver,
            } => What::Exempt {
                scope,
                ground,
                from,
                until,
                paused,
                approver: Some(approver),
            },
            Task::EndExemption { key, within } => What::EndExemption {
                key,
                within: Some(within),
            },
            Task::Hold { about, until } => What::Hold { about, until },
            Task::Lift { about } => What::Lift { about },
        };
        let done = desk.carry_out(Order { by, reason, what }).await;
        self.wake();
        done
    }

    fn wake(&self) {
        if let Some(outbox) = &self.clerk.outbox {
            outbox.ring();
        }
    }
}
