//! The people of the rehearsal. They have offices in place of names, numbers that nobody can be
//! assigned, and mail addresses of a domain that is kept for examples.

use super::truth::Truth;
use crate::domain::group::Role;
use crate::domain::id::UnitId;

/// One made-up person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimPerson {
    /// The stable identifier.
    pub id: String,
    /// The office, in place of a name.
    pub name: String,
    /// A number that cannot be assigned.
    pub phone: String,
    /// A mail address.
    pub mail: String,
    /// What the person is to which unit; `None` for the central roles.
    pub duties: Vec<(Role, Option<UnitId>)>,
}

/// The roles that are held in a unit.
const UNIT_ROLES: [Role; 3] = [Role::Liaison, Role::Deputy, Role::Head];

/// The roles that belong to the whole group, and who holds them.
const CENTRAL: [(Role, &str); 2] = [
    (Role::Operator, "网站群值班管理员"),
    (Role::Supervision, "区政府督查室"),
];

/// Everybody: first the centre, then unit by unit. In every ninth unit one person is everything,
/// every eleventh has no deputy, and the second unit's liaison serves the third as well.
pub fn people(truth: &Truth) -> Vec<SimPerson> {
    let mut people = Vec::new();
    for (role, name) in CENTRAL {
        let duties = vec![(role, None)];
        people.push(person(people.len(), role.key(), name.to_owned(), duties));
    }
    for (place, site) in truth.sites().iter().enumerate() {
        let unit = &site.unit;
        let duty = |role| (role, Some(unit.id.clone()));
        if place % 9 == 4 {
            let duties = UNIT_ROLES.map(duty).to_vec();
            let name = format!("{}负责人兼联络员", unit.short);
            people.push(person(
                people.len(),
                &format!("{}-all", unit.id),
                name,
                duties,
            ));
            continue;
        }
        for role in UNIT_ROLES {
            let shared = place == 2 && role == Role::Liaison;
            let vacant = place % 11 == 7 && role == Role::Deputy;
            if shared || vacant {
                continue;
            }
            let mut duties = vec![duty(role)];
            if place == 1 && role == Role::Liaison {
                let next = truth.sites().get(2).map(|site| site.unit.id.clone());
                duties.extend(next.map(|unit| (role, Some(unit))));
            }
            let id = format!("{}-{}", unit.id, role.key());
            let name = format!("{}{}", unit.short, role.in_chinese());
            people.push(person(people.len(), &id, name, duties));
        }
    }
    people
}

fn person(place: usize, id: &str, name: String, duties: Vec<(Role, Option<UnitId>)>) -> SimPerson {
    SimPerson {
        id: id.to_owned(),
        name,
        phone: format!("1000000{:04}", place + 1),
        mail: format!("{id}@example.cn"),
        duties,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rehearsal::truth::Options;

    #[test]
    fn every_unit_has_a_liaison_and_a_head_and_every_number_one_owner() {
        let truth = Truth::new(Options::demo()).unwrap();
        let people = people(&truth);
        let phones: BTreeSet<&str> = people.iter().map(|one| one.phone.as_str()).collect();
        let ids: BTreeSet<&str> = people.iter().map(|one| one.id.as_str()).collect();
        assert_eq!((phones.len(), ids.len()), (people.len(), people.len()));
        assert!(
            phones
                .iter()
                .all(|phone| phone.len() == 11 && phone.starts_with("1000000"))
        );
        let held = |role, unit: &UnitId| {
            let duty = (role, Some(unit.clone()));
            people
                .iter()
                .filter(|one| one.duties.contains(&duty))
                .count()
        };
        let mut vacant = 0;
        for site in truth.sites() {
            assert_eq!(held(Role::Liaison, &site.unit.id), 1, "{}", site.unit.id);
            assert_eq!(held(Role::Head, &site.unit.id), 1, "{}", site.unit.id);
            vacant += 1 - held(Role::Deputy, &site.unit.id);
        }
        assert!((1..10).contains(&vacant), "{vacant}");
        assert!(people.iter().any(|one| one.duties.len() == 3));
    }
}
