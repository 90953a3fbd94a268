//! A year without its holiday table: the operator hears of it from December on, and again.

use chrono::Datelike as _;

use super::Desk;
use crate::alert::incident::{Incident, IncidentKey, Kind, State, Subject};
use crate::alert::notice::About;
use crate::alert::outbox::Told;
use crate::alert::step::{Effect, Step, step_plain};
use crate::calendar::Calendar;
use crate::domain::time::{Date, Moment, date_of};

/// Working days after which it is told again.
const AGAIN: u32 = 5;
/// From this month on the table of the next year is missed.
const DECEMBER: u32 = 12;

impl Desk<'_> {
    /// Judges the calendar itself.
    pub(super) fn calendar(&mut self) {
        let (calendar, now) = (self.situation.calendar, self.situation.now);
        let missing = missing(calendar, date_of(now));
        let key = IncidentKey {
            subject: Subject::Monitor,
            kind: Kind::Calendar,
        };
        let open = self.situation.open.get(&key);
        let mut made = step_plain(open, &key, Some(missing.is_some()), Told::Trouble, now);
        if let (None, Some(open), Some(_)) = (&made.0, open, missing) {
            made = again(open, calendar, now).unwrap_or(made);
        }
        let why = missing.map_or_else(String::new, |year| {
            format!("{year}年节假日安排尚未录入，工作日暂按周一至周五计算，请补录calendar.toml")
        });
        self.settle(&key, made, About::Monitor(&why), false);
    }
}

/// The year whose table is missing: this one, or from December on the next.
fn missing(calendar: &Calendar, today: Date) -> Option<i32> {
    let next = (today.month() == DECEMBER).then(|| today.year() + 1);
    let mut years = std::iter::once(today.year()).chain(next);
    years.find(|&year| !calendar.knows(year))
}

/// The incident told anew, when that is due.
fn again(open: &Incident, calendar: &Calendar, now: Moment) -> Option<Step> {
    let State::Open { told_at, .. } = open.state else {
        return None;
    };
    let today = date_of(now);
    let passed = calendar.working_days_between(date_of(told_at), today);
    if passed < AGAIN || !calendar.is_working_day(today) {
        return None;
    }
    let mut after = open.clone();
    after.state = State::told_now(now);
    Some((Some(after), vec![Effect::Tell(Told::Trouble)]))
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;
    use super::*;
    use crate::calendar::Year;

    #[test]
    fn a_missing_table_is_told_from_the_first_of_december_and_again() {
        let mut world = World::new();
        world.calendar.years = [(2017, Year::default())].into();
        let mut told = Vec::new();
        let first: Date = "2017-11-29".parse().unwrap();
        for day in first.iter_days().take(20) {
            world.pass(&format!("{day}T07:00:00"));
            let news = world.waiting.drain(..);
            told.extend(news.map(|notice| (day.to_string(), notice.person.to_string())));
        }
        let expected = ["2017-12-01", "2017-12-08", "2017-12-15"];
        let expected = expected.map(|day| (day.to_owned(), "op".to_owned()));
        assert_eq!(told, expected);
        world.calendar.years.insert(2018, Year::default());
        world.pass("2017-12-19T07:00:00");
        assert!(world.open.is_empty() && world.waiting.is_empty());
        // In the year itself it is missed on every day.
        world.pass("2019-03-05T07:00:00");
        assert!(world.waiting[0].facts.why.starts_with("2019年"));
    }
}
