//! What an administrator sees when the configuration is sound: what was understood, in tables.

mod late;
mod ways;

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::assess::score::rubric::{Area, Rule};
use crate::calendar::cron_line::CronLine;
use crate::config::fault::Warning;
use crate::config::quantity::written;
use crate::config::read_rules;
use crate::config::settings::Config;
use crate::domain::account::{Admission, Proxy};
use crate::domain::time::Moment;

/// The fires of a cron line that are shown.
const FIRES: usize = 3;

/// What was understood, and every warning, as text for a terminal.
pub fn explain(config: &Config, warnings: &[Warning], now: Moment) -> String {
    let mut out = String::new();
    let parts = [
        counts(config),
        schedule(config, now),
        late::ladders(config),
        late::on_demand(config),
        late::duties(config),
        late::tiers(config),
        late::incidents(config),
        ways::transports(config),
        ways::templates(config),
        ways::wordings(config),
        rules(config),
        assessment(config),
        places(config),
    ];
    for part in parts.iter().filter(|part| !part.is_empty()) {
        out.push_str(part);
        out.push('\n');
    }
    for warning in warnings {
        let _ = writeln!(out, "{warning}");
    }
    out
}

fn counts(config: &Config) -> String {
    let group = &config.group;
    let sites = group.sites.len();
    let with_home = group.sites.values().filter(|site| site.home.is_some());
    let columns = group.columns.len();
    let with_url = group.columns.values().filter(|column| column.url.is_some());
    let (homes, urls) = (with_home.count(), with_url.count());
    let years: Vec<String> = config.calendar.years.keys().map(i32::to_string).collect();
    table(&[
        row(&["units (单位)", &group.units.len().to_string()]),
        row(&[
            "sites (网站)",
            &format!("{sites}: {homes} with an address, {} blank", sites - homes),
        ]),
        row(&[
            "columns (栏目)",
            &format!(
                "{columns}: {urls} with an address, {} blank",
                columns - urls
            ),
        ]),
        row(&["people (联系人)", &group.people.len().to_string()]),
        row(&["holiday tables", &years.join(" ")]),
    ])
}

fn schedule(config: &Config, now: Moment) -> String {
    let plan = &config.schedule;
    let rows = [
        ("visits", &plan.visits),
        ("homes", &plan.homes),
        ("prune", &plan.prune),
    ]
    .map(|(name, line)| row(&[name, line.source(), &fires(line, now)]));
    let jitter = written(plan.jitter);
    format!(
        "schedule (time of China), the next {FIRES} times; visits and homes moved by up to {jitter}\n{}",
        table(&rows)
    )
}

fn fires(line: &CronLine, now: Moment) -> String {
    std::iter::successors(line.next_after(now), |&fire| line.next_after(fire))
        .take(FIRES)
        .map(|fire| fire.format("%Y-%m-%d %H:%M").to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The columns that are read by rules of their own; nothing where there are none.
fn rules(config: &Config) -> String {
    let rows: Vec<Vec<String>> = config
        .group
        .columns
        .values()
        .filter_map(|column| {
            let lines = read_rules::lines(column.read.as_ref()?);
            Some(row(&[column.id.as_str(), &lines.join(" · ")]))
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "columns read by rules of their own (读取规则)\n{}",
        table(&rows)
    )
}

fn admission(admission: &Admission) -> String {
    match admission {
        Admission::Open => "asks for no login".to_owned(),
        Admission::Accounts(Proxy {
            header: Some(header),
            ..
        }) => format!("for accounts, by login or by the proxy's header {header}"),
        Admission::Accounts(_) => "for accounts, by login".to_owned(),
    }
}

fn places(config: &Config) -> String {
    let listen = match config.console.listen {
        Some(listen) => format!("http://{listen}/, {}", admission(&config.console.admission)),
        None => "switched off".to_owned(),
    };
    table(&[
        row(&["console", &listen]),
        row(&["store", &config.store.dir.display().to_string()]),
        row(&[
            "control socket",
            &config.control_socket.display().to_string(),
        ]),
        row(&["user agent", &config.identity.user_agent]),
        row(&["heartbeat", &heartbeat(config)]),
        row(&["own network", &probes(config)]),
        row(&["clock", &clock(config)]),
    ])
}

/// Of the address only the host: the rest is a secret.
fn heartbeat(config: &Config) -> String {
    match &config.heartbeat {
        None => "none".to_owned(),
        Some(heartbeat) => format!(
            "{} every {}",
            heartbeat.url.host_str().unwrap_or_default(),
            written(heartbeat.every)
        ),
    }
}

fn clock(config: &Config) -> String {
    config.clock_tolerance.map_or_else(
        || "not checked".to_owned(),
        |tolerance| {
            format!(
                "may differ by {} from what most hosts tell",
                written(tolerance)
            )
        },
    )
}

fn probes(config: &Config) -> String {
    match config.probes.len() {
        0 => "told by the share of silent hosts".to_owned(),
        count => format!("told by {count} probes, when half of the hosts are silent"),
    }
}

fn assessment(config: &Config) -> String {
    let rubric = &config.rubric;
    let (all, on) = (rubric.rules.len(), rubric.enabled().count());
    let ids = |of: &dyn Fn(&Rule) -> bool| {
        let rules = rubric.rules.values().filter(|rule| of(rule));
        let ids: Vec<&str> = rules.map(|rule| rule.id.as_str()).collect();
        ids.join(" ")
    };
    let weights = Area::ALL.iter().map(|area| {
        let weight = rubric.weights.get(area).copied().unwrap_or(0);
        format!("{} {weight}", area.in_chinese())
    });
    let weights: Vec<String> = weights.collect();
    let unverified = ids(&|rule| rule.enabled && rule.is_unverified());
    let off = ids(&|rule| !rule.enabled);
    format!(
        "assessment (考评) by {} {}; all rules: wangxun rubric --all\n{}",
        rubric.profile,
        rubric.title,
        table(&[
            row(&["weights (权重)", &weights.join(", ")]),
            row(&["rules (规则)", &format!("{all}: {on} enabled")]),
            row(&["unverified (未核实)", &unverified]),
            row(&["disabled (停用)", &off]),
        ])
    )
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}

/// Columns side by side; Chinese characters take two places of a terminal.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|n| {
            let cells = rows.iter().filter_map(|row| row.get(n));
            cells.map(|cell| cell.width()).max().unwrap_or_default()
        })
        .collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let gap = " ".repeat(width.saturating_sub(cell.width()));
            let _ = write!(line, "  {cell}{gap}");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}
