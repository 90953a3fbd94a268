//! `/incidents`: what is open, what the operator should look at, and what is over.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::RawFormRejection;
use axum::extract::{RawForm, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::access::session::Once;
use super::access::viewer::Viewer;
use super::copy::address_of_home;
use super::home::Pages;
use super::past::{List, Past};
use super::release::{self, Waiting};
use super::sought::{Asked, Sought};
use super::source::Picture;
use super::view::{Frame, NAME_CHARS, Place, Shared, page, unreadable, unreadable_form, when};
use super::work::offer::STILL_TO_BE_DONE;
use crate::alert::incident::{
    Ground, Incident, IncidentKey, Kind, State as IncidentState, Subject,
};
use crate::assess::exemption::was_exempt;
use crate::assess::ladder::Tier;
use crate::assess::vetoes::Rule;
use crate::domain::group::Group;
use crate::domain::home::HomeRecord;
use crate::domain::time::Moment;
use crate::report::acts::Names;
use crate::report::plain::one_line;
use crate::report::site::{HOME_BLIND, HOME_DOWN, HOST_DOWN, name};
use crate::store::error::StoreError;

/// How many open incidents one page lists.
const OPEN: usize = 100;

#[derive(Template)]
#[template(path = "incidents.html")]
struct IncidentsPage {
    frame: Frame,
    sought: Sought,
    /// What there is to look for, and how many of each.
    choices: Vec<(Sought, usize)>,
    confirmed: usize,
    suspected: usize,
    /// The escalations that wait, where those are looked for.
    waiting: Option<Waiting>,
    open: Vec<IncidentRow>,
    pages: Pages,
    /// What stands below the open ones, or is looked for instead of them.
    past: Past,
    /// Which of that is looked for.
    list: Option<List>,
}

/// One incident in a table.
pub struct IncidentRow {
    /// What it is about.
    pub subject: String,
    /// The page of the column or site that it is about.
    pub link: Option<String>,
    /// What kind; of a veto, with what it rests or rested on.
    pub kind: String,
    /// The copy of the home page on which it rests.
    pub copy: Option<String>,
    /// The tier told last.
    pub tier: &'static str,
    /// When it was first suspected.
    pub since: String,
    /// Where it stands.
    pub stage: String,
}

/// `GET /incidents`.
pub async fn incidents(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = Asked::of(query.as_deref().unwrap_or_default());
    let once = console.porter.told_once(&viewer, &uri);
    let work = |waiting: Waiting| match once {
        Some(Once::Done(key)) => Waiting {
            done: release::told(&key),
            ..waiting
        },
        Some(Once::Typed(form)) => waiting.again(&form, Some(STILL_TO_BE_DONE.to_owned())),
        None => waiting,
    };
    match shown(&console, &viewer, asked, work).await {
        Ok(shown) => page(&shown),
        Err(error) => unreadable(&error),
    }
}

/// `POST /incidents`: escalations are let out.
pub async fn enter(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    RawQuery(query): RawQuery,
    form: Result<RawForm, RawFormRejection>,
) -> Response {
    let typed = form.ok().and_then(|RawForm(form)| {
        let form = form.to_vec();
        String::from_utf8(form).ok()
    });
    let Some(typed) = typed else {
        return unreadable_form();
    };
    let mut asked = Asked::of(query.as_deref().unwrap_or_default());
    asked.sought = Sought::Release;
    let back = Sought::Release.address(0);
    let (status, why) = match release::hand_in(&console, &viewer, &typed, &back).await {
        release::Entry::Answer(answer) => return answer,
        release::Entry::Refused(why) => (StatusCode::UNPROCESSABLE_ENTITY, Some(why)),
        release::Entry::Choosing => (StatusCode::OK, None),
    };
    let again = |waiting: Waiting| waiting.again(&typed, why);
    match shown(&console, &viewer, asked, again).await {
        Ok(again) => (status, page(&again)).into_response(),
        Err(error) => unreadable(&error),
    }
}

async fn shown(
    console: &Console,
    viewer: &Viewer,
    asked: Asked,
    work: impl FnOnce(Waiting) -> Waiting,
) -> Result<IncidentsPage, StoreError> {
    let picture = Picture::take(console, viewer).await?;
    let sought = asked.sought;
    let mut open: Vec<&Incident> = sought.of(&picture).collect();
    open.sort_by_key(|incident| std::cmp::Reverse((gravity(incident), incident.began_at)));
    let pages = Pages::of(open.len(), OPEN, asked.page, |page| sought.address(page));
    let confirmed = open.iter().filter(|incident| incident.is_open()).count();
    let suspected = open.len() - confirmed;
    let (at, names) = (pages.skipped(OPEN), console.names(&picture));
    let row = |incident: &Incident| IncidentRow::of(names, incident, picture.now);
    let here: Vec<&Incident> = open.into_iter().skip(at).take(OPEN).collect();
    let homes = homes_of(console, here.iter()).await?;
    let waiting = (sought == Sought::Release).then(|| {
        let lines = release::lines(console, &picture);
        let lines = lines.into_iter().skip(at).take(OPEN);
        work(Waiting::of(viewer, &picture, lines, &console.rules))
    });
    let mut shown = IncidentsPage {
        frame: Frame::of(console, &picture, viewer, Place::Incidents),
        choices: sought.besides(&picture),
        sought,
        confirmed,
        suspected,
        waiting,
        open: here
            .into_iter()
            .map(|incident| row(incident).resting_on(incident, homes.get(&incident.key.subject)))
            .collect(),
        pages,
        past: Past::default(),
        list: asked.list,
    };
    // Who looks for something reads no more than that.
    shown.past = match asked.list {
        Some(list) => Past::only(console, viewer, &picture, list, asked.page).await?,
        None if sought == Sought::All && shown.pages.at == 1 => {
            Past::latest(console, viewer, &picture).await?
        }
        None => Past::default(),
    };
    Ok(shown)
}

/// What is known of the home pages on which these incidents rest.
async fn homes_of<'a>(
    console: &Console,
    incidents: impl Iterator<Item = &'a &'a Incident>,
) -> Result<BTreeMap<Subject, HomeRecord>, StoreError> {
    let mut homes = BTreeMap::new();
    for incident in incidents.filter(|incident| rests_on_home(incident)) {
        let Subject::Site(site) = &incident.key.subject else {
            continue;
        };
        if let Some(home) = console.store.home(site).await? {
            homes.insert(incident.key.subject.clone(), home);
        }
    }
    Ok(homes)
}

/// Whether a subject stands in a group that was narrowed to one unit.
pub fn is_of(group: &Group, subject: &Subject) -> bool {
    match subject {
        Subject::Column(column) | Subject::Duty(column, _) => group.columns.contains_key(column),
        Subject::Unit(unit) => group.units.contains_key(unit),
        // A narrowed group has sites of others that show a column of the unit.
        Subject::Site(site) => {
            (group.sites.get(site)).is_some_and(|site| group.units.contains_key(&site.unit))
        }
        _ => false,
    }
}

impl IncidentRow {
    /// The row of an incident.
    pub fn of(names: Names<'_>, incident: &Incident, now: Moment) -> IncidentRow {
        let group = names.group;
        let (subject, _) = subject(names, &incident.key.subject);
        let link = page_of(group, &incident.key.subject);
        IncidentRow {
            subject,
            link,
            kind: kind_with_grounds(incident),
            copy: None,
            tier: incident.told_tier().map_or("—", Tier::in_chinese),
            since: when(Some(incident.began_at), now),
            stage: stage(incident, names, now),
        }
    }

    /// With the copy of the page on which `incident` rests, if that is the home page of `home`.
    pub fn resting_on(self, incident: &Incident, home: Option<&HomeRecord>) -> IncidentRow {
        let copy = home.and_then(|home| copy_of(incident, home));
        IncidentRow { copy, ..self }
    }
}

/// Whether an incident rests on what its site's home page shows.
fn rests_on_home(incident: &Incident) -> bool {
    let is_old = |ground: &Ground| ground.rule == Rule::HomeStale;
    match incident.key.kind {
        Kind::Veto | Kind::NearVeto => incident.grounds.iter().any(is_old),
        Kind::Blind => matches!(incident.key.subject, Subject::Site(_)),
        _ => false,
    }
}

/// The copy of the home page on which an incident rests: the one that proves its age, or that could
/// not be judged.
fn copy_of(incident: &Incident, home: &HomeRecord) -> Option<String> {
    let is_it = rests_on_home(incident) && !incident.is_resolved();
    let copy = match incident.key.kind {
        Kind::Blind => home.copies.iter().find(|copy| copy.newest_on().is_none()),
        _ => home.proof(),
    };
    let copy = copy.filter(|_| is_it)?;
    Some(address_of_home(&home.site, &copy.digest))
}

/// The page that shows more of a subject.
pub fn page_of(group: &Group, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Column(id) | Subject::Duty(id, _) => {
            (group.columns.contains_key(id)).then(|| format!("/column/{id}"))
        }
        Subject::Site(id) => (group.sites.contains_key(id)).then(|| format!("/site/{id}")),
        Subject::Host(_) | Subject::Unit(_) | Subject::Monitor => None,
    }
}

/// What is worst first: vetoes, sites that do not open, then what was told of a deadline, by tier.
fn gravity(incident: &Incident) -> (u8, Option<Tier>) {
    let kind = match incident.key.kind {
        _ if !incident.is_open() => 0,
        Kind::Veto => 4,
        Kind::Down => 3,
        Kind::NearVeto => 2,
        _ => 1,
    };
    (kind, incident.told_tier().filter(|_| incident.is_open()))
}

/// What an incident is about, and the column if it is one.
pub fn subject(names: Names<'_>, subject: &Subject) -> (String, Option<String>) {
    let group = names.group;
    match subject {
        Subject::Column(id) | Subject::Duty(id, _) => match group.columns.get(id) {
            Some(column) => {
                let site = group.sites.get(&column.site).map(|site| site.name.as_str());
                let name = format!("{}“{}”", site.unwrap_or_default(), column.name);
                let mut name = one_line(&name, 2 * NAME_CHARS);
                if let Subject::Duty(_, duty) = subject {
                    name.push_str(&format!("：{}", names.duty(duty)));
                }
                (name, Some(id.to_string()))
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

/// Whether an incident of a column was over because the column was exempt from then on.
fn ended_by_exemption(incident: &Incident, at: Moment, names: Names<'_>) -> bool {
    let id = match &incident.key.subject {
        Subject::Column(id) | Subject::Duty(id, _) => id,
        _ => return false,
    };
    let column = names.group.columns.get(id);
    column.is_some_and(|column| was_exempt(names.acts, column, at))
}

/// How far it is, in words.
pub fn stage(incident: &Incident, names: Names<'_>, now: Moment) -> String {
    match &incident.state {
        IncidentState::Suspected { .. } => "待复核".to_owned(),
        IncidentState::Resolved { at } => {
            let because = match ended_by_exemption(incident, *at, names) {
                true => "因报备",
                false => "",
            };
            format!("{}{because}解除", when(Some(*at), now))
        }
        IncidentState::Open { pending, .. } => {
            let told = match incident.told.len() {
                0 => "尚未通知到人".to_owned(),
                people => format!("已通知{people}人"),
            };
            match pending {
                _ if incident.is_proposed() => format!("督办待放行，{told}"),
                Some(_) => format!("{told}，变化待复核"),
                None => told,
            }
        }
    }
}

/// The kind in the words of a table; of a veto, with the rules on which it rests or rested.
fn kind_with_grounds(incident: &Incident) -> String {
    let kind = kind_in_chinese(&incident.key);
    let grounds = incident.grounds.iter().map(|ground| name(ground.rule));
    match grounds.collect::<Vec<_>>().join("、") {
        none if none.is_empty() => kind.to_owned(),
        grounds => format!("{kind}（{grounds}）"),
    }
}

/// The kind in the words of a table.
pub fn kind_in_chinese(key: &IncidentKey) -> &'static str {
    let of_site = matches!(key.subject, Subject::Site(_));
    match key.kind {
        Kind::Blind if of_site => HOME_BLIND,
        Kind::Down if of_site => HOME_DOWN,
        Kind::Stale => "更新时限",
        Kind::Owed => "定期发布",
        Kind::SelfCheck => "按需自查",
        Kind::Blind => "无法判断",
        Kind::Empty => "空白栏目",
        Kind::Down => HOST_DOWN,
        Kind::Offline => "监测网络中断",
        Kind::Trouble => "通知异常",
        Kind::Calendar => "节假日安排缺失",
        Kind::NearVeto => "接近单项否决",
        Kind::Veto => "触及单项否决",
    }
}
