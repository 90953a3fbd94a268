//! Items that are not what they seem: one in each of a few columns, on one morning late in the
//! window. What the monitor should say of them follows from the two dates alone.

use chrono::{Days, NaiveTime};

use super::plot::Window;
use super::site::{Publication, SimColumn};
use super::timetable::days_after;
use crate::calendar::Calendar;
use crate::domain::time::{Date, Moment, moment};

/// The day of the window on which it happens, or the working day after it.
const DAY: u32 = 21;
/// The place in the list, from its top, of the item that is used again.
const PLACE: usize = 4;

/// What is done to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// A new one appears with the date of six days before.
    BackDated,
    /// An old one shows the day's date from now on.
    ReDated,
    /// An old one is published once more, with the day's date.
    Republished,
    /// A new one appears with a date far ahead.
    FutureDate,
}

impl Trick {
    /// Every trick.
    pub const ALL: [Trick; 4] = [
        Trick::BackDated,
        Trick::ReDated,
        Trick::Republished,
        Trick::FutureDate,
    ];

    /// Plays it in `column`, whose items are numbered.
    pub fn play(self, column: &mut SimColumn, window: Window, calendar: &Calendar) {
        let day = calendar.working_day_from(days_after(window.start, DAY));
        let at = moment(day.and_time(NaiveTime::MIN)) + chrono::TimeDelta::hours(10);
        let old = column.shown(at).nth(PLACE).cloned();
        let number = column.publications.iter().map(|item| item.number).max();
        let (Some(old), Some(number)) = (old, number) else {
            return;
        };
        let before = |days| day.checked_sub_days(Days::new(days)).unwrap_or(day);
        let added = match self {
            Trick::BackDated => new(at, before(6), number),
            Trick::FutureDate => new(at, days_after(day, 40), number),
            Trick::ReDated | Trick::Republished => Publication {
                at,
                claimed_on: day,
                number: match self {
                    Trick::Republished => beyond(number),
                    _ => old.number,
                },
                ..old.clone()
            },
        };
        if self == Trick::ReDated {
            for item in &mut column.publications {
                if item.number == old.number {
                    item.until = Some(at);
                }
            }
        }
        column.publications.push(added);
        column.publications.sort_by_key(|item| item.at);
    }
}

fn new(at: Moment, claimed_on: Date, number: u32) -> Publication {
    Publication {
        number: beyond(number),
        title: "关于做好今冬明春火灾防控工作的有关情况".to_owned(),
        at,
        until: None,
        claimed_on,
        elsewhere: None,
    }
}

/// A number that no item of the site has.
fn beyond(number: u32) -> u32 {
    number + 5_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::date_of;
    use crate::rehearsal::truth::{Options, Truth};

    #[test]
    fn every_trick_is_played_once_whatever_the_seed() {
        for seed in [2017, 1, 42, 61, 99] {
            let options = Options {
                seed,
                ..Options::demo()
            };
            let truth = Truth::new(options).unwrap();
            let columns = truth.sites().iter().flat_map(|site| &site.columns);
            let mut played = [0; 4];
            for column in columns {
                let items = &column.publications;
                let twice = |same: &dyn Fn(&Publication, &Publication) -> bool| {
                    let mut pairs = items.iter().enumerate();
                    pairs.any(|(at, item)| items[at + 1..].iter().any(|next| same(item, next)))
                };
                let late = |item: &&Publication| (date_of(item.at) - item.claimed_on).num_days();
                let tricks = [
                    items.iter().any(|item| late(&item) == 6),
                    twice(&|one, other| one.number == other.number),
                    twice(&|one, other| one.number != other.number && one.title == other.title),
                    items.iter().any(|item| late(&item) < 0),
                ];
                for (count, trick) in played.iter_mut().zip(tricks) {
                    *count += usize::from(trick);
                }
            }
            assert_eq!(played, [1; 4], "seed {seed}");
        }
    }
}
