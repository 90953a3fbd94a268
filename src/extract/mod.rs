//! The reader: pages so far, what they are expected to be, and today's date go in; a finding, or
//! the addresses that are still needed, comes out.
//!
//! Pure: it fetches nothing, keeps nothing, and asks no clock. Every step is bounded, since all
//! its input comes from strangers.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use url::Url;

use crate::domain::class::Class;
use crate::domain::finding::{Basis, Finding};
use crate::domain::group::{Column, Identity, Site};
use crate::domain::host::Fingerprint;
use crate::domain::item::Row;
use crate::domain::note::Note;
use crate::domain::page::Page;
use crate::domain::reading_rules::ReadRules;
use crate::domain::time::Date;
use task::{Draft, Outcome, Task};

pub mod address;
mod article;
mod ask;
mod banner;
mod blocks;
pub mod by_rules;
mod cells;
mod charset;
pub mod clean;
mod clues;
mod column;
mod column_heads;
mod comments;
mod data;
pub mod date_format;
mod dates;
mod day_heads;
mod dom;
mod empty;
mod expand;
mod folder;
mod foreign;
mod foreign_labels;
mod glance;
mod groups;
mod guard;
pub mod guides;
mod heading;
mod heads;
mod home;
mod identity;
pub mod inspected;
mod interviews;
mod island;
mod items;
pub mod json_link;
mod json_list;
pub mod json_path;
mod labels;
mod lean;
pub mod letters;
mod linked;
mod links;
mod loose;
mod marks;
mod markup;
mod metas;
pub mod missing;
mod moment;
mod notes;
mod numerals;
mod others;
pub mod outline;
mod pageclock;
mod parse;
mod places;
mod printed;
mod refusal;
mod remarks;
mod rows;
pub mod score;
mod scripted;
mod seen;
mod sheet;
mod shell;
mod split;
mod standing;
mod survey;
mod tags;
pub mod targets;
mod task;
mod view;
mod visible;
mod weighing;
mod which;
mod whose;
mod words;
mod written;
mod year_heads;
mod years;
mod zone;

pub use folder::is_article;
pub use refusal::is_titled;

/// The version of the reader. What was read by another one is read anew. It changes by itself with
/// every release; its last part is raised with every change between two that reads any page
/// otherwise.
pub const READER_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "/18");

/// What a page is expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// A column's list.
    Column,
    /// A home page.
    Home,
    /// Whatever it is.
    Any,
}

/// How a page is read.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// What it is expected to be.
    pub aim: Aim,
    /// The column's configured name.
    pub column_name: Option<String>,
    /// The site's home page.
    pub home: Option<Url>,
    /// The address as configured: the page may have come from another.
    pub asked: Option<Url>,
    /// What the pages of the site say of it.
    pub site: Identity,
    /// What the host shows for a path that cannot exist.
    pub missing: Option<Fingerprint>,
    /// The most pages of one visit.
    pub budget: usize,
    /// What is laid down for reading the column.
    pub read: Option<ReadRules>,
    /// Whether the column is one of interviews, of which those that are only announced do not count.
    pub interviews: bool,
    /// Whether it is one of letters, whose titles may be as short as they are written.
    pub letters: bool,
    /// The page that people are shown, where what is visited is its data.
    pub shown: Option<Url>,
}

impl Recipe {
    /// The default number of pages of one visit.
    pub const BUDGET: usize = 6;

    /// The recipe for a page of which nothing is known but what it is expected to be.
    pub fn of(aim: Aim) -> Recipe {
        Recipe {
            aim,
            column_name: None,
            home: None,
            asked: None,
            site: Identity::default(),
            missing: None,
            budget: Recipe::BUDGET,
            read: None,
            interviews: false,
            letters: false,
            shown: None,
        }
    }

    /// How the page of `column` is read.
    pub fn of_column(site: &Site, column: &Column, budget: usize) -> Recipe {
        Recipe {
            column_name: Some(column.name.clone()),
            home: site.home.clone(),
            asked: column.url.clone(),
            site: site.identity.clone(),
            budget,
            read: column.read.clone(),
            interviews: column.class == Class::Interviews,
            letters: column.class == Class::Replies,
            shown: column
                .url
                .clone()
                .filter(|_| column.address() != column.url.as_ref()),
            ..Recipe::of(Aim::Column)
        }
    }

    /// How the home page of `site` is read.
    pub fn of_home(site: &Site, budget: usize) -> Recipe {
        Recipe {
            home: site.home.clone(),
            asked: site.home.clone(),
            site: site.identity.clone(),
            budget,
            ..Recipe::of(Aim::Home)
        }
    }
}

/// The pages of one visit so far.
#[derive(Debug, Clone)]
pub struct Pages {
    /// The page that was visited.
    pub first: Page,
    /// Further pages, by the address that was asked for.
    pub more: BTreeMap<Url, More>,
}

/// What came of a further address.
#[derive(Debug, Clone)]
pub enum More {
    /// A page.
    Page(Page),
    /// No page.
    Failed,
}

/// What the reader says.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The reading.
    Found(Box<Reading>),
    /// These pages are needed, at most as many as the budget leaves.
    Need(Vec<Url>),
}

/// What a page turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// A list of articles.
    List,
    /// One article.
    Article,
    /// A home page.
    Home,
    /// Something else.
    Other,
}

impl PageKind {
    /// The word for it.
    pub fn key(self) -> &'static str {
        match self {
            PageKind::List => "list",
            PageKind::Article => "article",
            PageKind::Home => "home",
            PageKind::Other => "other",
        }
    }
}

/// When an article says it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The day, in UTC+8.
    pub on: Date,
    /// The time of day, when printed.
    pub time: Option<NaiveTime>,
    /// Whether only the month is printed; `on` is its last day so far then.
    pub month_only: bool,
    /// Where it stands.
    pub basis: Basis,
}

/// What a date of an article is, beside the publication that is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Another statement of the publication, which disagrees.
    Published,
    /// A change of the article.
    Updated,
    /// The document's own date: when it was written, signed or issued.
    Document,
    /// When what it rules begins or ceases to hold.
    Effective,
    /// When something takes place or ends that it tells of.
    Event,
}

impl Role {
    /// The word for it.
    pub fn key(self) -> &'static str {
        match self {
            Role::Published => "published otherwise",
            Role::Updated => "updated",
            Role::Document => "document",
            Role::Effective => "effective",
            Role::Event => "event",
        }
    }
}

/// A date of an article that is not the publication that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherDate {
    /// What it is.
    pub role: Role,
    /// The day, in UTC+8 on Chinese pages and as printed on others.
    pub on: Date,
    /// Where it stands.
    pub basis: Basis,
    /// The words around it, at most 80 characters.
    pub snippet: String,
}

/// One block of a home page: a list under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What stands above it, at most 30 characters; empty where nothing was found.
    pub heading: String,
    /// The newest date of its rows, as far as it is certain.
    pub newest: Option<Date>,
    /// How many rows it has.
    pub rows: usize,
    /// Where its 更多 leads, or its heading.
    pub more: Option<Url>,
}

/// A page as it was read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What was found.
    pub finding: Finding,
    /// What the page is.
    pub kind: PageKind,
    /// The encoding that it is really in, in lower case.
    pub encoding: &'static str,
    /// The rows of the deciding group, at most 1,000.
    pub rows: Vec<Row>,
    /// The structure of the deciding group; it does not change when rows are added.
    pub signature: Option<String>,
    /// The publication date, when the page is an article.
    pub published: Option<Published>,
    /// The article's other dates, at most eight.
    pub others: Vec<OtherDate>,
    /// The blocks of a home page, at most 40.
    pub blocks: Vec<Block>,
    /// Whether any row of the page, deciding or not, shows a day to come: once it has, the same page
    /// says something else.
    pub ahead: bool,
    /// What was noticed on the way, at most eight, the most important first.
    pub notes: Vec<Note>,
}

/// Reads the pages of one visit, round after round. What it has seen of a page it keeps in short,
/// so that no page is parsed twice.
#[derive(Debug, Clone)]
pub struct Reader {
    recipe: Recipe,
    today: Date,
    draft: Option<Draft>,
}

impl Reader {
    /// A reader that has seen nothing yet.
    pub fn new(recipe: Recipe, today: Date) -> Reader {
        Reader {
            recipe,
            today,
            draft: None,
        }
    }

    /// Reads the visit's pages, or says what else is needed. What was asked for and is not among
    /// the pages next time counts as failed.
    pub fn read(&mut self, pages: &Pages) -> Answer {
        let task = Task {
            pages,
            recipe: &self.recipe,
            today: self.today,
        };
        match task.outcome(self.draft.take()) {
            Outcome::Found(reading) => Answer::Found(reading),
            Outcome::Need(urls, draft) => {
                self.draft = Some(*draft);
                Answer::Need(urls)
            }
        }
    }
}

/// Reads a page at once, or says what else is needed; it starts anew every time.
pub fn read(pages: &Pages, recipe: &Recipe, today: Date) -> Answer {
    Reader::new(recipe.clone(), today).read(pages)
}

/// A page as text; nothing where it is no text in any known encoding.
pub fn text(page: &Page) -> Option<String> {
    let host = page.url.host_str().unwrap_or_default();
    let decoded = charset::decode(&page.body, page.content_type.as_deref(), host)?;
    Some(decoded.text.into_owned())
}
