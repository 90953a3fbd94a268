//! When the line of a quiet day is written, and from what.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::desk::Desk;
use super::standing::OF_LATE;
use crate::alert::incident::{Incident, IncidentKey};
use crate::alert::outbox::Message;
use crate::alert::quiet::{Quiet, due_at, is_anybody_silenced, lines, unsent};
use crate::alert::tray::Tray;
use crate::domain::time::{Moment, date_of};
use crate::report::overview::{Scene, overview};
use crate::store::commit::{Commit, JobRun};
use crate::store::error::StoreError;

/// The job of the line; it is marked on every working day, whether a line was written or not.
const QUIET: &str = "quiet";
/// Without a visit for so long nothing is called quiet.
const LATELY: TimeDelta = TimeDelta::hours(26);

impl Desk {
    /// Writes the lines that are due, and answers when the next ones are; `None` where they are
    /// switched off. The first mark is made without a line: nothing is known of the day before. Whose
    /// words of today were all withdrawn unsaid has a line afterwards.
    pub(super) async fn quiet(
        &self,
        tray: &Tray<'_>,
        open: &BTreeMap<IncidentKey, Incident>,
    ) -> Result<Option<Moment>, StoreError> {
        let (rules, calendar, now) = (tray.rules, tray.calendar, tray.now);
        if !rules.all_quiet {
            return Ok(None);
        }
        let last = self.store.last_run(QUIET).await?.map(date_of);
        let due = due_at(calendar, rules, last, now);
        let today = date_of(now);
        if due > now {
            let is_open = calendar.opening(now, rules.window) == now;
            if last == Some(today) && is_open && is_anybody_silenced(tray) {
                let mut commit = Commit::at(now);
                commit.messages = self.quiet_lines(tray, open, today).await?;
                self.store.commit(commit).await?;
            }
            return Ok(Some(due));
        }
        if !tray.digests {
            // The digest that waits to settle is the word of the day.
            return Ok(Some(now + chrono::TimeDelta::minutes(1)));
        }
        let mut commit = Commit::at(now);
        commit.runs.push(JobRun {
            job: QUIET.to_owned(),
            at: now,
        });
        if let Some(since) = last.filter(|&last| last < today) {
            commit.messages = self.quiet_lines(tray, open, since).await?;
        }
        self.store.commit(commit).await?;
        Ok(Some(due_at(calendar, rules, Some(today), now)))
    }

    async fn quiet_lines(
        &self,
        tray: &Tray<'_>,
        open: &BTreeMap<IncidentKey, Incident>,
        since: crate::domain::time::Date,
    ) -> Result<Vec<Message>, StoreError> {
        let records = self.store.records().await?;
        let acts = self.store.acts().await?;
        let overview = overview(&Scene {
            group: &self.config.group,
            limits: &self.config.limits,
            records: &records,
            open,
            acts: &acts,
            blind_after_visits: self.config.alert.blind_after_visits,
            now: tray.now,
        });
        let is_seen = |at: Moment| tray.now - at <= LATELY;
        if !overview.visited_at.is_some_and(is_seen) {
            return Ok(Vec::new());
        }
        let messages = self.store.open_messages().await?;
        let of_late = self.store.messages_since(tray.now - OF_LATE).await?;
        let waiting = (tray.waiting, messages.as_slice());
        let columns = self.config.group.columns.values();
        let quiet = Quiet {
            since,
            columns: columns.filter(|column| column.url.is_some()).count(),
            unknown: overview.totals.unknown,
            waiting: tray.waiting.len() + messages.len(),
            unsent: unsent(waiting, &of_late, since, date_of(tray.now)),
        };
        Ok(lines(tray, &quiet))
    }
}
