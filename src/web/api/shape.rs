//! What the interface answers with. The description of the interface is made from these types, so
//! that it cannot say otherwise.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::overview::{ColumnLine, OwedLine, SiteLine, Veto};
use crate::report::plain::one_line;
use crate::report::standing::Counts;
use crate::web::messages::Today;
use crate::web::view::{NAME_CHARS, web_address};

/// Why something was refused.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Refusal {
    /// In Chinese.
    pub error: String,
}

/// That something is still being worked out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Later {
    /// What, in Chinese.
    pub wait: String,
}

/// The group at a glance.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Overview {
    /// The instant of the judgement, RFC 3339.
    pub at: String,
    /// The latest visit to any column, RFC 3339.
    pub visited_at: Option<String>,
    /// Whether the monitor itself is well.
    pub well: bool,
    /// Why it is not.
    pub trouble: Vec<String>,
    /// Whether the installation is in its trial run: units hear nothing.
    pub trial: bool,
    /// How many sites.
    pub sites: usize,
    /// How many columns stand where.
    pub columns: Standings,
    /// Open incidents.
    pub open_incidents: usize,
    /// Escalations that wait for a person to let them out.
    pub escalations_waiting: usize,
    /// Sites that do not open.
    pub sites_down: usize,
    /// Sites of which it was told that they meet what fails an assessment alone.
    pub sites_vetoed: usize,
    /// Sites of which it was told that they come near it.
    pub sites_near_veto: usize,
    /// Why columns cannot be judged, the most frequent reason first.
    pub cannot_judge: Vec<Reason>,
    /// What became of today's messages; not for a unit.
    pub messages_today: Option<MessagesToday>,
    /// The monitor's own condition, line by line.
    pub condition: Vec<Line>,
}

/// Why columns cannot be judged.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reason {
    /// In Chinese.
    pub why: String,
    /// How many columns.
    pub columns: usize,
}

/// A line of two parts, in Chinese.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Line {
    /// What.
    pub name: String,
    /// How it is.
    pub value: String,
}

/// What became of the messages that were written today.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MessagesToday {
    /// How many.
    pub written: usize,
    /// Taken over by a gateway, or delivered.
    pub sent: usize,
    /// Delivered, by a receipt.
    pub delivered: usize,
    /// Failed, or run out.
    pub failed: usize,
    /// On their way, from whatever day.
    pub unsent: usize,
    /// Notices that wait to be written.
    pub waiting: usize,
}

impl From<Today> for MessagesToday {
    fn from(today: Today) -> MessagesToday {
        MessagesToday {
            written: today.written,
            sent: today.sent,
            delivered: today.delivered,
            failed: today.failed,
            unsent: today.unsent,
            waiting: today.waiting,
        }
    }
}

/// How many columns stand where.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Standings {
    /// In time.
    pub fresh: usize,
    /// Near the limit.
    pub due_soon: usize,
    /// So near that a warning is due; counted in `due_soon` too.
    pub warning: usize,
    /// Past the limit, the severely overdue included.
    pub overdue: usize,
    /// Long past the limit.
    pub severely_overdue: usize,
    /// Long past the limit and escalated; counted in `severely_overdue` too.
    pub escalated: usize,
    /// Cannot be judged.
    pub unknown: usize,
    /// Without items.
    pub empty: usize,
    /// Exempted.
    pub exempt: usize,
    /// Not visited yet.
    pub not_yet_visited: usize,
    /// Not judged until a person confirms their class.
    pub unconfirmed: usize,
    /// Without an address.
    pub not_configured: usize,
}

impl Standings {
    /// The counts.
    pub fn of(counts: &Counts) -> Standings {
        Standings {
            fresh: counts.fresh,
            due_soon: counts.due_soon,
            warning: counts.warning,
            overdue: counts.overdue,
            severely_overdue: counts.severely_overdue,
            escalated: counts.escalated,
            unknown: counts.unknown,
            empty: counts.empty,
            exempt: counts.exempt,
            not_yet_visited: counts.not_yet_visited,
            unconfirmed: counts.unconfirmed,
            not_configured: counts.not_configured,
        }
    }
}

/// One site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Site {
    /// The identifier.
    pub id: String,
    /// The name.
    pub name: String,
    /// The unit that answers for it.
    pub unit: String,
    /// The home page.
    pub home: Option<String>,
    /// Where it stands: `down`, or as its worst column.
    pub standing: String,
    /// `hit` or `near`: what fails an assessment alone, as it was told.
    pub veto: Option<&'static str>,
    /// Since when its home page does not open or its host gives no answer, RFC 3339.
    pub down_since: Option<String>,
    /// Which of them, in Chinese.
    pub down: Option<&'static str>,
    /// Its columns by standing.
    pub columns: Standings,
    /// The latest visit, RFC 3339.
    pub visited_at: Option<String>,
}

impl Site {
    /// The site of a line.
    pub fn of(line: &SiteLine) -> Site {
        Site {
            id: line.site.to_string(),
            name: one_line(&line.name, NAME_CHARS),
            unit: line.unit.to_string(),
            home: line.home.as_deref().and_then(web_address),
            standing: line.standing.key().to_owned(),
            veto: line.veto.map(|veto| match veto {
                Veto::Hit => "hit",
                Veto::Near => "near",
            }),
            down_since: line.down_since.map(|at| at.to_rfc3339()),
            down: line.down_in_chinese(),
            columns: Standings::of(&line.counts),
            visited_at: line.visited_at.map(|at| at.to_rfc3339()),
        }
    }
}

/// One column.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Column {
    /// The identifier.
    pub id: String,
    /// The name.
    pub name: String,
    /// The site on which it is shown.
    pub site: String,
    /// The unit that answers for it.
    pub unit: String,
    /// Its class.
    pub class: String,
    /// Where it stands.
    pub standing: String,
    /// The limit in natural days.
    pub limit_days: u32,
    /// The day of the last update, `2017-11-03`.
    pub updated_on: Option<String>,
    /// The last day in time, while the clock runs.
    pub due_on: Option<String>,
    /// The tier that was told last, while an incident is open, in Chinese.
    pub told: Option<String>,
    /// Whether an escalation waits for a person to let it out: nobody was told of it.
    pub escalation_waits: bool,
    /// What it owes by a day and has not published, as far as that was told. `standing` counts it.
    pub owed: Vec<Owed>,
    /// Until when the unit's answer holds.
    pub answered_until: Option<String>,
    /// Since when several visits in a row could not read it, RFC 3339. What is in time by the date that is
    /// known stays so.
    pub unread_since: Option<String>,
    /// Whether a change waits for a second visit.
    pub confirming: bool,
    /// The latest visit, RFC 3339.
    pub visited_at: Option<String>,
    /// The list page.
    pub url: Option<String>,
}

impl Column {
    /// The column of a line.
    pub fn of(line: &ColumnLine) -> Column {
        let update = line.judgement.last_update.as_ref();
        Column {
            id: line.column.to_string(),
            name: one_line(&line.name, NAME_CHARS),
            site: line.site.to_string(),
            unit: line.unit.to_string(),
            class: line.class.key().to_owned(),
            standing: line.standing.key().to_owned(),
            limit_days: line.judgement.limit_days,
            updated_on: update.map(|update| update.on.to_string()),
            due_on: line.due_on.map(|due| due.to_string()),
            told: line.told.map(|tier| tier.in_chinese().to_owned()),
            escalation_waits: line.escalation_waits,
            owed: line.owed.iter().map(Owed::of).collect(),
            answered_until: line.answered_until.map(|until| until.to_string()),
            unread_since: line.unread_since.map(|at| at.to_rfc3339()),
            confirming: line.confirming,
            visited_at: line.visited_at.map(|at| at.to_rfc3339()),
            url: line.url.as_deref().and_then(web_address),
        }
    }
}

/// Something that a column owes by a day.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Owed {
    /// By which word the configuration names it.
    pub duty: String,
    /// What it is.
    pub name: String,
    /// The last day in time.
    pub due_on: String,
    /// The tier that was told last, in Chinese.
    pub told: Option<String>,
}

impl Owed {
    fn of(owed: &OwedLine) -> Owed {
        Owed {
            duty: owed.duty.clone(),
            name: one_line(&owed.name, NAME_CHARS),
            due_on: owed.due_on.to_string(),
            told: owed.told.map(|tier| tier.in_chinese().to_owned()),
        }
    }
}

/// An incident.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Incident {
    /// What it is about, in Chinese.
    pub subject: String,
    /// The column, if it is about one.
    pub column: Option<String>,
    /// The site, if it is about one or about a column of one.
    pub site: Option<String>,
    /// The unit that answers for it, if it is about a column, a site or a unit.
    pub unit: Option<String>,
    /// The host, if it is about one.
    pub host: Option<String>,
    /// What the column owes by a day, by the word that the configuration names it, if it is about that.
    pub duty: Option<String>,
    /// What kind, in Chinese.
    pub kind: String,
    /// What kind: `stale`, `owed`, `self-check`, `blind`, `empty`, `down`, `offline`, `trouble`,
    /// `calendar`, `near-veto`, `veto`.
    pub kind_key: String,
    /// The tier that was told last, in Chinese.
    pub tier: Option<String>,
    /// The same: `reminder`, `warning`, `overdue`, `severely-overdue`, `escalation`.
    pub tier_key: Option<String>,
    /// How far it is, in Chinese: told to how many, what waits.
    pub stage: String,
    /// How many people were told of it.
    pub told_people: usize,
    /// Whether an escalation waits for a person to let it out: nobody was told of it.
    pub escalation_waits: bool,
    /// When it was first suspected, RFC 3339.
    pub began_at: String,
    /// When it was over, RFC 3339.
    pub ended_at: Option<String>,
    /// Whether it is confirmed.
    pub confirmed: bool,
}

/// A message, its receiver masked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Message {
    /// When it was written, RFC 3339.
    pub at: String,
    /// Who receives it, masked.
    pub who: String,
    /// The number or address, masked.
    pub way: String,
    /// By which way: `sms`, `mail` or `robot`.
    pub route: String,
    /// The highest tier it speaks of, in Chinese.
    pub tier: Option<String>,
    /// How far it has come, in Chinese.
    pub state: String,
    /// Whether it never arrives.
    pub lost: bool,
    /// What the transport said, of one that failed or is to be tried again: in Chinese, with the
    /// transport's own words, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What it says.
    pub text: String,
}

/// A part of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Part<T> {
    /// How many there are in all.
    pub count: usize,
    /// The page, from 1.
    pub page: usize,
    /// How many pages there are.
    pub pages: usize,
    /// What is on it.
    pub items: Vec<T>,
}

/// The answer of a unit for a column that is late.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ack {
    /// The column.
    #[schemars(length(min = 1, max = 64))]
    pub column: String,
    /// What the column owes by a day, by its name in the configuration; else its limit is answered for.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub duty: Option<String>,
    /// The day by whose end it will be updated, `2017-11-22`.
    #[schemars(regex(pattern = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"))]
    pub until: String,
    /// Why it is late.
    #[schemars(length(min = 1, max = 120))]
    pub reason: String,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Done {
    /// Always true.
    pub done: bool,
}
