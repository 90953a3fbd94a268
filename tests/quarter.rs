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
use wangxun::alert::incident::{Incident, IncidentKey, Kind, Rise, State, Subject};
use wangxun::assess::ladder::Tier;
use wangxun::assess::score::card::Card;
use wangxun::clock::Clock;
use wangxun::daemon::desk::Desk;
use wangxun::domain::act::{Act, Deed, Ground, Scope};
use wangxun::domain::candidate::{Candidate, Decided, Decision, Snippet, Suspicion};
use wangxun::domain::entry::Entry;
use wangxun::domain::finding::{Basis, Evidence, Finding, LastUpdate, Undated};
use wangxun::domain::guide::{Element, Guide};
use wangxun::domain::id::{ColumnId, SiteId};
use wangxun::domain::inspection::{Inspection, LinkCount, WordCount};
use wangxun::domain::item::Item;
use wangxun::domain::letter::{Letter, State as Answer, Told};
use wangxun::domain::marks::{Mark, PageMarks, Tag};
use wangxun::domain::observation::{Observation, Sight};
use wangxun::domain::site_day::{HomeOfDay, Sample, SiteDay};
use wangxun::domain::target::{Spell, Target, TargetKind, TargetPlace};
use wangxun::domain::time::{Date, Moment, moment};
use wangxun::domain::visit::{Failure, Validators};
use wangxun::domain::words::WordKind;
use wangxun::report::assessment::Assessment;
use wangxun::report::assessment::xlsx::xlsx;
use wangxun::store::commit::Commit;
use wangxun::store::handle::Store;
use wangxun::store::settings::StoreSettings;

#[path = "support/config_files.rs"]
mod config_files;
#[path = "quarter/other_program.rs"]
mod other_program;
#[path = "quarter/plan.rs"]
mod plan;
#[path = "quarter/truth.rs"]
mod truth;

use config_files::Files;
use plan::{Column, Plan, Seen, plans};
use truth::{Profile, Truth, truths};

const DAYS: i64 = 92;

fn end() -> Date {
    NaiveDate::from_ymd_opt(2017, 9, 30).unwrap()
}

/// So many days before the end of the quarter, at an hour of the evening.
fn ago(days: i64) -> Date {
    end() - TimeDelta::days(days)
}

fn evening(day: Date) -> Moment {
    moment(day.and_hms_opt(20, 0, 0).unwrap())
}

fn id(plan: &Plan) -> SiteId {
    SiteId::parse(&plan.id).unwrap()
}

fn column_id(plan: &Plan, number: usize) -> ColumnId {
    ColumnId::parse(&format!("{}/c{number}", plan.id)).unwrap()
}

fn update(on: Date) -> LastUpdate {
    LastUpdate {
        on,
        basis: Basis::ListRow,
        evidence: Evidence {
            page: "http://a.example.gov.cn/list/".to_owned(),
            title: "关于开展工作的通知".to_owned(),
            link: None,
            snippet: on.to_string(),
        },
    }
}

/// What visits saw of a column: on which days before the end, and what.
fn visits(column: &Column) -> Vec<(i64, Sight)> {
    let read = |age: i64| Sight::Read(Finding::Dated(update(ago(age))));
    match column.seen {
        Seen::Dated { age } | Seen::Exempt { age } => vec![(2, read(age)), (0, read(age))],
        Seen::Renewed { age, before } => vec![(age + 2, read(before)), (0, read(age))],
        Seen::NotReadSince { age, read_ago } => vec![(read_ago, read(age))],
        Seen::FailsSince { age, fails_ago } => {
            let failed = Sight::Failed(Failure::TotalTimeout);
            vec![
                (fails_ago + 1, read(age)),
                (fails_ago, failed.clone()),
                (0, failed),
            ]
        }
        Seen::Blank => {
            let empty = Sight::Read(Finding::Empty);
            vec![(9, empty.clone()), (4, empty.clone()), (0, empty)]
        }
        Seen::BlankOnce => vec![(0, Sight::Read(Finding::Empty))],
        Seen::Undated => {
            let undated = Sight::Read(Finding::Undated(Undated::NoDates));
            vec![(3, undated.clone()), (0, undated)]
        }
        Seen::Never => Vec::new(),
    }
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

fn site_days(plan: &Plan) -> Vec<SiteDay> {
    let last = DAYS - 1;
    let days = (0..DAYS).map(|ago_days| {
        let mut day = SiteDay::new(id(plan), ago(ago_days));
        let at = evening(day.on);
        let [opened, failed, excluded] = plan.samples_on(ago_days);
        for _ in 0..opened {
            day.add(at, Sample::of(700, None));
        }
        for n in 0..failed {
            let sample = match n % 2 {
                0 => Sample::of(400, Some(Failure::Status(503))),
                // Fifteen seconds are too long, to the millisecond.
                _ => Sample::of(15_000, None),
            };
            day.add(at, sample);
        }
        for _ in 0..excluded {
            day.add(at, Sample::of(10, Some(Failure::Blocked(403))));
        }
        if ago_days == 0 || ago_days == last {
            day.home = Some(HomeOfDay {
                newest_on: plan.home_age.map(|age| day.on - TimeDelta::days(age)),
                read_at: plan.home_age.map(|_| at),
                undated: plan.home_age.is_none().then_some(Undated::NoDates),
            });
        }
        day
    });
    days.collect()
}

fn inspection(plan: &Plan) -> Option<Inspection> {
    let seen = plan.inspected.as_ref()?;
    let full = || {
        let mut marks = PageMarks::default();
        for &tag in Tag::ALL {
            marks.tags.add(tag);
        }
        for &mark in Mark::ALL {
            marks.marks.add(mark);
        }
        marks
    };
    let without = |tags: usize| {
        let mut marks = full();
        marks.tags = Default::default();
        for &tag in Tag::ALL.iter().skip(tags) {
            marks.tags.add(tag);
        }
        marks
    };
    let mut home = full();
    home.marks = Default::default();
    for &mark in Mark::ALL.iter().skip(seen.home_lacks_marks) {
        home.marks.add(mark);
    }
    if seen.home_lacks_tags {
        home.tags = without(3).tags;
    }
    let columns = (0..plan.columns.len()).map(|number| {
        let lacks = number < seen.lists_lack_tags;
        (
            column_id(plan, number),
            if lacks { without(8) } else { full() },
        )
    });
    let wanting = (0..seen.articles_lack_tags).map(|n| {
        (
            format!("https://{}.example.gov.cn/{n}.html", plan.id),
            without(10),
        )
    });
    let within = (0..seen.new_on_home).map(|n| ago(i64::try_from(n % 15).unwrap()));
    let older = (0..20).map(|n| ago(15 + n));
    Some(Inspection {
        site: id(plan),
        on: end(),
        at: evening(end()),
        home: Some(home),
        columns: columns.collect(),
        articles: 30,
        wanting: wanting.collect(),
        pages: 40,
        home_items_on: Some(within.chain(older).collect()),
        certificate_until: None,
        ipv6: Some(true),
        letters: replies(plan).map(|id| (id, 20)).into_iter().collect(),
        channel: None,
        words: Some(WordCount {
            texts: 40,
            expressions: 100,
        }),
        links: LinkCount {
            home: 60,
            others: 400,
            unasked: 0,
        },
    })
}

/// A link: whether it stands on the home page, leads elsewhere, was certain, was over by the end.
fn target(plan: &Plan, number: usize, kind: plan::Link) -> Target {
    let (since, certain) = (evening(ago(20)), evening(ago(19)));
    let why = match kind.certain {
        true => Failure::Status(404),
        false => Failure::Blocked(403),
    };
    Target {
        site: id(plan),
        url: format!("http://x{number}.example.cn/{}", plan.id),
        kind: TargetKind::Page,
        external: kind.external,
        on_home: kind.on_home,
        places: vec![TargetPlace {
            page: format!("https://{}.example.gov.cn/", plan.id),
            text: "链接".to_owned(),
        }],
        spells: vec![Spell {
            since,
            gone_since: kind.certain.then_some(since),
            why,
            confirmed_at: kind.certain.then_some(certain),
            ended_at: kind.over.then(|| evening(ago(3))),
            removed: false,
        }],
        asked_at: evening(end()),
    }
}

fn incident(plan: &Plan, alert: &plan::Alert) -> Incident {
    let key = IncidentKey {
        subject: Subject::Column(column_id(plan, alert.column)),
        kind: Kind::Stale,
    };
    let began = evening(alert.overdue_on);
    let state = match alert.ended_on {
        Some(on) => State::Resolved { at: evening(on) },
        None => State::Open {
            since: began,
            repeats: 0,
            told_at: began,
            pending: None,
        },
    };
    let mut incident = Incident::new(key, began, state);
    incident.tier = Some(Tier::Overdue);
    incident.rises = vec![Rise {
        tier: Tier::Overdue,
        at: began,
    }];
    incident
}

fn word(plan: &Plan, number: usize, decided: Option<Decided>) -> (Candidate, Option<Decision>) {
    let candidate = Candidate {
        site: id(plan),
        page: format!("https://{}.example.gov.cn/w{number}.html", plan.id),
        title: String::new(),
        suspicion: Suspicion::Word {
            text: "布署".to_owned(),
            kind: WordKind::Wrong,
            instead: None,
            remark: None,
        },
        snippet: Snippet::default(),
        seen_on: None,
        copy: None,
        first_at: evening(ago(30)),
        seen_at: evening(ago(1)),
        gone_at: None,
    };
    let decision = decided.map(|what| Decision {
        at: evening(ago(0)),
        by: "张三".to_owned(),
        reason: "已核对".to_owned(),
        candidate: candidate.key(),
        site: id(plan),
        what,
    });
    (candidate, decision)
}

/// The column of letters, where there is one.
fn replies(plan: &Plan) -> Option<ColumnId> {
    let place = plan
        .columns
        .iter()
        .position(|column| column.class == "replies")?;
    Some(column_id(plan, place))
}

/// What was decided of a suspicion of a page, with the candidate that waits or waited for it.
fn judged(
    plan: &Plan,
    page: String,
    suspicion: Suspicion,
    decided: Option<Decided>,
) -> (Candidate, Option<Decision>) {
    let (mut candidate, _) = word(plan, 0, None);
    candidate.page = page;
    candidate.suspicion = suspicion;
    let decision = decided.map(|what| Decision {
        at: evening(ago(0)),
        by: "张三".to_owned(),
        reason: "已核对".to_owned(),
        candidate: candidate.key(),
        site: id(plan),
        what,
    });
    (candidate, decision)
}

/// The letters of a site, and of those that wait long what people decided.
fn letters(plan: &Plan, commit: &mut Commit) {
    let Some(column) = replies(plan) else { return };
    for (number, letter) in plan.letters.iter().enumerate() {
        let (asked_on, title) = (ago(letter.asked), format!("关于第{number}项的咨询"));
        let url = format!("https://{}.example.gov.cn/x/{number}.html", plan.id);
        let state = match (letter.answered, letter.open_seen) {
            (Some(_), _) => Some(Answer::Answered),
            (None, Some(_)) => Some(Answer::Open),
            (None, None) => None,
        };
        let told = Told {
            asked_on: Some(asked_on),
            answered_on: letter.answered.map(ago),
            state,
            unit: true,
            words: letter.answered.is_some(),
        };
        if letter.decided.is_some() || letter.asked > 90 && letter.open_seen.is_some() {
            let title = title.clone();
            let what = Suspicion::Letter { title, asked_on };
            let (candidate, decision) = judged(plan, url.clone(), what, letter.decided);
            commit.candidates.push(candidate);
            commit.decisions.extend(decision);
        }
        commit.letters.push(Letter {
            column: column.clone(),
            title,
            url: Some(url),
            row: told.clone(),
            told,
            first_seen_at: evening(asked_on),
            open_at: letter.open_seen.map(|seen| evening(ago(seen))),
            answered_at: letter.answered.map(|days| evening(ago(days))),
            page: None,
        });
    }
}

/// The guides of a site, and what people decided of those that lack something.
fn guides(plan: &Plan, commit: &mut Commit) {
    for (number, guide) in plan.guides.iter().enumerate() {
        let url = format!("https://{}.example.gov.cn/bsfw/{number}.html", plan.id);
        let all = Element::COUNTED.into_iter();
        let (missing, has) = all.enumerate().partition(|(place, _)| *place < guide.lacks);
        let only = |pairs: Vec<(usize, Element)>| pairs.into_iter().map(|(_, one)| one).collect();
        if guide.lacks > 0 {
            let what = Suspicion::Guide {
                missing: only(missing),
            };
            let (candidate, decision) = judged(plan, url.clone(), what, guide.decided);
            commit.candidates.push(candidate);
            commit.decisions.extend(decision);
        }
        commit.guides.push(Guide {
            site: id(plan),
            url,
            title: format!("第{number}类事项办理"),
            has: Some(only(has)),
            files: 1,
            online: Vec::new(),
            elsewhere: false,
            seen_at: evening(end()),
            read_at: Some(evening(end())),
            validators: Validators::default(),
        });
    }
}

/// Everything that is known of one site, as one change of the store.
fn facts(plan: &Plan) -> Commit {
    let mut commit = Commit::at(evening(end()));
    commit.days = site_days(plan);
    for (number, column) in plan.columns.iter().enumerate() {
        let name = column_id(plan, number);
        for (days, sight) in visits(column) {
            commit.observations.push(Observation {
                column: name.clone(),
                observed_at: evening(ago(days)),
                sight,
                rows: 20,
                took_ms: 300,
                digest: None,
                notes: Vec::new(),
            });
        }
        for n in 0..column.items {
            let on = ago(i64::from(n) * 360 / i64::from(column.items.max(1)));
            commit.items.push(Item {
                column: name.clone(),
                title: format!("第{n}期"),
                url: None,
                claimed_on: Some(on),
                first_seen_at: evening(on),
                witnessed: true,
                changes: Vec::new(),
            });
        }
        if let Seen::Exempt { .. } = column.seen {
            commit.acts.push(Act {
                at: evening(ago(40)),
                by: "李四".to_owned(),
                reason: format!("本期无应发布内容{number}"),
                deed: Deed::Exempted {
                    scope: Scope::Column(name),
                    ground: Ground::Approved,
                    from: ago(40),
                    until: end() + TimeDelta::days(10),
                    paused: false,
                },
            });
        }
    }
    commit.inspections = inspection(plan).into_iter().collect();
    let links = plan.links.iter().enumerate();
    commit.targets = links.map(|(n, kind)| target(plan, n, *kind)).collect();
    commit.incidents = plan
        .alerts
        .iter()
        .map(|alert| incident(plan, alert))
        .collect();
    for (rule, finds) in &plan.entries {
        commit.entries.push(Entry {
            at: evening(end()),
            by: "张三".to_owned(),
            reason: "评定".to_owned(),
            site: id(plan),
            rule: (*rule).to_owned(),
            period: "2017Q3".to_owned(),
            finds: *finds,
            attachment: None,
        });
    }
    for (number, decided) in plan.words.iter().enumerate() {
        let (candidate, decision) = word(plan, number, *decided);
        commit.candidates.push(candidate);
        commit.decisions.extend(decision);
    }
    letters(plan, &mut commit);
    guides(plan, &mut commit);
    commit
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
    desk.assess(period).await.unwrap().unwrap()
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
                if said != *truth {
                    wrong.push(format!("{}: said {said:?}\n   true {truth:?}", card.site));
                }
            }
            assert!(
                wrong.is_empty(),
                "seed {seed}, {profile:?}:\n{}",
                wrong.join("\n")
            );
            planted_enough(&truths, profile);
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
    // Summary, six areas, the sites, evidence, rules.
    assert_eq!(sheets.len(), 1 + 6 + plans.len() + 2, "{:?}", sheets.keys());
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
        assert_eq!(row[0], truth.rank.unwrap().to_string(), "{row:?}");
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
fn planted_enough(truths: &BTreeMap<String, Truth>, profile: Profile) {
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
