//! When a column is published to: working days, working hours, quiet holidays, and now and then a
//! sleep from which it may wake.

use chrono::{Days, NaiveTime};

use super::dice::Dice;
use crate::calendar::Calendar;
use crate::domain::class::Class;
use crate::domain::time::{Date, Moment, moment};

/// Natural days between two items, the least and the most, before holidays stretch them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    least: u32,
    most: u32,
    /// How many items there are, about, before the window.
    past: u32,
}

impl Rhythm {
    /// The rhythm of a class.
    pub fn of(class: Class) -> Rhythm {
        let (least, most, past) = match class {
            Class::News => (1, 5, 30),
            Class::Notices => (5, 25, 20),
            Class::Policy | Class::Interpretation => (20, 90, 14),
            Class::Replies => (5, 30, 18),
            Class::Statistics => (25, 40, 16),
            _ => (60, 200, 11),
        };
        Rhythm { least, most, past }
    }

    /// Where the past begins, so that enough items lie before `until`.
    fn begins(self, until: Date) -> Date {
        let mean = (self.least + self.most).div_ceil(2);
        let days = u64::from(mean) * u64::from(self.past);
        until.checked_sub_days(Days::new(days)).unwrap_or(until)
    }
}

/// A column that falls asleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sleep {
    /// The day of the last item before it.
    pub last_on: Date,
    /// The day of the first item after it, if there is one.
    pub wakes_on: Option<Date>,
    /// Whether it wakes with several items at once, all but one of them back-dated.
    pub burst: bool,
}

/// One item's place in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The instant from which the site shows it.
    pub at: Moment,
    /// The date that the site prints.
    pub claimed_on: Date,
}

/// The days of a back-dated item before the day on which it appears.
const BACK_DATED: [u64; 2] = [4, 9];

/// The slots of one column until `last`, oldest first. `start` is the first day of the window.
pub fn slots(
    rhythm: Rhythm,
    sleep: Option<Sleep>,
    (start, last): (Date, Date),
    calendar: &Calendar,
    dice: &mut Dice,
) -> Vec<Slot> {
    let mut slots = Vec::new();
    match sleep {
        None => walk(
            rhythm,
            (rhythm.begins(start), last),
            calendar,
            dice,
            &mut slots,
        ),
        Some(sleep) => {
            let until = sleep.last_on.pred_opt().unwrap_or(sleep.last_on);
            let past = (rhythm.begins(sleep.last_on), until);
            walk(rhythm, past, calendar, dice, &mut slots);
            slots.push(slot(sleep.last_on, dice));
            if let Some(wakes_on) = sleep.wakes_on {
                wake(wakes_on, sleep.burst, dice, &mut slots);
                let from = days_after(wakes_on, dice.between(rhythm.least, rhythm.most));
                walk(rhythm, (from, last), calendar, dice, &mut slots);
            }
        }
    }
    slots.sort_unstable();
    slots
}

/// Items at the column's rhythm within the days of `from` to `until`.
fn walk(
    rhythm: Rhythm,
    (from, until): (Date, Date),
    calendar: &Calendar,
    dice: &mut Dice,
    slots: &mut Vec<Slot>,
) {
    let mut day = calendar.working_day_from(from);
    while day <= until {
        slots.push(slot(day, dice));
        if rhythm.most <= 5 && dice.percent(15) {
            slots.push(slot(day, dice));
        }
        let next = days_after(day, dice.between(rhythm.least, rhythm.most));
        day = calendar.working_day_from(next);
    }
}

fn wake(on: Date, burst: bool, dice: &mut Dice, slots: &mut Vec<Slot>) {
    let first = slot(on, dice);
    slots.push(first);
    if burst {
        slots.extend(BACK_DATED.iter().map(|&days| Slot {
            at: first.at,
            claimed_on: on.checked_sub_days(Days::new(days)).unwrap_or(on),
        }));
    }
}

/// A minute of the working hours of `day`.
fn slot(day: Date, dice: &mut Dice) -> Slot {
    let minute = dice.between(8 * 60 + 40, 17 * 60 + 20);
    let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0);
    Slot {
        at: moment(day.and_time(time.unwrap_or(NaiveTime::MIN))),
        claimed_on: day,
    }
}

/// The day `days` after `day`.
pub fn days_after(day: Date, days: u32) -> Date {
    day.checked_add_days(Days::new(u64::from(days)))
        .unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::date_of;
    use crate::rehearsal::holidays;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn window() -> (Date, Date) {
        (date("2017-10-16"), date("2017-11-14"))
    }

    #[test]
    fn items_come_in_working_hours_of_working_days_and_often_enough() {
        let calendar = holidays::calendar();
        for class in [Class::News, Class::Notices, Class::Policy, Class::Plans] {
            let rhythm = Rhythm::of(class);
            let mut dice = Dice::new(5, class.key());
            let slots = slots(rhythm, None, window(), &calendar, &mut dice);
            let before = slots
                .iter()
                .filter(|slot| slot.claimed_on < window().0)
                .count();
            assert!(before >= 9, "{class:?}: {before}");
            for slot in &slots {
                assert!(calendar.is_working_day(slot.claimed_on), "{slot:?}");
                assert!(
                    (8..18).contains(&chrono::Timelike::hour(&slot.at)),
                    "{slot:?}"
                );
                assert_eq!(date_of(slot.at), slot.claimed_on);
            }
            assert!(slots.is_sorted());
        }
    }

    #[test]
    fn a_sleeper_is_silent_until_it_wakes_and_may_wake_with_a_burst() {
        let calendar = holidays::calendar();
        let sleep = Sleep {
            last_on: date("2017-10-18"),
            wakes_on: Some(date("2017-11-06")),
            burst: true,
        };
        let mut dice = Dice::new(5, "sleep");
        let rhythm = Rhythm::of(Class::News);
        let slots = slots(rhythm, Some(sleep), window(), &calendar, &mut dice);
        let shown = |on: &str| {
            slots
                .iter()
                .filter(|slot| date_of(slot.at) == date(on))
                .count()
        };
        assert_eq!((shown("2017-10-18"), shown("2017-11-06")), (1, 3));
        let asleep = slots.iter().filter(|slot| {
            date_of(slot.at) > sleep.last_on && date_of(slot.at) < date("2017-11-06")
        });
        assert_eq!(asleep.count(), 0);
        let claims = slots
            .iter()
            .filter(|slot| date_of(slot.at) == date("2017-11-06"));
        assert_eq!(claims.map(|slot| slot.claimed_on).max(), sleep.wakes_on);
    }
}
