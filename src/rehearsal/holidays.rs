//! The holidays that the made-up past and the demo's window fall into: 2016 to 2018, by the
//! yearly notices of the State Council's General Office.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::calendar::{Calendar, Year};
use crate::domain::time::Date;

/// Month and day of the first and the last day of one holiday.
type Span = ((u32, u32), (u32, u32));

struct Table {
    year: i32,
    notice: &'static str,
    holidays: &'static [Span],
    make_up_days: &'static [(u32, u32)],
}

const TABLES: [Table; 3] = [
    Table {
        year: 2016,
        notice: "国办发明电〔2015〕18号",
        holidays: &[
            ((1, 1), (1, 3)),
            ((2, 7), (2, 13)),
            ((4, 2), (4, 4)),
            ((4, 30), (5, 2)),
            ((6, 9), (6, 11)),
            ((9, 15), (9, 17)),
            ((10, 1), (10, 7)),
        ],
        make_up_days: &[(2, 6), (2, 14), (6, 12), (9, 18), (10, 8), (10, 9)],
    },
    Table {
        year: 2017,
        notice: "国办发明电〔2016〕17号",
        holidays: &[
            ((1, 1), (1, 2)),
            ((1, 27), (2, 2)),
            ((4, 2), (4, 4)),
            ((4, 29), (5, 1)),
            ((5, 28), (5, 30)),
            ((10, 1), (10, 8)),
        ],
        make_up_days: &[(1, 22), (2, 4), (4, 1), (5, 27), (9, 30)],
    },
    Table {
        year: 2018,
        notice: "国办发明电〔2017〕12号、国办发明电〔2018〕15号",
        holidays: &[
            ((1, 1), (1, 1)),
            ((2, 15), (2, 21)),
            ((4, 5), (4, 7)),
            ((4, 29), (5, 1)),
            ((6, 16), (6, 18)),
            ((9, 22), (9, 24)),
            ((10, 1), (10, 7)),
            ((12, 30), (12, 31)),
        ],
        make_up_days: &[
            (2, 11),
            (2, 24),
            (4, 8),
            (4, 28),
            (9, 29),
            (9, 30),
            (12, 29),
        ],
    },
];

/// The calendar of the made-up world; other years count Monday to Friday.
pub fn calendar() -> Calendar {
    let years = TABLES.iter().map(|table| (table.year, year(table)));
    Calendar {
        years: years.collect::<BTreeMap<_, _>>(),
    }
}

fn year(table: &Table) -> Year {
    let date = |(month, day)| NaiveDate::from_ymd_opt(table.year, month, day);
    let holidays = table
        .holidays
        .iter()
        .filter_map(|&(first, last)| Some((date(first)?, date(last)?)))
        .flat_map(|(first, last)| first.iter_days().take_while(move |day| *day <= last))
        .collect::<BTreeSet<Date>>();
    Year {
        notice: table.notice.to_owned(),
        holidays,
        make_up_days: table
            .make_up_days
            .iter()
            .filter_map(|&day| date(day))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Datelike as _;

    #[test]
    fn the_working_days_of_each_year_are_as_many_as_the_notices_leave() {
        let calendar = calendar();
        // Counted with an independent calendar.
        let counts = [
            ("2016-01-01", "2016-12-31", 250),
            ("2017-01-01", "2017-12-31", 249),
            ("2018-01-01", "2018-12-31", 250),
        ];
        for (first, last, worked) in counts {
            let (first, last): (Date, Date) = (first.parse().unwrap(), last.parse().unwrap());
            let days = first.iter_days().take_while(|day| *day <= last);
            let count = days.filter(|&day| calendar.is_working_day(day)).count();
            assert_eq!(count, worked, "{}", first.year());
        }
    }
}
