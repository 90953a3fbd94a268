//! What came of a trial, as the page shows it.

use crate::domain::time::Moment;
use crate::report::replay::OfKind;
use crate::web::counter::Came;
use crate::web::view::when;

/// How many differences are shown.
const ROWS: usize = 200;

/// A comparison as far as a page shows it.
pub(super) struct Shown {
    /// When it was made, and whether that was asked for before.
    pub(super) made: String,
    /// What the form says of it when it asks again: a browser does not ask for the same page twice.
    pub(super) former: Former,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) sums: Vec<Sum>,
    pub(super) counted: String,
    pub(super) kinds: Vec<OfKind>,
    pub(super) people: String,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) more: usize,
    pub(super) notes: Vec<String>,
}

pub(super) struct Sum {
    pub(super) name: &'static str,
    pub(super) was: usize,
    pub(super) would: usize,
    pub(super) change: String,
}

impl Shown {
    pub(super) fn of(came: &Came, former: Former, now: Moment) -> Shown {
        let comparison = &came.comparison;
        let sums = comparison.sums.iter().map(|&(name, was, would)| Sum {
            name,
            was,
            would,
            change: match (was.abs_diff(would), was < would) {
                (0, _) => "—".to_owned(),
                (more, true) => format!("+{more}"),
                (fewer, false) => format!("−{fewer}"),
            },
        });
        Shown {
            made: former.told(came.at, now),
            former,
            from: comparison.from.to_string(),
            to: comparison.to.to_string(),
            sums: sums.collect(),
            counted: comparison.counted.clone(),
            kinds: comparison.kinds.clone(),
            people: comparison.people.clone(),
            rows: comparison.rows.iter().take(ROWS).cloned().collect(),
            more: comparison.rows.len().saturating_sub(ROWS),
            notes: comparison.notes.clone(),
        }
    }
}

/// The result from which the form asks again: its trial, and how often it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Former {
    trial: u64,
    times: u32,
}

impl Former {
    pub(super) fn parse(text: &str) -> Option<Former> {
        let (trial, times) = text.split_once('-')?;
        Some(Former {
            trial: trial.parse().ok()?,
            times: times.parse().ok()?,
        })
    }

    /// This result, shown after `former`.
    pub(super) fn after(former: Option<Former>, trial: u64) -> Former {
        let same = former.filter(|former| former.trial == trial);
        let times = same.map_or(0, |same| same.times).saturating_add(1);
        Former { trial, times }
    }

    /// When the result was made at `at`, and why it is the same where it was asked for again.
    fn told(self, at: Moment, now: Moment) -> String {
        let at = when(Some(at), now);
        match self.times {
            0 | 1 => format!("{at}试算。"),
            times => format!(
                "第{times}次试算，设置未变，仍为{at}的结果：回放截至昨天，当天再次试算结果相同。"
            ),
        }
    }
}

impl std::fmt::Display for Former {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.trial, self.times)
    }
}
