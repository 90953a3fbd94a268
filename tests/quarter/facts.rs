//! What the store knows of a site in which faults were planted.

use chrono::TimeDelta;
use wangxun::alert::incident::{Incident, IncidentKey, Kind, Rise, State, Subject};
use wangxun::assess::ladder::Tier;
use wangxun::domain::act::{Act, Deed, Ground, Scope};
use wangxun::domain::candidate::{Candidate, Decided, Decision, Snippet, Suspicion};
use wangxun::domain::document::Document;
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
use wangxun::store::commit::Commit;

use super::plan::{Alert, Column, File, Interpretation, Link, Page, Plan, Seen};
use super::{DAYS, ago, end};

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
        letters_back: Vec::new(),
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
fn target(plan: &Plan, number: usize, kind: Link) -> Target {
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

/// A file, on the page of a guide or on another one.
fn file(plan: &Plan, number: usize, file: &File) -> Target {
    let page = match file.guide {
        Some(guide) => format!("bsfw/{guide}.html"),
        None => "gk/biao.html".to_owned(),
    };
    Target {
        url: format!("http://f{number}.example.cn/{}.doc", plan.id),
        kind: TargetKind::File,
        places: vec![TargetPlace {
            page: format!("https://{}.example.gov.cn/{page}", plan.id),
            text: "申请表".to_owned(),
        }],
        ..target(plan, number, file.link)
    }
}

fn incident(plan: &Plan, alert: &Alert) -> Incident {
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
    incident.last_update = Some(update(alert.newest_on));
    incident.rises = vec![Rise {
        tier: Tier::Overdue,
        at: began,
        goes_on: false,
    }];
    incident
}

fn word(plan: &Plan, number: usize, decided: Option<Decided>) -> (Candidate, Option<Decision>) {
    let page = format!("https://{}.example.gov.cn/w{number}.html", plan.id);
    let suspicion = Suspicion::Word {
        text: "布署".to_owned(),
        kind: WordKind::Wrong,
        instead: None,
        remark: None,
    };
    judged(plan, page, suspicion, decided)
}

/// The column of letters, where there is one.
fn replies(plan: &Plan) -> Option<ColumnId> {
    Some(column_id(plan, plan.first_of("replies")?))
}

/// What was decided of a suspicion of a page, with the candidate that waits or waited for it.
fn judged(
    plan: &Plan,
    page: String,
    suspicion: Suspicion,
    decided: Option<Decided>,
) -> (Candidate, Option<Decision>) {
    let candidate = Candidate {
        site: id(plan),
        page,
        title: String::new(),
        suspicion,
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
            open_before: Vec::new(),
            answered_at: letter.answered.map(|days| evening(ago(days))),
            page: None,
            overruled: false,
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
            gone_at: None,
            read_at: Some(evening(end())),
            validators: Validators::default(),
            since: None,
            former: None,
        });
    }
}

/// The documents of a site with their interpretations, and their pages as far as they were read.
fn papers(plan: &Plan, commit: &mut Commit) {
    let column = |class| Some(column_id(plan, plan.first_of(class)?));
    let (Some(policies), Some(others)) = (column("policy"), column("interpretation")) else {
        return;
    };
    for (number, paper) in plan.papers.iter().enumerate() {
        let name = format!("第{number}号专项资金管理办法");
        let title = format!("关于印发《{name}》的通知");
        let url = |kind: &str| format!("http://{}.example.gov.cn/{kind}{number}.html", plan.id);
        let policy = item(&policies, title, url("zc"), paper.ago.map(ago));
        let own = paper.interpretations.iter().enumerate();
        let own: Vec<(&Interpretation, Item)> = own
            .map(|(place, one)| {
                let title = match one.named {
                    true => format!("《{name}》政策解读"),
                    false => format!("专家谈第{number}项工作"),
                };
                (
                    one,
                    item(&others, title, url(&format!("jd{place}-")), one.on),
                )
            })
            .collect();
        if let Some((_, first)) = own.first() {
            commit
                .documents
                .extend(page(&policy, first, paper.links_back));
        }
        for (one, item) in own {
            commit
                .documents
                .extend(page(&item, &policy, one.links_forth));
            commit.items.push(item);
        }
        commit.items.push(policy);
    }
}

/// An item, seen on the day that it claims; of one without, a month before the end.
fn item(column: &ColumnId, title: String, url: String, on: Option<Date>) -> Item {
    Item {
        column: column.clone(),
        title,
        url: Some(url),
        claimed_on: on,
        first_seen_at: evening(on.unwrap_or(ago(30))),
        witnessed: true,
        changes: Vec::new(),
    }
}

/// The page of `one` as it was read, where it was.
fn page(one: &Item, other: &Item, known: Page) -> Option<Document> {
    let both_at = one.first_seen_at.max(other.first_seen_at);
    let read_at = match known {
        Page::Unread => return None,
        Page::ReadBefore => both_at - TimeDelta::hours(1),
        Page::Links | Page::DoesNotLink => both_at.max(evening(end())),
    };
    let links = other.url.clone().filter(|_| known == Page::Links);
    Some(Document {
        column: one.column.clone(),
        url: one.url.clone()?,
        links: links.into_iter().collect(),
        others: 1,
        read_at,
        validators: Validators::default(),
        since: None,
        former: None,
    })
}

/// Everything that is known of one site, as one change of the store.
pub fn facts(plan: &Plan) -> Commit {
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
        for alert in plan.alerts.iter().filter(|alert| alert.column == number) {
            let Some(on) = plan.seen_late_on(alert) else {
                continue;
            };
            // An item so old that it is the newest nowhere.
            let old = Finding::Dated(update(ago(800)));
            commit.observations.push(Observation {
                column: name.clone(),
                observed_at: evening(on),
                sight: Sight::Read(old),
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
                approver: None,
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
    let files = plan.files.iter().enumerate();
    commit.targets = links.map(|(n, kind)| target(plan, n, *kind)).collect();
    commit
        .targets
        .extend(files.map(|(n, one)| file(plan, n, one)));
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
    papers(plan, &mut commit);
    commit
}
