//! What an administrator sees when the configuration is sound: what was understood, in tables.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::fault::Warning;
use super::quantity::written;
use super::read_rules;
use super::settings::Config;
use super::typical;
use crate::alert::rules::Repeat;
use crate::alert::site_rules::VetoRule;
use crate::assess::duty::YearDay;
use crate::assess::ladder::Tier;
use crate::assess::limits::ClassRule;
use crate::assess::score::rubric::{Area, Rule};
use crate::calendar::cron_line::CronLine;
use crate::domain::account::{Admission, Proxy};
use crate::domain::group::Role;
use crate::domain::time::Moment;
use crate::domain::transport::{MailTransport, Rate, SmsTransport};

/// The fires of a cron line that are shown.
const FIRES: usize = 3;

/// What was understood, and every warning, as text for a terminal.
pub fn explain(config: &Config, warnings: &[Warning], now: Moment) -> String {
    let mut out = String::new();
    let parts = [
        counts(config),
        schedule(config, now),
        ladders(config),
        on_demand(config),
        duties(config),
        tiers(config),
        incidents(config),
        transports(config),
        templates(config),
        wordings(config),
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

fn ladders(config: &Config) -> String {
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
        if column.limit_days.is_some() && !column.on_demand {
            rows.push(begins(column.id.as_str(), &config.limits.of(column)));
        }
    }
    format!(
        "limits (更新时限) and the age in natural days at which a tier begins; 督办 in working days of 严重超期\n{}",
        table(&rows)
    )
}

/// What is updated as the need arises; nothing where nothing is.
fn on_demand(config: &Config) -> String {
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
fn duties(config: &Config) -> String {
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

fn tiers(config: &Config) -> String {
    let rows: Vec<Vec<String>> = config
        .alert
        .tiers
        .iter()
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
        .collect();
    let alert = &config.alert;
    let time = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    format!(
        "tiers; sent on working days {} to {}, digests from {}, at most {} messages a person and {} in all a day\n{}",
        time(alert.window.from),
        time(alert.window.until),
        time(alert.digest_at),
        alert.budget.per_person,
        alert.budget.in_all,
        table(&rows)
    )
}

/// The incidents of sites as a whole.
fn incidents(config: &Config) -> String {
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

fn transports(config: &Config) -> String {
    let transports = &config.transports;
    let sms = match &transports.sms {
        None => "none".to_owned(),
        Some(SmsTransport::Spool(dir)) => format!("spool {}: reaches nobody", dir.display()),
        Some(SmsTransport::Gateway(gateway)) => format!(
            "gateway {} {}, {} secrets read",
            gateway.method,
            host(&gateway.url),
            gateway.secrets.len()
        ),
        Some(SmsTransport::Aliyun(aliyun)) => {
            format!("aliyun {}, 签名【{}】", host(&aliyun.url), aliyun.sign_name)
        }
        Some(SmsTransport::Tencent(tencent)) => format!(
            "tencent {}, {}, 签名【{}】",
            host(&tencent.url),
            tencent.region,
            tencent.sign_name
        ),
        Some(SmsTransport::Mas(mas)) => format!(
            "mas {}, {}, {}",
            host(&mas.url),
            mas.ec_name,
            mas.templates.as_ref().map_or("free text", |_| "templates")
        ),
    };
    let mail = match &config.transports.mail {
        None => "none".to_owned(),
        Some(MailTransport::Spool { dir, .. }) => {
            format!("spool {}: reaches nobody", dir.display())
        }
        Some(MailTransport::Smtp(smtp)) => format!("mail server {}:{}", smtp.host, smtp.port),
    };
    let retry = config.transports.retry;
    let again = format!(
        "after {}, at most {}",
        written(retry.first),
        written(retry.longest)
    );
    let next = match retry.fall_back_after {
        Some(after) => format!("{} after it was written", written(after)),
        None => "when a message is refused or its time has run out".to_owned(),
    };
    let receipts = &transports.receipts;
    let posted = receipts.callback.as_ref().map(|_| {
        let link = config.alert.console_link.as_deref().unwrap_or("https://…/");
        format!("posted to {}/receipts/…", link.trim_end_matches('/'))
    });
    let asked = receipts
        .ask_every
        .map(|every| format!("asked every {}", written(every)));
    let told: Vec<String> = posted.into_iter().chain(asked).collect();
    let told = match told.is_empty() {
        true => "none: a message counts as done when the gateway took it".to_owned(),
        false => told.join(", "),
    };
    let mut rows = vec![
        row(&["text messages", &sms, &pace(transports.sms_rate)]),
        row(&["receipts (回执)", &told]),
        row(&["mail", &mail, &pace(transports.mail_rate)]),
    ];
    for (name, robot) in &transports.robots {
        let kind = format!("{} {}", robot.kind.key(), host(robot.kind.url()));
        rows.push(row(&[&format!("robot {name}"), &kind, &pace(robot.rate)]));
    }
    rows.push(row(&["tried again", &again]));
    rows.push(row(&["next route", &next]));
    format!("transports (渠道)\n{}", table(&rows))
}

/// Of an address only scheme and host: the rest may hold a token.
fn host(url: &url::Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

fn pace(rate: Rate) -> String {
    let limits = [(rate.per_second, "second"), (rate.per_minute, "minute")];
    let limits: Vec<String> = limits
        .into_iter()
        .filter_map(|(most, span)| Some(format!("{} a {span}", most?)))
        .collect();
    match limits.is_empty() {
        true => String::new(),
        false => format!("at most {}", limits.join(", ")),
    }
}

/// Which approved template stands for which wording, so that every tier is seen to have one.
fn templates(config: &Config) -> String {
    let sms = config.transports.sms.as_ref();
    let Some(templates) = sms.and_then(SmsTransport::templates) else {
        return String::new();
    };
    let rows: Vec<Vec<String>> = typical::wordings(config)
        .iter()
        .filter(|filled| filled.key != "digest_more")
        .filter_map(|filled| {
            let approved = templates.of(filled.key)?;
            let params = approved.params.iter();
            let params: Vec<String> = params
                .map(|(name, text)| format!("{name}={text}"))
                .collect();
            Some(row(&[filled.key, &approved.code, &params.join(" ")]))
        })
        .collect();
    format!(
        "approved templates (短信模板), values of at most {} characters\n{}",
        templates.longest_value,
        table(&rows)
    )
}

fn wordings(config: &Config) -> String {
    let rows: Vec<Vec<String>> = typical::wordings(config)
        .into_iter()
        .map(|filled| {
            row(&[
                filled.key,
                &format!("{} characters", filled.text.chars().count()),
                &format!("segments: {}", filled.size.segments),
                &filled.text,
            ])
        })
        .collect();
    format!(
        "wordings (文案), filled with your longest names; one segment holds 70 characters, several hold 67 each\n{}",
        table(&rows)
    )
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
