//! The rehearsed sites: what each is called, how it is built, and which columns it has.

use super::dialect::Dialect;
use super::dice::Dice;
use super::roster::{Kind, Member};
use crate::domain::class::Class;
use crate::domain::id::{ColumnId, IdFault, SiteId, UnitId};
use crate::domain::time::{Date, Moment, date_of};

/// One site: home page, columns and habits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimSite {
    /// The stable identifier.
    pub id: SiteId,
    /// The unit whose site it is.
    pub unit: Member,
    /// What the site calls itself.
    pub title: String,
    /// Its identification code (网站标识码), made up.
    pub code: String,
    /// The markup of its pages at the beginning; its addresses keep this form for ever.
    pub dialect: Dialect,
    /// The redesign of its pages, if there is one.
    pub redesign: Option<Redesign>,
    /// Its habits.
    pub traits: Traits,
    /// Its columns.
    pub columns: Vec<SimColumn>,
    /// When it does not answer as it should, in order of time.
    pub episodes: Vec<Episode>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimColumn {
    /// The stable identifier: site, slash, folder.
    pub id: ColumnId,
    /// The last part of the identifier, which also stands in addresses.
    pub folder: &'static str,
    /// The name printed on the site.
    pub name: &'static str,
    /// The class.
    pub class: Class,
    /// The unit that answers for it.
    pub unit: UnitId,
    /// A number that some dialects put into addresses.
    pub number: u32,
    /// Everything that is published in it, past and future, oldest first.
    pub publications: Vec<Publication>,
}

/// One item of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The number in its address, of its own on its site.
    pub number: u32,
    /// The title.
    pub title: String,
    /// From when on the site shows it.
    pub at: Moment,
    /// From when on the site no longer shows it like this.
    pub until: Option<Moment>,
    /// The date that the site prints.
    pub claimed_on: Date,
    /// Where it links to when it leaves the site.
    pub elsewhere: Option<String>,
}

/// From an instant on, the pages have another markup at the same addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redesign {
    /// From when on.
    pub from: Moment,
    /// The markup afterwards.
    pub dialect: Dialect,
}

/// How a site answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// As it should.
    Well,
    /// Connections are closed without an answer.
    Closed,
    /// Connections are taken and never answered.
    Silent,
    /// A firewall answers 403 with a challenge page.
    Challenge,
    /// Every page is an error 500.
    ServerError,
    /// A maintenance notice with status 200.
    Maintenance,
    /// Every address shows another site's page, with status 200.
    WrongPage,
    /// Every column "does not exist", with status 200.
    SoftMissing,
    /// Every column leads to the home page.
    RedirectsHome,
}

/// A stretch of time in a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Episode {
    /// The condition.
    pub condition: Condition,
    /// Its first instant.
    pub from: Moment,
    /// The first instant after it.
    pub until: Moment,
}

/// The bytes in which pages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// GBK, which the pages call gb2312 and the headers do not mention.
    Gbk,
}

/// What stands at the root of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// The home page.
    Home,
    /// A script that leads on to the home page.
    Hop,
    /// A picture and links: an entrance page.
    Picture,
}

/// The robots file of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Robots {
    /// There is none.
    Missing,
    /// It allows everything.
    AllowAll,
    /// It allows everything and asks for a delay of nothing.
    NoDelay,
}

/// The habits of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// The bytes of its pages.
    pub charset: Charset,
    /// Whether the header names the charset.
    pub says_charset: bool,
    /// Whether pages carry an `ETag` and 304 is answered.
    pub etag: bool,
    /// Whether pages are compressed.
    pub gzip: bool,
    /// The robots file.
    pub robots: Robots,
    /// What stands at the root.
    pub entrance: Entrance,
    /// Whether the head of the page says what day it is today.
    pub page_clock: bool,
    /// Whether the head of the page forecasts the weather.
    pub weather: bool,
    /// Whether an old item is pinned to the top.
    pub pinned: bool,
    /// Whether long titles are cut.
    pub truncated: bool,
    /// Whether quotation marks are written as entities.
    pub entities: bool,
    /// Whether some items link to another host.
    pub off_site: bool,
    /// Whether pages name their site and column in meta tags.
    pub meta_tags: bool,
    /// Whether most columns are reached through a page above them (政务公开), not from home.
    pub hub: bool,
}

impl SimSite {
    /// The markup of its pages at `at`.
    pub fn dialect_at(&self, at: Moment) -> Dialect {
        match self.redesign {
            Some(redesign) if redesign.from <= at => redesign.dialect,
            _ => self.dialect,
        }
    }

    /// The condition it is in at `at`, by its own doing.
    pub fn condition(&self, at: Moment) -> Condition {
        let episode = self
            .episodes
            .iter()
            .find(|episode| episode.from <= at && at < episode.until);
        episode.map_or(Condition::Well, |episode| episode.condition)
    }

    /// Whether a column is reached through the page above it alone.
    pub fn is_below_hub(&self, column: &SimColumn) -> bool {
        self.traits.hub
            && self
                .columns
                .iter()
                .skip(1)
                .any(|other| other.id == column.id)
    }

    /// The address of a column's list, below the root of the site.
    pub fn list_path(&self, column: &SimColumn) -> String {
        self.dialect.list_path(self.id.as_str(), column)
    }
}

impl SimColumn {
    /// What is shown at `at`, the newest date first.
    pub fn shown(&self, at: Moment) -> impl Iterator<Item = &Publication> {
        let count = self.publications.partition_point(|item| item.at <= at);
        let past = self.publications.iter().take(count).rev();
        let mut shown: Vec<&Publication> = past
            .filter(|item| item.until.is_none_or(|until| at < until))
            .collect();
        shown.sort_by_key(|item| std::cmp::Reverse(item.claimed_on));
        shown.into_iter()
    }
}

impl Publication {
    /// The day that its own page tells: the printed one, unless that is a slip of the list and had
    /// not come when it was put up.
    pub fn told_on(&self) -> Date {
        self.claimed_on.min(date_of(self.at))
    }
}

impl Traits {
    /// The habits of the `place`-th site in an order of chance.
    pub fn throw(place: usize, dialect: Dialect, dice: &mut Dice) -> Traits {
        let gbk = place % 3 == 1;
        Traits {
            charset: if gbk { Charset::Gbk } else { Charset::Utf8 },
            says_charset: !gbk && dice.percent(55),
            etag: dice.percent(30),
            gzip: dice.percent(35),
            robots: match (place, place % 8) {
                (7, _) => Robots::NoDelay,
                (_, 2 | 5) => Robots::AllowAll,
                _ => Robots::Missing,
            },
            entrance: match place {
                20 => Entrance::Hop,
                31 => Entrance::Picture,
                _ => Entrance::Home,
            },
            page_clock: dice.percent(60),
            weather: dice.percent(20),
            // Month and day alone tell the year by their order, which a pinned row would break.
            pinned: dice.percent(30) && dialect != Dialect::MonthDay,
            truncated: dice.percent(30),
            entities: dice.percent(25),
            off_site: dice.percent(25) && dialect.dates_rows(),
            meta_tags: dice.percent(35),
            hub: place % 3 == 2,
        }
    }
}

/// A column before it has a site: folder, name, class.
type Plan = (&'static str, &'static str, Class);

const OPTIONAL: [Plan; 4] = [
    ("zcjd", "政策解读", Class::Interpretation),
    ("rsxx", "人事信息", Class::Personnel),
    ("ghjh", "规划计划", Class::Plans),
    ("zxdf", "咨询答复", Class::Replies),
];

/// The columns of the unit's site, without anything published in them yet.
pub fn columns(unit: &Member, dice: &mut Dice) -> Result<Vec<SimColumn>, IdFault> {
    let mut plans = plans(unit.kind);
    if unit.id.as_str() == "tjj" {
        plans.push(("tjsj", "统计数据", Class::Statistics));
    }
    let mut optional = OPTIONAL;
    dice.shuffle(&mut optional);
    let wanted = dice.between(4, 6) as usize;
    let room = wanted.saturating_sub(plans.len());
    plans.extend(optional.into_iter().take(room));
    plans
        .into_iter()
        .zip(1..)
        .map(|(plan, number)| column(unit, plan, number))
        .collect()
}

fn plans(kind: Kind) -> Vec<Plan> {
    let news = match kind {
        Kind::Portal => {
            return vec![
                ("zwyw", "政务要闻", Class::News),
                ("bmdt", "部门动态", Class::News),
                ("tzgg", "通知公告", Class::Notices),
                ("gfxwj", "规范性文件", Class::Policy),
                ("zcjd", "政策解读", Class::Interpretation),
                ("rsxx", "人事信息", Class::Personnel),
            ];
        }
        Kind::Street => ("jddt", "街道动态", Class::News),
        Kind::Bureau | Kind::Other => ("gzdt", "工作动态", Class::News),
    };
    vec![
        news,
        ("tzgg", "通知公告", Class::Notices),
        ("zcwj", "政策文件", Class::Policy),
    ]
}

fn column(unit: &Member, plan: Plan, number: u32) -> Result<SimColumn, IdFault> {
    let (folder, name, class) = plan;
    let owner = match (unit.kind, class) {
        (Kind::Portal, Class::Policy | Class::Interpretation) => UnitId::parse("fzb")?,
        (Kind::Portal, Class::Personnel) => UnitId::parse("rlsbj")?,
        _ => unit.id.clone(),
    };
    Ok(SimColumn {
        id: ColumnId::parse(&format!("{}/{folder}", unit.site))?,
        folder,
        name,
        class,
        unit: owner,
        number: 1200 + number,
        publications: Vec::new(),
    })
}
