//! A replay beside what was told: more, fewer, at another tier, to other people, on another day.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::plain::one_line;
use super::recipient::who;
use super::site::{HOME_BLIND, HOME_DOWN, HOST_DOWN};
use super::table::{Set, grid};
use crate::alert::incident::Subject;
use crate::alert::outbox::Told;
use crate::alert::replay::{Account, Telling};
use crate::alert::wording;
use crate::assess::ladder::Tier;
use crate::domain::group::Group;
use crate::domain::id::PersonId;
use crate::domain::time::Date;

/// The longest name in a cell, in characters.
const NAME_CHARS: usize = 16;

/// How one telling differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Told in addition.
    More,
    /// Told no more.
    Fewer,
    /// The same person hears of the same matter on the same day, but something else.
    OtherTier,
    /// The same is told on the same day to another person.
    OtherPerson,
    /// The same is told to the same person on another day.
    OtherDay,
}

impl Kind {
    const ALL: [Kind; 5] = [
        Kind::More,
        Kind::Fewer,
        Kind::OtherTier,
        Kind::OtherPerson,
        Kind::OtherDay,
    ];

    fn in_chinese(self) -> &'static str {
        match self {
            Kind::More => "增加",
            Kind::Fewer => "减少",
            Kind::OtherTier => "等级不同",
            Kind::OtherPerson => "收件人不同",
            Kind::OtherDay => "日期不同",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How it differs.
    pub kind: Kind,
    /// What was told; `None` where it is told in addition.
    pub was: Option<Telling>,
    /// What would have been told; `None` where it is told no more.
    pub would: Option<Telling>,
}

/// A replay beside what was told, in the words of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The numbers, see [`sums`].
    pub sums: Vec<(&'static str, usize, usize)>,
    /// The differences counted by kind.
    pub counted: String,
    /// The same by tier and by people; see [`by_kind`].
    pub kinds: Vec<OfKind>,
    /// For how many people it differs.
    pub people: String,
    /// The differences, under [`HEAD`].
    pub rows: Vec<Vec<String>>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

impl Comparison {
    /// What differs between `was` and `would` in the days `from` to `to`.
    pub fn of(
        (from, to): (Date, Date),
        was: &Account,
        would: &Account,
        visits: usize,
        group: &Group,
        notes: Vec<String>,
    ) -> Comparison {
        let changes = changes(&was.tellings, &would.tellings);
        Comparison {
            from,
            to,
            sums: sums(was, would),
            counted: counted(&changes, visits),
            kinds: by_kind(&changes),
            people: people(&was.tellings, &would.tellings),
            rows: rows(&changes, group),
            notes,
        }
    }
}

/// What differs between `was` and `would`, by day.
pub fn changes(was: &[Telling], would: &[Telling]) -> Vec<Change> {
    let (mut was, mut would) = (was.to_vec(), would.to_vec());
    pair(&mut was, &mut would, |one, other| one == other);
    let alike = [
        (
            Kind::OtherTier,
            same_day_and_person as fn(&Telling, &Telling) -> bool,
        ),
        (Kind::OtherPerson, |one, other| {
            one.on == other.on && one.incident == other.incident && one.told == other.told
        }),
        (Kind::OtherDay, |one, other| {
            one.person == other.person && one.incident == other.incident && one.told == other.told
        }),
    ];
    let mut changes = Vec::new();
    for (kind, alike) in alike {
        let pairs = pair(&mut was, &mut would, alike);
        changes.extend(pairs.into_iter().map(|(was, would)| Change {
            kind,
            was: Some(was),
            would: Some(would),
        }));
    }
    changes.extend(was.into_iter().map(|was| Change {
        kind: Kind::Fewer,
        was: Some(was),
        would: None,
    }));
    changes.extend(would.into_iter().map(|would| Change {
        kind: Kind::More,
        was: None,
        would: Some(would),
    }));
    changes.sort_by_key(|change| {
        let one = change.would.as_ref().or(change.was.as_ref());
        one.map(|one| {
            (
                one.on,
                change.kind,
                one.person.clone(),
                one.incident.clone(),
            )
        })
    });
    changes
}

fn same_day_and_person(one: &Telling, other: &Telling) -> bool {
    one.on == other.on && one.person == other.person && one.incident == other.incident
}

/// Takes out of both lists, each once, those that are alike.
fn pair(
    was: &mut Vec<Telling>,
    would: &mut Vec<Telling>,
    alike: impl Fn(&Telling, &Telling) -> bool,
) -> Vec<(Telling, Telling)> {
    let mut pairs = Vec::new();
    was.retain(|one| {
        let Some(place) = would.iter().position(|other| alike(one, other)) else {
            return true;
        };
        pairs.push((one.clone(), would.remove(place)));
        false
    });
    pairs
}

/// The table for a terminal; `notes` stand below it.
pub fn table(
    was: &Account,
    would: &Account,
    visits: usize,
    group: &Group,
    notes: &[String],
) -> String {
    let changes = changes(&was.tellings, &would.tellings);
    let mut text = totals(was, would);
    text.push_str(&format!("\n{}\n", counted(&changes, visits)));
    if !changes.is_empty() {
        text.push('\n');
        text.push_str(&grid(&HEAD, &[Set::Left; 6], &rows(&changes, group)));
    }
    for note in notes {
        text.push_str(&format!("\n注：{note}"));
    }
    text
}

/// What was told and would have been told, by what it is: its name and both numbers.
pub fn sums(was: &Account, would: &Account) -> Vec<(&'static str, usize, usize)> {
    let count = |account: &Account, tier: Option<Tier>| {
        let tellings = account.tellings.iter();
        tellings
            .filter(|telling| wording::tier(telling.told) == tier)
            .count()
    };
    let tiers = Tier::ALL.into_iter().map(Some).chain([None]);
    let mut sums: Vec<_> = tiers
        .map(|tier| {
            let name = tier.map_or("其他", Tier::in_chinese);
            (name, count(was, tier), count(would, tier))
        })
        .collect();
    sums.push(("通知合计", was.tellings.len(), would.tellings.len()));
    sums.push(("消息条数", was.messages, would.messages));
    sums
}

/// How many of each tier were told, what has none under `other`.
fn by_tier(account: &Account) -> BTreeMap<&'static str, usize> {
    let mut counts: BTreeMap<_, _> = sum_keys()
        .take(Tier::ALL.len() + 1)
        .map(|key| (key, 0))
        .collect();
    for telling in &account.tellings {
        let key = wording::tier(telling.told).map_or("other", Tier::key);
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// The words by which programs know what [`sums`] counts, in its order: a tier, `other`, `notices`,
/// `messages`.
pub fn sum_keys() -> impl Iterator<Item = &'static str> {
    let tiers = Tier::ALL.into_iter().map(Tier::key);
    tiers.chain(["other", "notices", "messages"])
}

fn totals(was: &Account, would: &Account) -> String {
    let rows: Vec<Vec<String>> = sums(was, would)
        .into_iter()
        .map(|(name, was, would)| vec![name.to_owned(), was.to_string(), would.to_string()])
        .collect();
    grid(
        &["通知", "实际", "回放"],
        &[Set::Left, Set::Right, Set::Right],
        &rows,
    )
}

/// `差异12项：增加7，减少5，…`
pub fn counted(changes: &[Change], visits: usize) -> String {
    match (changes.is_empty(), visits) {
        (true, 0) => return "此期间没有已存访问，没有可以比较的内容。".to_owned(),
        (true, _) => return "没有差异：按此设置，通知与实际发送的完全相同。".to_owned(),
        (false, _) => {}
    }
    let counted: Vec<String> = Kind::ALL
        .iter()
        .map(|&kind| {
            let count = changes.iter().filter(|change| change.kind == kind).count();
            format!("{}{count}", kind.in_chinese())
        })
        .collect();
    format!("差异{}项：{}", changes.len(), counted.join("，"))
}

/// The differences of one kind, or one side of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfKind {
    /// The kind.
    pub name: &'static str,
    /// How many of each tier, what has none last. Of another tier there are two: by what it becomes, and by
    /// what it was. So of each tier, what would be told less what was told is what is more and what becomes
    /// it, less what is fewer and what was it.
    pub tiers: Vec<(&'static str, usize)>,
    /// How many in all.
    pub all: usize,
    /// How many people they are about.
    pub people: usize,
}

/// A side of a difference.
type Side = fn(&Change) -> Option<&Telling>;

/// The differences by kind and side, those that there are.
pub fn by_kind(changes: &[Change]) -> Vec<OfKind> {
    let would: Side = |change| change.would.as_ref();
    let was: Side = |change| change.was.as_ref();
    let rows = [
        (Kind::More, "增加", would),
        (Kind::Fewer, "减少", was),
        (Kind::OtherTier, "等级改为", would),
        (Kind::OtherTier, "等级原为", was),
        (Kind::OtherPerson, "收件人不同", would),
        (Kind::OtherDay, "日期不同", would),
    ];
    let kinds = rows.map(|(kind, name, side)| of_kind(changes, kind, name, side));
    kinds.into_iter().filter(|kind| kind.all > 0).collect()
}

fn of_kind(changes: &[Change], kind: Kind, name: &'static str, side: Side) -> OfKind {
    let of_kind = || changes.iter().filter(move |change| change.kind == kind);
    let tiers = Tier::ALL.into_iter().map(Some).chain([None]);
    let tier = |change: &&Change| side(change).and_then(|one| wording::tier(one.told));
    let people: BTreeSet<&PersonId> = of_kind()
        .flat_map(|change| change.was.iter().chain(&change.would))
        .map(|telling| &telling.person)
        .collect();
    OfKind {
        name,
        tiers: tiers
            .map(|wanted| {
                let name = wanted.map_or("其他", Tier::in_chinese);
                let count = of_kind().filter(|change| tier(change) == wanted).count();
                (name, count)
            })
            .collect(),
        all: of_kind().count(),
        people: people.len(),
    }
}

/// How many people hear more, and fewer: `按收件人计：12人收到的通知增加（其中3人原来没有），…`
fn people(was: &[Telling], would: &[Telling]) -> String {
    let mut counts: BTreeMap<&PersonId, (usize, usize)> = BTreeMap::new();
    for telling in was {
        counts.entry(&telling.person).or_default().0 += 1;
    }
    for telling in would {
        counts.entry(&telling.person).or_default().1 += 1;
    }
    let count = |is: fn(&(usize, usize)) -> bool| counts.values().filter(|one| is(one)).count();
    format!(
        "按收件人计：{}人收到的通知增加（其中{}人原来没有），{}人减少（其中{}人不再收到），{}人数目不变。",
        count(|(was, would)| was < would),
        count(|(was, would)| *was == 0 && *would > 0),
        count(|(was, would)| was > would),
        count(|(was, would)| *was > 0 && *would == 0),
        count(|(was, would)| was == would),
    )
}

/// The heads of [`rows`].
pub const HEAD: [&str; 6] = ["日期", "差异", "事项", "收件人", "实际", "回放"];

/// Each change in the words of a table, under [`HEAD`].
pub fn rows(changes: &[Change], group: &Group) -> Vec<Vec<String>> {
    changes
        .iter()
        .map(|change| {
            let one = change.would.as_ref().or(change.was.as_ref());
            let told = |telling: &Option<Telling>| {
                telling.as_ref().map_or("-".to_owned(), |telling| {
                    let told = told_in_chinese(telling);
                    match change.kind {
                        Kind::OtherPerson => format!("{told}（{}）", who(group, &telling.person)),
                        Kind::OtherDay => format!("{told}（{}）", telling.on),
                        _ => told,
                    }
                })
            };
            vec![
                one.map_or(String::new(), |one| one.on.to_string()),
                change.kind.in_chinese().to_owned(),
                one.map_or(String::new(), about),
                one.map_or(String::new(), |one| who(group, &one.person)),
                told(&change.was),
                told(&change.would),
            ]
        })
        .collect()
}

fn about(telling: &Telling) -> String {
    let site = one_line(&telling.site, NAME_CHARS);
    match (&telling.incident.subject, telling.column.is_empty()) {
        (Subject::Column(_) | Subject::Duty(..), _) | (_, false) => {
            format!("{site}“{}”", one_line(&telling.column, NAME_CHARS))
        }
        (Subject::Host(_) | Subject::Site(_), _) => site,
        (Subject::Unit(unit), _) => unit.to_string(),
        (Subject::Monitor, _) => "监测系统".to_owned(),
    }
}

fn told_in_chinese(telling: &Telling) -> String {
    let of_site = matches!(telling.incident.subject, Subject::Site(_));
    match telling.told {
        Told::Raised(tier) => tier.in_chinese().to_owned(),
        Told::Repeated(tier, times) => format!("{}（第{times}次重复）", tier.in_chinese()),
        Told::EscalationProposed => "建议督办".to_owned(),
        Told::Recovered => "恢复".to_owned(),
        Told::Blind if of_site => HOME_BLIND.to_owned(),
        Told::Blind => "无法判断".to_owned(),
        Told::Empty => "空白栏目".to_owned(),
        Told::Down if of_site => HOME_DOWN.to_owned(),
        Told::Down => HOST_DOWN.to_owned(),
        // Only a home page is told of again.
        Told::StillDown => "首页持续无法打开".to_owned(),
        Told::NearVeto(0) => "接近单项否决".to_owned(),
        Told::NearVeto(times) => format!("接近单项否决（第{times}次重复）"),
        Told::Veto(0) => "触及单项否决".to_owned(),
        Told::Veto(times) => format!("触及单项否决（第{times}次重复）"),
        Told::Offline => "监测网络异常".to_owned(),
        Told::Trouble => "系统提示".to_owned(),
    }
}

/// The same for machines: one JSON object.
pub fn json(
    days: (Date, Date),
    was: &Account,
    would: &Account,
    visits: usize,
    notes: &[String],
) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Sum {
        notices: usize,
        messages: usize,
        /// By tier; what has none under `other`.
        by_tier: BTreeMap<&'static str, usize>,
    }
    #[derive(Serialize)]
    struct One<'a> {
        on: Date,
        person: &'a PersonId,
        subject: String,
        told: Told,
    }
    #[derive(Serialize)]
    struct Line<'a> {
        difference: Kind,
        sent: Option<One<'a>>,
        replayed: Option<One<'a>>,
    }
    #[derive(Serialize)]
    struct Whole<'a> {
        from: Date,
        to: Date,
        visits: usize,
        sent: Sum,
        replayed: Sum,
        differences: Vec<Line<'a>>,
        notes: &'a [String],
    }
    fn one(telling: Option<&Telling>) -> Option<One<'_>> {
        telling.map(|telling| One {
            on: telling.on,
            person: &telling.person,
            subject: telling.incident.subject.to_string(),
            told: telling.told,
        })
    }
    let sum = |account: &Account| Sum {
        notices: account.tellings.len(),
        messages: account.messages,
        by_tier: by_tier(account),
    };
    let changes = changes(&was.tellings, &would.tellings);
    serde_json::to_string_pretty(&Whole {
        from: days.0,
        to: days.1,
        visits,
        sent: sum(was),
        replayed: sum(would),
        differences: changes
            .iter()
            .map(|change| Line {
                difference: change.kind,
                sent: one(change.was.as_ref()),
                replayed: one(change.would.as_ref()),
            })
            .collect(),
        notes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::incident::{IncidentKey, Kind as IncidentKind};
    use crate::domain::id::SiteId;
    use crate::report::fixture::{column_id, group};

    fn telling(on: &str, person: &str, column: &str, told: Told) -> Telling {
        Telling {
            on: on.parse().unwrap(),
            person: PersonId::parse(person).unwrap(),
            incident: IncidentKey {
                subject: Subject::Column(column_id(column)),
                kind: IncidentKind::Stale,
            },
            told,
            site: "科信委网站".to_owned(),
            column: "工作动态".to_owned(),
        }
    }

    #[test]
    fn what_is_told_of_a_home_page_is_told_in_its_own_words() {
        let mut about_host = telling("2017-11-14", "wang", "kxw/gzdt", Told::Down);
        about_host.incident.subject = Subject::Host("kxw.example.cn".to_owned());
        let mut about_site = about_host.clone();
        about_site.incident.subject = Subject::Site(SiteId::parse("kxw").unwrap());
        assert_eq!(told_in_chinese(&about_host), "网站无法访问");
        assert_eq!(told_in_chinese(&about_site), "首页无法打开");
        about_site.told = Told::StillDown;
        assert_eq!(told_in_chinese(&about_site), "首页持续无法打开");
        about_site.told = Told::Blind;
        assert_eq!(told_in_chinese(&about_site), "首页无法判断");
    }

    #[test]
    fn every_difference_has_its_kind_and_what_is_the_same_has_none() {
        let (reminder, warning) = (Told::Raised(Tier::Reminder), Told::Raised(Tier::Warning));
        let was = [
            telling("2017-11-14", "chen", "kxw/gzdt", reminder),
            telling("2017-11-15", "chen", "kxw/tzgg", reminder),
            telling("2017-11-16", "li", "wjw/gzdt", warning),
            telling("2017-11-17", "chen", "kxw/gzdt", warning),
            telling("2017-11-20", "li", "wjw/gzdt", Told::Recovered),
        ];
        let would = [
            telling("2017-11-14", "chen", "kxw/gzdt", reminder),
            telling("2017-11-15", "chen", "kxw/tzgg", warning),
            telling("2017-11-16", "wang", "wjw/gzdt", warning),
            telling("2017-11-16", "chen", "kxw/gzdt", warning),
            telling("2017-11-21", "chen", "kxw/tzgg", Told::Recovered),
        ];
        let account = |tellings: &[Telling]| Account {
            tellings: tellings.to_vec(),
            messages: tellings.len(),
        };
        let changes = changes(&was, &would);
        let kinds: Vec<Kind> = changes.iter().map(|change| change.kind).collect();
        let expected = [
            Kind::OtherTier,
            Kind::OtherPerson,
            Kind::OtherDay,
            Kind::Fewer,
            Kind::More,
        ];
        assert_eq!(kinds, expected);
        let of_kind = by_kind(&changes);
        let sums: Vec<_> = of_kind
            .iter()
            .map(|one| (one.name, one.all, one.people))
            .collect();
        assert_eq!(
            sums,
            [
                ("增加", 1, 1),
                ("减少", 1, 1),
                ("等级改为", 1, 1),
                ("等级原为", 1, 1),
                ("收件人不同", 1, 2),
                ("日期不同", 1, 1)
            ]
        );
        // By tier, the differences are what the sums differ by.
        let of = |name: &str, tier: usize| {
            let row = of_kind.iter().find(|one| one.name == name);
            row.map_or(0, |row| row.tiers[tier].1)
        };
        let (before, after) = (account(&was), account(&would));
        for (tier, (name, was, would)) in super::sums(&before, &after).iter().take(6).enumerate() {
            let more = of("增加", tier) + of("等级改为", tier);
            let fewer = of("减少", tier) + of("等级原为", tier);
            assert_eq!(was + more, would + fewer, "{name}");
        }
        assert_eq!(
            people(&was, &would),
            "按收件人计：2人收到的通知增加（其中1人原来没有），1人减少（其中1人不再收到），0人数目不变。"
        );
        let (was, would) = (before, after);
        insta::assert_snapshot!(table(
            &was,
            &would,
            9,
            &group(),
            &["只用于核对。".to_owned()]
        ));
        assert!(table(&was, &was, 9, &group(), &[]).contains("没有差异"));
        let unseen = table(&was, &was, 0, &group(), &[]);
        assert!(
            unseen.contains("没有可以比较") && !unseen.contains("没有差异"),
            "{unseen}"
        );
        let days = ("2017-11-14".parse().unwrap(), "2017-11-21".parse().unwrap());
        let json: serde_json::Value =
            serde_json::from_str(&json(days, &was, &would, 9, &[]).unwrap()).unwrap();
        assert_eq!(json["differences"].as_array().unwrap().len(), 5);
        assert_eq!(json["differences"][0]["difference"], "other-tier");
        assert_eq!(json["sent"]["by_tier"]["warning"], 2);
        assert_eq!(json["replayed"]["by_tier"]["other"], 1);
    }
}
