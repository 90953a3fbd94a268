//! Assessments that were made, as long as nothing was learnt since: a page that is looked at again, and
//! each of its files, do not read a whole period anew, and a closed one is not unpacked at each view.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::assessment::TELL_NOBODY;
use super::desk::Desk;
use super::inspection::INSPECTION;
use super::sampler::SAMPLES;
use super::schedule;
use crate::assess::score::period::Period;
use crate::domain::time::{Date, Moment, date_of};
use crate::report::assessment::Assessment;
use crate::store::error::StoreError;

/// Assessments that are made at one time: each reads a whole period.
const AT_ONCE: usize = 1;
/// How many are kept: the periods of a trend and those around them.
const KEPT: usize = 8;

/// Where assessments are kept. Clones keep at the same place.
#[derive(Clone)]
pub struct Shelf {
    desk: Desk,
    places: Arc<Semaphore>,
    kept: Arc<Mutex<VecDeque<Kept>>>,
}

struct Kept {
    period: Period,
    mark: Mark,
    assessment: Arc<Assessment>,
}

/// What tells that nothing was learnt: whatever an assessment is made from changes one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    day: Date,
    runs: Vec<Option<Moment>>,
    visited_at: Option<Moment>,
    open: usize,
    acts: usize,
    entries: usize,
    decisions: usize,
    statements: usize,
    versions: usize,
}

impl Shelf {
    /// An empty one.
    pub fn new(desk: Desk) -> Shelf {
        Shelf {
            desk,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            kept: Arc::default(),
        }
    }

    /// The assessment of `period`, from the shelf if it holds; or why there is none, in Chinese.
    pub async fn assessment(&self, period: Period) -> Result<Arc<Assessment>, String> {
        self.made(period).await.unwrap_or_else(|error| {
            tracing::error!(%error, "an assessment cannot be made");
            Err("暂时无法读取监测数据，请稍后再试。".to_owned())
        })
    }

    async fn made(&self, period: Period) -> Result<Result<Arc<Assessment>, String>, StoreError> {
        if let Some(assessment) = self.find(period, &self.mark(period).await?) {
            return Ok(Ok(assessment));
        }
        // The semaphore is never closed. Who waited may find it made.
        let _place = self.places.acquire().await;
        let mark = self.mark(period).await?;
        if let Some(assessment) = self.find(period, &mark) {
            return Ok(Ok(assessment));
        }
        Ok(
            match self.desk.assessed(period, false, TELL_NOBODY).await? {
                Ok(assessment) => Ok(self.keep(period, mark, assessment)),
                Err(without) => Err(without.in_chinese()),
            },
        )
    }

    async fn mark(&self, period: Period) -> Result<Mark, StoreError> {
        let store = &self.desk.store;
        let mut runs = Vec::new();
        for job in [schedule::VISITS, schedule::HOMES, SAMPLES, INSPECTION] {
            runs.push(store.last_run(job).await?);
        }
        let records = store.records().await?;
        Ok(Mark {
            day: date_of(self.desk.clock.now()),
            runs,
            visited_at: records.values().map(|record| record.visited_at).max(),
            open: store.open_incidents().await?.len(),
            acts: store.acts().await?.len(),
            entries: store.entries().await?.len(),
            decisions: store.decisions().await?.len(),
            statements: store.statements().await?.len(),
            versions: store.closings(&period.to_string()).await?.len(),
        })
    }

    fn find(&self, period: Period, mark: &Mark) -> Option<Arc<Assessment>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept
            .iter()
            .find(|one| one.period == period && one.mark == *mark);
        found.map(|one| Arc::clone(&one.assessment))
    }

    fn keep(&self, period: Period, mark: Mark, assessment: Assessment) -> Arc<Assessment> {
        let assessment = Arc::new(assessment);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.period != period);
        kept.push_front(Kept {
            period,
            mark,
            assessment: Arc::clone(&assessment),
        });
        kept.truncate(KEPT);
        assessment
    }
}
