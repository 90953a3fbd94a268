//! Exemptions (报备): which one covers a column on a day, and how long one may last.
//!
//! An exemption lapses by itself: after its last day it covers nothing. Of several that cover a
//! column the one that lasts longest counts.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::calendar::Calendar;
use crate::domain::act::{Act, Deed, Ground, Scope};
use crate::domain::group::{Column, Group, Site};
use crate::domain::id::SiteId;
use crate::domain::time::{Date, Moment, date_of};

/// How long exemptions may last, in natural days, first and last day included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Longest {
    /// An announced maintenance or redesign.
    pub maintenance_days: u32,
    /// On another approved ground.
    pub approved_days: u32,
}

impl Default for Longest {
    fn default() -> Self {
        Longest {
            maintenance_days: 30,
            approved_days: 180,
        }
    }
}

/// An exemption that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Which columns.
    pub scope: &'a Scope,
    /// On which ground.
    pub ground: Ground,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// The limit of the column, in natural days, where one column is meant.
    pub limit_days: Option<u32>,
}

/// Why an exemption is not granted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It ends before it begins.
    #[error("it would end on {until}, before it begins on {from}")]
    Backwards {
        /// The first day.
        from: Date,
        /// The last day.
        until: Date,
    },
    /// It begins in the past.
    #[error("it would begin on {from}; what was due before today, {today}, stays as it was")]
    Past {
        /// The first day.
        from: Date,
        /// The present day.
        today: Date,
    },
    /// It lasts too long.
    #[error("it would last until {until}; the latest day allowed is {latest} ({days} days)")]
    TooLong {
        /// The last day.
        until: Date,
        /// The latest last day.
        latest: Date,
        /// The most days.
        days: u32,
    },
    /// Together with what it adjoins on the same ground it lasts too long.
    #[error(
        "with what it adjoins on the same ground it would last {days} days; {most} in a row are allowed"
    )]
    TooLongInARow {
        /// All days in a row.
        days: u32,
        /// The most days.
        most: u32,
    },
    /// It is so already, for as long.
    #[error("it is exempt already until {until}")]
    Covered {
        /// The last day of the exemption that runs.
        until: Date,
    },
    /// That there is nothing to publish is confirmed for one column.
    #[error("that nothing is due is confirmed for one column, not for a site or unit")]
    NotOneColumn,
}

/// Whether `wanted` may be granted on `today`.
pub fn check(wanted: &Wanted<'_>, today: Date, longest: Longest) -> Result<(), Refusal> {
    let Wanted { from, until, .. } = *wanted;
    if from < today {
        return Err(Refusal::Past { from, today });
    }
    if until < from {
        return Err(Refusal::Backwards { from, until });
    }
    let days = match wanted.ground {
        Ground::Maintenance => longest.maintenance_days,
        Ground::Approved => longest.approved_days,
        Ground::NothingDue => wanted.limit_days.ok_or(Refusal::NotOneColumn)?,
    };
    let more = chrono::Days::new(u64::from(days.saturating_sub(1)));
    // That nothing is due is confirmed from the day of the confirmation on, and then anew.
    let since = match wanted.ground {
        Ground::NothingDue => today,
        Ground::Maintenance | Ground::Approved => from,
    };
    let latest = since.checked_add_days(more).unwrap_or(Date::MAX);
    if until > latest {
        return Err(Refusal::TooLong {
            until,
            latest,
            days,
        });
    }
    Ok(())
}

/// Whether the exemption `wanted` stays for each of `columns` within the most days in a row,
/// together with those on the same ground before or behind it. Days off between two of them divide
/// nothing: only a day that is worked does. That nothing is due is confirmed anew for each period,
/// so there is no such limit.
pub fn check_in_a_row<'a>(
    wanted: &Wanted<'_>,
    columns: impl Iterator<Item = &'a Column>,
    acts: &[Act],
    calendar: &Calendar,
    longest: Longest,
) -> Result<(), Refusal> {
    let most = match wanted.ground {
        Ground::Maintenance => longest.maintenance_days,
        Ground::Approved => longest.approved_days,
        Ground::NothingDue => return Ok(()),
    };
    let mut others: Vec<Lasted<'_>> = lasted(acts).collect();
    others.retain(|lasted| lasted.ground == wanted.ground);
    for column in columns.filter(|column| wanted.scope.covers(column)) {
        let covering = others.iter().filter(|lasted| lasted.scope.covers(column));
        let mut days: BTreeSet<Date> = covering
            .flat_map(|lasted| days_of(lasted.from, lasted.until))
            .collect();
        days.extend(days_of(wanted.from, wanted.until));
        let days = in_a_row(&days, wanted, calendar);
        if days > most {
            return Err(Refusal::TooLongInARow { days, most });
        }
    }
    Ok(())
}

/// Whether nothing on the same ground exempts just the same columns on all days of `wanted` already.
pub fn covering(wanted: &Wanted<'_>, paused: bool, acts: &[Act]) -> Result<(), Refusal> {
    let covers = |act: &Act| match &act.deed {
        Deed::Exempted {
            scope,
            ground,
            from,
            until,
            paused: rests,
        } if scope == wanted.scope
            && *ground == wanted.ground
            && *from <= wanted.from
            && wanted.until <= *until
            && (*rests || !paused)
            && !is_ended(acts, act) =>
        {
            Some(*until)
        }
        _ => None,
    };
    match acts.iter().find_map(covers) {
        Some(until) => Err(Refusal::Covered { until }),
        None => Ok(()),
    }
}

/// The exemptions that run on `day` and cover all that `scope` is about, by whatever scope.
pub fn besides<'a>(
    acts: &'a [Act],
    scope: &Scope,
    group: &Group,
    day: Date,
) -> impl Iterator<Item = &'a Act> {
    let within: Vec<Scope> = match scope {
        Scope::Column(id) => {
            let column = group.columns.get(id).into_iter();
            let wider = column.flat_map(|column| {
                let (site, unit) = (column.site.clone(), column.unit.clone());
                [Scope::Site(site), Scope::Unit(unit)]
            });
            wider.chain([scope.clone()]).collect()
        }
        Scope::Site(id) => {
            let site = group.sites.get(id).into_iter();
            let unit = site.map(|site| Scope::Unit(site.unit.clone()));
            unit.chain([scope.clone()]).collect()
        }
        Scope::Unit(_) => vec![scope.clone()],
    };
    let running: Vec<&Act> = Exemptions::on(acts, day).all().collect();
    running.into_iter().filter(
        move |act| matches!(&act.deed, Deed::Exempted { scope, .. } if within.contains(scope)),
    )
}

/// How long one exemption lasts, or lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasted<'a> {
    /// Which columns.
    pub scope: &'a Scope,
    /// On which ground.
    pub ground: Ground,
    /// The first day.
    pub from: Date,
    /// The last day: that of its end, where somebody ended it before.
    pub until: Date,
    /// The act.
    pub act: &'a Act,
}

/// Whether `scope` covers `site` as a whole.
fn is_whole(scope: &Scope, site: &Site) -> bool {
    match scope {
        Scope::Column(_) => false,
        Scope::Site(id) => *id == site.id,
        Scope::Unit(id) => *id == site.unit,
    }
}

/// Every exemption among `acts`.
pub fn lasted(acts: &[Act]) -> impl Iterator<Item = Lasted<'_>> {
    acts.iter().filter_map(|act| lasted_of(acts, act))
}

fn lasted_of<'a>(acts: &[Act], act: &'a Act) -> Option<Lasted<'a>> {
    match &act.deed {
        Deed::Exempted {
            scope,
            ground,
            from,
            until,
            ..
        } => Some(Lasted {
            scope,
            ground: *ground,
            from: *from,
            until: ended_on(acts, act).map_or(*until, |ended| ended.min(*until)),
            act,
        }),
        _ => None,
    }
}

fn days_of(from: Date, until: Date) -> impl Iterator<Item = Date> {
    from.iter_days().take_while(move |day| *day <= until)
}

/// How many of `days` follow one another around those of `wanted`.
fn in_a_row(days: &BTreeSet<Date>, wanted: &Wanted<'_>, calendar: &Calendar) -> u32 {
    let goes_on = |day: &Date| days.contains(day) || !calendar.is_working_day(*day);
    let back = std::iter::successors(wanted.from.pred_opt(), Date::pred_opt);
    let on = std::iter::successors(wanted.until.succ_opt(), Date::succ_opt);
    let around = back.take_while(goes_on).chain(on.take_while(goes_on));
    let count = days_of(wanted.from, wanted.until)
        .chain(around)
        .filter(|day| days.contains(day))
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The day on which somebody ended the exemption `act`.
fn ended_on(acts: &[Act], act: &Act) -> Option<Date> {
    let own = act.key();
    let mut ends = acts.iter().filter_map(|other| match &other.deed {
        Deed::ExemptionEnded { key } if *key == own => Some(date_of(other.at)),
        _ => None,
    });
    ends.next()
}

/// The exemptions that run on one day.
#[derive(Debug, Clone)]
pub struct Exemptions<'a>(Vec<(&'a Scope, Date, &'a Act)>);

impl<'a> Exemptions<'a> {
    /// Those among `acts` that run on `day`.
    pub fn on(acts: &'a [Act], day: Date) -> Exemptions<'a> {
        let running = acts.iter().filter_map(|act| match &act.deed {
            Deed::Exempted {
                scope, from, until, ..
            } if *from <= day && day <= *until && !is_over(acts, act, day) => {
                Some((scope, *until, act))
            }
            _ => None,
        });
        Exemptions(running.collect())
    }

    /// The last day of the exemption that covers `column`.
    pub fn until(&self, column: &Column) -> Option<Date> {
        let covering = self.0.iter().filter(|(scope, ..)| scope.covers(column));
        covering.map(|(_, until, _)| *until).max()
    }

    /// The sites that rest: nothing of them is visited.
    pub fn paused(&self) -> BTreeSet<SiteId> {
        let rests = self.0.iter().filter_map(|(scope, _, act)| match scope {
            Scope::Site(id) if matches!(act.deed, Deed::Exempted { paused: true, .. }) => Some(id),
            _ => None,
        });
        rests.cloned().collect()
    }

    /// Whether `site` is exempt as a whole, by itself or with its unit.
    pub fn covers_site(&self, site: &Site) -> bool {
        self.of_site(site).is_some()
    }

    /// The exemption that covers `site` as a whole.
    pub fn of_site(&self, site: &Site) -> Option<&'a Act> {
        let covering = self.0.iter().filter(|(scope, ..)| is_whole(scope, site));
        covering
            .max_by_key(|(_, until, _)| *until)
            .map(|(_, _, act)| *act)
    }

    /// The exemption that covers `column`.
    pub fn of(&self, column: &Column) -> Option<&'a Act> {
        let covering = self.0.iter().filter(|(scope, ..)| scope.covers(column));
        covering
            .max_by_key(|(_, until, _)| *until)
            .map(|(_, _, act)| *act)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &'a Act> {
        self.0.iter().map(|(_, _, act)| *act)
    }
}

/// Whether `column` was exempt at `at`, by what had been laid down and ended until then.
pub fn was_exempt(acts: &[Act], column: &Column, at: Moment) -> bool {
    let day = date_of(at);
    let runs = |act: &&Act| match &act.deed {
        Deed::Exempted {
            scope, from, until, ..
        } => act.at <= at && *from <= day && day <= *until && scope.covers(column),
        _ => false,
    };
    acts.iter().filter(runs).any(|act| {
        let own = act.key();
        let ends = |other: &Act| match &other.deed {
            Deed::ExemptionEnded { key } => other.at <= at && *key == own,
            _ => false,
        };
        !acts.iter().any(ends)
    })
}

/// Whether somebody had ended the exemption `act` on `day`.
fn is_over(acts: &[Act], act: &Act, day: Date) -> bool {
    is_ended(acts, act) && ended_on(acts, act).is_none_or(|ended| ended <= day)
}

/// The announced maintenance of `site` as a whole, which lasts or has lasted.
pub fn maintenance<'a>(acts: &'a [Act], site: &Site) -> Vec<Lasted<'a>> {
    // Whether each was ended is asked of few: every site is judged in every round.
    let announced = acts.iter().filter(|act| match &act.deed {
        Deed::Exempted { scope, ground, .. } => {
            *ground == Ground::Maintenance && is_whole(scope, site)
        }
        _ => false,
    });
    announced.filter_map(|act| lasted_of(acts, act)).collect()
}

/// Whether somebody ended the exemption `act` before its last day.
pub fn is_ended(acts: &[Act], act: &Act) -> bool {
    let mut ends = acts.iter().filter_map(|other| match &other.deed {
        Deed::ExemptionEnded { key } => Some(key),
        _ => None,
    });
    let first = ends.next();
    first.is_some() && {
        let own = act.key();
        first.into_iter().chain(ends).any(|key| *key == own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::class::Class;
    use crate::domain::id::{ColumnId, SiteId, UnitId};
    use crate::domain::time::moment;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn act(scope: Scope, from: &str, until: &str) -> Act {
        Act {
            approver: None,
            at: moment("2017-11-14T09:00:00".parse().unwrap()),
            by: "张".to_owned(),
            reason: String::new(),
            deed: Deed::Exempted {
                scope,
                ground: Ground::Approved,
                from: date(from),
                until: date(until),
                paused: false,
            },
        }
    }

    fn column() -> Column {
        Column {
            id: ColumnId::parse("portal/gzdt").unwrap(),
            site: SiteId::parse("portal").unwrap(),
            unit: UnitId::parse("kxw").unwrap(),
            name: "工作动态".to_owned(),
            class: Class::News,
            url: None,
            limit_days: None,
            on_demand: false,
            read: None,
            confirmed: true,
        }
    }

    #[test]
    fn an_exemption_covers_its_days_and_columns_and_no_others() {
        let scopes = [
            (Scope::Column(ColumnId::parse("portal/gzdt").unwrap()), true),
            (Scope::Site(SiteId::parse("portal").unwrap()), true),
            (Scope::Unit(UnitId::parse("kxw").unwrap()), true),
            (
                Scope::Column(ColumnId::parse("portal/tzgg").unwrap()),
                false,
            ),
            (Scope::Site(SiteId::parse("kxw").unwrap()), false),
            (Scope::Unit(UnitId::parse("portal").unwrap()), false),
        ];
        for (scope, covers) in scopes {
            let acts = [act(scope.clone(), "2017-11-15", "2017-11-20")];
            for (day, runs) in [
                ("2017-11-14", false),
                ("2017-11-15", true),
                ("2017-11-20", true),
                ("2017-11-21", false),
            ] {
                let until = Exemptions::on(&acts, date(day)).until(&column());
                let expected = (runs && covers).then(|| date("2017-11-20"));
                assert_eq!(until, expected, "{scope} on {day}");
            }
        }
    }

    #[test]
    fn one_that_was_ended_later_covered_the_days_before() {
        let scope = Scope::Unit(UnitId::parse("kxw").unwrap());
        let long = act(scope, "2017-11-15", "2017-12-20");
        let end = Act {
            at: moment("2017-11-20T09:00:00".parse().unwrap()),
            deed: Deed::ExemptionEnded { key: long.key() },
            ..long.clone()
        };
        let acts = [long, end];
        for (day, covers) in [("2017-11-19", true), ("2017-11-20", false)] {
            let until = Exemptions::on(&acts, date(day)).until(&column());
            assert_eq!(until.is_some(), covers, "{day}");
        }
    }

    #[test]
    fn one_that_was_ended_covers_nothing_and_of_several_the_longest_counts() {
        let unit = || Scope::Unit(UnitId::parse("kxw").unwrap());
        let short = act(unit(), "2017-11-15", "2017-11-20");
        let long = act(unit(), "2017-11-15", "2017-12-20");
        let end = Act {
            approver: None,
            deed: Deed::ExemptionEnded { key: long.key() },
            ..long.clone()
        };
        let day = date("2017-11-16");
        let mut acts = vec![long.clone(), short.clone()];
        assert_eq!(Exemptions::on(&acts, day).of(&column()), Some(&long));
        acts.push(end);
        assert_eq!(Exemptions::on(&acts, day).of(&column()), Some(&short));
    }

    #[test]
    fn each_ground_has_its_longest_time() {
        let of_column = Scope::Column(ColumnId::parse("portal/gzdt").unwrap());
        let of_site = Scope::Site(SiteId::parse("portal").unwrap());
        use Ground::{Approved, Maintenance, NothingDue};
        let rows = [
            (&of_site, Maintenance, "2017-12-13", Ok(())),
            (
                &of_site,
                Maintenance,
                "2017-12-14",
                Err("2017-12-13 (30 days)"),
            ),
            (&of_column, NothingDue, "2017-11-27", Ok(())),
            (
                &of_column,
                NothingDue,
                "2017-11-28",
                Err("2017-11-27 (14 days)"),
            ),
            (&of_site, NothingDue, "2017-11-15", Err("for one column")),
            (&of_site, Approved, "2018-05-12", Ok(())),
            (
                &of_site,
                Approved,
                "2018-05-13",
                Err("2018-05-12 (180 days)"),
            ),
            (&of_site, Approved, "2017-11-13", Err("before it begins")),
        ];
        for (scope, ground, until, expected) in rows {
            let wanted = Wanted {
                scope,
                ground,
                from: date("2017-11-14"),
                until: date(until),
                limit_days: matches!(scope, Scope::Column(_)).then_some(14),
            };
            let found = check(&wanted, date("2017-11-14"), Longest::default());
            match (found, expected) {
                (Ok(()), Ok(())) => {}
                (Err(refusal), Err(part)) => {
                    assert!(refusal.to_string().contains(part), "{refusal}");
                }
                (found, _) => panic!("{ground:?} until {until}: {found:?}"),
            }
            let tomorrow = date("2017-11-15");
            let late = check(&wanted, tomorrow, Longest::default());
            assert!(matches!(late, Err(Refusal::Past { .. })), "{late:?}");
        }
    }

    #[test]
    fn approvals_are_summed_up_over_what_adjoins_them() {
        let scope = Scope::Column(column().id);
        let refused = |ground, from: &str, until: &str| {
            // 180 days until Saturday 12 May 2018.
            let first = act(Scope::Site(column().site), "2017-11-14", "2018-05-12");
            let wanted = Wanted {
                scope: &scope,
                ground,
                from: date(from),
                until: date(until),
                limit_days: Some(14),
            };
            let (calendar, longest) = (Calendar::default(), Longest::default());
            check_in_a_row(&wanted, [column()].iter(), &[first], &calendar, longest).err()
        };
        let too_long = |days| Some(Refusal::TooLongInARow { days, most: 180 });
        let table = [
            (Ground::Approved, "2018-05-13", "2018-05-13", too_long(181)),
            (Ground::Approved, "2018-05-14", "2018-05-20", too_long(187)),
            // A day that is worked lies between them.
            (Ground::Approved, "2018-05-15", "2018-05-20", None),
            (Ground::Approved, "2018-05-01", "2018-05-12", None),
            (Ground::Maintenance, "2018-05-13", "2018-06-11", None),
            (Ground::NothingDue, "2018-05-13", "2018-05-26", None),
        ];
        for (ground, from, until, expected) in table {
            assert_eq!(refused(ground, from, until), expected, "{ground:?} {from}");
        }
    }

    #[test]
    fn maintenance_is_summed_up_over_what_adjoins_it() {
        let site = Scope::Site(column().site);
        let maintenance = |scope: &Scope, from: &str, until: &str| {
            let mut act = act(scope.clone(), from, until);
            if let Deed::Exempted { ground, .. } = &mut act.deed {
                *ground = Ground::Maintenance;
            }
            act
        };
        let refused = |acts: &[Act], from: &str, until: &str| {
            let wanted = Wanted {
                scope: &site,
                ground: Ground::Maintenance,
                from: date(from),
                until: date(until),
                limit_days: None,
            };
            let (calendar, longest) = (Calendar::default(), Longest::default());
            let columns = [column()];
            match check_in_a_row(&wanted, columns.iter(), acts, &calendar, longest) {
                Ok(()) => None,
                Err(Refusal::TooLongInARow { days, .. }) => Some(days),
                Err(other) => panic!("{other}"),
            }
        };
        // 20 days until Friday 1 December 2017.
        let first = maintenance(&site, "2017-11-12", "2017-12-01");
        let acts = [first.clone()];
        let table = [
            ("2017-12-02", "2017-12-11", None),
            ("2017-12-02", "2017-12-12", Some(31)),
            // Saturday and Sunday between them divide nothing, a Monday does.
            ("2017-12-04", "2017-12-14", Some(31)),
            ("2017-12-05", "2018-01-03", None),
            // Shared days count once.
            ("2017-11-20", "2017-12-11", None),
            ("2017-11-20", "2017-12-12", Some(31)),
            // What is announced for later adjoins too.
            ("2017-11-01", "2017-11-11", Some(31)),
        ];
        for (from, until, days) in table {
            assert_eq!(refused(&acts, from, until), days, "{from} {until}");
        }
        // One column of the site is enough, and an early end shortens.
        let own = maintenance(&Scope::Column(column().id), "2017-11-12", "2017-12-01");
        assert_eq!(refused(&[own], "2017-12-02", "2017-12-12"), Some(31));
        let mut end = first.clone();
        end.at = moment("2017-11-27T09:00:00".parse().unwrap());
        end.deed = Deed::ExemptionEnded { key: first.key() };
        assert_eq!(refused(&[first, end], "2017-11-28", "2017-12-12"), Some(31));
    }

    #[test]
    fn what_is_exempt_already_on_the_same_ground_is_not_exempted_again() {
        let site = Scope::Site(SiteId::parse("portal").unwrap());
        let own = Scope::Column(ColumnId::parse("portal/gzdt").unwrap());
        let acts = [act(own.clone(), "2017-11-15", "2017-12-01")];
        let covers = |scope: &Scope, ground, from: &str, until: &str, paused| {
            let wanted = Wanted {
                scope,
                ground,
                from: date(from),
                until: date(until),
                limit_days: None,
            };
            covering(&wanted, paused, &acts).is_err()
        };
        let rows = [
            (
                &own,
                Ground::Approved,
                "2017-11-16",
                "2017-11-20",
                false,
                true,
            ),
            (
                &own,
                Ground::Approved,
                "2017-11-15",
                "2017-12-01",
                false,
                true,
            ),
            (
                &own,
                Ground::Approved,
                "2017-11-16",
                "2017-12-02",
                false,
                false,
            ),
            (
                &own,
                Ground::Approved,
                "2017-11-14",
                "2017-11-20",
                false,
                false,
            ),
            (
                &own,
                Ground::NothingDue,
                "2017-11-16",
                "2017-11-20",
                false,
                false,
            ),
            (
                &own,
                Ground::Approved,
                "2017-11-16",
                "2017-11-20",
                true,
                false,
            ),
            (
                &site,
                Ground::Approved,
                "2017-11-16",
                "2017-11-20",
                false,
                false,
            ),
        ];
        for (scope, ground, from, until, paused, covered) in rows {
            let is = covers(scope, ground, from, until, paused);
            assert_eq!(is, covered, "{scope} {ground:?} {from} {until} {paused}");
        }
    }

    #[test]
    fn that_nothing_is_due_reaches_one_period_from_its_day() {
        let scope = Scope::Column(column().id);
        let granted = |from: &str, until: &str| {
            let wanted = Wanted {
                scope: &scope,
                ground: Ground::NothingDue,
                from: date(from),
                until: date(until),
                limit_days: Some(14),
            };
            check(&wanted, date("2017-11-14"), Longest::default()).is_ok()
        };
        assert!(granted("2017-11-14", "2017-11-27"));
        assert!(!granted("2017-11-14", "2017-11-28"));
        assert!(!granted("2017-11-20", "2017-12-03"), "not in advance");
    }
}
