//! The assessment at its exact boundaries: the shipped rules of both profiles over facts that are
//! known, and what an administrator changes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use chrono::{NaiveDate, TimeDelta};
use wangxun::assess::candidates::Case;
use wangxun::assess::freshness::age_days;
use wangxun::assess::ladder::{Ladder, Tier};
use wangxun::assess::score::card::{Card, Grade, Line, Verdict, card};
use wangxun::assess::score::fact::Fact;
use wangxun::assess::score::facts::{
    AlertSpan, ColumnFacts, Exemption, Reading, Saw, SiteFacts, Titled, readings,
};
use wangxun::assess::score::finding::Spared;
use wangxun::assess::score::measurement::Unmeasured;
use wangxun::assess::score::metric::Shape;
use wangxun::assess::score::points::Points;
use wangxun::assess::score::rank::{change, rank};
use wangxun::assess::score::rubric::{Area, Kind, Rubric, Rule, RuleId};
use wangxun::calendar::Calendar;
use wangxun::domain::access::Access;
use wangxun::domain::candidate::{Candidate, Decided, Decision, Snippet, Suspicion};
use wangxun::domain::class::Class;
use wangxun::domain::document::Document;
use wangxun::domain::entry::Entry;
use wangxun::domain::finding::{Basis, Evidence, Finding, LastUpdate, Undated};
use wangxun::domain::group::{Column, Identity, Site};
use wangxun::domain::guide::Guide;
use wangxun::domain::id::{ColumnId, SiteId, UnitId};
use wangxun::domain::inspection::{Inspection, LinkCount, WordCount};
use wangxun::domain::letter::Letter;
use wangxun::domain::marks::{Mark, PageMarks, Tag};
use wangxun::domain::observation::{Cause, Observation, Sight};
use wangxun::domain::site_day::{HomeOfDay, MissCause, Sample, SiteDay};
use wangxun::domain::target::{Spell, Target, TargetKind, TargetPlace};
use wangxun::domain::time::{Date, Moment, moment};
use wangxun::domain::visit::{CertificateFault, Failure};
use wangxun::domain::words::WordKind;
use wangxun::report::assessment::{Assessment, Extent, bulletin, csv, page, words};
use wangxun::web::api::site_score::SiteScore;
use wangxun::web::assessment::{of_area, placed};

#[path = "support/config_files.rs"]
mod config_files;
#[path = "assessment/interviews.rs"]
mod interviews;
#[path = "assessment/letters.rs"]
mod letters;
#[path = "assessment/people.rs"]
mod people;
#[path = "assessment/services.rs"]
mod services;
#[path = "assessment/spared.rs"]
mod spared;
#[path = "assessment/told.rs"]
mod told;

use config_files::Files;

/// The rules as they are read from a file `rubric.toml` with this text.
fn rules(text: &str) -> Rubric {
    let files = Files::new();
    if !text.is_empty() {
        files.write("rubric.toml", text);
    }
    files.sound().config.rubric
}

fn p2015() -> Rubric {
    rules("")
}

fn p2019() -> Rubric {
    rules("profile = \"p2019\"")
}

/// The last day that is looked at.
fn end() -> Date {
    NaiveDate::from_ymd_opt(2017, 9, 30).unwrap()
}

fn at(day: Date) -> Moment {
    moment(day.and_hms_opt(20, 0, 0).unwrap())
}

fn ago(days: i64) -> Date {
    end() - TimeDelta::days(days)
}

/// A site with what is known of it.
#[derive(Clone)]
struct World {
    site: Site,
    columns: Vec<(Column, Vec<Reading>, Option<Exemption>)>,
    parents: Vec<(ColumnId, ColumnId)>,
    days: Vec<SiteDay>,
    home: Option<HomeOfDay>,
    alerts: Vec<AlertSpan>,
    entries: Vec<Entry>,
    services: bool,
    from: Date,
    exempt: Option<Exemption>,
    away: Vec<(Date, Exemption)>,
    inspection: Option<Inspection>,
    targets: Vec<Target>,
    letters: Vec<Letter>,
    guides: Option<Vec<Guide>>,
    documents: Vec<Document>,
    titles: Vec<(ColumnId, Titled)>,
    calendar: Calendar,
    cases: Vec<Case>,
}

impl World {
    fn new() -> World {
        let id = SiteId::parse("kxw").unwrap();
        let days = (0..92).map(|n| {
            let mut day = SiteDay::new(id.clone(), ago(91 - n));
            for _ in 0..24 {
                day.add(at(day.on), Sample::of(300, None));
            }
            day
        });
        World {
            site: Site {
                id: id.clone(),
                unit: UnitId::parse("kxw").unwrap(),
                name: "科信委网站".to_owned(),
                home: Some("http://kxw.example.gov.cn/".parse().unwrap()),
                identity: Identity::default(),
                access: Access::default(),
            },
            exempt: None,
            away: Vec::new(),
            columns: Vec::new(),
            parents: Vec::new(),
            days: days.collect(),
            home: Some(HomeOfDay {
                newest_on: Some(ago(1)),
                read_at: Some(at(end())),
                undated: None,
            }),
            alerts: Vec::new(),
            entries: Vec::new(),
            services: true,
            from: ago(91),
            inspection: None,
            targets: Vec::new(),
            letters: Vec::new(),
            guides: None,
            documents: Vec::new(),
            titles: Vec::new(),
            calendar: Calendar::default(),
            cases: Vec::new(),
        }
    }

    /// Adds a column with these readings.
    fn column(&mut self, class: Class, readings: Vec<Reading>) -> ColumnId {
        let id = ColumnId::parse(&format!("kxw/c{}", self.columns.len())).unwrap();
        let column = Column {
            id: id.clone(),
            site: self.site.id.clone(),
            unit: self.site.unit.clone(),
            name: format!("{}栏目", class.in_chinese()),
            class,
            url: Some("http://kxw.example.gov.cn/a/".parse().unwrap()),
            limit_days: None,
            on_demand: false,
            read: None,
            confirmed: true,
        };
        self.columns.push((column, readings, None));
        id
    }

    /// Adds a column whose newest item is so many days old, as a visit of the last day saw.
    fn aged(&mut self, class: Class, days: i64) -> ColumnId {
        self.column(class, vec![dated(days, end(), end())])
    }

    fn blank(&mut self) -> ColumnId {
        let reading = Reading {
            first_at: at(ago(40)),
            last_at: at(end()),
            visits: 40,
            saw: Saw::Empty,
        };
        self.column(Class::Other, vec![reading])
    }

    /// A period of the last seven days alone, with samples: so many, of which so many failed.
    fn samples(&mut self, visits: u32, failed: u32) {
        self.from = ago(6);
        self.days.retain(|day| day.on > ago(7));
        assert_eq!(self.days.len(), 7);
        for day in &mut self.days {
            *day = SiteDay::new(day.site.clone(), day.on);
        }
        for n in 0..visits {
            let failure = (n < failed).then_some(Failure::ConnectTimeout);
            let day = self.days.get_mut((n % 7) as usize).unwrap();
            day.add(at(day.on), Sample::of(200, failure));
        }
    }

    /// This, with what people entered.
    fn with(&self, entries: Vec<Entry>) -> World {
        World {
            entries,
            ..self.clone()
        }
    }

    fn titles_of(&self, id: &ColumnId) -> Vec<Titled> {
        let own = self.titles.iter().filter(|(column, _)| column == id);
        own.map(|(_, titled)| titled.clone()).collect()
    }

    fn card(&self, rubric: &Rubric) -> Card {
        let columns = self.columns.iter().map(|(column, readings, exempt)| {
            let parent = self.parents.iter().find(|(child, _)| *child == column.id);
            ColumnFacts {
                column,
                parent: parent.map(|(_, parent)| parent),
                readings: readings.clone(),
                exempt: exempt.clone(),
                items_on: Vec::new(),
                titles: self.titles_of(&column.id),
            }
        });
        let midnight = moment(ago(-1).and_hms_opt(0, 0, 0).unwrap());
        let letters = self.letters.iter().cloned();
        let facts = SiteFacts {
            inspection: self.inspection.clone(),
            targets: self.targets.clone(),
            letters: letters
                .filter_map(|letter| letter.as_of(midnight))
                .collect(),
            cases: self.cases.clone(),
            has_guides: self.guides.is_some(),
            guides: self.guides.clone().unwrap_or_default(),
            documents: self.documents.clone(),
            site: &self.site,
            unit_name: "科信委",
            services: self.services,
            from: self.from,
            to: end(),
            exempt: self.exempt.clone(),
            away: self.away.clone(),
            columns: columns.collect(),
            days: self.days.clone(),
            home: self.home.clone(),
            alerts: self.alerts.clone(),
            entries: self.entries.clone(),
        };
        card(&facts, "2017Q3".parse().unwrap(), rubric, &self.calendar)
    }
}

fn update(on: Date) -> LastUpdate {
    LastUpdate {
        on,
        basis: Basis::ListRow,
        evidence: Evidence {
            page: "http://kxw.example.gov.cn/a/".to_owned(),
            title: "关于工作的通知".to_owned(),
            link: None,
            snippet: on.to_string(),
        },
    }
}

/// A reading of the item that is `days` old on the last day, between two days.
fn dated(days: i64, first: Date, last: Date) -> Reading {
    Reading {
        first_at: at(first),
        last_at: at(last),
        visits: 2,
        saw: Saw::Dated(update(ago(days))),
    }
}

fn line<'a>(card: &'a Card, rule: &str) -> &'a Line {
    let mut lines = card.lines();
    lines
        .find(|line| line.rule.id.as_str() == rule)
        .unwrap_or_else(|| panic!("no rule {rule}"))
}

fn is_vetoed(card: &Card, rule: &str) -> bool {
    card.vetoes.contains(&RuleId::parse(rule).unwrap())
}

fn is_near(card: &Card, rule: &str) -> bool {
    card.near.contains(&RuleId::parse(rule).unwrap())
}

fn lost(card: &Card, rule: &str) -> String {
    line(card, rule).lost.to_string()
}

#[test]
fn seven_failures_of_140_are_a_veto_and_six_cost_their_share() {
    let with = |visits, failed| {
        let mut world = World::new();
        world.samples(visits, failed);
        world.card(&p2015())
    };
    let vetoed = with(140, 7);
    assert!(is_vetoed(&vetoed, "V1"));
    let yields = Verdict::Yields(RuleId::parse("V1").unwrap());
    assert_eq!(line(&vetoed, "D1").verdict, yields);
    assert_eq!(lost(&vetoed, "D1"), "0.00");
    let costly = with(140, 6);
    assert!(!is_vetoed(&costly, "V1") && is_near(&costly, "V1"));
    assert_eq!(lost(&costly, "D1"), "21.43");
    for rule in ["V1", "D1"] {
        let unmeasured = Unmeasured::TooFewSamples {
            have: 139,
            need: 140,
        };
        let card = with(139, 139);
        assert_eq!(line(&card, rule).verdict, Verdict::Unmeasured(unmeasured));
        assert_eq!(card.areas.first().unwrap().score, None);
    }
}

#[test]
fn the_first_failing_counts_are_those_of_the_table() {
    // Visits in seven days, first count that is a veto, first that is near.
    for (visits, veto, near) in [(140, 7, 5), (168, 9, 6), (336, 17, 11), (672, 34, 21)] {
        let with = |failed| {
            let mut world = World::new();
            world.samples(visits, failed);
            world.card(&p2015())
        };
        for (failed, is_veto, is_near_then) in [
            (near - 1, false, false),
            (near, false, true),
            (veto - 1, false, true),
            (veto, true, false),
        ] {
            let card = with(failed);
            let found = (is_vetoed(&card, "V1"), is_near(&card, "V1"));
            assert_eq!(found, (is_veto, is_near_then), "{failed} of {visits}");
        }
    }
}

#[test]
fn the_worst_week_of_a_quarter_decides_the_veto_and_the_quarter_the_deduction() {
    let mut world = World::new();
    let day = world.days.get_mut(50).unwrap();
    for _ in 0..9 {
        day.add(at(day.on), Sample::of(200, Some(Failure::Refused)));
    }
    // Nine of 177 in the worst week are five percent and more.
    assert!(is_vetoed(&world.card(&p2015()), "V1"));
    let day = world.days.get_mut(50).unwrap();
    day.failed -= 1;
    let card = world.card(&p2015());
    assert!(!is_vetoed(&card, "V1"));
    // 8 of 2216 are 0.361 percent.
    assert_eq!(lost(&card, "D1"), "1.81");
    let floor = rules("[choices]\nper_percent = \"floor\"");
    assert_eq!(lost(&world.card(&floor), "D1"), "0.00");
}

#[test]
fn samples_of_our_own_outage_count_nowhere_and_are_shown() {
    let mut world = World::new();
    world.samples(140, 0);
    let day = world.days.last_mut().unwrap();
    for _ in 0..30 {
        day.add(at(day.on), Sample::Missed(MissCause::OwnNetwork));
    }
    let card = world.card(&p2015());
    assert!(!is_vetoed(&card, "V1"));
    let Fact::Failures {
        failed,
        visits,
        excluded,
        ..
    } = line(&card, "V1").finds.first().unwrap().fact
    else {
        panic!("no rate");
    };
    assert_eq!((failed, visits, excluded), (0, 140, 30));
    assert_eq!(line(&card, "V1").asides.len(), 30);
}

#[test]
fn a_home_page_is_old_after_fourteen_days_and_one_without_dates_is_not_updated() {
    let with = |newest: Option<i64>, undated| {
        let mut world = World::new();
        world.home = Some(HomeOfDay {
            newest_on: newest.map(ago),
            read_at: newest.map(|_| at(end())),
            undated,
        });
        world.card(&p2015())
    };
    for (days, is_veto, near) in [
        (10, false, false),
        (11, false, true),
        (14, false, true),
        (15, true, false),
    ] {
        let card = with(Some(days), None);
        assert_eq!(is_vetoed(&card, "V2"), is_veto, "{days}");
        assert_eq!(is_near(&card, "V2"), near, "{days}");
    }
    assert!(is_vetoed(&with(None, Some(Undated::NoDates)), "V2"));
    // That we cannot tell the year is no fault of the page.
    let untold = with(None, Some(Undated::YearUnknown));
    let cannot = Verdict::Unmeasured(Unmeasured::CannotTell);
    assert_eq!(line(&untold, "V2").verdict, cannot);
}

#[test]
fn news_and_policy_add_up_to_five_and_four_of_one_kind_only_cost_points() {
    let with = |news, policy| {
        let mut world = World::new();
        for _ in 0..news {
            world.aged(Class::News, 15);
        }
        for _ in 0..policy {
            world.aged(Class::Policy, 181);
        }
        world
    };
    let card = with(3, 2).card(&p2015());
    assert!(is_vetoed(&card, "V3a"));
    assert_eq!(
        (lost(&card, "D5"), lost(&card, "D6")),
        ("9.00".into(), "8.00".into())
    );
    let card = with(4, 0).card(&p2015());
    assert!(!is_vetoed(&card, "V3a") && is_near(&card, "V3a"));
    assert_eq!(lost(&card, "D5"), "12.00");
    let each = rules("[choices]\nv3a = \"each\"");
    assert!(!is_vetoed(&with(3, 2).card(&each), "V3a"));
    assert!(is_vetoed(&with(5, 0).card(&each), "V3a"));
}

#[test]
fn nine_late_and_four_empty_columns_are_near_two_vetoes_and_none() {
    let mut world = World::new();
    for _ in 0..9 {
        world.aged(Class::Other, 366);
    }
    for _ in 0..4 {
        world.blank();
    }
    let card = world.card(&p2015());
    assert!(card.vetoes.is_empty(), "{:?}", card.vetoes);
    assert!(is_near(&card, "V3b") && is_near(&card, "V3c"));
    let blank = rules("[choices]\nblank_in_v3b = true");
    assert!(is_vetoed(&world.card(&blank), "V3b"));
    world.blank();
    assert!(is_vetoed(&world.card(&p2015()), "V3c"));
}

#[test]
fn a_policy_column_is_late_after_180_days_in_both_profiles() {
    let with = |days| {
        let mut world = World::new();
        world.aged(Class::Policy, days);
        world
    };
    assert_eq!(lost(&with(180).card(&p2015()), "D6"), "0.00");
    assert_eq!(lost(&with(181).card(&p2015()), "D6"), "4.00");
    assert_eq!(lost(&with(180).card(&p2019()), "D22"), "0.00");
    assert_eq!(lost(&with(181).card(&p2019()), "D22"), "5.00");
    // From 30 March to 30 September there are 184 days, and six months.
    let months = rules("[choices]\nsix_months = \"calendar-months\"");
    assert_eq!(lost(&with(184).card(&months), "D6"), "0.00");
    assert_eq!(lost(&with(185).card(&months), "D6"), "4.00");
}

#[test]
fn a_column_of_fourteen_days_goes_through_the_tiers() {
    let ladder = Ladder::default();
    let tiers = [
        (10, None),
        (11, Some(Tier::Reminder)),
        (13, Some(Tier::Warning)),
        (15, Some(Tier::Overdue)),
        (22, Some(Tier::SeverelyOverdue)),
    ];
    for (age, tier) in tiers {
        let age = age_days(ago(age), end());
        assert_eq!(ladder.tier(age, 14), tier, "{age}");
    }
}

#[test]
fn an_exempt_column_costs_nothing_and_is_listed() {
    let mut world = World::new();
    let _ = world.aged(Class::Personnel, 400);
    assert_eq!(lost(&world.card(&p2015()), "D7"), "5.00");
    world.columns.last_mut().unwrap().2 = Some(Exemption {
        until: end(),
        key: "0011aabb".to_owned(),
    });
    let card = world.card(&p2015());
    let line = line(&card, "D7");
    assert_eq!((line.lost, line.finds.len()), (Points::ZERO, 0));
    let why = &line.asides.first().unwrap().why;
    assert!(matches!(why, Spared::Exempt { key, .. } if key == "0011aabb"));
}

#[test]
fn a_site_that_was_down_is_not_called_late() {
    let mut world = World::new();
    let failed = Reading {
        first_at: at(ago(2)),
        last_at: at(end()),
        visits: 30,
        saw: Saw::Blind(Cause::Failed(Failure::Refused)),
    };
    // On the last day the newest item is 16 days old, but since the 14th day nobody saw it.
    let seen = dated(16, ago(20), ago(3));
    world.column(Class::News, vec![seen, failed]);
    let card = world.card(&p2015());
    let late = line(&card, "D5");
    assert_eq!(late.lost, Points::ZERO);
    assert_eq!(late.verdict, Verdict::Unmeasured(Unmeasured::CannotTell));
    assert_eq!(late.asides.first().unwrap().why, Spared::Unproven);
    // Seen late a week before the end, it counts; a day earlier it may have been mended since.
    for (days, expected) in [(7, "3.00"), (8, "0.00")] {
        let mut world = World::new();
        world.column(Class::News, vec![dated(40, ago(40), ago(days))]);
        world.home = Some(HomeOfDay {
            newest_on: Some(ago(40)),
            read_at: Some(at(ago(days))),
            undated: None,
        });
        let card = world.card(&p2015());
        assert_eq!(lost(&card, "D5"), expected);
        let home = line(&card, "V2").verdict.clone();
        let expected = match days {
            7 => Verdict::Veto,
            _ => Verdict::Unmeasured(Unmeasured::CannotTell),
        };
        assert_eq!(home, expected);
    }
    // An older list than before is no proof either: it may be another list.
    let mut world = World::new();
    let (newer, older) = (dated(20, ago(19), ago(5)), dated(90, ago(4), end()));
    world.column(Class::News, vec![newer, older]);
    assert_eq!(lost(&world.card(&p2015()), "D5"), "0.00");
}

/// A rule over several columns is measured as far as visits tell of them, and says so.
#[test]
fn a_column_that_nobody_could_read_is_no_measured_part_of_its_rule() {
    let blind = Reading {
        first_at: at(ago(90)),
        last_at: at(end()),
        visits: 90,
        saw: Saw::Blind(Cause::Failed(Failure::Refused)),
    };
    let text = "[weights]\navailability = 0\npublishing = 100\ninteraction = 0\nservices = 0\n\
        management = 0\ninterpretation = 0\n";
    let share = |days: i64, exempt: bool| {
        let mut world = World::new();
        world.aged(Class::News, days);
        world.column(Class::News, vec![blind.clone()]);
        if exempt {
            let exemption = Exemption {
                until: end(),
                key: "0011aabb".to_owned(),
            };
            world.columns.last_mut().unwrap().2 = Some(exemption);
        }
        let card = world.card(&rules(text));
        let line = line(&card, "D5");
        let part = line.part.map(|part| (part.told, part.of));
        let said = wangxun::report::assessment::words::verdict(line);
        (part, said, line.lost.to_string(), card.measured)
    };
    let (part, said, lost, measured) = share(3, false);
    assert_eq!((part, lost.as_str()), (Some((1, 2)), "0.00"));
    assert_eq!(said, "未发现问题（2个栏目中1个无法判断）");
    let (part, said, lost, _) = share(30, false);
    assert_eq!((part, lost.as_str()), (Some((1, 2)), "3.00"));
    assert_eq!(said, "扣3分（2个栏目中1个无法判断）");
    // Whoever is exempt owes nothing, and nothing is missing.
    let (part, said, _, whole) = share(3, true);
    assert_eq!((part, said.as_str()), (None, "未发现问题"));
    assert!(measured < whole, "{measured} {whole}");
}

#[test]
fn a_unit_without_services_is_measured_of_eighty() {
    // Everything measured by hand: 60 points of the 80 that apply.
    let text = "[weights]\navailability = 80\npublishing = 0\ninteraction = 0\nservices = 20\nmanagement = 0\ninterpretation = 0\n\
        [rule.D1]\nmetric = \"manual\"\n[rule.V1]\nenabled = false\n[rule.D2]\nenabled = false\n[rule.D3]\nenabled = false\n[rule.D1a]\n\
        title = \"其他\"\narea = \"availability\"\nkind = \"deduct\"\nmetric = \"manual\"\npoints = 25\ncheck = \"manual\"\n\
        confidence = \"P\"\nsource = \"自拟\"\n";
    let rubric = rules(text);
    let mut world = World::new();
    world.services = false;
    for (rule, finds) in [("D1", 0), ("D1a", 1)] {
        world.entries.push(entry(rule, finds));
    }
    let card = world.card(&rubric);
    assert_eq!(card.computed.unwrap().to_string(), "75.00");
    assert_eq!(card.measured, Points::FULL);
    let services = |area: &&wangxun::assess::score::card::AreaScore| area.area == Area::Services;
    assert!(!card.areas.iter().find(services).unwrap().applies);
}

fn entry(rule: &str, finds: u32) -> Entry {
    Entry {
        at: at(end()),
        by: "张三".to_owned(),
        reason: "抽查".to_owned(),
        site: SiteId::parse("kxw").unwrap(),
        rule: rule.to_owned(),
        period: "2017Q3".to_owned(),
        finds,
        attachment: None,
    }
}

#[test]
fn a_vetoed_site_is_shown_with_59_and_keeps_what_was_computed() {
    let text = "[weights]\navailability = 0\npublishing = 100\ninteraction = 0\nservices = 0\n\
        management = 0\ninterpretation = 0\n[rule.D8]\nenabled = true\n";
    let mut world = World::new();
    for _ in 0..5 {
        world.blank();
    }
    world.entries = vec![entry("D8", 8)];
    let card = world.card(&rules(text));
    assert_eq!(card.computed, Some(Points::whole(92)));
    assert_eq!(card.total, Some(Points::whole(59)));
    assert_eq!(card.grade, Some(Grade::Failed));
    assert_eq!(card.vetoes, [RuleId::parse("V3c").unwrap()]);
    // Whoever has less keeps what he has.
    let strict = rules(&format!(
        "{text}[choices]\nveto_most = 95\n[grades]\nexcellent = 98\ngood = 97\npass = 96\n"
    ));
    let low = world.card(&strict);
    assert_eq!((low.total, low.grade), (low.computed, Some(Grade::Failed)));
}

#[test]
fn what_nobody_measured_is_neither_a_full_score_nor_a_deduction() {
    let card = World::new().card(&p2015());
    for area in &card.areas {
        let is_measured = area.area == Area::Availability;
        assert_eq!(area.score.is_some(), is_measured, "{:?}", area.area);
        assert_eq!(area.measured > Points::ZERO, is_measured, "{:?}", area.area);
    }
    let links = line(&card, "D2");
    assert_eq!(links.verdict, Verdict::Unmeasured(Unmeasured::NotInspected));
    assert!(links.rule.is_unverified() && links.rule.enabled);
    // Of availability 5 of 6.1 points stand on measurement, of management 0 without visits.
    assert_eq!(card.areas.first().unwrap().measured.to_string(), "81.97");
    assert!(card.measured < Points::whole(30), "{}", card.measured);
    // A person may say what was found, or that nothing was.
    let mut world = World::new();
    world.entries = vec![entry("D2", 2), entry("D3", 30)];
    let card = world.card(&p2015());
    assert_eq!(
        (lost(&card, "D2"), lost(&card, "D3")),
        ("2.00".into(), "3.00".into())
    );
    assert_eq!(card.areas.first().unwrap().measured, Points::FULL);
    assert_eq!(
        card.areas.first().unwrap().score.unwrap().to_string(),
        "95.00"
    );
}

#[test]
fn a_column_is_counted_once_where_a_rule_yields_to_another() {
    let text = "profile = \"p2019\"\n[rule.D25]\nenabled = true\nclasses = { policy = 180, notices = 180 }\n";
    let mut world = World::new();
    world.aged(Class::Policy, 200);
    world.aged(Class::Notices, 200);
    let card = world.card(&rules(text));
    assert_eq!(lost(&card, "D22"), "5.00");
    assert_eq!(lost(&card, "D25"), "1.00");
    let spared = &line(&card, "D25").asides.first().unwrap().why;
    assert_eq!(*spared, Spared::Other(RuleId::parse("D22").unwrap()));
}

#[test]
fn leaves_are_counted_in_2015_and_the_top_in_2019() {
    let mut world = World::new();
    let top = world.aged(Class::Policy, 300);
    let late = world.aged(Class::Policy, 300);
    let fresh = world.aged(Class::Policy, 3);
    world.parents = vec![(late, top.clone()), (fresh, top)];
    let leaves = world.card(&p2015());
    assert_eq!(lost(&leaves, "D6"), "4.00");
    // The newest item below the top is the top's.
    assert_eq!(lost(&world.card(&p2019()), "D22"), "0.00");
}

#[test]
fn a_column_that_was_late_during_the_period_is_shown_and_counted_where_that_is_chosen() {
    let mut world = World::new();
    let first = dated(60, ago(60), ago(41));
    let second = dated(40, ago(40), ago(2));
    let third = dated(1, ago(1), end());
    world.column(Class::News, vec![first, second, third]);
    let card = world.card(&p2015());
    let line = line(&card, "D5");
    assert_eq!(line.lost, Points::ZERO);
    let aside = line.asides.first().unwrap();
    assert_eq!(aside.why, Spared::Over);
    let Fact::Stale { late_days, .. } = aside.find.fact else {
        panic!("{aside:?}");
    };
    // Five days until the second item, 24 until the third.
    assert_eq!(late_days, 5 + 24);
    let any = rules("[choices]\nlate = \"any-day\"");
    assert_eq!(lost(&world.card(&any), "D5"), "3.00");
}

/// Of days on which nobody looked nothing is said: what was published then is known by its rows alone.
#[test]
fn days_without_any_visit_make_no_column_late() {
    let mut world = World::new();
    let before = dated(40, ago(40), ago(39));
    let after = dated(2, ago(2), end());
    world.column(Class::News, vec![before, after]);
    let any = rules("[choices]\nlate = \"any-day\"");
    let card = world.card(&any);
    assert_eq!(lost(&card, "D5"), "0.00");
    assert_eq!(line(&card, "D5").asides.len(), 0);
}

#[test]
fn alerts_that_were_not_mended_and_came_again_cost_points() {
    let mut world = World::new();
    // The old item was seen last on the morning of 19 September.
    let mut old = dated(60, ago(60), ago(12));
    old.last_at = at(ago(11)) - TimeDelta::hours(10);
    let column = world.column(Class::News, vec![old, dated(1, ago(11), end())]);
    // The limit of news is two weeks.
    let span = |overdue: i64, ended: Option<i64>| AlertSpan {
        column: column.clone(),
        about: Some(ago(overdue + 15)),
        limit_days: 14,
        overdue_at: at(ago(overdue)),
        ended_at: ended.map(|days| at(ago(days))),
    };
    // Ten working days after Monday 4 September are Monday 18 September.
    world.alerts = vec![span(26, Some(12))];
    assert_eq!(lost(&world.card(&p2015()), "M1"), "0.00");
    world.alerts = vec![span(26, Some(11))];
    assert_eq!(lost(&world.card(&p2015()), "M1"), "5.00");
    // Where nobody looked after the eighteenth, it may have been mended in time.
    let (_, readings, _) = world.columns.first_mut().unwrap();
    readings.first_mut().unwrap().last_at = at(ago(12));
    for ended in [Some(3), None] {
        world.alerts = vec![span(26, ended)];
        let card = world.card(&p2015());
        assert_eq!(lost(&card, "M1"), "0.00");
        let aside = line(&card, "M1").asides.first().unwrap();
        assert_eq!(aside.why, Spared::Unproven);
    }
    world.alerts = vec![span(60, Some(58)), span(28, Some(27))];
    assert_eq!(lost(&world.card(&p2015()), "M2"), "3.00");
    world.alerts = vec![span(61, Some(59)), span(28, Some(27))];
    assert_eq!(lost(&world.card(&p2015()), "M2"), "0.00");
    // An exemption ended it, or a longer limit, and the silence went on: that is no second time. Nor
    // is it where an item came that was too old already.
    for (about, points) in [(75, "0.00"), (80, "0.00"), (60, "3.00")] {
        let mut later = span(28, None);
        later.about = Some(ago(about));
        world.alerts = vec![span(60, Some(58)), later];
        assert_eq!(lost(&world.card(&p2015()), "M2"), points, "{about}");
    }
}

#[test]
fn an_alert_that_ended_without_an_update_is_not_said_to_be_mended() {
    let mut world = World::new();
    let mut old = dated(41, ago(41), ago(12));
    old.last_at = at(ago(11)) - TimeDelta::hours(10);
    let column = world.column(Class::News, vec![old]);
    world.alerts = vec![AlertSpan {
        column,
        about: Some(ago(41)),
        limit_days: 14,
        overdue_at: at(ago(26)),
        ended_at: Some(at(ago(11))),
    }];
    let card = world.card(&p2015());
    let find = line(&card, "M1").finds.first().unwrap();
    let Fact::SlowAlert {
        ended_at,
        dropped_at,
        ..
    } = &find.fact
    else {
        panic!("{find:?}");
    };
    assert_eq!((*ended_at, *dropped_at), (None, Some(at(ago(11)))));
}

#[test]
fn places_and_changes_follow_from_totals() {
    let named = |id: &str, total: Option<i64>| {
        let mut card = World::new().card(&p2015());
        card.site = SiteId::parse(id).unwrap();
        card.total = total.map(Points::whole);
        card
    };
    let mut cards = vec![
        named("a", None),
        named("b", Some(80)),
        named("c", Some(90)),
        named("d", Some(80)),
        named("e", Some(59)),
    ];
    rank(&mut cards);
    let places: Vec<_> = cards.iter().map(|c| (c.site.to_string(), c.rank)).collect();
    let expected = [
        ("c", Some(1)),
        ("b", Some(2)),
        ("d", Some(2)),
        ("e", Some(4)),
        ("a", None),
    ];
    assert_eq!(places, expected.map(|(id, rank)| (id.to_owned(), rank)));
    change(&mut cards, &[named("b", Some(85))]);
    let changed = cards.iter().find_map(|card| card.change);
    assert_eq!(changed, Some(Points::whole(-5)));
}

#[test]
fn what_was_seen_again_and_again_is_one_reading() {
    let seen = |hour: u32, on: i64| Observation {
        column: ColumnId::parse("a").unwrap(),
        observed_at: moment(end().and_hms_opt(hour, 0, 0).unwrap()),
        sight: Sight::Read(Finding::Dated(update(ago(on)))),
        rows: 1,
        took_ms: 1,
        digest: None,
        notes: Vec::new(),
    };
    let readings = readings([seen(8, 3), seen(9, 3), seen(10, 0)]);
    let visits: Vec<u32> = readings.iter().map(|reading| reading.visits).collect();
    assert_eq!(visits, [2, 1]);
}

#[test]
fn both_profiles_travel_in_the_binary_and_mark_what_was_not_verified() {
    for (rubric, least, unverified_on) in
        [(p2015(), 40, vec!["D2", "D3"]), (p2019(), 40, vec!["D21"])]
    {
        assert!(rubric.rules.len() >= least, "{}", rubric.rules.len());
        assert_eq!(rubric.weights.values().sum::<u32>(), 100);
        let on = rubric.enabled().filter(|rule| rule.is_unverified());
        let on: Vec<&str> = on.map(|rule| rule.id.as_str()).collect();
        assert_eq!(on, unverified_on, "{}", rubric.profile);
    }
}

/// An inspection of the last day that found everything in order.
fn inspection() -> Inspection {
    let mut marks = PageMarks::default();
    for &tag in Tag::ALL {
        marks.tags.add(tag);
    }
    for &mark in Mark::ALL {
        marks.marks.add(mark);
    }
    marks.code = Some("1101020001".to_owned());
    Inspection {
        site: SiteId::parse("kxw").unwrap(),
        on: end(),
        at: at(end()),
        home: Some(marks),
        columns: Vec::new(),
        articles: 3,
        wanting: Vec::new(),
        pages: 5,
        home_items_on: Some((0..10).map(ago).collect()),
        certificate_until: None,
        ipv6: Some(true),
        letters: Vec::new(),
        letters_back: Vec::new(),
        channel: None,
        words: Some(WordCount {
            texts: 5,
            expressions: 6,
        }),
        links: LinkCount {
            home: 50,
            others: 100,
            unasked: 0,
        },
    }
}

fn dead(url: &str, on_home: bool, external: bool, confirmed: bool) -> Target {
    Target {
        site: SiteId::parse("kxw").unwrap(),
        url: url.to_owned(),
        kind: TargetKind::Page,
        external,
        on_home,
        places: vec![TargetPlace {
            page: "http://kxw.example.gov.cn/".to_owned(),
            text: "链接".to_owned(),
        }],
        spells: vec![Spell {
            since: at(ago(3)),
            why: Failure::Status(404),
            gone_since: Some(at(ago(3))),
            confirmed_at: confirmed.then(|| at(ago(2))),
            ended_at: None,
            removed: false,
        }],
        asked_at: at(end()),
    }
}

#[test]
fn confirmed_links_cost_points_by_page_and_suspected_ones_none() {
    let mut world = World::new();
    world.targets = vec![
        dead("http://kxw.example.gov.cn/1", true, false, true),
        dead("http://other.example.cn/", true, true, true),
        dead("http://kxw.example.gov.cn/2", true, false, false),
        dead("http://kxw.example.gov.cn/3", false, false, true),
        dead("http://other.example.cn/4", false, true, true),
    ];
    let unmeasured = world.card(&p2015());
    assert_eq!(
        line(&unmeasured, "D2").verdict,
        Verdict::Unmeasured(Unmeasured::NotInspected)
    );
    world.inspection = Some(inspection());
    let card = world.card(&p2015());
    assert_eq!(
        (lost(&card, "D2"), lost(&card, "D3")),
        ("2.00".into(), "0.10".into())
    );
    let everywhere = world.card(&rules("[choices]\nexternal_links = \"everywhere\""));
    assert_eq!(lost(&everywhere, "D3"), "0.20");
    let nowhere = world.card(&rules("[choices]\nexternal_links = \"nowhere\""));
    assert_eq!(
        (lost(&nowhere, "D2"), lost(&nowhere, "D3")),
        ("1.00".into(), "0.10".into())
    );
    // A spell that was over before the end counts no more; one that began later not yet.
    world.targets[0].spells[0].ended_at = Some(at(end() - TimeDelta::days(1)));
    world.targets[3].spells[0].since = at(end() + TimeDelta::days(2));
    let card = world.card(&p2015());
    assert_eq!(
        (lost(&card, "D2"), lost(&card, "D3")),
        ("1.00".into(), "0.00".into())
    );
    let over = line(&card, "D2")
        .asides
        .iter()
        .filter(|aside| aside.why == Spared::Over);
    assert_eq!(over.count(), 1);
}

/// An assessment of these cards alone.
fn assessment(rubric: &Rubric, cards: Vec<Card>) -> Assessment {
    Assessment {
        at: at(ago(-1)),
        period: "2017Q3".parse().unwrap(),
        operator: "西城区政务公开办公室".to_owned(),
        blank: Vec::new(),
        rubric: rubric.clone(),
        cards,
        seals: Vec::new(),
        statements: Vec::new(),
        former_damaged: None,
        other_rules: Vec::new(),
        part: false,
    }
}

/// That a veto was near is said as of the period, wherever the assessment is handed over.
#[test]
fn that_a_veto_was_near_is_said_as_of_the_period() {
    let mut world = World::new();
    for _ in 0..9 {
        world.aged(Class::Policy, 400);
    }
    for _ in 0..4 {
        world.blank();
    }
    let rubric = p2015();
    let mut card = world.card(&rubric);
    let near: Vec<&Line> = card.lines().filter(|line| line.near).collect();
    assert!(!near.is_empty());
    for line in near {
        assert_eq!(words::verdict(line), "本期内曾接近否决", "{}", line.rule.id);
    }
    card.rank = Some(1);
    let assessment = assessment(&rubric, vec![card]);
    let page = page::html(&assessment);
    assert!(page.contains("本期内曾接近否决："), "{page}");
    let table = csv::csv(&assessment);
    assert!(table.contains("本期内曾接近否决"), "{table}");
    let bulletin = bulletin::markdown(&assessment);
    assert!(
        bulletin.contains("本期内曾接近单项否决的：") && !bulletin.contains("接近否决，"),
        "{bulletin}"
    );
}

/// A candidate that an inspection put to people, and what one of them decided.
fn put_to_people(page: &str, suspicion: Suspicion, decided: Option<Decided>) -> Case {
    let site = SiteId::parse("kxw").unwrap();
    let candidate = wangxun::assess::candidates::proposed(&site, page, "", suspicion, at(end()));
    let decision = decided.map(|what| Decision {
        at: at(end()),
        by: "张三".to_owned(),
        reason: "已核对".to_owned(),
        candidate: candidate.key(),
        site,
        what,
    });
    Case {
        candidate,
        decisions: decision.into_iter().collect(),
    }
}

/// Where a rule wants a person's word, certain links that no inspection put to anybody, because it went by
/// other rules, are neither counted nor nothing.
#[test]
fn links_that_nobody_was_asked_about_are_not_measured() {
    let semi = rules("[rule.D2]\ncheck = \"semi\"\n");
    let mut world = World::new();
    world.inspection = Some(inspection());
    let verdict = |world: &World| line(&world.card(&semi), "D2").verdict.clone();
    assert_eq!(verdict(&world), Verdict::Kept);
    world.targets = vec![
        dead("http://kxw.example.gov.cn/1", true, false, true),
        dead("http://kxw.example.gov.cn/2", true, false, false),
    ];
    let card = world.card(&semi);
    let line = line(&card, "D2");
    let unasked = Verdict::Unmeasured(Unmeasured::Unasked(1));
    assert_eq!(line.verdict, unasked);
    let why: Vec<&Spared> = line.asides.iter().map(|aside| &aside.why).collect();
    assert_eq!(why, [&Spared::Unasked, &Spared::Suspected, &Spared::Detail]);
    // One that was put to people waits, and what they decide decides.
    let case = |decided: Option<Decided>| {
        let suspicion = Suspicion::Link {
            url: "http://kxw.example.gov.cn/1".to_owned(),
            why: Failure::Status(404),
        };
        put_to_people("", suspicion, decided)
    };
    world.cases = vec![case(None)];
    assert_eq!(verdict(&world), Verdict::Unmeasured(Unmeasured::Waiting(1)));
    world.cases = vec![case(Some(Decided::Rejected))];
    assert_eq!(verdict(&world), Verdict::Kept);
    world.cases = vec![case(Some(Decided::Confirmed { serious: false }))];
    assert_eq!(verdict(&world), Verdict::Lost);
}

/// Programs are told what the pages say of a grade: that it is provisional, that it rests on a part, and which
/// vetoes are near.
#[test]
fn programs_are_told_what_the_pages_add_to_a_grade() {
    let mut world = World::new();
    for _ in 0..9 {
        world.aged(Class::Policy, 400);
    }
    for _ in 0..4 {
        world.blank();
    }
    let mut card = world.card(&p2015());
    card.rank = Some(38);
    assert!(!card.near.is_empty());
    let told = SiteScore::of(&card);
    let (were_hit, near) = words::nearly(&card);
    let named = |rules: &[RuleId]| rules.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(told.near_vetoes, named(&near));
    assert_eq!(told.past_vetoes, named(&were_hit));
    assert_eq!(told.grade_says, words::grade(&card));
    assert_eq!(told.partial, words::ranked(&card).ends_with('*'));
    card.is_over = false;
    card.grade = Some(Grade::Excellent);
    let told = SiteScore::of(&card);
    assert!(told.provisional && told.grade.as_deref() == Some("优秀"));
    assert_eq!(told.grade_says, "优秀（暂定）");
    card.is_over = true;
    card.measured = Points::FULL;
    assert!(!SiteScore::of(&card).provisional);
}

/// A veto may take the place of a deduction: the points that are left would look as if nothing was amiss.
#[test]
fn an_area_whose_veto_was_hit_says_so_in_place_of_its_points() {
    let mut world = World::new();
    world.days.clear();
    for n in 0..92 {
        let mut day = SiteDay::new(world.site.id.clone(), ago(91 - n));
        for _ in 0..24 {
            day.add(at(day.on), Sample::of(300, Some(Failure::Refused)));
        }
        world.days.push(day);
    }
    let card = world.card(&p2015());
    assert_eq!(line(&card, "V1").verdict, Verdict::Veto);
    for area in card.areas.iter().filter(|area| area.applies) {
        let is_hit = area.lines.iter().any(|line| line.verdict == Verdict::Veto);
        assert_eq!(of_area(area) == "单项否决", is_hit, "{:?}", area.area);
    }
}

/// A place says among how many sites it is, also to who sees one of them alone.
#[test]
fn a_place_says_among_how_many_it_is() {
    let mut card = World::new().card(&p2015());
    card.rank = Some(42);
    assert_eq!(placed(&card, 48), "42（共48个网站）");
    card.rank = None;
    assert_eq!(placed(&card, 48), words::rank(&card));
}

/// A unit reads of suspicions those that somebody confirmed: neither what waits or was rejected, nor how
/// much that is.
#[test]
fn a_unit_reads_no_suspicion_that_nobody_confirmed() {
    let word = |page: &str, decided| {
        let suspicion = Suspicion::Word {
            text: format!("错词{page}"),
            kind: WordKind::Wrong,
            instead: None,
            remark: None,
        };
        put_to_people(page, suspicion, decided)
    };
    let confirmed = Decided::Confirmed { serious: true };
    let mut cases = vec![
        word("http://kxw.example.gov.cn/a", None),
        word("http://kxw.example.gov.cn/b", Some(Decided::Rejected)),
    ];
    let parts = |cases: &[Case]| {
        let mut world = World::new();
        world.inspection = Some(inspection());
        world.cases = cases.to_vec();
        let rubric = p2015();
        let mut card = world.card(&rubric);
        card.rank = Some(1);
        let unit = card.unit.clone();
        let whole = assessment(&rubric, vec![card]);
        let own = whole.clone().only(&Extent::Unit(unit));
        (whole, own)
    };
    // As long as nothing is confirmed, the rule waits, and only the office is told so.
    let (whole, own) = parts(&cases);
    let verdict = |made: &Assessment| line(&made.cards[0], "V4").verdict.clone();
    assert_eq!(
        (verdict(&whole), verdict(&own)),
        (
            Verdict::Unmeasured(Unmeasured::Waiting(1)),
            Verdict::Unmeasured(Unmeasured::NotEntered)
        )
    );
    cases.push(word("http://kxw.example.gov.cn/c", Some(confirmed)));
    let (whole, own) = parts(&cases);
    let set = |made: &Assessment| {
        let json = serde_json::to_string(made).unwrap();
        [
            page::html(made),
            csv::csv(made),
            bulletin::markdown(made),
            json,
        ]
        .join("\n")
    };
    let (office, unit) = (set(&whole), set(&own));
    for (word, to_unit) in [
        ("gov.cn/a", false),
        ("gov.cn/b", false),
        ("gov.cn/c", true),
        ("待人工确认", false),
        ("人工已排除", false),
    ] {
        assert!(office.contains(word), "{word}: {office}");
        assert_eq!(unit.contains(word), to_unit, "{word}: {unit}");
    }
    for word in ["\"waiting\"", "\"rejected\""] {
        assert!(office.contains(word) && !unit.contains(word), "{word}");
    }
}

#[test]
fn what_a_person_enters_takes_the_place_of_what_an_inspection_found() {
    let mut world = World::new();
    world.inspection = Some(inspection());
    world.targets = vec![dead("http://kxw.example.gov.cn/1", true, false, true)];
    world.entries.push(entry("D2", 3));
    let card = world.card(&p2015());
    assert_eq!(lost(&card, "D2"), "3.00");
    let overruled = line(&card, "D2").asides.iter();
    assert_eq!(
        overruled
            .filter(|aside| aside.why == Spared::Overruled)
            .count(),
        1
    );
}

#[test]
fn ten_items_in_fourteen_days_are_enough_and_nine_are_not() {
    let mut world = World::new();
    world.inspection = Some(inspection());
    assert_eq!(line(&world.card(&p2015()), "D4").verdict, Verdict::Kept);
    for (dates, is_kept) in [
        ((0..9).map(ago).collect::<Vec<_>>(), false),
        // The fourteenth day is within, the fifteenth is not.
        ((0..9).chain([14]).map(ago).collect(), true),
        ((0..9).chain([15]).map(ago).collect(), false),
    ] {
        let mut seen = inspection();
        seen.home_items_on = Some(dates);
        world.inspection = Some(seen);
        let card = world.card(&p2015());
        assert_eq!(line(&card, "D4").verdict == Verdict::Kept, is_kept);
        assert_eq!(lost(&card, "D4"), if is_kept { "0.00" } else { "5.00" });
    }
}

#[test]
fn tags_marks_code_and_certificate_are_judged_as_they_were_seen() {
    let mut world = World::new();
    world.inspection = Some(inspection());
    let card = world.card(&p2015());
    for rule in ["S1", "S2", "S3", "S14"] {
        assert_eq!(line(&card, rule).verdict, Verdict::Kept, "{rule}");
    }
    assert_eq!(
        line(&card, "S17").verdict,
        Verdict::Unmeasured(Unmeasured::NoHttps)
    );
    assert_eq!(line(&card, "S15").verdict, Verdict::NotKept);
    // Whoever is led on from there to HTTPS has it.
    let mut led = inspection();
    led.certificate_until = Some(at(ago(-100)));
    world.inspection = Some(led);
    assert_ne!(line(&world.card(&p2015()), "S15").verdict, Verdict::NotKept);
    let mut seen = inspection();
    seen.home = Some(PageMarks {
        code: Some("11010200".to_owned()),
        ..PageMarks::default()
    });
    seen.ipv6 = Some(false);
    seen.certificate_until = Some(at(end() + TimeDelta::days(29)));
    world.inspection = Some(seen.clone());
    let card = world.card(&p2015());
    for (rule, finds) in [("S1", 1), ("S2", 8), ("S3", 1), ("S14", 1), ("S17", 1)] {
        let line = line(&card, rule);
        assert_eq!(
            (&line.verdict, line.finds.len()),
            (&Verdict::NotKept, finds),
            "{rule}"
        );
    }
    seen.certificate_until = Some(at(end() + TimeDelta::days(30)));
    world.inspection = Some(seen);
    assert_eq!(line(&world.card(&p2015()), "S17").verdict, Verdict::Kept);
}

/// A candidate of a wrong word that was seen in the period, with these decisions, each with its hour.
fn suspected(page: &str, decisions: &[(u32, Decided)]) -> Case {
    let site = SiteId::parse("kxw").unwrap();
    let candidate = Candidate {
        site: site.clone(),
        page: format!("http://kxw.example.gov.cn/{page}.html"),
        title: "通报".to_owned(),
        suspicion: Suspicion::Word {
            text: "布署".to_owned(),
            kind: WordKind::Wrong,
            instead: None,
            remark: None,
        },
        snippet: Snippet::default(),
        seen_on: None,
        copy: None,
        first_at: at(ago(10)),
        seen_at: at(ago(5)),
        gone_at: None,
    };
    let key = candidate.key();
    let decisions = decisions.iter().map(|&(hour, what)| Decision {
        at: moment(end().and_hms_opt(hour, 0, 0).unwrap()),
        by: "张三".to_owned(),
        reason: "已核对".to_owned(),
        candidate: key.clone(),
        site: site.clone(),
        what,
    });
    Case {
        decisions: decisions.collect(),
        candidate,
    }
}

#[test]
fn a_candidate_counts_when_a_person_confirms_it_and_as_what() {
    let rubric = rules("[rule.D8]\nenabled = true\n");
    let serious = Decided::Confirmed { serious: true };
    let small = Decided::Confirmed { serious: false };
    let told = |cases: &[Case]| {
        let mut world = World::new();
        world.inspection = Some(inspection());
        world.cases = cases.to_vec();
        let card = world.card(&rubric);
        let of = |rule: &str| line(&card, rule).clone();
        (
            of("V4").verdict,
            of("D8").verdict,
            of("D8").lost.to_string(),
        )
    };
    let waiting = |count| Verdict::Unmeasured(Unmeasured::Waiting(count));
    let (wait, no) = (
        suspected("a", &[]),
        suspected("b", &[(9, Decided::Rejected)]),
    );
    let (yes, bad) = (
        suspected("c", &[(9, small)]),
        suspected("d", &[(9, serious)]),
    );
    let (kept, none) = (Verdict::Kept, "0.00".to_owned());
    assert_eq!(told(&[]), (kept.clone(), kept.clone(), none.clone()));
    assert_eq!(
        told(std::slice::from_ref(&wait)),
        (waiting(1), waiting(1), none.clone())
    );
    assert_eq!(told(&[no]), (kept.clone(), kept.clone(), none.clone()));
    assert_eq!(
        told(&[wait, yes.clone()]),
        (waiting(1), Verdict::Lost, "1.00".to_owned())
    );
    assert_eq!(
        told(&[bad, yes.clone()]),
        (Verdict::Veto, Verdict::Lost, "1.00".to_owned())
    );
    // A comment decides nothing, and a later decision takes the place of an earlier one.
    let changed = suspected(
        "e",
        &[
            (9, serious),
            (10, Decided::Rejected),
            (11, Decided::Commented),
        ],
    );
    assert_eq!(told(&[changed]), (kept.clone(), kept.clone(), none.clone()));
    // What was last seen before the period counts in the one before.
    let mut old = yes;
    old.candidate.seen_at = at(ago(100));
    assert_eq!(told(&[old]), (kept.clone(), kept, none));
}

#[test]
fn what_a_person_entered_stands_beside_what_is_confirmed_later() {
    let rubric = rules("[rule.D8]\nenabled = true\n");
    let small = Decided::Confirmed { serious: false };
    let mut world = World::new();
    world.inspection = Some(inspection());
    // Entered at eight in the evening.
    world.entries = vec![entry("D8", 3)];
    world.cases = vec![suspected("a", &[(19, small)])];
    assert_eq!(line(&world.card(&rubric), "D8").lost.to_string(), "3.00");
    world.cases.push(suspected("b", &[(21, small)]));
    let card = world.card(&rubric);
    let line = line(&card, "D8");
    assert_eq!(line.lost.to_string(), "4.00");
    let overruled = line
        .asides
        .iter()
        .filter(|aside| aside.why == Spared::Overruled);
    assert_eq!(overruled.count(), 1);
}

/// Every find that a person may enter, one more each time, over sites of which more or less was measured:
/// the total never rises, whether the rule had been measured before or not. What raises it by its rule,
/// a veto that takes the place of a deduction, nobody enters.
#[test]
fn no_further_find_raises_a_total() {
    let every = |profile: &str| {
        let shipped = rules(&format!("profile = \"{profile}\""));
        let mut text = format!("profile = \"{profile}\"\n");
        for id in shipped.rules.keys() {
            text.push_str(&format!("[rule.{id}]\nenabled = true\n"));
        }
        rules(&text)
    };
    let mut poor = World::new();
    poor.samples(140, 6);
    let mut late = World::new();
    late.aged(Class::News, 15);
    late.aged(Class::Notices, 181);
    late.aged(Class::Interviews, 400);
    late.aged(Class::Other, 3);
    let mut nothing = World::new();
    nothing.days.clear();
    nothing.home = None;
    let mut inward = World::new();
    inward.services = false;
    let mut idle = World::new();
    idle.home = Some(home(20));
    let worlds = [World::new(), poor, late, nothing, inward, idle];
    for profile in ["p2015", "p2019"] {
        let rubric = every(profile);
        for (number, world) in worlds.iter().enumerate() {
            for id in rubric.rules.keys() {
                let total = |finds: Option<u32>| {
                    let mut entries: Vec<Entry> = Vec::new();
                    entries.extend(finds.map(|finds| entry(id.as_str(), finds)));
                    world.with(entries).card(&rubric).total
                };
                let mut before = total(None);
                for finds in [0, 1, 2, 5, 60] {
                    let now = total(Some(finds));
                    let is_higher = before.is_some_and(|before| now.is_none_or(|now| before < now));
                    assert!(
                        !is_higher,
                        "{profile} {number} {id} {finds}: {before:?} {now:?}"
                    );
                    before = now;
                }
            }
        }
    }
    // As it was: availability alone is measured, with 59 points; a find among services is worth 97.
    let former = rules(
        "[choices]\nunmeasured = \"left-out\"\n[rule.D15]\nenabled = true\n[rule.D1]\npoints = 10\n",
    );
    let mut one = World::new();
    one.samples(1000, 41);
    let alone = one.card(&former).total.unwrap();
    assert_eq!(alone.to_string(), "59.00");
    one.entries = vec![entry("D15", 1)];
    assert!(alone < one.card(&former).total.unwrap());
}

fn home(days: i64) -> HomeOfDay {
    HomeOfDay {
        newest_on: Some(ago(days)),
        read_at: Some(at(end())),
        undated: None,
    }
}

/// Vetoes that take the place of a whole deduction.
fn replacing(rubric: &Rubric) -> Vec<String> {
    let whole = |rule: &&Rule| rule.metric.shape() != Shape::Finds;
    let others = rubric.rules.values().filter(whole);
    let others = others.flat_map(|rule| &rule.yields_to);
    let is_veto = |id: &_| {
        rubric
            .rules
            .get(*id)
            .is_some_and(|rule| rule.kind == Kind::Veto)
    };
    let vetoes = others.filter(is_veto);
    vetoes.map(ToString::to_string).collect()
}

#[test]
fn only_a_veto_that_takes_the_place_of_a_deduction_raises_a_total() {
    assert_eq!(replacing(&p2015()), ["V1", "V2"]);
    assert_eq!(replacing(&p2019()), Vec::<String>::new());
    let alone = |area: &str| {
        let of = |one: &&Area| match one.key() == area {
            true => 100,
            false => 0,
        };
        let weights = Area::ALL
            .iter()
            .map(|one| format!("{} = {}\n", one.key(), of(&one)));
        let weights: String = weights.collect();
        rules(&format!("[weights]\n{weights}"))
    };
    let totals = |world: &World, rubric: &Rubric, veto: &str| {
        let card = world.card(rubric);
        (is_vetoed(&card, veto), card.total.unwrap().to_string())
    };
    // 60 links that do not open, and 6 or 7 of 140 samples.
    let rubric = alone("availability");
    for (failed, expected) in [(6, (false, "18.57")), (7, (true, "40.00"))] {
        let mut world = World::new();
        world.samples(140, failed);
        world.entries = vec![entry("D2", 60)];
        let (is_hit, total) = totals(&world, &rubric, "V1");
        assert_eq!((is_hit, total.as_str()), expected, "{failed}");
    }
    // 15 columns of news that are late, and too few new items on a home page.
    let rubric = alone("publishing");
    for (days, expected) in [(14, (false, "50.00")), (15, (true, "55.00"))] {
        let mut world = World::new();
        for _ in 0..15 {
            world.aged(Class::News, 15);
        }
        world.home = Some(home(days));
        world.entries = vec![entry("D4", 1)];
        let (is_hit, total) = totals(&world, &rubric, "V2");
        assert_eq!((is_hit, total.as_str()), expected, "{days}");
    }
}

#[test]
fn a_period_that_was_half_watched_says_so() {
    let with = |from: i64, to: i64| {
        let mut world = World::new();
        world
            .days
            .retain(|day| ago(from) <= day.on && day.on <= ago(to));
        world.home = None;
        let card = world.card(&p2015());
        let told = words::watched(&card);
        (card.watched.map(|one| (one.days, one.of)), told)
    };
    assert_eq!(with(91, 0), (Some((92, 92)), None));
    // A tenth of 92 days, and the last one may just have begun.
    assert_eq!(with(81, 0), (Some((82, 92)), None));
    let part = "7月12日至9月30日有监测记录，92天中的81天".to_owned();
    assert_eq!(with(80, 0), (Some((81, 92)), Some(part)));
    let stood_still = "7月1日至8月1日有监测记录，92天中的32天".to_owned();
    assert_eq!(with(91, 60), (Some((32, 92)), Some(stood_still)));
    assert_eq!(with(-1, -1), (None, None));
    // A home page that is watched since a week says nothing of the time before, in which columns were read.
    let mut young = World::new();
    young.days.retain(|day| ago(6) <= day.on);
    young.column(
        Class::News,
        vec![dated(95, ago(91), ago(40)), dated(40, ago(39), end())],
    );
    assert_eq!(young.card(&p2015()).watched.unwrap().days, 92);
    // Where samples were taken before and after, a list that did not change in between proves nothing.
    let mut still = World::new();
    still
        .days
        .retain(|day| day.on <= ago(60) || ago(6) <= day.on);
    still.column(Class::News, vec![dated(95, ago(91), end())]);
    assert_eq!(still.card(&p2015()).watched.unwrap().days, 39);
    // Without samples the readings of columns tell.
    let mut read = World::new();
    read.days.clear();
    read.column(Class::News, vec![dated(3, ago(20), end())]);
    let card = read.card(&p2015());
    assert_eq!(card.watched.as_ref().unwrap().days, 21);
    assert!(card.is_loose());
    assert_eq!(words::rank(&card), "—");
}

#[test]
fn what_rules_say_otherwise_is_named() {
    use wangxun::report::assessment::other_rules::differences;
    assert_eq!(differences(&p2015(), &p2015()), Vec::<String>::new());
    let other = "[weights]\navailability = 25\npublishing = 20\n[grades]\ngood = 80\n\
        [choices]\nunmeasured = \"left-out\"\n[rule.D5]\npoints = 2\n[rule.D6]\ncap = 10\n\
        [rule.D8]\nenabled = true\n[rule.D7]\nenabled = false\n[rule.D4]\ntitle = \"首页更新\"\n";
    let expected = [
        "网站可用性权重由15改为25",
        "信息发布权重由30改为20",
        "等级线有改动",
        "未测评内容的计分方法有改动",
        "增加规则D8",
        "停用规则D7",
        "规则D5扣分由3.00改为2.00",
        "规则D6有改动",
    ];
    assert_eq!(differences(&p2015(), &rules(other)), expected);
    let profile = differences(&p2015(), &p2019());
    assert_eq!(
        profile.first().unwrap(),
        "规则由国办发〔2015〕15号改为国办秘函〔2019〕19号"
    );
}

/// A certificate that is unsound, or a network of ours that is down, leaves no sample that counts: that is
/// said with what was left out, and costs nothing.
#[test]
fn too_few_samples_are_told_with_what_was_left_out() {
    let card = |sound: u32, left_out: u32| {
        let mut world = World::new();
        world.samples(sound, 0);
        for n in 0..left_out {
            let day = world.days.get_mut((n % 7) as usize).unwrap();
            let failure = Failure::Certificate(CertificateFault::Expired);
            day.add(at(day.on), Sample::of(200, Some(failure)));
        }
        world.card(&p2015())
    };
    for (sound, said) in [
        (
            139,
            "9月24日至9月30日监测139次，0次打不开，占0.00%，另有29次不计（监测方网络、网站防护拦截、证书问题等）",
        ),
        (
            0,
            "9月24日至9月30日没有可计的监测，另有29次不计（监测方网络、网站防护拦截、证书问题等）",
        ),
    ] {
        let card = card(sound, 29);
        for rule in ["V1", "D1"] {
            let line = line(&card, rule);
            let (have, need) = (sound, 140);
            let few = Verdict::Unmeasured(Unmeasured::TooFewSamples { have, need });
            assert_eq!((&line.verdict, line.lost), (&few, Points::ZERO), "{rule}");
            let told = line.asides.first().unwrap();
            assert_eq!(words::find(&told.find, end()), said);
            assert!(line.asides.len() > 1, "each of them is told");
        }
    }
    assert_eq!(line(&card(140, 29), "D1").verdict, Verdict::Kept);
    assert!(line(&card(0, 0), "D1").asides.is_empty());
}
