//! The oracle: from the truth and the rules, what everybody has to hear, from when on, by when.
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

use chrono::TimeDelta;
use wangxun::domain::id::{ColumnId, SiteId};
use wangxun::domain::time::{Date, Moment};
use wangxun::rehearsal::site::{Condition, Publication, SimColumn, SimSite};

use super::rules::{PROPOSED_EVERY, REPEATS, Round, Rules, UNTIL_PROPOSAL, step_at};
use super::words::Said;

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

pub struct Oracle<'a> {
    pub rules: Rules<'a>,
    /// The columns that are watched.
    pub watched: BTreeSet<ColumnId>,
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

impl Oracle<'_> {
    /// Everything that follows from the truth for the watched columns.
    pub fn prophesy(&self) -> Prophecy {
        let mut prophecy = Prophecy::default();
        for site in self.rules.truth.sites() {
            let columns = || {
                let columns = site.columns.iter();
                columns.filter(|column| self.watched.contains(&column.id))
            };
            for column in columns() {
                self.deadline(site, column, &mut prophecy);
                self.blindness(site, column, &mut prophecy);
            }
            if columns().next().is_some() {
                self.site(site, &mut prophecy);
            }
        }
        self.own_network(&mut prophecy);
        prophecy
    }

    /// The deadline of one column, from round to round.
    fn deadline(&self, site: &SimSite, column: &SimColumn, prophecy: &mut Prophecy) {
        let mut case: Option<Case> = None;
        for &round in &self.rules.rounds {
            if !self.rules.sees(&site.id, round) {
                if let Some(case) = &mut case {
                    self.hold(case, round, prophecy);
                }
                continue;
            }
            let Some(newest) = self.rules.truth.newest_on(&column.id, round.from) else {
                continue;
            };
            let today = round.from.date_naive();
            let step = step_at(column.class, (today - newest).num_days());
            let past = case.take();
            case = match (past, step) {
                (None, None) => None,
                (None, Some(step)) => {
                    let heard_on = self.heard_on(round);
                    let fresh = Case {
                        base: newest,
                        step,
                        since: heard_on,
                        told_on: heard_on,
                        repeats: 0,
                        proposed: false,
                        latest: prophecy.expected.len(),
                        held: false,
                    };
                    self.tell(site, column, &fresh, round, 30, prophecy);
                    Some(fresh)
                }
                (Some(case), _) if newest > case.base => {
                    self.met(column, &case, round, prophecy);
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

    /// The day on which what is decided in `round` is heard: a working day.
    fn heard_on(&self, round: Round) -> Date {
        let decided = round.from + TimeDelta::minutes(30);
        self.rules.opening(decided).date_naive()
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
            (waiting.from, waiting.by) = self.rules.heard(round.from, round.until);
            waiting.must = true;
        }
        if step > case.step {
            case.step = step;
            let heard_on = self.heard_on(round);
            (case.since, case.told_on, case.repeats) = (heard_on, heard_on, 0);
            self.overtake(case.latest, round, prophecy);
            case.latest = prophecy.expected.len();
            self.tell(site, column, case, round, 30, prophecy);
            return;
        }
        if !self.rules.is_worked(today) {
            return;
        }
        let told_since = self.rules.worked_between(case.told_on, today);
        // Nobody releases it here: it is proposed again.
        let proposal = match case.proposed {
            true => told_since >= PROPOSED_EVERY,
            false => {
                case.step == 3 && self.rules.worked_between(case.since, today) >= UNTIL_PROPOSAL
            }
        };
        let repeat = !case.proposed
            && REPEATS[case.step]
                .is_some_and(|(days, most)| case.repeats < most && told_since >= days);
        if proposal || repeat {
            case.proposed = proposal;
            case.told_on = self.heard_on(round);
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
        let (from, by) = self.rules.heard(earliest, latest);
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
                self.rules.operators()
            } else {
                self.rules.hearers(case.step, &column.unit)
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
            waiting.by = self.rules.sent_by(round.until);
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
        waiting.by = self.rules.sent_by(round.from.max(waiting.from));
        let late = Expected {
            said: Said::Late,
            site: None,
            column: None,
            on: None,
            phones: self.rules.operators(),
            from: waiting.from + TimeDelta::hours(72),
            by: self.rules.end,
            must: false,
        };
        let hearers = waiting.phones.len();
        prophecy.expected.extend(vec![late; hearers]);
    }

    fn met(&self, column: &SimColumn, case: &Case, round: Round, prophecy: &mut Prophecy) {
        let newer = |item: &&Publication| item.claimed_on > case.base;
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
        let (from, by) = self.rules.heard(earliest, round.until);
        let shown = [0, 6, 41].map(|minutes| round.from + TimeDelta::minutes(minutes));
        let on = shown.map(|at| self.rules.truth.newest_on(&column.id, at));
        prophecy.ends.push(End {
            said: Said::Updated,
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
            phones: self.rules.operators(),
            from,
            by,
            must,
        };
        if column.publications.is_empty() {
            let first = self.rules.rounds[0];
            let (from, by) = self.rules.heard(first.from, first.until);
            prophecy
                .expected
                .push(operator(Said::Blank, from, by, true));
        }
        let mut since: Option<Round> = None;
        for &round in &self.rules.rounds {
            let condition = self.rules.truth.condition(&site.id, round.from);
            let is_blind = !is_silent(condition) && condition != Condition::Well;
            if self.rules.truth.own_network_is_down(round.from) || is_blind == since.is_some() {
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
            let (from, by) = self.rules.heard(round.from, round.until);
            prophecy.ends.push(End {
                said: Said::SeenAgain,
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
        self.rules
            .heard(began.from + minutes(60), began.from + minutes(80))
    }

    fn own_network(&self, prophecy: &mut Prophecy) {
        let mut down = false;
        for round in &self.rules.rounds {
            if self.rules.truth.own_network_is_down(round.from) == down {
                continue;
            }
            down = !down;
            prophecy.expected.push(Expected {
                said: if down { Said::Offline } else { Said::Online },
                site: None,
                column: None,
                on: None,
                phones: self.rules.operators(),
                from: round.from,
                by: self.rules.sent_by(round.until),
                must: true,
            });
        }
    }
}

/// Whether a site in this condition gives no answer that is one, so that the site as a whole is
/// told of and not its columns.
pub fn is_silent(condition: Condition) -> bool {
    matches!(
        condition,
        Condition::Closed | Condition::Silent | Condition::ServerError
    )
}
