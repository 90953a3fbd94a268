//! Incidents: one for each deadline, host or outage.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::assess::ladder::Tier;
use crate::domain::finding::LastUpdate;
use crate::domain::id::{ColumnId, PersonId};
use crate::domain::time::Moment;

/// What an incident is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A column.
    Column(ColumnId),
    /// A host, `name` or `name:port`.
    Host(String),
    /// The monitor itself.
    Monitor,
}

/// What kind of incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A column nears or passes its limit.
    Stale,
    /// A column cannot be judged.
    Blind,
    /// A host gives no answer.
    Down,
    /// The monitor's own network is down.
    Offline,
    /// Delivery or contact trouble.
    Trouble,
}

/// The identity of an open incident: there is at most one for a subject and kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IncidentKey {
    /// What it is about.
    pub subject: Subject,
    /// What kind it is.
    pub kind: Kind,
}

/// An incident, open or closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its identity while open.
    pub key: IncidentKey,
    /// When it was first suspected.
    pub began_at: Moment,
    /// Where it stands.
    pub state: State,
    /// The last update that it is about, for columns.
    pub last_update: Option<LastUpdate>,
    /// Who has been told anything about it and so hears of its end.
    pub told: BTreeSet<PersonId>,
}

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Seen by one visit; nobody is told before a second agrees.
    Suspected {
        /// The tier that was seen; `None` for incidents without tiers.
        tier: Option<Tier>,
    },
    /// Confirmed.
    Open {
        /// The tier told last; `None` for incidents without tiers.
        tier: Option<Tier>,
        /// When that tier was reached.
        since: Moment,
        /// How often that tier was repeated.
        repeats: u32,
        /// When it was told last.
        told_at: Moment,
        /// A change that one visit saw and no second has confirmed.
        pending: Option<Pending>,
    },
    /// Over, by observation.
    Resolved {
        /// When.
        at: Moment,
    },
}

/// A change that waits for a second visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pending {
    /// A higher tier.
    Raise(Tier),
    /// An update, so a lower tier or none.
    Clear,
}
