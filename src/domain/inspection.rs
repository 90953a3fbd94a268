//! What one inspection (巡检) of a site's pages saw, beside their freshness. One a day is kept.

use serde::{Deserialize, Serialize};

use super::id::{ColumnId, SiteId};
use super::marks::PageMarks;
use super::target::TargetPlace;
use super::time::{Date, Moment};

/// The most columns, articles and dates of one inspection that are kept.
pub const MOST_KEPT: usize = 200;

/// An inspection of one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// The site.
    pub site: SiteId,
    /// The day.
    pub on: Date,
    /// When it began.
    pub at: Moment,
    /// What the home page bears, where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<PageMarks>,
    /// What the list pages of columns bear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<(ColumnId, PageMarks)>,
    /// How many articles were read: pages with tags of articles, and those that lists of columns showed.
    #[serde(default)]
    pub articles: u32,
    /// What those articles bear that lack something or have it amiss.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanting: Vec<(String, PageMarks)>,
    /// Pages that were read, whatever they are.
    #[serde(default)]
    pub pages: u32,
    /// The dates that items on the home page claim, the newest first, where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_items_on: Option<Vec<Date>>,
    /// When the home page's certificate ends, where it came over HTTPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_until: Option<Moment>,
    /// Whether the home page's host has an address of IPv6, where names tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<bool>,
    /// Columns whose letters were read from their lists, with their number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub letters: Vec<(ColumnId, u32)>,
    /// Of those, the day back to which all letters are known that their lists show, page by page. What an
    /// inspection of a former version read has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub letters_back: Vec<(ColumnId, Date)>,
    /// A way to ask that the home page or a list leads to: where, and in which words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<TargetPlace>,
    /// How far words were looked through, where there is a list of expressions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<WordCount>,
    /// Links that were asked, and those that led somewhere by the memory of the last hours.
    #[serde(default)]
    pub links: LinkCount,
}

/// How far words were looked through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordCount {
    /// Pages whose words were.
    pub texts: u32,
    /// Expressions of the list.
    pub expressions: u32,
}

/// How many links were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCount {
    /// On the home page.
    pub home: u32,
    /// On other pages only.
    pub others: u32,
    /// Links that were found and, for want of budget or permission, not asked.
    pub unasked: u32,
}
