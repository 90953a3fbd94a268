//! How a recipient is shown: unit, role and a masked name; never a full name, number or address. Two who
//! would be shown alike are told apart by their identifiers.
//!
//! Example: `科信委联络员 张*`, way `138****0001`.

use crate::alert::outbox::{InPlaceOf, Message};
use crate::domain::group::{Duty, Group, Person, Route, mask};
use crate::domain::id::PersonId;

use super::plain::one_line;

/// The longest name of a unit in this line, in characters.
const UNIT_CHARS: usize = 16;

/// Who `person` is: the first duty and the masked name. A person of whom the configuration
/// knows nothing is shown by the stable identifier.
pub fn who(group: &Group, person: &PersonId) -> String {
    match group.people.get(person) {
        Some(person) => {
            let mut name = masked_name(&person.name);
            if has_double(group, person) {
                name.push_str(&format!("（{}）", person.id));
            }
            let post = post(group, person);
            if post.is_empty() {
                name
            } else {
                format!("{post} {name}")
            }
        }
        None => format!("不在名单中（{person}）"),
    }
}

/// Whether somebody else of the same post has a name that is masked alike.
fn has_double(group: &Group, person: &Person) -> bool {
    let of_post = |other: &&Person| other.duties.first() == person.duties.first();
    let mut others = group.people.values().filter(of_post);
    others
        .any(|other| other.id != person.id && masked_name(&other.name) == masked_name(&person.name))
}

/// Who receives `message`, and for whom who is away.
pub fn receiver(group: &Group, message: &Message) -> String {
    let mut who = who(group, &message.person);
    if !message.in_place_of.is_empty() {
        let instead = message.in_place_of.iter().map(InPlaceOf::in_chinese);
        let mut instead: Vec<String> = instead.collect();
        // Two of one post are away.
        instead.dedup();
        who.push_str(&format!("（{}）", instead.join("，")));
    }
    who
}

/// What `person` is, by the first duty: `科信委联络员`.
pub fn post(group: &Group, person: &Person) -> String {
    let Some(Duty { role, unit }) = person.duties.first() else {
        return String::new();
    };
    let unit = unit.as_ref().and_then(|id| group.units.get(id));
    let unit = unit.map(|unit| one_line(&unit.short, UNIT_CHARS));
    format!("{}{}", unit.unwrap_or_default(), role.in_chinese())
}

/// The masked number or address that `route` leads to.
pub fn way(group: &Group, person: &PersonId, route: Route) -> String {
    let Some(person) = group.people.get(person) else {
        return "****".to_owned();
    };
    let way = match route {
        Route::Sms => &person.phone,
        Route::Mail => &person.mail,
        Route::Robot => {
            let robot = person.robot.as_deref().unwrap_or("未登记");
            return one_line(robot, 40);
        }
    };
    let masked = way.as_deref().map(|way| one_line(&mask(way), 40));
    masked.unwrap_or_else(|| "未登记".to_owned())
}

/// The name of a route (渠道).
pub fn route_in_chinese(route: Route) -> &'static str {
    match route {
        Route::Sms => "短信",
        Route::Mail => "邮件",
        Route::Robot => "群机器人",
    }
}

/// The first character, the others as stars, at most two of them.
pub fn masked_name(name: &str) -> String {
    let mut chars = name.trim().chars();
    let first: String = chars.by_ref().take(1).collect();
    let rest = chars.count().clamp(1, 2);
    format!("{}{}", one_line(&first, 1), "*".repeat(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::group::Role;
    use crate::domain::presence::Presence;

    fn operator(id: &str, name: &str) -> (PersonId, Person) {
        let id = PersonId::parse(id).unwrap();
        let person = Person {
            id: id.clone(),
            name: name.to_owned(),
            phone: None,
            mail: None,
            robot: None,
            presence: Presence::default(),
            routes: Vec::new(),
            duties: vec![Duty {
                role: Role::Operator,
                unit: None,
            }],
        };
        (id, person)
    }

    #[test]
    fn two_of_one_post_whose_names_are_masked_alike_are_told_apart() {
        let people = [
            operator("op-1", "张三"),
            operator("op-2", "张四"),
            operator("op-3", "李四"),
        ];
        let group = Group {
            people: people.into(),
            ..Group::default()
        };
        let shown = group.people.keys().map(|id| who(&group, id));
        let shown: Vec<String> = shown.collect();
        assert_eq!(
            shown,
            ["管理员 张*（op-1）", "管理员 张*（op-2）", "管理员 李*"]
        );
    }

    #[test]
    fn names_keep_their_first_character_only() {
        let rows = [
            ("张三", "张*"),
            ("欧阳娜娜", "欧**"),
            ("李", "李*"),
            ("", "*"),
        ];
        for (name, masked) in rows {
            assert_eq!(masked_name(name), masked, "{name}");
        }
    }
}
