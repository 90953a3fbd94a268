//! What is known of a link that leads nowhere: since when, confirmed or only suspected, on which
//! pages it stands. A link that has always led somewhere leaves no trace.

use serde::{Deserialize, Serialize};

use super::id::SiteId;
use super::time::Moment;
use super::visit::Failure;

/// The most pages of one link that are kept.
pub const MOST_PLACES: usize = 5;
/// The most spells of one link that are kept; the oldest go first.
pub const MOST_SPELLS: usize = 8;

/// A link of one site that led nowhere at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The site whose pages carry it.
    pub site: SiteId,
    /// Where it leads.
    pub url: String,
    /// What it is.
    pub kind: TargetKind,
    /// Whether it leads to another site.
    pub external: bool,
    /// Whether the home page carries it.
    pub on_home: bool,
    /// Where it stands, at most [`MOST_PLACES`].
    pub places: Vec<TargetPlace>,
    /// When it led nowhere, the oldest first, at most [`MOST_SPELLS`]. Only the last may be open.
    pub spells: Vec<Spell>,
    /// When it was asked last.
    pub asked_at: Moment,
}

/// What a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A page.
    Page,
    /// A file to be downloaded.
    File,
    /// A picture.
    Picture,
    /// Anything else that the page loads: styles, scripts, frames.
    Part,
}

impl TargetKind {
    /// The word for programs.
    pub fn key(self) -> &'static str {
        match self {
            TargetKind::Page => "page",
            TargetKind::File => "file",
            TargetKind::Picture => "picture",
            TargetKind::Part => "part",
        }
    }

    /// The word of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            TargetKind::Page => "链接",
            TargetKind::File => "附件",
            TargetKind::Picture => "图片",
            TargetKind::Part => "页面组件",
        }
    }
}

/// Where a link stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetPlace {
    /// The page.
    pub page: String,
    /// Its words, at most 60 characters; may be empty.
    pub text: String,
}

/// A time in which a link led nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// The first answer of that kind.
    pub since: Moment,
    /// The latest answer.
    pub why: Failure,
    /// Since when every answer said that nothing is there; `None` while one was of another kind.
    pub gone_since: Option<Moment>,
    /// When it was certain.
    pub confirmed_at: Option<Moment>,
    /// When it was over.
    pub ended_at: Option<Moment>,
    /// Whether it was over because no page carries the link any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

impl Target {
    /// The spell that is not over.
    pub fn open(&self) -> Option<&Spell> {
        self.spells.last().filter(|spell| spell.ended_at.is_none())
    }

    /// The spell that had begun by `at` and was not over.
    pub fn spell_at(&self, at: Moment) -> Option<&Spell> {
        let mut spells = self.spells.iter();
        spells.rfind(|spell| spell.since <= at && spell.ended_at.is_none_or(|end| end > at))
    }
}

impl Spell {
    /// Whether it was certain at `at`.
    pub fn is_confirmed(&self, at: Moment) -> bool {
        self.confirmed_at.is_some_and(|confirmed| confirmed <= at)
    }
}
