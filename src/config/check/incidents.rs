//! When a site as a whole is told of, to whom and how often.

use std::ops::Range;
use std::time::Duration;

use chrono::TimeDelta;

use super::super::quantity::{time_of_day, within};
use super::super::raw::Key;
use super::super::raw::monitor::{RawDown, RawIncidents, RawMonitor, RawVeto};
use super::super::source::Source;
use super::alerting::{delta, repeat, roles};
use super::or;
use crate::alert::site_rules::{DownRule, Flapping, Night, SiteRules, VetoRule};
use crate::assess::vetoes::Marks;

/// Reads `[incidents]`.
pub fn rules(source: &mut Source, raw: &RawMonitor) -> SiteRules {
    let raw = &raw.incidents;
    let base = SiteRules::default();
    let near = veto(source, &raw.near_veto, base.near);
    let met = veto(source, &raw.veto, base.veto);
    let places = places(&raw.near_veto).or(places(&raw.veto));
    if let (false, Some(place)) = (near.marks.is_below(&met.marks), places) {
        source.fault(
            &place,
            "the marks of near_veto do not lie below those of veto; each must",
        );
    }
    SiteRules {
        down: down(source, &raw.down, base.down),
        near,
        veto: met,
        least_samples: source
            .take("least_samples", &raw.least_samples, |&n| within(n, 1..=672))
            .unwrap_or(base.least_samples),
        blind_after: time(source, "blind_after", &raw.blind_after, 1..=30 * 24 * 60)
            .unwrap_or(base.blind_after),
        night: night(source, raw, base.night),
        redesign_percent: source
            .take("redesign_percent", &raw.redesign_percent, |&n| {
                within(n, 50..=100)
            })
            .unwrap_or(base.redesign_percent),
    }
}

/// Where a mark is written, for a fault.
fn places(raw: &RawVeto) -> Option<Range<usize>> {
    let marks = [
        &raw.failed_percent,
        &raw.home_days,
        &raw.basic_stale,
        &raw.stale,
        &raw.empty,
        &raw.letter_days,
    ];
    marks.into_iter().flatten().map(|key| key.span()).next()
}

fn night(source: &mut Source, raw: &RawIncidents, base: Night) -> Night {
    let from = source.take("night_from", &raw.night_from, |text| time_of_day(text));
    let until = source.take("night_until", &raw.night_until, |text| time_of_day(text));
    Night {
        from: from.unwrap_or(base.from),
        until: until.unwrap_or(base.until),
    }
}

/// A time of so many minutes.
fn time(
    source: &mut Source,
    name: &str,
    key: &Key<String>,
    minutes: std::ops::RangeInclusive<u64>,
) -> Option<TimeDelta> {
    let long = |minutes: u64| Duration::from_secs(minutes * 60);
    source.take(name, key, |text| {
        delta(text, long(*minutes.start())..=long(*minutes.end()))
    })
}

fn down(source: &mut Source, raw: &RawDown, base: DownRule) -> DownRule {
    let (day, hours) = (24 * 60, 12 * 60);
    let flapping = Flapping {
        times: source
            .take("times", &raw.flapping.times, |&n| within(n, 2..=100))
            .unwrap_or(base.flapping.times),
        within: time(source, "within", &raw.flapping.within, 60..=7 * day)
            .unwrap_or(base.flapping.within),
        steady: time(source, "steady", &raw.flapping.steady, 1..=day)
            .unwrap_or(base.flapping.steady),
    };
    DownRule {
        enabled: or(&raw.enabled, base.enabled),
        visits: source
            .take("visits", &raw.visits, |&n| within(n, 2..=10))
            .unwrap_or(base.visits),
        apart: time(source, "apart", &raw.apart, 1..=hours).unwrap_or(base.apart),
        roles: roles(source, "roles", &raw.roles).unwrap_or(base.roles),
        later_roles: roles(source, "later_roles", &raw.later_roles).unwrap_or(base.later_roles),
        later_after: time(source, "later_after", &raw.later_after, 1..=7 * day)
            .unwrap_or(base.later_after),
        at_night: or(&raw.at_night, base.at_night),
        steady: time(source, "steady", &raw.steady, 1..=day).unwrap_or(base.steady),
        flapping,
    }
}

fn veto(source: &mut Source, raw: &RawVeto, base: VetoRule) -> VetoRule {
    let marks = base.marks;
    let letter_days = source
        .take("letter_days", &raw.letter_days, |&n| within(n, 0..=365))
        .unwrap_or(marks.letter_days);
    let mut mark = |name, key, most, base| {
        source
            .take(name, key, |&n: &u32| within(n, 1..=most))
            .unwrap_or(base)
    };
    VetoRule {
        enabled: or(&raw.enabled, base.enabled),
        marks: Marks {
            failed_percent: mark(
                "failed_percent",
                &raw.failed_percent,
                100,
                marks.failed_percent,
            ),
            home_days: mark("home_days", &raw.home_days, 3660, marks.home_days),
            basic_stale: mark("basic_stale", &raw.basic_stale, 10_000, marks.basic_stale),
            stale: mark("stale", &raw.stale, 10_000, marks.stale),
            empty: mark("empty", &raw.empty, 10_000, marks.empty),
            empty_is_stale: or(&raw.empty_is_stale, marks.empty_is_stale),
            letter_days,
        },
        roles: roles(source, "roles", &raw.roles).unwrap_or(base.roles),
        repeat: repeat(source, &raw.repeat_every, &raw.repeat_most, base.repeat),
        at_once: or(&raw.at_once, base.at_once),
        at_night: or(&raw.at_night, base.at_night),
    }
}
