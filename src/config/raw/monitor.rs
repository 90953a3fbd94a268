//! `monitor.toml` as written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::Key;
use super::sites::RawAccess;
use super::transports::RawTransports;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawMonitor {
    pub files: RawFiles,
    pub operator: Key<RawOperator>,
    pub schedule: RawSchedule,
    pub limits: BTreeMap<Spanned<String>, RawLimit>,
    pub ladder: Key<RawLadder>,
    pub tiers: RawTiers,
    pub sending: RawSending,
    pub judging: RawJudging,
    pub incidents: RawIncidents,
    pub duties: BTreeMap<Spanned<String>, RawDuty>,
    pub escalation: RawEscalation,
    pub acts: RawActs,
    pub transports: RawTransports,
    pub politeness: RawPoliteness,
    pub store: RawStore,
    pub console: RawConsole,
    pub control: RawControl,
    pub log: RawLog,
    pub heartbeat: RawHeartbeat,
    pub own_network: RawOwnNetwork,
    pub clock: RawClock,
    pub links: RawLinks,
    pub availability: RawAvailability,
    pub inspection: RawInspection,
    pub texts: BTreeMap<Spanned<String>, Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawFiles {
    pub sites: Key<String>,
    pub contacts: Key<String>,
    pub calendar: Key<String>,
    pub rubric: Key<String>,
    pub words: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawOperator {
    pub name: Key<String>,
    pub contact: Key<String>,
    pub signature: Key<String>,
    pub console_link: Key<String>,
    pub user_agent: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSchedule {
    pub visits: Key<String>,
    pub homes: Key<String>,
    pub prune: Key<String>,
    pub jitter: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawShare {
    pub percent: Key<u32>,
    pub least: Key<u32>,
    pub most: Key<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLadder {
    pub reminder_lead: RawShare,
    pub warning_lead: RawShare,
    pub severe_after: RawShare,
    pub escalate_after_working_days: Key<u32>,
}

/// One class: its limit, and what differs from the common ladder and the common tiers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLimit {
    pub days: Key<u32>,
    pub ladder: Key<RawLadder>,
    pub tiers: RawTiers,
}

/// Who hears of which tier, by the word of the tier.
pub type RawTiers = BTreeMap<Spanned<String>, RawTier>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawTier {
    pub roles: Key<Vec<Spanned<String>>>,
    pub repeat_every: Key<u32>,
    pub repeat_most: Key<u32>,
    pub release: Key<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawSending {
    pub from: Key<String>,
    pub until: Key<String>,
    pub digest_at: Key<String>,
    pub expires_after: Key<String>,
    pub budget: RawBudget,
    pub most_segments: Key<u32>,
    pub all_quiet: Key<bool>,
    pub live: Key<bool>,
}

/// What is owed by a day of every year.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawDuty {
    pub name: Key<String>,
    pub columns: Key<Vec<Spanned<String>>>,
    pub classes: Key<Vec<Spanned<String>>>,
    pub opens: Key<String>,
    pub due: Key<String>,
    pub titles: Key<Vec<Spanned<String>>>,
    pub reminder_days: Key<u32>,
    pub warning_days: Key<u32>,
    pub severe_days: Key<u32>,
    pub escalate_after_working_days: Key<u32>,
}

/// The incidents of sites as a whole.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawIncidents {
    pub least_samples: Key<u32>,
    pub blind_after: Key<String>,
    pub night_from: Key<String>,
    pub night_until: Key<String>,
    pub redesign_percent: Key<u32>,
    pub down: RawDown,
    pub near_veto: RawVeto,
    pub veto: RawVeto,
}

/// The home page does not open.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawDown {
    pub enabled: Key<bool>,
    pub visits: Key<u32>,
    pub apart: Key<String>,
    pub roles: Key<Vec<Spanned<String>>>,
    pub later_roles: Key<Vec<Spanned<String>>>,
    pub later_after: Key<String>,
    pub at_night: Key<bool>,
    pub steady: Key<String>,
    pub flapping: RawFlapping,
}

/// The home page goes down again and again.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawFlapping {
    pub times: Key<u32>,
    pub within: Key<String>,
    pub steady: Key<String>,
}

/// A veto, or its nearness.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawVeto {
    pub enabled: Key<bool>,
    pub failed_percent: Key<u32>,
    pub home_days: Key<u32>,
    pub basic_stale: Key<u32>,
    pub stale: Key<u32>,
    pub empty: Key<u32>,
    pub empty_is_stale: Key<bool>,
    pub letter_days: Key<u32>,
    pub roles: Key<Vec<Spanned<String>>>,
    pub repeat_every: Key<u32>,
    pub repeat_most: Key<u32>,
    pub at_once: Key<bool>,
    pub at_night: Key<bool>,
}

/// When a second offence is proposed for escalation.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawEscalation {
    pub unit_overdue_days: Key<u32>,
    pub column_severe_days: Key<u32>,
}

/// How far people's acts may reach.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawActs {
    pub answer_working_days: Key<u32>,
    pub hold_working_days: Key<u32>,
    pub maintenance_days: Key<u32>,
    pub exemption_days: Key<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawBudget {
    pub per_person: Key<u32>,
    pub in_all: Key<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawJudging {
    pub confirm_after: Key<String>,
    pub blind_after_visits: Key<u32>,
    pub long_holiday_days: Key<u32>,
    pub down_after_visits: Key<u32>,
    pub offline: RawOffline,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawOffline {
    pub least_hosts: Key<u32>,
    pub share_percent: Key<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawPoliteness {
    pub pages_a_visit: Key<u32>,
    pub visits_at_once: Key<u32>,
    pub access: RawAccess,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawStore {
    pub dir: Key<String>,
    pub cache: Key<String>,
    pub least_free: Key<String>,
    pub keep_bodies_days: Key<u32>,
    pub keep_history_days: Key<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawConsole {
    pub enabled: Key<bool>,
    pub listen: Key<String>,
    pub access: Key<String>,
    pub proxy: RawProxy,
}

/// Proxies in front of the console.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawProxy {
    pub from: Key<Vec<Spanned<String>>>,
    pub header: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawControl {
    pub socket: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLog {
    pub json: Key<bool>,
    pub filter: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawHeartbeat {
    pub url: Key<String>,
    pub every: Key<String>,
    pub method: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawOwnNetwork {
    pub probes: Key<Vec<Spanned<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawClock {
    pub check: Key<bool>,
    pub tolerance: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawLinks {
    pub base: Key<String>,
    pub expires_after: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawAvailability {
    pub enabled: Key<bool>,
    pub samples_a_day: Key<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawInspection {
    pub enabled: Key<bool>,
    pub schedule: Key<String>,
    pub pages_a_site: Key<u32>,
    pub links_a_site: Key<u32>,
}
