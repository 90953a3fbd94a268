//! What stands below the open incidents: what is over, what the operator should look at, and what people
//! did. The latest of each, or one of them page by page.
//!
//! Example: `/incidents?list=acts&page=2`.

use std::sync::Arc;

use super::Console;
use super::access::viewer::Viewer;
use super::home::Pages;
use super::incidents::{IncidentRow, is_of, page_of, subject};
use super::source::Picture;
use super::view::when;
use crate::alert::incident::{Incident, Subject};
use crate::domain::act::{self, Act, Scope};
use crate::domain::flag::Flag;
use crate::domain::time::Moment;
use crate::report::acts::{self, Names};
use crate::report::flags;
use crate::report::plain::typed;
use crate::store::error::StoreError;

/// How many of each are listed below the open incidents.
const LATEST: usize = 50;
/// How many of one list stand on a page.
const ROWS: usize = 100;
/// How many closed incidents are looked through for those of a unit, a site or a column, and listed page by
/// page.
const PAGED: usize = 20_000;

/// One of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Incidents that are over.
    Closed,
    /// What the operator should look at.
    Flags,
    /// What people did.
    Acts,
}

impl List {
    /// The list with this key.
    pub fn parse(key: &str) -> Option<List> {
        let mut all = [List::Closed, List::Flags, List::Acts].into_iter();
        all.find(|list| list.key() == key)
    }

    /// The word of the query.
    pub fn key(self) -> &'static str {
        match self {
            List::Closed => "closed",
            List::Flags => "flags",
            List::Acts => "acts",
        }
    }

    /// The word of the heading.
    pub fn in_chinese(self) -> &'static str {
        match self {
            List::Closed => "已解除",
            List::Flags => "供核对的情况",
            List::Acts => "人工处理记录",
        }
    }

    /// The address of a page of it, from 0.
    pub fn address(self, page: usize) -> String {
        match page {
            0 => format!("/incidents?list={}", self.key()),
            page => format!("/incidents?list={}&page={}", self.key(), page + 1),
        }
    }
}

/// Some of a list.
pub struct Part<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there are more than those, and no pages lead to them.
    pub more: bool,
    /// The pages, where it is looked for page by page.
    pub pages: Option<Pages>,
}

impl<T> Default for Part<T> {
    fn default() -> Part<T> {
        Part {
            rows: Vec::new(),
            more: false,
            pages: None,
        }
    }
}

impl<T> Part<T> {
    /// The first of `all`.
    fn first<A>(all: &[A], row: impl Fn(&A) -> T) -> Part<T> {
        Part {
            rows: all.iter().take(LATEST).map(row).collect(),
            more: all.len() > LATEST,
            pages: None,
        }
    }

    /// A page of `all`, from 0.
    fn page<A>(all: &[A], list: List, page: usize, row: impl Fn(&A) -> T) -> Part<T> {
        let pages = Pages::of(all.len(), ROWS, page, |page| list.address(page));
        let here = all.iter().skip(pages.skipped(ROWS)).take(ROWS);
        Part {
            rows: here.map(row).collect(),
            more: false,
            pages: Some(pages),
        }
    }
}

/// What is over, what is to be looked at, and what people did; the latest first.
#[derive(Default)]
pub struct Past {
    /// How many flags there are, in words.
    pub flagged: Option<String>,
    /// The flags.
    pub flags: Part<FlagRow>,
    /// The incidents.
    pub closed: Part<IncidentRow>,
    /// That older incidents are listed nowhere, where there are such.
    pub cut: Option<String>,
    /// The acts.
    pub acts: Part<ActRow>,
    /// Where a unit reads of its own what is listed here for the office alone.
    pub elsewhere: Option<&'static str>,
}

/// An act in a table.
pub struct ActRow {
    /// When.
    pub at: String,
    /// What.
    pub what: String,
    /// The page of the column or site that it is about.
    pub link: Option<String>,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A flag in a table.
pub struct FlagRow {
    /// When it was raised.
    pub at: String,
    /// The column.
    pub link: String,
    /// Its name.
    pub subject: String,
    /// What kind.
    pub kind: &'static str,
    /// What was seen.
    pub fact: String,
}

impl Past {
    /// The latest of each.
    pub async fn latest(
        console: &Console,
        viewer: &Viewer,
        picture: &Picture,
    ) -> Result<Past, StoreError> {
        let (now, names) = (picture.now, console.names(picture));
        let closed = closed(console, viewer, picture, LATEST + 1).await?;
        Ok(Past {
            flagged: flags::recent(&picture.flags, now),
            flags: Part::first(&flagged(picture), |flag| flag_row(names, flag, now)),
            closed: Part::first(&closed, |one| IncidentRow::of(names, one, now)),
            acts: Part::first(&done(viewer, picture), |act| act_row(names, act, now)),
            cut: None,
            elsewhere: None,
        })
    }

    /// A page of one of them, from 0.
    pub async fn only(
        console: &Console,
        viewer: &Viewer,
        picture: &Picture,
        list: List,
        page: usize,
    ) -> Result<Past, StoreError> {
        let (now, names) = (picture.now, console.names(picture));
        let mut past = Past {
            elsewhere: viewer.only().and_then(|_| elsewhere(list)),
            ..Past::default()
        };
        match list {
            List::Closed => {
                let mut all = console.store.closed_incidents(PAGED + 1).await?;
                past.cut = (all.len() > PAGED).then(|| cut(viewer));
                all.truncate(PAGED);
                let closed = own(all, viewer, picture);
                let row = |one: &Incident| IncidentRow::of(names, one, now);
                past.closed = Part::page(&closed, list, page, row);
            }
            List::Flags => {
                past.flagged = flags::recent(&picture.flags, now);
                let row = |flag: &&Flag| flag_row(names, flag, now);
                past.flags = Part::page(&flagged(picture), list, page, row);
            }
            List::Acts => {
                let row = |act: &&Act| act_row(names, act, now);
                past.acts = Part::page(&done(viewer, picture), list, page, row);
            }
        }
        Ok(past)
    }
}

/// The latest incidents that are over and the viewer's to see: of a unit, its own, however many others ended
/// since.
pub async fn closed(
    console: &Console,
    viewer: &Viewer,
    picture: &Picture,
    most: usize,
) -> Result<Vec<Incident>, StoreError> {
    let (group, whole) = (Arc::clone(&picture.group), viewer.only().is_none());
    let own = move |one: &Incident| whole || is_of(&group, &one.key.subject);
    closed_that(console, own, most).await
}

/// The latest incidents that are over and taken by `is`.
pub async fn closed_that(
    console: &Console,
    is: impl Fn(&Incident) -> bool + Send + 'static,
    most: usize,
) -> Result<Vec<Incident>, StoreError> {
    let most = (most, PAGED);
    console.store.closed_incidents_that(is, most).await
}

/// Those of `incidents` that are the viewer's to see.
fn own(mut incidents: Vec<Incident>, viewer: &Viewer, picture: &Picture) -> Vec<Incident> {
    incidents.retain(|one| viewer.only().is_none() || is_of(&picture.group, &one.key.subject));
    incidents
}

/// That no more than the latest are listed. A unit has its own among those of all.
fn cut(viewer: &Viewer) -> String {
    match viewer.only() {
        None => format!("只列出最近解除的{PAGED}个，更早的不再列出。"),
        Some(_) => format!("只在全部单位最近解除的{PAGED}个中列出，更早的不再列出。"),
    }
}

fn flagged(picture: &Picture) -> Vec<&Flag> {
    let flags = picture.flags.iter();
    flags
        .filter(|flag| picture.group.columns.contains_key(&flag.column))
        .collect()
}

/// Where a unit reads of its own what `list` shows the office.
fn elsewhere(list: List) -> Option<&'static str> {
    match list {
        List::Closed => None,
        List::Flags => Some("供核对的情况由运维人员处理，不向单位列出。"),
        List::Acts => Some("本单位各栏目的处理记录，见各栏目页。"),
    }
}

/// What people did. A unit reads of its own on the pages of its columns.
fn done<'a>(viewer: &Viewer, picture: &'a Picture) -> Vec<&'a Act> {
    match viewer.only() {
        None => picture.acts.iter().rev().collect(),
        Some(_) => Vec::new(),
    }
}

fn act_row(names: Names<'_>, act: &Act, now: Moment) -> ActRow {
    ActRow {
        at: when(Some(act.at), now),
        what: acts::told_about(act, names, now),
        link: link(act, names),
        by: typed(&act.by, act::NAME_CHARS),
        reason: typed(&act.reason, act::REASON_CHARS),
    }
}

/// The page of what an act is about, where it has one.
fn link(act: &Act, names: Names<'_>) -> Option<String> {
    let subject = match acts::scope(&act.deed, names.acts)? {
        Scope::Column(column) => Subject::Column(column),
        Scope::Site(site) => Subject::Site(site),
        Scope::Unit(_) => return None,
    };
    page_of(names.group, &subject)
}

fn flag_row(names: Names<'_>, flag: &Flag, now: Moment) -> FlagRow {
    let (subject, _) = subject(names, &Subject::Column(flag.column.clone()));
    FlagRow {
        at: when(Some(flag.raised_at), now),
        link: flag.column.to_string(),
        subject,
        kind: flag.fact.kind().in_chinese(),
        fact: flags::fact(flag, now),
    }
}
