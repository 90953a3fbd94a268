//! Every wording as a person reads it: each thing that is told, alone as a text message; long names;
//! many things for one person.

use std::fmt::Write as _;

use super::incident::{IncidentKey, Kind, Subject};
use super::links::LinkRules;
use super::outbox::{Facts, MessageKey, Notice, NoticeState, Told};
use super::rules::AlertRules;
use super::segments;
use super::wording::{order, subject, text, words};
use crate::assess::ladder::Tier;
use crate::domain::group::Route;
use crate::domain::id::{ColumnId, PersonId, SiteId, UnitId};
use crate::domain::time::{Date, moment};

const TODAY: &str = "2018-04-03";
const TIERS: [Tier; 5] = [
    Tier::Reminder,
    Tier::Warning,
    Tier::Overdue,
    Tier::SeverelyOverdue,
    Tier::Escalation,
];

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn column() -> Subject {
    Subject::Column(ColumnId::parse("kxw/gzdt").unwrap())
}

fn duty() -> Subject {
    let column = ColumnId::parse("kxw/ndbg").unwrap();
    Subject::Duty(column, "annual-report".to_owned())
}

fn site() -> Subject {
    Subject::Site(SiteId::parse("kxw").unwrap())
}

fn notice(subject: Subject, kind: Kind, told: Told) -> Notice {
    let at = moment(date(TODAY).and_hms_opt(8, 30, 0).unwrap());
    let of_duty = matches!(subject, Subject::Duty(..));
    let due_on = match (of_duty, told) {
        (true, Told::Raised(Tier::Reminder | Tier::Warning)) => "2018-04-08",
        (true, _) => "2018-03-31",
        (_, Told::Raised(Tier::Reminder)) => "2018-04-07",
        (_, Told::Raised(Tier::Warning)) => TODAY,
        _ => "2018-03-23",
    };
    let why = match (kind, told) {
        (_, Told::Recovered | Told::Raised(_) | Told::Repeated(..)) => "",
        (Kind::NearVeto, _) => "首页最近更新为3月23日，已超过10天；空白栏目3个",
        (Kind::Veto, _) => "近7日首页168次访问中9次失败；首页最近更新为3月12日，已超过14天等3项",
        (Kind::Calendar, _) => {
            "2019年节假日安排尚未录入，工作日暂按周一至周五计算，请补录calendar.toml"
        }
        (Kind::Offline, _) => "48个网站中有46个同时无应答",
        (Kind::Stale | Kind::Owed, _) => "",
        _ => "连接超时",
    };
    Notice {
        key: MessageKey::of(&[&format!("{subject:?} {kind:?} {told:?}")]),
        person: PersonId::parse("li").unwrap(),
        incident: IncidentKey {
            subject: subject.clone(),
            kind,
        },
        kind,
        column: None,
        unit: UnitId::parse("kxw").ok(),
        told,
        facts: Facts {
            site: "区科信委网站".to_owned(),
            column: match of_duty {
                true => "年度报告".to_owned(),
                false => "工作动态".to_owned(),
            },
            unit: "区科信委".to_owned(),
            last_update: Some(date("2018-03-09")),
            due_on: Some(date(due_on)),
            limit_days: Some(14),
            why: why.to_owned(),
            duty: match of_duty {
                true => "政府信息公开工作年度报告".to_owned(),
                false => String::new(),
            },
        },
        urgent: false,
        created_at: at,
        not_before: at,
        expires_at: at,
        state: NoticeState::Waiting,
        in_place_of: None,
        copied: false,
        first: false,
        put_off: None,
        unsent_since: None,
        looks_on: false,
        laid_back_at: None,
    }
}

/// Everything that can be told.
fn everything() -> Vec<Notice> {
    let mut all = Vec::new();
    for (subject, kind) in [(column(), Kind::Stale), (duty(), Kind::Owed)] {
        for tier in TIERS {
            all.push(notice(subject.clone(), kind, Told::Raised(tier)));
        }
        let repeated = Told::Repeated(Tier::Overdue, 2);
        for told in [repeated, Told::EscalationProposed, Told::Recovered] {
            all.push(notice(subject.clone(), kind, told));
        }
    }
    let host = || Subject::Host("www.example.cn".to_owned());
    for (subject, kind, told) in [
        (column(), Kind::SelfCheck, Told::Raised(Tier::Reminder)),
        (column(), Kind::SelfCheck, Told::Recovered),
        (column(), Kind::Blind, Told::Blind),
        (column(), Kind::Blind, Told::Recovered),
        (column(), Kind::Empty, Told::Empty),
        (column(), Kind::Empty, Told::Recovered),
        (host(), Kind::Down, Told::Down),
        (host(), Kind::Down, Told::Recovered),
        (site(), Kind::Down, Told::Down),
        (site(), Kind::Down, Told::StillDown),
        (site(), Kind::Down, Told::Recovered),
        (site(), Kind::Blind, Told::Blind),
        (site(), Kind::Blind, Told::Recovered),
        (site(), Kind::NearVeto, Told::NearVeto(0)),
        (site(), Kind::NearVeto, Told::NearVeto(1)),
        (site(), Kind::NearVeto, Told::Recovered),
        (site(), Kind::Veto, Told::Veto(0)),
        (site(), Kind::Veto, Told::Veto(3)),
        (site(), Kind::Veto, Told::Recovered),
        (Subject::Monitor, Kind::Offline, Told::Offline),
        (Subject::Monitor, Kind::Offline, Told::Recovered),
        (Subject::Monitor, Kind::Calendar, Told::Trouble),
    ] {
        all.push(notice(subject, kind, told));
    }
    all
}

#[test]
fn everything_that_is_told_reads_as_agreed() {
    let rules = AlertRules::default();
    let mut shown = String::new();
    for notice in everything() {
        let text = text(&[&notice], Route::Sms, date(TODAY), &rules);
        let segments = segments::size(&text).segments;
        let wording = words(&[&notice], date(TODAY), &rules).wording;
        let _ = writeln!(
            shown,
            "{:?} {:?} ({wording}, {segments})\n    {text}",
            notice.kind, notice.told
        );
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_link_that_has_no_room_is_left_out_of_a_text_message() {
    let mut rules = AlertRules {
        links: Some(LinkRules {
            base: "https://wangxun.example.cn".to_owned(),
            expires_after: chrono::TimeDelta::days(7),
        }),
        ..AlertRules::default()
    };
    let told = Told::Raised(Tier::SeverelyOverdue);
    let mut one = notice(column(), Kind::Stale, told);
    one.column = ColumnId::parse("kxw/gzdt").ok();
    let other = notice(duty(), Kind::Owed, Told::Raised(Tier::Reminder));
    // Segments, and whether one notice and two have a link.
    let rows = [(1, false, false), (2, true, false), (4, true, true)];
    for (most, alone, together) in rows {
        rules.most_segments = most;
        let linked = |notices: &[&Notice], route| {
            let text = text(notices, route, date(TODAY), &rules);
            text.contains("回复请打开 https://wangxun.example.cn/a/")
        };
        assert_eq!(linked(&[&one], Route::Sms), alone, "{most}");
        assert_eq!(linked(&[&one, &other], Route::Sms), together, "{most}");
        assert!(linked(&[&one, &other], Route::Mail), "{most}");
        // Whoever only looks on answers for nobody.
        let looked_on = Notice {
            looks_on: true,
            ..one.clone()
        };
        for route in [Route::Sms, Route::Mail] {
            assert!(!linked(&[&looked_on], route), "{most}");
        }
    }
}

#[test]
fn many_sites_of_one_person_are_told_the_worst_first_and_cut_to_whole_things() {
    let rules = AlertRules::default();
    let mut notices = everything();
    for notice in &mut notices {
        notice.facts.site = "北京市西城区人民政府展览路街道办事处门户网站".to_owned();
    }
    notices.sort_by_key(order);
    let notices: Vec<&Notice> = notices.iter().collect();
    let shown = [
        subject(&notices, &rules),
        text(&notices, Route::Sms, date(TODAY), &rules),
        text(&notices, Route::Robot, date(TODAY), &rules),
        text(&notices, Route::Mail, date(TODAY), &rules),
    ];
    let sms = segments::size(&shown[1]).segments;
    assert!(sms <= rules.most_segments, "{sms}");
    insta::assert_snapshot!(shown.join("\n----\n"));
}

#[test]
fn the_worst_is_named_in_the_words_of_its_own_message() {
    let rules = AlertRules::default();
    let host = || Subject::Host("kxw.example.cn".to_owned());
    let rows = [
        (site(), Kind::Down, Told::StillDown, "首页无法打开"),
        (host(), Kind::Down, Told::Down, "网站无法访问"),
        (site(), Kind::Blind, Told::Blind, "首页无法判断"),
        (column(), Kind::Blind, Told::Blind, "无法判断"),
    ];
    for (about, kind, told, word) in rows {
        let (worst, other) = (
            notice(about, kind, told),
            notice(column(), Kind::Stale, Told::Recovered),
        );
        let says = subject(&[&worst, &other], &rules);
        let before = says.split_once(word).map(|(before, _)| before);
        assert!(
            before.is_some_and(|before| !before.ends_with("首页")),
            "{says}"
        );
    }
}
