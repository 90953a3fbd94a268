//! Which columns are counted, and whether they are late or blank.

use super::plan::{Column, Plan, Seen, window};
use super::truth::Profile;

/// A column that is counted: alone, or with those below it.
pub struct Counted<'a> {
    pub class: &'static str,
    members: Vec<&'a Column>,
}

pub fn counted(plan: &Plan, profile: Profile) -> Vec<Counted<'_>> {
    let below = |top: usize| {
        plan.columns
            .iter()
            .filter(move |column| column.parent == Some(top))
    };
    let mut counted = Vec::new();
    for (place, column) in plan.columns.iter().enumerate() {
        let class = column.class;
        let children: Vec<&Column> = below(place).collect();
        match profile {
            Profile::P2015 if children.is_empty() => counted.push(Counted {
                class,
                members: vec![column],
            }),
            Profile::P2019 if column.parent.is_none() => counted.push(Counted {
                class,
                members: [column].into_iter().chain(children).collect(),
            }),
            _ => {}
        }
    }
    counted
}

impl Column {
    /// The age of its newest item; of one without, nothing is asked.
    pub fn age(&self) -> i64 {
        match self.seen {
            Seen::Dated { age } | Seen::Renewed { age, .. } | Seen::Exempt { age } => age,
            Seen::NotReadSince { age, .. } | Seen::FailsSince { age, .. } => age,
            _ => i64::MAX,
        }
    }

    /// Whether it was read on the last day with its newest item.
    pub fn is_read(&self) -> bool {
        matches!(
            self.seen,
            Seen::Dated { .. } | Seen::Renewed { .. } | Seen::Exempt { .. }
        )
    }
}

impl Counted<'_> {
    /// The newest item of all of them.
    pub fn age(&self) -> Option<i64> {
        let ages = self.members.iter().map(|column| column.age());
        ages.min().filter(|age| *age < i64::MAX)
    }

    /// Late, proven on the last day, and not exempt.
    pub fn is_late(&self) -> bool {
        let exempt = self
            .members
            .iter()
            .any(|column| matches!(column.seen, Seen::Exempt { .. }));
        let read = self.members.iter().any(|column| column.is_read());
        let late = self.age().is_some_and(|age| age > window(self.class));
        late && read && !exempt
    }

    /// Without any item, by more than one visit.
    pub fn is_blank(&self) -> bool {
        self.members
            .iter()
            .all(|column| matches!(column.seen, Seen::Blank))
    }

    /// Whether visits say how fresh it is, or that it is blank.
    pub fn tells(&self) -> bool {
        let blank = self
            .members
            .iter()
            .all(|column| matches!(column.seen, Seen::Blank | Seen::BlankOnce));
        let in_time = self.age().is_some_and(|age| age <= window(self.class));
        let late = self.age().is_some_and(|age| age > window(self.class))
            && self.members.iter().any(|column| column.is_read());
        blank || in_time || late
    }
}
