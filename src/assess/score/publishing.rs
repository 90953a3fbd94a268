//! Measuring how fresh home page and columns are: at the end of the period, and during it.
//!
//! The date that counts is the newest that a page ever claimed. That a column is late has to be
//! proven by a reading after the day on which it fell due; where the latest readings could not
//! tell, or saw an older list than before, nothing is said against it.

use std::collections::BTreeSet;

use super::activities;
use super::fact::Fact;
use super::facts::{Exemption, SiteFacts};
use super::finding::{About, Aside, Find, Spared};
use super::measurement::{Measurement, Part, Unmeasured};
use super::rubric::{Late, Rubric, Rule, SixMonths};
use super::standing::{Counted, Standing, counted, due, is_near};
use crate::assess::freshness::age_days;
use crate::domain::class::Class;
use crate::domain::finding::{LastUpdate, Undated};
use crate::domain::group::Watch;
use crate::domain::observation::Cause;
use crate::domain::site_day::HomeOfDay;
use crate::domain::time::{Date, Moment, date_of};

/// Visits that have to see an empty column before it is called so.
pub const BLANK_VISITS: u32 = 2;

pub(super) fn spared(exempt: &Exemption) -> Spared {
    Spared::Exempt {
        until: exempt.until,
        key: exempt.key.clone(),
    }
}

/// What came of looking at the columns of some classes.
#[derive(Default)]
struct Looked {
    finds: Vec<Find>,
    asides: Vec<Aside>,
    /// Columns that are judged.
    columns: usize,
    /// Of those, the ones that some visit told of.
    told: usize,
    /// Of those, the ones that are in time.
    fresh: usize,
    /// Of those that no visit told of, the ones that owe nothing.
    spared: usize,
    /// Columns that show no item, and why that is not held against each, if it is not.
    blanks: Vec<(Find, Option<Spared>)>,
}

impl Looked {
    fn note(&mut self, find: Find, why: Spared) {
        self.asides.push(Aside { find, why });
    }

    /// Tells of a judged column of which no visit tells.
    fn doubt(&mut self, counted: &Counted<'_>, fact: Fact) {
        self.spared += usize::from(counted.exempt().is_some());
        self.note(counted.find(fact), Spared::Unproven);
    }

    /// Counts a find, unless its column is exempt.
    fn judge(&mut self, counted: &Counted<'_>, fact: Fact) {
        let find = counted.find(fact);
        match counted.exempt() {
            None => self.finds.push(find),
            Some(exempt) => {
                let why = spared(exempt);
                self.asides.push(Aside { find, why });
            }
        }
    }

    fn measurement(self) -> Measurement {
        if self.columns == 0 {
            return Measurement {
                asides: self.asides,
                ..Measurement::none(Unmeasured::NothingConfigured)
            };
        }
        if self.told == 0 && self.finds.is_empty() {
            return Measurement {
                asides: self.asides,
                ..Measurement::none(Unmeasured::CannotTell)
            };
        }
        Measurement {
            part: Part::new(self.told + self.spared, self.columns),
            ..Measurement::finds(self.finds, self.asides)
        }
    }
}

/// Columns of the rule's classes that are late.
pub fn stale(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    let mut looked = look(rule, rubric, facts);
    let is_v3b = rule.id.as_str() == "V3b";
    if !is_v3b {
        return looked.measurement();
    }
    let blank = empty(rubric, facts);
    let near_too = u32::try_from(blank.finds.len()).unwrap_or(u32::MAX);
    if rubric.choices.blank_in_v3b {
        looked.finds.extend(blank.finds);
        return looked.measurement();
    }
    Measurement {
        near_too,
        ..looked.measurement()
    }
}

fn look(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>) -> Looked {
    let mut looked = Looked::default();
    for counted in counted(facts, rubric.choices.levels) {
        if let Some(&window) = rule.classes.get(&counted.column.column.class) {
            look_at(&mut looked, &counted, window, rubric, facts);
        }
    }
    looked
}

fn look_at(
    looked: &mut Looked,
    counted: &Counted<'_>,
    window: u32,
    rubric: &Rubric,
    facts: &SiteFacts<'_>,
) {
    let standing = counted.standing();
    match counted.watch() {
        // What has no deadline cannot be late.
        Watch::NotConfigured | Watch::OnDemand => return,
        Watch::Unconfirmed => {
            if let Standing::Dated(update, read_at, _) = standing {
                let fact = stale_fact(update, window, read_at, 0, facts.to);
                looked.note(counted.find(fact), Spared::Unconfirmed);
            }
            return;
        }
        Watch::Judged => looked.columns += 1,
    }
    let (update, read_at, is_sure) = match standing {
        Standing::Dated(update, read_at, is_sure) => (update, read_at, is_sure),
        Standing::NeverVisited => {
            return looked.doubt(counted, Fact::NeverVisited);
        }
        Standing::Blind(why, since) => {
            let fact = blind(why, since, None);
            return looked.doubt(counted, fact);
        }
        Standing::Undated(why, since) => {
            let fact = Fact::Undated { why, since };
            return looked.doubt(counted, fact);
        }
        // An empty column is no late one: it has a rule of its own.
        Standing::Blank {
            since,
            read_at,
            visits,
        } => {
            looked.told += 1;
            let is_proven = visits >= BLANK_VISITS && is_near(read_at, facts.to);
            let why = match counted.exempt() {
                Some(exempt) => Some(spared(exempt)),
                None => (!is_proven).then_some(Spared::Unproven),
            };
            let find = counted.find(Fact::Blank { since, read_at });
            looked.blanks.push((find, why));
            return;
        }
    };
    let due_on = due(update.on, window, rubric.choices.six_months);
    let late_days = counted.late_days(window, rubric, (facts.from, facts.to));
    if facts.to <= due_on {
        looked.told += 1;
        looked.fresh += 1;
        if late_days > 0 {
            let fact = stale_fact(update, window, read_at, late_days, facts.to);
            match rubric.choices.late {
                Late::AnyDay => looked.judge(counted, fact),
                Late::AtEnd => looked.note(counted.find(fact), Spared::Over),
            }
        }
        return;
    }
    let is_proven = is_sure && due_on < date_of(read_at) && is_near(read_at, facts.to);
    let fact = stale_fact(update, window, read_at, late_days, facts.to);
    if is_proven {
        looked.told += 1;
        looked.judge(counted, fact);
    } else {
        looked.doubt(counted, fact);
    }
}

fn stale_fact(
    last_update: LastUpdate,
    limit_days: u32,
    read_at: Moment,
    late_days: u32,
    to: Date,
) -> Fact {
    Fact::Stale {
        age_days: age_days(last_update.on, to),
        last_update,
        limit_days,
        read_at,
        late_days,
    }
}

fn blind(why: Cause, since: Moment, last_update: Option<LastUpdate>) -> Fact {
    Fact::Blind {
        since,
        why,
        last_update,
    }
}

/// Columns that show no item.
pub fn empty(rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    let mut looked = Looked::default();
    for counted in counted(facts, rubric.choices.levels) {
        if !counted.watch().is_kept() {
            continue;
        }
        looked.columns += 1;
        match counted.standing() {
            Standing::Blank {
                since,
                read_at,
                visits,
            } => {
                let fact = Fact::Blank { since, read_at };
                match visits < BLANK_VISITS || !is_near(read_at, facts.to) {
                    true => looked.doubt(&counted, fact),
                    false => {
                        looked.told += 1;
                        looked.judge(&counted, fact);
                    }
                }
            }
            Standing::Dated(..) | Standing::Undated(..) => looked.told += 1,
            Standing::Blind(..) | Standing::NeverVisited => {
                looked.spared += usize::from(counted.exempt().is_some());
            }
        }
    }
    looked.measurement()
}

/// Columns whose items carry no date.
pub fn undated(rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    let mut looked = Looked::default();
    for counted in counted(facts, rubric.choices.levels) {
        if !counted.watch().is_kept() {
            continue;
        }
        looked.columns += 1;
        match counted.standing() {
            Standing::Undated(why, since) => {
                looked.told += 1;
                let fact = Fact::Undated { why, since };
                match why {
                    Undated::NoDates => looked.judge(&counted, fact),
                    // There are dates; it is we who cannot tell them.
                    _ => looked.note(counted.find(fact), Spared::Unproven),
                }
            }
            Standing::Dated(..) | Standing::Blank { .. } => looked.told += 1,
            Standing::Blind(..) | Standing::NeverVisited => {
                looked.spared += usize::from(counted.exempt().is_some());
            }
        }
    }
    looked.measurement()
}

/// Whether every column of the classes is late or empty: one find, about the one that was updated last.
/// Where one of them is exempt the others need not stand in for it.
pub fn idle(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    let mut looked = look(rule, rubric, facts);
    let is_alive = looked.fresh > 0;
    for (find, why) in std::mem::take(&mut looked.blanks) {
        match why {
            None => looked.finds.push(find),
            Some(why) => looked.note(find, why),
        }
    }
    let is_exempt = |aside: &Aside| matches!(aside.why, Spared::Exempt { .. });
    let is_spared = looked.spared > 0 || looked.asides.iter().any(is_exempt);
    let why = match looked.columns > 0 && !is_alive {
        true if is_spared => Some(Unmeasured::Exempt),
        true if looked.finds.len() < looked.columns => Some(Unmeasured::CannotTell),
        _ => None,
    };
    if let Some(why) = why {
        return Measurement {
            asides: looked.asides,
            ..Measurement::none(why)
        };
    }
    let measured = looked.measurement();
    if measured.amount.is_err() {
        return measured;
    }
    // An interview that is only announced makes no column one that held any.
    if is_alive && let Some(doubted) = activities::unheld(rule, facts) {
        return doubted;
    }
    let age = |find: &Find| match find.fact {
        Fact::Stale { age_days, .. } => age_days,
        _ => u32::MAX,
    };
    let latest = measured.finds.into_iter().min_by_key(age);
    let finds = latest.filter(|_| !is_alive).into_iter().collect();
    Measurement {
        // That one of them is in time says all.
        part: measured.part.filter(|_| !is_alive),
        ..Measurement::finds(finds, measured.asides)
    }
}

/// Whether the newest item of the home page is older than the window. A page whose items carry no
/// date counts as not updated (国办发〔2015〕15号).
pub fn home(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    if facts.site.home.is_none() {
        return Measurement::none(Unmeasured::NothingConfigured);
    }
    let on_days = facts
        .days
        .iter()
        .filter(|day| facts.from <= day.on && day.on < facts.to)
        .filter(|day| facts.away.iter().all(|(on, _)| *on != day.on))
        .filter_map(|day| Some((day.on, day.home.as_ref()?)));
    let mut during = on_days.filter_map(|(on, home)| home_find(home, on, rule).ok().flatten());
    let during = during.next_back();
    let Some(home) = &facts.home else {
        return Measurement::none(Unmeasured::NoVisits);
    };
    let at_end = match home_find(home, facts.to, rule) {
        Ok(find) => find,
        Err(Unproven) => return Measurement::none(Unmeasured::CannotTell),
    };
    match (at_end, during, rubric.choices.late) {
        (Some(find), ..) => match &facts.exempt {
            Some(exempt) => {
                let why = spared(exempt);
                Measurement {
                    asides: vec![Aside { find, why }],
                    ..Measurement::none(Unmeasured::Exempt)
                }
            }
            None => Measurement::finds(vec![find], Vec::new()),
        },
        (None, Some(find), Late::AnyDay) => Measurement::finds(vec![find], Vec::new()),
        (None, Some(find), Late::AtEnd) => {
            let why = Spared::Over;
            Measurement::finds(Vec::new(), vec![Aside { find, why }])
        }
        (None, None, _) => match shown(home, facts.to) {
            Some(find) => {
                let why = Spared::Detail;
                Measurement::finds(Vec::new(), vec![Aside { find, why }])
            }
            None => Measurement::finds(Vec::new(), Vec::new()),
        },
    }
}

/// No reading proves it.
struct Unproven;

/// The find of a home page on one day, if it is old then.
fn home_find(home: &HomeOfDay, on: Date, rule: &Rule) -> Result<Option<Find>, Unproven> {
    let undated = || Find::of(About::Home, Fact::HomeUndated);
    if home.undated == Some(Undated::NoDates) {
        let is_seen = home.read_at.is_none_or(|read_at| is_near(read_at, on));
        return if is_seen {
            Ok(Some(undated()))
        } else {
            Err(Unproven)
        };
    }
    let (Some(newest_on), Some(read_at)) = (home.newest_on, home.read_at) else {
        return Err(Unproven);
    };
    let due_on = due(newest_on, rule.window_days, SixMonths::Days);
    if on <= due_on {
        return Ok(None);
    }
    match due_on < date_of(read_at) && is_near(read_at, on) {
        true => Ok(shown(home, on)),
        false => Err(Unproven),
    }
}

fn shown(home: &HomeOfDay, on: Date) -> Option<Find> {
    let newest_on = home.newest_on?;
    let fact = Fact::HomeOld {
        newest_on,
        age_days: age_days(newest_on, on),
        read_at: home.read_at?,
    };
    let about = About::Home;
    Some(Find::of(about, fact))
}

/// The windows of a rule's classes that are held against its threshold by themselves.
pub fn kinds(rule: &Rule) -> Vec<(u32, Vec<Class>)> {
    let windows: BTreeSet<u32> = rule.classes.values().copied().collect();
    let of = |window: u32| {
        let classes = rule.classes.iter().filter(|(_, days)| **days == window);
        (window, classes.map(|(class, _)| *class).collect())
    };
    windows.into_iter().map(of).collect()
}
