//! Columns that are updated as the need arises: nothing is late, and now and then the unit is asked
//! to look for itself.

use chrono::Days;

use super::{Desk, is_past, sight_key};
use crate::alert::again::Before;
use crate::alert::incident::{Incident, Kind, State};
use crate::alert::notice::About;
use crate::alert::outbox::Told;
use crate::alert::step::{Context, Effect, Proof, Step, step};
use crate::assess::freshness::{Freshness, Judgement};
use crate::assess::ladder::Tier;
use crate::domain::group::{Column, Watch};
use crate::domain::time::{Moment, date_of};

impl<'a> Desk<'a> {
    /// Asks the unit of `column` to look for itself, once in as many days as the limit has.
    pub(super) fn self_check(&mut self, column: &'a Column, judgement: &Judgement) {
        let situation = self.situation;
        let key = sight_key(column, Kind::SelfCheck);
        let open = situation.open.get(&key);
        if column.watch() != Watch::OnDemand {
            return self.dismiss(&key);
        }
        let rule = situation.limits.of(column);
        let record = situation.records.get(&column.id);
        let is_seen = record.is_some_and(|record| record.blind.is_none())
            && !is_past(record, situation.now)
            && !self.is_site_unclear(column);
        let proof = match (&judgement.freshness, &judgement.last_update) {
            (Freshness::OnDemand { age_days }, Some(update)) if is_seen => Proof::Judged {
                tier: (*age_days > rule.limit_days).then_some(Tier::Reminder),
                update: Some(update),
            },
            (Freshness::Exempt { .. }, _) => Proof::OutOfScope,
            _ => Proof::Nothing,
        };
        let context = Context {
            rules: situation.rules,
            tiers: situation.rules.tiers_of(column),
            calendar: situation.calendar,
            escalate_after: rule.ladder.escalate_after_working_days,
            before: Before::default(),
            answered: false,
            visited_at: record.map_or(situation.now, |record| record.visited_at),
            now: situation.now,
        };
        let is_due = matches!(proof, Proof::Judged { tier: Some(_), .. });
        let made = match open.filter(|open| is_due && self.is_old(open, column)) {
            Some(open) => asked_again(open, situation.now),
            None => step(open, &key, proof, context),
        };
        self.settle(&key, made, About::Column(column), false);
    }

    /// Whether it was asked for so long ago that it is time to ask again.
    fn is_old(&self, open: &Incident, column: &Column) -> bool {
        let State::Open { since, .. } = open.state else {
            return false;
        };
        let days = u64::from(self.situation.limits.of(column).limit_days);
        let next = date_of(since).checked_add_days(Days::new(days));
        next.is_some_and(|next| next <= date_of(self.situation.now))
    }
}

/// The next turn of what is still so.
fn asked_again(open: &Incident, now: Moment) -> Step {
    let mut after = open.clone();
    after.state = State::told_now(now);
    (
        Some(after),
        vec![Effect::Tell(Told::Raised(Tier::Reminder))],
    )
}
