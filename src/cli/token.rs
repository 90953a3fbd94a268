//! `wangxun token`: the tokens of programs that use the console's interface. They lie beside the
//! accounts, as digests alone; the daemon may run.

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::user::{RoleName, role, settings};
use super::{Configured, say};
use crate::clock::Clock;
use crate::domain::account::AccountName;
use crate::domain::id::UnitId;
use crate::store::accounts::{Account, Accounts};
use crate::web::access::gate::token_digest;
use crate::web::access::session::Token as Secret;

/// `wangxun token`.
#[derive(Debug, Args)]
pub struct Token {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a token; it is printed once, and only its digest is kept
    Add(Add),
    /// Remove a token; it is worth nothing at once
    Remove(Named),
    /// List the tokens, by name and role
    List(Configured),
}

#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    configured: Configured,
    /// The program's name: a-z, 0-9, '-', '_', '.', '@'
    name: String,
    /// What the program may see and do
    #[arg(long, value_enum)]
    role: RoleName,
    /// The unit, for the role `unit`
    #[arg(long, value_name = "ID")]
    unit: Option<String>,
}

#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    configured: Configured,
    /// The program
    name: String,
}

/// Carries the command out.
pub fn run(token: Token) -> anyhow::Result<bool> {
    match token.what {
        What::Add(add) => self::add(&add),
        What::Remove(named) => remove(&named),
        What::List(configured) => list(&configured),
    }
}

fn add(add: &Add) -> anyhow::Result<bool> {
    let config = settings(&add.configured)?;
    let name = AccountName::parse(&add.name)?;
    let role = role(&config, add.role, add.unit.as_deref())?;
    let secret = Secret::new()?;
    let account = Account {
        name: name.clone(),
        role,
        password: None,
        token: Some(token_digest(secret.as_str())),
        since: Clock::system().now(),
    };
    Accounts::change(&config.store.dir, |accounts| {
        anyhow::ensure!(
            accounts.get(&name).is_none(),
            "there is an account or token {name} already; remove it first"
        );
        accounts.put(account);
        Ok(())
    })?;
    say(secret.as_str());
    Ok(true)
}

fn remove(named: &Named) -> anyhow::Result<bool> {
    let config = settings(&named.configured)?;
    let name = AccountName::parse(&named.name)?;
    Accounts::change(&config.store.dir, |accounts| {
        let known = accounts.get(&name).filter(|one| one.token.is_some());
        known.with_context(|| format!("there is no token {name}"))?;
        accounts.remove(&name);
        anyhow::Ok(())
    })?;
    say(&format!("the token of {name} is worth nothing any more"));
    Ok(true)
}

fn list(configured: &Configured) -> anyhow::Result<bool> {
    let config = settings(configured)?;
    let accounts = Accounts::read(&config.store.dir)?;
    for account in accounts.iter().filter(|one| one.token.is_some()) {
        let unit = account.role.only().map(UnitId::as_str).unwrap_or_default();
        say(&format!(
            "{:<24} {:<10} {unit:<10} since {}",
            account.name.as_str(),
            account.role.key(),
            account.since.format("%Y-%m-%d %H:%M"),
        ));
    }
    Ok(true)
}
