//! Plain tables for terminals. A Chinese character is two cells wide; columns are padded by cells,
//! not by characters.
//!
//! Decides layout only; the last column is never padded, so lines have no trailing blanks.

use std::collections::{BTreeMap, BTreeSet};

use unicode_width::UnicodeWidthStr as _;

use super::lost;
use super::overview::Overview;
use super::plain::{instant, one_line};
use super::recipient::{receiver, route_in_chinese, way};
use super::standing::Counts;
use crate::alert::outbox::{Message, MessageKey};
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

/// The messages, in the order given. Why one was lost, or waits, stands before its text, where there
/// is such a one.
pub fn outbox(messages: &[Message], group: &Group, now: Moment) -> String {
    let mut head = vec!["时间", "收件人", "号码或地址", "等级", "渠道", "状态"];
    let says_why = messages
        .iter()
        .any(|message| lost::why(&message.delivery).is_some());
    head.extend(says_why.then_some("原因"));
    head.push("内容");
    let rows: Vec<Vec<String>> = messages
        .iter()
        .map(|message| {
            let mut row = vec![
                instant(message.created_at, now),
                receiver(group, message),
                way(group, &message.person, message.route),
                message.tier.map_or("-", Tier::in_chinese).to_owned(),
                route_in_chinese(message.route).to_owned(),
                match message.provisional {
                    true => format!("{}（暂按周一至周五）", message.delivery.in_chinese()),
                    false => message.delivery.in_chinese().to_owned(),
                },
            ];
            let why = || lost::why(&message.delivery).unwrap_or_else(|| "-".to_owned());
            row.extend(says_why.then(why));
            row.push(one_line(&message.text, TEXT_CHARS));
            row
        })
        .collect();
    grid(&head, &[Set::Left; 8], &rows)
}

/// What a rehearsal ends with: each unit's columns, and the messages to its people by tier. `units`
/// are those of the notices that the messages carry.
pub fn tally(
    overview: &Overview,
    messages: &[Message],
    units: &BTreeMap<MessageKey, UnitId>,
    group: &Group,
) -> String {
    let addressed: Vec<(&Message, BTreeSet<Option<UnitId>>)> = messages
        .iter()
        .map(|message| (message, meant(message, units, group)))
        .collect();
    let mut by_unit: BTreeMap<Option<UnitId>, [usize; 6]> = BTreeMap::new();
    for (message, units) in &addressed {
        for unit in units {
            count(message, by_unit.entry(unit.clone()).or_default());
        }
    }
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
    let mut all = [0; 6];
    for message in messages {
        count(message, &mut all);
    }
    rows.push(tally_row("合计", Some(&overview.totals), all));
    let mut sets = vec![Set::Left];
    sets.extend([Set::Right; 11]);
    let table = grid(&head, &sets, &rows);
    match addressed.iter().any(|(_, units)| units.len() > 1) {
        true => format!("一条消息涉及几个单位的，各单位都计入，合计只计一次。\n{table}"),
        false => table,
    }
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

/// The units of its recipient that `message` speaks of, by the units of notices; the first one
/// where it speaks of none of them, `None` for who has no unit.
fn meant(
    message: &Message,
    units: &BTreeMap<MessageKey, UnitId>,
    group: &Group,
) -> BTreeSet<Option<UnitId>> {
    let person = group.people.get(&message.person);
    let duties = person.map_or(&[][..], |person| &person.duties);
    let own = |unit: &UnitId| duties.iter().any(|duty| duty.unit.as_ref() == Some(unit));
    let spoken = message.notices.iter().filter_map(|key| units.get(key));
    let spoken: BTreeSet<Option<UnitId>> = spoken
        .filter(|unit| own(unit))
        .map(|unit| Some(unit.clone()))
        .collect();
    match spoken.is_empty() {
        true => [duties.first().and_then(|duty| duty.unit.clone())].into(),
        false => spoken,
    }
}

/// Counts `message` by its tier; the last place holds those without one.
fn count(message: &Message, counts: &mut [usize; 6]) {
    let place = message.tier.and_then(place).unwrap_or(Tier::ALL.len());
    if let Some(count) = counts.get_mut(place) {
        *count += 1;
    }
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
    use crate::alert::outbox::Delivery;
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
            blind_after_visits: 3,
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
            tally(&overview, &messages, &BTreeMap::new(), &group()),
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
    fn why_a_message_was_lost_has_a_column_of_its_own() {
        let mut messages = messages();
        messages[1].delivery = Delivery::Failed {
            at: at("2017-11-18T09:00:00"),
            permanent: true,
            error: "the gateway answered 200, \"1001\" at /code".to_owned(),
        };
        let table = outbox(&messages, &group(), at("2017-11-18T10:00:00"));
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[0].contains("状态      原因"), "{table}");
        let why = "发送失败  渠道拒绝：网关应答200，/code为\"1001\"  卫健委网站";
        assert!(lines[3].contains(why), "{table}");
        assert!(lines[2].contains("已提交    -"), "{table}");
    }

    /// Who serves two units has a message about both, one about one, and one about another's.
    #[test]
    fn a_message_is_tallied_for_each_unit_that_it_speaks_of() {
        let mut group = group();
        let unit = |id: &str| UnitId::parse(id).unwrap();
        let chen = group
            .people
            .values_mut()
            .find(|one| one.id.as_str() == "chen");
        let duties = &mut chen.unwrap().duties;
        let mut second = duties[0].clone();
        second.unit = Some(unit("wjw"));
        duties.push(second);
        let key = |id: &str| MessageKey::of(&["notice", id]);
        let units = ["kxw", "wjw", "other"].map(|id| (key(id), unit(id)));
        let carrying = |about: &[&str]| {
            let mut one = message("chen", Some(Tier::Overdue), &about.join(" "));
            one.notices = about.iter().map(|id| key(id)).collect();
            one
        };
        let messages = [
            carrying(&["kxw", "wjw"]),
            carrying(&["wjw"]),
            carrying(&["other"]),
        ];
        let table = tally(&scene(), &messages, &units.into(), &group);
        let told = |name: &str| {
            let line = table.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(8).unwrap().to_owned()
        };
        assert_eq!(
            [told("科信委"), told("卫健委"), told("合计")],
            ["2", "2", "3"]
        );
        // The sum stays the last line.
        assert!(table.starts_with("一条消息涉及几个单位的"), "{table}");
    }
}
