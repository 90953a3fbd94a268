//! How fresh a column is, by what was proven and not by what could not be seen.
//!
//! A date that was read stays proven while we are blind: the column may have been updated since,
//! it cannot have become older than its last known item. So a column whose last known update is
//! well inside the limit is fresh although the latest visit failed; one that would be late by that
//! date is *unknown*, never overdue.

use std::num::NonZeroU32;

use chrono::Days;
use serde::{Deserialize, Serialize};

use super::ladder::{Ladder, Tier};
use crate::domain::finding::LastUpdate;
use crate::domain::group::Watch;
use crate::domain::observation::{Cause, ColumnRecord};
use crate::domain::time::{Date, Moment};

/// How fresh a column is. Ages and days are natural days; the day of publication is day 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// Inside the limit, and no tier of the ladder reached.
    Fresh {
        /// Natural days since the last update.
        age_days: u32,
        /// The last day that is in time.
        due_on: Date,
    },
    /// Inside the limit, which comes near.
    DueSoon {
        /// Natural days since the last update.
        age_days: u32,
        /// The last day that is in time.
        due_on: Date,
        /// Natural days until `due_on`.
        days_left: u32,
    },
    /// Past the limit.
    Overdue {
        /// Natural days since the last update.
        age_days: u32,
        /// The last day that was in time.
        due_on: Date,
        /// Natural days since `due_on`.
        days: NonZeroU32,
    },
    /// Cannot be judged.
    Unknown {
        /// Since when visits could not tell.
        since: Moment,
        /// Why.
        why: Cause,
    },
    /// The page is there and has never had an item.
    Empty {
        /// Since when visits have found it so.
        since: Moment,
    },
    /// Updated as the need arises, by no deadline.
    OnDemand {
        /// Natural days since the last update.
        age_days: u32,
    },
    /// Exempted (报备) until this date.
    Exempt {
        /// The last day of the exemption.
        until: Date,
    },
    /// Visited and shown, not judged: nobody has confirmed its class.
    Unconfirmed,
    /// No address is configured.
    NotConfigured,
    /// No visit has ended yet.
    NotYetVisited,
}

/// What is said of a column: the freshness and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// How fresh it is.
    pub freshness: Freshness,
    /// The tier that its age reaches; `None` while nothing is due or nothing can be said.
    pub tier: Option<Tier>,
    /// The last update it rests on, when one is known.
    pub last_update: Option<LastUpdate>,
    /// The limit it was held against, in natural days.
    pub limit_days: u32,
}

impl Judgement {
    /// The verdict while the column is exempt up to `exempt_until`, if it is: nothing is due. A
    /// column that is not judged anyway stays what it is.
    pub fn under(mut self, exempt_until: Option<Date>) -> Judgement {
        if let Some(until) = exempt_until
            && !matches!(
                self.freshness,
                Freshness::NotConfigured | Freshness::Unconfirmed
            )
        {
            self.freshness = Freshness::Exempt { until };
            self.tier = None;
        }
        self
    }
}

/// Natural days from `on` to `today`; a date of tomorrow counts as today.
pub fn age_days(on: Date, today: Date) -> u32 {
    u32::try_from((today - on).num_days()).unwrap_or(0)
}

/// The last day that is in time: an age equal to the limit is in time, one day more is not.
pub fn due_on(last_update: Date, limit_days: u32) -> Date {
    last_update
        .checked_add_days(Days::new(u64::from(limit_days)))
        .unwrap_or(Date::MAX)
}

/// Judges one column. `record` is what its visits have left, `None` before the first.
pub fn judge(
    record: Option<&ColumnRecord>,
    watch: Watch,
    limit_days: u32,
    ladder: &Ladder,
    today: Date,
) -> Judgement {
    let last_update = record.and_then(|record| record.last_update.clone());
    let say = |freshness, tier| Judgement {
        freshness,
        tier,
        last_update: last_update.clone(),
        limit_days,
    };
    let record = match (watch, record) {
        (Watch::NotConfigured, _) => return say(Freshness::NotConfigured, None),
        (Watch::Unconfirmed, _) => return say(Freshness::Unconfirmed, None),
        (Watch::Judged | Watch::OnDemand, None) => return say(Freshness::NotYetVisited, None),
        (Watch::Judged | Watch::OnDemand, Some(record)) => record,
    };
    let dated = last_update.as_ref().map(|update| match watch {
        Watch::OnDemand => {
            let age_days = age_days(update.on, today);
            (Freshness::OnDemand { age_days }, None)
        }
        _ => by_date(update.on, limit_days, ladder, today),
    });
    // Where there is no deadline nothing stays proven that could be said while we are blind.
    let lasts = record.blind.is_none() || watch != Watch::OnDemand;
    match (dated, &record.blind, record.empty_since) {
        (Some((freshness, None)), _, None) if lasts => say(freshness, None),
        (_, Some(blind), _) => say(
            Freshness::Unknown {
                since: blind.since,
                why: blind.why.clone(),
            },
            None,
        ),
        (_, None, Some(since)) => say(Freshness::Empty { since }, None),
        (Some((freshness, tier)), None, None) => say(freshness, tier),
        (None, None, None) => say(Freshness::NotYetVisited, None),
    }
}

fn by_date(on: Date, limit_days: u32, ladder: &Ladder, today: Date) -> (Freshness, Option<Tier>) {
    let age = age_days(on, today);
    let due = due_on(on, limit_days);
    let tier = ladder.tier(age, limit_days);
    let freshness = match (NonZeroU32::new(age.saturating_sub(limit_days)), tier) {
        (Some(days), _) => Freshness::Overdue {
            age_days: age,
            due_on: due,
            days,
        },
        (None, Some(_)) => Freshness::DueSoon {
            age_days: age,
            due_on: due,
            days_left: limit_days.saturating_sub(age),
        },
        (None, None) => Freshness::Fresh {
            age_days: age,
            due_on: due,
        },
    };
    (freshness, tier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::{Basis, Evidence};
    use crate::domain::id::ColumnId;
    use crate::domain::observation::Blind;
    use crate::domain::time::moment;
    use crate::domain::visit::{Failure, Validators};

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn record(on: Option<&str>) -> ColumnRecord {
        let at = moment(date("2017-11-14").and_hms_opt(9, 0, 0).unwrap());
        ColumnRecord {
            column: ColumnId::parse("kxw/gzdt").unwrap(),
            last_update: on.map(|on| LastUpdate {
                on: date(on),
                basis: Basis::ListRow,
                evidence: Evidence {
                    page: String::new(),
                    title: String::new(),
                    link: None,
                    snippet: String::new(),
                },
            }),
            read_at: Some(at),
            blind: None,
            empty_since: None,
            signature: None,
            digest: None,
            proof: None,
            validators: Validators::default(),
            reader: None,
            visited_at: at,
            revisit_at: None,
        }
    }

    fn judged(record: &ColumnRecord, today: &str) -> Judgement {
        judge(
            Some(record),
            Watch::Judged,
            14,
            &Ladder::default(),
            date(today),
        )
    }

    #[test]
    fn the_day_of_the_limit_is_in_time_and_the_next_is_not() {
        let record = record(Some("2017-11-03"));
        let table = [
            ("2017-11-03", None),
            ("2017-11-13", None),
            ("2017-11-14", Some(Tier::Reminder)),
            ("2017-11-16", Some(Tier::Warning)),
            ("2017-11-17", Some(Tier::Warning)),
            ("2017-11-18", Some(Tier::Overdue)),
            ("2017-11-25", Some(Tier::SeverelyOverdue)),
        ];
        for (today, tier) in table {
            assert_eq!(judged(&record, today).tier, tier, "{today}");
        }
        let Freshness::Overdue { days, due_on, .. } = judged(&record, "2017-11-18").freshness
        else {
            panic!("not overdue");
        };
        assert_eq!((days.get(), due_on), (1, date("2017-11-17")));
    }

    #[test]
    fn a_blind_column_is_unknown_once_its_last_date_would_matter() {
        let mut record = record(Some("2017-11-03"));
        record.blind = Some(Blind {
            since: record.visited_at,
            visits: 1,
            silent: 1,
            why: Cause::Failed(Failure::Dns),
        });
        assert!(matches!(
            judged(&record, "2017-11-10").freshness,
            Freshness::Fresh { age_days: 7, .. }
        ));
        let late = judged(&record, "2017-11-20");
        assert!(matches!(late.freshness, Freshness::Unknown { .. }));
        assert_eq!(late.tier, None);
    }

    #[test]
    fn a_date_of_tomorrow_is_of_age_zero() {
        assert_eq!(age_days(date("2017-11-04"), date("2017-11-03")), 0);
    }

    #[test]
    fn an_emptied_column_is_empty_and_not_fresh_by_its_old_items() {
        let mut record = record(Some("2017-11-03"));
        record.empty_since = Some(record.visited_at);
        assert!(matches!(
            judged(&record, "2017-11-04").freshness,
            Freshness::Empty { .. }
        ));
    }

    #[test]
    fn an_exempt_column_reaches_no_tier_and_keeps_its_last_update() {
        let record = record(Some("2017-10-03"));
        let until = Some(date("2017-11-30"));
        let exempt = judged(&record, "2017-11-14").under(until);
        assert!(matches!(exempt.freshness, Freshness::Exempt { .. }));
        assert_eq!(exempt.tier, None);
        assert!(exempt.last_update.is_some());
        let ladder = Ladder::default();
        let blank = judge(None, Watch::NotConfigured, 14, &ladder, date("2017-11-14"));
        assert_eq!(blank.under(until).freshness, Freshness::NotConfigured);
    }

    #[test]
    fn an_unconfirmed_column_shows_its_date_and_reaches_no_tier() {
        let long_dead = record(Some("2015-11-03"));
        let ladder = Ladder::default();
        let today = date("2017-11-14");
        let judged = judge(Some(&long_dead), Watch::Unconfirmed, 14, &ladder, today);
        assert_eq!(
            (judged.freshness, judged.tier),
            (Freshness::Unconfirmed, None)
        );
        assert_eq!(judged.last_update, long_dead.last_update);
    }

    #[test]
    fn nothing_is_said_of_what_nobody_configured_or_visited() {
        let ladder = Ladder::default();
        let today = date("2017-11-04");
        let freshness = |record, watch| judge(record, watch, 14, &ladder, today).freshness;
        assert_eq!(
            freshness(None, Watch::NotConfigured),
            Freshness::NotConfigured
        );
        assert_eq!(freshness(None, Watch::Judged), Freshness::NotYetVisited);
    }
}
