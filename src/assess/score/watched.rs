//! From when to when a site was watched within a period: a monitor that began in its middle, or stood
//! still, knows less of it, and its figures are not those of a whole period.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::card::Card;
use super::facts::SiteFacts;
use super::points::Points;
use crate::domain::time::{Date, date_of};

/// Half of all points: on less no grade is given.
pub(super) const HALF: Points = Points::whole(50);

/// The days of a period on which a site was watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The first of them.
    pub first: Date,
    /// The last.
    pub last: Date,
    /// How many there are.
    pub days: u32,
    /// How many days the period has, up to the last that was looked at.
    pub of: u32,
}

impl Watched {
    /// The days on which samples were taken or the home page was read, and before the first and after the
    /// last of them those on which columns were read: a home page that is watched since a week says
    /// nothing of the months before. Nothing where nobody looked.
    pub fn of(facts: &SiteFacts<'_>) -> Option<Watched> {
        let within = |on: &Date| facts.from <= *on && *on <= facts.to;
        let looked = facts.days.iter().filter(|day| {
            let samples = day.visits() + day.excluded;
            samples > 0 || day.home.is_some()
        });
        let looked: BTreeSet<Date> = looked.map(|day| day.on).filter(within).collect();
        let sampled = looked.first().copied().zip(looked.last().copied());
        let is_sampled =
            |on: &Date| sampled.is_some_and(|(first, last)| (first..=last).contains(on));
        let mut all = looked;
        for one in facts.columns.iter().flat_map(|column| &column.readings) {
            let (first, last) = (date_of(one.first_at), date_of(one.last_at));
            all.extend([first, last].into_iter().filter(within));
            // What was seen again and again stands once.
            let days = first.max(facts.from).iter_days();
            let days = days.take_while(|on| *on <= last.min(facts.to));
            all.extend(days.filter(|on| !is_sampled(on)));
        }
        Some(Watched {
            first: *all.first()?,
            last: *all.last()?,
            days: count(all.len()),
            of: span(facts.from, facts.to),
        })
    }

    /// Whether more than a tenth of the period was not watched. The last day may just have begun.
    pub fn is_partial(&self) -> bool {
        u64::from(self.days.saturating_add(1)) * 10 < u64::from(self.of) * 9
    }
}

impl Card {
    /// Whether its figures rest on too little to be held against those of others without a word: on a part
    /// of the period, or on less than half of all points.
    pub fn is_loose(&self) -> bool {
        let is_partial = self.watched.as_ref().is_some_and(Watched::is_partial);
        self.total.is_some() && (is_partial || self.measured < HALF)
    }
}

fn span(first: Date, last: Date) -> u32 {
    u32::try_from((last - first).num_days() + 1).unwrap_or(0)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
