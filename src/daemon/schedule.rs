//! What is due now: functions of the store's records and the instant.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::alert::outbox::MessageKey;
use crate::calendar::cron_line::CronLine;
use crate::domain::group::{Column, Group};
use crate::domain::id::ColumnId;
use crate::domain::observation::ColumnRecord;
use crate::domain::time::Moment;

/// The job of visiting every column.
pub const VISITS: &str = "visits";
/// The job of visiting every home page.
pub const HOMES: &str = "homes";
/// The job of removing what has outlived its retention.
pub const PRUNE: &str = "prune";

/// A job: when it fires, and by how much it is moved.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// Its name.
    pub name: &'a str,
    /// When it fires.
    pub line: &'a CronLine,
    /// The most by which a fire is delayed.
    pub jitter: TimeDelta,
}

impl Job<'_> {
    /// The fire that is due at `now`, given the one that was carried out last. After downtime this
    /// is the latest missed fire alone; a job that never ran is due at once, and so is one that
    /// ran in a future from which the clock was set back.
    pub fn due(&self, last: Option<Moment>, now: Moment) -> Option<Moment> {
        let Some(last) = last.filter(|&last| last <= now) else {
            return Some(now);
        };
        let mut fire = self.line.fires_between(last, now)?;
        // The newest fires may still wait for their delays, which an older one has behind it.
        while fire + self.delay(fire) > now {
            fire = self
                .line
                .fires_between(last, fire - TimeDelta::seconds(1))?;
        }
        Some(fire)
    }

    /// When the job is due next.
    pub fn next_at(&self, last: Option<Moment>, now: Moment) -> Option<Moment> {
        let Some(last) = last.filter(|&last| last <= now) else {
            return Some(now);
        };
        let mut fire = self.line.next_after(last)?;
        let mut soonest = fire + self.delay(fire);
        // A later fire with a shorter delay may come first.
        while let Some(later) = self.line.next_after(fire).filter(|&later| later < soonest) {
            soonest = soonest.min(later + self.delay(later));
            fire = later;
        }
        Some(soonest.max(now))
    }

    /// The delay of one fire: the same whenever it is asked for.
    fn delay(&self, fire: Moment) -> TimeDelta {
        let most = self.jitter.num_seconds().max(0);
        let digits = MessageKey::of(&["jitter", self.name, &fire.to_rfc3339()]);
        let share = digits
            .as_str()
            .bytes()
            .fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 1000);
        TimeDelta::seconds(most * share / 1000)
    }
}

/// The columns whose confirmation is due at `now`.
pub fn revisits<'a>(
    group: &'a Group,
    records: &BTreeMap<ColumnId, ColumnRecord>,
    now: Moment,
) -> Vec<&'a Column> {
    group
        .columns
        .values()
        .filter(|column| column.url.is_some())
        .filter(|column| {
            records
                .get(&column.id)
                .and_then(|record| record.revisit_at)
                .is_some_and(|at| at <= now)
        })
        .collect()
}

/// When the next confirmation is due.
pub fn next_revisit_at(
    group: &Group,
    records: &BTreeMap<ColumnId, ColumnRecord>,
) -> Option<Moment> {
    let configured = records.values().filter(|record| {
        group
            .columns
            .get(&record.column)
            .is_some_and(|column| column.url.is_some())
    });
    configured.filter_map(|record| record.revisit_at).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    fn due(line: &str, jitter_minutes: i64, last: Option<&str>, now: &str) -> Option<Moment> {
        let line = CronLine::parse(line).unwrap();
        let job = Job {
            name: VISITS,
            line: &line,
            jitter: TimeDelta::minutes(jitter_minutes),
        };
        job.due(last.map(at), at(now))
    }

    #[test]
    fn a_missed_fire_is_caught_up_once() {
        let line = "0 7,13 * * *";
        let last = Some("2017-11-03T07:00:00");
        assert_eq!(due(line, 0, last, "2017-11-03T12:59:59"), None);
        let noon = Some(at("2017-11-03T13:00:00"));
        assert_eq!(due(line, 0, last, "2017-11-03T13:00:00"), noon);
        let latest = Some(at("2017-11-10T07:00:00"));
        assert_eq!(due(line, 0, last, "2017-11-10T09:00:00"), latest);
        assert_eq!(
            due(line, 0, None, "2017-11-10T09:00:00"),
            Some(at("2017-11-10T09:00:00"))
        );
    }

    #[test]
    fn a_delayed_fire_waits_and_does_not_hide_a_missed_one() {
        let line = "0 7,13 * * *";
        let last = Some("2017-11-03T07:00:00");
        let fires = |now: &str| due(line, 50, last, now);
        assert_eq!(
            fires("2017-11-03T13:50:00"),
            Some(at("2017-11-03T13:00:00"))
        );
        let day_later = fires("2017-11-04T07:00:00");
        assert!(day_later.is_some(), "the afternoon's fire was missed");
    }

    #[test]
    fn whenever_the_next_time_has_come_something_is_due() {
        let line = CronLine::parse("* * * * *").unwrap();
        let job = Job {
            name: VISITS,
            line: &line,
            jitter: TimeDelta::minutes(5),
        };
        let start = at("2017-11-03T07:00:00");
        let (mut last, mut runs) = (Some(start), 0);
        for second in 0..3600 {
            let now = start + TimeDelta::seconds(second);
            let due = job.due(last, now);
            let has_come = job.next_at(last, now).unwrap() <= now;
            assert_eq!(due.is_some(), has_come, "{now} after {last:?}");
            runs += usize::from(due.is_some());
            last = due.or(last);
        }
        assert!((10..=60).contains(&runs), "{runs}");
    }

    #[test]
    fn a_clock_that_was_set_back_by_a_year_stops_no_visits() {
        let line = "0 7,13 * * *";
        let now = "2017-11-03T09:00:00";
        assert_eq!(
            due(line, 5, Some("2018-11-03T07:00:00"), now),
            Some(at(now))
        );
        assert_eq!(due(line, 5, Some(now), now), None);
    }
}
