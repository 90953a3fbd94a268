//! Who is told what, when, how often, and in which words.

use std::time::Duration;

use chrono::TimeDelta;
use toml::Spanned;

use super::super::quantity::{duration, known, name, time_of_day, url, within};
use super::super::raw::Key;
use super::super::raw::monitor::{
    RawActs, RawEscalation, RawMonitor, RawOperator, RawSending, RawTier, RawTiers,
};
use super::super::source::Source;
use super::{incidents, or, parts, word};
use crate::alert::acts::Bounds;
use crate::alert::again::AgainRule;
use crate::alert::rules::{AlertRules, Budget, Repeat, TierRule, Tiers};
use crate::alert::template::{Text, Texts};
use crate::assess::exemption::Longest;
use crate::assess::ladder::Tier;
use crate::assess::outage::OfflineRule;
use crate::calendar::Window;
use crate::domain::class::Class;
use crate::domain::group::Role;

/// The longest template, in characters.
const TEXT_CHARS: usize = 400;
/// The longest signature, in characters: what gateways accept.
const SIGNATURE_CHARS: usize = 12;

/// Reads `[tiers]`, `[sending]`, `[judging]`, `[incidents]`, `[texts]` and the signature.
pub fn rules(source: &mut Source, raw: &RawMonitor) -> AlertRules {
    let mut rules = AlertRules::default();
    rules.tiers = tiers(source, &raw.tiers, &rules.tiers);
    for (key, raw) in &raw.limits {
        // An unknown class is told where its limit is read.
        let class = word(key.get_ref(), "class", &Class::ALL, Class::key);
        if let (Ok(class), false) = (class, raw.tiers.is_empty()) {
            let own = tiers(source, &raw.tiers, &rules.tiers);
            rules.class_tiers.insert(class, own);
        }
    }
    if let Some(operator) = &raw.operator {
        signature(source, operator.get_ref(), &mut rules);
    }
    sending(source, &raw.sending, &mut rules);
    rules.live = or(&raw.sending.live, rules.live);
    judging(source, raw, &mut rules);
    rules.sites = incidents::rules(source, raw);
    rules.again = again(source, &raw.escalation);
    rules.bounds = bounds(source, &raw.acts);
    texts(source, raw, &mut rules.texts);
    rules.links = super::links::links(source, &raw.links);
    rules
}

/// What is written of tiers, over `base`.
pub fn tiers(source: &mut Source, raw: &RawTiers, base: &Tiers) -> Tiers {
    let mut tiers = base.clone();
    for (key, raw) in raw {
        match word(key.get_ref(), "tier", &Tier::ALL, Tier::key) {
            Err(message) => source.fault(&key.span(), message),
            Ok(tier) => {
                if let Some(rule) = tiers.get_mut(&tier) {
                    tier_rule(source, raw, rule);
                }
            }
        }
    }
    tiers
}

fn tier_rule(source: &mut Source, raw: &RawTier, rule: &mut TierRule) {
    if let Some(roles) = roles(source, "roles", &raw.roles) {
        rule.roles = roles;
    }
    rule.repeat = repeat(source, &raw.repeat_every, &raw.repeat_most, rule.repeat);
    rule.release = or(&raw.release, rule.release);
}

/// The roles that are told; `None` where the key is missing.
pub fn roles(
    source: &mut Source,
    name: &str,
    key: &Key<Vec<Spanned<String>>>,
) -> Option<Vec<Role>> {
    let written = key.as_ref()?;
    if written.get_ref().is_empty() {
        source.fault(
            &written.span(),
            format!("{name}: it is empty, so nobody would be told"),
        );
    }
    let mut roles = Vec::new();
    for part in parts(key) {
        match word(part.get_ref(), "role", &Role::ALL, Role::key) {
            Err(message) => source.fault(&part.span(), message),
            Ok(role) if roles.contains(&role) => {
                source.fault(
                    &part.span(),
                    format!("the role {} stands a second time", role.key()),
                );
            }
            Ok(role) => roles.push(role),
        }
    }
    Some(roles)
}

/// How something is repeated: `every` so many working days, at `most` so often.
pub fn repeat(source: &mut Source, every: &Key<u32>, most: &Key<u32>, base: Repeat) -> Repeat {
    let times = source.take("repeat_most", most, |&n| {
        if n == 0 {
            return Err("0 repetitions are written repeat_every = 0".to_owned());
        }
        within(n, 1..=1000)
    });
    let days = source.take("repeat_every", every, |&n| within(n, 0..=250));
    let (before, most_before) = match base {
        Repeat::Once => (0, None),
        Repeat::Every { working_days, most } => (working_days, most),
    };
    let repeat = match days.unwrap_or(before) {
        0 => Repeat::Once,
        working_days => Repeat::Every {
            working_days,
            most: times.or(most_before),
        },
    };
    if let (Repeat::Once, Some(key)) = (repeat, most) {
        source.fault(
            &key.span(),
            "repeat_most: nothing is repeated without repeat_every",
        );
    }
    repeat
}

fn signature(source: &mut Source, raw: &RawOperator, rules: &mut AlertRules) {
    let signature = source.take("signature", &raw.signature, |text| {
        let text = name(text, SIGNATURE_CHARS)?;
        if text.contains(['【', '】', '[', ']', '{', '}']) {
            return Err("it is written without brackets; 【】 are put round it".to_owned());
        }
        Ok(text)
    });
    rules.signature = signature.unwrap_or_else(|| rules.signature.clone());
    rules.console_link = source.take("console_link", &raw.console_link, |text| {
        url(text, None).map(|_| text.trim().to_owned())
    });
}

fn sending(source: &mut Source, raw: &RawSending, rules: &mut AlertRules) {
    window(source, raw, rules);
    let (hour, fortnight) = (Duration::from_secs(3600), Duration::from_secs(14 * 86_400));
    if let Some(time) = source.take("expires_after", &raw.expires_after, |text| {
        delta(text, hour..=fortnight)
    }) {
        rules.expires_after = time;
    }
    let mut count = |name, key, most, base| {
        source
            .take(name, key, |&n: &u32| within(n, 1..=most))
            .unwrap_or(base)
    };
    rules.budget = Budget {
        per_person: count(
            "per_person",
            &raw.budget.per_person,
            1000,
            rules.budget.per_person,
        ),
        in_all: count("in_all", &raw.budget.in_all, 1_000_000, rules.budget.in_all),
    };
    let most = source.take("most_segments", &raw.most_segments, |&n| {
        within(n as usize, 1..=10)
    });
    rules.most_segments = most.unwrap_or(rules.most_segments);
    rules.all_quiet = or(&raw.all_quiet, rules.all_quiet);
}

/// The hours of sending and the digest in them.
fn window(source: &mut Source, raw: &RawSending, rules: &mut AlertRules) {
    let mut sound = true;
    let mut time = |name, key: &Key<String>, base| {
        let time = source.take(name, key, |text| time_of_day(text));
        sound &= key.is_none() || time.is_some();
        time.unwrap_or(base)
    };
    let from = time("from", &raw.from, rules.window.from);
    let until = time("until", &raw.until, rules.window.until);
    // Whoever moves the window moves the digest with it, unless told otherwise.
    let digest_at = time("digest_at", &raw.digest_at, from);
    if !sound {
        return;
    }
    if from >= until
        && let Some(key) = raw.until.as_ref().or(raw.from.as_ref())
    {
        source.fault(
            &key.span(),
            format!("the window does not open: from {from}, until {until}"),
        );
    } else if let Some(key) = &raw.digest_at
        && !(from <= digest_at && digest_at < until)
    {
        source.fault(
            &key.span(),
            format!("digest_at: {digest_at} is outside the window, from {from} until {until}"),
        );
    }
    rules.window = Window { from, until };
    rules.digest_at = digest_at;
}

pub fn delta(text: &str, range: std::ops::RangeInclusive<Duration>) -> Result<TimeDelta, String> {
    let value = duration(text, range)?;
    TimeDelta::from_std(value).map_err(|error| error.to_string())
}

fn judging(source: &mut Source, raw: &RawMonitor, rules: &mut AlertRules) {
    let raw = &raw.judging;
    let (second, day) = (Duration::from_secs(1), Duration::from_secs(86_400));
    if let Some(time) = source.take("confirm_after", &raw.confirm_after, |text| {
        delta(text, second..=day)
    }) {
        rules.confirm_after = time;
    }
    let mut visits = |name, key, base| {
        source
            .take(name, key, |&n: &u32| within(n, 1..=1000))
            .unwrap_or(base)
    };
    rules.blind_after_visits = visits(
        "blind_after_visits",
        &raw.blind_after_visits,
        rules.blind_after_visits,
    );
    rules.down_after_visits = visits(
        "down_after_visits",
        &raw.down_after_visits,
        rules.down_after_visits,
    );
    let long = source.take("long_holiday_days", &raw.long_holiday_days, |&n| {
        within(n, 0..=30)
    });
    rules.long_holiday_days = long.unwrap_or(rules.long_holiday_days);
    let least = source.take("least_hosts", &raw.offline.least_hosts, |&n| {
        within(n as usize, 2..=100_000)
    });
    let share = source.take("share_percent", &raw.offline.share_percent, |&n| {
        within(n, 50..=100)
    });
    rules.offline = OfflineRule {
        least_hosts: least.unwrap_or(rules.offline.least_hosts),
        share_percent: share.unwrap_or(rules.offline.share_percent),
    };
}

/// Within how many days a second offence is proposed for escalation; 0 never.
fn again(source: &mut Source, raw: &RawEscalation) -> AgainRule {
    let base = AgainRule::default();
    let mut days = |name, key, base| {
        source
            .take(name, key, |&n: &u32| within(n, 0..=366))
            .unwrap_or(base)
    };
    AgainRule {
        unit_overdue_days: days(
            "unit_overdue_days",
            &raw.unit_overdue_days,
            base.unit_overdue_days,
        ),
        column_severe_days: days(
            "column_severe_days",
            &raw.column_severe_days,
            base.column_severe_days,
        ),
    }
}

/// How far people's acts may reach.
fn bounds(source: &mut Source, raw: &RawActs) -> Bounds {
    let base = Bounds::default();
    let mut days = |name, key, most, base| {
        source
            .take(name, key, |&n: &u32| within(n, 1..=most))
            .unwrap_or(base)
    };
    Bounds {
        answer_working_days: days(
            "answer_working_days",
            &raw.answer_working_days,
            60,
            base.answer_working_days,
        ),
        hold_working_days: days(
            "hold_working_days",
            &raw.hold_working_days,
            20,
            base.hold_working_days,
        ),
        exemption: Longest {
            maintenance_days: days(
                "maintenance_days",
                &raw.maintenance_days,
                366,
                base.exemption.maintenance_days,
            ),
            approved_days: days(
                "exemption_days",
                &raw.exemption_days,
                1100,
                base.exemption.approved_days,
            ),
        },
    }
}

fn texts(source: &mut Source, raw: &RawMonitor, texts: &mut Texts) {
    for (key, value) in &raw.texts {
        let found = Texts::KEYS
            .iter()
            .find(|(name, _, _)| name == key.get_ref());
        let Some((name, fields, _)) = found else {
            let all = Texts::KEYS.iter().map(|(name, _, _)| *name);
            let known = known(key.get_ref(), all);
            source.fault(
                &key.span(),
                format!("unknown text {:?}; {known}", key.get_ref()),
            );
            continue;
        };
        let written = value.get_ref();
        let parsed = if written.chars().count() > TEXT_CHARS {
            Err(format!("the text has more than {TEXT_CHARS} characters"))
        } else {
            Text::parse(written, fields).map_err(|fault| {
                let fields: Vec<String> = fields.iter().map(|name| format!("{{{name}}}")).collect();
                format!("{fault}; the fields are {}", fields.join(" "))
            })
        };
        match parsed {
            Err(message) => source.fault(&value.span(), format!("{name}: {message}")),
            Ok(text) => {
                if let Some(slot) = texts.get_mut(name) {
                    *slot = text;
                }
            }
        }
    }
}
