//! Thresholds that somebody tries out: other limits by class, and another common ladder.

use std::collections::BTreeMap;

use super::ladder::Ladder;
use super::limits::{ClassRule, Limits};
use crate::domain::class::Class;

/// The longest limit: ten years.
pub const MOST_DAYS: u32 = 3660;
/// The most working days until an escalation is proposed: a year's.
pub const MOST_WORKING_DAYS: u32 = 250;

/// Limits and the common ladder, as they are tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tuning {
    /// The limit of each class, in natural days, from 1 to [`MOST_DAYS`].
    pub days: BTreeMap<Class, u32>,
    /// The ladder of all classes without one of their own.
    pub ladder: Ladder,
}

impl Tuning {
    /// What holds under `limits`.
    pub fn of(limits: &Limits) -> Tuning {
        let classes = limits.classes.iter();
        Tuning {
            days: classes
                .map(|(&class, rule)| (class, rule.limit_days))
                .collect(),
            ladder: limits.ladder,
        }
    }

    /// The classes on whose limits the tiers of the common ladder do not rise.
    pub fn not_rising(&self) -> Vec<Class> {
        let falls = |days: &u32| !self.ladder.rises(*days);
        let classes = self.days.iter().filter(|(_, days)| falls(days));
        classes.map(|(class, _)| *class).collect()
    }
}

/// The first day of each tier, counted in days since the last update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begins {
    /// 提醒.
    pub reminder: u32,
    /// 预警.
    pub warning: u32,
    /// 超期.
    pub overdue: u32,
    /// 严重超期.
    pub severe: u32,
}

impl Begins {
    /// Where the tiers begin under `rule`.
    pub fn of(rule: &ClassRule) -> Begins {
        let (limit, ladder) = (rule.limit_days, rule.ladder);
        let before = |lead: u32| limit.saturating_sub(lead) + 1;
        Begins {
            reminder: before(ladder.reminder_lead.of(limit)),
            warning: before(ladder.warning_lead.of(limit)),
            overdue: limit + 1,
            severe: limit.saturating_add(ladder.severe_after.of(limit)) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::ladder::Tier;

    #[test]
    fn the_days_shown_are_those_on_which_the_tiers_begin() {
        let limits = Limits::default();
        for rule in limits.classes.values() {
            let begins = Begins::of(rule);
            for (day, tier) in [
                (begins.reminder, Tier::Reminder),
                (begins.warning, Tier::Warning),
                (begins.overdue, Tier::Overdue),
                (begins.severe, Tier::SeverelyOverdue),
            ] {
                let tier_on = |day| rule.ladder.tier(day, rule.limit_days);
                assert_eq!(tier_on(day), Some(tier), "{rule:?}");
                assert!(tier_on(day - 1) < Some(tier), "{rule:?}");
            }
        }
        let mut tuning = Tuning::of(&limits);
        assert!(tuning.not_rising().is_empty());
        tuning.ladder.warning_lead.least = 400;
        tuning.ladder.warning_lead.most = 400;
        assert_eq!(tuning.not_rising().len(), Class::ALL.len());
    }
}
