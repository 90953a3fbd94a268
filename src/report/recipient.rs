//! How a recipient is shown: unit, role and a masked name; never a full name, number or address.
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
            let name = masked_name(&person.name);
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

/// Who receives `message`, and for whom who is away.
pub fn receiver(group: &Group, message: &Message) -> String {
    let mut who = who(group, &message.person);
    if !message.in_place_of.is_empty() {
        let instead = message.in_place_of.iter().map(InPlaceOf::in_chinese);
        let instead: Vec<String> = instead.collect();
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
    use super::masked_name;

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
