//! When the line of a quiet day is written, and from what.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::desk::Desk;
use super::standing::OF_LATE;
use crate::alert::incident::{Incident, IncidentKey};
use crate::alert::quiet::{Quiet, due_at, hours_of, is_silenced, message, on_duty, unsent};
use crate::alert::tray::Tray;
use crate::domain::time::{Date, Moment, date_of};
use crate::report::overview::{Scene, overview};
use crate::store::commit::{Commit, JobRun};
use crate::store::error::StoreError;

/// The job of the line, of all operators; that of one has their id behind it. It is marked on every day of
/// theirs, whether a line was written or not.
const QUIET: &str = "quiet";
/// How much older than that of all a person's own mark may be: hours of one's own may be those of one day a
/// week.
const OWN_LASTS: TimeDelta = TimeDelta::days(8);
/// How often it is asked whether digests are written again.
const SETTLED_YET: TimeDelta = TimeDelta::minutes(1);
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
        if !tray.rules.all_quiet {
            return Ok(None);
        }
        let (calendar, now, today) = (tray.calendar, tray.now, date_of(tray.now));
        let of_all = self.store.last_run(QUIET).await?;
        let mut commit = Commit::at(now);
        let mut next = Vec::new();
        let mut found: BTreeMap<Date, Option<Quiet>> = BTreeMap::new();
        for person in on_duty(tray) {
            let job = format!("{QUIET}/{person}");
            let own = self.store.last_run(&job).await?;
            let known = latest(own.map(date_of), of_all.map(date_of), today);
            let last = known.map(|(last, _)| last);
            let hours = hours_of(tray, &person);
            let due = due_at(calendar, hours, last, now);
            let since = if due > now {
                next.push(due);
                let is_open = calendar.opening(now, hours.0) == now;
                let is_owed = last == Some(today) && is_open && is_silenced(tray, &person);
                is_owed.then_some(today)
            } else if !tray.digests {
                // The digest that waits to settle is the word of the day.
                next.push(now + SETTLED_YET);
                None
            } else {
                commit.runs.push(JobRun { job, at: now });
                next.push(due_at(calendar, hours, Some(today), now));
                known
                    .filter(|&(last, _)| last < today)
                    .map(|(_, since)| since)
            };
            let Some(since) = since else { continue };
            let quiet = match found.get(&since) {
                Some(quiet) => *quiet,
                None => self.quiet_since(tray, open, since).await?,
            };
            found.insert(since, quiet);
            if let Some(quiet) = &quiet {
                commit.messages.extend(message(tray, &person, quiet));
            }
        }
        if !commit.runs.is_empty() {
            let job = QUIET.to_owned();
            commit.runs.push(JobRun { job, at: now });
        }
        if !commit.runs.is_empty() || !commit.messages.is_empty() {
            self.store.commit(commit).await?;
        }
        Ok(next.into_iter().min())
    }

    /// What a line says that speaks of the time since `since`; `None` where nobody looked lately.
    async fn quiet_since(
        &self,
        tray: &Tray<'_>,
        open: &BTreeMap<IncidentKey, Incident>,
        since: Date,
    ) -> Result<Option<Quiet>, StoreError> {
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
            return Ok(None);
        }
        let messages = self.store.open_messages().await?;
        let of_late = self.store.messages_since(tray.now - OF_LATE).await?;
        let waiting = (tray.waiting, messages.as_slice());
        let columns = self.config.group.columns.values();
        Ok(Some(Quiet {
            since,
            columns: columns.filter(|column| column.url.is_some()).count(),
            unknown: overview.totals.unknown,
            waiting: tray.waiting.len() + messages.len(),
            unsent: unsent(waiting, &of_late, since, date_of(tray.now)),
        }))
    }
}

/// The day of a person's latest line, and that from which the next one speaks: by their own mark, or where
/// there is none of late by that of all, as for whoever stands in today. That others had theirs today already
/// takes it from nobody.
fn latest(own: Option<Date>, of_all: Option<Date>, today: Date) -> Option<(Date, Date)> {
    let is_late = |own: &Date| of_all.is_none_or(|of_all| of_all - *own <= OWN_LASTS);
    match own.filter(is_late) {
        Some(own) => Some((own, own)),
        None => of_all.map(|of_all| (of_all.min(today.pred_opt().unwrap_or(today)), of_all)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_no_mark_of_late_has_their_line_though_others_had_theirs_today() {
        let day = |text: &str| -> Date { text.parse().unwrap() };
        let today = day("2017-10-09");
        let rows = [
            (None, None, None),
            (None, Some("2017-10-09"), Some(("2017-10-08", "2017-10-09"))),
            (None, Some("2017-09-30"), Some(("2017-09-30", "2017-09-30"))),
            (
                Some("2017-10-09"),
                Some("2017-10-09"),
                Some(("2017-10-09", "2017-10-09")),
            ),
            (
                Some("2017-10-01"),
                Some("2017-10-09"),
                Some(("2017-10-01", "2017-10-01")),
            ),
            (
                Some("2017-09-30"),
                Some("2017-10-09"),
                Some(("2017-10-08", "2017-10-09")),
            ),
            (Some("2017-09-30"), None, Some(("2017-09-30", "2017-09-30"))),
        ];
        for (own, of_all, expected) in rows {
            let found = latest(own.map(day), of_all.map(day), today);
            let expected = expected.map(|(last, since)| (day(last), day(since)));
            assert_eq!(found, expected, "{own:?} {of_all:?}");
        }
    }
}
