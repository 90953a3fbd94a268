//! The rules of incidents that are about a site as a whole.

use chrono::{NaiveTime, TimeDelta};

use super::incident::Kind;
use super::outbox::{Leaves, Told};
use super::rules::Repeat;
use crate::assess::vetoes::Marks;
use crate::calendar::{Calendar, Hours};
use crate::domain::group::Role;
use crate::domain::time::{Moment, date_of, moment};

/// Everything that incidents of sites are configured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRules {
    /// The home page does not open.
    pub down: DownRule,
    /// The site is near a veto.
    pub near: VetoRule,
    /// The site meets a veto.
    pub veto: VetoRule,
    /// Without so many samples in seven days nothing is said of the rate of failures.
    pub least_samples: u32,
    /// How long a home page that was readable may be unreadable before the operator is told.
    pub blind_after: TimeDelta,
    /// When nobody is woken who need not be.
    pub night: Night,
    /// When so many percent of a site's columns show another structure than before, or none, the site
    /// is taken to be redesigned and none of its columns is told of.
    pub redesign_percent: u32,
}

/// When a home page is down, and who hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownRule {
    /// Whether it is told at all; else the operator hears of silent hosts alone.
    pub enabled: bool,
    /// Failed visits in a row.
    pub visits: u32,
    /// The least time between two of them.
    pub apart: TimeDelta,
    /// Who is told at once.
    pub roles: Vec<Role>,
    /// Who is told, in the sending window, when it still lasts.
    pub later_roles: Vec<Role>,
    /// After how long.
    pub later_after: TimeDelta,
    /// Whether it is told at night as well.
    pub at_night: bool,
    /// For how long it has to answer again to be called up.
    pub steady: TimeDelta,
    /// When it comes and goes.
    pub flapping: Flapping,
}

/// A page that goes down so often is called up only after it has answered for longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flapping {
    /// Outages, the present one included.
    pub times: u32,
    /// Within this time.
    pub within: TimeDelta,
    /// For how long it has to answer then.
    pub steady: TimeDelta,
}

/// When a veto is near or met, and who hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VetoRule {
    /// Whether it is told at all.
    pub enabled: bool,
    /// From where on.
    pub marks: Marks,
    /// Who is told.
    pub roles: Vec<Role>,
    /// How it is repeated while it lasts.
    pub repeat: Repeat,
    /// Whether it leaves alone and outside the sending window.
    pub at_once: bool,
    /// Whether at night as well, where it is told at once.
    pub at_night: bool,
}

/// The hours of the night, which may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Night {
    /// The first minute.
    pub from: NaiveTime,
    /// The first minute of the day.
    pub until: NaiveTime,
}

impl Night {
    /// The first instant at or after `at` that is not in the night.
    pub fn end(self, at: Moment) -> Moment {
        let (time, today) = (at.time(), date_of(at));
        let passes_midnight = self.from > self.until;
        let early = time < self.until && (passes_midnight || time >= self.from);
        let late = passes_midnight && time >= self.from;
        let day = match late {
            true => today.succ_opt().unwrap_or(today),
            false => today,
        };
        match early || late {
            true => moment(day.and_time(self.until)),
            false => at,
        }
    }
}

impl SiteRules {
    /// The roles that hear of `told`; `None` where it is the operators' alone.
    pub fn roles(&self, told: Told) -> Option<&[Role]> {
        match told {
            Told::Down => Some(&self.down.roles),
            Told::StillDown => Some(&self.down.later_roles),
            Told::NearVeto(_) => Some(&self.near.roles),
            Told::Veto(_) => Some(&self.veto.roles),
            _ => None,
        }
    }

    /// The first instant at or after `at` at which `told` of an incident of `kind` may leave, where
    /// it is urgent.
    pub fn opening(
        &self,
        (kind, told): (Kind, Told),
        calendar: &Calendar,
        hours: Hours,
        at: Moment,
    ) -> Moment {
        self.leave(self.leaves((kind, told)), calendar, hours, at)
    }

    /// At which hours `told` of an incident of `kind` leaves, where it is urgent.
    pub fn leaves(&self, (kind, told): (Kind, Told)) -> Leaves {
        let wakes = match kind {
            Kind::Down if told == Told::StillDown => return Leaves::InHours,
            Kind::Down => self.down.at_night,
            Kind::Veto => self.veto.at_night,
            Kind::NearVeto => self.near.at_night,
            _ => true,
        };
        match wakes {
            true => Leaves::AtAnyHour,
            false => Leaves::ByDay,
        }
    }

    /// The first instant at or after `at` at which what `leaves` so may be sent.
    pub fn leave(&self, leaves: Leaves, calendar: &Calendar, hours: Hours, at: Moment) -> Moment {
        match leaves {
            Leaves::AtAnyHour => at,
            Leaves::ByDay => self.night.end(at),
            Leaves::InHours => calendar.opening(at, hours),
        }
    }
}

impl Default for SiteRules {
    fn default() -> Self {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        let every = |working_days| Repeat::Every {
            working_days,
            most: None,
        };
        SiteRules {
            down: DownRule {
                enabled: true,
                visits: 3,
                apart: TimeDelta::minutes(15),
                roles: vec![Role::Liaison, Role::Operator],
                later_roles: vec![Role::Head],
                later_after: TimeDelta::hours(4),
                at_night: true,
                steady: TimeDelta::minutes(15),
                flapping: Flapping {
                    times: 3,
                    within: TimeDelta::hours(24),
                    steady: TimeDelta::hours(4),
                },
            },
            near: VetoRule {
                enabled: true,
                marks: Marks::NEAR,
                roles: vec![Role::Liaison, Role::Head, Role::Operator],
                repeat: every(5),
                at_once: false,
                at_night: false,
            },
            veto: VetoRule {
                enabled: true,
                marks: Marks::VETO,
                roles: vec![Role::Liaison, Role::Head, Role::Operator, Role::Supervision],
                repeat: every(1),
                at_once: true,
                at_night: false,
            },
            least_samples: 140,
            blind_after: TimeDelta::hours(24),
            night: Night {
                from: time(22),
                until: time(7),
            },
            redesign_percent: 80,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_again_keeps_to_its_hours() {
        let at = |text: &str| moment(text.parse().unwrap());
        let (rules, calendar) = (SiteRules::default(), Calendar::default());
        let hours = Hours::from(crate::alert::rules::AlertRules::default().window);
        let table = [
            (Kind::Veto, Told::Veto(0), "2017-11-15T07:00:00"),
            (Kind::Down, Told::StillDown, "2017-11-15T08:30:00"),
            (Kind::Down, Told::Down, "2017-11-15T01:30:00"),
            (Kind::Trouble, Told::Trouble, "2017-11-15T01:30:00"),
        ];
        for (kind, told, expected) in table {
            let leaves = rules.leaves((kind, told));
            let sent_at = rules.leave(leaves, &calendar, hours, at("2017-11-15T01:30:00"));
            assert_eq!(sent_at, at(expected), "{told:?}");
        }
    }

    #[test]
    fn nobody_is_woken_before_the_night_is_over() {
        let at = |text: &str| moment(text.parse().unwrap());
        let rows = [
            ("2017-11-14T21:59:59", "2017-11-14T21:59:59"),
            ("2017-11-14T22:00:00", "2017-11-15T07:00:00"),
            ("2017-11-14T00:40:00", "2017-11-14T07:00:00"),
            ("2017-11-14T07:00:00", "2017-11-14T07:00:00"),
        ];
        let night = SiteRules::default().night;
        for (from, end) in rows {
            assert_eq!(night.end(at(from)), at(end), "{from}");
        }
        let short = Night {
            from: "01:00:00".parse().unwrap(),
            until: "05:00:00".parse().unwrap(),
        };
        assert_eq!(
            short.end(at("2017-11-14T04:00:00")),
            at("2017-11-14T05:00:00")
        );
        assert_eq!(
            short.end(at("2017-11-14T00:30:00")),
            at("2017-11-14T00:30:00")
        );
    }
}
