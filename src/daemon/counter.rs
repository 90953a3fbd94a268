//! What is handed in on the console's pages: the same orders as by command line, carried out at the
//! same desk.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::{Semaphore, mpsc, watch};

use super::answer::Clerk;
use super::candidates::Decide;
use super::desk::Desk;
use super::enact::{Order, Refused, What};
use super::pulse::{AT_LEAST_EVERY, Pulse};
use crate::alert::acts::is_trial;
use crate::clock::Bell;
use crate::domain::act::{NAME_CHARS, REASON_CHARS};
use crate::domain::id::ColumnId;
use crate::domain::time::date_of;
use crate::report::plain::one_line;
use crate::store::commit::Commit;
use crate::store::error::StoreError;
use crate::web::counter::{Handed, Task};

/// Assessments that are made at one time: each reads a whole period.
const ASSESSMENTS_AT_ONCE: usize = 1;
/// A column that was visited so shortly before is not visited again for a person.
const TOO_SOON: TimeDelta = TimeDelta::minutes(5);

/// Takes what is handed in.
pub struct Counter {
    /// Carries it out.
    pub clerk: Clerk,
    /// What is handed in.
    pub handed: mpsc::Receiver<Handed>,
    /// Wakes the rounds.
    pub rounds: Bell,
    /// Beats with every turn.
    pub pulse: Pulse,
    /// Turns true when the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

impl Counter {
    /// Takes what is handed in until the stop; fails only when the store does.
    pub async fn run(mut self) -> Result<(), StoreError> {
        let assessments = Arc::new(Semaphore::new(ASSESSMENTS_AT_ONCE));
        while !*self.stop.borrow() {
            self.pulse.beat();
            tokio::select! {
                handed = self.handed.recv() => match handed {
                    Some(handed) => self.take(handed, &assessments).await?,
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

    async fn take(&self, handed: Handed, places: &Arc<Semaphore>) -> Result<(), StoreError> {
        // Whoever asked may have gone, in every case.
        match handed {
            Handed::Task {
                by,
                reason,
                task,
                back,
            } => {
                let today = date_of(self.clerk.desk.clock.now());
                let done = self.carry_out(by, reason, task).await?;
                let _ = back.send(done.map_err(|refused| refused.in_chinese(today)));
            }
            Handed::Assess { period, back } => {
                let (desk, places) = (self.clerk.desk.clone(), Arc::clone(places));
                tokio::spawn(async move {
                    // The semaphore is never closed.
                    let _place = places.acquire().await;
                    let made = match desk.assessed(period, false).await {
                        Ok(Ok(assessment)) => Ok(Box::new(assessment)),
                        Ok(Err(without)) => Err(without.in_chinese()),
                        Err(error) => {
                            tracing::error!(%error, "an assessment cannot be made");
                            Err("暂时无法读取监测数据，请稍后再试。".to_owned())
                        }
                    };
                    let _ = back.send(made);
                });
            }
        }
        Ok(())
    }

    async fn carry_out(
        &self,
        by: String,
        reason: String,
        task: Task,
    ) -> Result<Result<String, Refused>, StoreError> {
        let desk = &self.clerk.desk;
        let (by, reason) = (one_line(&by, NAME_CHARS), one_line(&reason, REASON_CHARS));
        let lifts = matches!(task, Task::Lift { .. });
        if reason.is_empty() && !lifts {
            let text = "it needs a reason";
            return Ok(Err(Refused::other(text, "请填写理由。")));
        }
        let what = match task {
            Task::Release { column } => return desk.released(&column, &by, &reason, self).await,
            Task::Decide { candidate, what } => {
                let decide = Decide {
                    candidate,
                    by,
                    reason,
                    what,
                };
                return desk.decide(decide).await;
            }
            Task::Accept { column } => return desk.accepted(&column, &by, &reason).await,
            Task::Visit { columns } => {
                let said = desk.visit_soon(&columns, &by, &reason).await;
                self.rounds.ring();
                return said;
            }
            Task::Answer { column, until } => What::Answer {
                column: column.to_string(),
                duty: None,
                until,
            },
            Task::Exempt {
                scope,
                ground,
                from,
                until,
            } => What::Exempt {
                scope,
                ground,
                from,
                until,
            },
            Task::EndExemption { key } => What::EndExemption { key },
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

impl Desk {
    async fn released(
        &self,
        column: &ColumnId,
        by: &str,
        reason: &str,
        counter: &Counter,
    ) -> Result<Result<String, Refused>, StoreError> {
        let acts = self.store.acts().await?;
        if is_trial(&acts, self.config.alert.live) {
            let text = "nothing is released in a trial run";
            return Ok(Err(Refused::other(text, "试运行期间不放行督办。")));
        }
        // The incident keeps who released it; why stands in the log.
        tracing::info!(%column, by, reason, "an escalation is released");
        let released = self.release(column, by).await?;
        counter.wake();
        Ok(match released {
            true => Ok(String::new()),
            false => Err(Refused::other(
                "no escalation is proposed",
                "该栏目没有待放行的督办。",
            )),
        })
    }

    async fn accepted(
        &self,
        column: &ColumnId,
        by: &str,
        reason: &str,
    ) -> Result<Result<String, Refused>, StoreError> {
        Ok(match self.accept(column, by, reason).await? {
            true => Ok(String::new()),
            false => Err(Refused::other(
                "the list does not seem redesigned",
                "该栏目的列表未见改版，无须认可。",
            )),
        })
    }

    /// Has columns visited at the next turn, those that were not visited just now.
    async fn visit_soon(
        &self,
        columns: &[ColumnId],
        by: &str,
        reason: &str,
    ) -> Result<Result<String, Refused>, StoreError> {
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        let mut commit = Commit::at(now);
        for column in columns {
            let record = self.store.record(column).await?;
            if let Some(mut record) = record.filter(|record| now - record.visited_at >= TOO_SOON) {
                record.revisit_at = Some(now);
                commit.records.push(record);
            }
        }
        if commit.records.is_empty() {
            let text = "it was visited just now, or never";
            return Ok(Err(Refused::other(
                text,
                "刚刚访问过，或尚未首次访问，请稍后再试。",
            )));
        }
        let count = commit.records.len();
        tracing::info!(by, reason, count, "a person wants columns visited now");
        self.store.commit(commit).await?;
        Ok(Ok(String::new()))
    }
}
