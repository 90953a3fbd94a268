//! The second offence: a unit that is overdue twice within days, a column that is severely overdue
//! twice within months. Escalation is then proposed without waiting for the ladder's end.
//!
//! What was confirmed on one day counts as one offence: columns that one silence made late together
//! are not several. Nor is what an exemption ended and its end began anew: while the last update is the
//! same, it is one silence.

use std::collections::BTreeMap;

use super::incident::{Incident, Kind, Rise, Subject};
use super::pass::Situation;
use crate::assess::ladder::Tier;
use crate::domain::act::Deed;
use crate::domain::group::Column;
use crate::domain::id::{ColumnId, UnitId};
use crate::domain::time::{Date, Moment, date_of};

/// Within how many natural days a second time counts; 0 never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgainRule {
    /// Overdue, of any two columns of one unit.
    pub unit_overdue_days: u32,
    /// Severely overdue, of one column.
    pub column_severe_days: u32,
}

impl Default for AgainRule {
    fn default() -> Self {
        AgainRule {
            unit_overdue_days: 7,
            column_severe_days: 90,
        }
    }
}

impl AgainRule {
    /// The days for which incidents that are over have to be remembered.
    pub fn days(self) -> u32 {
        self.unit_overdue_days.max(self.column_severe_days)
    }
}

/// Which second offence it is, with the days of its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The unit is overdue again.
    UnitOverdue(u32),
    /// The column is severely overdue again.
    ColumnSevere(u32),
}

impl Again {
    /// The reason in the words of a message.
    pub fn in_chinese(self) -> String {
        match self {
            Again::UnitOverdue(days) => format!("该单位{days}天内再次超期"),
            Again::ColumnSevere(days) => format!("该栏目{days}天内再次严重超期"),
        }
    }
}

/// What there was before an incident, with the days of the rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Before {
    /// Its unit was overdue.
    pub unit_was_overdue: Option<u32>,
    /// Its column was severely overdue.
    pub column_was_severe: Option<u32>,
}

impl Before {
    /// The second offence that a rise to `tier` is, if it is one; `first` where the incident was
    /// not overdue before.
    pub fn again(self, tier: Tier, first: bool) -> Option<Again> {
        let is_severe = tier >= Tier::SeverelyOverdue;
        let severe = self.column_was_severe.filter(|_| is_severe);
        let is_overdue = first && tier >= Tier::Overdue;
        let overdue = self.unit_was_overdue.filter(|_| is_overdue);
        severe
            .map(Again::ColumnSevere)
            .or(overdue.map(Again::UnitOverdue))
    }
}

/// The offences of late, by unit and by column.
#[derive(Debug, Clone, Default)]
pub struct History<'a> {
    overdue: BTreeMap<&'a UnitId, Vec<Offence<'a>>>,
    severe: BTreeMap<&'a ColumnId, Vec<Offence<'a>>>,
}

/// When a column was first confirmed to be so late, in the incident that began at an instant.
#[derive(Debug, Clone, Copy)]
struct Offence<'a> {
    column: &'a ColumnId,
    began_at: Moment,
    on: Date,
    /// The day of the last update that it was about.
    updated_on: Option<Date>,
}

impl<'a> History<'a> {
    /// The offences among the incidents of `situation`.
    pub fn of(situation: &Situation<'a>) -> History<'a> {
        let mut history = History::default();
        if !situation.live {
            return history;
        }
        // Of what a trial run saw nobody had been told.
        let live = situation.acts.iter();
        let live = live.filter(|act| act.deed == Deed::WentLive);
        let told_since = live.map(|act| act.at).max();
        let was_told = |rise: &&Rise| told_since.is_none_or(|since| since <= rise.at);
        for incident in situation.open.values().chain(situation.closed) {
            let Subject::Column(id) = &incident.key.subject else {
                continue;
            };
            let column = situation.group.columns.get(id);
            let Some(column) = column.filter(|_| incident.key.kind == Kind::Stale) else {
                continue;
            };
            let offence = |rise: &Rise| Offence {
                column: id,
                began_at: incident.began_at,
                on: date_of(rise.at),
                updated_on: incident.last_update.as_ref().map(|update| update.on),
            };
            let first = incident.rises.iter().find(was_told).map(offence);
            history
                .overdue
                .entry(&column.unit)
                .or_default()
                .extend(first);
            let mut severe = incident.rises.iter().filter(was_told);
            let severe = severe.find(|rise| rise.tier == Tier::SeverelyOverdue);
            let severe = severe.map(offence);
            history.severe.entry(id).or_default().extend(severe);
        }
        history
    }

    /// What there was before the incident `open` about `column`.
    pub fn of_column(
        &self,
        column: &Column,
        open: Option<&Incident>,
        situation: &Situation<'_>,
    ) -> Before {
        let rule = situation.rules.again;
        let today = date_of(situation.now);
        let began_at = open.map(|incident| incident.began_at);
        let updated_on = open.and_then(|incident| Some(incident.last_update.as_ref()?.on));
        let own = |offence: &&Offence<'_>| {
            *offence.column == column.id && Some(offence.began_at) == began_at
        };
        // The same silence, told of before.
        let goes_on = |offence: &Offence<'_>| {
            let known = offence.updated_on.zip(updated_on);
            *offence.column == column.id && known.is_some_and(|(former, now)| now <= former)
        };
        let again = |offences: Option<&Vec<Offence<'_>>>, days: u32| {
            let offences = offences.map_or(&[][..], Vec::as_slice);
            let mut others = offences.iter().filter(|offence| !own(offence));
            let counts = |offence: &Offence<'_>| {
                let ago = (today - offence.on).num_days();
                ago > 0 && ago <= i64::from(days)
            };
            !others.clone().any(goes_on) && others.any(counts)
        };
        let unit = again(self.overdue.get(&column.unit), rule.unit_overdue_days);
        let column = again(self.severe.get(&column.id), rule.column_severe_days);
        Before {
            unit_was_overdue: unit.then_some(rule.unit_overdue_days),
            column_was_severe: column.then_some(rule.column_severe_days),
        }
    }
}
