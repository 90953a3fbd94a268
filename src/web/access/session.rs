//! Who is signed in. Sessions live in memory alone: a restart signs everybody out.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use crate::domain::account::AccountName;
use crate::domain::time::Moment;

/// After how long without a request a session ends.
const IDLE: TimeDelta = TimeDelta::hours(4);
/// How long a session lasts at most.
const LONGEST: TimeDelta = TimeDelta::hours(12);
/// The most sessions of one account; a further one ends the least used.
const MOST_OF_ONE: usize = 8;

/// What a browser proves to be signed in with, or a form to be ours: 256 bits from the system.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// The system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandom;

impl Token {
    /// A new one.
    pub fn new() -> Result<Token, NoRandom> {
        let mut bytes = [0_u8; 32];
        let random = ring::rand::SystemRandom::new();
        ring::rand::SecureRandom::fill(&random, &mut bytes).map_err(|_| NoRandom)?;
        Ok(Token(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The token as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is this token. Digests are compared, which tells nobody how near a guess is.
    pub fn is(&self, text: &str) -> bool {
        digest(&self.0) == digest(text)
    }
}

/// SHA-256.
pub fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// What the next look at a page tells, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once {
    /// A form was handed in: its key.
    Done(String),
    /// What was typed into a form when the session before had ended, as the form sent it. It was not
    /// handed in.
    Typed(String),
}

/// One session.
#[derive(Clone)]
pub struct Session {
    /// Whose.
    pub account: AccountName,
    /// What the account was when it signed in: when that changes, the session ends.
    pub stamp: [u8; 32],
    /// What its forms carry.
    pub form: Token,
    /// Whether it began by the word of a proxy, and holds only with it.
    pub vouched: bool,
    /// What is told at the next look at a page, by its path and query.
    once: Option<(String, Once)>,
    began_at: Moment,
    used_at: Moment,
}

impl Session {
    fn holds(&self, now: Moment) -> bool {
        // A clock set back ends no session, nor does it make one last.
        now - self.used_at < IDLE && (now - self.began_at).abs() < LONGEST
    }
}

/// All sessions, by the digest of their tokens.
#[derive(Default)]
pub struct Sessions {
    all: HashMap<[u8; 32], Session>,
}

impl Sessions {
    /// Begins a session; the token that proves it.
    pub fn begin(
        &mut self,
        account: &AccountName,
        stamp: [u8; 32],
        vouched: bool,
        now: Moment,
    ) -> Result<Token, NoRandom> {
        self.all.retain(|_, session| session.holds(now));
        let mut own: Vec<_> = self
            .all
            .iter()
            .filter(|(_, session)| session.account == *account)
            .map(|(key, session)| (session.used_at, *key))
            .collect();
        own.sort();
        let surplus = (own.len() + 1).saturating_sub(MOST_OF_ONE);
        for (_, key) in own.iter().take(surplus) {
            self.all.remove(key);
        }
        let token = Token::new()?;
        let session = Session {
            account: account.clone(),
            stamp,
            form: Token::new()?,
            vouched,
            once: None,
            began_at: now,
            used_at: now,
        };
        self.all.insert(digest(token.as_str()), session);
        Ok(token)
    }

    /// The session that `token` proves, used now.
    pub fn find(&mut self, token: &str, now: Moment) -> Option<Session> {
        let found = self.look(token, now)?;
        if let Some(session) = self.all.get_mut(&digest(token)) {
            session.used_at = session.used_at.max(now);
        }
        Some(found)
    }

    /// The session that `token` proves, for a page that asks by itself: nobody uses it thereby.
    pub fn look(&mut self, token: &str, now: Moment) -> Option<Session> {
        let session = self.all.get(&digest(token))?;
        if !session.holds(now) {
            self.all.remove(&digest(token));
            return None;
        }
        Some(session.clone())
    }

    /// Has the next look at `path` tell something, in the session whose forms carry `form`.
    pub fn tell_once(&mut self, form: &Token, path: &str, once: Once) {
        if let Some(session) = self.all.values_mut().find(|one| one.form == *form) {
            session.once = Some((path.to_owned(), once));
        }
    }

    /// What a look at `path` tells now, and not again.
    pub fn told_once(&mut self, form: &Token, path: &str) -> Option<Once> {
        let session = self.all.values_mut().find(|one| one.form == *form)?;
        let once = session.once.take_if(|(known, _)| known == path)?;
        Some(once.1)
    }

    /// Ends the session that `token` proves.
    pub fn end(&mut self, token: &str) {
        self.all.remove(&digest(token));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    fn now() -> Moment {
        moment("2017-11-18T08:00:00".parse().unwrap())
    }

    fn li() -> AccountName {
        AccountName::parse("li").unwrap()
    }

    #[test]
    fn a_session_ends_when_unused_and_after_half_a_day() {
        let mut sessions = Sessions::default();
        let token = sessions.begin(&li(), [0; 32], false, now()).unwrap();
        for hours in [3, 6, 9, 11] {
            let at = now() + TimeDelta::hours(hours);
            assert!(sessions.find(token.as_str(), at).is_some(), "{hours}");
        }
        assert!(sessions.find(token.as_str(), now() + LONGEST).is_none());
        let token = sessions.begin(&li(), [0; 32], false, now()).unwrap();
        assert!(sessions.find(token.as_str(), now() + IDLE).is_none());
        assert!(
            sessions.find(token.as_str(), now()).is_none(),
            "ended for good"
        );
    }

    #[test]
    fn only_the_token_itself_proves_it_and_the_end_is_the_end() {
        let mut sessions = Sessions::default();
        let token = sessions.begin(&li(), [0; 32], false, now()).unwrap();
        assert_eq!(token.as_str().len(), 43);
        for wrong in [
            "",
            "a",
            token.as_str().split_at(1).1,
            &format!("{}=", token.as_str()),
        ] {
            assert!(sessions.find(wrong, now()).is_none(), "{wrong:?}");
        }
        sessions.end(token.as_str());
        assert!(sessions.find(token.as_str(), now()).is_none());
    }

    #[test]
    fn what_is_told_once_is_told_on_its_page_in_its_session() {
        let mut sessions = Sessions::default();
        let mut form = || {
            let token = sessions.begin(&li(), [0; 32], false, now()).unwrap();
            sessions.find(token.as_str(), now()).unwrap().form
        };
        let (own, other) = (form(), form());
        let done = || Once::Done("exempt".to_owned());
        sessions.tell_once(&own, "/column/a/b", done());
        assert_eq!(sessions.told_once(&other, "/column/a/b"), None);
        assert_eq!(sessions.told_once(&own, "/column/a/c"), None);
        assert_eq!(sessions.told_once(&own, "/column/a/b"), Some(done()));
        assert_eq!(sessions.told_once(&own, "/column/a/b"), None);
    }

    #[test]
    fn one_account_has_a_few_sessions_and_the_least_used_goes() {
        let mut sessions = Sessions::default();
        let first = sessions.begin(&li(), [0; 32], false, now()).unwrap();
        let at = |n: i64| now() + TimeDelta::minutes(n);
        let second = sessions.begin(&li(), [0; 32], false, at(1)).unwrap();
        assert!(sessions.find(first.as_str(), at(2)).is_some());
        for n in 0..7 {
            sessions.begin(&li(), [0; 32], false, at(3 + n)).unwrap();
        }
        assert_eq!(sessions.all.len(), MOST_OF_ONE);
        assert!(sessions.find(first.as_str(), at(20)).is_some());
        assert!(sessions.find(second.as_str(), at(20)).is_none());
    }
}
