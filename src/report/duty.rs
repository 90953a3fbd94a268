//! Duties by a day of the year: the table of those that are not met, and the sentences about those of
//! one column.

use super::overview::Scene;
use super::plain::{full_date, instant, one_line, title};
use super::sentence::TITLE_CHARS;
use super::table::{NAME_CHARS, Set, grid};
use crate::alert::incident::{Incident, State};
use crate::alert::pass::{Owing, OwingKnown, owing};
use crate::assess::duty::{Duty, Period, Stand};
use crate::assess::exemption::Exemptions;
use crate::assess::ladder::Tier;
use crate::domain::group::{Column, Site};
use crate::domain::item::Item;
use crate::domain::time::{Moment, date_of, in_chinese};

/// One duty of one column, with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct DutyCase<'a> {
    /// The column.
    pub column: &'a Column,
    /// The site on which it is shown.
    pub site: &'a Site,
    /// The duty.
    pub duty: &'a Duty,
    /// The period that runs.
    pub period: Period,
    /// How it stands.
    pub stand: Stand<'a>,
    /// Whether nothing is owed because the column is exempt or not judged.
    pub spared: bool,
    /// The incident about it, if there is one.
    pub incident: Option<&'a Incident>,
    /// The instant of the verdict.
    pub now: Moment,
}

impl<'a> DutyCase<'a> {
    /// What is told of `owing`, a duty of `column`, which `site` shows.
    pub fn of(column: &'a Column, site: &'a Site, owing: Owing<'a>, now: Moment) -> DutyCase<'a> {
        DutyCase {
            column,
            site,
            duty: owing.duty,
            period: owing.period,
            stand: owing.stand,
            spared: owing.spared,
            incident: owing.incident,
            now,
        }
    }
}

/// The duties of `column` as they stand by its `items`.
pub fn of_column<'a>(
    scene: &Scene<'a>,
    column: &'a Column,
    site: &'a Site,
    items: &'a [Item],
) -> Vec<DutyCase<'a>> {
    let today = date_of(scene.now);
    let exemptions = Exemptions::on(scene.acts, today);
    let known = OwingKnown {
        record: scene.records.get(&column.id),
        items,
        exempt: exemptions.until(column).is_some(),
        open: scene.open,
        today,
    };
    let duties = scene.limits.duties.iter();
    let duties = duties.filter(|duty| duty.is_of(column));
    let owing = duties.map(|duty| owing(column, duty, known));
    owing
        .map(|owing| DutyCase::of(column, site, owing, scene.now))
        .collect()
}

/// The duties that are not met, the first due first, and how many are; empty where nothing is owed.
pub fn list(cases: &[DutyCase<'_>]) -> String {
    let owed = |case: &&DutyCase<'_>| !case.spared && !matches!(case.stand, Stand::Met(_));
    let mut open: Vec<&DutyCase<'_>> = cases.iter().filter(owed).collect();
    open.sort_by_key(|case| case.period.due_on);
    let met = cases
        .iter()
        .filter(|case| matches!(case.stand, Stand::Met(_)));
    let met = met.count();
    let rows: Vec<Vec<String>> = open
        .iter()
        .map(|case| {
            vec![
                case.column.id.to_string(),
                one_line(&case.duty.name, NAME_CHARS),
                in_chinese(case.period.due_on, date_of(case.now)),
                left(case),
            ]
        })
        .collect();
    let table = match rows.is_empty() {
        true => String::new(),
        false => grid(
            &["定期发布", "内容", "截止", "情况"],
            &[Set::Left; 4],
            &rows,
        ),
    };
    match (table.is_empty(), met) {
        (_, 0) => table,
        (true, met) => format!("定期发布：本期应发布的{met}项均已发布。"),
        (false, met) => format!("{table}\n（另有{met}项已发布）"),
    }
}

/// What is to be said of the duties of one column.
pub fn sentences(cases: &[DutyCase<'_>]) -> String {
    cases.iter().map(sentence).collect()
}

fn sentence(case: &DutyCase<'_>) -> String {
    let name = one_line(&case.duty.name, TITLE_CHARS);
    let due = full_date(case.period.due_on);
    let opens = full_date(case.period.opens_on);
    let stand = match case.stand {
        _ if case.spared => "已报备或不判定，不计".to_owned(),
        Stand::Met(item) => format!("已发布：{}", title(&item.title, TITLE_CHARS)),
        Stand::Unmet | Stand::Untold => left(case),
    };
    format!(
        "该栏目应于{due}前发布{name}（{opens}起发布的计入{}），{stand}。{}",
        words(case.duty),
        course(case)
    )
}

fn words(duty: &Duty) -> String {
    match duty.titles.is_empty() {
        true => String::new(),
        false => format!(
            "，标题含{}",
            duty.titles
                .iter()
                .map(|word| format!("“{}”", one_line(word, TITLE_CHARS)))
                .collect::<Vec<_>>()
                .join("或")
        ),
    }
}

/// How many days are left or over, or why it cannot be told.
fn left(case: &DutyCase<'_>) -> String {
    if case.stand == Stand::Untold {
        return "无法判断：列表未能追溯到起始日以前，或栏目无法判断".to_owned();
    }
    let left = (case.period.due_on - date_of(case.now)).num_days();
    let tier = case
        .incident
        .filter(|incident| incident.is_open())
        .and_then(|incident| incident.tier)
        .filter(|tier| *tier != Tier::Overdue);
    let tier = tier.map_or(String::new(), |tier| format!("，{}", tier.in_chinese()));
    match left {
        0 => format!("尚未发布，今天截止{tier}"),
        1.. => format!("尚未发布，还有{left}天{tier}"),
        _ => format!("尚未发布，已超期{}天{tier}", -left),
    }
}

fn course(case: &DutyCase<'_>) -> String {
    let Some(incident) = case.incident else {
        return String::new();
    };
    match &incident.state {
        State::Suspected { .. } => "待再次访问复核后才通知责任单位。".to_owned(),
        State::Resolved { .. } => String::new(),
        State::Open { told_at, .. } => match incident.told.len() {
            0 => "尚未通知到人。".to_owned(),
            people => format!(
                "最近一次安排通知于{}，共通知{people}人。",
                instant(*told_at, case.now)
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::incident::{Kind, Subject};
    use crate::assess::duty::{DueLadder, YearDay};
    use crate::domain::id::SiteId;
    use crate::report::fixture::{at, column_id, group, incident, open};

    fn duty() -> Duty {
        Duty {
            id: "annual-report".to_owned(),
            name: "政府信息公开工作年度报告".to_owned(),
            columns: [column_id("kxw/tzgg")].into(),
            classes: Default::default(),
            opens: YearDay { month: 1, day: 1 },
            due: YearDay { month: 3, day: 31 },
            titles: vec!["年度报告".to_owned(), "年报".to_owned()],
            ladder: DueLadder::default(),
        }
    }

    #[test]
    fn what_is_owed_is_told_by_its_day() {
        let group = group();
        let duty = duty();
        let item = Item {
            column: column_id("kxw/tzgg"),
            title: "科信委2017年信息公开年报》全文".to_owned(),
            url: None,
            claimed_on: "2018-03-08".parse().ok(),
            first_seen_at: at("2018-03-08T09:00:00"),
            witnessed: true,
            changes: Vec::new(),
        };
        let subject = Subject::Duty(column_id("kxw/tzgg"), duty.id.clone());
        let stage = open(Some(Tier::Overdue), "2018-04-02T08:00:00");
        let late = incident(subject, Kind::Owed, "2018-03-01T07:25:00", stage);
        let case = |now: &str, stand, incident, spared| DutyCase {
            column: &group.columns[&column_id("kxw/tzgg")],
            site: &group.sites[&SiteId::parse("kxw").unwrap()],
            duty: &duty,
            period: duty.period(date_of(at(now))),
            stand,
            spared,
            incident,
            now: at(now),
        };
        let cases = [
            case("2018-03-20T09:00:00", Stand::Unmet, None, false),
            case("2018-03-31T09:00:00", Stand::Unmet, None, false),
            case("2018-04-05T09:00:00", Stand::Unmet, Some(&late), false),
            case("2018-04-05T09:00:00", Stand::Untold, None, false),
            case("2018-04-05T09:00:00", Stand::Met(&item), None, false),
            case("2018-04-05T09:00:00", Stand::Unmet, None, true),
        ];
        let mut shown: Vec<String> = cases.iter().map(|case| sentences(&[*case])).collect();
        shown.push(list(&cases));
        shown.push(list(&cases[4..5]));
        assert_eq!(list(&cases[5..]), "");
        insta::assert_snapshot!(shown.join("\n\n"));
    }
}
