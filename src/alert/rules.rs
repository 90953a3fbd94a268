//! The rules of alerting, as an administrator tunes them.

use std::collections::BTreeMap;

use chrono::{NaiveTime, TimeDelta};

use super::acts::Bounds;
use super::again::AgainRule;
use super::links::LinkRules;
use super::site_rules::SiteRules;
use super::template::Texts;
use crate::assess::ladder::Tier;
use crate::assess::outage::OfflineRule;
use crate::calendar::Window;
use crate::domain::class::Class;
use crate::domain::group::{Column, Role};
use crate::domain::id::ColumnId;

/// Everything that alerting is configured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRules {
    /// Who hears of which tier, and how often, where nothing else is said of the class or the column.
    pub tiers: Tiers,
    /// What holds instead at the columns of a class.
    pub class_tiers: BTreeMap<Class, Tiers>,
    /// What holds instead at single columns.
    pub column_tiers: BTreeMap<ColumnId, Tiers>,
    /// When messages that are not urgent may be sent, on working days.
    pub window: Window,
    /// From which time of a working day the digests of the day are written.
    pub digest_at: NaiveTime,
    /// How long after a first sight the second visit is made that confirms it.
    pub confirm_after: TimeDelta,
    /// After how many visits in a row that could not judge a column the operator is told.
    pub blind_after_visits: u32,
    /// What falls due in a holiday of so many days off, or on the working day after it, is announced on
    /// the last working day before it; with 0 nothing is.
    pub long_holiday_days: u32,
    /// After how many visits in a row without any answer a host is called down.
    pub down_after_visits: u32,
    /// When many silent hosts are the monitor's own network.
    pub offline: OfflineRule,
    /// How long after it could first be sent a notice is still of use.
    pub expires_after: TimeDelta,
    /// How much may be sent.
    pub budget: Budget,
    /// The signature in front of every text message, without the brackets: `西城网巡`.
    pub signature: String,
    /// The most segments of a text message.
    pub most_segments: usize,
    /// The console's address as recipients can open it; named in digests, if given.
    pub console_link: Option<String>,
    /// Links by which people answer without signing in, where the operator has switched them on.
    pub links: Option<LinkRules>,
    /// Whether operators who are told nothing on a working day hear that all is quiet.
    pub all_quiet: bool,
    /// The wordings.
    pub texts: Texts,
    /// When a second offence is proposed for escalation.
    pub again: AgainRule,
    /// How far people's acts may reach.
    pub bounds: Bounds,
    /// The incidents of sites as a whole.
    pub sites: SiteRules,
    /// Whether units are told without a person having ended the trial run.
    pub live: bool,
}

/// Who hears of which tier, and how often.
pub type Tiers = BTreeMap<Tier, TierRule>;

/// Who hears of a tier, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierRule {
    /// The roles that are told.
    pub roles: Vec<Role>,
    /// How it is repeated while it lasts.
    pub repeat: Repeat,
    /// Whether a person must release it first; it is then proposed to the operator.
    pub release: bool,
}

/// How a tier is repeated while it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Told once.
    Once,
    /// Told again.
    Every {
        /// Working days between two tellings, at least 1.
        working_days: u32,
        /// The most repetitions; `None` without end.
        most: Option<u32>,
    },
}

/// How much may be sent on one day. Beyond it messages wait for the next day, and the operator is
/// told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Messages to one person.
    pub per_person: u32,
    /// Messages in all.
    pub in_all: u32,
}

impl AlertRules {
    /// Who hears of which tier of `column`, and how often: as is said of itself, of its class, or
    /// of all.
    pub fn tiers_of(&self, column: &Column) -> &Tiers {
        let own = self.column_tiers.get(&column.id);
        own.or_else(|| self.class_tiers.get(&column.class))
            .unwrap_or(&self.tiers)
    }
}

impl Default for AlertRules {
    fn default() -> Self {
        use Role::{Deputy, Editor, Head, Liaison, Operator, Supervision};
        let rule = |roles: &[Role], repeat, release| TierRule {
            roles: roles.to_vec(),
            repeat,
            release,
        };
        let every = |working_days, most| Repeat::Every { working_days, most };
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        let tiers = [
            (
                Tier::Reminder,
                rule(&[Editor, Liaison], Repeat::Once, false),
            ),
            (
                Tier::Warning,
                rule(&[Editor, Liaison, Deputy], Repeat::Once, false),
            ),
            (
                Tier::Overdue,
                rule(&[Editor, Liaison, Deputy, Head], every(3, None), false),
            ),
            (
                Tier::SeverelyOverdue,
                rule(
                    &[Editor, Liaison, Deputy, Head, Operator],
                    every(1, Some(5)),
                    false,
                ),
            ),
            (
                Tier::Escalation,
                rule(
                    &[Editor, Liaison, Deputy, Head, Operator, Supervision],
                    every(5, None),
                    true,
                ),
            ),
        ];
        AlertRules {
            tiers: tiers.into(),
            class_tiers: BTreeMap::new(),
            column_tiers: BTreeMap::new(),
            window: Window {
                from: time(8, 30),
                until: time(17, 30),
            },
            digest_at: time(8, 30),
            confirm_after: TimeDelta::minutes(30),
            blind_after_visits: 3,
            long_holiday_days: 3,
            down_after_visits: 3,
            offline: OfflineRule {
                least_hosts: 3,
                share_percent: 80,
            },
            expires_after: TimeDelta::hours(72),
            budget: Budget {
                per_person: 5,
                in_all: 300,
            },
            signature: "网巡".to_owned(),
            most_segments: 4,
            console_link: None,
            links: None,
            all_quiet: true,
            texts: Texts::default(),
            again: AgainRule::default(),
            bounds: Bounds::default(),
            sites: SiteRules::default(),
            live: false,
        }
    }
}
