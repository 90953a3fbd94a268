//! Where a column or site stands, in the order in which it needs a person, and the counts by
//! standing.
//!
//! Words and order only: the verdict itself is `assess`'s.

use serde::Serialize;

use super::overview::ColumnLine;
use super::step::Step;
use crate::assess::freshness::{Freshness, Judgement};
use crate::assess::ladder::Tier;

/// Where a column or site stands. Ordered by what needs a person first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Long past the limit.
    SeverelyOverdue,
    /// Past the limit.
    Overdue,
    /// The host gives no answer; sites only.
    Down,
    /// The page has no items.
    Empty,
    /// Cannot be judged.
    Unknown,
    /// Near the limit.
    DueSoon,
    /// In time.
    Fresh,
    /// Not visited yet.
    NotYetVisited,
    /// Exempted.
    Exempt,
    /// Visited, not judged: its class waits for a person.
    Unconfirmed,
    /// No address is configured.
    NotConfigured,
}

/// How many columns stand where. `escalated` is part of `severely_overdue`, that of `overdue`, and `warning`
/// of `due_soon`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// In time.
    pub fresh: usize,
    /// Near the limit.
    pub due_soon: usize,
    /// So near that a warning is due; counted in `due_soon` too.
    pub warning: usize,
    /// Past the limit.
    pub overdue: usize,
    /// Long past the limit; counted in `overdue` too.
    pub severely_overdue: usize,
    /// Long past the limit and escalated; counted in `severely_overdue` too.
    pub escalated: usize,
    /// Cannot be judged.
    pub unknown: usize,
    /// Without items.
    pub empty: usize,
    /// Exempted.
    pub exempt: usize,
    /// Not visited yet.
    pub not_yet_visited: usize,
    /// Not judged until a person confirms their class.
    pub unconfirmed: usize,
    /// Without an address.
    pub not_configured: usize,
}

impl Standing {
    /// Every standing, what needs a person first on top.
    pub const ALL: [Standing; 11] = [
        Standing::SeverelyOverdue,
        Standing::Overdue,
        Standing::Down,
        Standing::Empty,
        Standing::Unknown,
        Standing::DueSoon,
        Standing::Fresh,
        Standing::NotYetVisited,
        Standing::Exempt,
        Standing::Unconfirmed,
        Standing::NotConfigured,
    ];

    /// The standing with this [`key`](Standing::key).
    pub fn parse(key: &str) -> Option<Standing> {
        Standing::ALL
            .into_iter()
            .find(|standing| standing.key() == key)
    }

    /// Where a column with this verdict stands.
    pub fn of(judgement: &Judgement) -> Standing {
        match judgement.freshness {
            Freshness::Fresh { .. } | Freshness::OnDemand { .. } => Standing::Fresh,
            Freshness::DueSoon { .. } => Standing::DueSoon,
            Freshness::Overdue { .. } if judgement.tier >= Some(Tier::SeverelyOverdue) => {
                Standing::SeverelyOverdue
            }
            Freshness::Overdue { .. } => Standing::Overdue,
            Freshness::Unknown { .. } => Standing::Unknown,
            Freshness::Empty { .. } => Standing::Empty,
            Freshness::Exempt { .. } => Standing::Exempt,
            Freshness::Unconfirmed => Standing::Unconfirmed,
            Freshness::NotConfigured => Standing::NotConfigured,
            Freshness::NotYetVisited => Standing::NotYetVisited,
        }
    }

    /// The word of a table.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Standing::SeverelyOverdue => "严重超期",
            Standing::Overdue => "超期",
            Standing::Down => "无法访问",
            Standing::Empty => "空白",
            Standing::Unknown => "无法判断",
            Standing::DueSoon => "临期",
            Standing::Fresh => "正常",
            Standing::NotYetVisited => "待首次访问",
            Standing::Exempt => "已豁免",
            Standing::Unconfirmed => "类别待确认",
            Standing::NotConfigured => "未配置",
        }
    }

    /// The word of a sentence: `判定为…`.
    pub fn verdict_in_chinese(self) -> &'static str {
        match self {
            Standing::Empty => "空白栏目",
            Standing::Exempt => "豁免",
            other => other.in_chinese(),
        }
    }

    /// The word of a style sheet or a metric's label.
    pub fn key(self) -> &'static str {
        match self {
            Standing::SeverelyOverdue => "severely-overdue",
            Standing::Overdue => "overdue",
            Standing::Down => "down",
            Standing::Empty => "empty",
            Standing::Unknown => "unknown",
            Standing::DueSoon => "due-soon",
            Standing::Fresh => "fresh",
            Standing::NotYetVisited => "not-yet-visited",
            Standing::Exempt => "exempt",
            Standing::Unconfirmed => "unconfirmed",
            Standing::NotConfigured => "not-configured",
        }
    }

    /// Whether a person has something to do.
    pub fn needs_a_person(self) -> bool {
        self < Standing::Fresh
    }
}

impl Counts {
    /// The counts of these columns.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a ColumnLine>) -> Counts {
        let mut counts = Counts::default();
        for line in lines {
            counts.add(line.standing);
            match Step::of(line) {
                Step::Tier(Tier::Warning) => counts.warning += 1,
                Step::Tier(Tier::Escalation) => counts.escalated += 1,
                _ => {}
            }
        }
        counts
    }

    /// How many stand so, however else they are counted.
    pub(super) fn standing(&self, standing: Standing) -> usize {
        match standing {
            Standing::SeverelyOverdue => self.severely_overdue,
            Standing::Overdue => self.overdue - self.severely_overdue,
            Standing::Down => 0,
            Standing::Empty => self.empty,
            Standing::Unknown => self.unknown,
            Standing::DueSoon => self.due_soon,
            Standing::Fresh => self.fresh,
            Standing::NotYetVisited => self.not_yet_visited,
            Standing::Exempt => self.exempt,
            Standing::Unconfirmed => self.unconfirmed,
            Standing::NotConfigured => self.not_configured,
        }
    }

    fn add(&mut self, standing: Standing) {
        match standing {
            Standing::SeverelyOverdue => {
                self.overdue += 1;
                self.severely_overdue += 1;
            }
            Standing::Overdue => self.overdue += 1,
            Standing::Down | Standing::Unknown => self.unknown += 1,
            Standing::Empty => self.empty += 1,
            Standing::DueSoon => self.due_soon += 1,
            Standing::Fresh => self.fresh += 1,
            Standing::NotYetVisited => self.not_yet_visited += 1,
            Standing::Exempt => self.exempt += 1,
            Standing::Unconfirmed => self.unconfirmed += 1,
            Standing::NotConfigured => self.not_configured += 1,
        }
    }

    /// What decides between two lines of one standing: the worse count first.
    pub(super) fn weight(&self) -> [usize; 4] {
        [
            self.escalated,
            self.severely_overdue,
            self.overdue,
            self.in_need(),
        ]
    }

    /// All columns.
    pub fn all(&self) -> usize {
        let quiet = self.fresh + self.not_yet_visited + self.exempt + self.unconfirmed;
        self.in_need() + quiet + self.not_configured
    }

    /// The columns that a person has something to do with.
    pub fn in_need(&self) -> usize {
        self.overdue + self.empty + self.unknown + self.due_soon
    }
}
