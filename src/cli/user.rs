//! `wangxun user`: the accounts of the console. They lie in a file beside the store, so the daemon
//! may run; what it shows follows at once.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{Configured, configured, owner, say};
use crate::clock::Clock;
use crate::config::settings::Config;
use crate::domain::account::{AccountName, Role};
use crate::domain::id::UnitId;
use crate::store::accounts::{Account, Accounts};
use crate::web::access::password;

/// `wangxun user`.
#[derive(Debug, Args)]
pub struct User {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make an account; the password is asked for, or read from standard input
    Add(Add),
    /// Give an account a new password; its sessions end
    Password(Named),
    /// Remove an account; its sessions end
    Remove(Named),
    /// List the accounts
    List(List),
}

#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    configured: Configured,
    /// The name to sign in with: a-z, 0-9, '-', '_', '.', '@'
    name: String,
    /// What the account is for
    #[arg(long, value_enum)]
    role: RoleName,
    /// The unit, for the role `unit`
    #[arg(long, value_name = "ID")]
    unit: Option<String>,
    /// No password: only a proxy can vouch for this account
    #[arg(long)]
    no_password: bool,
}

#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    configured: Configured,
    /// The account
    name: String,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    configured: Configured,
    /// For people, or one JSON document
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleName {
    /// Runs the monitor
    Operator,
    /// Of the assessing office
    Assessor,
    /// Of one unit; sees its own columns alone
    Unit,
    /// Looks on
    Viewer,
}

/// Carries the command out.
pub fn run(user: User) -> anyhow::Result<bool> {
    match user.what {
        What::Add(add) => self::add(&add),
        What::Password(named) => change_password(&named),
        What::Remove(named) => remove(&named),
        What::List(list) => self::list(&list),
    }
}

fn add(add: &Add) -> anyhow::Result<bool> {
    let config = settings(&add.configured)?;
    let name = AccountName::parse(&add.name)?;
    let role = role(&config, add.role, add.unit.as_deref())?;
    let known = Accounts::read(&config.store.dir)?;
    anyhow::ensure!(
        known.get(&name).is_none(),
        "there is an account {name} already; `wangxun user password {name}` changes its password"
    );
    let password = match add.no_password {
        true => None,
        false => Some(password::digest(&entered(&name)?, name.as_str())?),
    };
    let account = Account {
        name: name.clone(),
        role,
        password,
        token: None,
        since: Clock::system().now(),
    };
    let role = account.role.key();
    Accounts::change(&config.store.dir, |accounts| {
        anyhow::ensure!(
            accounts.get(&account.name).is_none(),
            "an account {} was made just now",
            account.name
        );
        accounts.put(account);
        Ok(())
    })?;
    say(&format!("{name} may sign in as {role}"));
    Ok(true)
}

/// The role of that name, with its unit where it has one.
pub(super) fn role(config: &Config, name: RoleName, unit: Option<&str>) -> anyhow::Result<Role> {
    anyhow::ensure!(
        (name == RoleName::Unit) == unit.is_some(),
        "--unit goes with --role unit, and --role unit needs it"
    );
    Ok(match (name, unit) {
        (RoleName::Unit, Some(unit)) => {
            let unit = UnitId::parse(unit)?;
            anyhow::ensure!(
                config.group.units.contains_key(&unit),
                "no unit {unit} is configured"
            );
            Role::Unit(unit)
        }
        (RoleName::Operator, _) => Role::Operator,
        (RoleName::Assessor, _) => Role::Assessor,
        (RoleName::Viewer | RoleName::Unit, _) => Role::Viewer,
    })
}

fn change_password(named: &Named) -> anyhow::Result<bool> {
    let config = settings(&named.configured)?;
    let name = AccountName::parse(&named.name)?;
    let known = Accounts::read(&config.store.dir)?;
    anyhow::ensure!(known.get(&name).is_some(), "there is no account {name}");
    let digest = password::digest(&entered(&name)?, name.as_str())?;
    Accounts::change(&config.store.dir, |accounts| {
        let account = accounts.get(&name).cloned();
        let account = account.with_context(|| format!("there is no account {name} any more"))?;
        anyhow::ensure!(
            account.token.is_none(),
            "{name} is a program's; it has a token instead of a password"
        );
        accounts.put(Account {
            password: Some(digest),
            since: Clock::system().now(),
            ..account
        });
        anyhow::Ok(())
    })?;
    say(&format!(
        "{name} has a new password; its sessions have ended"
    ));
    Ok(true)
}

fn remove(named: &Named) -> anyhow::Result<bool> {
    let config = settings(&named.configured)?;
    let name = AccountName::parse(&named.name)?;
    let gone = Accounts::change(&config.store.dir, |accounts| {
        anyhow::Ok(accounts.remove(&name))
    })?;
    anyhow::ensure!(gone, "there is no account {name}");
    say(&format!("{name} is removed; its sessions have ended"));
    Ok(true)
}

fn list(list: &List) -> anyhow::Result<bool> {
    let config = settings(&list.configured)?;
    let accounts = Accounts::read(&config.store.dir)?;
    match list.format {
        Format::Json => {
            let rows: Vec<_> = accounts.iter().map(in_json).collect();
            say(&serde_json::to_string_pretty(&rows)?);
        }
        Format::Table => {
            if accounts.iter().next().is_none() {
                say("no accounts yet; make one with `wangxun user add NAME --role operator`");
            }
            for account in accounts.iter() {
                say(&in_words(account));
            }
        }
    }
    Ok(true)
}

fn in_json(account: &Account) -> serde_json::Value {
    json!({
        "name": account.name.as_str(),
        "role": account.role.key(),
        "unit": account.role.only().map(UnitId::as_str),
        "password": account.password.is_some(),
        "token": account.token.is_some(),
        "since": account.since.to_rfc3339(),
    })
}

fn in_words(account: &Account) -> String {
    let unit = account.role.only().map(|unit| format!(" {unit}"));
    let by = match (&account.token, &account.password) {
        (Some(_), _) => "by token",
        (None, Some(_)) => "by password",
        (None, None) => "by proxy alone",
    };
    format!(
        "{:<24} {:<16} {by}, since {}",
        account.name.as_str(),
        format!("{}{}", account.role.key(), unit.unwrap_or_default()),
        account.since.format("%Y-%m-%d %H:%M"),
    )
}

/// The configuration, for the owner of the store alone.
pub(super) fn settings(named: &Configured) -> anyhow::Result<Config> {
    let config = configured(&named.config)?.config;
    owner::respect(&config.store.dir)?;
    Ok(config)
}

/// The password: asked for twice at a terminal, else the first line of standard input.
fn entered(name: &AccountName) -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        let most = password::MOST_BYTES as u64 + 2;
        let read = io::stdin().lock().take(most).read_line(&mut line);
        read.context("no password was given")?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password(format!("New password for {name}: "))?;
    let again = rpassword::prompt_password("The same again: ")?;
    anyhow::ensure!(first == again, "the two differ; nothing was changed");
    Ok(first)
}
