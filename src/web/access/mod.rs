//! Who may see the console: accounts, sessions, and the gate before every route.

pub mod cookie;
pub mod gate;
pub mod login;
pub mod password;
pub mod right;
pub mod session;
pub mod throttle;
pub mod viewer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Uri;
use tokio::sync::Semaphore;

use crate::domain::account::{AccountName, Admission, Proxy};
use crate::store::accounts::{Account, Accounts, AccountsError, Mark};
use session::{NoRandom, Once, Sessions, Token, digest};
use throttle::Throttle;
use viewer::Viewer;

/// Digests of passwords that are made at one time: each takes 19 MiB and much of a core.
const DIGESTS_AT_ONCE: usize = 1;

/// Knows who may enter and who has. Shared by all requests.
pub struct Porter {
    /// Whom the console lets in.
    pub admission: Admission,
    /// Whether it is called by https alone, so that cookies travel by nothing else.
    pub secure: bool,
    dir: PathBuf,
    sessions: Mutex<Sessions>,
    throttle: Mutex<Throttle>,
    digests: Semaphore,
    /// Known to this run alone; marks browsers that have signed in.
    secret: Token,
    read: Mutex<Option<(Mark, Arc<Accounts>)>>,
}

impl Porter {
    /// A porter who goes by the accounts beside the store in `dir`.
    pub fn new(admission: Admission, secure: bool, dir: PathBuf) -> Result<Porter, NoRandom> {
        Ok(Porter {
            admission,
            secure,
            dir,
            sessions: Mutex::default(),
            throttle: Mutex::default(),
            digests: Semaphore::new(DIGESTS_AT_ONCE),
            secret: Token::new()?,
            read: Mutex::default(),
        })
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the next look of `viewer` at `path` tell something.
    pub fn tell_once(&self, viewer: &Viewer, path: &str, once: Once) {
        if let Viewer::Signed(signed) = viewer {
            self.sessions().tell_once(&signed.form, path, once);
        }
    }

    /// What a look of `viewer` at the page of `uri` tells now, and not again.
    pub fn told_once(&self, viewer: &Viewer, uri: &Uri) -> Option<Once> {
        let Viewer::Signed(signed) = viewer else {
            return None;
        };
        let path = uri.path_and_query()?.as_str();
        self.sessions().told_once(&signed.form, path)
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn proxy(&self) -> Option<&Proxy> {
        match &self.admission {
            Admission::Open => None,
            Admission::Accounts(proxy) => Some(proxy),
        }
    }

    /// The accounts as the file has them now. The file is small, and read only when it changed.
    fn accounts(&self) -> Result<Arc<Accounts>, AccountsError> {
        let mark = Accounts::mark(&self.dir);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, accounts)) = read.as_ref()
            && *known == mark
        {
            return Ok(Arc::clone(accounts));
        }
        let accounts = Arc::new(Accounts::read(&self.dir)?);
        *read = Some((mark, Arc::clone(&accounts)));
        Ok(accounts)
    }

    /// The account of that name, if there is one.
    fn account(&self, name: &AccountName) -> Option<Account> {
        match self.accounts() {
            Ok(accounts) => accounts.get(name).cloned(),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the console's accounts cannot be read"
                );
                None
            }
        }
    }
}

/// What changes when an account does: its sessions end with it.
fn stamp(account: &Account) -> [u8; 32] {
    digest(&format!("{account:?}"))
}
