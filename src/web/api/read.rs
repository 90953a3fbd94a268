//! Reading lists: the overview, sites, columns, incidents and messages.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::shape::{self, Part};
use super::{answered, refused, unreadable};
use crate::alert::incident::{Incident, State as IncidentState, Subject};
use crate::alert::outbox::Message;
use crate::domain::class::Class;
use crate::domain::group::Group;
use crate::domain::id::UnitId;
use crate::domain::time::{Moment, date_of};
use crate::report::acts::Names;
use crate::report::lost::{is_lost, why};
use crate::report::overview::{SiteLine, Veto, overview as look};
use crate::report::plain::one_line;
use crate::report::recipient::{receiver, way};
use crate::web::access::viewer::Viewer;
use crate::web::filter::{Filter, State as Wanted};
use crate::web::home::{blind, gather};
use crate::web::incidents::{kind_in_chinese, stage, subject};
use crate::web::label;
use crate::web::messages::Today;
use crate::web::monitor;
use crate::web::past::closed;
use crate::web::source::Picture;
use crate::web::view::{NAME_CHARS, Shared};

/// How many one part of a list has.
const PART: usize = 100;
/// How many incidents that are over are told.
const CLOSED: usize = 1000;
/// The longest message text, in characters.
const TEXT_CHARS: usize = 500;

/// Which part of a list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichPart {
    /// The page, from 1.
    #[schemars(range(min = 1, max = 100000))]
    pub page: Option<usize>,
}

/// Which incidents.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichIncidents {
    /// `open`, which is the default, or `closed`: the latest thousand that are over; for a unit, of its
    /// own.
    #[schemars(extend("enum" = ["open", "closed"]))]
    pub state: Option<String>,
    /// The page, from 1.
    #[schemars(range(min = 1, max = 100000))]
    pub page: Option<usize>,
}

/// Which columns.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichColumns {
    /// Where they stand: a tier (`severe` without what was escalated), a standing, `need`, `week`,
    /// `unread` or `all`, which is the default.
    #[schemars(extend("enum" = STATES))]
    pub state: Option<String>,
    /// The identifier of a unit.
    #[schemars(regex(pattern = r"^[a-z0-9_./-]{1,64}$"))]
    pub unit: Option<String>,
    /// The class.
    #[schemars(extend("enum" = CLASSES))]
    pub class: Option<String>,
    /// A name, an identifier, or the initials of the pinyin.
    #[schemars(length(max = 40))]
    pub q: Option<String>,
    /// The page, from 1.
    #[schemars(range(min = 1, max = 100000))]
    pub page: Option<usize>,
}

/// The words of [`WhichColumns::state`].
const STATES: [&str; 18] = [
    "need",
    "all",
    "week",
    "unread",
    "escalation",
    "severe",
    "overdue",
    "empty",
    "unknown",
    "warning",
    "reminder",
    "fresh",
    "not-yet-visited",
    "exempt",
    "unconfirmed",
    "not-configured",
    "severely-overdue",
    "due-soon",
];
/// The words of [`WhichColumns::class`].
const CLASSES: [&str; 13] = [
    "news",
    "notices",
    "policy",
    "interpretation",
    "personnel",
    "plans",
    "finance",
    "statistics",
    "organisation",
    "replies",
    "surveys",
    "interviews",
    "other",
];

/// `GET /api/v1/overview`.
pub async fn overview(State(console): Shared, Extension(viewer): Extension<Viewer>) -> Response {
    let gathered = gather(&console, &viewer).await;
    answered(gathered.map(|(picture, messages)| {
        let seen = look(&picture.scene(&console));
        let open = picture.open.values().filter(|one| one.is_open());
        let waiting = picture.open.values().filter(|one| one.is_proposed());
        let sites = |is: fn(&&SiteLine) -> bool| seen.sites.iter().filter(is).count();
        let reasons = picture.vitals.reasons.iter();
        let condition = monitor::condition(&console, &viewer, &picture).into_iter();
        shape::Overview {
            cannot_judge: blind(&seen)
                .into_iter()
                .map(|(why, columns)| shape::Reason { why, columns })
                .collect(),
            messages_today: messages.map(|messages| Today::of(&messages, &picture).into()),
            condition: condition
                .map(|(name, value)| shape::Line {
                    name: name.to_owned(),
                    value,
                })
                .collect(),
            at: seen.at.to_rfc3339(),
            visited_at: seen.visited_at.map(|at| at.to_rfc3339()),
            well: picture.vitals.reasons.is_empty(),
            trouble: reasons.map(|one| one.in_chinese().to_owned()).collect(),
            trial: picture.trial.is_some(),
            sites: seen.sites.len(),
            columns: shape::Standings::of(&seen.totals),
            open_incidents: open.count(),
            escalations_waiting: waiting.count(),
            sites_down: sites(|site| site.down_since.is_some()),
            sites_vetoed: sites(|site| site.veto == Some(Veto::Hit)),
            sites_near_veto: sites(|site| site.veto == Some(Veto::Near)),
        }
    }))
}

/// The page that is asked for, from 1.
fn page(asked: Option<usize>) -> Result<usize, Box<Response>> {
    match asked.unwrap_or(1) {
        page @ 1..=100_000 => Ok(page),
        _ => {
            let why = "page须为1至100000的整数。";
            Err(Box::new(refused(StatusCode::BAD_REQUEST, why)))
        }
    }
}

fn part<T>(all: Vec<T>, page: Option<usize>) -> Result<Part<T>, Box<Response>> {
    let page = self::page(page)?;
    let (count, pages) = (all.len(), all.len().div_ceil(PART).max(1));
    Ok(Part {
        count,
        page,
        pages,
        items: all.into_iter().skip((page - 1) * PART).take(PART).collect(),
    })
}

/// One page of a list.
pub(super) fn listed<T: serde::Serialize>(all: Vec<T>, page: Option<usize>) -> Response {
    match part(all, page) {
        Ok(part) => answered(Ok(part)),
        Err(refused) => *refused,
    }
}

/// What is said of a unit that is not configured, or is not the viewer's.
pub(super) const NO_UNIT: &str = "配置中没有这个单位。";

/// Whether the unit is configured, and the viewer's to see.
pub(super) fn knows(picture: &Picture, unit: &UnitId) -> bool {
    picture.group.units.contains_key(unit)
}

/// That the query is not understood.
pub(super) fn bad_query() -> Response {
    refused(StatusCode::BAD_REQUEST, "查询参数不正确。")
}

/// `GET /api/v1/sites`.
pub async fn sites(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<WhichPart>, QueryRejection>,
) -> Response {
    let Ok(Query(which)) = which else {
        return bad_query();
    };
    match Picture::take(&console, &viewer).await {
        Ok(picture) => {
            let seen = look(&picture.scene(&console));
            let sites = seen.sites.iter().map(shape::Site::of).collect();
            listed(sites, which.page)
        }
        Err(error) => unreadable(&error),
    }
}

/// `GET /api/v1/columns`.
pub async fn columns(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<WhichColumns>, QueryRejection>,
) -> Response {
    let Ok(Query(which)) = which else {
        return bad_query();
    };
    let Some(filter) = filter(&which) else {
        return bad_query();
    };
    match Picture::take(&console, &viewer).await {
        Ok(picture) => {
            if filter
                .unit
                .as_ref()
                .is_some_and(|unit| !knows(&picture, unit))
            {
                return refused(StatusCode::NOT_FOUND, NO_UNIT);
            }
            let today = date_of(picture.now);
            let seen = look(&picture.scene(&console));
            let lines = seen.sites.iter().flat_map(|site| &site.columns);
            let mut lines: Vec<_> = lines.filter(|line| filter.takes(line, today)).collect();
            lines.sort_by(|a, b| a.rank().cmp(&b.rank()));
            listed(
                lines.into_iter().map(shape::Column::of).collect(),
                which.page,
            )
        }
        Err(error) => unreadable(&error),
    }
}

/// The filter; nothing where a word of the query means nothing.
fn filter(which: &WhichColumns) -> Option<Filter> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let state = which.state.as_deref().unwrap_or(Wanted::All.key());
    if !STATES.contains(&state) {
        return None;
    }
    query.append_pair("state", state);
    if let Some(class) = &which.class {
        Class::ALL.into_iter().find(|known| known.key() == class)?;
        query.append_pair("class", class);
    }
    if let Some(unit) = &which.unit {
        UnitId::parse(unit).ok()?;
        query.append_pair("unit", unit);
    }
    if let Some(text) = &which.q {
        if text.chars().count() > 40 {
            return None;
        }
        query.append_pair("q", text);
    }
    Some(Filter::of(&query.finish()))
}

/// `GET /api/v1/incidents`: those that are suspected or open, or the latest that are over.
pub async fn incidents(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    which: Result<Query<WhichIncidents>, QueryRejection>,
) -> Response {
    let Ok(Query(which)) = which else {
        return bad_query();
    };
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    let names = console.names(&picture);
    match which.state.as_deref() {
        None | Some("open") => {
            let open = picture.open.values();
            let open = open.map(|one| incident(names, one, picture.now)).collect();
            listed(open, which.page)
        }
        Some("closed") => match closed(&console, &viewer, &picture, CLOSED).await {
            Ok(closed) => {
                let closed = closed.iter();
                let closed = closed
                    .map(|one| incident(names, one, picture.now))
                    .collect();
                listed(closed, which.page)
            }
            Err(error) => unreadable(&error),
        },
        Some(_) => bad_query(),
    }
}

/// An incident in words.
pub(super) fn incident(names: Names<'_>, incident: &Incident, now: Moment) -> shape::Incident {
    let group = names.group;
    let (subject, column) = subject(names, &incident.key.subject);
    let of_column = |id| {
        let column = group.columns.get(id);
        column.map(|column| (&column.site, &column.unit)).unzip()
    };
    let (mut host, mut duty) = (None, None);
    let (site, unit) = match &incident.key.subject {
        Subject::Column(id) => of_column(id),
        Subject::Duty(id, word) => {
            duty = Some(word.clone());
            of_column(id)
        }
        Subject::Site(id) => (Some(id), group.sites.get(id).map(|site| &site.unit)),
        Subject::Unit(id) => (None, Some(id)),
        Subject::Host(name) => {
            host = Some(one_line(name, NAME_CHARS));
            (None, None)
        }
        Subject::Monitor => (None, None),
    };
    let tier = incident.told_tier();
    shape::Incident {
        subject,
        column,
        site: site.map(ToString::to_string),
        unit: unit.map(ToString::to_string),
        host,
        duty,
        kind_key: label::kind(incident.key.kind).to_owned(),
        tier_key: tier.map(|tier| tier.key().to_owned()),
        stage: stage(incident, names, now),
        told_people: incident.told.len(),
        escalation_waits: incident.is_proposed(),
        kind: kind_in_chinese(&incident.key).to_owned(),
        tier: tier.map(|tier| tier.in_chinese().to_owned()),
        began_at: incident.began_at.to_rfc3339(),
        ended_at: match incident.state {
            IncidentState::Resolved { at } => Some(at.to_rfc3339()),
            _ => None,
        },
        confirmed: !matches!(incident.state, IncidentState::Suspected { .. }),
    }
}

/// `GET /api/v1/messages`: the newest first.
pub async fn messages(
    State(console): Shared,
    which: Result<Query<WhichPart>, QueryRejection>,
) -> Response {
    let Ok(Query(which)) = which else {
        return bad_query();
    };
    let page = match page(which.page) {
        Ok(page) => page,
        Err(refused) => return *refused,
    };
    let skip = (page - 1) * PART;
    let read = console.store.messages_part(None, skip, PART).await;
    answered(read.map(|(count, messages)| {
        let items = messages.iter().map(|one| message(&console.group, one));
        Part {
            count,
            page,
            pages: count.div_ceil(PART).max(1),
            items: items.collect(),
        }
    }))
}

/// A message, its receiver masked.
pub(super) fn message(group: &Group, message: &Message) -> shape::Message {
    shape::Message {
        at: message.created_at.to_rfc3339(),
        who: receiver(group, message),
        way: way(group, &message.person, message.route),
        route: message.route.key().to_owned(),
        tier: message.tier.map(|tier| tier.in_chinese().to_owned()),
        state: message.delivery.in_chinese().to_owned(),
        lost: is_lost(&message.delivery),
        why: why(&message.delivery),
        text: one_line(&message.text, TEXT_CHARS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::class::Class;
    use crate::report::standing::Standing;

    #[test]
    fn the_words_of_the_description_are_those_that_are_understood() {
        let classes: Vec<&str> = Class::ALL.into_iter().map(Class::key).collect();
        assert_eq!(CLASSES.to_vec(), classes);
        let standings = [Standing::SeverelyOverdue, Standing::DueSoon].map(Wanted::One);
        let states = Wanted::all(Wanted::All).chain(standings);
        let states: Vec<&str> = states.map(Wanted::key).collect();
        assert_eq!(STATES.to_vec(), states);
    }
}
