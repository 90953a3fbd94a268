//! `wangxun demo`: the real daemon watches a simulated group under a scaled clock.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Days, NaiveTime};
use clap::Args;

use super::simulated::{Place, Play, Span, play};
use super::{configured, logs, runtime, say};
use crate::config::settings::Config;
use crate::domain::account::{AccountName, Role};
use crate::domain::group::Unit;
use crate::domain::time::{Date, Moment, moment};
use crate::rehearsal::Rehearsal;
use crate::rehearsal::files::Screen;
use crate::rehearsal::truth::{Options, Truth};
use crate::store::accounts::{Account, Accounts, AccountsError};
use crate::web::access::password;
use crate::web::access::session::Token as Secret;

/// The length of the password of the accounts.
const PASSWORD_CHARS: usize = 16;

/// `wangxun demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// How many days are simulated
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// Simulated seconds a second, at most; 0 for as fast as it goes
    #[arg(long, default_value_t = 300_000)]
    speed: u32,
    /// What the simulation is drawn from: the same seed gives the same messages
    #[arg(long, default_value_t = 2017)]
    seed: u64,
    /// Keep configuration, store and mail in this directory
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The port of the status page; 0 for any
    #[arg(long, default_value_t = 8420)]
    port: u16,
    /// Let the status page ask for a login: an account of every role is made and shown
    #[arg(long)]
    accounts: bool,
    /// End after the final table instead of keeping the status page up
    #[arg(long)]
    exit: bool,
}

/// Runs the simulated days.
pub fn run(demo: Demo) -> anyhow::Result<bool> {
    logs::quiet();
    let dir = Place::new(demo.keep.as_deref())?;
    let runtime = runtime()?;
    runtime.block_on(simulate(&demo, dir.path()))?;
    Ok(true)
}

async fn simulate(demo: &Demo, dir: &Path) -> anyhow::Result<()> {
    let options = Options {
        seed: demo.seed,
        days: demo.days,
        ..Options::demo()
    };
    let span = Span {
        first: options.start,
        days: demo.days,
        speed: demo.speed,
    };
    let clock = span.clock();
    let console = Screen {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, demo.port)),
        accounts: demo.accounts,
    };
    let rehearsal = Rehearsal::start(options, clock.0.clone(), dir, Some(console)).await?;
    let config = Arc::new(configured(&rehearsal.config_path)?.config);
    say(&format!(
        "模拟{}个网站、{}个栏目，{}起{}天；数据目录 {}",
        config.group.sites.len(),
        config.group.columns.len(),
        span.first.format("%Y年%-m月%-d日"),
        demo.days,
        dir.display()
    ));
    if demo.accounts {
        let last = span.first + Days::new(u64::from(demo.days));
        let unit = late_unit(&config, &rehearsal.truth, last);
        say(&accounts(&config, unit, clock.0.now())?);
    }
    play(Play {
        config,
        span,
        clock,
        stamped: false,
        stay: !demo.exit,
    })
    .await?;
    rehearsal.stop().await;
    Ok(())
}

/// A unit that has something to do on `last`: a column of its own is late in the made-up world by then.
fn late_unit<'a>(config: &'a Config, truth: &Truth, last: Date) -> Option<&'a Unit> {
    let units = &config.group.units;
    let at = moment(last.and_time(NaiveTime::MIN));
    let mut columns = config.group.columns.values();
    let late = columns.find(|column| {
        let newest = truth.newest_on(&column.id, at);
        let days = newest.map_or(0, |newest| (last - newest).num_days());
        days > i64::from(config.limits.of(column).limit_days)
    });
    let late = late.and_then(|column| units.get(&column.unit));
    late.or_else(|| units.values().next())
}

/// Makes an account of every role, all with one password that nobody knew before; answers with the line that
/// tells of them.
fn accounts(config: &Config, unit: Option<&Unit>, since: Moment) -> anyhow::Result<String> {
    let secret = Secret::new()?;
    let word: String = secret.as_str().chars().take(PASSWORD_CHARS).collect();
    let roles = [Role::Operator, Role::Assessor, Role::Viewer];
    let roles = roles
        .into_iter()
        .chain(unit.map(|unit| Role::Unit(unit.id.clone())));
    let mut told = Vec::new();
    for role in roles {
        let name = AccountName::parse(role.key())?;
        told.push(format!("{name} {}", role.in_chinese()));
        let account = Account {
            password: Some(password::digest(&word, name.as_str())?),
            name,
            role,
            token: None,
            since,
        };
        Accounts::change(&config.store.dir, |accounts| {
            accounts.put(account);
            Ok::<(), AccountsError>(())
        })?;
    }
    let unit = unit.map_or(String::new(), |unit| format!("（{}）", unit.short));
    Ok(format!("账号：{}{unit}；密码均为 {word}", told.join("、")))
}
