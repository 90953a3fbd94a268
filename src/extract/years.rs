//! From what rows print to dates: implausible ones are refused, the address fills what is
//! missing, and month-and-day rows get their year from the link's path or the order of the list.
//! The nearest past year alone is a guess that makes dead columns look alive; it is marked so.

use std::collections::HashMap;

use chrono::{Datelike as _, Days, NaiveDate};

use super::address::{self, PathDate};
use super::dates::{self, Stamp};
use super::printed::{Mark, Reserve};
use super::rows::Listed;
use crate::domain::finding::Basis;
use crate::domain::time::Date;

/// A later date than the row above by more than this is a turn of the year, not disorder.
const TURN_DAYS: i64 = 60;

/// Rows that share one day in their addresses from which it is that of a move: fewer may be of
/// one day.
const SHARED_ROWS: usize = 5;

/// What of a claimed day is not printed, nor proven by the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing.
    None,
    /// The year: the newest that the order allows was taken.
    Year,
    /// The year: that in the address of the list was taken.
    ListYear,
    /// The day of the month: its last was taken.
    Day,
    /// Whose day it is: that on which a letter was written.
    Asked,
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
    /// Month and day, for which the page names two years.
    Disputed,
    /// Nothing but a day in the address that all rows of the list share: that of a move, not of a
    /// publication.
    Shared(Date),
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
            Dating::Claim(_) | Dating::Disputed | Dating::Shared(_) | Dating::None => None,
        }
    }
}

/// What a page tells of the years of its rows beside the rows themselves.
#[derive(Debug, Default)]
pub struct Given {
    /// The year printed for each row.
    pub printed: Vec<Option<i32>>,
    /// The year in the address of the page.
    pub listed: Option<i32>,
}

/// Dates the rows of a page, which stand in document order.
pub fn date(rows: &[Listed], given: &Given, today: Date) -> Vec<Dating> {
    let lists = Lists::of(rows, given.listed, today);
    let paths: Vec<Option<PathDate>> = rows.iter().map(path_date).collect();
    let shared = shared(rows, &paths);
    let mut out = Vec::with_capacity(rows.len());
    let mut above: Option<(usize, Date)> = None;
    for (at, row) in rows.iter().enumerate() {
        let from = above
            .filter(|(list, _)| *list == row.list)
            .map(|(_, date)| date);
        let printed = given.printed.get(at).copied().flatten();
        let path = paths.get(at).copied().flatten();
        let dating = match (path, shared.get(&row.path)) {
            (Some(PathDate::Day(day)), Some(shared)) if day == *shared => {
                match lists.one(row, None, printed, from, today) {
                    Dating::None if row.mark.is_none() => Dating::Shared(day),
                    dating => dating,
                }
            }
            (path, _) => lists.one(row, path, printed, from, today),
        };
        if let Dating::Claim(claim) = dating
            && !is_pinned(row)
        {
            above = Some((row.list, claim.on));
        }
        out.push(dating);
    }
    out
}

/// The date in the address of a row, where the row does not tell the whole day itself.
fn path_date(row: &Listed) -> Option<PathDate> {
    let whole = row
        .mark
        .as_ref()
        .is_some_and(|mark| matches!(mark.stamp, Stamp::Full(_) | Stamp::Ago(_)));
    let url = row.url.as_ref().filter(|_| !whole)?;
    address::path_date(url)
}

/// Days that the addresses of many rows of one structure carry, and no other, although nothing that
/// is printed agrees.
fn shared(rows: &[Listed], paths: &[Option<PathDate>]) -> HashMap<u64, Date> {
    /// Day, rows with it, whether all have it, whether all print it.
    type Run = (Date, usize, bool, bool);
    let mut runs: HashMap<u64, Run> = HashMap::new();
    for (row, path) in rows.iter().zip(paths) {
        let Some(PathDate::Day(day)) = path else {
            continue;
        };
        let (first, count, one, printed) = runs.entry(row.path).or_insert((*day, 0, true, true));
        *count += 1;
        *one &= first == day;
        *printed &= row
            .mark
            .as_ref()
            .is_some_and(|mark| mark.stamp == Stamp::MonthDay(day.month(), day.day()));
    }
    let shared = runs
        .into_iter()
        .filter(|(_, (_, count, one, printed))| *count >= SHARED_ROWS && *one && !printed);
    shared.map(|(path, (day, ..))| (path, day)).collect()
}

/// What the rows of one list tell of each other.
#[derive(Debug, Clone, Copy, Default)]
struct List {
    /// Some short date can only begin with its year.
    year_first: bool,
    /// Some number before a month cannot be one, so it is the day.
    day_first: bool,
    /// The same the other way round.
    month_first: bool,
    /// Some row has another year than the address of the list.
    other_year: bool,
    /// Some row of month and day stands so that a year has turned above it.
    turns: bool,
    /// Some stands so that the list may run upwards.
    rises: bool,
    /// Some stands so that it may run downwards.
    falls: bool,
    /// Some row of month and day is more than two single digits.
    has_month_days: bool,
}

/// The lists of a page that have dates which tell of each other.
struct Lists {
    known: HashMap<usize, List>,
    listed: Option<i32>,
}

impl Lists {
    fn of(rows: &[Listed], listed: Option<i32>, today: Date) -> Lists {
        let mut known: HashMap<usize, List> = HashMap::new();
        let mut above: Option<(usize, u32, u32)> = None;
        for row in rows {
            let Some(mark) = &row.mark else { continue };
            match mark.stamp {
                Stamp::Short(on) if dates::begins_with_year(on, today) => {
                    known.entry(row.list).or_default().year_first = true;
                }
                Stamp::Turned(first, second, _) if first > 12 || second > 12 => {
                    let list = known.entry(row.list).or_default();
                    list.day_first |= first > 12;
                    list.month_first |= second > 12;
                }
                Stamp::Full(on) if listed.is_some_and(|year| year != on.year()) => {
                    known.entry(row.list).or_default().other_year = true;
                }
                Stamp::MonthDay(month, day) if !is_pinned(row) => {
                    let list = known.entry(row.list).or_default();
                    list.has_month_days |= mark.reserve != Reserve::Thin;
                    if let Some((_, m, d)) = above.filter(|(of, ..)| *of == row.list) {
                        let later = days(month, day) - days(m, d);
                        list.turns |= later > TURN_DAYS;
                        list.rises |= later > 0;
                        list.falls |= later < 0;
                    }
                    above = Some((row.list, month, day));
                }
                _ => {}
            }
        }
        Lists { known, listed }
    }

    fn list(&self, row: &Listed) -> List {
        self.known.get(&row.list).copied().unwrap_or_default()
    }

    fn one(
        &self,
        row: &Listed,
        path: Option<PathDate>,
        printed: Option<i32>,
        above: Option<Date>,
        today: Date,
    ) -> Dating {
        let by_path = || match path {
            Some(PathDate::Day(day)) => believed(day, Basis::UrlPath, Doubt::None, true, today),
            _ => Dating::None,
        };
        let Some(mark) = &row.mark else {
            return by_path();
        };
        let plain = match mark.reserve {
            Reserve::Asked => Doubt::Asked,
            Reserve::Thin if !self.list(row).has_month_days => return by_path(),
            Reserve::Thin | Reserve::None => Doubt::None,
        };
        let dated = |day, doubt| believed(day, mark.basis, doubt, mark.apart, today);
        match mark.stamp {
            Stamp::Full(day) => dated(day, plain),
            Stamp::Ago(days) => match today.checked_sub_days(Days::new(u64::from(days))) {
                Some(day) => dated(day, plain),
                None => Dating::None,
            },
            Stamp::Short(day) => match path.map(year_of) {
                _ if self.list(row).year_first => dated(day, plain),
                Some(year) if (year - day.year()).abs() <= 1 => dated(day, plain),
                _ => dated(day, Doubt::Year),
            },
            Stamp::Turned(first, second, year) => {
                match self.turned(self.list(row), first, second, year) {
                    Some(day) => dated(day, plain),
                    None => by_path(),
                }
            }
            Stamp::MonthDay(month, day) => match (printed, path) {
                (Some(year), path) => {
                    let on = NaiveDate::from_ymd_opt(year, month, day);
                    let other = path.and_then(|path| near_path(path, month, day));
                    match on {
                        Some(on) if other.is_none_or(|other| other == on) => dated(on, plain),
                        Some(_) => Dating::Disputed,
                        None => Dating::None,
                    }
                }
                (None, Some(path)) => match near_path(path, month, day) {
                    Some(on) => dated(on, plain),
                    None => by_path(),
                },
                (None, None) => self.by_list(row, (month, day), above, today, dated),
            },
            Stamp::Month(year, month) => match by_path() {
                Dating::None => by_month(year, month, mark, today),
                dating => dating,
            },
        }
    }

    /// Month and day with the year in the address of the list, or by the order of the rows.
    fn by_list(
        &self,
        row: &Listed,
        (month, day): (u32, u32),
        above: Option<Date>,
        today: Date,
        dated: impl Fn(Date, Doubt) -> Dating,
    ) -> Dating {
        let list = self.list(row);
        if let Some(year) = self.listed.filter(|_| !list.other_year) {
            let on = NaiveDate::from_ymd_opt(year, month, day);
            let fits = |on: &Date| {
                dates::is_plausible(*on, today) && !(list.turns && list.rises && list.falls)
            };
            return match on.filter(fits) {
                Some(on) => dated(on, Doubt::ListYear),
                None => Dating::Disputed,
            };
        }
        match by_order(month, day, above, today) {
            Some(on) => dated(on, Doubt::Year),
            None => Dating::None,
        }
    }

    fn turned(&self, list: List, first: u32, second: u32, year: i32) -> Option<Date> {
        match (list.day_first, list.month_first) {
            (true, false) => dates::ordered(first, second, year, true),
            (false, true) => dates::ordered(first, second, year, false),
            _ if first == second => dates::ordered(first, second, year, true),
            _ => None,
        }
    }
}

/// Days of a year before month and day, near enough for their order.
fn days(month: u32, day: u32) -> i64 {
    i64::from(month) * 31 + i64::from(day)
}

fn year_of(path: PathDate) -> i32 {
    match path {
        PathDate::Day(date) => date.year(),
        PathDate::Month(year, _) | PathDate::Year(year) => year,
    }
}

/// Whether a row says that it stands where it stands whatever its date.
pub fn is_pinned(row: &Listed) -> bool {
    row.title.contains("置顶")
        || ["[顶]", "【顶】"]
            .iter()
            .any(|mark| row.title.starts_with(mark))
}

/// The last day of the month, as far as it has come.
fn by_month(year: i32, month: u32, mark: &Mark, today: Date) -> Dating {
    let first = NaiveDate::from_ymd_opt(year, month, 1);
    match (dates::end_of_month(year, month, today), first) {
        (Some(last), _) => believed(last, mark.basis, Doubt::Day, mark.apart, today),
        (None, Some(first)) => Dating::Implausible(first),
        (None, None) => Dating::None,
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
                reserve: Reserve::None,
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
            let got: Vec<String> = date(&rows, &Given::default(), today)
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
            let dating = date(rows, &Given::default(), d("2018-03-18"));
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
        let known: Vec<bool> = date(&rows, &Given::default(), d("2018-03-18"))
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
            let dating = date(
                &[row(Some(Stamp::Full(d(text))), "/x")],
                &Given::default(),
                today,
            );
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
            &Given::default(),
            d("2018-03-18"),
        );
        assert_eq!(
            dating[0].claim().map(|c| (c.on, c.basis)),
            Some((d("2017-11-03"), Basis::UrlPath))
        );
        assert_eq!(dating[1], Dating::None);
    }
}
