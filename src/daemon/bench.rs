//! The workbench for thresholds: what others would have sent in the last days, by the journal. One
//! trial runs at a time, on a thread of its own that only reads; what came of the latest is kept.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Days;

use super::past::replay_watched;
use crate::assess::limits::Limits;
use crate::assess::tuning::Tuning;
use crate::config::draft::{Draft, DraftError, draft};
use crate::config::settings::Config;
use crate::domain::class::Class;
use crate::domain::time::{Date, Moment, date_of};
use crate::report::replay::Comparison;
use crate::web::counter::{Came, Tried};

/// How many days are looked back.
const DAYS: u64 = 90;
/// How many trials are remembered.
const REMEMBERED: usize = 8;

/// Tries thresholds.
pub struct Bench {
    config: Arc<Config>,
    trials: Arc<Mutex<VecDeque<Trial>>>,
    /// How many were begun.
    begun: AtomicU64,
}

struct Trial {
    tuning: Tuning,
    number: u64,
    /// When it was begun.
    at: Moment,
    /// The last day that it looks at: on the next day it has to be made anew.
    to: Date,
    percent: Arc<AtomicU32>,
    ended: Option<Result<Arc<Comparison>, String>>,
}

impl Bench {
    /// A bench on which nothing was tried.
    pub fn new(config: Arc<Config>) -> Bench {
        Bench {
            config,
            trials: Arc::default(),
            begun: AtomicU64::new(0),
        }
    }

    /// How far the trial of `tuning` is at `now`; it begins where none was made up to yesterday and no other
    /// is under way. An error is why it cannot be made, in Chinese.
    pub fn attempt(&self, tuning: Tuning, now: Moment) -> Result<Tried, String> {
        let today = date_of(now);
        let to = today.pred_opt().unwrap_or(today);
        let mut trials = locked(&self.trials);
        let same = |trial: &&Trial| trial.tuning == tuning && trial.to == to;
        if let Some(trial) = trials.iter().find(same) {
            return match &trial.ended {
                None => Ok(Tried::Running(trial.percent.load(Ordering::Relaxed))),
                Some(Ok(comparison)) => Ok(Tried::Done(Came {
                    number: trial.number,
                    at: trial.at,
                    comparison: Arc::clone(comparison),
                })),
                Some(Err(why)) => Err(why.clone()),
            };
        }
        if trials.iter().any(|trial| trial.ended.is_none()) {
            return Ok(Tried::Busy);
        }
        let (config, note) = self.tuned(&tuning)?;
        let percent = Arc::new(AtomicU32::new(0));
        let course = Course {
            config,
            days: (to.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(to), to),
            today,
            note,
            percent: Arc::clone(&percent),
        };
        trials.push_front(Trial {
            tuning,
            number: self.begun.fetch_add(1, Ordering::Relaxed) + 1,
            at: now,
            to,
            percent,
            ended: None,
        });
        trials.truncate(REMEMBERED);
        drop(trials);
        let end = End {
            trials: Arc::clone(&self.trials),
            came: Err("回放中断，请稍后再试。".to_owned()),
        };
        // Not the runtime's thread: a stop would wait for it.
        let begun = std::thread::Builder::new()
            .name("replay".to_owned())
            .spawn(move || {
                let mut end = end;
                end.came = course.run();
            });
        if let Err(error) = begun {
            tracing::error!(%error, "a replay cannot be begun");
            return Err("暂时无法回放，请稍后再试。".to_owned());
        }
        Ok(Tried::Running(0))
    }

    /// The text of the settings with these thresholds; or why there is none, in Chinese.
    pub fn draft(&self, tuning: &Tuning) -> Result<String, String> {
        Ok(self.drafted(tuning)?.text)
    }

    /// The configuration with these thresholds, and what has to be said of it.
    fn tuned(&self, tuning: &Tuning) -> Result<(Config, Option<&'static str>), String> {
        let running = &self.config.limits;
        let drafted = self.drafted(tuning)?;
        let duties = |limits: Limits| Limits {
            duties: running.duties.clone(),
            ..limits
        };
        let differs = duties(drafted.present) != *running;
        let note = "配置文件在监测服务启动后改过：回放以文件中的时限为基础。";
        let config = Config {
            limits: duties(drafted.limits),
            ..(*self.config).clone()
        };
        Ok((config, differs.then_some(note)))
    }

    fn drafted(&self, tuning: &Tuning) -> Result<Draft, String> {
        draft(&self.config.file, tuning).map_err(|error| refusal(&error, tuning))
    }
}

/// The end of the trial under way, also where it broke off.
struct End {
    trials: Arc<Mutex<VecDeque<Trial>>>,
    came: Result<Arc<Comparison>, String>,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut trials = locked(&self.trials);
        if let Some(trial) = trials.iter_mut().find(|trial| trial.ended.is_none()) {
            trial.ended = Some(self.came.clone());
        }
    }
}

/// One trial while it is made.
struct Course {
    config: Config,
    days: (Date, Date),
    today: Date,
    note: Option<&'static str>,
    percent: Arc<AtomicU32>,
}

impl Course {
    fn run(self) -> Result<Arc<Comparison>, String> {
        let (from, to) = self.days;
        let watch = |percent| self.percent.store(percent, Ordering::Relaxed);
        let dir = &self.config.store.dir;
        let replayed = replay_watched(&self.config, dir, self.days, &watch).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "no replay");
            "日志无法读取，不能回放。".to_owned()
        })?;
        let mut notes = replayed.notes(from, to, self.today);
        notes.extend(self.note.map(str::to_owned));
        let (was, would) = (&replayed.was, &replayed.would);
        let group = &self.config.group;
        Ok(Arc::new(Comparison::of(
            self.days,
            was,
            would,
            replayed.visits,
            group,
            notes,
        )))
    }
}

/// A panic of another holder leaves nothing half done: the list is only pushed to and read.
fn locked(trials: &Mutex<VecDeque<Trial>>) -> MutexGuard<'_, VecDeque<Trial>> {
    trials.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refusal(error: &DraftError, tuning: &Tuning) -> String {
    tracing::warn!(error = error as &dyn std::error::Error, "no draft");
    let falling: Vec<&str> = tuning
        .not_rising()
        .into_iter()
        .map(Class::in_chinese)
        .collect();
    match error {
        DraftError::Unsound(_) if !falling.is_empty() => format!(
            "下列类别的等级不能依次升高：{}。提醒须早于预警，预警须早于超期，严重超期须晚于超期。",
            falling.join("、")
        ),
        DraftError::Unsound(_) => {
            "按此设置，配置文件中的时限或等级不成立（个别类别另有等级设置），请检查数值。"
                .to_owned()
        }
        DraftError::Unreadable { .. } => "服务器上的配置文件目前无法读取。".to_owned(),
        DraftError::NotToml(_) | DraftError::NoTable(_) => {
            "服务器上的配置文件目前有错误，请管理员用 wangxun check-config 检查。".to_owned()
        }
    }
}
