//! The true score, worked out from what was planted. Hundredths of points, integers throughout.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use wangxun::domain::candidate::Decided;

use super::counted::{Counted, counted};
use super::interpreted::interpretation;
use super::plan::{File, Plan};
use super::{DAYS, ago, end, working_days_after};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    P2015,
    P2019,
}

/// What is true of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// Availability, publishing, interaction, services, management, interpretation.
    pub areas: Vec<Option<i64>>,
    pub computed: Option<i64>,
    pub total: Option<i64>,
    pub vetoes: Vec<String>,
    pub grade: Option<String>,
    pub rank: Option<u32>,
}

impl Profile {
    /// The administrator's file: the profile, and rules of tags and marks that cost something.
    pub fn file(self) -> &'static str {
        match self {
            Profile::P2015 => {
                "profile = \"p2015\"\n[rule.S1]\npoints = 1\n[rule.S2]\npoints = 1\n[rule.S10]\npoints = 2\n\
                 [rule.D8]\nenabled = true\n[rule.D13]\nenabled = true\n[rule.D14]\nenabled = true\n\
                 [rule.S9]\nenabled = true\npoints = 1\n\
                 [rule.X1]\ntitle = \"解读比例低于一半\"\narea = \"interpretation\"\nkind = \"deduct\"\n\
                 metric = \"interpretations\"\nthreshold = 50\npoints = 3\ncheck = \"semi\"\n\
                 confidence = \"P\"\nsource = \"自拟\"\n"
            }
            Profile::P2019 => {
                "profile = \"p2019\"\n[rule.S1]\npoints = 1\n[rule.S2]\npoints = 1\n[rule.S10]\npoints = 2\n\
                 [rule.S9]\nenabled = true\npoints = 1\n[rule.D23]\nenabled = true\n\
                 [rule.D23a]\nenabled = true\n[rule.D24]\nthreshold = 50\npoints = 3\n"
            }
        }
    }

    /// Rules that cost points at some sites, none at others, and of which nothing is known at others.
    pub fn doubtful(self) -> &'static [&'static str] {
        match self {
            Profile::P2015 => &["D3", "D14", "S9", "X1"],
            Profile::P2019 => &["D23", "D23a", "D24", "S9"],
        }
    }

    /// The vetoes that were planted.
    pub fn vetoes(self) -> &'static [&'static str] {
        match self {
            Profile::P2015 => &["V1", "V2", "V3a", "V3b", "V3c", "V4", "V5"],
            Profile::P2019 => &["V1", "V2b", "V3a", "V3b", "V3c", "V6", "V7", "V8"],
        }
    }
}

/// The truth of every site, by its name.
pub fn truths(plans: &[Plan], profile: Profile) -> BTreeMap<String, Truth> {
    let mut truths: BTreeMap<String, Truth> = plans
        .iter()
        .map(|plan| (plan.id.clone(), truth(plan, profile)))
        .collect();
    let totals: Vec<Option<i64>> = truths.values().map(|truth| truth.total).collect();
    for truth in truths.values_mut() {
        let better = totals.iter().filter(|total| **total > truth.total).count();
        truth.rank = truth.total.map(|_| u32::try_from(better + 1).unwrap());
    }
    truths
}

/// Half away from zero; all numbers here are positive.
fn rounded(numerator: i64, denominator: i64) -> i64 {
    (2 * numerator + denominator) / (2 * denominator)
}

fn truth(plan: &Plan, profile: Profile) -> Truth {
    let old = profile == Profile::P2015;
    let counted = counted(plan, profile);
    let late = |classes: &[&str]| {
        let own = counted
            .iter()
            .filter(|column| classes.contains(&column.class));
        i64::try_from(own.filter(|column| column.is_late()).count()).unwrap()
    };
    let mut vetoes: Vec<&str> = Vec::new();

    // 首页可用性: five percent of a week; five points a percent of the quarter.
    let (week, share) = (week_fails(plan), quarter_share(plan));
    if week == Some(true) {
        vetoes.push("V1");
    }
    let down = match (share, week) {
        (Some(_), Some(true)) => 0,
        (Some((failed, visits)), _) => rounded(500 * failed * 100, visits),
        (None, _) => 0,
    };
    let home_links = dead(plan, true);
    let other_links = dead(plan, false);
    let availability = match old {
        true if share.is_none() && plan.inspected.is_none() => None,
        true if plan.inspected.is_none() => Some(down),
        true => Some(down + 100 * home_links + 10 * other_links),
        // No rule that costs points: what was looked at is the veto.
        false => week.map(|_| 0),
    };

    // 信息发布
    let home_is_old = plan.home_age.is_none_or(|age| age > 14);
    if home_is_old {
        vetoes.push(if old { "V2" } else { "V2b" });
    }
    let basic = late(&["news", "notices", "policy"]);
    if basic >= 5 {
        vetoes.push("V3a");
    }
    let every = counted.iter().filter(|column| column.is_late()).count();
    if every >= 10 {
        vetoes.push("V3b");
    }
    if counted.iter().filter(|column| column.is_blank()).count() >= 5 {
        vetoes.push("V3c");
    }
    let serious = Some(Decided::Confirmed { serious: true });
    let small = Some(Decided::Confirmed { serious: false });
    let words = |wanted: Option<Decided>| {
        i64::try_from(plan.words.iter().filter(|word| **word == wanted).count()).unwrap()
    };
    let publishing = match old {
        true => {
            let few = plan
                .inspected
                .as_ref()
                .is_some_and(|seen| seen.new_on_home < 10);
            let home = if few && !home_is_old { 500 } else { 0 };
            home + 300 * late(&["news"])
                + 400 * late(&["notices", "policy"])
                + 500 * late(&["personnel", "plans"])
                + 100 * words(small)
        }
        false => 500 * late(&["news"]).min(1) + 500 * late(&["policy"]).min(1),
    };
    let publishing = is_publishing_measured(plan, &counted, old).then_some(publishing);
    if old && words(serious) > 0 {
        vetoes.push("V4");
    }

    // 互动交流
    let of = |class: &str| plan.columns.iter().find(|column| column.class == class);
    let idle = |class: &str, days: i64| of(class).is_some_and(|column| column.age() > days);
    let interaction = match old {
        true => {
            let classes = ["replies", "surveys", "interviews"];
            let any = classes.iter().any(|class| of(class).is_some());
            let none = classes.iter().filter(|class| idle(class, 365)).count();
            let few = ["surveys", "interviews"].iter().filter(|class| {
                !idle(class, 365) && of(class).is_some_and(|column| column.items < 6)
            });
            let lost =
                500 * i64::try_from(none).unwrap() + 300 * i64::try_from(few.count()).unwrap();
            any.then_some(lost)
        }
        false => of("replies").map(|_| {
            let list = if idle("replies", 60) { 300 } else { 0 };
            newest_answer(plan).unwrap_or(list)
        }),
    };
    let interaction = interaction.map(|lost| lost + 200 * slow_letters(plan));
    if waits_three_months(plan) {
        vetoes.push(if old { "V5" } else { "V7" });
    }

    // 办事服务, 政策解读 and part of 管理机制 are what people entered.
    let entered = |rule: &str| {
        let mut entries = plan.entries.iter();
        entries
            .find(|(of, _)| *of == rule)
            .map(|(_, finds)| i64::from(*finds) * 100)
    };
    let statistics = entered("D27")
        .filter(|_| !old)
        .map(|finds| (2 * finds).min(200));
    let elements = elements(plan).filter(|_| old);
    let services = [
        entered("M5"),
        statistics,
        elements,
        files(plan).filter(|_| old),
    ];
    let is_any = plan.services && services.iter().any(Option::is_some);
    // Of a site that offers no services nothing is said of them.
    let services = is_any.then(|| {
        let lost = services.iter().flatten();
        lost.sum::<i64>()
    });
    if !old && plan.services && is_of_no_use(plan) {
        vetoes.push("V8");
    }
    let interpretation = interpretation(plan, profile, &counted, entered("M4"));
    if !old && words(serious) > 0 {
        vetoes.push("V6");
    }
    let mut management = entered("M3").unwrap_or(0) + alerts(plan);
    if let Some(seen) = &plan.inspected {
        let tags = usize::from(seen.home_lacks_tags)
            + seen.lists_lack_tags.min(plan.columns.len())
            + seen.articles_lack_tags;
        management += 100 * i64::try_from(tags + seen.home_lacks_marks).unwrap();
    }

    let lost = [
        availability,
        publishing,
        interaction,
        services,
        Some(management),
        interpretation,
    ];
    let areas: Vec<Option<i64>> = lost
        .iter()
        .map(|lost| lost.map(|lost| (10_000 - lost).max(0)))
        .collect();
    whole(plan, areas, vetoes)
}

/// What the newest answer costs: three points once it is older than sixty days. Nothing is said by letters
/// where none was answered, or where one does not say whether it waits and all others are old.
fn newest_answer(plan: &Plan) -> Option<i64> {
    plan.inspected.as_ref()?;
    let own = || plan.letters.iter().filter(|letter| letter.asked <= 365);
    let newest = own().filter_map(|letter| letter.answered).min()?;
    let told = own().all(|letter| letter.answered.is_some() || letter.open_seen.is_some());
    match (newest <= 60, told) {
        (true, _) => Some(0),
        (false, true) => Some(300),
        (false, false) => None,
    }
}

/// Letters that fell due within the quarter and whose answer took longer than fifteen working days, or that
/// were seen waiting after them.
fn slow_letters(plan: &Plan) -> i64 {
    if plan.inspected.is_none() {
        return 0;
    }
    let slow = plan.letters.iter().filter(|letter| {
        if letter.asked > 365 {
            return false;
        }
        let due_on = working_days_after(ago(letter.asked), 15);
        if due_on < NaiveDate::from_ymd_opt(2017, 7, 1).unwrap() {
            return false;
        }
        match (letter.answered, letter.open_seen) {
            (Some(answered), _) => due_on < ago(answered),
            (None, Some(seen)) => seen <= 14 && due_on < ago(seen),
            (None, None) => false,
        }
    });
    i64::try_from(slow.count()).unwrap()
}

/// Whether a letter of the year waits more than ninety days, which was seen within the last two weeks and
/// confirmed by a person.
fn waits_three_months(plan: &Plan) -> bool {
    let is_so = |decided| matches!(decided, Some(Decided::Confirmed { .. }));
    plan.inspected.is_some()
        && plan.letters.iter().any(|letter| {
            let seen = letter.open_seen.is_some_and(|seen| seen <= 14);
            let long = (91..=365).contains(&letter.asked) && letter.answered.is_none();
            seen && long && is_so(letter.decided)
        })
}

/// Two points for each class that a guide lacks, as a person confirmed; nothing where all that was found
/// waits for one.
fn elements(plan: &Plan) -> Option<i64> {
    plan.inspected.as_ref()?;
    if plan.guides.is_empty() {
        return None;
    }
    let lacking = || plan.guides.iter().filter(|guide| guide.lacks > 0);
    let confirmed =
        lacking().filter(|guide| matches!(guide.decided, Some(Decided::Confirmed { .. })));
    let lost: usize = confirmed.map(|guide| guide.lacks).sum();
    let waits = lacking().any(|guide| guide.decided.is_none());
    (lost > 0 || !waits).then(|| 200 * i64::try_from(lost).unwrap())
}

/// Five guides that lack four classes, as a person confirmed; or all of them, where they are fewer.
fn is_of_no_use(plan: &Plan) -> bool {
    let poor: Vec<_> = plan
        .guides
        .iter()
        .filter(|guide| guide.lacks >= 4)
        .collect();
    let confirmed = poor
        .iter()
        .filter(|guide| matches!(guide.decided, Some(Decided::Confirmed { .. })));
    let confirmed = confirmed.count();
    let all = !poor.is_empty() && confirmed == plan.guides.len();
    plan.inspected.is_some() && (confirmed >= 5 || all)
}

/// Whether some rule that costs points could be looked at: a column of its class told something, or an
/// inspection counted items or looked for words.
fn is_publishing_measured(plan: &Plan, counted: &[Counted<'_>], old: bool) -> bool {
    if old && plan.inspected.is_some() {
        return true;
    }
    if old
        && plan
            .words
            .contains(&Some(Decided::Confirmed { serious: false }))
    {
        return true;
    }
    let classes: &[&[&str]] = match old {
        true => &[&["news"], &["notices", "policy"], &["personnel", "plans"]],
        false => &[&["news"], &["policy"]],
    };
    classes.iter().any(|classes| {
        let mut own = counted
            .iter()
            .filter(|column| classes.contains(&column.class));
        own.any(Counted::tells)
    })
}

fn whole(plan: &Plan, areas: Vec<Option<i64>>, mut vetoes: Vec<&str>) -> Truth {
    const WEIGHTS: [i64; 6] = [15, 30, 15, 20, 10, 10];
    let (mut sum, mut weight) = (0, 0);
    for (place, (score, own)) in areas.iter().zip(WEIGHTS).enumerate() {
        let applies = place != 3 || plan.services;
        // What was not measured costs nothing.
        if applies {
            sum += score.unwrap_or(10_000) * own;
            weight += own;
        }
    }
    let is_any = areas.iter().enumerate();
    let mut is_any = is_any.filter(|(place, _)| *place != 3 || plan.services);
    let computed = is_any
        .any(|(_, score)| score.is_some())
        .then(|| rounded(sum, weight));
    let total = computed.map(|points| match vetoes.is_empty() {
        true => points,
        false => points.min(5_900),
    });
    let grade = total.map(|points| match points {
        _ if !vetoes.is_empty() => "不合格",
        9_000.. => "优秀",
        7_500.. => "良好",
        6_000.. => "合格",
        _ => "不合格",
    });
    vetoes.dedup();
    Truth {
        areas,
        computed,
        total,
        vetoes: vetoes.into_iter().map(str::to_owned).collect(),
        grade: grade.map(str::to_owned),
        rank: None,
    }
}

/// Whether some week within the quarter reached five percent; nothing where none had 140 samples.
fn week_fails(plan: &Plan) -> Option<bool> {
    let sums = (0..=DAYS - 7).map(|first| {
        let days = first..first + 7;
        days.fold((0, 0), |(failed, visits), day| {
            let [opened, bad, _] = plan.samples_on(day);
            (failed + bad, visits + opened + bad)
        })
    });
    let enough: Vec<(u32, u32)> = sums.filter(|(_, visits)| *visits >= 140).collect();
    (!enough.is_empty()).then(|| enough.iter().any(|(bad, all)| bad * 100 >= all * 5))
}

/// Failed samples and all of the quarter; nothing where they are fewer than 140.
fn quarter_share(plan: &Plan) -> Option<(i64, i64)> {
    let (failed, visits) = (0..DAYS).fold((0, 0), |(failed, visits), day| {
        let [opened, bad, _] = plan.samples_on(day);
        (failed + bad, visits + opened + bad)
    });
    (visits >= 140).then(|| (i64::from(failed), i64::from(visits)))
}

/// Links that led nowhere for certain on the last day: of the home page with those that lead elsewhere, of
/// other pages without. What a guide offers is counted there; where the site offers no services that part of
/// the table is not applied to it, so that nothing is counted twice, and a page is a page.
fn dead(plan: &Plan, on_home: bool) -> i64 {
    let is_of_pages = |file: &&File| file.guide.is_none() || !plan.services;
    let files = plan.files.iter().filter(is_of_pages);
    let links = plan.links.iter().chain(files.map(|file| &file.link));
    let own = links.filter(|link| link.on_home == on_home && (on_home || !link.external));
    i64::try_from(own.filter(|link| link.certain && !link.over).count()).unwrap()
}

/// A point for each file of a guide that certainly could not be downloaded on the last day.
fn files(plan: &Plan) -> Option<i64> {
    plan.inspected.as_ref()?;
    let of_guides = plan.files.iter().filter(|file| file.guide.is_some());
    let dead = of_guides.filter(|file| file.link.certain && !file.link.over);
    let dead = i64::try_from(dead.count()).unwrap();
    (!plan.guides.is_empty()).then_some(100 * dead)
}

/// Five points for what was not mended within ten working days, three for what was late again within
/// thirty days after an update.
fn alerts(plan: &Plan) -> i64 {
    let mut lost = 0;
    for (place, alert) in plan.alerts.iter().enumerate() {
        let due_on = working_days_after(alert.overdue_on, 10);
        let is_within = due_on < end() && ago(DAYS - 1) <= due_on;
        // Only what a visit saw late after that day was certainly not mended in time.
        if is_within && plan.seen_late_on(alert).is_some_and(|on| on > due_on) {
            lost += 500;
        }
        let mut before = plan.alerts.iter().take(place);
        let former = before.rfind(|other| other.column == alert.column);
        if let Some(ended_on) = former.and_then(|former| former.ended_on)
            && (alert.overdue_on - ended_on).num_days() <= 30
            && former.is_some_and(|former| former.newest_on < alert.newest_on)
        {
            lost += 300;
        }
    }
    lost
}
