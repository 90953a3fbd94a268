//! The paragraph that defends a verdict: what was read, on which page, by which rule, when it was
//! looked at, who was told.
//!
//! Decides words only. Wording follows the terms of 国办发〔2015〕15号 and 国办秘函〔2019〕19号. Texts
//! of pages stand in quotation marks that they cannot close.

use super::acts;
use super::flags;
use super::history::{acceptance, digest, incident, items, visits};
use super::plain::{address, full_date, instant, one_line, quotation, title};
use super::standing::Standing;
use crate::alert::incident::Incident;
use crate::assess::freshness::{Freshness, Judgement, due_on};
use crate::domain::acceptance::Acceptance;
use crate::domain::act::Act;
use crate::domain::finding::LastUpdate;
use crate::domain::flag::Flag;
use crate::domain::group::{Column, Site, Unit};
use crate::domain::item::Item;
use crate::domain::observation::{Cause, ColumnRecord, Observation};
use crate::domain::time::{Date, Moment, date_of, in_chinese};

/// The longest title and name, in characters.
pub(super) const TITLE_CHARS: usize = 40;
/// The longest piece of a page's own words, in characters.
const SNIPPET_CHARS: usize = 30;

/// All that one verdict rests on.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The column.
    pub column: &'a Column,
    /// The site on which it is shown.
    pub site: &'a Site,
    /// The unit that answers for it.
    pub unit: &'a Unit,
    /// The verdict.
    pub judgement: &'a Judgement,
    /// What its visits have left.
    pub record: Option<&'a ColumnRecord>,
    /// Its visits, newest first.
    pub observations: &'a [Observation],
    /// Its items, newest claim first.
    pub items: &'a [Item],
    /// Its flags, newest first.
    pub flags: &'a [Flag],
    /// The latest word that its changed list is the column's.
    pub acceptance: Option<&'a Acceptance>,
    /// The incident about its limit, if there is one.
    pub incident: Option<&'a Incident>,
    /// What people laid down.
    pub acts: &'a [Act],
    /// The instant of the verdict.
    pub now: Moment,
}

/// The paragraph, on one line.
pub fn why(case: &Case) -> String {
    let mut text = head(case);
    text.push_str(&ground(case));
    text.push_str(&visits(case));
    text.push_str(&items(case));
    text.push_str(&flags::sentence(case));
    text.push_str(&acceptance(case));
    text.push_str(&incident(case));
    text.push_str(&acts::sentence(case));
    text.push_str(&digest(case));
    text.push_str(&format!(
        "（截至{}{}）",
        year(case.now),
        instant(case.now, case.now)
    ));
    text
}

fn head(case: &Case) -> String {
    format!(
        "{}{}栏目（责任单位：{}）：判定为{}。",
        one_line(&case.site.name, TITLE_CHARS),
        quotation(&case.column.name, TITLE_CHARS),
        one_line(&case.unit.name, TITLE_CHARS),
        Standing::of(case.judgement).verdict_in_chinese(),
    )
}

/// The facts and the rule that make the verdict.
fn ground(case: &Case) -> String {
    match &case.judgement.freshness {
        Freshness::Fresh { age_days, due_on } => {
            format!("{}，在时限内。", dated(case, *age_days, *due_on))
        }
        Freshness::DueSoon {
            age_days,
            due_on,
            days_left,
        } => {
            let left = match days_left {
                0 => "今天到期".to_owned(),
                days => format!("距到期还有{days}天"),
            };
            format!(
                "{}，{left}{}。",
                dated(case, *age_days, *due_on),
                tier(case)
            )
        }
        Freshness::Overdue {
            age_days,
            due_on,
            days,
        } => format!(
            "{}，超期{days}天{}。",
            dated(case, *age_days, *due_on),
            tier(case)
        ),
        Freshness::Unknown { since, why } => unknown(case, *since, why),
        Freshness::Empty { since } => format!(
            "自{}起，页面可以打开，列表中没有任何条目，无日期可计。{}",
            instant(*since, case.now),
            known_before(case)
        ),
        Freshness::OnDemand { age_days } => format!(
            "最近更新为{}，{}。该栏目按需更新，不计超期，超过{}天未更新时提醒责任单位自查。",
            updated(case),
            aged(*age_days),
            case.judgement.limit_days
        ),
        Freshness::Exempt { until } => format!(
            "该栏目已报备豁免，至{}止，期间不计时限。{}",
            full_date(*until),
            known_before(case)
        ),
        Freshness::Unconfirmed => format!(
            "该栏目的类别尚待确认，只访问、不判断，不计超期，也不通知单位。{}",
            known_before(case)
        ),
        Freshness::NotConfigured => "该栏目未配置网址，不访问、不判断，也不计超期。".to_owned(),
        Freshness::NotYetVisited => "该栏目尚无访问结果，暂不判断。".to_owned(),
    }
}

/// `最近更新为…（依据…），已15天，时限14天（动态要闻类），到期日11月17日`
fn dated(case: &Case, age_days: u32, due_on: Date) -> String {
    let (update, age) = (updated(case), aged(age_days));
    let due = in_chinese(due_on, date_of(case.now));
    format!("最近更新为{update}，{age}，{}，到期日{due}", limit(case))
}

fn updated(case: &Case) -> String {
    let update = case.judgement.last_update.as_ref();
    update.map(proof).unwrap_or_default()
}

fn aged(age_days: u32) -> String {
    match age_days {
        0 => "今天更新".to_owned(),
        days => format!("已{days}天"),
    }
}

/// `2017年11月3日（依据：列表行日期，原文“…”，标题《…》，网址…）`
fn proof(update: &LastUpdate) -> String {
    let evidence = &update.evidence;
    let mut parts = vec![format!("依据：{}", update.basis.in_chinese())];
    if !evidence.snippet.trim().is_empty() {
        parts.push(format!(
            "原文{}",
            quotation(&evidence.snippet, SNIPPET_CHARS)
        ));
    }
    if !evidence.title.trim().is_empty() {
        parts.push(format!("标题{}", title(&evidence.title, TITLE_CHARS)));
    }
    let link = evidence.link.as_deref().map(address);
    if let Some(link) = &link {
        parts.push(format!("网址{link}"));
    }
    let page = address(&evidence.page);
    if !page.is_empty() && link.as_ref() != Some(&page) {
        parts.push(format!("日期见于{page}"));
    }
    format!("{}（{}）", full_date(update.on), parts.join("，"))
}

fn limit(case: &Case) -> String {
    let days = case.judgement.limit_days;
    match case.column.limit_days {
        Some(_) => format!("时限{days}天（本栏目单独设定）"),
        None => format!("时限{days}天（{}类）", case.column.class.in_chinese()),
    }
}

fn tier(case: &Case) -> String {
    let tier = case.judgement.tier;
    tier.map(|tier| format!("，达到“{}”等级", tier.in_chinese()))
        .unwrap_or_default()
}

fn unknown(case: &Case, since: Moment, why: &Cause) -> String {
    let visits = case.record.and_then(|record| record.blind.as_ref());
    let visits = visits.map_or(1, |blind| blind.visits);
    format!(
        "自{}起连续{visits}次访问无法判断，原因：{}。其间暂停计时，不计超期，也不解除已有提醒。{}",
        instant(since, case.now),
        cause(why),
        unproven(case),
    )
}

/// What hinders the judgement, and what that says about the column.
pub(super) fn cause(why: &Cause) -> String {
    let reason = one_line(&why.in_chinese(), TITLE_CHARS);
    match why {
        Cause::Failed(_) => format!("未能取得页面，{reason}"),
        Cause::Unreadable(_) => format!("取得的页面不能认作该栏目的列表，{reason}"),
        Cause::Undated(_) => format!("列表有条目而没有可信日期，{reason}"),
        Cause::Redesigned => format!(
            "{reason}，最新日期早于此前所见，请核对栏目配置；确系改版的，由管理员确认新列表"
        ),
        Cause::OwnNetwork => format!("{reason}，与该网站无关"),
    }
}

/// What was known before we could no longer tell, and why it does not prove lateness.
fn unproven(case: &Case) -> String {
    match &case.judgement.last_update {
        None => "此前未读到过可信的更新日期。".to_owned(),
        Some(update) => {
            let due = due_on(update.on, case.judgement.limit_days);
            format!(
                "此前已证实的最近更新为{}，{}，按此到期日为{}，此后是否更新无从证实。",
                proof(update),
                limit(case),
                in_chinese(due, date_of(case.now)),
            )
        }
    }
}

fn known_before(case: &Case) -> String {
    let update = case.judgement.last_update.as_ref();
    update
        .map(|update| format!("此前最近更新为{}。", proof(update)))
        .unwrap_or_default()
}

fn year(at: Moment) -> String {
    use chrono::Datelike as _;
    format!("{}年", at.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::incident::{Change, Kind, Pending, Release, State, Subject};
    use crate::assess::freshness::judge;
    use crate::assess::ladder::{Ladder, Tier};
    use crate::domain::act::{Deed, Ground, Scope};
    use crate::domain::finding::{Finding, Undated, Unreadable};
    use crate::domain::flag::Fact;
    use crate::domain::group::{Group, Watch};
    use crate::domain::id::UnitId;
    use crate::domain::note::Note;
    use crate::domain::observation::Sight;
    use crate::domain::visit::Failure;
    use crate::report::fixture::{
        Stage, at, blind, column_id, dated, group, incident, open, record, seen, suspected, update,
    };

    const NOW: &str = "2017-11-18T10:00:00";

    /// What differs from one wording to the next.
    struct Told {
        group: Group,
        judgement: Judgement,
        record: Option<ColumnRecord>,
        observations: Vec<Observation>,
        items: Vec<Item>,
        flags: Vec<Flag>,
        acceptance: Option<Acceptance>,
        incident: Option<Incident>,
        acts: Vec<Act>,
    }

    impl Told {
        fn column(&self) -> &Column {
            &self.group.columns[&column_id("kxw/gzdt")]
        }

        fn paragraph(&self) -> String {
            let column = self.column();
            why(&Case {
                column,
                site: &self.group.sites[&column.site],
                unit: &self.group.units[&column.unit],
                judgement: &self.judgement,
                record: self.record.as_ref(),
                observations: &self.observations,
                items: &self.items,
                flags: &self.flags,
                acceptance: self.acceptance.as_ref(),
                incident: self.incident.as_ref(),
                acts: &self.acts,
                now: at(NOW),
            })
        }
    }

    fn told(record: Option<ColumnRecord>, observations: Vec<Observation>) -> Told {
        let today = date_of(at(NOW));
        let judgement = judge(
            record.as_ref(),
            Watch::Judged,
            14,
            &Ladder::default(),
            today,
        );
        Told {
            group: group(),
            judgement,
            record,
            observations,
            items: Vec::new(),
            flags: Vec::new(),
            acceptance: None,
            incident: None,
            acts: Vec::new(),
        }
    }

    /// A column last updated on `on`, read twice with the same result.
    fn read(on: &str) -> Told {
        let visits = vec![
            seen("2017-11-18T09:00:00", Sight::Unchanged(dated(on))),
            seen("2017-11-17T09:00:00", Sight::Read(dated(on))),
        ];
        told(
            Some(record("kxw/gzdt", Some(on), "2017-11-18T09:00:00")),
            visits,
        )
    }

    /// A column last updated on `on` that three visits could not judge.
    fn unread(on: Option<&str>, why: Cause, sight: &Sight) -> Told {
        let mut record = record("kxw/gzdt", on, "2017-11-15T09:00:00");
        record.visited_at = at("2017-11-18T09:00:00");
        record.blind = blind("2017-11-16T09:00:00", 3, why);
        let mut visits: Vec<Observation> = ["18", "17", "16"]
            .map(|day| seen(&format!("2017-11-{day}T09:00:00"), sight.clone()))
            .into();
        if let Some(on) = on {
            visits.push(seen("2017-11-15T09:00:00", Sight::Read(dated(on))));
        }
        told(Some(record), visits)
    }

    fn with_state(mut told: Told, stage: Stage) -> Told {
        let subject = Subject::Column(column_id("kxw/gzdt"));
        told.incident = Some(incident(subject, Kind::Stale, "2017-11-14T09:00:00", stage));
        told
    }

    fn as_is(freshness: Freshness) -> Told {
        let mut told = told(None, Vec::new());
        told.judgement.freshness = freshness;
        told
    }

    fn item(on: Option<&str>, title: &str) -> Item {
        Item {
            column: column_id("kxw/gzdt"),
            title: title.to_owned(),
            url: None,
            claimed_on: on.map(|on| on.parse().unwrap()),
            first_seen_at: at("2017-11-17T09:00:00"),
            witnessed: false,
            changes: Vec::new(),
        }
    }

    fn verdicts() -> Vec<(&'static str, Told)> {
        let mut own_limit = read("2017-11-03");
        own_limit
            .group
            .columns
            .get_mut(&column_id("kxw/gzdt"))
            .unwrap()
            .limit_days = Some(14);
        let mut with_items = read("2017-11-03");
        with_items.items = vec![
            item(Some("2017-11-03"), "科信委召开年度工作会"),
            item(None, "没有日期的条目"),
            item(Some("2016-12-30"), "去年的条目"),
        ];
        let mut with_flag = read("2017-11-13");
        with_flag.flags = vec![Flag {
            column: column_id("kxw/gzdt"),
            title: "科信委召开年度工作会".to_owned(),
            url: None,
            raised_at: at("2017-11-17T09:00:00"),
            fact: Fact::BackDated {
                claimed_on: "2017-11-05".parse().unwrap(),
                first_seen_at: at("2017-11-17T09:00:00"),
                absent_at: at("2017-11-16T09:00:00"),
                usual_days: 0,
            },
        }];
        let mut with_notes = read("2017-11-03");
        with_notes.observations[1].notes = vec![
            Note::FutureRefused {
                dates: 1,
                latest: "2018-11-03".parse().unwrap(),
            },
            Note::Pinned { rows: 2 },
            Note::SiteLine,
            Note::OffSite { rows: 1 },
        ];
        let mut accepted = read("2017-11-03");
        accepted.acceptance = Some(Acceptance {
            column: column_id("kxw/gzdt"),
            by: "张三".to_owned(),
            reason: "栏目改版，旧文已归档".to_owned(),
            at: at("2017-11-16T15:00:00"),
        });
        let mut empty = record("kxw/gzdt", None, "2017-11-18T09:00:00");
        empty.empty_since = Some(at("2017-11-10T09:00:00"));
        let mut empty_again = seen("2017-11-18T09:00:00", Sight::Read(Finding::Empty));
        empty_again.rows = 0;
        let exempt = "2018-01-31".parse().unwrap();
        let mut on_demand = read("2017-11-03");
        on_demand.judgement.freshness = Freshness::OnDemand { age_days: 15 };
        vec![
            ("fresh", read("2017-11-13")),
            ("updated today", read("2017-11-18")),
            ("due soon", read("2017-11-07")),
            ("due today", read("2017-11-04")),
            ("overdue", read("2017-11-03")),
            ("overdue, limit of its own", own_limit),
            ("overdue, with items", with_items),
            ("fresh, with a flag", with_flag),
            ("overdue, with notes of the reader", with_notes),
            ("overdue, after a redesign", accepted),
            ("severely overdue", read("2017-10-20")),
            ("empty", told(Some(empty), vec![empty_again])),
            ("on demand", on_demand),
            ("exempt", as_is(Freshness::Exempt { until: exempt })),
            ("unconfirmed", as_is(Freshness::Unconfirmed)),
            ("not configured", as_is(Freshness::NotConfigured)),
            ("not yet visited", as_is(Freshness::NotYetVisited)),
        ]
    }

    fn blindness() -> Vec<(&'static str, Told)> {
        let failed = |failure: Failure| (Cause::Failed(failure.clone()), Sight::Failed(failure));
        let finding = |finding| Sight::Read(finding);
        let unreadable = Unreadable::NoList;
        let undated = Undated::YearUnknown;
        let (timeout, no_page) = failed(Failure::ConnectTimeout);
        let (foreign, elsewhere) = failed(Failure::ForeignHost("other.example.cn".to_owned()));
        let redesigned = finding(dated("2017-10-01"));
        vec![
            (
                "no page",
                unread(Some("2017-11-03"), timeout.clone(), &no_page),
            ),
            (
                "no page, still fresh",
                unread(Some("2017-11-13"), timeout.clone(), &no_page),
            ),
            ("no page, never read", unread(None, timeout, &no_page)),
            (
                "foreign host",
                unread(Some("2017-11-03"), foreign, &elsewhere),
            ),
            (
                "unreadable",
                unread(
                    Some("2017-11-03"),
                    Cause::Unreadable(unreadable),
                    &finding(Finding::Unreadable(unreadable)),
                ),
            ),
            (
                "undated",
                unread(
                    Some("2017-11-03"),
                    Cause::Undated(undated),
                    &finding(Finding::Undated(undated)),
                ),
            ),
            (
                "redesigned",
                unread(Some("2017-11-03"), Cause::Redesigned, &redesigned),
            ),
            (
                "own network",
                unread(Some("2017-11-03"), Cause::OwnNetwork, &no_page),
            ),
        ]
    }

    fn incidents() -> Vec<(&'static str, Told)> {
        let overdue = || read("2017-11-03");
        let since = "2017-11-18T09:00:00";
        let pending = |change| {
            let state = State::Open {
                since: at(since),
                repeats: 2,
                told_at: at(since),
                pending: Some(Pending {
                    change,
                    seen_at: at(since),
                }),
            };
            (state, Some(Tier::Overdue))
        };
        let mut untold = with_state(overdue(), open(Some(Tier::Overdue), since));
        untold.incident.as_mut().unwrap().told.clear();
        vec![
            ("suspected", with_state(overdue(), suspected(since))),
            (
                "open",
                with_state(overdue(), open(Some(Tier::Overdue), since)),
            ),
            (
                "open without tier",
                with_state(overdue(), open(None, since)),
            ),
            ("open, nobody told", untold),
            (
                "to be raised",
                with_state(read("2017-10-20"), pending(Change::Raise)),
            ),
            (
                "to be cleared",
                with_state(overdue(), pending(Change::Clear)),
            ),
            (
                "resolved",
                with_state(
                    read("2017-11-18"),
                    (State::Resolved { at: at(since) }, Some(Tier::Overdue)),
                ),
            ),
        ]
    }

    fn laid_down() -> Vec<(&'static str, Told)> {
        let late = |deed| {
            let since = "2017-11-18T09:00:00";
            let mut told = with_state(read("2017-11-03"), open(Some(Tier::Overdue), since));
            told.acts = vec![Act {
                approver: None,
                at: at("2017-11-18T09:30:00"),
                by: "张三”".to_owned(),
                reason: "稿件“在审".to_owned(),
                deed,
            }];
            told
        };
        let let_go = |reason: &str, granted_at: &str| {
            let column = column_id("kxw/gzdt");
            let mut told = late(Deed::EscalationReleased { column });
            told.acts[0].reason = reason.to_owned();
            told.incident.as_mut().unwrap().release = Some(Release::Granted {
                by: "张三".to_owned(),
                at: at(granted_at),
            });
            told
        };
        let until = "2017-11-24".parse().unwrap();
        let scope = || Scope::Unit(UnitId::parse("kxw").unwrap());
        let mut exempt = late(Deed::Exempted {
            scope: scope(),
            ground: Ground::Maintenance,
            from: "2017-11-18".parse().unwrap(),
            until,
            paused: false,
        });
        exempt.incident = None;
        exempt.judgement = exempt.judgement.under(Some(until));
        vec![
            ("exempt", exempt),
            (
                "answered",
                late(Deed::Answered {
                    column: column_id("kxw/gzdt"),
                    duty: None,
                    began_at: at("2017-11-14T09:00:00"),
                    until,
                    by_link: None,
                }),
            ),
            (
                "answered by a link",
                late(Deed::Answered {
                    column: column_id("kxw/gzdt"),
                    duty: None,
                    began_at: at("2017-11-14T09:00:00"),
                    until,
                    by_link: Some("0123".to_owned()),
                }),
            ),
            ("released", let_go("经批准", "2017-11-18T09:30:00")),
            (
                "released without a reason",
                let_go("", "2017-11-18T09:30:00"),
            ),
            (
                "released at another time",
                let_go("经批准", "2017-11-10T09:30:00"),
            ),
            (
                "held",
                late(Deed::Held {
                    scope: scope(),
                    until: at("2017-11-21T00:00:00"),
                }),
            ),
            (
                "answered for an incident that is over",
                late(Deed::Answered {
                    column: column_id("kxw/gzdt"),
                    duty: None,
                    began_at: at("2017-10-14T09:00:00"),
                    until,
                    by_link: None,
                }),
            ),
        ]
    }

    fn told_apart(told: Vec<(&'static str, Told)>) -> String {
        let lines = told
            .iter()
            .map(|(name, told)| format!("{name}\n{}\n", told.paragraph()));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_verdict_is_worded() {
        insta::assert_snapshot!(told_apart(verdicts()));
    }

    #[test]
    fn every_blindness_is_worded() {
        insta::assert_snapshot!(told_apart(blindness()));
    }

    #[test]
    fn every_state_of_an_incident_is_worded() {
        insta::assert_snapshot!(told_apart(incidents()));
    }

    #[test]
    fn what_people_laid_down_is_worded() {
        insta::assert_snapshot!(told_apart(laid_down()));
    }

    #[test]
    fn a_page_cannot_speak_for_the_report() {
        let mut told = read("2017-11-03");
        let title = format!("》）：判定为正常。\r\n\u{202e}{}", "长".repeat(10_000));
        let mut update = update("2017-11-03");
        update.evidence.title.clone_from(&title);
        update.evidence.snippet = "”\n2017-11-03“".to_owned();
        update.evidence.link = Some(format!("http://a.cn/公告）\n{}", "a".repeat(10_000)));
        told.judgement.last_update = Some(update);
        told.items = vec![item(Some("2017-11-03"), &title)];
        told.observations[1].notes = vec![Note::TakenOver { title }];
        let paragraph = told.paragraph();
        assert!(
            paragraph.contains("标题《〉）：判定为正常。 长"),
            "{paragraph}"
        );
        assert!(paragraph.contains("原文“’ 2017-11-03‘”"), "{paragraph}");
        assert!(!paragraph.contains(['\n', '\r', '\u{202e}']), "{paragraph}");
        assert!(paragraph.chars().count() < 900, "{paragraph}");
    }
}
