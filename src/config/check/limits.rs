//! Limits by class and the ladders on them.

use std::ops::Range;

use super::super::quantity::within;
use super::super::raw::monitor::{RawLadder, RawMonitor, RawShare};
use super::super::source::Source;
use super::word;
use crate::assess::ladder::{Ladder, Share};
use crate::assess::limits::{ClassRule, Limits};
use crate::assess::tuning::{MOST_DAYS, MOST_WORKING_DAYS};
use crate::domain::class::Class;

/// Reads `[ladder]` and `[limits]`.
pub fn limits(source: &mut Source, raw: &RawMonitor) -> Limits {
    let mut limits = Limits::default();
    let common = match &raw.ladder {
        Some(key) => ladder(source, key.get_ref(), Ladder::default()),
        None => Ladder::default(),
    };
    limits.ladder = common;
    for rule in limits.classes.values_mut() {
        rule.ladder = common;
    }
    let mut own = Vec::new();
    for (key, raw) in &raw.limits {
        let class = match word(key.get_ref(), "class", &Class::ALL, Class::key) {
            Ok(class) => class,
            Err(message) => {
                source.fault(&key.span(), message);
                continue;
            }
        };
        let days = source.take("days", &raw.days, |&days| within(days, 1..=MOST_DAYS));
        let steps = raw
            .ladder
            .as_ref()
            .map(|key| ladder(source, key.get_ref(), common));
        let rule = limits.classes.entry(class).or_insert(ClassRule {
            limit_days: MOST_DAYS,
            ladder: common,
        });
        rule.limit_days = days.unwrap_or(rule.limit_days);
        rule.ladder = steps.unwrap_or(common);
        let place = raw.days.as_ref().map(|key| key.span());
        let place = place.or(raw.ladder.as_ref().map(|key| key.span()));
        own.push((class, place.unwrap_or(key.span())));
    }
    must_rise(
        source,
        &limits,
        &own,
        raw.ladder.as_ref().map(|key| key.span()),
    );
    limits
}

/// Notes every class on whose limit the tiers do not rise: at its own table, else at `[ladder]`.
fn must_rise(
    source: &mut Source,
    limits: &Limits,
    own: &[(Class, Range<usize>)],
    common: Option<Range<usize>>,
) {
    let mut under_common = Vec::new();
    for (&class, rule) in &limits.classes {
        if rule.ladder.rises(rule.limit_days) {
            continue;
        }
        match own.iter().find(|(known, _)| *known == class) {
            Some((_, place)) => {
                let message = format!("the tiers of {} do not rise: {}", class.key(), steps(rule));
                source.fault(place, message);
            }
            None => under_common.push((class, rule)),
        }
    }
    if let (Some(place), Some((class, rule))) = (common, under_common.first()) {
        let keys: Vec<&str> = under_common.iter().map(|(class, _)| class.key()).collect();
        source.fault(
            &place,
            format!(
                "the tiers do not rise for {}; {}: {}",
                keys.join(", "),
                class.key(),
                steps(rule)
            ),
        );
    }
}

/// Where the tiers begin under `rule`, for a fault.
pub fn steps(rule: &ClassRule) -> String {
    let limit = rule.limit_days;
    let ladder = rule.ladder;
    format!(
        "on a limit of {limit} days the reminder leads by {}, the warning by {}, severe follows after {} (reminder > warning > 0, severe > 0, reminder < limit are needed)",
        ladder.reminder_lead.of(limit),
        ladder.warning_lead.of(limit),
        ladder.severe_after.of(limit)
    )
}

/// What is written of a ladder, over `base`.
pub fn ladder(source: &mut Source, raw: &RawLadder, base: Ladder) -> Ladder {
    Ladder {
        reminder_lead: share(source, &raw.reminder_lead, base.reminder_lead),
        warning_lead: share(source, &raw.warning_lead, base.warning_lead),
        severe_after: share(source, &raw.severe_after, base.severe_after),
        escalate_after_working_days: source
            .take(
                "escalate_after_working_days",
                &raw.escalate_after_working_days,
                |&days| within(days, 1..=MOST_WORKING_DAYS),
            )
            .unwrap_or(base.escalate_after_working_days),
    }
}

fn share(source: &mut Source, raw: &RawShare, base: Share) -> Share {
    let mut days = |name, key, base| {
        source
            .take(name, key, |&days: &u32| within(days, 0..=MOST_DAYS))
            .unwrap_or(base)
    };
    let share = Share {
        least: days("least", &raw.least, base.least),
        most: days("most", &raw.most, base.most),
        percent: source
            .take("percent", &raw.percent, |&n| within(n, 0..=100))
            .unwrap_or(base.percent),
    };
    if share.least > share.most
        && let Some(key) = raw.least.as_ref().or(raw.most.as_ref())
    {
        source.fault(
            &key.span(),
            format!("least ({}) is more than most ({})", share.least, share.most),
        );
    }
    share
}
