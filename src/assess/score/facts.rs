//! What is known of a site in a period: the ground on which rules are measured.

use crate::assess::candidates::Case;
use crate::domain::document::Document;
use crate::domain::entry::Entry;
use crate::domain::finding::{Finding, LastUpdate, Undated};
use crate::domain::group::{Column, Site};
use crate::domain::guide::Guide;
use crate::domain::id::ColumnId;
use crate::domain::inspection::Inspection;
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::observation::{Cause, Observation, Sight};
use crate::domain::site_day::{HomeOfDay, SiteDay};
use crate::domain::target::Target;
use crate::domain::time::{Date, Moment};

/// What is known of one site.
#[derive(Debug, Clone)]
pub struct SiteFacts<'a> {
    /// The site.
    pub site: &'a Site,
    /// The name of its unit.
    pub unit_name: &'a str,
    /// Whether it offers services to the public.
    pub services: bool,
    /// The first day that is looked at.
    pub from: Date,
    /// The last one: the period's, or today while it runs.
    pub to: Date,
    /// The exemption that covers it as a whole on the last day.
    pub exempt: Option<Exemption>,
    /// The days of announced maintenance of the whole site, each with its exemption.
    pub away: Vec<(Date, Exemption)>,
    /// Its columns.
    pub columns: Vec<ColumnFacts<'a>>,
    /// Its days, from six before `from` to `to`.
    pub days: Vec<SiteDay>,
    /// How new its home page was on the last day, where that is known.
    pub home: Option<HomeOfDay>,
    /// When columns of its were overdue.
    pub alerts: Vec<AlertSpan>,
    /// What people entered for this period, the oldest first.
    pub entries: Vec<Entry>,
    /// The latest inspection of the period.
    pub inspection: Option<Inspection>,
    /// The letters of its consultation columns, as they were known at the end of the last day.
    pub letters: Vec<Letter>,
    /// Whether directories of service guides are configured.
    pub has_guides: bool,
    /// Its service guides.
    pub guides: Vec<Guide>,
    /// Pages of its policy documents and interpretations.
    pub documents: Vec<Document>,
    /// Links that led nowhere at some time.
    pub targets: Vec<Target>,
    /// What inspections found and people have to judge, with what they decided.
    pub cases: Vec<Case>,
}

/// What is known of one column.
#[derive(Debug, Clone)]
pub struct ColumnFacts<'a> {
    /// The column.
    pub column: &'a Column,
    /// The column above it.
    pub parent: Option<&'a ColumnId>,
    /// What visits saw, up to the last day, the oldest first; what was seen again and again
    /// stands once.
    pub readings: Vec<Reading>,
    /// The exemption that covers it on the last day.
    pub exempt: Option<Exemption>,
    /// The dates that its items claim.
    pub items_on: Vec<Date>,
    /// Its items, of columns whose titles are compared: documents, interpretations, surveys,
    /// interviews.
    pub titles: Vec<Titled>,
}

/// An item by its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Titled {
    /// The title.
    pub title: String,
    /// Its address.
    pub url: Option<String>,
    /// The day that it claims.
    pub on: Option<Date>,
    /// When a visit saw it first.
    pub seen_at: Moment,
    /// Whether that was before the day that it claims: see [`Item::announced_for`].
    pub was_announced: bool,
}

impl Titled {
    /// `item` by its title.
    pub fn of(item: &Item) -> Titled {
        Titled {
            title: item.title.clone(),
            url: item.url.clone(),
            on: item.claimed_on,
            seen_at: item.first_seen_at,
            was_announced: item.announced_for().is_some(),
        }
    }
}

/// What visits saw, one after the other, without a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The first of them.
    pub first_at: Moment,
    /// The last.
    pub last_at: Moment,
    /// How many are known.
    pub visits: u32,
    /// What they saw.
    pub saw: Saw,
}

/// What a visit saw of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saw {
    /// Its newest item.
    Dated(LastUpdate),
    /// No item at all.
    Empty,
    /// Items without dates.
    Undated(Undated),
    /// Nothing that could be judged.
    Blind(Cause),
}

/// An exemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// Its last day.
    pub until: Date,
    /// Its key.
    pub key: String,
}

/// A time in which a column was confirmed to be overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertSpan {
    /// The column.
    pub column: ColumnId,
    /// Its last update then.
    pub about: Option<Date>,
    /// Its limit, in natural days.
    pub limit_days: u32,
    /// When it was confirmed.
    pub overdue_at: Moment,
    /// When it was over, by an update or because it counted no more; `None` while it is not.
    pub ended_at: Option<Moment>,
}

/// `observations`, the oldest first, as readings.
pub fn readings(observations: impl IntoIterator<Item = Observation>) -> Vec<Reading> {
    let mut readings = Vec::new();
    for seen in observations {
        let reading = Reading {
            first_at: seen.observed_at,
            last_at: seen.observed_at,
            visits: 1,
            saw: saw(seen.sight),
        };
        join(&mut readings, reading);
    }
    readings
}

/// Adds what was seen next.
pub fn join(readings: &mut Vec<Reading>, next: Reading) {
    match readings.last_mut() {
        Some(last) if same(&last.saw, &next.saw) => {
            last.last_at = next.last_at;
            last.visits += next.visits;
        }
        _ => readings.push(next),
    }
}

/// What a visit saw.
pub fn saw(sight: Sight) -> Saw {
    match sight {
        Sight::Failed(failure) => Saw::Blind(Cause::Failed(failure)),
        Sight::Read(finding) | Sight::Unchanged(finding) => match finding {
            Finding::Dated(update) => Saw::Dated(update),
            Finding::Undated(why) => Saw::Undated(why),
            Finding::Empty => Saw::Empty,
            Finding::Unreadable(why) => Saw::Blind(Cause::Unreadable(why)),
        },
    }
}

/// Whether two sights say the same: of dated ones the date decides.
fn same(one: &Saw, other: &Saw) -> bool {
    match (one, other) {
        (Saw::Dated(one), Saw::Dated(other)) => one.on == other.on,
        (one, other) => one == other,
    }
}
