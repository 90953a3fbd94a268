//! `/`: the whole group on one page, what needs a person first on top.
//!
//! A site's columns stand on the site's own page, so that this one stays light at any size.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use chrono::Datelike as _;

use super::Console;
use super::access::viewer::Viewer;
use super::source::Picture;
use super::view::{
    ColumnRow, Frame, Mark, NAME_CHARS, Shared, Tile, page, tiles, unreadable, when,
};
use crate::alert::incident::{Incident, Kind, State as IncidentState, Subject};
use crate::alert::outbox::{Delivery, Message};
use crate::assess::ladder::Tier;
use crate::domain::flag::Flag;
use crate::domain::group::Group;
use crate::domain::time::{Moment, date_of};
use crate::report::away;
use crate::report::flags;
use crate::report::overview::{SiteLine, overview};
use crate::report::plain::one_line;
use crate::report::recipient::{receiver, route_in_chinese, way};
use crate::store::error::StoreError;
use crate::store::handle::StoreHealth;

/// How many columns in need are listed openly.
const FIRST: usize = 20;
/// How many more can be unfolded; the rest is counted.
const FURTHER: usize = 100;
/// How many incidents are listed.
const INCIDENTS: usize = 100;
/// How many flags are listed.
const FLAGS: usize = 10;
/// How many messages are listed.
const MESSAGES: usize = 20;
/// The longest message text shown, in characters.
const TEXT_CHARS: usize = 300;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    /// Whether the whole group is shown, and not one unit's part.
    whole: bool,
    columns: usize,
    tiles: Vec<Tile>,
    in_need: Vec<ColumnRow>,
    further: Vec<ColumnRow>,
    more_in_need: usize,
    sites: Vec<SiteRow>,
    flags: Vec<FlagRow>,
    flagged: Option<String>,
    incidents: Vec<IncidentRow>,
    more_incidents: usize,
    messages: Vec<MessageRow>,
    waiting: usize,
    unsent: usize,
    condition: Vec<(&'static str, String)>,
}

struct SiteRow {
    mark: Mark,
    id: String,
    name: String,
    unit: String,
    cells: Vec<Cell>,
    visited: String,
}

/// A count under its heading.
struct Cell {
    head: &'static str,
    key: &'static str,
    count: usize,
}

struct IncidentRow {
    subject: String,
    link: Option<String>,
    kind: &'static str,
    tier: &'static str,
    since: String,
    stage: String,
}

struct FlagRow {
    at: String,
    link: String,
    subject: String,
    kind: &'static str,
    fact: String,
}

struct MessageRow {
    at: String,
    who: String,
    way: String,
    route: &'static str,
    tier: &'static str,
    state: &'static str,
    bad: bool,
    text: String,
}

/// `GET /`.
pub async fn home(State(console): Shared, Extension(viewer): Extension<Viewer>) -> Response {
    match gather(&console, &viewer).await {
        Ok((picture, messages)) => page(&home_page(&console, &viewer, &picture, &messages)),
        Err(error) => unreadable(&error),
    }
}

async fn gather(console: &Console, viewer: &Viewer) -> Result<(Picture, Vec<Message>), StoreError> {
    let picture = Picture::take(console, viewer).await?;
    let messages = match viewer.only() {
        Some(_) => Vec::new(),
        None => console.store.messages(MESSAGES).await?,
    };
    Ok((picture, messages))
}

fn home_page(
    console: &Console,
    viewer: &Viewer,
    picture: &Picture,
    messages: &[Message],
) -> HomePage {
    let now = picture.now;
    let overview = overview(&picture.scene(console));
    let in_need = overview.in_need();
    let more_in_need = in_need.len().saturating_sub(FIRST + FURTHER);
    let mut in_need = in_need.into_iter().map(|line| ColumnRow::of(line, now));
    let mut incidents: Vec<&Incident> = picture.open.values().collect();
    incidents.sort_by_key(|incident| std::cmp::Reverse((told(incident), incident.began_at)));
    HomePage {
        frame: Frame::of(console, picture, viewer),
        whole: viewer.only().is_none(),
        columns: overview.totals.all(),
        tiles: tiles(&overview.totals, true),
        in_need: in_need.by_ref().take(FIRST).collect(),
        further: in_need.take(FURTHER).collect(),
        more_in_need,
        sites: overview
            .sites
            .iter()
            .map(|line| site_row(line, now))
            .collect(),
        flagged: flags::recent(&picture.flags, now),
        flags: picture
            .flags
            .iter()
            .filter(|flag| picture.group.columns.contains_key(&flag.column))
            .take(FLAGS)
            .map(|flag| flag_row(&picture.group, flag, now))
            .collect(),
        more_incidents: incidents.len().saturating_sub(INCIDENTS),
        incidents: incidents
            .into_iter()
            .take(INCIDENTS)
            .map(|incident| incident_row(&picture.group, incident, now))
            .collect(),
        messages: messages
            .iter()
            .map(|message| message_row(&picture.group, message, now))
            .collect(),
        waiting: picture.waiting,
        unsent: picture.outbox.len(),
        condition: condition(console, picture),
    }
}

fn site_row(line: &SiteLine, now: Moment) -> SiteRow {
    let counts = &line.counts;
    let cells = [
        ("超期", "overdue", counts.overdue),
        ("空白", "empty", counts.empty),
        ("无法判断", "unknown", counts.unknown),
        ("临期", "due-soon", counts.due_soon),
        ("正常", "fresh", counts.fresh),
        ("未配置", "not-configured", counts.not_configured),
    ];
    SiteRow {
        mark: Mark::of(line.standing),
        id: line.site.to_string(),
        name: one_line(&line.name, NAME_CHARS),
        unit: one_line(&line.unit_name, NAME_CHARS),
        cells: cells
            .into_iter()
            .map(|(head, key, count)| Cell { head, key, count })
            .collect(),
        visited: when(line.visited_at, now),
    }
}

fn told(incident: &Incident) -> Option<Tier> {
    incident.tier.filter(|_| incident.is_open())
}

fn incident_row(group: &Group, incident: &Incident, now: Moment) -> IncidentRow {
    let (subject, link) = subject(group, &incident.key.subject);
    IncidentRow {
        subject,
        link,
        kind: kind_in_chinese(incident.key.kind),
        tier: told(incident).map_or("—", Tier::in_chinese),
        since: when(Some(incident.began_at), now),
        stage: stage(incident),
    }
}

fn subject(group: &Group, subject: &Subject) -> (String, Option<String>) {
    match subject {
        Subject::Column(id) | Subject::Duty(id, _) => match group.columns.get(id) {
            Some(column) => {
                let site = group.sites.get(&column.site).map(|site| site.name.as_str());
                let name = format!("{}“{}”", site.unwrap_or_default(), column.name);
                (one_line(&name, 2 * NAME_CHARS), Some(id.to_string()))
            }
            None => (format!("已移出配置的栏目 {id}"), None),
        },
        Subject::Host(host) => (format!("主机 {}", one_line(host, NAME_CHARS)), None),
        Subject::Site(id) => {
            let site = group.sites.get(id).map(|site| site.name.as_str());
            let name = site.unwrap_or(id.as_str());
            (one_line(name, NAME_CHARS), None)
        }
        Subject::Unit(id) => {
            let unit = group.units.get(id).map(|unit| unit.short.as_str());
            let name = unit.unwrap_or(id.as_str());
            (one_line(name, NAME_CHARS), None)
        }
        Subject::Monitor => ("监测系统".to_owned(), None),
    }
}

fn flag_row(group: &Group, flag: &Flag, now: Moment) -> FlagRow {
    let (subject, _) = subject(group, &Subject::Column(flag.column.clone()));
    FlagRow {
        at: when(Some(flag.raised_at), now),
        link: flag.column.to_string(),
        subject,
        kind: flag.fact.kind().in_chinese(),
        fact: flags::fact(flag, now),
    }
}

fn stage(incident: &Incident) -> String {
    match &incident.state {
        IncidentState::Suspected { .. } => "待复核".to_owned(),
        IncidentState::Resolved { .. } => "已解除".to_owned(),
        IncidentState::Open { pending, .. } => {
            let told = match incident.told.len() {
                0 => "尚未通知到人".to_owned(),
                people => format!("已通知{people}人"),
            };
            match pending {
                Some(_) => format!("{told}，变化待复核"),
                None => told,
            }
        }
    }
}

fn kind_in_chinese(kind: Kind) -> &'static str {
    match kind {
        Kind::Stale => "更新时限",
        Kind::Owed => "定期发布",
        Kind::Blind => "无法判断",
        Kind::Empty => "空白栏目",
        Kind::Down => "网站无法访问",
        Kind::Offline => "监测网络中断",
        Kind::Trouble => "通知异常",
        Kind::Calendar => "节假日安排缺失",
        Kind::NearVeto => "接近单项否决",
        Kind::Veto => "触及单项否决",
    }
}

fn message_row(group: &Group, message: &Message, now: Moment) -> MessageRow {
    MessageRow {
        at: when(Some(message.created_at), now),
        who: receiver(group, message),
        way: way(group, &message.person, message.route),
        route: route_in_chinese(message.route),
        tier: message.tier.map_or("—", Tier::in_chinese),
        state: message.delivery.in_chinese(),
        bad: matches!(
            message.delivery,
            Delivery::Failed { .. } | Delivery::Expired { .. }
        ),
        text: match message.provisional {
            true => format!("（暂按周一至周五）{}", one_line(&message.text, TEXT_CHARS)),
            false => one_line(&message.text, TEXT_CHARS),
        },
    }
}

/// The monitor's own condition, line by line.
fn condition(console: &Console, picture: &Picture) -> Vec<(&'static str, String)> {
    let (now, vitals) = (picture.now, &picture.vitals);
    let day = date_of(now);
    let worked = match console.calendar.is_working_day(day) {
        true => "工作日",
        false => "休息日",
    };
    let calendar = match console.calendar.knows(day.year()) {
        true => format!("今天是{worked}"),
        false => format!("今天按{worked}计（{}年节假日安排尚未录入）", day.year()),
    };
    let mut lines = vec![
        ("最近一次访问", when(vitals.visited_at, now)),
        ("最近一轮完成", when(vitals.round_finished_at, now)),
        ("本次启动", when(Some(vitals.started_at), now)),
        ("数据存储", store_in_chinese(&vitals.store)),
        ("工作日历", calendar),
        ("程序版本", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let away = away::lines(&console.group, day);
    if !away.is_empty() {
        lines.push(("今日不在岗", away.join("；")));
    }
    lines
}

fn store_in_chinese(store: &StoreHealth) -> String {
    let set_aside = store.quarantined.saturating_add(store.journal_damage);
    let state = match (&store.fatal, set_aside) {
        (Some(_), _) => "无法写入".to_owned(),
        (None, 0) => "正常".to_owned(),
        (None, damaged) => format!("正常，已隔离损坏记录{damaged}条"),
    };
    format!("{state}，{}", size(store.bytes_on_disk))
}

fn size(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    match bytes {
        0..MIB => format!("{} KB", bytes / 1024),
        _ => format!("{} MB", bytes / MIB),
    }
}
