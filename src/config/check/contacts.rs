//! The people: how they are reached and what they are to whom.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use super::super::quantity::{known, mail, name, phone};
use super::super::raw::contacts::{RawContacts, RawDuty, RawPerson};
use super::super::source::Source;
use super::presence::{Places, deputies, presence};
use super::sites::{Seen, Written, known_unit};
use super::{parts, word};
use crate::domain::group::{Duty, Group, Person, Role, Route, mask};
use crate::domain::id::PersonId;

/// The longest name of a person, in characters.
const NAME_CHARS: usize = 30;
/// The most people.
const MOST: usize = 20_000;
/// The most duties of one person.
const MOST_DUTIES: usize = 200;

/// What duties are held against.
pub struct Grounds<'a> {
    /// The units.
    pub group: &'a Group,
    /// The units as written, sound or not.
    pub written: &'a Written,
    /// The routes that have a transport.
    pub offered: &'a [Route],
    /// The names of the robots; `None` while they are not known.
    pub robots: Option<Vec<String>>,
}

/// Reads `raw`.
pub fn people(
    source: &mut Source,
    raw: &RawContacts,
    grounds: &Grounds<'_>,
) -> BTreeMap<PersonId, Person> {
    let mut people = BTreeMap::new();
    if raw.person.len() > MOST {
        source.whole(format!(
            "{} people, at most {MOST} are allowed",
            raw.person.len()
        ));
        return people;
    }
    let mut seen = Seen::default();
    let mut places = Places::new();
    for raw in &raw.person {
        if let Some((person, absences)) = person(source, &mut seen, raw, grounds) {
            places.insert(person.id.clone(), absences);
            people.insert(person.id.clone(), person);
        }
    }
    // A deputy whose own entry has a fault is not unknown.
    if source.is_sound() {
        deputies(source, &people, &places);
    }
    if source.is_sound() && !people.values().any(Person::is_operator) {
        source.whole(
            "nobody has the role operator, who is told what cannot be judged or delivered; write duties = [{ role = \"operator\" }] for at least one person",
        );
    }
    people
}

fn person(
    source: &mut Source,
    seen: &mut Seen,
    raw: &Spanned<RawPerson>,
    grounds: &Grounds<'_>,
) -> Option<(Person, Vec<Range<usize>>)> {
    let table = raw.span();
    let raw = raw.get_ref();
    let id = seen.id(
        source,
        ("person", "\"wang-xm\""),
        &table,
        &raw.id,
        PersonId::parse,
    );
    let name = source.need(("name", "\"王小明\""), &table, &raw.name, |text| {
        name(text, NAME_CHARS)
    });
    let phone = source.take("phone", &raw.phone, |text| phone(text));
    let mail = source.take("mail", &raw.mail, |text| mail(text));
    let robot = source.take("robot", &raw.robot, |name| robot(name, grounds));
    let routes = routes(source, &table, raw, grounds.offered);
    let duties = duties(source, raw, grounds);
    if duties.is_empty() && parts(&raw.duties).is_empty() {
        source.missing(&table, "duties", "[{ role = \"liaison\", unit = \"kxw\" }]");
    }
    let (presence, absences) = presence(source, raw);
    let person = Person {
        id: id?,
        name: name?,
        phone,
        mail,
        robot,
        routes,
        duties,
        presence,
    };
    Some((person, absences))
}

/// The robot `name`, if monitor.toml has it.
fn robot(name: &str, grounds: &Grounds<'_>) -> Result<String, String> {
    match &grounds.robots {
        Some(robots) if !robots.iter().any(|robot| robot == name) => {
            let known = known(name, robots.iter().map(String::as_str));
            Err(format!("unknown robot {name:?}; {known}"))
        }
        _ => Ok(name.to_owned()),
    }
}

/// The ways to a person: as written, else every address in the order text message, mail, robot.
fn routes(
    source: &mut Source,
    table: &Range<usize>,
    raw: &RawPerson,
    offered: &[Route],
) -> Vec<Route> {
    let has = |route| match route {
        Route::Sms => raw.phone.is_some(),
        Route::Mail => raw.mail.is_some(),
        Route::Robot => raw.robot.is_some(),
    };
    let routes: Vec<Route> = match &raw.routes {
        Some(_) => written_routes(source, raw, has),
        None => Route::ALL.into_iter().filter(|&route| has(route)).collect(),
    };
    if raw.routes.is_none() && routes.is_empty() {
        let example = "\"1xxxxxxxxxx\", or mail or robot: nobody could reach this person";
        source.missing(table, "phone", example);
    } else if raw.routes.is_some() && parts(&raw.routes).is_empty() {
        source.fault(
            table,
            "routes: it is empty, so nobody could reach this person",
        );
    }
    if !routes.is_empty() && !routes.iter().any(|route| offered.contains(route)) {
        let keys: Vec<&str> = routes.iter().map(|&route| route.key()).collect();
        let message = format!(
            "this person is reached by {} only, and monitor.toml has no such transport",
            keys.join(" and ")
        );
        source.fault(table, message);
    }
    routes
}

fn written_routes(source: &mut Source, raw: &RawPerson, has: impl Fn(Route) -> bool) -> Vec<Route> {
    let mut routes = Vec::new();
    for part in parts(&raw.routes) {
        let text = part.get_ref();
        let shown = if is_address(text) {
            mask(text)
        } else {
            text.clone()
        };
        let route = word(&shown, "route", &Route::ALL, Route::key).and_then(|route| {
            if !has(route) {
                let key = match route {
                    Route::Sms => "phone",
                    Route::Mail => "mail",
                    Route::Robot => "robot",
                };
                return Err(format!("the route {} needs the key {key}", route.key()));
            }
            if routes.contains(&route) {
                return Err("the route stands a second time".to_owned());
            }
            Ok(route)
        });
        match route {
            Ok(route) => routes.push(route),
            Err(message) => source.fault(&part.span(), message),
        }
    }
    routes
}

/// Whether a text is rather a number or an address than a word.
fn is_address(text: &str) -> bool {
    text.contains('@') || text.chars().filter(char::is_ascii_digit).count() > 4
}

fn duties(source: &mut Source, raw: &RawPerson, grounds: &Grounds<'_>) -> Vec<Duty> {
    if parts(&raw.duties).len() > MOST_DUTIES
        && let Some(key) = &raw.duties
    {
        source.fault(&key.span(), format!("duties: at most {MOST_DUTIES}"));
    }
    let mut duties = Vec::new();
    for raw in parts(&raw.duties).iter().take(MOST_DUTIES) {
        if let Some(duty) = duty(source, raw, grounds) {
            if duties.contains(&duty) {
                source.fault(&raw.span(), "the duty stands a second time");
            } else {
                duties.push(duty);
            }
        }
    }
    duties
}

fn duty(source: &mut Source, raw: &Spanned<RawDuty>, grounds: &Grounds<'_>) -> Option<Duty> {
    let table = raw.span();
    let raw = raw.get_ref();
    let role = source.need(("role", "\"liaison\""), &table, &raw.role, |text| {
        word(text, "role", &Role::ALL, Role::key)
    });
    let role = role?;
    let Some(key) = &raw.unit else {
        if role.is_central() {
            return Some(Duty { role, unit: None });
        }
        source.fault(
            &table,
            format!(
                "the role {} is held in a unit; write for example unit = \"kxw\"",
                role.key()
            ),
        );
        return None;
    };
    if role.is_central() {
        source.fault(
            &key.span(),
            format!(
                "the role {} belongs to the whole group; leave out unit",
                role.key()
            ),
        );
        return None;
    }
    let unit = source.take("unit", &raw.unit, |text| {
        known_unit(text, grounds.group, grounds.written)
    })??;
    Some(Duty {
        role,
        unit: Some(unit),
    })
}
