//! From the effects of a step to notices, withdrawals and visits.

use super::{Desk, withdrawn};
use crate::alert::again::Again;
use crate::alert::incident::{Incident, IncidentKey, Kind, Release, State, Subject};
use crate::alert::notice::{self, About};
use crate::alert::outbox::{Notice, NoticeState, Told};
use crate::alert::step::{Effect, Step, step_plain};
use crate::assess::ladder::Tier;
use crate::domain::id::ColumnId;
use crate::domain::time::Moment;

impl Desk<'_> {
    /// Ends an incident of which nobody is to hear any more, not even its end.
    pub(super) fn dismiss(&mut self, key: &IncidentKey) {
        self.close(key, false);
    }

    /// Ends an incident that nothing proves any more. Whoever was told of it hears of its end once it is seen.
    pub(super) fn lay_aside(&mut self, key: &IncidentKey) {
        self.close(key, true);
    }

    fn close(&mut self, key: &IncidentKey, unended: bool) {
        if let Some(incident) = self.situation.open.get(key) {
            let mut gone = incident.clone();
            gone.unended = unended && !gone.told.is_empty();
            gone.state = State::Resolved {
                at: self.situation.now,
            };
            self.verdicts.incidents.push(gone);
            self.withdraw(key);
        }
    }

    pub(super) fn plain(
        &mut self,
        key: IncidentKey,
        present: Option<bool>,
        told: Told,
        about: About<'_>,
        urgent: bool,
    ) {
        let before = self.situation.open.get(&key);
        let made = step_plain(before, &key, present, told, self.situation.now);
        self.settle(&key, made, about, urgent);
    }

    /// Turns the effects of a step into notices, withdrawals and visits. A step that has effects
    /// always moves its incident.
    pub(super) fn settle(
        &mut self,
        key: &IncidentKey,
        (incident, effects): Step,
        about: About<'_>,
        urgent: bool,
    ) {
        let Some(incident) = incident else { return };
        for effect in effects {
            match effect {
                Effect::Tell(told) => self.tell(key, &incident, told, about, urgent),
                Effect::Recover => self.tell(key, &incident, Told::Recovered, about, urgent),
                Effect::Withdraw => self.withdraw(key),
                Effect::Propose(again) => self.propose(&incident, again, about),
                Effect::Revisit(at) => {
                    if let Subject::Column(column) | Subject::Duty(column, _) = &key.subject {
                        self.revisit(column, at);
                    }
                }
            }
        }
        self.verdicts.incidents.push(incident);
    }

    /// What is told replaces what still waits to be told of the same incident. Who hears of 督办 does not
    /// hear beside it of the step that led to it at once.
    pub(super) fn tell(
        &mut self,
        key: &IncidentKey,
        incident: &Incident,
        told: Told,
        about: About<'_>,
        urgent: bool,
    ) {
        // A proposal stays open beside what the ladder tells meanwhile, and ends with its deadline.
        let proposed = !matches!(told, Told::EscalationProposed | Told::Recovered)
            && incident.tier < Some(Tier::Escalation)
            && incident.release == Some(Release::Proposed);
        let mut gone = withdrawn(self.situation, key);
        // Who is told later does not stand in for who is told first.
        gone.retain(|_| told != Told::StillDown);
        gone.retain(|notice| !(proposed && notice.told == Told::EscalationProposed));
        // That a deadline was met is told to all who had heard of it, though the next one nears, or
        // has been met as well before they had heard of it.
        gone.retain(|notice| {
            let was_met = key.kind == Kind::Stale && notice.told == Told::Recovered;
            let is_next = told != Told::Recovered || !incident.told.contains(&notice.person);
            !(was_met && is_next)
        });
        self.verdicts.notices.extend(gone);
        let to_unit = matches!(
            told,
            Told::Raised(_) | Told::Repeated(..) | Told::EscalationProposed
        );
        if to_unit && !self.situation.live {
            return;
        }
        let written = notice::write(self.situation, incident, told, about, urgent);
        if told == Told::Raised(Tier::Escalation) {
            let is_less = |notice: &Notice| {
                notice.state == NoticeState::Waiting
                    && notice.incident == *key
                    && matches!(notice.told, Told::Raised(_))
                    && written.iter().any(|more| more.person == notice.person)
            };
            self.verdicts.notices.retain(|notice| !is_less(notice));
        }
        self.verdicts.notices.extend(written);
    }

    /// The proposal goes beside what is told of the incident and replaces none but an earlier proposal that
    /// still waits.
    pub(super) fn propose(&mut self, incident: &Incident, again: Again, about: About<'_>) {
        if !self.situation.live {
            return;
        }
        let told = Told::EscalationProposed;
        let mut before = withdrawn(self.situation, &incident.key);
        before.retain(|notice| notice.told == told);
        self.verdicts.notices.extend(before);
        let mut written = notice::write(self.situation, incident, told, about, false);
        for notice in &mut written {
            notice.facts.why = again.in_chinese();
        }
        self.verdicts.notices.extend(written);
    }

    pub(super) fn withdraw(&mut self, key: &IncidentKey) {
        let mut gone = withdrawn(self.situation, key);
        // The end of an earlier silence is told to all who had heard of that, whatever becomes of this one.
        gone.retain(|notice| key.kind != Kind::Stale || notice.told != Told::Recovered);
        self.verdicts.notices.extend(gone);
    }

    /// Asks for a visit at `at`, unless an earlier one is asked for.
    pub(super) fn revisit(&mut self, column: &ColumnId, at: Moment) {
        let changed = self
            .verdicts
            .records
            .iter()
            .position(|record| record.column == *column);
        let mut record = match changed {
            Some(place) => self.verdicts.records.swap_remove(place),
            None => match self.situation.records.get(column) {
                Some(record) => record.clone(),
                None => return,
            },
        };
        let sooner = record.revisit_at.is_none_or(|known| at < known);
        if sooner {
            record.revisit_at = Some(at);
        }
        if sooner || changed.is_some() {
            self.verdicts.records.push(record);
        }
    }
}
