//! The steps by which columns are counted: what is late or comes near it by its tier, all else by its
//! standing. Every column stands on one step.
//!
//! Words and order only: the verdict itself is `assess`'s.

use super::overview::{ColumnLine, SiteLine};
use super::standing::{Counts, Standing};
use crate::assess::ladder::Tier;

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Late, or near it.
    Tier(Tier),
    /// Anything else.
    Standing(Standing),
}

impl Step {
    /// Every step, what needs a person first on top.
    pub const ALL: [Step; 12] = [
        Step::Tier(Tier::Escalation),
        Step::Tier(Tier::SeverelyOverdue),
        Step::Tier(Tier::Overdue),
        Step::Standing(Standing::Empty),
        Step::Standing(Standing::Unknown),
        Step::Tier(Tier::Warning),
        Step::Tier(Tier::Reminder),
        Step::Standing(Standing::Fresh),
        Step::Standing(Standing::NotYetVisited),
        Step::Standing(Standing::Exempt),
        Step::Standing(Standing::Unconfirmed),
        Step::Standing(Standing::NotConfigured),
    ];

    /// The step of a column. An escalation counts once it was let out: before, nobody was told.
    pub fn of(line: &ColumnLine) -> Step {
        let owed = line.owed.iter().filter_map(|owed| owed.told).max();
        let tier = match line.standing {
            Standing::SeverelyOverdue if line.told.max(owed) == Some(Tier::Escalation) => {
                Tier::Escalation
            }
            Standing::SeverelyOverdue => Tier::SeverelyOverdue,
            Standing::Overdue => Tier::Overdue,
            Standing::DueSoon if line.judgement.tier.max(owed) >= Some(Tier::Warning) => {
                Tier::Warning
            }
            Standing::DueSoon => Tier::Reminder,
            other => return Step::Standing(other),
        };
        Step::Tier(tier)
    }

    /// The step of a site that is not shut: that of its worst column.
    pub fn of_site(line: &SiteLine) -> Step {
        let counts = &line.counts;
        Step::Tier(match line.standing {
            Standing::SeverelyOverdue if counts.escalated > 0 => Tier::Escalation,
            Standing::SeverelyOverdue => Tier::SeverelyOverdue,
            Standing::Overdue => Tier::Overdue,
            Standing::DueSoon if counts.warning > 0 => Tier::Warning,
            Standing::DueSoon => Tier::Reminder,
            other => return Step::Standing(other),
        })
    }

    /// The step with this [`key`](Step::key).
    pub fn parse(key: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.key() == key)
    }

    /// The word of an address. `severely-overdue` is the standing's, which holds what was escalated too.
    pub fn key(self) -> &'static str {
        match self {
            Step::Tier(Tier::SeverelyOverdue) => "severe",
            Step::Tier(tier) => tier.key(),
            Step::Standing(standing) => standing.key(),
        }
    }

    /// The word of a table.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Step::Tier(tier) => tier.in_chinese(),
            Step::Standing(standing) => standing.in_chinese(),
        }
    }

    /// How many of the counted stand on it.
    pub fn count(self, counts: &Counts) -> usize {
        match self {
            Step::Tier(Tier::Escalation) => counts.escalated,
            Step::Tier(Tier::SeverelyOverdue) => counts.severely_overdue - counts.escalated,
            Step::Tier(Tier::Overdue) => counts.overdue - counts.severely_overdue,
            Step::Tier(Tier::Warning) => counts.warning,
            Step::Tier(Tier::Reminder) => counts.due_soon - counts.warning,
            Step::Standing(standing) => counts.standing(standing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::limits::Limits;
    use crate::report::fixture::{at, group};
    use crate::report::overview::{OwedLine, Scene, column_line};

    /// A column at `standing` by its age alone: the tier that its age reaches, and the one that was told.
    fn line(standing: Standing, judged: Option<Tier>, told: Option<Tier>) -> ColumnLine {
        let group = group();
        let column = group.columns.values().next().unwrap();
        let mut line = column_line(
            &Scene {
                group: &group,
                limits: &Limits::default(),
                records: &Default::default(),
                open: &Default::default(),
                acts: &[],
                blind_after_visits: 3,
                now: at("2017-11-18T10:00:00"),
            },
            column,
        );
        line.standing = standing;
        line.judgement.tier = judged;
        line.told = told;
        line
    }

    #[test]
    fn every_column_is_counted_on_the_one_step_that_it_stands_on() {
        use Tier::{Escalation, Reminder, SeverelyOverdue, Warning};
        let owed = OwedLine {
            duty: "report".to_owned(),
            name: "年度报告".to_owned(),
            due_on: "2017-11-20".parse().unwrap(),
            told: Some(Warning),
        };
        let rows = [
            (Standing::DueSoon, Some(Reminder), None, "reminder"),
            (Standing::DueSoon, Some(Warning), Some(Reminder), "warning"),
            (Standing::Overdue, Some(Tier::Overdue), None, "overdue"),
            (
                Standing::SeverelyOverdue,
                Some(SeverelyOverdue),
                None,
                "severe",
            ),
            // Proposed, and not let out.
            (
                Standing::SeverelyOverdue,
                Some(Escalation),
                Some(SeverelyOverdue),
                "severe",
            ),
            (
                Standing::SeverelyOverdue,
                Some(Escalation),
                Some(Escalation),
                "escalation",
            ),
            // What was told before nothing could be read any more.
            (Standing::Unknown, None, Some(Escalation), "unknown"),
            (Standing::Fresh, None, None, "fresh"),
        ];
        let mut lines: Vec<ColumnLine> = Vec::new();
        for (standing, judged, told, key) in rows {
            lines.push(line(standing, judged, told));
            assert_eq!(Step::of(&lines[lines.len() - 1]).key(), key);
        }
        let mut by_a_day = line(Standing::DueSoon, None, None);
        by_a_day.owed = vec![owed];
        assert_eq!(Step::of(&by_a_day), Step::Tier(Warning));
        lines.push(by_a_day);
        let counts = Counts::of(&lines);
        for step in Step::ALL {
            let here = lines.iter().filter(|line| Step::of(line) == step);
            assert_eq!(step.count(&counts), here.count(), "{step:?}");
            assert_eq!(Step::parse(step.key()), Some(step));
        }
        let sum: usize = Step::ALL.iter().map(|step| step.count(&counts)).sum();
        assert_eq!((sum, counts.all()), (lines.len(), lines.len()));
    }
}
