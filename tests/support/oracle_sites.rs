//! What follows for sites as a whole: home pages that do not open, home pages that cannot be read any
//! more, vetoes that are near or met.
//!
//! Written from the rules of the manual. Home pages are visited in the rounds of the columns; what
//! fails is visited again after 15 and 30 minutes. What is seen of a home page is confirmed half an
//! hour later, what is counted over columns by the next round at the latest.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Timelike as _};
use wangxun::domain::class::Class;
use wangxun::domain::group::Role;
use wangxun::domain::time::{Date, Moment};
use wangxun::rehearsal::dialect::Dialect;
use wangxun::rehearsal::site::{Condition, SimColumn, SimSite};

use super::oracle::{Expected, Oracle, Prophecy, is_silent};
use super::rules::{HOURS, Round, limit_of};
use super::words::Said;

/// The hours after which the head hears that a page still does not open.
const LATER_HOURS: i64 = 4;
/// The hours after which the operator hears that a page cannot be read any more.
const BLIND_HOURS: i64 = 24;

/// A veto, or its nearness.
#[derive(Clone, Copy)]
struct Mark {
    said: Said2,
    home: i64,
    basic: usize,
    stale: usize,
    empty: usize,
    empty_is_stale: bool,
    every: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Said2 {
    Near,
    Veto,
}

const NEAR: Mark = Mark {
    said: Said2::Near,
    home: 10,
    basic: 3,
    stale: 7,
    empty: 3,
    empty_is_stale: true,
    every: 5,
};
const VETO: Mark = Mark {
    said: Said2::Veto,
    home: 14,
    basic: 5,
    stale: 10,
    empty: 5,
    empty_is_stale: false,
    every: 1,
};

/// What is known of one veto of one site.
#[derive(Default)]
struct Case {
    /// The round that saw it first, while no other has confirmed it.
    suspected: Option<Round>,
    /// When it was told last.
    told_on: Option<Date>,
    /// The round that saw that it is over, while no other has confirmed it.
    clear: Option<Round>,
    /// The latest thing to hear, by its place among all.
    latest: usize,
}

#[derive(Clone, Copy, Default)]
struct Met {
    home: bool,
    counts: bool,
}

impl Met {
    fn any(self) -> bool {
        self.home || self.counts
    }
}

impl Oracle<'_> {
    /// Everything that is told of `site` as a whole.
    pub fn site(&self, site: &SimSite, prophecy: &mut Prophecy) {
        self.down(site, prophecy);
        self.home_blindness(site, prophecy);
        self.vetoes(site, prophecy);
    }

    /// The rounds in which home pages are visited.
    fn home_rounds(&self) -> impl Iterator<Item = &Round> {
        let of_schedule =
            |round: &&Round| round.from.minute() == 0 && HOURS.contains(&round.from.hour());
        let first = self.rules.rounds.iter().take(1);
        first.chain(self.rules.rounds.iter().skip(1).filter(of_schedule))
    }

    fn say(
        &self,
        site: &SimSite,
        said: Said,
        phones: BTreeSet<String>,
        span: (Moment, Moment),
        must: bool,
    ) -> Expected {
        Expected {
            said,
            site: Some(site.id.clone()),
            column: None,
            on: None,
            phones,
            from: span.0,
            by: span.1,
            must,
        }
    }

    /// The contact and the operator hear at any hour that a page does not open, the head when it
    /// lasts, and all of them of the end.
    fn down(&self, site: &SimSite, prophecy: &mut Prophecy) {
        let minutes = TimeDelta::minutes;
        let contacts = self
            .rules
            .in_roles(&[Role::Liaison, Role::Operator], &site.unit.id);
        let heads = self.rules.in_roles(&[Role::Head], &site.unit.id);
        let mut since: Option<Moment> = None;
        let mut later: Option<(Moment, Moment)> = None;
        for round in self.home_rounds() {
            let condition = self.rules.truth.condition(&site.id, round.from);
            if self.rules.truth.own_network_is_down(round.from) {
                continue;
            }
            match (since, is_silent(condition)) {
                (None, true) => {
                    let (from, by) = (round.from + minutes(30), round.from + minutes(50));
                    since = Some(by);
                    let span = (from, self.rules.sent_by(by));
                    prophecy.expected.push(self.say(
                        site,
                        Said::Down,
                        contacts.clone(),
                        span,
                        true,
                    ));
                }
                (Some(told), true) => {
                    let lasts = round.from >= told + TimeDelta::hours(LATER_HOURS) - minutes(20);
                    if later.is_none() && lasts {
                        let opens = self.rules.opening(round.from);
                        let by = self
                            .rules
                            .sent_by(self.rules.opening(round.from + minutes(12)));
                        later = Some((opens, by));
                    }
                }
                (Some(_), false) => {
                    let (from, by) = (round.from + minutes(15), round.from + minutes(36));
                    let by = self.rules.sent_by(by);
                    let up = |phones, must| self.say(site, Said::Up, phones, (from, by), must);
                    prophecy.expected.push(up(contacts.clone(), true));
                    if let Some((opens, latest)) = later.take() {
                        // What the head has not heard by then is not said any more.
                        let told = latest <= round.from;
                        let span = (opens, latest.min(by));
                        if opens <= by {
                            let still = self.say(site, Said::StillDown, heads.clone(), span, told);
                            prophecy.expected.push(still);
                            // Whoever is both contact and head hears of the end once.
                            let heads = heads.difference(&contacts).cloned().collect();
                            prophecy.expected.push(up(heads, told));
                        }
                    }
                    since = None;
                }
                (None, false) => {}
            }
        }
        if let Some(span) = later {
            prophecy
                .expected
                .push(self.say(site, Said::StillDown, heads, span, true));
        }
    }

    /// A page that is there and tells nothing for a day: the operator's alone.
    fn home_blindness(&self, site: &SimSite, prophecy: &mut Prophecy) {
        let minutes = TimeDelta::minutes;
        let operators = || self.rules.operators();
        let blinds = |condition| {
            matches!(
                condition,
                Condition::Challenge | Condition::Maintenance | Condition::WrongPage
            )
        };
        let mut since: Option<Round> = None;
        for &round in self.home_rounds() {
            let condition = self.rules.truth.condition(&site.id, round.from);
            if self.rules.truth.own_network_is_down(round.from)
                || blinds(condition) == since.is_some()
            {
                continue;
            }
            let Some(began) = since.take() else {
                since = Some(round);
                continue;
            };
            let from = began.from + TimeDelta::hours(BLIND_HOURS) - minutes(6);
            let (from, by) = self
                .rules
                .heard(from, from + TimeDelta::hours(4) + minutes(18));
            if from <= round.until {
                let must = by <= round.from && has_dates(site);
                let said = Said::HomeBlind;
                prophecy
                    .expected
                    .push(self.say(site, said, operators(), (from, by), must));
                let span = self.rules.heard(round.from, round.until);
                prophecy
                    .expected
                    .push(self.say(site, Said::HomeSeen, operators(), span, must));
            }
        }
        if let Some(began) = since {
            let from = began.from + TimeDelta::hours(BLIND_HOURS) - minutes(6);
            let span = self
                .rules
                .heard(from, from + TimeDelta::hours(4) + minutes(18));
            let must = has_dates(site);
            prophecy
                .expected
                .push(self.say(site, Said::HomeBlind, operators(), span, must));
        }
    }

    fn vetoes(&self, site: &SimSite, prophecy: &mut Prophecy) {
        let (mut veto, mut near) = (Case::default(), Case::default());
        for &round in self.home_rounds() {
            if !self.rules.sees(&site.id, round) {
                continue;
            }
            self.follow(site, (&VETO, &mut veto), round, prophecy);
            if veto.told_on.is_some() {
                if near.told_on.is_some() {
                    self.unheard(near.latest, round, prophecy);
                }
                near = Case::default();
            } else {
                self.follow(site, (&NEAR, &mut near), round, prophecy);
            }
        }
    }

    fn follow(
        &self,
        site: &SimSite,
        (mark, case): (&Mark, &mut Case),
        round: Round,
        prophecy: &mut Prophecy,
    ) {
        let met = self.met_at(site, mark, round.from);
        let today = round.from.date_naive();
        let minutes = TimeDelta::minutes;
        match (case.told_on, met.any()) {
            (None, false) => case.suspected = None,
            (None, true) => {
                let first = case.suspected.replace(round).unwrap_or(round);
                let is_again = first.from != round.from;
                if !is_again && !met.home {
                    return;
                }
                let until = if is_again {
                    round.from + minutes(18)
                } else {
                    round.until + minutes(6)
                };
                case.told_on = Some(today);
                self.tell_site(
                    site,
                    mark,
                    case,
                    (first.from + minutes(30), until),
                    prophecy,
                );
            }
            (Some(told_on), true) => {
                case.clear = None;
                let due = self.rules.worked_between(told_on, today) >= mark.every;
                if due && self.rules.is_worked(today) {
                    case.told_on = Some(today);
                    self.unheard(case.latest, round, prophecy);
                    let span = (round.from, round.from + minutes(18));
                    self.tell_site(site, mark, case, span, prophecy);
                }
            }
            (Some(_), false) => {
                let Some(first) = case.clear else {
                    case.clear = Some(round);
                    return;
                };
                let last = prophecy.expected[case.latest].clone();
                self.unheard(case.latest, round, prophecy);
                let told = last.by <= first.from;
                let said = match mark.said {
                    Said2::Near => Said::NearOver,
                    Said2::Veto => Said::VetoOver,
                };
                let span = (first.from + minutes(30), round.from + minutes(18));
                let span = self.leaves(mark, span);
                prophecy
                    .expected
                    .push(self.say(site, said, last.phones, span, told));
                *case = Case::default();
            }
        }
    }

    fn tell_site(
        &self,
        site: &SimSite,
        mark: &Mark,
        case: &mut Case,
        span: (Moment, Moment),
        prophecy: &mut Prophecy,
    ) {
        let (said, roles): (Said, &[Role]) = match mark.said {
            Said2::Near => (Said::NearVeto, &[Role::Liaison, Role::Head, Role::Operator]),
            Said2::Veto => (
                Said::Veto,
                &[Role::Liaison, Role::Head, Role::Operator, Role::Supervision],
            ),
        };
        let phones = self.rules.in_roles(roles, &site.unit.id);
        case.latest = prophecy.expected.len();
        // A home page whose rows carry no dates may be read by its articles, and need not be.
        let must = has_dates(site);
        let span = self.leaves(mark, span);
        prophecy
            .expected
            .push(self.say(site, said, phones, span, must));
    }

    /// When what is decided between two instants is heard: a veto at once but not at night.
    fn leaves(&self, mark: &Mark, (from, until): (Moment, Moment)) -> (Moment, Moment) {
        match mark.said {
            Said2::Near => self.rules.heard(from, until),
            Said2::Veto => (
                self.rules.morning(from),
                self.rules.sent_by(self.rules.morning(until)),
            ),
        }
    }

    /// What has not been heard by `round` is not said any more.
    fn unheard(&self, latest: usize, round: Round, prophecy: &mut Prophecy) {
        let waiting = &mut prophecy.expected[latest];
        if waiting.by > round.from {
            waiting.must = false;
            waiting.by = waiting.by.min(self.rules.sent_by(round.until));
        }
    }

    fn met_at(&self, site: &SimSite, mark: &Mark, at: Moment) -> Met {
        let today = at.date_naive();
        let newest = |column: &SimColumn| self.rules.truth.newest_on(&column.id, at);
        let age = |on: Date| (today - on).num_days();
        let home = site.columns.iter().filter_map(newest).max();
        let watched = site.columns.iter();
        let watched: Vec<&SimColumn> = watched
            .filter(|column| self.watched.contains(&column.id))
            .collect();
        let late = |column: &&&SimColumn| {
            newest(column).is_some_and(|on| age(on) > limit_of(column.class))
        };
        let is_basic = |column: &&&SimColumn| {
            matches!(column.class, Class::News | Class::Notices | Class::Policy)
        };
        let stale = watched.iter().filter(late).count();
        let basic = watched.iter().filter(late).filter(is_basic).count();
        let empty = watched
            .iter()
            .filter(|column| column.publications.is_empty())
            .count();
        let all = if mark.empty_is_stale {
            stale + empty
        } else {
            stale
        };
        Met {
            home: home.is_some_and(|on| age(on) > mark.home),
            counts: basic >= mark.basic || all >= mark.stale || empty >= mark.empty,
        }
    }
}

/// Whether rows of the site's home page carry dates, in the text or in the address.
fn has_dates(site: &SimSite) -> bool {
    !matches!(site.dialect, Dialect::ArticleMeta | Dialect::ArticleLabel)
}
