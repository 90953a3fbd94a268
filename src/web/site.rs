//! `/site/{id}`: one site with all its columns, and what its home page shows.

use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Console;
use super::access::viewer::Viewer;
use super::assessment::{of_area, placed, quarter, ranked};
use super::broken::{self, Broken};
use super::copy::{address_of_home, is_owner};
use super::ground::Ground;
use super::incidents::{IncidentRow, is_of};
use super::made::{Without, made_at_once};
use super::past::closed_that;
use super::source::Picture;
use super::view::{
    ColumnRow, Frame, Mark, NAME_CHARS, Named, Place, Shared, Tile, page, tiles, unknown,
    unreadable, unreadable_form, web_address, when,
};
use super::week::{self, Week};
use super::work::filled::Filled;
use super::work::offer::Work;
use super::work::{Entry, hand_in};
use crate::alert::incident::{Incident, Subject};
use crate::assess::exemption::Exemptions;
use crate::assess::score::card::{Card, Verdict};
use crate::domain::act::{Act, Deed, Scope};
use crate::domain::group::Site;
use crate::domain::home::{HomeCopy, HomeRecord};
use crate::domain::id::SiteId;
use crate::domain::observation::Sight;
use crate::domain::time::{Date, Moment, date_of, in_chinese};
use crate::report::assessment::{Assessment, words};
use crate::report::front;
use crate::report::history::sight_in_chinese;
use crate::report::note::note;
use crate::report::overview::overview;
use crate::report::plain::one_line;
use crate::store::error::StoreError;

/// How many closed incidents of the site are listed.
const CLOSED: usize = 10;
/// How long the page waits for the paragraph that it can do without.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many blocks of the home page are listed.
const BLOCKS: usize = 40;
/// How many notes of its reading are listed.
const NOTES: usize = 8;
/// How many of the unit's statements are shown of one area.
const STATEMENTS: usize = 10;

#[derive(Template)]
#[template(path = "site.html")]
struct SitePage {
    frame: Frame,
    mark: Mark,
    id: String,
    name: String,
    unit: String,
    home: Option<String>,
    /// What it is that does not open, and since when.
    down: Option<(&'static str, String)>,
    home_down: bool,
    front: Option<Front>,
    week: Option<Week>,
    broken: Option<Broken>,
    score: Option<Score>,
    /// Whether that is being made.
    being_made: bool,
    /// Whether it is assessed, and its assessment is the viewer's to see.
    assessed: bool,
    paused: Option<String>,
    work: Option<Work>,
    tiles: Vec<Tile>,
    columns: Vec<ColumnRow>,
    incidents: Vec<IncidentRow>,
    why: Option<Ground>,
}

/// How the site comes out in the running quarter.
struct Score {
    /// The days that it rests on.
    days: String,
    total: String,
    grade: String,
    rank: String,
    /// The areas, with the rules that cost points and what the unit says to them.
    areas: Vec<(&'static str, u32, String, String, Vec<String>)>,
}

impl Score {
    fn of(assessment: &Assessment, card: &Card) -> Score {
        let areas = card.areas.iter().filter(|area| area.applies);
        let day = |on| in_chinese(on, card.to);
        Score {
            days: format!("{}至{}", day(card.period.first()), day(card.to)),
            total: words::total(card),
            grade: words::grade(card),
            rank: placed(card, ranked(assessment)),
            areas: areas
                .map(|area| {
                    let lost = area.lines.iter();
                    let lost = lost
                        .filter(|line| matches!(line.verdict, Verdict::Lost | Verdict::Veto))
                        .map(|line| format!("{}（{}）", line.rule.title, words::verdict(line)));
                    let lost: Vec<String> = lost.collect();
                    let said = area.lines.iter();
                    let said = said.flat_map(|line| {
                        let said = assessment.statements_of(card, line);
                        said.map(|said| {
                            let says = words::statement(said, card.to);
                            format!("{} {says}", line.rule.id)
                        })
                    });
                    (
                        area.area.in_chinese(),
                        area.weight,
                        of_area(area),
                        lost.join("；"),
                        said.take(STATEMENTS).collect(),
                    )
                })
                .collect(),
        }
    }
}

/// What is known of the home page.
struct Front {
    newest: String,
    proof: String,
    link: Option<String>,
    visited: String,
    blind: Option<String>,
    notes: Vec<String>,
    blocks: Vec<(String, usize, String)>,
    /// The copy on which its age rests.
    copy: Option<String>,
    /// The others: address, when it was seen, what it said.
    copies: Vec<(String, String, String)>,
}

impl Front {
    fn of(record: &HomeRecord, now: Moment) -> Front {
        let update = record.last_update.as_ref();
        let blocks = record.blocks.iter();
        Front {
            newest: front::newest(record, now),
            proof: front::proof(record),
            link: update
                .and_then(|update| update.evidence.link.as_deref())
                .and_then(web_address),
            visited: when(Some(record.visited_at), now),
            blind: front::blindness(record, now),
            notes: record
                .notes
                .iter()
                .take(NOTES)
                .map(|noted| note(noted, date_of(now)))
                .collect(),
            blocks: blocks
                .take(BLOCKS)
                .map(|block| front::block(block, date_of(now)))
                .collect(),
            copy: None,
            copies: Vec::new(),
        }
    }

    /// With the copies that are kept of it.
    fn with_copies(self, record: &HomeRecord, now: Moment) -> Front {
        let address = |copy: &HomeCopy| address_of_home(&record.site, &copy.digest);
        let proof = record.proof();
        let others = record.copies.iter().filter(|copy| Some(*copy) != proof);
        Front {
            copy: proof.map(address),
            copies: others
                .map(|copy| {
                    let saw = Sight::Read(copy.finding.clone());
                    let says = sight_in_chinese(&saw, date_of(now));
                    (address(copy), when(Some(copy.seen_at), now), says)
                })
                .collect(),
            ..self
        }
    }
}

/// `GET /site/{id}`.
pub async fn site(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    uri: Uri,
    RawQuery(query): RawQuery,
    id: Named,
) -> Response {
    let Some(id) = id.ok().and_then(|Path(id)| SiteId::parse(&id).ok()) else {
        return unknown();
    };
    let once = || console.porter.told_once(&viewer, &uri);
    let links = broken::asked(query.as_deref());
    match shown(&console, &viewer, &id, links, |work| work.once(once())).await {
        Ok(Some(shown)) => page(&shown),
        Ok(None) => unknown(),
        Err(error) => unreadable(&error),
    }
}

/// `POST /site/{id}`: a form of the page.
pub async fn enter(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    id: Named,
    form: Result<Form<Filled>, FormRejection>,
) -> Response {
    let id = id.ok().and_then(|Path(id)| SiteId::parse(&id).ok());
    let Some(site) = id.and_then(|id| console.group.sites.get(&id)) else {
        return unknown();
    };
    let Ok(Form(filled)) = form else {
        return unreadable_form();
    };
    let task = filled.about_site(&site.id);
    let back = format!("/site/{}", site.id);
    let why = match hand_in(&console, &viewer, Some(&site.unit), &filled, task, &back).await {
        Entry::Done(answer) | Entry::Never(answer) => return answer,
        Entry::Refused(why) => why,
    };
    let again = |work: Work| work.again(&filled, why);
    match shown(&console, &viewer, &site.id, 0, again).await {
        Ok(Some(again)) => (StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response(),
        Ok(None) => unknown(),
        Err(error) => unreadable(&error),
    }
}

/// The page, or nothing where there is no such site for the viewer.
async fn shown(
    console: &Console,
    viewer: &Viewer,
    id: &SiteId,
    links: usize,
    work: impl FnOnce(Work) -> Work,
) -> Result<Option<SitePage>, StoreError> {
    let picture = Picture::take(console, viewer).await?;
    let Some(site) = picture.group.sites.get(id) else {
        return Ok(None);
    };
    // Whose site it is not sees its own columns there, and nothing that tells of others'.
    let own = is_owner(viewer, site);
    let record = console.store.home(id).await?.filter(|_| own);
    let today = date_of(picture.now);
    let first = week::first(today);
    let mut days = console.store.site_days(id, first, today).await?;
    days.retain(|_| own);
    let overview = overview(&picture.scene(console));
    let Some(line) = overview.sites.iter().find(|line| line.site == *id) else {
        return Ok(None);
    };
    let rows = line.columns.iter();
    let mut targets = console.store.targets(id).await?;
    targets.retain(|_| own);
    let quarter = quarter(today);
    let made = match quarter {
        Some(period) if own => made_at_once(console, period).await,
        _ => Err(Without::Nobody),
    };
    let being_made = matches!(made, Err(Without::NotYet));
    let score = made.as_ref().ok().and_then(|made| {
        let mut cards = made.cards.iter();
        let card = cards.find(|card| card.site == *id)?;
        Some(Score::of(made, card))
    });
    let subject = Subject::Site(id.clone());
    let mut incidents = Vec::new();
    if is_of(&picture.group, &subject) {
        let open = picture.open.values();
        incidents.extend(open.filter(|one| one.key.subject == subject).cloned());
        let about = move |one: &Incident| one.key.subject == subject;
        incidents.extend(closed_that(console, about, CLOSED).await?);
    }
    let unit = console.group.units.get(&site.unit);
    let why = match is_of(&picture.group, &Subject::Site(id.clone())) {
        true => defended(console, id).await,
        false => None,
    };
    Ok(Some(SitePage {
        broken: (!targets.is_empty()).then(|| Broken::of(id, &targets, links, picture.now)),
        score,
        being_made,
        paused: paused(&picture.acts, site, today),
        frame: Frame::of(console, &picture, viewer, Place::Overview),
        mark: Mark::of_site(line),
        incidents: incidents
            .iter()
            .map(|incident| {
                IncidentRow::of(console.names(&picture), incident, picture.now)
                    .resting_on(incident, record.as_ref())
            })
            .collect(),
        why: why.as_deref().map(Ground::of_site),
        id: id.to_string(),
        name: one_line(&line.name, NAME_CHARS),
        unit: unit.map_or(String::new(), |unit| one_line(&unit.short, NAME_CHARS)),
        assessed: own && console.group.is_watched(site),
        home: line.home.as_deref().and_then(web_address),
        down: line
            .down_in_chinese()
            .map(|word| (word, when(line.down_since, picture.now))),
        home_down: line.home_down,
        front: record.map(|record| {
            let front = Front::of(&record, picture.now);
            match is_owner(viewer, site) {
                true => front.with_copies(&record, picture.now),
                false => front,
            }
        }),
        week: week::of(&days, console.samples_a_day, picture.now),
        work: Work::of_site(viewer, &picture, site).map(work),
        tiles: tiles(&line.counts),
        columns: rows.map(|row| ColumnRow::of(row, picture.now)).collect(),
    }))
}

/// The paragraph that defends what is told of the site as a whole; the daemon has all it rests on.
pub async fn defended(console: &Console, id: &SiteId) -> Option<String> {
    let counter = console.counter.as_ref()?;
    let asked = tokio::time::timeout(PATIENCE, counter.why(id.clone()));
    asked.await.ok()?.ok()
}

/// Until when the site rests, if it does.
pub fn paused(acts: &[Act], site: &Site, today: Date) -> Option<String> {
    let exemptions = Exemptions::on(acts, today);
    let last = exemptions.all().filter_map(|act| match &act.deed {
        Deed::Exempted {
            scope: Scope::Site(id),
            until,
            paused: true,
            ..
        } if *id == site.id => Some(*until),
        _ => None,
    });
    last.max().map(|until| in_chinese(until, today))
}
