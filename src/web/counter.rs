//! Where pages hand in what has to be done or worked out: it is carried out by who holds the
//! desk, under the same checks as an order by command line.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::alert::incident::Subject;
use crate::assess::score::period::Period;
use crate::assess::tuning::Tuning;
use crate::domain::act::{Ground, Scope};
use crate::domain::candidate::Decided;
use crate::domain::id::{ColumnId, PersonId, SiteId};
use crate::domain::time::{Date, Moment};
use crate::report::assessment::Assessment;
use crate::report::replay::Comparison;

/// What somebody wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// The unit answers for a column that is late.
    Answer {
        /// The column.
        column: ColumnId,
        /// What it owes by a day; else its limit is answered for.
        duty: Option<String>,
        /// The last day of the answer.
        until: Date,
    },
    /// Columns are exempt.
    Exempt {
        /// Which.
        scope: Scope,
        /// On which ground.
        ground: Ground,
        /// The first day; today if left out.
        from: Option<Date>,
        /// The last day.
        until: Date,
        /// Whether the site is not visited either.
        paused: bool,
        /// Who approved it.
        approver: String,
    },
    /// An exemption ends now, with all that run now and cover just the same.
    EndExemption {
        /// Its key.
        key: String,
        /// What the page is about: the exemption has to cover it.
        within: Scope,
    },
    /// Messages wait.
    Hold {
        /// The column or unit.
        about: String,
        /// Until when.
        until: Moment,
    },
    /// Messages wait no longer.
    Lift {
        /// The column or unit.
        about: String,
    },
    /// A proposed escalation goes out.
    Release {
        /// Of what: a column's limit or a duty of it.
        subject: Subject,
    },
    /// A changed list is the column's.
    Accept {
        /// The column.
        column: ColumnId,
    },
    /// A candidate is confirmed, rejected or commented on; the reason is the comment. Which there are:
    /// `Store::candidates` and `Store::decisions`, put together by `assess::candidates::cases`.
    Decide {
        /// The candidate, by its key.
        candidate: String,
        /// What.
        what: Decided,
    },
    /// Columns are visited now.
    Visit {
        /// Which.
        scope: Scope,
    },
    /// Finds are entered where the program does not measure.
    Score {
        /// The site.
        site: SiteId,
        /// The rule.
        rule: String,
        /// The period.
        period: Period,
        /// How many.
        finds: u32,
    },
    /// A unit says something to a point of the assessment; the reason is what it says.
    State {
        /// The site.
        site: SiteId,
        /// The rule.
        rule: String,
        /// The period.
        period: Period,
    },
    /// A period is closed, or what was closed is corrected.
    Close {
        /// The period.
        period: Period,
        /// Whether it is a correction.
        correct: bool,
    },
    /// A test message is sent.
    Test {
        /// To whom.
        person: PersonId,
    },
    /// The trial run ends.
    GoLive,
}

/// What is handed in.
#[derive(Debug)]
pub enum Handed {
    /// Something to be done; the answer is why it is refused, in Chinese, or what was reached.
    Task {
        /// By whom.
        by: String,
        /// Why.
        reason: String,
        /// What.
        task: Task,
        /// Where the answer goes.
        back: oneshot::Sender<Result<String, String>>,
    },
    /// An assessment to be made; the answer is why there is none, in Chinese.
    Assess {
        /// Of which period.
        period: Period,
        /// Where the answer goes.
        back: oneshot::Sender<Result<Arc<Assessment>, String>>,
    },
    /// What is told of a site as a whole, to be defended; the answer is a paragraph.
    Why {
        /// The site.
        site: SiteId,
        /// Where the answer goes.
        back: oneshot::Sender<String>,
    },
    /// Thresholds to be tried on the past; the answer comes at once, and tells how far it is.
    Try {
        /// The thresholds.
        tuning: Tuning,
        /// Where the answer goes.
        back: oneshot::Sender<Result<Tried, String>>,
    },
    /// The settings with these thresholds; the answer is the text of the file.
    Draft {
        /// The thresholds.
        tuning: Tuning,
        /// Where the answer goes.
        back: oneshot::Sender<Result<String, String>>,
    },
}

/// How far a trial of thresholds is.
#[derive(Debug, Clone)]
pub enum Tried {
    /// Under way, in percent.
    Running(u32),
    /// Others are being tried; one trial runs at a time.
    Busy,
    /// What came of it.
    Done(Came),
}

/// What came of a trial.
#[derive(Debug, Clone)]
pub struct Came {
    /// Which trial that was since the daemon began.
    pub number: u64,
    /// When it was begun.
    pub at: Moment,
    /// What differs.
    pub comparison: Arc<Comparison>,
}

/// Where it is handed in. Clones hand in at the same place.
#[derive(Debug, Clone)]
pub struct Counter(mpsc::Sender<Handed>);

/// Nobody takes anything: the daemon is ending.
#[derive(Debug, thiserror::Error)]
#[error("nobody is at the desk")]
pub struct Closed;

impl Counter {
    /// A counter whose other side is `desk`.
    pub fn new(desk: mpsc::Sender<Handed>) -> Counter {
        Counter(desk)
    }

    /// Has `task` done.
    pub async fn enter(
        &self,
        by: String,
        reason: String,
        task: Task,
    ) -> Result<Result<String, String>, Closed> {
        self.hand(|back| Handed::Task {
            by,
            reason,
            task,
            back,
        })
        .await
    }

    /// Has the assessment of `period` made.
    pub async fn assess(&self, period: Period) -> Result<Result<Arc<Assessment>, String>, Closed> {
        self.hand(|back| Handed::Assess { period, back }).await
    }

    /// Has what is told of `site` as a whole defended.
    pub async fn why(&self, site: SiteId) -> Result<String, Closed> {
        self.hand(|back| Handed::Why { site, back }).await
    }

    /// Has thresholds tried; asked again, it tells how far that is.
    pub async fn attempt(&self, tuning: Tuning) -> Result<Result<Tried, String>, Closed> {
        self.hand(|back| Handed::Try { tuning, back }).await
    }

    /// Has the settings written with these thresholds; nothing is put in place.
    pub async fn draft(&self, tuning: Tuning) -> Result<Result<String, String>, Closed> {
        self.hand(|back| Handed::Draft { tuning, back }).await
    }

    async fn hand<T>(
        &self,
        handed: impl FnOnce(oneshot::Sender<T>) -> Handed,
    ) -> Result<T, Closed> {
        let (back, answer) = oneshot::channel();
        self.0.send(handed(back)).await.map_err(|_| Closed)?;
        answer.await.map_err(|_| Closed)
    }
}
