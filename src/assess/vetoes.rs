//! The vetoes (单项否决) of 国办发〔2015〕15号 as far as visits prove them, and how near a site is.
//!
//! Counted is what is proven alone: a column that cannot be judged counts neither as late nor as in
//! time, too few samples say nothing of a rate, and an exempt column is left out. A rule is
//! answered with a fact, with "not so", or with "cannot be told now", and the last never ends what
//! the first began.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::exemption::Exemptions;
use super::freshness::age_days;
use super::limits::Limits;
use super::reach::{self, Rate};
use super::unanswered::{Waiting, is_owed, waiting};
use crate::domain::class::Class;
use crate::domain::group::{Column, Watch};
use crate::domain::home::HomeRecord;
use crate::domain::id::ColumnId;
use crate::domain::letter::Letter;
use crate::domain::observation::ColumnRecord;
use crate::domain::site_day::SiteDay;
use crate::domain::time::{Date, Moment, date_of, in_chinese};

/// The days of the document for news columns: two weeks.
const NEWS_DAYS: u32 = 14;
/// The days of the document for notices and policy documents: six months.
const NOTICES_DAYS: u32 = 180;
/// The facts that one sentence names.
const MOST_NAMED: usize = 2;

/// A rule, by what it looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// V1: the share of samples for which the home page did not open.
    Unreachable,
    /// V2: the age of the newest item of the home page.
    HomeStale,
    /// V3: news columns late by two weeks and notice and policy columns late by six months.
    BasicStale,
    /// V3: all columns that are late.
    Stale,
    /// V3: columns without any item.
    Empty,
    /// V5: letters that nobody answered.
    Letters,
}

/// From where on a rule is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Failed visits to the home page in percent, this and more.
    pub failed_percent: u32,
    /// The age of the newest item of the home page in natural days, more than this.
    pub home_days: u32,
    /// Late news, notice and policy columns, this and more.
    pub basic_stale: u32,
    /// Late columns, this and more.
    pub stale: u32,
    /// Columns without any item, this and more.
    pub empty: u32,
    /// Whether a column without any item counts as late as well.
    pub empty_is_stale: bool,
    /// A letter that has waited for so many natural days and more; 0: letters are not looked at.
    pub letter_days: u32,
}

impl Marks {
    /// The vetoes of 国办发〔2015〕15号. That of letters (V5, more than three months) is for a person to
    /// find: whether the column promises answers no page tells for certain.
    pub const VETO: Marks = Marks {
        failed_percent: 5,
        home_days: 14,
        basic_stale: 5,
        stale: 10,
        empty: 5,
        empty_is_stale: false,
        letter_days: 0,
    };
    /// Near them: 3 %, 10 days, 7 late and 3 empty columns as a real monitoring product warns, the
    /// others ours.
    pub const NEAR: Marks = Marks {
        failed_percent: 3,
        home_days: 10,
        basic_stale: 3,
        stale: 7,
        empty: 3,
        empty_is_stale: true,
        letter_days: 75,
    };

    /// Whether each mark lies below that of `higher`.
    pub fn is_below(&self, higher: &Marks) -> bool {
        self.failed_percent < higher.failed_percent
            && self.home_days < higher.home_days
            && self.basic_stale < higher.basic_stale
            && self.stale < higher.stale
            && self.empty < higher.empty
            && (higher.letter_days == 0 || self.letter_days < higher.letter_days)
    }
}

/// One rule that is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The rule.
    pub rule: Rule,
    /// What is met, with its numbers, in Chinese.
    pub words: String,
    /// The oldest visit on which it rests.
    pub since: Moment,
    /// The newest.
    pub until: Moment,
}

/// What is known of a site under some marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// The rules that are met.
    pub facts: Vec<Fact>,
    /// Those of which nothing can be told now.
    pub untold: Vec<Rule>,
}

/// How many columns are so for certain, and of how many it cannot be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that are so for certain.
    pub proven: u32,
    /// Those of which it cannot be told.
    pub untold: u32,
    /// The oldest and newest visit of the proven ones.
    visits: Option<(Moment, Moment)>,
}

/// What visits tell of the newest item of a home page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Newest {
    /// This is its day.
    On(Date),
    /// It was that day when it was last read, and may be newer now.
    Since(Date),
    /// Nothing.
    Untold,
}

/// What visits tell of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteSight {
    /// The samples of the last seven days.
    pub samples: Rate,
    /// The same, where they are enough to tell a rate.
    pub rate: Option<Rate>,
    newest: Newest,
    home_at: Option<Moment>,
    /// Late news, notice and policy columns.
    pub basic: Count,
    /// Late columns.
    pub stale: Count,
    /// Columns without any item.
    pub empty: Count,
    /// Letters that wait.
    pub letters: Vec<Waiting>,
    /// The oldest latest visit to any of its pages; `None` where none was visited.
    pub oldest: Option<Moment>,
    /// The newest.
    pub latest: Option<Moment>,
}

/// What a site is looked at with.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The limits of columns.
    pub limits: &'a Limits,
    /// What is exempt today.
    pub exemptions: &'a Exemptions<'a>,
    /// The days of samples of its home page.
    pub days: &'a [SiteDay],
    /// The letters of its columns.
    pub letters: &'a BTreeMap<ColumnId, Vec<Letter>>,
    /// Without so many samples in seven days nothing is said of the rate.
    pub least_samples: u32,
    /// How long a visit proves anything.
    pub lasts: chrono::TimeDelta,
    /// The present instant.
    pub now: Moment,
}

impl SiteSight {
    /// What the visits to the home page and the columns of a site tell.
    pub fn of<'a>(
        home: Option<&HomeRecord>,
        columns: impl Iterator<Item = (&'a Column, Option<&'a ColumnRecord>)>,
        ground: &Ground<'_>,
    ) -> SiteSight {
        let samples = reach::rate(ground.days, date_of(ground.now));
        let mut sight = SiteSight {
            samples,
            rate: (samples.visits >= ground.least_samples).then_some(samples),
            newest: newest(home, ground),
            home_at: home.map(|home| home.visited_at),
            basic: Count::default(),
            stale: Count::default(),
            empty: Count::default(),
            letters: Vec::new(),
            oldest: None,
            latest: None,
        };
        sight.visited(sight.home_at);
        for (column, record) in columns {
            if column.watch().is_kept() && ground.exemptions.until(column).is_none() {
                sight.column(column, record, ground);
                let letters = ground.letters.get(&column.id);
                if let Some(letters) = letters.filter(|_| is_owed(column)) {
                    sight.letters.extend(waiting(letters, ground.now));
                }
            }
        }
        sight
    }

    fn visited(&mut self, at: Option<Moment>) {
        self.oldest = self.oldest.into_iter().chain(at).min();
        self.latest = self.latest.into_iter().chain(at).max();
    }

    fn column(&mut self, column: &Column, record: Option<&ColumnRecord>, ground: &Ground<'_>) {
        let basic_days = match column.class {
            Class::News => Some(NEWS_DAYS),
            Class::Notices | Class::Policy => Some(NOTICES_DAYS),
            _ => None,
        };
        self.visited(record.map(|record| record.visited_at));
        let seen = record.filter(|record| {
            record.blind.is_none() && ground.now - record.visited_at <= ground.lasts
        });
        let age = record
            .and_then(|record| record.last_update.as_ref())
            .map(|update| age_days(update.on, date_of(ground.now)));
        let is_late = |days: u32| match (seen, age) {
            // A date once read stays proven: the column cannot have become older.
            (_, Some(age)) if age <= days => Some(false),
            (Some(_), Some(_)) => Some(true),
            _ => None,
        };
        let at = record.map(|record| record.visited_at);
        let limit = ground.limits.of(column).limit_days;
        match (seen, seen.and_then(|record| record.empty_since)) {
            (Some(record), Some(since)) => {
                let twice = (since < record.visited_at).then_some(true);
                self.empty.add(twice, at);
            }
            (None, _) if age.is_none() => {
                self.empty.add(None, at);
                if column.watch() == Watch::Judged {
                    self.stale.add(None, at);
                }
            }
            // What has no deadline cannot be late.
            _ if column.watch() == Watch::OnDemand => {}
            _ => {
                let late = is_late(basic_days.unwrap_or(limit));
                self.stale.add(late, at);
                if basic_days.is_some() {
                    self.basic.add(late, at);
                }
            }
        }
    }

    /// What is met from `marks` on.
    pub fn held(&self, marks: &Marks, now: Moment) -> Held {
        let mut held = Held::default();
        self.home(marks, now, &mut held);
        let mut stale = self.stale;
        if marks.empty_is_stale {
            stale.join(self.empty);
        }
        let counts = [
            (
                Rule::BasicStale,
                self.basic,
                marks.basic_stale,
                "动态、通知、政策类栏目超期",
            ),
            (Rule::Stale, stale, marks.stale, "应更新未更新栏目"),
            (Rule::Empty, self.empty, marks.empty, "空白栏目"),
        ];
        for (rule, count, mark, name) in counts {
            match count.visits.filter(|_| count.proven >= mark) {
                Some((since, until)) => held.facts.push(Fact {
                    rule,
                    words: format!("{name}{}个", count.proven),
                    since,
                    until,
                }),
                None if count.proven + count.untold >= mark => held.untold.push(rule),
                None => {}
            }
        }
        self.letters(marks, &mut held);
        held
    }

    fn letters(&self, marks: &Marks, held: &mut Held) {
        let is_old = |one: &&Waiting| marks.letter_days > 0 && one.days >= marks.letter_days;
        let old: Vec<&Waiting> = self.letters.iter().filter(is_old).collect();
        let proven = || old.iter().filter(|one| one.is_proven);
        let visits = proven().map(|one| one.seen_at);
        match (visits.clone().min(), visits.max()) {
            (Some(since), Some(until)) => held.facts.push(Fact {
                rule: Rule::Letters,
                words: format!(
                    "来信{}封满{}天未答复（最长{}天）",
                    proven().count(),
                    marks.letter_days,
                    proven().map(|one| one.days).max().unwrap_or_default()
                ),
                since,
                until,
            }),
            _ if !old.is_empty() => held.untold.push(Rule::Letters),
            _ => {}
        }
    }

    fn home(&self, marks: &Marks, now: Moment, held: &mut Held) {
        let Some(at) = self.home_at else { return };
        let mut met = |rule, words| {
            held.facts.push(Fact {
                rule,
                words,
                since: at,
                until: at,
            });
        };
        match self.rate {
            Some(rate) if rate.reaches(marks.failed_percent) => met(
                Rule::Unreachable,
                format!("近7日首页{}次访问中{}次失败", rate.visits, rate.failed),
            ),
            _ => {}
        }
        let today = date_of(now);
        let is_old = |on: Date| age_days(on, today) > marks.home_days;
        match self.newest {
            Newest::On(on) if is_old(on) => met(
                Rule::HomeStale,
                format!(
                    "首页最近更新为{}，已超过{}天",
                    in_chinese(on, today),
                    marks.home_days
                ),
            ),
            _ => {}
        }
        if self.rate.is_none() {
            held.untold.push(Rule::Unreachable);
        }
        match self.newest {
            Newest::Untold => held.untold.push(Rule::HomeStale),
            Newest::Since(on) if is_old(on) => held.untold.push(Rule::HomeStale),
            Newest::Since(_) | Newest::On(_) => {}
        }
    }
}

impl Count {
    fn add(&mut self, is_so: Option<bool>, at: Option<Moment>) {
        match is_so {
            Some(true) => {
                self.proven += 1;
                self.visits = spread(self.visits, at.map(|at| (at, at)));
            }
            Some(false) => {}
            None => self.untold += 1,
        }
    }

    fn join(&mut self, other: Count) {
        self.proven += other.proven;
        self.untold += other.untold;
        self.visits = spread(self.visits, other.visits);
    }
}

fn spread(
    one: Option<(Moment, Moment)>,
    other: Option<(Moment, Moment)>,
) -> Option<(Moment, Moment)> {
    match (one, other) {
        (Some((since, until)), Some((from, to))) => Some((since.min(from), until.max(to))),
        (one, other) => one.or(other),
    }
}

fn newest(home: Option<&HomeRecord>, ground: &Ground<'_>) -> Newest {
    let Some(home) = home else {
        return Newest::Untold;
    };
    let on = home.last_update.as_ref().map(|update| update.on);
    let is_seen = home.blind.is_none() && ground.now - home.visited_at <= ground.lasts;
    match on {
        None => Newest::Untold,
        Some(on) if is_seen => Newest::On(on),
        Some(on) => Newest::Since(on),
    }
}

/// The facts in one remark: the first two, and how many there are.
pub fn in_chinese_remark<'a>(facts: impl Iterator<Item = &'a Fact>) -> String {
    let words: Vec<&str> = facts.map(|fact| fact.words.as_str()).collect();
    let named: Vec<&str> = words.iter().take(MOST_NAMED).copied().collect();
    match words.len() {
        0..=MOST_NAMED => named.join("；"),
        all => format!("{}等{all}项", named.join("；")),
    }
}
