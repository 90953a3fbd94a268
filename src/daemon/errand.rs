//! What a person has the desk do at once: let an escalation out, take a changed list, have columns
//! visited, send a test message. Each leaves an act with its reason in the journal.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::answer::Clerk;
use super::desk::{Desk, kept};
use super::enact::Refused;
use crate::alert::acts::is_trial;
use crate::alert::incident::Subject;
use crate::alert::pass::{proposed_of, release_escalation};
use crate::assess::exemption::Exemptions;
use crate::deliver::courier::Attempt;
use crate::domain::acceptance::Acceptance;
use crate::domain::act::{Act, Deed, Scope};
use crate::domain::id::{ColumnId, PersonId, SiteId};
use crate::domain::masked::masked;
use crate::domain::time::{Moment, date_of};
use crate::report::plain::instant;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// A column that was visited so shortly before is not visited again for a person.
const TOO_SOON: TimeDelta = TimeDelta::minutes(5);

/// Who has something done, and why.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// By whom.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
}

impl Desk {
    /// Lets the escalation that is proposed for `column`, of its limit or else of a duty, go out; whether
    /// there was one.
    pub async fn release(
        &self,
        column: &ColumnId,
        by: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        self.release_of(column, None, Wish { by, reason }).await
    }

    /// The same of `subject` alone, where one is named.
    async fn release_of(
        &self,
        column: &ColumnId,
        subject: Option<&Subject>,
        wish: Wish<'_>,
    ) -> Result<bool, StoreError> {
        let _turn = self.turn.lock().await;
        let known = self.known().await?;
        let now = self.clock.now();
        let Some(column) = self.config.group.columns.get(column) else {
            return Ok(false);
        };
        let situation = known.situation(&self.config, now);
        let subject = subject.cloned();
        let subject = subject.or_else(|| proposed_of(&situation, column));
        let made = subject.and_then(|one| release_escalation(&situation, &one, wish.by));
        match made {
            Some(verdicts) => {
                let mut commit = kept(verdicts, now);
                let column = column.id.clone();
                let deed = Deed::EscalationReleased { column };
                commit.acts.push(act(now, wish, deed));
                self.store.commit(commit).await.map(|()| true)
            }
            None => Ok(false),
        }
    }

    /// The sites that rest today: nothing of them is visited.
    pub async fn paused(&self) -> Result<BTreeSet<SiteId>, StoreError> {
        let acts = self.store.acts().await?;
        let today = date_of(self.clock.now());
        Ok(Exemptions::on(&acts, today).paused())
    }

    /// Takes the list of a column that seems redesigned for the column's; whether one seems so.
    pub async fn accept(
        &self,
        column: &ColumnId,
        by: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let _turn = self.turn.lock().await;
        let record = self.store.record(column).await?;
        if !record.is_some_and(|record| record.is_redesigned()) {
            return Ok(false);
        }
        let now = self.clock.now();
        let mut commit = Commit::at(now);
        commit.acceptances.push(Acceptance {
            column: column.clone(),
            by: by.to_owned(),
            reason: reason.to_owned(),
            at: now,
        });
        let (who, why) = (masked(by), masked(reason));
        tracing::info!(%column, who, why, "the changed list is taken for the column's");
        self.store.commit(commit).await.map(|()| true)
    }

    /// Lets the escalation of `subject` out, for a page.
    pub(super) async fn released(
        &self,
        subject: &Subject,
        wish: Wish<'_>,
    ) -> Result<Result<String, Refused>, StoreError> {
        let acts = self.store.acts().await?;
        if is_trial(&acts, self.config.alert.live) {
            let text = "nothing is released in a trial run";
            return Ok(Err(Refused::other(text, "试运行期间不放行督办。")));
        }
        let (Subject::Column(column) | Subject::Duty(column, _)) = subject else {
            let text = "only of columns are escalations released";
            return Ok(Err(Refused::other(text, "只有栏目的督办须放行。")));
        };
        let released = self.release_of(column, Some(subject), wish).await?;
        Ok(match released {
            true => Ok(String::new()),
            false => Err(Refused::other(
                "no escalation is proposed",
                "该栏目没有待放行的督办。",
            )),
        })
    }

    /// Takes a changed list, for a page.
    pub(super) async fn accepted(
        &self,
        column: &ColumnId,
        wish: Wish<'_>,
    ) -> Result<Result<String, Refused>, StoreError> {
        Ok(match self.accept(column, wish.by, wish.reason).await? {
            true => Ok(String::new()),
            false => Err(Refused::other(
                "the list does not seem redesigned",
                "该栏目的列表未见改版，无须认可。",
            )),
        })
    }

    /// Has columns visited at the next turn, those that were not visited just now.
    pub(super) async fn visit_soon(
        &self,
        scope: Scope,
        wish: Wish<'_>,
    ) -> Result<Result<String, Refused>, StoreError> {
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        let mut commit = Commit::at(now);
        let paused = self.paused().await?;
        let columns = self.config.group.columns.values();
        let columns: Vec<_> = columns.filter(|column| scope.covers(column)).collect();
        if columns.iter().any(|column| paused.contains(&column.site)) {
            let text = "its site is not visited while it is paused";
            return Ok(Err(Refused::other(
                text,
                "该网站已暂停监测，恢复后方可复查。",
            )));
        }
        let mut latest = None;
        for column in columns {
            let record = self.store.record(&column.id).await?;
            latest = latest.max(record.as_ref().map(|record| record.visited_at));
            if let Some(mut record) = record.filter(|record| now - record.visited_at >= TOO_SOON) {
                record.revisit_at = Some(now);
                commit.records.push(record);
            }
        }
        if commit.records.is_empty() {
            return Ok(Err(not_yet(latest, now)));
        }
        let count = commit.records.len();
        tracing::info!(%scope, count, "a person wants columns visited now");
        commit
            .acts
            .push(act(now, wish, Deed::VisitWanted { scope }));
        self.store.commit(commit).await?;
        Ok(Ok(String::new()))
    }
}

impl Clerk {
    /// Sends a test message, and keeps that it was sent; or why it was not taken.
    pub(super) async fn tested(
        &self,
        person: &PersonId,
        wish: Wish<'_>,
    ) -> Result<Result<String, Refused>, StoreError> {
        let Some(attempt) = self.test(person).await else {
            let text = "the person has no route";
            return Ok(Err(Refused::other(text, "没有这个人员，或没有配置渠道。")));
        };
        let taken = matches!(attempt, Attempt::Accepted { .. });
        let now = self.desk.clock.now();
        let mut commit = Commit::at(now);
        let person = person.clone();
        let deed = Deed::TestSent { person, taken };
        commit.acts.push(act(now, wish, deed));
        self.desk.store.commit(commit).await?;
        Ok(match attempt {
            Attempt::Accepted { .. } => Ok(String::new()),
            Attempt::Failed {
                permanent,
                maybe_taken,
                error,
                ..
            } => {
                let chinese = not_taken(permanent, maybe_taken);
                let chinese = format!("{chinese}（渠道返回：{error}）");
                Err(Refused::other(error, chinese))
            }
        })
    }
}

/// What became of a test that no transport took for certain, and what to look at.
fn not_taken(permanent: bool, maybe_taken: bool) -> &'static str {
    match (permanent, maybe_taken) {
        (_, true) => "渠道没有明确答复，测试消息可能已经发出，请向收件人确认。",
        (true, false) => "渠道拒绝了测试消息，请核对渠道配置、收件地址和短信模板。",
        (false, false) => "测试消息没有发出，渠道暂时不可用，请核对渠道配置和网络后重试。",
    }
}

/// Why nothing is visited at once, and from when on it can be: the latest visit began at `latest`.
fn not_yet(latest: Option<Moment>, now: Moment) -> Refused {
    let Some(at) = latest else {
        let chinese = "尚未首次访问，首次访问由系统自动进行。";
        return Refused::other("it was never visited", chinese);
    };
    // The next whole minute: nobody is to be refused who waited for it.
    let next = at + TOO_SOON + TimeDelta::seconds(59);
    let (visited, next) = (instant(at, now), instant(next, now));
    let chinese = format!("{visited}刚访问过，{next}后可再复查。");
    Refused::other(format!("it was visited just now, at {at}"), chinese)
}

fn act(at: Moment, wish: Wish<'_>, deed: Deed) -> Act {
    Act {
        approver: None,
        at,
        by: wish.by.to_owned(),
        reason: wish.reason.to_owned(),
        deed,
    }
}
