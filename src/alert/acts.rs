//! What people's acts mean for messages: answers that still the repetitions, holds that let
//! messages wait, and whether the installation is live.
//!
//! Functions of all acts and the present; the limits on what people may lay down are here too.

use thiserror::Error;

use super::incident::{Incident, Subject};
use super::outbox::{Notice, Told};
use crate::assess::exemption::Longest;
use crate::calendar::Calendar;
use crate::domain::act::{Act, Deed, Scope};
use crate::domain::id::{ColumnId, UnitId};
use crate::domain::time::{Date, Moment, date_of};

/// How far people's acts may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Working days from the first answer to an incident to the last day of any.
    pub answer_working_days: u32,
    /// Working days from the beginning of a hold to its last day.
    pub hold_working_days: u32,
    /// How long exemptions may last.
    pub exemption: Longest,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            answer_working_days: 10,
            hold_working_days: 3,
            exemption: Longest::default(),
        }
    }
}

/// Why an answer or a hold is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Its end, within a day, is over already.
    #[error("{} is over already", until.format("%Y-%m-%d %H:%M"))]
    PastMoment {
        /// The end.
        until: Moment,
    },
    /// Its time is over already.
    #[error("{until} is over already")]
    Past {
        /// The last day.
        until: Date,
    },
    /// The same stands already.
    #[error("it stands until {until} already")]
    Standing {
        /// The last day of what stands.
        until: Date,
    },
    /// It reaches too far.
    #[error("{until} is too late; the latest day allowed is {latest} ({days} working days)")]
    TooLate {
        /// The last day.
        until: Date,
        /// The latest last day.
        latest: Date,
        /// The most working days.
        days: u32,
    },
}

/// Whether a last day is neither over nor later than `days` working days after `since`.
fn within(
    until: Date,
    today: Date,
    since: Date,
    days: u32,
    calendar: &Calendar,
) -> Result<(), Refusal> {
    if until < today {
        return Err(Refusal::Past { until });
    }
    let latest = calendar.add_working_days(since, days);
    if until > latest {
        return Err(Refusal::TooLate {
            until,
            latest,
            days,
        });
    }
    Ok(())
}

/// Whether `subject` is the deadline of `column`, or its duty where one is named.
fn is_about(subject: &Subject, column: &ColumnId, duty: Option<&str>) -> bool {
    match subject {
        Subject::Column(id) => id == column && duty.is_none(),
        Subject::Duty(id, name) => id == column && duty == Some(name),
        _ => false,
    }
}

/// The answers to `incident`, in the order given.
fn answers<'a>(
    acts: &'a [Act],
    incident: &'a Incident,
) -> impl Iterator<Item = (&'a Act, Date)> + 'a {
    acts.iter()
        .filter_map(|act| match (&act.deed, &incident.key.subject) {
            (
                Deed::Answered {
                    column,
                    duty,
                    began_at,
                    until,
                    ..
                },
                subject,
            ) if is_about(subject, column, duty.as_deref()) && *began_at == incident.began_at => {
                Some((act, *until))
            }
            _ => None,
        })
}

/// The answer to `incident` that holds on `today`, with its last day: the latest one counts.
pub fn answer<'a>(acts: &'a [Act], incident: &'a Incident, today: Date) -> Option<(&'a Act, Date)> {
    answers(acts, incident)
        .last()
        .filter(|(_, until)| today <= *until)
}

/// Whether `incident` may be answered with `until`. The time counts from the first answer: further
/// ones do not prolong it.
pub fn check_answer(
    acts: &[Act],
    incident: &Incident,
    until: Date,
    today: Date,
    bounds: Bounds,
    calendar: &Calendar,
) -> Result<(), Refusal> {
    let stands = answer(acts, incident, today).filter(|(_, day)| *day == until);
    if stands.is_some() {
        return Err(Refusal::Standing { until });
    }
    let first = answers(acts, incident).next();
    let since = first.map_or(today, |(act, _)| date_of(act.at).min(today));
    within(until, today, since, bounds.answer_working_days, calendar)
}

/// A hold, from its beginning to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold<'a> {
    /// The act.
    pub act: &'a Act,
    /// Which columns.
    pub scope: &'a Scope,
    /// When it ends, or was lifted.
    pub until: Moment,
}

impl Hold<'_> {
    /// Whether it lasts at `now`.
    pub fn lasts(&self, now: Moment) -> bool {
        self.act.at <= now && now < self.until
    }
}

/// Every hold that was ever laid down.
pub fn holds(acts: &[Act]) -> Vec<Hold<'_>> {
    acts.iter()
        .filter_map(|act| match &act.deed {
            Deed::Held { scope, until } => Some((act, scope, *until)),
            _ => None,
        })
        .map(|(act, scope, until)| {
            let lifted = acts.iter().filter_map(|other| match &other.deed {
                Deed::HoldLifted { scope: lifted } if lifted == scope && other.at >= act.at => {
                    Some(other.at)
                }
                _ => None,
            });
            let until = lifted.min().map_or(until, |at| at.min(until));
            Hold { act, scope, until }
        })
        .collect()
}

/// The hold on the columns of `scope` that lasts at `now`, the longest if several do.
pub fn hold_on<'a>(acts: &'a [Act], scope: &Scope, now: Moment) -> Option<Hold<'a>> {
    let all = holds(acts).into_iter();
    all.filter(|hold| hold.scope == scope && hold.lasts(now))
        .max_by_key(|hold| hold.until)
}

/// The hold that lasts at `now` on messages about `column` of `unit`.
pub fn hold_of<'a>(
    acts: &'a [Act],
    column: &ColumnId,
    unit: &UnitId,
    now: Moment,
) -> Option<Hold<'a>> {
    let scopes = [Scope::Column(column.clone()), Scope::Unit(unit.clone())];
    let found = scopes.iter().filter_map(|scope| hold_on(acts, scope, now));
    found.max_by_key(|hold| hold.until)
}

/// Until when `notice` waited or waits because of a hold that began while it was of use. Only what
/// a unit hears of a deadline is held.
pub fn held_until(holds: &[Hold<'_>], notice: &Notice) -> Option<Moment> {
    let to_unit = matches!(
        notice.told,
        Told::Raised(_)
            | Told::Repeated(..)
            | Told::Down
            | Told::StillDown
            | Told::NearVeto(_)
            | Told::Veto(_)
    );
    if !to_unit {
        return None;
    }
    let over = holds.iter().filter(|hold| {
        let about = match hold.scope {
            Scope::Column(id) => notice.column.as_ref() == Some(id),
            Scope::Unit(id) => notice.unit.as_ref() == Some(id),
            Scope::Site(_) => false,
        };
        about && hold.act.at <= notice.expires_at && hold.until > notice.created_at
    });
    over.map(|hold| hold.until).max()
}

/// Whether messages about the columns of `scope` may wait until `until`. The time counts from the
/// beginning of the hold that lasts already, if one does.
pub fn check_hold(
    acts: &[Act],
    scope: &Scope,
    until: Moment,
    now: Moment,
    bounds: Bounds,
    calendar: &Calendar,
) -> Result<(), Refusal> {
    let lasting = hold_on(acts, scope, now);
    let since = lasting.map_or(now, |hold| hold.act.at);
    // The end of a day is the first instant of the next.
    let last = date_of(until - chrono::TimeDelta::seconds(1));
    if until <= now {
        return Err(Refusal::PastMoment { until });
    }
    // A shorter hold beside a longer one changes nothing.
    let longest = lasting.map(|hold| date_of(hold.until - chrono::TimeDelta::seconds(1)));
    if let Some(until) = longest.filter(|longest| last <= *longest) {
        return Err(Refusal::Standing { until });
    }
    let days = bounds.hold_working_days;
    within(last, date_of(now), date_of(since), days, calendar)
}

/// Whether the installation only tries: its trial run began and nobody ended it. A store of before
/// there were trial runs knows of none and is live.
pub fn is_trial(acts: &[Act], configured_live: bool) -> bool {
    let any = |deed: &Deed| acts.iter().any(|act| act.deed == *deed);
    !configured_live && any(&Deed::TrialBegan) && !any(&Deed::WentLive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::incident::{IncidentKey, Kind, State};
    use crate::alert::outbox::{Facts, MessageKey, NoticeState};
    use crate::domain::id::{PersonId, SiteId};
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn column() -> ColumnId {
        ColumnId::parse("kxw/gzdt").unwrap()
    }

    fn act(when: &str, deed: Deed) -> Act {
        Act {
            approver: None,
            at: at(when),
            by: "张".to_owned(),
            reason: "稿件在审".to_owned(),
            deed,
        }
    }

    fn incident(began: &str) -> Incident {
        let key = IncidentKey {
            subject: Subject::Column(column()),
            kind: Kind::Stale,
        };
        let state = State::Suspected { seen_at: at(began) };
        Incident::new(key, at(began), state)
    }

    fn answered(when: &str, began: &str, until: &str) -> Act {
        let deed = Deed::Answered {
            duty: None,
            column: column(),
            began_at: at(began),
            until: date(until),
            by_link: None,
        };
        act(when, deed)
    }

    const BEGAN: &str = "2017-11-18T07:00:00";

    #[test]
    fn an_answer_holds_to_the_end_of_its_day_and_for_its_incident_only() {
        let acts = [answered("2017-11-20T09:00:00", BEGAN, "2017-11-24")];
        for (day, holds) in [
            ("2017-11-20", true),
            ("2017-11-24", true),
            ("2017-11-25", false),
        ] {
            let incident = incident(BEGAN);
            assert_eq!(
                answer(&acts, &incident, date(day)).is_some(),
                holds,
                "{day}"
            );
        }
        let next = incident("2017-11-22T07:00:00");
        assert_eq!(answer(&acts, &next, date("2017-11-23")), None);
    }

    #[test]
    fn an_answer_reaches_ten_working_days_from_the_first_one() {
        let calendar = Calendar::default();
        let incident = incident(BEGAN);
        let check = |acts: &[Act], until: &str, today: &str| {
            let (until, today) = (date(until), date(today));
            check_answer(acts, &incident, until, today, Bounds::default(), &calendar)
        };
        // 20 November 2017 is a Monday: ten working days on it is Monday again.
        let monday = "2017-11-20";
        assert_eq!(check(&[], "2017-12-04", monday), Ok(()));
        let latest = date("2017-12-04");
        let late = |until: &str| {
            let until = date(until);
            Err(Refusal::TooLate {
                until,
                latest,
                days: 10,
            })
        };
        assert_eq!(check(&[], "2017-12-05", monday), late("2017-12-05"));
        let first = [answered("2017-11-20T09:00:00", BEGAN, "2017-11-22")];
        assert_eq!(
            check(&first, "2017-12-05", "2017-11-30"),
            late("2017-12-05")
        );
        assert_eq!(check(&first, "2017-12-04", "2017-11-30"), Ok(()));
        let past = Err(Refusal::Past {
            until: date("2017-11-19"),
        });
        assert_eq!(check(&[], "2017-11-19", monday), past);
    }

    #[test]
    fn a_hold_ends_by_itself_or_when_it_is_lifted() {
        let unit = Scope::Unit(UnitId::parse("kxw").unwrap());
        let held = act(
            "2017-11-20T09:00:00",
            Deed::Held {
                scope: unit.clone(),
                until: at("2017-11-23T00:00:00"),
            },
        );
        let lift = act(
            "2017-11-21T09:00:00",
            Deed::HoldLifted {
                scope: unit.clone(),
            },
        );
        let lasts = |acts: &[Act], when: &str| hold_on(acts, &unit, at(when)).is_some();
        let mut acts = vec![held];
        assert!(lasts(&acts, "2017-11-20T09:00:00"));
        assert!(lasts(&acts, "2017-11-22T23:59:59"));
        assert!(!lasts(&acts, "2017-11-23T00:00:00"));
        acts.push(lift);
        assert!(lasts(&acts, "2017-11-21T08:59:59"));
        assert!(!lasts(&acts, "2017-11-21T09:00:00"));
    }

    #[test]
    fn a_hold_on_a_unit_holds_what_is_told_of_its_sites() {
        let until = at("2017-11-23T00:00:00");
        let hold = |scope| act("2017-11-20T09:00:00", Deed::Held { scope, until });
        let unit = UnitId::parse("kxw").unwrap();
        let notice = |told| Notice {
            key: MessageKey::of(&["a"]),
            person: PersonId::parse("li").unwrap(),
            incident: IncidentKey {
                subject: Subject::Site(SiteId::parse("kxw").unwrap()),
                kind: Kind::Veto,
            },
            kind: Kind::Veto,
            column: None,
            unit: Some(unit.clone()),
            told,
            facts: Facts {
                site: "区科信委网站".to_owned(),
                column: String::new(),
                unit: "区科信委".to_owned(),
                last_update: None,
                due_on: None,
                limit_days: None,
                why: String::new(),
                duty: String::new(),
            },
            urgent: true,
            created_at: at("2017-11-20T08:00:00"),
            not_before: at("2017-11-20T08:00:00"),
            expires_at: at("2017-11-24T08:00:00"),
            state: NoticeState::Waiting,
            in_place_of: None,
            copied: false,
            first: false,
            put_off: None,
            unsent_since: None,
            looks_on: false,
            laid_back_at: None,
        };
        let of_unit = [hold(Scope::Unit(unit.clone()))];
        let of_other = [hold(Scope::Unit(UnitId::parse("wjw").unwrap()))];
        for told in [
            Told::Down,
            Told::StillDown,
            Told::NearVeto(0),
            Told::Veto(2),
        ] {
            let notice = notice(told);
            assert_eq!(
                held_until(&holds(&of_unit), &notice),
                Some(until),
                "{told:?}"
            );
            assert_eq!(held_until(&holds(&of_other), &notice), None, "{told:?}");
        }
        // That it is over is no verdict to be doubted.
        assert_eq!(held_until(&holds(&of_unit), &notice(Told::Recovered)), None);
    }

    #[test]
    fn a_hold_reaches_three_working_days_from_its_beginning() {
        let calendar = Calendar::default();
        let scope = Scope::Column(column());
        let check = |acts: &[Act], until: &str, now: &str| {
            let (until, now) = (at(until), at(now));
            check_hold(acts, &scope, until, now, Bounds::default(), &calendar)
        };
        let monday = "2017-11-20T09:00:00";
        assert_eq!(check(&[], "2017-11-24T00:00:00", monday), Ok(()));
        assert!(check(&[], "2017-11-24T00:00:02", monday).is_err());
        assert!(matches!(
            check(&[], monday, monday),
            Err(Refusal::PastMoment { .. })
        ));
        let held = [act(
            monday,
            Deed::Held {
                scope: scope.clone(),
                until: at("2017-11-23T00:00:00"),
            },
        )];
        let prolonged = check(&held, "2017-11-25T00:00:00", "2017-11-22T09:00:00");
        assert!(matches!(prolonged, Err(Refusal::TooLate { .. })));
    }

    #[test]
    fn only_a_trial_that_nobody_ended_is_one() {
        let began = act(BEGAN, Deed::TrialBegan);
        let live = act(BEGAN, Deed::WentLive);
        let rows: [(&[Act], bool, bool); 4] = [
            (&[], false, false),
            (std::slice::from_ref(&began), false, true),
            (std::slice::from_ref(&began), true, false),
            (&[began.clone(), live], false, false),
        ];
        for (acts, configured, trial) in rows {
            assert_eq!(is_trial(acts, configured), trial, "{acts:?}");
        }
    }
}
