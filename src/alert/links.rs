//! Links in messages by which a person answers for one column without signing in.
//!
//! A link is for one incident and one answer. What stands in the store is its place in the text and
//! a digest of each token that was put there: the token itself is made at the attempt to send, and
//! nobody who reads the store, a page or the log can use the link.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::incident::{Incident, IncidentKey, Kind, Subject};
use super::outbox::{Message, Notice, Told};
use crate::domain::act::{Act, Deed};
use crate::domain::group::Route;
use crate::domain::id::ColumnId;
use crate::domain::time::Moment;

/// The path of a link, before its token.
pub const PATH: &str = "/a/";
/// The length of a token: 144 bits in base64.
pub const TOKEN_CHARS: usize = 24;
/// What stands in the place of a token.
const PLACE: &str = "************************";
/// The most links in one mail; a text message has one.
const MOST_IN_MAIL: usize = 5;
/// The most links of one message that are remembered.
const MOST: usize = 20;

/// Where links lead to, and how long they last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRules {
    /// The address of the console, without a slash at its end.
    pub base: String,
    /// How long a link may be used.
    pub expires_after: TimeDelta,
}

/// One link that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The digest of its token.
    pub hash: String,
    /// The column that is answered for.
    pub column: ColumnId,
    /// What it owes by a day; else its limit is answered for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duty: Option<String>,
    /// When the incident began that is answered.
    pub began_at: Moment,
    /// It may not be used after this instant.
    pub expires_at: Moment,
}

impl Link {
    /// The incident that it answers, whether it lasts or not.
    pub fn incident(&self) -> IncidentKey {
        let column = self.column.clone();
        match &self.duty {
            Some(duty) => IncidentKey {
                subject: Subject::Duty(column, duty.clone()),
                kind: Kind::Owed,
            },
            None => IncidentKey {
                subject: Subject::Column(column),
                kind: Kind::Stale,
            },
        }
    }
}

impl LinkRules {
    /// A link whose token is not known yet. It is as long as one.
    pub fn place(&self) -> String {
        format!("{}{PATH}{PLACE}", self.base)
    }
}

/// The digest of a token, as it is kept.
pub fn hash_of(token: &str) -> String {
    let digest = Sha256::digest(token.as_bytes());
    let digits = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// Which of `notices`, in order, carry a link in a message over `route`: what a unit hears of a
/// deadline or a duty, and nobody who only looks on; in a text message the first alone; never in a group chat.
pub fn carried(notices: &[&Notice], route: Route) -> Vec<usize> {
    let most = match route {
        Route::Sms => 1,
        Route::Mail => MOST_IN_MAIL,
        Route::Robot => 0,
    };
    let of_deadline = |notice: &Notice| {
        matches!(notice.kind, Kind::Stale | Kind::Owed)
            && notice.column.is_some()
            && !notice.looks_on
            && matches!(notice.told, Told::Raised(_) | Told::Repeated(..))
    };
    let all = notices.iter().enumerate();
    let found = all.filter(|(_, notice)| of_deadline(notice));
    let found = found.map(|(place, _)| place);
    match route {
        Route::Sms => found.take_while(|&place| place == 0).collect(),
        Route::Mail | Route::Robot => found.take(most).collect(),
    }
}

/// The places of links in `text`.
pub fn places(text: &str) -> usize {
    text.matches(PLACE).count()
}

/// `text` with `tokens` in the places of its links.
pub fn filled(text: &str, tokens: &[String]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut tokens = tokens.iter();
    for (at, part) in text.split(PLACE).enumerate() {
        if at > 0 {
            filled.push_str(tokens.next().map_or(PLACE, String::as_str));
        }
        filled.push_str(part);
    }
    filled
}

/// Adds the links of one attempt to what is remembered of `message`: those of the first attempt, which a
/// gateway may have taken though its answer was lost, so that it drops all others by their key, and those of
/// the latest. An attempt has at most as many as a mail.
pub fn remember(message: &mut Message, links: Vec<Link>) {
    message.links.extend(links);
    let over = message.links.len().saturating_sub(MOST);
    if over > 0 {
        message.links.drain(MOST_IN_MAIL..MOST_IN_MAIL + over);
    }
}

/// The incident that `link` answers, while it may be used at `now`: it has neither expired nor been
/// used, and the incident is not over.
pub fn incident_of<'a>(
    link: &Link,
    open: &'a std::collections::BTreeMap<IncidentKey, Incident>,
    acts: &[Act],
    now: Moment,
) -> Option<&'a Incident> {
    let is_used = acts.iter().any(|act| match &act.deed {
        Deed::Answered { by_link, .. } => by_link.as_deref() == Some(link.hash.as_str()),
        _ => false,
    });
    let incident = open.get(&link.incident())?;
    let is_open = incident.is_open() && incident.began_at == link.began_at;
    (!is_used && now <= link.expires_at && is_open).then_some(incident)
}

/// The link with this digest among those of `messages`.
pub fn find<'a>(hash: &str, messages: &'a [Message]) -> Option<&'a Link> {
    let links = messages.iter().flat_map(|message| &message.links);
    links.into_iter().find(|link| link.hash == hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::fixture::message;
    use crate::alert::rules::AlertRules;

    #[test]
    fn the_links_of_the_first_attempt_and_of_the_latest_are_remembered() {
        let (mut message, _) = message(&["a"], &AlertRules::default());
        for attempt in 0..30 {
            let links = ["a", "b"].map(|place| Link {
                hash: format!("{place}{attempt}"),
                column: ColumnId::parse("kxw/a").unwrap(),
                duty: None,
                began_at: message.created_at,
                expires_at: message.created_at,
            });
            remember(&mut message, links.to_vec());
        }
        let kept: Vec<&str> = message
            .links
            .iter()
            .map(|link| link.hash.as_str())
            .collect();
        assert_eq!(kept.len(), MOST);
        assert_eq!(&kept[..6], ["a0", "b0", "a1", "b1", "a2", "b22"]);
        assert_eq!(kept[MOST - 1], "b29");
    }

    #[test]
    fn tokens_take_their_places_in_order_and_the_length_stays() {
        let rules = LinkRules {
            base: "https://w.example.cn".to_owned(),
            expires_after: TimeDelta::days(7),
        };
        let text = format!("一 {} 二 {} 三", rules.place(), rules.place());
        assert_eq!(places(&text), 2);
        let tokens = ["a", "b"].map(|one| one.repeat(TOKEN_CHARS));
        let whole = filled(&text, &tokens);
        assert_eq!(whole.len(), text.len());
        let (a, b) = (whole.find(&tokens[0]), whole.find(&tokens[1]));
        assert!(a.is_some() && a < b && places(&whole) == 0, "{whole}");
        assert_ne!(hash_of(&tokens[0]), hash_of(&tokens[1]));
        assert_eq!(hash_of(&tokens[0]).len(), 32);
    }
}
