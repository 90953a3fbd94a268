//! What goes wrong in the rehearsed weeks: which columns fall asleep and which sites fail.
//!
//! The casting is by chance, the parts are fixed: whatever the seed, every tier of the ladder is
//! reached by several columns, and every sort of failure is seen.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, TimeDelta};

use super::dialect::Dialect;
use super::dice::Dice;
use super::site::{Condition, Episode, SimColumn, SimSite};
use super::timetable::{Sleep, days_after};
use super::tricks::Trick;
use crate::calendar::Calendar;
use crate::domain::class::Class;
use crate::domain::id::ColumnId;
use crate::domain::time::{Date, Moment, moment};

/// A part for a column: when its last item is, as days from the first day of the window, at which
/// age it wakes, and whether it wakes with a burst of back-dated items.
#[derive(Clone, Copy)]
struct Nap {
    last: (i64, i64),
    wakes_at: Option<(u32, u32)>,
    burst: bool,
}

const fn nap(last: (i64, i64), wakes_at: Option<(u32, u32)>) -> Nap {
    Nap {
        last,
        wakes_at,
        burst: false,
    }
}

/// For columns with a limit of fourteen days: told at 11, 13, 15 and 22 days.
const NEWS: [Nap; 23] = [
    nap((-34, -27), None),
    nap((-30, -26), Some((33, 38))),
    nap((-18, -16), None),
    nap((-18, -16), Some((24, 28))),
    nap((-7, -4), None),
    nap((-7, -3), None),
    nap((-4, 0), None),
    nap((0, 3), None),
    nap((2, 5), None),
    nap((-6, 0), Some((23, 26))),
    nap((-3, 2), Some((24, 27))),
    Nap {
        last: (-5, 1),
        wakes_at: Some((17, 20)),
        burst: true,
    },
    nap((-4, 4), Some((16, 18))),
    nap((0, 8), Some((16, 21))),
    nap((2, 10), Some((15, 19))),
    nap((-2, 10), Some((13, 14))),
    nap((0, 10), Some((13, 14))),
    nap((2, 12), Some((13, 14))),
    nap((-2, 10), Some((11, 12))),
    nap((0, 12), Some((11, 12))),
    nap((3, 14), Some((11, 12))),
    nap((9, 14), None),
    // Wakes on the day on which it is called overdue.
    Nap {
        last: (-3, 0),
        wakes_at: Some((15, 15)),
        burst: true,
    },
];

/// For columns with a limit of half a year: told at 151, 174, 181 and 211 days.
const HALF_YEAR: [Nap; 7] = [
    nap((-149, -140), None),
    nap((-148, -138), Some((158, 165))),
    nap((-146, -130), None),
    nap((-172, -166), None),
    nap((-171, -165), Some((184, 190))),
    nap((-206, -200), None),
    nap((-206, -200), Some((215, 220))),
];

/// For columns with a limit of a year: told at 336, 359, 366 and 396 days.
const YEAR: [Nap; 4] = [
    nap((-330, -318), None),
    nap((-356, -348), Some((362, 365))),
    nap((-361, -352), None),
    nap((-392, -385), None),
];

/// A part for a site: the condition, the day and hour of its beginning, its hours.
type Trouble = (Condition, u32, u32, u32);

/// What befalls sites, one each. The two that come first also have a sleeping news column: its
/// limit passes while nobody can look.
const TROUBLES: [Trouble; 13] = [
    (Condition::Challenge, 6, 9, 74),
    (Condition::Closed, 19, 22, 24 * 365),
    (Condition::Closed, 3, 21, 37),
    (Condition::Closed, 12, 7, 9),
    (Condition::Silent, 8, 10, 7),
    (Condition::Silent, 22, 15, 6),
    (Condition::Challenge, 17, 13, 45),
    (Condition::ServerError, 10, 7, 10),
    (Condition::ServerError, 24, 1, 7),
    (Condition::Maintenance, 14, 17, 40),
    (Condition::WrongPage, 18, 11, 50),
    (Condition::SoftMissing, 11, 9, 30),
    (Condition::RedirectsHome, 20, 16, 70),
];

/// The naps of the first two troubled sites.
const HIDDEN: [Nap; 2] = [nap((-7, -5), None), nap((7, 9), None)];

/// The days on which sites are redesigned, at seven in the evening.
const REDESIGNS: [(u32, Dialect); 2] = [(9, Dialect::ListSpan), (15, Dialect::TableRow)];

/// Day, hour and minutes of the night in which the monitor's own network is down.
const OWN_NETWORK: (u32, u32, u32) = (13, 3, 90);

/// Day, hour and minutes in which the gateway fails.
const GATEWAY: [(u32, u32, u32); 2] = [(9, 8, 150), (16, 8, 45)];

/// The window that is rehearsed.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// The first day.
    pub start: Date,
    /// The last day.
    pub last: Date,
}

/// The parts as they were cast.
#[derive(Debug, Clone, Default)]
pub struct Cast {
    /// The columns that sleep.
    pub sleeps: BTreeMap<ColumnId, Sleep>,
    /// The columns that have never had an item.
    pub blank: BTreeSet<ColumnId>,
    /// The columns in which one item is not what it seems.
    pub tricks: BTreeMap<ColumnId, Trick>,
}

/// Casts the columns of `sites`, which come in an order of chance, the troubled ones first.
pub fn cast(sites: &[&SimSite], window: Window, calendar: &Calendar, dice: &mut Dice) -> Cast {
    let mut cast = Cast::default();
    let (troubled, calm) = sites.split_at(troubled_count().min(sites.len()));
    let mut give = |columns: Vec<&SimColumn>, naps: &[Nap], dice: &mut Dice| {
        for (column, &nap) in columns.iter().zip(naps) {
            let sleep = settle(nap, window.start, calendar, dice);
            cast.sleeps.insert(column.id.clone(), sleep);
        }
    };
    give(of_class(troubled, &[Class::News]), &HIDDEN, dice);
    let news = of_class(calm, &[Class::News]);
    give(news, &NEWS, dice);
    let mut half = of_class(
        calm,
        &[Class::Notices, Class::Policy, Class::Interpretation],
    );
    dice.shuffle(&mut half);
    give(half, &HALF_YEAR, dice);
    let mut year = of_class(calm, &[Class::Personnel, Class::Plans]);
    dice.shuffle(&mut year);
    let blank = year.pop().map(|column| column.id.clone());
    give(year, &YEAR, dice);
    cast.blank.extend(blank);
    cast.tricks.extend(tricks(calm));
    cast
}

/// One column for each trick: of news that are awake, on sites whose lists print whole dates.
fn tricks(calm: &[&SimSite]) -> Vec<(ColumnId, Trick)> {
    let awake = calm.iter().filter_map(|site| {
        let news = site
            .columns
            .iter()
            .find(|column| column.class == Class::News)?;
        Some((site.dialect, news))
    });
    awake
        .skip(NEWS.len())
        .filter(|(dialect, _)| dialect.dates_rows() && *dialect != Dialect::MonthDay)
        .map(|(_, column)| column.id.clone())
        .zip(Trick::ALL)
        .collect()
}

fn of_class<'a>(sites: &[&'a SimSite], classes: &[Class]) -> Vec<&'a SimColumn> {
    let columns = sites.iter().flat_map(|site| &site.columns);
    columns
        .filter(|column| classes.contains(&column.class))
        .collect()
}

/// How many sites, from the first on, have trouble or are redesigned.
fn troubled_count() -> usize {
    TROUBLES.len() + REDESIGNS.len()
}

/// Finds the days of a nap: working days, and the awakening at the age that was asked for.
fn settle(nap: Nap, start: Date, calendar: &Calendar, dice: &mut Dice) -> Sleep {
    let mut offsets: Vec<i64> = (nap.last.0..=nap.last.1).collect();
    dice.shuffle(&mut offsets);
    let fitting = offsets.iter().find_map(|&offset| {
        let last_on = offset_day(start, offset);
        let wakes_on = match nap.wakes_at {
            None => None,
            Some(ages) => Some(wakes_within(last_on, ages, calendar)?),
        };
        calendar
            .is_working_day(last_on)
            .then_some((last_on, wakes_on))
    });
    let (last_on, wakes_on) = fitting.unwrap_or_else(|| {
        let last_on = worked_before(offset_day(start, nap.last.0), calendar);
        let wakes_on = nap.wakes_at.map(|ages| days_after(last_on, ages.1));
        (last_on, wakes_on.map(|day| calendar.working_day_from(day)))
    });
    Sleep {
        last_on,
        wakes_on,
        burst: nap.burst,
    }
}

fn wakes_within(last_on: Date, ages: (u32, u32), calendar: &Calendar) -> Option<Date> {
    (ages.0..=ages.1)
        .map(|age| days_after(last_on, age))
        .find(|&day| calendar.is_working_day(day))
}

fn worked_before(day: Date, calendar: &Calendar) -> Date {
    std::iter::successors(Some(day), Date::pred_opt)
        .take(12)
        .find(|&day| calendar.is_working_day(day))
        .unwrap_or(day)
}

fn offset_day(start: Date, offset: i64) -> Date {
    let days = Days::new(offset.unsigned_abs());
    let day = if offset < 0 {
        start.checked_sub_days(days)
    } else {
        start.checked_add_days(days)
    };
    day.unwrap_or(start)
}

/// The trouble of the site at `place` in the order of chance.
pub fn episode(place: usize, window: Window) -> Option<Episode> {
    let &(condition, day, hour, hours) = TROUBLES.get(place)?;
    let from = instant(window, day, hour);
    Some(Episode {
        condition,
        from,
        until: from + TimeDelta::hours(i64::from(hours)),
    })
}

/// The redesign of the site at `place` in the order of chance.
pub fn redesign(place: usize, window: Window) -> Option<(Moment, Dialect)> {
    let &(day, dialect) = REDESIGNS.get(place.checked_sub(TROUBLES.len())?)?;
    Some((instant(window, day, 19), dialect))
}

/// When the monitor's own network is down.
pub fn own_network(window: Window) -> (Moment, Moment) {
    stretch(window, OWN_NETWORK)
}

/// When the gateway fails.
pub fn gateway(window: Window) -> [(Moment, Moment); 2] {
    GATEWAY.map(|part| stretch(window, part))
}

fn stretch(window: Window, (day, hour, minutes): (u32, u32, u32)) -> (Moment, Moment) {
    let from = instant(window, day, hour) + TimeDelta::minutes(15);
    (from, from + TimeDelta::minutes(i64::from(minutes)))
}

fn instant(window: Window, day: u32, hour: u32) -> Moment {
    let midnight = days_after(window.start, day).and_time(chrono::NaiveTime::MIN);
    moment(midnight) + TimeDelta::hours(i64::from(hour))
}
