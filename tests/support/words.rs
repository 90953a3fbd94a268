//! What a recipient reads: the text of a message taken apart by the words printed in it.

use wangxun::domain::id::{ColumnId, SiteId};
use wangxun::domain::time::Date;
use wangxun::rehearsal::truth::Truth;

/// One thing that a text says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// A column is at this step of the ladder, counted from 0.
    Step(usize),
    /// Escalation is proposed.
    Proposed,
    /// A column was updated.
    Updated,
    /// A column cannot be judged.
    Blind,
    /// It can again.
    SeenAgain,
    /// A column is blank.
    Blank,
    /// The home page of a site does not open.
    Down,
    /// It has not opened for hours.
    StillDown,
    /// It cannot be read any more.
    HomeBlind,
    /// It can again.
    HomeSeen,
    /// A site is near a veto.
    NearVeto,
    /// It is no more.
    NearOver,
    /// A site meets a veto.
    Veto,
    /// It does no more.
    VetoOver,
    /// It answers again.
    Up,
    /// The monitor's own network is down.
    Offline,
    /// It is back.
    Online,
    /// A message could not be delivered in time.
    Late,
}

/// One item of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub said: Said,
    /// The column, where one is named.
    pub column: Option<ColumnId>,
    /// The site, where one is named.
    pub site: Option<SiteId>,
    /// The date of the last update, where one is printed.
    pub on: Option<Date>,
    /// The days since then, where they are printed.
    pub age: Option<i64>,
    /// The item as it was read.
    pub text: String,
}

/// A text taken apart.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    pub items: Vec<Item>,
    /// How many items were left out for want of room.
    pub more: usize,
}

/// Takes `text` apart, read on `today`. Panics where it is not understood: a recipient would not
/// understand it either.
pub fn read(text: &str, today: Date, truth: &Truth) -> Letter {
    let body = text.strip_prefix("【西城网巡】").expect("a signature");
    let Some(rest) = body.strip_prefix("您有") else {
        return Letter {
            items: vec![item(body, today, truth)],
            more: 0,
        };
    };
    let (count, rest) = rest.split_once("项网站栏目事项，").expect("a count");
    let count: usize = count.parse().expect("a count");
    let (_, mut rest) = rest.split_once("。1.").expect("a first item");
    let mut letter = Letter::default();
    for number in 2.. {
        let Some((text, after)) = rest.split_once(&format!("{number}.")) else {
            break;
        };
        letter.items.push(item(text, today, truth));
        rest = after;
    }
    if let Some((last, more)) = rest.split_once("另有") {
        let (more, _) = more.split_once('项').expect("how many more");
        letter.more = more.parse().expect("how many more");
        rest = last;
    }
    letter.items.push(item(rest, today, truth));
    assert_eq!(letter.items.len() + letter.more, count, "{text}");
    letter
}

fn item(text: &str, today: Date, truth: &Truth) -> Item {
    let said = said(text).unwrap_or_else(|| panic!("not understood: {text}"));
    let (site, column) = names(text, truth);
    Item {
        on: printed_date(text, today),
        age: printed_age(text),
        text: text.to_owned(),
        said,
        column,
        site,
    }
}

fn said(text: &str) -> Option<Said> {
    let ends = [
        ("到期，请及时更新。", Said::Step(0)),
        ("天，请抓紧更新。", Said::Step(1)),
        ("天，请立即更新。", Said::Step(2)),
        ("天，属严重超期，请在3个工作日内整改。", Said::Step(3)),
        ("建议督办，请审核放行。", Said::Proposed),
        ("更新，此前提醒解除。", Said::Updated),
        ("栏目为空白栏目，请核查。", Said::Blank),
        ("栏目已恢复监测。", Said::SeenAgain),
        ("已恢复访问。", Said::Up),
        ("首页已恢复监测。", Said::HomeSeen),
        ("接近单项否决的情形已消除。", Said::NearOver),
        ("触及单项否决的情形已消除。", Said::VetoOver),
        ("监测系统自身网络已恢复。", Said::Online),
        ("未能在有效期内发出，请登录监测平台核查", Said::Late),
    ];
    // An operator reads who is missing behind what is said.
    let remark = text
        .strip_suffix('）')
        .and_then(|text| text.rsplit_once('（'));
    let remark = remark.filter(|(_, remark)| remark.contains("未登记"));
    let bare = remark.map_or(text, |(bare, _)| bare);
    let by_end = ends.into_iter().find(|(end, _)| bare.ends_with(end));
    let middles = [
        ("栏目无法判断：", Said::Blind),
        ("首页无法打开：", Said::Down),
        ("首页持续无法打开：", Said::StillDown),
        ("首页更新情况无法判断：", Said::HomeBlind),
        ("接近单项否决：", Said::NearVeto),
        ("已触及单项否决：", Said::Veto),
        ("监测系统自身网络异常：", Said::Offline),
    ];
    let by_middle = middles
        .into_iter()
        .find(|(middle, _)| text.contains(middle));
    by_end.or(by_middle).map(|(_, said)| said)
}

/// The site and column that a text names, by the names of the truth.
fn names(text: &str, truth: &Truth) -> (Option<SiteId>, Option<ColumnId>) {
    let named = |name: &str| text.strip_prefix(name);
    let site = truth.sites().iter().find(|site| {
        named(site.unit.site_name)
            .is_some_and(|rest| rest.starts_with(['“', '首', '已', '接', '触']))
    });
    let Some(site) = site else {
        return (None, None);
    };
    let column = site.columns.iter().find(|column| {
        let name = format!("{}“{}”栏目", site.unit.site_name, column.name);
        text.starts_with(&name)
    });
    (
        Some(site.id.clone()),
        column.map(|column| column.id.clone()),
    )
}

/// `11月3日`, or `2016年11月3日`, after the words that announce it.
fn printed_date(text: &str, today: Date) -> Option<Date> {
    let (_, rest) = text
        .split_once("最近更新为")
        .or_else(|| text.split_once("栏目已于"))?;
    let (printed, _) = rest.split_once('日')?;
    let (year, rest) = match printed.split_once('年') {
        Some((year, rest)) => (year.parse().ok()?, rest),
        None => (chrono::Datelike::year(&today), printed),
    };
    let (month, day) = rest.split_once('月')?;
    Date::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

fn printed_age(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once("，已")?;
    rest.split_once('天')?.0.parse().ok()
}
