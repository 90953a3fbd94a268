//! Catching up: after its start, or an outage, the monitor first visits what is due and confirms what it
//! saw; what had to be told meanwhile is told together then.
//!
//! The store knows since when all was caught up with, so that neither a second start nor a round that broke
//! off makes an outage forgotten.

use chrono::TimeDelta;

use super::desk::Desk;
use crate::alert::incident::Incident;
use crate::alert::notice::undelivered;
use crate::alert::outbox::{MessageKey, Notice};
use crate::alert::pass::PROOF_LASTS;
use crate::domain::time::{Moment, date_of, in_chinese};
use crate::store::commit::{Commit, JobRun};
use crate::store::error::StoreError;

/// The job whose mark tells when all was caught up with last.
const CAUGHT_UP: &str = "caught-up";
/// How old that mark may become while all is well.
const MARK_LASTS: TimeDelta = TimeDelta::hours(1);
/// How long what is due may take to be visited and judged, before urgent messages go all the same.
const LONGEST_LOOK: TimeDelta = TimeDelta::minutes(40);
/// The same for digests.
const LONGEST_VISITING: TimeDelta = TimeDelta::hours(4);
/// How much longer than until the second visit may be waited for what confirms the first.
const CONFIRMING: TimeDelta = TimeDelta::minutes(10);

/// How far the monitor has come since its start, or since it was out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// What is due is being visited, since this instant of a believed clock.
    Visiting(Option<Moment>),
    /// It was visited by this instant; what was seen first waits to be confirmed.
    Confirming(Moment),
    /// Nothing is waited for.
    Settled,
}

impl Stage {
    /// Whether no message is written yet.
    pub(super) fn holds_all(self, now: Moment) -> bool {
        matches!(self, Stage::Visiting(Some(since)) if !is_over(since, LONGEST_LOOK, now))
    }

    /// Whether digests have waited for long enough, where a second visit comes `confirm_after` the first.
    fn is_spent(self, confirm_after: TimeDelta, now: Moment) -> bool {
        match self {
            Stage::Visiting(Some(since)) => is_over(since, LONGEST_VISITING, now),
            Stage::Confirming(since) => is_over(since, confirm_after + CONFIRMING, now),
            Stage::Visiting(None) | Stage::Settled => false,
        }
    }
}

/// Whether `limit` has passed since `since`. A clock that was set back says nothing of how long it was.
fn is_over(since: Moment, limit: TimeDelta, now: Moment) -> bool {
    now - since >= limit || now < since
}

impl Desk {
    /// What is still waited for, for whoever is about to write messages.
    pub(super) async fn catch_up(&self) -> Result<Stage, StoreError> {
        self.begin_anew().await?;
        let now = self.clock.now();
        self.stage.send_if_modified(|stage| match stage {
            Stage::Visiting(since @ None) => {
                *since = Some(now);
                true
            }
            _ => false,
        });
        if self.stage().is_spent(self.config.alert.confirm_after, now) {
            self.settle().await?;
        }
        Ok(self.stage())
    }

    /// Begins anew where the monitor was out in the midst of its life, as where its machine slept. A store
    /// without a mark was caught up with at its newest visit.
    pub(super) async fn begin_anew(&self) -> Result<(), StoreError> {
        if self.store.last_run(CAUGHT_UP).await?.is_none() {
            let records = self.store.records().await?;
            if let Some(newest) = records.values().map(|record| record.visited_at).max() {
                self.store.commit(self.marked(newest)).await?;
            }
        }
        if self.is_settled() && self.out_since().await?.is_some() {
            self.stage.send_replace(Stage::Visiting(None));
        }
        Ok(())
    }

    /// Notes that what was due was visited and judged. After an outage what was seen first is waited for.
    pub(super) async fn visited(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        if self.is_settled() && self.out_since().await?.is_some() {
            // The machine slept in the midst of the round.
            self.stage.send_replace(Stage::Visiting(None));
            return Ok(());
        }
        self.stage.send_if_modified(|stage| match stage {
            Stage::Visiting(_) => {
                *stage = Stage::Confirming(now);
                true
            }
            _ => false,
        });
        match self.out_since().await?.is_some() && self.is_unconfirmed().await? {
            true => Ok(()),
            false => self.settle().await,
        }
    }

    /// Whether nothing is waited for.
    pub(super) fn is_settled(&self) -> bool {
        self.stage() == Stage::Settled
    }

    fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Since when nothing was caught up with, where that lies so far back that what was seen then says
    /// nothing of today: the monitor was out.
    async fn out_since(&self) -> Result<Option<Moment>, StoreError> {
        let since = self.store.last_run(CAUGHT_UP).await?;
        let now = self.clock.now();
        Ok(since.filter(|&since| now - since > PROOF_LASTS))
    }

    /// Whether anything that one visit has seen waits for a second.
    async fn is_unconfirmed(&self) -> Result<bool, StoreError> {
        let open = self.store.open_incidents().await?;
        Ok(open.values().any(Incident::waits_for_a_visit))
    }

    /// Ends the waiting, and tells the operators of the outage that it ends.
    async fn settle(&self) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        let marked = self.store.last_run(CAUGHT_UP).await?;
        let is_fresh = marked.is_some_and(|at| (now - at).abs() < MARK_LASTS);
        if !is_fresh {
            let mut commit = self.marked(now);
            if let Some(since) = self.out_since().await? {
                commit.notices = self.new_of(self.words_of_outage(since, now)).await?;
            }
            self.store.commit(commit).await?;
        }
        self.stage.send_replace(Stage::Settled);
        Ok(())
    }

    fn marked(&self, at: Moment) -> Commit {
        let mut commit = Commit::at(self.clock.now());
        commit.runs.push(JobRun {
            job: CAUGHT_UP.to_owned(),
            at,
        });
        commit
    }

    fn words_of_outage(&self, since: Moment, now: Moment) -> Vec<Notice> {
        let config = &self.config;
        let (from, until) = (date_of(since), date_of(now));
        let cause = MessageKey::of(&["out", &from.to_string(), &until.to_string()]);
        let words = format!(
            "{}至{}监测曾中断，现已恢复",
            in_chinese(from, until),
            in_chinese(until, until)
        );
        undelivered(
            &config.group,
            &config.calendar,
            &config.alert,
            &cause,
            &words,
            now,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    fn at(time: &str) -> Moment {
        moment(format!("2017-11-20T{time}").parse().unwrap())
    }

    #[test]
    fn urgent_messages_wait_for_the_first_look_and_no_longer_than_forty_minutes() {
        let visiting = Stage::Visiting(Some(at("08:00:00")));
        assert!(visiting.holds_all(at("08:39:59")));
        assert!(!visiting.holds_all(at("08:40:00")));
        assert!(
            !visiting.holds_all(at("07:59:59")),
            "the clock was set back"
        );
        for stage in [Stage::Confirming(at("08:00:00")), Stage::Settled] {
            assert!(!stage.holds_all(at("08:00:00")));
        }
    }

    #[test]
    fn digests_wait_for_the_second_visits_counted_from_the_end_of_the_first() {
        let half_an_hour = TimeDelta::minutes(30);
        let cases = [
            (Stage::Visiting(None), "23:59:59", false),
            (Stage::Visiting(Some(at("08:00:00"))), "11:59:59", false),
            (Stage::Visiting(Some(at("08:00:00"))), "12:00:00", true),
            (Stage::Confirming(at("09:00:00")), "09:39:59", false),
            (Stage::Confirming(at("09:00:00")), "09:40:00", true),
            (Stage::Confirming(at("09:00:00")), "08:59:59", true),
            (Stage::Settled, "09:00:00", false),
        ];
        for (stage, now, spent) in cases {
            assert_eq!(
                stage.is_spent(half_an_hour, at(now)),
                spent,
                "{stage:?} {now}"
            );
        }
        let hour = TimeDelta::hours(1);
        let confirming = Stage::Confirming(at("09:00:00"));
        assert!(!confirming.is_spent(hour, at("10:09:59")));
        assert!(confirming.is_spent(hour, at("10:10:00")));
    }
}
