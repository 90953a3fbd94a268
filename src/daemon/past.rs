//! From the journal to the steps of a replay: what was visited, judged, written and released, and
//! what was told.
//!
//! A round leaves its visits in several changes, and a judgement that changed nothing leaves none:
//! where a round ended is told by the mark of its run, by the judgement, or by the next round.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{NaiveTime, TimeDelta};

use super::schedule;
use crate::alert::incident::{Kind, Release, Subject};
use crate::alert::outbox::{Delivery, MessageKey, Notice, NoticeState};
use crate::alert::replay::{Account, Replay, Setting, Standing, Step, tellings};
use crate::config::settings::Config;
use crate::domain::home::HomeRecord;
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::time::{Date, Moment, date_of, moment};
use crate::store::commit::{Commit, JobRun};
use crate::store::error::StoreError;
use crate::store::past::{Past, changes};

/// Visits that lie further apart belong to two rounds.
const ONE_ROUND: TimeDelta = TimeDelta::minutes(10);
/// Observations that were noted so long after they were made are restated, not made.
const RESTATED: TimeDelta = TimeDelta::hours(36);

/// Both accounts of the same days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// What was told.
    pub was: Account,
    /// What would have been told.
    pub would: Account,
    /// Visits that were looked at.
    pub visits: usize,
    /// The columns that are configured and were never visited in these days.
    pub unvisited: usize,
    /// How much of the past there is.
    pub past: Past,
}

/// What `config` would have told from the first to the last day, `to` included, by the journal of
/// the store in `dir`. Nothing is written anywhere.
pub fn replay(config: &Config, dir: &Path, from: Date, to: Date) -> Result<Replayed, StoreError> {
    replay_watched(config, dir, (from, to), &|_| ())
}

/// Like [`replay`]; `watch` is told how far it has come, in percent of the time that is read.
pub fn replay_watched(
    config: &Config,
    dir: &Path,
    (from, to): (Date, Date),
    watch: &dyn Fn(u32),
) -> Result<Replayed, StoreError> {
    let midnight = |day: Date| moment(day.and_time(NaiveTime::MIN));
    let end = midnight(to.succ_opt().unwrap_or(to));
    let mut course = Retold {
        config,
        start: midnight(from),
        before: Standing::default(),
        replay: None,
        round: Round::default(),
        was: Account::default(),
        known: BTreeSet::new(),
        visits: 0,
        visited: BTreeSet::new(),
        offline: false,
    };
    let mut begun = None;
    let past = changes(dir, &mut |commit| {
        let within = commit.at < end;
        let first = *begun.get_or_insert(commit.at);
        watch(share(commit.at - first, end - first));
        if within {
            course.change(commit);
        }
        within
    })?;
    Ok(Replayed {
        past,
        ..course.finish(end)
    })
}

/// `part` of `whole` in percent.
fn share(part: TimeDelta, whole: TimeDelta) -> u32 {
    let whole = whole.num_seconds().max(1);
    let percent = part.num_seconds().saturating_mul(100) / whole;
    u32::try_from(percent.clamp(0, 100)).unwrap_or(100)
}

impl Replayed {
    /// What a reader must know to judge the replay of the days `from` to `to`, in Chinese.
    pub fn notes(&self, from: Date, to: Date, today: Date) -> Vec<String> {
        let mut notes = vec![format!(
            "{from}至{to}共{}次已存访问；开始时尚未结束的事件按当时情形继续；“实际”指已生成的通知，不论渠道是否送达。",
            self.visits
        )];
        if self.visits == 0 {
            notes.push("此期间没有已存访问，无从回放，不能据此判断有无差异。".to_owned());
        }
        if let Some(begins) = self.past.begins_at.map(date_of)
            && begins > from
        {
            notes.push(format!("{begins}之前的观测已不再保存，回放从该日开始。"));
        }
        if to >= today {
            notes.push("最后一天尚未结束。".to_owned());
        }
        if self.unvisited > 0 {
            notes.push(format!(
                "有{}个已配置栏目在此期间没有访问记录，未参与回放。",
                self.unvisited
            ));
        }
        if !self.past.damage.is_none() {
            notes.push(format!(
                "日志有损坏，结果可能不全（{}）。",
                self.past.damage
            ));
        }
        notes
    }
}

/// The past while it is told once more.
struct Retold<'a> {
    config: &'a Config,
    start: Moment,
    /// How things stood, until the first day begins.
    before: Standing,
    replay: Option<Replay<'a>>,
    round: Round,
    was: Account,
    /// Notices that have been told.
    known: BTreeSet<MessageKey>,
    visits: usize,
    visited: BTreeSet<ColumnId>,
    /// Whether our own network was down, by the latest judgement.
    offline: bool,
}

/// A round whose end has not been met.
#[derive(Default)]
struct Round {
    /// When its latest visit was noted; `None` between rounds.
    at: Option<Moment>,
    columns: BTreeSet<ColumnId>,
    homes: BTreeSet<SiteId>,
    /// What was written since then: during the round, or after it.
    since: Vec<Step>,
}

impl<'a> Retold<'a> {
    fn change(&mut self, commit: Commit) {
        let mut incidents = commit.incidents.iter();
        if let Some(own) = incidents.rfind(|incident| incident.key.kind == Kind::Offline) {
            self.offline = own.is_open();
        }
        if commit.at < self.start {
            self.stand(commit);
        } else {
            self.retell(commit);
        }
    }

    fn stand(&mut self, commit: Commit) {
        let config = self.config;
        for record in commit.records {
            self.before.keep_record(record);
        }
        for item in commit
            .items
            .into_iter()
            .filter(|item| owes(config, &item.column))
        {
            self.before.keep_item(item);
        }
        for home in commit.homes {
            self.before.keep_home(home);
        }
        for day in commit.days {
            self.before.keep_day(day);
        }
        for incident in commit.incidents {
            self.before.keep_incident(incident);
        }
        self.before.acts.extend(commit.acts);
        for notice in commit.notices {
            self.before.keep_notice(notice);
        }
    }

    fn retell(&mut self, commit: Commit) {
        for day in &commit.days {
            self.step(Step::Sampled(Box::new(day.clone())));
        }
        for letter in &commit.letters {
            self.step(Step::Inspected(Box::new(letter.clone())));
        }
        let gap = self.round.at.is_some_and(|at| commit.at - at > ONE_ROUND);
        if gap {
            self.end_round(None);
        }
        if !commit.observations.is_empty() || visited_homes(&commit) {
            return self.visits(commit);
        }
        if !commit.acts.is_empty() {
            self.end_round(None);
            // The reason of a release stands beside it.
            if let Some(step) = released(&commit) {
                self.step(step);
            }
            for act in commit.acts {
                self.step(Step::Acted(act));
            }
            return;
        }
        let at = commit.at;
        if commit.messages.is_empty() {
            if let Some(step) = released(&commit) {
                self.end_round(None);
                self.step(step);
            } else if !commit.incidents.is_empty()
                || !commit.records.is_empty()
                || !commit.homes.is_empty()
            {
                self.end_round(Some(at));
            } else if commit.runs.iter().any(ends_round) {
                self.end_round(None);
            } else if !commit.notices.is_empty() {
                // Words to the operators are nothing that is judged.
                let is_word = |notice: &Notice| {
                    notice.kind == Kind::Trouble && notice.state == NoticeState::Waiting
                };
                let words: Vec<Notice> = commit.notices.into_iter().filter(is_word).collect();
                self.later(match words.is_empty() {
                    true => Step::Written(at),
                    false => Step::Undelivered { at, notices: words },
                });
            }
            return;
        }
        let ended = |delivery: &Delivery| {
            let accepted = matches!(
                delivery,
                Delivery::Accepted { .. } | Delivery::Delivered { .. }
            );
            delivery.is_final() && !accepted
        };
        if commit.messages.iter().any(|told| ended(&told.delivery)) {
            // What only waits again was told before.
            let is_new = |notice: &Notice| {
                notice.state == NoticeState::Waiting && !self.known.contains(&notice.key)
            };
            let notices = commit.notices.into_iter().filter(is_new).collect();
            self.later(Step::Undelivered { at, notices });
        } else if !commit.notices.is_empty() {
            self.told(&commit);
            self.later(Step::Written(at));
        }
    }

    /// Counts what was told.
    fn told(&mut self, commit: &Commit) {
        let fresh = commit
            .messages
            .iter()
            .filter(|told| told.created_at == commit.at);
        let fresh: Vec<_> = fresh.map(|told| &told.key).collect();
        let known = &mut self.known;
        let notices = commit.notices.iter().filter(|notice| match &notice.state {
            NoticeState::Bundled(into) => fresh.contains(&into) && known.insert(notice.key.clone()),
            _ => false,
        });
        self.was.tellings.extend(tellings(notices, commit.at));
        self.was.messages += fresh.len();
    }

    fn visits(&mut self, commit: Commit) {
        let again = |column: &ColumnId| self.round.columns.contains(column);
        let home_again = |site: &SiteId| self.round.homes.contains(site);
        if commit.observations.iter().any(|seen| again(&seen.column))
            || commit.homes.iter().any(|home| home_again(&home.site))
        {
            self.end_round(None);
        }
        // What was written since the latest visit was written while the round went on.
        for step in std::mem::take(&mut self.round.since) {
            self.step(step);
        }
        let at = commit.at;
        let config = self.config;
        for item in commit
            .items
            .into_iter()
            .filter(|item| owes(config, &item.column))
        {
            self.step(Step::Listed(Box::new(item)));
        }
        for home in commit.homes {
            self.round.homes.insert(home.site.clone());
            self.round.at = Some(at.max(home.visited_at));
            self.step(Step::Fronted(Box::new(home)));
        }
        let mut records = commit.records;
        for seen in commit.observations {
            let record = records
                .iter()
                .position(|record| record.column == seen.column)
                .map(|place| records.swap_remove(place));
            let Some(record) = record.filter(|_| at - seen.observed_at < RESTATED) else {
                continue;
            };
            self.visits += 1;
            self.visited.insert(seen.column.clone());
            self.round.columns.insert(seen.column.clone());
            self.round.at = Some(at.max(seen.observed_at));
            self.step(Step::Visited(Box::new((seen, record))));
        }
    }

    /// What is not part of a round waits until it is known whether the round goes on.
    fn later(&mut self, step: Step) {
        match self.round.at {
            Some(_) => self.round.since.push(step),
            None => self.step(step),
        }
    }

    /// The group is judged after the round: at `judged_at`, or when its latest visit was noted.
    fn end_round(&mut self, judged_at: Option<Moment>) {
        let Round { at, since, .. } = std::mem::take(&mut self.round);
        if let Some(at) = judged_at.or(at) {
            let probed = !self.config.probes.is_empty();
            let answered = probed.then_some(!self.offline);
            self.step(Step::Judged { at, answered });
        }
        for step in since {
            self.step(step);
        }
    }

    fn step(&mut self, step: Step) {
        self.begun().take(step);
    }

    fn begun(&mut self) -> &mut Replay<'a> {
        self.replay.get_or_insert_with(|| {
            let config = self.config;
            let setting = Setting {
                group: &config.group,
                limits: &config.limits,
                calendar: &config.calendar,
                rules: &config.alert,
            };
            Replay::new(setting, std::mem::take(&mut self.before), self.start)
        })
    }

    fn finish(mut self, end: Moment) -> Replayed {
        self.end_round(None);
        self.begun();
        let would = self.replay.map(|replay| replay.finish(end));
        let columns = self.config.group.columns.values();
        let unvisited = columns
            .filter(|column| column.url.is_some() && !self.visited.contains(&column.id))
            .count();
        Replayed {
            was: self.was,
            would: would.unwrap_or_default(),
            visits: self.visits,
            unvisited,
            past: Past::default(),
        }
    }
}

/// Whether the column owes something by a day, so that its items have to be known.
fn owes(config: &Config, column: &ColumnId) -> bool {
    let column = config.group.columns.get(column);
    column.is_some_and(|column| config.limits.duties.iter().any(|duty| duty.is_of(column)))
}

/// Whether the job is one whose end is judged.
fn ends_round(run: &JobRun) -> bool {
    [schedule::VISITS, schedule::HOMES].contains(&run.job.as_str())
}

/// Whether the change holds visits to home pages, and is no judgement that only asks for others.
fn visited_homes(commit: &Commit) -> bool {
    let judged = !commit.incidents.is_empty() || !commit.notices.is_empty();
    let recent = |home: &HomeRecord| {
        commit.at - home.visited_at < ONE_ROUND && home.reach.revisit_at.is_none()
    };
    !judged && commit.homes.iter().any(recent)
}

/// A release by a person, where the change is one.
fn released(commit: &Commit) -> Option<Step> {
    commit.incidents.iter().find_map(
        |incident| match (&incident.release, &incident.key.subject) {
            (
                Some(Release::Granted { by, at }),
                subject @ (Subject::Column(_) | Subject::Duty(..)),
            ) if *at == commit.at => Some(Step::Released {
                subject: subject.clone(),
                by: by.clone(),
                at: *at,
            }),
            _ => None,
        },
    )
}
