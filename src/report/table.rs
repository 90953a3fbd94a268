//! Plain tables for terminals. A Chinese character is two cells wide; columns are padded by cells,
//! not by characters.
//!
//! Decides layout only; the last column is never padded, so lines have no trailing blanks.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr as _;

use super::overview::Overview;
use super::plain::{instant, one_line};
use super::recipient::{receiver, route_in_chinese, way};
use super::standing::Counts;
use crate::alert::outbox::Message;
use crate::assess::ladder::Tier;
use crate::domain::group::Group;
use crate::domain::id::UnitId;
use crate::domain::time::Moment;

/// The longest name in a cell, in characters.
pub(super) const NAME_CHARS: usize = 16;
/// The longest message text in a cell, in characters.
pub(super) const TEXT_CHARS: usize = 60;

/// How a column of a table is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Left,
    Right,
}

/// The units with their columns by standing.
pub fn status(overview: &Overview) -> String {
    let head = [
        "单位",
        "状态",
        "正常",
        "临期",
        "超期",
        "空白",
        "无法判断",
        "未配置",
        "其他",
        "最近访问",
    ];
    let mut rows: Vec<Vec<String>> = overview
        .units
        .iter()
        .map(|unit| {
            let mut row = vec![
                one_line(&unit.short, NAME_CHARS),
                unit.standing.in_chinese().to_owned(),
            ];
            row.extend(counts(&unit.counts));
            row.push(visited(unit.visited_at, overview.at));
            row
        })
        .collect();
    let mut sum = vec![
        "合计".to_owned(),
        format!("{}个栏目", overview.totals.all()),
    ];
    sum.extend(counts(&overview.totals));
    sum.push(visited(overview.visited_at, overview.at));
    rows.push(sum);
    let mut sets = vec![Set::Left; 2];
    sets.extend([Set::Right; 7]);
    sets.push(Set::Left);
    grid(&head, &sets, &rows)
}

fn counts(counts: &Counts) -> impl Iterator<Item = String> {
    let other = counts.exempt + counts.not_yet_visited + counts.unconfirmed;
    [
        counts.fresh,
        counts.due_soon,
        counts.overdue,
        counts.empty,
        counts.unknown,
        counts.not_configured,
        other,
    ]
    .into_iter()
    .map(number)
}

/// The columns that a person has something to do with.
pub fn in_need(overview: &Overview) -> String {
    let head = ["状态", "网站", "栏目", "最近更新", "到期日", "责任单位"];
    let rows: Vec<Vec<String>> = overview
        .in_need()
        .into_iter()
        .map(|line| {
            let update = line.judgement.last_update.as_ref();
            vec![
                line.standing.in_chinese().to_owned(),
                one_line(&line.site_name, NAME_CHARS),
                one_line(&line.name, NAME_CHARS),
                update.map_or("-".to_owned(), |update| update.on.to_string()),
                line.due_on.map_or("-".to_owned(), |due| due.to_string()),
                one_line(&line.unit_name, NAME_CHARS),
            ]
        })
        .collect();
    grid(&head, &[Set::Left; 6], &rows)
}

/// The messages, in the order given.
pub fn outbox(messages: &[Message], group: &Group, now: Moment) -> String {
    let head = [
        "时间",
        "收件人",
        "号码或地址",
        "等级",
        "渠道",
        "状态",
        "内容",
    ];
    let rows: Vec<Vec<String>> = messages
        .iter()
        .map(|message| {
            vec![
                instant(message.created_at, now),
                receiver(group, message),
                way(group, &message.person, message.route),
                message.tier.map_or("-", Tier::in_chinese).to_owned(),
                route_in_chinese(message.route).to_owned(),
                match message.provisional {
                    true => format!("{}（暂按周一至周五）", message.delivery.in_chinese()),
                    false => message.delivery.in_chinese().to_owned(),
                },
                one_line(&message.text, TEXT_CHARS),
            ]
        })
        .collect();
    grid(&head, &[Set::Left; 7], &rows)
}

/// What a rehearsal ends with: each unit's columns, and the messages to its people by tier.
pub fn tally(overview: &Overview, messages: &[Message], group: &Group) -> String {
    let mut by_unit = told(messages, group);
    let head = [
        "单位",
        "正常",
        "临期",
        "超期",
        "空白",
        "无法判断",
        "提醒",
        "预警",
        "超期通知",
        "严重超期",
        "督办",
        "其他消息",
    ];
    let mut rows = Vec::new();
    for unit in &overview.units {
        let sent = by_unit.remove(&Some(unit.unit.clone())).unwrap_or_default();
        rows.push(tally_row(
            &one_line(&unit.short, NAME_CHARS),
            Some(&unit.counts),
            sent,
        ));
    }
    let rest = by_unit.into_values().fold([0; 6], sum);
    rows.push(tally_row("管理与督查", None, rest));
    let all = told(messages, group).into_values().fold([0; 6], sum);
    rows.push(tally_row("合计", Some(&overview.totals), all));
    let mut sets = vec![Set::Left];
    sets.extend([Set::Right; 11]);
    grid(&head, &sets, &rows)
}

fn tally_row(name: &str, counts: Option<&Counts>, sent: [usize; 6]) -> Vec<String> {
    let mut row = vec![name.to_owned()];
    match counts {
        Some(counts) => row.extend(
            [
                counts.fresh,
                counts.due_soon,
                counts.overdue,
                counts.empty,
                counts.unknown,
            ]
            .map(number),
        ),
        None => row.extend(["", "", "", "", ""].map(str::to_owned)),
    }
    row.extend(sent.map(number));
    row
}

/// Messages by the recipient's first unit (`None`: central roles) and tier; the last place holds
/// those without a tier.
fn told(messages: &[Message], group: &Group) -> BTreeMap<Option<UnitId>, [usize; 6]> {
    let mut by_unit: BTreeMap<Option<UnitId>, [usize; 6]> = BTreeMap::new();
    for message in messages {
        let person = group.people.get(&message.person);
        let unit = person.and_then(|person| person.duties.first()?.unit.clone());
        let place = message.tier.and_then(place).unwrap_or(Tier::ALL.len());
        if let Some(count) = by_unit.entry(unit).or_default().get_mut(place) {
            *count += 1;
        }
    }
    by_unit
}

/// The place of a tier in a row of counts.
fn place(tier: Tier) -> Option<usize> {
    Tier::ALL.iter().position(|&other| other == tier)
}

fn sum(mut all: [usize; 6], one: [usize; 6]) -> [usize; 6] {
    for (all, one) in all.iter_mut().zip(one) {
        *all += one;
    }
    all
}

/// A count; nothing is shown as a stroke, so that what is there catches the eye.
pub(super) fn number(count: usize) -> String {
    match count {
        0 => "-".to_owned(),
        count => count.to_string(),
    }
}

pub(super) fn visited(at: Option<Moment>, now: Moment) -> String {
    at.map_or("尚未访问".to_owned(), |at| instant(at, now))
}

/// Sets `rows` under `head`, two blanks between columns.
pub(super) fn grid(head: &[&str], sets: &[Set], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    let mut text = String::new();
    for row in [&head, &rule].into_iter().chain(rows) {
        let mut line = String::new();
        for ((cell, width), set) in row.iter().zip(&widths).zip(sets) {
            let pad = " ".repeat(width.saturating_sub(cell.width()));
            match set {
                Set::Left => line.extend([cell, pad.as_str(), "  "]),
                Set::Right => line.extend([pad.as_str(), cell, "  "]),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::limits::Limits;
    use crate::report::fixture::{at, group, message, record, records};
    use crate::report::overview::{Scene, overview};

    fn scene() -> Overview {
        let records = records(vec![
            record("kxw/gzdt", Some("2017-11-03"), "2017-11-18T09:10:00"),
            record("kxw/tzgg", Some("2017-05-25"), "2017-11-18T09:05:00"),
            record("wjw/gzdt", Some("2017-11-16"), "2016-11-18T09:00:00"),
        ]);
        overview(&Scene {
            group: &group(),
            limits: &Limits::default(),
            records: &records,
            open: &BTreeMap::new(),
            acts: &[],
            now: at("2017-11-18T10:00:00"),
        })
    }

    fn messages() -> Vec<Message> {
        vec![
            message(
                "chen",
                Some(Tier::Overdue),
                "科信委网站“工作动态”栏目已15天未更新。",
            ),
            message("li", None, "卫健委网站\n已恢复访问。\u{202e}"),
            message("wang", Some(Tier::SeverelyOverdue), &"长".repeat(100)),
            message("gone", Some(Tier::Reminder), "提醒"),
        ]
    }

    #[test]
    fn tables_read_as_agreed() {
        let (overview, messages) = (scene(), messages());
        let tables = [
            status(&overview),
            in_need(&overview),
            outbox(&messages, &group(), overview.at),
            tally(&overview, &messages, &group()),
        ];
        insta::assert_snapshot!(tables.join("\n"));
    }

    #[test]
    fn every_column_of_a_table_begins_at_the_same_cell() {
        let table = status(&scene());
        let lines: Vec<&str> = table.lines().collect();
        let begin = |line: &str| line.rsplit_once("  ").map(|(before, _)| before.width());
        // The last column is set left: its first cell is where the rule's last run begins.
        let rule = begin(lines[1]);
        assert!(lines[2..].iter().all(|line| begin(line) == rule), "{table}");
        assert!(table.lines().all(|line| line == line.trim_end()));
    }

    #[test]
    fn the_outbox_shows_no_name_number_or_line_break_of_outside() {
        let table = outbox(&messages(), &group(), at("2017-11-18T10:00:00"));
        assert_eq!(table.lines().count(), 2 + 4);
        for secret in ["陈建国", "13800000001", "李四", "王五", "\u{202e}"] {
            assert!(!table.contains(secret), "{secret}");
        }
    }

    #[test]
    fn every_message_is_tallied_once() {
        let all = told(&messages(), &group()).into_values().fold([0; 6], sum);
        assert_eq!(all, [1, 0, 1, 1, 0, 1]);
    }
}
