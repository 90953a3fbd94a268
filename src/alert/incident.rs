//! Incidents: one for each deadline, host or outage.
//!
//! The types only; how an incident moves is in [`step`](super::step).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::again::Again;
use crate::assess::ladder::Tier;
use crate::assess::vetoes::Rule;
use crate::domain::finding::LastUpdate;
use crate::domain::id::{ColumnId, PersonId, SiteId, UnitId};
use crate::domain::time::Moment;

/// What an incident is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A column.
    Column(ColumnId),
    /// A duty of a column, by the word that names it.
    Duty(ColumnId, String),
    /// A host, `name` or `name:port`.
    Host(String),
    /// A site.
    Site(SiteId),
    /// A unit.
    Unit(UnitId),
    /// The monitor itself.
    Monitor,
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Subject::Column(column) => write!(f, "column {column}"),
            Subject::Duty(column, duty) => write!(f, "duty {duty} of {column}"),
            Subject::Host(host) => write!(f, "host {host}"),
            Subject::Site(site) => write!(f, "site {site}"),
            Subject::Unit(unit) => write!(f, "unit {unit}"),
            Subject::Monitor => f.write_str("monitor"),
        }
    }
}

/// What kind of incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A column nears or passes its limit.
    Stale,
    /// A column owes what it has to publish by a day.
    Owed,
    /// A column that is updated as the need arises has not been for long: its unit is asked to look
    /// for itself.
    SelfCheck,
    /// A column cannot be judged, or a home page any more.
    Blind,
    /// A column has no items.
    Empty,
    /// A host gives no answer, or the home page of a site does not open.
    Down,
    /// The monitor's own network is down.
    Offline,
    /// Delivery or contact trouble.
    Trouble,
    /// The holiday table of a year is missing.
    Calendar,
    /// A site comes near a veto.
    NearVeto,
    /// A site meets a veto.
    Veto,
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
    /// The tier that has been told last, kept after the incident is over.
    pub tier: Option<Tier>,
    /// Whether escalation waits for a person; `None` where none is needed.
    pub release: Option<Release>,
    /// The proposal of escalation beside a ladder that goes on, while it waits for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// When it was confirmed to be overdue, and severely overdue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rises: Vec<Rise>,
    /// The rules on which a veto, or its nearness, rests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
    /// Whether it was laid aside because nothing proves it any more, without its end having been seen: those
    /// who were told hear of that once it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unended: bool,
}

/// A rule that was seen to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// The rule.
    pub rule: Rule,
    /// The newest visit that first saw it so; visits after it confirm it.
    pub seen_at: Moment,
}

/// A tier that was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rise {
    /// The tier.
    pub tier: Tier,
    /// When.
    pub at: Moment,
    /// Whether the same silence had reached it before, in an incident that something else than an update
    /// ended: then it is no offence of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
}

/// Escalation as it is proposed for a second offence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Which second offence it is.
    pub again: Again,
    /// When it was proposed last.
    pub told_at: Moment,
    /// How often it was proposed anew.
    pub repeats: u32,
}

/// Whether a person has released an escalation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Release {
    /// Proposed to the operator.
    Proposed,
    /// Released.
    Granted {
        /// By whom, as given.
        by: String,
        /// When.
        at: Moment,
    },
}

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Seen by one visit; nobody is told before a second agrees.
    Suspected {
        /// When the visit that saw it began.
        seen_at: Moment,
    },
    /// Confirmed.
    Open {
        /// When the present tier was confirmed, or the incident where there are no tiers.
        since: Moment,
        /// How often that tier was repeated.
        repeats: u32,
        /// When it was told last.
        told_at: Moment,
        /// A change that one visit saw and no second has confirmed.
        pending: Option<Pending>,
    },
    /// Over, by observation or because nobody is to watch it any more.
    Resolved {
        /// When.
        at: Moment,
    },
}

impl State {
    /// Confirmed, or risen, and told at `now`.
    pub fn told_now(now: Moment) -> State {
        State::Open {
            since: now,
            repeats: 0,
            told_at: now,
            pending: None,
        }
    }
}

/// A change that waits for a second visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What changed.
    pub change: Change,
    /// When the visit that saw it began.
    pub seen_at: Moment,
}

/// What one visit saw differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// A higher tier.
    Raise,
    /// An update, so that this deadline is met.
    Clear,
}

impl Incident {
    /// Whether one visit has seen it, or a change of it, that a second has not confirmed.
    pub fn waits_for_a_visit(&self) -> bool {
        match self.state {
            State::Suspected { .. } => true,
            State::Open { pending, .. } => pending.is_some(),
            State::Resolved { .. } => false,
        }
    }

    /// Whether one visit has seen that it is over.
    pub fn seems_over(&self) -> bool {
        let State::Open { pending, .. } = self.state else {
            return false;
        };
        pending.is_some_and(|pending| pending.change == Change::Clear)
    }

    /// A new incident.
    pub fn new(key: IncidentKey, began_at: Moment, state: State) -> Incident {
        Incident {
            key,
            began_at,
            state,
            last_update: None,
            told: BTreeSet::new(),
            tier: None,
            release: None,
            proposal: None,
            rises: Vec::new(),
            grounds: Vec::new(),
            unended: false,
        }
    }

    /// Whether it is confirmed and not over.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// Whether its escalation waits for a person to let it out.
    pub fn is_proposed(&self) -> bool {
        self.is_open() && self.release == Some(Release::Proposed)
    }

    /// The tier that people were told last: nobody was told of an escalation that waits.
    pub fn told_tier(&self) -> Option<Tier> {
        match self.tier {
            Some(Tier::Escalation) if self.release == Some(Release::Proposed) => {
                Some(Tier::SeverelyOverdue)
            }
            tier => tier,
        }
    }

    /// Whether it is over.
    pub fn is_resolved(&self) -> bool {
        matches!(self.state, State::Resolved { .. })
    }
}
