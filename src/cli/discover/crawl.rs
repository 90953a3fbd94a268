//! The crawl: one page after the other, politely, until nothing is left or a bound is reached.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::daemon::visit::{Aimed, Means, look};
use crate::discovery::sheet::{Came, Seen, Sheet};
use crate::discovery::survey::{Errand, Survey};
use crate::domain::access::Access;
use crate::domain::page::Page;
use crate::domain::reading_rules::Extras;
use crate::domain::time::Moment;
use crate::domain::visit::{Failure, Outcome, Validators};
use crate::extract::outline::{Outline, outline};
use crate::extract::{Aim, Reading, Recipe};

/// How far a crawl may go.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Requests in all, those of earlier runs included.
    pub requests: usize,
    /// The time of this run.
    pub time: Duration,
}

/// How a crawl ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing is left.
    Done,
    /// As many requests as were allowed.
    Requests,
    /// The time is over.
    Time,
    /// Somebody stopped it.
    Stopped,
}

impl End {
    /// The end in words.
    pub fn in_words(self) -> &'static str {
        match self {
            End::Done => "done",
            End::Requests => "as many requests as --pages allows",
            End::Time => "as much time as --minutes allows",
            End::Stopped => "stopped",
        }
    }
}

/// What a crawl works with.
pub struct Crawl<'a> {
    /// Fetches and reads.
    pub means: Means,
    /// The rules of fetching.
    pub access: &'a Access,
    /// The instant of reading.
    pub now: Moment,
}

impl Crawl<'_> {
    /// Visits what the survey asks for, and hands every sheet to `keep`.
    pub async fn run(
        &self,
        survey: &mut Survey,
        bounds: Bounds,
        mut keep: impl FnMut(&Survey, &Sheet) -> anyhow::Result<()>,
    ) -> anyhow::Result<End> {
        let end = Instant::now() + bounds.time;
        while let Some(errand) = survey.next() {
            if survey.requests() >= bounds.requests {
                return Ok(End::Requests);
            }
            let Ok(sheet) = timeout_at(end, Box::pin(self.sheet(survey, &errand))).await else {
                return Ok(End::Time);
            };
            survey.enter(sheet.clone());
            keep(survey, &sheet)?;
        }
        Ok(End::Done)
    }

    /// One visit. Of the home page only the outline is wanted.
    async fn sheet(&self, survey: &Survey, errand: &Errand) -> Sheet {
        let (came, requests) = if errand.is_home {
            let validators = Validators::default();
            let fetcher = &self.means.fetcher;
            let visit = fetcher.visit(&errand.url, self.access, &validators).await;
            (self.came(visit.outcome, None).await, 1)
        } else {
            let recipe = Recipe {
                home: Some(survey.home().clone()),
                budget: self.means.page_budget,
                ..Recipe::of(Aim::Column)
            };
            let aimed = Aimed {
                url: &errand.url,
                access: self.access,
                recipe,
                validators: Validators::default(),
                known: None,
                extra: Extras::NONE,
            };
            let look = look(&self.means, aimed, self.now).await;
            let requests = look.outcomes.len();
            (self.came(look.visit.outcome, look.reading).await, requests)
        };
        Sheet {
            url: errand.url.clone(),
            depth: errand.depth,
            requests,
            came,
        }
    }

    async fn came(&self, outcome: Outcome, reading: Option<Reading>) -> Came {
        match outcome {
            Outcome::Page(page) => {
                let arrived = page.url.clone();
                match outline_aside(page).await {
                    Some(outline) => Came::Page(Box::new(Seen::of(arrived, outline, reading))),
                    None => Came::Closed,
                }
            }
            Outcome::Failed(failure) => Came::Failed(failure),
            // Nothing was asked that this could answer.
            Outcome::NotModified => Came::Failed(Failure::BadAnswer),
        }
    }
}

/// Outlines on the blocking pool; nothing where that broke off.
async fn outline_aside(page: Page) -> Option<Outline> {
    let url = page.url.clone();
    match tokio::task::spawn_blocking(move || outline(&page)).await {
        Ok(outline) => outline,
        Err(error) => {
            tracing::error!(%url, %error, "the outline broke off");
            None
        }
    }
}
