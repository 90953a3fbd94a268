//! The rules written down anew: the table of tiers, the recipients, the rounds of visits, the
//! working days and the sending window.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveTime, TimeDelta, Timelike as _, Weekday};
use wangxun::domain::class::Class;
use wangxun::domain::group::Role;
use wangxun::domain::id::{SiteId, UnitId};
use wangxun::domain::time::{Date, Moment, moment};
use wangxun::rehearsal::people::{SimPerson, people};
use wangxun::rehearsal::site::Condition;
use wangxun::rehearsal::truth::Truth;

/// The hours at which every column is visited.
pub const HOURS: [u32; 5] = [4, 8, 12, 16, 20];

/// A round of visits: the second visit, if one is wanted, has ended at `until`.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    pub from: Moment,
    pub until: Moment,
}

/// The age in days at which each step begins; the last updates of a class that has no row of its
/// own are held against a year.
fn steps(class: Class) -> [i64; 4] {
    match class {
        Class::News => [11, 13, 15, 22],
        Class::Notices | Class::Policy | Class::Interpretation => [151, 174, 181, 211],
        _ => [336, 359, 366, 396],
    }
}

/// The limit of a class in days.
pub fn limit_of(class: Class) -> i64 {
    steps(class)[2] - 1
}

pub fn step_at(class: Class, age: i64) -> Option<usize> {
    steps(class).iter().rposition(|&begins| begins <= age)
}

/// Who hears of a step, beginning with 提醒.
const HEARERS: [&[Role]; 4] = [
    &[Role::Liaison],
    &[Role::Liaison, Role::Deputy],
    &[Role::Liaison, Role::Deputy, Role::Head],
    &[Role::Liaison, Role::Deputy, Role::Head, Role::Operator],
];

/// The working days after which 督办 is proposed again that nobody has released.
pub const PROPOSED_EVERY: usize = 5;
/// The working days after which a step is told again, and how often at most.
pub const REPEATS: [Option<(usize, usize)>; 4] = [None, None, Some((3, usize::MAX)), Some((1, 5))];

/// The working days of 严重超期 after which 督办 is proposed.
pub const UNTIL_PROPOSAL: usize = 10;

/// The rules, applied to one world.
pub struct Rules<'a> {
    pub truth: &'a Truth,
    pub end: Moment,
    pub rounds: Vec<Round>,
    people: Vec<SimPerson>,
}

impl<'a> Rules<'a> {
    pub fn new(truth: &'a Truth, end: Moment) -> Rules<'a> {
        let mut rules = Rules {
            truth,
            end,
            rounds: Vec::new(),
            people: people(truth),
        };
        rules.rounds = rules.rounds();
        rules
    }

    fn rounds(&self) -> Vec<Round> {
        let minutes = TimeDelta::minutes;
        let start = at(self.truth.options().start, 0, 0);
        let mut rounds = vec![Round {
            from: start,
            until: start + minutes(41),
        }];
        for day in self.truth.options().start.iter_days() {
            if at(day, 0, 0) >= self.end {
                return rounds;
            }
            for hour in HOURS {
                let from = at(day, hour, 0);
                rounds.push(Round {
                    from,
                    until: from + minutes(41),
                });
                // What the monitor could not see for its own network's sake it looks at again
                // every half hour.
                if self.truth.own_network_is_down(from) {
                    let mut back = from;
                    while self.truth.own_network_is_down(back) {
                        back += minutes(1);
                    }
                    rounds.push(Round {
                        from: back,
                        until: back + minutes(36 + 36),
                    });
                }
            }
        }
        rounds
    }

    /// Whether `site` can be seen by both visits of a round.
    pub fn sees(&self, site: &SiteId, round: Round) -> bool {
        let mut instant = round.from;
        while instant <= round.until {
            if self.truth.condition(site, instant) != Condition::Well {
                return false;
            }
            instant += TimeDelta::minutes(1);
        }
        true
    }

    /// Whether the latest round that had begun for certain at `at` saw the site.
    pub fn last_saw(&self, site: &SiteId, at: Moment) -> bool {
        let begun = |round: &&Round| round.from + TimeDelta::minutes(6) <= at;
        let last = self.rounds.iter().rev().find(begun);
        last.is_none_or(|round| self.truth.condition(site, round.from) == Condition::Well)
    }

    /// Whether `day` is worked, by holidays, make-up days and weekends.
    pub fn is_worked(&self, day: Date) -> bool {
        let year = self.truth.calendar().years.get(&day.year());
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        match year {
            Some(year) if year.make_up_days.contains(&day) => true,
            Some(year) if year.holidays.contains(&day) => false,
            _ => !weekend,
        }
    }

    /// The working days after `from` up to and with `to`.
    pub fn worked_between(&self, from: Date, to: Date) -> usize {
        let days = from.iter_days().skip(1).take_while(|day| *day <= to);
        days.filter(|&day| self.is_worked(day)).count()
    }

    pub fn in_window(&self, at: Moment) -> bool {
        let time = |hour| NaiveTime::from_hms_opt(hour, 30, 0).expect("a time");
        self.is_worked(at.date_naive()) && at.time() >= time(8) && at.time() < time(17)
    }

    pub fn opening(&self, from: Moment) -> Moment {
        let today = from.date_naive();
        if self.in_window(from) {
            return from;
        }
        let opens = |day: &Date| self.is_worked(*day) && at(*day, 8, 30) >= from;
        let mut days = today.iter_days();
        at(days.find(opens).expect("a working day"), 8, 30)
    }

    fn next_opening(&self, from: Moment) -> Moment {
        self.opening(at(from.date_naive(), 23, 0))
    }

    /// When something that is decided between the two instants is heard, at the earliest and at
    /// the latest.
    pub fn heard(&self, earliest: Moment, latest: Moment) -> (Moment, Moment) {
        let opens = self.opening(latest);
        let by = if opens > latest {
            opens
        } else {
            self.next_opening(latest)
        };
        (self.opening(earliest), self.sent_by(by))
    }

    pub fn sent_by(&self, by: Moment) -> Moment {
        let mut works = by;
        while self.truth.gateway_fault(works).is_some() {
            works += TimeDelta::minutes(1);
        }
        let patience = if works == by { 1 } else { 70 };
        works + TimeDelta::minutes(patience)
    }

    fn holders(&self, role: Role, unit: &UnitId) -> BTreeSet<String> {
        let central = matches!(role, Role::Operator | Role::Supervision);
        let duty = (role, (!central).then(|| unit.clone()));
        let holds = |person: &&SimPerson| person.duties.contains(&duty);
        let held = self.people.iter().filter(holds);
        held.map(|person| person.phone.clone()).collect()
    }

    pub fn hearers(&self, step: usize, unit: &UnitId) -> BTreeSet<String> {
        let of = |role: &Role| self.holders(*role, unit);
        let mut all: BTreeSet<String> = HEARERS[step].iter().flat_map(of).collect();
        // Where nobody is the deputy, 预警 climbs to the head, and the operator knows.
        if step == 1 && self.holders(Role::Deputy, unit).is_empty() {
            all.extend(self.holders(Role::Head, unit));
            all.extend(self.operators());
        }
        all
    }

    /// Those who hold one of `roles`, the central ones for all units.
    pub fn in_roles(&self, roles: &[Role], unit: &UnitId) -> BTreeSet<String> {
        let of = |role: &Role| self.holders(*role, unit);
        roles.iter().flat_map(of).collect()
    }

    /// `from`, or seven in the morning where that is at night.
    pub fn morning(&self, from: Moment) -> Moment {
        let today = from.date_naive();
        match from.time().hour() {
            0..=6 => at(today, 7, 0),
            22.. => at(today.succ_opt().expect("a day"), 7, 0),
            _ => from,
        }
    }

    pub fn operators(&self) -> BTreeSet<String> {
        let operators = self.people.iter().filter(|person| {
            let mut duties = person.duties.iter();
            duties.any(|(role, _)| *role == Role::Operator)
        });
        operators.map(|person| person.phone.clone()).collect()
    }
}

fn at(day: Date, hour: u32, minute: u32) -> Moment {
    moment(day.and_hms_opt(hour, minute, 0).expect("a time"))
}
