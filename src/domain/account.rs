//! Accounts of the console: who may sign in, and as what.

use core::net::IpAddr;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::UnitId;

/// The longest account name, in characters.
pub const NAME_CHARS: usize = 32;

/// Why a text is not the name of an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// The text is empty or too long.
    #[error("an account's name has 1 to {NAME_CHARS} characters")]
    Length,
    /// The text has a character outside `a-z 0-9 - _ . @`.
    #[error("an account's name is made of a-z, 0-9, '-', '_', '.' and '@', not {0:?}")]
    Character(char),
}

/// The name by which somebody signs in: lower-case, so that no two differ by case alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountName(String);

impl AccountName {
    /// Reads a name; capital letters are taken for small ones.
    pub fn parse(text: &str) -> Result<AccountName, NameFault> {
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() || text.len() > NAME_CHARS {
            return Err(NameFault::Length);
        }
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.@".contains(c);
        match text.chars().find(|&c| !allowed(c)) {
            Some(c) => Err(NameFault::Character(c)),
            None => Ok(AccountName(text)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AccountName {
    type Error = NameFault;

    fn try_from(text: String) -> Result<AccountName, NameFault> {
        AccountName::parse(&text)
    }
}

impl From<AccountName> for String {
    fn from(name: AccountName) -> String {
        name.0
    }
}

/// What an account is for. Each role sees what the console shows of the whole group, the unit's
/// only what is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Runs the monitor.
    Operator,
    /// Of the assessing office.
    Assessor,
    /// Of one unit.
    Unit(UnitId),
    /// Looks on.
    Viewer,
}

impl Role {
    /// The word for the role in files and commands.
    pub fn key(&self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Assessor => "assessor",
            Role::Unit(_) => "unit",
            Role::Viewer => "viewer",
        }
    }

    /// The role in Chinese.
    pub fn in_chinese(&self) -> &'static str {
        match self {
            Role::Operator => "运维人员",
            Role::Assessor => "考评人员",
            Role::Unit(_) => "单位人员",
            Role::Viewer => "查看人员",
        }
    }

    /// The unit whose matters alone it sees; `None`: all.
    pub fn only(&self) -> Option<&UnitId> {
        match self {
            Role::Unit(unit) => Some(unit),
            Role::Operator | Role::Assessor | Role::Viewer => None,
        }
    }
}

/// Whom the console lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// Whoever reaches it, for looking alone: for demonstrations, and on loopback only.
    Open,
    /// Who signs in, or is vouched for by a proxy.
    Accounts(Proxy),
}

/// Proxies in front of the console, and how far they are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxy {
    /// From where they call. What anybody else says of himself is not looked at.
    pub from: Vec<IpAddr>,
    /// The header in which they name the account that has signed in with them, in lower case;
    /// `None`: they only pass on.
    pub header: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_plain_and_lower_case() {
        let rows = [
            ("li.ming", Ok("li.ming")),
            (" Li-Ming ", Ok("li-ming")),
            ("li@kxw", Ok("li@kxw")),
            ("", Err(NameFault::Length)),
            ("  ", Err(NameFault::Length)),
            ("a b", Err(NameFault::Character(' '))),
            ("李明", Err(NameFault::Character('李'))),
            ("a/b", Err(NameFault::Character('/'))),
        ];
        for (text, wanted) in rows {
            let got = AccountName::parse(text);
            assert_eq!(
                got.as_ref().map(AccountName::as_str),
                wanted.as_ref().copied(),
                "{text:?}"
            );
        }
        assert_eq!(AccountName::parse(&"a".repeat(33)), Err(NameFault::Length));
    }
}
