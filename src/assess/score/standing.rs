//! How a column stands on the last day of a period, and on how many days of it it was late.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, Months};

use super::fact::Fact;
use super::facts::{ColumnFacts, Exemption, Saw, SiteFacts};
use super::finding::{About, Find};
use super::rubric::{Levels, Rubric, SixMonths};
use crate::domain::finding::{LastUpdate, Undated};
use crate::domain::group::Watch;
use crate::domain::id::ColumnId;
use crate::domain::observation::Cause;
use crate::domain::time::{Date, Moment, date_of};

/// For so many days a visit proves how something stands that may have been mended unseen: what was late
/// then is late on a day that is no further away. Our own proposal.
pub const PROOF_DAYS: i64 = 7;

/// Whether what was read at `read_at` may still be said of `on`.
pub fn is_near(read_at: Moment, on: Date) -> bool {
    (on - date_of(read_at)).num_days() <= PROOF_DAYS
}

/// The last day that is in time.
pub fn due(on: Date, window_days: u32, six_months: SixMonths) -> Date {
    let months = match (six_months, window_days) {
        (SixMonths::CalendarMonths, 90) => 3,
        (SixMonths::CalendarMonths, 180) => 6,
        (SixMonths::CalendarMonths, 365) => 12,
        _ => 0,
    };
    let due = match months {
        0 => on.checked_add_days(Days::new(u64::from(window_days))),
        months => on.checked_add_months(Months::new(months)),
    };
    due.unwrap_or(Date::MAX)
}

/// A column that is counted, with those below it whose items count as its own.
pub struct Counted<'a> {
    /// The column itself.
    pub column: &'a ColumnFacts<'a>,
    members: Vec<&'a ColumnFacts<'a>>,
}

/// How a column stands on the last day.
pub enum Standing {
    /// No visit is known.
    NeverVisited,
    /// Its newest item, when it was read last, and whether the latest reading showed it.
    Dated(LastUpdate, Moment, bool),
    /// It shows no item.
    Blank {
        /// Since when.
        since: Moment,
        /// When it was read last.
        read_at: Moment,
        /// By how many visits.
        visits: u32,
    },
    /// Its items carry no date, since when.
    Undated(Undated, Moment),
    /// Visits could not tell, since when.
    Blind(Cause, Moment),
}

/// The columns that the rubric counts: leaves, or those at the top with all below them.
pub fn counted<'a>(facts: &'a SiteFacts<'a>, levels: Levels) -> Vec<Counted<'a>> {
    let columns = &facts.columns;
    match levels {
        Levels::Leaf => {
            let parents: BTreeSet<&ColumnId> =
                columns.iter().filter_map(|column| column.parent).collect();
            let leaves = columns.iter();
            leaves
                .filter(|column| !parents.contains(&column.column.id))
                .map(|column| Counted {
                    column,
                    members: vec![column],
                })
                .collect()
        }
        Levels::First => {
            let known: BTreeSet<&ColumnId> = columns.iter().map(|c| &c.column.id).collect();
            let top = columns
                .iter()
                .filter(|column| column.parent.is_none_or(|parent| !known.contains(parent)));
            top.map(|column| Counted {
                column,
                members: below(columns, &column.column.id),
            })
            .collect()
        }
    }
}

/// The column `top` and all below it.
fn below<'a>(columns: &'a [ColumnFacts<'a>], top: &ColumnId) -> Vec<&'a ColumnFacts<'a>> {
    let mut ids: BTreeSet<&ColumnId> = BTreeSet::new();
    ids.insert(top);
    let mut members: Vec<&ColumnFacts<'_>> = Vec::new();
    // As deep as columns are nested, at most as many levels as there are columns.
    for _ in 0..columns.len() {
        let more: Vec<&ColumnFacts<'_>> = columns
            .iter()
            .filter(|column| {
                let id = &column.column.id;
                let own = id == top || column.parent.is_some_and(|parent| ids.contains(parent));
                own && !members.iter().any(|member| member.column.id == *id)
            })
            .collect();
        if more.is_empty() {
            break;
        }
        ids.extend(more.iter().map(|column| &column.column.id));
        members.extend(more);
    }
    members
}

impl<'a> Counted<'a> {
    fn about(&self) -> About {
        let column = self.column.column;
        About::Column(column.id.clone(), column.name.clone())
    }

    /// What is done with it, or with one below it.
    pub fn watch(&self) -> Watch {
        let watches = self.members.iter().map(|member| member.column.watch());
        let mut best = Watch::NotConfigured;
        for watch in watches {
            best = match (best, watch) {
                (Watch::Judged, _) | (_, Watch::Judged) => Watch::Judged,
                (Watch::OnDemand, _) | (_, Watch::OnDemand) => Watch::OnDemand,
                (Watch::Unconfirmed, _) | (_, Watch::Unconfirmed) => Watch::Unconfirmed,
                _ => Watch::NotConfigured,
            };
        }
        best
    }

    /// A find about it.
    pub fn find(&self, fact: Fact) -> Find {
        let about = self.about();
        Find::of(about, fact)
    }

    /// The exemption under which it owes nothing: its own, or where it has no list of its own those of all
    /// below it that are watched, of which the first to end.
    pub fn exempt(&self) -> Option<&'a Exemption> {
        let own = self.column.exempt.as_ref();
        own.or_else(|| {
            let kept = self.members.iter();
            let kept = kept.filter(|member| member.column.watch().is_kept());
            let all: Option<Vec<&Exemption>> = kept.map(|member| member.exempt.as_ref()).collect();
            all?.into_iter().min_by_key(|exempt| exempt.until)
        })
    }

    /// Whether nobody has looked at one of those whose items count: there may be newer ones. One that has
    /// others below it may be their heading alone.
    fn is_unseen(&self) -> bool {
        let is_heading = |member: &ColumnFacts<'_>| {
            let id = &member.column.id;
            let mut others = self.members.iter();
            member.column.url.is_none() && others.any(|other| other.parent == Some(id))
        };
        let mut members = self.members.iter();
        members.any(|member| member.readings.is_empty() && !is_heading(member))
    }

    /// How it stands on the last day.
    pub fn standing(&self) -> Standing {
        let mut newest: Option<LastUpdate> = None;
        // What was read last of the one that was read the longest ago.
        let mut read_at: Option<Moment> = None;
        let mut is_shown = true;
        let mut blind: Option<(Cause, Moment)> = None;
        let mut undated: Option<(Undated, Moment)> = None;
        let mut blank: Option<(Moment, u32)> = None;
        for member in &self.members {
            let mut own: Option<(Date, Moment)> = None;
            for reading in &member.readings {
                let Saw::Dated(update) = &reading.saw else {
                    continue;
                };
                let on = own.map_or(update.on, |(on, _)| on.max(update.on));
                own = Some((on, reading.last_at));
                if newest.as_ref().is_none_or(|newest| newest.on < update.on) {
                    newest = Some(update.clone());
                }
            }
            let Some(last) = member.readings.last() else {
                continue;
            };
            let mut told_at = own.map(|(_, at)| at);
            match &last.saw {
                Saw::Dated(update) => is_shown &= own.map(|(on, _)| on) == Some(update.on),
                Saw::Blind(why) => blind = Some((why.clone(), last.first_at)),
                Saw::Undated(why) => undated = Some((*why, last.first_at)),
                Saw::Empty => {
                    told_at = Some(last.last_at);
                    let (since, visits) = blank.unwrap_or((last.first_at, last.visits));
                    blank = Some((since.max(last.first_at), visits.min(last.visits)));
                }
            }
            read_at = match (read_at, told_at) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        let is_unseen = self.is_unseen();
        let is_sure = is_shown && blind.is_none() && undated.is_none() && !is_unseen;
        match (newest, read_at, blind, undated, blank) {
            (Some(newest), Some(read_at), ..) => Standing::Dated(newest, read_at, is_sure),
            (_, _, Some((why, since)), ..) => Standing::Blind(why, since),
            (_, _, _, Some((why, since)), _) => Standing::Undated(why, since),
            (_, Some(read_at), _, _, Some((since, visits))) if !is_unseen => Standing::Blank {
                since,
                read_at,
                visits,
            },
            _ => Standing::NeverVisited,
        }
    }

    /// On how many days from `from` to `to` it was late: between the day after an item fell due
    /// and the day on which the next one claims to have been published, as far as a visit saw it then or
    /// later as the newest one. Of days on which nobody looked nothing is said.
    pub fn late_days(&self, window: u32, rubric: &Rubric, (from, to): (Date, Date)) -> u32 {
        let mut seen: BTreeMap<Date, Date> = BTreeMap::new();
        for reading in self.members.iter().flat_map(|member| &member.readings) {
            if let Saw::Dated(update) = &reading.saw {
                let last = seen.entry(update.on).or_insert(Date::MIN);
                *last = date_of(reading.last_at).max(*last);
            }
        }
        let ends = seen.keys().skip(1).copied();
        let spans = seen.iter().zip(ends.chain([Date::MAX]));
        let days = spans.map(|((&on, &seen_on), next)| {
            let late_from = due(on, window, rubric.choices.six_months).succ_opt();
            let first = late_from.map_or(Date::MAX, |day| day.max(from));
            let end = next.pred_opt().map_or(next, |day| day.min(to).min(seen_on));
            u32::try_from((end - first).num_days() + 1).unwrap_or(0)
        });
        days.sum()
    }
}
