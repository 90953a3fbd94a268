//! When a column, a site or a duty is late, and who hears of it.

use super::{row, table};
use crate::alert::rules::{Repeat, TierRule, Tiers};
use crate::alert::site_rules::VetoRule;
use crate::assess::duty::YearDay;
use crate::assess::ladder::Tier;
use crate::assess::limits::ClassRule;
use crate::config::quantity::written;
use crate::config::settings::Config;
use crate::domain::group::Role;

pub fn ladders(config: &Config) -> String {
    let mut rows = vec![row(&[
        "class (类别)",
        "limit",
        "提醒 from",
        "预警 from",
        "超期 from",
        "严重超期 from",
        "督办 after",
    ])];
    for (class, rule) in &config.limits.classes {
        rows.push(begins(
            &format!("{} {}", class.key(), class.in_chinese()),
            rule,
        ));
    }
    for column in config.group.columns.values() {
        let own = column.limit_days.is_some() || config.limits.columns.contains_key(&column.id);
        if own && !column.on_demand {
            rows.push(begins(column.id.as_str(), &config.limits.of(column)));
        }
    }
    format!(
        "limits (更新时限) and the age in natural days at which a tier begins; 督办 in working days of 严重超期\n{}",
        table(&rows)
    )
}

/// What is updated as the need arises; nothing where nothing is.
pub fn on_demand(config: &Config) -> String {
    let columns = config.group.columns.values();
    let on_demand: Vec<String> = columns
        .filter(|column| column.on_demand)
        .map(|column| format!("{} {}", column.id, config.limits.of(column).limit_days))
        .collect();
    if on_demand.is_empty() {
        return String::new();
    }
    format!(
        "on demand (按需更新): no deadline; asked to look for themselves after so many days\n  {}",
        on_demand.join(", ")
    )
}

/// What is owed by a day; nothing where nothing is.
pub fn duties(config: &Config) -> String {
    let duties = &config.limits.duties;
    if duties.is_empty() {
        return String::new();
    }
    let mut rows = vec![row(&[
        "duty (定期发布)",
        "due",
        "counts from",
        "提醒",
        "预警",
        "严重超期",
        "columns",
        "titles",
    ])];
    for duty in duties {
        let columns = config.group.columns.values();
        let owing = columns.filter(|column| duty.is_of(column)).count();
        let day = |day: YearDay| format!("{:02}-{:02}", day.month, day.day);
        rows.push(row(&[
            &format!("{} {}", duty.id, duty.name),
            &day(duty.due),
            &day(duty.opens),
            &format!("{} days before", duty.ladder.reminder_days),
            &format!("{} days before", duty.ladder.warning_days),
            &format!("{} days after", duty.ladder.severe_days),
            &owing.to_string(),
            &duty.titles.join("、"),
        ]));
    }
    format!("duties by a day of every year\n{}", table(&rows))
}

fn begins(name: &str, rule: &ClassRule) -> Vec<String> {
    let limit = rule.limit_days;
    let last = limit
        .saturating_mul(2)
        .saturating_add(rule.ladder.severe_after.most)
        .min(20_000);
    let mut cells = row(&[name, &limit.to_string()]);
    for tier in [
        Tier::Reminder,
        Tier::Warning,
        Tier::Overdue,
        Tier::SeverelyOverdue,
    ] {
        let begin = (0..=last).find(|&age| rule.ladder.tier(age, limit) == Some(tier));
        cells.push(begin.map_or("-".to_owned(), |age| age.to_string()));
    }
    cells.push(rule.ladder.escalate_after_working_days.to_string());
    cells
}

/// Who hears of which tier, and where a class or a column differs.
pub fn tiers(config: &Config) -> String {
    let alert = &config.alert;
    let time = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    let mut out = format!(
        "tiers; sent on working days {} to {}, digests from {}, at most {} messages a person and {} in all a day\n{}",
        time(alert.window.from),
        time(alert.window.until),
        time(alert.digest_at),
        alert.budget.per_person,
        alert.budget.in_all,
        table(&told(&alert.tiers, None))
    );
    let mut differing = |of: &str, tiers: &Tiers, base: &Tiers| {
        let rows = told(tiers, Some(base));
        if !rows.is_empty() {
            out.push_str(&format!("  at {of} instead\n{}", table(&rows)));
        }
    };
    for (class, tiers) in &alert.class_tiers {
        differing(class.key(), tiers, &alert.tiers);
    }
    for (id, tiers) in &alert.column_tiers {
        let column = config.group.columns.get(id);
        let class = column.and_then(|column| alert.class_tiers.get(&column.class));
        let of_class = class.unwrap_or(&alert.tiers);
        differing(id.as_str(), tiers, of_class);
    }
    out
}

/// A row of each tier that differs from `base`.
fn told(tiers: &Tiers, base: Option<&Tiers>) -> Vec<Vec<String>> {
    let differs = |tier: &Tier, rule: &TierRule| base.and_then(|base| base.get(tier)) != Some(rule);
    tiers
        .iter()
        .filter(|(tier, rule)| differs(tier, rule))
        .map(|(tier, rule)| {
            let roles: Vec<&str> = rule.roles.iter().map(|role| role.in_chinese()).collect();
            let repeat = repeated(rule.repeat);
            let release = if rule.release {
                "released by a person"
            } else {
                ""
            };
            row(&[
                &format!("{} {}", tier.key(), tier.in_chinese()),
                &roles.join("、"),
                &repeat,
                release,
            ])
        })
        .collect()
}

/// The incidents of sites as a whole.
pub fn incidents(config: &Config) -> String {
    let rules = &config.alert.sites;
    let down = &rules.down;
    let names = |roles: &[Role]| {
        let names: Vec<&str> = roles.iter().map(|role| role.in_chinese()).collect();
        names.join("、")
    };
    let when = |at_once: bool, at_night: bool| match (at_once, at_night) {
        (false, _) => "in the sending window",
        (true, false) => "at once, not at night",
        (true, true) => "at once",
    };
    let veto = |name: &str, rule: &VetoRule| {
        let marks = &rule.marks;
        let letters = match marks.letter_days {
            0 => String::new(),
            days => format!(", letters ≥ {days} days"),
        };
        let begins = format!(
            "≥ {}% failed, home > {} days, ≥ {} basic late, ≥ {} late, ≥ {} empty{letters}",
            marks.failed_percent, marks.home_days, marks.basic_stale, marks.stale, marks.empty
        );
        let when = when(rule.at_once, rule.at_night);
        row(&[
            name,
            &begins,
            &names(&rule.roles),
            when,
            &repeated(rule.repeat),
        ])
    };
    let time = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    let minutes = |time: chrono::TimeDelta| written(time.to_std().unwrap_or_default());
    let rows = [
        row(&[
            "down 首页无法打开",
            &format!(
                "{} failed visits, {} apart",
                down.visits,
                minutes(down.apart)
            ),
            &names(&down.roles),
            when(true, down.at_night),
            &format!(
                "{} after {}",
                names(&down.later_roles),
                minutes(down.later_after)
            ),
        ]),
        veto("near_veto 接近单项否决", &rules.near),
        veto("veto 触及单项否决", &rules.veto),
    ];
    format!(
        "incidents of sites (网站事件); a rate needs {} samples in 7 days, night is {} to {}\n{}",
        rules.least_samples,
        time(rules.night.from),
        time(rules.night.until),
        table(&rows)
    )
}

/// How a tier or incident is repeated.
fn repeated(repeat: Repeat) -> String {
    match repeat {
        Repeat::Once => "once".to_owned(),
        Repeat::Every { working_days, most } => {
            let most = most.map_or(String::new(), |most| format!(", at most {most} times"));
            match working_days {
                1 => format!("every working day{most}"),
                more => format!("every {more} working days{most}"),
            }
        }
    }
}
