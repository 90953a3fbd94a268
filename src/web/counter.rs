//! Where pages hand in what has to be done or worked out: it is carried out by who holds the
//! desk, under the same checks as an order by command line.

use tokio::sync::{mpsc, oneshot};

use crate::assess::score::period::Period;
use crate::domain::act::{Ground, Scope};
use crate::domain::candidate::Decided;
use crate::domain::id::ColumnId;
use crate::domain::time::{Date, Moment};
use crate::report::assessment::Assessment;

/// What somebody wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// The unit answers for a column that is late.
    Answer {
        /// The column.
        column: ColumnId,
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
    },
    /// An exemption ends now.
    EndExemption {
        /// Its key.
        key: String,
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
        /// The column.
        column: ColumnId,
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
        columns: Vec<ColumnId>,
    },
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
        back: oneshot::Sender<Result<Box<Assessment>, String>>,
    },
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
        let (back, answer) = oneshot::channel();
        let handed = Handed::Task {
            by,
            reason,
            task,
            back,
        };
        self.0.send(handed).await.map_err(|_| Closed)?;
        answer.await.map_err(|_| Closed)
    }

    /// Has the assessment of `period` made.
    pub async fn assess(&self, period: Period) -> Result<Result<Box<Assessment>, String>, Closed> {
        let (back, answer) = oneshot::channel();
        let handed = Handed::Assess { period, back };
        self.0.send(handed).await.map_err(|_| Closed)?;
        answer.await.map_err(|_| Closed)
    }
}
