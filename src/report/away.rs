//! Who is away today, and who stands in.

use super::recipient::who;
use crate::alert::deputy::receivers;
use crate::alert::outbox::Why;
use crate::domain::group::Group;
use crate::domain::time::{Date, in_chinese};

/// One line for each person who is away on `today`: until when, and who receives instead.
pub fn lines(group: &Group, today: Date) -> Vec<String> {
    let people = group.people.values();
    people
        .filter_map(|person| {
            let absence = person.absence(today)?;
            let until = in_chinese(absence.until, today);
            let unit = person.duties.iter().find_map(|duty| duty.unit.as_ref());
            let instead = match receivers(&person.id, unit, today, group) {
                Some(to) => {
                    let names: Vec<String> = to.people.iter().map(|id| who(group, id)).collect();
                    let names = names.join("、");
                    let copy = if to.copy { "，并抄送本人" } else { "" };
                    match to.why {
                        Why::Deputy => format!("由{names}代理{copy}"),
                        Why::NoDeputy => format!("无人代理，消息转{names}{copy}"),
                    }
                }
                None => "无人可代，仍发给本人".to_owned(),
            };
            let name = who(group, &person.id);
            Some(format!("{name}，至{until}，{instead}"))
        })
        .collect()
}

/// The same as a part of the status; empty where nobody is away.
pub fn list(group: &Group, today: Date) -> String {
    let lines = lines(group, today);
    match lines.is_empty() {
        true => String::new(),
        false => format!("今日不在岗：\n  {}", lines.join("\n  ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::presence::Absence;
    use crate::report::fixture::group;

    #[test]
    fn who_is_away_is_told_with_who_stands_in() {
        let mut group = group();
        let day: Date = "2017-11-20".parse().unwrap();
        assert_eq!(list(&group, day), "");
        let ids: Vec<_> = group.people.keys().cloned().collect();
        let absence = |deputies, copy| Absence {
            from: day,
            until: "2017-11-24".parse().unwrap(),
            deputies,
            copy,
        };
        let deputies = vec![ids[1].clone()];
        let person = group.people.get_mut(&ids[0]).unwrap();
        person.presence.absences = vec![absence(deputies, true)];
        let text = list(&group, day);
        let deputy = who(&group, &ids[1]);
        assert!(
            text.ends_with(&format!("，至11月24日，由{deputy}代理，并抄送本人")),
            "{text}"
        );
    }
}
