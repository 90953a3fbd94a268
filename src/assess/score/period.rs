//! Periods of assessment: a month, a quarter or a year of the calendar.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, Days, Months};
use serde::{Deserialize, Serialize};

use crate::domain::time::Date;

/// The first year that is accepted; pages of government sites are not older.
const FIRST_YEAR: i32 = 1995;
/// The last year that is accepted.
const LAST_YEAR: i32 = 2200;

/// A period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    first: Date,
    months: u32,
}

/// Why a text names no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no period; write a month as 2026-07, a quarter as 2026Q3, a year as 2026")]
pub struct PeriodFault(String);

impl Period {
    /// The first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// The last day.
    pub fn last(self) -> Date {
        let next = self.first.checked_add_months(Months::new(self.months));
        next.and_then(|next| next.checked_sub_days(Days::new(1)))
            .unwrap_or(Date::MAX)
    }

    /// The period of the same length before it.
    pub fn before(self) -> Period {
        let first = self.first.checked_sub_months(Months::new(self.months));
        Period {
            first: first.unwrap_or(self.first),
            months: self.months,
        }
    }

    /// Its name in a report: `2026年第三季度`.
    pub fn in_chinese(self) -> String {
        let year = self.first.year();
        match self.months {
            1 => format!("{year}年{}月", self.first.month()),
            3 => {
                let number = ["一", "二", "三", "四"]
                    .get(self.first.month0() as usize / 3)
                    .copied()
                    .unwrap_or_default();
                format!("{year}年第{number}季度")
            }
            _ => format!("{year}年度"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodFault;

    fn from_str(text: &str) -> Result<Period, PeriodFault> {
        let fault = || PeriodFault(text.chars().take(40).collect());
        let upper = text.trim().to_ascii_uppercase();
        let (year, month, months) = match upper.split_once(['-', 'Q', 'M']) {
            None => (upper.as_str(), 1, 12),
            Some((year, number)) => {
                let number: u32 = number.parse().map_err(|_| fault())?;
                match upper.contains('Q') {
                    true if (1..=4).contains(&number) => (year, number * 3 - 2, 3),
                    true => return Err(fault()),
                    false => (year, number, 1),
                }
            }
        };
        if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(fault());
        }
        let year: i32 = year.parse().map_err(|_| fault())?;
        let first = Date::from_ymd_opt(year, month, 1);
        let first = first.filter(|_| (FIRST_YEAR..=LAST_YEAR).contains(&year));
        Ok(Period {
            first: first.ok_or_else(fault)?,
            months,
        })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.first.year();
        match self.months {
            1 => write!(f, "{year}-{:02}", self.first.month()),
            3 => write!(f, "{year}Q{}", self.first.month0() / 3 + 1),
            _ => write!(f, "{year}"),
        }
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodFault;
    fn try_from(text: String) -> Result<Self, PeriodFault> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> String {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_months_quarters_and_years() {
        let rows = [
            (
                "2026-07",
                "2026-07",
                "2026-07-01",
                "2026-07-31",
                "2026-06",
                "2026年7月",
            ),
            (
                "2026M2",
                "2026-02",
                "2026-02-01",
                "2026-02-28",
                "2026-01",
                "2026年2月",
            ),
            (
                "2026q1",
                "2026Q1",
                "2026-01-01",
                "2026-03-31",
                "2025Q4",
                "2026年第一季度",
            ),
            (
                "2026Q4",
                "2026Q4",
                "2026-10-01",
                "2026-12-31",
                "2026Q3",
                "2026年第四季度",
            ),
            (
                "2024",
                "2024",
                "2024-01-01",
                "2024-12-31",
                "2023",
                "2024年度",
            ),
        ];
        for (text, shown, first, last, before, chinese) in rows {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.to_string(), shown);
            assert_eq!(period.first().to_string(), first);
            assert_eq!(period.last().to_string(), last);
            assert_eq!(period.before().to_string(), before);
            assert_eq!(period.in_chinese(), chinese);
        }
    }

    #[test]
    fn whatever_is_no_period_is_refused() {
        for text in [
            "",
            "26",
            "2026Q5",
            "2026Q0",
            "2026-13",
            "2026-00",
            "1994",
            "2026QQ",
            "二〇二六",
            "2026-7-1",
            "99999Q1",
        ] {
            let fault = text.parse::<Period>().unwrap_err().to_string();
            assert!(fault.contains("2026Q3"), "{fault}");
        }
    }
}
