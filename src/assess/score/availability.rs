//! Measuring whether the home page opens: failed samples of a rolling week and of the period, and
//! how long it takes.

use chrono::Days;

use super::fact::Fact;
use super::facts::{Exemption, SiteFacts};
use super::finding::{About, Aside, Find, Spared};
use super::measurement::{Amount, Measurement, Unmeasured};
use super::publishing::spared;
use super::rubric::{Kind, Rubric, Rule};
use crate::domain::site_day::SiteDay;
use crate::domain::time::Date;

/// The most samples that are told one by one.
const MOST_MISSES: usize = 100;

/// Samples of some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    from: Date,
    to: Date,
    failed: u32,
    visits: u32,
    excluded: u32,
}

impl Sum {
    /// The sum of the days that count.
    fn counted(facts: &SiteFacts<'_>, from: Date, to: Date) -> Sum {
        let days = facts.days.iter();
        Sum::of(days.filter(|day| away(facts, day.on).is_none()), from, to)
    }

    fn of<'a>(days: impl Iterator<Item = &'a SiteDay>, from: Date, to: Date) -> Sum {
        let within = days.filter(|day| from <= day.on && day.on <= to);
        let nothing = Sum {
            from,
            to,
            failed: 0,
            visits: 0,
            excluded: 0,
        };
        within.fold(nothing, |sum, day| Sum {
            failed: sum.failed + day.failed,
            visits: sum.visits + day.visits(),
            excluded: sum.excluded + day.excluded,
            ..sum
        })
    }

    fn find(&self) -> Find {
        let fact = Fact::Failures {
            failed: self.failed,
            visits: self.visits,
            excluded: self.excluded,
            from: self.from,
            to: self.to,
        };
        Find::of(About::Home, fact)
    }

    /// Whether a larger share failed than in `other`. Compared as integers.
    fn is_worse(&self, other: &Sum) -> bool {
        let cross = |one: u32, two: u32| u64::from(one) * u64::from(two);
        cross(self.failed, other.visits) > cross(other.failed, self.visits)
    }
}

/// Failed samples: for a veto of the worst window within the period, else of the whole period.
pub fn failures(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    if facts.site.home.is_none() {
        return Measurement::none(Unmeasured::NothingConfigured);
    }
    let need = rubric.choices.least_samples;
    let sums = match rule.kind {
        Kind::Veto => windows(facts, rule.window_days),
        Kind::Deduct | Kind::Standard => vec![Sum::counted(facts, facts.from, facts.to)],
    };
    if sums.is_empty() {
        return Measurement {
            asides: maintained(facts),
            ..Measurement::none(Unmeasured::Exempt)
        };
    }
    let enough = sums.iter().filter(|sum| sum.visits >= need);
    let worst = enough.fold(None, |worst: Option<&Sum>, sum| match worst {
        Some(worst) if !sum.is_worse(worst) => Some(worst),
        _ => Some(sum),
    });
    let Some(worst) = worst else {
        let fullest = sums.iter().max_by_key(|sum| sum.visits);
        let have = fullest.map_or(0, |sum| sum.visits);
        // What was left out may be why there are so few: it is told, and costs nothing.
        let known = fullest.filter(|sum| sum.visits + sum.excluded > 0);
        let told = known.map(|sum| Aside {
            find: sum.find(),
            why: Spared::Detail,
        });
        let misses = known.map_or_else(Vec::new, |sum| misses(facts, sum));
        return Measurement {
            asides: told
                .into_iter()
                .chain(maintained(facts))
                .chain(misses)
                .collect(),
            ..Measurement::none(Unmeasured::TooFewSamples { have, need })
        };
    };
    let found = worst.find();
    Measurement {
        amount: Ok(Amount::Rate {
            bad: worst.failed,
            all: worst.visits,
        }),
        finds: vec![found],
        asides: maintained(facts)
            .into_iter()
            .chain(misses(facts, worst))
            .collect(),
        near_too: 0,
        part: None,
    }
}

/// Every stretch of `length` days that lies in the period and has no day of announced maintenance. Of a period
/// that is shorter, all of it; of one in which maintenance leaves no such stretch, nothing.
fn windows(facts: &SiteFacts<'_>, length: u32) -> Vec<Sum> {
    let before = Days::new(u64::from(length.saturating_sub(1)));
    let ends = facts.from.iter_days().take_while(|&day| day <= facts.to);
    let sums: Vec<Sum> = ends
        .filter_map(|to| {
            let from = to.checked_sub_days(before)?;
            // Of a week with announced maintenance the other days are no week.
            let is_whole = facts.away.iter().all(|(on, _)| *on < from || to < *on);
            (facts.from <= from && is_whole).then(|| Sum::counted(facts, from, to))
        })
        .collect();
    match sums.is_empty() && facts.away.iter().all(|(on, _)| *on < facts.from) {
        true => vec![Sum::counted(facts, facts.from, facts.to)],
        false => sums,
    }
}

fn misses(facts: &SiteFacts<'_>, sum: &Sum) -> Vec<Aside> {
    let within = facts
        .days
        .iter()
        .filter(|day| sum.from <= day.on && day.on <= sum.to)
        .filter(|day| away(facts, day.on).is_none());
    let misses = within.flat_map(|day| &day.misses).take(MOST_MISSES);
    let aside = |fact: Fact| Aside {
        find: Find::of(About::Home, fact),
        why: Spared::Detail,
    };
    let mut out: Vec<Aside> = misses
        .map(|miss| aside(Fact::Missed(miss.clone())))
        .collect();
    let all = sum.failed + sum.excluded;
    let told = u32::try_from(out.len()).unwrap_or(u32::MAX);
    // Of a day only so many are kept one by one.
    if told < all {
        out.push(aside(Fact::Cut { told, all }));
    }
    out
}

/// The announced maintenance of `day`, if the site was under any.
fn away<'a>(facts: &'a SiteFacts<'_>, day: Date) -> Option<&'a Exemption> {
    let mut away = facts.away.iter();
    away.find(|(on, _)| *on == day).map(|(_, exempt)| exempt)
}

/// What the samples of announced maintenance in the period saw: it is told, and counts nothing.
fn maintained(facts: &SiteFacts<'_>) -> Vec<Aside> {
    let within = |day: &Date| facts.from <= *day && *day <= facts.to;
    let mut spans: Vec<(Date, Date, &Exemption)> = Vec::new();
    for (on, exempt) in facts.away.iter().filter(|(on, _)| within(on)) {
        match spans.last_mut() {
            Some((_, to, last)) if last.key == exempt.key => *to = *on,
            _ => spans.push((*on, *on, exempt)),
        }
    }
    let told = spans.into_iter().map(|(from, to, exempt)| Aside {
        find: Sum::of(facts.days.iter(), from, to).find(),
        why: spared(exempt),
    });
    told.collect()
}

/// Whether more than half of the samples took the threshold or longer.
pub fn load(rule: &Rule, rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    if facts.site.home.is_none() {
        return Measurement::none(Unmeasured::NothingConfigured);
    }
    let within = |day: &&SiteDay| {
        facts.from <= day.on && day.on <= facts.to && away(facts, day.on).is_none()
    };
    let days = || facts.days.iter().filter(within);
    let opened: u32 = days().map(SiteDay::opened).sum();
    let need = rubric.choices.least_samples;
    if opened < need {
        let have = opened;
        return Measurement::none(Unmeasured::TooFewSamples { have, need });
    }
    let slow: u32 = days()
        .flat_map(|day| day.opened.iter().skip(rule.threshold as usize))
        .sum();
    let find = Find::of(
        About::Home,
        Fact::Slow {
            slow,
            opened,
            seconds: rule.threshold,
        },
    );
    match slow * 2 > opened {
        true => Measurement::finds(vec![find], Vec::new()),
        false => {
            let why = Spared::Detail;
            Measurement::finds(Vec::new(), vec![Aside { find, why }])
        }
    }
}
