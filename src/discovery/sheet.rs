//! What is kept of a visited page: enough to propose columns and to go on after a break, in a few
//! kilobytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use super::place;
use crate::domain::finding::Finding;
use crate::domain::time::Date;
use crate::domain::visit::Failure;
use crate::extract::outline::{Outline, Place};
use crate::extract::{PageKind, Reading};

/// The most links that a sheet keeps.
const MOST_LINKS: usize = 400;
/// The most rows that a sheet keeps.
const MOST_ROWS: usize = 60;

/// One visited address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The address that was asked for.
    pub url: Url,
    /// How many links lie between the home page and here.
    pub depth: u8,
    /// How many requests it took: articles that date a list, redirects not counted.
    pub requests: usize,
    /// What came.
    pub came: Came,
}

/// What came of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Came {
    /// A page.
    Page(Box<Seen>),
    /// No page.
    Failed(Failure),
    /// A page that no outline could be made of: no text, or beyond the limits of the parser.
    Closed,
}

/// A page as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Where it came from, after redirects.
    pub arrived: Url,
    /// How it presents itself; of its links only those that could lead to columns.
    pub outline: Outline,
    /// What the reader made of it; nothing for the home page.
    pub listing: Option<Listing>,
}

/// A page as the reader took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// What was found.
    pub finding: Finding,
    /// Whether it is a list.
    pub is_list: bool,
    /// Whether it is an article.
    pub is_article: bool,
    /// The rows of the deciding group, at most 60, as they stand on the page.
    pub rows: Vec<Line>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Where it leads.
    pub url: Option<String>,
    /// The date that it claims.
    pub on: Option<Date>,
}

impl Sheet {
    /// Whether another try may bring more: the failure is one that passes.
    pub fn may_pass(&self) -> bool {
        matches!(&self.came, Came::Failed(failure)
            if failure.is_host_down() || matches!(failure, Failure::Blocked(429)))
    }

    /// The page, where one came.
    pub fn seen(&self) -> Option<&Seen> {
        match &self.came {
            Came::Page(seen) => Some(seen),
            Came::Failed(_) | Came::Closed => None,
        }
    }
}

impl Seen {
    /// Keeps what matters of an outline and a reading.
    pub fn of(arrived: Url, mut outline: Outline, reading: Option<Reading>) -> Seen {
        let mut folders = BTreeSet::new();
        let is_home = reading.is_none();
        outline.links.retain(|link| {
            let plain = link.place == Place::Other;
            let near = place::is_same_host(&link.url, &arrived);
            let is_article = plain && place::is_article(&link.url);
            // One article of each folder of the home page: its trail may lead to a column.
            let mut sample = || is_home && near && folders.insert(place::folder(&link.url));
            place::is_page(&link.url) && (near || !plain) && (!is_article || sample())
        });
        outline.links.truncate(MOST_LINKS);
        Seen {
            arrived,
            outline,
            listing: reading.map(Listing::of),
        }
    }
}

impl Listing {
    fn of(reading: Reading) -> Listing {
        let lines = reading.rows.into_iter().take(MOST_ROWS);
        Listing {
            is_list: reading.kind == PageKind::List,
            is_article: reading.kind == PageKind::Article,
            rows: lines
                .map(|row| Line {
                    url: row.url,
                    on: row.on,
                })
                .collect(),
            finding: reading.finding,
        }
    }
}
