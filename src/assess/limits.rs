//! Which limit and which ladder hold for a column: its own, else its class's.

use std::collections::BTreeMap;

use super::duty::Duty;
use super::ladder::Ladder;
use crate::domain::class::Class;
use crate::domain::group::Column;
use crate::domain::id::ColumnId;

/// What holds for one class of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassRule {
    /// The limit in natural days.
    pub limit_days: u32,
    /// Where the tiers begin.
    pub ladder: Ladder,
}

/// The rules of all classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The ladder of classes without one of their own.
    pub ladder: Ladder,
    /// By class; a class that is missing here has the rule of [`Class::Other`].
    pub classes: BTreeMap<Class, ClassRule>,
    /// Ladders of single columns; a column that is missing here has that of its class.
    pub columns: BTreeMap<ColumnId, Ladder>,
    /// What columns owe by a day of every year.
    pub duties: Vec<Duty>,
}

impl Default for Limits {
    /// News 14 days (国办发〔2015〕15号: two weeks), notices and policy 180 (six months), personnel
    /// and plans 365 (one year), replies and all others 365 (ours, where the texts give none).
    fn default() -> Self {
        let days = |class| match class {
            Class::News => 14,
            Class::Notices | Class::Policy | Class::Interpretation => 180,
            _ => 365,
        };
        let classes = Class::ALL
            .into_iter()
            .map(|class| {
                let rule = ClassRule {
                    limit_days: days(class),
                    ladder: Ladder::default(),
                };
                (class, rule)
            })
            .collect();
        Limits {
            ladder: Ladder::default(),
            classes,
            columns: BTreeMap::new(),
            duties: Vec::new(),
        }
    }
}

impl Limits {
    /// The limit in natural days and the ladder of `column`.
    pub fn of(&self, column: &Column) -> ClassRule {
        let rule = self
            .classes
            .get(&column.class)
            .or_else(|| self.classes.get(&Class::Other))
            .copied()
            .unwrap_or(ClassRule {
                limit_days: 365,
                ladder: Ladder::default(),
            });
        ClassRule {
            limit_days: column.limit_days.unwrap_or(rule.limit_days),
            ladder: self.columns.get(&column.id).copied().unwrap_or(rule.ladder),
        }
    }
}
