//! The ladder of tiers: how late is how loud.
//!
//! Defaults follow the tiers T1 to T5 of the rule set: reminder when 30 % of the limit (at most 30
//! days) is left, warning at 15 % (2 to 7 days), overdue the day after the limit, severely overdue
//! 7 to 30 days later. The texts of 国办发〔2015〕15号 give the limits; the steps between are ours.

use serde::{Deserialize, Serialize};

/// How loud a message is. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// 提醒: the limit comes near.
    Reminder,
    /// 预警: a few days are left.
    Warning,
    /// 超期: the limit has passed.
    Overdue,
    /// 严重超期: long passed.
    SeverelyOverdue,
    /// 督办: not rectified although told.
    Escalation,
}

impl Tier {
    /// Every tier, rising.
    pub const ALL: [Tier; 5] = [
        Tier::Reminder,
        Tier::Warning,
        Tier::Overdue,
        Tier::SeverelyOverdue,
        Tier::Escalation,
    ];

    /// The word used in the configuration.
    pub fn key(self) -> &'static str {
        match self {
            Tier::Reminder => "reminder",
            Tier::Warning => "warning",
            Tier::Overdue => "overdue",
            Tier::SeverelyOverdue => "severely-overdue",
            Tier::Escalation => "escalation",
        }
    }

    /// The word of a message.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Tier::Reminder => "提醒",
            Tier::Warning => "预警",
            Tier::Overdue => "超期",
            Tier::SeverelyOverdue => "严重超期",
            Tier::Escalation => "督办",
        }
    }
}

/// A share of a limit, bounded: `percent` of the limit's days, rounded down, at least `least` and
/// at most `most` days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Percent of the limit.
    pub percent: u32,
    /// The least days.
    pub least: u32,
    /// The most days.
    pub most: u32,
}

impl Share {
    /// The days of this share for a limit of `limit_days`.
    pub fn of(self, limit_days: u32) -> u32 {
        let days = u64::from(limit_days) * u64::from(self.percent) / 100;
        let days = u32::try_from(days).unwrap_or(u32::MAX);
        days.clamp(self.least, self.most.max(self.least))
    }
}

/// Where the tiers begin, for any limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// Days before the limit at which the reminder begins.
    pub reminder_lead: Share,
    /// Days before the limit at which the warning begins.
    pub warning_lead: Share,
    /// Days after the limit at which severely overdue begins.
    pub severe_after: Share,
    /// Working days of severely overdue after which escalation is proposed.
    pub escalate_after_working_days: u32,
}

impl Default for Ladder {
    fn default() -> Self {
        Ladder {
            reminder_lead: Share {
                percent: 30,
                least: 0,
                most: 30,
            },
            warning_lead: Share {
                percent: 15,
                least: 2,
                most: 7,
            },
            severe_after: Share {
                percent: 50,
                least: 7,
                most: 30,
            },
            escalate_after_working_days: 10,
        }
    }
}

impl Ladder {
    /// The tier of a column whose last update is `age_days` old; `None` while nothing is due.
    /// Escalation is not a matter of age and never answered here.
    pub fn tier(&self, age_days: u32, limit_days: u32) -> Option<Tier> {
        let reminder_over = limit_days.saturating_sub(self.reminder_lead.of(limit_days));
        let warning_over = limit_days.saturating_sub(self.warning_lead.of(limit_days));
        let severe_over = limit_days.saturating_add(self.severe_after.of(limit_days));
        if age_days > severe_over {
            Some(Tier::SeverelyOverdue)
        } else if age_days > limit_days {
            Some(Tier::Overdue)
        } else if age_days > warning_over {
            Some(Tier::Warning)
        } else if age_days > reminder_over {
            Some(Tier::Reminder)
        } else {
            None
        }
    }

    /// Whether the tiers rise for this limit: each begins later than the one before.
    pub fn rises(&self, limit_days: u32) -> bool {
        let reminder = self.reminder_lead.of(limit_days);
        let warning = self.warning_lead.of(limit_days);
        reminder > warning
            && warning > 0
            && reminder < limit_days
            && self.severe_after.of(limit_days) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_ladder_begins_where_the_rules_say() {
        let ladder = Ladder::default();
        let begins = |limit: u32| {
            let mut days = [0; 4];
            for (slot, tier) in days.iter_mut().zip(Tier::ALL) {
                *slot = (0..1000)
                    .find(|&age| ladder.tier(age, limit) >= Some(tier))
                    .unwrap_or(0);
            }
            days
        };
        assert_eq!(begins(14), [11, 13, 15, 22]);
        assert_eq!(begins(180), [151, 174, 181, 211]);
        assert_eq!(begins(365), [336, 359, 366, 396]);
    }

    #[test]
    fn a_ladder_that_does_not_rise_is_known() {
        let ladder = Ladder::default();
        assert!(
            [14, 30, 60, 90, 180, 365]
                .into_iter()
                .all(|limit| ladder.rises(limit))
        );
        assert!(!ladder.rises(2));
    }
}
