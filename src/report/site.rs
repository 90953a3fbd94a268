//! What is told of a site as a whole: the table of incidents that last, and the paragraph that defends
//! a veto, its nearness, or an outage of the home page.

use std::collections::BTreeMap;

use super::front;
use super::plain::{instant, one_line};
use super::sentence::TITLE_CHARS;
use super::table::{NAME_CHARS, Set, TEXT_CHARS, grid};
use crate::alert::incident::{Incident, IncidentKey, Kind, State, Subject};
use crate::alert::site_rules::SiteRules;
use crate::assess::reach::DAYS;
use crate::assess::vetoes::{Count, Held, Marks, Rule, SiteSight};
use crate::domain::group::{Site, Unit};
use crate::domain::home::HomeRecord;
use crate::domain::time::Moment;

/// All that the verdicts on one site rest on.
#[derive(Debug, Clone, Copy)]
pub struct SiteCase<'a> {
    /// The site.
    pub site: &'a Site,
    /// The unit that owns it.
    pub unit: &'a Unit,
    /// What visits to its home page have left.
    pub home: Option<&'a HomeRecord>,
    /// What visits tell of it.
    pub seen: &'a SiteSight,
    /// The rules of its incidents.
    pub rules: &'a SiteRules,
    /// The incidents that are not over.
    pub open: &'a BTreeMap<IncidentKey, Incident>,
    /// Whether it is exempt as a whole.
    pub exempt: bool,
    /// The instant of the verdict.
    pub now: Moment,
}

/// What is said of a site whose home page does not open.
pub const HOME_DOWN: &str = "首页无法打开";
/// What is said of a host, and of the sites on it, that gives no answer.
pub const HOST_DOWN: &str = "网站无法访问";
/// What is said of a site whose home page cannot be judged.
pub const HOME_BLIND: &str = "首页无法判断";

/// The kinds of incidents of a site, the gravest first, with their names.
const KINDS: [(Kind, &str); 4] = [
    (Kind::Down, HOME_DOWN),
    (Kind::Veto, "触及单项否决"),
    (Kind::NearVeto, "接近单项否决"),
    (Kind::Blind, HOME_BLIND),
];

/// The incidents of sites that last, as a table; empty where there are none.
pub fn list(cases: &[SiteCase<'_>]) -> String {
    let mut rows = Vec::new();
    for case in cases {
        for (kind, name) in KINDS {
            let Some(incident) = incident(case, kind).filter(|incident| incident.is_open()) else {
                continue;
            };
            rows.push(vec![
                one_line(&case.site.name, NAME_CHARS),
                name.to_owned(),
                instant(incident.began_at, case.now),
                one_line(&state(case, kind), TEXT_CHARS),
            ]);
        }
    }
    match rows.is_empty() {
        true => String::new(),
        false => grid(
            &["网站事件", "事项", "始于", "情况"],
            &[Set::Left; 4],
            &rows,
        ),
    }
}

/// The paragraph, on one line.
pub fn why(case: &SiteCase<'_>) -> String {
    let mut text = format!(
        "{}（主办单位：{}）：{}。",
        one_line(&case.site.name, TITLE_CHARS),
        one_line(&case.unit.name, TITLE_CHARS),
        verdict(case)
    );
    text.push_str(&home(case));
    text.push_str(&counts(case));
    let rules = case.rules;
    for (name, rule) in [("触及", &rules.veto), ("接近", &rules.near)] {
        text.push_str(&match rule.enabled {
            true => format!(
                "{name}单项否决的标准{}：{}。",
                origin(&rule.marks),
                marks(&rule.marks)
            ),
            false => format!("配置中未启用“{name}单项否决”。"),
        });
    }
    for (kind, name) in KINDS {
        if let Some(incident) = incident(case, kind) {
            text.push_str(&course(incident, name, case.now));
        }
    }
    text.push_str(&format!("（截至{}）", instant(case.now, case.now)));
    text
}

fn incident<'a>(case: &SiteCase<'a>, kind: Kind) -> Option<&'a Incident> {
    case.open.get(&IncidentKey {
        subject: Subject::Site(case.site.id.clone()),
        kind,
    })
}

fn verdict(case: &SiteCase<'_>) -> String {
    if case.exempt {
        return "已报备，暂不判定".to_owned();
    }
    let met = case.seen.held(&case.rules.veto.marks, case.now);
    let near = case.seen.held(&case.rules.near.marks, case.now);
    let (name, held) = match (met.facts.is_empty(), near.facts.is_empty()) {
        (false, _) => ("触及单项否决", met),
        (true, false) => ("接近单项否决", near),
        (true, true) => {
            let unseen = case.home.is_none() && case.site.home.is_some();
            return match unclear(&near) {
                _ if unseen => "首页尚未访问，就栏目而言未发现触及或接近单项否决的情形".to_owned(),
                unclear if unclear.is_empty() => "未发现触及或接近单项否决的情形".to_owned(),
                unclear => {
                    format!(
                        "就已能判断的情况，未发现触及或接近单项否决的情形；尚无法判断：{unclear}"
                    )
                }
            };
        }
    };
    format!("{name}，{}", facts(&held))
}

fn facts(held: &Held) -> String {
    let words: Vec<&str> = held.facts.iter().map(|fact| fact.words.as_str()).collect();
    words.join("；")
}

fn unclear(held: &Held) -> String {
    let names: Vec<&str> = held.untold.iter().map(|rule| name(*rule)).collect();
    names.join("、")
}

/// What a rule of a veto is about, in a few words.
pub fn name(rule: Rule) -> &'static str {
    match rule {
        Rule::Unreachable => "首页打开失败率",
        Rule::HomeStale => "首页更新",
        Rule::BasicStale => "动态、通知、政策类栏目超期数",
        Rule::Stale => "应更新未更新栏目数",
        Rule::Empty => "空白栏目数",
        Rule::Letters => "来信答复",
    }
}

fn home(case: &SiteCase<'_>) -> String {
    let (None, Some(_)) = (case.home, &case.site.home) else {
        return match case.home {
            None => "未配置首页，不监测首页。".to_owned(),
            Some(home) => {
                let seen = front::blindness(home, case.now).unwrap_or_else(|| {
                    format!("可以打开，最新条目{}", front::newest(home, case.now))
                });
                let at = instant(home.visited_at, case.now);
                let copy = front::digest(home);
                format!("首页最近一次访问于{at}：{seen}。{copy}{}", rate(case))
            }
        };
    };
    "首页尚未访问。".to_owned()
}

fn rate(case: &SiteCase<'_>) -> String {
    let rate = case.seen.samples;
    match case.seen.rate {
        Some(rate) => format!(
            "近{DAYS}日首页采样{}次，失败{}次。",
            rate.visits, rate.failed
        ),
        None => format!(
            "近{DAYS}日首页采样{}次，不足{}次，不计失败率。",
            rate.visits, case.rules.least_samples
        ),
    }
}

fn counts(case: &SiteCase<'_>) -> String {
    let count = |name: &str, count: Count| match count.untold {
        0 => format!("{name}{}个", count.proven),
        untold => format!("{name}{}个（另有{untold}个无法判断）", count.proven),
    };
    let seen = case.seen;
    let all = [
        count("动态、通知、政策类超期", seen.basic),
        count("超期共", seen.stale),
        count("空白", seen.empty),
    ];
    format!("栏目：{}。", all.join("，"))
}

fn origin(marks: &Marks) -> &'static str {
    match *marks == Marks::VETO {
        true => "（国办发〔2015〕15号）",
        false => "（按配置）",
    }
}

fn marks(marks: &Marks) -> String {
    let Marks {
        failed_percent,
        home_days,
        basic_stale,
        stale,
        empty,
        empty_is_stale,
        letter_days,
    } = *marks;
    let letters = match letter_days {
        0 => String::new(),
        days => format!("，来信满{days}天未答复"),
    };
    let counted = match empty_is_stale {
        true => "（含空白）",
        false => "",
    };
    format!(
        "首页打开失败率达{failed_percent}%，首页超过{home_days}天未更新，动态、通知、政策类栏目超期{basic_stale}个，超期栏目{counted}{stale}个，空白栏目{empty}个{letters}"
    )
}

/// What an incident rests on now, in a few words.
fn state(case: &SiteCase<'_>, kind: Kind) -> String {
    let held = match kind {
        Kind::Veto => case.seen.held(&case.rules.veto.marks, case.now),
        Kind::NearVeto => case.seen.held(&case.rules.near.marks, case.now),
        _ => {
            let home = case.home;
            return home
                .and_then(|home| front::blindness(home, case.now))
                .unwrap_or_else(|| "已能打开，待复核".to_owned());
        }
    };
    match (held.facts.is_empty(), unclear(&held)) {
        (false, _) => facts(&held),
        (true, unclear) if unclear.is_empty() => "已消除，待复核".to_owned(),
        (true, unclear) => format!("暂无法复核：{unclear}"),
    }
}

fn course(incident: &Incident, name: &str, now: Moment) -> String {
    match &incident.state {
        State::Suspected { .. } => format!("“{name}”待再次访问复核后才通知。"),
        State::Resolved { .. } => String::new(),
        State::Open {
            repeats, told_at, ..
        } => {
            let again = match repeats {
                0 => String::new(),
                times => format!("，已重复{times}次"),
            };
            let told = match incident.told.len() {
                0 => "尚未通知到人".to_owned(),
                people => format!(
                    "最近一次安排通知于{}{again}，共通知{people}人",
                    instant(*told_at, now)
                ),
            };
            format!("“{name}”始于{}，{told}。", instant(incident.began_at, now))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::exemption::Exemptions;
    use crate::assess::limits::Limits;
    use crate::assess::vetoes::Ground;
    use crate::domain::home::Reach;
    use crate::domain::id::SiteId;
    use crate::domain::observation::Cause;
    use crate::domain::site_day::SiteDay;
    use crate::domain::visit::{Failure, Validators};
    use crate::report::fixture::{at, blind, group, incident, open, record, records, update};

    const NOW: &str = "2017-11-20T10:00:00";

    fn home(on: Option<&str>) -> HomeRecord {
        HomeRecord {
            site: SiteId::parse("kxw").unwrap(),
            last_update: on.map(update),
            read_at: None,
            blind: None,
            blocks: Vec::new(),
            notes: Vec::new(),
            digest: None,
            validators: Validators::default(),
            reader: None,
            copies: Vec::new(),
            visited_at: at("2017-11-20T09:25:00"),
            reach: Reach::default(),
        }
    }

    /// The paragraph and the table for one site.
    fn told(home: Option<&HomeRecord>, failed: u32, kinds: &[Kind], exempt: bool) -> String {
        let group = group();
        let site = &group.sites[&SiteId::parse("kxw").unwrap()];
        let records = records(vec![
            record("kxw/gzdt", Some("2017-11-01"), "2017-11-20T09:00:00"),
            record("kxw/tzgg", None, "2017-11-20T09:00:00"),
        ]);
        let columns = group.columns.values().filter(|one| one.site == site.id);
        let columns = columns.map(|column| (column, records.get(&column.id)));
        let mut day = SiteDay::new(site.id.clone(), "2017-11-19".parse().unwrap());
        day.opened[0] = 150 - failed;
        day.failed = failed;
        let days = match failed {
            0 => vec![],
            _ => vec![day],
        };
        let limits = Limits::default();
        let seen = SiteSight::of(
            home,
            columns,
            &Ground {
                limits: &limits,
                exemptions: &Exemptions::on(&[], at(NOW).date_naive()),
                days: &days,
                letters: &BTreeMap::new(),
                least_samples: 140,
                lasts: chrono::TimeDelta::hours(72),
                now: at(NOW),
            },
        );
        let mut open_now = BTreeMap::new();
        for kind in kinds {
            let subject = Subject::Site(site.id.clone());
            let stage = open(None, "2017-11-20T08:00:00");
            let incident = incident(subject, *kind, "2017-11-20T07:25:00", stage);
            open_now.insert(incident.key.clone(), incident);
        }
        let case = SiteCase {
            site,
            unit: &group.units[&site.unit],
            home,
            seen: &seen,
            rules: &SiteRules::default(),
            open: &open_now,
            exempt,
            now: at(NOW),
        };
        format!("{}\n{}", why(&case), list(&[case]))
    }

    #[test]
    fn what_holds_of_a_site_is_defended() {
        let mut down = home(Some("2017-11-19"));
        down.blind = blind(
            "2017-11-20T07:25:00",
            5,
            Cause::Failed(Failure::ConnectTimeout),
        );
        let shown = [
            ("well", told(Some(&home(Some("2017-11-19"))), 1, &[], false)),
            ("too few samples", told(Some(&home(None)), 0, &[], false)),
            ("never visited", told(None, 0, &[], false)),
            (
                "exempt",
                told(Some(&home(Some("2017-11-01"))), 0, &[], true),
            ),
            (
                "near",
                told(Some(&home(Some("2017-11-09"))), 5, &[Kind::NearVeto], false),
            ),
            (
                "met",
                told(Some(&home(Some("2017-11-01"))), 9, &[Kind::Veto], false),
            ),
            (
                "down, and the veto can no longer be told",
                told(Some(&down), 9, &[Kind::Down, Kind::Veto], false),
            ),
        ];
        let shown = shown.map(|(name, text)| format!("{name}\n{text}"));
        insta::assert_snapshot!(shown.join("\n\n"));
    }
}
