//! Who asks.

use crate::domain::account::{AccountName, Role};
use crate::domain::id::UnitId;

use super::session::Token;

/// Who asks, as the gate found out.
#[derive(Clone)]
pub enum Viewer {
    /// Somebody, at a console that asks for no login.
    Anybody,
    /// Somebody who has signed in.
    Signed(Signed),
    /// A program with a token, at the interface.
    Client(Client),
}

/// A program with a token.
#[derive(Clone)]
pub struct Client {
    /// The token's name.
    pub name: AccountName,
    /// As what.
    pub role: Role,
}

/// Somebody who has signed in.
#[derive(Clone)]
pub struct Signed {
    /// By which name.
    pub name: AccountName,
    /// As what.
    pub role: Role,
    /// What the forms of this session carry.
    pub form: Token,
    /// Whether a proxy vouches: then signing out here ends nothing.
    pub vouched: bool,
}

impl Viewer {
    /// The unit whose matters alone may be seen; `None`: all.
    pub fn only(&self) -> Option<&UnitId> {
        match self {
            Viewer::Anybody => None,
            Viewer::Signed(signed) => signed.role.only(),
            Viewer::Client(client) => client.role.only(),
        }
    }
}
