//! Measuring how a site is kept: what became of alerts, HTTPS, the domain, the site code.

use std::collections::BTreeMap;

use super::fact::Fact;
use super::facts::{AlertSpan, ColumnFacts, Reading, Saw, SiteFacts};
use super::finding::{About, Aside, Find, Spared};
use super::measurement::{Measurement, Unmeasured};
use super::rubric::Rule;
use crate::assess::mended::is_mended;
use crate::calendar::Calendar;
use crate::domain::id::ColumnId;
use crate::domain::site_day::MissCause;
use crate::domain::time::{Date, date_of};
use crate::domain::visit::Failure;

/// Top levels of government, the second as ASCII: `.政务`.
const GOVERNMENT: [&str; 2] = [".gov.cn", ".xn--zfr164b"];

/// Columns that stayed overdue for more working days than the window. Each counts in the period
/// in which it fell due.
pub fn slow_alerts(rule: &Rule, facts: &SiteFacts<'_>, calendar: &Calendar) -> Measurement {
    if !is_visited(facts) {
        return Measurement::none(Unmeasured::NoVisits);
    }
    let (mut finds, mut asides) = (Vec::new(), Vec::new());
    for span in &facts.alerts {
        let due_on = calendar.add_working_days(date_of(span.overdue_at), rule.window_days);
        let late_from = due_on.succ_opt().unwrap_or(due_on);
        let within = facts.from <= late_from && late_from <= facts.to;
        let is_over = span.ended_at.is_some_and(|at| date_of(at) <= due_on);
        if !within || is_over {
            continue;
        }
        let is_updated = is_seen_mended(facts, span);
        let find = Find::of(
            about(facts, &span.column),
            Fact::SlowAlert {
                overdue_at: span.overdue_at,
                ended_at: span.ended_at.filter(|_| is_updated),
                dropped_at: span.ended_at.filter(|_| !is_updated),
                due_on,
            },
        );
        match is_seen_late(facts, span, due_on) {
            true => finds.push(find),
            false => {
                let why = Spared::Unproven;
                asides.push(Aside { find, why });
            }
        }
    }
    Measurement::finds(finds, asides)
}

/// What visits saw of the column of `span`.
fn readings<'a>(
    facts: &'a SiteFacts<'_>,
    span: &'a AlertSpan,
) -> impl Iterator<Item = &'a Reading> {
    let of_column = |column: &&ColumnFacts<'_>| column.column.id == span.column;
    let columns = facts.columns.iter().filter(of_column);
    columns.flat_map(|column| &column.readings)
}

/// Whether a visit saw a newer item before the alert was over: else it ended for another reason.
fn is_seen_mended(facts: &SiteFacts<'_>, span: &AlertSpan) -> bool {
    readings(facts, span).any(|reading| match &reading.saw {
        Saw::Dated(update) => {
            let within = span.ended_at.is_some_and(|at| reading.first_at <= at);
            within && span.overdue_at < reading.last_at && span.about < Some(update.on)
        }
        _ => false,
    })
}

/// Whether a visit after `due_on` saw that the column was still late. While nobody looks it may be mended.
fn is_seen_late(facts: &SiteFacts<'_>, span: &AlertSpan, due_on: Date) -> bool {
    readings(facts, span).any(|reading| match &reading.saw {
        Saw::Dated(update) => {
            let within = span.ended_at.is_none_or(|at| reading.last_at < at);
            let is_old = update.on < date_of(span.overdue_at);
            is_old && within && due_on < date_of(reading.last_at)
        }
        _ => false,
    })
}

/// Columns that were overdue again within the window after they had been mended.
pub fn repeated_alerts(rule: &Rule, facts: &SiteFacts<'_>) -> Measurement {
    if !is_visited(facts) {
        return Measurement::none(Unmeasured::NoVisits);
    }
    let mut by_column: BTreeMap<&ColumnId, Vec<&AlertSpan>> = BTreeMap::new();
    for span in &facts.alerts {
        by_column.entry(&span.column).or_default().push(span);
    }
    let mut finds = Vec::new();
    for (column, mut spans) in by_column {
        spans.sort_by_key(|span| span.overdue_at);
        for pair in spans.windows(2) {
            let [former, later] = pair else { continue };
            let Some(ended_at) = former.ended_at else {
                continue;
            };
            let on = date_of(later.overdue_at);
            let days = (on - date_of(ended_at)).num_days();
            let soon = days <= i64::from(rule.window_days) && is_mended_before(former, later);
            if soon && facts.from <= on && on <= facts.to {
                finds.push(Find::of(
                    about(facts, column),
                    Fact::Again {
                        ended_at,
                        updated_on: later.about,
                        overdue_at: later.overdue_at,
                    },
                ));
            }
        }
    }
    Measurement::finds(finds, Vec::new())
}

/// Whether the column was updated in time between the two.
fn is_mended_before(former: &AlertSpan, later: &AlertSpan) -> bool {
    let overdue_on = date_of(former.overdue_at);
    is_mended(former.about, overdue_on, later.about, later.limit_days)
}

fn is_visited(facts: &SiteFacts<'_>) -> bool {
    let mut columns = facts.columns.iter();
    columns.any(|column| !column.readings.is_empty())
}

fn about(facts: &SiteFacts<'_>, id: &ColumnId) -> About {
    let mut columns = facts.columns.iter();
    let column = columns.find(|column| column.column.id == *id);
    let name = column.map_or_else(|| id.to_string(), |column| column.column.name.clone());
    About::Column(id.clone(), name)
}

/// Whether the home page's address is one of HTTPS, and no sample found its certificate unsound.
pub fn https(facts: &SiteFacts<'_>) -> Measurement {
    let Some(home) = &facts.site.home else {
        return Measurement::none(Unmeasured::NothingConfigured);
    };
    // Whoever is led on to HTTPS has it, whatever address is configured.
    let inspection = facts.inspection.as_ref();
    let is_led = inspection.is_some_and(|seen| seen.certificate_until.is_some());
    if home.scheme() != "https" && !is_led {
        return site_find(Fact::NoHttps);
    }
    let days = facts.days.iter().filter(|day| facts.from <= day.on);
    let mut misses = days.flat_map(|day| &day.misses);
    let unsound =
        misses.rfind(|miss| matches!(miss.why, MissCause::Refused(Failure::Certificate(_))));
    match unsound {
        Some(miss) => site_find(Fact::Missed(miss.clone())),
        None if facts.days.iter().all(|day| day.visits() == 0) => {
            Measurement::none(Unmeasured::NoVisits)
        }
        None => Measurement::finds(Vec::new(), Vec::new()),
    }
}

/// Whether the home page lies below a domain of government.
pub fn domain(facts: &SiteFacts<'_>) -> Measurement {
    let host = facts.site.home.as_ref().and_then(url::Url::host_str);
    match host {
        None => Measurement::none(Unmeasured::NothingConfigured),
        Some(host) if GOVERNMENT.iter().any(|end| host.ends_with(end)) => {
            Measurement::finds(Vec::new(), Vec::new())
        }
        Some(host) => site_find(Fact::Domain(host.to_owned())),
    }
}

fn site_find(fact: Fact) -> Measurement {
    let about = About::Site;
    Measurement::finds(vec![Find::of(about, fact)], Vec::new())
}
