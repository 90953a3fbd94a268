//! A quarter of 48 sites whose true score is known, because every fault was planted: the facts go into a
//! real store through its own door, the real desk assesses them under both profiles, and every area,
//! total, veto, grade and place must be the true one. The truth is worked out from what was planted, after
//! the documents (国办发〔2015〕15号, 国办秘函〔2019〕19号), and shares no line with the program's scoring.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate, TimeDelta, Weekday};
use wangxun::assess::score::card::{Card, Verdict};
use wangxun::assess::score::points::Points;
use wangxun::clock::Clock;
use wangxun::daemon::assessment::TELL_NOBODY;
use wangxun::daemon::desk::Desk;
use wangxun::domain::time::{Date, moment};
use wangxun::report::assessment::Assessment;
use wangxun::report::assessment::bulletin::markdown;
use wangxun::report::assessment::paragraph::paragraph;
use wangxun::report::assessment::xlsx::xlsx;
use wangxun::store::handle::Store;
use wangxun::store::settings::StoreSettings;

#[path = "support/config_files.rs"]
mod config_files;
#[path = "quarter/counted.rs"]
mod counted;
#[path = "quarter/facts.rs"]
mod facts;
#[path = "quarter/interpreted.rs"]
mod interpreted;
#[path = "quarter/other_program.rs"]
mod other_program;
#[path = "quarter/plan.rs"]
mod plan;
#[path = "quarter/planting.rs"]
mod planting;
#[path = "quarter/truth.rs"]
mod truth;

use config_files::Files;
use facts::facts;
use plan::Plan;
use planting::plans;
use truth::{Profile, Truth, truths};

const DAYS: i64 = 92;

fn end() -> Date {
    NaiveDate::from_ymd_opt(2017, 9, 30).unwrap()
}

/// So many days before the end of the quarter, at an hour of the evening.
fn ago(days: i64) -> Date {
    end() - TimeDelta::days(days)
}

fn sites(plans: &[Plan]) -> String {
    let mut text = String::new();
    for plan in plans {
        let own = &plan.id;
        text += &format!(
            "[[unit]]\nid = \"{own}\"\nname = \"单位{own}\"\n[[site]]\nid = \"{own}\"\nunit = \"{own}\"\n\
             name = \"{own}网站\"\nhome = \"https://{own}.example.gov.cn/\"\nservices = {}\n",
            plan.services
        );
        if !plan.guides.is_empty() {
            text += "guides = [\"/bsfw/\"]\n";
        }
        for (number, column) in plan.columns.iter().enumerate() {
            let parent = column.parent.map_or(String::new(), |parent| {
                format!("parent = \"{own}/c{parent}\"\n")
            });
            text += &format!(
                "[[column]]\nid = \"{own}/c{number}\"\nsite = \"{own}\"\nname = \"栏目{number}\"\n\
                 class = \"{}\"\nurl = \"/c{number}/\"\n{parent}",
                column.class
            );
        }
    }
    text
}

async fn assessed(plans: &[Plan], profile: Profile) -> Assessment {
    let files = Files::new();
    files.write("sites.toml", sites(plans));
    files.write(
        "contacts.toml",
        "[[person]]\nid = \"zhiban\"\nname = \"值班\"\nphone = \"10000000005\"\nduties = [{ role = \"operator\" }]\n",
    );
    files.mode("contacts.toml", 0o600);
    files.write("rubric.toml", profile.file());
    let config = files.sound().config;
    let settings = StoreSettings::in_dir(files.path("store"));
    let now = moment(
        NaiveDate::from_ymd_opt(2017, 10, 9)
            .unwrap()
            .and_hms_opt(9, 0, 0)
            .unwrap(),
    );
    let (store, _) = Store::open(&settings, now).await.unwrap();
    for plan in plans {
        store.commit(facts(plan)).await.unwrap();
    }
    let desk = Desk::new(Arc::new(config), store, Clock::stepped(now, None));
    let period = "2017Q3".parse().unwrap();
    desk.assess(period, TELL_NOBODY).await.unwrap().unwrap()
}

/// What a card says, in the form of the truth.
fn said(card: &Card) -> Truth {
    let hundredths = |points: wangxun::assess::score::points::Points| points.in_hundredths();
    Truth {
        areas: card
            .areas
            .iter()
            .map(|area| area.score.map(hundredths))
            .collect(),
        computed: card.computed.map(hundredths),
        total: card.total.map(hundredths),
        vetoes: card.vetoes.iter().map(ToString::to_string).collect(),
        grade: card.grade.map(|grade| grade.in_chinese().to_owned()),
        rank: card.rank,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn computed_scores_are_the_true_ones_under_both_profiles() {
    for seed in [1, 2017] {
        let plans = plans(48, seed);
        for profile in [Profile::P2015, Profile::P2019] {
            let truths = truths(&plans, profile);
            let assessment = assessed(&plans, profile).await;
            assert_eq!(assessment.cards.len(), plans.len());
            let mut wrong = Vec::new();
            for card in &assessment.cards {
                let truth = &truths[card.site.as_str()];
                let said = said(card);
                // On less than half of all points no grade is given.
                let mut truth = truth.clone();
                let is_little = card.measured < Points::whole(50) && truth.vetoes.is_empty();
                truth.grade = truth.grade.filter(|_| !is_little);
                if said != truth {
                    wrong.push(format!("{}: said {said:?}\n   true {truth:?}", card.site));
                }
            }
            assert!(
                wrong.is_empty(),
                "seed {seed}, {profile:?}:\n{}",
                wrong.join("\n")
            );
            planted_enough(&truths, &assessment, profile);
            // Who reads the bulletin sees what was left out of account.
            let bulletin = markdown(&assessment);
            assert!(bulletin.contains("### 已报备，不计") && bulletin.contains("；已报备至"));
            assert!(paragraph(&assessment).contains("已报备、不计的栏目"));
        }
    }
}

/// A number as a sheet has it, with two places; other texts as they are.
fn two(cell: &str) -> String {
    match (cell.parse::<f64>().is_ok(), cell.split_once('.')) {
        (true, None) => format!("{cell}.00"),
        (true, Some((_, "" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9"))) => {
            format!("{cell}0")
        }
        _ => cell.to_owned(),
    }
}

/// `1234` as points.
fn shown(hundredths: Option<i64>) -> String {
    hundredths.map_or_else(
        || "未测评".to_owned(),
        |points| format!("{}.{:02}", points / 100, points % 100),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_workbook_says_the_same_where_another_program_calculates_it() {
    let plans = plans(48, 2017);
    let truths = truths(&plans, Profile::P2015);
    let assessment = assessed(&plans, Profile::P2015).await;
    let book = xlsx(&assessment).unwrap();
    let (sheets, formulas) = other_program::sheets(&book);
    // Summary, charts, six areas, the sites, evidence, rules.
    assert_eq!(sheets.len(), 2 + 6 + plans.len() + 2, "{:?}", sheets.keys());
    // Two a site, a mean of each column, a sum of each area.
    assert_eq!(formulas, 2 * plans.len() + 8 + 6);
    let summary = &sheets["汇总"];
    let row = |name: &str| {
        let found = summary
            .iter()
            .find(|row| row.get(1).is_some_and(|cell| cell == name));
        found.unwrap_or_else(|| panic!("no {name} in {summary:#?}"))
    };
    for plan in &plans {
        let (truth, row) = (&truths[&plan.id], row(&format!("{}网站", plan.id)));
        for (place, score) in truth.areas.iter().enumerate() {
            let expected = match place == 3 && !plan.services {
                true => "不适用".to_owned(),
                false => shown(*score),
            };
            assert_eq!(two(&row[3 + place]), expected, "{row:?}");
        }
        assert_eq!(
            [two(&row[9]), two(&row[10])],
            [shown(truth.computed), shown(truth.total)],
            "{row:?}"
        );
        // A star says that less than half was measured.
        let rank = row[0].trim_end_matches('*');
        assert_eq!(rank, truth.rank.unwrap().to_string(), "{row:?}");
    }
    let mean = |of: &dyn Fn(&Plan, &Truth) -> Option<i64>| {
        let all: Vec<i64> = plans
            .iter()
            .filter_map(|plan| of(plan, &truths[&plan.id]))
            .collect();
        let count = i64::try_from(all.len()).unwrap();
        shown(Some((2 * all.iter().sum::<i64>() + count) / (2 * count)))
    };
    let means = row("平均");
    for place in 0..6 {
        let of =
            |plan: &Plan, truth: &Truth| truth.areas[place].filter(|_| place != 3 || plan.services);
        assert_eq!(two(&means[3 + place]), mean(&of), "{means:?}");
    }
    assert_eq!(two(&means[9]), mean(&|_, truth| truth.computed));
    assert_eq!(two(&means[10]), mean(&|_, truth| truth.total));
    for (place, area) in [
        "网站可用性",
        "信息发布",
        "互动交流",
        "办事服务",
        "管理机制",
        "政策解读",
    ]
    .into_iter()
    .enumerate()
    {
        let lines = assessment.cards.iter().map(|card| &card.areas[place]);
        let lost: i64 = lines.map(|area| area.lost.in_hundredths()).sum();
        let sum = sheets[area].last().unwrap();
        let said = [sum[3].clone(), two(&sum[4])];
        assert_eq!(
            said,
            ["合计".to_owned(), shown(Some(lost))],
            "{area}: {sum:?}"
        );
    }
}

/// A quarter in which little happens would prove little.
fn planted_enough(truths: &BTreeMap<String, Truth>, assessment: &Assessment, profile: Profile) {
    let vetoes: BTreeSet<&str> = truths
        .values()
        .flat_map(|truth| truth.vetoes.iter().map(String::as_str))
        .collect();
    for veto in profile.vetoes() {
        assert!(vetoes.contains(veto), "no {veto} in {profile:?}");
    }
    let totals: BTreeSet<Option<i64>> = truths.values().map(|truth| truth.computed).collect();
    assert!(totals.len() > 30, "{totals:?}");
    let grades: BTreeSet<&Option<String>> = truths.values().map(|truth| &truth.grade).collect();
    assert!(grades.len() >= 3, "{grades:?}");
    let unmeasured = truths.values().filter(|truth| truth.areas.contains(&None));
    assert!(unmeasured.count() >= 5);
    for rule in profile.doubtful() {
        let lines = assessment.cards.iter().flat_map(|card| card.lines());
        let of_rule = lines.filter(|line| line.rule.id.as_str() == *rule);
        let verdicts: BTreeSet<&str> = of_rule
            .map(|line| match line.verdict {
                Verdict::Lost => "lost",
                Verdict::Kept => "kept",
                _ => "unmeasured",
            })
            .collect();
        assert_eq!(verdicts.len(), 3, "{rule} in {profile:?}: {verdicts:?}");
    }
}

/// The working day that is `days` after `from`; of the third quarter of 2017, when no holiday fell.
fn working_days_after(from: Date, days: u32) -> Date {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        day = day.succ_opt().unwrap();
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
    }
    day
}

/// The working days after `from`, up to `to`.
fn working_days_between(from: Date, to: Date) -> u32 {
    let later = |days: &u32| working_days_after(from, *days) <= to;
    (1..).take_while(later).last().unwrap_or(0)
}
