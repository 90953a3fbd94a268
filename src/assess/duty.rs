//! Duties by a date: what a column has to publish by a day of every year, such as an annual report.
//!
//! A duty is met by an item of its column that was published since the period opened and whose title
//! holds one of the configured words. That nothing was published is proven only by a list that
//! reaches back to before the period, or that was watched since then.

use std::collections::BTreeSet;

use chrono::{Datelike as _, Days};

use super::ladder::Tier;
use crate::domain::class::Class;
use crate::domain::group::Column;
use crate::domain::id::ColumnId;
use crate::domain::item::Item;
use crate::domain::observation::ColumnRecord;
use crate::domain::time::{Date, date_of};

/// A day of every year. The 29th of February is the 28th where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct YearDay {
    /// The month, 1 to 12.
    pub month: u32,
    /// The day of the month.
    pub day: u32,
}

impl YearDay {
    /// The day in `year`.
    pub fn of(self, year: i32) -> Date {
        Date::from_ymd_opt(year, self.month, self.day)
            .or_else(|| Date::from_ymd_opt(year, self.month, self.day.saturating_sub(1)))
            .unwrap_or_default()
    }
}

/// Where the tiers begin, in natural days before and after the due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueLadder {
    /// 提醒: so many days before it.
    pub reminder_days: u32,
    /// 预警: so many days before it.
    pub warning_days: u32,
    /// 严重超期: more than so many days after it.
    pub severe_days: u32,
    /// Working days of severely overdue after which escalation is proposed.
    pub escalate_after_working_days: u32,
}

impl Default for DueLadder {
    /// Ours: no text gives any.
    fn default() -> Self {
        DueLadder {
            reminder_days: 30,
            warning_days: 7,
            severe_days: 15,
            escalate_after_working_days: 10,
        }
    }
}

impl DueLadder {
    /// The tier on `today`; `None` while nothing is due.
    pub fn tier(&self, due_on: Date, today: Date) -> Option<Tier> {
        let left = (due_on - today).num_days();
        if left < -i64::from(self.severe_days) {
            Some(Tier::SeverelyOverdue)
        } else if left < 0 {
            Some(Tier::Overdue)
        } else if left <= i64::from(self.warning_days) {
            Some(Tier::Warning)
        } else if left <= i64::from(self.reminder_days) {
            Some(Tier::Reminder)
        } else {
            None
        }
    }

    /// Whether each tier begins later than the one before, and all of them within a period that
    /// opens `open_days` before the due date and ends a year after it opened.
    pub fn rises(&self, open_days: u32) -> bool {
        self.reminder_days > self.warning_days
            && self.warning_days > 0
            && self.severe_days > 0
            && self.reminder_days <= open_days
            && open_days + self.severe_days < 365
    }
}

/// What is owed by a day of every year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The word by which the configuration names it.
    pub id: String,
    /// What is owed, in the words of a message.
    pub name: String,
    /// The columns that owe it.
    pub columns: BTreeSet<ColumnId>,
    /// The classes all of whose columns owe it.
    pub classes: BTreeSet<Class>,
    /// From which day on items count.
    pub opens: YearDay,
    /// The last day that is in time.
    pub due: YearDay,
    /// Words of titles, of which one suffices; without any, every item meets the duty.
    pub titles: Vec<String>,
    /// Where the tiers begin.
    pub ladder: DueLadder,
}

/// One year's run of a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day whose items count.
    pub opens_on: Date,
    /// The last day that is in time.
    pub due_on: Date,
}

/// How a duty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand<'a> {
    /// This item meets it.
    Met(&'a Item),
    /// Nothing meets it, for certain.
    Unmet,
    /// It cannot be told.
    Untold,
}

impl Duty {
    /// Whether `column` owes it.
    pub fn is_of(&self, column: &Column) -> bool {
        self.columns.contains(&column.id) || self.classes.contains(&column.class)
    }

    /// The period that runs on `today`: the one that opened last.
    pub fn period(&self, today: Date) -> Period {
        let in_year = self.opens.of(today.year());
        let opens_on = match in_year <= today {
            true => in_year,
            false => self.opens.of(today.year() - 1),
        };
        let same_year = self.due.of(opens_on.year());
        let due_on = match same_year >= opens_on {
            true => same_year,
            false => self.due.of(opens_on.year() + 1),
        };
        Period { opens_on, due_on }
    }

    /// The days from the opening of a period to its due date.
    pub fn open_days(&self) -> u32 {
        let first = Date::from_ymd_opt(2017, 12, 31).unwrap_or_default();
        let period = self.period(first);
        u32::try_from((period.due_on - period.opens_on).num_days()).unwrap_or(0)
    }

    /// How the duty stands in `period` by what is known of its column.
    pub fn stand<'a>(
        &self,
        period: Period,
        record: Option<&ColumnRecord>,
        items: &'a [Item],
        today: Date,
    ) -> Stand<'a> {
        let meets = |item: &&Item| self.names(&item.title) && is_within(item, period, today);
        if let Some(item) = items.iter().find(meets) {
            return Stand::Met(item);
        }
        let is_seen = record.is_some_and(|record| {
            record.blind.is_none() && record.empty_since.is_none() && record.read_at.is_some()
        });
        let reaches_back = items.iter().any(|item| {
            let claimed = item.claimed_on.is_some_and(|on| on < period.opens_on);
            claimed || date_of(item.first_seen_at) < period.opens_on
        });
        match is_seen && reaches_back {
            true => Stand::Unmet,
            false => Stand::Untold,
        }
    }

    fn names(&self, title: &str) -> bool {
        self.titles.is_empty() || self.titles.iter().any(|word| title.contains(word.as_str()))
    }
}

/// Whether the item was published in the period. One without a date counts where its appearance was
/// witnessed: the benefit of the doubt is the unit's.
fn is_within(item: &Item, period: Period, today: Date) -> bool {
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    match item.claimed_on {
        Some(on) => (period.opens_on..=tomorrow).contains(&on),
        None => item.witnessed && date_of(item.first_seen_at) >= period.opens_on,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;
    use crate::domain::visit::Validators;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn report(opens: (u32, u32), due: (u32, u32)) -> Duty {
        let day = |(month, day)| YearDay { month, day };
        Duty {
            id: "annual-report".to_owned(),
            name: "政府信息公开工作年度报告".to_owned(),
            columns: BTreeSet::new(),
            classes: BTreeSet::new(),
            opens: day(opens),
            due: day(due),
            titles: vec!["年度报告".to_owned(), "年报".to_owned()],
            ladder: DueLadder::default(),
        }
    }

    #[test]
    fn the_default_ladder_begins_so_many_days_before_and_after() {
        let rows = [
            ("2018-02-28", None),
            ("2018-03-01", Some(Tier::Reminder)),
            ("2018-03-23", Some(Tier::Reminder)),
            ("2018-03-24", Some(Tier::Warning)),
            ("2018-03-31", Some(Tier::Warning)),
            ("2018-04-01", Some(Tier::Overdue)),
            ("2018-04-15", Some(Tier::Overdue)),
            ("2018-04-16", Some(Tier::SeverelyOverdue)),
        ];
        for (today, tier) in rows {
            let found = DueLadder::default().tier(date("2018-03-31"), date(today));
            assert_eq!(found, tier, "{today}");
        }
    }

    #[test]
    fn a_period_may_pass_the_new_year() {
        let rows = [
            ((1, 1), (3, 31), "2018-01-01", "2018-01-01", "2018-03-31"),
            ((1, 1), (3, 31), "2017-12-31", "2017-01-01", "2017-03-31"),
            ((11, 1), (1, 31), "2017-11-01", "2017-11-01", "2018-01-31"),
            ((11, 1), (1, 31), "2017-10-31", "2016-11-01", "2017-01-31"),
            ((1, 1), (2, 29), "2018-05-01", "2018-01-01", "2018-02-28"),
        ];
        for (opens, due, today, opens_on, due_on) in rows {
            let period = report(opens, due).period(date(today));
            let expected = (date(opens_on), date(due_on));
            assert_eq!((period.opens_on, period.due_on), expected, "{today}");
        }
        assert_eq!(report((1, 1), (3, 31)).open_days(), 89);
    }

    #[test]
    fn a_ladder_that_does_not_rise_is_known() {
        let ladder = DueLadder::default();
        assert!(ladder.rises(89) && ladder.rises(30));
        assert!(!ladder.rises(29));
        for wrong in [(7, 7, 15), (30, 0, 15), (30, 7, 0), (30, 7, 300)] {
            let ladder = DueLadder {
                reminder_days: wrong.0,
                warning_days: wrong.1,
                severe_days: wrong.2,
                ..ladder
            };
            assert!(!ladder.rises(89), "{wrong:?}");
        }
    }

    fn item(title: &str, on: Option<&str>, seen: &str, witnessed: bool) -> Item {
        Item {
            column: ColumnId::parse("kxw/ndbg").unwrap(),
            title: title.to_owned(),
            url: None,
            claimed_on: on.map(date),
            first_seen_at: moment(date(seen).and_hms_opt(9, 0, 0).unwrap()),
            witnessed,
            changes: Vec::new(),
        }
    }

    #[test]
    fn only_what_the_list_proves_is_called_unmet() {
        let at = moment(date("2018-03-20").and_hms_opt(9, 0, 0).unwrap());
        let record = ColumnRecord {
            column: ColumnId::parse("kxw/ndbg").unwrap(),
            last_update: None,
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
        };
        let old = || {
            item(
                "2016年政府信息公开年度报告",
                Some("2017-03-08"),
                "2018-02-01",
                false,
            )
        };
        let other = || item("关于放假的通知", Some("2018-02-08"), "2018-02-08", true);
        let rows: [(Vec<Item>, &str); 7] = [
            (vec![], "untold"),
            (vec![other()], "untold"),
            (vec![old(), other()], "unmet"),
            (vec![item("通知", None, "2017-12-30", false)], "unmet"),
            (
                vec![
                    old(),
                    item("2017年年报", Some("2018-01-01"), "2018-02-01", false),
                ],
                "met",
            ),
            (
                vec![
                    old(),
                    item("2017年年报", Some("2017-12-31"), "2018-02-01", false),
                ],
                "unmet",
            ),
            (
                vec![old(), item("2017年年报", None, "2018-02-01", true)],
                "met",
            ),
        ];
        let duty = report((1, 1), (3, 31));
        let today = date("2018-03-20");
        let period = duty.period(today);
        for (items, stands) in rows {
            let found = match duty.stand(period, Some(&record), &items, today) {
                Stand::Met(_) => "met",
                Stand::Unmet => "unmet",
                Stand::Untold => "untold",
            };
            assert_eq!(found, stands, "{items:?}");
        }
        assert_eq!(duty.stand(period, None, &[old()], today), Stand::Untold);
    }
}
