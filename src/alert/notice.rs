//! Writing notices: one fact for each person whom it concerns, with its computed key.

use std::collections::BTreeSet;

use super::acts::answer;
use super::hours;
use super::incident::{Incident, IncidentKey, Kind, Proposal, State, Subject};
use super::outbox::{Facts, MessageKey, Notice, NoticeState, Told};
use super::pass::Situation;
use super::route;
use super::rules::AlertRules;
use crate::assess::duty::Duty;
use crate::assess::freshness::due_on;
use crate::assess::outage::host_of;
use crate::calendar::Calendar;
use crate::domain::act::Act;
use crate::domain::group::{self, Column, Group, Site, Unit};
use crate::domain::id::PersonId;
use crate::domain::time::{Date, Moment, date_of, in_chinese};

/// What a notice is about.
#[derive(Debug, Clone, Copy)]
pub enum About<'a> {
    /// A column.
    Column(&'a Column),
    /// What a column owes by a day.
    Duty(Owed<'a>),
    /// A host.
    Host(&'a str),
    /// A unit without contacts.
    Unit(&'a Unit),
    /// A site, with the facts or the cause in Chinese.
    Site(&'a Site, &'a str),
    /// The monitor itself, with the cause in Chinese.
    Monitor(&'a str),
}

/// What a column owes by a day.
#[derive(Debug, Clone, Copy)]
pub struct Owed<'a> {
    /// The column.
    pub column: &'a Column,
    /// The duty.
    pub duty: &'a Duty,
    /// The last day that is in time.
    pub due_on: Date,
}

/// The notices that tell `told` about `incident`, one for each person concerned. Urgent ones may
/// be sent at once, the others when the sending window opens.
pub fn write(
    situation: &Situation<'_>,
    incident: &Incident,
    told: Told,
    about: About<'_>,
    urgent: bool,
) -> Vec<Notice> {
    // A trouble that was mended needs no words.
    if told == Told::Recovered && matches!(incident.key.kind, Kind::Trouble | Kind::Calendar) {
        return Vec::new();
    }
    let mut facts = facts(situation, about);
    match told {
        Told::Raised(_) | Told::Repeated(..) => {
            facts.why = answered(situation.acts, incident, date_of(situation.now));
        }
        Told::EscalationProposed => facts.why = String::new(),
        _ => {}
    }
    let (calendar, rules) = (situation.calendar, situation.rules);
    let operators = route::operators(situation.group);
    let vacancy = vacancy(situation, told, about);
    let facts_for = |person: &PersonId| {
        let mut facts = facts.clone();
        if let Some(vacancy) = vacancy.as_ref().filter(|_| operators.contains(person)) {
            let why = [facts.why.as_str(), vacancy.as_str()];
            facts.why = joined(why.into_iter());
        }
        facts
    };
    let life = |person: &PersonId| {
        let hours = hours::of_id(person, situation.group, rules);
        if urgent {
            let what = (incident.key.kind, told);
            let opens = rules.sites.opening(what, calendar, hours, situation.now);
            return (opens, opens + rules.expires_after);
        }
        life(person, situation.group, calendar, rules, situation.now)
    };
    let unit = match about {
        About::Column(column) | About::Duty(Owed { column, .. }) => Some(&column.unit),
        About::Unit(unit) => Some(&unit.id),
        About::Site(site, _) => Some(&site.unit),
        About::Host(_) | About::Monitor(_) => None,
    };
    let answers = |person: &PersonId| {
        let person = situation.group.people.get(person);
        let of_unit = |duty: &group::Duty| unit.is_some() && duty.unit.as_ref() == unit;
        person.is_some_and(|person| person.duties.iter().any(of_unit))
    };
    people(situation, incident, told, about)
        .into_iter()
        .map(|person| (life(&person), person))
        .map(|((not_before, expires_at), person)| Notice {
            key: key(incident, told, &person),
            facts: facts_for(&person),
            looks_on: !answers(&person),
            person,
            incident: incident.key.clone(),
            kind: incident.key.kind,
            column: match about {
                About::Column(column) | About::Duty(Owed { column, .. }) => Some(column.id.clone()),
                About::Host(_) | About::Unit(_) | About::Site(..) | About::Monitor(_) => None,
            },
            unit: unit.cloned(),
            told,
            urgent,
            created_at: situation.now,
            not_before,
            expires_at,
            state: NoticeState::Waiting,
            in_place_of: None,
            copied: false,
            first: false,
            put_off: None,
            unsent_since: None,
            laid_back_at: None,
        })
        .collect()
}

/// From when to when what is written for `person` at `now` is of use: from the next opening of the
/// person's hours.
fn life(
    person: &PersonId,
    group: &Group,
    calendar: &Calendar,
    rules: &AlertRules,
    now: Moment,
) -> (Moment, Moment) {
    let hours = hours::of_id(person, group, rules);
    let opens = calendar.opening(now, hours);
    (opens, calendar.lapse(opens, rules.expires_after, hours))
}

/// A notice to the operators that something did not reach its person; `cause` tells one such
/// thing from another.
pub fn undelivered(
    group: &Group,
    calendar: &Calendar,
    rules: &AlertRules,
    cause: &MessageKey,
    why: &str,
    now: Moment,
) -> Vec<Notice> {
    let incident = IncidentKey {
        subject: Subject::Monitor,
        kind: Kind::Trouble,
    };
    route::operators(group)
        .into_iter()
        .map(|person| (life(&person, group, calendar, rules, now), person))
        .map(|((not_before, expires_at), person)| Notice {
            key: MessageKey::of(&["undelivered", cause.as_str(), person.as_str()]),
            person,
            incident: incident.clone(),
            kind: Kind::Trouble,
            column: None,
            unit: None,
            told: Told::Trouble,
            facts: Facts {
                site: String::new(),
                column: String::new(),
                unit: String::new(),
                last_update: None,
                due_on: None,
                limit_days: None,
                why: why.to_owned(),
                duty: String::new(),
            },
            urgent: false,
            created_at: now,
            not_before,
            expires_at,
            state: NoticeState::Waiting,
            in_place_of: None,
            copied: false,
            first: false,
            put_off: None,
            unsent_since: None,
            looks_on: true,
            laid_back_at: None,
        })
        .collect()
}

/// How the remark begins that a unit has answered.
const ANSWERED: &str = "已回复：";

/// The remark of `notice` with the answer to its incident that holds on `today`, whichever it had before.
pub(super) fn answered_now(
    notice: &Notice,
    acts: &[Act],
    incident: &Incident,
    today: Date,
) -> String {
    let others = notice.facts.why.split('，');
    let others = others.filter(|part| !part.starts_with(ANSWERED));
    let answered = answered(acts, incident, today);
    let all = std::iter::once(answered.as_str()).chain(others);
    joined(all)
}

fn joined<'a>(remarks: impl Iterator<Item = &'a str>) -> String {
    let said: Vec<&str> = remarks.filter(|remark| !remark.is_empty()).collect();
    said.join("，")
}

/// The unit's answer as a remark, while it holds.
fn answered(acts: &[Act], incident: &Incident, today: Date) -> String {
    let answer = answer(acts, incident, today);
    let verb = match incident.key.kind {
        Kind::Owed => "发布",
        _ => "更新",
    };
    answer.map_or(String::new(), |(_, until)| {
        format!("{ANSWERED}将于{}前{verb}", in_chinese(until, today))
    })
}

fn people(
    situation: &Situation<'_>,
    incident: &Incident,
    told: Told,
    about: About<'_>,
) -> BTreeSet<PersonId> {
    match (told, about) {
        // Who has left since needs no word of the end, nor does anybody in their place.
        (Told::Recovered, _) => {
            let people = &situation.group.people;
            let told = incident.told.iter();
            told.filter(|told| people.contains_key(*told))
                .cloned()
                .collect()
        }
        (
            Told::Raised(tier) | Told::Repeated(tier, _),
            About::Column(column) | About::Duty(Owed { column, .. }),
        ) => route::of_tier(tier, column, situation.group, situation.rules),
        (told, About::Site(site, _)) => of_site(situation, told, site),
        _ => route::operators(situation.group),
    }
}

/// In Chinese, that nobody holds the office for which `told` is meant, so that it climbs: an operator is
/// to put that right.
fn vacancy(situation: &Situation<'_>, told: Told, about: About<'_>) -> Option<String> {
    let (group, rules) = (situation.group, situation.rules);
    let (roles, unit) = match (told, about) {
        (
            Told::Raised(tier) | Told::Repeated(tier, _),
            About::Column(column) | About::Duty(Owed { column, .. }),
        ) => (
            rules.tiers_of(column).get(&tier)?.roles.as_slice(),
            &column.unit,
        ),
        (told, About::Site(site, _)) => (rules.sites.roles(told)?, &site.unit),
        _ => return None,
    };
    let role = route::vacant(roles, unit, group)?;
    let unit = &group.units.get(unit)?.short;
    Some(format!("{unit}未登记{}", role.in_chinese()))
}

/// Who hears of a site as a whole: in a trial run the operators alone.
fn of_site(situation: &Situation<'_>, told: Told, site: &Site) -> BTreeSet<PersonId> {
    let (group, rules) = (situation.group, &situation.rules.sites);
    let operators = route::operators(group);
    let Some(roles) = rules.roles(told) else {
        return operators;
    };
    let mut people = route::of_roles(roles, &site.unit, group);
    if !situation.live {
        people.retain(|person| operators.contains(person));
    }
    people
}

fn facts(situation: &Situation<'_>, about: About<'_>) -> Facts {
    let mut facts = Facts {
        site: String::new(),
        column: String::new(),
        unit: String::new(),
        last_update: None,
        due_on: None,
        limit_days: None,
        why: String::new(),
        duty: String::new(),
    };
    match about {
        About::Monitor(why) => why.clone_into(&mut facts.why),
        About::Site(site, why) => {
            site.name.clone_into(&mut facts.site);
            why.clone_into(&mut facts.why);
            if let Some(unit) = situation.group.units.get(&site.unit) {
                unit.short.clone_into(&mut facts.unit);
            }
        }
        About::Host(host) => {
            facts.site = site_at(situation.group, host);
            facts.why = silence_of(situation, host);
        }
        About::Unit(unit) => {
            unit.short.clone_into(&mut facts.unit);
            facts.why = format!(
                "{}负责的栏目已纳入监测，但未配置任何联系人，相关消息将转发管理员，请补充",
                unit.short
            );
        }
        About::Column(column) => column_facts(situation, column, &mut facts),
        About::Duty(owed) => {
            column_facts(situation, owed.column, &mut facts);
            owed.duty.name.clone_into(&mut facts.duty);
            facts.due_on = Some(owed.due_on);
            facts.limit_days = None;
            facts.why = String::new();
        }
    }
    facts
}

fn column_facts(situation: &Situation<'_>, column: &Column, facts: &mut Facts) {
    let group = situation.group;
    let record = situation.records.get(&column.id);
    let limit_days = situation.limits.of(column).limit_days;
    let updated_on = record
        .and_then(|record| record.last_update.as_ref())
        .map(|update| update.on);
    if let Some(site) = group.sites.get(&column.site) {
        site.name.clone_into(&mut facts.site);
    }
    if let Some(unit) = group.units.get(&column.unit) {
        unit.short.clone_into(&mut facts.unit);
    }
    column.name.clone_into(&mut facts.column);
    facts.last_update = updated_on;
    facts.due_on = updated_on.map(|on| due_on(on, limit_days));
    facts.limit_days = Some(limit_days);
    if let Some(blind) = record.and_then(|record| record.blind.as_ref()) {
        facts.why = blind.why.in_chinese();
    }
}

/// The name of the site whose home or columns lie on `host`; the host itself where none does.
fn site_at(group: &Group, host: &str) -> String {
    let by_home = group
        .sites
        .values()
        .find(|site| site.home.as_ref().is_some_and(|home| host_of(home) == host));
    let by_column = || {
        let column = group
            .columns
            .values()
            .find(|column| column.address().is_some_and(|url| host_of(url) == host))?;
        group.sites.get(&column.site)
    };
    by_home
        .or_else(by_column)
        .map_or_else(|| host.to_owned(), |site| site.name.clone())
}

/// Why the columns on `host` got no answer, in the words of the first of them.
fn silence_of(situation: &Situation<'_>, host: &str) -> String {
    situation
        .group
        .columns
        .values()
        .filter(|column| column.address().is_some_and(|url| host_of(url) == host))
        .filter_map(|column| situation.records.get(&column.id)?.blind.as_ref())
        .map(|blind| blind.why.in_chinese())
        .next()
        .unwrap_or_default()
}

/// The identity of a notice: incident, since when its tier holds, what is told, to whom.
pub(super) fn key(incident: &Incident, told: Told, person: &PersonId) -> MessageKey {
    let (since, repeats) = match &incident.state {
        State::Suspected { seen_at } => (*seen_at, 0),
        State::Open { since, repeats, .. } => (*since, *repeats),
        State::Resolved { at } => (*at, 0),
    };
    // A proposal does not count itself.
    let number = match (told, incident.proposal) {
        // One beside the ladder is counted by itself.
        (Told::EscalationProposed, Some(Proposal { repeats: 0, .. })) => String::new(),
        (Told::EscalationProposed, Some(proposal)) => format!("anew{}", proposal.repeats),
        (Told::EscalationProposed, None) if repeats > 0 => repeats.to_string(),
        _ => String::new(),
    };
    MessageKey::of(&[
        "notice",
        &incident.key.subject.to_string(),
        &format!("{:?}", incident.key.kind),
        &incident.began_at.to_rfc3339(),
        &since.to_rfc3339(),
        &format!("{told:?}{number}"),
        person.as_str(),
    ])
}
