//! The second offence: a unit that is overdue twice within days, a column that is severely overdue
//! twice within months. Escalation is then proposed without waiting for the ladder's end.
//!
//! What was confirmed on one day counts as one offence: columns that one silence made late together
//! are not several. Nor is a silence that goes on after an exemption.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::incident::{Incident, Kind, Rise, Subject};
use super::pass::Situation;
use crate::assess::exemption::{Lasted, lasted};
use crate::assess::ladder::Tier;
use crate::assess::mended::is_mended;
use crate::domain::act::{Act, Deed, Scope};
use crate::domain::group::Column;
use crate::domain::id::{ColumnId, UnitId};
use crate::domain::time::{Date, Moment, date_of, moment};

/// Within how many natural days a second time counts; 0 never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgainRule {
    /// Overdue, of any two columns of one unit.
    pub unit_overdue_days: u32,
    /// Severely overdue, of one column.
    pub column_severe_days: u32,
}

impl Default for AgainRule {
    fn default() -> Self {
        AgainRule {
            unit_overdue_days: 7,
            column_severe_days: 90,
        }
    }
}

impl AgainRule {
    /// The days for which incidents that are over have to be remembered.
    pub fn days(self) -> u32 {
        self.unit_overdue_days.max(self.column_severe_days)
    }
}

/// Since when incidents that are over have to be remembered at `now`: for the days of `rule`, and from before
/// the exemptions of those days, so that a silence which goes on after one is known as what it is. Exemptions
/// follow one another where they cover the same one of `columns`: those of others are no part of its silence.
pub fn remembered_since<'a>(
    rule: AgainRule,
    columns: impl Iterator<Item = &'a Column>,
    acts: &[Act],
    now: Moment,
) -> Moment {
    // A day more than counts, for the hours.
    let plain = date_of(now - TimeDelta::days(i64::from(rule.days()) + 1));
    let mut exempt: HashMap<&Scope, Vec<Lasted<'_>>> = HashMap::new();
    for lasted in lasted(acts) {
        exempt.entry(lasted.scope).or_default().push(lasted);
    }
    let first_day = |column: &Column| {
        let scopes = [
            Scope::Column(column.id.clone()),
            Scope::Site(column.site.clone()),
            Scope::Unit(column.unit.clone()),
        ];
        let covering = scopes.iter().filter_map(|scope| exempt.get(scope));
        let mut covering: Vec<&Lasted<'_>> = covering.flatten().collect();
        covering.sort_unstable_by_key(|lasted| Reverse(lasted.until));
        covering
            .into_iter()
            .fold(plain, |since, lasted| match since <= lasted.until {
                true => since.min(lasted.from),
                false => since,
            })
    };
    let first = columns.map(first_day).min().unwrap_or(plain);
    moment(first.and_time(NaiveTime::MIN))
}

/// Which second offence it is, with the days of its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Again {
    /// The unit is overdue again.
    UnitOverdue(u32),
    /// The column is severely overdue again.
    ColumnSevere(u32),
}

impl Again {
    /// The reason in the words of a message.
    pub fn in_chinese(self) -> String {
        match self {
            Again::UnitOverdue(days) => format!("该单位{days}天内再次超期"),
            Again::ColumnSevere(days) => format!("该栏目{days}天内再次严重超期"),
        }
    }
}

/// What there was before an incident, with the days of the rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Before {
    /// Its unit was overdue.
    pub unit_was_overdue: Option<u32>,
    /// Its column was severely overdue.
    pub column_was_severe: Option<u32>,
    /// Its own silence had been overdue, in an incident before, heard of or not.
    pub own_was_overdue: bool,
    /// Its own silence had been severely overdue, in an incident before.
    pub own_was_severe: bool,
}

impl Before {
    /// Whether the silence had reached `tier` in an incident before.
    pub fn goes_on(self, tier: Tier) -> bool {
        match tier {
            Tier::Overdue => self.own_was_overdue,
            _ => self.own_was_severe,
        }
    }

    /// The second offence that a rise to `tier` is, if it is one; `first` where the incident was
    /// not overdue before.
    pub fn again(self, tier: Tier, first: bool) -> Option<Again> {
        let is_severe = tier >= Tier::SeverelyOverdue;
        let severe = self.column_was_severe.filter(|_| is_severe);
        let is_overdue = first && tier >= Tier::Overdue;
        let overdue = self.unit_was_overdue.filter(|_| is_overdue);
        severe
            .map(Again::ColumnSevere)
            .or(overdue.map(Again::UnitOverdue))
    }
}

/// The offences of late, by unit and by column.
#[derive(Debug, Clone, Default)]
pub struct History<'a> {
    /// The days on which columns of a unit were overdue.
    overdue: BTreeMap<&'a UnitId, Vec<Date>>,
    silences: BTreeMap<&'a ColumnId, Vec<Silence>>,
}

/// A time in which a column was not updated, through all incidents about it: an exemption, or
/// whatever else ended one of them without an update, makes no second offence of it.
#[derive(Debug, Clone)]
struct Silence {
    /// When its incidents began.
    began_at: Vec<Moment>,
    /// The update that is its beginning.
    about: Option<Date>,
    /// When it was first confirmed to be overdue.
    late_on: Option<Date>,
    /// The same, where people heard of it.
    overdue_on: Option<Date>,
    /// When it was first confirmed to be severely overdue, where people heard of it.
    severe_on: Option<Date>,
    /// Whether it was overdue, in whichever of its incidents, heard of or not.
    was_overdue: bool,
    /// The same of severely overdue.
    was_severe: bool,
}

impl Silence {
    fn begun(incident: &Incident) -> Silence {
        Silence {
            began_at: Vec::new(),
            about: incident.last_update.as_ref().map(|update| update.on),
            late_on: None,
            overdue_on: None,
            severe_on: None,
            was_overdue: false,
            was_severe: false,
        }
    }

    /// Whether the later `incident` is about the same silence.
    fn goes_on_in(&self, incident: &Incident, limit_days: u32) -> bool {
        let newest = incident.last_update.as_ref().map(|update| update.on);
        let ended = match self.late_on {
            Some(on) => is_mended(self.about, on, newest, limit_days),
            None => self.about < newest,
        };
        !ended
    }

    /// `told_since` is when people began to hear of anything.
    fn add(&mut self, incident: &Incident, told_since: Option<Moment>) {
        let was_told = |rise: &&Rise| told_since.is_none_or(|since| since <= rise.at);
        let day = |rise: &Rise| date_of(rise.at);
        let rises = || incident.rises.iter();
        let severe = |rise: &&Rise| rise.tier == Tier::SeverelyOverdue;
        self.began_at.push(incident.began_at);
        self.late_on = self.late_on.or(rises().next().map(day));
        let is_first = |rise: &&Rise| !rise.goes_on;
        self.was_overdue |= rises().next().is_some();
        self.was_severe |= rises().any(|rise| severe(&rise));
        let told = || rises().filter(was_told).filter(is_first);
        self.overdue_on = self.overdue_on.or(told().next().map(day));
        self.severe_on = self.severe_on.or(told().find(severe).map(day));
    }
}

impl<'a> History<'a> {
    /// The offences among the incidents of `situation`.
    pub fn of(situation: &Situation<'a>) -> History<'a> {
        let mut history = History::default();
        if !situation.live {
            return history;
        }
        // Of what a trial run saw nobody had been told.
        let live = situation.acts.iter();
        let live = live.filter(|act| act.deed == Deed::WentLive);
        let told_since = live.map(|act| act.at).max();
        let mut incidents: BTreeMap<&ColumnId, Vec<&Incident>> = BTreeMap::new();
        for incident in situation.open.values().chain(situation.closed) {
            match &incident.key.subject {
                Subject::Column(id) if incident.key.kind == Kind::Stale => {
                    incidents.entry(id).or_default().push(incident);
                }
                _ => {}
            }
        }
        for (id, mut incidents) in incidents {
            let Some(column) = situation.group.columns.get(id) else {
                continue;
            };
            incidents.sort_by_key(|incident| incident.began_at);
            let limit_days = situation.limits.of(column).limit_days;
            let silences = silences(&incidents, limit_days, told_since);
            let overdue = silences.iter().filter_map(|silence| silence.overdue_on);
            let of_unit = history.overdue.entry(&column.unit).or_default();
            of_unit.extend(overdue);
            history.silences.insert(id, silences);
        }
        history
    }

    /// What there was before the incident `open` about `column`.
    pub fn of_column(
        &self,
        column: &Column,
        open: Option<&Incident>,
        situation: &Situation<'_>,
    ) -> Before {
        let silences = self.silences.get(&column.id).into_iter().flatten();
        let mut own = silences.clone().filter(|silence| {
            open.is_some_and(|incident| silence.began_at.contains(&incident.began_at))
        });
        let Some(own) = own.next() else {
            return Before::default();
        };
        let rule = situation.rules.again;
        let today = date_of(situation.now);
        let counts =
            |on: &Date, days: u32| (1..=i64::from(days)).contains(&(today - *on).num_days());
        let mut overdue = self.overdue.get(&column.unit).into_iter().flatten();
        let mut severe = silences.filter_map(|silence| silence.severe_on.as_ref());
        let unit = !own.was_overdue && overdue.any(|on| counts(on, rule.unit_overdue_days));
        let column = !own.was_severe && severe.any(|on| counts(on, rule.column_severe_days));
        Before {
            unit_was_overdue: unit.then_some(rule.unit_overdue_days),
            column_was_severe: column.then_some(rule.column_severe_days),
            own_was_overdue: own.was_overdue,
            own_was_severe: own.was_severe,
        }
    }
}

/// The silences that `incidents` of one column, the oldest first, are about.
fn silences(incidents: &[&Incident], limit_days: u32, told_since: Option<Moment>) -> Vec<Silence> {
    let mut silences: Vec<Silence> = Vec::new();
    for incident in incidents {
        let last = silences.last_mut();
        let last = last.filter(|silence| silence.goes_on_in(incident, limit_days));
        if let Some(silence) = last {
            silence.add(incident, told_since);
            continue;
        }
        let mut silence = Silence::begun(incident);
        silence.add(incident, told_since);
        silences.push(silence);
    }
    silences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::fixture::at;
    use crate::domain::act::Ground;
    use crate::domain::class::Class;
    use crate::domain::id::SiteId;

    const UNIT: &str = "unit kxw";

    fn exempt(scope: &str, from: &str, until: &str) -> Act {
        Act {
            approver: None,
            at: at("2017-01-01T09:00:00"),
            by: "张".to_owned(),
            reason: String::new(),
            deed: Deed::Exempted {
                scope: match scope {
                    UNIT => Scope::Unit(UnitId::parse("kxw").unwrap()),
                    column => Scope::Column(ColumnId::parse(column).unwrap()),
                },
                ground: Ground::Approved,
                from: from.parse().unwrap(),
                until: until.parse().unwrap(),
                paused: false,
            },
        }
    }

    /// Two columns of one unit, on 1 December.
    fn since(acts: &[Act]) -> Moment {
        let columns = ["kxw/a", "kxw/b"].map(|id| Column {
            id: ColumnId::parse(id).unwrap(),
            site: SiteId::parse("kxw").unwrap(),
            unit: UnitId::parse("kxw").unwrap(),
            name: String::new(),
            class: Class::News,
            url: None,
            limit_days: None,
            on_demand: false,
            read: None,
            confirmed: true,
        });
        let now = at("2017-12-01T12:00:00");
        remembered_since(AgainRule::default(), columns.iter(), acts, now)
    }

    #[test]
    fn what_was_over_before_an_exemption_of_the_days_of_the_rule_is_remembered() {
        let plain = at("2017-09-01T00:00:00");
        assert_eq!(since(&[]), plain);
        assert_eq!(since(&[exempt(UNIT, "2017-05-01", "2017-08-31")]), plain);
        assert_eq!(since(&[exempt("kxw/a", "2017-09-01", "2017-09-09")]), plain);
        assert_eq!(
            since(&[exempt("kxw/gone", "2017-06-01", "2017-09-30")]),
            plain
        );
        let long = exempt("kxw/a", "2017-06-01", "2017-09-30");
        assert_eq!(
            since(std::slice::from_ref(&long)),
            at("2017-06-01T00:00:00")
        );
        // One that ended where the next began.
        let before = exempt(UNIT, "2017-02-01", "2017-06-01");
        assert_eq!(since(&[before, long]), at("2017-02-01T00:00:00"));
    }

    #[test]
    fn exemptions_of_different_columns_make_no_long_one() {
        let one = exempt("kxw/a", "2017-06-01", "2017-09-30");
        let other = exempt("kxw/b", "2017-02-01", "2017-06-01");
        assert_eq!(since(&[other, one]), at("2017-06-01T00:00:00"));
    }

    #[test]
    fn an_exemption_that_was_ended_lasted_no_longer() {
        let long = exempt("kxw/a", "2017-06-01", "2017-09-30");
        let ended = |on: &str| Act {
            at: at(on),
            deed: Deed::ExemptionEnded { key: long.key() },
            ..long.clone()
        };
        let early = [long.clone(), ended("2017-07-01T09:00:00")];
        assert_eq!(since(&early), at("2017-09-01T00:00:00"));
        let late = [long.clone(), ended("2017-09-02T09:00:00")];
        assert_eq!(since(&late), at("2017-06-01T00:00:00"));
    }
}
