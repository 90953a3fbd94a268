//! Duties by a date: what a column owes, held against what it published.

use std::collections::BTreeMap;

use super::{Desk, is_past};
use crate::alert::acts::answer;
use crate::alert::again::Before;
use crate::alert::incident::{Incident, IncidentKey, Kind, Subject};
use crate::alert::notice::{About, Owed};
use crate::alert::step::{Context, Proof, step};
use crate::assess::duty::{Duty, Period, Stand};
use crate::assess::ladder::Tier;
use crate::domain::group::Column;
use crate::domain::id::ColumnId;
use crate::domain::item::Item;
use crate::domain::observation::ColumnRecord;
use crate::domain::time::{Date, date_of};

/// How one duty of one column stands.
#[derive(Debug, Clone, Copy)]
pub struct Owing<'a> {
    /// The duty.
    pub duty: &'a Duty,
    /// The period that runs.
    pub period: Period,
    /// How it stands by what was read.
    pub stand: Stand<'a>,
    /// Whether nothing is owed, because the column is exempt or not judged.
    pub spared: bool,
    /// The incident about it.
    pub incident: Option<&'a Incident>,
}

/// The identity of the incident about a duty.
pub(super) fn duty_key(column: &ColumnId, duty: &Duty) -> IncidentKey {
    IncidentKey {
        subject: Subject::Duty(column.clone(), duty.id.clone()),
        kind: Kind::Owed,
    }
}

impl<'a> Desk<'a> {
    /// Judges every duty of `column`.
    pub(super) fn duties(&mut self, column: &'a Column) {
        let duties = self.situation.limits.duties.iter();
        for duty in duties.filter(|duty| duty.is_of(column)) {
            self.duty(column, duty);
        }
    }

    fn duty(&mut self, column: &'a Column, duty: &'a Duty) {
        let situation = self.situation;
        let today = date_of(situation.now);
        let period = duty.period(today);
        let key = duty_key(&column.id, duty);
        let open = situation.open.get(&key);
        if open.is_some_and(|incident| date_of(incident.began_at) < period.opens_on) {
            // A new period has opened: what was owed in the last one is judged no more.
            return self.dismiss(&key);
        }
        let owing = self.owing(column, duty);
        let record = situation.records.get(&column.id);
        let is_seen = !is_past(record, situation.now) && !self.is_site_unclear(column);
        let proof = match owing.stand {
            _ if owing.spared => Proof::OutOfScope,
            Stand::Met(_) => Proof::Judged {
                tier: None,
                update: None,
            },
            Stand::Unmet if is_seen => {
                let tier = duty.ladder.tier(period.due_on, today);
                let eve = self.is_eve_of(period.due_on);
                Proof::Judged {
                    tier: tier.max(eve.then_some(Tier::Warning)),
                    update: None,
                }
            }
            Stand::Unmet | Stand::Untold => Proof::Nothing,
        };
        let context = Context {
            rules: situation.rules,
            tiers: situation.rules.tiers_of(column),
            calendar: situation.calendar,
            escalate_after: duty.ladder.escalate_after_working_days,
            before: Before::default(),
            answered: open.is_some_and(|open| answer(situation.acts, open, today).is_some()),
            visited_at: record.map_or(situation.now, |record| record.visited_at),
            now: situation.now,
        };
        let made = step(open, &key, proof, context);
        let owed = Owed {
            column,
            duty,
            due_on: period.due_on,
        };
        self.settle(&key, made, About::Duty(owed), false);
    }

    /// How `duty` of `column` stands now.
    pub(super) fn owing(&self, column: &Column, duty: &'a Duty) -> Owing<'a> {
        let situation = self.situation;
        let items = situation.items.get(&column.id);
        let known = Known {
            record: situation.records.get(&column.id),
            items: items.map_or(&[][..], Vec::as_slice),
            exempt: self.exemptions.until(column).is_some(),
            open: situation.open,
            today: date_of(situation.now),
        };
        owing(column, duty, known)
    }
}

/// What tells how a duty of a column stands.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What is known of the column.
    pub record: Option<&'a ColumnRecord>,
    /// Its items.
    pub items: &'a [Item],
    /// Whether it is exempt today.
    pub exempt: bool,
    /// The incidents that are not over.
    pub open: &'a BTreeMap<IncidentKey, Incident>,
    /// The day.
    pub today: Date,
}

/// How `duty` of `column` stands by what is known.
pub fn owing<'a>(column: &Column, duty: &'a Duty, known: Known<'a>) -> Owing<'a> {
    let period = duty.period(known.today);
    Owing {
        duty,
        period,
        stand: duty.stand(period, known.record, known.items, known.today),
        spared: !column.watch().is_kept() || known.exempt,
        incident: known.open.get(&duty_key(&column.id, duty)),
    }
}
