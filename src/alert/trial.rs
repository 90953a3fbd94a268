//! The trial run: everything is judged and units hear nothing; what they would hear is counted, and
//! at its end told by the state of that moment, not as the sum of what was missed.

use std::collections::{BTreeMap, BTreeSet};

use super::acts::Hold;
use super::incident::{Incident, IncidentKey, Kind, Rise, State, Subject};
use super::notice;
use super::outbox::{MessageKey, Notice, Told};
use super::pass::{Situation, Verdicts, withdrawn};
use super::route;
use super::rules::AlertRules;
use crate::assess::ladder::Tier;
use crate::calendar::Calendar;
use crate::domain::act::Scope;
use crate::domain::group::{Column, Group, Site};
use crate::domain::id::PersonId;
use crate::domain::time::{Moment, date_of};

/// One thing that would be told if the installation went live now.
#[derive(Debug, Clone)]
pub struct Would<'a> {
    /// To whom.
    pub people: BTreeSet<PersonId>,
    /// Of what.
    pub of: Of<'a>,
}

/// Of what something would be told.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// A column that is late, or owes something by a day, at this tier.
    Column(&'a Column, Tier),
    /// A site as a whole.
    Site(&'a Site, Told),
}

impl Of<'_> {
    /// Whether a hold on `scope` keeps it back.
    fn is_in(self, scope: &Scope) -> bool {
        match (self, scope) {
            (Of::Column(column, _), Scope::Column(id)) => column.id == *id,
            (Of::Column(column, _), Scope::Unit(id)) => column.unit == *id,
            (Of::Site(site, _), Scope::Unit(id)) => site.unit == *id,
            (_, Scope::Site(_)) | (Of::Site(..), Scope::Column(_)) => false,
        }
    }
}

/// The tiers of a trial run, the worst first: nobody is escalated who was never told.
const TIERS: [Tier; 4] = [
    Tier::SeverelyOverdue,
    Tier::Overdue,
    Tier::Warning,
    Tier::Reminder,
];

/// How much would be sent if the installation went live now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// Messages, one a person.
    pub messages: usize,
    /// Columns that they would speak of, at each tier, the worst first.
    pub columns: [usize; 4],
}

impl Forecast {
    /// The forecast behind the word 试运行.
    pub fn in_chinese(self) -> String {
        let tiers = match self.tiers() {
            none if none.is_empty() => none,
            tiers => format!("（{tiers}）"),
        };
        let (messages, columns) = (self.messages, self.columns.iter().sum::<usize>());
        format!("未向责任单位发送消息，如启用将发送{messages}条，涉及{columns}个栏目{tiers}")
    }

    /// The forecast in a message: what it is cut behind comes first.
    pub fn in_message(self) -> String {
        let tiers = match self.tiers() {
            none if none.is_empty() => none,
            tiers => format!("：{tiers}"),
        };
        let (messages, columns) = (self.messages, self.columns.iter().sum::<usize>());
        format!(
            "试运行，如启用将发送{messages}条（名单见wangxun status），涉及{columns}个栏目{tiers}"
        )
    }

    /// The columns by tier, the worst first.
    fn tiers(self) -> String {
        let tiers = TIERS.iter().zip(self.columns);
        let tiers = tiers.filter(|(_, count)| *count > 0);
        let tiers: Vec<String> = tiers
            .map(|(tier, count)| format!("{}{count}个", tier.in_chinese()))
            .collect();
        tiers.join("，")
    }
}

/// What the state of the incidents would tell now, but for what people hold back, the worst first.
pub fn would_tell<'a>(
    open: &'a BTreeMap<IncidentKey, Incident>,
    (group, rules): (&'a Group, &AlertRules),
    (holds, now): (&[Hold<'_>], Moment),
) -> Vec<Would<'a>> {
    let of_column = |column: &'a Column, tier| Would {
        people: route::of_tier(tier, column, group, rules),
        of: Of::Column(column, tier),
    };
    let late = late(open, group).map(|(_, column, tier)| of_column(column, tier));
    let owed = of_duties(open, group).map(|(incident, column)| {
        let tier = incident.tier.unwrap_or(Tier::Reminder);
        of_column(column, tier.min(Tier::SeverelyOverdue))
    });
    let sites = of_sites(open, group).filter_map(|(_, site, told)| {
        let roles = rules.sites.roles(told)?;
        let people = route::of_roles(roles, &site.unit, group);
        let of = Of::Site(site, told);
        Some(Would { people, of })
    });
    let is_kept = |of: Of<'_>| {
        holds
            .iter()
            .any(|hold| hold.lasts(now) && of.is_in(hold.scope))
    };
    let all = sites.chain(late).chain(owed);
    let mut all: Vec<_> = all.filter(|would| !is_kept(would.of)).collect();
    all.sort_by_key(|would| match would.of {
        Of::Site(..) => None,
        Of::Column(_, tier) => Some(std::cmp::Reverse(tier)),
    });
    all
}

/// How much the state of the incidents would send now.
pub fn forecast(
    open: &BTreeMap<IncidentKey, Incident>,
    rules: (&Group, &AlertRules),
    held: (&[Hold<'_>], Moment),
) -> Forecast {
    let all = would_tell(open, rules, held);
    let people: BTreeSet<&PersonId> = all.iter().flat_map(|would| &would.people).collect();
    let at = |tier: Tier| {
        let columns = all
            .iter()
            .filter(|would| matches!(would.of, Of::Column(_, at) if at == tier));
        columns.count()
    };
    Forecast {
        messages: people.len(),
        columns: TIERS.map(at),
    }
}

/// The confirmed incidents about what columns owe by a day.
fn of_duties<'a>(
    open: &'a BTreeMap<IncidentKey, Incident>,
    group: &'a Group,
) -> impl Iterator<Item = (&'a Incident, &'a Column)> {
    open.iter().filter_map(|(key, incident)| {
        let Subject::Duty(id, _) = &key.subject else {
            return None;
        };
        let column = group.columns.get(id)?;
        incident.is_open().then_some((incident, column))
    })
}

/// The confirmed incidents of sites of which units hear, with what is said of them.
fn of_sites<'a>(
    open: &'a BTreeMap<IncidentKey, Incident>,
    group: &'a Group,
) -> impl Iterator<Item = (&'a Incident, &'a Site, Told)> {
    open.iter().filter_map(|(key, incident)| {
        let Subject::Site(id) = &key.subject else {
            return None;
        };
        let told = match key.kind {
            Kind::Down => Told::Down,
            Kind::NearVeto => Told::NearVeto(0),
            Kind::Veto => Told::Veto(0),
            _ => return None,
        };
        let site = group.sites.get(id)?;
        incident.is_open().then_some((incident, site, told))
    })
}

/// The confirmed incidents about deadlines, with their columns and tiers. Nobody is escalated who
/// was never told.
fn late<'a>(
    open: &'a BTreeMap<IncidentKey, Incident>,
    group: &'a Group,
) -> impl Iterator<Item = (&'a Incident, &'a Column, Tier)> {
    open.iter().filter_map(|(key, incident)| {
        let Subject::Column(id) = &key.subject else {
            return None;
        };
        let of_dates = matches!(key.kind, Kind::Stale | Kind::SelfCheck);
        let of_deadline = of_dates && incident.is_open();
        let tier = incident.tier.filter(|_| of_deadline)?;
        let column = group.columns.get(id)?;
        Some((incident, column, tier.min(Tier::SeverelyOverdue)))
    })
}

/// What follows when the trial run ends: each confirmed incident is told as it stands, and its
/// times of repetition and escalation begin now. `situation` is that of a live installation.
pub fn go_live(situation: &Situation<'_>) -> Verdicts {
    let mut verdicts = Verdicts::default();
    for (incident, column, tier) in late(situation.open, situation.group) {
        let mut told = incident.clone();
        told.tier = Some(tier);
        told.release = None;
        // The unit's first offence is the one that it hears of now.
        told.rises.clear();
        if tier >= Tier::Overdue {
            let at = situation.now;
            told.rises.push(Rise {
                tier,
                at,
                goes_on: false,
            });
        }
        if let State::Open { pending, .. } = incident.state {
            told.state = State::Open {
                since: situation.now,
                repeats: 0,
                told_at: situation.now,
                pending,
            };
        }
        let about = notice::About::Column(column);
        let waiting = withdrawn(situation, &incident.key);
        let written = notice::write(situation, &told, Told::Raised(tier), about, false);
        verdicts.notices.extend(waiting);
        verdicts.notices.extend(written);
        verdicts.incidents.push(told);
    }
    let sites = of_sites(situation.open, situation.group);
    let sites = sites.map(|(incident, _, told)| (incident, told));
    let duties = of_duties(situation.open, situation.group);
    let duties = duties.map(|(incident, _)| (incident, Told::Raised(Tier::Reminder)));
    for (incident, told) in sites.chain(duties) {
        let waiting = withdrawn(situation, &incident.key);
        verdicts.notices.extend(waiting);
        verdicts.incidents.push(anew(incident, told, situation.now));
    }
    verdicts
}

/// The incident of a site or a duty such that the next pass, if it finds it so, tells it once more, to the unit
/// too.
fn anew(incident: &Incident, told: Told, now: Moment) -> Incident {
    let mut again = incident.clone();
    again.tier = None;
    again.release = None;
    again.rises.clear();
    again.state = match told {
        Told::Down => State::Resolved { at: now },
        _ => State::Suspected {
            seen_at: incident.began_at,
        },
    };
    again
}

/// The daily word to the operators of what would be sent; nothing where nothing would be.
pub fn report(
    forecast: Forecast,
    group: &Group,
    calendar: &Calendar,
    rules: &AlertRules,
    now: Moment,
) -> Vec<Notice> {
    if forecast.messages == 0 {
        return Vec::new();
    }
    let day = MessageKey::of(&["trial", &date_of(now).to_string()]);
    let why = forecast.in_message();
    notice::undelivered(group, calendar, rules, &day, &why, now)
}
