//! Who would be told what if a trial run ended now.

use std::collections::BTreeMap;

use super::recipient::who;
use super::site::HOME_DOWN;
use crate::alert::outbox::Told;
use crate::alert::trial::{Of, Would};
use crate::domain::group::Group;
use crate::domain::id::PersonId;

/// The most things that are named of one person.
const NAMED: usize = 20;

/// One line for each person, as a part of the status; empty where nobody would be told anything.
/// `all` is in order, the worst first.
pub fn list(all: &[Would<'_>], group: &Group) -> String {
    match lines(all, group) {
        lines if lines.is_empty() => String::new(),
        lines => format!("如现在启用，将发给：\n  {}", lines.join("\n  ")),
    }
}

/// The same, line by line.
pub fn lines(all: &[Would<'_>], group: &Group) -> Vec<String> {
    let mut people: BTreeMap<&PersonId, Vec<String>> = BTreeMap::new();
    for would in all {
        for person in &would.people {
            people
                .entry(person)
                .or_default()
                .push(thing(&would.of, group));
        }
    }
    let line = |(person, things): (&PersonId, Vec<String>)| {
        let count = things.len();
        let named: Vec<String> = things.into_iter().take(NAMED).collect();
        let more = if count > NAMED { "等" } else { "" };
        format!(
            "{}，{count}项：{}{more}",
            who(group, person),
            named.join("、")
        )
    };
    people.into_iter().map(line).collect()
}

fn thing(of: &Of<'_>, group: &Group) -> String {
    let name = |site| group.sites.get(site).map_or("", |site| site.name.as_str());
    match of {
        Of::Column(column, tier) => {
            format!(
                "{}“{}”{}",
                name(&column.site),
                column.name,
                tier.in_chinese()
            )
        }
        Of::Site(site, Told::NearVeto(_)) => format!("{}接近单项否决", site.name),
        Of::Site(site, Told::Veto(_)) => format!("{}触及单项否决", site.name),
        Of::Site(site, _) => format!("{}{HOME_DOWN}", site.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::ladder::Tier;
    use crate::report::fixture::group;

    #[test]
    fn everybody_stands_there_with_what_would_be_told() {
        let group = group();
        assert_eq!(list(&[], &group), "");
        let column = group.columns.values().next().unwrap();
        let site = group.sites.values().next().unwrap();
        let person = group.people.keys().next().unwrap();
        let would = |of| Would {
            people: [person.clone()].into(),
            of,
        };
        let all = [
            would(Of::Site(site, Told::Veto(0))),
            would(Of::Column(column, Tier::Overdue)),
        ];
        let expected = format!(
            "如现在启用，将发给：\n  {}，2项：{}触及单项否决、{}“{}”超期",
            who(&group, person),
            site.name,
            site.name,
            column.name
        );
        assert_eq!(list(&all, &group), expected);
        let many = vec![would(Of::Column(column, Tier::Warning)); 21];
        let text = list(&many, &group);
        assert!(
            text.contains("，21项：") && text.ends_with("预警等"),
            "{text}"
        );
        assert_eq!(text.matches("预警").count(), 20);
    }
}
