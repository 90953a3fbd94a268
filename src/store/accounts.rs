//! The accounts of the console: a small file beside the store, written by a command and read by
//! the daemon.
//!
//! It is no part of the engine, which only one process can open: accounts must be made and ended
//! while the daemon runs. Passwords are kept as argon2id digests alone.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::files::{io_error, make_dir, write_whole};
use crate::domain::account::{AccountName, Role};
use crate::domain::id::UnitId;
use crate::domain::time::Moment;

/// The file's name in the store's directory.
const FILE: &str = "accounts.toml";
/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;
const HEAD: &str =
    "# Accounts of the console. Written by `wangxun user`; it holds digests, no passwords.\n\n";

/// Why the accounts cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The file cannot be read or written.
    #[error(transparent)]
    Io(StoreError),
    /// The file is larger than any that this program writes.
    #[error("{} is larger than {LARGEST} bytes", .0.display())]
    TooLarge(PathBuf),
    /// The file is not what this program writes.
    #[error("{} is not what wangxun writes", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The parser's words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// By which name.
    pub name: AccountName,
    /// As what.
    pub role: Role,
    /// The argon2id digest of the password; `None`: only a proxy can vouch for it.
    pub password: Option<String>,
    /// The SHA-256 digest of the token, for an account of a program at the interface.
    pub token: Option<String>,
    /// Since when, or since when with this password.
    pub since: Moment,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: AccountName,
    role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    since: Moment,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rows {
    account: Vec<Row>,
}

/// The accounts, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts {
    all: Vec<Account>,
}

/// By what a changed file is recognised.
pub type Mark = Option<(SystemTime, u64)>;

impl Accounts {
    /// Reads the accounts beside the store in `dir`; none where there is no file.
    pub fn read(dir: &Path) -> Result<Accounts, AccountsError> {
        let path = dir.join(FILE);
        let mut text = String::new();
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Accounts::default()),
            other => other.map_err(|error| AccountsError::Io(io_error("open", &path)(error)))?,
        };
        file.take(LARGEST + 1)
            .read_to_string(&mut text)
            .map_err(|error| AccountsError::Io(io_error("read", &path)(error)))?;
        if text.len() as u64 > LARGEST {
            return Err(AccountsError::TooLarge(path));
        }
        let malformed = |source| AccountsError::Malformed {
            path: path.clone(),
            source,
        };
        let rows: Rows = toml::from_str(&text).map_err(|error| malformed(Box::new(error)))?;
        let all = rows.account.into_iter().map(Account::of);
        let all = all
            .collect::<Result<_, String>>()
            .map_err(|why| malformed(why.into()))?;
        Ok(Accounts { all })
    }

    /// By what a change of the file in `dir` is recognised.
    pub fn mark(dir: &Path) -> Mark {
        let about = fs::metadata(dir.join(FILE)).ok()?;
        Some((about.modified().ok()?, about.len()))
    }

    /// Changes the accounts beside the store in `dir`, one command after the other. What `change`
    /// answers is answered; nothing is written where it fails.
    pub fn change<T, E: From<AccountsError>>(
        dir: &Path,
        change: impl FnOnce(&mut Accounts) -> Result<T, E>,
    ) -> Result<T, E> {
        let io = |error| E::from(AccountsError::Io(error));
        make_dir(dir).map_err(io)?;
        let guard = dir.join("accounts.lock");
        let lock = super::files::create(&guard).map_err(io)?;
        lock.lock()
            .map_err(|error| io(io_error("lock", &guard)(error)))?;
        let mut accounts = Accounts::read(dir)?;
        let answer = change(&mut accounts)?;
        accounts.write(dir)?;
        Ok(answer)
    }

    fn write(&self, dir: &Path) -> Result<(), AccountsError> {
        let path = dir.join(FILE);
        let account = self.all.iter().map(Account::row).collect();
        let rows =
            toml::to_string(&Rows { account }).map_err(|error| AccountsError::Malformed {
                path: path.clone(),
                source: Box::new(error),
            })?;
        write_whole(&path, format!("{HEAD}{rows}").as_bytes()).map_err(AccountsError::Io)
    }

    /// The account of that name.
    pub fn get(&self, name: &AccountName) -> Option<&Account> {
        self.all.iter().find(|account| account.name == *name)
    }

    /// All accounts, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.all.iter()
    }

    /// Adds an account, or puts it in the place of the one of its name.
    pub fn put(&mut self, account: Account) {
        self.remove(&account.name);
        self.all.push(account);
        self.all.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// Removes an account; whether there was one.
    pub fn remove(&mut self, name: &AccountName) -> bool {
        let before = self.all.len();
        self.all.retain(|account| account.name != *name);
        self.all.len() < before
    }
}

impl Account {
    fn of(row: Row) -> Result<Account, String> {
        let role = match (row.role.as_str(), row.unit) {
            ("operator", None) => Role::Operator,
            ("assessor", None) => Role::Assessor,
            ("viewer", None) => Role::Viewer,
            ("unit", Some(unit)) => Role::Unit(unit),
            (role, _) => return Err(format!("{}: role {role:?} and unit do not fit", row.name)),
        };
        Ok(Account {
            name: row.name,
            role,
            password: row.password,
            token: row.token,
            since: row.since,
        })
    }

    fn row(&self) -> Row {
        Row {
            name: self.name.clone(),
            role: self.role.key().to_owned(),
            unit: self.role.only().cloned(),
            password: self.password.clone(),
            token: self.token.clone(),
            since: self.since,
        }
    }
}
