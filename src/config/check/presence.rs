//! When people can be reached: hours of their own, and absences with their deputies.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::Weekday;
use toml::Spanned;

use super::super::quantity::{known, time_of_day};
use super::super::raw::contacts::{RawAbsence, RawHours, RawPerson};
use super::super::source::Source;
use super::{parts, word};
use crate::domain::group::Person;
use crate::domain::id::PersonId;
use crate::domain::presence::{Absence, Days, OwnHours, Presence, Weekdays};
use crate::domain::time::Date;

/// The most absences of one person.
const MOST_ABSENCES: usize = 60;
/// The most deputies of one absence.
const MOST_DEPUTIES: usize = 10;
/// The longest absence, in days.
const LONGEST_DAYS: i64 = 366;

const WEEKDAYS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// Where the absences of the people stand in the file.
pub type Places = BTreeMap<PersonId, Vec<Range<usize>>>;

/// Reads when the person of `raw` can be reached, and where each absence stands.
pub fn presence(source: &mut Source, raw: &RawPerson) -> (Presence, Vec<Range<usize>>) {
    let hours = raw.window.as_ref().and_then(|raw| hours(source, raw));
    let written = parts(&raw.absences);
    if let Some(key) = raw.absences.as_ref()
        && written.len() > MOST_ABSENCES
    {
        source.fault(&key.span(), format!("absences: at most {MOST_ABSENCES}"));
    }
    let (mut absences, mut places): (Vec<Absence>, _) = (Vec::new(), Vec::new());
    for raw in written.iter().take(MOST_ABSENCES) {
        let Some(absence) = absence(source, raw) else {
            continue;
        };
        if absences.iter().any(|other| other.meets(&absence)) {
            let message = "the absence shares a day with another one of this person";
            source.fault(&raw.span(), message);
        } else {
            absences.push(absence);
            places.push(raw.span());
        }
    }
    (Presence { hours, absences }, places)
}

fn hours(source: &mut Source, raw: &Spanned<RawHours>) -> Option<OwnHours> {
    let table = raw.span();
    let raw = raw.get_ref();
    let from = source.need(("from", "\"09:00\""), &table, &raw.from, |text| {
        time_of_day(text)
    });
    let until = source.need(("until", "\"18:00\""), &table, &raw.until, |text| {
        time_of_day(text)
    });
    let mut days = Weekdays::default();
    for part in parts(&raw.days) {
        match word(part.get_ref(), "day", &WEEKDAYS, key_of) {
            Ok(day) => days = days.and(day),
            Err(message) => source.fault(&part.span(), message),
        }
    }
    if let Some(key) = &raw.days
        && key.get_ref().is_empty()
    {
        source.fault(&key.span(), "days: it is empty, so nothing could be sent");
    }
    let (from, until) = (from?, until?);
    if from >= until {
        source.fault(&table, "window: it ends before it begins");
        return None;
    }
    let days = match days.is_empty() {
        true => Days::Working,
        false => Days::Of(days),
    };
    Some(OwnHours { from, until, days })
}

fn key_of(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Mon",
        Weekday::Tue => "Tue",
        Weekday::Wed => "Wed",
        Weekday::Thu => "Thu",
        Weekday::Fri => "Fri",
        Weekday::Sat => "Sat",
        Weekday::Sun => "Sun",
    }
}

fn absence(source: &mut Source, raw: &Spanned<RawAbsence>) -> Option<Absence> {
    let table = raw.span();
    let raw = raw.get_ref();
    let from = source.need(("from", "\"2017-11-20\""), &table, &raw.from, date);
    let until = source.need(("until", "\"2017-11-24\""), &table, &raw.until, date);
    let mut deputies: Vec<PersonId> = Vec::new();
    if parts(&raw.deputies).len() > MOST_DEPUTIES {
        source.fault(&table, format!("deputies: at most {MOST_DEPUTIES}"));
    }
    for part in parts(&raw.deputies).iter().take(MOST_DEPUTIES) {
        match PersonId::parse(part.get_ref()) {
            Ok(id) if deputies.contains(&id) => {
                source.fault(&part.span(), "the deputy stands a second time");
            }
            Ok(id) => deputies.push(id),
            Err(fault) => source.fault(&part.span(), format!("{:?}: {fault}", part.get_ref())),
        }
    }
    let (from, until) = (from?, until?);
    // Its deputies are held against the people all the same.
    let mut last = until;
    if until < from {
        let message = {
            let (until, from) = (worded(until), worded(from));
            format!("the absence ends on {until}, before it begins on {from}")
        };
        source.fault(&table, message);
        last = from;
    } else if (until - from).num_days() >= LONGEST_DAYS {
        let message = format!("the absence lasts longer than {LONGEST_DAYS} days");
        source.fault(&table, message);
        last = from;
    }
    Some(Absence {
        from,
        until: last,
        deputies,
        copy: super::or(&raw.copy, false),
    })
}

fn date(text: &String) -> Result<Date, String> {
    Date::parse_from_str(text.trim(), "%Y-%m-%d")
        .map_err(|_| format!("{text:?} is no date; write for example \"2017-11-20\""))
}

/// Holds the deputies of all against the people: each is known and another person, and on no day
/// are all of them away. Messages are handed on once only, so that there are neither chains nor
/// loops.
pub fn deputies(source: &mut Source, people: &BTreeMap<PersonId, Person>, places: &Places) {
    for person in people.values() {
        let places = places.get(&person.id).into_iter().flatten();
        for (absence, place) in person.presence.absences.iter().zip(places) {
            if let Some(message) = fault_of(person, absence, people) {
                source.fault(place, message);
            }
        }
    }
    unattended(source, people);
}

fn fault_of(
    person: &Person,
    absence: &Absence,
    people: &BTreeMap<PersonId, Person>,
) -> Option<String> {
    for deputy in &absence.deputies {
        if *deputy == person.id {
            return Some("a person cannot be their own deputy".to_owned());
        }
        if !people.contains_key(deputy) {
            let known = known(deputy.as_str(), people.keys().map(PersonId::as_str));
            return Some(format!("unknown deputy {:?}; {known}", deputy.as_str()));
        }
    }
    let is_away = |id: &PersonId, day: Date| {
        let deputy = people.get(id);
        deputy.is_some_and(|deputy| deputy.absence(day).is_some())
    };
    let day = days_of(absence)
        .filter(|_| !absence.deputies.is_empty())
        .find(|&day| absence.deputies.iter().all(|id| is_away(id, day)))?;
    let day = worded(day);
    Some(format!(
        "on {day} every deputy is away too, and what a deputy receives is not handed on; name another one behind them, or shorten the absence"
    ))
}

/// A date in words: a row of digits would be hidden like a number.
fn worded(date: Date) -> String {
    date.format("%-d %b %Y").to_string()
}

fn days_of(absence: &Absence) -> impl Iterator<Item = Date> {
    let until = absence.until;
    absence
        .from
        .iter_days()
        .take_while(move |day| *day <= until)
}

/// On every day somebody hears what the monitor cannot judge or deliver.
fn unattended(source: &mut Source, people: &BTreeMap<PersonId, Person>) {
    let operators: Vec<&Person> = people
        .values()
        .filter(|person| person.is_operator())
        .collect();
    let alone = |day: Date| {
        operators.iter().all(|operator| {
            let absence = operator.absence(day);
            absence.is_some_and(|absence| absence.deputies.is_empty())
        })
    };
    let mut days = operators
        .iter()
        .flat_map(|operator| &operator.presence.absences)
        .flat_map(days_of);
    if let Some(day) = days.find(|&day| alone(day)) {
        let day = worded(day);
        source.whole(format!(
            "on {day} no operator is there and none of them has a deputy; name deputies"
        ));
    }
}
