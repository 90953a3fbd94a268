//! `/column/{id}`: one column with the paragraph that defends its verdict, its year, its visits, its
//! items, what was told of it and what people laid down.

use std::collections::BTreeSet;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::access::viewer::Viewer;
use super::ground::Ground;
use super::incidents::IncidentRow;
use super::messages::MessageRow;
use super::past::closed_that;
use super::source::Picture;
use super::strip::{Strip, late};
use super::view::{
    ColumnRow, Frame, Named, Place, Shared, TITLE_CHARS, date, page, unknown, unreadable,
    unreadable_form, web_address, when,
};
use super::work::filled::Filled;
use super::work::offer::Work;
use super::work::{Entry, hand_in};
use crate::alert::incident::{Incident, Subject};
use crate::alert::outbox::Message;
use crate::domain::acceptance::Acceptance;
use crate::domain::act::{Act, NAME_CHARS, REASON_CHARS};
use crate::domain::finding::Finding;
use crate::domain::flag::Flag;
use crate::domain::group::{Column, Site, Unit};
use crate::domain::id::ColumnId;
use crate::domain::item::{Change, Item};
use crate::domain::name::is_same_title;
use crate::domain::observation::{Observation, Sight};
use crate::domain::time::{Date, Moment, date_of};
use crate::report::acts::{self, Names};
use crate::report::duty;
use crate::report::flags::fact;
use crate::report::history::sight_in_chinese;
use crate::report::note::note;
use crate::report::overview::{column_line, stale_incident};
use crate::report::plain::{one_line, title, typed};
use crate::report::sentence::{Case, why};
use crate::store::error::StoreError;

/// How many visits are listed.
const VISITS: usize = 30;
/// How many items are listed.
const ITEMS: usize = 50;
/// How many flags are listed.
const FLAGS: usize = 20;
/// How many acts of people are listed.
const ACTS: usize = 20;
/// How many notes of one visit are listed.
const NOTES: usize = 8;
/// The most observations of a year: of one day at most a few are kept.
const YEAR: usize = 1500;
/// How many messages are looked through for the column's.
const LOOKED_THROUGH: usize = 6_000;
/// The most closed incidents of a year.
const CLOSED_IN_A_YEAR: usize = 100;
/// How many closed incidents are listed.
const CLOSED: usize = 10;
/// How many messages are listed.
const MESSAGES: usize = 40;

#[derive(Template)]
#[template(path = "column.html")]
struct ColumnPage {
    frame: Frame,
    row: ColumnRow,
    work: Option<Work>,
    ground: Ground,
    address: Option<String>,
    strip: Strip,
    copy: Option<String>,
    visits: Vec<VisitRow>,
    flags: Vec<FlagRow>,
    items: Vec<ItemRow>,
    acts: Vec<ActRow>,
    incidents: Vec<IncidentRow>,
    messages: Vec<MessageRow>,
}

struct ActRow {
    at: String,
    by: String,
    what: String,
    reason: String,
}

struct VisitRow {
    at: String,
    outcome: String,
    rows: String,
    took: String,
    /// The digest of the page, in short and in full, where a copy is kept.
    digest: Option<(String, String)>,
    notes: Vec<String>,
}

struct ItemRow {
    title: String,
    link: Option<String>,
    claimed: String,
    seen: String,
    changes: Vec<String>,
}

struct FlagRow {
    at: String,
    kind: &'static str,
    title: String,
    link: Option<String>,
    fact: String,
}

/// `GET /column/{id}`.
pub async fn column(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    uri: Uri,
    id: Named,
) -> Response {
    let found = id.ok().and_then(|Path(id)| find(&console, &id));
    // A column of others is as unknown as one that does not exist.
    let Some((column, site, unit)) = found.filter(|(column, _, _)| is_own(&viewer, column)) else {
        return unknown();
    };
    match gather(&console, &viewer, column).await {
        Ok(known) => {
            let work = Work::of_column(&console, &viewer, &known.picture, column);
            let once = || console.porter.told_once(&viewer, &uri);
            let work = work.map(|work| work.once(once()));
            page(&column_page(
                &console,
                &viewer,
                (column, site, unit),
                &known,
                work,
            ))
        }
        Err(error) => unreadable(&error),
    }
}

/// `POST /column/{id}`: a form of the page.
pub async fn enter(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    id: Named,
    form: Result<Form<Filled>, FormRejection>,
) -> Response {
    let found = id.ok().and_then(|Path(id)| find(&console, &id));
    let Some((column, site, unit)) = found.filter(|(column, _, _)| is_own(&viewer, column)) else {
        return unknown();
    };
    let Ok(Form(filled)) = form else {
        return unreadable_form();
    };
    let task = filled.about_column(&column.id);
    let back = format!("/column/{}", column.id);
    let why = match hand_in(&console, &viewer, Some(&column.unit), &filled, task, &back).await {
        Entry::Done(answer) | Entry::Never(answer) => return answer,
        Entry::Refused(why) => why,
    };
    match gather(&console, &viewer, column).await {
        Ok(known) => {
            let work = Work::of_column(&console, &viewer, &known.picture, column);
            let work = work.map(|work| work.again(&filled, why));
            let again = column_page(&console, &viewer, (column, site, unit), &known, work);
            (StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response()
        }
        Err(error) => unreadable(&error),
    }
}

/// The value of a parameter of the query.
pub fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query?.as_bytes());
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

fn column_page(
    console: &Console,
    viewer: &Viewer,
    (column, site, unit): (&Column, &Site, &Unit),
    known: &Known,
    work: Option<Work>,
) -> ColumnPage {
    let picture = &known.picture;
    let (now, today) = (picture.now, date_of(picture.now));
    let scene = picture.scene(console);
    let line = column_line(&scene, column);
    let duties = duty::of_column(&scene, column, site, &known.items);
    let names = console.names(picture);
    let newest = &known.observations;
    let case = Case {
        column,
        site,
        unit,
        judgement: &line.judgement,
        record: picture.records.get(&column.id),
        observations: newest.get(..VISITS.min(newest.len())).unwrap_or(newest),
        items: &known.items,
        flags: &known.flags,
        acceptance: known.acceptance.as_ref(),
        incident: stale_incident(&picture.open, &column.id),
        acts: &picture.acts,
        now,
    };
    let of_group = &picture.group;
    ColumnPage {
        frame: Frame::of(console, picture, viewer, Place::Overview),
        work,
        ground: Ground::of_column(&line, &(why(&case) + &duty::sentences(&duties)), now),
        address: line.url.as_deref().and_then(web_address),
        strip: Strip::of(
            &known.items,
            newest,
            &line.judgement,
            line.due_on,
            &known.late,
            today,
        ),
        copy: known.proof.clone(),
        row: ColumnRow::of(&line, now),
        visits: newest
            .iter()
            .take(VISITS)
            .map(|seen| visit_row(seen, &known.copies, now))
            .collect(),
        flags: known
            .flags
            .iter()
            .take(FLAGS)
            .map(|flag| flag_row(flag, now))
            .collect(),
        items: known
            .items
            .iter()
            .take(ITEMS)
            .map(|item| item_row(item, now))
            .collect(),
        acts: acts::about(&picture.acts, column)
            .into_iter()
            .rev()
            .take(ACTS)
            .map(|act| act_row(act, names, now))
            .collect(),
        incidents: known
            .incidents
            .iter()
            .map(|incident| IncidentRow::of(names, incident, now))
            .collect(),
        messages: known
            .messages
            .iter()
            .map(|message| MessageRow::of(of_group, message, now))
            .collect(),
    }
}

/// A column with its site and its unit.
pub fn find<'a>(console: &'a Console, id: &str) -> Option<(&'a Column, &'a Site, &'a Unit)> {
    let column = console.group.columns.get(&ColumnId::parse(id).ok()?)?;
    let site = console.group.sites.get(&column.site)?;
    let unit = console.group.units.get(&column.unit)?;
    Some((column, site, unit))
}

/// Whether the viewer may see the column.
pub fn is_own(viewer: &Viewer, column: &Column) -> bool {
    viewer.only().is_none_or(|unit| *unit == column.unit)
}

/// What is known of a column, as far as the viewer may see it.
pub struct Known {
    /// The present state.
    pub picture: Picture,
    /// Those of a year, the newest first.
    pub observations: Vec<Observation>,
    /// Its items, the newest claim first.
    pub items: Vec<Item>,
    /// Its flags, the newest first.
    pub flags: Vec<Flag>,
    /// The list that a person took for the column's.
    pub acceptance: Option<Acceptance>,
    /// Its incidents, the open ones first.
    pub incidents: Vec<Incident>,
    /// The days from and to which it was late, as far as incidents of a year tell.
    pub late: Vec<(Date, Date)>,
    /// The messages that tell of it, the newest first.
    pub messages: Vec<Message>,
    /// The copies that are kept of the pages of the latest visits.
    pub copies: BTreeSet<String>,
    /// The copy on which the verdict rests, if it is kept.
    pub proof: Option<String>,
}

/// What is known of `column`.
pub async fn gather(
    console: &Console,
    viewer: &Viewer,
    column: &Column,
) -> Result<Known, StoreError> {
    let (store, id) = (&console.store, &column.id);
    let picture = Picture::take(console, viewer).await?;
    let observations = store.observations(id, YEAR).await?;
    let own = id.clone();
    let about = move |incident: &Incident| match &incident.key.subject {
        Subject::Column(column) | Subject::Duty(column, _) => *column == own,
        _ => false,
    };
    let open = picture.open.values().filter(|one| about(one)).cloned();
    let mut incidents: Vec<Incident> = open.collect();
    let listed = incidents.len() + CLOSED;
    incidents.extend(closed_that(console, about, CLOSED_IN_A_YEAR).await?);
    let late = late(&incidents, date_of(picture.now));
    incidents.truncate(listed);
    // Of what is about the column tell messages since the first of these began.
    let since = incidents.iter().map(|incident| incident.began_at).min();
    let since = since.unwrap_or(picture.now);
    let (flags, messages) = match viewer.only() {
        Some(_) => (Vec::new(), Vec::new()),
        None => (
            store.flags(Some(id)).await?,
            store
                .messages_about(id, since, (MESSAGES, LOOKED_THROUGH))
                .await?,
        ),
    };
    let record = picture.records.get(id);
    let proof = record.and_then(|record| record.proof.clone());
    let latest = observations.iter().take(VISITS);
    let pages = latest.filter_map(|seen| seen.digest.clone());
    let copies = store.kept(pages.chain(proof.clone()).collect()).await?;
    Ok(Known {
        proof: proof
            .filter(|proof| copies.contains(proof))
            .or_else(|| deciding_copy(&observations, &copies)),
        copies,
        incidents,
        late,
        observations,
        items: store.items(id).await?,
        acceptance: store.acceptance(id).await?,
        flags,
        messages,
        picture,
    })
}

/// The copy of the latest page that was read, where the record names none: an older program wrote it.
fn deciding_copy(observations: &[Observation], copies: &BTreeSet<String>) -> Option<String> {
    let read = |seen: &&Observation| {
        matches!(
            seen.sight.finding(),
            Some(Finding::Dated(_) | Finding::Empty)
        )
    };
    let digest = observations.iter().find(read)?.digest.clone();
    digest.filter(|digest| copies.contains(digest))
}

fn visit_row(seen: &Observation, copies: &BTreeSet<String>, now: Moment) -> VisitRow {
    VisitRow {
        at: when(Some(seen.observed_at), now),
        outcome: one_line(&sight_in_chinese(&seen.sight, date_of(now)), TITLE_CHARS),
        // Only a page that came back anew was counted.
        rows: match seen.sight {
            Sight::Read(_) => seen.rows.to_string(),
            Sight::Unchanged(_) | Sight::Failed(_) => "—".to_owned(),
        },
        took: format!("{}.{}秒", seen.took_ms / 1000, seen.took_ms % 1000 / 100),
        digest: seen
            .digest
            .clone()
            .filter(|digest| copies.contains(digest))
            .map(|digest| (digest.chars().take(12).collect(), digest)),
        notes: seen
            .notes
            .iter()
            .take(NOTES)
            .map(|noted| note(noted, date_of(now)))
            .collect(),
    }
}

fn item_row(item: &Item, now: Moment) -> ItemRow {
    ItemRow {
        title: one_line(&item.title, TITLE_CHARS),
        link: item.url.as_deref().and_then(web_address),
        claimed: date(item.claimed_on, date_of(now)),
        seen: when(Some(item.first_seen_at), now),
        changes: item
            .changes
            .iter()
            .rev()
            .map(|change| change_in_chinese(item, change, now))
            .collect(),
    }
}

/// What an item showed until it was seen changed.
pub fn change_in_chinese(item: &Item, change: &Change, now: Moment) -> String {
    let at = when(Some(change.seen_at), now);
    let on = date(change.claimed_on, date_of(now));
    match is_same_title(&change.title, &item.title) {
        true => format!("{at} 此前标注{on}"),
        false => format!(
            "{at} 此前标注{on}，标题{}",
            title(&change.title, TITLE_CHARS)
        ),
    }
}

fn act_row(act: &Act, names: Names<'_>, now: Moment) -> ActRow {
    ActRow {
        at: when(Some(act.at), now),
        by: typed(&act.by, NAME_CHARS),
        what: acts::told(act, names, now),
        reason: typed(&act.reason, REASON_CHARS),
    }
}

fn flag_row(flag: &Flag, now: Moment) -> FlagRow {
    FlagRow {
        at: when(Some(flag.raised_at), now),
        kind: flag.fact.kind().in_chinese(),
        title: one_line(&flag.title, TITLE_CHARS),
        link: flag.url.as_deref().and_then(web_address),
        fact: fact(flag, now),
    }
}
