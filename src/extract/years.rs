//! From what rows print to dates: implausible ones are refused, the address fills what is
//! missing, and month-and-day rows get their year from the link's path or the order of the list.
//! The nearest past year alone is a guess that makes dead columns look alive; it is marked so.

use chrono::{Datelike as _, Days, Months, NaiveDate};

use super::address::{self, PathDate};
use super::dates::{self, Stamp};
use super::printed::Mark;
use super::rows::Listed;
use crate::domain::finding::Basis;
use crate::domain::time::Date;

/// A later date than the row above by more than this is a turn of the year, not disorder.
const TURN_DAYS: i64 = 60;

/// What of a claimed day is not printed, nor proven by the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing.
    None,
    /// The year: the newest that the order allows was taken.
    Year,
    /// The day of the month: its last was taken.
    Day,
}

/// The date of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The day.
    pub on: Date,
    /// Where it stands.
    pub basis: Basis,
    /// What of the day is not printed.
    pub doubt: Doubt,
    /// Whether the date stands apart from the title.
    pub apart: bool,
}

/// What became of a row's date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dating {
    /// A date that can be believed.
    Claim(Claim),
    /// A date in the future or before 1995: the first day that what is printed can mean.
    Implausible(Date),
    /// No date.
    None,
}

impl Dating {
    /// The claim, if there is one.
    pub fn claim(self) -> Option<Claim> {
        match self {
            Dating::Claim(claim) => Some(claim),
            _ => None,
        }
    }

    /// The date that is printed and cannot be believed.
    pub fn refused(self) -> Option<Date> {
        match self {
            Dating::Implausible(on) => Some(on),
            Dating::Claim(_) | Dating::None => None,
        }
    }
}

/// Dates the rows of a page, which stand in document order.
pub fn date(rows: &[Listed], today: Date) -> Vec<Dating> {
    let mut out = Vec::with_capacity(rows.len());
    let mut above: Option<(usize, Date)> = None;
    for row in rows {
        let from = above
            .filter(|(list, _)| *list == row.list)
            .map(|(_, date)| date);
        let dating = one(row, from, today);
        if let Dating::Claim(claim) = dating
            && !is_pinned(row)
        {
            above = Some((row.list, claim.on));
        }
        out.push(dating);
    }
    out
}

/// Whether a row says that it stands where it stands whatever its date.
fn is_pinned(row: &Listed) -> bool {
    row.title.contains("置顶")
        || ["[顶]", "【顶】"]
            .iter()
            .any(|mark| row.title.starts_with(mark))
}

fn one(row: &Listed, above: Option<Date>, today: Date) -> Dating {
    let path = || row.url.as_ref().and_then(address::path_date);
    let by_path = || match path() {
        Some(PathDate::Day(day)) => believed(day, Basis::UrlPath, Doubt::None, true, today),
        _ => Dating::None,
    };
    let Some(mark) = &row.mark else {
        return by_path();
    };
    match mark.stamp {
        Stamp::Full(day) => believed(day, mark.basis, Doubt::None, mark.apart, today),
        Stamp::Ago(days) => match today.checked_sub_days(Days::new(u64::from(days))) {
            Some(day) => believed(day, mark.basis, Doubt::None, mark.apart, today),
            None => Dating::None,
        },
        Stamp::MonthDay(month, day) => match path() {
            Some(path) => match near_path(path, month, day) {
                Some(date) => believed(date, mark.basis, Doubt::None, mark.apart, today),
                None => by_path(),
            },
            None => match by_order(month, day, above, today) {
                Some(date) => believed(date, mark.basis, Doubt::Year, mark.apart, today),
                None => Dating::None,
            },
        },
        Stamp::Month(year, month) => match by_path() {
            Dating::None => by_month(year, month, mark, today),
            dating => dating,
        },
    }
}

/// The last day of the month, as far as it has come.
fn by_month(year: i32, month: u32, mark: &Mark, today: Date) -> Dating {
    let first = NaiveDate::from_ymd_opt(year, month, 1);
    let last = first
        .and_then(|first| first.checked_add_months(Months::new(1)))
        .and_then(|next| next.pred_opt());
    match (first, last) {
        (Some(first), Some(last)) if dates::is_plausible(first, today) => {
            believed(last.min(today), mark.basis, Doubt::Day, mark.apart, today)
        }
        (Some(first), _) => Dating::Implausible(first),
        (None, _) => Dating::None,
    }
}

fn believed(on: Date, basis: Basis, doubt: Doubt, apart: bool, today: Date) -> Dating {
    if dates::is_plausible(on, today) {
        Dating::Claim(Claim {
            on,
            basis,
            doubt,
            apart,
        })
    } else {
        Dating::Implausible(on)
    }
}

/// The year that brings month and day nearest to the date in the path: rows are posted some days
/// after the document was created, over the turn of a year too.
fn near_path(path: PathDate, month: u32, day: u32) -> Option<Date> {
    let middle = match path {
        PathDate::Day(date) => date,
        PathDate::Month(year, month) => NaiveDate::from_ymd_opt(year, month, 15)?,
        PathDate::Year(year) => return NaiveDate::from_ymd_opt(year, month, day),
    };
    (-1..=1)
        .filter_map(|step| NaiveDate::from_ymd_opt(middle.year() + step, month, day))
        .min_by_key(|date| (*date - middle).num_days().abs())
}

/// The newest year that the row above, or today, allows.
fn by_order(month: u32, day: u32, above: Option<Date>, today: Date) -> Option<Date> {
    let limit = match above {
        Some(above) => above
            .checked_add_days(Days::new(TURN_DAYS.unsigned_abs()))?
            .min(today),
        None => today,
    };
    (0..=8)
        .filter_map(|back| NaiveDate::from_ymd_opt(limit.year() - back, month, day))
        .find(|date| *date <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    fn d(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn row(stamp: Option<Stamp>, path: &str) -> Listed {
        Listed {
            title: "关于开展检查的通知".to_owned(),
            weight: 9,
            url: Url::parse("http://a.gov.cn")
                .and_then(|u| u.join(path))
                .ok(),
            mark: stamp.map(|stamp| Mark {
                stamp,
                basis: Basis::ListRow,
                snippet: String::new(),
                apart: true,
            }),
            block: 9,
            list: 3,
            path: 0,
            hidden: false,
            tucked: false,
            furniture: false,
        }
    }

    type Case<'a> = (&'a [(u32, u32, &'a str)], &'a [&'a str]);

    #[test]
    fn the_year_comes_from_the_path_then_from_the_order() {
        let today = d("2018-03-18");
        let cases: [Case; 5] = [
            (
                &[
                    (3, 15, "/x/1.html"),
                    (12, 28, "/x/2.html"),
                    (12, 1, "/x/3.html"),
                ],
                &["2018-03-15", "2017-12-28", "2017-12-01"],
            ),
            (
                &[
                    (3, 8, "/201803/t20180307_1.html"),
                    (3, 10, "/201603/t20160310_2.html"),
                ],
                &["2018-03-08", "2016-03-10"],
            ),
            (&[(1, 2, "/201712/t20171229_1.html")], &["2018-01-02"]),
            (&[(3, 20, "/x/1.html")], &["2017-03-20"]),
            (
                &[
                    (12, 8, "/x/1.html"),
                    (12, 12, "/x/2.html"),
                    (6, 1, "/x/3.html"),
                    (9, 1, "/x/4.html"),
                ],
                &["2017-12-08", "2017-12-12", "2017-06-01", "2016-09-01"],
            ),
        ];
        for (rows, expected) in cases {
            let rows: Vec<Listed> = rows
                .iter()
                .map(|(m, day, path)| row(Some(Stamp::MonthDay(*m, *day)), path))
                .collect();
            let got: Vec<String> = date(&rows, today)
                .into_iter()
                .filter_map(Dating::claim)
                .map(|c| c.on.to_string())
                .collect();
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn a_pinned_row_says_nothing_of_the_year_of_the_next() {
        let mut rows = [(1, 5), (3, 16), (3, 12)]
            .map(|(month, day)| row(Some(Stamp::MonthDay(month, day)), "/x/1.html"));
        let second = |rows: &[Listed]| {
            let dating = date(rows, d("2018-03-18"));
            dating[1].claim().map(|claim| claim.on.to_string())
        };
        assert_eq!(second(&rows).as_deref(), Some("2017-03-16"));
        rows[0].title = "[置顶]关于开展检查的通知".to_owned();
        assert_eq!(second(&rows).as_deref(), Some("2018-03-16"));
    }

    #[test]
    fn a_guessed_year_is_marked_and_a_proven_one_is_not() {
        let rows = [
            row(Some(Stamp::MonthDay(3, 1)), "/x/1.html"),
            row(Some(Stamp::MonthDay(3, 1)), "/201803/t20180301_1.html"),
        ];
        let known: Vec<bool> = date(&rows, d("2018-03-18"))
            .into_iter()
            .filter_map(Dating::claim)
            .map(|c| c.doubt == Doubt::None)
            .collect();
        assert_eq!(known, [false, true]);
    }

    #[test]
    fn dates_out_of_reason_are_refused() {
        let today = d("2018-03-18");
        for (text, good) in [
            ("2018-03-19", true),
            ("2018-03-20", false),
            ("1995-01-01", true),
            ("1994-12-31", false),
        ] {
            let dating = date(&[row(Some(Stamp::Full(d(text))), "/x")], today);
            assert_eq!(dating[0].refused().is_none(), good, "{text}");
        }
    }

    #[test]
    fn the_address_dates_a_row_that_prints_nothing() {
        let dating = date(
            &[
                row(None, "/201711/t20171103_1.html"),
                row(None, "/x/1.html"),
            ],
            d("2018-03-18"),
        );
        assert_eq!(
            dating[0].claim().map(|c| (c.on, c.basis)),
            Some((d("2017-11-03"), Basis::UrlPath))
        );
        assert_eq!(dating[1], Dating::None);
    }
}
