//! Flags in words: what was seen of an item, with both dates, and nothing about why. The words
//! state facts; a person decides what they mean.

use chrono::TimeDelta;
use serde::Serialize;

use super::plain::{instant, one_line, title};
use super::sentence::{Case, TITLE_CHARS};
use super::table::{Set, grid};
use crate::domain::flag::{Fact, Flag, FlagKind};
use crate::domain::group::Group;
use crate::domain::time::{Date, Moment, date_of, in_chinese};

/// How many flags an explanation names.
const NAMED: usize = 3;
/// Flags of the last so many days are counted on the first page.
const RECENT: TimeDelta = TimeDelta::days(30);
/// The longest name in a cell, in characters.
const NAME_CHARS: usize = 16;

/// What was seen, in one clause.
pub fn fact(flag: &Flag, now: Moment) -> String {
    let day = |on: Date| in_chinese(on, date_of(now));
    match &flag.fact {
        Fact::BackDated {
            claimed_on,
            first_seen_at,
            usual_days,
            ..
        } => {
            let days = (date_of(*first_seen_at) - *claimed_on).num_days();
            let usual = match usual_days {
                0 => String::new(),
                days => format!("，该栏目通常晚{days}天"),
            };
            format!(
                "标注日期{}，首次发现于{}，晚{days}天{usual}",
                day(*claimed_on),
                instant(*first_seen_at, now)
            )
        }
        Fact::ReDated {
            claimed_on,
            previous_on,
            first_seen_at,
        } => format!(
            "标注日期由{}变为{}，首次发现于{}",
            day(*previous_on),
            day(*claimed_on),
            instant(*first_seen_at, now)
        ),
        Fact::Republished {
            claimed_on,
            previous_on,
            ..
        } => format!(
            "标注日期{}，此前见过标题相同、标注日期{}的条目，网址不同",
            day(*claimed_on),
            day(*previous_on)
        ),
        Fact::Burst { alerted_at, items } => format!(
            "{}发出超期通知后24小时内首次发现{items}个条目",
            instant(*alerted_at, now)
        ),
        Fact::FutureDate { claimed_on } => format!(
            "标注日期{}，晚于发现当天{}",
            day(*claimed_on),
            day(date_of(flag.raised_at))
        ),
    }
}

/// The newest flags of a column, for the paragraph about it.
pub(super) fn sentence(case: &Case) -> String {
    let named = case.flags.iter().take(NAMED).map(|flag| {
        let title = title(&flag.title, TITLE_CHARS);
        format!("{title}{}", fact(flag, case.now))
    });
    let named: Vec<String> = named.collect();
    match case.flags.len() {
        0 => String::new(),
        count => format!("供核对的情况{count}条：{}。", named.join("；")),
    }
}

/// How many flags of each kind the last thirty days brought; nothing where they brought none.
pub fn recent(flags: &[Flag], now: Moment) -> Option<String> {
    let recent = |flag: &&Flag| now - flag.raised_at <= RECENT;
    let count = |kind: FlagKind| {
        let of_kind = flags.iter().filter(recent);
        of_kind.filter(|flag| flag.fact.kind() == kind).count()
    };
    let counts: Vec<String> = FlagKind::ALL
        .into_iter()
        .map(|kind| (kind, count(kind)))
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| format!("{}{count}条", kind.in_chinese()))
        .collect();
    (!counts.is_empty()).then(|| format!("近30天：{}。", counts.join("，")))
}

/// The flags as a table, in the order given.
pub fn list(flags: &[Flag], group: &Group, now: Moment) -> String {
    if flags.is_empty() {
        return "没有供核对的情况。".to_owned();
    }
    let head = ["发现时间", "栏目", "名称", "情况", "条目", "说明"];
    let rows: Vec<Vec<String>> = flags
        .iter()
        .map(|flag| {
            let column = group.columns.get(&flag.column);
            vec![
                instant(flag.raised_at, now),
                flag.column.to_string(),
                column.map_or("-".to_owned(), |column| one_line(&column.name, NAME_CHARS)),
                flag.fact.kind().in_chinese().to_owned(),
                title(&flag.title, NAME_CHARS),
                fact(flag, now),
            ]
        })
        .collect();
    grid(&head, &[Set::Left; 6], &rows)
}

#[derive(Serialize)]
struct Line<'a> {
    kind: FlagKind,
    #[serde(flatten)]
    flag: &'a Flag,
    text: String,
}

/// The flags as one array of JSON, an object each.
pub fn json(flags: &[Flag], now: Moment) -> Result<String, serde_json::Error> {
    let lines = flags.iter().map(|flag| Line {
        kind: flag.fact.kind(),
        flag,
        text: fact(flag, now),
    });
    serde_json::to_string(&lines.collect::<Vec<Line>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{at, column_id, group};

    const NOW: &str = "2017-11-18T10:00:00";

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn flags() -> Vec<Flag> {
        let seen = at("2017-11-15T08:02:00");
        let facts = [
            Fact::BackDated {
                claimed_on: date("2017-11-03"),
                first_seen_at: seen,
                absent_at: at("2017-11-14T20:00:00"),
                usual_days: 0,
            },
            Fact::BackDated {
                claimed_on: date("2017-10-03"),
                first_seen_at: seen,
                absent_at: at("2017-11-14T20:00:00"),
                usual_days: 6,
            },
            Fact::ReDated {
                claimed_on: date("2017-11-14"),
                previous_on: date("2016-11-03"),
                first_seen_at: at("2017-10-16T08:00:00"),
            },
            Fact::Republished {
                claimed_on: date("2017-11-14"),
                previous_on: date("2016-11-03"),
                previous_url: None,
            },
            Fact::Burst {
                alerted_at: at("2017-11-14T08:30:00"),
                items: 4,
            },
            Fact::FutureDate {
                claimed_on: date("2018-01-01"),
            },
        ];
        let flag = |fact| Flag {
            column: column_id("kxw/gzdt"),
            title: "假》：区科信委召开工作会".to_owned(),
            url: Some("http://kxw.example.cn/1.html".to_owned()),
            raised_at: seen,
            fact,
        };
        facts.map(flag).into()
    }

    #[test]
    fn every_flag_states_a_fact_and_blames_nobody() {
        let now = at(NOW);
        insta::assert_snapshot!(list(&flags(), &group(), now));
        let words = list(&flags(), &group(), now);
        for word in [
            "造假", "作假", "伪造", "虚假", "涉嫌", "违规", "倒签", "嫌疑",
        ] {
            assert!(!words.contains(word), "{word}");
        }
        assert_eq!(
            recent(&flags(), now).as_deref(),
            Some(
                "近30天：首次发现晚于标注日期2条，标注日期有变动1条，同题条目以新日期出现1条，\
                 通知后集中出现1条，标注日期在未来1条。"
            )
        );
        assert_eq!(recent(&flags(), at("2018-01-18T10:00:00")), None);
    }

    #[test]
    fn every_flag_is_an_object_of_json_with_its_dates() {
        let text = json(&flags(), at(NOW)).unwrap();
        let lines: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(lines.len(), 6);
        assert_eq!(lines[0]["kind"], "back-dated");
        assert_eq!(lines[0]["fact"]["back-dated"]["claimed_on"], "2017-11-03");
        assert_eq!(lines[4]["fact"]["burst"]["items"], 4);
        assert_eq!(json(&[], at(NOW)).unwrap(), "[]");
    }
}
