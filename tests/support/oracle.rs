//! The oracle: the table of tiers, the recipients, the working days and the sending window written
//! down anew, and from them and the truth what everybody has to hear, from when on, by when.
//!
//! Tolerances. A step of the ladder is decided by two visits half an hour apart: at the earliest
//! half an hour after a visit's hour, at the latest 41 minutes after it (visits start up to five
//! minutes late). What is decided before the window opens is heard when it opens; what is decided
//! inside it is heard at once or, by those who had their digest of the day, when the next window
//! opens. What another decision or an update overtakes before that need not be heard any more.
//! A gateway that fails adds its outage and at most 70 minutes until the next attempt. Working days
//! between repetitions are counted from the day of the decision, on which a holiday may have kept
//! the message back.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveTime, TimeDelta, Weekday};
use wangxun::domain::class::Class;
use wangxun::domain::group::Role;
use wangxun::domain::id::{ColumnId, SiteId, UnitId};
use wangxun::domain::time::{Date, Moment, moment};
use wangxun::rehearsal::people::{SimPerson, people};
use wangxun::rehearsal::site::{Condition, SimColumn, SimSite};
use wangxun::rehearsal::truth::Truth;

use super::words::Said;

/// The hours at which every column is visited.
const HOURS: [u32; 5] = [4, 8, 12, 16, 20];

/// One thing that people have to hear.
#[derive(Debug, Clone)]
pub struct Expected {
    pub said: Said,
    pub site: Option<SiteId>,
    pub column: Option<ColumnId>,
    /// The date of the last update that is named, where one is.
    pub on: Option<Date>,
    /// The telephones of those who hear of it.
    pub phones: BTreeSet<String>,
    pub from: Moment,
    pub by: Moment,
    /// Whether silence is a fault; what was overtaken may be heard and need not.
    pub must: bool,
}

/// The end of what was told, for those who were told.
#[derive(Debug, Clone)]
pub struct End {
    pub said: Said,
    pub site: SiteId,
    pub column: ColumnId,
    /// The dates that may be named.
    pub on: BTreeSet<Date>,
    pub from: Moment,
    pub by: Moment,
}

/// Everything that follows from the truth.
#[derive(Debug, Default)]
pub struct Prophecy {
    pub expected: Vec<Expected>,
    pub ends: Vec<End>,
}

/// A round of visits: the second visit, if one is wanted, has ended at `until`.
#[derive(Debug, Clone, Copy)]
struct Round {
    from: Moment,
    until: Moment,
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

fn step_at(class: Class, age: i64) -> Option<usize> {
    steps(class).iter().rposition(|&begins| begins <= age)
}

/// Who hears of a step, beginning with 提醒.
const HEARERS: [&[Role]; 4] = [
    &[Role::Liaison],
    &[Role::Liaison, Role::Deputy],
    &[Role::Liaison, Role::Deputy, Role::Head],
    &[Role::Liaison, Role::Deputy, Role::Head, Role::Operator],
];

/// The working days after which a step is told again, and how often at most.
const REPEATS: [Option<(usize, usize)>; 4] = [None, None, Some((3, usize::MAX)), Some((1, 5))];

/// The working days of 严重超期 after which 督办 is proposed.
const UNTIL_PROPOSAL: usize = 10;

pub struct Oracle<'a> {
    pub truth: &'a Truth,
    /// The columns that are watched.
    pub watched: BTreeSet<ColumnId>,
    pub end: Moment,
    people: Vec<SimPerson>,
    rounds: Vec<Round>,
}

/// A column that was told, as far as the rules know it.
struct Case {
    base: Date,
    step: usize,
    since: Date,
    told_on: Date,
    repeats: usize,
    proposed: bool,
    /// The latest thing to hear, by its place among all.
    latest: usize,
    /// Whether it waits for the site to be seen again.
    held: bool,
}

impl<'a> Oracle<'a> {
    pub fn new(truth: &'a Truth, watched: BTreeSet<ColumnId>, end: Moment) -> Oracle<'a> {
        let mut oracle = Oracle {
            truth,
            watched,
            end,
            people: people(truth),
            rounds: Vec::new(),
        };
        oracle.rounds = oracle.rounds();
        oracle
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
    fn sees(&self, site: &SiteId, round: Round) -> bool {
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
    fn worked_between(&self, from: Date, to: Date) -> usize {
        let days = from.iter_days().skip(1).take_while(|day| *day <= to);
        days.filter(|&day| self.is_worked(day)).count()
    }

    pub fn in_window(&self, at: Moment) -> bool {
        let time = |hour| NaiveTime::from_hms_opt(hour, 30, 0).expect("a time");
        self.is_worked(at.date_naive()) && at.time() >= time(8) && at.time() < time(17)
    }

    fn opening(&self, from: Moment) -> Moment {
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
    fn heard(&self, earliest: Moment, latest: Moment) -> (Moment, Moment) {
        let opens = self.opening(latest);
        let by = if opens > latest {
            opens
        } else {
            self.next_opening(latest)
        };
        (self.opening(earliest), self.sent_by(by))
    }

    fn sent_by(&self, by: Moment) -> Moment {
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

    fn hearers(&self, step: usize, unit: &UnitId) -> BTreeSet<String> {
        let of = |role: &Role| self.holders(*role, unit);
        let mut all: BTreeSet<String> = HEARERS[step].iter().flat_map(of).collect();
        // Where nobody is the deputy, 预警 climbs to the head, and the operator knows.
        if step == 1 && self.holders(Role::Deputy, unit).is_empty() {
            all.extend(self.holders(Role::Head, unit));
            all.extend(self.operators());
        }
        all
    }

    pub fn operators(&self) -> BTreeSet<String> {
        let operators = self.people.iter().filter(|person| {
            let mut duties = person.duties.iter();
            duties.any(|(role, _)| *role == Role::Operator)
        });
        operators.map(|person| person.phone.clone()).collect()
    }

    /// Everything that follows from the truth for the watched columns.
    pub fn prophesy(&self) -> Prophecy {
        let mut prophecy = Prophecy::default();
        for site in self.truth.sites() {
            let columns = || {
                let columns = site.columns.iter();
                columns.filter(|column| self.watched.contains(&column.id))
            };
            for column in columns() {
                self.deadline(site, column, &mut prophecy);
                self.blindness(site, column, &mut prophecy);
            }
            if columns().next().is_some() {
                self.silence(site, &mut prophecy);
            }
        }
        self.own_network(&mut prophecy);
        prophecy
    }

    /// The deadline of one column, from round to round.
    fn deadline(&self, site: &SimSite, column: &SimColumn, prophecy: &mut Prophecy) {
        let mut case: Option<Case> = None;
        for &round in &self.rounds {
            if !self.sees(&site.id, round) {
                if let Some(case) = &mut case {
                    self.hold(case, round, prophecy);
                }
                continue;
            }
            let Some(newest) = self.truth.newest_on(&column.id, round.from) else {
                continue;
            };
            let today = round.from.date_naive();
            let step = step_at(column.class, (today - newest).num_days());
            let past = case.take();
            case = match (past, step) {
                (None, None) => None,
                (None, Some(step)) => {
                    let fresh = Case {
                        base: newest,
                        step,
                        since: today,
                        told_on: today,
                        repeats: 0,
                        proposed: false,
                        latest: prophecy.expected.len(),
                        held: false,
                    };
                    self.tell(site, column, &fresh, round, 30, prophecy);
                    Some(fresh)
                }
                (Some(case), _) if newest > case.base => {
                    self.met(site, column, &case, round, prophecy);
                    None
                }
                (Some(mut case), step) => {
                    let step = step.expect("a deadline that is not met stays");
                    self.go_on(site, column, &mut case, step, round, prophecy);
                    Some(case)
                }
            };
        }
    }

    fn go_on(
        &self,
        site: &SimSite,
        column: &SimColumn,
        case: &mut Case,
        step: usize,
        round: Round,
        prophecy: &mut Prophecy,
    ) {
        let today = round.from.date_naive();
        if case.held {
            case.held = false;
            let waiting = &mut prophecy.expected[case.latest];
            (waiting.from, waiting.by) = self.heard(round.from, round.until);
            waiting.must = true;
        }
        if step > case.step {
            case.step = step;
            (case.since, case.told_on, case.repeats) = (today, today, 0);
            self.overtake(case.latest, round, prophecy);
            case.latest = prophecy.expected.len();
            self.tell(site, column, case, round, 30, prophecy);
            return;
        }
        if case.proposed || !self.is_worked(today) {
            return;
        }
        let proposal = case.step == 3 && self.worked_between(case.since, today) >= UNTIL_PROPOSAL;
        let repeat = REPEATS[case.step].is_some_and(|(days, most)| {
            case.repeats < most && self.worked_between(case.told_on, today) >= days
        });
        if proposal || repeat {
            case.proposed = proposal;
            case.told_on = today;
            case.repeats += 1;
            self.overtake(case.latest, round, prophecy);
            case.latest = prophecy.expected.len();
            self.tell(site, column, case, round, 0, prophecy);
        }
    }

    /// What `case` says now is to be heard; it is decided `after` minutes from the round's hour.
    fn tell(
        &self,
        site: &SimSite,
        column: &SimColumn,
        case: &Case,
        round: Round,
        after: i64,
        prophecy: &mut Prophecy,
    ) {
        let earliest = round.from + TimeDelta::minutes(after);
        let latest = if after == 0 {
            round.from + TimeDelta::minutes(6)
        } else {
            round.until
        };
        let (from, by) = self.heard(earliest, latest);
        prophecy.expected.push(Expected {
            said: if case.proposed {
                Said::Proposed
            } else {
                Said::Step(case.step)
            },
            site: Some(site.id.clone()),
            column: Some(column.id.clone()),
            on: Some(case.base),
            phones: if case.proposed {
                self.operators()
            } else {
                self.hearers(case.step, &column.unit)
            },
            from,
            by,
            must: true,
        });
    }

    /// What is decided in `round` takes the place of what was not heard before it.
    fn overtake(&self, latest: usize, round: Round, prophecy: &mut Prophecy) {
        let waiting = &mut prophecy.expected[latest];
        if waiting.from > round.until {
            waiting.by = waiting.from - TimeDelta::seconds(1);
            waiting.must = false;
        } else if waiting.by > round.from {
            waiting.by = self.sent_by(round.until);
            waiting.must = false;
        }
    }

    /// While a site is not seen, nothing is told about its columns. What that holds back for three
    /// days and longer is of no use any more, and the operator hears so.
    fn hold(&self, case: &mut Case, round: Round, prophecy: &mut Prophecy) {
        let waiting = &mut prophecy.expected[case.latest];
        if case.held || !waiting.must || waiting.by <= round.from {
            return;
        }
        case.held = true;
        waiting.must = false;
        waiting.by = self.sent_by(round.from.max(waiting.from));
        let late = Expected {
            said: Said::Late,
            site: None,
            column: None,
            on: None,
            phones: self.operators(),
            from: waiting.from + TimeDelta::hours(72),
            by: self.end,
            must: false,
        };
        let hearers = waiting.phones.len();
        prophecy.expected.extend(vec![late; hearers]);
    }

    fn met(
        &self,
        site: &SimSite,
        column: &SimColumn,
        case: &Case,
        round: Round,
        prophecy: &mut Prophecy,
    ) {
        let newer = |item: &&wangxun::rehearsal::site::Publication| item.claimed_on > case.base;
        let published = column
            .publications
            .iter()
            .find(newer)
            .expect("an update")
            .at;
        let earliest = published + TimeDelta::minutes(30);
        let waiting = &mut prophecy.expected[case.latest];
        if waiting.from > round.until || case.held {
            waiting.by = waiting.from - TimeDelta::seconds(1);
            waiting.must = false;
        } else if waiting.by > published {
            waiting.must = false;
        }
        let (from, by) = self.heard(earliest, round.until);
        let shown = [0, 6, 41].map(|minutes| round.from + TimeDelta::minutes(minutes));
        let on = shown.map(|at| self.truth.newest_on(&column.id, at));
        prophecy.ends.push(End {
            said: Said::Updated,
            site: site.id.clone(),
            column: column.id.clone(),
            on: on.into_iter().flatten().collect(),
            from,
            by,
        });
    }

    /// A blank column, and pages that are no list: the operator's alone.
    fn blindness(&self, site: &SimSite, column: &SimColumn, prophecy: &mut Prophecy) {
        let operator = |said, from, by, must| Expected {
            said,
            site: Some(site.id.clone()),
            column: Some(column.id.clone()),
            on: None,
            phones: self.operators(),
            from,
            by,
            must,
        };
        if column.publications.is_empty() {
            let first = self.rounds[0];
            let (from, by) = self.heard(first.from, first.until);
            prophecy
                .expected
                .push(operator(Said::Blank, from, by, true));
        }
        let mut since: Option<Round> = None;
        for &round in &self.rounds {
            let condition = self.truth.condition(&site.id, round.from);
            let is_blind = !is_silent(condition) && condition != Condition::Well;
            if self.truth.own_network_is_down(round.from) || is_blind == since.is_some() {
                continue;
            }
            let Some(began) = since.take() else {
                since = Some(round);
                continue;
            };
            // Three visits, half an hour apart.
            let (from, by) = self.blind_heard(began);
            let must = by <= round.from;
            if from <= round.until {
                prophecy
                    .expected
                    .push(operator(Said::Blind, from, by, must));
            }
            let (from, by) = self.heard(round.from, round.until);
            prophecy.ends.push(End {
                said: Said::SeenAgain,
                site: site.id.clone(),
                column: column.id.clone(),
                on: BTreeSet::new(),
                from,
                by,
            });
        }
        if let Some(began) = since {
            let (from, by) = self.blind_heard(began);
            prophecy
                .expected
                .push(operator(Said::Blind, from, by, true));
        }
    }

    fn blind_heard(&self, began: Round) -> (Moment, Moment) {
        let minutes = TimeDelta::minutes;
        self.heard(began.from + minutes(60), began.from + minutes(80))
    }

    /// A site without any answer: the operator hears of it and of its end, at any hour.
    fn silence(&self, site: &SimSite, prophecy: &mut Prophecy) {
        let minutes = TimeDelta::minutes;
        let mut silent = false;
        for round in &self.rounds {
            let condition = self.truth.condition(&site.id, round.from);
            if self.truth.own_network_is_down(round.from) || is_silent(condition) == silent {
                continue;
            }
            silent = !silent;
            let (said, from, until) = if silent {
                (Said::Down, minutes(60), minutes(80))
            } else {
                (Said::Up, minutes(0), minutes(6))
            };
            prophecy.expected.push(Expected {
                said,
                site: Some(site.id.clone()),
                column: None,
                on: None,
                phones: self.operators(),
                from: round.from + from,
                by: self.sent_by(round.from + until),
                must: true,
            });
        }
    }

    fn own_network(&self, prophecy: &mut Prophecy) {
        let mut down = false;
        for round in &self.rounds {
            if self.truth.own_network_is_down(round.from) == down {
                continue;
            }
            down = !down;
            prophecy.expected.push(Expected {
                said: if down { Said::Offline } else { Said::Online },
                site: None,
                column: None,
                on: None,
                phones: self.operators(),
                from: round.from,
                by: self.sent_by(round.until),
                must: true,
            });
        }
    }
}

/// Whether a site in this condition gives no answer that is one, so that the site as a whole is
/// told of and not its columns.
fn is_silent(condition: Condition) -> bool {
    matches!(
        condition,
        Condition::Closed | Condition::Silent | Condition::ServerError
    )
}

fn at(day: Date, hour: u32, minute: u32) -> Moment {
    moment(day.and_hms_opt(hour, minute, 0).expect("a time"))
}
