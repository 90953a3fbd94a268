//! Who is told: the tier selects the roles, the unit the people.
//!
//! Nobody is told twice: people with several roles are one person. A tier whose highest role
//! nobody holds climbs to the next higher role of the unit and to the operator, never to silence.

use std::collections::BTreeSet;

use super::rules::AlertRules;
use crate::assess::ladder::Tier;
use crate::domain::group::{Column, Group, Role};
use crate::domain::id::{PersonId, UnitId};

/// The roles that belong to a unit, rising.
const UNIT_ROLES: [Role; 4] = [Role::Editor, Role::Liaison, Role::Deputy, Role::Head];

/// The people who hear of `tier` of `column`.
pub fn of_tier(
    tier: Tier,
    column: &Column,
    group: &Group,
    rules: &AlertRules,
) -> BTreeSet<PersonId> {
    let rule = rules.tiers_of(column).get(&tier);
    let roles = rule.map_or(&[] as &[Role], |rule| &rule.roles);
    of_roles(roles, &column.unit, group)
}

/// The people of `unit` in `roles`, and the central ones.
pub fn of_roles(roles: &[Role], unit: &UnitId, group: &Group) -> BTreeSet<PersonId> {
    let mut people: BTreeSet<PersonId> = roles
        .iter()
        .flat_map(|&role| holders(role, unit, group))
        .collect();
    if let Some(highest) = vacant(roles, unit, group) {
        people.extend(next_above(highest, unit, group));
        people.extend(operators(group));
    }
    people
}

/// The highest of `roles` of a unit where nobody of `unit` holds it, so that messages climb.
pub fn vacant(roles: &[Role], unit: &UnitId, group: &Group) -> Option<Role> {
    let of_unit = roles.iter().copied().filter(|role| !role.is_central());
    of_unit.max().filter(|&role| !is_held(role, unit, group))
}

/// The people who run the monitor.
pub fn operators(group: &Group) -> BTreeSet<PersonId> {
    central(Role::Operator, group).collect()
}

/// Whether anybody of `unit` can be told anything.
pub fn is_reachable(unit: &UnitId, group: &Group) -> bool {
    UNIT_ROLES
        .into_iter()
        .any(|role| holders(role, unit, group).next().is_some())
}

/// Whether somebody holds `role`. Editors are optional: an editor may stand for the liaison.
fn is_held(role: Role, unit: &UnitId, group: &Group) -> bool {
    let held = |role| holders(role, unit, group).next().is_some();
    held(role) || (role == Role::Liaison && held(Role::Editor))
}

/// The holders of the first higher role of the unit that anybody holds.
fn next_above(role: Role, unit: &UnitId, group: &Group) -> BTreeSet<PersonId> {
    levels_above(role, unit, group)
        .find(|people| !people.is_empty())
        .unwrap_or_default()
}

/// The holders of each higher role of the unit, rising.
pub fn levels_above(
    role: Role,
    unit: &UnitId,
    group: &Group,
) -> impl Iterator<Item = BTreeSet<PersonId>> {
    UNIT_ROLES
        .into_iter()
        .filter(move |&higher| higher > role)
        .map(move |higher| holders(higher, unit, group).collect())
}

/// What `person` is, in Chinese: of `unit`, if anything, else by the first duty.
pub fn post(person: &PersonId, unit: Option<&UnitId>, group: &Group) -> String {
    let duties = group.people.get(person).map(|person| &person.duties);
    let mut duties = duties.into_iter().flatten().peekable();
    let first = duties.peek().copied();
    let of_unit = duties
        .filter(|duty| unit.is_some() && duty.unit.as_ref() == unit)
        .max_by_key(|duty| duty.role);
    let Some(duty) = of_unit.or(first) else {
        return "联系人".to_owned();
    };
    let unit = duty.unit.as_ref().and_then(|unit| group.units.get(unit));
    let unit = unit.map_or("", |unit| unit.short.as_str());
    format!("{unit}{}", duty.role.in_chinese())
}

/// Somebody of `unit` who is no longer among the people of the group, in Chinese.
pub fn former(unit: Option<&UnitId>, group: &Group) -> String {
    let unit = unit.and_then(|unit| group.units.get(unit));
    unit.map_or_else(
        || "一名联系人".to_owned(),
        |unit| format!("{}的一名联系人", unit.short),
    )
}

fn holders<'a>(
    role: Role,
    unit: &'a UnitId,
    group: &'a Group,
) -> Box<dyn Iterator<Item = PersonId> + 'a> {
    if role.is_central() {
        return Box::new(central(role, group));
    }
    let people = group.people.values().filter(move |person| {
        person
            .duties
            .iter()
            .any(|duty| duty.role == role && duty.unit.as_ref() == Some(unit))
    });
    Box::new(people.map(|person| person.id.clone()))
}

fn central(role: Role, group: &Group) -> impl Iterator<Item = PersonId> {
    group
        .people
        .values()
        .filter(move |person| person.duties.iter().any(|duty| duty.role == role))
        .map(|person| person.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::class::Class;
    use crate::domain::group::{Duty, Person, Route};
    use crate::domain::id::{ColumnId, SiteId};
    use crate::domain::presence::Presence;

    /// A person's id and duties.
    type Row<'a> = (&'a str, &'a [(Role, Option<&'a str>)]);

    fn group(people: &[Row<'_>]) -> Group {
        let mut group = Group::default();
        for (id, duties) in people {
            let id = PersonId::parse(id).unwrap();
            let duties = duties
                .iter()
                .map(|(role, unit)| Duty {
                    role: *role,
                    unit: unit.map(|unit| UnitId::parse(unit).unwrap()),
                })
                .collect();
            let person = Person {
                id: id.clone(),
                name: String::new(),
                phone: Some("10000000001".to_owned()),
                mail: None,
                robot: None,
                presence: Presence::default(),
                routes: vec![Route::Sms],
                duties,
            };
            group.people.insert(id, person);
        }
        group
    }

    fn column(id: &str) -> Column {
        let id = ColumnId::parse(id).unwrap();
        Column {
            site: SiteId::parse("kxw").unwrap(),
            unit: UnitId::parse("kxw").unwrap(),
            name: "工作动态".into(),
            class: Class::News,
            url: None,
            limit_days: None,
            on_demand: false,
            read: None,
            confirmed: true,
            id,
        }
    }

    fn told(tier: Tier, group: &Group) -> Vec<String> {
        of_tier(tier, &column("kxw/gzdt"), group, &AlertRules::default())
            .into_iter()
            .map(String::from)
            .collect()
    }

    #[test]
    fn a_columns_own_recipients_go_before_those_of_its_class() {
        let group = group(&[
            ("head", &[(Role::Head, KXW)]),
            ("liaison", &[(Role::Liaison, KXW)]),
        ]);
        let mut rules = AlertRules::default();
        let only = |role| {
            let mut tiers = rules.tiers.clone();
            tiers
                .entry(Tier::Overdue)
                .and_modify(|rule| rule.roles = vec![role]);
            tiers
        };
        let (of_class, of_column) = (only(Role::Liaison), only(Role::Head));
        rules.class_tiers.insert(Class::News, of_class);
        rules.column_tiers.insert(column("kxw/gzdt").id, of_column);
        let told = |id: &str| of_tier(Tier::Overdue, &column(id), &group, &rules);
        assert_eq!(told("kxw/gzdt"), [PersonId::parse("head").unwrap()].into());
        assert_eq!(
            told("kxw/dtxw"),
            [PersonId::parse("liaison").unwrap()].into()
        );
    }

    const KXW: Option<&str> = Some("kxw");

    #[test]
    fn the_tier_selects_the_people() {
        let group = group(&[
            ("editor", &[(Role::Editor, KXW)]),
            ("head", &[(Role::Head, KXW)]),
            ("liaison", &[(Role::Liaison, KXW), (Role::Deputy, KXW)]),
            ("operator", &[(Role::Operator, None)]),
            ("other", &[(Role::Head, Some("mzj"))]),
            ("supervision", &[(Role::Supervision, None)]),
        ]);
        let rows: [(Tier, &[&str]); 5] = [
            (Tier::Reminder, &["editor", "liaison"]),
            (Tier::Warning, &["editor", "liaison"]),
            (Tier::Overdue, &["editor", "head", "liaison"]),
            (
                Tier::SeverelyOverdue,
                &["editor", "head", "liaison", "operator"],
            ),
            (
                Tier::Escalation,
                &["editor", "head", "liaison", "operator", "supervision"],
            ),
        ];
        for (tier, people) in rows {
            assert_eq!(told(tier, &group), people, "{tier:?}");
        }
    }

    #[test]
    fn a_missing_contact_climbs_and_the_operator_hears_of_it() {
        let operator: Row<'_> = ("operator", &[(Role::Operator, None)]);
        let head_only = group(&[("head", &[(Role::Head, KXW)]), operator]);
        assert_eq!(told(Tier::Reminder, &head_only), ["head", "operator"]);
        let headless = group(&[("liaison", &[(Role::Liaison, KXW)]), operator]);
        assert_eq!(told(Tier::Reminder, &headless), ["liaison"]);
        assert_eq!(told(Tier::Overdue, &headless), ["liaison", "operator"]);
        let nobody = group(&[operator]);
        assert_eq!(told(Tier::Reminder, &nobody), ["operator"]);
        let editor = group(&[("editor", &[(Role::Editor, KXW)]), operator]);
        assert_eq!(told(Tier::Reminder, &editor), ["editor"]);
    }
}
