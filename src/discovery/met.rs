//! How the addresses of a site were met, and why links were left out.

use std::collections::BTreeSet;

use url::Url;

use crate::domain::dictionary::Meaning;
use crate::extract::outline::Place;

/// How an address was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// By 更多 beside a heading.
    More,
    /// As the heading of a block.
    Heading,
    /// In a menu.
    Nav,
    /// In a trail.
    Trail,
    /// By any other link.
    Other,
}

/// Why a link was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Its name says topic, archive or the like.
    Topic,
    /// Its name says service guide.
    Service,
    /// Its name says that it is no column.
    Elsewhere,
    /// It leads to another site.
    OtherSite,
    /// It lies deeper than was asked for.
    TooDeep,
}

/// An address as it was met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Met {
    /// The names under which it was met, and how, in order of their worth.
    pub ways: BTreeSet<(Way, String)>,
}

/// A link that was not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub url: Url,
    /// Why it was not followed.
    pub why: Why,
}

/// How a link at this place of a page meets its address.
pub fn way(place: &Place) -> Way {
    match place {
        Place::More(_) => Way::More,
        Place::Heading => Way::Heading,
        Place::Nav => Way::Nav,
        Place::Breadcrumb => Way::Trail,
        Place::Other => Way::Other,
    }
}

/// Why links of this meaning are not followed, if so.
pub fn left_out(meaning: Option<Meaning>) -> Option<Why> {
    match meaning {
        Some(Meaning::Topic) => Some(Why::Topic),
        Some(Meaning::Service) => Some(Why::Service),
        Some(Meaning::Elsewhere) => Some(Why::Elsewhere),
        Some(Meaning::Column(_)) | None => None,
    }
}

impl Way {
    /// The way in the words of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Way::More => "“更多”链接",
            Way::Heading => "栏目标题链接",
            Way::Nav => "导航",
            Way::Trail => "面包屑",
            Way::Other => "页面链接",
        }
    }
}

impl Why {
    /// The reason in the words of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Why::Topic => "专题、往届或归档内容，不作为应更新栏目",
            Why::Service => "办事服务，没有更新时限",
            Why::Elsewhere => "不是栏目",
            Why::OtherSite => "在其他网站上",
            Why::TooDeep => "层级过深，未访问",
        }
    }
}
